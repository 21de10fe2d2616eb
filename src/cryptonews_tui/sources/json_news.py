"""News services: JSON with a list of articles, page by page. Pure; who fetches the pages is another's business."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from cryptonews_tui.article import Document, Problem
from cryptonews_tui.safety import clean_line
from cryptonews_tui.sources import About, Expected, Found, Seen, SourceError
from cryptonews_tui.sources.entries import (
    Entry,
    Form,
    absolute,
    found,
    heading,
    host_of,
    identity,
    labels,
    language,
    newest_of_each,
)
from cryptonews_tui.sources.feeds import is_json_feed, iso_time, read_json
from cryptonews_tui.sources.http.addresses import shown
from cryptonews_tui.sources.limits import Limits
from cryptonews_tui.sources.shapes import BUILT_IN, COINDESK, PUBLISHER, Paths, Shape
from cryptonews_tui.translation import _

_LOOKED_AT = 5
"""Entries by which a list is judged."""
_MANIFESTS = ("", "articles", "urls")
_HTML = re.compile(
    r"</?(?:p|br|div|a|b|i|strong|em|ul|ol|li|h[1-6]|img|span|blockquote|table|figure)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_MARKDOWN = re.compile(r"^(?:#{1,6} |[-*] |> |\d{1,3}\. )|\]\(https?://|\*\*\w", re.MULTILINE)
_NUMBER = re.compile(r"\d{1,20}(?:\.\d{1,9})?")


def is_news(value: object, url: str = "", shapes: Sequence[Shape] = ()) -> bool:
    """Whether a JSON value is a JSON feed, a list of articles, or a news service's refusal.

    A list of plain addresses is none, nor one of objects that have no more than an address: those are manifests.
    """
    if is_json_feed(value) or _of_settings(url, shapes):
        return True
    listed, path = _list(value, PUBLISHER.items)
    if listed is None:
        return bool(_refusal(value))
    if not listed:
        return path not in _MANIFESTS
    return any(
        _first(item, shape.title) and (_first(item, shape.published) or _first(item, shape.body))
        for item in listed[:_LOOKED_AT]
        for shape in BUILT_IN
    )


def read(
    value: object,
    url: str,
    remembered: Mapping[str, str],
    shapes: Sequence[Shape],
    limits: Limits,
    more: Callable[[str], object] | None = None,
) -> Iterator[Found]:
    """What the service is, how many articles come, and each of them: document, seen or problem; every item once.

    `more` fetches the JSON value at an address; with it further pages are read, as long as they bring something
    new and there are not too many of them. Whoever calls adds `Rest()`, as a service shows its newest articles
    only, and `Seen("", stamp)`. Raises `SourceError` when there is no list of articles.
    """
    if is_json_feed(value):
        assert isinstance(value, Mapping)
        yield from read_json(value, url, remembered, limits)
        return
    named: set[str] = set()
    total = 0
    for number in range(1, limits.pages + 1):
        shape, listed = _judged(value, url, shapes)
        if number == 1:
            yield About(_(shape.kind), host_of(url))
        kept = listed[: limits.entries - total]
        entries = newest_of_each(
            _entry(item, count, url, shape) for count, item in enumerate(kept, total + 1)
        )
        total += len(kept)
        yield Expected(total)
        new = False
        for one in found((entry for entry in entries if entry.item not in named), remembered, url):
            new = new or isinstance(one, Document)
            if isinstance(one, Document | Seen | Problem):
                named.add(one.item)
            yield one
        if more is None or not new or number == limits.pages or total >= limits.entries:
            return
        following = next_page(value, url, number, shapes)
        if following is None or following == url:
            return
        try:
            value, url = more(following), following
            _judged(value, url, shapes)
        except SourceError as error:
            yield Problem(shown(following), None, str(error))
            return


def next_page(value: object, url: str, number: int, shapes: Sequence[Shape] = ()) -> str | None:
    """The address of the page behind this one, which is the `number`th; `None` if there is no sign of one.

    A service may name it, on its own host; else it is counted on by what the address says: `page`, or `offset`
    and `limit`. CoinDesk's goes on from the oldest article, so its pages overlap.
    """
    shape, listed = _judged(value, url, shapes)
    named = _first(value, shape.next) if isinstance(value, dict) else None
    if isinstance(named, str) and named.strip():
        following = absolute(url, named)
        return following if following and _origin(following) == _origin(url) else None
    if not listed:
        return None
    if shape is COINDESK:
        times = [time for item in listed if (time := _time(_first(item, shape.published), "s"))]
        return _with(url, "to_ts", int(min(times).timestamp())) if times else None
    query = dict(parse_qsl(urlsplit(url).query))
    for name, step in (("page", "1"), ("offset", query.get("limit", ""))):
        count = query.get(name, "")
        if (
            count.isascii()
            and count.isdigit()
            and step.isascii()
            and step.isdigit()
            and len(count + step) < 12
        ):
            return _with(url, name, int(count) + int(step))
    return None


def _judged(value: object, url: str, shapes: Sequence[Shape]) -> tuple[Shape, list[Any]]:
    """The shape that fits the value, and the list of its articles."""
    shape = _of_settings(url, shapes)
    listed, _rest = _list(value, shape.items if shape else PUBLISHER.items)
    where = shown(url)
    refusal = "" if listed else _refusal(value)
    if refusal:
        raise SourceError(
            _("{where} answers: {refusal}. Check the address and its key.").format(
                where=where, refusal=refusal.rstrip(".")
            )
        )
    if listed is None:
        advice = (
            _("Check “list” in its shape.")
            if shape
            else _("Describe its shape in the settings, or check the address.")
        )
        raise SourceError(
            _("{where} is JSON, but there is no list of articles in it. {advice}").format(
                where=where, advice=advice
            )
        )
    if shape is None:
        upper = any(_first(item, COINDESK.title) for item in listed[:_LOOKED_AT])
        shape = COINDESK if upper else PUBLISHER
    return shape, listed


def _of_settings(url: str, shapes: Sequence[Shape]) -> Shape | None:
    fitting = [shape for shape in shapes if url.startswith(shape.prefix)]
    return max(fitting, key=lambda shape: len(shape.prefix), default=None)


def _list(value: object, paths: Paths) -> tuple[list[Any] | None, str]:
    for path in paths:
        there = _at(value, path) if path else value
        if isinstance(there, list):
            return there, path
    return None, ""


def _refusal(value: object) -> str:
    """What a service says when it gives no articles."""
    if not isinstance(value, dict):
        return ""
    for path in (
        "Err.message",
        "error.message",
        "errors.message",
        "error",
        "errors",
        "detail",
        "Message",
        "message",
    ):
        there = _at(value, path)
        there = there[0] if isinstance(there, list) and there else there
        if isinstance(there, str) and clean_line(there):
            return clean_line(there, 200)
    return ""


def _no_use(title: str, published: object) -> str:
    """What an entry has not, of what each needs."""
    if title:
        return _("This entry has no usable date.")
    return (
        _("This entry has no usable title.") if published else _("This entry has no usable title and date.")
    )


def _entry(item: object, number: int, url: str, shape: Shape) -> Entry | Problem:
    if not isinstance(item, dict):
        return Problem(f"entry {number}", None, _("This entry is no JSON object."))
    given = _line(_first(item, shape.id))
    title = heading(_line(_first(item, shape.title)))
    published = _time(_first(item, shape.published), shape.published_unit)
    if not title or published is None:
        shown = f"entry {number}, id {clean_line(given, 100)}" if given else f"entry {number}"
        return Problem(shown, None, _no_use(title, published))
    link = absolute(url, _first(item, shape.url))
    text = _text(_first(item, shape.body))
    summary = _text(_first(item, shape.summary))
    categories = _words(_first(item, shape.category), shape.separator)
    name = clean_line(_line(_first(item, shape.source_name)), 200)
    host = host_of(url)
    return Entry(
        identity=identity(given, link, host, title, text),
        title=title,
        text=text or summary,
        form=shape.body_format or _form(text or summary),
        summary=summary if text else "",
        published=published,
        updated=_time(_first(item, shape.updated), shape.published_unit),
        lang=language(_first(item, shape.lang)),
        url=link,
        base=link or url,
        image=absolute(url, _first(item, shape.image)),
        category=next(iter(labels(categories)), None),
        tags=labels([*_words(_first(item, shape.tags), shape.separator), *categories[1:]]),
        sentiment=_first(item, shape.sentiment),
        score=_first(item, shape.score),
        source={
            "name": name or host,
            "key": clean_line(_line(_first(item, shape.source_key)), 200) or name.casefold() or host,
            "type": clean_line(_line(_first(item, shape.source_type)), 60) or "JSON",
            "url": absolute(url, _first(item, shape.source_url)),
        },
        extra=_extra(", ".join(_words(_first(item, shape.author), shape.separator))),
    )


def _extra(author: str) -> dict[str, str]:
    return {"author": clean_line(author, 200)} if author else {}


def _form(text: str) -> Form:
    if _HTML.search(text):
        return Form.HTML
    return Form.MARKDOWN if _MARKDOWN.search(text) else Form.PLAIN


def _first(value: object, paths: Paths) -> Any:
    """What the first path leads to that leads to something."""
    for path in paths:
        there = _at(value, path)
        if there is not None and there not in ("", [], {}):
            return there
    return None


def _at(value: Any, path: str) -> Any:
    """What is at a path; behind a list, what is there in each of its objects."""
    for name in path.split("."):
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list):
            value = [item[name] for item in value[:200] if isinstance(item, dict) and name in item]
        else:
            return None
    return value


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _line(value: object) -> str:
    if isinstance(value, list):
        value = next((one for one in value if isinstance(one, str | int)), "")
    return (
        str(value)
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**30
        else _text(value)
    )


def _words(value: object, separator: str) -> list[str]:
    """`a|b`, `["a", "b"]` or `[{"name": "a"}]` as a list."""
    if isinstance(value, str):
        return [word for word in map(str.strip, value[:16_000].split(separator)) if word]
    if not isinstance(value, list):
        return []
    names = (_first(one, ("name", "title", "key")) if isinstance(one, dict) else one for one in value[:200])
    return [name.strip() for name in names if isinstance(name, str) and name.strip()]


def _time(value: object, unit: str) -> datetime | None:
    """A time in the unit, or in the one that the value looks like; the epoch itself stands for nothing."""
    if (
        isinstance(value, str)
        and _NUMBER.fullmatch(value.strip())
        and unit != "iso"
        and len(value.strip()) > 8
    ):
        value = float(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not 0 < value < 1e20:
            return None
        while unit == "ms" or (not unit and value >= 1e11):  # also micro- and nanoseconds
            value /= 1000
            unit = "s" if unit else ""
        try:
            time = datetime.fromtimestamp(value, UTC)
        except (ValueError, OverflowError, OSError):
            return None
        return time if 1970 < time.year < 9999 else None
    if not isinstance(value, str):
        return None
    named = iso_time(value) or _by_mail(value)
    return named if named and 1970 < named.year < 9999 else None


def _by_mail(value: str) -> datetime | None:
    """`Tue, 25 Nov 2025 09:00:00 +0000`."""
    try:
        time = parsedate_to_datetime(value[:80])
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.netloc.lower()


def _with(url: str, name: str, value: int) -> str:
    parts = urlsplit(url)
    query = [(key, one) for key, one in parse_qsl(parts.query, keep_blank_values=True) if key != name]
    return urlunsplit(parts._replace(query=urlencode([*query, (name, str(value))])))
