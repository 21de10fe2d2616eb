"""RSS and Atom as feedparser reads them, with every bound that it has not. Importing this loads feedparser.

Feedparser's own `parse` mends what is damaged with a parser that a hostile text can keep busy for hours, and
cleans HTML that nobody here obeys. So it gets well-formed XML only: text that was decoded, freed of its document
type and mended here; where that does not help, every entry is read by itself.
"""

from __future__ import annotations

import codecs
import html.entities
import io
import re
import xml.sax
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.sax.handler import feature_external_ges, feature_external_pes, feature_namespaces
from xml.sax.xmlreader import AttributesNSImpl

from feedparser.api import StrictFeedParser

from cryptonews_tui.sources.limits import Limits
from cryptonews_tui.translation import _

_DEPTH_LIMIT = 200
_LINE_LIMIT = 4_096
"""Characters of any text but a story's: an address, a name, a date."""
_TEXT_LIMIT = 512 * 1024
"""Characters of a story's text as HTML."""
_LISTED_LIMIT = 200
"""Tags, links and pictures of one entry."""
_SALVAGED_LIMIT = 1_000
"""Entries of a damaged feed that are read one by one."""
_TEXTS = frozenset({"content", "description", "summary", "tagline", "info", "subtitle"})

_BUILT_IN = ("lt", "gt", "amp", "quot")
# A feed gets this document type instead of its own: so it can name what HTML names, and nothing else.
_PROLOGUE = (
    "<!DOCTYPE feed ["
    + "".join(
        f'<!ENTITY {n} "&#{c};">' for n, c in html.entities.name2codepoint.items() if n not in _BUILT_IN
    )
    + "]>"
)
_BEFORE_ROOT = re.compile(
    r"\s*(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^<>\[]*(?:\[.*?\]\s*)?>)", re.DOTALL | re.IGNORECASE
)
_ROOT = re.compile(r"<(?=[A-Za-z_])")
_ROOT_TAG = re.compile(r"<[^<>]+>")
_STARTS = re.compile(r"<((?:[A-Za-z][\w.-]*:)?(?:item|entry))(?=[\s>])")
_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})")
# Python also calls things codecs that are slow, or no encodings of text at all.
_CODECS = re.compile(r"utf|iso8859|cp|koi8|gb|big5|euc|shift|mac|ascii|tis|iso2022|hz")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LOOSE_AMPERSAND = re.compile(r"&(?!#\d{1,7};|#[xX][0-9A-Fa-f]{1,6};|([A-Za-z][A-Za-z0-9]{1,31});)")
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_PREFIXES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "atom": "http://www.w3.org/2005/Atom",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
}


@dataclass(frozen=True, slots=True)
class Parsed:
    """A feed in feedparser's terms. `damage` says what is wrong with its XML, and `line` where."""

    version: str
    feed: dict[str, Any]
    entries: list[dict[str, Any]]
    damage: str = ""
    line: int | None = None
    lost: int = 0
    """Entries that could not be read because of it."""


def parse(data: bytes, media_type: str, limits: Limits) -> Parsed:
    """The feed, whatever the bytes are; something that is none has neither a version nor entries."""
    text, first = _without_prologue(_decode(data, media_type))
    reader, fault = _read(text, limits, _PROLOGUE)
    if fault is None:
        return Parsed(reader.version, dict(reader.feeddata), _plain(reader))
    damage = fault.getMessage() or _("not well-formed XML")
    # The prologue that we put before it is one line without an end.
    line = (
        first + max((fault.getLineNumber() or 1) - 1, 0)
        if isinstance(fault, xml.sax.SAXParseException)
        else None
    )
    mended = _mended(text)
    lost = 0
    if mended != text:
        again, fault = _read(mended, limits)
        reader = again if len(again.entries) >= len(reader.entries) else reader
    if fault is not None:
        entries, lost = _salvage(mended, limits)
        if len(entries) >= len(reader.entries):
            reader.entries = entries
    return Parsed(reader.version, dict(reader.feeddata), _plain(reader), damage, line, lost)


