"""Which story an article is of, whoever brings it, under whatever key, in whatever order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cryptonews_tui.article import Article, Document
from cryptonews_tui.library import Arrived, Library, Mark, Outcome, Place, Policy, Remembered, State, Writer
from cryptonews_tui.library.health import rebuild
from cryptonews_tui.library.identity import address
from cryptonews_tui.library.keys import note, place, set_mark, set_note, set_place, text_read
from cryptonews_tui.query import parse
from cryptonews_tui.reading import read
from tests.shelf import folder_in_memory
from tests.shop import HOUR, PAGE, Shop, assert_well, at
from tests.strategies import NOON, document, file


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with closing(Shop(tmp_path)) as shop:
        yield shop


# Addresses


@pytest.mark.parametrize(
    "same",
    [
        "http://ledger.example/news/1",
        "https://www.ledger.example/news/1",
        "https://LEDGER.example:443/news/1/",
        "https://ledger.example./news/1#comments",
        "https://ledger.example/news/1?utm_source=feed&utm_medium=rss&fbclid=Iw&gclid=2",
        "https://ledger.example/news/%31",
    ],
)
def test_an_address_is_the_same_however_it_is_written(same: str) -> None:
    assert address(same) == address(PAGE) is not None


@pytest.mark.parametrize(
    "other",
    [
        "https://ledger.example/news/2",
        "https://ledger.example/News/1",
        "https://uk.ledger.example/news/1",
        "https://ledger.example:8443/news/1",
        "https://ledger.example/news/1?page=2",
        "https://ledger.example/news/1?id=",
    ],
)
def test_another_page_has_another_address(other: str) -> None:
    assert address(other) not in (address(PAGE), None)


@pytest.mark.parametrize(
    "home",
    [
        *(
            "https://ledger.example",
            "https://ledger.example/",
            "https://www.ledger.example//?utm_source=x#top",
        ),
        *("", None, "https://[ledger/1", "https://ledger.example:0x1/a", "https:///news/1"),
        "https://ledger.example/a?" + "&".join(f"a{n}=1" for n in range(200)),
    ],
)
def test_a_home_page_and_what_is_no_address_name_no_story(home: str | None) -> None:
    assert address(home) is None


def test_the_order_of_what_is_asked_of_a_page_does_not_matter() -> None:
    assert address("https://x.example/?id=7&lang=uk") == address("https://x.example?lang=uk&id=7") is not None


# One story of several sources


def test_one_address_at_two_sources_is_one_story(shop: Shop) -> None:
    shop.bring("/feed", at("k1"))
    assert shop.bring("/git", at("k2", updated=NOON + HOUR)) == [Outcome.UPDATED]
    assert shop.found() == ["k1"]
    assert shop.titles() == ["By k2"]
    assert shop.library.keys("k1") == shop.library.keys("k2") == ("k1", "k2")
    assert shop.library.sources_of("k2") == ["/feed", "/git"]
    assert (shop.library.held("/feed"), shop.library.held("/git"), shop.library.held("/no")) == (1, 1, 0)


def test_a_story_is_found_by_any_of_its_keys(shop: Shop) -> None:
    shop.bring("/feed", at("k1"))
    shop.bring("/git", at("k2"), at("k2", lang="uk"))
    assert shop.found("id:k1") == shop.found("id:K2") == shop.found("id:k*") == ["k1"]
    for key in ("k1", "k2"):
        assert shop.library.position(key) == 0
        assert shop.library.languages_of(key) == ("en", "uk")
        told = shop.library.article(key, "uk")
        assert told is not None
        assert (told.story, told.title) == ("k1", "By k2")


def test_the_older_text_of_another_source_changes_nothing(shop: Shop) -> None:
    shop.bring("/feed", at("k1"))
    assert shop.bring("/git", at("k2", updated=NOON - HOUR)) == [Outcome.UNCHANGED]
    assert shop.titles() == ["By k1"]
    assert shop.library.sources_of("k1") == ["/feed", "/git"]


def test_two_stories_of_one_source_at_one_address_stay_two(shop: Shop) -> None:
    shop.bring("/feed", at("k1"))
    shop.bring("/feed", at("k2"))
    shop.bring("/git", at("k3"))
    assert sorted(shop.found()) == ["k1", "k2", "k3"]


def test_what_one_source_says_of_several_stories_is_no_address_to_others(shop: Shop) -> None:
    shop.bring("/git", at("k3"))
    both = [Arrived(f"{key}.md", at(key), key.encode()) for key in ("k1", "k2")]
    shop.writer.write("/feed", {}, both)
    shop.writer.publish()
    assert sorted(shop.found()) == ["k1", "k2", "k3"]


def test_two_stories_that_turn_out_to_be_one_become_one(shop: Shop) -> None:
    shop.bring("/feed", at("k1"), at("k1", lang="ja", title="Only here"))
    shop.bring("/git", at("k2", None, updated=NOON + HOUR), at("k2", None, lang="uk", title="Лише тут"))
    shop.bring("/feed", at("k9", None, published=NOON + HOUR))
    assert shop.found() == ["k9", "k2", "k1"] or shop.found() == ["k9", "k1", "k2"]
    shop.bring("/git", at("k2", updated=NOON + 2 * HOUR, title="Now with its address"))
    assert shop.found() == ["k9", "k1"]
    assert shop.titles() == ["By k9", "Now with its address", "Only here", "Лише тут"]
    assert shop.found("лише") == shop.found("lang:ja") == ["k1"]
    assert shop.found("here") == ["k1"]
    assert shop.library.keys("k2") == ("k1", "k2")


def test_what_becomes_one_has_all_keys_and_what_was_gone_stays_so(shop: Shop) -> None:
    shop.bring("/a", at("k1", None))
    shop.bring("/b", at("k2", lang="uk"))
    shop.bring("/c", at("k3", lang="uk", updated=NOON - HOUR))
    shop.writer.write("/b", {}, [], ["/k2.uk.md"])
    shop.writer.write("/c", {}, [], ["/k3.uk.md"], Policy.MARK)
    shop.bring("/d", at("k1", lang="ja"))
    assert shop.library.keys("k3") == ("k1", "k2", "k3")
    assert shop.found("is:gone lang:uk") == ["k1"]
    assert [h.gone for h in shop.library.headlines([0], ["uk"])] == [True]
    assert [h.gone for h in shop.library.headlines([0], ["ja"])] == [False]


def test_words_are_those_of_the_text_that_stayed_whatever_one_batch_did(shop: Shop) -> None:
    shop.bring("/a", at("k1", None, title="Alpha"))
    shop.bring("/b", at("k2", title="Beta", updated=NOON + 9 * HOUR))
    batch = [
        Arrived("1", at("k1", None, title="Gamma", updated=NOON + HOUR), b"g"),
        Arrived("2", at("k1", lang="uk", title="Дельта"), b"d"),
    ]
    shop.writer.write("/a", {}, batch)  # what became one is one at once
    assert shop.found() == ["k1"]
    assert_well(shop.path)
    assert shop.found("beta") == shop.found("дельта") == ["k1"]
    assert shop.found("gamma") == shop.found("alpha") == []


# Marks


def test_a_mark_is_found_under_any_key_and_taken_away_everywhere(shop: Shop) -> None:
    shop.bring("/feed", at("k1"))
    for mark in Mark:
        shop.state.set_mark(mark, "k2", on=True)
    shop.state.set_note("k2", "Mine.")
    assert shop.found("is:starred") == []
    shop.bring("/git", at("k2"))
    assert shop.found("is:starred") == shop.found("is:read") == shop.found("has:note") == ["k1"]
    [headline] = shop.library.headlines([0])
    assert (headline.read, headline.starred, headline.noted) == (True, True, True)
    keys = shop.library.keys("k1")
    assert note(shop.state, keys) == "Mine."
    for mark in Mark:
        set_mark(shop.state, keys, mark, on=True)
        assert shop.found(f"is:{mark}") == ["k1"]
        set_mark(shop.state, keys, mark, on=False)
        assert shop.found(f"is:{mark}") == []
    set_note(shop.state, keys, "Ours.")
    assert (note(shop.state, keys), shop.state.note("k2")) == ("Ours.", None)
    set_note(shop.state, keys, None)
    assert shop.found("has:note") == []


def test_notes_under_two_keys_are_put_together(shop: Shop) -> None:
    shop.state.set_note("k1", "One.")
    shop.state.set_note("k2", "Two.")
    assert note(shop.state, ["k1", "k2"]) == "One.\n\nTwo."
    assert note(shop.state, ["k3"]) is None


def test_where_the_reader_stopped_is_found_under_any_key(shop: Shop) -> None:
    here, there = Place("en", 1, 2, 0.5), Place("en", 2, 0, 0.0)
    shop.state.set_place("k2", here)
    assert place(shop.state, ["k1", "k2"]) == here
    set_place(shop.state, ["k1", "k2"], there)
    assert place(shop.state, ["k1", "k2"]) == there
    set_place(shop.state, ["k1", "k2"], None)
    assert place(shop.state, ["k1", "k2"]) is None


def test_a_text_as_it_was_read_is_found_under_any_key(shop: Shop) -> None:
    shop.state.set_mark(Mark.READ, "k2", on=True)
    shop.state.keep_text("k2", "en", "As it was.")
    assert text_read(shop.state, ["k1", "k2"], "en") == "As it was."
    assert text_read(shop.state, ["k1"], "en") is None


def test_what_was_rewritten_since_it_was_last_read_under_any_key_is_changed(shop: Shop) -> None:
    shop.bring("/feed", at("k1"))
    shop.bring("/git", at("k2", updated=NOON - HOUR))
    wait()
    shop.state.set_mark(Mark.READ, "k2", on=True)
    wait()
    shop.bring("/feed", at("k1", title="Rewritten", updated=NOON + HOUR))
    assert shop.found("is:changed") == ["k1"]
    wait()
    shop.state.set_mark(Mark.READ, "k1", on=True)
    assert shop.found("is:changed") == []


def wait() -> None:
    import time

    time.sleep(0.002)  # what happens in the same millisecond is not told apart


# Renamed files


def unnamed(item: str, **fields: object) -> tuple[Article, bytes]:
    """An article without an id, as it is read from a file of this name."""
    data = file(externalId=None, **fields)
    told = read(Document(item, f"/news/{item}", data)).article
    assert told is not None
    return told, data


def test_an_article_without_an_id_is_not_named() -> None:
    assert not unnamed("a.md")[0].named
    assert unnamed("a.md", canonicalUrl=PAGE)[0].named
    told = read(document(file())).article
    assert told is not None
    assert told.named


@pytest.mark.parametrize("body", ["## Overview\n\nText.\n", "## Overview\n\nAnother text.\n"])
def test_a_renamed_file_without_an_id_stays_its_story(shop: Shop, body: str) -> None:
    old, _ = unnamed("2025/old.en.md", body="## Overview\n\nText.\n")
    shop.writer.write("/git", {"2025/old.en.md": Remembered("1")}, [Arrived("2025/old.en.md", old, b"1")])
    shop.writer.publish()
    shop.state.set_mark(Mark.STARRED, old.story, on=True)
    new, _ = unnamed("2026/new.en.md", body=body)
    hashed = b"1" if new.body == old.body else b"2"
    arrived = Arrived("2026/new.en.md", new, hashed, "2025/old.en.md")
    shop.writer.write("/git", {"2026/new.en.md": Remembered("1")}, [arrived])
    shop.writer.publish()
    assert shop.found() == shop.found("is:starred") == [old.story]
    assert shop.library.keys(new.story) == (old.story, new.story)
    assert shop.writer.remembered("/git").keys() == {"2026/new.en.md"}
    assert shop.library.headlines([0])[0].origin == "/news/2026/new.en.md"
    assert_well(shop.path)
    # Once more, by a source that knows nothing of the renaming.
    shop.writer.write("/copy", {}, [Arrived("2026/new.en.md", replace(new, title="Copied"), b"3")])
    shop.writer.publish()
    assert shop.found() == [old.story]


def test_a_renamed_file_with_an_id_is_the_story_of_its_id(shop: Shop) -> None:
    shop.bring("/git", at("k1", None))
    moved = at("k2", None, origin="/moved.md")
    assert shop.bring("/git", moved, formerly="/k1.en.md") == [Outcome.ADDED]
    assert sorted(shop.found()) == ["k1", "k2"]


def test_files_that_change_their_names_with_each_other_stay_remembered(shop: Shop) -> None:
    items = {"a": Remembered("1"), "b": Remembered("2")}
    shop.writer.write("/git", items, [Arrived("a", at("1", None), b"1"), Arrived("b", at("2", None), b"2")])
    swapped = [Arrived("a", at("2", None), b"2", "b"), Arrived("b", at("1", None), b"1", "a")]
    shop.writer.write("/git", items, swapped)
    shop.writer.publish()
    assert shop.writer.remembered("/git") == items
    assert sorted(shop.found()) == ["1", "2"]


# Laws

Version = tuple[str, Article, bytes]
"""A source, what it brings, and the hash of its bytes."""


@st.composite
def versions(draw: st.DrawFn) -> list[Version]:
    """What sources bring, in any order; no source has two stories at one address."""
    addresses = {
        "/a": ("/1", "/2", "/3", None),
        "/b": ("/2", "/1", None, "/3"),
        "/c": (None, "/1", "/2", None),
    }
    found: list[Version] = []
    for number in range(draw(st.integers(1, 6))):
        source = draw(st.sampled_from([*addresses]))
        key = draw(st.integers(0, 3))
        path = addresses[source][key]
        one = at(
            draw(st.sampled_from(["k", source])) + str(key),  # a key in common with others, or one's own
            draw(st.sampled_from([None, path and f"https://x.example{path}"])),
            draw(st.sampled_from(["en", "uk"])),
            updated=NOON + HOUR * draw(st.integers(0, 3)),
            title=f"Text {number}",
            origin=f"{source}/{number}",
        )
        found.append((source, one, b"%d" % number))
    keys: dict[tuple[str, str | None], set[str]] = {}
    for source, one, _ in found:
        keys.setdefault((source, one.canonical_url), set()).add(one.story)
    return [v for v in found if v[1].canonical_url is None or len(keys[v[0], v[1].canonical_url]) == 1]


def told(folder: Path, found: Sequence[Version], cuts: Sequence[int]) -> tuple[set[object], dict[str, bool]]:
    """The stories with their keys and texts after these versions came, and which keys lead to a starred one."""
    with (
        closing(Writer(folder / "library.db")) as writer,
        closing(State(folder / "state.db")) as state,
        closing(Library(folder / "library.db", folder / "state.db")) as library,
    ):
        keys = sorted({one.story for _, one, _ in found})
        for key in keys[:1]:
            state.set_mark(Mark.STARRED, key, on=True)
        for number, (source, one, hashed) in enumerate(found):
            writer.write(source, {one.origin: Remembered("1")}, [Arrived(one.origin, one, hashed)])
            if number in cuts:
                writer.publish()
        writer.publish()
        assert_well(folder / "library.db")
        stories = set()
        starred = {}
        for headline in library.headlines(library.stories(parse(""))[:]):
            texts = [
                (one.lang, one.title)
                for lang in headline.languages
                if (one := library.article(headline.story, lang))
            ]
            stories.add((frozenset(library.keys(headline.story)), frozenset(texts)))
            starred |= dict.fromkeys(library.keys(headline.story), headline.starred)
        assert {key for key, on in starred.items() if on} == {
            key
            for h in library.headlines(library.stories(parse("is:starred"))[:])
            for key in library.keys(h.story)
        }
        rebuild(folder / "library.db")
        assert_well(folder / "library.db")
        return stories, starred


def expected(found: Sequence[Version]) -> set[object]:
    """The same by looking at every two of them."""
    groups = [{index} for index in range(len(found))]
    for i, (source, one, _) in enumerate(found):
        for j, (other_source, other, _) in enumerate(found):
            same_place = source != other_source and None is not one.canonical_url == other.canonical_url
            if one.story == other.story or same_place:
                mine = next(group for group in groups if i in group)
                theirs = next(group for group in groups if j in group)
                if mine is not theirs:
                    groups.remove(theirs)
                    mine |= theirs
    stories: set[object] = set()
    for group in groups:
        texts: dict[str, tuple[object, str]] = {}
        for index in group:
            _, one, hashed = found[index]
            age = (one.updated, hashed)
            texts[one.lang] = max(texts.get(one.lang, (age, one.title)), (age, one.title))
        titles = frozenset((lang, title) for lang, (_, title) in texts.items())
        stories.add((frozenset(found[index][1].story for index in group), titles))
    return stories


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(versions().filter(bool), st.data())
def test_whatever_the_order_in_which_sources_bring_them_the_stories_are_the_same(
    found: list[Version], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(found))
    cuts = data.draw(st.frozensets(st.integers(0, 5)))
    wanted = expected(found)
    with folder_in_memory() as folder:
        stories, starred = told(folder, shuffled, cuts)
    assert stories == wanted
    first = min(one.story for _, one, _ in found)
    assert {key for key, on in starred.items() if on} == next(keys for keys, _ in wanted if first in keys)  # type: ignore[misc]
