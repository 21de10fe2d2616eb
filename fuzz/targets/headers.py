"""What a server says in its head of time and of what is there: believed within a day, and never sent back odd."""

from cryptonews_tui.sources.http.freshness import DAY, come_back, conditions, fresh, stamp
from cryptonews_tui.sources.kinds import kind_of
from fuzz.checks import check_lines, text_of

SEEDS = (
    b'etag: "abc"\nlast-modified: Tue, 25 Nov 2025 09:00:00 GMT\ncache-control: max-age=60, public\nage: 7',
    b"expires: Tue, 25 Nov 2025 09:00:00 GMT\ndate: Tue, 25 Nov 2025 08:00:00 +0200\nretry-after: 120",
    b"retry-after: Tue, 25 Nov 2025 09:00:00 GMT\ncache-control: no-store\nexpires: 0",
    b'etag: W/"\x1b[31m"\ncontent-type: text/markdown; charset=utf-8',
    b'stamp: {"etag": "a", "modified": "b"}',
)
WORDS = (
    *(
        b"etag: ",
        b"last-modified: ",
        b"cache-control: ",
        b"max-age=",
        b"expires: ",
        b"date: ",
        b"retry-after: ",
        b"age: ",
    ),
    *(
        b"Tue, 25 Nov 2025 09:00:00 GMT",
        b"Tuesday, 25-Nov-25 09:00:00 GMT",
        b" -2359",
        b"no-cache",
        b"99999999999999999999",
    ),
    *(
        b"\r",
        b"\x1b",
        b"\xe2\x80\xae",
        b'{"etag": "',
        b'"modified": "',
        b"content-type: ",
        b"charset=",
        b"31 Feb 2025",
        b"0001",
    ),
)


def run(data: bytes) -> None:
    headers = {}
    for line in text_of(data).split("\n"):
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    told = stamp(headers)
    for name, value in (*conditions(told).items(), *conditions(headers.get("stamp", "")).items()):
        check_lines(name, value)
        assert value.isascii()
        assert value.isprintable()
    assert 0 <= fresh(headers) <= DAY
    wait = come_back(headers)
    assert wait is None or 0 <= wait <= DAY
    kind_of(data[:64], headers.get("content-type", ""), (headers.get("location", ""),))
