"""The line in which the query is edited."""

from __future__ import annotations

from textual import events
from textual.reactive import reactive
from textual.widgets import Input

from cryptonews_tui.safety import clean, clean_line


class QueryLine(Input):
    """One line of text from the keyboard; what is pasted is cleaned like anything from outside."""

    DEFAULT_CSS = """
    QueryLine, QueryLine:focus {
        height: 1;
        border: none;
        padding: 0 1;
        background: $surface;
        & > .input--placeholder { color: $text-muted; }
    }
    """

    cursor_blink = reactive(False, init=False)

    def validate_value(self, value: str) -> str:
        """A keyboard can write floods of marks, too."""
        return clean(value).replace("\n", " ")

    def _on_paste(self, event: events.Paste) -> None:
        # Textual calls the handler of `Input` after this one.
        event.text = clean_line(event.text)
