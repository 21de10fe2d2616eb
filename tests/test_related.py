"""The stories that are near one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cryptonews_tui.article import Article
from cryptonews_tui.library import Interrupted, Library, Mark, State, Writer, related
from tests.shelf import History, library_of
from tests.strategies import NOON, arrived, article, articles

HARBOUR = "Nine ferries collided off Skagen harbour; the pilot Jensen was asleep."


class Desk:
    """A library that begins with thirty stories that have only what everybody says in common."""

    def __init__(self, folder: Path) -> None:
        self.path, self.state_path = folder / "library.db", folder / "state.db"
        self.put(*(self.about(f"plain {n}", f"word{n} rests.", tags=(f"T{n}", "BTC")) for n in range(30)))
        self.library = Library(self.path, self.state_path)

    def about(self, story: str, text: str, lang: str = "en", **fields: Any) -> Article:
        body = f"## Overview\n\nThe market said: {text}"
        return article(story, lang, **{"title": f"News {story}", "body": body, **fields})

    def put(self, *articles: Article) -> None:
        with closing(Writer(self.path)) as writer:
            writer.write("s", {}, arrived([(one, f"{one}".encode()) for one in articles]))
            writer.publish()

    def related(self, story: str, lang: str = "en") -> list[str]:
        return [headline.story for headline in self.library.related(story, lang)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.library.close()


def test_what_tells_of_the_same_comes_first_and_a_story_is_not_near_itself(desk: Desk) -> None:
    desk.put(
        desk.about("1", HARBOUR),
        desk.about("elsewhere", "Ferries in Skagen have collided, and pilot Jensen slept.", title="Asleep"),
        desk.about("before", "Ferries are late."),
    )
    assert desk.related("1")[0] == "elsewhere"
    assert desk.related("elsewhere")[0] == "1"
    assert "1" not in desk.related("1")


def test_what_shares_hardly_anything_is_not_near(desk: Desk) -> None:
    desk.put(desk.about("1", HARBOUR), desk.about("2", HARBOUR), desk.about("3", "Nine times nothing."))
    assert desk.related("1") == ["2"]
    assert desk.related("plain 3") == []


def test_five_are_told_at_most(desk: Desk) -> None:
    desk.put(*(desk.about(str(n), HARBOUR) for n in range(7)))
    desk.put(*(desk.about(f"more {n}", f"word{n}{n} rests.") for n in range(60)))
    assert len(set(desk.related("1")) - {"1"}) == 5


def test_drafts_are_not_near_anything(desk: Desk) -> None:
    desk.put(desk.about("1", HARBOUR), desk.about("2", HARBOUR, draft=True), desk.about("3", HARBOUR))
    assert desk.related("1") == ["3"]
    assert desk.related("2") == ["1", "3"] or desk.related("2") == ["3", "1"]


def test_of_stories_alike_the_one_with_a_rare_tag_in_common_is_nearer(desk: Desk) -> None:
    for common, number in (("FERRIES", 1), ("BTC", 2)):
        desk.put(
            desk.about(f"{number}", f"{HARBOUR} {common}", tags=("FERRIES", "BTC")),
            desk.about(f"tag {number}", f"{HARBOUR} {common}", tags=("FERRIES",)),
            desk.about(f"base {number}", f"{HARBOUR} {common}", tags=("BTC",)),
        )
        found = desk.related(f"{number}")
        assert found.index(f"tag {number}") < found.index(f"base {number}")


@pytest.mark.parametrize("sign", [1, -1])
def test_of_stories_alike_the_one_of_the_same_time_is_nearer(desk: Desk, sign: int) -> None:
    for days in (9, 1, 3):
        published = NOON + sign * timedelta(days=days)
        desk.put(desk.about(f"{days} days", HARBOUR, published=published, title="News"))
    desk.put(desk.about("1", HARBOUR))
    assert desk.related("1") == ["1 days", "3 days", "9 days"]


def test_a_story_is_shown_in_the_preferred_language_with_its_marks(desk: Desk) -> None:
    other = "Дев'ять поромів зіткнулися біля порту Скаген."
    desk.put(
        *(desk.about(story, HARBOUR) for story in "12"),
        *(desk.about(story, other, "uk") for story in "12"),
        desk.about("3", other, "uk"),
    )
    with closing(State(desk.state_path)) as state:
        state.set_mark(Mark.READ, "2", on=True)
    by_story = {headline.story: headline for headline in desk.library.related("1", "uk")}
    assert by_story.keys() == {"2", "3"}
    assert (by_story["2"].lang, by_story["2"].languages, by_story["2"].read) == ("en", ("en", "uk"), True)
    assert (by_story["3"].lang, by_story["3"].read) == ("uk", False)
    assert desk.related("1", "en") == ["2"]
    for headline in by_story.values():
        assert headline.position == desk.library.position(headline.story)


def test_a_story_without_words_or_that_is_not_there_has_none(desk: Desk) -> None:
    desk.put(desk.about("1", HARBOUR), desk.about("2", HARBOUR), article("mute", title="—", body="…"))
    for story, lang in (("mute", "en"), ("1", "uk"), ("1", ""), ("nobody", "en"), ("", "")):
        assert desk.related(story, lang) == []


def test_in_an_empty_library_nothing_is_near(tmp_path: Path) -> None:
    with closing(Library(tmp_path / "library.db", tmp_path / "state.db")) as library:
        assert library.related("1", "en") == []


def test_words_that_many_have_are_not_asked_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.put(*(desk.about(str(n), "Ferries collided.") for n in range(3)))
    assert sorted(desk.related("1")) == ["0", "2"]
    monkeypatch.setattr(related, "FREQUENT", 2)
    assert desk.related("1") == []


def test_what_others_bring_in_is_found_at_once(desk: Desk) -> None:
    desk.put(desk.about("1", HARBOUR))
    assert desk.related("1") == []
    desk.put(desk.about("2", HARBOUR))
    assert desk.related("1") == ["2"]


def test_in_somebody_elses_library_they_are_found_as_in_ones_own(strangers_folder: Path) -> None:
    desk = Desk(strangers_folder)
    desk.put(desk.about("1", HARBOUR), desk.about("2", HARBOUR))
    assert desk.related("1") == ["2"]
    desk.library.close()
    (strangers_folder / "own").mkdir()
    desk.path.chmod(0o444)
    with closing(Library(desk.path, strangers_folder / "own" / "state.db")) as library:
        assert library.shared
        assert [headline.story for headline in library.related("1", "en")] == ["2"]
        desk.path.chmod(0o644)
        desk.put(desk.about("3", HARBOUR))
        desk.path.chmod(0o444)
        assert {headline.story for headline in library.related("1", "en")} == {"2", "3"}


def test_looking_can_be_ended_while_the_file_is_opened_again(desk: Desk) -> None:
    desk.put(desk.about("1", HARBOUR), desk.about("2", HARBOUR))
    assert desk.related("1") == ["2"]
    assert desk.library._beside is not None
    opened, neighbourhood = desk.library._beside

    class Closing:
        """What another thread does just when the old connection has been closed."""

        connection = property(lambda self: self)

        def outdated(self) -> bool:
            return True

        def close(self) -> None:
            opened.connection.close()
            desk.library.interrupt_related()

        def interrupt(self) -> None:
            raise AssertionError("it is closed")

    desk.library._beside = (Closing(), neighbourhood)  # type: ignore[assignment]
    with pytest.raises(Interrupted):
        desk.related("1")
    assert desk.related("1") == ["2"]


def test_looking_can_be_ended_from_another_thread(desk: Desk) -> None:
    desk.put(*(desk.about(str(n), HARBOUR) for n in range(3)))
    desk.library.interrupt_related()  # nothing is going on

    def forever() -> None:
        while True:
            desk.library.related("1", "en")

    with ThreadPoolExecutor(1) as thread:
        going_on = thread.submit(forever)
        end = time.monotonic() + 10
        while not going_on.done() and time.monotonic() < end:
            desk.library.interrupt_related()
            assert desk.library.position("1") is not None  # other questions are answered meanwhile
        with pytest.raises(Interrupted):
            going_on.result(timeout=1)
    assert sorted(desk.related("1")) == ["0", "2"]


# Whatever the texts say

ODD = (
    *('"', '""', "“", "'", "*", "^", "(", ")", "{", "}", ":", "+", "-", "\\", ";", "%", "_", "--"),
    *("AND", "OR", "NOT", "NEAR", "NEAR(a b, 2)", "title:", "{title} : x", 'x" OR "y', "words", "rank"),
    *("й", "й", "ẞ", "İ", "ſ", "ﬁ", "١٢", "²", "北京", "🚀", "a\u0301", "\ue000"),
)


@pytest.mark.parametrize("word", ODD)
def test_odd_words_are_words_like_others(desk: Desk, word: str) -> None:
    text = f"{word}{word} {word} ferries{word} {word}collided {HARBOUR}"
    desk.put(*(desk.about(story, text, title=f"{word} {word}!", description=word) for story in ("1", "2")))
    assert desk.related("1") == ["2"]


def test_a_text_that_never_ends_is_looked_at_from_its_beginning(desk: Desk) -> None:
    long = " ".join(f"w{number}" for number in range(100_000))
    desk.put(desk.about("1", f"{HARBOUR} {'x' * 50_000} {long}"), desk.about("2", f"{HARBOUR} {long}"))
    assert desk.related("1") == ["2"]


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(articles(), max_size=8))
def test_others_are_near_that_are_there_once_and_no_drafts(found: list[Article]) -> None:
    with library_of(History([(one, b"%d" % number) for number, one in enumerate(found)])) as library:
        for one in found:
            near = library.related(one.story, one.lang)
            stories = [headline.story for headline in near]
            assert len(set(stories)) == len(stories) <= 5
            assert set(stories) <= {other.story for other in found} - {one.story}
            assert not any(headline.draft for headline in near)
            assert near == library.headlines([headline.position for headline in near])
