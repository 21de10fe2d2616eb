"""The one HTTP client: bounded in time and size, conditional where it can be, and not to be led astray.

httpx is imported when the first remote location is read, not before: readers of local files pay nothing.
"""

from __future__ import annotations

import ipaddress
import json
import re
import socket
import ssl
import tempfile
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from cryptonews_tui import __version__
from cryptonews_tui.safety import clean, clean_line
from cryptonews_tui.sources import SourceError
from cryptonews_tui.sources.access import Access
from cryptonews_tui.sources.limits import MIB, Limits, in_words

if TYPE_CHECKING:
    import httpx

_CHUNK = 64 * 1024
_REDIRECTS = (301, 302, 303, 307, 308)
_VALIDATOR_LIMIT = 512
_URL_LIMIT = 4096
_DEFAULT_PORTS = {"http": 80, "https": 443}
_HEADERS = {
    "User-Agent": f"cryptonews-tui/{__version__}",
    "Accept": "text/markdown, application/json;q=0.9, */*;q=0.8",
    "Accept-Encoding": "gzip",  # the one encoding that we unpack ourselves, within bounds
}


class NoAnswerError(SourceError):
    """Nobody answered, or not in time: asking again soon is of no use."""


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


def web_address(text: str) -> str:
    """The http(s) URL in its canonical form: scheme and host in lower case, no default port, no fragment.

    Raises `SourceError` for anything else. A password in it is refused and not repeated.
    """
    url = text.strip()
    shown = "This address" if "@" in url else clean_line(url, 300)
    if len(url) > _URL_LIMIT or clean(url) != url:
        raise SourceError(f"{shown} is too long or has characters that no address has. Check the address.")
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme.lower(), (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise SourceError(
            f"{shown} is not a complete web address. Write it like https://host/path."
        ) from None
    if scheme not in _DEFAULT_PORTS:
        raise SourceError(
            f"{shown} does not begin with http:// or https://; nothing else is read from the web."
        )
    if "@" in parts.netloc:
        raise SourceError(
            f"Leave the user name and password out of {scheme}://{clean_line(host)}: they are not supported."
        )
    if not host or re.search(r"[\s/\\%<>\"^`{|}]", host):
        raise SourceError(f"{shown} is not a complete web address. Write it like https://host/path.")
    netloc = f"[{host}]" if ":" in host else host
    if port is not None and port != _DEFAULT_PORTS[scheme]:
        netloc += f":{port}"
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~?")
    return urlunsplit((scheme, netloc, path, query, ""))


class Http:
    """One line to the web: one conversation at a time, connections kept in between. Close it after use."""

    def __init__(self, access: Access) -> None:
        self._limits = access.limits
        self._client = _client(access.limits)
        self._sockets: list[socket.socket] = []
        self._inside: set[str] = set()
        self._aborted = False

    def __enter__(self) -> Http:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def abort(self) -> None:
        """End the conversation from another thread: it fails at once, and so does every later one."""
        self._aborted = True
        self._hang_up()

    def fetch(self, url: str, stamp: str = "", *, limit: int, may_enter: bool = True) -> Fetched:
        """What is at `url`, at most `limit` bytes, unless it is still the same that `stamp` tells of.

        `may_enter` allows this computer and the network around it, where no public address may lead.
        Raises `SourceError`, as `NoAnswerError` when nobody answered.
        """
        import httpx

        late = threading.Event()

        def give_up() -> None:
            late.set()
            self._hang_up()

        timer = threading.Timer(self._limits.whole, give_up)
        timer.daemon = True
        timer.start()
        try:
            return self._follow(url, stamp, limit, may_enter, late)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError, ValueError, zlib.error) as error:
            raise self._explained(error, url, late.is_set()) from error
        finally:
            timer.cancel()
            timer.join()

    def _follow(self, url: str, stamp: str, limit: int, may_enter: bool, late: threading.Event) -> Fetched:
        headers = _conditions(stamp)
        visited = [url]
        while True:
            host = _host(url)
            if is_inside(host) and not may_enter:
                raise _led_inside(url)
            extensions = {"trace": self._watch(url, host, may_enter, late)}
            with self._client.stream("GET", url, headers=headers, extensions=extensions) as response:
                inside = is_inside(host) or host in self._inside
                may_enter = may_enter and inside
                if response.status_code == 304 and stamp:
                    return Fetched(url, stamp, "", inside, None)
                if response.status_code in (200, 203):
                    body = self._body(response, url, limit)
                    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
                    return Fetched(url, _stamp(response.headers), media_type, inside, body)
                if response.status_code not in _REDIRECTS:
                    raise SourceError(_status_sentence(response.status_code, response.headers, url))
                url = _next_address(url, response.extensions["location"])
            if url in visited:
                raise SourceError(
                    f"{_shown(visited[0])} leads in a circle back to {_shown(url)}. Tell its publisher."
                )
            if len(visited) > self._limits.redirects:
                raise SourceError(
                    f"{_shown(visited[0])} sent us on more than {self._limits.redirects} times. "
                    "Ask its publisher for the final address."
                )
            visited.append(url)

    def _body(self, response: httpx.Response, url: str, limit: int) -> IO[bytes]:
        """What the answer holds, in memory or, when it is long, in a file that has no name."""
        too_large = SourceError(f"{_shown(url)} is larger than {in_words(limit)}; it was not read.")
        encoding = response.headers.get("content-encoding", "").strip().lower()
        chunks: Iterable[bytes] = response.iter_raw(_CHUNK)
        if encoding in ("gzip", "x-gzip"):
            chunks = _gunzipped(chunks)
        elif encoding not in ("", "identity"):
            raise SourceError(
                f"{_shown(url)} came in an encoding that we did not ask for. Tell its publisher."
            )
        elif int(response.headers.get("content-length", "0")[:20]) > limit:
            raise too_large
        body = tempfile.SpooledTemporaryFile(max_size=2 * MIB)  # noqa: SIM115 - the receiver closes it
        try:
            size = 0
            for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise too_large
                body.write(chunk)
            body.seek(0)
        except BaseException:
            body.close()
            raise
        return body

    def _watch(
        self, url: str, host: str, may_enter: bool, late: threading.Event
    ) -> Callable[[str, Mapping[str, Any]], None]:
        """Sees every new connection before anything is said on it: where it went, and how to cut it.

        Host names are only names: what counts is the address that was called, unless a proxy calls for us.
        """
        direct = True

        def watch(event: str, info: Mapping[str, Any]) -> None:
            nonlocal direct
            if event.endswith(".connect_tcp.started"):
                direct = info["host"] == host
            if not event.endswith((".connect_tcp.complete", ".start_tls.complete")):
                return
            stream = info["return_value"]
            kept = [known for known in self._sockets if known.fileno() >= 0]
            self._sockets = [*kept, stream.get_extra_info("socket")]
            if event.endswith(".connect_tcp.complete") and direct:
                address = stream.get_extra_info("server_addr")
                if is_inside(str(address[0])):
                    self._inside.add(host)
                    if not may_enter:
                        stream.close()
                        raise _led_inside(url)
            if late.is_set() or self._aborted:
                stream.close()
                raise NoAnswerError(f"The visit to {_shown(url)} was called off.")

        return watch

    def _hang_up(self) -> None:
        for known in self._sockets:
            try:
                # The base class: an SSLSocket would tear down its state under the thread that reads.
                socket.socket.shutdown(known, socket.SHUT_RDWR)
            except OSError:
                continue

    def _explained(self, error: Exception, url: str, late: bool) -> SourceError:
        """What went wrong on the line, as a sentence: ours, not the server's."""
        import httpx

        where = _shown(url)
        if self._aborted:
            return NoAnswerError(f"The visit to {where} was called off.")
        if late:
            return NoAnswerError(
                f"{where} was not complete after {self._limits.whole:g} seconds. Try again later."
            )
        causes = list(_causes(error))
        if isinstance(error, httpx.ConnectTimeout):
            return NoAnswerError(
                f"{where} did not take the call within {self._limits.connect:g} seconds. "
                "Check the address and your connection."
            )
        if isinstance(error, httpx.TimeoutException):
            return NoAnswerError(f"{where} fell silent for {self._limits.read:g} seconds. Try again later.")
        if any(isinstance(cause, socket.gaierror) for cause in causes):
            return NoAnswerError(f"The name in {where} is not known. Check the address and your connection.")
        if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
            return SourceError(
                f"The certificate of {where} is not valid; nothing was read. Tell its publisher."
            )
        if isinstance(error, httpx.ProxyError):
            return NoAnswerError(
                f"The proxy did not let us through to {where}. Check HTTP_PROXY and HTTPS_PROXY."
            )
        if isinstance(error, httpx.ConnectError):
            return NoAnswerError(f"Nobody answers at {where}. Check the address and your connection.")
        if isinstance(error, httpx.NetworkError | httpx.RemoteProtocolError):
            return SourceError(f"The answer from {where} broke off. Try again later.")
        if isinstance(error, zlib.error):
            return SourceError(f"The answer from {where} is compressed and damaged. Try again later.")
        if isinstance(error, httpx.InvalidURL | UnicodeError):
            return SourceError(f"{where} is not an address that can be called. Check the address.")
        return SourceError(f"{where} could not be read ({clean_line(str(error), 200)}). Try again later.")


