"""The library: what is put comes back, questions are answered, and other people's files are left alone."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pyroaring import BitMap

from cryptonews_tui.article import Article, Problem, Provenance, Publisher, Sentiment
from cryptonews_tui.library import (
    DatabaseError,
    Interrupted,
    Library,
    Mark,
    Outcome,
    Remembered,
    State,
    Stories,
    Visit,
    Writer,
    database,
    store,
)
from cryptonews_tui.library.schema import VERSIONS
from cryptonews_tui.query import ORDERS, Query, Word, make_query, parse
from tests.strategies import NOON, NOW, arrived, article

DAY = timedelta(days=1)


class Desk:
    """A library, its writer and the reader's state side by side."""

    def __init__(self, folder: Path) -> None:
        self.library_path, self.state_path = folder / "library.db", folder / "state.db"
        self.writer = Writer(self.library_path)
        self.state = State(self.state_path)
        self.now = NOW
        self.library = self.opened()

    def opened(self, **options: Any) -> Library:
        """The library once more, for another reader or program."""
        return Library(self.library_path, self.state_path, now=lambda: self.now, **options)

    def put(self, *articles: Article) -> list[Outcome]:
        """Outcomes of articles put one by one, each with bytes of its own."""
        outcomes: list[Outcome] = []
        for one in articles:
            counted = self.writer.write("s", {}, arrived([(one, repr(one).encode())]))
            outcomes += counted.elements()
        self.writer.publish()
        return outcomes

    def found(self, query: str | Query) -> list[str]:
        query = parse(query) if isinstance(query, str) else query
        return [headline.story for headline in self.library.headlines(self.library.stories(query)[:])]

    def counted(self, field: str, query: str = "", **options: Any) -> dict[str, int]:
        values = self.library.facets(parse(query), **options).fields[field]
        return {value.value: value.count for value in values}

    def close(self) -> None:
        self.library.close()
        self.state.close()
        self.writer.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.close()


# What is put comes back


def test_an_article_comes_back_as_it_was_put(desk: Desk) -> None:
    whole = article(
        "61",
        "uk",
        title="Біткоїн",
        description="Опис",
        published=NOON,
        updated=NOON + timedelta(milliseconds=1),
        publisher=Publisher("ledger", "Night Ledger", "RSS", "https://ledger.example/"),
        category="BTC",
        tags=("BTC", "A B", "-DEFI"),
        sentiment=Sentiment.NEGATIVE,
        score=-0.25,
        sticky_weight=2,
        draft=True,
        canonical_url="https://ledger.example/61",
        cover={"raw": "https://img.example/raw.jpg"},
        provenance=Provenance(True, NOON, "2", "7"),
        cta=("SUBSCRIBE",),
        extra={"weather": {"wind": [1, None]}},
        body="## Огляд\n\nТекст.",
    )
    desk.put(whole)
    assert desk.library.article("61") == whole
    bare = article("62", body="Text.")
    desk.put(bare)
    assert desk.library.article("62", "en") == bare


def test_a_headline_tells_of_all_languages_and_of_marks(desk: Desk) -> None:
    desk.put(article("1", "uk", title="Біткоїн"), article("1", "en", title="Bitcoin", score=1.5))
    desk.state.set_mark(Mark.STARRED, "1", on=True)
    [headline] = desk.library.headlines(desk.library.stories(Query()))
    assert (headline.title, headline.lang, headline.languages) == ("Bitcoin", "en", ("en", "uk"))
    assert (headline.read, headline.starred, headline.score) == (False, True, 1.5)


def test_there_may_be_nothing(desk: Desk) -> None:
    assert desk.library.is_empty()
    assert desk.found("") == desk.found("bitcoin -tag:x") == []
    assert desk.library.facets(Query(), apart=True).total == 0
    assert desk.library.article("1") is None
    assert desk.library.position("1") is None
    assert desk.library.languages_of("1") == ()
    assert desk.library.headlines([]) == desk.library.headlines([5]) == []
    desk.put(article())
    assert not desk.library.is_empty()


def test_a_story_is_shown_in_the_preferred_language_it_has(desk: Desk) -> None:
    desk.put(*(article("1", lang) for lang in ("ja", "uk", "en")), article("2", "ja"))
    stories = desk.library.stories(Query())

    def shown(library: Library, *languages: str) -> list[str]:
        return [headline.lang for headline in library.headlines(stories, languages)]

    assert shown(desk.library) == ["ja", "en"]
    assert shown(desk.library, "uk") == ["ja", "uk"]
    ukrainian = desk.opened(languages=("uk", "en"))
    assert shown(ukrainian) == ["ja", "uk"]
    found = ukrainian.article("1")
    assert found is not None
    assert found.lang == "uk"
    ukrainian.close()
    assert desk.library.article("1", "de") is None
    assert desk.library.languages_of("1") == ("en", "ja", "uk")
    assert [h.lang for h in desk.library.all_versions(stories)] == ["ja", "ja", "uk", "en"]


