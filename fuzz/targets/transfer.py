"""A file with somebody's marks, from another machine or a stranger: taken in as a whole, or refused with a sentence."""

from cryptonews_tui.transfer import NOTE_LIMIT, TransferError, read, to_text
from fuzz.checks import check_lines, check_texts, text_of

SEEDS = (
    (
        b'{"format": "cryptonews state", "version": 1, "marks": [{"story": "1", "read": "2025-11-25T09:00:00.000Z", "starred": null,'
        b' "note": "a\\nb \\u001b[31m"}], "views": [{"name": "v", "query": "$btc", "key": "f5"}], "sources": [{"name": "s",'
        b' "location": "/news", "enabled": true, "minutes": 5, "vanished": "keep", "languages": ["en"], "history": false}]}'
    ),
    b'{"format": "cryptonews state", "version": 1, "marks": [], "views": [], "sources": []}',
)
WORDS = (
    *(
        b'"marks": [',
        b'"story": "',
        b'"read": "',
        b'"note": "',
        b'"views": [',
        b'"query": "',
        b'"key": "',
        b'"sources": [',
    ),
    *(
        b'"location": "',
        b'"minutes": ',
        b'"languages": ["',
        b'"vanished": "',
        b"null",
        b"true",
        b"-1",
        b"1e999",
        b"NaN",
    ),
    *(
        b"\\u001b[31m",
        b"\\u202e",
        b"\\ud800",
        b"9999-12-31T23:59:59Z",
        b"0001-01-01T00:00:00+14:00",
        b"\\u0000",
    ),
)


def run(data: bytes) -> None:
    try:
        found = read(text_of(data))
    except TransferError:
        return  # said by the command line, which cleans it
    check_texts([mark.note for mark in found.marks])
    check_lines([mark.story for mark in found.marks], found.views, found.sources)
    assert all(mark.note is None or len(mark.note) <= NOTE_LIMIT for mark in found.marks)
    assert read(to_text(found)) == found, "what was written is not what is read"
