"""The headlines: a list of any length that reads only the rows somebody looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.reactive import var
from textual.strip import Strip

from cryptonews_tui.article import Sentiment
from cryptonews_tui.highlighting import Ranges, matches, snippet
from cryptonews_tui.library import Headline, Stories
from cryptonews_tui.query import Word
from cryptonews_tui.translation import N_, _
from cryptonews_tui.tui.lines_pane import LinesPane, few_pieces
from cryptonews_tui.wording import SIGNS, age_or_date, cells, day, fit, short_age

_CONTEXT = 2
"""Rows that stay in sight when the cursor walks over the edge."""
_KEPT = 1_000
"""Rows, and drawn lines, that are kept."""
_HEADER = 1
_WIDE = 72
"""Columns from which the fields of a row take their full width."""
_CELLS = {
    "mood": (4, 4),
    "age": (8, 4),
    "source": (14, 9),
    "category": (12, 9),
    "lang": (3, 3),
    "score": (6, 6),
}
"""What can stand in front of a title, and the cells it takes where there is room and where there is little."""
_GIVEN_UP = ("category", "lang", "score", "source")
"""What makes room first, where the title would get less than the cells below."""
_LEAST_TITLE = 20
_LEAST_BESIDE_DAY = 20
_LEAST_INDENT = 7
_PINNED = N_("Pinned")
_LEAD = 3
_MARKS = 4
_MOODS: dict[Sentiment | None, str] = {Sentiment.POSITIVE: "positive", Sentiment.NEGATIVE: "negative"}

Fetch = Callable[[Sequence[int]], list[Headline]]
Part = tuple[str, str]
"""A piece of a line, and the name of its style."""


class HeadlinesPane(LinesPane, can_focus=True):
    """A row a story. `show` gives it a result to list; it answers with messages.

    Where a day has more stories than one the first names it, and the header names the day that goes on from above: a
    lone story's age says enough. With snippets a row takes two lines. At the edge the list moves on by a page: a
    repainted row costs a thirtieth of a page.
    """

    COMPONENT_CLASSES = {  # noqa: RUF012  # Textual's own type
        "headlines--header",
        "headlines--unread",
        "headlines--read",
        "headlines--dim",
        "headlines--day",
        "headlines--match",
        "headlines--positive",
        "headlines--negative",
        "headlines--star",
        "headlines--cursor",
        "headlines--cursor-away",
    }

    DEFAULT_CSS = """
    HeadlinesPane {
        & > .headlines--header { color: $text-muted; }
        & > .headlines--unread { color: $foreground; }
        & > .headlines--read { color: $foreground-muted; }
        & > .headlines--dim { color: $text-muted; }
        & > .headlines--day { color: $text-muted; }
        & > .headlines--match { text-style: underline; }
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

    columns: var[tuple[str, ...]] = var(("mood", "age", "source"), init=False)
    """What stands in front of the titles, from left to right: mood, age, source, category, lang, score."""

    class CursorMoved(Message):
        """The cursor is on another row now."""

    class Opened(Message):
        """The row under the cursor was chosen with the mouse."""

    def __init__(self, now: Callable[[], datetime], id: str | None = None) -> None:
        super().__init__(id=id)
        self._now = now
        self._stories: Stories | None = None
        self._fetch: Fetch = lambda positions: []
        self._known: dict[int, Headline | None] = {}
        self._strips: dict[tuple[int, int, int], Strip] = {}
        self._styles: dict[str, Style] = {}
        self._header = ""
        self._empty = ""
        self._order = "published"
        self._words: tuple[Word, ...] = ()
        self._snippets: Callable[[Headline], str] | None = None
        self._found: dict[tuple[int, int], tuple[str, Ranges]] = {}
        self._days: dict[int, str] = {}
        self._painted = self._now()

    def show(
        self,
        stories: Stories,
        fetch: Fetch,
        row: int,
        header: str,
        empty: str,
        *,
        words: Sequence[Word] = (),
        snippets: Callable[[Headline], str] | None = None,
        order: str = "published",
        keep_line: bool = False,
    ) -> None:
        """List `stories`, read by `fetch` as they come into sight, with the cursor on `row`.

        `header` stands above the list, `empty` in its place when there is nothing. `words` (a query's
        `looked_for()`) are underlined. With `snippets`, which gives the text of a story that is in sight, a second
        line shows where in it the words stand. `order` is that of the stories: those by time are parted by days.
        With `keep_line` the cursor stays on its line of the screen, as far as there are rows above.
        """
        above = self.cursor - self._first if keep_line and self.count else None
        scrolled_away = above is not None and not 0 <= above < self._rows  # by the wheel
        self._stories, self._fetch, self._header, self._empty = stories, fetch, header, empty
        self._words, self._snippets, self._order = tuple(words), snippets, order
        self.forget()
        self._set_range()
        row = max(0, min(row, len(stories) - 1))
        self.set_reactive(HeadlinesPane.cursor, row)
        if above is not None and row - above != self._first:
            first = max(0, min(row - above, self.count - self._rows))
            self.scroll_to(y=first * self._lines, animate=False, immediate=True)
        if not scrolled_away:
            self._bring_into_view(row)
        self.refresh()

    def forget(self) -> None:
        """Read and draw everything anew: marks or ages have changed."""
        self._known.clear()
        self._strips.clear()
        self._found.clear()
        self._days.clear()
        self._painted = self._now()
        self.refresh()

    def forget_row(self, row: int) -> None:
        """Read and draw one row anew: its marks have changed."""
        self._known.pop(row, None)
        self._strips = {key: strip for key, strip in self._strips.items() if key[0] != row}
        self._found = {key: found for key, found in self._found.items() if key[0] != row}
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
        if row not in self._known:
            if len(self._known) > _KEPT:
                self._known.clear()
            # The row above tells whether a day begins with the first.
            in_sight = range(max(0, self._first - 1), min(self.count, self._first + self._rows + 1))
            rows = [r for r in in_sight if r not in self._known] if row in in_sight else [row]
            positions = [self._stories[r] for r in rows]
            found = {headline.position: headline for headline in self._fetch(positions)}
            self._known.update((r, found.get(position)) for r, position in zip(rows, positions, strict=True))
        return self._known[row]

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

    def watch_columns(self) -> None:
        self._strips.clear()
        self.refresh()

    @property
    def _lines(self) -> int:
        """How many lines a row takes."""
        return 2 if self._snippets else 1

    @property
    def _rows(self) -> int:
        """How many whole rows are in sight."""
        return max(1, (self.size.height - _HEADER) // self._lines)

    @property
    def _first(self) -> int:
        """The first whole row in sight."""
        return -(-self.scroll_offset.y // self._lines)

    def _set_range(self) -> None:
        # With a line to spare where the last rows would not end with the pane.
        spare = (self.size.height - _HEADER) % self._lines if self.size.height else 0
        self.set_lines(self.count * self._lines + spare + _HEADER)

    def _bring_into_view(self, row: int) -> bool:
        """Scroll if need be, and tell whether that was so."""
        first = self._first
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
        if wanted * self._lines == self.scroll_offset.y:
            return False
        self.scroll_to(y=wanted * self._lines, animate=False, immediate=True)
        return True

    def _refresh_row(self, row: int) -> None:
        top = row * self._lines + _HEADER
        first, last = self.scroll_offset.y + _HEADER, self.scroll_offset.y + self.size.height
        for line in range(max(first, top), min(last, top + self._lines)):
            # A region of a scroll view counts from its first visible line.
            self.refresh_lines(line)

    def on_resize(self) -> None:
        self._strips.clear()
        self._found.clear()
        if self._stories is not None:
            self._set_range()
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
            return self._line([*self._title(width)], width)
        row, second = divmod(self.scroll_offset.y + y - _HEADER, self._lines)
        if not self.count:
            text = self._empty.splitlines()
            top = max(1, self.size.height // 3)
            return self._line([(f"  {text[y - top]}" if top <= y < top + len(text) else "", "dim")], width)
        at_cursor = row == self.cursor
        key = (row, width, second)
        strip = None if at_cursor else self._strips.get(key)
        if strip is None:
            headline = self.headline(row)
            draw = self._snippet if second else self._parts
            strip = self._line(draw(headline, row, width) if headline else [], width, at_cursor)
            if at_cursor:
                return strip
            if len(self._strips) > _KEPT:
                self._strips.clear()
            self._strips[key] = strip
        return strip

    def _title(self, width: int) -> Iterator[Part]:
        """What is listed, and the day that goes on from above."""
        first = self._first
        going_on = "" if self._begins(first) else self._day(first)
        yield f" {fit(self._header, max(0, width - len(going_on) - 3))} ", "header"
        yield f"{going_on} ", "dim"

    def _parts(self, headline: Headline, row: int, width: int) -> list[Part]:
        """From left to right: cursor, unread, columns, title, a new day, marks."""
        columns = self._columns(width)
        name = "read" if headline.read else "unread"
        new_day = self._new_day(row)
        title = max(1, width - _LEAD - sum(columns.values()) - _MARKS)
        if title < len(new_day) + 2 + _LEAST_BESIDE_DAY:
            new_day = ""
        room = title - (len(new_day) + 2 if new_day else 0)
        marks = f"{'★' if headline.starred else ' '}{'⚑' if headline.sticky_weight > 0 else ' '}"
        marks += f"{'✎' if headline.noted else ' '} "
        words = [word for word in self._words if word.scope in ("", "title")]
        shown = fit(headline.title, room, pad=False)
        kept = len(shown) - (shown != headline.title)
        found = [(start, min(end, kept)) for start, end in matches(headline.title, words) if start < kept]
        return [
            (f"{'▸' if row == self.cursor else ' '}{' ' if headline.read else '●'} ", name),
            *(self._column(column, size, headline) for column, size in columns.items()),
            *_marked(shown, found, name),
            (" " * (room - cells(shown)), name),
            *([(f"  {new_day}", "day")] if new_day else []),
            (marks, "star" if marks.strip() else name),
        ]

    def _columns(self, width: int) -> dict[str, int]:
        """The columns there is room for, and how many cells each takes."""
        chosen = {name: _CELLS[name][width < _WIDE] for name in self.columns}
        for name in _GIVEN_UP:
            if width - _LEAD - sum(chosen.values()) - _MARKS < _LEAST_TITLE:
                chosen.pop(name, None)
        return chosen

    def _column(self, name: str, size: int, headline: Headline) -> Part:
        if name == "mood":
            sign, letter, _word = SIGNS[headline.sentiment]
            return f"{sign or ' '} {letter or ' '} ", _MOODS.get(headline.sentiment, "dim")
        if name == "age":
            say = age_or_date if size > _CELLS["age"][1] else short_age
            return f"{say(self._time(headline), self._painted):>{size - 1}} ", "dim"
        if name == "score":
            score = "" if headline.score is None else f"{headline.score:.2f}"
            return f"{score if len(score) < size else '…':>{size - 1}} ", "dim"
        text = {"source": headline.publisher.name, "category": headline.category, "lang": headline.lang}[name]
        return f"{fit(text, size - 1)} ", "dim"

    def _snippet(self, headline: Headline, row: int, width: int) -> list[Part]:
        """Below the title: where in the text the words stand."""
        indent = _LEAD + sum(self._columns(width).values())
        if width < _WIDE:
            indent = min(indent, _LEAST_INDENT)
        key = (row, width)
        if key not in self._found and self._snippets:
            words = [word for word in self._words if word.scope != "title"]
            if len(self._found) > 200:
                self._found.clear()
            self._found[key] = snippet(self._snippets(headline), words, max(1, width - indent - _MARKS))
        text, found = self._found.get(key, ("", ()))
        return [(" " * indent, "dim"), *_marked(text, found, "dim")]

    # Days

    def _time(self, headline: Headline) -> datetime:
        return headline.updated if self._order == "updated" else headline.published

    def _day(self, row: int) -> str:
        """The part of the list a row belongs to: a day, the pinned stories; empty where there are no parts."""
        if row not in self._days:
            if len(self._days) > _KEPT:
                self._days.clear()
            self._days[row] = self._part_of(row)
        return self._days[row]

    def _part_of(self, row: int) -> str:
        if self._order not in ("published", "updated") or (headline := self.headline(row)) is None:
            return ""
        if self._stories is not None and row < len(self._stories.pinned):
            return _(_PINNED)
        return day(self._time(headline), self._painted)

    def _new_day(self, row: int) -> str:
        """The day that begins with this row, if it is to be named."""
        begun = self._day(row) if self._begins(row) else ""
        named = begun in self._named or begun == self._day(row + 1)
        return begun if named else ""

    @property
    def _named(self) -> tuple[str, ...]:
        """Parts that are named even if they are a single story."""
        now = self._painted
        return day(now, now), day(now - timedelta(days=1), now), _(_PINNED)

    def _begins(self, row: int) -> bool:
        """Whether a part of the list begins with this row."""
        return row == 0 or self._day(row) != self._day(row - 1)

    def _line(self, parts: Sequence[Part], width: int, at_cursor: bool = False) -> Strip:
        if at_cursor:
            # In one style: the colours of a row cost more bytes than its text, and this row is drawn at every key.
            line = "".join(text for text, _ in parts)
            style = self._style("unread") + self._style("cursor" if self.has_focus else "cursor-away")
            return Strip([Segment(line, style)]).adjust_cell_length(width, style)
        strip = Strip(few_pieces((text, self._style(name)) for text, name in parts))
        return strip.adjust_cell_length(width, self._style("read"))

    def _style(self, name: str) -> Style:
        if name not in self._styles:
            if name.startswith("cursor"):
                style = self.get_component_rich_style(f"headlines--{name}", partial=True)
            elif base := name.removesuffix("-match") * name.endswith("-match"):
                style = self._style(base) + self.get_component_rich_style("headlines--match", partial=True)
            else:
                style = self.rich_style + self.get_component_rich_style(f"headlines--{name}", partial=True)
            self._styles[name] = style
        return self._styles[name]

    # The mouse

    def on_click(self, event: events.Click) -> None:
        row = (self.scroll_offset.y + event.y - _HEADER) // self._lines
        if event.y < _HEADER or not 0 <= row < self.count:
            return
        again = row == self.cursor
        self.move_to(row)
        if again:
            self.post_message(self.Opened())


def _marked(text: str, ranges: Sequence[tuple[int, int]], name: str) -> Iterator[Part]:
    """The text in pieces: what is in the ranges has the style of matches."""
    at = 0
    for start, end in ranges:
        yield text[at:start], name
        yield text[start:end], f"{name}-match"
        at = end
    yield text[at:], name
