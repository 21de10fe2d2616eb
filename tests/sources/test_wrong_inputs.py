"""What people name by mistake: each is answered with a sentence that names the thing and a next step."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from cryptonews_tui.safety import clean
from cryptonews_tui.sources import SourceError
from cryptonews_tui.sources.limits import Limits
from tests.programs import needs
from tests.sources.conftest import Nginx, Site, page, redirect
from tests.sources.visiting import QUICK, visit

NEXT_STEPS = ("Ask", "Check", "Fetch", "Look", "Name", "Put", "put", "Tell", "Try", "Save")
PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\xff\xfe" * 20
LOGIN = b'<!DOCTYPE html><title>Sign in</title><form><input name="u"><input type="password" name="p"></form>'
INDEX = b"<html><head><title>Index of /news/</title></head><body><a href='../'>../</a></body></html>"


def answer_to(location: object, limits: Limits = QUICK) -> str:
    """The one sentence, or two, that come of a wrong input: an error, or the only problem."""
    try:
        found = visit(location, limits=limits)
    except SourceError as error:
        message = str(error)
    else:
        assert found.documents == {}
        (message,) = found.problems.values()
    assert message == clean(message)
    assert "\n" not in message
    assert message.endswith(".")
    assert any(step in message for step in NEXT_STEPS), message
    return message


@dataclass(frozen=True)
class Case:
    """An answer of a server, and what is said about it."""

    said: str
    answer: Callable[..., None]
    path: str = "/news"


WRONG = {
    "a page without a feed": Case(
        "is a web page, not articles, and it advertises no feed", page(b"<html>Hi")
    ),
    "a login page": Case(r"asks for a login\. .* \[secrets\]", page(LOGIN, Content_Type="text/html")),
    "a picture": Case(r"no articles come from \(image/png\)", page(PICTURE, Content_Type="image/png")),
    "a picture of no type": Case(r"no articles come from \(no text\)", page(PICTURE)),
    "a picture called an archive": Case("not a whole zip or tar archive", page(PICTURE), "/news.zip"),
    "nothing at all": Case("is empty", page(b"")),
    "an article of nothing": Case("is empty", page(b" \n"), "/news.md"),
    "an address with a typo": Case(r"There is nothing at .* \(404\)", page(b"", 404)),
    "a file of this computer": Case("only http and https are followed", redirect("file:///etc/passwd")),
    "an empty folder": Case("There are no Markdown files", page(INDEX), "/news/"),
    "an empty folder in JSON": Case("There are no Markdown files", page(b"[\n]"), "/news/"),
    "a list of sources": Case("a list of sources", page(b"<?xml version='1.0'?><opml version='2.0'/>")),
    "another XML": Case("XML, but no feed", page(b"<?xml version='1.0'?><svg/>")),
    "a sitemap of pages": Case("Name the site's feed", page(b"<urlset><url><loc>/a</loc></url></urlset>")),
    "a style sheet": Case(r"no articles come from \(text/css\)", page(b"body {}", Content_Type="text/css")),
}


@pytest.mark.parametrize("case", WRONG.values(), ids=list(WRONG))
def test_a_wrong_address_is_answered_with_what_to_do(site: Site, case: Case) -> None:
    site.answers[case.path] = case.answer
    message = answer_to(site.url(case.path))
    assert re.search(case.said, message), message
    assert site.url("")[7:] in message or "in this folder" in message
    assert site.paths() == [case.path]  # and nothing else was tried


def test_a_typo_in_the_host_is_answered_with_what_to_do() -> None:
    host = ".".join(["a" * 60] * 6)  # too long to be asked for: no resolver hears of it
    message = answer_to(f"http://{host}/feed")
    assert "is not known" in message
    assert host[:200] in message


@needs("openssl", "openssl")
def test_a_bad_certificate_is_answered_with_what_to_do(secure_site: Site) -> None:
    message = answer_to(secure_site.url("/feed"))
    assert f"The certificate of {secure_site.url('/feed')} is not valid (" in message


def test_a_page_that_leads_to_a_login_is_named_too(site: Site) -> None:
    site.answers["/news"] = redirect("/login")
    site.answers["/login"] = page(LOGIN, Content_Type="text/html")
    message = answer_to(site.url("/news"))
    assert f"{site.url('/news')} leads to a login page: {site.url('/login')} asks for a login" in message


def test_an_empty_folder_here_is_answered_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    assert "There are no Markdown files" in answer_to(tmp_path)


@needs("nginx", "nginx-light")
@pytest.mark.parametrize("path", ["/huge", "/huge.zip", "/huge.md", "/listed/huge.md"])
def test_a_file_of_two_gigabytes_is_not_downloaded(nginx: Nginx, path: str) -> None:
    huge = nginx.www / path[1:]
    huge.parent.mkdir(exist_ok=True)
    huge.touch()
    os.truncate(huge, 2 * 1024**3)
    message = answer_to(nginx.url(path), Limits())
    assert f"{nginx.url(path)} is larger than" in message
    for _ in range(500):  # until the server sees that we hung up
        if nginx.statuses():
            break
        time.sleep(0.01)
    sent = int(nginx.log.read_text().split('" 200 ')[1].split()[0])
    assert sent < 16 * 1024 * 1024
