"""What a terminal sends: keys, and pastes in which nothing is a key, however it comes in pieces."""

from textual import events

from cryptonews_tui.tui.driver import Pastes
from cryptonews_tui.tui.key_parser import KeyParser

SEEDS = (
    b"\x04jjk\x1b[A\x1b[200~pasted \x1b[31m text\x1b[201~q",
    b"\x01\x1b[200~a\x1b[200~b\x1b[201~\x1b[201~\x03",
    b"\x02\x1b[<0;10;5M\x1b[<35;1;1m\x1b[?2026;2$y\x1b[?1u\x1b]11;rgb:0/0/0\x07\x1bP>|term\x1b\\",
    b"\x07\x1b[5;7R\x1b[?62;4c\x1b[8;24;80t\x1b[48;24;80;480;640t\x1b[I\x1b[O",
)
WORDS = (
    *(
        b"\x1b[200~",
        b"\x1b[201~",
        b"\x1b[20",
        b"1~",
        b"\x1b",
        b"\x1b[",
        b"\x1bO",
        b"\x1b]",
        b"\x1bP",
        b"\x1b\\",
        b"\x07",
    ),
    *(
        b"\x1b[<0;1;1M",
        b"\x1b[97;5u",
        b"\x1b[1;2A",
        b"\x1b[?2026;2$y",
        b"\x1b[8;1;1t",
        b"\x03",
        b"\x1a",
        b"\r",
        b"\xc2\x9b",
    ),
)


def run(data: bytes) -> None:
    step = 1 + (data[0] if data else 0) % 40
    text = data[1:].decode("utf-8", "replace")  # as the driver does
    pastes, whole = Pastes(), Pastes()
    passed = "".join(pastes.feed(text[at : at + step]) for at in range(0, len(text), step))
    assert passed == whole.feed(text), "in pieces it is something else"
    inside = passed.split("\x1b[200~")[1:]
    for part in inside:
        pasted = part.partition("\x1b[201~")[0]
        assert all(character >= " " or character in "\t\n" for character in pasted)
        assert "\x1b" not in pasted
    parser = KeyParser(False)
    for at in range(0, len(passed), step):
        for event in parser.feed(passed[at : at + step]):
            if isinstance(event, events.Paste):
                assert not any(c < " " and c not in "\t\n" for c in event.text), event.text
