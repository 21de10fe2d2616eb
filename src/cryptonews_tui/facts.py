"""What a report of a bug needs to say of program and machine: versions, terminal, sizes. Nothing secret, no paths.

The names of the facts are for those who mend the program, and the same in every language.
"""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from cryptonews_tui import __version__
from cryptonews_tui.safety import clean_line

if TYPE_CHECKING:
    from cryptonews_tui.session import Session

Fact = tuple[str, str]

_NAME = re.compile(r"[A-Za-z0-9._-]+")
_EXTRA = re.compile(r"extra == ['\"]([a-z0-9-]+)['\"]")
_VARIABLES = ("TERM", "COLORTERM", "TERM_PROGRAM", "LANG", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "LANGUAGE")
_SET = {"SSH": ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"), "tmux": ("TMUX",), "screen": ("STY",)}
"""Variables that are only looked for: what they say is nobody's business."""
_LONGEST = 80


def versions() -> Iterator[Fact]:
    """Of the program and of all that it stands on."""
    from cryptonews_tui.library.database import SQLITE
    from cryptonews_tui.library.migrations import LIBRARY_KIND, STATE_KIND

    yield "cryptonews", __version__
    yield "python", f"{platform.python_version()} {platform.python_implementation()}"
    # Not `platform.platform()`, which runs a program to learn the processor.
    yield "system", f"{platform.system()} {platform.release()} {platform.machine()}"
    yield "sqlite", SQLITE
    yield "schemas", f"library {LIBRARY_KIND.newest}, state {STATE_KIND.newest}"
    needed, extras = _requirements()
    for name in needed:
        yield name, _version(name)
    for extra, names in extras.items():
        yield f"[{extra}]", ", ".join(f"{name} {_version(name)}" for name in names)


def terminal(environment: Mapping[str, str], session: Session | None = None) -> Iterator[Fact]:
    """What the terminal says of itself, and what the program makes of it."""
    for name in _VARIABLES:
        if value := environment.get(name):
            yield name, clean_line(value, _LONGEST)
    yield "NO_COLOR", _yes(bool(environment.get("NO_COLOR")))
    for name, variables in _SET.items():
        yield name, _yes(any(environment.get(variable) for variable in variables))
    encoding = getattr(sys.__stdout__, "encoding", None) or "unknown"
    yield "output", f"{'terminal' if _is_terminal() else 'no terminal'}, {clean_line(encoding, _LONGEST)}"
    if session is not None:
        for name in session.__slots__:
            said = getattr(session, name)
            yield name, said if isinstance(said, str) else _yes(said)


def database(path: Path) -> str:
    """How large the file is, and which schema it has."""
    from cryptonews_tui.library.pages import stamp

    try:
        with path.open("rb") as file:
            said = stamp(file.read(100))
            size = os.fstat(file.fileno()).st_size
    except FileNotFoundError:
        return "none"
    except OSError as error:
        return clean_line(f"cannot be read: {error.strerror}")
    return f"{size:,} bytes, " + (f"schema {said[1]}" if said else "not a database")


def _requirements() -> tuple[list[str], dict[str, list[str]]]:
    """The packages that the program needs, and by extra those that it can make use of."""
    needed: list[str] = []
    extras: dict[str, list[str]] = {}
    try:
        lines = metadata.requires("cryptonews-tui") or []
    except metadata.PackageNotFoundError:  # run from a folder
        return needed, extras
    for line in lines:
        name = _NAME.match(line)
        assert name is not None
        if not (extra := _EXTRA.search(line)):
            needed.append(name[0])
        elif extra[1] not in ("all", "dev", "fuzz"):
            extras.setdefault(extra[1], []).append(name[0])
    return sorted(needed, key=str.casefold), extras


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def _yes(said: bool) -> str:
    return "yes" if said else "no"


def _is_terminal() -> bool:
    try:
        return sys.__stdout__ is not None and sys.__stdout__.isatty()
    except ValueError:  # closed
        return False
