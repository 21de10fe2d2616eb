"""The filters: values with counts, and the query as they show and change it."""

import pytest

from cryptonews_tui.tui.filters_pane import FiltersPane
from tests.tui.desk import MEDIUM, Desk, Reader


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.write(
        "1", hours=1, sentiment="POSITIVE", source="herald", category="MARKET", tags=["FOG", "SMALL BOATS"]
    )
    desk.write("2", hours=2, sentiment="NEGATIVE", source="herald", category="LAW", tags=["FOG"])
    desk.write("3", hours=3, sentiment="POSITIVE", source="beacon", category="MARKET", tags=["REEF"])
    desk.write(
        "3",
        hours=3,
        lang="uk",
        title="Риф",
        sentiment="POSITIVE",
        source="beacon",
        category="MARKET",
        tags=["REEF"],
    )
    return desk


async def stand_on(reader: Reader, text: str) -> None:
    """Put the cursor of the filters on the row that shows this."""
    await reader.do("filters-pane")
    pane = reader.main.query_one(FiltersPane)
    pane.cursor = next(row for row, known in enumerate(pane._rows) if known.value and known.label == text)
    await reader.settle()


async def test_every_field_is_listed_with_its_counts(desk: Desk) -> None:
    async with desk.open() as reader:
        assert reader.filters == [
            "▲ positive 2",
            "▼ negative 1",
            "The herald 2",
            "The beacon 1",
            "MARKET 2",
            "LAW 1",
            "FOG 2",
            "REEF 1",
            "SMALL BOATS 1",
            "en 3",
            "uk 1",
        ]
        for title in ("SENTIMENT", "SOURCE", "CATEGORY", "TAG", "LANGUAGE"):
            assert title in reader.screen


