"""A repository of 11,000 articles of which a commit changes 60: a sync of the change beside the first sync,
and what is our own of it beside `git fetch`.

Each sync runs in a process of its own that has its modules at hand and then says how long the work took.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from tests.sources.repositories import Publisher

from benchmarks.workshop import PROJECT, Figure, Workshop, beside, ratio

ARTICLES, CHANGED, TIMES = 11_000, 60, 5


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds of one sync: all of it, and what the fetches took of it."""

    whole: float
    fetching: float


def measure_repository(workshop: Workshop) -> list[Figure]:
    first: list[float] = []
    later: list[Taken] = []
    for number in range(TIMES):
        folder = workshop.passing / f"repository-{number}"
        publisher = Publisher(folder / "news.git")
        files = sorted(workshop.files_of(ARTICLES).rglob("*.md"))
        publisher.commit({f"{at // 1_000}/{file.name}": file.read_bytes() for at, file in enumerate(files)})
        first.append(_in_process(folder, publisher).whole)
        publisher.commit(dict(_changed(files)))
        later.append(_in_process(folder, publisher))
        shutil.rmtree(folder)
    whole, fetching = ([taken.whole for taken in later], [taken.fetching for taken in later])
    own = [taken.whole - taken.fetching for taken in later]
    return [
        Figure(
            f"a commit of {CHANGED} of {ARTICLES:,} files, beside the first sync",
            0.05,
            ratio(whole, first),
            "×",
            beside(whole, first),
        ),
        Figure("our own part of it, beside git fetch", 2, ratio(own, fetching), "×", beside(own, fetching)),
    ]


def _changed(files: Sequence[Path]) -> Iterator[tuple[str, bytes]]:
    """A third of the changed files is mended, the rest is new."""
    numbers = count(1)
    for at in range(0, len(files), len(files) // CHANGED):
        number, text = next(numbers), files[at].read_bytes()
        if number % 3 == 0:
            yield f"{at // 1_000}/{files[at].name}", text + b"\nOne more line.\n"
        elif number <= CHANGED:
            yield f"new/{number}.md", text.replace(b"externalId: ", b"externalId: 7", 1)


def _in_process(folder: Path, publisher: Publisher) -> Taken:
    command = [sys.executable, "-m", "benchmarks.repository", str(folder), publisher.url]
    told = subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True).stdout
    return Taken(**json.loads(told))


def _sync(folder: Path, location: str) -> Taken:
    from cryptonews_tui.library import Writer
    from cryptonews_tui.refresh import sync
    from cryptonews_tui.sources.access import Access
    from cryptonews_tui.sources.repository import Repository

    fetching = 0.0
    fetch = Repository._fetch

    def timed(self: Repository, arguments: Sequence[str], given: bytes = b"", *settings: str) -> None:
        nonlocal fetching
        start = time.perf_counter()
        try:
            fetch(self, arguments, given, *settings)
        finally:
            fetching += time.perf_counter() - start

    Repository._fetch = timed  # type: ignore[method-assign]
    start = time.perf_counter()
    writer = Writer(folder / "library.db")
    report = sync(writer, location, access=Access(cache=folder / "cache"))
    writer.close()
    assert not report.error, report.error
    return Taken(time.perf_counter() - start, fetching)


if __name__ == "__main__":
    taken = _sync(Path(sys.argv[1]), sys.argv[2])
    print(json.dumps({"whole": taken.whole, "fetching": taken.fetching}))
