"""A restricted session: whatever a stranger does, nothing leaves the library and their own state."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cryptonews_tui.library import StoredSource
from cryptonews_tui.session import Session
from cryptonews_tui.settings import Settings
from cryptonews_tui.tui.app import CryptonewsApp
from cryptonews_tui.tui.commands import BY_ID, COMMANDS, check_remapping, shown_keys
from cryptonews_tui.tui.help_screen import HelpScreen
from cryptonews_tui.tui.main_screen import MainScreen
from cryptonews_tui.tui.palette import CommandProvider
from tests.outside import Outside
from tests.tui.desk import NOW, WIDE, Desk, Reader

OUTSIDE = [command.id for command in COMMANDS if command.outside]
LINKS = "\n\n## Overview\n\n[boat](https://boats.example/1) and [another](https://boats.example/2)\n\n## Impact\n\nFog."
TEMPTING: dict[str, Any] = {
    "pipe": ("touch", "/tmp/piped"),
    "show_covers": True,
    "follow_after_ms": 0,
    "read_after_seconds": 0.0,
    "refresh_minutes": 1,
}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return tempting(Desk(tmp_path / "desk"), monkeypatch)


def tempting(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Where there is a browser, a tmux, a source that is due, and articles with links, covers and files."""
    for name, value in (("DISPLAY", ":0"), ("TMUX", "/tmp/tmux,1,0"), ("BROWSER", "touch /tmp/browsed")):
        monkeypatch.setenv(name, value)
    for number in range(6):
        cover = {"small": "http://127.0.0.1:9/cover.png"}
        desk.write(str(number), hours=number + 1, body=LINKS, coverImage=cover, tags=["FOG"])
        desk.write(str(number), lang="uk", hours=number + 1, body=LINKS)
    desk.sync()
    desk.add_source()
    return desk


@asynccontextmanager
async def opened(desk: Desk, *, restricted: bool = True, **more: Any) -> AsyncIterator[Reader]:
    app = CryptonewsApp(
        desk.paths, Settings(**{**TEMPTING, **more}), session=Session(restricted=restricted), now=lambda: NOW
    )
    async with app.run_test(size=WIDE) as pilot:
        reader = Reader(app, pilot)
        await reader.started()
        yield reader


async def leave(reader: Reader) -> None:
    """Back to the list, whatever is open."""
    for _ in range(12):
        if (
            isinstance(reader.app.screen, MainScreen)
            and reader.place == "headlines"
            and not reader.main.editing
        ):
            return
        await reader.pilot.press("escape")
        await reader.pilot.pause()
    raise AssertionError(reader.screen)


PLACES = {"anywhere": (), "article": ("enter",), "filters": ("f",), "digest": ("I",), "sources": ("enter",)}
"""The keys to where a command belongs, or to another place."""


@pytest.mark.timeout(300)
async def test_no_command_reaches_outside_by_whatever_way_it_is_run(desk: Desk) -> None:
    with Outside(desk.paths) as outside:
        async with opened(desk) as reader:
            for command in COMMANDS:
                if command.id == "quit":
                    continue
                await reader.pilot.press(*PLACES[command.scope], command.keys.split(",")[0])
                await leave(reader)
                if command.outside:
                    for place in (("enter",), ("f",), ("I",)):
                        await reader.pilot.press(*place, *command.keys.split(","))
                        await leave(reader)
                    if command.scope != "sources":
                        await reader.main.run(command)
                    await reader.app.run_action(f"screen.{command.id.replace('-', '_')}", reader.app)
                    await leave(reader)
    assert outside.reached == []


async def test_commands_that_reach_outside_are_nowhere_to_be_found(desk: Desk) -> None:
    titles = {BY_ID[name].title for name in OUTSIDE}
    async with opened(desk) as reader:
        found = [title async for title in _palette(reader)]
        assert len(found) > 40
        assert titles.isdisjoint(found)
        reader.app.push_screen(HelpScreen({}, {}))
        assert {command.id for command in reader.app.commands}.isdisjoint(OUTSIDE)
        for place in ("headlines", "article", "filters"):
            await leave(reader)
            reader.main._go_to(place)
            await reader.settle()
            offered = {name for _, name in reader.main.query_one("KeyLine").commands}  # type: ignore[attr-defined]
            assert offered.isdisjoint({title.lower() for title in titles})


async def _palette(reader: Reader) -> AsyncIterator[str]:
    provider = CommandProvider(reader.app.screen)
    async for hit in provider.discover():
        yield str(hit.display)


@pytest.mark.timeout(300)
async def test_every_entry_of_the_palette_stays_inside(desk: Desk) -> None:
    with Outside(desk.paths) as outside:
        async with opened(desk) as reader:
            async for hit in CommandProvider(reader.main).discover():
                if str(hit.display) == BY_ID["quit"].title:
                    continue
                await hit.command()  # type: ignore[misc]
                await reader.pilot.pause()
                await leave(reader)
    assert outside.reached == []


async def test_a_key_that_a_command_was_given_in_the_settings_does_not_bring_it_back(desk: Desk) -> None:
    keys = {name: f"f{number}" for number, name in enumerate(OUTSIDE, 10)}
    assert check_remapping(keys)[1] == []
    with Outside(desk.paths) as outside:
        async with opened(desk, keys=keys) as reader:
            for key in keys.values():
                await reader.pilot.press(key)
                await reader.pilot.pause()
                assert isinstance(reader.app.screen, MainScreen)
    assert outside.reached == []


