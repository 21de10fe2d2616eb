"""A folder as web servers show it: the real ones, and pages that nobody should serve."""

from __future__ import annotations

import os
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptonews_tui.safety import clean, clean_line
from cryptonews_tui.sources import SourceError, open_source
from cryptonews_tui.sources.access import Access
from cryptonews_tui.sources.limits import Limits
from cryptonews_tui.sources.listing import is_listing, read
from tests.programs import needs
from tests.sources import conftest as serve
from tests.sources.conftest import Answer, Apache, Nginx, PythonServer, Site, page, redirect
from tests.sources.visiting import QUICK, article, visit

LONG = "a-very-long-name-" * 6 + ".md"
NEWS = {
    "bitcoin.md": article("Bitcoin"),
    "2025/11/біткоїн.uk.md": article("Біткоїн"),
    "2025/11/two words & more #1?.md": article("Two"),
    "2025/100%25.md": article("All"),
    "2025/a<b>'\"c.markdown": article("Signs"),
    LONG: article("Long") * 40,
}
OTHERS = {"notes.txt": b"", ".hidden.md": article(), "2025/.git/a.md": article(), "empty/readme.txt": b""}
YESTERDAY = 1_764_000_000


def publish(folder: Path, files: dict[str, bytes], when: float = YESTERDAY) -> None:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        os.utime(path, (when, when))


def listed(*links: str) -> Answer:
    """A page in the manner of Python's server."""
    return page(listed_as(*links), Content_Type="text/html")


def listed_as(*links: str) -> bytes:
    lines = "".join(f'<li><a href="{link}">{link}</a></li>\n' for link in links)
    return f"<!DOCTYPE HTML><title>Directory listing for /</title><ul>{lines}</ul>".encode()


def check_a_folder(server: Nginx, path: str, *, told: bool) -> None:
    """All that a reader of folders wants from a server that lists one."""
    folder = server.www / path.strip("/")
    publish(folder, NEWS | OTHERS)
    pages = 5  # path, 2025, 2025/11, empty; and the one that is asked for without its slash
    first = visit(server.url(path.rstrip("/")))
    assert (first.data, first.problems, first.rest) == (NEWS, {}, False)
    assert first.expected == [len(NEWS)]
    assert first.about[-1].kind == "a folder listing"
    assert first.documents["2025/100%25.md"].origin == server.url(f"{path}2025/100%2525.md")

    before = len(server.statuses())
    again = visit(server.url(path), first.stamps)
    assert (again.documents, set(again.seen), again.problems) == ({}, {"", *NEWS}, {})
    asked = server.statuses()[before:]
    assert len([status for status in asked if status == 200]) == pages - 1
    assert len([status for status in asked if status == 304]) == (0 if told else len(NEWS))

    publish(folder, {"bitcoin.md": article("Bitcoin wakes"), "new/a.md": article()}, YESTERDAY + 3600)
    (folder / LONG).unlink()
    third = visit(server.url(path), again.stamps)
    assert third.data == {"bitcoin.md": article("Bitcoin wakes"), "new/a.md": article()}
    assert LONG not in third.seen
    assert not third.rest


@needs("nginx", "nginx-light")
@pytest.mark.parametrize("path", ["/listed/", "/json/", "/xml/", "/rounded/"])
def test_a_folder_that_nginx_lists(nginx: Nginx, path: str) -> None:
    check_a_folder(nginx, path, told=True)


@needs("apache2", "apache2-bin")
@pytest.mark.parametrize(("path", "told"), [("/listed/", True), ("/table/", True), ("/plain/", False)])
def test_a_folder_that_apache_lists(apache: Apache, path: str, told: bool) -> None:
    check_a_folder(apache, path, told=told)


def test_a_folder_that_python_lists(python_server: PythonServer) -> None:
    check_a_folder(python_server, "/listed/", told=False)


@needs("nginx", "nginx-light")
def test_a_file_that_was_just_written_is_asked_for_until_its_minute_is_over(nginx: Nginx) -> None:
    publish(nginx.www / "listed", {"a.md": article("A")}, time.time() - 2)
    first = visit(nginx.url("/listed/"))
    again = visit(nginx.url("/listed/"), first.stamps)
    assert (list(again.seen), nginx.statuses()) == (["a.md", ""], [200, 200, 200, 304])
    publish(nginx.www / "listed", {"a.md": article("B")}, time.time())  # most likely the same minute
    assert visit(nginx.url("/listed/"), again.stamps).data == {"a.md": article("B")}


