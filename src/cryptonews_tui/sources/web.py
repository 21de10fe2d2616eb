"""What is at a web address, decided anew on every visit: its kind, and who reads that.

An article, an archive, a list of either (manifest, sitemap, folder listing), news (a feed, JSON), or a web page
that says where its feed is. Whatever else is there is refused with a sentence that names a next step.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cryptonews_tui.article import Document, Problem
from cryptonews_tui.safety import clean_line
from cryptonews_tui.sources import About, Expected, Found, Rest, Seen, SourceError
from cryptonews_tui.sources.access import Access
from cryptonews_tui.sources.archive import members
from cryptonews_tui.sources.crew import Crew, Entry, listed_in, parts_of
from cryptonews_tui.sources.http.addresses import shown
from cryptonews_tui.sources.http.client import Fetched, Http
from cryptonews_tui.sources.kinds import START, Kind, kind_of, root, text_of
from cryptonews_tui.sources.limits import in_words
from cryptonews_tui.sources.local import unchanged
from cryptonews_tui.sources.names import NO_ARTICLES, is_article_at
from cryptonews_tui.translation import _

if TYPE_CHECKING:
    from cryptonews_tui.sources.discovery import Page

_FEEDS_TRIED = 3
_NEWS = "news"
"""In the stamp of the whole: it is that of news, at this address. What an unchanged answer means depends on it."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came, read into memory."""

    fetched: Fetched
    data: bytes
    kind: Kind

    @property
    def url(self) -> str:
        return self.fetched.url

    @property
    def start(self) -> bytes:
        return self.data[:START]


