"""What the library answers with: headlines, lists of stories of any length, counts."""

from __future__ import annotations

import json
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from pyroaring import BitMap

from cryptonews_tui.article import Provenance, Publisher, Role, Sentiment


@dataclass(frozen=True, slots=True)
class Headline:
    """A story as a list shows it, in one of its languages. `position` is its place in the timeline.

    `gone`: no source holds this version any more. `kept` is what the library has of tags, AI provenance and sections:
    few lists show them, and a list has to be there within a frame, so they are understood when somebody asks.
    """

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
    sentiment: Sentiment | None
    score: float | None
    sticky_weight: int
    draft: bool
    origin: str
    read: bool
    starred: bool
    noted: bool
    gone: bool
    kept: tuple[str, str | None, str]

    @property
    def tags(self) -> tuple[str, ...]:
        return tuple(json.loads(self.kept[0]))

    @property
    def provenance(self) -> Provenance | None:
        return provenance(self.kept[1])

    @property
    def sections(self) -> tuple[tuple[Role, str], ...]:
        """The role and heading of each."""
        return tuple((Role(role), heading) for role, heading, *_ in json.loads(self.kept[2]))


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What a story says in the sections of one role, in Markdown; further ones of the role keep their headings.

    `heading` is that of the first, `url` the page to open in a browser.
    """

    headline: Headline
    heading: str
    text: str
    url: str | None


def provenance(kept: str | None) -> Provenance | None:
    """What the library keeps of an article's AI provenance, understood."""
    if kept is None:
        return None
    told = json.loads(kept)
    expanded = told["expandedAt"]
    return Provenance(
        rewritten=told["rewritten"],
        expanded_at=datetime.fromisoformat(expanded) if expanded else None,
        version=told["version"],
        translated_from=told["translatedFrom"],
    )


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

    def including(self, position: int) -> Stories:
        """The same with one story more."""
        return Stories(self.found | BitMap([position]), self.pinned)

    def without(self, position: int) -> Stories:
        """The same with one story less."""
        return self.among(self.found - BitMap([position]))

    def among(self, wanted: BitMap) -> Stories:
        """Only those that are in `wanted`, in the same order."""
        return Stories(self.found & wanted, [position for position in self.pinned if position in wanted])

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


class Ranked(Stories):
    """The result of a query in another order than that of publication."""

    def __init__(self, found: BitMap, positions: Sequence[int]) -> None:
        super().__init__(found, ())
        self._positions = positions

    def __getitem__(self, index: Any) -> Any:
        return self._positions[index]

    def row(self, position: int) -> int:
        if position in self.found:
            return self._positions.index(position)
        return 0

    def including(self, position: int) -> Stories:
        """The same with one story more, on top: where it would stand is not known."""
        if position in self.found:
            return self
        return Ranked(self.found | BitMap([position]), [position, *self._positions])

    def among(self, wanted: BitMap) -> Stories:
        return Ranked(self.found & wanted, array("I", filter(wanted.__contains__, self._positions)))

    def next_among(self, wanted: BitMap, row: int, step: int) -> int | None:
        rows = range(row + step, len(self) if step > 0 else -1, step)
        return next((r for r in rows if self._positions[r] in wanted), None)


class FacetValue(NamedTuple):
    """A value of a field as queries know it, as people write it, and how many stories have it."""

    value: str
    label: str
    count: int  # type: ignore[assignment]  # hides a method of tuples that nobody needs here


@dataclass(frozen=True, slots=True)
class Facets:
    """`total` stories, and for each field its values with their counts, most frequent first.

    States and times have an order of their own. `more` tells of which fields only the first values were counted.
    """

    total: int
    fields: Mapping[str, Sequence[FacetValue]]
    more: Mapping[str, bool] = field(default_factory=dict)
