"""What docs/security.md promises, where no other file has the test: files and databases made to harm who opens them."""

from __future__ import annotations

import logging
import os
import re
import sqlite3
import stat
from ast import AsyncFunctionDef, FunctionDef, parse
from contextlib import closing
from pathlib import Path

import pytest

from cryptonews_tui.cli import main
from cryptonews_tui.covers import Covers
from cryptonews_tui.journal import keep_journal
from cryptonews_tui.library import DatabaseError, Library, Mark, State, Writer, strangers
from cryptonews_tui.library.packing import PackingError, pack_text, unpack_text
from cryptonews_tui.library.schema import LIBRARY_ID
from cryptonews_tui.query import parse as parse_query
from cryptonews_tui.sources.access import Access
from cryptonews_tui.sources.git import GitSource
from cryptonews_tui.sources.repository import Address
from tests.strategies import arrived, article, threats, write
from tests.test_strangers import Stranger, spoil

ROOT = Path(__file__).parents[1]
unpack_text(pack_text(strangers.__name__))  # loaded while we may still read all of Python

EVIL = "\x1b]0;evil\x07\u202e\x9b2J"


# Databases


@pytest.fixture
def theirs(strangers_folder: Path) -> Path:
    """A library that somebody else has made, with three stories."""
    path = strangers_folder / "library.db"
    with closing(Writer(path)) as writer:
        writer.write("s", {}, arrived([(article(str(n), tags=("BTC",)), b"%d" % n) for n in range(3)]))
        writer.publish()
    (strangers_folder / "own").mkdir()
    return path


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        for statement in statements:
            connection.execute(statement)


def read(path: Path) -> list[str]:
    """The titles in it, for somebody who may not write to it."""
    path.chmod(0o444)
    with closing(Library(path, path.parent / "own" / "state.db")) as library:
        assert library.shared
        library.facets(parse_query(""))
        return [headline.title for headline in library.headlines(library.stories(parse_query(""))[:])]


@pytest.mark.parametrize(
    "statements",
    [
        ("CREATE VIEW extra AS SELECT 1",),
        ("CREATE TRIGGER extra AFTER INSERT ON article BEGIN SELECT 1; END",),
        ("CREATE TRIGGER beginnings_extra AFTER INSERT ON article BEGIN SELECT 1; END",),
        (
            "ALTER TABLE gone RENAME TO once",
            (
                "CREATE VIEW gone AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
                " SELECT i AS article, i AS since FROM n"
            ),
        ),
        ("ALTER TABLE article ADD COLUMN extra GENERATED ALWAYS AS (hex(zeroblob(1000000000)))",),
        ("CREATE TABLE extra (a)",),
        ("CREATE VIRTUAL TABLE extra USING fts5 (a)",),
    ],
    ids=["view", "trigger", "hidden trigger", "endless view", "generated column", "table", "virtual table"],
)
def test_a_strangers_library_with_more_than_our_tables_is_not_read(
    theirs: Path, statements: tuple[str, ...]
) -> None:
    change(theirs, *statements)
    with pytest.raises(DatabaseError, match="not as cryptonews makes it"):
        read(theirs)


