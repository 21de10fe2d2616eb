"""Letters on the links that are in sight, so that the keyboard can follow them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product

LETTERS = "asdfghjklqwertuiopzxcvbnm"
"""Without `y`, which copies."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link on the screen: its line, the character it begins with, where it leads."""

    line: int
    start: int
    target: str


def labels(count: int) -> list[str]:
    """So many labels, all of the same length, none the beginning of another."""
    size = 1
    while len(LETTERS) ** size < count:
        size += 1
    return list(islice(("".join(letters) for letters in product(LETTERS, repeat=size)), count))


class LinkHints:
    """The hints while they are shown: typed so far, whether a link is to be copied, which one was picked."""

    def __init__(self, links: Sequence[Link]) -> None:
        self._links = dict(zip(labels(len(links)), links, strict=True))
        self.typed = ""
        self.copies = False

    def on(self, line: int) -> Iterator[tuple[int, str]]:
        """The labels to show on a line, and the characters they begin at."""
        for label, link in self._links.items():
            if link.line == line and label.startswith(self.typed):
                yield link.start, label

    def press(self, key: str) -> bool:
        """Type a letter of a label; False if there is none with it."""
        if not any(label.startswith(self.typed + key) for label in self._links):
            return False
        self.typed += key
        return True

    @property
    def picked(self) -> str | None:
        """Where the link leads whose label has been typed."""
        link = self._links.get(self.typed)
        return link.target if link else None
