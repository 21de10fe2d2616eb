"""The doctor: what is wrong with library and state is found and said, and mended only when asked."""

from __future__ import annotations

import os
import re
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from cryptonews_tui.article import Problem, Role
from cryptonews_tui.cli import main
from cryptonews_tui.library import Library, Mark, Place, Remembered, State, Visit, Writer
from cryptonews_tui.library.health import Checkup, check_library, check_state, rebuild, vacuum
from cryptonews_tui.library.migrations import STATE_KIND
from cryptonews_tui.library.schema import STATE_ID
from cryptonews_tui.query import Query, parse
from cryptonews_tui.sections import Roles, split
from tests.strategies import HOSTILE, NOON, arrived, article, articles, threats, write
from tests.test_database import STATE_1, old_version

CLINIC = [
    article("1", tags=("BTC",), body="## Overview\n\nCalm."),
    article("1", "uk", title="Біткоїн", draft=True),
    article("2", published=NOON.replace(hour=1), tags=("BTC", "ETF"), sticky_weight=1),
    article("3", published=NOON.replace(hour=2), title="A draft", draft=True),
]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    path = tmp_path / "library.db"
    with closing(Writer(path)) as writer:
        puts = [(one, b"%d" % number) for number, one in enumerate(CLINIC)]
        writer.write("/news", {"a.md": Remembered("1", b"1", (Problem("a.md", 3, "odd"),))}, arrived(puts))
        writer.publish()
    return path


@pytest.fixture
def state(tmp_path: Path) -> Path:
    path = tmp_path / "state.db"
    with closing(State(path)) as state:
        state.set_mark(Mark.READ, "1", on=True)
        state.set_note("2", "Hm.")
        state.set_place("1", Place("en", 1, 2, 0.5))
        state.keep_text("1", "en", "Text.")
        state.save_view("Calm", "-etf")
        state.add_source("news", "/news")
        state.note_visit("/news", Visit(time=1, seen=1, problems=1), [Problem("a.md", 1, "Odd.")], due=2)
        state.remember_query("etf")
    return path


Doctor = Callable[..., tuple[int, str, str]]


@pytest.fixture
def doctor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Doctor:
    def ask(*options: str) -> tuple[int, str, str]:
        files = [f"--{name}={tmp_path / name}.db" for name in ("library", "state")]
        code = main(["doctor", *files, f"--config={tmp_path / 'none'}", *options])
        return code, *capsys.readouterr()

    return ask


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def answers(path: Path) -> list[Any]:
    with closing(Library(path, path.with_name("answers.db"))) as library:
        return [
            [h.story for h in library.headlines(library.stories(parse(query)))]
            for query in ("", "calm", "is:draft", "is:pinned", "tag:btc", "біткоїн")
        ] + [
            # A label is as it was first written, and anew as it is written now.
            [(value.value, value.count) for value in values]
            for values in library.facets(parse("")).fields.values()
        ]


# What is well


def test_two_sound_files_are_described(library: Path, state: Path, doctor: Doctor) -> None:
    code, out, err = doctor()
    assert (code, err) == (0, "")
    health, _, program = out.partition("program\n")
    assert re.search(r"^  sqlite +\d", program, re.M)
    assert re.sub(r"\d+\.\d .B|\d+ B|\d+%", "N", health) == (
        f"library  {library}\n"
        "  nothing is wrong\n"
        f"  N: {sizes(health, 'library')}\n"
        "  bodies: N, N of the N they are unpacked\n"
        "  story 3, article 4\n"
        "  languages: en 3, uk 1\n"
        "  1 problem when they were last read\n"
        "    /news: a.md:3: odd\n"
        f"state  {state}\n"
        "  nothing is wrong\n"
        f"  N: {sizes(health, 'state')}\n"
        "  read 1, starred 0, note 1, source 1, view 1, query 1, place 1, text 1\n"
    )


