"""What is asked: as it is typed, in which order, and what the status line tells of it."""

import asyncio
import threading
from contextlib import closing

import pytest

from cryptonews_tui.library import Library, State
from cryptonews_tui.query import Query, parse
from cryptonews_tui.tui.bars import StatusLine
from tests.tui.desk import MEDIUM, NARROW, NOW, Desk


@pytest.fixture
def desk(desk: Desk) -> Desk:
    body = "Nothing else is known."
    desk.write("1", hours=1, title="Boats return", source="herald", tags=["FOG"], score=0.2, body=body)
    desk.write("2", hours=2, title="Anchors sold", source="wire", tags=["REEF"], score=0.9, body=body)
    desk.write("3", hours=3, title="Calm sea, boats and more boats", source="beacon", tags=["FOG"], body=body)
    return desk


# --- as it is typed


async def test_list_and_counts_follow_what_is_typed(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("slash", *"boa")
        assert reader.stories == ["1", "3"]
        assert "FOG 2" in reader.filters
        assert "REEF 1" not in reader.filters
        assert reader.bottom.rstrip().endswith("2 of 3")
        assert reader.query.display
        await reader.press(*"ts", "space", *"ret")
        assert reader.stories == ["1"]
        await reader.press("enter")
        assert str(reader.main.question) == "boats ret"
        assert reader.place == "headlines"
        assert "of 3" not in reader.bottom


async def test_escape_brings_back_what_was_asked_and_the_story(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.ask("tag:fog")
        await reader.do("down")
        assert reader.at == "3"
        await reader.press("slash", "ctrl+u", *"anch")
        assert reader.stories == ["2"]
        await reader.press("escape")
        assert str(reader.main.question) == "tag:fog"
        assert reader.at == "3"
        assert not reader.query.display


async def test_while_typing_the_cursor_stays_on_its_story_or_goes_to_the_top(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("bottom")
        await reader.press("slash", *"boat")
        assert reader.at == "3"
        await reader.press("ctrl+u", *"return")
        assert reader.at == "1"
        await reader.press("ctrl+u", *"boat")
        assert reader.at == "3"


async def test_what_cannot_be_understood_leaves_the_list_and_is_underlined_after_a_rest(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("slash", *"boats", "space", *"since", "colon", "z")
        assert reader.stories == ["1", "3"]  # of “boats”: the rest is not finished
        assert not reader.said
        await reader.until(lambda: bool(reader.said))
        assert reader.said.startswith("At character 13: since: cannot be “z”")
        assert reader.query.wrong == (12, 13)
        await reader.press("backspace", *"7d")
        assert not reader.said
        assert reader.query.wrong is None
        assert reader.stories == ["1", "3"]


async def test_nothing_is_complained_of_while_values_are_offered(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("slash", *"boats", "space", *"tag", "colon")
        assert reader.query.offered
        await asyncio.sleep(0.8)
        assert not reader.said
        await reader.press(*"fo")  # nobody has it, but there are tags that begin so
        assert reader.stories == ["1", "3"]
        await reader.press("enter")
        assert "tag:fo*" in reader.status


async def test_what_is_wrong_before_the_end_is_said_at_once(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("query")
        reader.query.value = "tga:fog boats"
        await reader.settle()
        assert "did you mean “tag:”" in reader.said
        assert reader.query.wrong == (0, 4)
        assert reader.stories == ["1", "2", "3"]


async def test_a_query_that_is_kept_is_remembered_and_comes_back_by_the_arrow(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("slash", *"boats", "enter")
        await reader.press("slash", *"anch", "escape")
        with closing(State(desk.paths.state)) as state:
            assert state.queries() == ["boats"]
        await reader.do("clear")
        await reader.press("slash", "up")
        assert reader.query.value.strip() == "boats"
        assert reader.stories == ["1", "3"]


async def test_values_are_completed_under_the_rest_of_the_query(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("slash", *"boats", "space", *"tag", "colon")
        assert any("FOG 2" in line for line in reader.lines[:3])
        await reader.press("tab", "enter")
        assert str(reader.main.question) == "tag:fog boats"


async def test_a_click_beside_the_line_keeps_what_it_says(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("slash", *"boats")
        await reader.pilot.click("#headlines", offset=(10, 2))
        await reader.settle()
        assert not reader.query.display
        assert str(reader.main.question) == "boats"


# --- the order


async def test_backslash_sorts_by_one_thing_after_the_other(desk: Desk) -> None:
    async with desk.open() as reader:
        seen = []
        for _ in range(5):
            await reader.press("backslash")
            seen.append((str(reader.main.question), reader.stories))
        assert seen == [
            ("sort:updated", ["1", "2", "3"]),
            ("sort:title", ["2", "1", "3"]),
            ("sort:source", ["3", "1", "2"]),
            ("sort:score", ["2", "1", "3"]),
            ("", ["1", "2", "3"]),
        ]


async def test_stories_are_sorted_by_relevance_where_words_are_asked_for(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.ask("boats sort:score")
        await reader.press("backslash")
        assert str(reader.main.question) == "boats sort:relevance"
        assert "sorted by relevance" in reader.status
        assert "most relevant first" in reader.screen
        await reader.press("backslash")
        assert str(reader.main.question) == "boats"


async def test_the_list_says_how_it_is_sorted(desk: Desk) -> None:
    async with desk.open() as reader:
        for sort, header, status in (
            ("", "newest first", "sorted by time"),
            ("sort:+published", "oldest first", "sorted by time"),
            ("sort:title", "by title", "sorted by title"),
            ("sort:-title", "by title from Z to A", "sorted by title"),
            ("sort:score", "highest score first", "sorted by score"),
            ("sort:updated", "latest change first", "sorted by last change"),
        ):
            await reader.ask(sort)
            assert f"Headlines, {header}" in reader.screen
            assert status in reader.status


async def test_the_usual_order_comes_from_the_settings_and_another_can_be_asked_for(desk: Desk) -> None:
    async with desk.open(order="title") as reader:
        assert reader.stories == ["2", "1", "3"]
        assert not reader.main.question.sort
        await reader.ask("boats")
        assert reader.stories == ["1", "3"]
        await reader.ask("sort:score")
        assert reader.stories == ["2", "1", "3"]
        assert "sorted by score" in reader.status
        await reader.press("backslash")
        assert reader.stories == ["1", "2", "3"]
        assert "sorted by time" in reader.status
        await reader.do("clear")
        assert "sorted by time" in reader.status


async def test_the_columns_come_from_the_settings(desk: Desk) -> None:
    async with desk.open(columns=("score", "mood")) as reader:
        assert reader.main.headlines.columns == ("score", "mood")
        assert "0.90" in reader.row("2")
        assert "The wire" not in reader.row("2")


# --- the status line


async def test_the_status_line_tells_counts_filters_and_order(desk: Desk) -> None:
    async with desk.open() as reader:
        assert "3 stories · sorted by time" in reader.status
        await reader.ask("tag:fog")
        assert "2 of 3 · 1 filter · sorted by time" in reader.status
        await reader.ask("tag:fog boats -source:wire sort:title")
        assert "2 of 3 · 3 filters · sorted by title" in reader.status


async def test_a_narrow_status_line_keeps_what_matters_most(desk: Desk) -> None:
    desk.add_source()
    async with desk.open(size=NARROW) as reader:
        await reader.ask("tag:fog boats -source:wire")
        assert len(reader.status) <= NARROW[0]
        assert "tag:fog" in reader.status
        assert "2 of 3" in reader.status
        assert "↻" in reader.status
        assert "sorted" not in reader.status
        await reader.resize(*MEDIUM)
        assert "2 of 3 · 3 filters · sorted by time" in reader.status
        await reader.resize(84, 30)
        assert "2 of 3 · sorted by time" in reader.status


async def test_a_shared_library_is_said_to_be_so(desk: Desk) -> None:
    desk.sync()
    async with desk.open() as reader:
        assert "shared" not in reader.status
        reader.main.query_one(StatusLine).shared = True
        await reader.settle()
        assert "shared" in reader.status


# --- what is new, and notes


async def test_what_came_after_the_last_visit_is_new(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.ask("is:new")
        assert reader.stories == []
    desk.write("4", hours=0.5)
    async with desk.open() as reader:
        assert "new 1" in reader.filters
        await reader.ask("is:new")
        assert reader.stories == ["4"]
    async with desk.open() as reader:
        await reader.ask("is:new")
        assert reader.stories == []


async def test_a_note_is_written_changed_and_taken_away(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("N", *"ask", "space", *"again", "enter")
        assert reader.said == "Noted."
        assert "✎" in reader.row("1")
        assert reader.place == "headlines"
        await reader.ask("has:note")
        assert reader.stories == ["1"]
        await reader.press("N")
        assert "ask again" in reader.screen
        await reader.press("escape")
        await reader.press("N", "ctrl+u", "enter")
        assert reader.said == "Note taken away."
        assert "✎" not in reader.row("1")
        with closing(State(desk.paths.state)) as state:
            assert state.note("1") is None


async def test_letters_in_a_note_are_letters(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("down")
        await reader.press("N", *"qJs", "question_mark", "slash", "tab", "enter")
        with closing(State(desk.paths.state)) as state:
            assert state.note("2") == "qJs?/"
        assert reader.at == "2"


async def test_today_is_the_day_of_the_programs_clock(desk: Desk) -> None:
    desk.write("5", hours=NOW.hour + 1)
    async with desk.open() as reader:
        await reader.ask("on:today")
        assert reader.stories == ["1", "2", "3"]
        await reader.ask("on:yesterday")
        assert reader.stories == ["5"]


# --- what takes time


async def test_words_that_have_to_be_looked_up_are_answered_when_they_are_found(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cryptonews_tui.library.store.SMALL", 0)
    async with desk.open(views={"Boats": "boats"}) as reader:
        assert reader.views[-1] == "Boats 2"
        await reader.press("slash", *"anch", "enter")
        assert reader.stories == ["2"]
        assert "REEF 1" in reader.filters


async def test_a_slow_search_is_said_to_go_on_and_gives_way_to_the_next(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cryptonews_tui.library.store.SMALL", 0)
    found, look_up = threading.Event(), Library.get_ready

    def slowly(library: Library, query: Query) -> None:
        if query.words == parse("boats").words:
            found.wait(10)
        look_up(library, query)

    monkeypatch.setattr(Library, "get_ready", slowly)
    async with desk.open() as reader:
        reader.main.question = parse("boats")
        await reader.until(lambda: "searching …" in reader.status)
        assert reader.stories == ["1", "2", "3"]
        reader.main.question = parse("tag:reef")
        await reader.until(lambda: reader.stories == ["2"])
        assert "1 of 3" in reader.status
        reader.main.question = parse("boats")
        found.set()
        await reader.until(lambda: reader.stories == ["1", "3"])
        assert "2 of 3" in reader.status
