"""What the tests are made of: article files and values to build by hand, and Hypothesis strategies for them."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from cryptonews_tui.article import Article, Document, Provenance, Publisher, Section, Sentiment
from cryptonews_tui.library import Mark
from cryptonews_tui.query import FIELDS, Filter, Query, Word, make_query

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
    return Article(story=story, lang=lang, **values)


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

WORDS = (
    *("bitcoin", "bitcoins", "Біткоїн", "біткоїну", "кіт", "кити", "й", "и"),
    *("etf", "ETFs", "flows", "NO", "and", "layer-2", "u.s.", "№5", "2025"),
)
TAGS = ("BTC", "Bitcoin", "BITCOIN", "DIGITAL ASSETS", "-DEFI", "2025", 'A"B', "A,B")
SOURCES = (
    Publisher("ledger", "Night Ledger"),
    Publisher("courier", "Courier", url="https://courier.example/"),
)
CATEGORIES = ("", "MARKET", "Security Incidents")
LANGUAGES = ("en", "uk", "ja")

SENTENCES = st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join)
TIMES = st.integers(0, 3).map(lambda days: NOON - timedelta(days=days))


@st.composite
def articles(draw: st.DrawFn) -> Article:
    story = str(draw(st.integers(1, 5)))
    return Article(
        story=story,
        lang=draw(st.sampled_from(LANGUAGES)),
        title=draw(SENTENCES.filter(bool)),
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
        provenance=draw(
            st.sampled_from([None, Provenance(rewritten=True), Provenance(translated_from="7"), Provenance()])
        ),
        sections=(),
        body=draw(SENTENCES),
    )


MARKS = st.frozensets(st.tuples(st.sampled_from([*Mark]), st.sampled_from("12345")), max_size=5)

_VALUES: Mapping[str, tuple[str, ...]] = {
    "tag": (*TAGS, "absent"),
    "source": ("ledger", "courier", "absent"),
    "category": ("market", "SECURITY INCIDENTS", "absent"),
    "lang": (*LANGUAGES, "de"),
}
FILTERS = st.sampled_from([*FIELDS]).flatmap(
    lambda field: st.builds(
        Filter,
        st.just(field),
        st.lists(
            st.sampled_from(FIELDS[field].values or _VALUES[field]), min_size=1, max_size=2, unique=True
        ).map(tuple),
        st.booleans(),
    )
)
_PHRASES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=2).map(" ".join)
QUERY_WORDS = st.one_of(
    st.builds(Word, st.sampled_from([*WORDS, "bit", "бітк", "et", "la", "u.s", "no*", "near(", "^etf", "5"])),
    st.builds(Word, _PHRASES, st.just(True)),
).flatmap(lambda word: st.sampled_from([word, word, Word(word.text, word.exact, True)]))
QUERIES: st.SearchStrategy[Query] = st.builds(
    make_query, st.lists(QUERY_WORDS, max_size=2), st.lists(FILTERS, max_size=3)
)


def sections_of(article: Article) -> tuple[Section, ...]:
    from cryptonews_tui.sections import split

    return split(article.body, article.title)
