"""What holds for any small library and any query: the library answers as a plain Python filter would."""

from __future__ import annotations

import hashlib
import re
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from cryptonews_tui.article import Article, Sentiment
from cryptonews_tui.library import SORTS, Library, Mark, State, Stories, Writer, store
from cryptonews_tui.query import Query, Word
from tests.strategies import MARKS, QUERIES, articles

settings.register_profile("library", deadline=None, suppress_health_check=[HealthCheck.too_slow])
LIBRARY = settings(settings.get_profile("library"), max_examples=60)

Put = tuple[Article, bytes]
PUTS = st.lists(articles(), max_size=9).map(lambda found: [put(n, one) for n, one in enumerate(found)])


def put(number: int, article: Article) -> Put:
    """An article in a file of its own; the same text twice is the same bytes."""
    hashed = hashlib.blake2b(repr(article).encode(), digest_size=12).digest()
    return replace(article, origin=f"/news/{number}.md"), hashed


@contextmanager
def library_of(puts: Sequence[Put], marks: frozenset[tuple[Mark, str]] = frozenset()) -> Iterator[Library]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, [puts])
        state = State(folder / "state.db")
        for mark, story in marks:
            state.set_mark(mark, story, on=True)
        library = Library(folder / "library.db", folder / "state.db")
        yield library
        library.close()
        state.close()


def write(folder: Path, batches: Sequence[Sequence[Put]], *, publish_each: bool = False) -> None:
    writer = Writer(folder / "library.db")
    for batch in batches:
        writer.write("s", {}, batch)
        if publish_each:
            writer.publish()
    writer.publish()
    writer.close()


# The plain Python filter


class Shelf:
    """The same library as lists: which versions of each story count, in which order the stories stand."""

    def __init__(self, puts: Sequence[Put], marks: frozenset[tuple[Mark, str]] = frozenset()) -> None:
        newest: dict[tuple[str, str], Put] = {}
        for article, hashed in puts:
            kept = newest.setdefault((article.story, article.lang), (article, hashed))
            if (article.updated, hashed) > (kept[0].updated, kept[1]):
                newest[article.story, article.lang] = (article, hashed)
        self.marks = marks
        self.versions: dict[str, list[Article]] = {}
        for article, _ in puts:
            self.versions.setdefault(article.story, [])
        for article, _ in newest.values():
            self.versions[article.story].append(article)
        self.held: dict[str, list[Article]] = {}
        for story, versions in self.versions.items():
            published = [version for version in versions if not version.draft]
            self.held[story] = [version for version in versions if published and version.draft]
            self.versions[story] = published or versions
        arrived = {story: number for number, story in enumerate(self.versions)}
        self.timeline = sorted(
            self.versions, key=lambda story: (max(v.published for v in self.versions[story]), arrived[story])
        )

    def find(self, query: Query) -> list[str]:
        found = [story for story in reversed(self.timeline) if self.matches(story, query)]
        weights = {story: max(v.sticky_weight for v in self.versions[story]) for story in found}
        return sorted(found, key=lambda story: -max(0, weights[story]))

    def matches(self, story: str, query: Query) -> bool:
        wanted = all(
            any(self.has(story, item.field, value) for value in item.values) != item.negated
            for item in query.filters
        )
        hidden = self.has(story, "is", "draft") and "draft" not in query.values("is")
        words = all(any(says(v, word) for v in self.versions[story]) != word.negated for word in query.words)
        return wanted and words and not hidden

    def shown(self, story: str, languages: Sequence[str] = ("en", "uk")) -> Article:
        """The version a list shows; of languages that nobody prefers the one that came first."""
        order = {lang: rank for rank, lang in reversed(list(enumerate(languages)))}
        return min(self.versions[story], key=lambda version: order.get(version.lang, 99))

    def has(self, story: str, field: str, value: str) -> bool:
        return value in self.values(story, field)

    def values(self, story: str, field: str) -> set[str]:
        versions = self.versions[story]
        match field:
            case "tag":
                return {tag.casefold() for v in versions for tag in v.tags}
            case "sentiment":
                return {(v.sentiment or "unrated").casefold() for v in versions}
            case "source":
                return {v.publisher.key for v in versions}
            case "category":
                return {v.category.casefold() for v in versions} - {""}
            case "lang":
                return {v.lang for v in versions}
            case _:
                read = (Mark.READ, story) in self.marks
                states = {
                    "read": read,
                    "unread": not read,
                    "starred": (Mark.STARRED, story) in self.marks,
                    "pinned": any(v.sticky_weight > 0 for v in versions),
                    "draft": all(v.draft for v in versions),
                    "holding": bool(self.held[story]),
                    "ai": any(v.provenance and v.provenance.rewritten for v in versions),
                    "translated": any(v.provenance and v.provenance.translated_from for v in versions),
                }
                return {state for state, holds in states.items() if holds}


def says(article: Article, word: Word) -> bool:
    """Whether a word or phrase stands in the title, the description or the body."""
    *whole, last = tokens(word.text)
    prefix = not word.exact and len(word.text) >= 3
    for text in map(tokens, (article.title, article.description, article.body)):
        for start in range(len(text) - len(whole)):
            end = text[start + len(whole)]
            if text[start : start + len(whole)] == whole and (
                end.startswith(last) if prefix else end == last
            ):
                return True
    return False


