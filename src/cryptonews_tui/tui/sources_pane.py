"""The list of sources, and what is to be said of the one under the cursor: drawn line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from rich.cells import chop_cells
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.reactive import var
from textual.strip import Strip

from cryptonews_tui.translation import N_, _
from cryptonews_tui.tui.lines_pane import LinesPane, few_pieces
from cryptonews_tui.tui.source_rows import Line, Row
from cryptonews_tui.wording import cells, fit

_HEADER = 1
_LEAD = 4
_LEAST_NAME, _MOST_NAME = 12, 40
_COLUMNS = (
    ("stories", N_("Stories"), 9),
    ("last", N_("Last"), 6),
    ("next", N_("Next"), 6),
    ("new", N_("New"), 8),
    ("problems", N_("Problems"), 10),
    ("size", N_("Bytes"), 9),
    ("time", N_("Time"), 9),
)
"""What stands right of the state: the attribute of a row, the title, the cells."""
_GIVEN_UP = ("time", "size", "problems", "new")
"""What makes room first, where name and state would get less than the cells below."""
_LEAST_WORDS = 44
_LABEL = 8
_STYLES = ("rule", "header", "text", "dim", "title", "ok", "busy", "error")

Part = tuple[str, str]
"""A piece of a line, and the name of its style."""

_CSS = """
    & > .sources--rule { color: $panel-lighten-1; }
    & > .sources--header { color: $text-muted; }
    & > .sources--text { color: $foreground-muted; }
    & > .sources--dim { color: $text-muted; }
    & > .sources--title { color: $foreground; text-style: bold; }
    & > .sources--ok { color: $text-success; }
    & > .sources--busy { color: $text-primary; }
    & > .sources--error { color: $text-error; }
    & > .sources--cursor { background: $primary-muted; }
    &:ansi {
        & > .sources--rule, & > .sources--header, & > .sources--dim { text-style: dim; }
        & > .sources--cursor { color: ansi_default; background: ansi_default; text-style: reverse; }
    }
    &:nocolor > .sources--cursor { text-style: reverse; }
