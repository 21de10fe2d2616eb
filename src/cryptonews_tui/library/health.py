"""What the two files are like: whether they are whole and in step, how large, and what their articles lack.

Looking changes nothing. `rebuild` and `vacuum` do, and are only called when the reader asks for it.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from pathlib import Path

from pyroaring import BitMap

from cryptonews_tui import wording
from cryptonews_tui.article import Problem
from cryptonews_tui.library import facets, indexing
from cryptonews_tui.library.database import (
    SEE_DOCTOR,
    UNREADABLE,
    DatabaseError,
    Kind,
    backups,
    beside,
    connect,
    explained,
    has_schema,
    look,
    may_write,
    recognise,
    result_code,
    transaction,
    understood,
)
from cryptonews_tui.library.migrations import LIBRARY_KIND, STATE_KIND
from cryptonews_tui.library.packing import Packing, unpack_text
from cryptonews_tui.library.schema import VERSIONS
from cryptonews_tui.safety import clean_line
from cryptonews_tui.sections import SHIPPED, Roles
from cryptonews_tui.translation import N_, _

_SAID = 3
"""So many of many like complaints are said."""
_FEW = 20
"""Of fewer articles it means nothing that they have something in common."""


@dataclass(slots=True)
class Checkup:
    """What was found of one file. It is well if nothing is `damaged` and nothing `stale`."""

    name: str
    path: Path
    there: bool = True
    shared: bool = False
    damaged: list[str] = field(default_factory=list)
    """What cannot be trusted, each a sentence."""
    stale: list[str] = field(default_factory=list)
    """What does not follow from the articles, though it should; `rebuild` mends it."""
    notes: list[str] = field(default_factory=list)
    size: int = 0
    """Bytes of the file and what SQLite keeps beside it."""
    unused: int = 0
    """Bytes of the file that hold nothing."""
    tables: dict[str, int] = field(default_factory=dict)
    """Bytes by table with its indexes, largest first; empty where SQLite cannot tell."""
    counts: dict[str, int] = field(default_factory=dict)
    languages: dict[str, int] = field(default_factory=dict)
    """Articles by language, most first."""
    bodies: tuple[int, int] | None = None
    """Bytes of all bodies: as they are kept, and unpacked."""
    problems: list[tuple[str, Problem]] = field(default_factory=list)
    """What was wrong with items when they were last read, by source."""
    constant: dict[str, object] = field(default_factory=dict)
    """The fields of front matter that are the same in all articles; None: none of them has it."""
    backups: list[Path] = field(default_factory=list)
    refused: bool = False
    """Whether it is no file of ours, or of a newer version: what is wrong says what to do."""

    @property
    def well(self) -> bool:
        return not (self.damaged or self.stale)


def check_library(path: Path, roles: Roles = SHIPPED) -> Checkup:
    """Everything that can be found out about the library at `path`, whose sections should have these roles."""
    checkup = Checkup("library", path)
    with _examined(checkup, LIBRARY_KIND) as connection:
        if connection is None:
            return checkup
        for part in (
            _check_structure,
            _check_texts,
            _check_words,
            _check_relevance,
            _check_articles,
            partial(_check_sections, roles=roles),
            _check_counting,
            _check_names,
            _check_timeline,
            _check_facets,
            _check_tags,
            _check_bodies,
            _measure,
            _count_articles,
            _list_problems,
            _find_constants,
        ):
            with _noted(checkup):
                part(connection, checkup)
        return checkup


def check_state(path: Path) -> Checkup:
    """Everything that can be found out about the state at `path`."""
    checkup = Checkup("state", path)
    with _examined(checkup, STATE_KIND) as connection:
        if connection is None:
            return checkup
        for part in (
            _check_structure,
            _check_texts,
            _check_belongings,
            _check_texts_read,
            _measure,
            _count_belongings,
        ):
            with _noted(checkup):
                part(connection, checkup)
        checkup.backups = backups(path)
        return checkup


def rebuild(path: Path, roles: Roles = SHIPPED) -> None:
    """Make all of a library anew that follows from its articles, and its indexes; all or nothing.

    `roles` tell what sections are for.
    """
    with (
        closing(connect(path, LIBRARY_KIND)) as connection,
        understood(path, LIBRARY_KIND),
        transaction(connection),
    ):
        connection.execute("REINDEX")
        indexing.rebuild(connection, roles)


def vacuum(checkup: Checkup) -> int:
    """Give back the room that nothing in a sound file uses; the bytes it has then."""
    kind = LIBRARY_KIND if checkup.name == "library" else STATE_KIND
    with closing(connect(checkup.path, kind)) as connection, explained(checkup.path, kind):
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return size(checkup.path)


def size(path: Path) -> int:
    """Bytes of a database with what SQLite keeps beside it."""
    files = (path, beside(path, "-wal"), beside(path, "-shm"))
    return sum(os.path.getsize(file) for file in files if os.path.exists(file))


@contextmanager
def _examined(checkup: Checkup, kind: Kind) -> Iterator[sqlite3.Connection | None]:
    """The file opened for looking; None if there is nothing to look at, which is noted."""
    path = checkup.path
    if not os.path.lexists(path):
        checkup.there = False
        yield None
        return
    checkup.size = size(path)
    try:
        opened = look(path, kind)
    except DatabaseError as error:
        checkup.damaged.append(_refusal(checkup, error))
        yield None
        return
    with closing(opened.connection) as connection:
        checkup.shared = opened.shared
        try:
            with explained(path, kind):
                version = recognise(connection, path, kind)
        except DatabaseError as error:
            checkup.damaged.append(_refusal(checkup, error))
            yield None
            return
        if version == kind.newest:
            yield connection
            return
        if version:
            checkup.notes.append(
                _("it is of version {version} and becomes version {newest} when it is next used").format(
                    version=version, newest=kind.newest
                )
            )
            with _noted(checkup):
                _check_structure(connection, checkup)
        else:
            checkup.notes.append(_("it is empty"))
        yield None


@contextmanager
def _noted(checkup: Checkup) -> Iterator[None]:
    """What cannot be looked at is damage."""
    try:
        yield
    except (sqlite3.DatabaseError, *UNREADABLE) as error:
        sentence = _("a part of it cannot be read: {plainly}").format(plainly=_plainly(error))
        if sentence not in checkup.damaged:
            checkup.damaged.append(sentence)


def _refusal(checkup: Checkup, error: DatabaseError) -> str:
    """What was said of a file that cannot be opened, without the advice to come here."""
    sentence, advised, remedy = str(error).partition(f"; {_(SEE_DOCTOR)}")
    checkup.refused = not advised
    return f"{sentence}. {remedy}" if advised else sentence


def _plainly(error: Exception) -> str:
    """What is wrong, without the bytes that are."""
    if isinstance(error, sqlite3.DatabaseError):
        return _("a text is no text any more") if "UTF-8" in str(error) else clean_line(str(error), 200)
    return _("a value makes no sense")


def _check_structure(connection: sqlite3.Connection, checkup: Checkup) -> None:
    rows = connection.execute("PRAGMA integrity_check").fetchall()
    found = [line for (text,) in rows for line in text.splitlines() if not line.startswith("*** in ")]
    if found != ["ok"]:
        checkup.damaged += _shortened(found)
    page = connection.execute("PRAGMA page_size").fetchone()[0]
    if checkup.path.stat().st_size % page:
        checkup.damaged.append(_("its end is missing"))
    strays = [
        _("{table} {row} belongs to no {parent}").format(table=table, row=row, parent=parent)
        for table, row, parent, key in connection.execute("PRAGMA foreign_key_check")
        if table not in _DERIVED  # which can be made anew, or done without
    ]
    checkup.damaged += _shortened(strays)
    kind = LIBRARY_KIND if checkup.name == "library" else STATE_KIND
    if recognise(connection, checkup.path, kind) == kind.newest and not has_schema(connection, kind):
        checkup.damaged.append(_("its tables are not those that cryptonews makes"))


def _check_texts(connection: sqlite3.Connection, checkup: Checkup) -> None:
    """Texts that are no UTF-8 are found by reading them."""
    for table in _OWN_TABLES[checkup.name]:
        for row in connection.execute(f"SELECT * FROM {table}"):
            del row


def _check_words(connection: sqlite3.Connection, checkup: Checkup) -> None:
    story = "SELECT story FROM article WHERE counts"
    _complain(
        connection,
        checkup.stale,
        (
            N_("{count} stories are missing in the index of words"),
            f"({story} EXCEPT SELECT id FROM words_docsize)",
        ),
        (
            N_("{count} entries of the index of words have no story"),
            f"(SELECT id FROM words_docsize EXCEPT {story})",
        ),
    )
    if not may_write(checkup.path):
        checkup.notes.append(
            _("the inside of the index of words can only be checked by who may write to the file")
        )
        return
    # A command to FTS5 looks like a change.
    with closing(sqlite3.connect(checkup.path, isolation_level=None)) as writing:
        for (table,) in connection.execute(
            "SELECT name FROM sqlite_schema WHERE name IN ('words', 'beginnings')"
        ):
            try:
                writing.execute("BEGIN IMMEDIATE")
                writing.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")
            except sqlite3.DatabaseError as error:
                if result_code(error) == sqlite3.SQLITE_BUSY:
                    checkup.notes.append(_("the index of words was not checked: another program is writing"))
                else:
                    checkup.stale.append(
                        _("the index of words ({table}) is damaged ({error})").format(
                            table=table, error=error
                        )
                    )
            if writing.in_transaction:
                writing.execute("ROLLBACK")


def _check_relevance(connection: sqlite3.Connection, checkup: Checkup) -> None:
    """What FTS5 reckons relevance from and does not check itself: lengths of columns, as varints, and averages."""
    lengths = (length for (length,) in connection.execute("SELECT sz FROM words_docsize"))
    odd = sum(
        sum(byte < 0x80 for byte in length) != len(indexing.COLUMNS) or length[-1] >= 0x80
        for length in lengths
    )
    if odd:
        checkup.stale.append(
            _("of {count} stories it is not known how long they are").format(count=wording.number(odd))
        )
    for (title,) in connection.execute("SELECT title FROM article WHERE counts LIMIT 1").fetchall():
        for word in re.findall(r"[^\W_]+", title)[:1]:
            try:
                connection.execute(
                    "SELECT bm25(words) FROM words WHERE words MATCH ?", (f'"{word}"',)
                ).fetchone()
            except sqlite3.DatabaseError as error:
                checkup.stale.append(
                    _("it cannot be told which stories are the most relevant ({error})").format(error=error)
                )


def _check_counting(connection: sqlite3.Connection, checkup: Checkup) -> None:
    _complain(
        connection,
        checkup.stale,
        (
            N_("{count} articles count that should not, or the other way round"),
            """
            (SELECT 1 FROM article WHERE counts IS NOT
                (draft = (SELECT min(draft) FROM article AS version WHERE version.story = article.story)))
            """,
        ),
    )
    _complain(
        connection,
        checkup.damaged,
        (N_("{count} articles have no text"), "(SELECT id FROM article EXCEPT SELECT article FROM body)"),
    )


def _check_names(connection: sqlite3.Connection, checkup: Checkup) -> None:
    _complain(
        connection,
        checkup.stale,
        (
            N_("{count} items of sources lead to no article"),
            "item WHERE article IS NOT NULL AND article NOT IN (SELECT id FROM article)",
        ),
        (
            N_("{count} articles are said to be gone that are not there, or that a source holds"),
            """
            gone WHERE article NOT IN (SELECT id FROM article)
                OR article IN (SELECT article FROM item WHERE article IS NOT NULL)
            """,
        ),
        (
            N_("{count} further keys lead to no story, or are the key of one"),
            "alias WHERE story NOT IN (SELECT id FROM story) OR key IN (SELECT key FROM story)",
        ),
    )


def _check_timeline(connection: sqlite3.Connection, checkup: Checkup) -> None:
    stories = "SELECT story FROM article WHERE counts"
    _complain(
        connection,
        checkup.stale,
        (
            N_("{count} stories are missing in the timeline"),
            f"({stories} EXCEPT SELECT story FROM timeline EXCEPT SELECT story FROM pending)",
        ),
        (
            N_("{count} places in the timeline belong to no story"),
            f"(SELECT story FROM timeline EXCEPT {stories})",
        ),
        (
            N_("{count} stories stand twice in the timeline"),
            "(SELECT story FROM timeline NOT INDEXED GROUP BY story HAVING count(*) > 1)",
        ),
        (
            N_("{count} stories have another time in the timeline"),
            """
            (SELECT story FROM timeline JOIN
                (SELECT story, max(published) AS latest FROM article WHERE counts GROUP BY story) USING (story)
             WHERE published != latest AND story NOT IN (SELECT story FROM pending))
            """,
        ),
        (
            N_("{count} places in the timeline are not in order"),
            """
            timeline AS one JOIN timeline AS next ON next.position = one.position + 1
            WHERE (next.published, next.story) < (one.published, one.story)
            """,
        ),
        (
            N_("{count} places in the timeline follow on none"),
            "timeline WHERE position > 0 AND position - 1 NOT IN (SELECT position FROM timeline)",
        ),
    )
    waiting = connection.execute("SELECT count(*) FROM pending").fetchone()[0]
    if waiting:
        checkup.notes.append(
            _("{count} stories wait to be put into lists; the next sync does it").format(
                count=wording.number(waiting)
            )
        )


def _check_facets(connection: sqlite3.Connection, checkup: Checkup) -> None:
    settled = connection.execute(
        "SELECT position, story FROM timeline WHERE story NOT IN (SELECT story FROM pending)"
    ).fetchall()
    expected: defaultdict[tuple[str, str], BitMap] = defaultdict(BitMap)
    for position, name, value, *_rest in facets.facts(connection, settled):
        expected[name, value].add(position)
    waiting = BitMap(p for (p,) in connection.execute("SELECT position FROM timeline"))
    everything = waiting.copy()
    waiting -= BitMap(position for position, story in settled)
    wrong = []
    for name, value, number, blob in connection.execute("SELECT field, value, count, stories FROM facet"):
        try:
            stories = BitMap.deserialize(blob)
        except (ValueError, TypeError):
            wrong.append(
                _("the set of stories with {name} “{value}” cannot be read").format(name=name, value=value)
            )
            continue
        if (
            stories - waiting != expected.pop((name, value), BitMap())
            or number != len(stories)
            or not stories <= everything
        ):
            wrong.append(
                _("the stories with {name} “{value}” are others, or their number is").format(
                    name=name, value=value
                )
            )
    wrong += [
        _("it is not known which stories have {name} “{value}”").format(name=name, value=value)
        for name, value in expected
    ]
    checkup.stale += _shortened(wrong)


def _check_tags(connection: sqlite3.Connection, checkup: Checkup) -> None:
    numbers = dict(connection.execute("SELECT value, id FROM facet WHERE field = 'tag'").fetchall())
    rows = connection.execute(
        """
        SELECT article.story, article.tags, tagged.tags FROM article LEFT JOIN tagged USING (story)
        WHERE counts AND article.story NOT IN (SELECT story FROM pending) ORDER BY article.story
        """
    )
    wrong = 0
    for _story, grouped in groupby(rows, lambda row: row[0]):
        versions = list(grouped)
        expected = {
            numbers.get(tag.casefold()) for *rest, tags, listed in versions for tag in json.loads(tags)
        }
        try:
            wrong += set(array("I", versions[0][2])) != expected
        except (ValueError, TypeError):
            wrong += 1
    if wrong:
        checkup.stale.append(
            _("{count} stories are listed with other tags than they have").format(count=wording.number(wrong))
        )
    _complain(
        connection,
        checkup.stale,
        (
            N_("{count} stories are listed with tags that are no stories"),
            "(SELECT story FROM tagged EXCEPT SELECT story FROM article)",
        ),
    )


_DERIVED = ("timeline", "tagged", "gone", "alias")
_OWN_TABLES = {
    "library": (
        *("story", "article", "timeline", "facet", "tagged"),
        *("item", "gone", "alias", "address"),
    ),
    "state": ("mark", "source", "outcome", "view", "asked", "visit", "place", "read_text"),
}

# What Python has to understand of a row, apart from numbers
UNDERSTOOD = """
    typeof(lang) = 'text' AND typeof(title) = 'text' AND typeof(description) = 'text'
    AND typeof(publisher_key) = 'text' AND typeof(publisher_name) = 'text' AND typeof(publisher_type) = 'text'
    AND typeof(category) = 'text' AND typeof(origin) = 'text' AND typeof(hash) = 'blob'
    AND typeof(publisher_url) IN ('text', 'null') AND typeof(canonical_url) IN ('text', 'null')
    AND typeof(score) IN ('real', 'null')
    AND typeof(published) = 'integer' AND abs(published) < 62135596800000
    AND typeof(updated) = 'integer' AND abs(updated) < 62135596800000
    AND typeof(sticky) = 'integer' AND draft IN (0, 1) AND image IN (0, 1) AND typeof(words) = 'integer'
    AND typeof(written) = 'integer' AND coalesce(sentiment, 'NEUTRAL') IN ('POSITIVE', 'NEGATIVE', 'NEUTRAL')
    AND json_valid(tags) AND json_valid(sections) AND (ai IS NULL OR json_valid(ai))
