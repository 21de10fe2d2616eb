"""The terminal, left quickly and in order.

Textual's driver for Unix looks for its end ten times a second, which makes up most of the time to quit, and
spins for ever when its input is gone. This one is woken by a pipe and ends the program at the end of input.
"""

from __future__ import annotations

import contextlib
import os
import re
import select
import selectors
from codecs import getincrementaldecoder
from collections.abc import Callable
from typing import Any

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

_BEGIN, _END = "\x1b[200~", "\x1b[201~"
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


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


class TerminalDriver(LinuxDriver):
    """Reads keys until it is told to stop or nobody can type any more."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._awake, self._waker = os.pipe()
        self.watch: Callable[[str], None] | None = None
        """Is told what is written past the frames, before it is."""

    def write(self, data: str) -> None:
        if self.watch is not None:
            self.watch(data)
        super().write(data)

    def write_frame(self, data: str) -> None:
        """Write what only the frames know of."""
        super().write(data)

    def is_behind(self) -> bool:
        """Whether the terminal has not taken yet what it was sent."""
        thread = self._writer_thread
        return thread is not None and (
            not thread._queue.empty() or not select.select([], [thread.fileno()], [], 0)[1]
        )

    def disable_input(self) -> None:
        with contextlib.suppress(OSError):
            os.write(self._waker, b".")
        super().disable_input()

    def start_application_mode(self) -> None:
        # After a suspension the last wake-up is still in the pipe.
        os.set_blocking(self._awake, False)
        with contextlib.suppress(BlockingIOError):
            os.read(self._awake, 64)
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def stop_application_mode(self) -> None:
        self.write("\x1b[m")  # frames leave the colours of their last cell
        super().stop_application_mode()

    def run_input_thread(self) -> None:
        decode = getincrementaldecoder("utf-8")("replace").decode
        parser = XTermParser(self._debug)
        pastes = Pastes()
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            selector.register(self._awake, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                # Nothing is waited for but keys, unless a lone Esc is to become one.
                ready = {key.fd for key, _ in selector.select(None if parser._timeout_time is None else 0.1)}
                if self._awake in ready:
                    break
                if self.fileno in ready:
                    try:
                        data = os.read(self.fileno, 4096)
                    except OSError:  # the terminal is gone
                        data = b""
                    if not data:
                        self._app.call_later(self._app.exit)
                        break
                    if text := pastes.feed(decode(data)):  # nothing would be the end of the parser
                        for event in parser.feed(text):
                            self.process_message(event)
                for event in parser.tick():  # a lone Esc becomes a key when nothing follows it
                    self.process_message(event)
        with contextlib.suppress(EOFError):
            list(parser.feed(""))

    def close(self) -> None:
        super().close()
        os.close(self._awake)
        os.close(self._waker)


class FrugalDriver(TerminalDriver):
    """Hears of the mouse while a button is down, but not of its every move."""

    def _enable_mouse_support(self) -> None:
        if self._mouse:
            self.write("\x1b[?1000h\x1b[?1002h\x1b[?1006h")

    def _disable_mouse_support(self) -> None:
        if self._mouse:
            self.write("\x1b[?1000l\x1b[?1002l\x1b[?1006l")
