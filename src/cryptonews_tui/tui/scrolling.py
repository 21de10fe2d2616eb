"""How a pane that draws its own lines tells Textual how long it is, without a second frame."""

from __future__ import annotations

from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.widget import Widget


def set_scroll_range(view: ScrollView, lines: int) -> None:
    """Let `view` scroll over so many lines; the caller refreshes what it shows.

    Assigning `virtual_size` lays out the whole screen and paints it again 25 ms later, though the pane keeps
    its place and size. Needs scrollbars that do not come and go: `overflow-y: scroll`, `overflow-x: hidden`.
    """
    size = Size(view.size.width, lines)
    view.set_reactive(Widget.virtual_size, size)
    view._scroll_update(size)
    if view.scroll_y > view.max_scroll_y:
        # A view that has nothing to scroll any more would stay where it was, beyond its end.
        view.scroll_to(y=view.max_scroll_y, animate=False, force=True, immediate=True)
