"""A calm, fast reader for crypto news in the terminal."""

__version__ = "0.1.0"
