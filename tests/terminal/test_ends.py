"""However the program ends or is stopped, the terminal is as it was before, and what was marked is kept."""

from __future__ import annotations

import select
import signal
import sys
import termios
import time
from contextlib import closing
from pathlib import Path

import pytest

from cryptonews_tui.library import Mark, State
from tests.pty_terminal import Terminal
from tests.terminal.newsroom import SCENES, Start, assert_as_before, furnish, go_to, marked, opened
from tests.tui.desk import Desk


@pytest.fixture
def desk(desk: Desk) -> Desk:
    return furnish(desk)


# --- signals


@pytest.mark.parametrize("scene", SCENES)
def test_a_signal_ends_the_program_wherever_the_reader_is(desk: Desk, start: Start, scene: str) -> None:
    terminal, before = opened(start)
    go_to(terminal, scene)
    terminal.signal(signal.SIGTERM)
    assert terminal.wait_end(5) == 0
    assert_as_before(terminal, before)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_every_signal_to_end_is_obeyed_and_marks_are_kept(desk: Desk, start: Start, number: int) -> None:
    terminal, before = opened(start)
    terminal.press("s")
    terminal.wait_for("Starred.")
    terminal.signal(number)
    terminal.signal(number)  # twice: a shell that ends says it again
    assert terminal.wait_end(5) == 0
    assert_as_before(terminal, before)
    assert b"Traceback" not in terminal.output
    assert marked(desk, Mark.STARRED) == {"0"}


@pytest.mark.parametrize("share", [0, 1, 2, 3, 4, 5, 6, 7])
def test_a_signal_ends_the_program_at_any_moment_of_its_start(desk: Desk, start: Start, share: int) -> None:
    terminal = start()
    before = terminal.line_settings
    if share < 6:
        time.sleep(0.1 * share)
    elif share == 6:  # the terminal has just been taken
        terminal.wait_for_bytes(b"\x1b[?1049h")
    else:
        terminal.wait_for_bytes(b"\x1b[?2004h")
    terminal.signal(signal.SIGTERM)
    assert terminal.wait_end(5) in (0, -signal.SIGTERM)
    assert_as_before(terminal, before)
    assert b"Traceback" not in terminal.output


@pytest.mark.parametrize("share", [0, 1, 2, 3, 4, 5])
def test_an_interrupt_while_the_program_starts_leaves_no_traces(desk: Desk, start: Start, share: int) -> None:
    terminal = start()
    before = terminal.line_settings
    time.sleep(0.1 * share)
    terminal.signal(signal.SIGINT)
    terminal.quiet(0.5)
    if terminal.exit_code is None:
        terminal.signal(signal.SIGTERM)
    ended = terminal.wait_end(5)
    # Python itself, while it is still not up, ends with 1.
    assert ended in (0, 130, -signal.SIGINT, -signal.SIGTERM) or (ended == 1 and share == 0)
    assert_as_before(terminal, before)


@pytest.mark.parametrize("scene", ["the list", "the query line", "a dialogue"])
def test_two_interrupts_in_a_row_quit(desk: Desk, start: Start, scene: str) -> None:
    terminal, before = opened(start)
    go_to(terminal, scene)
    terminal.signal(signal.SIGINT)
    terminal.quiet(0.1)
    assert terminal.exit_code is None
    terminal.signal(signal.SIGINT)
    assert terminal.wait_end(5) == 0
    assert_as_before(terminal, before)


def test_the_key_for_an_interrupt_pressed_twice_quits(desk: Desk, start: Start) -> None:
    terminal, before = opened(start)
    terminal.press("ctrl+c")
    terminal.wait_for("once more")
    terminal.press("ctrl+c")
    assert terminal.wait_end(5) == 0
    assert_as_before(terminal, before)


def test_a_terminal_that_takes_nothing_any_more_does_not_hold_up_the_end(desk: Desk, start: Start) -> None:
    terminal, before = opened(start)
    terminal.press("s")
    terminal.wait_for("Starred.")
    terminal.press(*"JKz" * 300)  # more to show than fits on the line, and nobody looks
    time.sleep(1)
    terminal.signal(signal.SIGTERM)
    poll = select.poll()
    poll.register(terminal._process, select.POLLIN)
    assert poll.poll(4_000), "it has ended"
    assert terminal.line_settings == before
    assert marked(desk, Mark.STARRED) == {"0"}


def test_a_terminal_lost_while_much_is_written_is_no_reason_to_stay(desk: Desk, start: Start) -> None:
    terminal, _ = opened(start)
    terminal.press("s")
    terminal.wait_for("Starred.")
    terminal.press(*"JKz" * 300)
    time.sleep(0.3)
    terminal.hang_up()
    terminal.wait_end(4)
    assert marked(desk, Mark.STARRED) == {"0"}


