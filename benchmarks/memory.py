"""The memory of the open reader, at few and at many articles, after some reading about."""

from __future__ import annotations

from benchmarks.workshop import FEW, MANY, Figure, Workshop, own_megabytes


def measure_memory(workshop: Workshop) -> list[Figure]:
    few, many = (megabytes_after_reading(workshop, count) for count in (FEW, MANY))
    said = f"{many:.1f} MB beside {few:.1f} MB"
    return [Figure(f"memory at {MANY:,} beside {FEW:,} articles", 1.15, many / few, "×", said)]


def megabytes_after_reading(workshop: Workshop, count: int, silence: float = 0.15) -> float:
    """The reader's memory after pages up and down, filters and an article; each key is done after `silence`."""
    with workshop.reader(workshop.library(count), 160, 45) as terminal:
        for key in ("space",) * 20 + ("G", "b", "b", "+", "-", "=", "g", "enter", "space", "q"):
            terminal.press(key)
            terminal.quiet(silence)
        terminal.quiet(0.5)
        return own_megabytes(terminal.pid)