def test_a_draft_gives_way_to_a_published_language(desk: Desk) -> None:
    desk.put(article("1", "en", draft=True), article("1", "uk"))
    [headline] = desk.library.headlines(desk.library.stories(Query()))
    assert headline.lang == "uk"


def test_a_draft_beside_a_published_version_is_not_there(desk: Desk) -> None:
    secret = article(
        "1",
        "uk",
        title="Секрет",
        draft=True,
        tags=("SECRET",),
        published=NOON + DAY,
        sticky_weight=9,
        category="HIDDEN",
        publisher=Publisher("hidden", "Hidden"),
        provenance=Provenance(translated_from="7"),
    )
    desk.put(
        secret, article("1", title="Open"), article("2", title="Newer", published=NOON + timedelta(hours=1))
    )
    library = desk.library
    everything = library.stories(Query())
    assert [(h.story, h.lang, h.languages) for h in library.headlines(everything, ["uk"])] == [
        ("2", "en", ("en",)),
        ("1", "en", ("en",)),
    ]
    assert [h.lang for h in library.all_versions(everything)] == ["en", "en"]
    for query in ("секрет", "lang:uk", "tag:secret", "category:hidden", "source:hidden", "is:pinned"):
        assert desk.found(query) == [], query
        assert desk.found(f"-{query}") == ["2", "1"], query
    assert desk.found("is:translated") == desk.found("is:draft") == []
    fields = library.facets(Query()).fields
    assert [value.value for field in ("lang", "tag", "category") for value in fields[field]] == ["en"]
    assert library.languages_of("1") == ("en",)
    assert library.article("1", "uk") is None

    desk.put(replace(secret, draft=False))
    assert desk.found("секрет") == desk.found("lang:uk is:pinned is:translated") == ["1"]
    assert desk.found("") == ["1", "2"]
    assert library.languages_of("1") == ("en", "uk")


def test_a_word_in_a_draft_and_in_a_published_version_is_found(desk: Desk) -> None:
    desk.put(article("1", "uk", title="Bitcoin", draft=True), article("1", title="Bitcoin rests"))
    desk.put(article("2", "uk", title="Bitcoin", draft=True), article("2", title="Ether"))
    assert desk.found("bitcoin") == ["1"]
    assert desk.found("-bitcoin") == ["2"]


def test_a_story_that_is_wholly_a_draft_has_all_its_versions(desk: Desk) -> None:
    desk.put(article("1", "uk", title="Секрет", draft=True), article("1", draft=True))
    assert desk.found("") == desk.found("секрет") == []
    assert desk.found("is:draft секрет lang:uk") == ["1"]
    [headline] = desk.library.headlines(desk.library.stories(parse("is:draft")))
    assert headline.languages == desk.library.languages_of("1") == ("en", "uk")
    assert desk.library.article("1", "uk") is not None


def test_the_same_bytes_are_unchanged_and_new_bytes_an_update(desk: Desk) -> None:
    one = article("1")
    assert desk.put(one) == [Outcome.ADDED]
    assert desk.put(one) == [Outcome.UNCHANGED]
    assert desk.put(replace(one, title="Corrected")) == [Outcome.UPDATED]
    assert desk.put(replace(one, lang="uk")) == [Outcome.ADDED]
    found = desk.library.article("1")
    assert found is not None
    assert found.title == "Corrected"


@pytest.mark.parametrize("newest_first", [True, False])
def test_of_two_files_of_one_story_the_one_updated_last_wins(desk: Desk, newest_first: bool) -> None:
    old = article("1", title="Old", origin="/a.md")
    new = article("1", title="New", origin="/b.md", updated=NOON + DAY)
    desk.put(*((new, old) if newest_first else (old, new)))
    found = desk.library.article("1")
    assert found is not None
    assert (found.title, found.origin) == ("New", "/b.md")


def test_a_file_that_was_rewritten_with_an_older_date_counts(desk: Desk) -> None:
    desk.put(article("1", title="Before"))
    desk.put(article("1", title="After", updated=NOON - DAY))
    assert desk.found("after") == ["1"]
    assert desk.found("before") == []


