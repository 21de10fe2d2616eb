"""A question in the bottom line, answered with a line of text."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Static

from cryptonews_tui.tui.query_line import QueryLine

_ELSEWHERE = ("tab", "shift+tab", "up", "down", "pageup", "pagedown")
"""Keys that would do something to the panes."""


Listen = Callable[[str], str]
"""Hears what is typed, and says what stands at the right of it."""


class Prompt(Horizontal):
    """Asks for a name, a note … Enter answers, Esc answers nothing."""

    DEFAULT_CSS = """
    Prompt {
        height: 1;
        dock: bottom;
        layer: above;
        margin: 0 0 1 0;
        & > Static { width: auto; padding: 0 0 0 1; color: $text-primary; text-style: bold; }
        & > #told { padding: 0 1; color: $text-muted; background: $surface; text-style: none; }
        & > QueryLine { width: 1fr; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._answer: asyncio.Future[str | None] | None = None
        self._listen: Listen | None = None
        self._before: Widget | None = None
        """What had the focus."""

    @property
    def listens(self) -> bool:
        """Whether something follows what is typed."""
        return self._listen is not None

    def compose(self) -> ComposeResult:
        yield Static(markup=False, id="question")
        yield QueryLine(id="answer")
        yield Static(markup=False, id="told")

    def open(
        self, question: str, text: str = "", hint: str = "", listen: Listen | None = None
    ) -> asyncio.Future[str | None]:
        """Ask a question, to be answered; `text` can be edited."""
        self.leave()
        self._listen = listen
        self.tell("")
        line = self.query_one(QueryLine)
        if self.screen.focused is not line:
            self._before = self.screen.focused
        self._answer = asyncio.get_running_loop().create_future()
        self.query_one("#question", Static).update(question)
        line.placeholder = hint
        line.value = text
        line.cursor_position = len(text)
        self.display = True
        self.screen.set_focus(line, scroll_visible=False)
        return self._answer

    async def answer(self, wanted: asyncio.Future[str | None]) -> str | None:
        """The reader's answer without spaces around it; None if it is left open."""
        given = await wanted
        if self._answer is wanted:  # else another question stands here now
            self._answer = None
            here = self.query_one(QueryLine).has_focus
            self.display = False
            if here and self._before is not None:
                self.screen.set_focus(self._before, scroll_visible=False)
        return given

    def tell(self, text: str) -> None:
        """Say something at the right end."""
        told = self.query_one("#told", Static)
        told.update(text)
        told.display = bool(text)

    def leave(self) -> None:
        """Leave the question open."""
        self._give(None)

    def _give(self, text: str | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(text)

    @on(QueryLine.Submitted)
    def _answered(self, event: QueryLine.Submitted) -> None:
        event.stop()
        self._give(event.value.strip())

    @on(QueryLine.Changed)
    def _typed(self, event: QueryLine.Changed) -> None:
        event.stop()  # it is no query
        if self._listen is not None and self._answer is not None and not self._answer.done():
            self.tell(self._listen(event.value))

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            self.leave()
        elif event.key not in _ELSEWHERE:
            return
        event.stop()
        event.prevent_default()
