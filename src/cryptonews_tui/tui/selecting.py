"""Text that is chosen to be copied: with the keyboard line by line, with the mouse letter by letter. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from cryptonews_tui.typesetting import Kind, Line, Span, to_text

_WORD = re.compile(r"\w+(?:['’.,:/@&-]+\w+)*")

Letter = tuple[int, int]
"""A character of a line, and the line; both from 0. As Textual's offsets are."""


class Selecting:
    """From the line where the selection began to the cursor."""

    def __init__(self, line: int) -> None:
        self.cursor = line
        self._start = line

    def move(self, lines: int, last: int) -> None:
        """Move the cursor; down is positive, `last` is the last line there is."""
        self.cursor = max(0, min(self.cursor + lines, last))

    def begin(self) -> None:
        """Begin the selection anew at the cursor."""
        self._start = self.cursor

    @property
    def extent(self) -> tuple[int, int]:
        """The first and the last line that are chosen."""
        return min(self._start, self.cursor), max(self._start, self.cursor)


def between(lines: Sequence[Line], first: Letter, behind: Letter) -> str:
    """The text from one letter to before another, as it was written: unbroken by a width, without margins, rules."""
    picked: list[Line] = []
    for index in range(max(0, first[1]), min(behind[1], len(lines) - 1) + 1):
        line = lines[index]
        text = line.text
        if text and all(Kind.RULE in span.kind for span in line.spans):
            continue
        low = first[0] if index == first[1] else 0
        high = behind[0] if index == behind[1] else len(text)
        # What stands in front only places the text, but for the sign of a list's item; a quote's bar is a margin.
        begin = len(text) if all(Kind.MARK in span.kind for span in line.spans) else line.hang
        mark = text[low : min(begin, high)].replace("▎ ", "").replace("▎", "")
        mark = mark if mark.strip() else ""
        picked.append(Line((Span(mark + text[max(low, begin) : max(begin, high)]),), line.ending, len(mark)))
    if picked:
        picked[-1] = replace(picked[-1], ending="")
    return to_text(picked, wrapped=False)


def word(lines: Sequence[Line], at: Letter) -> tuple[Letter, Letter]:
    """Where the word at a letter begins, and where it has ended; that letter alone if it is none of a word's."""
    character, index = at
    for found in _WORD.finditer(lines[index].text):
        if found.start() <= character < found.end():
            return (found.start(), index), (found.end(), index)
    return at, (character + 1, index)


def paragraph(lines: Sequence[Line], at: Letter) -> tuple[Letter, Letter]:
    """Where the text begins that is broken only by the width, and where it has ended."""
    first = last = at[1]
    while first and lines[first - 1].soft:
        first -= 1
    while last < len(lines) - 1 and lines[last].soft:
        last += 1
    return (0, first), (len(lines[last].text), last)
