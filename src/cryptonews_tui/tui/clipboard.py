"""Text on its way to the reader's clipboard.

A terminal takes it from an escape sequence (OSC 52), over SSH too. tmux by default keeps such a sequence to itself, but
takes text from its own command, and hands it on.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import suppress
from threading import Thread

_SECONDS = 3.0


def to_tmux(text: str) -> None:
    """Where the program runs inside tmux, put text into its buffer and on to the terminal; no key waits for it."""
    tmux = shutil.which("tmux") if os.environ.get("TMUX") else None
    if tmux is not None:
        Thread(target=_load, args=(tmux, text), daemon=True).start()


def _load(tmux: str, text: str) -> None:
    with suppress(OSError, subprocess.SubprocessError):  # the escape sequence has been sent in any case
        subprocess.run(  # noqa: S603  # no shell, and nothing foreign in the command
            [tmux, "load-buffer", "-w", "-"],
            input=text.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
        )
