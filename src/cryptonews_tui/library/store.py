"""Step 7 of the line, from the library to what a pane shows: headlines, facets and articles."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps
from itertools import groupby
from pathlib import Path
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar

from pyroaring import BitMap

from cryptonews_tui.article import Article, Provenance, Publisher, Role, Sentiment
from cryptonews_tui.library.database import connect, explained, prepare
from cryptonews_tui.library.evaluate import evaluate
from cryptonews_tui.library.facets import COUNTED, COUNTS, HOLDING, FacetIndex
from cryptonews_tui.library.schema import LIBRARY, LIBRARY_ID, STATE, STATE_ID, VERSIONS
from cryptonews_tui.library.state import Mark
from cryptonews_tui.query import Query

SORTS = ("published", "updated", "title", "source", "score")
"""What a list can be sorted by. `published` puts pinned stories first; times and scores fall."""

_ORDERS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "updated": ("updated", lambda time: -time),
    "title": ("title", str.casefold),
    "source": ("publisher_name", str.casefold),
    "score": ("score", lambda score: (score is None, -(score or 0))),
}
"""What each order looks at, and how."""

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Headline:
    """A story as a list shows it, in one of its languages. `position` is its place in the timeline."""

    position: int
    story: str
    lang: str
    languages: tuple[str, ...]
    title: str
    description: str
    published: datetime
    updated: datetime
    publisher: Publisher
    category: str
    tags: tuple[str, ...]
    sentiment: Sentiment | None
    score: float | None
    sticky_weight: int
    draft: bool
    provenance: Provenance | None
    sections: tuple[tuple[Role, str], ...]
    origin: str
    read: bool
    starred: bool


class Stories(Sequence[int]):
    """The result of a query: timeline positions, pinned ones first, then the newest first. Costs no copy."""

    def __init__(self, found: BitMap, pinned: Sequence[int]) -> None:
        self.found = found
        self.pinned = pinned
        self._rest = found - BitMap(pinned) if pinned else found

    def __len__(self) -> int:
        return len(self.found)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError(index)
        if index < len(self.pinned):
            return self.pinned[index]
        return self._rest[len(self) - 1 - index]

    def __contains__(self, position: object) -> bool:
        return isinstance(position, int) and position in self.found

    def row(self, position: int) -> int:
        """The row of a position, or where it would stand."""
        if position in self.pinned:
            return self.pinned.index(position)
        return len(self) - self._rest.rank(position)

    def next_among(self, wanted: BitMap, row: int, step: int) -> int | None:
        """The next row below (`step` 1) or above (-1) `row` whose story is in `wanted`."""
        rows = range(row + step, len(self.pinned) if step > 0 else -1, step)
        pinned = next((r for r in rows if r < len(self.pinned) and self.pinned[r] in wanted), None)
        rest = self._rest & wanted
        if row < len(self.pinned):
            if step < 0 or pinned is not None or not rest:
                return pinned
            return self.row(rest.max())
        position = self[row]
        newer = rest.rank(position)  # how many of them are as old or older
        if step > 0:
            older = newer - (position in rest)
            return self.row(rest[older - 1]) if older else None
        return self.row(rest[newer]) if newer < len(rest) else pinned


class FacetValue(NamedTuple):
    """A value of a field as queries know it, as people write it, and how many stories have it."""

    value: str
    label: str
    count: int  # type: ignore[assignment]  # hides a method of tuples that nobody needs here


@dataclass(frozen=True, slots=True)
class Facets:
    """`total` stories, and for each field its values with their counts, most frequent first."""

    total: int
    fields: Mapping[str, Sequence[FacetValue]]


_P = ParamSpec("_P")
_R = TypeVar("_R")


def _explained(method: Callable[Concatenate[Library, _P], _R]) -> Callable[Concatenate[Library, _P], _R]:
    """What is wrong with the file is said in a sentence, whatever was asked of it."""

    @wraps(method)
    def asked(self: Library, /, *arguments: _P.args, **options: _P.kwargs) -> _R:
        with explained(self.path, "library"):
            return method(self, *arguments, **options)

    return asked


class Library:
    """A library database with the reader's marks beside it. One per thread; opening is cheap."""

    def __init__(self, path: Path, state_path: Path, languages: Sequence[str] = ("en", "uk")) -> None:
        self.path = path
        self.state_path = state_path
        self.languages = tuple(languages)
        prepare(state_path, "state", STATE_ID, STATE)
        self._connection = connect(path, "library", LIBRARY_ID, LIBRARY)
        with explained(state_path, "state"):
            self._connection.execute("ATTACH ? AS state", (str(state_path),))
        self._facets = FacetIndex(self._connection)
        self._marks: dict[Mark, BitMap] = {}
        self._versions: tuple[int, int] = (-1, -1)

    def close(self) -> None:
        self._connection.close()

    @_explained
    def version(self) -> int:
        """A number that changes whenever somebody writes to the library: positions known before are void then."""
        version: int = self._connection.execute("PRAGMA main.data_version").fetchone()[0]
        return version

    def catch_up(self) -> None:
        """Notice what anyone has written to the library or the marks since this was last called."""
        library, state = (
            self._connection.execute(f"PRAGMA {name}.data_version").fetchone()[0]
            for name in ("main", "state")
        )
        if library != self._versions[0]:
            self._facets.forget()
        if (library, state) != self._versions:
            self._marks.clear()
        self._versions = (library, state)

    @_explained
    def unread(self) -> BitMap:
        """The stories that are not marked read."""
        self.catch_up()
        return self._facets.everything() - self.marked(Mark.READ)

    @_explained
    def is_empty(self) -> bool:
        """Whether there is no article yet."""
        return self._connection.execute("SELECT 1 FROM timeline LIMIT 1").fetchone() is None

    @_explained
    def stories(self, query: Query) -> Stories:
        """Everything the query asks for, pinned stories first, then newest first."""
        self.catch_up()
        found = self._evaluate(query)
        pinned = found & self._facets.stories("is", "pinned")
        return Stories(found, self._pinned(pinned))

    @_explained
    def sorted(self, stories: Stories, by: str, languages: Sequence[str] = ()) -> Sequence[int]:
        """The positions of `stories` in one of the orders of `SORTS`, by what `headlines` shows of each."""
        if by == "published":
            return stories
        column, key = _ORDERS[by]
        rows = self._rows(
            f"SELECT position, lang, {column} AS value FROM timeline JOIN article USING (story)"
            f" WHERE {COUNTS} ORDER BY position DESC, article.id",
            (),
        )
        wanted = (*languages, *self.languages)
        shown = [
            (key(_best(list(versions), wanted)["value"]), position)
            for position, versions in groupby(rows, lambda row: row["position"])
            if position in stories
        ]
        shown.sort(key=lambda keyed: keyed[0])
        return [position for _, position in shown]

    @_explained
    def headlines(self, positions: Sequence[int], languages: Sequence[str] = ()) -> list[Headline]:
        """The stories at these positions, each in the first of `languages` it has (or the preferred ones)."""
        by_position: dict[int, list[sqlite3.Row]] = {}
        for row in self._versions_at(positions):
            by_position.setdefault(row["position"], []).append(row)
        wanted = (*languages, *self.languages)
        return [_headline(_best(rows, wanted), rows) for p in positions if (rows := by_position.get(p))]

    @_explained
    def all_versions(self, positions: Sequence[int]) -> list[Headline]:
        """The stories at these positions, once in each of their languages."""
        by_position: dict[int, list[sqlite3.Row]] = {}
        for row in self._versions_at(positions):
            by_position.setdefault(row["position"], []).append(row)
        return [_headline(row, rows) for p in positions if (rows := by_position.get(p)) for row in rows]

    @_explained
    def facets(self, query: Query, *, apart: bool = False) -> Facets:
        """Counts of stories by field and value under the query.

        With `apart`, what a filter pane shows: the counts of a field are those under all *other* fields,
        so that they tell how many stories choosing another value would give.
        """
        self.catch_up()
        found = self._evaluate(query)
        fields: dict[str, list[FacetValue]] = {}
        for field in COUNTED:
            others = query.without(field)
            base = self._evaluate(others) if apart and others != query else found
            counts = [
                FacetValue(value, known.label, count)
                for value, known in self._facets.values(field).items()
                if (count := known.stories.intersection_cardinality(base))
            ]
            counts.sort(key=lambda known: (-known[2], known[1]))
            fields[field] = counts
        return Facets(len(found), fields)

    @_explained
    def article(self, story: str, lang: str | None = None) -> Article | None:
        """A story's text in `lang`, or in the preferred language; None if there is no such story or text."""
        rows = self._rows(
            f"""
            SELECT article.*, body.text AS body, story.key
            FROM story JOIN article ON article.story = story.id JOIN body ON body.article = article.id
            WHERE story.key = :story AND (:lang IS NULL OR article.lang = :lang) AND {COUNTS}
            ORDER BY article.id
            """,
            {"story": story, "lang": lang},
        )
        return _article(_best(rows, self.languages)) if rows else None

    @_explained
    def languages_of(self, story: str) -> tuple[str, ...]:
        """The languages a story can be read in, by their names."""
        rows = self._rows(
            f"SELECT lang FROM article JOIN story ON story.id = article.story WHERE key = ? AND {COUNTS}",
            (story,),
        )
        return _languages(rows)

    @_explained
    def position(self, story: str) -> int | None:
        """Where a story stands in the timeline now."""
        row = self._connection.execute(
            "SELECT position FROM timeline JOIN story ON story.id = timeline.story WHERE key = ?", (story,)
        ).fetchone()
        return row[0] if row else None

    def marked(self, mark: Mark) -> BitMap:
        """The stories that carry a mark; not to be changed."""
        if mark not in self._marks:
            rows = self._connection.execute(
                f"""
                SELECT position FROM state.mark JOIN story ON story.key = mark.story
                JOIN timeline ON timeline.story = story.id WHERE {mark.value} IS NOT NULL
                """
            )
            self._marks[mark] = BitMap(position for (position,) in rows)
        return self._marks[mark]

    def _evaluate(self, query: Query) -> BitMap:
        return evaluate(query, self._facets, self.marked, self._search)

    def _search(self, expression: str) -> BitMap:
        rows = self._connection.execute(
            "SELECT position FROM timeline WHERE story IN"
            f" (SELECT rowid / {VERSIONS} FROM words WHERE words MATCH ?)",
            (expression,),
        )
        found = BitMap([position for (position,) in rows])
        # A look at every hit would make all searches slow; few stories hold back a draft that may be the hit.
        holding = found & self._facets.stories("is", HOLDING)
        if holding:
            rows = self._connection.execute(
                "SELECT position FROM words CROSS JOIN article ON article.id = words.rowid"
                " JOIN timeline USING (story) WHERE words MATCH ? AND NOT draft",
                (expression,),
            )
            found -= holding - BitMap([position for (position,) in rows])
        return found

    def _pinned(self, pinned: BitMap) -> list[int]:
        weights = {
            position: self._connection.execute(
                f"SELECT max(sticky) FROM article JOIN timeline USING (story) WHERE position = ? AND {COUNTS}",
                (position,),
            ).fetchone()[0]
            for position in pinned
        }
        return sorted(weights, key=lambda position: (-weights[position], -position))

    def _versions_at(self, positions: Sequence[int]) -> Iterator[sqlite3.Row]:
        for start in range(0, len(positions), _PAGE):
            page = positions[start : start + _PAGE]
            yield from self._rows(
                f"""
                SELECT timeline.position, story.key, article.id, lang, title, description, article.published,
                       updated, publisher_key, publisher_name, publisher_type, publisher_url, category, tags,
                       sentiment, score, sticky, draft, ai, sections, origin, mark.read, mark.starred
                FROM timeline JOIN story ON story.id = timeline.story JOIN article ON article.story = story.id
                LEFT JOIN state.mark ON mark.story = story.key
                WHERE position IN ({", ".join("?" * len(page))}) AND {COUNTS} ORDER BY article.id
                """,
                page,
            )

    def _rows(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any]) -> list[sqlite3.Row]:
        cursor = self._connection.cursor()
        cursor.row_factory = sqlite3.Row
        return cursor.execute(sql, parameters).fetchall()


