"""Which stories have what: one roaring bitmap of timeline positions for each value of each field.

Positions are dense and follow the time of publication, so sets are small, their intersections are counted in
microseconds, and newest-first is reading a bitmap from its end. The bitmaps live in the table `facet`; they
are kept in step by `bring_up_to_date`, which renumbers only from the oldest new story on.
"""

from __future__ import annotations

import json
import re
import sqlite3
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import heappush, heapreplace
from typing import TYPE_CHECKING

from pyroaring import BitMap

if TYPE_CHECKING:
    from cryptonews_tui.assets import Assets

UNRATED = "UNRATED"

_CHUNK = 256
_TAGS_A_STORY = 40
"""Asking a story which tags it has takes as long as asking so many tags whether they have stories of a few."""


@dataclass(slots=True)
class Values:
    """One value of a field: how it is written, and who has it."""

    value: str
    label: str
    count: int
    stories: BitMap


class FacetIndex:
    """The bitmaps of one library, read when first needed and kept until the library changes."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.forget()

    def forget(self) -> None:
        """The library has changed: read everything anew when it is next needed."""
        self._known: dict[tuple[str, str], Values | None] = {}
        self._ranked: dict[str, list[Values]] = {}
        self._numbers: dict[str, int] = {}
        self._everything: BitMap | None = None

    def everything(self) -> BitMap:
        """All visible stories, those that are wholly drafts too; not to be changed."""
        if self._everything is None:
            (count,) = self._connection.execute(
                "SELECT coalesce(max(position) + 1, 0) FROM timeline"
            ).fetchone()
            self._everything = BitMap(range(count))
        return self._everything

    def stories(self, field: str, value: str) -> BitMap:
        """Who has this (case-folded) value; not to be changed."""
        known = self.known(field, value)
        return known.stories if known else BitMap()

    def known(self, field: str, value: str) -> Values | None:
        """A value that somebody has."""
        if (field, value) not in self._known:
            row = self._connection.execute(
                "SELECT value, label, count, stories FROM facet WHERE field = ? AND value = ?", (field, value)
            ).fetchone()
            self._known[field, value] = _values(*row) if row else None
        return self._known[field, value]

    def matching(self, field: str, beginning: str, pattern: re.Pattern[str]) -> BitMap:
        """Who has a value that begins so and matches whole."""
        rows = self._connection.execute(
            "SELECT value FROM facet WHERE field = ? AND value >= ? AND substr(value, 1, ?) = ?",
            (field, beginning, len(beginning), beginning),
        )
        values = [value for (value,) in rows if pattern.fullmatch(value)]
        return BitMap().union(*(self.stories(field, value) for value in values)) if values else BitMap()

    def number(self, field: str) -> int:
        """How many values a field has."""
        if field not in self._numbers:
            (self._numbers[field],) = self._connection.execute(
                "SELECT count(*) FROM facet WHERE field = ?", (field,)
            ).fetchone()
        return self._numbers[field]

    def ranked(self, field: str) -> Iterator[Values]:
        """The values of a field, those that most stories have first; read as far as one looks."""
        ranked = self._ranked.setdefault(field, [])
        at = 0
        while True:
            while at < len(ranked):
                yield ranked[at]
                at += 1
            rows = self._connection.execute(
                "SELECT value, label, count, stories FROM facet WHERE field = ?"
                " ORDER BY count DESC, value LIMIT ? OFFSET ?",
                (field, _CHUNK, at),
            ).fetchall()
            if not rows:
                return
            for row in rows:
                known = self._known.get((field, row[0])) or _values(*row)
                self._known[field, row[0]] = known
                ranked.append(known)

    def containing(self, field: str, letters: str) -> Iterator[Values]:
        """The values of a field that contain these (case-folded) letters, those of most stories first."""
        rows = self._connection.execute(
            "SELECT value FROM facet INDEXED BY facet_count WHERE field = ? AND instr(value, ?)"
            " ORDER BY count DESC, value",
            (field, letters),
        )
        for (value,) in rows:
            if known := self.known(field, value):
                yield known

    def counted(self, field: str, base: BitMap, most: int | None) -> list[tuple[Values, int]]:
        """How many stories of `base` have each value: the `most` frequent, by count, then value."""
        if most is not None and field == "tag" and len(base) * _TAGS_A_STORY <= self.number(field):
            return self._tags_of(base, most)
        return best(self.ranked(field), base, most)

    def _tags_of(self, base: BitMap, most: int) -> list[tuple[Values, int]]:
        counts: Counter[int] = Counter()
        for (tags,) in self._connection.execute(
            "SELECT tags FROM timeline JOIN tagged USING (story)"
            " WHERE position IN (SELECT value FROM json_each(?))",
            (json.dumps(base.to_array().tolist()),),
        ):
            counts.update(array("I", tags))
        if not counts:
            return []
        least = sorted(counts.values(), reverse=True)[:most][-1]
        first = {number: count for number, count in counts.items() if count >= least}
        named = self._connection.execute(
            "SELECT value, id FROM facet WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps([*first]),),
        )
        ranked = sorted((-first[number], value) for value, number in named)[:most]
        return [(known, -count) for count, value in ranked if (known := self.known("tag", value))]


def best(values: Iterable[Values], base: BitMap, most: int | None) -> list[tuple[Values, int]]:
    """The `most` frequent of `values` (ranked by their counts in all) among the stories of `base`."""
    found: list[tuple[Values, int]] = []
    highest: list[int] = []  # a heap of the `most` highest counts so far
    for known in values:
        if most is not None and len(highest) >= most and (not most or known.count < highest[0]):
            break  # nobody who follows can have more
        count = known.stories.intersection_cardinality(base)
        if not count:
            continue
        if most is not None:
            if len(highest) < most:
                heappush(highest, count)
            elif count < highest[0]:
                continue
            else:
                heapreplace(highest, count)
        found.append((known, count))
    found.sort(key=lambda item: (-item[1], item[0].value))
    return found if most is None else found[:most]


def bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Give every pending story its place in the timeline and in the bitmaps, and none to one that has no article.

    Call inside a transaction.
    """
    moved: list[tuple[int, int]] = []  # (published, story) of those that need a new position
    kept: list[tuple[int, int]] = []  # (position, story) of those that stay where they are
    floor: int | None = None
    for story, published, position, before in connection.execute(
        """
        SELECT story, max(article.published), timeline.position, timeline.published
        FROM pending JOIN article USING (story) LEFT JOIN timeline USING (story) WHERE counts GROUP BY story
        """
    ):
        if published == before:
            kept.append((position, story))
        else:
            moved.append((published, story))
            floor = min(time for time in (published, before, floor) if time is not None)
    removed = dict(
        connection.execute(
            """
            SELECT story, published FROM pending JOIN timeline USING (story)
            WHERE NOT EXISTS (SELECT 1 FROM article WHERE article.story = pending.story)
            """
        ).fetchall()
    )
    floor = min((time for time in (floor, *removed.values()) if time is not None), default=None)
    affected = BitMap(position for position, _ in kept)
    placed = kept
    shifts = _Shifts()
    if floor is not None:
        first, end = connection.execute(
            """
            SELECT coalesce((SELECT min(position) FROM timeline WHERE published >= :floor), max(position) + 1, 0),
                   coalesce(max(position) + 1, 0) FROM timeline
            """,
            {"floor": floor},
        ).fetchone()
        behind = connection.execute(
            "SELECT story, published FROM timeline WHERE position >= ? ORDER BY position", (first,)
        ).fetchall()
        renumbered = dict(behind)
        renumbered.update((story, published) for published, story in moved)
        order = sorted((published, story) for story, published in renumbered.items() if story not in removed)
        connection.execute("DELETE FROM timeline WHERE position >= ?", (first,))
        connection.executemany(
            "INSERT INTO timeline (position, story, published) VALUES (?, ?, ?)",
            ((position, story, published) for position, (published, story) in enumerate(order, first)),
        )
        affected |= BitMap(range(first, end))
        pending = {story for _, story in moved} | {story for _, story in kept}
        now = {story: position for position, (_, story) in enumerate(order, first)}
        placed = [(now.get(story, position), story) for position, story in kept]
        placed += [(now[story], story) for _, story in moved]
        shifts = _Shifts(first, [-1 if story in pending else now.get(story, -1) for story, _ in behind])
    _replace(connection, affected, placed, shifts)
    connection.executemany("DELETE FROM tagged WHERE story = ?", ((story,) for story in removed))
    _list_tags(connection)
    connection.execute("DELETE FROM pending")


