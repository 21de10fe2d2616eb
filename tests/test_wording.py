"""How ages, dates and titles are said."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from cryptonews_tui.article import Provenance, Publisher, Sentiment
from cryptonews_tui.safety import clean_line
from cryptonews_tui.wording import (
    NARROW,
    SIGNS,
    about,
    age_or_date,
    date,
    day,
    fit,
    later,
    long_age,
    provenance_mark,
    short_age,
)
from tests.strategies import NOON, ODD_TEXT, article

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
AGES = st.timedeltas(-400 * DAY, 200_000 * DAY)


@pytest.fixture(autouse=True)
def kyiv(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two hours east of UTC in winter, three in summer."""
    monkeypatch.setenv("TZ", "EET-2EEST,M3.5.0/3,M10.5.0/4")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("age", "short", "long"),
    [
        (-HOUR, "now", "in 1 hour"),
        (-3 * DAY, "now", "in 3 days"),
        (timedelta(seconds=59), "now", "just now"),
        (MINUTE, "1m", "1 minute ago"),
        (59 * MINUTE, "59m", "59 minutes ago"),
        (HOUR, "1h", "1 hour ago"),
        (23 * HOUR + 59 * MINUTE, "23h", "23 hours ago"),
        (DAY, "1d", "1 day ago"),
        (3 * DAY, "3d", "3 days ago"),
        (59 * DAY, "59d", "59 days ago"),
        (60 * DAY, "60d", "2 months ago"),
        (99 * DAY, "99d", "3 months ago"),
        (100 * DAY, "14w", "3 months ago"),
        (364 * DAY, "52w", "12 months ago"),
        (365 * DAY, "1y", "12 months ago"),
        (800 * DAY, "2y", "2 years ago"),
        (200 * 365 * DAY, "99y", "200 years ago"),
    ],
)
def test_an_age_is_said_shortly_and_in_words(age: timedelta, short: str, long: str) -> None:
    assert short_age(NOON - age, NOON) == short
    assert long_age(NOON - age, NOON) == long


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (2 * HOUR, "2h"),
        (13 * DAY, "13d"),
        (14 * DAY, "11 Nov"),
        (299 * DAY, "30 Jan"),
        (300 * DAY, "2025-01"),
        (4_000 * DAY, "2014-12"),
    ],
)
def test_an_age_becomes_a_date_after_two_weeks(age: timedelta, expected: str) -> None:
    assert age_or_date(NOON - age, NOON) == expected


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        (datetime(2025, 11, 25, 21, 59, tzinfo=UTC), "Today"),
        (datetime(2025, 11, 24, 22, 0, tzinfo=UTC), "Today"),
        (datetime(2025, 11, 24, 21, 59, tzinfo=UTC), "Yesterday"),
        (datetime(2025, 11, 23, 21, 59, tzinfo=UTC), "23 Nov"),
        (datetime(2025, 11, 25, 22, 0, tzinfo=UTC), "26 Nov"),
        (datetime(2024, 12, 31, 22, 0, tzinfo=UTC), "1 Jan"),
        (datetime(2024, 12, 31, 21, 59, tzinfo=UTC), "31 Dec 2024"),
    ],
)
def test_a_day_is_named_in_the_readers_zone(time: datetime, expected: str) -> None:
    now = datetime(2025, 11, 25, 10, tzinfo=UTC)
    assert day(time, now.astimezone(timezone(timedelta(hours=2)))) == expected


@given(AGES)
def test_ages_fit_their_cells(age: timedelta) -> None:
    assert 2 <= len(short_age(NOON - age, NOON)) <= 3
    assert len(age_or_date(NOON - age, NOON)) <= 7


def test_dates_are_local() -> None:
    assert date(datetime(2025, 11, 25, 23, 5, tzinfo=UTC)) == "26 Nov 2025 01:05"
    assert date(datetime(2025, 7, 1, 9, 5, tzinfo=UTC)) == "1 Jul 2025 12:05"
    assert date(datetime(2025, 7, 1, 9, 5, tzinfo=UTC), UTC) == "1 Jul 2025 09:05"


