"""Bodies are packed small and come back as they were, whatever the library learned in between."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptonews_tui.article import Article
from cryptonews_tui.library import DatabaseError, Library, Writer, indexing
from cryptonews_tui.library.database import connect, transaction
from cryptonews_tui.library.migrations import LIBRARY_KIND
from cryptonews_tui.library.packing import Packing, PackingError
from cryptonews_tui.sections import SHIPPED
from tests.strategies import arrived, article

JSON = st.recursive(st.one_of(st.none(), st.booleans(), st.integers(), st.text()), st.lists, max_leaves=4)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(connect(tmp_path / "library.db", LIBRARY_KIND)) as connection:
        yield connection


def texts(number: int, seed: int = 0) -> list[str]:
    """Texts that have much in common, as those of one publisher."""
    noise = random.Random(seed)
    words = [f"word{noise.randrange(10_000)}" for _ in range(40)]
    return [f"## Overview\n\n{' '.join(noise.choices(words, k=60))} {n}." for n in range(number)]


def keep(connection: sqlite3.Connection, packed: list[bytes]) -> None:
    connection.executemany(
        "REPLACE INTO body (article, packed) VALUES (?, ?)", ((32 * n, one) for n, one in enumerate(packed))
    )


def kept(connection: sqlite3.Connection) -> list[bytes]:
    return [packed for (packed,) in connection.execute("SELECT packed FROM body ORDER BY article")]


@given(
    st.text(),
    st.dictionaries(st.text(), st.text(), max_size=2),
    st.lists(st.text(), max_size=2),
    st.dictionaries(st.text(), JSON, max_size=2),
)
def test_what_is_packed_comes_back(
    body: str, cover: dict[str, str], cta: list[str], extra: dict[str, Any]
) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE dictionary (id INTEGER PRIMARY KEY, content BLOB)")
        packing = Packing(connection)
        packed = packing.pack(body, cover, cta, extra)
        assert tuple(packing.unpack(packed)) == (body, cover, cta, extra)
        assert packing.body(packed) == body


def test_what_was_learned_makes_bodies_smaller_and_they_stay_the_same(connection: sqlite3.Connection) -> None:
    bodies = texts(300)
    packing = Packing(connection)
    keep(connection, [packing.pack(body, {}, [], {}) for body in bodies])
    before = sum(map(len, kept(connection)))
    packing.learn()
    assert sum(map(len, kept(connection))) < 0.7 * before
    for reader in (packing, Packing(connection)):
        assert [reader.body(packed) for packed in kept(connection)] == bodies


@pytest.mark.parametrize("changed", [0, 1, 300])
def test_learning_again_is_never_mistaken_for_the_first_time(
    connection: sqlite3.Connection, changed: int
) -> None:
    bodies = texts(300)
    packing = Packing(connection)
    keep(connection, [packing.pack(body, {}, [], {}) for body in bodies])
    packing.learn()
    bodies[:changed] = texts(changed, seed=1)
    keep(connection, [packing.pack(body, {}, [], {}) for body in bodies])
    (first,) = connection.execute("SELECT id FROM dictionary").fetchone()
    Packing(connection).learn()
    [(second,)] = connection.execute("SELECT id FROM dictionary").fetchall()
    assert second > first
    for reader in (packing, Packing(connection)):  # one knows the former dictionary, one does not
        assert [reader.body(packed) for packed in kept(connection)] == bodies


def test_too_little_to_learn_from_is_no_error(connection: sqlite3.Connection) -> None:
    packing = Packing(connection)
    keep(connection, [packing.pack("", {}, [], {})])
    packing.learn()
    assert connection.execute("SELECT * FROM dictionary").fetchall() == []
    assert packing.body(*kept(connection)) == ""


def test_what_was_packed_with_a_dictionary_that_is_gone_is_damaged(connection: sqlite3.Connection) -> None:
    packing = Packing(connection)
    keep(connection, [packing.pack(body, {}, [], {}) for body in texts(300)])
    packing.learn()
    connection.execute("DELETE FROM dictionary")
    with pytest.raises(PackingError):
        Packing(connection).body(kept(connection)[0])


def puts(number: int) -> list[tuple[Article, bytes]]:
    return [(article(str(n), body=body), str(n).encode()) for n, body in enumerate(texts(number))]


def test_a_library_that_grows_large_keeps_every_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "MANY", 200)
    path = tmp_path / "library.db"
    articles = puts(300)
    with closing(Writer(path)) as writer, closing(Writer(path)) as other:
        for start in range(0, 300, 50):
            writer.write("s", {}, arrived(articles[start : start + 50]))
            writer.publish()
            more = article(f"more {start}", body=texts(1, seed=start)[0])
            other.write("s", {}, arrived([(more, b"more %d" % start)]))
            articles.append((more, b""))
        other.publish()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection, transaction(connection):
        assert connection.execute("SELECT count(*) FROM dictionary").fetchone() == (1,)
        indexing.rebuild(connection, SHIPPED)
    with closing(Library(path, tmp_path / "state.db")) as library:
        for one, _ in articles:
            assert library.article(one.story) == one


def test_growing_that_is_undone_leaves_the_writer_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "library.db"
    articles = puts(60)
    with closing(Writer(path)) as writer:
        writer.write("s", {}, arrived(articles[:50]))
        with monkeypatch.context() as large:
            large.setattr(indexing, "MANY", 10)
            large.setattr(indexing, "_BEGINNINGS", "CREATE TABLE words (a)")  # there is one
            with pytest.raises((DatabaseError, sqlite3.OperationalError)):
                writer.publish()
        writer.write("s", {}, arrived(articles[50:]))
        writer.publish()
    with closing(Library(path, tmp_path / "state.db")) as library:
        for one, _ in articles:
            assert library.article(one.story) == one
