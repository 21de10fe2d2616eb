"""Views: queries with a name, on top of the filters, opened by a key, kept, renamed, moved and deleted."""

from contextlib import closing

import pytest

from cryptonews_tui.library import State
from cryptonews_tui.tui import pane_screen
from cryptonews_tui.tui.bars import KeyLine
from cryptonews_tui.tui.commands import BY_ID
from cryptonews_tui.tui.filters_pane import FiltersPane
from tests.tui.desk import NARROW, Desk, Reader


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.write("1", hours=1, source="herald", tags=["FOG"])
    desk.write("2", hours=2, source="herald", tags=["REEF"], stickyWeight=1)
    desk.write("3", hours=60, source="beacon", tags=["FOG"])
    return desk


async def stand_on(reader: Reader, name: str) -> None:
    """Put the cursor of the filters on a view."""
    await reader.do("filters-pane")
    pane = reader.main.query_one(FiltersPane)
    pane.cursor = next(row for row, known in enumerate(pane._rows) if known.value == name)
    await reader.settle()


async def save(reader: Reader, answer: str) -> None:
    """Keep the query that is asked as a view."""
    await reader.press("V")
    await reader.press("ctrl+u", *typed(answer), "enter")


def typed(text: str) -> list[str]:
    names = {" ": "space", ":": "colon", "*": "asterisk", "+": "plus"}
    return [names.get(letter, letter) for letter in text]


async def test_views_stand_on_top_with_what_is_unread_in_them(desk: Desk) -> None:
    async with desk.open() as reader:
        assert reader.views == ["▸ All 3", "Unread 3", "Today 2", "Starred 0", "Pinned 1"]
        await reader.do("read", "star")
        assert reader.views == ["▸ All 2", "Unread 2", "Today 1", "Starred 0", "Pinned 0"]
        await reader.do("read")
        assert reader.views == ["▸ All 3", "Unread 3", "Today 2", "Starred 1", "Pinned 1"]


@pytest.mark.parametrize("key", ["enter", "space"])
async def test_a_view_in_the_filters_is_shown_by_enter_and_space(desk: Desk, key: str) -> None:
    async with desk.open() as reader:
        await stand_on(reader, "Today")
        await reader.press(key)
        assert str(reader.main.question) == "on:today"
        assert reader.stories == ["2", "1"]
        assert "▸ Today 2" in reader.views
        assert "All 3" in reader.views
        assert reader.place == "filters"


