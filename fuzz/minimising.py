"""The smallest input that still shows a fault: what is left is easier to understand, and quick to try again."""

from __future__ import annotations

import time
from collections.abc import Callable


def smallest(data: bytes, shows: Callable[[bytes], bool], seconds: float = 30.0) -> bytes:
    """What remains of `data` after taking out all that need not be there; `shows` must hold for it."""
    end = time.monotonic() + seconds
    size = len(data) // 2
    while size and time.monotonic() < end:
        at = 0
        while at < len(data) and time.monotonic() < end:
            less = data[:at] + data[at + size :]
            if shows(less):
                data = less
            else:
                at += size
        size //= 2
    for at, byte in enumerate(data):  # the rest in plain letters
        if byte != ord("a") and time.monotonic() < end and shows(plain := data[:at] + b"a" + data[at + 1 :]):
            data = plain
    return data
