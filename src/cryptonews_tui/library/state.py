"""What is the reader's own: marks, notes, sources, views, what was asked and read. Small, precious, never rebuilt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from cryptonews_tui.library.database import understood
from cryptonews_tui.library.migrations import STATE_KIND
from cryptonews_tui.library.packing import pack_text, unpack_text
from cryptonews_tui.library.state_file import now_ms, numbered, text, typed
from cryptonews_tui.library.subscriptions import StoredSource, Subscriptions
from cryptonews_tui.translation import _
from cryptonews_tui.views import View, find

ASKED = 500
"""So many queries are remembered."""
PLACES = 5_000
"""So many places where the reader stopped are kept."""
TEXTS, TEXT_DAYS = 5_000, 60
"""So many texts as they were read are kept, and for so long: publishers rewrite within hours."""
TEXT_CHARACTERS, TEXT_BYTES = 200_000, 20_000_000
"""None of more characters is kept, and not more of all when packed."""


class Mark(StrEnum):
    """What a reader can say of a story."""

    READ = "read"
    STARRED = "starred"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a story the reader stopped, the same at any width. The text may be another one by now."""

    lang: str
    section: int
    """Counted from 0; -1: in the lines above the text."""
    block: int
    """In the section, counted from 0."""
    fraction: float
    """How far into the block, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Marked:
    """All that the reader said of one story. Times are milliseconds since 1970, UTC; None: not so."""

    story: str
    read: int | None = None
    starred: int | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Belongings:
    """What a reader takes along to another machine. Where the reader stopped and what was read stays on this one."""

    marks: Sequence[Marked] = ()
    views: Sequence[View] = ()
    sources: Sequence[StoredSource] = ()


@dataclass(frozen=True, slots=True)
class Merged:
    """What was new when belongings came in: stories marked otherwise, views as they are now called, sources."""

    marks: int
    views: Sequence[View]
    sources: Sequence[StoredSource]


class State(Subscriptions):
    """The whole state database: sources, and what is below."""

    def __init__(self, path: Path, patience: float | None = None) -> None:
        """`patience` is how many seconds a change waits for another program's."""
        super().__init__(path, patience)
        self._bytes_of_texts: int | None = None
        """Kept at most, as far as this program knows."""

    # Marks and notes

    def set_mark(self, mark: Mark, story: str, on: bool) -> None:
        """Mark a story, or take the mark away. Marking twice keeps the first time.

        What an unread story said is forgotten.
        """
        column = mark.value
        with self._changing():
            if on:
                self._connection.execute(
                    f"INSERT INTO mark (story, {column}) VALUES (?, ?)"
                    f" ON CONFLICT (story) DO UPDATE SET {column} = coalesce({column}, excluded.{column})",
                    (story, now_ms()),
                )
            else:
                self._connection.execute(f"UPDATE mark SET {column} = NULL WHERE story = ?", (story,))
                if mark is Mark.READ:
                    self._connection.execute("DELETE FROM read_text WHERE story = ?", (story,))

    def note(self, story: str) -> str | None:
        """What the reader wrote about a story."""
        return self._one(str, "SELECT note FROM mark WHERE story = ?", story)

    def precious(self) -> set[str]:
        """The stories that the reader starred or wrote about."""
        with understood(self.path, STATE_KIND):
            rows = self._connection.execute(
                "SELECT story FROM mark WHERE starred IS NOT NULL OR note IS NOT NULL"
            )
            return {text(story) for (story,) in rows}

    def set_note(self, story: str, text: str | None) -> None:
        """Keep the reader's own words about a story, or forget them."""
        with self._changing():
            if text:
                self._connection.execute(
                    "INSERT INTO mark (story, note) VALUES (?, ?)"
                    " ON CONFLICT (story) DO UPDATE SET note = excluded.note",
                    (story, text),
                )
            else:
                self._connection.execute("UPDATE mark SET note = NULL WHERE story = ?", (story,))

    # Where the reader stopped, and what was read

    def place(self, story: str) -> Place | None:
        """Where the reader stopped in a story."""
        with understood(self.path, STATE_KIND):
            row = self._connection.execute(
                "SELECT lang, section, block, fraction FROM place WHERE story = ?", (story,)
            ).fetchone()
            return _place(*row) if row else None

    def set_place(self, story: str, place: Place | None) -> None:
        """Remember where the reader stopped, or that the story begins at its top again."""
        with self._changing():
            if place is None:
                self._connection.execute("DELETE FROM place WHERE story = ?", (story,))
                return
            self._connection.execute(
                "REPLACE INTO place (story, lang, section, block, fraction, time) VALUES (?, ?, ?, ?, ?, ?)",
                (story, place.lang, place.section, place.block, place.fraction, now_ms()),
            )
            self._connection.execute(
                "DELETE FROM place WHERE story IN"
                " (SELECT story FROM place ORDER BY time DESC, story DESC LIMIT -1 OFFSET ?)",
                (PLACES,),
            )

    def text_read(self, story: str, lang: str) -> str | None:
        """The body of a story as it was when `keep_text` was last told."""
        with understood(self.path, STATE_KIND):
            row = self._connection.execute(
                "SELECT packed FROM read_text WHERE story = ? AND lang = ?", (story, lang)
            ).fetchone()
            return unpack_text(row[0]) if row else None

    def keep_text(self, story: str, lang: str, body: str) -> None:
        """Keep what a story says while it is read, for a comparison later.

        Of one that is not marked read, and of a text that nobody reads to its end, nothing.
        """
        if len(body) > TEXT_CHARACTERS:
            with self._changing():
                self._connection.execute("DELETE FROM read_text WHERE story = ? AND lang = ?", (story, lang))
            return
        packed = pack_text(body)
        now = now_ms()
        with self._changing():
            self._connection.execute(
                "REPLACE INTO read_text (story, lang, packed, time)"
                " SELECT story, ?, ?, ? FROM mark WHERE story = ? AND read IS NOT NULL",
                (lang, packed, now, story),
            )
            self._connection.execute("DELETE FROM read_text WHERE time < ?", (now - TEXT_DAYS * 86_400_000,))
            self._connection.execute(
                "DELETE FROM read_text WHERE rowid IN"
                " (SELECT rowid FROM read_text ORDER BY time DESC, rowid DESC LIMIT -1 OFFSET ?)",
                (TEXTS,),
            )
            self._bound_texts(len(packed))

    def _bound_texts(self, added: int) -> None:
        """Forget the oldest texts if all of them are too much; they are added up only when they may be."""
        if self._bytes_of_texts is not None:
            self._bytes_of_texts += added
            if self._bytes_of_texts <= TEXT_BYTES:
                return
        self._bytes_of_texts = self._sum_of_texts()
        if self._bytes_of_texts > TEXT_BYTES:
            self._connection.execute(
                "DELETE FROM read_text WHERE rowid IN (SELECT rowid FROM (SELECT rowid, sum(length(packed))"
                " OVER (ORDER BY time DESC, rowid DESC) AS so_far FROM read_text) WHERE so_far > ?)",
                (TEXT_BYTES * 9 // 10,),  # so that the next ones need no adding up
            )
            self._bytes_of_texts = self._sum_of_texts()

    def _sum_of_texts(self) -> int:
        return self._one(int, "SELECT sum(length(packed)) FROM read_text") or 0

    # Views

    def views(self) -> list[View]:
        """The views the reader has saved, in their order."""
        with understood(self.path, STATE_KIND):
            rows = self._connection.execute("SELECT name, query, key FROM view ORDER BY position, name")
            return [View(text(name), text(query), typed(key, str), own=True) for name, query, key in rows]

    def save_view(self, name: str, query: str, key: str | None = None) -> None:
        """Keep a query under a name. A view of that name is replaced and stays where it stands."""
        with self._changing():
            views = self.views()
            view = View(name, query, key, own=True)
            old = find(name, views)
            self._put_views([view if v is old else v for v in views] if old else [*views, view])

    def rename_view(self, name: str, new: str) -> str | None:
        """Give a view another name. If that cannot be, the sentence that says why."""
        with self._changing():
            views = self.views()
            old, taken = find(name, views), find(new, views)
            if old is None:
                return _("there is no saved view “{name}”").format(name=name)
            if taken is not None and taken is not old:
                return _("there is a view “{name}” already").format(name=taken.name)
            self._put_views([View(new, v.query, v.key, own=True) if v is old else v for v in views])
            return None

    def remove_view(self, name: str) -> bool:
        """Forget a view. False if there is none of this name."""
        with self._changing():
            views = self.views()
            old = find(name, views)
            if old is not None:
                self._put_views([view for view in views if view is not old])
            return old is not None

    def move_view(self, name: str, step: int) -> bool:
        """Move a view by so many places, down if `step` is positive. False if there is none of this name."""
        with self._changing():
            views = self.views()
            view = find(name, views)
            if view is None:
                return False
            place = views.index(view)
            views.insert(max(0, place + step), views.pop(place))
            self._put_views(views)
            return True

    def _put_views(self, views: Iterable[View]) -> None:
        self._connection.execute("DELETE FROM view")
        self._connection.executemany(
            "INSERT INTO view (position, name, query, key) VALUES (?, ?, ?, ?)",
            ((position, view.name, view.query, view.key) for position, view in enumerate(views)),
        )

    # What was asked, and when the reader was here

    def remember_query(self, text: str) -> None:
        """Put a query at the head of those that were asked."""
        with self._changing():
            latest = self._one(int, "SELECT max(time) FROM asked") or 0
            self._connection.execute(
                "REPLACE INTO asked (query, time) VALUES (?, ?)", (text, max(now_ms(), latest + 1))
            )
            self._connection.execute(
                "DELETE FROM asked WHERE time <= (SELECT time FROM asked ORDER BY time DESC LIMIT 1 OFFSET ?)",
                (ASKED,),
            )

    def queries(self, limit: int = 100, containing: str = "") -> list[str]:
        """What was asked, the latest first; only what has these letters in it."""
        with understood(self.path, STATE_KIND):
            rows = self._connection.execute("SELECT query FROM asked ORDER BY time DESC").fetchall()
            letters = containing.casefold()
            return [query for (query,) in rows if letters in text(query).casefold()][:limit]

    def last_visit(self) -> int | None:
        """When the reader last left, in milliseconds since 1970, UTC."""
        return self._one(int, 'SELECT "left" FROM visit')

    def note_leaving(self) -> None:
        """The reader leaves now: what comes later is new."""
        with self._changing():
            self._connection.execute('REPLACE INTO visit (only, "left") VALUES (1, ?)', (now_ms(),))

    # From machine to machine

    def belongings(self) -> Belongings:
        """Everything that goes along to another machine."""
        with understood(self.path, STATE_KIND):
            rows = self._connection.execute(
                "SELECT story, read, starred, note FROM mark"
                " WHERE coalesce(read, starred, note) IS NOT NULL ORDER BY story"
            )
            marks = [
                Marked(text(story), typed(read, int), typed(starred, int), typed(note, str))
                for story, read, starred, note in rows
            ]
            return Belongings(marks, self.views(), self.sources())

    def merge(self, belongings: Belongings, views: Iterable[View] = ()) -> Merged:
        """Take in what comes from another machine; nothing that is here is lost. Doing so twice is doing it once.

        The earliest time of a mark stays, and two notes on one story are put together. A view gets a number
        if its name stands for another query here, or in `views` (those that are not saved).
        """
        with self._changing():
            here = {mark.story: mark for mark in self.belongings().marks}
            changed: dict[str, Marked] = {}
            for mark in belongings.marks:
                old = changed.get(mark.story) or here.get(mark.story) or Marked(mark.story)
                if (both := _both(old, mark)) != old:
                    changed[mark.story] = both
            self._connection.executemany(
                "REPLACE INTO mark (story, read, starred, note) VALUES (?, ?, ?, ?)",
                ((mark.story, mark.read, mark.starred, mark.note) for mark in changed.values()),
            )
            saved = self.views()
            added = []
            for view in belongings.views:
                if (new := _fitting(view, [*views, *saved])) is not None:
                    saved.append(new)
                    added.append(new)
            if added:
                self._put_views(saved)
            return Merged(len(changed), added, self._add_sources(belongings.sources))


def _place(lang: Any, section: Any, block: Any, fraction: Any) -> Place:
    numbers = isinstance(section, int) and isinstance(block, int) and isinstance(fraction, float)
    if numbers and section >= -1 and block >= 0 and 0 <= fraction <= 1:
        return Place(text(lang), section, block, fraction)
    raise ValueError("no place in a story")


def _both(here: Marked, other: Marked) -> Marked:
    """What two machines say of one story."""
    note = here.note
    if other.note and f"\n\n{other.note}\n\n" not in f"\n\n{note or ''}\n\n":
        note = f"{note}\n\n{other.note}" if note else other.note
    return Marked(here.story, _earliest(here.read, other.read), _earliest(here.starred, other.starred), note)


def _earliest(*times: int | None) -> int | None:
    return min((time for time in times if time is not None), default=None)


def _fitting(view: View, views: Sequence[View]) -> View | None:
    """The view under a name and a key that are free; None if it is there already, under its name or a number."""
    for name in numbered(view.name, " "):
        there = find(name, views)
        if there is None:
            key = view.key if all(v.key != view.key for v in views) else None
            return View(name, view.query, key, own=True)
        if there.query == view.query:
            return None
    raise AssertionError("numbers do not end")
