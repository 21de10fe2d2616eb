"""When a source is visited next."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cryptonews_tui.schedule import DAY, wait

MINUTES = st.floats(1, 100_000)
SECONDS = st.floats(0, 10 * DAY)


def test_a_source_is_due_again_after_its_interval() -> None:
    assert wait(15) == 900
    assert wait(2, fresh=30) == 120


def test_what_the_publisher_calls_fresh_is_not_asked_for_again_for_up_to_a_day() -> None:
    assert wait(15, fresh=3600) == 3600
    assert wait(15, fresh=90 * DAY) == DAY


def test_each_failure_in_a_row_doubles_the_interval_up_to_a_day() -> None:
    waits = [wait(15, failures=n, chance=lambda: 0.5) for n in range(10)]
    assert waits[:4] == [900, 1800, 3600, 7200]
    assert waits[-1] == DAY


def test_a_server_that_asks_to_be_left_alone_is() -> None:
    assert wait(15, failures=1, retry_after=7 * 3600) == 7 * 3600
    assert wait(15, failures=1, retry_after=5, chance=lambda: 0.5) == 1800


@given(MINUTES, SECONDS, SECONDS | st.none(), st.integers(0, 10_000), st.floats(0, 1))
def test_nobody_is_asked_before_his_interval_is_nearly_over_nor_left_for_ever(
    minutes: float, fresh: float, retry_after: float | None, failures: int, chance: float
) -> None:
    seconds = wait(minutes, fresh=fresh, retry_after=retry_after, failures=failures, chance=lambda: chance)
    assert 0.89 * minutes * 60 <= seconds <= 1.1 * max(minutes * 60, DAY)
