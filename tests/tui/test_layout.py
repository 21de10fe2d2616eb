"""Where the panes stand in terminals of any size."""

import pytest

from cryptonews_tui import translation
from cryptonews_tui.translation import _
from cryptonews_tui.tui.bars import KeyLine
from tests.tui.desk import MEDIUM, NARROW, WIDE, Desk, Reader


def panes(reader: Reader) -> set[str]:
    """The panes that can be seen."""
    shown = ("filters", "headlines", "article")
    return {name for name in shown if reader.main.query_one(f"#{name}").display}


@pytest.fixture
def some(desk: Desk) -> Desk:
    for number in range(1, 6):
        desk.write(str(number), hours=number)
    return desk


async def test_a_wide_terminal_shows_filters_headlines_and_article_from_left_to_right(some: Desk) -> None:
    async with some.open(size=WIDE) as reader:
        assert panes(reader) == {"filters", "headlines", "article"}
        places = [reader.main.query_one(f"#{name}").region for name in ("filters", "headlines", "article")]
        assert [place.x for place in places] == sorted(place.x for place in places)
        assert places[0].right <= places[1].x
        assert places[1].right <= places[2].x
        assert places[2].right == WIDE[0]


async def test_in_a_medium_terminal_the_filters_slide_over_and_away_again(some: Desk) -> None:
    async with some.open(size=MEDIUM) as reader:
        assert panes(reader) == {"headlines", "article"}
        await reader.press("f")
        assert reader.place == "filters"
        assert panes(reader) == {"filters", "headlines", "article"}
        filters, headlines = (reader.main.query_one(f"#{name}").region for name in ("filters", "headlines"))
        assert filters.overlaps(headlines)
        assert "SENTIMENT" in reader.screen
        await reader.press("escape")
        assert panes(reader) == {"headlines", "article"}
        assert reader.place == "headlines"


async def test_a_narrow_terminal_shows_one_pane_at_a_time(some: Desk) -> None:
    async with some.open(size=NARROW) as reader:
        assert panes(reader) == {"headlines"}
        await reader.do("open")
        assert panes(reader) == {"article"}
        assert reader.place == "article"
        assert "Story 1" in reader.screen
        await reader.do("filters-pane")
        assert panes(reader) == {"filters"}
        await reader.do("back")
        assert panes(reader) == {"headlines"}


@pytest.mark.parametrize("width", [80, 129, 130])
async def test_the_widths_where_the_layout_changes(some: Desk, width: int) -> None:
    async with some.open(size=(width, 24)) as reader:
        assert ("filters" in panes(reader)) == (width >= 130)
        assert {"headlines", "article"} <= panes(reader)


async def test_twenty_four_rows_are_enough_to_see_bars_and_list(some: Desk) -> None:
    async with some.open(size=(80, 24)) as reader:
        assert len(reader.lines) == 24
        assert reader.lines[0].startswith(" cryptonews")
        assert "Enter open" in reader.lines[-1]
        assert all(any(f"Story {number}" in line for line in reader.lines) for number in range(1, 6))


@pytest.mark.parametrize("size", [(20, 6), (9, 3), (2, 2), (1, 1)])
async def test_every_place_can_be_visited_in_a_tiny_terminal(some: Desk, size: tuple[int, int]) -> None:
    async with some.open(size=size) as reader:
        await reader.do("filters-pane", "down", "page-down", "bottom", "top", "open", "clear")
        await reader.do("headlines-pane", "down", "page-down", "bottom", "half-page-up", "top")
        await reader.do("open", "down", "page-down", "next-section", "bottom", "zoom", "zoom", "back")
        await reader.do("query")
        await reader.press("x", "escape")
        for command in ("tags", "sections", "help"):
            await reader.do(command)
            assert len(reader.app.screen_stack) == 2
            await reader.press("down", "escape")
        assert reader.at == "1"
        assert len(reader.app.screen_stack) == 1


async def test_a_terminal_may_change_its_size_at_any_moment(some: Desk) -> None:
    async with some.open() as reader:
        await reader.do("down", "down")
        for place in ("filters-pane", "open", "query", "tags", "help"):
            await reader.do(place)
            for size in ((1, 1), MEDIUM, (20, 6), (300, 90), WIDE):
                await reader.resize(*size)
                assert len(reader.lines) == size[1]
            await reader.press("escape")
        assert reader.at == "3"
        assert "Story 3" in reader.article


async def test_filters_with_the_focus_stay_in_sight_when_the_terminal_narrows(some: Desk) -> None:
    async with some.open() as reader:
        await reader.do("filters-pane")
        await reader.resize(*MEDIUM)
        assert "filters" in panes(reader)
        assert reader.place == "filters"
        await reader.resize(*NARROW)
        assert panes(reader) == {"filters"}
        assert reader.place == "filters"


