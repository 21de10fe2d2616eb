"""Where lines stand in an article: the same place is found again at any width, whatever is folded."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cryptonews_tui.article import Article
from cryptonews_tui.tui.galley import BEGINNING, HEADER, TAIL, Galley, Part, Spot, header, parts
from cryptonews_tui.tui.parallel import parallel
from cryptonews_tui.typesetting import Block, Paragraph, Span
from tests.strategies import NOON, ODD_TEXT, article

PARAGRAPHS = st.one_of(
    st.just("The harbour master counted the boats until the fog had gone."),
    st.sampled_from(["- One\n- Two boats\n\n  and more", "> Fog.", "|a|b|\n|-|-|\n|1|2|", "```\nx\n\ny\n```", ""]),
    ODD_TEXT,
)  # fmt: skip
BODIES = st.lists(
    st.one_of(
        PARAGRAPHS, st.sampled_from(["## Overview", "## Impact", "## Overview\n\n## Empty", "### Below"])
    ),
    max_size=9,
).map("\n\n".join)
ARTICLES = st.builds(lambda body, title: article(body=body, title=title or "Fog"), BODIES, ODD_TEXT)
WIDTHS = st.integers(1, 90)
FOLDED = st.sets(st.integers(0, 4))
TAILS = st.integers(0, 2)


def blocks(count: int) -> tuple[Block, ...]:
    return tuple(Block(Paragraph(((Span(f"Story {number}"),),))) for number in range(count))


def parts_of(one: Article, other: Article | None = None, tail: int = 0, width: int = 0) -> list[Part]:
    """What a pane sets: one article or two, and what stands below."""
    above = header(one, NOON, ("en",))
    found = parts(one, above) if other is None else parallel(one, other, above, side_by_side=width > 40)
    return [*found, Part(TAIL, lambda: blocks(tail))] if tail else found


def complete(parts: list[Part], width: int, folded: set[int]) -> Galley:
    galley = Galley(parts, width, folded)
    galley.finish()
    return galley


@given(ARTICLES, st.one_of(st.none(), ARTICLES), WIDTHS, FOLDED, TAILS)
def test_every_line_is_found_again_at_its_spot(
    one: Article, other: Article | None, width: int, folded: set[int], tail: int
) -> None:
    made = parts_of(one, other, tail, width)
    galley = complete(made, width, folded)
    assert galley.line_of(BEGINNING) == 0
    for line in range(len(galley.lines)):
        spot = galley.spot(line)
        assert galley.line_of(spot) == line
        assert spot.section in {HEADER, TAIL, *range(max(1, len(one.sections)))}
        assert 0 <= spot.fraction < 1
        assert Galley(made, width, folded).line_of(spot) == line  # though nothing is set so far


@given(ARTICLES, WIDTHS, WIDTHS, FOLDED)
def test_spots_keep_their_order_at_any_width(one: Article, width: int, other: int, folded: set[int]) -> None:
    before, after = complete(parts_of(one), width, folded), complete(parts_of(one), other, folded)
    lines = [after.line_of(before.spot(line)) for line in range(len(before.lines))]
    assert lines == sorted(lines)


@given(ARTICLES, WIDTHS, FOLDED, st.integers(HEADER - 1, 9), st.integers(0, 9), st.floats(0, 1))
def test_a_spot_that_is_no_more_has_a_line_all_the_same(
    one: Article, width: int, folded: set[int], section: int, block: int, fraction: float
) -> None:
    galley = complete(parts_of(one), width, folded)
    assert 0 <= galley.line_of(Spot(section, block, fraction)) <= len(galley.lines)


@given(ARTICLES, st.one_of(st.none(), ARTICLES), WIDTHS, FOLDED, TAILS)
def test_every_line_belongs_to_a_section_and_is_found_by_how_far_into_it_it_stands(
    one: Article, other: Article | None, width: int, folded: set[int], tail: int
) -> None:
    galley = complete(parts_of(one, other, tail, width), width, folded)
    assert galley.sections == sorted(galley.sections)
    # Sections that only the other version has stand in those of the first, or in one if that has none.
    assert len(galley.sections) == (len(one.sections) or (1 if other and other.sections else 0))
    for section, line in enumerate(galley.sections):
        assert Galley(parts_of(one, other, tail, width), width, folded).section_line(section) == line
    for line in range(len(galley.lines)):
        section, depth = galley.depth(line)
        assert section == galley.section_at(line)
        assert 0 <= depth < 1
        assert galley.line_at(section, depth) == line


@given(ARTICLES, WIDTHS, FOLDED, st.lists(st.integers(0, 60), max_size=5))
def test_lines_set_step_by_step_are_the_same(
    one: Article, width: int, folded: set[int], steps: list[int]
) -> None:
    whole, galley = complete(parts_of(one), width, folded), Galley(parts_of(one), width, folded)
    for step in steps:
        (galley.set if step % 2 else galley.set_lines)(step)
        assert galley.lines == whole.lines[: len(galley.lines)]
        assert galley.length >= len(galley.lines)
    galley.finish()
    assert (galley.lines, galley.sections) == (whole.lines, whole.sections)
    assert galley.length == len(galley.lines)


@given(ARTICLES, WIDTHS, st.integers(1, 3))
def test_what_is_appended_stands_below_all_else(one: Article, width: int, count: int) -> None:
    galley = Galley(parts_of(one), width)
    galley.append(Part(TAIL, lambda: blocks(count)))
    galley.finish()
    alone = complete(parts_of(one), width, set())
    assert galley.lines[: len(alone.lines)] == alone.lines
    assert galley.line_of(Spot(TAIL, 0, 0.0)) == len(alone.lines)