"""


class _Drawn(LinesPane):
    """Lines in the styles of the sources screen."""

    COMPONENT_CLASSES = {f"sources--{name}" for name in (*_STYLES, "cursor")}  # noqa: RUF012  # Textual's own type

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._styles: dict[str, Style] = {}

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()

    def _style(self, name: str) -> Style:
        if name not in self._styles:
            self._styles[name] = self.rich_style + self.get_component_rich_style(
                f"sources--{name}", partial=True
            )
        return self._styles[name]

    def _line(self, parts: Sequence[Part]) -> Strip:
        strip = Strip(few_pieces((text, self._style(name)) for text, name in parts))
        return strip.adjust_cell_length(self.size.width, self._style("text"))


class SourcesPane(_Drawn, can_focus=True):
    """A row a source. `show` gives it how many there are and how to get one; only those in sight are asked for."""

    DEFAULT_CSS = f"SourcesPane {{ {_CSS} }}"

    cursor: var[int] = var(0, init=False)

    class CursorMoved(Message):
        """The cursor is on another row now."""

    class Opened(Message):
        """The row under the cursor was chosen with the mouse."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.count = 0
        self._row: Callable[[int], Row] = lambda number: Row(*[""] * 11)
        self._empty = ""
        self._longest = 0

    def show(
        self, count: int, row: Callable[[int], Row], cursor: int, *, longest: int = 0, empty: str = ""
    ) -> None:
        """List so many rows with the cursor on one, where the longest name takes so many cells.

        `empty` stands there when there are none.
        """
        self.count, self._row, self._empty, self._longest = count, row, empty, longest
        self.set_reactive(SourcesPane.cursor, max(0, min(cursor, count - 1)))
        self.set_lines(count + _HEADER)
        self._bring_into_view()
        self.refresh()

    @property
    def in_sight(self) -> range:
        """The rows that are in sight."""
        first = self.scroll_offset.y
        return range(first, min(self.count, first + self._height))

    @property
    def _height(self) -> int:
        return max(1, self.size.height - _HEADER)

    # Moving

    def move_to(self, row: int) -> None:
        self.cursor = max(0, min(row, self.count - 1))

    def step(self, lines: int) -> None:
        self.move_to(self.cursor + lines)

    def page(self, pages: float) -> None:
        self.move_to(self.cursor + round(pages * self._height))

    def top(self) -> None:
        self.move_to(0)

    def bottom(self) -> None:
        self.move_to(self.count - 1)

    def watch_cursor(self, before: int, row: int) -> None:
        if not self._bring_into_view():
            for changed in {before, row} & {*self.in_sight}:
                self.refresh_lines(changed + _HEADER)
        self.post_message(self.CursorMoved())

    def _bring_into_view(self) -> bool:
        """Scroll if need be, and tell whether that was so."""
        first, height, row = self.scroll_offset.y, self._height, self.cursor
        if first <= row < first + height:
            return False
        self.scroll_to(y=row if row < first else row - height + 1, animate=False, immediate=True)
        return True

    def on_resize(self) -> None:
        self.set_lines(self.count + _HEADER)
        self._bring_into_view()

    def on_click(self, event: events.Click) -> None:
        row = self.scroll_offset.y + event.y - _HEADER
        if event.y >= _HEADER and 0 <= row < self.count:
            again = row == self.cursor
            self.move_to(row)
            if again:
                self.post_message(self.Opened())

    # Drawing

    def render_line(self, y: int) -> Strip:
        if not self.count:
            text, top = self._empty.splitlines(), max(1, self.size.height // 3)
            return self._line([(f"  {text[y - top]}" if top <= y < top + len(text) else "", "dim")])
        name, state, columns = self._widths()
        if y == 0:
            titles = [(_(title), size) for _column, title, size in columns]
            left = " " * _LEAD + fit(_("Source"), name) + fit(_("State"), state)
            return self._line([(left, "header"), *((f"{title:>{size}}", "header") for title, size in titles)])
        number = self.scroll_offset.y + y - _HEADER
        if number >= self.count:
            return self._line([])
        row = self._row(number)
        at_cursor = number == self.cursor
        parts: list[Part] = [
            (f"{'▸' if at_cursor else ' '} ", "text"),
            (f"{row.sign} ", row.tone),
            (f"{fit(row.name, name - 1)} ", "dim" if row.sign == "–" else "text"),
            (f"{fit(row.state, state - 1)} ", row.tone if row.tone == "error" else "dim"),
            *((f"{getattr(row, column):>{size}}", "dim") for column, _title, size in columns),
        ]
        if at_cursor:
            shown = "".join(part for part, _style in parts)
            style = self._style("title") + self.get_component_rich_style("sources--cursor", partial=True)
            return Strip([Segment(shown, style)]).adjust_cell_length(self.size.width, style)
        return self._line(parts)

    def _widths(self) -> tuple[int, int, list[tuple[str, str, int]]]:
        """The cells of name and state, and the columns there is room for."""
        columns = [*_COLUMNS]
        for given_up in _GIVEN_UP:
            if self.size.width - _LEAD - 1 - sum(size for *_, size in columns) < _LEAST_WORDS:
                columns = [column for column in columns if column[0] != given_up]
        words = max(2, self.size.width - _LEAD - 1 - sum(size for *_, size in columns))
        name = max(1, min(words * 3 // 5, max(_LEAST_NAME, min(self._longest + 2, _MOST_NAME))))
        return name, words - name, columns


class SourceDetail(_Drawn):
    """What there is to say of one source; what does not fit a line goes on in the next."""

    DEFAULT_CSS = f"SourceDetail {{ {_CSS} overflow-y: hidden; }}"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._told: Sequence[Line] = ()

    def show(self, lines: Sequence[Line]) -> None:
        """Say this."""
        if lines != self._told:
            self._told = lines
            self.refresh()

    def render_line(self, y: int) -> Strip:
        if y == 0:
            return self._line([("─" * self.size.width, "rule")])
        for number, parts in enumerate(self._lines(), 1):
            if number == y:
                return self._line(parts)
        return self._line([])

    def _lines(self) -> Iterator[list[Part]]:
        for label, text, name in self._told:
            if name == "title":
                yield [(f"  {fit(label, _MOST_NAME, pad=False)}", "title"), (f"  {text}", "dim")]
                continue
            room = max(8, self.size.width - _LABEL - 4)
            for number, line in enumerate(_folded(text, room)):
                yield [(f"  {'' if number else label:<{_LABEL}}  ", "dim"), (line, name)]


def _folded(text: str, width: int) -> Iterator[str]:
    """The text in lines of so many cells, broken between words as far as possible."""
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if cells(longer) <= width:
            line = longer
            continue
        if line:
            yield line
        *pieces, line = chop_cells(word, width) if word else [""]
        yield from pieces
    yield line
