"""One address on the web, and everything a server can do wrong."""

from __future__ import annotations

import gzip
import json
import os
import socket
import tempfile
import threading
import time
import tracemalloc
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from cryptonews_tui import __version__
from cryptonews_tui.safety import clean
from cryptonews_tui.sources import SourceError
from cryptonews_tui.sources.access import Access
from cryptonews_tui.sources.http.client import Http
from cryptonews_tui.sources.limits import MIB, Limits
from tests.programs import needs
from tests.sources import conftest as serve
from tests.sources.conftest import Answer, Site, page, redirect
from tests.sources.packing import KINDS, packed
from tests.sources.visiting import QUICK, article, visit

NEWS = {"2025/11/bitcoin.md": article("Bitcoin"), "2025/11/біткоїн.uk.md": article("Біткоїн")}


def test_a_markdown_file_is_a_source_of_one(site: Site) -> None:
    site.answers["/a.md"] = page(article())
    url = site.url("/a.md")
    found = visit(url + "#top")
    assert (found.expected, found.data) == ([1], {url: article()})
    assert found.documents[url].origin == url
    ((_, headers),) = site.requests
    assert headers["User-Agent"] == f"cryptonews-tui/{__version__}"


@pytest.mark.parametrize("kind", KINDS)
def test_an_archive_holds_the_articles_of_a_folder(site: Site, kind: str) -> None:
    site.answers[f"/news{kind}"] = page(packed(NEWS, kind))
    found = visit(site.url(f"/news{kind}"))
    assert found.data == NEWS
    assert found.documents["2025/11/bitcoin.md"].origin == site.url(f"/news{kind}/2025/11/bitcoin.md")


BODIES = {
    "article": article(),
    "article with mark": b"\xef\xbb\xbf" + article(),
    "text": b"no front matter",
    "list": b'["/a.md"]',
    "object": b' {"urls": ["/a.md"]}',
} | {kind: packed(NEWS, kind) for kind in KINDS}


@pytest.mark.parametrize(
    ("body", "media_type", "count"),
    [
        ("article", "text/markdown; charset=utf-8", 1),
        ("article", "text/plain", 1),
        ("article", "", 1),
        ("article with mark", "application/octet-stream", 1),
        ("text", "text/plain", 1),
        (".zip", "application/zip", 2),
        (".zip", "", 2),
        (".tgz", "application/octet-stream", 2),
        (".tar", "", 2),
        (".tar", "application/x-tar", 2),
        ("list", "application/json", 1),
        ("list", "application/feed+json", 1),
        ("object", "text/plain", 1),
    ],
)
def test_without_a_telling_name_type_and_beginning_tell(
    site: Site, body: str, media_type: str, count: int
) -> None:
    site.answers |= {"/latest": page(BODIES[body], Content_Type=media_type), "/a.md": page(article())}
    assert len(visit(site.url("/latest")).documents) == count


def test_the_name_tells_before_the_type(site: Site) -> None:
    site.answers |= {
        "/a.md": page(article(), Content_Type="text/html"),
        "/news.zip": page(packed(NEWS, ".zip"), Content_Type="text/plain"),
        "/list.json": page(b'["a.md"]', Content_Type="text/plain"),
        "/latest": redirect("/news.zip"),
    }
    counts = [
        len(visit(site.url(path)).documents) for path in ("/a.md", "/news.zip", "/list.json", "/latest")
    ]
    assert counts == [1, 2, 1, 2]


@pytest.mark.parametrize("answer", [serve.with_etag, serve.with_date])
def test_an_unchanged_file_is_not_sent_again(site: Site, answer: Callable[[bytes], Answer]) -> None:
    site.answers["/a.md"] = answer(article())
    url = site.url("/a.md")
    first = visit(url)
    again = visit(url, first.stamps)
    assert (again.expected, again.documents, again.seen) == ([1], {}, first.stamps)
    site.answers["/a.md"] = page(article("Changed"))
    assert visit(url, first.stamps).data == {url: article("Changed")}