# --- stopped and continued

SHELL = {"PS1": "ready> ", "ENV": "", "HISTFILE": ""}


def in_a_shell(start: Start, *, arguments: str = "", shown: str = "↻") -> tuple[Terminal, list[object]]:
    """The program as the job of an interactive shell."""
    terminal = start(shell="exec sh -i", env=SHELL)
    terminal.wait_for("ready>")
    terminal.send("stty -a >/dev/null\r")  # the shell has settled
    terminal.quiet(0.1)
    before = terminal.line_settings
    terminal.send(f"$PROGRAM {arguments}\r")
    terminal.wait_for("Story 0")
    terminal.wait_for(shown)
    return terminal, before


def prompts(terminal: Terminal) -> int:
    terminal.read(0)
    return terminal.output.count(b"ready> ")


@pytest.mark.parametrize("scene", SCENES)
def test_ctrl_z_gives_the_shell_back_and_fg_the_program(desk: Desk, start: Start, scene: str) -> None:
    terminal, before = in_a_shell(start)
    go_to(terminal, scene)
    terminal.quiet(0.3)
    shown, at_shell = terminal.text, prompts(terminal)
    terminal.press("ctrl+z")
    terminal.wait_until(lambda: prompts(terminal) > at_shell, what="the shell")
    assert_as_before(terminal, before)
    terminal.send("echo b''ack\r")
    terminal.wait_for_bytes(b"back")
    mark = terminal.mark()
    terminal.send("fg\r")
    terminal.wait_for_bytes(b"\x1b[?1049h", mark)
    terminal.quiet(0.4)
    assert terminal.text == shown
    assert terminal.line_settings != before
    terminal.press("ctrl+c")
    terminal.quiet(0.1)
    at_shell = prompts(terminal)
    terminal.press("ctrl+c")
    terminal.wait_until(lambda: prompts(terminal) > at_shell, what="the shell")
    assert_as_before(terminal, before)
    assert b"Traceback" not in terminal.output


def test_a_job_that_is_stopped_again_and_again_comes_back_each_time(desk: Desk, start: Start) -> None:
    terminal, before = in_a_shell(start)
    for story in range(1, 4):
        at_shell = prompts(terminal)
        terminal.press("ctrl+z")
        terminal.wait_until(lambda at_shell=at_shell: prompts(terminal) > at_shell, what="the shell")
        assert_as_before(terminal, before)
        terminal.send("bg\r")  # it has nothing to do in the background: it stops again
        terminal.quiet(0.2)
        terminal.send("fg\r")
        terminal.wait_for("Enter open")
        terminal.press("j")
        terminal.wait_until(
            lambda story=story: any("▸" in line and f"Story {story}" in line for line in terminal.lines)
        )
    at_shell = prompts(terminal)
    terminal.press("q")
    terminal.wait_until(lambda: prompts(terminal) > at_shell, what="the shell")
    assert_as_before(terminal, before)


def test_a_job_that_is_ended_while_it_is_stopped_leaves_the_shell_alone(desk: Desk, start: Start) -> None:
    terminal, before = in_a_shell(start)
    at_shell = prompts(terminal)
    terminal.press("s", "ctrl+z")
    terminal.wait_until(lambda: prompts(terminal) > at_shell, what="the shell")
    mark = terminal.mark()
    terminal.send("kill %1; fg\r")
    terminal.wait_until(lambda: terminal.since(mark).count(b"ready> ") >= 1, what="the shell")
    terminal.send("jobs; echo d''one\r")
    terminal.wait_for_bytes(b"done", mark)
    assert b"\x1b[?1049h" not in terminal.since(mark)
    assert_as_before(terminal, before)
    assert marked(desk, Mark.STARRED) == {"0"}


def test_who_has_no_shell_to_go_back_to_is_not_stopped(desk: Desk, start: Start) -> None:
    terminal, before = opened(start)
    terminal.press("ctrl+z")
    terminal.quiet(0.3)
    terminal.press("j")
    terminal.wait_for("▸● ▲ P")
    terminal.press("q")
    assert terminal.wait_end() == 0
    assert_as_before(terminal, before)


def test_a_restricted_session_cannot_be_stopped(desk: Desk, start: Start) -> None:
    files = f"--library {desk.paths.library} --state {desk.paths.state}"
    terminal, before = in_a_shell(start, arguments=f"--restricted {files}", shown="shared")
    at_shell = prompts(terminal)
    mark = terminal.mark()
    terminal.press("ctrl+z")
    terminal.wait_for("cannot be stopped")
    terminal.press("j")
    terminal.wait_for("▸● ▲ P")
    assert prompts(terminal) == at_shell
    assert b"\x1b[?1049l" not in terminal.since(mark)
    terminal.press("q")
    terminal.wait_until(lambda: prompts(terminal) > at_shell, what="the shell")
    assert_as_before(terminal, before)


