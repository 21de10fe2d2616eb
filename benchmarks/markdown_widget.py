"""Textual's own Markdown widget as a reader: `J` shows the next text. What we switch articles beside."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Markdown


class MarkdownWidget(App[None]):
    """Give it texts and a width in cells; the first is shown at once, the others one by one."""

    BINDINGS: ClassVar[list[BindingType]] = [("J", "next_text", "Next")]

    def __init__(self, texts: Sequence[str], width: int) -> None:
        super().__init__()
        self._texts: Iterator[str] = iter(texts)
        self._width = width

    def compose(self) -> ComposeResult:
        with VerticalScroll() as pane:
            pane.styles.width = self._width
            yield Markdown(next(self._texts))

    async def action_next_text(self) -> None:
        self.query_one(VerticalScroll).scroll_home(animate=False)
        await self.query_one(Markdown).update(next(self._texts))


if __name__ == "__main__":
    MarkdownWidget(json.loads(Path(sys.argv[1]).read_text()), int(sys.argv[2])).run()
