"""What single terms mean, as sets of timeline positions: from bitmaps, from the timeline, from indexes, from marks.

Words, numbers and addresses are looked up in indexes, which takes time that grows with the hits; what was found
is kept until the library changes, and can be found beforehand by another thread.
"""

from __future__ import annotations

import json
import re
import sqlite3
from array import array
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from pyroaring import BitMap

from cryptonews_tui.library.facets import FacetIndex
from cryptonews_tui.library.indexing import expression, has_beginnings, is_beginning
from cryptonews_tui.library.state import Mark
from cryptonews_tui.moments import interval, moment, span
from cryptonews_tui.query import FIELDS, Query, Word, between, pattern

if TYPE_CHECKING:
    from cryptonews_tui.assets import Assets

_KEPT = 64
_COLUMNS = {"score": "score", "words": "words", "lag": "updated - published", "updated": "updated"}
_SLOW = ("origin", "updated", "lag", "score", "words", "id")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

Key = tuple[str, str]


class Known:
    """What was found in one state of the library. A thread that is late fills one that nobody reads any more."""

    def __init__(self) -> None:
        self.sets: OrderedDict[Key, BitMap] = OrderedDict()
        self.places: tuple[array[int], BitMap] | None = None
        self.assets: dict[str, BitMap] | None = None

    def keep(self, key: Key, found: BitMap) -> BitMap:
        self.sets[key] = found
        while len(self.sets) > _KEPT:
            self.sets.popitem(last=False)
        return found


