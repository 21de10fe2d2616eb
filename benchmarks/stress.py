"""Three processes on one library: one brings articles, one sets and takes marks, one reads. Nothing may get lost.

found = stress(folder, seconds=10)
assert not found.lost and not found.errors
"""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import TypeVar

from benchmarks.generate import articles_in, item_of, varied, write_files
from benchmarks.workshop import Figure, Workshop
from cryptonews_tui.article import Article
from cryptonews_tui.cli import samples_location
from cryptonews_tui.library import DatabaseError, Library, Mark, State, Writer
from cryptonews_tui.query import Query, parse
from cryptonews_tui.refresh import Report, sync

T = TypeVar("T")

_Version = tuple[str, str]
"""A story and a language."""

FIRST, MOST = 400, 4_000
"""Articles at the beginning, and at the end."""

NEW, CHANGED, GONE = 30, 20, 5
"""What happens to the folder between one sync and the next."""

QUESTIONS = (
    "",
    "bitcoin",
    "біткоїн",
    "tag:btc -sentiment:negative",
    "is:unread lang:uk",
    "is:starred",
    "is:read -lang:en",
)

MARK_MS, QUESTION_MS = 250, 500
"""The longest that a reader may have to wait."""


@dataclass(slots=True)
class Work:
    """What one process did: how often, the longest time in seconds of each operation, and what failed."""

    times: Counter[str] = field(default_factory=Counter)
    slowest: dict[str, float] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def do(self, name: str, operation: Callable[[], T]) -> T | None:
        """What an operation gives, timed. What is wrong with a database is noted; anything else is a bug."""
        start = time.perf_counter()
        try:
            return operation()
        except (DatabaseError, sqlite3.Error) as error:
            self.errors.append(f"{name}: {error}")
            return None
        finally:
            self.times[name] += 1
            self.slowest[name] = max(self.slowest.get(name, 0.0), time.perf_counter() - start)


@dataclass(frozen=True, slots=True)
class Stress:
    """How often each operation was done and how many seconds it took at most; what failed, and what got lost."""

    times: Mapping[str, int]
    slowest: Mapping[str, float]
    errors: Sequence[str]
    lost: Sequence[str]


def measure_stress(workshop: Workshop) -> Iterator[Figure]:
    """Whether anything gets lost, and how long anyone waits."""
    found = stress(workshop.passing / "stress", workshop.stress)
    for name, wrong in (("lost", found.lost), ("that failed", found.errors)):
        said = wrong[0] if wrong else ", ".join(f"{times:,} × {what}" for what, times in found.times.items())
        yield Figure(f"things {name} in {workshop.stress:.0f} s of stress", 0, len(wrong), "", said)
    asked = {name: seconds for name, seconds in found.slowest.items() if name not in ("sync", "mark")}
    slowest = max(asked, key=lambda name: asked[name])
    said = f"{slowest}; sync {1e3 * found.slowest['sync']:,.0f} ms"
    yield Figure("the slowest mark while syncing", MARK_MS, 1e3 * found.slowest["mark"], "ms")
    yield Figure("the slowest question while syncing", QUESTION_MS, 1e3 * asked[slowest], "ms", said)


def stress(folder: Path, seconds: float) -> Stress:
    """Let them work in `folder`, which is made, for so many seconds; then look whether everything is there."""
    originals = [replace(article, draft=False) for article in articles_in(samples_location())]
    articles = [replace(article, draft=False) for article in varied(originals, MOST)]
    files, library, state = folder / "files", folder / "library.db", folder / "state.db"
    write_files(files, articles[:FIRST])
    with closing(Writer(library)) as writer:
        sync(writer, str(files))
    stories = [article.story for article in articles]
    # Fresh interpreters, as when the program is started three times.
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as processes:
        syncing = processes.submit(_sync, files, library, articles, seconds)
        marking = processes.submit(_mark, state, stories, seconds)
        reading = processes.submit(_read, library, state, seconds)
        synced, written = syncing.result()
        marked, marks = marking.result()
        works = (synced, marked, reading.result())
    return Stress(
        times={name: times for work in works for name, times in work.times.items()},
        slowest={name: slowest for work in works for name, slowest in work.slowest.items()},
        errors=[error for work in works for error in work.errors],
        lost=list(_lost(library, state, written, marks)),
    )


