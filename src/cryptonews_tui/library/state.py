"""What is the reader's own: marks and sources. Small, precious, never rebuilt."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cryptonews_tui.library.database import BUSY_SECONDS, connect, explained, transaction
from cryptonews_tui.library.schema import STATE, STATE_ID


class Mark(StrEnum):
    """What a reader can say of a story."""

    READ = "read"
    STARRED = "starred"


@dataclass(frozen=True, slots=True)
class StoredSource:
    """A source the reader has added. `synced` is in milliseconds since 1970, UTC."""

    name: str
    location: str
    synced: int | None = None
    error: str | None = None


class State:
    """The state database. Every change is on disk when the method returns."""

    def __init__(self, path: Path, patience: float = BUSY_SECONDS) -> None:
        """`patience` is how many seconds a change waits for another program's."""
        self.path = path
        self._connection = connect(path, "state", STATE_ID, STATE)
        self._connection.execute(f"PRAGMA busy_timeout = {round(patience * 1000)}")

    def close(self) -> None:
        self._connection.close()

    def set_mark(self, mark: Mark, story: str, on: bool) -> None:
        """Mark a story, or take the mark away. Marking twice keeps the first time."""
        column = mark.value
        with explained(self.path, "state"):
            if on:
                self._connection.execute(
                    f"INSERT INTO mark (story, {column}) VALUES (?, ?)"
                    f" ON CONFLICT (story) DO UPDATE SET {column} = coalesce({column}, excluded.{column})",
                    (story, now_ms()),
                )
            else:
                self._connection.execute(f"UPDATE mark SET {column} = NULL WHERE story = ?", (story,))

    def sources(self) -> list[StoredSource]:
        """The reader's sources in the order they were added."""
        with explained(self.path, "state"):
            rows = self._connection.execute("SELECT name, location, synced, error FROM source ORDER BY id")
            return [StoredSource(*row) for row in rows]

    def add_source(self, name: str, location: str) -> StoredSource:
        """Add a source; the name gets a number if it is taken. A known location keeps its name."""
        with explained(self.path, "state"), transaction(self._connection):
            known = {source.location: source for source in self.sources()}
            if location in known:
                return known[location]
            names = {source.name for source in known.values()}
            unique = next(
                n for n in (name, *(f"{name}-{i}" for i in range(2, len(names) + 3))) if n not in names
            )
            self._connection.execute("INSERT INTO source (name, location) VALUES (?, ?)", (unique, location))
            return StoredSource(unique, location)

    def remove_source(self, name: str, location: str = "") -> bool:
        """Forget the source of this name, else the one at this place (`location` is its canonical form).

        Its articles and marks stay. False if there is no such source.
        """
        with explained(self.path, "state"):
            removed = self._connection.execute(
                "DELETE FROM source WHERE id = (SELECT id FROM source WHERE name = :name"
                " OR location IN (:name, :location) ORDER BY name = :name DESC, location = :name DESC LIMIT 1)",
                {"name": name, "location": location},
            )
            return removed.rowcount > 0

    def note_visit(self, location: str, error: str | None) -> None:
        """Remember how the last visit to a source went."""
        with explained(self.path, "state"):
            if error is None:
                self._connection.execute(
                    "UPDATE source SET synced = ?, error = NULL WHERE location = ?", (now_ms(), location)
                )
            else:
                self._connection.execute("UPDATE source SET error = ? WHERE location = ?", (error, location))


def now_ms() -> int:
    return time.time_ns() // 1_000_000
