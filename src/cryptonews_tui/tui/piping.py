"""The article given to a command of the reader's own: without a shell, without the terminal, bounded."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from threading import Thread, Timer
from typing import IO

SECONDS = 60.0
BYTES = 1_000_000
"""So much of what a command says is shown."""


class Piping:
    """One run of a command. `run` waits for it, in a thread; `stop` ends it from another."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False

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
            return "", f"{name}: {error.strerror or error}; the command stands in the settings under “pipe”"
        assert process.stdin is not None
        assert process.stdout is not None
        if self._stopped:
            self.stop()
        Thread(target=_feed, args=(process.stdin, text.encode()), daemon=True).start()
        late = Timer(SECONDS, self.stop)
        late.start()
        said = process.stdout.read(BYTES + 1)
        if len(said) > BYTES:  # what never ends is not waited for
            self.stop()
        process.stdout.close()
        code = process.wait()
        in_time = late.is_alive()
        late.cancel()
        if len(said) > BYTES:
            told = f"{name} says more than the {BYTES:,} bytes that stand here"
        elif not in_time:
            told = f"{name} was ended after {SECONDS:.0f} seconds"
        else:
            told = f"{name} ended with {code}" if code else ""
        return said[:BYTES].decode("utf-8", "replace"), told

    def stop(self) -> None:
        """End the command and what it started."""
        self._stopped = True
        if self._process is not None and self._process.poll() is None:
            with suppress(OSError):
                os.killpg(self._process.pid, signal.SIGKILL)


def _feed(stdin: IO[bytes], text: bytes) -> None:
    with suppress(OSError):  # it has heard enough
        stdin.write(text)
    with suppress(OSError):
        stdin.close()
