"""What every key does, from the command table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from cryptonews_tui.query import FIELDS
from cryptonews_tui.translation import N_, _
from cryptonews_tui.tui.commands import grouped, in_letters, shown_keys

if TYPE_CHECKING:
    from cryptonews_tui.tui.app import CryptonewsApp


_MOUSE = (
    (N_("A click"), N_("Chooses; on a link it shows where that leads; on a heading it folds the section.")),
    (N_("Another"), N_("Opens the story, or the link.")),
    (N_("A drag"), N_("Selects text of an article and copies it; two clicks a word, three a paragraph.")),
    (N_("The wheel"), N_("Moves what is under the pointer.")),
    (N_("With Shift"), N_("In most terminals the mouse is the terminal's own, as with mouse = false.")),
)


class HelpScreen(ModalScreen[None]):
    """All keys in groups, then the query language. Scrolls by the usual keys; Esc, q or ? close it."""

    BINDINGS = [  # noqa: RUF012  # Textual's own type
        Binding("escape,q,question_mark,f1", "dismiss", show=False),
        Binding("j,down", "scroll(1)", show=False, priority=True),
        Binding("k,up", "scroll(-1)", show=False, priority=True),
        Binding("space,pagedown,ctrl+d", "scroll(12)", show=False, priority=True),
        Binding("b,pageup,ctrl+u", "scroll(-12)", show=False, priority=True),
        Binding("g,home", "scroll(-9999)", show=False, priority=True),
        Binding("G,end", "scroll(9999)", show=False, priority=True),
    ]

    DEFAULT_CSS = """
    HelpScreen {
        align: center middle;
        background: $background 60%;
        & > VerticalScroll {
            width: 84;
            max-width: 100%;
            height: 90%;
            background: $surface;
            padding: 1 3;
            scrollbar-size-vertical: 0;
            & > Static { height: auto; }
        }
        &:ansi { background: transparent; & > VerticalScroll { border: solid ansi_bright_black; padding: 0 1; } }
    }
    """

    app: CryptonewsApp

    def __init__(self, remapped: Mapping[str, str], views: Mapping[str, str]) -> None:
        """`remapped` are the keys of the settings, `views` those that open a view, by its name."""
        super().__init__()
        self._remapped = remapped
        self._views = views

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(self._table())

    def on_click(self, event: events.Click) -> None:
        if self.get_widget_at(*event.screen_offset)[0] is self:  # beside what it shows
            self.dismiss(None)

    def action_scroll(self, lines: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(width=16)
        table.add_column()
        table.add_row(Text("Esc", "bold"), Text(_("Closes this page; j and k, Space and b move it.")))
        table.add_row()
        for group, commands in grouped(self.app.commands).items():
            table.add_row(Text(_(group), "bold"))
            for command in commands:
                keys = shown_keys(command, self._remapped)
                shown = in_letters(keys) if self.app.session.ascii else keys
                table.add_row(Text(f"  {shown}", "bold"), Text(_(command.help)))
            table.add_row()
        if self.app.session.mouse:
            table.add_row(Text(_("The mouse"), "bold"))
            for what, does in _MOUSE:
                table.add_row(Text(f"  {_(what)}", "bold"), Text(_(does)))
            table.add_row()
        if self._views:
            table.add_row(Text(_("Views"), "bold"))
            for name, key in self._views.items():
                table.add_row(Text(f"  {key}", "bold"), Text(_("The view “{name}”.").format(name=name)))
            table.add_row()
        table.add_row(
            Text(_("The query"), "bold"),
            Text(
                _(
                    "Terms side by side must all hold; “-” excludes; OR and ( ) choose;\n"
                    "commas mean any of, & all of; * any letters; quotes keep words together."
                )
            ),
        )
        for field in FIELDS.values():
            told = _("{help}; such as {example}").format(help=_(field.help), example=field.example)
            table.add_row(Text(f"  {field.name}:", "bold"), Text(told))
        return table
