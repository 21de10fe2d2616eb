"""One visit to a source after the other: what the library holds, and what the report says."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cryptonews_tui import intake
from cryptonews_tui.article import Role
from cryptonews_tui.intake import Report
from cryptonews_tui.library import Library, Mark, State, Writer
from cryptonews_tui.query import Query, parse
from cryptonews_tui.refresh import sync
from cryptonews_tui.sections import Roles
from tests.strategies import HOSTILE, threats, write

Counts = tuple[int, int, int, int, int]


class Desk:
    """A folder of news, and a library that is brought up to date with it."""

    def __init__(self, folder: Path) -> None:
        self.news = folder / "news"
        self.news.mkdir()
        self.writer = Writer(folder / "library.db")
        self.library = Library(folder / "library.db", folder / "state.db")
        self.state = State(folder / "state.db")

    def sync(self, location: object | None = None) -> Report:
        return sync(self.writer, str(location or self.news))

    def titles(self, query: str = "") -> list[str]:
        stories = self.library.stories(parse(query))
        return [headline.title for headline in self.library.headlines(stories)]

    def write(self, number: int, name: str = "", **fields: object) -> Path:
        values = {"title": f"Story {number}", "externalId": str(number), **fields}
        return write(self.news, name or f"2025/11/{number}.en.md", **values)

    def close(self) -> None:
        self.state.close()
        self.library.close()
        self.writer.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.close()


def counts(report: Report) -> Counts:
    """seen, added, updated, unchanged, removed; an error is no count."""
    assert report.error is None
    return report.seen, report.added, report.updated, report.unchanged, report.removed


def test_what_reads_an_archive_is_not_imported_before_there_is_one() -> None:
    program = (
        "import sys, cryptonews_tui.refresh; assert not {'tarfile', 'zipfile', 'gzip'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=30)


def test_the_first_visit_adds_and_the_second_finds_nothing_new(desk: Desk) -> None:
    for number in range(3):
        desk.write(number)
    assert counts(desk.sync()) == (3, 3, 0, 0, 0)
    assert len(desk.titles()) == 3
    assert counts(desk.sync()) == (3, 0, 0, 3, 0)


def test_an_empty_folder_is_no_error(desk: Desk) -> None:
    assert counts(desk.sync()) == (0, 0, 0, 0, 0)


def test_a_changed_file_updates_its_article_and_keeps_its_star(desk: Desk) -> None:
    desk.write(1)
    desk.write(2)
    desk.sync()
    desk.state.set_mark(Mark.STARRED, "1", on=True)
    desk.write(1, title="Corrected")
    assert counts(desk.sync()) == (2, 0, 1, 1, 0)
    assert desk.titles("is:starred") == ["Corrected"]


def test_a_file_that_was_only_touched_is_unchanged(desk: Desk) -> None:
    path = desk.write(1)
    desk.sync()
    os.utime(path, ns=(5, 5))
    assert counts(desk.sync()) == (1, 0, 0, 1, 0)
    assert counts(desk.sync()) == (1, 0, 0, 1, 0)


def test_a_moved_file_keeps_its_marks(desk: Desk) -> None:
    path = desk.write(1)
    desk.sync()
    desk.state.set_mark(Mark.READ, "1", on=True)
    path.rename(desk.news / "moved.md")
    assert counts(desk.sync()) == (1, 0, 0, 1, 1)
    [headline] = desk.library.headlines(desk.library.stories(parse("is:read")))
    assert headline.origin == str(desk.news / "moved.md")


def test_what_vanished_is_counted_once_and_its_article_kept(desk: Desk) -> None:
    desk.write(1).unlink()
    path = desk.write(2)
    desk.write(3)
    desk.sync()
    path.unlink()
    assert counts(desk.sync()) == (1, 0, 0, 1, 1)
    assert counts(desk.sync()) == (1, 0, 0, 1, 0)
    assert desk.titles() == ["Story 3", "Story 2"]
    desk.write(2)
    assert counts(desk.sync()) == (2, 0, 0, 2, 0)


def test_a_refused_item_is_reported_at_every_visit(desk: Desk) -> None:
    desk.write(1)
    desk.write(2, title=...)
    desk.write(3, sentiment="GLAD")
    said = [(p.item, p.line, p.message.split(":")[0]) for p in desk.sync().problems]
    assert said == [
        ("2025/11/2.en.md", None, "no usable title"),
        ("2025/11/3.en.md", 11, "sentiment"),
    ]
    for _ in range(2):
        report = desk.sync()
        assert counts(report) == (3, 0, 0, 3, 0)
        assert [(p.item, p.line, p.message.split(":")[0]) for p in report.problems] == said
    desk.write(2)
    report = desk.sync()
    assert counts(report) == (3, 1, 0, 2, 0)
    assert [p.item for p in report.problems] == ["2025/11/3.en.md"]


def test_an_article_that_becomes_unreadable_is_kept_as_it_was(desk: Desk) -> None:
    path = desk.write(1)
    desk.sync()
    path.write_bytes(b"\0\0\0")
    report = desk.sync()
    assert counts(report) == (1, 0, 0, 0, 0)
    assert len(report.problems) == 2
    assert desk.titles() == ["Story 1"]


def test_a_source_that_fails_leaves_everything_and_says_why(desk: Desk) -> None:
    desk.write(1)
    desk.sync()
    before = desk.writer.remembered(str(desk.news))
    desk.news.rename(desk.news.with_name("elsewhere"))
    report = desk.sync()
    assert report.error == f"There is no file or folder at {desk.news}. Check the path."
    assert (report.seen, report.removed, report.problems) == (0, 0, [])
    assert desk.titles() == ["Story 1"]
    assert desk.writer.remembered(str(desk.news)) == before
    desk.news.with_name("elsewhere").rename(desk.news)
    assert counts(desk.sync()) == (1, 0, 0, 1, 0)


@pytest.mark.parametrize("location", ["", "gopher://example.org/", "/dev/null"])
def test_what_is_no_source_is_said_in_the_report(desk: Desk, location: str) -> None:
    report = sync(desk.writer, location)
    assert report.error is not None
    assert report.error.endswith(".")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_report_is_clean_whatever_the_location(desk: Desk, name: str) -> None:
    report = sync(desk.writer, f"{desk.news}/{HOSTILE[name]}")
    assert threats(report.location + str(report.error), allowed="") == []


def archive_that_breaks_off(desk: Desk) -> Path:
    """Twenty articles, of which about half arrive."""
    noise = random.Random(5)  # what cannot be compressed is spread over the archive
    for number in range(20):
        body = "".join(chr(noise.randrange(0x4E00, 0x9FFF)) for _ in range(4_000))
        write(desk.news, f"{number:02}.md", body, title=f"Story {number}", externalId=str(number))
    whole = desk.news.with_name("whole.tar.gz")
    with tarfile.open(whole, "w:gz") as archive:
        archive.add(desk.news, arcname=".")
    broken = desk.news.with_name("broken.tar.gz")
    broken.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    return broken


def test_a_source_that_fails_half_way_keeps_what_came_and_forgets_nothing(desk: Desk) -> None:
    broken = archive_that_breaks_off(desk)
    report = desk.sync(broken)
    assert report.error is not None
    assert 5 <= report.seen == report.added < 20
    assert report.removed == 0
    assert len(desk.titles()) == report.added
    broken.write_bytes(broken.with_name("whole.tar.gz").read_bytes())
    again = desk.sync(broken)
    assert counts(again) == (20, 20 - report.added, 0, report.added, 0)
    assert counts(desk.sync(broken)) == (20, 0, 0, 20, 0)


def test_what_was_read_before_a_stop_is_kept_and_nothing_counts_as_gone(desk: Desk) -> None:
    for number in range(10):
        desk.write(number)
    desk.sync()
    for number in range(10):
        desk.write(number, title=f"Story {number} again")
    reports: list[Report] = []
    report = sync(desk.writer, str(desk.news), reports.append, lambda: reports[-1].seen >= 4)
    assert (report.seen, report.removed, report.error) == (4, 0, None)
    assert len(desk.titles("again")) == report.updated == 4
    assert counts(desk.sync()) == (10, 0, 6, 4, 0)


def test_a_library_that_cannot_be_written_to_is_said_in_the_report_after_one_try(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "BATCH_ARTICLES", 2)
    desk.writer._connection.execute("PRAGMA busy_timeout = 500")
    for number in range(6):
        desk.write(number)
    lock = sqlite3.connect(desk.writer.path, isolation_level=None)

    tries: list[str] = []

    def seize(report: Report) -> None:
        if report.seen == 3 and not lock.in_transaction:
            lock.execute("BEGIN IMMEDIATE")
            desk.writer._connection.set_trace_callback(tries.append)

    report = sync(desk.writer, str(desk.news), seize)
    desk.writer._connection.set_trace_callback(None)
    assert [said for said in tries if said.startswith("BEGIN")] == ["BEGIN IMMEDIATE"]
    assert report.error is not None
    assert "another program is writing to it; try again" in report.error
    assert (report.seen, report.added, desk.titles()) == (4, 2, [])
    lock.execute("ROLLBACK")
    lock.close()
    assert counts(desk.sync()) == (6, 4, 0, 2, 0)
    assert len(desk.titles()) == 6


def test_two_sources_may_hold_the_same_story(desk: Desk, tmp_path: Path) -> None:
    desk.write(1)
    write(tmp_path / "mirror", "1.md", title="Story 1", externalId="1")
    newer = {"title": "Newer", "externalId": "2", "updatedAt": "2025-11-26T00:00:00Z"}
    desk.write(2)
    write(tmp_path / "mirror", "2.md", **newer)
    assert counts(desk.sync()) == (2, 2, 0, 0, 0)
    assert counts(desk.sync(tmp_path / "mirror")) == (2, 0, 1, 1, 0)
    assert desk.titles() == ["Newer", "Story 1"]
    assert counts(desk.sync()) == (2, 0, 0, 2, 0)
    assert desk.titles() == ["Newer", "Story 1"]
    desk.write(2, title="Still old", updatedAt="2025-11-25T23:00:00Z")
    assert counts(desk.sync()) == (2, 0, 0, 2, 0)
    assert desk.titles() == ["Newer", "Story 1"]


def test_progress_is_told_for_every_item_and_at_the_end(desk: Desk) -> None:
    for number in range(5):
        desk.write(number)
    seen: list[tuple[int, int | None]] = []
    sync(desk.writer, str(desk.news), lambda report: seen.append((report.seen, report.expected)))
    assert seen == [(0, None), (0, None), (0, 5), (1, 5), (2, 5), (3, 5), (4, 5), (5, 5), (5, 5)]


@pytest.mark.parametrize(("articles", "seconds"), [(1, 60.0), (3, 60.0), (10_000, 0.0)])
def test_batches_of_any_size_come_to_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, articles: int, seconds: float
) -> None:
    monkeypatch.setattr(intake, "BATCH_ARTICLES", articles)
    monkeypatch.setattr(intake, "BATCH_SECONDS", seconds)
    for number in range(10):
        desk.write(number, publishedAt=f"2025-11-{10 + number}T00:00:00Z")
    assert counts(desk.sync()) == (10, 10, 0, 0, 0)
    assert desk.titles() == [f"Story {number}" for number in reversed(range(10))]
    assert len(desk.writer.remembered(str(desk.news))) == 10


def test_what_was_read_becomes_visible_while_the_visit_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "BATCH_ARTICLES", 1)
    monkeypatch.setattr("cryptonews_tui.library.writing._MANY", 3)
    for number in range(9):
        desk.write(number)
    visible: list[int] = []
    sync(desk.writer, str(desk.news), lambda _: visible.append(len(desk.library.stories(Query()))))
    assert visible[0] == 0
    assert 0 < visible[-3] < 9
    assert visible[-1] == len(desk.titles()) == 9


def test_sections_have_the_roles_that_the_settings_give_them(desk: Desk) -> None:
    desk.write(1, body="## Tides\n\nHigh water.\n\n## Overview\n\nCalm.")
    sync(desk.writer, str(desk.news), roles=Roles({"impact": ["tides"]}))
    [headline] = desk.library.headlines(desk.library.stories(parse("impact:water")))
    assert headline.sections == ((Role.IMPACT, "Tides"), (Role.OVERVIEW, "Overview"))
