"""Random walks over the running program: whatever is pressed in whatever article, the screen stays whole.

`CRYPTONEWS_WALKS=500` walks longer, and elsewhere each time; a walk that fails is made as short as possible and shown.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.selection import Selection

from cryptonews_tui.article import Role
from cryptonews_tui.covers import Covers
from cryptonews_tui.tui.commands import BY_ID, COMMANDS
from cryptonews_tui.tui.digest_screen import DigestScreen
from cryptonews_tui.tui.galley import TAIL, Galley
from cryptonews_tui.tui.main_screen import ARTICLE, HEADLINES, MainScreen
from cryptonews_tui.tui.sources_screen import SourcesScreen
from tests.markdown_examples import EXAMPLES
from tests.painting import packed, quarters
from tests.strategies import HOSTILE, threats
from tests.tui.desk import BODY, PARAGRAPH, Desk, Reader

MORE = int(os.environ.get("CRYPTONEWS_WALKS", "0"))

# What there is to read

PICTURE = "https://pictures.example/cover.png"
LINKS = " ".join(f"[boat {number}](https://boats.example/{number})" for number in range(40))
TABLE = "\n".join("|".join(row) for row in (["a"] * 40, ["-"] * 40, LINKS.replace(") ", ")|").split("|")))
BODIES = {
    "plain": BODY,
    "nothing": "",
    "no sections": "\n\n".join([PARAGRAPH] * 30),
    "only headings": "\n\n".join(f"## Heading {number}" for number in range(9)),
    "many sections": "\n\n".join(f"## Part {number}\n\n{PARAGRAPH}" for number in range(300)),
    "equal headings": f"## Overview\n\n{TABLE}\n\n{PARAGRAPH}\n\n" * 12,
    "other sections": f"{TABLE}\n\n## Overview\n\n{PARAGRAPH}\n\n## What's Next\n\n{PARAGRAPH}",
    "one long word": "fog" * 33_000,
    "one paragraph": f"{PARAGRAPH} " * 1_300,
    "wide tables": "\n\n".join(
        "|".join(f" {cell} {number} boats " for number in range(columns)) + "\n" + "|".join(["-"] * columns)
        + ("\n" + "|".join(["漢字 and fog"] * columns)) * 6
        for columns, cell in ((2, "a"), (12, "column"), (90, "c"))
    ),
    "links": f"{TABLE}\n\n## Overview\n\n{LINKS}\n\n## Impact\n\n{LINKS}\n\n- {PARAGRAPH} " + LINKS,
    "right to left": f"## סקירה\n\n{'הסירות חזרו אל הנמל · عادت القوارب 123 ' * 40}\n\n## أثر\n\n"
    + HOSTILE["an override"],
    "marks": f"## {HOSTILE['marks']}\n\n" + f"{HOSTILE['marks']} {HOSTILE['joiners']} " * 60,
    "hostile": "\n\n".join(f"## {text}\n\n{text} {PARAGRAPH}" for text in HOSTILE.values()),
    "markdown": "\n\n".join(
        f"## {name}\n\n" + "\n\n".join(markdown for markdown, _ in examples) for name, examples in EXAMPLES.items()
    ),
}  # fmt: skip
STORIES = tuple(BODIES)
HOURS = {name: 1 + number for number, name in enumerate(STORIES)}


def write(desk: Desk, story: str, lang: str, body: str, **fields: Any) -> None:
    """Write a version of a story; its titles are as hostile as the rest."""
    hostile = HOSTILE[[*HOSTILE][HOURS[story] % len(HOSTILE)]]
    title = f"Story {story} {hostile}".replace("\r", " ")
    cover = {"small": PICTURE} if HOURS[story] % 3 == 0 else {}
    desk.write(
        story, lang=lang, hours=HOURS[story], title=title, body=BODIES[body], coverImage=cover, **fields
    )


def write_all(desk: Desk) -> None:
    for number, story in enumerate(STORIES):
        write(desk, story, "en", story, tags=[f"TAG {n}" for n in range(number * 3)])
        if number % 2:  # another version with a text as long, or with one that has nothing to do with it
            write(desk, story, "uk", story if number % 4 == 1 else STORIES[number // 2])
        if number % 5 == 0:
            write(desk, story, "ja", STORIES[-number])
    covers = Covers(desk.paths.cache, 1_000_000)
    covers._kept.write(PICTURE, packed(quarters(300, 200)))
    covers.close()


# What is done

COMMAND_IDS = [command.id for command in COMMANDS if command.id != "quit"]
IN_ARTICLE = [command.id for command in COMMANDS if command.scope == "article"]
READING = [
    *(
        "open",
        "article-pane",
        "next-story",
        "previous-story",
        "previous-shown",
        "read",
        "zoom",
        "query",
        "sections",
    ),
    *(
        "next-section",
        "previous-section",
        "impact",
        "language",
        "both-languages",
        "digest",
        "changes",
        "note",
    ),
    *("page-down", "half-page-down", "down", "top", "bottom"),
]
KEYS = [
    *(
        "j",
        "k",
        "G",
        "g",
        "space",
        "b",
        "enter",
        "escape",
        "y",
        "Y",
        "V",
        "f",
        "a",
        "s",
        "d",
        "n",
        "N",
        "x",
        "X",
    ),
    *(
        "1",
        "9",
        "tab",
        "slash",
        "backspace",
        "delete",
        "up",
        "down",
        "home",
        "end",
        "pagedown",
        "ctrl+d",
        "ctrl+u",
    ),
]
PHRASES = [
    *(
        "f",
        "f a",
        "f y s",
        "V j space j",
        "V G enter",
        "slash f o enter n",
        "slash f o escape",
        "x G x",
        "X j X",
    ),
    *(
        "right_curly_bracket f",
        "right_curly_bracket right_curly_bracket f s",
        "ctrl+t j enter",
        "I j enter",
        "v",
        "B L",
    ),
]
LETTERS = ["the", "fog", "e", "boat 3", "漢字", "harbour master", "zzz", "ой", "( \\", "123"]

STEPS: st.SearchStrategy[tuple[Any, ...]] = st.one_of(
    st.tuples(st.just("do"), st.sampled_from(IN_ARTICLE)),
    st.tuples(st.just("do"), st.sampled_from(READING)),
    st.tuples(st.just("do"), st.sampled_from(COMMAND_IDS)),
    st.tuples(st.just("press"), st.sampled_from(KEYS)),
    st.tuples(st.just("press in the article"), st.sampled_from(PHRASES)),
    st.tuples(st.just("press in the article"), st.sampled_from(PHRASES)),
    st.tuples(st.just("type"), st.sampled_from(LETTERS)),
    st.tuples(
        st.just("resize"),
        st.one_of(st.integers(1, 200), st.sampled_from([1, 2, 60, 80, 119, 124, 130, 200])),
        st.one_of(st.integers(1, 60), st.sampled_from([1, 2, 3, 24, 28])),
    ),
    st.tuples(st.just("go to"), st.sampled_from(STORIES)),
    st.tuples(
        st.just("rewrite"), st.sampled_from(STORIES), st.sampled_from(["en", "uk"]), st.sampled_from(STORIES),
        st.booleans(),
    ),
    st.tuples(st.just("withdraw"), st.sampled_from(STORIES), st.booleans()),
    st.tuples(st.just("look away and back")),
    st.tuples(st.just("leave everything")),
)  # fmt: skip


class Walker:
    """Takes steps, and looks after each whether everything is as it has to be."""

    def __init__(self, desk: Desk, reader: Reader) -> None:
        self.desk = desk
        self.reader = reader
        self.main = reader.main
        self.pane = reader.main.article
        self.size = (150, 42)
        self.versions = 0

    @property
    def top(self) -> object:
        return self.reader.app.screen

    @property
    def types(self) -> bool:
        """Whether keys are letters of a line, or mean something else than their commands."""
        focused = self.reader.app.focused
        in_line = focused is not None and focused.id in ("query", "answer")
        return in_line or self.pane._hints is not None or self.pane._selecting is not None

    async def take(self, step: tuple[Any, ...]) -> None:
        match step:
            case ("do", name):
                await self.do(name)
            case ("press", key):
                await self.reader.press(key)
            case ("press in the article", phrase):
                await self.leave_everything()
                await self.do("article-pane")
                await self.reader.press(*phrase.split(" "))
            case ("type", letters):
                await self.reader.press(*letters)
            case ("resize", width, height):
                self.size = (width, height)
                await self.reader.resize(width, height)
            case ("go to", story):
                if self.top is self.main and not self.types and story in self.reader.stories:
                    self.main.show_story(story)
            case ("rewrite", story, lang, body, seen):
                self.versions += 1
                write(self.desk, story, lang, body, description=f"Version {self.versions}")
                self.sync(seen)
            case ("withdraw", story, seen):
                self.versions += 1
                for path in [*self.desk.folder.glob(f"{story}.*")]:
                    write(self.desk, story, path.name.split(".")[1], story, draft=True)
                self.sync(seen)
            case ("look away and back",):
                await self.look_away_and_back()
            case ("leave everything",):
                await self.leave_everything()
        await self.reader.settle()

    async def do(self, name: str) -> None:
        command, screen = BY_ID[name], self.top
        runs = isinstance(screen, DigestScreen | SourcesScreen) or (
            isinstance(screen, MainScreen) and not self.types
        )
        if runs and command in screen.commands:
            await screen.run(command)
        else:
            await self.reader.press(command.keys.split(",")[0])

    def sync(self, seen: bool) -> None:
        """Bring the library up to date behind the program's back, or so that it sees it at once."""
        self.desk.sync()
        if seen:
            self.main.catch_up()

    async def leave_everything(self) -> None:
        for _ in range(12):
            if self.at_home:
                return
            await self.reader.press("escape")
        raise AssertionError(f"Esc does not lead to the list: {self.top} {self.reader.place}")

    @property
    def at_home(self) -> bool:
        return self.top is self.main and self.reader.place == HEADLINES and not self.main.zoomed

    async def look_away_and_back(self) -> None:
        """A story that is left is found again where it was left."""
        await self.leave_everything()
        await self.do("article-pane")
        shown, pane = self.main.shown.headline, self.pane
        if shown is None or not pane.size.height or not self.main.headlines.current:
            return
        spot, folded = pane.spot, {*pane._folded}
        lang, illustrated = self.main.shown.article.lang, pane.illustrated  # type: ignore[union-attr]
        begun = not (pane.position == 0 or pane.finished or spot.section == TAIL)
        before = pane.position
        await self.do("next-story")
        if self.main.shown.headline is None or self.main.shown.headline.story == shown.story:
            return
        await self.do("previous-story")
        again = self.main.shown.headline
        if again is None or again.story != shown.story or again.lang != lang:
            return
        if not begun:
            assert pane.position == 0, (pane.position, before, spot)
        elif not (folded or pane._folded or illustrated):
            assert (pane.spot, pane.position) == (spot, before)

    # What has to hold

    def check(self) -> None:
        app, main, pane = self.reader.app, self.main, self.pane
        assert app._exception is None, app._exception
        assert app.is_running
        assert app.return_code is None
        self.check_screen()
        article = pane.article
        assert (article is None) == (main.shown.article is None)
        assert article is None or article is main.shown.article
        count = len(pane.sections)
        assert 0 <= pane.current_section < max(1, count), (pane.current_section, count)
        assert 0 <= pane.position <= pane.max_scroll_y, (pane.position, pane.max_scroll_y)
        assert len(pane._galley.sections) <= max(count, pane._beside is not None)
        if pane.size.width:
            self.check_text()
        assert article is None or pane._folded <= set(range(count))
        assert len(pane._strips) <= 1_001
        section, depth = pane.depth
        assert -1 <= section < max(1, count), (section, count)
        assert depth >= 0
        self.check_modes()
        state = app.state
        for story in STORIES:
            place = state.place(story)
            assert place is None or (place.section >= -1 and place.block >= 0 and 0 <= place.fraction <= 1), (
                place
            )
            state.note(story)

    def check_screen(self) -> None:
        """Each line is as wide as the terminal, and has nothing that a terminal would obey."""
        width, height = self.size
        strips = self.reader.app.screen._compositor.render_strips()
        assert len(strips) == height, (len(strips), self.size)
        for strip in strips:
            assert cell_len(strip.text) == strip.cell_length == width, (
                strip.text,
                strip.cell_length,
                self.size,
            )
            assert not threats(strip.text, ""), (strip.text, threats(strip.text, ""))

    def check_text(self) -> None:
        """What is set is this article, for this width."""
        pane = self.pane
        width = pane._galley.width
        assert abs(width - pane.column) <= 1  # a border that comes or goes is no other size
        fresh = Galley(pane._arranged(), width, pane._folded)
        fresh.set_lines(200)
        assert pane._galley.lines[:200] == fresh.lines[: len(pane._galley.lines)][:200]

    def check_modes(self) -> None:
        pane, main = self.pane, self.main
        lines = pane._galley.lines
        hints, selecting = pane._hints, pane._selecting
        prompt = main._prompt is not None and main._prompt.display
        assert [hints is not None, selecting is not None, prompt, main.editing].count(True) <= 1
        if hints is not None:
            shown = {span.link for line in lines for span in line.spans if span.link}
            stands = {
                (index, sum(len(s.text) for s in line.spans[:number]), span.link)
                for index, line in enumerate(lines)
                for number, span in enumerate(line.spans)
                if span.link
            }
            for link in hints._links.values():
                assert link.target in shown
                assert (link.line, link.start, link.target) in stands, "a letter stands where no link is"
        if selecting is not None:
            first, last = selecting.extent
            assert 0 <= first <= last < max(1, len(lines)), (selecting.extent, len(lines))
            chosen = main.selections.get(pane)
            assert isinstance(chosen, Selection), "lines are being selected, and none is"
            assert chosen.start is not None
            assert chosen.end is not None
            assert (chosen.start.y, chosen.end.y) == (first, last)
        if not prompt:
            assert pane._before_finding is None
        if pane._finding is not None:
            assert pane._finding.lines is pane._galley.lines
            assert 0 <= pane._finding.number <= pane._finding.count


