"""A pane of lines scrolls without a layout, and shows what Textual would have shown."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from cryptonews_tui.tui.lines_pane import LinesPane, few_pieces


class Rows(LinesPane):
    def render_line(self, y: int) -> Strip:
        text = f"row {self.scroll_offset.y + y}"
        width = self.size.width
        return Strip([Segment(text, self.rich_style + Style(italic=True))]).adjust_cell_length(
            width, self.rich_style
        )


class Listing(App[None]):
    def compose(self) -> ComposeResult:
        yield Rows()


async def test_a_scroll_range_set_without_a_layout_still_scrolls() -> None:
    async with Listing().run_test(size=(30, 10)) as pilot:
        view = pilot.app.query_one(Rows)
        view.set_lines(500)
        assert view.virtual_size == Size(view.size.width, 500)
        assert view.max_scroll_y == 490
        view.scroll_to(y=10_000, animate=False)
        assert view.scroll_offset.y == 490
        await pilot.pause()
        view.set_lines(50)
        assert view.scroll_offset.y == 40
        await pilot.resize_terminal(30, 20)
        assert view.scroll_offset.y == 30


async def test_a_scroll_range_causes_no_layout() -> None:
    async with Listing().run_test(size=(30, 10)) as pilot:
        view = pilot.app.query_one(Rows)
        await pilot.pause()
        view.set_lines(500)
        assert not view._layout_required
        assert not pilot.app.screen._layout_required


@pytest.mark.parametrize("borders", ["", "left", "right", "left right"])
@pytest.mark.parametrize("no_color", [False, True])
async def test_lines_are_those_that_textual_would_paint(
    borders: str, no_color: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    app = Listing()
    async with app.run_test(size=(30, 10)) as pilot:
        view = app.query_one(Rows)
        for side in borders.split():
            setattr(view.styles, f"border_{side}", ("solid", "red"))
        view.set_lines(500)
        await pilot.pause()
        for crop in (Region(0, 0, 30, 10), Region(3, 2, 20, 5), Region(0, 9, 30, 1)):
            for _ in range(2):  # what was kept is right, too
                ours, theirs = view.render_lines(crop), ScrollView.render_lines(view, crop)
                assert [strip.simplify() for strip in ours] == [strip.simplify() for strip in theirs]
        view.styles.background = "blue"
        await pilot.pause()
        crop = Region(0, 0, 30, 10)
        ours, theirs = view.render_lines(crop), ScrollView.render_lines(view, crop)
        assert [strip.simplify() for strip in ours] == [strip.simplify() for strip in theirs]


STYLES = [
    Style.parse(words)
    for words in (
        "red",
        "bold red",
        "blue on white",
        "red on white",
        "underline red",
        "strike blue",
        "reverse red",
        "",
    )
]
PARTS = st.lists(
    st.tuples(st.sampled_from(["", " ", "   ", "fog", " fog", "fog ", "▲ "]), st.sampled_from(STYLES))
)


def looks(parts: Iterable[tuple[str, Style | None]]) -> list[tuple[str, object]]:
    """What the eye sees of each cell: of a blank one neither its colour nor its weight."""
    return [
        (letter, style)
        if letter != " " or (style and (style.underline or style.strike or style.reverse))
        else (letter, style.bgcolor if style else None)
        for text, style in parts
        for letter in text
    ]


@given(PARTS)
def test_few_pieces_look_the_same(parts: list[tuple[str, Style]]) -> None:
    pieces = few_pieces(parts)
    assert looks((text, style) for text, style, _ in pieces) == looks(parts)
    assert len(pieces) <= sum(bool(text) for text, _ in parts)
    assert all(one.style != other.style for one, other in pairwise(pieces))


def test_blanks_need_no_piece_of_their_own() -> None:
    dim, bold = Style.parse("grey50 on black"), Style.parse("bold white on black")
    assert few_pieces([("  ", dim), ("Fog", bold), ("   ", dim)]) == [Segment("  Fog   ", bold)]
