"""A program in a real terminal: started in a pty of its own, read with timestamps, shown by pyte, always ended.

    with Terminal(["cryptonews"], env={"CRYPTONEWS_LIBRARY": …}) as terminal:
        terminal.wait_for("Headlines")
        mark = terminal.mark()
        terminal.press("j", "enter")
        terminal.quiet(0.2)
        assert len(terminal.since(mark)) < 1024
        terminal.send("q")
        assert terminal.wait_end() == 0

stdin, stdout and stderr are all the pty, because Textual paints through stderr. Like the plainest of terminals it
answers no question that a program asks. Nothing is read while nobody waits: then the program may block on a
full pty.
"""

from __future__ import annotations

import fcntl
import os
import select
import shutil
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

import pyte

KEYS: Mapping[str, str] = {
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "space": " ",
    "backspace": "\x7f",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "f1": "\x1bOP",
    "f9": "\x1b[20~",
}
"""What a terminal sends for a key that writes no letter. `ctrl+x` needs no entry."""

_TIMEOUT = 15.0


class Terminal:
    """A terminal of `columns` × `rows` in which `command` runs; `env` is added to a small environment."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        columns: int = 120,
        rows: int = 40,
    ) -> None:
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": os.environ.get("HOME", "/"),
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            **(env or {}),
        }
        program = shutil.which(command[0], path=environment["PATH"])
        if program is None:
            raise FileNotFoundError(command[0])
        self.screen = pyte.Screen(columns, rows)
        self._emulator = pyte.ByteStream(self.screen)
        self._fed = 0
        self.output = bytearray()
        """Every byte the program has written so far."""
        self.arrivals: list[tuple[float, int]] = []
        """When bytes came (`time.perf_counter`), and how long `output` was then."""
        self.exit_code: int | None = None
        """Once the program has ended: its exit code, or minus the signal that ended it."""
        self.ended_at: float | None = None

        self._left = False
        self._master, slave = os.openpty()
        os.set_blocking(self._master, False)
        self.resize(columns, rows)
        # A session of its own that opens the pty first: so the pty becomes its controlling terminal.
        opened = (os.POSIX_SPAWN_OPEN, 0, os.ttyname(slave), os.O_RDWR, 0)
        copied = [(os.POSIX_SPAWN_DUP2, 0, 1), (os.POSIX_SPAWN_DUP2, 0, 2)]
        self.started_at = time.perf_counter()
        self.pid = os.posix_spawn(
            program, list(command), environment, file_actions=[opened, *copied], setsid=True
        )
        self._process = os.pidfd_open(self.pid)
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the program if it still runs, and give the pty back."""
        if self._process < 0:
            return
        if self.exit_code is None:
            os.kill(self.pid, signal.SIGKILL)
            self._collect(0)
        os.close(self._process)
        self._process = -1
        self.hang_up()

    # Typing

    def send(self, text: str | bytes) -> None:
        """Type this, as it is."""
        os.write(self._master, text.encode() if isinstance(text, str) else text)

    def press(self, *keys: str) -> None:
        """Press these keys at once, by name: "j", "enter", "shift+tab", "ctrl+l"."""
        self.send("".join(map(_key, keys)))

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size; the program hears of it by SIGWINCH."""
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen.resize(rows, columns)

    def signal(self, number: int) -> None:
        """Send the program a signal."""
        signal.pidfd_send_signal(self._process, number)

    def hang_up(self) -> None:
        """Take the terminal away, as when a connection breaks."""
        if self._master >= 0:
            os.close(self._master)
            self._master = -1

    # Looking

    @property
    def lines(self) -> list[str]:
        """The screen's rows, without trailing spaces."""
        self._paint()
        return [line.rstrip() for line in self.screen.display]

    @property
    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(self.lines).rstrip()

    @property
    def line_settings(self) -> list[object]:
        """How the terminal treats what is typed and written, as `termios.tcgetattr` tells it."""
        return termios.tcgetattr(self._master)

    def mark(self) -> int:
        """Where the output stands now, for `since`."""
        self.read(0)
        return len(self.output)

    def since(self, mark: int) -> bytes:
        """The bytes written after a mark."""
        return bytes(self.output[mark:])

    # Waiting

    def read(self, seconds: float) -> bool:
        """Collect what comes within this time, up to the first bytes; whether any came."""
        watched = [self._process] if self.exit_code is None else []
        watched += [self._master] if self._master >= 0 and not self._left else []
        poll = select.poll()  # unlike `select` it takes any number of a file
        for file in watched:
            poll.register(file, select.POLLIN)
        ready = [file for file, _ in poll.poll(max(0.0, seconds) * 1000)]
        now = time.perf_counter()
        if self._master in ready:
            try:
                data = os.read(self._master, 65536)
            except OSError:  # nobody has the other end open any more
                self._left = True
            else:
                self.output += data
                self.arrivals.append((now, len(self.output)))
                return True
        if self._process in ready:
            self._collect(os.WNOHANG)
        return False

    def wait_until(
        self, reached: Callable[[], bool], timeout: float = _TIMEOUT, what: str = "what was waited for"
    ) -> None:
        """Read until `reached()`; raises TimeoutError with the screen, at once if the program has ended."""
        deadline = time.perf_counter() + timeout
        while not reached():
            left = deadline - time.perf_counter()
            if left <= 0 or (self.exit_code is not None and not self.read(0)):
                if reached():
                    return
                why = f"in {timeout} s" if left <= 0 else f"before the end ({self.exit_code})"
                raise TimeoutError(f"{what} did not come {why}. The screen:\n{self.text}")
            self.read(left)

    def wait_for(self, text: str, timeout: float = _TIMEOUT) -> None:
        """Read until the screen shows this text in one row."""
        self.wait_until(lambda: text in self.text, timeout, repr(text))

    def wait_for_bytes(self, data: bytes, mark: int = 0, timeout: float = _TIMEOUT) -> float:
        """Read until these bytes were written after the mark; the moment at which they were there."""
        self.wait_until(lambda: self.output.find(data, mark) >= 0, timeout, repr(data))
        end = self.output.find(data, mark) + len(data)
        return next(moment for moment, length in self.arrivals if length >= end)

    def shown_at(self, text: str) -> float:
        """The moment at which the screen came to show this text in one row, in output not looked at before."""
        for moment, length in self.arrivals:
            if length > self._fed:
                self._feed(length)
                if any(text in line for line in self.screen.display):
                    return moment
        raise LookupError(f"{text!r} was not shown. The screen:\n{self.text}")

    def quiet(self, seconds: float, timeout: float = _TIMEOUT) -> float:
        """Read until nothing came for so long; the moment of the last byte."""
        deadline = time.perf_counter() + timeout
        silent_since = time.perf_counter()
        while (left := silent_since + seconds - time.perf_counter()) > 0 and self.exit_code is None:
            if self.read(left):
                silent_since = time.perf_counter()
                if silent_since > deadline:
                    raise TimeoutError(f"still writing after {timeout} s. The screen:\n{self.text}")
        return self.arrivals[-1][0] if self.arrivals else self.started_at

    def wait_end(self, timeout: float = _TIMEOUT) -> int:
        """Read until the program has ended; its exit code, or minus the signal that ended it."""
        self.wait_until(lambda: self.exit_code is not None, timeout, "the end of the program")
        while self.read(0):  # its last words
            pass
        assert self.exit_code is not None
        return self.exit_code

    def _paint(self) -> None:
        self.read(0)
        self._feed(len(self.output))

    def _feed(self, length: int) -> None:
        self._emulator.feed(bytes(self.output[self._fed : length]))
        self._fed = length

    def _collect(self, options: int) -> None:
        pid, status = os.waitpid(self.pid, options)
        if pid:
            self.ended_at = time.perf_counter()
            self.exit_code = os.waitstatus_to_exitcode(status)


def _key(name: str) -> str:
    if name.startswith("ctrl+") and len(name) == 6:
        return chr(ord(name[5].upper()) & 0x1F)
    if len(name) == 1:
        return name
    return KEYS[name]
