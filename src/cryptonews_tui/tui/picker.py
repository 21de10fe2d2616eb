"""Choose one of many: type some letters, press Enter. Tags, sources, sections …"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.reactive import var
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widgets import Static

from cryptonews_tui.translation import _
from cryptonews_tui.tui.lines_pane import LinesPane
from cryptonews_tui.tui.query_line import QueryLine
from cryptonews_tui.wording import fit


@dataclass(frozen=True, slots=True)
class Choice:
    """`value` comes back when it is chosen; `label` and, on the right, `detail` are shown."""

    value: str
    label: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen, and whether it is to be excluded rather than included."""

    value: str
    excluded: bool = False


Find = Callable[[str], Sequence[Choice]]
"""What has these letters (words in any order), the nearest first; of no letters the first of all."""


def among(choices: Sequence[Choice]) -> Find:
    """Looks for letters in a few choices."""

    def find(letters: str) -> Sequence[Choice]:
        wanted = letters.casefold().split()
        found = [c for c in choices if all(word in c.label.casefold() for word in wanted)]
        # What begins with the letters is nearer than what merely contains them.
        found.sort(key=lambda c: bool(wanted) and not c.label.casefold().startswith(wanted[0]))
        return found

    return find


class _Choices(LinesPane, can_focus=False):
    COMPONENT_CLASSES = {"choices--label", "choices--detail", "choices--cursor"}  # noqa: RUF012  # Textual's own type

    DEFAULT_CSS = """
    _Choices {
        & > .choices--label { color: $foreground; }
        & > .choices--detail { color: $text-muted; }
        & > .choices--cursor { background: $primary-muted; }
        &:ansi > .choices--cursor { background: ansi_default; text-style: reverse; }
        &:nocolor > .choices--cursor { text-style: reverse; }
    }
    """

    cursor: var[int] = var(0, init=False)

    def __init__(self) -> None:
        super().__init__()
        self.shown: Sequence[Choice] = ()

    def show(self, choices: Sequence[Choice], cursor: int = 0) -> None:
        self.shown = choices
        self.set_reactive(_Choices.cursor, cursor)
        self.set_lines(len(choices))
        self.scroll_to(y=max(0, cursor - self.size.height // 2), animate=False, immediate=True)
        self.refresh()

    def watch_cursor(self, row: int) -> None:
        first, height = self.scroll_offset.y, max(1, self.size.height)
        if not first <= row < first + height:
            self.scroll_to(y=row if row < first else row - height + 1, animate=False, immediate=True)
        self.refresh()

    def on_resize(self) -> None:
        self.show(self.shown, self.cursor)

    def render_line(self, y: int) -> Strip:
        row, width = self.scroll_offset.y + y, self.size.width
        label, detail = (
            self.rich_style + self.get_component_rich_style(f"choices--{name}", partial=True)
            for name in ("label", "detail")
        )
        cursor = self.get_component_rich_style("choices--cursor", partial=True)
        if row >= len(self.shown):
            nothing = not self.shown and y == 0
            text = "  " + _("Nothing matches; delete some letters.") if nothing else ""
            return Strip([Segment(fit(text, width), detail)], width)
        choice = self.shown[row]
        room = max(1, width - 4 - len(choice.detail))
        mark = "▸ " if row == self.cursor else "  "
        over = cursor if row == self.cursor else Style()
        return Strip(
            [
                Segment(mark + fit(choice.label, room) + " ", label + over),
                Segment(choice.detail + " ", detail + over),
            ]
        )

    def on_click(self, event: events.Click) -> None:
        row = self.scroll_offset.y + event.y
        if row < len(self.shown):
            self.cursor = row
            self.screen.action_choose()  # type: ignore[attr-defined]  # only a Picker has this list


class Picker(ModalScreen["Chosen | None"]):
    """Narrow a list by typing and choose from it. Gives `Chosen`, or None when it is left with Esc."""

    BINDINGS = [  # noqa: RUF012  # Textual's own type
        Binding("escape", "leave", show=False),
        Binding("down,ctrl+n", "move(1)", show=False, priority=True),
        Binding("up,ctrl+p", "move(-1)", show=False, priority=True),
        Binding("pagedown", "move(10)", show=False, priority=True),
        Binding("pageup", "move(-10)", show=False, priority=True),
        Binding("enter", "choose", show=False, priority=True),
        Binding("ctrl+x", "exclude", show=False, priority=True),
    ]

    DEFAULT_CSS = """
    Picker {
        align: center middle;
        background: $background 60%;
        & > Vertical {
            width: 60;
            max-width: 100%;
            height: 22;
            max-height: 100%;
            background: $surface;
            padding: 1 2;
            & > Static { height: 1; color: $text-muted; }
            & > QueryLine { background: $panel; margin: 0 0 1 0; }
            & > _Choices { height: 1fr; background: $surface; }
            & > #about { margin: 1 0 0 0; }
        }
        &:ansi { background: transparent; & > Vertical { border: solid ansi_bright_black; padding: 0 1; } }
    }
    """

    def __init__(self, title: str, find: Find, *, current: str = "", excluding: bool = False) -> None:
        super().__init__()
        self._title = title
        self._find = find
        self._current = current
        self._excluding = excluding

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(self._title, markup=False)
            yield QueryLine(placeholder=_("type to search"))
            yield _Choices()
            about = (
                _("Enter choose   Ctrl+X exclude   Esc leave")
                if self._excluding
                else _("Enter choose   Esc leave")
            )
            yield Static(about, markup=False, id="about")

    def on_mount(self) -> None:
        choices = self._find("")
        values = [choice.value for choice in choices]
        cursor = values.index(self._current) if self._current in values else 0
        self.call_after_refresh(self.query_one(_Choices).show, choices, cursor)

    def on_input_changed(self, event: QueryLine.Changed) -> None:
        self.query_one(_Choices).show(self._find(event.value))

    def on_click(self, event: events.Click) -> None:
        if self.get_widget_at(*event.screen_offset)[0] is self:  # beside what it shows
            self.dismiss(None)

    def action_move(self, lines: int) -> None:
        choices = self.query_one(_Choices)
        choices.cursor = max(0, min(choices.cursor + lines, len(choices.shown) - 1))

    def action_choose(self) -> None:
        self._choose(excluded=False)

    def action_exclude(self) -> None:
        if self._excluding:
            self._choose(excluded=True)

    def action_leave(self) -> None:
        self.dismiss(None)

    def _choose(self, *, excluded: bool) -> None:
        choices = self.query_one(_Choices)
        if choices.cursor < len(choices.shown):
            self.dismiss(Chosen(choices.shown[choices.cursor].value, excluded))
