import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from rich.style import Style
from textual.app import App, ComposeResult
from textual.events import MouseScrollDown
from textual.geometry import Offset
from textual.message import Message
from textual.pilot import Pilot
from textual.selection import SELECT_ALL, Selection

from cryptonews_tui.article import Article, Provenance, Publisher, Role, Section, Sentiment
from cryptonews_tui.tui.article_pane import ArticlePane
from cryptonews_tui.tui.article_sheet import Facts
from cryptonews_tui.tui.galley import Galley, parts
from cryptonews_tui.typesetting import Kind, to_text
from tests.tui.mouse import drag

PUBLISHED = datetime(2025, 11, 25, 7, 31, tzinfo=UTC)
KYIV = timezone(timedelta(hours=2))
NOW = datetime(2025, 11, 28, 12, 0, tzinfo=KYIV)
PARAGRAPH = "The harbour master counted the boats again and again until the fog had gone."
LONG = "\n\n".join(f"{number}. {PARAGRAPH}" for number in range(1, 11))


def story(*sections: Section, **changes: object) -> Article:
    article = Article(
        story="7",
        lang="en",
        title="Boats return",
        published=PUBLISHED,
        updated=PUBLISHED + timedelta(minutes=62),
        origin="boats.en.md",
        publisher=Publisher("wire", "Example Wire"),
        sections=sections,
        body="\n\n".join(f"## {section.heading}\n\n{section.text}" for section in sections),
    )
    return replace(article, **changes)  # type: ignore[arg-type]  # the names are checked at run time


FOUR = story(
    Section(Role.OVERVIEW, "Overview", LONG),
    Section(Role.EVENTS, "What happened", LONG),
    Section(Role.AUTHOR, "From author", "Fog lifts.\n\n" + LONG),
    Section(Role.IMPACT, "Impact on the harbour", "- one\n- two"),
)


class Reading(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Message] = []

    def compose(self) -> ComposeResult:
        yield ArticlePane()

    def on_article_pane_link_activated(self, message: ArticlePane.LinkActivated) -> None:
        self.heard.append(message)

    @property
    def links(self) -> list[str]:
        return [m.url for m in self.heard if isinstance(m, ArticlePane.LinkActivated)]


@asynccontextmanager
async def reading(
    article: Article | None, width: int = 60, height: int = 20, section: Role | int | None = None
) -> AsyncIterator[tuple[ArticlePane, Pilot[None], Reading]]:
    app = Reading()
    async with app.run_test(size=(width, height)) as pilot:
        pane = app.query_one(ArticlePane)
        pane.show(article, Facts(NOW, ("en", "uk")), at=section)
        await pilot.pause()
        yield pane, pilot, app


def rows(pane: ArticlePane) -> list[str]:
    return [pane.render_line(y).text.rstrip() for y in range(pane.size.height)]


def screen(pane: ArticlePane) -> str:
    return "\n".join(row.strip() for row in rows(pane))


def style(pane: ArticlePane, text: str, y: int) -> Style:
    """The style of the segment in row `y` that holds or is the text."""
    segments = sorted(pane.render_line(y), key=lambda segment: segment.text != text)
    found = next(segment.style for segment in segments if text in segment.text)
    assert found is not None
    return found


def place_of(pane: ArticlePane, text: str) -> Offset:
    y = next(y for y, row in enumerate(rows(pane)) if text in row)
    return Offset(rows(pane)[y].index(text), y)


# --- what stands above the text


async def test_the_header_says_who_when_and_what_the_article_is() -> None:
    article = replace(
        FOUR,
        category="HARBOUR",
        tags=("FOG", "SMALL BOATS"),
        sentiment=Sentiment.NEGATIVE,
        provenance=Provenance(rewritten=True, translated_from="41"),
        canonical_url="https://www.example.org/boats",
        cover={"small": "https://pictures.example/boat.png"},
        description="A lead of its own.",
    )
    async with reading(article, 90) as (pane, _, _):
        assert [row.strip() for row in rows(pane)[1:11]] == [
            "",
            "Boats return",
            "",
            "Example Wire · HARBOUR · 25 Nov 2025 09:31 (3 days ago)",
            "▼ N negative   en · uk",
            "AI-rewritten, machine-translated from 41 10:33, 62 min later",
            "FOG  SMALL BOATS",
            "original page example.org   cover picture pictures.example",
            "",
            "A lead of its own.",
        ]
        assert style(pane, "Boats return", 2).bold
        assert style(pane, "en", 5).bold
        assert not style(pane, "uk", 5).bold


