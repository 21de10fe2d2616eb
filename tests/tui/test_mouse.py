"""The mouse: what a click, a drag and the wheel do, wherever the pointer is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.command import CommandPalette
from textual.containers import VerticalScroll

from cryptonews_tui.tui.bars import KeyLine
from cryptonews_tui.tui.digest_pane import DigestPane
from cryptonews_tui.tui.filters_pane import FiltersPane
from cryptonews_tui.tui.help_screen import HelpScreen
from cryptonews_tui.tui.main_screen import MainScreen
from cryptonews_tui.tui.pager_screen import PagerScreen, _Text
from cryptonews_tui.tui.picker import Picker, _Choices
from cryptonews_tui.tui.sources_pane import SourcesPane
from cryptonews_tui.tui.sources_screen import SourcesScreen
from tests.tui.desk import MEDIUM, PARAGRAPH, Desk, Reader
from tests.tui.mouse import drag, hold, let_go, wheel

BODY = f"""## Overview

See [the harbour](https://harbour.example/boats) and [the fog](https://fog.example/).

{PARAGRAPH} {PARAGRAPH}

```python
def count(boats):
    return len(boats)
```

> Fog is quiet.

- One
- Two

## Impact on the crypto market

""" + "\n\n".join(f"{number}. {PARAGRAPH}" for number in range(1, 21))


def write(desk: Desk, numbers: range) -> None:
    for number in numbers:
        desk.write(f"{number:02}", hours=number, body=BODY, tags=[f"TAG {number:02}"], category="FOG")


@pytest.fixture
def desk(desk: Desk) -> Desk:
    write(desk, range(8))
    return desk


@pytest.fixture
def many(desk: Desk) -> Desk:
    """More stories than fit a screen."""
    write(desk, range(8, 60))
    return desk


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    addresses: list[str] = []
    monkeypatch.setattr(
        "cryptonews_tui.tui.app.CryptonewsApp.open_in_browser", lambda app, url: addresses.append(url)
    )
    return addresses


def on_screen(reader: Reader, text: str, begin: int = 0) -> tuple[int, int]:
    """Where a text stands on the screen, from a column on."""
    for y, line in enumerate(reader.lines):
        if (x := line.find(text, begin)) >= 0:
            return x, y
    raise LookupError(f"{text!r} is not there:\n{reader.screen}")


def in_article(reader: Reader, text: str) -> tuple[int, int]:
    return on_screen(reader, text, reader.main.article.content_region.x)


async def click(reader: Reader, place: tuple[int, int], times: int = 1) -> None:
    await reader.pilot.click(offset=place, times=times)
    await reader.settle()


# --- links


async def test_a_click_on_a_link_shows_where_it_leads_and_another_opens_it(
    desk: Desk, opened: list[str]
) -> None:
    async with desk.open() as reader:
        await reader.do("open")
        place = in_article(reader, "the harbour")
        await click(reader, place)
        assert "https://harbour.example/boats" in reader.said
        assert opened == []
        await click(reader, (place[0] + 4, place[1]))
        assert opened == ["https://harbour.example/boats"]
        assert reader.said == ""


async def test_enter_opens_the_link_that_was_clicked_and_y_copies_it(
    desk: Desk, opened: list[str], copied: list[str]
) -> None:
    async with desk.open() as reader:
        await reader.do("open")
        await click(reader, in_article(reader, "the harbour"))
        await click(reader, in_article(reader, "the fog"))
        assert opened == []
        await reader.press("enter")
        assert opened == ["https://fog.example/"]
        await click(reader, in_article(reader, "the fog"))
        await reader.press("y")
        assert copied == ["https://fog.example/"]


@pytest.mark.parametrize("key", ["escape", "j", "J", "tab"])
async def test_another_key_leaves_the_link_that_was_clicked(desk: Desk, opened: list[str], key: str) -> None:
    async with desk.open() as reader:
        await reader.do("open")
        place = in_article(reader, "the harbour")
        await click(reader, place)
        await reader.press(key)
        assert "harbour.example" not in reader.said
        assert reader.place == ("filters" if key == "tab" else "article")
        if key == "j":
            assert reader.main.article.position == 1  # it still means what it means
        await reader.press("enter")
        assert opened == []


async def test_links_of_the_digest_are_shown_before_they_are_opened(desk: Desk, opened: list[str]) -> None:
    desk.write("60", hours=-1, body="## Impact\n\nSee [the harbour](https://harbour.example/boats).")
    async with desk.open() as reader:
        await reader.press("I")
        place = on_screen(reader, "the harbour")
        await click(reader, place)
        assert "https://harbour.example/boats" in reader.app.screen.query_one(KeyLine).said
        assert opened == []
        await click(reader, place)
        assert opened == ["https://harbour.example/boats"]


# --- sections


async def test_a_click_on_a_heading_folds_its_section_and_another_unfolds_it(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("open")
        place = in_article(reader, "Overview")
        await click(reader, place)  # in the bar: goes there
        assert "See the harbour" in reader.article
        y = next(y for y, line in enumerate(reader.article.splitlines()) if line == "Overview")
        article = reader.main.article.content_region
        heading = (article.x + reader.main.article.text_margin + 1, article.y + y)
        await click(reader, heading)
        assert "See the harbour" not in reader.article
        assert "▸ Overview" in reader.article.splitlines()[y]
        await reader.pilot.pause(0.6)  # or it is a double click, which is none on a heading either
        await click(reader, heading)
        assert "See the harbour" in reader.article
        await click(reader, (heading[0] + 40, heading[1]))  # beside it
        assert "See the harbour" in reader.article


async def test_a_click_on_the_bar_goes_to_the_section(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("open")
        await click(reader, in_article(reader, "Impact on"))
        assert reader.main.article.current_section == 1


# --- selecting


async def test_a_drag_copies_what_was_written_without_breaks_and_margins(
    desk: Desk, copied: list[str]
) -> None:
    async with desk.open() as reader:
        await reader.do("open")
        begin, end = in_article(reader, "The harbour"), in_article(reader, "return len")
        await drag(reader.pilot, None, begin, end, (end[0] + 17, end[1]))
        assert copied == [
            f"{PARAGRAPH} {PARAGRAPH}\n\ndef count(boats):\n    return len(boats)",
        ]
        assert reader.said.startswith("Sent what was selected")
        assert reader.main.article.text_selection is not None
        await reader.press("escape")
        assert reader.main.article.text_selection is None
        assert reader.place == "article"


async def test_a_drag_upwards_selects_the_same(desk: Desk, copied: list[str]) -> None:
    async with desk.open() as reader:
        await reader.do("open")
        begin, end = in_article(reader, "Fog is"), in_article(reader, "Two")
        await drag(reader.pilot, None, (end[0] + 2, end[1]), end, begin)
        await drag(reader.pilot, None, begin, end, (end[0] + 2, end[1]))
        assert copied == ["Fog is quiet.\n\n• One\n• Two"] * 2


async def test_a_drag_out_of_the_pane_selects_nothing_elsewhere(desk: Desk, copied: list[str]) -> None:
    async with desk.open() as reader:
        await reader.do("open")
        x, y = in_article(reader, "The harbour")
        await drag(reader.pilot, None, (x + 3, y), (20, y), (20, y))
        assert copied == ["The "]
        assert list(reader.main.selections) == [reader.main.article]


async def test_a_drag_held_below_the_text_scrolls_and_selects_on(desk: Desk, copied: list[str]) -> None:
    async with desk.open() as reader:
        await reader.do("open")
        begin = in_article(reader, "1. The harbour")
        below = (begin[0], reader.app.size.height - 1)
        await hold(reader.pilot, None, begin, below)
        await reader.until(lambda: reader.main.article.position > 10)
        await let_go(reader.pilot, None, below)
        at = reader.main.article.position
        assert copied[0].startswith("1. The harbour")
        assert copied[0].count("\n") >= 10
        await reader.pilot.pause(0.2)
        assert reader.main.article.position == at


async def test_a_drag_ends_with_what_it_was_in(desk: Desk, copied: list[str]) -> None:
    async with desk.open() as reader:
        await reader.do("open")
        begin = in_article(reader, "The harbour")
        await hold(reader.pilot, None, begin, (begin[0] + 5, begin[1]))
        await reader.press("question_mark")
        await let_go(reader.pilot, None, (begin[0] + 5, begin[1]))
        await wheel(reader.pilot, VerticalScroll, (5, 3))
        assert reader.app.screen.query_one(VerticalScroll).scroll_offset.y == 3
        await reader.press("escape")
        await hold(reader.pilot, None, begin, (begin[0] + 5, begin[1]))
        await reader.resize(60, 20)
        await reader.do("headlines-pane")
        assert not reader.main.article.display
        await let_go(reader.pilot, None, (5, 5))
        await reader.pilot.click("#headlines", offset=(20, 5))
        await reader.settle()
        assert reader.at == "04"
        assert copied == []


async def test_two_clicks_copy_a_word_and_three_the_paragraph(desk: Desk, copied: list[str]) -> None:
    async with desk.open() as reader:
        await reader.do("open")
        x, y = in_article(reader, "harbour master")
        await click(reader, (x + 9, y), times=2)
        assert copied == ["master"]
        copied.clear()
        await reader.pilot.pause(0.6)
        await click(reader, (x + 9, y), times=3)
        assert copied[-1] == f"{PARAGRAPH} {PARAGRAPH}"
        await reader.pilot.pause(0.6)
        await click(reader, (x + 9, y))
        assert reader.main.article.text_selection is None


async def test_another_story_is_not_selected(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("open")
        begin = in_article(reader, "The harbour")
        await drag(reader.pilot, None, begin, (begin[0] + 10, begin[1] + 2))
        await reader.press("J")
        assert reader.main.article.text_selection is None
        await drag(reader.pilot, None, begin, (begin[0] + 10, begin[1] + 2))  # and can be, anew
        strip = reader.main.article.render_line(begin[1] - reader.main.article.content_region.y)
        assert len({segment.style.bgcolor for segment in strip if segment.style}) > 1


async def test_nothing_is_selected_in_lists(desk: Desk, copied: list[str]) -> None:
    async with desk.open() as reader:
        await drag(reader.pilot, "#headlines", (5, 3), (25, 3), (25, 8))
        await reader.pilot.click("#headlines", offset=(20, 5), times=2)
        await reader.settle()
        assert copied == []
        assert not reader.main.selections


async def test_text_of_the_raw_file_is_selected_too(desk: Desk, copied: list[str]) -> None:
    async with desk.open() as reader:
        await reader.do("open")
        await reader.press("u")
        x, y = on_screen(reader, "externalId")
        await drag(reader.pilot, None, (x, y), (x + 5, y), (x + 9, y))
        assert copied == ["externalId"]
        assert "Sent what was selected" in reader.screen


async def test_a_press_of_the_button_paints_nothing_but_what_changes(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("open")
        painted: list[object] = []
        refresh = reader.main.refresh
        reader.main.refresh = lambda *given, **named: painted.append(given) or refresh(*given, **named)  # type: ignore[method-assign]
        begin = in_article(reader, "The harbour")
        await drag(reader.pilot, None, begin, (begin[0] + 10, begin[1]))
        await drag(reader.pilot, "#headlines", (5, 3), (25, 3))
        assert painted == []


# --- keys and lines


async def test_the_keys_of_the_bottom_line_can_be_clicked(desk: Desk) -> None:
    async with desk.open() as reader:
        await click(reader, on_screen(reader, "star"))
        headline = reader.main.headlines.headline(0)
        assert headline is not None
        assert headline.starred
        reader.main.hush()
        await click(reader, on_screen(reader, "Enter open"))
        assert reader.place == "article"
        await click(reader, on_screen(reader, "next section"))
        assert reader.main.article.current_section == 1


async def test_a_click_on_a_remapped_key_does_the_same(desk: Desk) -> None:
    async with desk.open(keys={"star": "f7"}) as reader:
        await click(reader, on_screen(reader, "F7 star"))
        headline = reader.main.headlines.headline(0)
        assert headline is not None
        assert headline.starred


async def test_a_click_on_the_top_line_edits_the_query(desk: Desk) -> None:
    async with desk.open() as reader:
        await click(reader, (30, 0))
        assert reader.main.editing
        await reader.press(*"fog", "enter")
        assert str(reader.main.question) == "fog"


# --- lists


async def test_the_wheel_moves_the_list_and_not_its_cursor(many: Desk) -> None:
    async with many.open() as reader:
        await wheel(reader.pilot, "#headlines", (10, 10), 2)
        assert reader.main.headlines.scroll_offset.y == 6
        assert reader.at == "00"
        many.write("61", hours=-1)
        many.sync()
        reader.main.catch_up()  # what comes meanwhile does not take the reader back
        await reader.settle()
        assert reader.main.headlines.scroll_offset.y == 7
        assert reader.at == "00"
        await reader.press("j")
        assert reader.at == "01"
        assert " Story 01" in reader.screen
        await wheel(reader.pilot, "#headlines", (10, 10), -20)
        assert reader.main.headlines.scroll_offset.y == 0


async def test_the_wheel_moves_what_is_under_the_pointer_and_leaves_the_focus(many: Desk) -> None:
    async with many.open() as reader:
        await reader.resize(150, 20)
        await wheel(reader.pilot, "#article", (10, 10))
        assert reader.main.article.position == 3
        await wheel(reader.pilot, "#filters", (5, 10))
        assert reader.main.query_one(FiltersPane).scroll_offset.y == 3
        assert reader.place == "headlines"
        assert reader.main.headlines.scroll_offset.y == 0


async def test_filters_that_slide_over_go_when_the_list_is_clicked(desk: Desk) -> None:
    async with desk.open(size=MEDIUM) as reader:
        await reader.do("filters-pane")
        await reader.pilot.click("#article", offset=(5, 10))
        await reader.settle()
        assert reader.place == "article"
        assert not reader.main.query_one(FiltersPane).display


async def test_sources_are_chosen_and_scrolled_by_the_mouse(desk: Desk) -> None:
    for number in range(30):
        (desk.folder.parent / f"more{number}").mkdir()
        desk.add_source(str(desk.folder.parent / f"more{number}"))
    async with desk.open(size=(100, 24), watch_folders=False) as reader:
        reader.app.push_screen(SourcesScreen())
        await reader.until(lambda: isinstance(reader.app.screen, SourcesScreen))
        await reader.pilot.pause()
        pane = reader.app.screen.query_one(SourcesPane)
        await reader.until(lambda: pane.count == 30)
        await reader.pilot.click(SourcesPane, offset=(10, 4))
        assert pane.cursor == 3
        await wheel(reader.pilot, SourcesPane, (10, 4))
        assert pane.scroll_offset.y == 3
        assert pane.cursor == 3


async def test_the_digest_moves_by_the_wheel(many: Desk) -> None:
    async with many.open() as reader:
        await reader.press("I")
        pane = reader.app.screen.query_one(DigestPane)
        before = pane._top
        await wheel(reader.pilot, DigestPane, (10, 10))
        assert pane._top == (before[0], before[1] + 3)


# --- what lies over the screen


async def test_a_picker_is_scrolled_and_left_by_a_click_beside_it(many: Desk) -> None:
    async with many.open() as reader:
        await reader.press("t")
        assert isinstance(reader.app.screen, Picker)
        await wheel(reader.pilot, _Choices, (5, 3))
        assert reader.app.screen.query_one(_Choices).scroll_offset.y == 3
        await reader.pilot.click(offset=(2, 2))
        await reader.settle()
        assert isinstance(reader.app.screen, MainScreen)
        assert not reader.main.question


async def test_help_is_scrolled_and_left_by_a_click_beside_it(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("question_mark")
        assert isinstance(reader.app.screen, HelpScreen)
        await wheel(reader.pilot, VerticalScroll, (5, 3))
        assert reader.app.screen.query_one(VerticalScroll).scroll_offset.y == 3
        await reader.pilot.click(VerticalScroll, offset=(5, 5))
        assert isinstance(reader.app.screen, HelpScreen)
        await reader.pilot.click(offset=(1, 20))
        await reader.settle()
        assert isinstance(reader.app.screen, MainScreen)


async def test_a_pager_is_scrolled_and_left_by_a_click_beside_it(desk: Desk) -> None:
    async with desk.open(size=(150, 24)) as reader:
        await reader.do("open")
        await reader.press("u")
        assert isinstance(reader.app.screen, PagerScreen)
        await wheel(reader.pilot, _Text, (5, 3))
        assert reader.app.screen.query_one(_Text).scroll_offset.y == 3
        await reader.pilot.click(offset=(1, 20))
        await reader.settle()
        assert isinstance(reader.app.screen, MainScreen)


async def test_a_command_of_the_palette_is_chosen_by_a_click(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.ask("fog")
        await reader.press("ctrl+p", *"clear")
        assert isinstance(reader.app.screen, CommandPalette)
        await reader.until(lambda: "Clear the query" in reader.screen)
        await click(reader, on_screen(reader, "Clear the query"))
        await reader.until(lambda: not reader.main.question)


async def test_help_tells_of_the_mouse_where_there_is_one(desk: Desk) -> None:
    async with desk.open(size=(120, 180)) as reader:
        await reader.press("question_mark")
        assert "Selects text of an article" in reader.screen
        await reader.press("escape")
        reader.app.session = replace(reader.app.session, mouse=False)
        await reader.press("question_mark")
        assert "The query" in reader.screen
        assert "Selects text of an article" not in reader.screen
