"""Step 4 of the line: articles go into the library. One transaction a batch, unchanged articles skipped."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptonews_tui.article import Article, Problem, Provenance
from cryptonews_tui.library.database import connect, explained, transaction, understood
from cryptonews_tui.library.facets import bring_up_to_date
from cryptonews_tui.library.identity import address, at_address, story_of, void
from cryptonews_tui.library.indexing import Indexer, grow, spans, version
from cryptonews_tui.library.migrations import LIBRARY_KIND
from cryptonews_tui.library.packing import Packing
from cryptonews_tui.library.removal import changed, merge, remove
from cryptonews_tui.library.schema import VERSIONS
from cryptonews_tui.library.state_file import now_ms

_MANY = 4_000
"""So many new articles become visible before a visit has come to its end."""


class Outcome(Enum):
    """What became of an article that was put, or that no source holds any more."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    MARKED = "marked"


class Policy(StrEnum):
    """What becomes of an article that no source holds any more."""

    KEEP = "keep"
    MARK = "mark"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is known of an item from the last visit to its source. Articles are as their bytes' `hash`."""

    stamp: str
    hash: bytes | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrived:
    """An article that came from an item of a source, with the hash of its bytes.

    `formerly` is the item it was before it was renamed.
    """

    item: str
    article: Article
    hash: bytes
    formerly: str = ""


class Stamps(Mapping[str, str]):
    """The stamps of a source's items, for any one thread. That of the whole, `""`, is at hand; asking for any other
    reads all of them.
    """

    def __init__(self, path: Path, source: str, whole: str | None) -> None:
        self._path = path
        self._source = source
        self._whole = whole

    def __getitem__(self, item: str) -> str:
        if item:
            return self._all[item]
        if not self._whole:
            raise KeyError(item)
        return self._whole

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    @cached_property
    def _all(self) -> dict[str, str]:
        # Through a connection of its own: the writer is at work in another thread.
        with understood(self._path, LIBRARY_KIND), closing(connect(self._path, LIBRARY_KIND)) as connection:
            rows = connection.execute(
                "SELECT item, stamp FROM item WHERE source = ? AND stamp != ''", (self._source,)
            )
            return dict(rows.fetchall())