@pytest.mark.parametrize(
    ("sentiment", "words"),
    [(Sentiment.POSITIVE, "▲ P positive"), (Sentiment.NEUTRAL, "• 0 neutral"), (None, "unrated")],
)
async def test_the_sentiment_is_told_by_sign_letter_and_word(sentiment: Sentiment | None, words: str) -> None:
    async with reading(replace(FOUR, sentiment=sentiment)) as (pane, _, _):
        assert words in screen(pane)


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=5, minutes=59), "5 hours ago"),
        (timedelta(days=800), "2 years ago"),
        (timedelta(hours=-2), "in 2 hours"),
    ],
)
async def test_the_age_is_told_in_words(age: timedelta, words: str) -> None:
    async with reading(replace(FOUR, published=NOW - age, updated=NOW - age)) as (pane, _, _):
        assert f"({words})" in screen(pane)
        assert "updated" not in screen(pane)


async def test_a_lead_that_the_text_repeats_is_left_out() -> None:
    article = story(Section(Role.OVERVIEW, "Overview", PARAGRAPH), description=PARAGRAPH[:40].rstrip() + "…")
    async with reading(article) as (pane, _, _):
        assert "…" not in screen(pane)
        assert screen(pane).count("The harbour master") == 1


async def test_a_star_is_told_in_words() -> None:
    async with reading(FOUR) as (pane, pilot, _):
        pane.show(FOUR, Facts(NOW, starred=True))
        await pilot.pause()
        assert "★ starred" in screen(pane)


async def test_nothing_open_says_what_to_do() -> None:
    async with reading(None) as (pane, pilot, _):
        assert "Choose a headline" in screen(pane)
        assert pane.sections == []
        assert not pane.at_end
        pane.next_section()
        pane.bottom()
        pane.show(FOUR, Facts(NOW))
        assert "Boats return" in screen(pane)
        pane.clear()
        await pilot.pause()
        assert "Choose a headline" in screen(pane)


# --- sections


async def test_sections_follow_each_other() -> None:
    async with reading(FOUR) as (pane, pilot, _):
        assert pane.sections[2] == (Role.AUTHOR, "From author")
        assert pane.current_section == 0
        pane.next_section()
        assert pane.current_section == 1
        assert rows(pane)[2].strip() == "What happened"
        pane.next_section()
        assert "From author  opinion" in rows(pane)[2]
        pane.previous_section()
        await pilot.pause()
        assert pane.current_section == 1
        pane.go_to_section(99)
        assert pane.current_section == 3
        assert pane.at_end
        pane.go_to_section(-1)
        assert (pane.current_section, pane.position) == (0, 0)


async def test_scrolling_moves_the_current_section() -> None:
    async with reading(FOUR) as (pane, pilot, _):
        while not pane.at_end:
            pane.page(1)
        await pilot.pause()
        assert pane.current_section == 3


async def test_every_section_of_a_short_article_can_be_current() -> None:
    sections = [Section(Role.OTHER, name, "Short.") for name in ("One", "Two", "Three")]
    async with reading(story(*sections), 60, 40) as (pane, pilot, _):
        assert pane.current_section == 0
        pane.next_section()
        pane.next_section()
        await pilot.pause()
        assert pane.current_section == 2


async def test_an_article_opens_at_the_section_that_was_asked_for() -> None:
    async with reading(FOUR, section=Role.AUTHOR) as (pane, _, _):
        assert pane.current_section == 2
        assert "From author" in rows(pane)[2]
    async with reading(FOUR, section=1) as (pane, _, _):
        assert pane.current_section == 1
    async with reading(FOUR, section=Role.MARKET) as (pane, _, _):
        assert pane.position == 0


async def test_the_bar_names_the_sections_and_marks_the_current_one_without_colour() -> None:
    async with reading(FOUR, 100) as (pane, _, _):
        assert rows(pane)[0].strip().startswith("Overview  What happened  From author  Impact on the harbour")
        pane.next_section()
        assert style(pane, "What happened", 0).bold
        assert style(pane, "What happened", 0).underline
        assert not style(pane, "Overview", 0).bold


async def test_the_bar_keeps_the_current_section_in_sight_and_says_how_far_one_is() -> None:
    async with reading(FOUR, 44) as (pane, _, _):
        assert rows(pane)[0].startswith(" Overview")
        assert "› " in rows(pane)[0]
        pane.go_to_section(3)
        assert rows(pane)[0].startswith("‹")
        assert "Impact on the harbour" in rows(pane)[0]
        assert rows(pane)[0].endswith("100 % · 2 min")


async def test_of_many_sections_the_bar_names_those_around_the_current_one() -> None:
    many = [Section(Role.OTHER, f"Section {number}", "Fog.") for number in range(300)]
    async with reading(story(*many), 60) as (pane, _, _):
        assert rows(pane)[0].startswith("  Section 0  Section 1  Section 2  ")
        pane.go_to_section(150)
        assert rows(pane)[0].startswith(" ‹Section 149  Section 150  Section 151  Se› ")
        assert style(pane, "Section 150", 0).bold
        pane.go_to_section(299)
        assert rows(pane)[0].startswith(" ‹Section 297  Section 298  Section 299")


