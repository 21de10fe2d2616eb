"""The records of an SQLite file, page by page: what can still be read of one that SQLite itself gives up on.

The format is that of https://www.sqlite.org/fileformat2.html. Nothing here trusts a tree: a damaged page takes
only what stands on itself with it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from mmap import mmap
from typing import TypeAlias

Value: TypeAlias = "int | float | str | bytes | None"
Record: TypeAlias = "tuple[int | None, tuple[Value, ...]]"
"""The row's number, where it is a row of a table (None: of an index), and what it holds."""

_MAGIC = b"SQLite format 3\0"
_HEADER = 100
_USUAL_SIZE = 8192
_TABLE_LEAF, _INDEX_LEAF, _INDEX_INNER = 0x0D, 0x0A, 0x02
_WIDTHS = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)
_MALFORMED = (LookupError, ValueError, struct.error)


def stamp(data: bytes | mmap) -> tuple[int, int] | None:
    """The application id and the version of the schema; None where the beginning is not that of a database."""
    if data[: len(_MAGIC)] != _MAGIC or len(data) < _HEADER:
        return None
    version, application = struct.unpack_from(">60xI4xI", data[:_HEADER])
    return application, version


def records(data: bytes | mmap) -> Iterator[Record]:
    """Every record in use that can be read."""
    file = _File(data)
    unused = file.unused()
    for number in range(1, file.pages + 1):
        if number not in unused:
            yield from file.records(number)


class _File:
    def __init__(self, data: bytes | mmap) -> None:
        size, self._first_unused = struct.unpack_from(">16xH14xI", data[:_HEADER].ljust(_HEADER, b"\0"))
        size = 65_536 if size == 1 else size
        self._size: int = size if size >= 512 and not size & (size - 1) else _USUAL_SIZE
        self._data = data
        self.pages = len(data) // self._size

    def page(self, number: int) -> bytes:
        if not 1 <= number <= self.pages:
            raise LookupError(number)
        return self._data[(number - 1) * self._size : number * self._size]

    def unused(self) -> set[int]:
        """The pages of the list of those that were given back: what stands there is of the past."""
        found: set[int] = set()
        trunk = self._first_unused
        try:
            while trunk and trunk not in found:
                page = self.page(trunk)
                following, count = struct.unpack_from(">II", page)
                found.add(trunk)
                found.update(struct.unpack_from(f">{count}I", page, 8))
                trunk = following
        except _MALFORMED:
            pass
        return found

    def records(self, number: int) -> Iterator[Record]:
        page = self.page(number)
        start = _HEADER if number == 1 else 0
        kind = page[start]
        if kind not in (_TABLE_LEAF, _INDEX_LEAF, _INDEX_INNER):
            return
        (count,) = struct.unpack_from(">H", page, start + 3)
        cells = start + (12 if kind == _INDEX_INNER else 8)
        for cell in range(cells, min(cells + 2 * count, self._size - 1), 2):
            try:
                (place,) = struct.unpack_from(">H", page, cell)
                yield self._record(page, place, kind)
            except _MALFORMED:
                continue

    def _record(self, page: bytes, place: int, kind: int) -> Record:
        length, place = _varint(page, place + (4 if kind == _INDEX_INNER else 0))
        row = None
        if kind == _TABLE_LEAF:
            row, place = _varint(page, place)
        return row, _values(self._payload(page, place, length, kind))

    def _payload(self, page: bytes, place: int, length: int, kind: int) -> bytes:
        """What a cell holds, with what did not fit on its page."""
        if not 0 <= length <= len(self._data):
            raise ValueError(length)
        most = self._size - 35 if kind == _TABLE_LEAF else (self._size - 12) * 64 // 255 - 23
        here = length
        if length > most:
            least = (self._size - 12) * 32 // 255 - 23
            here = least + (length - least) % (self._size - 4)
            here = here if here <= most else least
        parts, missing = [page[place : place + here]], length - here
        if missing:
            (further,) = struct.unpack_from(">I", page, place + here)
            while missing > 0:
                overflow = self.page(further)
                (further,) = struct.unpack_from(">I", overflow)
                parts.append(overflow[4 : 4 + missing])
                missing -= len(parts[-1])
        payload = b"".join(parts)
        if len(payload) != length:
            raise ValueError(length)
        return payload


def _values(payload: bytes) -> tuple[Value, ...]:
    end, place = _varint(payload, 0)
    values: list[Value] = []
    body = end
    while place < end:
        kind, place = _varint(payload, place)
        width = (kind - 12) // 2 if kind >= 12 else _WIDTHS[abs(kind)]
        raw = payload[body : body + width]
        if len(raw) != width:
            raise ValueError(kind)
        values.append(_value(kind, raw))
        body += width
    if (place, body) != (end, len(payload)):
        raise ValueError(payload)
    return tuple(values)


def _value(kind: int, raw: bytes) -> Value:
    if kind >= 12:
        return raw.decode() if kind % 2 else raw
    if kind == 7:
        number: float = struct.unpack(">d", raw)[0]
        return number
    if kind in (8, 9):
        return kind - 8
    return int.from_bytes(raw, "big", signed=True) if kind else None


def _varint(data: bytes, place: int) -> tuple[int, int]:
    """A number of one to nine bytes, seven bits of each, and where it ends."""
    number = 0
    for index in range(place, place + 8):
        number = number << 7 | data[index] & 0x7F
        if data[index] < 0x80:
            return number, index + 1
    number = number << 8 | data[place + 8]
    return number - (1 << 64) if number >> 63 else number, place + 9
