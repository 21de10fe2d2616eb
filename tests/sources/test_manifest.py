"""A manifest: a JSON list of addresses, each of which is asked by itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cryptonews_tui.article import Document, Problem
from cryptonews_tui.safety import clean
from cryptonews_tui.sources import About, Expected, SourceError, open_source
from cryptonews_tui.sources.access import Access
from cryptonews_tui.sources.limits import Limits
from cryptonews_tui.sources.manifest import entries
from tests.sources import conftest as serve
from tests.sources.conftest import Site, page, redirect, with_etag
from tests.sources.packing import packed
from tests.sources.visiting import HASTY, QUICK, article, or_a_sentence, sort_out, visit

BASE = "https://news.example/2025/list.json"


def manifest(*listed: object) -> bytes:
    return json.dumps(listed).encode()


@pytest.fixture
def news(site: Site) -> Site:
    """A manifest of two articles, all with ETags."""
    site.answers["/list.json"] = with_etag(manifest("a.md", "/deep/b.md"))
    site.answers["/a.md"] = with_etag(article("A"))
    site.answers["/deep/b.md"] = with_etag(article("B"))
    return site


def test_a_manifest_holds_the_articles_it_lists(news: Site) -> None:
    found = visit(news.url("/list.json"))
    assert found.expected == [2]
    assert found.data == {news.url("/a.md"): article("A"), news.url("/deep/b.md"): article("B")}
    assert set(found.stamps) == {"", *found.data}


def test_an_unchanged_manifest_still_asks_for_each_article(news: Site) -> None:
    first = visit(news.url("/list.json"))
    again = visit(news.url("/list.json"), first.stamps)
    assert (again.expected, again.documents, again.seen) == ([2], {}, first.stamps)
    news.answers["/a.md"] = with_etag(article("Changed"), '"two"')
    third = visit(news.url("/list.json"), again.stamps)
    assert third.data == {news.url("/a.md"): article("Changed")}
    assert set(third.seen) == {"", news.url("/deep/b.md")}


def test_an_article_that_failed_is_tried_again_though_the_manifest_is_unchanged(news: Site) -> None:
    working = news.answers["/a.md"]
    news.answers["/a.md"] = page(b"", 503)
    first = visit(news.url("/list.json"))
    assert list(first.problems) == [news.url("/a.md")]
    news.answers["/a.md"] = working
    again = visit(news.url("/list.json"), first.stamps)
    assert list(again.documents) == [news.url("/a.md")]
    assert "" in again.stamps


def test_an_article_without_a_validator_stays_though_the_manifest_is_unchanged(news: Site) -> None:
    news.answers["/a.md"] = page(article("A"))
    first = visit(news.url("/list.json"))
    again = visit(news.url("/list.json"), first.stamps)
    assert list(again.documents) == [news.url("/a.md")]
    assert set(again.seen) == {"", news.url("/deep/b.md")}


def test_what_is_wrong_with_one_entry_stops_no_other(news: Site) -> None:
    bad = {
        "/missing.md": (serve.nothing, "There is nothing at"),
        "/broken.md": (serve.broken, "broke off"),
        "/silent.md": (serve.silent, "fell silent"),
        "/large.md": (page(b"x" * 5000), "larger than"),
        "/html.md": (page(b"<html>"), "web page"),
        "/zip.md": (page(packed({"a.md": b""}, ".zip")), "This is an archive"),
        "/round.md": (redirect("/round.md"), "in a circle"),
        "/file.md": (redirect("file:///etc/passwd"), "file: address"),
    }
    news.answers |= {path: answer for path, (answer, _) in bad.items()}
    news.answers["/list.json"] = page(manifest("/a.md", "file:///etc/passwd", *bad, "/deep/b.md"))
    limits = replace(QUICK, article=1000)
    found = visit(news.url("/list.json"), limits=limits)
    assert found.expected == [11]
    assert set(found.documents) == {news.url("/a.md"), news.url("/deep/b.md")}
    assert set(found.problems) == {"file:///etc/passwd", *(news.url(path) for path in bad)}
    for path, (_, said) in bad.items():
        assert said in found.problems[news.url(path)]


def test_a_host_that_never_answers_is_not_asked_for_everything(news: Site) -> None:
    silent = [f"/{number}.md" for number in range(40)]
    news.answers |= dict.fromkeys(silent, serve.silent)
    news.answers["/list.json"] = page(manifest(*silent))
    found = visit(news.url("/list.json"), limits=replace(QUICK, read=0.2, silences=3))
    assert len(found.problems) == 40
    assert len(news.requests) < 12
    assert sum("not asked again" in message for message in found.problems.values()) > 28


def test_a_host_that_asks_for_a_rest_gets_it(news: Site) -> None:
    busy = [f"/{number}.md" for number in range(40)]
    news.answers |= dict.fromkeys(busy, page(b"", 429, Retry_After="3600"))
    news.answers["/list.json"] = page(manifest("/a.md", *busy))
    found = visit(news.url("/list.json"))
    assert len(found.documents) == 1
    assert sum("asks for fewer visits" in message for message in found.problems.values()) == 40
    assert len(news.requests) == 3
    assert found.about[-1] == About(fresh=3600)


def test_a_host_that_is_in_trouble_is_not_asked_for_everything(news: Site) -> None:
    busy = [f"/{number}.md" for number in range(40)]
    news.answers |= dict.fromkeys(busy, page(b"", 503))
    news.answers["/list.json"] = page(manifest(*busy))
    assert len(visit(news.url("/list.json"), limits=HASTY).problems) == 40
    assert len(news.requests) == 1 + HASTY.silences * HASTY.attempts


def test_a_name_that_is_looked_up_for_ever_does_not_hold_up_the_end(news: Site) -> None:
    news.answers["/list.json"] = page(manifest("http://slow.example/a.md"))
    program = f"""
