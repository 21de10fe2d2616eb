"""Git repositories as publishers keep them, and the servers that hand them out."""

from __future__ import annotations

import base64
import os
import subprocess
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.programs import find

_ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "LC_ALL": "C",
}


class Publisher:
    """Somebody who publishes articles in a bare repository."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True)
        self.git("init", "--quiet", "--bare", "--template=", "--initial-branch=main")
        self.set("uploadpack.allowFilter", "true")
        self._moment = 1_764_000_000

    @property
    def url(self) -> str:
        return f"git+file://{self.path}"

    def git(self, *arguments: str, given: bytes = b"") -> str:
        program = find("git")
        assert program is not None
        done = subprocess.run(
            [program, *arguments],
            cwd=self.path,
            env=_ENVIRONMENT,
            input=given,
            check=True,
            capture_output=True,
            timeout=60,
        )
        return done.stdout.decode().strip()

    def set(self, name: str, value: str) -> None:
        self.git("config", name, value)

    def tip(self, branch: str = "main") -> str:
        return self.git("rev-parse", branch)

    def commit(
        self,
        files: Mapping[str, bytes | None] | None = None,
        *,
        renamed: Mapping[str, str] | None = None,
        links: Mapping[str, str] | None = None,
        branch: str = "main",
        afresh: bool = False,
    ) -> str:
        """One more commit: files as they are now (`None`: deleted); `afresh` forgets all that was before."""
        self.commits([(files or {}, renamed or {}, links or {})], branch=branch, afresh=afresh)
        return self.tip(branch)

    def commits(self, changes: Any, *, branch: str = "main", afresh: bool = False) -> None:
        """Many commits at once: of each the files, what was renamed, and links."""
        ref = f"refs/heads/{branch}"
        known = self.git("for-each-ref", ref)
        stream: list[bytes] = []
        for number, (files, renamed, links) in enumerate(changes):
            self._moment += 60
            stream.append(
                f"commit {ref}\ncommitter Desk <desk@news.example> {self._moment} +0000\ndata 4\nnews\n".encode()
            )
            if number == 0 and known and not afresh:
                stream.append(f"from {ref}^0\n".encode())
            if number == 0 and known and afresh:
                stream.append(b"deleteall\n")
            for old, new in renamed.items():
                stream.append(f"R {_quoted(old)} {_quoted(new)}\n".encode())
            for path, data in files.items():
                stream.append(
                    f"D {_quoted(path)}\n".encode()
                    if data is None
                    else f"M 100644 inline {_quoted(path)}\ndata {len(data)}\n".encode() + data + b"\n"
                )
            for path, target in links.items():
                stream.append(f"M 120000 inline {_quoted(path)}\ndata {len(target)}\n{target}\n".encode())
            stream.append(b"\n")
        if afresh and known:
            self.git("update-ref", "-d", ref)
        self.git("fast-import", "--quiet", "--force", given=b"".join(stream))


def _quoted(path: str) -> str:
    escaped = "".join(
        chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\{byte:03o}"
        for byte in path.encode("utf-8", "surrogateescape")
    )
    return f'"{escaped}"'


class GitServer:
    """Hands out the repositories in a folder over HTTP, with git's own program for that."""

    def __init__(self, root: Path, port: int = 0) -> None:
        self.root = root
        self.requests: list[str] = []
        self.password = ""
        """Who comes without it is asked for it."""
        self.old = False
        """Speak as servers did before they could be asked for single objects."""
        self._server = _Server(("127.0.0.1", port), _GitHandler)
        self._server.git = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.005,), daemon=True)
        self._thread.start()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/{path}"

    @property
    def fetches(self) -> int:
        """How often objects were sent, or negotiated."""
        return sum(request.startswith("POST") for request in self.requests)

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    git: GitServer
    request_queue_size = 64

    def handle_error(self, *_: Any) -> None:
        """Clients that hang up are what some of these tests are about."""


class _GitHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *_: Any) -> None:
        """Silent."""

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            chunks = []
            while size := int(self.rfile.readline().strip(), 16):
                chunks.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            self._answer(b"".join(chunks))
        else:
            self._answer(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

    def _answer(self, body: bytes) -> None:
        git = self.server.git
        git.requests.append(f"{self.command} {self.path}")
        wanted = "Basic " + base64.b64encode(f"reader:{git.password}".encode()).decode()
        if git.password and self.headers.get("Authorization") != wanted:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="news"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        path, _, query = self.path.partition("?")
        environment = _ENVIRONMENT | {
            "GIT_PROJECT_ROOT": str(git.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": "" if git.old else self.headers.get("Git-Protocol", ""),
            "REMOTE_ADDR": "127.0.0.1",
        }
        program = find("git")
        assert program is not None
        told = subprocess.run(
            [program, "http-backend"], env=environment, input=body, capture_output=True, timeout=60
        ).stdout
        head, _, content = told.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode("latin-1").split("\r\n") if ": " in line)
        self.send_response(int(headers.pop("Status", "200 OK").split()[0]))
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
