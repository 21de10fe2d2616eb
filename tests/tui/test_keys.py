"""The command table: every command has its place, its keys, its line in the palette and in the help."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import pytest

from cryptonews_tui.tui.article_pane import ArticlePane
from cryptonews_tui.tui.commands import BY_ID, COMMANDS, Command, shown_keys
from cryptonews_tui.tui.digest_screen import SHARED, DigestScreen
from cryptonews_tui.tui.filters_pane import FiltersPane
from cryptonews_tui.tui.main_screen import MainScreen
from cryptonews_tui.tui.palette import CommandProvider
from cryptonews_tui.tui.sources_screen import SHARED as SHARED_BY_SOURCES
from cryptonews_tui.tui.sources_screen import SourcesScreen
from tests.tui.desk import Desk, Reader

ANYWHERE = [command for command in COMMANDS if command.scope == "anywhere"]
FILTERS = [command for command in COMMANDS if command.scope == "filters"]
ARTICLE = [command for command in COMMANDS if command.scope == "article"]
DIGEST = [command for command in COMMANDS if command.scope == "digest" or command.id in SHARED]

SOURCES = [command for command in COMMANDS if command.scope == "sources" or command.id in SHARED_BY_SOURCES]


@pytest.fixture
def desk(desk: Desk) -> Desk:
    for number in range(1, 4):
        desk.write(str(number), hours=number, tags=["FOG"])
    return desk


def in_force(reader: Reader) -> Mapping[str, str | None]:
    """Which command each key would run where the focus is."""
    return {key: active.binding.id for key, active in reader.app.screen.active_bindings.items()}


def row_of(reader: Reader, label: str) -> int:
    """The row of the filters that shows this."""
    rows = reader.main.query_one(FiltersPane)._rows
    return next(number for number, row in enumerate(rows) if row.label == label)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_every_command_has_an_action_in_its_place(command: Command) -> None:
    places = {
        "anywhere": MainScreen,
        "filters": FiltersPane,
        "article": ArticlePane,
        "digest": DigestScreen,
        "sources": SourcesScreen,
    }
    place = MainScreen if command.by_screen else places[command.scope]
    assert callable(getattr(place, "action_" + command.id.replace("-", "_")))


def test_no_key_means_two_things_in_one_place() -> None:
    for commands in (ANYWHERE, FILTERS, ARTICLE, DIGEST, SOURCES):
        keys = [key for command in commands for key in command.keys.split(",")]
        assert len(keys) == len(set(keys))


async def test_every_key_runs_its_command_in_every_pane(desk: Desk) -> None:
    async with desk.open() as reader:
        for place in ("headlines-pane", "article-pane", "filters-pane"):
            await reader.do(place)
            expected = {key: command.id for command in ANYWHERE for key in command.keys.split(",")}
            own = {"filters-pane": FILTERS, "article-pane": ARTICLE}.get(place, [])
            expected |= {
                key: f"{command.id}-{number}" if command.each else command.id
                for command in own
                for number, key in enumerate(command.keys.split(","), 1)
            }
            # The cursor of the filters stands on a view, which has commands of its own.
            there = in_force(reader)
            assert {key: there.get(key) for key in expected} == expected


async def test_beside_views_the_keys_that_move_them_go_from_story_to_story(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("filters-pane")
        reader.main.query_one(FiltersPane).cursor = row_of(reader, "FOG")
        there = in_force(reader)
        assert (there["J"], there["K"]) == ("next-story", "previous-story")
        await reader.press("J")
        assert reader.at == "2"


async def test_keys_move_the_focus_from_pane_to_pane(desk: Desk) -> None:
    async with desk.open() as reader:
        assert reader.place == "headlines"
        for key, place in (
            ("h", "filters"),
            ("h", "filters"),
            ("l", "headlines"),
            ("right", "article"),
            ("l", "article"),
            ("left", "headlines"),
            ("tab", "article"),
            ("tab", "filters"),
            ("shift+tab", "article"),
            ("h", "headlines"),
            ("1", "filters"),
            ("2", "headlines"),
            ("3", "article"),
            ("h", "headlines"),
            ("f", "filters"),
        ):
            await reader.pilot.press(key)
            assert reader.place == place


async def test_escape_steps_back_one_level_and_then_does_nothing(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("open", "zoom", "query")
        await reader.press("escape")
        assert not reader.query.display
        assert reader.main.zoomed
        await reader.press("escape")
        assert not reader.main.zoomed
        assert reader.place == "article"
        await reader.press("escape")
        assert reader.place == "headlines"
        await reader.do("filters-pane")
        await reader.press("escape")
        assert reader.place == "headlines"
        await reader.press("escape", "escape")
        assert reader.place == "headlines"
        assert reader.app.is_running


async def test_q_steps_back_like_escape_and_quits_at_the_top(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("open", "zoom")
        await reader.press("q")
        assert not reader.main.zoomed
        await reader.press("q")
        assert reader.place == "headlines"
        await reader.do("filters-pane")
        await reader.press("q")
        assert reader.place == "headlines"
        assert not reader.app._exit
        await reader.pilot.press("q")
        assert reader.app._exit
        assert reader.app.return_code == 0


async def test_the_bottom_line_offers_the_keys_of_the_pane_with_the_focus(desk: Desk) -> None:
    async with desk.open() as reader:
        assert "Enter open" in reader.bottom
        await reader.do("filters-pane")
        reader.main.query_one(FiltersPane).cursor = row_of(reader, "FOG")
        await reader.settle()
        assert "Space include" in reader.bottom
        assert "- exclude" in reader.bottom
        await reader.do("open", "article-pane")
        assert "] next section" in reader.bottom
        await reader.do("query")
        assert "Enter keep" in reader.bottom
        assert "Esc as it was" in reader.bottom
        assert "Tab complete" in reader.bottom


async def test_control_c_says_how_to_leave_and_leaves_nothing(desk: Desk) -> None:
    async with desk.open(keys={"quit": "ctrl+w"}) as reader:
        await reader.press("ctrl+c")
        assert reader.said == (
            "Ctrl+W goes back, and quits at the top level; Ctrl+C once more quits at once."
        )
        assert reader.app.is_running


# --- help and palette


@pytest.mark.parametrize("key", ["question_mark", "f1"])
async def test_help_lists_every_command_and_field(desk: Desk, key: str) -> None:
    async with desk.open(size=(150, 180)) as reader:
        await reader.press(key)
        for command in COMMANDS:
            assert shown_keys(command) in reader.screen
            assert command.help.split(";")[0].split(",")[0][:40] in reader.screen
        for field in ("tag:", "sentiment:", "source:", "category:", "lang:", "is:"):
            assert field in reader.screen
        await reader.press(key)
        assert len(reader.app.screen_stack) == 1


async def test_help_scrolls_and_closes_by_q_and_escape(desk: Desk) -> None:
    async with desk.open(size=(80, 24)) as reader:
        for key in ("q", "escape"):
            await reader.do("help")
            first = "One line or story down."
            assert first in reader.screen
            await reader.press("G")
            assert first not in reader.screen
            assert "sort:score" in reader.screen
            await reader.press("g")
            assert first in reader.screen
            await reader.press("j", "space")
            assert first not in reader.screen
            await reader.press("b", "k")
            assert first in reader.screen
            await reader.press(key)
            assert len(reader.app.screen_stack) == 1
            assert reader.app.is_running


async def test_the_palette_has_every_command(desk: Desk) -> None:
    async with desk.open() as reader:
        provider = CommandProvider(reader.main)
        shown = [hit.text or str(hit.display) async for hit in provider.discover()]
        for command in (*ANYWHERE, *FILTERS):
            if command.id != "palette":
                assert any(text.endswith(command.title) for text in shown), command.id
        found = [str(hit.text) async for hit in provider.search("alone")]  # type: ignore[union-attr]
        assert "Article alone" in found


@pytest.mark.parametrize("key", ["ctrl+p", "colon"])
async def test_the_palette_runs_what_is_chosen(desk: Desk, key: str) -> None:
    async with desk.open() as reader:
        await reader.pilot.press(key)
        await reader.see("Search for commands")
        await reader.pilot.press(*"articlealone")
        await reader.see("Article alone")
        await reader.pilot.press("enter")
        await reader.until(lambda: reader.main.zoomed)
        assert len(reader.app.screen_stack) == 1


async def test_a_command_of_the_filters_runs_there_from_the_palette(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("filters-pane")
        reader.main.query_one(FiltersPane).cursor = row_of(reader, "FOG")
        await reader.do("headlines-pane")
        await reader.main.run(BY_ID["exclude"])
        await reader.settle()
        assert str(reader.main.question) == "-tag:fog"
        assert reader.place == "filters"


# --- other keys


async def test_keys_can_be_chosen_in_the_settings(desk: Desk) -> None:
    async with desk.open(keys={"star": "asterisk,x", "down": "ctrl+e", "exclude": "!"}) as reader:
        await reader.press("x")
        assert "★" in reader.row("1")
        await reader.press("asterisk")
        assert "★" not in reader.row("1")
        await reader.press("s")
        assert "★" not in reader.row("1")
        await reader.press("j")
        assert reader.at == "1"
        await reader.press("ctrl+e")
        assert reader.at == "2"
        await reader.do("filters-pane")
        reader.main.query_one(FiltersPane).cursor = row_of(reader, "UNRATED")
        await reader.press("exclamation_mark")
        assert "-sentiment:unrated" in str(reader.main.question)
        reader.main.hush()
        assert "! exclude" in reader.bottom
        await reader.do("headlines-pane")
        assert "* star" in reader.bottom


async def test_a_chosen_key_is_taken_from_the_command_that_had_it(desk: Desk) -> None:
    async with desk.open(keys={"star": "j", "zoom": "m"}) as reader:
        assert reader.said == "keys: star takes j from down"
        await reader.press("j")
        assert reader.at == "1"
        assert "★" in reader.row("1")
        await reader.press("down")
        assert reader.at == "2"
        there = in_force(reader)
        assert [there.get(key) for key in ("j", "m", "down")] == ["star", "zoom", "down"]
        assert "read" not in there.values()


async def test_two_commands_can_swap_their_keys(desk: Desk) -> None:
    async with desk.open(keys={"star": "m", "read": "s"}) as reader:
        there = in_force(reader)
        assert (there["m"], there["s"]) == ("star", "read")
        assert not reader.said


async def test_a_sign_of_another_alphabet_and_a_sign_with_control_run_their_commands(desk: Desk) -> None:
    async with desk.open(keys={"star": "€", "down": "ctrl+]"}) as reader:
        await reader.press("euro_sign")
        assert "★" in reader.row("1")
        await reader.press("ctrl+right_square_bracket")
        assert reader.at == "2"


async def test_an_unknown_command_and_an_unknown_key_are_named_and_the_rest_works(desk: Desk) -> None:
    wrong = {"fly": "x", "star": "hyperspace", "read": "x"}
    async with desk.open(keys=wrong, settled=False) as reader:
        await reader.see("there is no command “fly”")
        await reader.settle()
        assert "there is no command “fly”" in reader.said
        reader.main.hush()
        assert "star: “hyperspace” is not a key" in reader.said
        reader.main.hush()
        assert not reader.said
        await reader.press("s", "x")
        assert "★" in reader.row("1")
        assert "●" not in reader.row("1")


@pytest.mark.parametrize("key", ["pagedown", "pageup", "home", "end"])
async def test_a_page_key_before_the_palette_has_anything_to_show_is_no_mistake(desk: Desk, key: str) -> None:
    desk.write("1")
    async with desk.open() as reader:
        reader.app.action_command_palette()
        palette = reader.app.screen
        while not palette.query("CommandList"):
            await asyncio.sleep(0)
        palette.query_one("CommandList")._index_to_line.clear()  # type: ignore[attr-defined]
        action = {"pagedown": "page_down", "pageup": "page_up", "home": "first", "end": "last"}[key]
        palette._action_command_list(action)  # type: ignore[attr-defined]
        await reader.press(key)
        assert reader.app.is_running


async def test_help_begins_with_the_way_out_of_it(desk: Desk) -> None:
    async with desk.open(size=(60, 20)) as reader:
        await reader.press("question_mark")
        assert "Esc" in reader.screen
        assert "Closes this page" in reader.screen


async def test_where_there_are_no_arrows_their_keys_are_told_in_words(desk: Desk) -> None:
    async with desk.open(size=(100, 30)) as reader:
        reader.app.session = replace(reader.app.session, ascii=True)
        await reader.press("question_mark")
        assert "j Down" in reader.screen
        assert "h Left" in reader.screen
        assert "↓" not in reader.screen
