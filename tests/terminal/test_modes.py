"""The checker that the tests of ends rely on finds what is left on."""

import pytest

from tests.terminal.modes import left_on


@pytest.mark.parametrize(
    ("output", "left"),
    [
        (b"plain words\r\n", set()),
        (b"\x1b[?1049h\x1b[?25l\x1b[?25h\x1b[?1049l", set()),
        (b"\x1b[?1049h\x1b[?25l\x1b[?1049l", {"no cursor"}),
        (b"\x1b[?1000;1006h\x1b[?1000l", {"mouse in decimal"}),
        (b"\x1b[?7l", {"no line wrap"}),
        (b"\x1b[?2004l\x1b[?2004h", {"bracketed paste"}),
        (b"\x1b[?2026h\x1b[1mfog\x1b[0m", {"a frame that is not over"}),
        (b"\x1b[1;31mfog", {"colours or bold"}),
        (b"\x1b[1;31mfog\x1b[m", set()),
        (b"\x1b[?1049h\x1b[>25u\x1b[<u\x1b[?1049l", set()),
        (b"\x1b[>25u\x1b[?1049h\x1b[<u\x1b[?1049l", {"keys by another protocol"}),
        (b"\x1b[?1049h\x1b[>25u\x1b[?1049l", {"keys by another protocol"}),
        (b"\x1b]2;fog\x07", {"a title"}),
        (b"\x1b]52;c;Zm9n\x07\x1b]8;;\x1b\\", set()),
        (b"\x1b=", {"keypad for applications"}),
        (b"\x1b(0", {"another charset"}),
        (b"\x1b[?2026$p", set()),
        (b"\x1b[5;10r", {"a part that scrolls"}),
        (b"\x1b[?1049l\x1b[?25", {"half a sequence"}),
        (b"\x1b[?4711h", {"mode 4711"}),
    ],
)
def test_what_is_left_on_is_told(output: bytes, left: set[str]) -> None:
    assert left_on(output) == left