@pytest.mark.parametrize(
    "command", [["list"], ["list", "--format", "json"], ["show", "1"], ["facets"]], ids=" ".join
)
def test_a_library_that_others_may_write_to_is_read_as_a_strangers(
    strangers_folder: Path,
    command: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stranger = Stranger(strangers_folder)
    stranger.write(spoil)
    stranger.path.chmod(0o666)
    monkeypatch.setenv("CRYPTONEWS_LIBRARY", str(stranger.path))
    monkeypatch.setenv("CRYPTONEWS_STATE", str(stranger.state_path))
    monkeypatch.setenv("CRYPTONEWS_CONFIG", str(stranger.state_path.with_name("config.toml")))
    main(command)
    said = capsys.readouterr()
    assert any(word in said.out for word in ("Boats", "FOG"))
    assert not threats(said.out)
    change(stranger.path, "CREATE TRIGGER extra AFTER INSERT ON article BEGIN SELECT 1; END")
    assert main(command) == 1
    assert "not as cryptonews makes it" in capsys.readouterr().err


def test_a_strangers_library_as_ours_is_read(theirs: Path) -> None:
    assert read(theirs) == ["Story 2", "Story 1", "Story 0"]


def test_another_programs_database_that_claims_to_be_ours_is_not_read(theirs: Path) -> None:
    theirs.unlink()
    change(
        theirs, f"PRAGMA application_id = {LIBRARY_ID}", "PRAGMA user_version = 3", "CREATE TABLE article (a)"
    )
    with pytest.raises(DatabaseError, match="not as cryptonews makes it"):
        read(theirs)


def test_no_database_loads_a_program() -> None:
    with closing(sqlite3.connect(":memory:")) as connection, pytest.raises(sqlite3.OperationalError):
        connection.execute("SELECT load_extension('anything')")


def test_a_tree_of_pages_without_end_is_left_after_a_while(
    theirs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages that lead twice to each of the next level are few, and their rows without number."""
    monkeypatch.setattr("cryptonews_tui.library.database._STEPS", 100_000)
    bomb(theirs, "timeline")
    theirs.chmod(0o444)
    with (
        pytest.raises(DatabaseError, match="busy without end"),
        closing(Library(theirs, theirs.parent / "own" / "state.db")) as library,
    ):
        library.since(0)


def bomb(path: Path, table: str) -> None:
    """Let the rows of a table be those of its pages, over and over."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        (root,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    data = bytearray(path.read_bytes())
    pages = len(data) // size
    leaf = bytes(data[(root - 1) * size : root * size])
    levels = 12
    for level in range(levels):
        page = bytearray(size)
        below = pages + level + 2
        cells = 300
        page[0] = 0x05
        page[3:5] = cells.to_bytes(2, "big")
        at = size
        for cell in range(cells):
            at -= 5
            page[at : at + 4] = below.to_bytes(4, "big")
            page[at + 4] = 0x7F
            page[12 + 2 * cell : 14 + 2 * cell] = at.to_bytes(2, "big")
        page[5:7] = at.to_bytes(2, "big")
        page[8:12] = below.to_bytes(4, "big")
        data += page
    data += leaf
    first = pages + 1
    data[(root - 1) * size : root * size] = data[(first - 1) * size : first * size]
    data[28:32] = (len(data) // size).to_bytes(4, "big")
    path.write_bytes(data)


def test_a_few_bytes_do_not_unpack_to_gigabytes() -> None:
    # One block of Zstandard that says “this byte, 128 KiB times”, 1,024 times.
    block = (1 << 1 | (128 * 1024) << 3).to_bytes(3, "little") + b"a"
    last = (1 | 1 << 1 | (128 * 1024) << 3).to_bytes(3, "little") + b"a"
    bomb = b"\x28\xb5\x2f\xfd\x00\x58" + block * 1_023 + last
    assert len(bomb) < 5_000
    with pytest.raises(PackingError, match="larger than any article"):
        unpack_text(bomb)
    assert unpack_text(pack_text("a" * 2_000_000)) == "a" * 2_000_000
    with pytest.raises(PackingError, match="not whole"):
        unpack_text(pack_text("abc")[:-1])


@pytest.mark.parametrize(
    "command",
    [["views"], ["sources"], ["sources", "list"], ["list", "has:note"], ["show", "1"], ["doctor"]],
    ids=" ".join,
)
def test_no_command_says_to_the_terminal_what_stands_in_a_state_file(
    tmp_path: Path, command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    news = write(tmp_path / "news", "1.md", externalId="1").parent
    for name in ("LIBRARY", "STATE", "CONFIG", "CACHE"):
        monkeypatch.setenv(f"CRYPTONEWS_{name}", str(tmp_path / name.lower()))
    assert main(["sources", "add", str(news)]) in (0, None)
    main(["sync"])
    path = tmp_path / "state"
    with closing(State(path)) as state:
        state.set_note("1", "A note.")
        state.set_mark(Mark.READ, "1", on=True)
        state.save_view("Mine", "is:read")
    capsys.readouterr()
    with closing(sqlite3.connect(path)) as connection, connection:
        tables = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        ]
        for table in tables:
            for _, column, kind, *_ in connection.execute(f"PRAGMA table_info({table})").fetchall():
                if kind == "TEXT" and (table, column) not in {("mark", "story"), ("source", "location")}:
                    connection.execute(f"UPDATE {table} SET {column} = {column} || ?", (EVIL,))
    main(command)
    said = capsys.readouterr()
    assert not threats(said.out)
    assert not threats(said.err)


# Files


def test_what_is_kept_of_the_reader_is_for_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    news = write(tmp_path / "news", "1.md", externalId="1").parent
    for name in ("LIBRARY", "STATE", "CACHE"):
        monkeypatch.setenv(f"CRYPTONEWS_{name}", str(tmp_path / name.lower() / "kept" / name.lower()))
    before = os.umask(0o022)
    try:
        main(["sync", str(news)])
        main(["export", str(tmp_path / "export.json")])
    finally:
        os.umask(before)
    kept = [tmp_path / name / "kept" for name in ("library", "state")]
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in kept] == [0o700, 0o700]
    assert stat.S_IMODE((tmp_path / "export.json").stat().st_mode) == 0o600


def test_what_is_kept_of_covers_and_repositories_is_for_nobody_else(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        Covers(tmp_path, 1_000)._kept.write("https://wire.example/a.jpg", b"picture")
        with GitSource("here", Address("/r", "file", "", ""), Access(cache=tmp_path))._kept():
            pass
    finally:
        os.umask(before)
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {
        "covers": 0o700,
        "git": 0o700,
    }


def test_the_journal_is_written_through_no_link_and_for_nobody_else(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("as it was")
    log = logging.getLogger("cryptonews_tui")
    for name, link in (("linked.log", True), ("own.log", False)):
        path = tmp_path / name
        if link:
            path.symlink_to(precious)
        keep_journal(path)
        log.info("a line")
    keep_journal(tmp_path / "nowhere")  # lets go of the files
    assert precious.read_text() == "as it was"
    assert "a line" in (tmp_path / "own.log").read_text()
    assert stat.S_IMODE((tmp_path / "own.log").stat().st_mode) == 0o600


def test_an_export_overwrites_nothing_not_even_through_a_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CRYPTONEWS_STATE", str(tmp_path / "state.db"))
    State(tmp_path / "state.db").close()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    assert main(["export", str(tmp_path / "link")]) == 1
    assert not (tmp_path / "elsewhere").exists()
    assert "link" in capsys.readouterr().err


def test_a_file_that_is_no_state_of_ours_is_left_as_it_is(tmp_path: Path) -> None:
    """Somebody may have put a link to it where the state is looked for."""
    precious = tmp_path / "precious"
    precious.write_text("as it was" * 1_000)
    (tmp_path / "state.db").symlink_to(precious)
    with pytest.raises(DatabaseError):
        State(tmp_path / "state.db")
    assert precious.read_text() == "as it was" * 1_000


def test_every_file_for_the_moment_is_made_by_the_systems_rules() -> None:
    """No name that others could guess: without one, or one that the system chooses and nobody else may open."""
    used = {
        found
        for path in (ROOT / "src").rglob("*.py")
        for found in re.findall(
            r"\btempfile\.(\w+)|[\"'](/tmp\b|/var/tmp\b)", path.read_text(encoding="utf-8")
        )
    }
    assert {name or place for name, place in used} == {
        *("TemporaryDirectory", "TemporaryFile", "SpooledTemporaryFile", "mkstemp", "mkdtemp")
    }


# The page


def promised() -> list[str]:
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    return sorted(set(re.findall(r"`(tests/[\w/]+\.py::\w+)`", page)))


def test_the_page_names_tests() -> None:
    assert len(promised()) > 40


@pytest.mark.parametrize("name", promised())
def test_every_test_that_the_page_names_is_there(name: str) -> None:
    file, _, test = name.partition("::")
    tree = parse((ROOT / file).read_text(encoding="utf-8"))
    assert test in {node.name for node in tree.body if isinstance(node, FunctionDef | AsyncFunctionDef)}
