"""A real OpenSSH server on this computer: own host key, own port, own configuration, ended with the test.

    with serving(folder, f"ForceCommand {program} --restricted --library {library}\\n") as sshd:
        with sshd.login() as terminal:           # ssh -tt in a terminal of its own, see pty_terminal
            terminal.wait_for("Headlines")
            terminal.send("q")
            assert terminal.wait_end() == 0
        assert sshd.run("cat /etc/passwd").returncode == 2   # ssh without a terminal

It serves whoever runs the tests, with a key made for it; an administrator's serves every account. Tests that use
it are marked with `needs_ssh`.
"""

from __future__ import annotations

import getpass
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tests.programs import find, needs
from tests.pty_terminal import Terminal

_Test = TypeVar("_Test", bound=Callable[..., object])


def needs_ssh(test: _Test) -> _Test:
    """Run the test only where there is OpenSSH."""
    return needs("ssh", "openssh-client")(needs("sshd", "openssh-server")(test))


@dataclass(frozen=True, slots=True)
class Sshd:
    """A server that is listening. `user` is who logs in where no other is named."""

    port: int
    folder: Path
    """With `ssh_config`, whose keys and known hosts are ours alone; `sftp` and `scp` take it as well by `-F`."""
    pid: int

    @property
    def user(self) -> str:
        return getpass.getuser()

    def ssh(self, *options: str, user: str = "", command: Sequence[str] = ()) -> list[str]:
        """The command line of a login."""
        config = str(self.folder / "ssh_config")
        return [
            "ssh",
            "-F",
            config,
            *options,
            f"{user or self.user}@127.0.0.1",
            *(["--", *command] if command else []),
        ]

    def login(
        self,
        *options: str,
        user: str = "",
        command: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        columns: int = 120,
        rows: int = 40,
    ) -> Terminal:
        """`ssh -tt` in a terminal; to be used with `with`."""
        line = self.ssh("-tt", *options, user=user, command=command)
        return Terminal(line, env=env, columns=columns, rows=rows)

    def run(
        self, *command: str, options: Sequence[str] = (), user: str = "", stdin: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """`ssh` without a terminal, to its end."""
        line = self.ssh("-T", *options, user=user, command=command)
        return subprocess.run(line, input=stdin, capture_output=True, text=True, timeout=30, check=False)

    def processes(self, name: str) -> list[int]:
        """The processes below the server whose command line has this in it."""
        children: dict[int, list[int]] = {}
        lines: dict[int, str] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                    lines[int(entry.name)] = (entry / "cmdline").read_text().replace("\0", " ")
                except (OSError, UnicodeDecodeError):  # it has ended
                    continue
                children.setdefault(parent, []).append(int(entry.name))
        found, below = [], [self.pid]
        while below:
            pid = below.pop()
            below += children.get(pid, [])
            if pid != self.pid and name in lines.get(pid, ""):
                found.append(pid)
        return found

    @property
    def log(self) -> str:
        """What the server has to say."""
        return (self.folder / "log").read_text(errors="replace")


@contextmanager
def serving(folder: Path, configuration: str = "", *, accounts: Sequence[str] = ()) -> Iterator[Sshd]:
    """A server with these further lines of sshd_config; `folder` is made if it is not there, and may be read by all.

    `accounts` may log in too; only an administrator's server can let them.
    """
    keygen, sshd = find("ssh-keygen"), find("sshd")
    assert keygen is not None
    assert sshd is not None
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    for name in ("host", "key"):
        subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True, timeout=20)
    port = _free_port()
    shutil.copy(folder / "key.pub", folder / "authorized")
    (folder / "known").write_text(f"[127.0.0.1]:{port} {(folder / 'host.pub').read_text()}")
    allowed = " ".join([getpass.getuser(), *accounts])
    (folder / "sshd_config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nPidFile none\nUsePAM no\nStrictModes no\n"
        f"AuthorizedKeysFile {folder}/authorized\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
        f"PermitRootLogin prohibit-password\nAllowUsers {allowed}\nSubsystem sftp internal-sftp\nUseDNS no\n"
        f"MaxStartups 100\n{configuration}"
    )
    (folder / "ssh_config").write_text(
        f"Host *\nPort {port}\nIdentityFile {folder}/key\nIdentitiesOnly yes\nUserKnownHostsFile {folder}/known\n"
        "GlobalKnownHostsFile /dev/null\nLogLevel ERROR\nConnectTimeout 10\nBatchMode yes\n"
    )
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # sshd wants it, and Debian makes it when the service starts
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([sshd, "-D", "-e", "-f", folder / "sshd_config"], stderr=log)
    try:
        _wait_for(port, process, folder)
        yield Sshd(port, folder, process.pid)
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def accounts(*names: str, shell: str = "/bin/sh", group: str = "") -> Iterator[list[str]]:
    """Accounts that are there as long as the test, with a home each; whoever is no administrator has their own only."""
    if os.geteuid() != 0:
        yield [getpass.getuser()] * len(names)
        return
    homes = Path(tempfile.mkdtemp(prefix="homes-"))
    homes.chmod(0o755)
    made: list[str] = []
    try:
        if group:
            subprocess.run(["groupadd", group], check=True, timeout=20)
        for name in names:
            # `*` is no password, and no locked account either, which a server without PAM would not let in.
            line = [
                "useradd",
                "-p",
                "*",
                "-m",
                "-d",
                str(homes / name),
                "-s",
                shell,
                "-K",
                "MAIL_DIR=/nonexistent",
            ]
            more = ["-N", "-g", group] if group else ["-N", "-g", "nogroup"]
            subprocess.run([*line, *more, name], check=True, timeout=20, capture_output=True)
            made.append(name)
        yield made
    finally:
        for name in made:
            subprocess.run(["userdel", "-f", name], check=False, timeout=20, capture_output=True)
        if group:
            subprocess.run(["groupdel", group], check=False, timeout=20, capture_output=True)
        shutil.rmtree(homes, ignore_errors=True)


def home_of(name: str) -> Path:
    """Where an account has its files."""
    return Path(pwd.getpwnam(name).pw_dir)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    for _ in range(500):
        assert process.poll() is None, (folder / "log").read_text()
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except ConnectionRefusedError:
            time.sleep(0.01)
        else:
            return
    raise TimeoutError("the server does not listen")