def _plain(reader: _Reader) -> list[dict[str, Any]]:
    """Without feedparser's aliases: it gives one time for the other, with a warning."""
    return [dict(entry) for entry in reader.entries]


class _TooDeepError(xml.sax.SAXException):
    """Nested deeper than any feed."""


class _Reader(StrictFeedParser):  # type: ignore[misc]
    """Feedparser, bounded: it keeps texts of a length, lists of a length, and the newest entries."""

    resolve_relative_uris = False
    sanitize_html = False

    def __init__(self, limit: int) -> None:
        super().__init__("", None, "utf-8")
        self.entries: list[dict[str, Any]]
        self._limit = limit
        self._room = 0

    def startElementNS(self, name: Any, qname: Any, attrs: Any) -> None:  # noqa: N802 - what SAX calls it
        super().startElementNS(
            name, qname, attrs if len(attrs) <= _LISTED_LIMIT else AttributesNSImpl({}, {})
        )

    def unknown_starttag(self, tag: str, attrs: list[tuple[str, str]]) -> None:
        if self.depth > _DEPTH_LIMIT:
            raise _TooDeepError(
                _("elements nested deeper than {depth_limit} levels").format(depth_limit=_DEPTH_LIMIT)
            )
        # A base upon a base upon a base grows with every level.
        kept = [
            (name, value[:_LINE_LIMIT])
            for name, value in attrs
            if name not in ("xml:base", "base") or len(value) + len(self.baseuri or "") < _LINE_LIMIT
        ]
        super().unknown_starttag(tag, kept)

    def push(self, element: str, expecting_text: int) -> None:
        super().push(element, expecting_text)
        self._room = _TEXT_LIMIT if element in _TEXTS else _LINE_LIMIT

    def handle_data(self, text: str, escape: int = 1) -> None:
        if self._room > 0:
            self._room -= len(text)
            super().handle_data(text, escape)

    def _start_item(self, attrs: dict[str, str]) -> None:
        if len(self.entries) >= 2 * self._limit:
            self.entries = newest(self.entries, self._limit)
        self.property_depth_map.clear()
        super()._start_item(attrs)

    _start_entry = _start_item

    def _add_tag(self, term: str, scheme: str | None, label: str | None) -> None:
        tags = self._get_context().setdefault("tags", [])
        if (term or label) and len(tags) < _LISTED_LIMIT:
            tags.append({"term": term, "label": label})

    def _sync_author_detail(self, key: str = "author") -> None:
        """Names are read from where they stand; feedparser's search for an e-mail address has no bound."""

    def looks_like_html(self, text: str) -> bool:
        """Which text is HTML is judged where it is converted."""
        return False


def newest(entries: list[dict[str, Any]], limit: int) -> list[dict[str, Any]]:
    """At most `limit` entries, the latest ones, in the order of the feed."""
    if len(entries) <= limit:
        return entries
    ranks = sorted(range(len(entries)), key=lambda n: time_of(entries[n]), reverse=True)
    return [entries[n] for n in sorted(ranks[:limit])]


def time_of(entry: dict[str, Any]) -> tuple[int, ...]:
    """When the entry was last touched, for comparing."""
    # Not `entry.get`: feedparser gives one time for the other there, with a warning.
    times = (dict.get(entry, name) for name in ("updated_parsed", "published_parsed"))
    return max((tuple(time[:6]) for time in times if time), default=())


