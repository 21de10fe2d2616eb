"""The least that a Textual program can be: a label, and a key to leave. What we start and end beside."""

from __future__ import annotations

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.widgets import Label

TEXT = "One label"


class OneLabel(App[None]):
    BINDINGS: ClassVar[list[BindingType]] = [("q", "quit", "Quit")]

    def compose(self) -> ComposeResult:
        yield Label(TEXT)


if __name__ == "__main__":
    OneLabel().run()
