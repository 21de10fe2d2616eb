"""Questions that take time are prepared in a thread, so that no key waits for the answer to an older one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for

from cryptonews_tui.library import Interrupted, Library
from cryptonews_tui.query import Query

PATIENCE = 0.02
"""Seconds to wait for an answer: one that is there soon is on the screen in one frame, with its counts."""


class Asker:
    """Calls back when the library can answer a query at once. A newer question ends the search for an older one."""

    def __init__(self, library: Library, post: Callable[[Callable[[], None]], None]) -> None:
        """`post` runs something where the screen lives; it is called from a thread."""
        self._library = library
        self._post = post
        self._thread: ThreadPoolExecutor | None = None
        self._asked: Future[None] | None = None
        self._then: Callable[[], None] = lambda: None

    @property
    def busy(self) -> bool:
        """Whether somebody waits for an answer."""
        return self._asked is not None

    def ask(self, query: Query, then: Callable[[], None]) -> None:
        """Call `then` once the library is ready for `query`: now if it can be; never if a newer one is asked."""
        self.stop()
        if self._library.ready(query):
            then()
            return
        self._then = then
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, "asking")
        self._asked = asked = self._thread.submit(self._library.get_ready, query)
        done, _ = wait_for([asked], PATIENCE)
        if done:
            self._answered(asked)
        else:
            asked.add_done_callback(lambda future: self._post(lambda: self._answered(future)))

    def stop(self) -> None:
        """Nobody wants to know any more what was asked last."""
        if self._asked is not None:
            self._asked.cancel()
            self._library.interrupt()
            self._asked = None

    def close(self) -> None:
        """End the thread, at once."""
        self.stop()
        if self._thread is not None:
            self._thread.shutdown(cancel_futures=True)

    def _answered(self, asked: Future[None]) -> None:
        if asked is not self._asked:
            return  # somebody asks something else by now
        self._asked = None
        if not asked.cancelled() and not isinstance(asked.exception(), Interrupted):
            self._then()  # what went wrong, if anything, goes wrong there as well, and is said
