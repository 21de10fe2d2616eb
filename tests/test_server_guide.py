"""docs/server.md is done as it stands: its commands are run, its files are written, and readers log in.

Places are moved below a folder of the test's own and accounts get names of its own; `systemctl` and `journalctl` only
note what they are told. What `pip install` does is tried elsewhere: here this very program is put in its place. Making
accounts needs an administrator; who is none still has every file of the guide checked.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from configparser import ConfigParser
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from docs.__main__ import ROOT

import cryptonews_tui
from cryptonews_tui.library import Library
from cryptonews_tui.query import parse
from cryptonews_tui.settings import SHARED_LIBRARY, Settings, load
from tests.programs import find, needs
from tests.pty_terminal import Terminal
from tests.sshd import Server, running
from tests.tui.desk import write_article

GUIDE = (ROOT / "docs" / "server.md").read_text("utf-8")
BLOCK = re.compile(r"(?:In `(?P<file>/[^`]+)`[^\n]*:\n\n)?```(?P<kind>[a-z]+)\n(?P<text>.*?)```", re.S)
PLACES = re.compile(
    r"(?<![\w}])/(?=(?:opt|var/lib|var/cache|var/backups|usr/local|etc/(?:ssh|systemd|security|xdg))/)"
)
SENTENCE = "this is for reading at a terminal; ssh -t brings one along"


@dataclass(frozen=True, slots=True)
class Block:
    """Commands to run, or what is to be written to a file."""

    kind: str
    text: str
    file: str | None

    @property
    def name(self) -> str:
        return Path(self.file).name if self.file else ""


def blocks(text: str) -> list[Block]:
    # The sentence that names a file may begin in the line before.
    joined = re.sub(r"\n(In `/)", r"\n\n\1", text)
    return [Block(found["kind"], found["text"], found["file"]) for found in BLOCK.finditer(joined)]


FILES = [block for block in blocks(GUIDE) if block.file]
UNITS = [block for block in FILES if block.file and block.file.startswith("/etc/systemd")]


def block_of(name: str, text: str = GUIDE) -> Block:
    return next(block for block in blocks(text) if block.name == name)


# --- what every machine can check


def test_the_guide_says_of_every_file_where_it_belongs() -> None:
    assert [
        block.file for block in blocks(GUIDE) if block.kind not in ("sh", "authorized") and not block.file
    ] == []
    assert len(FILES) == 9


@needs("sh", "dash")
@pytest.mark.parametrize("number", range(sum(block.kind == "sh" for block in blocks(GUIDE))))
def test_the_commands_are_ones_that_a_shell_understands(number: int) -> None:
    shell = [block for block in blocks(GUIDE) if block.kind == "sh"][number]
    ran = subprocess.run(
        ["sh", "-n"], input=shell.text, capture_output=True, text=True, check=False, timeout=20
    )
    assert (ran.returncode, ran.stderr) == (0, "")


def test_the_settings_of_the_guide_are_settings(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text(block_of("settings.toml").text)
    (tmp_path / "own.toml").write_text('pipe = ["sh"]\ntheme = "nord"\n')
    settings, problems = load(tmp_path / "own.toml", tmp_path / "site.toml")
    assert settings == Settings(
        theme="nord", refresh_at_start=False, views={"Markets": "category:market is:unread"}
    )
    assert problems == ["settings: “pipe” is set by the administrator"]


def test_the_limits_are_lines_of_pam(tmp_path: Path) -> None:
    for line in (lines := block_of("readers.conf", GUIDE.partition("## Limits")[2]).text.splitlines()):
        assert re.fullmatch(r"@readers hard (maxlogins|nproc|nofile|fsize|core) \d+", line)
    assert len(lines) == 5


def test_the_library_of_the_guide_is_the_one_that_the_program_takes() -> None:
    assert str(SHARED_LIBRARY) in block_of("cryptonews-reader").text
    assert f"CRYPTONEWS_LIBRARY={SHARED_LIBRARY}\n" in block_of("cryptonews-library.service").text


@needs("systemd-analyze", "systemd")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_the_units(unit: Block, tmp_path: Path) -> None:
    name = "readers.slice" if unit.file and "slice.d" in unit.file else unit.name
    for block in UNITS:
        program = tmp_path / "cryptonews"
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
        text = block.text.replace("/opt/cryptonews-tui/bin/cryptonews", str(program)).replace(
            "=cryptonews\n", "=root\n"
        )
        (tmp_path / (name if block is unit else block.name)).write_text(text)
    line = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=one", str(tmp_path / name)]
    ran = subprocess.run(line, capture_output=True, text=True, timeout=30, check=False)
    own = [line for line in ran.stderr.splitlines() if str(tmp_path) in line or name in line]
    assert own == []


@needs("systemd-analyze", "systemd")
def test_the_service_is_shut_in(tmp_path: Path) -> None:
    (tmp_path / "cryptonews-library.service").write_text(block_of("cryptonews-library.service").text)
    line = [
        "systemd-analyze",
        "security",
        "--offline=true",
        "--threshold=25",
        str(tmp_path / "cryptonews-library.service"),
    ]
    ran = subprocess.run(line, capture_output=True, text=True, timeout=30, check=False)
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr


@needs("sshd", "openssh-server")
@needs("ssh-keygen", "openssh-client")
def test_sshd_understands_the_match_blocks(tmp_path: Path) -> None:
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "host"], check=True, timeout=20
    )
    both = "".join(block.text for block in FILES if block.kind == "sshd")
    (tmp_path / "sshd_config").write_text(f"HostKey {tmp_path}/host\n{both}")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    line = [find("sshd") or "", "-t", "-f", str(tmp_path / "sshd_config")]
    ran = subprocess.run(line, capture_output=True, text=True, timeout=20, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


# --- what an administrator can do


def for_all(path: str | Path) -> bool:
    """Whether every account can get there."""
    real = Path(os.path.realpath(path))
    return real.exists() and all(
        stat.S_IMODE(p.stat().st_mode) & 0o001 for p in (real, *real.parents) if p.is_dir()
    )


def python_for_all() -> str | None:
    """A Python of this version that every account can run: the test's own may lie in somebody's home."""
    plain = f"python{sys.version_info.major}.{sys.version_info.minor}"
    places = [
        getattr(sys, "_base_executable", sys.executable),
        shutil.which(plain, path="/usr/bin:/usr/local/bin"),
    ]
    return next((place for place in places if place and for_all(place)), None)


@dataclass
class Site:
    """The server of the guide, below a folder of its own."""

    root: Path
    accounts: dict[str, str]
    """By their names in the guide."""
    key: Path

    def ours(self, text: str) -> str:
        """A text of the guide with our places and names."""
        for name in ("alice", "guest", "readers"):
            text = re.sub(rf"(?<![\w/.-]){name}(?![\w-])(?!\.conf)", self.accounts[name], text)
        text = text.replace("/etc/ssh/readers/guest", f"/etc/ssh/readers/{self.accounts['guest']}")
        text = text.replace("/etc/ssh/readers/alice", f"/etc/ssh/readers/{self.accounts['alice']}")
        text = text.replace(f"{self.accounts['alice']}.pub", "alice.pub")
        for before in ("nologin ", "--owner ", "--group ", "runuser -u ", "User=", "Group="):
            text = re.sub(rf"({before})cryptonews\b", rf"\1{self.accounts['cryptonews']}", text)
        text = text.replace("useradd --create-home", f"useradd --create-home --base-dir {self.root}/home")
        text = text.replace("sshd -t", f"{find('sshd')} -t -f {self.root}/etc/ssh/sshd_config")
        text = re.sub(
            r"\S+/bin/pip install(?: --upgrade)? \./cryptonews_tui\S+", f"sh {self.root}/install", text
        )
        text = text.replace("https://news.example.org/feed.xml", f"{self.root}/news")
        return PLACES.sub(f"{self.root}/", text)

    def build(self) -> None:
        """Do what the guide says, from its first line to its last."""
        for number, block in enumerate(blocks(GUIDE)):
            if block.file:
                path = Path(self.ours(block.file))
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(self.ours(block.text))
            elif block.kind == "authorized":
                line = self.ours(block.text).replace("KEY", (self.root / "alice.pub").read_text().strip())
                Path(self.ours("/etc/ssh/readers/guest")).write_text(line)
            else:
                self.run(self.ours(block.text), number)

    def run(self, commands: str, number: int) -> None:
        path = os.pathsep.join(
            [str(self.root / "stubs"), f"{self.root}/usr/local/sbin", os.environ["PATH"], "/usr/sbin"]
        )
        line = ["sh", "-eu", "-c", f"umask 022\n{commands}"]
        environment = {"PATH": path, "LANG": "C.UTF-8", "HOME": "/nonexistent"}
        ran = subprocess.run(
            line, cwd=self.root, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert ran.returncode == 0, f"block {number}:\n{commands}\n{ran.stdout}\n{ran.stderr}"

    def home(self, name: str) -> Path:
        return self.root / "home" / self.accounts[name]


INSTALL = """
set -e
mkdir -p {site}
printf '%s\\n' {packages} > {site}/packages.pth
for program in cryptonews:main cryptonews-restricted:login_shell; do
    cat > {bin}/${{program%:*}} <<-END
