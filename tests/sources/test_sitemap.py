"""What a site tells search engines: of its pages only Markdown files are articles."""

from __future__ import annotations

import gzip
import os
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptonews_tui.article import Problem
from cryptonews_tui.safety import clean
from cryptonews_tui.sources import SourceError
from cryptonews_tui.sources.limits import Limits
from cryptonews_tui.sources.sitemap import read
from tests.programs import needs
from tests.sources import conftest as serve
from tests.sources.conftest import Nginx, Site, page, redirect, with_etag
from tests.sources.visiting import article, or_a_sentence, visit

NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
OLD = "2025-11-25T09:00:00+02:00"


def urlset(*entries: str | tuple[str, str]) -> bytes:
    return _sitemap("urlset", "url", entries)


def index(*entries: str | tuple[str, str]) -> bytes:
    return _sitemap("sitemapindex", "sitemap", entries)


def _sitemap(root: str, part: str, entries: tuple[str | tuple[str, str], ...]) -> bytes:
    lines = []
    for entry in entries:
        loc, lastmod = (entry, "") if isinstance(entry, str) else entry
        told = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
        lines.append(f"<{part}><loc> {loc} </loc>{told}<priority>0.5</priority></{part}>")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} {NAMESPACE}>{"".join(lines)}</{root}>'.encode()


def test_of_a_sitemap_only_markdown_files_are_read(site: Site) -> None:
    listed = urlset(
        *(site.url(path) for path in ("/", "/a.md", "/?a.md", "/b.markdown", "/a.md#top")), "http://news.md"
    )
    site.answers |= {"/sitemap.xml": page(listed, Content_Type="application/xml")}
    site.answers |= {"/a.md": page(article("A")), "/b.markdown": page(article("B"))}
    found = visit(site.url("/sitemap.xml"))
    assert found.data == {site.url("/a.md"): article("A"), site.url("/b.markdown"): article("B")}
    assert found.about[-1].kind == "a sitemap"
    assert (found.expected, found.problems, found.rest) == ([2], {}, False)


def test_what_a_sitemap_tells_to_be_unchanged_is_not_asked_for(site: Site) -> None:
    site.answers |= {
        "/a.md": page(article("A")),
        "/b.md": page(article("B")),
        "/sitemap.xml": page(urlset((site.url("/a.md"), OLD), (site.url("/b.md"), "2025-11-25"))),
    }
    first = visit(site.url("/sitemap.xml"))
    again = visit(site.url("/sitemap.xml"), first.stamps)
    assert (again.documents, set(again.seen)) == ({}, {"", *first.documents})
    assert site.paths().count("/a.md") == site.paths().count("/b.md") == 1
    later = urlset((site.url("/a.md"), "2025-11-26T09:00:00Z"), (site.url("/b.md"), "2025-11-25"))
    site.answers |= {"/sitemap.xml": page(later), "/a.md": page(article("Changed"))}
    assert visit(site.url("/sitemap.xml"), again.stamps).data == {site.url("/a.md"): article("Changed")}


def test_a_sitemap_that_has_not_changed_is_not_sent_again(site: Site) -> None:
    site.answers |= {
        "/a.md": with_etag(article("A")),
        "/b.md": with_etag(article("B")),
        "/sitemap.xml": with_etag(urlset((site.url("/a.md"), OLD), site.url("/b.md"))),
    }
    first = visit(site.url("/sitemap.xml"))
    before = len(site.requests)
    again = visit(site.url("/sitemap.xml"), first.stamps)
    assert (again.documents, again.seen) == ({}, first.stamps)
    assert site.paths()[before:] == ["/sitemap.xml", "/b.md"]


