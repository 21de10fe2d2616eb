"""Sources that are read while somebody reads: which are, when, what is told of it, and how it is called off."""

import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from cryptonews_tui.library import State, Visit
from cryptonews_tui.tui.bars import StatusLine
from tests.sources.conftest import Site, page, site, trickling  # noqa: F401  # a fixture is found by its name
from tests.tui.desk import Desk, Reader

SMALL = (120, 24)


def visited(desk: Desk, *, minutes: int | None = None, due_in: float = 60) -> None:
    """The folder is a source that has just been read, and is due in so many minutes."""
    desk.add_source()
    location, now = str(desk.folder), time.time_ns() // 1_000_000
    with closing(State(desk.paths.state)) as state:
        source = state.source("articles")
        assert source is not None
        state.change_source(location, replace(source, minutes=minutes))
        state.note_visit(location, Visit(now), due=round(now + due_in * 60_000))


def visits(reader: Reader, location: object) -> int:
    return len(reader.app.state.visits(str(location)))


@pytest.fixture
def two(desk: Desk, tmp_path: Path) -> Desk:
    """Two folders with a story each."""
    other = tmp_path / "other"
    other.mkdir()
    desk.write("1", hours=1)
    desk.sync()
    desk.write("2", hours=2).rename(other / "2.en.md")
    desk.add_source()
    with closing(State(desk.paths.state)) as state:
        state.add_source("other", str(other))
    return desk


# --- when


async def test_at_the_start_only_what_is_due_is_read(desk: Desk) -> None:
    visited(desk)
    desk.write("1")
    async with desk.open(size=SMALL) as reader:
        assert visits(reader, desk.folder) == 1
        assert "↻" in reader.status  # when it was read last


async def test_at_the_start_nothing_is_read_if_the_settings_say_so(desk: Desk) -> None:
    visited(desk, due_in=-1)
    async with desk.open(size=SMALL, refresh_at_start=False) as reader:
        assert visits(reader, desk.folder) == 1


async def test_a_place_named_at_the_start_is_read_though_it_is_not_due(desk: Desk) -> None:
    visited(desk)
    desk.write("1")
    async with desk.open(str(desk.folder), size=SMALL) as reader:
        assert visits(reader, desk.folder) == 2
        assert reader.stories == ["1"]


async def test_what_becomes_due_is_read_by_itself(desk: Desk) -> None:
    desk.write("1")
    visited(desk)
    async with desk.open(size=SMALL) as reader:
        desk.write("2")
        visited(desk, due_in=-1)
        reader.app.refreshing.look()
        await reader.settle()
        assert sorted(reader.stories) == ["1", "2"]


@pytest.mark.parametrize(("minutes", "times"), [(None, 1), (30, 2)])
async def test_without_an_interval_only_sources_with_their_own_are_read_by_themselves(
    desk: Desk, minutes: int | None, times: int
) -> None:
    visited(desk, minutes=minutes, due_in=-1)
    settings = {"refresh_minutes": 0, "refresh_at_start": False}
    async with desk.open(size=SMALL, **settings) as reader:
        reader.app.refreshing.look()
        await reader.settle()
        assert visits(reader, desk.folder) == times


# --- by a key


async def test_r_reads_the_source_that_holds_the_story_and_R_all(two: Desk, tmp_path: Path) -> None:  # noqa: N802
    async with two.open(size=SMALL, watch_folders=False) as reader:
        here, there = two.folder, tmp_path / "other"
        assert (visits(reader, here), visits(reader, there)) == (1, 1)
        assert reader.at == "1"
        await reader.press("r")
        assert (visits(reader, here), visits(reader, there)) == (2, 1)
        await reader.press("j", "r")
        assert (visits(reader, here), visits(reader, there)) == (2, 2)
        await reader.press("R")
        assert (visits(reader, here), visits(reader, there)) == (3, 3)


