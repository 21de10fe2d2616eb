"""Step 7 of the line, from the library to what a pane shows: headlines, facets and articles."""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import cached_property, wraps
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from pyroaring import BitMap

from cryptonews_tui.article import Article, Problem, Publisher, Sentiment
from cryptonews_tui.library.database import (
    Opened,
    connect_to_read,
    explained,
    may_be_strangers,
    prepare,
    result_code,
    understood,
)
from cryptonews_tui.library.evaluate import evaluate
from cryptonews_tui.library.facets import FacetIndex, best
from cryptonews_tui.library.identity import NAMED
from cryptonews_tui.library.indexing import WEIGHTS, expression
from cryptonews_tui.library.meanings import Meanings
from cryptonews_tui.library.migrations import LIBRARY_KIND, STATE_KIND
from cryptonews_tui.library.packing import Packed, Packing
from cryptonews_tui.library.results import (
    Excerpt,
    Facets,
    FacetValue,
    Headline,
    Ranked,
    Stories,
    provenance,
)
from cryptonews_tui.library.schema import VERSIONS
from cryptonews_tui.moments import moment, months, system_now
from cryptonews_tui.query import DRAFT, FIELDS, Query, pattern
from cryptonews_tui.wording import month as month_name

if TYPE_CHECKING:
    from cryptonews_tui.assets import Assets
    from cryptonews_tui.library.related import Neighbourhood
    from cryptonews_tui.sections import Roles

FACETS = ("sentiment", "source", "category", "tag", "lang", "asset", "section", "is", "on")
"""The fields that stories are counted by."""

RELATED = 5
"""So many stories are told to be near one."""

SMALL = 5_000
"""A library of so few stories answers anything while a key is pressed: nothing is looked up beforehand."""

_ORDERS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "updated": ("updated", int),
    "title": ("title", str.casefold),
    "source": ("publisher_name", str.casefold),
    "score": ("score", float),
}
"""What each order looks at, and how."""

_STATES = ("unread", "new", "changed", "starred", "read", "pinned", "ai", "translated", "gone", DRAFT)
_AGES = {"today": "Today", "7d": "7 days", "30d": "30 days"}
_PAGE = 500


_P = ParamSpec("_P")
_R = TypeVar("_R")


def _explained(method: Callable[Concatenate[Library, _P], _R]) -> Callable[Concatenate[Library, _P], _R]:
    """What is wrong with the file is said in a sentence, whatever was asked of it."""

    @wraps(method)
    def asked(self: Library, /, *arguments: _P.args, **options: _P.kwargs) -> _R:
        with understood(self.path, LIBRARY_KIND, (self.state_path, STATE_KIND)):
            return method(self, *arguments, **options)

    return asked


class Interrupted(Exception):  # noqa: N818  # it is no error
    """Somebody has no more use for what was being looked up."""


