"""A stranger logs in with a real ssh client: they can read, and nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cryptonews_tui.library import Library
from cryptonews_tui.query import parse
from tests.sshd import Sshd, needs_ssh, serving
from tests.tui.desk import Desk

PROGRAM = f"{sys.executable} -I -m cryptonews_tui"
SENTENCE = "this is for reading at a terminal; ssh -t brings one along"


@pytest.fixture
def desk() -> Iterator[Desk]:
    """Where other accounts can look, too."""
    home = Path(tempfile.mkdtemp(prefix="desk-"))
    home.chmod(0o755)
    desk = Desk(home)
    for number in range(40):
        desk.write(str(number), hours=number, sentiment="POSITIVE" if number % 2 else "NEGATIVE")
    desk.sync()
    yield desk
    shutil.rmtree(home)


@pytest.fixture
def sshd(desk: Desk) -> Iterator[Sshd]:
    """A server that lets everybody read in a restricted session, and does nothing else for them."""
    paths = desk.paths
    with serving(
        paths.config.parent / "ssh",
        f"ForceCommand {PROGRAM} --restricted --library {paths.library} --state {paths.state}"
        f" --config {paths.config}\n"
        "DisableForwarding yes\nPermitUserRC no\nAcceptEnv *\n",
    ) as sshd:
        yield sshd


@needs_ssh
def test_a_stranger_reads_filters_and_leaves(sshd: Sshd, desk: Desk) -> None:
    with sshd.login() as terminal:
        terminal.wait_for("Story 0")
        terminal.press("+")
        terminal.wait_for("sentiment:positive")
        terminal.press("s", "enter")
        terminal.wait_for("★ starred")
        terminal.press("q")
        terminal.wait_for("Enter open")
        terminal.press("q")
        assert terminal.wait_end() == 0
    with closing(Library(desk.paths.library, desk.paths.state)) as library:
        assert len(library.stories(parse("is:starred"))) == 1


@needs_ssh
@pytest.mark.parametrize("command", ["", "sh", "cat /etc/passwd", "cryptonews list", "exec bash -i"])
def test_without_a_terminal_there_is_one_sentence(sshd: Sshd, command: str) -> None:
    ran = sshd.run(*command.split(), stdin="id\nexit\n")
    assert (ran.returncode, ran.stdout, ran.stderr) == (2, "", f"cryptonews: {SENTENCE}\n")


@needs_ssh
@pytest.mark.parametrize("command", ["sh", "cat /etc/passwd", "; sh", "$(touch x)", "--version", "sources"])
def test_a_command_that_is_asked_for_is_the_reader_all_the_same(sshd: Sshd, command: str) -> None:
    with sshd.login(command=[command]) as terminal:
        terminal.wait_for("Story 0")
        terminal.press("q")
        assert terminal.wait_end() == 0
        assert b"root:" not in terminal.output


@needs_ssh
def test_files_and_connections_are_not_to_be_had(sshd: Sshd, desk: Desk, tmp_path: Path) -> None:
    config = str(sshd.folder / "ssh_config")
    place = f"{sshd.user}@127.0.0.1"
    (tmp_path / "gift").write_text("gift")
    for line in (
        ["sftp", "-F", config, "-b", "/dev/null", place],
        ["scp", "-F", config, f"{place}:/etc/passwd", str(tmp_path / "passwd")],
        ["scp", "-O", "-F", config, f"{place}:/etc/passwd", str(tmp_path / "passwd")],
        ["scp", "-F", config, str(tmp_path / "gift"), f"{place}:{tmp_path}/taken"],
        ["ssh", "-F", config, "-W", f"127.0.0.1:{sshd.port}", place],
        ["ssh", "-F", config, "-o", "ExitOnForwardFailure=yes", "-N", "-R", "0:127.0.0.1:22", place],
    ):
        ran = subprocess.run(line, capture_output=True, text=True, timeout=30, check=False, input="")
        assert ran.returncode != 0, (line, ran)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["gift"]


@needs_ssh
def test_no_variable_of_the_client_matters(sshd: Sshd, desk: Desk, tmp_path: Path) -> None:
    traps = {
        "CRYPTONEWS_LIBRARY": "/etc/passwd",
        "CRYPTONEWS_STATE": str(tmp_path / "state.db"),
        "CRYPTONEWS_CONFIG": "/etc/passwd",
        "XDG_STATE_HOME": str(tmp_path / "xdg"),
        "HOME": str(tmp_path),
        "PYTHONINSPECT": "1",
        "PYTHONPATH": str(tmp_path),
        "TEXTUAL": "devtools,debug",
        "TEXTUAL_LOG": str(tmp_path / "log"),
        "TEXTUAL_DRIVER": "os:system",
        "TEXTUAL_SCREENSHOT": "1",
        "TEXTUAL_SCREENSHOT_LOCATION": str(tmp_path),
        "BROWSER": f"touch {tmp_path}/browser",
        "PAGER": "sh",
        "EDITOR": "sh",
        "LESSOPEN": "|sh",
        "TMUX": str(tmp_path / "tmux"),
        "LANGUAGE": str(tmp_path),
        "LC_ALL": f"../../..{tmp_path}",
        "SSH_ORIGINAL_COMMAND": "sh",
    }
    (tmp_path / "sitecustomize.py").write_text(f"open({str(tmp_path / 'customized')!r}, 'w')")
    (tmp_path / "textual.py").write_text(f"open({str(tmp_path / 'imported')!r}, 'w')")
    before = sorted(os.listdir(tmp_path))
    said = " ".join(f'{name}="{value}"' for name, value in traps.items())
    with sshd.login(f"-oSetEnv={said}") as terminal:
        terminal.wait_for("Story 0")
        terminal.press("y", "y")
        terminal.quiet(0.3)
        terminal.press("q")
        assert terminal.wait_end() == 0
        assert b">>>" not in terminal.output
    assert sorted(os.listdir(tmp_path)) == before
