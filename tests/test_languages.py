"""What the program says in Ukrainian, and what it says alike in all languages."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from cryptonews_tui import translation
from cryptonews_tui.output import bytes_of
from cryptonews_tui.query import QueryError, parse
from cryptonews_tui.settings import COLUMNS, FILTERS, SETTINGS
from cryptonews_tui.wording import age_or_date, date, day, decimal, later, long_age, month, number, short_age
from tests.command_line import Run
from tests.strategies import NOON, write

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
AGES = st.timedeltas(-400 * DAY, 200_000 * DAY)


@pytest.fixture
def ukrainian() -> Iterator[None]:
    translation.use("uk")
    yield
    translation.use("en")


def said(*arguments: object, home: Path, **environment: str) -> tuple[str, str]:
    """What the program says, run as by a person with this environment."""
    names = ("CRYPTONEWS_LIBRARY", "CRYPTONEWS_STATE", "CRYPTONEWS_CONFIG", "CRYPTONEWS_CACHE")
    places = {name: str(home / name.lower()) for name in names}
    done = subprocess.run(
        [sys.executable, "-m", "cryptonews_tui", *map(str, arguments)],
        env={"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONUTF8": "1", **places, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=50,
        check=False,
    )
    return done.stdout, done.stderr


def test_the_environment_makes_the_command_line_ukrainian(tmp_path: Path) -> None:
    write(tmp_path / "news", "a.md", title="Біткоїн росте")

    def tell(*arguments: object) -> tuple[str, str]:
        return said(*arguments, home=tmp_path, LANG="uk_UA.UTF-8")

    out, _ = tell("--help")
    assert "використання: cryptonews" in out
    assert "показати цю довідку й вийти" in out  # argparse's own words, too
    assert "вивести новини, найновіші спершу" in out
    _, err = tell("list")
    assert "немає бібліотеки" in err
    _, err = tell("sources")
    assert err == "Джерел ще немає. Додати: cryptonews sources add LOCATION\n"
    _, err = tell("sync", tmp_path / "news")
    assert "переглянуто 1, додано 1, оновлено 0, без змін 0" in err
    out, _ = tell("list")
    assert "Біткоїн росте" in out
    _, err = tell("list", "tga:btc")
    assert "не вдається зрозуміти запит:" in err
    assert "немає поля «tga:»; можливо, ви мали на увазі «tag:»?" in err
    _, err = tell("list", "--limit", "many")
    assert "аргумент --limit: 'many' — не ціле число" in err


def test_another_language_than_ours_is_english(tmp_path: Path) -> None:
    out, _ = said("--help", home=tmp_path, LANG="pl_PL.UTF-8")
    assert out == said("--help", home=tmp_path, LANG="C.UTF-8")[0]
    assert "show this help message and exit" in out


@pytest.mark.parametrize(
    ("age", "short", "long"),
    [
        (-HOUR, "0х", "через 1 годину"),
        (timedelta(seconds=59), "0х", "щойно"),
        (MINUTE, "1х", "1 хвилину тому"),
        (59 * MINUTE, "59х", "59 хвилин тому"),
        (2 * HOUR, "2г", "2 години тому"),
        (21 * HOUR, "21г", "21 годину тому"),
        (3 * DAY, "3д", "3 дні тому"),
        (100 * DAY, "14т", "3 місяці тому"),
        (800 * DAY, "2р", "2 роки тому"),
        (5 * 365 * DAY, "5р", "5 років тому"),
    ],
)
@pytest.mark.usefixtures("ukrainian")
def test_ages_in_ukrainian(age: timedelta, short: str, long: str) -> None:
    assert (short_age(NOON - age, NOON), long_age(NOON - age, NOON)) == (short, long)


@given(AGES)
def test_ages_and_days_fit_their_columns_in_every_language(age: timedelta) -> None:
    for language in translation.LANGUAGES:
        translation.use(language)
        try:
            assert cell_len(short_age(NOON - age, NOON)) <= 3
            assert cell_len(age_or_date(NOON - age, NOON)) <= 7
            assert cell_len(day(NOON - age, NOON)) <= 11
        finally:
            translation.use("en")


@pytest.mark.usefixtures("ukrainian")
def test_dates_and_numbers_in_ukrainian() -> None:
    time = datetime(2025, 11, 25, 9, 31, tzinfo=UTC)
    assert date(time, UTC) == "25 лист. 2025, 09:31"
    assert day(time, datetime(2026, 11, 25, tzinfo=UTC)) == "25 лис 2025"
    assert day(time, datetime(2025, 11, 26, tzinfo=UTC)) == "Учора"
    assert month(2025, 5) == "травень 2025"
    assert later(time, time + 62 * MINUTE) == "через 62 хв"
    assert later(time, time + 5 * HOUR) == "через 5 годин"
    assert number(1_234_567) == "1\u00a0234\u00a0567"
    assert decimal(3.25, 1) == "3,2"
    assert decimal(0.5) == "0,5"
    assert bytes_of(1_500_000) == "1,5 МБ"


@pytest.mark.usefixtures("ukrainian")
def test_a_query_is_written_alike_in_every_language() -> None:
    query = parse('tag:btc is:unread since:7d "etf flows" sort:-score')
    assert str(query) == 'tag:btc is:unread since:7d "etf flows" sort:score'
    with pytest.raises(QueryError, match="не буває «happy»; можна: positive, negative, neutral, unrated"):
        parse("sentiment:happy")


def test_what_scripts_read_is_alike_in_every_language(run: Run, news: Path) -> None:
    run("sync", news)

    def all_of_it() -> list[str]:
        formats = [run("list", "--format", name).out for name in ("table", "json", "jsonl", "csv", "ids")]
        return [*formats, run("facets", "--format", "json").out]

    english = all_of_it()
    translation.use("uk")
    try:
        assert all_of_it() == english
    finally:
        translation.use("en")


def test_the_settings_name_every_choice_there_is() -> None:
    assert SETTINGS["columns"].accepts == f"a list of some of {', '.join(COLUMNS)}"
    assert SETTINGS["filters"].accepts == f"a list of some of {', '.join(FILTERS)}"
