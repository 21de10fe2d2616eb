"""The program in every kind of terminal: what it writes there, what can be read, and what the terminal answers."""

from __future__ import annotations

import re
from unicodedata import east_asian_width

import pytest

from tests.pty_terminal import Terminal
from tests.terminal.newsroom import SCENES, Start, assert_as_before, furnish, opened
from tests.tui.desk import Desk

OLD = {
    "linux": {"TERM": "linux", "COLORTERM": ""},
    "screen": {"TERM": "screen", "COLORTERM": ""},
    "screen with 256 colours": {"TERM": "screen-256color", "COLORTERM": ""},
    "vt100": {"TERM": "vt100", "COLORTERM": ""},
    "an unknown one": {"TERM": "qansi-m", "COLORTERM": ""},
    "none": {"TERM": "", "COLORTERM": ""},
    "nothing said": {"TERM": None, "COLORTERM": None},
}
NEW = {
    "tmux": {"TERM": "tmux-256color", "COLORTERM": ""},
    "xterm": {"TERM": "xterm", "COLORTERM": ""},
    "xterm with 16 colours": {"TERM": "xterm-16color", "COLORTERM": ""},
    "xterm with 256 colours": {"TERM": "xterm-256color", "COLORTERM": ""},
    "xterm with all colours": {"TERM": "xterm-256color", "COLORTERM": "truecolor"},
}
KINDS = {**OLD, **NEW}

_QUESTION = re.compile(
    rb"\x1b\[[?>=]?[\d;]*(?:\$p|[cnx]|[>?]?\d*q)|\x1b\[[<>=][\d;]*u|\x1b\[1[3-9]t|\x1b\]1[0-9];\?"
)
"""What a terminal would answer, or sets its keys in a way of its own."""
_COLOUR = re.compile(rb"\x1b\[([\d;]*)m")


def without(environment: dict[str, str | None]) -> dict[str, object]:
    """Options for `start`: values that are None are not in the environment at all."""
    unset = [name for name, value in environment.items() if value is None]
    said = {name: value for name, value in environment.items() if value is not None}
    return {"env": said, "shell": f"unset {' '.join(unset)}; exec $PROGRAM"} if unset else {"env": said}


def colours(output: bytes) -> set[bytes]:
    """The numbers that name a colour, or a kind of palette, of all that was written."""
    found: set[bytes] = set()
    for numbers in _COLOUR.findall(output):
        found |= {n for n in numbers.split(b";") if n and not (int(n) <= 9 or 20 < int(n) < 30)}
    return found


SIXTEEN = {str(n).encode() for start in (30, 40, 90, 100) for n in range(start, start + 8)} | {b"39", b"49"}


@pytest.mark.parametrize("kind", KINDS)
def test_the_program_works_and_leaves_every_terminal_as_it_was(desk: Desk, start: Start, kind: str) -> None:
    furnish(desk)
    terminal, before = opened(start, **without(KINDS[kind]))
    terminal.press("+", "enter")
    terminal.wait_for("next section")
    terminal.send("\x1b[[A" if kind == "linux" else "\x1bOP")
    terminal.wait_for("One line or story down.")
    terminal.press("q")
    terminal.quiet(0.1)
    terminal.press("q", "q")
    assert terminal.wait_end(5) == 0
    assert_as_before(terminal, before)


@pytest.mark.parametrize("kind", OLD)
def test_an_old_terminal_is_asked_nothing(desk: Desk, start: Start, kind: str) -> None:
    furnish(desk)
    terminal, _ = opened(start, **without(OLD[kind]))
    terminal.press("enter")
    terminal.wait_for("next section")
    terminal.press("q", "q")
    terminal.wait_end(5)
    assert not _QUESTION.search(terminal.output)
    assert b"\x1b]" not in terminal.output
    assert b"\x1b[?2026" not in terminal.output


@pytest.mark.parametrize("kind", ["linux", "screen", "vt100", "none", "xterm", "xterm with 16 colours"])
def test_where_there_are_sixteen_colours_only_those_are_used(desk: Desk, start: Start, kind: str) -> None:
    furnish(desk)
    terminal, _ = opened(start, **without(KINDS[kind]))
    for keys, seen in SCENES.values():
        terminal.press(*keys)
        terminal.wait_for(seen)
        terminal.press("escape")
        terminal.quiet(0.2)
    assert colours(terminal.output) <= SIXTEEN
    assert bool(colours(terminal.output)) == (kind != "vt100")


@pytest.mark.parametrize("theme", ["auto", "cryptonews-light", "textual-dark"])
def test_without_colour_there_is_none_at_all(desk: Desk, start: Start, theme: str) -> None:
    furnish(desk)
    desk.paths.config.write_text(f'theme = "{theme}"\nread_after_seconds = 0\n', encoding="utf-8")
    terminal, before = opened(start, env={"NO_COLOR": "1"})
    for keys, seen in SCENES.values():
        terminal.press(*keys)
        terminal.wait_for(seen)
        terminal.press("escape")
        terminal.quiet(0.2)
    terminal.press("ctrl+c", "ctrl+c")
    assert terminal.wait_end(5) == 0
    assert colours(terminal.output) == set()
    assert re.search(rb"\x1b\[(?:\d;)*7m", terminal.output), "the cursor is reversed"
    assert_as_before(terminal, before)


