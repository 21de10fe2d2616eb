"""What the terminal shows, and the least that makes it show something else. Pure: segments in, characters out.

A frame is compared cell by cell with what was sent before. Only what differs goes out: by the shortest way to
the place, in colours told as differences, blanks to the end of a row as one erasure, and rows that have only moved as
inserted and deleted lines. All of it is understood by terminals of every kind, screen and the Linux console.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import compress
from operator import ne, or_
from typing import NamedTuple

from rich.cells import split_graphemes
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style


class Look(NamedTuple):
    """How a cell looks, in the terminal's own words."""

    attributes: tuple[str, ...] = ()
    foreground: str = ""
    background: str = ""


PLAIN = Look()

Cell = str
"""What stands in a cell; empty: the right half of a wide character, `_UNKNOWN`: nobody knows."""

_UNKNOWN = "\0"
_SURE = "\uffff"
"""Emoji stand behind it."""
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")
_ATTRIBUTES = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "21", "51", "52", "53")
"""In the order of Rich's bits."""
_ON_BLANKS = frozenset(("4", "5", "6", "7", "9", "21", "51", "52", "53"))
"""Attributes that are seen where nothing stands."""
_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "7": "27", "8": "28", "9": "29"}
_LOOKS = 4096
"""So many styles are kept understood: a cover has thousands."""
_GAP = 4
"""Cells that are written again rather than jumped over: a jump is as long."""
_WORTH_MOVING = 24
"""Cells that moving rows must spare: the sequences for it are as long."""
_WORTH_ERASING = 8


@lru_cache(_LOOKS)
def look_of(style: Style, colours: ColorSystem) -> Look:
    """What a style looks like where there are so many colours."""
    bits = style._attributes & style._set_attributes
    attributes = tuple(name for bit, name in enumerate(_ATTRIBUTES) if bits & 1 << bit)
    fore, back = style.color, style.bgcolor
    look = Look(
        attributes,
        "" if fore is None or fore.is_default else ";".join(fore.downgrade(colours).get_ansi_codes()),
        "" if back is None or back.is_default else ";".join(back.downgrade(colours).get_ansi_codes(False)),
    )
    return _same(look)


@lru_cache(_LOOKS)
def _blank(look: Look) -> Look:
    """What a look comes to where nothing stands: two that do not differ there are the same."""
    seen = tuple(name for name in look.attributes if name in _ON_BLANKS)
    return look if seen else _same(Look((), "", look.background))


def _same(look: Look) -> Look:
    """Plain looks are one object."""
    return PLAIN if look == PLAIN else look


@lru_cache(_LOOKS)
def _change(before: Look | None, after: Look) -> str:
    """The shortest sequence from one look to another; `None` is any."""
    if before == after:
        return ""
    whole = [*after.attributes, *filter(None, after[1:])]
    anew = ";".join(["0", *whole] if whole else [])
    if before is None:
        return f"\x1b[{anew}m"
    gone = set(before.attributes) - set(after.attributes)
    parts: list[str] = []
    kept = set(before.attributes)
    if gone:
        if not all(name in _OFF for name in gone):
            return f"\x1b[{anew}m"
        offs = dict.fromkeys(_OFF[name] for name in before.attributes if name in gone)
        kept = {name for name in kept if _OFF.get(name) not in offs}  # one ends bold and dim together
        parts += offs
    parts += (name for name in after.attributes if name not in kept)
    for mine, theirs, none in ((after[1], before[1], "39"), (after[2], before[2], "49")):
        if mine != theirs:
            parts.append(mine or none)
    difference = ";".join(parts)
    return f"\x1b[{min(difference, anew, key=len)}m"


def cells_of(text: str, look: Look) -> tuple[list[Cell], list[Look]]:
    """A text as cells and their looks."""
    if text.isascii() and text.isprintable():
        cells = list(text)
    else:
        cells, text = [], _CONTROLS.sub("", text)
        for start, end, width in split_graphemes(text)[0]:
            if width:
                cells += (text[start:end], *("",) * (width - 1))
            elif cells:
                whole = -2 if cells[-1] == "" else -1
                cells[whole] += text[start:end]
    if " " not in text:
        return cells, [look] * len(cells)
    blank = _blank(look)
    return cells, [blank if cell == " " else look for cell in cells]


class _Pen(NamedTuple):
    """Where the terminal would write next, and how; `None` is unknown."""

    x: int | None
    y: int | None
    look: Look | None


_ANYWHERE = _Pen(None, None, None)


