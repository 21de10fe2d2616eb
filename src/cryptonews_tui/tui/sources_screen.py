"""The sources: how each is, and what can be done about it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from cryptonews_tui.accounts import visits as visits_in_words
from cryptonews_tui.library import DatabaseError, StoredSource, Visit
from cryptonews_tui.safety import clean, clean_line
from cryptonews_tui.translation import N_, _, ngettext
from cryptonews_tui.tui.bars import KeyLine, StatusLine
from cryptonews_tui.tui.bindings import bindings
from cryptonews_tui.tui.commands import BY_ID, Command, shown_keys
from cryptonews_tui.tui.hints import HINTS, KEY_TITLES
from cryptonews_tui.tui.pane import Pane
from cryptonews_tui.tui.pane_screen import PaneScreen
from cryptonews_tui.tui.source_rows import Known, Row, detail, row
from cryptonews_tui.tui.sources_pane import SourceDetail, SourcesPane
from cryptonews_tui.wording import cells, number

if TYPE_CHECKING:
    from cryptonews_tui.tui.source_adding import Added
    from cryptonews_tui.tui.source_form import Changed

SHARED = (
    *("down", "up", "half-page-down", "half-page-up", "page-down", "page-up", "top", "bottom"),
    *("open", "back", "quit", "copy-link", "refresh", "refresh-all", "cancel-refresh", "sources"),
    *("theme", "help", "palette"),
)
"""Commands of anywhere that do here what they do there."""

_BUSY_SECONDS = 0.25
"""How often the screen is compared with what is known."""
_READ_SECONDS = 1.0
"""The state is read anew at most so often: a refresh writes to it after every visit."""
_EMPTY = N_(
    "No source yet.\n{key} adds one: a folder, a file or an archive on this computer,\n"
    "or the address of a feed, of a list of articles, of a repository."
)
_EMPTY_BESIDE_SAMPLES = N_(
    "No source yet; the list shows samples.\n{key} adds one: a folder, a file or an archive on this computer,\n"
    "or the address of a feed, of a list of articles, of a repository."
)


class SourcesScreen(PaneScreen[None]):
    """A row a source, and below what there is to say of the one under the cursor. Follows a refresh as it goes on."""

    BINDINGS = [*bindings("sources"), *bindings("anywhere", SHARED)]  # noqa: RUF012  # Textual's own type
    AUTO_FOCUS = "#sources"

    def __init__(self) -> None:
        low = self.app.size.height < self.VERTICAL_BREAKPOINTS[1][0]
        super().__init__(
            classes=self.VERTICAL_BREAKPOINTS[not low][1]
        )  # now: else all is styled and laid out twice
        self._sources: list[StoredSource] = []
        self._visits: dict[str, list[Visit]] = {}
        self._held: dict[str, int] = {}
        self._versions: tuple[object, object] = (None, None)
        self._read_at = float("-inf")
        self._shown: tuple[object, ...] = ()
        self._to_remove = ""
        """The location of the source that the same key removes, while it is said so."""

    @property
    def moved_in(self) -> Pane:
        return self.pane

    @property
    def pane(self) -> SourcesPane:
        return self.query_one(SourcesPane)

    @property
    def commands(self) -> list[Command]:
        """What can be done here."""
        commands = self.app.commands
        return [command for command in commands if command.scope == "sources" or command.id in SHARED]

    async def run(self, command: Command) -> None:
        """Run a command as if its key had been pressed."""
        await self.app.run_action(command.id.replace("-", "_"), self)

    def compose(self) -> ComposeResult:
        yield StatusLine()
        with Vertical(id="panes"):
            yield SourcesPane(id="sources")
            yield SourceDetail(id="source")
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one(KeyLine).offer(self.had(HINTS["sources"]), KEY_TITLES["sources"], self.app.remapped)
        self.catch_up()
        self.call_after_refresh(self.catch_up)  # now that it is known what is in sight
        self.set_interval(_BUSY_SECONDS, self.catch_up)

    # What is shown

    def catch_up(self) -> None:
        """Show how things are by now; nothing is drawn if they are as they were."""
        library = self.app.library
        versions = library.version(), library.marks_version()
        if versions != self._versions and time.monotonic() - self._read_at > _READ_SECONDS:
            self._read()
            self._versions = versions
        rows = (self._row(number) for number in self.pane.in_sight)
        shown = (*rows, self.app.main.activity)
        if shown != self._shown:
            self._shown = shown
            self.pane.refresh()
            self._tell()
        self._show_detail()

    def _read(self, at: str = "") -> None:
        """Read the sources anew; the cursor goes to the one at a location, or stays."""
        current = self._current
        self._sources = self.app.refreshing.sources()
        self._read_at = time.monotonic()
        self._visits.clear()
        self._held.clear()
        at = at or (current.location if current is not None else "")
        places = [source.location for source in self._sources]
        cursor = places.index(at) if at in places else self.pane.cursor
        key = shown_keys(BY_ID["source-add"], self.app.remapped).split(" ")[0]
        longest = max((cells(Known(source).name) for source in self._sources), default=0)
        empty = _(_EMPTY_BESIDE_SAMPLES if self.app.samples else _EMPTY).format(key=key)
        self.pane.show(len(self._sources), self._row, cursor, longest=longest, empty=empty)

    @property
    def _current(self) -> StoredSource | None:
        """The source under the cursor."""
        cursor = self.pane.cursor
        return self._sources[cursor] if 0 <= cursor < len(self._sources) else None

    def _row(self, number: int) -> Row:
        return row(self._known(self._sources[number]), self.app.now())

    def _known(self, source: StoredSource) -> Known:
        location, refreshing = source.location, self.app.refreshing
        if location not in self._visits:
            self._visits[location] = self.app.state.visits(location)
            self._held[location] = self.app.library.held(location)
        return Known(
            source,
            refreshing.report(source),
            refreshing.is_waiting(source),
            self._held[location],
            self._visits[location],
            refreshing.watches(source),
            self.app.settings.refresh_minutes,
        )

    @on(SourcesPane.CursorMoved)
    def _cursor_moved(self) -> None:
        if self._to_remove:  # the question was of another one
            self._to_remove = ""
            self.hush()
        self._show_detail()

    def _show_detail(self) -> None:
        source = self._current
        shown = self.query_one(SourceDetail)
        shown.display = source is not None
        shown.show([] if source is None else [*detail(self._known(source))])

    def _tell(self) -> None:
        status = self.query_one(StatusLine)
        status.nothing_asked = _("Sources")
        failed = sum(1 for source in self._sources if source.error and source.enabled)
        disabled = sum(1 for source in self._sources if not source.enabled)
        count = len(self._sources)
        status.counts = ngettext("{count} source", "{count} sources", count).format(count=number(count))
        details = (
            (disabled, ngettext("{count} disabled", "{count} disabled", disabled)),
            (failed, ngettext("{count} failed", "{count} failed", failed)),
        )
        status.details = tuple(told.format(count=number(many)) for many, told in details if many)
        status.activity = self.app.main.activity

    # What can be done

    def action_source_add(self) -> None:
        from cryptonews_tui.tui.source_adding import AddingScreen

        # Now, not in a worker: where keys come in bundles the next is here already.
        self.app.push_screen(AddingScreen(self.app.state.sources()), self._added)

    def _added(self, added: Added | None) -> None:
        if added is None:
            return

        def add() -> None:
            source = self.app.state.add_source(added.name, added.location)
            self.app.leave_samples()
            self.app.refreshing.ask([source], by_key=True)
            self._changed(source.location)
            self.say(_("Added “{name}”; it is being read.").format(name=source.name))

        self._try(add)

    def action_source_edit(self) -> None:
        from cryptonews_tui.tui.source_form import FormScreen

        if source := self._own():
            taken = {each.name for each in self._sources} - {source.name}
            self.app.push_screen(FormScreen(source, taken, self.app.settings.refresh_minutes), self._edited)

    def _edited(self, changed: Changed | None) -> None:
        if changed is not None and changed.after != changed.before:
            before, after = changed.before, changed.after
            # What was left out, or lies in the past of a repository, is to be looked at now.
            afresh = (before.languages, before.history) != (after.languages, after.history)
            self._change(before, after, _("Changed “{name}”.").format(name=after.name), afresh=afresh)

    def action_source_toggle(self) -> None:
        if source := self._own():
            enabled = not source.enabled
            told = _("“{name}” is read again.") if enabled else _("“{name}” is not read any more.")
            changed = replace(source, enabled=enabled)
            self._change(source, changed, told.format(name=source.name), ask=enabled)

    def _change(
        self, before: StoredSource, after: StoredSource, told: str, *, ask: bool = False, afresh: bool = False
    ) -> None:
        def change() -> None:
            why = self.app.state.change_source(before.location, after)
            if why:
                self.say(f"{why[0].upper()}{why[1:]}.")
                return
            self.say(told)
            if ask or (afresh and after.enabled):
                self.app.refreshing.ask([after], by_key=True, afresh=afresh)
            self._changed(after.location)

        self._try(change)

    def action_source_remove(self) -> None:
        """Forget the source; the first time say what that means."""
        source = self._own()
        if source is None:
            return
        asked = self._to_remove == source.location and self.query_one(KeyLine).said
        self._to_remove = source.location
        if not asked:  # or so long ago that the question is not there any more
            key = shown_keys(BY_ID["source-remove"], self.app.remapped).split(" ")[0]
            held = self._known(source).held
            told = ngettext(
                "{key} again removes “{name}”; its {count} story, with stars and notes, stay here.",
                "{key} again removes “{name}”; its {count} stories, with stars and notes, stay here.",
                held,
            )
            self.say(told.format(key=key, name=source.name, count=number(held)))
            return

        def remove() -> None:
            self.app.state.remove_source(source.name, source.location)
            self.app.refreshing.forget(source.location)
            self.say(_("Removed “{name}”; its stories stay in the library.").format(name=source.name))
            self._changed()

        self._to_remove = ""
        self._try(remove)

    def _changed(self, at: str = "") -> None:
        self.app.refreshing.watch()
        self._read(at)
        self.catch_up()

    def _try(self, act: Callable[[], None]) -> None:
        try:
            act()
        except DatabaseError as error:
            self.say(str(error))

    def action_open(self) -> None:
        self.action_source_problems()

    @on(SourcesPane.Opened)
    def action_source_problems(self) -> None:
        """What was wrong at the last visit, and how those before went."""
        from cryptonews_tui.tui.pager_screen import PagerScreen, plain

        if source := self._selected():
            known = self._known(source)
            said = [*visits_in_words(known.visits, self.app.state.problems(source.location))]
            if error := source.error:
                said = [error, "", *said]
            title = f"{known.name} · {clean_line(source.location)}"
            self.app.push_screen(PagerScreen(title, plain(clean("\n".join(said)))))

    def action_copy_link(self) -> None:
        """Copy the location."""
        if source := self._selected():
            self.app.copy_to_clipboard(source.location)
            self.say(_("Sent to the terminal's clipboard: {text}").format(text=source.location))

    def action_refresh(self) -> None:
        if source := self._selected():
            self.app.refreshing.ask([source], by_key=True)
            self.catch_up()

    def action_refresh_all(self) -> None:
        self.app.refreshing.ask_all()
        self.catch_up()

    def action_cancel_refresh(self) -> None:
        self.app.refreshing.cancel()

    def _own(self) -> StoredSource | None:
        """The source under the cursor, if it is one of the reader's; else it is said why not."""
        source = self._selected()
        if source is not None and not source.name:
            key = shown_keys(BY_ID["source-add"], self.app.remapped).split(" ")[0]
            self.say(
                _("This place was only named when the reader was opened; {key} adds it as a source.").format(
                    key=key
                )
            )
            return None
        return source

    def _selected(self) -> StoredSource | None:
        source = self._current
        if source is None:
            key = shown_keys(BY_ID["source-add"], self.app.remapped).split(" ")[0]
            self.say(_("There is no source here; {key} adds one.").format(key=key))
        return source

    # The rest

    def action_back(self) -> None:
        self.dismiss(None)

    def action_quit(self) -> None:
        """One level back, as everywhere."""
        self.dismiss(None)

    def action_sources(self) -> None:
        """The key that opened it closes it."""
        self.dismiss(None)

    def action_help(self) -> None:
        from cryptonews_tui.tui.help_screen import HelpScreen

        self.app.push_screen(HelpScreen(self.app.remapped, {}))
