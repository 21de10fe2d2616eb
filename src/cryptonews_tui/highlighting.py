"""Where the words of a query stand in a text, found as the library finds them. Pure.

The library cuts texts into runs of letters and digits, folds case letter by letter, and looks for a word as such
a run (or, where it is bare and has a few letters or a star, as the beginning of one); a phrase is runs in a row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from cryptonews_tui.query import Word
from cryptonews_tui.wording import fit

Ranges = tuple[tuple[int, int], ...]
"""Places in a text as (start, end), in their order, apart from each other."""

# A letter or digit, and the marks that belong to the letter before, as the index's tokenizer knows them.
_LETTER = r"[^\W_]"
_MARKS = "\u0300-\u0304\u0306-\u030c\u030f\u0311\u031b\u0323-\u0328\u032d\u032e\u0330\u0331"
_RUN = re.compile(f"{_LETTER}(?:{_LETTER}|[{_MARKS}])*")
_BEGINS = f"(?<!{_LETTER})(?<![{_MARKS}])"
_ENDS = f"(?!{_LETTER})(?![{_MARKS}])"
_BETWEEN = f"(?:(?!{_LETTER})[^{_MARKS}])+"

# Headings, and what Markdown puts around words: targets of links, pictures, signs before lines, emphasis.
_MARKDOWN = re.compile(
    r"!\[[^\]\n]{0,200}\]\([^)\n]{0,2000}\)|\]\([^)\n]{0,2000}\)|^#{1,6}[ \t].*$"
    r"|^[ \t]*(?:[-*+>]+|\d{1,3}[.)])[ \t]+"
    r"|[*`\[]+|(?<!\w)_+|_+(?!\w)",
    re.M,
)
_SEARCHED = 60_000
"""Characters of a text in which a snippet is looked for."""
_BEFORE = 3
"""The part (one in so many) of a snippet that stands before its match."""


def matches(text: str, words: Sequence[Word]) -> Ranges:
    """Where any of the words stands in the text, whatever their scope."""
    places = [place for place, _ in _places(text, words)]
    united: list[tuple[int, int]] = []
    for start, end in places:
        if united and start <= united[-1][1]:
            united[-1] = (united[-1][0], max(end, united[-1][1]))
        else:
            united.append((start, end))
    return tuple(united)


def snippet(text: str, words: Sequence[Word], width: int) -> tuple[str, Ranges]:
    """The part of a Markdown text where most of the words stand near each other, and their places in it.

    At most `width` cells. If none of the words is there it is the beginning of the text, without places.
    """
    plain = " ".join(_MARKDOWN.sub("", text[:_SEARCHED]).split())
    begin = 0
    if densest := _densest(_places(plain, words), width):
        start, end = densest
        at_most = start - max(0, width - (end - start)) // _BEFORE
        if at_most > 0:
            begin = plain.find(" ", at_most, start) + 1 or start
    shown = fit("…" * (begin > 0) + plain[begin : begin + width + 1], width, pad=False)
    return shown, matches(shown, words)


def _places(text: str, words: Sequence[Word]) -> list[tuple[tuple[int, int], int]]:
    """Each place of each word with the word's number, from left to right."""
    if not words:
        return []
    small = folded(text)
    return sorted(
        (found.span(1), number)
        for number, word in enumerate(words)
        if (sought := _pattern(word))
        for found in sought.finditer(small)
    )


def _densest(places: Sequence[tuple[tuple[int, int], int]], width: int) -> tuple[int, int] | None:
    """From where to where most different words are within the width; the first such part."""
    best: tuple[int, int] | None = None
    most = 0
    for index, ((start, first), number) in enumerate(places):
        here, reach = {number}, first
        for (_, end), other in places[index + 1 : index + 20]:
            if end - start <= width:
                here.add(other)
                reach = max(reach, end)
        if len(here) > most:
            best, most = (start, reach), len(here)
    return best


@lru_cache(256)
def _pattern(word: Word) -> re.Pattern[str] | None:
    runs = _RUN.findall(word.text)
    if not runs:
        return None
    # Looking ahead from the front of each run, because places of a phrase may overlap.
    sought = _BETWEEN.join(map(re.escape, runs)) + (f"[{_MARKS}]*" if word.begins else _ENDS)
    return re.compile(f"{_BEGINS}(?=({sought}))")


def folded(text: str) -> str:
    """The text in small letters, letter by letter: places stay where they are."""
    small = text.lower()
    if len(small) == len(text) and "Σ" not in text:  # a sigma becomes another one at the end of a word
        return small
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)
