"""The state database as a file: opened, changed in transactions, and not believed what it holds."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from cryptonews_tui.library.database import connect, explained, transaction, understood
from cryptonews_tui.library.migrations import STATE_KIND

_T = TypeVar("_T")


class StateFile:
    """The state database. Every change is on disk when the method returns."""

    def __init__(self, path: Path, patience: float | None = None) -> None:
        """`patience` is how many seconds a change waits for another program's."""
        self.path = path
        self._connection = connect(path, STATE_KIND)
        if patience is not None:
            self._connection.execute(f"PRAGMA busy_timeout = {round(patience * 1000)}")

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with explained(self.path, STATE_KIND), transaction(self._connection):
            yield

    def _one(self, wanted: type[_T], sql: str, *parameters: object) -> _T | None:
        with understood(self.path, STATE_KIND):
            row = self._connection.execute(sql, parameters).fetchone()
            return typed(row[0], wanted) if row else None


def now_ms() -> int:
    """The time as both databases keep it: milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000


def numbered(name: str, between: str) -> Iterator[str]:
    """The name, and then with a number, for where it is taken."""
    yield name
    yield from (f"{name}{between}{number}" for number in count(2))


def typed(value: Any, wanted: type[_T]) -> _T | None:
    """What a column may hold; in a damaged file it can be anything."""
    if value is None or isinstance(value, wanted):
        return value
    raise TypeError(f"{type(value).__name__} instead of {wanted.__name__}")


def text(value: Any) -> str:
    """What a column must hold."""
    if isinstance(value, str):
        return value
    raise TypeError(f"{type(value).__name__} instead of str")


def whole(value: Any) -> int:
    """What a column must hold."""
    if isinstance(value, int):
        return value
    raise TypeError(f"{type(value).__name__} instead of int")
