"""The library: what is put comes back, questions are answered, and other people's files are left alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pyroaring import BitMap

from cryptonews_tui.article import Article, Problem, Provenance, Publisher, Sentiment
from cryptonews_tui.library import (
    SORTS,
    DatabaseError,
    Library,
    Mark,
    Outcome,
    Remembered,
    State,
    Stories,
    Writer,
    database,
)
from cryptonews_tui.library.schema import VERSIONS
from cryptonews_tui.query import Query, Word, make_query, parse
from tests.strategies import NOON, article, sections_of

DAY = timedelta(days=1)


class Shelf:
    """A library, its writer and the reader's state side by side."""

    def __init__(self, folder: Path) -> None:
        self.library_path, self.state_path = folder / "library.db", folder / "state.db"
        self.writer = Writer(self.library_path)
        self.state = State(self.state_path)
        self.library = Library(self.library_path, self.state_path)

    def put(self, *articles: Article) -> list[Outcome]:
        """Outcomes of articles put one by one, each with bytes of its own."""
        outcomes = []
        for one in articles:
            counted = self.writer.write("s", {}, [(one, repr(one).encode())])
            outcomes += counted.elements()
        self.writer.publish()
        return outcomes

    def found(self, query: str | Query) -> list[str]:
        query = parse(query) if isinstance(query, str) else query
        return [headline.story for headline in self.library.headlines(self.library.stories(query))]

    def close(self) -> None:
        self.library.close()
        self.state.close()
        self.writer.close()


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    shelf = Shelf(tmp_path)
    yield shelf
    shelf.close()


# What is put comes back


def test_an_article_comes_back_as_it_was_put(shelf: Shelf) -> None:
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
    whole = replace(whole, sections=sections_of(whole))
    shelf.put(whole)
    assert shelf.library.article("61") == whole
    bare = article("62", body="Text.")
    bare = replace(bare, sections=sections_of(bare))
    shelf.put(bare)
    assert shelf.library.article("62", "en") == bare


def test_a_headline_tells_of_all_languages_and_of_marks(shelf: Shelf) -> None:
    shelf.put(article("1", "uk", title="Біткоїн"), article("1", "en", title="Bitcoin", score=1.5))
    shelf.state.set_mark(Mark.STARRED, "1", on=True)
    [headline] = shelf.library.headlines(shelf.library.stories(Query()))
    assert (headline.title, headline.lang, headline.languages) == ("Bitcoin", "en", ("en", "uk"))
    assert (headline.read, headline.starred, headline.score) == (False, True, 1.5)


def test_there_may_be_nothing(shelf: Shelf) -> None:
    assert shelf.library.is_empty()
    assert shelf.found("") == shelf.found("bitcoin -tag:x") == []
    assert shelf.library.facets(Query(), apart=True).total == 0
    assert shelf.library.article("1") is None
    assert shelf.library.position("1") is None
    assert shelf.library.languages_of("1") == ()
    assert shelf.library.headlines([]) == shelf.library.headlines([5]) == []
    shelf.put(article())
    assert not shelf.library.is_empty()


def test_a_story_is_shown_in_the_preferred_language_it_has(shelf: Shelf, tmp_path: Path) -> None:
    shelf.put(*(article("1", lang) for lang in ("ja", "uk", "en")), article("2", "ja"))
    stories = shelf.library.stories(Query())

    def shown(library: Library, *languages: str) -> list[str]:
        return [headline.lang for headline in library.headlines(stories, languages)]

    assert shown(shelf.library) == ["ja", "en"]
    assert shown(shelf.library, "uk") == ["ja", "uk"]
    ukrainian = Library(shelf.library_path, shelf.state_path, ("uk", "en"))
    assert shown(ukrainian) == ["ja", "uk"]
    found = ukrainian.article("1")
    assert found is not None
    assert found.lang == "uk"
    ukrainian.close()
    assert shelf.library.article("1", "de") is None
    assert shelf.library.languages_of("1") == ("en", "ja", "uk")
    assert [h.lang for h in shelf.library.all_versions(stories)] == ["ja", "ja", "uk", "en"]