async def test_a_click_on_a_name_in_the_bar_goes_there() -> None:
    async with reading(FOUR, 100) as (pane, pilot, _):
        x, y = place_of(pane, "From author")
        await pilot.click(ArticlePane, offset=(x + 2, y))
        assert pane.current_section == 2


# --- moving


async def test_moving_by_lines_and_pages() -> None:
    async with reading(FOUR) as (pane, _, _):
        pane.step(1)
        assert pane.position == 1
        pane.page(0.5)
        assert pane.position == 11
        pane.page(1)
        assert pane.position == 28
        pane.page(-1)
        pane.page(-0.5)
        pane.step(-1)
        pane.step(-1)
        assert pane.position == 0
        pane.bottom()
        assert pane.at_end
        assert rows(pane)[-1].strip() == "• two"
        pane.top()
        assert pane.position == 0
        pane.position = 12
        assert pane.position == 12


async def test_the_wheel_scrolls() -> None:
    async with reading(FOUR) as (pane, pilot, _):
        await pilot._post_mouse_events([MouseScrollDown], ArticlePane, offset=(5, 5))
        assert pane.position > 0


async def test_a_new_width_keeps_the_place_in_the_text() -> None:
    async with reading(FOUR, 100) as (pane, pilot, _):
        pane.go_to_section(1)
        pane.position += 10
        seen = rows(pane)[2].strip()[:3]
        await pilot.resize_terminal(44, 20)
        assert seen in screen(pane)
        await pilot.resize_terminal(100, 30)
        assert seen in screen(pane)
        assert pane.current_section == 1


async def test_the_text_column_has_a_greatest_width_and_stands_in_the_middle() -> None:
    async with reading(FOUR, 120) as (pane, pilot, _):
        assert max(map(len, rows(pane))) <= 100
        assert rows(pane)[2].startswith(" " * 20 + "Boats")
        pane.reading_width = 40
        await pilot.pause()
        assert rows(pane)[2].startswith(" " * 40 + "Boats")
        assert max(map(len, rows(pane))) <= 80


async def test_showing_the_same_article_again_keeps_the_place() -> None:
    async with reading(FOUR) as (pane, _, _):
        pane.position = 15
        pane.show(FOUR, Facts(NOW, starred=True))
        assert pane.position == 15
        pane.show(replace(FOUR, story="8"), Facts(NOW))
        assert pane.position == 0


async def test_a_long_article_is_set_in_steps_and_whole_in_the_end() -> None:
    text = "\n\n".join(f"Paragraph {number}. {PARAGRAPH}" for number in range(800))
    article = story(Section(Role.OVERVIEW, "Overview", text), Section(Role.IMPACT, "Impact", "The end."))
    async with reading(article) as (pane, pilot, _):
        pane.show(article, Facts(NOW))
        at_once = pane.virtual_size.height
        pane.go_to_section(1)
        assert rows(pane)[-1].strip() == "The end."
        whole = pane.virtual_size.height
        assert whole > 3 * at_once
        pane.show(replace(article, story="8"), Facts(NOW))
        for _ in range(100):
            await pilot.pause(0.02)
            if pane.virtual_size.height == whole:
                break
        pane.scroll_to(y=whole, animate=False)
        assert rows(pane)[-1].strip() == "The end."


# --- links, selection


async def test_a_second_click_on_a_link_opens_it() -> None:
    article = story(
        Section(Role.OVERVIEW, "Overview", "See [the page](https://example.org/a) and [no](file:///x).")
    )
    async with reading(article) as (pane, pilot, app):
        x, y = place_of(pane, "the page")
        await pilot.click(ArticlePane, offset=(x + 1, y))
        await pilot.click(ArticlePane, offset=place_of(pane, "file:"))
        assert app.links == []
        await pilot.click(ArticlePane, offset=(x + 1, y))
        await pilot.click(ArticlePane, offset=(x + 2, y))
        assert app.links == ["https://example.org/a"]


async def test_links_without_end_are_styled_and_forgotten() -> None:
    async with reading(FOUR) as (pane, _, _):
        plain = pane.ink(Kind.LINK)
        for number in range(2_000):
            style = pane.ink(Kind.LINK, f"https://example.org/{number}")
            assert style.meta == {"url": f"https://example.org/{number}"}
            assert style.without_color.underline == plain.underline
        assert len(pane._styles) <= 500


