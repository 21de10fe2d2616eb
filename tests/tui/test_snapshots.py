"""Pictures of the screen, made from the samples with a clock that stands still.

What is new or meant to be: `pytest tests/tui/test_snapshots.py --snapshot-update`, after a look at each picture.
"""

from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from cryptonews_tui.library import State, Visit
from cryptonews_tui.tui.app import CryptonewsApp
from tests.tui.desk import MEDIUM, NARROW, NOW, WIDE, Desk, Reader

SIZES = {"wide": WIDE, "medium": MEDIUM, "narrow": NARROW}

Compare = Callable[..., bool]
Story = Callable[[Reader], Awaitable[None]]


@pytest.fixture
def looks_the_same(desk: Desk, snap_compare: Compare) -> Callable[..., bool]:
    """Compare the screen after a story with its picture."""

    def compare(story: Story, size: tuple[int, int], theme: str = "cryptonews-dark", **settings: Any) -> bool:
        app = desk.app(theme=theme, **settings)

        async def lived(pilot: Pilot[None]) -> None:
            assert isinstance(pilot.app, CryptonewsApp)
            reader = Reader(pilot.app, pilot)
            await reader.started()
            reader.main.hush()
            await story(reader)
            await reader.settle()

        return snap_compare(app, terminal_size=size, run_before=lived)

    return compare


async def at_rest(reader: Reader) -> None:
    await reader.do("down", "down", "star")
    reader.main.hush()


@pytest.mark.parametrize("theme", ["cryptonews-dark", "cryptonews-light"])
@pytest.mark.parametrize("size", SIZES)
def test_the_reader_at_rest(looks_the_same: Compare, size: str, theme: str) -> None:
    assert looks_the_same(at_rest, SIZES[size], theme)


@pytest.mark.parametrize("size", ["medium", "narrow"])
def test_an_article_in_its_second_section(looks_the_same: Compare, size: str) -> None:
    async def story(reader: Reader) -> None:
        await reader.do("down", "down", "open", "next-section")

    assert looks_the_same(story, SIZES[size])


@pytest.mark.parametrize("size", ["medium", "narrow"])
def test_the_filters_where_they_slide_over(looks_the_same: Compare, size: str) -> None:
    async def story(reader: Reader) -> None:
        await reader.do("negative", "filters-pane", "down", "exclude")

    assert looks_the_same(story, SIZES[size])


def test_an_error_in_the_query(looks_the_same: Compare) -> None:
    async def story(reader: Reader) -> None:
        await reader.do("query")
        reader.query.value = "is:unread tga:btc"
        await reader.press("enter")

    assert looks_the_same(story, MEDIUM)


def test_the_tags_to_choose_from(looks_the_same: Compare) -> None:
    async def story(reader: Reader) -> None:
        await reader.do("tags")
        await reader.press(*"bit", "down")

    assert looks_the_same(story, MEDIUM)


@pytest.mark.parametrize("size", ["medium", "narrow"])
def test_the_digest_at_its_second_story(looks_the_same: Compare, size: str) -> None:
    async def story(reader: Reader) -> None:
        await reader.press("I", "J")

    assert looks_the_same(story, SIZES[size])


def test_the_help(looks_the_same: Compare) -> None:
    async def story(reader: Reader) -> None:
        await reader.do("help")

    assert looks_the_same(story, MEDIUM)


def test_an_empty_result(looks_the_same: Compare) -> None:
    async def story(reader: Reader) -> None:
        await reader.ask("tag:btc sentiment:negative -lang:en nowhere")

    assert looks_the_same(story, WIDE)


def test_sixteen_colours(looks_the_same: Compare) -> None:
    assert looks_the_same(at_rest, (80, 24), "ansi-dark")


def test_without_colours(looks_the_same: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert looks_the_same(at_rest, MEDIUM)


def test_the_article_alone_in_ukrainian(looks_the_same: Compare) -> None:
    async def story(reader: Reader) -> None:
        await reader.do("down", "language", "zoom")

    assert looks_the_same(story, MEDIUM, "cryptonews-light")


@pytest.mark.parametrize(
    ("size", "theme"), [("wide", "cryptonews-dark"), ("medium", "cryptonews-light"), ("small", "ansi-dark")]
)
def test_the_sources(desk: Desk, looks_the_same: Compare, size: str, theme: str) -> None:
    now = round(NOW.timestamp() * 1000)
    with closing(State(desk.paths.state)) as state:
        for number, (name, minutes_ago) in enumerate([("Harbour News", 5), ("Fog Daily", 125), ("Boats", 0)]):
            location = f"https://{name.split()[0].lower()}.example.org/feed.xml"
            source = state.add_source(name, location)
            state.change_source(
                location, replace(source, enabled=name != "Boats", minutes=30 * number or None)
            )
            for visit in range(8 * number + 3 if minutes_ago else 0):
                failed = "Nobody answers there. Check the address and your connection." if number else None
                last = Visit(
                    now - minutes_ago * 60_000,
                    1.25,
                    120_000,
                    40,
                    visit * visit % 7,
                    visit % 3,
                    0,
                    visit % 2,
                    failed if visit % 9 > 5 or visit > 9 else None,
                )
                state.note_visit(location, last, due=now + 600_000)

    async def story(reader: Reader) -> None:
        await reader.press("ctrl+o", "j")

    settings = {"refresh_at_start": False, "watch_folders": False}
    assert looks_the_same(story, {**SIZES, "small": (80, 24)}[size], theme, **settings)


def test_a_source_to_be_changed(desk: Desk, looks_the_same: Compare) -> None:
    with closing(State(desk.paths.state)) as state:
        state.add_source("Harbour News", "https://harbour.example.org/feed.xml")

    async def story(reader: Reader) -> None:
        await reader.press("ctrl+o", "e")

    assert looks_the_same(story, MEDIUM, refresh_at_start=False)
