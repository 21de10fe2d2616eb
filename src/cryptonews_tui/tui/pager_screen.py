"""Text to be looked at over everything else: the raw file, what a command says, what has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widgets import Static

from cryptonews_tui.translation import _, ngettext
from cryptonews_tui.tui.galley import HEADER, Galley, Part
from cryptonews_tui.tui.selectable import SelectablePane
from cryptonews_tui.typesetting import Block, Code, Line, verbatim

_MARGIN = 1
_PIECE = 400
"""Lines of a long text that are set at once."""


class _Text(SelectablePane, can_focus=True):
    def __init__(self) -> None:
        super().__init__()
        self._parts: list[Part] = []
        self._galley = Galley([], 0)

    def show(self, parts: Sequence[Part]) -> None:
        self._parts = list(parts)
        self._set()

    def _set(self) -> None:
        if self.size.width:
            self.unselect()
            self._galley = Galley(self._parts, max(1, self.size.width - 2 * _MARGIN))
            self.move_to(self.scroll_offset.y)
            self.refresh()

    def on_resize(self) -> None:
        self._set()

    def move_to(self, line: int) -> None:
        self._galley.set_lines(line + self.size.height + 1)
        self.set_lines(len(self._galley.lines))
        self.scroll_to(y=max(0, min(line, self.max_scroll_y)), animate=False)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._galley.set_lines(round(new_value) + 2 * self.size.height)  # the wheel goes on, too
        self.set_lines(len(self._galley.lines))

    @property
    def text_lines(self) -> Sequence[Line]:
        return self._galley.lines

    @property
    def text_margin(self) -> int:
        return _MARGIN

    def step(self, lines: int) -> None:
        self.move_to(self.scroll_offset.y + lines)

    def on_click(self, event: events.Click) -> None:
        if not self.dragged:
            self.choose_by_clicks(event)

    def bottom(self) -> None:
        self._galley.finish()
        self.move_to(len(self._galley.lines))

    def render_line(self, y: int) -> Strip:
        lines, index = self._galley.lines, self.scroll_offset.y + y
        if index >= len(lines):
            return Strip.blank(self.size.width, self.rich_style)
        line, selection = lines[index], self.text_selection
        strip = self.drawn(line, _MARGIN, self.size.width)
        chosen = selection.get_span(index) if selection else None
        return strip if chosen is None else self.selected(strip, line, *chosen)


class PagerScreen(ModalScreen[None]):
    """Shows blocks, and scrolls by the usual keys; Esc or q closes it."""

    BINDINGS = [  # noqa: RUF012  # Textual's own type
        Binding("escape,q,enter", "leave", show=False),
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
        Binding("ctrl+d", "page(0.5)", show=False),
        Binding("ctrl+u", "page(-0.5)", show=False),
        Binding("space,pagedown", "page(1)", show=False),
        Binding("b,pageup", "page(-1)", show=False),
        Binding("g,home", "top", show=False),
        Binding("G,end", "bottom", show=False),
    ]

    DEFAULT_CSS = """
    PagerScreen {
        align: center middle;
        background: $background 60%;
        & > Vertical {
            width: 100%;
            max-width: 110;
            height: 100%;
            background: $background;
            & > Static { height: 1; background: $surface; color: $text-muted; padding: 0 1; }
            & > _Text { height: 1fr; }
        }
        &:ansi { background: transparent; }
        & > .screen--selection { background: $primary-muted; color: $foreground; }
        &:ansi > .screen--selection, &:nocolor > .screen--selection { text-style: reverse; }
    }
    """

    def __init__(
        self, title: str, parts: Iterable[Part] = (), leave: Callable[[], None] = lambda: None
    ) -> None:
        """`leave` is called when the text is closed."""
        super().__init__()
        self._title = title
        self._parts = [*parts]
        self._leave = leave
        self.left = False
        """Whether nobody looks any more."""

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(self._title, markup=False, id="about")
            yield _Text()
            yield Static(_("j k Space b move   Esc closes"), markup=False)

    def on_mount(self) -> None:
        self.query_one(_Text).focus()
        self.call_after_refresh(self._show)

    def show(self, title: str, parts: Iterable[Part]) -> None:
        """Show another text, now or as soon as the screen is there."""
        self._title, self._parts = title, [*parts]
        if self.is_mounted:
            self._show()

    def _show(self) -> None:
        self.query_one("#about", Static).update(self._title)
        self.query_one(_Text).show(self._parts)

    def on_click(self, event: events.Click) -> None:
        if self.get_widget_at(*event.screen_offset)[0] is self:  # beside what it shows
            self.dismiss(None)

    @on(SelectablePane.TextCopied)
    def _text_copied(self, event: SelectablePane.TextCopied) -> None:
        self.app.copy_to_clipboard(event.text)
        count = len(event.text.split())
        told = ngettext(
            "Sent what was selected to the terminal's clipboard: {count} word.",
            "Sent what was selected to the terminal's clipboard: {count} words.",
            count,
        ).format(count=f"{count:,}")
        self.query_one("#about", Static).update(told)

    def action_scroll(self, lines: int) -> None:
        self.query_one(_Text).step(lines)

    def action_page(self, pages: float) -> None:
        height = self.query_one(_Text).size.height
        self.action_scroll(round(pages * height) - (2 if pages == 1 else -2 if pages == -1 else 0))

    def action_top(self) -> None:
        self.query_one(_Text).move_to(0)

    def action_bottom(self) -> None:
        self.query_one(_Text).bottom()

    def action_leave(self) -> None:
        self.dismiss(None)

    def on_unmount(self) -> None:  # it may be left because the program ends
        self.left = True
        self._leave()


def plain(text: str) -> list[Part]:
    """A text as it was typed."""
    lines = verbatim(text).split("\n")
    return [
        Part(
            HEADER,
            _code("\n".join(lines[start : start + _PIECE])),
            sum(map(len, lines[start : start + _PIECE])),
        )
        for start in range(0, len(lines), _PIECE)
    ]


def _code(text: str) -> Callable[[], Iterable[Block]]:
    return lambda: (Block(Code(text), space=0),)
