"""The help and the manual page: both say what the command line can do, within 80 columns."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from cryptonews_tui import manual
from cryptonews_tui.cli import COMMANDS
from cryptonews_tui.translation import use
from tests.command_line import Run
from tests.programs import needs
from tests.pty_terminal import Terminal
from tests.terminal.conftest import PROGRAM, SOURCE

NAMES = [name for name, *_ in COMMANDS]
DEEPER = [
    *(("views", name) for name in ("list", "add", "remove", "rename", "move")),
    *(
        ("sources", name)
        for name in ("list", "test", "add", "edit", "remove", "problems", "import", "export")
    ),
]


@pytest.mark.parametrize("command", [(), *((name,) for name in NAMES), *DEEPER])
def test_no_line_of_the_help_is_wider_than_eighty_columns(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    ran = run(*command, "--help")
    assert ran.code == 0
    assert [line for line in ran.lines if len(line) > 80] == []


def test_the_help_shows_five_examples_that_are_understood(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = run("--help").lines
    examples = lines[lines.index("examples:") + 1 :][:5]
    assert [line.split("  ")[1] for line in examples] == [line for line, _ in manual.EXAMPLES]
    for line, _said in manual.EXAMPLES:
        command = line.split()[1:]
        if command[:1] in (["list"], ["digest"], ["sources"]):
            assert run(*command).code in (0, 1), line  # there is no library yet; but the words are right


def page(run: Run) -> str:
    return run("man").out


def test_the_page_names_every_command_and_option(run: Run) -> None:
    source = page(run).replace("\\-", "-")
    for name in NAMES:
        assert f".SS cryptonews {name}\n" in source
    for command in DEEPER:
        assert f"\\fBcryptonews {' '.join(command)}\\fR" in source
    for option in (
        "--library",
        "--restricted",
        "--frugal",
        "--all-languages",
        "--salvage",
        "--vanished",
        "--install",
    ):
        assert f"\\fB{option}\\fR" in source
    for line, _said in manual.EXAMPLES:
        assert f"\\fB{line}\\fR" in source


@needs("man", "man-db")
@needs("groff", "groff")
def test_man_shows_the_page_without_a_warning(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "cryptonews.1"
    path.write_text(page(run), encoding="utf-8")
    program = shutil.which("man")
    assert program is not None
    shown = subprocess.run(
        [program, "--warnings", "-E", "UTF-8", "-l", str(path)],
        capture_output=True,
        text=True,
        env={"MANWIDTH": "80", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "MAN_KEEP_FORMATTING": ""},
        check=False,
    )
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "cryptonews - read crypto news in the terminal" in shown.stdout
    assert max(map(len, shown.stdout.splitlines())) <= 80


@needs("mandoc", "mandoc")
def test_mandoc_finds_no_error_in_the_page(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "cryptonews.1"
    path.write_text(page(run), encoding="utf-8")
    checked = subprocess.run(
        ["mandoc", "-Tlint", "-Werror", str(path)], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stdout) == (0, "")


@needs("man", "man-db")
def test_in_a_terminal_the_page_is_opened(places: Path) -> None:
    environment = {"HOME": str(places), "PAGER": "cat", "MANWIDTH": "80", "PYTHONPATH": SOURCE}
    with Terminal([*PROGRAM, "man"], env=environment) as terminal:
        assert terminal.wait_end() == 0
        assert b"\\fB" not in terminal.output
        assert b"library and marks are." in terminal.output


def test_the_page_is_installed_where_man_looks(
    run: Run, places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    ran = run("man", "--install")
    path = places / ".local/share/man/man1/cryptonews.1"
    assert (ran.code, ran.out) == (0, "")
    assert str(path) in ran.err
    assert path.read_text("utf-8") == page(run)


@pytest.mark.parametrize("text", [".TH", "'quoted", "a\\b -x", "“…”", "a\n.b"])
def test_what_is_written_is_read_letter_by_letter(text: str) -> None:
    written = manual._roff(text)
    assert not written.startswith((".", "'"))
    assert "\n" not in written
    assert written.removeprefix("\\&").replace("\\-", "-").replace("\\e", "\\") == " ".join(text.split())


def test_in_ukrainian_the_help_fits_as_well(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    use("uk")
    try:
        ran, source = run("--help"), page(run)
    finally:
        use("en")
    assert "приклади:" in ran.lines
    assert [line for line in ran.lines if len(line) > 80] == []
    assert "відкрити програму" in source
