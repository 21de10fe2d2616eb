"""A pane of lines scrolls without a layout, and shows what Textual would have shown."""

from __future__ import annotations

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from cryptonews_tui.tui.lines_pane import LinesPane


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
