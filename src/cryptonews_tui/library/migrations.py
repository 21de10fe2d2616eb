"""The two kinds of databases, and how each comes to its newest version from every older one.

A step is run inside one transaction with the others. What it makes must equal a fresh database to the letter;
so tables are set aside, made anew and filled. When a schema changes again, the text that a step makes here has
to be kept as it was.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby

from cryptonews_tui.library.database import Kind, run
from cryptonews_tui.library.schema import LIBRARY, LIBRARY_ID, STATE, STATE_ID


def _library_1_to_2(connection: sqlite3.Connection) -> None:
    """Bodies packed; words by section, one row a story; what is asked for in numbers has an index."""
    from cryptonews_tui.library.facets import bring_up_to_date
    from cryptonews_tui.library.indexing import Indexer, grow, spans, version
    from cryptonews_tui.library.packing import Packing
    from cryptonews_tui.sections import split

    connection.execute("DROP TABLE words")
    connection.execute("DROP VIEW searchable")
    for name in ("timeline", "pending", "facet"):
        connection.execute(f"DROP TABLE {name}")
    with _set_aside(connection, "story", "article", "body", "item"):
        run(connection, LIBRARY)
        # When a story came was not kept. This is before it did, so nothing old is new to anybody.
        connection.execute(
            """
            INSERT INTO story (id, key, arrived)
            SELECT id, key, coalesce((SELECT min(updated) FROM old_article WHERE story = old_story.id), 0)
            FROM old_story
            """
        )
        connection.execute("INSERT INTO item SELECT source, item, stamp, hash, problems FROM old_item")
        articles = connection.execute(
            """
            SELECT a.id, story, lang, title, description, published, updated, publisher_key, publisher_name,
                   publisher_type, publisher_url, category, tags, sentiment, score, sticky, draft, canonical_url,
                   ai, cover, cta, extra, origin, hash, text,
                   draft = (SELECT min(draft) FROM old_article AS version WHERE version.story = a.story)
            FROM old_article AS a JOIN old_body ON old_body.article = a.id ORDER BY a.id
            """
        )
        packing = Packing(connection)
        indexer = Indexer(connection, packing)
        for story, versions in groupby(articles, lambda row: row[1]):
            indexer.will_change(story, new=True)
            for *facts, cover, cta, extra, origin, content_hash, body, counts in versions:
                article, title, description, updated = facts[0], facts[3], facts[4], facts[6]
                found = spans(body, split(body, title))
                pictures = json.loads(cover)
                connection.execute(
                    f"INSERT INTO article VALUES ({', '.join('?' * 26)})",
                    (
                        *facts,
                        _json(found),
                        int(bool(pictures)),
                        len(body.split()),
                        origin,
                        content_hash,
                        updated,
                        counts,
                    ),
                )
                connection.execute(
                    "INSERT INTO body (article, packed) VALUES (?, ?)",
                    (article, packing.pack(body, pictures, json.loads(cta), json.loads(extra))),
                )
                indexer.put(article, version(title, description, body, found))
            indexer.write()
            connection.execute("INSERT INTO pending (story) VALUES (?)", (story,))
    bring_up_to_date(connection)
    grow(connection)


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


# The schemas that steps lead to, as they were

_STATE_2 = """
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


def _state_1_to_2(connection: sqlite3.Connection) -> None:
    """Notes, views, what was asked, and when the reader left."""
    with _set_aside(connection, "mark", "source"):
        run(connection, _STATE_2)
        connection.execute(
            "INSERT INTO mark (story, read, starred) SELECT story, read, starred FROM old_mark"
        )
        connection.execute(
            "INSERT INTO source (id, name, location, synced, error)"
            " SELECT id, name, location, synced, error FROM old_source"
        )


_STATE_2_TO_3 = """
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
"""Where the reader stopped, and what he has read."""


_STATE_4 = """
    CREATE TABLE source (
        id        INTEGER PRIMARY KEY,
        name      TEXT NOT NULL UNIQUE,
        location  TEXT NOT NULL UNIQUE,
        enabled   INTEGER NOT NULL DEFAULT 1,
        minutes   INTEGER,                      -- between visits; null: as the settings say
        policy    TEXT NOT NULL DEFAULT 'keep', -- for what vanishes: keep, mark or remove
        languages TEXT NOT NULL DEFAULT '',     -- those that are taken in, spaces between; none: all
        history   INTEGER NOT NULL DEFAULT 0,   -- whether older states of a repository are read
        synced    INTEGER,                      -- last complete visit
        error     TEXT,                         -- what went wrong last time, null if nothing did
        due       INTEGER,                      -- not to be visited by itself before; null: at once
        failures  INTEGER NOT NULL DEFAULT 0,   -- in a row
        problems  TEXT                          -- of the last visit: [[item, line, message], ...]
    );

    CREATE TABLE outcome (
        source   INTEGER NOT NULL REFERENCES source (id),
        time     INTEGER NOT NULL,
        seconds  REAL NOT NULL,
        received INTEGER NOT NULL,              -- bytes
        seen     INTEGER NOT NULL,
        added    INTEGER NOT NULL,
        updated  INTEGER NOT NULL,
        removed  INTEGER NOT NULL,
        problems INTEGER NOT NULL,
        error    TEXT
    );
    CREATE INDEX outcome_source ON outcome (source);
"""


def _state_3_to_4(connection: sqlite3.Connection) -> None:
    """How sources are visited, and what came of it."""
    with _set_aside(connection, "source"):
        run(connection, _STATE_4)
        connection.execute(
            "INSERT INTO source (id, name, location, synced, error)"
            " SELECT id, name, location, synced, error FROM old_source"
        )


@contextmanager
def _set_aside(connection: sqlite3.Connection, *tables: str) -> Iterator[None]:
    """The tables as `old_…`, so that new ones can take their names; they are gone afterwards."""
    for name in tables:
        connection.execute(f"ALTER TABLE {name} RENAME TO old_{name}")
    yield
    for name in tables:
        connection.execute(f"DROP TABLE old_{name}")


LIBRARY_KIND = Kind(
    name="library",
    application_id=LIBRARY_ID,
    schema=LIBRARY,
    remedy="Or move it away and sync again.",
    migrations=(_library_1_to_2,),
    later=("beginnings",),
)

STATE_KIND = Kind(
    name="state",
    application_id=STATE_ID,
    schema=STATE,
    remedy="Or move it away, and put a backup from beside it in its place.",
    migrations=(_state_1_to_2, _STATE_2_TO_3, _state_3_to_4),
    backups=3,
)
