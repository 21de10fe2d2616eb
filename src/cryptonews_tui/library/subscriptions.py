"""The reader's sources: what they are called, how they are visited, and what came of the last visits."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cryptonews_tui.article import Problem
from cryptonews_tui.library.database import understood
from cryptonews_tui.library.migrations import STATE_KIND
from cryptonews_tui.library.state_file import StateFile, now_ms, numbered, text, typed, whole
from cryptonews_tui.translation import _

MINUTES_LIMIT = 100_000
"""The longest interval that can be chosen."""
LANGUAGE = re.compile(r"[a-z]{2,3}([-_][a-z0-9]{2,8})*")
"""As articles name theirs."""

VISITS = 20
"""So many visits of each source are remembered."""
PROBLEMS = 100
"""So many problems of the last visit are remembered, and all are counted."""

_COLUMNS = "name, location, synced, error, enabled, minutes, policy, languages, history, due, failures"
_SOURCES = (
    f"SELECT {_COLUMNS}, (SELECT outcome.problems FROM outcome WHERE outcome.source = source.id"
    " ORDER BY rowid DESC LIMIT 1) FROM source"
)
_COUNTS = ("received", "seen", "added", "updated", "removed", "problems")


@dataclass(frozen=True, slots=True)
class StoredSource:
    """A source the reader has added. Times are in milliseconds since 1970, UTC."""

    name: str
    location: str
    synced: int | None = None
    """The last complete visit."""
    error: str | None = None
    """What went wrong at the last one."""
    enabled: bool = True
    minutes: int | None = None
    """Between two visits; `None`: as the settings say."""
    policy: str = "keep"
    """What becomes of articles that vanish from it."""
    languages: tuple[str, ...] = ()
    """Those that are taken in; none: all."""
    history: bool = False
    due: int | None = None
    """Not to be visited by itself before; `None`: at once."""
    failures: int = 0
    """In a row."""
    problems: int = 0
    """Of items, at the last visit."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What came of one visit to a source. `time` is when it ended, in milliseconds since 1970, UTC."""

    time: int
    seconds: float = 0.0
    received: int = 0
    """Bytes."""
    seen: int = 0
    added: int = 0
    updated: int = 0
    removed: int = 0
    problems: int = 0
    error: str | None = None


