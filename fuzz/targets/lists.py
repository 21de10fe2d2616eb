"""What lists other things: OPML, sitemaps, folders as servers show them, and the heads of web pages."""

from datetime import UTC, datetime

from cryptonews_tui import opml
from cryptonews_tui.article import Problem
from cryptonews_tui.safety import safe_url
from cryptonews_tui.sources import SourceError, discovery, listing, sitemap
from cryptonews_tui.sources.kinds import kind_of, text_of
from cryptonews_tui.sources.limits import Limits
from fuzz.checks import check_lines

_BASE = "https://news.example/articles/"
_NOW = datetime(2025, 11, 25, tzinfo=UTC)
_LIMITS = Limits(entries=200, manifest=1_000_000)
SEEDS = (
    b"""<opml version="2.0"><body><outline text="G"><outline type="rss" text="x &amp; y" xmlUrl="https://a.example/f?a=1&b=2"/>
<outline type="cryptonews" text="own" xmlUrl="~/news"/></outline><outline xmlUrl="feed:https://u:p@b.example/"/></body></opml>""",
    b"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://news.example/articles/a.md</loc><lastmod>
2025-11-25</lastmod></url><url><loc>/b.md</loc></url></urlset>""",
    b"""<sitemapindex><sitemap><loc>https://news.example/s.xml.gz</loc><lastmod>2025-11</lastmod></sitemap></sitemapindex>""",
    b"""<html><title>Index of /articles/</title><h1>Index of</h1><pre><a href="../">../</a>
<a href="a.md">a.md</a>   25-Nov-2025 09:00   1234
<a href="2025/">2025/</a> 25-Nov-2025 09:00   -
<a href="%2e%2e%2fb.md">x</a><a href="c%1b.md">x</a></pre>""",
    b"""<?xml version="1.0"?><list><file mtime="2025-11-25T09:00:00Z" size="7">a.md</file><directory>b</directory></list>""",
    b'[{"name": "a.md", "type": "file", "mtime": "x", "size": 7}, {"name": "..", "type": "directory"}]',
    b"""<!doctype html><head><base href="/x/"><title>A &amp; B</title><link rel="alternate" type="application/rss+xml" title="t"
 href="feed.xml"><input type=password></head><script>"</script><!-- <link> -->""",
)
WORDS = (
    *(
        b"<outline ",
        b"xmlUrl='",
        b"text='",
        b"type='rss'",
        b"<body>",
        b"<url>",
        b"<loc>",
        b"<lastmod>",
        b"</loc>",
        b"<list>",
    ),
    *(
        b"<file ",
        b"<directory>",
        b"mtime='",
        b"<a href='",
        b"Index of",
        b"Directory listing for",
        b"<title>",
        b"<h1>",
    ),
    *(
        b"<link rel='alternate' ",
        b"type='application/atom+xml'",
        b"<base href='",
        b"<script>",
        b"<!--",
        b"&#27;",
        b"%1b",
    ),
    *(
        b"%2e%2e/",
        b"..\\",
        b"//",
        b"https://",
        b"<!ENTITY a '",
        b"<!DOCTYPE a [",
        b"&a;",
        b"\x1f\x8b\x08",
        b"\xff\xfe",
        b"&",
    ),
)


def run(data: bytes) -> None:
    kind_of(data[:4_096], "text/html", (_BASE,))
    try:
        read = opml.read(data)
    except opml.OpmlError as error:
        check_lines(str(error))
    else:
        check_lines(
            [(one.name, one.location, one.folder) for one in read.subscriptions],
            [n.message for n in read.notes],
        )
        again = opml.read(opml.write(read.subscriptions).encode()) if read.subscriptions else read
        assert {one.location for one in again.subscriptions} == {one.location for one in read.subscriptions}
    try:
        listed = sitemap.read(sitemap.unpacked(data, _BASE, _LIMITS), _BASE, _LIMITS, _NOW)
    except SourceError as error:
        check_lines(str(error))
    else:
        check_lines(listed.articles)
    try:
        folder = listing.read(data, _BASE, _BASE)
    except SourceError as error:
        check_lines(str(error))
    else:
        if folder is not None:
            check_lines([(entry.item, entry.url) for entry in folder.articles], folder.problems)
            assert all(
                url.startswith(_BASE) for url in (*folder.folders, *(entry.url for entry in folder.articles))
            )
            assert not any(isinstance(entry, Problem) for entry in folder.articles)
    page = discovery.look(text_of(data), _BASE)
    check_lines(page.title, page.feeds)
    assert all(safe_url(feed) == feed for feed in page.feeds)