async def test_a_view_can_be_found_by_its_letters(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("v")
        assert [choice.split() for choice in reader.choices] == [
            ["All", "3"],
            ["Unread", "3"],
            ["Today", "2"],
            ["Starred", "0"],
            ["Pinned", "1"],
        ]
        await reader.press(*"pin", "enter")
        assert reader.stories == ["2"]
        assert reader.place == "headlines"


async def test_the_query_is_kept_as_a_view_with_its_order(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.ask("tag:fog sort:title")
        await reader.press("V", *"Foggy", "enter")
        assert reader.said == "Saved the view “Foggy”: tag:fog sort:title."
        assert reader.place == "headlines"
        assert reader.views[-1] == "▸ Foggy 2"
        await reader.do("clear")
        assert reader.views[-1] == "Foggy 2"
        await reader.press("v", *"fogg", "enter")
        assert str(reader.main.question) == "tag:fog sort:title"
    async with desk.open() as reader:
        assert reader.views[-1] == "Foggy 2"


async def test_a_view_saved_under_a_known_name_replaces_it_and_keeps_its_key(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.ask("tag:fog")
        await save(reader, "Sea key:f5")
        await reader.ask("tag:reef")
        await save(reader, "sea")
        assert reader.said == "Replaced the view “sea”: tag:reef · F5 opens it."
        assert reader.views[5:] == ["▸ sea F5 1"]
        await reader.ask("")
        await reader.press("f5")
        assert reader.stories == ["2"]


async def test_a_view_opens_by_its_key_from_every_pane_and_stands_in_the_help(desk: Desk) -> None:
    async with desk.open(views={"Reefs": {"query": "tag:reef", "key": "alt+r"}}) as reader:
        for place in ("headlines-pane", "filters-pane", "article-pane"):
            await reader.do("clear", place)
            await reader.press("alt+r")
            assert reader.stories == ["2"]
        assert "Reefs Alt+R 1" in " ".join(reader.views)
        await reader.do("help")
        for _ in range(12):
            if any("Alt+R" in line and "The view “Reefs”." in line for line in reader.lines):
                break
            await reader.press("space")
        else:
            raise AssertionError(reader.screen)


async def test_the_key_of_a_view_is_a_letter_while_something_is_typed(desk: Desk) -> None:
    async with desk.open(views={"Reefs": {"query": "tag:reef", "key": "w"}}) as reader:
        await reader.press("slash", "w", "escape")
        assert not reader.main.question
        await reader.press("V", *"ww", "enter")
        assert "ww 3" in " ".join(reader.views)
        await reader.press("w")
        assert str(reader.main.question) == "tag:reef"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("Sea key:j", "The key j is taken by down; nothing was saved."),
        ("Sea key:z", "The key z is taken by fold; nothing was saved."),
        ("Sea key:f6", "The key F6 is taken by the view “Rules”; nothing was saved."),
        ("Sea key:hyper", "“hyper” is not a key; nothing was saved."),
        ("unread", "“Unread” comes with the program: it stays as it is."),
        ("Rules", "“Rules” stands in your settings file: change it there."),
        ("key:f5", "A view needs a name; nothing was saved."),
        ("n" * 41, "A name has at most 40 characters; nothing was saved."),
    ],
)
async def test_what_cannot_be_a_view_is_refused_with_a_reason(desk: Desk, answer: str, said: str) -> None:
    async with desk.open(views={"Rules": {"query": "impact:etf", "key": "f6"}}) as reader:
        await save(reader, answer)
        assert reader.said == said
        assert len(reader.views) == 6


async def test_escape_leaves_the_question_for_a_name_open(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("filters-pane")
        await reader.press("V", *"Sea")
        assert "Save as" in reader.screen
        assert "Enter save" in reader.bottom
        await reader.press("escape")
        assert len(reader.views) == 5
        assert reader.place == "filters"
        assert "Save as" not in reader.screen


async def test_an_own_view_is_renamed_and_gets_another_key(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.ask("tag:fog")
        await save(reader, "Sea key:f5")
        await save(reader, "Fog")
        await stand_on(reader, "Sea")
        await reader.press("e")
        assert "Sea key:f5" in reader.screen
        await reader.press("ctrl+u", *typed("High Sea key:f6"), "enter")
        assert reader.said == "The view is called “High Sea” · F6 opens it."
        assert reader.views[5:] == ["▸ High Sea F6 2", "Fog 2"]
        await stand_on(reader, "High Sea")
        await reader.press("e", "ctrl+u", *typed("FOG"), "enter")
        assert reader.said == "There is a view “Fog” already."
        await reader.press("e", "ctrl+u", *typed("High Sea"), "enter")
        assert reader.views[5:] == ["▸ High Sea 2", "Fog 2"]


async def test_a_view_is_deleted_and_comes_back_where_it_was_with_its_key(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.ask("tag:fog")
        for answer in ("A", "B key:f5", "C"):
            await save(reader, answer)
        await stand_on(reader, "B")
        await reader.press("d")
        assert reader.said == "Deleted the view “B”; u brings it back."
        assert reader.views[5:] == ["▸ A 2", "C 2"]
        await reader.press("u")
        assert reader.said == "The view “B” is back."
        assert reader.views[5:] == ["▸ A 2", "B F5 2", "C 2"]
        await reader.press("u")
        assert reader.said == "There is nothing to bring back."


async def test_own_views_move_up_and_down_and_the_cursor_goes_with_them(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.ask("tag:fog")
        for name in "ABC":
            await save(reader, name)
        await stand_on(reader, "C")
        await reader.press("K", "K", "J")
        assert [row.split()[-2] for row in reader.views[5:]] == ["A", "C", "B"]
        assert reader.main.query_one(FiltersPane).view == "C"
        with closing(State(desk.paths.state)) as state:
            assert [view.name for view in state.views()] == ["A", "C", "B"]


@pytest.mark.parametrize("command", ["rename-view", "delete-view", "view-up", "view-down"])
async def test_what_the_program_and_the_settings_bring_cannot_be_changed_and_that_is_said(
    desk: Desk, command: str
) -> None:
    async with desk.open(views={"Fog": "tag:fog"}) as reader:
        for name, said in (("Today", "comes with the program"), ("Fog", "stands in your settings file")):
            await stand_on(reader, name)
            await reader.main.run(BY_ID[command])
            await reader.settle()
            assert said in reader.said
        assert len(reader.views) == 6


async def test_a_view_of_the_settings_whose_key_is_taken_is_there_without_it(desk: Desk) -> None:
    wrong = {"Fog": {"query": "tag:fog", "key": "j"}, "Reef": {"query": "tag:reef", "key": "nothing"}}
    async with desk.open(views=wrong, settled=False) as reader:
        await reader.see("“Fog” has no key")
        assert "the key j is taken by down" in reader.said
        reader.main.hush()
        assert "“nothing” is not a key" in reader.said
        await reader.settle()
        assert reader.views[5:] == ["Fog 2", "Reef 1"]


async def test_everything_that_is_wrong_with_views_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pane_screen, "_SAID_SECONDS", 0.2)
    told: list[str] = []
    wrong = {name: {"query": "tag:fog", "key": "j"} for name in ("Fog", "Reef", "Bay")}
    with closing(State(desk.paths.state)) as state:
        state.save_view("Old", "tga:fog")
        state.save_view("Good", "tag:fog")
    async with desk.open(views=wrong, settled=False) as reader:
        await reader.until(lambda: bool(reader.said))
        reader.main.watch(reader.main.query_one(KeyLine), "said", lambda said: told.append(said))
        await reader.until(lambda: not told[-1])
    assert [said for said in told if said] == [
        *(f"views: “{name}” has no key: the key j is taken by down" for name in ("Fog", "Reef", "Bay")),
        "The view “Old” cannot be asked: there is no field “tga:”; did you mean “tag:”?",
    ]


async def test_a_saved_view_that_cannot_be_asked_any_more_is_named_and_the_others_work(desk: Desk) -> None:
    with closing(State(desk.paths.state)) as state:
        state.save_view("Old", "tga:fog")
        state.save_view("Good", "tag:fog")
    async with desk.open(settled=False) as reader:
        await reader.see("The view “Old” cannot be asked")
        await reader.settle()
        assert reader.views[5:] == ["Good 2"]


async def test_views_work_in_a_narrow_terminal(desk: Desk) -> None:
    async with desk.open(size=NARROW) as reader:
        await reader.press("f", "j", "enter")
        assert str(reader.main.question) == "is:unread"
        await reader.press("V", *"Now", "enter")
        assert reader.place == "filters"
        assert "Now 3" in reader.views[-1]