class Subscriptions(StateFile):
    """The part of the state that knows the sources."""

    def sources(self) -> list[StoredSource]:
        """The reader's sources in the order they were added."""
        with understood(self.path, STATE_KIND):
            return [_source(*row) for row in self._connection.execute(f"{_SOURCES} ORDER BY id")]

    def source_at(self, location: str) -> StoredSource | None:
        """The source at this place (in its canonical form)."""
        with understood(self.path, STATE_KIND):
            row = self._connection.execute(f"{_SOURCES} WHERE location = ?", (location,)).fetchone()
            return _source(*row) if row else None

    def source(self, name: str, location: str = "") -> StoredSource | None:
        """The source of this name, else the one at this place (`location` is its canonical form)."""
        known = self.sources()
        return next(
            (
                source
                for wanted in (lambda s: s.name == name, lambda s: s.location in (name, location))
                for source in known
                if wanted(source)
            ),
            None,
        )

    def add_source(self, name: str, location: str) -> StoredSource:
        """Add a source; the name gets a number if it is taken. A known location keeps its name."""
        self.add_sources([StoredSource(name, location)])
        added = self.source_at(location)
        assert added is not None
        return added

    def add_sources(self, sources: Iterable[StoredSource]) -> list[StoredSource]:
        """Add those at locations that are not known yet; these, with the names they got."""
        with self._changing():
            return self._add_sources(sources)

    def _add_sources(self, sources: Iterable[StoredSource]) -> list[StoredSource]:
        known = self.sources()
        names, locations = {source.name for source in known}, {source.location for source in known}
        proposed: dict[str, Iterator[str]] = {}
        for source in sources:
            if source.location in locations:
                continue
            proposals = proposed.setdefault(source.name, numbered(source.name, "-"))
            name = next(proposal for proposal in proposals if proposal not in names)
            self._connection.execute(
                "INSERT INTO source (name, location, enabled, minutes, policy, languages, history)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (name, source.location, *_choices(source)),
            )
            names.add(name)
            locations.add(source.location)
        return self.sources()[len(known) :]

    def change_source(self, location: str, changed: StoredSource) -> str | None:
        """Give a source another name, interval, policy, other languages …; it is due at once.

        If that cannot be, the sentence that says why.
        """
        with self._changing():
            others = {source.name for source in self.sources() if source.location != location}
            if changed.name in others:
                return _("there is a source “{name}” already").format(name=changed.name)
            self._connection.execute(
                "UPDATE source SET name = ?, enabled = ?, minutes = ?, policy = ?, languages = ?, history = ?,"
                " due = NULL, failures = 0 WHERE location = ?",
                (changed.name, *_choices(changed), location),
            )
            return None

    def remove_source(self, name: str, location: str = "") -> bool:
        """Forget the source of this name, else the one at this place (`location` is its canonical form).

        Its articles and marks stay. False if there is no such source.
        """
        with self._changing():
            source = self.source(name, location)
            if source is not None:
                self._connection.execute(
                    "DELETE FROM outcome WHERE source = (SELECT id FROM source WHERE location = ?)",
                    (source.location,),
                )
                self._connection.execute("DELETE FROM source WHERE location = ?", (source.location,))
            return source is not None

    def move_source(self, location: str, to: str) -> bool:
        """A source has moved for good. False if there is one at the new place already."""
        with self._changing():
            moved = self._connection.execute(
                "UPDATE OR IGNORE source SET location = ? WHERE location = ?", (to, location)
            )
            return moved.rowcount > 0

    def note_visit(
        self,
        location: str,
        visit: Visit,
        problems: Sequence[Problem] = (),
        *,
        due: int | None = None,
        withdrawn: bool = False,
    ) -> None:
        """Remember how a visit to a source went, and when the next one is due. A withdrawn one is not visited again."""
        with self._changing():
            row = self._connection.execute("SELECT id FROM source WHERE location = ?", (location,)).fetchone()
            if row is None:
                return
            self._connection.execute(
                "UPDATE source SET synced = iif(:error IS NULL, :time, synced), error = :error, due = :due,"
                " failures = iif(:error IS NULL, 0, failures + 1), enabled = enabled AND NOT :withdrawn,"
                " problems = :problems WHERE id = :id",
                {
                    "error": visit.error,
                    "time": visit.time,
                    "due": due,
                    "withdrawn": withdrawn,
                    "problems": json.dumps([(p.item, p.line, p.message) for p in problems[:PROBLEMS]]),
                    "id": row[0],
                },
            )
            self._connection.execute(
                "INSERT INTO outcome (source, time, seconds, received, seen, added, updated, removed, problems, error)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(row[0], visit.time, visit.seconds, visit.received, visit.seen, visit.added),
                    *(visit.updated, visit.removed, visit.problems, visit.error),
                ),
            )
            self._connection.execute(
                "DELETE FROM outcome WHERE source = :id AND rowid NOT IN"
                " (SELECT rowid FROM outcome WHERE source = :id ORDER BY rowid DESC LIMIT :most)",
                {"id": row[0], "most": VISITS},
            )

    def visits(self, location: str) -> list[Visit]:
        """The last visits to a source, the latest first."""
        with understood(self.path, STATE_KIND):
            rows = self._connection.execute(
                f"SELECT time, seconds, error, {', '.join(_COUNTS)} FROM outcome"
                " WHERE source = (SELECT id FROM source WHERE location = ?) ORDER BY rowid DESC",
                (location,),
            )
            return [
                Visit(
                    time=whole(time),
                    seconds=typed(seconds, float) or 0.0,
                    error=typed(error, str),
                    **dict(zip(_COUNTS, map(whole, counts), strict=True)),
                )
                for time, seconds, error, *counts in rows
            ]

    def problems(self, location: str) -> list[Problem]:
        """What was wrong with items at the last visit to a source, as far as it is remembered."""
        kept = self._one(str, "SELECT problems FROM source WHERE location = ?", location)
        with understood(self.path, STATE_KIND):
            return [
                Problem(text(item), typed(line, int), text(message))
                for item, line, message in json.loads(kept or "[]")
            ]


def _source(
    name: Any,
    location: Any,
    synced: Any,
    error: Any,
    enabled: Any,
    minutes: Any,
    policy: Any,
    languages: Any,
    history: Any,
    due: Any,
    failures: Any,
    problems: Any,
) -> StoredSource:
    return StoredSource(
        text(name),
        text(location),
        typed(synced, int),
        typed(error, str),
        bool(whole(enabled)),
        typed(minutes, int),
        text(policy),
        tuple(text(languages).split()),
        bool(whole(history)),
        typed(due, int),
        whole(failures),
        typed(problems, int) or 0,
    )


def languages_of(typed: str) -> tuple[str, ...]:
    """What somebody typed to choose languages: `en, uk`, or nothing or `all`. Raises `ValueError` with what is none."""
    codes = tuple(dict.fromkeys(typed.lower().replace(",", " ").split()))
    if codes == ("all",):
        return ()
    for code in codes:
        if not LANGUAGE.fullmatch(code):
            raise ValueError(code)
    return codes


def due_now(source: StoredSource, now: int | None = None) -> bool:
    """Whether a source is to be visited by itself."""
    return source.enabled and (source.due is None or source.due <= (now_ms() if now is None else now))


def _choices(source: StoredSource) -> tuple[object, ...]:
    """What the reader decides of a source, in the order of the columns."""
    return (
        int(source.enabled),
        source.minutes,
        source.policy,
        " ".join(source.languages),
        int(source.history),
    )
