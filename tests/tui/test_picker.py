"""Choosing one of many by typing some letters."""

import pytest

from cryptonews_tui.tui.picker import _Choices
from tests.tui.desk import NARROW, Desk


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.write("1", hours=1, source="herald", category="MARKET", tags=["BITCOIN", "BIT", "RABBIT"])
    desk.write("2", hours=2, source="herald", category="LAW", tags=["BITCOIN", "SMALL BOATS"])
    desk.write("3", hours=3, source="beacon", category="MARKET", tags=["ÄRGER", "ЧОВНИ"])
    return desk


@pytest.mark.parametrize(
    ("key", "title", "typed", "query"),
    [
        ("t", "Tag", "boats", 'tag:"small boats"'),
        ("S", "Source", "beac", "source:beacon"),
        ("c", "Category", "law", "category:law"),
        ("dollar_sign", "Asset", "bitc", "$btc"),
    ],
)
async def test_a_key_opens_the_picker_of_its_field(
    desk: Desk, key: str, title: str, typed: str, query: str
) -> None:
    async with desk.open() as reader:
        await reader.press(key)
        assert title in reader.screen
        await reader.press(*typed, "enter")
        assert str(reader.main.question) == query
        assert len(reader.app.screen_stack) == 1
        assert reader.place == "headlines"


async def test_values_are_ordered_by_count_and_those_that_begin_with_the_letters_come_first(
    desk: Desk,
) -> None:
    async with desk.open() as reader:
        await reader.press("t")
        assert reader.choices == ["BITCOIN 2", "BIT 1", "RABBIT 1", "SMALL BOATS 1", "ÄRGER 1", "ЧОВНИ 1"]
        await reader.press(*"abbi")
        assert reader.choices == ["RABBIT 1"]
        await reader.press(*["backspace"] * 4, *"bit")
        assert reader.choices == ["BITCOIN 2", "BIT 1", "RABBIT 1"]
        assert all(choice.split()[0] in reader.screen for choice in reader.choices)


async def test_letters_match_in_any_case_and_script_and_several_words_in_any_order(desk: Desk) -> None:
    async with desk.open() as reader:
        for typed, found in (("är", "ärger"), ("чов", "човни"), ("boa sma", '"small boats"')):
            await reader.do("tags")
            await reader.press(*(key if key != " " else "space" for key in typed), "enter")
            assert str(reader.main.question) == f"tag:{found}"
            await reader.do("clear")


async def test_control_x_excludes(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("t", *"rabb", "ctrl+x")
        assert str(reader.main.question) == "-tag:rabbit"
        assert reader.stories == ["2", "3"]


async def test_choosing_again_takes_the_value_back(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.ask("tag:bitcoin")
        await reader.press("t", *"bitcoin", "enter")
        assert not reader.main.question


async def test_arrows_and_pages_move_and_stop_at_both_ends(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("S", "down", "down", "down", "up", "up", "pagedown", "enter")
        assert str(reader.main.question) == "source:beacon"
        await reader.ask("")
        await reader.press("S", "pagedown", "pageup", "ctrl+n", "ctrl+p", "enter")
        assert str(reader.main.question) == "source:herald"


async def test_escape_leaves_everything_as_it_was(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.ask("tag:bitcoin")
        await reader.press("t", *"boats", "escape")
        assert str(reader.main.question) == "tag:bitcoin"
        assert len(reader.app.screen_stack) == 1


async def test_letters_that_match_nothing_say_so_and_enter_waits(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("t", *"qqq", "enter")
        assert "Nothing matches; delete some letters." in reader.screen
        await reader.press("backspace", "backspace", "backspace", "enter")
        assert str(reader.main.question) == "tag:bitcoin"


async def test_q_and_question_mark_are_letters_here(desk: Desk) -> None:
    desk.write("4", tags=["Q?"])
    async with desk.open() as reader:
        await reader.press("t", "q", "question_mark", "enter")
        assert str(reader.main.question) == "tag:q?"


async def test_thousands_of_values_are_searched(desk: Desk) -> None:
    for number in range(50):
        desk.write(
            f"n{number}", tags=[f"TAG {number:02}{letter}{n}" for n in range(4) for letter in "ABCDEFGHIJ"]
        )
    async with desk.open() as reader:
        await reader.press("t")
        assert len(reader.choices) == 100
        await reader.press(*"37h3", "enter")
        assert str(reader.main.question) == 'tag:"tag 37h3"'


async def test_the_picker_fits_a_narrow_terminal(desk: Desk) -> None:
    async with desk.open(size=NARROW) as reader:
        await reader.press("t")
        assert "BITCOIN" in reader.screen
        assert "Esc leave" in reader.screen
        await reader.resize(20, 6)
        await reader.press("down", "enter")
        assert reader.main.question


async def test_a_click_chooses(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("t")
        await reader.pilot.click(_Choices, offset=(5, reader.choices.index("RABBIT 1")))
        await reader.settle()
        assert str(reader.main.question) == "tag:rabbit"
