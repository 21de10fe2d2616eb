"""A new library of what can still be read of a damaged one.

Articles, stories and texts are taken off the pages of the file; all else follows from them and is made anew. What
each source was last seen to hold is left behind, so that the next sync brings back what sources still have.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path

from cryptonews_tui.library import indexing
from cryptonews_tui.library.database import (
    UNREADABLE,
    DatabaseError,
    beside,
    connect,
    explained,
    look,
    may_write,
    result_code,
    transaction,
)
from cryptonews_tui.library.health import UNDERSTOOD
from cryptonews_tui.library.migrations import LIBRARY_KIND
from cryptonews_tui.library.packing import Packing
from cryptonews_tui.library.pages import Value, records, stamp
from cryptonews_tui.library.schema import LIBRARY_ID, VERSIONS
from cryptonews_tui.safety import clean
from cryptonews_tui.sections import SHIPPED, Roles
from cryptonews_tui.translation import _

_COLUMNS = 26
_FRAME, _DICTIONARY = b"\x28\xb5\x2f\xfd", b"\x37\xa4\x30\xec"
"""What Zstandard begins its frames and its dictionaries with."""
_OF_FTS5 = "version"
"""Of its settings FTS5 keeps one that looks like a story."""
_PROVENANCE = {"rewritten", "expandedAt", "version", "translatedFrom"}


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What came of it: how many articles are in the new library, how many are known to be lost."""

    saved: int
    lost: int
    kept: Path
    """Where the damaged library is now."""


def salvage(path: Path, roles: Roles = SHIPPED) -> Salvaged:
    """Put a new library in the place of the damaged one at `path`, which is kept beside it.

    `roles` tell what sections are for. Raises `DatabaseError`, and leaves everything as it is, where nothing can be
    read of it.
    """
    ending = time.strftime(".damaged-%Y%m%d-%H%M%S")
    kept, fresh = beside(path, ending), beside(path, f"{ending}.unfinished")
    if not may_write(path):
        raise DatabaseError(
            _("the library at {path} may not be written to; check its permissions.").format(path=path)
        )
    if os.path.lexists(kept) or os.path.lexists(fresh):
        raise DatabaseError(
            _("there is a file {name} beside the library already; try again in a moment").format(
                name=kept.name
            )
        )
    _settle(path)
    try:
        with closing(connect(fresh, LIBRARY_KIND)) as connection, explained(fresh, LIBRARY_KIND):
            connection.execute("PRAGMA cache_size = -32768")
            with transaction(connection):
                known = _collect(path, connection)
                saved = _keep_sound(connection)
                if not saved:
                    raise DatabaseError(
                        _("no article can be read from {path}; it was left as it is.").format(path=path)
                    )
                indexing.rebuild(connection, roles)
        fresh.chmod(path.stat().st_mode & 0o777)
        _take_place(fresh, path, kept)
    except OSError as error:
        raise DatabaseError(
            _("the library at {path} cannot be salvaged: {reason}").format(path=path, reason=error.strerror)
        ) from error
    finally:
        for ending in ("", "-wal", "-shm"):
            beside(fresh, ending).unlink(missing_ok=True)
    # What is spoken of but once may never have been: a number can be damaged, too.
    return Salvaged(len(saved), sum(known[article] > 1 for article in known.keys() - saved), kept)


def _settle(path: Path) -> None:
    """Have SQLite put into the file what it keeps beside it, as far as it can; nobody else may have it open."""
    try:
        with closing(look(path, LIBRARY_KIND).connection) as connection:
            connection.execute("PRAGMA writable_schema = ON")  # else a file without its end is none
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except DatabaseError:
        return
    except sqlite3.DatabaseError as error:
        if result_code(error) != sqlite3.SQLITE_BUSY:
            return
    if os.path.exists(beside(path, "-shm")):  # whoever closes it last takes it away
        raise DatabaseError(
            _("another program has the library at {path} open; close it and try again.").format(path=path)
        )


