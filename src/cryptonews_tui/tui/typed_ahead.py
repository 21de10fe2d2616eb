"""Keys that come in one piece, as over a slow link, handed on one by one.

Textual hands every key to what has the focus when it arrives; of `/fog` in one piece the letters would be commands
of the pane, because the line that `/` opens is not there yet. So a key waits until the one before has been
dealt with, and what it opened has the focus.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial

from textual.events import Key
from textual.message import Message
from textual.message_pump import MessagePump

PATIENCE = 1.0
"""Seconds after which a key is not waited for any more."""
_AGAIN = 0.005


class KeyDone(Message):
    """Follows a key on its way up through the widgets: where it arrives, the key has been dealt with."""


class TypedAhead:
    """The keys that wait.

    `hand_on` gives one to what has the focus, and tells to whom it went. `is_ready` tells whether there is somebody to
    take the next one. `later` calls something after so many seconds.
    """

    def __init__(
        self,
        hand_on: Callable[[Key], Awaitable[MessagePump]],
        is_ready: Callable[[], bool],
        later: Callable[[float, Callable[[], Awaitable[None]]], object],
    ) -> None:
        self._hand_on = hand_on
        self._is_ready = is_ready
        self._later = later
        self._waiting: deque[Key] = deque()
        self._since: float | None = None
        """When the key that is being dealt with was handed on."""
        self._holding = 0

    @property
    def idle(self) -> bool:
        """Whether every key has been dealt with."""
        return self._since is None and not self._waiting

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Let keys wait while something is opened that will take them."""
        self._holding += 1
        try:
            yield
        finally:
            self._holding -= 1

    async def take(self, key: Key) -> None:
        """Hand a key on now, or when it is its turn."""
        self._waiting.append(key)
        if self._since is None:
            await self._next()
        elif len(self._waiting) == 1:
            self._watch(self._since)

    async def done(self) -> None:
        """The key has been dealt with; the next one has its turn once what this one opened is there."""
        if self._since is None:
            return
        if (self._holding or not self._is_ready()) and time.monotonic() - self._since < PATIENCE:
            self._later(_AGAIN, self.done)
        else:
            await self._next()

    async def _next(self) -> None:
        self._since = None
        while self._waiting and self._since is None:
            since = self._since = time.monotonic()
            receiver = await self._hand_on(self._waiting.popleft())
            if not receiver.post_message(KeyDone()):  # it is about to go
                self._since = None
            elif self._waiting:
                self._watch(since)

    def _watch(self, since: float) -> None:
        self._later(PATIENCE, partial(self._give_up, since))

    async def _give_up(self, since: float) -> None:
        """What took the key has gone without a word."""
        if self._since == since:
            await self._next()