def _read(text: str, limits: Limits, prologue: str = "") -> tuple[_Reader, xml.sax.SAXException | None]:
    reader = _Reader(limits.entries)
    parser = xml.sax.make_parser()  # noqa: S317 - no document type of the feed's own is left
    parser.setFeature(feature_namespaces, 1)
    parser.setFeature(feature_external_ges, 0)
    parser.setFeature(feature_external_pes, 0)
    parser.setContentHandler(reader)
    parser.setErrorHandler(reader)
    source = xml.sax.InputSource()
    source.setCharacterStream(io.StringIO(prologue + text))
    fault: xml.sax.SAXException | None = None
    try:
        parser.parse(source)
    except xml.sax.SAXException as error:
        fault = error
    except Exception as error:  # feedparser stumbles over odd attributes and namespaces in many ways
        fault = xml.sax.SAXException(
            _("an element that cannot be understood ({name})").format(name=type(error).__name__)
        )
    if fault is not None and reader.inentry and reader.entries:
        reader.entries.pop()  # the one that was cut off
    reader.entries = newest(reader.entries, limits.entries)
    return reader, fault


def _salvage(text: str, limits: Limits) -> tuple[list[dict[str, Any]], int]:
    """Every entry by itself, below the feed's own outermost element; and how many are no XML even so."""
    root = _ROOT_TAG.match(text)
    if root is None:
        return [], 0
    close = f"</{root[0][1:-1].split(maxsplit=1)[0].rstrip('/')}>"
    entries: list[dict[str, Any]] = []
    lost = 0
    for chunk in _chunks(text, min(limits.entries, _SALVAGED_LIMIT)):
        reader, fault = _read(root[0] + chunk + close, limits)
        lost += fault is not None
        entries += reader.entries if fault is None else []
    return entries, lost


def _chunks(text: str, limit: int) -> Iterator[str]:
    position = 0
    for _number in range(limit):
        start = _STARTS.search(text, position)
        if start is None:
            return
        end = text.find(f"</{start[1]}>", start.end())
        following = _STARTS.search(text, start.end())
        if end < 0 or (following is not None and following.start() < end):  # never closed
            yield text[start.start() : following.start() if following else len(text)]
            position = following.start() if following else len(text)
        else:
            position = end + len(start[1]) + 3
            yield text[start.start() : position]


def _decode(data: bytes, media_type: str) -> str:
    """The text by its byte-order mark, by what it says of itself, by what the server says; else UTF-8 or Latin."""
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return data.decode(codec, "replace")
    declared = _ENCODING.match(data.lstrip()[:300])
    charset = _CHARSET.search(media_type)
    for name in (declared[1].decode() if declared else "", charset[1] if charset else "", "utf-8"):
        try:
            if _CODECS.match(codecs.lookup(name).name):
                return data.decode(name)
        except (LookupError, UnicodeError):
            continue
    # Damaged in places only, or not UTF-8 at all?
    text = data.decode("utf-8", "replace")
    return text if text.count("\ufffd") * 100 < len(text) else data.decode("cp1252", "replace")


def _without_prologue(text: str) -> tuple[str, int]:
    """What begins with the outermost element, and the number of the line it is on."""
    start = 0
    while before := _BEFORE_ROOT.match(text, start):
        start = before.end()
    root = _ROOT.search(text, start)
    start = root.start() if root else len(text)
    return text[start:], text.count("\n", 0, start) + 1


def _numbered(name: re.Match[str]) -> str:
    if name[1] in (*_BUILT_IN, "apos"):
        return name[0]
    code = html.entities.name2codepoint.get(name[1])
    return f"&#{code};" if code else f"&amp;{name[1]};"


def _mended(text: str) -> str:
    """Without the commonest faults: loose ampersands, names that mean nothing, control characters, prefixes."""
    text = _NOT_XML.sub("", text)
    text = _LOOSE_AMPERSAND.sub("&amp;", text)
    text = _NAMED.sub(_numbered, text)
    root = _ROOT_TAG.match(text)
    if root is not None:
        declarations = "".join(
            f' xmlns:{prefix}="{name}"'
            for prefix, name in _PREFIXES.items()
            if f"<{prefix}:" in text and f"xmlns:{prefix}=" not in text
        )
        end = root.end() - (2 if root[0].endswith("/>") else 1)
        text = text[:end] + declarations + text[end:]
    return text