@pytest.mark.parametrize("kind", KINDS)
def test_an_unchanged_archive_is_not_sent_again(site: Site, kind: str) -> None:
    url = site.url(f"/news{kind}")
    site.answers[f"/news{kind}"] = serve.with_etag(packed(NEWS, kind))
    first = visit(url)
    again = visit(url, first.stamps)
    assert set(again.seen) == {"", *NEWS}
    assert (again.expected, again.documents, again.stamps) == ([2], {}, first.stamps)


def test_of_a_changed_archive_only_changed_members_are_new(site: Site) -> None:
    site.answers["/news.zip"] = serve.with_etag(packed(NEWS, ".zip"), '"one"')
    first = visit(site.url("/news.zip"))
    site.answers["/news.zip"] = serve.with_etag(packed(NEWS | {"new.md": article()}, ".zip"), '"two"')
    again = visit(site.url("/news.zip"), first.stamps)
    assert list(again.documents) == ["new.md"]
    assert set(again.seen) == {"", *NEWS}


@pytest.mark.parametrize(
    "stamp", ["", "rubbish", "[]", "1", '{"etag": 5}', '{"etag": "a\\r\\nX: y"}', '{"etag": "ї"}']
)
def test_a_stamp_of_another_kind_asks_for_everything(site: Site, stamp: str) -> None:
    site.answers["/a.md"] = page(article())
    assert len(visit(site.url("/a.md"), {site.url("/a.md"): stamp}).documents) == 1
    assert site.requests[0][1]["If-None-Match"] is None


def test_a_validator_that_cannot_be_repeated_is_not_remembered(site: Site) -> None:
    site.answers["/a.md"] = page(article(), ETag='"' + "x" * 5000 + '"', Last_Modified="\xff")
    assert visit(site.url("/a.md")).stamps == {}


def test_an_unasked_for_304_is_an_error(site: Site) -> None:
    site.answers["/a.md"] = page(b"", 304)
    with pytest.raises(SourceError, match="makes no sense here"):
        visit(site.url("/a.md"))


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (404, r"There is nothing at .* \(404\)\. Check the address\."),
        (410, r"has been withdrawn for good \(410\)\. Remove it"),
        (401, r"is not open to us \(401\)"),
        (403, r"is not open to us \(403\)"),
        (429, r"asks for fewer visits \(429\)\. Try again in 90 seconds\."),
        (500, r"has trouble of its own \(500\)\. Try again later\."),
        (503, r"has trouble of its own \(503\)\. Try again later\."),
        (204, r"makes no sense here \(204\)"),
        (418, r"makes no sense here \(418\)"),
    ],
)
def test_a_status_is_a_sentence(site: Site, status: int, said: str) -> None:
    site.answers["/a.md"] = page(b"", status, Retry_After="90")
    with pytest.raises(SourceError, match=said):
        visit(site.url("/a.md"))


def test_a_retry_after_that_is_no_number_is_not_repeated(site: Site) -> None:
    site.answers["/a.md"] = page(b"", 429, Retry_After="\x9b2Jnever")
    with pytest.raises(SourceError, match=r"Try again later\."):
        visit(site.url("/a.md"))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (serve.silent, r"fell silent for 0\.3 seconds"),
        (serve.stalled, r"fell silent for 0\.3 seconds"),
        (serve.truncated, "broke off"),
        (serve.broken, "broke off"),
        (serve.not_http, "broke off"),
        (page(gzip.compress(article())[:-9], Content_Encoding="gzip"), "compressed and damaged"),
        (page(b"rubbish", Content_Encoding="gzip"), "compressed and damaged"),
        (page(b"rubbish", Content_Encoding="compress"), "encoding that we did not ask for"),
        (page(b"", Content_Length="x"), "broke off"),
    ],
)
def test_a_fault_on_the_line_is_a_sentence(site: Site, answer: Answer, said: str) -> None:
    site.answers["/a.md"] = answer
    with pytest.raises(SourceError, match=said) as error:
        visit(site.url("/a.md"), limits=QUICK)
    assert str(error.value) == clean(str(error.value))


