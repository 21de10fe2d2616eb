"""Fetches what a list names: manifest, sitemap or folder listing. Each entry is asked by itself, if at all."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from queue import SimpleQueue
from urllib.parse import urljoin, urlsplit

from cryptonews_tui.article import Document, Problem
from cryptonews_tui.safety import clean_line
from cryptonews_tui.sources import Found, Seen, SourceError
from cryptonews_tui.sources.access import Access
from cryptonews_tui.sources.addresses import shown, web_address
from cryptonews_tui.sources.archive import looks_like_archive
from cryptonews_tui.sources.faults import NoAnswerError, PassingError
from cryptonews_tui.sources.http import Http
from cryptonews_tui.sources.kinds import START, is_html

_AHEAD = 16
"""Entries under way or waiting for the receiver: at most so many articles are in memory."""
_AT_REST = 120
"""Seconds after which a change would show in a list that tells minutes, whoever's clock is a little wrong."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a list names, and what it tells of it."""

    item: str
    url: str
    listed: str = ""
    """Its time (and size), as the list has it: as long as that stays, nobody needs to ask."""
    exact: bool = True
    """Whether every change shows there. Else only if the file was left in peace for a while before it was read."""


class Crew:
    """A few lines to the web, each with a thread of its own."""

    def __init__(self, access: Access, may_enter: bool) -> None:
        self._access = access
        self._may_enter = may_enter
        self._lines = [Http(access) for _ in range(max(access.requests_per_host, 1))]
        self._idle: SimpleQueue[Http] = SimpleQueue()
        for line in self._lines:
            self._idle.put(line)
        self._pool = ThreadPoolExecutor(len(self._lines), thread_name_prefix="manifest")
        self._silences: Counter[str] = Counter()
        self._lock = threading.Lock()

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        """Whatever is still under way is cut off, not waited for."""
        for line in self._lines:
            line.abort()
        self._pool.shutdown(cancel_futures=True)
        for line in self._lines:
            line.close()

    def visit(self, listed: Sequence[Entry | Problem], remembered: Mapping[str, str]) -> Iterator[Found]:
        """Everything listed, in its order; what is wrong with one stops none of the others."""
        under_way: deque[Future[Found] | Found] = deque()
        for entry in listed:
            if isinstance(entry, Problem):
                under_way.append(entry)
            else:
                stamp = remembered.get(entry.item, "")
                known = entry.listed and listed_in(stamp) == entry.listed
                under_way.append(
                    Seen(entry.item, stamp) if known else self._pool.submit(self._fetch, entry, stamp)
                )
            if len(under_way) >= _AHEAD:
                yield self._result(under_way.popleft())
        while under_way:
            yield self._result(under_way.popleft())

    def _result(self, waiting: Future[Found] | Found) -> Found:
        if self._access.stop.is_set():
            raise PassingError("The visit was called off.")
        return waiting.result() if isinstance(waiting, Future) else waiting

    def _fetch(self, entry: Entry, stamp: str) -> Found:
        item, url = entry.item, entry.url
        host = urlsplit(url).netloc
        limits = self._access.limits
        if self._silences[host] >= limits.silences:
            return Problem(
                item, None, f"{clean_line(host)} has not answered several times; it was not asked again."
            )
        line = self._idle.get()
        try:
            fetched = line.fetch(url, stamp, limit=limits.article, may_enter=self._may_enter)
        except NoAnswerError as error:
            with self._lock:
                self._silences[host] += 1
            return Problem(item, None, str(error))
        except SourceError as error:
            return Problem(item, None, str(error))
        finally:
            self._idle.put(line)
        with self._lock:
            self._silences[host] = 0
        if fetched.body is None:
            return Seen(item, _stamp(stamp, entry))
        with fetched.body as body:
            data = body.read()
        if is_html(data[:START]):
            return Problem(item, None, "This is a web page, not a Markdown file.")
        if looks_like_archive(data[:START]):
            return Problem(
                item, None, "This is an archive, not a Markdown file; add it as a source of its own."
            )
        return Document(item, url, data, _stamp(fetched.stamp, entry))


def address(base: str, text: str) -> str:
    """The canonical address that a list at `base` names. Raises `SourceError` if it may not lead there."""
    try:
        target = web_address(urljoin(base, text.strip()))
    except ValueError:
        raise SourceError("This is not a complete web address. Tell its publisher.") from None
    if base.startswith("https:") and not target.startswith("https:"):
        raise SourceError(
            f"{shown(target)} leads from https to plain http; it was not called. Tell its publisher."
        )
    return target


def listed_in(stamp: str) -> str:
    """What the list told when the stamp was made, if that can be relied on."""
    return str(parts_of(stamp).get("listed", ""))


def _stamp(stamp: str, entry: Entry) -> str:
    """The server's stamp of a file, with what the list tells of it when that is enough to know it by."""
    known = {key: value for key, value in parts_of(stamp).items() if key != "listed"}
    if entry.listed and (entry.exact or _at_rest(known.get("modified"))):
        known["listed"] = entry.listed
    return json.dumps(known) if known else ""


def _at_rest(modified: object) -> bool:
    try:
        return time.time() - parsedate_to_datetime(str(modified)).timestamp() > _AT_REST
    except (ValueError, TypeError, OverflowError, OSError):
        return False


def parts_of(stamp: str) -> dict[str, object]:
    """What a stamp consists of: the server's validators, and what we added. None, if it is of another kind."""
    try:
        known = json.loads(stamp) if stamp else {}
    except ValueError:
        return {}
    return known if isinstance(known, dict) else {}
