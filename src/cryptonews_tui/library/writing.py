"""Step 4 of the line: articles go into the library. One transaction a batch, unchanged articles skipped."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

from cryptonews_tui.article import Article, Problem, Provenance
from cryptonews_tui.library.database import connect, explained, transaction, understood
from cryptonews_tui.library.facets import bring_up_to_date
from cryptonews_tui.library.indexing import Indexer, grow, spans, version
from cryptonews_tui.library.migrations import LIBRARY_KIND
from cryptonews_tui.library.packing import Packing
from cryptonews_tui.library.schema import VERSIONS
from cryptonews_tui.library.state_file import now_ms

_MANY = 4_000
"""So many new articles become visible before a visit has come to its end."""


class Outcome(Enum):
    """What became of an article that was put."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is known of an item from the last visit to its source. Articles are as their bytes' `hash`."""

    stamp: str
    hash: bytes | None = None
    problems: tuple[Problem, ...] = ()


class Writer:
    """The way into a library. It knows nothing of the reader's marks, so that it never locks them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = connect(path, LIBRARY_KIND)
        with explained(path, LIBRARY_KIND):
            self._packing = Packing(self._connection)
        # A bulk load writes the same index pages again and again: let it do so in memory.
        self._connection.execute("PRAGMA cache_size = -32768")
        self._connection.execute("PRAGMA wal_autocheckpoint = 8192")

    def close(self) -> None:
        self._connection.close()

    def remembered(self, source: str) -> dict[str, Remembered]:
        """The items of a source as they were at the last visit."""
        with understood(self.path, LIBRARY_KIND):
            rows = self._connection.execute(
                "SELECT item, stamp, hash, problems FROM item WHERE source = ?", (source,)
            )
            return {
                item: Remembered(stamp, found, _problems(item, problems) if problems else ())
                for item, stamp, found, problems in rows
            }

    def move_source(self, location: str, to: str) -> None:
        """A source has moved for good: its items are known under the new location."""
        with explained(self.path, LIBRARY_KIND), transaction(self._connection):
            self._connection.execute("UPDATE OR REPLACE item SET source = ? WHERE source = ?", (to, location))

    def forget_stamps(self, source: str) -> None:
        """At the next visit all items of a source are read anew."""
        with explained(self.path, LIBRARY_KIND), transaction(self._connection):
            self._connection.execute("DELETE FROM item WHERE source = ?", (source,))

    def write(
        self,
        source: str,
        items: Mapping[str, Remembered],
        articles: Sequence[tuple[Article, bytes]] = (),
        vanished: Iterable[str] = (),
    ) -> Counter[Outcome]:
        """Keep articles (with the hashes of their bytes) and remember items of a source, all or nothing.

        `vanished` items are forgotten; their articles stay. New articles become visible to queries with
        `publish`, or here when there are many more of them than visible ones.
        """
        if not (items or articles or vanished):
            return Counter()
        with explained(self.path, LIBRARY_KIND), transaction(self._connection):
            self._packing = Packing(self._connection)  # as it is now, whoever made it what it is
            index = Indexer(self._connection, self._packing)
            outcomes = Counter(self._put(article, content_hash, index) for article, content_hash in articles)
            index.write()
            self._connection.executemany(
                "REPLACE INTO item (source, item, stamp, hash, problems) VALUES (?, ?, ?, ?, ?)",
                (
                    (source, item, known.stamp, known.hash, _problems_json(known.problems))
                    for item, known in items.items()
                ),
            )
            self._connection.executemany(
                "DELETE FROM item WHERE source = ? AND item = ?", ((source, item) for item in vanished)
            )
            pending, visible = self._connection.execute(
                "SELECT (SELECT count(*) FROM pending), (SELECT coalesce(max(position), 0) FROM timeline)"
            ).fetchone()
            if pending > max(_MANY, 3 * visible):
                self._publish()
        return outcomes

    def publish(self) -> None:
        """Make everything that was written visible to queries."""
        with explained(self.path, LIBRARY_KIND):
            if self._connection.execute("SELECT 1 FROM pending LIMIT 1").fetchone():
                with transaction(self._connection):
                    self._publish()

    def _publish(self) -> None:
        bring_up_to_date(self._connection)
        grow(self._connection)

    def _put(self, article: Article, content_hash: bytes, index: Indexer) -> Outcome:
        """Of several files of one story and language the one updated last wins."""
        execute = self._connection.execute
        known = execute("SELECT id FROM story WHERE key = ?", (article.story,)).fetchone()
        if known is None:
            inserted = execute("INSERT INTO story (key, arrived) VALUES (?, ?)", (article.story, now_ms()))
            story, versions = inserted.lastrowid or 0, []
        else:
            story = known[0]
            versions = execute(
                "SELECT lang, id, updated, hash, origin, draft FROM article WHERE story = ?", (story,)
            ).fetchall()
        number = 1 + max((version[1] for version in versions), default=story * VERSIONS - 1)
        before = next((version for version in versions if version[0] == article.lang), None)
        if before is not None:
            _, number, updated, kept_hash, origin, _ = before
            if kept_hash == content_hash:
                if origin != article.origin:  # the file was moved
                    execute("UPDATE article SET origin = ? WHERE id = ?", (article.origin, number))
                return Outcome.UNCHANGED
            # Equal times are decided by the hash, so that the order of files does not matter.
            if origin != article.origin and (_ms(article.updated), content_hash) < (updated, kept_hash):
                return Outcome.UNCHANGED
        elif number // VERSIONS != story:
            return Outcome.UNCHANGED  # more languages than there are; nobody publishes that many
        index.will_change(story, new=known is None)
        if before is not None:
            # Not REPLACE: it takes a savepoint, and at each one FTS5 writes out what it has gathered in memory.
            execute("DELETE FROM article WHERE id = ?", (number,))
            execute("DELETE FROM body WHERE article = ?", (number,))
        self._insert(number, story, article, content_hash, index)
        if article.draft or any(version[5] for version in versions):
            execute(
                "UPDATE article SET counts = (draft = (SELECT min(draft) FROM article WHERE story = :story))"
                " WHERE story = :story",
                {"story": story},
            )
        return Outcome.ADDED if before is None else Outcome.UPDATED

    def _insert(self, number: int, story: int, article: Article, content_hash: bytes, index: Indexer) -> None:
        execute = self._connection.execute
        sections = spans(article.body, article.sections)
        execute(
            f"INSERT INTO article VALUES ({', '.join('?' * 26)})",
            (
                number,
                story,
                article.lang,
                article.title,
                article.description,
                _ms(article.published),
                _ms(article.updated),
                article.publisher.key,
                article.publisher.name,
                article.publisher.type,
                article.publisher.url,
                article.category,
                _json(article.tags),
                article.sentiment.value if article.sentiment else None,
                article.score,
                article.sticky_weight,
                int(article.draft),
                article.canonical_url,
                _json(_provenance(article.provenance)) if article.provenance else None,
                _json(sections),
                int(bool(article.cover)),
                len(article.body.split()),
                article.origin,
                content_hash,
                now_ms(),
                1,
            ),
        )
        execute(
            "INSERT INTO body (article, packed) VALUES (?, ?)",
            (number, self._packing.pack(article.body, article.cover, article.cta, article.extra)),
        )
        index.put(number, version(article.title, article.description, article.body, sections))
        execute("INSERT OR IGNORE INTO pending (story) VALUES (?)", (story,))


def _provenance(provenance: Provenance) -> dict[str, Any]:
    expanded = provenance.expanded_at
    return {
        "rewritten": provenance.rewritten,
        "expandedAt": expanded.isoformat() if expanded else None,
        "version": provenance.version,
        "translatedFrom": provenance.translated_from,
    }


def _problems(item: str, kept: str) -> tuple[Problem, ...]:
    return tuple(Problem(item, line, message) for line, message in json.loads(kept))


def _problems_json(problems: tuple[Problem, ...]) -> str | None:
    return _json([(p.line, p.message) for p in problems]) if problems else None


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def _ms(time: datetime) -> int:
    return (time - _EPOCH) // _MILLISECOND
