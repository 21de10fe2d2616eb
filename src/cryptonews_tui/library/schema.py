"""The two schemas, as the SQL that creates them. Version n is what the first n scripts make."""

LIBRARY_ID = 0x63726E6C  # "crnl"
STATE_ID = 0x63726E73  # "crns"

VERSIONS = 32
"""Languages a story can have: an article's id is its story's id * VERSIONS + n."""

LIBRARY = (
    """
    -- A story is what the publisher's id names; its language versions are articles.
    CREATE TABLE story (
        id  INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE                -- externalId
    );

    -- One language version. Times are milliseconds since 1970, UTC. Maps and lists are JSON.
    CREATE TABLE article (
        id              INTEGER PRIMARY KEY,    -- story * VERSIONS + n: a hit tells its story
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
        sections        TEXT NOT NULL,          -- [[role, heading], ...]
        cover           TEXT NOT NULL,
        cta             TEXT NOT NULL,
        extra           TEXT NOT NULL,
        origin          TEXT NOT NULL,          -- path or URL it was last read from
        hash            BLOB NOT NULL,          -- of the bytes it was read from
        UNIQUE (story, lang)
    );

    -- Apart from the rest, so that a page of headlines touches few disk pages.
    CREATE TABLE body (
        article INTEGER PRIMARY KEY REFERENCES article (id),
        text    TEXT NOT NULL
    );

    CREATE VIEW searchable AS
        SELECT article.id, article.title, article.description, body.text AS body
        FROM article JOIN body ON body.article = article.id;

    -- Diacritics stay: folding them would make й and и one letter.
    CREATE VIRTUAL TABLE words USING fts5 (
        title, description, body,
        content = 'searchable', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 0'
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
        field   TEXT NOT NULL,
        value   TEXT NOT NULL,                  -- case folded
        label   TEXT NOT NULL,                  -- as first written
        stories BLOB NOT NULL,
        PRIMARY KEY (field, value)
    );

    -- What each source was last seen to hold. `problems` is JSON, null where there were none.
    CREATE TABLE item (
        source   TEXT NOT NULL,
        item     TEXT NOT NULL,
        stamp    TEXT NOT NULL,
        hash     BLOB,
        problems TEXT,
        PRIMARY KEY (source, item)
    ) WITHOUT ROWID;
    """,
)

STATE = (
    """
    -- The reader's marks belong to the story by the publisher's id, whatever happens to files and languages.
    -- Times are milliseconds since 1970, UTC; null: not so.
    CREATE TABLE mark (
        story   TEXT PRIMARY KEY,
        read    INTEGER,
        starred INTEGER
    ) WITHOUT ROWID;

    -- The reader's sources, in the order they were added.
    CREATE TABLE source (
        id       INTEGER PRIMARY KEY,
        name     TEXT NOT NULL UNIQUE,
        location TEXT NOT NULL UNIQUE,
        synced   INTEGER,                       -- last complete visit
        error    TEXT                           -- what went wrong last time, null if nothing did
    );
    """,
)