def test_a_draft_gives_way_to_a_published_language(shelf: Shelf) -> None:
    shelf.put(article("1", "en", draft=True), article("1", "uk"))
    [headline] = shelf.library.headlines(shelf.library.stories(Query()))
    assert headline.lang == "uk"


def test_a_draft_beside_a_published_version_is_not_there(shelf: Shelf) -> None:
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
    shelf.put(
        secret, article("1", title="Open"), article("2", title="Newer", published=NOON + timedelta(hours=1))
    )
    library = shelf.library
    everything = library.stories(Query())
    assert [(h.story, h.lang, h.languages) for h in library.headlines(everything, ["uk"])] == [
        ("2", "en", ("en",)),
        ("1", "en", ("en",)),
    ]
    assert [h.lang for h in library.all_versions(everything)] == ["en", "en"]
    for query in ("секрет", "lang:uk", "tag:secret", "category:hidden", "source:hidden", "is:pinned"):
        assert shelf.found(query) == [], query
        assert shelf.found(f"-{query}") == ["2", "1"], query
    assert shelf.found("is:translated") == shelf.found("is:draft") == []
    fields = library.facets(Query()).fields
    assert [value.value for field in ("lang", "tag", "category") for value in fields[field]] == ["en"]
    assert library.languages_of("1") == ("en",)
    assert library.article("1", "uk") is None

    shelf.put(replace(secret, draft=False))
    assert shelf.found("секрет") == shelf.found("lang:uk is:pinned is:translated") == ["1"]
    assert shelf.found("") == ["1", "2"]
    assert library.languages_of("1") == ("en", "uk")


def test_a_word_in_a_draft_and_in_a_published_version_is_found(shelf: Shelf) -> None:
    shelf.put(article("1", "uk", title="Bitcoin", draft=True), article("1", title="Bitcoin rests"))
    shelf.put(article("2", "uk", title="Bitcoin", draft=True), article("2", title="Ether"))
    assert shelf.found("bitcoin") == ["1"]
    assert shelf.found("-bitcoin") == ["2"]


def test_a_story_that_is_wholly_a_draft_has_all_its_versions(shelf: Shelf) -> None:
    shelf.put(article("1", "uk", title="Секрет", draft=True), article("1", draft=True))
    assert shelf.found("") == shelf.found("секрет") == []
    assert shelf.found("is:draft секрет lang:uk") == ["1"]
    [headline] = shelf.library.headlines(shelf.library.stories(parse("is:draft")))
    assert headline.languages == shelf.library.languages_of("1") == ("en", "uk")
    assert shelf.library.article("1", "uk") is not None


def test_the_same_bytes_are_unchanged_and_new_bytes_an_update(shelf: Shelf) -> None:
    one = article("1")
    assert shelf.put(one) == [Outcome.ADDED]
    assert shelf.put(one) == [Outcome.UNCHANGED]
    assert shelf.put(replace(one, title="Corrected")) == [Outcome.UPDATED]
    assert shelf.put(replace(one, lang="uk")) == [Outcome.ADDED]
    found = shelf.library.article("1")
    assert found is not None
    assert found.title == "Corrected"


@pytest.mark.parametrize("newest_first", [True, False])
def test_of_two_files_of_one_story_the_one_updated_last_wins(shelf: Shelf, newest_first: bool) -> None:
    old = article("1", title="Old", origin="/a.md")
    new = article("1", title="New", origin="/b.md", updated=NOON + DAY)
    shelf.put(*((new, old) if newest_first else (old, new)))
    found = shelf.library.article("1")
    assert found is not None
    assert (found.title, found.origin) == ("New", "/b.md")


def test_a_file_that_was_rewritten_with_an_older_date_counts(shelf: Shelf) -> None:
    shelf.put(article("1", title="Before"))
    shelf.put(article("1", title="After", updated=NOON - DAY))
    assert shelf.found("after") == ["1"]
    assert shelf.found("before") == []


