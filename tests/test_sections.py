"""Markdown becomes sections with roles."""

from __future__ import annotations

import time
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptonews_tui.article import Role, Section
from cryptonews_tui.sections import MOST, ROLES, SHIPPED, Roles, plain_heading, split
from tests.strategies import ODD_TEXT

role_of = SHIPPED.of

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
        "Token Rebound: What Happened?",
        "What Happened in the Market",
        "Recent Developments in Regulation",
        "Technical Details",
        "Недавні події",
        "Відновлення токена: Що сталося?",
        "Що сталося на ринку",
    ),
    Role.SIGNIFICANCE: (
        "Why It Matters",
        "Why This Matters",
        "Importance of the Decision",
        "Чому це важливо",
        "Важливість рішення",
        "The Significance of Locked Tokens",
        "Importance of the Legislation",
        "What It Means for Miners",
        "Важливість законодавства",
        "Що це означає для майнерів",
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
        "Details of the Proposed Bill",
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
        "Огляд крипто-ринку",
        "Declining Liquidity in the Harbour Market",
        "Current Technical Analysis",
        "Поточний статус ринку",
        "Нещодавні цінові коливання",
        "Рухи цін",
        "Динаміка цін",
        "Короткострокові ринкові тренди",
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
        "Market Outlook",
        "The Potential for Bullish Price Movement",
        "Potential Downside Risks",
        "Потенційні ризики",
        "Потенціал для відновлення",
    ),
    Role.AUTHOR: (
        "From author",
        "From the author",
        "Author’s Opinion",
        "The Author's View",
        "Від автора",
        "Думка автора",
        "Авторська думка",
    ),
    Role.IMPACT: (
        "Impact on the crypto market",
        "Impact on investors",
        "Вплив на крипторинок",
        "Вплив на ринок криптовалют",
        "Вплив на крипто-ринок",
        "Вплив на інвесторів",
        "Market Impact",
        "Implications for Miners",
        "Наслідки для крипторинку",
        "Координований вплив",
    ),
    Role.OTHER: (
        *("Technology Behind It", "Background", "Технологія", "", "???", "Overbought", "42"),
        *("Marketing Strategy", "A Prediction Market", "Стратегії на ринку прогнозів"),
        *("Futures and Options", "Перспективи аналітиків", "Короткострокові тримачі", "About the Authors"),
    ),
}
# Letters that look alike, large or small
_ALIKE = "aаα bвβ cс eеε hнηһ iіι jј kкκ lӏ mмμ oоο pрρ sѕ tтτ xхχ yуυ dԁ qԛ wԝ"
ALIKE = {
    letter: [change(other) for other in letters]
    for letters in _ALIKE.split()
    for change in (str.lower, str.upper)
    for letter in map(change, letters)
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
    "numbered",
    [
        *("1. {}", "2) {}", "1.3 {}", "1.2. {}", "3 {}", "№ 4: {}", "IV. {}", "ii) {}", "a) {}", "Б. {}"),
        *("🚀 {}", "1️⃣ {}", "① {}", "⚖️ 2. {}", "— {}", "the {}", "3. The {}"),
    ],
)
@pytest.mark.parametrize(
    ("role", "heading"), [(Role.OVERVIEW, "Overview"), (Role.IMPACT, "Вплив на ринок"), (Role.OTHER, "Fog")]
)
def test_what_stands_before_a_heading_does_not_matter(role: Role, heading: str, numbered: str) -> None:
    assert role_of(numbered.format(heading)) is role


@pytest.mark.parametrize("mark", ["'", "’", "‘", "ʼ", "`", "´", "′", ""])
def test_every_apostrophe_is_one_and_may_be_missing(mark: str) -> None:
    assert role_of(f"What{mark}s Next") is Role.OUTLOOK
    assert role_of(f"Author{mark}s opinion") is Role.AUTHOR
    assert Roles({"market": ["Зв’язки з біржею"]}).of(f"Зв{mark}язки з біржею") is Role.MARKET


@pytest.mark.parametrize(
    "written", ["крипто-ринок", "крипторинок", "крипто ринок", "КРИПТО‑РИНОК", "крипто–ринок"]
)
def test_a_word_may_be_written_in_one_in_two_or_with_a_hyphen(written: str) -> None:
    assert role_of(f"Вплив на {written}") is Role.IMPACT
    assert role_of(f"Огляд {written[:-2]}ку") is Role.MARKET


def test_accents_and_other_forms_of_letters_do_not_matter() -> None:
    assert role_of("Важли́вість рішення") is Role.SIGNIFICANCE
    assert role_of(normalize("NFD", "Нещодавній рух цін")) is Role.MARKET
    assert role_of("Ｏｖｅｒｖｉｅｗ") is role_of("Over\u00adview") is role_of("𝐎𝐯𝐞𝐫𝐯𝐢𝐞𝐰") is Role.OVERVIEW


@pytest.mark.parametrize(
    ("role", "heading"),
    [
        (Role.IMPACT, "Вплив нa крипторинок"),  # a Latin “a” among Cyrillic letters
        (Role.OVERVIEW, "Oгляд"),  # a Latin “O”
        (Role.OVERVIEW, "Оverview"),  # a Cyrillic “О”
        (Role.MARKET, "Mаrkеt Dynamics"),  # Cyrillic “а” and “е”
        (Role.EVENTS, "Щo стaлoся"),
        (Role.IMPACT, "BПЛИB HA KPИПTOPИHOK"),  # all that Latin has of it
        (Role.IMPACT, "ІМРАСТ оn іnvеѕtоrѕ"),  # all that Cyrillic has of it
        (Role.OVERVIEW, "Οvеrvіew"),  # a Greek “Ο”
        (Role.OVERVIEW, "ІV. Тhе Overview"),  # Cyrillic “І”, “Т” and “е”
    ],
)
def test_letters_that_look_alike_are_alike(role: Role, heading: str) -> None:
    assert role_of(heading) is role


