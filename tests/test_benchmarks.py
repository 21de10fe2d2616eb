"""What the figures rest on: the generated articles, and the plain SQL that counts are compared with."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from itertools import islice
from math import inf
from pathlib import Path
from xml.etree import ElementTree

import pytest
from benchmarks import plain_sql
from benchmarks.exact import Answer, answers, set_marks
from benchmarks.generate import (
    articles_in,
    as_file,
    fill,
    item_of,
    long_text,
    varied,
    write_feeds,
    write_files,
)
from benchmarks.plain_sql import PlainSql
from benchmarks.reading import counted, in_order, mark, open_article, switched
from benchmarks.sections import left_over, shares
from benchmarks.workshop import MARKDOWN_WIDGET, Figure, Workshop

from cryptonews_tui.article import Article, Document
from cryptonews_tui.cli import samples_location
from cryptonews_tui.library import Library
from cryptonews_tui.reading import read
from tests import strategies
from tests.pty_terminal import Terminal


@pytest.fixture(scope="module")
def originals() -> list[Article]:
    return articles_in(samples_location())


def test_a_generated_article_is_what_its_file_says(originals: list[Article]) -> None:
    for article in varied(originals, 300):
        reading = read(Document(item_of(article), article.origin, as_file(article).encode()))
        assert reading.problems == ()
        assert reading.article == article


def test_fewer_articles_are_the_first_of_many(originals: list[Article]) -> None:
    assert list(varied(originals, 50)) == list(islice(varied(originals, 500), 50))


def test_articles_have_names_of_their_own(originals: list[Article], tmp_path: Path) -> None:
    articles = list(varied(originals, 400))
    size = write_files(tmp_path, articles)
    files = list(tmp_path.rglob("*.md"))
    assert len(files) == len({(article.story, article.lang) for article in articles}) == 400
    assert size == sum(file.stat().st_size for file in files)


def test_most_tags_are_rare_and_a_few_frequent(originals: list[Article]) -> None:
    counts = Counter(tag for article in varied(originals, 4_000) for tag in article.tags)
    rare = [tag for tag, count in counts.items() if count <= 4]
    assert len(rare) > len(counts) / 2
    assert counts.most_common(1)[0][1] > 500


def test_feeds_hold_every_article(originals: list[Article], tmp_path: Path) -> None:
    feeds = write_feeds(tmp_path, varied(originals, 100))
    titles = [item.findtext("title") for feed in feeds for item in ElementTree.parse(feed).iter("item")]
    assert Counter(titles) == Counter(article.title for article in varied(originals, 100))


@pytest.fixture
def compared(originals: list[Article], tmp_path: Path) -> Callable[[int, int], list[Answer]]:
    """Compares a library of so many articles with plain tables of so many."""

    def compare(kept: int, noted: int) -> list[Answer]:
        fill(tmp_path / "library.db", varied(originals, kept))
        plain_sql.make(tmp_path / "plain.db", varied(originals, noted))
        with closing(PlainSql(tmp_path / "plain.db")) as plain:
            set_marks(tmp_path / "state.db", plain)
            with closing(Library(tmp_path / "library.db", tmp_path / "state.db")) as library:
                return list(answers(library, plain))

    return compare


def test_counts_of_random_queries_are_those_of_plain_sql(
    compared: Callable[[int, int], list[Answer]],
) -> None:
    found = compared(400, 400)
    assert [(str(answer.query), answer.difference) for answer in found if answer.difference] == []
    assert len({str(answer.query) for answer in found}) > 100


def test_a_missing_story_changes_counts(compared: Callable[[int, int], list[Answer]]) -> None:
    assert any(answer.difference for answer in compared(398, 400))


def test_a_goal_of_nothing_is_missed_by_anything() -> None:
    assert Figure("lost", 0, 0, "").ratio == 0
    assert Figure("lost", 0, 1, "").ratio == inf


def test_sections_are_counted_by_file_and_what_is_left_over_by_heading() -> None:
    articles = [
        strategies.article("1", body="## Overview\n\nA.\n\n## Overview\n\nB.\n\n## Tides\n\nC."),
        strategies.article("2", body="## TIDES:\n\nA.\n\n## Tides\n\nB.\n\n## Fog\n\nC."),
        strategies.article("1", "uk", body="## Туман\n\nA."),
    ]
    assert [line for line in shares(articles) if "overview" in line] == [
        "| overview | 1 (50.0%) | 0 (0.0%) |"
    ]
    assert [*left_over(articles)][2:] == [
        "| Tides | en | 3 |",
        "| 1 others | en | 1 |",
        "| 1 others | uk | 1 |",
    ]


@pytest.mark.parametrize("size", [65_000, 1_000_000])
def test_a_long_text_has_the_size_that_was_asked_for_and_is_read_whole(
    originals: list[Article], size: int
) -> None:
    text = long_text(size)
    assert size <= len(text.encode()) < size * 1.05
    assert text == long_text(size)
    assert all(f"\n{beginning}" in f"\n{text}" for beginning in ("## ", "### ", "- "))
    article = replace(originals[0], body=text)
    reading = read(Document(item_of(article), article.origin, as_file(article).encode()))
    assert reading.problems == ()
    assert reading.article is not None
    assert reading.article.body == text
    assert len(reading.article.sections) > 1


def test_articles_in_order_begin_with_a_word_of_their_own_and_keep_their_sections(
    originals: list[Article],
) -> None:
    ordered = in_order(originals)
    assert sorted(ordered, key=lambda article: article.published, reverse=True) == ordered
    for row, (article, original) in enumerate(zip(ordered, originals, strict=True)):
        assert article.sections[0].text.startswith(f"{mark(row)} ")
        assert [(s.role, s.heading) for s in article.sections] == [
            (s.role, s.heading) for s in original.sections
        ]


def test_a_switch_is_over_when_the_next_text_is_on_the_screen(
    originals: list[Article], tmp_path: Path
) -> None:
    (tmp_path / "passing").mkdir()
    workshop = Workshop(tmp_path, tmp_path / "passing", None)
    with open_article(workshop, "switching", in_order(originals[:3])) as terminal:
        for row in (1, 2):
            assert switched(terminal, row) > 0
            assert mark(row) in terminal.text


def test_the_widget_beside_us_shows_one_text_after_another(tmp_path: Path) -> None:
    texts = tmp_path / "texts.json"
    texts.write_text(json.dumps([f"## Heading\n\n{mark(row)} begins" for row in range(3)]))
    with Terminal((*MARKDOWN_WIDGET, str(texts), "40")) as terminal:
        terminal.wait_for(mark(0))
        for row in (1, 2):
            assert switched(terminal, row) > 0
            assert mark(row - 1) not in terminal.text


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("/ledger   3/17", True),
        ("1,024 / 2,048", True),
        ("12 of 20 stories", False),
        ("q back  / find", False),
    ],
)
def test_a_count_of_matches_is_told_from_other_numbers(line: str, told: bool) -> None:
    assert counted(["", line]) is told
