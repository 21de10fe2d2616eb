"""The reader at the other end of a real SSH connection."""

from __future__ import annotations

import os
import shlex
import signal
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from cryptonews_tui.library import Mark
from tests import sshd
from tests.programs import needs
from tests.pty_terminal import Terminal
from tests.terminal.conftest import PROGRAM, SOURCE
from tests.terminal.newsroom import marked
from tests.terminal.slow_link import slow_link
from tests.tui.desk import Desk

pytestmark = [needs("sshd", "openssh-server"), needs("ssh", "openssh-client"), pytest.mark.xdist_group("ssh")]

LINES = "\n\n".join(f"Line {number} of the log: fog, and nothing else." for number in range(120))
PLAIN = Path("/usr/bin") / f"python{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture
def desk(desk: Desk) -> Desk:
    for number in range(200):
        desk.write(
            str(number),
            title=f"Headline {number}",
            hours=number + 1,
            tags=["FOG"] if number % 2 else ["RAIN"],
            sentiment="negative" if number % 2 else "positive",
            body=f"## Overview\n\n{LINES}" if number < 3 else "## Overview\n\nFog.",
        )
    desk.sync()
    return desk


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sshd.Server]:
    with sshd.running(tmp_path_factory.mktemp("sshd")) as server:
        yield server


Login = Callable[..., Terminal]


@pytest.fixture
def login(desk: Desk, server: sshd.Server, tmp_path: Path) -> Iterator[Login]:
    """Log in by `ssh -tt` and start the reader there; its process id is written to `pid`."""
    with ExitStack() as terminals:

        def started(
            *arguments: str,
            state: Path | None = None,
            library: Path | None = None,
            port: int | None = None,
            term: str = "xterm-256color",
            before: Sequence[str] = (),
            program: Sequence[str] = PROGRAM,
            **environment: str,
        ) -> Terminal:
            there = {
                "HOME": str(tmp_path),
                "LANG": "C.UTF-8",
                "PYTHONPATH": SOURCE,
                "TZ": "UTC",
                "CRYPTONEWS_LIBRARY": str(library or desk.paths.library),
                "CRYPTONEWS_STATE": str(state or desk.paths.state),
                "CRYPTONEWS_CONFIG": str(desk.paths.config),
                "CRYPTONEWS_CACHE": str((state or desk.paths.state).with_name("cache")),
                **environment,
            }
            words = [
                *before,
                "env",
                *(f"{name}={value}" for name, value in there.items()),
                *program,
                *arguments,
            ]
            remote = f"echo $$ > {shlex.quote(str(tmp_path / 'pid'))}; exec {shlex.join(words)}"
            command = [*server.ssh("-tt", port=port), remote]
            return terminals.enter_context(Terminal(command, env={"TERM": term}))

        yield started


