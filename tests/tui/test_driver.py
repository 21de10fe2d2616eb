"""What the terminal sends, before it becomes keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.events import Key, Paste

from cryptonews_tui.tui.driver import Pastes
from cryptonews_tui.tui.key_parser import KeyParser

HOSTILE = "buy\x1b]52;c;aG9zdGlsZQ==\x07q\x1bq\x9bq\x1b[Aq\rnow"


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 100])
def test_control_characters_in_a_paste_are_no_keys(size: int) -> None:
    typed = f"x\x1b[200~{HOSTILE}\x1b[201~y\x1b[B"
    pastes, parser = Pastes(), KeyParser()
    pieces = [typed[at : at + size] for at in range(0, len(typed), size)]
    seen = [text for piece in pieces if (text := pastes.feed(piece))]
    events = [event for text in seen for event in parser.feed(text)]
    assert [event.key for event in events if isinstance(event, Key)] == ["x", "y", "down"]
    assert [event.text for event in events if isinstance(event, Paste)] == [
        "buy]52;c;aG9zdGlsZQ==qqq[Aq\nnow"
    ]


@given(st.lists(st.text(alphabet="ab\x1b[20~1\r", max_size=9)))
def test_what_is_typed_passes_at_once_and_as_it_is(pieces: list[str]) -> None:
    if "\x1b[200~" not in "".join(pieces):
        pastes = Pastes()
        assert [pastes.feed(piece) for piece in pieces] == pieces


@given(st.lists(st.text(alphabet="ab\x1b[20~1\n", max_size=9)), st.lists(st.text(max_size=5)))
def test_pieces_of_any_size_give_the_same(pieces: list[str], more: list[str]) -> None:
    text = [*pieces, "\x1b[200~", *more, "\x1b[201~", *pieces]
    whole, parts = Pastes(), Pastes()
    assert whole.feed("".join(text)) == "".join(parts.feed(piece) for piece in text)


def test_two_pastes_follow_each_other() -> None:
    pastes = Pastes()
    assert pastes.feed("\x1b[200~a\x1b\x1b[201~\x1b[200~\x1bb\x1b[201~\x1b") == (
        "\x1b[200~a\x1b[201~\x1b[200~b\x1b[201~\x1b"
    )


@pytest.mark.parametrize("sequence", ["\x1b[:~", "\x1b[7777777770~", "\x1b[1114112u", "\x1b[97;:u"])
def test_keys_go_on_after_a_number_that_is_none(sequence: str) -> None:
    parser = KeyParser()
    keys = [
        event.key
        for text in (sequence, "\x1b[B", "x")
        for event in parser.feed(text)
        if isinstance(event, Key)
    ]
    assert keys[-1] == "x"
    assert "down" in keys