def test_more_languages_than_there_is_room_for_are_left_out(shelf: Shelf) -> None:
    languages = [f"x{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(VERSIONS + 3)]
    outcomes = shelf.put(*(article("1", lang) for lang in languages), article("2"))
    assert outcomes.count(Outcome.ADDED) == VERSIONS + 1
    assert set(shelf.found("")) == {"1", "2"}
    assert shelf.found("lang:xaa") == ["1"]


def test_what_is_written_is_seen_once_it_is_published(shelf: Shelf) -> None:
    shelf.put(*(article(str(n)) for n in range(10)))
    shelf.writer.write("s", {}, [(article("new"), b"new")])
    assert "new" not in shelf.found("")
    shelf.writer.publish()
    assert "new" in shelf.found("")


# Marks


def test_a_changed_article_keeps_its_star(shelf: Shelf) -> None:
    shelf.put(article("1"))
    shelf.state.set_mark(Mark.STARRED, "1", on=True)
    shelf.put(article("1", title="Changed", published=NOON - DAY))
    assert shelf.found("is:starred changed") == ["1"]


def test_a_moved_file_keeps_its_marks_and_tells_its_new_place(shelf: Shelf) -> None:
    one = article("1", origin="/old.md")
    shelf.writer.write("s", {}, [(one, b"bytes")])
    shelf.writer.publish()
    shelf.state.set_mark(Mark.READ, "1", on=True)
    outcomes = shelf.writer.write("s", {}, [(replace(one, origin="/new.md"), b"bytes")])
    assert [*outcomes] == [Outcome.UNCHANGED]
    [headline] = shelf.library.headlines(shelf.library.stories(parse("is:read")))
    assert headline.origin == "/new.md"


def test_marks_follow_their_stories_when_older_ones_arrive(shelf: Shelf) -> None:
    shelf.put(article("1"))
    shelf.state.set_mark(Mark.STARRED, "1", on=True)
    assert shelf.found("is:starred") == ["1"]
    shelf.put(article("2", published=NOON - DAY), article("3", published=NOON + DAY))
    assert shelf.found("is:starred") == ["1"]
    assert shelf.found("is:unread -is:starred") == ["3", "2"]


def test_two_connections_see_each_others_writes(shelf: Shelf) -> None:
    other = Shelf(shelf.library_path.parent)
    assert shelf.found("") == other.found("") == []
    other.put(article("1", tags=("BTC",)))
    assert shelf.found("tag:btc") == ["1"]
    shelf.put(article("2", tags=("BTC",)))
    assert other.found("tag:btc") == ["2", "1"]
    shelf.state.set_mark(Mark.READ, "1", on=True)
    assert other.found("is:read") == ["1"]
    assert other.library.unread() == BitMap([1])
    other.state.set_mark(Mark.READ, "1", on=False)
    assert shelf.found("is:read") == []
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
        ("OR", False),
        ("NOT", False),
        ("NEAR(bitcoin", False),
        ("bitcoin*", True),
        ("^bitcoin", True),
        ("title:x", None),
        ("{title}", False),
        ("-bitcoin", False),
        ("-dogecoin", True),
        ("bitcoin dogecoin", False),
    ],
)
def test_a_word_finds_beginnings_and_a_quoted_one_itself(
    shelf: Shelf, query: str, finds: bool | None
) -> None:
    shelf.put(
        article(
            title="Bitcoins and ETF flows",
            description="Ціна біткоїну: м’який день. Знай!",
            body="A layer-2 of the U.S. on Straße №5 in İstanbul, café.",
        )
    )
    if finds is None:
        with pytest.raises(ValueError, match="there is no field"):
            parse(query)
    else:
        assert shelf.found(query) == (["1"] if finds else [])


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
def test_no_word_is_ever_an_operator(shelf: Shelf, text: str, exact: bool) -> None:
    shelf.put(article(title="a b"))
    assert shelf.found(make_query([Word(text, exact)])) in ([], ["1"])


def test_a_phrase_does_not_reach_from_the_title_into_the_body(shelf: Shelf) -> None:
    shelf.put(article(title="One two", description="three", body="four"))
    assert shelf.found('"two three"') == shelf.found('"three four"') == []
    assert shelf.found("two three four") == ["1"]


def test_words_may_stand_in_different_languages(shelf: Shelf) -> None:
    shelf.put(
        article("1", "en", title="Bitcoin"),
        article("1", "uk", title="Біткоїн"),
        article("2", title="Bitcoin"),
    )
    assert shelf.found("bitcoin біткоїн") == ["1"]
    assert shelf.found("bitcoin -біткоїн") == ["2"]


