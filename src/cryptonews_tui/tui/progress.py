"""How far a refresh of several sources has come, in few words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cryptonews_tui.translation import _, ngettext
from cryptonews_tui.wording import number

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
            return _("reading …")
        if self._sources == 1:
            if not self._last.seen:
                return _("reading …")
            return reading(self._last.seen, self._last.expected)
        articles = sum(self._seen.values())
        return ngettext(
            "reading {source} of {sources} sources · {count} article",
            "reading {source} of {sources} sources · {count} articles",
            articles,
        ).format(
            source=number(min(len(self._over) + 1, self._sources)),
            sources=number(self._sources),
            count=number(articles),
        )


def reading(seen: int, expected: int | None) -> str:
    """How many articles of how many have been seen, if that is known."""
    if not expected:
        return _("reading {count}").format(count=number(seen))
    return _("reading {count} of {expected}").format(count=number(seen), expected=number(expected))