def sizes(out: str, name: str) -> str:
    """The sizes of tables as they were said, without the figures; every table is among them."""
    line = next(line for line in out.split(f"{name}  ")[-1].splitlines() if " KB: " in line)
    tables = [part.split()[0] for part in line.partition(": ")[2].split(", ")]
    expected = {
        "library": {
            "story",
            "article",
            "body",
            "words",
            "timeline",
            "pending",
            "facet",
            "item",
            "dictionary",
        },
        "state": {"mark", "source", "view", "asked", "visit", "place", "read_text"},
    }
    assert set(tables) >= expected[name]
    return ", ".join(f"{table} N" for table in tables)


def test_files_that_are_not_there_yet_are_not_made(doctor: Doctor, tmp_path: Path) -> None:
    code, out, err = doctor()
    assert (code, err) == (0, "")
    assert out.partition("program\n")[0] == (
        f"library  {tmp_path}/library.db\n  there is none yet\nstate  {tmp_path}/state.db\n  there is none yet\n"
    )
    assert doctor("--vacuum")[0] == 0
    assert doctor("--rebuild") == (1, "", f"cryptonews: there is no library at {tmp_path}/library.db\n")
    assert list(tmp_path.iterdir()) == []


def test_looking_changes_nothing(library: Path, state: Path, doctor: Doctor, tmp_path: Path) -> None:
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()}
    doctor()
    assert {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()} == before


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(articles(), max_size=4), max_size=3), st.booleans())
def test_any_library_is_well_and_the_same_when_it_was_made_anew(
    batches: list[list[Any]], publish: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "library.db"
        with closing(Writer(path)) as writer:
            for number, batch in enumerate(batches):
                writer.write("s", {}, arrived([(one, b"%d.%d" % (number, n)) for n, one in enumerate(batch)]))
                if publish:
                    writer.publish()
        found = check_library(path)
        assert (found.damaged, found.stale) == ([], [])
        with closing(Writer(path)) as writer:
            writer.publish()
        before = answers(path)
        rebuild(path)
        assert check_library(path).well
        assert answers(path) == before


def test_stories_that_wait_for_the_next_sync_are_no_fault(library: Path, state: Path, doctor: Doctor) -> None:
    with closing(Writer(library)) as writer:
        writer.write("/news", {}, arrived([(article("1", tags=("ETH",)), b"7"), (article("9"), b"9")]))
    code, out, _ = doctor()
    assert code == 0
    assert "  2 stories wait to be put into lists; the next sync does it\n" in out


def test_fields_that_never_vary_are_named(tmp_path: Path, doctor: Doctor) -> None:
    with closing(Writer(tmp_path / "library.db")) as writer:
        writer.write(
            "s",
            {},
            arrived(
                [(article(f"{n}", category="BTC", score=0.0, tags=(f"T{n}",)), b"%d" % n) for n in range(30)]
            ),
        )
        writer.publish()
    same = next(line for line in doctor()[1].splitlines() if "the same" in line)
    assert same == (
        "  the same in all articles: description (none), lang (en), source (Night Ledger), category (BTC),"
        " sentiment (none), score (0.0), stickyWeight (none), draft (none), canonicalUrl (none), ai (none),"
        " coverImage (none)"
    )


def test_what_is_said_contains_nothing_that_terminals_obey(
    library: Path, state: Path, doctor: Doctor
) -> None:
    with closing(sqlite3.connect(library)) as connection, connection:
        for number, text in enumerate(HOSTILE.values()):
            connection.execute(
                "INSERT INTO facet VALUES (NULL, 'tag', ?, 'x', 1, x'00')", (f"{number}{text}",)
            )
            connection.execute(
                "INSERT INTO item VALUES (?, ?, '', NULL, '[[1, \"\\u001b[31m\"]]', NULL)", (text, text)
            )
    code, out, _ = doctor()
    assert code == 1
    assert threats(out) == []


# Sections and the settings that say what they are for


@pytest.fixture
def mapped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, list[str], str]]:
    """A command under settings that know more headings; code, lines and what was said."""
    (tmp_path / "settings.toml").write_text('[sections]\nimpact = "tides"\nauthor = ["…overview$"]\n')

    def ask(command: str, *options: str) -> tuple[int, list[str], str]:
        files = [f"--{name}={tmp_path / name}.db" for name in ("library", "state")]
        code = main([command, *files, f"--config={tmp_path / 'settings.toml'}", *options])
        out, err = capsys.readouterr()
        return code, out.splitlines(), err

    return ask