@pytest.mark.parametrize("answer", [serve.trickling, serve.trickling_headers])
def test_a_server_that_trickles_is_left(site: Site, answer: Answer) -> None:
    site.answers["/a.md"] = answer
    start = time.monotonic()
    with pytest.raises(SourceError, match=r"was not complete after 0\.4 seconds"):
        visit(site.url("/a.md"), limits=Limits(whole=0.4))
    assert time.monotonic() - start < 3


def test_a_server_that_does_not_take_the_call_is_left() -> None:
    with socket.socket() as full, ExitStack() as callers:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(3):  # they fill the queue: the next one is not even turned away
            caller = callers.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(full.getsockname())
        with pytest.raises(SourceError, match=r"did not take the call within 0\.3 seconds"):
            visit(f"http://127.0.0.1:{full.getsockname()[1]}/a.md", limits=replace(QUICK, connect=0.3))


def test_a_download_that_finds_no_room_is_a_sentence(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    site.answers["/news.zip"] = page(bytes(3 * MIB))
    with pytest.raises(SourceError, match="could not be read"):
        visit(site.url("/news.zip"))


def test_nobody_at_home_is_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(SourceError, match="Nobody answers at"):
            visit(f"http://127.0.0.1:{port}/a.md")


def test_a_name_that_nobody_has_is_a_sentence() -> None:
    with pytest.raises(SourceError, match=r"The name in .* is not known"):
        visit(f"http://{'.'.join(['a' * 60] * 6)}/a.md")  # too long to be asked for: no resolver hears of it
    with pytest.raises(SourceError, match="Check the address"):
        visit(f"http://{'a' * 64}.example/a.md")


@needs("openssl", "openssl")
def test_a_certificate_that_nobody_vouches_for_is_refused(secure_site: Site) -> None:
    secure_site.answers["/a.md"] = page(article())
    with pytest.raises(
        SourceError, match=r"The certificate of .* is not valid \(self-signed certificate\); nothing was read"
    ):
        visit(secure_site.url("/a.md"))
    assert secure_site.requests == []


@needs("openssl", "openssl")
def test_https_is_read_and_never_leads_down_to_http(
    secure_site: Site, site: Site, trust: Callable[[Site], None]
) -> None:
    trust(secure_site)
    secure_site.answers["/a.md"] = serve.with_etag(article())
    secure_site.answers["/down.md"] = redirect(site.url("/a.md"))
    site.answers["/a.md"] = page(article())
    first = visit(secure_site.url("/a.md"))
    assert first.data == {secure_site.url("/a.md"): article()}
    assert list(visit(secure_site.url("/a.md"), first.stamps).seen) == [secure_site.url("/a.md")]
    with pytest.raises(SourceError, match="from https to plain http"):
        visit(secure_site.url("/down.md"))
    assert site.requests == []


@needs("openssl", "openssl")
@pytest.mark.parametrize("answer", [serve.trickling, serve.stalled])
def test_a_slow_server_is_left_behind_tls_too(
    secure_site: Site, trust: Callable[[Site], None], answer: Answer
) -> None:
    trust(secure_site)
    secure_site.answers["/a.md"] = answer
    start = time.monotonic()
    with pytest.raises(SourceError, match=r"was not complete after 0\.4 seconds"):
        visit(secure_site.url("/a.md"), limits=Limits(whole=0.4))
    assert time.monotonic() - start < 3


@pytest.mark.parametrize("length", [{}, {"Transfer_Encoding": "chunked"}])
def test_what_is_too_large_is_not_read(site: Site, length: dict[str, str]) -> None:
    body = b"x" * 100_000
    chunked = f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"

    def answer(handler: serve.Handler) -> None:
        handler.head(**(length or {"Content_Length": str(len(body))}))
        handler.wfile.write(chunked if length else body)

    site.answers |= {"/a.md": answer, "/a.zip": answer}
    for path, limits in (("/a.md", Limits(article=99_999)), ("/a.zip", Limits(download=99_999))):
        with pytest.raises(SourceError, match=r"is larger than 97\.66 KiB; it was not read"):
            visit(site.url(path), limits=limits)


def test_a_body_without_an_end_is_left(site: Site) -> None:
    site.answers["/a.zip"] = serve.endless
    with pytest.raises(SourceError, match="is larger than 4 MiB"):
        visit(site.url("/a.zip"), limits=Limits(download=4 * MIB))


@pytest.mark.parametrize("rounds", [1, 2])
def test_a_gzip_bomb_is_stopped_before_it_grows(site: Site, rounds: int) -> None:
    bomb = bytes(64 * MIB)
    for _ in range(rounds):
        bomb = gzip.compress(bomb, 1)
    site.answers["/a.md"] = page(bomb, Content_Encoding=", ".join(["gzip"] * rounds))
    tracemalloc.start()
    try:
        with pytest.raises(SourceError, match=r"is larger than 2 MiB|did not ask for"):
            visit(site.url("/a.md"))
        assert tracemalloc.get_traced_memory()[1] < 16 * MIB
    finally:
        tracemalloc.stop()


def test_gzip_in_several_parts_is_read_whole(site: Site) -> None:
    whole = article() * 5000
    parts = gzip.compress(whole[:70_000]) + gzip.compress(whole[70_000:])
    site.answers["/a.md"] = page(parts, Content_Encoding="gzip")
    assert visit(site.url("/a.md")).data == {site.url("/a.md"): whole}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed(site: Site, site_elsewhere: Site, status: int) -> None:
    site.answers["/a.md"] = redirect("/b.md", status)
    site.answers["/b.md"] = redirect(site_elsewhere.url("/c.md"), status)
    site_elsewhere.answers["/c.md"] = page(article())
    assert visit(site.url("/a.md")).data == {site.url("/a.md"): article()}


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("/a.md", "leads in a circle back to"),
        ("/a.md#again", "leads in a circle back to"),
        ("/b.md", "leads in a circle back to"),
        ("/1", "sent us on more than 5 times"),
        ("file:///etc/passwd", r"sends us on to a file: address.* Ask its publisher for the right address\."),
        ("ftp://news.example/", "sends us on to a ftp: address"),
        ("javascript:alert(1)", "sends us on to a javascript: address"),
        ("", "without saying where"),
        ("http://[", "without saying where"),
        ("http://reader:hunter2@news.example/", "user name and password"),
    ],
)
def test_a_redirect_that_leads_astray_is_refused(site: Site, location: str, said: str) -> None:
    site.answers |= {"/a.md": redirect(location), "/b.md": redirect("/a.md")}
    site.answers |= {f"/{step}": redirect(f"/{step + 1}") for step in range(1, 10)}
    with pytest.raises(SourceError, match=said) as error:
        visit(site.url("/a.md"))
    assert "hunter2" not in str(error.value)
    assert len(site.requests) <= 6


