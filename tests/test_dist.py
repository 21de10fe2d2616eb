"""What is published: the sdist makes the same wheel as the tree, and pipx installs it into an empty home."""

from __future__ import annotations

import email
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import ZipFile

import pytest

import cryptonews_tui
from tests.pty_terminal import Terminal
from tests.strategies import write

ROOT = Path(__file__).parents[1]
WHEELS = ROOT / ".venv" / "wheels"
"""What the program needs, kept when the environment was made: no test asks the network."""

pytestmark = [pytest.mark.xdist_group("dist"), pytest.mark.timeout(300)]

PARTS = re.compile(
    r"cryptonews_tui/(?:"
    r"(?:(?:library|sources|sources/http|tui)/)?[a-z0-9_]+\.py"
    r"|py\.typed|tui/app\.tcss|samples/\d{4}/\d\d/[a-z0-9-]+\.[a-z]{2}\.md"
    r"|locale/[a-z]{2}/LC_MESSAGES/cryptonews-tui\.mo)"
    r"|cryptonews_tui-[\d.]+\.dist-info/(?:METADATA|WHEEL|RECORD|entry_points\.txt|licenses/LICENSE)"
)


def build(source: Path, folder: Path, kind: str) -> Path:
    """Build the sdist or the wheel of a source tree, without asking the network."""
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", f"--{kind}", "--outdir", str(folder), str(source)],
        check=True,
        capture_output=True,
        cwd=folder,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"},
    )
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, tmp_path_factory.mktemp("sdist"), "sdist")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, tmp_path_factory.mktemp("wheel"), "wheel")


def contents(wheel: Path) -> dict[str, bytes]:
    with ZipFile(wheel) as file:
        return {name: file.read(name) for name in file.namelist()}


def test_the_sdist_builds_the_same_wheel(
    sdist: Path, wheel: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as file:
        file.extractall(folder, filter="data")
    (tree,) = folder.iterdir()
    again = build(tree, tmp_path_factory.mktemp("again"), "wheel")
    assert again.name == wheel.name
    assert contents(again) == contents(wheel)


def test_the_sdist_holds_what_its_tests_need(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("tested")
    with tarfile.open(sdist) as file:
        file.extractall(folder, filter="data")
    (tree,) = folder.iterdir()
    line = [sys.executable, "-m", "pytest", "--collect-only", "-qq", "-p", "no:cacheprovider"]
    found = subprocess.run(line, capture_output=True, text=True, cwd=tree, timeout=200)
    assert found.returncode == 0, found.stdout[-2000:]


def test_the_wheel_holds_the_program_and_nothing_else(wheel: Path) -> None:
    names = contents(wheel).keys()
    assert [name for name in names if not PARTS.fullmatch(name)] == []
    assert wheel.stat().st_size <= 1_000_000


def test_the_wheel_leaves_nothing_of_the_program_out(wheel: Path) -> None:
    source = ROOT / "src"
    kept = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*")
        if path.is_file() and path.suffix not in (".pyc", ".po", ".pot")
    }
    assert kept - contents(wheel).keys() == set()
    assert "cryptonews_tui/py.typed" in kept


def test_the_metadata_name_the_extras(wheel: Path) -> None:
    text = next(data for name, data in contents(wheel).items() if name.endswith("/METADATA"))
    metadata = email.message_from_bytes(text)
    assert metadata["Version"] == cryptonews_tui.__version__
    assert metadata["Requires-Python"] == ">=3.11"
    assert {"all", "http2", "images", "keyring"} <= set(metadata.get_all("Provides-Extra", []))
    every = {
        extra: {line.split(";")[0] for line in metadata.get_all("Requires-Dist", []) if f"'{extra}'" in line}
        for extra in ("all", "http2", "images", "keyring")
    }
    assert every["all"] == every["http2"] | every["images"] | every["keyring"]
    assert len(every["all"]) == 3
    assert f"Programming Language :: Python :: {sys.version_info[0]}.{sys.version_info[1]}" in (
        metadata.get_all("Classifier", [])
    )


# Installed with pipx


@dataclass(frozen=True, slots=True)
class Home:
    """A home that was empty, with the program in it."""

    folder: Path
    environment: dict[str, str] = field(repr=False)

    def pipx(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "pipx", *arguments],
            env=self.environment,
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.folder / "bin" / "cryptonews"), *arguments],
            env=self.environment,
            check=False,
            capture_output=True,
            text=True,
        )

    def files(self) -> set[str]:
        """What lies in it beside pipx's own."""
        return {
            path.relative_to(self.folder).as_posix()
            for path in self.folder.rglob("*")
            if not path.is_dir() and "pipx" not in path.relative_to(self.folder).parts
        }


@pytest.fixture(scope="module")
def home(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    folder = tmp_path_factory.mktemp("home")
    environment = {
        "PATH": f"{folder}/bin:/usr/bin:/bin",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PIPX_HOME": f"{folder}/pipx",
        "PIPX_BIN_DIR": f"{folder}/bin",
        "PIPX_MAN_DIR": f"{folder}/man",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_CONSTRAINT": str(ROOT / "constraints.txt"),
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(WHEELS),
    }
    made = Home(folder, environment)
    made.pipx("install", "--python", sys.executable, str(wheel))
    yield made
    shutil.rmtree(folder)


def test_it_is_installed_used_and_uninstalled(home: Home, tmp_path: Path) -> None:
    assert home.files() == {"bin/cryptonews", "bin/cryptonews-restricted", "bin/cryptonews-tui"}
    assert home.run("--version").stdout == f"cryptonews {cryptonews_tui.__version__}\n"
    (package,) = home.folder.glob("pipx/venvs/cryptonews-tui/lib/*/site-packages/cryptonews_tui")
    assert list(package.rglob("*.pyc")), "what is imported was compiled when it was installed"

    # The reader shows the samples, and what it is given.
    terminal = {**home.environment, "COLUMNS": "120"}
    with Terminal([str(home.folder / "bin" / "cryptonews")], env=terminal) as screen:
        screen.wait_for("Pinned", 60)
        screen.press("q")
        assert screen.wait_end() == 0
    write(tmp_path / "news", "1.en.md", title="Bitcoin rests", externalId="1")
    assert home.run("sync", str(tmp_path / "news")).returncode == 0
    listed = home.run("list")
    assert (listed.returncode, listed.stderr) == (0, "")
    assert "Bitcoin rests" in listed.stdout
    with Terminal([str(home.folder / "bin" / "cryptonews")], env=terminal) as screen:
        screen.wait_for("Bitcoin rests", 60)
        screen.press("q")
        assert screen.wait_end() == 0

    assert home.run("man").stdout.startswith(".TH CRYPTONEWS 1")
    assert "complete -o default" in home.run("completions", "bash").stdout
    assert home.run("complete", "fish", "li").stdout == "list\tprint stories, newest first\n"
    facts = home.run("--version", "--verbose").stdout
    assert re.search(r"^\[images\] +pillow not installed$", facts, re.M)

    home.pipx("uninstall", "cryptonews-tui")
    left = home.files()
    assert [
        name for name in left if not re.fullmatch(r"\.local/(share|state)/cryptonews-tui/[^/]+", name)
    ] == []
    assert {".local/share/cryptonews-tui/library.db", ".local/state/cryptonews-tui/state.db"} <= left
    assert not [path for path in (home.folder / "pipx" / "venvs").iterdir() if path.is_dir()]