TIDAL = article("tidal", body="## Overview\n\nCalm.\n\n## Tides\n\nHigh water.", published=NOON)
OTHER = article("other", body="## Impact\n\nNone.", published=NOON)


def test_another_mapping_of_headings_is_found_and_followed_when_the_library_is_made_anew(
    tmp_path: Path, mapped: Callable[..., tuple[int, list[str], str]]
) -> None:
    with closing(Writer(tmp_path / "library.db")) as writer:
        writer.write("s", {}, arrived([(TIDAL, b"1"), (OTHER, b"2")]))
        writer.publish()
    assert check_library(tmp_path / "library.db").well

    def found(*query: str) -> list[str]:
        return mapped("list", "--format=ids", *query)[1]

    assert (found("section:author"), found("impact:water"), found("overview:calm")) == ([], [], ["tidal"])
    _, out, _ = mapped("show", "tidal", "--section", "author")  # what is read is cut up anew
    assert "Calm." in "".join(out)

    code, out, _ = mapped("doctor")
    assert code == 1
    assert "  wrong: 1 articles have sections with other roles than their headings tell" in out
    assert any("cryptonews doctor --rebuild" in line for line in out)

    assert mapped("doctor", "--rebuild")[0] == 0
    assert (found("section:author"), found("impact:water"), found("overview:calm")) == (
        ["tidal"],
        ["tidal"],
        [],
    )
    assert (found("author:calm"), found("section:overview")) == (["tidal"], [])
    assert sorted(found("section:impact")) == ["other", "tidal"]
    news = tmp_path / "news"
    write(news, "new.md", externalId="new", body="## Tides\n\nNew water.")
    assert mapped("sync", str(news))[0] == 0
    assert sorted(found("impact:water")) == ["new", "tidal"]
    assert check_library(tmp_path / "library.db", MAPPED).well
    assert not check_library(tmp_path / "library.db").well


MAPPED = Roles({"impact": ["tides"], "author": ["…overview$"]})
MAPPINGS = st.dictionaries(
    st.sampled_from(Role),
    st.lists(st.sampled_from(["overview", "…impact", "what$", "огляд", "…market$", "…a"]), max_size=3),
    max_size=3,
).map(Roles)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(articles(), max_size=5), MAPPINGS, MAPPINGS)
def test_a_library_made_anew_is_the_one_that_would_have_been_read(
    read: list[Any], before: Roles, now: Roles
) -> None:
    def written(folder: str, roles: Roles) -> Path:
        path = Path(folder) / "library.db"
        with closing(Writer(path)) as writer:
            puts = [replace(one, sections=split(one.body, one.title, roles)) for one in read]
            writer.write("s", {}, arrived([(one, b"%d" % number) for number, one in enumerate(puts)]))
            writer.publish()
        return path

    def asked(path: Path) -> list[Any]:
        with closing(Library(path, path.with_name("answers.db"))) as library:
            return [
                [h.sections for h in library.headlines(library.stories(Query()))],
                *(
                    [h.story for h in library.headlines(library.stories(parse(query)))]
                    for role in Role
                    for query in (f"section:{role}", f"{role}:calm", f"{role}:a")
                ),
            ]

    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        path, expected = written(one, before), written(other, now)
        rebuild(path, now)
        found = check_library(path, now)
        assert (found.damaged, found.stale) == ([], [])
        assert asked(path) == asked(expected)


