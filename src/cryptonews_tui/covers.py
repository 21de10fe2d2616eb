"""Where covers come from: the web, within bounds, and a folder that remembers what has been fetched.

`Covers.fetch` blocks and belongs into a thread; `cancel` and `close` end it from any other. What it gives are the
bytes of a picture, for `pictures` to decode.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from cryptonews_tui.files import make_folder
from cryptonews_tui.pictures import PictureError, kind
from cryptonews_tui.safety import clean_line
from cryptonews_tui.sources import SourceError
from cryptonews_tui.sources.access import Access
from cryptonews_tui.sources.limits import MIB, Limits
from cryptonews_tui.translation import _

if TYPE_CHECKING:
    from cryptonews_tui.sources.http.client import Http

LIMITS = Limits(connect=10, read=15, whole=40, attempts=1, redirects=3, download=8 * MIB)
"""For one size of one cover: nobody waits two minutes for a picture."""

# How wide the sizes usually are, where the address does not tell.
_USUAL = {"thumb": 200, "small_s3": 400, "small": 400, "regular": 1080, "full": 4000, "raw": 6000}
_UNKNOWN = 2000
_NUMBER = re.compile("[1-9][0-9]{0,4}")


def by_size(cover: Mapping[str, str], width: int, height: int) -> tuple[list[str], list[str]]:
    """The addresses of the sizes that fill so many pixels, the smallest first; and of the others, the largest first.

    A picture fills the area when it is as wide or as high: then it is made smaller, never larger.
    """
    sizes: dict[str, tuple[int, int]] = {}
    for name, address in cover.items():
        sizes.setdefault(address, _size(name, address))
    addresses = sorted(sizes, key=sizes.__getitem__)
    enough = [a for a in addresses if sizes[a][0] >= width or sizes[a][1] >= height]
    return enough, [a for a in reversed(addresses) if a not in enough]


def _size(name: str, address: str) -> tuple[int, int]:
    """Width and height in pixels by the address (`w=400`), else by the name; 0 where nothing tells."""
    try:
        said = parse_qs(urlsplit(address).query, max_num_fields=50)
    except ValueError:
        said = {}
    width, height = (
        int(text) if _NUMBER.fullmatch(text := said.get(key, [""])[0]) else 0 for key in ("w", "h")
    )
    return width or (0 if height else _USUAL.get(name, _UNKNOWN)), height


class Covers:
    """Fetches covers, and keeps them in a folder below `cache`, at most `limit_bytes` of them (0: none)."""

    def __init__(self, cache: Path, limit_bytes: int, limits: Limits = LIMITS) -> None:
        self._kept = _Kept(cache / "covers", limit_bytes, limits.download)
        self._limits = limits
        self._lock = threading.Lock()
        self._lines: set[Http] = set()
        self._turn = 0
        self._closed = False

    def fetch(self, cover: Mapping[str, str], width: int, height: int, *sources: str) -> bytes:
        """The smallest picture that fills so many pixels, or the next best. Raises `PictureError`.

        `sources` are the reader's own that have the article: only where one of them is may a cover be on this
        computer or in the network around it, for what strangers write must not make us call anybody in the house.
        """
        turn = self._turn
        enough, others = by_size(cover, width, height)
        if not enough and not others:
            raise PictureError(_("This article has no cover."))
        for address in enough:
            if (data := self._kept.read(address)) is not None:
                return data
        try:
            with self._line(turn) as line:
                return self._first(line, enough + others, sources)
        except SourceError as error:
            raise PictureError(str(error)) from error

    def cancel(self) -> None:
        """End every fetch that is under way: it fails at once, or as soon as a server has taken the call."""
        with self._lock:
            self._turn += 1
            for line in self._lines:
                line.abort()

    def close(self) -> None:
        """End every fetch, and let none begin."""
        self._closed = True
        self.cancel()

    @contextlib.contextmanager
    def _line(self, turn: int) -> Iterator[Http]:
        """A line to the web that `cancel` can cut."""
        from cryptonews_tui.sources.http.client import Http

        with Http(Access(self._limits)) as line:
            with self._lock:
                if self._closed or self._turn != turn:
                    raise PictureError(_("The cover was called off."))
                self._lines.add(line)
            try:
                yield line
            finally:
                with self._lock:
                    self._lines.discard(line)

    def _first(self, line: Http, addresses: Sequence[str], sources: Sequence[str]) -> bytes:
        """The first of these pictures that is there, or why the first is not."""
        from cryptonews_tui.sources.http.addresses import is_inside, web_address
        from cryptonews_tui.sources.http.faults import NoAnswerError

        fault: SourceError | None = None
        silent: set[str] = set()
        for address in addresses:
            if (data := self._kept.read(address)) is not None:
                return data
            place = ""
            try:
                url = web_address(address)
                place = urlsplit(url).netloc
                if place not in silent:
                    may_enter = any(_same_place(url, source) for source in sources)
                    if not may_enter and is_inside(urlsplit(url).hostname or ""):
                        raise SourceError(
                            _("{url} is private, its article is not: it was not called.").format(
                                url=clean_line(url, 300)
                            )
                        )
                    data = self._download(line, url, may_enter)
                    self._kept.write(address, data)
                    return data
            except SourceError as error:
                if isinstance(error, NoAnswerError):
                    silent.add(place)
                fault = fault or error
        assert fault is not None
        raise fault

    def _download(self, line: Http, url: str, may_enter: bool) -> bytes:
        fetched = line.fetch(url, limit=self._limits.download, may_enter=may_enter)
        assert fetched.body is not None  # only a stamp is answered without
        with fetched.body as body:
            data = body.read()
        if kind(data) is None:
            raise SourceError(
                _("What is at {url} is no picture that can be shown.").format(url=clean_line(url, 300))
            )
        return data


def _same_place(url: str, source: str) -> bool:
    try:
        return urlsplit(url)[:2] == urlsplit(source)[:2]
    except ValueError:
        return False


class _Kept:
    """Files in a folder, one for each address. What is oldest in use goes first; nobody relies on any of them.

    Several programs may share the folder: files appear whole and by renaming, and tell themselves whether they are
    as they were written. Where the folder cannot be used, nothing is kept.
    """

    _NAME = re.compile(r"[0-9a-f]{64}(\..*)?")  # with an ending while it is written

    def __init__(self, folder: Path, limit: int, most: int) -> None:
        self._folder = folder
        self._limit = limit
        self._most = most
        self._lock = threading.Lock()
        self._room = 0
        """What may be written before the folder is counted again: others write there too."""

    def read(self, address: str) -> bytes | None:
        """The picture, if it is here and whole."""
        if not self._limit:
            return None
        path = self._path(address)
        try:
            with path.open("rb") as file:
                found = file.read(self._most + 65)
        except OSError:
            return None
        data = found[64:]
        with contextlib.suppress(OSError):
            if _digest(data) != found[:64]:
                path.unlink()
                return None
            os.utime(path)
        return data

    def write(self, address: str, data: bytes) -> None:
        """Keep the picture, if that is possible, and no more than the limit."""
        if len(data) + 64 > self._limit:
            return
        path = self._path(address)
        with contextlib.suppress(OSError):
            make_folder(self._folder)
            handle, passing = tempfile.mkstemp(dir=self._folder, prefix=f"{path.name}.")
            try:
                with open(handle, "wb") as file:
                    file.write(_digest(data) + data)
                os.replace(passing, path)
            except OSError:
                os.unlink(passing)
                return
            with self._lock:
                self._room -= len(data) + 64
                if self._room < 0:
                    self._make_room()

    def _make_room(self) -> None:
        files: list[tuple[int, int, str]] = []
        with os.scandir(self._folder) as entries:
            for entry in entries:
                if self._NAME.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                    with contextlib.suppress(FileNotFoundError):
                        status = entry.stat(follow_symlinks=False)
                        files.append((status.st_mtime_ns, status.st_size, entry.path))
        spare = self._limit // 20
        held = sum(size for _, size, _ in files)
        if held > self._limit:
            for _, size, path in sorted(files):
                if held <= self._limit - spare:
                    break
                with contextlib.suppress(OSError):
                    os.unlink(path)
                held -= size
        self._room = min(spare, self._limit - held)

    def _path(self, address: str) -> Path:
        return self._folder / hashlib.sha256(address.encode("utf-8", "surrogatepass")).hexdigest()


def _digest(data: bytes) -> bytes:
    return hashlib.sha512(data).digest()
