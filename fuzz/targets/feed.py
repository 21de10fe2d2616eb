"""RSS, Atom and JSON feeds: every entry becomes a file that is read as an article, or one sentence says why not."""

from cryptonews_tui.article import Document, Problem
from cryptonews_tui.reading import read as read_article
from cryptonews_tui.sources import About, SourceError
from cryptonews_tui.sources.feeds import is_feed, read
from cryptonews_tui.sources.kinds import kind_of
from cryptonews_tui.sources.limits import Limits
from fuzz.checks import check_lines, check_texts

_URL = "https://news.example/feed.xml"
SEEDS = (
    b"""<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>T</title><link>https://news.example/</link><language>en</language><item><title>One &amp; <b>two</b></title>
<guid>1</guid><link>/a</link><pubDate>Tue, 25 Nov 2025 09:00:00 GMT</pubDate><category>BTC</category>
<description>&lt;p&gt;Text&lt;/p&gt;</description><content:encoded><![CDATA[<h1>H</h1><a href="javascript:x">y</a>]]></content:encoded>
<enclosure url="a.jpg" type="image/jpeg"/></item></channel></rss>""",
    b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://a.example/"><title type="html">T</title><id>u</id>
<entry><id>urn:1</id><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">x</div></title><updated>2025-11-25T09:00:00Z
</updated><link rel="enclosure" href="p.png"/><author><name>N</name></author><content type="text">a &lt; b</content></entry></feed>""",
    b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><item><title>x</title>
<dc:date>2025-11-25</dc:date></item></rdf:RDF>""",
    b"""<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>
<rss version="2.0"><channel><item><title>&b;&c;&nbsp;&hellip;</title></item></channel></rss>""",
    b"""{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [{"id": 1, "title": "x", "content_html": "<p>y",
"date_published": "2025-11-25T09:00:00+02:00", "tags": ["a"], "authors": [{"name": "n"}], "url": "/1"}, 7]}""",
)
WORDS = (
    *(
        b"<item>",
        b"</item>",
        b"<entry>",
        b"</entry>",
        b"<title>",
        b"</title>",
        b"<link>",
        b"<guid>",
        b"<pubDate>",
    ),
    *(
        b"<description>",
        b"<content type='html'>",
        b"<content:encoded>",
        b"<![CDATA[",
        b"]]>",
        b"<!--",
        b"-->",
        b"<?xml ",
    ),
    *(
        b"<!DOCTYPE ",
        b"<!ENTITY a '",
        b"SYSTEM ",
        b"&a;",
        b"&#27;",
        b"&#x9b;",
        b"&#0;",
        b"&lt;",
        b"&amp;#27;",
        b"&nbsp;",
    ),
    *(
        b" xml:base='",
        b" xmlns:x='",
        b"encoding='utf-16'",
        b"encoding='utf-7'",
        b"encoding='x'",
        b"\xff\xfe",
        b"\x00",
    ),
    *(
        b"<media:content url='",
        b"<media:thumbnail",
        b"<enclosure",
        b"<category term='",
        b"<dc:creator>",
        b"<itunes:image",
    ),
    *(
        b'"items": [',
        b'"content_html": "',
        b'"content_text": "',
        b'"id": ',
        b"\\u001b",
        b"\\ud800",
        b"<h1>",
        b"<a href='",
    ),
)


def run(data: bytes) -> None:
    is_feed(data[:4_096], "")
    kind_of(data[:4_096], "", (_URL,))
    try:
        for found in read(data, _URL, "", {}, Limits(entries=50, feed=1_000_000)):
            if isinstance(found, Document):
                check_lines(found.item)
                reading = read_article(found)
                check_texts(reading.problems)
                if reading.article:
                    check_texts(reading.article)
            elif isinstance(found, Problem | About):
                check_lines(found)
    except SourceError as error:
        check_lines(str(error))
