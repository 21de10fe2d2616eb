"""Which story an article is of: the one of its key, or the one that another source publishes at its address.

A story keeps its first key; the others are in the table `alias` and lead to it. Two stories of one source are two,
whatever address they name: feeds let every entry lead to the same page.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

NAMED = "(SELECT id FROM story WHERE key = :key UNION ALL SELECT story FROM alias WHERE key = :key LIMIT 1)"
"""The number of the story with a key, as SQL."""

_PORTS = {"http": 80, "https": 443}
_TRACKING = frozenset(
    """
    fbclid gclid dclid gbraid wbraid msclkid yclid twclid ttclid li_fat_id igshid mc_cid mc_eid _hsenc _hsmi
    """.split()  # noqa: SIM905  # a list of quoted words is harder to read
)
_TRACKING_BEGINNINGS = ("utm_", "mtm_", "pk_")


@lru_cache(maxsize=4_096)
def address(url: str | None) -> bytes | None:
    """What tells a page from others by its URL, however that is written; None where it names no story.

    How it is fetched, `www.`, the fragment, a slash at the end and who sent the reader there do not count. A home
    page is of many stories.
    """
    if not url:
        return None
    import hashlib  # lists need none

    try:
        parts = urlsplit(url)
        port, host = parts.port, (parts.hostname or "").rstrip(".").removeprefix("www.")
        asked = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=100) if parts.query else []
    except ValueError:
        return None
    path = unquote(parts.path).rstrip("/")
    kept = sorted((n, v) for n, v in asked if n not in _TRACKING and not n.startswith(_TRACKING_BEGINNINGS))
    if not host or not (path or kept):
        return None
    if port is not None and port != _PORTS.get(parts.scheme):
        host = f"{host}:{port}"
    return hashlib.blake2b(f"{host}{path}?{urlencode(kept)}".encode(), digest_size=12).digest()


def story_of(connection: sqlite3.Connection, key: str) -> int | None:
    """The number of the story with this key."""
    row = connection.execute(f"SELECT {NAMED}", {"key": key}).fetchone()
    found: int | None = row[0]
    return found


def at_address(connection: sqlite3.Connection, place: bytes, source: str, key: str) -> list[int]:
    """The stories that other sources publish at an address; and remember that this one publishes `key` there."""
    keys = dict(connection.execute("SELECT source, key FROM address WHERE hash = ?", (place,)).fetchall())
    own = keys.pop(source, None)
    if own != key:
        own = key if own is None else ""
        connection.execute("REPLACE INTO address (hash, source, key) VALUES (?, ?, ?)", (place, source, own))
    if not own or not all(keys.values()):
        return []
    found = (story_of(connection, other) for other in keys.values())
    return [story for story in found if story is not None]


def void(connection: sqlite3.Connection, source: str, places: Iterable[bytes]) -> None:
    """These addresses are of several stories of a source."""
    connection.executemany(
        "REPLACE INTO address (hash, source, key) VALUES (?, ?, '')", ((place, source) for place in places)
    )


def list_addresses(connection: sqlite3.Connection) -> None:
    """Remember anew under which key each source publishes an address."""
    connection.execute("DELETE FROM address")
    rows = connection.execute(
        """
        SELECT DISTINCT source, key, canonical_url
        FROM item JOIN article ON article.id = item.article JOIN story ON story.id = story
        WHERE canonical_url IS NOT NULL
        """
    ).fetchall()
    keys: dict[tuple[bytes, str], str] = {}
    for source, key, url in rows:
        if (place := address(url)) is not None:
            keys[place, source] = key if keys.get((place, source), key) == key else ""
    connection.executemany(
        "INSERT INTO address (hash, source, key) VALUES (?, ?, ?)",
        ((place, source, key) for (place, source), key in keys.items()),
    )
