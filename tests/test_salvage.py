"""What can still be read of a damaged library comes into a new one, and what is told of it is true."""

from __future__ import annotations

import random
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptonews_tui.cli import main, samples_location
from cryptonews_tui.library import DatabaseError, Writer, indexing
from cryptonews_tui.library.health import check_library
from cryptonews_tui.library.pages import records
from cryptonews_tui.library.salvage import salvage
from cryptonews_tui.refresh import sync
from tests.strategies import arrived, article

PAGE = 8192

Texts = dict[tuple[str, str], tuple[object, ...]]
"""All that is kept of each article, by story and language."""

_TEXTS = """
    SELECT key, lang, title, description, published, updated, publisher_key, publisher_name,
           publisher_type, publisher_url, category, tags, sentiment, score, sticky, draft, canonical_url, ai,
           sections, image, words, origin, hash, written, counts, packed
    FROM article JOIN story ON story.id = story JOIN body ON body.article = article.id
"""


@pytest.fixture(scope="module", params=[10_000, 20], ids=["small", "large"])
def sound(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of the samples; a large one has a dictionary and a second index."""
    return made(tmp_path_factory.mktemp("sound") / "library.db", request.param)


def made(path: Path, many: int = 10_000) -> Path:
    """The library of the samples; from `many` stories on it counts as large."""
    with pytest.MonkeyPatch.context() as patch, closing(Writer(path)) as writer:
        patch.setattr(indexing, "MANY", many)
        assert not sync(writer, samples_location()).error
    return path


@pytest.fixture
def library(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(sound, tmp_path / "library.db"))


Doctor = Callable[..., tuple[int, str, str]]


@pytest.fixture
def doctor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Doctor:
    def ask(*options: str) -> tuple[int, str, str]:
        files = [f"--{name}={tmp_path / name}.db" for name in ("library", "state")]
        code = main(["doctor", *files, f"--config={tmp_path / 'none'}", *options])
        return code, *capsys.readouterr()

    return ask


def texts(path: Path) -> Texts:
    with closing(sqlite3.connect(path)) as connection:
        return {(key, lang): tuple(rest) for key, lang, *rest in connection.execute(_TEXTS)}


def pages(path: Path, *names: str) -> list[int]:
    """Where the pages of these tables and indexes begin in the file."""
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT name, pageno FROM dbstat ORDER BY pageno").fetchall()
    return [PAGE * (number - 1) for name, number in found if name in names]


def smash(path: Path, start: int, length: int) -> None:
    """Turn over every bit there; letters are none any more."""
    with path.open("r+b") as file:
        file.seek(start)
        data = file.read(length)
        file.seek(start)
        file.write(bytes(byte ^ 0xFF for byte in data))


def salvaged(library: Path, doctor: Doctor) -> tuple[int, int]:
    """What is told of the damaged library: so many saved, so many lost."""
    damaged = library.read_bytes()
    code, out, err = doctor("--salvage")
    assert code == 0
    assert out.startswith(f"library  {library}\n  nothing is wrong\n")
    told = re.match(r"articles saved: (\d+), known to be lost: (\d+)\n", err)
    assert told is not None
    [kept] = (path for path in library.parent.iterdir() if ".damaged-" in path.name)
    assert f"the damaged library is kept as {kept.name}\n" in err
    assert "cryptonews sync\n" in err
    assert kept.read_bytes() == damaged
    assert {path.name for path in library.parent.iterdir()} == {library.name, kept.name}
    return int(told[1]), int(told[2])


DAMAGES: dict[str, Callable[[Path], object]] = {
    # Pages are filled from their ends.
    "the middle of a text": lambda path: smash(path, pages(path, "body")[2] + PAGE - 300, 60),
    "three pages of texts": lambda path: [smash(path, page, PAGE) for page in pages(path, "body")[2:5]],
    "the middle of a page of articles": lambda path: smash(path, pages(path, "article")[1] + 5_000, 60),
    "a page of articles": lambda path: smash(path, pages(path, "article")[2], PAGE),
    "the root of the articles": lambda path: smash(path, pages(path, "article")[0], PAGE),
    "the stories": lambda path: [smash(path, page, PAGE) for page in pages(path, "story")],
    "an index": lambda path: smash(path, pages(path, "sqlite_autoindex_article_1")[0], PAGE),
    "the index of words": lambda path: smash(path, pages(path, "words_data")[3], PAGE),
    "the beginning": lambda path: smash(path, 0, 100),
    "the names of the tables": lambda path: smash(path, 100, 2_000),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_what_can_be_read_is_saved_as_it_was_and_what_is_told_is_true(
    library: Path, doctor: Doctor, damage: Callable[[Path], object]
) -> None:
    before = texts(library)
    damage(library)
    found = check_library(library)
    assert not found.well
    assert all("\n" not in complaint for complaint in found.damaged)
    saved, lost = salvaged(library, doctor)
    after = texts(library)
    assert saved == len(after) > len(before) / 4
    assert saved + lost == len(before)
    assert after.items() <= before.items()


def test_where_only_what_follows_from_articles_is_damaged_none_is_lost(library: Path, doctor: Doctor) -> None:
    before = texts(library)
    for page in pages(library, "facet", "timeline", "sqlite_autoindex_story_1", "words_data", "item"):
        smash(library, page, PAGE)
    assert salvaged(library, doctor) == (len(before), 0)
    assert texts(library) == before


def test_a_library_without_its_end_is_salvaged(tmp_path: Path, doctor: Doctor) -> None:
    library = made(tmp_path / "library.db")
    before = texts(library)
    data = library.read_bytes()
    library.write_bytes(data[: len(data) * 2 // 3 + 100])
    code, out, _ = doctor()
    assert code == 1
    assert "what to do: cryptonews doctor --salvage" in out
    saved, lost = salvaged(library, doctor)
    assert 0 < saved == len(texts(library)) < len(before)
    assert saved + lost == len(before)
    assert texts(library).items() <= before.items()


@pytest.mark.parametrize("table", ["alias", "story"])
def test_further_keys_of_a_story_are_saved_with_it(library: Path, doctor: Doctor, table: str) -> None:
    def keys() -> dict[str, list[str]]:
        with closing(sqlite3.connect(library)) as connection:
            rows = connection.execute(
                "SELECT lang || title, key FROM article JOIN story ON story.id = story UNION ALL"
                " SELECT lang || title, key FROM article JOIN alias USING (story)"
            ).fetchall()
            return {title: sorted(key for other, key in rows if other == title) for title, _ in rows}

    with closing(sqlite3.connect(library)) as connection, connection:
        connection.execute("INSERT INTO alias SELECT 'also ' || key, id FROM story WHERE id % 2")
        connection.execute("INSERT INTO alias VALUES ('of nobody', 9999)")
    before = keys()
    assert any(len(found) == 2 for found in before.values())
    for page in pages(library, table if table == "story" else "body")[:1]:
        smash(library, page, PAGE)
    salvaged(library, doctor)
    after = keys()
    assert after
    assert {title: before[title] for title in after} == after
    with closing(sqlite3.connect(library)) as connection:
        assert not connection.execute("SELECT 1 FROM alias WHERE key = 'of nobody'").fetchall()


def test_when_a_story_came_is_known_from_its_articles(library: Path, doctor: Doctor) -> None:
    def arrivals() -> list[int]:
        with closing(sqlite3.connect(library)) as connection:
            return [time for (time,) in connection.execute("SELECT arrived FROM story ORDER BY key")]

    before = arrivals()
    for page in pages(library, "story"):
        smash(library, page, PAGE)
    salvaged(library, doctor)
    assert all(abs(now - then) < 1_000 for now, then in zip(arrivals(), before, strict=True))


def test_the_next_sync_brings_back_what_was_lost(library: Path, doctor: Doctor) -> None:
    before = texts(library)
    for page in pages(library, "body")[1:4]:
        smash(library, page, PAGE)
    assert salvaged(library, doctor)[1]
    with closing(Writer(library)) as writer:
        assert not sync(writer, samples_location()).error
    assert texts(library).keys() == before.keys()
    assert check_library(library).well


def test_a_library_with_damage_anywhere_is_saved_or_left_as_it_is(sound: Path, tmp_path: Path) -> None:
    whole = texts(sound)
    dice = random.Random(7)
    outcomes = []
    for number in range(25):
        library = Path(shutil.copy(sound, tmp_path / f"{number}.db"))
        for _ in range(dice.randint(1, 4)):
            smash(library, dice.randrange(library.stat().st_size), dice.choice([1, 30, 3_000, 30_000]))
        damaged = library.read_bytes()
        try:
            done = salvage(library)
        except DatabaseError:
            assert library.read_bytes() == damaged
            outcomes.append(False)
            continue
        outcomes.append(True)
        assert check_library(library).well
        assert done.kept.read_bytes() == damaged
        assert done.saved == len(texts(library))
        assert done.saved + done.lost <= len(whole)
    assert outcomes.count(True) > 12
    assert {path.suffix.split("-")[0] for path in tmp_path.iterdir()} == {".db", ".damaged"}


def test_what_stood_beside_the_file_when_the_program_was_killed_is_saved(
    tmp_path: Path, doctor: Doctor
) -> None:
    first = made(tmp_path / "first" / "library.db")
    before = texts(first)
    body = pages(first, "body")[2]
    with closing(Writer(first)) as writer:
        writer.write("s", {}, arrived([(article("last", title="The last one"), b"l")]))
        for ending in ("", "-wal"):
            shutil.copy(f"{first}{ending}", tmp_path / f"library.db{ending}")
    library = tmp_path / "library.db"
    smash(library, body, PAGE)
    shutil.rmtree(tmp_path / "first")
    code, _, err = doctor("--salvage")
    assert code == 0, err
    assert ("last", "en") in texts(library)
    assert texts(library).keys() - {("last", "en")} < before.keys()


# What is left alone


def test_a_library_that_is_well_is_left_alone(library: Path, doctor: Doctor) -> None:
    before = library.read_bytes()
    code, _, err = doctor("--salvage")
    assert (code, err) == (0, "nothing in the library is damaged, so there is nothing to salvage\n")
    with closing(sqlite3.connect(library, isolation_level=None)) as connection:
        connection.execute("UPDATE facet SET count = 7 WHERE id = 1")
    assert doctor("--salvage")[0] == 1  # --rebuild is for that
    assert library.read_bytes() != before
    assert [path.name for path in library.parent.iterdir()] == ["library.db"]


def test_there_has_to_be_a_library(tmp_path: Path, doctor: Doctor) -> None:
    assert doctor("--salvage") == (1, "", f"cryptonews: there is no library at {tmp_path}/library.db\n")
    assert list(tmp_path.iterdir()) == []


REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "a text": (lambda path: path.write_text("My taxes.\n" * 5_000), "no article can be read from"),
    "no page": (lambda path: path.write_bytes(b"\0" * 600), "no article can be read from"),
    "no body": (lambda path: [smash(path, p, PAGE) for p in pages(path, "body")], "no article can be read"),
    "newer": (lambda path: smash(path, 60, 4), "is of another version"),
    "a folder": (lambda path: (path.unlink(), path.mkdir()), "cannot be salvaged: Is a directory"),
}


@pytest.mark.parametrize(("spoil", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_salvaged_is_said_and_left_as_it_is(
    library: Path, doctor: Doctor, spoil: Callable[[Path], object], said: str
) -> None:
    spoil(library)
    before = library.read_bytes() if library.is_file() else None
    code, _, err = doctor("--salvage")
    assert code == 1
    assert said in err
    assert (library.read_bytes() if library.is_file() else None) == before
    assert [path.name for path in library.parent.iterdir()] == ["library.db"]


def test_nothing_is_overwritten(library: Path, doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    smash(library, pages(library, "body")[1], PAGE)
    monkeypatch.setattr("time.strftime", lambda _: ".damaged-now")
    taken = library.with_name("library.db.damaged-now")
    taken.write_text("Mine.")
    code, _, err = doctor("--salvage")
    assert code == 1
    assert "there is a file library.db.damaged-now beside the library already" in err
    assert taken.read_text() == "Mine."


def test_a_library_that_another_program_has_open_is_left_alone(library: Path, doctor: Doctor) -> None:
    smash(library, pages(library, "body")[1], PAGE)
    before = library.read_bytes()
    with closing(sqlite3.connect(library)) as other:
        other.execute("SELECT count(*) FROM story").fetchone()
        code, _, err = doctor("--salvage")
    assert code == 1
    assert "another program has the library at" in err
    assert library.read_bytes() == before
    assert [path.name for path in library.parent.iterdir()] == ["library.db"]


def test_a_library_of_somebody_else_is_left_alone(strangers_folder: Path) -> None:
    path = strangers_folder / "library.db"
    Writer(path).close()
    path.chmod(0o444)
    with pytest.raises(DatabaseError, match="may not be written to"):
        salvage(path)


# Pages

VALUES = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.binary(max_size=30),
    st.integers(1_000, 40_000).map(lambda size: b"x" * size),
)


@given(st.dictionaries(st.integers(-(2**63), 2**63 - 1), st.tuples(VALUES, VALUES), max_size=40))
def test_records_are_what_sqlite_says(rows: dict[int, tuple[object, object]]) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute("PRAGMA page_size = 1024")
        connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a, b)")
        connection.execute("CREATE INDEX i ON t (b, a)")
        connection.executemany(
            "INSERT INTO t VALUES (?, ?, ?)", [(number, *row) for number, row in rows.items()]
        )
        stored = connection.execute("SELECT * FROM t").fetchall()
        found = [*records(connection.serialize())]
    table = {row: values[1:] for row, values in found if row is not None and len(values) == 3}
    index = [values for row, values in found if row is None]
    assert table == {number: (a, b) for number, a, b in stored}
    assert sorted(map(repr, index)) == sorted(repr((b, a, number)) for number, a, b in stored)


def test_rows_that_were_taken_out_are_no_records() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a)")
        connection.executemany("INSERT INTO t VALUES (?, ?)", ((n, "x" * 900) for n in range(100)))
        connection.execute("DELETE FROM t WHERE id >= 3")
        data = connection.serialize()
    assert sorted(row for row, values in records(data) if len(values) == 2 and row is not None) == [0, 1, 2]


@given(st.data())
def test_records_of_any_bytes_are_an_answer(data: st.DataObject) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute("PRAGMA page_size = 512")
        connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a, b UNIQUE)")
        connection.executemany("INSERT INTO t VALUES (?, ?, ?)", ((n, "x" * 20 * n, n) for n in range(40)))
        file = bytearray(connection.serialize())
    for _ in range(data.draw(st.integers(1, 20))):
        at = data.draw(st.integers(0, len(file) - 1))
        bits = data.draw(st.binary(min_size=1, max_size=8))
        file[at : at + len(bits)] = bits
    for row, values in records(bytes(file[: data.draw(st.integers(0, len(file)))])):
        assert row is None or isinstance(row, int)
        assert isinstance(values, tuple)
