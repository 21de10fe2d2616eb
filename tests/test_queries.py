"""The cookbook: every query on the page is understood, and finds among the samples what a plain filter finds."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from docs.__main__ import ROOT

from cryptonews_tui.article import Document
from cryptonews_tui.cli import samples_location
from cryptonews_tui.library import Library, Mark
from cryptonews_tui.query import FIELDS, Filter, parse
from cryptonews_tui.reading import read
from tests.shelf import History, Put, Shelf, library_of

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
"""The night before the last samples."""

PAGE = (ROOT / "docs" / "queries.md").read_text("utf-8")
BLOCKS = re.findall(r"^```\n(.+?)\n```$", PAGE, re.M | re.S)
RECIPES = dict(re.findall(r"^### (.+)\n\n```\n(.+)\n```$", PAGE, re.M))
TERMS = [
    term
    for row in re.findall(r"^\| (`.+?) \|", PAGE.partition("<!-- query -->")[0], re.M)
    for term in re.findall(r"`([^`]+)`", row)
]


def samples() -> list[Put]:
    found = []
    for path in sorted(Path(samples_location()).rglob("*.md")):
        data = path.read_bytes()
        article = read(Document(path.name, str(path), data)).article
        assert article is not None
        found.append((article, hashlib.blake2b(data).digest()))
    return found


SAMPLES = samples()
LATE = {"61485825", "61494744"}  # these came after the reader had left
REWRITTEN = "61432311"


def later() -> list[Put]:
    """What the last visit to the source brought: two stories, and a new text for one."""
    return [
        (article, hashed if article.story in LATE else b"rewritten")
        for article, hashed in SAMPLES
        if article.story in {*LATE, REWRITTEN}
    ]


HISTORY = History(
    first=[put for put in SAMPLES if put[0].story not in LATE],
    marks=frozenset(
        [
            (Mark.READ, REWRITTEN),
            (Mark.READ, "61441230"),
            (Mark.STARRED, "61441230"),
            (Mark.STARRED, "61396635"),
        ]
    ),
    noted=frozenset(["61423392"]),
    left=True,
    later=later(),
)


@pytest.fixture(scope="module")
def library() -> Iterator[Library]:
    with library_of(HISTORY, now=NOW) as library:
        yield library


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return Shelf(HISTORY, now=NOW)


def test_there_are_thirty_questions_each_with_a_query_of_its_own() -> None:
    assert len(RECIPES) == 30
    assert len(set(map(parse, RECIPES.values()))) == 30
    assert all(question.endswith("?") for question in RECIPES)
    assert set(RECIPES.values()) < set(BLOCKS)


@pytest.mark.parametrize("text", [*BLOCKS, *TERMS])
def test_every_query_on_the_page_is_understood_and_means_what_a_plain_filter_does(
    library: Library, shelf: Shelf, text: str
) -> None:
    query = parse(text)
    assert parse(str(query)) == query
    found = [headline.story for headline in library.headlines(library.stories(query)[:])]
    expected = shelf.find(query)
    if query.order[0] == "relevance":
        found, expected = sorted(found), sorted(expected)
    assert found == expected


@pytest.mark.parametrize("question", RECIPES)
def test_every_question_has_an_answer_in_the_samples(library: Library, question: str) -> None:
    count = library.count(parse(RECIPES[question]))
    assert 0 < count < len(library.stories(parse(""))), question


def test_the_page_shows_every_kind_of_field_and_every_sign() -> None:
    terms = [term for text in (*BLOCKS, *TERMS) for term in parse(text).terms()]
    fields = {term.field if isinstance(term, Filter) else term.scope for term in terms}
    kinds = {FIELDS[field].kind for field in fields if field}
    assert kinds == {field.kind for field in FIELDS.values()} - {"order"}
    text = "\n".join((*BLOCKS, *TERMS))
    for sign in ("-", "$", "*", "&", ",", " OR ", "(", '"', "..", ">", "<=", "sort:", "sort:+"):
        assert sign in text, sign


def test_the_question_with_everything_in_it_has_one_answer(library: Library) -> None:
    [question] = [text for text in RECIPES.values() if "$xrp" in text and "is:unread" in text]
    [headline] = library.headlines(library.stories(parse(question))[:])
    assert headline.title.startswith("Quillhaven Exchange pauses withdrawals")
