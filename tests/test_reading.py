"""Documents become articles, or say why not."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cryptonews_tui.article import Article, Provenance, Publisher, Role, Sentiment
from cryptonews_tui.reading import ARTICLE_LIMIT, TAGS_LIMIT, Reading, parse_time, read
from tests.strategies import FRONT, HOSTILE, ODD_TEXT, damaged, document, file, texts_of, threats

MINIMUM = "title: T\npublishedAt: 2025-11-25\nexternalId: 1\n"


def reading(lines: str, body: str = "Text.") -> Reading:
    """What comes of the minimum and these lines of front matter."""
    return read(document(f"---\n{MINIMUM}{lines}\n---\n{body}\n".encode()))


def article_of(data: bytes | str) -> Article:
    found = read(document(data.encode() if isinstance(data, str) else data))
    assert found.article is not None, found.problems
    return found.article


def field(name: str, value: Any) -> Any:
    """An attribute of the article after one field of the front matter was changed; no problem allowed."""
    found = read(document(file(**{name: value})))
    assert found.problems == ()
    assert found.article is not None
    return found.article


def problems(found: Reading) -> list[tuple[int | None, str]]:
    return [(problem.line, problem.message) for problem in found.problems]


# Fields


def test_every_field_arrives() -> None:
    data = file(
        score=0.7,
        stickyWeight=3,
        draft=True,
        canonicalUrl="https://ledger.example/story",
        coverImage={"raw": "https://img.example/raw.jpg", "thumb": "https://img.example/t.jpg"},
        ai={
            "rewritten": True,
            "expandedAt": "2025-11-25T10:00:00Z",
            "version": "2",
            "translatedFrom": "60999999",
        },
        cta=["SUBSCRIBE"],
    )
    found = read(document(data))
    assert found.problems == ()
    article = found.article
    assert article is not None
    assert [section.role for section in article.sections] == [Role.OVERVIEW, Role.IMPACT]
    assert article == Article(
        story="61000001",
        lang="en",
        title="Bitcoin rests",
        published=datetime(2025, 11, 25, 9, tzinfo=UTC),
        updated=datetime(2025, 11, 25, 10, 10, tzinfo=UTC),
        origin="/news/2025/11/story.en.md",
        publisher=Publisher("nightledger", "Night Ledger", "RSS", "https://ledger.example/"),
        description="A quiet day.",
        category="BTC",
        tags=("BTC", "DIGITAL ASSETS"),
        sentiment=Sentiment.POSITIVE,
        score=0.7,
        sticky_weight=3,
        draft=True,
        canonical_url="https://ledger.example/story",
        cover={"raw": "https://img.example/raw.jpg", "thumb": "https://img.example/t.jpg"},
        provenance=Provenance(True, datetime(2025, 11, 25, 10, tzinfo=UTC), "2", "60999999"),
        cta=("SUBSCRIBE",),
        sections=article.sections,
        body="## Overview\n\nExchanges have to hold reserves.\n\n## Impact on the crypto market\n\n- Trust grows.",
    )
    assert article.url == "https://ledger.example/story"


def test_what_may_be_missing_has_a_default() -> None:
    article = article_of("---\ntitle: T\npublishedAt: 2025-11-25\nexternalId: 7\n---\nText.\n")
    assert article == Article(
        story="7",
        lang="en",
        title="T",
        published=datetime(2025, 11, 25, tzinfo=UTC),
        updated=datetime(2025, 11, 25, tzinfo=UTC),
        origin="/news/2025/11/story.en.md",
        publisher=Publisher("unknown", "unknown source"),
        sections=article.sections,
        body="Text.",
    )
    assert article.url is None


@pytest.mark.parametrize("name", sorted(set(FRONT) - {"title", "publishedAt", "externalId"}))
def test_a_field_that_is_null_is_missing_without_a_word(name: str) -> None:
    field(name, None)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('"2025-11-25T09:31:00.000Z"', "2025-11-25T09:31:00+00:00"),
        ("2025-11-25T09:31:00.000Z", "2025-11-25T09:31:00+00:00"),
        ("2025-11-25 09:31:00 Z", "2025-11-25T09:31:00+00:00"),
        ("2025-11-25T11:31:00+02:00", "2025-11-25T09:31:00+00:00"),
        ("'2025-11-25T11:31:00+0200'", "2025-11-25T09:31:00+00:00"),
        ("2025-11-25t09:31:00.25Z", "2025-11-25T09:31:00.250000+00:00"),
        ("2025-11-25T09:31", "2025-11-25T09:31:00+00:00"),
        ("2025-11-25", "2025-11-25T00:00:00+00:00"),
        ('"2025-11-25"', "2025-11-25T00:00:00+00:00"),
        ("!!timestamp 2025-11-25", "2025-11-25T00:00:00+00:00"),
        ("2025-11-25T09:31:00Z  # the time", "2025-11-25T09:31:00+00:00"),
    ],
)
def test_times_may_be_written_in_many_ways(written: str, expected: str) -> None:
    article = article_of(f"---\ntitle: T\npublishedAt: {written}\nexternalId: 1\n---\nText.\n")
    assert article.published.isoformat() == expected


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2025", "2025-13-01", "2025-02-30", "25 Nov 2025", "0001-01-01", "9999-12-31T23:00Z"],
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert parse_time(text) is None


def test_a_time_at_the_edge_of_the_calendar_is_refused_as_no_zone_could_show_it() -> None:
    assert parse_time("0001-01-01T00:00:00+14:00") is None
    assert parse_time("9999-12-31T23:59:59-12:00") is None


@pytest.mark.parametrize(
    ("written", "story"),
    [
        ("61000001", "61000001"),
        ('"007"', "007"),
        ("007", "007"),
        ("a-b", "a-b"),
        ("0x1F", "0x1F"),
        ("1.5", "1.5"),
    ],
)
def test_ids_keep_their_digits(written: str, story: str) -> None:
    assert (
        article_of(f"---\ntitle: T\npublishedAt: 2025-11-25\nexternalId: {written}\n---\nText.\n").story
        == story
    )


def test_tags_are_texts_whatever_yaml_thinks() -> None:
    found = reading("tags: [NO, yes, 2025, 1_000, -DEFI, 'A B', on, 0o7, 12:30:45]")
    assert found.article is not None
    assert found.article.tags == ("NO", "yes", "2025", "1_000", "-DEFI", "A B", "on", "0o7", "12:30:45")


def test_a_tag_given_twice_counts_once_and_tags_are_bounded() -> None:
    assert field("tags", ["A", "B", "A"]).tags == ("A", "B")
    assert len(field("tags", [str(n) for n in range(5_000)]).tags) == TAGS_LIMIT


def test_a_source_may_be_a_name_alone_and_its_key_ignores_case() -> None:
    assert field("source", "Night Ledger").publisher == Publisher("night ledger", "Night Ledger")
    assert field("source", {"key": "CoinDesk"}).publisher == Publisher("coindesk", "CoinDesk")
    assert field("source", {"name": "CoinDesk"}).publisher == Publisher("coindesk", "CoinDesk")


def test_the_publishers_page_is_opened_where_the_story_has_none() -> None:
    assert field("canonicalUrl", None).url == "https://ledger.example/"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "https://a b", 5, ["x"]])
def test_an_address_that_may_not_be_opened_is_a_problem_of_that_field(url: object) -> None:
    found = read(document(file(canonicalUrl=url)))
    assert found.article is not None
    assert found.article.canonical_url is None
    assert [p.message.split(":")[0] for p in found.problems] == ["canonicalUrl"]


WRONG = [
    ("description", ["a"]),
    ("updatedAt", "soon"),
    ("updatedAt", 20251125),
    ("lang", 5),
    ("lang", "../../etc"),
    ("externalId", {"a": 1}),
    ("externalId", ""),
    ("source", 5),
    ("source", {}),
    ("source", ["a"]),
    ("category", ["BTC"]),
    ("category", True),
    ("tags", "BTC"),
    ("tags", {"a": 1}),
    ("stickyWeight", "heavy"),
    ("stickyWeight", True),
    ("stickyWeight", 1e300),
    ("sentiment", "GLAD"),
    ("sentiment", 5),
    ("score", "high"),
    ("score", "nan"),
    ("score", [1]),
    ("draft", "maybe"),
    ("draft", 1),
    ("coverImage", "https://img.example/raw.jpg"),
    ("ai", True),
    ("cta", 5),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_type_is_a_problem_of_that_field_and_the_article_still_loads(
    name: str, value: object
) -> None:
    data = file(**{name: value})
    found = read(document(data, "news/a.md"))
    assert found.article is not None
    assert found.article.title == "Bitcoin rests"
    problem = found.problems[0]
    assert problem.item == "news/a.md"
    assert problem.message.startswith(f"{name}: cannot use ")
    assert problem.line is not None
    assert data.decode().split("\n")[problem.line - 1].startswith(f"{name}:")


@pytest.mark.parametrize("title", [..., None, "", "  ", "\u200b\x1b[31m", [], {"a": 1}, True])
def test_a_file_without_usable_title_is_refused_with_the_reason(title: object) -> None:
    found = read(document(file(title=title)))
    assert found.article is None
    assert "no usable title" in found.problems[-1].message


@pytest.mark.parametrize("published", [..., None, "", "soon", 5, [], "2025-25-11"])
def test_a_file_without_usable_date_is_refused_with_the_reason(published: object) -> None:
    found = read(document(file(publishedAt=published)))
    assert found.article is None
    assert "no usable date" in found.problems[-1].message


def test_a_story_without_an_id_is_known_by_its_address_or_name_and_date() -> None:
    by_address = read(document(file(externalId=..., canonicalUrl="https://ledger.example/story")))
    assert by_address.article is not None
    assert by_address.article.story == "https://ledger.example/story"
    english = read(document(file(externalId=...), "2025/11/rests.en.md"))
    ukrainian = read(document(file(externalId=..., lang="uk"), "2025/11/rests.uk.md"))
    assert english.article is not None
    assert ukrainian.article is not None
    assert english.article.story == ukrainian.article.story == "rests@20251125T090000"
    assert [message.split(":")[0] for _, message in problems(english)] == ["no externalId"]


def test_unknown_fields_are_kept_as_json() -> None:
    article = field("weather", {"wind": [1, 2.5, None, True], "note": "calm"})
    assert article.extra == {"weather": {"wind": [1, 2.5, None, True], "note": "calm"}}


def test_times_and_odd_keys_in_unknown_fields_are_texts() -> None:
    found = reading("when: 2025-11-25\n5: five\nnull: nothing\nmap: {1: a, true: b}")
    assert found.article is not None
    assert found.article.extra == {
        "when": "2025-11-25",
        "5": "five",
        "null": "nothing",
        "map": {"1": "a", "true": "b"},
    }


# Lines


@pytest.mark.parametrize("above", ["", "\n", "\n\n  \n", "\ufeff", "\ufeff\r\n"])
def test_a_problem_names_its_line_in_the_file(above: str) -> None:
    text = f"{above}---\n\n# a comment\ntitle: T\npublishedAt: 2025-11-25\nexternalId: 1\nsentiment: GLAD\n---\nText.\n"
    [(line, message)] = problems(read(document(text.encode())))
    assert message == "sentiment: cannot use 'GLAD'"
    assert line == 7 + above.count("\n")


@pytest.mark.parametrize("above", ["", "\n\n"])
def test_broken_yaml_names_its_line_in_the_file(above: str) -> None:
    found = read(
        document(f"{above}---\ntitle: T\npublishedAt: 2025-11-25\ntags: [a\nlang: en\n---\n".encode())
    )
    assert found.article is None
    [(line, message)] = problems(found)
    assert message.startswith("front matter is not valid YAML: ")
    assert line == 5 + len(above)


def test_a_key_given_twice_is_named_with_its_line_and_the_last_counts() -> None:
    found = reading("lang: en\ncategory: A\nlang: uk")
    assert found.article is not None
    assert found.article.lang == "uk"
    assert problems(found) == [(7, "“lang” is given twice; the last one counts")]


# Files that are not what they should be


def test_crlf_and_a_byte_order_mark_make_no_difference() -> None:
    plain = article_of(file())
    assert article_of(file().replace(b"\n", b"\r\n")) == plain
    assert article_of(b"\xef\xbb\xbf" + file()) == plain


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_read(codec: str) -> None:
    bom = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(codec, b"")
    assert article_of(bom + file(title="Біткоїн").decode().encode(codec)).title == "Біткоїн"


def test_latin_1_is_read_and_named_with_its_line() -> None:
    data = file().replace(b"Bitcoin rests", "Krypto für alle".encode("latin-1"))
    found = read(document(data))
    assert found.article is not None
    assert found.article.title == "Krypto für alle"
    assert problems(found) == [(2, "not UTF-8; read as Windows-1252 (Latin)")]


def test_nul_bytes_are_left_out_and_named_with_their_line() -> None:
    found = read(document(file().replace(b"quiet", b"qu\0iet")))
    assert found.article is not None
    assert found.article.description == "A quiet day."
    assert problems(found) == [(3, "holds NUL bytes, which were left out")]


def test_tabs_before_a_field_are_read_as_spaces() -> None:
    found = reading("source:\n\tname: Night Ledger\n\tkey:\tledger")
    assert problems(found) == []
    assert found.article is not None
    assert found.article.publisher == Publisher("ledger", "Night Ledger")


def test_a_line_of_dashes_in_the_body_belongs_to_the_body() -> None:
    body = "One.\n\n---\n\nTwo.\n\n---\n\n## Impact\n\nThree."
    assert article_of(file(body)).body == body


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b"", None, "the file is empty"),
        (b" \r\n\t\n", None, "the file is empty"),
        (b"# Only Markdown\n\nText.\n", 1, "no front matter"),
        (b"\n\nText\n---\ntitle: T\n---\n", 3, "no front matter"),
        (b"---\ntitle: T\npublishedAt: 2025-11-25\n", 1, "the front matter is not closed"),
        (b"---", 1, "the front matter is not closed"),
        (b"---\n---\n", None, "no usable title"),
        (b"---\n- a\n- list\n---\n", None, "no usable title"),
        (b"---\njust text\n---\n", None, "no usable title"),
        (b"+++\ntitle = 'TOML'\n+++\n", 1, "no front matter"),
        (b'{"title": "JSON"}', 1, "no front matter"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), 1, "no front matter"),
        (b"\xff\xfe\x00\xd8\x00", 1, "no front matter"),
        (b"---\n[1, 2]: a\n---\n", 2, "front matter is not valid YAML"),
        (b"---\ntitle: *nobody\n---\n", 2, "front matter is not valid YAML"),
        (b"x" * (ARTICLE_LIMIT + 1), None, "larger than 2 MiB"),
        (b"---\n" + b"a: b\n" * 40_000 + b"---\n", 1, "front matter larger than 128 KiB"),
    ],
    ids=lambda value: repr(value[:24]) if isinstance(value, bytes) else None,
)
def test_what_is_no_article_is_refused_with_reason_and_line(
    data: bytes, line: int | None, reason: str
) -> None:
    found = read(document(data))
    assert found.article is None
    assert found.problems[-1].message.startswith(reason)
    assert found.problems[-1].line == line


def test_an_empty_body_is_an_article_with_a_problem() -> None:
    found = read(document(file("")))
    assert found.article is not None
    assert found.article.sections == ()
    assert problems(found) == [(None, "the body is empty")]


# Front matter that is out to harm

_BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10))
_MERGES = "a0: &a0 {k: v}\n" + "".join(
    f"a{n}: &a{n} {{!!merge <<: [{', '.join([f'*a{n - 1}'] * 9)}]}}\n" for n in range(1, 10)
)


@pytest.mark.parametrize(
    "lines",
    [
        _BOMB,
        f"{_BOMB}sentiment: *a9\n",
        f"{_BOMB}tags: *a9\n",
        f"{_BOMB}description: *a9\n",
        f"{_BOMB}pairs: !!pairs [{{a: *a9}}]\n",
        _MERGES,
        "a: &a [*a]\nsentiment: *a",
        "a: &a {!!merge <<: *a}",
        "draft: !!bool maybe",
        "score: !!int ''",
        f"score: !!int 0x{'f' * 400}",
        f"description: !!int {'9' * 5_000}",
        f"score: {'9' * 5_000}",
        f"other: !!int {':'.join(['59'] * 30_000)}",
        "other: !!float .inf",
        "other: !!timestamp never",
        "other: !!binary ????",
        "other: !!set {a, b}",
        "other: !!python/object/apply:os.system [id]",
        "other: !unknown {a: b}",
        "=: value",
        "<<: {a: b}",
        "a: &a [b]\nb: [" + ", ".join(["*a"] * 5_000) + "]",
    ],
    ids=lambda lines: lines[-30:],
)
def test_tricks_of_yaml_are_passed_over_at_once(lines: str) -> None:
    started = time.process_time()
    found = reading(lines)
    assert found.article is not None
    check(found)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "lines",
    [
        f"a: {'[' * 100}{']' * 100}",
        "a: " + "{b: " * 100 + "1" + "}" * 100,
        "".join(f"{'  ' * n}a:\n" for n in range(100)),
        "- " * 100 + "a",
        "? " * 100 + "a",
        "[" * 4_000,
        "[" * 15_000,
        "[" * 60_000,
        "{" * 60_000,
        "? " * 60_000,
        "- " * 60_000,
    ],
    ids=lambda lines: lines[:20],
)
def test_what_is_nested_beyond_reason_is_refused_at_once(lines: str) -> None:
    started = time.process_time()
    found = reading(lines)
    assert found.article is None
    assert found.problems[-1].line is not None
    assert time.process_time() - started < 2


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_clean_wherever_it_stands(name: str) -> None:
    text = HOSTILE[name]
    fields = dict(
        title=f"T {text}",
        description=text,
        externalId=f"1 {text}",
        source={"name": f"N {text}", "key": f"K {text}", "type": text, "url": f"https://a.example/{text}"},
        category=text,
        tags=[text, "BTC"],
        sentiment=text,
        lang=text,
        cta=[text],
        canonicalUrl=f"https://a.example/{text}",
        coverImage={text[:40]: f"https://a.example/{text}"},
        ai={"version": text, "translatedFrom": text},
        **{f"x{text[:40]}": {text[:40]: [text]}},
    )
    body = f"## {text}\n\n{text}\n\n{text}"
    for escaped in (True, False):  # by YAML's own escapes, and raw
        lines = json.dumps({**FRONT, **fields}, ensure_ascii=False)
        if escaped:
            lines = re.sub("[^ -~]", lambda found: f"\\U{ord(found[0]):08x}", lines)
        found = read(document(f"---\n{lines}\n---\n{body}\n".encode(), f"{text}.md"))
        assert found.article is not None or not escaped
        check(found)


# For any bytes


@given(st.binary(max_size=300))
def test_any_bytes_become_a_reading(data: bytes) -> None:
    check(read(document(data)))


@given(damaged())
@example(b"---\ntitle: T\npublishedAt: 2025-11-25\n? a\n: b\n---\n")
def test_a_damaged_article_becomes_a_reading(data: bytes) -> None:
    started = time.process_time()
    check(read(document(data)))
    assert time.process_time() - started < 2


@given(ODD_TEXT, ODD_TEXT)
def test_any_text_as_front_matter_and_body_becomes_a_reading(lines: str, body: str) -> None:
    check(reading(lines.encode("utf-8", "replace").decode(), body.encode("utf-8", "replace").decode()))


_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), ODD_TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(ODD_TEXT, inner, max_size=3)),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*FRONT, "score", "draft", "ai", "coverImage", "cta"]), _JSON))
def test_any_value_in_any_field_becomes_a_reading(fields: dict[str, Any]) -> None:
    text = json.dumps({**FRONT, **fields})
    check(read(document(f"---\n{text}\n---\nText.\n".encode())))


def check(found: Reading) -> None:
    """What holds for everything that was read: clean, bounded, storable, and nothing refused without a reason."""
    for problem in found.problems:
        assert problem.message
        assert problem.line is None or problem.line >= 1
        assert threats(problem.item + problem.message, allowed="") == []
    article = found.article
    if article is None:
        assert found.problems
        return
    assert article.title
    assert article.story
    assert article.published.tzinfo is UTC
    assert article.updated.tzinfo is UTC
    lines = [
        article.title,
        article.story,
        article.lang,
        article.category,
        article.description,
        article.origin,
    ]
    lines += [*article.tags, *article.cta, *texts_of(article.cover), *texts_of(article.extra)]
    lines += [article.publisher.key, article.publisher.name, article.publisher.type, article.url or ""]
    lines += [section.heading for section in article.sections]
    for line in lines:
        assert threats(line, allowed="") == []
        assert len(line) <= 4_096
    assert threats(article.body) == []
    assert threats("".join(section.text for section in article.sections)) == []
    assert len(json.dumps(dict(article.extra), allow_nan=False)) < 10_000_000
