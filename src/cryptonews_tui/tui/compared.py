"""What differs between two texts of a story → blocks and parts that can be set. Knows no widget."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from cryptonews_tui.translation import _
from cryptonews_tui.tui.galley import HEADER, NO_HEADING, Part, line
from cryptonews_tui.typesetting import Block, Heading, Kind, Paragraph, Span, literal

if TYPE_CHECKING:
    from cryptonews_tui.changes import Change

_LONG = 1_000
"""A sentence of more characters is shown without what it has in common with the one in its place."""
_AROUND = 200
"""Characters of what is the same that are shown before and behind a difference all the same."""
_PIECE = 4_000
"""Characters of a sentence that are set at once."""
_ROWS, _CHARACTERS = 50, 10_000
"""When a part is full."""

_BEFORE, _AFTER = Kind.DIM | Kind.STRIKE, Kind.STRONG


class _Row(NamedTuple):
    """A heading, a sentence or a piece of one, as it stands in a text."""

    kind: Kind
    text: str
    sign: str = ""
    first: bool = False
    """Of what was removed, or of what was added."""


def parts(changed: Iterable[Change]) -> list[Part]:
    """The same in parts, so that only those in sight are set however much has changed."""
    made: list[Part] = []
    rows: list[_Row] = []
    size = 0
    for row in _rows(changed):
        rows.append(row)
        size += len(row.text)
        if len(rows) >= _ROWS or size >= _CHARACTERS:
            made.append(_part(rows, size))
            rows, size = [], 0
    return [*made, _part(rows, size)] if rows else made


def _part(rows: Sequence[_Row], size: int) -> Part:
    return Part(HEADER, partial(map, _block, rows), size)


def _rows(changed: Iterable[Change]) -> Iterator[_Row]:
    heading = None
    for change in changed:
        if change.heading != heading:
            heading = change.heading
            yield _Row(Kind.HEADING, heading)
        before, after = _without_the_same(change.before, change.after)
        for sign, sentences, kind in (("− ", before, _BEFORE), ("+ ", after, _AFTER)):
            for number, sentence in enumerate(sentences):
                for start in range(0, len(sentence), _PIECE):
                    text = sentence[start : start + _PIECE]
                    yield _Row(kind, text, "" if start else sign, first=not (number or start))


def _block(row: _Row) -> Block:
    if row.kind is Kind.HEADING:
        return Block(Heading(((Span(line(row.text) or _(NO_HEADING), Kind.HEADING),),), 2), space=2)
    text = Span(literal(row.text), row.kind)
    run = (Span(row.sign, Kind.MARK), text) if row.sign else (text,)
    return Block(Paragraph((run,)), space=1 if row.first else 0)


def _without_the_same(before: Sequence[str], after: Sequence[str]) -> tuple[list[str], list[str]]:
    """Sentences and those in their place, of long ones only what is around the difference."""
    pairs = [_difference(one, other) for one, other in zip_longest(before, after, fillvalue="")]
    return [one for one, _ in pairs[: len(before)]], [other for _, other in pairs[: len(after)]]


def _difference(one: str, other: str) -> tuple[str, str]:
    if max(len(one), len(other)) <= _LONG:
        return one, other
    begin = _same(one, other)
    end = _same(one[begin:][::-1], other[begin:][::-1])
    return _around(one, begin, end), _around(other, begin, end)


def _around(text: str, begin: int, end: int) -> str:
    """A text without so many characters at its beginning and its end, but for the nearest words of them."""
    if len(text) <= _LONG:
        return text
    start, stop = max(0, begin - _AROUND), len(text) - max(0, end - _AROUND)
    if start:
        start = text.find(" ", start, begin) + 1 or start
    if stop < len(text) and (blank := text.rfind(" ", len(text) - end, stop)) >= 0:
        stop = blank
    return f"{'… ' if start else ''}{text[start:stop]}{' …' if stop < len(text) else ''}"


def _same(one: str, other: str) -> int:
    """How many characters two texts have in common at their beginning."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
