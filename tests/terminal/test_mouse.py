"""The mouse as a terminal reports it: in SGR's way, and not at all where the settings leave it to the terminal."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

import pytest

from tests.pty_terminal import Terminal
from tests.tui.desk import PARAGRAPH, Desk

BODY = f"## Overview\n\n{PARAGRAPH}\n\n## Impact on the crypto market\n\n- Boats return."
_REPORTS = re.compile(rb"\x1b\[\?(?:9|1000|1001|1002|1003|1005|1006|1015|1016)[hl]")
LEFT, DRAGGED, WHEEL_UP, WHEEL_DOWN = 0, 32, 64, 65


@pytest.fixture
def desk(desk: Desk) -> Desk:
    for number in range(60):
        desk.write(f"{number:02}", hours=number, body=BODY)
    desk.sync()
    return desk


def report(button: int, place: tuple[int, int], *, up: bool = False) -> str:
    """What a terminal sends for a button at a place, which it counts from 1."""
    return f"\x1b[<{button};{place[0] + 1};{place[1] + 1}{'m' if up else 'M'}"


def click(place: tuple[int, int]) -> str:
    return report(LEFT, place) + report(LEFT, place, up=True)


def place_of(terminal: Terminal, text: str, begin: int = 0) -> tuple[int, int]:
    return next((x, y) for y, line in enumerate(terminal.lines) if (x := line.find(text, begin)) >= 0)


def test_clicks_drags_and_the_wheel_do_what_they_show(desk: Desk, start: Callable[..., Terminal]) -> None:
    terminal = start(columns=120, rows=30)
    terminal.wait_for("Story 05")
    terminal.wait_for("↻")
    terminal.quiet(0.3)

    row = place_of(terminal, "Story 03")
    terminal.send(click(row))
    terminal.wait_until(lambda: "▸" in terminal.lines[row[1]])
    terminal.send(click(row))
    terminal.wait_for("next section")

    terminal.quiet(0.3)
    begin = place_of(terminal, "The harbour", 60)
    mark = terminal.mark()
    for step in (report(LEFT, begin), report(DRAGGED, (begin[0] + 5, begin[1]))):
        terminal.send(step)
    terminal.send(
        report(DRAGGED, (begin[0] + 10, begin[1])) + report(LEFT, (begin[0] + 10, begin[1]), up=True)
    )
    terminal.wait_for_bytes(b"\x1b]52;c;" + base64.b64encode(b"The harbour") + b"\x07", mark)
    terminal.wait_for("Sent what was selected")

    terminal.send(report(WHEEL_DOWN, (row[0], 10)) * 2)
    terminal.wait_until(
        lambda: "Story 00" not in terminal.text.partition("\n")[2] and "Story 30" in terminal.text
    )
    terminal.send(report(WHEEL_UP, (row[0], 10)) * 3)
    terminal.wait_for("Story 00")
    terminal.press("q", "q")
    assert terminal.wait_end() == 0


def test_a_drag_and_a_click_that_arrive_in_one_piece_do_not_lose_each_other(
    desk: Desk, start: Callable[..., Terminal]
) -> None:
    terminal = start(columns=120, rows=30)
    terminal.wait_for("↻")
    terminal.press("enter")
    terminal.wait_for("next section")
    terminal.quiet(0.3)
    begin, row = place_of(terminal, "The harbour", 60), place_of(terminal, "Story 04")
    mark = terminal.mark()
    drag = (
        report(LEFT, (begin[0] + 10, begin[1]))
        + report(DRAGGED, (5, begin[1]))
        + report(LEFT, (5, begin[1]), up=True)
    )
    terminal.send(drag + click(row))
    terminal.wait_for_bytes(b"\x1b]52;c;" + base64.b64encode(b"The harbour") + b"\x07", mark)
    terminal.wait_until(lambda: "▸" in terminal.lines[row[1]])
    terminal.press("q")
    assert terminal.wait_end() == 0


def test_a_drag_writes_little(desk: Desk, start: Callable[..., Terminal]) -> None:
    terminal = start(columns=120, rows=40)
    terminal.wait_for("Story 05")
    terminal.wait_for("↻")
    terminal.press("enter")
    terminal.wait_for("next section")
    terminal.quiet(0.5)
    begin = place_of(terminal, "The harbour", 60)
    mark = terminal.mark()
    terminal.send(report(LEFT, begin))
    terminal.quiet(0.3)
    assert not terminal.since(mark)
    terminal.send(report(DRAGGED, (begin[0] + 5, begin[1])))
    terminal.quiet(0.3)
    assert 0 < len(terminal.since(mark)) < 1000


def test_without_the_mouse_no_report_is_asked_for(desk: Desk, start: Callable[..., Terminal]) -> None:
    desk.paths.config.write_text("mouse = false\n")
    terminal = start()
    terminal.wait_for("Story 05")
    terminal.wait_for("↻")
    terminal.press("j", "enter")
    terminal.wait_for("next section")
    terminal.press("q", "q")
    assert terminal.wait_end() == 0
    assert not _REPORTS.search(bytes(terminal.output))


def test_with_the_mouse_reports_are_asked_for_and_given_up_at_the_end(
    desk: Desk, start: Callable[..., Terminal]
) -> None:
    terminal = start()
    terminal.wait_for("↻")
    terminal.press("q")
    assert terminal.wait_end() == 0
    for number in (b"1000", b"1006"):
        on, off = (terminal.output.rfind(b"\x1b[?" + number + sign) for sign in (b"h", b"l"))
        assert 0 <= on < off
