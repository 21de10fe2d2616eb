"""The memory of the open reader, at few and at many articles, after some reading about."""

from __future__ import annotations

import re
from pathlib import Path

from tests.pty_terminal import Terminal

from benchmarks.workshop import FEW, MANY, Figure, Workshop


def measure_memory(workshop: Workshop) -> list[Figure]:
    few, many = (_megabytes_after_reading(workshop, count) for count in (FEW, MANY))
    said = f"{many:.1f} MB beside {few:.1f} MB"
    return [Figure(f"memory at {MANY:,} beside {FEW:,} articles", 1.15, many / few, "×", said)]


def _megabytes_after_reading(workshop: Workshop, count: int) -> float:
    with workshop.reader(workshop.library(count), 160, 45) as terminal:
        for key in ("space",) * 20 + ("G", "b", "b", "+", "-", "=", "g", "enter", "space", "q"):
            terminal.press(key)
            terminal.quiet(0.15)
        terminal.quiet(0.5)
        return _own_megabytes(terminal)


def _own_megabytes(terminal: Terminal) -> float:
    """What the process has for itself: not the libraries' code that it shares with others."""
    told = Path(f"/proc/{terminal.pid}/smaps_rollup").read_text()
    return sum(map(int, re.findall(r"^Private_\w+: +(\d+) kB", told, re.M))) / 1e3
