"""What becomes of articles that no source holds any more, and what is known of each source."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cryptonews_tui.article import Article, Problem
from cryptonews_tui.library import Arrived, Outcome, Policy, Remembered, Stamps
from cryptonews_tui.query import parse
from tests.shop import HOUR, PAGE, Shop, assert_well, at
from tests.strategies import NOON, article


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with closing(Shop(tmp_path)) as shop:
        yield shop


def bring(shop: Shop, source: str, **articles: Article) -> None:
    """Articles by the items they come from."""
    found = [Arrived(item, one, repr(one).encode()) for item, one in articles.items()]
    shop.writer.write(source, {one.item: Remembered("1", one.hash) for one in found}, found)
    shop.writer.publish()


def vanish(
    shop: Shop, source: str, *items: str, policy: Policy, precious: frozenset[str] = frozenset()
) -> Counter:
    outcomes = shop.writer.write(source, {}, [], items, policy, precious)
    shop.writer.publish()
    assert_well(shop.path)
    return outcomes


@pytest.fixture
def three(shop: Shop) -> Shop:
    """Three stories, one after the other; the second is held twice, the third in two languages."""
    bring(shop, "/a", one=article("1"), two=article("2", tags=("ONLY",), published=NOON + HOUR))
    bring(shop, "/b", two=article("2", tags=("ONLY",), published=NOON + HOUR))
    third = {
        lang: article("3", lang, published=NOON + 2 * HOUR, title=f"Third {lang}") for lang in ("en", "uk")
    }
    bring(shop, "/b", **third)
    return shop


def test_unless_somebody_wants_it_otherwise_articles_stay(three: Shop) -> None:
    assert vanish(three, "/a", "one", policy=Policy.KEEP) == {}
    assert three.found() == ["3", "2", "1"]
    assert three.found("is:gone") == []
    assert three.writer.remembered("/a").keys() == {"two"}


def test_what_is_gone_can_be_told_from_the_rest(three: Shop) -> None:
    assert vanish(three, "/a", "one", policy=Policy.MARK) == {Outcome.MARKED: 1}
    assert three.found("is:gone") == ["1"]
    assert [(h.story, h.gone) for h in three.library.headlines([0, 1])] == [("1", True), ("2", False)]
    states = {value.value: value.count for value in three.library.facets(parse("")).fields["is"]}
    assert states["gone"] == 1


def test_nobody_is_told_of_what_is_gone_where_nothing_is(three: Shop) -> None:
    assert "gone" not in {value.value for value in three.library.facets(parse("")).fields["is"]}


@pytest.mark.parametrize("policy", [Policy.MARK, Policy.REMOVE])
def test_what_another_source_holds_is_not_gone(three: Shop, policy: Policy) -> None:
    assert vanish(three, "/a", "two", policy=policy) == {}
    assert three.found("-is:gone") == ["3", "2", "1"]
    assert three.library.sources_of("2") == ["/b"]
    assert vanish(three, "/b", "two", policy=policy).total() == 1


@pytest.mark.parametrize("source", ["/a", "/c"])
def test_what_comes_again_is_not_gone_any_more_though_nothing_changed(three: Shop, source: str) -> None:
    vanish(three, "/a", "one", policy=Policy.MARK)
    bring(three, source, one=article("1"))
    assert three.found("is:gone") == []
    assert three.found() == ["3", "2", "1"]
    assert_well(three.path)


def test_what_is_removed_is_gone_from_everywhere(three: Shop) -> None:
    vanish(three, "/a", "two", policy=Policy.KEEP)
    assert vanish(three, "/b", "two", policy=Policy.REMOVE) == {Outcome.REMOVED: 1}
    assert three.found() == ["3", "1"]
    assert three.found("tag:only") == []
    assert three.library.article("2") is None
    assert three.library.position("3") == 1
    assert {v.value for v in three.library.facets(parse("")).fields["tag"]} == set()
    bring(three, "/a", two=article("2"))
    assert sorted(three.found()) == ["1", "2", "3"]


def test_of_a_story_only_the_version_is_removed_that_is_gone(three: Shop) -> None:
    assert vanish(three, "/b", "uk", policy=Policy.REMOVE) == {Outcome.REMOVED: 1}
    assert three.library.languages_of("3") == ("en",)
    assert three.found("uk") == []
    assert three.found("third") == ["3"]


def test_a_draft_shows_when_the_published_version_is_removed(shop: Shop) -> None:
    bring(shop, "/a", en=article("1"), uk=article("1", "uk", draft=True))
    vanish(shop, "/a", "en", policy=Policy.REMOVE)
    assert shop.found("is:draft") == ["1"]
    assert shop.library.languages_of("1") == ("uk",)


@pytest.mark.parametrize("key", ["k1", "k2"])
def test_what_the_reader_holds_dear_is_marked_instead(shop: Shop, key: str) -> None:
    bring(shop, "/a", one=at("k1"), other=at("k5", None))
    bring(shop, "/b", one=at("k2"))
    vanish(shop, "/b", "one", policy=Policy.REMOVE)
    outcomes = vanish(shop, "/a", "one", "other", policy=Policy.REMOVE, precious=frozenset({key}))
    assert outcomes == {Outcome.MARKED: 1, Outcome.REMOVED: 1}
    assert shop.found() == shop.found("is:gone") == ["k1"]


def test_a_removed_story_leaves_no_key_and_no_address(shop: Shop) -> None:
    bring(shop, "/a", one=at("k1"))
    bring(shop, "/b", one=at("k2"))
    vanish(shop, "/b", "one", policy=Policy.REMOVE)
    vanish(shop, "/a", "one", policy=Policy.REMOVE)
    assert shop.library.keys("k2") == ("k2",)
    bring(shop, "/a", one=at("k3", PAGE))
    assert shop.found() == ["k3"]
    assert shop.library.keys("k3") == ("k3",)
    bring(shop, "/c", one=at("k4", PAGE))
    assert shop.library.keys("k3") == ("k3", "k4")


@pytest.mark.parametrize("policy", [Policy.MARK, Policy.REMOVE])
def test_an_item_that_is_another_story_now_holds_the_former_no_more(shop: Shop, policy: Policy) -> None:
    bring(shop, "/a", one=article("1"))
    arrived = Arrived("one", article("2"), b"2")
    outcomes = shop.writer.write("/a", {"one": Remembered("2")}, [arrived], policy=policy)
    shop.writer.publish()
    assert outcomes.total() == 2
    assert shop.found("-is:gone") == ["2"]
    assert_well(shop.path)


def test_an_item_that_cannot_be_read_any_more_still_holds_its_article(shop: Shop) -> None:
    bring(shop, "/a", one=article("1"))
    broken = Remembered("2", b"2", (Problem("one", 1, "broken"),))
    assert shop.writer.write("/a", {"one": broken}, policy=Policy.REMOVE) == {}
    assert shop.library.held("/a") == 1
    assert shop.library.problems_of("/a") == [Problem("one", 1, "broken")]
    assert vanish(shop, "/a", "one", policy=Policy.REMOVE) == {Outcome.REMOVED: 1}
    assert shop.library.is_empty()


def test_an_item_that_vanishes_and_comes_in_one_breath_stays(shop: Shop) -> None:
    bring(shop, "/a", one=article("1"))
    outcomes = shop.writer.write("/a", {"one": Remembered("2")}, [], ["one"], Policy.REMOVE)
    assert outcomes == {}
    assert shop.writer.remembered("/a") == {"one": Remembered("2")}


def test_what_vanishes_while_its_story_becomes_one_with_another_is_removed(shop: Shop) -> None:
    bring(shop, "/a", en=at("k1", None))
    bring(shop, "/b", ja=at("k2", lang="ja"))
    bring(shop, "/a", uk=at("k2", None, lang="uk"))
    arrived = Arrived("en", at("k1", updated=NOON + HOUR), b"new")
    outcomes = shop.writer.write("/a", {"en": Remembered("2")}, [arrived], ["uk"], Policy.REMOVE)
    assert outcomes == {Outcome.UPDATED: 1, Outcome.REMOVED: 1}
    assert shop.library.languages_of("k2") == ("en", "ja")
    assert_well(shop.path)


# What is known of a source


def test_a_source_is_known_by_what_it_holds(three: Shop) -> None:
    assert three.library.held("/b") == 2
    assert three.library.held("/nowhere") == 0
    assert three.library.sources_of("2") == ["/a", "/b"]
    assert three.library.sources_of("none") == []


def test_problems_are_told_with_their_items_and_lines(shop: Shop) -> None:
    odd, empty = Problem("b", 3, "odd"), Problem("b", None, "empty")
    shop.writer.write("/a", {"b": Remembered("1", None, (odd, empty)), "a": Remembered("1")})
    shop.writer.write("/b", {"c": Remembered("1", None, (Problem("c", 1, "other"),))})
    assert shop.library.problems_of("/a") == [odd, empty]
    known = shop.writer.known("/a", "b")
    assert known is not None
    assert known.problems == (odd, empty)
    assert shop.writer.known("/a", "c") is None


def test_a_source_that_has_moved_is_known_at_its_new_place(three: Shop) -> None:
    before = three.writer.remembered("/b")
    bring(three, "/new", two=article("2"))
    newer = three.writer.remembered("/new")
    three.writer.move_source("/b", "/new")
    assert three.writer.remembered("/b") == {}
    assert three.writer.remembered("/new") == before | newer
    assert three.library.sources_of("3") == ["/new"]
    three.writer.move_source("/new", "/new")
    assert three.writer.remembered("/new") == before | newer
    assert_well(three.path)


def test_the_addresses_of_a_source_move_with_it(shop: Shop) -> None:
    bring(shop, "/old", one=at("k1"))
    shop.writer.move_source("/old", "/new")
    bring(shop, "/new", two=at("k2"))  # the same source: two stories
    bring(shop, "/old", three=at("k3"))
    assert sorted(shop.found()) == ["k1", "k2", "k3"]


def test_a_source_without_stamps_is_read_anew(three: Shop) -> None:
    three.writer.forget_stamps("/b")
    three.writer.forget_stamps("/b")
    assert dict(three.writer.stamps("/b")) == dict.fromkeys(("two", "en", "uk"), "?1")
    assert three.writer.remembered("/b") == dict.fromkeys(("two", "en", "uk"), Remembered("?1"))
    assert three.library.held("/b") == 2
    assert dict(three.writer.stamps("/a")) == {"one": "1", "two": "1"}


def test_a_source_that_is_forgotten_leaves_its_articles(three: Shop) -> None:
    three.writer.forget_source("/b")
    assert three.writer.remembered("/b") == {}
    assert three.found() == ["3", "2", "1"]
    assert three.library.sources_of("2") == ["/a"]
    assert three.library.sources_of("3") == []


def test_stamps_are_those_of_the_last_visit(shop: Shop) -> None:
    items = {"": Remembered("whole"), "a": Remembered("1"), "b": Remembered(""), "c": Remembered("3")}
    shop.writer.write("/a", items)
    stamps = shop.writer.stamps("/a")
    assert stamps[""] == "whole"
    assert dict(stamps) == {"": "whole", "a": "1", "c": "3"}
    assert (stamps.get("b"), stamps.get("d"), stamps["c"], len(stamps)) == (None, None, "3", 3)
    assert shop.writer.stamps("/b").get("") is None
    assert dict(shop.writer.stamps("/b")) == {}


def test_the_stamp_of_the_whole_needs_no_other(shop: Shop, tmp_path: Path) -> None:
    stamps = Stamps(tmp_path / "nowhere" / "library.db", "/a", "whole")
    assert stamps.get("") == "whole"
    assert Stamps(tmp_path / "nowhere" / "library.db", "/a", None).get("") is None
    assert not (tmp_path / "nowhere").exists()


def test_stamps_can_be_read_in_another_thread_while_the_writer_writes(shop: Shop) -> None:
    shop.writer.write("/a", {f"{number}": Remembered("1") for number in range(1_000)})
    stamps = shop.writer.stamps("/a")
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(len(stamps)))
    thread.start()
    shop.writer.write("/b", {f"{number}": Remembered("1") for number in range(1_000)})
    thread.join(30)
    assert found == [1_000]