@pytest.mark.parametrize(
    ("lastmod", "trusted"),
    [
        (OLD, True),
        ("2026-01-31T11:59:59Z", True),
        ("2026-01-31T12:00:01Z", False),
        ("2026-01-30", False),  # somewhere it is still the 30th
        ("2026-01-29", True),
        ("2026-01-31T09:00:00", False),
        ("2026-01", False),
        ("yesterday", False),
        ("\x1b[2J", False),
    ],
)
def test_a_time_that_may_yet_come_twice_is_not_trusted(lastmod: str, trusted: bool) -> None:
    now = datetime(2026, 1, 31, 12, tzinfo=UTC)
    text = urlset(("https://news.example/a.md", lastmod.replace("\x1b", "")))
    (entry,) = read(text, "https://news.example/sitemap.xml", Limits(), now).articles
    assert not isinstance(entry, Problem)
    assert bool(entry.listed) == trusted


def test_an_index_leads_to_its_sitemaps(site: Site) -> None:
    site.answers |= {
        "/sitemap.xml": page(index(site.url("/1.xml.gz"), site.url("/2.xml"), site.url("/2.xml"))),
        "/1.xml.gz": page(gzip.compress(urlset(site.url("/a.md"))), Content_Type="application/gzip"),
        "/2.xml": page(urlset(site.url("/a.md"), site.url("/b.md"))),
        "/a.md": page(article("A")),
        "/b.md": page(article("B")),
    }
    found = visit(site.url("/sitemap.xml"))
    assert set(found.data) == {site.url("/a.md"), site.url("/b.md")}
    assert found.about[-1].kind == "an index of sitemaps"
    assert (found.problems, found.rest) == ({}, False)


def test_a_packed_sitemap_is_no_archive(site: Site) -> None:
    site.answers |= {
        "/sitemap.xml.gz": page(gzip.compress(urlset(site.url("/a.md"))), Content_Type="application/x-gzip"),
        "/a.md": page(article("A")),
    }
    assert set(visit(site.url("/sitemap.xml.gz")).data) == {site.url("/a.md")}


def test_a_part_that_cannot_be_read_makes_nothing_gone(site: Site) -> None:
    bad = {
        "/missing.xml": serve.nothing,
        "/html.xml": page(b"<html>"),
        "/broken.xml": page(urlset("x")[:-9]),
        "/index.xml": page(index(site.url("/good.xml"))),
        "/damaged.xml.gz": page(gzip.compress(urlset())[:-9]),
        "/round.xml": redirect("/round.xml"),
        "/file.xml": redirect("file:///etc/passwd"),
    }
    parts = [site.url(path) for path in (*bad, "/good.xml")]
    site.answers |= bad | {
        "/sitemap.xml": page(index(*parts, "ftp://news.example/a.xml")),
        "/good.xml": page(urlset(site.url("/a.md"))),
        "/a.md": page(article()),
    }
    found = visit(site.url("/sitemap.xml"))
    assert set(found.data) == {site.url("/a.md")}
    assert set(found.problems) == {*parts[:-1], "ftp://news.example/a.xml"}
    assert found.rest
    assert "" not in found.stamps


def test_a_sitemap_without_articles_proposes_the_feed(site: Site) -> None:
    site.answers |= {"/sitemap.xml": page(urlset(site.url("/"), site.url("/about.html")))}
    with pytest.raises(SourceError, match=r"lists no Markdown files. Name the site's feed") as error:
        visit(site.url("/sitemap.xml"))
    assert site.url("/") in str(error.value)


def test_what_is_wrong_with_an_entry_stops_no_other(site: Site) -> None:
    entries = [
        "file:///etc/a.md",
        "https://me:hunter2@news.example/a.md",
        "http://a:99999/a.md",
        site.url("/a.md"),
    ]
    site.answers |= {"/sitemap.xml": page(urlset(*entries)), "/a.md": page(article())}
    found = visit(site.url("/sitemap.xml"))
    assert set(found.data) == {site.url("/a.md")}
    assert len(found.problems) == 3
    assert "hunter2" not in str(found.problems)


