"""The query line: the query as text, errors with their place, and the way back."""

import pytest
from rich.segment import Segment
from textual.events import Paste

from cryptonews_tui.tui.query_line import QueryLine
from tests.tui.desk import NARROW, Desk, Reader


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
        assert reader.query.wrong is not None
        assert reader.query.wrong[0] == position
        await reader.press("ctrl+e", "ctrl+u")
        assert not reader.said
        assert reader.query.wrong is None
        await reader.press("escape")
        assert not reader.main.question


async def test_an_error_stays_until_something_is_typed_whatever_was_said_before(desk: Desk) -> None:
    async with desk.open() as reader:
        reader.main.say("something that is taken back in a while")
        await reader.do("query")
        reader.query.value = "tga:x"
        await reader.press("enter")
        assert "did you mean" in reader.said
        assert reader.main._quiet is None or reader.main._quiet._task is None  # no timer will take it back


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


# --- what is wrong, in the line itself


def underlined(reader: Reader) -> str:
    segments = reader.query.render_line(0)
    return "".join(segment.text for segment in segments if segment.style and segment.style.underline)


@pytest.mark.parametrize("theme", ["cryptonews-dark", "cryptonews-light", "ansi-dark"])
async def test_what_is_wrong_is_underlined_and_coloured(desk: Desk, theme: str) -> None:
    async with desk.open(theme=theme) as reader:
        await reader.do("query")
        reader.query.value = "fog tga:x"
        await reader.press("enter", "end")
        assert underlined(reader) == "tga:"
        styles = {segment.text: segment.style for segment in reader.query.render_line(0)}
        assert styles["tga:"].color != styles["fog "].color


