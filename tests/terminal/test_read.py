"""`cryptonews read`: the reader opens at a story, and a terminal that only prints hears it in words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.pty_terminal import Terminal
from tests.tui.desk import Desk


@pytest.fixture
def desk(desk: Desk) -> Desk:
    for number in range(60):
        desk.write(f"{number:02}", hours=number, title=f"Boats {number:02}", body=f"Fog {number:02}.")
    desk.sync()
    return desk


def test_the_reader_opens_at_the_story(desk: Desk, start: Callable[..., Terminal]) -> None:
    terminal = start("read", "50", columns=100, rows=30)
    terminal.wait_for("Fog 50.")
    terminal.wait_for("next section")  # the keys of the article
    assert any("▸" in line and "Boats 50" in line for line in terminal.lines)
    terminal.press("q")
    terminal.wait_for("Enter open")
    terminal.press("q")
    assert terminal.wait_end() == 0


@pytest.mark.parametrize(("arguments", "term"), [(("--plain",), "xterm-256color"), ((), "dumb")])
def test_in_words_nothing_but_lines_is_written(
    desk: Desk, start: Callable[..., Terminal], arguments: tuple[str, ...], term: str
) -> None:
    terminal = start("read", *arguments, "50", columns=100, rows=30, env={"TERM": term})
    assert terminal.wait_end() == 0
    assert b"\x1b" not in terminal.output
    assert terminal.lines[:2] == ["Boats 50.", "Unread. Unrated."]
    assert "Fog 50." in terminal.lines


def test_a_story_that_is_not_there_is_said_before_the_screen_changes(
    desk: Desk, start: Callable[..., Terminal]
) -> None:
    terminal = start("read", "99")
    assert terminal.wait_end() == 1
    assert "there is no story 99" in terminal.text
    assert b"\x1b" not in terminal.output
