"""What a terminal sends that nobody has typed, kept from becoming keys.

A terminal answers questions: what it is, which modes it has, where its cursor stands, what its colours are. Answers
come late over a slow link, in pieces, and some to questions that another program asked. Textual takes what it does not
know for keys, one by one, and keys are commands. Here sequences are told apart as ECMA-48 says, and only those that
mean a key, the mouse, the focus or a paste pass.
"""

from __future__ import annotations

import re

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._keyboard_protocol import FUNCTIONAL_KEYS
from textual._xterm_parser import SPECIAL_SEQUENCES

_ESC = "\x1b"
_LONGEST = 64
"""Characters of the longest control sequence that may mean something."""
_KEY = re.compile(r"\x1b\[(\d*)[\d:]*(?:;[\d:]*){0,2}([u~A-HPQS])")
"""A key with modifiers, and those of kitty's protocol. `R` at the end would be where the cursor stands."""
_MOUSE = re.compile(r"\x1b\[<?-?\d+;-?\d+;-?\d+[Mm]")
_MODE = re.compile(r"\x1b\[\?2026;\d\$y")
"""Whether the terminal shows a frame as a whole: the one question that is ours."""
_REST = re.compile(r"\[[?>\d]|\]\d|P[01>]")
"""What follows the Esc of an answer, and no person types at once."""
_STRINGS = {"]": "0123456789lL", "P": "0123456789!$>", "_": "G"}
"""How answers begin that are strings up to a terminator."""
_WHERE = re.compile(r"\x1b\[\d+;\d+R")


class Answers:
    """Feed it what the terminal sends, in pieces of any size; it gives back what Textual's parser may see."""

    def __init__(self) -> None:
        self._held = ""
        """The beginning of a sequence."""
        self._ends = ""
        """How the sequence ends that is being dropped: `[` with a letter, `]` with BEL or ST, `\\` is half an ST."""
        self._after_escape = False

    @property
    def waiting(self) -> bool:
        """Whether the end of a sequence has not come yet."""
        return bool(self._held or self._ends)

    @property
    def at_escape(self) -> bool:
        """Whether what is waited for may be nothing: somebody pressed Esc."""
        return self._held == _ESC

    def give_up(self) -> bool:
        """Nothing more comes; whether Esc was pressed."""
        self._after_escape = self.at_escape
        self._held = self._ends = ""
        return self._after_escape

    def feed(self, text: str) -> str:
        if self._after_escape and _REST.match(text):
            self._held = _ESC  # it was an answer in two pieces; its first has become a key
        self._after_escape = False
        if not self.waiting and _ESC not in text:
            return text
        return "".join(map(self._take, text))

    def _take(self, character: str) -> str:
        if self._ends and not (character := self._drop(character)):
            return ""
        if character == _ESC:  # of one that was not at its end only Esc itself meant something
            given = self._held if self.at_escape else ""
            self._held = _ESC
            return given
        if not self._held:
            return character
        self._held = sequence = self._held + character
        kind, length = sequence[1], len(sequence)
        if kind == "[":
            return self._control(sequence, character)
        if kind in "O]P_" and length == 2:
            return ""
        self._held = ""
        if character in _STRINGS.get(kind, ""):
            self._ends = "]"
            return ""
        return "" if kind == "\\" else sequence  # the end of a string; else a key with Alt

    def _control(self, sequence: str, character: str) -> str:
        """A control sequence: parameters, then a letter."""
        if sequence in ("\x1b[", "\x1b[[", "\x1b[M"):  # `[[` begins F1 to F5 of Linux's console
            return ""
        if sequence.startswith("\x1b[M") and len(sequence) < 6:  # the oldest kind of mouse report
            return ""
        if character == "$" and sequence in ANSI_SEQUENCES_KEYS:  # with Shift, in rxvt
            self._held = ""
            return sequence
        if " " <= character <= "?" and not sequence.startswith("\x1b[M"):
            if len(sequence) > _LONGEST:
                self._held, self._ends = "", "["
            return ""
        self._held = ""
        if not "@" <= character <= "~" and not sequence.startswith("\x1b[M"):
            return character  # no sequence after all
        return sequence if _means_something(sequence) else ""

    def _drop(self, character: str) -> str:
        """Drop a character of a sequence; what does not belong to it is given back."""
        ends = self._ends
        if ends == "[":
            if not " " <= character <= "?":
                self._ends = ""
            return "" if " " <= character <= "~" else character
        if ends == "\\":
            self._ends = ""
            if character != "\\":
                self._held = _ESC
                return character
        elif character == _ESC:
            self._ends = "\\"
        elif character < " " or character == "\x9c":  # any key that writes no letter ends it too
            self._ends = ""
            return "" if character in "\x07\x9c" else character
        return ""


def _means_something(sequence: str) -> bool:
    if _WHERE.fullmatch(sequence):
        return False
    if sequence in ANSI_SEQUENCES_KEYS or sequence in SPECIAL_SEQUENCES:
        return True
    if key := _KEY.fullmatch(sequence):
        number, end = key.groups()
        return end == "u" or f"{number or 1}{end}" in FUNCTIONAL_KEYS
    return bool(_MOUSE.fullmatch(sequence) or _MODE.fullmatch(sequence))
