"""Markdown becomes sections with roles."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptonews_tui.article import Role, Section
from cryptonews_tui.sections import plain_heading, role_of, split
from tests.strategies import ODD_TEXT

HEADINGS: dict[Role, tuple[str, ...]] = {
    Role.OVERVIEW: ("Overview", "Summary", "Introduction to Staking", "Огляд", "Резюме", "Вступ до теми"),
    Role.EVENTS: (
        "What Happened",
        "What happened to the exchange?",
        "Recent Developments",
        "Incident Details",
        "Details of the Attack",
        "Що сталося",
        "Що трапилося з біржею?",
        "Деталі атаки",
        "Останні події",
    ),
    Role.SIGNIFICANCE: (
        "Why It Matters",
        "Why This Matters",
        "Importance of the Decision",
        "Чому це важливо",
        "Важливість рішення",
    ),
    Role.REGULATION: (
        "Regulatory Changes",
        "Regulatory Developments",
        "Legislative Framework",
        "Legal Status",
        "New Regulations",
        "Регуляторні зміни",
        "Законодавчі зміни",
        "Деталі законопроекту",
    ),
    Role.MARKET: (
        "Current Market Situation",
        "Technical Indicators",
        "Recent Price Movements",
        "Market Dynamics",
        "Market Overview",
        "Поточна ринкова ситуація",
        "Технічні індикатори",
        "Динаміка ринку",
        "Огляд ринку",
        "Огляд крипторинку",
    ),
    Role.OUTLOOK: (
        "Future Outlook",
        "Outlook",
        "What's Next",
        "What’s Next for Miners?",
        "Price Projections",
        "Перспективи розвитку",
        "Прогнози аналітиків",
        "Плани на майбутнє",
        "Що далі",
        "Що буде далі?",
    ),
    Role.AUTHOR: ("From author", "From the author", "Від автора"),
    Role.IMPACT: (
        "Impact on the crypto market",
        "Impact on investors",
        "Вплив на крипторинок",
        "Вплив на ринок криптовалют",
        "Вплив на крипто-ринок",
        "Вплив на інвесторів",
    ),
    Role.OTHER: ("Technology Behind It", "Background", "Технологія", "", "???", "Overbought", "42"),
}
EVERY = [(role, heading) for role, headings in HEADINGS.items() for heading in headings]


@pytest.mark.parametrize(("role", "heading"), EVERY)
def test_a_heading_tells_its_role_in_both_languages(role: Role, heading: str) -> None:
    assert role_of(heading) is role


@pytest.mark.parametrize(("role", "heading"), EVERY)
def test_case_and_punctuation_do_not_matter(role: Role, heading: str) -> None:
    for written in (heading.upper(), heading.lower(), f"{heading}:", f"{heading}?", f"“{heading}” …"):
        assert role_of(written) is role


@pytest.mark.parametrize(
    ("role", "heading"),
    [
        (Role.IMPACT, "Вплив нa крипторинок"),  # a Latin “a” among Cyrillic letters
        (Role.OVERVIEW, "Oгляд"),  # a Latin “O”
        (Role.OVERVIEW, "Оverview"),  # a Cyrillic “О”
        (Role.MARKET, "Mаrkеt Dynamics"),  # Cyrillic “а” and “е”
        (Role.EVENTS, "Щo стaлoся"),
    ],
)
def test_letters_that_look_alike_are_alike(role: Role, heading: str) -> None:
    assert role_of(heading) is role


def test_sections_come_in_order_with_their_text() -> None:
    body = "Lead.\n\n## Overview\n\nOne.\n\n### Below\n\nTwo.\n\n## Impact on investors:\n\n- a\n- b\n"
    assert split(body) == (
        Section(Role.OTHER, "", "Lead."),
        Section(Role.OVERVIEW, "Overview", "One.\n\n### Below\n\nTwo."),
        Section(Role.IMPACT, "Impact on investors:", "- a\n- b"),
    )


def test_a_section_that_matches_no_role_keeps_its_heading() -> None:
    assert split("## Technology\n\nText.") == (Section(Role.OTHER, "Technology", "Text."),)


def test_a_body_without_headings_is_one_section() -> None:
    assert split("Only text.") == (Section(Role.OTHER, "", "Only text."),)
    assert split("") == ()
    assert split("\n\n") == ()


def test_a_heading_without_text_is_a_section_still() -> None:
    assert [s.heading for s in split("## Overview\n## Impact\n")] == ["Overview", "Impact"]


@pytest.mark.parametrize("fence", ["```", "````", "~~~", "```python", "  ```"])
def test_headings_in_fences_are_no_headings(fence: str) -> None:
    end = fence.strip().rstrip("python")
    body = f"## Overview\n\n{fence}\n## not a heading\n{end}\n\n## Impact\n\nText."
    assert [section.heading for section in split(body)] == ["Overview", "Impact"]
    assert "## not a heading" in split(body)[0].text


def test_a_fence_ends_with_its_own_kind_only() -> None:
    body = "````\n```\n## inside\n~~~~\n## inside\n````\n## Outside"
    assert [section.heading for section in split(body)] == ["", "Outside"]


def test_inline_code_at_the_start_of_a_line_is_no_fence() -> None:
    assert [s.heading for s in split("```code``` in a line\n\n## Overview\n\nText.")] == ["", "Overview"]


@pytest.mark.parametrize(
    "line", ["### Deeper", "#hashtag", "##hashtag", "    ## code", "\\## escaped", "####### seven"]
)
def test_what_only_looks_like_a_heading_is_text(line: str) -> None:
    assert [section.heading for section in split(f"Text.\n\n{line}\n\nText.")] == [""]


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("Overview ##", "Overview"),
        ("**Overview**", "Overview"),
        ("_Over_ `view`", "Over_ view"),
        ("[Overview](https://example.org)", "Overview"),
        ("![picture](https://example.org/x.png) Overview", "picture Overview"),
        ("C# and F#", "C# and F#"),
        ("", ""),
    ],
)
def test_a_heading_is_shown_as_people_read_it(markdown: str, plain: str) -> None:
    assert plain_heading(markdown) == plain


def test_a_first_heading_that_repeats_the_title_is_no_section() -> None:
    assert split("# Bitcoin Rests\n\n## Overview\n\nText.", "Bitcoin rests") == (
        Section(Role.OVERVIEW, "Overview", "Text."),
    )
    assert split("# Another\n\nText.", "Bitcoin rests") == (Section(Role.OTHER, "Another", "Text."),)


_LINES = st.lists(
    st.one_of(
        st.sampled_from(["## Overview", "# One", "### Deep", "```", "~~~", "", "  ", "##", "## ##", "Text."]),
        ODD_TEXT,
    ),
    max_size=12,
)


@given(_LINES, ODD_TEXT)
def test_any_body_is_split_and_no_word_is_lost(lines: list[str], title: str) -> None:
    sections = split("\n".join(lines), title)
    together = "".join(section.heading + section.text for section in sections)
    assert together.count("Text.") == lines.count("Text.") + sum("Text." in x for x in lines if x != "Text.")
    assert all(section.heading or section.text for section in sections)
    assert split("\n".join(lines), title) == sections


@pytest.mark.parametrize(
    "body",
    [
        "## a\n" * 50_000,
        "`" * 500_000,
        "```\n" * 100_000,
        "# " * 200_000,
        "## " + "[" * 200_000,
        "## " + "#" * 200_000,
        "## a" + " " * 200_000 + "b",
    ],
    ids=lambda body: body[:6],
)
def test_hostile_bodies_are_bounded_work(body: str) -> None:
    started = time.process_time()
    split(body)
    assert time.process_time() - started < 3
