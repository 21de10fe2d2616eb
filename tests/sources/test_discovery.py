"""A web page that says where its feed is, and one that does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptonews_tui.safety import clean
from cryptonews_tui.sources import SourceError
from cryptonews_tui.sources.discovery import look
from tests.sources import conftest as serve
from tests.sources.conftest import Site, page, redirect, with_etag
from tests.sources.visiting import visit

URL = "https://news.example/blog/"
RSS = (
    b'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title><link>https://news.example/</link>'
    b"<description>d</description><item><title>Bitcoin rests</title><guid>1</guid>"
    b"<pubDate>Tue, 25 Nov 2025 09:00:00 GMT</pubDate><description>Text</description></item></channel></rss>"
)


def link(href: str, kind: str = "application/rss+xml", title: str = "", rel: str = "alternate") -> str:
    return f'<link rel="{rel}" type="{kind}" title="{title}" href="{href}">'


def html(*head: str, title: str = "News") -> str:
    return f"<!DOCTYPE html><html><head><title>{title}</title>{''.join(head)}</head><body>Hello</body></html>"


@pytest.mark.parametrize(
    ("head", "feeds"),
    [
        (link("/rss"), ["https://news.example/rss"]),
        (link("rss"), ["https://news.example/blog/rss"]),
        (link("https://feeds.example/rss#x"), ["https://feeds.example/rss"]),
        (link("/f", "application/atom+xml"), ["https://news.example/f"]),
        (link("/f", "application/feed+json"), ["https://news.example/f"]),
        (link("/f", "Application/RSS+XML; charset=utf-8"), ["https://news.example/f"]),
        (link("/f", rel="Alternate home"), ["https://news.example/f"]),
        (link("/feed.json", "application/json"), ["https://news.example/feed.json"]),
        (link("/f?a=1&amp;b=2"), ["https://news.example/f?a=1&b=2"]),
        ("<LINK REL=alternate TYPE='application/rss+xml' HREF=/rss>", ["https://news.example/rss"]),
        ('<base href="https://other.example/x/">' + link("rss"), ["https://other.example/x/rss"]),
        (
            link("/comments/feed", title="Comments") + link("/feed"),
            [f"{URL[:21]}feed", f"{URL[:21]}comments/feed"],
        ),
        (link("/a", title="» Коментарі") + link("/b"), ["https://news.example/b", "https://news.example/a"]),
        (link("/a") + link("/b") + link("/a"), ["https://news.example/a", "https://news.example/b"]),
        (link("http://news.example/rss"), ["https://news.example/rss"]),
        (link("/wp-json/1", "application/json"), []),
        (link("/uk/", "text/html"), []),
        (link("/style", rel="stylesheet"), []),
        (link(""), []),
        (link("file:///etc/passwd"), []),
        (link("javascript:alert(1)"), []),
        (link("https://me:hunter2@news.example/rss"), []),
        (link("http://["), []),
        (f"<!-- {link('/rss')} -->", []),
        (f"<script>x = '{link('/rss')}'</script>", []),
        (f"<script>unclosed {link('/rss')}", []),
    ],
)
def test_a_page_advertises_its_feeds(head: str, feeds: list[str]) -> None:
    assert list(look(html(head), URL).feeds) == feeds


@pytest.mark.parametrize(
    ("form", "login"),
    [
        ('<input type="password" name="p">', True),
        ("<INPUT name=p TYPE=Password>", True),
        ('<input type="text" name="password">', False),
        ('<!-- <input type="password"> -->', False),
    ],
)
def test_a_page_that_asks_for_a_password_is_a_login(form: str, login: bool) -> None:
    assert look(html(form), URL).login == login


def test_its_title_is_one_clean_line() -> None:
    assert look(html(title="\n A &amp; B \x1b[2J&#x202e; "), URL).title == "A & B"


@given(st.text() | st.lists(st.text()).map(lambda links: html(*map(link, links))))
def test_any_text_says_something_or_nothing(text: str) -> None:
    page = look(text, URL)
    assert page.title == clean(page.title)
    for feed in page.feeds:
        assert feed.startswith("https://")
        assert feed == clean(feed)


@pytest.fixture
def blog(site: Site) -> Site:
    """A page with a feed and a feed of comments."""
    head = link("/comments", title="Comments") + link("/rss")
    site.answers |= {
        "/blog/": page(html(head).encode(), Content_Type="text/html"),
        "/rss": with_etag(RSS, Content_Type="application/rss+xml"),
        "/comments": page(RSS, Content_Type="application/rss+xml"),
    }
    return site


def test_the_feed_of_a_page_is_read_and_remembered(blog: Site) -> None:
    found = visit(blog.url("/blog/"))
    assert len(found.documents) == 1
    assert found.rest
    (about,) = [about for about in found.about if about.moved]
    assert about.moved == blog.url("/rss")
    assert blog.url("/rss") in about.kind
    assert about.title == "News"
    assert blog.paths() == ["/blog/", "/rss"]


def test_a_feed_that_has_not_changed_says_nothing_of_its_items(blog: Site) -> None:
    first = visit(blog.url("/rss"))
    again = visit(blog.url("/rss"), first.stamps)
    assert (again.documents, again.gone, again.rest) == ({}, [], True)
    assert again.seen == {"": first.stamps[""]}


@pytest.mark.parametrize("location", ["/blog/", "/rss"])
def test_the_stamp_of_a_feed_is_asked_of_the_feed_only(blog: Site, location: str) -> None:
    first = visit(blog.url("/blog/"))
    before = len(blog.requests)
    again = visit(blog.url(location), first.stamps)
    assert (again.documents, again.rest) == ({}, True)
    asked = {path: headers["If-None-Match"] for path, headers in blog.requests[before:]}
    assert asked == {"/blog/": None, "/rss": '"one"'} if location == "/blog/" else {"/rss": '"one"'}


def test_of_several_feeds_the_first_that_can_be_read_is(blog: Site) -> None:
    blog.answers["/rss"] = serve.nothing
    found = visit(blog.url("/blog/"))
    assert [about.moved for about in found.about if about.moved] == [blog.url("/comments")]


def test_a_feed_that_fails_for_now_is_not_exchanged_for_another(blog: Site) -> None:
    blog.answers["/rss"] = page(b"", 503)
    with pytest.raises(SourceError) as error:
        visit(blog.url("/blog/"))
    assert error.value.passing
    assert "/comments" not in blog.paths()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (serve.nothing, "There is nothing at"),
        (page(html(link("/rss")).encode()), "is no feed"),
        (page(b"rubbish"), "is no feed"),
        (redirect("file:///etc/passwd"), "file: address"),
    ],
)
def test_a_feed_that_is_none_is_followed_no_further(site: Site, answer: serve.Answer, said: str) -> None:
    site.answers |= {"/blog/": page(html(link("/rss")).encode()), "/rss": answer}
    with pytest.raises(SourceError, match=f"is a web page whose feed cannot be read.*{said}"):
        visit(site.url("/blog/"))
    assert site.paths() == ["/blog/", "/rss"]


def test_a_public_page_does_not_lead_into_the_house(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", site.url(""))  # the proxy answers for the public web
    site.answers["http://news.example/"] = page(html(link("http://192.168.1.1/rss")).encode())
    with pytest.raises(SourceError, match="which is private; it was not called"):
        visit("http://news.example/")
    assert site.paths() == ["http://news.example/"]