class Meanings:
    """The terms of queries, over one library with the reader's marks attached as `state`."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        facets: FacetIndex,
        assets: Callable[[], Assets],
        extended: bool,
        now: Callable[[], datetime],
    ) -> None:
        self._connection = connection
        self._facets = facets
        self._assets = assets
        self._extended = extended
        self._now = now
        self._known = Known()
        self._marks: dict[str, BitMap] = {}

    def forget(self) -> None:
        """The library has changed."""
        self._known = Known()
        self._marks.clear()

    def forget_marks(self) -> None:
        """The reader's marks have changed."""
        self._marks.clear()

    # What the evaluator asks

    def everything(self) -> BitMap:
        return self._facets.everything()

    def value(self, field: str, value: str) -> BitMap:
        kind = FIELDS[field].kind
        if field in _SLOW:
            return self._looked_up(self._key(field, value), self._connection)
        if kind == "value":
            beginning, whole = pattern(value)
            if field == "asset":
                return self._asset(beginning, whole)
            if whole is not None:
                return self._facets.matching(field, beginning, whole)
            return self._facets.stories(field, beginning)
        if kind == "choice":
            return self._state(value) if field in ("is", "has") else self._facets.stories(field, value)
        return self._published(field, value)

    def word(self, word: Word) -> BitMap:
        return self._looked_up((" ", _asked(word)), self._connection)

    # Beforehand

    def unknown(self, query: Query) -> list[Key]:
        """The terms of a query that would take time to look up now."""
        keys = [
            *(
                self._key(term.field, value)
                for term in query.terms()
                if not isinstance(term, Word) and term.field in _SLOW
                for value in term.values
            ),
            *((" ", _asked(term)) for term in query.terms() if isinstance(term, Word)),
        ]
        return [key for key in dict.fromkeys(keys) if key not in self._known.sets]

    def look_up(self, query: Query, connection: sqlite3.Connection) -> None:
        """Find what is unknown through another connection, for `value` and `word` to have it."""
        for key in self.unknown(query):
            self._looked_up(key, connection)

    def relevant(self, expressions: str, weights: str, connection: sqlite3.Connection) -> array[int]:
        """The positions of the stories with these words, the most relevant first."""
        rows = connection.execute(
            f"SELECT rowid FROM words WHERE words MATCH ? ORDER BY bm25(words, {weights}), rowid DESC",
            (expressions,),
        )
        places, visible = self.places(connection)
        return array("I", (places[story] for (story,) in rows if story in visible))

    def marked(self, mark: str) -> BitMap:
        """The stories that carry a mark, or a note."""
        if mark not in self._marks:
            rows = self._connection.execute(
                f"""
                SELECT position FROM state.mark JOIN story ON story.key = mark.story
                JOIN timeline ON timeline.story = story.id WHERE {mark} IS NOT NULL
                UNION ALL
                SELECT position FROM state.mark JOIN alias ON alias.key = mark.story
                JOIN timeline ON timeline.story = alias.story WHERE {mark} IS NOT NULL
                """
            )
            self._marks[mark] = BitMap([position for (position,) in rows])
        return self._marks[mark]

    def placed(self, stories: list[int], connection: sqlite3.Connection) -> BitMap:
        """The positions of stories by their numbers; those that are not visible yet have none."""
        places, visible = self.places(connection)
        wanted = BitMap(stories) & visible
        if 2 * len(wanted) <= len(visible):
            return BitMap(array("I", map(places.__getitem__, wanted)))
        others = visible - wanted  # fewer, and each takes a while
        return BitMap(range(len(visible))) - BitMap(array("I", map(places.__getitem__, others)))

    # Where it is found

    def _state(self, value: str) -> BitMap:
        if value == "unread":
            return self.everything() - self.marked(Mark.READ)
        if value in ("read", "starred", "note"):
            return self.marked(value)
        if value in ("new", "changed"):
            if value not in self._marks:
                self._marks[value] = self._new() if value == "new" else self._changed()
            return self._marks[value]
        return self._facets.stories("has" if value in ("image", "link") else "is", value)

    def _new(self) -> BitMap:
        """What was brought in after the reader had left; nothing at a first visit."""
        rows = self._connection.execute(
            """
            SELECT position FROM state.visit CROSS JOIN story CROSS JOIN timeline
            WHERE story.arrived > visit.left AND timeline.story = story.id
            """
        )
        return BitMap([position for (position,) in rows])

    def _changed(self) -> BitMap:
        """What was rewritten after it had been read."""
        rows = self._connection.execute(
            """
            WITH reading (story, read) AS (
                SELECT id, read FROM state.mark CROSS JOIN story ON story.key = mark.story
                WHERE read IS NOT NULL AND id NOT IN (SELECT story FROM alias)
                UNION ALL
                SELECT alias.story, max(read) FROM alias CROSS JOIN story ON story.id = alias.story
                JOIN state.mark ON mark.story IN (alias.key, story.key) WHERE read IS NOT NULL GROUP BY alias.story
            )
            SELECT position FROM reading CROSS JOIN article CROSS JOIN timeline
            WHERE article.story = reading.story AND counts AND written > read AND timeline.story = article.story
            """
        )
        return BitMap([position for (position,) in rows])

    def _asset(self, name: str, whole: re.Pattern[str] | None) -> BitMap:
        if whole is None:
            asset = self._assets().get(name)
            symbols = [asset.symbol] if asset else []
        else:
            symbols = [asset.symbol for asset in self._assets() if any(map(whole.fullmatch, asset.spellings))]
        if self._extended:
            known = self.assets()
            return BitMap().union(*(known[symbol] for symbol in symbols if symbol in known))
        return BitMap().union(*(self._facets.stories("asset", symbol) for symbol in symbols))

    def assets(self) -> Mapping[str, BitMap]:
        """Every asset of the settings' table with its stories: which tags mean it is looked at anew."""
        if self._known.assets is None:
            tags: dict[str, list[BitMap]] = {}
            assets = self._assets()
            for (tag,) in self._connection.execute("SELECT value FROM facet WHERE field = 'tag'"):
                if symbol := assets.of_tag(tag):
                    tags.setdefault(symbol, []).append(self._facets.stories("tag", tag))
            self._known.assets = {symbol: reduce(or_, sets) for symbol, sets in tags.items()}
        return self._known.assets

    def _published(self, field: str, value: str) -> BitMap:
        now = self._now()
        found = interval(value, now) if field == "published" else moment(value, now)
        if found is None:
            return BitMap()
        start, end = found
        if field == "since":
            return BitMap(range(self.first_since(start), len(self.everything())))
        if field == "before":
            return BitMap(range(self.first_since(start)))
        return BitMap(range(self.first_since(start), self.first_since(end)))

    def first_since(self, time: datetime) -> int:
        """The position of the oldest story published then or later."""
        (position,) = self._connection.execute(
            "SELECT position FROM timeline WHERE published >= ? ORDER BY published, position LIMIT 1",
            ((time - _EPOCH) // _MILLISECOND,),
        ).fetchone() or (len(self.everything()),)
        return int(position)

    def _key(self, field: str, value: str) -> Key:
        # What “7d” means changes with the time, and is kept for a minute.
        return field, f"{value}@{self._now().timestamp() // 60:.0f}" if field == "updated" else value

    def _looked_up(self, key: Key, connection: sqlite3.Connection) -> BitMap:
        known = self._known
        if key in known.sets:
            known.sets.move_to_end(key)
            return known.sets[key]
        field, value = key
        stories = _said(value, connection) if field == " " else self._having(field, value, connection)
        return known.keep(key, self.placed(stories, connection))

    def _having(self, field: str, value: str, connection: sqlite3.Connection) -> list[int]:
        def stories(sql: str, *parameters: object) -> list[int]:
            found: list[int] = json.loads(connection.execute(sql, parameters).fetchone()[0])
            return found

        if field in ("id", "origin"):
            beginning, whole = pattern(value)
            keys = "SELECT key, id FROM story UNION ALL SELECT key, story FROM alias"
            if whole is None and field == "id" and beginning.isascii():
                return stories(
                    f"SELECT json_group_array(id) FROM ({keys}) WHERE key = ? COLLATE NOCASE", beginning
                )
            # one after the other
            origins = "SELECT origin, story FROM article NOT INDEXED WHERE counts"
            rows = connection.execute(keys if field == "id" else origins)
            if whole is None:
                return [number for text, number in rows if text.casefold() == beginning]
            return [number for text, number in rows if whole.fullmatch(text.casefold())]
        column = _COLUMNS[field]
        sql = f"SELECT json_group_array(story) FROM article WHERE counts AND {column}"
        if field == "updated":
            found = interval(value.partition("@")[0], self._now())
            if found is None:
                return []
            start, end = ((time - _EPOCH) // _MILLISECOND for time in found)
            return stories(f"{sql} >= ? AND {column} < ?", start, end)
        low, high, borders = between(value)
        amount = float if FIELDS[field].kind == "number" else _span_ms
        conditions = [
            (">" if borders[0] == "(" else ">=", low),
            ("<" if borders[1] == ")" else "<=", high),
        ]
        given = [(sign, amount(number)) for sign, number in conditions if number]
        return stories(
            f"{sql} " + f" AND {column} ".join(f"{sign} ?" for sign, _ in given), *(n for _, n in given)
        )

    def places(self, connection: sqlite3.Connection) -> tuple[array[int], BitMap]:
        """For each story's number its position, and the numbers of those that have one."""
        known = self._known
        if known.places is None:
            stories: list[int] = json.loads(
                connection.execute(
                    "SELECT json_group_array(story) FROM (SELECT story FROM timeline ORDER BY position)"
                ).fetchone()[0]
            )
            (most,) = connection.execute("SELECT coalesce(max(id), 0) FROM story").fetchone()
            places = array("I", [0]) * (most + 1)
            for position, story in enumerate(stories):
                places[story] = position
            known.places = places, BitMap(stories)
        return known.places


def _asked(word: Word) -> str:
    """A word as a key: what is to be looked for, in the index that tells it soonest."""
    return ("*" if is_beginning(word) else " ") + expression(word)


def _said(asked: str, connection: sqlite3.Connection) -> list[int]:
    table = "beginnings" if asked[0] == "*" and has_beginnings(connection) else "words"
    found: list[int] = json.loads(
        connection.execute(
            f"SELECT json_group_array(rowid) FROM {table} WHERE {table} MATCH ?", (asked[1:],)
        ).fetchone()[0]
    )
    return found


def _span_ms(text: str) -> int:
    time = span(text)
    return time // _MILLISECOND if time is not None else 0