def _client(limits: Limits) -> httpx.Client:
    import httpx

    timeout = httpx.Timeout(limits.read, connect=limits.connect)
    try:
        return httpx.Client(
            headers=_HEADERS, timeout=timeout, verify=_tls(), event_hooks={"response": [_set_location_aside]}
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
def _tls() -> ssl.SSLContext:
    """Loading the certificates takes 20 ms: once for all lines."""
    import httpx

    return httpx.create_ssl_context()


def _host(url: str) -> str:
    import httpx

    return httpx.URL(url).raw_host.decode("ascii")


def is_inside(host: str) -> bool:
    """Whether a host name or address by itself means this computer or a private network."""
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return not address.is_global


def _led_inside(url: str) -> SourceError:
    return SourceError(f"A public address leads to {_shown(url)}, which is private; it was not called.")


def _next_address(url: str, location: str) -> str:
    """Where a redirect leads, if it may."""
    where = _shown(url)
    try:
        target = urljoin(url, location.strip())
    except ValueError:
        target = ""
    if not location.strip() or not target:
        raise SourceError(f"{where} sends us on without saying where. Tell its publisher.")
    scheme = urlsplit(target).scheme.lower()
    if scheme not in _DEFAULT_PORTS:
        raise SourceError(
            f"{where} sends us on to a {clean_line(scheme, 20)}: address; only http and https are followed."
        )
    if url.startswith("https:") and scheme == "http":
        raise SourceError(
            f"{where} sends us on from https to plain http; that is not followed. Tell its publisher."
        )
    return web_address(target)


def _status_sentence(status: int, headers: httpx.Headers, url: str) -> str:
    where = _shown(url)
    if status == 404:
        return f"There is nothing at {where} (404). Check the address."
    if status == 410:
        return f"What was at {where} has been withdrawn for good (410). Remove it, or find its new address."
    if status in (401, 403, 407):
        return f"{where} is not open to us ({status}): it wants a login or refuses us. Ask its publisher."
    if status == 429:
        wait = headers.get("retry-after", "")
        when = f"in {int(wait):,} seconds" if wait.isdecimal() and len(wait) < 7 else "later"
        return f"{where} asks for fewer visits (429). Try again {when}."
    if status >= 500:
        return f"The server of {where} has trouble of its own ({status}). Try again later."
    return f"{where} gave an answer that makes no sense here ({status}). Check the address."


def _conditions(stamp: str) -> dict[str, str]:
    """The request headers that ask for an answer only if the resource has changed since `stamp`."""
    try:
        known = json.loads(stamp)
    except ValueError:
        return {}
    if not isinstance(known, dict):
        return {}
    names = {"etag": "If-None-Match", "modified": "If-Modified-Since"}
    return {names[key]: value for key, value in known.items() if key in names and _is_validator(value)}


def _stamp(headers: httpx.Headers) -> str:
    """ETag and Last-Modified as one stamp; empty when the server gave neither."""
    known = {"etag": headers.get("etag", ""), "modified": headers.get("last-modified", "")}
    kept = {key: value for key, value in known.items() if _is_validator(value)}
    return json.dumps(kept) if kept else ""


def _is_validator(value: object) -> bool:
    return (
        isinstance(value, str)
        and 0 < len(value) <= _VALIDATOR_LIMIT
        and value.isascii()
        and value.isprintable()
    )


def _gunzipped(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Unpacked in pieces of at most 64 KiB, so that whoever counts them can stop a bomb in time."""
    unpacker = zlib.decompressobj(wbits=31)
    for chunk in chunks:
        packed = chunk
        while packed:
            if unpacker.eof:
                unpacker = zlib.decompressobj(wbits=31)
            yield unpacker.decompress(packed, _CHUNK)
            packed = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
    yield unpacker.flush()
    if not unpacker.eof:
        raise zlib.error("it breaks off")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _shown(url: str) -> str:
    return clean_line(url, 300)
