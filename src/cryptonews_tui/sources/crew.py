"""Fetches what a list names: manifest, sitemap or folder listing. Each entry is asked by itself, if at all."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from queue import SimpleQueue
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from cryptonews_tui.article import Document, Problem
from cryptonews_tui.safety import clean_line
from cryptonews_tui.sources import Found, Seen, SourceError
from cryptonews_tui.sources.access import Access
from cryptonews_tui.sources.archive import looks_like_archive
from cryptonews_tui.sources.http.addresses import shown, web_address
from cryptonews_tui.sources.http.client import Http
from cryptonews_tui.sources.http.faults import PassingError
from cryptonews_tui.sources.kinds import START, is_html
from cryptonews_tui.translation import _

_AHEAD = 16
"""Entries under way or waiting for the receiver: at most so many articles are in memory."""
_BEAT = 0.1
"""Seconds in which somebody who waits looks whether that is still wanted."""
_GRACE = 1.0
"""Seconds in which a conversation that was cut off may come to its end."""
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


class _Errand(NamedTuple):
    entry: Entry
    stamp: str
    found: Future[Found]


class Crew:
    """A few lines to the web, each with a thread of its own."""

    def __init__(self, access: Access, may_enter: bool) -> None:
        self._access = access
        self._may_enter = may_enter
        self._lines = [Http(access) for _ in range(max(access.requests_per_host, 1))]
        # Daemons: a name that is looked up for ever cannot hold up the end of the program.
        self._threads = [
            threading.Thread(target=self._work, args=(line,), name=f"manifest-{number}", daemon=True)
            for number, line in enumerate(self._lines)
        ]
        self._errands: SimpleQueue[_Errand | None] = SimpleQueue()
        self._silences: Counter[str] = Counter()
        self._resting: dict[str, float] = {}
        self._lock = threading.Lock()
        self._over = threading.Event()

    def __enter__(self) -> Crew:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Whatever is still under way is cut off, not waited for."""
        self._over.set()
        for line in self._lines:
            line.abort()
            self._errands.put(None)
        end = time.monotonic() + _GRACE
        for thread in self._threads:
            thread.join(max(end - time.monotonic(), 0.0))

    @property
    def rest(self) -> float:
        """Seconds for which some host wants to be left alone."""
        return max(self._resting.values(), default=0.0)

    def visit(self, listed: Sequence[Entry | Problem], remembered: Mapping[str, str]) -> Iterator[Found]:
        """Everything listed, in its order; what is wrong with one stops none of the others."""
        under_way: deque[Future[Found] | Found] = deque()
        for entry in listed:
            if isinstance(entry, Problem):
                under_way.append(entry)
            else:
                stamp = remembered.get(entry.item, "")
                known = entry.listed and listed_in(stamp) == entry.listed
                under_way.append(Seen(entry.item, stamp) if known else self._send_for(entry, stamp))
            if len(under_way) >= _AHEAD:
                yield self._result(under_way.popleft())
        while under_way:
            yield self._result(under_way.popleft())

    def _result(self, waiting: Future[Found] | Found) -> Found:
        while not self._access.stop.is_set():
            if not isinstance(waiting, Future):
                return waiting
            with suppress(TimeoutError):
                return waiting.result(_BEAT)
        raise PassingError(_("The visit was called off."))

    def _send_for(self, entry: Entry, stamp: str) -> Future[Found]:
        errand = _Errand(entry, stamp, Future())
        self._errands.put(errand)
        return errand.found

    def _work(self, line: Http) -> None:
        with line:
            while (errand := self._errands.get()) is not None and not self._over.is_set():
                try:
                    errand.found.set_result(self._fetch(line, errand.entry, errand.stamp))
                except Exception as error:  # for who waits
                    errand.found.set_exception(error)

    def _fetch(self, line: Http, entry: Entry, stamp: str) -> Found:
        item, url = entry.item, entry.url
        host = urlsplit(url).netloc
        limits = self._access.limits
        if host in self._resting:
            return Problem(
                item,
                None,
                _("{host} asks for fewer visits; it was not asked again.").format(host=clean_line(host)),
            )
        if self._silences[host] >= limits.silences:
            return Problem(
                item,
                None,
                _("{host} has not answered several times; it was not asked again.").format(
                    host=clean_line(host)
                ),
            )
        try:
            fetched = line.fetch(url, stamp, limit=limits.article, may_enter=self._may_enter)
        except PassingError as error:
            with self._lock:
                self._silences[host] += 1
                if error.retry_after:
                    self._resting[host] = error.retry_after
            return Problem(item, None, str(error))
        except SourceError as error:
            return Problem(item, None, str(error))
        with self._lock:
            self._silences[host] = 0
        if fetched.body is None:
            return Seen(item, _stamp(stamp, entry))
        with fetched.body as body:
            data = body.read()
        if is_html(data[:START]):
            return Problem(item, None, _("This is a web page, not a Markdown file."))
        if looks_like_archive(data[:START]):
            return Problem(
                item, None, _("This is an archive, not a Markdown file; add it as a source of its own.")
            )
        return Document(item, url, data, _stamp(fetched.stamp, entry))


def address(base: str, text: str) -> str:
    """The canonical address that a list at `base` names. Raises `SourceError` if it may not lead there."""
    try:
        target = web_address(urljoin(base, text.strip()))
    except ValueError:
        raise SourceError(_("This is not a complete web address. Tell its publisher.")) from None
    if base.startswith("https:") and not target.startswith("https:"):
        raise SourceError(
            _("{target} leads from https to plain http; it was not called. Tell its publisher.").format(
                target=shown(target)
            )
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
