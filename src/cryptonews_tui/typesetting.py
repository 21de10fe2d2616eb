"""Blocks of text → lines of styled spans that fit a width in terminal cells. Pure; knows no widget and no Markdown."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Flag, auto
from functools import lru_cache
from typing import Protocol

from rich.cells import cell_len, split_graphemes

from cryptonews_tui.safety import clean
from cryptonews_tui.wording import NARROW as _NARROW


class Kind(Flag):
    """What a span is. Kinds combine: a link in a heading is `HEADING | LINK`."""

    TEXT = 0
    STRONG = auto()
    EMPHASIS = auto()
    STRIKE = auto()
    CODE = auto()
    LINK = auto()
    HEADING = auto()
    TABLE_HEAD = auto()
    MARK = auto()
    RULE = auto()
    TITLE = auto()
    LEAD = auto()
    DIM = auto()
    TAG = auto()
    POSITIVE = auto()
    NEGATIVE = auto()
    NOTICE = auto()
    KEYWORD = auto()
    STRING = auto()
    NUMBER = auto()
    COMMENT = auto()
    NAME = auto()


@dataclass(frozen=True, slots=True)
class Span:
    """Text of one look; `link` is a URL that a browser may be sent to."""

    text: str
    kind: Kind = Kind.TEXT
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the screen.

    `ending` is what stands between this line and the next in the text itself: a newline, the space at which
    it was wrapped, or nothing when a word was cut. `hang` counts the leading characters that only indent.
    A `wide` line may be longer than the width that was asked for: it belongs to a table that is.
    """

    spans: tuple[Span, ...] = ()
    ending: str = "\n"
    hang: int = 0
    wide: bool = False

    @property
    def text(self) -> str:
        return _text(self.spans)

    @property
    def soft(self) -> bool:
        """Whether the text goes on in the next line: a copy does not break here."""
        return self.ending != "\n"


Run = tuple[Span, ...]
Cell = tuple[Run, ...]
"""What stands in one cell of a table; each run ends in a line break."""


class Body(Protocol):
    """What a block holds, without its place among quotes and lists."""

    def lines(self, width: int) -> list[Line]:
        """The lines at this width in cells, at least one."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; each run ends in a hard line break."""

    runs: tuple[Run, ...]

    def lines(self, width: int) -> list[Line]:
        return [line for run in self.runs for line in wrap(run, width)]


@dataclass(frozen=True, slots=True)
class Heading(Paragraph):
    """A heading; the two upper levels get a thin rule below."""

    level: int = 2

    def lines(self, width: int) -> list[Line]:
        lines = Paragraph.lines(self, width)
        if self.level <= 2:
            longest = max(cell_len(line.text) for line in lines)
            lines.append(Line((Span("─" * min(longest, width), Kind.RULE),)))
        return lines


@dataclass(frozen=True, slots=True)
class Flow:
    """Short items side by side; a line breaks between items rather than inside one."""

    items: tuple[Run, ...]
    gap: Span = Span("  ")

    def lines(self, width: int) -> list[Line]:
        lines: list[Line] = []
        row: list[Span] = []
        used = 0
        gap = cell_len(self.gap.text)
        for item in self.items:
            size = sum(cell_len(span.text) for span in item)
            if row and used + gap + size <= width:
                row += [self.gap, *item]
                used += gap + size
                continue
            if row:
                lines.append(Line(tuple(row)))
            *whole, last = wrap(item, width)
            lines += whole
            row, used = list(last.spans), cell_len(last.text)
        return [*lines, Line(tuple(row))]


@dataclass(frozen=True, slots=True)
class Code:
    """Text shown as it was typed, coloured by its language; what is too long goes on in the next row."""

    text: str
    language: str = ""

    def lines(self, width: int) -> list[Line]:
        margin = Span("  " if width >= 2 * _READABLE else "")
        hang = len(margin.text)
        lines: list[Line] = []
        for typed in _highlighted(self.text, self.language):
            for parts, ending in _sliced(typed, _chops(_text(typed), width - hang)):
                lines.append(Line((margin, *parts), ending, hang) if parts else Line())
        return lines


