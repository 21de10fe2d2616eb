"""Database files: made, brought up to date, shared, refused; and what is said when something is wrong with one."""

from __future__ import annotations

import inspect
import json
import os
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cryptonews_tui
from cryptonews_tui.article import Article, Problem
from cryptonews_tui.library import (
    Arrived,
    DatabaseError,
    Library,
    Mark,
    Outcome,
    Place,
    Remembered,
    State,
    StoredSource,
    Visit,
    Writer,
    database,
)
from cryptonews_tui.library.database import (
    Kind,
    backups,
    connect,
    connect_to_read,
    explained,
    file_version,
    has_schema,
    prepare,
    understood,
)
from cryptonews_tui.library.health import check_library, check_state
from cryptonews_tui.library.migrations import LIBRARY_KIND
from cryptonews_tui.library.schema import LIBRARY_ID, STATE_ID, VERSIONS
from cryptonews_tui.library.state import Belongings, Marked
from cryptonews_tui.query import parse
from cryptonews_tui.views import View
from tests.strategies import MARKS, NOON, arrived, article, articles, sections_of

# The first schemas, as they were

LIBRARY_1 = """
    CREATE TABLE story (
        id  INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE
    );
    CREATE TABLE article (
        id              INTEGER PRIMARY KEY,
        story           INTEGER NOT NULL REFERENCES story (id),
        lang            TEXT NOT NULL,
        title           TEXT NOT NULL,
        description     TEXT NOT NULL,
        published       INTEGER NOT NULL,
        updated         INTEGER NOT NULL,
        publisher_key   TEXT NOT NULL,
        publisher_name  TEXT NOT NULL,
        publisher_type  TEXT NOT NULL,
        publisher_url   TEXT,
        category        TEXT NOT NULL,
        tags            TEXT NOT NULL,
        sentiment       TEXT,
        score           REAL,
        sticky          INTEGER NOT NULL,
        draft           INTEGER NOT NULL,
        canonical_url   TEXT,
        ai              TEXT,
        sections        TEXT NOT NULL,
        cover           TEXT NOT NULL,
        cta             TEXT NOT NULL,
        extra           TEXT NOT NULL,
        origin          TEXT NOT NULL,
        hash            BLOB NOT NULL,
        UNIQUE (story, lang)
    );
    CREATE TABLE body (
        article INTEGER PRIMARY KEY REFERENCES article (id),
        text    TEXT NOT NULL
    );
    CREATE VIEW searchable AS
        SELECT article.id, article.title, article.description, body.text AS body
        FROM article JOIN body ON body.article = article.id;
    CREATE VIRTUAL TABLE words USING fts5 (
        title, description, body,
        content = 'searchable', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 0'
    );
    CREATE TABLE timeline (
        position  INTEGER PRIMARY KEY,
        story     INTEGER NOT NULL UNIQUE REFERENCES story (id),
        published INTEGER NOT NULL
    );
    CREATE INDEX timeline_published ON timeline (published);
    CREATE TABLE pending (story INTEGER PRIMARY KEY);
    CREATE TABLE facet (
        field   TEXT NOT NULL,
        value   TEXT NOT NULL,
        label   TEXT NOT NULL,
        stories BLOB NOT NULL,
        PRIMARY KEY (field, value)
    );
    CREATE TABLE item (
        source   TEXT NOT NULL,
        item     TEXT NOT NULL,
        stamp    TEXT NOT NULL,
        hash     BLOB,
        problems TEXT,
        PRIMARY KEY (source, item)
    ) WITHOUT ROWID;
"""

LIBRARY_2_ITEM = """
    CREATE TABLE item (
        source   TEXT NOT NULL,
        item     TEXT NOT NULL,
        stamp    TEXT NOT NULL,
        hash     BLOB,
        problems TEXT,
        PRIMARY KEY (source, item)
    ) WITHOUT ROWID;
"""

STATE_1 = """
    CREATE TABLE mark (
        story   TEXT PRIMARY KEY,
        read    INTEGER,
        starred INTEGER
    ) WITHOUT ROWID;
    CREATE TABLE source (
        id       INTEGER PRIMARY KEY,
        name     TEXT NOT NULL UNIQUE,
        location TEXT NOT NULL UNIQUE,
        synced   INTEGER,
        error    TEXT
    );
"""

STATE_2 = """
    CREATE TABLE mark (
        story   TEXT PRIMARY KEY,
        read    INTEGER,
        starred INTEGER,
        note    TEXT                            -- the reader's own words
    ) WITHOUT ROWID;
    CREATE TABLE source (
        id       INTEGER PRIMARY KEY,
        name     TEXT NOT NULL UNIQUE,
        location TEXT NOT NULL UNIQUE,
        synced   INTEGER,                       -- last complete visit
        error    TEXT                           -- what went wrong last time, null if nothing did
    );
    CREATE TABLE view (
        name     TEXT PRIMARY KEY,
        query    TEXT NOT NULL,
        key      TEXT,                          -- that opens it
        position INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE asked (
        query TEXT PRIMARY KEY,
        time  INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE visit (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        left INTEGER NOT NULL
    );
"""


@contextmanager
def old_version(
    path: Path, schema: str, application_id: int, number: int = 1
) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(schema)
        connection.execute(f"PRAGMA application_id = {application_id}")
        connection.execute(f"PRAGMA user_version = {number}")
        yield connection


