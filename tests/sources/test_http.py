"""How one request is made: in turn, once more if it may help, no further than it may go, and within bounds."""

from __future__ import annotations

import contextlib
import gzip
import logging
import os
import socket
import struct
import subprocess
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import brotli
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cryptonews_tui.safety import clean
from cryptonews_tui.sources import SourceError
from cryptonews_tui.sources.access import Access
from cryptonews_tui.sources.http.addresses import shown
from cryptonews_tui.sources.http.client import Fetched, Http
from cryptonews_tui.sources.http.decoding import ACCEPTED, DecodingError, _zstd, decoder
from cryptonews_tui.sources.http.faults import NoAnswerError
from cryptonews_tui.sources.http.freshness import DAY, come_back, fresh
from cryptonews_tui.sources.limits import MIB, Limits
from tests.programs import find, needs
from tests.sources import conftest as serve
from tests.sources.conftest import Answer, Handler, Site, page, redirect
from tests.sources.visiting import HASTY, QUICK, article

zstd = _zstd()


def fetch(url: str, access: Access | None = None, stamp: str = "", limit: int = 8 * MIB) -> Fetched:
    with Http(access or Access(QUICK)) as http:
        fetched = http.fetch(url, stamp, limit=limit)
    if fetched.body is not None:
        fetched.body.close()
    return fetched


def read(url: str, access: Access | None = None) -> bytes:
    with Http(access or Access(QUICK)) as http:
        return body_of(http, url)


def body_of(http: Http, url: str) -> bytes:
    fetched = http.fetch(url, limit=8 * MIB)
    assert fetched.body is not None
    with fetched.body as body:
        return body.read()


def fault(url: str, access: Access | None = None) -> SourceError:
    with pytest.raises(SourceError) as error:
        fetch(url, access)
    assert str(error.value) == clean(str(error.value))
    assert str(error.value).endswith(".")
    return error.value


def in_turn(*answers: Answer) -> Answer:
    """Each request gets the next answer; the last one stays."""
    left = list(answers)

    def answer(handler: Handler) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(handler)

    return answer


# Turns


