"""A roll of text: the lines of many stories one after the other, none of which need be set before it is seen.

A place is (story, line), so any story can be the first on a screen, and nobody has to know how long the others are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cryptonews_tui.typesetting import Line

Place = tuple[int, int]
TOP: Place = (0, 0)


class Roll:
    """`count` stories, at least one, whose lines `lines` gives when they are needed: at least one each."""

    def __init__(self, count: int, lines: Callable[[int], Sequence[Line]]) -> None:
        self.count = count
        self._lines = lines

    def line(self, place: Place) -> Line:
        """What stands at a place."""
        return self._lines(place[0])[place[1]]

    def length(self, story: int) -> int:
        """How many lines a story has."""
        return len(self._lines(story))

    def near(self, place: Place) -> Place:
        """The place, or the nearest of its story where that has fewer lines or is not there any more."""
        story = max(0, min(place[0], self.count - 1))
        return story, max(0, min(place[1], self.length(story) - 1))

    def moved(self, place: Place, lines: int) -> Place:
        """The place so many lines further down (up where negative), or the end on that side."""
        story, line = place[0], place[1] + lines
        while line < 0 < story:
            story -= 1
            line += self.length(story)
        while story < self.count - 1 and line >= (length := self.length(story)):
            story, line = story + 1, line - length
        return self.near((story, line))

    def seen(self, place: Place, rows: int) -> list[Place]:
        """The places on a screen of so many rows that begins with `place`; fewer at the end."""
        story, line = place
        places: list[Place] = []
        while len(places) < rows and story < self.count:
            until = min(self.length(story), line + rows - len(places))
            places += [(story, number) for number in range(line, until)]
            story, line = story + 1, 0
        return places

    def reachable(self, place: Place, rows: int) -> Place:
        """The place, or so much further up that no row below the end stays empty."""
        missing = rows - len(self.seen(place, rows))
        return self.moved(place, -missing) if missing else place
