"""The article given to a command of the reader's own: without a shell, without the terminal, bounded."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from threading import Event, Thread, Timer
from typing import IO

from cryptonews_tui.translation import _
from cryptonews_tui.wording import number

SECONDS = 60.0
BYTES = 1_000_000
"""So much of what a command says is shown."""
_GRACE = 0.3
"""Seconds to wait for the rest of it once it has ended."""


class Piping:
    """One run of a command. `run` waits for it, in a thread; `stop` ends it from another."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = self._late = False

    def run(self, text: str) -> tuple[str, str]:
        """What the command says of the text, and a sentence on how it went (empty: well)."""
        name = self._command[0]
        try:
            self._process = process = subprocess.Popen(  # noqa: S603  # the reader's own command, without a shell
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # it cannot reach for the terminal
            )
        except OSError as error:
            return "", _("{command}: {why}; the command stands in the settings under “pipe”").format(
                command=name, why=error.strerror or error
            )
        assert process.stdin is not None
        assert process.stdout is not None
        if self._stopped:
            self.stop()
        Thread(target=_feed, args=(process.stdin, text.encode()), daemon=True).start()
        said = _Said(process.stdout)
        late = Timer(SECONDS, self._come_late)
        late.daemon = True
        late.start()
        while not said.whole.wait(0.05):
            if (
                process.poll() is not None
            ):  # what it has started may go on, and hold the pipe open: do not wait for that
                said.whole.wait(_GRACE)
                break
        self.stop()
        code = process.wait()
        late.cancel()
        if said.too_much:
            told = _("{command} says more than the {count} bytes that stand here").format(
                command=name, count=number(BYTES)
            )
        elif self._late:
            told = _("{command} was ended after {seconds} seconds").format(
                command=name, seconds=f"{SECONDS:.0f}"
            )
        else:
            told = _("{command} ended with {code}").format(command=name, code=code) if code else ""
        return said.so_far.decode("utf-8", "replace"), told

    def stop(self) -> None:
        """End the command and what it started."""
        self._stopped = True
        if self._process is not None:
            with suppress(OSError):
                if sys.platform == "win32":
                    self._process.kill()
                else:  # the first of them may have ended already
                    os.killpg(self._process.pid, signal.SIGKILL)

    def _come_late(self) -> None:
        self._late = True
        self.stop()


class _Said:
    """What a command says, read in a thread: whole, or as much as is shown."""

    def __init__(self, stdout: IO[bytes]) -> None:
        self.whole = Event()
        self._parts: list[bytes] = []
        self._size = 0
        Thread(target=self._read, args=(stdout,), daemon=True).start()

    @property
    def so_far(self) -> bytes:
        return b"".join(self._parts)[:BYTES]

    @property
    def too_much(self) -> bool:
        return self._size > BYTES

    def _read(self, stdout: IO[bytes]) -> None:
        with suppress(OSError, ValueError), stdout:
            while not self.too_much and (part := os.read(stdout.fileno(), 65_536)):
                self._parts.append(part)
                self._size += len(part)
        self.whole.set()


def _feed(stdin: IO[bytes], text: bytes) -> None:
    with suppress(OSError):  # it has heard enough
        stdin.write(text)
    with suppress(OSError):
        stdin.close()