def first_library(path: Path, puts: list[tuple[Article, bytes]]) -> None:
    """What the first version had made of these articles, no two of one story and language."""
    with old_version(path, LIBRARY_1, LIBRARY_ID) as connection:
        stories: dict[str, list[int]] = {}
        for one, hashed in puts:
            numbers = stories.setdefault(one.story, [(len(stories) + 1) * VERSIONS - 1])
            numbers.append(numbers[-1] + 1)
            story, number = numbers[1] // VERSIONS, numbers[-1]
            connection.execute("INSERT OR IGNORE INTO story VALUES (?, ?)", (story, one.story))
            ai = one.provenance and {
                "rewritten": one.provenance.rewritten,
                "expandedAt": None,
                "version": one.provenance.version,
                "translatedFrom": one.provenance.translated_from,
            }
            connection.execute(
                f"INSERT INTO article VALUES ({', '.join('?' * 25)})",
                (
                    *(number, story, one.lang, one.title, one.description),
                    *(int(time.timestamp() * 1000) for time in (one.published, one.updated)),
                    *(one.publisher.key, one.publisher.name, one.publisher.type, one.publisher.url),
                    *(one.category, compact(one.tags), one.sentiment and one.sentiment.value, one.score),
                    *(one.sticky_weight, int(one.draft), one.canonical_url, compact(ai) if ai else None),
                    compact([(section.role, section.heading) for section in one.sections]),
                    *(
                        compact(dict(one.cover)),
                        compact(one.cta),
                        compact(dict(one.extra)),
                        one.origin,
                        hashed,
                    ),
                ),
            )
            connection.execute("INSERT INTO body VALUES (?, ?)", (number, one.body))
            connection.execute(
                "INSERT INTO words (rowid, title, description, body) VALUES (?, ?, ?, ?)",
                (number, one.title, one.description, one.body),
            )
            connection.execute("INSERT OR IGNORE INTO pending VALUES (?)", (story,))
        connection.execute("INSERT INTO item VALUES ('s', 'a.md', '1', x'01', '[[3,\"odd\"]]')")


compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def whole(one: Article) -> Article:
    """An article as it is read: with the sections of its body."""
    return replace(one, sections=sections_of(one))


MUCH = whole(
    article(
        "1",
        title="Біткоїн rests",
        description="A quiet day.",
        body="Before.\n\n## Overview\n\nCalm.\n\n## Impact on the crypto market\n\n- “None” of it.\n",
        category="MARKET",
        tags=("BTC", "DIGITAL ASSETS"),
        score=0.5,
        sticky_weight=2,
        canonical_url="https://ledger.example/1",
        cover={"small": "https://ledger.example/s.png"},
        cta=("Read on",),
        extra={"weather": {"wind": 5}},
    )
)
PUTS = [
    (MUCH, b"1"),
    (whole(article("1", "uk", title="Біткоїн", draft=True)), b"2"),
    (whole(article("2", published=NOON.replace(hour=1), draft=True)), b"3"),
    (whole(article("3", published=NOON.replace(hour=2))), b"4"),
]


def contents(path: Path) -> dict[str, list[Any]]:
    """All that a library holds, apart from when it was put there."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE VIRTUAL TABLE temp.spelled USING fts5vocab (main, words, instance)")
        questions = {
            "story": "SELECT id, key FROM story",
            "words": "SELECT doc, col, offset, term FROM spelled ORDER BY 1, 2, 3",
            **{t: f"SELECT * FROM {t} ORDER BY 1, 2" for t in ("timeline", "facet", "item", "body")},
            "pending": "SELECT * FROM pending",
        }
        found = {name: connection.execute(question).fetchall() for name, question in questions.items()}
        names = [row[1] for row in connection.execute("PRAGMA table_info (article)") if row[1] != "written"]
        found["article"] = connection.execute(
            f"SELECT {', '.join(names)} FROM article ORDER BY id"
        ).fetchall()
        return found


def assert_migrates_to_what_a_fresh_one_is(folder: Path, puts: list[tuple[Article, bytes]]) -> None:
    first_library(folder / "old.db", puts)
    writer = Writer(folder / "new.db")
    writer.write("s", {"a.md": Remembered("1", b"\1", (Problem("a.md", 3, "odd"),))}, arrived(puts))
    writer.publish()
    writer.close()
    prepare(folder / "old.db", LIBRARY_KIND)
    old, new = contents(folder / "old.db"), contents(folder / "new.db")
    # What no article is known of is read anew.
    assert (old.pop("item"), new.pop("item")) == (
        [("s", "a.md", "?1", None, '[[3,"odd"]]', None)],
        [("s", "a.md", "1", b"\1", '[[3,"odd"]]', None)],
    )
    assert old == new
    for path in (folder / "old.db", folder / "new.db"):
        found = check_library(path)
        assert (found.damaged, found.stale, found.notes) == ([], [], [])


def test_a_library_of_the_first_version_becomes_what_a_fresh_one_is(tmp_path: Path) -> None:
    assert_migrates_to_what_a_fresh_one_is(tmp_path, PUTS)
    library = Library(tmp_path / "old.db", tmp_path / "state.db")
    assert library.article("1") == MUCH
    assert [h.story for h in library.headlines(library.stories(parse("")))] == ["1", "3"]
    library.close()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(articles(), max_size=6, unique_by=lambda one: (one.story, one.lang)))
def test_any_library_of_the_first_version_becomes_what_a_fresh_one_is(found: list[Article]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        puts = [(whole(one), b"%d" % number) for number, one in enumerate(found)]
        assert_migrates_to_what_a_fresh_one_is(Path(folder), puts)


def downgrade(path: Path) -> None:
    """Make a library of the second version of one of the third."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        items = connection.execute("SELECT source, item, stamp, hash, problems FROM item").fetchall()
        for table in ("item", "gone", "alias", "address"):
            connection.execute(f"DROP TABLE {table}")
        connection.executescript(LIBRARY_2_ITEM)
        connection.executemany("INSERT INTO item VALUES (?, ?, ?, ?, ?)", items)
        connection.execute("PRAGMA user_version = 2")


