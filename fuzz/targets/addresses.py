"""Locations as somebody types them or a server names them: the kinds we read, or a sentence; no way in from outside."""

import os
from urllib.parse import urlsplit

from cryptonews_tui.sources import SourceError, host_of, open_source
from cryptonews_tui.sources.access import Access
from cryptonews_tui.sources.git import GitSource, git_source
from cryptonews_tui.sources.http.addresses import is_inside, next_address, shown, web_address, written_out
from fuzz.checks import check_lines, text_of

SEEDS = tuple(
    text.encode()
    for text in (
        *(
            "https://news.example/feed",
            "HTTP://News.Example:80/a b?q=ü#f",
            "news.example/feed.xml",
            "https://user:pass@h/",
        ),
        *(
            "git+https://h/r.git#main:news",
            "ssh://u@h:22/~/r",
            "git@h:o/r.git",
            "git+file:///r",
            "file:///news",
            "~/news",
            "-",
        ),
        *(
            "github:owner/repo",
            "https://github.com/o/r/tree/main/news",
            "ext::sh -c x",
            "git@-oProxyCommand=x:y",
            "ssh://-x/y",
        ),
        *(
            "http://127.0.0.1/",
            "http://[::ffff:10.0.0.1]/",
            "http://0x7f.1/",
            "http://localhost./",
            "http://169.254.169.254/",
        ),
    )
)
WORDS = tuple(
    text.encode()
    for text in (
        *(
            "https://",
            "http://",
            "git+",
            "ssh://",
            "file://",
            "ext::",
            "//",
            "@",
            ":",
            "#",
            "?",
            "%00",
            "%0a",
            "%2f",
            "..",
            "-",
        ),
        *(
            "[::1]",
            "127.0.0.1",
            "xn--",
            ".git",
            "--upload-pack=",
            "-o",
            "\u202e",
            "\x1b[31m",
            "\u3002",
            "①",
            "&token=",
            "\\",
        ),
    )
)
_REDIRECTING = "https://news.example/articles/"


def run(data: bytes) -> None:
    text = text_of(data)
    check_lines(shown(text), written_out(text))
    is_inside(text)
    for address in (web_address, lambda text: next_address(_REDIRECTING, text)):
        try:
            url = address(text)
        except SourceError as error:
            check_lines(str(error))
        else:
            check_lines(url)
            assert web_address(url) == url, "no canonical form"
            parts = urlsplit(url)
            assert parts.scheme in ("http", "https")
            assert parts.hostname
            assert parts.username is None
            assert parts.password is None
            assert set(url).isdisjoint(" \t\n\r")
    assert not _leads_down(text)
    try:
        source = git_source(text, Access())
    except SourceError as error:
        check_lines(str(error))
    else:
        _check_git(source)
    try:
        found = open_source(text)
    except SourceError as error:
        check_lines(str(error))
    else:
        check_lines(found.location, host_of(found.location))
        assert open_source(found.location).location == found.location


def _leads_down(text: str) -> bool:
    try:
        return next_address(_REDIRECTING, text).startswith("http:")
    except SourceError:
        return False


def _check_git(source: GitSource) -> None:
    """Nothing that git would take for an option, and no scheme that starts a program."""
    address = source.address
    check_lines(source.location, address.url, address.ref, address.folder)
    assert address.scheme in ("http", "https", "ssh", "file")
    assert not address.url.startswith("-")
    assert not address.ref.startswith("-")
    assert "://" in address.url or not address.url.partition(":")[2].startswith((":", "-"))
    scp = address.url.partition(":")[0].rpartition("@")[2]
    host = urlsplit(address.url).hostname if "://" in address.url else scp
    assert not (host or "").startswith("-"), address.url
    assert ".." not in address.folder.split("/")
    assert not os.path.isabs(address.folder)
