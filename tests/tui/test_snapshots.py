"""Pictures of the screen, made from the samples with a clock that stands still.

What is new or meant to be: `pytest tests/tui/test_snapshots.py --snapshot-update`, after a look at each picture.
"""

from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot

from cryptonews_tui.tui.app import CryptonewsApp
from tests.tui.desk import MEDIUM, NARROW, WIDE, Desk, Reader

SIZES = {"wide": WIDE, "medium": MEDIUM, "narrow": NARROW}

Compare = Callable[..., bool]
Story = Callable[[Reader], Awaitable[None]]


@pytest.fixture
def looks_the_same(desk: Desk, snap_compare: Compare) -> Callable[..., bool]:
    """Compare the screen after a story with its picture."""

    def compare(story: Story, size: tuple[int, int], theme: str = "cryptonews-dark") -> bool:
        app = desk.app(theme=theme)

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