import socket, threading, time
from cryptonews_tui.sources import SourceError, open_source
from cryptonews_tui.sources.access import Access
known = socket.getaddrinfo
slow = "slow.example"
access = Access()
def look_up(host, *rest, **more):
    if host == slow:
        threading.Timer(0.3, access.stop.set).start()
        time.sleep(60)
    return known(host, *rest, **more)
socket.getaddrinfo = look_up
try:
    for found in open_source({news.url("/list.json")!r}, access).documents({{}}):
        print(found)
except SourceError as error:
    print(error)
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=50, text=True)
    assert ran.stderr == ""
    assert ran.stdout.splitlines()[-1] == "The visit was called off."


@pytest.mark.parametrize("lines", [1, 4])
def test_entries_come_in_the_order_of_the_list(site: Site, lines: int) -> None:
    def slow(handler: serve.Handler) -> None:
        time.sleep(0.1)
        page(article())(handler)

    paths = [f"/{number}.md" for number in range(30)]
    site.answers |= {path: page(article(path)) for path in paths} | {"/0.md": slow, "/7.md": slow}
    site.answers["/list.json"] = page(manifest(*paths))
    source = open_source(site.url("/list.json"), Access(requests_per_host=lines))
    assert list(sort_out(source.documents({})).documents) == [site.url(path) for path in paths]


def test_leaving_early_cuts_what_is_under_way(site: Site) -> None:
    site.answers |= {f"/{number}.md": serve.stalled for number in range(20)} | {"/a.md": page(article())}
    site.answers["/list.json"] = page(manifest("/a.md", *(f"/{number}.md" for number in range(20))))
    threads = {thread for thread in threading.enumerate() if thread.name.startswith("manifest")}
    documents = open_source(site.url("/list.json")).documents({})
    assert next(documents) == About("a manifest")
    assert next(documents) == Expected(21)
    assert isinstance(next(documents), Document)
    start = time.monotonic()
    documents.close()
    assert time.monotonic() - start < 2
    assert {thread for thread in threading.enumerate() if thread.name.startswith("manifest")} == threads
    assert len(site.requests) < 20


