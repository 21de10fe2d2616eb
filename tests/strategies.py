"""What the tests are made of: article files and values to build by hand, and Hypothesis strategies for them."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import groupby
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from cryptonews_tui.article import Article, Document, Provenance, Publisher, Section, Sentiment
from cryptonews_tui.library import Arrived, Mark
from cryptonews_tui.query import FIELDS, ORDERS, Either, Filter, Query, Word, literal, make_query
from cryptonews_tui.sections import split

NOON = datetime(2025, 11, 25, 12, tzinfo=UTC)

BODY = """\
## Overview

Exchanges have to hold reserves.

## Impact on the crypto market

- Trust grows.
"""

FRONT: Mapping[str, Any] = {
    "title": "Bitcoin rests",
    "description": "A quiet day.",
    "publishedAt": "2025-11-25T09:00:00.000Z",
    "updatedAt": "2025-11-25T10:10:00.000Z",
    "lang": "en",
    "externalId": "61000001",
    "source": {"name": "Night Ledger", "key": "nightledger", "type": "RSS", "url": "https://ledger.example/"},
    "category": "BTC",
    "tags": ["BTC", "DIGITAL ASSETS"],
    "sentiment": "POSITIVE",
}


def front(**fields: Any) -> str:
    """The lines of a front matter: the usual fields, changed by these; `...` leaves one out. JSON is YAML."""
    values = {**FRONT, **fields}
    return "".join(
        f"{name}: {json.dumps(value, ensure_ascii=False)}\n"
        for name, value in values.items()
        if value is not ...
    )


def file(body: str = BODY, **fields: Any) -> bytes:
    """The bytes of an article."""
    return f"---\n{front(**fields)}---\n\n{body}".encode()


def write(folder: Path, name: str, body: str = BODY, **fields: Any) -> Path:
    """An article in a folder."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file(body, **fields))
    return path


def document(data: bytes, item: str = "2025/11/story.en.md") -> Document:
    return Document(item, f"/news/{item}", data)


def article(story: str = "1", lang: str = "en", **fields: Any) -> Article:
    """An article as `reading` makes them."""
    values: dict[str, Any] = {
        "title": f"Story {story}",
        "published": NOON,
        "updated": NOON,
        "origin": f"/news/{story}.{lang}.md",
        "publisher": Publisher("ledger", "Night Ledger"),
        "body": "## Overview\n\nText.",
        **fields,
    }
    values.setdefault("sections", split(values["body"], values["title"]))
    return Article(story=story, lang=lang, **values)


def arrived(puts: Iterable[tuple[Article, bytes]]) -> list[Arrived]:
    """Articles with the hashes of their bytes, each from an item that is called as it came from there."""
    return [Arrived(one.origin, one, hashed) for one, hashed in puts]


# Texts that are out to harm

HOSTILE = {
    "a colour": "\x1b[31mred\x1b[0m",
    "a colour in C1": "\x9b31mred",
    "the clipboard": "\x1b]52;c;cm0gLXJm\x07",
    "a link": "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "a title in C1": "\x9d0;title\x9c",
    "a device control": "\x1bPq#0;2;0;0;0\x1b\\",
    "a bell": "ding\x07\x08\x08\x08",
    "a return": "innocent\rmalicious",
    "an override": "\u202eexe.txt\u202c \u2066isolated\u2069 \u200f\u200e\u061c",
    "invisible": "bit\u200bcoin\u2060\ufeff\u00ad\U000e0041\u180e\U0001d173",
    "markup": "[bold red]loud[/] [/b] [@click=app.quit]x[/] [link=file:///etc]y",
    "line separators": "one\u2028two\u2029three\x85four",
    "marks": "a" + "\u0301" * 50 + "ก" + "\u0e49" * 50,
    "joiners": "a" + "\u200d" * 50 + "b" + "\u200c\ufe0f" * 50,
    "nul": "nul\0byte\x7f",
}

_VISIBLE_FORMATS = set("\u200c\u200d\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2")
_INVISIBLE = set("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")


def threats(text: str, allowed: str = "\t\n") -> list[str]:
    """The characters of a text that no terminal should get, by what Unicode says of them."""
    found = [c for c in text if _is_threat(c) and c not in allowed]
    for is_mark, run in groupby(text, lambda c: unicodedata.category(c) in ("Mn", "Me")):
        found += list(run)[4:] if is_mark else []
    for is_joiner, run in groupby(text, lambda c: c in "\u200c\u200d" or "\ufe00" <= c <= "\ufe0f"):
        found += list(run)[2:] if is_joiner else []
    return found


def _is_threat(c: str) -> bool:
    category = unicodedata.category(c)
    if category == "Cf":
        return c not in _VISIBLE_FORMATS and ord(c) not in (0x110BD, 0x110CD)
    return category in ("Cc", "Cs", "Zl", "Zp") or c in _INVISIBLE or ord(c) & 0xFFFE == 0xFFFE


