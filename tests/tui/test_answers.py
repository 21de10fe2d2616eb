"""What a terminal sends that nobody has typed is no key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser
from textual.events import Event, Key, MouseEvent

from cryptonews_tui.tui.answers import Answers

ANSWERS = {
    "what it is": "\x1b[?62;1;4;22c",
    "its version": "\x1b[>41;354;0c",
    "its third kind": "\x1bP!|7E565445\x1b\\",
    "a mode": "\x1b[?2048;0$y",
    "a mode of another standard": "\x1b[4;2$y",
    "where the cursor stands": "\x1b[12;40R",
    "where it stands, told otherwise": "\x1b[?12;40;1R",
    "all is well": "\x1b[0n",
    "keys of kitty": "\x1b[?15u",
    "its size": "\x1b[8;40;120t",
    "its size unasked": "\x1b[48;40;120;800;1200t",
    "the ground": "\x1b]11;rgb:1616/1818/1d1d\x1b\\",
    "a colour": "\x1b]4;1;rgb:cd00/0000/0000\x07",
    "the clipboard": "\x1b]52;c;cXE6cQ==\x07",
    "the title": "\x1b]lquit q\x1b\\",
    "its name": "\x1bP>|XTerm(390)q\x1b\\",
    "a setting": "\x1bP1$r0m\x1b\\",
    "what it can": "\x1bP1+r544e=787465726d\x1b\\",
    "a picture": "\x1b_Gi=31;OK\x1b\\",
    "its parameters": "\x1b[2;1;1;112;112;1;0x",
    "what nobody knows": "\x1b[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18;19;20;21;22;23;24;25;26q",
    "the oldest mouse": "\x1b[M qq",
}


def events(pieces: list[str]) -> list[Event]:
    answers, parser = Answers(), XTermParser()
    found: list[Event] = []
    for piece in pieces:
        if text := answers.feed(piece):
            found += parser.feed(text)
    if parser._timeout_time is not None:  # nothing has come for a while
        parser._timeout_time = 0
        found += parser.tick()
    if answers.give_up():
        found.append(Key("escape", "\x1b"))
    return found


def keys(pieces: list[str]) -> list[str]:
    return [event.key for event in events(pieces) if isinstance(event, Key)]


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
@pytest.mark.parametrize("size", [1, 2, 3, 5, 100])
def test_an_answer_in_any_pieces_is_no_key(answer: str, size: int) -> None:
    text = f"j{answer}k{answer}{answer}\x1b[Bs"
    assert keys([text[at : at + size] for at in range(0, len(text), size)]) == ["j", "k", "down", "s"]


@pytest.mark.parametrize("answer", [answer for answer in ANSWERS.values() if answer[1:3] != "[M"])
def test_an_answer_whose_rest_comes_late_is_no_key_but_its_esc(answer: str) -> None:
    answers = Answers()
    assert answers.feed("\x1b") == ""
    assert answers.give_up()
    rest = answers.feed(answer[1:])
    if answer[1:3] in ("]l", "P!", "_G"):  # letters that people type
        return
    assert rest == ""
    assert answers.feed("j") == "j"


def test_an_answer_that_never_ends_is_given_up() -> None:
    answers = Answers()
    for begun in ("\x1b[?62", "\x1b]11;rgb:", "\x1bP1$r", "\x1b[" + "1;" * 100, "\x1b]11;x\x1b"):
        assert answers.feed(begun) == ""
        assert answers.waiting
        assert not answers.give_up()
        assert answers.feed("j") == "j"


def test_a_key_that_writes_no_letter_ends_an_answer() -> None:
    answers = Answers()
    assert answers.feed("\x1b]11;rgb:\rj") == "\rj"


@pytest.mark.parametrize("sequence", [s for s in ANSI_SEQUENCES_KEYS if len(s) > 2 and s[0] == "\x1b"])
def test_every_key_that_textual_knows_passes(sequence: str) -> None:
    if sequence.startswith("\x1b\x1b") or sequence in ("\x1b[1;2R", "\x1b[1;5R", "\x1b[1;6R"):
        return  # Esc and another key; the cursor stands there
    answers = Answers()
    passed = "".join(answers.feed(character) for character in sequence)
    assert passed == sequence


@pytest.mark.parametrize(
    ("typed", "pressed"),
    [
        ("\x1b", ["escape"]),
        ("\x1b\x1b", ["escape", "escape"]),
        ("\x1b[[A", ["f1"]),
        ("\x1bOP\x1b[P\x1b[11~", ["f1", "f1", "f1"]),
        ("\x1b[1;5A\x1b[5~\x1b[Z", ["ctrl+up", "pageup", "shift+tab"]),
        ("\x1b[97;;97u\x1b[122;5u\x1b[27u", ["a", "ctrl+z", "escape"]),
        ("ї▲\ufffd", ["ї", "black_up_pointing_triangle", "replacement_character"]),
    ],
)
def test_what_is_typed_is_typed(typed: str, pressed: list[str]) -> None:
    assert keys([typed]) == pressed
    assert keys(list(typed)) == pressed


def test_the_mouse_passes() -> None:
    found = events(["\x1b[<0;5;7M\x1b[<0;5;7m", "\x1b[<64;1;1M"])
    assert len([event for event in found if isinstance(event, MouseEvent)]) == 3


@given(st.lists(st.text("\x1b[]P_OM?>0;19$cqRuyt\x07\\ j", max_size=6), max_size=12))
def test_pieces_of_any_size_mean_the_same(pieces: list[str]) -> None:
    whole, parts = Answers(), Answers()
    assert whole.feed("".join(pieces)) == "".join(map(parts.feed, pieces))


@given(st.text())
def test_text_without_escapes_passes_as_it_is(text: str) -> None:
    text = text.replace("\x1b", "")
    assert Answers().feed(text) == text