def test_in_a_library_of_the_second_version_items_find_their_articles(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    with closing(Writer(path)) as writer:
        problems = (Problem("c.md", 3, "odd"),)
        linked = [MUCH, article("2", canonical_url="https://ledger.example/2")]
        items = {
            "a.md": Remembered("1", b"1"),
            "b.md": Remembered("2", b"2"),
            "c.md": Remembered("3", b"3", problems),
            "": Remembered("whole"),
        }
        found = [
            Arrived(item, one, b"%d" % n) for n, (item, one) in enumerate(zip("ab", linked, strict=True), 1)
        ]
        writer.write("s", items, [replace(one, item=f"{one.item}.md") for one in found])
        writer.publish()
        before = contents(path)
        addresses = rows(path, "SELECT * FROM address ORDER BY 1")
        assert len(addresses) == 2
        writer.write("s", {}, arrived([(article("3"), b"4")]))  # waits
    downgrade(path)
    with closing(Writer(path)) as writer:
        assert writer.remembered("s") == items | {
            "c.md": Remembered(
                "?3", None, problems
            ),  # it may be the text of a story that another was better of
            "": Remembered("?whole"),
        }
        assert version(path) == LIBRARY_KIND.newest
        assert [row for row in contents(path)["item"] if row[-1]] == [
            row for row in before["item"] if row[-1]
        ]
        assert rows(path, "SELECT * FROM address ORDER BY 1") == addresses
        assert rows(path, "SELECT key FROM timeline JOIN story ON story.id = story ORDER BY 1") == [*"123"]
    checkup = check_library(path)
    assert (checkup.damaged, checkup.stale, checkup.notes) == ([], [], [])


def rows(path: Path, question: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute(question).fetchall()
        return [row[0] if len(row) == 1 else row for row in found]


def test_a_page_of_several_stories_names_none_of_them_after_the_change(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    with closing(Writer(path)) as writer:
        for key in "12":
            one = article(key, canonical_url="https://ledger.example/page")
            writer.write("s", {key: Remembered("1", key.encode())}, [Arrived(key, one, key.encode())])
        writer.publish()
    downgrade(path)
    with closing(Writer(path)) as writer:
        one = article("3", canonical_url="https://ledger.example/page")
        assert writer.write("t", {}, [Arrived("3", one, b"3")]) == {Outcome.ADDED: 1}


def test_nothing_is_new_in_a_library_that_was_brought_up_to_date(tmp_path: Path) -> None:
    first_library(tmp_path / "library.db", PUTS)
    state = State(tmp_path / "state.db")
    state.note_leaving()
    library = Library(tmp_path / "library.db", tmp_path / "state.db")
    assert library.count(parse("is:new")) == library.count(parse("is:changed")) == 0
    library.close()
    state.close()


@settings(max_examples=15, deadline=None)
@given(MARKS)
def test_a_state_of_the_first_version_keeps_everything(marks: frozenset[tuple[Mark, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state.db"
        with old_version(path, STATE_1, STATE_ID) as connection:
            for mark, story in marks:
                connection.execute("INSERT OR IGNORE INTO mark (story) VALUES (?)", (story,))
                connection.execute(f"UPDATE mark SET {mark.value} = 7 WHERE story = ?", (story,))
            connection.execute(
                "INSERT INTO source VALUES (4, 'a', '/a', 5, 'gone'), (2, 'b', '/b', NULL, NULL)"
            )
        with closing(State(path)) as state:
            kept = state.belongings()
        assert kept.sources == [StoredSource("b", "/b"), StoredSource("a", "/a", 5, "gone")]
        expected: dict[str, Marked] = {}
        for mark, story in marks:
            expected[story] = replace(expected.get(story, Marked(story)), **{mark.value: 7})
        assert kept.marks == [expected[story] for story in sorted(expected)]
        assert check_state(path).well  # its tables are those of a fresh one, to the letter
        [backup] = backups(path)
        with closing(sqlite3.connect(backup)) as connection:
            assert connection.execute("PRAGMA user_version").fetchone() == (1,)
            assert connection.execute("SELECT count(*) FROM source").fetchone() == (2,)


STATE_3 = (
    STATE_2
    + """
    CREATE TABLE place (
        story    TEXT PRIMARY KEY,
        lang     TEXT NOT NULL,
        section  INTEGER NOT NULL,              -- -1: the lines above the text
        block    INTEGER NOT NULL,              -- in the section
        fraction REAL NOT NULL,                 -- of the block
        time     INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX place_time ON place (time);

    CREATE TABLE read_text (
        story  TEXT NOT NULL,
        lang   TEXT NOT NULL,
        packed BLOB NOT NULL,
        time   INTEGER NOT NULL,
        UNIQUE (story, lang)
    );
    CREATE INDEX read_text_time ON read_text (time);
"""
)


def test_a_state_of_the_third_version_keeps_everything(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with old_version(path, STATE_3, STATE_ID, 3) as connection:
        connection.execute("INSERT INTO source VALUES (4, 'a', '/a', 5, 'gone')")
        connection.execute("INSERT INTO source VALUES (7, 'b', '/b', NULL, NULL)")
        connection.execute("INSERT INTO place VALUES ('1', 'en', 0, 1, 0.5, 9)")
    with closing(State(path)) as state:
        assert state.sources() == [StoredSource("a", "/a", 5, "gone"), StoredSource("b", "/b")]
        assert state.place("1") == Place("en", 0, 1, 0.5)
        assert state.visits("/a") == state.problems("/a") == []
    assert check_state(path).well  # its tables are those of a fresh one, to the letter


def test_a_state_of_the_second_version_keeps_everything(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with old_version(path, STATE_2, STATE_ID, 2) as connection:
        for table, values in (
            ("mark", ("1", 7, None, "Hm.")),
            ("mark", ("2", None, 8, None)),
            ("source", (4, "a", "/a", 5, "gone")),
            ("view", ("Calm", "-etf", "f5", 0)),
            ("asked", ("etf", 3)),
            ("visit", (1, 9)),
        ):
            connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", values)
    with closing(State(path)) as state:
        assert state.belongings() == Belongings(
            [Marked("1", 7, None, "Hm."), Marked("2", None, 8)],
            [View("Calm", "-etf", "f5", own=True)],
            [StoredSource("a", "/a", 5, "gone")],
        )
        assert (state.queries(), state.last_visit()) == (["etf"], 9)
        state.set_place("1", Place("en", 0, 0, 0.5))
        state.keep_text("1", "en", "Text.")
    assert check_state(path).well  # its tables are those of a fresh one, to the letter
    [backup] = backups(path)
    assert version(backup) == 2


# Kinds

ONE = "CREATE TABLE one (a TEXT DEFAULT ';');\nCREATE TABLE two (b);"
KIND = Kind("notebook", 7, ONE, "Or begin a new one.")


def of_version(number: int, *steps: database.Step, backups: int = 0) -> Kind:
    """The kind after `steps`, of which the last is said to make the schema `ONE` as well."""
    assert len(steps) == number - 1
    return replace(KIND, migrations=steps, backups=backups)


def names(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT name FROM sqlite_schema ORDER BY name")]


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        number: int = connection.execute("PRAGMA user_version").fetchone()[0]
        return number


def test_a_new_file_is_made_from_the_newest_schema_and_no_step(tmp_path: Path) -> None:
    prepare(tmp_path / "x.db", of_version(3, "CREATE TABLE never (a);", "CREATE TABLE nor (a);"))
    assert names(tmp_path / "x.db") == ["one", "two"]
    assert version(tmp_path / "x.db") == 3


def test_all_steps_that_are_missing_are_taken_or_none(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    prepare(path, KIND)
    before = path.read_bytes()
    with pytest.raises(sqlite3.OperationalError):
        prepare(path, of_version(3, "CREATE TABLE three (c);", "CREATE TABLE one (d);"))
    assert path.read_bytes() == before

    def add(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO three VALUES (1)")

    prepare(path, of_version(3, "CREATE TABLE three (c);", add))
    assert names(path) == ["one", "three", "two"]
    assert version(path) == 3


def test_a_step_that_leaves_loose_ends_is_undone_and_said(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    prepare(path, KIND)
    before = path.read_bytes()
    step = "CREATE TABLE child (of INTEGER REFERENCES two (rowid));\nINSERT INTO child VALUES (9);"
    step = "CREATE TABLE child (of INTEGER REFERENCES parent (id));\nCREATE TABLE parent (id INTEGER PRIMARY KEY);\n"
    with pytest.raises(DatabaseError, match="do not fit together, so it was left as it is"):
        prepare(path, of_version(2, f"{step}INSERT INTO child VALUES (9);"))
    assert path.read_bytes() == before


def test_before_each_change_of_the_schema_a_copy_is_made_and_three_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.db"
    prepare(path, KIND)
    path.chmod(0o600)
    (tmp_path / "x.db.other").touch()
    steps: list[database.Step] = []
    for number in range(2, 7):
        monkeypatch.setattr(database.time, "strftime", lambda form, n=number: f".backup-2026010{n}-120000")
        steps.append(f"CREATE TABLE more{number} (a);")
        prepare(path, of_version(number, *steps, backups=3))
        prepare(path, of_version(number, *steps, backups=3))
    assert [p.name for p in backups(path)] == [f"x.db.backup-2026010{n}-120000" for n in (6, 5, 4)]
    assert [version(p) for p in backups(path)] == [5, 4, 3]
    assert {p.stat().st_mode & 0o777 for p in backups(path)} == {0o600}
    assert (tmp_path / "x.db.other").exists()


def test_without_room_for_a_copy_the_schema_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    prepare(path, KIND)
    before = path.read_bytes()
    with full_disk(), pytest.raises(DatabaseError, match=r"the notebook at .*: the disk"):
        prepare(path, of_version(2, "CREATE TABLE three (c);", backups=3))
    assert path.read_bytes() == before
    assert backups(path) == []
    assert not [p for p in tmp_path.iterdir() if "unfinished" in p.name]


def test_many_programs_may_make_one_file_at_once(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib\nfrom cryptonews_tui.library.database import connect\n"
        "from cryptonews_tui.library.migrations import LIBRARY_KIND, STATE_KIND\n"
        "print(flush=True); sys.stdin.readline()\n"
        "for n in range(8):\n"
        "    for kind in (LIBRARY_KIND, STATE_KIND):\n"
        "        connect(pathlib.Path(sys.argv[1], f'{kind.name}{n}.db'), kind).close()\n"
    )
    running = [python(program, tmp_path) for _ in range(4)]
    for one in running:
        one.stdout.readline()
    for one in running:
        one.stdin.write("\n")
        one.stdin.flush()
    assert [one.communicate(timeout=30)[1] for one in running] == [""] * 4
    assert [one.returncode for one in running] == [0] * 4


def python(program: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(cryptonews_tui.__file__).parents[1])},
        text=True,
    )


def test_our_own_mistakes_stay_mistakes(tmp_path: Path) -> None:
    prepare(tmp_path / "x.db", KIND)
    with closing(sqlite3.connect(tmp_path / "x.db")) as connection:
        with pytest.raises(sqlite3.OperationalError), explained(tmp_path / "x.db", KIND):
            connection.execute("SELECT nothing FROM one")
        with pytest.raises(ValueError, match="odd"), explained(tmp_path / "x.db", KIND):
            raise ValueError("odd")


def test_a_file_whose_tables_are_others_is_said_to_be_wrong(tmp_path: Path) -> None:
    prepare(tmp_path / "x.db", KIND)
    with closing(sqlite3.connect(tmp_path / "x.db")) as connection:
        connection.execute("ALTER TABLE one RENAME TO ones")
        assert not has_schema(connection, KIND)
        with (
            pytest.raises(
                DatabaseError,
                match=r"it is not as cryptonews makes it; `cryptonews doctor` tells more\. Or begin",
            ),
            explained(tmp_path / "x.db", KIND),
        ):
            connection.execute("SELECT a FROM one")


def test_values_that_make_no_sense_are_damage() -> None:
    with (
        pytest.raises(
            DatabaseError, match=r"the notebook at x: something in it cannot be read \(ValueError: odd\)"
        ),
        understood(Path("x"), KIND),
    ):
        raise ValueError("odd")


# Shared with others

# A reader who owns nothing of it, in a process of its own: for root no file is closed. What is read from its
# standard input is a query, `-` stands for the empty one.
READER = """
import os, sys
from pathlib import Path
from cryptonews_tui import sections
from cryptonews_tui.library import DatabaseError, Library
from cryptonews_tui.query import parse
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    library = Library(Path(sys.argv[1]), Path(sys.argv[2]))
except DatabaseError as error:
    print(error)
else:
    print("shared" if library.shared else "own", flush=True)
    for line in sys.stdin:
        try:
            stories = library.stories(parse(line.strip().replace("-", "")))
            print(" ".join(headline.story for headline in library.headlines(stories)), flush=True)
        except DatabaseError as error:
            print(error, flush=True)
    library.close()
"""


class Reader:
    def __init__(self, folder: Path) -> None:
        self._program = python(READER, folder / "shared" / "library.db", folder / "own" / "state.db")
        self.first = self._program.stdout.readline().strip()

    def found(self, query: str = "-") -> str:
        self._program.stdin.write(f"{query}\n")
        self._program.stdin.flush()
        return self._program.stdout.readline().strip()

    def close(self) -> None:
        _, complaints = self._program.communicate(timeout=20)
        assert complaints == ""


@pytest.fixture
def folder() -> Iterator[Path]:
    """With a folder `shared`, which others may only read, and one that is their own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "shared").mkdir(mode=0o755)
        (folder / "own").mkdir()
        (folder / "own").chmod(0o777)
        yield folder
        (folder / "shared").chmod(0o755)


@contextmanager
def owner(folder: Path) -> Iterator[Path]:
    """What is done inside, the owner does. Who is not root plays both, and takes the right to write from himself."""

    def allow(files: int, folders: int) -> None:
        if os.geteuid():
            (folder / "shared").chmod(0o755)
            for path in (folder / "shared").iterdir():
                path.chmod(files)
            (folder / "shared").chmod(folders)

    allow(0o644, 0o755)
    yield folder / "shared" / "library.db"
    allow(0o444, 0o555)


def put(path: Path, *stories: str) -> Writer:
    writer = Writer(path)
    writer.write("s", {}, arrived([(article(story), story.encode()) for story in stories]))
    writer.publish()
    return writer


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "shared").iterdir())


def test_a_library_at_rest_is_read_by_others_and_nothing_is_left_beside_it(folder: Path) -> None:
    with owner(folder) as path:
        put(path, "1", "2").close()
    before = path.read_bytes()
    reader = Reader(folder)
    assert reader.first == "shared"
    assert reader.found() == "2 1"
    assert files(folder) == ["library.db"]
    reader.close()
    assert files(folder) == ["library.db"]
    assert path.read_bytes() == before


def test_others_see_what_the_owner_brings_in_while_they_read(folder: Path) -> None:
    with owner(folder) as path:
        put(path, "1").close()
    reader = Reader(folder)
    assert reader.found() == "1"
    with owner(folder):
        writer = put(path, "2")
    assert reader.found() == "2 1"
    with owner(folder):
        writer.write("s", {}, arrived([(article("3"), b"3")]))
        writer.publish()
        writer.close()
    assert reader.found() == "3 2 1"
    with owner(folder):
        put(path, "4").close()
    assert reader.found() == "4 3 2 1"
    reader.close()


def test_others_keep_marks_of_their_own(folder: Path) -> None:
    with owner(folder) as path:
        put(path, "1", "2").close()
    reader = Reader(folder)
    with closing(State(folder / "own" / "state.db")) as state:
        state.set_mark(Mark.READ, "2", on=True)
    assert reader.found("is:unread") == "1"
    reader.close()


def test_an_old_library_is_brought_up_to_date_by_its_owner_only(folder: Path) -> None:
    with owner(folder) as path:
        first_library(path, PUTS)
    before = path.read_bytes()
    reader = Reader(folder)
    assert "was made by an older cryptonews, and you may not write to it; its owner" in reader.first
    assert "must run this version on it once" in reader.first
    reader.close()
    assert path.read_bytes() == before
    with owner(folder):
        Library(path, folder / "own" / "other.db").close()
    reader = Reader(folder)
    assert reader.found() == "1 3"
    reader.close()


def test_what_a_program_left_unfinished_is_said_to_whom_cannot_finish_it(folder: Path) -> None:
    with owner(folder) as path:
        put(path, "1").close()
        database.beside(path, "-wal").write_bytes(b"x" * 4_096)
    reader = Reader(folder)
    assert reader.first.startswith(
        f"{path} was not closed properly, and you may not write beside it; its owner"
    )
    reader.close()


def test_what_a_writer_left_beside_a_library_and_nobody_may_read_is_no_hindrance(folder: Path) -> None:
    with owner(folder) as path:
        put(path, "1").close()
        database.beside(path, "-shm").touch()
    if os.geteuid():
        (folder / "shared").chmod(0o755)
    database.beside(path, "-shm").chmod(0)
    if os.geteuid():
        (folder / "shared").chmod(0o555)
    reader = Reader(folder)
    assert reader.found() == "1"
    reader.close()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda path: path.write_bytes(b""), "is empty, and may not be written to"),
        (lambda path: path.write_bytes(b"My taxes.\n" * 100), "it is not a database; name another file"),
        (
            lambda path: path.write_bytes(path.read_bytes()[:9_000]),
            "it is damaged; `cryptonews doctor` tells more",
        ),
        (lambda path: path.chmod(0o200), "it may not be read; check its permissions"),
    ],
    ids=["empty", "foreign", "truncated", "closed"],
)
def test_what_is_wrong_with_somebody_elses_library_is_said(
    folder: Path, spoil: Callable[[Path], Any], said: str
) -> None:
    with owner(folder) as path:
        put(path, "1").close()
    if os.geteuid():
        path.chmod(0o644)
    spoil(path)
    if os.geteuid() and path.stat().st_mode & 0o400:
        path.chmod(0o444)
    reader = Reader(folder)
    assert said in (reader.first if reader.first != "shared" else reader.found())
    reader.close()
    assert files(folder) == ["library.db"]


def test_the_version_of_a_file_changes_with_every_write(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    seen = {file_version(path)}
    with closing(put(path, "1")) as writer:
        seen.add(file_version(path))
        writer.write("s", {}, arrived([(article("2"), b"2")]))
        seen.add(file_version(path))
    seen.add(file_version(path))
    assert len(seen) == 4
    assert file_version(path) in seen


def test_ones_own_library_is_opened_to_write_whatever_was_asked(tmp_path: Path) -> None:
    opened = connect_to_read(tmp_path / "new" / "library.db", LIBRARY_KIND)
    assert (opened.shared, opened.outdated()) == (False, False)
    opened.connection.close()


# Everything that can be asked, of files with everything wrong

READING: dict[str, Callable[[Library], Any]] = {
    "change_to": lambda library: library.change_to(library.path),
    "latest": lambda library: library.latest(),
    "since": lambda library: sorted(library.since(0)),
    "version": lambda library: library.version() and None,
    "marks_version": lambda library: library.marks_version() and None,
    "catch_up": lambda library: library.catch_up(),
    "unread": lambda library: sorted(library.unread()),
    "is_empty": lambda library: library.is_empty(),
    "held": lambda library: library.held("s"),
    "stories": lambda library: [
        list(library.stories(parse(query)))
        for query in (
            *("", "is:starred", "-is:read", "is:new", "has:note", "tag:btc", "tag:B*", "lang:uk", "id:1"),
            *(
                "words:>1",
                "lag:<1h",
                "updated:2025",
                "since:2024-01-01",
                "origin:*news*",
                "$btc",
                "section:impact",
            ),
            *("calm", "quiet OR text", 'overview:"calm"', "sort:updated", "sort:-title", "sort:score"),
        )
    ],
    "count": lambda library: library.count(parse("calm sort:relevance")),
    "unread_of": lambda library: library.unread_of(parse("tag:btc")),
    "ready": lambda library: library.ready(parse("calm")),
    "get_ready": lambda library: library.get_ready(parse("calm words:>1 sort:relevance")),
    "interrupt": lambda library: library.interrupt(),
    # Its words count from when they are written, others from when they are published.
    "related": lambda library: [library.related(story, "en") for story in "123"] and None,
    "interrupt_related": lambda library: library.interrupt_related(),
    "headlines": lambda library: library.headlines(range(4)),
    "all_versions": lambda library: library.all_versions(range(4)),
    "with_section": lambda library: [*library.with_section(library.stories(parse("")), "overview")],
    "excerpts": lambda library: library.excerpts(range(4), "overview"),
    "text": lambda library: [library.text(headline) for headline in library.headlines(range(4))],
    "facets": lambda library: [
        library.facets(parse("calm"), apart=apart, most=most)
        for apart, most in ((True, None), (False, None), (True, {"tag": 1, "source": 0}))
    ],
    "values": lambda library: [library.values(field, parse("calm"), "t") for field in ("tag", "is", "asset")],
    "article": lambda library: [library.article(story) for story in "123"],
    "languages_of": lambda library: library.languages_of("1"),
    "position": lambda library: library.position("3"),
    "keys": lambda library: library.keys("1"),
    "sources_of": lambda library: library.sources_of("1"),
    "problems_of": lambda library: library.problems_of("s"),
}
STATE_READING: dict[str, Callable[[State], Any]] = {
    "note": lambda state: state.note("1"),
    "sources": lambda state: state.sources(),
    "precious": lambda state: state.precious(),
    "source": lambda state: state.source("a", "/a"),
    "source_at": lambda state: state.source_at("/b"),
    "visits": lambda state: state.visits("/b"),
    "problems": lambda state: state.problems("/b"),
    "views": lambda state: state.views(),
    "queries": lambda state: state.queries(),
    "last_visit": lambda state: state.last_visit(),
    "belongings": lambda state: state.belongings(),
    "place": lambda state: state.place("1"),
    "text_read": lambda state: state.text_read("1", "en"),
}
STATE_WRITING: dict[str, Callable[[State], Any]] = {
    "set_mark": lambda state: [state.set_mark(mark, "3", on) for mark in Mark for on in (True, False)],
    "set_note": lambda state: [state.set_note("3", text) for text in ("Hm.", None)],
    "set_place": lambda state: [state.set_place("3", place) for place in (Place("en", 1, 2, 0.5), None)],
    "keep_text": lambda state: state.keep_text("1", "en", "Another text."),
    "add_source": lambda state: state.add_source("a", "/other"),
    "add_sources": lambda state: state.add_sources([StoredSource("a", "/d"), StoredSource("a", "/b")]),
    "change_source": lambda state: state.change_source("/b", StoredSource("c", "/b", minutes=5)),
    "move_source": lambda state: state.move_source("/b", "/c"),
    "remove_source": lambda state: state.remove_source("a"),
    "note_visit": lambda state: [state.note_visit("/b", Visit(1, error=error)) for error in (None, "gone")],
    "save_view": lambda state: state.save_view("New", "btc"),
    "move_view": lambda state: state.move_view("Mine", 1),
    "rename_view": lambda state: state.rename_view("Mine", "Yours"),
    "remove_view": lambda state: state.remove_view("Other"),
    "remember_query": lambda state: state.remember_query("btc"),
    "note_leaving": lambda state: state.note_leaving(),
    "merge": lambda state: state.merge(
        Belongings([Marked("1", 1, 2, "More.")], [View("New", "eth")], [StoredSource("c", "/c")])
    ),
}
WRITING: dict[str, Callable[[Writer], Any]] = {
    "write": lambda writer: writer.write(
        "s", {"b.md": Remembered("2")}, arrived([(article("9"), b"9"), (MUCH, b"8")])
    ),
    "move_source": lambda writer: writer.move_source("s", "t"),
    "forget_stamps": lambda writer: writer.forget_stamps("s"),
    "publish": lambda writer: writer.publish(),
    "forget_source": lambda writer: writer.forget_source("s"),
}
WRITER_READING: dict[str, Callable[[Writer], Any]] = {
    "remembered": lambda writer: writer.remembered("s"),
    "known": lambda writer: writer.known("s", "a.md"),
    "items": lambda writer: writer.items("s"),
    "stamps": lambda writer: dict(writer.stamps("s")),
}


@pytest.mark.parametrize(
    ("kind", "tables"),
    [(Library, [READING]), (State, [STATE_READING, STATE_WRITING]), (Writer, [WRITING, WRITER_READING])],
)
def test_the_tables_name_everything_that_can_be_asked(kind: type, tables: list[dict[str, Any]]) -> None:
    methods = {name for name, _ in inspect.getmembers(kind, inspect.isfunction) if not name.startswith("_")}
    assert methods - {"close"} == {name for table in tables for name in table}


class Desk:
    """A library and a state with something of everything in them."""

    def __init__(self, folder: Path) -> None:
        self.library_path = folder / "library.db"
        self.state_path = folder / "state.db"
        with closing(Writer(self.library_path)) as writer:
            writer.write("s", {"a.md": Remembered("1", b"1", (Problem("a.md", 3, "odd"),))}, arrived(PUTS))
            writer.publish()
        with closing(State(self.state_path)) as state:
            state.set_mark(Mark.READ, "1", on=True)
            state.set_mark(Mark.STARRED, "3", on=True)
            state.set_note("1", "Hm.")
            state.set_place("1", Place("en", 1, 2, 0.5))
            state.keep_text("1", "en", "Before.")
            state.add_source("a", "/a")
            state.add_source("b", "/b")
            state.save_view("Mine", "tag:btc", "f5")
            state.save_view("Other", "etf")
            state.remember_query("etf")
            state.note_leaving()

    def library(self) -> closing[Library]:
        return closing(Library(self.library_path, self.state_path))

    def state(self) -> closing[State]:
        return closing(State(self.state_path))

    def writer(self) -> closing[Writer]:
        return closing(Writer(self.library_path))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@contextmanager
def locked(*paths: Path) -> Iterator[None]:
    """Another program writes to the files."""
    connections = [sqlite3.connect(path, isolation_level=None) for path in paths]
    for connection in connections:
        connection.execute("BEGIN IMMEDIATE")
    yield
    for connection in connections:
        connection.close()


@contextmanager
def full_disk() -> Iterator[None]:
    """No file can grow in this process: Python ignores the signal, writes fail."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def refused(action: Callable[[], Any], said: str) -> None:
    with pytest.raises(DatabaseError) as caught:
        action()
    assert said in str(caught.value)


def test_while_others_write_everything_is_answered_and_a_change_says_why_not(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.01)
    with desk.library() as library, desk.state() as state, desk.writer() as writer:
        before = [ask(library) for ask in READING.values()] + [ask(state) for ask in STATE_READING.values()]
        writer.write("s", {}, arrived([(article("4"), b"4")]))  # so that there is something to publish
        with locked(desk.library_path, desk.state_path):
            after = [ask(library) for ask in READING.values()] + [
                ask(state) for ask in STATE_READING.values()
            ]
            assert after == before
            assert writer.remembered("s")
            for change in STATE_WRITING.values():
                refused(lambda change=change: change(state), "another program is writing to it; try again")
            for change in WRITING.values():
                refused(lambda change=change: change(writer), "another program is writing to it; try again")
        for change in STATE_WRITING.values():
            change(state)
        for change in WRITING.values():
            change(writer)


def test_a_file_that_somebody_keeps_to_himself_is_said_to_be_busy(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.01)
    for path in (desk.library_path, desk.state_path):
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("PRAGMA locking_mode = EXCLUSIVE")
            other.execute("BEGIN EXCLUSIVE")
            for opened in (desk.library, desk.state if path == desk.state_path else desk.writer):
                refused(opened, f"{path}: another program is writing to it; try again")


def test_what_may_only_be_read_is_answered_and_a_change_says_why_not(strangers_folder: Path) -> None:
    desk = Desk(strangers_folder)
    with desk.library() as library, desk.state() as state:
        before = [ask(library) for ask in READING.values()] + [ask(state) for ask in STATE_READING.values()]
    for path in strangers_folder.iterdir():
        path.chmod(0o444)
    bytes_before = [desk.library_path.read_bytes(), desk.state_path.read_bytes()]
    with desk.library() as library, desk.state() as state, desk.writer() as writer:
        assert library.shared
        after = [ask(library) for ask in READING.values()] + [ask(state) for ask in STATE_READING.values()]
        assert after == before
        for change in STATE_WRITING.values():
            refused(lambda change=change: change(state), "it may not be written to; check its permissions")
        refused(lambda: WRITING["write"](writer), "it may not be written to; check its permissions")
    assert [desk.library_path.read_bytes(), desk.state_path.read_bytes()] == bytes_before


def test_on_a_full_disk_everything_is_answered_and_a_change_says_why_not(desk: Desk) -> None:
    with desk.library() as library, desk.state() as state, desk.writer() as writer:
        before = [ask(library) for ask in READING.values()] + [ask(state) for ask in STATE_READING.values()]
        writer.write("s", {}, arrived([(article("4"), b"4")]))
        with full_disk():
            after = [ask(library) for ask in READING.values()] + [
                ask(state) for ask in STATE_READING.values()
            ]
            assert after == before
            for change in STATE_WRITING.values():
                refused(lambda change=change: change(state), f"the state at {desk.state_path}: the disk")
            for change in WRITING.values():
                refused(lambda change=change: change(writer), f"the library at {desk.library_path}: the disk")
        assert state.views() == [View("Mine", "tag:btc", "f5", own=True), View("Other", "etf", own=True)]
        for change in (*STATE_WRITING.values(),):
            change(state)
        for change in WRITING.values():
            change(writer)
    assert check_library(desk.library_path).well
    assert check_state(desk.state_path).well


def test_no_database_is_made_on_a_full_disk(tmp_path: Path) -> None:
    with full_disk():
        refused(lambda: Writer(tmp_path / "library.db"), "the disk")
        refused(lambda: State(tmp_path / "state.db"), "the disk")
    Writer(tmp_path / "library.db").close()
    State(tmp_path / "state.db").close()


def pages(path: Path) -> list[bytes]:
    data = path.read_bytes()
    return [data[start : start + 4_096] for start in range(0, len(data), 4_096)]


def ask_everything(desk: Desk) -> list[str]:
    """Ask all there is to ask, and say what was said; anything but an answer or a sentence raises."""
    said: list[str] = []
    for opened, questions in (
        (desk.library, READING),
        (desk.state, STATE_READING),
        (desk.writer, WRITER_READING),
    ):
        try:
            with opened() as something:
                for ask in questions.values():
                    try:
                        ask(something)  # type: ignore[operator]
                    except DatabaseError as error:
                        said.append(str(error))
        except DatabaseError as error:
            said.append(str(error))
    return said


def spoilt(data: bytes, seed: int) -> bytes:
    """The bytes with some of their bits turned over, in one place or in several."""
    dice = random.Random(seed)
    filled = [at for at, byte in enumerate(data) if byte]
    spoilt = bytearray(data)
    for at in dice.choices(filled, k=dice.choice([1, 1, 3])):
        for _ in range(dice.choice([1, 1, 8])):
            spoilt[min(len(data) - 1, at + dice.randrange(3))] ^= 1 << dice.randrange(8)
    return bytes(spoilt)


@pytest.mark.parametrize("of", ["library", "state"])
@pytest.mark.parametrize("keep", [2, 99, 100, 512, 4_095, 4_096, 5_000, 12_288, 20_480, -4_096, -1])
def test_a_file_that_was_cut_short_is_said_to_be_damaged_and_left_as_it_is(
    desk: Desk, of: str, keep: int
) -> None:
    path: Path = getattr(desk, f"{of}_path")
    cut = path.read_bytes()[:keep]
    path.write_bytes(cut)
    said = ask_everything(desk)
    assert said or keep < 0  # what is missing at the end may not be asked for
    assert all(str(path) in sentence for sentence in said)
    check = check_library if of == "library" else check_state
    assert check(path).damaged
    assert path.read_bytes() == cut


@pytest.mark.parametrize("of", ["library", "state"])
@pytest.mark.parametrize("part", range(4))
def test_a_file_with_flipped_bits_is_answered_from_or_said_to_be_damaged_and_left_as_it_is(
    desk: Desk, of: str, part: int
) -> None:
    path: Path = getattr(desk, f"{of}_path")
    sound = path.read_bytes()
    check = check_library if of == "library" else check_state
    damaged = 0
    for seed in range(part * 20, part * 20 + 20):
        spoiled = spoilt(sound, seed)
        path.write_bytes(spoiled)
        said = ask_everything(desk)
        assert all(str(path) in sentence for sentence in said)
        if said:
            damaged += 1
            assert not check(path).well
        assert path.read_bytes() == spoiled
    assert damaged  # or nothing was tried


@pytest.mark.parametrize("part", range(2))
def test_changes_to_a_state_with_flipped_bits_are_made_or_refused_with_a_sentence(
    desk: Desk, part: int
) -> None:
    sound = desk.state_path.read_bytes()
    for seed in range(1_000 + part * 20, 1_000 + part * 20 + 20):
        desk.state_path.write_bytes(spoilt(sound, seed))
        with suppress(DatabaseError), desk.state() as state:
            for change in STATE_WRITING.values():
                with suppress(DatabaseError):
                    change(state)


def test_a_text_that_cannot_be_unpacked_is_said_with_a_way_out(desk: Desk) -> None:
    with closing(sqlite3.connect(desk.library_path)) as connection, connection:
        connection.execute("UPDATE body SET packed = zeroblob(20)")
    with desk.library() as library:
        refused(
            lambda: library.article("1"), "`cryptonews doctor` tells more. Or move it away and sync again."
        )


@pytest.mark.parametrize("name", ["library", "state"])
@pytest.mark.parametrize(
    ("pragma", "said"),
    [("user_version = 999", "made by a newer cryptonews"), ("application_id = 5", "is not a cryptonews")],
)
def test_what_is_not_ours_is_refused_by_all_and_left_as_it_is(
    desk: Desk, name: str, pragma: str, said: str
) -> None:
    path: Path = getattr(desk, f"{name}_path")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA {pragma}")
    before = path.read_bytes()
    for opened in (desk.library, desk.writer if name == "library" else desk.state):
        refused(opened, said)
    assert (check_library if name == "library" else check_state)(path).damaged
    assert path.read_bytes() == before


def test_a_connection_that_is_refused_is_closed(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"no database" * 100)
    for _ in range(3):
        refused(lambda: connect(tmp_path / "x.db", KIND), "it is not a database")
    open_files = [os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd") if exists(fd)]
    assert str(tmp_path / "x.db") not in open_files


def exists(fd: str) -> bool:
    return os.path.lexists(f"/proc/self/fd/{fd}")
