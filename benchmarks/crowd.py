"""Many readers at once on one library that none of them may write to: memory, processor time at rest, keys.

Beyond shared pages means: what a process has for itself, its private pages (USS). The library's own pages are in the
system's cache, once for all; code and what is mapped of files are shared.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import mean, median

from tests.pty_terminal import Terminal

from benchmarks.workshop import CRYPTONEWS, LARGE, Figure, Workshop, first_title, own_megabytes, p95

READERS, TYPING = 50, 10
REST_SECONDS = 30
KEYS = 12
PAUSE = 0.5
"""Seconds between two keys of one who types: a story is looked at before the next."""

_TICK = os.sysconf("SC_CLK_TCK")


def measure_crowd(workshop: Workshop) -> Iterator[Figure]:
    library = workshop.library(LARGE)
    title = first_title(library)[:8]
    with ExitStack() as opened:
        readers: list[Terminal] = []
        for _ in range(READERS):
            environment = workshop.environment(library, 'frugal = "always"\n')
            terminal = Terminal(CRYPTONEWS, env=environment)
            readers.append(opened.enter_context(terminal))
            terminal.wait_for_bytes(title, timeout=60)
            terminal.quiet(0.2)
        for key in ("space", "+", "=", "-", "enter", "space", "q", "g"):
            for terminal in readers:
                terminal.press(key)
                terminal.quiet(0.1)
        _let_rest(readers, 5)
        before = [_seconds(terminal.pid) for terminal in readers]
        _let_rest(readers, REST_SECONDS)
        shares = [
            (_seconds(terminal.pid) - then) / REST_SECONDS
            for terminal, then in zip(readers, before, strict=True)
        ]
        memory = [own_megabytes(terminal.pid) for terminal in readers]
        whole = sum(_proportional(terminal.pid) for terminal in readers)
        keys = _type(readers[:TYPING], readers[TYPING:])
    name = f"{READERS} readers of {LARGE:,}"
    said = f"median {median(memory):.1f} MB, all of them {whole:,.0f} MB"
    yield Figure(f"{name}: private pages, most", 70, max(memory), "MB", said)
    yield Figure(
        f"{name}: processor at rest, ‰ each", 2, 1e3 * mean(shares), "‰", f"most {1e3 * max(shares):.1f} ‰"
    )
    said = f"median {1e3 * median(keys):.1f} ms, most {1e3 * max(keys):.0f} ms, {len(keys)} keys"
    yield Figure(f"{name}, {TYPING} type: a key, p95", 50, 1e3 * p95(keys), "ms", said)


def _type(typing: Sequence[Terminal], others: Sequence[Terminal]) -> list[float]:
    """Seconds from each key to the last byte before a silence; the readers press theirs one after the other."""
    found = []
    for turn in range(KEYS):
        for terminal in typing:
            pressed = time.perf_counter()
            terminal.press("k" if turn % 4 == 3 else "j")
            found.append(terminal.quiet(PAUSE / len(typing)) - pressed)
    _let_rest(others, 0.1)
    return found


def _let_rest(readers: Sequence[Terminal], seconds: float) -> None:
    time.sleep(seconds)
    for terminal in readers:
        terminal.mark()


def _seconds(pid: int) -> float:
    """Processor time that a process has used."""
    told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / _TICK


def _proportional(pid: int) -> float:
    """Megabytes of a process, what it shares divided among those who share it."""
    told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return next(int(line.split()[1]) for line in told.splitlines() if line.startswith("Pss:")) / 1e3