def test_more_languages_than_there_is_room_for_are_left_out(desk: Desk) -> None:
    languages = [f"x{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(VERSIONS + 3)]
    outcomes = desk.put(*(article("1", lang) for lang in languages), article("2"))
    assert outcomes.count(Outcome.ADDED) == VERSIONS + 1
    assert set(desk.found("")) == {"1", "2"}
    assert desk.found("lang:xaa") == ["1"]


def test_what_is_written_is_seen_once_it_is_published(desk: Desk) -> None:
    desk.put(*(article(str(n)) for n in range(10)))
    desk.writer.write("s", {}, arrived([(article("new"), b"new")]))
    assert "new" not in desk.found("")
    desk.writer.publish()
    assert "new" in desk.found("")


# Marks


def test_a_changed_article_keeps_its_star(desk: Desk) -> None:
    desk.put(article("1"))
    desk.state.set_mark(Mark.STARRED, "1", on=True)
    desk.put(article("1", title="Changed", published=NOON - DAY))
    assert desk.found("is:starred changed") == ["1"]


def test_a_moved_file_keeps_its_marks_and_tells_its_new_place(desk: Desk) -> None:
    one = article("1", origin="/old.md")
    desk.writer.write("s", {}, arrived([(one, b"bytes")]))
    desk.writer.publish()
    desk.state.set_mark(Mark.READ, "1", on=True)
    outcomes = desk.writer.write("s", {}, arrived([(replace(one, origin="/new.md"), b"bytes")]))
    assert [*outcomes] == [Outcome.UNCHANGED]
    [headline] = desk.library.headlines(desk.library.stories(parse("is:read")))
    assert headline.origin == "/new.md"


def test_marks_follow_their_stories_when_older_ones_arrive(desk: Desk) -> None:
    desk.put(article("1"))
    desk.state.set_mark(Mark.STARRED, "1", on=True)
    assert desk.found("is:starred") == ["1"]
    desk.put(article("2", published=NOON - DAY), article("3", published=NOON + DAY))
    assert desk.found("is:starred") == ["1"]
    assert desk.found("is:unread -is:starred") == ["3", "2"]


def test_two_connections_see_each_others_writes(desk: Desk) -> None:
    other = Desk(desk.library_path.parent)
    assert desk.found("") == other.found("") == []
    other.put(article("1", tags=("BTC",)))
    assert desk.found("tag:btc") == ["1"]
    desk.put(article("2", tags=("BTC",)))
    assert other.found("tag:btc") == ["2", "1"]
    desk.state.set_mark(Mark.READ, "1", on=True)
    assert other.found("is:read") == ["1"]
    assert other.library.unread() == BitMap([1])
    other.state.set_mark(Mark.READ, "1", on=False)
    assert desk.found("is:read") == []
    other.close()


# Words


@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ("bitcoin", True),
        ("BIT", True),
        ("coin", False),
        ("bi", False),
        ("etf", True),
        ("ет", False),
        ("біткоїн", True),
        ("БІТКОЇН", True),
        ("бітко", True),
        ('"біткоїн"', False),
        ('"біткоїну"', True),
        ('"etf flows"', True),
        ('"flows etf"', False),
        ('"etf flo"', False),
        ("layer-2", True),
        ("layer-3", False),
        ("u.s.", True),
        ("u.k.", False),
        ("№5", True),
        ("№6", False),
        ("straße", True),
        ("STRAßE", True),
        ("İstanbul", True),
        ("café", True),
        ("cafe", False),
        ("м’який", True),
        ("м'який", True),
        ("знай", True),
        ("знаи", False),
        ("5", True),
        ("AND", True),
        ('"OR"', False),
        ("NOT", False),
        ("bitcoin OR dogecoin", True),
        ("no* ti*", False),
        ("fl*", True),
        ('"NEAR("', False),
        ("bitcoin*", True),
        ("^bitcoin", True),
        ("title:bitcoin", True),
        ("title:layer-2", False),
        ("body:layer-2", True),
        ("body:bitcoin", False),
        ("overview:layer-2", True),
        ("events:layer-2", False),
        ("nothing:x", None),
        ("{title}", False),
        ("-bitcoin", False),
        ("-dogecoin", True),
        ("bitcoin dogecoin", False),
    ],
)
def test_a_word_finds_beginnings_and_a_quoted_one_itself(desk: Desk, query: str, finds: bool | None) -> None:
    desk.put(
        article(
            title="Bitcoins and ETF flows",
            description="Ціна біткоїну: м’який день. Знай!",
            body="## Overview\n\nA layer-2 of the U.S. on Straße №5 in İstanbul, café.",
        )
    )
    if finds is None:
        with pytest.raises(ValueError, match="there is no field"):
            parse(query)
    else:
        assert desk.found(query) == (["1"] if finds else [])


@pytest.mark.parametrize(
    "text",
    [
        '"',
        '""',
        '"a"b',
        "'",
        "a AND b",
        "NEAR(a b)",
        "a*",
        "^a",
        "-a",
        "a + b",
        "{a} : b",
        "a:b",
        "\\",
        "*",
        "№",
        "%",
    ],
)
@pytest.mark.parametrize("exact", [True, False])
def test_no_word_is_ever_an_operator(desk: Desk, text: str, exact: bool) -> None:
    desk.put(article(title="a b"))
    assert desk.found(make_query([Word(text, exact)])) in ([], ["1"])