@needs("nginx", "nginx-light")
def test_a_thousand_unchanged_files_cost_one_request(nginx: Nginx) -> None:
    publish(nginx.www / "listed", {f"{number}.md": article(str(number)) for number in range(1000)})
    first = visit(nginx.url("/listed/"))
    assert len(first.documents) == 1000
    assert len(nginx.statuses()) == 1001
    assert len(visit(nginx.url("/listed/"), first.stamps).seen) == 1001
    assert len(nginx.statuses()) == 1002


@needs("nginx", "nginx-light")
def test_a_link_that_leads_back_is_followed_once(nginx: Nginx) -> None:
    publish(nginx.www / "listed", {"a.md": article("A"), "deep/b.md": article("B")})
    (nginx.www / "listed" / "loop").symlink_to(".")
    (nginx.www / "listed" / "deep" / "up").symlink_to("..")
    found = visit(nginx.url("/listed/"))
    assert set(found.data) == {"a.md", "deep/b.md"}
    assert len(nginx.statuses()) < 10
    assert not found.rest


@needs("nginx", "nginx-light")
def test_a_folder_that_is_closed_hides_its_files_and_makes_none_of_them_gone(nginx: Nginx) -> None:
    publish(nginx.www / "listed", {"a.md": article("A"), "closed/b.md": article("B")})
    found = visit(nginx.url("/listed/"), {"closed/b.md": "x", "c.md": "x"})
    assert set(found.data) == {"a.md"}
    assert "is not open to us" in found.problems["closed/"]
    assert found.rest


@pytest.mark.parametrize("answer", [page(b"", 500), page(b"rubbish"), page(b"<html>Welcome"), redirect("/")])
def test_a_folder_that_cannot_be_seen_is_a_problem_and_nothing_is_gone(site: Site, answer: Answer) -> None:
    site.answers |= {"/": listed("a.md", "deep/"), "/a.md": page(article()), "/deep/": answer}
    found = visit(site.url("/"))
    assert set(found.data) == {"a.md"}
    assert list(found.problems) == ["deep/"]
    assert found.rest
    assert found.stamps == {}


@pytest.mark.parametrize(
    "link",
    [
        "../secret.md",
        "/secret.md",
        "/news/../secret.md",
        "/news/",
        "/newspaper/a.md",
        "..%2Fsecret.md",
        "%2e%2e/secret.md",
        "%2e%2e%2fsecret.md",
        "..%5csecret.md",
        "deep%2Fsecret.md",
        "deep/secret.md",
        "//127.0.0.1:1/news/secret.md",
        "http://127.0.0.1:1/news/secret.md",
        "https:secret.md",
        "file:///etc/secret.md",
        "javascript:secret.md",
        "?C=N;O=D",
        "secret.md?x=1",
        "#secret.md",
        "./",
        "",
        ".secret.md",
        "%00secret/../.md",
        "http://[",
        "a" * 5_000 + ".md",
    ],
)
def test_links_that_lead_elsewhere_are_not_followed(site: Site, link: str) -> None:
    site.answers |= {"/news/": listed("a.md", link), "/news/a.md": page(article())}
    found = visit(site.url("/news/"))
    assert set(found.data) == {"a.md"}
    assert set(site.paths()) == {"/news/", "/news/a.md"}


@pytest.mark.parametrize("link", ["a.md", "./a.md", "/news/a.md", "a.md#top", " a.md ", "%61.md"])
def test_a_file_is_the_same_however_it_is_linked(site: Site, link: str) -> None:
    site.answers |= {"/news/": listed(link.replace("/news", "/news"), "a.md"), "/news/a.md": page(article())}
    site.answers["/news/%61.md"] = page(article())
    found = visit(site.url("/news/"))
    assert (set(found.data), found.problems) == ({"a.md"}, {})


