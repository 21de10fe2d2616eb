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

from textual.events import Key
from textual.message import Message
from textual.message_pump import MessagePump

_PATIENCE = 2.0
"""Seconds after which a key is not waited for any more."""


class KeyDone(Message):
    """Follows a key on its way up through the widgets: where it arrives, the key has been dealt with."""


class TypedAhead:
    """The keys that wait. `hand_on` gives one to what has the focus, and tells to whom it went."""

    def __init__(
        self, hand_on: Callable[[Key], Awaitable[MessagePump]], is_ready: Callable[[], bool]
    ) -> None:
        """`is_ready` tells whether there is somebody to take the next key."""
        self._hand_on = hand_on
        self._is_ready = is_ready
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
        if self._since is None or time.monotonic() - self._since > _PATIENCE:
            await self._next()

    async def done(self, again: Callable[[], None]) -> None:
        """The key has been dealt with. Where what it opened is not there yet, `again` is called to ask later."""
        if self._since is None:
            return
        if (self._holding or not self._is_ready()) and time.monotonic() - self._since < _PATIENCE:
            again()
        else:
            await self._next()

    async def _next(self) -> None:
        self._since = None
        while self._waiting and self._since is None:
            self._since = time.monotonic()
            receiver = await self._hand_on(self._waiting.popleft())
            if not receiver.post_message(KeyDone()):  # it is about to go
                self._since = None
