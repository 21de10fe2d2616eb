"""What a frugal session writes, byte by byte: as few as a terminal reader that was written for slow links."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest

from tests.pty_terminal import Terminal
from tests.tui.desk import Desk

Start = Callable[..., Terminal]

KEY, PAGE, ARTICLE = 525, 8_250, 4_500
"""Half as much again as newsboat writes for a key, for a page of its list and for an article, at 120 × 40."""
CELLS = 120 * 40

WORDS = (
    "harbour",
    "fog",
    "boats",
    "ledger",
    "tide",
    "anchor",
    "lantern",
    "captain",
    "cargo",
    "winch",
    "customs",
)


def sentence(seed: int, words: int) -> str:
    """Words in an order of their own, always the same."""
    chosen = [WORDS[(seed * 7 + place * (seed % 5 + 3)) % len(WORDS)] for place in range(words)]
    return " ".join(chosen).capitalize()


@pytest.fixture
def desk(desk: Desk) -> Desk:
    for number in range(120):
        body = "\n\n".join(
            f"## {heading}\n\n" + "\n\n".join(f"{sentence(number + part, 60)}." for part in range(3))
            for heading in ("Overview", "What Happened", "Impact on the crypto market")
        )
        desk.write(
            str(number),
            hours=number,
            title=sentence(number, 9),
            body=body,
            sentiment="POSITIVE" if number % 3 else "NEGATIVE",
        )
    desk.sync()
    desk.paths.config.write_text("read_after_seconds = 0\n", encoding="utf-8")
    return desk


def opened(start: Start, *arguments: str) -> Terminal:
    terminal = start(*arguments, env={"COLORTERM": None})
    terminal.wait_for(sentence(0, 9)[:20])
    terminal.quiet(1.0)
    return terminal


def used(terminal: Terminal, *keys: str) -> int:
    """Bytes until nothing comes any more, the article that follows the cursor included."""
    mark = terminal.mark()
    for key in keys:
        terminal.press(key)
        terminal.quiet(0.3)
    terminal.quiet(1.2)
    return len(terminal.since(mark))


def test_a_frugal_session_writes_little(desk: Desk, start: Start) -> None:
    terminal = opened(start, "--frugal")
    assert len(terminal.output) <= PAGE
    assert used(terminal, "j") <= KEY + ARTICLE
    assert used(terminal, "space") <= PAGE
    assert used(terminal, "enter") <= ARTICLE
    assert used(terminal, "]") <= ARTICLE
    assert used(terminal, "q") <= ARTICLE
    assert used(terminal, "/", *"fog", "enter") <= PAGE
    mark = terminal.mark()
    terminal.read(4)
    assert terminal.since(mark) == b""


def test_a_key_in_the_list_costs_its_two_rows(desk: Desk, start: Start) -> None:
    desk.paths.config.write_text("follow_after_ms = 10000\n", encoding="utf-8")
    terminal = opened(start, "--frugal")
    sizes = [used(terminal, "j") for _ in range(5)]
    assert 0 < max(sizes) <= KEY


def test_nothing_is_ever_as_long_as_eight_bytes_a_cell(desk: Desk, start: Start) -> None:
    terminal = opened(start, "--frugal")
    for key in ("G", "g", "f", "f", "enter", "z", "G", "q", "f1", "escape"):
        assert used(terminal, key) <= 8 * CELLS


def test_a_frugal_session_has_few_colours_and_hears_of_no_move_of_the_mouse(desk: Desk, start: Start) -> None:
    terminal = start("--frugal", env={"COLORTERM": "truecolor"})
    terminal.wait_for(sentence(0, 9)[:20])
    used(terminal, "j", "enter", "]", "q", "f")
    output = bytes(terminal.output)
    assert not re.search(rb"\x1b\[[0-9;]*[34]8;2;", output)
    assert b"\x1b[?1003h" not in output
    assert b"\x1b[?1000h" in output


def test_a_connection_over_ssh_is_frugal_by_itself(desk: Desk, start: Start) -> None:
    terminal = start(env={"SSH_CONNECTION": "192.0.2.1 50000 192.0.2.2 22"})
    terminal.wait_for(sentence(0, 9)[:20])
    terminal.quiet(1.0)
    assert len(terminal.output) <= PAGE
    assert b"\x1b[?1003h" not in bytes(terminal.output)


def test_after_another_size_the_whole_screen_is_right(desk: Desk, start: Start) -> None:
    terminal = opened(start, "--frugal")
    for columns, rows in ((80, 24), (30, 8), (120, 40)):
        terminal.resize(columns, rows)
        terminal.quiet(0.8)
    fresh = opened(start, "--frugal")
    assert terminal.lines[1:] == fresh.lines[1:]  # the first tells the time


def test_a_terminal_that_takes_nothing_gets_the_last_frame_not_all(desk: Desk, start: Start) -> None:
    terminal = opened(start, "--frugal")
    page = used(terminal, "space")
    used(terminal, "b")
    mark = terminal.mark()
    turns = 200
    for _ in range(turns):  # nothing is read meanwhile
        terminal.press("space", "b")
        time.sleep(0.03)
    terminal.wait_for(sentence(0, 9)[:20])
    terminal.quiet(1.5, timeout=60)
    assert len(terminal.since(mark)) < turns * page / 2
    fresh = opened(start, "--frugal")
    assert fresh.lines[1:] == terminal.lines[1:]
