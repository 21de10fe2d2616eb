"""The list of stories: what a row says, where the cursor is, how it moves."""

import pytest

from cryptonews_tui.query import parse
from tests.tui.desk import MEDIUM, WIDE, Desk, Reader

MANY = 64
"""More than there is room for."""


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
    desk.write("0", hours=1)
    desk.write("1", hours=2, title=words)
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


# --- days


def days(reader: Reader) -> list[str]:
    """What stands at the right of each row, before the marks: a day where one begins."""
    rows = [reader.row(story) for story in reader.stories]
    return [row[: row.index("…") if "…" in row else None][-20:-4].split("  ")[-1].strip() for row in rows]


@pytest.fixture
def week(desk: Desk) -> Desk:
    """Stories of four days, two of them of the year before; the 18th has a single one."""
    hours_of = {
        "a": 1,
        "b": 18,
        "c": 19,
        "d": 40,
        "e": 43,
        "i": 44,
        "f": 67,
        "g": 24 * 400,
        "j": 24 * 400 + 1,
    }
    for story, hours in hours_of.items():
        desk.write(story, title="Fog", hours=hours)
    return desk


async def test_the_first_story_of_a_day_names_it_but_a_lone_one_only_today_and_yesterday(week: Desk) -> None:
    async with week.open() as reader:
        assert days(reader) == ["Today", "", "Yesterday", "", "19 Nov", "", "", "17 Oct 2025", ""]
        await reader.ask("id:a,d,e")
        assert days(reader) == ["Today", "Yesterday", ""]
        await reader.press("ctrl+l")
        await reader.settle()
        week.write("z", title="Fog", hours=300, stickyWeight=1)
        week.sync()
        reader.main.catch_up()
        await reader.settle()
        assert days(reader)[:3] == ["Pinned", "Today", ""]


async def test_days_are_those_of_the_order(week: Desk) -> None:
    week.write("h", title="Fog", hours=30, updatedAt="2026-11-21T01:00:00+00:00")
    async with week.open() as reader:
        await reader.ask("sort:updated")
        assert reader.stories[:3] == ["a", "h", "b"]
        assert days(reader)[:4] == ["Today", "", "", "Yesterday"]
        assert " 17h " in reader.row("h")
        await reader.ask("sort:+published")
        assert days(reader) == ["17 Oct 2025", "", "", "19 Nov", "", "Yesterday", "", "", "Today", ""]
        await reader.ask("sort:title")
        assert set(days(reader)) == {""}


async def test_the_header_names_the_day_that_goes_on_from_above(desk: Desk) -> None:
    for number in range(200):
        desk.write(f"{number:03}", hours=19 + number / 100)
    async with desk.open() as reader:
        assert not reader.main.headlines.render_line(0).text.rstrip().endswith("Yesterday")
        await reader.do("bottom")
        assert reader.main.headlines.render_line(0).text.rstrip().endswith("Yesterday")
        assert reader.main.headlines.render_line(0).text.startswith(" Headlines, newest first")


async def test_a_day_takes_no_row_and_moves_no_column(week: Desk) -> None:
    async with week.open() as reader:
        assert reader.main.headlines.count == 9
        assert {reader.row(story).index("Fog") for story in reader.stories} == {20}
        assert {len(reader.row(story)) for story in reader.stories} == {reader.main.headlines.size.width}


async def test_a_new_day_on_a_new_page_is_known_by_the_row_above(desk: Desk) -> None:
    for number in range(MANY * 2):
        desk.write(f"{number:03}", hours=(19 if number < MANY else 43) + number / 1000)
    async with desk.open() as reader:
        reader.main.headlines.move_to(MANY)
        await reader.settle()
        assert days(reader)[MANY - 1 : MANY + 2] == ["", "19 Nov", ""]


# --- matches


def underlined(reader: Reader, row: int, line: int = 0) -> str:
    """What is underlined in a row, with `|` between."""
    pane = reader.main.headlines
    strip = pane.render_line(row * pane._lines + line - pane.scroll_offset.y + 1)
    return "|".join(part.text for part in strip if part.style and part.style.underline)


async def test_the_words_of_the_query_are_underlined_in_titles(desk: Desk) -> None:
    desk.write("1", hours=1, title="Fog, foghorns and a lighthouse")
    desk.write("2", hours=2, title="The lighthouse in the fog")
    desk.write("3", hours=3, title="FOG over the lighthouse keeper")
    async with desk.open() as reader:
        await reader.ask("fog")
        assert [underlined(reader, row) for row in range(3)] == ["", "fog", "FOG"]
        await reader.press("j")
        assert [underlined(reader, row) for row in range(2)] == ["Fog|fog", ""]
        await reader.ask('"lighthouse keeper" -reef')
        assert underlined(reader, 0) == ""
        await reader.ask("body:fog tag:fog OR title:light")
        assert [underlined(reader, row) for row in range(2)] == ["light", "light"]
        await reader.ask("")
        assert [underlined(reader, row) for row in range(3)] == ["", "", ""]


async def test_what_is_cut_off_is_not_underlined(desk: Desk) -> None:
    desk.write("0", hours=1)
    desk.write("1", hours=2, title="harbour " * 12 + "fog")
    desk.write("2", hours=3, title="Boats")
    async with desk.open(size=MEDIUM) as reader:
        await reader.ask("fog OR boats OR story OR harbour")
        row = reader.stories.index("1")
        assert set(underlined(reader, row).split("|")) == {"harbour"}
        assert reader.row("1").count("harbour") == underlined(reader, row).count("harbour")


