"""RSS, Atom and JSON feeds: the bytes of a feed → what it holds. Pure; who fetches them is another's business."""

from __future__ import annotations

import calendar
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from cryptonews_tui.article import Problem
from cryptonews_tui.safety import clean_line
from cryptonews_tui.sources import About, Expected, Found, SourceError
from cryptonews_tui.sources.entries import (
    Entry,
    Form,
    absolute,
    first_words,
    found,
    heading,
    host_of,
    identity,
    labels,
    language,
    newest_of_each,
    plain,
)
from cryptonews_tui.sources.http.addresses import shown
from cryptonews_tui.sources.limits import Limits, in_words
from cryptonews_tui.translation import _, ngettext
from cryptonews_tui.wording import number

_ROOT = re.compile(
    rb"\s*(?:<\?[^>]*>\s*|<!--(?:(?!-->).)*-->\s*|<!DOCTYPE[^>\[]*(?:\[[^\]]*\]\s*)?>\s*)*"
    rb"<(?:[A-Za-z][\w.-]*:)?(rss|feed|rdf)[\s>]",
    re.DOTALL | re.IGNORECASE,
)
_JSON_FEED = re.compile(rb"\s*\{.*\"version\"\s*:\s*\"https?:\\?/\\?/jsonfeed\.org\\?/version", re.DOTALL)
_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json")
_VERSIONS = {
    "rss090": "RSS 0.90",
    "rss091n": "RSS 0.91",
    "rss091u": "RSS 0.91",
    "rss092": "RSS 0.92",
    "rss093": "RSS 0.93",
    "rss094": "RSS 0.94",
    "rss10": "RSS 1.0",
    "rss20": "RSS 2.0",
    "atom03": "Atom 0.3",
    "atom10": "Atom 1.0",
}
_TEXT_TYPES = ("text/html", "application/xhtml+xml", "text/plain")
_IMAGE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)$", re.IGNORECASE)


def is_feed(start: bytes, media_type: str) -> bool:
    """Whether the first bytes begin a feed: by its outermost element or its version, else by the server's word."""
    text = start.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe")
    if _ROOT.match(text) or _JSON_FEED.match(text):
        return True
    begins = text.lstrip().lower()
    declared = media_type.partition(";")[0].strip().lower() in _TYPES
    return declared and not begins.startswith((b"<!doctype html", b"<html"))


def is_json_feed(value: object) -> bool:
    """Whether a JSON value is a feed by the JSON Feed format."""
    version = value.get("version") if isinstance(value, dict) else None
    return isinstance(version, str) and "jsonfeed.org/version/" in version[:60]


def read(
    data: bytes, url: str, media_type: str, remembered: Mapping[str, str], limits: Limits
) -> Iterator[Found]:
    """What the feed says of itself, how many entries it has, and each of them: document, seen or problem.

    Whoever fetched it adds `Rest()`, as a feed shows its newest entries only, and `Seen("", stamp)`.
    Raises `SourceError` when it is no feed.
    """
    where = shown(url)
    if len(data) > limits.feed:
        raise SourceError(
            _("The feed {where} is larger than {size}; it was not read.").format(
                where=where, size=in_words(limits.feed)
            )
        )
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            value = None
        if not is_json_feed(value):
            raise SourceError(
                _("{where} is not a JSON feed that can be read. Check the address.").format(where=where)
            )
        yield from read_json(value, url, remembered, limits)
        return
    from cryptonews_tui.sources.feed_xml import parse

    parsed = parse(data, media_type, limits)
    if not (parsed.version or parsed.entries):
        raise SourceError(
            _(
                "{where} is not a feed, or is damaged from the start. Look for the address of its RSS or "
                "Atom feed."
            ).format(where=where)
        )
    feed = _Feed.of_xml(parsed.version, parsed.feed, url)
    kind = _VERSIONS.get(parsed.version, feed.type)
    yield About(_("a feed ({kind})").format(kind=kind) if kind else _("a feed"), feed.name)
    entries = newest_of_each(feed.xml_entry(entry, number) for number, entry in enumerate(parsed.entries, 1))
    yield Expected(len(entries))
    if parsed.damage:
        damage = clean_line(parsed.damage, 100)
        if parsed.line:
            said = _("The feed is damaged at line {line}: {damage}").format(
                line=number(parsed.line), damage=damage
            )
        else:
            said = _("The feed is damaged: {damage}").format(damage=damage)
        if parsed.lost == 1:
            said += _("; one entry could not be read")
        elif parsed.lost:
            said += ngettext(
                "; {count} entry could not be read", "; {count} entries could not be read", parsed.lost
            ).format(count=number(parsed.lost))
        yield Problem(
            where,
            parsed.line,
            f"{said}.",
        )
    yield from found(entries, remembered, url)


