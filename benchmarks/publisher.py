"""A publisher for measurements: a web server on loopback with articles and feeds, in a process of its own.

It prints its port, and a line `requests bytes` for each line it is sent; it ends when its input does.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape

from benchmarks.workshop import PROJECT

FEEDS, ENTRIES = 500, 40
BROKEN = 50
"""Each so manieth feed is broken, each in another way."""

_WORDS = [
    "bitcoin",
    "etf",
    "regulator",
    "falls",
    "rally",
    "miners",
    "custody",
    "exchange",
    "flows",
    "market",
    "court",
    "stablecoin",
]


class Publisher:
    """What a measurement knows of the publisher's process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._in, self._out = process.stdin, process.stdout
        self.port = int(self._out.readline())

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def asked(self) -> tuple[int, int]:
        """How many requests there were, and how many bytes of bodies were sent."""
        self._in.write("\n")
        self._in.flush()
        requests, sent = self._out.readline().split()
        return int(requests), int(sent)


@contextmanager
def publishing() -> Iterator[Publisher]:
    """A publisher, until it is no longer needed."""
    command = [sys.executable, "-m", "benchmarks.publisher"]
    with subprocess.Popen(
        command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Publisher(process)
        assert process.stdin is not None
        process.stdin.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    requests = 0
    sent = 0

    def do_GET(self) -> None:
        _Handler.requests += 1
        kind, _, number = self.path.strip("/").partition("/")
        number = int(number.partition(".")[0])
        if kind == "article":
            self._answer(article(number), "text/markdown")
        elif number % BROKEN:
            self._answer(feed(number), "application/rss+xml")
        else:
            self._break(number // BROKEN)

    def _answer(self, body: bytes, media_type: str, status: int = 200) -> None:
        tag = f'"{hash(body)}"'
        if self.headers.get("If-None-Match") == tag:
            self.send_response(304)
            self.end_headers()
            return
        _Handler.sent += len(body)
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", tag)
        self.end_headers()
        self.wfile.write(body)

    def _break(self, way: int) -> None:
        whole = feed(way)
        match way % 10:
            case 0:
                self._answer(b"nothing here", "text/plain", 404)
            case 1:
                self._answer(b"trouble", "text/plain", 500)
            case 2:
                self._answer(b"<!doctype html><title>Welcome</title><p>No feed.", "text/html")
            case 3:
                self._answer(whole[: len(whole) // 2], "application/rss+xml")  # breaks off
            case 4:
                self._answer(bytes(range(256)) * 40, "application/octet-stream")
            case 5:
                self._answer(b"", "application/rss+xml")
            case 6:
                self.send_response(302)
                self.send_header("Location", self.path)
                self.send_header("Content-Length", "0")
                self.end_headers()
            case 7:
                self.send_response(200)
                self.send_header("Content-Length", str(len(whole)))
                self.end_headers()
                self.wfile.write(whole[:100])
                self.close_connection = True
            case 8:
                self.close_connection = True  # says nothing at all
            case 9:
                self._answer(b"wants a login", "text/plain", 401)

    def log_message(self, *_: object) -> None:
        pass


def article(number: int) -> bytes:
    return (
        f"---\ntitle: Story {number} of {_words(number, 5)}\npublishedAt: 2025-11-{1 + number % 28:02}T08:00:00Z\n"
        f"externalId: article-{number}\n---\n\n## Overview\n\n{_words(number, 120)}\n"
    ).encode()


@cache
def feed(number: int) -> bytes:
    """An RSS feed whose entries have their whole text in HTML."""
    entries = "".join(_entry(number, entry) for entry in range(ENTRIES))
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>Feed {number}</title><link>https://feed{number}.example/</link><description>News</description>"
        f"{entries}</channel></rss>"
    ).encode()


def _entry(number: int, entry: int) -> str:
    name = f"{number}-{entry}"
    paragraphs = "".join(
        f"<p>{_words(number + entry + n, 25)} <a href='https://news.example/{n}'>more</a>, <b>bold</b>.</p>"
        for n in range(8)
    )
    html = f"{paragraphs}<h2>Impact</h2><ul><li>{_words(entry, 8)}</li><li>{_words(number, 8)}</li></ul>"
    return (
        f"<item><title>{_words(number * 7 + entry, 6)} {name}</title><link>https://feed{number}.example/{entry}</link>"
        f"<guid isPermaLink='false'>entry-{name}</guid>"
        f"<pubDate>{1 + entry % 28:02} Nov 2025 {number % 24:02}:{entry:02}:00 +0000</pubDate>"
        f"<category>btc</category><category>feed {number % 20}</category>"
        f"<description>{escape(_words(number, 20))}</description>"
        f"<content:encoded>{escape(html)}</content:encoded></item>"
    )


def _words(seed: int, count: int) -> str:
    return " ".join(_WORDS[(seed * 5 + n * n + n) % len(_WORDS)] for n in range(count))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        pass  # readers hang up on what is broken


if __name__ == "__main__":
    for number in range(FEEDS):  # not while somebody waits for them
        feed(number)
    server = _Server(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    for _ in sys.stdin:
        print(_Handler.requests, _Handler.sent, flush=True)