def test_a_public_sitemap_does_not_lead_into_the_house(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", site.url(""))  # the proxy answers for the public web
    host = "http://news.example"
    site.answers |= {
        f"{host}/sitemap.xml": page(index(f"{host}/1.xml", "http://127.0.0.1/2.xml")),
        f"{host}/1.xml": page(urlset(f"{host}/a.md", "http://10.0.0.1/b.md")),
        f"{host}/a.md": page(article()),
    }
    found = visit(f"{host}/sitemap.xml")
    assert set(found.data) == {f"{host}/a.md"}
    assert set(found.problems) == {"http://127.0.0.1/2.xml", "http://10.0.0.1/b.md"}
    assert all("which is private" in message for message in found.problems.values())


def test_a_secure_sitemap_does_not_lead_down_to_http() -> None:
    text = urlset("http://news.example/a.md", "https://news.example/b.md")
    bad, good = read(text, "https://news.example/sitemap.xml", Limits(), datetime.now(UTC)).articles
    assert isinstance(bad, Problem)
    assert "from https to plain http" in bad.message
    assert not isinstance(good, Problem)


ENTITIES = [
    b"<!DOCTYPE u [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]><urlset><url><loc>&b;.md</loc></url></urlset>",
    b"<!DOCTYPE u [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><urlset><url><loc>&a;.md</loc></url></urlset>",
]


@pytest.mark.parametrize("text", ENTITIES)
def test_entities_are_refused(site: Site, text: bytes) -> None:
    site.answers["/sitemap.xml"] = page(b"<?xml version='1.0'?>" + text)
    with pytest.raises(SourceError, match="is of a kind that no articles come from"):
        visit(site.url("/sitemap.xml"))
    with pytest.raises(SourceError, match="declares entities"):
        read(text, "https://news.example/", Limits(), datetime.now(UTC))


def test_a_packed_flood_is_stopped(site: Site) -> None:
    flood = gzip.compress(urlset("x")[:-9] + b" " * 50_000_000)
    site.answers["/sitemap.xml.gz"] = page(flood)
    with pytest.raises(SourceError, match="unpacks to more than 1 MiB"):
        visit(site.url("/sitemap.xml.gz"), limits=Limits(manifest=1024 * 1024))


def test_more_articles_than_a_source_may_have_are_refused(site: Site) -> None:
    site.answers["/sitemap.xml"] = page(urlset(*(site.url(f"/{number}.md") for number in range(8))))
    with pytest.raises(SourceError, match="more than 7 articles"):
        visit(site.url("/sitemap.xml"), limits=Limits(entries=7))
    site.answers["/index.xml"] = page(index(*(site.url(f"/{number}.xml") for number in range(8))))
    site.answers |= {f"/{number}.xml": page(urlset(site.url(f"/{number}.md"))) for number in range(8)}
    site.answers |= {f"/{number}.md": page(article(str(number))) for number in range(8)}
    found = visit(site.url("/index.xml"), limits=Limits(parts=3))
    assert len(found.documents) == 3
    assert "there are too many" in found.problems[site.url("/3.xml")]
    assert found.rest


@needs("nginx", "nginx-light")
def test_a_sitemap_from_a_real_server(nginx: Nginx) -> None:
    (nginx.www / "a.md").write_bytes(article("A"))
    (nginx.www / "one.xml.gz").write_bytes(gzip.compress(urlset(nginx.url("/a.md"))))
    (nginx.www / "sitemap.xml").write_bytes(index(nginx.url("/one.xml.gz")))
    os.utime(nginx.www / "a.md", (1, 1))
    first = visit(nginx.url("/sitemap.xml"))
    assert first.data == {nginx.url("/a.md"): article("A")}
    assert list(visit(nginx.url("/sitemap.xml"), first.stamps).seen) == [nginx.url("/a.md"), ""]
    assert nginx.statuses() == [200, 200, 200, 200, 200, 304]


@given(
    st.binary()
    | st.lists(st.text(st.characters(codec="utf-8", exclude_characters="<&"))).map(lambda locs: urlset(*locs))
    | st.lists(st.text(st.characters(codec="utf-8", exclude_characters="<&"))).map(
        lambda locs: index(*(f"http://a/{loc}.md" for loc in locs))
    )
)
def test_any_bytes_are_a_sitemap_or_an_error(data: bytes) -> None:
    with or_a_sentence():
        sitemap = read(data, "https://news.example/", Limits(), datetime.now(UTC))
        for entry in sitemap.articles + sitemap.sitemaps:
            assert entry.item == clean(entry.item)