def test_a_phrase_does_not_reach_from_one_section_or_version_into_another(desk: Desk) -> None:
    body = "One two.\n\n## Market\n\nthree\n\n## What happened\n\nfour\n\n## Market today\n\nfive"
    desk.put(
        article("1", title="Six", description="Seven", body=body),
        article("1", "uk", title="Eight", description="Nine", body="Ten.\n\n## Market\n\nEleven"),
    )
    for phrase in ("two three", "market three", "three market", "three market today", "market today five"):
        inside = phrase in ("market three", "market today five")
        assert desk.found(f'"{phrase}"') == desk.found(f'market:"{phrase}"') == ["1"] * inside, phrase
    for phrase in ("six eight", "seven nine", "five ten", "two ten", "five market eleven"):
        assert desk.found(f'"{phrase}"') == [], phrase
    assert desk.found("market:eleven events:four other:ten title:eight body:two") == ["1"]
    assert desk.found("body:six") == desk.found("title:market") == desk.found("other:three") == []


def test_a_phrase_does_not_reach_from_the_title_into_the_body(desk: Desk) -> None:
    desk.put(article(title="One two", description="three", body="four"))
    assert desk.found('"one two"') == ["1"]
    assert desk.found('"two three"') == desk.found('"three four"') == []
    assert desk.found("two three four") == ["1"]


def test_words_may_stand_in_different_languages(desk: Desk) -> None:
    desk.put(
        article("1", "en", title="Bitcoin"),
        article("1", "uk", title="Біткоїн"),
        article("2", title="Bitcoin"),
    )
    assert desk.found("bitcoin біткоїн") == ["1"]
    assert desk.found("bitcoin -біткоїн") == ["2"]


def test_facts_of_an_article_before_a_change_are_forgotten(desk: Desk) -> None:
    desk.put(article("1", tags=("BTC",), sentiment=Sentiment.POSITIVE, sticky_weight=1), article("2"))
    desk.put(article("1", tags=("ETH",), category="MARKET"))
    assert desk.found("tag:btc") == desk.found("sentiment:positive") == desk.found("is:pinned") == []
    assert desk.found("tag:eth category:market sentiment:unrated -is:pinned") == ["1"]


def test_words_of_the_text_before_a_change_are_forgotten(desk: Desk) -> None:
    desk.put(article("1", title="Bitcoin", body="rises"))
    desk.put(article("1", title="Ether", body="falls"))
    assert desk.found("bitcoin") == desk.found("rises") == []
    assert desk.found("ether falls") == ["1"]


# Order


def test_pinned_stories_come_first_by_weight_then_the_newest(desk: Desk) -> None:
    desk.put(
        article("old", published=NOON - DAY),
        article("heavy", published=NOON - 3 * DAY, sticky_weight=9),
        article("light", published=NOON - 2 * DAY, sticky_weight=1),
        article("light and newer", published=NOON, sticky_weight=1),
        article("new", published=NOON + DAY),
        article("weightless", published=NOON + 2 * DAY, sticky_weight=-5),
    )
    assert desk.found("") == ["heavy", "light and newer", "light", "weightless", "new", "old"]


def test_stories_can_be_sorted_otherwise(desk: Desk) -> None:
    desk.put(
        article("1", title="b", updated=NOON, publisher=Publisher("x", "Courier"), score=1.0),
        article("2", title="A", updated=NOON + DAY, publisher=Publisher("y", "alpha"), sticky_weight=3),
        article("3", title="c", updated=NOON - DAY, publisher=Publisher("z", "Bravo"), score=2.0),
    )
    assert {
        order: "".join(desk.found(f"sort:{order}")) for order in (*ORDERS, *(f"+{o}" for o in ORDERS))
    } == {
        "published": "231",
        "updated": "213",
        "title": "213",
        "source": "231",
        "score": "312",
        "relevance": "321",
        "+published": "123",
        "+updated": "312",
        "+title": "213",
        "+source": "231",
        "+score": "132",
        "+relevance": "321",
    }
    assert "".join(desk.found("sort:-title")) == "312"
    assert "".join(desk.found("sort:-source")) == "132"
    assert all(desk.found(f"tag:none sort:{order}") == [] for order in ORDERS)


def test_stories_are_sorted_by_the_version_that_is_shown(desk: Desk) -> None:
    desk.put(
        article("1", title="Älter", score=1.0),
        article("1", "uk", title="я", score=9.0, updated=NOON + 9 * DAY),
        article("2", title="ähnlich", score=2.0, updated=NOON + DAY),
        article("2", "uk", title="Абв"),
        article("2", "de", title="0", draft=True, score=99.0),
    )

    def order(by: str, more: str = "") -> str:
        return "".join(desk.found(f"sort:{by} {more}"))

    assert [order(by) for by in ("title", "score", "updated")] == ["21", "21", "21"]
    assert [order(by, "lang:uk") for by in ("title", "score", "updated")] == ["21", "12", "12"]
    ukrainian = Desk(desk.library_path.parent)
    ukrainian.library.close()
    ukrainian.library = ukrainian.opened(languages=["uk"])
    assert ukrainian.found("sort:score") == ["1", "2"]
    ukrainian.close()


