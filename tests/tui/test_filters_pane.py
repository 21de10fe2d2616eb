"""The filters: values with counts, and the query as they show and change it."""

import pytest

from cryptonews_tui.tui.commands import BY_ID
from cryptonews_tui.tui.filter_rows import Kind
from cryptonews_tui.tui.filters_pane import FiltersPane
from tests.tui.desk import MEDIUM, NARROW, Desk, Reader


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
    pane.cursor = next(row for row, known in enumerate(pane._rows) if known.label == text)
    await reader.settle()


def standing(reader: Reader) -> str:
    """What the row under the cursor of the filters shows."""
    row = reader.main.query_one(FiltersPane)._row
    assert row is not None
    return row.label


async def unfold(reader: Reader, *titles: str) -> None:
    for title in titles:
        await stand_on(reader, title)
        await reader.do("fold")


async def test_every_field_is_listed_with_its_counts(desk: Desk) -> None:
    async with desk.open() as reader:
        assert reader.filters == [
            "unread 3",
            "▲ positive 2",
            "▼ negative 1",
            "The herald 2",
            "The beacon 1",
            "FOG 2",
            "REEF 1",
            "SMALL BOATS 1",
        ]
        assert reader.groups == [
            "VIEWS unread",
            "STATE",
            "SENTIMENT",
            "ASSET –",
            "SOURCE",
            "CATEGORY …",
            "TAG",
            "LANGUAGE …",
            "SECTION …",
            "DATE …",
        ]
        await unfold(reader, "CATEGORY", "LANGUAGE", "SECTION", "DATE")
        assert reader.filters == [
            "unread 3",
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
            "overview 3",
            "events 3",
            "impact 3",
            "Today 3",
            "7 days 3",
            "30 days 3",
            "Nov 2026 3",
        ]


async def test_counts_tell_what_choosing_would_give_under_the_other_filters(desk: Desk) -> None:
    async with desk.open() as reader:
        await unfold(reader, "CATEGORY", "LANGUAGE")
        await reader.ask("source:herald")
        assert reader.filters == [
            "unread 2",
            "▲ positive 1",
            "▼ negative 1",
            "✓ The herald 2",
            "The beacon 1",
            "LAW 1",
            "MARKET 1",
            "FOG 2",
            "SMALL BOATS 1",
            "en 2",
        ]


async def test_a_group_folds_by_its_title_and_from_within(desk: Desk) -> None:
    async with desk.open() as reader:
        await stand_on(reader, "SOURCE")
        await reader.press("enter")
        assert "SOURCE …" in reader.groups
        assert not any("herald" in row for row in reader.filters)
        assert standing(reader) == "SOURCE"
        await reader.press("space")
        assert "The herald 2" in reader.filters
        await stand_on(reader, "The beacon")
        await reader.press("z")
        assert "SOURCE …" in reader.groups
        assert standing(reader) == "SOURCE"
        await stand_on(reader, "Today")
        await reader.press("z")
        assert reader.views == []
        assert "VIEWS …" in reader.groups


async def test_what_is_folded_is_not_counted(desk: Desk) -> None:
    async with desk.open() as reader:
        pane = reader.main.query_one(FiltersPane)
        assert set(pane.most(reader.main.question)) == {"is", "sentiment", "asset", "source", "tag"}
        assert set(pane._facets.fields) == {"is", "sentiment", "asset", "source", "tag"}


