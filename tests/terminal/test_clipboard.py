"""What is copied arrives: in the terminal by its escape sequence, in tmux by tmux's own command."""

from __future__ import annotations

import base64
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.programs import find, needs
from tests.pty_terminal import Terminal
from tests.terminal.conftest import PROGRAM, SOURCE
from tests.tui.desk import Desk

BODY = "## Overview\n\nBoats return — Човни."


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.write("1", body=BODY)
    desk.sync()
    return desk


def test_the_terminal_is_sent_the_text(desk: Desk, start: Callable[..., Terminal]) -> None:
    terminal = start()
    terminal.wait_for("Story 1")
    terminal.wait_for("↻")
    terminal.press("enter")
    terminal.wait_for("next section")
    mark = terminal.mark()
    terminal.press("Y")
    terminal.wait_for("Sent “Overview”")
    expected = base64.b64encode(f"{BODY}\n".encode())
    assert b"\x1b]52;c;" + expected + b"\x07" in bytes(terminal.since(mark))


@pytest.fixture
def tmux(desk: Desk, tmp_path: Path) -> Iterator[Callable[..., str]]:
    """A tmux server of its own, with the program running in it."""
    program = find("tmux")
    assert program is not None
    # A path of a socket is short.
    socket = Path("/tmp") / f"cryptonews-{os.getpid()}.tmux"
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "PYTHONPATH": SOURCE,
        "CRYPTONEWS_LIBRARY": str(desk.paths.library),
        "CRYPTONEWS_STATE": str(desk.paths.state),
        "CRYPTONEWS_CONFIG": str(desk.paths.config),
    }

    def run(*words: str) -> str:
        command = [program, "-S", str(socket), "-f", os.devnull, *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=20).stdout

    run("new-session", "-d", "-x", "120", "-y", "40", *PROGRAM)
    yield run
    run("kill-server")
    socket.unlink(missing_ok=True)


def until(reached: Callable[[], bool], seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.05)


@needs("tmux", "tmux")
def test_tmux_has_the_text_in_its_buffer(tmux: Callable[..., str]) -> None:
    until(lambda: "↻" in tmux("capture-pane", "-p"))
    tmux("send-keys", "Enter")
    until(lambda: "next section" in tmux("capture-pane", "-p"))
    tmux("send-keys", "Y")
    until(lambda: "Sent “Overview”" in tmux("capture-pane", "-p"))
    until(lambda: tmux("show-buffer") == f"{BODY}\n")
