"""Lines chosen with the keyboard: a cursor, and where the selection began. Pure."""

from __future__ import annotations


class Selecting:
    """From the line where the selection began to the cursor."""

    def __init__(self, line: int) -> None:
        self.cursor = line
        self._start = line

    def move(self, lines: int, last: int) -> None:
        """Move the cursor; down is positive, `last` is the last line there is."""
        self.cursor = max(0, min(self.cursor + lines, last))

    def begin(self) -> None:
        """Begin the selection anew at the cursor."""
        self._start = self.cursor

    @property
    def extent(self) -> tuple[int, int]:
        """The first and the last line that are chosen."""
        return min(self._start, self.cursor), max(self._start, self.cursor)