class Library:
    """A library database with the reader's marks beside it. One per thread; opening is cheap."""

    def __init__(
        self,
        path: Path,
        state_path: Path,
        languages: Sequence[str] = ("en", "uk"),
        *,
        assets: Mapping[str, Sequence[str]] = MappingProxyType({}),
        sections: Mapping[str, Sequence[str]] = MappingProxyType({}),
        now: Callable[[], datetime] = system_now,
        read_only: bool = False,
    ) -> None:
        """`assets` are further spellings by symbol, `sections` further headings by role.

        `now` is the clock, in the zone that queries mean. `read_only`: even where it may be written to.
        """
        self.path = path
        self._read_only = read_only
        self.state_path = state_path
        self.languages = tuple(languages)
        self._spellings = assets
        self._headings = sections
        self._now = now
        self._opened_times = 0
        self._retired: list[sqlite3.Connection] = []
        """Of a library before this one: threads may still be asking it."""
        self._slow: Opened | None = None
        self._beside: tuple[Opened, Neighbourhood] | None = None
        self._unwanted = False
        prepare(state_path, STATE_KIND)
        self._open()

    def _open(self) -> None:
        self._opened = self._connect()
        self._opened_times += 1
        self._connection = self._opened.connection
        try:
            with understood(self.path, LIBRARY_KIND):
                self._packing = self._packing_of(self._opened)
        except BaseException:
            self._connection.close()
            raise
        self._facets = FacetIndex(self._connection)
        self._meanings = Meanings(
            self._connection, self._facets, lambda: self.assets, bool(self._spellings), self._now
        )
        self._rankings: dict[tuple[str, ...], array[int]] = {}
        self._known_months: list[tuple[str, str, int, int]] | None = None
        self._versions: tuple[int, int] = (-1, -1)

    def _connect(self) -> Opened:
        """A connection with the marks beside the library."""
        opened = connect_to_read(self.path, LIBRARY_KIND, read_only=self._read_only)
        try:
            with explained(self.state_path, STATE_KIND):
                opened.connection.execute("ATTACH ? AS state", (str(self.state_path),))
            if _is_foreign(opened):
                from cryptonews_tui.library.strangers import cleaned  # nearly every library is one's own

                opened.connection.row_factory = cleaned
        except BaseException:
            opened.connection.close()
            raise
        return opened

    def _packing_of(self, opened: Opened) -> Packing:
        if not _is_foreign(opened):
            return Packing(opened.connection)
        from cryptonews_tui.library.strangers import StrangersPacking

        return StrangersPacking(opened.connection)

    def close(self) -> None:
        self._connection.close()
        for connection in (*self._retired, *self._of_threads()):
            connection.close()

    def _of_threads(self) -> Iterator[sqlite3.Connection]:
        if self._slow is not None:
            yield self._slow.connection
        if self._beside is not None:
            yield self._beside[0].connection

    @_explained
    def change_to(self, path: Path) -> None:
        """Answer from another library from now on. What threads still ask the old one is answered by it."""
        self._connection.close()
        self._retired += self._of_threads()
        self._slow = self._beside = None
        self.path = path
        self._open()

    @property
    def shared(self) -> bool:
        """Whether it is somebody else's, to be read only."""
        return self._opened.shared

    @property
    def foreign(self) -> bool:
        """Whether anybody else may have written what is in it."""
        return _is_foreign(self._opened)

    @cached_property
    def assets(self) -> Assets:
        """The table of assets, with the settings' own spellings."""
        from cryptonews_tui.assets import Assets  # most questions name no asset

        return Assets(self._spellings)

    @cached_property
    def roles(self) -> Roles:
        """What sections are for by their headings, with the settings' own."""
        from cryptonews_tui.sections import Roles  # lists need no Markdown

        return Roles(self._headings)

    @_explained
    def version(self) -> tuple[int, int]:
        """A value that changes whenever somebody writes to the library: positions known before are void then."""
        if self._opened.outdated():
            self._connection.close()
            self._open()
        version: int = self._connection.execute("PRAGMA main.data_version").fetchone()[0]
        return self._opened_times, version

    @_explained
    def marks_version(self) -> int:
        """A value that changes whenever the reader's marks do, here or in another program."""
        version: int = self._connection.execute("PRAGMA state.data_version").fetchone()[0]
        return version

    @_explained
    def catch_up(self) -> None:
        """Notice what anyone has written to the library or the marks since this was last called."""
        _, library = self.version()
        state = self.marks_version()
        if library != self._versions[0]:
            self._facets.forget()
            self._meanings.forget()
            self._rankings = {}
            self._known_months = None
        elif state != self._versions[1]:
            self._meanings.forget_marks()
        self._versions = (library, state)

    # Questions

    @_explained
    def unread(self) -> BitMap:
        """The stories that are not marked read."""
        self.catch_up()
        return self._meanings.value("is", "unread")

    @_explained
    def latest(self) -> int:
        """A mark: what is brought in later is `since` it."""
        return int(self._connection.execute("SELECT ifnull(max(story), 0) FROM timeline").fetchone()[0])

    @_explained
    def since(self, mark: int) -> BitMap:
        """The stories that were brought in since `latest` gave this mark."""
        self.catch_up()
        rows = self._connection.execute(
            "SELECT position FROM timeline WHERE story > ? ORDER BY position", (mark,)
        )
        return BitMap(position for (position,) in rows)

    @_explained
    def is_empty(self) -> bool:
        """Whether there is no article yet."""
        return self._connection.execute("SELECT 1 FROM timeline LIMIT 1").fetchone() is None

    @_explained
    def stories(self, query: Query) -> Stories:
        """Everything the query asks for, in its order; by publication means pinned stories first."""
        self.catch_up()
        found = evaluate(query, self._meanings)
        if not query.sort:
            return Stories(found, self._pinned(found & self._facets.stories("is", "pinned")))
        ranking = self._ranking(query, self._connection)
        if ranking is None:
            return Stories(found, ())
        positions = array("I", filter(found.__contains__, ranking))
        if len(positions) < len(found):  # what has none of the words comes last
            positions.extend(reversed(found - BitMap(positions)))
        return Ranked(found, positions)

    @_explained
    def count(self, query: Query) -> int:
        """How many stories the query asks for."""
        self.catch_up()
        return len(evaluate(query, self._meanings))

    @_explained
    def unread_of(self, query: Query) -> int:
        """How many unread stories the query asks for."""
        self.catch_up()
        return evaluate(query, self._meanings).intersection_cardinality(self._meanings.value("is", "unread"))

    @_explained
    def ready(self, query: Query) -> bool:
        """Whether the query can be answered within a few milliseconds; if not, see `get_ready`."""
        self.catch_up()
        if len(self._facets.everything()) < SMALL:
            return True
        return not self._meanings.unknown(query) and (
            not query.sort or (key := self._ranked_by(query)) is None or key in self._rankings
        )

    @_explained
    def get_ready(self, query: Query) -> None:
        """Look up what takes time in the query. For one other thread; raises `Interrupted`."""
        if (before := self._slow) is not None and before.outdated():
            self._slow = None  # nobody may interrupt what is closed
            before.connection.close()
        slow = self._slow = self._slow or connect_to_read(self.path, LIBRARY_KIND, read_only=self._read_only)
        with _interruptible():
            self._meanings.look_up(query, slow.connection)
            if query.sort:
                self._ranking(query, slow.connection)

    def interrupt(self) -> None:
        """End a `get_ready` that is going on in another thread."""
        if (slow := self._slow) is not None:
            with suppress(sqlite3.ProgrammingError):  # it was closed this moment
                slow.connection.interrupt()

    @_explained
    def related(self, story: str, lang: str) -> list[Headline]:
        """The stories nearest to a version of one by words, tags and time, five at most, the nearest first.

        Takes some hundredths of a second. For one other thread, not necessarily that of `get_ready`, and never
        two at once; raises `Interrupted`. The positions are those of the moment: to go to one of them later, ask
        for its `position` anew.
        """
        self._unwanted = False
        if (before := self._beside) is not None and before[0].outdated():
            self._beside = None  # nobody may interrupt what is closed
            before[0].connection.close()
        if self._beside is None:
            from cryptonews_tui.library.related import Neighbourhood  # lists need none

            opened = self._connect()
            self._beside = (opened, Neighbourhood(opened.connection))
        opened, neighbourhood = self._beside
        with _interruptible(), _one_moment(opened.connection):
            near = neighbourhood.near(story, lang, RELATED, self._check_wanted)
            return self._headlines(near, (), opened.connection)

    def _check_wanted(self) -> None:
        if self._unwanted:  # between two questions to the database there is nothing to interrupt
            raise Interrupted

    def interrupt_related(self) -> None:
        """End a `related` that is going on in another thread."""
        self._unwanted = True
        if (beside := self._beside) is not None:
            with suppress(sqlite3.ProgrammingError):  # it was closed this moment
                beside[0].connection.interrupt()

    @_explained
    def headlines(self, positions: Sequence[int], languages: Sequence[str] = ()) -> list[Headline]:
        """The stories at these positions, each in the first of `languages` it has (or the preferred ones)."""
        return self._headlines(positions, languages, self._connection)

    def _headlines(
        self, positions: Sequence[int], languages: Sequence[str], connection: sqlite3.Connection
    ) -> list[Headline]:
        preferred = _preferred((*languages, *self.languages))
        versions = self._versions_at(positions, connection)
        return [_headline(min(rows, key=preferred), rows) for p in positions if (rows := versions.get(p))]

    @_explained
    def all_versions(self, positions: Sequence[int]) -> list[Headline]:
        """The stories at these positions, once in each of their languages."""
        versions = self._versions_at(positions, self._connection)
        return [
            _headline(row, rows)
            for p in positions
            if (rows := versions.get(p))
            for row in sorted(rows, key=itemgetter(_ARTICLE))
        ]

    @_explained
    def with_section(self, stories: Stories, role: str) -> Stories:
        """Those of the stories that have a section of this role in any of their languages."""
        return stories.among(self._facets.stories("section", role))

    @_explained
    def excerpts(self, positions: Sequence[int], role: str, languages: Sequence[str] = ()) -> list[Excerpt]:
        """What the stories at these positions say in the sections of a role; those without one are left out.

        Each is in the first language that has such a section: of `languages`, then of the preferred ones, then in
        any. So whatever `with_section` counts can be shown. For a page at a time: every body is unpacked.
        """
        preferred = _preferred((*languages, *self.languages))
        versions = self._versions_at(positions, self._connection)
        found: list[tuple[_Version, list[_Version], list[Any]]] = []
        for position in positions:
            rows = versions.get(position, [])
            for row in sorted(rows, key=preferred):
                if spans := [span for span in json.loads(row[_SECTIONS]) if span[0] == role]:
                    found.append((row, rows, spans))
                    break
        texts = self._texts([row[_ARTICLE] for row, _, _ in found])
        return [
            _excerpt(_headline(row, rows), spans, *texts[row[_ARTICLE]])
            for row, rows, spans in found
            if row[_ARTICLE] in texts
        ]

    def _texts(self, articles: Sequence[int]) -> dict[int, tuple[str, str | None]]:
        """By article its body, and the page it names as the original."""
        found: dict[int, tuple[str, str | None]] = {}
        for start in range(0, len(articles), _PAGE):
            page = articles[start : start + _PAGE]
            rows = self._connection.execute(
                f"""
                SELECT article.id, packed, canonical_url FROM article JOIN body ON body.article = article.id
                WHERE article.id IN ({", ".join("?" * len(page))})
                """,
                page,
            )
            found.update((article, (self._packing.body(packed), url)) for article, packed, url in rows)
        return found

    @_explained
    def text(self, headline: Headline) -> str:
        """The body of the version that a headline shows; empty if it has gone."""
        row = self._connection.execute(
            f"""
            SELECT packed FROM article JOIN body ON body.article = article.id WHERE story = {NAMED} AND lang = :lang
            """,
            {"key": headline.story, "lang": headline.lang},
        ).fetchone()
        return self._packing.body(row[0]) if row else ""

    # Counts

    @_explained
    def facets(self, query: Query, *, apart: bool = False, most: Mapping[str, int] | None = None) -> Facets:
        """Counts of stories by field and value under the query.

        With `apart`, what a filter pane shows: the counts of a field are those under all *other* fields,
        so that they tell how many stories choosing another value would give. `most` names the fields to count, and
        how many values of each; what the query itself says of them is among the values, whatever its count.
        """
        self.catch_up()
        found = evaluate(query, self._meanings)
        fields: dict[str, list[FacetValue]] = {}
        more: dict[str, bool] = {}
        for field in FACETS if most is None else most:
            others = query.without(field)
            base = evaluate(others, self._meanings) if apart and others != query else found
            limit = most[field] if most is not None else None
            # States are few, and a draft is not counted as what is found.
            most_of = None if limit is None or field == "is" else limit + 1
            values = self._counted(field, base, others if apart else None, most_of)
            if limit is not None:
                if len(values) > limit:
                    more[field] = True
                values[limit:] = self._named(field, query, base, values[:limit], values[limit:])
            fields[field] = values
        return Facets(len(found), fields, more)

    def _named(
        self,
        field: str,
        query: Query,
        base: BitMap,
        there: Sequence[FacetValue],
        counted: Sequence[FacetValue],
    ) -> list[FacetValue]:
        """The values that the query says of a field and that are not there, as far as it names them whole."""
        named: dict[str, str] = {}
        for term in (*query.values(field), *query.values(field, negated=True)):
            value, others = pattern(term)
            if others is None:
                named[value] = term
        for known in there:
            named.pop(known.value, None)
        counts = {known.value: known.count for known in counted}
        return [
            FacetValue(
                value,
                self._label(field, value),
                counts[value]
                if value in counts
                else base.intersection_cardinality(self._meanings.value(field, named[value])),
            )
            for value in sorted(named)
        ]

    @_explained
    def values(self, field: str, query: Query, letters: str = "", most: int = 50) -> list[FacetValue]:
        """The values of a field that contain these letters, with what each would leave of the query.

        What the query says of the field itself does not count. Values that begin with the letters come first.
        """
        self.catch_up()
        others = query.without(field)
        base = evaluate(others, self._meanings)
        letters = letters.casefold()
        if not letters:
            return self._counted(field, base, others, most)[:most]
        if field in ("is", "on", "asset", "source"):  # few values, or names that are not the value
            found = [
                value
                for value in self._counted(field, base, others, None)
                if letters in value.value or letters in value.label.casefold()
            ]
        else:
            counted = best(self._facets.containing(field, letters), base, 4 * most)
            found = [FacetValue(known.value, known.label, count) for known, count in counted]
        found.sort(key=lambda value: not value.value.startswith(letters))
        return found[:most]

    def _counted(self, field: str, base: BitMap, others: Query | None, most: int | None) -> list[FacetValue]:
        if field == "is":
            return self._states(base, others)[:most]
        if field == "on":
            return self._times(base)[:most]
        if field == "has":
            named = ((name, len(base & self._meanings.value("has", name))) for name in FIELDS["has"].values)
            return [FacetValue(name, name, count) for name, count in named if count][:most]
        if field == "asset" and self._spellings:
            counts = [(symbol, len(stories & base)) for symbol, stories in self._meanings.assets().items()]
            counts.sort(key=lambda item: (-item[1], item[0]))
            return [
                FacetValue(symbol, self._label("asset", symbol), count) for symbol, count in counts if count
            ][:most]
        return [
            FacetValue(known.value, known.label, count)
            for known, count in self._facets.counted(field, base, most)
        ]

    def _states(self, base: BitMap, others: Query | None) -> list[FacetValue]:
        """States by their names; under `others` drafts are counted as if they were asked for."""
        counts = {
            state: base.intersection_cardinality(self._meanings.value("is", state)) for state in _STATES
        }
        if others is not None and self._facets.stories("is", DRAFT):
            counts[DRAFT] = len(evaluate(others.toggled("is", DRAFT), self._meanings))
        return [FacetValue(state, state, count) for state, count in counts.items() if count]

    def _times(self, base: BitMap) -> list[FacetValue]:
        """Today, the last days, and every month that has stories."""
        if not base:
            return []
        now = self._now()
        found = []
        for value, label in _AGES.items():
            interval = moment(value, now)
            if interval is not None:
                start, end = map(self._meanings.first_since, interval)
                found.append((value, label, start, end))
        counted = (
            FacetValue(value, label, base.range_cardinality(start, end))
            for value, label, start, end in (*found, *self._months(now))
            if start < end
        )
        return [value for value in counted if value.count]

    def _months(self, now: datetime) -> list[tuple[str, str, int, int]]:
        """(value, label, first position, position behind the last) of every month from the newest story's on."""
        if self._known_months is None:
            ends = [
                self._connection.execute(f"SELECT {end}(published) FROM timeline").fetchone()[0]
                for end in ("min", "max")  # one by one, each from the index
            ]
            self._known_months = []
            end = len(self._facets.everything())
            for month in months(*(_time(end).astimezone(now.tzinfo) for end in ends)):
                interval = moment(month, now)
                start = self._meanings.first_since(interval[0]) if interval else end
                label = month_name(int(month[:4]), int(month[5:]))
                self._known_months.append((month, label, start, end))
                end = start
        return self._known_months

    def _label(self, field: str, value: str) -> str:
        if field == "asset" and (asset := self.assets.get(value)):
            return asset.name
        known = self._facets.known(field, value)
        return known.label if known else value

    # Orders

    def _ranked_by(self, query: Query) -> tuple[str, ...] | None:
        """What tells the ranking of a query from others; None for one by relevance without words."""
        name, rises = query.order
        if name == "relevance":
            words = _all_words(query)
            return (name, str(rises), words) if words else None
        return (name, str(rises), *query.values("lang"))

    def _ranking(self, query: Query, connection: sqlite3.Connection) -> array[int] | None:
        """The positions of all stories (with the words of the query) in its order."""
        rankings = self._rankings
        key = self._ranked_by(query)
        if key is None:
            return None
        if key not in rankings:
            name, rises = query.order
            if name == "relevance":
                weights = ", ".join(map(str, WEIGHTS))
                ranking = self._meanings.relevant(key[2], weights, connection)
                rankings[key] = ranking[::-1] if rises else ranking
            else:
                rankings[key] = self._sorted(name, rises, query.values("lang"), connection)
        return rankings[key]

    def _sorted(
        self, name: str, rises: bool, languages: Sequence[str], connection: sqlite3.Connection
    ) -> array[int]:
        """All stories by what `headlines` shows of each; those without it come last, equal ones newest first."""
        everything = self._facets.everything()
        if name == "published":
            return array("I", everything if rises else reversed(everything))
        column, key = _ORDERS[name]
        # In the order in which they are kept: a million look-ups would take many times as long.
        rows = connection.execute(
            f"SELECT story, lang, {column} FROM article NOT INDEXED WHERE counts ORDER BY article.id"
        )
        order = _order((*languages, *self.languages))
        places, visible = self._meanings.places(connection)
        keyed: list[tuple[int, Any]] = []
        without: list[int] = []
        for story, versions in groupby(rows, lambda row: row[0]):
            shown = min(versions, key=lambda row: order.get(row[1], len(order)))[2]
            if story not in visible:
                continue
            if shown is None:
                without.append(places[story])
            else:
                keyed.append((places[story], key(shown)))
        keyed.sort(reverse=True)
        keyed.sort(key=lambda item: item[1], reverse=not rises)
        return array("I", [*(position for position, _ in keyed), *sorted(without, reverse=True)])

    # Articles

    @_explained
    def article(self, story: str, lang: str | None = None) -> Article | None:
        """A story's text in `lang`, or in the preferred language; None if there is no such story or text."""
        rows = self._rows(
            f"""
            SELECT article.*, body.packed, story.key
            FROM story JOIN article ON article.story = story.id JOIN body ON body.article = article.id
            WHERE story.id = {NAMED} AND (:lang IS NULL OR article.lang = :lang) AND counts
            ORDER BY article.id
            """,
            {"key": story, "lang": lang},
        )
        if not rows:
            return None
        order = _order(self.languages)
        best = min(rows, key=lambda row: order.get(row["lang"], len(order)))  # or the first, the oldest known
        return _article(best, self._packing.unpack(best["packed"]), self.roles)

    @_explained
    def languages_of(self, story: str) -> tuple[str, ...]:
        """The languages a story can be read in, by their names."""
        rows = self._rows(f"SELECT lang FROM article WHERE story = {NAMED} AND counts", {"key": story})
        return tuple(sorted(row["lang"] for row in rows))

    @_explained
    def position(self, story: str) -> int | None:
        """Where a story stands in the timeline now."""
        row = self._connection.execute(
            f"SELECT position FROM timeline WHERE story = {NAMED}", {"key": story}
        ).fetchone()
        return row[0] if row else None

    @_explained
    def keys(self, story: str) -> tuple[str, ...]:
        """All keys of a story that has this one, its own first: the reader may have marked it under any."""
        rows = self._connection.execute(
            f"SELECT key FROM story WHERE id = {NAMED} UNION ALL SELECT key FROM alias WHERE story = {NAMED}",
            {"key": story},
        )
        return tuple(key for (key,) in rows) or (story,)

    # Sources

    @_explained
    def held(self, source: str) -> int:
        """How many stories a source (by its location) was last seen to hold."""
        held: int = self._connection.execute(
            "SELECT count(DISTINCT article / ?) FROM item WHERE source = ? AND article IS NOT NULL",
            (VERSIONS, source),
        ).fetchone()[0]
        return held

    @_explained
    def sources_of(self, story: str) -> list[str]:
        """The locations of the sources that were last seen to hold a story."""
        rows = self._connection.execute(
            f"""
            SELECT DISTINCT source FROM article JOIN item ON item.article = article.id
            WHERE article.story = {NAMED} ORDER BY source
            """,
            {"key": story},
        )
        return [source for (source,) in rows]

    @_explained
    def problems_of(self, source: str) -> list[Problem]:
        """What was wrong with the items of a source when they were last read."""
        rows = self._connection.execute(
            "SELECT item, problems FROM item WHERE source = ? AND problems IS NOT NULL ORDER BY item",
            (source,),
        )
        return [Problem(item, *told) for item, problems in rows for told in json.loads(problems)]

    def _pinned(self, pinned: BitMap) -> list[int]:
        weights = {
            position: self._connection.execute(
                "SELECT max(sticky) FROM article JOIN timeline USING (story) WHERE position = ? AND counts",
                (position,),
            ).fetchone()[0]
            for position in pinned
        }
        return sorted(weights, key=lambda position: (-weights[position], -position))

    def _versions_at(
        self, positions: Sequence[int], connection: sqlite3.Connection
    ) -> dict[int, list[_Version]]:
        """By position the versions that count of each story."""
        found: dict[int, list[_Version]] = {}
        for start in range(0, len(positions), _PAGE):
            page = positions[start : start + _PAGE]
            for row in connection.execute(
                f"""
                SELECT position, story.key, lang, article.id, title, description, article.published, updated,
                       publisher_key, publisher_name, publisher_type, publisher_url, category,
                       sentiment, score, sticky, draft, origin, mark.read, mark.starred, mark.note,
                       article.id IN (SELECT article FROM gone), tags, ai, sections
                FROM timeline JOIN story ON story.id = timeline.story JOIN article ON article.story = story.id
                LEFT JOIN state.mark ON mark.story = story.key
                WHERE position IN ({", ".join("?" * len(page))}) AND counts
                """,
                page,
            ):
                found.setdefault(row[0], []).append(row)
            for position, *marks in connection.execute(
                f"""
                SELECT position, max(read), max(starred), max(note)
                FROM timeline JOIN alias USING (story) JOIN state.mark ON mark.story = alias.key
                WHERE position IN ({", ".join("?" * len(page))}) GROUP BY position
                """,
                page,
            ):
                found[position] = [_marked(row, marks) for row in found.get(position, [])]
        return found

    def _rows(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any]) -> list[Mapping[str, Any]]:
        cursor = self._connection.execute(sql, parameters)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]


