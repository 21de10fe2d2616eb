"""What sources cost: an unchanged refresh, hundreds of feeds behind the open reader, the memory of a first sync."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from tests.pty_terminal import Terminal

from benchmarks.publisher import BROKEN, ENTRIES, FEEDS, publishing
from benchmarks.workshop import CRYPTONEWS, PROJECT, Figure, Workshop, p95
from cryptonews_tui.library import Library, State
from cryptonews_tui.library.health import check_library
from cryptonews_tui.query import Query

UNCHANGED = 50
FIRST = 50_000
KILLS = 50
SECONDS = 120
"""So long the feeds may take before it is given up."""
KEY_SECONDS = 0.1
"""Between two keys."""
_COLUMN = 40
"""Somewhere in a title of the list."""


def measure_unchanged(workshop: Workshop) -> Iterator[Figure]:
    """Fifty web sources where nothing is new."""
    environment = workshop.environment(workshop.passing / "unchanged.db")
    with publishing() as publisher:
        _add(environment, [publisher.url(f"/article/{number}.md") for number in range(UNCHANGED)])
        _timed_sync(environment)
        before, sent = publisher.asked()
        seconds = sorted(_timed_sync(environment) for _ in range(5))
        after, sent_after = publisher.asked()
    said = f"median of 5, {seconds[0]:.2f} to {seconds[-1]:.2f} s"
    yield Figure(f"{UNCHANGED} unchanged web sources, refreshed", 1_000, 1e3 * seconds[2], "ms", said)
    yield Figure("… requests", UNCHANGED, (after - before) / 5, "")
    yield Figure("… bytes of bodies", 0, sent_after - sent, "B")


def measure_feeds(workshop: Workshop) -> Iterator[Figure]:
    """Five hundred feeds, some broken, while somebody types in the open reader."""
    library = workshop.passing / "feeds.db"
    environment = workshop.environment(library)
    state = Path(environment["CRYPTONEWS_STATE"])
    good = (FEEDS - FEEDS // BROKEN) * ENTRIES
    with publishing() as publisher:
        _add(environment, [publisher.url(f"/feed/{number}.xml") for number in range(FEEDS)])
        waits: list[float] = []
        began = time.perf_counter()
        with Terminal(CRYPTONEWS, env=environment) as terminal:
            terminal.wait_until(lambda: _cursor(terminal) is not None, SECONDS, "the first articles")
            while _visited(state) < FEEDS and time.perf_counter() - began < SECONDS:
                before = _cursor(terminal)
                start = time.perf_counter()
                terminal.press("j" if len(waits) % 20 < 10 else "k")
                terminal.wait_until(lambda before=before: _cursor(terminal) != before, 5, "the cursor")
                waits.append(terminal.arrivals[-1][0] - start)
                terminal.quiet(KEY_SECONDS)
            seconds = time.perf_counter() - began
    with closing(Library(library, state)) as opened:
        stored = opened.count(Query())
    with closing(State(state)) as opened_state:
        named = sum(bool(source.error or source.problems) for source in opened_state.sources())
    median = sorted(waits)[len(waits) // 2]
    yield Figure(f"{FEEDS} feeds of {ENTRIES} entries", 60, seconds, "s")
    yield Figure(
        "… entries of good feeds that are not there", 0, max(0, good - stored), "", f"{stored:,} stored"
    )
    yield Figure(
        "… broken feeds that are not named", 0, max(0, FEEDS // BROKEN - named), "", f"{named} named"
    )
    said = f"{len(waits)} keys, median {1e3 * median:.1f}, most {1e3 * max(waits):.0f} ms"
    yield Figure("… a key meanwhile, p95", 33, 1e3 * p95(waits), "ms", said)


def measure_first_memory(workshop: Workshop) -> Iterator[Figure]:
    """The memory of a first sync of very many files."""
    environment = workshop.environment(workshop.passing / "first.db")
    command = [*CRYPTONEWS, "sync", str(workshop.files_of(FIRST))]
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"the sync ended with {process.returncode}")
    yield Figure(f"first sync of {FIRST:,} articles, most memory", 200, usage.ru_maxrss / 1e3, "MB")


def measure_kills(workshop: Workshop) -> Iterator[Figure]:
    """A first sync that is killed at any moment: nothing that was there gets lost, and the next one completes it."""
    noise = random.Random(5)
    folder = workshop.files_of(FIRST // 10)
    began = time.perf_counter()
    _timed_sync(workshop.environment(workshop.passing / "whole.db"), folder)
    whole = time.perf_counter() - began
    with closing(Library(workshop.passing / "whole.db", workshop.passing / "whole.marks")) as library:
        everything = library.count(Query())
    lost: list[str] = []
    for number in range(KILLS):
        path = workshop.passing / f"killed-{number}.db"
        environment = workshop.environment(path)
        seen = 0
        for _ in range(2):
            process = subprocess.Popen(
                [*CRYPTONEWS, "sync", str(folder)],
                env={**os.environ, **environment},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            time.sleep(noise.uniform(0.05, whole))
            process.send_signal(signal.SIGKILL)
            process.wait()
            if path.exists():
                with closing(Library(path, path.with_suffix(".marks"))) as library:
                    count = library.count(Query())
                if count < seen:
                    lost.append(f"{number}: {seen - count} stories")
                seen = count
        _timed_sync(environment, folder)
        with closing(Library(path, path.with_suffix(".marks"))) as library:
            if library.count(Query()) != everything:
                lost.append(f"{number}: not completed")
        if not check_library(path).well:
            lost.append(f"{number}: not well")
        for left in path.parent.glob(f"{path.name}*"):
            left.unlink()
    yield Figure(f"first syncs killed {2 * KILLS} times, things lost", 0, len(lost), "", "; ".join(lost[:3]))


def _add(environment: Mapping[str, str], locations: Sequence[str]) -> None:
    with closing(State(Path(environment["CRYPTONEWS_STATE"]))) as state:
        for number, location in enumerate(locations):
            state.add_source(f"source {number}", location)


def _cursor(terminal: Terminal) -> int | None:
    """The line that the cursor of the list stands on: the one that has another background than most."""
    _ = terminal.text  # so that the screen is as the terminal has it
    backgrounds = [terminal.screen.buffer[line][_COLUMN].bg for line in range(3, terminal.screen.lines - 2)]
    usual = max(set(backgrounds), key=backgrounds.count)
    others = [line for line, background in enumerate(backgrounds) if background != usual]
    return others[0] if len(others) == 1 else None


def _visited(state: Path) -> int:
    with closing(State(state)) as opened:
        return sum(source.synced is not None or source.failures > 0 for source in opened.sources())


def _timed_sync(environment: Mapping[str, str], *locations: Path) -> float:
    """Seconds of a sync, in a process that has its modules at hand."""
    command = [sys.executable, "-m", "benchmarks.sources", *map(str, locations)]
    ran = subprocess.run(
        command, cwd=PROJECT, env={**os.environ, **environment}, check=True, capture_output=True, text=True
    )
    return float(json.loads(ran.stdout.splitlines()[-1]))


if __name__ == "__main__":
    from cryptonews_tui import cli, front_matter, intake, library, output, refresh, sourcing  # noqa: F401

    start = time.perf_counter()
    cli.main(["sync", *sys.argv[1:]])
    print(json.dumps(time.perf_counter() - start))
