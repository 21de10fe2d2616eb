"""What holds for any small library and any query: the library answers as a plain Python filter would."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from cryptonews_tui.article import Article, Role, Sentiment
from cryptonews_tui.assets import Assets
from cryptonews_tui.library import (
    Arrived,
    Library,
    Mark,
    Policy,
    Remembered,
    Stories,
    Writer,
    indexing,
    store,
)
from cryptonews_tui.library.database import transaction
from cryptonews_tui.library.health import check_library
from cryptonews_tui.library.indexing import rebuild
from cryptonews_tui.library.packing import Packing
from cryptonews_tui.library.results import Ranked
from cryptonews_tui.library.schema import VERSIONS
from cryptonews_tui.library.store import FACETS
from cryptonews_tui.query import FIELDS, ORDERS, Filter, Query, Word, make_query, parse, pattern
from cryptonews_tui.sections import SHIPPED, split
from tests.shelf import History, Put, Shelf, folder_in_memory, library_of, write
from tests.strategies import (
    BODIES,
    LANGUAGES,
    MARKS,
    NOTED,
    NOW,
    QUERIES,
    QUERY_WORDS,
    arrived,
    article,
    articles,
)

settings.register_profile("library", deadline=None, suppress_health_check=[HealthCheck.too_slow])
LIBRARY = settings(settings.get_profile("library"), max_examples=60)


def put(number: int | str, article: Article) -> Put:
    """An article in a file of its own; the same text twice is the same bytes."""
    hashed = hashlib.blake2b(repr(article).encode(), digest_size=12).digest()
    return replace(article, origin=f"/news/{number}.md"), hashed


def puts_of(most: int) -> st.SearchStrategy[list[Put]]:
    return st.lists(articles(), max_size=most).map(lambda found: [put(n, one) for n, one in enumerate(found)])


PUTS = puts_of(9)


def _rewritten(article: Article) -> st.SearchStrategy[Article]:
    """The same file with another text: often still of the same story, language and time."""
    same = articles().map(
        lambda a: replace(a, story=article.story, lang=article.lang, published=article.published)
    )
    return st.one_of(same, articles()).map(lambda a: replace(a, origin=article.origin))


def _later(first: list[Put]) -> st.SearchStrategy[list[Put]]:
    """Files that were rewritten, and others that have come."""
    return st.tuples(
        *(st.one_of(st.none(), st.just(a), _rewritten(a)) for a, _ in first),
        articles().map(lambda a: replace(a, origin="/news/more.md")),
    ).map(lambda found: [(one, put(0, one)[1]) for one in found if one is not None])


REWRITTEN = puts_of(7).flatmap(lambda first: st.tuples(st.just(first), _later(first)))
HISTORIES = REWRITTEN.flatmap(
    lambda both: st.builds(
        History, st.just(both[0]), MARKS, NOTED, st.booleans(), st.sampled_from([both[1], [], both[1]])
    )
)
MANY = st.sampled_from([1, 3, 10_000])
"""From so many stories on there is the second index of words."""

Spellings = Mapping[str, Sequence[str]]
EXTRA: Spellings = {"own": ("my own coin",), "btc": ("digital assets",)}
"""Spellings that the settings add."""


# What is found


@LIBRARY
@given(HISTORIES, MANY, st.sampled_from([{}, EXTRA]), st.lists(QUERIES, min_size=1, max_size=5))
def test_the_library_finds_what_a_plain_filter_finds_in_the_same_order(
    history: History, many: int, extra: Spellings, queries: list[Query]
) -> None:
    shelf = Shelf(history, assets=Assets(extra))
    with library_of(history, many=many, assets=extra) as library:
        for query in queries:
            for asked in (query, *map(alone, query.terms())):  # most queries leave few stories
                stories = library.stories(asked)
                found = [headline.story for headline in library.headlines(stories[:])]
                expected = shelf.find(asked)
                if asked.order[0] == "relevance":
                    found, expected = sorted(found), sorted(expected)
                assert found == expected, str(asked)
                assert len(stories) == library.count(asked) == len(expected)
                unread = [story for story in expected if shelf.has(story, "is", "unread")]
                assert library.unread_of(asked) == len(unread)


def alone(term: Word | Filter) -> Query:
    return make_query([term]) if isinstance(term, Word) else make_query((), [term])


@LIBRARY
@given(HISTORIES, QUERIES, st.sampled_from([*Role]), st.permutations(LANGUAGES))
def test_an_excerpt_is_the_section_in_the_first_language_that_has_one(
    history: History, query: Query, role: Role, languages: list[str]
) -> None:
    shelf = Shelf(history)
    with library_of(history) as library:
        stories = library.stories(query)
        chosen = library.with_section(stories, role)
        found = [
            (excerpt.headline.story, excerpt.headline.lang, excerpt.heading, excerpt.text)
            for excerpt in library.excerpts(chosen[:], role, languages)
        ]
        expected = []
        for story in (headline.story for headline in library.headlines(stories[:])):
            for version in sorted(shelf.versions[story], key=lambda v: languages.index(v.lang)):
                if sections := [section for section in version.sections if section.role is role]:
                    text = "\n\n".join(
                        f"### {section.heading}\n\n{section.text}" if section.heading else section.text
                        for section in sections
                    )
                    text = text.removeprefix(f"### {sections[0].heading}\n\n")
                    expected.append((story, version.lang, sections[0].heading, text))
                    break
        assert found == expected
        assert len(chosen) == len(expected)
        assert list(chosen) == [position for position in stories if position in chosen]


@LIBRARY
@given(HISTORIES, QUERIES)
def test_every_order_is_a_plain_sort_of_what_is_shown(history: History, query: Query) -> None:
    shelf = Shelf(history)
    with library_of(history) as library:
        for order in ORDERS:
            for sign in "+-":
                for asked in (Query(), query):
                    ordered = asked.sorted_by(sign + order)
                    if order != "relevance" or not ordered.looked_for():
                        found = [h.story for h in library.headlines(library.stories(ordered)[:])]
                        assert found == shelf.find(ordered), str(ordered)


@LIBRARY
@given(HISTORIES, st.lists(QUERY_WORDS, max_size=2), QUERIES)
def test_by_relevance_what_has_the_words_comes_before_what_has_not(
    history: History, words: list[Word], query: Query
) -> None:
    shelf = Shelf(history)
    asked = make_query(words).also(query).sorted_by("relevance")
    sought = [word for word in asked.words if not word.negated]
    either = [] if sought else asked.looked_for()

    def has_them(story: str) -> bool:
        return all(shelf.says(story, w) for w in sought) and (
            not either or any(shelf.says(story, w) for w in either)
        )

    with library_of(history) as library:
        found = [headline.story for headline in library.headlines(library.stories(asked)[:])]
    expected = shelf.find(asked)
    having = [story for story in expected if (sought or either) and has_them(story)]
    assert set(found[: len(having)]) == set(having)
    assert found[len(having) :] == [story for story in expected if story not in having]


@LIBRARY
@given(st.permutations(["title", "description", "body"]), st.sampled_from(["bitcoin", '"bitcoin"', "bit*"]))
def test_a_word_in_the_title_counts_more_than_in_the_description_and_there_more_than_in_the_text(
    places: list[str], word: str
) -> None:
    puts = [put(9, article("nowhere", title="one two", description="one two", body="one two"))]
    for number, place in enumerate(places):
        texts = dict.fromkeys(("title", "description", "body"), "one two") | {place: "one bitcoin"}
        puts.append(put(number, article(place, **texts)))
    with library_of(History(puts)) as library:
        for sign, expected in (
            ("", ["title", "description", "body"]),
            ("+", ["body", "description", "title"]),
        ):
            stories = library.stories(parse(f"{word} sort:{sign}relevance"))
            assert [headline.story for headline in library.headlines(stories[:])] == expected


@LIBRARY
@given(HISTORIES, QUERIES)
def test_what_was_looked_up_beforehand_is_the_same(history: History, query: Query) -> None:
    with library_of(history, many=1) as library, pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "SMALL", 0)
        expected = library.stories(query)[:]
        with closing(Library(library.path, library.state_path, now=lambda: NOW)) as other:
            if not other.ready(query):
                other.get_ready(query)
            assert other.ready(query)
            assert [*other.stories(query)] == [*expected]


# What is counted


@LIBRARY
@given(HISTORIES, st.sampled_from([{}, EXTRA]), QUERIES)
def test_every_count_is_what_a_plain_filter_counts(history: History, extra: Spellings, query: Query) -> None:
    shelf = Shelf(history, assets=Assets(extra))
    with library_of(history, assets=extra) as library:
        for apart in (False, True):
            facets = library.facets(query, apart=apart)
            assert facets.total == len(shelf.find(query.sorted_by("")))
            assert [*facets.fields] == [*FACETS]
            assert facets.more == {}
            for field, values in facets.fields.items():
                counted = [(value.value, value.count) for value in values]
                assert counted == shelf.counts(field, query, apart=apart), (str(query), field)
                named = [value.label.casefold() for value in values if field not in ("source", "asset", "on")]
                assert named == [value.value for value in values][: len(named)]


@LIBRARY
@given(HISTORIES, QUERIES, st.booleans(), st.integers(0, 4))
def test_the_most_frequent_values_are_the_first_of_all_and_those_of_the_query(
    history: History, query: Query, apart: bool, most: int
) -> None:
    with library_of(history) as library:
        every = library.facets(query, apart=apart)
        some = library.facets(query, apart=apart, most=dict.fromkeys(reversed(FACETS), most))
        assert some.total == every.total
        assert [*some.fields] == [*reversed(FACETS)]
        for field, values in some.fields.items():
            first, rest = every.fields[field][:most], every.fields[field][most:]
            assert values[: len(first)] == first
            assert some.more.get(field, False) == bool(rest)
            named = {*query.values(field), *query.values(field, negated=True)}
            plain = {pattern(value)[0] for value in named if pattern(value)[1] is None}
            assert {value.value for value in values} == {value.value for value in first} | plain
            counts = {value.value: value.count for value in rest}
            for value in values[len(first) :]:
                if field != "asset" or value.value in counts:  # an asset may go by another name
                    assert value.count == counts.get(value.value, value.count)


@LIBRARY
@given(HISTORIES, QUERIES, st.sampled_from(["", "b", "bit", "an", "night", "ov", "2025", "o", "x"]))
def test_values_for_completion_are_those_with_the_letters(
    history: History, query: Query, letters: str
) -> None:
    with library_of(history) as library:
        every = library.facets(query, apart=True).fields
        for field in FACETS:
            having = [v for v in every[field] if letters in v.value or letters in v.label.casefold()]
            having.sort(key=lambda value: not value.value.startswith(letters))
            assert library.values(field, query, letters.upper()) == having, field
            assert library.values(field, query, letters, most=1) == having[:1]


# What is shown


@LIBRARY
@given(HISTORIES)
def test_every_headline_is_the_best_version_that_won(history: History) -> None:
    shelf = Shelf(history)
    with library_of(history) as library:
        for headline in library.headlines(range(len(shelf.timeline))):
            versions = shelf.versions[headline.story]
            shown = shelf.shown(headline.story)
            assert headline.lang == shown.lang
            assert headline.draft == all(version.draft for version in versions)
            assert headline.languages == tuple(sorted(v.lang for v in versions))
            assert headline.sections == tuple((s.role, s.heading) for s in shown.sections)
            assert headline.origin == shown.origin
            assert headline.read == ((Mark.READ, headline.story) in history.marks)
            assert headline.starred == ((Mark.STARRED, headline.story) in history.marks)
            assert headline.noted == (headline.story in history.noted)
            assert library.position(headline.story) == headline.position
            assert library.text(headline) == shown.body
            for version in versions:
                assert library.article(version.story, version.lang) == version
            for version in shelf.held[headline.story]:
                assert library.article(version.story, version.lang) is None
            assert library.languages_of(headline.story) == headline.languages


# What is kept


@LIBRARY
@given(PUTS)
def test_putting_twice_is_putting_once(puts: list[Put]) -> None:
    shelf = Shelf(History(puts))
    with folder_in_memory() as folder:
        write(folder, [puts])
        once = contents(folder)
        with closing(Writer(folder / "library.db")) as writer:
            outcomes = writer.write("s", {}, arrived(shelf.winners()))
        assert {outcome.value for outcome in outcomes} <= {"unchanged"}
        assert contents(folder) == once


@LIBRARY
@given(PUTS.flatmap(lambda puts: st.tuples(st.just(puts), st.permutations(puts))), QUERIES)
def test_the_order_of_files_does_not_matter(both: tuple[list[Put], list[Put]], query: Query) -> None:
    found = []
    for puts in both:
        with library_of(History(puts)) as library:
            headlines = library.headlines(library.stories(query)[:])
            # Only stories of the very same moment stand in the order in which they came.
            found.append(
                sorted((replace(h, position=0, origin="") for h in headlines), key=lambda h: h.story)
            )
    if not any(isinstance(term, Filter) and term.field == "origin" for term in query.terms()):
        assert found[0] == found[1]


@LIBRARY
@given(REWRITTEN, st.data(), st.booleans(), MANY)
def test_in_any_batches_everything_is_in_step_with_a_fresh_build(
    both: tuple[list[Put], list[Put]], data: st.DataObject, publish_each: bool, many: int
) -> None:
    puts = [*both[0], *both[1]]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(puts)), max_size=4)))
    batches = [puts[a:b] for a, b in zip([0, *cuts], [*cuts, len(puts)], strict=True)]
    with folder_in_memory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(indexing, "MANY", many)
        grown, fresh = folder / "grown", folder / "fresh"
        write(grown, batches, publish_each=publish_each)
        write(fresh, [Shelf(History(puts)).winners()])
        found = contents(grown)
        assert found == contents(fresh)
        assert found["pending"] == []
        assert (found["beginnings"] is not None) == (
            len(Shelf(History(puts)).versions) >= many and bool(puts)
        )
        with (
            closing(sqlite3.connect(grown / "library.db", isolation_level=None)) as connection,
            transaction(connection),
        ):
            rebuild(connection, SHIPPED)
        assert contents(grown) == found


@LIBRARY
@given(REWRITTEN)
def test_bitmaps_and_the_timeline_are_what_a_plain_look_at_each_story_gives(
    both: tuple[list[Put], list[Put]],
) -> None:
    history = History(both[0], later=both[1])
    shelf = Shelf(history)
    with folder_in_memory() as folder:
        write(folder, both, publish_each=True)
        found = contents(folder)
    assert [story for _, story, _ in found["timeline"]] == shelf.timeline
    assert [position for position, *_ in found["timeline"]] == [*range(len(shelf.timeline))]
    expected: dict[tuple[str, str], list[int]] = {}
    for position, story in enumerate(shelf.timeline):
        for field in ("sentiment", "source", "category", "tag", "lang", "asset", "section", "is", "has"):
            for value in shelf.values(story, field) - {"unread"}:
                expected.setdefault((field, value), []).append(position)
    assert found["facets"] == expected


ITEMS = st.dictionaries(
    st.sampled_from("abcd"), st.builds(Remembered, st.sampled_from(["1", "2"])), max_size=3
)


@LIBRARY
@given(
    st.lists(
        st.tuples(st.sampled_from(["s", "t"]), ITEMS, st.frozensets(st.sampled_from("abcd"))), max_size=5
    )
)
def test_items_are_remembered_as_in_a_plain_table(
    visits: list[tuple[str, dict[str, Remembered], frozenset[str]]],
) -> None:
    plain: dict[str, dict[str, Remembered]] = {"s": {}, "t": {}}
    with folder_in_memory() as folder, closing(Writer(folder / "library.db")) as writer:
        for source, items, vanished in visits:
            gone = vanished - items.keys()
            writer.write(source, items, arrived([put(0, article("1"))]), gone)
            plain[source] = {k: v for k, v in (plain[source] | items).items() if k not in gone}
        assert {source: writer.remembered(source) for source in plain} == plain


def contents(folder: Path, name: str = "library.db") -> dict[str, Any]:
    """All rows, bitmaps and words of a library; not when and in which spelling they came."""
    with closing(sqlite3.connect(folder / name)) as connection:

        def rows(sql: str) -> list[Any]:
            return connection.execute(sql).fetchall()

        packing = Packing(connection)
        large = rows("SELECT 1 FROM sqlite_schema WHERE name = 'beginnings'")
        for table in ("words", "beginnings")[: 2 if large else 1]:
            connection.execute(
                f"CREATE VIRTUAL TABLE temp.in_{table} USING fts5vocab(main, {table}, instance)"
            )
        return {
            "articles": rows(
                "SELECT article.id, key, lang, title, description, article.published, updated, publisher_key,"
                " publisher_name, publisher_url, category, tags, sentiment, score, sticky, draft, canonical_url, ai,"
                " sections, image, words, origin, hash, counts"
                " FROM article JOIN story ON story.id = story ORDER BY article.id"
            ),
            "bodies": [
                (article, packing.unpack(packed)) for article, packed in rows("SELECT * FROM body ORDER BY 1")
            ],
            "timeline": rows(
                "SELECT position, key, published FROM timeline JOIN story ON story.id = story ORDER BY position"
            ),
            "pending": rows("SELECT * FROM pending"),
            "gone": rows("SELECT article FROM gone"),
            "facets": {
                (field, value): list(BitMap.deserialize(stories))
                for field, value, stories in rows("SELECT field, value, stories FROM facet")
            },
            "counted": rows("SELECT field, value, count FROM facet ORDER BY 1, 2"),
            "words": rows("SELECT term, doc, col, offset FROM temp.in_words ORDER BY 1, 2, 3, 4"),
            "beginnings": rows("SELECT term, doc FROM temp.in_beginnings ORDER BY 1, 2") if large else None,
        }


Step = tuple[str, dict[str, Put], frozenset[str], Policy]
"""A visit to a source: what came from which items, which of them vanished, and what becomes of their articles."""

PRECIOUS = frozenset({"1"})
VISITS = st.lists(
    st.tuples(
        st.sampled_from("st"),
        st.dictionaries(
            st.sampled_from("abc"), articles().map(lambda a: replace(a, canonical_url=None)), max_size=3
        ),
        st.frozensets(st.sampled_from("abc"), max_size=2),
        st.sampled_from([*Policy, Policy.REMOVE]),
    ),
    max_size=6,
).map(
    lambda visits: [
        (source, {item: put(f"{source}/{item}", one) for item, one in brought.items()}, vanished, policy)
        for source, brought, vanished, policy in visits
    ]
)


class Kept:
    """What sources hold and what the library keeps of it, as plain tables: of each story and language one text."""

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], tuple[str, str]] = {}
        self.texts: dict[tuple[str, str], Put] = {}
        self.gone: set[tuple[str, str]] = set()

    def visit(self, source: str, brought: dict[str, Put], vanished: frozenset[str], policy: Policy) -> None:
        before = dict(self.items)
        for item, (one, hashed) in brought.items():
            text = self.items[source, item] = (one.story, one.lang)
            self.gone.discard(text)
            old = self.texts.get(text)
            if old is None:
                self.texts[text] = (one, hashed)
            elif old[1] == hashed:
                self.texts[text] = (replace(old[0], origin=one.origin), hashed)
            elif old[0].origin == one.origin or (one.updated, hashed) > (old[0].updated, old[1]):
                self.texts[text] = (one, hashed)
        for item in vanished - brought.keys():
            self.items.pop((source, item), None)
        left = {before[key] for key in before if self.items.get(key) != before[key]}
        for text in left - {*self.items.values()}:
            if policy is Policy.REMOVE and text[0] not in PRECIOUS:
                del self.texts[text]
            elif policy is not Policy.KEEP:
                self.gone.add(text)


@LIBRARY
@given(VISITS, MANY, st.booleans())
def test_after_any_visits_the_library_is_as_if_it_had_only_been_given_what_remains(
    visits: list[Step], many: int, publish_each: bool
) -> None:
    kept = Kept()
    with folder_in_memory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(indexing, "MANY", many)
        with closing(Writer(folder / "grown.db")) as writer:
            for source, brought, vanished, policy in visits:
                items = dict.fromkeys(brought, Remembered("1"))
                found = [Arrived(item, one, hashed) for item, (one, hashed) in brought.items()]
                writer.write(source, items, found, vanished, policy, PRECIOUS)
                kept.visit(source, brought, vanished, policy)
                if publish_each:
                    writer.publish()
            writer.publish()
        checkup = check_library(folder / "grown.db")
        assert (checkup.damaged, checkup.stale) == ([], [])
        grown = contents(folder, "grown.db")
        numbers = {(key, lang): number for number, key, lang, *_ in grown["articles"]}
        assert numbers.keys() == kept.texts.keys()
        with closing(Writer(folder / "fresh.db")) as writer:
            for text in sorted(numbers, key=numbers.__getitem__):
                one, hashed = kept.texts[text]
                writer.write("s", {"a": Remembered("1")}, [Arrived("a", one, hashed)])
                writer.write("s", {}, [], ["a"], Policy.MARK if text in kept.gone else Policy.KEEP)
            writer.publish()
        fresh = contents(folder, "fresh.db")
        if (grown["beginnings"] is None) is not (fresh["beginnings"] is None):
            assert grown.pop("beginnings") is not None  # a library that was large keeps it
            assert fresh.pop("beginnings") is None
        assert numbered_anew(grown) == numbered_anew(fresh)


def numbered_anew(found: dict[str, Any]) -> dict[str, Any]:
    """Contents with stories called by their keys instead of their numbers, versions by their languages."""
    texts = {number: (key, lang) for number, key, lang, *_ in found["articles"]}
    keys = {number // VERSIONS: key for number, (key, _) in texts.items()}
    called = {"articles": [row[1:] for row in found["articles"]]}
    called["bodies"] = [(texts[number], body) for number, body in found["bodies"]]
    called["gone"] = sorted(texts[number] for (number,) in found["gone"])
    called["words"] = sorted((term, keys[doc], *place) for term, doc, *place in found["words"])
    if found.get("beginnings") is not None:
        called["beginnings"] = sorted((term, keys[doc]) for term, doc in found["beginnings"])
    return found | called


# Where sections stand


@given(BODIES, st.sampled_from(["", "Overview", "etf"]))
def test_a_section_is_found_again_where_it_stands_in_its_body(body: str, title: str) -> None:
    sections = split(body, title)
    places = indexing.spans(body, sections)
    assert [(role, heading, body[a:b]) for role, heading, a, b in places] == [
        (section.role, section.heading, section.text) for section in sections
    ]
    assert [a for *_, a, _ in places] == sorted(a for *_, a, _ in places)


# A sequence of stories

FOUND = st.frozensets(st.integers(0, 12))
PLAIN = FOUND.flatmap(
    lambda found: st.builds(
        Stories,
        st.just(BitMap(found)),
        st.lists(st.sampled_from(sorted(found)), unique=True) if found else st.just([]),
    )
)
RANKED = FOUND.flatmap(
    lambda found: st.permutations(sorted(found)).map(lambda order: Ranked(BitMap(found), order))
)


@given(PLAIN)
def test_a_sequence_of_stories_is_a_list(stories: Stories) -> None:
    rest = sorted(set(stories.found) - set(stories.pinned), reverse=True)
    plain = [*stories.pinned, *rest]
    assert list(stories) == stories[:] == plain
    assert [stories.row(position) for position in plain] == [*range(len(plain))]
    assert [stories[row - len(plain)] for row in range(len(plain))] == plain
    assert stories[1:7:2] == plain[1:7:2]
    for absent in set(range(14)) - set(plain):
        assert stories.row(absent) == len(stories.pinned) + sum(position > absent for position in rest)
        assert absent not in stories
        assert [*stories.including(absent)] == [*stories.pinned, *sorted([*rest, absent], reverse=True)]


@given(RANKED)
def test_a_sequence_in_another_order_is_a_list_too(stories: Ranked) -> None:
    plain = [*stories]
    assert sorted(plain) == [*stories.found]
    assert [stories.row(position) for position in plain] == [*range(len(plain))]
    assert [stories[row - len(plain)] for row in range(len(plain))] == plain
    assert [*stories[1:7:2]] == plain[1:7:2]
    for absent in set(range(14)) - set(plain):
        assert absent not in stories
        assert [*stories.including(absent)] == [absent, *plain]
    for there in plain:
        assert [*stories.including(there)] == plain


@given(st.one_of(PLAIN, RANKED), FOUND, st.sampled_from([1, -1]))
def test_the_next_story_among_some_is_found_as_by_looking_at_each(
    stories: Stories, wanted: frozenset[int], step: int
) -> None:
    for row in range(len(stories)):
        rows = range(row + step, len(stories) if step > 0 else -1, step)
        expected = next((r for r in rows if stories[r] in wanted), None)
        assert stories.next_among(BitMap(wanted), row, step) == expected


def test_sentiments_and_roles_are_known_to_queries() -> None:
    assert set(FIELDS["sentiment"].values) == {*(s.casefold() for s in Sentiment), "unrated"}
    assert set(FIELDS["section"].values) == {*Role} <= FIELDS.keys()
