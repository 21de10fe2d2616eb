"""The articles that ship with the program show every shape an article can have."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

import cryptonews_tui

SAMPLES = Path(cryptonews_tui.__file__).parent / "samples"

# How the headings of a role begin, in both languages; the words that follow differ from file to file.
HEADINGS = {
    "overview": r"overview|summary|introduction to|огляд$|резюме|вступ",
    "events": r"what happened|recent dev|incident details|details of the|що сталося|що трапилося|деталі",
    "significance": r"why (it|this) |importance of|чому це|важливість",
    "regulation": r"regulatory|legislative|legal|регуляторн|законодавч|правов",
    "market": r"(current )?market|technical ind|recent price|поточна ринкова|технічні інд|динаміка ринку",
    "outlook": r"(future )?outlook|what[’']s next|.*projections|перспективи|прогноз|плани на|що далі",
    "author": r"from author|від автора",
    "impact": r"impact on|вплив [нn][аa] ",
}


@dataclass(frozen=True, slots=True)
class Sample:
    path: Path
    meta: dict[str, Any]
    front: str
    body: str

    @property
    def slug(self) -> str:
        return self.path.name.split(".")[0]

    @property
    def headings(self) -> list[str]:
        return re.findall(r"^## (.+)$", self.body, re.MULTILINE)


def load(path: Path) -> Sample:
    _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    return Sample(path, yaml.safe_load(front), front, body)


def instant(value: object) -> datetime:
    """The moment, whether YAML made a timestamp or a date of it or the file quotes it."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    assert isinstance(value, str)
    return datetime.fromisoformat(value)


ALL = [load(path) for path in sorted(SAMPLES.rglob("*.md"))]
STORIES: dict[str, dict[str, Sample]] = defaultdict(dict)
for _sample in ALL:
    STORIES[str(_sample.meta["externalId"])][_sample.meta["lang"]] = _sample
PAIRS = [versions for versions in STORIES.values() if {"en", "uk"} <= versions.keys()]


def values(name: str) -> list[Any]:
    return [sample.meta[name] for sample in ALL if name in sample.meta]


def somewhere(pattern: str) -> bool:
    return any(re.search(pattern, sample.body, re.MULTILINE) for sample in ALL)


def test_the_folder_holds_articles_and_nothing_else() -> None:
    files = [path for path in SAMPLES.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".md"}
    assert sum(path.stat().st_size for path in files) < 350_000


def test_there_are_stories_enough_to_fill_a_list() -> None:
    assert len(STORIES) >= 26
    assert len(PAIRS) >= 24


def test_every_article_lies_under_its_date_and_names_its_language() -> None:
    for sample in ALL:
        published = instant(sample.meta["publishedAt"])
        assert sample.path.parent.relative_to(SAMPLES).as_posix() == f"{published:%Y/%m}"
        assert sample.path.name == f"{sample.slug}.{sample.meta['lang']}.md"


def test_the_versions_of_a_story_share_slug_and_date() -> None:
    for versions in STORIES.values():
        assert len({sample.slug for sample in versions.values()}) == 1
        assert len({instant(sample.meta["publishedAt"]) for sample in versions.values()}) == 1
    assert len({sample.slug for sample in ALL}) == len(STORIES)


def test_a_language_pair_has_the_same_number_of_sections() -> None:
    for versions in STORIES.values():
        assert len({len(sample.headings) for sample in versions.values()}) == 1, next(
            iter(versions.values())
        ).slug


def test_one_story_is_english_only_one_ukrainian_only_and_one_has_a_third_language() -> None:
    languages = [frozenset(versions) for versions in STORIES.values()]
    assert frozenset({"en"}) in languages
    assert frozenset({"uk"}) in languages
    assert any({"en", "uk"} < these for these in languages)


def test_the_stories_spread_over_six_weeks_with_several_a_day_near_the_end() -> None:
    days = [
        instant(next(iter(versions.values())).meta["publishedAt"]).date() for versions in STORIES.values()
    ]
    assert min(days) == date(2026, 10, 8)
    assert max(days) == date(2026, 11, 21)
    assert all(days.count(date(2026, 11, day)) >= 2 for day in (18, 19, 20, 21))


