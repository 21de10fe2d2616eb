"""Sources → library: the pipeline. Several hosts are asked at once, and one thread reads and writes what comes.

All of it can run beside the open reader: whatever a source does, it is an entry in its report.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence, Set
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from cryptonews_tui import schedule
from cryptonews_tui.article import Document, Problem
from cryptonews_tui.fetching import Begun, Fetching, Job, Over, Step, fetch_one
from cryptonews_tui.intake import Intake, Report
from cryptonews_tui.library import DatabaseError, State, StoredSource, Visit, Writer
from cryptonews_tui.reading import read
from cryptonews_tui.safety import clean_line
from cryptonews_tui.sections import SHIPPED, Roles
from cryptonews_tui.settings import Settings
from cryptonews_tui.sources import About, Expected, Found, SourceError, host_of, open_source
from cryptonews_tui.sources.access import Access
from cryptonews_tui.sources.http.addresses import shown, written_out
from cryptonews_tui.sources.http.secrets import Secrets, without_password
from cryptonews_tui.translation import N_, _

FIRST_SECONDS, PUBLISHED_SECONDS = 1.5, 3.0
"""New articles become visible so soon, and so often, while a refresh goes on: each time every list is made anew."""

_log = logging.getLogger(__name__)

Progress = Callable[[Report], None]


def sync(
    writer: Writer,
    location: str,
    progress: Progress = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
    roles: Roles = SHIPPED,
    access: Access | None = None,
) -> Report:
    """Bring a library up to date with one location. What goes wrong is in the report, not raised.

    `progress` hears of every item; once `stop` says so, what was read so far is kept and the visit ends. `roles`
    tell what the sections of new and changed articles are for.
    """
    access = access or Access()

    def told(report: Report) -> None:
        progress(report)
        if stop():
            access.stop.set()

    [report] = refresh(
        writer, [StoredSource("", location, history=access.history)], access, progress=told, roles=roles
    )
    return report


def refresh(
    writer: Writer,
    sources: Sequence[StoredSource],
    access: Access,
    *,
    more: Callable[[], Sequence[StoredSource]] = tuple,
    progress: Progress = lambda _: None,
    roles: Roles = SHIPPED,
    precious: Callable[[], Set[str]] = frozenset,
    trusted: bool = False,
) -> Generator[Report]:
    """Visit sources; each one's report comes when its visit is over. What goes wrong is in there, not raised.

    `more` is asked again and again for sources that are to be visited, too: nobody waits for the slowest. `progress`
    hears of every item of every source. Set `access.stop` to end: what was read so far is kept. `precious` gives
    the keys of stories that must not be removed; `trusted` sources may lose all they have.
    """
    visits: list[Intake] = []
    fetching = Fetching(access)

    def admit(sources: Sequence[StoredSource]) -> Iterator[Report]:
        for source in sources:
            report = Report(source, clean_line(source.location, 4_096))
            try:
                opened = open_source(source.location, _own(access, report))
                report.location = opened.location
                visit = Intake(writer, report, roles, precious, trusted=trusted)
                job = Job(len(visits), opened, visit.stamps)
            except (SourceError, DatabaseError) as error:
                report.fail(error)
                progress(report)
                yield report
            else:
                visits.append(visit)
                fetching.add(job)

    with access.lines, closing(fetching), closing(fetching.steps()) as steps:
        yield from admit(sources)
        yield from _take_all(writer, visits, steps, progress, lambda: admit(more()))


def access_of(settings: Settings, cache: Path) -> Access:
    """How sources are reached with these settings; `cache` is the folder for what is kept between visits."""
    return Access(
        cache=cache,
        secrets=Secrets(settings.secrets),
        shapes=settings.shapes,
        hosts_at_once=settings.hosts_at_once,
        requests_per_host=settings.requests_per_host,
    )


def canonical(location: str) -> str:
    """A location as it is stored and compared; as it was typed if nothing can be read there."""
    try:
        return open_source(location).location
    except SourceError:
        return location


def at_home(location: str) -> bool:
    """Whether this is a place on this computer."""
    return os.path.isabs(location)


def _own(access: Access, report: Report) -> Access:
    """The access for one source."""

    def count(received: int) -> None:
        report.received += received
        access.count_bytes(received)

    return replace(access, history=report.source.history, count_bytes=count)


def _take_all(
    writer: Writer,
    visits: Sequence[Intake],
    steps: Iterable[Step],
    progress: Progress,
    admit: Callable[[], Iterator[Report]],
) -> Iterator[Report]:
    """The reports of visits as they end; `admit` adds visits, and gives those that ended at once."""
    published = time.monotonic() - PUBLISHED_SECONDS + FIRST_SECONDS
    unpublished = False
    try:
        for step in steps:
            if step is not None and not visits[step[0]].report.over:  # else its articles could not be written
                number, found = step
                visit = visits[number]
                unpublished = True
                try:
                    _take(visit, found)
                    # What somebody wrote on this computer is waited for by somebody who looks.
                    at_home = not host_of(visit.report.location)
                    if visit.report.over and (at_home or all(each.report.over for each in visits)):
                        unpublished = False
                        writer.publish()
                except DatabaseError as error:
                    visit.report.fail(error)
                progress(visit.report)
                if visit.report.over:
                    _log.info("%s", _summary(visit.report))
                    yield visit.report
            yield from admit()
            now = time.monotonic()
            if now - published > PUBLISHED_SECONDS:
                published, unpublished = now, False
                with suppress(DatabaseError):  # the next one will do it
                    writer.publish()
    finally:
        for visit in visits:
            if not visit.report.over:
                visit.report.stop()
                with suppress(DatabaseError):
                    visit.close()
        # Where nothing could be written another try would wait as long, and fail as well.
        if unpublished and any(visit.report.error is None for visit in visits):
            with suppress(DatabaseError):
                writer.publish()
    for visit in visits:
        if visit.report.stopped:
            progress(visit.report)
            yield visit.report


def _take(visit: Intake, found: Found | Begun | Over) -> None:
    match found:
        case Begun():
            visit.begin()
        case Over(error) if error is not None:
            visit.fail(error)
        case Over():
            visit.finish()
            visit.report.end()
        case _:
            visit.take(found)


def _summary(report: Report) -> str:
    """One visit as a line of the journal."""
    counts = ("seen", "added", "updated", "unchanged", "removed", "marked", "deleted", "left_out", "received")
    told = ", ".join(f"{getattr(report, name):,} {name}" for name in counts if getattr(report, name))
    problems = f", {len(report.problems):,} problems" if report.problems else ""
    return (
        f"{shown(report.location)}: {report.error or told or 'nothing'}{problems} in {report.seconds:.1f} s"
    )


def note(writer: Writer, state: State, report: Report, minutes: float) -> None:
    """Remember what came of a visit, and when the next one is due; `minutes` is the usual interval.

    A visit that was called off is none. A source may have been changed or removed while it was visited.
    """
    visited, location = report.source, report.source.location
    source = state.source_at(location)
    if source is None and visited.name:
        writer.forget_source(report.location)
    if source is None or report.stopped:
        return
    anew = (source.languages, source.history) != (visited.languages, visited.history)
    if anew:
        writer.forget_stamps(report.location)
    wait = schedule.wait(
        source.minutes or minutes,
        fresh=report.fresh,
        retry_after=report.retry_after,
        failures=source.failures + 1 if report.error else 0,
    )
    now = time.time_ns() // 1_000_000
    visit = Visit(
        time=now,
        seconds=report.seconds,
        received=report.received,
        seen=report.seen,
        added=report.added,
        updated=report.updated,
        removed=report.removed,
        problems=len(report.problems),
        error=report.error,
    )
    due = None if anew else now + round(wait * 1000)
    state.note_visit(location, visit, report.problems, due=due, withdrawn=report.withdrawn)
    to = report.moved or report.location  # which may be spelled otherwise than it was of old
    if report.error is None and to != location and state.move_source(location, to):
        writer.move_source(report.location, to)


@dataclass(frozen=True, slots=True)
class Trial:
    """What a place turned out to be when it was tried, and the titles of the first articles there."""

    report: Report
    titles: Sequence[str]
    note: str = ""
    """What else the reader should know, as a sentence."""


def try_out(location: str, access: Access, most: int = 5) -> Trial:
    """What a location is, and the first articles there, without storing anything.

    What goes wrong is in the report.
    """
    titles: list[str] = []
    location, secret = without_password(location)
    if secret is not None:
        access = replace(access, secrets=access.secrets.also(secret))
    report = Report(StoredSource("", location), clean_line(location, 4_096))
    report.begin()
    try:
        source = open_source(location, _own(access, report))
    except SourceError as error:
        report.fail(error)
    else:
        report.location = source.location
        with closing(fetch_one(Job(0, source, {}))) as found:
            for one in found:
                match one:
                    case Document():
                        report.seen += 1
                        reading = read(one)
                        report.problems += reading.problems
                        titles += [reading.article.title] if reading.article else []
                    case Expected():
                        report.expected = one.count
                    case Problem():
                        report.problems.append(one)
                    case About():
                        report.learn(one)
                    case Over(wrong) if wrong is not None:
                        report.fail(wrong)
                if len(titles) >= most or access.stop.is_set():
                    break
    if not report.over:
        report.end()
    if report.error and (url := written_out(location)) and not os.path.lexists(report.location):
        report.error = _("{error} If it is a web address, write {url}.").format(error=report.error, url=url)
    return Trial(report, titles, _(NOT_STORED) if secret is not None else "")


NOT_STORED = N_(
    "The password is not stored. Say in the settings, under [secrets], where it is kept: docs/sources.md"
)


def forget(library: Path, location: str, cache: Path) -> None:
    """A source was removed: nothing is remembered of its visits any more. Its articles stay."""
    if library.exists():
        with closing(Writer(library)) as writer:
            writer.forget_source(location)
    from cryptonews_tui.sources import git

    git.forget(location, cache)


def original(origin: str) -> str:
    """The text of the article file that is at this path now; empty if there is none that can be read."""
    from cryptonews_tui.sources import local  # brings along all that reads archives

    return local.original(origin)