async def test_what_is_asked_for_while_a_slow_source_is_read_joins_it_and_is_shown_at_once(
    two: Desk,
    tmp_path: Path,
    site: Site,  # noqa: F811
) -> None:
    site.answers["/slow.md"] = trickling
    async with two.open(size=SMALL, watch_folders=False) as reader:
        reader.app.state.add_source("slow", site.url("/slow.md"))
        refreshing = reader.app.refreshing
        slow = reader.app.state.source("slow")
        assert slow is not None
        refreshing.ask([slow])
        await reader.until(lambda: bool(site.requests))
        two.write("9", title="Written meanwhile")
        for key in "rjr":
            await reader.pilot.press(key)
        await reader.until(lambda: visits(reader, two.folder) == visits(reader, tmp_path / "other") == 2)
        await reader.until(lambda: "Written meanwhile" in reader.screen)
        assert reader.app.busy
        assert not refreshing._asked


async def test_a_source_that_is_being_read_is_not_read_twice_unless_it_has_changed_since(
    desk: Desk,
    site: Site,  # noqa: F811
) -> None:
    site.answers["/slow.md"] = trickling
    async with desk.open(size=SMALL) as reader:
        source = reader.app.state.add_source("slow", site.url("/slow.md"))
        refreshing = reader.app.refreshing
        refreshing.ask([source])
        await reader.until(lambda: bool(site.requests))
        refreshing.ask([source], by_key=True)
        assert not refreshing._asked
        refreshing.ask([source], changed=True)
        assert [*refreshing._asked] == [source.location]
        await reader.pilot.pause(0.5)
        assert len(site.requests) == 1  # only when it is over


async def test_a_refresh_that_is_called_off_says_so_and_is_not_remembered(
    desk: Desk,
    site: Site,  # noqa: F811
) -> None:
    site.answers["/slow.md"] = trickling
    desk.write("1")
    async with desk.open(size=SMALL) as reader:
        source = reader.app.state.add_source("slow", site.url("/slow.md"))
        reader.app.refreshing.ask([source])
        await reader.until(lambda: bool(site.requests))
        await reader.press("ctrl+x")
        assert "refresh cancelled" in reader.status
        assert visits(reader, source.location) == 0
        await reader.press("ctrl+x")
        assert reader.said == "There is nothing to cancel."


async def test_what_was_called_off_is_not_begun_again_by_itself_at_once(
    desk: Desk,
    site: Site,  # noqa: F811
) -> None:
    site.answers["/slow.md"] = trickling
    async with desk.open(size=SMALL) as reader:
        source = reader.app.state.add_source("slow", site.url("/slow.md"))
        reader.app.refreshing.look()
        await reader.until(lambda: bool(site.requests))
        await reader.press("ctrl+x")
        reader.app.refreshing.look()
        assert not reader.app.busy
        reader.app.refreshing.ask([source], by_key=True)
        assert reader.app.busy
        await reader.press("ctrl+x")


async def test_who_asks_by_key_hears_that_nothing_is_new(two: Desk) -> None:
    async with two.open(size=SMALL, watch_folders=False) as reader:
        await reader.press("R")
        assert reader.said == "Nothing new in 2 sources."
    async with two.open(size=SMALL, watch_folders=False) as reader:
        two.write("3")
        await reader.press("R")
        assert reader.said == ""
        await reader.press("r")
        assert reader.said.startswith("Nothing new in “")


async def test_a_failure_too_long_for_its_line_is_told_elsewhere(desk: Desk, tmp_path: Path) -> None:
    desk.write("1")
    async with desk.open(size=SMALL, watch_folders=False) as reader:
        source = reader.app.state.add_source("gone", str(tmp_path / ("far" * 30)))
        reader.app.refreshing.ask([source], by_key=True)
        await reader.settle()
        assert reader.said == "“gone” failed; Ctrl+O tells why."


# --- what went wrong


