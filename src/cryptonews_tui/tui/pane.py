"""What panes have in common, as their screen sees them, and screens, as the palette sees them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from cryptonews_tui.tui.commands import Command


class Pane(Protocol):
    """A pane that can be moved in. None of these moves is animated: that would cost kilobytes a key."""

    def step(self, lines: int) -> None:
        """Move by lines; down is positive."""

    def page(self, pages: float) -> None:
        """Move by pages, or parts of one; down is positive."""

    def top(self) -> None:
        """Move to the first line."""

    def bottom(self) -> None:
        """Move to the last line."""


@runtime_checkable
class Commanded(Protocol):
    """A screen that commands are run on."""

    @property
    def commands(self) -> Sequence[Command]:
        """What can be done there."""

    async def run(self, command: Command) -> None:
        """Run a command as if its key had been pressed."""

    def say(self, text: str, *, in_turn: bool = False) -> None:
        """Say something in the bottom line for a while (after what is being said)."""