class Crowd:
    """An answer that takes its time, and counts who waits for it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.now: dict[int, int] = {}
        self.most_at_one = self.most_hosts = 0

    def __call__(self, handler: Handler) -> None:
        port = handler.server.server_port
        with self.lock:
            self.now[port] = self.now.get(port, 0) + 1
            self.most_at_one = max(self.most_at_one, self.now[port])
            self.most_hosts = max(self.most_hosts, sum(count > 0 for count in self.now.values()))
        time.sleep(0.03)
        with self.lock:
            self.now[port] -= 1
        page(article())(handler)


@pytest.fixture
def sites() -> Iterator[list[Site]]:
    sites = [Site() for _ in range(5)]
    yield sites
    for site in sites:
        site.close()


@pytest.mark.parametrize(("each", "at_once"), [(1, 8), (1, 2), (3, 8)])
def test_a_host_gets_its_requests_one_after_the_other(sites: list[Site], each: int, at_once: int) -> None:
    crowd = Crowd()
    for site in sites:
        site.answers["/a.md"] = crowd
    access = Access(HASTY, requests_per_host=each, hosts_at_once=at_once)
    urls = [site.url("/a.md") for site in sites for _ in range(4)]
    with ThreadPoolExecutor(len(urls)) as pool:
        list(pool.map(lambda url: fetch(url, replace(access)), urls))
    assert crowd.most_at_one == each
    assert 1 < crowd.most_hosts <= min(at_once, len(sites))


def test_redirects_to_and_fro_wait_for_no_turn_they_hold(site: Site, site_elsewhere: Site) -> None:
    for here, there in ((site, site_elsewhere), (site_elsewhere, site)):
        here.answers |= {"/go": redirect(there.url("/back")), "/back": redirect(here.url("/a.md"))}
        here.answers["/a.md"] = page(article())
    access = Access(HASTY, hosts_at_once=1)
    with ThreadPoolExecutor(8) as pool:
        urls = [one.url("/go") for one in (site, site_elsewhere)] * 4
        assert len(list(pool.map(lambda url: fetch(url, access), urls))) == 8


def test_who_waits_for_a_turn_or_an_answer_hears_of_the_stop_at_once(site: Site) -> None:
    site.answers["/a.md"] = serve.silent
    access = Access(Limits())
    timer = threading.Timer(0.2, access.stop.set)
    timer.start()
    start = time.monotonic()
    with ThreadPoolExecutor(5) as pool:
        errors = list(pool.map(lambda _: fault(site.url("/a.md"), access), range(5)))
    assert time.monotonic() - start < 3
    assert all("was called off" in str(error) for error in errors)
    assert len(site.requests) == 1
    timer.join()


def test_time_spent_waiting_for_a_turn_is_not_the_requests_own(site: Site) -> None:
    def slow(handler: Handler) -> None:
        time.sleep(0.15)
        page(article())(handler)

    site.answers["/a.md"] = slow
    access = Access(Limits(whole=0.6))
    with ThreadPoolExecutor(8) as pool:
        assert len(list(pool.map(lambda _: fetch(site.url("/a.md"), access), range(8)))) == 8


# Once more


PASSING = [
    (page(b"", 500), 3),
    (page(b"", 503), 3),
    (page(b"", 408), 3),
    (page(b"", 425), 3),
    (page(b"", 429), 3),
    (page(b"", 503, Retry_After="0"), 3),
    (page(b"", 503, Retry_After="3600"), 1),
    (page(b"", 429, Retry_After="90"), 1),
    (serve.truncated, 3),
    (serve.broken, 3),
    (serve.not_http, 3),
    (serve.silent, 2),
    (serve.stalled, 2),
]


@pytest.mark.parametrize(("answer", "requests"), PASSING)
def test_what_may_pass_is_asked_for_again(site: Site, answer: Answer, requests: int) -> None:
    site.answers["/a.md"] = answer
    error = fault(site.url("/a.md"))
    assert error.passing
    assert not error.withdrawn
    assert len(site.requests) == requests


@pytest.mark.parametrize("answer", [one for one, requests in PASSING if requests > 1])
def test_what_has_passed_is_no_error(site: Site, answer: Answer) -> None:
    site.answers["/a.md"] = in_turn(answer, page(article()))
    assert read(site.url("/a.md")) == article()


LASTING = [
    page(b"", 400),
    page(b"", 401),
    page(b"", 403),
    page(b"", 404),
    page(b"", 407),
    page(b"", 410),
    page(b"", 204),
    redirect("file:///etc/passwd"),
    redirect("/a.md"),
    page(b"rubbish", Content_Encoding="gzip"),
    page(b"", Content_Encoding="compress"),
    page(b"", Content_Length=str(1 << 40)),
]


@pytest.mark.parametrize("answer", LASTING)
def test_what_lasts_is_asked_for_once(site: Site, answer: Answer) -> None:
    site.answers["/a.md"] = answer
    error = fault(site.url("/a.md"))
    assert not error.passing
    assert error.retry_after is None
    assert len(site.requests) == 1


def test_only_what_is_gone_for_good_is_withdrawn(site: Site) -> None:
    site.answers["/a.md"] = page(b"", 410)
    assert fault(site.url("/a.md")).withdrawn
    assert not fault(site.url("/b.md")).withdrawn


@pytest.mark.parametrize("status", [429, 503])
def test_the_rest_that_a_server_asks_for_is_told(site: Site, status: int) -> None:
    def rest(wish: str) -> float | None:
        site.answers["/a.md"] = page(b"", status, Retry_After=wish)
        return fault(site.url("/a.md")).retry_after

    assert rest("90") == 90
    assert rest("99999999999") == DAY
    assert rest("-1") is None
    assert rest("soon") is None
    then = rest(format_datetime(datetime.now(UTC) + timedelta(minutes=10), usegmt=True))
    assert then is not None
    assert 500 < then <= 600
    assert rest("Sat, 01 Jan 2000 00:00:00 GMT") == 0


def test_a_rest_of_a_second_is_kept(site: Site) -> None:
    times: list[float] = []

    def busy(handler: Handler) -> None:
        times.append(time.monotonic())
        page(b"", 503, Retry_After="1")(handler)

    site.answers["/a.md"] = in_turn(busy, page(article()))
    assert read(site.url("/a.md")) == article()
    assert time.monotonic() - times[0] >= 1


def test_the_pause_before_another_attempt_ends_with_a_stop_and_an_abort(site: Site) -> None:
    site.answers["/a.md"] = page(b"", 500)
    for end in (lambda access, http: access.stop.set(), lambda access, http: http.abort()):
        access = Access(Limits(pause=20, patience=60))
        with Http(access) as http:
            timer = threading.Timer(0.2, end, (access, http))
            timer.start()
            start = time.monotonic()
            with pytest.raises(SourceError, match="was called off"):
                http.fetch(site.url("/a.md"), limit=100)
            assert time.monotonic() - start < 3
            timer.join()
    assert len(site.requests) == 2


def test_all_attempts_share_the_time_for_one(site: Site) -> None:
    def slow(handler: Handler) -> None:
        time.sleep(0.3)
        serve.truncated(handler)

    site.answers["/a.md"] = slow
    error = fault(site.url("/a.md"), Access(Limits(whole=0.4, pause=0.01)))
    assert "was not complete after" in str(error)
    assert error.passing
    assert len(site.requests) == 2


def test_a_silent_host_gets_one_second_chance_from_all(site: Site) -> None:
    site.answers["/a.md"] = serve.silent
    access = Access(QUICK)
    with ThreadPoolExecutor(3) as pool:
        errors = list(pool.map(lambda _: fault(site.url("/a.md"), access), range(3)))
    assert all(isinstance(error, NoAnswerError) for error in errors)
    assert len(site.requests) == 4


def test_who_was_waited_for_is_not_asked_again(site: Site) -> None:
    site.answers["/a.md"] = serve.silent
    error = fault(site.url("/a.md"), Access(replace(QUICK, connect=QUICK.read / 2)))
    assert isinstance(error, NoAnswerError)
    assert len(site.requests) == 1


# Moved, fresh


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [
        ((301,), True),
        ((308, 301), True),
        ((302,), False),
        ((301, 307), False),
        ((303, 308), False),
        ((), False),
    ],
)
def test_it_has_moved_if_every_redirect_says_so(
    site: Site, site_elsewhere: Site, statuses: Sequence[int], moved: bool
) -> None:
    final = site_elsewhere.url("/new.md")
    site_elsewhere.answers["/new.md"] = serve.with_etag(article())
    hops = [f"/{step}.md" for step in range(len(statuses))]
    for hop, to, status in zip(hops, [*hops, final][1:], statuses, strict=True):
        site.answers[hop] = redirect(to, status)
    first = fetch(site.url(hops[0]) if hops else final)
    assert (first.url, first.moved) == (final, final if moved else "")
    again = fetch(site.url(hops[0]) if hops else final, stamp=first.stamp)
    assert (again.body, again.moved) == (None, first.moved)


DATE = "Tue, 25 Nov 2025 09:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"cache-control": "max-age=60"}, 60),
        ({"cache-control": 'public, Max-Age="60"'}, 60),
        ({"cache-control": "max-age=60, s-maxage=900"}, 60),
        ({"cache-control": "s-maxage=900"}, 0),
        ({"cache-control": "max-age=600, no-cache"}, 0),
        ({"cache-control": "no-store, max-age=600"}, 0),
        ({"cache-control": 'no-cache="set-cookie", max-age=600'}, 0),
        ({"cache-control": "max-age=99999999999999999999"}, DAY),
        ({"cache-control": "max-age=-5"}, 0),
        ({"cache-control": "max-age=1e3"}, 0),
        ({"cache-control": "max-age=٣"}, 0),
        ({"cache-control": "max-age=60", "age": "45"}, 15),
        ({"cache-control": "max-age=60", "age": "90"}, 0),
        ({"date": DATE, "expires": "Tue, 25 Nov 2025 10:00:00 GMT"}, 3600),
        ({"date": DATE, "expires": "Tue, 25 Nov 2125 10:00:00 GMT"}, DAY),
        ({"date": DATE, "expires": "Tue, 25 Nov 2025 08:00:00 GMT"}, 0),
        ({"date": DATE, "expires": "0"}, 0),
        ({"date": DATE, "expires": "Mon, 99 Foo 2025 99:00:00 GMT"}, 0),
        (
            {"cache-control": "max-age=60", "date": DATE, "expires": "Tue, 25 Nov 2025 10:00:00 GMT"},
            60,
        ),
    ],
)
def test_a_server_says_how_long_it_stays_as_it_is(headers: dict[str, str], seconds: float) -> None:
    assert fresh(headers) == seconds


@given(st.text(), st.text(), st.text(), st.text(), st.text())
@example("max-age=", "Thu, 01 Jan 0001 00:00:00 +2359", "Fri, 31 Dec 9999 23:59:59 -2359", "", "1" * 5000)
def test_whatever_a_server_says_of_time_is_within_a_day(
    control: str, date: str, expires: str, age: str, wish: str
) -> None:
    headers = {"cache-control": control, "date": date, "expires": expires, "age": age, "retry-after": wish}
    assert 0 <= fresh(headers) <= DAY
    assert 0 <= (come_back(headers) or 0) <= DAY


def test_an_unchanged_answer_is_fresh_again(site: Site) -> None:
    def unchanged(handler: Handler) -> None:
        handler.head(304, Cache_Control="max-age=120")

    site.answers["/a.md"] = in_turn(page(article(), ETag='"one"', Cache_Control="max-age=60"), unchanged)
    first = fetch(site.url("/a.md"))
    again = fetch(site.url("/a.md"), stamp=first.stamp)
    assert (first.fresh, again.fresh, again.stamp) == (60, 120, first.stamp)


# Encodings


def deflated_bare(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


PACKERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("X-GZip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "deflate, bare": ("deflate", deflated_bare),
    "br": ("br", lambda data: brotli.compress(data, quality=5)),
    "zstd": ("zstd", zstd.compress),
}
every_packer = pytest.mark.parametrize(("encoding", "pack"), PACKERS.values(), ids=PACKERS)


def unpacked(encoding: str, packed: bytes, step: int) -> bytes:
    unpack = decoder(encoding)
    assert unpack is not None
    return b"".join(unpack(packed[at : at + step] for at in range(0, len(packed), step)))


@every_packer
def test_what_was_compressed_for_the_way_is_read(
    site: Site, encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    whole = article() * 5000
    counted: list[int] = []
    site.answers["/a.md"] = page(pack(whole), Content_Encoding=encoding)
    assert read(site.url("/a.md"), Access(QUICK, count_bytes=counted.append)) == whole
    assert sum(counted) == len(pack(whole)) < len(whole)
    assert site.requests[0][1]["Accept-Encoding"] == ACCEPTED == "gzip, deflate, br, zstd"


@every_packer
def test_a_bomb_is_stopped_before_it_grows(site: Site, encoding: str, pack: Callable[[bytes], bytes]) -> None:
    site.answers["/a.md"] = page(pack(bytes(64 * MIB)), Content_Encoding=encoding)
    tracemalloc.start()
    before = _resident()
    try:
        with pytest.raises(SourceError, match="is larger than 2 MiB"):
            fetch(site.url("/a.md"), Access(Limits()), limit=2 * MIB)
        assert tracemalloc.get_traced_memory()[1] < 16 * MIB
        assert _resident() - before < 32 * MIB  # what the libraries take for themselves counts, too
    finally:
        tracemalloc.stop()


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


@every_packer
def test_what_breaks_off_or_is_rubbish_is_damaged(
    site: Site, encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    packed = pack(article() * 50)
    for damaged in (packed[: len(packed) // 2], b"\xff rubbish" * 20, b"\x08", b""):
        site.answers["/a.md"] = page(damaged, Content_Encoding=encoding)
        assert "compressed and damaged" in str(fault(site.url("/a.md")))


@given(st.sampled_from(list(PACKERS.values())), st.binary(), st.integers(1, 100))
def test_however_it_comes_in_pieces_it_is_the_same(
    packer: tuple[str, Callable[[bytes], bytes]], data: bytes, step: int
) -> None:
    encoding, pack = packer
    assert unpacked(encoding, pack(data), step) == data


@given(st.sampled_from(list(PACKERS.values())), st.binary(max_size=300), st.integers(1, 300))
def test_any_bytes_unpack_or_are_damaged(
    packer: tuple[str, Callable[[bytes], bytes]], data: bytes, step: int
) -> None:
    with contextlib.suppress(DecodingError):
        unpacked(packer[0], data, step)


def test_zstandard_in_frames_is_read_whole_and_a_vast_window_is_refused() -> None:
    assert unpacked("zstd", zstd.compress(b"one ") + zstd.compress(b"two"), 5) == b"one two"
    packer = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: 27})
    vast = packer.compress(bytes(100)) + packer.flush()
    with pytest.raises(DecodingError):
        unpacked("zstd", vast, 1000)


# What else a server can do


def test_what_is_sent_beyond_the_announced_length_is_nobodys_answer(site: Site) -> None:
    site.answers |= {"/a.md": page(article() + b"HTTP/1.1 200 OK\r\n", Content_Length=str(len(article())))}
    with Http(Access(QUICK)) as http:
        for _ in range(3):
            assert body_of(http, site.url("/a.md")) == article()


def test_a_connection_kept_too_long_is_made_anew(site: Site) -> None:
    def last_one(handler: Handler) -> None:
        page(article())(handler)
        handler.close_connection = True  # without a word about it

    site.answers["/a.md"] = last_one
    with Http(Access(QUICK)) as http:
        for _ in range(5):
            assert body_of(http, site.url("/a.md")) == article()


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % number for number in range(20_000)) + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1_000_000 + b"\r\n\r\n",
        b"HTTP/1.1 999999 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\n\r\n" * 50,
    ],
)
def test_a_head_that_makes_no_sense_is_a_sentence(site: Site, head: bytes) -> None:
    def answer(handler: Handler) -> None:
        handler.wfile.write(head)
        handler.close_connection = True

    site.answers["/a.md"] = answer
    fault(site.url("/a.md"))
    assert len(site.requests) <= 3


def test_a_connection_reset_before_the_answer_is_tried_again(site: Site) -> None:
    def resets(handler: Handler) -> None:
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()
        handler.close_connection = True

    site.answers["/a.md"] = in_turn(resets, resets, page(article()))
    assert read(site.url("/a.md")) == article()
    site.answers["/a.md"] = resets
    assert "broke off. Try again later." in str(fault(site.url("/a.md")))


@pytest.fixture
def deaf() -> Iterator[str]:
    """A server that takes calls and never says a word, not even of TLS."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"https://127.0.0.1:{listening.getsockname()[1]}/a.md"