# --- snippets


PROSE = (
    "## Overview\n\nNothing happened. "
    + "The tide went out. " * 20
    + "A **keeper** saw the fog. "
    + "So it went. " * 20
)


@pytest.fixture
def told(desk: Desk) -> Desk:
    for number in range(120):
        desk.write(f"{number:03}", hours=number + 1, body=PROSE)
    return desk


async def test_by_relevance_a_second_line_shows_where_the_words_are(told: Desk) -> None:
    async with told.open() as reader:
        await reader.ask("keeper fog sort:relevance")
        pane = reader.main.headlines
        assert "Story" in pane.render_line(3).text
        assert "A keeper saw the fog." in pane.render_line(4).text
        assert underlined(reader, 1, 1) == "keeper|fog"
        assert {pane.render_line(y).cell_length for y in range(8)} == {pane.size.width}
        await reader.ask("keeper fog")
        assert "Story" in pane.render_line(4).text


@pytest.mark.parametrize("height", [30, 31])
async def test_rows_of_two_lines_scroll_page_and_end_like_others(told: Desk, height: int) -> None:
    async with told.open(size=(100, height)) as reader:
        await reader.ask("keeper sort:relevance")
        pane = reader.main.headlines
        rows = (pane.size.height - 1) // 2
        await reader.do("top", "page-down")
        assert pane.cursor == rows
        for step in (1, 25, 60, -3, -50, 199, -1, -20, -199, rows - 1, 1):
            pane.step(step)
            await reader.pilot.pause()
            assert pane.scroll_offset.y % 2 == 0
            top = pane.cursor * 2 - pane.scroll_offset.y + 1
            assert 1 <= top < pane.size.height - 1
            assert pane.render_line(top).text.startswith("▸")
            assert "keeper" in pane.render_line(top + 1).text
            assert sum("▸" in line for line in reader.lines) == 1
        pane.bottom()
        await reader.settle()
        assert pane.cursor == 119
        assert reader.at in reader.stories
        assert pane.scroll_offset.y == 2 * (120 - rows)


async def test_a_click_on_either_line_of_a_row_chooses_it(told: Desk) -> None:
    async with told.open() as reader:
        await reader.ask("keeper sort:relevance")
        for line in (5, 6):
            reader.main.headlines.top()
            await reader.pilot.click("#headlines", offset=(20, line))
            await reader.settle()
            assert reader.main.headlines.cursor == 2


async def test_only_texts_in_sight_are_fetched_and_each_once(told: Desk) -> None:
    async with told.open() as reader:
        await reader.ask("keeper sort:relevance")
        pane = reader.main.headlines
        asked: list[str] = []
        assert pane._stories is not None
        pane.show(
            pane._stories,
            pane._fetch,
            0,
            "",
            "",
            words=parse("keeper").looked_for(),
            snippets=lambda headline: (asked.append(headline.story), "The keeper")[1],
            order="relevance",
        )
        await reader.settle()
        assert len(asked) == len(set(asked)) == (pane.size.height - 1) // 2
        await reader.press("j", "j", "k")
        assert len(asked) == len(set(asked))


# --- columns and marks


async def test_columns_can_be_chosen_and_stand_in_their_order(desk: Desk) -> None:
    desk.write("1", hours=1, sentiment="POSITIVE", score=0.75, category="HARBOUR", lang="uk", title="Fog")
    desk.write("2", hours=2, title="Fog")
    async with desk.open(size=(200, 42), columns=("score", "lang", "category", "age")) as reader:
        assert reader.row("1").split()[1:6] == ["0.75", "uk", "HARBOUR", "1h", "Fog"]
        assert "wire" not in reader.row("1")
        assert len({reader.row(story).index("Fog") for story in reader.stories}) == 1
    async with desk.open(columns=()) as reader:
        assert reader.row("2").split() == ["●", "Fog"]


async def test_columns_make_room_where_the_title_would_have_none(desk: Desk) -> None:
    desk.write("1", hours=1, title="Fog", category="HARBOUR", score=1)
    every = ("mood", "age", "source", "category", "lang", "score")
    async with desk.open(size=(66, 24), columns=every) as reader:
        assert "HARBOUR" in reader.row("1")
        await reader.resize(36, 24)
        assert reader.row("1").split()[1:3] == ["1h", "Fog"]


async def test_a_long_score_is_not_shown_as_another_one(desk: Desk) -> None:
    desk.write("1", score=123456.789)
    async with desk.open(columns=("score",)) as reader:
        assert reader.row("1").split()[1] == "…"


async def test_a_story_with_a_note_is_marked(desk: Desk) -> None:
    desk.write("1", hours=1)
    desk.write("2", hours=2)
    async with desk.open() as reader:
        reader.app.state.set_note("2", "ask the keeper")
        reader.main.reload()
        await reader.settle()
        assert "✎" in reader.row("2")
        assert "✎" not in reader.row("1")


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


async def test_rows_are_read_only_when_somebody_looks(many: Desk) -> None:
    async with many.open() as reader:
        pane = reader.main.headlines
        page = pane.size.height
        assert pane.count > 4 * page
        assert sorted(pane._known) == [*range(len(pane._known))]
        assert page - 1 <= len(pane._known) <= page + 1
        await reader.do("bottom")
        assert not any(row in pane._known for row in range(page + 1, pane.count - page - 1))
        assert pane.count - 1 in pane._known


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
