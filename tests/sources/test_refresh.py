"""Many sources refreshed together: reports, outcomes, what is due next, and how it is called off."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from cryptonews_tui.intake import Report
from cryptonews_tui.library import DatabaseError, Library, State, StoredSource, Writer, writing
from cryptonews_tui.query import parse
from cryptonews_tui.refresh import note, refresh, try_out
from cryptonews_tui.sources.access import Access
from cryptonews_tui.sources.local import LocalSource
from tests.programs import needs
from tests.sources.conftest import Handler, Site, page
from tests.sources.repositories import Publisher
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

    def stories(self, query: str = "") -> int:
        with closing(Library(self.writer.path, self.state.path)) as library:
            return library.count(parse(query))

    def publish(self, numbers: Iterable[int] = range(3)) -> Path:
        """Have so many articles in a folder."""
        folder = self.folder / "news"
        for number in numbers:
            write(folder, f"{number}.md", title=f"Story {number}", externalId=str(number))
        return folder

    def add(self, location: object, **choices: Any) -> StoredSource:
        """Have a source with these choices."""
        source = self.state.add_source("news", str(location))
        self.state.change_source(source.location, replace(source, **choices))
        return self.state.sources()[-1]


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
        deadline = time.monotonic() + 4
        with closing(Writer(desk.writer.path)) as writer:
            while not writer.items(str(desk.folder / "news")) and time.monotonic() < deadline:
                time.sleep(0.01)
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


@needs("git", "git")
def test_what_was_deleted_in_the_history_of_a_repository_is_gone(desk: Desk) -> None:
    publisher = Publisher(desk.folder / "www" / "news.git")
    publisher.commit({f"{number}.md": named(number) for number in range(4)})
    publisher.commit({"0.md": None})
    source = desk.add(publisher.url, policy="mark", history=True)
    [report] = desk.refresh(access=Access(cache=desk.folder / "cache"))
    assert (report.error, report.added, report.marked) == (None, 4, 1)
    assert (desk.stories(), desk.stories("is:gone")) == (4, 1)
    assert desk.writer.items(source.location) == {"1.md", "2.md", "3.md"}


def test_a_folder_that_is_put_in_order_has_lost_nothing(desk: Desk) -> None:
    folder = desk.publish(range(40))
    desk.add(folder, policy="remove")
    desk.refresh()
    (folder / "2025").mkdir()
    for path in [*folder.glob("*.md")]:
        path.rename(folder / "2025" / path.name)
    [report] = desk.refresh()
    assert report.problems == []
    assert (desk.stories(), desk.stories("is:gone")) == (40, 0)
    assert all(item.startswith("2025/") for item in desk.writer.items(str(folder)))


@needs("git", "git")
def test_a_repository_that_is_put_in_order_has_lost_nothing(desk: Desk) -> None:
    publisher = Publisher(desk.folder / "www" / "news.git")
    publisher.commit({f"{number}.md": named(number) for number in range(40)})
    desk.add(publisher.url, policy="mark")
    access = Access(cache=desk.folder / "cache")
    desk.refresh(access=access)
    publisher.commit(renamed={f"{number}.md": f"2025/{number}.md" for number in range(40)})
    [report] = desk.refresh(access=access)
    assert report.problems == []
    assert desk.stories("is:gone") == 0


def test_what_another_program_brings_meanwhile_is_not_gone(desk: Desk) -> None:
    folder = desk.publish()
    desk.add(folder, policy="remove")
    desk.refresh()

    def visit_too(report: Report) -> None:
        if report.seen == 1 and not (folder / "9.md").exists():
            desk.publish([9])
            with closing(Writer(desk.writer.path)) as writer:
                assert [each.added for each in refresh(writer, desk.state.sources(), Access())] == [1]

    [report] = refresh(desk.writer, desk.state.sources(), Access(), progress=visit_too)
    assert (report.seen, report.removed) == (3, 0)
    assert desk.stories() == 4


def test_what_lies_in_a_folder_that_cannot_be_looked_into_is_not_gone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = desk.publish()
    write(folder / "locked", "9.md", title="Story 9", externalId="9")
    desk.add(folder, policy="remove")
    desk.refresh()
    (folder / "0.md").unlink()
    look = os.scandir

    def refuse(path: str) -> Any:
        if path.rstrip("/").endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return look(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", refuse)
        [report] = desk.refresh()
    assert [problem.message for problem in report.problems] == [
        "The folder cannot be read: Permission denied."
    ]
    assert desk.stories() == 4
    desk.refresh()
    assert desk.stories() == 3


# What happens to a source while it is visited


def test_a_source_that_is_removed_while_it_is_visited_holds_nothing(desk: Desk) -> None:
    folder = desk.publish()
    desk.add(folder)

    def remove(report: Report) -> None:
        if report.seen == 2 and desk.state.remove_source("news"):
            desk.writer.forget_source(str(folder))

    for report in refresh(desk.writer, desk.state.sources(), Access(), progress=remove):
        note(desk.writer, desk.state, report, 15)
    assert desk.writer.items(str(folder)) == set()
    assert desk.stories() == 3


def test_languages_that_are_chosen_while_a_source_is_visited_are_read_at_the_next_visit(desk: Desk) -> None:
    source = desk.add(desk.publish(), languages=("uk",))

    def choose(report: Report) -> None:
        if report.seen == 1:
            desk.state.change_source(source.location, replace(source, languages=()))
            desk.writer.forget_stamps(source.location)

    for report in refresh(desk.writer, desk.state.sources(), Access(), progress=choose):
        note(desk.writer, desk.state, report, 15)
    assert desk.stories() == 0
    assert desk.state.sources()[0].due is None
    desk.refresh()
    assert desk.stories() == 3


def test_failures_are_counted_on_from_what_they_are_by_now(desk: Desk, site: Site) -> None:
    desk.add(site.url("/gone.md"))
    [stale] = desk.state.sources()
    for expected in (30, 60, 120):
        [report] = refresh(desk.writer, [stale], Access(QUICK))
        note(desk.writer, desk.state, report, 15)
        [source] = desk.state.sources()
        assert source.due is not None
        assert 0.85 < (source.due - time.time() * 1000) / 60_000 / expected < 1.15


def test_a_location_that_was_stored_in_another_spelling_is_noted_and_mended(desk: Desk, site: Site) -> None:
    site.answers["/1.md"] = page(named(1))
    desk.state.add_source("news", site.url("/1.md#top"))
    desk.refresh(access=Access(QUICK))
    [source] = desk.state.sources()
    assert source.location == site.url("/1.md")
    assert source.synced is not None
    assert len(desk.state.visits(source.location)) == 1


def test_a_library_that_cannot_be_asked_for_stamps_is_no_mistake_of_the_program(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.add(desk.publish())
    desk.refresh()

    def refuse(*_: object) -> None:
        raise DatabaseError("The library is locked.")

    monkeypatch.setattr(writing, "connect", refuse)
    [report] = desk.refresh()
    assert report.error == "The library is locked."


def test_what_was_read_is_on_view_although_the_last_visit_could_not_be_written(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.add(desk.publish())
    desk.add(desk.folder / "other")
    write(desk.folder / "other", "9.md", title="Story 9", externalId="9")
    whole = desk.writer.items

    def refuse(source: str) -> set[str]:
        if source.endswith("other"):
            raise DatabaseError("The library is locked.")
        return whole(source)

    monkeypatch.setattr(desk.writer, "items", refuse)
    assert [report.error for report in desk.refresh()] == [None, "The library is locked."]
    assert desk.stories() == 3


@needs("git", "git")
def test_what_vanished_before_a_source_is_read_anew_is_gone(desk: Desk) -> None:
    publisher = Publisher(desk.folder / "www" / "news.git")
    publisher.commit({f"{number}.md": named(number) for number in range(4)})
    source = desk.add(publisher.url, policy="mark")
    access = Access(cache=desk.folder / "cache")
    desk.refresh(access=access)
    publisher.commit({"0.md": None})
    desk.writer.forget_stamps(source.location)
    desk.refresh(access=access)
    assert desk.stories("is:gone") == 1


def test_an_entry_without_a_date_keeps_its_own_when_a_feed_is_read_anew(desk: Desk, site: Site) -> None:
    item = b"<item><title>Bitcoin rests</title><guid>https://news.example/bitcoin-rests</guid></item>"
    site.answers["/feed.xml"] = page(b'<rss version="2.0"><channel>%s</channel></rss>' % item)
    source = desk.add(site.url("/feed.xml"))
    desk.refresh(access=Access(QUICK))
    time.sleep(1.1)  # the date is kept in seconds
    desk.writer.forget_stamps(source.location)
    [report] = desk.refresh(access=Access(QUICK))
    assert (report.seen, report.updated, report.unchanged) == (1, 0, 1)


@pytest.mark.parametrize(
    "answer",
    [
        b'{"error": "no such key"}',
        b"{",
        b"",
        b"<!doctype html><html></html>",
        b'<!doctype html><input type="password">',
        b'<?xml version="1.0"?><foo/>',
        b"<urlset></urlset>",
        b"<urlset",
        b"<opml></opml>",
        b'<rss version="2.0"><channel><item><title>x',
        b'["../a.md", 1]',
        b"\x00\x01",
    ],
)
def test_a_key_in_an_address_is_in_no_sentence(desk: Desk, site: Site, answer: bytes) -> None:
    site.answers["/news?api_key=hunter2"] = page(answer)
    desk.add(site.url("/news?api_key=hunter2"))
    [report] = desk.refresh(access=Access(QUICK))
    told = [report.error or "", report.kind, *(problem.message for problem in report.problems)]
    assert "hunter2" not in "".join(told)


# Trying


def test_a_trial_stores_nothing_and_reads_no_more_than_it_shows(desk: Desk) -> None:
    for number in range(30):
        write(desk.folder / "news", f"{number:02}.md", title=f"Story {number}", externalId=str(number))
    trial = try_out(str(desk.folder / "news"), Access())
    assert trial.titles == [f"Story {number}" for number in range(5)]
    assert (trial.report.kind, trial.report.expected, trial.report.seen) == ("a folder", 30, 5)
    assert desk.stories() == 0
    assert "Check the path" in (try_out("/no/such/place", Access()).report.error or "")


def test_a_trial_of_what_we_cannot_cope_with_fails_with_a_sentence(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(LocalSource, "documents", stumble)
    assert "a mistake in this program" in (try_out(str(desk.publish()), Access()).report.error or "")


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
