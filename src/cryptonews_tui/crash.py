"""What is left of an error that nobody foresaw: a file for those who can mend it, and one sentence for the reader.

The file says when, which versions, what was asked and where in the code it was: names of files and functions, lines
of the program's own text. What errors say of themselves is left out, because it may quote an article, an
address or a secret; only what Python itself knows of them is kept. No values of variables, no paths of this
computer, no arguments but the names of options.
"""

from __future__ import annotations

import os
import re
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from errno import errorcode
from pathlib import Path

from cryptonews_tui import facts
from cryptonews_tui.files import make_folder
from cryptonews_tui.letters import given
from cryptonews_tui.safety import clean, clean_line
from cryptonews_tui.translation import _

KEPT = 5
"""So many of these files are kept, the newest."""

_ERRORS, _FRAMES = 8, 40
"""Errors that led to one another, and of each the frames at its end: a recursion has a thousand."""
_OPTION = re.compile(r"--?[a-z][a-z-]*")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,80}")


def report(error: BaseException, state: Path, *, command: str = "", query: str = "") -> str:
    """Write the file beside the state database, and say what happened, where it is, and what to do."""
    name = type(error).__name__
    try:
        path = _write(state, "\n".join(_lines(error, command, query)) + "\n")
    except OSError as trouble:
        return _(
            "cryptonews: a mistake in the program ended it ({error}), and {place} cannot be written: {why}."
        ).format(error=name, place=state.parent, why=trouble.strerror or type(trouble).__name__)
    return _(
        "cryptonews: a mistake in the program ended it ({error}).\n"
        "To have it mended, send this file with a report, after a look at it:\n{path}"
    ).format(error=name, path=path)


def files(state: Path) -> list[Path]:
    """The files of earlier crashes, oldest first."""
    with suppress(OSError):
        return sorted(state.parent.glob(f"{_globbed(state.name)}.crash-*.txt"))
    return []


def command_of(arguments: Sequence[str], names: Sequence[str]) -> str:
    """A command line without what is not ours to tell: the command and the options that were given."""
    words = [word.partition("=")[0] for word in arguments]
    return " ".join(word if word in names or _OPTION.fullmatch(word) else "…" for word in words)


def _lines(error: BaseException, command: str, query: str) -> Iterator[str]:
    yield f"{'time':<20} {datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    yield f"{'command':<20} {clean_line(command)}"
    yield f"{'query':<20} {clean_line(query)}"
    for name, value in (*_versions(), *facts.terminal(given(os.environ))):
        yield f"{name:<20} {clean_line(value)}"
    for each in _errors(error):
        yield ""
        yield _named(each)
        frames = traceback.extract_tb(each.__traceback__)
        if len(frames) > _FRAMES:
            yield f"  … {len(frames) - _FRAMES} more"
        for frame in frames[-_FRAMES:]:
            yield "  " + clean_line(f"{_shortened(frame.filename)}:{frame.lineno} in {frame.name}")
            if frame.line:
                yield f"    {clean_line(frame.line)}"


def _versions() -> list[facts.Fact]:
    found: list[facts.Fact] = []
    with suppress(Exception):  # what is broken may be just that
        found.extend(facts.versions())
    return found


def _errors(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and those it came of."""
    seen: list[BaseException] = []
    waiting = [error]
    while waiting and len(seen) < _ERRORS:
        each = waiting.pop(0)
        if each is None or each in seen:
            continue
        seen.append(each)
        yield each
        if isinstance(each, BaseExceptionGroup):
            waiting += each.exceptions
        waiting.append(each.__cause__ or (None if each.__suppress_context__ else each.__context__))


def _named(error: BaseException) -> str:
    """The error's type, and what Python knows of it beside its message."""
    known: object = ""
    if isinstance(error, AttributeError | NameError | ImportError):
        known = error.name
    elif isinstance(error, OSError):
        known = errorcode.get(error.errno or 0)
    elif isinstance(error, UnicodeError):
        known = getattr(error, "encoding", "").replace("-", "_")
    else:  # of a database
        known = getattr(error, "sqlite_errorname", "")
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    return f"{name}: {known}" if isinstance(known, str) and _IDENTIFIER.fullmatch(known) else name


def _shortened(name: str) -> str:
    """A file's name from the folder it is imported from: what lies above that tells whose computer it is."""
    for folder in sorted(filter(None, map(os.path.abspath, sys.path)), key=len, reverse=True):
        if name.startswith(folder + os.sep):
            return name[len(folder) + 1 :]
    return os.path.basename(name)


def _write(state: Path, text: str) -> Path:
    """Write it as a whole or not at all, for nobody else to read; old ones go."""
    make_folder(state.parent)
    path = _named_now(state)
    part = path.with_suffix(".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(clean(text))
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError:
        with suppress(OSError):
            part.unlink()
        raise
    for old in files(state)[:-KEPT]:
        with suppress(OSError):
            old.unlink()
    return path


def _named_now(state: Path) -> Path:
    return state.with_name(f"{state.name}.crash-{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.txt")


def _globbed(name: str) -> str:
    return re.sub(r"([*?[])", r"[\1]", name)
