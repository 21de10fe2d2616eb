"""A short command from its start to its end, beside a Python that does nothing."""

from __future__ import annotations

import sys

from benchmarks.workshop import CRYPTONEWS, MANY, Figure, Workshop, beside, interleaved, ratio, seconds_of

TIMES = 21
LIST = (*CRYPTONEWS, "list", "--limit", "20", "--format", "jsonl")


def measure_list(workshop: Workshop) -> list[Figure]:
    environment = workshop.environment(workshop.library(MANY))
    seconds_of(LIST, environment)  # so that byte-code and files are at hand
    ours, nothing = interleaved(
        TIMES,
        lambda: seconds_of(LIST, environment),
        lambda: seconds_of((sys.executable, "-c", "pass"), environment),
    )
    return [
        Figure("list --limit 20, beside python -c pass", 8, ratio(ours, nothing), "×", beside(ours, nothing))
    ]
