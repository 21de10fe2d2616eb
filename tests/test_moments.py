"""Times as queries say them, in a zone with summer time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cryptonews_tui.moments import (
    BEGINNING,
    FOREVER,
    SystemZone,
    interval,
    moment,
    months,
    span,
    swapped,
    system_now,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC))
DATES = st.dates(date(2000, 1, 1), date(2036, 12, 30))
SUMMER_BEGINS = datetime(2025, 3, 30, 1, tzinfo=UTC)
SUMMER_ENDS = datetime(2025, 10, 26, 1, tzinfo=UTC)


@pytest.fixture(autouse=True, scope="module")
def kyiv() -> Iterator[None]:
    """Two hours east of UTC in winter, three in summer."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "EET-2EEST,M3.5.0/3,M10.5.0/4")
        time.tzset()
        yield
    time.tzset()


def utc(pair: tuple[datetime, datetime] | None) -> tuple[datetime, datetime]:
    assert pair is not None
    return pair[0].astimezone(UTC), pair[1].astimezone(UTC)


def here(instant: datetime) -> datetime:
    return instant.astimezone(SystemZone())


NOON = datetime(2025, 11, 25, 10, tzinfo=UTC)
"""Noon on a winter's day."""


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("today", datetime(2025, 11, 24, 22), datetime(2025, 11, 25, 22)),
        ("yesterday", datetime(2025, 11, 23, 22), datetime(2025, 11, 24, 22)),
        ("now", datetime(2025, 11, 25, 10), datetime(2025, 11, 25, 10)),
        ("2025-11-25", datetime(2025, 11, 24, 22), datetime(2025, 11, 25, 22)),
        ("2025-3-30", datetime(2025, 3, 29, 22), datetime(2025, 3, 30, 21)),
        ("2025-10-26", datetime(2025, 10, 25, 21), datetime(2025, 10, 26, 22)),
        ("2025-11", datetime(2025, 10, 31, 22), datetime(2025, 11, 30, 22)),
        ("2025-12", datetime(2025, 11, 30, 22), datetime(2025, 12, 31, 22)),
        ("2025-07", datetime(2025, 6, 30, 21), datetime(2025, 7, 31, 21)),
        ("2025", datetime(2024, 12, 31, 22), datetime(2025, 12, 31, 22)),
        ("2025-11-25 08:30", datetime(2025, 11, 25, 6, 30), datetime(2025, 11, 25, 6, 31)),
        ("2025-11-25t08:30:15", datetime(2025, 11, 25, 6, 30, 15), datetime(2025, 11, 25, 6, 30, 16)),
    ],
)
def test_a_moment_is_an_interval_in_the_readers_zone(text: str, start: datetime, end: datetime) -> None:
    assert utc(moment(text, here(NOON))) == (start.replace(tzinfo=UTC), end.replace(tzinfo=UTC))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "2025-13",
        "2025-02-30",
        "2025-11-25 25:00",
        "25-11-2025",
        "0000",
        "7",
        "d",
        "-7d",
        "..",
        "7d..",
    ],
)
def test_what_is_no_moment_is_none(text: str) -> None:
    assert moment(text, here(NOON)) is None


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("30min", timedelta(minutes=30)),
        ("30m", timedelta(minutes=30)),
        ("6h", 6 * HOUR),
        ("0d", timedelta()),
        ("7d", 7 * DAY),
        ("2w", 14 * DAY),
        ("3mo", 90 * DAY),
        ("1y", 365 * DAY),
        ("1", None),
        ("h", None),
        ("1.5h", None),
        ("1234567d", None),
    ],
)
def test_a_span_is_a_number_and_a_unit(text: str, length: timedelta | None) -> None:
    assert span(text) == length


@pytest.mark.parametrize("change", [SUMMER_BEGINS, SUMMER_ENDS])
@pytest.mark.parametrize("hours", [1, 2, 5, 30, 24 * 7])
def test_an_age_is_so_much_time_though_the_clocks_were_changed(change: datetime, hours: int) -> None:
    for minutes in (10, 70, 130):
        now = change + timedelta(minutes=minutes)
        assert utc(moment(f"{hours}h", here(now))) == (now - hours * HOUR, FOREVER)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("2025-12-31..2025-12-01", "2025-12-01..2025-12-31"),
        ("2026..2025", "2025..2026"),
        ("2025-12..2025-11-30", "2025-11-30..2025-12"),
        ("2025-11-25 10:30..2025-11-25 10:00", "2025-11-25 10:00..2025-11-25 10:30"),
        ("7d..30d", "30d..7d"),
        ("now..1h", "1h..now"),
        ("today..yesterday", "yesterday..today"),
        ("yesterday..3d", "3d..yesterday"),
        ("7d..2020", "2020..7d"),  # it was never otherwise for whoever asks
    ],
)
def test_an_interval_that_is_always_empty_is_written_the_other_way_round(text: str, other: str) -> None:
    assert swapped(text) == other
    assert swapped(other) == ""


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2025",
            "2025..2025",
            "..2025",
            "2025..",
            "30d..",
            "..7d",
            "7d..7d",
            "now..now",
            "now",
            "today..now",
        ),
        *("2025-11-25..2025-11", "2020..7d", "2030..7d", "7d..2030"),
        *("today..12h", "12h..yesterday", "7d..today"),
    ],
)
def test_an_interval_that_is_not_always_empty_is_left_as_it_is(text: str) -> None:
    assert swapped(text) == ""


