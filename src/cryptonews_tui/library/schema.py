"""The two schemas, each as the SQL that creates its newest version, and the way there from every older one."""

from __future__ import annotations

LIBRARY_ID = 0x63726E6C  # "crnl"
STATE_ID = 0x63726E73  # "crns"

VERSIONS = 32
"""Languages a story can have: an article's id is its story's id * VERSIONS + n."""

LIBRARY = """
    -- A story is what the publisher's id names; its language versions are articles.
    CREATE TABLE story (
        id      INTEGER PRIMARY KEY,
        key     TEXT NOT NULL UNIQUE,           -- externalId
        arrived INTEGER NOT NULL                -- when it was first brought in
    );
    CREATE INDEX story_arrived ON story (arrived);

    -- One language version, as lists need it. Times are milliseconds since 1970, UTC. Maps and lists are JSON.
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

    -- What numbers and times are asked for, story at hand: such a question never reads the articles.
    CREATE INDEX article_updated ON article (updated, story) WHERE counts;
    CREATE INDEX article_score ON article (score, story) WHERE counts;
    CREATE INDEX article_words ON article (words, story) WHERE counts;
    CREATE INDEX article_lag ON article (updated - published, story) WHERE counts;

    -- What only the reading pane needs, compressed (see `library/packing.py`). Apart from the rest, so that a
    -- page of headlines touches few disk pages.
    CREATE TABLE body (
        article INTEGER PRIMARY KEY REFERENCES article (id),
        packed  BLOB NOT NULL
    );

    -- What bodies of a large library have in common, so that each need not hold it itself (Zstandard dictionaries).
    CREATE TABLE dictionary (
        id      INTEGER PRIMARY KEY,            -- as the packed bodies name it
        content BLOB NOT NULL
    );

    -- One row a story: the versions that count one after the other, the text by section, so that words can be
    -- looked for in a section. Diacritics stay: folding them would make й and и one letter.
    CREATE VIRTUAL TABLE words USING fts5 (
        title, description, overview, events, significance, regulation, market, outlook, author, impact, other,
        content = '', tokenize = 'unicode61 remove_diacritics 0'
    );

    -- Every visible story by time of publication: positions are dense, 0 is the oldest. Sets of stories are
    -- bitmaps of positions, so newest-first is reading a bitmap from its end.
    CREATE TABLE timeline (
        position  INTEGER PRIMARY KEY,
        story     INTEGER NOT NULL UNIQUE REFERENCES story (id),
        published INTEGER NOT NULL
    );
    CREATE INDEX timeline_published ON timeline (published);

    -- Stories whose place in `timeline` and `facet` is not up to date yet.
    CREATE TABLE pending (story INTEGER PRIMARY KEY);

    -- For each value of each field the set of positions that have it (a serialised roaring bitmap).
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

    -- The other way round, for the field that has the most values: the tags of each story, as 32-bit facet ids.
    CREATE TABLE tagged (
        story INTEGER PRIMARY KEY REFERENCES story (id),
        tags  BLOB NOT NULL
    );

    -- What each source was last seen to hold. `problems` is JSON, null where there were none.
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

    -- Articles that no source holds any more, and since when, as far as the reader wants to be told.
    CREATE TABLE gone (
        article INTEGER PRIMARY KEY REFERENCES article (id),
        since   INTEGER NOT NULL
    );

    -- Further keys of a story: those that other sources gave it, or that it had under another file name.
    CREATE TABLE alias (
        key   TEXT PRIMARY KEY,
        story INTEGER NOT NULL REFERENCES story (id)
    ) WITHOUT ROWID;
    CREATE INDEX alias_story ON alias (story);

    -- Under which key each source publishes an address, so that another source's story there is known to be the
    -- same. An empty key: under several, so that the address names no story (a home page).
    CREATE TABLE address (
        hash   BLOB NOT NULL,                   -- of what counts of the address (see `library/identity.py`)
        source TEXT NOT NULL,
        key    TEXT NOT NULL,
        PRIMARY KEY (hash, source)
    ) WITHOUT ROWID;
"""

STATE = """
    -- The reader's marks belong to the story by the publisher's id, whatever happens to files and languages.
    -- Times are milliseconds since 1970, UTC; null: not so.
    CREATE TABLE mark (
        story   TEXT PRIMARY KEY,
        read    INTEGER,
        starred INTEGER,
        note    TEXT                            -- the reader's own words
    ) WITHOUT ROWID;

    -- The reader's sources, in the order they were added.
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

    -- What came of the last visits to each source.
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

    -- Queries that have a name, in the reader's order.
    CREATE TABLE view (
        name     TEXT PRIMARY KEY,
        query    TEXT NOT NULL,
        key      TEXT,                          -- that opens it
        position INTEGER NOT NULL
    ) WITHOUT ROWID;

    -- What was asked, and when last.
    CREATE TABLE asked (
        query TEXT PRIMARY KEY,
        time  INTEGER NOT NULL
    ) WITHOUT ROWID;

    -- When the reader last left: what came later is new. One row at most.
    CREATE TABLE visit (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        left INTEGER NOT NULL
    );

    -- Where the reader stopped in a story. What is counted does not depend on how wide the lines are.
    CREATE TABLE place (
        story    TEXT PRIMARY KEY,
        lang     TEXT NOT NULL,
        section  INTEGER NOT NULL,              -- -1: the lines above the text
        block    INTEGER NOT NULL,              -- in the section
        fraction REAL NOT NULL,                 -- of the block
        time     INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX place_time ON place (time);

    -- What a story that is marked read said when it was last read, compressed.
    CREATE TABLE read_text (
        story  TEXT NOT NULL,
        lang   TEXT NOT NULL,
        packed BLOB NOT NULL,
        time   INTEGER NOT NULL,
        UNIQUE (story, lang)
    );
    CREATE INDEX read_text_time ON read_text (time);
"""
