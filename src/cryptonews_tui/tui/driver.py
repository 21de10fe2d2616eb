"""The terminal: taken at the start, given back at every end, and read in between.

Textual's driver for Unix looks for its end ten times a second, which makes up most of the time to quit, spins for ever
when its input is gone, asks questions that old terminals print, and loses its way when it is stopped. This one has one
place where the terminal is taken and one where it is given back exactly as it was, for every way to end:

| what comes | what is done |
|---|---|
| `q`; the end of input; SIGTERM, SIGHUP, SIGQUIT | the program ends; the signals wait no longer than `_PATIENCE` |
| SIGINT | the app says how to quit, and quits at the second |
| SIGTSTP, Ctrl+Z | the terminal is given back, the job stops as the shell expects; then all is drawn anew |
| SIGCONT after a SIGSTOP | the shell has used the terminal meanwhile: it is taken again |
"""

from __future__ import annotations

import contextlib
import os
import re
import select
import selectors
import signal
import sys
import termios
from codecs import getincrementaldecoder
from collections.abc import Callable
from threading import Thread
from typing import IO, Any

from textual.drivers._writer_thread import WriterThread
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key, Resize
from textual.geometry import Size

from cryptonews_tui.session import LOCAL
from cryptonews_tui.tui.answers import Answers
from cryptonews_tui.tui.key_parser import KeyParser
from cryptonews_tui.tui.kinds import takes_questions

_NO_MOUSE = "\x1b[?1000l\x1b[?1002l\x1b[?1006l"
_BEGIN, _END = "\x1b[200~", "\x1b[201~"
_ESC = "\x1b"
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_ESCAPE_SECONDS = 0.1
"""How long after Esc nothing must come, for it to be the key."""
_ANSWER_SECONDS = 1.0
"""How long the rest of a terminal's answer is waited for."""
_PATIENCE = 1.5
"""Seconds within which the program has ended, even if its terminal takes nothing any more."""
_WIDEST, _HIGHEST = 1000, 500
"""More than any screen shows; over SSH a stranger may claim 65,535 of each, whose cells would fill the memory."""
_KITTY_KEYS = "\x1b[<u\x1b[>25u"
"""Every key by a sequence of its own, with its text; once, however often it is said."""


class Pastes:
    """Takes the control characters out of what is pasted: Textual's parser would take them for keys.

    Feed it what the terminal sends, in pieces of any size; it gives back what the parser may see.
    """

    def __init__(self) -> None:
        self._inside = False
        self._held = ""
        """What may be the beginning of an end."""
        self._passed = ""
        """The end of what was given back: a beginning may be in two pieces."""

    def feed(self, text: str) -> str:
        given = ""
        while text or self._held:
            if self._inside:
                pasted, end, text = (self._held + text).partition(_END)
                self._held = ""
                if not end:
                    lengths = range(len(_END) - 1, 0, -1)
                    held = next((n for n in lengths if pasted.endswith(_END[:n])), 0)
                    cut = len(pasted) - held
                    pasted, self._held = pasted[:cut], pasted[cut:]
                given += _CONTROLS.sub("", pasted.replace("\r", "\n")) + end
                if not end:
                    break
                self._inside = False
                self._passed = ""
            else:
                before, begin, after = (self._passed + text).partition(_BEGIN)
                given += (before + begin)[len(self._passed) :]
                self._passed = before[1 - len(_BEGIN) :]
                text = after
                self._inside = bool(begin)
        return given


