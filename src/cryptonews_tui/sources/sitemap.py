"""A sitemap: the addresses that a site tells search engines, and when each has changed. Pure.

Format: sitemaps.org, protocol 0.9. Of a whole site only Markdown files are articles here.
"""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO

from cryptonews_tui import wording
from cryptonews_tui.article import Problem
from cryptonews_tui.safety import clean_line
from cryptonews_tui.sources import SourceError
from cryptonews_tui.sources.access import Access
from cryptonews_tui.sources.crew import Entry, address
from cryptonews_tui.sources.http.addresses import shown
from cryptonews_tui.sources.http.client import Http
from cryptonews_tui.sources.http.faults import PassingError
from cryptonews_tui.sources.limits import Limits, in_words
from cryptonews_tui.sources.names import is_article_at
from cryptonews_tui.translation import _
from cryptonews_tui.xml_events import End, Start, Text, XmlError, events

ROOTS = ("urlset", "sitemapindex")
_LISTED_LIMIT = 500_000
_DATE = len("2026-01-31")
_TEXT_LIMIT = 5_000
_LATEST_ZONE = timedelta(hours=14)
"""A date that names no zone is over everywhere so long after it is over in UTC."""


@dataclass(slots=True)
class Sitemap:
    """What one file says: articles, or the addresses of further sitemaps."""

    articles: list[Entry | Problem] = field(default_factory=list)
    sitemaps: list[Entry | Problem] = field(default_factory=list)
    whole: bool = True
    """Whether every part could be read."""

    def miss(self, item: str, message: str) -> None:
        """Note a part of which not everything is known."""
        self.articles.append(Problem(item, None, message))
        self.whole = False


def unpacked(data: bytes, where: str, limits: Limits) -> bytes:
    """The XML text of what may be packed. Raises `SourceError` when it is damaged or too large."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    named = shown(where)
    try:
        with gzip.GzipFile(fileobj=BytesIO(data)) as file:
            text = file.read(limits.manifest + 1)
    except (OSError, EOFError, zlib.error):
        raise SourceError(
            _("{named} is compressed and damaged. Try again later.").format(named=named)
        ) from None
    if len(text) > limits.manifest:
        raise SourceError(
            _("{named} unpacks to more than {size}; it was not read.").format(
                named=named, size=in_words(limits.manifest)
            )
        )
    return text


def read(data: bytes, base: str, limits: Limits, now: datetime) -> Sitemap:
    """What the sitemap at `base` lists, each address once. Raises `SourceError` when it is none."""
    where = shown(base)
    sitemap = Sitemap()
    known: set[str] = set()
    path: list[str] = []
    values: dict[str, str] = {}
    count = 0
    try:
        for event in events(data):
            match event:
                case Start(name):
                    if not path and name not in ROOTS:
                        raise SourceError(_("{where} is no sitemap. Check the address.").format(where=where))
                    path.append(name)
                    if len(path) == 2:
                        values = {}
                case Text(text) if len(path) == 3 and path[2] in ("loc", "lastmod"):
                    value = values.get(path[2], "") + text
                    values[path[2]] = value[:_TEXT_LIMIT]
                case End():
                    if len(path) == 2:
                        count += 1
                        if count > _LISTED_LIMIT:
                            raise SourceError(
                                _("The sitemap {where} lists too many addresses; it was not read.").format(
                                    where=where
                                )
                            )
                        _take(path, values, base, now, sitemap, known)
                        if len(sitemap.articles) > limits.entries:
                            raise SourceError(
                                _("The sitemap {where} lists more than {entries} articles; split it.").format(
                                    where=where, entries=wording.number(limits.entries)
                                )
                            )
                    path.pop()
                case _:
                    pass
    except XmlError as error:
        raise SourceError(
            _("The sitemap {where} is broken in line {line} ({error}). Tell its publisher.").format(
                where=where, line=error.line, error=clean_line(str(error), 200)
            )
        ) from None
    return sitemap


def gather(http: Http, first: Sitemap, access: Access, may_enter: bool) -> Sitemap:
    """The articles of a sitemap and of all that it refers to. What is wrong with one of these stops no other."""
    limits = access.limits
    found = Sitemap(list(first.articles))
    known = {entry.item for entry in first.articles}
    silences = 0
    for number, part in enumerate(first.sitemaps):
        if access.stop.is_set():
            raise PassingError(_("The visit was called off."))
        if number >= limits.parts or silences >= limits.silences:
            why = _("there are too many") if number >= limits.parts else _("the server does not answer")
            found.miss(part.item, _("This sitemap and later ones were not read: {why}.").format(why=why))
            break
        if isinstance(part, Problem):
            found.miss(part.item, part.message)
            continue
        try:
            inner = _fetch(http, part.url, limits, may_enter)
            if inner.sitemaps:
                raise SourceError(_("This is an index inside an index of sitemaps; it was not read."))
            if len(found.articles) + len(inner.articles) > limits.entries:
                raise SourceError(
                    _("With this sitemap there are more than {entries} articles.").format(
                        entries=wording.number(limits.entries)
                    )
                )
        except SourceError as error:
            silences = silences + 1 if error.passing else 0
            silences += limits.silences if error.retry_after else 0
            found.miss(part.item, str(error))
        else:
            silences = 0
            found.articles += [entry for entry in inner.articles if entry.item not in known]
            known.update(entry.item for entry in inner.articles)
    return found


def _fetch(http: Http, url: str, limits: Limits, may_enter: bool) -> Sitemap:
    now = datetime.now(UTC)
    fetched = http.fetch(url, limit=limits.manifest, may_enter=may_enter)
    assert fetched.body is not None  # nothing was said of what we know
    with fetched.body as body:
        data = unpacked(body.read(), fetched.url, limits)
    return read(data, fetched.url, limits, now)


def _take(
    path: list[str], values: dict[str, str], base: str, now: datetime, sitemap: Sitemap, known: set[str]
) -> None:
    """One entry, if it names an article or another sitemap."""
    text = values.get("loc", "").strip()
    part = path == ["sitemapindex", "sitemap"]
    if not text or not (part or path == ["urlset", "url"]):
        return
    if not part and not is_article_at(text):
        return
    item = _("an address with a password") if "@" in text else shown(text)
    listed = clean_line(values.get("lastmod", ""), 40)
    try:
        item = address(base, text)
        found: Entry | Problem = Entry(item, item, listed if _is_over(listed, now) else "")
    except SourceError as error:
        found = Problem(item, None, str(error))
    if item not in known:
        known.add(item)
        (sitemap.sitemaps if part else sitemap.articles).append(found)


def _is_over(listed: str, now: datetime) -> bool:
    """Whether a change from now on would be told with another time: not if this is only a date, and it is today."""
    try:
        moment = datetime.fromisoformat(listed)
    except ValueError:
        return False
    end = moment + timedelta(days=1) if len(listed) <= _DATE else moment
    if end.tzinfo is None:
        end = end.replace(tzinfo=UTC) + _LATEST_ZONE
    return end < now