def test_an_empty_no_color_is_none(desk: Desk, start: Start) -> None:
    furnish(desk)
    terminal, _ = opened(start, env={"NO_COLOR": ""})
    assert b"38;2;" in terminal.output


# --- letters

LOCALES = {
    "C": {"LANG": "C"},
    "POSIX over another": {"LANG": "uk_UA.UTF-8", "LC_ALL": "POSIX"},
    "none": {"LANG": None},
    "Latin letters": {"LANG": "en_US.ISO-8859-1"},
}
HARD = "Біткоїн — café „Zürich“ 日本 👩\u200d💻 ❤\ufe0f"


def hard_words(desk: Desk) -> None:
    furnish(desk)
    desk.write(
        "500",
        hours=0,
        stickyWeight=5,
        title=HARD,
        tags=["Ефір"],
        sentiment="POSITIVE",
        body="## Overview\n\nПро ефір… ▲ and ▼.\n\n| Coin | Share |\n|---|---|\n| біткоїн | 50 % |\n\n- one",
    )
    desk.sync()


def as_wide(line: str) -> str:
    """A line of pyte's screen, whose wide characters take two of its cells, by cells: `x` for what is there."""
    return "".join(" " if c == " " else "x" * (2 if east_asian_width(c) in "WF" else 1) for c in line)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_terminal_without_our_signs_shows_others_in_their_places(
    desk: Desk, start: Start, locale: str
) -> None:
    hard_words(desk)

    def shown(environment: dict[str, str | None]) -> tuple[Terminal, list[str]]:
        terminal = start(**without({"TERM": "xterm-16color", "COLORTERM": "", **environment}))
        terminal.wait_for("Story 0")
        terminal.quiet(0.3)
        terminal.press("enter")
        terminal.wait_for("next section")
        terminal.press("t")
        terminal.wait_for("Enter choose")
        terminal.quiet(0.3)
        return terminal, terminal.lines

    _, usual = shown({"LANG": "C.UTF-8"})
    terminal, lines = shown(LOCALES[locale])
    charset = "iso-8859-1" if "ISO" in str(LOCALES[locale]["LANG"]) else "ascii"
    assert bytes(terminal.output).decode(charset)
    assert b"\\u" not in terminal.output
    assert "\ufffd" not in "".join(lines) or charset != "ascii"
    for line, before in zip(lines[1:], usual[1:], strict=True):  # the first tells the time
        for border in re.finditer("[│╭╮╰╯┌┐└┘]", before):
            cell = sum(2 if east_asian_width(c) in "WF" else 1 for c in before[: border.start()])
            if "日" not in before and "👩" not in before and "❤" not in before:
                assert line[cell] in "|+", (line, before)


def test_letters_of_the_charset_are_written_and_read(desk: Desk, start: Start) -> None:
    hard_words(desk)
    terminal = start(env={"LANG": "uk_UA.KOI8-U", "LANGUAGE": "en"})
    terminal.wait_for_bytes("Біткоїн".encode("koi8-u"))
    terminal.wait_for("Story 0")
    terminal.press("/")
    terminal.wait_for("Enter keep")
    mark = terminal.mark()
    terminal.send("ефір".encode("koi8-u"))
    for letter in "ефір":  # each goes out where it is typed
        terminal.wait_for_bytes(letter.encode("koi8-u"), mark)


@pytest.mark.parametrize("locale", ["C", "C.UTF-8", "en_US.ISO-8859-1", "uk_UA.KOI8-U"])
def test_bytes_of_another_charset_do_no_harm(desk: Desk, start: Start, locale: str) -> None:
    furnish(desk)
    terminal = start(env={"LANG": locale, "LANGUAGE": "en"})
    terminal.wait_for("Story 0")
    before = terminal.line_settings
    terminal.send(bytes(range(128, 256)) + b"\xc3")
    terminal.quiet(0.3)
    terminal.send(b"/")
    terminal.send(bytes(range(160, 256)) + "їжак".encode() + "їжак".encode("koi8-u"))
    terminal.quiet(0.3)
    terminal.press("escape")
    terminal.quiet(0.3)
    terminal.press("escape", "ctrl+l")
    terminal.wait_for("Story 0")
    assert terminal.line_settings == before
    terminal.press("ctrl+c", "ctrl+c")
    assert terminal.wait_end(5) == 0
    assert b"Traceback" not in terminal.output


