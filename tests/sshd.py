"""An OpenSSH server of our own on the loopback, with a host key, a port and a client's key of its own.

    with running(tmp_path) as server:
        subprocess.run([*server.ssh(), "true"])

It runs as whoever runs the tests, and ends with the block.
"""

from __future__ import annotations

import getpass
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.programs import find


@dataclass(frozen=True)
class Server:
    """Where the server listens, and what a client needs."""

    folder: Path
    port: int

    @property
    def client(self) -> str:
        """The client's settings: `ssh -F`."""
        return str(self.folder / "config")

    def ssh(self, *options: str, user: str | None = None, port: int | None = None) -> list[str]:
        """The beginning of a command that logs in; what follows is the remote command."""
        where = ["-p", str(port or self.port), "-l", user or getpass.getuser(), "127.0.0.1"]
        return ["ssh", "-F", self.client, *options, *where]


@contextmanager
def running(folder: Path, *settings: str) -> Iterator[Server]:
    """A server until the end of the block; `settings` are lines of sshd_config, a Match block last."""
    keygen, sshd = find("ssh-keygen"), find("sshd")
    assert keygen is not None
    assert sshd is not None
    folder.mkdir(mode=0o700, exist_ok=True)
    for name in ("host", "key"):
        subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True, timeout=20)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "authorized").write_text((folder / "key.pub").read_text())
    (folder / "known").write_text(f"* {(folder / 'host.pub').read_text()}")
    usual = (
        f"Port {port}",
        "ListenAddress 127.0.0.1",
        f"HostKey {folder}/host",
        "PidFile none",
        "UsePAM no",
        f"AuthorizedKeysFile {folder}/authorized",
        "StrictModes no",
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication no",
        "PermitRootLogin prohibit-password",
        "PrintMotd no",
        "PrintLastLog no",
    )
    (folder / "sshd_config").write_text("\n".join((*usual, *settings, "")))
    (folder / "config").write_text(
        f"Host *\nIdentityFile {folder}/key\nIdentitiesOnly yes\nUserKnownHostsFile {folder}/known\n"
        "GlobalKnownHostsFile /dev/null\nLogLevel ERROR\n"
        "SendEnv LANG LC_*\n"  # as the clients of Debian, Fedora and macOS do
    )
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # sshd wants it, and Debian makes it when the service starts
    log = folder / "log"
    with log.open("w") as file:
        process = subprocess.Popen([sshd, "-D", "-e", "-f", folder / "sshd_config"], stderr=file)
        try:
            for _ in range(500):
                assert process.poll() is None, log.read_text()
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                except ConnectionRefusedError:
                    time.sleep(0.01)
                else:
                    break
            yield Server(folder, port)
        finally:
            process.terminate()
            process.wait(10)
