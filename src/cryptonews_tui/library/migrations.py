"""The two kinds of databases, and how each comes to its newest version from every older one.

A step is run inside one transaction with the others. What the last one makes must equal a fresh database to the
letter; so tables are set aside, made anew and filled. When a schema changes again, the text that a step makes here
has to be kept as it was.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby

from cryptonews_tui.library.database import Kind, run
from cryptonews_tui.library.schema import LIBRARY, LIBRARY_ID, STATE, STATE_ID
from cryptonews_tui.translation import N_


def _library_1_to_2(connection: sqlite3.Connection) -> None:
    """Bodies packed; words by section, one row a story; what is asked for in numbers has an index."""
    from cryptonews_tui.library.indexing import Indexer, spans, version
    from cryptonews_tui.library.packing import Packing
    from cryptonews_tui.sections import split

    connection.execute("DROP TABLE words")
    connection.execute("DROP VIEW searchable")
    for name in ("timeline", "pending", "facet"):
        connection.execute(f"DROP TABLE {name}")
    with _set_aside(connection, "story", "article", "body", "item"):
        run(connection, _LIBRARY_2)
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


def _library_2_to_3(connection: sqlite3.Connection) -> None:
    """Items know their article; articles can be gone, stories can have several keys."""
    from cryptonews_tui.library.facets import bring_up_to_date
    from cryptonews_tui.library.identity import list_addresses
    from cryptonews_tui.library.indexing import grow

    with _set_aside(connection, "item"):
        run(connection, _LIBRARY_2_TO_3)
        connection.execute("CREATE INDEX by_hash ON article (hash)")
        connection.execute(
            """
            INSERT INTO item (source, item, stamp, hash, problems, article)
            SELECT source, item, stamp, hash, problems,
                   (SELECT min(id) FROM article WHERE article.hash = old_item.hash)
            FROM old_item
            """
        )
        connection.execute("DROP INDEX by_hash")
        # Of two texts of a story one was kept. What leads to it is found out where the other is read again.
        connection.execute(
            """
            UPDATE item SET hash = NULL, stamp = iif(stamp = '', '', '?' || stamp)
            WHERE article IS NULL AND (hash IS NOT NULL OR item = '' AND source IN (
                SELECT source FROM item WHERE article IS NULL AND hash IS NOT NULL))
            """
        )
    list_addresses(connection)
    bring_up_to_date(connection)  # the steps before have left that to this one
    grow(connection)


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


# The schemas that steps lead to, as they were

_LIBRARY_2 = """
    CREATE TABLE story (
        id      INTEGER PRIMARY KEY,
        key     TEXT NOT NULL UNIQUE,           -- externalId
        arrived INTEGER NOT NULL                -- when it was first brought in
    );
    CREATE INDEX story_arrived ON story (arrived);

    CREATE TABLE article (
        id              INTEGER PRIMARY KEY,    -- story * VERSIONS + n
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
        sentiment       TEXT,                   -- null: unrated
        score           REAL,
        sticky          INTEGER NOT NULL,
        draft           INTEGER NOT NULL,
        canonical_url   TEXT,
        ai              TEXT,
        sections        TEXT NOT NULL,          -- [[role, heading, start, end], ...] of the body
        image           INTEGER NOT NULL,       -- whether it names a cover
        words           INTEGER NOT NULL,       -- in the body
        origin          TEXT NOT NULL,          -- path or URL it was last read from
        hash            BLOB NOT NULL,          -- of the bytes it was read from
        written         INTEGER NOT NULL,       -- when this text was brought in
        counts          INTEGER NOT NULL,       -- 0: a draft of a story that has published versions
        UNIQUE (story, lang)
    );

    CREATE INDEX article_updated ON article (updated, story) WHERE counts;
    CREATE INDEX article_score ON article (score, story) WHERE counts;
    CREATE INDEX article_words ON article (words, story) WHERE counts;
    CREATE INDEX article_lag ON article (updated - published, story) WHERE counts;

    CREATE TABLE body (
        article INTEGER PRIMARY KEY REFERENCES article (id),
        packed  BLOB NOT NULL
    );

    CREATE TABLE dictionary (
        id      INTEGER PRIMARY KEY,            -- as the packed bodies name it
        content BLOB NOT NULL
    );

    CREATE VIRTUAL TABLE words USING fts5 (
        title, description, overview, events, significance, regulation, market, outlook, author, impact, other,
        content = '', tokenize = 'unicode61 remove_diacritics 0'
    );

    CREATE TABLE timeline (
        position  INTEGER PRIMARY KEY,
        story     INTEGER NOT NULL UNIQUE REFERENCES story (id),
        published INTEGER NOT NULL
    );
    CREATE INDEX timeline_published ON timeline (published);

    CREATE TABLE pending (story INTEGER PRIMARY KEY);

    CREATE TABLE facet (
        id      INTEGER PRIMARY KEY,
        field   TEXT NOT NULL,
        value   TEXT NOT NULL,                  -- case folded
        label   TEXT NOT NULL,                  -- as first written
        count   INTEGER NOT NULL,               -- of positions
        stories BLOB NOT NULL,
        UNIQUE (field, value)
    );
    CREATE INDEX facet_count ON facet (field, count DESC, value);

    CREATE TABLE tagged (
        story INTEGER PRIMARY KEY REFERENCES story (id),
        tags  BLOB NOT NULL
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

_LIBRARY_2_TO_3 = """
    CREATE TABLE item (
        source   TEXT NOT NULL,
        item     TEXT NOT NULL,
        stamp    TEXT NOT NULL,
        hash     BLOB,
        problems TEXT,
        article  INTEGER,                       -- null: none ever came of it
        PRIMARY KEY (source, item)
    ) WITHOUT ROWID;
    CREATE INDEX item_article ON item (article) WHERE article IS NOT NULL;

    CREATE TABLE gone (
        article INTEGER PRIMARY KEY REFERENCES article (id),
        since   INTEGER NOT NULL
    );

    CREATE TABLE alias (
        key   TEXT PRIMARY KEY,
        story INTEGER NOT NULL REFERENCES story (id)
    ) WITHOUT ROWID;
    CREATE INDEX alias_story ON alias (story);

    CREATE TABLE address (
        hash   BLOB NOT NULL,                   -- of what counts of the address (see `library/identity.py`)
        source TEXT NOT NULL,
        key    TEXT NOT NULL,
        PRIMARY KEY (hash, source)
    ) WITHOUT ROWID;
"""

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
    name=N_("library"),
    application_id=LIBRARY_ID,
    schema=LIBRARY,
    remedy=N_("Or move it away and sync again."),
    migrations=(_library_1_to_2, _library_2_to_3),
    later=("beginnings",),
)

STATE_KIND = Kind(
    name=N_("state"),
    application_id=STATE_ID,
    schema=STATE,
    remedy=N_("Or move it away, and put a backup from beside it in its place."),
    migrations=(_state_1_to_2, _STATE_2_TO_3, _state_3_to_4),
    private=True,
    backups=3,
)
