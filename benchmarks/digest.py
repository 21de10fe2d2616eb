"""The digest of 10,000 stories: its first screen, and all of it as Markdown."""

from __future__ import annotations

import time
from statistics import median

from benchmarks.workshop import CRYPTONEWS, MANY, Figure, Workshop, p95, seconds_of

STORIES = 10_000
TIMES = 5
OPENED = 12


def measure_digest(workshop: Workshop) -> list[Figure]:
    library = workshop.library(MANY)
    environment = workshop.environment(library)
    command = (*CRYPTONEWS, "digest", "--limit", str(STORIES), "--format", "markdown")
    seconds_of(command, environment)  # so that byte-code and files are at hand
    whole = [seconds_of(command, environment) for _ in range(TIMES)]
    first, opened = _opened(workshop)
    return [
        Figure(
            "I to the digest's first screen, median", 100, 1e3 * median(opened), "ms", _said(first, opened)
        ),
        Figure(
            f"a digest of {STORIES:,} stories as Markdown",
            1e3 * STORIES / 5_000,
            1e3 * median(whole),
            "ms",
            f"{STORIES / median(whole):,.0f} stories a second, start included",
        ),
    ]


def _opened(workshop: Workshop) -> tuple[float, list[float]]:
    """Seconds from the key to the last byte of the first screen: the first time, and all times."""
    seconds: list[float] = []
    with workshop.reader(workshop.library(MANY)) as terminal:
        for _ in range(OPENED):
            start = time.perf_counter()
            terminal.press("I")
            seconds.append(terminal.quiet(0.4) - start)
            if "Impact ·" not in terminal.text:
                raise RuntimeError(f"the digest did not open:\n{terminal.text}")
            terminal.press("q")
            terminal.quiet(0.3)
    return seconds[0], seconds


def _said(first: float, opened: list[float]) -> str:
    return f"the first time {1e3 * first:.0f} ms, p95 {1e3 * p95(opened):.0f} ms"
