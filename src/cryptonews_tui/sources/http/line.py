"""A line to the web: the client with its connections, who is at the other end of them, and how to cut them all.

Proxies and certificates are those of the environment: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY, SSL_CERT_FILE,
SSL_CERT_DIR. HTTP/2 is spoken where h2 is installed; one line holds one conversation, whatever the protocol, so
that cutting a line ends no other.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cryptonews_tui import __version__
from cryptonews_tui.safety import clean_line
from cryptonews_tui.sources import SourceError
from cryptonews_tui.sources.http.addresses import is_inside, shown
from cryptonews_tui.sources.http.decoding import ACCEPTED
from cryptonews_tui.sources.limits import Limits
from cryptonews_tui.translation import _

if TYPE_CHECKING:
    import socket
    import ssl

    import httpx

_HEADERS = {
    "User-Agent": f"cryptonews-tui/{__version__}",
    "Accept": "text/markdown, application/json;q=0.9, */*;q=0.8",
    "Accept-Encoding": ACCEPTED,
}


_IDLE_LINES = 16


class Line:
    """One conversation at a time, connections kept in between. Close it after use."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._client = _client(limits)
        self._sockets: list[socket.socket] = []
        self._calling: socket.socket | None = None
        """A second hold on the connection being made: during the TLS handshake the first one is nobody's."""
        self._inside: set[str] = set()
        self._unread = False

    def close(self) -> None:
        self._client.close()

    def forget(self) -> None:
        """No visit is known by what a server gave another one."""
        self._client.cookies.clear()

    @contextmanager
    def get(
        self, url: str, headers: Mapping[str, str], *, may_enter: bool, ended: Callable[[], bool]
    ) -> Iterator[httpx.Response]:
        """The answer to one request, before its body is read. Raises `SourceError` for where it may not go."""
        if self.leads_inside(url) and not may_enter:
            raise _led_inside(url)
        extensions = {"trace": self._watch(url, may_enter, ended)}
        try:
            with self._client.stream("GET", url, headers=headers, extensions=extensions) as response:
                yield response
        finally:
            self._let_go()
            if self._unread:
                self._start_over()

    def hang_up(self) -> None:
        """Cut every connection, from any thread: whoever reads from one hears of it at once."""
        from socket import SHUT_RDWR, socket

        for known in (*self._sockets, self._calling):
            try:
                # The base class: an SSLSocket would tear down its state under the thread that reads.
                if known is not None:
                    socket.shutdown(known, SHUT_RDWR)
            except OSError:
                continue

    def leads_inside(self, url: str) -> bool:
        """Whether the last call to this host went to this computer or a private network, as far as it is known."""
        return is_inside(_host(url)) or urlsplit(url).netloc in self._inside

    def _let_go(self) -> None:
        if self._calling is not None:
            self._calling.close()

    def _start_over(self) -> None:
        """What is left of a body that nobody reads stays in an HTTP/2 connection, until there is room for no other."""
        self._unread = False
        self._client.close()
        self._client = _client(self._limits)

    def _watch(
        self, url: str, may_enter: bool, ended: Callable[[], bool]
    ) -> Callable[[str, Mapping[str, Any]], None]:
        """Sees every new connection before anything is said on it: where it went, and how to cut it.

        Host names are only names: what counts is the address that was called, unless a proxy calls for us.
        """
        place, host = urlsplit(url).netloc, _host(url)
        direct = True

        def watch(event: str, info: Mapping[str, Any]) -> None:
            nonlocal direct
            if event == "http2.receive_response_headers.complete":
                self._unread = info["return_value"][0] != 304
            if event == "http2.receive_response_body.complete":
                self._unread = False
            if event.endswith(".connect_tcp.started"):
                direct = info["host"] == host
            if not event.endswith((".connect_tcp.complete", ".start_tls.complete")):
                return
            stream = info["return_value"]
            kept = [known for known in self._sockets if known.fileno() >= 0]
            self._sockets = [*kept, stream.get_extra_info("socket")]
            self._let_go()
            if event.endswith(".connect_tcp.complete"):
                self._calling = self._sockets[-1].dup()
            if event.endswith(".connect_tcp.complete") and direct:
                self._inside.discard(place)
                if is_inside(str(stream.get_extra_info("server_addr")[0])):
                    self._inside.add(place)
                    if not may_enter:
                        stream.close()
                        raise _led_inside(url)
            if ended():
                stream.close()
                raise ConnectionAbortedError

        return watch


class Lines:
    """What visits leave for the next one to the same host: a connection takes longer to make than most answers.

    Lines are kept between `with` and its end only; whoever shares them among visits says so by it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[tuple[str, Limits, Line]] = []
        self._kept = 0

    def __enter__(self) -> Lines:
        self._kept = _IDLE_LINES
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._kept = 0
            idle, self._idle = self._idle, []
        for _place, _limits, line in idle:
            line.close()

    def take(self, place: str, limits: Limits) -> Line:
        """The line that was at this host last, or a new one."""
        with self._lock:
            for number, (was_at, within, line) in enumerate(self._idle):
                if (was_at, within) == (place, limits):
                    del self._idle[number]
                    return line
        return Line(limits)

    def give_back(self, place: str, limits: Limits, line: Line) -> None:
        """Keep a line that is in order, or close it, or the one that has waited longest."""
        line.forget()
        with self._lock:
            self._idle.append((place, limits, line))
            surplus = self._idle[: max(len(self._idle) - self._kept, 0)]
            del self._idle[: len(surplus)]
        for _place, _limits, spare in surplus:
            spare.close()


def _led_inside(url: str) -> SourceError:
    return SourceError(
        _("A public address leads to {url}, which is private; it was not called. Tell its publisher.").format(
            url=shown(url)
        )
    )


def _client(limits: Limits) -> httpx.Client:
    from importlib.util import find_spec

    import httpx

    timeout = httpx.Timeout(limits.read, connect=limits.connect)
    try:
        return httpx.Client(
            headers=_HEADERS,
            timeout=timeout,
            verify=tls(),
            http2=find_spec("h2") is not None,
            event_hooks={"response": [_set_location_aside]},
        )
    except (ImportError, ValueError, OSError, httpx.InvalidURL) as error:
        raise SourceError(
            _(
                "The web cannot be reached with these settings ({error}). Check HTTP_PROXY, HTTPS_PROXY, "
                "ALL_PROXY and SSL_CERT_FILE."
            ).format(error=clean_line(str(error), 200))
        ) from error


def _set_location_aside(response: httpx.Response) -> None:
    """httpx would parse a redirect even if it does not follow it, and choke on what we judge ourselves."""
    response.extensions["location"] = response.headers.pop("location", "")


@cache
def tls() -> ssl.SSLContext:
    """Loading the certificates takes 20 ms: once for all lines."""
    import httpx

    return httpx.create_ssl_context()


def _host(url: str) -> str:
    import httpx

    return httpx.URL(url).raw_host.decode("ascii")
