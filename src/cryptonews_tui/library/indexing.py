"""The words of every story, for FTS5: one row a story, a column for each thing that can be asked of.

FTS5 keeps no copy of the texts, so whoever replaces a row has to say what it held: `Indexer` does, from the
articles as they were before. In a large library a second index, `beginnings`, has the words without their places
and the lists of all words that begin alike made beforehand: one hit costs a third there.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable
from typing import TYPE_CHECKING

from cryptonews_tui.article import Role, Section
from cryptonews_tui.library.facets import bring_up_to_date
from cryptonews_tui.library.packing import Packing
from cryptonews_tui.query import PREFIX_LETTERS, Word

if TYPE_CHECKING:
    from cryptonews_tui.sections import Roles

Columns = tuple[str, ...]
Span = tuple[str, str, int, int]
"""(role, heading, start, end) of a section's text in the body."""

_ROLES = tuple(str(role) for role in Role)
COLUMNS = ("title", "description", *_ROLES)
BODY = "{" + " ".join(_ROLES) + "}"
WEIGHTS = (8.0, 3.0, *(1.0 for role in _ROLES))
"""How much a hit counts for the relevance: title over description over body."""

MANY = 10_000
"""So many stories make a library large. Below, it is small and quick anyway."""

# A letter of its own between versions and sections: no phrase reaches over it, and no article has it.
_APART = "\n\ue000\n"

_BEGINNINGS = """
    CREATE VIRTUAL TABLE beginnings USING fts5 (
        text, content = '', detail = none, columnsize = 0, prefix = '3 4 5 6 7',
        tokenize = 'unicode61 remove_diacritics 0'
    )
"""
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
# Letters that are one token to FTS5 for certain.
_PLAIN = re.compile("[a-z0-9а-щьюяґєії]+")


def spans(body: str, sections: Iterable[Section]) -> list[Span]:
    """Where the sections stand in their body."""
    found: list[Span] = []
    end = 0
    for section in sections:
        start = body.find(section.text, end)
        if start < 0:  # not cut from this body
            start = max(0, body.find(section.text))
        end = start + len(section.text)
        found.append((section.role, section.heading, start, end))
    return found


def version(title: str, description: str, body: str, sections: Iterable[Span]) -> Columns:
    """One language version as the index has it."""
    texts: dict[str, str] = {}
    for role, heading, start, end in sections:
        text = f"{heading}\n{body[start:end]}"
        texts[role] = f"{texts[role]}{_APART}{text}" if role in texts else text
    return (title, description, *(texts.get(role, "") for role in _ROLES))


def expression(word: Word) -> str:
    """A word as FTS5 understands it: a string, with `*` where beginnings match, in the columns it is about."""
    text = word.text if word.exact else word.text.rstrip("*")
    quoted = '"' + text.replace('"', '""') + '"'
    if word.begins:
        quoted += "*"
    if not word.scope:
        return quoted
    return f"{BODY if word.scope == 'body' else word.scope} : {quoted}"


def is_beginning(word: Word) -> bool:
    """Whether `beginnings` can tell who has the word."""
    return (
        not (word.exact or word.scope)
        and len(word.text) >= PREFIX_LETTERS
        and bool(_PLAIN.fullmatch(word.text))
    )


def has_beginnings(connection: sqlite3.Connection) -> bool:
    """Whether the library has grown so large that it keeps the second index."""
    return (
        connection.execute("SELECT 1 FROM main.sqlite_schema WHERE name = 'beginnings'").fetchone()
        is not None
    )


def grow(connection: sqlite3.Connection) -> None:
    """Give a library what it needs once it is large. Call inside a transaction."""
    if has_beginnings(connection) or connection.execute("SELECT count(*) FROM story").fetchone()[0] < MANY:
        return
    packing = Packing(connection)
    packing.learn()
    Indexer(connection, packing).fill_beginnings()


