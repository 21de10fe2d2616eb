"""Articles and stories that leave the library: because nobody holds them any more, or because two stories are one.

What follows from them — words, timeline, bitmaps — is brought up to date by who calls: the index of words by
`Indexer.write`, the rest by `bring_up_to_date`, in the same transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from cryptonews_tui.library.identity import address
from cryptonews_tui.library.indexing import Indexer
from cryptonews_tui.library.schema import VERSIONS


def remove(connection: sqlite3.Connection, articles: Iterable[int], index: Indexer) -> None:
    """Take articles out, and the stories that have no other."""
    stories: set[int] = set()
    for article in articles:
        story = article // VERSIONS
        index.will_change(story, new=False)
        _forget_address(connection, article)
        _delete(connection, article)
        stories.add(story)
    for story in stories:
        if connection.execute("SELECT 1 FROM article WHERE story = ?", (story,)).fetchone():
            changed(connection, story)
        else:
            connection.execute("DELETE FROM alias WHERE story = ?", (story,))
            _delete_story(connection, story)


def merge(connection: sqlite3.Connection, story: int, other: int, index: Indexer) -> None:
    """Make two stories one, under the key of the first. Of two texts in one language the one updated last stays."""
    execute = connection.execute
    index.will_change(story, new=False)
    index.will_change(other, new=False)
    versions = {
        lang: (number, (updated, content_hash))
        for lang, number, updated, content_hash in execute(
            "SELECT lang, id, updated, hash FROM article WHERE story = ?", (story,)
        )
    }
    free = max((number + 1 for number, _ in versions.values()), default=story * VERSIONS)
    for lang, article, *age in execute(
        "SELECT lang, id, updated, hash FROM article WHERE story = ? ORDER BY id", (other,)
    ).fetchall():
        number, kept = versions.get(lang, (free, None))
        if number // VERSIONS != story:  # more languages than there are
            execute("UPDATE item SET article = NULL WHERE article = ?", (article,))
            _delete(connection, article)
            continue
        execute("UPDATE item SET article = ? WHERE article = ?", (number, article))
        if kept is not None and kept >= tuple(age):
            _delete(connection, article)
            continue
        if kept is not None:
            _delete(connection, number)
        execute("UPDATE article SET id = ?, story = ? WHERE id = ?", (number, story, article))
        execute("UPDATE body SET article = ? WHERE article = ?", (number, article))
        execute("UPDATE gone SET article = ? WHERE article = ?", (number, article))
        index.moved(article, number)
        free = max(free, number + 1)
    execute(
        "DELETE FROM gone WHERE article / ? = ? AND article IN (SELECT article FROM item WHERE article IS NOT NULL)",
        (VERSIONS, story),
    )
    execute(
        "UPDATE story SET arrived = min(arrived, (SELECT arrived FROM story WHERE id = ?)) WHERE id = ?",
        (other, story),
    )
    execute("UPDATE alias SET story = ? WHERE story = ?", (story, other))
    (key,) = execute("SELECT key FROM story WHERE id = ?", (other,)).fetchone()
    _delete_story(connection, other)
    execute("INSERT INTO alias (key, story) VALUES (?, ?)", (key, story))
    changed(connection, story)


def changed(connection: sqlite3.Connection, story: int) -> None:
    """A story has other versions now: tell which of them count, and have it put in its place."""
    connection.execute(
        "UPDATE article SET counts = (draft = (SELECT min(draft) FROM article WHERE story = :story))"
        " WHERE story = :story",
        {"story": story},
    )
    connection.execute("INSERT OR IGNORE INTO pending (story) VALUES (?)", (story,))


def _delete(connection: sqlite3.Connection, article: int) -> None:
    connection.execute("DELETE FROM article WHERE id = ?", (article,))
    connection.execute("DELETE FROM body WHERE article = ?", (article,))
    connection.execute("DELETE FROM gone WHERE article = ?", (article,))


def _delete_story(connection: sqlite3.Connection, story: int) -> None:
    connection.execute("DELETE FROM story WHERE id = ?", (story,))
    connection.execute("INSERT OR IGNORE INTO pending (story) VALUES (?)", (story,))


def _forget_address(connection: sqlite3.Connection, article: int) -> None:
    """Nobody publishes the article at its address any more."""
    (url,) = connection.execute("SELECT canonical_url FROM article WHERE id = ?", (article,)).fetchone()
    if (place := address(url)) is not None:
        connection.execute(
            """
            DELETE FROM address WHERE hash = :hash AND key IN (
                SELECT key FROM story WHERE id = :story UNION ALL SELECT key FROM alias WHERE story = :story
            )
            """,
            {"hash": place, "story": article // VERSIONS},
        )
