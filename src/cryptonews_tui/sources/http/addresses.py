"""Addresses on the web: which are ones, which are private, where a redirect may lead, how they are shown."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from cryptonews_tui.safety import clean, clean_line
from cryptonews_tui.sources import SourceError
from cryptonews_tui.translation import _

_URL_LIMIT = 4096
_DEFAULT_PORTS = {"http": 80, "https": 443}
# Parameters that open a door are known by how their names end: `apikey`, `access_token`, `X-Amz-Signature`.
_KEYS = re.compile(
    "([?&][^?&=#]*(?:key|token|secret|sig|signature|auth|authorization|password|passwd|pwd|credential)=)[^&#]+",
    re.IGNORECASE,
)
_TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("::/96"))
_INSIDE = (ipaddress.ip_network("64:ff9b:1::/48"),)
"""What stands for IPv4 addresses (RFC 6052, 4291), and what does so in private networks (RFC 8215)."""
_USER = re.compile("(?<=//)[^/?#]*@")
_BARE = re.compile(
    r"([\w-]+\.)+(?!(md|markdown|zip|tar|t?gz|xml|rss|atom|json)$)[a-z]{2,24}(:\d+)?(/\S*)?", re.IGNORECASE
)


def written_out(text: str) -> str:
    """What a missing file may be on the web: `https://news.example/feed` for `news.example/feed`, or nothing."""
    text = text.strip()
    bare = len(text) <= _URL_LIMIT and _BARE.fullmatch(text) and clean(text) == text
    return f"https://{text}" if bare else ""


def web_address(text: str) -> str:
    """The http(s) URL in its canonical form: scheme and host in lower case, no default port, no fragment.

    Raises `SourceError` for anything else. A password in it is refused and not repeated.
    """
    url = text.strip()
    where = _("This address") if "@" in url else shown(url)
    if len(url) > _URL_LIMIT or clean(url) != url:
        raise SourceError(
            _("{where} is too long or has characters that no address has. Check the address.").format(
                where=where
            )
        )
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme.lower(), (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise SourceError(
            _("{where} is not a complete web address. Write it like https://host/path.").format(where=where)
        ) from None
    if scheme not in _DEFAULT_PORTS:
        raise SourceError(
            _("{where} does not begin with http:// or https://; nothing else is read from the web.").format(
                where=where
            )
        )
    if "@" in parts.netloc:
        raise SourceError(
            _(
                "Leave the user name and password out of {scheme}://{host}; the settings table [secrets] is "
                "the place for them."
            ).format(scheme=scheme, host=clean_line(host))
        )
    if not host or re.search(r"^-|[\s/\\%<>\"^`{|}]", host):
        raise SourceError(
            _("{where} is not a complete web address. Write it like https://host/path.").format(where=where)
        )
    netloc = f"[{host}]" if ":" in host else host
    if port is not None and port != _DEFAULT_PORTS[scheme]:
        netloc += f":{port}"
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~?")
    return urlunsplit((scheme, netloc, path, query, ""))


def is_inside(host: str) -> bool:
    """Whether a host name or address by itself means this computer or a private network."""
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        address = _translated(address) or address
    return not address.is_global or any(address in network for network in _INSIDE)


def _translated(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that this one stands for: systems and gateways call that."""
    if any(address in network for network in _TRANSLATED):
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour


def next_address(url: str, location: str) -> str:
    """Where a redirect leads, if it may. Raises `SourceError`."""
    where = shown(url)
    try:
        target = urljoin(url, location.strip())
    except ValueError:
        target = ""
    if not location.strip() or not target:
        raise SourceError(
            _("{where} sends us on without saying where. Tell its publisher.").format(where=where)
        )
    scheme = urlsplit(target).scheme.lower()
    if scheme not in _DEFAULT_PORTS:
        raise SourceError(
            _(
                "{where} sends us on to a {scheme}: address; only http and https are followed. Ask its "
                "publisher for the right address."
            ).format(where=where, scheme=clean_line(scheme, 20))
        )
    if url.startswith("https:") and scheme == "http":
        raise SourceError(
            _(
                "{where} sends us on from https to plain http; that is not followed. Tell its publisher."
            ).format(where=where)
        )
    return web_address(target)


def shown(url: str) -> str:
    """The address as sentences and logs show it: clean, not too long, and without what opens a door."""
    return clean_line(_KEYS.sub(r"\1…", _USER.sub("…@", url[:_URL_LIMIT])), 300)
