"""Archives as publishers make them, and as nobody should."""

from __future__ import annotations

import gzip
import io
import tarfile
import warnings
import zipfile
from collections.abc import Mapping

KINDS = (".zip", ".tar.gz", ".tgz", ".tar")


def packed(files: Mapping[str, bytes], kind: str) -> bytes:
    """An archive with these files, in the manner of its kind."""
    if kind == ".zip":
        return zipped(files)
    tar = tarred(*(member(name, data) for name, data in files.items()))
    return tar if kind == ".tar" else gzip.compress(tar, mtime=0)


def zipped(files: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w", compression) as archive:
            for name, data in files.items():
                archive.writestr(name, data)
        return file.getvalue()


def zipped_as(*members: tuple[zipfile.ZipInfo, bytes]) -> bytes:
    with io.BytesIO() as file:
        with warnings.catch_warnings(), zipfile.ZipFile(file, "w") as archive:
            warnings.simplefilter("ignore")  # about names that occur twice
            for info, data in members:
                archive.writestr(info, data)
        return file.getvalue()


Member = tuple[tarfile.TarInfo, bytes]


def member(name: str, data: bytes = b"", type: bytes = tarfile.REGTYPE, link: str = "") -> Member:
    info = tarfile.TarInfo(name)
    info.size, info.type, info.linkname = len(data), type, link
    return info, data


def tarred(*members: Member, format: int = tarfile.PAX_FORMAT) -> bytes:
    with io.BytesIO() as file:
        with tarfile.open(fileobj=file, mode="w", format=format) as archive:
            for info, data in members:
                archive.addfile(info, io.BytesIO(data))
        return file.getvalue()
