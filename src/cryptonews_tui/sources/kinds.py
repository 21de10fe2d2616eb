"""What came from a web address: by how it begins, else by its name, else by what the server says. Pure."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from enum import StrEnum
from urllib.parse import urlsplit

from cryptonews_tui.sources.archive import looks_like_archive
from cryptonews_tui.sources.names import is_archive, is_article

START = 4_096
"""Bytes of the beginning that are looked at."""

_MARKDOWN_TYPES = ("text/markdown", "text/x-markdown", "text/vnd.daringfireball.markdown")
_HTML_TYPES = ("text/html", "application/xhtml+xml")
_ARCHIVE_TYPES = (
    "application/zip",
    "application/x-zip-compressed",
    "application/gzip",
    "application/x-gzip",
    "application/x-tar",
    "application/x-gtar",
    "application/x-compressed-tar",
    "application/x-tgz",
)
_XML_ROOTS = ("rss", "feed", "RDF", "urlset", "sitemapindex", "list", "opml")
"""What XML begins with here, where it does not say that it is XML."""
_HTML = re.compile(r"(?:<\?xml[^<>]*>\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE)
# What may stand in front of the root of an XML document.
_PROLOG = re.compile(r"\s*(?:<\?[^<>]*>|<!--(?:[^-]|-(?!->))*-->|<!DOCTYPE[^<>\[]*>)", re.IGNORECASE)
_ROOT = re.compile(r"\s*<([A-Za-z_][\w.:-]*)")


class Kind(StrEnum):
    """What there may be at an address."""

    ARTICLE = "article"
    ARCHIVE = "archive"
    JSON = "json"
    XML = "xml"
    PAGE = "page"
    NOTHING = "nothing"
    UNKNOWN = "unknown"


def kind_of(start: bytes, media_type: str, urls: Iterable[str]) -> Kind:
    """The kind of something that begins so, was called so by its server, and lies at these addresses."""
    text = text_of(start)
    paths = [urlsplit(url).path.lower() for url in urls]
    if not text:
        return Kind.NOTHING
    if looks_like_archive(start):
        return Kind.XML if root(text_of(unpacked(start))) else Kind.ARCHIVE
    if _HTML.match(text):
        return Kind.PAGE
    if root(text):
        return Kind.XML
    for path in paths:
        if is_article(path):
            return Kind.ARTICLE
        if is_archive(path):
            return Kind.ARCHIVE
        if path.endswith(".json"):
            return Kind.JSON
    if media_type in _MARKDOWN_TYPES:
        return Kind.ARTICLE
    if media_type in _ARCHIVE_TYPES:
        return Kind.ARCHIVE
    if media_type in _HTML_TYPES and text.startswith("<"):
        return Kind.PAGE
    if media_type.endswith(("/json", "+json")) or text.startswith(("[", "{")):
        return Kind.JSON
    if text.startswith("---") or (media_type == "text/plain" and "\0" not in text):
        return Kind.ARTICLE
    return Kind.UNKNOWN


def is_html(start: bytes) -> bool:
    """Whether this is a web page, whatever its name."""
    return bool(_HTML.match(text_of(start)))


def root(text: str) -> str:
    """The name of the element that an XML document consists of, without prefix; empty when it is none."""
    at = 0
    declared = text.startswith("<?xml")
    while prolog := _PROLOG.match(text, at):
        at = prolog.end()
    found = _ROOT.match(text, at)
    name = found[1].rpartition(":")[2] if found else ""
    return name if declared or name in _XML_ROOTS else ""


def text_of(start: bytes) -> str:
    """The beginning as text, without its mark and white space, for a first look."""
    for mark, encoding in ((b"\xff\xfe<\0", "utf-16-le"), (b"\xfe\xff\0<", "utf-16-be")):
        if start.startswith(mark):
            return start[2:].decode(encoding, "replace")
    return start.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").lstrip()


def unpacked(start: bytes) -> bytes:
    """The beginning of what a gzip file holds; empty when it is none."""
    try:
        return zlib.decompressobj(wbits=31).decompress(start, START)
    except zlib.error:
        return b""
