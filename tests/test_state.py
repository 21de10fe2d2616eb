"""What is the reader's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cryptonews_tui.library import Library, Mark, State, StoredSource, Writer
from cryptonews_tui.query import parse
from tests.strategies import article


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    state = State(tmp_path / "deep" / "state.db")
    yield state
    state.close()


def read_by_others(state: State, query: str) -> list[str]:
    """The stories a query finds in a library that looks at this state."""
    writer = Writer(state.path.with_name("library.db"))
    writer.write("s", {}, [(article("1"), b"1"), (article("2"), b"2")])
    writer.publish()
    library = Library(writer.path, state.path)
    stories = [headline.story for headline in library.headlines(library.stories(parse(query)))]
    library.close()
    writer.close()
    return stories


@pytest.mark.parametrize("mark", Mark)
def test_a_mark_is_set_and_taken_away(state: State, mark: Mark) -> None:
    state.set_mark(mark, "1", on=True)
    assert read_by_others(state, f"is:{mark}") == ["1"]
    assert read_by_others(state, f"-is:{mark}") == ["2"]
    state.set_mark(mark, "1", on=False)
    assert read_by_others(state, f"is:{mark}") == []


def test_marks_do_not_disturb_each_other(state: State) -> None:
    state.set_mark(Mark.READ, "1", on=True)
    state.set_mark(Mark.STARRED, "1", on=True)
    state.set_mark(Mark.STARRED, "2", on=True)
    state.set_mark(Mark.READ, "1", on=False)
    assert read_by_others(state, "is:unread is:starred") == ["2", "1"]


def test_taking_away_a_mark_that_is_not_there_is_no_error(state: State) -> None:
    state.set_mark(Mark.READ, "unheard of", on=False)
    assert read_by_others(state, "is:read") == []


def test_marking_twice_keeps_the_first_time(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    def times() -> list[int]:
        return [row[0] for row in state._connection.execute("SELECT read FROM mark")]

    monkeypatch.setattr("cryptonews_tui.library.state.now_ms", lambda: 1)
    state.set_mark(Mark.READ, "1", on=True)
    monkeypatch.setattr("cryptonews_tui.library.state.now_ms", lambda: 2)
    state.set_mark(Mark.READ, "1", on=True)
    assert times() == [1]
    state.set_mark(Mark.READ, "1", on=False)
    state.set_mark(Mark.READ, "1", on=True)
    assert times() == [2]


def test_marks_are_there_after_a_restart(state: State) -> None:
    state.set_mark(Mark.STARRED, "2", on=True)
    state.close()
    assert read_by_others(state, "is:starred") == ["2"]


def test_a_mark_of_a_story_that_is_not_there_yet_waits_for_it(state: State) -> None:
    state.set_mark(Mark.STARRED, "2", on=True)
    assert read_by_others(state, "is:starred") == ["2"]


def test_sources_are_kept_in_the_order_they_were_added(state: State) -> None:
    assert state.add_source("b", "/b") == StoredSource("b", "/b")
    state.add_source("a", "https://a.example/")
    assert state.sources() == [StoredSource("b", "/b"), StoredSource("a", "https://a.example/")]


def test_a_name_that_is_taken_gets_a_number(state: State) -> None:
    names = [state.add_source("news", f"/{n}/news").name for n in range(4)]
    assert names == ["news", "news-2", "news-3", "news-4"]


def test_a_location_that_is_known_keeps_its_name(state: State) -> None:
    state.add_source("news", "/news")
    assert state.add_source("other", "/news") == StoredSource("news", "/news")
    assert len(state.sources()) == 1


def test_a_source_is_forgotten_by_name_or_location(state: State) -> None:
    state.add_source("a", "/a")
    state.add_source("b", "/b")
    assert state.remove_source("a")
    assert state.remove_source("/b")
    assert not state.remove_source("a")
    assert state.sources() == []


def test_one_source_is_forgotten_at_a_time_and_the_name_goes_first(state: State) -> None:
    state.add_source("first", "/news")
    state.add_source("/news", "/elsewhere")
    assert state.remove_source("/news", "/news")
    assert state.sources() == [StoredSource("first", "/news")]
    state.add_source("typed", "news")
    assert state.remove_source("news", "/news")
    assert state.remove_source("news", "/news")
    assert state.sources() == []


def test_a_visit_is_remembered_and_a_failure_keeps_the_time_of_the_last_success(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    state.add_source("a", "/a")
    monkeypatch.setattr("cryptonews_tui.library.state.now_ms", lambda: 5)
    state.note_visit("/a", None)
    assert state.sources() == [StoredSource("a", "/a", synced=5)]
    state.note_visit("/a", "gone")
    assert state.sources() == [StoredSource("a", "/a", synced=5, error="gone")]
    state.note_visit("/a", None)
    assert state.sources() == [StoredSource("a", "/a", synced=5)]
    state.note_visit("/not mine", "gone")
    assert len(state.sources()) == 1