async def test_what_the_query_says_of_a_folded_group_stays_in_sight(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.ask("category:law")
        assert "✓ LAW 1" in reader.filters
        assert "CATEGORY …" in reader.groups
        assert not any("MARKET" in row for row in reader.filters)
        await reader.ask("on:today -lang:uk")
        assert {"✓ Today 2", "✗ uk 1"} <= set(reader.filters)


async def test_a_group_without_any_value_keeps_its_title(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.ask("tag:nowhere")
        assert {"SENTIMENT –", "SOURCE –"} <= set(reader.groups)
        await stand_on(reader, "SOURCE")
        await reader.press("space", "space")
        assert "SOURCE –" in reader.groups


async def test_the_settings_choose_the_groups_and_their_order(desk: Desk) -> None:
    async with desk.open(filters=("tag", "is")) as reader:
        assert reader.groups == ["VIEWS unread", "TAG", "STATE"]
        await reader.ask("source:herald")
        assert reader.filters == ["FOG 2", "SMALL BOATS 1", "unread 2"]


async def test_marks_are_counted_when_they_are_set(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("m", "s")
        assert reader.filters[:3] == ["unread 2", "starred 1", "read 1"]
        await stand_on(reader, "read")
        await reader.press("enter")
        assert reader.stories == ["1"]


async def test_ampersand_asks_for_all_of_a_group_and_turns_back_to_any(desk: Desk) -> None:
    async with desk.open() as reader:
        await stand_on(reader, "FOG")
        await reader.press("ampersand")
        assert str(reader.main.question) == "tag:fog"
        await stand_on(reader, "SMALL BOATS")
        await reader.press("ampersand")
        assert str(reader.main.question) == 'tag:fog&"small boats"'
        assert reader.stories == ["1"]
        assert "TAG · all of" in reader.groups
        await reader.press("ampersand")
        assert str(reader.main.question) == 'tag:fog,"small boats"'
        assert reader.stories == ["1", "2"]
        assert "TAG" in reader.groups
        await reader.press("ampersand")
        assert reader.stories == ["1"]


async def test_backspace_takes_back_all_that_is_said_of_a_group(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.ask("tag:fog,reef -tag:mist source:herald")
        await stand_on(reader, "SMALL BOATS")
        await reader.press("backspace")
        assert str(reader.main.question) == "source:herald"
        await stand_on(reader, "SOURCE")
        await reader.press("backspace")
        assert not reader.main.question
        await stand_on(reader, "All")
        await reader.press("backspace")
        assert not reader.main.question


async def test_a_term_that_stands_for_many_values_is_shown_and_can_be_taken_out(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.ask("tag:*boats,fog -source:b*")
        assert {"✓ *boats", "✓ FOG 2", "✗ b*"} <= set(reader.filters)
        for term, left in (("*boats", "tag:fog -source:b*"), ("b*", "tag:fog")):
            await stand_on(reader, term)
            await reader.press("enter")
            assert str(reader.main.question) == left


async def test_minus_and_ampersand_leave_titles_as_they_are(desk: Desk) -> None:
    async with desk.open() as reader:
        await stand_on(reader, "TAG")
        await reader.press("minus", "ampersand")
        assert not reader.main.question
        assert "TAG" in reader.groups


async def test_counts_stand_under_each_other_and_near_their_values_in_any_width(desk: Desk) -> None:
    async with desk.open(size=NARROW) as reader:
        await reader.do("filters-pane")
        pane = reader.main.query_one(FiltersPane)
        rows = [
            pane.render_line(y).text.rstrip()
            for y, row in enumerate(pane._rows[: pane.size.height])
            if row.kind in (Kind.VALUE, Kind.VIEW)
        ]
        assert len(rows) > 8
        assert {len(row) for row in rows} == {43}


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


async def test_thousands_of_tags_are_ordered_by_count_and_shown_page_by_page(desk: Desk) -> None:
    for number in range(40):
        desk.write(f"t{number}", hours=9, tags=[f"T{n:04}" for n in range(number * 50, number * 50 + 60)])
    async with desk.open() as reader:
        first = reader.filters.index("FOG 2")
        tags = reader.filters[first : first + 10]
        assert {row.split()[1] for row in tags} == {"2"}
        assert tags == sorted(tags)
        await stand_on(reader, tags[-1].split()[0])
        await reader.press("j")
        assert standing(reader) == "… more"
        await reader.press("space")
        assert len(reader.filters) > 110
        assert standing(reader).startswith("T")  # the first of those that came
        assert reader.filters[-2:] == ["… more", "… fewer"]
        await reader.do("bottom", "page-up", "top")
        await stand_on(reader, "… fewer")
        await reader.press("enter")
        assert reader.filters[first:] == [*tags, "… more"]
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
        assert "Source" in reader.screen
        await reader.press(*"hera", "enter")
        assert str(reader.main.question) == "source:herald"
        await stand_on(reader, "FOG")
        await reader.press("slash", *"boats", "enter")
        assert str(reader.main.question) == 'tag:"small boats" source:herald'


async def test_a_click_includes_a_value_and_folds_a_title(desk: Desk) -> None:
    async with desk.open() as reader:
        for text in ("CATEGORY", " LAW "):
            row = next(y for y, line in enumerate(reader.lines) if text in line)
            await reader.pilot.click(offset=(5, row))
            await reader.settle()
        assert str(reader.main.question) == "category:law"


async def test_the_filters_work_while_they_slide_over(desk: Desk) -> None:
    async with desk.open(size=MEDIUM) as reader:
        await stand_on(reader, "NEGATIVE")
        await reader.press("space")
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


async def test_the_cursor_begins_on_the_view_that_is_shown_and_skips_empty_rows(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("filters-pane")
        assert standing(reader) == "All"
        seen = [standing(reader)]
        for _ in range(8):
            await reader.do("down")
            seen.append(standing(reader))
        assert seen[4:] == ["Pinned", "STATE", "unread", "SENTIMENT", "POSITIVE"]
        await reader.do("up", "up", "up")
        assert standing(reader) == "STATE"
        await reader.do("top")
        assert standing(reader) == "VIEWS"
        await reader.do("bottom")
        assert standing(reader) == "DATE"


async def test_the_bottom_line_says_what_the_keys_do_to_the_row_under_the_cursor(desk: Desk) -> None:
    async with desk.open() as reader:
        await stand_on(reader, "FOG")
        assert "Enter only this" in reader.bottom
        await stand_on(reader, "TAG")
        assert "Enter fold" in reader.bottom
        await stand_on(reader, "Unread")
        assert "Enter show" in reader.bottom
        assert "e rename" in reader.bottom


async def test_a_command_for_views_says_so_where_there_is_none(desk: Desk) -> None:
    async with desk.open() as reader:
        await stand_on(reader, "FOG")
        await reader.main.run(BY_ID["delete-view"])
        assert reader.said == "Delete the view: put the cursor on a view first."