@pytest.mark.parametrize("by", ["stop", "abort", "whole"])
def test_a_handshake_that_leads_nowhere_is_left(deaf: str, by: str) -> None:
    access = Access(Limits(whole=0.3 if by == "whole" else 30))
    with Http(access) as http:
        timer = threading.Timer(0.2, {"stop": access.stop.set, "abort": http.abort}.get(by, int))
        timer.start()
        start = time.monotonic()
        with pytest.raises(SourceError, match=r"was called off|was not complete after"):
            http.fetch(deaf, limit=100)
        assert time.monotonic() - start < 3
        timer.join()
    assert "did not take the call within 0.2 seconds" in str(fault(deaf, Access(replace(QUICK, connect=0.2))))


def test_a_host_once_found_to_be_inside_is_not_entered_from_outside(site: Site) -> None:
    site.answers["/a.md"] = page(article())
    with Http(Access(QUICK)) as http:
        url = f"http://127.1:{site.port}/a.md"
        assert body_of(http, url) == article()
        with pytest.raises(SourceError, match="which is private; it was not called"):
            http.fetch(url, limit=MIB, may_enter=False)  # the connection is still there
    assert len(site.requests) == 1


# The environment


def test_a_proxy_of_the_environment_is_used_and_may_be_passed_by(
    site: Site, site_elsewhere: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.answers["http://news.example/a.md"] = page(article("By proxy"))
    site_elsewhere.answers["/a.md"] = page(article("Direct"))
    monkeypatch.setenv("HTTP_PROXY", site.url(""))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert read("http://news.example/a.md") == article("By proxy")
    assert read(site_elsewhere.url("/a.md")) == article("Direct")
    assert site.paths() == ["http://news.example/a.md"]


@needs("openssl", "openssl")
def test_a_certificate_authority_of_the_environment_is_believed(
    secure_site: Site, trust: Callable[[Site], None]
) -> None:
    secure_site.answers["/a.md"] = page(article())
    assert not fault(secure_site.url("/a.md")).passing
    trust(secure_site)
    assert read(secure_site.url("/a.md")) == article()


@needs("openssl", "openssl")
@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_what_an_authority_of_the_house_signed_is_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trust: Callable[[Path], None], variable: str
) -> None:
    authority, certificate = _signed(tmp_path)
    trust(authority)
    if variable == "SSL_CERT_DIR":
        monkeypatch.delenv("SSL_CERT_FILE")
        hashed = _openssl(tmp_path, "x509 -hash -noout -in authority.pem").decode().strip()
        folder = tmp_path / "authorities"
        folder.mkdir()
        (folder / f"{hashed}.0").write_bytes(authority.read_bytes())
        monkeypatch.setenv("SSL_CERT_DIR", str(folder))
    site = Site(certificate)
    try:
        site.answers["/a.md"] = page(article())
        assert read(site.url("/a.md")) == article()
    finally:
        site.close()


