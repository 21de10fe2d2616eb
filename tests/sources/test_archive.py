"""Archives: what publishers pack, and what an archive may try on its reader."""

from __future__ import annotations

import bz2
import gzip
import io
import os
import random
import tarfile
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cryptonews_tui.article import Document
from cryptonews_tui.safety import clean
from cryptonews_tui.sources import SourceError, open_source
from cryptonews_tui.sources.archive import members
from cryptonews_tui.sources.limits import MIB, Limits
from cryptonews_tui.sources.names import path_inside
from tests.sources.packing import KINDS, Member, member, packed, tarred, zipped, zipped_as
from tests.sources.visiting import Visit, article, or_a_sentence, sort_out, visit

NEWS = {"2025/11/bitcoin.md": article("Bitcoin"), "2025/11/біткоїн.uk.md": article("Біткоїн")}


def read(data: bytes, limits: Limits | None = None, remembered: dict[str, str] | None = None) -> Visit:
    return sort_out(members(io.BytesIO(data), "/news/archive", remembered or {}, limits or Limits()))


@pytest.mark.parametrize("kind", KINDS)
def test_an_archive_holds_the_articles_of_a_folder(tmp_path: Path, kind: str) -> None:
    others = {
        "README": b"",
        "2025/picture.png": b"",
        ".git/a.md": b"",
        "2025/.draft.md": b"",
        "__MACOSX/._a.md": b"",
    }
    file = tmp_path / f"news{kind}"
    file.write_bytes(packed(others | NEWS | {"./2025//12/./ether.md": article("Ether")}, kind))
    found = visit(file)
    assert found.data == NEWS | {"2025/12/ether.md": article("Ether")}
    assert found.documents["2025/11/bitcoin.md"].origin == f"{file}/2025/11/bitcoin.md"
    assert found.problems == {}
    assert os.listdir(tmp_path) == [file.name]


