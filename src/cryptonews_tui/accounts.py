"""What is said of sources and of visits to them, alike on the screen and the command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from shlex import quote
from typing import TYPE_CHECKING

from cryptonews_tui.wording import counted

if TYPE_CHECKING:
    from cryptonews_tui.article import Problem
    from cryptonews_tui.library import StoredSource, Visit
    from cryptonews_tui.refresh import Trial


def overview(stored: Sequence[StoredSource], held: Mapping[str, int]) -> Iterator[str]:
    """The lines of a list of sources; `held` tells how many stories each holds, by location."""
    width = max((len(source.name) for source in stored), default=0)
    for source in stored:
        when = moment(source.synced) if source.synced else "never synced"
        number = counted(held.get(source.location, 0), "story", "stories")
        facts = ", ".join((number, *notes(source)))
        failed = f"  failed: {source.error}" if source.error else ""
        yield f"{source.name:<{width}}  {when:<16}  {source.location}  ({facts}){failed}"


def notes(source: StoredSource) -> Iterator[str]:
    """What is to be said of a source beside its name and place."""
    if not source.enabled:
        yield "disabled"
    elif source.due:
        yield f"due {moment(source.due)}"
    if source.minutes:
        yield f"every {counted(source.minutes, 'minute')}"
    if source.policy != "keep":
        yield {"mark": "marks", "remove": "removes"}.get(source.policy, source.policy) + " what vanishes"
    if source.languages:
        yield f"only {', '.join(source.languages)}"
    if source.history:
        yield "with history"
    if source.problems:
        yield counted(source.problems, "problem")


def trial(tried: Trial) -> Iterator[str]:
    """What a place turned out to be, and what to do next."""
    report = tried.report
    if tried.note:
        yield tried.note
    if report.error:
        return  # what it seemed to be is nothing to rely on
    where = report.location
    if report.moved:
        yield f"{where} leads to {report.moved}."
        where = report.moved
    if report.kind or report.title:
        title = f", “{report.title}”" if report.title else ""
        subject = "The standard input" if where == "-" else where
        yield f"{subject} is {report.kind or 'a source'}{title}."
    if tried.titles:
        yield f"{heading(tried)}:"
        yield from (f"  {title}" for title in tried.titles)
    for problem in report.problems[:5]:
        yield problem.message if problem.item == report.location else wrong(problem)
    if tried.titles and where == "-":
        yield "Nothing was stored. Pipe it into: cryptonews sync -"
    elif tried.titles:
        yield f"Nothing was stored. Add it: cryptonews sources add {quote(where)}"
    elif report.seen:
        yield "No article here can be read as it is. Tell its publisher, or try another address."
    elif not report.problems:
        yield "There is no article here now. Check the address, or add it and wait for some."


def heading(tried: Trial) -> str:
    """How many articles a place has, and how many of their titles follow."""
    expected, titles = tried.report.expected, len(tried.titles)
    if expected == titles:
        return counted(titles, "article")
    many = f"{counted(expected, 'item')}; the first" if expected else "The first"
    return f"{many} {counted(titles, 'title')}"


def visits(known: Sequence[Visit], problems: Sequence[Problem]) -> Iterator[str]:
    """The lines about what was wrong at the last visit to a source, and how that and those before went."""
    if not known:
        yield "It has not been visited yet."
        return
    for problem in problems:
        yield wrong(problem)
    if len(problems) < known[0].problems:
        yield f"… and {known[0].problems - len(problems):,} more"
    if problems:
        yield ""
    for visit in known:
        said = visit.error or (
            f"{visit.seen:,} seen, {visit.added:,} added, {visit.updated:,} updated"
            + (f", {visit.removed:,} gone" if visit.removed else "")
            + (f", {counted(visit.problems, 'problem')}" if visit.problems else "")
        )
        yield f"{moment(visit.time)}  {visit.seconds:6.1f} s  {size(visit.received):>8}  {said}"


def wrong(problem: Problem) -> str:
    """What is wrong, and where as far as that is known: `2025/11/a.md:7: …`."""
    where = f"{problem.item}:{problem.line}" if problem.item and problem.line else problem.item
    return f"{where}: {problem.message}" if where else problem.message


def moment(ms: int) -> str:
    """A time kept in milliseconds since 1970, as the clock on the wall says it."""
    return datetime.fromtimestamp(ms / 1000).strftime("%Y-%m-%d %H:%M")


def size(count: int) -> str:
    """So many bytes in few characters: `890 B`, `12 KB`, `3.4 MB`."""
    if count < 1_000:
        return f"{count} B"
    if count < 1_000_000:
        return f"{count / 1_000:.0f} KB"
    return f"{count / 1_000_000:.1f} MB"
