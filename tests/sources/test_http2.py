"""HTTP/2, where it is installed: the same answers, the same guards, the same ends."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import h2.config
import h2.connection
import h2.events
import h2.exceptions
import pytest

from cryptonews_tui.safety import clean
from cryptonews_tui.sources import SourceError
from cryptonews_tui.sources.access import Access
from cryptonews_tui.sources.http.client import Fetched, Http
from cryptonews_tui.sources.http.secrets import Secret, Secrets
from cryptonews_tui.sources.limits import MIB, Limits
from tests.programs import needs
from tests.sources.conftest import Nginx, self_made_certificate
from tests.sources.visiting import QUICK, article, visit

Trust = Callable[[Path], None]
Head = list[tuple[str, str]]

pytestmark = needs("openssl", "openssl")


class Talk:
    """One connection, seen from the server."""

    def __init__(self, connection: socket.socket, closing: threading.Event) -> None:
        self.socket = connection
        self.closing = closing
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))

    def send(self) -> None:
        self.socket.sendall(self.h2.data_to_send())

    def answer(self, stream: int, body: bytes, status: str = "200", *headers: tuple[str, str]) -> None:
        """As much of the body as the client has room for."""
        self.h2.send_headers(stream, [(":status", status), *headers], end_stream=not body)
        room = min(len(body), self.h2.local_flow_control_window(stream))
        for at in range(0, room, 16_000):
            piece = body[at : min(at + 16_000, room)]
            self.h2.send_data(stream, piece, end_stream=at + len(piece) == len(body))
        self.send()


Answer = Callable[[Talk, int], None]


class Site2:
    """A server that speaks nothing but HTTP/2 and does what a test says."""

    def __init__(self, certificate: Path) -> None:
        self.answers: dict[str, Answer] = {}
        self.requests: list[dict[str, str]] = []
        self.connections = 0
        self.closing = threading.Event()
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(certificate)
        self._tls.set_alpn_protocols(["h2"])
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._threads = [threading.Thread(target=self._serve, daemon=True)]
        self._threads[0].start()

    def url(self, path: str) -> str:
        return f"https://127.0.0.1:{self.port}{path}"

    def close(self) -> None:
        self.closing.set()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join(10)

    def _serve(self) -> None:
        while not self.closing.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            connection.settimeout(5)
            thread = threading.Thread(target=self._talk, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _talk(self, plain: socket.socket) -> None:
        try:
            with self._tls.wrap_socket(plain, server_side=True) as connection:
                self.connections += 1
                talk = Talk(connection, self.closing)
                talk.h2.initiate_connection()
                talk.send()
                while data := connection.recv(65_536):
                    for event in talk.h2.receive_data(data):
                        if isinstance(event, h2.events.RequestReceived):
                            self._answer(talk, event)
                    talk.send()
        except (OSError, h2.exceptions.ProtocolError):
            return

    def _answer(self, talk: Talk, event: h2.events.RequestReceived) -> None:
        assert event.headers is not None
        assert event.stream_id is not None
        headers = {name.decode(): value.decode() for name, value in event.headers}
        self.requests.append(headers)
        self.answers[headers[":path"]](talk, event.stream_id)


@pytest.fixture
def site2(tmp_path: Path, trust: Trust) -> Iterator[Site2]:
    certificate = self_made_certificate(tmp_path)
    trust(certificate)
    site = Site2(certificate)
    yield site
    site.close()


def page(body: bytes, status: str = "200", *headers: tuple[str, str]) -> Answer:
    return lambda talk, stream: talk.answer(stream, body, status, *headers)


def stalled(talk: Talk, stream: int) -> None:
    talk.h2.send_headers(stream, [(":status", "200")])
    talk.h2.send_data(stream, b"---\n")
    talk.send()


def trickling(talk: Talk, stream: int) -> None:
    talk.h2.send_headers(stream, [(":status", "200")])
    end = time.monotonic() + 10
    while time.monotonic() < end and not talk.closing.wait(0.02):
        talk.h2.send_data(stream, b"x")
        talk.send()


def pinging(talk: Talk, stream: int) -> None:
    end = time.monotonic() + 10
    while time.monotonic() < end and not talk.closing.wait(0.02):
        talk.h2.ping(b"01234567")
        talk.send()


def reset(talk: Talk, stream: int) -> None:
    talk.h2.send_headers(stream, [(":status", "200")])
    talk.h2.reset_stream(stream)
    talk.send()


def going_away(talk: Talk, stream: int) -> None:
    talk.h2.close_connection()
    talk.send()


def rubbish(talk: Talk, stream: int) -> None:
    talk.socket.sendall(bytes(9))  # data, for no stream


def rubbish_in_the_body(talk: Talk, stream: int) -> None:
    stalled(talk, stream)
    talk.socket.sendall(bytes(9))  # data, for no stream


def hanging_up(talk: Talk, stream: int) -> None:
    stalled(talk, stream)
    talk.socket.shutdown(socket.SHUT_RDWR)


def fetch(http: Http, url: str, stamp: str = "", limit: int = MIB, may_enter: bool = True) -> Fetched:
    fetched = http.fetch(url, stamp, limit=limit, may_enter=may_enter)
    if fetched.body is not None:
        fetched.body.close()
    return fetched


def test_it_is_spoken_where_both_can(site2: Site2) -> None:
    site2.answers["/a.md"] = page(article(), "200", ("etag", '"one"'), ("cache-control", "max-age=60"))
    with Http(Access(QUICK, secrets=Secrets([Secret(site2.url("/"), value="hunter2")]))) as http:
        fetched = http.fetch(site2.url("/a.md"), limit=MIB)
        assert fetched.body is not None
        with fetched.body as body:
            assert body.read() == article()
        assert fetched.fresh == 60
        site2.answers["/a.md"] = page(b"", "304")
        assert fetch(http, site2.url("/a.md"), fetched.stamp).body is None
        assert fetch(http, site2.url("/a.md"), fetched.stamp).body is None
    assert site2.requests[0]["authorization"] == "Bearer hunter2"
    assert site2.requests[1]["if-none-match"] == '"one"'
    assert site2.connections == 1


@pytest.mark.parametrize(
    ("answer", "said", "requests"),
    [
        (stalled, r"fell silent for 0\.3 seconds", 2),
        (reset, "broke off", 3),
        (going_away, "broke off", 3),
        (rubbish, "broke off", 3),
        (rubbish_in_the_body, "broke off", 3),
        (hanging_up, "broke off", 3),
        (page(b"", "503"), r"trouble of its own \(503\)", 3),
        (page(b"x" * 2 * MIB), "is larger than 1 MiB", 1),
        (page(b"x" * 100, "200", ("content-length", "7")), "broke off", 3),
        (page(b"x", "999"), "999", 3),
    ],
)
def test_a_fault_is_a_sentence_there_too(site2: Site2, answer: Answer, said: str, requests: int) -> None:
    site2.answers["/a.md"] = answer
    with Http(Access(QUICK)) as http, pytest.raises(SourceError, match=said) as error:
        fetch(http, site2.url("/a.md"))
    assert str(error.value) == clean(str(error.value))
    assert len(site2.requests) == requests


@pytest.mark.parametrize("answer", [trickling, pinging])
def test_a_server_that_is_never_done_is_left(site2: Site2, answer: Answer) -> None:
    site2.answers["/a.md"] = answer
    start = time.monotonic()
    with Http(Access(Limits(whole=0.4))) as http, pytest.raises(SourceError, match="was not complete after"):
        fetch(http, site2.url("/a.md"))
    assert time.monotonic() - start < 3


@pytest.mark.parametrize("by", ["abort", "stop"])
def test_a_visit_is_called_off_from_another_thread(site2: Site2, by: str) -> None:
    site2.answers["/a.md"] = stalled
    access = Access()
    with Http(access) as http:
        timer = threading.Timer(0.2, http.abort if by == "abort" else access.stop.set)
        timer.start()
        start = time.monotonic()
        for _ in range(2):
            with pytest.raises(SourceError, match="was called off"):
                fetch(http, site2.url("/a.md"))
        assert time.monotonic() - start < 3
        timer.join()
    assert len(site2.requests) == 1


def test_a_public_address_does_not_lead_into_the_house(site2: Site2) -> None:
    site2.answers["/a.md"] = page(article())
    with Http(Access(QUICK)) as http:
        for host in ("127.0.0.1", "localhost", "127.1", "0x7f.1"):
            with pytest.raises(SourceError, match="which is private; it was not called"):
                fetch(http, f"https://{host}:{site2.port}/a.md", may_enter=False)
        fetch(http, site2.url("/a.md"))
        with pytest.raises(SourceError, match="which is private; it was not called"):
            fetch(http, site2.url("/a.md"), may_enter=False)
    assert len(site2.requests) == 1


def test_bodies_that_nobody_reads_leave_no_line_blocked(site2: Site2) -> None:
    site2.answers |= {"/large.md": page(b"x" * 6 * MIB), "/none.md": page(b"x" * 3 * MIB, "404")}
    site2.answers["/a.md"] = page(article() * 100)
    with Http(Access(QUICK)) as http:
        for _ in range(4):
            for path in ("/large.md", "/none.md"):
                with pytest.raises(SourceError, match=r"is larger|\(404\)"):
                    fetch(http, site2.url(path))
            fetch(http, site2.url("/a.md"))


@needs("nginx", "nginx-light")
def test_nginx_speaks_it_too(tmp_path: Path, trust: Trust) -> None:
    certificate = self_made_certificate(tmp_path)
    trust(certificate)
    nginx = Nginx(tmp_path, certificate)
    try:
        (nginx.www / "a.md").write_bytes(article() * 50)
        first = visit(nginx.url("/a.md"))
        assert first.data == {nginx.url("/a.md"): article() * 50}
        assert list(visit(nginx.url("/a.md"), first.stamps).seen) == [nginx.url("/a.md")]
        assert nginx.log.read_text().count('"GET /a.md HTTP/2.0"') == 2
        assert nginx.statuses() == [200, 304]
    finally:
        nginx.close()
