"""What is said of sources and of visits to them, alike on the screen and the command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from shlex import quote
from typing import TYPE_CHECKING

from cryptonews_tui.translation import _, ngettext
from cryptonews_tui.wording import decimal, number

if TYPE_CHECKING:
    from cryptonews_tui.article import Problem
    from cryptonews_tui.library import StoredSource, Visit
    from cryptonews_tui.refresh import Trial


def overview(stored: Sequence[StoredSource], held: Mapping[str, int]) -> Iterator[str]:
    """The lines of a list of sources; `held` tells how many stories each holds, by location."""
    width = max((len(source.name) for source in stored), default=0)
    for source in stored:
        when = moment(source.synced) if source.synced else _("never synced")
        count = held.get(source.location, 0)
        stories = ngettext("{count} story", "{count} stories", count).format(count=number(count))
        facts = ", ".join((stories, *notes(source)))
        failed = "  " + _("failed: {error}").format(error=source.error) if source.error else ""
        yield f"{source.name:<{width}}  {when:<16}  {source.location}  ({facts}){failed}"


def notes(source: StoredSource) -> Iterator[str]:
    """What is to be said of a source beside its name and place."""
    if not source.enabled:
        yield _("disabled")
    elif source.due:
        yield _("due {time}").format(time=moment(source.due))
    if source.minutes:
        yield ngettext("every {count} minute", "every {count} minutes", source.minutes).format(
            count=number(source.minutes)
        )
    if source.policy == "mark":
        yield _("marks what vanishes")
    elif source.policy == "remove":
        yield _("removes what vanishes")
    if source.languages:
        yield _("only {languages}").format(languages=", ".join(source.languages))
    if source.history:
        yield _("with history")
    if source.problems:
        yield problems(source.problems)


def problems(count: int) -> str:
    """How many there were: `3 problems`."""
    return ngettext("{count} problem", "{count} problems", count).format(count=number(count))


def trial(tried: Trial) -> Iterator[str]:
    """What a place turned out to be, and what to do next."""
    report = tried.report
    if tried.note:
        yield tried.note
    if report.error:
        return  # what it seemed to be is nothing to rely on
    where = report.location
    if report.moved:
        yield _("{where} leads to {moved}.").format(where=where, moved=report.moved)
        where = report.moved
    if report.kind or report.title:
        subject = _("The standard input") if where == "-" else where
        kind = report.kind or _("a source")
        if report.title:
            yield _("{where} is {kind}, “{title}”.").format(where=subject, kind=kind, title=report.title)
        else:
            yield _("{where} is {kind}.").format(where=subject, kind=kind)
    if tried.titles:
        yield f"{heading(tried)}:"
        yield from (f"  {title}" for title in tried.titles)
    for problem in report.problems[:5]:
        yield problem.message if problem.item == report.location else wrong(problem)
    if tried.titles and where == "-":
        yield _("Nothing was stored. Pipe it into: cryptonews sync -")
    elif tried.titles:
        yield _("Nothing was stored. Add it: {command}").format(
            command=f"cryptonews sources add {quote(where)}"
        )
    elif report.seen:
        yield _("No article here can be read as it is. Tell its publisher, or try another address.")
    elif not report.problems:
        yield _("There is no article here now. Check the address, or add it and wait for some.")


def heading(tried: Trial) -> str:
    """How many articles a place has, and how many of their titles follow."""
    expected, titles = tried.report.expected, len(tried.titles)
    if expected == titles:
        return ngettext("{count} article", "{count} articles", titles).format(count=number(titles))
    first = ngettext("the first {count} title", "the first {count} titles", titles).format(
        count=number(titles)
    )
    if not expected:
        return first[0].upper() + first[1:]
    items = ngettext("{count} item", "{count} items", expected).format(count=number(expected))
    return f"{items}; {first}"


def visits(known: Sequence[Visit], problems: Sequence[Problem]) -> Iterator[str]:
    """The lines about what was wrong at the last visit to a source, and how that and those before went."""
    if not known:
        yield _("It has not been visited yet.")
        return
    for problem in problems:
        yield wrong(problem)
    if len(problems) < known[0].problems:
        yield _("… and {count} more").format(count=number(known[0].problems - len(problems)))
    if problems:
        yield ""
    for visit in known:
        said = visit.error or counts(visit)
        time = _("{seconds} s").format(seconds=f"{decimal(visit.seconds, 1):>6}")
        yield f"{moment(visit.time)}  {time}  {size(visit.received):>8}  {said}"


def counts(visit: Visit) -> str:
    """What a visit found: `12 seen, 3 added, 1 updated`."""
    told = [
        ngettext("{count} seen", "{count} seen", visit.seen).format(count=number(visit.seen)),
        ngettext("{count} added", "{count} added", visit.added).format(count=number(visit.added)),
        ngettext("{count} updated", "{count} updated", visit.updated).format(count=number(visit.updated)),
    ]
    if visit.removed:
        told.append(
            ngettext("{count} gone", "{count} gone", visit.removed).format(count=number(visit.removed))
        )
    if visit.problems:
        told.append(problems(visit.problems))
    return ", ".join(told)


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
        return f"{count} {_('B')}"
    if count < 1_000_000:
        return f"{decimal(count / 1_000, 0)} {_('KB')}"
    return f"{decimal(count / 1_000_000, 1)} {_('MB')}"