def read_json(
    value: Mapping[str, Any], url: str, remembered: Mapping[str, str], limits: Limits
) -> Iterator[Found]:
    """Like `read`, for a JSON feed that is parsed already."""
    items = value.get("items")
    if not isinstance(items, list):
        raise SourceError(
            _("The JSON feed {url} has no list of items. Tell its publisher.").format(url=shown(url))
        )
    feed = _Feed(
        url=url,
        site=absolute(url, value.get("home_page_url")),
        name=_text(value.get("title")),
        type="JSON Feed",
        lang=language(value.get("language")),
    )
    version = str(value.get("version"))[:60].rstrip("/").rpartition("/")[2]
    yield About(_("a feed (JSON Feed {version})").format(version=clean_line(version, 10)), feed.name)
    entries = newest_of_each(
        feed.json_entry(item, number) for number, item in enumerate(items[: limits.entries], 1)
    )
    yield Expected(len(entries))
    yield from found(entries, remembered, url)


class _Feed:
    """What all entries of a feed share."""

    def __init__(self, url: str, site: str, name: str, type: str, lang: str) -> None:
        self.url = url
        self.type = type
        self.lang = lang
        self.host = host_of(site) or host_of(url)
        self.name = clean_line(name) or self.host or clean_line(url.rpartition("/")[2], 200)
        self.base = site if type == "RSS" and site else url
        self.source = {"name": self.name, "key": self.host or self.name.casefold(), "type": type, "url": site}

    @classmethod
    def of_xml(cls, version: str, feed: Mapping[str, Any], url: str) -> _Feed:
        return cls(
            url=url,
            site=absolute(url, feed.get("link")),
            name=heading(_text(feed.get("title"))),
            type="Atom" if version.startswith("atom") else "RSS",
            lang=language(feed.get("language")),
        )

    def xml_entry(self, entry: Mapping[str, Any], number: int) -> Entry | Problem:
        """An entry in feedparser's terms."""
        content, form, base = self._content(entry)
        summary = _text(entry.get("summary"))
        if not content:
            content, summary = summary, ""
            form = self._form(entry.get("summary_detail"))
            base = _text(_mapping(entry.get("summary_detail")).get("base"))
        title = _text(entry.get("title"))
        if self._form(entry.get("title_detail")) is Form.HTML:
            title = heading(title)
        link = absolute(self.base, entry.get("link"))
        return self._entry(
            number,
            given=_text(entry.get("id")),
            title=clean_line(title),
            text=content,
            form=form,
            summary=summary if form is Form.HTML else plain(summary),
            published=_time(entry.get("published_parsed")),
            updated=_time(entry.get("updated_parsed")),
            lang=language(_text(_mapping(entry.get("title_detail")).get("language"))),
            url=link,
            base=absolute(link or self.base, base) or link or self.base,
            image=absolute(self.base, _picture(entry)),
            tags=labels(_text(tag.get("label") or tag.get("term")) for tag in entry.get("tags") or ()),
            author=_author(entry),
        )

    def json_entry(self, item: object, number: int) -> Entry | Problem:
        """An item of a JSON feed."""
        if not isinstance(item, dict):
            return Problem(f"entry {number}", None, _("This entry is no JSON object."))
        html, text = _text(item.get("content_html")), _text(item.get("content_text"))
        link = absolute(self.base, item.get("url")) or absolute(self.base, item.get("external_url"))
        tags = item.get("tags")
        several = item.get("authors")
        authors = several if isinstance(several, list) else [item.get("author")]
        names = [_text(_mapping(author).get("name")) for author in authors[:20]]
        given = item.get("id")
        return self._entry(
            number,
            given=str(given) if isinstance(given, int) else _text(given),
            title=clean_line(_text(item.get("title"))),
            text=html or text,
            form=Form.HTML if html else Form.PLAIN,
            summary=_text(item.get("summary")),
            published=iso_time(item.get("date_published")),
            updated=iso_time(item.get("date_modified")),
            lang=language(item.get("language")),
            url=link,
            base=link or self.base,
            image=absolute(self.base, item.get("image")) or absolute(self.base, item.get("banner_image")),
            tags=labels(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
            author=", ".join(name for name in names if name),
        )

    def _entry(
        self, number: int, *, given: str, title: str, author: str, lang: str, **fields: Any
    ) -> Entry | Problem:
        text, url = fields["text"] or fields["summary"], fields["url"]
        name = identity(given, url, self.host, title, text)
        if not title:
            title = first_words(plain(text) if fields["form"] is Form.HTML else text)
        if not title:
            shown = f"entry {number}, {clean_line(name, 100)}"
            return Problem(shown, None, _("This entry of the feed has neither a title nor a text."))
        return Entry(
            identity=name,
            title=title,
            lang=lang or self.lang,
            source=self.source,
            extra={"author": clean_line(author, 200)} if author else {},
            **fields,
        )

    def _content(self, entry: Mapping[str, Any]) -> tuple[str, Form, str]:
        """The longest text; feeds give the same one in several forms."""
        contents = [_mapping(content) for content in entry.get("content") or ()]
        contents = [content for content in contents if content.get("type", "text/html") in _TEXT_TYPES]
        if not contents:
            return "", Form.HTML, ""
        longest = max(contents, key=lambda content: len(_text(content.get("value"))))
        return _text(longest.get("value")), self._form(longest), _text(longest.get("base"))

    def _form(self, detail: object) -> Form:
        """Atom says what a text is and means it; in RSS everything may be HTML."""
        declared = _mapping(detail).get("type")
        return Form.PLAIN if self.type == "Atom" and declared == "text/plain" else Form.HTML


def iso_time(value: object) -> datetime | None:
    """An ISO 8601 instant as an aware UTC time."""
    if not isinstance(value, str):
        return None
    try:
        time = datetime.fromisoformat(value.strip()[:40])
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _time(value: Any) -> datetime | None:
    try:
        time = datetime.fromtimestamp(calendar.timegm(value), UTC) if value else None
    except (ValueError, OverflowError, OSError, TypeError):
        return None
    return time if time and time.year > 1970 else None


def _picture(entry: Mapping[str, Any]) -> str:
    """The address of the entry's cover, if it names one."""
    links = [_mapping(link) for link in entry.get("links") or ()]
    enclosures = [link for link in links if link.get("rel") == "enclosure"]
    for picture in [*enclosures, *map(_mapping, entry.get("media_content") or ())]:
        address = _text(picture.get("url") or picture.get("href"))
        declared = _text(picture.get("type")) or _text(picture.get("medium"))
        if declared.startswith("image") or (not declared and _IMAGE.search(_path(address))):
            return address
    for thumbnail in map(_mapping, entry.get("media_thumbnail") or ()):
        if address := _text(thumbnail.get("url")):
            return address
    return _text(_mapping(entry.get("image")).get("href"))


def _path(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:
        return ""


def _author(entry: Mapping[str, Any]) -> str:
    names = [_text(_mapping(author).get("name")) for author in (entry.get("authors") or ())[:20]]
    return ", ".join(name for name in names if name) or _text(entry.get("author"))


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
