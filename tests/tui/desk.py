"""A desk to read at: articles that the tests write, a library of them, the program on it with its clock stopped.

desk.write("7", title="Boats return", tags=["FOG"])
async with desk.open() as reader:
    await reader.press("j", "enter")
    assert "Boats return" in reader.screen
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from cryptonews_tui.library import State, Writer
from cryptonews_tui.query import parse
from cryptonews_tui.refresh import sync
from cryptonews_tui.settings import Paths, Settings
from cryptonews_tui.tui.app import CryptonewsApp
from cryptonews_tui.tui.bars import KeyLine, StatusLine
from cryptonews_tui.tui.commands import BY_ID
from cryptonews_tui.tui.filter_rows import Kind
from cryptonews_tui.tui.filters_pane import FiltersPane
from cryptonews_tui.tui.main_screen import MainScreen
from cryptonews_tui.tui.picker import _Choices
from cryptonews_tui.tui.query_line import QueryLine

NOW = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)
WIDE, MEDIUM, NARROW = (150, 42), (100, 30), (60, 24)

PARAGRAPH = "The harbour master counted the boats again and again until the fog had gone."
BODY = "\n\n".join(
    f"## {heading}\n\n" + "\n\n".join([PARAGRAPH] * 8)
    for heading in ("Overview", "What Happened", "Impact on the crypto market")
)

# What YAML would refuse as it stands is written as an escape.
_ESCAPED = re.compile("[\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def write_article(
    folder: Path,
    story: str,
    *,
    lang: str = "en",
    hours: float = 1,
    source: str | dict[str, str] = "wire",
    body: str = BODY,
    name: str | None = None,
    **fields: Any,
) -> Path:
    """Write the article file of a story that was published so many `hours` before `NOW`."""
    published = (NOW - timedelta(hours=hours)).isoformat()
    front = {
        "title": f"Story {story}",
        "publishedAt": published,
        "updatedAt": published,
        "lang": lang,
        "externalId": story,
        "source": {"name": f"The {source}", "key": source, "type": "RSS"} if type(source) is str else source,
        "canonicalUrl": f"https://example.org/{story}",
        **fields,
    }
    lines = (f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in front.items())
    text = _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", "\n".join(lines))
    path = folder / (name or f"{story}.{lang}.md")
    path.write_text(f"---\n{text}\n---\n{body}\n", encoding="utf-8")
    return path


class Desk:
    """A folder of articles, and the databases of somebody who reads them."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "articles"
        self.folder.mkdir(parents=True)
        self.paths = Paths(
            config=home / "settings.toml",
            library=home / "library.db",
            state=home / "state.db",
            cache=home / "cache",
        )

    def write(self, story: str, **fields: Any) -> Path:
        """Write an article; see `write_article`."""
        return write_article(self.folder, story, **fields)

    def sync(self) -> None:
        """Bring the library up to date with the folder."""
        with closing(Writer(self.paths.library)) as writer:
            report = sync(writer, str(self.folder))
        assert not report.error, report.error

    def add_source(self, location: str | None = None) -> None:
        """Make the folder, or another place, one of the reader's sources."""
        with closing(State(self.paths.state)) as state:
            state.add_source("articles", location or str(self.folder))

    def app(self, *locations: str, **settings: Any) -> CryptonewsApp:
        """The program as it would be started here."""
        usual = {"follow_after_ms": 0, "read_after_seconds": 0.0, "theme": "cryptonews-dark"}
        return CryptonewsApp(self.paths, Settings(**{**usual, **settings}), locations, now=lambda: NOW)

    @asynccontextmanager
    async def open(
        self, *locations: str, size: tuple[int, int] = WIDE, settled: bool = True, **settings: Any
    ) -> AsyncIterator[Reader]:
        """The program, running. What the folder holds is in the library already."""
        if any(self.folder.iterdir()) and not locations:
            self.sync()
        app = self.app(*locations, **settings)
        async with app.run_test(size=size) as pilot:
            reader = Reader(app, pilot)
            if settled:
                await reader.started()
            yield reader


