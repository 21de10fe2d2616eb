"""A session for strangers: what is left of the environment, and walls around the program.

Two layers keep a stranger inside. The commands that reach outside are not there (`Command.outside`), and what they
would need — programs, connections, other files — is refused to the whole process by `Walls`, which nothing in it can
take down again. An administrator's command line is believed; what a login brings along is not.
"""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from cryptonews_tui import output
from cryptonews_tui.console import WRONG_USE, UserError, is_there
from cryptonews_tui.settings import SHARED_LIBRARY, Paths
from cryptonews_tui.translation import _

_KEPT = re.compile("TERM|COLORTERM|NO_COLOR|LANG|LANGUAGE|LC_[A-Z]{1,20}|SSH_CONNECTION")
"""What a terminal and its owner's language are."""
_HARMLESS = re.compile(r"[A-Za-z0-9_.:,=+@% -]{1,200}")
"""Without a slash: no value is a path."""


class Options(Protocol):
    """What of a command line matters here."""

    locations: Sequence[str]
    library: str | None
    version: bool


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """What a stranger's environment may say, and the home that the system knows."""
    kept = {
        name: value
        for name, value in given.items()
        if _KEPT.fullmatch(name) and (_HARMLESS.fullmatch(value) or not value)
    }
    return kept | {"HOME": _home()}


def _home() -> str:
    if sys.platform != "win32":
        import pwd

        with suppress(KeyError):
            return pwd.getpwuid(os.geteuid()).pw_dir
    return os.devnull  # nothing can be below it


