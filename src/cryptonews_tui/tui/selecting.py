"""Lines chosen with the keyboard: a cursor, and where the selection began. Pure."""

from __future__ import annotations


class Selecting:
    """The cursor moves freely until the selection begins; then it draws the selection along."""

    def __init__(self, line: int) -> None:
        self.cursor = line
        self._anchor: int | None = None

    def move(self, lines: int, last: int) -> None:
        """Move the cursor; down is positive, `last` is the last line there is."""
        self.cursor = max(0, min(self.cursor + lines, last))

    def anchor(self) -> None:
        """Begin the selection at the cursor, or let go of it."""
        self._anchor = self.cursor if self._anchor is None else None

    @property
    def extent(self) -> tuple[int, int]:
        """The first and the last line that are chosen."""
        anchor = self.cursor if self._anchor is None else self._anchor
        return min(anchor, self.cursor), max(anchor, self.cursor)