def _sync(
    files: Path, library: Path, articles: Sequence[Article], seconds: float
) -> tuple[Work, dict[_Version, Article]]:
    """Change the folder and sync it, again and again; also gives every article as it was last written."""
    work, random = Work(), Random(1)
    written = {_version(article): article for article in articles[:FIRST]}
    there = sorted(written)
    coming = iter(articles[FIRST:])
    for number in _until(seconds):
        for _ in range(GONE):  # from the folder: the library keeps them
            (files / item_of(written[there.pop(random.randrange(len(there)))])).unlink()
        changed = [
            replace(
                written[known],
                title=f"Change {number} of {known[0]}",
                updated=written[known].updated + timedelta(minutes=1),
                body=f"Changed{number} for the better.\n\n{written[known].body[:2_000].rstrip()}",
            )
            for known in random.sample(there, CHANGED)
        ]
        new = list(islice(coming, NEW))
        if not new:  # what was gone comes again
            new = [written[known] for known in random.sample(sorted(written.keys() - set(there)), GONE)]
        there += map(_version, new)
        written.update((_version(article), article) for article in (*changed, *new))
        write_files(files, (*changed, *new))
        report = work.do("sync", lambda: _visit(files, library))
        if report is not None:
            work.errors += [f"sync: {wrong}" for wrong in (report.error, *report.problems) if wrong]
    return work, written


def _visit(files: Path, library: Path) -> Report:
    with closing(Writer(library)) as writer:
        return sync(writer, str(files))


def _mark(state: Path, stories: Sequence[str], seconds: float) -> tuple[Work, dict[tuple[Mark, str], bool]]:
    """Set and take marks; also gives how each was left."""
    work, random = Work(), Random(2)
    marks: dict[tuple[Mark, str], bool] = {}
    with closing(State(state)) as opened:
        for _ in _until(seconds):
            mark, story, on = random.choice(list(Mark)), random.choice(stories), random.random() < 0.6
            work.do("mark", partial(opened.set_mark, mark, story, on))
            marks[mark, story] = on
            time.sleep(0.001)
    return work, marks


def _read(path: Path, state: Path, seconds: float) -> Work:
    """Ask what the screen asks, and whether the answers agree."""
    work, random = Work(), Random(3)
    with closing(Library(path, state)) as library:
        for _ in _until(seconds):
            query = parse(random.choice(QUESTIONS))
            version = library.version()
            stories = work.do("list", partial(library.stories, query))
            facets = work.do("counts", partial(library.facets, query, apart=True))
            if stories is None or facets is None:
                continue
            headlines = work.do("headlines", partial(library.headlines, stories[:40]))
            if headlines:
                work.do("article", partial(library.article, headlines[0].story))
            # Marks may have changed in between; articles only where the version has.
            if (
                not query.values("is")
                and library.version() == version
                and not len(stories) == facets.total >= len(headlines or ()) >= min(40, len(stories))
            ):
                work.errors.append(f"“{query}”: a list of {len(stories)}, counted as {facets.total}")
    return work


def _until(seconds: float) -> Iterator[int]:
    """1, 2, 3 … until the time is over."""
    end = time.monotonic() + seconds
    number = 0
    while time.monotonic() < end:
        number += 1
        yield number


def _version(article: Article) -> _Version:
    return article.story, article.lang


def _lost(
    path: Path,
    state: Path,
    written: Mapping[_Version, Article],
    marks: Mapping[tuple[Mark, str], bool],
) -> Iterator[str]:
    """What is not in the databases as it was last written."""
    for file in (path, state):
        with closing(sqlite3.connect(file)) as connection:
            (verdict,) = connection.execute("PRAGMA integrity_check").fetchone()
            if verdict != "ok":
                yield f"{file.name}: {verdict}"
    with closing(Library(path, state)) as library:
        shown = {headline.story: headline for headline in library.headlines(library.stories(Query())[:])}
        for (story, lang), article in written.items():
            kept = library.article(story, lang)
            if kept is None or (kept.title, kept.body) != (article.title, article.body):
                yield f"article {story}.{lang}"
        if strange := shown.keys() - {story for story, _ in written}:
            yield f"stories that nobody wrote: {len(strange)}"
        for (mark, story), on in marks.items():
            if story in shown and (shown[story].read if mark is Mark.READ else shown[story].starred) != on:
                yield f"{mark} of {story}"
        counted = {known.value: known.count for known in library.facets(Query()).fields["lang"]}
        right = Counter(lang for _, lang in written)
        if counted != right:
            yield f"counts of languages: {counted} instead of {dict(right)}"
