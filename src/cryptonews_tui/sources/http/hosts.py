"""Politeness: how many hosts are asked at once, how many requests one of them gets, and who gets a second chance."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

_GLANCE = 0.05
"""Seconds between two looks at the events of others: nobody notices such a delay."""


class Hosts:
    """What all visits of one refresh know of the hosts they share."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._asked: Counter[str] = Counter()
        self._silent: set[str] = set()

    @contextmanager
    def turn(self, host: str, each: int, at_once: int, *stops: threading.Event) -> Iterator[bool]:
        """Hold one of the `each` turns of a host, among `at_once` hosts. False: one of the events came first."""
        mine = False
        with self._changed:
            while not any(stop.is_set() for stop in stops):
                busy = self._asked[host]
                if busy < each and (busy or len(self._asked) < at_once):
                    self._asked[host] += 1
                    mine = True
                    break
                self._changed.wait(_GLANCE)
        try:
            yield mine
        finally:
            if mine:
                with self._changed:
                    self._asked[host] -= 1
                    if not self._asked[host]:
                        del self._asked[host]
                    self._changed.notify_all()

    def second_chance(self, host: str) -> bool:
        """Whether a host that did not answer is asked once more: only one visit of all finds out."""
        with self._changed:
            first = host not in self._silent
            self._silent.add(host)
        return first


def wait(seconds: float, *events: threading.Event) -> bool:
    """Whether one of the events came within so many seconds."""
    first, *others = events
    if not others:
        return first.wait(seconds)
    while seconds > 0 and not any(event.is_set() for event in others):
        if first.wait(min(seconds, _GLANCE)):
            return True
        seconds -= _GLANCE
    return any(event.is_set() for event in events)