def _signed(folder: Path) -> tuple[Path, Path]:
    """An authority, and a certificate with its key that it signed for this computer."""
    key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
    _openssl(
        folder,
        f"req -x509 {key} -days 1 -subj /CN=House -keyout authority.key -out authority.pem "
        "-addext keyUsage=critical,keyCertSign",
    )
    _openssl(folder, f"req {key} -subj /CN=site -keyout site.key -out site.csr")
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1\nauthorityKeyIdentifier=keyid\n")
    _openssl(
        folder,
        "x509 -req -in site.csr -days 1 -CA authority.pem -CAkey authority.key -CAcreateserial "
        "-extfile names -out site.crt",
    )
    certificate = folder / "site.pem"
    certificate.write_bytes((folder / "site.key").read_bytes() + (folder / "site.crt").read_bytes())
    return folder / "authority.pem", certificate


def _openssl(folder: Path, command: str) -> bytes:
    program = find("openssl")
    assert program is not None
    done = subprocess.run(
        [program, *command.split()], cwd=folder, check=True, capture_output=True, timeout=20
    )
    return done.stdout


def test_a_file_of_authorities_that_is_not_there_is_a_sentence(
    tmp_path: Path, trust: Callable[[Path], None]
) -> None:
    trust(tmp_path / "gone.pem")
    assert "Check HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and SSL_CERT_FILE" in str(fault("https://127.0.0.1:1/"))


