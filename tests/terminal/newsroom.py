"""A newsroom of a hundred stories in a terminal, and how a terminal looks that was given back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from cryptonews_tui.library import Library, Mark
from cryptonews_tui.query import parse
from tests.pty_terminal import Terminal
from tests.terminal.modes import left_on
from tests.tui.desk import Desk

Start = Callable[..., Terminal]

SCENES = {
    "the list": ((), "Story 0"),
    "an article": (("enter",), "next section"),
    "the query line": (("/",), "Esc"),
    "a dialogue": (("t",), "Enter choose"),
    "the palette": (("ctrl+p",), "Half a page down"),
    "the help": (("?",), "Moving"),
    "the sources": (("ctrl+o",), "Sources"),
    "the digest": (("I",), "1 of 100"),
}
"""The keys that lead from the list to a place, and what is to be seen there."""


def furnish(desk: Desk) -> Desk:
    for number in range(100):
        desk.write(str(number), hours=number, sentiment="POSITIVE" if number % 2 else "NEGATIVE")
    desk.sync()
    desk.paths.config.write_text("read_after_seconds = 0\n", encoding="utf-8")
    return desk


def marked(desk: Desk, mark: Mark, state: Path | None = None) -> set[str]:
    """The stories with this mark on disk: of the desk, or of another reader's `state`."""
    with closing(Library(desk.paths.library, state or desk.paths.state)) as library:
        found = library.stories(parse(f"is:{mark}"))
        return {headline.story for headline in library.headlines(found[:])}


def opened(start: Start, *arguments: str, **options: object) -> tuple[Terminal, list[object]]:
    """The program with its list on the screen, and the line settings from before."""
    terminal = start(*arguments, **options)
    before = terminal.line_settings
    terminal.wait_for("Story 0")
    terminal.wait_for("↻")
    return terminal, before


def go_to(terminal: Terminal, scene: str) -> None:
    keys, seen = SCENES[scene]
    terminal.press(*keys)
    terminal.wait_for(seen)


def assert_as_before(terminal: Terminal, before: list[object]) -> None:
    """Nothing is left on, the usual screen is shown, the line is treated as it was."""
    assert left_on(bytes(terminal.output)) == set()
    assert terminal.line_settings == before
