"""What is said of a source on the screen: one row in the list, a few lines for the one under the cursor."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cryptonews_tui.accounts import moment, size
from cryptonews_tui.library import StoredSource, Visit
from cryptonews_tui.safety import clean_line
from cryptonews_tui.translation import N_, _, ngettext, pgettext
from cryptonews_tui.tui import progress
from cryptonews_tui.wording import number, short_age

if TYPE_CHECKING:
    from cryptonews_tui.intake import Report

BARS = "▁▂▃▄▅▆▇█"
_POLICIES = {
    "keep": N_("keeps what vanishes"),
    "mark": N_("marks what vanishes"),
    "remove": N_("removes what vanishes"),
}

Line = tuple[str, str, str]
"""A label, what it says, and the name of its style."""


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known of a source. `report` is its last visit in this session, `visits` are the ones remembered."""

    source: StoredSource
    report: Report | None = None
    waiting: bool = False
    """Whether it will be visited as soon as others have been."""
    held: int = 0
    """Stories of it in the library."""
    visits: Sequence[Visit] = ()
    watched: bool = False
    """Whether a change in it is noticed at once."""
    minutes: float = 0
    """The usual interval; 0: nothing is visited by itself."""

    @property
    def reading(self) -> bool:
        return self.report is not None and not self.report.over

    @property
    def told(self) -> Report | None:
        """The report, if it tells anything: a visit that was called off is none."""
        return self.report if self.report is None or not self.report.stopped else None

    @property
    def name(self) -> str:
        """Its name; of a place that was only named at the start its last part."""
        location = self.source.location
        return clean_line(self.source.name or location.rstrip("/").rpartition("/")[2] or location, 200)


@dataclass(frozen=True, slots=True)
class Row:
    """A source in the list. `tone` is the name of the style of its state."""

    sign: str
    state: str
    tone: str
    name: str
    stories: str
    last: str
    next: str
    new: str
    problems: str
    size: str
    time: str


def row(known: Known, now: datetime) -> Row:
    """The row of a source."""
    source, report = known.source, known.told
    sign, state, tone = _state(known)
    latest = known.visits[0] if known.visits else None
    if known.reading or (report is not None and latest is None):
        assert report is not None
        added, problems = report.added, len(report.problems)
        received, seconds = report.received, report.elapsed
    else:
        added = latest.added if latest else 0
        problems = source.problems
        received, seconds = (latest.received, latest.seconds) if latest else (0, 0.0)
    visited = known.reading or latest is not None or report is not None
    return Row(
        sign=sign,
        state=state,
        tone=tone,
        name=known.name,
        stories=number(known.held) if known.held else "–",
        last=short_age(_time(source.synced), now) if source.synced else "–",
        next=_next(known, now),
        new=f"+{number(added)}" if added else "",
        problems=number(problems) if problems else "",
        size=size(received) if received else "",
        time=_seconds(seconds) if visited else "",
    )


def _state(known: Known) -> tuple[str, str, str]:
    source, report = known.source, known.told
    if report is not None and known.reading:
        if not report.seen:
            return "↻", _("asking …"), "busy"
        return "↻", progress.reading(report.seen, report.expected), "busy"
    error = source.error or (report.error if report is not None and not source.name else None)
    if known.waiting:
        return "↻", _("waiting"), "dim"
    if not source.enabled:
        told = _("disabled: {why}").format(why=clean_line(error)) if error else _("disabled")
        return "–", told, "dim"
    if error:
        return "✗", _("failed: {why}").format(why=clean_line(error)), "error"
    if source.synced is None and report is None:
        return "○", _("not read yet"), "dim"
    return "✓", pgettext("source", "ok"), "ok"