# The log


def test_each_request_is_a_line_in_the_log(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "cryptonews_tui.sources")
    site.answers["/old.md"] = redirect("/a.md?apikey=hunter2&lang=uk")
    site.answers["/a.md?apikey=hunter2&lang=uk"] = in_turn(page(b"", 500), serve.with_etag(article()))
    first = fetch(site.url("/old.md"))
    fetch(site.url("/old.md"), stamp=first.stamp)
    lines = [record.getMessage() for record in caplog.records if record.name == "cryptonews_tui.sources"]
    told = [" ".join(line.split()[i] for i in (2, 3, 5, 6)) for line in lines]
    size = len(article())
    assert told == [
        "status=302 bytes=0 redirect attempt=1",
        "status=500 bytes=0 failed attempt=1",
        "status=302 bytes=0 redirect attempt=2",
        f"status=200 bytes={size} body attempt=2",
        "status=302 bytes=0 redirect attempt=1",
        "status=304 bytes=0 unchanged attempt=1",
    ]
    assert f"GET {site.url('/a.md')}?apikey=…&lang=uk " in lines[1]
    assert "hunter2" not in caplog.text


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://news.example/a?q=btc", "https://news.example/a?q=btc"),
        ("https://news.example/a?api_key=x1&q=btc", "https://news.example/a?api_key=…&q=btc"),
        ("https://news.example/a?access_token=x1", "https://news.example/a?access_token=…"),
        ("https://news.example/a?X-Amz-Signature=x1", "https://news.example/a?X-Amz-Signature=…"),
        ("https://reader:x1@news.example/a", "https://…@news.example/a"),
        ("https://news.example/a@b", "https://news.example/a@b"),
    ],
)
def test_an_address_is_shown_without_what_opens_doors(url: str, said: str) -> None:
    assert shown(url) == said