async def test_the_same_failure_is_not_said_twice_unless_a_key_asks(desk: Desk, tmp_path: Path) -> None:
    desk.write("1")
    gone = tmp_path / "gone"
    async with desk.open(size=(150, 24)) as reader:
        source = reader.app.state.add_source("gone", str(gone))
        reader.app.refreshing.ask([source])
        await reader.settle()
        assert reader.said == f"There is no file or folder at {gone}. Check the path."
        reader.main.hush()
        [source] = reader.app.state.sources()
        reader.app.refreshing.ask([source])
        await reader.settle()
        assert not reader.said
        assert visits(reader, gone) == 2
        await reader.press("R")
        assert "There is no file or folder" in reader.said


async def test_a_server_that_asks_for_a_rest_is_named_once_however_long_it_takes(
    desk: Desk,
    site: Site,  # noqa: F811
) -> None:
    url = site.url("/feed.xml")
    site.answers["/feed.xml"] = page(b"", 429, Retry_After="3600")
    with closing(State(desk.paths.state)) as state:
        state.add_source("feed", url)
    async with desk.open(size=SMALL) as reader:
        assert "Try again in 3,600 seconds" in reader.said
        reader.main.hush()
        site.answers["/feed.xml"] = page(b"", 429, Retry_After="3210")
        reader.app.refreshing.ask(reader.app.state.sources())
        await reader.settle()
        assert visits(reader, url) == 2
        assert not reader.said


async def test_a_failure_is_said_again_after_it_had_gone(desk: Desk, tmp_path: Path) -> None:
    desk.write("1")
    place = tmp_path / "place"
    async with desk.open(size=(150, 24), watch_folders=False) as reader:
        reader.app.state.add_source("place", str(place))

        async def ask() -> str:
            reader.main.hush()
            reader.app.refreshing.ask(reader.app.state.sources())
            await reader.settle()
            return reader.said

        assert await ask()
        place.mkdir()
        assert not await ask()
        place.rmdir()
        assert await ask()


# --- what is new


async def test_what_is_new_leaves_the_cursor_on_its_line_of_the_screen(desk: Desk) -> None:
    for number in range(60):
        desk.write(f"{number:02}", hours=10 + number)
    desk.add_source()
    async with desk.open(size=SMALL, watch_folders=False) as reader:
        await reader.press("j", "j")
        await reader.settle()
        line = next(number for number, text in enumerate(reader.lines) if text.startswith("▸"))
        above = reader.lines[line - 1]
        for number in range(7):
            desk.write(f"new {number}", hours=number / 10)
        await reader.press("R")
        assert reader.at == "02"
        assert reader.lines[line].startswith("▸")
        assert reader.lines[line - 1] == above
        assert "7 new · ↻" in reader.status


async def test_a_point_goes_to_the_newest_new_story_and_from_there_to_the_next(desk: Desk) -> None:
    for number in range(40):
        desk.write(f"{number:02}", hours=10 + number)
    desk.add_source()
    async with desk.open(size=SMALL, watch_folders=False) as reader:
        for story, hours in (("new", 1), ("newer", 0.5), ("from before", 300)):
            desk.write(story, hours=hours)
        await reader.press("R")
        assert "3 new" in reader.status
        await reader.press("full_stop")
        assert reader.at == "newer"
        assert "2 new" in reader.status
        await reader.press("full_stop")
        assert reader.at == "new"
        await reader.press("full_stop")
        assert reader.at == "from before"
        assert " new" not in reader.status
        await reader.press("full_stop")
        assert reader.at == "from before"
        assert reader.said == "No more new stories."


async def test_only_what_belongs_to_the_list_is_new_in_it(desk: Desk) -> None:
    desk.write("1", hours=10)
    desk.add_source()
    async with desk.open(size=SMALL, watch_folders=False) as reader:
        desk.write("fog", hours=2, tags=["FOG"])
        desk.write("sun", hours=3)
        await reader.press("R")
        await reader.ask("tag:fog -id:1")
        assert " new" not in reader.status  # the only one is under the cursor
        await reader.ask("")
        assert "1 new" in reader.status
        await reader.press("full_stop")
        assert reader.at == "sun"