async def test_without_colours_what_is_wrong_is_underlined(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with desk.open() as reader:
        await reader.do("query")
        reader.query.value = "is:happy fog"
        await reader.press("enter", "end")
        assert underlined(reader) == "happy"


async def test_where_something_is_missing_the_place_of_it_is_underlined(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("query")
        reader.query.value = "title:"
        await reader.press("enter")
        assert underlined(reader) == " "
        await reader.press(*"fog")
        assert underlined(reader) == ""


async def test_an_asset_that_nobody_knows_is_told_once_typing_rests(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("slash", *"$et")
        assert not reader.said
        await reader.press("ctrl+u", *"$zzz")
        assert not reader.said
        await reader.see("At character 2: asset: cannot be “zzz”; no asset is called so.")
        assert underlined(reader) == "zzz"
        await reader.press("space", *"fog")  # it is told at once where something stands behind it
        assert underlined(reader) == "zzz"
        await reader.press("enter")
        assert reader.query.display
        assert reader.query.cursor_position == 1
        await reader.press("end", "ctrl+u", *"$bitcon", "enter")
        assert "did you mean “btc”?" in reader.said
        await reader.press("end", "ctrl+u", *"$xbt", "enter")
        assert not reader.query.display
        assert not reader.said


async def test_an_asset_of_the_settings_is_known(desk: Desk) -> None:
    async with desk.open(assets={"zzz": ("reef",)}) as reader:
        await reader.press("slash", *"$zzz", "enter")
        assert reader.stories == ["2"]


async def test_ends_that_are_swapped_are_told_once_typing_rests(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("slash", *"words:900..1")
        assert reader.stories == ["1", "2"]
        await reader.see("did you mean “1..900”?")
        assert underlined(reader) == "900..1"
        await reader.press(*"000", "enter")
        assert not reader.query.display


# --- what could come next


@pytest.fixture
def shelf(desk: Desk) -> Desk:
    for number in range(6):
        desk.write(f"fog {number}", hours=20 + number, tags=["FOG"], source="wire")
    for number in range(3):
        desk.write(f"horn {number}", hours=40 + number, tags=["FOG HORN", "HARBOUR"], source="herald")
    return desk


def strip(reader: Reader) -> str:
    """What stands below the query."""
    return reader.query.render_line(1).text.strip()


def marked(reader: Reader) -> str:
    return reader.query.marked.label if reader.query.marked else ""


async def test_an_empty_line_names_the_fields_without_marking_one(shelf: Desk) -> None:
    async with shelf.open() as reader:
        await reader.press("slash")
        assert strip(reader).startswith("tag:  sentiment:  asset:  source:  category:")
        assert strip(reader).endswith('words, or tag:"bitcoin price", source:coindesk…')
        assert not marked(reader)
        await reader.press("tab")
        assert marked(reader) == "tag:"
        assert "stories with this tag" in strip(reader)
        assert reader.place == "query"
        assert reader.query.value == ""


async def test_values_stand_below_with_their_counts_under_the_rest(shelf: Desk) -> None:
    async with shelf.open() as reader:
        await reader.press("slash", *"tag:")
        assert strip(reader).startswith("tag:  FOG 7 · FOG HORN 3 · HARBOUR 3")
        await reader.press("ctrl+u", *"source:herald", "space", *"tag:fo")
        assert strip(reader) == "tag:  FOG HORN 3"


async def test_tab_takes_the_marked_candidate_and_one_goes_on_typing(shelf: Desk) -> None:
    async with shelf.open() as reader:
        await reader.press("slash", *"ta", "tab", "down")
        assert marked(reader) == "FOG HORN"
        await reader.press("tab")
        assert reader.query.value == 'tag:"fog horn" '
        assert reader.query.cursor_position == 15
        assert str(reader.main.question) == 'tag:"fog horn"'
        await reader.press(*",fo", "tab")
        assert reader.query.value == 'tag:"fog horn",fog '
        await reader.press("enter")
        assert len(reader.stories) == 10


async def test_the_mark_moves_by_arrows_and_control_keys_and_stops_at_both_ends(shelf: Desk) -> None:
    async with shelf.open() as reader:
        await reader.press("slash", *"tag:")
        assert marked(reader) == "FOG"
        await reader.press("ctrl+p")
        assert marked(reader) == "FOG"
        await reader.press("down", "ctrl+n", "ctrl+n", "ctrl+n")
        assert marked(reader) == "REEF"
        await reader.press("up", "ctrl+p", "up")
        assert marked(reader) == "FOG"


@pytest.mark.parametrize("theme", ["cryptonews-dark", "ansi-dark"])
async def test_the_marked_candidate_does_not_look_like_the_others(shelf: Desk, theme: str) -> None:
    async with shelf.open(theme=theme) as reader:
        await reader.press("slash", *"tag:")

        def look(part: str) -> Segment:
            return next(segment for segment in reader.query.render_line(1) if segment.text.startswith(part))

        first, second = look("FOG").style, look("FOG HORN").style
        assert first is not None
        assert second is not None
        assert (first.bgcolor, first.reverse) != (second.bgcolor, second.reverse)


async def test_with_nothing_to_take_tab_does_nothing(shelf: Desk) -> None:
    async with shelf.open() as reader:
        await reader.press("slash", *"tag:xyz", "tab", "down", "ctrl+n")
        assert reader.place == "query"
        assert reader.query.value == "tag:xyz"
        assert "no tag with “xyz”" in strip(reader)


async def test_candidates_are_cut_at_the_width_and_the_marked_one_is_always_in_sight(desk: Desk) -> None:
    for number in range(20):
        desk.write(str(number), tags=[f"HARBOUR NUMBER {number:02}"])
    async with desk.open(size=NARROW) as reader:
        await reader.press("slash", *"tag:")
        assert reader.query.render_line(1).cell_length == 58
        assert strip(reader).endswith("…")
        for number in range(1, 20):
            reader.query.action_mark(1)
            assert f"HARBOUR NUMBER {number:02} 1" in strip(reader)
        assert strip(reader).startswith("tag:  …")
        assert not strip(reader).endswith("…")


async def test_a_click_takes_a_candidate_or_sets_the_cursor(shelf: Desk) -> None:
    async with shelf.open() as reader:
        await reader.press("slash", *"tag:")
        column = reader.query.render_line(1).text.index("FOG HORN")
        await reader.pilot.click("#query", offset=(column + 3, 1))
        await reader.settle()
        assert reader.query.value == 'tag:"fog horn" '
        await reader.pilot.click("#query", offset=(3, 0))
        assert reader.query.cursor_position == 2
        assert reader.query.value == 'tag:"fog horn" '


async def test_values_of_articles_are_shown_as_text_and_inserted_as_values(desk: Desk) -> None:
    desk.write("1", tags=['[b]A "B", (C)[/b] * \\ \x1b[31m'])
    async with desk.open() as reader:
        await reader.press("slash", *"tag:", "tab", "enter")
        assert reader.stories == ["1"]


async def test_the_line_opens_over_the_screen_and_moves_nothing(shelf: Desk) -> None:
    async with shelf.open() as reader:
        before = reader.lines
        await reader.press("slash")
        assert reader.lines[2:-1] == before[2:-1]
        await reader.press("escape")
        assert reader.lines[1:] == before[1:]


# --- what was asked before


async def test_up_goes_back_in_what_was_asked_and_down_comes_back(shelf: Desk) -> None:
    async with shelf.open() as reader:
        for query in ("tag:fog", "is:unread harbour", "tag:harbour"):
            await reader.press("slash", "ctrl+u")
            reader.query.value = query
            await reader.press("enter")
        await reader.do("clear")
        await reader.press("slash", "up")
        assert reader.query.value == "tag:harbour"
        assert "asked before, 1 of 3" in strip(reader)
        assert len(reader.stories) == 3
        await reader.press("up", "up", "up")
        assert reader.query.value == "tag:fog"
        await reader.press("down")
        assert reader.query.value == "is:unread harbour"
        await reader.press("down", "down")
        assert reader.query.value == ""


async def test_letters_choose_among_what_was_asked(shelf: Desk) -> None:
    async with shelf.open() as reader:
        for query in ("tag:fog", "is:unread horn", "tag:harbour"):
            await reader.press("slash", "ctrl+u")
            reader.query.value = query
            await reader.press("enter")
        await reader.press("slash", "ctrl+u", *"horn", "up")
        assert reader.query.value == "is:unread horn"
        assert "1 of 1" in strip(reader)
        await reader.press("x", "up")
        assert reader.query.value == "is:unread hornx"


async def test_a_line_for_a_name_is_a_single_one_that_completes_nothing(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.pilot.press("t")
        await reader.see("type to search")
        line = reader.app.screen.query_one(QueryLine)
        await reader.pilot.press("r", "e", "tab", "ctrl+n")
        assert (line.value, line.size.height, line.offered) == ("re", 1, ())