class Reader:
    """Somebody in front of the running program."""

    def __init__(self, app: CryptonewsApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    # What can be done

    async def started(self) -> None:
        """Wait until the program has read its sources for the first time."""
        await self.until(lambda: self.app.refreshing.started and not self.app.busy)
        await self.settle()

    async def settle(self) -> None:
        """Wait until the program has done what it was doing."""
        await self.until(lambda: self.app.keys.idle)
        for _ in range(2):  # what a thread found out may start another
            painted = asyncio.Event()
            self.main.call_after_refresh(painted.set)
            await self.pilot._wait_for_screen()
            await asyncio.wait_for(painted.wait(), 10)
            await self.until(lambda: not self.app.busy and not self._rests and not self._works)
        await self.pilot._wait_for_screen()

    async def until(self, reached: Callable[[], bool], seconds: float = 10) -> None:
        """Wait until `reached()`; fails with the screen."""
        deadline = time.monotonic() + seconds
        while not reached():
            assert time.monotonic() < deadline, self.screen
            await asyncio.sleep(0.005)

    async def press(self, *keys: str) -> None:
        """Press keys, by Textual's names."""
        await self.pilot.press(*keys)
        await self.settle()

    async def do(self, *commands: str) -> None:
        """Run commands by their ids: quicker than pressing their keys."""
        for command in commands:
            await self.main.run(BY_ID[command])
            await self.pilot._wait_for_screen()
        await self.settle()

    async def ask(self, query: str) -> None:
        """Ask this query."""
        self.main.question = parse(query)
        await self.settle()

    async def resize(self, width: int, height: int) -> None:
        await self.pilot.resize_terminal(width, height)
        await self.settle()

    async def see(self, text: str) -> None:
        """Wait until the screen shows this."""
        await self.until(lambda: text in self.screen)

    # What can be seen

    @property
    def main(self) -> MainScreen:
        return self.app.main

    @property
    def lines(self) -> list[str]:
        """The rows of the screen."""
        return [strip.text.rstrip() for strip in self.app.screen._compositor.render_strips()]

    @property
    def screen(self) -> str:
        return "\n".join(self.lines)

    @property
    def status(self) -> str:
        """The top line."""
        return self.main.query_one(StatusLine).render().plain

    @property
    def said(self) -> str:
        """What the bottom line says; empty while it offers keys."""
        return self.main.query_one(KeyLine).said

    @property
    def bottom(self) -> str:
        return self.main.query_one(KeyLine).render().plain

    @property
    def stories(self) -> list[str]:
        """The stories of the list, from top to bottom."""
        rows = range(self.main.headlines.count)
        return [headline.story for row in rows if (headline := self.main.headlines.headline(row))]

    @property
    def at(self) -> str | None:
        """The story under the cursor."""
        return headline.story if (headline := self.main.headlines.current) else None

    @property
    def place(self) -> str | None:
        """What has the focus."""
        return self.app.focused.id if self.app.focused else None

    @property
    def query(self) -> QueryLine:
        return self.main.query_one(QueryLine)

    @property
    def filters(self) -> list[str]:
        """The rows of the filters pane that hold a value: `✓ XRP 12`."""
        pane = self.main.query_one(FiltersPane)
        values = (row for row in pane._rows if row.kind in (Kind.VALUE, Kind.MORE, Kind.FEWER))
        shown = ("".join(part for part, _ in pane._parts(row, 60, False)) for row in values)
        return [" ".join(_BARS.sub(" ", text).split()) for text in shown]

    @property
    def views(self) -> list[str]:
        """The rows of the filters pane that hold a view: `▸ Unread 12`."""
        pane = self.main.query_one(FiltersPane)
        views = (row for row in pane._rows if row.kind is Kind.VIEW)
        return [" ".join("".join(part for part, _ in pane._parts(row, 60, False)).split()) for row in views]

    @property
    def groups(self) -> list[str]:
        """The titles of the filters pane, each with what stands at its right: `TAG …`."""
        pane = self.main.query_one(FiltersPane)
        return [f"{row.label} {row.note}".strip() for row in pane._rows if row.kind is Kind.TITLE]

    @property
    def article(self) -> str:
        """The rows of the article pane."""
        pane = self.main.article
        return "\n".join(pane.render_line(y).text.strip() for y in range(pane.size.height))

    @property
    def choices(self) -> list[str]:
        """What the open picker offers."""
        return [
            f"{choice.label} {choice.detail}".strip() for choice in self.app.screen.query_one(_Choices).shown
        ]

    def row(self, story: str) -> str:
        """How the list shows a story."""
        pane = self.main.headlines
        number = self.stories.index(story)
        return pane.render_line(number - pane.scroll_offset.y + 1).text

    @property
    def _works(self) -> bool:
        """Whether something is looked for, or counted anew in a moment."""
        recounting = self.main._recounting
        waits = recounting is not None and recounting._task is not None and not recounting._task.done()
        return waits or self.main._asker.busy or self.main.neighbours.busy

    @property
    def _rests(self) -> bool:
        """Whether the article pane waits for the cursor to rest."""
        following = self.main.shown.following
        return following is not None and following._task is not None and not following._task.done()


_BARS = re.compile("[▏▎▍▌▋▊▉█]+")

Story = Callable[[Reader], Awaitable[None]]
