"""Watching places on this computer: what is told, what is not, and what ends nothing."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from cryptonews_tui.watching import Watch


class Heard:
    """Somebody who is told."""

    def __init__(self) -> None:
        self.changed: list[str] = []
        self.failures: list[str] = []
        self._something = threading.Condition()

    def hear(self, places: Sequence[str]) -> None:
        with self._something:
            self.changed += places
            self._something.notify_all()

    def wait_for(self, place: Path) -> None:
        with self._something:
            assert self._something.wait_for(lambda: str(place) in self.changed, 10), self.changed


@contextmanager
def watched(*places: Path) -> Iterator[Heard]:
    heard = Heard()
    watch = Watch([str(place) for place in places], heard.hear, heard.failures.append)
    watch.start()
    try:
        until(lambda: watch.watching)
        yield heard
    finally:
        watch.stop()
    assert not heard.failures


def until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    places = [tmp_path / "one", tmp_path / "one more"]
    for place in places:
        place.mkdir()
    return places


def test_only_the_folder_that_changed_is_told_of_however_deep(folders: list[Path]) -> None:
    one, more = folders
    (one / "2026").mkdir()
    with watched(one, more) as heard:
        (one / "2026" / "a.md").write_text("fog")
        heard.wait_for(one)
        assert str(more) not in heard.changed


@pytest.mark.parametrize("name", [".a.md.swp", "a.md~", ".git", "a.md.tmp"])
def test_what_editors_write_on_the_way_is_no_change(folders: list[Path], name: str) -> None:
    one, more = folders
    with watched(one, more) as heard:
        (one / name).write_text("fog")
        (more / "a.md").write_text("fog")  # later, and told at the latest together
        heard.wait_for(more)
        assert str(one) not in heard.changed


def test_a_file_that_is_replaced_is_watched_on(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("fog")
    with watched(file) as heard:
        for text in ("sun", "rain"):
            heard.changed.clear()
            (tmp_path / "b.md").write_text(text)
            (tmp_path / "b.md").replace(file)
            heard.wait_for(file)


def test_a_place_that_is_not_there_yet_is_told_of_when_it_comes(folders: list[Path], tmp_path: Path) -> None:
    later = tmp_path / "later"
    with watched(folders[0], later) as heard:
        later.mkdir()
        heard.wait_for(later)
        heard.changed.clear()
        (later / "a.md").write_text("fog")
        heard.wait_for(later)


def test_a_place_within_a_hidden_folder_is_watched(tmp_path: Path) -> None:
    place = tmp_path / ".news"
    place.mkdir()
    with watched(place) as heard:
        (place / "a.md").write_text("fog")
        heard.wait_for(place)


FULL = """
import resource, sys, threading, watchfiles
from cryptonews_tui.watching import Watch

resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))  # those that are open
over = threading.Event()
Watch([sys.argv[1]], print, lambda why: (print(why), over.set())).start()
assert over.wait(10)
"""


def test_where_the_system_can_watch_no_more_it_is_told_why(folders: list[Path]) -> None:
    run = subprocess.run(
        [sys.executable, "-c", FULL, str(folders[0])], capture_output=True, text=True, timeout=30, check=True
    )
    assert run.stdout == "Too many open files\n"
