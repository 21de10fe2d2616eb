"""One source → library: what a visit finds is read and written, and the report says what came of it.

A source that fails leaves what the library has as it is, and says why.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field

from cryptonews_tui.article import Document, Problem
from cryptonews_tui.library import Arrived, Outcome, Policy, Remembered, StoredSource, Writer
from cryptonews_tui.reading import read
from cryptonews_tui.safety import clean_line
from cryptonews_tui.sections import SHIPPED, Roles
from cryptonews_tui.sources import About, Expected, Found, Gone, Rest, Seen, SourceError
from cryptonews_tui.translation import _
from cryptonews_tui.wording import number

BATCH_SECONDS = 0.5
BATCH_ARTICLES = 1_000
"""What was read is written when there is this much of it, or it has waited this long."""

ONE_BY_ONE = 200
"""So many items are looked up by themselves; to read all is quicker from then on."""

FEW = 20
"""Of a source that had more items than this, the loss of more than half is not believed."""


@dataclass(slots=True)
class Report:
    """What one visit to one source does, while it goes on and afterwards."""

    source: StoredSource
    """As the reader knows it."""
    location: str
    """As it was opened."""
    kind: str = ""
    title: str = ""
    """What the source calls itself."""
    seen: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    """Items that are gone from the source."""
    marked: int = 0
    deleted: int = 0
    """What became of their articles; the others were kept."""
    left_out: int = 0
    """Articles in languages that are not wanted."""
    problems: list[Problem] = field(default_factory=list)
    error: str | None = None
    expected: int | None = None
    received: int = 0
    """Bytes."""
    seconds: float = 0.0
    over: bool = False
    stopped: bool = False
    """It was called off; what was read so far is kept."""
    moved: str = ""
    """The location it has moved to for good."""
    fresh: float = 0.0
    """Seconds for which the publisher says that asking again is of no use."""
    retry_after: float | None = None
    """Seconds for which the server asks to be left alone."""
    withdrawn: bool = False
    """The publisher says that it is gone for good."""
    _begun: float = field(default_factory=time.monotonic, repr=False)

    def learn(self, about: About) -> None:
        """Add what the source says of itself."""
        self.kind = clean_line(about.kind or self.kind, 200)
        self.title = clean_line(about.title or self.title, 200)
        self.moved = about.moved or self.moved
        self.fresh = about.fresh or self.fresh

    def begin(self) -> None:
        """The visit begins now."""
        self._begun = time.monotonic()

    def end(self) -> None:
        """The visit is over."""
        self.over = True
        self.seconds = time.monotonic() - self._begun

    @property
    def elapsed(self) -> float:
        """Seconds that it has taken so far, or took."""
        return self.seconds if self.over else time.monotonic() - self._begun

    def stop(self) -> None:
        """The visit was called off."""
        self.stopped = True
        self.end()

    def fail(self, error: Exception) -> None:
        """The visit has come to a bad end, which `error` explains."""
        self.end()
        self.error = str(error)
        if isinstance(error, SourceError):
            self.retry_after = error.retry_after
            self.withdrawn = error.withdrawn


class Intake:
    """Takes what a visit finds, thing by thing. `finish` after the last one, `close` in any case."""

    def __init__(
        self,
        writer: Writer,
        report: Report,
        roles: Roles = SHIPPED,
        precious: Callable[[], Set[str]] = frozenset,
        *,
        trusted: bool = False,
    ) -> None:
        """`precious` are the keys of stories that must not be removed. A `trusted` source may lose all it has."""
        self.writer = writer
        self.source = report.source
        self.report = report
        self.roles = roles
        self.precious = precious
        self.trusted = trusted
        self.before = _Before(writer, report.location)
        self.there_before: Set[str] = frozenset()
        self.there: set[str] = set()
        self.gone: set[str] = set()
        self.rest = False
        self.whole: dict[str, Remembered] = {}
        self.items: dict[str, Remembered] = {}
        self.articles: list[Arrived] = []
        self.written = time.monotonic()

    @property
    def stamps(self) -> Mapping[str, str]:
        """What the source is told of the last visit; for any one thread."""
        return self.writer.stamps(self.report.location)

    def begin(self) -> None:
        """The visit begins: what is not there now but comes meanwhile, another program has brought."""
        self.report.begin()
        self.there_before = self.writer.items(self.report.location)

    def take(self, found: Found) -> None:
        """Read it, keep it until there is enough to write."""
        match found:
            case Document():
                self._read(found)
            case Seen(item="", stamp=stamp):
                self.whole[""] = Remembered(stamp)
            case Seen():
                known = self.before.get(found.item) or Remembered("")
                self._unchanged(found.item, found.stamp, known)
            case Problem():
                self.report.problems.append(found)
                self.there.add(found.item)
            case Gone():
                self.gone.add(found.item)
            case Expected():
                self.report.expected = found.count
            case Rest():
                self.rest = True
            case About():
                self.report.learn(found)
        if len(self.articles) >= BATCH_ARTICLES or (
            self.articles and time.monotonic() - self.written > BATCH_SECONDS
        ):
            self.close()

    def finish(self) -> None:
        """The visit is complete: only now it is known what is gone, and the source's own stamp can be trusted."""
        known = self.there_before | self.there
        gone = known & self.gone if self.rest else self.there_before - self.there
        left = len(known - gone)
        if self._is_believed(left):
            self.report.removed = len(gone)
            self.items.update(self.whole)
        else:
            self.report.problems.append(
                Problem(
                    "",
                    None,
                    _(
                        "Only {left} of {count} articles are left here, which was not believed: nothing was marked "
                        "or removed. If it is true: cryptonews sync --trust NAME"
                    ).format(left=number(left), count=number(len(self.there_before))),
                )
            )
            gone = set()
        if not gone.isdisjoint(self.items):
            self.close()  # an article of the past is there first, and gone then
        self._write(gone)
        self._let_go()

    def close(self) -> None:
        """Write what was taken so far."""
        self._write()

    def fail(self, error: Exception) -> None:
        """The visit has come to a bad end; what was taken is kept."""
        self.report.fail(error)
        self.close()
        self._let_go()

    def _let_go(self) -> None:
        """Of hundreds of visits that are over none is to keep the names of what is there."""
        self.before = _Before(self.writer, self.report.location)
        self.there_before, self.there = frozenset(), set()

    def _is_believed(self, left: int) -> bool:
        if self.trusted or self.source.policy == Policy.KEEP:
            return True  # nothing is lost by it
        before = len(self.there_before)
        return before <= FEW or left * 2 >= before

    def _read(self, document: Document) -> None:
        content_hash = hashlib.blake2b(document.data, digest_size=12).digest()
        known = self.before.get(document.item)
        if known is not None and known.hash == content_hash:
            self._unchanged(document.item, document.stamp, known)
            return
        reading = read(document, self.roles)
        languages = self.source.languages
        if reading.article is not None and languages and reading.article.lang not in languages:
            self.report.left_out += 1
        elif reading.article is not None:
            self.articles.append(Arrived(document.item, reading.article, content_hash, document.formerly))
        self.report.seen += 1
        self.report.problems += reading.problems
        self.there.add(document.item)
        self.items[document.item] = Remembered(document.stamp, content_hash, reading.problems)

    def _unchanged(self, item: str, stamp: str, known: Remembered) -> None:
        self.report.seen += 1
        self.report.unchanged += 1
        self.report.problems += known.problems
        self.there.add(item)
        if stamp != known.stamp:
            self.items[item] = Remembered(stamp, known.hash, known.problems)

    def _write(self, gone: Set[str] = frozenset()) -> None:
        items, articles = self.items, self.articles
        self.items, self.articles = {}, []  # another try would wait as long, and fail as well
        policy = Policy(self.source.policy)
        precious = self.precious() if gone and policy is Policy.REMOVE else frozenset()
        outcomes = self.writer.write(self.report.location, items, articles, gone, policy, precious)
        self.report.added += outcomes[Outcome.ADDED]
        self.report.updated += outcomes[Outcome.UPDATED]
        self.report.unchanged += outcomes[Outcome.UNCHANGED]
        self.report.marked += outcomes[Outcome.MARKED]
        self.report.deleted += outcomes[Outcome.REMOVED]
        self.written = time.monotonic()


class _Before:
    """The items of a source as they were at the last visit: one by one while few are asked for, then all at once."""

    def __init__(self, writer: Writer, location: str) -> None:
        self._writer = writer
        self._location = location
        self._asked = 0
        self._all: dict[str, Remembered] | None = None

    def get(self, item: str) -> Remembered | None:
        self._asked += 1
        if self._asked <= ONE_BY_ONE:
            return self._writer.known(self._location, item)
        if self._all is None:
            self._all = self._writer.remembered(self._location)
        return self._all.get(item)
