"""Where the articles come from: the samples, a library that fills, sources that fail."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cryptonews_tui.article import Role
from tests.tui.desk import WIDE, Desk


async def test_without_a_source_the_samples_are_shown_and_one_line_says_how_to_add_one(desk: Desk) -> None:
    async with desk.open() as reader:
        assert len(reader.stories) > 30
        assert "Add your articles: Ctrl+O, then a." in reader.bottom
        assert any("of virtual assets" in line or "Pinned" in line for line in reader.lines)
        assert not desk.paths.library.exists() or reader.app.library.path == desk.paths.samples


async def test_an_empty_library_with_a_source_says_what_to_press(desk: Desk) -> None:
    desk.add_source()
    async with desk.open() as reader:
        assert "No article yet. Press r to read your sources." in reader.screen
        desk.write("1")
        await reader.press("r")
        assert reader.stories == ["1"]
        assert "Story 1" in reader.article
        assert "↻ 18:30" in reader.status


async def test_a_named_place_is_read_in_the_background(desk: Desk) -> None:
    for number in range(30):
        desk.write(str(number), hours=number)
    async with desk.open(str(desk.folder), settled=False) as reader:
        await reader.until(lambda: reader.main.headlines.count == 30)
        await reader.settle()
        assert reader.at == "0"
        assert "Story 0" in reader.article


async def test_sections_are_what_the_settings_say_where_they_are_read_and_looked_for(desk: Desk) -> None:
    desk.write("1", body="## Tides\n\nHigh water.\n\n## Overview\n\nCalm.")
    async with desk.open(str(desk.folder), settled=False, sections={"author": ("tides",)}) as reader:
        await reader.until(lambda: reader.main.headlines.count == 1)
        await reader.settle()
        assert reader.main.article.sections == [(Role.AUTHOR, "Tides"), (Role.OVERVIEW, "Overview")]
        await reader.ask("author:water")
        assert reader.stories == ["1"]
        await reader.ask("other:water")
        assert reader.stories == []


async def test_a_library_that_fills_in_the_background_does_not_move_the_cursor(desk: Desk) -> None:
    for number in range(3):
        desk.write(str(number), hours=10 + number)
    async with desk.open() as reader:
        await reader.do("down")
        assert reader.at == "1"
        for number in range(40):
            desk.write(f"new {number}", hours=number / 10)
        desk.sync()  # another program, or the thread that reads
        reader.main.catch_up()
        await reader.settle()
        assert reader.main.headlines.count == 43
        assert reader.at == "1"
        assert "Story 1" in reader.article
        assert "43 stories" in reader.status


async def test_a_failed_source_says_why_and_the_rest_is_shown(desk: Desk, tmp_path: Path) -> None:
    desk.write("1")
    desk.add_source()
    desk.sync()
    gone = tmp_path / "gone"
    gone.mkdir()
    async with desk.open(str(gone)) as reader:
        gone.rmdir()
        await reader.press("R")
        assert str(gone)[:40] in reader.said
        assert reader.stories == ["1"]


async def test_two_failed_sources_are_one_sentence(desk: Desk, tmp_path: Path) -> None:
    desk.write("1")
    desk.sync()
    places = [tmp_path / "first", tmp_path / "second"]
    for place in places:
        place.mkdir()
    async with desk.open(*map(str, places), size=(300, 40)) as reader:
        for place in places:
            place.rmdir()
        reader.main.hush()
        await reader.press("R")
        assert reader.said == "2 sources failed; Ctrl+O shows them."


async def test_refreshing_without_change_says_when_and_leaves_everything(desk: Desk) -> None:
    for number in range(5):
        desk.write(str(number), hours=number)
    desk.add_source()
    async with desk.open() as reader:
        await reader.do("down", "down")
        await reader.press("r")
        assert reader.at == "2"
        assert reader.status.rstrip().endswith("5 stories · sorted by time   ↻ 18:30")


async def test_an_article_that_changed_is_shown_anew_where_it_was(desk: Desk) -> None:
    for number in range(5):
        desk.write(str(number), hours=number)
    desk.add_source()
    async with desk.open() as reader:
        await reader.do("down", "open", "next-section")
        desk.write("1", hours=1, title="Story 1, corrected")
        await reader.do("refresh")
        assert "corrected" in reader.row("1")
        assert reader.main.article.current_section == 1
        await reader.do("top")
        assert "Story 1, corrected" in reader.article


async def test_an_article_that_vanished_from_its_source_stays(desk: Desk) -> None:
    path = desk.write("1")
    desk.write("2", hours=2)
    desk.add_source()
    async with desk.open() as reader:
        path.unlink()
        await reader.do("refresh")
        assert reader.stories == ["1", "2"]


@pytest.mark.parametrize("delay", [0, 1, 3, 10])
async def test_the_program_may_end_while_a_source_is_read(desk: Desk, delay: int) -> None:
    for number in range(300):
        desk.write(str(number))
    app = desk.app(str(desk.folder))
    async with app.run_test(size=WIDE) as pilot:
        await pilot.pause(delay / 100)
        app.exit()
    assert app.return_code == 0


async def test_what_another_program_brings_moves_no_story_from_its_row(desk: Desk) -> None:
    for number in range(6):
        desk.write(f"story {number}", hours=number)
    async with desk.open(size=(120, 30)) as reader:
        await reader.do("down", "down")
        before = reader.stories
        desk.write("an older one", hours=400)
        desk.sync()
        await reader.do("star")

        assert reader.stories == [*before, "an older one"]
        assert "★" in reader.row("story 2")


async def test_marks_that_cannot_be_kept_are_said_and_end_nothing(desk: Desk) -> None:
    desk.write("story")
    async with desk.open(size=(120, 30)) as reader:
        with closing(sqlite3.connect(desk.paths.state)) as other:
            other.execute("BEGIN IMMEDIATE")
            await reader.do("star")
            assert "another program is writing to it" in reader.said
            other.rollback()
        await reader.do("star")
        assert "Starred" in reader.said


async def test_a_refresh_that_cannot_begin_says_so_and_another_can(desk: Desk) -> None:
    desk.write("story")
    desk.add_source()
    async with desk.open(size=(120, 30)) as reader:
        reader.app.library.path = desk.paths.state  # a database, but no library
        await reader.do("refresh")
        await reader.started()
        assert "is not a cryptonews library" in reader.said
        assert not reader.app.busy
        reader.app.library.path = desk.paths.library
        await reader.do("refresh")
        await reader.started()
        assert "↻" in reader.status
