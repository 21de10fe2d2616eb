"""What a report of a bug needs: versions, terminal, sizes; and no secret."""

from __future__ import annotations

import platform
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import textual

import cryptonews_tui
from cryptonews_tui import facts
from tests.command_line import Run

SECRETS = ("hunter2", "tok-123")


def told(lines: list[str]) -> dict[str, str]:
    return {name: said.strip() for name, _, said in (line.strip().partition(" ") for line in lines)}


@pytest.mark.parametrize("how", ["--version", "doctor"])
def test_a_report_has_versions_terminal_and_sizes(
    run: Run, synced: Path, places: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setenv("TERM", "tmux-256color")
    monkeypatch.setenv("LANG", "uk_UA.UTF-8")
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.7 5000 192.0.2.8 22")
    monkeypatch.delenv("TMUX", raising=False)
    (places / "config.toml").write_text("reading_width = 70\n", encoding="utf-8")
    ran = run(how, *["--verbose"] * (how == "--version"))
    assert ran.code == 0
    said = told(ran.lines)
    assert said["cryptonews"] == cryptonews_tui.__version__
    assert said["python"].startswith(platform.python_version())
    assert said["system"].split() == [platform.system(), platform.release(), platform.machine()]
    assert said["sqlite"] == sqlite3.sqlite_version
    assert said["textual"] == textual.__version__
    assert said["[images]"].startswith("pillow ")
    assert said["schemas"] == "library 3, state 4"
    assert said["TERM"] == "tmux-256color"
    assert said["LANG"] == "uk_UA.UTF-8"
    assert (said["SSH"], said["tmux"], said["frugal"], said["restricted"]) == ("yes", "no", "yes", "no")
    assert said["charset"] == "utf-8"
    assert "192.0.2" not in ran.out
    size = f"{(places / 'library.db').stat().st_size:,} bytes, schema 3"
    assert [line for line in ran.lines if line.split()[:1] == ["library"] and line.endswith(size)]
    assert said["settings"] == "reading_width"
    assert said["crashes"] == "0"


def test_no_secret_is_told(run: Run, synced: Path, places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWS_TOKEN", SECRETS[0])
    monkeypatch.setenv("TERM_PROGRAM", "x" * 500)
    (places / "config.toml").write_text(
        f'[secrets."news.example.org"]\ntoken = "{SECRETS[1]}"\n', encoding="utf-8"
    )
    run("sources", "add", f"https://me:{SECRETS[0]}@news.example.org/feed")
    run("sources", "add", f"https://news.example.org/other?token={SECRETS[0]}", "--name", "Feed")
    for command in (["--version", "--verbose"], ["doctor"], ["paths"]):
        out = run(*command).out
        assert not [secret for secret in SECRETS if secret in out], command
        assert "x" * 100 not in out


def test_escapes_in_the_environment_are_not_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm\x1b]0;owned\x07")
    out = run("--version", "--verbose").out
    assert "\x1b" not in out
    assert "owned" not in out


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "none"), (b"rubbish", "7 bytes, not a database"), (b"", "0 bytes, not a database")],
)
def test_a_file_that_is_no_database_is_told_as_what_it_is(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    path = tmp_path / "library.db"
    if content is not None:
        path.write_bytes(content)
    assert facts.database(path) == said


def test_to_look_makes_no_file(run: Run, places: Path) -> None:
    before = sorted(places.iterdir())
    assert run("--version", "--verbose").code == 0
    assert sorted(places.iterdir()) == before


def test_the_locale_is_told_as_it_was_given_not_as_python_has_changed_it(places: Path) -> None:
    environment = {"LANG": "C", "PATH": "/none", "HOME": str(places), "TERM": "xterm"}
    line = [sys.executable, "-m", "cryptonews_tui", "--version", "--verbose"]
    said = told(subprocess.run(line, env=environment, capture_output=True, text=True).stdout.splitlines())
    assert (said["LANG"], said["charset"], said["ascii"]) == ("C", "ascii", "yes")
    assert "LC_CTYPE" not in said
