"""Make screenshots/*.svg and *.png from the articles that ship with the program: `make screenshots`.

The clock stands still and the databases are fresh, so the same program makes the same pictures.
"""

from __future__ import annotations

import asyncio
import io
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import resvg_py
from PIL import Image, ImageDraw
from textual.pilot import Pilot

from cryptonews_tui import translation
from cryptonews_tui.article import Problem
from cryptonews_tui.cli import samples_location
from cryptonews_tui.covers import Covers
from cryptonews_tui.letters import PLAIN
from cryptonews_tui.library import State, Visit, Writer
from cryptonews_tui.refresh import sync
from cryptonews_tui.settings import Paths, Settings
from cryptonews_tui.tui.app import CryptonewsApp

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)
FONT = "DejaVu Sans Mono"
FONTS = ("/usr/share/fonts", "/usr/local/share/fonts", os.path.expanduser("~/.local/share/fonts"))

Story = Callable[[Pilot[None]], Awaitable[None]]


async def keys(pilot: Pilot[None], *names: str) -> None:
    for name in names:
        await pilot.press(name)
    await pilot.pause(0.3)


async def at_rest(pilot: Pilot[None]) -> None:
    await keys(pilot, "j", "j", "j")


async def filtered(pilot: Pilot[None]) -> None:
    await keys(pilot, "minus", "f", *"j" * 12)  # to what it filters by


async def reading(pilot: Pilot[None]) -> None:
    await keys(pilot, *"jj", "enter", "right_square_bracket")


async def ukrainian(pilot: Pilot[None]) -> None:
    await keys(pilot, *"jj", "enter", "L")


async def alone(pilot: Pilot[None]) -> None:
    await keys(pilot, *"jj", "z")


async def contents(pilot: Pilot[None]) -> None:
    await keys(pilot, *"jj", "enter", "ctrl+t", *"im")


async def side_by_side(pilot: Pilot[None]) -> None:
    await keys(pilot, *"jj", "B")


async def find(pilot: Pilot[None]) -> None:
    await keys(pilot, *"jj", "enter", "slash", *"the", "space")


async def link_hints(pilot: Pilot[None]) -> None:
    await keys(pilot, "slash", *"plankroad", "enter", "enter", *"jjjjjjj", "f")


async def picture(pilot: Pilot[None]) -> None:
    painted = harbour()
    with patch.object(Covers, "fetch", lambda *_: painted):  # there is no web to fetch it from
        await keys(pilot, *"jj", "z", "v")


