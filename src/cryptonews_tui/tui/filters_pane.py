"""The filters: every value of every field with its count, and what of it the query says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.strip import Strip

from cryptonews_tui.library import FacetValue
from cryptonews_tui.query import Query
from cryptonews_tui.tui.bindings import bindings
from cryptonews_tui.tui.scrolling import set_scroll_range
from cryptonews_tui.wording import SIGNS, fit

GROUPS: dict[str, tuple[str, int]] = {
    "sentiment": ("Sentiment", 4),
    "source": ("Source", 12),
    "category": ("Category", 8),
    "tag": ("Tag", 30),
    "lang": ("Language", 6),
}
"""The groups in their order: title, and how many values are shown until one asks for the others."""

_BAR = 4
_EIGHTHS = " ▏▎▍▌▋▊▉█"


@dataclass(frozen=True, slots=True)
class _Row:
    """`value` is empty for a group's title, `more` counts the values behind a row that unfolds them."""

    field: str
    label: str
    value: str = ""
    count: int = 0
    share: float = 0.0
    more: int = 0


class FiltersPane(ScrollView, can_focus=True, inherit_bindings=False):
    """A row a value, most frequent first. `show` gives it counts; it answers with a message."""

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
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size: 0 0;

        & > .filters--group { color: $text-muted; text-style: bold; }
        & > .filters--value { color: $foreground; }
        & > .filters--active { color: $text-primary; text-style: bold; }
        & > .filters--dim { color: $text-muted; }
        & > .filters--bar { color: $secondary-muted; }
        & > .filters--cursor { background: $primary-muted; }
        &:focus > .filters--group { color: $foreground; }
        &:ansi {
            & > .filters--dim, & > .filters--bar { text-style: dim; }
            & > .filters--cursor { background: ansi_default; text-style: reverse; }
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

    class SearchAsked(Message):
        """The reader wants to find a value of this field by its letters."""

        def __init__(self, field: str) -> None:
            super().__init__()
            self.field = field

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._query = Query()
        self._facets: Mapping[str, Sequence[FacetValue]] = {}
        self._labels: dict[tuple[str, str], str] = {}
        self._unfolded: set[str] = set()
        self._rows: list[_Row] = []
        self._styles: dict[str, Style] = {}

    def show(self, facets: Mapping[str, Sequence[FacetValue]], query: Query) -> None:
        """Show these counts and what the query says of them. The cursor stays on its value."""
        # Under other filters nobody may have what is asked for; it keeps the name by which it was chosen.
        for field in GROUPS:
            for value in (*query.values(field), *query.values(field, negated=True)):
                seen = (*facets.get(field, ()), *self._facets.get(field, ()))
                if label := next((known.label for known in seen if known.value == value), None):
                    self._labels[field, value] = label
        self._facets, self._query = facets, query
        self._set_rows()

    def _set_rows(self) -> None:
        before = self._row
        self._rows = [row for field in GROUPS for row in self._group(field)]
        at = (before.field, before.value) if before else None
        there = [i for i, row in enumerate(self._rows) if (row.field, row.value) == at]
        self.set_reactive(FiltersPane.cursor, there[0] if there else self._nearest(self.cursor, 1))
        set_scroll_range(self, len(self._rows))
        self._bring_into_view()
        self.refresh()

    def _group(self, field: str) -> list[_Row]:
        title, least = GROUPS[field]
        values = list(self._facets.get(field, ()))
        active = (*self._query.values(field), *self._query.values(field, negated=True))
        known = {value.value for value in values}
        missing = (value for value in active if value not in known)
        values += [FacetValue(value, self._labels.get((field, value), value), 0) for value in missing]
        if not values:
            return []
        most = max(1, *(value.count for value in values))
        shown = values if field in self._unfolded else values[:least]
        # What the query says is always in sight.
        shown = [*shown, *(v for v in values[len(shown) :] if v.value in active)]
        rows = [] if field == "sentiment" else [_Row("", "")]
        rows.append(_Row(field, title))
        rows += [_Row(field, v.label, v.value, v.count, v.count / most) for v in shown]
        if len(shown) < len(values) or (field in self._unfolded and len(values) > least):
            rows.append(_Row(field, "", value="\0", more=len(values) - len(shown)))
        return rows

    # What the reader does

    @property
    def _row(self) -> _Row | None:
        return self._rows[self.cursor] if 0 <= self.cursor < len(self._rows) else None

    def action_include(self) -> None:
        self._choose(negated=False)

    def action_exclude(self) -> None:
        self._choose(negated=True)

    def action_search_tags(self) -> None:
        self.post_message(self.SearchAsked(self._row.field if self._row else "tag"))

    def only(self) -> None:
        """Filter by the value under the cursor and no other of its field."""
        row = self._row
        if row and row.more == 0 and row.value not in ("", "\0"):
            self.post_message(self.Changed(self._query.only(row.field, row.value)))
        else:
            self._choose(negated=False)

    def _choose(self, *, negated: bool) -> None:
        row = self._row
        if row is None or not row.value:
            return
        if row.value == "\0":
            self._unfolded ^= {row.field}
            self._set_rows()
        else:
            self.post_message(self.Changed(self._query.toggled(row.field, row.value, negated=negated)))

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
        """The row nearest to `row` that is no title."""
        row = max(0, min(row, len(self._rows) - 1))
        ahead = range(row, len(self._rows) if direction > 0 else -1, direction)
        stay: int = min(self.cursor, len(self._rows) - 1)
        candidates: tuple[int, ...] = (*ahead, stay)
        for candidate in candidates:
            if candidate >= 0 and self._rows[candidate].value:
                return candidate
        return max(0, stay)

    def watch_cursor(self, before: int, row: int) -> None:
        if not self._bring_into_view():
            self._refresh_row(before)
            self._refresh_row(row)

    def _bring_into_view(self) -> bool:
        if not self._rows:
            return False
        first, height = self.scroll_offset.y, max(1, self.size.height)
        lead = 1 if self.cursor and not self._rows[self.cursor - 1].value else 0  # its title too
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
        set_scroll_range(self, len(self._rows))
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
        row = self._rows[index]
        over = self._style("cursor") if index == self.cursor and self.has_focus else Style()
        strip = Strip(
            [Segment(text, self._style(name) + over) for text, name in self._parts(row, width, index)]
        )
        return strip.adjust_cell_length(width, self._style("value") + over)

    def _parts(self, row: _Row, width: int, index: int) -> list[tuple[str, str]]:
        mark = "▸" if index == self.cursor and self.has_focus else " "
        if not row.value:
            return [(f" {row.label.upper()}", "group")]
        if row.value == "\0":
            return [(f"{mark}   … {row.more:,} more" if row.more else f"{mark}   … fewer", "dim")]
        included = row.value in self._query.values(row.field)
        excluded = row.value in self._query.values(row.field, negated=True)
        sign = next(
            (s for s, _, word in SIGNS.values() if row.field == "sentiment" and word == row.value), ""
        )
        label = f"{sign or ' '} {row.label.lower()}" if row.field == "sentiment" else row.label
        count = f"{row.count:,}"
        room = max(1, width - 4 - _BAR - 1 - max(6, cell_len(count)) - 1)
        return [
            (f"{mark}{'✓' if included else '✗' if excluded else ' '} ", "active"),
            (fit(label, room) + " ", "active" if included or excluded else "value"),
            (_bar(row.share), "bar"),
            (f" {count:>6} ", "dim"),
        ]

    def _style(self, name: str) -> Style:
        if name not in self._styles:
            base = Style() if name.startswith("cursor") else self.rich_style
            self._styles[name] = base + self.get_component_rich_style(f"filters--{name}", partial=True)
        return self._styles[name]

    def on_click(self, event: events.Click) -> None:
        index = self.scroll_offset.y + event.y
        if index < len(self._rows) and self._rows[index].value:
            self.cursor = index
            self.action_include()


def _bar(share: float) -> str:
    """A share of 1 as a bar of `_BAR` cells; what is not nothing shows at least a sliver."""
    eighths = max(1, round(share * _BAR * 8)) if share else 0
    full, part = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[part] if part else "")).ljust(_BAR)
