"""Covers from a server that does everything wrong, and the folder that remembers them."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cryptonews_tui.covers import Covers, by_size
from cryptonews_tui.pictures import PictureError, decode
from cryptonews_tui.safety import clean
from cryptonews_tui.sources.limits import Limits
from tests.painting import bomb, packed, quarters
from tests.sources import conftest as serve
from tests.sources.conftest import Answer, Site, page, redirect

QUICK = Limits(connect=2, read=0.3, whole=0.8, attempts=1, download=1_500_000)
PICTURE = packed(quarters(), "JPEG")


def jpeg(**headers: str) -> Answer:
    return page(PICTURE, Content_Type="image/jpeg", **headers)


@pytest.fixture
def covers(tmp_path: Path) -> Covers:
    return Covers(tmp_path / "cache", 1_000_000, QUICK)


def kept(folder: Path) -> list[Path]:
    return sorted(folder.glob("cache/covers/*"))


def refused(covers: Covers, site: Site, *paths: str) -> str:
    """The sentence with which a cover from this server fails."""
    cover = {f"size {number}": site.url(path) for number, path in enumerate(paths)}
    with pytest.raises(PictureError) as caught:
        covers.fetch(cover, 80, 40, site.url("/a.md"))
    sentence = str(caught.value)
    assert sentence == clean(sentence)
    assert sentence.endswith(".")
    return sentence


# which size

SIZES = {
    "raw": "https://p.example/1?ixid=x",
    "full": "https://p.example/1?q=85",
    "regular": "https://p.example/1?q=80&w=1080",
    "small": "https://p.example/1?q=80&w=400",
    "thumb": "https://p.example/1?q=80&w=200",
    "small_s3": "https://s3.example/1",
}


@pytest.mark.parametrize(
    ("width", "first", "last"),
    [
        (80, "thumb", "raw"),
        (200, "thumb", "raw"),
        (201, "small", "thumb"),
        (800, "regular", "thumb"),
        (1081, "full", "thumb"),
        (9000, "raw", "thumb"),
    ],
)
def test_the_smallest_size_that_fills_the_area_comes_first(width: int, first: str, last: str) -> None:
    enough, others = by_size(SIZES, width, 600)
    assert [*enough, *others][0] == SIZES[first]
    assert [*enough, *others][-1] == SIZES[last]
    assert {*enough, *others} == {*SIZES.values()}


def test_the_address_knows_better_than_the_name() -> None:
    cover = {"thumb": "https://p.example/a?w=900", "raw": "https://p.example/b?w=300"}
    assert by_size(cover, 250, 900) == (["https://p.example/b?w=300", "https://p.example/a?w=900"], [])
    # As high as the area is enough, however wide.
    assert by_size({"raw": "https://p.example/?h=50"}, 80, 50)[0]
    assert by_size({"raw": "https://p.example/?h=49"}, 80, 50)[1]


@given(
    st.dictionaries(
        st.sampled_from([*SIZES, "x"]),
        st.text(max_size=9)
        | st.builds("https://p.example/?w={}&h={}".format, st.text(max_size=7), st.integers()),
    ),
    st.integers(1, 3000),
)
def test_whatever_a_cover_says_each_address_is_tried_once(cover: dict[str, str], width: int) -> None:
    enough, others = by_size(cover, width, 100)
    assert sorted(enough + others) == sorted(set(cover.values()))


# fetching


def test_a_cover_is_fetched_in_the_size_that_fits(site: Site, covers: Covers) -> None:
    site.answers |= {"/thumb": jpeg(), "/small": jpeg(), "/regular": jpeg()}
    cover = {name: site.url(f"/{name}") for name in ("regular", "small", "thumb")}
    assert covers.fetch(cover, 300, 200, site.url("/a.md")) == PICTURE
    assert site.paths() == ["/small"]


def test_when_one_size_fails_the_next_one_is_taken(site: Site, covers: Covers) -> None:
    site.answers |= {"/small": page(b"", 503), "/regular": page(b"<html>no"), "/thumb": jpeg()}
    cover = {name: site.url(f"/{name}") for name in ("regular", "small", "thumb")}
    assert covers.fetch(cover, 300, 200, site.url("/a.md")) == PICTURE
    assert site.paths() == ["/small", "/regular", "/thumb"]


def test_without_a_cover_it_is_said(covers: Covers) -> None:
    with pytest.raises(PictureError, match=r"^This article has no cover\.$"):
        covers.fetch({}, 80, 40)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (serve.nothing, r"There is nothing at .*/cover \(404\)"),
        (page(b"<!doctype html><p>Please log in", Content_Type="image/jpeg"), "is no picture"),
        (page(b"", Content_Type="image/jpeg"), "is no picture"),
        (page(b"\x89PNG\r\n\x1a\n" + bytes(1_500_000)), r"is larger than 1\.431 MiB; it was not read"),
        (serve.endless, "is larger than"),
        (serve.silent, r"fell silent for 0\.3 seconds"),
        (serve.trickling, r"was not complete after 0\.8 seconds"),
        (serve.truncated, "broke off"),
        (serve.broken, "broke off"),
        (serve.not_http, "broke off"),
        (redirect("file:///etc/passwd"), "only http and https are followed"),
        (redirect("/cover"), "in a circle"),
    ],
)
def test_what_a_server_does_wrong_is_a_sentence(
    site: Site, covers: Covers, tmp_path: Path, answer: Answer, said: str
) -> None:
    site.answers["/cover"] = answer
    with pytest.raises(PictureError, match=said):
        covers.fetch({"thumb": site.url("/cover")}, 80, 40, site.url("/a.md"))
    assert kept(tmp_path) == []


@pytest.mark.parametrize(
    "address", ["ftp://p.example/x", "https://", "http://user:hunter2@p.example/", "\x1b[2J"]
)
def test_what_is_no_address_is_a_sentence(covers: Covers, address: str) -> None:
    with pytest.raises(PictureError) as caught:
        covers.fetch({"thumb": address}, 80, 40)
    assert "hunter2" not in str(caught.value)
    assert str(caught.value) == clean(str(caught.value))


def test_the_first_fault_is_told(site: Site, covers: Covers) -> None:
    site.answers["/b"] = page(b"", 503)
    assert "/a (404)" in refused(covers, site, "/a", "/b")


def test_a_host_that_is_silent_is_not_asked_for_every_size(site: Site, covers: Covers) -> None:
    site.answers |= dict.fromkeys(("/a", "/b", "/c"), serve.silent)
    assert "fell silent" in refused(covers, site, "/a", "/b", "/c")
    assert site.paths() == ["/a"]


def test_a_huge_picture_passes_and_is_not_decoded(site: Site, covers: Covers) -> None:
    site.answers["/cover"] = page(bomb(10_000, 10_000))
    data = covers.fetch({"thumb": site.url("/cover")}, 80, 40, site.url("/a.md"))
    with pytest.raises(PictureError, match="more than 40,000,000 are not decoded"):
        decode(data, 80, 24)


def test_half_a_picture_passes_and_is_damaged(site: Site, covers: Covers) -> None:
    site.answers["/cover"] = page(PICTURE[: len(PICTURE) // 2])
    data = covers.fetch({"thumb": site.url("/cover")}, 80, 40, site.url("/a.md"))
    with pytest.raises(PictureError, match="The JPEG picture is damaged"):
        decode(data, 80, 24)


# who may be called


@pytest.mark.parametrize(
    "origin", ["", "/home/reader/a.md", "https://news.example/a.md", "http://127.0.0.1:1/a.md"]
)
def test_strangers_make_us_call_nobody_in_the_house(site: Site, covers: Covers, origin: str) -> None:
    site.answers["/cover"] = jpeg()
    for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]"):
        with pytest.raises(PictureError, match="is private, its article is not: it was not called"):
            covers.fetch({"thumb": f"http://{host}:{site.port}/cover"}, 80, 40, origin)
    assert site.requests == []


def test_a_cover_beside_its_article_is_fetched(site: Site, covers: Covers) -> None:
    site.answers |= {"/cover": redirect("/there"), "/there": jpeg()}
    assert covers.fetch({"thumb": site.url("/cover")}, 80, 40, site.url("/2026/a.md")) == PICTURE


def test_no_redirect_leads_from_the_web_into_the_house(
    site: Site, site_elsewhere: Site, covers: Covers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", site.url(""))  # the proxy answers for the public web
    monkeypatch.delenv("NO_PROXY", raising=False)
    site_elsewhere.answers["/cover"] = jpeg()
    site.answers["http://p.example/cover"] = redirect(site_elsewhere.url("/cover"))
    with pytest.raises(PictureError, match="which is private; it was not called"):
        covers.fetch({"thumb": "http://p.example/cover"}, 80, 40, "http://p.example/a.md")
    assert site.paths() == ["http://p.example/cover"]
    assert site_elsewhere.requests == []


# calling off


@pytest.mark.parametrize("end", [Covers.cancel, Covers.close])
def test_a_fetch_is_called_off_from_another_thread(
    site: Site, tmp_path: Path, end: Callable[[Covers], None]
) -> None:
    covers = Covers(tmp_path, 0, Limits(connect=5, read=30, whole=30, attempts=1))
    asked = threading.Event()

    def silent(handler: serve.Handler) -> None:
        asked.set()
        serve.silent(handler)

    site.answers["/a"] = silent
    faults: list[str] = []
    fetching = threading.Thread(target=lambda: faults.append(refused(covers, site, "/a", "/b")), daemon=True)
    fetching.start()
    assert asked.wait(5)
    end(covers)
    fetching.join(5)
    assert not fetching.is_alive()
    assert "was called off" in faults[0]
    assert site.paths() == ["/a"]


def test_after_moving_on_the_next_cover_is_fetched_and_after_the_end_none(site: Site, covers: Covers) -> None:
    site.answers |= {"/a": jpeg(), "/b": jpeg()}
    covers.cancel()
    assert covers.fetch({"thumb": site.url("/a")}, 80, 40, site.url("/a.md")) == PICTURE
    covers.close()
    assert "was called off" in refused(covers, site, "/b")
    assert site.paths() == ["/a"]


# the folder


def test_a_cover_is_fetched_once(site: Site, covers: Covers, tmp_path: Path) -> None:
    site.answers["/cover"] = jpeg()
    cover = {"thumb": site.url("/cover")}
    again = Covers(tmp_path / "cache", 1_000_000, QUICK)
    origin = site.url("/a.md")
    assert [one.fetch(cover, 80, 40, origin) for one in (covers, covers, again)] == [PICTURE] * 3
    assert site.paths() == ["/cover"]


def test_a_larger_size_that_is_here_already_is_taken(site: Site, covers: Covers) -> None:
    site.answers["/regular"] = jpeg()
    covers.fetch({"regular": site.url("/regular")}, 80, 40, site.url("/a.md"))
    cover = {name: site.url(f"/{name}") for name in ("thumb", "regular")}
    assert covers.fetch(cover, 80, 40) == PICTURE
    assert site.paths() == ["/regular"]


def test_with_a_limit_of_nothing_nothing_is_kept(site: Site, tmp_path: Path) -> None:
    covers = Covers(tmp_path / "cache", 0, QUICK)
    site.answers["/cover"] = jpeg()
    for _ in range(2):
        covers.fetch({"thumb": site.url("/cover")}, 80, 40, site.url("/a.md"))
    assert site.paths() == ["/cover"] * 2
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("damage", [b"", b"rubbish", PICTURE, bytes(200_000)])
def test_a_damaged_file_is_fetched_again(site: Site, covers: Covers, tmp_path: Path, damage: bytes) -> None:
    site.answers["/cover"] = jpeg()
    cover = {"thumb": site.url("/cover")}
    covers.fetch(cover, 80, 40, site.url("/a.md"))
    (file,) = kept(tmp_path)
    whole = file.read_bytes()
    file.write_bytes(damage)
    assert covers.fetch(cover, 80, 40, site.url("/a.md")) == PICTURE
    assert site.paths() == ["/cover"] * 2
    assert file.read_bytes() == whole


def test_what_was_used_last_stays(site: Site, tmp_path: Path) -> None:
    each = len(PICTURE) + 64
    covers = Covers(tmp_path / "cache", 3 * each + each // 2, QUICK)

    def fetch(path: str) -> None:
        site.answers[path] = jpeg()
        covers.fetch({"thumb": site.url(path)}, 80, 40, site.url("/a.md"))
        for age, file in enumerate(sorted(kept(tmp_path), key=lambda file: -file.stat().st_mtime_ns)):
            os.utime(file, ns=(0, (1_000_000 - age) * 10**9))  # clocks of file systems are coarse

    for path in ("/1", "/2", "/3", "/1", "/4"):  # 1 is used again before the fourth needs its room
        fetch(path)
        assert sum(file.stat().st_size for file in kept(tmp_path)) <= 3.5 * each
    asked = len(site.requests)
    for path in ("/1", "/3", "/4"):
        fetch(path)
    assert len(site.requests) == asked
    fetch("/2")
    assert len(site.requests) == asked + 1


def test_foreign_files_are_not_touched(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "cache/covers"
    (folder / ("0" * 64)).mkdir(parents=True)
    (folder / "notes.txt").write_bytes(bytes(50_000))
    os.utime(folder / "notes.txt", (0, 0))
    covers = Covers(tmp_path / "cache", 2 * len(PICTURE), QUICK)
    for path in ("/1", "/2", "/3"):
        site.answers[path] = jpeg()
        covers.fetch({"thumb": site.url(path)}, 80, 40, site.url("/a.md"))
    assert (folder / "notes.txt").stat().st_size == 50_000
    assert (folder / ("0" * 64)).is_dir()
    assert len(kept(tmp_path)) == 3


def test_what_a_program_left_half_written_goes_with_the_old(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "cache/covers"
    folder.mkdir(parents=True)
    left = folder / f"{'0' * 64}.x1y2"
    left.write_bytes(bytes(len(PICTURE)))
    os.utime(left, (0, 0))
    covers = Covers(tmp_path / "cache", 2 * len(PICTURE), QUICK)
    site.answers["/1"] = jpeg()
    covers.fetch({"thumb": site.url("/1")}, 80, 40, site.url("/a.md"))
    assert [file.name for file in kept(tmp_path)] != [left.name]
    assert not left.exists()


def test_what_cannot_be_kept_leaves_nothing_behind(site: Site, covers: Covers, tmp_path: Path) -> None:
    site.answers["/1"] = jpeg()
    for _ in range(2):
        assert covers.fetch({"thumb": site.url("/1")}, 80, 40, site.url("/a.md")) == PICTURE
        for file in kept(tmp_path):
            if file.is_file():
                file.unlink()
                file.mkdir()  # whoever does such things: no file takes its place
    assert site.paths() == ["/1"] * 2
    assert [file.is_dir() for file in kept(tmp_path)] == [True]


def test_a_picture_larger_than_the_limit_is_not_kept(site: Site, tmp_path: Path) -> None:
    covers = Covers(tmp_path / "cache", len(PICTURE), QUICK)
    site.answers["/1"] = jpeg()
    assert covers.fetch({"thumb": site.url("/1")}, 80, 40, site.url("/a.md")) == PICTURE
    assert kept(tmp_path) == []


@pytest.mark.parametrize("mode", [0o000, 0o500, None])
def test_a_folder_that_cannot_be_used_only_means_that_nothing_is_kept(
    site: Site, strangers_folder: Path, mode: int | None
) -> None:
    folder = strangers_folder / "covers"
    if mode is None:
        folder.write_bytes(b"a file")
    else:
        folder.mkdir(mode)
    covers = Covers(strangers_folder, 1_000_000, QUICK)
    site.answers["/cover"] = jpeg()
    for _ in range(2):
        assert covers.fetch({"thumb": site.url("/cover")}, 80, 40, site.url("/a.md")) == PICTURE
    assert site.paths() == ["/cover"] * 2
    if mode is not None:
        folder.chmod(0o700)
        assert [*folder.iterdir()] == []


def test_several_readers_share_the_folder(site: Site, tmp_path: Path) -> None:
    paths = [f"/{number}" for number in range(12)]
    site.answers |= {path: jpeg() for path in paths}
    limit = 5 * len(PICTURE)
    readers = [Covers(tmp_path / "cache", limit, QUICK) for _ in range(4)]
    seen: list[bytes] = []

    def read(covers: Covers, turn: int) -> None:
        turned = paths[turn:] + paths[:turn]
        seen.extend(covers.fetch({"thumb": site.url(path)}, 80, 40, site.url("/a.md")) for path in turned)

    threads = [threading.Thread(target=read, args=(one, turn)) for turn, one in enumerate(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert seen == [PICTURE] * 48
    assert all(len(file.name) == 64 for file in kept(tmp_path))
    assert sum(file.stat().st_size for file in kept(tmp_path)) <= limit


def test_fetching_leaves_nothing_open(site: Site, covers: Covers) -> None:
    image = packed(Image.effect_noise((300, 300), 90))
    site.answers |= {"/a": page(image), "/b": page(b"", 503)}
    origin = site.url("/a.md")
    covers.fetch({"thumb": site.url("/a")}, 80, 40, origin)  # whatever the first visit of all loads
    before = len(os.listdir("/proc/self/fd"))
    site.answers["/c"] = page(image)
    covers.fetch({"thumb": site.url("/c")}, 80, 40, origin)
    refused(covers, site, "/b")
    for _ in range(200):
        if len(os.listdir("/proc/self/fd")) <= before:
            break
        time.sleep(0.01)  # the server's side of each connection ends when it sees ours end
    assert len(os.listdir("/proc/self/fd")) <= before