# Connections


def connections(site: Site) -> set[int]:
    """The client's ports: one for each connection."""
    return set(site.callers)


def test_visits_that_share_their_lines_share_connections(site: Site) -> None:
    site.answers["/a.md"] = page(article(), Set_Cookie="reader=1")
    access = Access(QUICK)
    with access.lines:
        for _ in range(3):
            fetch(site.url("/a.md"), replace(access))
    assert len(connections(site)) == 1
    assert all(headers["Cookie"] is None for _, headers in site.requests)
    fetch(site.url("/a.md"), access)
    fetch(site.url("/a.md"), access)
    assert len(connections(site)) == 3


def test_a_late_abort_cuts_no_visit_that_has_the_line_now(site: Site) -> None:
    def slow(handler: Handler) -> None:
        former.abort()
        page(article())(handler)

    site.answers |= {"/a.md": page(article()), "/b.md": slow}
    access = Access(replace(QUICK, attempts=1))
    with access.lines:
        with Http(access) as former:
            body_of(former, site.url("/a.md"))
        assert read(site.url("/b.md"), access) == article()
    assert len(connections(site)) == 1


def test_a_line_that_was_cut_is_not_for_the_next_visit(site: Site) -> None:
    site.answers["/a.md"] = page(article())
    access = Access(replace(QUICK, attempts=1))
    with access.lines:
        with Http(access) as http:
            body_of(http, site.url("/a.md"))
            http.abort()
        assert read(site.url("/a.md"), access) == article()


