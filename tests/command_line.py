"""The command line as tests use it: a home of its own, commands that are run in this process, and some news."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import cryptonews_tui
from cryptonews_tui.cli import main
from tests.strategies import write


@dataclass(frozen=True, slots=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of its own, in UTC."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("PYTHONPATH", str(Path(cryptonews_tui.__file__).parents[1]))
    time.tzset()
    for name in ("library.db", "state.db", "config.toml", "cache"):
        monkeypatch.setenv(f"CRYPTONEWS_{name.split('.')[0].upper()}", str(home / name))
    monkeypatch.chdir(tmp_path)
    yield home
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def run(places: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """A command in this process."""

    def run(*arguments: object) -> Ran:
        capsys.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as end:  # argparse
            code = int(end.code or 0)
        return Ran(code, *capsys.readouterr())

    return run


@pytest.fixture
def news(tmp_path: Path) -> Path:
    """Three stories, one of them in two languages, and a draft."""
    folder = tmp_path / "news"
    bitcoin = {
        "externalId": "1",
        "tags": ["BTC", "-DEFI"],
        "category": "MARKET",
        "score": 1,
        "ai": {"rewritten": True, "expandedAt": "2025-11-25T10:10:00Z", "version": "2"},
        "weather": {"wind": 5},
    }
    write(folder, "1.en.md", title="Bitcoin rests", **bitcoin)
    write(folder, "1.uk.md", title="Біткоїн відпочиває", lang="uk", **bitcoin)
    write(
        folder,
        "2.en.md",
        title="Ether falls",
        externalId="2",
        publishedAt="2025-11-25T08:30:00Z",
        sentiment="NEGATIVE",
        source={"name": "Courier", "key": "courier"},
        tags=["DIGITAL ASSETS"],
    )
    write(
        folder,
        "3.en.md",
        title="Pinned",
        externalId="3",
        publishedAt="2025-11-01",
        stickyWeight=5,
        sentiment=...,
        tags=[],
    )
    write(folder, "4.en.md", title="A draft", externalId="4", draft=True)
    return folder


@pytest.fixture
def synced(run: Run, news: Path) -> Path:
    assert run("sync", news).code == 0
    return news
