"""A story is found again at the same line, however the program ended."""

from __future__ import annotations

import signal
from collections.abc import Callable

import pytest

from tests.pty_terminal import Terminal
from tests.tui.desk import Desk

LINES = "\n\n".join(f"Line {number} of the log: fog, and nothing else." for number in range(120))


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.write("1", body=f"## Overview\n\n{LINES}")
    desk.sync()
    return desk


def first_line(terminal: Terminal) -> str:
    """The first line of the log on the screen."""
    return next(line[line.index("Line ") :].split(":")[0] for line in terminal.lines if "Line " in line)


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM, signal.SIGKILL])
def test_a_lost_connection_loses_no_place(
    desk: Desk, start: Callable[..., Terminal], number: signal.Signals
) -> None:
    terminal = start()
    terminal.wait_for("↻")
    terminal.press("enter")
    terminal.wait_for("next section")
    terminal.press("space", "space", "j")
    terminal.quiet(0.6)  # longer than it takes to remember a place
    left = first_line(terminal)
    assert left not in ("Line 0 of the log", "Line 1 of the log")
    terminal.signal(number)
    terminal.wait_end()
    again = start()
    again.wait_for("↻")
    again.press("enter")
    again.wait_for(left)
    assert first_line(again) == left
