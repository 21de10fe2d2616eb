"""What feeds and news services have in common: an entry, whatever it came as, becomes a `Document` in our format.

An entry is put down as its publisher says it; text is cleaned and fields are judged by `reading`, as for any
other article. Only what would not survive front matter is cleaned here.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin, urlsplit

from cryptonews_tui.article import Document, Problem
from cryptonews_tui.safety import clean, clean_line, safe_url
from cryptonews_tui.sources import Seen
from cryptonews_tui.sources.names import item_name

_WAY_OF_READING = b"1"
"""Raise it when entries that have not changed are to be read again."""

_HTML_LIMIT = 256 * 1024
_BODY_LIMIT = 1024 * 1024
_LEAD_LIMIT = 1_000
_IDENTITY_LIMIT = 200
_TAGS_LIMIT = 200
_TAG_LIMIT = 100

_NOTHING: tuple[Any, ...] = (None, "", [], {})

_TAG = re.compile(r"<(?:[!/?]?[A-Za-z]|!--)[^<>]*>")
_PROGRAMS = re.compile(r"<(script|style)\b[^<]*(?:<(?!/?(?:script|style)\b)[^<]*)*</\1\s*>", re.IGNORECASE)
_LONG_TAG = re.compile(r"<[^<>]{8000,}>")
_FIRST_HEADING = re.compile(r"<(/?)h1(?=[\s>/])", re.IGNORECASE)
_ADDRESS = re.compile(r"(?<=[\s\"'])(?:href|src)\s*=\s*(\"[^\"<>]*\"|'[^'<>]*'|[^\s\"'<>]+)", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"(?!https?:|mailto:)[a-z][a-z0-9+.-]*:", re.IGNORECASE)
# Code stays as it is; elsewhere a sign that means nothing where it stands needs no backslash.
_ESCAPES = re.compile(
    r"(?=[`\\])(?:"  # a quick look first: most characters are neither
    r"^(`{3,})[^`\n]*\n.*?^\1`*$|(?<!`)(`{1,2})(?!`)[^\n]{1,2000}?(?<!`)\2(?!`)"
    r"|(?<=\w)\\([-+=.!#>])(?=\w)|(?<=\w )\\(-)(?= )|\\(&)(?=\s)|\\[^\w\s])",
    re.DOTALL | re.MULTILINE,
)
_PARAGRAPHS = re.compile(r"\n[ \t]*\n\s*")
# Short ids, and those that only count, belong to their feed; elsewhere the same id is another story.
_COUNTED = re.compile(r".{0,5}|\W*[^\W\d]{0,8}\W*\d{1,5}")
_LANG = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{1,8})*")


class Form(Enum):
    """What a text is written in."""

    HTML = auto()
    PLAIN = auto()
    MARKDOWN = auto()


@dataclass(frozen=True, slots=True)
class Entry:
    """One story of a feed or a news service, as it says it. What is empty is not known."""

    identity: str
    """Names the story, here and elsewhere."""
    title: str
    text: str = ""
    form: Form = Form.HTML
    summary: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    lang: str = ""
    url: str = ""
    base: str = ""
    """What relative addresses in the text are relative to."""
    image: str = ""
    category: Any = None
    tags: tuple[str, ...] = ()
    sentiment: Any = None
    score: Any = None
    source: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def item(self) -> str:
        """Names the entry inside its source; the languages of one story are several entries."""
        name = bounded(self.identity)
        return item_name(f"{name}.{self.lang}" if self.lang else name)


def found(
    entries: Iterable[Entry | Problem],
    remembered: Mapping[str, str],
    origin: str,
    now: datetime | None = None,
) -> Iterator[Document | Seen | Problem]:
    """Each entry as a document, or as seen if it is as it was; then nothing is converted.

    The time at which an entry without a date was first seen is kept in its stamp.
    """
    now = now or datetime.now(UTC)
    for entry in entries:
        if isinstance(entry, Problem):
            yield entry
            continue
        digest = hashlib.blake2b(repr(entry).encode("utf-8", "replace"), digest_size=12, key=_WAY_OF_READING)
        known, _, since = remembered.get(entry.item, "").partition(" ")
        stamp = digest.hexdigest()
        published = entry.published or entry.updated
        if published is None or published > now + timedelta(days=1):  # nobody knows tomorrow's news
            since = since or now.isoformat(timespec="seconds")
            stamp = f"{stamp} {since}"
        else:
            since = published.isoformat()
        if known == digest.hexdigest():
            yield Seen(entry.item, remembered[entry.item])
        else:
            yield Document(entry.item, entry.url or origin, _file(entry, since), stamp)


def newest_of_each(entries: Iterable[Entry | Problem]) -> list[Entry | Problem]:
    """One entry of each name, the one touched last: feeds repeat themselves."""
    kept: dict[str, Entry | Problem] = {}
    for entry in entries:
        before = kept.get(entry.item)
        if isinstance(before, Entry) and isinstance(entry, Entry) and _touched(entry) <= _touched(before):
            continue
        kept[entry.item] = entry
    return list(kept.values())


def identity(given: str, url: str, host: str, title: str, text: str) -> str:
    """What a story is known by: the publisher's id, else its address, else what it says."""
    given = clean_line(given, 4_000)
    if given:
        counted = len(given) <= 20 and _COUNTED.fullmatch(given)
        return f"{host}#{given}" if host and counted else given
    return url or hashlib.blake2b(f"{title}\n{text}".encode("utf-8", "replace"), digest_size=12).hexdigest()


