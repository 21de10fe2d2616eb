"""What every measurement needs: libraries, readers in a terminal, and figures to hand in."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tarfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from math import inf
from pathlib import Path
from statistics import median, quantiles

from tests.pty_terminal import Terminal

from benchmarks.generate import articles_in, fill, varied, write_feeds, write_files
from cryptonews_tui.article import Article
from cryptonews_tui.cli import samples_location
from cryptonews_tui.library import Library, Writer
from cryptonews_tui.query import Query
from cryptonews_tui.refresh import sync

FEW, MANY = 2_000, 40_000
"""Articles in a small and in a large library."""

THOUSAND, LARGE, HUGE = 1_000, 100_000, 1_000_000
"""Articles in libraries that should feel alike."""

FILES = 2_062
"""Files for a first sync, where there is no folder of real ones."""

PROJECT = Path(__file__).parent.parent
REAL_ARTICLES = PROJECT.parent / "shared" / "corpus" / "news-2025-11.tar.gz"

CRYPTONEWS = (sys.executable, "-m", "cryptonews_tui")
ONE_LABEL = (sys.executable, "-m", "benchmarks.one_label")
MARKDOWN_WIDGET = (sys.executable, "-m", "benchmarks.markdown_widget")


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table: what, its goal and its measured value, both in the same terms."""

    name: str
    goal: float
    measured: float
    unit: str
    how: str = ""

    @property
    def ratio(self) -> float:
        """How much of the goal is used up; more than 1 misses it. Of nothing nothing may be used."""
        if not self.goal:
            return inf if self.measured else 0.0
        return self.measured / self.goal


class Workshop:
    """Libraries are made once in `folder`, when first asked for; what nobody needs later is in `passing`.

    `sizes` are the numbers of articles, and `stress` the seconds, for what is measured when it is named only.
    """

    def __init__(
        self,
        folder: Path,
        passing: Path,
        articles: Path | None,
        sizes: Sequence[int] = (LARGE,),
        stress: float = 300,
    ) -> None:
        self.folder = folder
        self.passing = passing
        self.sizes = sizes
        self.stress = stress
        self._given = articles
        self._states = 0

    @cached_property
    def files(self) -> Path:
        """The folder that a first sync reads."""
        given = self._given or (REAL_ARTICLES if REAL_ARTICLES.exists() else None)
        if given is not None and given.is_dir():
            return given
        folder = self.folder / "files"
        if folder.exists():
            return folder
        if given is not None:
            with tarfile.open(given) as archive:
                archive.extractall(folder, filter="data")
        else:
            write_files(folder, varied(articles_in(samples_location()), FILES))
        return folder

    @cached_property
    def articles(self) -> list[Article]:
        return articles_in(str(self.files))

    def library(self, count: int) -> Path:
        """A library of `count` articles."""
        return self.made(f"{count}.db", lambda path: fill(path, self.varied(count)))

    def files_of(self, count: int) -> Path:
        """A folder with the files of the articles in `library(count)`."""
        return self.made(f"{count}-files", lambda path: write_files(path, self.varied(count)))

    def feeds_of(self, count: int) -> Path:
        """A folder with RSS feeds of the same articles."""
        return self.made(f"{count}-feeds", lambda path: write_feeds(path, self.varied(count)))

    def varied(self, count: int) -> Iterator[Article]:
        """The articles of `library(count)`, in the order in which they were written."""
        return varied(self.articles, count)

    @property
    def synced(self) -> Path:
        """The library that a first sync of the files makes."""

        def first_sync(path: Path) -> None:
            writer = Writer(path)
            sync(writer, str(self.files))
            writer.close()

        return self.made("synced.db", first_sync)

    def of(self, name: str, articles: Sequence[Article]) -> Path:
        """A library of these articles."""
        return self.made(f"{name}.db", lambda path: fill(path, articles))

    def made(self, name: str, make: Callable[[Path], object]) -> Path:
        """A file or folder that `make` makes at the path it is given, if it is not there yet."""
        path = self.folder / name
        if not path.exists():
            unfinished = self.folder / f"unfinished-{name}"
            for left in self.folder.glob(f"{unfinished.name}*"):  # SQLite's own files too
                shutil.rmtree(left) if left.is_dir() else left.unlink()
            start = time.perf_counter()
            make(unfinished)
            unfinished.rename(path)
            if (seconds := time.perf_counter() - start) > 10:
                print(f"made {name} in {seconds:,.0f} s", flush=True)
        return path

    def environment(self, library: Path, settings: str = "") -> dict[str, str]:
        """Where a program finds this library, with the marks and settings of a new reader."""
        self._states += 1
        own = self.passing / f"reader-{self._states}"
        own.mkdir()
        (own / "settings.toml").write_text(settings)
        return {
            "CRYPTONEWS_LIBRARY": str(library),
            "CRYPTONEWS_STATE": str(own / "state.db"),
            "CRYPTONEWS_CONFIG": str(own / "settings.toml"),
            "CRYPTONEWS_CACHE": str(own / "cache"),
            "PYTHONPATH": os.pathsep.join((str(PROJECT), os.environ.get("PYTHONPATH", ""))),
        }

    @contextmanager
    def reader(
        self, library: Path, columns: int = 120, rows: int = 40, settings: str = ""
    ) -> Iterator[Terminal]:
        """The program, open on a library, at rest."""
        with Terminal(
            CRYPTONEWS, env=self.environment(library, settings), columns=columns, rows=rows
        ) as terminal:
            terminal.wait_for_bytes(first_title(library))
            terminal.quiet(0.6)
            yield terminal


def first_title(library: Path) -> bytes:
    """The first letters of the headline that stands on top."""
    opened = Library(library, library.with_suffix(".marks"))
    try:
        return opened.headlines(opened.stories(Query())[:1])[0].title[:20].encode()
    finally:
        opened.close()


def timed(terminal: Terminal, key: str, silence: float) -> float:
    """Seconds from pressing a key to the last byte of what it paints; after `silence` nothing more comes."""
    start = time.perf_counter()
    terminal.press(key)
    return terminal.quiet(silence) - start


def own_megabytes(pid: int) -> float:
    """What a process has for itself: not the libraries' code that it shares with others."""
    told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(map(int, re.findall(r"^Private_\w+: +(\d+) kB", told, re.M))) / 1e3


def seconds_of(command: Sequence[str], environment: Mapping[str, str]) -> float:
    """How long a process takes from its start to its end, its output thrown away."""
    nowhere = (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)
    start = time.perf_counter()
    pid = os.posix_spawn(command[0], list(command), {**os.environ, **environment}, file_actions=[nowhere])
    _, status = os.waitpid(pid, 0)
    seconds = time.perf_counter() - start
    if status:
        raise RuntimeError(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return seconds


def interleaved(times: int, *measured: Callable[[], float]) -> list[list[float]]:
    """The values of several measurements that take turns, so that a busy machine burdens all of them."""
    rounds = [[one() for one in measured] for _ in range(times)]
    return [list(values) for values in zip(*rounds, strict=True)]


def ratio(ours: Sequence[float], others: Sequence[float]) -> float:
    """The median of the ratios, each of two measurements that followed each other."""
    return median(one / other for one, other in zip(ours, others, strict=True))


def beside(ours: Sequence[float], others: Sequence[float]) -> str:
    """The two medians in words."""
    return f"{1e3 * median(ours):,.0f} ms beside {1e3 * median(others):,.0f} ms"


def p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]
