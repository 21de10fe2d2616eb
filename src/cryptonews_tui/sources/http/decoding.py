"""What a server compressed for the way, unpacked piece by piece, so that whoever counts can stop a bomb in time."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from types import ModuleType

PIECE = 64 * 1024
"""No piece is much larger than this, whatever it is unpacked from."""
_ZSTD_WINDOW = 23
"""8 MiB: what may be asked of those who read Zstandard from the web (RFC 9659)."""


class DecodingError(Exception):
    """It is not what it says, or not whole."""


def decoder(encoding: str) -> Callable[[Iterable[bytes]], Iterator[bytes]] | None:
    """What unpacks a Content-Encoding; `None` for one that nobody has asked for. It raises `DecodingError`."""
    return _DECODERS.get(encoding.strip().lower())


def _identity(chunks: Iterable[bytes]) -> Iterator[bytes]:
    yield from chunks


def _gunzipped(chunks: Iterable[bytes]) -> Iterator[bytes]:
    return _inflated(chunks, zlib.MAX_WBITS | 16)


def _deflated(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """In its wrapper, as the standard says, or bare, as some servers send it."""
    chunks = iter(chunks)
    start = b""
    for chunk in chunks:
        start += chunk
        if len(start) >= 2:
            break
    wrapped = (
        len(start) >= 2 and start[0] & 15 == zlib.DEFLATED and int.from_bytes(start[:2], "big") % 31 == 0
    )
    yield from _inflated(_before(start, chunks), zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)


def _before(first: bytes, chunks: Iterable[bytes]) -> Iterator[bytes]:
    yield first
    yield from chunks


def _inflated(chunks: Iterable[bytes], wbits: int) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(wbits)
    try:
        for chunk in chunks:
            packed = chunk
            while packed:
                if unpacker.eof:
                    unpacker = zlib.decompressobj(wbits)
                yield unpacker.decompress(packed, PIECE)
                packed = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
        yield unpacker.flush()
    except zlib.error as error:
        raise DecodingError from error
    if not unpacker.eof:
        raise DecodingError


def _unbrotlied(chunks: Iterable[bytes]) -> Iterator[bytes]:
    import brotli

    unpacker = brotli.Decompressor()
    try:
        for chunk in chunks:
            if chunk and unpacker.is_finished():
                raise DecodingError
            piece = unpacker.process(chunk, output_buffer_limit=PIECE)
            while piece:
                yield piece
                piece = unpacker.process(b"", output_buffer_limit=PIECE)
    except brotli.error as error:
        raise DecodingError from error
    if not unpacker.is_finished():
        raise DecodingError


def _unzstded(chunks: Iterable[bytes]) -> Iterator[bytes]:
    zstd = _zstd()
    options = {zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW}
    unpacker = zstd.ZstdDecompressor(options=options)
    try:
        for chunk in chunks:
            packed = chunk
            while packed or not (unpacker.eof or unpacker.needs_input):
                if unpacker.eof:
                    unpacker = zstd.ZstdDecompressor(options=options)
                yield unpacker.decompress(packed, PIECE)
                packed = unpacker.unused_data if unpacker.eof else b""
    except zstd.ZstdError as error:
        raise DecodingError from error
    if not unpacker.eof:
        raise DecodingError


def _zstd() -> ModuleType:
    if sys.version_info < (3, 14):
        from backports import zstd
    else:
        from compression import zstd
    return zstd


_DECODERS = {
    "": _identity,
    "identity": _identity,
    "gzip": _gunzipped,
    "x-gzip": _gunzipped,
    "deflate": _deflated,
    "br": _unbrotlied,
    "zstd": _unzstded,
}
ACCEPTED = "gzip, deflate, br, zstd"
