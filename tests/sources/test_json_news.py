"""News services: lists of objects in JSON become articles, whatever their fields are called."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cryptonews_tui import reading
from cryptonews_tui.article import Article, Document
from cryptonews_tui.sources import SourceError, json_news
from cryptonews_tui.sources.limits import Limits
from cryptonews_tui.sources.shapes import Shape
from tests.sources.visiting import Visit, or_a_sentence, sort_out, visit

URL = "https://news.example/api/list?limit=2"
COINDESK_URL = "https://data-api.coindesk.com/news/v1/article/list?lang=EN&limit=2"
LIMITS = Limits()

OWN = {
    "id": 61000001,
    "published": 1764061200000,
    "updated": 1764064800000,
    "title": "Bitcoin &amp; others rest",
    "body": "## Overview\n\nAll **quiet**.",
    "category_data": [{"category": "BTC", "name": "Bitcoin"}, {"category": "MARKET"}],
    "keywords": "BTC|DIGITAL ASSETS|",
    "sentiment": "NEUTRAL",
    "score": 0,
    "lang": "EN",
    "url": "https://ledger.example/1",
    "image_url": "https://ledger.example/1.png",
    "source_data": {
        "name": "Night Ledger",
        "key": "nightledger",
        "source_type": "RSS",
        "url": "https://ledger.example/",
    },
}

COINDESK = {
    "TYPE": "121",
    "ID": 61000002,
    "GUID": "https://ledger.example/guid",
    "PUBLISHED_ON": 1764061200,
    "IMAGE_URL": "https://ledger.example/2.png",
    "TITLE": "Ether wakes",
    "SUBTITLE": "A lead",
    "AUTHORS": "Ann Example",
    "URL": "https://ledger.example/2",
    "BODY": "<p>Text &amp; more</p>",
    "KEYWORDS": "ETH|Night News",
    "LANG": "EN",
    "UPVOTES": 3,
    "SCORE": 7,
    "SENTIMENT": "POSITIVE",
    "STATUS": "ACTIVE",
    "CREATED_ON": 1764061300,
    "UPDATED_ON": None,
    "SOURCE_DATA": {
        "NAME": "Night Ledger",
        "SOURCE_KEY": "nightledger",
        "SOURCE_TYPE": "RSS",
        "URL": "https://l.example/feed",
    },
    "CATEGORY_DATA": [{"NAME": "ETH", "CATEGORY": "ETH"}, {"NAME": "TRADING", "CATEGORY": "TRADING"}],
}


def read(
    value: object,
    remembered: Mapping[str, str] | None = None,
    shapes: Sequence[Shape] = (),
    url: str = URL,
    limits: Limits = LIMITS,
    more: Any = None,
) -> Visit:
    return sort_out(json_news.read(value, url, remembered or {}, shapes, limits, more))


def only(value: object, **options: Any) -> Article:
    (document,) = read(value, **options).documents.values()
    what = reading.read(document)
    assert what.problems == ()
    assert what.article is not None
    return what.article


def test_an_article_in_the_publishers_own_shape() -> None:
    found = read([OWN])
    assert [about.kind for about in found.about] == ["a news service"]
    assert list(found.documents) == ["61000001.en"]
    article = only([OWN])
    assert (article.story, article.title, article.lang) == ("61000001", "Bitcoin & others rest", "en")
    assert (article.published, article.updated.hour) == (datetime(2025, 11, 25, 9, tzinfo=UTC), 10)
    assert article.body == "## Overview\n\nAll **quiet**."
    assert (article.category, article.tags) == ("BTC", ("BTC", "DIGITAL ASSETS", "MARKET"))
    assert (article.sentiment, article.score) == ("NEUTRAL", 0)
    assert article.canonical_url == "https://ledger.example/1"
    assert article.cover == {"raw": "https://ledger.example/1.png"}
    publisher = article.publisher
    assert (publisher.name, publisher.key, publisher.type) == ("Night Ledger", "nightledger", "RSS")


def test_an_article_of_coindesks_service() -> None:
    value = {"Data": [COINDESK], "Err": {}}
    assert [about.kind for about in read(value).about] == ["a news service (CoinDesk Data)"]
    article = only(value)
    assert (article.story, article.title, article.lang) == ("61000002", "Ether wakes", "en")
    assert article.published == article.updated == datetime(2025, 11, 25, 9, tzinfo=UTC)
    assert (article.body, article.description) == ("Text & more", "A lead")
    assert (article.category, article.tags) == ("ETH", ("ETH", "NIGHT NEWS", "TRADING"))
    assert (article.sentiment, article.score, article.extra) == ("POSITIVE", 7, {"author": "Ann Example"})


def test_an_older_service_with_other_names() -> None:
    article = only(
        {
            "Type": 100,
            "Message": "News list successfully returned",
            "Data": [
                {
                    "id": "61000003",
                    "guid": "x",
                    "published_on": 1764061200,
                    "imageurl": "https://ledger.example/3.png",
                    "title": "T",
                    "url": "https://ledger.example/3",
                    "body": "2 * 3 * 4",
                    "tags": "BTC|ETH",
                    "lang": "EN",
                    "categories": "Mining|BTC",
                    "source_info": {"name": "Night Ledger"},
                    "source": "nightledger",
                }
            ],
        }
    )
    assert (article.category, article.tags) == ("MINING", ("BTC", "ETH"))
    assert (article.publisher.name, article.publisher.key) == ("Night Ledger", "nightledger")
    assert article.body == "2 \\* 3 \\* 4"
    assert article.sentiment is None


def test_what_a_user_calls_a_shape() -> None:
    shape = Shape.from_table(
        {
            "for": "https://news.example/",
            "list": "answer.stories",
            "id": "meta.key",
            "title": "head",
            "body": "words",
            "body_format": "plain",
            "published": "meta.at",
            "published_unit": "s",
            "tags": "labels",
            "separator": ",",
            "source_name": ["paper.long", "paper.short"],
            "next": "answer.older",
        }
    )
    value = {
        "answer": {
            "stories": [
                {
                    "meta": {"key": "story-of-november", "at": "1764061200"},
                    "head": "T",
                    "words": "# plain",
                    "labels": "a, b",
                    "paper": {"short": "NL"},
                }
            ],
            "older": "/api/list?before=1",
        }
    }
    assert json_news.is_news(value, URL, [shape])
    article = only(value, shapes=[shape])
    assert (article.story, article.title, article.body) == ("story-of-november", "T", "\\# plain")
    assert (article.tags, article.publisher.name) == (("A", "B"), "NL")
    assert article.published.hour == 9
    assert json_news.next_page(value, URL, 1, [shape]) == "https://news.example/api/list?before=1"


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ({"title": "t"}, "beginning of its addresses"),
        ({"for": "news.example"}, "beginning of its addresses"),
        ({"for": "https://news.example"}, "beginning of its addresses"),
        ({"for": "https://news.example/", "headline": "t"}, "headline is no field of a shape"),
        ({"for": "https://news.example/", "title": 7}, "title must be a path"),
        ({"for": "https://news.example/", "title": ["a"] * 21}, "more than 20 paths"),
        ({"for": "https://news.example/", "published_unit": "h"}, "published_unit is one of"),
        ({"for": "https://news.example/", "body_format": "rtf"}, "body_format is one of"),
        ({"for": "https://news.example/", "separator": ""}, "separator must not be empty"),
        ({"for": 7}, "for must be a text"),
    ],
)
def test_a_shape_that_cannot_be_is_refused_with_a_sentence(table: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as caught:
        Shape.from_table(table)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("value", "is_one"),
    [
        ([OWN], True),
        ({"Data": [COINDESK], "Err": {}}, True),
        ({"articles": [OWN]}, True),
        ({"data": {"items": [OWN]}}, True),
        ({"version": "https://jsonfeed.org/version/1.1", "items": []}, True),
        ({"Data": {}, "Err": {"message": "Key needed"}}, True),
        ({"results": []}, True),
        ([], False),
        ({"articles": []}, False),
        (["https://ledger.example/1.md"], False),
        ({"articles": [{"url": "1.md", "title": "One"}]}, False),
        ({"urls": ["1.md"]}, False),
        ({}, False),
        ("text", False),
        (None, False),
    ],
)
def test_news_are_told_from_a_manifest(value: object, is_one: bool) -> None:
    assert json_news.is_news(value) is is_one


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        (1764061200, 9),
        (1764061200123, 9),
        (1764061200123456789, 9),
        ("1764061200", 9),
        ("2025-11-25T10:00:00+01:00", 9),
        ("2025-11-25", 0),
        ("Tue, 25 Nov 2025 11:00:00 +0200", 9),
    ],
)
def test_times_are_read_as_they_look(published: object, expected: int) -> None:
    assert only([OWN | {"published": published, "updated": None}]).published.hour == expected


def test_an_entry_that_lacks_something_is_a_problem_by_number_and_id() -> None:
    found = read(
        [OWN, {"id": 7}, {"title": "T", "published": 0}, "x", OWN | {"id": "\x1b[31m8", "title": " "}]
    )
    assert len(found.documents) == 1
    assert found.problems == {
        "entry 2, id 7": "This entry has no usable title and date.",
        "entry 3": "This entry has no usable date.",
        "entry 4": "This entry is no JSON object.",
        "entry 5, id 8": "This entry has no usable title.",
    }


def test_both_languages_of_a_story_are_kept() -> None:
    found = read([OWN, OWN | {"lang": "uk", "title": "Біткоїн"}])
    assert list(found.documents) == ["61000001.en", "61000001.uk"]


def test_votes_do_not_make_an_article_new() -> None:
    first = read({"Data": [COINDESK]})
    again = read({"Data": [COINDESK | {"UPVOTES": 99}]}, first.stamps)
    assert (again.documents, again.seen) == ({}, first.stamps)
    assert list(read({"Data": [COINDESK | {"BODY": "New"}]}, first.stamps).documents) == list(first.documents)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (
            {"Data": {}, "Err": {"type": 1, "message": "You need\x1b[31m a key.\n"}},
            "answers: You need a key. Check",
        ),
        ({"Response": "Error", "Message": "Rate limit"}, "Rate limit"),
        ({"error": "no"}, "no"),
        ({"errors": [{"message": "bad"}]}, "bad"),
        ({"articles": {}}, "no list of articles"),
        ("text", "no list of articles"),
    ],
)
def test_what_a_service_says_instead_of_news_is_told(value: object, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        read(value)
    with or_a_sentence():
        read(value)


# Pages


def page(*numbers: int, **fields: object) -> dict[str, object]:
    return {
        "data": [OWN | {"id": 61000000 + n, "published": 1764061200000 - n * 1000} for n in numbers],
        **fields,
    }


class Service:
    """A service that hands out pages and notes what it was asked for."""

    def __init__(self, pages: Mapping[str, object]) -> None:
        self.pages = pages
        self.asked: list[str] = []

    def __call__(self, url: str) -> object:
        self.asked.append(url)
        if url not in self.pages:
            raise SourceError(f"{url} does not answer.")
        return self.pages[url]


def test_pages_are_read_as_long_as_they_bring_something() -> None:
    at = "https://news.example/api/list?page={}".format
    service = Service({at(2): page(2, 3), at(3): page(4), at(4): page(), at(5): page(5)})
    found = read(page(1, 2), url=at(1), more=service)
    assert list(found.documents) == [f"6100000{n}.en" for n in (1, 2, 3, 4)]
    assert service.asked == [at(2), at(3), at(4)]
    assert found.expected == [2, 4, 5, 5]


def test_pages_that_are_known_are_not_followed() -> None:
    at = "https://news.example/api/list?page={}".format
    service = Service({at(2): page(1, 2), at(3): page(3, 4)})
    known = read(page(1, 2)).stamps
    again = read(page(0, 1), known, url=at(1), more=service)
    assert list(again.documents) == ["61000000.en"]
    assert service.asked == [at(2)]


def test_there_is_a_last_page() -> None:
    service = Service({f"https://news.example/list?page={n}": page(n) for n in range(2, 99)})
    read(page(1), url="https://news.example/list?page=1", limits=Limits(pages=3), more=service)
    assert len(service.asked) == 2


def test_a_page_that_fails_takes_nothing_of_the_others() -> None:
    found = read(page(1), url="https://news.example/list?page=1", more=Service({}))
    assert len(found.documents) == 1
    assert found.problems == {
        "https://news.example/list?page=2": "https://news.example/list?page=2 does not answer."
    }


@pytest.mark.parametrize(
    ("value", "url", "following"),
    [
        (page(1, next="/list?cursor=2"), URL, "https://news.example/list?cursor=2"),
        (page(1, links={"next": "?after=1"}), URL, "https://news.example/api/list?after=1"),
        (page(1, next="https://evil.example/list"), URL, None),
        (page(1, next="http://news.example/list"), URL, None),
        (page(1, next="javascript:x"), URL, None),
        (page(1), URL, None),
        (page(1), "https://news.example/list?a=b&page=7", "https://news.example/list?a=b&page=8"),
        (
            page(1),
            "https://news.example/list?offset=20&limit=10",
            "https://news.example/list?limit=10&offset=30",
        ),
        (page(), "https://news.example/list?page=7", None),
        ({"Data": [COINDESK]}, COINDESK_URL, f"{COINDESK_URL}&to_ts=1764061200"),
        ({"Data": [COINDESK]}, f"{COINDESK_URL}&to_ts=1", f"{COINDESK_URL}&to_ts=1764061200"),
    ],
)
def test_the_next_page(value: object, url: str, following: str | None) -> None:
    assert json_news.next_page(value, url, 1) == following


def test_a_list_of_news_may_be_a_file(tmp_path: Path) -> None:
    path = tmp_path / "news.json"
    path.write_text(json.dumps([OWN]))
    first = visit(path)
    assert (list(first.documents), first.rest) == (["61000001.en"], True)
    again = visit(path, first.stamps)
    assert (again.documents, again.seen) == ({}, first.stamps)
    path.write_text("{")
    with pytest.raises(SourceError, match="not valid JSON"):
        visit(path)


# Laws

KEYS = [*OWN, *COINDESK, "data", "next", "name"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(JSON, st.sampled_from([*OWN]), st.sampled_from([*COINDESK]))
def test_any_value_is_articles_or_one_sentence(value: Any, own: str, coindesk: str) -> None:
    for whole in (value, [value], [OWN | {own: value}], {"Data": [COINDESK | {coindesk: value}]}):
        assert json_news.is_news(whole) in (True, False)
        with or_a_sentence():
            for document in read(
                whole, more=lambda _, whole=whole: whole, limits=Limits(pages=2)
            ).documents.values():
                assert isinstance(document, Document)
                what = reading.read(document)
                assert what.article or what.problems