def rebuild(connection: sqlite3.Connection, roles: Roles) -> None:
    """Make sections, timeline, bitmaps and the index of words anew from the articles. Call inside a transaction."""
    for statement in (
        "DELETE FROM timeline",
        "DELETE FROM facet",
        "DELETE FROM tagged",
        "INSERT INTO words (words) VALUES ('delete-all')",
        "DROP TABLE IF EXISTS beginnings",
        "INSERT OR IGNORE INTO pending (story) SELECT DISTINCT story FROM article",
        "UPDATE item SET article = NULL WHERE article NOT IN (SELECT id FROM article)",
        """
        DELETE FROM gone WHERE article NOT IN (SELECT id FROM article)
            OR article IN (SELECT article FROM item WHERE article IS NOT NULL)
        """,
        """
        DELETE FROM alias WHERE story NOT IN (SELECT id FROM story) OR key IN (SELECT key FROM story)
        """,
        """
        UPDATE article SET counts = (draft = (SELECT min(draft) FROM article AS version
                                              WHERE version.story = article.story))
        """,
    ):
        connection.execute(statement)
    packing = Packing(connection)
    indexer = Indexer(connection, packing)
    for (story,) in connection.execute("SELECT id FROM story ORDER BY id").fetchall():
        indexer.will_change(story, new=True)
        _split_anew(story, connection, packing, indexer, roles)
        indexer.write()
    bring_up_to_date(connection)
    grow(connection)


def _split_anew(
    story: int, connection: sqlite3.Connection, packing: Packing, indexer: Indexer, roles: Roles
) -> None:
    """Give the articles of a story the sections that their texts have."""
    from cryptonews_tui.sections import split  # lists need no Markdown

    rows = connection.execute(
        """
        SELECT id, title, description, sections, packed FROM article JOIN body ON article = id WHERE story = ?
        """,
        (story,),
    )
    for number, title, description, kept, packed in rows.fetchall():
        body = packing.body(packed)
        found = spans(body, split(body, title, roles))
        if (sections := _json(found)) != kept:
            connection.execute("UPDATE article SET sections = ? WHERE id = ?", (sections, number))
        indexer.put(number, version(title, description, body, found))


class Indexer:
    """Keeps the index in step with the articles of one transaction: announce a story, change it, then `write`."""

    def __init__(self, connection: sqlite3.Connection, packing: Packing) -> None:
        self._execute = connection.execute
        self._packing = packing
        self._before: dict[int, Columns | None] = {}
        self._put: dict[int, Columns] = {}
        self._many = has_beginnings(connection)

    def will_change(self, story: int, *, new: bool) -> None:
        """To be said of a story before anything of it is changed in this transaction."""
        if story not in self._before:
            self._before[story] = None if new else self._document(story)

    def put(self, article: int, columns: Columns) -> None:
        """What an article says now; saves reading it again."""
        self._put[article] = columns

    def moved(self, article: int, to: int) -> None:
        """An article has got another number; whatever had it before is gone."""
        self._put.pop(to, None)
        if (columns := self._put.pop(article, None)) is not None:
            self._put[to] = columns

    def write(self) -> None:
        """Bring the index up to date with all stories that were announced."""
        for story in sorted(self._before):  # FTS5 writes out what it has gathered whenever ids fall
            before, after = self._before[story], self._document(story)
            if before != after:
                self._replace(story, before, after)
        self._before.clear()
        self._put.clear()

    def fill_beginnings(self) -> None:
        """Make the second index."""
        self._execute(_BEGINNINGS)
        self._many = True
        for (story,) in self._execute("SELECT id FROM story ORDER BY id"):
            if after := self._document(story):
                self._execute("INSERT INTO beginnings (rowid, text) VALUES (?, ?)", (story, "\n".join(after)))

    def _replace(self, story: int, before: Columns | None, after: Columns | None) -> None:
        for table, columns, wanted in (
            ("words", COLUMNS, True),
            ("beginnings", ("text",), self._many),
        ):
            if not wanted:
                continue
            for command, document in (("delete", before), (None, after)):
                if document is not None:
                    values = document if table == "words" else ("\n".join(document),)
                    names = ("rowid", *columns) if command is None else (table, "rowid", *columns)
                    given = (story, *values) if command is None else (command, story, *values)
                    self._execute(
                        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(given))})",
                        given,
                    )

    def _document(self, story: int) -> Columns | None:
        """The versions of a story that count, one after the other."""
        versions = [
            self._put.get(article) or self._read(article)
            for (article,) in self._execute(
                "SELECT id FROM article WHERE story = ? AND counts ORDER BY id", (story,)
            )
        ]
        if len(versions) == 1:
            return versions[0]
        return tuple(_APART.join(filter(None, column)) for column in zip(*versions, strict=True)) or None

    def _read(self, article: int) -> Columns:
        title, description, sections, packed = self._execute(
            "SELECT title, description, sections, packed FROM article JOIN body ON article = id WHERE id = ?",
            (article,),
        ).fetchone()
        return version(title, description, self._packing.body(packed), json.loads(sections))
