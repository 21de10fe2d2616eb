"""Articles out of a .zip or .tar archive, read where they lie: nothing is ever unpacked to disk.

What an archive says about itself (names, sizes, counts) is a claim. Every claim is either checked before it
costs anything or overtaken by a bound of our own.
"""

from __future__ import annotations

import gzip
import hashlib
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import IO, cast

from cryptonews_tui.article import Document, Problem
from cryptonews_tui.safety import clean_line
from cryptonews_tui.sources import Expected, Found, Seen, SourceError
from cryptonews_tui.sources.limits import MIB, Limits, in_words
from cryptonews_tui.sources.names import is_article, is_hidden, item_name, path_inside
from cryptonews_tui.translation import _
from cryptonews_tui.wording import number

_CHUNK = 64 * 1024
_HEADERS = MIB
"""Bytes of tar headers in front of one member: names may be long, but not this long."""
_TABLE_ROW = 300
"""Bytes that a zip's table of contents may need for a member, on average."""

# Everything the standard library raises on a file that is not what it says, seen on damaged archives.
_DAMAGE = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    IndexError,
    RecursionError,
    RuntimeError,
)


def looks_like_archive(start: bytes) -> bool:
    """Whether a file that begins with these bytes (512 are enough) is a zip, a gzip or a tar."""
    return start.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b")) or start[257:262] == b"ustar"


def members(file: IO[bytes], location: str, remembered: Mapping[str, str], limits: Limits) -> Iterator[Found]:
    """The articles in an open archive: items are paths inside it, stamps tell changed members from others.

    Raises `SourceError` when the archive as a whole is damaged or too large.
    """
    try:
        start = file.read(4)
        file.seek(0)
        if start.startswith(b"PK"):
            yield from _zip_members(file, location, remembered, limits)
        elif start.startswith(b"\x1f\x8b"):
            with gzip.GzipFile(fileobj=file, mode="rb") as unzipped:
                yield from _tar_members(cast(IO[bytes], unzipped), location, remembered, limits)
        else:
            yield from _tar_members(file, location, remembered, limits)
    except _DAMAGE as error:
        reason = clean_line(str(error), 200) or type(error).__name__
        raise SourceError(
            _("{location} is not a whole zip or tar archive ({reason}). Fetch or make it again.").format(
                location=clean_line(location), reason=reason
            )
        ) from error


def _zip_members(
    file: IO[bytes], location: str, remembered: Mapping[str, str], limits: Limits
) -> Iterator[Found]:
    admission = _Admission(location, limits)
    wanted: list[tuple[str, zipfile.ZipInfo]] = []
    problems: list[Problem] = []
    with zipfile.ZipFile(cast(IO[bytes], _Sips(file, limits))) as archive:
        for info in archive.infolist():
            # Without a Unix mode (an archive made on Windows) the type is 0: an ordinary file.
            kind = stat.S_IFMT(info.external_attr >> 16)
            ordinary = kind in (0, stat.S_IFREG)
            verdict = admission.verdict(info.filename, ordinary, info.is_dir() or kind == stat.S_IFDIR)
            if isinstance(verdict, str):
                refusal = _refusal(info, limits)
                verdict = Problem(verdict, None, refusal) if refusal else verdict
            if isinstance(verdict, Problem):
                problems.append(verdict)
            elif verdict is not None:
                wanted.append((verdict, info))
        admission.weigh(sum(info.file_size for name, info in wanted))
        yield Expected(len(wanted) + len(problems))
        yield from problems
        for item, info in wanted:
            stamp = f"{info.CRC:08x}:{info.file_size}"
            if remembered.get(item) == stamp:
                yield Seen(item, stamp)
                continue
            try:
                with archive.open(info) as member:
                    data = member.read(info.file_size + 1)
            except _DAMAGE as error:
                reason = clean_line(str(error), 200) or type(error).__name__
                yield Problem(
                    item, None, _("The file in the archive is damaged ({reason}).").format(reason=reason)
                )
                continue
            if len(data) != info.file_size:
                yield Problem(item, None, _("The file in the archive is not as long as the archive says."))
                continue
            yield Document(item, _origin(location, item), data, stamp)


def _refusal(info: zipfile.ZipInfo, limits: Limits) -> str | None:
    """Why a member is not read, before any of it is."""
    if info.flag_bits & 0x1:
        return _("The file is encrypted; passwords are not supported.")
    if info.file_size > limits.article:
        return _too_large(limits)
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # The standard library unpacks the others without a bound: a few KiB could become gigabytes.
        return _(
            "The file is compressed in a way that is not supported; make the archive with plain deflate."
        )
    return None


