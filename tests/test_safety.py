"""The border: what foreign text may contain."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptonews_tui.safety import LINE_LIMIT, clean, clean_line, safe_url, shown_url
from tests.strategies import HOSTILE, ODD_TEXT, threats


@given(ODD_TEXT)
def test_nothing_that_a_terminal_obeys_is_left(text: str) -> None:
    assert threats(clean(text)) == []
    assert threats(clean_line(text), allowed="") == []


@given(ODD_TEXT)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(ODD_TEXT, st.integers(2, 12))
def test_a_line_cleaned_twice_is_cleaned_once(text: str, limit: int) -> None:
    line = clean_line(text, limit)
    assert clean_line(line, limit) == line
    assert len(line) <= limit


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=60))
def test_what_people_see_stays(text: str) -> None:
    visible = "".join(c for c in text if c not in "\u115f\u1160\u3164\uffa0")
    assert clean(text) == visible


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_harmless(name: str) -> None:
    assert threats(clean(f"before {HOSTILE[name]} after")) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x9b31mred\x9b0m", "red"),
        ("\x1b[38;2;1;2;3mred", "red"),
        ("\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\", "click"),
        ("a\x1b]52;c;cm0gLXJm\x07b", "ab"),
        ("a\x1b]0;title\x9cb", "ab"),
        ("a\x1bPq#0\x1b\\b", "ab"),
        ("\x1b(0lqk\x1b(B", "lqk"),
        ("\x1bcreset", "reset"),
        ("ding\x07", "ding"),
        ("a\x1b", "a"),
        ("\x1b\x1b[31mred", "red"),
        ("\u202eexe.txt", "exe.txt"),
        ("bit\u200bcoin", "bitcoin"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("one\u2028two", "one\ntwo"),
    ],
)
def test_a_sequence_goes_as_a_whole_and_the_text_stays(text: str, expected: str) -> None:
    assert clean(text) == expected


def test_an_opened_sequence_eats_no_more_than_its_line() -> None:
    assert clean("\x1b]52;c;never closed\nThe second line.") == "52;c;never closed\nThe second line."


@pytest.mark.parametrize(
    "text",
    [
        "Їжак, ґанок, м’ята — «лапки»",
        "e\u0301te\u0301, кра\u0301ще",
        "می\u200cخواهم",  # Persian: “I want”
        "क्\u200cष",  # Devanagari, a vowel killer before the joiner
        "👨\u200d👩\u200d👧\u200d👦",
        "👩🏽\u200d💻 ❤\ufe0f\u200d🔥 🏳\ufe0f\u200d🌈",
        "❤\ufe0f and ✈\ufe0f",
        "漢字、ひらがな",
        "สวัสดี ที่ นี้",
        "tab\tand\nline",
        "[brackets] [/] stay",
    ],
)
def test_what_languages_and_emoji_need_stays(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\u200db", "ab"),
        ("ක\u200dෂ", "කෂ"),
        ("👩\u200d b", "👩 b"),
        ("a\u200d👩", "a👩"),
        ("bit\u200ccoin", "bitcoin"),
        ("5\u200c5", "55"),
        ("می\u200c\u0301", "می\u0301"),
        ("\ufe0fa", "a"),
        ("❤\ufe0f\ufe0f\ufe0f", "❤\ufe0f"),
    ],
)
def test_a_joiner_where_it_joins_nothing_goes(text: str, expected: str) -> None:
    assert clean(text) == expected


def test_no_more_than_four_emoji_are_joined() -> None:
    assert clean("\u200d".join("👩" * 9)) == "👩\u200d👩\u200d👩\u200d👩" * 2 + "👩"


@pytest.mark.parametrize("mark", ["\u0301", "\u0e49", "\u05b0", "\u20dd", "\u1ab0", "\U0001e8d0"])
def test_a_flood_of_marks_becomes_four(mark: str) -> None:
    assert clean("a" + mark * 1_000 + "b") == "a" + mark * 4 + "b"


@pytest.mark.parametrize("between", ["\u200c", "\u200d", "\ufe0f", "\u200b", "\u2060"])
def test_a_flood_cannot_be_hidden_between_invisible_characters(between: str) -> None:
    assert threats(clean("a" + ("\u0301" * 4 + between) * 10)) == []


def test_a_line_is_one_line_without_needless_spaces() -> None:
    assert clean_line("  one\n\ttwo \u00a0 three\r\n ") == "one two three"


def test_a_long_line_is_cut_with_a_sign() -> None:
    assert clean_line("x" * 2_000) == "x" * (LINE_LIMIT - 1) + "…"
    assert clean_line("x" * LINE_LIMIT) == "x" * LINE_LIMIT


def test_a_cut_leaves_no_joiner_behind() -> None:
    assert clean_line("👩\u200d👩\u200d👩", 3) == "👩…"


@pytest.mark.parametrize(
    "text",
    [
        "\x1b" * 200_000 + "[" * 200_000,
        "\x9b" * 300_000,
        "\x1b]" * 200_000,
        "\x90" * 300_000,
        "م\x9d" * 200_000,
        ("\x1b" + " " * 8) * 50_000,
        "👩\u200d" * 100_000,
        "👩\u200d\u200d" * 100_000,
        "م\u0301\u200c" * 100_000,
        "\ufe0f\u200c" * 200_000,
        "a" + "\u0301" * 400_000,
        "\r" * 400_000,
    ],
    ids=lambda text: repr(text[:6]),
)
def test_cleaning_is_bounded_work(text: str) -> None:
    started = time.process_time()
    assert threats(clean(text)) == []
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org",
        "http://example.org/a/b.html?c=d&e=%20#f",
        "https://example.org:8443/[x]",
        "HTTPS://EXAMPLE.ORG/",
        "https://uk.example/новини/біткоїн",
        "https://приклад.укр/",
        "http://[::1]:8000/",
    ],
)
def test_web_pages_may_be_opened(url: str) -> None:
    assert safe_url(url) == url
    assert safe_url(f"  {url}\n") == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "//example.org/",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "ftp://example.org/",
        "data:text/html,x",
        "https://",
        "https:///path",
        "https://user@example.org/",
        "https://example.org@evil.example/",
        "https://example.org/a b",
        "https://example.org/\nb",
        "https://example.org/\x1b[31m",
        "https://example.org/\u202e",
        "https://exam\u200bple.org/",
        "https://example.org:port/",
        "https://example.org:99999/",
        "https://[::1/",
        'https://example.org/"quoted"',
        "https://example.org/<tag>",
        "https://example.org/`id`",
        "https://example.org/\\evil",
        "https://example.org/" + "x" * 5_000,
    ],
)
def test_anything_else_may_not(url: str) -> None:
    assert safe_url(url) is None


@given(st.one_of(ODD_TEXT, ODD_TEXT.map("https://example.org/{}".format), ODD_TEXT.map("https://{}".format)))
def test_a_url_that_may_be_opened_is_clean_and_stays_so(text: str) -> None:
    url = safe_url(text)
    if url is not None:
        assert url.lower().startswith(("http://", "https://"))
        assert threats(url, allowed="") == []
        assert not any(map(str.isspace, url))
        assert safe_url(url) == url


# --- URLs as they are shown


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.org/ї", "https://example.org/ї"),
        ("https://bіnance.com/x?y#z", "https://xn--bnance-pvf.com/x?y#z"),
        ("https://user@bücher.example:8080/x", "https://user@xn--bcher-kva.example:8080/x"),
        ("https://ＢÜＣＨＥＲ。example", "https://xn--bcher-kva.example"),
        ("https://good.com⁄evil.example", "https://good.com%E2%81%84evil.example"),
        ("//пример.рф", "//xn--e1afmkfd.xn--p1ai"),
        ("https://[ї", "https://[%D1%97"),
        ("пример", "пример"),
        ("a\x1b[31m\u202eb\nc", "ab c"),
    ],
)
def test_a_host_is_shown_in_letters_that_look_like_no_others(url: str, expected: str) -> None:
    assert shown_url(url) == expected


@given(
    st.one_of(
        st.text(),
        st.text().map("https://{}".format),
        st.text(alphabet="їß。⁄@:/[]%.x-", max_size=300).map("//{}".format),
    )
)
def test_any_url_can_be_shown(url: str) -> None:
    shown = shown_url(url)
    assert not threats(shown, allowed="")
    if shown.startswith("https://"):
        assert shown[8:].split("/")[0].split("?")[0].split("#")[0].isascii()


def test_a_host_written_in_percent_signs_is_no_host() -> None:
    assert safe_url("https://%65xample.org/") is None
    assert safe_url("https://example.org/%65") == "https://example.org/%65"