def _next(known: Known, now: datetime) -> str:
    source = known.source
    if not source.enabled or known.reading or known.waiting or not source.name:
        return "–"
    if not (source.minutes or known.minutes):
        # Translators: by pressing r; at most 5 cells
        return _("by r")
    if source.due is None:
        # Translators: when a source is visited next; at most 5 cells
        return pgettext("next visit", "now")
    # As far ahead as an age would be behind.
    return short_age(now, _time(source.due))


def detail(known: Known) -> Iterator[Line]:
    """What there is to say of the source under the cursor: its name first."""
    source, report = known.source, known.told
    kind = report.kind if report is not None else ""
    title = f"“{report.title}”" if report is not None and report.title not in ("", known.name) else ""
    yield known.name, " · ".join(clean_line(part) for part in (kind, title) if part), "title"
    yield pgettext("source", "at"), clean_line(source.location, 4_096), "text"
    yield pgettext("source", "read"), " · ".join(_habits(known)), "text"
    if known.visits:
        yield pgettext("source", "visits"), f"{history(known.visits)}  {_last(known.visits[0])}", "text"
    error = source.error or (report.error if report is not None and not source.name else None)
    if error:
        told = clean_line(error)
        if source.failures > 1:
            told = ngettext(
                "{error} ({count} time in a row)", "{error} ({count} times in a row)", source.failures
            ).format(error=told, count=number(source.failures))
        yield pgettext("source", "failed"), told, "error"


def _habits(known: Known) -> Iterator[str]:
    source = known.source
    if not source.name:
        yield _("named when the reader was opened; it is none of your sources")
        return
    if known.watched:
        yield _("watched")
    if not source.enabled:
        yield _("disabled")
    elif source.minutes:
        minutes = source.minutes
        yield ngettext("every {count} minute", "every {count} minutes", minutes).format(count=number(minutes))
    elif known.minutes:
        # Translators: the number may have a fraction
        usual = ngettext(
            "every {count} minute, as usual", "every {count} minutes, as usual", math.ceil(known.minutes)
        )
        yield usual.format(count=f"{known.minutes:g}")
    else:
        yield _("when asked")
    yield _(_POLICIES.get(source.policy, source.policy))
    yield (
        _("only {languages}").format(languages=", ".join(source.languages))
        if source.languages
        else _("all languages")
    )
    if source.history:
        yield _("with history")
    if source.synced:
        yield _("last {time}").format(time=moment(source.synced))


def _last(visit: Visit) -> str:
    """The last visit in words."""
    if visit.error:
        return _("the last failed after {time}").format(time=_seconds(visit.seconds))
    counts = (
        (visit.seen, ngettext("{count} seen", "{count} seen", visit.seen)),
        (visit.added, ngettext("{count} new", "{count} new", visit.added)),
        (visit.updated, ngettext("{count} changed", "{count} changed", visit.updated)),
        (visit.removed, ngettext("{count} gone", "{count} gone", visit.removed)),
    )
    told = [what.format(count=number(count)) for count, what in counts if count] or [_("nothing")]
    if visit.problems:
        problems = ngettext("{count} problem", "{count} problems", visit.problems)
        told.append(problems.format(count=number(visit.problems)))
    if visit.received:
        told.append(size(visit.received))
    return _("the last: {told} in {time}").format(told=", ".join(told), time=_seconds(visit.seconds))


def _seconds(seconds: float) -> str:
    return _("{seconds} s").format(seconds=f"{seconds:.1f}")


def history(visits: Sequence[Visit]) -> str:
    """The visits as a row of signs, the latest at the right: how much was new, `·` for nothing, `✗` for a failure."""
    most = max((visit.added for visit in visits), default=0)
    return "".join(_bar(visit, most) for visit in reversed(visits))


def _bar(visit: Visit, most: int) -> str:
    if visit.error:
        return "✗"
    if not visit.added:
        return "·"
    height = math.log1p(visit.added) / math.log1p(most)  # one bulk load is not to flatten all others
    return BARS[min(len(BARS) - 1, int(height * len(BARS)))]


def _time(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
