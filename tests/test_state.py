"""What is the reader's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cryptonews_tui.article import Problem
from cryptonews_tui.library import Library, Mark, Place, State, StoredSource, Visit, Writer, due_now
from cryptonews_tui.library.state import (
    ASKED,
    PLACES,
    TEXT_BYTES,
    TEXT_CHARACTERS,
    TEXT_DAYS,
    TEXTS,
    Belongings,
    Marked,
)
from cryptonews_tui.query import parse
from cryptonews_tui.transfer import to_text
from cryptonews_tui.views import BUILT_IN, View, all_views, find
from tests.shelf import folder_in_memory
from tests.strategies import arrived, article


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    state = State(tmp_path / "deep" / "state.db")
    yield state
    state.close()


def read_by_others(state: State, query: str) -> list[str]:
    """The stories a query finds in a library that looks at this state."""
    writer = Writer(state.path.with_name("library.db"))
    writer.write("s", {}, arrived([(article("1"), b"1"), (article("2"), b"2")]))
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


def test_many_sources_are_added_as_one_after_the_other(state: State) -> None:
    state.add_source("news-2", "/first")
    places = [
        ("news", "/a"),
        ("news", "/b"),
        ("other", "/a"),
        ("news", "/first"),
        ("news", "/c"),
        ("x", "/x"),
    ]
    added = state.add_sources(StoredSource(name, location, minutes=5) for name, location in places)
    assert [(source.name, source.location) for source in added] == [
        ("news", "/a"),
        ("news-3", "/b"),
        ("news-4", "/c"),
        ("x", "/x"),
    ]
    assert added == state.sources()[1:]
    assert state.add_source("news", "/d").name == "news-5"


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


def test_the_last_visits_to_a_source_are_remembered(state: State) -> None:
    source = state.add_source("a", "/a")
    state.add_source("b", "/b")
    visits = [Visit(n, 0.5, 10, 3, 1, 1, 0, 2, None if n % 2 else "gone") for n in range(25)]
    problems = [Problem(f"{n}.md", n or None, "No title.") for n in range(120)]
    for visit in visits:
        state.note_visit("/a", visit, problems, due=visit.time + 60)
    assert state.visits("/a") == visits[:4:-1]
    assert state.visits("/b") == state.problems("/b") == []
    assert state.problems("/a") == problems[:100]
    known = state.source("a")
    assert known is not None
    assert (known.due, known.failures, known.synced) == (84, 1, 23)
    assert state.remove_source("a")
    state.add_source(source.name, "/a")
    assert state.visits("/a") == []


def test_how_a_source_is_visited_can_be_changed(state: State) -> None:
    source = state.add_source("a", "/a")
    state.add_source("b", "/b")
    state.note_visit("/a", Visit(7, error="gone"), due=99)
    changed = replace(
        source, name="c", enabled=False, minutes=5, policy="mark", languages=("en", "uk"), history=True
    )
    assert state.change_source("/a", changed) is None
    assert state.source("c") == replace(changed, error="gone")  # due at once, with no failure in a row
    assert state.change_source("/b", replace(changed, name="c")) == "there is a source “c” already"
    assert state.move_source("/a", "/new")
    assert not state.move_source("/b", "/new")
    assert [known.location for known in state.sources()] == ["/new", "/b"]


def test_a_source_that_was_withdrawn_is_not_visited_again(state: State) -> None:
    state.add_source("a", "/a")
    state.note_visit("/a", Visit(7, error="withdrawn"), withdrawn=True)
    [source] = state.sources()
    assert not source.enabled
    assert not due_now(source)


def test_a_source_is_due_when_its_time_has_come() -> None:
    assert due_now(StoredSource("a", "/a"))
    assert due_now(StoredSource("a", "/a", due=10), now=10)
    assert not due_now(StoredSource("a", "/a", due=10), now=9)
    assert not due_now(StoredSource("a", "/a", enabled=False))


def test_a_visit_is_remembered_and_a_failure_keeps_the_time_of_the_last_success(
    state: State,
) -> None:
    state.add_source("a", "/a")
    state.note_visit("/a", Visit(5))
    assert state.sources() == [StoredSource("a", "/a", synced=5)]
    state.note_visit("/a", Visit(6, error="gone"))
    assert state.sources() == [StoredSource("a", "/a", synced=5, error="gone", failures=1)]
    state.note_visit("/a", Visit(5))
    assert state.sources() == [StoredSource("a", "/a", synced=5)]
    state.note_visit("/not mine", Visit(7, error="gone"))
    assert len(state.sources()) == 1


# Notes


def test_a_note_is_kept_changed_and_forgotten(state: State) -> None:
    assert state.note("1") is None
    state.set_note("1", "Ask again.")
    state.set_mark(Mark.STARRED, "1", on=True)
    assert state.note("1") == "Ask again."
    assert read_by_others(state, "has:note") == read_by_others(state, "is:starred") == ["1"]
    state.set_note("1", "Asked.")
    assert state.note("1") == "Asked."
    for nothing in (None, ""):
        state.set_note("1", nothing)
        assert state.note("1") is None
    state.set_note("unheard of", None)
    assert read_by_others(state, "has:note") == []
    assert read_by_others(state, "is:starred") == ["1"]


# Where the reader stopped


def test_a_place_is_kept_changed_and_forgotten(state: State) -> None:
    assert state.place("1") is None
    for place in (Place("uk", -1, 0, 0.0), Place("en", 3, 12, 0.625)):
        state.set_place("1", place)
        assert state.place("1") == place
    state.set_place("2", Place("en", 0, 0, 1.0))
    state.set_place("1", None)
    state.set_place("unheard of", None)
    assert state.place("1") is None
    assert state.place("2") == Place("en", 0, 0, 1.0)


@settings(max_examples=50)
@given(st.integers(-1, 2**63 - 1), st.integers(0, 2**63 - 1), st.floats(0, 1))
def test_any_place_comes_back_after_a_restart(section: int, block: int, fraction: float) -> None:
    with folder_in_memory() as folder:
        place = Place("en", section, block, fraction)
        with closing(State(folder / "state.db")) as state:
            state.set_place("1", place)
        with closing(State(folder / "state.db")) as state:
            assert state.place("1") == place


def test_of_the_places_the_latest_are_kept(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    state._connection.execute("PRAGMA synchronous = OFF")
    place = Place("en", 0, 0, 0.5)
    for number in range(PLACES):
        monkeypatch.setattr("cryptonews_tui.library.state.now_ms", lambda time=number: time)
        state.set_place(str(number), place)
    state.set_place("0", place)  # now it is one of the latest
    monkeypatch.setattr("cryptonews_tui.library.state.now_ms", lambda: PLACES)
    state.set_place("one more", place)
    assert state.place("0") == state.place("2") == state.place("one more") == place
    assert state.place("1") is None
    assert state._connection.execute("SELECT count(*) FROM place").fetchone() == (PLACES,)


# What was read


def test_a_text_is_kept_as_it_was_last_read_in_each_language(state: State) -> None:
    assert state.text_read("1", "en") is None
    state.set_mark(Mark.READ, "1", on=True)
    state.keep_text("1", "en", "Before.")
    state.keep_text("1", "uk", "Раніше. \U0001f680\n\n## Огляд\n")
    state.keep_text("1", "en", "After.")
    state.close()
    with closing(State(state.path)) as again:
        assert again.text_read("1", "en") == "After."
        assert again.text_read("1", "uk") == "Раніше. \U0001f680\n\n## Огляд\n"
        assert again.text_read("2", "en") is None


def test_texts_are_kept_of_read_stories_only(state: State) -> None:
    state.keep_text("1", "en", "Text.")
    state.set_mark(Mark.STARRED, "1", on=True)
    state.keep_text("1", "en", "Text.")
    assert state.text_read("1", "en") is None


def test_what_an_unread_story_said_is_forgotten(state: State) -> None:
    for story in ("1", "2"):
        for mark in Mark:
            state.set_mark(mark, story, on=True)
        for lang in ("en", "uk"):
            state.keep_text(story, lang, "Text.")
    state.set_mark(Mark.STARRED, "1", on=False)
    assert state.text_read("1", "en") == "Text."
    state.set_mark(Mark.READ, "1", on=False)
    assert [state.text_read("1", lang) for lang in ("en", "uk")] == [None, None]
    assert [state.text_read("2", lang) for lang in ("en", "uk")] == ["Text.", "Text."]


def test_texts_are_kept_for_some_weeks_and_the_latest_only(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    def keep(story: str, time: int) -> None:
        monkeypatch.setattr("cryptonews_tui.library.state.now_ms", lambda: time)
        state.set_mark(Mark.READ, story, on=True)
        state.keep_text(story, "en", story)

    def kept() -> set[str]:
        return {story for (story,) in state._connection.execute("SELECT story FROM read_text")}

    days = TEXT_DAYS * 86_400_000
    keep("old", 1)
    keep("younger", 2)
    keep("now", days + 1)
    assert kept() == {"old", "younger", "now"}
    keep("later", days + 2)
    assert kept() == {"younger", "now", "later"}
    state._connection.execute("PRAGMA synchronous = OFF")
    for number in range(TEXTS - 1):
        keep(str(number), days + 2)
    assert kept() == {"later", *map(str, range(TEXTS - 1))}


def test_a_text_that_nobody_reads_to_its_end_is_not_kept(state: State) -> None:
    state.set_mark(Mark.READ, "1", on=True)
    state.keep_text("1", "en", "Before.")
    state.keep_text("1", "uk", "Раніше.")
    state.keep_text("1", "en", "x" * (TEXT_CHARACTERS + 1))
    assert state.text_read("1", "en") is None  # what it said before is not what was read last
    assert state.text_read("1", "uk") == "Раніше."
    state.keep_text("1", "en", "x" * TEXT_CHARACTERS)
    assert state.text_read("1", "en") == "x" * TEXT_CHARACTERS


def test_the_oldest_texts_make_room_for_new_ones(state: State) -> None:
    state._connection.execute("PRAGMA synchronous = OFF")
    random = Random(7)
    for number in range(400):
        state.set_mark(Mark.READ, str(number), on=True)
        state.keep_text(str(number), "en", f"{number} {random.randbytes(TEXT_CHARACTERS // 2 - 5).hex()}")
        if number == 200:
            state.close()
            state = State(state.path)
            state._connection.execute("PRAGMA synchronous = OFF")
    kept = [bool(state.text_read(str(number), "en")) for number in range(400)]
    assert kept == sorted(kept)
    assert (
        0.8 * TEXT_BYTES
        < sum(state._connection.execute("SELECT sum(length(packed)) FROM read_text").fetchone())
        <= TEXT_BYTES
    )
    state.close()


def test_neither_places_nor_texts_go_along_to_another_machine(state: State) -> None:
    state.set_mark(Mark.READ, "1", on=True)
    before = to_text(state.belongings())
    state.set_place("1", Place("en", 0, 0, 0.5))
    state.set_place("2", Place("en", 0, 0, 0.5))
    state.keep_text("1", "en", "What it said.")
    assert to_text(state.belongings()) == before


# Views


def saved(state: State) -> list[str]:
    return [view.name for view in state.views()]


@pytest.fixture
def three(state: State) -> State:
    for name, query in (("Rules", "regulation:etf"), ("Морози", "мороз"), ("Calm", "-etf")):
        state.save_view(name, query)
    return state


def test_views_are_kept_in_the_order_they_were_saved(three: State) -> None:
    three.save_view("Keyed", "", "f5")
    three.close()
    again = State(three.path)
    assert again.views() == [
        View("Rules", "regulation:etf", None, own=True),
        View("Морози", "мороз", None, own=True),
        View("Calm", "-etf", None, own=True),
        View("Keyed", "", "f5", own=True),
    ]
    again.close()


def test_a_view_that_is_saved_again_stays_where_it_stands(three: State) -> None:
    three.save_view("МОРОЗИ", "сніг", "f6")
    assert saved(three) == ["Rules", "МОРОЗИ", "Calm"]
    assert three.views()[1] == View("МОРОЗИ", "сніг", "f6", own=True)


def test_a_view_is_renamed_unless_the_name_is_taken(three: State) -> None:
    assert three.rename_view("rules", "Laws") is None
    assert three.rename_view("Laws", "LAWS") is None
    assert saved(three) == ["LAWS", "Морози", "Calm"]
    assert three.rename_view("laws", "calm") == "there is a view “Calm” already"
    assert three.rename_view("Rules", "Other") == "there is no saved view “Rules”"
    assert saved(three) == ["LAWS", "Морози", "Calm"]


def test_a_view_is_removed(three: State) -> None:
    assert three.remove_view("CALM")
    assert not three.remove_view("calm")
    assert saved(three) == ["Rules", "Морози"]


def test_a_view_is_moved_and_not_beyond_the_ends(three: State) -> None:
    orders = []
    for name, step in (("calm", -1), ("Calm", -1), ("Calm", -1), ("Calm", 2), ("Rules", 9), ("Calm", 1)):
        assert three.move_view(name, step)
        orders.append("".join(name[0] for name in saved(three)))
    assert orders == ["RCМ", "CRМ", "CRМ", "RМC", "МCR", "МRC"]
    assert not three.move_view("Absent", 1)


def test_all_views_are_those_of_the_program_the_settings_and_the_reader() -> None:
    settings = {"Markets": "category:market", "TODAY": {"query": "on:today is:unread", "key": "f2"}}
    own = [View("Mine", "etf", own=True), View("unread", "hidden", own=True), View("MARKETS", "", own=True)]
    views = all_views(settings, own)
    assert [view.name for view in views] == ["All", "Unread", "TODAY", "Starred", "Pinned", "Markets", "Mine"]
    assert find("today", views) == View("TODAY", "on:today is:unread", "f2")
    assert find("markets", views) == View("Markets", "category:market")
    assert find("Unread", views) == View("Unread", "is:unread")
    assert find("absent", views) is None
    assert all_views({}, []) == [*BUILT_IN]


def test_every_built_in_view_can_be_asked() -> None:
    assert [str(parse(view.query)) for view in BUILT_IN] == [view.query for view in BUILT_IN]


# What was asked, and when the reader was here


def test_what_was_asked_comes_back_the_latest_first_and_once(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cryptonews_tui.library.state.now_ms", lambda: 5)  # several within one moment
    for query in ("etf", "tag:btc", "Мороз", "etf"):
        state.remember_query(query)
    assert state.queries() == ["etf", "Мороз", "tag:btc"]
    assert state.queries(limit=2) == ["etf", "Мороз"]
    assert state.queries(containing="МОР") == ["Мороз"]
    assert state.queries(containing="t", limit=1) == ["etf"]
    assert state.queries(containing="%") == []


def test_of_what_was_asked_the_latest_are_kept(state: State) -> None:
    for number in range(ASKED + 3):
        state.remember_query(str(number))
    queries = state.queries(limit=1_000)
    assert len(queries) == ASKED
    assert (queries[0], queries[-1]) == (str(ASKED + 2), "3")


def test_when_the_reader_left_is_remembered(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    assert state.last_visit() is None
    for time in (5, 7):
        monkeypatch.setattr("cryptonews_tui.library.state.now_ms", lambda time=time: time)
        state.note_leaving()
        assert state.last_visit() == time


# From machine to machine


def test_the_earliest_time_of_a_mark_stays(state: State) -> None:
    state.merge(Belongings([Marked("1", read=5), Marked("2", read=5, starred=5), Marked("3", starred=1)]))
    merged = state.merge(Belongings([Marked("1", 7, 3), Marked("2", 2, 9), Marked("3", starred=1)]))
    assert merged.marks == 2
    assert state.belongings().marks == [Marked("1", 5, 3), Marked("2", 2, 5), Marked("3", starred=1)]


@pytest.mark.parametrize(
    ("here", "comes", "kept"),
    [
        (None, "a", "a"),
        ("a", None, "a"),
        ("a", "a", "a"),
        ("a", "b", "a\n\nb"),
        ("a\n\nb", "b", "a\n\nb"),
        ("a\n\nb", "a", "a\n\nb"),
        ("cat", "a", "cat\n\na"),
    ],
)
def test_two_notes_on_one_story_are_put_together(
    state: State, here: str | None, comes: str | None, kept: str
) -> None:
    state.set_note("1", here)
    for _ in range(2):
        state.merge(Belongings([Marked("1", note=comes)]))
        assert state.note("1") == kept


def test_a_view_that_comes_in_gets_a_number_and_loses_its_key_if_they_are_taken(state: State) -> None:
    state.save_view("Calm", "-etf", "f5")
    comes = [View("CALM", "-etf", "f5"), View("Calm", "quiet", "f5"), View("All", "etf"), View("all", "")]
    for expected in (["Calm 2", "All 2"], []):
        merged = state.merge(Belongings(views=comes), BUILT_IN)
        assert [view.name for view in merged.views] == expected
        assert state.views() == [
            View("Calm", "-etf", "f5", own=True),
            View("Calm 2", "quiet", None, own=True),
            View("All 2", "etf", None, own=True),
        ]


def test_a_source_that_comes_in_is_known_by_its_place(state: State) -> None:
    state.add_source("news", "/news")
    comes = [StoredSource("other", "/news"), StoredSource("news", "/elsewhere", 5, "gone")]
    for expected in ([StoredSource("news-2", "/elsewhere")], []):
        assert state.merge(Belongings(sources=comes)).sources == expected
        assert state.sources() == [StoredSource("news", "/news"), StoredSource("news-2", "/elsewhere")]
