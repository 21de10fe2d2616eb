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
from cryptonews_tui.translation import _, ngettext
from cryptonews_tui.wording import decimal, number

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
        return SourceError(_("There is nothing at {where} (404). Check the address.").format(where=where))
    if status == 410:
        return WithdrawnError(
            _(
                "What was at {where} has been withdrawn for good (410). Remove it, or find its new address."
            ).format(where=where)
        )
    if status in (401, 403):
        return SourceError(
            _(
                "{where} is not open to us ({status}): it wants a login or refuses us. If you have one for "
                "{netloc}, name it in the settings table [secrets]; else ask its publisher."
            ).format(where=where, status=status, netloc=clean_line(urlsplit(url).netloc))
        )
    if status == 407:
        return SourceError(
            _(
                "The proxy on the way to {where} wants a login (407). Check HTTP_PROXY and HTTPS_PROXY."
            ).format(where=where)
        )
    if status == 429:
        wait = come_back(headers)
        if wait is None:
            return PassingError(
                _("{where} asks for fewer visits (429). Try again later.").format(where=where), wait
            )
        seconds = round(wait)
        return PassingError(
            ngettext(
                "{where} asks for fewer visits (429). Try again in {count} second.",
                "{where} asks for fewer visits (429). Try again in {count} seconds.",
                seconds,
            ).format(where=where, count=number(seconds)),
            wait,
        )
    if status in (408, 425):
        return PassingError(
            _("{where} was not ready for us ({status}). Try again later.").format(where=where, status=status),
            come_back(headers),
        )
    if status >= 500:
        return PassingError(
            _("The server of {where} has trouble of its own ({status}). Try again later.").format(
                where=where, status=status
            ),
            come_back(headers),
        )
    return SourceError(
        _("{where} gave an answer that makes no sense here ({status}). Check the address.").format(
            where=where, status=status
        )
    )


def line_error(error: Exception, url: str, limits: Limits) -> SourceError:
    """What went wrong on the line, as a sentence: ours, not the server's."""
    import httpx

    where = shown(url)
    causes = list(_causes(error))
    if isinstance(error, httpx.ConnectTimeout):
        return NoAnswerError(
            _(
                "{where} did not take the call within {seconds} seconds. Check the address and your "
                "connection."
            ).format(where=where, seconds=decimal(limits.connect))
        )
    if isinstance(error, httpx.TimeoutException):
        return NoAnswerError(
            _("{where} fell silent for {seconds} seconds. Try again later.").format(
                where=where, seconds=decimal(limits.read)
            )
        )
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return NoAnswerError(
            _("The name in {where} is not known. Check the address and your connection.").format(where=where)
        )
    if bad := next((cause for cause in causes if isinstance(cause, ssl.SSLCertVerificationError)), None):
        why = clean_line(bad.verify_message, 200).rstrip(".")
        if bad.verify_code in _OUT_OF_TIME:
            advice = _("Check the clock of this computer, or tell its publisher.")
        else:
            advice = _("Tell its publisher.")
        return SourceError(
            _("The certificate of {where} is not valid ({why}); nothing was read. {advice}").format(
                where=where, why=why, advice=advice
            )
        )
    if isinstance(error, httpx.ProxyError):
        return NoAnswerError(
            _("The proxy did not let us through to {where}. Check HTTP_PROXY and HTTPS_PROXY.").format(
                where=where
            )
        )
    if isinstance(error, httpx.ConnectError):
        return NoAnswerError(
            _("Nobody answers at {where}. Check the address and your connection.").format(where=where)
        )
    if isinstance(error, httpx.NetworkError | httpx.ProtocolError) or _is_http2(error):
        return PassingError(_("The answer from {where} broke off. Try again later.").format(where=where))
    if isinstance(error, DecodingError):
        return SourceError(
            _("The answer from {where} is compressed and damaged. Try again later.").format(where=where)
        )
    if isinstance(error, httpx.InvalidURL | UnicodeError):
        return SourceError(
            _("{where} is not an address that can be called. Check the address.").format(where=where)
        )
    return SourceError(
        _("{where} could not be read ({error}). Try again later.").format(
            where=where, error=clean_line(str(error), 200)
        )
    )


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