class Grid:
    """Rows of cells and of their looks."""

    def __init__(self, width: int, height: int, cell: Cell) -> None:
        self.cells = [[cell] * width for _ in range(height)]
        self.looks = [[PLAIN] * width for _ in range(height)]


class Frugal:
    """A terminal of `width` × `height`. Tell it what is to be seen, then ask for the `frame` that brings it about.

    Frames may be left out: the next one begins at what was really sent.
    """

    def __init__(self, width: int, height: int, colours: ColorSystem = ColorSystem.TRUECOLOR) -> None:
        self.width, self.height, self.colours = width, height, colours
        self._wanted = Grid(width, height, " ")
        self._shown = Grid(width, height, _UNKNOWN)
        self._touched: set[int] = set()
        self._pen = _ANYWHERE
        self._empty = False

    # -- what others do to the terminal

    def forget_pen(self) -> None:
        """Somebody else wrote: where to and how the next character goes is not known any more."""
        self._pen = _ANYWHERE

    def forget(self) -> None:
        """Somebody else may have painted: whatever is drawn next is sent, the same or not."""
        self._shown = Grid(self.width, self.height, _UNKNOWN)
        self._pen = _ANYWHERE

    def erase(self) -> None:
        """The screen is another one: the next frame clears it and brings all that is wanted."""
        self.forget()
        self._empty = True
        self._touched.update(range(self.height))

    # -- what is to be seen

    def draw(self, x: int, y: int, segments: Iterable[Segment], end: int) -> None:
        """Let these stand at a place, as far as column `end`."""
        if not 0 <= y < self.height:
            return
        cells, looks = self._wanted.cells[y], self._wanted.looks[y]
        end = min(end, self.width)
        for text, style, control in segments:
            if control or not text:
                continue
            look = PLAIN if style is None else look_of(style, self.colours)
            new, their = cells_of(text, look)
            if x < 0 or x + len(new) > end:
                low, high = max(0, -x), max(0, end - x)
                if low < len(new) and not new[low]:
                    new[low] = " "
                if high < len(new) and high and not new[high]:
                    new[high - 1] = " "
                new, their = new[low:high], their[low:high]
                x = max(0, x)
            if not new:
                continue
            after = x + len(new)
            if not cells[x]:
                cells[x - 1] = " "
            if after < self.width and not cells[after]:
                cells[after] = " "
            cells[x:after], looks[x:after] = new, their
            x = after
        self._touched.add(y)

    # -- what has to be sent

    def frame(self, cursor: tuple[int, int] | None = None) -> str:
        """What makes the terminal show it; empty if it does. The cursor is left at `cursor`, where it matters."""
        sent: list[str] = []
        if self._empty:
            self._empty = False
            sent.append(f"{_change(None, PLAIN)}\x1b[H\x1b[2J")
            self._pen = _Pen(0, 0, PLAIN)
            self._shown = Grid(self.width, self.height, " ")
        shown, wanted = self._shown, self._wanted
        changed = sorted(y for y in self._touched if self._differs(y))
        self._touched.clear()
        if len(changed) > 2:
            changed = self._move(changed, sent)
        for y in changed:
            if self._differs(y):
                self._pen = self._row(y, sent)
                shown.cells[y][:] = wanted.cells[y]
                shown.looks[y][:] = wanted.looks[y]
        if cursor is not None and (sent or (self._pen.x, self._pen.y) != cursor):
            x, y = cursor
            sent.append(_way(self._pen, x, y))
            self._pen = _Pen(x, y, self._pen.look)
        return "".join(sent)

    def _differs(self, y: int) -> bool:
        shown, wanted = self._shown, self._wanted
        return wanted.cells[y] != shown.cells[y] or wanted.looks[y] != shown.looks[y]

    def _row(self, y: int, sent: list[str]) -> _Pen:
        """Bring one row about; blanks are written, or erased with all that stands behind them."""
        old, looks = self._shown.cells[y], self._shown.looks[y]
        new, their = self._wanted.cells[y], self._wanted.looks[y]
        places = _places(old, looks, new, their)
        first, trail = places[0], self.width
        while trail and new[trail - 1] == " " and their[trail - 1] is PLAIN:
            trail -= 1
        behind = len(places) - bisect_left(places, trail)
        blanks = sum([new[x] == " " and their[x] is PLAIN for x in places])
        if blanks - behind >= _WORTH_ERASING:
            # What is to stay behind them would have to be written again.
            told = len(places) - blanks
            again = sum([new[x] != " " or their[x] is not PLAIN for x in range(first, trail)]) - told
            if blanks - behind - 2 * again >= _WORTH_ERASING:
                while first and not (new[first] and old[first]):
                    first -= 1
                rest = self.width - first
                sent.append(_erasing(self._pen, first, y))
                old, looks = [*old[:first], *[" "] * rest], [*looks[:first], *[PLAIN] * rest]
                places = _places(old, looks, new, their)
                return _written(y, old, new, their, places, _Pen(first, y, PLAIN), self.width, sent)
        if behind < _WORTH_ERASING:
            return _written(y, old, new, their, places, self._pen, self.width, sent)
        while trail < self.width and not old[trail]:
            trail += 1
        places = places[: bisect_left(places, trail)]
        pen = _written(y, old[:trail], new[:trail], their[:trail], places, self._pen, self.width, sent)
        sent.append(_erasing(pen, trail, y))
        return _Pen(trail, y, PLAIN)

    # -- rows that have moved

    def _move(self, changed: list[int], sent: list[str]) -> list[int]:
        """Insert and delete lines where that spares more than it costs; the rows that still have to be looked at."""
        shown, wanted = self._shown, self._wanted
        places: dict[str, int] = {}
        for y, cells in enumerate(shown.cells):
            text = "".join(cells)
            if text.strip():
                places[text] = -1 if text in places else y
        votes: Counter[int] = Counter()
        met: dict[int, list[int]] = {}
        for y in changed:
            at = places.get("".join(wanted.cells[y]), -1)
            if at >= 0 and at != y:
                votes[at - y] += 1
                met.setdefault(at - y, []).append(y)
        if not votes:
            return changed
        by = votes.most_common(1)[0][0]
        top = min(min(met[by]), min(met[by]) + by)
        bottom = max(max(met[by]), max(met[by]) + by)
        blank, plain = [" "] * self.width, [PLAIN] * self.width
        origins = [y + by if top <= y + by <= bottom else None for y in range(top, bottom + 1)]
        moved = [list(blank if y is None else shown.cells[y]) for y in origins]
        moved_looks = [list(plain if y is None else shown.looks[y]) for y in origins]
        spared = 0
        for index, y in enumerate(range(top, bottom + 1)):
            spared += _unlike(wanted.cells[y], wanted.looks[y], shown.cells[y], shown.looks[y])
            spared -= _unlike(wanted.cells[y], wanted.looks[y], moved[index], moved_looks[index])
        if spared < _WORTH_MOVING:
            return changed
        number = abs(by)
        # What comes in is blank in the colours of the pen, or without: so it must have none.
        sent.append(_change(self._pen.look, PLAIN))
        pen = self._pen._replace(look=PLAIN)
        hole, filled = (top, bottom - number + 1) if by > 0 else (bottom - number + 1, top)
        if by > 0 or bottom < self.height - 1:
            sent.append(f"{_way(pen, pen.x, hole)}\x1b[{_number(number)}M")
            pen = _Pen(None, hole, PLAIN)
        if by < 0 or bottom < self.height - 1:
            sent.append(f"{_way(pen, pen.x, filled)}\x1b[{_number(number)}L")
            pen = _Pen(None, filled, PLAIN)
        self._pen = pen
        shown.cells[top : bottom + 1] = moved
        shown.looks[top : bottom + 1] = moved_looks
        return sorted({*changed, *range(top, bottom + 1)})


