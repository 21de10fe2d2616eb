"""What is at an address is seen by how it begins; names and types only help where that does not tell."""

from __future__ import annotations

import gzip
import json

import pytest

from cryptonews_tui.sources import SourceError
from tests.sources.conftest import Site, page, redirect, with_etag
from tests.sources.packing import packed
from tests.sources.test_discovery import RSS
from tests.sources.test_listing import listed_as
from tests.sources.test_sitemap import index, urlset
from tests.sources.visiting import article, visit

ATOM = (
    b'<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title><id>n</id><updated>2025-11-25T09:00:00Z</updated>'
    b"<entry><title>Bitcoin rests</title><id>1</id><updated>2025-11-25T09:00:00Z</updated>"
    b"<content>Text</content></entry></feed>"
)
JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "News",
    "items": [
        {
            "id": "1",
            "title": "Bitcoin rests",
            "content_text": "Text",
            "date_published": "2025-11-25T09:00:00Z",
        }
    ],
}


def news(*numbers: int, **more: object) -> bytes:
    """The answer of a news service."""
    articles = [
        {
            "title": f"Story {number}",
            "url": f"https://news.example/{number}",
            "publishedAt": "2025-11-25T09:00:00Z",
            "description": "Text",
        }
        for number in numbers
    ]
    return json.dumps({"status": "ok", "totalResults": len(articles), "articles": articles, **more}).encode()


RICH_MANIFEST = json.dumps(
    {
        "articles": [
            {"url": "a.md", "title": "A", "publishedAt": "2025-11-25T09:00:00Z", "description": "Text"}
        ]
    }
).encode()
BODIES = {
    "an article": article(),
    "an archive": packed({"a.md": article()}, ".tar.gz"),
    "a manifest": b'["a.md"]',
    "a rich manifest": RICH_MANIFEST,
    "a feed (RSS 2.0)": RSS,
    "a feed (Atom 1.0)": ATOM,
    "a feed (JSON Feed 1.1)": json.dumps(JSON_FEED).encode(),
    "a folder listing": listed_as("a.md"),
    "a sitemap": urlset("a.md"),
}


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("path", ["/", "/news", "/feed.xml", "/feed.json", "/news.php", "/news.zip"])
@pytest.mark.parametrize("media_type", ["", "text/html", "text/plain", "application/octet-stream"])
def test_the_beginning_tells_where_the_name_lies(site: Site, body: str, path: str, media_type: str) -> None:
    lies = {"an article": (".json", ".zip"), "a manifest": (".zip",), "a rich manifest": (".zip",)}
    if path.endswith(lies.get(body, ())) or (body == "a feed (JSON Feed 1.1)" and path == "/news.zip"):
        path = "/news"  # that is not a lie but a fault: text that is called so begins like anything
    site.answers |= {path: page(BODIES[body], Content_Type=media_type), "/a.md": page(article())}
    found = visit(site.url(path))
    assert found.about[-1].kind == body.replace("a rich manifest", "a manifest")
    assert (len(found.documents), found.problems) == (1, {})


@pytest.mark.parametrize("text", [RSS, ATOM, urlset("a.md")])
def test_xml_may_come_packed(site: Site, text: bytes) -> None:
    site.answers |= {"/news.xml.gz": page(gzip.compress(text)), "/a.md": page(article())}
    assert len(visit(site.url("/news.xml.gz")).documents) == 1


@pytest.mark.parametrize("body", [RSS, ATOM, BODIES["a feed (JSON Feed 1.1)"], news(1)])
def test_news_that_have_not_changed_are_not_sent_again(site: Site, body: bytes) -> None:
    site.answers["/news"] = with_etag(body)
    first = visit(site.url("/news"))
    assert (len(first.documents), first.rest) == (1, True)
    again = visit(site.url("/news"), first.stamps)
    assert (again.documents, again.seen, again.gone, again.rest) == ({}, {"": first.stamps[""]}, [], True)
    site.answers["/news"] = with_etag(body.replace(b"Text", b"Other text"), '"two"')
    third = visit(site.url("/news"), again.stamps)
    assert (len(third.documents), third.rest) == (1, True)


def test_the_pages_of_a_news_service_are_read_to_the_last(site: Site) -> None:
    site.answers |= {
        "/news?page=1": page(news(1, 2)),
        "/news?page=2": page(news(2, 3)),
        "/news?page=3": page(news()),
    }
    found = visit(site.url("/news?page=1"))
    assert len(found.documents) == 3
    assert found.rest
    assert site.paths() == ["/news?page=1", "/news?page=2", "/news?page=3"]


def test_a_source_learns_that_it_has_moved_and_how_long_it_stays_as_it_is(site: Site) -> None:
    site.answers |= {
        "/old": redirect("/news", 301),
        "/news": page(RSS, Cache_Control="max-age=600"),
    }
    found = visit(site.url("/old"))
    assert (found.about[0].moved, found.about[0].fresh) == (site.url("/news"), 600)


def test_an_index_of_nothing_proposes_the_feed(site: Site) -> None:
    site.answers |= {"/sitemap.xml": page(index())}
    with pytest.raises(SourceError, match="Name the site's feed"):
        visit(site.url("/sitemap.xml"))
