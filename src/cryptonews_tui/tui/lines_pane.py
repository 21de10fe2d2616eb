"""A pane that draws its own lines: how it tells Textual how long it is and what stands in it, at half the cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual._styles_cache import StylesCache
from textual.color import Color
from textual.css.styles import StylesBase
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget


class LinesPane(ScrollView, inherit_bindings=False):
    """Scrolls over lines that `render_line` draws. It may have plain borders at its sides, and no padding."""

    ALLOW_SELECT = False  # in Textual's way; see `selectable`

    DEFAULT_CSS = """
    LinesPane {
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size: 0 0;
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._styles_cache = _SideBorders()

    def set_lines(self, count: int) -> None:
        """Let the pane scroll over so many lines; the caller refreshes what it shows.

        Assigning `virtual_size` lays out the whole screen and paints it again 25 ms later, though the pane keeps
        its place and size. Needs scrollbars that do not come and go.
        """
        size = Size(self.size.width, count)
        self.set_reactive(Widget.virtual_size, size)
        self._scroll_update(size)
        if self.scroll_y > self.max_scroll_y:
            # A view that has nothing to scroll any more would stay where it was, beyond its end.
            self.scroll_to(y=self.max_scroll_y, animate=False, force=True, immediate=True)


class _SideBorders(StylesCache):
    """Lines as the pane draws them, with its borders; all else that a style can say took Textual as long again."""

    def render_line(
        self,
        styles: StylesBase,
        y: int,
        size: Size,
        content_size: Size,
        padding: object,
        base_background: Color,
        background: Color,
        render_content_line: Callable[[int], Strip],
        *others: object,
    ) -> Strip:
        line = render_content_line(y)
        left = _border(*styles.border_left, base_background, background)
        right = _border(*styles.border_right, base_background, background)
        return Strip([*left, *line, *right]) if left or right else line


@lru_cache(maxsize=64)
def _border(kind: str, color: Color, base: Color, background: Color) -> tuple[Segment, ...]:
    if not kind:
        return ()
    return (Segment("│", Style.from_color((base + color).rich_color, background.rich_color)),)


def few_pieces(parts: Iterable[tuple[str, Style]]) -> list[Segment]:
    """Text and styles as few segments, for each costs up to 40 bytes: blanks take the style of what is beside them."""
    pieces: list[tuple[str, Style]] = []
    for text, style in parts:
        if not text:
            continue
        if pieces:
            before, last = pieces[-1]
            if style == last or (text.isspace() and _blanks_alike(last, style)):
                pieces[-1] = before + text, last
                continue
            if before.isspace() and _blanks_alike(style, last):
                pieces[-1] = before + text, style
                continue
        pieces.append((text, style))
    return [Segment(text, style) for text, style in pieces]


def _blanks_alike(one: Style, other: Style) -> bool:
    """Whether a blank looks the same in both styles."""
    return one.bgcolor == other.bgcolor and not any(
        style.underline or style.underline2 or style.strike or style.overline or style.reverse or style.meta
        for style in (one, other)
    )