class _Shifts:
    """Where stories that have not changed themselves stand now: those from position `first` on; -1: nowhere."""

    def __init__(self, first: int = 0, targets: Sequence[int] = ()) -> None:
        self._first = first
        self._targets = targets
        self._range = BitMap(range(first, first + len(targets)))

    def of(self, stories: BitMap) -> BitMap:
        """The new positions of those among `stories` that have been shifted."""
        first, targets = self._first, self._targets
        shifted = [targets[position - first] for position in stories & self._range]
        return BitMap([position for position in shifted if position >= 0])


def _replace(
    connection: sqlite3.Connection,
    affected: BitMap,
    placed: Iterable[tuple[int, int]],
    shifts: _Shifts,
) -> None:
    """Take the affected positions out of all bitmaps; put in the placed stories with what they have now, and those
    that were shifted with what they had.
    """
    positions: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    labels: dict[tuple[str, str], str] = {}
    for position, field, value, label in facts(connection, placed):
        positions[field, value].append(position)
        if (field, value) not in labels:
            labels[field, value] = label
    changed: list[tuple[str, str, str, int, bytes]] = []
    gone: list[tuple[str, str]] = []
    for field, value, label, blob in _before(connection, affected, positions):
        old = BitMap.deserialize(blob)
        new = (old - affected) | shifts.of(old) | BitMap(positions.pop((field, value), ()))
        if not new:
            gone.append((field, value))
        elif new != old:
            changed.append((field, value, label, len(new), new.serialize()))
    for (field, value), added in positions.items():
        new = BitMap(added)
        changed.append((field, value, labels[field, value], len(new), new.serialize()))
    connection.executemany("DELETE FROM facet WHERE field = ? AND value = ?", gone)
    connection.executemany(
        "INSERT INTO facet (field, value, label, count, stories) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (field, value) DO UPDATE SET count = excluded.count, stories = excluded.stories",
        changed,
    )