def bounded(name: str) -> str:
    """The name, cleaned; a long one is cut, and told from others that begin alike by a digest."""
    name = clean_line(name, 4_000)
    if len(name) <= _IDENTITY_LIMIT:
        return name
    digest = hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=8).hexdigest()
    return f"{name[:160].strip()}…{digest}"


def absolute(base: str, address: object) -> str:
    """The address as a browser may open it; empty if it is none."""
    if not isinstance(address, str) or not address.strip():
        return ""
    try:
        return safe_url(urljoin(base, address.strip())) or ""
    except ValueError:
        return ""


def host_of(url: str) -> str:
    """The host without `www.`; empty for what has none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def language(value: object) -> str:
    """`en` for `en-US`; empty if it is no language."""
    match = _LANG.fullmatch(value.strip()) if isinstance(value, str) else None
    return match[1].lower() if match else ""


def labels(tags: Iterable[str]) -> tuple[str, ...]:
    """Tags as they are kept here: in upper case, spaces and all, each once."""
    cleaned = (clean_line(tag, _TAG_LIMIT).upper() for tag in tags)
    return tuple(list(dict.fromkeys(tag for tag in cleaned if tag))[:_TAGS_LIMIT])


def plain(text: str, limit: int = _LEAD_LIMIT) -> str:
    """HTML as one line of plain text."""
    text = _PROGRAMS.sub(" ", text[: limit * 4])
    return clean_line(html.unescape(_TAG.sub(" ", text)), limit)


def heading(text: str) -> str:
    """A headline that may or may not have been written as HTML."""
    return clean_line(html.unescape(_TAG.sub("", text[:8_000])))


def first_words(text: str) -> str:
    """A headline for a text that has none."""
    return clean_line(text, 80)


def markdown(text: str, form: Form, base: str) -> str:
    """The text as Markdown without an H1. Bounded in time; of what nests without end the depths are lost."""
    if form is Form.MARKDOWN:
        return clean(text[:_BODY_LIMIT])
    if form is Form.PLAIN:
        text = "".join(
            f"<p>{html.escape(paragraph)}</p>".replace("\n", "<br>")
            for paragraph in _PARAGRAPHS.split(clean(text[:_HTML_LIMIT]).strip())
        )
    text = _LONG_TAG.sub("", text[:_HTML_LIMIT])
    text = _FIRST_HEADING.sub(r"<\1h2", text)
    text = _ADDRESS.sub(_without_program, text)
    from html_to_markdown import ConversionError, convert

    try:
        converted = convert(text, _options(base if safe_url(base) else "")).content or ""
    except (ConversionError, RuntimeError, ValueError):
        return markdown(plain(text, _HTML_LIMIT), Form.PLAIN, "") if "<" in text else ""
    return _ESCAPES.sub(_without_need, converted[:_BODY_LIMIT]).strip()


def _without_program(address: re.Match[str]) -> str:
    """No address that is not one of the web; that of a script is no address."""
    target = "".join(html.unescape(address[1].strip("\"'")).split())
    return "" if _OTHER_SCHEME.match(target) else address[0]


def _without_need(match: re.Match[str]) -> str:
    return match[3] or match[4] or match[5] or match[0]


@lru_cache(maxsize=64)
def _options(base: str) -> Any:
    from html_to_markdown import ConversionOptions

    return ConversionOptions(
        heading_style="atx",
        bullets="-",
        escape_asterisks=True,
        escape_underscores=True,
        escape_misc=True,
        extract_metadata=False,
        highlight_style="none",
        infer_dimensions=False,
        exclude_selectors=["script", "style", "iframe", "object", "embed", "svg", "form", "template"],
        base_url=base or None,
    )


def _touched(entry: Entry) -> datetime:
    return max(filter(None, (entry.published, entry.updated)), default=datetime.min.replace(tzinfo=UTC))


def _file(entry: Entry, published: str) -> bytes:
    """The entry in our format. The front matter is a JSON object, which is YAML, too."""
    body = markdown(entry.text or entry.summary, entry.form, entry.base)
    lead = plain(entry.summary) if entry.form is Form.HTML else clean_line(entry.summary, _LEAD_LIMIT)
    fields = {
        "title": entry.title,
        "description": lead if entry.text else "",
        "publishedAt": published,
        "updatedAt": entry.updated.isoformat() if entry.updated else "",
        "lang": entry.lang,
        "externalId": bounded(entry.identity),
        "source": entry.source,
        "category": entry.category,
        "tags": list(entry.tags),
        "sentiment": entry.sentiment,
        "score": entry.score,
        "canonicalUrl": entry.url,
        "coverImage": {"raw": entry.image} if entry.image else None,
        **entry.extra,
    }
    front = json.dumps(
        {name: _value(value) for name, value in fields.items() if value not in _NOTHING}, ensure_ascii=False
    )
    return f"---\n{front}\n---\n\n{body or (f'<{entry.url}>' if entry.url else '')}\n".encode(
        "utf-8", "replace"
    )


def _value(value: Any) -> Any:
    """As front matter can hold it: no character that YAML refuses, nothing that nests."""
    if isinstance(value, str):
        return clean_line(value, 4_096)
    if isinstance(value, Mapping):
        return {clean_line(str(name), 100): _value(item) for name, item in list(value.items())[:20] if item}
    if isinstance(value, list):
        return [clean_line(str(item)) for item in value[:_TAGS_LIMIT]]
    return value if isinstance(value, bool | int | float) and abs(value) < 1e15 else None