async def test_an_article_being_read_stays_in_sight_when_the_terminal_narrows(some: Desk) -> None:
    async with some.open() as reader:
        await reader.do("open", "next-section")
        await reader.resize(*NARROW)
        assert panes(reader) == {"article"}
        assert "What Happened" in reader.screen
        await reader.do("down")
        await reader.resize(*WIDE)
        assert reader.place == "article"
        assert reader.main.article.current_section == 1


async def test_the_list_fills_a_terminal_that_grows_while_its_end_is_shown(desk: Desk) -> None:
    for number in range(60):
        desk.write(str(number), hours=number)
    async with desk.open(size=(100, 20)) as reader:
        await reader.do("bottom")
        await reader.resize(100, 40)
        rows = [line for line in reader.lines if "The wire" in line[:40]]
        assert len(rows) > 30
        assert reader.at == "59"


async def test_the_article_alone_takes_the_whole_width_and_gives_it_back(some: Desk) -> None:
    async with some.open() as reader:
        await reader.do("zoom")
        assert panes(reader) == {"article"}
        assert reader.place == "article"
        assert reader.main.article.region.width == WIDE[0]
        await reader.press("escape")
        assert panes(reader) == {"filters", "headlines", "article"}
        assert reader.place == "article"
        await reader.do("zoom", "pane-left")
        assert reader.place == "headlines"
        assert "headlines" in panes(reader)


async def test_the_reading_column_gets_narrower_and_wider(some: Desk) -> None:
    async with some.open() as reader:
        await reader.do("zoom")
        assert reader.main.article.reading_width == 80
        before = reader.main.article.max_scroll_y
        await reader.press("less_than_sign", "less_than_sign")
        assert reader.main.article.reading_width == 72
        for _ in range(8):
            await reader.do("narrower")
        assert reader.main.article.max_scroll_y > before
        await reader.press("greater_than_sign")
        assert reader.main.article.reading_width == 44


async def test_the_reading_width_comes_from_the_settings(some: Desk) -> None:
    async with some.open(reading_width=40) as reader:
        await reader.do("zoom")
        widest = max(len(line.strip()) for line in reader.article.splitlines())
        assert 30 < widest <= 40


async def test_a_section_can_be_asked_for_before_the_article_was_ever_in_sight(some: Desk) -> None:
    async with some.open(size=NARROW) as reader:
        await reader.press("right_square_bracket")
        await reader.do("open")
        assert reader.main.article.current_section == 1
        assert "What Happened" in reader.article.splitlines()[2]


async def test_where_panes_take_turns_the_next_story_opens_with_its_own_text(desk: Desk) -> None:
    for story in "12":
        desk.write(story, hours=int(story), body=f"## Part {story}\n\nThe text of {story}.")
    async with desk.open(size=NARROW) as reader:
        await reader.press("enter")
        assert "The text of 1." in reader.article
        await reader.press("escape", "j", "enter")
        assert "The text of 2." in reader.article
        assert "The text of 1." not in reader.article


async def test_what_happens_to_an_article_out_of_sight_is_there_when_it_comes_back(desk: Desk) -> None:
    for lang in ("en", "uk"):
        desk.write("1", lang=lang, body="\n\n".join(f"## Part {n}\n\nFog, in {lang}." for n in range(40)))
    async with desk.open(size=NARROW) as reader:
        await reader.press("enter", *["right_square_bracket"] * 20, "escape", "L", "s", "enter")
        assert reader.main.article.current_section == 20
        assert "Fog, in uk." in reader.article
        await reader.press("g")
        assert "★ starred" in reader.article


@pytest.mark.parametrize("language", ["en", "uk"])
@pytest.mark.parametrize("width", [20, 60, 80, 100, 120, 150])
async def test_the_key_line_ends_with_help_at_any_width(some: Desk, width: int, language: str) -> None:
    translation.use(language)
    try:
        async with some.open(size=(width, 24)) as reader:
            for keys in ((), ("enter",), ("escape", "f"), ("escape", "I"), ("escape", "ctrl+o")):
                await reader.press(*keys)
                line = reader.app.screen.query_one(KeyLine).render().plain
                assert line.rstrip().endswith(_("Help").lower())
                assert len(line.rstrip()) < width
                assert width < 40 or keys in ((), ("escape", "I")) or "Esc" in line
    finally:
        translation.use("en")


async def test_the_keys_go_from_the_end_where_there_is_no_room(some: Desk) -> None:
    async with some.open(size=(60, 24)) as reader:
        assert reader.bottom.split() == [
            "Enter",
            "open",
            "/",
            "query",
            "f",
            "filters",
            "v",
            "view",
            "?",
            "help",
        ]


@pytest.mark.parametrize(("width", "named"), [(80, False), (100, True)])
async def test_the_source_makes_room_for_a_title_that_can_be_read(
    desk: Desk, width: int, named: bool
) -> None:
    desk.write("1", title="Harbour master counts the boats again", source="Night Ledger")
    async with desk.open(size=(width, 24)) as reader:
        row = next(line for line in reader.lines if line.startswith("▸")).partition("│")[0]
        assert "Harbour master" in row
        assert ("The Nig" in row) is named
        assert "Night Ledger" in reader.screen  # above the article
