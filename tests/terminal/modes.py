"""What a program has left switched on in a terminal, told from the bytes that it wrote."""

from __future__ import annotations

import re

NAMES = {
    1: "cursor keys for applications",
    5: "reversed screen",
    6: "origin",
    9: "mouse, as in X10",
    12: "blinking cursor",
    47: "other screen, the oldest",
    66: "keypad for applications",
    1000: "mouse: buttons",
    1002: "mouse: drags",
    1003: "mouse: every move",
    1004: "focus",
    1005: "mouse in UTF-8",
    1006: "mouse in decimal",
    1015: "mouse, as in urxvt",
    1016: "mouse in pixels",
    1047: "other screen, an old one",
    1048: "kept cursor",
    1049: "other screen",
    2004: "bracketed paste",
    2026: "a frame that is not over",
    2027: "graphemes",
    2031: "reports of light and dark",
    2048: "reports of the size",
}
_USUAL = {7: "no line wrap", 25: "no cursor"}
"""Modes that are on where nobody has done anything."""

_SEQUENCE = re.compile(
    rb"\x1b\[(?P<private>[?<>=]?)(?P<numbers>[0-9;:]*)(?P<between>[ -/]*)(?P<end>[@-~])"
    rb"|\x1b[\]P_^X](?P<string>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    rb"|\x1b(?P<escape>[ -/]*[0-Z\\^-~])"
)


def left_on(output: bytes) -> set[str]:
    """The names of what was switched on in order and not off again; empty when all is as before."""
    modes: dict[int, bool] = {}
    left: set[str] = set()
    pushed: dict[bool, int] = {True: 0, False: 0}
    """Keyboard protocols, of the other screen and of the usual one."""

    def note(what: str, on: bool) -> None:
        left.add(what) if on else left.discard(what)

    end_of_last = 0
    for found in _SEQUENCE.finditer(output):
        end_of_last = found.end()
        private, numbers, between, end = found["private"], found["numbers"], found["between"], found["end"]
        if found["string"] is not None:
            note("a title", found["string"].startswith((b"0;", b"2;")) and found["string"][2:] != b"")
        elif found["escape"] is not None:
            if found["escape"] in (b"=", b">"):
                note("keypad for applications", found["escape"] == b"=")
            elif found["escape"][:1] in b"()*+":
                note("another charset", found["escape"][1:] not in (b"B", b"@"))
        elif private == b"?" and end in b"hl" and not between:
            for number in numbers.split(b";"):
                modes[int(number)] = end == b"h"
        elif end == b"u" and private in (b">", b"<", b"="):
            other = modes.get(1049, False)
            if private == b">":
                pushed[other] += 1
            elif private == b"<":
                pushed[other] = max(0, pushed[other] - int(numbers or b"1"))
            else:
                note("keys by another protocol", numbers.split(b";")[0] != b"0")
        elif private == b">" and end == b"m":
            note("keys with modifiers", numbers.endswith((b";1", b";2")))
        elif end == b"m" and not private and not between:
            note("colours or bold", numbers.strip(b"0;") != b"")
        elif end == b"r" and not private:
            note("a part that scrolls", numbers != b"")
        elif end == b"q" and between == b" ":
            note("another cursor", numbers not in (b"", b"0"))
    for number, on in modes.items():
        if number in _USUAL:
            note(_USUAL[number], not on)
        else:
            note(NAMES.get(number, f"mode {number}"), on)
    note("keys by another protocol", bool(sum(pushed.values())) or "keys by another protocol" in left)
    rest = output[end_of_last:]
    note("half a sequence", b"\x1b" in rest)
    return left
