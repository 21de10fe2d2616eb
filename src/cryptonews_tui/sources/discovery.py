"""What a web page says about itself: which feeds it advertises, and whether it is there to ask for a login. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

from cryptonews_tui.safety import clean_line
from cryptonews_tui.sources import SourceError
from cryptonews_tui.sources.http.addresses import web_address
from cryptonews_tui.sources.markup import tags, text_after

_FEEDS = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
_FEEDS_BY_CUSTOM = ("application/json", "application/xml", "text/xml")
"""Types that say little: taken where the title or the address speaks of a feed."""
_FEED_WORD = re.compile(r"\b(rss|atom|feed|feeds)\b", re.IGNORECASE)
_MOST = 50
_COMMENTS = re.compile(r"comment|komment|коммент|комент|replies", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """What its head and its forms say."""

    title: str = ""
    feeds: tuple[str, ...] = ()
    """Absolute addresses, the one to read first: feeds of comments come last, else the page's order holds."""
    login: bool = False


def look(text: str, url: str) -> Page:
    """What the page at `url` says about itself."""
    title = ""
    base = url
    login = False
    feeds: list[tuple[bool, str]] = []
    for tag in tags(text):
        if tag.name == "title" and not title:
            title = clean_line(text_after(text, tag.end))
        elif tag.name == "base" and base == url:
            base = _joined(url, tag.attributes.get("href", "")) or url
        elif tag.name == "input":
            login = login or tag.attributes.get("type", "").lower() == "password"
        elif tag.name == "link" and len(feeds) < _MOST and _advertises(tag.attributes):
            address = _joined(base, tag.attributes.get("href", ""))
            if address and address not in (known for _, known in feeds):
                named = f"{tag.attributes.get('title', '')} {address}"
                feeds.append((bool(_COMMENTS.search(named)), address))
    feeds.sort(key=lambda feed: feed[0])
    return Page(title, tuple(address for _, address in feeds), login)


def _advertises(attributes: Mapping[str, str]) -> bool:
    rel = attributes.get("rel", "").lower().split()
    kind = attributes.get("type", "").partition(";")[0].strip().lower()
    if "alternate" not in rel and "feed" not in rel:
        return False
    named = f"{attributes.get('title', '')} {attributes.get('href', '')}"
    return kind in _FEEDS or (kind in _FEEDS_BY_CUSTOM and bool(_FEED_WORD.search(named)))


def _joined(base: str, href: str) -> str:
    """The absolute web address, or nothing. From https it leads to https, whatever an old template says."""
    try:
        address = web_address(urljoin(base, href)) if href else ""
    except (SourceError, ValueError):
        return ""
    downwards = base.startswith("https:") and address.startswith("http:")
    return address.replace("http:", "https:", 1) if downwards else address
