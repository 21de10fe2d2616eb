"""Opening a database file of ours: recognised, migrated, or refused with a sentence and left as it is."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cryptonews_tui.files import make_folder
from cryptonews_tui.library.packing import PackingError
from cryptonews_tui.translation import N_, _

BUSY_SECONDS = 10.0
"""How long a statement waits for another program's write."""

_STEPS = 500_000_000
"""Of SQLite's machine, for one statement on somebody else's file: some ten seconds, where ours take a tenth of one."""
_LONGEST = 256 * 1024 * 1024
"""Bytes of one value in somebody else's file."""


SEE_DOCTOR = N_("`cryptonews doctor` tells more. ")

UNREADABLE = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, PackingError)
"""What taking values out of a damaged file can raise, beside SQLite's own errors."""


SQLITE = sqlite3.sqlite_version
"""The version of SQLite that Python brings."""


class DatabaseError(Exception):
    """A database that cannot be used. The message says which file, what is wrong with it, and what to do."""


Step = str | Callable[[sqlite3.Connection], None]
"""From one version of a schema to the next: SQL, or what runs it. Always inside a transaction."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What is known of all databases of one kind. `migrations[n - 1]` leads from version n to n + 1."""

    name: str
    application_id: int
    schema: str
    remedy: str
    """What to do with a damaged one, as the end of a sentence."""
    migrations: tuple[Step, ...] = ()
    later: tuple[str, ...] = ()
    """Tables that are no part of the schema, and come once the database has grown."""
    private: bool = False
    """Whether it is nobody else's business."""
    backups: int = 0
    """How many copies from before changes of the schema are kept beside the file."""

    @property
    def newest(self) -> int:
        """The version that `schema` makes."""
        return len(self.migrations) + 1


Attached = tuple[Path, Kind] | None

FileVersion = tuple[tuple[int, int, int], ...]
"""What tells one state of a file from another without opening it."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A database open for reading. `shared`: it is somebody else's, and only they can write to it."""

    path: Path
    connection: sqlite3.Connection
    shared: bool = False
    seen: FileVersion | None = None
    """Set where SQLite does not notice what others write: how the file was when it was opened."""

    def outdated(self) -> bool:
        """Whether the file must be opened again, because others have written to it."""
        return self.seen is not None and file_version(self.path) != self.seen


_BESIDE = ("-wal", "-shm", "-journal")


def connect(path: Path, kind: Kind) -> sqlite3.Connection:
    """Open (or create) the database at `path` at its newest schema, in WAL mode, in autocommit.

    Raises `DatabaseError`; a file that is refused is not altered.
    """
    with explained(path, kind):
        try:
            make_folder(path.parent)
        except OSError as error:
            raise DatabaseError(
                _("cannot make the folder for the {name} at {path}: {reason}").format(
                    name=_(kind.name), path=path, reason=error.strerror
                )
            ) from None
        if kind.private:
            _make_private(path)
        connection = _open(path)
        try:
            if recognise(connection, path, kind) < kind.newest:
                _migrate(connection, path, kind)
            if kind.private:
                _close_to_others(path)
        except BaseException:
            connection.close()
            raise
        return connection


def prepare(path: Path, kind: Kind) -> None:
    """Create or migrate the database at `path`, if need be."""
    connect(path, kind).close()


def connect_to_read(path: Path, kind: Kind, *, read_only: bool = False) -> Opened:
    """Open the database at `path` as `connect` does, or as it is if it may (or is to be) `read_only`."""
    own = not read_only and (may_write(path) or not os.path.exists(path))
    if own and not may_be_strangers(path):
        return Opened(path, connect(path, kind))
    with explained(path, kind):
        opened = Opened(path, connect(path, kind)) if own else _open_shared(path)
        try:
            _bound(opened.connection)
            version = recognise(opened.connection, path, kind)
            if version == 0:
                raise DatabaseError(
                    _("the {name} at {path} is empty, and may not be written to.").format(
                        name=_(kind.name), path=path
                    )
                )
            if version < kind.newest:
                raise DatabaseError(
                    _(
                        "the {name} at {path} was made by an older cryptonews, and you may not write to it; {owner} "
                        "must run this version on it once: cryptonews list --limit 1"
                    ).format(name=_(kind.name), path=path, owner=_owner(path))
                )
            if not _has_no_more(opened.connection, kind):
                raise DatabaseError(
                    _(
                        "the {name} at {path}: it is not as cryptonews makes it, so it is not read. "
                        "Ask {owner} to make it anew."
                    ).format(name=_(kind.name), path=path, owner=_owner(path))
                )
        except BaseException:
            opened.connection.close()
            raise
        return opened


