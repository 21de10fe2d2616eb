"""Sources → library: the pipeline. A source that fails leaves what the library has as it is, and says why."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field

from cryptonews_tui.article import Document, Problem
from cryptonews_tui.library import Arrived, DatabaseError, Outcome, Remembered, Writer
from cryptonews_tui.reading import read
from cryptonews_tui.safety import clean_line
from cryptonews_tui.sections import SHIPPED, Roles
from cryptonews_tui.sources import About, Expected, Gone, Rest, Seen, Source, SourceError, open_source

BATCH_SECONDS = 0.5
BATCH_ARTICLES = 1_000
"""What was read is written when there is this much of it, or it has waited this long."""


@dataclass(slots=True)
class Report:
    """What one visit to one source did. `removed` items are gone from the source; their articles are kept."""

    location: str
    seen: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    problems: list[Problem] = field(default_factory=list)
    error: str | None = None
    expected: int | None = None


def sync(
    writer: Writer,
    location: str,
    progress: Callable[[Report], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
    roles: Roles = SHIPPED,
) -> Report:
    """Bring a library up to date with one location. What goes wrong is in the report, not raised.

    `progress` hears of every item; once `stop` says so, what was read so far is kept and the visit ends. `roles`
    tell what the sections of new and changed articles are for.
    """
    report = Report(clean_line(location, 4_096))
    try:
        source = open_source(location)
        report.location = source.location
        _Visit(writer, source, report, roles).run(progress, stop)
    except (SourceError, DatabaseError) as error:
        report.error = str(error)
    progress(report)
    return report


def original(origin: str) -> str:
    """The text of the article file that is at this path now; empty if there is none that can be read."""
    from cryptonews_tui.sources import local  # brings along all that reads archives

    return local.original(origin)


class _Visit:
    def __init__(self, writer: Writer, source: Source, report: Report, roles: Roles) -> None:
        self.writer = writer
        self.source = source
        self.report = report
        self.roles = roles
        self.before = writer.remembered(source.location)
        self.there: set[str] = set()
        self.items: dict[str, Remembered] = {}
        self.articles: list[Arrived] = []
        self.written = time.monotonic()

    def run(self, progress: Callable[[Report], None], stop: Callable[[], bool]) -> None:
        stamps = {item: known.stamp for item, known in self.before.items() if known.stamp}
        whole: dict[str, Remembered] = {}
        gone: set[str] | None = None  # unless the source says `Rest`: what it did not name
        refused = False
        try:
            with closing(self.source.documents(stamps)) as found:
                for one in found:
                    if isinstance(one, Expected):
                        self.report.expected = one.count
                    elif isinstance(one, Problem):
                        self.report.problems.append(one)
                        self.there.add(one.item)
                    elif isinstance(one, About):
                        continue
                    elif isinstance(one, Rest):
                        gone = gone or set()
                    elif isinstance(one, Gone):
                        gone = (gone or set()) | {one.item}
                    elif isinstance(one, Seen) and not one.item:
                        whole[""] = Remembered(one.stamp)
                    elif isinstance(one, Seen):
                        self.see(one)
                    else:
                        self.take(one)
                    progress(self.report)
                    if self.due():
                        self.write()
                    if stop():
                        return
            # Only a complete visit knows what is gone, and may trust the source's own stamp next time.
            vanished = self.before.keys() - self.there - {""} if gone is None else gone & self.before.keys()
            self.report.removed = len(vanished)
            self.items.update(whole)
            self.write(vanished)
        except DatabaseError:
            refused = True  # another try would wait as long, and fail as well
            raise
        finally:
            if not refused:
                self.write()
                self.writer.publish()

    def see(self, seen: Seen) -> None:
        known = self.before.get(seen.item, Remembered(""))
        self.unchanged(seen.item, seen.stamp, known)

    def take(self, document: Document) -> None:
        content_hash = hashlib.blake2b(document.data, digest_size=12).digest()
        known = self.before.get(document.item)
        if known is not None and known.hash == content_hash:
            self.unchanged(document.item, document.stamp, known)
            return
        reading = read(document, self.roles)
        if reading.article is not None:
            self.articles.append(Arrived(document.item, reading.article, content_hash, document.formerly))
        self.report.seen += 1
        self.report.problems += reading.problems
        self.there.add(document.item)
        self.items[document.item] = Remembered(document.stamp, content_hash, reading.problems)

    def unchanged(self, item: str, stamp: str, known: Remembered) -> None:
        self.report.seen += 1
        self.report.unchanged += 1
        self.report.problems += known.problems
        self.there.add(item)
        if stamp != known.stamp:
            self.items[item] = Remembered(stamp, known.hash, known.problems)

    def due(self) -> bool:
        return len(self.articles) >= BATCH_ARTICLES or (
            bool(self.articles) and time.monotonic() - self.written > BATCH_SECONDS
        )

    def write(self, vanished: set[str] | frozenset[str] = frozenset()) -> None:
        outcomes = self.writer.write(self.source.location, self.items, self.articles, vanished)
        self.report.added += outcomes[Outcome.ADDED]
        self.report.updated += outcomes[Outcome.UPDATED]
        self.report.unchanged += outcomes[Outcome.UNCHANGED]
        self.items = {}
        self.articles = []
        self.written = time.monotonic()