def begin(arguments: Sequence[str], options: Options) -> None:
    """Go on as a restricted session, with nothing but what is kept of the environment. Raises `UserError`.

    Python itself may have obeyed the rest already: unless it was told not to, it is started again.
    """
    kept = environment(os.environ)
    if not sys.flags.isolated:
        os.execve(sys.executable, [sys.executable, "-I", "-m", "cryptonews_tui", *arguments], kept)  # noqa: S606
    os.environ.clear()
    os.environ.update(kept)
    sys.dont_write_bytecode = True
    if sys.platform != "win32":
        import resource
        import signal

        os.umask(0o077)
        signal.signal(signal.SIGTSTP, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if options.locations:
        raise UserError(_("a restricted session only reads; it takes no command and no location"), WRONG_USE)
    if options.version:
        return
    terminal = all(map(output.is_terminal, (sys.stdin, sys.stdout, sys.stderr)))
    if not terminal or os.environ.get("TERM", "dumb") == "dumb":
        raise UserError(_("this is for reading at a terminal; ssh -t brings one along"), WRONG_USE)
    options.library = options.library or str(SHARED_LIBRARY)


@contextmanager
def inside(paths: Paths) -> Iterator[tuple[Paths, list[str]]]:
    """Walls around the process, from now on; the paths in force, and a sentence if marks do not last.

    Raises `UserError` where there is no library.
    """
    if not is_there(paths.library):
        raise UserError(_("there is no library here yet; come back later"))
    with _state(paths) as (kept, passing):
        Walls(kept).raise_()
        yield kept, passing


@contextmanager
def _state(paths: Paths) -> Iterator[tuple[Paths, list[str]]]:
    """The paths with a state that can be used; where it is none to keep, the sentence that says so."""
    from cryptonews_tui.library.database import DatabaseError, beside, prepare
    from cryptonews_tui.library.migrations import STATE_KIND

    try:
        prepare(paths.state, STATE_KIND)
    except DatabaseError as error:
        passing = _("Marks last for this session only: {why}").format(why=error)
    else:
        yield paths, []
        return
    import tempfile

    state = Path(tempfile.mkdtemp(prefix="cryptonews-reader-")) / paths.state.name
    try:
        yield replace(paths, state=state), [passing]
    finally:
        for file in (state, beside(state, "-wal"), beside(state, "-shm")):
            file.unlink(missing_ok=True)
        with suppress(OSError):
            state.parent.rmdir()


class Walls:
    """What the process may touch: its own code to read, the library, and the state of this reader.

    Python tells audit hooks of all that it is about to do (https://docs.python.org/3/library/audit_events.html). What
    SQLite and other libraries written in C do by themselves it does not tell; they are given no other paths.
    """

    def __init__(self, paths: Paths) -> None:
        import cryptonews_tui

        program = [*sys.path, os.path.dirname(cryptonews_tui.__file__)]
        self._program = tuple(os.path.realpath(folder) + os.sep for folder in program if folder)
        self._library = os.path.realpath(paths.library)
        self._state = os.path.realpath(paths.state)
        self._checks: dict[str, Any] = {}

    def raise_(self) -> None:
        """From now on whatever is outside is refused, with the error of a file that may not be read."""
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        # Python calls this thousands of times while the screen is drawn.
        allowed = self._checks.get(event)
        if allowed is None:
            allowed = self._checks[event] = self._check_of(event)
        if allowed is not True and not allowed(arguments):
            raise PermissionError(errno.EACCES, _("not in a restricted session"), event)

    def _check_of(self, event: str) -> Any:
        if event in _READING:
            return lambda arguments: self._may_read(arguments[0])
        if event == "os.remove":
            return lambda arguments: self._may_write(arguments[0])
        if event == "os.rename":
            return lambda arguments: all(map(self._may_write, arguments[:2]))
        if event == "os.rmdir":  # of a state that does not last
            return lambda arguments: _real(arguments[0]) == os.path.dirname(self._state)
        if event == "open":
            return self._may_open
        if event == "sqlite3.connect":
            return lambda arguments: self._is_database(arguments[0])
        return True if event in _HARMLESS_EVENTS or not event.startswith(_OUTSIDE) else _never

    def _may_open(self, arguments: tuple[Any, ...]) -> bool:
        path, mode, flags = arguments
        writes = flags & _WRITING if isinstance(flags, int) else 0
        if writes or (isinstance(mode, str) and not {"w", "a", "x", "+"}.isdisjoint(mode)):
            return self._may_write(path)
        return self._may_read(path)

    def _may_read(self, path: object) -> bool:
        name = _real(path)
        return (
            name is None
            or (name + os.sep).startswith(self._program)
            or self._is_own(name)
            or name in _DEVICES
        )

    def _may_write(self, path: object) -> bool:
        name = _real(path)
        return name is None or self._is_own(name) or name in _DEVICES

    def _is_own(self, name: str) -> bool:
        return name == self._state or name.startswith((f"{self._state}-", f"{self._state}."))

    def _is_database(self, path: object) -> bool:
        text = os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else ""
        if text == ":memory:":
            return True
        if text.startswith("file:"):
            from urllib.parse import unquote, urlsplit

            text = unquote(urlsplit(text).path)
        name = os.path.realpath(text)
        return name == self._library or self._is_own(name)


def _real(path: object) -> str | None:
    """The file that a path means; None for one that is open already."""
    if isinstance(path, str | bytes | os.PathLike):
        return os.path.realpath(os.fsdecode(path))
    return None if isinstance(path, int) else os.getcwd()  # what is listed without a path


def _never(arguments: tuple[Any, ...]) -> bool:
    return False


_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_DEVICES = frozenset({"/dev/tty", "/dev/null", "/dev/urandom"})
_READING = frozenset({"os.listdir", "os.scandir"})
_HARMLESS_EVENTS = frozenset({"os.putenv", "os.unsetenv", "socket.__new__", "sqlite3.connect/handle"})
_OUTSIDE = (
    *("os.", "subprocess.", "pty.", "socket.", "ctypes.", "webbrowser.", "shutil.", "tempfile.", "syslog."),
    *("sqlite3.", "ftplib.", "http.", "imaplib.", "poplib.", "smtplib.", "telnetlib.", "urllib.", "nntplib."),
    *("code.", "cpython.run_", "winreg.", "msvcrt.", "_winapi.", "glob.", "pathlib."),
)
"""Beginnings of the names of what reaches out of the process. All others are about Python's own affairs."""
