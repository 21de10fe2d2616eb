"""A stranger logs in with a real ssh client: they can read, and nothing else."""

from __future__ import annotations

import getpass
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from cryptonews_tui.library import Library
from cryptonews_tui.query import parse
from tests.programs import needs
from tests.pty_terminal import Terminal
from tests.sshd import Server, running
from tests.tui.desk import Desk

pytestmark = [needs("sshd", "openssh-server"), needs("ssh", "openssh-client"), pytest.mark.xdist_group("ssh")]

PROGRAM = f"{sys.executable} -I -m cryptonews_tui"
SENTENCE = "this is for reading at a terminal; ssh -t brings one along"


@pytest.fixture
def desk(desk: Desk) -> Desk:
    for number in range(40):
        desk.write(str(number), hours=number, sentiment="POSITIVE" if number % 2 else "NEGATIVE")
    desk.sync()
    return desk


@pytest.fixture
def server(desk: Desk) -> Iterator[Server]:
    """A server that lets everybody read in a restricted session, and does nothing else for them."""
    paths = desk.paths
    command = (
        f"{PROGRAM} --restricted --library {paths.library} --state {paths.state} --config {paths.config}"
    )
    lines = (f"ForceCommand {command}", "DisableForwarding yes", "PermitUserRC no", "AcceptEnv *")
    with running(paths.config.parent / "ssh", *lines) as server:
        yield server


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A folder in which nothing may come to be."""
    folder = tmp_path / "trap"
    folder.mkdir()
    return folder


def login(server: Server, *options: str, command: Sequence[str] = ()) -> Terminal:
    """A login with a terminal."""
    return Terminal([*server.ssh("-tt", *options), "--", *command])


def test_a_stranger_reads_filters_and_leaves(server: Server, desk: Desk) -> None:
    with login(server) as terminal:
        terminal.wait_for("Story 0")
        terminal.press("+")
        terminal.wait_for("sentiment:positive")
        terminal.press("s", "enter")
        terminal.wait_for("starred")
        terminal.press("q")
        terminal.wait_for("Enter open")
        terminal.press("q")
        assert terminal.wait_end() == 0
    with closing(Library(desk.paths.library, desk.paths.state)) as library:
        assert len(library.stories(parse("is:starred"))) == 1


@pytest.mark.parametrize("command", ["", "sh", "cat /etc/passwd", "cryptonews list", "exec bash -i"])
def test_without_a_terminal_there_is_one_sentence(server: Server, command: str) -> None:
    line = [*server.ssh("-T"), "--", *command.split()]
    ran = subprocess.run(line, input="id\nexit\n", capture_output=True, text=True, timeout=30, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (2, "", f"cryptonews: {SENTENCE}\n")


@pytest.mark.parametrize("command", ["sh", "cat /etc/passwd", "; sh", "$(touch x)", "--version", "sources"])
def test_a_command_that_is_asked_for_is_the_reader_all_the_same(server: Server, command: str) -> None:
    with login(server, command=[command]) as terminal:
        terminal.wait_for("Story 0")
        terminal.press("q")
        assert terminal.wait_end() == 0
        assert b"root:" not in terminal.output


def test_files_and_connections_are_not_to_be_had(server: Server, trap: Path) -> None:
    config, port = server.client, str(server.port)
    place = f"{getpass.getuser()}@127.0.0.1"
    (trap / "gift").write_text("gift")
    for line in (
        ["sftp", "-P", port, "-F", config, "-b", "/dev/null", place],
        ["scp", "-P", port, "-F", config, f"{place}:/etc/passwd", str(trap / "passwd")],
        ["scp", "-O", "-P", port, "-F", config, f"{place}:/etc/passwd", str(trap / "passwd")],
        ["scp", "-P", port, "-F", config, str(trap / "gift"), f"{place}:{trap}/taken"],
        [*server.ssh("-W", f"127.0.0.1:{port}")],
        [*server.ssh("-o", "ExitOnForwardFailure=yes", "-N", "-R", "0:127.0.0.1:22")],
    ):
        ran = subprocess.run(line, capture_output=True, text=True, timeout=30, check=False, input="")
        assert ran.returncode != 0, (line, ran)
    assert sorted(path.name for path in trap.iterdir()) == ["gift"]


def test_no_variable_of_the_client_matters(server: Server, trap: Path) -> None:
    traps = {
        "CRYPTONEWS_LIBRARY": "/etc/passwd",
        "CRYPTONEWS_STATE": str(trap / "state.db"),
        "CRYPTONEWS_CONFIG": "/etc/passwd",
        "XDG_STATE_HOME": str(trap / "xdg"),
        "HOME": str(trap),
        "PYTHONINSPECT": "1",
        "PYTHONPATH": str(trap),
        "TEXTUAL": "devtools,debug",
        "TEXTUAL_LOG": str(trap / "log"),
        "TEXTUAL_DRIVER": "os:system",
        "TEXTUAL_SCREENSHOT": "1",
        "TEXTUAL_SCREENSHOT_LOCATION": str(trap),
        "BROWSER": f"touch {trap}/browser",
        "PAGER": "sh",
        "EDITOR": "sh",
        "LESSOPEN": "|sh",
        "TMUX": str(trap / "tmux"),
        "LANGUAGE": str(trap),
        "LC_ALL": f"../../..{trap}",
        "SSH_ORIGINAL_COMMAND": "sh",
    }
    (trap / "sitecustomize.py").write_text(f"open({str(trap / 'customized')!r}, 'w')")
    (trap / "textual.py").write_text(f"open({str(trap / 'imported')!r}, 'w')")
    before = sorted(os.listdir(trap))
    said = " ".join(f'{name}="{value}"' for name, value in traps.items())
    with login(server, f"-oSetEnv={said}") as terminal:
        terminal.wait_for("Story 0")
        terminal.press("y", "y")
        terminal.quiet(0.3)
        terminal.press("q")
        assert terminal.wait_end() == 0
        assert b">>>" not in terminal.output
    assert sorted(os.listdir(trap)) == before