def test_every_field_of_the_format_occurs() -> None:
    known = (
        "title description publishedAt updatedAt lang externalId source category tags stickyWeight "
        "sentiment score draft canonicalUrl coverImage ai cta"
    )
    fields = {name for sample in ALL for name in sample.meta}
    assert set(known.split()) < fields
    assert set().union(*values("source")) == {"name", "key", "type", "url"}
    assert set().union(*filter(None, values("ai"))) == {
        "rewritten",
        "expandedAt",
        "version",
        "translatedFrom",
    }
    assert set().union(*filter(None, values("coverImage"))) == {
        "raw",
        "full",
        "regular",
        "small",
        "thumb",
        "small_s3",
    }


def test_the_required_fields_are_always_there() -> None:
    for sample in ALL:
        assert sample.meta["title"].strip()
        assert sample.meta["description"].strip()
        assert sample.meta["source"]["key"]


def test_two_articles_or_more_carry_fields_nobody_knows() -> None:
    assert sum("readingTime" in sample.meta or "editorNote" in sample.meta for sample in ALL) >= 2


def test_all_sentiments_occur_and_some_articles_have_none() -> None:
    assert {sample.meta.get("sentiment") for sample in ALL} == {"POSITIVE", "NEGATIVE", "NEUTRAL", None}


def test_scores_differ_and_some_are_missing() -> None:
    assert len(set(values("score"))) >= 5
    assert len(values("score")) < len(ALL)


def test_one_story_is_pinned_high_and_one_low() -> None:
    assert set(values("stickyWeight")) == {0, 5, 10}


def test_there_is_a_draft() -> None:
    assert values("draft").count(True) in (1, 2)


def test_updates_follow_publication_within_the_day() -> None:
    for sample in ALL:
        delay = instant(sample.meta["updatedAt"]) - instant(sample.meta["publishedAt"])
        assert 60 < delay.total_seconds() < 86_400


def test_dates_come_quoted_as_a_timestamp_and_as_a_date_alone() -> None:
    assert {type(value) for value in values("publishedAt")} == {str, datetime, date}


def test_one_story_id_is_an_integer_and_still_the_same_story() -> None:
    numbers = [sample for sample in ALL if isinstance(sample.meta["externalId"], int)]
    assert len(numbers) == 1
    assert len(STORIES[str(numbers[0].meta["externalId"])]) == 2


def test_half_of_the_articles_name_their_page_and_some_say_there_is_none() -> None:
    pages = [url for url in values("canonicalUrl") if url]
    assert 0.4 < len(pages) / len(ALL) < 0.7
    assert None in values("canonicalUrl")


def test_cover_pictures_are_given_null_and_missing() -> None:
    covers = values("coverImage")
    assert None in covers
    assert len(covers) < len(ALL)
    assert sum(cover is not None for cover in covers) > len(ALL) / 2


def test_every_address_is_an_example_address() -> None:
    for sample in ALL:
        for host in re.findall(r"\w+://([^/\s)'\"]+)", sample.front + sample.body):
            assert re.fullmatch(r"([a-z0-9-]+\.)?example\.(org|com|net)", host), (sample.path.name, host)


def test_most_english_articles_are_rewritten_and_most_ukrainian_ones_translated() -> None:
    english = [versions["en"].meta["ai"] for versions in STORIES.values() if "en" in versions]
    ukrainian = [versions["uk"].meta["ai"] for versions in STORIES.values() if "uk" in versions]
    assert sum(bool(ai and ai.get("rewritten")) for ai in english) > len(english) / 2
    assert sum(bool(ai and ai.get("translatedFrom")) for ai in ukrainian) > len(ukrainian) / 2
    assert None in english
    assert None in ukrainian


def test_a_translation_names_its_own_story() -> None:
    for sample in ALL:
        origin = (sample.meta["ai"] or {}).get("translatedFrom")
        assert origin is None or origin == str(sample.meta["externalId"])


def test_calls_to_action_occur() -> None:
    assert any(values("cta"))
    assert [] in values("cta")


def test_tags_range_from_none_to_many_with_spaces_dashes_and_digits() -> None:
    counts = {len(tags) for tags in values("tags")}
    assert min(counts) == 0
    assert max(counts) == 14
    tags = {tag for listed in values("tags") for tag in listed}
    assert all(isinstance(tag, str) and tag == tag.upper() for tag in tags)
    assert {"DIGITAL ASSETS", "BITCOIN PRICE"} <= tags
    assert any(tag.startswith("-") for tag in tags)
    assert any(tag.isdigit() for tag in tags)