@dataclass(frozen=True, slots=True)
class Rule:
    """A thematic break."""

    def lines(self, width: int) -> list[Line]:
        return [Line((Span("─" * width, Kind.RULE),))]


@dataclass(frozen=True, slots=True)
class Table:
    """Cells in columns. Where they cannot fit: wide lines if the reader can `pan`, else one record a row."""

    head: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    alignments: tuple[str, ...]
    pan: bool = True

    def lines(self, width: int) -> list[Line]:
        if widths := self._widths(width):
            return self._columns(widths)
        if self.pan and len(self.head) <= _COLUMNS:
            lines = self._columns(self._wide_widths())
            return [replace(line, wide=True) for line in lines]
        return self._records(width)

    def _texts(self) -> list[list[str]]:
        """What stands in each column, line by line."""
        columns = zip(self.head, *self.rows, strict=True)
        return [[_text(run) for cell in column for run in cell] for column in columns]

    def _widths(self, width: int) -> list[int] | None:
        """How wide each column is: natural if all fit, else shared fairly above the longest words."""
        room = width - _COLUMN_GAP * (len(self.head) - 1)
        if len(self.head) > room:
            return None
        texts = self._texts()
        natural = [max(1, *map(cell_len, column)) for column in texts]
        if sum(natural) <= room:
            return natural
        words = [max(cell_len(word) for text in column for word in text.split(" ")) for column in texts]
        widths = [min(most, max(4, min(word, _READABLE))) for most, word in zip(natural, words, strict=True)]
        spare = room - sum(widths)
        if spare < 0:
            return None
        wants = [most - least for most, least in zip(natural, widths, strict=True)]
        modest_first = sorted(range(len(wants)), key=wants.__getitem__)
        for rank, column in enumerate(modest_first):
            share = min(wants[column], spare // (len(wants) - rank))
            widths[column] += share
            spare -= share
        return widths

    def _wide_widths(self) -> list[int]:
        """Natural widths, none too wide to read and all of them within `_WIDEST`."""
        most = min(_WIDE_COLUMN, _WIDEST // len(self.head) - _COLUMN_GAP)
        return [min(most, max(1, *map(cell_len, column))) for column in self._texts()]

    def _columns(self, widths: list[int]) -> list[Line]:
        rows = [self._row(row, widths) for row in self.rows]
        rule = (" " * _COLUMN_GAP).join("─" * width for width in widths)
        head = tuple(tuple(marked(run, Kind.TABLE_HEAD) for run in cell) for cell in self.head)
        lines = [*self._row(head, widths), Line((Span(rule, Kind.RULE),))]
        between = [Line()] if any(len(row) > 1 for row in rows) else []
        for index, row in enumerate(rows):
            lines += [*(between if index else ()), *row]
        return lines

    def _row(self, cells: tuple[Cell, ...], widths: list[int]) -> list[Line]:
        columns = [
            [line for run in cell for line in wrap(run, width)]
            for cell, width in zip(cells, widths, strict=True)
        ]
        lines = []
        for level in range(max(map(len, columns))):
            spans: list[Span] = []
            owed = 0  # blanks that stand before the next text: none are left at the end of a line
            for column, width, alignment in zip(columns, widths, self.alignments, strict=True):
                cell = column[level].spans if level < len(column) else ()
                spare = max(0, width - sum(cell_len(span.text) for span in cell))
                left = {"right": spare, "center": spare // 2}.get(alignment, 0)
                if cell:
                    if owed + left:
                        spans.append(Span(" " * (owed + left)))
                    spans += cell
                    owed = 0
                    left = spare - left
                else:
                    left = width
                owed += left + _COLUMN_GAP
            lines.append(Line(tuple(spans)))
        return lines

    def _records(self, width: int) -> list[Line]:
        lines: list[Line] = []
        for row in self.rows or (self.head,):
            if lines:
                lines.append(Line())
            for head, cell in zip(self.head, row, strict=True):
                if any(cell):
                    label = marked((*_joined(head), Span(": ")), Kind.TABLE_HEAD) if self.rows else ()
                    lines += wrap((*label, *_joined(cell)), width)
        return lines or [Line()]


@dataclass(frozen=True, slots=True)
class Container:
    """A quote or a list item around a block: what stands before its first line and before the others."""

    first: str
    rest: str

    @property
    def quote(self) -> bool:
        return self.first == self.rest


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, table … in its place; `space` counts the blank lines before it.

    The marks of `containers` from `fresh` on have not been shown by an earlier block.
    """

    body: Body
    containers: tuple[Container, ...] = ()
    fresh: int = 0
    space: int = 1

    def lines(self, width: int) -> list[Line]:
        """The block at this width (in cells, at least 1), with the blank lines before it."""
        skipped = self._skipped(width)
        shown = self.containers[skipped:]
        fresh = self.fresh - skipped
        first = "".join(c.first if c.quote or index >= fresh else c.rest for index, c in enumerate(shown))
        rest = "".join(c.rest for c in shown)
        blank = "".join(c.rest for c in shown[: max(0, fresh)]).rstrip()
        lines = [Line((Span(blank, Kind.MARK),) if blank else ())] * self.space
        mark = first
        for line in self.body.lines(width - len(rest)):
            if mark:
                line = replace(line, spans=(Span(mark, Kind.MARK), *line.spans), hang=len(mark) + line.hang)
            lines.append(line)
            mark = rest
        return lines

    def _skipped(self, width: int) -> int:
        """How many outer containers are not drawn, so that the text keeps a readable width."""
        room = max(width - _READABLE, width // 2)
        skipped = max(0, len(self.containers) - _LEVELS)
        while sum(len(c.rest) for c in self.containers[skipped:]) > room:
            skipped += 1
        return skipped


def to_text(lines: Iterable[Line], *, wrapped: bool = True) -> str:
    """Plain text: as it stands on the screen, or with the soft line breaks taken back."""
    parts: list[str] = []
    going_on = False
    for line in lines:
        text = line.text
        if wrapped:
            parts += [text.rstrip(), "\n"]
        else:
            parts += [text[line.hang :] if going_on else text, line.ending]
            going_on = line.soft
    return "".join(parts)


_LEVELS = 8
_READABLE = 20
_COLUMN_GAP = 2
_WIDE_COLUMN = 40
_WIDEST = 2_000
_COLUMNS = _WIDEST // (4 + _COLUMN_GAP)


# --- text and its width

_WHITE = str.maketrans("\t\n", "  ")
_CLOSING = frozenset("、。，．！？：；・ー」』）】〉》〕｝…%.,!?:;)]}»”’")
_OPENING = frozenset("「『（【〈《〔｛([{«“‘")


def literal(text: str) -> str:
    """One line of text as a terminal may have it, every blank in its place."""
    return clean(text).translate(_WHITE)


def verbatim(text: str) -> str:
    lines = clean(text).rstrip("\n").split("\n")
    return "\n".join(literal(line.expandtabs(4)).rstrip() for line in lines)


def wrap(run: Sequence[Span], width: int) -> list[Line]:
    """Spans broken into lines of at most `width` cells: at spaces, between wide characters, at last anywhere.

    Only a single character wider than `width` is left to stick out. A run without text is one empty line.
    """
    text = _text(run)
    cut = _narrow_cuts if _NARROW.fullmatch(text) else _wide_cuts
    return [Line(parts, ending) for parts, ending in _sliced(run, cut(text, max(1, width)))]


Cut = tuple[int, int, str]
"""Where a line begins and ends in a text, and what stands between it and the next."""


def _sliced(run: Sequence[Span], cuts: Iterable[Cut]) -> Iterator[tuple[Run, str]]:
    """The spans between each two cuts."""
    index = begin = 0  # the span `index` starts at `begin` in the text
    for start, end, ending in cuts:
        parts: list[Span] = []
        while index < len(run):
            span = run[index]
            stop = begin + len(span.text)
            if begin < end and stop > start:
                part = span.text[max(0, start - begin) : end - begin]
                parts.append(span if len(part) == len(span.text) else Span(part, span.kind, span.link))
            if stop > end:
                break
            begin = stop
            index += 1
        yield tuple(parts), ending


def _narrow_cuts(text: str, width: int) -> Iterator[Cut]:
    at = len(text) - len(text.lstrip(" "))
    size = len(text.rstrip(" "))
    while size - at > width:
        space = text.rfind(" ", at, at + width + 1)
        if space < 0:
            yield at, at + width, ""
            at += width
        else:
            end = space
            while text[end - 1] == " ":
                end -= 1
            yield at, end, " "
            at = space + 1
            while text[at] == " ":
                at += 1
    yield at, max(at, size), "\n"


def _wide_cuts(text: str, width: int) -> Iterator[Cut]:
    size = len(text.rstrip(" "))
    clusters = split_graphemes(text[:size])[0]
    # Only a blank alone is one: what is joined to the next letter must not be lost with it.
    blank = [text[low:high] == " " for low, high, _ in clusters]
    index = best = start = next((index for index, is_blank in enumerate(blank) if not is_blank), 0)
    used = 0
    while index < len(clusters):
        low, _, cells = clusters[index]
        if index > start:
            before = clusters[index - 1]
            wide = cells > 1 or before[2] > 1
            if blank[index] or (wide and text[low] not in _CLOSING and text[before[0]] not in _OPENING):
                best = index
        if used + cells > width and index > start:
            cut = best if best > start else index
            end = cut
            while end > start and blank[end - 1]:
                end -= 1
            after = cut
            while after < len(clusters) and blank[after]:
                after += 1
            yield clusters[start][0], clusters[end - 1][1], " " if after > end else ""
            start = index = best = after
            used = 0
            continue
        used += cells
        index += 1
    yield clusters[start][0] if start < len(clusters) else size, size, "\n"


def _chops(text: str, width: int) -> Iterator[Cut]:
    """Pieces of at most `width` cells, every character kept."""
    width = max(1, width)
    size = len(text)
    if _NARROW.fullmatch(text):
        for at in range(0, size, width):
            yield at, min(at + width, size), "" if at + width < size else "\n"
        if not size:
            yield 0, 0, "\n"
        return
    start = used = 0
    for low, _, cells in split_graphemes(text)[0]:
        if used + cells > width and used:
            yield start, low, ""
            start, used = low, 0
        used += cells
    yield start, size, "\n"


@lru_cache(maxsize=32)
def _highlighted(text: str, language: str) -> list[Run]:
    """The lines of a program, each word by what it is in its language."""
    lines = text.split("\n")
    if not language:
        return [(Span(line, Kind.CODE),) if line else () for line in lines]
    from cryptonews_tui.syntax import words  # Pygments is for those who read code

    found: list[Run] = []
    for line, parts in zip(lines, words(text, language), strict=True):
        spans: list[Span] = []
        at = 0
        for end, what in _whole_characters(line, parts):
            spans.append(Span(line[at:end], Kind.CODE | Kind[what] if what else Kind.CODE))
            at = end
        found.append(tuple(spans))
    return found


def _whole_characters(line: str, ends: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The ends of the words of a line, none inside what a terminal shows as one character."""
    if _NARROW.fullmatch(line):
        yield from ends
        return
    starts = [low for low, _, _ in split_graphemes(line)[0]] + [len(line)]
    reached = 0
    for end, what in ends:
        whole = starts[bisect_left(starts, end)]
        if whole > reached:
            yield whole, what
            reached = whole


def _text(run: Iterable[Span]) -> str:
    return "".join([span.text for span in run])


def _joined(cell: Cell) -> Run:
    """A cell without its line breaks."""
    return tuple(span for index, run in enumerate(cell) for span in ((Span(" "), *run) if index else run))


def marked(run: Run, kind: Kind) -> Run:
    return tuple(Span(span.text, span.kind | kind, span.link) for span in run)
