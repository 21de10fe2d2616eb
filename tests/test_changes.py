"""What differs between two texts of one story."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptonews_tui.changes import LONG, Change, changes, sentences

BODY = """\
Exchanges meet.

## Overview

The council met on Monday. It “agreed.” Nobody
objected, e.g. Mr. Holm.

### Details

- Reserves of 1.5 billion are held.
- An audit follows.

## Impact on the crypto market

1. Trust grows.
2. Fees fall.
"""


def test_the_same_text_has_no_changes() -> None:
    assert changes(BODY, BODY) == ()


def test_a_sentence_that_was_replaced_is_shown_beside_the_new_one() -> None:
    after = BODY.replace("It “agreed.”", "It “refused.” Then it adjourned.")
    assert changes(BODY, after) == (
        Change("Overview", ("It “agreed.”",), ("It “refused.”", "Then it adjourned.")),
    )


def test_what_was_added_and_what_was_removed_stands_alone() -> None:
    after = BODY.replace("- An audit follows.\n", "").replace("2. Fees fall.", "2. Fees fall.\n3. Calm.")
    assert changes(BODY, after) == (
        Change("Overview", ("An audit follows.",), ()),
        Change("Impact on the crypto market", (), ("Calm.",)),
    )


def test_before_the_first_section_there_is_no_heading() -> None:
    assert changes(BODY, BODY.replace("Exchanges meet.", "Banks meet.")) == (
        Change("", ("Exchanges meet.",), ("Banks meet.",)),
    )


def test_a_new_heading_is_a_change_by_itself() -> None:
    after = BODY.replace("## Overview", "## **Summary** ##").replace("### Details", "### Figures")
    assert changes(BODY, after) == (
        Change("Summary", ("Overview",), ("Summary",)),
        Change("Summary", ("Details",), ("Figures",)),
    )


def test_a_difference_is_cut_where_sections_begin() -> None:
    before = "## One\n\nA.\n\nB b.\n\n## Two\n\nC c.\n\nD d.\n"
    after = "## One\n\nA.\n\nX x.\n\n## Three\n\nY y.\n\nD d.\n"
    assert changes(before, after) == (
        Change("One", ("B b.",), ("X x.",)),
        Change("Three", ("Two", "C c."), ("Three", "Y y.")),
    )
    gone = "## One\n\nA.\n\nX x.\n\nD d.\n"
    assert changes(before, gone) == (Change("One", ("B b.",), ("X x.",)), Change("Two", ("Two", "C c."), ()))


def test_a_sentence_that_moved_is_taken_away_and_added() -> None:
    assert changes("One is. Two is. Three is.", "Two is. Three is. One is.") == (
        Change("", ("One is.",), ()),
        Change("", (), ("One is.",)),
    )


def test_one_of_several_like_sentences_may_change() -> None:
    before = "Yes it is. No it is not. " * 20
    assert changes(before, before + "Yes it is.") == (Change("", (), ("Yes it is.",)),)


@pytest.mark.parametrize(
    "after",
    [
        BODY.replace("\n", "\n\n"),
        BODY.replace("\n", "\r\n"),
        BODY.replace("Nobody\nobjected", "Nobody  \u00a0objected"),
        BODY.replace("met on Monday", "**met** _on_ `Monday`"),
        BODY.replace("\n- ", "\n* ").replace("1. ", "1) "),
        BODY.replace("Monday. It", "Monday.\n\nIt"),
    ],
)
def test_form_is_no_change(after: str) -> None:
    assert changes(BODY, after) == ()


# Sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four… Five", "One. | Two! | Three? | Four… | Five"),
        ("What?! Really... Yes.", "What?! | Really... | Yes."),
        ("It rose 1.5 % to $3.70. Then it fell.", "It rose 1.5 % to $3.70. | Then it fell."),
        (
            "Ask J. Powell, Mr. Holm or the U.S. Treasury. Go.",
            "Ask J. Powell, Mr. Holm or the U.S. Treasury. | Go.",
        ),
        (
            "From No. 1 to No. 3 on Nov. 5. “Sad.” (Very.) *So.*",
            "From No. 1 to No. 3 on Nov. 5. | “Sad.” | (Very.) | *So.*",
        ),
        ("“Why?” he asked. “Oh…” – she said, i.e. no.", "“Why?” he asked. | “Oh…” – she said, i.e. no."),
        ("See https://a.example/x.Y?z=1.Q for it. End.", "See https://a.example/x.Y?z=1.Q for it. | End."),
        ("Зріс на 1,5 млн. доларів. Це багато.", "Зріс на 1,5 млн. доларів. | Це багато."),
        (
            "У м. Київ, на вул. Соборній ім. Т. Г. Кого. Усе.",
            "У м. Київ, на вул. Соборній ім. Т. Г. Кого. | Усе.",
        ),
        ("«Ні!» — сказав він. «Так». І пішов.", "«Ні!» — сказав він. | «Так». | І пішов."),
        ("a line\ngoes on\n\nAnother", "a line goes on | Another"),
        ("- One\n  goes on. Two.\n* Three\n+ Four\n12) Five\n-", "One goes on. | Two. | Three | Four | Five"),
        ("> Quoted. Twice.\n> Thrice.", "Quoted. | Twice. | Thrice."),
        ("## Part 1. More\nText\n---\n***\n#hash", "Part 1. More | Text | #hash"),
        ("```py\nOne. Two\n## three\n\n```\nYes. No.", "One. Two | ## three | Yes. | No."),
        ("```one``` two", "```one``` two"),
        ("", ""),
        (" \n\n\t\n", ""),
    ],
)
def test_a_text_is_cut_where_sentences_end(text: str, expected: str) -> None:
    assert " | ".join(sentences(text)) == expected


def test_each_row_of_a_table_stands_alone() -> None:
    rows = ["| One. Two | Three |", "|---|---|", "| Four | Five |"]
    assert sentences("\n".join(rows)) == rows


# Laws

SAID = st.sampled_from(
    [
        *("The market rests.", "Fees fall!", "Why?", "Ринок спить.", "«Ні», — каже він.", "a 1.5", "*Bold.*"),
        *(
            "\n",
            "\n\n",
            "\n## Overview\n",
            "\n## Вплив\n",
            "\n### Deeper\n",
            "\n- ",
            "\n1. ",
            "\n> ",
            "\n| ",
            "\n```\n",
        ),
    ]
)
BODIES = st.one_of(st.lists(SAID, max_size=30).map(" ".join), st.text(max_size=200))


def is_among(some: list[str], all_of_them: list[str]) -> bool:
    """Whether these stand there in this order."""
    rest = iter(all_of_them)
    return all(one in rest for one in some)


@given(BODIES, BODIES)
def test_what_is_said_to_differ_stands_in_the_texts_and_the_rest_is_the_same(before: str, after: str) -> None:
    found = changes(before, after)
    removed = [sentence for change in found for sentence in change.before]
    added = [sentence for change in found for sentence in change.after]
    assert all(change.before or change.after for change in found)

    def rest(body: str, without: list[str]) -> Counter[str]:
        assert not Counter(without) - Counter(sentences(body))
        left = Counter(sentences(body)) - Counter(without)
        return Counter(sentence.translate(dict.fromkeys(map(ord, "*_`"))) for sentence in left.elements())

    if before.split() != after.split():
        assert rest(before, removed) == rest(after, added)
    assert {change.heading for change in found} <= {"", *sentences(before), *sentences(after)}


@given(BODIES, BODIES)
def test_differences_keep_the_order_of_the_texts(before: str, after: str) -> None:
    found = changes(before, after)
    if (
        len({change.heading for change in found}) == 1
    ):  # a heading that comes twice gathers what is below both
        assert is_among([s for change in found for s in change.before], sentences(before))
        assert is_among([s for change in found for s in change.after], sentences(after))


@given(BODIES, st.lists(st.sampled_from([" ", "  ", "\n", "\n\n", "\t", "\u00a0"]), min_size=1))
def test_no_text_differs_from_itself_whatever_the_blanks_are(body: str, blanks: list[str]) -> None:
    assert changes(body, body) == ()
    words = body.split()
    spaced = "".join(word + blanks[number % len(blanks)] for number, word in enumerate(words))
    assert changes(body, spaced) == changes(spaced, body) == ()


# Whatever the texts are

HOSTILE = {
    "sentences": "A. B. " * 200_000,
    "lines": "ab\ncd\n" * 150_000,
    "paragraphs": "ab\n\ncd\n\n" * 120_000,
    "headings": "## ab\n" * 150_000,
    "fences": "~~~\n" * 250_000,
    "ticks": "`" * 1_000_000,
    "rows": "|\n" * 500_000,
    "blanks": "## a" + " " * 1_000_000 + "b",
    "dots": "." * 1_000_000,
    "interleaved": "".join(f"{number}.\nyes.\n" for number in range(90_000)),
}


@pytest.mark.parametrize("size", [LONG, 1_000_000])
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_are_bounded_work(text: str, size: int) -> None:
    before = text[:size]
    after = before.replace("1", "one").replace("b", "c")[: -(size // 3)] + "\n\nThe end.\n"
    assert changes(before, after)[-1].after[-1].endswith("The end.")


def test_long_texts_are_compared_by_paragraphs() -> None:
    text = "".join(f"## Day {day}\n\nIt is day {day}. All is calm.\n\n" for day in range(2_000))
    assert len(text) > LONG
    after = text.replace("It is day 7. All", "It is day 7. Not all").replace("day 1999. ", "day 1999.  ")
    assert changes(text, after) == (
        Change("Day 7", ("It is day 7. All is calm.",), ("It is day 7. Not all is calm.",)),
    )
