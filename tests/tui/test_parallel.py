"""Two languages of a story beside each other, and going from one to the other."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from cryptonews_tui.article import Article, Role, Section
from cryptonews_tui.sections import split
from cryptonews_tui.tui.galley import Galley, header
from cryptonews_tui.tui.parallel import aligned, parallel
from cryptonews_tui.typesetting import to_text
from tests.strategies import NOON, article
from tests.tui.desk import MEDIUM, NOW, Desk

EN = "## Overview\n\nBoats return.\n\nThe fog lifts.\n\n## Impact on the crypto market\n\n- Fish is cheap.\n"
UK = "## Огляд\n\nЧовни вернулись.\n\nТуман розвіявся.\n\n## Вплив на крипторинок\n\n- Риба дешева.\n"
MORE = (
    "## Огляд\n\nЧовни вернулись.\n\n## Що далі\n\nПобачимо.\n\n## Вплив на крипторинок\n\n- Риба дешева.\n"
)


def sections(*roles: Role) -> list[Section]:
    return [Section(role, role, "") for role in roles]


def test_as_many_sections_belong_together_by_their_number() -> None:
    one, other = sections(Role.OVERVIEW, Role.OTHER), sections(Role.EVENTS, Role.IMPACT)
    assert aligned(one, other) == [(0, 0), (1, 1)]


def test_sections_of_different_number_belong_together_by_their_roles() -> None:
    one = sections(Role.OVERVIEW, Role.MARKET, Role.IMPACT)
    other = sections(Role.OVERVIEW, Role.IMPACT)
    assert aligned(one, other) == [(0, 0), (1, None), (2, 1)]
    assert aligned(other, one) == [(0, 0), (None, 1), (1, 2)]
    assert aligned([], other) == [(None, 0), (None, 1)]


SECTIONS = st.lists(
    st.sampled_from([Role.OVERVIEW, Role.IMPACT, Role.OTHER, Role.AUTHOR]).map(
        lambda role: Section(role, role, "")
    ),
    max_size=6,
)


@given(SECTIONS, SECTIONS)
def test_every_section_of_both_stands_once_and_in_its_order(one: list[Section], other: list[Section]) -> None:
    pairs = aligned(one, other)
    assert [number for number, _ in pairs if number is not None] == [*range(len(one))]
    assert [number for _, number in pairs if number is not None] == [*range(len(other))]
    assert (None, None) not in pairs


# Each word says where it stands, so that none can be mistaken for another.
PIECES = st.lists(
    st.sampled_from(["## Overview", "## Impact", "## Fog", "word", "- word\n- word", "> word", "word word", "### Low"]),
    max_size=8,
)  # fmt: skip


def text_of(pieces: list[str], letter: str) -> str:
    """The pieces as a body in which every word has a number."""
    numbers = iter(range(1_000))
    return "\n\n".join(re.sub("word", lambda _: f"{letter}{next(numbers)}", piece) for piece in pieces)


@given(PIECES, PIECES, st.integers(40, 200), st.booleans())
def test_every_word_of_both_is_shown_once_and_in_its_order(
    one: list[str], other: list[str], width: int, side_by_side: bool
) -> None:
    left, right = text_of(one, "a"), text_of(other, "z")
    here, there = article(body=left), article(lang="uk", body=right)
    galley = Galley(parallel(here, there, header(here, NOON, ("en", "uk")), side_by_side), width)
    galley.finish()
    shown = "\n".join(line.text for line in galley.lines)
    for letter, written in (("a", left), ("z", right)):
        assert re.findall(rf"\b{letter}\d+", shown) == re.findall(rf"\b{letter}\d+", written)
    assert all(cell_len(line.text) <= width for line in galley.lines)


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.write("1", body=EN, title="Boats return")
    desk.write("1", lang="uk", body=UK, title="Човни вернулись додому")
    return desk


def line_with(text: str, screen: str) -> str:
    return next(line for line in screen.splitlines() if text in line)


async def test_two_languages_stand_side_by_side_section_by_section(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("B")
        assert reader.place == "article"
        assert reader.main.zoomed
        for left, right in (
            ("Boats return  en", "Човни вернулись додому  uk"),
            ("Overview", "Огляд"),
            ("The fog lifts.", "Туман розвіявся."),
            ("• Fish is cheap.", "• Риба дешева."),
        ):
            row = next(row for row in reader.lines if left in row and "│" in row)
            assert right in row.partition("│")[2]
        await reader.press("B")
        assert not reader.main.zoomed
        assert "Туман" not in reader.article


async def test_escape_goes_back_to_one_language_first(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("B", "escape")
        assert "Туман" not in reader.article
        assert (reader.main.zoomed, reader.place) == (False, "article")
        await reader.press("z", "B", "escape")
        assert reader.main.zoomed  # as it was before


async def test_where_there_is_no_room_the_paragraphs_take_turns(desk: Desk) -> None:
    async with desk.open(size=MEDIUM) as reader:
        await reader.press("B")
        assert not reader.main.zoomed
        text = reader.article
        order = [
            "Overview   Огляд",
            "Boats return.",
            "▏ Човни вернулись.",
            "The fog lifts.",
            "▏ Туман розвіявся.",
        ]
        places = [text.index(words) for words in order]
        assert places == sorted(places)


async def test_both_scroll_together_and_the_next_story_is_in_two_languages_too(desk: Desk) -> None:
    desk.write("2", hours=2, body=EN * 9, title="Second")
    desk.write("2", hours=2, lang="uk", body=UK * 9, title="Друга")
    async with desk.open() as reader:
        await reader.press("B", "J")
        assert "Друга" in reader.article
        await reader.press("j", "j", "j")
        row = line_with("The fog lifts.", reader.article)
        assert "Туман розвіявся." in row


async def test_a_different_number_of_sections_is_said(desk: Desk) -> None:
    desk.write("1", lang="uk", body=MORE, title="Човни")
    async with desk.open() as reader:
        await reader.press("B")
        assert "2 sections in en, 3 in uk: aligned by what they are about" in reader.article
        assert "Що далі" in line_with("Що далі", reader.article).partition("│")[2]
        assert "Вплив" in line_with("Impact on the crypto market", reader.article.split("\n", 1)[1])


async def test_a_story_in_one_language_says_so(desk: Desk) -> None:
    desk.write("2", hours=2)
    async with desk.open() as reader:
        await reader.press("j", "B")
        assert "only there in “en”" in reader.said
        assert not reader.main.zoomed


async def test_a_window_that_grows_puts_them_side_by_side(desk: Desk) -> None:
    async with desk.open(size=MEDIUM) as reader:
        await reader.press("B", "z")
        assert "▏" in reader.article
        await reader.resize(150, 42)
        assert "Туман" in line_with("The fog lifts.", reader.article)


LONG_EN = "\n\n".join(
    f"## Part {n}\n\n" + "\n\n".join(["Fog on the water, nobody there."] * 12) for n in range(4)
)
LONG_UK = "\n\n".join(
    f"## Частина {n}\n\n" + "\n\n".join(["Туман над водою і нікого там нема."] * 12) for n in range(4)
)


async def test_another_language_keeps_the_section_and_how_far_it_is_read_and_the_list_follows(
    desk: Desk,
) -> None:
    desk.write("3", hours=0, body=LONG_EN, title="Fog")
    desk.write("3", hours=0, lang="uk", body=LONG_UK, title="Туман")
    async with desk.open() as reader:
        await reader.do("open", "next-section", "next-section", "half-page-down")
        pane = reader.main.article
        section, depth = pane.depth
        assert section == 2
        assert 0.1 < depth < 0.9
        await reader.press("L")
        assert "Туман" in reader.row("3")
        assert pane.depth[0] == 2
        assert abs(pane.depth[1] - depth) < 0.1
        await reader.do("headlines-pane", "down", "up")
        assert "Туман" in reader.article
        await reader.press("L")
        assert "Fog" in reader.row("3")


async def test_a_language_with_other_sections_opens_at_the_same_role(desk: Desk) -> None:
    desk.write("1", body=EN.replace("Boats return.", "Boats return.\n\n" * 40))
    desk.write("1", lang="uk", body=MORE.replace("Побачимо.", "Побачимо.\n\n" * 60), title="Човни")
    async with desk.open() as reader:
        await reader.do("open", "impact", "language")
        assert reader.main.article.current_section == 2


async def test_a_section_that_the_other_language_lacks_leads_to_where_it_would_stand(desk: Desk) -> None:
    long = "Побачимо.\n\n" * 60
    desk.write("1", lang="uk", body=MORE.replace("Побачимо.\n", long), title="Човни")
    async with desk.open(languages=("uk", "en")) as reader:
        await reader.do("open", "next-section", "half-page-down")
        assert reader.main.article.current_section == 1
        await reader.press("L")
        assert reader.main.article.current_section != 0 or reader.main.article.at_end


async def test_a_fold_goes_along_to_the_other_language(desk: Desk) -> None:
    desk.write("1", lang="uk", body=MORE, title="Човни")
    async with desk.open() as reader:
        await reader.do("open", "impact", "fold-section", "language")
        assert "▸ Вплив на крипторинок" in reader.article
        assert "Побачимо." in reader.article


def of_one_section(lang: str, words: str, paragraphs: int) -> Article:
    body = "## Overview\n\n" + "\n\n".join(f"{words} {number}." for number in range(paragraphs))
    return replace(article(lang=lang), body=body, sections=split(body))


@pytest.mark.parametrize("side_by_side", [True, False])
@pytest.mark.parametrize("counts", [(3_000, 3_000), (3_000, 700), (700, 3_000)])
def test_a_section_without_end_is_set_as_far_as_somebody_looks(
    counts: tuple[int, int], side_by_side: bool
) -> None:
    one, other = of_one_section("en", "Boats return", counts[0]), of_one_section("uk", "Човни", counts[1])
    galley = Galley(parallel(one, other, header(one, NOW, ("en", "uk")), side_by_side), 80)
    galley.set_lines(100)
    assert len(galley.lines) < 1_000
    galley.finish()
    text = to_text(galley.lines)
    assert text.count("Overview") == 2
    for words, count in (("Boats return", counts[0]), ("Човни", counts[1])):
        assert [int(n) for n in re.findall(rf"{words} (\d+)\.", text)] == [*range(count)]
    assert len(galley.sections) == 1


def test_folded_a_section_of_many_pieces_is_one_line() -> None:
    one, other = of_one_section("en", "Boats return", 3_000), of_one_section("uk", "Човни", 3_000)
    galley = Galley(parallel(one, other, header(one, NOW, ("en", "uk")), True), 80, {0})
    galley.finish()
    assert to_text(galley.lines).count("folded") == 1
    assert "Boats return 7" not in to_text(galley.lines)


@pytest.mark.parametrize("side_by_side", [True, False])
def test_paragraph_stands_beside_paragraph_in_sections_of_several_pieces(side_by_side: bool) -> None:
    one, other = of_one_section("en", "Boats return again", 300), of_one_section("uk", "Човни", 300)
    galley = Galley(parallel(one, other, header(one, NOW, ("en", "uk")), side_by_side), 80)
    galley.finish()
    rows = [line.text for line in galley.lines]
    place = next(number for number, row in enumerate(rows) if "Boats return again 298." in row)
    assert "Човни 298." in rows[place if side_by_side else place + 1]
