"""Measure, and print a table: `python -m benchmarks`, or only some of it: `python -m benchmarks start keys`.

What takes long is measured when it is named: `python -m benchmarks --keep FOLDER big` for all of that.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from benchmarks.crowd import measure_crowd
from benchmarks.digest import measure_digest
from benchmarks.exact import measure_exact
from benchmarks.keys import measure_filters, measure_keys
from benchmarks.listing import measure_list
from benchmarks.memory import measure_memory
from benchmarks.opening import measure_opening
from benchmarks.reading import measure_find, measure_moving, measure_switching
from benchmarks.repository import measure_repository
from benchmarks.size import (
    measure_files,
    measure_first,
    measure_key,
    measure_open_reader,
    measure_toggle,
    measure_word,
)
from benchmarks.sources import measure_feeds, measure_first_memory, measure_kills, measure_unchanged
from benchmarks.start import measure_quit, measure_start
from benchmarks.stress import measure_stress
from benchmarks.syncing import measure_sync
from benchmarks.wire import measure_wire
from benchmarks.workshop import HUGE, LARGE, Figure, Workshop

Measurement = Callable[[Workshop], Iterable[Figure]]

MEASUREMENTS: Mapping[str, Measurement] = {
    "start": measure_start,
    "keys": measure_keys,
    "filters": measure_filters,
    "open": measure_opening,
    "switch": measure_switching,
    "move": measure_moving,
    "find": measure_find,
    "sync": measure_sync,
    "repository": measure_repository,
    "memory": measure_memory,
    "quit": measure_quit,
    "list": measure_list,
    "digest": measure_digest,
    "unchanged": measure_unchanged,
    "feeds": measure_feeds,
    "wire": measure_wire,
}
BIG: Mapping[str, Measurement] = {
    "files": measure_files,
    "first": measure_first,
    "key": measure_key,
    "reader": measure_open_reader,
    "toggle": measure_toggle,
    "word": measure_word,
    "exact": measure_exact,
    "stress": measure_stress,
    "first-memory": measure_first_memory,
    "kills": measure_kills,
    "crowd": measure_crowd,
}


def main() -> None:
    """Measure what was asked for, each figure printed as soon as it is known."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "what",
        nargs="*",
        metavar="WHAT",
        help=f"default: {', '.join(MEASUREMENTS)}; big, or of it: {', '.join(BIG)}",
    )
    parser.add_argument("--articles", type=Path, metavar="FOLDER", help="articles to measure with")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="make the libraries here, and use them again"
    )
    parser.add_argument(
        "--million", action="store_true", help=f"measure big at {HUGE:,} articles, too (20 GB in FOLDER)"
    )
    parser.add_argument("--seconds", type=float, default=300, help="how long stress goes on; default 300")
    options = parser.parse_args()
    everything = {**MEASUREMENTS, **BIG}
    wanted = [name for what in options.what for name in (BIG if what == "big" else (what,))]
    if unknown := set(wanted) - everything.keys():
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join((*everything, 'big'))}")
    busy, processors = os.getloadavg()[0], os.cpu_count() or 1
    print(
        f"{busy:.1f} of {processors} processors busy with other things; ratios hold, milliseconds need idle ones"
    )
    print(f"{'':50} {'goal':>9}   {'measured':>9}     {'of the goal':>11}", flush=True)
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as passing:
        folder = (options.keep or Path(passing)).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        sizes = (LARGE, HUGE) if options.million else (LARGE,)
        workshop = Workshop(folder, Path(passing), options.articles, sizes, options.seconds)
        for what in wanted or MEASUREMENTS:
            for figure in everything[what](workshop):
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
