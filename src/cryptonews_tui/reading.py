"""Step 3 of the line: `Document` → `Article`. Pure: no I/O, and whatever the bytes are, it returns.

This is the border. A field of the wrong type is a problem of that field; only a file without a usable title
and date is refused. YAML is read by python-frontmatter with PyYAML's C loader, restricted to what front
matter needs: no timestamps, no `yes`/`no`, no octal numbers, no merge keys, no YAML tags, so that the tag `NO`
stays a tag and the id `007` keeps its zeros.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any, TypeVar

import frontmatter
from frontmatter.default_handlers import YAMLHandler

from cryptonews_tui import front_matter
from cryptonews_tui.article import Article, Document, Problem, Provenance, Publisher, Sentiment
from cryptonews_tui.safety import clean, clean_line, safe_url
from cryptonews_tui.sections import SHIPPED, Roles, split
from cryptonews_tui.translation import _

ARTICLE_LIMIT = 2 * 1024 * 1024
"""Bytes of one article; a larger one is refused."""

TAGS_LIMIT = 200
_FRONT_MATTER_LIMIT = 128 * 1024
_DEPTH_LIMIT = 40
_EXTRA_NODES_LIMIT = 2_000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of a document: an article or none, and everything that was wrong with it."""

    article: Article | None
    problems: tuple[Problem, ...] = ()


def read(document: Document, roles: Roles = SHIPPED) -> Reading:
    """Read one document. Never raises: a document that is no article is a `Reading` with problems only."""
    fields = _Fields(document.item)
    try:
        return Reading(_article(document, fields, roles), tuple(fields.problems))
    except _RefusedError as refusal:
        fields.note(str(refusal), refusal.line)
        return Reading(None, tuple(fields.problems))


def parse_time(value: object) -> datetime | None:
    """An ISO 8601 instant or date as an aware UTC time; without a zone it is taken as UTC."""
    if not isinstance(value, str) or not value[:4].isdigit():
        return None
    try:
        time = datetime.fromisoformat(value.strip())
        time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return time if 1 < time.year < 9999 else None  # the outermost years have no local time everywhere