def test_there_are_several_publishers_and_categories() -> None:
    publishers = {(source["key"], source["name"]) for source in values("source")}
    assert len({key for key, _ in publishers}) == len(publishers) >= 5
    assert len(set(values("category"))) >= 12
    assert any("url" in source for source in values("source"))
    assert any("url" not in source for source in values("source"))


@pytest.mark.parametrize("role", HEADINGS)
def test_the_headings_of_every_role_are_spelled_in_several_ways(role: str) -> None:
    for lang in ("en", "uk"):
        found = {
            heading
            for sample in ALL
            if sample.meta["lang"] == lang
            for heading in sample.headings
            if re.match(HEADINGS[role], heading.casefold())
        }
        assert len(found) >= 2, (role, lang, found)


def test_some_headings_belong_to_no_role() -> None:
    known = re.compile("|".join(HEADINGS.values()))
    assert sum(not known.match(heading.casefold()) for sample in ALL for heading in sample.headings) >= 10


def test_one_ukrainian_heading_mixes_latin_letters_into_cyrillic() -> None:
    assert any(
        re.search(r"[а-яіїє][a-z]|[a-z][а-яіїє]", heading) for sample in ALL for heading in sample.headings
    )


def test_no_body_has_a_first_level_heading() -> None:
    for sample in ALL:
        prose = re.sub(r"^```.*?^```", "", sample.body, flags=re.MULTILINE | re.DOTALL)
        assert not re.search(r"^# ", prose, re.MULTILINE)


def test_bodies_are_of_the_usual_length() -> None:
    usual = [sample for sample in ALL if 900 <= len(sample.body) <= 3_500]
    assert len(usual) >= len(ALL) - 5


def test_one_article_is_sixty_kilobytes_long() -> None:
    large = [sample for sample in ALL if 55_000 <= len(sample.body.encode()) <= 70_000]
    assert len(large) == 1
    assert len(large[0].headings) >= 40


def test_one_article_has_a_lead_paragraph_and_no_heading() -> None:
    leads = [sample for sample in ALL if not sample.headings]
    assert {sample.meta["lang"] for sample in leads} == {"en", "uk"}
    assert all("\n\n" not in sample.body.strip() for sample in leads)


def test_one_article_begins_before_its_first_heading() -> None:
    assert any(sample.headings and not sample.body.startswith("## ") for sample in ALL)


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(r"^\|:-+\|:-+:\|-+:\|$", id="table with alignment"),
        pytest.param(r"^```python$", id="code block with its language"),
        pytest.param(r"^> > ", id="quotation in a quotation"),
        pytest.param(r"^  - ", id="bullets in bullets"),
        pytest.param(r"^     1\. ", id="numbers in numbers"),
        pytest.param(r"^- \[x\] ", id="task that is done"),
        pytest.param(r"^- \[ \] ", id="task that is not"),
        pytest.param(r"!\[[^\]]+\]\(https://", id="image"),
        pytest.param(r"(?<!!)\[[^\]]+\]\(https://", id="link"),
        pytest.param(r"(?<!\*)\*[^*\s][^*]*\*(?!\*)", id="emphasis"),
        pytest.param(r"\*\*[^*]+\*\*", id="strong emphasis"),
        pytest.param(r"(?<!`)`[^`\n]+`", id="inline code"),
        pytest.param(r"^### ", id="third-level heading"),
        pytest.param(r"^---$", id="thematic break"),
    ],
)
def test_markdown_of_every_kind_occurs(pattern: str) -> None:
    assert somewhere(pattern)


def test_one_article_has_all_of_the_larger_blocks_together() -> None:
    blocks = (r"^\|", r"^```\w", r"^> > ", r"^  - ", r"!\[", r"^- \[x\]", r"(?<!!)\[[^\]]+\]\(")
    assert any(all(re.search(block, sample.body, re.MULTILINE) for block in blocks) for sample in ALL)


def test_one_title_holds_brackets_markup_an_emoji_and_chinese_characters() -> None:
    titles = [title for title in values("title") if title.startswith("[") and "[bold red]" in title]
    assert titles
    assert all("[/]" in title and "🚀" in title and re.search("[\u4e00-\u9fff]", title) for title in titles)


def test_one_title_is_about_as_long_as_titles_get() -> None:
    longest = max(values("title"), key=len)
    assert 170 <= len(longest) <= 190


def test_titles_hold_the_typographic_characters_of_real_ones() -> None:
    assert set("’—–«»“”…\u00a0") <= set("".join(values("title")))