@pytest.mark.parametrize(
    ("listed", "addresses"),
    [
        (["a.md", "../b.md", "/c.md"], ["2025/a.md", "b.md", "c.md"]),
        ({"articles": ["a.md"]}, ["2025/a.md"]),
        ({"urls": [{"url": "a.md", "title": "A"}]}, ["2025/a.md"]),
        (["a.md", "a.md#top", {"url": "./a.md"}], ["2025/a.md"]),
        (["two words.md", "ї.md"], ["2025/two%20words.md", "2025/%D1%97.md"]),
        ([], []),
    ],
)
def test_addresses_are_absolute_and_once(listed: object, addresses: list[str]) -> None:
    found = entries(json.dumps(listed).encode(), BASE, Limits())
    assert found == [f"https://news.example/{address}" for address in addresses]


@pytest.mark.parametrize(
    "entry",
    [
        "file:///etc/passwd",
        "ftp://news.example/a.md",
        "javascript:alert(1)",
        "data:text/markdown,x",
        "http://[",
        "http://a:99999/",
        "https://reader:hunter2@news.example/",
        "http://news.example/a.md",
        "a\x1b[2J.md",
        "\ud800",
        "",
        5,
        None,
        ["a.md"],
        {"href": "a.md"},
        {"url": 5},
    ],
)
def test_an_entry_that_is_no_web_address_is_a_problem(entry: object) -> None:
    good, bad = entries(manifest("a.md", entry), BASE, Limits())
    assert good == "https://news.example/2025/a.md"
    assert isinstance(bad, Problem)
    assert bad.item.strip()
    assert bad.item == clean(bad.item)
    assert bad.message == clean(bad.message)
    assert "hunter2" not in bad.item + bad.message


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not valid JSON"),
        (b"[", "not valid JSON"),
        (b"\xff\xfe\x00", "not valid JSON"),
        (b"[" * 100_000, "not valid JSON"),
        (b"[" + b"9" * 10_000 + b"]", "not valid JSON"),
        (b"5", "nor a list of articles"),
        (b'"a.md"', "nor a list of articles"),
        (b"{}", "nor a list of articles"),
        (b'{"articles": {}}', "nor a list of articles"),
        (b'["1", "2", "3", "4"]', "lists more than 3 addresses"),
    ],
)
def test_what_is_no_manifest_is_an_error(data: bytes, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        entries(data, BASE, Limits(entries=3))


def test_a_manifest_too_large_is_an_error(site: Site) -> None:
    site.answers["/list.json"] = page(manifest("x" * 1000))
    with pytest.raises(SourceError, match="is larger than 1000 bytes"):
        visit(site.url("/list.json"), limits=Limits(manifest=1000))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["url", "urls", "articles"]) | st.text(), inner)
    ),
    max_leaves=10,
)


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
@example(b'["http://\xe2\x84\x80"]')
def test_any_bytes_are_addresses_problems_or_an_error(data: bytes) -> None:
    listed: list[str | Problem] = []
    with or_a_sentence():
        listed = entries(data, BASE, Limits())
    for entry in listed:
        if isinstance(entry, Problem):
            assert entry.item
            assert clean(entry.item + entry.message) == entry.item + entry.message
        else:
            assert entry.startswith(("http://", "https://"))
            assert entry == clean(entry)


def test_a_manifest_visited_again_and_again_leaves_nothing_open(news: Site) -> None:
    visit(news.url("/list.json"))
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        visit(news.url("/list.json"))
    for _ in range(200):
        if len(os.listdir("/proc/self/fd")) <= before:
            break
        time.sleep(0.01)
    assert len(os.listdir("/proc/self/fd")) <= before