def test_the_most_relevant_story_comes_first(desk: Desk) -> None:
    desk.put(
        article("body", body="## Overview\n\nAn ETF was proposed.", published=NOON + DAY),
        article("title", title="An ETF is here", published=NOON - DAY),
        article("description", description="About an ETF."),
        article("none", sticky_weight=9),
    )
    assert desk.found("etf sort:relevance") == ["title", "description", "body"]
    assert desk.found("etf sort:+relevance") == ["body", "description", "title"]
    assert desk.found("etf OR is:pinned sort:relevance") == ["title", "description", "body", "none"]
    assert desk.found("-etf sort:relevance") == ["none"]
    assert desk.found("sort:relevance") == ["body", "none", "description", "title"]


# Facets


def test_facets_count_stories_once_whatever_their_languages(desk: Desk) -> None:
    desk.put(
        article("1", "en", tags=("BTC", "ETF"), sentiment=Sentiment.POSITIVE, category="MARKET"),
        article("1", "uk", tags=("BTC",), sentiment=Sentiment.POSITIVE, category="MARKET"),
        article("2", "en", tags=("btc",)),
        article("3", "en", tags=("BTC",), draft=True),
    )
    facets = desk.library.facets(Query())
    assert facets.total == 2
    assert {
        field: {value.label: value.count for value in values} for field, values in facets.fields.items()
    } == {
        "sentiment": {"POSITIVE": 1, "UNRATED": 1},
        "source": {"Night Ledger": 2},
        "category": {"MARKET": 1},
        "tag": {"BTC": 2, "ETF": 1},
        "lang": {"en": 2, "uk": 1},
        "asset": {"Bitcoin": 2},
        "section": {"overview": 2},
        "is": {"unread": 2},
        "on": {"Today": 2, "7 days": 2, "30 days": 2, "Nov 2025": 2},
    }
    assert desk.library.facets(parse("is:draft")).total == 1


def test_facets_apart_tell_what_another_value_would_give(desk: Desk) -> None:
    desk.put(article("1", tags=("A",)), article("2", tags=("B",)), article("3", tags=("B",), category="M"))

    assert desk.counted("tag", "tag:a") == {"a": 1}
    assert desk.counted("tag", "tag:a", apart=True) == {"b": 2, "a": 1}
    assert desk.counted("tag", "tag:a category:m", apart=True) == {"b": 1}


def test_what_the_query_says_is_counted_whatever_its_rank(desk: Desk) -> None:
    desk.put(*(article(str(n), tags=("A", "B", "C")[: n + 1]) for n in range(3)))

    def tags(query: str, most: int) -> tuple[dict[str, int], bool]:
        facets = desk.library.facets(parse(query), apart=True, most={"tag": most})
        return {v.value: v.count for v in facets.fields["tag"]}, facets.more.get("tag", False)

    assert tags("", 2) == ({"a": 3, "b": 2}, True)
    assert tags("", 3) == ({"a": 3, "b": 2, "c": 1}, False)
    assert tags("tag:c", 1) == ({"a": 3, "c": 1}, True)
    assert tags("-tag:c,nobody", 0) == ({"c": 1, "nobody": 0}, True)
    assert tags("tag:nobody", 9) == ({"a": 3, "b": 2, "c": 1, "nobody": 0}, False)
    assert tags("tag:c*", 1) == ({"a": 3}, True)
    assert tags("id:2 tag:c", 1) == ({"a": 1, "c": 1}, True)


def test_drafts_are_counted_as_if_they_were_asked_for(desk: Desk) -> None:
    desk.put(article("1", tags=("A",)), article("2", tags=("A",), draft=True), article("3", draft=True))
    assert desk.counted("is") == {"unread": 1}
    assert desk.counted("is", apart=True) == {"unread": 1, "draft": 2}
    assert desk.counted("is", "tag:a", apart=True) == {"unread": 1, "draft": 1}
    assert desk.counted("tag") == {"a": 1}
    facets = desk.library.facets(parse("is:draft"), apart=True, most={"is": 1})
    assert [(v.value, v.count) for v in facets.fields["is"]] == [("unread", 1), ("draft", 2)]


def test_sources_are_offered_by_their_names_and_their_keys(desk: Desk) -> None:
    desk.put(
        article("1", publisher=Publisher("nl", "Night Ledger")),
        article("2", publisher=Publisher("courier", "Night Courier")),
        article("3", publisher=Publisher("courier", "Night Courier"), tags=("X",)),
    )

    def offered(letters: str, query: str = "") -> list[tuple[str, str, int]]:
        return [(v.value, v.label, v.count) for v in desk.library.values("source", parse(query), letters)]

    assert offered("night") == [("courier", "Night Courier", 2), ("nl", "Night Ledger", 1)]
    assert offered("NL") == [("nl", "Night Ledger", 1)]
    assert offered("n", "tag:x source:nl") == [("courier", "Night Courier", 1)]


# Assets


