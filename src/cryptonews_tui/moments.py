"""Times as queries say them: `2025-12-01`, `2025-12`, `today`, `7d`, `2025-12-01..2025-12-31`; and spans: `6h`.

A moment is an interval: a day, a month, a year, or for an age like `7d` all that came since. All of it is told in
the zone of `now`.
"""

from __future__ import annotations

import re
from datetime import MAXYEAR, UTC, datetime, timedelta, tzinfo

_DATE = re.compile(r"(\d{4})(?:-(\d\d?)(?:-(\d\d?)(?:[t ](\d\d?):(\d\d)(?::(\d\d))?)?)?)?")
_SPAN = re.compile(r"(\d{1,6})(min|mo|m|h|d|w|y)")
_UNITS = {
    "min": timedelta(minutes=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "mo": timedelta(days=30),
    "y": timedelta(days=365),
}

FOREVER = datetime(MAXYEAR - 1, 1, 1, tzinfo=UTC)
BEGINNING = datetime(2, 1, 1, tzinfo=UTC)
_CLOCKS = datetime(2026, 1, 1, tzinfo=UTC), datetime(MAXYEAR - 9, 12, 31, 23, 59, 59, tzinfo=UTC)
"""What a clock can say, from the first to the last: the one at the start of a day, the other at its end."""


class SystemZone(tzinfo):
    """The zone of this computer, with its summer time: dates of other seasons are right, too."""

    def utcoffset(self, time: datetime | None) -> timedelta | None:
        return self._of(time).utcoffset() if time else None

    def dst(self, time: datetime | None) -> timedelta | None:
        return None

    def tzname(self, time: datetime | None) -> str | None:
        return self._of(time).tzname() if time else None

    def fromutc(self, time: datetime) -> datetime:
        here = time.replace(tzinfo=UTC).astimezone()
        local = here.replace(tzinfo=self)
        # An hour that the clocks show twice is told apart by `fold`, which Python leaves out here.
        return local if local.utcoffset() == here.utcoffset() else local.replace(fold=1)

    @staticmethod
    def _of(time: datetime) -> datetime:
        return time.replace(tzinfo=None).astimezone()


def system_now() -> datetime:
    """The time, in the zone of this computer."""
    return datetime.now(UTC).astimezone(SystemZone())


def span(text: str) -> timedelta | None:
    """How long `6h` is: a number with min (or m), h, d, w, mo (30 days) or y (365 days)."""
    found = _SPAN.fullmatch(text)
    return int(found[1]) * _UNITS[found[2]] if found else None


def moment(text: str, now: datetime) -> tuple[datetime, datetime] | None:
    """The interval [start, end) that one moment means; None if it is none.

    An age is so much time, whatever the clocks have been set to in between.
    """
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    try:
        if text == "now":
            return now, now
        if text == "today":
            return midnight, _next_day(midnight)
        if text == "yesterday":
            return _next_day(midnight, -1), midnight
        if (ago := span(text)) is not None:
            return _ago(now, ago), FOREVER
        return _date(text, now.tzinfo)
    except (ValueError, OverflowError):
        return None


def interval(text: str, now: datetime) -> tuple[datetime, datetime] | None:
    """The interval [start, end) of `A`, `A..B`, `A..` or `..B`, to the end of B; None if it is none."""
    first, dots, last = text.partition("..")
    if not dots:
        return moment(text, now)
    if not first and not last:
        return None
    start = moment(first, now) if first else (BEGINNING, FOREVER)
    end = moment(last, now) if last else (BEGINNING, FOREVER)
    if start is None or end is None:
        return None
    # `7d..2d` is from seven to two days ago: as a border an age is the moment it names.
    return start[0], end[0] if span(last) is not None else end[1]


def swapped(text: str) -> str:
    """An interval the other way round, where as it is written it is empty at any time; else nothing."""
    first, dots, last = text.partition("..")
    other = f"{last}..{first}"
    return other if dots and _is_empty(text) and not _is_empty(other) else ""


def _is_empty(text: str) -> bool:
    found = (interval(text, now) for now in _CLOCKS)
    return all(times is None or times[0] >= times[1] for times in found)


def months(first: datetime, last: datetime) -> list[str]:
    """The months from the one of `first` to that of `last`, newest first: `2025-11`."""
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in reversed(numbers)]


def _ago(now: datetime, age: timedelta) -> datetime:
    # In UTC: within a zone Python counts by the clock on the wall.
    time = now.astimezone(UTC)
    return (time - age).astimezone(now.tzinfo) if time - BEGINNING > age else BEGINNING


def _date(text: str, zone: tzinfo | None) -> tuple[datetime, datetime] | None:
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part) if part else None for part in found.groups())
    assert year is not None
    if not BEGINNING.year < year < FOREVER.year:
        return None
    start = datetime(year, month or 1, day or 1, hour or 0, minute or 0, second or 0, tzinfo=zone)
    if second is not None:
        return start, start + timedelta(seconds=1)
    if minute is not None:
        return start, start + timedelta(minutes=1)
    if day is not None:
        return start, _next_day(start)
    if month is not None:
        return start, start.replace(year=year + month // 12, month=month % 12 + 1)
    return start, start.replace(year=year + 1)


def _next_day(midnight: datetime, days: int = 1) -> datetime:
    # By the calendar, not by 24 hours: a day may have 23 or 25.
    return datetime.combine(midnight.date() + timedelta(days), midnight.timetz())
