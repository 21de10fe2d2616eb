"""Keys that come in one piece go where they would have gone one by one."""

from __future__ import annotations

import pytest
from textual.events import Key

from tests.tui.desk import Desk, Reader


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.write(
        "1", body="## Overview\n\nFog and boats.\n\n## Impact\n\nNone, but boats.", tags=["FOG", "BOATS"]
    )
    desk.write("2", hours=2)
    return desk


_NAMES = {"/": "slash", "$": "dollar_sign", ":": "colon", " ": "space", "\r": "enter", "\x1b": "escape"}


async def type_at_once(reader: Reader, text: str) -> None:
    """All keys are there before the first is looked at; waits until all have been dealt with."""
    for character in text:
        key = _NAMES.get(character, character)
        reader.app.post_message(Key(key, character if character.isprintable() else None))
    await reader.until(lambda: reader.app.keys.idle)
    await reader.pilot.pause()


async def test_letters_behind_a_slash_are_found_in_the_article(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("open")
        await type_at_once(reader, "/boats")
        assert "1/3" in reader.screen  # the tag is one
        assert reader.at == "1"
        assert not reader.main.headlines.current.starred  # type: ignore[union-attr]
        await type_at_once(reader, "\r")
        assert reader.place == "article"


async def test_letters_behind_a_slash_are_a_query_in_the_list(desk: Desk) -> None:
    async with desk.open() as reader:
        await type_at_once(reader, "/id:2\r")
        assert str(reader.main.question) == "id:2"


async def test_a_note_is_written_as_it_is_typed(desk: Desk) -> None:
    async with desk.open() as reader:
        await type_at_once(reader, "Nsome words\r")
        await reader.until(lambda: reader.said == "Noted.")
        assert reader.app.state.note("1") == "some words"


async def test_letters_behind_the_key_of_a_picker_are_in_the_picker(desk: Desk) -> None:
    async with desk.open() as reader:
        await type_at_once(reader, "tboa\r")
        await reader.until(lambda: str(reader.main.question) == "tag:boats")


async def test_letters_behind_the_palettes_key_are_in_the_palette(desk: Desk) -> None:
    async with desk.open() as reader:
        await type_at_once(reader, ":article alo")
        await reader.see("Article alone")
        assert reader.at == "1"
        assert not reader.main.zoomed


async def test_keys_that_open_nothing_follow_each_other(desk: Desk) -> None:
    async with desk.open() as reader:
        await type_at_once(reader, "jk" * 20 + "j")
        assert reader.at == "2"


async def test_keys_behind_the_one_that_quits_do_no_harm(desk: Desk) -> None:
    async with desk.open() as reader:
        await type_at_once(reader, "jms?q")
        await reader.until(lambda: len(reader.app.screen_stack) == 1)
        assert reader.row("2").count("★") == 1
