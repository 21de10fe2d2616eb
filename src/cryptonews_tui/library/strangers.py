"""Somebody else's library: what is in it is as foreign as any article, so it is cleaned where rows become values."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from cryptonews_tui.library.packing import Packed, Packing
from cryptonews_tui.safety import clean, clean_line, safe_url

_LINE, _TEXT = 1_000, 4_000
"""Characters that are kept of a name, and of a longer text, as `reading` does."""
_LINES = frozenset(
    """
    category key label lang origin publisher_key publisher_name publisher_type sentiment title value
    """.split()  # noqa: SIM905  # a list of quoted words is harder to read
)
_URLS = frozenset(("canonical_url", "publisher_url"))
_JSON = frozenset(("ai", "sections", "tags"))


def cleaned(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A row without anything that a terminal obeys: the `row_factory` of a connection."""
    names = cursor.description
    return tuple(
        [
            _column(name[0], value) if isinstance(value, str) else value
            for name, value in zip(names, row, strict=True)
        ]
    )


class StrangersPacking(Packing):
    """Unpacks cleaned texts."""

    def unpack(self, packed: bytes) -> Packed:
        body, cover, cta, extra = super().unpack(packed)
        urls = {size: safe_url(url) for size, url in cover.items()}
        return Packed(
            clean(body),
            {clean_line(size): url for size, url in urls.items() if url},
            [clean_line(text) for text in cta],
            _value(extra),
        )

    def body(self, packed: bytes) -> str:
        return clean(super().body(packed))


def _column(name: str, text: str) -> str | None:
    if name in _LINES:
        return clean_line(text, _LINE)
    if name in _URLS:
        return safe_url(text)
    if name in _JSON:
        return _json(text)
    return clean_line(text, _TEXT) if name == "description" else clean(text)


def _json(text: str) -> str:
    """JSON in which a string says nothing to a terminal, though it was escaped."""
    if "\\" not in text and clean(text) == text:
        return text
    try:
        value = _value(json.loads(text, strict=False))
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _value(value: Any) -> Any:
    if isinstance(value, str):
        return clean_line(value, _TEXT)
    if isinstance(value, list):
        return [_value(item) for item in value]
    if isinstance(value, dict):
        return {clean_line(key): _value(item) for key, item in value.items()}
    return value
