"""The query line: the query as text, errors with their place, and the way back."""

import pytest
from textual.events import Paste

from tests.tui.desk import Desk


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.write("1", hours=1, sentiment="POSITIVE", tags=["FOG"], title="Boats return")
    desk.write("2", hours=2, sentiment="NEGATIVE", tags=["REEF"], title="Lighthouse sold")
    return desk


async def test_slash_edits_the_query_and_enter_applies_it(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("slash", *"retu", "enter")
        assert reader.stories == ["1"]
        assert not reader.query.display
        assert reader.place == "headlines"
        assert "retu" in reader.status
        assert "1 of 2" in reader.status
        await reader.press("slash")
        assert reader.query.value == "retu "


async def test_escape_leaves_the_query_as_it_was(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.ask("tag:fog")
        await reader.press("slash", *"xyz", "escape")
        assert str(reader.main.question) == "tag:fog"
        assert not reader.query.display
        assert reader.place == "headlines"


async def test_the_query_line_gives_the_focus_back_to_where_it_was(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("open", "zoom", "query")
        await reader.press("escape")
        assert reader.place == "article"
        assert reader.main.zoomed
        await reader.do("back", "filters-pane", "query")
        await reader.press("escape")
        assert reader.place == "filters"


@pytest.mark.parametrize(
    ("typed", "said", "position"),
    [
        ("fog tga:x", "At character 5: there is no field “tga:”; did you mean “tag:”?", 4),
        ("sentiment:happy", "At character 11: sentiment: cannot be “happy”", 10),
        ('"fog', "At character 1: this quote is not closed", 0),
        ("tag:", "At character 5: tag: needs a value", 4),
    ],
)
async def test_an_error_is_said_with_its_place_and_the_line_stays_open(
    desk: Desk, typed: str, said: str, position: int
) -> None:
    async with desk.open() as reader:
        await reader.do("query")
        reader.query.value = typed
        await reader.press("enter")
        assert reader.said.startswith(said)
        assert reader.query.display
        assert reader.query.value == typed
        assert reader.query.cursor_position == position
        assert reader.stories == ["1", "2"]
        assert reader.place == "query"
        await reader.press("x")
        assert not reader.said
        await reader.press("escape")
        assert not reader.main.question


async def test_an_error_stays_until_something_is_typed_whatever_was_said_before(desk: Desk) -> None:
    async with desk.open() as reader:
        reader.main.say("something that is taken back in a while")
        await reader.do("query")
        reader.query.value = "tga:x"
        await reader.press("enter")
        assert "did you mean" in reader.said
        assert reader.main._quiet is not None
        assert reader.main._quiet._task is None  # no timer will take it back


async def test_asking_the_same_query_again_asks_the_library_again(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.ask("is:unread")
        await reader.do("read")
        assert reader.stories == ["1", "2"]
        await reader.press("slash", "enter")
        assert reader.stories == ["2"]
        assert reader.at == "2"


async def test_what_is_pasted_stands_in_the_line_once_and_in_one_piece(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("query")
        reader.app.post_message(Paste("tag:fog\n\x1b[31mtag:reef\x07\u202e"))
        await reader.settle()
        assert reader.query.value == "tag:fog tag:reef"
        await reader.press("enter")
        assert reader.stories == ["1", "2"]


async def test_letters_in_the_query_line_are_letters(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("slash", *"qsm?[]123", "minus", "space")
        assert reader.query.value == "qsm?[]123- "
        assert reader.app.is_running
        assert len(reader.app.screen_stack) == 1


async def test_an_empty_line_shows_all_stories(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.ask("tag:fog")
        await reader.press("slash", "ctrl+u", "enter")
        assert not reader.main.question
        assert "2 stories" in reader.status


async def test_an_empty_result_says_which_term_to_loosen(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.ask("tag:harbour")
        assert "No story matches tag:harbour." in reader.screen
        assert "Ctrl+L" in reader.screen
        await reader.ask("tag:fog sentiment:negative")
        assert "No story matches all of" in reader.screen
        assert "tag:fog sentiment:negative" in reader.screen
        assert "0 of 2" in reader.status
        await reader.do("clear")
        assert reader.stories == ["1", "2"]


async def test_the_cursor_of_the_query_line_does_not_blink(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("query")
        assert not reader.query.cursor_blink
