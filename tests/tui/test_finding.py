"""Finding letters in an article: what matches, which match is the current one, what is drawn."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cryptonews_tui.tui.finding import Finding, places
from cryptonews_tui.typesetting import Line, Span, wrap
from tests.tui.desk import Desk

TEXT = "Two boats return; the harbour counts boats and Boats."


def lines(*paragraphs: str, width: int = 12) -> list[Line]:
    return [line for text in paragraphs for line in wrap((Span(text),), width)]


def finding(*paragraphs: str, width: int = 12) -> Finding:
    return Finding(lines(*paragraphs, width=width))


def test_matches_are_counted_whatever_their_case() -> None:
    found = finding(TEXT)
    found.look_for("BOAT", 0)
    assert (found.number, found.count) == (1, 3)


def test_a_match_reaches_over_the_end_of_a_line_but_not_of_a_paragraph() -> None:
    found = finding("boats return home", "alone", width=7)
    found.look_for("boats return", 0)
    assert found.count == 1
    assert [found.places(index) for index in range(3)] == [[(0, 5)], [(0, 6)], []]
    found.look_for("home alone", 0)
    assert found.count == 0


def test_the_beginning_of_a_ukrainian_word_finds_its_other_forms() -> None:
    found = finding("Біржа росте. На біржі спокійно, біржами керують.", width=40)
    found.look_for("бірж", 0)
    assert found.count == 3


def test_the_next_match_goes_round_the_end_and_the_former_round_the_beginning() -> None:
    found = finding(TEXT)
    found.look_for("boats", 0)
    numbers = []
    for direction in (1, 1, 1, -1, -1):
        found.step(direction)
        numbers.append(found.number)
    assert numbers == [2, 3, 1, 3, 2]


def test_the_first_match_is_the_one_from_where_the_reader_stands() -> None:
    found = finding(TEXT, width=80)
    last = finding(TEXT, "Boats again.", width=80)
    last.look_for("boats", 1)
    assert last.number == 4
    found.look_for("two", 0)
    assert found.line == 0


def test_letters_that_are_nowhere_have_no_current_match() -> None:
    found = finding(TEXT)
    found.look_for("xyz", 0)
    assert (found.current, found.line, found.number, found.count) == (None, None, 0, 0)
    found.step(1)
    assert found.current is None
    found.look_for("", 0)
    assert found.count == 0
    assert found.places(0) == []


def test_more_lines_are_found_in_once_they_are_set() -> None:
    text = lines("boats")
    found = Finding(text)
    found.look_for("boats", 0)
    text += lines("more boats")
    assert found.count == 1
    found.extend()
    assert found.count == 2


def test_the_indent_of_a_line_that_goes_on_is_no_part_of_the_text() -> None:
    text = [Line((Span("• boats return"),), " ", 2), Line((Span("  home"),), "\n", 2)]
    found = Finding(text)
    found.look_for("return home", 0)
    assert found.count == 1
    assert (found.places(0), found.places(1)) == ([(8, 14)], [(2, 6)])
    assert (found.current_places(0), found.current_places(1)) == ([(8, 14)], [(2, 6)])


@given(st.lists(st.text("abАБ \u0130ß", max_size=30), max_size=4), st.text("abАБ ß", min_size=1, max_size=3))
def test_what_is_drawn_is_what_is_counted(paragraphs: list[str], letters: str) -> None:
    text = lines(*paragraphs, width=5)
    found = Finding(text)
    found.look_for(letters, 0)
    drawn = sum(end - start for index in range(len(text)) for start, end in found.places(index))
    # A blank at which a line was broken is part of a match and not drawn.
    assert drawn <= found.count * len(letters)
    assert (drawn > 0) == (found.count > 0) or not letters.strip()
    seen = set()
    for _ in range(found.count):
        seen.add(found.number)
        found.step(1)
    assert seen == set(range(1, found.count + 1))


@given(
    st.lists(st.text("abАБ ß", max_size=30), max_size=5),
    st.text("abАБ ß", min_size=1, max_size=3),
    st.lists(st.integers(0, 9), max_size=4),
    st.integers(0, 40),
)
def test_lines_that_are_set_later_are_found_in_as_if_they_had_been_there(
    paragraphs: list[str], letters: str, steps: list[int], start: int
) -> None:
    text = lines(*paragraphs, width=5)
    grown: list[Line] = []
    found, whole = Finding(grown), Finding(text)
    for step in steps:
        grown += text[len(grown) : len(grown) + step]
        found.extend()
    grown += text[len(grown) :]
    found.extend()
    for finding in (found, whole):
        finding.look_for(letters, start)
    for direction in (1, 1, -1, -1, -1):
        assert (found.line, found.number, found.count) == (whole.line, whole.number, whole.count)
        assert all(found.places(index) == whole.places(index) for index in range(len(text)))
        assert all(found.current_places(index) == whole.current_places(index) for index in range(len(text)))
        assert found.step(direction) == whole.step(direction)


@given(st.text("ab ", max_size=60), st.integers(1, 9))
def test_a_line_is_marked_as_its_paragraph_is(text: str, width: int) -> None:
    def find(whole: str) -> list[tuple[int, int]]:
        return [(index, index + 1) for index, letter in enumerate(whole) if letter == "b"]

    for index, line in enumerate(found := lines(text, width=width)):
        assert [line.text[start:end] for start, end in places(found, index, find)] == ["b"] * line.text.count(
            "b"
        )


# In the pane

LONG = "\n\n".join(
    ["## Overview", "The harbour counts boats."]
    + ["Nothing but fog on the water today, and nobody to be seen in it."] * 40
    + ["## Impact", "- Two boats return.", "- No more boats."]
)


async def test_matches_are_shown_while_they_are_typed_and_n_goes_on(desk: Desk) -> None:
    desk.write("1", body=LONG)
    async with desk.open() as reader:
        await reader.do("open")
        await reader.press("slash", *"boat")
        assert "1/3" in reader.screen
        await reader.press("enter")
        assert reader.place == "article"
        assert reader.article.splitlines()[0].count("1/3") == 1
        await reader.press("n")
        assert "2/3" in reader.article
        assert "Two boats return." in reader.article
        await reader.press("n", "n")
        assert "1/3" in reader.article
        await reader.press("N")
        assert "3/3" in reader.article


async def test_leaving_the_line_goes_back_to_where_it_began(desk: Desk) -> None:
    desk.write("1", body=LONG)
    async with desk.open() as reader:
        await reader.do("open", "page-down")
        before = reader.main.article.position
        await reader.press("slash", *"more")
        assert "1/1" in reader.screen
        assert reader.main.article.position != before
        await reader.press("escape")
        assert reader.main.article.position == before
        assert reader.place == "article"
        assert "1/1" not in reader.screen


async def test_escape_forgets_the_letters_and_n_is_the_next_unread_story_again(desk: Desk) -> None:
    desk.write("1", body=LONG)
    desk.write("2", hours=2)
    async with desk.open() as reader:
        await reader.do("open")
        await reader.press("slash", *"boat", "enter", "escape")
        assert reader.place == "article"
        assert "/3" not in reader.article
        await reader.press("n")
        assert reader.at == "2"


async def test_what_is_not_in_the_article_is_said(desk: Desk) -> None:
    desk.write("1", body=LONG)
    async with desk.open() as reader:
        await reader.do("open")
        await reader.press("slash", *"zeppelin", "enter")
        assert "“zeppelin” is not in this article." in reader.said


async def test_enter_on_an_empty_line_finds_the_same_again(desk: Desk) -> None:
    desk.write("1", body=LONG)
    desk.write("2", hours=2, body=LONG)
    async with desk.open() as reader:
        await reader.do("open")
        await reader.press("slash", *"boat", "enter", "J", "slash", "enter")
        assert "1/3" in reader.article


async def test_a_slash_in_the_list_still_edits_the_query(desk: Desk) -> None:
    desk.write("1")
    async with desk.open() as reader:
        await reader.press("slash")
        assert reader.query.display


async def test_the_words_of_the_query_are_marked_in_the_text_until_that_is_turned_off(desk: Desk) -> None:
    desk.write("1", body=LONG)
    async with desk.open() as reader:
        await reader.ask("boats")
        await reader.do("open")
        pane = reader.main.article

        def marked() -> list[str]:
            over = pane.over("match").bgcolor
            strips = [pane.render_line(y) for y in range(1, pane.size.height)]
            return [s.text for strip in strips for s in strip if s.style and s.style.bgcolor == over]

        assert marked() == ["boats"]
        await reader.do("highlight")
        assert marked() == []
        await reader.do("highlight")
        assert marked() == ["boats"]


async def test_another_story_ends_the_search_and_a_star_does_not(desk: Desk) -> None:
    desk.write("1", body=LONG)
    desk.write("2", hours=2, body=LONG)
    async with desk.open() as reader:
        await reader.do("open")
        await reader.press("slash", *"boat", "enter", "n")
        assert "2/3" in reader.article
        await reader.press("s")
        assert "2/3" in reader.article
        await reader.resize(100, 30)
        assert "2/3" in reader.article
        await reader.press("J")
        assert "/3" not in reader.article.splitlines()[0]
