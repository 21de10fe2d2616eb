"""A cover as a pane draws it: cells for `render_line`, and around them what only some terminals need.

| how | once, before | in each frame | after each frame |
|---|---|---|---|
| half blocks | | `▀` in two colours | |
| kitty | the picture | placeholders | |
| sixel | | blanks | the rows that the frame has painted |
"""

from __future__ import annotations

import secrets
import struct
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from cryptonews_tui.pictures import (
    CELL,
    KittyPicture,
    Pixels,
    Rgb,
    SixelPicture,
    decode,
    kitty,
    pixels_wanted,
    sixel,
)
from cryptonews_tui.typesetting import Line


@dataclass(frozen=True, slots=True)
class CoverLine(Line):
    """A row of the cover among the lines of an article."""

    row: int = 0


@dataclass(frozen=True, slots=True)
class CoverRows:
    """The cover as the body of a block: so many rows, whatever the width."""

    count: int

    def lines(self, width: int) -> list[Line]:
        return [CoverLine(row=row) for row in range(self.count)]


class Cover:
    """A picture of so many cells, ready to be drawn."""

    def __init__(self, picture: Pixels | KittyPicture | SixelPicture) -> None:
        self._picture = picture
        self.width = picture.width
        self.height = len(picture.rows)
        # Some thousand styles take 10 ms, which are spent in the thread.
        self._blocks = (
            [list(_half_blocks(row)) for row in picture.rows] if isinstance(picture, Pixels) else []
        )

    @property
    def before(self) -> str:
        """What the terminal must have been sent before the first frame with the cover; empty but for kitty."""
        return "".join(self._picture.transmit) if isinstance(self._picture, KittyPicture) else ""

    @property
    def after(self) -> str:
        """What the terminal is sent when the cover is shown no more; empty but for kitty."""
        return self._picture.delete if isinstance(self._picture, KittyPicture) else ""

    def cells(self, row: int, style: Style) -> list[Segment]:
        """One row of the cover, `width` cells; `style` is that of an empty cell."""
        picture = self._picture
        if isinstance(picture, Pixels):
            return self._blocks[row]
        if isinstance(picture, KittyPicture):
            return [Segment(picture.rows[row], style + Style(color=Color.from_rgb(*picture.colour)))]
        return [Segment(" " * self.width, style)]

    def over(self, places: Iterable[tuple[int, int, int]], lines: int) -> str:
        """What to write after a frame, for rows of the cover at (row, x, y) of the screen; empty but for sixel.

        The last of the screen's `lines` stays empty: a terminal moves everything up after a picture there.
        """
        picture = self._picture
        if not isinstance(picture, SixelPicture):
            return ""
        rows = "".join(f"\x1b[{y + 1};{x + 1}H{picture.rows[row]}" for row, x, y in places if y < lines - 1)
        return rows and f"\x1b7{rows}\x1b8"


def prepare(
    data: bytes, how: str, columns: int, rows: int, cell: tuple[int, int], background: Rgb = (0, 0, 0)
) -> Cover:
    """The cover for at most so many cells, drawn as the setting `pictures` says. Takes a while: for a thread.

    Raises `PictureError`.
    """
    if how == "kitty":
        number = 1 + secrets.randbelow(0xFFFFFF)  # other programs have pictures in the same terminal
        return Cover(kitty(data, columns, rows, number, cell=cell, background=background))
    if how == "sixel":
        return Cover(sixel(data, columns, rows, cell=cell, background=background))
    return Cover(decode(data, columns, rows, background=background))


def wanted(how: str, columns: int, rows: int, cell: tuple[int, int]) -> tuple[int, int]:
    """Width and height in pixels of a picture that is to be drawn so."""
    return pixels_wanted(columns, rows, None if how == "blocks" else cell)


def cell_size(terminal: int) -> tuple[int, int]:
    """Width and height of a cell in pixels, as the system knows them of this terminal; it is not asked itself."""
    if sys.platform == "win32":
        return CELL
    import fcntl
    import termios

    try:
        rows, columns, width, height = struct.unpack(
            "4H", fcntl.ioctl(terminal, termios.TIOCGWINSZ, bytes(8))
        )
    except OSError:
        return CELL
    cell = (width // columns, height // rows) if rows and columns else (0, 0)
    return cell if 2 <= cell[0] <= 100 and 4 <= cell[1] <= 200 else CELL


def _half_blocks(row: Iterable[tuple[Rgb, Rgb]]) -> Iterator[Segment]:
    """Equal neighbours in one segment: each costs up to 40 bytes."""
    for (upper, lower), same in groupby(row):
        style = Style(color=Color.from_rgb(*upper), bgcolor=Color.from_rgb(*lower))
        yield Segment("▀" * len(list(same)), style)