class _RefusedError(Exception):
    """The document cannot become an article; says why, and where if known."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


class _Handler(YAMLHandler):
    """python-frontmatter's YAML handler with our loader, bounded before anything is built."""

    def __init__(self, fields: _Fields) -> None:
        super().__init__()
        self.fields = fields

    def split(self, text: str) -> tuple[str, str]:
        try:
            fm, body = super().split(text)
        except ValueError:
            raise _RefusedError(_("the front matter is not closed by a line “---”"), 1) from None
        if len(fm) > _FRONT_MATTER_LIMIT:
            raise _RefusedError(
                _("front matter larger than {count} KiB").format(count=_FRONT_MATTER_LIMIT // 1024), 1
            )
        self.fields.text = text
        self.fields.first = text.index(fm)
        return fm, body

    def load(self, fm: str, **_: object) -> Any:
        return front_matter.load(fm, self.fields.note_duplicate)


def _article(document: Document, fields: _Fields, roles: Roles) -> Article:
    text = _decode(document.data, fields)
    body = _front_matter(text, fields)
    title = fields.take("title", _line)
    published = fields.take("publishedAt", _time)
    if not title:
        raise _RefusedError(
            _("no usable title: the front matter needs a line such as “title: What happened”")
        )
    if published is None:
        raise _RefusedError(
            _("no usable date: the front matter needs a line such as “publishedAt: 2026-01-31T08:00:00Z”")
        )
    canonical_url = fields.take("canonicalUrl", _url)
    lang = fields.take("lang", _lang) or "en"
    story = fields.take("externalId", _identity)
    named = bool(story or canonical_url)
    if not story:
        story = canonical_url or f"{_slug(document.item, lang)}@{published:%Y%m%dT%H%M%S}"
        fields.note(_("no externalId: the story is known by its address or file name and date instead"))
    article = Article(
        story=story,
        lang=lang,
        title=title,
        published=published,
        updated=fields.take("updatedAt", _time) or published,
        origin=clean_line(document.origin, 4_096),
        publisher=fields.take("source", _publisher) or Publisher(key="unknown", name="unknown source"),
        description=fields.take("description", _paragraph) or "",
        category=fields.take("category", _line) or "",
        tags=fields.take("tags", _tags) or (),
        sentiment=fields.take("sentiment", _sentiment),
        score=fields.take("score", _number),
        sticky_weight=int(fields.take("stickyWeight", _number) or 0),
        draft=fields.take("draft", _truth) or False,
        canonical_url=canonical_url,
        cover=fields.take("coverImage", _cover) or {},
        provenance=fields.take("ai", _provenance),
        cta=fields.take("cta", _tags) or (),
        sections=split(body, title, roles),
        body=body,
        extra=fields.rest(),
        named=named,
    )
    if not body:
        fields.note(_("the body is empty"))
    return article


def _decode(data: bytes, fields: _Fields) -> str:
    if len(data) > ARTICLE_LIMIT:
        raise _RefusedError(_("larger than {count} MiB").format(count=ARTICLE_LIMIT // 1024 // 1024))
    if not data.strip():
        raise _RefusedError(_("the file is empty"))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            fields.note(_("not UTF-8; read as Windows-1252 (Latin)"), data.count(b"\n", 0, error.start) + 1)
            text = data.decode("cp1252", "replace")
    if "\0" in text:
        fields.note(_("holds NUL bytes, which were left out"), text.count("\n", 0, text.index("\0")) + 1)
    return text


def _front_matter(text: str, fields: _Fields) -> str:
    """Fill `fields` from the front matter and return the body."""
    cleaned = clean(text)
    text = cleaned.lstrip()
    fields.above = cleaned.count("\n", 0, len(cleaned) - len(text))
    if not text.startswith("---"):
        raise _RefusedError(_("no front matter: an article begins with a line “---”"), fields.above + 1)
    try:
        data, body = frontmatter.parse(text, handler=_Handler(fields))
    except front_matter.FrontMatterError as error:
        reason = clean_line(str(error), 200)
        raise _RefusedError(
            _("front matter is not valid YAML: {reason}").format(reason=reason), fields.line(error.line)
        ) from None
    fields.data = {str(key): value for key, value in data.items()}
    return str(body)


class _Fields:
    """Front matter taken field by field; what does not fit is noted with its line and left out."""

    def __init__(self, item: str) -> None:
        self.item = clean_line(item, 4_096)
        self.problems: list[Problem] = []
        self.data: dict[str, Any] = {}
        self.text = ""
        self.first = 0
        self.above = 0  # empty lines before the front matter

    def note(self, message: str, line: int | None = None) -> None:
        self.problems.append(Problem(self.item, line, message))

    def note_duplicate(self, key: str, line: int) -> None:
        self.note(
            _("“{key}” is given twice; the last one counts").format(key=clean_line(key, 60)), self.line(line)
        )

    def take(self, name: str, convert: Callable[[Any], T | None]) -> T | None:
        """The field as `convert` makes it. A missing or null field is `None` without a word."""
        value = self.data.pop(name, None)
        if value is None:
            return None
        converted = convert(value)
        if converted is None:
            shown = clean_line(repr(_json_value(value, [20]))[:200], 60)  # a small part of an alias bomb
            self.note(_("{name}: cannot use {shown}").format(name=name, shown=shown), self._line_of(name))
        return converted

    def rest(self) -> dict[str, Any]:
        """The fields nobody took, as bounded JSON values."""
        budget = [_EXTRA_NODES_LIMIT]
        return {clean_line(name, 100): _json_value(value, budget) for name, value in self.data.items()}

    def line(self, line: int | None) -> int | None:
        """The file's line (from 1) for a line of the front matter (from 0)."""
        return None if line is None else self._line_at(self.first) + line

    def _line_of(self, name: str) -> int | None:
        found = re.compile(rf"^[\"']?{re.escape(name)}[\"']?\s*:", re.M).search(self.text, self.first)
        return self._line_at(found.start()) if found else None

    def _line_at(self, position: int) -> int:
        return self.above + self.text.count("\n", 0, position) + 1


# A converter returns what the field means, or None when the value does not mean anything.


def _scalar(value: Any) -> str | None:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _line(value: Any) -> str | None:
    text = _scalar(value)
    return None if text is None else clean_line(text)


def _paragraph(value: Any) -> str | None:
    text = _scalar(value)
    return None if text is None else clean_line(text, 4_000)


def _identity(value: Any) -> str | None:
    text = _scalar(value)
    return None if text is None else clean_line(text, 200) or None


def _time(value: Any) -> datetime | None:
    return parse_time(value)


def _lang(value: Any) -> str | None:
    return (
        value.lower()
        if isinstance(value, str) and re.fullmatch(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*", value)
        else None
    )


def _url(value: Any) -> str | None:
    return safe_url(value) if isinstance(value, str) else None


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if abs(number) < 1e15 else None  # also leaves out nan and inf


def _truth(value: Any) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "yes": True, "false": False, "no": False}.get(value.lower())
    return value if isinstance(value, bool) else None


def _sentiment(value: Any) -> Sentiment | None:
    try:
        return Sentiment(value.upper()) if isinstance(value, str) else None
    except ValueError:
        return None


def _tags(value: Any) -> tuple[str, ...] | None:
    if not isinstance(value, list):
        return None
    texts = (_line(tag) for tag in value[:TAGS_LIMIT])
    return tuple(dict.fromkeys(text for text in texts if text))


def _publisher(value: Any) -> Publisher | None:
    if isinstance(value, str):
        value = {"name": value}
    if not isinstance(value, Mapping):
        return None
    name, key = _line(value.get("name")), _line(value.get("key"))
    if not (name or key):
        return None
    return Publisher(
        key=(key or name or "").casefold(),
        name=name or key or "",
        type=_line(value.get("type")) or "",
        url=_url(value.get("url")),
    )


def _cover(value: Any) -> dict[str, str] | None:
    if not isinstance(value, Mapping):
        return None
    sizes = {_line(size): _url(url) for size, url in list(value.items())[:20]}
    return {size: url for size, url in sizes.items() if size and url}


def _provenance(value: Any) -> Provenance | None:
    if not isinstance(value, Mapping):
        return None
    return Provenance(
        rewritten=_truth(value.get("rewritten")) or False,
        expanded_at=_time(value.get("expandedAt")),
        version=_line(value.get("version")) or "",
        translated_from=_identity(value.get("translatedFrom")),
    )


def _json_value(value: Any, budget: list[int], depth: int = 0) -> Any:
    """`value` as JSON can hold it, cleaned; `budget` bounds how much of an alias bomb is unrolled."""
    budget[0] -= 1
    if budget[0] < 0 or depth > _DEPTH_LIMIT:
        return None
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {
            clean_line(str(key), 100): _json_value(item, budget, depth + 1)
            for key, item in value.items()
            if budget[0] > 0
        }
    if isinstance(value, list):
        return [_json_value(item, budget, depth + 1) for item in value if budget[0] > 0]
    return clean_line(str(value)[:16_000], 4_000)


def _slug(item: str, lang: str) -> str:
    name = PurePosixPath(clean_line(item)).name.removesuffix(".md").removesuffix(".markdown")
    return name.removesuffix(f".{lang}")