def look(path: Path, kind: Kind) -> Opened:
    """Open the database at `path` as it is, whatever version it has: nothing is made, changed or written."""
    with explained(path, kind):
        return _look(path)


def may_write(path: Path) -> bool:
    """Whether this user may write to the database at `path`: SQLite needs the file, and files beside it."""
    return _may(path, os.W_OK) and _may(path.parent, os.W_OK)


def may_be_strangers(path: Path) -> bool:
    """Whether anybody else than this user may have written what is in the file at `path`."""
    try:
        found = os.stat(path)
    except OSError:
        return False
    return os.name == "posix" and (found.st_uid != os.geteuid() or bool(found.st_mode & 0o022))


def file_version(path: Path) -> FileVersion:
    """A value that changes whenever somebody writes to the database at `path`, or puts another in its place."""
    return tuple(_stat(p) for p in (path, beside(path, "-wal")))


def beside(path: Path, ending: str) -> Path:
    """A file that goes with the database at `path`: `-wal`, `-shm`, a backup."""
    return path.with_name(path.name + ending)


def result_code(error: sqlite3.Error) -> int:
    """SQLite's primary result code; 0 where Python itself complains."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF


@contextmanager
def explained(path: Path, kind: Kind, attached: Attached = None) -> Iterator[None]:
    """Turn SQLite's errors that a user can mend into sentences; bugs stay bugs.

    `attached` is a small database asked together with the one at `path`: damage may be in either.
    """
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = result_code(error)
        if reason := _REASONS.get(code):
            if code == sqlite3.SQLITE_CANTOPEN and os.path.isfile(path) and not _may(path, os.R_OK):
                reason = _REASONS[sqlite3.SQLITE_PERM]
            raise DatabaseError(
                _("the {name} at {path}: {reason}").format(name=_(kind.name), path=path, reason=_(reason))
            ) from error
        # Without a code: a text that is no UTF-8.
        if code == sqlite3.SQLITE_CORRUPT or (not code and isinstance(error, sqlite3.OperationalError)):
            raise _damage(*_blamed(path, kind, attached), _("it is damaged")) from error
        if code in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH):
            # What does not fit the tables is our bug if they are as we made them.
            for suspect in filter(None, (attached, (path, kind))):
                if not _is_sound(*suspect):
                    raise _damage(*suspect, _("it is not as cryptonews makes it")) from error
        raise
    except UnicodeDecodeError as error:  # SQLite quotes the file in what it complains of
        raise _damage(*_blamed(path, kind, attached), _("it is damaged")) from error


@contextmanager
def understood(path: Path, kind: Kind, attached: Attached = None) -> Iterator[None]:
    """As `explained`, for what takes values out of the file: those that make no sense are damage too."""
    with explained(path, kind, attached):
        try:
            yield
        except UNREADABLE as error:
            what = _("something in it cannot be read ({name}: {error})").format(
                name=type(error).__name__, error=error
            )
            raise _damage(*_blamed(path, kind, attached), what) from error


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


def recognise(connection: sqlite3.Connection, path: Path, kind: Kind) -> int:
    """The schema version of the file, 0 if it is empty; refuses what is not ours or newer than we are."""
    version: int
    found_id, version, tables = connection.execute(  # all at one moment: another program may be creating it
        """
        SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema)
        FROM pragma_application_id, pragma_user_version
        """
    ).fetchone()
    if not (found_id or version or tables):
        return 0
    if found_id != kind.application_id or version < 1:
        raise DatabaseError(
            _("{path} is not a cryptonews {name}; it was left as it is. Name another file.").format(
                path=path, name=_(kind.name)
            )
        )
    if version > kind.newest:
        raise DatabaseError(
            _(
                "the {name} at {path} was made by a newer cryptonews; update this one, or name another file."
            ).format(name=_(kind.name), path=path)
        )
    return version


def has_schema(connection: sqlite3.Connection, kind: Kind) -> bool:
    """Whether the tables of the file are those that the newest schema makes."""

    def tables(database: sqlite3.Connection) -> list[tuple[str, str, str | None]]:
        rows = database.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY type, name").fetchall()
        return [row for row in rows if row[1].partition("_")[0] not in kind.later]

    with closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
        run(fresh, kind.schema)
        return tables(connection) == tables(fresh)


def _bound(connection: sqlite3.Connection) -> None:
    """No statement on somebody else's file gets more time and room than any of ours needs."""
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
    connection.set_progress_handler(lambda: 1, _STEPS)  # a tree of pages can be made to have no end
    connection.execute("PRAGMA cell_size_check = ON")


