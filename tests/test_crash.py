"""What is left of an error that nobody foresaw: enough to mend it, and nothing that is nobody's business."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import NoReturn

import pytest

from cryptonews_tui import crash, output
from tests.command_line import Run

HOSTILE = "\x1b[2J\x1b]0;owned\x07\u202esecret"


def failed(error: Exception) -> Exception:
    """The error as it is caught."""
    try:
        password = "hunter2"  # noqa: F841  # what a traceback with variables would tell
        raise error
    except Exception as caught:
        return caught


def written(tmp_path: Path, error: Exception, **options: str) -> str:
    state = tmp_path / "state.db"
    crash.report(error, state, **options)
    return crash.files(state)[-1].read_text("utf-8")


def test_a_command_that_fails_leaves_a_file_and_a_sentence(
    run: Run, synced: Path, places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> NoReturn:
        raise KeyError("2retnuh"[::-1])

    monkeypatch.setattr(output, "headlines", fail)
    ran = run("list", "bitcoin", "--limit", 3, "--view=All")
    (path,) = crash.files(places / "state.db")
    assert ran.code == 1
    assert ran.out == ""
    assert (
        f"(KeyError).\nTo have it mended, send this file with a report, after a look at it:\n{path}\n"
        in ran.err
    )
    text = path.read_text("utf-8")
    assert "command              list … --limit … --view\n" in text
    assert "query                bitcoin\n" in text
    assert "builtins.KeyError\n" in text
    assert "cryptonews_tui/cli.py:" in text.replace(os.sep, "/")
    assert " in _list\n" in text
    assert "hunter2" not in text + ran.err
    assert "Traceback" not in ran.err


def test_the_file_says_which_versions_were_at_work(tmp_path: Path) -> None:
    text = written(tmp_path, failed(ValueError()))
    names = [line.split(" ")[0] for line in text.splitlines()]
    for name in (
        "time",
        "cryptonews",
        "python",
        "system",
        "sqlite",
        "schemas",
        "textual",
        "rich",
        "[images]",
    ):
        assert name in names


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("secret"), "builtins.ValueError"),
        (KeyError("secret"), "builtins.KeyError"),
        (AttributeError("secret"), "builtins.AttributeError"),
        (AttributeError("secret", name="read_at", obj=None), "builtins.AttributeError: read_at"),
        (AttributeError("secret", name="a secret", obj=None), "builtins.AttributeError"),
        (PermissionError(13, "secret", "/home/secret"), "builtins.PermissionError: EACCES"),
        (OSError("secret"), "builtins.OSError"),
        (ModuleNotFoundError("secret", name="textual"), "builtins.ModuleNotFoundError: textual"),
        (UnicodeDecodeError("utf-8", b"secret", 0, 1, "secret"), "builtins.UnicodeDecodeError: utf_8"),
    ],
)
def test_what_an_error_says_of_itself_is_left_out(tmp_path: Path, error: Exception, said: str) -> None:
    text = written(tmp_path, failed(error))
    assert said in text.splitlines()
    assert "secret" not in text.replace('"secret"', "")  # the text of this test is quoted, too


def test_an_error_is_told_with_those_it_came_of(tmp_path: Path) -> None:
    try:
        try:
            raise ExceptionGroup("secret", [OSError(28, "secret"), ZeroDivisionError()])
        except ExceptionGroup as group:
            raise RuntimeError from group
    except RuntimeError as error:
        text = written(tmp_path, error)
    for name in ("RuntimeError", "ExceptionGroup", "OSError: ENOSPC", "ZeroDivisionError"):
        assert f"builtins.{name}" in text.splitlines()


def test_a_recursion_is_cut(tmp_path: Path) -> None:
    def around(number: int) -> int:
        return around(number + 1) + 1

    with pytest.raises(RecursionError) as caught:
        around(0)
    assert len(written(tmp_path, caught.value)) < 20_000


def test_the_file_is_the_readers_own_and_written_as_a_whole(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "state"
    crash.report(failed(ValueError()), folder / "state.db")
    (path,) = folder.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [stat.S_IMODE(each.stat().st_mode) for each in (folder, folder.parent)] == [0o700, 0o700]


def test_only_the_last_five_files_are_kept(tmp_path: Path) -> None:
    state = tmp_path / "state[1].db"
    for number in range(9):
        (tmp_path / f"state[1].db.crash-20200101T00000{number}-1.txt").touch()
    other = tmp_path / "state1.db.crash-20200101T000000-1.txt"
    other.touch()
    crash.report(failed(ValueError()), state)
    kept = crash.files(state)
    assert len(kept) == crash.KEPT
    assert kept[0].name == "state[1].db.crash-20200101T000005-1.txt"
    assert kept[-1].stat().st_size > 0
    assert other.exists()


def test_what_was_asked_is_cleaned(tmp_path: Path) -> None:
    text = written(tmp_path, failed(ValueError()), query=HOSTILE, command=HOSTILE)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "owned" not in text


def test_the_sentence_of_a_place_with_escapes_is_cleaned_before_it_is_said(
    run: Run, synced: Path, places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> NoReturn:
        raise type(f"Bad{HOSTILE}", (Exception,), {})

    monkeypatch.setattr(output, "headlines", fail)
    assert "\x1b" not in run("list").err


def test_a_file_that_cannot_be_written_is_no_second_error(strangers_folder: Path) -> None:
    folder = strangers_folder / "state"
    folder.mkdir(mode=0o500)
    said = crash.report(failed(ValueError()), folder / "state.db")
    assert said.endswith(f"{folder} cannot be written: Permission denied.")


def test_a_link_that_lies_in_wait_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crash, "_named_now", lambda state: state.with_name("next.txt"))
    (tmp_path / "next.part").symlink_to(tmp_path / "precious")
    said = crash.report(failed(ValueError()), tmp_path / "state.db")
    assert "cannot be written: File exists" in said
    assert not (tmp_path / "precious").exists()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["sync", "https://me:hunter2@example.org"], "sync …"),
        (["sources", "add", "--name", "Me", "~/x"], "sources add --name … …"),
        (["list", "-tag:btc", "--view=Mine", "-x"], "list … --view -x"),
        (["--library", "/home/me/x", "list"], "--library … list"),
        (["--Hunter2", "--"], "… …"),
    ],
)
def test_a_command_is_told_without_its_values(line: list[str], said: str) -> None:
    assert crash.command_of(line, ("sync", "list", "sources", "add")) == said