async def test_selected_text_has_no_breaks_of_the_screen() -> None:
    article = story(Section(Role.OVERVIEW, "Overview", f"- {PARAGRAPH}\n\nNext."))
    async with reading(article, 40) as (pane, pilot, app):
        start, end = place_of(pane, "harbour"), place_of(pane, "gone")
        await drag(pilot, ArticlePane, start, end, end + Offset(3, 0))
        assert pane.screen.get_selected_text() == PARAGRAPH[4:-1]
        marked, plain = style(pane, "gone", end.y), style(pane, "Next", end.y + 2)
        assert marked.bgcolor != plain.bgcolor
        assert app.links == []


async def test_the_whole_text_can_be_copied() -> None:
    async with reading(story(Section(Role.OVERVIEW, "Overview", PARAGRAPH)), 40) as (pane, _, _):
        text, ending = pane.get_selection(SELECT_ALL) or ("", "")
        assert text.endswith(f"Overview\n{PARAGRAPH}")
        assert ending == "\n"
        assert pane.get_selection(Selection(Offset(0, 2), Offset(99, 2))) == ("", "\n")


# --- foreign text

HOSTILE = "[@click=app.quit]x[/] [/b] [red]\x1b]52;c;aGk=\x07\x9b31m\u202eoff\x00\n"


async def test_foreign_text_is_shown_as_it_is_and_obeyed_by_nobody() -> None:
    article = story(
        Section(Role.OTHER, HOSTILE, HOSTILE + "&#x1b;[2J ![" + HOSTILE + "](x) | `" + HOSTILE + "`"),
        title=HOSTILE,
        description=HOSTILE * 2,
        category=HOSTILE,
        tags=(HOSTILE, "", "A" * 500),
        publisher=Publisher("x", HOSTILE, url="javascript:alert(1)"),
        provenance=Provenance(translated_from=HOSTILE),
        cover={"small": "file:///etc/passwd"},
    )
    async with reading(article, 60, 40) as (pane, pilot, app):
        assert "[@click=app.quit]x[/] [/b] [red]off" in screen(pane)
        strips = [pane.render_line(y) for y in range(40)]
        assert all(strip.cell_length == 60 for strip in strips)
        assert all(strip.text.isprintable() for strip in strips)
        assert "passwd" not in screen(pane)
        await pilot.click(ArticlePane, offset=place_of(pane, "@click"))
        assert app.is_running
        assert app.links == []


@pytest.mark.parametrize("size", [(1, 1), (2, 5), (10, 3), (21, 2)])
async def test_no_window_is_too_small(size: tuple[int, int]) -> None:
    async with reading(FOUR, *size) as (pane, pilot, _):
        for _ in range(5):
            pane.next_section()
        pane.bottom()
        await pilot.pause()
        assert all(pane.render_line(y).cell_length == size[0] for y in range(size[1]))


# --- the scroll range


async def test_a_version_without_sections_is_shown_from_its_beginning() -> None:
    long = story(*(Section(Role.OTHER, f"Part {i}", "The fog stays. " * 60) for i in range(12)))
    async with reading(long, 60, 20) as (pane, pilot, _):
        pane.go_to_section(6)
        await pilot.pause()
        pane.show(replace(long, lang="uk", title="Туман", sections=(), body=""), Facts(NOW), at=6)
        await pilot.pause()
        assert pane.position == 0
        assert "Туман" in "".join(rows(pane))


def test_a_long_section_is_cut_as_far_as_somebody_looks() -> None:
    texts = [f"Paragraph {number}. {PARAGRAPH}" for number in range(5_000)]
    found = parts(story(Section(Role.OVERVIEW, "Overview", "\n\n".join(texts)), FOUR.sections[1]), ())
    galley = Galley(found, 80)
    galley.set(6_000)
    assert len(galley._parts) <= 6
    assert 5_000 < galley.length < 7_000  # what is not cut yet counts
    for width, folded in ((80, ()), (40, ()), (60, (0,)), (60, ())):
        galley = Galley(found, width, folded)
        galley.finish()
        assert galley.length == len(galley.lines)
        assert len(galley.sections) == 2
        said = [int(n) for n in re.findall(r"Paragraph (\d+)\.", to_text(galley.lines, wrapped=False))]
        assert said == ([] if folded else [*range(5_000)])


async def test_the_end_of_a_very_long_text_comes_without_holding_up_a_key() -> None:
    text = "\n\n".join(f"{number} a" for number in range(60_000))
    async with reading(story(Section(Role.OVERVIEW, "Overview", text))) as (pane, pilot, _):
        pane.bottom()
        assert not pane._galley.complete  # or this says nothing
        pane.step(-3)
        await pilot.pause(0.2)
        assert not pane.at_end  # the reader has gone elsewhere
        pane.bottom()
        for _ in range(2_000):
            await pilot.pause(0.01)
            if pane.at_end:
                break
        assert "59999 a" in screen(pane)
