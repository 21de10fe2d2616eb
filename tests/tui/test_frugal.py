"""The least that makes a terminal show something else: a terminal that is sent it shows exactly that."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import pyte
from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

from cryptonews_tui.tui.frugal import PLAIN, Frugal, cells_of, look_of

WIDTH, HEIGHT = 19, 6
TRUE = ColorSystem.TRUECOLOR

Picture = list[list[Segment]]
"""Rows of segments, each row as wide as the terminal."""

# Every attribute beside every other, with and without colours of each kind.
styles = st.sampled_from(
    [
        Style.parse(f"{attributes} {colours}".strip() or "none")
        for attributes in (
            "",
            "bold",
            "dim",
            "bold dim",
            "italic",
            "underline",
            "reverse bold",
            "strike italic",
        )
        for colours in (
            "",
            "red",
            "bright_blue on color(99)",
            "#123456 on red",
            "on #654321",
            "default on default",
        )
    ]
)
# Each as wide for pyte as for Rich, which measures for Textual.
letters = st.sampled_from(["a", "b", " ", "  ", "      ", "─", "●", "ї", "漢", "e\u0301", "😀"])
words = st.lists(letters, min_size=1, max_size=9).map("".join)
pieces = st.tuples(words, styles).map(lambda one: Segment(*one))


def fitted(row: Sequence[Segment]) -> list[Segment]:
    """A row exactly as wide as the terminal."""
    return Segment.adjust_line_length(list(row), WIDTH, Style())


rows = st.lists(pieces, max_size=4).map(fitted)


@st.composite
def pictures(draw: st.DrawFn) -> Picture:
    """A screen, some of whose rows are alike, as they are where there is nothing to read."""
    some = draw(st.lists(rows, min_size=1, max_size=4))
    return draw(st.lists(st.sampled_from(some) | rows, min_size=HEIGHT, max_size=HEIGHT))


@st.composite
def scrolled(draw: st.DrawFn) -> tuple[Picture, Picture]:
    """Two screens of which the second is the first, moved in a part."""
    before = draw(st.lists(rows, min_size=HEIGHT, max_size=HEIGHT))
    top = draw(st.integers(0, HEIGHT - 2))
    bottom = draw(st.integers(top + 1, HEIGHT - 1))
    by = draw(st.integers(-(bottom - top), bottom - top))
    after = [
        before[y + by] if top <= y <= bottom and top <= y + by <= bottom else draw(rows)
        for y in range(HEIGHT)
    ]
    return before, after


class Emulated:
    """A terminal that does not wrap, as the program asks for, and that shows what was sent."""

    def __init__(self) -> None:
        self.screen = pyte.Screen(WIDTH, HEIGHT)
        self.stream = pyte.Stream(self.screen)
        self.stream.feed("\x1b[?7l")

    def cells(self) -> list[tuple[object, ...]]:
        """What a reader sees."""
        return [_seen(self.screen.buffer[y][x]) for y in range(HEIGHT) for x in range(WIDTH)]


def _seen(cell: pyte.screens.Char) -> tuple[object, ...]:
    drawn = (cell.underscore, cell.reverse, cell.strikethrough)
    if cell.data == " " and not any(drawn):
        return " ", cell.bg
    return unicodedata.normalize("NFC", cell.data), cell.fg, cell.bg, cell.bold, cell.italics, *drawn


@lru_cache
def _in(style: Style) -> pyte.screens.Char:
    """A cell that was written in a style and nothing else."""
    look = look_of(style, TRUE)
    screen = pyte.Screen(1, 1)
    pyte.Stream(screen).feed(f"\x1b[{';'.join(['0', *look.attributes, *filter(None, look[1:])])}mx")
    return screen.buffer[0][0]


def plainly(picture: Picture) -> list[tuple[object, ...]]:
    """The screen, each cell as if it were written by itself."""
    return [
        _seen(_in(style or Style())._replace(data=cell))
        for row in picture
        for text, style, _ in row
        for cell in cells_of(text, PLAIN)[0]
    ]


def draw(frames: Frugal, picture: Picture) -> None:
    for y, row in enumerate(picture):
        frames.draw(0, y, row, WIDTH)


def shown(frames: Frugal, emulated: Emulated) -> list[tuple[object, ...]]:
    emulated.stream.feed(frames.frame())
    return emulated.cells()


@given(st.lists(pictures(), min_size=1, max_size=3))
def test_a_terminal_shows_what_was_drawn_last(those: list[Picture]) -> None:
    frames, emulated = Frugal(WIDTH, HEIGHT), Emulated()
    frames.erase()
    for picture in those:
        draw(frames, picture)
        assert shown(frames, emulated) == plainly(picture)
        assert frames.frame() == ""


@given(scrolled())
def test_rows_that_have_moved_are_where_they_moved_to(both: tuple[Picture, Picture]) -> None:
    frames, emulated = Frugal(WIDTH, HEIGHT), Emulated()
    frames.erase()
    for picture in both:
        draw(frames, picture)
        assert shown(frames, emulated) == plainly(picture)


@given(pictures(), pictures(), st.text("ab漢", max_size=9), st.integers(0, 200), st.booleans())
def test_what_others_have_written_is_painted_over(
    first: Picture, second: Picture, text: str, place: int, cleared: bool
) -> None:
    frames, emulated = Frugal(WIDTH, HEIGHT), Emulated()
    frames.erase()
    draw(frames, first)
    shown(frames, emulated)
    emulated.stream.feed(f"\x1b[{place // WIDTH + 1};{place % WIDTH + 1}H\x1b[1;33;44m{text}")
    if cleared:
        frames.erase()  # the whole screen comes by itself
        assert shown(frames, emulated) == plainly(first)
    else:
        frames.forget()
    draw(frames, second)
    assert shown(frames, emulated) == plainly(second)


@given(pictures(), pictures(), st.integers(1, HEIGHT), st.integers(1, WIDTH), st.sampled_from("mH"))
def test_it_does_not_matter_where_others_have_left_the_cursor(
    first: Picture, second: Picture, y: int, x: int, end: str
) -> None:
    frames, emulated = Frugal(WIDTH, HEIGHT), Emulated()
    frames.erase()
    draw(frames, first)
    shown(frames, emulated)
    emulated.stream.feed(f"\x1b[{y};{x}H" if end == "H" else "\x1b[7;31;45m")
    frames.forget_pen()
    draw(frames, second)
    assert shown(frames, emulated) == plainly(second)


@given(st.lists(pictures(), min_size=3, max_size=3))
def test_frames_that_were_left_out_are_not_missed(those: list[Picture]) -> None:
    frames, emulated = Frugal(WIDTH, HEIGHT), Emulated()
    frames.erase()
    draw(frames, those[0])
    shown(frames, emulated)
    for picture in those[1:]:
        draw(frames, picture)
    assert shown(frames, emulated) == plainly(those[-1])


@given(pictures(), rows, st.integers(-3, WIDTH), st.integers(-1, HEIGHT), st.integers(0, WIDTH))
def test_a_piece_is_drawn_where_it_belongs(
    picture: Picture, piece: list[Segment], x: int, y: int, end: int
) -> None:
    frames, whole = Frugal(WIDTH, HEIGHT), Frugal(WIDTH, HEIGHT)
    emulated, other = Emulated(), Emulated()
    for one, screen in ((frames, emulated), (whole, other)):
        one.erase()
        draw(one, picture)
        shown(one, screen)
        one.draw(x, y, piece, end)
    whole.erase()
    assert shown(frames, emulated) == shown(whole, other)


@given(pictures(), st.tuples(st.integers(0, WIDTH - 1), st.integers(0, HEIGHT - 1)))
def test_the_cursor_is_left_where_it_is_wanted(picture: Picture, place: tuple[int, int]) -> None:
    frames, emulated = Frugal(WIDTH, HEIGHT), Emulated()
    frames.erase()
    draw(frames, picture)
    emulated.stream.feed(frames.frame(place))
    assert (emulated.screen.cursor.x, emulated.screen.cursor.y) == place
    assert frames.frame(place) == ""


@given(pictures(), pictures())
def test_a_frame_is_never_longer_than_its_cells_told_one_by_one(first: Picture, second: Picture) -> None:
    frames = Frugal(WIDTH, HEIGHT)
    frames.erase()
    draw(frames, first)
    frames.frame()
    draw(frames, second)
    assert len(frames.frame().encode()) <= WIDTH * HEIGHT * 60


def test_control_characters_never_get_through() -> None:
    frames = Frugal(WIDTH, 1)
    frames.draw(0, 0, [Segment("a\x1b]0;b\x07\x9bc\nd", Style())], WIDTH)
    assert "a]0;bcd" in frames.frame()


def test_few_colours_are_all_that_is_sent() -> None:
    frames = Frugal(WIDTH, 1, ColorSystem.EIGHT_BIT)
    frames.draw(
        0, 0, [Segment("red", Style(color="#ff0000")), Segment("sea", Style(bgcolor="#008080"))], WIDTH
    )
    sent = frames.frame()
    assert ";2;" not in sent
    assert "38;5;9m" in sent or "38;5;196m" in sent


def test_a_letter_costs_a_letter() -> None:
    frames = Frugal(WIDTH, HEIGHT)
    frames.erase()
    frames.draw(0, 4, [Segment("what is typed", Style(color="red"))], WIDTH)
    frames.frame()
    frames.draw(0, 4, [Segment("what is typed!", Style(color="red"))], WIDTH)
    assert frames.frame() == "!"


def test_a_row_that_becomes_blank_is_erased() -> None:
    frames = Frugal(WIDTH, HEIGHT)
    frames.erase()
    frames.draw(0, 0, [Segment("x" * WIDTH)], WIDTH)
    frames.frame()
    frames.draw(0, 0, [Segment(" " * WIDTH)], WIDTH)
    assert frames.frame() == "\r\x1b[K"


def test_a_text_that_moves_by_a_line_costs_the_line() -> None:
    frames = Frugal(WIDTH, HEIGHT)
    frames.erase()
    text = ("the", "fog", "had", "gone", "and", "all", "boats", "lay")
    for y in range(HEIGHT):
        frames.draw(0, y, [Segment((text[y] * WIDTH)[:WIDTH])], WIDTH)
    frames.frame()
    for y in range(HEIGHT):
        frames.draw(0, y, [Segment((text[y + 1] * WIDTH)[:WIDTH])], WIDTH)
    assert len(frames.frame()) < 40


def test_blanks_look_alike_in_all_colours_of_ink() -> None:
    assert cells_of("a b", look_of(Style(color="red", bold=True), TRUE))[1][1] == PLAIN


hearts = st.sampled_from(["a", "b", " ", "   ", "漢", "❤\ufe0f", "✈\ufe0f", "e\u0301"])
rows_with_hearts = (
    st.lists(st.tuples(st.lists(hearts, min_size=1, max_size=9).map("".join), styles), max_size=3)
    .map(lambda pieces: [Segment(*piece) for piece in pieces])
    .map(fitted)
)
pictures_with_hearts = st.lists(rows_with_hearts, min_size=HEIGHT, max_size=HEIGHT)


@given(st.lists(pictures_with_hearts, min_size=2, max_size=4))
def test_nothing_stays_behind_emoji_that_a_terminal_takes_for_narrow(those: list[Picture]) -> None:
    terminal, afresh = Emulated(), Emulated()
    frugal, other = Frugal(WIDTH, HEIGHT), Frugal(WIDTH, HEIGHT)
    for picture in those:
        draw(frugal, picture)
        terminal.stream.feed(frugal.frame())
    draw(other, those[-1])
    other.erase()
    afresh.stream.feed(other.frame())
    assert terminal.cells() == afresh.cells()
