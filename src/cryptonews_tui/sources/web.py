"""Articles on the web: one Markdown file, an archive of a folder, or a manifest, a JSON list of addresses."""

from __future__ import annotations

import json
import threading
from collections import Counter, deque
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum, auto
from queue import SimpleQueue
from urllib.parse import urljoin, urlsplit

from cryptonews_tui.article import Document, Problem
from cryptonews_tui.safety import clean_line
from cryptonews_tui.sources import Expected, Found, Seen, SourceError
from cryptonews_tui.sources.access import Access
from cryptonews_tui.sources.addresses import web_address
from cryptonews_tui.sources.archive import looks_like_archive, members
from cryptonews_tui.sources.faults import NoAnswerError
from cryptonews_tui.sources.http import Fetched, Http
from cryptonews_tui.sources.limits import Limits, in_words
from cryptonews_tui.sources.local import unchanged
from cryptonews_tui.sources.names import is_archive, is_article

_LINES = 4
"""Downloads at once for a manifest: polite to one host, quick enough over a slow line."""
_AHEAD = 16
"""Entries under way or waiting for the receiver: at most so many articles are in memory."""
_START = 512

_MARKDOWN_TYPES = ("text/markdown", "text/x-markdown", "text/vnd.daringfireball.markdown")
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


class _Kind(Enum):
    ARTICLE = auto()
    ARCHIVE = auto()
    MANIFEST = auto()


@dataclass(frozen=True, slots=True)
class WebSource:
    """What a publisher keeps at one http or https address. What it is, is decided anew on every visit."""

    location: str
    access: Access

    def documents(self, remembered: Mapping[str, str]) -> Generator[Found]:
        """Everything at the address, as far as it has changed: the server is told what we know already."""
        known = remembered.get("") or remembered.get(self.location, "")
        article = is_article(urlsplit(self.location).path)
        with Http(self.access) as http:
            fetched = http.fetch(
                self.location,
                known,
                limit=self.access.limits.article if article else self.access.limits.download,
            )
        if fetched.body is None:
            yield from self._unchanged(fetched, remembered)
            return
        with fetched.body as body:
            start = body.read(_START)
            body.seek(0)
            kind = self._kind(fetched, start)
            if kind is _Kind.ARCHIVE:
                yield from members(body, self.location, remembered, self.access.limits)
                yield Seen("", fetched.stamp)
                return
            limit = self.access.limits.manifest if kind is _Kind.MANIFEST else self.access.limits.article
            data = body.read(limit + 1)
        if len(data) > limit:
            raise SourceError(
                f"{clean_line(self.location, 300)} is larger than {in_words(limit)}; it was not read."
            )
        if kind is _Kind.ARTICLE:
            yield Expected(1)
            yield Document(self.location, self.location, data, fetched.stamp)
        else:
            listed = entries(data, fetched.url, self.access.limits)
            yield from self._entries(listed, remembered, fetched.stamp, fetched.inside)

    def _unchanged(self, fetched: Fetched, remembered: Mapping[str, str]) -> Iterator[Found]:
        """The server says: as you know it. That a manifest has not changed says nothing about its entries."""
        # Items of an archive are relative paths, entries of a manifest are addresses.
        addresses = sorted(item for item in remembered if item.startswith(("http://", "https://")))
        if "" in remembered and addresses:
            yield from self._entries(addresses, remembered, remembered[""], fetched.inside)
        else:
            yield from unchanged(remembered)

    def _kind(self, fetched: Fetched, start: bytes) -> _Kind:
        """By the name, else by what the server says, else by how it begins."""
        where = clean_line(self.location, 300)
        if _is_html(start):
            raise SourceError(
                f"{where} is a web page, not articles. "
                "Name the address of a Markdown file, an archive or a manifest."
            )
        for url in (self.location, fetched.url):
            path = urlsplit(url).path.lower()
            if is_article(path):
                return _Kind.ARTICLE
            if is_archive(path):
                return _Kind.ARCHIVE
            if path.endswith(".json"):
                return _Kind.MANIFEST
        if fetched.media_type in _MARKDOWN_TYPES:
            return _Kind.ARTICLE
        if fetched.media_type in _ARCHIVE_TYPES:
            return _Kind.ARCHIVE
        if fetched.media_type.endswith(("/json", "+json")):
            return _Kind.MANIFEST
        if looks_like_archive(start):
            return _Kind.ARCHIVE
        text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
        if text.startswith((b"[", b"{")):
            return _Kind.MANIFEST
        if text.startswith(b"---") or (fetched.media_type == "text/plain" and b"\0" not in start):
            return _Kind.ARTICLE
        raise SourceError(f"{where} is neither Markdown, nor an archive, nor a manifest. Check the address.")

    def _entries(
        self, listed: Sequence[str | Problem], remembered: Mapping[str, str], stamp: str, may_enter: bool
    ) -> Iterator[Found]:
        """Each entry by itself, in the order of the list; what is wrong with one stops none of the others."""
        yield Expected(len(listed))
        whole = True
        with _Crew(self.access, may_enter) as crew:
            for found in crew.visit(listed, remembered):
                whole = whole and isinstance(found, Seen | Document) and bool(found.stamp)
                yield found
        # An unchanged manifest is not sent again: then all entries must be known by stamps of their own.
        yield Seen("", stamp if whole else "")