# What is wrong

STALE = {
    "a story without a place": "DELETE FROM timeline WHERE position = 0",
    "a place without a story": "INSERT INTO timeline VALUES (3, 99, 9e12)",
    "an empty timeline": "DELETE FROM timeline",
    "places in disorder": "UPDATE timeline SET position = 2 - position + 10",
    "a wrong time": "UPDATE timeline SET published = 5 WHERE position = 0",
    "a set that is gone": "DELETE FROM facet WHERE value = 'btc'",
    "a set that is no set": "UPDATE facet SET stories = x'0102' WHERE value = 'btc'",
    "a set of others": f"UPDATE facet SET stories = x'{BitMap([0]).serialize().hex()}' WHERE value = 'btc'",
    "a set out of range": f"UPDATE facet SET stories = x'{BitMap([99]).serialize().hex()}' WHERE value = 'etf'",
    "a wrong count": "UPDATE facet SET count = 7 WHERE value = 'btc'",
    "a value nobody has": f"INSERT INTO facet VALUES (NULL, 'tag', 'z', 'Z', 1, x'{BitMap([1]).serialize().hex()}')",
    "an article that counts wrongly": "UPDATE article SET counts = 1",
    "a section of another role": """UPDATE article SET sections = '[["impact", "Overview", 13, 18]]' WHERE id = 32""",
    "a story with other tags": "UPDATE tagged SET tags = x'01000000' WHERE story = 2",
    "a story with half a tag": "UPDATE tagged SET tags = x'0100' WHERE story = 2",
    "a story without tags": "DELETE FROM tagged WHERE story = 1",
    "tags without a story": "INSERT INTO tagged VALUES (99, x'')",
    "an item of no article": "UPDATE item SET article = 9999",
    "an article that is gone and is not": "INSERT INTO gone VALUES (9999, 1)",
    "a key that leads nowhere": "INSERT INTO alias VALUES ('x', 99)",
    "a key that leads to another": "INSERT INTO alias SELECT key, 1 FROM story WHERE id = 2",
    "words without a story": "INSERT INTO words (rowid, title) VALUES (99, 'Ghost')",
    "a story without words": "INSERT INTO words (words) VALUES ('delete-all')",
    "lengths that are none": "UPDATE words_docsize SET sz = x'01ff' WHERE id = 1",
    "an average that is none": "UPDATE words_data SET block = x'00' WHERE id = 1",
    "words that are damaged": "UPDATE words_data SET block = x'0000' WHERE id > 10",
}


@pytest.mark.parametrize("statement", STALE.values(), ids=STALE)
def test_what_does_not_follow_from_the_articles_is_found_and_mended_when_asked(
    library: Path, state: Path, doctor: Doctor, statement: str
) -> None:
    before = answers(library)
    change(library, statement)
    damaged = library.read_bytes()
    found = check_library(library)
    assert found.stale
    assert not found.damaged
    code, out, _ = doctor()
    assert code == 1
    assert f"  wrong: {found.stale[0]}\n" in out
    assert "what to do: cryptonews doctor --rebuild" in out
    assert library.read_bytes() == damaged
    code, out, err = doctor("--rebuild")
    assert (code, err) == (0, "the library was made anew from its articles\n")
    assert "nothing is wrong" in out
    assert answers(library) == before


DAMAGED = {
    "an article without a text": "DELETE FROM body WHERE article % 32 = 0",
    "a text that cannot be unpacked": "UPDATE body SET packed = x'00'",
    "an article of no story": "UPDATE article SET story = 77 WHERE lang = 'uk'",
    "a text that is no text": "UPDATE article SET title = x'00'",
    "tags that are no list": "UPDATE article SET tags = '[oops'",
    "a time that is none": "UPDATE article SET published = 'noon'",
    "a time beyond all": "UPDATE article SET updated = 9e17",
    "letters that are none": "UPDATE article SET title = CAST(x'ff41' AS TEXT)",
    "problems that are none": "UPDATE item SET problems = '[1]'",
    "a table that is gone": "DROP TABLE pending",
    "a table too many": "CREATE TABLE more (a)",
}


