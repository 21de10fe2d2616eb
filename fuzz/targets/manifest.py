"""A list of addresses in JSON: web addresses and problems, or one sentence."""

from cryptonews_tui.article import Problem
from cryptonews_tui.safety import safe_url
from cryptonews_tui.sources import SourceError
from cryptonews_tui.sources.http.addresses import web_address
from cryptonews_tui.sources.limits import Limits
from cryptonews_tui.sources.manifest import entries
from fuzz.checks import check_lines

SEEDS = (
    b'["a.md", "https://news.example/b.md", "../c.md", "//other.example/d.md", "file:///etc/passwd"]',
    b'{"articles": [{"url": "a.md"}, {"url": 7}, null, "http://u:p@h/", "https://h:99999/"]}',
    b'{"urls": ["a b.md", "\\u001b[31m.md", "\\ud800.md", "http://[::1]/", "https://[v1.x]/"]}',
    b"\xef\xbb\xbf[]",
)
WORDS = (
    *(
        b'["',
        b'", "',
        b'"]',
        b'{"articles": [',
        b'{"url": "',
        b'"urls"',
        b"https://",
        b"//",
        b"..",
        b"%2e%2e/",
        b"\\u001b",
    ),
    *(
        b"\\ud800",
        b"@",
        b":0",
        b"[::1]",
        b"javascript:",
        b"?token=",
        b"#",
        b"\\\\",
        b"1e400",
        b"NaN",
        b"xn--",
    ),
)
_BASE = "https://news.example/list/manifest.json"


def run(data: bytes) -> None:
    try:
        found = entries(data, _BASE, Limits(entries=100))
    except SourceError as error:
        check_lines(str(error))
        return
    assert len(found) <= 100
    for one in found:
        check_lines(one)
        if not isinstance(one, Problem):
            assert web_address(one) == one
            assert one.startswith("https://")
            assert safe_url(one) == one, one
