"""Measure, and print a table: `python -m benchmarks`, or only some of it: `python -m benchmarks start keys`."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.keys import measure_filters, measure_keys
from benchmarks.listing import measure_list
from benchmarks.memory import measure_memory
from benchmarks.opening import measure_opening
from benchmarks.start import measure_quit, measure_start
from benchmarks.syncing import measure_sync
from benchmarks.workshop import Figure, Workshop

MEASUREMENTS: Mapping[str, Callable[[Workshop], list[Figure]]] = {
    "start": measure_start,
    "keys": measure_keys,
    "filters": measure_filters,
    "open": measure_opening,
    "sync": measure_sync,
    "memory": measure_memory,
    "quit": measure_quit,
    "list": measure_list,
}


def main() -> None:
    """Measure what was asked for, each figure printed as soon as it is known."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("what", nargs="*", metavar="WHAT", help=f"default all: {', '.join(MEASUREMENTS)}")
    parser.add_argument("--articles", type=Path, metavar="FOLDER", help="articles to measure with")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="make the libraries here, and use them again"
    )
    options = parser.parse_args()
    if unknown := set(options.what) - MEASUREMENTS.keys():
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(MEASUREMENTS)}")
    busy, processors = os.getloadavg()[0], os.cpu_count() or 1
    print(
        f"{busy:.1f} of {processors} processors busy with other things; ratios hold, milliseconds need idle ones"
    )
    print(f"{'':50} {'goal':>9}   {'measured':>9}     {'of the goal':>11}", flush=True)
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as passing:
        folder = options.keep or Path(passing)
        folder.mkdir(parents=True, exist_ok=True)
        workshop = Workshop(folder, Path(passing), options.articles)
        for what in options.what or MEASUREMENTS:
            for figure in MEASUREMENTS[what](workshop):
                print(_row(figure), flush=True)


def _row(figure: Figure) -> str:
    goal, measured = (_amount(value, figure.unit) for value in (figure.goal, figure.measured))
    missed = "!" if figure.ratio > 1 else " "
    return (
        f"{figure.name:50} ≤ {goal:>9} {measured:>9}  {missed} {figure.ratio:>9.0%}   {figure.how}".rstrip()
    )


def _amount(value: float, unit: str) -> str:
    return f"{value:.2f} {unit}" if unit == "×" else f"{value:,.0f} {unit}"


if __name__ == "__main__":
    main()