"""


_STATE_UNDERSTOOD = {
    "mark": "typeof(story) = 'text' AND typeof(read) IN ('integer', 'null')"
    " AND typeof(starred) IN ('integer', 'null') AND typeof(note) IN ('text', 'null')",
    "source": "typeof(name) = 'text' AND typeof(location) = 'text'"
    " AND typeof(synced) IN ('integer', 'null') AND typeof(error) IN ('text', 'null')"
    " AND enabled IN (0, 1) AND history IN (0, 1) AND policy IN ('keep', 'mark', 'remove')"
    " AND typeof(minutes) IN ('integer', 'null') AND typeof(due) IN ('integer', 'null')"
    " AND typeof(failures) = 'integer' AND typeof(languages) = 'text'"
    " AND (problems IS NULL OR json_valid(problems))",
    "outcome": "typeof(time) = 'integer' AND typeof(seconds) = 'real' AND typeof(received) = 'integer'"
    " AND typeof(seen) = 'integer' AND typeof(added) = 'integer' AND typeof(updated) = 'integer'"
    " AND typeof(removed) = 'integer' AND typeof(problems) = 'integer' AND typeof(error) IN ('text', 'null')",
    "view": "typeof(name) = 'text' AND typeof(query) = 'text' AND typeof(key) IN ('text', 'null')",
    "asked": "typeof(query) = 'text' AND typeof(time) = 'integer'",
    "visit": "typeof(\"left\") = 'integer'",
    "place": "typeof(story) = 'text' AND typeof(lang) = 'text' AND typeof(time) = 'integer'"
    " AND typeof(section) = 'integer' AND section >= -1 AND typeof(block) = 'integer' AND block >= 0"
    " AND typeof(fraction) = 'real' AND fraction BETWEEN 0 AND 1",
    "read_text": "typeof(story) = 'text' AND typeof(lang) = 'text' AND typeof(packed) = 'blob'"
    " AND typeof(time) = 'integer'",
}


def _check_belongings(connection: sqlite3.Connection, checkup: Checkup) -> None:
    for table, sound in _STATE_UNDERSTOOD.items():
        _complain(
            connection,
            checkup.damaged,
            (
                N_("{count} rows of {table} have something in them that cannot be"),
                f"{table} WHERE NOT ({sound})",
            ),
            table=table,
        )


def _check_texts_read(connection: sqlite3.Connection, checkup: Checkup) -> None:
    lost = []
    for story, lang, packed in connection.execute("SELECT story, lang, packed FROM read_text"):
        try:
            unpack_text(packed)
        except UNREADABLE:
            lost.append(
                _("the text of story {story} ({lang}) as it was read cannot be read").format(
                    story=story, lang=lang
                )
            )
    checkup.damaged += _shortened(lost)


def _check_articles(connection: sqlite3.Connection, checkup: Checkup) -> None:
    _complain(
        connection,
        checkup.damaged,
        (N_("{count} articles have something in them that cannot be"), f"article WHERE NOT ({UNDERSTOOD})"),
        (
            N_("{count} articles belong to another story than their numbers say"),
            f"article WHERE id / {VERSIONS} != story",
        ),
    )


def _check_sections(connection: sqlite3.Connection, checkup: Checkup, roles: Roles) -> None:
    others = 0
    # From 3.12 on a row that cannot be read would be kept by a generator within another, and hold the file open.
    for (sections,) in connection.execute("SELECT sections FROM article"):
        others += any(role != roles.of(heading) for role, heading, *_rest in json.loads(sections))
    if others:
        checkup.stale.append(
            _("{count} articles have sections with other roles than their headings tell").format(
                count=wording.number(others)
            )
        )


def _check_bodies(connection: sqlite3.Connection, checkup: Checkup) -> None:
    kept = whole = 0
    lost = []
    packing = Packing(connection)
    for article, packed in connection.execute("SELECT article, packed FROM body"):
        try:
            kept += len(packed)
            whole += len(packing.unpack(packed).body.encode())
        except UNREADABLE:
            row = connection.execute(
                "SELECT key, lang, origin FROM article JOIN story ON story.id = story WHERE article.id = ?",
                (article,),
            ).fetchone()
            story, lang, origin = row or "???"
            lost.append(
                _("the text of story {story} ({lang}, from {origin}) cannot be read").format(
                    story=story, lang=lang, origin=origin
                )
            )
    checkup.damaged += _shortened(lost)
    checkup.bodies = (kept, whole)


def _measure(connection: sqlite3.Connection, checkup: Checkup) -> None:
    free, page = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("freelist_count", "page_size")
    )
    checkup.unused = free * page
    owners = connection.execute("SELECT name, tbl_name FROM sqlite_schema").fetchall()
    virtual = [name for name, _ in owners if name in ("words", "beginnings")]
    try:
        pages = connection.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name").fetchall()
    except sqlite3.OperationalError as error:
        if result_code(error) != sqlite3.SQLITE_ERROR:
            raise
        return  # an SQLite that was built without it
    tables = dict(owners)
    sizes: Counter[str] = Counter()
    for name, used in pages:
        table = tables.get(name, name)
        sizes[next((v for v in virtual if table.startswith(f"{v}_")), table)] += used
    checkup.tables = dict(sizes.most_common())


def _count_articles(connection: sqlite3.Connection, checkup: Checkup) -> None:
    for name in ("story", "article"):
        checkup.counts[name] = connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
    for lang, number in connection.execute(
        "SELECT lang, count(*) FROM article GROUP BY lang ORDER BY count(*) DESC, lang"
    ):
        checkup.languages[lang] = number


def _count_belongings(connection: sqlite3.Connection, checkup: Checkup) -> None:
    for what, sql in (
        ("read", "SELECT count(read) FROM mark"),
        ("starred", "SELECT count(starred) FROM mark"),
        ("note", "SELECT count(note) FROM mark"),
        ("source", "SELECT count(*) FROM source"),
        ("view", "SELECT count(*) FROM view"),
        ("query", "SELECT count(*) FROM asked"),
        ("place", "SELECT count(*) FROM place"),
        ("text", "SELECT count(*) FROM read_text"),
    ):
        checkup.counts[what] = connection.execute(sql).fetchone()[0]


def _list_problems(connection: sqlite3.Connection, checkup: Checkup) -> None:
    for source, item, problems in connection.execute(
        "SELECT source, item, problems FROM item WHERE problems IS NOT NULL ORDER BY source, item"
    ):
        for line, message in json.loads(problems):
            checkup.problems.append((source, Problem(item, line, message)))


# Field of front matter → what is there of it, null where nothing is
_FIELDS = {
    "description": "nullif(description, '')",
    "lang": "lang",
    "source": "publisher_name",
    "category": "nullif(category, '')",
    "tags": "nullif(tags, '[]')",
    "sentiment": "sentiment",
    "score": "score",
    "stickyWeight": "nullif(sticky, 0)",
    "draft": "nullif(draft, 0)",
    "canonicalUrl": "canonical_url",
    "ai": "ai",
    "coverImage": "nullif(image, 0)",
}


def _find_constants(connection: sqlite3.Connection, checkup: Checkup) -> None:
    measured = ", ".join(f"min({value}), max({value}), count({value})" for value in _FIELDS.values())
    number, *found = connection.execute(f"SELECT count(*), {measured} FROM article").fetchone()
    if number < _FEW:
        return
    for name, least, most, filled in zip(_FIELDS, found[::3], found[1::3], found[2::3], strict=True):
        if least == most and filled in (0, number):
            checkup.constant[name] = least


def _complain(
    connection: sqlite3.Connection, to: list[str], *complaints: tuple[str, str], table: str = ""
) -> None:
    """Say how many of what should not be there at all."""
    for what, rows in complaints:
        number = connection.execute(f"SELECT count(*) FROM {rows}").fetchone()[0]
        if number:
            to.append(_(what).format(count=wording.number(number), table=table))


def _shortened(complaints: list[str]) -> list[str]:
    rest = len(complaints) - _SAID
    return (
        complaints
        if rest <= 0
        else [*complaints[:_SAID], _("… and {rest} more of the kind").format(rest=wording.number(rest))]
    )
