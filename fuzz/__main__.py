"""Try inputs, print a table, and lay down what was found: `python -m fuzz query feed --inputs 100000`."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fuzz.engines import engines, fault_of, keep, kept
from fuzz.minimising import smallest
from fuzz.targets import NAMES, Target, load

WORK = Path("build/fuzz")
"""What engines remember from one time to the next; no part of the project."""
CORPUS = Path("tests/corpus")
"""One file for each fault that was found, below the name of its target."""
_TIMES = {"hypothesis": 0.15, "atheris": 0.65, "stretching": 0.2}
"""Which part of the time an engine has."""
_INPUTS = {"hypothesis": 0.19, "atheris": 0.8, "stretching": 0.01}
_GRACE = 120.0


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one engine at one target."""

    target: str
    engine: str
    inputs: int
    seconds: float
    faults: tuple[str, ...]


def fuzz(name: str, inputs: int, seconds: float, chosen: Sequence[str]) -> Iterator[Row]:
    """Try so many inputs, or for so long, whatever ends first; the engines share both."""
    whole_time, whole = (sum(shares[engine] for engine in chosen) for shares in (_TIMES, _INPUTS))
    for engine in chosen:
        time_, count = seconds * _TIMES[engine] / whole_time, max(1, round(inputs * _INPUTS[engine] / whole))
        folder = WORK / name
        (folder / "found").mkdir(parents=True, exist_ok=True)
        (folder / "tried").write_text("0")
        started = time.monotonic()
        arguments = [engine, name, str(folder), str(count), str(time_)]
        with open(folder / f"{engine}.log", "wb") as log:
            try:
                subprocess.run(
                    [sys.executable, "-m", "fuzz.engines", *arguments],
                    stdout=log,
                    stderr=log,
                    stdin=subprocess.DEVNULL,
                    timeout=time_ + _GRACE,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                log.write(b"it did not end\n")
        took = time.monotonic() - started
        yield Row(name, engine, int((folder / "tried").read_text()), took, tuple(_faults(load(name), folder)))


def _faults(target: Target, folder: Path) -> Iterator[str]:
    """Every fault that can be seen again, and lay down the smallest input for each that is new."""
    known = {fault_of(target, kept(path)) for path in sorted((CORPUS / target.name).glob("*"))}
    for path in sorted((folder / "found").iterdir()):
        data = kept(path)
        path.unlink()
        fault = fault_of(target, data)
        if fault is None or fault in known:
            continue
        known.add(fault)
        least = smallest(data, lambda less: fault_of(target, less) == fault)  # noqa: B023 - used at once
        yield f"{fault}: {keep(CORPUS / target.name, least)}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument(
        "targets", nargs="*", metavar="TARGET", help=f"one of {', '.join(NAMES)}; all if none is named"
    )
    parser.add_argument("--inputs", type=int, default=20_000, help="inputs for each target")
    parser.add_argument("--seconds", type=float, default=600.0, help="time for each target")
    parser.add_argument("--engine", choices=tuple(_TIMES), help="by default all that are installed")
    given = parser.parse_args(arguments)
    if unknown := set(given.targets) - set(NAMES):
        parser.error(f"there is no target {', '.join(sorted(unknown))}")
    print("| target | engine | inputs | seconds | new faults |\n|---|---|---:|---:|---:|", flush=True)
    total = found = 0
    for name in given.targets or NAMES:
        for row in fuzz(name, given.inputs, given.seconds, [given.engine] if given.engine else engines()):
            total += row.inputs
            found += len(row.faults)
            print(
                f"| {row.target} | {row.engine} | {row.inputs:,} | {row.seconds:.0f} | {len(row.faults)} |",
                flush=True,
            )
            for fault in row.faults:
                print(f"  {fault}", file=sys.stderr, flush=True)
    print(f"| all | | {total:,} | | {found} |")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
