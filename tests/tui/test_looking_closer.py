"""Copying, the raw file, what changed, and commands of the reader's own."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from tests.tui.desk import PARAGRAPH, Desk, Reader
from tests.tui.mouse import drag

BODY = f"## Overview\n\nBoats **return**.\n\n- One\n- Two\n\n## Impact on the crypto market\n\n{PARAGRAPH}"


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.write("1", body=BODY, title="Boats return")
    return desk


# Copying


async def test_the_section_is_copied_as_markdown(desk: Desk, copied: list[str]) -> None:
    async with desk.open() as reader:
        await reader.do("open")
        await reader.press("Y")
        assert copied == ["## Overview\n\nBoats **return**.\n\n- One\n- Two\n"]
        assert "Sent “Overview” to the terminal's clipboard: 8 words." in reader.said


async def test_from_the_list_the_article_is_copied(desk: Desk, copied: list[str]) -> None:
    async with desk.open() as reader:
        await reader.press("Y")
        assert copied == [f"# Boats return\n\n{BODY}\n"]


async def test_lines_are_selected_with_the_keyboard(desk: Desk, copied: list[str]) -> None:
    async with desk.open() as reader:
        await reader.do("open", "zoom")
        await reader.press("V")
        assert "Enter copies" in reader.said
        while not reader.main.article.selected_text.endswith("Boats return."):
            await reader.press("j")
        await reader.press("space", "j", "j", "enter")
        assert copied == ["Boats return.\n\n• One"]
        assert reader.said.startswith("Sent what was selected")
        await reader.press("V", "escape")
        assert reader.main.article.text_selection is None
        assert reader.place == "article"


async def test_even_a_single_cell_can_be_selected(desk: Desk) -> None:
    async with desk.open(size=(1, 24)) as reader:
        await reader.do("open")
        await reader.press("V", "j")
        assert reader.article.startswith("\n")
        assert reader.main.article.selected_text


async def test_a_very_long_copy_says_how_else_to_get_it(desk: Desk, copied: list[str]) -> None:
    desk.write("2", hours=0, body="## Overview\n\n" + f"{PARAGRAPH} " * 1_200)
    async with desk.open() as reader:
        await reader.press("Y")
        assert len(copied[0]) > 74_000
        assert "cryptonews show 2 --format markdown" in reader.said


# The raw file


async def test_the_raw_file_is_shown_as_it_is(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("open")
        await reader.press("u")
        assert "externalId: " in reader.screen
        assert "Boats **return**." in reader.screen
        assert str(desk.folder)[-20:] in reader.screen
        await reader.press("q")
        assert "externalId" not in reader.screen
        assert reader.place == "article"


async def test_a_file_that_is_gone_is_shown_as_the_library_has_it(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("open")
        (desk.folder / "1.en.md").unlink()
        await reader.press("u")
        assert "# Boats return" in reader.screen
        assert "externalId" not in reader.screen


async def test_the_raw_file_cannot_reach_the_terminal(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("open")
        path = desk.folder / "1.en.md"
        path.write_text(path.read_text() + "\n\x1b]52;c;bm8=\x07\u202eevil \x9b31m\n[bold]as typed[/]\n")
        await reader.press("u", "G")
        assert "[bold]as typed[/]" in reader.screen
        assert not set(reader.screen) & set("\x1b\x07\u202e\x9b")


# What changed


async def read_and_rewritten(desk: Desk, reader: Reader, body: str) -> None:
    """The story is read, and then the publisher changes it."""
    await reader.do("open", "headlines-pane")
    desk.write("1", body=body, title="Boats return", updatedAt="2026-11-21T18:29:00Z")
    desk.sync()
    await reader.until(
        lambda: reader.main.library.version() == reader.main._version or not reader.main.catch_up()
    )
    reader.main.catch_up()
    await reader.settle()


async def test_a_story_that_changed_says_so_and_shows_what(desk: Desk) -> None:
    desk.write("2", hours=2)
    async with desk.open() as reader:
        await read_and_rewritten(desk, reader, BODY.replace("Boats **return**.", "Boats **sank**."))
        await reader.do("open")
        assert "changed since you read it   D shows what" in reader.article
        await reader.press("D")
        assert "− Boats **return**." in reader.screen
        assert "+ Boats **sank**." in reader.screen
        assert PARAGRAPH not in reader.screen.split("Changed since you read it")[1]
        await reader.press("escape")
        await reader.do("next-story", "previous-story")  # it has been read again by now
        assert "changed since" not in reader.article
        await reader.press("D")
        assert reader.said == "Nothing has changed in this story since you read it."


async def test_a_story_that_was_not_read_does_not_speak_of_changes(desk: Desk) -> None:
    async with desk.open() as reader:
        desk.write("1", body="## Overview\n\nOther.", updatedAt="2026-11-21T18:29:00Z")
        desk.sync()
        reader.main.catch_up()
        await reader.do("article-pane")
        assert "changed since" not in reader.article


async def test_set_back_to_unread_its_changes_are_forgotten(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("open", "read")
        assert reader.app.state.text_read("1", "en") is None


# Commands of the reader's own


def script(folder: Path, text: str) -> tuple[str, ...]:
    path = folder / "command.py"
    path.write_text(text)
    return (sys.executable, str(path))


def sleeper(folder: Path) -> tuple[str, ...]:
    """A command that writes its number into a file, and then does nothing for long."""
    mark = str(folder / "pid")
    return script(folder, f"import os, time; open({mark!r}, 'w').write(str(os.getpid())); time.sleep(60)")


async def started(reader: Reader, folder: Path) -> Path:
    """The process of the sleeper, once the article goes through it."""
    mark = folder / "pid"
    await reader.press("vertical_line")
    await reader.until(lambda: mark.exists() and mark.read_text() != "")
    return Path("/proc") / mark.read_text()


async def test_the_article_goes_through_a_command(desk: Desk, tmp_path: Path) -> None:
    command = script(tmp_path, "import sys; print(sys.stdin.read().upper()); sys.exit(3)")
    async with desk.open(pipe=command) as reader:
        await reader.press("vertical_line")
        await reader.see("BOATS **RETURN**.")
        assert "ended with 3" in reader.screen
        await reader.press("escape")
        assert reader.place == "headlines"


async def test_without_a_command_it_is_said_where_to_name_one(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("vertical_line")
        assert "settings" in reader.said


async def test_a_command_that_is_not_there_is_told(desk: Desk) -> None:
    async with desk.open(pipe=("no-such-program",)) as reader:
        await reader.press("vertical_line")
        await reader.see("no-such-program: No such file or directory")


async def test_what_a_command_says_cannot_reach_the_terminal(desk: Desk, tmp_path: Path) -> None:
    command = script(tmp_path, "print('\\x1b[31mred\\x1b[0m \\x9b2J [bold]x[/]')")
    async with desk.open(pipe=command) as reader:
        await reader.press("vertical_line")
        await reader.see("red")
        assert "[bold]x[/]" in reader.screen
        assert not set(reader.screen) & set("\x1b\x9b")


async def test_a_command_that_never_ends_is_ended_when_its_text_is_left(desk: Desk, tmp_path: Path) -> None:
    async with desk.open(pipe=sleeper(tmp_path)) as reader:
        process = await started(reader, tmp_path)
        await reader.press("j", "escape")
        assert reader.place == "headlines"
        await reader.until(lambda: not process.exists() or "Z" in (process / "stat").read_text().split())


async def test_a_command_that_says_too_much_is_cut_short(desk: Desk, tmp_path: Path) -> None:
    command = script(tmp_path, "while True: print('boats ' * 100)")
    async with desk.open(pipe=command) as reader:
        await reader.press("vertical_line")
        await reader.see("says more than the 1,000,000 bytes")


async def test_what_a_command_leaves_behind_is_ended_and_not_waited_for(desk: Desk, tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    command = ("sh", "-c", f"sleep 60 & echo $! > {mark}; echo done")
    async with desk.open(pipe=command) as reader:
        await reader.press("vertical_line")
        await reader.see("done")
        process = Path("/proc") / mark.read_text().strip()
        await reader.until(lambda: not process.exists() or "Z" in (process / "stat").read_text().split())


async def test_a_command_ends_with_the_program(desk: Desk, tmp_path: Path) -> None:
    async with desk.open(pipe=sleeper(tmp_path)) as reader:
        process = await started(reader, tmp_path)
    end = time.monotonic() + 10
    while process.exists() and "Z" not in (process / "stat").read_text().split():
        assert time.monotonic() < end
        time.sleep(0.05)


async def test_the_wheel_reaches_the_end_of_a_long_text(desk: Desk) -> None:
    desk.write("2", hours=0, body="\n".join(f"line {number}" for number in range(3_000)))
    async with desk.open() as reader:
        await reader.do("open")
        await reader.press("u")
        text = reader.app.screen.query_one("_Text")
        for _ in range(400):
            before = text.scroll_offset.y
            text.scroll_to(y=before + 30, animate=False, immediate=True)
            await reader.pilot.pause()
            if text.scroll_offset.y == before:
                break
        assert "line 2999" in reader.screen


async def test_what_the_mouse_selects_is_copied(desk: Desk, copied: list[str]) -> None:
    async with desk.open() as reader:
        await reader.do("open")
        rows = reader.article.splitlines()
        y = rows.index("Boats return.")
        left = reader.main.article.render_line(y).text.index("Boats")
        await drag(reader.pilot, "#article", (left + 1, y), (left + 8, y), (left + 13, y))
        assert copied == ["Boats return."]  # letting go copies
        assert reader.said == "Sent what was selected to the terminal's clipboard: 2 words."
        await reader.press("ctrl+c")  # and so does this, once more
        assert copied == ["Boats return."] * 2
        await reader.press("escape")
        assert reader.main.article.text_selection is None
        assert reader.place == "article"


async def test_lines_stay_selected_when_the_text_is_set_anew_and_not_when_it_is_another(
    desk: Desk, copied: list[str]
) -> None:
    async with desk.open() as reader:
        await reader.do("open")
        await reader.press("V", "space", "j", "j")
        chosen = reader.main.article.selected_text
        desk.write("2")
        desk.sync()
        reader.main.catch_up()
        await reader.settle()
        await reader.press("enter")
        assert copied == [chosen]
        await reader.press("V", "j")
        desk.write("1", body="Nothing more.", title="Boats")
        desk.sync()
        reader.main.catch_up()
        await reader.settle()
        await reader.press("k", "enter")  # they move and open again
        assert len(copied) == 1
        assert reader.said == ""