class Outlet:
    """Where the driver writes to. A terminal that is gone takes everything and shows nothing."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._gone = False

    def write(self, text: str) -> None:
        self._unless_gone(lambda: self._file.write(text))

    def flush(self) -> None:
        self._unless_gone(self._file.flush)

    def fileno(self) -> int:
        return self._file.fileno()

    def _unless_gone(self, act: Callable[[], object]) -> None:
        try:
            if not self._gone:
                act()
        except (OSError, ValueError):
            self._gone = True


class TerminalDriver(LinuxDriver):
    """Reads keys until it is told to stop or nobody can type any more."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        assert sys.__stderr__ is not None
        self._file: Any = Outlet(sys.__stderr__)
        self._takes_questions = takes_questions(os.environ)
        self._taken = False
        """Whether the terminal is ours."""
        self._ending = False
        """Whether a signal has come that ends the program."""
        self._awake = self._waker = -1
        self.watch: Callable[[str], None] | None = None
        """Is told what is written past the frames, before it is."""
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            signal.signal(number, self._end)
        self._loop.add_signal_handler(signal.SIGINT, self._app.action_help_quit)
        self._mind_job_control()

    # -- the terminal

    def start_application_mode(self) -> None:
        """Take the terminal."""
        self._awake, self._waker = os.pipe()
        self._writer_thread = WriterThread(self._file)
        self._writer_thread.start()
        try:
            self.attrs_before = termios.tcgetattr(self.fileno)
        except termios.error:
            self.attrs_before = None
        self._taken = True
        self._set_modes()
        self._key_thread = Thread(target=self._run_input_thread, name="textual-input")
        self._key_thread.start()
        self._loop.add_signal_handler(signal.SIGWINCH, self._measure)
        self._measure()

    def _set_modes(self) -> None:
        if self.attrs_before is not None:
            attributes = [*self.attrs_before[:6], [*self.attrs_before[6]]]
            attributes[3] = self._patch_lflag(attributes[3])
            attributes[0] = self._patch_iflag(attributes[0])
            attributes[6][termios.VMIN] = 1
            with contextlib.suppress(termios.error):
                termios.tcsetattr(self.fileno, termios.TCSANOW, attributes)
        # The other screen first: kitty's keys are kept for each screen.
        self.write("\x1b[?1049h\x1b[?25l\x1b[?1004h")
        if self._takes_questions:
            self.write(_KITTY_KEYS)
            self._request_terminal_sync_mode_support()
        self._enable_bracketed_paste()
        self._disable_line_wrap()
        self._enable_mouse_support()

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was."""
        if not self._taken:
            return
        self.disable_input()
        self.write(self._give_back())
        if self._writer_thread is not None:
            self._writer_thread.stop()
            self._writer_thread = None
        self._restore_line()
        self._taken = False

    def _enable_mouse_support(self) -> None:
        """Buttons, the wheel, and moves with a button down: no report of every other move."""
        if self._mouse:
            self.write("\x1b[?1000h\x1b[?1002h\x1b[?1006h")

    def _disable_mouse_support(self) -> None:
        if self._mouse:
            self.write(_NO_MOUSE)

    def _give_back(self) -> str:
        # Where there may be no other screen what stands on the only one is taken away.
        special = "\x1b[<u" if self._takes_questions else "\x1b[2J\x1b[H"
        return f"\x1b[0m\x1b[?2004l\x1b[?7h\x1b[?1004l{special}\x1b[?1049l\x1b[?25h"

    def _restore_line(self) -> None:
        with contextlib.suppress(termios.error):
            termios.tcflush(self.fileno, termios.TCIFLUSH)  # answers and reports that nobody will read
            if self.attrs_before is not None:
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)

    def disable_input(self) -> None:
        thread, self._key_thread = self._key_thread, None
        if thread is None:
            return
        self._loop.remove_signal_handler(signal.SIGWINCH)
        self._disable_mouse_support()
        self.exit_event.set()
        os.write(self._waker, b".")
        thread.join()
        self.exit_event.clear()
        os.close(self._awake)
        os.close(self._waker)

    def close(self) -> None:
        """All has been done when the terminal was given back."""

    def write(self, data: str) -> None:
        if data.startswith("\x1b]22;") and not self._takes_questions:  # the shape of the mouse's pointer
            return
        if self.watch is not None:
            self.watch(data)
        self.write_frame(data)

    def write_frame(self, data: str) -> None:
        """Write what only the frames know of."""
        if self._writer_thread is not None:  # what is painted while the program ends is seen by nobody
            self._writer_thread.write(data)

    def is_behind(self) -> bool:
        """Whether the terminal has not taken yet what it was sent."""
        thread = self._writer_thread
        return thread is not None and (
            not thread._queue.empty() or not select.select([], [thread.fileno()], [], 0)[1]
        )

    # -- its size

    def _measure(self) -> None:
        size = Size(*self._get_terminal_size())
        self._app.post_message(Resize(size, size))

    def _get_terminal_size(self) -> tuple[int, int]:
        try:
            columns, rows = os.get_terminal_size(self.fileno)
        except OSError:
            columns = rows = 0
        return min(columns or 80, _WIDEST), min(rows or 24, _HIGHEST)

    # -- signals

    def _end(self, number: int, _: object) -> None:
        """End in order; but a terminal that takes nothing any more, or anything else, must not hold that up."""
        if self._ending:
            return
        self._ending = True
        signal.signal(signal.SIGALRM, self._end_at_once)
        signal.setitimer(signal.ITIMER_REAL, _PATIENCE)
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._app.call_later, self._app.action_quit)

    def _end_at_once(self, *_: object) -> None:
        if self._taken:
            if select.select([], [self._file], [], 0)[1]:
                with contextlib.suppress(OSError):
                    os.write(self._file.fileno(), f"{_NO_MOUSE}{self._give_back()}".encode())
            self._restore_line()
        os._exit(1)

    def _mind_job_control(self) -> None:
        self._loop.add_signal_handler(signal.SIGTSTP, self._app.action_suspend_process)
        self._loop.add_signal_handler(signal.SIGCONT, self._continued)

    def suspend(self) -> None:
        """Give the terminal back and stop, until the shell brings the job to the front again."""
        self.stop_application_mode()
        for number in (signal.SIGTSTP, signal.SIGCONT):
            self._loop.remove_signal_handler(number)
        # To the whole job, for who has started us is to stop with us. A job that nobody could continue, as one that is
        # a whole session, the system does not stop.
        os.kill(0, signal.SIGTSTP)
        while not self._ending and not self._in_front():
            os.kill(os.getpid(), signal.SIGSTOP)
        self._mind_job_control()
        if not self._ending:
            self.start_application_mode()
            self._app.refresh(layout=True)

    def _continued(self) -> None:
        """Somebody has stopped us unasked."""
        while not self._ending and not self._in_front():
            os.kill(os.getpid(), signal.SIGSTOP)
        if self._taken and not self._ending:
            self._set_modes()
            self._measure()
            self._app.refresh(layout=True)

    def _in_front(self) -> bool:
        """Whether the terminal listens to us: else writing to it would stop us, or mix with what others write."""
        try:
            return os.tcgetpgrp(self.fileno) == os.getpgrp()
        except OSError:  # no terminal, or not ours
            return True

    # -- keys

    def run_input_thread(self) -> None:
        charset = getattr(self._app, "session", LOCAL).charset
        # A terminal that shows ASCII may well send more.
        decode = getincrementaldecoder("utf-8" if charset == "ascii" else charset)("replace").decode
        parser, pastes, answers = KeyParser(self._debug), Pastes(), Answers()
        patience: float | None = None
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            selector.register(self._awake, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                ready = {key.fd for key, _ in selector.select(patience)}
                if self._awake in ready:
                    break
                if self.fileno in ready:
                    try:
                        data = os.read(self.fileno, 4096)
                    except OSError:  # the terminal is gone
                        data = b""
                    if not data:
                        self._app.call_later(self._app.action_quit)
                        break
                    if text := answers.feed(
                        pastes.feed(decode(data))
                    ):  # nothing would be the end of the parser
                        for event in parser.feed(text):
                            self.process_message(event)
                elif answers.give_up():
                    self.process_message(Key("escape", _ESC))
                for event in parser.tick():  # what Alt may have been pressed with becomes a key
                    self.process_message(event)
                if answers.waiting and not answers.at_escape:
                    patience = _ANSWER_SECONDS
                else:  # once nothing has come there is nothing to wait for
                    patience = _ESCAPE_SECONDS if ready or answers.waiting else None
        with contextlib.suppress(EOFError):
            list(parser.feed(""))
