"""Where the words of a query stand: the same that the index finds, and nothing else."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptonews_tui.highlighting import matches, snippet
from cryptonews_tui.library.indexing import expression
from cryptonews_tui.query import Word, make_query, parse
from cryptonews_tui.wording import cells

PIECES = (
    *(
        "bit",
        "coin",
        "Bitcoin",
        "БІТ",
        "коїн",
        "Ко",
        "ї",
        "и\u0306",
        "й",
        "é",
        "e\u0301",
        "2",
        "25",
        "ß",
        "İ",
        "Σ",
    ),
    *(" ", " ", " ", "-", "_", "'", ". ", "…", "\n", "東京", "🚀"),
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
WORDS = st.builds(
    lambda text, exact, star: Word(text + "*" * star, exact),
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=4)
    .map("".join)
    .filter(lambda t: any(map(str.isalnum, t))),
    st.booleans(),
    st.booleans(),
).map(lambda word: make_query([word]).words[0])


def marked(text: str, query: str) -> str:
    """The text with brackets around what is found."""
    for start, end in reversed(matches(text, parse(query).looked_for())):
        text = f"{text[:start]}[{text[start:end]}]{text[end:]}"
    return text


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("boat", "Boats and a boat-house, no steamboat", "[Boat]s and a [boat]-house, no steamboat"),
        ('"boat"', "Boats and a boat-house", "Boats and a [boat]-house"),
        ("човен", "Човен і човенце", "[Човен] і [човен]це"),
        ("no", "No fog, none", "[No] fog, none"),
        ("no*", "No fog, none", "[No] fog, [no]ne"),
        ('"fog horn"', "The Fog: horn, fog horns, fog  horn", "The [Fog: horn], fog horns, [fog  horn]"),
        ("half-tide", "half tide, half-tides, tide", "[half tide], [half-tide]s, tide"),
        ("fog foggy", "foggy fog", "[foggy] [fog]"),
        ('"a b a"', "a b a b a", "[a b a b a]"),
        ("cafe", "cafe\u0301s", "[cafe\u0301]s"),
        ("(fog OR -reef) -horn", "fog reef horn", "[fog] reef horn"),
        ("fog", "f_o_g _fog_", "f_o_g _[fog]_"),
        ("", "fog", "fog"),
    ],
)
def test_words_are_found_as_queries_mean_them(query: str, text: str, expected: str) -> None:
    assert marked(text, query) == expected


@given(TEXTS, st.lists(WORDS, max_size=3))
def test_places_lie_in_the_text_in_order_and_apart(text: str, words: list[Word]) -> None:
    borders = [border for place in matches(text, words) for border in place]
    assert borders == sorted(set(borders))
    assert all(0 <= border <= len(text) for border in borders)


@pytest.fixture(scope="module")
def index() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(
            "CREATE VIRTUAL TABLE words USING fts5 (text, tokenize = 'unicode61 remove_diacritics 0')"
        )
        yield connection


@given(TEXTS, WORDS)
def test_what_the_index_finds_is_marked_and_nothing_else(
    index: sqlite3.Connection, text: str, word: Word
) -> None:
    index.execute("DELETE FROM words")
    index.execute("INSERT INTO words VALUES (?)", (text,))
    found = index.execute("SELECT 1 FROM words WHERE words MATCH ?", (expression(word),)).fetchone()
    assert bool(matches(text, [word])) == (found is not None)


@given(TEXTS, st.lists(WORDS, max_size=3))
def test_several_words_are_marked_where_each_of_them_is(text: str, words: list[Word]) -> None:
    each = {i for word in words for start, end in matches(text, [word]) for i in range(start, end)}
    assert {i for start, end in matches(text, words) for i in range(start, end)} == each


# Snippets


PROSE = (
    "One boat came home. " * 30
    + "Then the lighthouse keeper saw a second boat in the fog. "
    + "All was well. " * 30
)


def test_a_snippet_is_where_the_words_are_together() -> None:
    shown, found = snippet(PROSE, parse("boat fog").looked_for(), 70)
    assert [shown[start:end] for start, end in found] == ["boat", "fog"]
    assert "a second boat in the fog." in shown
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) <= 70


def test_a_snippet_begins_before_its_words_and_with_a_whole_one() -> None:
    shown, _ = snippet(PROSE, parse("lighthouse").looked_for(), 70)
    assert re.match(r"…(\w+\.? )+Then the lighthouse", shown)


def test_without_any_of_the_words_the_text_is_shown_from_its_beginning() -> None:
    assert snippet("## The fog\n\nIt was *thick*.", parse("reef").looked_for(), 70) == (
        "It was thick.",
        (),
    )
    assert snippet("It was thick.", (), 70) == ("It was thick.", ())
    assert snippet("", parse("reef").looked_for(), 70) == ("", ())


def test_a_snippet_is_text_without_its_markdown() -> None:
    text = "## Fog\n- **Boats** [came home](https://example.org/a_b)\n1. ![b](x.png) snake_case _then_\n> `left` so"
    assert snippet(text, (), 90)[0] == "Boats came home snake_case then left so"


@given(TEXTS.map(lambda text: text * 9), st.lists(WORDS, max_size=3), st.integers(1, 40))
def test_a_snippet_fits_and_its_places_lie_in_it(text: str, words: list[Word], width: int) -> None:
    shown, found = snippet(text, words, width)
    assert cells(shown) <= width
    assert "\n" not in shown
    assert found == matches(shown, words)


@given(
    st.lists(st.sampled_from(["fog", "boat", "reef", "tide", "harbour"]), min_size=1, max_size=200),
    st.integers(24, 80),
)
def test_a_word_that_is_in_the_text_is_in_its_snippet(prose: list[str], width: int) -> None:
    text = " ".join(prose)
    for word in set(prose):
        shown, found = snippet(text, [Word(word)], width)
        assert word in {shown[start:end] for start, end in found}