@pytest.mark.parametrize(
    ("signs", "locale", "sign"), [("ascii", "C.UTF-8", b"^ P"), ("unicode", "C", "▲ P".encode())]
)
def test_the_setting_chooses_the_signs(
    desk: Desk, start: Start, signs: str, locale: str, sign: bytes
) -> None:
    furnish(desk)
    desk.paths.config.write_text(f'signs = "{signs}"\n', encoding="utf-8")
    terminal = start(env={"LANG": locale})
    terminal.wait_for("Story 0")
    terminal.wait_for_bytes(sign[:-2])
    listing = start("list", "sentiment:positive", env={"LANG": locale})
    assert listing.wait_end() == 0
    assert sign in listing.output


def test_lists_are_written_in_letters_that_the_terminal_has(desk: Desk, start: Start) -> None:
    hard_words(desk)
    terminal = start("list", "--limit", "3", env={"LANG": "C"})
    assert terminal.wait_end() == 0
    assert terminal.output.isascii()
    assert b'Bitkoin - cafe "Zurich" ???? ??' in terminal.output
    columns = [line.index(b"The ") for line in bytes(terminal.output).splitlines() if b"The " in line]
    assert len(set(columns)) == 1
    terminal = start("show", "500", env={"LANG": "C"})
    assert terminal.wait_end() == 0
    assert terminal.output.isascii()
    terminal = start("show", "nothing “at all”", env={"LANG": "C"})
    assert terminal.wait_end() == 1
    assert b'nothing "at all"' in terminal.output


def test_other_programs_are_given_utf_8(desk: Desk, start: Start) -> None:
    hard_words(desk)
    for locale in ("C", "uk_UA.KOI8-U"):
        terminal = start(shell="$PROGRAM list 2>/dev/null | cat", env={"LANG": locale, "LANGUAGE": "en"})
        assert terminal.wait_end() == 0
        assert "Біткоїн —".encode() in terminal.output
    terminal = start(shell="$PROGRAM list | cat", env={"LANG": "C", "PYTHONIOENCODING": "ascii"})
    assert terminal.wait_end() == 0
    assert b"Bitkoin -" in terminal.output


def test_there_are_no_pictures_where_there_are_no_signs_for_them(desk: Desk, start: Start) -> None:
    desk.write("1", hours=0, coverImage={"url": "https://example.org/fog.png"})
    desk.sync()
    for environment in ({"LANG": "C"}, {"NO_COLOR": "1"}):
        terminal = start(env=environment)
        terminal.wait_for("Story 1")
        terminal.press("enter")
        terminal.wait_for("next section")
        terminal.press("v")
        terminal.wait_for("There are no pictures in this terminal")


# --- answers

ANSWERS = (
    "\x1b[?62;1;4;22c",
    "\x1b[?2048;0$y",
    "\x1b[12;40R",
    "\x1b]11;rgb:1616/1818/1d1d\x1b\\",
    "\x1b]52;c;cXE6cQ==\x07",
    "\x1bP>|XTerm(390)q\x1b\\",
    "\x1bP1$r0m\x1b\\",
    "\x1b[?15u",
    "\x1b[8;40;120t",
)


@pytest.mark.parametrize("scene", ["the list", "the query line", "an article"])
def test_what_the_terminal_answers_late_and_in_pieces_is_no_command(
    desk: Desk, start: Start, scene: str
) -> None:
    furnish(desk)
    terminal, before = opened(start)
    keys, seen = SCENES[scene]
    terminal.press(*keys)
    terminal.wait_for(seen)
    terminal.quiet(0.4)
    shown = terminal.text
    for answer in ANSWERS:
        terminal.send(answer)
        for piece in (answer[:3], answer[3:7], answer[7:]):
            terminal.send(piece)
            terminal.read(0.15)  # longer than Esc is waited for
    terminal.quiet(0.4)
    assert terminal.text == shown
    terminal.press("ctrl+c", "ctrl+c")
    assert terminal.wait_end(5) == 0
    assert_as_before(terminal, before)


def test_a_terminal_that_answers_everything_gets_whole_frames(desk: Desk, start: Start) -> None:
    furnish(desk)
    terminal, before = opened(start)
    terminal.send("\x1b[?2026;2$y\x1b[?2048;2$y\x1b[?62;22c")
    terminal.quiet(0.2)
    mark = terminal.mark()
    terminal.press("space")
    terminal.quiet(0.3)
    written = terminal.since(mark)
    assert written.count(b"\x1b[?2026h") == written.count(b"\x1b[?2026l") > 0
    terminal.press("q")
    assert terminal.wait_end(5) == 0
    assert b"\x1b[?2048h" not in terminal.output
    assert b"\x1b[?1016h" not in terminal.output
    assert_as_before(terminal, before)


def test_esc_is_a_key_when_nothing_follows(desk: Desk, start: Start) -> None:
    furnish(desk)
    terminal, _ = opened(start)
    terminal.press("enter")
    terminal.wait_for("next section")
    terminal.press("escape")
    terminal.wait_for("Enter open")
