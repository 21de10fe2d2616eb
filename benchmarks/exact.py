"""Random queries, answered by the library and by plain SQL: the counts must be equal."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import chain
from math import inf
from pathlib import Path
from random import Random
from statistics import median

from benchmarks import plain_sql
from benchmarks.plain_sql import Counts, PlainSql
from benchmarks.size import GOALS
from benchmarks.workshop import HUGE, Figure, Workshop, p95
from cryptonews_tui.library import Facets, Library, Mark, State
from cryptonews_tui.query import Filter, Query, literal, make_query, parse
from cryptonews_tui.tui.filter_rows import LEAST

QUERIES = 200
SQL_SECONDS = 300
"""At 1,000,000 articles SQL has so much time: it must do with the queries it can answer in that."""


def measure_exact(workshop: Workshop) -> Iterator[Figure]:
    """Whether all counts of random queries are exact, and how long they take."""
    for count in workshop.sizes:
        plain = PlainSql(workshop.made(f"{count}-plain.db", partial(_make, workshop, count)))
        state = workshop.passing / f"exact-{count}.state"
        set_marks(state, plain)
        library = Library(workshop.library(count), state)
        with closing(plain), closing(library):
            library.facets(Query(), apart=True)  # what is kept from one query to the next is there then
            found = list(answers(library, plain, SQL_SECONDS if count >= HUGE else inf))
        checked = [answer for answer in found if answer.sql is not None]
        wrong = [answer for answer in checked if answer.difference]
        ours, sql = [answer.ours for answer in found], [answer.sql for answer in checked if answer.sql]
        said = f"of {len(checked)}, {sum(answer.counts for answer in checked):,} counts"
        if wrong:
            said += f"; {wrong[0].query}: {wrong[0].difference}"
        yield Figure(f"random queries not counted as by SQL at {count:,}", 0, len(wrong), "", said)
        yield Figure(
            f"list and counts of one at {count:,}, p95",
            GOALS[count].toggle,
            1e3 * p95(ours),
            "ms",
            f"median {1e3 * median(ours):.1f} ms; SQL {1e3 * p95(sql):,.0f}, median {1e3 * median(sql):,.0f} ms",
        )


def _make(workshop: Workshop, count: int, path: Path) -> None:
    plain_sql.make(path, workshop.varied(count))


def set_marks(state: Path, plain: PlainSql) -> None:
    """Give the reader the marks that the tables take to be set."""
    with closing(State(state)) as opened:
        for story, mark in plain.marks():
            opened.set_mark(Mark(mark), story, on=True)


@dataclass(frozen=True, slots=True)
class Answer:
    """How long a query took us, and SQL if it was asked; how many counts there were, and what differs first."""

    query: Query
    ours: float
    sql: float | None
    counts: int
    difference: str


def answers(library: Library, plain: PlainSql, sql_seconds: float = inf) -> Iterator[Answer]:
    """What the library says to random queries, compared with what SQL says as long as that has time."""
    for query in random_queries(plain):
        start = time.perf_counter()
        stories = library.stories(query)
        shown = library.facets(query, apart=True, most=LEAST)
        ours = time.perf_counter() - start
        if sql_seconds <= 0:
            yield Answer(query, ours, None, 0, "")
            continue
        start = time.perf_counter()
        total, right = plain.total(query), plain.counts(query)
        sql = time.perf_counter() - start
        sql_seconds -= sql
        complete = library.facets(query, apart=True)
        wrong = chain(
            _totals(total, len(stories), shown.total, complete.total),
            _counts(right, complete),
            _first_ones(right, shown),
        )
        yield Answer(query, ours, sql, len(right), next(wrong, ""))


def _totals(right: int, *said: int) -> Iterator[str]:
    for total in said:
        if total != right:
            yield f"{total:,} stories instead of {right:,}"


def _counts(right: Counts, facets: Facets) -> Iterator[str]:
    """Where the counts of all values are not those of SQL."""
    said = {
        (field, known.value): known.count
        for field in plain_sql.FIELDS
        for known in facets.fields[field]
        if _is_comparable(field, known.value)
    }
    for field, value in sorted(said.keys() | right.keys()):
        ours, meant = said.get((field, value), 0), right.get((field, value), 0)
        if ours != meant and _is_comparable(field, value):
            yield f"{field} {value}: {ours:,} instead of {meant:,}"


def _first_ones(right: Counts, facets: Facets) -> Iterator[str]:
    """Where the values that are shown are not the most frequent ones, with their counts."""
    for field, known in facets.fields.items():
        for value, _, count in known:
            if _is_comparable(field, value) and right.get((field, value), 0) != count:
                yield f"{field} {value}: shown with {count:,} instead of {right.get((field, value), 0):,}"
        if field not in ("is", "on"):  # these have orders of their own
            most = sorted((count for (of, _), count in right.items() if of == field), reverse=True)
            shown = [count for _, _, count in known if count][
                : LEAST[field]
            ]  # what is asked for may have none
            if shown != most[: LEAST[field]]:
                yield f"{field}: the first are {shown} instead of {most[: LEAST[field]]}"


def _is_comparable(field: str, value: str) -> bool:
    """Drafts are counted as if asked for, and what is new or today's changes: other tests see to these."""
    return not (
        (field == "is" and value in ("draft", "new", "changed"))
        or (field == "on" and not re.fullmatch(r"\d{4}-\d\d", value))
    )


def random_queries(plain: PlainSql, count: int = QUERIES) -> Iterator[Query]:
    """Queries of one to four terms, their values as frequent as in the articles, a quarter of them excluded."""
    random = Random(2026)
    stories = plain.stories()
    for _ in range(count):
        story = random.randint(1, stories)
        terms: list[Filter] = []
        for _ in range(random.randint(1, 4)):
            # What one story has goes together: most queries should find something.
            facts = plain.facts(story if random.random() < 0.6 else random.randint(1, stories))
            if random.random() < 0.25:
                facts = [fact for fact in facts if fact[0] == "is"]
            field, value = random.choice(facts)
            terms.append(Filter(field, (literal(value),), negated=random.random() < 0.25))
        yield parse(str(make_query(filters=terms)))
