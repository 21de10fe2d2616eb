"""What a program reaches for: Python's audit events that leave the library, one reader's state and the program itself.

    with Outside(paths) as outside:
        ...
    assert outside.reached == []

It is written apart from the program's own walls, and knows nothing of them.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import cryptonews_tui
from cryptonews_tui.settings import Paths

_PROGRAM = tuple(
    os.path.realpath(folder) + os.sep
    for folder in {
        *sysconfig.get_paths().values(),
        *filter(None, sys.path),
        str(Path(cryptonews_tui.__file__).parent),
    }
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_ALWAYS = (
    *(
        "subprocess.",
        "os.system",
        "os.exec",
        "os.posix_spawn",
        "os.spawn",
        "os.fork",
        "os.startfile",
        "os.kill",
    ),
    *(
        "os.remove",
        "os.rename",
        "os.link",
        "os.symlink",
        "os.mkdir",
        "os.rmdir",
        "os.chmod",
        "os.chown",
        "os.truncate",
    ),
    *(
        "pty.",
        "webbrowser.",
        "ctypes.",
        "shutil.",
        "tempfile.",
        "code.",
        "cpython.run_",
        "signal.pthread_kill",
    ),
    *(
        "socket.connect",
        "socket.bind",
        "socket.getaddrinfo",
        "socket.gethostby",
        "socket.send",
        "http.",
        "urllib.",
    ),
    *("sqlite3.enable_load_extension", "sqlite3.load_extension"),
)


class Outside:
    """Listens from the beginning of its block to the end."""

    def __init__(self, paths: Paths) -> None:
        self.reached: list[str] = []
        self._databases = {os.path.realpath(paths.library), os.path.realpath(paths.state)}
        self._state = os.path.realpath(paths.state)
        self._listens = False

    def __enter__(self) -> Self:
        self._bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
        self._listens = True
        sys.addaudithook(self.hear)  # for ever: but it listens only now
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._listens = False
        sys.dont_write_bytecode = self._bytecode

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Remember what is reached for."""
        if self._listens and self.is_outside(event, arguments):
            self.reached.append(f"{event} {arguments!r:.200}")

    def is_outside(self, event: str, arguments: tuple[Any, ...]) -> bool:
        if event.startswith(_ALWAYS):
            return True
        if event == "sqlite3.connect":
            name = str(arguments[0]).removeprefix("file://").partition("?")[0]
            return os.path.realpath(name) not in self._databases and name != ":memory:"
        if event in ("os.listdir", "os.scandir"):
            return not (os.path.realpath(arguments[0] or ".") + os.sep).startswith(_PROGRAM)
        if event != "open" or isinstance(arguments[0], int) or arguments[0] is None:
            return False
        path, mode, flags = arguments
        name = os.path.realpath(os.fsdecode(path))
        if name.startswith(self._state) or name in ("/dev/null", "/dev/tty", "/dev/urandom"):
            return False
        writes = bool((flags or 0) & _WRITING) or (mode is not None and not {*mode}.isdisjoint("wax+"))
        return writes or not name.startswith(_PROGRAM)
