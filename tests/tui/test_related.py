"""Under an article the nearest stories, and the way to one and back."""

from __future__ import annotations

import pytest

from tests.tui.desk import Desk

RARE = "The lighthouse keeper of Skarholm repaired the semaphore with zirconium mirrors."


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.write("1", hours=1, title="Keeper repairs semaphore", body=f"## Overview\n\n{RARE}", source="wire")
    desk.write("2", hours=2, title="Something else", body="## Overview\n\nFish is cheap on the market today.")
    desk.write(
        "3", hours=30, title="Semaphore of Skarholm", body=f"## Overview\n\nAgain: {RARE}", source="herald"
    )
    return desk


async def test_the_nearest_stories_stand_under_the_article(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("open")
        text = reader.article
        assert text.index("Related") < text.index("Semaphore of Skarholm  The herald")
        assert "Keeper repairs" not in text.split("Related")[1]


async def test_a_letter_goes_to_a_related_story_and_backspace_comes_back(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("open")
        await reader.press("f", "s")
        assert reader.at == "3"
        assert reader.place == "article"
        assert "Again:" in reader.article
        await reader.press("backspace")
        assert reader.at == "1"
        await reader.press("backspace")
        assert reader.said == "No story led to this one."


async def test_a_related_story_that_the_query_leaves_out_is_listed_all_the_same(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.ask("source:wire")
        assert reader.stories == ["1", "2"]
        await reader.do("open")
        await reader.press("f", "s")
        assert reader.stories == ["1", "2", "3"]
        assert reader.at == "3"
        await reader.do("read", "star")
        assert "★" in reader.row("3")


async def test_what_arrives_late_moves_nothing(desk: Desk) -> None:
    desk.write("1", hours=1, title="Keeper", body=f"## Overview\n\n{RARE}\n\n" + "Fog.\n\n" * 80)
    async with desk.open() as reader:
        await reader.do("open", "page-down")
        before = reader.article
        pane = reader.main.article
        pane.follow_with(pane._tail)
        await reader.settle()
        assert reader.article.splitlines()[1:] == before.splitlines()[1:]
        await reader.do("bottom")
        assert reader.article.count("Related") == 1


async def test_a_story_without_neighbours_has_no_list_of_them(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.ask("id:2")
        await reader.do("open")
        assert "Fish is cheap" in reader.article
        assert "Related" not in reader.article


async def test_who_goes_on_without_a_link_has_no_way_back(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("open")
        await reader.press("f", "s", "K", "backspace")
        assert reader.said == "No story led to this one."
        assert reader.at == "2"
