"""Make screenshots/*.svg and *.png from the articles that ship with the program: `make screenshots`.

The clock stands still and the databases are fresh, so the same program makes the same pictures.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import resvg_py
from textual.pilot import Pilot

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


SHOTS: dict[str, tuple[tuple[int, int], str, Story]] = {
    "wide": ((150, 42), "cryptonews-dark", at_rest),
    "wide-light": ((150, 42), "cryptonews-light", at_rest),
    "filters": ((150, 42), "cryptonews-dark", filtered),
    "medium": ((110, 32), "cryptonews-dark", reading),
    "medium-filters": ((110, 32), "cryptonews-light", overlay),
    "narrow": ((60, 24), "cryptonews-dark", at_rest),
    "ukrainian": ((110, 32), "cryptonews-light", ukrainian),
    "alone": ((100, 36), "cryptonews-light", alone),
    "digest": ((110, 32), "cryptonews-dark", digest),
    "tags": ((110, 32), "cryptonews-dark", tags),
    "completion": ((150, 42), "cryptonews-dark", completion),
    "view": ((150, 42), "cryptonews-dark", view),
    "relevance": ((110, 32), "cryptonews-light", relevance),
    "query-error": ((110, 24), "cryptonews-dark", query_error),
    "help": ((110, 40), "cryptonews-dark", help_page),
    "sixteen-colours": ((80, 24), "ansi-dark", at_rest),
}


async def shoot(name: str, folder: Path) -> str:
    """The picture of one story as SVG."""
    size, theme, story = SHOTS[name]
    paths = Paths(config=folder / "none.toml", library=folder / "library.db", state=folder / f"{name}.db")
    app = CryptonewsApp(paths, Settings(theme=theme), now=lambda: NOW)
    async with app.run_test(size=size) as pilot:
        deadline = time.monotonic() + 20
        while app.busy and time.monotonic() < deadline:
            await pilot.pause(0.05)
        await pilot.pause(0.3)
        app.main.hush()
        await story(pilot)
        return app.export_screenshot(title="cryptonews", simplify=True)


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