def harbour() -> bytes:
    """A cover for the picture of covers: evening over the water, with two boats."""
    image = Image.new("RGB", (720, 400))
    draw = ImageDraw.Draw(image)
    for y in range(400):
        share = min(1, y / 230)
        sky = (40 + round(190 * share), 52 + round(90 * share), 110 + round(10 * share))
        sea = (24, 60 + (400 - y) // 8, 92 + (400 - y) // 6)
        draw.line([(0, y), (720, y)], sky if y < 230 else sea)
    draw.ellipse([470, 150, 590, 270], (255, 214, 130))
    draw.rectangle([0, 230, 720, 231], (30, 70, 110))
    for y in range(240, 390, 14):
        wide = 60 + (y - 240) // 3
        draw.line([(530 - wide, y), (530 + wide, y)], (214, 170, 120), 4)
    for x, size in ((140, 1.0), (300, 0.6)):
        base = 300 if size == 1.0 else 262
        draw.polygon(
            [
                (x, base),
                (x + 150 * size, base),
                (x + 120 * size, base + 34 * size),
                (x + 26 * size, base + 34 * size),
            ],
            (70, 40, 34),
        )
        draw.polygon(
            [(x + 70 * size, base - 120 * size), (x + 70 * size, base - 8), (x + 136 * size, base - 8)],
            (236, 232, 220),
        )
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


async def digest(pilot: Pilot[None]) -> None:
    await keys(pilot, "I", "J")


async def tags(pilot: Pilot[None]) -> None:
    await keys(pilot, "t", *"bit")


async def completion(pilot: Pilot[None]) -> None:
    await keys(pilot, "slash", *"since", "colon", *"90d", "space", *"tag", "colon", *"bit")


async def view(pilot: Pilot[None]) -> None:
    await keys(
        pilot, "slash", *"sentiment", "colon", *"negative", "space", "minus", *"tag", "colon", *"opinion"
    )
    await keys(pilot, "enter", "V", *"Bad", "space", *"news", "space", *"key", "colon", *"f5", "enter", "f")


async def relevance(pilot: Pilot[None]) -> None:
    await keys(pilot, "slash", *"bitcoin", "space", *"etf", "space", *"sort", "colon", *"relevance", "enter")


async def query_error(pilot: Pilot[None]) -> None:
    await keys(pilot, "slash", *"tga", "colon", *"btc", "space", *"is", "colon", *"unread")


async def help_page(pilot: Pilot[None]) -> None:
    await keys(pilot, "question_mark")


async def overlay(pilot: Pilot[None]) -> None:
    await keys(pilot, "f", *"j" * 12, "space")


async def sources(pilot: Pilot[None]) -> None:
    await keys(pilot, "ctrl+o", "j", "j")


async def add_source(pilot: Pilot[None]) -> None:
    await keys(pilot, "ctrl+o", "a", "tilde", "slash", *"news", "enter")
    await pilot.pause(1)


def give_sources(paths: Paths) -> None:
    """A reader's sources with a past: one holds the samples, the others have seen better days."""
    articles = sorted(Path(samples_location()).rglob("*.md"))
    with closing(Writer(paths.library)) as writer, tempfile.TemporaryDirectory() as part:
        for count, location in (
            (len(articles), "github:harbour-desk/news/content@main"),
            (46, "https://ledger.example/feed.xml"),
            (60, "https://coast.example/articles/"),
            (20, "https://courier.example/news.json"),
        ):
            for path in articles[:count]:
                shutil.copy(path, part)
            sync(writer, part)
            writer.move_source(part, location)
            for copy in Path(part).iterdir():
                copy.unlink()
    noon = round(NOW.timestamp() * 1000)
    hour, minute = 3_600_000, 60_000
    with closing(State(paths.state)) as state:
        for name, location in (
            ("Harbour Desk", "github:harbour-desk/news/content@main"),
            ("Night Ledger", "https://ledger.example/feed.xml"),
            ("Coast Wire", "https://coast.example/articles/"),
            ("Old Courier", "https://courier.example/news.json"),
            ("drafts", "/home/reader/drafts"),
        ):
            state.add_source(name, location)
        state.change_source(
            "/home/reader/drafts", replace(state.sources()[4], enabled=False, languages=("en",))
        )
        lost = "Nobody answers at https://courier.example/news.json. Check the address and your connection."
        for number in range(20, 0, -1):
            ago = noon - number * hour
            new = (number * 7) % 5
            state.note_visit(
                "github:harbour-desk/news/content@main",
                Visit(ago + 48 * minute, 0.4, 9_000 + 800 * new, 35, new, new // 2),
                due=noon + 3 * minute,
            )
            state.note_visit(
                "https://ledger.example/feed.xml",
                Visit(
                    ago + 52 * minute,
                    0.2,
                    0 if number % 3 else 41_000,
                    40,
                    0 if number % 3 else 6,
                    problems=2,
                ),
                [Problem("entry 12", None, "no usable date"), Problem("entry 31", None, "no usable title")],
                due=noon + 7 * minute,
            )
            state.note_visit(
                "https://coast.example/articles/",
                Visit(ago + 31 * minute, 1.3, 5_200, 612, number % 2),
                due=noon + minute,
            )
            state.note_visit(
                "https://courier.example/news.json",
                Visit(
                    ago + 12 * minute, 10.0, error=lost if number < 4 else None, seen=100, added=number % 4
                ),
                due=noon + 4 * hour,
            )


SHOTS: dict[str, tuple[tuple[int, int], str, Story]] = {
    "wide": ((150, 42), "cryptonews-dark", at_rest),
    "wide-light": ((150, 42), "cryptonews-light", at_rest),
    "filters": ((150, 42), "cryptonews-dark", filtered),
    "medium": ((110, 32), "cryptonews-dark", reading),
    "medium-filters": ((110, 32), "cryptonews-light", overlay),
    "narrow": ((60, 24), "cryptonews-dark", at_rest),
    "ukrainian": ((110, 32), "cryptonews-light", ukrainian),
    "alone": ((100, 36), "cryptonews-light", alone),
    "contents": ((110, 32), "cryptonews-dark", contents),
    "side-by-side": ((130, 38), "cryptonews-dark", side_by_side),
    "find": ((110, 32), "cryptonews-light", find),
    "link-hints": ((110, 32), "cryptonews-dark", link_hints),
    "picture": ((100, 40), "cryptonews-dark", picture),
    "digest": ((110, 32), "cryptonews-dark", digest),
    "tags": ((110, 32), "cryptonews-dark", tags),
    "completion": ((150, 42), "cryptonews-dark", completion),
    "view": ((150, 42), "cryptonews-dark", view),
    "relevance": ((110, 32), "cryptonews-light", relevance),
    "query-error": ((110, 24), "cryptonews-dark", query_error),
    "help": ((110, 40), "cryptonews-dark", help_page),
    "sources": ((120, 32), "cryptonews-dark", sources),
    "add-source": ((110, 30), "cryptonews-dark", add_source),
    "sixteen-colours": ((80, 24), "ansi-dark", at_rest),
    "plain-letters": ((80, 24), "ansi-dark", at_rest),
    "no-colour": ((80, 24), "ansi-dark", at_rest),
    "ukrainian-interface": ((150, 42), "cryptonews-dark", reading),
}


def in_plain_letters(svg: str) -> str:
    """The picture as a terminal shows it that has only ASCII: one sign for another of its width."""
    return svg.encode("ascii", PLAIN).decode()


async def shoot(name: str, folder: Path) -> str:
    """The picture of one story as SVG."""
    size, theme, story = SHOTS[name]
    paths = Paths(folder / "none.toml", folder / "library.db", folder / f"{name}.db", folder / "cache")
    settings = Settings(theme=theme)
    translation.use("en")
    if name == "ukrainian-interface":
        translation.use("uk")
        settings = replace(settings, languages=("uk", "en"))
    if story in (sources, add_source):
        paths = replace(paths, library=folder / f"library-of-{name}.db")
        settings = replace(settings, refresh_at_start=False, watch_folders=False)
        os.environ["HOME"] = str(folder)
        shutil.copytree(samples_location(), folder / "news", dirs_exist_ok=True)
        give_sources(paths)
    with patch.dict(os.environ, {"NO_COLOR": "1"} if name == "no-colour" else {}):
        app = CryptonewsApp(paths, settings, now=lambda: NOW)
    async with app.run_test(size=size) as pilot:
        deadline = time.monotonic() + 20
        while (app.refreshing.busy or not app.refreshing.started) and time.monotonic() < deadline:
            await pilot.pause(0.05)
        await pilot.pause(0.3)
        app.main.hush()
        await story(pilot)
        svg = app.export_screenshot(title="cryptonews", simplify=True)
    return in_plain_letters(svg) if name == "plain-letters" else svg


def png(svg: str) -> bytes:
    """The same as PNG; a font that is installed replaces the one that a browser would fetch."""
    svg = re.sub(r"@font-face\s*\{[^}]*\}", "", svg)
    svg = re.sub(r"font-family:\s*[^;]+;", f"font-family: {FONT};", svg)
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, font_family=FONT, monospace_family=FONT, zoom=1))


def main(wanted: list[str]) -> None:
    os.environ["TZ"] = "UTC"
    time.tzset()
    if not any(True for folder in FONTS for _ in Path(folder).rglob("DejaVuSansMono.ttf")):
        sys.exit(f"The pictures need the font {FONT}; on Debian: apt-get install fonts-dejavu-core")
    with tempfile.TemporaryDirectory() as folder:
        for name in wanted or SHOTS:
            svg = asyncio.run(shoot(name, Path(folder)))
            (HERE / f"{name}.svg").write_text(svg, encoding="utf-8")
            (HERE / f"{name}.png").write_bytes(png(svg))
            print(name)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
