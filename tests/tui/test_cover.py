"""A cover as a pane draws it, in half blocks and in the two protocols."""

from __future__ import annotations

import fcntl
import os
import re
import struct
import termios

import pytest
from rich.style import Style

from cryptonews_tui.pictures import CELL, PictureError, kitty, sixel
from cryptonews_tui.settings import PICTURES
from cryptonews_tui.tui.cover import Cover, cell_size, prepare, wanted
from tests.painting import BLUE, GOLD, GREEN, RED, packed, quarters

DATA = packed(quarters())
PLAIN = Style(color="white", bgcolor="#101010")


@pytest.mark.parametrize("how", PICTURES)
def test_every_row_has_the_same_width_however_it_is_drawn(how: str) -> None:
    cover = prepare(DATA, how, 24, 20, (9, 18))
    assert (cover.width, cover.height) == (24, 8)
    for row in range(cover.height):
        assert sum(segment.cell_length for segment in cover.cells(row, PLAIN)) == 24


@pytest.mark.parametrize("how", PICTURES)
def test_what_cannot_be_shown_is_said(how: str) -> None:
    with pytest.raises(PictureError, match=r"This is no JPEG"):
        prepare(b"<html>", how, 24, 20, CELL)


def test_half_blocks_have_two_colours_and_need_nothing_else() -> None:
    cover = prepare(packed(quarters(2, 2)), "blocks", 24, 20, CELL)
    left, right = cover.cells(0, PLAIN)
    assert left.text == right.text == "▀"
    for segment, colours in ((left, (RED, BLUE)), (right, (GREEN, GOLD))):
        assert segment.style is not None
        shown = segment.style.color, segment.style.bgcolor
        assert [colour and tuple(colour.get_truecolor()) for colour in shown] == [*colours]
    assert (cover.before, cover.after, cover.over([(0, 0, 0)], 24)) == ("", "", "")


def test_equal_half_blocks_are_one_segment() -> None:
    cover = prepare(packed(quarters(24, 8)), "blocks", 24, 20, CELL)
    assert [segment.text for segment in cover.cells(0, PLAIN)] == ["▀" * 12] * 2


def test_kitty_is_sent_the_picture_before_and_placeholders_in_the_frame() -> None:
    picture = kitty(DATA, 24, 20, 0x010203)
    cover = Cover(picture)
    (segment,) = cover.cells(3, PLAIN)
    assert segment.text == picture.rows[3]
    assert segment.style is not None
    assert segment.style.render("x").startswith("\x1b[38;2;1;2;3;48;2;16;16;16m")
    assert cover.before == "".join(picture.transmit)
    assert cover.after == picture.delete
    assert cover.over([(0, 0, 0)], 24) == ""


def test_each_cover_has_a_number_of_its_own_in_the_terminal() -> None:
    numbers = {re.findall(r"i=(\d+)", prepare(DATA, "kitty", 4, 4, CELL).before)[0] for _ in range(5)}
    assert len(numbers) == 5
    assert all(0 < int(number) < 1 << 24 for number in numbers)


def test_sixels_are_written_over_blanks_and_the_cursor_comes_back() -> None:
    picture = sixel(DATA, 24, 20)
    cover = Cover(picture)
    assert [segment.text for segment in cover.cells(2, PLAIN)] == [" " * 24]
    assert (cover.before, cover.after) == ("", "")
    assert cover.over([(2, 10, 0), (3, 10, 1)], 24) == (
        f"\x1b7\x1b[1;11H{picture.rows[2]}\x1b[2;11H{picture.rows[3]}\x1b8"
    )
    assert cover.over([], 24) == ""


def test_no_sixel_stands_in_the_last_line_where_it_would_move_the_screen() -> None:
    cover = prepare(DATA, "sixel", 24, 20, CELL)
    places = [(row, 0, 21 + row) for row in range(3)]
    assert cover.over(places, 24) == cover.over(places[:2], 24)
    assert cover.over([(0, 0, 23)], 24) == ""


def test_the_size_of_the_picture_is_that_of_its_cells() -> None:
    assert wanted("blocks", 80, 24, (9, 18)) == (80, 48)
    assert wanted("kitty", 80, 24, (9, 18)) == wanted("sixel", 80, 24, (9, 18)) == (720, 432)


@pytest.mark.parametrize(
    ("window", "cell"),
    [
        ((24, 80, 720, 432), (9, 18)),
        ((24, 80, 725, 440), (9, 18)),
        ((24, 80, 0, 0), CELL),
        ((0, 0, 720, 432), CELL),
        ((24, 80, 80, 24), CELL),
        ((1, 1, 65535, 65535), CELL),
    ],
)
def test_the_system_knows_how_large_a_cell_is_or_we_assume_it(
    window: tuple[int, int, int, int], cell: tuple[int, int]
) -> None:
    ours, terminals = os.openpty()
    try:
        fcntl.ioctl(terminals, termios.TIOCSWINSZ, struct.pack("4H", *window))
        assert cell_size(terminals) == cell
    finally:
        os.close(ours)
        os.close(terminals)


def test_without_a_terminal_a_size_is_assumed() -> None:
    with open(os.devnull, "rb") as nothing:
        assert cell_size(nothing.fileno()) == CELL
