"""The rows of the filters pane, without a screen."""

from collections.abc import Mapping, Sequence

from cryptonews_tui.library import Facets, FacetValue
from cryptonews_tui.query import parse
from cryptonews_tui.settings import FILTERS
from cryptonews_tui.tui.filter_rows import (
    FOLDED_AT_FIRST,
    LEAST,
    PAGE,
    VIEWS,
    Folds,
    Kind,
    ListedView,
    Row,
    rows,
)

TAGS = [FacetValue(f"t{n:02}", f"T{n:02}", 40 - n) for n in range(12)]


def listed(
    query: str = "",
    fields: Mapping[str, Sequence[FacetValue]] | None = None,
    *,
    groups: Sequence[str] = ("tag",),
    views: Sequence[ListedView] = (),
    folds: Folds | None = None,
    more: frozenset[str] = frozenset(),
    labels: Mapping[tuple[str, str], str] | None = None,
) -> list[Row]:
    facets = Facets(40, fields if fields is not None else {"tag": TAGS}, more)
    return rows(parse(query), facets, views, folds or Folds(groups), labels or {})


def told(found: list[Row]) -> list[str]:
    """Rows in a few words: `+ T01 39`."""
    signs = {1: "+ ", -1: "- ", 0: ""}
    return [
        f"{signs[row.sign]}{row.label} {row.count if row.count is not None else ''}".strip() for row in found
    ]


def test_a_group_is_its_title_and_the_most_frequent_values() -> None:
    found = listed()
    assert [row.kind for row in found] == [Kind.TITLE, *[Kind.VALUE] * LEAST["tag"], Kind.MORE]
    assert told(found)[:3] == ["TAG", "T00 40", "T01 39"]
    assert [row.share for row in found[1:3]] == [1.0, 39 / 40]


def test_the_row_for_more_is_there_while_the_library_has_more() -> None:
    assert listed(fields={"tag": TAGS[:3]}, more=frozenset(["tag"]))[-1].kind is Kind.MORE
    assert listed(fields={"tag": TAGS[:3]})[-1].kind is Kind.VALUE


def test_more_values_come_by_the_page_and_go_at_once() -> None:
    folds = Folds(("tag",))
    folds.widen("tag")
    assert folds.most(parse("")) == {"tag": LEAST["tag"] + PAGE}
    found = listed(folds=folds)
    assert found[-1].kind is Kind.FEWER
    assert len(found) == 1 + len(TAGS) + 1
    folds.widen("tag")
    assert folds.limit("tag") == LEAST["tag"] + 2 * PAGE
    folds.narrow("tag")
    assert listed(folds=folds)[-1].kind is Kind.MORE


def test_what_the_query_says_is_shown_wherever_it_stands_in_the_order() -> None:
    found = told(listed("tag:t11,nowhere -tag:T00"))
    assert found[1] == "- T00 40"
    assert found[-3:] == ["+ T11 29", "+ nowhere 0", "… more"]


def test_what_nobody_has_keeps_the_name_it_was_chosen_by() -> None:
    found = told(listed("source:herald", {}, groups=("source",), labels={("source", "herald"): "The Herald"}))
    assert found == ["SOURCE", "+ The Herald 0"]


def test_values_with_stars_in_them_are_not_terms_for_many() -> None:
    found = listed(
        r'tag:"five \* hotel" -tag:five*', {"tag": [FacetValue("five * hotel", "FIVE * HOTEL", 3)]}
    )
    assert [(row.label, row.term, row.sign) for row in found[1:]] == [
        ("five*", "five*", -1),
        ("FIVE * HOTEL", "", 1),
    ]


def test_few_values_keep_their_places_whatever_their_counts() -> None:
    moods = [FacetValue("unrated", "UNRATED", 9), FacetValue("negative", "NEGATIVE", 5)]
    found = told(
        listed(fields={"sentiment": [*moods, FacetValue("positive", "POSITIVE", 1)]}, groups=("sentiment",))
    )
    assert found == ["SENTIMENT", "POSITIVE 1", "NEGATIVE 5", "UNRATED 9"]


def test_months_and_ages_are_told_in_words() -> None:
    values = [FacetValue(value, value, 1) for value in ("today", "7d", "30d", "2025-11", "2025-10")]
    folds = Folds(("on",))
    folds.turn("on")
    found = told(listed("on:2024 -on:yesterday", {"on": values}, folds=folds))
    assert found == [
        "DATE",
        "Today 1",
        "7 days 1",
        "30 days 1",
        "Nov 2025 1",
        "Oct 2025 1",
        "+ 2024 0",
        "- Yesterday 0",
    ]


def test_folded_groups_are_not_counted_and_stand_close_together() -> None:
    folds = Folds(("tag", "lang", "section", "on"))
    assert folds.most(parse("")) == {"tag": LEAST["tag"]}
    assert folds.most(parse("lang:uk -on:today")) == {"tag": LEAST["tag"], "lang": 0, "on": 0}
    found = listed(fields={"tag": TAGS[:1]}, folds=folds)
    assert told(found) == ["TAG", "T00 40", "", "LANGUAGE", "SECTION", "DATE"]
    assert [row.note for row in found if row.kind is Kind.TITLE] == ["", "…", "…", "…"]


def test_what_the_query_says_of_a_folded_group_is_the_only_thing_shown_of_it() -> None:
    folds = Folds(("tag",))
    folds.turn("tag")
    assert told(listed("tag:t05", folds=folds)) == ["TAG", "+ T05 35"]


def test_all_of_stands_beside_the_title() -> None:
    assert told(listed("tag:t01&t02"))[0] == "TAG · all of"
    assert told(listed("tag:t01,t02"))[0] == "TAG"


def test_a_group_without_values_keeps_its_title_and_an_empty_library_has_no_groups() -> None:
    (title,) = listed(fields={})
    assert (title.kind, title.note) == (Kind.TITLE, "–")
    assert rows(parse(""), Facets(0, {}), [], Folds(FILTERS), {}) == []


def test_views_stand_on_top_and_fold_as_well() -> None:
    views = [ListedView("All", 12, active=True), ListedView("Rules", None, key="F5")]
    found = listed(views=views)
    assert told(found)[:4] == ["VIEWS", "+ All 12", "Rules", ""]
    assert [row.note for row in found[:3]] == ["unread", "", "F5"]
    folds = Folds(("tag",))
    folds.turn(VIEWS)
    assert told(listed(views=views, folds=folds))[:3] == ["VIEWS", "", "TAG"]


def test_the_groups_that_begin_folded_are_groups() -> None:
    assert set(FILTERS) >= FOLDED_AT_FIRST
