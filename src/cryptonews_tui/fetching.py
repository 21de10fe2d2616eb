"""Several sources asked at once, what they find given out one thing after the other.

Sources on this computer are read where the caller is; each host of the others gets a thread, and its sources one
after the other, so that nobody is asked for more than was agreed.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from queue import Empty, Full, Queue

from cryptonews_tui.library import DatabaseError
from cryptonews_tui.sources import Found, Source, SourceError, host_of
from cryptonews_tui.sources.access import Access
from cryptonews_tui.sources.http.addresses import shown
from cryptonews_tui.translation import _

log = logging.getLogger(__name__)

WAITING = 64
"""Things that were found and wait for the receiver: at most so many articles are in memory."""
BEAT = 0.1
"""Seconds in which somebody who waits looks whether that is still wanted."""
_GRACE = 0.3
"""Seconds in which visits that are called off may tidy up: a program that one has started is ended by it alone."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A source is being asked."""


@dataclass(frozen=True, slots=True)
class Over:
    """A visit has come to its end, or to a bad one."""

    error: SourceError | DatabaseError | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A source to be visited, and what is remembered of it."""

    number: int
    source: Source
    stamps: Mapping[str, str]


Step = tuple[int, Found | Begun | Over] | None
"""Whose visit, and what was found; None: nothing has come for a moment."""


class Fetching:
    """Visits to sources, one step after the other; jobs can be added while they go on.

    Close it after use: before the end that calls off what is under way, and sets `access.stop`.
    """

    def __init__(self, access: Access) -> None:
        self._access = access
        self._at_home: deque[Job] = deque()
        self._abroad = _Abroad(access)

    def add(self, job: Job) -> None:
        """Visit this source, too."""
        if host_of(job.source.location):
            self._abroad.add(job)
        else:
            self._at_home.append(job)

    def steps(self) -> Generator[Step]:
        """What is found, until there is no job left. Once `access.stop` is set it ends soon, and leaves visits
        without an `Over`.
        """
        while not self._access.stop.is_set():
            if self._at_home:
                yield from self._stay_at_home(self._at_home.popleft())
            elif self._abroad.left:
                yield self._abroad.step()
            else:
                return

    def close(self) -> None:
        self._abroad.close()

    def _stay_at_home(self, job: Job) -> Iterator[Step]:
        with closing(fetch_one(job)) as visit:
            for found in visit:
                if self._access.stop.is_set():
                    return
                yield job.number, found


def fetch_one(job: Job) -> Generator[Found | Begun | Over]:
    """What a source holds, and how that ended."""
    yield Begun()
    try:
        with closing(job.source.documents(job.stamps)) as found:
            yield from found
    except (SourceError, DatabaseError) as error:  # the latter from what is remembered
        yield Over(error)
    except Exception:
        # One source that we cannot cope with must not stop the others.
        log.exception("%s", shown(job.source.location))
        yield Over(
            SourceError(
                _(
                    "{location} could not be read because of a mistake in this program. The log tells more; "
                    "`cryptonews paths` says where it is."
                ).format(location=shown(job.source.location))
            )
        )
    else:
        yield Over()


class _Abroad:
    """Threads that visit sources elsewhere, as many hosts at once as are allowed."""

    def __init__(self, access: Access) -> None:
        self.left = 0
        """How many visits are not over."""
        self._access = access
        self._found: Queue[tuple[int, Found | Begun | Over]] = Queue(WAITING)
        self._waiting: dict[str, deque[Job]] = {}
        self._visited: Counter[str] = Counter()
        """How many visits to a host are going on."""
        self._threads: list[threading.Thread] = []
        self._changed = threading.Condition()
        self._closed = False

    def add(self, job: Job) -> None:
        self.left += 1
        with self._changed:
            self._waiting.setdefault(host_of(job.source.location), deque()).append(job)
            self._changed.notify_all()
            if len(self._threads) < self._access.hosts_at_once * self._access.requests_per_host:
                # Daemons: no address that does not answer can hold up the end of the program.
                thread = threading.Thread(target=self._work, name="source", daemon=True)
                self._threads.append(thread)
                thread.start()

    def close(self) -> None:
        if self.left:
            self._access.stop.set()
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        end = time.monotonic() + _GRACE
        for thread in [*self._threads]:
            thread.join(max(end - time.monotonic(), 0.0))

    def step(self) -> Step:
        try:
            number, found = self._found.get(timeout=BEAT)
        except Empty:
            return None
        self.left -= isinstance(found, Over)
        return number, found

    def _work(self) -> None:
        while (taken := self._next()) is not None:
            host, job = taken
            try:
                with closing(fetch_one(job)) as visit:
                    for found in visit:
                        if not self._hand_over(job.number, found):
                            return
            finally:
                with self._changed:
                    self._visited[host] -= 1
                    self._changed.notify_all()

    def _next(self) -> tuple[str, Job] | None:
        """The next source of a host that may be asked; waits for one, and None when there is none left."""
        with self._changed:
            while not self._is_over() and self._waiting:
                for host, jobs in self._waiting.items():
                    known = self._visited[host] > 0
                    hosts = sum(count > 0 for count in self._visited.values())
                    if self._visited[host] < self._access.requests_per_host and (
                        known or hosts < self._access.hosts_at_once
                    ):
                        self._visited[host] += 1
                        job = jobs.popleft()
                        del self._waiting[host]
                        if jobs:
                            self._waiting[host] = jobs  # behind the others
                        return host, job
                self._changed.wait(BEAT)
            self._threads.remove(threading.current_thread())
            return None

    def _hand_over(self, number: int, found: Found | Begun | Over) -> bool:
        while not self._is_over():
            try:
                self._found.put((number, found), timeout=BEAT)
            except Full:
                continue
            return True
        return False

    def _is_over(self) -> bool:
        return self._closed or self._access.stop.is_set()
