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
from cryptonews_tui.wording import counted, short_age

if TYPE_CHECKING:
    from cryptonews_tui.intake import Report

BARS = "▁▂▃▄▅▆▇█"
_POLICIES = {"keep": "keeps", "mark": "marks", "remove": "removes"}

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
        stories=f"{known.held:,}" if known.held else "–",
        last=short_age(_time(source.synced), now) if source.synced else "–",
        next=_next(known, now),
        new=f"+{added:,}" if added else "",
        problems=f"{problems:,}" if problems else "",
        size=size(received) if received else "",
        time=f"{seconds:.1f} s" if visited else "",
    )


def _state(known: Known) -> tuple[str, str, str]:
    source, report = known.source, known.told
    if report is not None and known.reading:
        if not report.seen:
            return "↻", "asking …", "busy"
        of = f" of {report.expected:,}" if report.expected else ""
        return "↻", f"reading {report.seen:,}{of}", "busy"
    error = source.error or (report.error if report is not None and not source.name else None)
    if known.waiting:
        return "↻", "waiting", "dim"
    if not source.enabled:
        return "–", f"disabled: {clean_line(error)}" if error else "disabled", "dim"
    if error:
        return "✗", f"failed: {clean_line(error)}", "error"
    if source.synced is None and report is None:
        return "○", "not read yet", "dim"
    return "✓", "ok", "ok"


def _next(known: Known, now: datetime) -> str:
    source = known.source
    if not source.enabled or known.reading or known.waiting or not source.name:
        return "–"
    if not (source.minutes or known.minutes):
        return "by r"
    if source.due is None:
        return "now"
    # As far ahead as an age would be behind.
    return short_age(now, _time(source.due))


def detail(known: Known) -> Iterator[Line]:
    """What there is to say of the source under the cursor: its name first."""
    source, report = known.source, known.told
    kind = report.kind if report is not None else ""
    title = f"“{report.title}”" if report is not None and report.title not in ("", known.name) else ""
    yield known.name, " · ".join(clean_line(part) for part in (kind, title) if part), "title"
    yield "at", clean_line(source.location, 4_096), "text"
    yield "read", " · ".join(_habits(known)), "text"
    if known.visits:
        yield "visits", f"{history(known.visits)}  {_last(known.visits[0])}", "text"
    error = source.error or (report.error if report is not None and not source.name else None)
    if error:
        failures = f" ({counted(source.failures, 'time')} in a row)" if source.failures > 1 else ""
        yield "failed", f"{clean_line(error)}{failures}", "error"


def _habits(known: Known) -> Iterator[str]:
    source = known.source
    if not source.name:
        yield "named when the reader was opened; it is none of your sources"
        return
    if known.watched:
        yield "watched"
    if not source.enabled:
        yield "disabled"
    elif source.minutes:
        yield f"every {counted(source.minutes, 'minute')}"
    else:
        yield f"every {known.minutes:g} minutes, as usual" if known.minutes else "when asked"
    yield f"{_POLICIES.get(source.policy, source.policy)} what vanishes"
    yield f"only {', '.join(source.languages)}" if source.languages else "all languages"
    if source.history:
        yield "with history"
    if source.synced:
        yield f"last {moment(source.synced)}"


def _last(visit: Visit) -> str:
    """The last visit in words."""
    if visit.error:
        return f"the last failed after {visit.seconds:.1f} s"
    counts = (
        (visit.seen, "seen"),
        (visit.added, "new"),
        (visit.updated, "changed"),
        (visit.removed, "gone"),
    )
    told = ", ".join(f"{count:,} {what}" for count, what in counts if count) or "nothing"
    problems = f", {counted(visit.problems, 'problem')}" if visit.problems else ""
    received = f", {size(visit.received)}" if visit.received else ""
    return f"the last: {told}{problems}{received} in {visit.seconds:.1f} s"


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