def test_an_address_of_a_redirect_is_shown_safely(site: Site) -> None:
    site.answers["/a.md"] = redirect("http://127.0.0.1:1/\x1b[2J\xff\u202e.md".encode().decode("latin-1"))
    with pytest.raises(SourceError) as error:
        visit(site.url("/a.md"))
    assert str(error.value) == clean(str(error.value))


@pytest.mark.parametrize("path", ["/a.md", "/news.zip", "/list.json", "/latest"])
def test_a_web_page_is_no_source(site: Site, path: str) -> None:
    site.answers[path] = page(b"\n<!DOCTYPE html><title>Sign in</title>", Content_Type="text/html")
    with pytest.raises(SourceError, match="is a web page, not articles"):
        visit(site.url(path))


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/latest", r"is of a kind that no articles come from \(no text\)"),
        ("/news.zip", "is not a whole zip or tar archive"),
        ("/news.tar.gz", "is not a whole zip or tar archive"),
        ("/list.json", "is not valid JSON"),
    ],
)
def test_rubbish_is_no_source(site: Site, path: str, said: str) -> None:
    site.answers[path] = page(b"\x00\x01\xfe\xff" * 500)
    with pytest.raises(SourceError, match=said):
        visit(site.url(path))


def test_a_file_behind_a_vague_name_is_bounded_too(site: Site) -> None:
    site.answers["/latest"] = page(b"---\n" * 100, Content_Type="text/markdown")
    with pytest.raises(SourceError, match="is larger than 100 bytes"):
        visit(site.url("/latest"), limits=Limits(article=100))


