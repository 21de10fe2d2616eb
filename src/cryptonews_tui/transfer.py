"""The reader's belongings as one JSON file, for another machine. Pure: text in, values out.

Where the reader stopped in stories, and the texts that were read, stay on the machine: they are for the days after.

A file can come from anywhere, so it is refused as a whole unless all of it has the right form, and its texts
are cleaned as those of articles are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from cryptonews_tui.library.state import Belongings, Marked
from cryptonews_tui.library.subscriptions import LANGUAGE, MINUTES_LIMIT, StoredSource
from cryptonews_tui.safety import clean, clean_line
from cryptonews_tui.translation import _
from cryptonews_tui.views import View

FORMAT = "cryptonews state"
VERSION = 1

NOTE_LIMIT = 100_000
"""Characters of a note that are kept."""
QUERY_LIMIT = 10_000


class TransferError(ValueError):
    """A file that cannot be taken in. The message says where in it, and what is wrong there."""


def to_json(belongings: Belongings) -> dict[str, Any]:
    """The file that `read` takes in, as a JSON object. Times are ISO 8601, UTC."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "marks": [
            {"story": m.story, "read": _instant(m.read), "starred": _instant(m.starred), "note": m.note}
            for m in belongings.marks
        ],
        "views": [{"name": v.name, "query": v.query, "key": v.key} for v in belongings.views],
        "sources": [_source_json(source) for source in belongings.sources],
    }


def _source_json(source: StoredSource) -> dict[str, Any]:
    return {
        "name": source.name,
        "location": source.location,
        "enabled": source.enabled,
        "minutes": source.minutes,
        "vanished": source.policy,
        "languages": list(source.languages),
        "history": source.history,
    }


def to_text(belongings: Belongings) -> str:
    """The file that `read` takes in."""
    return json.dumps(to_json(belongings), ensure_ascii=False, indent=1) + "\n"


def read(text: str) -> Belongings:
    """What `to_text` wrote, on whatever machine. Raises `TransferError`."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise TransferError(_("this is no JSON ({error})").format(error=error)) from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise TransferError(_("`cryptonews export` did not write this"))
    if data.get("version") != VERSION:
        raise TransferError(_("another version of cryptonews wrote this, which has another format"))
    return Belongings(_all(data, "marks", _mark), _all(data, "views", _view), _all(data, "sources", _source))


_T = TypeVar("_T")


def _all(data: Mapping[str, Any], name: str, read: Callable[[Mapping[str, Any]], _T]) -> list[_T]:
    items = data.get(name)
    if not isinstance(items, list):
        raise TransferError(_("{name} is no list").format(name=name))
    found = []
    for number, item in enumerate(items):
        try:
            if not isinstance(item, dict):
                raise TransferError(_("this is no object"))
            found.append(read(item))
        except TransferError as error:
            raise TransferError(f"{name}[{number}]: {error}") from None
    return found


def _mark(item: Mapping[str, Any]) -> Marked:
    note = _text(item, "note", optional=True)
    return Marked(
        story=_line(item, "story"),
        read=_ms(item, "read"),
        starred=_ms(item, "starred"),
        note=clean(note[:NOTE_LIMIT]).strip() or None if note else None,
    )


def _view(item: Mapping[str, Any]) -> View:
    key = _text(item, "key", optional=True)
    return View(
        name=_line(item, "name"),
        query=clean_line(_text(item, "query") or "", QUERY_LIMIT),
        key=clean_line(key) or None if key else None,
        own=True,
    )


def _source(item: Mapping[str, Any]) -> StoredSource:
    location = _line(item, "location")
    if location != item["location"]:  # cleaned it would be another place
        raise TransferError(_("location is not one that cryptonews wrote"))
    minutes, languages = item.get("minutes"), item.get("languages", [])
    if not (minutes is None or (type(minutes) is int and 0 < minutes <= MINUTES_LIMIT)):
        raise TransferError(_("minutes is no whole number of minutes"))
    if not (
        isinstance(languages, list) and all(isinstance(e, str) and LANGUAGE.fullmatch(e) for e in languages)
    ):
        raise TransferError(_("languages is no list of languages"))
    policy = item.get("vanished", "keep")
    if policy not in ("keep", "mark", "remove"):
        raise TransferError(_("vanished is none of keep, mark and remove"))
    enabled, history = item.get("enabled", True), item.get("history", False)
    if not (isinstance(enabled, bool) and isinstance(history, bool)):
        raise TransferError(_("enabled and history must be true or false"))
    return StoredSource(
        name=_line(item, "name"),
        location=location,
        enabled=enabled,
        minutes=minutes,
        policy=policy,
        languages=tuple(languages),
        history=history,
    )


def _text(item: Mapping[str, Any], name: str, *, optional: bool = False) -> str | None:
    value = item.get(name)
    if isinstance(value, str) or (optional and value is None):
        return value
    raise TransferError(_("{name} is no text").format(name=name))


def _line(item: Mapping[str, Any], name: str) -> str:
    line = clean_line(_text(item, name) or "")
    if not line:
        raise TransferError(_("{name} is empty").format(name=name))
    return line


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _instant(ms: int | None) -> str | None:
    if ms is None:
        return None
    return (_EPOCH + timedelta(milliseconds=ms)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _ms(item: Mapping[str, Any], name: str) -> int | None:
    value = _text(item, name, optional=True)
    if value is None:
        return None
    try:
        return (datetime.fromisoformat(value) - _EPOCH) // timedelta(milliseconds=1)
    except (ValueError, TypeError, OverflowError):  # no time, one without its zone, one beyond all
        raise TransferError(
            _("{name} is no instant such as 2026-01-31T12:00:00.000Z").format(name=name)
        ) from None
