"""Feeds: RSS, Atom and JSON Feed become articles, whatever they are made of."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cryptonews_tui import reading
from cryptonews_tui.article import Article
from cryptonews_tui.sources import SourceError, feeds
from cryptonews_tui.sources.entries import Entry, Form, found, markdown
from cryptonews_tui.sources.limits import Limits
from tests.sources.visiting import Visit, or_a_sentence, sort_out, visit
from tests.strategies import HOSTILE, NOON, threats

URL = "https://www.ledger.example/feed"
LIMITS = Limits()
ITEM = (
    "<title>Bitcoin rests</title><link>https://ledger.example/1</link><guid>story-number-1</guid>"
    "<pubDate>Tue, 25 Nov 2025 11:00:00 +0200</pubDate><description>A quiet day.</description>"
)


def rss(
    *items: str, about: str = "<title>Night Ledger</title><link>https://www.ledger.example/</link>"
) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"{about}{''.join(f'<item>{item}</item>' for item in items)}</channel></rss>"
    ).encode()


def atom(*entries: str) -> bytes:
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="uk"><title>Нічна книга</title>'
        '<link href="https://ledger.example/"/>'
        f"{''.join(f'<entry>{entry}</entry>' for entry in entries)}</feed>"
    ).encode()


def json_feed(*items: object, **fields: object) -> bytes:
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Night Ledger", "items": items, **fields}
    return json.dumps(feed).encode()


def read(data: bytes, remembered: Mapping[str, str] | None = None, limits: Limits = LIMITS) -> Visit:
    return sort_out(feeds.read(data, URL, "", remembered or {}, limits))


def articles(data: bytes) -> list[Article]:
    """The articles of a feed that nothing is wrong with."""
    made = []
    for document in read(data).documents.values():
        what = reading.read(document)
        assert what.problems == ()
        assert what.article is not None
        made.append(what.article)
    return made


def only(data: bytes) -> Article:
    (article,) = articles(data)
    return article


def test_an_entry_becomes_an_article() -> None:
    found = read(
        rss(
            ITEM
            + "<content:encoded><![CDATA[<h1>What</h1><p>All <b>quiet</b>.</p>]]></content:encoded>"
            + "<category>Bitcoin</category><category>digital assets</category><dc:creator>Ann Example</dc:creator>"
            + '<media:content url="/cover.jpg" medium="image"/>',
            about="<title>Night &amp;amp; Ledger</title><link>https://www.ledger.example/</link>"
            "<language>en-GB</language>",
        )
    )
    assert [(one.kind, one.title) for one in found.about] == [("a feed (RSS 2.0)", "Night & Ledger")]
    assert (found.expected, found.problems) == ([1], {})
    (document,) = found.documents.values()
    assert (document.item, document.origin) == ("story-number-1.en", "https://ledger.example/1")
    article = reading.read(document).article
    assert article is not None
    assert (article.story, article.title, article.lang) == ("story-number-1", "Bitcoin rests", "en")
    assert article.published == datetime(2025, 11, 25, 9, tzinfo=UTC)
    assert article.description == "A quiet day."
    assert article.body == "## What\n\nAll **quiet**."
    assert (article.tags, article.category) == (("BITCOIN", "DIGITAL ASSETS"), "")
    assert article.canonical_url == "https://ledger.example/1"
    assert article.cover == {"raw": "https://www.ledger.example/cover.jpg"}
    assert article.extra == {"author": "Ann Example"}
    assert article.sentiment is None
    publisher = article.publisher
    assert (publisher.name, publisher.key, publisher.type) == ("Night & Ledger", "ledger.example", "RSS")
    assert publisher.url == "https://www.ledger.example/"


def test_an_atom_entry_becomes_an_article() -> None:
    article = only(
        atom(
            '<title type="html">&lt;b&gt;Біткоїн&lt;/b&gt; &amp;amp; спокій</title><id>urn:story:0001</id>'
            '<link href="/1"/><updated>2025-11-25T12:00:00Z</updated><published>2025-11-25T11:00:00Z</published>'
            '<author><name>Ann</name></author><author><name>Bob</name></author><category term="btc" label="Біткоїн"/>'
            '<content type="xhtml" xml:base="https://other.example/a/">'
            '<div xmlns="http://www.w3.org/1999/xhtml">A <a href="b">link</a></div></content>'
        )
    )
    assert (article.title, article.lang, article.story) == ("Біткоїн & спокій", "uk", "urn:story:0001")
    assert (article.published.hour, article.updated.hour) == (11, 12)
    assert article.body == "A [link](https://other.example/a/b)"
    assert (article.tags, article.extra) == (("БІТКОЇН",), {"author": "Ann, Bob"})
    assert article.publisher.type == "Atom"


def test_an_item_of_a_json_feed_becomes_an_article() -> None:
    item = {
        "id": "https://ledger.example/1",
        "url": "https://ledger.example/1",
        "title": "Bitcoin: “rests”",
        "content_html": "<p>Quiet</p>",
        "summary": "Lead",
        "date_published": "2025-11-25T09:00:00+01:00",
        "date_modified": "2025-11-26T09:00:00Z",
        "tags": ["btc", 7],
        "image": "https://ledger.example/i.png",
        "authors": [{"name": "Ann"}],
    }
    data = json_feed(item, home_page_url="https://ledger.example/", language="en")
    assert feeds.is_feed(data, "application/json")
    assert read(data).about[0].kind == "a feed (JSON Feed 1.1)"
    article = only(data)
    assert (article.title, article.body, article.description) == ("Bitcoin: “rests”", "Quiet", "Lead")
    assert (article.published.hour, article.updated.day) == (8, 26)
    assert (article.tags, article.cover) == (("BTC",), {"raw": "https://ledger.example/i.png"})
    assert (article.publisher.type, article.publisher.key) == ("JSON Feed", "ledger.example")


@pytest.mark.parametrize(
    ("start", "media_type", "is_one"),
    [
        (rss(), "", True),
        (atom(), "text/plain", True),
        (json_feed(), "", True),
        (b'<?xml version="1.0"?><!-- a > b --><rdf:RDF xmlns="x">', "", True),
        ("\ufeff<rss version='2.0'>".encode(), "", True),
        ("<rss version='2.0'>".encode("utf-16"), "", True),
        (b"<channel>", "application/rss+xml; charset=utf-8", True),
        (b"<!DOCTYPE html><html>", "application/rss+xml", False),
        (b"<html>", "text/xml", False),
        (b'<?xml version="1.0"?><urlset xmlns="x">', "application/xml", False),
        (b"<opml version='2.0'>", "text/xml", False),
        (b'{"version": "1", "items": []}', "application/json", False),
        (b"", "", False),
    ],
)
def test_a_feed_is_known_by_how_it_begins(start: bytes, media_type: str, is_one: bool) -> None:
    assert feeds.is_feed(start[:512], media_type) is is_one


def test_an_entry_that_has_not_changed_is_not_made_again() -> None:
    other = ITEM.replace("story-number-1", "story-number-2")
    first = read(rss(ITEM, other))
    again = read(rss(ITEM, other.replace("rests", "wakes")), first.stamps)
    assert again.seen == {"story-number-1": first.stamps["story-number-1"]}
    assert list(again.documents) == ["story-number-2"]
    assert again.documents["story-number-2"].stamp != first.stamps["story-number-2"]


def test_an_entry_without_a_date_keeps_the_time_it_was_first_seen() -> None:
    def document(title: str, remembered: Mapping[str, str], now: datetime) -> Any:
        return next(found([Entry("story", title, "Text")], remembered, URL, now))

    first = document("Old", {}, NOON)
    later = NOON.replace(day=28)
    assert document("Old", {"story": first.stamp}, later).stamp == first.stamp
    changed = document("New", {"story": first.stamp}, later)
    article = reading.read(changed).article
    assert article is not None
    assert (article.title, article.published) == ("New", NOON)


def test_nobody_knows_the_news_of_next_year() -> None:
    ahead = Entry("story", "Ahead", "Text", published=NOON.replace(year=2999))
    (document,) = found([ahead], {}, URL, NOON)
    article = reading.read(document).article  # type: ignore[arg-type]
    assert article is not None
    assert article.published == NOON


def test_of_one_entry_given_twice_the_newest_counts() -> None:
    newer = ITEM.replace("25 Nov", "26 Nov").replace("rests", "wakes")
    assert [article.title for article in articles(rss(ITEM, newer, ITEM))] == ["Bitcoin wakes"]


@pytest.mark.parametrize(
    ("entry", "story"),
    [
        ("<guid>17</guid>", "ledger.example#17"),
        ("<guid>item-12</guid>", "ledger.example#item-12"),
        ("<guid>61000001</guid>", "61000001"),
        ('<guid isPermaLink="true">https://ledger.example/9</guid>', "https://ledger.example/9"),
        ("<link>https://ledger.example/8</link>", "https://ledger.example/8"),
    ],
)
def test_a_story_is_known_by_an_id_that_is_unique_everywhere(entry: str, story: str) -> None:
    assert only(rss(f"<title>T</title><description>x</description>{entry}")).story == story


def test_without_id_and_link_a_story_is_known_by_what_it_says() -> None:
    one, other = (
        "<title>A</title><description>x</description>",
        "<title>A</title><description>y</description>",
    )
    assert len({article.story for article in articles(rss(one, other, one))}) == 2


def test_long_ids_that_begin_alike_stay_two() -> None:
    ids = ["x" * 300 + end for end in "ab"]
    stories = {
        article.story
        for article in articles(
            rss(*(f"<title>T</title><description>x</description><guid>{guid}</guid>" for guid in ids))
        )
    }
    assert len(stories) == 2


def test_a_story_without_a_title_is_called_by_its_first_words() -> None:
    assert (
        only(rss("<description>&lt;p&gt;Bitcoin &amp;amp; more&lt;/p&gt;</description>")).title
        == "Bitcoin & more"
    )


def test_an_entry_without_title_and_text_is_a_problem() -> None:
    found = read(rss(ITEM, "<guid>story-number-2</guid>"))
    assert len(found.documents) == 1
    assert found.problems == {
        "entry 2, story-number-2": "This entry of the feed has neither a title nor a text."
    }


def test_a_picture_is_no_text() -> None:
    entry = (
        "<title>T</title><id>urn:story:1</id><updated>2025-11-25T12:00:00Z</updated><summary>Words</summary>"
    )
    assert only(atom(entry + '<content type="image/png">iVBORw0KGgoAAAANSUhEUg==</content>')).body == "Words"


def test_an_entry_of_nothing_but_a_link_shows_the_link() -> None:
    assert (
        only(rss("<title>T</title><link>https://ledger.example/2</link>")).body
        == "<https://ledger.example/2>"
    )


# Texts


def as_markdown(html: str) -> str:
    return markdown(html, Form.HTML, "https://ledger.example/a/")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<h1>A</h1><h2>B</h2><h3>C</h3>", "## A\n\n## B\n\n### C"),
        ("<p>One &amp; two&nbsp;&mdash; &lt;b&gt;</p>", "One & two — \\<b\\>"),
        ("<ul><li>a<ul><li>b</li></ul></li></ul>", "- a\n  - b"),
        ("<pre><code>a = '*'\n&lt;b&gt;</code></pre>", "```\na = '*'\n<b>\n```"),
        ("<code>a\\-b</code> pro-crypto - yes", "`a\\-b` pro-crypto - yes"),
        ("<blockquote><p>q</p></blockquote>", "> q"),
        ("<table><tr><th>a|b</th></tr><tr><td>c</td></tr></table>", "| a\\|b |\n| ---- |\n| c    |"),
        ('<a href="/b">x</a>', "[x](https://ledger.example/b)"),
        ('<img src="i.png" alt="An [image]">', "![An [image]](https://ledger.example/a/i.png)"),
        ("<p>a</p><script>alert(1)</script><style>p{}</style><iframe src='x'>i</iframe><p>b</p>", "a\n\nb"),
        ('<a href="javascript:alert(1)">x</a>', "x"),
        ('<a href=" java&#115;cript:alert(1)">x</a>', "x"),
        ("# no heading<br>* no item", "\\# no heading  \n\\* no item"),
        ("", ""),
    ],
)
def test_html_becomes_markdown(html: str, expected: str) -> None:
    assert as_markdown(html) == expected


def test_plain_text_stays_plain() -> None:
    text = "a <b>bold</b> & *starred* [x](y)\nline\n\n# no heading"
    entry = "<title>T</title><id>urn:story:1</id><updated>2025-11-25T12:00:00Z</updated>"
    article = only(atom(f"{entry}<content type='text'>{escape(text)}</content>"))
    assert article.body == ("a \\<b>bold\\</b\\> & \\*starred\\* \\[x\\](y)  \nline\n\n\\# no heading")


@pytest.mark.parametrize(
    "opening", ["<div>", "<ul><li>", "<blockquote>", "<table><tr><td>", "<b>", "<", "&", "<!--", "`"]
)
def test_what_nests_without_end_is_read_in_bounded_time(opening: str) -> None:
    article = only(
        rss(
            f"<title>T</title><description><![CDATA[{opening * 100_000}]]></description>"
            "<link>https://ledger.example/1</link>"
        )
    )
    assert article.title == "T"


# Damage


@pytest.mark.parametrize("encoding", ["windows-1251", "koi8-u", "utf-16", "utf-8", "utf-8-sig"])
def test_a_feed_may_be_encoded_as_it_declares(encoding: str) -> None:
    text = (
        rss(ITEM.replace("Bitcoin rests", "Біткоїн")).decode().replace("UTF-8", encoding.removesuffix("-sig"))
    )
    assert only(text.encode(encoding)).title == "Біткоїн"


@pytest.mark.parametrize("declared", ["windows-1251x", "us-ascii", "idna", "utf-8"])
def test_a_feed_that_declares_the_wrong_encoding_is_read(declared: str) -> None:
    text = rss(ITEM.replace("Bitcoin rests", "Біткоїн")).decode().replace("UTF-8", declared)
    assert only(text.encode()).title == "Біткоїн"


@pytest.mark.parametrize(
    "before",
    [
        "<!-- made by <a href='https://maker.example/'>us</a> -->",
        "<?maker <b>us</b> ?>",
        "<!DOCTYPE rss [<!ENTITY us '<b>us</b>'>]>",
        "\n<!-- one -->\n<!-- <b> -->\n",
    ],
)
def test_what_stands_before_a_feed_is_no_part_of_it(before: str) -> None:
    visit = read(rss(ITEM).replace(b"<rss", f"{before}<rss".encode()))
    assert visit.problems == {}
    assert [about.kind for about in visit.about] == ["a feed (RSS 2.0)"]
    assert len(visit.documents) == 1


def test_what_html_names_may_be_named_in_a_feed() -> None:
    assert only(rss(ITEM.replace("Bitcoin rests", "A&nbsp;day&mdash;two"))).title == "A day—two"


@pytest.mark.parametrize(
    ("damage", "titles"),
    [
        (lambda data: data.replace(b"quiet", b"quiet & \x01calm &nonsense;"), ["one", "two", "three"]),
        (lambda data: data.replace(b"</title><link>2", b"<link>2"), ["one", "three"]),
        (lambda data: data[: data.index(b"three")], ["one", "two"]),
        (lambda data: data.replace(b"xmlns:dc", b"xmlns:other"), ["one", "two", "three"]),
    ],
)
def test_of_a_damaged_feed_the_good_entries_are_read(damage: Any, titles: list[str]) -> None:
    data = rss(
        *(
            f"<title>{title}</title><link>{number}</link><description>quiet</description><dc:creator>A</dc:creator>"
            for number, title in enumerate(("one", "two", "three"), 1)
        )
    )
    assert len(read(data).documents) == 3
    found = read(damage(data))
    read_titles = [what.title for one in found.documents.values() if (what := reading.read(one).article)]
    assert read_titles == titles
    (problem,) = found.problems.items()
    assert problem[0] == URL
    assert problem[1].startswith("The feed is damaged at line 2: ")


@pytest.mark.parametrize("data", [b"", b"<html><body>x</body></html>", b"\0\xff", b"{}", b"text", b"<rss"])
def test_what_is_no_feed_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(SourceError, match=r"not a (JSON )?feed"):
        read(data)
    with or_a_sentence():
        read(data)


def test_a_feed_that_is_too_large_is_not_read() -> None:
    with pytest.raises(SourceError, match="larger than 100 bytes"):
        read(rss(ITEM), limits=Limits(feed=100))


def test_of_very_many_entries_the_newest_are_kept() -> None:
    items = (
        f"<title>{n}</title><description>x</description><guid>number-{n:06}</guid>"
        f"<pubDate>Tue, 25 Nov 2025 09:{n:02}:00 GMT</pubDate>"
        for n in (5, 1, 9, 3, 8, 2, 7)
    )
    found = read(rss(*items), limits=Limits(entries=3))
    assert [item[-1] for item in found.documents] == ["9", "8", "7"]


def test_entities_of_a_feed_are_neither_fetched_nor_multiplied(tmp_path: Path) -> None:
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    secret = tmp_path / "secret"
    secret.write_text("hidden words")
    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        there = f"http://127.0.0.1:{server.server_port}"
        laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 30))
        document_type = (
            f'<!DOCTYPE rss SYSTEM "{there}/dtd" [<!ENTITY l0 "ha">{laughs}<!ENTITY file SYSTEM "{secret.as_uri()}">'
            f'<!ENTITY web SYSTEM "{there}/web"><!ENTITY % all SYSTEM "{there}/all"> %all;]>'
        )
        body = rss("<title>&l29;</title><description>&file; &web;</description>").decode()
        data = body.replace("<rss", f"{document_type}<rss").encode()
        texts = [document.data for document in read(data).documents.values()]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert len(texts) == 1
    assert len(texts[0]) < 1_000
    assert b"hidden" not in texts[0]
    assert asked == []


# A text without a bound would be busy here for hours.
@pytest.mark.parametrize(
    "item",
    [
        "<category>a</category>" * 50_000,
        f"<author>{'a' * 1_000_000}</author>",
        f"<pubDate>{'1-' * 500_000}</pubDate>",
        "<link " + " ".join(f"a{n}='x'" for n in range(50_000)) + "/>",
        "<item>" * 50_000,
        "<x>" * 50_000,
        '<x xml:base="http://a.example/aaaa/">' * 10_000,
        f"<title>{'&' * 1_000_000}</title>",
    ],
    ids=["tags", "author", "date", "attributes", "items", "deep", "bases", "ampersands"],
)
def test_a_hostile_entry_is_read_in_bounded_time(item: str) -> None:
    found = read(rss(f"<title>T</title><description>x</description>{item}"))
    assert found.expected


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_text_of_a_feed_reaches_the_terminal_as_it_is(text: str) -> None:
    data = json_feed(
        {"id": text + "abcdef", "title": f"T{text}", "content_text": text, "tags": [text]}, title=text
    )
    found = read(data)
    assert [threat for about in found.about for threat in threats(about.title + about.kind)] == []
    for document in found.documents.values():
        assert threats(document.item) == []
        article = reading.read(document).article
        assert article is not None
        assert threats(article.title + article.publisher.name + "".join(article.tags)) == []


# Laws


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300) | st.text(alphabet="<>&;/!?-[]\"'= aitemrsfd\n", max_size=200).map(str.encode))
def test_any_bytes_are_entries_or_one_sentence(data: bytes) -> None:
    for whole in (
        data,
        rss(ITEM).replace(b"A quiet day.", data),
        atom(data.decode("utf-8", "replace")),
        rss(ITEM)[:-20] + data,
    ):
        with or_a_sentence():
            for document in read(whole).documents.values():
                what = reading.read(document)
                assert what.article or what.problems


WORDS = st.text(min_size=1, max_size=60).filter(
    lambda text: reading.clean_line(text) == text and text.strip()
)


@settings(max_examples=150, deadline=None)
@given(
    title=WORDS
    | st.sampled_from(["---", '"quoted": yes', "'", "# x", "{a: b}", "null", "a\\b", "%x", "😀 — “”"]),
    summary=WORDS,
    tags=st.lists(WORDS, max_size=4),
    time=st.datetimes(datetime(1990, 1, 1), datetime(2026, 1, 1)),
    lang=st.sampled_from(["en", "uk", "zh"]),
)
def test_what_an_entry_says_is_what_the_article_says(
    title: str, summary: str, tags: list[str], time: datetime, lang: str
) -> None:
    entry = Entry(
        identity="61000001",
        title=title,
        text="Text",
        form=Form.PLAIN,
        summary=summary,
        published=time.replace(tzinfo=UTC),
        lang=lang,
        url="https://ledger.example/1",
        tags=tuple(tags),
        score=0,
        source={"name": title, "key": "key"},
    )
    (document,) = found([entry], {}, URL)
    what = reading.read(document)  # type: ignore[arg-type]
    article = what.article
    assert article is not None
    assert what.problems == ()
    assert (article.title, article.description, article.lang) == (title, summary, lang)
    assert (article.tags, article.published) == (tuple(dict.fromkeys(tags)), time.replace(tzinfo=UTC))
    assert (article.publisher.name, article.score, article.body) == (title, 0, "Text")


# Files


def test_a_feed_may_be_a_file(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_bytes(rss(ITEM))
    first = visit(path)
    assert (list(first.documents), first.rest) == (["story-number-1"], True)
    again = visit(path, first.stamps)
    assert (again.documents, again.seen) == ({}, first.stamps)
    path.write_bytes(rss(ITEM.replace("story-number-1", "story-number-2")))
    changed = visit(path, first.stamps)
    assert (list(changed.documents), changed.rest) == (["story-number-2"], True)


def test_readers_of_files_load_no_feed_parser(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"x")
    program = (
        "import sys\nfrom cryptonews_tui.sources import open_source, feeds, json_news\n"
        f"list(open_source({str(tmp_path)!r}).documents({{}}))\n"
        "print([m for m in ('feedparser', 'html_to_markdown', 'xml.sax') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout == "[]\n"