def test_a_public_address_does_not_lead_into_the_house(site: Site, site_elsewhere: Site) -> None:
    site.answers["/a.md"] = page(article())
    limits = Limits()
    with Http(Access(limits)) as http:
        for host in (
            "127.0.0.1",
            "localhost",
            "LOCALHOST.",
            "127.1",
            "2130706433",
            "0x7f.1",
            "[::ffff:127.0.0.1]",
            "[::127.0.0.1]",
            "[64:ff9b::10.0.0.1]",
            "[64:ff9b:1::808:808]",
            "[2002:7f00:1::]",
        ):
            with pytest.raises(SourceError, match="which is private; it was not called"):
                http.fetch(f"http://{host}:{site.port}/a.md", limit=100, may_enter=False)
    assert site.requests == []


def test_a_redirect_out_of_the_public_web_into_the_house_is_refused(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", site.url(""))  # the proxy answers for the public web
    site.answers["http://news.example/a.md"] = redirect("http://192.168.1.1/a.md")
    with pytest.raises(SourceError, match=r"leads to http://192\.168\.1\.1/a\.md, which is private"):
        visit("http://news.example/a.md")
    assert site.paths() == ["http://news.example/a.md"]


def test_a_proxy_of_the_house_may_fetch_the_public_web(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", site.url(""))
    site.answers["http://news.example/list.json"] = page(
        b'["a.md", "http://127.0.0.1/b.md", "http://10.0.0.1/"]'
    )
    site.answers["http://news.example/a.md"] = page(article())
    found = visit("http://news.example/list.json")
    assert list(found.documents) == ["http://news.example/a.md"]
    assert set(found.problems) == {"http://127.0.0.1/b.md", "http://10.0.0.1/"}
    assert all("which is private" in message for message in found.problems.values())


def test_a_proxy_that_refuses_is_a_sentence(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", site.url(""))
    with pytest.raises(SourceError, match="The proxy did not let us through"):
        visit("https://news.example/a.md")


@pytest.mark.parametrize("proxy", ["rubbish://proxy", "socks5://127.0.0.1:1"])
def test_a_proxy_that_cannot_be_used_is_a_sentence(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(SourceError, match="Check HTTP_PROXY, HTTPS_PROXY, ALL_PROXY"):
        visit("http://news.example/a.md")


def test_a_visit_is_called_off_from_another_thread(site: Site) -> None:
    site.answers["/a.md"] = serve.stalled
    with Http(Access()) as http:
        timer = threading.Timer(0.1, http.abort)
        timer.start()
        start = time.monotonic()
        with pytest.raises(SourceError, match="was called off"):
            http.fetch(site.url("/a.md"), limit=10_000)
        with pytest.raises(SourceError, match="was called off"):
            http.fetch(site.url("/b.md"), limit=10_000)
        assert time.monotonic() - start < 3
        timer.join()


def test_a_visit_leaves_nothing_open(site: Site) -> None:
    site.answers |= {
        "/news.zip": page(
            packed({"a.md": os.urandom(MIB * 3 // 2)} | NEWS | {"b.md": os.urandom(MIB)}, ".zip")
        )
    }
    site.answers |= {"/list.json": page(json.dumps(["/x.md"] * 3).encode())}
    visit(site.url("/news.zip"))  # whatever the first visit of all loads
    before, threads = len(os.listdir("/proc/self/fd")), threading.active_count()
    visit(site.url("/news.zip"))
    visit(site.url("/list.json"))
    for _ in range(200):
        if threading.active_count() <= threads and len(os.listdir("/proc/self/fd")) <= before:
            break
        time.sleep(0.01)  # the server's side of each connection ends when it sees ours end
    assert len(os.listdir("/proc/self/fd")) <= before
    assert threading.active_count() <= threads
