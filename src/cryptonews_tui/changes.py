"""Two texts of one story → the sentences that differ. Pure, and bounded whatever the texts are.

Sentences that stand once in both texts are found first, as many as are in the same order (“patience diff”); what is
between them is compared by `difflib`. Long texts are compared by paragraphs instead of sentences.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import NamedTuple

from cryptonews_tui.sections import plain_heading

LONG = 70_000
"""Texts of more characters are compared by paragraphs."""
_PARAGRAPHS = 5_000
"""A text of still more paragraphs counts as one."""
_WORK = 30_000_000
"""How much may be left to `difflib`, whose time grows with the third power in the worst case: a tenth of a second."""


@dataclass(frozen=True, slots=True)
class Change:
    """Neighbouring sentences (Markdown, without line breaks) that were replaced, removed or added."""

    heading: str
    """Of the section they stand in now, or stood in; empty before the first one."""
    before: tuple[str, ...]
    after: tuple[str, ...]


class _Unit(NamedTuple):
    heading: str
    text: str


def changes(before: str, after: str) -> tuple[Change, ...]:
    """What differs between two Markdown bodies, in their order. White space and emphasis are no difference."""
    if before.split() == after.split():
        return ()
    cut = _coarsely if max(len(before), len(after)) > LONG else _finely
    old, new = list(cut(before)), list(cut(after))
    return tuple(
        change
        for removed, added in _differences(list(map(_compared, old)), list(map(_compared, new)))
        for change in _by_section(old[removed], new[added])
    )


def sentences(body: str) -> list[str]:
    """The sentences of a Markdown body of English or Ukrainian; headings and list items are some of their own."""
    return [unit.text for unit in _finely(body)]


# Cutting up

_LINE = re.compile(
    r"(?P<fence>`{3,}(?=[^`]*$)|~{3,})"
    r"|(?P<heading>\#{1,6})(?:\s+|$)"
    r"|(?P<rule>[-=*_\s]+$)"
    r"|(?P<item>(?:[-*+]|\d{1,9}[.)])\s+)"
    r"|(?P<row>\|)"  # of a table
    r"|>\s*"
)
_BETWEEN = re.compile(r"(?<=[.!?…\"'”’»)\]*_`])\s(?=\S)")
_ENDS = (".", "!", "?", "…")
_OPENING, _CLOSING = "\"'“‘„«([*_`", "\"'”’»)]*_`"
_TAIL = 24
"""Characters that are looked at to tell whether a sentence ends."""
# Those that names and numbers follow; before a small letter no sentence ends anyway.
_ABBREVIATIONS = frozenset(
    (
        *("mr", "mrs", "ms", "dr", "prof", "st", "sen", "rep", "gov", "gen", "no", "vs", "fig", "e.g", "i.e"),
        *("jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"),
        *("ім", "вул", "проф", "акад", "тов", "рис", "див", "напр", "св", "гр", "ст", "ред"),
    )
)


def _finely(body: str) -> Iterator[_Unit]:
    heading = fence = ""
    lines: list[str] = []

    def paragraph() -> Iterator[_Unit]:
        for sentence in _sentences(" ".join(lines)):
            yield _Unit(heading, sentence)
        lines.clear()

    for line in (" ".join(line.split()) for line in body.split("\n")):
        if fence:
            if line.startswith(fence):
                fence = ""
            elif line:
                yield _Unit(heading, line)
            continue
        found = _LINE.match(line)
        kind = found.lastgroup if found else None
        rest = line[found.end() :] if found else line
        if not line or kind:
            yield from paragraph()
        if found and kind == "fence":
            fence = found["fence"]
        elif found and kind == "heading":
            text = plain_heading(rest)
            if len(found["heading"]) <= 2:
                heading = text
            if text:
                yield _Unit(heading, text)
        elif kind == "row":
            yield _Unit(heading, line)
        elif rest:
            lines.append(rest)
    yield from paragraph()


def _sentences(text: str) -> Iterator[str]:
    """The sentences of a paragraph in one line."""
    start = 0
    for gap in _BETWEEN.finditer(text):
        tail = text[max(start, gap.start() - _TAIL) : gap.start()]
        following = text[gap.end()]
        if not (following.islower() or following in "-–—") and _is_end(tail):
            yield text[start : gap.start()]
            start = gap.end()
    if start < len(text):
        yield text[start:]


def _is_end(tail: str) -> bool:
    """Whether a sentence may end so: not at an initial or an abbreviation."""
    tail = tail.rstrip(_CLOSING)
    if not tail.endswith("."):
        return tail.endswith(_ENDS)
    word = tail[:-1].rpartition(" ")[2].lstrip(_OPENING).casefold()
    last = word.rpartition(".")[2]
    return not (word in _ABBREVIATIONS or (len(last) == 1 and last.isalpha()))


def _coarsely(body: str) -> Iterator[_Unit]:
    heading = ""
    paragraphs = body.split("\n\n")
    for paragraph in paragraphs if len(paragraphs) <= _PARAGRAPHS else [body]:
        line = paragraph.lstrip().partition("\n")[0]
        if line.startswith(("# ", "## ")):
            heading = plain_heading(" ".join(line.lstrip("#").split()))
        if text := " ".join(paragraph.split()):
            yield _Unit(heading, text)


# Comparing

_EMPHASIS = str.maketrans("", "", "*_`")


def _compared(unit: _Unit) -> str:
    return unit.text.translate(_EMPHASIS)


def _differences(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[slice, slice]]:
    """The parts that differ, each with what stands in its place."""
    work = _WORK
    i = j = 0
    for next_i, next_j in (*_anchors(before, after), (len(before), len(after))):
        old, new = before[i:next_i], after[j:next_j]
        cost = len(old) * len(new) * min(len(old), len(new))
        if 0 < cost <= work:
            work -= cost
            for kind, low, high, first, last in SequenceMatcher(None, old, new, False).get_opcodes():
                if kind != "equal":
                    yield slice(i + low, i + high), slice(j + first, j + last)
        elif old or new:
            yield slice(i, next_i), slice(j, next_j)
        i, j = next_i + 1, next_j + 1


def _anchors(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int]]:
    """Where what stands once in both is, as much of it as is in the same order."""
    once = {text for text, number in Counter(before).items() if number == 1}
    once &= {text for text, number in Counter(after).items() if number == 1}
    places = {text: i for i, text in enumerate(before) if text in once}
    pairs = [(places[text], j) for j, text in enumerate(after) if text in once]
    # The longest rising sequence: `ends[n]` is the smallest end of one of n + 1, `found[n]` the pair it is.
    ends: list[int] = []
    found: list[int] = []
    former: list[int] = []
    for number, (i, _) in enumerate(pairs):
        length = bisect_left(ends, i)
        former.append(found[length - 1] if length else -1)
        ends[length : length + 1] = [i]
        found[length : length + 1] = [number]
    rising: list[tuple[int, int]] = []
    at = found[-1] if found else -1
    while at >= 0:
        rising.append(pairs[at])
        at = former[at]
    return rising[::-1]


def _by_section(before: Sequence[_Unit], after: Sequence[_Unit]) -> Iterator[Change]:
    """A difference cut where sections begin: a section may have another heading now, but not several."""
    old, new = _texts_by_heading(before), _texts_by_heading(after)
    if len(old) == len(new):
        for heading, was, now in zip(new, old.values(), new.values(), strict=True):
            yield Change(heading, was, now)
    else:
        for heading in dict.fromkeys((*old, *new)):
            yield Change(heading, old.get(heading, ()), new.get(heading, ()))


def _texts_by_heading(units: Iterable[_Unit]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for heading, texts in groupby(units, lambda unit: unit.heading):
        found[heading] = (*found.get(heading, ()), *(unit.text for unit in texts))
    return found
