"""Every module can be imported where the system is no POSIX one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import platformdirs.macos
import platformdirs.unix
import platformdirs.windows
import pytest

import cryptonews_tui
from cryptonews_tui import settings
from tests.test_architecture import MODULES

POSIX = (
    "fcntl",
    "termios",
    "pwd",
    "grp",
    "resource",
    "tty",
    "pty",
    "curses",
    "syslog",
    "readline",
    "posix_ipc",
)
ONLY_POSIX = ("tui.driver",)
"""Imported behind a question for the system."""

PROGRAM = f"""
import importlib, json, sys
# What Python itself and the libraries need of these on this system has been loaded before they are taken away.
import asyncio, getpass, multiprocessing, pathlib, selectors, shutil, subprocess, tarfile, tempfile, zipfile
import textual.app, textual.drivers, watchfiles, httpx, rich.console, feedparser
for name in {POSIX!r}:
    sys.modules[name] = None
failed = {{}}
for name in json.load(sys.stdin):
    try:
        importlib.import_module(name)
    except ImportError as error:
        failed[name] = str(error)
print(json.dumps(failed))
"""


def test_no_module_needs_posix_to_be_imported() -> None:
    names = [
        f"cryptonews_tui.{name}".rstrip(".") for name in MODULES if name not in (*ONLY_POSIX, "__main__")
    ]
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=json.dumps(names),
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(Path(cryptonews_tui.__file__).parents[1]), "PATH": ""},
        check=True,
    )
    assert json.loads(ran.stdout) == {}


@pytest.mark.parametrize(
    ("system", "config", "data", "state"),
    [
        (platformdirs.unix.Unix, ".config/{}", ".local/share/{}", ".local/state/{}"),
        (platformdirs.macos.MacOS, *["Library/Application Support/{}"] * 3),
    ],
)
def test_files_are_where_the_system_keeps_them(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    system: type[platformdirs.unix.Unix],
    config: str,
    data: str,
    state: str,
) -> None:
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    for name in ("CONFIG", "LIBRARY", "STATE", "CACHE"):
        monkeypatch.delenv(f"CRYPTONEWS_{name}", raising=False)
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.delenv(f"XDG_{name}_HOME", raising=False)
    monkeypatch.setattr(platformdirs, "PlatformDirs", system)
    monkeypatch.setattr(platformdirs, "_set_platform_dir_class", lambda: system, raising=False)
    paths = settings.find_paths()
    assert paths.config == tmp_path / config.format(settings.APP) / "settings.toml"
    assert paths.library == tmp_path / data.format(settings.APP) / "library.db"
    assert paths.state == tmp_path / state.format(settings.APP) / "state.db"


def test_on_windows_there_is_a_place_for_everything() -> None:
    folders = platformdirs.windows.Windows(settings.APP, appauthor=False)
    for kind in ("user_config_path", "user_data_path", "user_state_path", "user_cache_path"):
        assert isinstance(getattr(type(folders), kind), property), kind