class _Crew:
    """A few lines to the web, each with a thread of its own, that fetch the entries of one manifest."""

    def __init__(self, access: Access, may_enter: bool) -> None:
        self._limits = access.limits
        self._may_enter = may_enter
        self._lines = [Http(access) for _ in range(_LINES)]
        self._idle: SimpleQueue[Http] = SimpleQueue()
        for line in self._lines:
            self._idle.put(line)
        self._pool = ThreadPoolExecutor(_LINES, thread_name_prefix="manifest")
        self._silences: Counter[str] = Counter()
        self._lock = threading.Lock()

    def __enter__(self) -> _Crew:
        return self

    def __exit__(self, *_: object) -> None:
        """Whatever is still under way is cut off, not waited for."""
        for line in self._lines:
            line.abort()
        self._pool.shutdown(cancel_futures=True)
        for line in self._lines:
            line.close()

    def visit(self, listed: Sequence[str | Problem], remembered: Mapping[str, str]) -> Iterator[Found]:
        under_way: deque[Future[Found] | Problem] = deque()
        for entry in listed:
            if isinstance(entry, Problem):
                under_way.append(entry)
            else:
                under_way.append(self._pool.submit(self._fetch, entry, remembered.get(entry, "")))
            if len(under_way) >= _AHEAD:
                yield _result(under_way.popleft())
        while under_way:
            yield _result(under_way.popleft())

    def _fetch(self, url: str, stamp: str) -> Found:
        host = urlsplit(url).netloc
        if self._silences[host] >= self._limits.silences:
            return Problem(
                url, None, f"{clean_line(host)} has not answered several times; it was not asked again."
            )
        line = self._idle.get()
        try:
            fetched = line.fetch(url, stamp, limit=self._limits.article, may_enter=self._may_enter)
        except NoAnswerError as error:
            with self._lock:
                self._silences[host] += 1
            return Problem(url, None, str(error))
        except SourceError as error:
            return Problem(url, None, str(error))
        finally:
            self._idle.put(line)
        with self._lock:
            self._silences[host] = 0
        if fetched.body is None:
            return Seen(url, stamp)
        with fetched.body as body:
            data = body.read()
        if _is_html(data[:_START]):
            return Problem(url, None, "This is a web page, not a Markdown file.")
        if looks_like_archive(data[:_START]):
            return Problem(
                url, None, "This is an archive, not a Markdown file; add it as a source of its own."
            )
        return Document(url, url, data, fetched.stamp)


def entries(data: bytes, base: str, limits: Limits) -> list[str | Problem]:
    """What a manifest lists: each address once, absolute, or what is wrong with it.

    A manifest is a JSON list, or an object with the list under `articles` or `urls`; an entry is an address,
    relative ones against the manifest's own, or an object with the address under `url`.
    Raises `SourceError` when it is nothing of the kind.
    """
    where = clean_line(base, 300)
    try:
        manifest = json.loads(data)
    except (ValueError, RecursionError):
        raise SourceError(f"{where} is not valid JSON, as a manifest must be. Tell its publisher.") from None
    if isinstance(manifest, dict):
        manifest = manifest.get("articles", manifest.get("urls"))
    if not isinstance(manifest, list):
        raise SourceError(
            f"{where} is JSON, but no manifest. "
            'It must be a list of addresses, or have one under "articles" or "urls".'
        )
    if len(manifest) > limits.entries:
        raise SourceError(f"The manifest {where} lists more than {limits.entries:,} addresses; split it.")
    listed: dict[str, str | Problem] = {}
    for number, entry in enumerate(manifest, 1):
        address = _entry(entry, base, number)
        listed.setdefault(address.item if isinstance(address, Problem) else address, address)
    return list(listed.values())


def _entry(entry: object, base: str, number: int) -> str | Problem:
    text = entry.get("url") if isinstance(entry, dict) else entry
    if not isinstance(text, str) or not text.strip():
        return Problem(f"entry {number}", None, "This entry of the manifest has no address.")
    shown = f"entry {number}" if "@" in text else clean_line(text, 300) or f"entry {number}"
    try:
        return web_address(urljoin(base, text.strip()))
    except SourceError as error:
        return Problem(shown, None, str(error))
    except ValueError:
        return Problem(shown, None, "This entry of the manifest is not a complete web address.")


def _result(waiting: Future[Found] | Problem) -> Found:
    return waiting if isinstance(waiting, Problem) else waiting.result()


def _is_html(start: bytes) -> bool:
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return text.startswith((b"<!doctype html", b"<html"))
