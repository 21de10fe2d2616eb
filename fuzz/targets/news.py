"""News in JSON of whatever shape: articles, or one sentence."""

from cryptonews_tui.article import Document, Problem
from cryptonews_tui.reading import read as read_article
from cryptonews_tui.safety import safe_url
from cryptonews_tui.sources import About, SourceError
from cryptonews_tui.sources.json_news import is_news, next_page, read
from cryptonews_tui.sources.limits import Limits
from cryptonews_tui.sources.listing import is_json_listing
from cryptonews_tui.sources.manifest import json_value
from fuzz.checks import check_lines, check_texts

_URL = "https://api.news.example/v1/articles?page=2"
SEEDS = (
    b'{"articles": [{"title": "x", "publishedAt": "2025-11-25T09:00:00Z", "body": "<p>y", "tags": ["a"], "id": 7}], "next": "/p"}',
    (
        b'{"Data": [{"ID": 1, "GUID": "g", "PUBLISHED_ON": 1764060000, "TITLE": "t", "BODY": "b", "URL": "https://a.example/",'
        b' "LANG": "EN", "SENTIMENT": "POSITIVE", "SOURCE_DATA": {"NAME": "n"}, "CATEGORY_DATA": [{"CATEGORY": "BTC"}]}], "Err": {}}'
    ),
    b'[{"title": "x", "content": "# h\\n- a", "date": 1764060000000, "url": "../a", "source": {"name": "s"}}]',
    b'{"error": {"message": "no key \\u001b[31m"}}',
    b'{"Response": "Error", "Message": "rate limit"}',
)
WORDS = (
    *(
        b'"title": ',
        b'"TITLE": ',
        b'"body": ',
        b'"BODY": ',
        b'"publishedAt": ',
        b'"PUBLISHED_ON": ',
        b'"url": ',
        b'"next": ',
    ),
    *(
        b'"articles": [',
        b'"Data": [',
        b'"items": [',
        b'"results": [',
        b"{",
        b"}",
        b"[",
        b"]",
        b"null",
        b"true",
        b"1e308",
        b"-1",
    ),
    *(
        b"NaN",
        b"99999999999999999999",
        b'"\\u001b]0;x\\u0007"',
        b'"\\ud800"',
        b'"https://"',
        b'"2025-11-25"',
        b'"CATEGORY_DATA"',
    ),
)


def run(data: bytes) -> None:
    try:
        value = json_value(data, _URL)
        is_json_listing(value)
        is_news(value, _URL)
        for found in read(value, _URL, {}, (), Limits(entries=50)):
            if isinstance(found, Document):
                check_lines(found.item)
                reading = read_article(found)
                check_texts(reading.problems, reading.article)
            elif isinstance(found, Problem | About):
                check_lines(found)
        following = next_page(value, _URL, 1)
        assert following is None or safe_url(following) == following
    except SourceError as error:
        check_lines(str(error))
