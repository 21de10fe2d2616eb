"""A manifest: a JSON list of addresses, each of which is an article. Pure."""

from __future__ import annotations

import json

from cryptonews_tui import wording
from cryptonews_tui.article import Problem
from cryptonews_tui.sources import SourceError
from cryptonews_tui.sources.crew import address
from cryptonews_tui.sources.http.addresses import shown
from cryptonews_tui.sources.limits import Limits
from cryptonews_tui.sources.names import is_article_at
from cryptonews_tui.translation import _


def entries(data: bytes, base: str, limits: Limits) -> list[str | Problem]:
    """What a manifest lists: each address once, absolute, or what is wrong with it.

    A manifest is a JSON list, or an object with the list under `articles` or `urls`; an entry is an address,
    relative ones against the manifest's own, or an object with the address under `url`.
    Raises `SourceError` when it is nothing of the kind.
    """
    return entries_of(json_value(data, base), base, limits)


def json_value(data: bytes, base: str) -> object:
    """What the JSON text says. Raises `SourceError` when it is none."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise SourceError(
            _("{base} is not valid JSON. Check the address, or tell its publisher.").format(base=shown(base))
        ) from None


def names_articles(value: object) -> bool:
    """Whether the list is one of Markdown files: news in JSON has the same form, but leads to web pages."""
    listed = _list(value)
    if not isinstance(listed, list):
        return False
    texts = [text for entry in listed if isinstance(text := _text(entry), str)]
    return sum(map(is_article_at, texts)) * 2 > len(listed)


def entries_of(value: object, base: str, limits: Limits) -> list[str | Problem]:
    """As `entries`, of JSON that was parsed already."""
    where = shown(base)
    listed = _list(value)
    if not isinstance(listed, list):
        raise SourceError(
            _(
                "{where} is JSON, but neither news of a form that is known nor a list of articles. Name its "
                "feed, or say in the settings table [shapes] what is where in it."
            ).format(where=where)
        )
    if len(listed) > limits.entries:
        raise SourceError(
            _("The manifest {where} lists more than {entries} addresses; split it.").format(
                where=where, entries=wording.number(limits.entries)
            )
        )
    found: dict[str, str | Problem] = {}
    for number, entry in enumerate(listed, 1):
        one = _entry(entry, base, number)
        found.setdefault(one.item if isinstance(one, Problem) else one, one)
    return list(found.values())


def _list(value: object) -> object:
    return value.get("articles", value.get("urls")) if isinstance(value, dict) else value


def _text(entry: object) -> object:
    return entry.get("url") if isinstance(entry, dict) else entry


def _entry(entry: object, base: str, number: int) -> str | Problem:
    text = _text(entry)
    if not isinstance(text, str) or not text.strip():
        return Problem(f"entry {number}", None, _("This entry of the manifest has no address."))
    item = f"entry {number}" if "@" in text else shown(text) or f"entry {number}"
    try:
        return address(base, text)
    except SourceError as error:
        return Problem(item, None, str(error))
