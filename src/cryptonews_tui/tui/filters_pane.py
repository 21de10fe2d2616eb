"""The filters: the views, then every value of every field with its count, and what of it the query says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.reactive import var
from textual.strip import Strip

from cryptonews_tui.library import Facets
from cryptonews_tui.query import Query, make_query
from cryptonews_tui.tui.bindings import bindings
from cryptonews_tui.tui.filter_rows import VIEWS, Folds, Kind, ListedView, Row, rows
from cryptonews_tui.tui.lines_pane import LinesPane
from cryptonews_tui.wording import SIGNS, fit, number

_BAR = 4
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_WIDEST = 44
"""Where there is more room, counts would stand too far from what they count."""
_OF_VIEWS = ("rename_view", "delete_view", "view_up", "view_down")
_MARKS = {1: "✓", -1: "✗", 0: " "}


class FiltersPane(LinesPane, can_focus=True):
    """A row a view or value. `show` gives it counts; it answers with messages."""

    BINDINGS = bindings("filters")

    COMPONENT_CLASSES = {  # noqa: RUF012  # Textual's own type
        "filters--group",
        "filters--value",
        "filters--active",
        "filters--dim",
        "filters--bar",
        "filters--cursor",
    }

    DEFAULT_CSS = """
    FiltersPane {
        & > .filters--group { color: $text-muted; text-style: bold; }
        & > .filters--value { color: $foreground; }
        & > .filters--active { color: $text-primary; text-style: bold; }
        & > .filters--dim { color: $text-muted; }
        & > .filters--bar { color: $secondary-muted; }
        & > .filters--cursor { background: $primary-muted; }
        &:focus > .filters--group { color: $foreground; }
        &:ansi {
            & > .filters--dim, & > .filters--bar { text-style: dim; }
            & > .filters--cursor { color: ansi_default; background: ansi_default; text-style: reverse; }
        }
        &:nocolor > .filters--cursor { text-style: reverse; }
    }
    """

    cursor: var[int] = var(0, init=False)

    class Changed(Message):
        """The reader wants another query."""

        def __init__(self, query: Query) -> None:
            super().__init__()
            self.query = query

    class CursorMoved(Message):
        """The cursor is on another row now."""

    class CountsAsked(Message):
        """A group was unfolded: `most` asks for counts that were not there before."""

    class SearchAsked(Message):
        """The reader wants to find a value of this field by its letters."""

        def __init__(self, field: str) -> None:
            super().__init__()
            self.field = field

    class ViewChosen(Message):
        """The reader wants to see a view."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    class ViewEdited(Message):
        """The reader wants to do something to a view: `rename` or `delete` it, move it `up` or `down`."""

        def __init__(self, name: str, what: str) -> None:
            super().__init__()
            self.name = name
            self.what = what

    def __init__(self, groups: Sequence[str], id: str | None = None) -> None:
        super().__init__(id=id)
        self._query = Query()
        self._facets = Facets(0, {})
        self._views: Sequence[ListedView] = ()
        self._labels: dict[tuple[str, str], str] = {}
        self._folds = Folds(groups)
        self._rows: list[Row] = []
        self._digits = 5
        self._stay = False
        """Whether the cursor keeps its place, not its row: where further values come in."""
        self._styles: dict[str, Style] = {}

    def most(self, query: Query) -> Mapping[str, int]:
        """Which fields are to be counted to show `query` here, and at most how many values of each."""
        return self._folds.most(query)

    def show(self, query: Query, facets: Facets, views: Sequence[ListedView]) -> None:
        """Show these counts, what the query says of them, and the views. The cursor stays on its row."""
        # Under other filters nobody may have what is asked for; it keeps the name by which it was chosen.
        asked = {term.field for term in query.filters}
        for counted in (self._facets, facets):
            for field in asked & counted.fields.keys():
                for value in counted.fields[field]:
                    if query.sign(field, value.value):
                        self._labels[field, value.value.casefold()] = value.label
        self._facets, self._query, self._views = facets, query, views
        self._set_rows()

    def _set_rows(self) -> None:
        before, drawn = self._row, (self._rows, self._digits, self.cursor)
        self._rows = rows(self._query, self._facets, self._views, self._folds, self._labels)
        self._digits = max(5, *(len(number(row.count or 0)) for row in self._rows), 0)
        if self._stay:
            there = []
        elif before:
            there = [i for i, row in enumerate(self._rows) if row.place == before.place]
        else:
            there = [i for i, row in enumerate(self._rows) if row.kind is Kind.VIEW and row.sign]
        self.set_reactive(FiltersPane.cursor, there[0] if there else self._nearest(self.cursor, 1))
        self._stay = False
        self.set_lines(len(self._rows))
        if self._bring_into_view():
            return
        if (len(drawn[0]), *drawn[1:]) != (len(self._rows), self._digits, self.cursor):
            self.refresh()
            return
        for index, (old, new) in enumerate(zip(drawn[0], self._rows, strict=True)):
            if old != new:
                self._refresh_row(index)

    # What the reader does

    @property
    def _row(self) -> Row | None:
        return self._rows[self.cursor] if 0 <= self.cursor < len(self._rows) else None

    @property
    def view(self) -> str | None:
        """The view under the cursor."""
        row = self._row
        return row.value if row and row.kind is Kind.VIEW else None

    @property
    def kind(self) -> str:
        """What is under the cursor: a view, the title of a group, or a value."""
        row = self._row
        return {Kind.VIEW: "view", Kind.TITLE: "title"}.get(row.kind, "value") if row else "title"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only views can be changed so; elsewhere those keys mean what they mean in the other panes."""
        return self.view is not None if action in _OF_VIEWS else True

    def action_include(self) -> None:
        self._choose(1)

    def action_exclude(self) -> None:
        if self._row and self._row.kind is Kind.VALUE:
            self._choose(-1)

    def action_all_of(self) -> None:
        """Include the value, so that all must hold; for an included one turn to any, or back."""
        row = self._row
        if row and row.kind is Kind.VALUE and not row.term:
            every = not self._query.every(row.group) if row.sign > 0 else True
            self._ask(self._query.toggled(row.group, row.value, every=every))

    def action_clear_field(self) -> None:
        if self._row and self._row.group != VIEWS:
            self._ask(self._query.without(self._row.group))

    def action_fold(self) -> None:
        row = self._row
        if row is None:
            return
        self._folds.turn(row.group)
        title = next(i for i, r in enumerate(self._rows) if r.group == row.group and r.kind is Kind.TITLE)
        self.set_reactive(FiltersPane.cursor, title)
        self._recount(row.group)

    def action_search_tags(self) -> None:
        group = self._row.group if self._row else VIEWS
        self.post_message(self.SearchAsked("tag" if group == VIEWS else group))

    def action_rename_view(self) -> None:
        self._edit_view("rename")

    def action_delete_view(self) -> None:
        self._edit_view("delete")

    def action_view_up(self) -> None:
        self._edit_view("up")

    def action_view_down(self) -> None:
        self._edit_view("down")

    def _edit_view(self, what: str) -> None:
        if self.view is not None:
            self.post_message(self.ViewEdited(self.view, what))

    def enter(self) -> None:
        """Show the view, or filter by the value under the cursor and no other of its field."""
        row = self._row
        if row and row.kind is Kind.VALUE and not row.term:
            self._ask(self._query.only(row.group, row.value))
        else:
            self._choose(1)

    def _choose(self, sign: int) -> None:
        row = self._row
        if row is None:
            return
        match row.kind:
            case Kind.VIEW:
                self.post_message(self.ViewChosen(row.value))
            case Kind.TITLE:
                self.action_fold()
            case Kind.MORE:
                self._folds.widen(row.group)
                self._stay = True
                self.post_message(self.CountsAsked())
            case Kind.FEWER:
                self._folds.narrow(row.group)
                self._recount(row.group)
            case Kind.VALUE if row.term:
                self._ask(_without_term(self._query, row.group, row.term))
            case Kind.VALUE:
                self._ask(self._query.toggled(row.group, row.value, negated=sign < 0))

    def _ask(self, query: Query) -> None:
        self.post_message(self.Changed(query))

    def _recount(self, group: str) -> None:
        self._set_rows()
        if group != VIEWS and group not in self._folds:
            self.post_message(self.CountsAsked())

    # Moving

    def step(self, lines: int) -> None:
        self.cursor = self._nearest(self.cursor + lines, 1 if lines > 0 else -1)

    def page(self, pages: float) -> None:
        self.step(round(pages * max(1, self.size.height)))

    def top(self) -> None:
        self.cursor = self._nearest(0, 1)

    def bottom(self) -> None:
        self.cursor = self._nearest(len(self._rows) - 1, -1)

    def _nearest(self, row: int, direction: int) -> int:
        """The row nearest to `row` that is not empty."""
        row = max(0, min(row, len(self._rows) - 1))
        while 0 <= row < len(self._rows) and self._rows[row].kind is Kind.GAP:
            row += direction
        return row

    def watch_cursor(self, before: int, row: int) -> None:
        if not self._bring_into_view():
            self._refresh_row(before)
            self._refresh_row(row)
        self.post_message(self.CursorMoved())

    def _bring_into_view(self) -> bool:
        first, height = self.scroll_offset.y, self.size.height
        if not self._rows or not height:  # hidden; `on_resize` comes back
            return False
        above = self._rows[self.cursor - 1].kind if self.cursor else None
        lead = 1 if above in (Kind.TITLE, Kind.GAP) else 0  # the title of the first value too
        if first <= self.cursor - lead and self.cursor < first + height:
            return False
        wanted = self.cursor - lead if self.cursor < first + height else self.cursor - height // 2
        wanted = max(0, min(wanted, len(self._rows) - height))
        if wanted == first:
            return False
        self.scroll_to(y=wanted, animate=False, immediate=True)
        return True

    def _refresh_row(self, row: int) -> None:
        if 0 <= row - self.scroll_offset.y < self.size.height:
            self.refresh_lines(row)

    def on_resize(self) -> None:
        self.set_lines(len(self._rows))
        self.scroll_to(y=0, animate=False, immediate=True)
        self._bring_into_view()

    def on_focus(self) -> None:
        self._styles.clear()
        self.refresh()

    def on_blur(self) -> None:
        self._styles.clear()
        self.refresh()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()

    # Drawing

    def render_line(self, y: int) -> Strip:
        index, width = self.scroll_offset.y + y, self.size.width
        if index >= len(self._rows):
            return Strip([Segment(" " * width, self._style("value"))], width)
        at_cursor = index == self.cursor and self.has_focus
        over = self._style("cursor") if at_cursor else Style()
        parts = self._parts(self._rows[index], min(width, _WIDEST), at_cursor)
        strip = Strip([Segment(text, self._style(name) + over) for text, name in parts])
        return strip.adjust_cell_length(width, self._style("value") + over)

    def _parts(self, row: Row, width: int, at_cursor: bool) -> list[tuple[str, str]]:
        """(text, style) from left to right: cursor, what the query says, name, bar, count."""
        mark = "▸" if at_cursor else " "
        if row.kind is Kind.GAP:
            return [(" ", "value")]
        if row.kind is Kind.TITLE:
            room = max(1, width - 3 - cell_len(row.note))
            return [(f"{mark}{fit(row.label, room)} ", "group"), (f"{row.note} ", "dim")]
        if row.kind in (Kind.MORE, Kind.FEWER):
            return [(f"{mark}  {row.label}", "dim")]
        count = "" if row.count is None else number(row.count)
        room = max(1, width - 3 - _BAR - 1 - self._digits - 2)
        name = "active" if row.sign else "value"
        if row.kind is Kind.VIEW:
            key = f" {row.note}" if row.note else ""
            room = max(1, room + _BAR + 1 - cell_len(key))
            return [
                (f"{mark}{'▸' if row.sign else ' '} ", "active"),
                (fit(row.label, room), name),
                (f"{key} {count:>{self._digits}} ", "dim"),
            ]
        return [
            (f"{mark}{_MARKS[row.sign]} ", "active"),
            (fit(_labelled(row), room) + " ", name),
            (_bar(row.share), "bar"),
            (f" {count:>{self._digits}} ", "dim"),
        ]

    def _style(self, name: str) -> Style:
        if name not in self._styles:
            base = Style() if name.startswith("cursor") else self.rich_style
            self._styles[name] = base + self.get_component_rich_style(f"filters--{name}", partial=True)
        return self._styles[name]

    def on_click(self, event: events.Click) -> None:
        index = self.scroll_offset.y + event.y
        if index < len(self._rows) and self._rows[index].kind is not Kind.GAP:
            self.cursor = index
            self.action_include()


def _labelled(row: Row) -> str:
    """A value as it is written here: sentiments with their sign."""
    if row.group != "sentiment":
        return row.label
    sign = next((sign for sign, _, word in SIGNS.values() if word == row.value), "")
    return f"{sign or ' '} {row.label.lower()}"


def _without_term(query: Query, field: str, term: str) -> Query:
    """The query without one term that stands for many values."""
    kept = (
        replace(f, values=tuple(value for value in f.values if value != term)) if f.field == field else f
        for f in query.filters
    )
    return make_query(query.words, kept, query.groups, query.sort)


def _bar(share: float) -> str:
    """A share of 1 as a bar of `_BAR` cells; what is not nothing shows at least a sliver."""
    eighths = max(1, round(share * _BAR * 8)) if share else 0
    full, part = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[part] if part else "")).ljust(_BAR)