async def test_what_fills_an_empty_library_is_not_new(desk: Desk) -> None:
    desk.add_source()
    async with desk.open(size=SMALL, watch_folders=False) as reader:
        for number in range(3):
            desk.write(str(number), hours=number)
        await reader.press("r")
        assert len(reader.stories) == 3
        assert " new" not in reader.status
        desk.write("4", hours=0)
        await reader.press("R")
        assert "1 new" in reader.status


# --- folders that are watched


async def test_an_article_that_is_written_is_on_the_screen_by_itself(desk: Desk) -> None:
    desk.write("1", hours=2)
    visited(desk)
    async with desk.open(size=SMALL) as reader:
        await reader.until(lambda: reader.app.refreshing.watching)
        desk.write("2", title="Boats return", hours=1)
        await reader.see("Boats return")


async def test_a_folder_that_another_program_added_is_watched_from_the_next_look(
    desk: Desk, tmp_path: Path
) -> None:
    desk.write("1")
    (tmp_path / "more").mkdir()
    async with desk.open(size=SMALL) as reader:
        source = reader.app.state.add_source("more", str(tmp_path / "more"))
        reader.app.refreshing.look()
        await reader.until(lambda: reader.app.refreshing.watches(source))


async def test_only_the_folder_that_changed_is_read(two: Desk, tmp_path: Path) -> None:
    other = tmp_path / "other"
    async with two.open(size=SMALL) as reader:
        await reader.until(lambda: reader.app.refreshing.watching)
        two.write("3", title="Boats return").rename(other / "3.en.md")
        await reader.see("Boats return")
        await reader.settle()
        assert visits(reader, other) >= 2


async def test_a_folder_that_vanishes_and_comes_back_is_watched_on(desk: Desk) -> None:
    desk.write("1", hours=2)
    visited(desk)
    async with desk.open(size=SMALL) as reader:
        await reader.until(lambda: reader.app.refreshing.watching)
        away = desk.folder.rename(desk.folder.with_name("away"))
        await reader.until(lambda: not reader.app.refreshing.watching)
        away.rename(desk.folder)
        desk.write("2", title="Boats return", hours=1)
        await reader.see("Boats return")
        assert not reader.said


async def test_folders_are_not_watched_if_the_settings_say_so(desk: Desk) -> None:
    visited(desk)
    async with desk.open(size=SMALL, watch_folders=False) as reader:
        assert reader.app.refreshing._watch is None


async def test_where_nothing_can_be_watched_that_is_said_once(desk: Desk) -> None:
    visited(desk)
    async with desk.open(size=SMALL) as reader:
        reader.app.refreshing._not_watched("No space left on device")
        assert reader.said == (
            "Folders cannot be watched (No space left on device); they are read when they are due."
        )
        reader.app.refreshing.watch()
        assert reader.app.refreshing._watch is None


# --- the end


async def test_the_program_ends_at_once_while_a_server_trickles(
    desk: Desk,
    site: Site,  # noqa: F811
) -> None:
    site.answers["/slow.md"] = trickling
    app = desk.app(site.url("/slow.md"))
    async with app.run_test(size=SMALL) as pilot:
        reader = Reader(app, pilot)
        await reader.until(lambda: bool(site.requests))
        app.exit()
    app.finish(0.5)
    thread = app.refreshing._thread
    assert thread is not None
    assert not thread.is_alive()  # though the server goes on
    assert app.return_code == 0


async def test_progress_tells_how_many_sources_and_articles(
    two: Desk,
    site: Site,  # noqa: F811
) -> None:
    site.answers["/slow.md"] = trickling
    site.answers["/one.md"] = page(b"---\ntitle: one\n---\n")
    async with two.open(size=SMALL, watch_folders=False) as reader:
        for name in ("one", "slow"):
            reader.app.state.add_source(name, site.url(f"/{name}.md"))
        activity = reader.main.query_one(StatusLine)
        await reader.pilot.press("R")
        await reader.until(lambda: "of 4 sources · " in activity.activity)
        await reader.press("ctrl+x")