def _is_foreign(opened: Opened) -> bool:
    return opened.shared or may_be_strangers(opened.path)


@contextmanager
def _interruptible() -> Iterator[None]:
    """What another thread has ended raises `Interrupted`."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if result_code(error) != sqlite3.SQLITE_INTERRUPT:
            raise
        raise Interrupted from None


@contextmanager
def _one_moment(connection: sqlite3.Connection) -> Iterator[None]:
    """What is asked inside is answered from one state of the file, whatever others write meanwhile."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _order(languages: Sequence[str]) -> Mapping[str, int]:
    """The rank of each language."""
    return {lang: rank for rank, lang in reversed([*enumerate(languages)])}


_Version = tuple[Any, ...]
"""A row of `Library._versions_at`."""
_LANG, _ARTICLE, _SECTIONS = 2, 3, -1
_MARKS = slice(18, 21)
"""Where in such a row the language, the number of the article, its sections and the reader's marks are."""


def _marked(row: _Version, marks: Sequence[Any]) -> _Version:
    """A row with the marks that its story has under other keys, too."""
    both = (mine if mine is not None else other for mine, other in zip(row[_MARKS], marks, strict=True))
    return (*row[: _MARKS.start], *both, *row[_MARKS.stop :])


def _preferred(languages: Sequence[str]) -> Callable[[_Version], tuple[int, int]]:
    """What is least for the version to show: that in the first of these languages, else the oldest known."""
    order = _order(languages)
    return lambda row: (order.get(row[_LANG], len(order)), row[_ARTICLE])