@pytest.mark.parametrize("statement", DAMAGED.values(), ids=DAMAGED)
def test_damage_is_said_with_a_way_out(library: Path, state: Path, doctor: Doctor, statement: str) -> None:
    change(library, statement)
    before = library.read_bytes()
    code, out, err = doctor("--vacuum")
    assert (code, err.splitlines()[0]) == (1, "the library was not vacuumed; see what is wrong with it")
    assert "  wrong: " in out
    assert "what to do: cryptonews doctor --salvage makes a new library of what can still be read" in out
    assert library.read_bytes() == before


def test_an_index_that_misses_a_row_is_mended(library: Path, state: Path, doctor: Doctor) -> None:
    before = answers(library)
    with closing(sqlite3.connect(library, isolation_level=None)) as connection:
        sql = connection.execute("SELECT sql FROM sqlite_schema WHERE name = 'timeline_published'").fetchone()
        connection.execute("DROP INDEX timeline_published")
        connection.execute(f"{sql[0]} WHERE position > 0")
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_schema SET sql = ? WHERE name = 'timeline_published'", sql)
    assert any("timeline_published" in complaint for complaint in check_library(library).damaged)
    assert doctor("--rebuild")[0] == 0
    assert answers(library) == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE mark SET read = 'noon'",
        "UPDATE source SET location = x'00'",
        "UPDATE source SET enabled = 2",
        "UPDATE source SET minutes = 'ten'",
        "UPDATE source SET policy = 'burn'",
        "UPDATE source SET languages = x'00'",
        "UPDATE source SET due = 'noon'",
        "UPDATE source SET failures = 'many'",
        "UPDATE source SET problems = '['",
        "UPDATE outcome SET seconds = 'ten'",
        "UPDATE outcome SET seen = x'00'",
        "UPDATE outcome SET error = CAST(x'ff' AS TEXT)",
        "UPDATE view SET query = x'00'",
        "UPDATE view SET key = x'00'",
        "UPDATE asked SET time = 'noon'",
        "INSERT INTO visit VALUES (1, 'noon')",
        "DROP TABLE visit",
        "UPDATE place SET lang = x'00'",
        "UPDATE place SET section = -2",
        "UPDATE place SET block = 'two'",
        "UPDATE place SET fraction = 9e999",
        "UPDATE read_text SET packed = 'text'",
        "UPDATE read_text SET packed = zeroblob(20)",
        "UPDATE read_text SET time = 'noon'",
    ],
)
def test_a_state_with_something_odd_in_it_is_damaged(state: Path, statement: str) -> None:
    assert check_state(state).well
    change(state, statement)
    assert check_state(state).damaged


