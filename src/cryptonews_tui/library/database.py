"""Opening a database file of ours: recognised, migrated, or refused with a sentence and left as it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

BUSY_SECONDS = 10.0
"""How long a statement waits for another program's write."""


class DatabaseError(Exception):
    """A database that cannot be used. The message says which file, what is wrong with it, and what to do."""


def connect(path: Path, what: str, application_id: int, scripts: Sequence[str]) -> sqlite3.Connection:
    """Open (or create) the database at `path` at its newest schema, in WAL mode, in autocommit.

    `what` names it in messages. Raises `DatabaseError`; a file that is refused is not altered.
    """
    prepare(path, what, application_id, scripts)
    with explained(path, what):
        return _open(path)


def prepare(path: Path, what: str, application_id: int, scripts: Sequence[str]) -> None:
    """Create or migrate the database at `path`, if need be."""
    with explained(path, what):
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise DatabaseError(
                f"cannot make the folder for the {what} at {path}: {error.strerror}"
            ) from None
        connection = _open(path)
        try:
            version = _recognise(connection, path, what, application_id, len(scripts))
            if version < len(scripts):
                _migrate(connection, application_id, scripts)
        finally:
            connection.close()


@contextmanager
def explained(path: Path, what: str) -> Iterator[None]:
    """Turn SQLite's errors that a user can mend into sentences; bugs stay bugs."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        reason = {
            sqlite3.SQLITE_BUSY: "another program is writing to it; try again in a moment",
            sqlite3.SQLITE_LOCKED: "another program is writing to it; try again in a moment",
            sqlite3.SQLITE_CANTOPEN: "it cannot be opened; check that the folder exists and may be written to",
            sqlite3.SQLITE_READONLY: "it may not be written to; check its permissions or name another file",
            sqlite3.SQLITE_PERM: "it may not be used; check its permissions or name another file",
            sqlite3.SQLITE_FULL: "the disk is full; make room and try again",
            sqlite3.SQLITE_IOERR: "the disk reports an error; check it, then try again",
            sqlite3.SQLITE_CORRUPT: "it is damaged; move it away and start again, or restore a copy",
            sqlite3.SQLITE_NOTADB: "it is not a database; name another file",
        }.get(code)
        if reason is None:
            raise
        raise DatabaseError(f"the {what} at {path}: {reason}") from error


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing, and the lock taken at the start so that it cannot fail half-way."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous = NORMAL")  # with WAL: safe for the file
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _recognise(
    connection: sqlite3.Connection, path: Path, what: str, application_id: int, newest: int
) -> int:
    """The schema version of the file; refuses what is not ours or newer than we are."""
    found_id = connection.execute("PRAGMA application_id").fetchone()[0]
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if (
        found_id == 0
        and version == 0
        and connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0
    ):
        return 0
    if found_id != application_id:
        raise DatabaseError(f"{path} is not a cryptonews {what}; it was left as it is. Name another file.")
    if version > newest:
        raise DatabaseError(
            f"the {what} at {path} was made by a newer cryptonews; update this one, or name another file."
        )
    return version


def _migrate(connection: sqlite3.Connection, application_id: int, scripts: Sequence[str]) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    with transaction(connection):
        # Looked up again under the lock: another program may have migrated in the meantime.
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        for script in scripts[version:]:
            for statement in _statements(script):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {application_id}")
        connection.execute(f"PRAGMA user_version = {len(scripts)}")


def _statements(script: str) -> Iterator[str]:
    # `executescript` would commit; this keeps all of a migration in one transaction.
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
