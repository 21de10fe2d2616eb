"""Colours: which theme a terminal gets, and that colour is never the only sign."""

import pytest
from rich.style import Style

from cryptonews_tui.tui.filters_pane import FiltersPane
from cryptonews_tui.tui.theme import OURS, suitable
from tests.tui.desk import Desk


@pytest.mark.parametrize(
    ("environment", "theme"),
    [
        ({"TERM": "xterm-256color"}, "cryptonews-dark"),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, "cryptonews-dark"),
        ({"TERM": "xterm-256color", "COLORFGBG": "0;15"}, "cryptonews-light"),
        ({"TERM": "xterm-256color", "COLORFGBG": "15;0"}, "cryptonews-dark"),
        ({"TERM": "xterm-16color"}, "ansi-dark"),
        ({"TERM": "linux", "COLORFGBG": "0;15"}, "ansi-light"),
        ({}, "ansi-dark"),
    ],
)
def test_a_terminal_gets_the_colours_that_suit_it(environment: dict[str, str], theme: str) -> None:
    assert suitable(environment) == theme


async def test_the_theme_comes_from_the_settings(desk: Desk) -> None:
    desk.write("1")
    async with desk.open(theme="cryptonews-light") as reader:
        assert reader.app.theme == "cryptonews-light"


async def test_an_unknown_theme_is_named_and_a_suitable_one_taken(desk: Desk) -> None:
    desk.write("1")
    async with desk.open(theme="plaid") as reader:
        assert "there is no theme “plaid”" in reader.said
        assert reader.app.theme in {theme.name for theme in OURS} | {"ansi-dark", "ansi-light"}


async def test_f9_lists_the_themes_and_takes_one(desk: Desk) -> None:
    desk.write("1")
    async with desk.open() as reader:
        await reader.pilot.press("f9")
        await reader.see("cryptonews-light")
        await reader.pilot.press(*"cryptonews-light")
        await reader.pilot.pause(0.3)
        await reader.pilot.press("enter")
        await reader.until(lambda: reader.app.theme == "cryptonews-light")


def contrast(style: Style) -> float:
    """The contrast of WCAG 2: 1 for none, 21 for black on white."""
    assert style.color is not None
    assert style.bgcolor is not None

    def luminance(colour: tuple[int, int, int]) -> float:
        parts = [c / 255 for c in colour]
        r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    light, dark = sorted(
        (luminance(tuple(c.get_truecolor())) for c in (style.color, style.bgcolor)), reverse=True
    )
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [theme.name for theme in OURS])
async def test_every_word_stands_out_from_its_ground(desk: Desk, theme: str) -> None:
    for hours, mood in enumerate(("POSITIVE", "NEGATIVE", "NEUTRAL")):
        desk.write(mood, sentiment=mood, hours=hours, tags=["FOG"], category="LAW", stickyWeight=hours)
    async with desk.open(theme=theme) as reader:
        await reader.do("star", "read")
        for place in ("headlines-pane", "filters-pane", "article-pane", "help", "tags"):
            await reader.do(place)
            screen = reader.app.screen
            # What a dialog dims is not to be read.
            shown = screen.children[0].region if screen.is_modal else screen.region
            strips = screen._compositor.render_strips()[shown.y : shown.bottom]
            weak = {
                (segment.text.strip(), round(contrast(segment.style), 1))
                for strip in strips
                for segment in strip.crop(shown.x, shown.right)
                if segment.style and any(map(str.isalnum, segment.text)) and contrast(segment.style) < 4.5
            }
            assert not weak, place
            if screen.is_modal:
                await reader.press("escape")


@pytest.mark.parametrize("theme", ["ansi-dark", "ansi-light"])
async def test_sixteen_colours_are_the_terminals_own(desk: Desk, theme: str) -> None:
    desk.write("1", sentiment="POSITIVE")
    desk.write("2", sentiment="NEGATIVE")
    async with desk.open(theme=theme) as reader:
        styles = [
            segment.style
            for strip in reader.app.screen._compositor.render_strips()
            for segment in strip
            if segment.style
        ]
        colours = {str(c) for style in styles for c in (style.color, style.bgcolor) if c is not None}
        assert not [colour for colour in colours if colour.startswith("#")]


@pytest.mark.parametrize("theme", ["ansi-dark", "ansi-light"])
async def test_in_the_terminals_colours_the_cursor_of_the_filters_is_one_bar(desk: Desk, theme: str) -> None:
    desk.write("1")
    async with desk.open(size=(80, 24), theme=theme) as reader:
        await reader.press("f")
        pane = reader.main.query_one(FiltersPane)
        for _row in range(8):
            strip = pane.render_line(pane.cursor - pane.scroll_offset.y)
            styles = [segment.style for segment in strip if segment.style is not None]
            assert styles
            assert all(style.reverse for style in styles)
            assert {str(style.color and style.color.name) for style in styles} == {"default"}
            await reader.press("j")
