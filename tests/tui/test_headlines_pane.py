"""The list of stories: what a row says, where the cursor is, how it moves."""

import pytest

from cryptonews_tui.query import parse
from tests.tui.desk import MEDIUM, WIDE, Desk


async def test_a_row_tells_sentiment_by_sign_and_letter(desk: Desk) -> None:
    for hours, mood in enumerate(("POSITIVE", "NEGATIVE", "NEUTRAL")):
        desk.write(mood, sentiment=mood, hours=hours)
    desk.write("unrated", hours=9)
    async with desk.open() as reader:
        assert reader.row("POSITIVE").startswith("▸● ▲ P ")
        assert reader.row("NEGATIVE").startswith(" ● ▼ N ")
        assert reader.row("NEUTRAL").startswith(" ● • 0 ")
        assert reader.row("unrated").startswith(" ●      9h ")


async def test_a_row_tells_age_source_and_title(desk: Desk) -> None:
    desk.write("new", hours=0.1, source="herald")
    desk.write("old", hours=24 * 13)
    desk.write("older", hours=24 * 40)
    async with desk.open(size=(200, 42)) as reader:
        assert reader.row("new").split()[1:5] == ["6m", "The", "herald", "Story"]
        assert reader.row("old").split()[1] == "13d"
        assert reader.row("older").split()[1:3] == ["12", "Oct"]
        starts = {reader.row(story).index("Story") for story in reader.stories}
        assert len(starts) == 1


async def test_a_long_title_is_cut_at_a_word(desk: Desk) -> None:
    words = "one lighthouse keeper remembers seventeen winters without a single wreck on the northern reef"
    desk.write("1", title=words)
    async with desk.open(size=MEDIUM) as reader:
        shown = reader.row("1").partition("wire ")[2].strip()
        assert shown.endswith("…")
        assert words.startswith(shown[:-1] + " ")


async def test_wide_letters_keep_the_columns_in_line(desk: Desk) -> None:
    desk.write("1", hours=1, title="東京の取引所は新しい規則を発表し市場は静かに受け止めた" * 3)
    desk.write("2", hours=2, title="🚀" * 80, stickyWeight=1)
    desk.write("3", hours=3, title="Плечо " * 30)
    async with desk.open() as reader:
        pane = reader.main.headlines
        assert {pane.render_line(y).cell_length for y in range(6)} == {pane.size.width}


async def test_marks_show_unread_star_and_pin(desk: Desk) -> None:
    desk.write("plain", hours=1)
    desk.write("pinned", hours=50, stickyWeight=3)
    async with desk.open() as reader:
        assert reader.stories == ["pinned", "plain"]
        assert "⚑" in reader.row("pinned")
        assert "⚑" not in reader.row("plain")
        await reader.do("star", "read")
        assert "★⚑" in reader.row("pinned")
        assert "●" not in reader.row("pinned")
        assert "●" in reader.row("plain")


async def test_pinned_stories_come_first_by_weight_then_the_newest(desk: Desk) -> None:
    for story, hours, weight in (("a", 1, 0), ("b", 2, 0), ("c", 3, 5), ("d", 4, 10)):
        desk.write(story, hours=hours, stickyWeight=weight)
    async with desk.open() as reader:
        assert reader.stories == ["d", "c", "a", "b"]


# --- moving


@pytest.fixture
def many(desk: Desk) -> Desk:
    for number in range(200):
        desk.write(f"{number:03}", hours=number, tags=["ODD"] if number % 2 else ["EVEN"])
    return desk


async def test_keys_move_by_line_half_page_page_and_to_both_ends(many: Desk) -> None:
    async with many.open() as reader:
        rows = reader.main.headlines.size.height - 1
        await reader.press("j", "down", "k")
        assert reader.at == "001"
        await reader.press("up")
        await reader.press("ctrl+d")
        assert reader.at == f"{round(rows / 2):03}"
        await reader.press("ctrl+u", "space")
        assert reader.at == f"{rows:03}"
        await reader.press("b", "pagedown", "pageup")
        assert reader.at == "000"
        await reader.press("G")
        assert reader.at == "199"
        await reader.press("g", "end")
        assert reader.at == "199"
        await reader.press("home", "up")
        assert reader.at == "000"


