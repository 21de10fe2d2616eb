"""The one HTTP client: bounded in time and size, conditional where it can be, and not to be led astray.

httpx is imported when the first remote location is read, not before: readers of local files pay nothing.
"""

from __future__ import annotations

import logging
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import IO, TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from cryptonews_tui.sources import SourceError
from cryptonews_tui.sources.access import Access
from cryptonews_tui.sources.http.addresses import next_address, shown
from cryptonews_tui.sources.http.decoding import PIECE, decoder
from cryptonews_tui.sources.http.faults import NoAnswerError, line_error, on_the_line, status_error
from cryptonews_tui.sources.http.freshness import conditions, fresh
from cryptonews_tui.sources.http.freshness import stamp as stamp_of
from cryptonews_tui.sources.http.hosts import wait
from cryptonews_tui.sources.http.line import Line
from cryptonews_tui.sources.limits import MIB, in_words
from cryptonews_tui.translation import _
from cryptonews_tui.wording import decimal

if TYPE_CHECKING:
    import httpx
    from tenacity import RetryCallState, Retrying


_REDIRECTS = (301, 302, 303, 307, 308)
_FOR_GOOD = (301, 308)
_log = logging.getLogger("cryptonews_tui.sources")


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer. `body` is a file at its beginning, for the receiver to close; `None` says: not changed."""

    url: str
    """Where it was in the end, behind all redirects."""
    stamp: str
    media_type: str
    inside: bool
    """Whether it came from this computer or the network around it."""
    body: IO[bytes] | None
    moved: str = ""
    """Where it was in the end, if it has moved there for good (301, 308 all the way)."""
    fresh: float = 0.0
    """Seconds for which the server says that it stays as it is."""


class _Lead(NamedTuple):
    """Where an answer sends us, and whether it is to be so from now on."""

    url: str
    for_good: bool
    inside: bool


@dataclass(slots=True)
class _Errand:
    """One thing to fetch, and what is left for it: the time of all its requests counts, not that of waiting."""

    url: str
    stamp: str
    limit: int
    may_enter: bool
    seconds: float
    attempt: int = 0
    late: bool = False
    status: int = 0
    received: int = 0


class Http:
    """One line to the web: one conversation at a time, connections kept in between. Close it after use."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._limits = access.limits
        self._aborted = threading.Event()
        self._lock = threading.Lock()
        self._line: Line | None = None
        self._place = ""

    def __enter__(self) -> Http:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        with self._lock:
            line, self._line = self._line, None
        if line is not None and self._aborted.is_set():
            line.close()
        elif line is not None:
            self._access.lines.give_back(self._place, self._limits, line)

    def abort(self) -> None:
        """End the conversation from another thread: it fails at once, and so does every later one."""
        self._aborted.set()
        with self._lock:  # once it is given back, the line is another's
            if self._line is not None:
                self._line.hang_up()

    def fetch(self, url: str, stamp: str = "", *, limit: int, may_enter: bool = True) -> Fetched:
        """What is at `url`, at most `limit` bytes, unless it is still the same that `stamp` tells of.

        `may_enter` allows this computer and the network around it, where no public address may lead. What is
        passing is asked for again, within the same time. Raises `SourceError`, as `NoAnswerError` when nobody
        answered.
        """
        errand = _Errand(url, stamp, limit, may_enter, self._limits.whole)
        return self._attempts(errand)(self._attempt, errand)

    def _attempts(self, errand: _Errand) -> Retrying:
        """Once more, after a pause, if that may help: `faults` has the table."""
        import tenacity

        limits = self._limits
        backoff = tenacity.wait_exponential(limits.pause, limits.patience) + tenacity.wait_random(
            0, limits.pause
        )

        def is_worth_it(state: RetryCallState) -> bool:
            error = _error(state)
            if error is None or not error.passing or self._ended(errand):
                return False
            if isinstance(error, NoAnswerError):
                waited = limits.whole - errand.seconds >= limits.connect  # such as for a name server
                host = urlsplit(errand.url).netloc
                return errand.attempt == 1 and not waited and self._access.hosts.second_chance(host)
            return (error.retry_after or 0.0) <= limits.patience

        def pause(state: RetryCallState) -> float:
            error = _error(state)
            return max(backoff(state), (error and error.retry_after) or 0.0)

        def sleep(seconds: float) -> None:
            wait(seconds, self._aborted, self._access.stop)

        return tenacity.Retrying(
            stop=tenacity.stop_after_attempt(limits.attempts),
            wait=pause,
            retry=is_worth_it,
            sleep=sleep,
            reraise=True,
        )

    def _attempt(self, errand: _Errand) -> Fetched:
        """Along all redirects to the thing itself."""
        errand.attempt += 1
        url, may_enter, for_good = errand.url, errand.may_enter, True
        visited = [url]
        while isinstance(answer := self._ask(url, errand, may_enter), _Lead):
            may_enter = may_enter and answer.inside
            for_good = for_good and answer.for_good
            url = answer.url
            if url in visited:
                raise SourceError(
                    _("{visited} leads in a circle back to {url}. Tell its publisher.").format(
                        visited=shown(visited[0]), url=shown(url)
                    )
                )
            if len(visited) > self._limits.redirects:
                raise SourceError(
                    _(
                        "{visited} sent us on more than {redirects} times. Ask its publisher for the final address."
                    ).format(visited=shown(visited[0]), redirects=self._limits.redirects)
                )
            visited.append(url)
        return replace(answer, moved=url) if for_good and len(visited) > 1 else answer

    def _ask(self, url: str, errand: _Errand, may_enter: bool) -> Fetched | _Lead:
        """One request, when it is this host's turn, and one line in the log."""
        access = self._access
        headers = conditions(errand.stamp)
        if urlsplit(url)[:2] == urlsplit(errand.url)[:2]:  # no secret goes along to another place
            headers |= access.secrets.headers(url, access.stop)
        place = urlsplit(url).netloc
        stops = (access.stop, self._aborted)
        with access.hosts.turn(place, access.requests_per_host, access.hosts_at_once, *stops) as mine:
            if not mine:
                raise self._called_off(url)
            start = time.monotonic()
            errand.status = errand.received = 0
            outcome = "failed"
            try:
                line = self._line_to(place)
                with self._bounded(errand, line):
                    answer = self._converse(line, url, headers, errand, may_enter)
                outcome = _outcome(answer)
                return answer
            except on_the_line() as error:
                raise self._explained(error, url, errand) from error
            finally:
                seconds = time.monotonic() - start
                _log.debug(
                    "GET %s status=%d bytes=%d seconds=%.3f %s attempt=%d",
                    *(shown(url), errand.status, errand.received, seconds, outcome, errand.attempt),
                )

    def _line_to(self, place: str) -> Line:
        with self._lock:
            if self._line is None:
                self._line = self._access.lines.take(place, self._limits)
                self._place = place
            return self._line

    def _converse(
        self, line: Line, url: str, headers: Mapping[str, str], errand: _Errand, may_enter: bool
    ) -> Fetched | _Lead:
        ended = partial(self._ended, errand)
        with line.get(url, headers, may_enter=may_enter, ended=ended) as response:
            errand.status = response.status_code
            inside = line.leads_inside(url)
            if response.status_code == 304 and errand.stamp:
                return Fetched(url, errand.stamp, "", inside, None, fresh=fresh(response.headers))
            if response.status_code in (200, 203):
                body = self._body(response, url, errand)
                media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
                stamp = stamp_of(response.headers)
                return Fetched(url, stamp, media_type, inside, body, fresh=fresh(response.headers))
            if response.status_code in _REDIRECTS:
                next_url = next_address(url, response.extensions["location"])
                return _Lead(next_url, response.status_code in _FOR_GOOD, inside)
            raise status_error(response.status_code, response.headers, url)

    def _body(self, response: httpx.Response, url: str, errand: _Errand) -> IO[bytes]:
        """What the answer holds, in memory or, when it is long, in a file that has no name."""
        limit = errand.limit
        too_large = SourceError(
            _("{url} is larger than {size}; it was not read. Check the address.").format(
                url=shown(url), size=in_words(limit)
            )
        )
        encoding = response.headers.get("content-encoding", "").strip().lower()
        decode = decoder(encoding)
        if decode is None:
            raise SourceError(
                _("{url} came in an encoding that we did not ask for. Tell its publisher.").format(
                    url=shown(url)
                )
            )
        length = response.headers.get("content-length", "")[:20]
        if encoding in ("", "identity") and length.isdecimal() and int(length) > limit:
            raise too_large
        body = tempfile.SpooledTemporaryFile(max_size=2 * MIB)  # noqa: SIM115 - the receiver closes it
        try:
            size = 0
            for chunk in decode(self._counted(response, errand)):
                size += len(chunk)
                if size > limit:
                    raise too_large
                body.write(chunk)
            body.seek(0)
        except BaseException:
            body.close()
            raise
        return body

    def _counted(self, response: httpx.Response, errand: _Errand) -> Iterator[bytes]:
        for chunk in response.iter_raw(PIECE):
            errand.received += len(chunk)
            self._access.count_bytes(len(chunk))
            yield chunk

    @contextmanager
    def _bounded(self, errand: _Errand, line: Line) -> Iterator[None]:
        """What is inside ends when the errand's time is over, or the visit is called off."""
        done = threading.Event()

        def guard() -> None:
            ended = wait(errand.seconds, done, self._access.stop)
            if not done.is_set():
                errand.late = not ended
                line.hang_up()

        guarding = threading.Thread(target=guard, daemon=True)
        start = time.monotonic()
        guarding.start()
        try:
            yield
        finally:
            done.set()
            guarding.join()
            errand.seconds = max(errand.seconds - (time.monotonic() - start), 0.0)

    def _ended(self, errand: _Errand | None = None) -> bool:
        late = errand is not None and errand.late
        return self._aborted.is_set() or self._access.stop.is_set() or late

    def _explained(self, error: Exception, url: str, errand: _Errand) -> SourceError:
        if self._ended():
            return self._called_off(url)
        if errand.late:
            return NoAnswerError(
                _("{url} was not complete after {seconds} seconds. Try again later.").format(
                    url=shown(url), seconds=decimal(self._limits.whole)
                )
            )
        return line_error(error, url, self._limits)

    def _called_off(self, url: str) -> SourceError:
        return NoAnswerError(
            _("The visit to {url} was called off. Start it again when you like.").format(url=shown(url))
        )


def _outcome(answer: Fetched | _Lead) -> str:
    if isinstance(answer, _Lead):
        return "redirect"
    return "unchanged" if answer.body is None else "body"


def _error(state: RetryCallState) -> SourceError | None:
    error = state.outcome.exception() if state.outcome is not None else None
    return error if isinstance(error, SourceError) else None