def _provenance(ai: str | None) -> Provenance | None:
    if ai is None:
        return None
    kept = json.loads(ai)
    expanded = kept["expandedAt"]
    return Provenance(
        rewritten=kept["rewritten"],
        expanded_at=datetime.fromisoformat(expanded) if expanded else None,
        version=kept["version"],
        translated_from=kept["translatedFrom"],
    )


def _best(rows: Sequence[sqlite3.Row], languages: Sequence[str]) -> sqlite3.Row:
    """Of the versions that count the one to show: by language, then the oldest known."""
    order = {lang: rank for rank, lang in reversed(list(enumerate(languages)))}
    return min(rows, key=lambda row: order.get(row["lang"], len(languages)))


def _languages(rows: Sequence[sqlite3.Row]) -> tuple[str, ...]:
    return tuple(sorted(row["lang"] for row in rows))


def _headline(row: sqlite3.Row, versions: Sequence[sqlite3.Row]) -> Headline:
    return Headline(
        **_common(row),
        position=row["position"],
        languages=_languages(versions),
        sections=tuple((Role(role), heading) for role, heading in json.loads(row["sections"])),
        read=row["read"] is not None,
        starred=row["starred"] is not None,
    )


def _article(row: sqlite3.Row) -> Article:
    from cryptonews_tui.sections import split  # lists need no Markdown

    return Article(
        **_common(row),
        canonical_url=row["canonical_url"],
        cover=json.loads(row["cover"]),
        cta=tuple(json.loads(row["cta"])),
        extra=json.loads(row["extra"]),
        sections=split(row["body"], row["title"]),
        body=row["body"],
    )


def _common(row: sqlite3.Row) -> dict[str, Any]:
    """What a headline and an article have in common, by the names they both use."""
    return {
        "story": row["key"],
        "lang": row["lang"],
        "title": row["title"],
        "description": row["description"],
        "published": _time(row["published"]),
        "updated": _time(row["updated"]),
        "publisher": _publisher(row),
        "category": row["category"],
        "tags": tuple(json.loads(row["tags"])),
        "sentiment": Sentiment(row["sentiment"]) if row["sentiment"] else None,
        "score": row["score"],
        "sticky_weight": row["sticky"],
        "draft": bool(row["draft"]),
        "provenance": _provenance(row["ai"]),
        "origin": row["origin"],
    }


def _publisher(row: sqlite3.Row) -> Publisher:
    return Publisher(row["publisher_key"], row["publisher_name"], row["publisher_type"], row["publisher_url"])


def _time(ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=ms)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
