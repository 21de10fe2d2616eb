"""What the three panes have in common, as their screen sees them."""

from __future__ import annotations

from typing import Protocol


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
