"""What is the reader's alone: their state, journal and covers, whatever the umask, whoever was there before."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cryptonews_tui.covers import Covers
from cryptonews_tui.journal import keep_journal
from cryptonews_tui.library import DatabaseError, Mark, State
from cryptonews_tui.library.database import beside
from cryptonews_tui.settings import Settings, load

NOBODY = 65534


@pytest.fixture(params=[0o000, 0o002, 0o022, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder in which everybody may make files."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o1777)
    yield folder
    shutil.rmtree(folder)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def others_may(path: Path) -> bool:
    return bool(mode(path) & 0o077)


@pytest.mark.usefixtures("umask")
def test_the_state_is_the_readers_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folders" / "state.db"
    with closing(State(path)) as state:
        state.set_mark(Mark.STARRED, "1", True)
        files = [path, beside(path, "-wal"), beside(path, "-shm")]
        assert [mode(file) for file in files] == [0o600] * 3
    assert [mode(folder) for folder in (path.parent, path.parent.parent)] == [0o700] * 2


@pytest.mark.usefixtures("umask")
def test_the_journal_is_the_readers_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "state.db.log"
    keep_journal(path)
    try:
        logging.getLogger("cryptonews_tui").info("read")
        assert mode(path) == 0o600
        assert not others_may(path.parent)
    finally:
        keep_journal(Path(os.devnull))


@pytest.mark.usefixtures("umask")
def test_covers_that_are_kept_are_the_readers_alone(tmp_path: Path) -> None:
    covers = Covers(tmp_path / "cache", 1_000_000)
    covers._kept.write("https://pictures.example/cover.png", b"picture")
    kept = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert kept
    assert not any(map(others_may, [tmp_path / "cache", tmp_path / "cache" / "covers", *kept]))


def test_a_state_that_was_open_to_all_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    State(path).close()
    path.chmod(0o664)
    State(path).close()
    assert mode(path) == 0o600


def test_a_file_that_is_no_state_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "diary"
    path.write_bytes(b"Dear diary, " * 100)
    path.chmod(0o644)
    with pytest.raises(DatabaseError):
        State(path)
    assert mode(path) == 0o644
    assert path.read_bytes() == b"Dear diary, " * 100


def test_a_link_of_ones_own_is_followed(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "state.db").symlink_to(tmp_path / "kept" / "state.db")
    with closing(State(tmp_path / "state.db")) as state:
        state.set_mark(Mark.STARRED, "1", True)
    assert mode(tmp_path / "kept" / "state.db") == 0o600
    assert (tmp_path / "state.db").is_symlink()


@pytest.mark.parametrize("ending", ["-wal", "-shm", "-journal"])
def test_a_link_beside_the_state_is_never_followed(tmp_path: Path, ending: str) -> None:
    precious = tmp_path / "precious"
    precious.write_text("precious")
    State(tmp_path / "state.db").close()
    beside(tmp_path / "state.db", ending).symlink_to(precious)
    with pytest.raises(DatabaseError, match="somebody else has put it there"):
        State(tmp_path / "state.db")
    assert precious.read_text() == "precious"


def test_a_journal_that_is_a_link_is_not_written(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("precious")
    (tmp_path / "log").symlink_to(precious)
    keep_journal(tmp_path / "log")
    try:
        logging.getLogger("cryptonews_tui").info("read")
    finally:
        keep_journal(Path(os.devnull))
    assert precious.read_text() == "precious"


# --- what somebody else has put there; who is no administrator cannot play that somebody


def plant(path: Path, target: Path | None) -> None:
    """Let another user make a link, or an empty file that all may write."""
    if target is not None:
        path.symlink_to(target)
        os.lchown(path, NOBODY, NOBODY)
    else:
        path.touch()
        path.chmod(0o666)
        os.chown(path, NOBODY, NOBODY)


if os.geteuid() == 0:

    def test_a_link_that_somebody_else_made_is_refused(open_folder: Path, tmp_path: Path) -> None:
        precious = tmp_path / "precious.db"
        plant(open_folder / "state.db", precious)
        with pytest.raises(DatabaseError, match="is not yours"):
            State(open_folder / "state.db")
        assert not precious.exists()

    def test_a_state_that_somebody_else_keeps_ready_is_refused(open_folder: Path) -> None:
        plant(open_folder / "state.db", None)
        os.seteuid(65533)  # neither nobody nor an administrator
        try:
            with pytest.raises(DatabaseError, match="is not yours: somebody else has put it there"):
                State(open_folder / "state.db")
        finally:
            os.seteuid(0)
        assert (open_folder / "state.db").read_bytes() == b""

    def test_settings_that_belong_to_somebody_else_run_nothing(tmp_path: Path) -> None:
        path = tmp_path / "settings.toml"
        path.write_text('pipe = ["touch", "x"]\nreading_width = 60\n')
        os.chown(path, NOBODY, NOBODY)
        settings, [problem] = load(path)
        assert settings == Settings(reading_width=60)
        assert "“pipe” can run commands" in problem
