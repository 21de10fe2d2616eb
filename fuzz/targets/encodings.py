"""What came compressed for the way: in small pieces, to the end, or damaged."""

import bz2
import gzip
import lzma
import zlib

from tests.sources.test_http import deflated_bare

from cryptonews_tui.sources.http.decoding import PIECE, DecodingError, decoder

_NAMES = ("gzip", "deflate", "br", "zstd", "identity", "x-gzip")
_MOST = 4 * 1024 * 1024
_TEXT = b"Exchanges have to hold reserves. " * 40


def _brotli() -> bytes:
    import brotli

    return bytes(brotli.compress(_TEXT))


def _zstd() -> bytes:
    from cryptonews_tui.sources.http.decoding import _zstd as zstd

    return bytes(zstd().compress(_TEXT))


SEEDS = (
    b"\0" + gzip.compress(_TEXT, mtime=0),
    b"\0" + gzip.compress(_TEXT, mtime=0) * 2,
    b"\1" + zlib.compress(_TEXT),
    b"\1" + deflated_bare(_TEXT),
    b"\2" + _brotli(),
    b"\3" + _zstd(),
    b"\3" + _zstd() * 2,
    b"\0" + bz2.compress(_TEXT),
    b"\0" + lzma.compress(_TEXT),
)
WORDS = (
    b"\x1f\x8b\x08\0",
    b"\x78\x9c",
    b"\x28\xb5\x2f\xfd",
    b"\x50\x2a\x4d\x18",
    b"\xff\xff",
    b"\0\0\0\0",
    b"\x03\0",
)


def run(data: bytes) -> None:
    kind, step = (data[0], 1 + data[0] // 6) if data else (0, 1)
    packed = data[1:]
    unpack = decoder(_NAMES[kind % len(_NAMES)])
    assert unpack is not None
    total = 0
    try:
        for piece in unpack(packed[at : at + step] for at in range(0, len(packed), step)):
            assert len(piece) <= 4 * PIECE, "a piece that nobody could stop in time"
            total += len(piece)
            if total > _MOST:  # whoever counts stops here
                break
    except DecodingError:
        pass
