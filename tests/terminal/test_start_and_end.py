"""The program in a real terminal: from the first headline to the terminal as it was before."""

import re
import signal
import socket
import time
from contextlib import closing

import pytest

from cryptonews_tui.library import Mark
from tests.terminal.newsroom import Start, assert_as_before, furnish, marked, opened
from tests.tui.desk import Desk


@pytest.fixture
def desk(desk: Desk) -> Desk:
    return furnish(desk)


def settings(desk: Desk, text: str) -> None:
    desk.paths.config.write_text(text, encoding="utf-8")


# --- from start to end


def test_a_reader_opens_filters_reads_and_quits(desk: Desk, start: Start) -> None:
    terminal, before = opened(start)
    terminal.press("+")
    terminal.wait_for("sentiment:positive")
    terminal.wait_for("▸● ▲ P")
    terminal.press("enter")
    terminal.wait_for("▲ P positive")
    terminal.press("q")
    terminal.wait_for("Enter open")
    terminal.press("q")
    assert terminal.wait_end() == 0
    assert_as_before(terminal, before)
    assert marked(desk, Mark.READ) == {"1"}


def test_keys_that_come_in_a_bundle_reach_the_pane_that_the_first_one_opens(desk: Desk, start: Start) -> None:
    terminal, _ = opened(start)
    terminal.press("f", "j", "space")  # to the filters, to the view Unread, show it
    terminal.wait_for(" is:unread ")


def test_without_anything_the_samples_are_shown(start: Start, tmp_path: object) -> None:
    place = {
        "CRYPTONEWS_LIBRARY": f"{tmp_path}/none/library.db",
        "CRYPTONEWS_STATE": f"{tmp_path}/none/state.db",
    }
    terminal = start(env=place)
    terminal.wait_for("Pinned")
    terminal.wait_for("Add your articles: Ctrl+O, then a.")
    terminal.press("q")
    assert terminal.wait_end() == 0


def test_q_at_once_ends_while_a_source_is_still_read(desk: Desk, start: Start) -> None:
    terminal = start(str(desk.folder))
    before = terminal.line_settings
    terminal.wait_for("cryptonews")
    terminal.press("q")
    assert terminal.wait_end(5) == 0
    assert_as_before(terminal, before)
    assert b"Traceback" not in terminal.output


def test_a_source_that_never_answers_does_not_hold_up_the_end(desk: Desk, start: Start) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
        terminal = start(f"http://127.0.0.1:{port}/news/")
        before = terminal.line_settings
        terminal.wait_for("Story 0")
        server.settimeout(10)
        with closing(server.accept()[0]):
            terminal.press("q")
            assert terminal.wait_end(3) == 0
    assert_as_before(terminal, before)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_program_in_order(desk: Desk, start: Start, number: int) -> None:
    terminal, before = opened(start)
    terminal.press("s", "j", "m")
    terminal.wait_for("Starred.")
    terminal.quiet(0.2)
    terminal.signal(number)
    terminal.wait_end(2)
    assert_as_before(terminal, before)
    assert b"Traceback" not in terminal.output
    assert marked(desk, Mark.STARRED) == {"0"}
    assert marked(desk, Mark.READ) == {"1"}


@pytest.mark.parametrize("by_key", [True, False])
def test_one_interrupt_does_not_end_the_program(desk: Desk, start: Start, by_key: bool) -> None:
    terminal, before = opened(start)
    terminal.press("ctrl+c") if by_key else terminal.signal(signal.SIGINT)
    terminal.wait_for("q goes back")
    terminal.press("j")
    terminal.wait_for("▸● ▲ P")
    terminal.press("q")
    assert terminal.wait_end() == 0
    assert_as_before(terminal, before)


@pytest.mark.parametrize("ignored", ["", "trap '' HUP; "])
def test_the_program_ends_when_its_terminal_is_gone(desk: Desk, start: Start, ignored: str) -> None:
    terminal, _ = opened(start, shell=f"{ignored}exec $PROGRAM")
    terminal.press("s")
    terminal.wait_for("Starred.")
    terminal.hang_up()
    terminal.wait_end(2)
    assert marked(desk, Mark.STARRED) == {"0"}


def test_a_star_is_on_disk_when_the_program_is_killed(desk: Desk, start: Start) -> None:
    terminal, _ = opened(start)
    terminal.press("s")
    terminal.wait_for("Starred.")
    terminal.signal(signal.SIGKILL)
    assert terminal.wait_end() == -signal.SIGKILL
    assert marked(desk, Mark.STARRED) == {"0"}