class Writer:
    """The way into a library. It knows nothing of the reader's marks, so that it never locks them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = connect(path, LIBRARY_KIND)
        with explained(path, LIBRARY_KIND):
            self._packing = Packing(self._connection)
        self._marked = False
        """Whether any article is noted as gone."""
        self._merged = False
        """Whether stories have become one in this batch."""
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

    def items(self, source: str) -> set[str]:
        """The names of the items of a source, without that of the whole."""
        with understood(self.path, LIBRARY_KIND):
            rows = self._connection.execute(
                "SELECT item FROM item WHERE source = ? AND item != ''", (source,)
            )
            return {item for (item,) in rows}

    def known(self, source: str, item: str) -> Remembered | None:
        """One item of a source as it was at the last visit."""
        with understood(self.path, LIBRARY_KIND):
            row = self._connection.execute(
                "SELECT stamp, hash, problems FROM item WHERE source = ? AND item = ?", (source, item)
            ).fetchone()
            if row is None:
                return None
            stamp, found, problems = row
            return Remembered(stamp, found, _problems(item, problems) if problems else ())

    def stamps(self, source: str) -> Stamps:
        """The stamps of the items of a source, as far as they have one; read when they are asked for."""
        whole = self.known(source, "")
        return Stamps(self.path, source, whole.stamp if whole else None)

    def write(
        self,
        source: str,
        items: Mapping[str, Remembered],
        articles: Sequence[Arrived] = (),
        vanished: Iterable[str] = (),
        policy: Policy = Policy.KEEP,
        precious: AbstractSet[str] = frozenset(),
    ) -> Counter[Outcome]:
        """Keep articles and remember items of a source, all or nothing.

        `vanished` items are forgotten; `policy` says what becomes of articles that no item of any source leads to
        then. Those of stories in `precious` (keys) are at most marked. New articles become visible to queries with
        `publish`, or here when there are many more of them than visible ones; what is removed vanishes at once.
        """
        vanished = {*vanished, *(arrived.formerly for arrived in articles if arrived.formerly)} - items.keys()
        if not (items or articles or vanished):
            return Counter()
        execute = self._connection.execute
        with explained(self.path, LIBRARY_KIND), transaction(self._connection):
            self._packing = Packing(self._connection)  # as it is now, whoever made it what it is
            self._marked = execute("SELECT 1 FROM gone LIMIT 1").fetchone() is not None
            self._merged = False
            index = Indexer(self._connection, self._packing)
            left = self._held_by(source, items if policy is not Policy.KEEP else ())
            self._connection.executemany(
                "INSERT INTO item (source, item, stamp, hash, problems) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET stamp = excluded.stamp, hash = excluded.hash,"
                " problems = excluded.problems",
                (
                    (source, item, known.stamp, known.hash, _problems_json(known.problems))
                    for item, known in items.items()
                ),
            )
            void(self._connection, source, _shared(articles))
            outcomes = Counter(self._put(source, arrived, index) for arrived in articles)
            left |= self._held_by(source, vanished if policy is not Policy.KEEP else ())
            self._connection.executemany(
                "DELETE FROM item WHERE source = ? AND item = ?", ((source, item) for item in vanished)
            )
            lost = [article for article in left if self._is_lost(article)]
            if lost:
                outcomes += self._let_go(lost, policy, precious, index)
            index.write()
            pending, visible = execute(
                "SELECT (SELECT count(*) FROM pending), (SELECT coalesce(max(position), 0) FROM timeline)"
            ).fetchone()
            if pending > max(_MANY, 3 * visible) or self._merged or outcomes[Outcome.REMOVED]:
                self._publish()
        return outcomes

    def _held_by(self, source: str, items: Iterable[str]) -> set[int]:
        """The articles that these items lead to."""
        rows = (
            self._connection.execute(
                "SELECT article FROM item WHERE source = ? AND item = ?", (source, item)
            ).fetchone()
            for item in items
        )
        return {row[0] for row in rows if row is not None and row[0] is not None}

    def _is_lost(self, article: int) -> bool:
        """Whether an article is there that no item leads to."""
        (lost,) = self._connection.execute(
            "SELECT EXISTS (SELECT 1 FROM article WHERE id = :id) AND"
            " NOT EXISTS (SELECT 1 FROM item WHERE article = :id)",
            {"id": article},
        ).fetchone()
        return bool(lost)

    def _let_go(
        self, lost: Sequence[int], policy: Policy, precious: AbstractSet[str], index: Indexer
    ) -> Counter[Outcome]:
        """Remove these articles, or note that they are gone."""
        kept = [*lost]
        if policy is Policy.REMOVE:
            kept = [article for article in lost if not precious.isdisjoint(self._keys(article // VERSIONS))]
            remove(self._connection, sorted({*lost} - {*kept}), index)
        now = now_ms()
        for article in kept:
            self._connection.execute(
                "INSERT OR IGNORE INTO gone (article, since) VALUES (?, ?)", (article, now)
            )
            self._connection.execute(
                "INSERT OR IGNORE INTO pending (story) VALUES (?)", (article // VERSIONS,)
            )
        counts = {Outcome.REMOVED: len(lost) - len(kept), Outcome.MARKED: len(kept)}
        return Counter({outcome: number for outcome, number in counts.items() if number})

    def _keys(self, story: int) -> list[str]:
        rows = self._connection.execute(
            "SELECT key FROM story WHERE id = :story UNION ALL SELECT key FROM alias WHERE story = :story",
            {"story": story},
        )
        return [key for (key,) in rows]

    # What a source is known by

    def move_source(self, old: str, new: str) -> None:
        """A source has moved: what was known of it is known of the new location."""
        if old == new:
            return
        with explained(self.path, LIBRARY_KIND), transaction(self._connection):
            for table in ("item", "address"):
                self._connection.execute(
                    f"UPDATE OR IGNORE {table} SET source = ? WHERE source = ?", (new, old)
                )
                self._connection.execute(f"DELETE FROM {table} WHERE source = ?", (old,))

    def forget_stamps(self, source: str) -> None:
        """The next visit to a source reads everything anew.

        No stamp is like what is there any more, but sources still learn from them what there was, and since when.
        """
        with explained(self.path, LIBRARY_KIND), transaction(self._connection):
            self._connection.execute(
                "UPDATE item SET hash = NULL, stamp = iif(stamp = '' OR stamp LIKE '?%', stamp, '?' || stamp)"
                " WHERE source = ?",
                (source,),
            )

    def forget_source(self, source: str) -> None:
        """Nothing is known of a source any more; the articles that came from it stay."""
        with explained(self.path, LIBRARY_KIND), transaction(self._connection):
            for table in ("item", "address"):
                self._connection.execute(f"DELETE FROM {table} WHERE source = ?", (source,))

    def publish(self) -> None:
        """Make everything that was written visible to queries."""
        with explained(self.path, LIBRARY_KIND):
            if self._connection.execute("SELECT 1 FROM pending LIMIT 1").fetchone():
                with transaction(self._connection):
                    self._publish()

    def _publish(self) -> None:
        bring_up_to_date(self._connection)
        grow(self._connection)

    def _put(self, source: str, arrived: Arrived, index: Indexer) -> Outcome:
        """Of several files of one story and language the one updated last wins."""
        execute = self._connection.execute
        article, content_hash = arrived.article, arrived.hash
        known = self._story(source, arrived, index)
        if known is None:
            inserted = execute("INSERT INTO story (key, arrived) VALUES (?, ?)", (article.story, now_ms()))
            story, versions = inserted.lastrowid or 0, []
        else:
            story = known
            versions = execute(
                "SELECT lang, id, updated, hash, origin, draft FROM article WHERE story = ?", (story,)
            ).fetchall()
        number = 1 + max((version[1] for version in versions), default=story * VERSIONS - 1)
        before = next((version for version in versions if version[0] == article.lang), None)
        if before is not None:
            number = before[1]
        elif number // VERSIONS != story:
            return Outcome.UNCHANGED  # more languages than there are; nobody publishes that many
        execute(
            "UPDATE item SET article = :article WHERE source = :source AND item = :item AND article IS NOT :article",
            {"article": number, "source": source, "item": arrived.item},
        )
        if before is not None:
            if self._marked and execute("DELETE FROM gone WHERE article = ?", (number,)).rowcount:
                execute("INSERT OR IGNORE INTO pending (story) VALUES (?)", (story,))
            _, _, updated, kept_hash, origin, _ = before
            if kept_hash == content_hash:
                if origin != article.origin:  # the file was moved
                    execute("UPDATE article SET origin = ? WHERE id = ?", (article.origin, number))
                return Outcome.UNCHANGED
            # Equal times are decided by the hash, so that the order of files does not matter.
            if origin != article.origin and (_ms(article.updated), content_hash) < (updated, kept_hash):
                return Outcome.UNCHANGED
        index.will_change(story, new=known is None)
        if before is not None:
            # Not REPLACE: it takes a savepoint, and at each one FTS5 writes out what it has gathered in memory.
            execute("DELETE FROM article WHERE id = ?", (number,))
            execute("DELETE FROM body WHERE article = ?", (number,))
        self._insert(number, story, article, content_hash, index)
        if article.draft or any(version[5] for version in versions):
            changed(self._connection, story)
        return Outcome.ADDED if before is None else Outcome.UPDATED

    def _story(self, source: str, arrived: Arrived, index: Indexer) -> int | None:
        """The story that an article is of; what turns out to be one story becomes one. None: a new one."""
        article = arrived.article
        known = story_of(self._connection, article.story)
        found = set() if known is None else {known}
        if not article.named and arrived.formerly:
            found |= {number // VERSIONS for number in self._held_by(source, [arrived.formerly])}
        if (place := address(article.canonical_url)) is not None:
            found.update(at_address(self._connection, place, source, article.story))
        if not found:
            return None
        story, *others = sorted(found)
        for other in others:
            merge(self._connection, story, other, index)
            self._merged = True
        if known is None:
            self._connection.execute("INSERT INTO alias (key, story) VALUES (?, ?)", (article.story, story))
        return story

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


def _shared(articles: Iterable[Arrived]) -> list[bytes]:
    """The addresses that several of these stories name."""
    keys: defaultdict[bytes, set[str]] = defaultdict(set)
    for arrived in articles:
        if (place := address(arrived.article.canonical_url)) is not None:
            keys[place].add(arrived.article.story)
    return [place for place, stories in keys.items() if len(stories) > 1]


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
