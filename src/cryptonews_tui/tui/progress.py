"""How far a refresh of several sources has come, in few words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cryptonews_tui.wording import counted

if TYPE_CHECKING:
    from cryptonews_tui.intake import Report


class Progress:
    """Hears of every step of every visit; as text it says how far all are."""

    def __init__(self, sources: int) -> None:
        self._sources = sources
        self._seen: dict[str, int] = {}
        self._over: set[str] = set()
        self._last: Report | None = None

    def expect(self, locations: Iterable[str]) -> None:
        """These join the others; one that was visited before is visited again."""
        for location in locations:
            self._sources += location not in self._over
            self._over.discard(location)

    def hear(self, report: Report) -> None:
        self._last = report
        self._seen[report.source.location] = report.seen
        if report.over:
            self._over.add(report.source.location)

    def __str__(self) -> str:
        if self._last is None:
            return "reading …"
        if self._sources == 1:
            expected = f" of {self._last.expected:,}" if self._last.expected else ""
            return f"reading {self._last.seen:,}{expected}"
        number = min(len(self._over) + 1, self._sources)
        return (
            f"reading {number} of {self._sources:,} sources · {counted(sum(self._seen.values()), 'article')}"
        )