async def test_every_door_is_shut_behind_the_commands(desk: Desk) -> None:
    with Outside(desk.paths) as outside:
        async with opened(desk) as reader:
            app, main = reader.app, reader.main
            await reader.press("enter")
            article = main.shown.article
            assert article is not None
            app.open_in_browser("https://boats.example/1")
            assert reader.said == "Sent to the terminal's clipboard: https://boats.example/1"
            assert app.original(article.origin) == ""
            app.copy_to_clipboard("text")
            main.action_pipe()
            main.cover.toggle(article)
            assert not main.cover.busy
            source = StoredSource("articles", str(desk.folder))
            app.refreshing.ask([source], by_key=True)
            app.refreshing.ask_all()
            app.refreshing.ask_for_story("1")
            app.refreshing.look()
            app.refreshing.watch()
            main.action_refresh()
            main.action_refresh_all()
            app.refreshing._read_samples()
            assert not app.busy
            for action in (
                "screenshot",
                "toggle_dark",
                "simulate_key('o')",
                "app.screenshot",
            ):
                assert not await app.run_action(action)
            await app.run_action("suspend_process")
            assert "cannot be stopped" in reader.said
            await reader.settle()
    assert outside.reached == []


async def test_the_raw_text_is_what_the_library_keeps(desk: Desk) -> None:
    with Outside(desk.paths) as outside:
        async with opened(desk) as reader:
            await reader.press("enter", "u")
            assert "Fog." in reader.screen
            assert "externalId" not in reader.screen, "that is the file's own"
    assert outside.reached == []


async def test_the_library_is_only_read_even_if_it_is_ones_own(desk: Desk) -> None:
    before = desk.paths.library.read_bytes()
    async with opened(desk) as reader:
        assert reader.main.library.shared
        await reader.press("s", "m", "J")
        for connection in (reader.main.library._connection, reader.main.library._of_threads()):
            connections = [connection] if isinstance(connection, sqlite3.Connection) else [*connection]
            for each in connections:
                with pytest.raises(sqlite3.OperationalError, match="readonly"):
                    each.execute("DELETE FROM main.story")
    assert desk.paths.library.read_bytes() == before


async def test_links_are_copied_instead_of_opened(desk: Desk) -> None:
    with Outside(desk.paths) as outside:
        async with opened(desk) as reader:
            await reader.press("enter", "f", "a", "enter")
            assert "Sent to the terminal's clipboard: https://" in reader.said
    assert outside.reached == []


async def test_an_empty_library_is_said_to_be_empty_and_no_samples_are_made(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk")
    desk.sync()
    async with opened(desk) as reader:
        assert "No article yet." in reader.screen
        assert "source" not in reader.screen.lower().replace("the source", "")
        assert not desk.paths.samples.exists()


async def test_marks_that_are_not_kept_are_said_to_be_so(desk: Desk) -> None:
    app = CryptonewsApp(
        desk.paths, Settings(), session=Session(restricted=True, passing=True), now=lambda: NOW
    )
    async with app.run_test(size=WIDE) as pilot:
        reader = Reader(app, pilot)
        await reader.started()
        assert "marks are not kept" in reader.status


async def test_what_listens_hears_what_an_unrestricted_session_does(desk: Desk) -> None:
    with Outside(desk.paths) as outside:
        async with opened(desk, restricted=False, pipe=("true",), show_covers=False) as reader:
            await reader.press("enter", "u", "escape")
            await reader.press("vertical_line")
    assert any(reached.startswith("subprocess.Popen") for reached in outside.reached)
    assert any(reached.startswith("open") and "articles" in reached for reached in outside.reached)


_KEYS = st.sampled_from(
    [
        *(key for command in COMMANDS if command.id != "quit" for key in command.keys.split(",")),
        *"abcdefghijklmnoprstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
        *(f"ctrl+{letter}" for letter in "abcdefghijklmnoprstuvwxyz"),
        *(f"alt+{letter}" for letter in "abcxyz"),
        *(f"f{number}" for number in range(1, 13)),
        *("tab", "shift+tab", "enter", "escape", "backspace", "delete", "space", "ctrl+backslash", "ctrl+at"),
        *("colon", "exclamation_mark", "at", "vertical_line", "slash", "tilde", "grave_accent"),
    ]
)


@settings(max_examples=8, derandomize=True, suppress_health_check=[*HealthCheck])
@given(st.lists(_KEYS, min_size=20, max_size=60))
@pytest.mark.timeout(600)
async def test_whatever_is_typed_nothing_reaches_outside(keys: list[str]) -> None:
    with tempfile.TemporaryDirectory() as home, pytest.MonkeyPatch.context() as monkeypatch:
        desk = tempting(Desk(Path(home) / "desk"), monkeypatch)
        with Outside(desk.paths) as outside:
            async with opened(desk) as reader:
                for key in keys:
                    await reader.pilot.press(key)
                await reader.pilot.pause()
                assert reader.app.is_running
        assert outside.reached == []


def test_what_reaches_outside_is_told_apart_from_what_does_not() -> None:
    assert {name: shown_keys(BY_ID[name]) for name in OUTSIDE} == {
        "browser": "o",
        "pipe": "|",
        "cover": "v",
        "source-add": "a",
        "source-edit": "e",
        "source-toggle": "x",
        "source-remove": "d Delete",
        "source-problems": "p",
        "refresh": "r",
        "refresh-all": "R",
        "cancel-refresh": "Ctrl+X",
        "sources": "Ctrl+O",
    }
