"""How a news service spells its articles: which field is where. Two are built in, settings name more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from cryptonews_tui.safety import clean_line
from cryptonews_tui.sources.entries import Form
from cryptonews_tui.translation import N_

_KIND = N_("a news service")
UNITS = ("s", "ms", "iso")
_FORMATS = {"html": Form.HTML, "plain": Form.PLAIN, "markdown": Form.MARKDOWN}
_PATHS_LIMIT = 20

Paths = tuple[str, ...]
"""Where a value may be: names joined by dots; the first path that leads to something counts."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Where a service keeps what an article consists of."""

    kind: str = _KIND
    prefix: str = ""
    """What the addresses begin with that are read like this."""
    items: Paths = ("", "data", "Data", "articles", "items", "results", "news", "data.items", "data.articles")
    id: Paths = ()
    title: Paths = ()
    body: Paths = ()
    body_format: Form | None = None
    """`None`: judged text by text."""
    summary: Paths = ()
    published: Paths = ()
    published_unit: str = ""
    """`s`, `ms` or `iso`; empty: judged by the value."""
    updated: Paths = ()
    url: Paths = ()
    image: Paths = ()
    lang: Paths = ()
    tags: Paths = ()
    separator: str = "|"
    category: Paths = ()
    sentiment: Paths = ()
    score: Paths = ()
    author: Paths = ()
    source_name: Paths = ()
    source_key: Paths = ()
    source_type: Paths = ()
    source_url: Paths = ()
    next: Paths = ("next", "next_url", "nextUrl", "next_page_url", "links.next", "meta.next", "paging.next")

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> Shape:
        """The shape that a table of the settings describes; what it leaves out is as in the publisher's own.

        Raises `ValueError` with a sentence.
        """
        known = {"for": "prefix", "list": "items"} | {
            f.name: f.name for f in fields(cls) if f.name not in ("kind", "prefix", "items")
        }
        values: dict[str, Any] = {}
        for name, value in table.items():
            if name not in known:
                raise ValueError(
                    f"{clean_line(name, 60)} is no field of a shape; there are {', '.join(known)}."
                )
            values[known[name]] = _checked(name, value)
        prefix = values.get("prefix", "")
        if not prefix.startswith(("http://", "https://")) or prefix.count("/") < 3:
            raise ValueError(
                'A shape needs the beginning of its addresses: for = "https://api.example.org/".'
            )
        return replace(PUBLISHER, kind=_KIND, **values)


PUBLISHER = Shape(
    id=("id", "_id", "guid", "uuid"),
    title=("title", "headline"),
    body=("body", "content", "content_html", "text"),
    summary=("description", "summary", "subtitle", "excerpt"),
    published=("published", "published_on", "publishedAt", "published_at", "pubDate", "date"),
    updated=("updated", "updated_on", "updatedAt", "updated_at"),
    url=("url", "link", "canonicalUrl", "news_url"),
    image=("image_url", "imageurl", "imageUrl", "image", "urlToImage", "cover"),
    lang=("lang", "language"),
    tags=("keywords", "tags"),
    category=("category_data.category", "category_data.name", "category", "categories"),
    sentiment=("sentiment",),
    score=("score",),
    author=("authors", "author"),
    source_name=("source_data.name", "source_info.name", "source.name", "source", "source_name"),
    source_key=("source_data.key", "source_data.source_key", "source.key", "source.id", "source"),
    source_type=("source_data.source_type", "source_data.type", "source.type"),
    source_url=("source_data.url", "source.url"),
)
"""The publisher's own news service, and what many others call the same."""

COINDESK = Shape(
    kind=N_("a news service (CoinDesk Data)"),
    items=("Data",),
    id=("ID", "GUID"),
    title=("TITLE",),
    body=("BODY",),
    summary=("SUBTITLE",),
    published=("PUBLISHED_ON",),
    published_unit="s",
    updated=("UPDATED_ON",),
    url=("URL",),
    image=("IMAGE_URL",),
    lang=("LANG",),
    tags=("KEYWORDS",),
    category=("CATEGORY_DATA.CATEGORY", "CATEGORY_DATA.NAME"),
    sentiment=("SENTIMENT",),
    score=("SCORE",),
    author=("AUTHORS",),
    source_name=("SOURCE_DATA.NAME",),
    source_key=("SOURCE_DATA.SOURCE_KEY",),
    source_type=("SOURCE_DATA.SOURCE_TYPE",),
    source_url=("SOURCE_DATA.URL",),
)
"""The news list of CoinDesk's data service."""

BUILT_IN = (COINDESK, PUBLISHER)


def _checked(name: str, value: Any) -> Any:
    if name in ("for", "separator", "published_unit", "body_format"):
        if not isinstance(value, str):
            raise ValueError(f"{name} must be a text.")
        if name == "published_unit" and value not in UNITS:
            raise ValueError(f"published_unit is one of {', '.join(UNITS)}.")
        if name == "body_format" and value not in _FORMATS:
            raise ValueError(f"body_format is one of {', '.join(_FORMATS)}.")
        if name == "separator" and not value:
            raise ValueError("separator must not be empty.")
        return _FORMATS[value] if name == "body_format" else value
    paths = [value] if isinstance(value, str) else value
    if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
        raise ValueError(f'{name} must be a path such as "data.{name}", or a list of such.')
    if len(paths) > _PATHS_LIMIT:
        raise ValueError(f"{name} has more than {_PATHS_LIMIT} paths.")
    return tuple(paths)
