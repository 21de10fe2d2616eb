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
from cryptonews_tui.library.database import connect, explained, transaction
from cryptonews_tui.library.facets import bring_up_to_date
from cryptonews_tui.library.schema import LIBRARY, LIBRARY_ID, VERSIONS

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
        self._connection = connect(path, "library", LIBRARY_ID, LIBRARY)
        # A bulk load writes the same index pages again and again: let it do so in memory.
        self._connection.execute("PRAGMA cache_size = -32768")
        self._connection.execute("PRAGMA wal_autocheckpoint = 8192")

    def close(self) -> None:
        self._connection.close()

    def remembered(self, source: str) -> dict[str, Remembered]:
        """The items of a source as they were at the last visit."""
        with explained(self.path, "library"):
            rows = self._connection.execute(
                "SELECT item, stamp, hash, problems FROM item WHERE source = ?", (source,)
            )
            return {
                item: Remembered(stamp, found, _problems(item, problems) if problems else ())
                for item, stamp, found, problems in rows
            }

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
        with explained(self.path, "library"), transaction(self._connection):
            outcomes = Counter(self._put(article, content_hash) for article, content_hash in articles)
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
                bring_up_to_date(self._connection)
        return outcomes

    def publish(self) -> None:
        """Make everything that was written visible to queries."""
        with explained(self.path, "library"):
            if self._connection.execute("SELECT 1 FROM pending LIMIT 1").fetchone():
                with transaction(self._connection):
                    bring_up_to_date(self._connection)

    def _put(self, article: Article, content_hash: bytes) -> Outcome:
        """Of several files of one story and language the one updated last wins."""
        execute = self._connection.execute
        execute("INSERT OR IGNORE INTO story (key) VALUES (?)", (article.story,))
        story: int = execute("SELECT id FROM story WHERE key = ?", (article.story,)).fetchone()[0]
        known = execute(
            "SELECT id, updated, hash, origin FROM article WHERE story = ? AND lang = ?",
            (story, article.lang),
        ).fetchone()
        if known is None:
            taken = execute("SELECT max(id) FROM article WHERE story = ?", (story,)).fetchone()[0]
            number = story * VERSIONS if taken is None else taken + 1
            if number // VERSIONS != story:
                return Outcome.UNCHANGED  # more languages than there are; nobody publishes that many
            self._insert(number, story, article, content_hash)
            return Outcome.ADDED
        number, updated, kept_hash, origin = known
        if kept_hash == content_hash:
            if origin != article.origin:  # the file was moved
                execute("UPDATE article SET origin = ? WHERE id = ?", (article.origin, number))
            return Outcome.UNCHANGED
        # Equal times are decided by the hash, so that the order of files does not matter.
        if origin != article.origin and (_ms(article.updated), content_hash) < (updated, kept_hash):
            return Outcome.UNCHANGED
        execute(
            "INSERT INTO words (words, rowid, title, description, body)"
            " SELECT 'delete', id, title, description, body FROM searchable WHERE id = ?",
            (number,),
        )
        # Not REPLACE: it takes a savepoint, and at each one FTS5 writes out what it has gathered in memory.
        execute("DELETE FROM article WHERE id = ?", (number,))
        execute("DELETE FROM body WHERE article = ?", (number,))
        self._insert(number, story, article, content_hash)
        return Outcome.UPDATED

    def _insert(self, number: int, story: int, article: Article, content_hash: bytes) -> None:
        execute = self._connection.execute
        execute(
            f"INSERT INTO article VALUES ({', '.join('?' * 25)})",
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
                _json([(section.role, section.heading) for section in article.sections]),
                _json(dict(article.cover)),
                _json(article.cta),
                _json(dict(article.extra)),
                article.origin,
                content_hash,
            ),
        )
        execute("INSERT INTO body (article, text) VALUES (?, ?)", (number, article.body))
        execute(
            "INSERT INTO words (rowid, title, description, body) VALUES (?, ?, ?, ?)",
            (number, article.title, article.description, article.body),
        )
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
