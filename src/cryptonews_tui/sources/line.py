"""A line to the web: the client with its connections, who is at the other end of them, and how to cut them all.

Proxies and certificates are those of the environment: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY, SSL_CERT_FILE,
SSL_CERT_DIR. HTTP/2 is spoken where h2 is installed; one line holds one conversation, whatever the protocol, so
that cutting a line ends no other.
"""

from __future__ import annotations

import importlib.util
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cryptonews_tui import __version__
from cryptonews_tui.safety import clean_line
from cryptonews_tui.sources import SourceError
from cryptonews_tui.sources.addresses import is_inside, shown
from cryptonews_tui.sources.decoding import ACCEPTED
from cryptonews_tui.sources.limits import Limits

if TYPE_CHECKING:
    import httpx

_HEADERS = {
    "User-Agent": f"cryptonews-tui/{__version__}",
    "Accept": "text/markdown, application/json;q=0.9, */*;q=0.8",
    "Accept-Encoding": ACCEPTED,
}


class Line:
    """One conversation at a time, connections kept in between. Close it after use."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._client = _client(limits)
        self._sockets: list[socket.socket] = []
        self._inside: set[str] = set()
        self._unread = False

    def close(self) -> None:
        self._client.close()

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
            if self._unread:
                self._start_over()

    def hang_up(self) -> None:
        """Cut every connection, from any thread: whoever reads from one hears of it at once."""
        for known in self._sockets:
            try:
                # The base class: an SSLSocket would tear down its state under the thread that reads.
                socket.socket.shutdown(known, socket.SHUT_RDWR)
            except OSError:
                continue

    def leads_inside(self, url: str) -> bool:
        """Whether the last call to this host went to this computer or a private network, as far as it is known."""
        return is_inside(_host(url)) or urlsplit(url).netloc in self._inside

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


def _led_inside(url: str) -> SourceError:
    return SourceError(
        f"A public address leads to {shown(url)}, which is private; it was not called. Tell its publisher."
    )


def _client(limits: Limits) -> httpx.Client:
    import httpx

    timeout = httpx.Timeout(limits.read, connect=limits.connect)
    try:
        return httpx.Client(
            headers=_HEADERS,
            timeout=timeout,
            verify=tls(),
            http2=importlib.util.find_spec("h2") is not None,
            event_hooks={"response": [_set_location_aside]},
        )
    except (ImportError, ValueError, OSError, httpx.InvalidURL) as error:
        raise SourceError(
            f"The web cannot be reached with these settings ({clean_line(str(error), 200)}). "
            "Check HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and SSL_CERT_FILE."
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
