"""A file → an article: whatever the bytes are, it is read or refused with a sentence."""

import json

from tests.strategies import HOSTILE, damaged, document, file

from cryptonews_tui.reading import TAGS_LIMIT, read
from cryptonews_tui.safety import LINE_LIMIT
from fuzz.checks import check_lines, check_link, check_texts

SEEDS = (
    file(),
    file(ai={"rewritten": True, "expandedAt": "2025-11-25", "translatedFrom": "7", "version": 2}),
    file(
        coverImage={"raw": "https://img.example/a.jpg"}, cta=["one"], stickyWeight=1, score=0.5, draft=False
    ),
    b"---\ntitle: &a [1, *a]\npublishedAt: 2025-11-25\nx: {<<: *a, ? [k] : v}\n---\n# Head\n",
    b"---\ntitle: |\n  two\n  lines\npublishedAt: 2025\ntags:\n\t- a\n- b\n---\n\xff\xfe\n",
    "---\ntitle: UTF-16\npublishedAt: 2025-11-25\n---\nwide\n".encode("utf-16"),
    *(f"---\ntitle: '{text}'\npublishedAt: 2025-11-25\n---\n{text}".encode() for text in HOSTILE.values()),
)
WORDS = (
    *(
        b"---\n",
        b"title: ",
        b"publishedAt: 2025-11-25",
        b"tags: [",
        b"externalId: ",
        b"source: {name: ",
        b"ai: {",
    ),
    *(
        b"&a ",
        b"*a",
        b"<<: *a",
        b"? ",
        b": ",
        b"- ",
        b"!!binary ",
        b"!!python/object:",
        b"|\n  ",
        b">-\n  ",
        b"%YAML 1.1",
    ),
    *(
        b"0x99",
        b"1e999",
        b".nan",
        b"1:30:00",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\x1b[31m",
        b"\xe2\x80\xae",
        b"\xc2\x9b",
    ),
)
INPUTS = damaged()


def run(data: bytes) -> None:
    reading = read(document(data))
    check_lines(reading.problems)
    found = reading.article
    if found is None:
        assert reading.problems, "refused without a word"
        return
    check_texts(found)
    check_lines(
        found.story, found.title, found.lang, found.origin, found.description, found.category, found.tags
    )
    check_lines(found.publisher, found.cta, found.provenance)
    assert not any("\n" in section.heading for section in found.sections)
    assert found.title
    assert len(found.title) <= LINE_LIMIT
    assert len(found.tags) <= TAGS_LIMIT
    assert found.published.tzinfo is not None
    for url in (found.canonical_url, found.publisher.url, *found.cover.values()):
        check_link(url)
    assert len(json.dumps(found.extra)) < 20_000_000