def texts_of(value: Any) -> Iterator[str]:
    """Every text inside JSON values, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield str(key)
            yield from texts_of(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts_of(item)


ODD = st.sampled_from(
    "\x00\x07\x08\t\n\r\x1b\x1b\x9b\x9d\x9c[]()\\;:0m \u00ad\u0301\u0301\u0345\u0e49\u094d\u200b\u200c\u200d"
    "\u202e\u2028\u2060\ufe0f\ufe0e\ufeff\U000e0041\U000e0100👩❤🚀\U0001f3fdaбїअक漢ßİ\"'-,*_`"
)
ODD_TEXT = st.one_of(st.text(ODD, max_size=40), st.text(max_size=40), st.sampled_from([*HOSTILE.values()]))


# Files that are no articles any more

_BITS = st.sampled_from(
    [
        *(
            "[",
            "{",
            "}",
            "]",
            "tags: [",
            "&a ",
            "*a",
            "!!int ",
            "!!bool ",
            "!!float ",
            "!!merge <<: *a",
            "? ",
            "- ",
        ),
        *(
            "- - - -",
            "\t",
            "|\n  ",
            ">-\n  ",
            '"',
            "'",
            "%",
            "@",
            "`",
            "---\n",
            "\0",
            "\r",
            "\n\n",
            ": ",
            "#",
            "~",
        ),
        *("title: ", "publishedAt: 2025-11-25", "0x99", "1e999", ".nan", "…", "\u202e", "\u2028", "\x1b[31m"),
    ]
).map(str.encode)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """An article with some bytes taken out and others put in."""
    data = bytearray(file())
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, min(len(data), 420)))
        data[at : at + draw(st.sampled_from([0, 0, 1, 5, 30]))] = draw(
            st.one_of(_BITS, st.binary(max_size=6))
        )
    return bytes(data)


# Small libraries and what is asked of them

NOW = datetime(2025, 11, 25, 18, 30, tzinfo=timezone(timedelta(hours=2)))
"""What the clock says when these libraries are asked."""

WORDS = (
    *("bitcoin", "bitcoins", "Біткоїн", "біткоїну", "кіт", "кити", "й", "и"),
    *("etf", "ETFs", "flows", "NO", "and", "layer-2", "u.s.", "№5", "2025"),
)
TAGS = (
    "BTC",
    "Bitcoin",
    "BITCOIN",
    "BITCOIN PRICE",
    "SOL",
    "MY OWN COIN",
    "DIGITAL ASSETS",
    "-DEFI",
    "2025",
    'A"B',
    "A,B",
    "A*\\",
)
SOURCES = (
    Publisher("ledger", "Night Ledger"),
    Publisher("courier", "Courier", url="https://courier.example/"),
)
CATEGORIES = ("", "MARKET", "Security Incidents")
LANGUAGES = ("en", "uk", "ja")
STORIES = ("1", "2", "3", "4", "Ä5")
HEADINGS = ("Overview", "What happened: ETF", "Regulatory flows", "Impact", "Вплив", "Bitcoins", "bitcoin")

SENTENCES = st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join)
TIMES = st.sampled_from([-3, 0, 0, 2, 13, 24, 26, 3 * 24, 8 * 24, 32 * 24, 400 * 24]).map(
    lambda hours: NOON - timedelta(hours=hours)
)
BODIES = st.lists(
    st.one_of(SENTENCES, st.builds("## {}\n\n{}".format, st.sampled_from(HEADINGS), SENTENCES)), max_size=4
).map("\n\n".join)


@st.composite
def articles(draw: st.DrawFn) -> Article:
    story = draw(st.sampled_from(STORIES))
    title, body = draw(SENTENCES.filter(bool)), draw(BODIES)
    return Article(
        story=story,
        lang=draw(st.sampled_from(LANGUAGES)),
        title=title,
        published=draw(TIMES),
        updated=draw(TIMES),
        origin="",
        publisher=draw(st.sampled_from(SOURCES)),
        description=draw(SENTENCES),
        category=draw(st.sampled_from(CATEGORIES)),
        tags=tuple(draw(st.lists(st.sampled_from(TAGS), max_size=3, unique=True))),
        sentiment=draw(st.sampled_from([None, *Sentiment])),
        score=draw(st.sampled_from([None, -1.0, 0.5, 2.0])),
        sticky_weight=draw(st.sampled_from([0, 0, 0, 1, 5, -1])),
        draft=draw(st.sampled_from([False, False, False, True])),
        canonical_url=draw(st.sampled_from([None, None, "https://ledger.example/1"])),
        cover=draw(st.sampled_from([{}, {"raw": "https://img.example/raw.jpg"}])),
        provenance=draw(
            st.sampled_from([None, Provenance(rewritten=True), Provenance(translated_from="7"), Provenance()])
        ),
        sections=split(body, title),
        body=body,
    )


MARKS = st.frozensets(st.tuples(st.sampled_from([*Mark]), st.sampled_from(STORIES)), max_size=5)
NOTED = st.frozensets(st.sampled_from(STORIES), max_size=2)

_DATES = ("today", "yesterday", "7d", "36h", "2025-11", "2025-11-24", "2024", "2025-11-25 10:00")
_SINCE = ("7d", "today", "2025-11-25", "12h", "2025-10", "now")
_INTERVALS = ("2025-11-20..2025-11-24", "30d..2d", "..2025-10", "2025-11..", "2025..2026", "yesterday", "48h")
_PATTERNS: Mapping[str, tuple[str, ...]] = {
    "tag": ("b*", "*coin*", "*", "bit*ce", "a*", "*\\*\\\\", "absent*"),
    "source": ("*er", "l*"),
    "category": ("*", "sec*inc*"),
    "lang": ("*",),
    "asset": ("b*", "*", "*oin*"),
    "id": ("*", "*5"),
    "origin": ("/news/*", "*1.md"),
}
_VALUES: Mapping[str, tuple[str, ...]] = {
    "tag": (*TAGS, "absent"),
    "source": ("ledger", "courier", "absent"),
    "category": ("market", "SECURITY INCIDENTS", "absent"),
    "lang": (*LANGUAGES, "de"),
    "asset": ("btc", "bitcoin", "xbt", "sol", "біткоїн", "my own coin", "absent"),
    "id": (*STORIES, "absent"),
    "origin": ("/news/1.md", "/news/2.md"),
}
_CONDITIONS: Mapping[str, tuple[str, ...]] = {
    "on": _DATES,
    "since": _SINCE,
    "before": _SINCE,
    "published": (*_DATES, *_INTERVALS),
    "updated": (*_DATES, *_INTERVALS),
    "score": (">0.5", ">=0.5", "<0.5", "<=.5", "0.5", "-1..0.5", "..0", "0..", ">-2", "+2"),
    "words": (">3", "<=3", "0", "2..6", "5", "<1", "..100"),
    "lag": (">6h", "<30min", "<=0m", "1h..2d", "2d..", "1d", "..1y"),
}


def _values_of(field: str) -> st.SearchStrategy[str]:
    if field in _VALUES:
        return st.one_of(st.sampled_from(_VALUES[field]).map(literal), st.sampled_from(_PATTERNS[field]))
    return st.sampled_from(FIELDS[field].values or _CONDITIONS[field])


FACET_FIELDS = ("tag", "sentiment", "asset", "source", "category", "lang", "is", "has", "section", "on")
FILTERS = st.sampled_from([f.name for f in FIELDS.values() if f.kind not in ("words", "order")]).flatmap(
    lambda field: st.builds(
        Filter,
        st.just(field),
        st.lists(_values_of(field), min_size=1, max_size=2, unique=True).map(tuple),
        st.booleans(),
        st.booleans() if FIELDS[field].merges else st.just(False),
    )
)
SCOPES = tuple(f.name for f in FIELDS.values() if f.kind == "words")
_PHRASES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=2).map(" ".join)
QUERY_WORDS = st.builds(
    lambda word, negated, scope: replace(word, negated=negated, scope=scope),
    st.one_of(
        st.builds(
            Word, st.sampled_from([*WORDS, "bit", "бітк", "et", "la", "u.s", "no*", "b*", "^etf", "5"])
        ),
        st.builds(Word, _PHRASES, st.just(True)),
    ),
    st.sampled_from([False, False, True]),
    st.one_of(st.just(""), st.just(""), st.sampled_from(SCOPES)),
)
_TERMS: st.SearchStrategy[Query] = st.one_of(
    QUERY_WORDS.map(lambda word: make_query([word])), FILTERS.map(lambda item: make_query((), [item]))
)
_SIDE_BY_SIDE = st.builds(make_query, st.lists(QUERY_WORDS, max_size=2), st.lists(FILTERS, max_size=3))
GROUPS = st.recursive(
    st.one_of(_TERMS, _SIDE_BY_SIDE.filter(bool)),
    lambda inner: st.builds(
        lambda alternatives, negated, beside: make_query(
            beside.words, beside.filters, [*beside.groups, Either(tuple(alternatives), negated)]
        ),
        st.lists(inner, min_size=1, max_size=3),
        st.booleans(),
        _SIDE_BY_SIDE,
    ),
    max_leaves=4,
)
SORTS = st.one_of(
    st.just(""), st.builds("{}{}".format, st.sampled_from(["", "+", "-"]), st.sampled_from(ORDERS))
)
QUERIES: st.SearchStrategy[Query] = st.builds(
    Query.sorted_by, st.one_of(_SIDE_BY_SIDE, _SIDE_BY_SIDE, GROUPS), SORTS
)


def sections_of(article: Article) -> tuple[Section, ...]:
    return split(article.body, article.title)
