"""How the differences between two texts of a story are shown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cryptonews_tui.changes import Change, changes
from cryptonews_tui.tui.compared import parts
from cryptonews_tui.tui.galley import Galley
from cryptonews_tui.typesetting import Paragraph, to_text
from tests.strategies import threats

LONG = "The harbour master counted the boats again and again. " * 100


def shown(*changed: Change, width: int = 10_000) -> str:
    return to_text([line for part in parts(changed) for block in part.blocks for line in block.lines(width)])


def galley(*changed: Change) -> Galley:
    return Galley(parts(changed), 80)


def test_what_was_stands_before_what_is_under_its_heading() -> None:
    text = shown(Change("", ("One.", "Two."), ("Three.",)), Change("Impact", (), ("Four.",)))
    assert text.replace("─", "").split("\n") == [
        *("", "", "Start", "", "", "− One.", "− Two.", "", "+ Three."),
        *("", "", "Impact", "", "", "+ Four.", ""),
    ]


def test_of_long_sentences_the_words_around_the_difference_are_shown() -> None:
    text = shown(Change("", (f"{LONG}boats sank{LONG}",), (f"{LONG}boats rose{LONG}",)))
    before, after = text.splitlines()[-3], text.splitlines()[-1]
    for row, sign, word in ((before, "− … ", "boats sank"), (after, "+ … ", "boats rose")):
        assert row.startswith(sign)
        assert word in row
        assert row.endswith(" …")
        assert 300 < len(row) < 500
        assert row[4:-2] in f"{LONG}{word}{LONG}"


def test_a_long_sentence_without_another_in_its_place_is_shown_whole() -> None:
    text = shown(Change("", (), (f"Begin {LONG} end.",)), width=80)
    assert text.split()[-1] == "end."
    assert text.count("harbour") == 100


def test_a_sentence_of_usual_length_is_never_cut() -> None:
    text = shown(Change("", (f"{LONG[:900]} a",), (f"{LONG[:900]} b",)))
    assert "…" not in text


@given(*[st.text("ab ", min_size=1, max_size=30)] * 4, st.integers(0, 200), st.integers(0, 200))
def test_two_sentences_that_differ_never_look_alike(
    begin: str, one: str, other: str, end: str, many: int, more: int
) -> None:
    old, new = (f"({begin * many}{middle}{end * more})" for middle in (one, other))
    both = "".join(
        span.text
        for part in parts([Change("", (old,), (new,))])
        for block in part.blocks
        if type(block.body) is Paragraph
        for span in block.body.runs[0]
    )
    before, after = both.removeprefix("− ").split("+ ")
    assert (before == after) is (old == new)
    assert before.removeprefix("… ").removesuffix(" …") in old
    assert after.removeprefix("… ").removesuffix(" …") in new


def test_of_many_changes_only_those_in_sight_are_set() -> None:
    many = tuple(f"Sentence {number} of the old text." for number in range(5_000))
    galleys = galley(Change("", many, ("All is new.",))), galley(*(Change(s, (s,), ("New.",)) for s in many))
    for found in galleys:
        found.set_lines(50)
        assert 50 <= len(found.lines) < 500
        found.finish()
        assert "Sentence 4999" in to_text(found.lines)


def test_of_one_change_without_end_only_the_beginning_is_set() -> None:
    found = galley(*changes("a\n\n" * 50_000 + "x. " * 50_000, "b\n\n" * 50_000))
    found.set_lines(50)
    assert not found.complete
    assert len(found.lines) < 1_000


def test_parts_show_the_same_as_blocks() -> None:
    changed = [Change(f"Head {n // 40}", (f"Old {n}. " * n,), (f"New {n}.",)) for n in range(300)]
    found = galley(*changed)
    found.finish()
    assert to_text(found.lines) == shown(*changed, width=80)


@given(st.lists(st.text(), max_size=3), st.lists(st.text(), max_size=3))
def test_no_change_reaches_the_terminal(before: list[str], after: list[str]) -> None:
    assert not threats(shown(Change("\x1b]0;x\x07", (*before,), (*after, "\x1b[2J" * 1_000))))
