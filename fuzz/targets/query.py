"""What somebody types into the query line: understood or refused with a place, and then answered."""

import atexit
from functools import cache

from tests.shelf import write
from tests.strategies import NOW, QUERIES, TAGS, article

from cryptonews_tui import completion
from cryptonews_tui.library import Library
from cryptonews_tui.query import FIELDS, ORDERS, QueryError, parse
from fuzz.checks import scratch_folder, text_of

SEEDS = tuple(
    text.encode()
    for text in (
        *(
            "$btc -sentiment:positive since:7d etf",
            '"spot etf" (tag:a,b or -source:x*) sort:score',
            "is:unread,starred",
        ),
        *(
            "published:2025-11-20..2025-11-24 score:>=0.5 words:2..6 lag:1h..2d",
            "impact:etf has:note near",
            "-(a (b or c))",
        ),
        *('tag:"A\\"B" tag:A\\*\\\\', "^etf no* origin:/news/*", "on:today&yesterday", "asset:btc&sol -$eth"),
    )
)
WORDS = tuple(
    f"{word}".encode()
    for word in (
        *(f"{name}:" for name in FIELDS),
        *ORDERS,
        *(
            '"',
            "(",
            ")",
            "-",
            "$",
            " or ",
            ",",
            "&",
            "*",
            "\\",
            "..",
            ">",
            ">=",
            "<",
            "7d",
            "2025-11",
            "now",
            "^",
            "'",
        ),
        *("і", "ї", "漢", "\u0301", "İ", "ß"),
    )
)
INPUTS = QUERIES.map(lambda query: str(query).encode())


@cache
def _library() -> Library:
    puts = [
        (
            article(
                str(number), origin=f"/news/{number}.md", tags=(tag,), score=number / 3, category="MARKET"
            ),
            b"%d" % number,
        )
        for number, tag in enumerate(TAGS)
    ]
    folder = scratch_folder()
    write(folder, [puts])
    library = Library(folder / "library.db", folder / "state.db", now=lambda: NOW)
    atexit.register(library.close)
    return library


def run(data: bytes) -> None:
    text = text_of(data)[:10_000]  # as long as a view may be
    library = _library()
    cursor = len(text) // 2
    completing = completion.at(text, cursor)
    if completing is not None:
        assert 0 <= completing.start <= completing.end <= len(text)
    try:
        query = parse(text)
    except QueryError as error:
        assert 0 <= error.position <= len(text)
        assert error.pointed()
        return
    assert parse(str(query)) == query, "what is written is not what was read"
    stories = library.stories(query)
    found = library.headlines(stories[:])
    assert len(found) == len(stories) == library.count(query) <= len(TAGS)
    library.facets(query)
