"""The same questions in plain SQL over tables of its own: what counts must equal, and what they cost that way.

It shares no table with the library, and no code but which tags mean which asset. A value holds for a story when it
holds for any of its versions that count: the published ones, or the drafts where there is nothing else. Such drafts
are hidden unless asked for.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path

from cryptonews_tui.article import Article
from cryptonews_tui.assets import Assets
from cryptonews_tui.query import Filter, Query

FIELDS = ("sentiment", "source", "category", "tag", "lang", "asset", "section", "is", "on")
"""The fields that are counted. Of states those that an article or a mark has, of times the months."""

Counts = Mapping[tuple[str, str], int]
"""How many stories have which value of which field."""

_READ, _STARRED = 11, 97
"""Every so many stories are read, or starred."""

_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -65536;
CREATE TABLE story (id INTEGER PRIMARY KEY, key TEXT NOT NULL);
CREATE TEMP TABLE noted (field TEXT, value TEXT, story INTEGER);
"""
_INDEXES = """
CREATE TABLE fact (
    field TEXT, value TEXT, story INTEGER, PRIMARY KEY (field, value, story)
) WITHOUT ROWID;
INSERT INTO fact SELECT DISTINCT field, value, story FROM noted ORDER BY field, value, story;
CREATE INDEX fact_story ON fact (story, field, value);
ANALYZE;
"""


def make(path: Path, articles: Iterable[Article]) -> None:
    """Note all that queries can ask for of each story; `articles` has the versions of a story side by side."""
    stories = (list(versions) for _, versions in groupby(articles, key=lambda article: article.story))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(_SCHEMA)
        connection.execute("BEGIN")
        for number, versions in enumerate(stories, 1):
            connection.execute("INSERT INTO story VALUES (?, ?)", (number, versions[0].story))
            connection.executemany(
                "INSERT INTO noted VALUES (?, ?, ?)",
                ((field, value, number) for field, value in _facts(number, versions)),
            )
        connection.execute("COMMIT")
        connection.executescript(_INDEXES)


def _facts(number: int, versions: Sequence[Article]) -> Iterator[tuple[str, str]]:
    published = [article for article in versions if not article.draft]
    for article in published or versions:
        yield "source", article.publisher.key
        yield "lang", article.lang.casefold()
        yield "sentiment", str(article.sentiment).casefold() if article.sentiment else "unrated"
        if article.category:
            yield "category", article.category.casefold()
        for tag in article.tags:
            yield "tag", tag.casefold()
            if symbol := _symbol(tag):
                yield "asset", symbol
        for section in article.sections:
            yield "section", section.role
        if article.sticky_weight > 0:
            yield "is", "pinned"
        if article.provenance and article.provenance.rewritten:
            yield "is", "ai"
        if article.provenance and article.provenance.translated_from:
            yield "is", "translated"
    latest = max(article.published for article in published or versions)
    yield "on", f"{latest.astimezone():%Y-%m}"
    if not published:
        yield "is", "draft"
    yield "is", "unread" if number % _READ else "read"
    if not number % _STARRED:
        yield "is", "starred"


@lru_cache(maxsize=10_000)
def _symbol(tag: str) -> str | None:
    return _assets().of_tag(tag)


@cache
def _assets() -> Assets:
    return Assets()


class PlainSql:
    """Answers from the tables that `make` made."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path)
        self._connection.execute("PRAGMA cache_size = -262144")

    def close(self) -> None:
        self._connection.close()

    def stories(self) -> int:
        """How many there are; they are numbered from 1."""
        return int(self._connection.execute("SELECT count(*) FROM story").fetchone()[0])

    def marks(self) -> Iterator[tuple[str, str]]:
        """The marks that are taken to be set: which story has which."""
        yield from self._connection.execute(
            "SELECT key, value FROM fact JOIN story ON story.id = fact.story"
            " WHERE field = 'is' AND value IN ('read', 'starred')"
        )

    def facts(self, story: int) -> list[tuple[str, str]]:
        """The fields and values of a story."""
        return self._connection.execute(
            "SELECT field, value FROM fact WHERE story = ? ORDER BY field, value", (story,)
        ).fetchall()

    def total(self, query: Query) -> int:
        """How many stories the query asks for."""
        condition, bound = _condition(query.filters)
        rows = self._connection.execute(f"SELECT count(*) FROM story WHERE {condition}", bound)
        return int(rows.fetchone()[0])

    def counts(self, query: Query) -> Counts:
        """The counts of each field under all that the query says of other fields."""
        counts: dict[tuple[str, str], int] = {}
        conditions: defaultdict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
        for field in FIELDS:
            conditions[_condition(term for term in query.filters if term.field != field)].append(field)
        for (condition, bound), fields in conditions.items():
            rows = self._connection.execute(
                f"""
                SELECT field, value, count(*) FROM fact
                WHERE field IN ({_marks(fields)}) AND story IN (SELECT id FROM story WHERE {condition})
                GROUP BY field, value
                """,
                (*fields, *bound),
            )
            for field, value, count in rows:
                counts[field, value] = count
        return counts


def _condition(filters: Iterable[Filter]) -> tuple[str, tuple[str, ...]]:
    terms = list(filters)
    if not any(term.field == "is" and "draft" in term.values and not term.negated for term in terms):
        terms.append(Filter("is", ("draft",), negated=True))
    bound: list[str] = []
    for term in terms:
        bound += (term.field, *term.values)
    condition = " AND ".join(
        f"id {'NOT ' if term.negated else ''}IN"
        f" (SELECT story FROM fact WHERE field = ? AND value IN ({_marks(term.values)}))"
        for term in terms
    )
    return condition, tuple(bound)


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))
