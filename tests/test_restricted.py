"""A restricted session from without: what it takes from a command line and an environment, and the walls around it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptonews_tui.library import State
from cryptonews_tui.restricted import environment
from cryptonews_tui.settings import SHARED_LIBRARY
from tests.pty_terminal import Terminal
from tests.tui.desk import Desk

PROGRAM = (sys.executable, "-I", "-m", "cryptonews_tui", "--restricted")
NO_TERMINAL = "cryptonews: this is for reading at a terminal; ssh -t brings one along\n"
ONLY_READS = "cryptonews: a restricted session only reads; it takes no command and no location\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path / "desk")
    for number in range(9):
        desk.write(str(number), hours=number)
    desk.sync()
    return desk


def ran(*line: object, stdin: str = "") -> subprocess.CompletedProcess[str]:
    words = [str(word) for word in line]
    return subprocess.run(words, input=stdin, capture_output=True, text=True, timeout=30, check=False)


# --- what it is told


@pytest.mark.parametrize(
    "command", ["sync", "list", "show 1", "sources add x", "export x", "doctor", "paths", "keys"]
)
@pytest.mark.parametrize("first", [True, False])
def test_there_is_no_command(command: str, first: bool) -> None:
    options = (*PROGRAM, *command.split()) if first else (*PROGRAM[:-1], *command.split(), "--restricted")
    found = ran(*options)
    assert (found.returncode, found.stdout, found.stderr) == (2, "", ONLY_READS)


@pytest.mark.parametrize("line", ["--restr", "--restr list", "list --restr", "--restricted=1 list"])
def test_what_only_looks_like_the_option_opens_nothing(line: str) -> None:
    found = ran(*PROGRAM[:-1], *line.split())
    assert (found.returncode, found.stdout) == (2, "")
    assert "error: " in found.stderr


@pytest.mark.parametrize("location", [".", "https://example.org/feed", "-", "/etc/passwd"])
def test_there_is_no_location(location: str) -> None:
    found = ran(*PROGRAM, location)
    assert (found.returncode, found.stdout, found.stderr) == (2, "", ONLY_READS)


def test_without_a_terminal_nothing_is_printed_but_a_sentence(desk: Desk) -> None:
    found = ran(*PROGRAM, "--library", desk.paths.library, stdin="id\n")
    assert (found.returncode, found.stdout, found.stderr) == (2, "", NO_TERMINAL)


def test_a_login_shell_reads_none_of_its_arguments() -> None:
    shell = Path(sys.executable).with_name("cryptonews-restricted")
    for arguments in (
        ("-c", "cat /etc/passwd"),
        ("--version",),
        ("list",),
        ("--library", "/etc/passwd"),
        ("-l",),
    ):
        found = ran(shell, *arguments, stdin="cat /etc/passwd\n")
        assert (found.returncode, found.stdout, found.stderr) == (2, "", NO_TERMINAL)


def test_the_version_is_told() -> None:
    assert ran(*PROGRAM, "--version").stdout.startswith("cryptonews ")


def test_without_a_library_there_is_a_sentence(tmp_path: Path) -> None:
    with Terminal([*PROGRAM, "--library", str(tmp_path / "none.db")]) as terminal:
        assert terminal.wait_end() == 1
    assert b"there is no library here yet" in terminal.output
    assert list(tmp_path.iterdir()) == []


def test_the_usual_library_is_a_servers() -> None:
    assert SHARED_LIBRARY.is_absolute()


# --- the environment


def test_of_an_environment_only_the_terminal_and_the_language_are_kept() -> None:
    given = {
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "NO_COLOR": "",
        "LANG": "uk_UA.UTF-8",
        "LC_TIME": "de_AT@euro",
        "SSH_CONNECTION": "2001:db8::1 50000 192.0.2.1 22",
        "SSH_ORIGINAL_COMMAND": "sh",
        "CRYPTONEWS_LIBRARY": "/etc/passwd",
        "PYTHONINSPECT": "1",
        "TEXTUAL_LOG": "log",
        "PATH": "/tmp",
        "HOME": "/tmp",
        "TZ": ":/etc/passwd",
        "LC_ALL": "../../tmp/x",
        "LANGUAGE": "/tmp",
    }
    kept = environment(given)
    assert kept.pop("HOME") != "/tmp"
    assert kept == {name: given[name] for name in [*given][:6]}


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=30)))
def test_whatever_an_environment_says_no_value_is_a_path(given: dict[str, str]) -> None:
    kept = environment(given | {f"LC_{name}": value for name, value in given.items()} | {"LANG": str(given)})
    del kept["HOME"]
    assert all("/" not in value and value.isprintable() for value in kept.values())
    assert all(name.isascii() and name.isupper() for name in kept)


def test_python_goes_on_without_what_it_was_told_by_the_environment(desk: Desk, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    trap.mkdir()
    traps = {
        "PYTHONINSPECT": "1",
        "PYTHONSTARTUP": str(trap / "startup.py"),
        "TEXTUAL": "devtools",
        "TEXTUAL_LOG": str(trap / "log"),
        "XDG_STATE_HOME": str(trap),
        "TMPDIR": str(trap),
    }
    plain = [sys.executable, "-m", "cryptonews_tui", "--restricted"]
    named = ["--library", str(desk.paths.library), "--state", str(desk.paths.state)]
    with Terminal([*plain, *named], env=traps) as terminal:
        terminal.wait_for("Story 0")
        terminal.press("q")
        assert terminal.wait_end() == 0
    assert b">>>" not in terminal.output
    assert list(trap.iterdir()) == []


# --- without a place to keep anything


@pytest.fixture
def nowhere(tmp_path: Path) -> Path:
    """A state that cannot be made: a file stands where its folder should be."""
    (tmp_path / "file").touch()
    return tmp_path / "file" / "state.db"


def test_without_a_home_marks_last_for_the_session(desk: Desk, nowhere: Path) -> None:
    before = set(Path("/tmp").glob("cryptonews-reader-*"))
    with Terminal([*PROGRAM, "--library", str(desk.paths.library), "--state", str(nowhere)]) as terminal:
        terminal.wait_for("Story 0")
        terminal.wait_for("marks are not kept")
        terminal.wait_for("Marks last for this session only")
        [folder] = set(Path("/tmp").glob("cryptonews-reader-*")) - before
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
        terminal.press("s")
        terminal.wait_for("★")
        terminal.press("q")
        assert terminal.wait_end() == 0
    assert set(Path("/tmp").glob("cryptonews-reader-*")) == before


def test_a_state_that_is_damaged_is_left_as_it_is_and_said_to_be(desk: Desk) -> None:
    desk.paths.state.write_bytes(b"rubbish " * 1000)
    with Terminal(
        [*PROGRAM, "--library", str(desk.paths.library), "--state", str(desk.paths.state)]
    ) as terminal:
        terminal.wait_for("Marks last for this session only")
        terminal.press("q")
        assert terminal.wait_end() == 0
    assert desk.paths.state.read_bytes() == b"rubbish " * 1000


def test_marks_are_kept_in_ones_own_state(desk: Desk) -> None:
    with Terminal(
        [*PROGRAM, "--library", str(desk.paths.library), "--state", str(desk.paths.state)]
    ) as terminal:
        terminal.wait_for("Story 0")
        terminal.press("s")
        terminal.wait_for("★")
        terminal.press("q")
        assert terminal.wait_end() == 0
    state = State(desk.paths.state)
    assert state.precious()
    state.close()


# --- the walls

ATTEMPTS = {
    "a program": "import subprocess; subprocess.run(['true'])",
    "a shell": "import os; os.system('true')",
    "another program in our place": "import os; os.execv('/bin/true', ['true'])",
    "a child": "import os; os.fork()",
    "a program by posix": "import os; os.posix_spawn('/bin/true', ['true'], {})",
    "a terminal of its own": "import pty; pty.spawn('true')",
    "a browser": "import webbrowser; webbrowser.BackgroundBrowser('true').open('https://example.org') or 1 / 0",
    "a connection": "import socket; socket.create_connection(('127.0.0.1', 9))",
    "a name": "import socket; socket.getaddrinfo('example.org', 80)",
    "a letter": "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))",
    "a server": "import socket; socket.socket().bind(('127.0.0.1', 0))",
    "C": "import ctypes; ctypes.CDLL('libc.so.6')",
    "a file to read": "open('/etc/passwd')",
    "a file to read by the system": "import os; os.open('/etc/passwd', os.O_RDONLY)",
    "a file to write": "open('/tmp/written', 'w')",
    "a file to write by the system": "import os; os.open('/tmp/written', os.O_WRONLY | os.O_CREAT)",
    "a file beside the library": "open(library.with_name('x'), 'w')",
    "the library to write": "open(library, 'r+b')",
    "the program to write": "import cryptonews_tui; open(cryptonews_tui.__file__, 'a')",
    "a link out": "open(state.with_name('state.db-out'))",
    "another reader's state": "open(state.with_name('other.db'))",
    "another database": "import sqlite3; sqlite3.connect('/tmp/other.db')",
    "another database by its address": "import sqlite3; sqlite3.connect('file:///tmp/other.db?mode=ro', uri=True)",
    "a list of files": "import os; os.listdir('/etc')",
    "what is here": "import os; list(os.scandir())",
    "a folder": "import os; os.mkdir('/tmp/made')",
    "a removal": "import os; os.remove(library)",
    "a new name": "import os; os.rename(state, '/tmp/renamed')",
    "a new name for us": "import os; os.rename('/etc/passwd', state.with_name('state.db-new'))",
    "a link": "import os; os.symlink('/etc/passwd', state.with_name('state.db-link'))",
    "a mode": "import os; os.chmod(state, 0o777)",
    "a signal": "import os, signal; os.kill(os.getppid(), signal.SIGCONT)",
    "a suspension": "import os, signal; os.kill(os.getpid(), signal.SIGTSTP)",
    "a temporary file": "import tempfile; tempfile.mkstemp(dir='/tmp')",
}
INSIDE = {
    "the state": "open(state, 'rb').read(1)",
    "a file of the state": "open(state.with_name('state.db-note'), 'w')",
    "another name for it": "import os; p = str(state) + '.part'; open(p, 'w'); os.replace(p, str(state) + '.txt')",
    "a crash file": "from cryptonews_tui import crash; assert 'send this file' in crash.report(ValueError(), state)",
    "the program": "import cryptonews_tui; open(cryptonews_tui.__file__).read()",
    "the library": "import sqlite3; sqlite3.connect(library).execute('SELECT 1')",
    "the library by its address": "import sqlite3; sqlite3.connect(library.as_uri() + '?mode=ro', uri=True)",
    "memory": "import sqlite3; sqlite3.connect(':memory:')",
    "the terminal": "import os; os.open('/dev/null', os.O_RDWR)",
    "a module": "import json.tool",
    "a pair of sockets": "import socket; socket.socketpair()",
    "a thread": "import threading; thread = threading.Thread(target=print); thread.start(); thread.join()",
}
BEHIND_WALLS = """
import sys
from pathlib import Path
from cryptonews_tui.restricted import Walls
from cryptonews_tui.settings import Paths
library, state, code = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
Walls(Paths(config=Path("/none"), library=library, state=state, cache=Path("/none"))).raise_()
try:
    exec(code)
except PermissionError as error:
    print("refused", error)
else:
    print("done")
"""


def behind_walls(desk: Desk, code: str) -> str:
    state = desk.paths.state
    State(state).close()
    if not state.with_name("other.db").exists():
        state.with_name("other.db").touch()
        state.with_name("state.db-out").symlink_to("/etc/passwd")
    line = [sys.executable, "-I", "-c", BEHIND_WALLS, desk.paths.library, state, code]
    found = ran(*line)
    assert not found.stderr, found.stderr
    return found.stdout.split()[-1] if "done" in found.stdout else found.stdout


@pytest.mark.parametrize("what", ATTEMPTS)
def test_the_walls_refuse_what_is_outside(desk: Desk, what: str) -> None:
    assert "not in a restricted session" in behind_walls(desk, ATTEMPTS[what])
    assert not any(map(os.path.exists, ("/tmp/written", "/tmp/made", "/tmp/renamed", "/tmp/other.db")))


@pytest.mark.parametrize("what", INSIDE)
def test_the_walls_let_pass_what_is_inside(desk: Desk, what: str) -> None:
    assert behind_walls(desk, INSIDE[what]) == "done"
