"""Sections: gone to by number and by role from anywhere, folded, marked as what they are."""

from __future__ import annotations

import pytest

from cryptonews_tui.article import Role
from tests.tui.desk import MEDIUM, PARAGRAPH, WIDE, Desk

NAMES = ("Overview", "What happened", "From author", "Impact on the crypto market")
BODY = "\n\n".join(f"## {name}\n\n" + "\n\n".join([f"{name[:6]} says. {PARAGRAPH}"] * 9) for name in NAMES)


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.write("1", body=BODY)
    return desk


async def test_a_number_goes_to_a_section(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("open")
        for key, section in (("3", 2), ("1", 0), ("4", 3), ("9", 3)):
            await reader.press(key)
            assert reader.main.article.current_section == section
            assert reader.place == "article"


async def test_i_goes_to_the_impact_from_the_list_in_any_language(desk: Desk) -> None:
    desk.write("1", lang="uk", body=BODY.replace("Impact on the crypto market", "ВПЛИВ НА КРИПТОРИНОК"))
    async with desk.open(languages=("uk", "en")) as reader:
        await reader.press("i")
        assert reader.place == "article"
        assert reader.main.article.current_section == 3
        assert "ВПЛИВ НА КРИПТОРИНОК" in reader.article.split("\n", 1)[1]


async def test_without_an_impact_that_is_said(desk: Desk) -> None:
    desk.write("2", hours=2, body="## Overview\n\nNothing.")
    async with desk.open() as reader:
        await reader.press("j", "i")
        assert reader.said == "This story has no impact section."
        assert reader.place == "headlines"


async def test_x_folds_the_section_at_the_top_and_unfolds_it(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("open", "next-section")
        await reader.press("x")
        text = reader.article
        assert "▸ What happened" in text
        assert "words folded" in text
        assert "What h says." not in text
        assert "From a says." in text
        await reader.press("x")
        assert "What h says." in reader.article


async def test_capital_x_folds_all_others_and_unfolds_everything(desk: Desk) -> None:
    async with desk.open(size=(150, 80)) as reader:
        await reader.do("open", "next-section")
        await reader.press("X")
        reader.main.article.top()
        await reader.settle()
        text = reader.article
        assert [name for name in NAMES if f"▸ {name}" in text] == ["Overview", "From author", NAMES[3]]
        assert "What h says." in text
        await reader.press("2", "X")
        assert "▸" not in reader.article


async def test_going_to_a_folded_section_by_name_unfolds_it(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("open")
        await reader.press("X", "i")
        assert "Impact says." in reader.article
        await reader.press("2")
        assert "What h says." in reader.article


async def test_the_opinion_is_marked_and_folded_where_the_settings_say_so(desk: Desk) -> None:
    desk.write("2", hours=2, body=BODY, ai={"rewritten": True, "version": 1})
    async with desk.open(folded_sections=(Role.AUTHOR,)) as reader:
        await reader.do("open", "next-section", "next-section")
        assert "▸ From author  opinion" in reader.article
        await reader.press("x")
        assert "From a says." in reader.article
        await reader.do("next-story", "next-section", "next-section")
        assert "▸ From author  opinion, written by a machine" in reader.article


async def test_a_fold_survives_a_new_width_and_a_star(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("open", "next-section")
        await reader.press("x", "s")
        await reader.resize(*MEDIUM)
        await reader.resize(*WIDE)
        assert "▸ What happened" in reader.article


async def test_the_contents_can_be_filtered_by_typing(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("open")
        await reader.pilot.press("ctrl+t")
        await reader.see("From author")
        await reader.pilot.press(*"imp")
        await reader.pilot.pause()
        assert reader.choices == ["Impact on the crypto market impact"]
        await reader.press("enter")
        assert reader.main.article.current_section == 3
