"""A sync that is killed at any moment leaves a library that opens, is whole, and is completed by the next one."""

from __future__ import annotations

import json
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cryptonews_tui.library import Library, State, Writer
from cryptonews_tui.query import Query
from cryptonews_tui.refresh import sync
from tests.strategies import write

KILLS = 100
AT_ONCE = 10
"""So many kills happen to one library, one after the other."""
SECONDS = 30.0
FILES, CHANGED = 120, 20


class Publisher:
    """A folder that changes: each time some files are new and some are rewritten."""

    def __init__(self, folder: Path, noise: random.Random) -> None:
        self.folder = folder
        self.noise = noise
        self.number = 0
        self.publish(FILES)

    def publish(self, changed: int) -> None:
        for _ in range(changed):
            self.number += 1
            new = self.noise.random() < 0.2 or self.number < FILES
            number = self.number if new else self.noise.randrange(1, self.number)
            words = " ".join(self.noise.choice(("bitcoin", "біткоїн", "etf", "rally")) for _ in range(60))
            for lang in ("en", "uk")[: 1 + number % 2]:
                write(
                    self.folder,
                    f"{number % 7}/{number}.{lang}.md",
                    f"## Overview\n\n{words} {self.number}\n\n## Impact\n\nText.",
                    title=f"Story {number}, edition {self.number}",
                    externalId=str(number),
                    lang=lang,
                    publishedAt=f"2025-{1 + number % 12:02}-{1 + number % 28:02}T00:00:00.{number:03}Z",
                    tags=[f"TAG {number % 5}", "BTC", f"EDITION {self.number % 9}"],
                )


# Starting Python takes longer than a small sync: each run is a copy of a process that has loaded everything.
PROGRAM = """
import json, os, signal, sys, time
from cryptonews_tui import cli, front_matter, library, output, reading, refresh
from cryptonews_tui.sources import local

for line in sys.stdin:
    seconds, arguments = json.loads(line)
    start = time.monotonic()
    program = os.fork()
    if not program:
        os._exit(cli.main(arguments))
    if seconds is not None:
        time.sleep(seconds)
        os.kill(program, signal.SIGKILL)
    _, status = os.waitpid(program, 0)
    print(json.dumps([os.waitstatus_to_exitcode(status), time.monotonic() - start]), flush=True)
"""


class Runner:
    """Runs the program, each time in a process of its own, and kills it when told."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def run(self, arguments: list[str]) -> float:
        """How many seconds it takes."""
        code, seconds = self._told([None, arguments])
        assert code == 0
        return seconds

    def kill_after(self, seconds: float, arguments: list[str]) -> bool:
        """Let it run for so long; whether it was killed before it came to its end."""
        code, _ = self._told([seconds, arguments])
        assert code in (0, -signal.SIGKILL)
        return code != 0

    def _told(self, what: list[Any]) -> tuple[int, float]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(json.dumps(what), file=self.process.stdin, flush=True)
        code, seconds = json.loads(self.process.stdout.readline())
        return code, seconds


@pytest.fixture
def runner() -> Iterator[Runner]:
    runner = Runner()
    with runner.process:
        yield runner
        assert runner.process.stdin is not None
        runner.process.stdin.close()


class Desk:
    """A library that is synced by a program of its own."""

    def __init__(self, folder: Path, news: Path) -> None:
        self.library, self.state, self.news = folder / "library.db", folder / "state.db", news

    @property
    def arguments(self) -> list[str]:
        return ["sync", "--library", str(self.library), "--state", str(self.state), str(self.news)]

    def stories(self) -> set[str]:
        """What is there, once it has been looked whether all is well."""
        with closing(Library(self.library, self.state)) as library, closing(State(self.state)) as state:
            found = library.headlines(library.stories(Query())[:])
            facets = library.facets(Query(), apart=True)
            assert facets.total == len(found)
            state.sources()
        for path in (self.library, self.state):
            with closing(sqlite3.connect(path)) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
                assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        return {headline.story for headline in found}

    def complete(self) -> dict[str, Any]:
        """Everything the library holds after a sync that nobody kills."""
        with closing(Writer(self.library)) as writer:
            report = sync(writer, str(self.news))
            assert (report.error, report.problems) == (None, [])
            remembered = writer.remembered(report.location)
        with closing(Library(self.library, self.state)) as library:
            stories = library.stories(Query())
            versions = sorted(library.all_versions(stories[:]), key=lambda one: (one.position, one.lang))
            held = {
                "remembered": remembered,
                "order": [headline.story for headline in library.headlines(stories[:])],
                "versions": versions,
                "facets": library.facets(Query()),
            }
        with closing(sqlite3.connect(self.library)) as connection:
            connection.execute("CREATE VIRTUAL TABLE temp.index_of USING fts5vocab(main, words, instance)")
            held["words"] = connection.execute(
                "SELECT DISTINCT term, key, col FROM temp.index_of JOIN story ON story.id = doc ORDER BY 1, 2, 3"
            ).fetchall()
            held["pending"] = connection.execute("SELECT * FROM pending").fetchall()
        return held


def moments(noise: random.Random, seconds: float) -> Iterator[float]:
    """Moments at random, spread over so many seconds."""
    while True:
        parts = list(range(AT_ONCE))
        noise.shuffle(parts)
        yield from (seconds * (part + noise.random()) / AT_ONCE for part in parts)


@pytest.mark.timeout(120)
def test_a_sync_that_is_killed_at_any_moment_is_completed_by_the_next(tmp_path: Path, runner: Runner) -> None:
    noise = random.Random(11)
    publisher = Publisher(tmp_path / "news", noise)
    whole = runner.run(Desk(tmp_path / "measured", publisher.folder).arguments)
    when = moments(noise, whole)
    killed = tried = 0
    end = time.monotonic() + SECONDS
    while tried < KILLS and (time.monotonic() < end or not tried):
        desk = Desk(tmp_path / f"desk {tried}", publisher.folder)
        before: set[str] = set()
        for _ in range(AT_ONCE):
            killed += runner.kill_after(next(when), desk.arguments)
            tried += 1
            there = desk.stories()
            assert before <= there
            before = there
            publisher.publish(CHANGED)
        completed = desk.complete()
        fresh = Desk(tmp_path / f"fresh {tried}", publisher.folder).complete()
        for what in fresh:
            assert completed[what] == fresh[what], what
    assert killed >= tried / 4
