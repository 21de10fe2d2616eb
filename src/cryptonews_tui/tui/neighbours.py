"""The stories nearest to the one that is shown, looked up in a thread while it is read."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from cryptonews_tui.library import DatabaseError, Headline, Interrupted, Library


class Neighbours:
    """Tells what is near a story. Asking for another one ends the search."""

    def __init__(
        self,
        library: Library,
        post: Callable[[Callable[[], None]], None],
        tell: Callable[[str, list[Headline]], None],
    ) -> None:
        """`post` runs something where the screen lives; `tell` hears of a story and what is near it."""
        self._library = library
        self._post = post
        self._tell = tell
        self._thread: ThreadPoolExecutor | None = None
        self._asked: Future[list[Headline]] | None = None

    @property
    def busy(self) -> bool:
        """Whether something is being looked up."""
        return self._asked is not None

    def ask(self, story: str, lang: str) -> None:
        """Look up what is near this version of a story."""
        self.stop()
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, "neighbours")
        self._asked = asked = self._thread.submit(self._library.related, story, lang)
        asked.add_done_callback(lambda future: self._post(lambda: self._answered(story, future)))

    def stop(self) -> None:
        """Nobody wants to know any more."""
        if self._asked is not None:
            self._asked.cancel()
            self._library.interrupt_related()
            self._asked = None

    def close(self) -> None:
        """End the thread, at once."""
        self.stop()
        if self._thread is not None:
            self._thread.shutdown(cancel_futures=True)

    def _answered(self, story: str, asked: Future[list[Headline]]) -> None:
        if asked is not self._asked:
            return
        self._asked = None
        if not asked.cancelled():
            failure = asked.exception()
            if failure is None:
                self._tell(story, asked.result())
            elif not isinstance(failure, Interrupted | DatabaseError):  # an article can be read without
                raise failure
