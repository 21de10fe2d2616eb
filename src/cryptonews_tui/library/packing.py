"""What only the reading pane needs of an article, compressed: the library stays smaller than the files it holds.

Zstandard, and in a large library with a dictionary of its own articles: what they have in common is stored once.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from cryptonews_tui.translation import _

if TYPE_CHECKING:
    from backports import zstd

_LEVEL, _LEVEL_AT_FIRST = 9, 1
"""How hard to try; a library without a dictionary is small, and is to be there soon."""
_DICTIONARY = 64 * 1024
_LEARNED_FROM = 1_000
"""A dictionary is made of this many articles, from all over the library."""

_MOST = 64 * 1024 * 1024
"""Bytes of the largest text: an article has two MiB at most, and of fields that we do not know a bounded number."""

_FIRST = 32_768
"""The first number that may be a dictionary's own."""


class PackingError(Exception):
    """A blob is damaged."""


def _zstd() -> ModuleType:
    """Zstandard: a list needs none, and it takes a while to load."""
    if sys.version_info < (3, 14):
        from backports import zstd
    else:
        from compression import zstd
    return zstd


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Packed(NamedTuple):
    """A body in Markdown, the cover's addresses by size, calls to action, and fields that we do not know."""

    body: str
    cover: Mapping[str, str]
    cta: Sequence[str]
    extra: Mapping[str, Any]


def pack_text(text: str) -> bytes:
    """A text by itself, without a dictionary."""
    packed: bytes = _compressor(None).compress(text.encode(), _zstd().ZstdCompressor.FLUSH_FRAME)
    return packed


def unpack_text(packed: bytes) -> str:
    """What `pack_text` packed. Raises `PackingError` for a blob that is damaged."""
    return _unpacked(packed, None).decode()


class Packing:
    """Packs and unpacks with the dictionaries of one library."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known: dict[int, zstd.ZstdDict] = {}
        self._compressor: zstd.ZstdCompressor | None = None

    def pack(
        self, body: str, cover: Mapping[str, str], cta: Sequence[str], extra: Mapping[str, Any]
    ) -> bytes:
        """These four as one blob."""
        rest = _json([dict(cover), list(cta), dict(extra)]) if cover or cta or extra else ""
        return self._compressed(f"{rest}\n{body}".encode())

    def unpack(self, packed: bytes) -> Packed:
        """What was packed. Raises `PackingError` for a blob that is damaged."""
        rest, _, body = self._plain(packed).decode().partition("\n")
        return Packed(body, *json.loads(rest)) if rest else Packed(body, {}, [], {})

    def body(self, packed: bytes) -> str:
        """Only the body."""
        return self._plain(packed).decode().partition("\n")[2]

    def learn(self) -> None:
        """Make a dictionary of what the library holds, and pack all of it anew. It may be too little for one."""
        execute = self._connection.execute
        (count,) = execute("SELECT count(*) FROM body").fetchone()
        step = max(1, count // _LEARNED_FROM)
        some = execute("SELECT packed FROM body WHERE (article / 32) % ? = 0 LIMIT ?", (step, _LEARNED_FROM))
        plain = [self._plain(packed) for (packed,) in some]
        try:
            trained = _zstd().train_dict(plain, _DICTIONARY)
        except _zstd().ZstdError:
            return
        (number,) = execute("SELECT coalesce(max(id) + 1, ?) FROM dictionary", (_FIRST,)).fetchone()
        learned = _numbered(trained, number)
        execute("INSERT INTO dictionary (id, content) VALUES (?, ?)", (learned.dict_id, learned.dict_content))
        self._known[learned.dict_id] = learned
        self._compressor = _compressor(learned)
        self._connection.create_function("repacked", 1, lambda packed: self._compressed(self._plain(packed)))
        # By way of another table: rows that shrink in their place leave the pages half empty.
        execute("CREATE TEMP TABLE shrunk AS SELECT article, repacked(packed) AS packed FROM body")
        execute("DELETE FROM body")
        execute("INSERT INTO body (article, packed) SELECT article, packed FROM shrunk ORDER BY article")
        execute("DROP TABLE shrunk")
        execute("DELETE FROM dictionary WHERE id <> ?", (learned.dict_id,))  # nobody needs the former ones

    def _compressed(self, plain: bytes) -> bytes:
        if self._compressor is None:
            newest = self._connection.execute(
                "SELECT id FROM dictionary ORDER BY rowid DESC LIMIT 1"
            ).fetchone()
            self._compressor = _compressor(self._dictionary(newest[0]) if newest else None)
        return self._compressor.compress(plain, self._compressor.FLUSH_FRAME)

    def _plain(self, packed: bytes) -> bytes:
        try:
            number = _zstd().get_frame_info(packed).dictionary_id
        except _zstd().ZstdError as error:
            raise PackingError(str(error)) from None
        return _unpacked(packed, self._dictionary(number) if number else None)

    def _dictionary(self, number: int) -> zstd.ZstdDict:
        if number not in self._known:
            row = self._connection.execute(
                "SELECT content FROM dictionary WHERE id = ?", (number,)
            ).fetchone()
            if row is None:
                raise PackingError(_("the dictionary {number} is missing").format(number=number))
            self._known[number] = _zstd().ZstdDict(row[0])
        return self._known[number]


def _unpacked(packed: bytes, dictionary: zstd.ZstdDict | None) -> bytes:
    """One whole frame of a bounded size: somebody else's library may hold a few bytes that unpack to gigabytes."""
    try:
        unpacker = _zstd().ZstdDecompressor(zstd_dict=dictionary)
        plain: bytes = unpacker.decompress(packed, _MOST + 1)
    except _zstd().ZstdError as error:
        raise PackingError(str(error)) from None
    if not unpacker.eof or unpacker.unused_data:
        raise PackingError(_("it is larger than any article") if len(plain) > _MOST else _("it is not whole"))
    return plain


def _compressor(dictionary: zstd.ZstdDict | None) -> zstd.ZstdCompressor:
    made = _zstd()
    options = {
        made.CompressionParameter.compression_level: _LEVEL_AT_FIRST if dictionary is None else _LEVEL,
        # It tells a body that was damaged on the disk from one that is merely odd.
        made.CompressionParameter.checksum_flag: 1,
    }
    digested = None if dictionary is None else dictionary.as_digested_dict
    compressor: zstd.ZstdCompressor = made.ZstdCompressor(options=options, zstd_dict=digested)
    return compressor


def _numbered(dictionary: zstd.ZstdDict, number: int) -> zstd.ZstdDict:
    """The same under another number. The one it comes with may be that of a former, slightly different one."""
    content = dictionary.dict_content
    return type(dictionary)(content[:4] + number.to_bytes(4, "little") + content[8:])
