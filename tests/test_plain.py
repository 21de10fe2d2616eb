"""Articles and lists in words, for those who hear them: `read --plain` and `list --plain`."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cryptonews_tui import plain
from cryptonews_tui.article import Article, Document, Provenance, Publisher, Role, Section, Sentiment
from cryptonews_tui.reading import read
from tests.command_line import Run
from tests.strategies import HOSTILE, threats

KYIV = timezone(timedelta(hours=2))
ARTICLE = Article(
    story="7",
    lang="en",
    title="Boats return",
    published=datetime(2025, 11, 25, 7, 31, tzinfo=UTC),
    updated=datetime(2025, 11, 25, 7, 31, tzinfo=UTC),
    origin="boats.en.md",
    publisher=Publisher("wire", "Example Wire"),
)


def told(text: str, **changes: object) -> list[str]:
    """How an article with this text in its only section is told, from that section on."""
    article = replace(ARTICLE, sections=(Section(Role.OVERVIEW, "Overview", text),), body=text, **changes)  # type: ignore[arg-type]
    lines = [*plain.article(article, UTC)]
    return [line for line in lines[lines.index("Section 1 of 1: Overview.") + 1 :] if line]


# --- an article


def test_an_article_begins_with_what_the_screen_shows_by_signs() -> None:
    article = replace(
        ARTICLE,
        category="HARBOUR",
        tags=("FOG", "SMALL BOATS"),
        sentiment=Sentiment.NEGATIVE,
        sticky_weight=3,
        description="The fog has gone.",
        updated=ARTICLE.published + timedelta(hours=3),
        provenance=Provenance(rewritten=True),
        canonical_url="https://example.org/boats",
        cover={"small": "https://example.org/boats.jpg"},
        sections=(
            Section(Role.OVERVIEW, "Overview", "Boats return."),
            Section(Role.AUTHOR, "From author", "I like boats!"),
        ),
    )
    lines = plain.article(article, KYIV, languages=("en", "uk"), starred=True, note="Ask about nets")
    assert "\n".join(lines) == (
        "Boats return.\n"
        "Unread, starred, pinned. Negative.\n"
        "From Example Wire. Category: HARBOUR. Published 25 November 2025, 9:31. "
        "Changed 25 November 2025, 12:31.\n"
        "AI-rewritten 12:31, 3 hours later.\n"
        "Language: en. It is also there in uk.\n"
        "Tags: FOG, SMALL BOATS.\n"
        "Your note: Ask about nets.\n"
        "2 sections.\n"
        "\n"
        "The fog has gone.\n"
        "\n"
        "Section 1 of 2: Overview.\n"
        "\n"
        "Boats return.\n"
        "\n"
        "Section 2 of 2: From author. An opinion, written by a machine.\n"
        "\n"
        "I like boats!\n"
        "\n"
        "Original page: https://example.org/boats\n"
        "Cover picture: https://example.org/boats.jpg"
    )


def test_what_a_machine_did_is_told_as_a_sentence() -> None:
    article = replace(ARTICLE, provenance=Provenance(translated_from="6"))
    assert "Machine-translated from 6." in [*plain.article(article, UTC)]


def test_a_description_that_the_text_repeats_is_told_once() -> None:
    assert "Fog is gone." in [*plain.article(replace(ARTICLE, description="Fog is gone."))]
    lines = plain.article(
        replace(ARTICLE, description="Boats …", sections=(Section(Role.OVERVIEW, "", "Boats return."),))
    )
    assert [line for line in lines if "Boats" in line] == ["Boats return.", "Boats return."]


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("One **two** *three*.", ["One two three."]),
        ("One  \ntwo", ["One", "two"]),
        ("- one\n- two", ["- one", "- two"]),
        ("3. one\n4. two\n\n   more", ["3. one", "4. two", "more"]),
        ("- one\n  - two", ["- one", "Level 2: - two"]),
        ("- [x] one\n- [ ] two", ["Done: one", "To do: two"]),
        ("> one\n>\n> two", ["Quote: one", "Quote: two"]),
        ("> - one", ["Quote: - one"]),
        ("### Nets", ["Heading: Nets."]),
        ("one\n\n---\n\ntwo", ["one", "two"]),
        ("~~one~~ two", ["(struck out: one) two"]),
        ("```python\ndef f():\n    pass\n```", ["Code in python:", "def f():", "    pass", "End of code."]),
        ("    one\n    │ two", ["Code:", "one", "  two", "End of code."]),
        ("![Boats in fog](x.png)", ["picture: Boats in fog (x.png)"]),
        (
            "| Coin | Price |\n|---|--:|\n| BTC | 5 |\n| ETH | |",
            [
                "Table, rows: 2, columns: 2.",
                "Row 1. Coin: BTC; Price: 5.",
                "Row 2. Coin: ETH.",
                "End of table.",
            ],
        ),
        ("| Coin | Price |\n|---|--:|", ["Table, rows: 0, columns: 2.", "Coin, Price", "End of table."]),
        ("One[^a].\n\n[^a]: Two.", ["One[a].", "[a] Two."]),
    ],
)
def test_what_is_drawn_is_said(markdown: str, words: list[str]) -> None:
    assert told(markdown) == words


def test_links_have_numbers_and_are_told_at_the_end() -> None:
    assert told(
        "See [the *big* bay](https://a.example/1), https://b.example/, [no](file:///x) and "
        "[it](https://a.example/1). ![Fog](https://a.example/fog.png)"
    ) == [
        "See the big bay (link 1), https://b.example/ (link 2), no (file:///x) and it (link 1). picture: Fog (link 3)",
        "Links:",
        "Link 1, the big bay: https://a.example/1",
        "Link 2, https://b.example/: https://b.example/",
        "Link 3, Fog: https://a.example/fog.png",
    ]


def test_a_long_paragraph_is_one_line() -> None:
    assert told("fog " * 500) == ["fog " * 499 + "fog"]


WORDS = st.lists(st.from_regex(r"[a-zа-яіїєґ]{1,8}", fullmatch=True), min_size=1, max_size=6)


@given(st.data())
def test_every_word_is_told_whatever_it_stands_in(data: st.DataObject) -> None:
    words: list[str] = []
    parts: list[str] = []
    for _ in range(data.draw(st.integers(1, 6))):
        some = data.draw(WORDS)
        words += some
        text = " ".join(some)
        form = data.draw(
            st.sampled_from(
                (
                    "{}", "- {}", "1. {}", "> {}", "> - {}", "- a\n  - {}", "### {}", "```\n{}\n```", "**{}**",
                    "[{}](https://x.example/)", "| a |\n|---|\n| {} |", "| {} |\n|---|\n| a |", "![{}](y)",
                    "<p>{}</p>", "~~{}~~", "- [x] {}",
                )
            )
        )  # fmt: skip
        parts.append(form.format(text))
    lines = told("\n\n".join(parts))
    heard = re.findall(r"\w+", " ".join(lines))
    for word in words:
        assert word in heard


DRAWN = st.sampled_from(["│", "┌─┐", "▎", "█", "\x1b[31m", "\x9b", "\u202e", "|", "\n", "- ", "> ", "a"])


@given(st.text() | st.lists(DRAWN).map("".join))
@example("\n\n".join(HOSTILE.values()))
def test_whatever_an_article_says_is_words(text: str) -> None:
    front = f"---\ntitle: Boats\npublishedAt: 2025-11-25\nexternalId: '7'\n---\n## {text}\n\n{text}\n\n```\n{text}\n```"

    article = read(Document("a.md", "a.md", front.encode("utf-8", "surrogatepass"))).article
    if article is None:
        return
    article = replace(article, tags=(*article.tags, "FOG"))
    for line in plain.article(article, UTC, note="fog"):
        assert not threats(line)
        assert "\n" not in line
        assert not re.search("[\u2500-\u259f]", line)


# --- a list


def test_a_list_says_everything_in_words(run: Run, synced: object) -> None:
    listed = run("list", "--plain")
    assert listed.lines == [
        "Unread, pinned. Unrated. 1 November 2025, 0:00. Night Ledger: Pinned. Id 3, language en.",
        "Unread. Positive. 25 November 2025, 9:00. Night Ledger: Bitcoin rests. Id 1, language en.",
        "Unread. Negative. 25 November 2025, 8:30. Courier: Ether falls. Id 2, language en.",
    ]
    assert run("list", "--format", "plain").lines == listed.lines
    assert run("list", "--plain", "--limit", "1", "ether").lines == listed.lines[2:]


def test_reading_is_in_words_where_there_is_no_terminal_and_counts_as_read(run: Run, synced: object) -> None:
    assert run("list", "--format", "ids", "is:unread").lines == ["3", "1", "2"]
    once, again = run("read", "2"), run("read", "--plain", "2")
    assert once.lines[:2] == ["Ether falls.", "Unread. Negative."]
    assert again.lines[:2] == ["Ether falls.", "Read. Negative."]
    assert once.lines[2:] == again.lines[2:]
    assert run("list", "--format", "ids", "is:unread").lines == ["3", "1"]


def test_a_story_is_read_in_the_language_that_is_asked_for(run: Run, synced: object) -> None:
    assert run("read", "--lang", "UK", "1").lines[0] == "Біткоїн відпочиває."
    wrong = run("read", "--lang", "de", "1")
    assert (wrong.code, wrong.out) == (1, "")
    assert "no text in “de”, only in en, uk" in wrong.err
    missing = run("read", "99")
    assert (missing.code, missing.out) == (1, "")
    assert "there is no story 99" in missing.err
