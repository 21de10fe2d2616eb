"""The program in the terminal: what it is made of, how it starts and how it ends."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import CancelledError
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import App, SystemCommand
from textual.driver import Driver
from textual.events import Event, Key
from textual.message_pump import MessagePump
from textual.screen import Screen

from cryptonews_tui.library import DatabaseError, Library, State, StoredSource, Writer
from cryptonews_tui.moments import system_now
from cryptonews_tui.safety import safe_url, shown_url
from cryptonews_tui.settings import Paths, Settings
from cryptonews_tui.tui import clipboard
from cryptonews_tui.tui.commands import BY_ID, check_remapping, keymap, shown_keys
from cryptonews_tui.tui.main_screen import MainScreen
from cryptonews_tui.tui.palette import CommandProvider
from cryptonews_tui.tui.pane import Commanded
from cryptonews_tui.tui.theme import OURS, suitable
from cryptonews_tui.tui.typed_ahead import KeyDone, TypedAhead

if TYPE_CHECKING:
    from cryptonews_tui.sources.access import Access


class CryptonewsApp(App[None]):
    """The reader. Give it paths and settings; `now` is the clock, in the zone that times are told in."""

    TITLE = "cryptonews"
    CSS_PATH = "app.tcss"
    COMMANDS: ClassVar = {CommandProvider}
    ENABLE_COMMAND_PALETTE = False  # its key would win over every screen's; the command table has one
    PAUSE_GC_ON_SCROLL = True

    def __init__(
        self,
        paths: Paths,
        settings: Settings,
        locations: Sequence[str] = (),
        *,
        now: Callable[[], datetime] = system_now,
        driver_class: type[Driver] | None = None,
    ) -> None:
        super().__init__(driver_class=driver_class)
        self.use_command_palette = True
        self.paths = paths
        self.settings = settings
        self.locations = tuple(locations)
        self.now = now
        self.remapped, self._complaints = check_remapping(settings.keys)
        self.state = State(paths.state, patience=0.2)  # a key is not to wait
        self.library = self._library(paths.library)
        self.samples = not self.locations and self.library.is_empty() and not self.state.sources()
        if self.samples:
            self.library.close()
            self.library = self._library(paths.samples)
        self.keys = TypedAhead(self._hand_on, self._takes_keys, self.set_timer)
        self.busy = False
        self._total_before = 0
        self._stop = False
        self._access: Access | None = None
        self._reader: Thread | None = None
        self.animation_level = "none"
        for theme in OURS:
            self.register_theme(theme)
        self.theme = self._chosen_theme()

    def _library(self, path: Path) -> Library:
        settings = self.settings
        return Library(
            path,
            self.paths.state,
            settings.languages,
            assets=settings.assets,
            sections=settings.sections,
            now=self.now,
        )

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        return ()

    def get_default_screen(self) -> Screen[None]:
        return MainScreen(self.library, self.size)

    def action_help_quit(self) -> None:
        """Ctrl+C, which many try first."""
        self._say(f"{shown_keys(BY_ID['quit'], self.remapped)} goes back, and quits at the top level.")

    def _say(self, text: str) -> None:
        """Say it where the reader looks."""
        (self.screen if isinstance(self.screen, Commanded) else self.main).say(text)

    @property
    def main(self) -> MainScreen:
        screen = self.screen_stack[0]
        assert isinstance(screen, MainScreen)
        return screen

    def on_mount(self) -> None:
        self.set_keymap(keymap(self.remapped))
        if sys.platform != "win32":
            # Textual would die of the first two with the terminal left in its own mode.
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGHUP):
                loop.add_signal_handler(number, self.exit)
            loop.add_signal_handler(signal.SIGINT, self.action_help_quit)
        self.call_after_refresh(self._started)

    def _started(self) -> None:
        # The start made many objects that will live as long as the program: do not look at them again.
        gc.enable()
        gc.freeze()
        # A key makes thousands of objects that are gone with the next: looking for rings among them, and then among
        # all, took up to 30 ms of it.
        gc.set_threshold(20_000, 50, 100)
        for complaint in (*self._complaints, *self.main.complaints):
            self.main.say(complaint, in_turn=True)
        self.refresh_sources()

    def complain(self, sentences: Iterable[str]) -> None:
        """Say these once the screen is there."""
        self._complaints += sentences

    def tell(self, listen: Callable[..., None], *values: object) -> None:
        """From a thread: call this where the screen lives, unless the program is ending."""

        def told() -> None:
            if self.is_running:
                listen(*values)

        if not self._stop:
            with suppress(RuntimeError, CancelledError):  # what the loop says while it ends
                self.call_from_thread(told)

    def why_empty(self) -> str:
        """What to say when the library has nothing to show."""
        if self.busy:
            return "Reading the articles …"
        if self.state.sources():
            return "No article yet. Press r to read your sources."
        return "No article yet.\nAdd a source in the shell: cryptonews sources add LOCATION"

    # Bringing the library up to date

    def refresh_sources(self) -> None:
        """Read all sources in the background, unless that is going on already."""
        if not self.busy:
            self.busy = True
            self._total_before = self.main.total
            # A thread that ends with the program: no address that does not answer can hold that up.
            self._reader = Thread(target=self._refresh_sources, daemon=True)
            self._reader.start()

    def _refresh_sources(self) -> None:
        from cryptonews_tui.intake import Report
        from cryptonews_tui.refresh import access_of, note, refresh

        said = 0.0

        def progress(report: Report) -> None:
            nonlocal said
            now = datetime.now().timestamp()
            if now - said > 0.3:
                said = now
                amount = f"{report.seen:,} of {report.expected:,}" if report.expected else f"{report.seen:,}"
                self.tell(self._progressed, f"reading {amount}")

        failures: list[str] = []
        access = access_of(self.settings, self.paths.cache)
        self._access = access
        try:
            with closing(State(self.paths.state)) as state, closing(Writer(self.library.path)) as writer:
                sources = self._places_to_read(state)
                for report in refresh(
                    *(writer, sources, access),
                    progress=progress,
                    roles=self.library.roles,
                    precious=state.precious,
                ):
                    note(writer, state, report, self.settings.refresh_minutes)
                    if report.error:
                        failures.append(report.error)
        except DatabaseError as error:
            failures.append(str(error))
        except Exception as error:  # a bug is to be seen, from this thread too
            self.tell(self._handle_exception, error)
        self.tell(self._refreshed, failures)

    def _places_to_read(self, state: State) -> list[StoredSource]:
        if self.samples:
            from cryptonews_tui.cli import samples_location

            return [StoredSource("samples", samples_location())]
        named = [StoredSource("", location) for location in self.locations]
        return [*named, *(source for source in state.sources() if source.enabled)]

    def _progressed(self, activity: str) -> None:
        self.main.show_activity(activity)
        self.main.catch_up()

    def _refreshed(self, failures: Sequence[str]) -> None:
        from cryptonews_tui.cli import SAMPLES_HINT

        self.busy = False
        before = self._total_before
        if self.main.headlines.count:
            self.main.catch_up()
        else:
            self.main.reload()  # to say that nothing came
        news = self.main.total - before
        told = f"{news:,} new · " if before and news > 0 else ""
        self.main.show_activity(f"{told}↻ {self.now():%H:%M}")
        for failure in failures:
            self.main.say(failure, in_turn=True)
        if self.samples and not failures:
            self.main.say(SAMPLES_HINT, in_turn=True)

    # Keys

    async def on_event(self, event: Event) -> None:
        if isinstance(event, Key) and not event.is_forwarded:
            await self.keys.take(event)
        else:
            await super().on_event(event)

    async def _hand_on(self, key: Key) -> MessagePump:
        receiver = self.focused or self.screen
        await super().on_event(key)
        return receiver if key.is_forwarded else self  # dealt with already

    def _takes_keys(self) -> bool:
        """Whether the screen has come so far that somebody there has the focus."""
        screen = self.screen
        return screen.is_mounted and (screen.focused is not None or not screen.focus_chain)

    @on(KeyDone)
    async def _key_done(self) -> None:
        for _ in range(3):  # a worker that the key has started comes to what it opens
            await asyncio.sleep(0)
        await self.keys.done()

    # Links

    def open_in_browser(self, url: str) -> None:
        """Open an http or https page without a shell; where there is no graphical browser, show and copy it."""
        if safe_url(url) is None:
            self._say("This address is not one that a browser may be sent to.")
        elif self._has_browser():
            self.open_url(url)
            self._say(f"Opened {shown_url(url)}")
        else:
            self.copy_to_clipboard(url)
            self._say(f"No browser here; sent to the terminal's clipboard: {shown_url(url)}")

    @staticmethod
    def original(origin: str) -> str:
        """The text of the file that an article was read from; empty if it cannot be read."""
        from cryptonews_tui.refresh import original

        return original(origin)

    def copy_to_clipboard(self, text: str) -> None:
        """Send text to the clipboard of the terminal, wherever that is: over SSH and out of tmux too."""
        super().copy_to_clipboard(text)
        clipboard.to_tmux(text)

    @staticmethod
    def _has_browser() -> bool:
        # A text browser would take the terminal from under us, so only a graphical session counts.
        if sys.platform in ("win32", "darwin"):
            return True
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))

    def _chosen_theme(self) -> str:
        wanted = self.settings.theme
        if wanted in self.available_themes:
            return wanted
        if wanted != "auto":
            self._complaints.append(f"settings: there is no theme “{wanted}”; F9 shows them")
        return suitable(os.environ)

    def _handle_exception(self, error: Exception) -> None:
        # A database that fails is the user's to mend, and needs a sentence more than a traceback.
        cause = getattr(error, "error", error)  # of a worker
        if isinstance(cause, DatabaseError):
            self.exit(return_code=1, message=f"cryptonews: {cause}")
        else:
            super()._handle_exception(error)

    def on_unmount(self) -> None:
        self._stop = True
        if self._access is not None:
            self._access.stop.set()
        with suppress(DatabaseError):  # then the next visit counts as this one
            self.state.note_leaving()
        self.library.close()
        self.state.close()

    def finish(self, seconds: float) -> None:
        """Once the screen is gone: let the thread that reads write what it has, but wait no longer than this."""
        if self._reader is not None:
            self._reader.join(seconds)


def run(paths: Paths, settings: Settings, locations: Sequence[str], complaints: Sequence[str] = ()) -> int:
    """Open the reader and return its exit code."""
    driver: type[Driver] | None = None
    if sys.platform != "win32":
        from cryptonews_tui.tui.driver import TerminalDriver

        driver = TerminalDriver
    app = CryptonewsApp(paths, settings, locations, driver_class=driver)
    app.complain(complaints)
    app.run()
    app.finish(0.5)
    return app.return_code or 0
