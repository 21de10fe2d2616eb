"""An error that nobody foresaw, in a real terminal: the terminal is the shell's again, a file says what is known."""

import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cryptonews_tui import crash
from tests.pty_terminal import Terminal
from tests.terminal.newsroom import assert_as_before
from tests.tui.desk import Desk

Start = Callable[..., Terminal]

SECRET = "hunter2"
PROGRAM = """
import sys, threading
from cryptonews_tui import cli
from cryptonews_tui.tui.app import CryptonewsApp

# The file quotes these lines: what it must not quote is spelt backwards.
def fail(*arguments, **options):
    password = "2retnuh"[::-1]
    raise ValueError(f"{password} stands in Story 0, said \\x1b]0;" + "denwo"[::-1] + "\\x07")

def fail_in_a_thread(*arguments, **options):
    threading.Thread(target=fail).start()

def fail_in_the_loop(self, *arguments, **options):
    self._loop.call_soon(fail)

CryptonewsApp.WHERE = HOW
sys.exit(cli.main())
"""


@pytest.fixture
def desk(desk: Desk) -> Desk:
    for number in range(20):
        desk.write(str(number), hours=number)
    desk.sync()
    return desk


def broken(tmp_path: Path, where: str, how: str = "fail") -> str:
    """A line for sh that runs the program with a mistake in it."""
    program = tmp_path / "broken.py"
    program.write_text(PROGRAM.replace("WHERE", where).replace("HOW", how), encoding="utf-8")
    return f"exec {sys.executable} {program}"


def the_file(desk: Desk) -> Path:
    (path,) = crash.files(desk.paths.state)
    return path


def assert_said(terminal: Terminal, before: list[object], path: Path) -> None:
    assert_as_before(terminal, before)
    last_words = bytes(terminal.output).rpartition(b"\x1b[?1049l")[2].decode()
    assert "a mistake in the program ended it (ValueError)" in last_words
    assert str(path) in last_words
    assert "Traceback" not in last_words
    assert SECRET not in last_words
    assert len(last_words) < 500 + len(str(path))


@pytest.mark.parametrize("how", ["fail", "fail_in_a_thread", "fail_in_the_loop"])
def test_an_error_restores_the_terminal_and_says_where_the_file_is(
    desk: Desk, start: Start, tmp_path: Path, how: str
) -> None:
    terminal = start("--", shell=broken(tmp_path, "action_help_quit", how))
    before = terminal.line_settings
    terminal.wait_for("Story 0")
    terminal.wait_for("↻")
    terminal.press("/")
    terminal.send("fog boats\r")
    terminal.wait_for("fog boats")
    terminal.quiet(0.3)
    terminal.press("ctrl+c")  # its answer is what fails
    assert terminal.wait_end(5) == 1
    path = the_file(desk)
    assert_said(terminal, before, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_text("utf-8")
    assert "builtins.ValueError\n" in text
    assert "broken.py" in text
    assert " in fail\n" in text
    assert "fog boats" in text
    assert "\ntextual " in text
    assert SECRET not in text
    assert str(tmp_path) not in text
    assert "owned" not in text
    assert "\x1b" not in text


@pytest.mark.parametrize("where", ["on_mount", "get_default_screen", "_started", "on_unmount", "__init__"])
def test_an_error_at_the_start_or_the_end_is_told_the_same_way(
    desk: Desk, start: Start, tmp_path: Path, where: str
) -> None:
    terminal = start(shell=broken(tmp_path, where))
    before = terminal.line_settings
    if where == "on_unmount":
        terminal.wait_for("Story 0")
        terminal.press("q")
    assert terminal.wait_end(5) == 1
    text = the_file(desk).read_text("utf-8")
    assert "builtins.ValueError\n" in text
    assert SECRET not in text
    assert terminal.line_settings == before
    output = bytes(terminal.output).decode()
    assert "a mistake in the program ended it (ValueError)" in output
    assert "Traceback" not in output
    assert SECRET not in output


def test_a_terminal_that_goes_away_is_no_mistake(desk: Desk, start: Start) -> None:
    for keys in (["j"], ["j", "j", "G", "g"]):
        terminal = start()
        terminal.wait_for("Story 0")
        terminal.press(*keys)
        terminal.hang_up()
        terminal.wait_end(5)
    assert crash.files(desk.paths.state) == []
