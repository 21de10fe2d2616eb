"""The digest: one section of every story, read from story to story."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest
from textual.events import Key, MouseScrollDown

from cryptonews_tui.library import Library, Writer
from cryptonews_tui.tui.digest_pane import DigestPane
from cryptonews_tui.tui.digest_screen import SHARED, DigestScreen
from cryptonews_tui.tui.help_screen import HelpScreen
from cryptonews_tui.tui.palette import CommandProvider
from tests.strategies import HOSTILE, arrived, article, threats
from tests.tui.desk import MEDIUM, NARROW, Desk, Reader

COUNT = 12


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """Twelve stories with an impact, the fifth of them without; the first and second have a market, too."""
    for number in range(1, COUNT + 1):
        bullets = "\n".join(f"- Effect {number}.{n} is felt." for n in range(1, 5))
        market = "## Market\n\nPrices of {} rest.\n\n" if number < 3 else ""
        impact = f"## Impact\n\n{bullets}\n" if number != 5 else "## Overview\n\nNothing.\n"
        desk.write(str(number), hours=number, category="FOG", body=market.format(number) + impact)
    return desk


def pane(reader: Reader) -> DigestPane:
    return reader.app.screen.query_one(DigestPane)


def marked(reader: Reader) -> str:
    """The line with the mark."""
    [line] = [line for line in reader.lines if "▸" in line]
    return line.strip()


async def test_the_digest_shows_the_impact_of_every_story_under_its_headline(desk: Desk) -> None:
    desk.write("1", hours=1, sentiment="POSITIVE", category="FOG", body="## Impact\n\n- Boats *return*.\n")
    async with desk.open(size=MEDIUM) as reader:
        await reader.press("I")
        assert " ".join(reader.lines[0].split()) == "cryptonews Impact · all stories 1 of 11 · 1 without"
        lines = [line.strip() for line in reader.lines]
        assert lines[2:8] == [
            "▸ Story 1",
            "● The wire · 1 hour ago · ▲ P positive · FOG",
            "",
            "• Boats return.",
            "",
            "",
        ]
        assert lines[8:12] == [
            "Story 2",
            "● The wire · 2 hours ago · unrated · FOG",
            "",
            "• Effect 2.1 is felt.",
        ]
        assert "Enter open" in lines[-1]


async def test_the_digest_is_one_of_the_query_and_begins_at_the_story_under_the_cursor(desk: Desk) -> None:
    desk.write("2", hours=2, tags=["BOATS"])
    desk.write("8", hours=8, tags=["BOATS"])
    async with desk.open() as reader:
        await reader.ask("tag:boats")
        await reader.do("down", "digest")
        assert "Impact · tag:boats" in reader.lines[0]
        assert "2 of 2" in reader.lines[0]
        assert marked(reader) == "▸ Story 8"


async def test_keys_go_from_story_to_story_and_say_where_the_ends_are(desk: Desk) -> None:
    async with desk.open(size=MEDIUM) as reader:
        await reader.press("I", "K")
        assert "This is the first story." in reader.lines[-1]
        await reader.press("J", "J", "right_square_bracket")
        assert marked(reader) == "▸ Story 4"
        await reader.press("J")
        assert marked(reader) == "▸ Story 6"
        assert "5 of 11" in reader.lines[0]
        await reader.press("left_square_bracket")
        assert marked(reader) == "▸ Story 4"
        await reader.press("G")
        assert marked(reader) == "▸ Story 12"
        assert reader.lines[-3].strip() == "• Effect 12.4 is felt."
        await reader.press("J")
        assert "This is the last story." in reader.lines[-1]


async def test_the_mark_stays_in_sight_while_the_text_is_scrolled(desk: Desk) -> None:
    async with desk.open(size=MEDIUM) as reader:
        await reader.press("I", "j")
        assert marked(reader) == "▸ Story 2"
        await reader.press("k")
        assert reader.lines[2].strip() == "Story 1"
        await reader.press("space", "space")
        assert "Story 1" not in [line.strip() for line in reader.lines]
        assert marked(reader)
        await reader.press("b", "b", "ctrl+d", "ctrl+u", "g")
        assert marked(reader) == "▸ Story 1"
        before = pane(reader)._top
        pane(reader).post_message(MouseScrollDown(pane(reader), 5, 5, 0, 1, 0, False, False, False))
        await reader.settle()
        assert pane(reader)._top == (0, before[1] + 3)


async def test_enter_opens_the_story_at_that_section_and_the_list_goes_there(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("I", "S", *"market", "enter")
        assert "Market · all stories" in reader.lines[0]
        await reader.press("J", "enter")
        assert len(reader.app.screen_stack) == 1
        assert reader.at == "2"
        assert reader.place == "article"
        assert reader.main.article.sections[reader.main.article.current_section][1] == "Market"
        assert "●" not in reader.row("2")


async def test_keys_that_come_in_a_bundle_reach_the_digest_that_the_first_one_opens(desk: Desk) -> None:
    async with desk.open() as reader:
        for key in ("I", "J", "J"):
            reader.app.post_message(Key(key, key))
        await reader.see("3 of 11")
        await reader.settle()
        assert marked(reader) == "▸ Story 3"


async def test_a_click_marks_a_story_and_another_one_opens_it(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("I")
        row = next(number for number, line in enumerate(reader.lines) if "Effect 2.3" in line)
        for _ in range(2):
            await reader.pilot.click(offset=(60, row))
            await reader.settle()
        assert (reader.at, reader.place) == ("2", "article")


@pytest.mark.parametrize("key", ["escape", "q"])
async def test_leaving_the_digest_changes_nothing(desk: Desk, key: str) -> None:
    async with desk.open() as reader:
        await reader.press("j", "I", "J", "J", key)
        assert len(reader.app.screen_stack) == 1
        assert (reader.at, reader.place) == ("2", "headlines")


async def test_marks_are_set_here_and_seen_in_the_list(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("I", "J", "s", "m")
        assert "Starred." in reader.lines[-1]
        assert "The wire · 2 hours ago · unrated · FOG · ★ starred" in [line.strip() for line in reader.lines]
        await reader.press("n")
        assert marked(reader) == "▸ Story 3"
        await reader.press("p", "p")
        assert marked(reader) == "▸ Story 1"
        await reader.press("p")
        assert "No unread story above." in reader.lines[-1]
        await reader.press("q")
        assert "★" in reader.row("2")
        assert "●" not in reader.row("2")


async def test_another_section_is_chosen_from_those_that_there_are(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("I", "ctrl+t")
        assert reader.choices == ["Impact 11", "Market 2", "Overview 1"]
        await reader.press(*"over", "enter")
        assert "Nothing." in reader.screen
        assert "1 of 1 · 11 without" in reader.lines[0]


async def test_where_no_story_has_the_section_it_is_said_and_another_can_be_chosen(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.ask("id:5")
        await reader.press("I")
        assert "The only story has no section “impact”." in reader.screen
        for key in ("enter", "J", "s", "L", "o", "j", "space", "G", "g"):
            await reader.press(key)
        assert len(reader.app.screen_stack) == 2
        await reader.press("S", "enter")
        assert "Nothing." in reader.screen


async def test_the_other_language_is_that_of_all_stories_that_have_it(desk: Desk) -> None:
    for story in ("1", "2"):
        desk.write(story, lang="uk", hours=int(story), title=f"Човен {story}", body="## Вплив\n\nТуман.\n")
    async with desk.open() as reader:
        await reader.press("I", "L")
        assert marked(reader) == "▸ Човен 1"
        assert "Човен 2" in reader.screen
        assert "Story 3" in reader.screen
        await reader.press("enter")
        assert "Туман." in reader.article
    async with desk.open() as reader:
        await reader.press("I", "J", "J", "L")
        assert "This story is only there in “en”." in reader.lines[-1]


async def test_pages_of_stories_open_in_the_browser_or_are_copied(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    desk.write("2", hours=2, canonicalUrl=None)
    async with desk.open() as reader:
        await reader.press("I", "y")
        assert reader.app.clipboard == "https://example.org/1"
        await reader.press("J", "o")
        assert "This story names no page of its own." in reader.lines[-1]
        await reader.press("J", "o")
        assert "No browser here" in reader.lines[-1]
        assert reader.app.clipboard == "https://example.org/3"


async def test_what_comes_meanwhile_joins_and_the_mark_stays_on_its_story(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("I", "J")
        desk.write("new", hours=0.5, body="## Impact\n\nFresh.\n")
        desk.sync()
        await reader.until(lambda: "3 of 12" in reader.lines[0])
        assert marked(reader) == "▸ Story 2"
        await reader.press("g")
        assert marked(reader) == "▸ Story new"


async def test_a_narrow_and_a_low_terminal_hold_the_digest_too(desk: Desk) -> None:
    async with desk.open(size=NARROW) as reader:
        await reader.press("I")
        assert marked(reader) == "▸ Story 1"
        await reader.resize(20, 6)
        assert marked(reader) == "▸ Story 1"
        await reader.press("J", "J", "G", "g", "J")
        await reader.resize(150, 42)
        assert marked(reader) == "▸ Story 2"
        await reader.press("less_than_sign", "less_than_sign")
        assert max(len(line.strip()) for line in reader.lines[2:-2]) <= 72


async def test_the_palette_and_the_help_are_those_of_the_digest(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("I")
        titles = [hit.text or str(hit.display) async for hit in CommandProvider(reader.app.screen).discover()]
        assert len(titles) == len(SHARED)  # all but the palette, and one of its own
        assert "Another section …" in titles
        assert "Tag …" not in titles
        await reader.pilot.press("colon")
        await reader.see("Search for commands")
        await reader.pilot.press(*"othersection")
        await reader.see("Another section")
        await reader.pilot.press("enter")
        await reader.see("type to search")
        await reader.press("escape", "question_mark")
        assert isinstance(reader.app.screen, HelpScreen)
        await reader.press("q")
        assert isinstance(reader.app.screen, DigestScreen)


async def test_control_c_says_how_to_leave(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("I", "ctrl+c")
        assert "q goes back" in reader.lines[-1]


async def test_only_what_is_in_sight_is_read_of_ten_thousand_stories(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in desk.folder.iterdir():
        file.unlink()
    with closing(Writer(desk.paths.library)) as writer:
        many = [article(str(number), body=f"## Impact\n\nText {number}.") for number in range(10_000)]
        writer.write("s", {}, arrived([(one, one.story.encode()) for one in many]))
        writer.publish()
    desk.add_source()
    read: list[int] = []
    excerpts = Library.excerpts

    def counted(self: Library, positions: Any, *others: Any) -> Any:
        read.extend(positions)
        return excerpts(self, positions, *others)

    monkeypatch.setattr(Library, "excerpts", counted)
    async with desk.open() as reader:
        await reader.press("I")
        assert "1 of 10,000" in reader.lines[0]
        await reader.press("G")
        assert "10,000 of 10,000" in reader.lines[0]
        assert "Text 0." in reader.screen
        assert len(read) < 100


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_text_is_shown_as_what_it_is(desk: Desk, name: str) -> None:
    text = HOSTILE[name]
    entities = "".join(f"&#{ord(c)};" for c in text)
    source = {"name": f"N {text}", "key": "k", "type": "RSS"}
    body = f"## Impact\n\nBegin {text} {entities} `{text}` end\n"
    desk.write("0", hours=0, title=f"Title {text}", category=text, source=source, body=body)
    async with desk.open() as reader:
        await reader.press("I")
        assert "Begin" in reader.screen
        assert threats(reader.screen) == []


async def test_a_section_without_end_is_cut_and_that_is_said(desk: Desk) -> None:
    desk.write("0", hours=0, body="## Impact\n\n" + "Words without end. " * 4_000)
    async with desk.open() as reader:
        await reader.press("I", "J", "K")
        assert pane(reader)._roll is not None
        assert len(pane(reader)._lines_of(0)) < 400
        assert pane(reader)._lines_of(0)[-3].text == "… and so on: open the story to read it all."