@given(st.data())
def test_a_role_is_the_same_however_its_heading_is_written(data: st.DataObject) -> None:
    role, heading = data.draw(st.sampled_from(EVERY))
    letters = [data.draw(st.sampled_from(ALIKE.get(letter, letter))) for letter in heading]
    case = data.draw(st.sampled_from([str, str.upper, str.lower, str.title, str.swapcase]))
    before, after = (data.draw(st.text(" .,:;!?«»“”()[]-–—…*🚀\u200b", max_size=4)) for _ in range(2))
    assert role_of(before + case("".join(letters)) + after) is role


def test_each_look_alike_is_one_letter_and_its_own_look_alike() -> None:
    assert len(ALIKE) > 40
    for letter, others in ALIKE.items():
        assert letter in others
        assert all(ALIKE[other] == others for other in others)


def test_every_pattern_of_the_table_finds_its_role() -> None:
    for role, lines in ROLES:
        for pattern in (each for line in lines for each in line.split(", ")):
            heading = pattern.strip("…$")
            assert heading == " ".join(heading.split())
            assert role_of(heading) is role, pattern


# What the settings add


@pytest.mark.parametrize(
    ("pattern", "fits", "not_these"),
    [
        ("fallout", ("Fallout", "FALLOUTS for miners", "1. Fallout:"), ("The big fallout", "Fall out")),
        ("effect on", ("Effect on fees", "Effect only", "effect  on"), ("Effects on fees", "Side effect on")),
        ("…fog bank", ("Fog bank", "The fog banks", "After a fog-bank"), ("Pettifog bank", "Bank of fog")),
        ("...fog bank", ("After a fog bank today",), ("Pettifog bank",)),
        ("fog$", ("Fog", "FOG?", "3. fog"), ("Fog bank", "Fogs", "The old fog")),
        ("…fog$", ("Fog", "The old fog:",), ("Fog bank", "Pettifog")),
        ("fog, mist$", ("Fog bank", "Mist"), ("Mist bank",)),
        ("Наслiдки", ("НАСЛІДКИ для біржі",), ("Про наслідки",)),  # with a Latin “i”
        ("2026 tide", ("2026 tide",), ("Tide", "2025 tide")),
        ("c++", ("C++ in wallets",), ("", "Dust")),
    ],
)  # fmt: skip
def test_a_pattern_says_where_it_stands(
    pattern: str, fits: tuple[str, ...], not_these: tuple[str, ...]
) -> None:
    roles = Roles({"regulation": [pattern]})
    assert [heading for heading in fits if roles.of(heading) is not Role.REGULATION] == []
    assert [heading for heading in not_these if roles.of(heading) is Role.REGULATION] == []


def test_what_the_settings_say_wins_over_the_table_and_the_first_of_it_over_the_rest() -> None:
    roles = Roles({"author": ["impact on readers"], "other": ["impact on r", "overview"]})
    assert roles.of("Impact on Readers") is Role.AUTHOR
    assert roles.of("Impact on robots") is roles.of("Overview") is Role.OTHER
    assert roles.of("Impact on investors") is Role.IMPACT
    assert role_of("Overview") is Role.OVERVIEW
    assert [section.role for section in split("## Overview\n\nA.\n\n## Impact\n\nB.", roles=roles)] == [
        Role.OTHER,
        Role.IMPACT,
    ]


@pytest.mark.parametrize("empty", ["", "…", "$", "…$", "?!", ", ,"])
def test_a_pattern_without_a_word_fits_nothing(empty: str) -> None:
    roles = Roles({"author": [empty]})
    assert [roles.of(heading) for _, heading in EVERY] == [role for role, _ in EVERY]


def test_a_role_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="impcat"):
        Roles({"impcat": ["x"]})


@given(st.dictionaries(st.sampled_from(Role), st.lists(ODD_TEXT, max_size=3)), ODD_TEXT)
def test_any_patterns_give_any_heading_a_role_that_case_does_not_change(
    further: dict[Role, list[str]], heading: str
) -> None:
    roles = Roles(further)
    assert roles.of(heading) is roles.of(heading.casefold()) is Roles(further).of(heading)


# Sections


def test_sections_come_in_order_with_their_text() -> None:
    body = "Lead.\n\n## Overview\n\nOne.\n\n### Below\n\nTwo.\n\n## Impact on investors:\n\n- a\n- b\n"
    assert split(body) == (
        Section(Role.OTHER, "", "Lead."),
        Section(Role.OVERVIEW, "Overview", "One.\n\n### Below\n\nTwo."),
        Section(Role.IMPACT, "Impact on investors:", "- a\n- b"),
    )


def test_a_section_that_matches_no_role_keeps_its_heading() -> None:
    assert split("## Technology\n\nText.") == (Section(Role.OTHER, "Technology", "Text."),)


def test_headings_without_end_stay_in_the_last_section() -> None:
    body = "\n\n".join(f"## Head {number}\n\nText {number}." for number in range(20_000))
    sections = split(body)
    assert len(sections) == MOST
    assert sections[-1].heading == f"Head {MOST - 1}"
    assert f"## Head {MOST - 1}\n\n{sections[-1].text}" == body[body.index(f"## Head {MOST - 1}\n") :]
    few = split("\n\n".join(f"## Head {number}\n\nText {number}." for number in range(MOST)))
    assert few[-1].text == f"Text {MOST - 1}."


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