@given(
    st.sampled_from(["2025", "2027-03", "2026-07-01", "now", "today", "yesterday", "5h", "30h", "9d"]),
    st.datetimes(datetime(2026, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC)),
)
def test_what_is_called_swapped_is_empty_whenever_it_is_asked(first: str, instant: datetime) -> None:
    for last in ("2025-06", "2027", "2026-07-02", "now", "today", "yesterday", "4h", "31h", "8d"):
        if swapped(f"{first}..{last}"):
            start, end = utc(interval(f"{first}..{last}", here(instant)))
            assert start >= end


def test_an_age_before_all_time_means_everything() -> None:
    assert moment("999999y", here(NOON)) == (BEGINNING, FOREVER)
    assert moment("2100y", here(NOON)) == (BEGINNING, FOREVER)


@given(INSTANTS)
@example(SUMMER_BEGINS)
@example(SUMMER_ENDS - timedelta(minutes=30))
@example(SUMMER_ENDS + timedelta(minutes=30))
def test_the_zone_of_the_computer_loses_no_time(instant: datetime) -> None:
    assert here(instant).astimezone(UTC) == instant
    assert here(instant).utcoffset() == instant.astimezone().utcoffset()


@given(INSTANTS, DATES)
@example(SUMMER_BEGINS, date(2025, 3, 30))
@example(SUMMER_ENDS, date(2025, 10, 26))
def test_a_time_is_on_the_day_the_calendar_says(instant: datetime, day: date) -> None:
    start, end = utc(moment(day.isoformat(), here(NOON)))
    assert (start <= instant < end) == (here(instant).date() == day)
    assert utc(moment((day + DAY).isoformat(), here(NOON)))[0] == end
    assert end - start in (23 * HOUR, 24 * HOUR, 25 * HOUR)


@given(INSTANTS)
@example(SUMMER_BEGINS + timedelta(minutes=1))
@example(SUMMER_ENDS + timedelta(minutes=30))
def test_today_and_yesterday_are_days_of_the_calendar(now: datetime) -> None:
    today = here(now).date()
    assert utc(moment("today", here(now))) == utc(moment(today.isoformat(), here(now)))
    assert utc(moment("yesterday", here(now))) == utc(moment((today - DAY).isoformat(), here(now)))


@given(st.integers(2000, 2030))
def test_the_months_of_a_year_are_the_year(year: int) -> None:
    each = [utc(moment(f"{year}-{month:02}", here(NOON))) for month in range(1, 13)]
    assert [end for _, end in each[:-1]] == [start for start, _ in each[1:]]
    assert (each[0][0], each[-1][1]) == utc(moment(str(year), here(NOON)))


@given(DATES, DATES)
def test_an_interval_reaches_to_the_end_of_its_second_day(first: date, last: date) -> None:
    now = here(NOON)
    start, end = utc(moment(first.isoformat(), now)), utc(moment(last.isoformat(), now))
    assert utc(interval(f"{first}..{last}", now)) == (start[0], end[1])
    assert utc(interval(f"{first}..", now)) == (start[0], FOREVER)
    assert utc(interval(f"..{last}", now)) == (BEGINNING, end[1])
    assert interval(str(first), now) == moment(str(first), now)


def test_an_age_as_a_border_is_the_time_it_names() -> None:
    assert utc(interval("7d..2d", here(NOON))) == (NOON - 7 * DAY, NOON - 2 * DAY)
    assert utc(interval("7d..0d", here(NOON))) == (NOON - 7 * DAY, NOON)
    assert utc(interval("..2d", here(NOON))) == (BEGINNING, NOON - 2 * DAY)
    assert interval("..", here(NOON)) is None
    assert interval("7d..soon", here(NOON)) is None


PIECES = (
    "2025",
    "-",
    "11",
    "30",
    "..",
    "7",
    "d",
    "mo",
    "min",
    "today",
    "now",
    " ",
    "t",
    ":",
    "00",
    "9999",
    "²",
)


@given(st.lists(st.sampled_from(PIECES), max_size=9).map("".join), INSTANTS)
def test_any_text_is_an_interval_or_none(text: str, now: datetime) -> None:
    found = moment(text, here(now))
    if found is not None:
        start, end = utc(found)
        assert BEGINNING <= start <= end <= FOREVER
        assert utc(interval(text, here(now))) == (start, end)
    if (between := interval(text, here(now))) is not None:
        assert all(BEGINNING <= border <= FOREVER for border in utc(between))


def test_months_are_named_from_the_newest_on() -> None:
    assert months(datetime(2025, 11, 30), datetime(2026, 2, 1)) == [
        "2026-02",
        "2026-01",
        "2025-12",
        "2025-11",
    ]
    assert months(datetime(2025, 11, 1), datetime(2025, 11, 30)) == ["2025-11"]
    assert months(datetime(2026, 1, 1), datetime(2025, 1, 1)) == []


def test_the_clock_tells_the_zone_of_this_computer() -> None:
    now = system_now()
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)
    assert now.tzname() in ("EET", "EEST")
    assert now.dst() is None