@pytest.mark.parametrize("kind", KINDS)
def test_an_unchanged_archive_is_not_read_again(tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"news{kind}"
    file.write_bytes(packed(NEWS, kind))
    first = visit(file)
    assert "" in first.stamps
    status = file.stat()
    file.write_bytes(b"x" * status.st_size)
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    again = visit(file, first.stamps)
    assert (again.expected, again.documents, again.seen) == ([2], {}, first.stamps)


@pytest.mark.parametrize("kind", KINDS)
def test_of_a_changed_archive_only_changed_members_are_new(tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"news{kind}"
    file.write_bytes(packed(NEWS, kind))
    first = visit(file)
    changed = NEWS | {"2025/11/bitcoin.md": article("Bitcoim"), "new.md": article("New")}
    file.write_bytes(packed(changed, kind))
    again = visit(file, first.stamps)
    assert set(again.data) == {"2025/11/bitcoin.md", "new.md"}
    assert set(again.seen) == {"", "2025/11/біткоїн.uk.md"}
    assert again.stamps[""] != first.stamps[""]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "name",
    [
        "../out.md",
        "a/../../out.md",
        "/etc/out.md",
        "C:/out.md",
        "C:out.md",
        "a\\..\\out.md",
        "..",
        "\\\\h\\out.md",
    ],
)
def test_a_name_that_leads_out_is_a_problem(kind: str, name: str) -> None:
    found = read(packed({name: article()} | NEWS, kind))
    assert found.problems == {name: "The name leads out of the archive's folder; it was not read."}
    assert found.data == NEWS


def test_a_backslash_is_a_slash() -> None:
    assert list(read(zipped({"2025\\11\\a.md": article()})).documents) == ["2025/11/a.md"]


@given(st.text())
def test_no_name_ever_leads_out(name: str) -> None:
    path = path_inside(name)
    assert path is None or not os.path.relpath(os.path.join("/a/b", path), "/a/b").startswith(("..", "/"))


@given(st.lists(st.text(st.characters(exclude_characters="\0"), min_size=1) | st.sampled_from(["..", "."])))
def test_no_member_of_a_zip_or_tar_ever_leads_out(parts: list[str]) -> None:
    name = "/".join(parts) + ".md"
    archives = [tarred(member(name, article()))] if name.isprintable() else []
    try:
        archives.append(zipped({name: article()}))
    except UnicodeEncodeError:
        assert any("\ud800" <= letter <= "\udfff" for letter in name)
    for data in archives:
        found = read(data)
        assert len(found.documents) + len(found.problems) <= 1
        for item in [*found.documents, *found.problems]:
            item.encode()
            assert item == clean(item)
        for item in found.documents:
            assert os.path.normpath(os.path.join("/a", item)).startswith("/a/")


@pytest.mark.parametrize(
    "odd",
    [
        member("link.md", type=tarfile.SYMTYPE, link="/etc/passwd"),
        member("link.md", type=tarfile.LNKTYPE, link="2025/11/bitcoin.md"),
        member("link.md", type=tarfile.FIFOTYPE),
        member("link.md", type=tarfile.CHRTYPE),
        member("link.md", type=tarfile.BLKTYPE),
    ],
)
def test_links_and_devices_in_a_tar_are_problems(odd: Member) -> None:
    found = read(tarred(odd, *(member(name, data) for name, data in NEWS.items())))
    assert found.problems == {"link.md": "This is a link, a pipe or a device, not a file; it was not read."}
    assert found.data == NEWS


def test_a_link_in_a_zip_is_a_problem() -> None:
    link = zipfile.ZipInfo("link.md")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    found = read(zipped_as((link, b"/etc/passwd"), (zipfile.ZipInfo("a.md"), article())))
    assert list(found.problems) == ["link.md"]
    assert list(found.documents) == ["a.md"]


def test_a_folder_called_like_an_article_is_a_folder() -> None:
    found = read(tarred(member("x.md", type=tarfile.DIRTYPE), member("x.md/a.md", article())))
    assert (list(found.documents), found.problems) == (["x.md/a.md"], {})
    assert list(read(zipped({"x.md/": b"", "x.md/a.md": article()})).documents) == ["x.md/a.md"]


def test_of_two_members_with_one_name_the_first_is_read() -> None:
    first, second = (zipfile.ZipInfo("a.md"), b"first"), (zipfile.ZipInfo("a.md"), b"second")
    for data in (zipped_as(first, second), tarred(member("a.md", b"first"), member("./a.md", b"second"))):
        found = read(data)
        assert found.data == {"a.md": b"first"}
        assert "twice" in found.problems["a.md"]


def test_an_encrypted_member_is_a_problem() -> None:
    data = bytearray(zipped({"secret.md": article(), "plain.md": article()}))
    row = data.index(b"PK\x01\x02")
    data[row + 8] |= 1
    found = read(bytes(data))
    assert found.problems == {"secret.md": "The file is encrypted; passwords are not supported."}
    assert list(found.documents) == ["plain.md"]


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_compression_that_cannot_be_bounded_is_a_problem(compression: int) -> None:
    assert "compressed in a way" in read(zipped({"a.md": article()}, compression)).problems["a.md"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_member_too_large_is_a_problem(kind: str) -> None:
    found = read(packed({"large.md": b"x" * 1001} | NEWS, kind), Limits(article=1000))
    assert found.problems == {"large.md": "The file is larger than 1000 bytes; it was not read."}
    assert found.data == NEWS


@pytest.mark.parametrize("claim", [1, 10, 5000])
def test_a_zip_that_lies_about_a_size_is_a_problem(claim: int) -> None:
    data = bytearray(zipped({"a.md": b"x" * 1000, "b.md": article()}))
    row = data.index(b"PK\x01\x02")
    data[row + 24 : row + 28] = claim.to_bytes(4, "little")
    found = read(bytes(data))
    assert list(found.problems) == ["a.md"]
    assert list(found.documents) == ["b.md"]


@pytest.mark.parametrize("kind", KINDS)
def test_an_archive_with_too_many_members_is_refused(kind: str) -> None:
    data = packed({f"{number}.txt": b"" for number in range(11)}, kind)
    assert read(data, Limits(members=11)).documents == {}
    with pytest.raises(SourceError, match="more than 10 members"):
        read(data, Limits(members=10))


@pytest.mark.parametrize("kind", KINDS)
def test_an_archive_that_unpacks_to_too_much_is_refused(kind: str) -> None:
    data = packed({f"{number}.md": bytes(MIB) for number in range(6)}, kind)
    with pytest.raises(SourceError, match="unpacks to more than 5 MiB"):
        read(data, Limits(unpacked=5 * MIB))


def test_a_bomb_is_stopped_before_it_grows() -> None:
    bomb = gzip.compress(tarred(member("zeros.bin", bytes(64 * MIB))), 1)
    peak = _peak(bomb, Limits(unpacked=16 * MIB), "unpacks to more than 16 MiB")
    assert peak < 4 * MIB


def test_a_header_that_claims_to_be_huge_is_not_believed() -> None:
    for kind in (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.SOLARIS_XHDTYPE):
        long = tarfile.TarInfo("long")
        long.type, long.size = kind, 32 * MIB
        bomb = gzip.compress(long.tobuf() + bytes(32 * MIB), 1)
        assert _peak(bomb, Limits(), "a header is too long") < 4 * MIB


def test_a_table_of_contents_that_is_huge_is_not_believed() -> None:
    one = zipped({"a" * 60_000: b""})
    row = one[one.index(b"PK\x01\x02") : one.index(b"PK\x05\x06")]
    end = bytearray(one[one.index(b"PK\x05\x06") :])
    end[12:16] = (len(row) * 200).to_bytes(4, "little")
    end[16:20] = (4).to_bytes(4, "little")
    bomb = b"PK\x03\x04" + row * 200 + bytes(end)
    assert _peak(bomb, Limits(), "table of contents is too long") < 4 * MIB


def test_headers_in_a_chain_without_end_are_damage() -> None:
    chain = b""
    for _ in range(800):
        info = tarfile.TarInfo("x")
        info.type, info.size = tarfile.XHDTYPE, 0
        chain += info.tobuf()
    with pytest.raises(SourceError, match="not a whole zip or tar"):
        read(chain + tarred(member("a.md", article())))


@pytest.mark.parametrize("name", ["a.md", "a.png"])
def test_a_tar_member_of_negative_size_is_damage(name: str) -> None:
    info = tarfile.TarInfo(name)
    header = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    header[124:136] = b"\xff" * 10 + (-1024).to_bytes(2, "big", signed=True)
    header[148:156] = b" " * 8
    header[148:155] = f"{sum(header):06o}\0".encode()
    with pytest.raises(SourceError, match="not a whole zip or tar"):
        read(tarred(member("b.md", article()))[:1024] + bytes(header) + bytes(10240))


@pytest.mark.parametrize("kind", KINDS)
def test_an_archive_that_breaks_off_is_an_error(kind: str) -> None:
    noise = random.Random(7).randbytes(3000)
    data = packed({"a.md": noise, "b.png": noise, "c.md": noise}, kind)
    end = len(data) if kind != ".tar" else data.rindex(noise) + 3072
    for cut in {*range(0, end, 97), *range(0, end, 512), end - 1}:
        with pytest.raises(SourceError, match=r"not a whole zip or tar archive .* Fetch or make it again\."):
            read(data[:cut])


@pytest.mark.parametrize(
    "data", [b"", b"PK", b"PK\x03\x04rubbish", b"\x1f\x8brubbish", b"rubbish", bz2.compress(b"x")]
)
def test_rubbish_is_an_error(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "news.zip").write_bytes(data)
    with pytest.raises(SourceError, match=f"{tmp_path}/news.zip is not a whole zip or tar archive"):
        visit(tmp_path / "news.zip")


def test_a_gzip_of_something_else_is_an_error() -> None:
    with pytest.raises(SourceError, match="not a whole zip or tar archive"):
        read(gzip.compress(article() * 50))


SAMPLES = [packed(NEWS, kind) for kind in (".zip", ".tar", ".tgz")] + [
    tarred(*(member(f"{'long' * 60}/{name}", data) for name, data in NEWS.items()), format=form)
    for form in (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT)
]


@given(
    st.sampled_from(SAMPLES), st.lists(st.tuples(st.integers(0, 20_000), st.binary(min_size=1, max_size=8)))
)
@example(SAMPLES[1], [(156, b"S"), (482, b"\x01")])
def test_a_damaged_archive_ends_in_articles_problems_or_one_error(
    data: bytes, damage: list[tuple[int, bytes]]
) -> None:
    damaged = bytearray(data)
    for place, rubbish in damage:
        at = place % len(damaged)
        damaged[at : at + len(rubbish)] = rubbish
    with or_a_sentence():
        read(bytes(damaged))


@given(st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b\x08"]), st.binary(max_size=2000))
def test_any_bytes_end_in_articles_problems_or_one_error(start: bytes, rest: bytes) -> None:
    with or_a_sentence():
        read(start + rest)


def test_leaving_early_closes_the_archive(tmp_path: Path) -> None:
    for kind in KINDS:
        file = tmp_path / f"news{kind}"
        file.write_bytes(packed(NEWS, kind))
        before = len(os.listdir("/proc/self/fd"))
        documents = open_source(str(file)).documents({})
        assert any(isinstance(found, Document) for found in documents)
        assert len(os.listdir("/proc/self/fd")) > before
        documents.close()
        assert len(os.listdir("/proc/self/fd")) == before


def _peak(data: bytes, limits: Limits, said: str) -> int:
    """Bytes that reading took at its worst, beside the archive itself."""
    file = io.BytesIO(data)
    tracemalloc.start()
    try:
        with pytest.raises(SourceError, match=said):
            list(members(file, "bomb", {}, limits))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
