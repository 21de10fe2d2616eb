"""Servers on loopback: one that does exactly what a test says, and the nginx that publishers really use."""

from __future__ import annotations

import shlex
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from cryptonews_tui.sources.http import line
from tests.programs import find

Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """One request; the answers below say what to do with it."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        site = self.server.site
        site.requests.append((self.path, self.headers))
        site.callers.append(self.client_address[1])
        site.answers.get(self.path, nothing)(self)

    def log_message(self, *_: Any) -> None:
        """Silent."""

    def head(self, status: int = 200, /, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()


class Server(ThreadingHTTPServer):
    site: Site
    request_queue_size = 64

    def handle_error(self, *_: Any) -> None:
        """Clients that hang up are what many of these tests are about."""


class Site:
    """A web server with a table of answers, and a memory of what it was asked."""

    def __init__(self, certificate: Path | None = None) -> None:
        self.certificate = certificate
        self.answers: dict[str, Answer] = {}
        self.requests: list[tuple[str, Message]] = []
        self.callers: list[int] = []
        """The port at the other end, for each request."""
        self.closing = threading.Event()
        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.site = self
        if certificate is not None:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(certificate)
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.005,), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return self._server.server_port

    def url(self, path: str) -> str:
        return f"{'https' if self.certificate else 'http'}://127.0.0.1:{self.port}{path}"

    def paths(self) -> list[str]:
        return [path for path, _ in self.requests]

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def page(body: bytes = b"", status: int = 200, /, **headers: str) -> Answer:
    """An ordinary answer. `_` in a header's name stands for `-`."""

    def answer(handler: Handler) -> None:
        handler.head(status, **({"Content_Length": str(len(body))} | headers))
        handler.wfile.write(body)

    return answer


def nothing(handler: Handler) -> None:
    page(b"nothing here", 404)(handler)


def conditional(body: bytes, header: str, condition: str, value: str, **headers: str) -> Answer:
    """A page that answers 304 when the request repeats its validator."""

    def answer(handler: Handler) -> None:
        if handler.headers.get(condition) == value:
            handler.head(304)
        else:
            page(body, **headers, **{header: value})(handler)

    return answer


def with_etag(body: bytes, etag: str = '"one"', **headers: str) -> Answer:
    return conditional(body, "ETag", "If-None-Match", etag, **headers)


def with_date(body: bytes, date: str = "Tue, 25 Nov 2025 09:00:00 GMT") -> Answer:
    return conditional(body, "Last_Modified", "If-Modified-Since", date)


def redirect(location: str, status: int = 302) -> Answer:
    return page(b"", status, Location=location)


def silent(handler: Handler) -> None:
    """Takes the request and says nothing."""
    handler.server.site.closing.wait(10)
    handler.close_connection = True


def stalled(handler: Handler) -> None:
    """Falls silent in the middle of the body."""
    handler.head(Content_Length="1000")
    handler.wfile.write(b"---\n")
    silent(handler)


def trickling(handler: Handler) -> None:
    """Never silent, never done."""
    handler.head(Content_Length="1000000")
    _drip(handler)


def trickling_headers(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    _drip(handler)


def _drip(handler: Handler) -> None:
    end = time.monotonic() + 10
    while time.monotonic() < end and not handler.server.site.closing.wait(0.02):
        handler.wfile.write(b"x")


def truncated(handler: Handler) -> None:
    handler.head(Content_Length="1000")
    handler.wfile.write(b"---\ntitle: half")
    handler.close_connection = True


def broken(handler: Handler) -> None:
    """Resets the connection in the middle of the body."""
    handler.head(Content_Length="1000")
    handler.wfile.write(b"---\n")
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True


def not_http(handler: Handler) -> None:
    handler.wfile.write(b"\x00\xff\x1b[2Jrubbish\r\n\r\n")
    handler.close_connection = True


def endless(handler: Handler) -> None:
    """A body without a length that only ends when the client hangs up."""
    handler.head(Connection="close")
    end = time.monotonic() + 10
    while time.monotonic() < end and not handler.server.site.closing.is_set():
        handler.wfile.write(b"x" * 65536)


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@pytest.fixture
def site_elsewhere() -> Iterator[Site]:
    """A second server, for what leads from one to another."""
    site = Site()
    yield site
    site.close()


@pytest.fixture
def secure_site(tmp_path: Path) -> Iterator[Site]:
    """A server that speaks TLS, with a certificate that it wrote itself."""
    site = Site(self_made_certificate(tmp_path))
    yield site
    site.close()


def self_made_certificate(folder: Path) -> Path:
    certificate = folder / "certificate.pem"
    program = find("openssl")
    assert program is not None
    command = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=site"
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(certificate)]
    made = subprocess.run([program, *command.split(), *names], check=True, capture_output=True, timeout=20)
    with certificate.open("ab") as file:
        file.write(made.stdout)
    return certificate


