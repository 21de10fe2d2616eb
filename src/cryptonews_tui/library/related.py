"""Which stories are near one: those that say its rarest words, have its tags, and were published at its time.

How many stories have a word is counted as far as it matters only, and of its words a story is asked for few and rare
ones, so that finding them takes about as long in a large library as in a small one.
"""

from __future__ import annotations

import json
import re
import sqlite3
from array import array
from collections import Counter
from collections.abc import Callable, Iterable
from math import exp, log

from cryptonews_tui.library.identity import NAMED
from cryptonews_tui.library.indexing import WEIGHTS
from cryptonews_tui.library.packing import Packing

FREQUENT = 500
"""A word that more stories have is not asked for; in a small library one that a tenth of them have."""
_LETTERS = 30_000
"""Characters of a body that are looked at."""
_COUNTED, _ASKED, _NEAR = 100, 20, 50
"""Words of a text that are counted, those of them that are asked for, and the stories that are then compared."""
_REMEMBERED = 50_000
"""Words that are known to be frequent."""

# What the signs are worth: tried on real articles, so that the same event at another source comes first.
_NAME = 1.5
"""How much more a word counts that is never written small."""
_TAG, _TAGS = 0.5, 3
"""What a tag in common is worth beside a word as rare; only the rarest, for some publishers always set the same."""
_SAME_TIME, _FADES_MS = 0.5, 2 * 86_400_000
"""How much more a story is worth that came at the same time, and after how long little of that is left."""

_LEAST = 0.12
"""Who says the words of a story so much less well than itself shares them by chance."""

_WORD = re.compile(r"[^\W_]{2,}")


class Neighbourhood:
    """Finds the stories near one in the library of a connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._packing = Packing(connection)
        self._frequent: set[str] = set()

    def near(self, story: str, lang: str, most: int, check: Callable[[], None]) -> list[int]:
        """The positions of the stories nearest to a version of one, nearest first. `check` may raise on the way."""
        text = self._connection.execute(
            f"""
            SELECT story, title, description, packed FROM article JOIN body ON body.article = article.id
            WHERE story = {NAMED} AND lang = :lang AND counts
            """,
            {"key": story, "lang": lang},
        ).fetchone()
        (stories,) = self._connection.execute("SELECT count(*) FROM timeline").fetchone()
        if text is None or not stories:
            return []
        number, title, description, packed = text
        weights = _weights(title, f"{description}\n{self._packing.body(packed)[:_LETTERS]}")
        rare: dict[str, float] = {}
        for word in sorted(weights, key=weights.__getitem__, reverse=True)[:_COUNTED]:
            check()
            if having := self._having(word, min(FREQUENT, stories // 10 + 2)):
                rare[word] = weights[word] * log(stories / having)
        asked = sorted(rare, key=rare.__getitem__, reverse=True)[:_ASKED]
        if not asked:
            return []
        check()
        worth = self._saying(asked)
        least = worth.pop(number, 0.0) * _LEAST
        near = {other: how for other, how in worth.items() if how >= least}
        return self._ranked(number, near, stories)[:most]

    def _having(self, word: str, most: int) -> int:
        """How many stories have a word; 0 if none has it but one, or more than `most` have."""
        if word in self._frequent:
            return 0
        having: int = self._connection.execute(
            "SELECT count(*) FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT ?)", (f'"{word}"', most + 1)
        ).fetchone()[0]
        if having > most and len(self._frequent) < _REMEMBERED:
            self._frequent.add(word)
        return having if 1 < having <= most else 0

    def _saying(self, words: Iterable[str]) -> dict[int, float]:
        """The stories that say these words best, and how well."""
        expression = " OR ".join(f'"{word}"' for word in words)
        rows = self._connection.execute(
            f"SELECT rowid, -bm25(words, {', '.join(map(str, WEIGHTS))}) AS worth FROM words"
            " WHERE words MATCH ? ORDER BY worth DESC LIMIT ?",
            (expression, _NEAR + 1),
        )
        return dict(rows.fetchall())

    def _ranked(self, story: int, worth: dict[int, float], stories: int) -> list[int]:
        """The positions of other published stories, those first that have more in common."""
        rows = self._connection.execute(
            """
            SELECT story, position, timeline.published, tagged.tags, min(draft)
            FROM timeline JOIN article USING (story) LEFT JOIN tagged USING (story)
            WHERE story IN (SELECT value FROM json_each(?)) AND counts GROUP BY story
            """,
            (json.dumps([*worth, story]),),
        )
        found = {
            other: (position, published, array("I", tags or b""))
            for other, position, published, tags, draft in rows
            if other == story or not draft
        }
        if story not in found:
            return []
        _, time, own = found.pop(story)
        rarity = {
            tag: log(stories / count)
            for tag, count in self._connection.execute(
                "SELECT id, count FROM facet WHERE id IN (SELECT value FROM json_each(?))",
                (json.dumps([*own]),),
            )
        }

        def nearness(other: int) -> float:
            _, published, tags = found[other]
            common = sorted((rarity[tag] for tag in tags if tag in rarity), reverse=True)[:_TAGS]
            same_time = _SAME_TIME * exp(-abs(published - time) / _FADES_MS)
            return (worth[other] + _TAG * sum(common)) * (1 + same_time)

        return [found[other][0] for other in sorted(found, key=nearness, reverse=True)]


def _weights(title: str, text: str) -> dict[str, float]:
    """The words of a text as the index has them; more is in a word that is said again, or that is a name."""
    times = Counter({word.lower() for word in _WORD.findall(title)})
    small: set[str] = set()
    for word in _WORD.findall(text):
        low = word.lower()
        times[low] += 1
        if word == low and not word.isdigit():
            small.add(low)
    return {word: (1 + log(number)) * (1 if word in small else _NAME) for word, number in times.items()}