@dataclass(frozen=True, slots=True)
class WebSource:
    """What a publisher keeps at one http or https address."""

    location: str
    access: Access

    def documents(self, remembered: Mapping[str, str]) -> Generator[Found]:
        """Everything at the address, as far as it has changed: the server is told what we know already."""
        known = remembered.get("") or remembered.get(self.location, "")
        limits = self.access.limits
        article = is_article_at(self.location)
        with Http(self.access) as http:
            fetched = http.fetch(
                self.location,
                known if _news_at(known) in ("", self.location) else "",
                limit=limits.article if article else limits.download,
            )
            if fetched.moved or fetched.fresh:
                yield About(moved=fetched.moved, fresh=fetched.fresh)
            if fetched.body is None:
                yield from self._unchanged(fetched, remembered)
                return
            with fetched.body as body:
                kind = kind_of(body.read(START), fetched.media_type, (self.location, fetched.url))
                body.seek(0)
                if kind is Kind.ARCHIVE:
                    yield About(_("an archive"))
                    yield from members(body, self.location, remembered, limits)
                    yield Seen("", fetched.stamp)
                    return
                answer = self._answer(fetched, kind)
            match kind:
                case Kind.ARTICLE:
                    yield About(_("an article"))
                    yield Expected(1)
                    yield Document(self.location, self.location, answer.data, fetched.stamp)
                case Kind.JSON:
                    yield from self._json(answer, http, remembered)
                case Kind.XML:
                    yield from self._xml(answer, http, remembered)
                case Kind.PAGE:
                    yield from self._page(answer, http, remembered)
                case _:
                    raise self._refused(answer)

    def _answer(self, fetched: Fetched, kind: Kind) -> _Answer:
        """The body read whole, if it is not too long for its kind."""
        limits = self.access.limits
        limit = {Kind.ARTICLE: limits.article, Kind.JSON: limits.feed, Kind.XML: limits.feed}.get(
            kind, limits.manifest
        )
        assert fetched.body is not None
        data = fetched.body.read(limit + 1)
        _check_size(data, fetched.url, limit)
        return _Answer(fetched, data, kind)

    def _unchanged(self, fetched: Fetched, remembered: Mapping[str, str]) -> Iterator[Found]:
        """The server says: as you know it. That a list has not changed says nothing about its entries."""
        stamp = remembered.get("", "")
        # Items of an archive are relative paths, entries of a manifest are addresses.
        addresses = sorted(item for item in remembered if item.startswith(("http://", "https://")))
        if _news_at(stamp):
            yield Rest()
            yield Seen("", stamp)
        elif stamp and addresses:
            listed = [Entry(item, item, listed_in(remembered[item])) for item in addresses]
            yield from self._entries(listed, remembered, fetched)
        else:
            yield from unchanged(remembered)

    # -- what is listed

    def _json(self, answer: _Answer, http: Http, remembered: Mapping[str, str]) -> Iterator[Found]:
        from cryptonews_tui.sources import json_news, listing, manifest

        value = manifest.json_value(answer.data, answer.url)
        if listing.is_json_listing(value):
            yield from self._listing(answer, http, remembered)
        elif manifest.names_articles(value):
            yield from self._manifest(value, answer, remembered)
        elif json_news.is_news(value, answer.url, self.access.shapes):
            yield from self._news(value, answer, http, remembered)
        else:
            yield from self._manifest(value, answer, remembered)

    def _manifest(self, value: object, answer: _Answer, remembered: Mapping[str, str]) -> Iterator[Found]:
        from cryptonews_tui.sources.manifest import entries_of

        _check_size(answer.data, answer.url, self.access.limits.manifest)
        listed = entries_of(value, answer.url, self.access.limits)
        yield About(_("a manifest"))
        entries = [one if isinstance(one, Problem) else Entry(one, one) for one in listed]
        yield from self._entries(entries, remembered, answer.fetched)

    def _xml(self, answer: _Answer, http: Http, remembered: Mapping[str, str]) -> Iterator[Found]:
        from cryptonews_tui.sources import feeds, sitemap

        answer = _Answer(
            answer.fetched, sitemap.unpacked(answer.data, answer.url, self.access.limits), answer.kind
        )
        name = root(text_of(answer.start))
        if name in sitemap.ROOTS:
            yield from self._sitemap(answer, http, remembered)
        elif name == "list":
            yield from self._listing(answer, http, remembered)
        elif feeds.is_feed(answer.start, answer.fetched.media_type):
            yield from self._feed(answer, self.location, remembered)
        else:
            raise self._refused(answer)

    def _listing(self, answer: _Answer, http: Http, remembered: Mapping[str, str]) -> Iterator[Found]:
        """A folder and all below it. What is no longer there is gone only if every folder could be seen.

        Pages of folders are not asked for conditionally: their validators, where they have any, speak for the
        names in them and not for times and sizes, which spare us a request for every file.
        """
        from cryptonews_tui.sources import listing

        _check_size(answer.data, answer.url, self.access.limits.manifest)
        yield About(_("a folder listing"))
        base = listing.folder_address(answer.url)
        first = listing.read(answer.data, base, base)
        if first is None:
            raise self._refused(answer)
        found = listing.walk(http, first, base, self.access, answer.fetched.inside)
        entries = sorted(found.entries, key=lambda entry: entry.item)
        yield from self._entries(
            [*found.problems, *entries], remembered, answer.fetched, found.whole, keep=False
        )

    def _sitemap(self, answer: _Answer, http: Http, remembered: Mapping[str, str]) -> Iterator[Found]:
        from cryptonews_tui.sources import sitemap

        _check_size(answer.data, answer.url, self.access.limits.manifest)
        first = sitemap.read(answer.data, answer.url, self.access.limits, datetime.now(UTC))
        yield About(_("an index of sitemaps") if first.sitemaps else _("a sitemap"))
        found = sitemap.gather(http, first, self.access, answer.fetched.inside)
        if not found.articles:
            raise SourceError(
                _(
                    "The sitemap {url} lists no Markdown files. Name the site's feed, or a page that advertises "
                    "it, such as {front_page}."
                ).format(url=shown(answer.url), front_page=shown(_front_page(answer.url)))
            )
        yield from self._entries(
            found.articles, remembered, answer.fetched, found.whole, keep=not first.sitemaps
        )

    def _entries(
        self,
        listed: Sequence[Entry | Problem],
        remembered: Mapping[str, str],
        fetched: Fetched,
        complete: bool = True,
        *,
        keep: bool = True,
    ) -> Iterator[Found]:
        """Each entry by itself, in the order of the list; `keep` tells whether the list's own stamp is of use."""
        yield Expected(len(listed))
        if not (listed or remembered):
            yield Problem(self.location, None, _(NO_ARTICLES))
        whole = keep
        with Crew(self.access, fetched.inside) as crew:
            for found in crew.visit(listed, remembered):
                whole = whole and isinstance(found, Seen | Document) and bool(found.stamp)
                yield found
            if crew.rest:
                yield About(fresh=crew.rest)
        if not complete:
            yield Rest()
        # An unchanged list is not sent again: then all entries must be known by stamps of their own.
        yield Seen("", fetched.stamp if whole else "")

    # -- news

    def _feed(self, answer: _Answer, at: str, remembered: Mapping[str, str]) -> Iterator[Found]:
        from cryptonews_tui.sources import feeds

        fetched = answer.fetched
        yield from feeds.read(answer.data, answer.url, fetched.media_type, remembered, self.access.limits)
        yield Rest()
        yield Seen("", _stamp(fetched, at))

    def _news(
        self, value: object, answer: _Answer, http: Http, remembered: Mapping[str, str]
    ) -> Iterator[Found]:
        from cryptonews_tui.sources import json_news
        from cryptonews_tui.sources.manifest import json_value

        def more(url: str) -> object:
            limit = self.access.limits.feed
            fetched = http.fetch(url, limit=limit, may_enter=answer.fetched.inside)
            assert fetched.body is not None  # nothing was said of what we know
            with fetched.body as body:
                return json_value(body.read(), fetched.url)

        yield from json_news.read(value, answer.url, remembered, self.access.shapes, self.access.limits, more)
        yield Rest()
        yield Seen("", _stamp(answer.fetched, self.location))

    # -- web pages

    def _page(self, answer: _Answer, http: Http, remembered: Mapping[str, str]) -> Iterator[Found]:
        from cryptonews_tui.sources import discovery, listing

        text = answer.data.decode("utf-8", "replace")
        if listing.is_listing(text):
            yield from self._listing(answer, http, remembered)
            return
        page = discovery.look(text, answer.url)
        if page.feeds:
            yield from self._advertised(page, answer, http, remembered)
        elif page.login:
            led = ""
            if answer.url != self.location:
                led = _("{location} leads to a login page:").format(location=shown(self.location)) + " "
            raise SourceError(
                _(
                    "{led}{url} asks for a login. If you have one, put it under [secrets] in the settings; else "
                    "name an address that is open to everybody."
                ).format(led=led, url=shown(answer.url))
            )
        else:
            raise SourceError(
                _(
                    "{url} is a web page, not articles, and it advertises no feed. Look there for the address of "
                    "a feed (RSS, Atom), of Markdown files or of an archive, and name that."
                ).format(url=shown(answer.url))
            )

    def _advertised(
        self, page: Page, answer: _Answer, http: Http, remembered: Mapping[str, str]
    ) -> Iterator[Found]:
        """The first feed that is one, of those that the page advertises. Its address is the better one to keep."""
        known = remembered.get("", "")
        failure = ""
        for url in page.feeds[:_FEEDS_TRIED]:
            try:
                fetched = http.fetch(
                    url,
                    known if _news_at(known) == url else "",
                    limit=self.access.limits.feed,
                    may_enter=answer.fetched.inside,
                )
                feed = self._fed(fetched)
            except SourceError as error:
                if error.passing:
                    raise  # the next one may be of comments: nobody wants to move there for a lost connection
                failure = failure or str(error)
                continue
            yield About(
                _("a feed that a web page advertises, {url}").format(url=shown(url)),
                page.title,
                fetched.moved or url,
                fetched.fresh,
            )
            if feed is None:
                yield Rest()
                yield Seen("", known)
            else:
                yield from self._feed(feed, url, remembered)
            return
        raise SourceError(
            _("{url} is a web page whose feed cannot be read. {failure}").format(
                url=shown(answer.url), failure=failure or _("Tell its publisher.")
            )
        )

    def _fed(self, fetched: Fetched) -> _Answer | None:
        """The answer, if it is a feed; `None` for one that has not changed. Raises `SourceError`."""
        from cryptonews_tui.sources import feeds

        if fetched.body is None:
            return None
        with fetched.body:
            answer = self._answer(fetched, Kind.XML)
        if not feeds.is_feed(answer.start, fetched.media_type):
            raise SourceError(_("{url} is no feed. Tell its publisher.").format(url=shown(fetched.url)))
        return answer

    def _refused(self, answer: _Answer) -> SourceError:
        """Why this cannot be read, and what can be done."""
        where = shown(answer.url)
        if answer.kind is Kind.NOTHING:
            return SourceError(
                _("{where} is empty. Check the address, or try again later.").format(where=where)
            )
        if root(text_of(answer.start)) == "opml":
            return SourceError(
                _(
                    "{where} is a list of sources (OPML), not a source. Save it to a file and import that."
                ).format(where=where)
            )
        what = _("XML, but no feed")
        if answer.kind is Kind.UNKNOWN:
            what = clean_line(answer.fetched.media_type, 60) or (
                _("no text") if b"\0" in answer.start else "text"
            )
        return SourceError(
            _(
                "{where} is of a kind that no articles come from ({what}). Name a feed, a page that "
                "advertises one, Markdown files or an archive."
            ).format(where=where, what=what)
        )


def _check_size(data: bytes, url: str, limit: int) -> None:
    if len(data) > limit:
        raise SourceError(
            _("{url} is larger than {size}; it was not read. Check the address.").format(
                url=shown(url), size=in_words(limit)
            )
        )


def _front_page(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}/"


def _stamp(fetched: Fetched, at: str) -> str:
    """The server's stamp of news, with where they were; empty when the server gave none."""
    known = parts_of(fetched.stamp)
    return json.dumps({**known, _NEWS: at}) if known else ""


def _news_at(stamp: str) -> str:
    return str(parts_of(stamp).get(_NEWS, ""))