def _list_tags(connection: sqlite3.Connection) -> None:
    """Note which tags the pending stories have now."""
    numbers: dict[str, int] = {}
    tags: defaultdict[int, set[int]] = defaultdict(set)
    for story, listed in connection.execute(
        "SELECT story, tags FROM pending JOIN article USING (story) WHERE counts"
    ):
        of_story = tags[story]
        for tag in json.loads(listed):
            value = tag.casefold()
            if value not in numbers:
                (numbers[value],) = connection.execute(
                    "SELECT id FROM facet WHERE field = 'tag' AND value = ?", (value,)
                ).fetchone()
            of_story.add(numbers[value])
    connection.executemany(
        "REPLACE INTO tagged (story, tags) VALUES (?, ?)",
        ((story, array("I", sorted(found)).tobytes()) for story, found in tags.items()),
    )


def _before(
    connection: sqlite3.Connection, affected: BitMap, touched: Iterable[tuple[str, str]]
) -> Iterator[tuple[str, str, str, bytes]]:
    """The bitmaps that may have to change: all, or, where stories were only added, those of their values."""
    if affected:
        yield from connection.execute("SELECT field, value, label, stories FROM facet")
        return
    for field, value in list(touched):
        yield from connection.execute(
            "SELECT field, value, label, stories FROM facet WHERE field = ? AND value = ?", (field, value)
        )


def facts(
    connection: sqlite3.Connection, placed: Iterable[tuple[int, int]]
) -> Iterator[tuple[int, str, str, str]]:
    """(position, field, value, label) for all that is so of each story in any of its versions that count."""
    query = """
        SELECT draft, lang, sentiment, publisher_key, publisher_name, category, tags, sticky, ai, sections,
               image, id IN (SELECT article FROM gone), canonical_url, publisher_url
        FROM article WHERE story = ? AND counts
    """
    for position, story in placed:
        for row in connection.execute(query, (story,)).fetchall():
            draft, lang, sentiment, key, name, category, tags, sticky, ai, sections, image, gone, *links = row
            yield position, "source", key, name
            labels = [("lang", lang), ("sentiment", sentiment or UNRATED), ("category", category)]
            for tag in json.loads(tags):
                labels.append(("tag", tag))
                if asset := _asset(tag):
                    yield position, "asset", *asset
            for field, label in labels:
                if label:
                    yield position, field, label.casefold(), label
            for role in {section[0] for section in json.loads(sections)}:
                yield position, "section", role, role
            if image:
                yield position, "has", "image", "image"
            if any(links):
                yield position, "has", "link", "link"
            if sticky > 0:
                yield position, "is", "pinned", "pinned"
            if draft:
                yield position, "is", "draft", "draft"
            if gone:
                yield position, "is", "gone", "gone"
            if ai:
                provenance = json.loads(ai)
                if provenance.get("rewritten"):
                    yield position, "is", "ai", "ai"
                if provenance.get("translatedFrom"):
                    yield position, "is", "translated", "translated"


@lru_cache(maxsize=4_096)
def _asset(tag: str) -> tuple[str, str] | None:
    """Symbol and name of the asset a tag means, by the table that ships with the program."""
    assets = _shipped()
    symbol = assets.of_tag(tag)
    asset = assets.get(symbol) if symbol else None
    return (asset.symbol, asset.name) if asset else None


@lru_cache(maxsize=1)
def _shipped() -> Assets:
    from cryptonews_tui.assets import Assets  # only writing needs the table

    return Assets()


def _values(value: str, label: str, count: int, stories: bytes) -> Values:
    return Values(value, label, count, BitMap.deserialize(stories))