def tokens(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


# Laws


@LIBRARY
@given(PUTS, MARKS, st.lists(QUERIES, min_size=1, max_size=4))
def test_the_library_finds_what_a_plain_filter_finds_in_the_same_order(
    puts: list[Put], marks: frozenset[tuple[Mark, str]], queries: list[Query]
) -> None:
    shelf = Shelf(puts, marks)
    with library_of(puts, marks) as library:
        for query in queries:
            headlines = library.headlines(library.stories(query))
            assert [headline.story for headline in headlines] == shelf.find(query), query


@LIBRARY
@given(PUTS, MARKS, QUERIES)
def test_every_count_is_what_a_plain_filter_counts(
    puts: list[Put], marks: frozenset[tuple[Mark, str]], query: Query
) -> None:
    shelf = Shelf(puts, marks)
    with library_of(puts, marks) as library:
        for apart in (False, True):
            facets = library.facets(query, apart=apart)
            assert facets.total == len(shelf.find(query))
            assert [*facets.fields] == ["sentiment", "source", "category", "tag", "lang"]
            for field, values in facets.fields.items():
                base = shelf.find(query.without(field) if apart else query)
                expected = Counter(value for story in base for value in shelf.values(story, field))
                assert {value.value: value.count for value in values} == expected
                assert [(-v.count, v.label) for v in values] == sorted((-v.count, v.label) for v in values)
                assert all(value.label.casefold() == value.value for value in values if field != "source")


@LIBRARY
@given(PUTS, MARKS)
def test_every_headline_is_the_best_version_that_won(
    puts: list[Put], marks: frozenset[tuple[Mark, str]]
) -> None:
    shelf = Shelf(puts, marks)
    with library_of(puts, marks) as library:
        for headline in library.headlines(range(len(shelf.timeline))):
            versions = shelf.versions[headline.story]
            assert headline.lang == shelf.shown(headline.story).lang
            assert headline.draft == all(version.draft for version in versions)
            assert headline.languages == tuple(sorted(v.lang for v in versions))
            assert headline.read == ((Mark.READ, headline.story) in marks)
            assert headline.starred == ((Mark.STARRED, headline.story) in marks)
            assert library.position(headline.story) == headline.position
            for version in versions:
                found = library.article(version.story, version.lang)
                assert found is not None
                assert replace(found, sections=(), origin="") == replace(version, origin="")
            for version in shelf.held[headline.story]:
                assert library.article(version.story, version.lang) is None
            assert library.languages_of(headline.story) == headline.languages


@LIBRARY
@given(PUTS, QUERIES)
def test_every_order_is_a_plain_sort_of_what_is_shown(puts: list[Put], query: Query) -> None:
    shelf = Shelf(puts)
    languages = query.values("lang")
    keys: dict[str, Callable[[Article], Any]] = {
        "updated": lambda shown: -shown.updated.timestamp(),
        "title": lambda shown: shown.title.casefold(),
        "source": lambda shown: shown.publisher.name.casefold(),
        "score": lambda shown: 99 if shown.score is None else -shown.score,
    }
    newest_first = [story for story in reversed(shelf.timeline) if shelf.matches(story, query)]
    with library_of(puts) as library:
        stories = library.stories(query)
        assert {*keys, "published"} == set(SORTS)
        for by, key in keys.items():
            positions = library.sorted(stories, by, languages)
            found = [headline.story for headline in library.headlines(positions)]
            shown = {story: shelf.shown(story, (*languages, "en", "uk")) for story in newest_first}
            assert found == sorted(newest_first, key=lambda story: key(shown[story])), by


@LIBRARY
@given(PUTS)
def test_putting_twice_is_putting_once(puts: list[Put]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, [puts])
        once = contents(folder)
        writer = Writer(folder / "library.db")
        newest = {(a.story, a.lang): (a, h) for a, h in puts if _won(folder, a, h)}
        outcomes = writer.write("s", {}, [*newest.values()])
        writer.close()
        assert {outcome.value for outcome in outcomes} <= {"unchanged"}
        assert contents(folder) == once


def _won(folder: Path, article: Article, hashed: bytes) -> bool:
    with sqlite3.connect(folder / "library.db") as connection:
        row = connection.execute(
            "SELECT hash, origin FROM article JOIN story ON story.id = story WHERE key = ? AND lang = ?",
            (article.story, article.lang),
        ).fetchone()
    connection.close()
    return row == (hashed, article.origin)


@LIBRARY
@given(PUTS.flatmap(lambda puts: st.tuples(st.just(puts), st.permutations(puts))), QUERIES)
def test_the_order_of_files_does_not_matter(both: tuple[list[Put], list[Put]], query: Query) -> None:
    found = []
    for puts in both:
        with library_of(puts) as library:
            headlines = library.headlines(library.stories(query))
            # Only stories of the very same moment stand in the order in which they came.
            found.append(
                sorted((replace(h, position=0, origin="") for h in headlines), key=lambda h: h.story)
            )
    assert found[0] == found[1]


@LIBRARY
@given(PUTS, st.data(), st.booleans())
def test_in_any_batches_everything_is_in_step_with_a_fresh_build(
    puts: list[Put], data: st.DataObject, publish_each: bool
) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(puts)), max_size=4)))
    batches = [puts[a:b] for a, b in zip([0, *cuts], [*cuts, len(puts)], strict=True)]
    with tempfile.TemporaryDirectory() as name:
        grown, fresh = Path(name, "grown"), Path(name, "fresh")
        write(grown, batches, publish_each=publish_each)
        shelf = Shelf(puts)
        winners = {(v.story, v.lang): v for versions in shelf.versions.values() for v in versions}
        first = [next(put for put in puts if put[0].story == story) for story in shelf.versions]
        write(fresh, [[(winners.get((a.story, a.lang), a), h) for a, h in [*first, *puts]]])
        assert contents(grown) == contents(fresh)
        check_words(grown)