@pytest.mark.parametrize(
    ("late", "said"),
    [
        (-HOUR, ""),
        (timedelta(), ""),
        (MINUTE / 3, ""),
        (MINUTE, "1 min later"),
        (62 * MINUTE, "62 min later"),
        (2 * HOUR, "2 hours later"),
        (3 * DAY, "3 days later"),
    ],
)
def test_how_much_later_something_was_done_is_said(late: timedelta, said: str) -> None:
    assert later(NOON, NOON + late) == said


def test_what_a_machine_did_is_said() -> None:
    def mark(provenance: Provenance | None, **facts: object) -> str:
        return provenance_mark(article(provenance=provenance, **facts), ("en", "uk"), UTC)

    assert mark(None) == mark(Provenance()) == ""
    assert mark(Provenance(rewritten=True)) == "AI-rewritten"
    assert mark(Provenance(True, NOON + 5 * MINUTE)) == "AI-rewritten 12:05, 5 min later"
    assert mark(Provenance(True, NOON + 26 * HOUR)) == "AI-rewritten 26 Nov 14:00, 1 day later"
    assert mark(Provenance(True, translated_from="41")) == "AI-rewritten, machine-translated from 41"


def test_a_translation_names_the_language_it_was_made_from() -> None:
    story = article(lang="uk", provenance=Provenance(translated_from="7"), updated=NOON + 90 * MINUTE)
    story = replace(story, story="7")
    assert provenance_mark(story, ("en", "uk"), UTC) == "machine-translated from en 13:30, 90 min later"
    assert provenance_mark(story, ("de", "en", "uk"), UTC) == "machine-translated 13:30, 90 min later"


def test_an_article_is_introduced_line_by_line() -> None:
    story = article(
        title="Bitcoin rests",
        category="BTC",
        tags=("BTC", "DIGITAL ASSETS"),
        sentiment=Sentiment.NEGATIVE,
        provenance=Provenance(rewritten=True),
        publisher=Publisher("ledger", "Night Ledger", url="https://ledger.example/"),
    )
    assert [*about(story)] == [
        "Bitcoin rests",
        "Night Ledger · BTC · 25 Nov 2025 14:00 · negative",
        "AI-rewritten",
        "Tags: BTC, DIGITAL ASSETS",
        "https://ledger.example/",
    ]
    assert [*about(article(title="Bare"))] == ["Bare", "Night Ledger · 25 Nov 2025 14:00 · unrated"]


def test_every_sentiment_has_a_sign_a_letter_and_a_word_of_its_own() -> None:
    assert set(SIGNS) == {*Sentiment, None}
    for column in zip(*SIGNS.values(), strict=True):
        assert len(set(column)) == len(SIGNS)
    assert all(cell_len(sign) <= 1 for sign, _, _ in SIGNS.values())


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("Bitcoin", 10, "Bitcoin   "),
        ("Bitcoin", 7, "Bitcoin"),
        ("Bitcoin rests today", 15, "Bitcoin rests… "),
        ("Bitcoin rests, today", 17, "Bitcoin rests…   "),
        ("Bitcoin rests today", 14, "Bitcoin rests…"),
        ("Supercalifragilistic", 6, "Super…"),
        ("漢字漢字", 5, "漢字…"),
        ("漢字漢字", 6, "漢字… "),
        ("Bitcoin", 1, "…"),
        ("Bitcoin", 0, ""),
        ("", 3, "   "),
    ],
)
def test_a_title_is_cut_at_a_word_with_a_sign(text: str, width: int, expected: str) -> None:
    assert fit(text, width) == expected


@given(ODD_TEXT.map(clean_line), st.integers(0, 30))
def test_what_was_fitted_fits(text: str, width: int) -> None:
    assert cell_len(fit(text, width)) == width
    assert cell_len(fit(text, width, pad=False)) <= width
    if cell_len(text) <= width:
        assert fit(text, width, pad=False) == text


@given(st.from_regex(NARROW, fullmatch=True))
def test_narrow_text_is_as_wide_as_it_is_long(text: str) -> None:
    assert cell_len(text.replace("\u00ad", "")) == len(text.replace("\u00ad", ""))


def test_a_look_alike_host_is_spelt_as_it_really_is() -> None:
    story = article(canonical_url="https://соindesk.example/a")  # two of its letters are Cyrillic
    address = [*about(story)][-1]
    assert address.isascii()
    assert address.startswith("https://xn--")