def test_a_library_that_becomes_rubbish_ends_the_program_with_a_sentence(desk: Desk, start: Start) -> None:
    terminal, before = opened(start)
    for name in ("library.db", "library.db-wal", "library.db-shm"):
        path = desk.paths.library.with_name(name)
        if path.exists():
            path.write_bytes(b"rubbish " * 100_000)
    terminal.press("+", "G", "enter")
    assert terminal.wait_end(5) == 1
    assert_as_before(terminal, before)
    last_words = bytes(terminal.output).rpartition(b"\x1b[?1049l")[2]
    assert b"library" in last_words
    assert b"Traceback" not in last_words
    assert len(last_words) < 1_000


# --- where there is no terminal


@pytest.mark.parametrize(
    "line", ["exec $PROGRAM < /dev/null", "$PROGRAM | cat", "exec $PROGRAM 2> /dev/null"]
)
def test_without_a_terminal_the_list_is_printed(desk: Desk, start: Start, line: str) -> None:
    terminal = start(shell=line)
    assert terminal.wait_end() == 0
    assert b"Story 0" in terminal.output
    assert b"\x1b[?" not in terminal.output


def test_a_dumb_terminal_gets_the_list(desk: Desk, start: Start) -> None:
    terminal = start(env={"TERM": "dumb"})
    assert terminal.wait_end() == 0
    assert b"Story 0" in terminal.output
    assert b"\x1b" not in terminal.output


# --- what goes over the line


def test_nothing_is_sent_while_nobody_types(desk: Desk, start: Start) -> None:
    terminal, _ = opened(start)
    terminal.wait_for("Overview")
    for keys in ("", "/", "\x1b"):
        terminal.send(keys)
        terminal.quiet(0.4)
        mark = terminal.mark()
        terminal.read(1.2)
        assert terminal.since(mark) == b""


def test_a_step_in_the_list_costs_a_kilobyte_at_most(desk: Desk, start: Start) -> None:
    settings(desk, "read_after_seconds = 0\nfollow_after_ms = 10000")
    terminal, _ = opened(start)
    terminal.quiet(0.3)
    for _ in range(5):
        mark = terminal.mark()
        terminal.press("j")
        terminal.quiet(0.15)
        assert 0 < len(terminal.since(mark)) <= 1024


def test_the_terminal_may_take_any_size(desk: Desk, start: Start) -> None:
    terminal, before = opened(start)
    for columns, rows in ((1, 1), (20, 6), (300, 100), (60, 24), (2, 50), (200, 2), (79, 24), (130, 30)):
        terminal.resize(columns, rows)
        terminal.signal(signal.SIGWINCH)
        terminal.press("j")
        terminal.quiet(0.05)
    terminal.resize(120, 40)
    terminal.signal(signal.SIGWINCH)
    terminal.wait_until(lambda: any("▸" in line and "Story 8" in line for line in terminal.lines))
    terminal.wait_until(lambda: "Enter open" in terminal.lines[-1])
    assert terminal.lines[0].startswith(" cryptonews")
    terminal.press("q")
    assert terminal.wait_end() == 0
    assert_as_before(terminal, before)


def test_a_terminal_with_sixteen_colours_gets_no_others(desk: Desk, start: Start) -> None:
    terminal, _ = opened(start, env={"TERM": "xterm-16color", "COLORTERM": ""})
    terminal.press("+", "enter")
    terminal.wait_for("▲ P positive")
    assert not re.search(rb"\x1b\[[0-9;]*[34]8;[25]", terminal.output)


def test_no_color_is_respected(desk: Desk, start: Start) -> None:
    terminal, _ = opened(start, env={"NO_COLOR": "1"})
    terminal.press("+", "enter")
    terminal.wait_for("▲ P positive")
    colours = set(re.findall(rb"[34]8;2;(\d+);(\d+);(\d+)", terminal.output))
    assert all(red == green == blue for red, green, blue in colours)


def test_the_screen_is_back_after_the_program_was_stopped(desk: Desk, start: Start) -> None:
    terminal, _ = opened(start)
    terminal.signal(signal.SIGSTOP)
    time.sleep(0.1)
    terminal.signal(signal.SIGCONT)
    terminal.press("j")
    terminal.wait_for("▸● ▲ P")
