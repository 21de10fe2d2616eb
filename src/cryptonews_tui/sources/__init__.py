"""Step 1 and 2 of the line: a location as the user typed it becomes a `Source`, a source becomes documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from cryptonews_tui.article import Document, Problem


class SourceError(Exception):
    """The source as a whole cannot be read. The message says what happened, where, and what to do next."""


@dataclass(frozen=True, slots=True)
class Expected:
    """How many items are coming, as soon as the source knows."""

    count: int


@dataclass(frozen=True, slots=True)
class Seen:
    """An item that is there and has not changed since `stamp` was remembered.

    The item `""` stands for the source itself (an archive, a manifest): its stamp is remembered like any other.
    """

    item: str
    stamp: str


Found = Document | Seen | Problem | Expected


class Source(Protocol):
    """A place where articles are published."""

    @property
    def location(self) -> str:
        """The location in its canonical form: what is stored, shown and compared."""

    def documents(self, remembered: Mapping[str, str]) -> Iterator[Found]:
        """Everything the source holds now. `remembered` maps items to stamps of the last complete visit.

        Raises `SourceError` when the source as a whole cannot be read; a single bad item is a `Problem`.
        """