class Everywhere(dict[str, Answer]):
    """The same answer at every address."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def get(self, path: str, default: object = None) -> Answer:  # type: ignore[override]
        return self.answer


def test_a_folder_without_an_end_is_left(site: Site) -> None:
    def endless(handler: serve.Handler) -> None:
        article_or_folder = page(article(handler.path)), listed("a.md", "x/", "y/")
        article_or_folder[handler.path.endswith("/")](handler)

    site.answers = Everywhere(endless)
    deep = visit(site.url("/"), limits=Limits(depth=3))
    assert len(deep.data) == 15
    assert any("Folders deeper than 3" in message for message in deep.problems.values())
    wide = visit(site.url("/"), limits=Limits(parts=20))
    assert len(wide.data) == 20
    assert "there are too many" in list(wide.problems.values())[-1]
    many = visit(site.url("/"), limits=Limits(entries=7))
    assert len(many.data) == 7
    assert "Only the first 7 articles" in next(iter(many.problems.values()))
    assert deep.rest and wide.rest and many.rest  # noqa: PT018


def test_a_visit_of_many_folders_ends_when_it_is_called_off(site: Site) -> None:
    access = Access()

    def endless(handler: serve.Handler) -> None:
        if len(site.requests) > 5:
            access.stop.set()
        listed("x/", "y/")(handler)

    site.answers = Everywhere(endless)
    with pytest.raises(SourceError, match="called off") as error:
        list(open_source(site.url("/"), access).documents({}))
    assert error.value.passing
    assert len(site.requests) < 8


def test_a_server_that_falls_silent_is_not_asked_for_every_folder(site: Site) -> None:
    folders = [f"{number}/" for number in range(20)]
    site.answers |= {"/": listed(*folders)} | {f"/{folder}": serve.silent for folder in folders}
    found = visit(site.url("/"), limits=Limits(read=QUICK.read, silences=2))
    assert "the server does not answer" in found.problems["2/"]
    assert len(site.requests) < 10
    assert found.rest


def test_a_public_listing_does_not_lead_into_the_house(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", site.url(""))  # the proxy answers for the public web
    host = "http://news.example"
    site.answers |= {
        f"{host}/": listed("a.md", "b.md", "deep/", "http://127.0.0.1/c.md"),
        f"{host}/a.md": page(article()),
        f"{host}/b.md": redirect("http://192.168.1.1/b.md"),
        f"{host}/deep/": redirect("http://10.0.0.1/deep/"),
    }
    found = visit(f"{host}/")
    assert set(found.data) == {"a.md"}
    assert set(found.problems) == {"b.md", "deep/"}
    assert all("which is private" in message for message in found.problems.values())


def test_an_empty_folder_says_what_to_do(site: Site) -> None:
    site.answers |= {"/": listed("../", "notes.txt")}
    found = visit(site.url("/"))
    assert "There are no Markdown files" in found.problems[site.url("/")]
    emptied = visit(site.url("/"), {"a.md": "x"})
    assert (emptied.problems, emptied.rest) == ({}, False)  # all is gone, as its publisher wants it


def test_names_are_cleaned(site: Site) -> None:
    site.answers |= {"/": listed("%1b%5b2Ja.md", "%ff.md", "%e2%80%ae.md")}
    site.answers |= {f"/{path}": page(article()) for path in ("%1b%5b2Ja.md", "%ff.md", "%e2%80%ae.md")}
    found = visit(site.url("/"))
    assert len(found.documents) + len(found.problems) >= 2
    for item in [*found.documents, *found.problems]:
        assert item == clean(item)


BASE = "https://news.example/news/"


@given(st.binary() | st.lists(st.text()).map(lambda links: listed_as(*links)) | st.text().map(str.encode))
def test_any_bytes_are_a_folder_that_leads_nowhere_else(data: bytes) -> None:
    folder = read(data, BASE, BASE)
    for entry in folder.articles if folder else ():
        assert entry.url.startswith(BASE)
        assert "/" not in entry.item
        assert entry.item == clean(entry.item)
    for url in folder.folders if folder else ():
        assert url.startswith(BASE)
        assert url.count("/") == BASE.count("/") + 1


@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=20), unique=True))
def test_every_plain_name_is_found(names: list[str]) -> None:
    plain = [f"{name}.md" for name in names if clean_line(name) == name and not set("/\\:") & set(name)]
    plain = [name for name in plain if not name.startswith(".")]
    folder = read(listed_as(*(quote(name) for name in plain)), BASE, BASE)
    assert folder is not None
    assert [entry.item for entry in folder.articles] == plain
    assert not folder.problems


@pytest.mark.parametrize(
    "unit", ["<a href=", "<", "<a ", "<!--", "<script>", "<a href='", '<a href="x">', "<title>"]
)
def test_a_hostile_page_takes_no_longer_than_another(unit: str) -> None:
    text = unit * (4_000_000 // len(unit))
    is_listing(text)
    folder = read(b"<title>Index of /</title>" + text.encode(), BASE, BASE)
    assert folder is not None
    assert folder.articles == ()