def test_facts_of_an_article_before_a_change_are_forgotten(shelf: Shelf) -> None:
    shelf.put(article("1", tags=("BTC",), sentiment=Sentiment.POSITIVE, sticky_weight=1), article("2"))
    shelf.put(article("1", tags=("ETH",), category="MARKET"))
    assert shelf.found("tag:btc") == shelf.found("sentiment:positive") == shelf.found("is:pinned") == []
    assert shelf.found("tag:eth category:market sentiment:unrated -is:pinned") == ["1"]


def test_words_of_the_text_before_a_change_are_forgotten(shelf: Shelf) -> None:
    shelf.put(article("1", title="Bitcoin", body="rises"))
    shelf.put(article("1", title="Ether", body="falls"))
    assert shelf.found("bitcoin") == shelf.found("rises") == []
    assert shelf.found("ether falls") == ["1"]


# Order


def test_pinned_stories_come_first_by_weight_then_the_newest(shelf: Shelf) -> None:
    shelf.put(
        article("old", published=NOON - DAY),
        article("heavy", published=NOON - 3 * DAY, sticky_weight=9),
        article("light", published=NOON - 2 * DAY, sticky_weight=1),
        article("light and newer", published=NOON, sticky_weight=1),
        article("new", published=NOON + DAY),
        article("weightless", published=NOON + 2 * DAY, sticky_weight=-5),
    )
    assert shelf.found("") == ["heavy", "light and newer", "light", "weightless", "new", "old"]


def test_stories_can_be_sorted_otherwise(shelf: Shelf) -> None:
    shelf.put(
        article("1", title="b", updated=NOON, publisher=Publisher("x", "Courier"), score=1.0),
        article("2", title="A", updated=NOON + DAY, publisher=Publisher("y", "alpha"), sticky_weight=3),
        article("3", title="c", updated=NOON - DAY, publisher=Publisher("z", "Bravo"), score=2.0),
    )
    stories = shelf.library.stories(parse(""))

    def order(by: str) -> str:
        return "".join(h.story for h in shelf.library.headlines(shelf.library.sorted(stories, by)))

    assert {by: order(by) for by in SORTS} == {
        "published": "231",
        "updated": "213",
        "title": "213",
        "source": "231",
        "score": "312",
    }
    some = shelf.library.stories(parse("tag:none"))
    assert [shelf.library.sorted(some, by) for by in SORTS if by != "published"] == [[]] * 4


def test_stories_are_sorted_by_the_version_that_is_shown(shelf: Shelf) -> None:
    shelf.put(
        article("1", title="Älter", score=1.0),
        article("1", "uk", title="я", score=9.0, updated=NOON + 9 * DAY),
        article("2", title="ähnlich", score=2.0, updated=NOON + DAY),
        article("2", "uk", title="Абв"),
        article("2", "de", title="0", draft=True, score=99.0),
    )
    stories = shelf.library.stories(Query())

    def order(by: str, *languages: str) -> str:
        positions = shelf.library.sorted(stories, by, languages)
        return "".join(h.story for h in shelf.library.headlines(positions))

    assert [order(by) for by in ("title", "score", "updated")] == ["21", "21", "21"]
    assert [order(by, "uk") for by in ("title", "score", "updated")] == ["21", "12", "12"]
    assert order("title", "de") == "21"


# Facets


def test_facets_count_stories_once_whatever_their_languages(shelf: Shelf) -> None:
    shelf.put(
        article("1", "en", tags=("BTC", "ETF"), sentiment=Sentiment.POSITIVE, category="MARKET"),
        article("1", "uk", tags=("BTC",), sentiment=Sentiment.POSITIVE, category="MARKET"),
        article("2", "en", tags=("btc",)),
        article("3", "en", tags=("BTC",), draft=True),
    )
    facets = shelf.library.facets(Query())
    assert facets.total == 2
    assert {
        field: {value.label: value.count for value in values} for field, values in facets.fields.items()
    } == {
        "sentiment": {"POSITIVE": 1, "UNRATED": 1},
        "source": {"Night Ledger": 2},
        "category": {"MARKET": 1},
        "tag": {"BTC": 2, "ETF": 1},
        "lang": {"en": 2, "uk": 1},
    }
    assert shelf.library.facets(parse("is:draft")).total == 1