async def test_the_cursor_is_always_in_sight(many: Desk) -> None:
    async with many.open(size=(100, 24)) as reader:
        pane = reader.main.headlines
        for step in (1, 1, 25, 60, -3, -50, 199, -1, -20, -199):
            pane.step(step)
            await reader.pilot.pause()
            first = pane.scroll_offset.y
            assert first <= pane.cursor < first + pane.size.height - 1
            assert sum("▸" in line for line in reader.lines) == 1


async def test_scrolling_is_not_animated(many: Desk) -> None:
    async with many.open() as reader:
        reader.main.headlines.bottom()
        assert reader.main.headlines.scroll_offset.y > 100
        await reader.do("open")
        reader.main.article.bottom()
        assert reader.main.article.at_end


async def test_a_page_of_the_list_is_read_only_when_somebody_looks(many: Desk) -> None:
    async with many.open() as reader:
        assert sorted(reader.main.headlines._pages) == [0]
        await reader.do("bottom")
        assert 1 not in reader.main.headlines._pages


async def test_a_click_moves_the_cursor_and_a_second_opens(many: Desk) -> None:
    async with many.open() as reader:
        await reader.pilot.click("#headlines", offset=(20, 5))
        await reader.settle()
        assert reader.at == "004"
        assert reader.place == "headlines"
        await reader.pilot.click("#headlines", offset=(20, 5))
        await reader.settle()
        assert reader.place == "article"
        assert "Story 004" in reader.article


# --- the cursor stays on its story


async def test_the_cursor_stays_on_its_story_when_a_filter_changes(many: Desk) -> None:
    async with many.open() as reader:
        reader.main.headlines.move_to(101)
        await reader.ask("tag:odd")
        assert reader.at == "101"
        assert reader.main.headlines.cursor == 50
        await reader.ask("")
        assert reader.at == "101"
        assert reader.main.headlines.cursor == 101


async def test_when_its_story_is_filtered_away_the_cursor_goes_to_the_neighbour(many: Desk) -> None:
    async with many.open() as reader:
        reader.main.headlines.move_to(101)
        await reader.ask("tag:even")
        assert reader.at == "102"
        reader.main.headlines.move_to(0)
        await reader.ask("tag:odd")
        assert reader.at == "001"
        reader.main.headlines.bottom()
        await reader.ask("tag:even")
        assert reader.at == "198"
        assert "Story 198" in reader.article


async def test_the_cursor_stays_on_its_story_when_newer_ones_arrive(many: Desk) -> None:
    async with many.open() as reader:
        many.add_source()
        reader.main.headlines.move_to(70)
        for number in range(5):
            many.write(f"new{number}", hours=-number)
        await reader.do("refresh")
        assert reader.main.total == 205
        assert reader.at == "070"
        assert reader.main.headlines.cursor == 75
        assert "5 new" in reader.status


async def test_an_empty_list_takes_every_key_and_does_nothing(desk: Desk) -> None:
    desk.write("1")
    async with desk.open(size=WIDE) as reader:
        reader.main.question = parse("tag:nothing")
        await reader.settle()
        assert reader.at is None
        await reader.do("down", "up", "bottom", "top", "page-down", "open", "read", "star", "next-unread")
        await reader.do("next-story", "previous-story", "browser", "copy-link", "language", "sections")
        assert reader.place == "headlines"


async def test_a_short_result_after_a_long_one_is_in_sight(desk: Desk) -> None:
    for number in range(120):
        desk.write(f"story {number}", hours=number, tags=["FOG"] if number == 3 else ["SUN"])
    async with desk.open(size=(120, 30)) as reader:
        await reader.do("bottom")
        await reader.ask("tag:fog")

        assert "story 3" in reader.screen