def test_after_a_stop_that_nobody_announced_the_terminal_is_taken_again(desk: Desk, start: Start) -> None:
    terminal, before = opened(start)
    terminal.quiet(0.3)
    shown, ours = terminal.text, terminal.line_settings
    terminal.signal(signal.SIGSTOP)
    time.sleep(0.1)
    # What a shell does that has its terminal back.
    termios.tcsetattr(terminal._master, termios.TCSANOW, before)  # type: ignore[arg-type]
    terminal._emulator.feed(b"\x1b[?1049l\x1b[2J\x1b[Hready> ")
    mark = terminal.mark()
    terminal.signal(signal.SIGCONT)
    terminal.wait_for_bytes(b"\x1b[?1049h", mark)
    terminal.quiet(0.4)
    assert terminal.text == shown
    assert terminal.line_settings == ours
    terminal.press("j")
    terminal.wait_for("▸● ▲ P")
    terminal.press("q")
    assert terminal.wait_end() == 0
    assert_as_before(terminal, before)


# --- faults of our own

FAULTY = """
import sys
from cryptonews_tui import cli
from cryptonews_tui.tui.main_screen import MainScreen

def fail(self):
    raise ZeroDivisionError("nobody has thought of this")

MainScreen.action_star = fail
sys.exit(cli.main())
"""


def test_a_fault_in_the_program_gives_the_terminal_back(desk: Desk, start: Start, tmp_path: object) -> None:
    script = desk.paths.state.with_name("faulty.py")
    script.write_text(FAULTY, encoding="utf-8")
    terminal = start(shell=f"exec {sys.executable} {script}")
    before = terminal.line_settings
    terminal.wait_for("Story 0")
    terminal.wait_for("↻")
    terminal.press("m", "j", "s")
    assert terminal.wait_end(10) == 1
    output = bytes(terminal.output)
    taken, _, last_words = output.rpartition(b"\x1b[?1049l")
    assert taken
    assert b"nobody has thought of this" in last_words or b"crash" in last_words
    assert_as_before(terminal, before)
    assert marked(desk, Mark.READ) == {"0"}


# --- no stdin, no stdout, no stderr


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- 2>&-"])
def test_with_a_stream_closed_the_terminal_is_not_taken(desk: Desk, start: Start, closed: str) -> None:
    terminal = start(shell=f"exec $PROGRAM {closed}")
    before = terminal.line_settings
    assert terminal.wait_end() == 0
    assert b"Traceback" not in terminal.output
    assert (b"Story 0" in terminal.output) == (not closed.startswith(">"))
    assert_as_before(terminal, before)


# --- sizes


@pytest.mark.parametrize("scene", SCENES)
def test_the_window_may_become_nothing_and_come_back_anywhere(desk: Desk, start: Start, scene: str) -> None:
    terminal, before = opened(start)
    go_to(terminal, scene)
    terminal.quiet(0.3)
    shown = terminal.text
    for columns, rows in ((1, 1), (3, 2), (1, 40), (120, 1), (20, 5), (1, 1)):
        terminal.resize(columns, rows)
        terminal.signal(signal.SIGWINCH)
        terminal.quiet(0.05)
    terminal.resize(120, 40)
    terminal.signal(signal.SIGWINCH)
    terminal.quiet(0.5)
    assert terminal.text == shown
    terminal.signal(signal.SIGTERM)
    assert terminal.wait_end(5) == 0
    assert b"Traceback" not in terminal.output
    assert_as_before(terminal, before)


def test_a_window_that_claims_to_be_huge_fills_no_memory(desk: Desk, start: Start) -> None:
    terminal, before = opened(start)
    terminal.resize(65_535, 65_535)
    terminal.signal(signal.SIGWINCH)
    terminal.quiet(0.5)
    terminal.resize(120, 40)
    terminal.signal(signal.SIGWINCH)
    terminal.wait_for("Story 0")
    most = Path(f"/proc/{terminal.pid}/status").read_text().partition("VmHWM:")[2].split()[0]
    assert int(most) < 300_000, "kilobytes"
    terminal.press("q")
    assert terminal.wait_end(5) == 0
    assert_as_before(terminal, before)


@pytest.mark.parametrize(("columns", "rows"), [(1, 1), (2, 30), (100, 2), (0, 0)])
def test_the_window_may_have_any_size_at_the_start(desk: Desk, start: Start, columns: int, rows: int) -> None:
    terminal = start(columns=max(1, columns), rows=max(1, rows))
    if not columns:  # as on a serial line: nobody knows
        terminal.resize(0, 0)
        terminal.screen.resize(24, 80)
    before = terminal.line_settings
    terminal.wait_for_bytes(b"\x1b[?2004h")
    terminal.quiet(0.3)
    if columns:
        terminal.resize(120, 40)
        terminal.signal(signal.SIGWINCH)
    terminal.wait_for("Story 0")
    terminal.press("q")
    assert terminal.wait_end(5) == 0
    assert_as_before(terminal, before)


