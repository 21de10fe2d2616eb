"""Zip and tar archives: what is read lies inside and is no larger than it may be, whatever the archive claims."""

import io
import stat
import struct
import tarfile
import zipfile

from tests.sources.packing import member, packed, tarred, zipped_as
from tests.strategies import file

from cryptonews_tui.article import Document, Problem
from cryptonews_tui.sources import Seen, SourceError
from cryptonews_tui.sources.archive import looks_like_archive, members
from cryptonews_tui.sources.limits import Limits
from cryptonews_tui.sources.names import path_inside
from fuzz.checks import check_lines

_LIMITS = Limits(members=200, article=20_000, unpacked=200_000)
_FILES = {"a.md": file(), "2025/b.en.md": b"x" * 30_000, "c.txt": b"no"}
_TYPES = (
    tarfile.REGTYPE,
    tarfile.SYMTYPE,
    tarfile.LNKTYPE,
    tarfile.CHRTYPE,
    tarfile.FIFOTYPE,
    tarfile.DIRTYPE,
)
SEEDS = (
    *(b"\0" + packed(_FILES, kind) for kind in (".zip", ".tar", ".tar.gz")),
    b"\0" + tarred(*(member(f"{n}.md", b"x", kind, "/etc/passwd") for n, kind in enumerate(_TYPES))),
    b"\1../a.md\0\0text\n/b.md\0\1text\nC:\\c.md\0\2\nd.md\0\3\nd.md\0\0\n..\\e.md",
    b"\2../a.md\0\0text\n/b.md\0\1text\n\x1b[31m.md\0\2\nd.md\0\0\n.git/x.md",
)
WORDS = (
    *(
        b"PK\x03\x04",
        b"PK\x01\x02",
        b"PK\x05\x06",
        b"PK\x06\x06",
        b"PK\x06\x07",
        b"\x1f\x8b\x08",
        b"ustar\x0000",
        b"ustar  \0",
    ),
    *(
        b"../",
        b"/",
        b"..\\",
        b"C:",
        b".md",
        b"././@LongLink",
        b"././@PaxHeader",
        b"30 path=../x.md\n",
        b"GNU.sparse.map=0,1",
    ),
    *(
        b"\xff\xff\xff\xff",
        b"\xff\xff\xff\xff\xff\xff\xff\x7f",
        b"\0\0\0\0",
        b"77777777777\0",
        b"\x80\0\0\0\0\0\0\0",
        b"mtime=nan\n",
    ),
)


def run(data: bytes) -> None:
    packed = _made(data[1:], zipped=data[0] % 3 == 1) if data and data[0] % 3 else data[1:]
    looks_like_archive(packed[:512])
    total = 0
    try:
        for found in members(io.BytesIO(packed), "/news/a.zip", {}, _LIMITS):
            if isinstance(found, Document):
                total += len(found.data)
                check_lines(found.item, found.origin)
                assert path_inside(found.item) == found.item, found.item
                assert len(found.data) <= _LIMITS.article
            elif isinstance(found, Problem | Seen):
                check_lines(found)
    except SourceError as error:
        check_lines(str(error))
    assert total <= _LIMITS.unpacked + _LIMITS.article


def _made(data: bytes, *, zipped: bool) -> bytes:
    """An archive in good order whose members are called, and are, what the lines of the input say."""
    files: list[tuple[str, int, bytes]] = []
    for line in data.split(b"\n")[:50]:
        name, _, rest = line.partition(b"\0")
        files.append((name.decode("utf-8", "surrogateescape"), rest[0] if rest else 0, rest[1:]))
    try:
        if zipped:
            return zipped_as(*(_zipped(*one) for one in files))
        return tarred(
            *(member(name, text, _TYPES[kind % len(_TYPES)], name) for name, kind, text in files),
            format=len(data) % 3,
        )
    except (ValueError, UnicodeError, struct.error):  # no archive can hold it
        return data


def _zipped(name: str, kind: int, text: bytes) -> tuple[zipfile.ZipInfo, bytes]:
    info = zipfile.ZipInfo(name.encode("utf-8", "replace").decode()[:1_000])
    info.external_attr = (stat.S_IFREG, stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFDIR, 0)[
        kind % 6
    ] << 16
    info.compress_type = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)[
        kind % 4
    ]
    return info, text
