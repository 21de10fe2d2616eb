"""What a server says about time: whether a thing has changed, how long it stays as it is, when to come back.

What a server said last is our stamp of the thing, and the library is the cache: it remembers the stamp.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

DAY = 86_400.0
"""No server is believed for longer than this."""
_VALIDATOR_LIMIT = 512
_DATE_LIMIT = 64
_SECONDS = re.compile('"?([0-9]{1,20})"?', re.ASCII)


def stamp(headers: Mapping[str, str]) -> str:
    """ETag and Last-Modified as one stamp; empty when the server gave neither."""
    known = {"etag": headers.get("etag", ""), "modified": headers.get("last-modified", "")}
    kept = {key: value for key, value in known.items() if _is_validator(value)}
    return json.dumps(kept) if kept else ""


def conditions(stamp: str) -> dict[str, str]:
    """The request headers that ask for an answer only if the resource has changed since `stamp`."""
    try:
        known = json.loads(stamp)
    except ValueError:
        return {}
    if not isinstance(known, dict):
        return {}
    names = {"etag": "If-None-Match", "modified": "If-Modified-Since"}
    return {names[key]: value for key, value in known.items() if key in names and _is_validator(value)}


def fresh(headers: Mapping[str, str]) -> float:
    """Seconds for which an answer stays as it is (RFC 9111, 4.2), at most a day; 0 for nonsense."""
    said: dict[str, str] = {}
    for directive in headers.get("cache-control", "").lower().split(","):
        name, _, value = directive.partition("=")
        said.setdefault(name.strip(), value.strip())
    if "no-store" in said or "no-cache" in said:
        return 0.0
    if "max-age" in said:
        lifetime = _seconds(said["max-age"])
    else:
        lifetime = _between(headers.get("date", ""), headers.get("expires", ""))
    return min(max(lifetime - _seconds(headers.get("age", "")), 0.0), DAY)


def come_back(headers: Mapping[str, str]) -> float | None:
    """Seconds that a server asks us to wait (Retry-After), at most a day; `None` if it does not say."""
    wish = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(wish):
        return min(_seconds(wish), DAY)
    then = _date(wish)
    if then is None:
        return None
    return min(max((then - datetime.now(UTC)).total_seconds(), 0.0), DAY)


def _seconds(text: str) -> float:
    match = _SECONDS.fullmatch(text)
    return float(match[1]) if match else 0.0


def _between(start: str, end: str) -> float:
    since, until = _date(start) or datetime.now(UTC), _date(end)
    return (until - since).total_seconds() if until else 0.0


def _date(text: str) -> datetime | None:
    if not 0 < len(text) <= _DATE_LIMIT:
        return None
    try:
        date = parsedate_to_datetime(text)
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def _is_validator(value: object) -> bool:
    return (
        isinstance(value, str)
        and 0 < len(value) <= _VALIDATOR_LIMIT
        and value.isascii()
        and value.isprintable()
    )