def _tar_members(
    file: IO[bytes], location: str, remembered: Mapping[str, str], limits: Limits
) -> Iterator[Found]:
    admission = _Admission(location, limits)
    stream = _Stream(file, admission)
    with tarfile.open(fileobj=cast(IO[bytes], stream), mode="r:") as archive:
        while (member := archive.next()) is not None:
            ordinary = member.isreg() and not member.issparse()
            item = admission.verdict(member.name, ordinary, member.isdir())
            if isinstance(item, Problem):
                yield item
            elif item is not None and member.size > limits.article:
                yield Problem(item, None, _too_large(limits))
            elif item is not None:
                stream.allow(member.size)
                stream.seek(member.offset_data)
                data = stream.read(member.size)
                if len(data) < member.size:
                    raise EOFError(_("it breaks off"))
                stamp = f"{hashlib.blake2b(data, digest_size=16).hexdigest()}:{member.size}"
                if remembered.get(item) == stamp:
                    yield Seen(item, stamp)
                else:
                    yield Document(item, _origin(location, item), data, stamp)
            stream.allow(_HEADERS)
            # The library would keep every header for a second visit.
            archive.members.clear()  # type: ignore[attr-defined]
            archive.pax_headers = {}
        if not stream.ended:
            raise EOFError(_("it breaks off"))
        stream.drain()


class _Admission:
    """Who may come in: counts members, watches the total, and gives each name its verdict."""

    def __init__(self, location: str, limits: Limits) -> None:
        self._location = location
        self._limits = limits
        self._count = 0
        self._taken: set[str] = set()

    def verdict(self, name: str, ordinary: bool, folder: bool) -> str | Problem | None:
        """The item to read, why it is not read, or `None` for what is none of our business."""
        self._count += 1
        if self._count > self._limits.members:
            raise SourceError(
                _(
                    "The archive {location} has more than {members} members. Split it, or unpack it and name the "
                    "folder."
                ).format(location=clean_line(self._location), members=number(self._limits.members))
            )
        item = path_inside(name)
        if item is None:
            return Problem(
                item_name(name), None, _("The name leads out of the archive's folder; it was not read.")
            )
        if folder or is_hidden(item):
            return None
        if not ordinary:
            return Problem(item, None, _("This is a link, a pipe or a device, not a file; it was not read."))
        if not is_article(item):
            return None
        if item in self._taken:
            return Problem(item, None, _("The archive has this file twice; the first one was read."))
        self._taken.add(item)
        return item

    def weigh(self, total: int) -> None:
        """Stop when everything unpacked is more than one archive may be."""
        if total > self._limits.unpacked:
            raise SourceError(
                _(
                    "The archive {location} unpacks to more than {size}. Split it, or unpack it and name the "
                    "folder."
                ).format(location=clean_line(self._location), size=in_words(self._limits.unpacked))
            )


class _Sips:
    """A file that never hands out much at once: the length of a table of contents is a claim."""

    def __init__(self, file: IO[bytes], limits: Limits) -> None:
        self._file = file
        self._most = max(limits.members * _TABLE_ROW, limits.article) + _CHUNK
        self.seek = file.seek
        self.tell = file.tell
        self.seekable = file.seekable

    def read(self, size: int = -1) -> bytes:
        if size > self._most:
            raise zipfile.BadZipFile(_("its table of contents is too long"))
        return self._file.read(size)


class _Stream:
    """A forward-only view of unpacked bytes, as much at once as was allowed, and all of them counted."""

    def __init__(self, file: IO[bytes], admission: _Admission) -> None:
        self._file = file
        self._admission = admission
        self._position = 0
        self._allowed = _HEADERS
        self.ended = False
        """Whether the last thing read was a block of zeros: that is how a tar archive ends."""

    def allow(self, size: int) -> None:
        self._allowed = size

    def tell(self) -> int:
        return self._position

    def read(self, size: int) -> bytes:
        if not 0 <= size <= self._allowed:
            raise tarfile.ReadError(_("a header is too long"))
        self._allowed -= size
        data = self._take(size)
        self.ended = len(data) == tarfile.BLOCKSIZE and not any(data)
        return data

    def seek(self, position: int) -> None:
        if position < self._position:
            raise tarfile.ReadError(_("a header points backwards"))
        while self._position < position:
            if not self._take(min(_CHUNK, position - self._position)):
                raise EOFError(_("it breaks off"))

    def drain(self) -> None:
        """Read what comes after the end: only then has the checksum of the whole been seen."""
        while self._take(_CHUNK):
            pass

    def _take(self, size: int) -> bytes:
        data = self._file.read(size)
        self._position += len(data)
        self._admission.weigh(self._position)
        return data


def _origin(location: str, item: str) -> str:
    return item_name(f"{location}/{item}")


def _too_large(limits: Limits) -> str:
    return _("The file is larger than {size}; it was not read.").format(size=in_words(limits.article))
