"""The screen: panes that are given values and answer with messages."""
