"""Which stories have what: one roaring bitmap of timeline positions for each value of each field.

Positions are dense and follow the time of publication, so sets are small, their intersections are counted in
microseconds, and newest-first is reading a bitmap from its end. The bitmaps live in the table `facet`; they
are kept in step by `bring_up_to_date`, which renumbers only from the oldest new story on.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyroaring import BitMap

COUNTED = ("sentiment", "source", "category", "tag", "lang")
"""The fields that facets are shown for; `is` is kept as well, for queries."""

UNRATED = "UNRATED"

COUNTS = "draft = (SELECT min(draft) FROM article AS version WHERE version.story = article.story)"
"""Which articles count, as SQL: a story's published versions if it has any, else its drafts."""

HOLDING = "holding"
"""The state, unknown to queries, of stories that have published versions and hold a draft back."""


@dataclass(slots=True)
class Values:
    """One value of a field: how it is written, and who has it."""

    label: str
    stories: BitMap


class FacetIndex:
    """The bitmaps of one library, read when first needed and kept until the library changes."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._kept: dict[tuple[str, str], Values] = {}
        self._complete: dict[str, dict[str, Values]] | None = None
        self._count: int | None = None

    def forget(self) -> None:
        """The library has changed: read everything anew when it is next needed."""
        self._kept.clear()
        self._complete = None
        self._count = None

    def everything(self) -> BitMap:
        """All visible stories, those that are wholly drafts too."""
        if self._count is None:
            self._count = self._connection.execute(
                "SELECT coalesce(max(position) + 1, 0) FROM timeline"
            ).fetchone()[0]
        return BitMap(range(self._count))

    def stories(self, field: str, value: str) -> BitMap:
        """Who has this (case-folded) value; not to be changed."""
        if self._complete is not None:
            found = self._complete.get(field, {}).get(value)
            return found.stories if found else BitMap()
        if (field, value) not in self._kept:
            row = self._connection.execute(
                "SELECT label, stories FROM facet WHERE field = ? AND value = ?", (field, value)
            ).fetchone()
            self._kept[field, value] = (
                Values(row[0], BitMap.deserialize(row[1])) if row else Values(value, BitMap())
            )
        return self._kept[field, value].stories

    def values(self, field: str) -> dict[str, Values]:
        """Every value of a field."""
        if self._complete is None:
            complete: defaultdict[str, dict[str, Values]] = defaultdict(dict)
            for name, value, label, stories in self._connection.execute(
                "SELECT field, value, label, stories FROM facet"
            ):
                complete[name][value] = Values(label, BitMap.deserialize(stories))
            self._complete = dict(complete)
        return self._complete.get(field, {})


def bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Give every pending story its place in the timeline and in the bitmaps. Call inside a transaction."""
    moved: list[tuple[int, int]] = []  # (published, story) of those that need a new position
    kept: list[tuple[int, int]] = []  # (position, story) of those that stay where they are
    floor: int | None = None
    for story, published, position, before in connection.execute(
        f"""
        SELECT story, max(article.published), timeline.position, timeline.published
        FROM pending JOIN article USING (story) LEFT JOIN timeline USING (story) WHERE {COUNTS} GROUP BY story
        """
    ):
        if published == before:
            kept.append((position, story))
        else:
            moved.append((published, story))
            floor = min(time for time in (published, before, floor) if time is not None)
    affected = BitMap(position for position, _ in kept)
    placed = kept
    if floor is not None:
        first, end = connection.execute(
            """
            SELECT coalesce((SELECT min(position) FROM timeline WHERE published >= :floor), max(position) + 1, 0),
                   coalesce(max(position) + 1, 0) FROM timeline
            """,
            {"floor": floor},
        ).fetchone()
        renumbered = dict(
            connection.execute(
                "SELECT story, published FROM timeline WHERE position >= ?", (first,)
            ).fetchall()
        )
        renumbered.update((story, published) for published, story in moved)
        order = sorted((published, story) for story, published in renumbered.items())
        connection.execute("DELETE FROM timeline WHERE position >= ?", (first,))
        connection.executemany(
            "INSERT INTO timeline (position, story, published) VALUES (?, ?, ?)",
            ((position, story, published) for position, (published, story) in enumerate(order, first)),
        )
        affected |= BitMap(range(first, end))
        placed = [(p, s) for p, s in kept if p < first]
        placed += [(position, story) for position, (_, story) in enumerate(order, first)]
    _replace(connection, affected, placed)
    connection.execute("DELETE FROM pending")


def _replace(connection: sqlite3.Connection, affected: BitMap, placed: Iterable[tuple[int, int]]) -> None:
    """Take the affected positions out of all bitmaps; put the placed stories in with what they have now."""
    positions: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    labels: dict[tuple[str, str], str] = {}
    for position, field, value, label in _facts(connection, placed):
        labels.setdefault((field, value), label)
        positions[field, value].append(position)
    changed: list[tuple[str, str, str, bytes]] = []
    gone: list[tuple[str, str]] = []
    for field, value, label, blob in connection.execute("SELECT field, value, label, stories FROM facet"):
        old = BitMap.deserialize(blob)
        new = (old - affected) | BitMap(positions.pop((field, value), ()))
        if not new:
            gone.append((field, value))
        elif new != old:
            changed.append((field, value, label, new.serialize()))
    for (field, value), added in positions.items():
        changed.append((field, value, labels[field, value], BitMap(added).serialize()))
    connection.executemany("DELETE FROM facet WHERE field = ? AND value = ?", gone)
    connection.executemany("REPLACE INTO facet (field, value, label, stories) VALUES (?, ?, ?, ?)", changed)


def _facts(
    connection: sqlite3.Connection, placed: Iterable[tuple[int, int]]
) -> Iterator[tuple[int, str, str, str]]:
    """(position, field, value, label) for all that is so of each story in any of its versions that count."""
    query = """
        SELECT draft, lang, sentiment, publisher_key, publisher_name, category, tags, sticky, ai
        FROM article WHERE story = ?
    """
    for position, story in placed:
        versions = connection.execute(query, (story,)).fetchall()
        wholly_draft = all(version[0] for version in versions)
        for draft, lang, sentiment, key, name, category, tags, sticky, ai in versions:
            if draft and not wholly_draft:
                yield position, "is", HOLDING, HOLDING
                continue
            yield position, "source", key, name
            labels = [("lang", lang), ("sentiment", sentiment or UNRATED), ("category", category)]
            labels += [("tag", tag) for tag in json.loads(tags)]
            for field, label in labels:
                if label:
                    yield position, field, label.casefold(), label
            if sticky > 0:
                yield position, "is", "pinned", "pinned"
            if ai:
                provenance = json.loads(ai)
                if provenance.get("rewritten"):
                    yield position, "is", "ai", "ai"
                if provenance.get("translatedFrom"):
                    yield position, "is", "translated", "translated"
        if wholly_draft:
            yield position, "is", "draft", "draft"