REWRITTEN = PUTS.flatmap(
    lambda puts: st.tuples(st.just(puts), st.tuples(*(st.one_of(st.just(a), _rewritten(a)) for a, _ in puts)))
)


def _rewritten(article: Article) -> st.SearchStrategy[Article]:
    """The same file with another text: often still of the same story, language and time."""
    same = articles().map(
        lambda a: replace(a, story=article.story, lang=article.lang, published=article.published)
    )
    return st.one_of(same, articles()).map(lambda a: replace(a, origin=article.origin))


@LIBRARY
@given(REWRITTEN)
def test_rewritten_files_leave_everything_in_step(both: tuple[list[Put], tuple[Article, ...]]) -> None:
    before, rewritten = both
    after = [(article, put(0, article)[1]) for article in rewritten]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, [before, after], publish_each=True)
        check_words(folder)
        library = Library(folder / "library.db", folder / "state.db")
        kept = library._rows(
            "SELECT article.*, body.text AS body, key FROM article JOIN body ON article = article.id"
            " JOIN story ON story.id = story",
            (),
        )
        library.close()
        shelf = Shelf([(store._article(row), b"") for row in kept])
        _, timeline, pending, facets = contents(folder)
        assert pending == []
        assert [position for position, _, _ in timeline] == [*range(len(shelf.timeline))]
        assert [published for _, _, published in timeline] == sorted(
            published for _, _, published in timeline
        )
        expected: dict[tuple[str, str], list[int]] = {}
        for position, story, _ in timeline:
            for field in ("sentiment", "source", "category", "tag", "lang", "is"):
                for value in shelf.values(story, field) - {"unread"}:
                    expected.setdefault((field, value), []).append(position)
        assert facets == expected


def contents(folder: Path) -> tuple[Any, Any, Any, Any]:
    """All rows and bitmaps of a library, as far as they do not tell in which order stories arrived."""
    with sqlite3.connect(folder / "library.db") as connection:
        rows = connection.execute(
            "SELECT key, lang, title, description, article.published, updated, publisher_key, category, tags,"
            " sentiment, score, sticky, draft, ai, text FROM article JOIN story ON story.id = story"
            " JOIN body ON body.article = article.id ORDER BY key, lang"
        ).fetchall()
        timeline = connection.execute(
            "SELECT position, key, published FROM timeline JOIN story ON story.id = story ORDER BY position"
        ).fetchall()
        pending = connection.execute("SELECT * FROM pending").fetchall()
        facets = _facets(connection)
    connection.close()
    return rows, timeline, pending, facets


def _facets(connection: sqlite3.Connection) -> dict[tuple[str, str], list[int]]:
    return {
        (field, value): list(BitMap.deserialize(stories))
        for field, value, stories in connection.execute("SELECT field, value, stories FROM facet")
    }


def check_words(folder: Path) -> None:
    """The full-text index holds what the rows hold, says SQLite."""
    with sqlite3.connect(folder / "library.db") as connection:
        connection.execute("INSERT INTO words (words, rank) VALUES ('integrity-check', 1)")
    connection.close()


# A sequence of stories

SEQUENCES = st.frozensets(st.integers(0, 12)).flatmap(
    lambda found: st.builds(
        Stories,
        st.just(BitMap(found)),
        st.lists(st.sampled_from(sorted(found)), unique=True) if found else st.just([]),
    )
)


@given(SEQUENCES)
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


@given(SEQUENCES, st.frozensets(st.integers(0, 12)), st.sampled_from([1, -1]))
def test_the_next_story_among_some_is_found_as_by_looking_at_each(
    stories: Stories, wanted: frozenset[int], step: int
) -> None:
    for row in range(len(stories)):
        rows = range(row + step, len(stories) if step > 0 else -1, step)
        expected = next((r for r in rows if stories[r] in wanted), None)
        assert stories.next_among(BitMap(wanted), row, step) == expected


def test_sentiments_are_known_to_queries() -> None:
    from cryptonews_tui.query import FIELDS

    assert set(FIELDS["sentiment"].values) == {*(s.casefold() for s in Sentiment), "unrated"}
