"""Places on a roll of text are those of one long list of lines, though nobody makes that list."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cryptonews_tui.tui.roll import Roll
from cryptonews_tui.typesetting import Line, Span

LENGTHS = st.lists(st.integers(1, 7), min_size=1, max_size=8)


def roll_of(lengths: list[int]) -> Roll:
    stories = [[Line((Span(f"{story}.{n}"),)) for n in range(length)] for story, length in enumerate(lengths)]
    return Roll(len(stories), stories.__getitem__)


@given(LENGTHS, st.integers(0, 60), st.integers(-70, 70), st.integers(1, 30))
def test_every_move_is_one_in_the_list_of_all_lines(
    lengths: list[int], start: int, lines: int, rows: int
) -> None:
    roll = roll_of(lengths)
    flat = [(story, n) for story, length in enumerate(lengths) for n in range(length)]
    start = min(start, len(flat) - 1)
    assert roll.moved(flat[start], lines) == flat[max(0, min(start + lines, len(flat) - 1))]
    assert roll.seen(flat[start], rows) == flat[start : start + rows]
    assert roll.reachable(flat[start], rows) == flat[max(0, min(start, len(flat) - rows))]
    assert [roll.line(place).text for place in flat] == [f"{story}.{n}" for story, n in flat]


@given(LENGTHS, st.integers(-3, 12), st.integers(-3, 12))
def test_a_place_that_is_gone_is_replaced_by_the_nearest_of_its_story(
    lengths: list[int], story: int, line: int
) -> None:
    near = roll_of(lengths).near((story, line))
    assert near[0] == max(0, min(story, len(lengths) - 1))
    assert near[1] == max(0, min(line, lengths[near[0]] - 1))


def test_the_end_is_reached_without_a_look_at_what_lies_between() -> None:
    asked: set[int] = set()

    def lines(story: int) -> list[Line]:
        asked.add(story)
        return [Line()] * 5

    roll = Roll(10_000, lines)
    assert roll.reachable((9_999, 0), 20) == (9_996, 0)
    assert roll.moved((9_996, 0), -7) == (9_994, 3)
    assert len(asked) < 10
