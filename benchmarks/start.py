"""From starting the process to the first headline, and from `q` to its end, beside a bare Textual app."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from tests.pty_terminal import Terminal

from benchmarks.one_label import TEXT
from benchmarks.workshop import (
    CRYPTONEWS,
    MANY,
    ONE_LABEL,
    Figure,
    Workshop,
    beside,
    first_title,
    interleaved,
    ratio,
)

TIMES = 11


def measure_start(workshop: Workshop) -> list[Figure]:
    def to_text(command: Sequence[str], environment: dict[str, str], text: bytes) -> float:
        with Terminal(command, env=environment) as terminal:
            return terminal.wait_for_bytes(text) - terminal.started_at

    def reader(library: Path) -> float:
        return to_text(CRYPTONEWS, workshop.environment(library), titles[library])

    def label() -> float:
        return to_text(ONE_LABEL, workshop.environment(few), TEXT.encode())

    few, many = workshop.synced, workshop.library(MANY)
    titles = {library: first_title(library) for library in (few, many)}
    reader(few), label()  # so that byte-code and files are at hand
    bare, small, large = interleaved(TIMES, label, lambda: reader(few), lambda: reader(many))
    return [
        Figure(
            "start to the first headline, beside one label", 1.5, ratio(small, bare), "×", beside(small, bare)
        ),
        Figure("the same with 20 × as many articles", 1.1, ratio(large, small), "×", beside(large, small)),
    ]


def measure_quit(workshop: Workshop) -> list[Figure]:
    def to_end(command: Sequence[str], environment: dict[str, str], text: bytes) -> float:
        with Terminal(command, env=environment) as terminal:
            terminal.wait_for_bytes(text)
            terminal.quiet(0.5)
            start = time.perf_counter()
            terminal.press("q")
            terminal.wait_end()
            assert terminal.ended_at is not None
            return terminal.ended_at - start

    library = workshop.library(MANY)
    title = first_title(library)
    ours, bare = interleaved(
        TIMES,
        lambda: to_end(CRYPTONEWS, workshop.environment(library), title),
        lambda: to_end(ONE_LABEL, workshop.environment(library), TEXT.encode()),
    )
    return [Figure("q to the end of the process", 120, 1e3 * median(ours), "ms", beside(ours, bare))]