async def test_counts_tell_what_choosing_would_give_under_the_other_filters(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.ask("source:herald")
        assert reader.filters == [
            "▼ negative 1",
            "▲ positive 1",
            "✓ The herald 2",
            "The beacon 1",
            "LAW 1",
            "MARKET 1",
            "FOG 2",
            "SMALL BOATS 1",
            "en 2",
        ]


async def test_space_includes_and_a_second_space_takes_it_back(desk: Desk) -> None:
    async with desk.open() as reader:
        await stand_on(reader, "FOG")
        await reader.press("space")
        assert str(reader.main.question) == "tag:fog"
        assert reader.stories == ["1", "2"]
        assert "✓ FOG 2" in reader.filters
        await stand_on(reader, "REEF")
        await reader.press("space")
        assert str(reader.main.question) == "tag:fog,reef"
        await reader.press("space")
        assert str(reader.main.question) == "tag:fog"


async def test_minus_excludes_and_a_second_minus_takes_it_back(desk: Desk) -> None:
    async with desk.open() as reader:
        await stand_on(reader, "SMALL BOATS")
        await reader.press("minus")
        assert str(reader.main.question) == '-tag:"small boats"'
        assert reader.stories == ["2", "3"]
        assert any(row.startswith("✗ SMALL BOATS") for row in reader.filters)
        await reader.press("minus")
        assert not reader.main.question


async def test_enter_shows_only_this_value_of_its_field(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.ask("tag:fog source:beacon,herald")
        await stand_on(reader, "The herald")
        await reader.press("enter")
        assert str(reader.main.question) == "tag:fog source:herald"
        assert reader.place == "filters"


async def test_excluding_an_included_value_turns_it_round(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.ask("sentiment:positive")
        await stand_on(reader, "POSITIVE")
        await reader.do("filters-pane")
        await reader.press("minus")
        assert str(reader.main.question) == "-sentiment:positive"


async def test_the_cursor_stays_on_its_value_when_counts_change(desk: Desk) -> None:
    async with desk.open() as reader:
        await stand_on(reader, "REEF")
        await reader.ask("source:beacon")
        pane = reader.main.query_one(FiltersPane)
        assert pane._row is not None
        assert pane._row.label == "REEF"


async def test_what_the_query_line_says_is_marked_in_the_filters(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("query")
        reader.query.value = "tag:FOG -source:beacon lang:en"
        await reader.press("enter")
        marked = [row for row in reader.filters if row[0] in "✓✗"]
        assert marked == ["✗ The beacon 0", "✓ FOG 2", "✓ en 2"]


async def test_what_the_filters_say_stands_in_the_query_line(desk: Desk) -> None:
    async with desk.open() as reader:
        await stand_on(reader, "SMALL BOATS")
        await reader.press("space")
        assert 'tag:"small boats"' in reader.status
        await reader.do("query")
        assert reader.query.value.strip() == 'tag:"small boats"'


async def test_a_value_that_nobody_has_is_shown_while_it_is_asked_for(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.ask("tag:nowhere")
        assert "✓ nowhere 0" in reader.filters
        assert reader.stories == []


async def test_sentiment_keys_filter_from_anywhere_and_take_it_back(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("plus")
        assert str(reader.main.question) == "sentiment:positive"
        await reader.press("minus")
        assert str(reader.main.question) == "sentiment:negative"
        await reader.press("minus")
        assert not reader.main.question
        await reader.press("minus", "equals_sign")
        assert not reader.main.question


async def test_thousands_of_tags_are_ordered_by_count_and_folded(desk: Desk) -> None:
    for number in range(40):
        desk.write(f"t{number}", hours=9, tags=[f"T{n:04}" for n in range(number * 50, number * 50 + 60)])
    async with desk.open() as reader:
        first = reader.filters.index("FOG 2")
        tags = reader.filters[first : first + 30]
        assert {row.split()[1] for row in tags} == {"2"}
        assert tags == sorted(tags)
        more = next(row for row in reader.filters if "more" in row)
        assert more == "… 1,983 more"
        pane = reader.main.query_one(FiltersPane)
        await reader.do("filters-pane")
        pane.cursor = next(i for i, row in enumerate(pane._rows) if row.field == "tag" and row.more)
        await reader.press("space")
        assert len(reader.filters) > 2000
        assert "… fewer" in reader.filters
        await reader.do("bottom", "page-up", "top")
        await reader.ask("tag:t2009")
        assert "✓ T2009 1" in reader.filters


async def test_what_the_query_says_is_in_sight_even_behind_the_fold(desk: Desk) -> None:
    for number in range(60):
        desk.write(f"t{number}", hours=9, tags=[f"TAG {number:02}"])
    async with desk.open() as reader:
        assert not any(row.startswith("TAG 59") for row in reader.filters)
        await reader.ask('-tag:"tag 59"')
        assert any(row.startswith("✗ TAG 59") for row in reader.filters)


async def test_slash_in_the_filters_searches_the_values_of_the_field(desk: Desk) -> None:
    async with desk.open() as reader:
        await stand_on(reader, "The beacon")
        await reader.press("slash")
        assert "Source · 2" in reader.screen
        await reader.press(*"hera", "enter")
        assert str(reader.main.question) == "source:herald"
        await stand_on(reader, "FOG")
        await reader.press("slash", *"boats", "enter")
        assert str(reader.main.question) == 'tag:"small boats" source:herald'


async def test_a_click_includes_a_value(desk: Desk) -> None:
    async with desk.open() as reader:
        row = next(y for y, line in enumerate(reader.lines) if " LAW " in line)
        await reader.pilot.click(offset=(5, row))
        await reader.settle()
        assert str(reader.main.question) == "category:law"


async def test_the_filters_work_while_they_slide_over(desk: Desk) -> None:
    async with desk.open(size=MEDIUM) as reader:
        await reader.press("f", "j", "space")
        assert str(reader.main.question) == "sentiment:negative"
        assert reader.place == "filters"
        assert "✓ ▼ negative" in reader.screen


async def test_clear_takes_every_filter_back(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.ask("tag:fog -source:beacon")
        await reader.press("ctrl+l")
        assert not reader.main.question
        assert reader.stories == ["1", "2", "3"]
        assert not [row for row in reader.filters if row[0] in "✓✗"]