def _take_place(fresh: Path, path: Path, kept: Path) -> None:
    """Move the damaged file and what is beside it out of the way, or back if the fresh one cannot come."""
    moved: list[tuple[Path, Path]] = []
    try:
        for ending in ("-wal", "-shm", ""):
            if os.path.exists(beside(path, ending)):
                beside(path, ending).rename(beside(kept, ending))
                moved.append((beside(path, ending), beside(kept, ending)))
        fresh.rename(path)
    except OSError:
        for before, now in reversed(moved):
            now.rename(before)
        raise


def _collect(path: Path, connection: sqlite3.Connection) -> Counter[int]:
    """Put what looks like ours into the tables, whether it is sound or not; how often each article is spoken of."""
    known: Counter[int] = Counter()

    def put(table: str, *row: Value, verb: str = "INSERT OR IGNORE") -> None:
        safe = [clean(value) if isinstance(value, str) else value for value in row]
        connection.execute(f"{verb} INTO {table} VALUES ({', '.join('?' * len(row))})", safe)

    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        found = stamp(data)
        if found is not None and found[0] == LIBRARY_ID and found[1] != LIBRARY_KIND.newest:
            raise DatabaseError(
                _("the library at {path} is of another version; it was left as it is.").format(path=path)
            )
        for row, values in records(data):
            match row, values:
                case int(), (None, str(), int()):
                    put("story", row, *values[1:], verb="REPLACE")
                case None, (str(key), int(story)) if (
                    key != _OF_FTS5
                ):  # the index of the keys, or a further key
                    put("story", story, key, 0)
                    put("alias", key, story)
                case int(), (None, bytes(content)) if content.startswith(_DICTIONARY):
                    put("dictionary", row, content)
                case int(), (None, bytes(content)) if content.startswith(_FRAME):
                    put("body", row, content)
                    known[row] += 1
                case int(), (None, int(story), *_) if len(values) == _COLUMNS and row // VERSIONS == story:
                    put("article", row, *values[1:])
                    known[row] += 1
                case None, (int(story), str(), int(article)) | (_, int(story), int(article)) if (
                    article // VERSIONS == story  # an index of the articles
                ):
                    known[article] += 1
    return known


def _keep_sound(connection: sqlite3.Connection) -> set[int]:
    """Take out of the tables what is no whole article; the numbers of those that are."""
    execute = connection.execute
    try:
        packing = Packing(connection)
    except UNREADABLE:
        execute("DELETE FROM dictionary")
        packing = Packing(connection)
    execute("CREATE TEMP TABLE sound (article INTEGER PRIMARY KEY)")
    for article, tags, ai, words, packed in execute(
        f"""
        SELECT article.id, tags, ai, words, packed
        FROM article JOIN body ON body.article = article.id JOIN story ON story.id = article.story
        WHERE {UNDERSTOOD}
        """
    ):
        with suppress(*UNREADABLE):
            body = packing.unpack(packed).body
            if len(body.split()) == words and _are_tags(tags) and _is_provenance(ai):
                execute("INSERT INTO sound VALUES (?)", (article,))
    execute("DELETE FROM body WHERE article NOT IN (SELECT article FROM sound)")
    execute("DELETE FROM article WHERE id NOT IN (SELECT article FROM sound)")
    execute("DELETE FROM story WHERE id NOT IN (SELECT story FROM article)")
    execute("DELETE FROM alias WHERE story NOT IN (SELECT id FROM story) OR key IN (SELECT key FROM story)")
    execute(
        "UPDATE story SET arrived = (SELECT min(written) FROM article WHERE article.story = story.id)"
        " WHERE arrived = 0"
    )
    saved = {article for (article,) in execute("SELECT article FROM sound")}
    execute("DROP TABLE sound")
    return saved


def _are_tags(tags: str) -> bool:
    found = json.loads(tags)
    return isinstance(found, list) and all(isinstance(tag, str) for tag in found)


def _is_provenance(ai: str | None) -> bool:
    return ai is None or json.loads(ai).keys() == _PROVENANCE
