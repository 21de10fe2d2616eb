"""What must hold for everything that comes in: it ends in time, and what comes out is safe to show."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from tests.strategies import threats

from cryptonews_tui.safety import clean, safe_url

SECONDS = 2.0
"""Of computing: no input of less than 100 KB may cost more."""


class TooSlowError(BaseException):
    """An input kept the program busy. No `Exception`, so that nothing takes it for a fault in the input."""


@contextmanager
def in_time(seconds: float = SECONDS) -> Iterator[None]:
    """Raises `TooSlowError` after so many seconds of computing: waiting for a busy machine costs nothing."""

    def late(number: int, frame: FrameType | None) -> None:
        raise TooSlowError(f"more than {seconds:g} seconds")

    before = signal.signal(signal.SIGVTALRM, late)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def text_of(data: bytes) -> str:
    """Any bytes as text, odd characters and lone surrogates among them."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "surrogateescape")


def check_texts(*values: Any) -> None:
    """Nothing that a terminal obeys is in any text of these values, whatever they are made of."""
    for value in values:
        for text in texts_in(value):
            if not (text.isascii() and text.isprintable()):
                assert not threats(text), f"not safe to show: {text[:200]!a}"
                assert clean(text) == text, f"not clean: {text[:200]!a}"


def check_lines(*values: Any) -> None:
    """The same, and no text has a second line."""
    for value in values:
        check_texts(value)
        for text in texts_in(value):
            assert "\n" not in text, f"more than a line: {text[:200]!a}"
            assert "\t" not in text, f"a tab: {text[:200]!a}"


def check_link(url: str | None) -> None:
    """A browser may be sent there."""
    assert url is None or safe_url(url) == url, f"not safe to open: {url!a}"


def texts_in(value: Any) -> Iterator[str]:
    """Every text in values, containers and dataclasses."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from texts_in(key)
            yield from texts_in(item)
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from texts_in(item)
    elif is_dataclass(value):
        for field in fields(value):
            yield from texts_in(getattr(value, field.name))


def scratch_folder() -> Path:
    """A folder for files that are written thousands of times, in memory where there is one, until we end."""
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    folder = Path(tempfile.mkdtemp(prefix="cryptonews-fuzz-", dir=memory))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