def test_an_asset_is_found_by_any_of_its_names(desk: Desk) -> None:
    desk.put(
        article("1", tags=("BTC",)),
        article("2", tags=("BITCOIN PRICE",)),
        article("3", tags=("БІТКОЇН", "SOL")),
        article("4", tags=("BITCOIN MINERS", "DIGITAL GOLD")),
    )
    for query in (
        "$btc",
        "asset:bitcoin",
        "asset:xbt",
        "$біткоїн",
        "asset:bt*",
        "tag:btc,бітк* OR asset:bitc*",
    ):
        assert desk.found(query) == ["3", "2", "1"], query
    assert desk.found("$btc&sol") == desk.found("$sol") == ["3"]
    assert desk.found("-$btc") == desk.found("-asset:*") == ["4"]
    assert desk.found("$dogecoin") == desk.found("$nothing") == []
    own = desk.opened(assets={"btc": ["digital gold"], "miners": ["bitcoin miners"]})
    assert [headline.story for headline in own.headlines(own.stories(parse("$btc"))[:])] == [
        "4",
        "3",
        "2",
        "1",
    ]
    assert [tuple(value) for value in own.facets(Query()).fields["asset"]] == [
        ("btc", "Bitcoin", 4),
        ("miners", "bitcoin miners", 1),
        ("sol", "Solana", 1),
    ]
    assert [value.value for value in own.values("asset", Query(), "min")] == ["miners"]
    assert own.count(parse("asset:*ers")) == 1
    own.close()


# Numbers, times and places


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("score:>0.5", "2"),
        ("score:0.5", "1"),
        ("score:-1..0.5", "31"),
        ("score:<=0.5,>1", "321"),
        ("score:>=0.5 score:<2", "1"),
        ("-score:..9", "4"),
        ("words:>3", "4"),
        ("words:3", "321"),
        ("lag:>6h", "21"),
        ("lag:2d..", "2"),
        ("lag:<0m", "4"),
        ("updated:2025-11-27", "2"),
        ("updated:..2025-11-24", "43"),
        ("on:2025-11-25", "421"),
        ("on:yesterday", "3"),
        ("on:2025", "4321"),
        ("since:24h", "421"),
        ("before:today", "3"),
        ("published:2025-11-24..2025-11-25", "4321"),
        ("id:2,3", "32"),
        ("id:*", "4321"),
        ("origin:/news/1.en.md", "1"),
        ("origin:/NEWS/*.md", "4321"),
        ("origin:*.uk.*", ""),
        ("has:image", "1"),
        ("has:link", "2"),
        ("has:note", "3"),
        ("-has:image,link,note", "4"),
        ("section:market", "4"),
        ("section:overview -section:market", "321"),
    ],
)
def test_a_condition_finds_what_meets_it(desk: Desk, query: str, found: str) -> None:
    desk.put(
        article("3", score=-1.0, published=NOON - DAY, updated=NOON - DAY),
        article(
            "1", score=0.5, updated=NOON + 12 * timedelta(hours=1), cover={"raw": "https://img.example/1"}
        ),
        article("2", score=2.0, updated=NOON + 2 * DAY, canonical_url="https://ledger.example/2"),
        article("4", body="## Overview\n\nOne.\n\n## Market\n\nTwo.", updated=NOON - DAY),
    )
    desk.state.set_note("3", "Look again.")
    assert "".join(sorted(desk.found(query), reverse=True)) == found


def test_an_id_is_found_in_any_case(desk: Desk) -> None:
    desk.put(article("Ab-1"), article("Ärger"))
    assert desk.found("id:ab-1") == desk.found("id:AB-1") == ["Ab-1"]
    assert desk.found("id:ärger") == desk.found("id:är*") == ["Ärger"]


def test_a_time_is_told_by_the_clock_of_the_moment(desk: Desk) -> None:
    desk.put(article("1", published=NOON, updated=NOON))
    for query in ("on:today", "since:12h", "updated:today", "updated:12h"):
        desk.now = NOW
        assert desk.found(query) == ["1"], query
        desk.now = NOW + DAY
        assert desk.found(query) == [], query


# What is new


def test_what_came_after_the_reader_had_left_is_new(desk: Desk) -> None:
    desk.put(article("1"))
    assert desk.found("is:new") == []
    time.sleep(0.002)
    desk.state.note_leaving()
    time.sleep(0.002)
    assert desk.found("is:new") == []
    desk.put(article("2"), article("1", title="Rewritten"))
    assert desk.found("is:new") == ["2"]
    time.sleep(0.002)
    desk.state.note_leaving()
    assert desk.found("is:new") == []


def test_what_was_rewritten_after_it_was_read_is_changed(desk: Desk) -> None:
    desk.put(article("1"), article("2"))
    desk.state.set_mark(Mark.READ, "1", on=True)
    time.sleep(0.002)
    assert desk.found("is:changed") == []
    desk.put(article("1"), article("2", title="Rewritten"))
    assert desk.found("is:changed") == []
    desk.put(article("1", title="Rewritten"))
    assert desk.found("is:changed") == ["1"]
    desk.state.set_mark(Mark.READ, "1", on=False)
    assert desk.found("is:changed") == []


# What takes time