#!{bin}/python
from cryptonews_tui.cli import ${{program#*:}} as main
raise SystemExit(main())
END
    chmod 755 {bin}/${{program%:*}}
done
"""

PYTHON = python_for_all()
PACKAGES = [sysconfig.get_path("purelib"), str(Path(cryptonews_tui.__file__).parents[1])]
CAN_BUILD = os.geteuid() == 0 and PYTHON is not None and all(map(for_all, PACKAGES))


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    root = Path(tempfile.mkdtemp(prefix="server-"))
    root.chmod(0o755)
    number = os.getpid()
    names = {name: f"{name[:5]}{number}" for name in ("cryptonews", "readers", "alice", "guest")}
    site = Site(root, names, root / "key")
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, root, ignore_errors=True)
        stack.callback(
            subprocess.run, ["groupdel", names["readers"]], check=False, capture_output=True, timeout=20
        )
        for name in ("cryptonews", "alice", "guest"):
            stack.callback(
                subprocess.run, ["userdel", "-f", names[name]], check=False, capture_output=True, timeout=20
            )
        for folder in ("news", "stubs", "home", "var/backups", "etc/ssh", "usr/local/bin"):
            (root / folder).mkdir(parents=True)
        for story in range(20):
            write_article(
                root / "news", str(story), hours=story, sentiment="POSITIVE" if story % 2 else "NEGATIVE"
            )
        for stub in ("systemctl", "journalctl"):
            (root / "stubs" / stub).write_text(f'#!/bin/sh\necho "${{0##*/}} $*" >> {root}/told\n')
            (root / "stubs" / stub).chmod(0o755)
        (root / "stubs" / "python3").symlink_to(PYTHON or "")
        prefix = root / "opt/cryptonews-tui"
        packages = f"{prefix}/lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
        (root / "install").write_text(
            INSTALL.format(bin=prefix / "bin", site=packages, packages=" ".join(PACKAGES))
        )
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", root / "key"], check=True, timeout=20
        )
        shutil.copy(root / "key.pub", root / "alice.pub")
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", root / "host"], check=True, timeout=20
        )
        Path("/run/sshd").mkdir(exist_ok=True)
        (root / "etc/ssh/sshd_config").write_text(
            f"HostKey {root}/host\nInclude {root}/etc/ssh/sshd_config.d/*.conf\n"
        )
        site.build()
        yield site


@pytest.fixture(scope="module")
def server(site: Site) -> Iterator[Server]:
    include = f"Include {site.root}/etc/ssh/sshd_config.d/*.conf"
    with running(site.root / "sshd", "Subsystem sftp internal-sftp", include) as server:
        yield server


def ssh(site: Site, server: Server, name: str, *options: str) -> list[str]:
    return server.ssh("-i", str(site.key), "-oSendEnv=LANG", *options, user=site.accounts[name])


def _text(path: Path) -> bytes:
    """What the system tells of a process, if it is still there."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def stars(library: Path, state: Path) -> int:
    with closing(Library(library, state)) as opened:
        return len(opened.stories(parse("is:starred")))


if CAN_BUILD:
    pytestmark = [
        needs("sshd", "openssh-server"),
        needs("ssh", "openssh-client"),
        pytest.mark.xdist_group("ssh"),
    ]

    def test_what_the_guide_does_not_run_itself_it_asks_systemd_for(site: Site) -> None:
        told = (site.root / "told").read_text().splitlines()
        assert told == [
            "systemctl daemon-reload",
            "systemctl enable --now cryptonews-library.timer",
            "systemctl reload ssh",
            "journalctl -u cryptonews-library.service --since today --no-pager",
            "journalctl -t sshd --since today --no-pager",
            "systemctl start cryptonews-library.service",
        ]

    def test_the_service_keeps_the_library_that_readers_see(site: Site) -> None:
        unit = ConfigParser(strict=False, interpolation=None)
        text = site.ours(block_of("cryptonews-library.service").text)
        environment = re.findall(r"^Environment=(.*)$", text, re.M)
        unit.read_string(re.sub(r"^Environment=.*\n", "", text, flags=re.M))
        command = unit["Service"]["ExecStart"].split()
        line = ["runuser", "-u", unit["Service"]["User"], "--", "env", "-i", *environment, *command]
        ran = subprocess.run(
            line, capture_output=True, text=True, timeout=60, check=False, umask=0o022, cwd="/"
        )
        assert ran.returncode == 0, ran.stderr
        library = site.root / "var/lib/cryptonews-tui/library.db"
        assert library.owner() == site.accounts["cryptonews"]
        assert stat.S_IMODE(library.stat().st_mode) == 0o644
        keeper = site.root / "var/lib/cryptonews-tui/keeper"
        assert stat.S_IMODE(keeper.stat().st_mode) == 0o700
        assert stat.S_IMODE((keeper / "state.db").stat().st_mode) == 0o600
        assert (site.root / "var/backups/cryptonews-keeper.json").read_text().startswith("{")

    def test_a_reader_logs_in_reads_and_leaves(site: Site, server: Server) -> None:
        with Terminal(ssh(site, server, "alice", "-tt"), env={"LANG": "C.UTF-8"}) as terminal:
            terminal.wait_for("Story 0")
            terminal.wait_for("shared")
            terminal.press("s")
            terminal.wait_for("★")
            terminal.press("enter")
            terminal.wait_for("Overview")
            terminal.press("q")
            terminal.wait_for("Enter open")
            terminal.press("q")
            assert terminal.wait_end() == 0
        state = site.home("alice") / ".local/state/cryptonews-tui/state.db"
        assert stat.S_IMODE(state.stat().st_mode) == 0o600
        assert state.owner() == site.accounts["alice"]
        assert stat.S_IMODE(state.parent.stat().st_mode) == 0o700
        assert stars(site.root / "var/lib/cryptonews-tui/library.db", state) == 1

    @pytest.mark.parametrize(
        "command", ["", "sh", "cat /etc/passwd", "cryptonews list", "/bin/sh -i", "exec bash"]
    )
    def test_a_reader_without_a_terminal_gets_one_sentence(site: Site, server: Server, command: str) -> None:
        line = [*ssh(site, server, "alice", "-T"), "--", *command.split()]
        ran = subprocess.run(line, input="id\n", capture_output=True, text=True, timeout=30, check=False)
        assert (ran.returncode, ran.stdout, ran.stderr) == (2, "", f"cryptonews: {SENTENCE}\n")

    @pytest.mark.parametrize("command", ["cat /etc/passwd", "sh", "-c id", "--library /etc/passwd"])
    def test_with_a_terminal_any_command_is_the_reader(site: Site, server: Server, command: str) -> None:
        with Terminal([*ssh(site, server, "alice", "-tt"), "--", command]) as terminal:
            terminal.wait_for("Story 0")
            terminal.press("q")
            assert terminal.wait_end() == 0
            assert b"root:" not in terminal.output
            assert b"uid=" not in terminal.output

    def test_a_reader_gets_no_files_and_no_connections(site: Site, server: Server) -> None:
        place, key = f"{site.accounts['alice']}@127.0.0.1", ["-i", str(site.key), "-F", server.client]
        taken = site.root / "taken"
        taken.mkdir(exist_ok=True)
        taken.chmod(0o777)
        for line in (
            ["sftp", "-b", "/dev/null", "-P", str(server.port), *key, place],
            ["scp", "-P", str(server.port), *key, f"{place}:/etc/passwd", str(taken)],
            ["scp", "-O", "-P", str(server.port), *key, f"{place}:/etc/passwd", str(taken)],
            ["scp", "-P", str(server.port), *key, str(site.root / "alice.pub"), f"{place}:{taken}/x"],
            ssh(site, server, "alice", "-W", f"127.0.0.1:{server.port}"),
            ssh(site, server, "alice", "-N", "-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:22"),
            ssh(
                site,
                server,
                "alice",
                "-N",
                "-o",
                "ExitOnForwardFailure=yes",
                "-R",
                f"{taken}/socket:127.0.0.1:22",
            ),
        ):
            ran = subprocess.run(line, input="", capture_output=True, text=True, timeout=30, check=False)
            assert ran.returncode != 0, (line, ran)
        assert [*taken.iterdir()] == []

    def test_neither_an_agent_nor_a_variable_is_taken_along(site: Site, server: Server) -> None:
        agent = site.root / "agent"
        process = subprocess.Popen(["ssh-agent", "-D", "-a", agent], stdout=subprocess.DEVNULL)
        try:
            while not agent.exists():
                time.sleep(0.01)
            options = (
                "-tt",
                "-A",
                "-X",
                "-oSetEnv=PYTHONINSPECT=1 HOME=/tmp TEXTUAL=debug LC_TIME=uk_UA.UTF-8",
            )
            brought = {"SSH_AUTH_SOCK": str(agent), "DISPLAY": ":9"}
            with Terminal(ssh(site, server, "alice", *options), env=brought) as terminal:
                terminal.wait_for("Story 0")
                [found] = [
                    pid / "environ"
                    for pid in Path("/proc").glob("[0-9]*")
                    if b"bin/cryptonews-reader\0" in _text(pid / "cmdline")
                    and b"python" in _text(pid / "cmdline")
                ]
                names = {variable.partition(b"=")[0].decode() for variable in _text(found).split(b"\0")}
                assert names & {"TERM", "LC_TIME", "SSH_CONNECTION"} == {"TERM", "LC_TIME", "SSH_CONNECTION"}
                assert names & {"SSH_AUTH_SOCK", "DISPLAY", "PYTHONINSPECT", "TEXTUAL"} == set()
                terminal.press("q")
                assert terminal.wait_end() == 0
                assert b">>>" not in terminal.output
        finally:
            process.terminate()
            process.wait(10)

    def test_a_reader_without_a_home_reads_all_the_same(site: Site, server: Server) -> None:
        home = site.home("alice")
        away = home.with_name("away")
        home.rename(away)
        try:
            with Terminal(ssh(site, server, "alice", "-tt")) as terminal:
                terminal.wait_for("Story 0")
                terminal.wait_for("marks are not kept")
                terminal.press("q")
                assert terminal.wait_end() == 0
            assert not home.exists()
        finally:
            away.rename(home)

    def test_a_reader_writes_neither_the_library_nor_another_readers_state(site: Site) -> None:
        library = site.root / "var/lib/cryptonews-tui/library.db"
        for path in (library, library.parent / "new", site.root / "etc/ssh/readers" / site.accounts["alice"]):
            line = [
                "setpriv",
                "--reuid",
                site.accounts["alice"],
                "--clear-groups",
                "sh",
                "-c",
                f"echo x >> {path}",
            ]
            ran = subprocess.run(line, capture_output=True, text=True, timeout=20, check=False)
            assert "Permission denied" in ran.stderr

    def test_with_one_account_for_all_each_key_has_a_state(site: Site, server: Server) -> None:
        with Terminal(ssh(site, server, "guest", "-tt"), env={"LANG": "C.UTF-8"}) as terminal:
            terminal.wait_for("Story 0")
            terminal.press("s")
            terminal.wait_for("★")
            terminal.press("q")
            assert terminal.wait_end() == 0
        state = site.root / "var/lib/cryptonews-guests/bob.db"
        assert state.owner() == site.accounts["guest"]
        assert stars(site.root / "var/lib/cryptonews-tui/library.db", state) == 1
        for command in ("id", "cat /etc/passwd"):
            line = [*ssh(site, server, "guest", "-T"), "--", command]
            ran = subprocess.run(line, capture_output=True, text=True, timeout=30, check=False)
            assert (ran.returncode, ran.stdout, ran.stderr) == (2, "", f"cryptonews: {SENTENCE}\n")

    def test_a_login_of_any_other_kind_is_the_reader_too(site: Site) -> None:
        for line in (
            ["su", "-", site.accounts["alice"], "-c", "id"],
            ["su", site.accounts["alice"], "-c", "sh"],
        ):
            ran = subprocess.run(line, input="", capture_output=True, text=True, timeout=30, check=False)
            assert (ran.returncode, ran.stdout) == (2, "")
            assert SENTENCE in ran.stderr

    def test_a_reader_gets_by_within_the_limits(site: Site) -> None:
        text = block_of("readers.conf", GUIDE.partition("## Limits")[2]).text
        limits = dict(re.findall(r"hard (nproc|nofile|fsize|core) (\d+)", text))
        options = [f"--{name}={int(n) * (1024 if name == 'fsize' else 1)}" for name, n in limits.items()]
        user = site.accounts["alice"]
        reader = str(site.root / "usr/local/bin/cryptonews-reader")
        line = [
            "setpriv",
            "--reuid",
            user,
            "--regid",
            site.accounts["readers"],
            "--clear-groups",
            "--",
            "prlimit",
        ]
        with Terminal([*line, *options, "--", reader]) as terminal:
            terminal.wait_for("Story 0")
            terminal.press("/", "f", "o", "g")
            terminal.wait_for("20")
            terminal.press("enter", "q")
            assert terminal.wait_end() == 0

else:

    def test_a_server_is_built_by_an_administrator_only() -> None:
        assert os.geteuid() != 0 or PYTHON is None or not all(map(for_all, PACKAGES))
