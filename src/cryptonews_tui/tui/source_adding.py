"""Adding a source: a location is typed or pasted, tried, and given a name."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from threading import Event, Thread
from typing import TYPE_CHECKING

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from cryptonews_tui.accounts import heading, size, wrong
from cryptonews_tui.library import StoredSource
from cryptonews_tui.safety import clean_line
from cryptonews_tui.translation import N_, _, ngettext
from cryptonews_tui.tui.query_line import QueryLine
from cryptonews_tui.wording import fit, number

if TYPE_CHECKING:
    from cryptonews_tui.refresh import Trial
    from cryptonews_tui.tui.app import CryptonewsApp

NAME_LENGTH = 40
_TOLD_SECONDS = 0.25
_PROBLEMS = 3
_TITLE_CELLS = 72
"""A title takes one line of the narrowest terminals that there are many of."""
_TRY, _ASKING, _NAME = (
    N_("Enter tries it   Esc leaves"),
    N_("Esc calls it off"),
    N_("Enter adds it under this name   Esc goes back to the address"),
)


@dataclass(frozen=True, slots=True)
class Added:
    """A place that was found good, and what it is to be called."""

    location: str
    name: str


class AddingScreen(ModalScreen["Added | None"]):
    """Asks for a location, tries it in a thread, shows what is there. Gives `Added`, or None when it is left."""

    BINDINGS = [Binding("escape", "leave", show=False, priority=True)]  # noqa: RUF012  # Textual's own type
    AUTO_FOCUS = "#location"

    DEFAULT_CSS = """
    AddingScreen {
        align: center middle;
        background: $background 60%;
        & > Vertical {
            width: 92;
            max-width: 100%;
            height: auto;
            max-height: 100%;
            background: $surface;
            padding: 1 2;
            & > Static { height: auto; color: $text-muted; padding: 0 1; }
            & > QueryLine { background: $panel; }
            & > #found { color: $foreground-muted; margin: 1 0; }
            & > #found.-wrong { color: $text-error; }
            & > #about { margin: 1 0 0 0; }
        }
        &:ansi { background: transparent; & > Vertical { border: solid ansi_bright_black; padding: 0 1; } }
    }
    """

    app: CryptonewsApp

    def __init__(self, known: Sequence[StoredSource]) -> None:
        """`known` are the sources there are."""
        super().__init__()
        self._known = known
        self._stop = Event()
        self._asking = False
        self._found = ""
        """The location that was found good."""
        self._proposed = ""

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(_("Add a source: a path on this computer, or an address"), markup=False)
            yield QueryLine(placeholder="~/news   https://example.org/feed.xml", id="location")
            yield Static(markup=False, id="found")
            yield Static(_("Name"), markup=False, id="label")
            yield QueryLine(id="name")
            yield Static(_(_TRY), markup=False, id="about")

    def on_mount(self) -> None:
        self._show_name(False)
        self._tell("")

    def on_unmount(self) -> None:
        self._stop.set()

    # Trying

    @on(QueryLine.Submitted, "#location")
    def _try(self, event: QueryLine.Submitted) -> None:
        location = event.value.strip()
        if not location or self._asking:
            return
        if location == "-":
            self._tell(
                _("The standard input is no place to come back to. Name a path or an address."), wrong=True
            )
            return
        self._asking = True
        self._stop = stop = Event()
        self._tell(_("asking …"), about=_ASKING)
        Thread(target=self._ask, args=(location, stop), daemon=True).start()

    def _ask(self, location: str, stop: Event) -> None:
        from cryptonews_tui.refresh import access_of, try_out

        app, told, received = self.app, time.monotonic(), 0

        def count(more: int) -> None:
            nonlocal told, received
            received += more
            now = time.monotonic()
            if now - told > _TOLD_SECONDS:
                told = now
                app.tell(self._progressed, stop, received)

        try:
            access = access_of(app.settings, app.paths.cache)
            tried = try_out(location, replace(access, stop=stop, count_bytes=count))
        except Exception as error:  # a bug is to be seen, from this thread too
            app.tell(app._handle_exception, error)
        else:
            app.tell(self._tried, stop, tried)

    def _progressed(self, stop: Event, received: int) -> None:
        if self._is_wanted(stop):
            self._tell(_("asking … {size}").format(size=size(received)), about=_ASKING)

    def _is_wanted(self, stop: Event) -> bool:
        return self._asking and stop is self._stop and self.is_attached

    def _tried(self, stop: Event, tried: Trial) -> None:
        if not self._is_wanted(stop):
            return  # it was called off
        self._asking = False
        report = tried.report
        places = (report.location, report.moved)
        same = next((source for source in self._known if source.location in places), None)
        if report.error:
            self._tell(clean_line(report.error, 1_000), wrong=True)
        elif same is not None:
            self._tell(_("This is your source “{name}” already.").format(name=same.name), wrong=True)
        elif report.problems and not tried.titles:
            self._tell("\n".join(_found(tried)), wrong=True)
        else:
            from cryptonews_tui.sourcing import name_of

            self._found, self._proposed = report.location, name_of(report.location, report.title)
            self._tell("\n".join(_found(tried)), about=_NAME)
            self._show_name(True)

    # Naming

    @on(QueryLine.Submitted, "#name")
    def _named(self, event: QueryLine.Submitted) -> None:
        if self._found:
            self.dismiss(Added(self._found, clean_line(event.value, NAME_LENGTH) or self._proposed))

    def action_leave(self) -> None:
        """One step back: from the name to the address, from asking to the address, out."""
        if self._asking:
            self._stop.set()
            self._asking = False
            self._tell(_("Called off."))
        elif self._found:
            self._found = ""
            self._show_name(False)
            self._tell("")
        else:
            self.dismiss(None)

    def _show_name(self, shown: bool) -> None:
        name = self.query_one("#name", QueryLine)
        self.query_one("#label").display = name.display = shown
        self.query_one("#location", QueryLine).disabled = shown
        if shown:
            name.value = self._proposed
            name.cursor_position = len(name.value)
        self.set_focus(name if shown else self.query_one("#location"), scroll_visible=False)

    def _tell(self, text: str, *, wrong: bool = False, about: str = _TRY) -> None:
        found = self.query_one("#found", Static)
        found.set_class(wrong, "-wrong")
        found.display = bool(text)
        found.update(Text(text))
        self.query_one("#about", Static).update(_(about))


def _found(tried: Trial) -> Iterator[str]:
    """What was found, in lines."""
    report = tried.report
    title = f", “{report.title}”" if report.title else ""
    if report.kind or title:
        kind = report.kind or _("a source")
        yield f"{kind[0].upper()}{kind[1:]}{title}"
    if report.moved:
        yield _("It leads to {address}, which will be remembered.").format(address=clean_line(report.moved))
    if tried.note:
        yield tried.note
    if tried.titles:
        yield f"{heading(tried)}:"
        yield from (f"· {fit(clean_line(title, 200), _TITLE_CELLS, pad=False)}" for title in tried.titles)
    elif report.problems:
        yield _("No article here can be read as it is. Tell its publisher, or try another address.")
    else:
        yield _("There is no article here now. It can be added all the same, to wait for some.")
    for problem in report.problems[:_PROBLEMS]:
        yield clean_line(problem.message if problem.item == report.location else wrong(problem), 300)
    if len(report.problems) > _PROBLEMS:
        more = len(report.problems) - _PROBLEMS
        told = ngettext("… and {count} problem more", "… and {count} problems more", more)
        yield told.format(count=number(more))
