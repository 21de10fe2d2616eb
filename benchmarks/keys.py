"""What a key costs at 40,000 articles: time to the last byte, and bytes. What holding it down costs."""

from __future__ import annotations

import time
from statistics import mean, median

from benchmarks.workshop import MANY, Figure, Workshop, p95

KEYS = 60
HELD, PER_SECOND = 100, 30


def measure_keys(workshop: Workshop) -> list[Figure]:
    seconds, sizes = [], []
    with workshop.reader(workshop.library(MANY)) as terminal:
        for _ in range(KEYS):
            mark = terminal.mark()
            start = time.perf_counter()
            terminal.press("j")
            seconds.append(terminal.quiet(0.1) - start)
            sizes.append(len(terminal.since(mark)))
            terminal.quiet(0.2)  # the article follows
        terminal.press("g")
        terminal.quiet(0.5)
        mark = terminal.mark()
        start = time.perf_counter()
        for number in range(HELD):
            pressed = time.perf_counter()
            terminal.press("j")
            while (left := start + (number + 1) / PER_SECOND - time.perf_counter()) > 0:
                terminal.read(left)
        late = terminal.quiet(0.1) - pressed
        terminal.quiet(0.3)
        held = len(terminal.since(mark))
    said = f"median {median(sizes):.0f}, mean {mean(sizes):.0f}, most {max(sizes)} B"
    return [
        Figure("j in the list, p95 to its last byte", 16, 1e3 * p95(seconds), "ms", _median(seconds)),
        Figure("bytes of j in the list, median", 1_024, median(sizes), "B", said),
        Figure(
            f"{HELD} rows with j held", 60_000, held, "B", f"last byte {1e3 * late:.0f} ms after the last key"
        ),
    ]


def measure_filters(workshop: Workshop) -> list[Figure]:
    # The article follows much later here, so that every byte is the new list or its counts.
    settings = "follow_after_ms = 10000\nread_after_seconds = 0\n"
    seconds: list[float] = []
    with workshop.reader(workshop.library(MANY), 160, 45, settings) as terminal:

        def press(key: str) -> None:
            start = time.perf_counter()
            terminal.press(key)
            seconds.append(terminal.quiet(0.25) - start)

        for _ in range(4):
            for key in ("+", "=", "-", "-"):
                press(key)
        terminal.press("f")
        terminal.quiet(0.3)
        for _ in range(8):
            press("space")
            press("space")
            terminal.press("j")
            terminal.quiet(0.1)
        if "all stories" not in terminal.text:
            raise RuntimeError(f"the filters did not come back to all stories:\n{terminal.text}")
    return [Figure("a filter, p95 to new list and counts", 50, 1e3 * p95(seconds), "ms", _median(seconds))]


def _median(seconds: list[float]) -> str:
    return f"median {1e3 * median(seconds):.1f} ms"