def test_the_window_may_change_while_the_program_starts(desk: Desk, start: Start) -> None:
    terminal = start()
    before = terminal.line_settings
    for turn in range(60):
        terminal.resize(*((1, 1), (200, 60), (61, 23), (80, 24))[turn % 4])
        terminal.read(0.02)
    terminal.resize(120, 40)
    terminal.wait_for("Story 0")
    terminal.wait_until(lambda: "Enter open" in terminal.lines[-1])
    terminal.press("q")
    assert terminal.wait_end(5) == 0
    assert_as_before(terminal, before)


def test_the_window_may_change_while_the_list_scrolls(desk: Desk, start: Start) -> None:
    terminal, before = opened(start)
    for turn in range(30):
        terminal.press(*"jj")
        terminal.resize(*((1, 1), (130, 30), (20, 6), (120, 40))[turn % 4])
        terminal.read(0.01)
    terminal.resize(120, 40)
    terminal.wait_until(lambda: any("▸" in line and "Story 60" in line for line in terminal.lines))
    terminal.press("q")
    assert terminal.wait_end(5) == 0
    assert_as_before(terminal, before)


# --- marks


@pytest.mark.parametrize(
    ("keys", "seen", "mark", "stories"),
    [
        ("s", "Starred.", Mark.STARRED, {"0"}),
        ("\r", "next section", Mark.READ, {"0"}),
        ("jm", "▸  ▲ P", Mark.READ, {"1"}),
    ],
)
def test_a_mark_is_on_disk_two_hundred_milliseconds_after_its_key(
    desk: Desk, start: Start, keys: str, seen: str, mark: Mark, stories: set[str]
) -> None:
    terminal, _ = opened(start)
    terminal.quiet(0.2)
    terminal.send(keys)
    terminal.wait_for(seen)
    time.sleep(0.2)
    terminal.signal(signal.SIGKILL)
    assert terminal.wait_end() == -signal.SIGKILL
    assert marked(desk, mark) == stories


def test_a_note_is_on_disk_two_hundred_milliseconds_after_it_was_written(desk: Desk, start: Start) -> None:
    terminal, _ = opened(start)
    terminal.send("NFog came in\r")
    terminal.wait_for("Noted.")
    time.sleep(0.2)
    terminal.signal(signal.SIGKILL)
    assert terminal.wait_end() == -signal.SIGKILL
    with closing(State(desk.paths.state)) as state:
        assert [kept.note for kept in state.belongings().marks if kept.note] == ["Fog came in"]


def test_a_place_is_on_disk_two_hundred_milliseconds_after_it_was_reached(desk: Desk, start: Start) -> None:
    desk.write("0", hours=0, body="## Overview\n\n" + "\n\n".join(f"Line {n} of the log" for n in range(120)))
    desk.sync()
    terminal, _ = opened(start)
    terminal.press("enter")
    terminal.wait_for("next section")
    terminal.press("space", "space")
    terminal.wait_for("Line 40")
    terminal.quiet(0.01)
    time.sleep(0.2)
    left = next(line for line in terminal.lines if "Line " in line)
    terminal.signal(signal.SIGKILL)
    terminal.wait_end()
    again, _ = opened(start)
    again.press("enter")
    again.wait_for("next section")
    again.quiet(0.3)
    assert next(line for line in again.lines if "Line " in line) == left


# --- commands


def test_an_interrupted_sync_says_so(desk: Desk, start: Start) -> None:
    import socket
    from contextlib import closing

    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        terminal = start("sync", f"http://127.0.0.1:{server.getsockname()[1]}/news/")
        before = terminal.line_settings
        server.settimeout(10)
        with closing(server.accept()[0]):
            terminal.wait_for("reading")
            terminal.signal(signal.SIGINT)
            assert terminal.wait_end(5) == 130
    assert b"Traceback" not in terminal.output
    assert b"interrupted" in terminal.output
    assert_as_before(terminal, before)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_sync_that_is_ended_leaves_the_cursor_visible(desk: Desk, start: Start, number: int) -> None:
    import socket
    from contextlib import closing

    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        terminal = start("sync", f"http://127.0.0.1:{server.getsockname()[1]}/news/")
        before = terminal.line_settings
        server.settimeout(10)
        with closing(server.accept()[0]):
            terminal.wait_for("reading")
            terminal.signal(number)
            assert terminal.wait_end(5) == 128 + number
    assert b"Traceback" not in terminal.output
    assert_as_before(terminal, before)
