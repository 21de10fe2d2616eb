"""The headlines: a list of any length that holds only the pages somebody looks at."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.strip import Strip

from cryptonews_tui.article import Sentiment
from cryptonews_tui.library import Headline, Stories
from cryptonews_tui.tui.scrolling import set_scroll_range
from cryptonews_tui.wording import SIGNS, age_or_date, fit, short_age

PAGE = 64
_CONTEXT = 2
"""Rows that stay in sight when the cursor walks over the edge."""
_PAGES_KEPT = 8
_HEADER = 1
_MOODS: dict[Sentiment | None, str] = {Sentiment.POSITIVE: "positive", Sentiment.NEGATIVE: "negative"}

Fetch = Callable[[Sequence[int]], list[Headline]]


class HeadlinesPane(ScrollView, can_focus=True, inherit_bindings=False):
    """A row a story, newest first. `show` gives it a result to list; it answers with messages.

    At the edge the list moves on by a page: a repainted row costs a thirtieth of a repainted page.
    """

    COMPONENT_CLASSES = {  # noqa: RUF012  # Textual's own type
        "headlines--header",
        "headlines--unread",
        "headlines--read",
        "headlines--dim",
        "headlines--positive",
        "headlines--negative",
        "headlines--star",
        "headlines--cursor",
        "headlines--cursor-away",
    }

    DEFAULT_CSS = """
    HeadlinesPane {
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size: 0 0;

        & > .headlines--header { color: $text-muted; }
        & > .headlines--unread { color: $foreground; }
        & > .headlines--read { color: $foreground-muted; }
        & > .headlines--dim { color: $text-muted; }
        & > .headlines--positive { color: $text-success; }
        & > .headlines--negative { color: $text-error; }
        & > .headlines--star { color: $text-warning; }
        & > .headlines--cursor { background: $primary-muted; }
        & > .headlines--cursor-away { background: $surface; }
        &:focus > .headlines--header { color: $foreground; text-style: bold; }
        &:ansi, &:nocolor { & > .headlines--unread { text-style: bold; } }
        &:ansi {
            & > .headlines--dim, & > .headlines--header { text-style: dim; }
            & > .headlines--cursor { background: ansi_default; text-style: reverse; }
            & > .headlines--cursor-away { background: ansi_default; text-style: underline; }
            &:focus > .headlines--header { text-style: bold; }
        }
        &:nocolor {
            & > .headlines--cursor { text-style: reverse; }
            & > .headlines--cursor-away { text-style: underline; }
        }
    }
    """

    cursor: var[int] = var(0, init=False)
    """The row under the cursor, from 0."""

    class CursorMoved(Message):
        """The cursor is on another row now."""

    class Opened(Message):
        """The row under the cursor was chosen with the mouse."""

    def __init__(self, now: Callable[[], datetime], id: str | None = None) -> None:
        super().__init__(id=id)
        self._now = now
        self._stories: Stories | None = None
        self._fetch: Fetch = lambda positions: []
        self._pages: OrderedDict[int, list[Headline]] = OrderedDict()
        self._strips: dict[tuple[int, int, bool], Strip] = {}
        self._styles: dict[str, Style] = {}
        self._header = ""
        self._empty = ""
        self._painted = self._now()

    def show(self, stories: Stories, fetch: Fetch, row: int, header: str, empty: str) -> None:
        """List `stories`, read by `fetch` a page at a time, with the cursor on `row`.

        `header` stands above the list, `empty` in its place when there is nothing.
        """
        self._stories, self._fetch, self._header, self._empty = stories, fetch, header, empty
        self.forget()
        set_scroll_range(self, len(stories) + _HEADER)
        row = max(0, min(row, len(stories) - 1))
        self.set_reactive(HeadlinesPane.cursor, row)
        self._bring_into_view(row)
        self.refresh()

    def forget(self) -> None:
        """Read and draw everything anew: marks or ages have changed."""
        self._pages.clear()
        self._strips.clear()
        self._painted = self._now()
        self.refresh()

    def forget_row(self, row: int) -> None:
        """Read and draw one row anew: its marks have changed."""
        page = self._pages.get(row // PAGE)
        if page is not None and self._stories is not None and row % PAGE < len(page):
            page[row % PAGE : row % PAGE + 1] = self._fetch(self._stories[row : row + 1])
        self._strips = {key: strip for key, strip in self._strips.items() if key[0] != row}
        self._refresh_row(row)

    @property
    def count(self) -> int:
        return len(self._stories) if self._stories is not None else 0

    @property
    def current(self) -> Headline | None:
        """The story under the cursor."""
        return self.headline(self.cursor)

    def headline(self, row: int) -> Headline | None:
        """The story on a row; None if there is no such row, or it has gone from the library meanwhile."""
        if self._stories is None or not 0 <= row < self.count:
            return None
        number = row // PAGE
        page = self._pages.get(number)
        if page is None:
            page = self._fetch(self._stories[number * PAGE : (number + 1) * PAGE])
            self._pages[number] = page
            if len(self._pages) > _PAGES_KEPT:
                self._pages.popitem(last=False)
        self._pages.move_to_end(number)
        return page[row % PAGE] if row % PAGE < len(page) else None

    def move_to(self, row: int) -> None:
        """Put the cursor on a row, or as near as there is one."""
        self.cursor = max(0, min(row, self.count - 1))

    def step(self, lines: int) -> None:
        self.move_to(self.cursor + lines)

    def page(self, pages: float) -> None:
        self.move_to(self.cursor + round(pages * self._rows))

    def top(self) -> None:
        self.move_to(0)

    def bottom(self) -> None:
        self.move_to(self.count - 1)

    def watch_cursor(self, before: int, row: int) -> None:
        if not self._bring_into_view(row):
            self._refresh_row(before)
            self._refresh_row(row)
        self.post_message(self.CursorMoved())

    @property
    def _rows(self) -> int:
        return max(1, self.size.height - _HEADER)

    def _bring_into_view(self, row: int) -> bool:
        """Scroll if need be, and tell whether that was so."""
        first = self.scroll_offset.y
        if first <= row < first + self._rows:
            return False
        page = max(1, self._rows - _CONTEXT)
        if row == first + self._rows:
            wanted = first + page
        elif row == first - 1:
            wanted = first - page
        else:
            wanted = row - self._rows // 2
        last = max(0, self.count - self._rows)
        wanted = max(0, min(wanted, last, row))
        if wanted == first:
            return False
        self.scroll_to(y=wanted, animate=False, immediate=True)
        return True

    def _refresh_row(self, row: int) -> None:
        y = row - self.scroll_offset.y + _HEADER
        if _HEADER <= y < self.size.height:
            # A region of a scroll view counts from its first visible line.
            self.refresh_lines(y + self.scroll_offset.y)

    def on_resize(self) -> None:
        self._strips.clear()
        if self._stories is not None:
            set_scroll_range(self, self.count + _HEADER)
            self._bring_into_view(self.cursor)

    def on_focus(self) -> None:
        self._draw_focus()

    def on_blur(self) -> None:
        self._draw_focus()

    def _draw_focus(self) -> None:
        self._styles.clear()
        self.refresh_lines(self.scroll_offset.y)
        self._refresh_row(self.cursor)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()
        self._strips.clear()

    # Drawing

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y == 0:
            return self._line([(f" {self._header}", "header")], width)
        row = self.scroll_offset.y + y - _HEADER
        if not self.count:
            text = self._empty.splitlines()
            top = max(1, self.size.height // 3)
            return self._line([(f"  {text[y - top]}" if top <= y < top + len(text) else "", "dim")], width)
        at_cursor = row == self.cursor
        key = (row, width, at_cursor)
        strip = None if at_cursor else self._strips.get(key)
        if strip is None:
            headline = self.headline(row)
            strip = self._line(self._parts(headline, width, at_cursor) if headline else [], width, at_cursor)
            if len(self._strips) > 1_000:
                self._strips.clear()
            self._strips[key] = strip
        return strip

    def _parts(self, headline: Headline, width: int, at_cursor: bool) -> list[tuple[str, str]]:
        """(text, style) from left to right: cursor, unread, mood, age, source, title, star and pin."""
        sign, letter, _ = SIGNS[headline.sentiment]
        mood = _MOODS.get(headline.sentiment, "dim")
        wide = width >= 72
        age = (age_or_date if wide else short_age)(headline.published, self._painted)
        source = 13 if wide else 8 if width >= 40 else 0
        tail = f"{'★' if headline.starred else ' '}{'⚑' if headline.sticky_weight > 0 else ' '} "
        lead = f"{age:>{7 if wide else 3}} " + (f"{fit(headline.publisher.name, source)} " if source else "")
        title = max(1, width - 7 - (8 if wide else 4) - (source + 1 if source else 0) - 4)
        name = "read" if headline.read else "unread"
        return [
            (f"{'▸' if at_cursor else ' '}{' ' if headline.read else '●'} ", name),
            (f"{sign or ' '} {letter or ' '} ", mood),
            (lead, "dim"),
            (fit(headline.title, title) + " ", name),
            (tail, "star" if tail.strip() else name),
        ]

    def _line(self, parts: list[tuple[str, str]], width: int, at_cursor: bool = False) -> Strip:
        if at_cursor:
            # In one style: the colours of a row cost more bytes than its text, and this row is drawn at every key.
            line = "".join(text for text, _ in parts)
            style = self._style("unread") + self._style("cursor" if self.has_focus else "cursor-away")
            return Strip([Segment(line, style)]).adjust_cell_length(width, style)
        strip = Strip([Segment(text, self._style(name)) for text, name in parts])
        return strip.adjust_cell_length(width, self._style("read")).simplify()

    def _style(self, name: str) -> Style:
        if name not in self._styles:
            if name.startswith("cursor"):
                style = self.get_component_rich_style(f"headlines--{name}", partial=True)
            else:
                style = self.rich_style + self.get_component_rich_style(f"headlines--{name}", partial=True)
            self._styles[name] = style
        return self._styles[name]

    # The mouse

    def on_click(self, event: events.Click) -> None:
        row = self.scroll_offset.y + event.y - _HEADER
        if event.y < _HEADER or not 0 <= row < self.count:
            return
        again = row == self.cursor
        self.move_to(row)
        if again:
            self.post_message(self.Opened())
