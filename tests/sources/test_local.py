"""Files and folders on this computer."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from cryptonews_tui.article import Document
from cryptonews_tui.safety import clean_line
from cryptonews_tui.sources import About, Expected, SourceError, open_source
from cryptonews_tui.sources.access import Access
from cryptonews_tui.sources.limits import Limits
from cryptonews_tui.sources.local import original
from tests.sources.visiting import article, sort_out, visit


@pytest.fixture
def news(tmp_path: Path) -> Path:
    """A folder with two articles in the manner of publishers."""
    folder = tmp_path / "news"
    (folder / "2025" / "11").mkdir(parents=True)
    (folder / "2025" / "11" / "bitcoin.en.md").write_bytes(article("Bitcoin"))
    (folder / "2025" / "11" / "bitcoin.uk.md").write_bytes(article("Біткоїн"))
    return folder


def test_a_folder_is_read_to_its_depths_in_order(news: Path) -> None:
    (news / "about.MD").write_bytes(article("About"))
    (news / "long.markdown").write_bytes(article("Long"))
    found = visit(news)
    assert found.expected == [4]
    assert list(found.documents) == [
        "2025/11/bitcoin.en.md",
        "2025/11/bitcoin.uk.md",
        "about.MD",
        "long.markdown",
    ]
    assert found.data["2025/11/bitcoin.uk.md"] == article("Біткоїн")
    assert found.documents["about.MD"].origin == str(news / "about.MD")
    assert found.problems == {}


def test_a_file_is_a_source_of_one(news: Path) -> None:
    found = visit(news / "2025/11/bitcoin.en.md")
    assert (found.expected, found.data) == ([1], {"bitcoin.en.md": article("Bitcoin")})
    again = visit(news / "2025/11/bitcoin.en.md", found.stamps)
    assert (again.documents, again.seen) == ({}, found.stamps)


def test_hidden_and_other_files_are_none_of_our_business(news: Path) -> None:
    (news / ".git").mkdir()
    for name in (".git/a.md", ".draft.md", "image.png", "md", "README"):
        (news / name).write_bytes(article())
    assert len(visit(news).documents) == 2


def test_a_folder_that_is_called_like_an_article_is_a_folder(news: Path) -> None:
    (news / "x.md").mkdir()
    (news / "x.md" / "inside.md").write_bytes(article())
    assert "x.md/inside.md" in visit(news).documents


def test_an_unchanged_file_is_not_read_again(news: Path) -> None:
    first = visit(news)
    one = news / "2025/11/bitcoin.en.md"
    status = one.stat()
    one.write_bytes(one.read_bytes().upper())
    os.utime(one, ns=(status.st_atime_ns, status.st_mtime_ns))
    again = visit(news, first.stamps)
    assert (again.expected, again.documents, again.seen) == ([2], {}, first.stamps)


def test_a_changed_file_is_read_again(news: Path) -> None:
    first = visit(news)
    one = news / "2025/11/bitcoin.en.md"
    one.write_bytes(article("Bitcoin wakes"))
    again = visit(news, first.stamps)
    assert again.data == {"2025/11/bitcoin.en.md": article("Bitcoin wakes")}
    assert list(again.seen) == ["2025/11/bitcoin.uk.md"]
    assert again.stamps["2025/11/bitcoin.en.md"] != first.stamps["2025/11/bitcoin.en.md"]


def test_links_that_lead_in_a_circle_end(news: Path) -> None:
    (news / "2025" / "again").symlink_to(news, target_is_directory=True)
    (news / "2025" / "11" / "up").symlink_to("..", target_is_directory=True)
    found = visit(news)
    assert len(found.documents) == 2
    assert found.problems == {}


def test_a_link_to_another_folder_is_followed(news: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "ether.md").write_bytes(article("Ether"))
    (news / "more").symlink_to(tmp_path / "other")
    assert "more/ether.md" in visit(news).documents


def test_what_only_looks_like_an_article_is_a_problem_and_never_opened(news: Path) -> None:
    os.mkfifo(news / "pipe.md")
    (news / "zero.md").symlink_to("/dev/zero")
    (news / "broken.md").symlink_to("nowhere")
    (news / "self.md").symlink_to("self.md")
    (news / "memory.md").symlink_to("/proc/self/mem")  # a file by its looks, unreadable at its beginning
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(news / "socket.md"))
        found = visit(news)
    assert set(found.problems) == {"pipe.md", "zero.md", "broken.md", "self.md", "memory.md", "socket.md"}
    assert found.expected == [8]
    assert len(found.documents) == 2


def test_a_file_too_large_is_a_problem(news: Path) -> None:
    (news / "large.md").write_bytes(b"x" * 101_000)
    limits = Limits(article=100_000)
    assert visit(news, limits=limits).problems == {
        "large.md": "The file is larger than 97.66 KiB; it was not read."
    }
    assert len(visit(news, limits=limits).documents) == 2


def test_a_closed_file_and_a_closed_folder_are_problems(strangers_folder: Path) -> None:
    (strangers_folder / "open.md").write_bytes(article())
    (strangers_folder / "closed.md").write_bytes(article())
    (strangers_folder / "closed.md").chmod(0)
    (strangers_folder / "inner").mkdir(mode=0)
    found = visit(strangers_folder)
    (strangers_folder / "inner").chmod(0o700)
    assert list(found.documents) == ["open.md"]
    assert set(found.problems) == {"closed.md", "inner/"}
    assert "Permission denied" in found.problems["closed.md"]


def test_a_closed_folder_as_a_whole_is_an_error(strangers_folder: Path) -> None:
    closed = strangers_folder / "closed"
    closed.mkdir(mode=0)
    with pytest.raises(SourceError, match=r"cannot be read: Permission denied\."):
        visit(closed)
    (strangers_folder / "closed.zip").touch(mode=0)
    with pytest.raises(SourceError, match=r"cannot be opened: Permission denied\."):
        visit(strangers_folder / "closed.zip")
    with pytest.raises(SourceError, match=r"cannot be reached: Permission denied\."):
        visit(closed / "inner")
    closed.chmod(0o700)


def test_what_happens_between_looking_and_reading_is_survived(tmp_path: Path) -> None:
    for number in range(60):
        (tmp_path / f"{number:02}.md").write_bytes(article(str(number)))
    source = open_source(str(tmp_path), Access(Limits(article=1000)))
    documents = source.documents({})
    assert [next(documents) for _ in range(2)] == [About("a folder"), Expected(60)]
    (tmp_path / "50.md").unlink()
    (tmp_path / "51.md").unlink()
    os.mkfifo(tmp_path / "51.md")
    with open(tmp_path / "52.md", "ab") as growing:
        growing.write(b"more\n")
    (tmp_path / "53.md").write_bytes(b"x" * 2000)
    (tmp_path / "54.md").write_bytes(b"")
    found = sort_out(documents)
    assert "50.md" not in found.documents | found.problems
    assert "no longer a file" in found.problems["51.md"]
    assert found.data["52.md"] == article("52") + b"more\n"
    assert "larger than" in found.problems["53.md"]
    assert found.data["54.md"] == b""
    assert len(found.documents) == 57


def test_leaving_early_closes_every_file(tmp_path: Path) -> None:
    for number in range(60):
        (tmp_path / f"{number}.md").write_bytes(article())
    before = len(os.listdir("/proc/self/fd"))
    documents = open_source(str(tmp_path)).documents({})
    assert [type(next(documents)) for _ in range(3)] == [About, Expected, Document]
    assert len(os.listdir("/proc/self/fd")) > before
    documents.close()
    assert len(os.listdir("/proc/self/fd")) == before


def test_the_original_of_an_article_is_its_file_as_it_is_now(news: Path) -> None:
    path = news / "2025" / "11" / "bitcoin.en.md"
    assert original(str(path)) == article("Bitcoin").decode()
    path.write_bytes(b"\xff now")
    assert original(str(path)) == "\ufffd now"
    for there_is_none in (str(path) + ".md", "bitcoin.en.md", str(news / "a.zip"), "", "/a\0.md"):
        assert original(there_is_none) == ""


def test_what_only_looks_like_an_original_is_closed_again(tmp_path: Path) -> None:
    (tmp_path / "folder.md").mkdir()
    os.mkfifo(tmp_path / "pipe.md")
    before = os.listdir("/proc/self/fd")
    for name in ("folder.md", "pipe.md"):
        assert original(str(tmp_path / name)) == ""
    assert os.listdir("/proc/self/fd") == before


def test_a_name_from_outside_is_safe_to_store_and_to_show(tmp_path: Path) -> None:
    for name in (b"\x1b[2Jclear.md", b"latin-\xe9.md", "\u202egpj.md".encode()):
        with open(os.path.join(os.fsencode(tmp_path), name), "wb") as file:
            file.write(article())
    found = visit(tmp_path)
    assert set(found.documents) == {"clear.md", "latin-&#56553;.md", "gpj.md"}
    for document in found.documents.values():
        document.item.encode()
        assert document.origin == clean_line(document.origin)
    assert len(visit(tmp_path, found.stamps).seen) == 3


def test_a_folder_that_is_gone_says_so(news: Path) -> None:
    source = open_source(str(news))
    news.rename(news.with_name("moved"))
    with pytest.raises(SourceError, match="There is no file or folder at"):
        list(source.documents({}))


def test_an_empty_folder_is_a_source_of_nothing(tmp_path: Path) -> None:
    assert visit(tmp_path).expected == [0]
