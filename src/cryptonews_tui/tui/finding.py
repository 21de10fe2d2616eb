"""Letters that are looked for in the lines of an article, as far as these are set. Pure.

Lines of one paragraph are one text: a match may reach from one into the next. A text of a megabyte is searched
with `str`'s own methods at every key; only what is drawn is asked where exactly it matches.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence

from cryptonews_tui.highlighting import folded
from cryptonews_tui.typesetting import Line

_PARAGRAPH = 40
"""Lines around one that are read to know what it matches."""

Places = list[tuple[int, int]]
"""(start, end) in the characters of a line."""


class Finding:
    """What was found, and which match is the current one."""

    def __init__(self, lines: Sequence[Line]) -> None:
        """`lines` may become more; say so with `extend`."""
        self.lines = lines
        self._starts: list[int] = []
        self._end = 0
        self._text = ""
        self.letters = ""
        self.current: int | None = None
        """Where in the text the current match begins."""
        self.extend()

    def extend(self) -> None:
        """Read the lines that have been set meanwhile."""
        known = len(self._starts)
        if known == len(self.lines):
            return
        new: list[str] = []
        for index in range(known, len(self.lines)):
            self._starts.append(self._end)
            new.append(_running(self.lines, index))
            self._end += len(new[-1])
        self._text += folded("".join(new))

    def look_for(self, letters: str, line: int) -> None:
        """Look for other letters; the first match from `line` on (else the first of all) becomes the current one."""
        self.letters = " ".join(folded(letters).split(" ")) if letters.strip() else ""
        self.current = None
        if self.letters and self._starts:
            start = self._starts[min(line, len(self._starts) - 1)]
            found = self._text.find(self.letters, start)
            found = self._text.find(self.letters) if found < 0 else found
            self.current = found if found >= 0 else None

    def step(self, direction: int) -> None:
        """Go to the next match (1) or the one before (-1), round the ends."""
        if self.current is None:
            return
        if direction > 0:
            found = self._text.find(self.letters, self.current + len(self.letters))
            self.current = found if found >= 0 else self._text.find(self.letters)
        else:
            found = self._text.rfind(self.letters, 0, self.current)
            self.current = found if found >= 0 else self._text.rfind(self.letters)

    @property
    def line(self) -> int | None:
        """The line in which the current match begins."""
        return None if self.current is None else bisect_right(self._starts, self.current) - 1

    @property
    def number(self) -> int:
        """Which match is the current one, from 1; 0 without one."""
        return 0 if self.current is None else 1 + self._text.count(self.letters, 0, self.current)

    @property
    def count(self) -> int:
        """How many matches there are."""
        return self._text.count(self.letters) if self.letters else 0

    def places(self, index: int) -> Places:
        """Where a line matches."""
        return places(self.lines, index, self._find) if self.letters else []

    def current_places(self, index: int) -> Places:
        """Where the current match stands in a line."""
        if self.current is None or index >= len(self._starts):
            return []
        skip = _skipped(self.lines, index)
        start = self.current - self._starts[index] + skip
        end = start + len(self.letters)
        length = len(self.lines[index].text)
        return [(max(skip, start), min(end, length))] if end > skip and start < length else []

    def _find(self, text: str) -> Iterable[tuple[int, int]]:
        text, size = folded(text), len(self.letters)
        at = text.find(self.letters)
        while at >= 0:
            yield at, at + size
            at = text.find(self.letters, at + size)


def places(lines: Sequence[Line], index: int, find: Callable[[str], Iterable[tuple[int, int]]]) -> Places:
    """Where a line has what `find` finds in the paragraph it belongs to."""
    first, last = index, index + 1
    while first and lines[first - 1].soft and index - first < _PARAGRAPH:
        first -= 1
    while last < len(lines) and lines[last - 1].soft and last - index < _PARAGRAPH:
        last += 1
    before = [_running(lines, number) for number in range(first, index)]
    start = sum(map(len, before))
    skip = _skipped(lines, index)
    length = len(lines[index].text)
    found = []
    for low, high in find("".join([*before, *(_running(lines, number) for number in range(index, last))])):
        low, high = low - start + skip, high - start + skip
        if high > skip and low < length:
            found.append((max(skip, low), min(high, length)))
    return found


def _running(lines: Sequence[Line], index: int) -> str:
    """A line as a part of the running text."""
    line = lines[index]
    return line.text[_skipped(lines, index) :] + line.ending


def _skipped(lines: Sequence[Line], index: int) -> int:
    """How many characters of a line only indent it."""
    return lines[index].hang if index and lines[index - 1].soft else 0
