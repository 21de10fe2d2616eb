"""How much a source may cost: every bound on time, size and number, in one place."""

from __future__ import annotations

from dataclasses import dataclass

from cryptonews_tui.translation import N_, _, ngettext
from cryptonews_tui.wording import decimal

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Times in seconds, sizes in bytes. The defaults are what the reader uses; tests shrink them."""

    connect: float = 10.0
    """Until a server has taken the call."""
    read: float = 30.0
    """Silence in the middle of an answer."""
    whole: float = 120.0
    """One download from first to last byte: a server that trickles is never silent."""
    attempts: int = 3
    """Requests for one thing, if what went wrong may pass."""
    pause: float = 0.5
    """Before the second attempt; twice as long before the third."""
    patience: float = 5.0
    """A server that wants a longer rest is asked at the next refresh, not in this one."""
    redirects: int = 5
    download: int = 64 * MIB
    """One download, counted after content decoding."""
    article: int = 2 * MIB
    members: int = 20_000
    """Members of an archive, whatever they are."""
    unpacked: int = 512 * MIB
    """All that is unpacked from one archive."""
    manifest: int = 8 * MIB
    """The text of a manifest, a sitemap, a folder listing or a web page."""
    entries: int = 20_000
    """Addresses in a manifest, articles in a sitemap or below a listed folder."""
    feed: int = 16 * MIB
    """The text of a feed, or one page of a news service."""
    pages: int = 20
    """Pages of a news service that are asked for in one visit."""
    parts: int = 1_000
    """Folders of a listing, sitemaps of an index."""
    depth: int = 12
    """Folders in folders of a listing: servers follow links in circles."""
    repository: int = 2048 * MIB
    """All that is kept of one Git repository, packed."""
    files: int = 500_000
    """Articles in one Git repository, those that were deleted included."""
    fetch: float = 900.0
    """One conversation with a Git server from first to last byte, and one look into what came of it."""
    memory: int = 1024 * MIB
    """What git may have in memory: some of what a server says it takes in whole."""
    lock: float = 10.0
    """Until another program has finished with the same repository."""
    silences: int = 5
    """A host that did not answer so often in a row is not asked for the rest of a manifest."""


def in_words(size: int) -> str:
    """`2 MiB`, `10 KiB`, `7 bytes`: the size as a sentence names it."""
    for unit, name in ((MIB, N_("MiB")), (1024, N_("KiB"))):
        if size >= unit:
            return f"{decimal(float(f'{size / unit:.4g}'))} {_(name)}"
    return ngettext("{count} byte", "{count} bytes", size).format(count=size)
