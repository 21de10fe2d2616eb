"""What can go wrong on the way, as sentences that say what to do, and whether the same request may succeed later.

| what happened                                                           | passing | asked again at once      |
|-------------------------------------------------------------------------|---------|--------------------------|
| name not known, nobody answers, silence, proxy refuses                  | yes     | once, if it was quick    |
| the answer breaks off, the connection is reset                          | yes     | yes                      |
| 408, 425, 429, 5xx                                                      | yes     | unless it asks for a rest |
| not complete in time, called off                                        | yes     | no                       |
| 410                                                                     | no: withdrawn | no                 |
| every other status, certificates, redirects, sizes, encodings, contents | no      | no                       |
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from cryptonews_tui.safety import clean_line
from cryptonews_tui.sources import SourceError
from cryptonews_tui.sources.http.addresses import shown
from cryptonews_tui.sources.http.decoding import DecodingError
from cryptonews_tui.sources.http.freshness import come_back
from cryptonews_tui.sources.limits import Limits

_OUT_OF_TIME = (9, 10)
"""What OpenSSL calls certificates that are valid later, or were earlier."""


class PassingError(SourceError):
    """The same request may succeed later."""

    passing = True

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NoAnswerError(PassingError):
    """Nobody answered, or not in time: asking again soon is of little use."""


class WithdrawnError(SourceError):
    """It is gone for good."""

    withdrawn = True


def status_error(status: int, headers: Mapping[str, str], url: str) -> SourceError:
    """What an answer means that is neither the thing itself nor leads to it."""
    where = shown(url)
    if status == 404:
        return SourceError(f"There is nothing at {where} (404). Check the address.")
    if status == 410:
        return WithdrawnError(
            f"What was at {where} has been withdrawn for good (410). Remove it, or find its new address."
        )
    if status in (401, 403):
        return SourceError(
            f"{where} is not open to us ({status}): it wants a login or refuses us. If you have one for "
            f"{clean_line(urlsplit(url).netloc)}, name it in the settings table [secrets]; "
            "else ask its publisher."
        )
    if status == 407:
        return SourceError(
            f"The proxy on the way to {where} wants a login (407). Check HTTP_PROXY and HTTPS_PROXY."
        )
    if status == 429:
        wait = come_back(headers)
        when = "later" if wait is None else f"in {wait:,.0f} seconds"
        return PassingError(f"{where} asks for fewer visits (429). Try again {when}.", wait)
    if status in (408, 425):
        return PassingError(f"{where} was not ready for us ({status}). Try again later.", come_back(headers))
    if status >= 500:
        return PassingError(
            f"The server of {where} has trouble of its own ({status}). Try again later.", come_back(headers)
        )
    return SourceError(f"{where} gave an answer that makes no sense here ({status}). Check the address.")


def line_error(error: Exception, url: str, limits: Limits) -> SourceError:
    """What went wrong on the line, as a sentence: ours, not the server's."""
    import httpx

    where = shown(url)
    causes = list(_causes(error))
    if isinstance(error, httpx.ConnectTimeout):
        return NoAnswerError(
            f"{where} did not take the call within {limits.connect:g} seconds. "
            "Check the address and your connection."
        )
    if isinstance(error, httpx.TimeoutException):
        return NoAnswerError(f"{where} fell silent for {limits.read:g} seconds. Try again later.")
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return NoAnswerError(f"The name in {where} is not known. Check the address and your connection.")
    if bad := next((cause for cause in causes if isinstance(cause, ssl.SSLCertVerificationError)), None):
        why = clean_line(bad.verify_message, 200).rstrip(".")
        clock = "Check the clock of this computer, or tell" if bad.verify_code in _OUT_OF_TIME else "Tell"
        return SourceError(
            f"The certificate of {where} is not valid ({why}); nothing was read. {clock} its publisher."
        )
    if isinstance(error, httpx.ProxyError):
        return NoAnswerError(
            f"The proxy did not let us through to {where}. Check HTTP_PROXY and HTTPS_PROXY."
        )
    if isinstance(error, httpx.ConnectError):
        return NoAnswerError(f"Nobody answers at {where}. Check the address and your connection.")
    if isinstance(error, httpx.NetworkError | httpx.ProtocolError) or _is_http2(error):
        return PassingError(f"The answer from {where} broke off. Try again later.")
    if isinstance(error, DecodingError):
        return SourceError(f"The answer from {where} is compressed and damaged. Try again later.")
    if isinstance(error, httpx.InvalidURL | UnicodeError):
        return SourceError(f"{where} is not an address that can be called. Check the address.")
    return SourceError(f"{where} could not be read ({clean_line(str(error), 200)}). Try again later.")


def on_the_line() -> tuple[type[Exception], ...]:
    """What a conversation may raise, for `line_error` to explain."""
    import httpx

    known = (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError, ValueError, DecodingError)
    try:
        from h2.exceptions import H2Error
    except ImportError:
        return known
    return (*known, H2Error)


def _is_http2(error: Exception) -> bool:
    return type(error).__module__.startswith("h2.")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