@pytest.mark.parametrize(
    ("query", "ready"),
    [
        ("", True),
        ("tag:btc is:unread since:7d (lang:en OR $btc)", True),
        ("bitcoin", False),
        ("lang:en -(tag:btc OR bitcoin)", False),
        ("score:>1", False),
        ("updated:7d", False),
        ("origin:*.md", False),
        ("sort:title", False),
        ("sort:relevance", True),
        ("bitcoin sort:relevance", False),
    ],
)
def test_what_takes_time_in_a_large_library_can_be_looked_up_in_a_thread(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, query: str, ready: bool
) -> None:
    desk.put(article("1", title="Bitcoin", score=2.0), article("2"))
    asked = parse(query)
    assert desk.library.ready(asked)
    monkeypatch.setattr(store, "SMALL", 2)
    assert desk.library.ready(asked) == ready
    with ThreadPoolExecutor(1) as thread:
        thread.submit(desk.library.get_ready, asked).result()
    assert desk.library.ready(asked)
    expected = desk.found(query)
    desk.put(article("3", published=NOON - DAY))
    assert desk.library.ready(asked) == ready
    assert desk.found(query) == [*expected, *desk.found(f"{query} id:3")]


def test_what_is_looked_up_can_be_interrupted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "SMALL", 0)
    desk.put(*(article(str(n), title=f"word{n % 100}", body="many words " * 50) for n in range(300)))
    query = parse("origin:*x*x*x*")
    desk.library.interrupt()  # nothing is going on

    def forever(library: Library) -> None:
        while True:
            library.get_ready(query)
            library._meanings.forget()

    with ThreadPoolExecutor(1) as thread:
        going_on = thread.submit(forever, desk.library)
        end = time.monotonic() + 10
        while not going_on.done() and time.monotonic() < end:
            desk.library.interrupt()
            assert len(desk.found("")) == 300  # other questions are answered meanwhile
        with pytest.raises(Interrupted):
            going_on.result(timeout=1)
    desk.library.get_ready(query)
    assert desk.found("origin:*x*x*x*") == []


# Items of sources


def test_items_are_remembered_with_their_problems_and_forgotten(desk: Desk) -> None:
    problems = (Problem("b.md", 3, "odd"), Problem("b.md", None, "empty"))
    items = {"a.md": Remembered("1"), "b.md": Remembered("2", b"hash", problems)}
    desk.writer.write("/news", items)
    desk.writer.write("/other", {"a.md": Remembered("9")})
    assert desk.writer.remembered("/news") == items
    desk.writer.write("/news", {"a.md": Remembered("3")}, vanished=["b.md", "unheard of"])
    assert desk.writer.remembered("/news") == {"a.md": Remembered("3")}
    assert desk.writer.remembered("/other") == {"a.md": Remembered("9")}


# A sequence of stories


def stories_of(found: list[int], pinned: list[int]) -> Stories:
    return Stories(BitMap(found), pinned)


def test_a_sequence_of_stories_can_be_read_from_both_ends() -> None:
    stories = stories_of([0, 2, 5, 7, 9], [5, 2])
    assert list(stories) == [5, 2, 9, 7, 0]
    assert (stories[0], stories[-1], stories[1:3], stories[::-2]) == (5, 0, [2, 9], [0, 9, 5])
    assert (5 in stories, 4 in stories, "5" in stories) == (True, False, False)
    for outside in (5, -6):
        with pytest.raises(IndexError):
            stories[outside]


# Files that are not ours


def foreign(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE accounts (owner TEXT)")
        connection.execute("PRAGMA user_version = 3")
    connection.close()


def newer(path: Path) -> None:
    Writer(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()


OPENERS: list[Callable[[Path], Any]] = [
    Writer,
    State,
    lambda path: Library(path, path.with_name("state.db")),
    lambda path: Library(path.with_name("library.db"), path),
]
OPENER_NAMES = ["writer", "state", "library", "state of library"]


@pytest.mark.parametrize("opened", OPENERS, ids=OPENER_NAMES)
@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (foreign, "is not a cryptonews"),
        (lambda path: path.write_bytes(b"These are my tax notes.\n" * 100), "it is not a database"),
        (lambda path: path.write_bytes(b"no"), "it is not a database"),
        (lambda path: path.write_bytes(b"SQLite format 3\0" + b"\xff" * 4_000), "it is not a database"),
    ],
    ids=["foreign", "text", "short", "damaged"],
)
def test_a_file_that_is_not_ours_is_refused_with_a_sentence_and_left_as_it_is(
    tmp_path: Path, opened: Callable[[Path], Any], make: Callable[[Path], Any], reason: str
) -> None:
    path = tmp_path / "file.db"
    make(path)
    before = path.read_bytes()
    with pytest.raises(DatabaseError) as caught:
        opened(path)
    assert reason in str(caught.value)
    assert str(path) in str(caught.value)
    assert path.read_bytes() == before
    assert not [p for p in tmp_path.iterdir() if p.name.startswith("file.db-")]