def _excerpt(headline: Headline, spans: Sequence[Any], body: str, url: str | None) -> Excerpt:
    (_, heading, start, end), *others = spans
    text = body[start:end]
    for _, further, start, end in others:
        text += f"\n\n### {further}\n\n{body[start:end]}" if further else f"\n\n{body[start:end]}"
    return Excerpt(headline, heading, text, url or headline.publisher.url)


def _headline(row: _Version, versions: Sequence[_Version]) -> Headline:
    position, story, lang, _, title, description, published, updated, key, name, kind, url, *rest = row
    category, sentiment, score, sticky, draft, origin, read, starred, note, gone, *kept = rest
    return Headline(
        position,
        story,
        lang,
        tuple(sorted([version[_LANG] for version in versions])),
        title,
        description,
        _time(published),
        _time(updated),
        Publisher(key, name, kind, url),
        category,
        _SENTIMENTS[sentiment],
        score,
        sticky,
        bool(draft),
        origin,
        read is not None,
        starred is not None,
        note is not None,
        bool(gone),
        tuple(kept),
    )


def _article(row: Mapping[str, Any], packed: Packed, roles: Roles) -> Article:
    from cryptonews_tui.sections import split

    return Article(
        story=row["key"],
        lang=row["lang"],
        title=row["title"],
        description=row["description"],
        published=_time(row["published"]),
        updated=_time(row["updated"]),
        publisher=Publisher(
            row["publisher_key"], row["publisher_name"], row["publisher_type"], row["publisher_url"]
        ),
        category=row["category"],
        tags=tuple(json.loads(row["tags"])),
        sentiment=_SENTIMENTS[row["sentiment"]],
        score=row["score"],
        sticky_weight=row["sticky"],
        draft=bool(row["draft"]),
        provenance=provenance(row["ai"]),
        origin=row["origin"],
        canonical_url=row["canonical_url"],
        cover=packed.cover,
        cta=tuple(packed.cta),
        extra=packed.extra,
        sections=split(packed.body, row["title"], roles),
        body=packed.body,
    )


_SENTIMENTS: Mapping[str | None, Sentiment | None] = {
    None: None,
    **{sentiment.value: sentiment for sentiment in Sentiment},
}


def _time(ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=ms)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _all_words(query: Query) -> str:
    """The words that are looked for, as one expression: all of them, or any where they are alternatives."""
    words = [expression(word) for word in query.words if not word.negated]
    return " AND ".join(words) or " OR ".join(map(expression, query.looked_for()))