def test_facets_apart_tell_what_another_value_would_give(shelf: Shelf) -> None:
    shelf.put(article("1", tags=("A",)), article("2", tags=("B",)), article("3", tags=("B",), category="M"))

    def tags(query: str, *, apart: bool) -> dict[str, int]:
        facets = shelf.library.facets(parse(query), apart=apart)
        return {value.value: value.count for value in facets.fields["tag"]}

    assert tags("tag:a", apart=False) == {"a": 1}
    assert tags("tag:a", apart=True) == {"b": 2, "a": 1}
    assert tags("tag:a category:m", apart=True) == {"b": 1}


# Items of sources


def test_items_are_remembered_with_their_problems_and_forgotten(shelf: Shelf) -> None:
    problems = (Problem("b.md", 3, "odd"), Problem("b.md", None, "empty"))
    items = {"a.md": Remembered("1"), "b.md": Remembered("2", b"hash", problems)}
    shelf.writer.write("/news", items)
    shelf.writer.write("/other", {"a.md": Remembered("9")})
    assert shelf.writer.remembered("/news") == items
    shelf.writer.write("/news", {"a.md": Remembered("3")}, vanished=["b.md", "unheard of"])
    assert shelf.writer.remembered("/news") == {"a.md": Remembered("3")}
    assert shelf.writer.remembered("/other") == {"a.md": Remembered("9")}


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
    shelf = Shelf(strangers_folder)
    shelf.put(article("1"))
    shelf.close()
    path = shelf.library_path
    path.chmod(0o444)
    before = path.read_bytes()
    writer = Writer(path)
    with pytest.raises(DatabaseError, match="it may not be written to"):
        writer.write("s", {}, [(article("2"), b"2")])
    writer.close()
    library = Library(path, shelf.state_path)
    assert len(library.stories(Query())) == 1
    library.close()
    assert path.read_bytes() == before


def test_a_folder_that_may_not_be_written_to_is_refused_with_a_sentence(strangers_folder: Path) -> None:
    (strangers_folder / "closed").mkdir(0o500)
    with pytest.raises(DatabaseError, match="cannot"):
        Writer(strangers_folder / "closed" / "deep" / "library.db")
    with pytest.raises(DatabaseError, match="cannot"):
        Writer(strangers_folder / "closed" / "library.db")


def test_a_locked_database_is_waited_for_and_then_named(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    impatient = Shelf(shelf.library_path.parent)
    shelf.put(article("1"))
    locks = [sqlite3.connect(path, isolation_level=None) for path in (shelf.library_path, shelf.state_path)]
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
        lambda: impatient.state.note_visit("/a", None),
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
    assert shelf.found("") == ["2", "1"]


def test_a_batch_that_fails_leaves_nothing_behind(shelf: Shelf) -> None:
    broken = replace(article("2"), title=None)  # type: ignore[arg-type]  # what SQLite refuses
    with pytest.raises(sqlite3.IntegrityError):
        shelf.writer.write("s", {"a": Remembered("1")}, [(article("1"), b"1"), (broken, b"2")])
    assert shelf.writer.remembered("s") == {}
    shelf.writer.publish()
    assert shelf.library.is_empty()
    assert shelf.put(article("1")) == [Outcome.ADDED]


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


def test_a_migration_is_all_or_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    first = "CREATE TABLE one (a TEXT DEFAULT ';');\nCREATE TABLE two (b);"
    with pytest.raises(sqlite3.OperationalError):
        database.prepare(path, "library", 7, [first, "CREATE TABLE three (c);\nCREATE TABLE one (d);"])
    database.connect(path, "library", 7, [first]).close()
    upgraded = database.connect(path, "library", 7, [first, "CREATE TABLE three (c);"])
    names = [row[0] for row in upgraded.execute("SELECT name FROM sqlite_schema ORDER BY name")]
    assert names == ["one", "three", "two"]
    assert upgraded.execute("PRAGMA user_version").fetchone()[0] == 2
    upgraded.close()