def _places(old: list[Cell], looks: list[Look], new: list[Cell], their: list[Look]) -> list[int]:
    """The cells that differ."""
    return list(compress(range(len(new)), map(or_, map(ne, old, new), map(ne, looks, their))))


def _erasing(pen: _Pen, x: int, y: int) -> str:
    """What erases a row from a place on."""
    way = "" if (pen.x, pen.y) == (x, y) else _way(pen, x, y)
    return f"{way}{_change(pen.look, PLAIN)}\x1b[K"


def _unlike(
    cells: Sequence[Cell], looks: Sequence[Look], others: Sequence[Cell], their: Sequence[Look]
) -> int:
    if cells == others and looks == their:
        return 0
    letters, colours = sum(map(ne, cells, others)), sum(map(ne, looks, their))
    return int(letters + colours // 2)


def _is_doubtful(cell: Cell) -> bool:
    """Whether terminals do not agree how wide this is: joined characters, and emoji."""
    return len(cell) > 1 or cell > _SURE


def _has_doubtful(cells: list[Cell], text: str) -> bool:
    return max(text) > _SURE or max(map(len, cells)) > 1


def _written(
    y: int,
    old: list[Cell],
    new: list[Cell],
    their: list[Look],
    places: list[int],
    pen: _Pen,
    width: int,
    out: list[str],
) -> _Pen:
    """Write to `out` what makes one row of another; where that leaves the pen."""
    x, row, look = pen
    for start, end in _runs(old, new, their, places):
        if (x, row) != (start, y):
            out.append(_way(_Pen(x, row, look), start, y))
        x, row = start, y
        text = "".join(new[start:end])
        doubtful = not text.isascii() and (_has_doubtful(new[start:end], text) or "" in new[start:end])
        at = start
        while at < end:
            wanted, stop = their[at], at + 1
            while stop < end and their[stop] is wanted:
                stop += 1
            part = "".join(new[at:stop]) if doubtful else text[at - start : stop - start]
            if wanted is not look and not (look is not None and part.isspace() and _blank(look) == wanted):
                out.append(_change(look, wanted))
                look = wanted
            if doubtful:
                x = _told(new, at, stop, x, out)
            else:
                out.append(part)
            at = stop
        if x is not None:
            # In the last column terminals wait, or stay.
            x = end if end < width else None
    return _Pen(x, row, look)


def _told(cells: list[Cell], start: int, end: int, x: int | None, out: list[str]) -> int | None:
    """Cells one by one: behind what not all terminals take to be as wide, places are told as numbers."""
    for at in range(start, end):
        if cell := cells[at]:
            if x is None:
                out.append(f"\x1b[{_number(at + 1)}G")
            if _is_doubtful(cell):
                if at + 1 < end and not cells[at + 1]:
                    # Where it is narrow, what stood under its right half would stay.
                    out.append(f"  \x1b[{_number(at + 1)}G")
                x = None
            else:
                x = at
            out.append(cell)
    return x


def _runs(
    old: list[Cell], new: list[Cell], their: list[Look], places: list[int]
) -> Iterator[tuple[int, int]]:
    """From where to where a row has to be written."""
    width = len(new)
    if not places:
        return
    text, before = "".join(new), "".join(old)
    if not (text.isascii() and before.isascii()):
        if _has_doubtful(new, text) or _has_doubtful(old, before):
            odd = [x for x in range(width) if _is_doubtful(new[x]) or _is_doubtful(old[x])]
            places = sorted({*places, *range(min(odd[0], places[0]), width)})
        if "" in new or "" in old:
            # Wide characters are written whole, and where one of their halves goes the other goes too.
            wanted = set(places)
            for x in places:
                left = x
                while left and not (new[left] and old[left]):
                    left -= 1
                right = x + 1
                while right < width and not (new[right] and old[right]):
                    right += 1
                wanted.update(range(left, right))
            places = sorted(wanted)
    start = end = places[0]
    for x in places:
        if x > end and not (x - end <= _GAP and _goes_on(new, their, end, x)):
            yield start, end
            start = x
        end = x + 1
    yield start, end


def _goes_on(cells: list[Cell], looks: list[Look], end: int, start: int) -> bool:
    """Whether what lies between two runs is as cheap to write again as to jump over."""
    look = looks[end - 1]
    for x in range(end, start):
        if not (looks[x] == look or (cells[x] == " " and _blank(look) == looks[x])):
            return False
    return len("".join(cells[end:start]).encode()) <= _GAP


def _way(pen: _Pen, x: int | None, y: int) -> str:
    """The shortest way of the cursor to a place; `x` may be None: any column will do."""
    there = f"\x1b[{_number(y + 1)}{f';{x + 1}' if x else ''}H"
    if pen.y is None:
        return there
    ways = [there]
    down = y - pen.y
    rows = "" if not down else f"\x1b[{_number(abs(down))}{'B' if down > 0 else 'A'}"
    if x is None:
        ways.append(rows)
    else:
        if pen.x is not None:
            across = x - pen.x
            if across:
                columns = f"\x1b[{_number(abs(across))}{'C' if across > 0 else 'D'}"
                ways.append(rows + columns)
            else:
                ways.append(rows)
        ways.append(rows + (f"\x1b[{_number(x + 1)}G" if x else "\r"))
        if 0 < down < 3:
            lines = "\r" + "\n" * down
            ways.append(lines + (f"\x1b[{_number(x)}C" if x else ""))
    return min(ways, key=len)


def _number(value: int) -> str:
    return "" if value == 1 else str(value)
