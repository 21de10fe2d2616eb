"""A first and a second sync of a folder, beside PyYAML's C loader over the same front matters and nothing else.

Each runs in a process of its own that has its modules at hand and then says how long the work took.
"""

from __future__ import annotations

import subprocess
import sys
import time
from itertools import count
from pathlib import Path

from benchmarks.workshop import PROJECT, Figure, Workshop, beside, interleaved, ratio

TIMES = 9


def measure_sync(workshop: Workshop) -> list[Figure]:
    folder = workshop.files
    numbers = count()
    newest = [Path()]

    def yaml() -> float:
        return _in_process("yaml", folder)

    def first() -> float:
        newest[0] = workshop.passing / f"sync-{next(numbers)}.db"
        return _in_process("sync", folder, newest[0])

    def second() -> float:
        return _in_process("sync", folder, newest[0])

    yaml()  # so that the files are in memory for the first as for the last
    alone, first_time, again = interleaved(TIMES, yaml, first, second)
    return [
        Figure(
            "first sync, beside PyYAML's C loader alone",
            3,
            ratio(first_time, alone),
            "×",
            beside(first_time, alone),
        ),
        Figure(
            "second sync, nothing changed, beside the first",
            0.1,
            ratio(again, first_time),
            "×",
            beside(again, first_time),
        ),
    ]


def _in_process(*arguments: str | Path) -> float:
    command = [sys.executable, "-m", "benchmarks.syncing", *map(str, arguments)]
    return float(subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True).stdout)


def _load_all(folder: Path) -> float:
    import yaml

    texts = [path.read_text(encoding="utf-8") for path in folder.rglob("*.md")]
    front_matters = [text.split("\n---", 1)[0].removeprefix("---\n") for text in texts]
    start = time.perf_counter()
    for front_matter in front_matters:
        yaml.load(front_matter, Loader=yaml.CSafeLoader)
    return time.perf_counter() - start


def _sync(folder: Path, library: Path) -> float:
    from cryptonews_tui.library import Writer
    from cryptonews_tui.refresh import sync

    start = time.perf_counter()
    writer = Writer(library)
    report = sync(writer, str(folder))
    writer.close()
    assert not report.error
    return time.perf_counter() - start


if __name__ == "__main__":
    what, *paths = map(Path, sys.argv[1:])
    print(_sync(*paths) if what.name == "sync" else _load_all(*paths))
