"""What a name says: is this an article, an archive, a feed, does this path stay where it belongs."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from cryptonews_tui.safety import clean_line
from cryptonews_tui.translation import N_

_ARTICLES = (".md", ".markdown")
_ARCHIVES = (".zip", ".tar.gz", ".tgz", ".tar")
_FEEDS = (".xml", ".rss", ".atom", ".json")
NO_ARTICLES = N_(
    "There are no Markdown files (.md, .markdown) in this folder or below it. Put some there, or "
    "name another place."
)
_PATH_LIMIT = 4_096
_DRIVE = re.compile(r"[A-Za-z]:")


def is_article(name: str) -> bool:
    """Whether a file of this name is Markdown."""
    return name.lower().endswith(_ARTICLES)


def is_article_at(address: str) -> bool:
    """Whether the path of an address, absolute or relative, is that of Markdown: there are hosts in `.md`, too."""
    try:
        return is_article(urlsplit(address.strip()).path)
    except ValueError:
        return False


def is_archive(name: str) -> bool:
    """Whether a file of this name is an archive that can be read."""
    return name.lower().endswith(_ARCHIVES)


def is_feed_file(name: str) -> bool:
    """Whether a file of this name may hold a feed or a list of news."""
    return name.lower().endswith(_FEEDS)


def is_hidden(path: str) -> bool:
    """Whether the file, or a folder on the way to it, has a name that begins with a dot."""
    return path.startswith(".") or "/." in path


def path_inside(name: str) -> str | None:
    """An archive member's name, cleaned, as a relative path with `/`; `None` if it leads out."""
    path = item_name(name).replace("\\", "/")  # cleaned first: what is taken out may have hidden a `..`
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if path.startswith("/") or ".." in parts or (parts and _DRIVE.match(parts[0])):
        return None
    return "/".join(parts)


def item_name(path: str) -> str:
    """The path as it is stored and shown: safe on a terminal, bytes that are not UTF-8 spelled out."""
    if path.isascii() and path.isprintable() and len(path) <= _PATH_LIMIT:
        return path  # nearly all names: a scan of 11,000 files has no time for more
    return clean_line(path.encode("utf-8", "xmlcharrefreplace").decode("utf-8"), _PATH_LIMIT)