def test_lines_that_nobody_takes_again_are_not_kept_for_ever(sites: list[Site]) -> None:
    before = len(os.listdir("/proc/self/fd"))
    access = Access(QUICK)
    with access.lines:
        for number in range(30):
            site = sites[number % len(sites)]
            site.answers["/a.md"] = page(article())
            fetch(site.url("/a.md"), replace(access, limits=replace(QUICK, article=number)))
        # Each connection has two ends here.
        _until(lambda: len(os.listdir("/proc/self/fd")) <= before + 2 * 16)
    _until(lambda: len(os.listdir("/proc/self/fd")) <= before)


def _until(true: Callable[[], bool]) -> None:
    for _ in range(300):
        if true():
            return
        time.sleep(0.01)
    pytest.fail("it did not come true")


# Speed


def test_fifty_unchanged_sources_cost_fifty_requests_and_no_body(site: Site) -> None:
    paths = [f"/{number}.md" for number in range(50)]
    site.answers |= {path: serve.with_etag(article(path)) for path in paths}
    stamps = {path: fetch(site.url(path)).stamp for path in paths}
    site.requests.clear()
    counted: list[int] = []
    access = Access(count_bytes=counted.append)

    def again(path: str) -> Any:
        return fetch(site.url(path), access, stamps[path]).body

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(again, paths)) == [None] * 50
    assert sorted(site.paths()) == sorted(paths)
    assert counted == []
