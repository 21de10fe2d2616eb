"""Many sources refreshed together: reports, outcomes, what is due next, and how it is called off."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from cryptonews_tui.intake import Report
from cryptonews_tui.library import Library, State, Writer
from cryptonews_tui.query import Query
from cryptonews_tui.refresh import note, refresh, try_out
from cryptonews_tui.sources.access import Access
from tests.sources.conftest import Handler, Site, page
from tests.sources.visiting import QUICK, article
from tests.strategies import write


@dataclass
class Desk:
    folder: Path
    writer: Writer
    state: State

    def refresh(self, *, trusted: bool = False, access: Access | None = None) -> list[Report]:
        """Visit all sources, as the reader does."""
        reports = []
        with suppress(StopIteration):
            for report in refresh(
                *(self.writer, self.state.sources(), access or Access(QUICK)),
                precious=self.state.precious,
                trusted=trusted,
            ):
                note(self.writer, self.state, report, 15)
                reports.append(report)
        return reports

    def stories(self) -> int:
        with closing(Library(self.writer.path, self.state.path)) as library:
            return library.count(Query())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    writer, state = Writer(tmp_path / "library.db"), State(tmp_path / "state.db")
    yield Desk(tmp_path, writer, state)
    writer.close()
    state.close()


def named(number: int) -> bytes:
    return article(f"Story {number}").replace(b"---\n", f'---\nexternalId: "{number}"\n'.encode(), 1)


def test_many_sources_are_visited_and_each_outcome_is_remembered(desk: Desk, site: Site) -> None:
    write(desk.folder / "news", "1.md", title="At home", externalId="home")
    desk.state.add_source("news", str(desk.folder / "news"))
    for number in range(12):
        site.answers[f"/{number}.md"] = page(named(number), ETag=f'"{number}"')
        desk.state.add_source(str(number), site.url(f"/{number}.md"))
    desk.state.add_source("gone", site.url("/gone.md"))
    reports = desk.refresh()
    assert {report.source.name: report.error is None for report in reports} == {
        "news": True,
        "gone": False,
    } | {str(number): True for number in range(12)}
    assert desk.stories() == 13
    now = time.time() * 1000
    for source in desk.state.sources():
        [visit] = desk.state.visits(source.location)
        assert source.due is not None
        if source.name == "gone":
            assert (source.failures, source.synced) == (1, None)
            assert "There is nothing at" in (source.error or "")
            assert now + 26 * 60_000 < source.due < now + 34 * 60_000
        else:
            assert (visit.seen, visit.added, source.error) == (1, 1, None)
            assert now + 14 * 60_000 < source.due < now + 16 * 60_000
    assert all(report.received > 0 for report in reports if report.source.name.isdecimal())


def test_what_has_not_changed_costs_one_request_and_no_body(desk: Desk, site: Site) -> None:
    def known(handler: Handler) -> None:
        if handler.headers.get("If-None-Match") == '"1"':
            handler.head(304)
        else:
            page(named(1), ETag='"1"')(handler)

    site.answers["/1.md"] = known
    desk.state.add_source("one", site.url("/1.md"))
    desk.refresh()
    [report] = desk.refresh()
    assert (report.seen, report.unchanged, report.added) == (1, 1, 0)
    assert len(site.requests) == 2


def test_a_refresh_that_is_called_off_keeps_what_it_read_and_is_no_visit(desk: Desk, site: Site) -> None:
    access = Access()
    write(desk.folder / "news", "1.md", title="At home", externalId="home")
    desk.state.add_source("news", str(desk.folder / "news"))

    def wait(handler: Handler) -> None:
        access.stop.set()
        handler.server.site.closing.wait(10)
        handler.close_connection = True

    site.answers["/1.md"] = wait
    desk.state.add_source("slow", site.url("/1.md"))
    began = time.monotonic()
    reports = desk.refresh(access=access)
    assert time.monotonic() - began < 5
    assert desk.stories() == 1
    slow = next(report for report in reports if report.source.name == "slow")
    assert slow.stopped
    assert slow.error is None
    [_, source] = desk.state.sources()
    assert (source.due, source.failures) == (None, 0)


def test_what_was_read_is_on_view_while_others_are_waited_for(desk: Desk, site: Site) -> None:
    access, released = Access(), threading.Event()

    def slow(handler: Handler) -> None:
        released.wait(10)
        page(named(2))(handler)

    site.answers["/2.md"] = slow
    write(desk.folder / "news", "1.md", title="At home", externalId="home")
    desk.state.add_source("news", str(desk.folder / "news"))
    desk.state.add_source("slow", site.url("/2.md"))
    seen: list[int] = []

    def watch() -> None:
        deadline = time.monotonic() + 8
        while not seen and time.monotonic() < deadline:
            if desk.stories() == 1:
                seen.append(1)
            time.sleep(0.05)
        released.set()

    watcher = threading.Thread(target=watch)
    with closing(Library(desk.writer.path, desk.state.path)):
        watcher.start()
        desk.refresh(access=access)
        watcher.join()
    assert seen == [1]
    assert desk.stories() == 2


@pytest.mark.parametrize("policy", ["mark", "remove"])
def test_a_source_that_loses_most_of_what_it_had_is_not_believed(desk: Desk, policy: str) -> None:
    for number in range(40):
        write(desk.folder / "news", f"{number}.md", title=f"Story {number}", externalId=str(number))
    desk.state.add_source("news", str(desk.folder / "news"))
    desk.state.change_source(str(desk.folder / "news"), replace(desk.state.sources()[0], policy=policy))
    desk.refresh()
    for number in range(30):
        (desk.folder / "news" / f"{number}.md").unlink()
    for _ in range(2):
        [report] = desk.refresh()
        assert report.removed == 0
        assert "Only 10 of 40 articles are left here, which was not believed" in report.problems[0].message
        assert desk.stories() == 40
    [report] = desk.refresh(trusted=True)
    assert report.removed == 30
    assert desk.stories() == (10 if policy == "remove" else 40)


def test_what_vanishes_is_kept_marked_or_removed_and_starred_stories_stay(desk: Desk) -> None:
    from cryptonews_tui.library import Mark
    from cryptonews_tui.query import parse

    for policy, left, gone in (("keep", 10, 0), ("mark", 10, 3), ("remove", 8, 1)):
        folder = desk.folder / policy
        for number in range(10):
            write(
                folder,
                f"{number}.md",
                title=f"Story {number}",
                externalId=f"{policy}-{number}",
                category=policy,
            )
        source = desk.state.add_source(policy, str(folder))
        desk.state.change_source(str(folder), replace(source, policy=policy))
        desk.refresh()
        desk.state.set_mark(Mark.STARRED, f"{policy}-1", on=True)
        for number in range(3):
            (folder / f"{number}.md").unlink()
        assert desk.refresh()[-1].removed == 3
        with closing(Library(desk.writer.path, desk.state.path)) as library:
            assert len(library.stories(parse(f"category:{policy}"))) == left
            assert len(library.stories(parse(f"category:{policy} is:gone"))) == gone


def test_a_trial_stores_nothing_and_reads_no_more_than_it_shows(desk: Desk) -> None:
    for number in range(30):
        write(desk.folder / "news", f"{number:02}.md", title=f"Story {number}", externalId=str(number))
    trial = try_out(str(desk.folder / "news"), Access())
    assert trial.titles == [f"Story {number}" for number in range(5)]
    assert (trial.report.kind, trial.report.expected, trial.report.seen) == ("a folder", 30, 5)
    assert desk.stories() == 0
    assert "Check the path" in (try_out("/no/such/place", Access()).report.error or "")


def test_a_trial_can_be_called_off(site: Site) -> None:
    access = Access()

    def slow(handler: Handler) -> None:
        access.stop.set()
        handler.server.site.closing.wait(5)
        handler.close_connection = True

    site.answers["/1.md"] = slow
    trial = try_out(site.url("/1.md"), replace(access, limits=QUICK))
    assert trial.titles == []
    assert trial.report.over