def gone(pid: int, seconds: float) -> bool:
    """Whether a process ends within so many seconds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not Path("/proc", str(pid)).exists():
            return True
        time.sleep(0.02)
    return False


def test_over_ssh_one_starts_filters_reads_and_quits(login: Login) -> None:
    terminal = login()
    terminal.wait_for("Headline 0")
    terminal.press("-")
    terminal.wait_for("100 of 200")
    terminal.press("enter")
    terminal.wait_for("Line 0 of the log")
    terminal.press("q")
    terminal.press("q")
    assert terminal.wait_end() == 0
    local = terminal.line_settings[3]
    assert isinstance(local, int)
    assert local & termios.ECHO
    assert local & termios.ICANON


def first_line(terminal: Terminal) -> int:
    """The number of the first line of the log on the screen, or -1."""
    lines = [line for line in terminal.lines if "Line " in line]
    return int(lines[0][lines[0].index("Line ") :].split()[1]) if lines else -1


def test_a_client_that_dies_in_mid_scroll_leaves_no_process_and_loses_nothing(
    login: Login, desk: Desk, tmp_path: Path
) -> None:
    terminal = login()
    terminal.wait_for("Headline 0")
    terminal.press("s", "enter")
    terminal.wait_for("Line 0 of the log")
    terminal.press("space", "space", "j")
    terminal.quiet(0.6)  # longer than it takes to remember a place
    left = first_line(terminal)
    assert left > 9
    pid = int((tmp_path / "pid").read_text())
    assert Path("/proc", str(pid)).exists()
    terminal.press(*"jkjkjkjk")
    terminal.signal(signal.SIGKILL)
    terminal.wait_end()
    assert gone(pid, 2.0)
    assert marked(desk, Mark.STARRED) == {"0"}
    again = login()
    again.wait_for("Headline 0")
    again.press("enter")
    again.wait_until(lambda: abs(first_line(again) - left) <= 2)  # the last keys may count, or not


def test_the_window_may_change_its_size(login: Login) -> None:
    terminal = login()
    terminal.wait_for("Headline 0")
    for columns, rows in ((60, 20), (1, 1), (200, 60), (80, 24)):
        terminal.resize(columns, rows)
        terminal.quiet(0.3)
    terminal.wait_for("Headline 0")
    assert len(terminal.lines) == 24
    terminal.press("q")
    assert terminal.wait_end() == 0


@pytest.mark.parametrize(
    "term", ["linux", "screen", "screen-256color", "tmux-256color", "xterm-16color", "vt100", "foo"]
)
def test_whatever_terminal_the_client_has_one_can_read(login: Login, term: str) -> None:
    terminal = login(term=term)
    terminal.wait_for("Headline 0")
    terminal.press("enter")
    terminal.wait_for("Line 0 of the log")
    terminal.press("q")
    terminal.press("q")
    assert terminal.wait_end() == 0


def test_a_dumb_terminal_gets_the_list(login: Login) -> None:
    terminal = login(term="dumb")
    assert terminal.wait_end() == 0
    assert b"Headline 199" in terminal.output
    assert b"\x1b" not in terminal.output


def everyones_python() -> bool:
    """Whether there is a Python that another user may run, with our packages; else both are ourselves."""
    return os.geteuid() == 0 and PLAIN.exists()


@needs("setpriv", "util-linux")
def test_two_users_read_one_shared_library_at_once(login: Login, desk: Desk) -> None:
    with tempfile.TemporaryDirectory() as name:
        shared = Path(name)
        shared.chmod(0o755)
        library = shared / "library.db"
        for path in desk.paths.library.parent.glob("library.db*"):
            (shared / path.name).write_bytes(path.read_bytes())
            (shared / path.name).chmod(0o644)
        readers = []
        for user in (4001, 4002):
            own = shared / str(user)
            own.mkdir(mode=0o700)
            before: list[str] = []
            program: Sequence[str] = PROGRAM
            paths = {}
            if everyones_python():
                os.chown(own, user, user)
                before = ["setpriv", "--reuid", str(user), "--regid", str(user), "--clear-groups"]
                packages = [path for path in sys.path if path.endswith("site-packages")]
                program = (str(PLAIN), "-m", "cryptonews_tui")
                paths = {"PYTHONPATH": os.pathsep.join((SOURCE, *packages)), "HOME": str(own)}
            terminal = login(library=library, state=own / "state.db", before=before, program=program, **paths)
            terminal.wait_for("Headline 0")
            readers.append((terminal, own))
        for terminal, _ in readers:
            terminal.press("s")
        readers[1][0].press("j", "s")
        for terminal, _ in readers:
            terminal.quiet(0.3)
            terminal.press("q")
            assert terminal.wait_end() == 0
        assert [marked(desk, Mark.STARRED, own / "state.db") for _, own in readers] == [{"0"}, {"0", "1"}]
        if everyones_python():
            assert [(own / "state.db").stat().st_uid for _, own in readers] == [4001, 4002]


def test_on_a_slow_link_that_loses_packets_one_can_read(login: Login, server: sshd.Server) -> None:
    with slow_link(server.port, delay=0.25, loss=0.01) as port:
        terminal = login(port=port)
        terminal.wait_for("Headline 0", timeout=30)
        terminal.press("j", "j", "k")
        terminal.press("enter")
        terminal.wait_for("Line 0 of the log")
        terminal.press("q")
        terminal.press("/", *"headline", "enter")  # at once: what is typed ahead reaches what it is meant for
        terminal.wait_for("200 of 200")
        terminal.press("q")
        assert terminal.wait_end() == 0
