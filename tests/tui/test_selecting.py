"""What is chosen to be copied: as it was written, whatever the width it was set for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptonews_tui.markdown import typeset
from cryptonews_tui.tui.selecting import between, paragraph, word
from cryptonews_tui.typesetting import Kind, Line, Span

TEXT = st.lists(st.from_regex(r"[a-zа-я一-二]{1,12}", fullmatch=True), min_size=1, max_size=30).map(" ".join)
FORMS = st.sampled_from(
    ("{}", "- {}", "> {}", "1. {}", "```\n{}\n  x\n```", "- a\n  - {}", "> - {}", "## {}")
)
MARKDOWN = st.lists(st.builds(str.format, FORMS, TEXT), min_size=1, max_size=5).map("\n\n".join)


def whole(lines: list[Line]) -> str:
    return between(lines, (0, 0), (len(lines[-1].text), len(lines) - 1))


@given(MARKDOWN, st.integers(40, 200), st.integers(40, 200))
def test_a_copy_is_the_same_at_every_width(markdown: str, one: int, other: int) -> None:
    assert whole(typeset(markdown, one)) == whole(typeset(markdown, other))


@given(MARKDOWN, st.integers(40, 60), st.data())
def test_a_part_of_a_text_is_a_part_of_its_copy(markdown: str, width: int, data: st.DataObject) -> None:
    lines = typeset(markdown, width)
    places = [(at, number) for number, line in enumerate(lines) for at in range(len(line.text) + 1)]
    first, behind = sorted(
        (data.draw(st.sampled_from(places)), data.draw(st.sampled_from(places))),
        key=lambda place: place[::-1],
    )
    assert between(lines, first, behind).strip() in whole(lines)


@pytest.mark.parametrize(
    ("markdown", "copy"),
    [
        ("> Fog\n> gone\n>\n> Boats", "Fog gone\n\nBoats"),
        ("```\na\n  b\n\nc\n```", "a\n  b\n\nc"),
        ("- one\n\n  ```\n  x\n  ```\n- two", "• one\n\nx\n\n• two"),
        ("- one\n  - two", "• one\n  ◦ two"),
        ("One  \ntwo", "One\ntwo"),
        ("# Fog\n\nBoats", "Fog\nBoats"),
        ("a\n\n---\n\nb", "a\n\n\nb"),
    ],
)
def test_margins_bars_and_rules_stay_behind(markdown: str, copy: str) -> None:
    assert whole(typeset(markdown, 60)) == copy


def test_a_copy_that_ends_inside_a_paragraph_has_no_blank_there() -> None:
    lines = typeset("fog " * 30, 40)
    assert between(lines, (0, 0), (len(lines[0].text), 0)) == " ".join(["fog"] * 10)


def test_a_word_goes_as_far_as_its_letters() -> None:
    lines = [Line((Span("It's at https://a.example/b-c, “now”.", Kind.TEXT),))]
    text = lines[0].text

    def at(place: int) -> str:
        (first, _), (behind, _) = word(lines, (place, 0))
        return text[first:behind]

    assert at(1) == "It's"
    assert at(4) == " "
    assert at(text.index("example")) == "https://a.example/b-c"
    assert at(text.index("now")) == "now"
    assert at(len(text) - 1) == "."


def test_a_paragraph_goes_as_far_as_only_the_width_breaks_it() -> None:
    lines = typeset("fog " * 30 + "\n\n" + "boats " * 30, 40)
    first, behind = paragraph(lines, (2, 1))
    assert between(lines, first, behind) == " ".join(["fog"] * 30)