@pytest.fixture
def trust(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Site | Path], None]]:
    """Makes the client believe a server's own certificate."""

    def believe(site: Site | Path) -> None:
        certificate = site if isinstance(site, Path) else site.certificate
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        line.tls.cache_clear()

    yield believe
    monkeypatch.undo()
    line.tls.cache_clear()


NGINX = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    types {{ text/markdown md; application/json json; application/zip zip; application/gzip gz; }}
    default_type text/plain;
    gzip on;
    gzip_min_length 1;
    gzip_types text/markdown application/json;
    server {{
        listen 127.0.0.1:{port}{tls};
        root {folder}/www;
        location = /moved.md {{ return 301 /news/bitcoin.md; }}
        location = /old/ {{ return 302 $scheme://$http_host/archive.tar.gz; }}
        location = /round.md {{ return 302 /round.md; }}
        location = /withdrawn.md {{ return 410; }}
        location = /closed.md {{ return 403; }}
        location = /busy.md {{ return 503; }}
        location /listed/ {{ autoindex on; }}
        location /listed/closed/ {{ autoindex off; }}
        location /json/ {{ autoindex on; autoindex_format json; }}
        location /xml/ {{ autoindex on; autoindex_format xml; }}
        location /rounded/ {{ autoindex on; autoindex_exact_size off; }}
    }}
}}
"""


APACHE = """
ServerRoot {folder}
ServerName site
Listen 127.0.0.1:{port}
PidFile {folder}/apache.pid
ErrorLog {folder}/error.log
CustomLog {folder}/access.log "%h %l %u %t \\"%r\\" %>s %b"
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule autoindex_module {modules}/mod_autoindex.so
LoadModule dir_module {modules}/mod_dir.so
DocumentRoot {folder}/www
<Directory {folder}/www>
    Options Indexes FollowSymLinks
    Require all granted
</Directory>
<Location /listed>
    IndexOptions FancyIndexing
</Location>
<Location /table>
    IndexOptions FancyIndexing HTMLTable TrackModified
</Location>
"""
APACHE_MODULES = "/usr/lib/apache2/modules"


class Nginx:
    """A running nginx: put files into `www`, read them at `url`."""

    def __init__(self, folder: Path, certificate: Path | None = None) -> None:
        self.scheme = "https" if certificate else "http"
        self.certificate = certificate
        self.www = folder / "www"
        self.www.mkdir()
        self.log = folder / "access.log"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._process = subprocess.Popen(self.command(folder), stderr=subprocess.PIPE)
        self._wait()

    def command(self, folder: Path) -> list[str]:
        config = folder / "nginx.conf"
        own = self.certificate
        tls = f" ssl http2; ssl_certificate {own}; ssl_certificate_key {own}" if own else ""
        config.write_text(NGINX.format(folder=folder, port=self.port, tls=tls))
        program = find("nginx")
        assert program is not None
        return [program, "-p", str(folder), "-c", str(config), "-e", str(folder / "error.log")]

    def url(self, path: str) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}{path}"

    def statuses(self) -> list[int]:
        """The status of every answer so far."""
        lines = self.log.read_text().splitlines()
        return [int(line.split('" ')[1].split()[0]) for line in lines if '" ' in line]

    def close(self) -> None:
        self._process.terminate()
        self._process.communicate(timeout=10)

    def _wait(self) -> None:
        for _ in range(500):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except ConnectionRefusedError:
                if self._process.poll() is not None:
                    break
                time.sleep(0.01)
            else:
                return
        self._process.kill()
        raise RuntimeError(self._process.communicate()[1].decode())


class Apache(Nginx):
    """A running Apache, likewise."""

    def command(self, folder: Path) -> list[str]:
        config = folder / "apache.conf"
        config.write_text(APACHE.format(folder=folder, port=self.port, modules=APACHE_MODULES))
        program = find("apache2")
        assert program is not None
        return [program, "-f", str(config), "-X"]


class PythonServer(Nginx):
    """A running `python -m http.server`, likewise."""

    def command(self, folder: Path) -> list[str]:
        log = f"exec >{shlex.quote(str(self.log))} 2>&1"
        run = [sys.executable, "-um", "http.server", "-b", "127.0.0.1", "-d", str(self.www), str(self.port)]
        return ["sh", "-c", f"{log}; exec {shlex.join(run)}"]


@pytest.fixture
def apache(tmp_path: Path) -> Iterator[Apache]:
    server = Apache(tmp_path)
    yield server
    server.close()


@pytest.fixture
def python_server(tmp_path: Path) -> Iterator[PythonServer]:
    server = PythonServer(tmp_path)
    yield server
    server.close()


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[Nginx]:
    server = Nginx(tmp_path)
    yield server
    server.close()
