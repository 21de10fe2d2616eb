"""A link between two ports of the loopback that is slow, and loses packets: what TCP makes of that, later bytes."""

from __future__ import annotations

import random
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_PACKET = 1_400


@dataclass
class _Way:
    """One direction of a connection: what was read, and when it may be written."""

    source: socket.socket
    target: socket.socket
    waiting: deque[tuple[float, bytes]] = field(default_factory=deque)


@contextmanager
def slow_link(port: int, *, delay: float, loss: float, seconds: float = 60) -> Iterator[int]:
    """A port that leads to `port`; `delay` in seconds for the way there and back, `loss` as a share of packets.

    A lost packet comes after a timeout of twice the delay, and holds up what is behind it.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()
    chance = random.Random(7)
    until = time.monotonic() + seconds

    def carry(client: socket.socket) -> None:
        server = socket.create_connection(("127.0.0.1", port), 5)
        ways = (_Way(client, server), _Way(server, client))
        with client, server, selectors.DefaultSelector() as selector:
            for way in ways:
                selector.register(way.source, selectors.EVENT_READ, way)
            open_ways = len(ways)
            while open_ways and not stop.is_set() and time.monotonic() < until:
                for key, _ in selector.select(0.005):
                    way = key.data
                    data = way.source.recv(65536)
                    now = time.monotonic()
                    for start in range(0, len(data), _PACKET) or (0,):
                        due = now + delay / 2 + (2 * delay if chance.random() < loss else 0)
                        due = max(due, way.waiting[-1][0]) if way.waiting else due
                        way.waiting.append((due, data[start : start + _PACKET]))
                    if not data:
                        selector.unregister(way.source)
                for way in ways:
                    while way.waiting and way.waiting[0][0] <= time.monotonic():
                        data = way.waiting.popleft()[1]
                        if data:
                            way.target.sendall(data)
                        else:
                            way.target.shutdown(socket.SHUT_WR)
                            open_ways -= 1

    def serve() -> None:
        with listener:
            listener.settimeout(0.1)
            carriers: list[threading.Thread] = []
            while not stop.is_set() and time.monotonic() < until:
                try:
                    client, _ = listener.accept()
                except TimeoutError:
                    continue
                carriers.append(threading.Thread(target=_quietly, args=(carry, client), daemon=True))
                carriers[-1].start()
            for carrier in carriers:
                carrier.join(5)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        stop.set()
        thread.join(10)


def _quietly(carry: object, client: socket.socket) -> None:
    try:
        carry(client)  # type: ignore[operator]
    except OSError:  # one end has hung up: so does the link
        client.close()
