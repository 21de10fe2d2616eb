"""What git tells of a repository whose names a stranger chose, and what a server makes it complain of."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptonews_tui.sources.access import Access
from cryptonews_tui.sources.names import is_article
from cryptonews_tui.sources.repository import Address, File, Repository, Root
from fuzz.checks import check_lines, text_of

_BLOB = b"8ab686eafeb1f44702738c8b0f24f2567c36da6d"
SEEDS = (
    b"news/a.md\0news/b.en.md\0.git/x.md\0c.txt",
    b"\x1b[31m.md\0\xff\xfe.md\0a\nb.md\0../../x.md\0-o.md",
    b"fatal: couldn't find remote ref \x1b]0;x\x07",
    b"remote: \x1b[31mhello\nerror: RPC failed; HTTP 503\nfatal: returned error: 503",
)
WORDS = (
    *(
        b"\0",
        b".md",
        b"/",
        b"..",
        b".git/",
        b"\n",
        b"\t",
        b"fatal: ",
        b"error: ",
        b"remote: ",
        b"\x1b[",
        b"\xff",
        b"R100",
    ),
    *(b"returned error: 4", b"certificate", b"timed out", b"://u:p@h", b"?token=x"),
)


class _Retold(Repository):
    """A repository of which git tells what we say."""

    told = b""

    def _run(self, *arguments: str, **_: Any) -> bytes:
        return self.told


def run(data: bytes) -> None:
    address = Address("https://git.example/r.git", "https", "main", "news")
    repository = _Retold("git", Path("/nowhere"), address, Access())
    names = [name for name in data.split(b"\0") if name]
    repository.told = b"".join(b"100644 blob %s\t%s\0" % (_BLOB, name) for name in names)
    _check(list(repository.listing(Root("x", "tree"))), names)
    repository.told = b"".join(b":100644 000000 %s %s D\0%s\0" % (_BLOB, b"0" * 40, name) for name in names)
    difference = repository.compare(Root("x", "tree"), Root("y", "tree"))
    _check([*difference.changed, *difference.new, *difference.gone], names)
    _check(list(repository.deleted("")), names)
    told = repository._explained(text_of(data))
    check_lines(str(told))


def _check(files: Sequence[File], names: Sequence[bytes]) -> None:
    assert len(files) <= len(names)
    for file in files:
        check_lines(file.item)
        assert is_article(file.path)
        assert file.blob == _BLOB.decode()