def test_a_database_of_a_newer_program_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    newer(path)
    before = path.read_bytes()
    with pytest.raises(DatabaseError, match="was made by a newer cryptonews; update this one"):
        Writer(path)
    assert path.read_bytes() == before


def test_a_library_is_no_state_and_a_state_no_library(tmp_path: Path) -> None:
    State(tmp_path / "state.db").close()
    Writer(tmp_path / "library.db").close()
    with pytest.raises(DatabaseError, match="is not a cryptonews library"):
        Writer(tmp_path / "state.db")
    with pytest.raises(DatabaseError, match="is not a cryptonews state"):
        State(tmp_path / "library.db")


@pytest.mark.parametrize("opened", OPENERS, ids=OPENER_NAMES)
def test_a_folder_is_refused_with_a_sentence(tmp_path: Path, opened: Callable[[Path], Any]) -> None:
    (tmp_path / "folder.db").mkdir()
    with pytest.raises(DatabaseError, match=r"folder\.db: it cannot be opened"):
        opened(tmp_path / "folder.db")


def test_a_file_in_place_of_the_folder_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("text")
    with pytest.raises(DatabaseError, match="cannot make the folder for the library"):
        Writer(tmp_path / "file" / "library.db")


def test_an_empty_file_that_may_not_be_written_to_is_refused_with_a_sentence(strangers_folder: Path) -> None:
    path = strangers_folder / "library.db"
    path.touch(0o444)
    with pytest.raises(DatabaseError, match="it may not be written to; check its permissions"):
        Writer(path)
    assert path.read_bytes() == b""


def test_a_library_that_may_only_be_read_answers_and_refuses_to_be_written(strangers_folder: Path) -> None:
    desk = Desk(strangers_folder)
    desk.put(article("1"))
    desk.close()
    path = desk.library_path
    path.chmod(0o444)
    before = path.read_bytes()
    writer = Writer(path)
    with pytest.raises(DatabaseError, match="it may not be written to"):
        writer.write("s", {}, arrived([(article("2"), b"2")]))
    writer.close()
    library = Library(path, desk.state_path)
    assert len(library.stories(Query())) == 1
    library.close()
    assert path.read_bytes() == before


def test_a_folder_that_may_not_be_written_to_is_refused_with_a_sentence(strangers_folder: Path) -> None:
    (strangers_folder / "closed").mkdir(0o500)
    with pytest.raises(DatabaseError, match="cannot"):
        Writer(strangers_folder / "closed" / "deep" / "library.db")
    with pytest.raises(DatabaseError, match="cannot"):
        Writer(strangers_folder / "closed" / "library.db")


def test_a_locked_database_is_waited_for_and_then_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    impatient = Desk(desk.library_path.parent)
    desk.put(article("1"))
    locks = [sqlite3.connect(path, isolation_level=None) for path in (desk.library_path, desk.state_path)]
    for lock in locks:
        lock.execute("BEGIN IMMEDIATE")
    with pytest.raises(
        DatabaseError, match=r"the library at .*: another program is writing to it; try again"
    ):
        impatient.put(article("2"))
    for change in (
        lambda: impatient.state.set_mark(Mark.READ, "1", on=True),
        lambda: impatient.state.add_source("a", "/a"),
        lambda: impatient.state.remove_source("a"),
        lambda: impatient.state.note_visit("/a", Visit(1)),
    ):
        with pytest.raises(
            DatabaseError, match=r"the state at .*: another program is writing to it; try again"
        ):
            change()
    assert impatient.found("") == ["1"]  # reading goes on
    for lock in locks:
        lock.execute("ROLLBACK")
        lock.close()
    impatient.put(article("2"))
    impatient.close()
    assert desk.found("") == ["2", "1"]


def test_a_batch_that_fails_leaves_nothing_behind(desk: Desk) -> None:
    broken = replace(article("2"), title=None)  # type: ignore[arg-type]  # what SQLite refuses
    with pytest.raises(sqlite3.IntegrityError):
        desk.writer.write("s", {"a": Remembered("1")}, arrived([(article("1"), b"1"), (broken, b"2")]))
    assert desk.writer.remembered("s") == {}
    desk.writer.publish()
    assert desk.library.is_empty()
    assert desk.put(article("1")) == [Outcome.ADDED]


def test_a_new_database_is_made_private_in_its_folder_with_all_its_marks_of_origin(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "library.db"
    Writer(path).close()
    assert path.parent.stat().st_mode & 0o777 == 0o700
    with sqlite3.connect(path) as connection:
        facts = [
            connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "journal_mode")
        ]
    connection.close()
    assert facts == [0x63726E6C, "wal"]
    Writer(path).close()  # and opens again


def test_a_draft_that_the_query_names_is_counted_as_if_it_was_asked_for_whatever_its_rank(desk: Desk) -> None:
    desk.put(article("1", draft=True), article("2"))
    facets = desk.library.facets(parse("is:draft,unread"), apart=True, most={"is": 0})
    assert {value.value: value.count for value in facets.fields["is"]} == {"draft": 1, "unread": 1}