def _has_no_more(connection: sqlite3.Connection, kind: Kind) -> bool:
    """Whether somebody else's file has our tables, and nothing that makes them something else: views, triggers.

    How SQLite writes down the tables inside an index of words differs from version to version.
    """

    def known(database: sqlite3.Connection) -> set[tuple[str, str, str | None]]:
        rows = database.execute("SELECT type, name, sql FROM main.sqlite_schema").fetchall()
        indexes = [name for _, name, sql in rows if str(sql).startswith("CREATE VIRTUAL TABLE")]
        inside = tuple(f"{name}_" for name in (*indexes, *kind.later))
        return {
            row
            for row in rows
            if row[0] not in ("table", "index")
            or not (row[1] in kind.later or row[1].startswith(("sqlite_", *inside)))
        }

    with closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
        run(fresh, kind.schema)
        return known(connection) == known(fresh)


def run(connection: sqlite3.Connection, step: Step) -> None:
    """Run a step inside the transaction that is open."""
    if callable(step):
        step(connection)
        return
    statement = ""  # `executescript` would commit
    for line in step.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""


def _open(path: Path, how: Literal["", "mode=rw", "mode=ro", "immutable=1"] = "") -> sqlite3.Connection:
    """By default to write, and made if it is not there; with a mode only to be read."""
    name = f"{path.absolute().as_uri()}?{how}" if how else path
    connection = sqlite3.connect(
        name,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        uri=bool(how),
        check_same_thread=False,  # a search goes on in a thread while keys are answered in another
    )
    try:
        connection.execute("PRAGMA trusted_schema = OFF")  # the file may be somebody else's
        connection.execute("PRAGMA synchronous = NORMAL")  # with WAL: safe for the file
        if how == "mode=rw":
            connection.execute("PRAGMA query_only = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def _make_private(path: Path) -> None:
    """Make the file for the user alone, if it is not there, and refuse what somebody else has put in its place.

    A link of one's own is followed: people keep such files where they copy them from.
    """
    if sys.platform == "win32":  # who may read is told otherwise there
        return
    real = Path(os.path.realpath(path))
    for file in (path, real, *(beside(real, ending) for ending in _BESIDE)):
        try:
            found = os.lstat(file)
        except OSError:
            continue  # SQLite will say what is wrong with it
        link = stat.S_ISLNK(found.st_mode)
        theirs = found.st_uid not in (os.geteuid(), 0)
        if (theirs and (link or os.geteuid())) or (link and file != path):
            raise DatabaseError(
                _(
                    "{file} is not yours: somebody else has put it there; it was left as it is. Name another file."
                ).format(file=file)
            )
    with suppress(OSError):
        os.close(os.open(real, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))


def _close_to_others(path: Path) -> None:
    """What an older version made, or somebody opened to all, is the user's alone again."""
    if sys.platform == "win32":
        return
    real = Path(os.path.realpath(path))
    for file in (real, *(beside(real, ending) for ending in _BESIDE)):
        with suppress(OSError):
            found = os.lstat(file)
            if found.st_uid == os.geteuid() and found.st_mode & 0o077:
                os.chmod(file, found.st_mode & 0o700)


def _look(path: Path) -> Opened:
    return Opened(path, _open(path, "mode=rw")) if may_write(path) else _open_shared(path)


def _open_shared(path: Path) -> Opened:
    """Beside its writers while there are any; else as a file that nobody is writing to."""
    # Without writers SQLite would make files of its own beside the database, which then are in their way.
    if os.path.exists(beside(path, "-shm")):
        try:
            return Opened(path, _open(path, "mode=ro"), shared=True)
        except sqlite3.OperationalError as error:  # the last writer may have left just now
            gone = result_code(error) in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
            if not gone or not _may(path, os.R_OK):
                raise
    seen = file_version(path)
    if seen[1][1]:
        raise DatabaseError(
            _(
                "{path} was not closed properly, and you may not write beside it; {owner} must open it once."
            ).format(path=path, owner=_owner(path))
        )
    return Opened(path, _open(path, "immutable=1"), shared=True, seen=seen)


def _migrate(connection: sqlite3.Connection, path: Path, kind: Kind) -> None:
    # Only heeded while the file is empty: a page of the usual size holds three articles and much air.
    connection.execute("PRAGMA page_size = 8192")
    _use_wal(connection)
    with transaction(connection):
        # Looked up again under the lock: another program may have migrated in the meantime.
        version = recognise(connection, path, kind)
        if version == 0:
            run(connection, kind.schema)
            connection.execute(f"PRAGMA application_id = {kind.application_id}")
        else:
            if kind.backups and version < kind.newest:
                _back_up(path, kind.backups)
            for step in kind.migrations[version - 1 :]:
                run(connection, step)
            if connection.execute("PRAGMA foreign_key_check").fetchone():
                raise _damage(path, kind, _("its tables do not fit together, so it was left as it is"))
        connection.execute(f"PRAGMA user_version = {kind.newest}")


def _use_wal(connection: sqlite3.Connection) -> None:
    """SQLite does not wait when two programs turn WAL on at once."""
    end = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if result_code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(0.01)


def _back_up(path: Path, keep: int) -> None:
    """Copy what is committed. Called under the write lock, so nothing can be committed meanwhile."""
    copy = beside(path, time.strftime(".backup-%Y%m%d-%H%M%S"))
    unfinished = copy.with_name(copy.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(_open(path)) as source, closing(sqlite3.connect(unfinished)) as target:
            source.backup(target)
        unfinished.chmod(path.stat().st_mode & 0o777)
        unfinished.replace(copy)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    for old in backups(path)[keep:]:
        old.unlink(missing_ok=True)


def backups(path: Path) -> list[Path]:
    """The copies from before changes of the schema, newest first."""
    start = f"{path.name}.backup-"
    return sorted(
        (p for p in path.parent.iterdir() if p.name.startswith(start) and not p.name.endswith(".unfinished")),
        reverse=True,
    )


_REASONS = {
    sqlite3.SQLITE_BUSY: N_("another program is writing to it; try again in a moment"),
    sqlite3.SQLITE_LOCKED: N_("another program is writing to it; try again in a moment"),
    sqlite3.SQLITE_CANTOPEN: N_("it cannot be opened; check that the folder exists and may be written to"),
    sqlite3.SQLITE_READONLY: N_("it may not be written to; check its permissions or name another file"),
    sqlite3.SQLITE_PERM: N_("it may not be read; check its permissions or name another file"),
    sqlite3.SQLITE_FULL: N_("the disk is full; make room and try again"),
    sqlite3.SQLITE_IOERR: N_("the disk reports an error; check it and its free space, then try again"),
    sqlite3.SQLITE_NOTADB: N_("it is not a database; name another file"),
    sqlite3.SQLITE_INTERRUPT: N_("it keeps SQLite busy without end; name another file"),
    sqlite3.SQLITE_TOOBIG: N_("something in it is larger than cryptonews makes it; name another file"),
}


def _damage(path: Path, kind: Kind, what: str) -> DatabaseError:
    return DatabaseError(
        _("the {name} at {path}: {what}; {advice}{remedy}").format(
            name=_(kind.name), path=path, what=what, advice=_(SEE_DOCTOR), remedy=_(kind.remedy)
        )
    )


def _blamed(path: Path, kind: Kind, attached: Attached) -> tuple[Path, Kind]:
    """Which of the two is damaged. Only the small one is looked at."""
    return attached if attached and not _is_sound(*attached, rows=-1) else (path, kind)


def _is_sound(path: Path, kind: Kind, rows: int = 1) -> bool:
    """Whether a file is as cryptonews made it, as far as can be told from so many rows of each table (-1: all)."""
    try:
        with closing(_look(path).connection) as connection:
            tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
            for (table,) in tables:
                connection.execute(f'SELECT * FROM "{table}" LIMIT ?', (rows,)).fetchall()
            return has_schema(connection, kind) and (
                connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            )
    except (sqlite3.DatabaseError, DatabaseError, UnicodeDecodeError):
        return False


def _may(path: Path, what: int) -> bool:
    # Only asked, never tried: a process that closes a database file by other means than SQLite loses all the
    # locks it has on that file.
    return os.access(path, what, effective_ids=os.access in os.supports_effective_ids)


def _stat(path: Path) -> tuple[int, int, int]:
    try:
        found = os.stat(path)
    except OSError:
        return (0, 0, 0)
    return (found.st_ino, found.st_size, found.st_mtime_ns)


def _owner(path: Path) -> str:
    try:
        return _("its owner, {owner},").format(owner=path.owner())
    except (KeyError, OSError, NotImplementedError):
        return _("its owner")