SETTINGS: list[dict[str, Any]] = [
    {},
    {"show_covers": True, "folded_sections": (Role.OVERVIEW, Role.OTHER)},
    {"read_after_seconds": 0.001, "pipe": ("cat",), "languages": ("uk", "en")},
    {"show_covers": True, "pictures": "sixel", "reading_width": 200},
]


@settings(
    max_examples=MORE or 6,
    derandomize=not MORE,
    suppress_health_check=[*HealthCheck],
    print_blob=True,
)
@given(
    st.sampled_from(SETTINGS),
    st.sampled_from([(150, 42), (100, 30), (60, 24), (1, 1), (124, 10)]),
    st.sampled_from(STORIES),
    st.lists(STEPS, min_size=12, max_size=40),
)
@pytest.mark.timeout(3_600 if MORE else 600)  # a walk that fails is walked many times
async def test_wherever_somebody_walks_the_screen_stays_whole(
    chosen: dict[str, Any], size: tuple[int, int], story: str, steps: list[tuple[Any, ...]]
) -> None:
    await walk(chosen, size, story, steps)


async def walk(
    chosen: dict[str, Any], size: tuple[int, int], story: str, steps: list[tuple[Any, ...]]
) -> None:
    """Open a story, take steps, and leave."""
    with tempfile.TemporaryDirectory() as home:
        desk = Desk(Path(home))
        write_all(desk)
        desk.add_source()
        async with desk.open(size=size, settled=size != (1, 1), **chosen) as reader:
            walker = Walker(desk, reader)
            walker.size = size
            await reader.until(lambda: not reader.app.busy)
            await walker.take(("go to", story))
            walker.check()
            for step in steps:
                await walker.take(step)
                walker.check()
            await walker.leave_everything()
            assert walker.reader.place != ARTICLE
