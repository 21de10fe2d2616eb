"""The stories that have come in while somebody reads: how many are in the list, and where the next one is."""

from __future__ import annotations

from cryptonews_tui.library import Library, Stories


class Newcomers:
    """New is what was brought in since the reader was opened, or since all that was new had been looked at.

    What an empty library is filled with is not new to anybody.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._mark: int | None = None if library.is_empty() else library.latest()
        self._looked_at: set[str] = set()
        self._left: Stories | None = None
        """Those of the list that nobody has looked at."""

    def __len__(self) -> int:
        return len(self._left) if self._left is not None else 0

    def begin(self) -> None:
        """Nothing is new from here on."""
        self._mark = self._library.latest()
        self._looked_at.clear()
        self._left = None

    def begin_if_empty(self) -> None:
        """The first articles of an empty library have come."""
        if self._mark is None and not self._library.is_empty():
            self.begin()

    def follow(self, stories: Stories) -> None:
        """Another list is shown, or the library has changed."""
        if self._mark is None:
            return
        new = self._library.since(self._mark)
        for story in self._looked_at if new else ():
            position = self._library.position(story)
            if position is not None:
                new.discard(position)
        self._left = stories.among(new) if new else None

    def look_at(self, story: str, position: int) -> bool:
        """Somebody looks at a story; True if it was new."""
        if self._left is None or position not in self._left:
            return False
        self._looked_at.add(story)
        self._left = self._left.without(position)
        return True

    def next(self) -> int | None:
        """The position of the newest story of the list that is new; None if there is no more."""
        return self._left[0] if self._left else None
