"""The program in the terminal: what it is made of, how it starts and how it ends."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import CancelledError
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import SystemCommand
from textual.binding import Binding
from textual.driver import Driver
from textual.drivers._writer_thread import WriterThread
from textual.events import Event, Key, Resize
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.theme import ThemeProvider

from cryptonews_tui.library import DatabaseError, Library, State
from cryptonews_tui.moments import system_now
from cryptonews_tui.output import say
from cryptonews_tui.safety import safe_url, shown_url
from cryptonews_tui.session import LOCAL, Session
from cryptonews_tui.settings import Paths, Settings
from cryptonews_tui.translation import _
from cryptonews_tui.tui import clipboard
from cryptonews_tui.tui.colourless import Colourless
from cryptonews_tui.tui.commands import BY_ID, COMMANDS, Command, check_remapping, keymap, shown_keys
from cryptonews_tui.tui.frames import FramesApp
from cryptonews_tui.tui.kinds import is_colourless
from cryptonews_tui.tui.main_screen import MainScreen
from cryptonews_tui.tui.palette import CommandProvider, Palette
from cryptonews_tui.tui.pane import Commanded
from cryptonews_tui.tui.refreshing import Refreshing
from cryptonews_tui.tui.theme import OURS, SIXTEEN, suitable
from cryptonews_tui.tui.typed_ahead import KeyDone, TypedAhead

_TWICE_SECONDS = 2.0
"""Ctrl+C again within this time is meant."""

_HARMLESS = frozenset({"help_quit", "quit", "focus_next", "focus_previous", "suspend_process"})
"""Actions of the program itself that any session has."""


class CryptonewsApp(FramesApp):
    """The reader. Give it paths and settings; `now` is the clock, in the zone that times are told in."""

    TITLE = "cryptonews"
    CSS_PATH = "app.tcss"
    COMMANDS: ClassVar = {CommandProvider}
    BINDINGS: ClassVar = [
        Binding(BY_ID["suspend"].keys, "suspend_process", show=False, priority=True, id="suspend")
    ]
    ENABLE_COMMAND_PALETTE = False  # its key would win over every screen's; the command table has one
    PAUSE_GC_ON_SCROLL = True
    ALLOW_SELECT = False  # in Textual's way, which paints the whole screen at each press of a button

    def __init__(
        self,
        paths: Paths,
        settings: Settings,
        locations: Sequence[str] = (),
        *,
        session: Session = LOCAL,
        now: Callable[[], datetime] = system_now,
        driver_class: type[Driver] | None = None,
    ) -> None:
        super().__init__(driver_class=driver_class)
        self.no_color = is_colourless(os.environ)
        if self.no_color:
            self._filters = [
                *self._filters[:1],
                Colourless(),
            ]  # the first is about the terminal's own colours
        self.use_command_palette = True
        self.paths = paths
        self.settings = settings
        self.session = session
        self.few_colours = session.frugal
        self.locations = tuple(locations)
        self.story = ""
        """The story to begin with, if any."""
        self.now = now
        self.remapped, self._complaints = check_remapping(settings.keys)
        self.state = State(paths.state, patience=0.2)  # a key is not to wait
        self.library = self._library(paths.library)
        self.samples = (
            not session.restricted
            and not self.locations
            and self.library.is_empty()
            and not self.state.sources()
        )
        if self.samples:
            self.library.close()
            self.library = self._library(paths.samples)
        self.keys = TypedAhead(self._hand_on, self._takes_keys, self.set_timer)
        self._stop = False
        self._interrupted = -_TWICE_SECONDS
        self._there = self._leaving = False
        self._asked = ""
        self.last_words = ""
        """What is to be said when the terminal is the shell's again."""
        self.refreshing = Refreshing(self)
        self.animation_level = "none"
        self.scroll_sensitivity_y = 3.0  # lines at a notch of the wheel
        for theme in (*OURS, SIXTEEN):
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
            read_only=self.session.restricted,
        )

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        return ()

    def get_default_screen(self) -> Screen[None]:
        return MainScreen(self.library, self.size)

    async def action_quit(self) -> None:
        """End as soon as there is a screen to end: Textual cannot while it makes one."""
        self._leaving = True
        if self._there:
            self.exit()

    def action_help_quit(self) -> None:
        """Ctrl+C, which many try first: says how to quit; the second time in a row it quits."""
        before, self._interrupted = self._interrupted, time.monotonic()
        if self._interrupted - before < _TWICE_SECONDS:
            self.call_later(self.action_quit)
        elif self._there and self.is_running:
            self.say(
                _("{key} goes back, and quits at the top level; Ctrl+C once more quits at once.").format(
                    key=shown_keys(BY_ID["quit"], self.remapped)
                )
            )

    def action_suspend_process(self) -> None:
        """Stop, and leave the terminal to the shell; nobody gets a shell out of a restricted session."""
        if self.session.restricted:
            self.say(_("In this session the program cannot be stopped for a while."))
        elif (suspend := getattr(self._driver, "suspend", None)) is not None:
            suspend()

    def has(self, command: Command) -> bool:
        """Whether this session has a command."""
        return not (self.session.restricted and command.outside)

    @property
    def commands(self) -> list[Command]:
        """All that this session has."""
        return [*filter(self.has, COMMANDS)]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Of what Textual's own program can do — screenshots, suspending — a restricted session has the least."""
        return not self.session.restricted or action in _HARMLESS

    def action_command_palette(self) -> None:
        self.push_screen(Palette(placeholder=_("Search for commands…"), id="--command-palette"))

    def search_themes(self) -> None:
        self.push_screen(Palette(providers=[ThemeProvider], placeholder=_("Search for themes…")))

    def say(self, text: str, *, in_turn: bool = False) -> None:
        """Say it where the reader looks (after what is being said)."""
        (self.screen if isinstance(self.screen, Commanded) else self.main).say(text, in_turn=in_turn)

    @property
    def main(self) -> MainScreen:
        screen = self.screen_stack[0]
        assert isinstance(screen, MainScreen)
        return screen

    def on_mount(self) -> None:
        self.set_keymap(keymap(self.remapped))
        if not self.is_headless:
            asyncio.get_running_loop().set_exception_handler(
                lambda _loop, context: self.fail_elsewhere(context.get("exception"))
            )
            threading.excepthook = self._thread_failed
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
        self._there = True
        if self._leaving:
            self.exit()
        else:
            self.refreshing.start()

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
        if self.session.restricted:
            return _("No article yet.")
        if self.busy:
            return _("Reading the articles …")
        if self.state.sources():
            return _("No article yet. Press r to read your sources.")
        keys = [shown_keys(BY_ID[name], self.remapped).split(" ")[0] for name in ("sources", "source-add")]
        return _(
            "No article yet.\n{first} then {second} adds a source: a folder, a feed, a repository …"
        ).format(first=keys[0], second=keys[1])

    # Bringing the library up to date

    @property
    def busy(self) -> bool:
        """Whether sources are being read."""
        return self.refreshing.busy

    def leave_samples(self) -> None:
        """The reader has a source: show their own library from now on."""
        if self.samples:
            if self.busy:
                self.refreshing.cancel()
            self.samples = False
            self.main.change_library(self.paths.library)

    # Keys

    async def on_event(self, event: Event) -> None:
        if isinstance(event, Key) and not event.is_forwarded:
            await self.keys.take(event)
        else:
            if isinstance(event, Resize):
                self.repaint()
            await super().on_event(event)

    async def _hand_on(self, key: Key) -> MessagePump:
        receiver = self.focused or self.screen
        await super().on_event(key)
        if key.key == "ctrl+c" and self.screen.is_modal and not getattr(self.focused, "selected_text", ""):
            self.action_help_quit()  # dialogues hide what the app binds
        return receiver if key.is_forwarded else self  # dealt with already

    def _takes_keys(self) -> bool:
        """Whether the screen has come so far that somebody there has the focus."""
        screen = self.screen
        return screen.is_mounted and (screen.focused is not None or not screen.focus_chain)

    @on(KeyDone)
    async def _key_done(self) -> None:
        for _turn in range(3):  # a worker that the key has started comes to what it opens
            await asyncio.sleep(0)
        await self.keys.done()

    # Links

    def open_in_browser(self, url: str) -> None:
        """Open an http or https page without a shell; where there is no graphical browser, show and copy it."""
        if safe_url(url) is None:
            self.say(_("This address is not one that a browser may be sent to."))
        elif self.session.restricted:
            self.copy_to_clipboard(url)
            self.say(_("Sent to the terminal's clipboard: {url}").format(url=shown_url(url)))
        elif self._has_browser():
            self.open_url(url)
            self.say(_("Opened {url}").format(url=shown_url(url)))
        else:
            self.copy_to_clipboard(url)
            self.say(_("No browser here; sent to the terminal's clipboard: {url}").format(url=shown_url(url)))

    def original(self, origin: str) -> str:
        """The text of the file that an article was read from; empty if it cannot or must not be read."""
        if self.session.restricted:
            return ""
        from cryptonews_tui.refresh import original

        return original(origin)

    def copy_to_clipboard(self, text: str) -> None:
        """Send text to the clipboard of the terminal, wherever that is: over SSH and out of tmux too."""
        super().copy_to_clipboard(text)
        if not self.session.restricted:
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
            self._complaints.append(
                _("settings: there is no theme “{theme}”; F9 shows them").format(theme=wanted)
            )
        return suitable(os.environ, few=self.session.frugal)

    def _handle_exception(self, error: Exception) -> None:
        # A database that fails is the user's to mend, and needs a sentence more than a traceback.
        cause = getattr(error, "error", error)  # of a worker
        if isinstance(cause, DatabaseError):
            self.exit(return_code=1, message=f"cryptonews: {cause}")
            return
        # Textual would show the values of all variables: articles, and what is nobody's business.
        self._return_code = 1
        if self._exception is None:
            from cryptonews_tui import crash

            with suppress(Exception):  # there may be no screen yet
                self._asked = str(self.main.question)
            self.last_words = crash.report(cause, self.paths.state, command="(reader)", query=self._asked)
            self._exception = error  # what tests look at
            self._exception_event.set()
        self._close_messages_no_wait()

    def _thread_failed(self, failed: threading.ExceptHookArgs) -> None:
        if isinstance(failed.thread, WriterThread) and isinstance(failed.exc_value, OSError):
            self._hand_over(self.exit)  # the terminal is gone, and nobody left to tell
        else:
            self.fail_elsewhere(failed.exc_value)

    def fail_elsewhere(self, error: BaseException | None) -> None:
        """An error that no part of the screen will hear of: in a thread, or in what the event loop calls."""
        if isinstance(error, Exception):
            self._hand_over(self._handle_exception, error)

    def _hand_over(self, call: Callable[..., None], *values: object) -> None:
        """Have it called where the screen lives, and do not wait: who waits here may be waited for."""
        if self._loop is not None and not self._stop:
            with suppress(RuntimeError):  # the loop has just ended
                self._loop.call_soon_threadsafe(call, *values)

    def on_unmount(self) -> None:
        self._stop = True
        self.refreshing.close()
        with suppress(DatabaseError):  # then the next visit counts as this one
            self.state.note_leaving()
        self.library.close()
        self.state.close()

    def finish(self, seconds: float) -> None:
        """Once the screen is gone: let the thread that reads write what it has, but wait no longer than this."""
        self.refreshing.finish(seconds)


def run(
    paths: Paths,
    settings: Settings,
    locations: Sequence[str],
    complaints: Sequence[str] = (),
    session: Session = LOCAL,
    story: str = "",
) -> int:
    """Open the reader, at a story if one is named, and return its exit code."""
    driver: type[Driver] | None = None
    if sys.platform != "win32":
        from cryptonews_tui.tui.driver import TerminalDriver

        driver = TerminalDriver
    app = CryptonewsApp(paths, settings, locations, session=session, driver_class=driver)
    app.story = story
    app.complain(complaints)
    app.run(mouse=session.mouse)
    app.finish(0.5)
    if app.last_words:
        say(app.last_words)
    return app.return_code or 0
