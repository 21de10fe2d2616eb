"""The terminal, left quickly and in order.

Textual's driver for Unix looks for its end ten times a second, which makes up most of the time to quit, and
spins for ever when its input is gone. This one is woken by a pipe and ends the program at the end of input.
"""

from __future__ import annotations

import contextlib
import os
import selectors
from codecs import getincrementaldecoder
from typing import Any

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver


class TerminalDriver(LinuxDriver):
    """Reads keys until it is told to stop or nobody can type any more."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._awake, self._waker = os.pipe()

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

    def run_input_thread(self) -> None:
        decode = getincrementaldecoder("utf-8")("replace").decode
        parser = XTermParser(self._debug)
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            selector.register(self._awake, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                ready = {key.fd for key, _ in selector.select(0.1)}
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
                    for event in parser.feed(decode(data)):
                        self.process_message(event)
                for event in parser.tick():  # a lone Esc becomes a key when nothing follows it
                    self.process_message(event)
        with contextlib.suppress(EOFError):
            list(parser.feed(""))

    def close(self) -> None:
        super().close()
        os.close(self._awake)
        os.close(self._waker)