def test_a_damaged_state_is_not_vacuumed_and_its_backups_are_named(
    library: Path, tmp_path: Path, doctor: Doctor
) -> None:
    path = tmp_path / "state.db"
    with old_version(path, STATE_1, STATE_ID) as connection:
        connection.execute("INSERT INTO mark VALUES ('1', 1, NULL)")
    State(path).close()
    [backup] = [p.name for p in tmp_path.iterdir() if ".backup-" in p.name]
    change(path, "UPDATE mark SET note = CAST(x'ff' AS TEXT)")
    before = path.read_bytes()
    code, out, err = doctor("--vacuum")
    assert code == 1
    assert "  what to do: move the file away, and put a backup in its place if there is one\n" in out
    assert f"  backup: {backup}\n" in out
    assert "the state was not vacuumed; see what is wrong with it\n" in err
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["library", "state"])
@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda path: path.write_bytes(b"My taxes.\n" * 100), "it is not a database; name another file"),
        (lambda path: path.write_bytes(path.read_bytes()[:6_000]), "wrong: the end"),
        (lambda path: change(path, "PRAGMA user_version = 99"), "was made by a newer cryptonews"),
        (lambda path: change(path, "PRAGMA application_id = 1"), "is not a cryptonews"),
        (lambda path: (path.unlink(), path.mkdir()), "it cannot be opened"),
        (lambda path: path.write_bytes(b""), "it is empty"),
    ],
    ids=["foreign", "truncated", "newer", "other", "folder", "empty"],
)
def test_what_is_no_file_of_ours_is_said_and_left_as_it_is(
    library: Path, state: Path, doctor: Doctor, name: str, spoil: Callable[[Path], Any], said: str
) -> None:
    path = library if name == "library" else state
    spoil(path)
    before = path.read_bytes() if path.is_file() else None
    code, out, _ = doctor("--vacuum")
    assert code == (0 if said == "it is empty" else 1)
    assert said in out or said == "wrong: the end"
    assert "cryptonews doctor` tells more" not in out
    if said != "it is empty":
        assert (path.read_bytes() if path.is_file() else None) == before


def test_a_library_that_is_locked_is_not_called_damaged(library: Path, state: Path, doctor: Doctor) -> None:
    with closing(sqlite3.connect(library, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        code, out, _ = doctor()
    assert code == 0
    assert "  the index of words was not checked: another program is writing\n" in out


def test_somebody_elses_library_is_looked_at(strangers_folder: Path) -> None:
    path = strangers_folder / "library.db"
    with closing(Writer(path)) as writer:
        writer.write("s", {}, arrived([(article("1"), b"1")]))
        writer.publish()
    path.chmod(0o444)
    found = check_library(path)
    assert found.well
    assert found.shared
    assert found.notes == [
        "the inside of the index of words can only be checked by who may write to the file"
    ]
    assert [p.name for p in strangers_folder.iterdir()] == ["library.db"]


def test_a_state_of_an_older_version_is_looked_at_and_stays_so(tmp_path: Path, doctor: Doctor) -> None:
    with old_version(tmp_path / "state.db", STATE_1, STATE_ID):
        pass
    before = (tmp_path / "state.db").read_bytes()
    code, out, _ = doctor()
    assert code == 0
    assert f"  it is of version 1 and becomes version {STATE_KIND.newest} when it is next used\n" in out
    assert (tmp_path / "state.db").read_bytes() == before


# Room


def test_room_that_nothing_uses_is_given_back(library: Path, state: Path, doctor: Doctor) -> None:
    with closing(Writer(library)) as writer:
        many = [article(f"n{n}", body=os.urandom(3_000).hex()) for n in range(50)]
        writer.write("s", {}, arrived([(one, b"%d" % n) for n, one in enumerate(many)]))
        writer.publish()
    change(
        library,
        "DELETE FROM body WHERE article >= 128",
        "DELETE FROM article WHERE id >= 128",
        "DELETE FROM story WHERE id >= 4",
    )
    assert doctor("--rebuild")[0] == 0
    before = answers(library)
    large = check_library(library)
    assert large.unused > 100_000
    assert " of it hold nothing; cryptonews doctor --vacuum gives them back\n" in doctor()[1]
    code, _, err = doctor("--vacuum")
    assert code == 0
    assert re.search(r"the library takes \d+\.\d KB now, instead of \d+\.\d KB", err)
    small = check_library(library)
    assert small.size < large.size - 100_000
    assert small.unused == 0
    assert answers(library) == before


def test_vacuuming_tells_the_size_that_is_left(library: Path) -> None:
    assert vacuum(check_library(library)) == library.stat().st_size


def test_a_checkup_of_nothing_is_well(tmp_path: Path) -> None:
    assert check_state(tmp_path / "none.db") == Checkup("state", tmp_path / "none.db", there=False)
