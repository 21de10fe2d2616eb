"""The digest on the command line: one section of every story, one after the other."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cryptonews_tui.cli import main
from cryptonews_tui.digest import closed
from cryptonews_tui.library import Writer
from tests.strategies import arrived, article, write


@dataclass(frozen=True, slots=True)
class Ran:
    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Databases of its own, in UTC."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    for name in ("library", "state", "config"):
        monkeypatch.setenv(f"CRYPTONEWS_{name.upper()}", str(tmp_path / f"{name}.file"))
    yield tmp_path
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """A digest in this process."""

    def run(*arguments: str) -> Ran:
        capsys.readouterr()
        try:
            code = main(["digest", *arguments])
        except SystemExit as end:  # argparse
            code = int(end.code or 0)
        return Ran(code, *capsys.readouterr())

    return run


@pytest.fixture
def news(tmp_path: Path) -> Path:
    """Two stories with an impact, one of them in two languages, and one without."""
    folder = tmp_path / "news"
    fields: dict[str, Any] = {"canonicalUrl": "https://ledger.example/1", "category": "MARKET"}
    write(folder, "1.en.md", **fields, externalId="1", body="## Impact\n\n- Trust *grows*.\n- Fees fall.\n")
    write(
        folder, "1.uk.md", **fields, externalId="1", lang="uk", title="Біткоїн", body="## Вплив\n\nДовіра.\n"
    )
    write(
        folder,
        "2.en.md",
        externalId="2",
        title="Ether *falls* [again]",
        publishedAt="2025-11-24T08:30:00Z",
        sentiment="NEGATIVE",
        tags=["ETH"],
        source={"name": "Courier", "key": "courier"},
        body="## Impact on the crypto market\n\nGas.\n\n### For miners\n\nLess.\n\n## From author\n\nHm.\n",
    )
    write(folder, "3.en.md", externalId="3", body="## Overview\n\nNothing follows.\n")
    return folder


@pytest.fixture(autouse=True)
def synced(news: Path) -> None:
    assert main(["sync", str(news)]) == 0


def test_markdown_is_a_heading_and_a_section_a_story(run: Run) -> None:
    ran = run("--format", "markdown")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "# Impact · all stories · 2 stories\n"
        "\n"
        "## Bitcoin rests\n"
        "\n"
        "Night Ledger · 25 Nov 2025 09:00 · positive · MARKET · <https://ledger.example/1>\n"
        "\n"
        "- Trust *grows*.\n"
        "- Fees fall.\n"
        "\n"
        "## Ether \\*falls\\* \\[again\\]\n"
        "\n"
        "Courier · 24 Nov 2025 08:30 · negative · BTC\n"
        "\n"
        "Gas.\n"
        "\n"
        "### For miners\n"
        "\n"
        "Less.\n"
    )


def test_text_is_typeset(run: Run) -> None:
    assert run().out == (
        "Impact · all stories · 2 stories\n"
        "\n"
        "\n"
        "Bitcoin rests\n"
        "Night Ledger · 25 Nov 2025 09:00 · positive · MARKET\n"
        "https://ledger.example/1\n"
        "\n"
        "• Trust grows.\n"
        "• Fees fall.\n"
        "\n"
        "\n"
        "Ether *falls* [again]\n"
        "Courier · 24 Nov 2025 08:30 · negative · BTC\n"
        "\n"
        "Gas.\n"
        "\n"
        "For miners\n"
        "Less.\n"
    )


def test_json_is_a_list_of_what_is_told_of_a_story(run: Run) -> None:
    first, second = json.loads(run("--format", "json").out)
    assert first == {
        "id": "1",
        "lang": "en",
        "title": "Bitcoin rests",
        "source": {"key": "nightledger", "name": "Night Ledger"},
        "publishedAt": "2025-11-25T09:00:00.000Z",
        "sentiment": "POSITIVE",
        "heading": "Impact",
        "text": "- Trust *grows*.\n- Fees fall.",
        "url": "https://ledger.example/1",
    }
    assert (second["heading"], second["url"]) == ("Impact on the crypto market", None)


def test_a_query_an_order_and_a_limit_choose_as_they_do_in_a_list(run: Run) -> None:
    def stories(*arguments: str) -> list[str]:
        return [each["id"] for each in json.loads(run(*arguments, "--format", "json").out)]

    assert stories("tag:eth") == ["2"]
    assert stories("-tag:eth") == ["1"]
    assert stories("--sort", "+published") == ["2", "1"]
    assert stories("--limit", "1") == ["1"]
    assert stories("--limit", "0") == []
    assert stories("--since", "2025-11-25") == ["1"]
    assert stories("--since", "1d", "tag:eth") == []
    assert stories("--view", "Unread", "--section", "Author") == ["2"]


def test_a_story_is_told_in_the_language_of_the_query(run: Run) -> None:
    out = run("lang:uk", "--format", "markdown").out
    assert out.startswith("# Impact · lang:uk · 1 story\n\n## Біткоїн\n")
    assert out.endswith("\n\nДовіра.\n")


def test_a_story_whose_language_lacks_the_section_is_told_in_another(run: Run, news: Path) -> None:
    write(news, "3.uk.md", externalId="3", lang="uk", title="Решта", body="## Вплив\n\nЖодного.\n")
    assert main(["sync", str(news)]) == 0
    told = json.loads(run("--format", "json").out)
    assert [(each["id"], each["lang"]) for each in told] == [("3", "uk"), ("1", "en"), ("2", "en")]


def test_all_sections_of_the_role_are_told_each_further_one_under_its_heading(run: Run, news: Path) -> None:
    body = "## Market\n\nUp.\n\n## Impact\n\nNone.\n\n## Technical Indicators\n\nFlat.\n"
    write(news, "4.en.md", externalId="4", body=body)
    assert main(["sync", str(news)]) == 0
    [told] = json.loads(run("--section", "market", "--format", "json").out)
    assert (told["heading"], told["text"]) == ("Market", "Up.\n\n### Technical Indicators\n\nFlat.")


@pytest.mark.parametrize("format", ["text", "markdown"])
def test_nothing_to_tell_is_said_and_nothing_printed(run: Run, format: str) -> None:
    assert run("nowhere", "--format", format) == Ran(0, "", "No story is found.\n")
    ran = run("--section", "outlook", "--format", format)
    assert ran == Ran(0, "", "None of 3 stories has a section “outlook”.\n")


def test_nothing_to_tell_is_an_empty_list_for_scripts(run: Run) -> None:
    ran = run("nowhere", "--format", "json")
    assert (ran.code, json.loads(ran.out)) == (0, [])


def test_an_unknown_role_is_wrong_use_and_the_roles_are_named(run: Run) -> None:
    ran = run("--section", "nose")
    assert (ran.code, ran.out) == (2, "")
    assert "'nose' is no role of sections; there are overview, events," in ran.err


@pytest.mark.parametrize("when", ["soon", "", '1d" tag:eth "'])
def test_a_time_that_is_none_is_wrong_use(run: Run, when: str) -> None:
    ran = run("--since", when)
    assert (ran.code, ran.out) == (2, "")
    assert "--since cannot be understood" in ran.err


def test_a_digest_of_many_stories_is_whole_and_a_reader_that_has_seen_enough_is_no_error(
    run: Run, places: Path
) -> None:
    with closing(Writer(places / "library.file")) as writer:
        many = [
            article(str(number), body=f"## Outlook\n\nText {number}. " * 9) for number in range(10, 1_500)
        ]
        writer.write("s", {}, arrived([(one, one.story.encode()) for one in many]))
        writer.publish()
    told = json.loads(run("--section", "outlook", "--format", "json").out)
    assert [each["id"] for each in told] == [str(number) for number in reversed(range(10, 1_500))]
    for format in ("text", "markdown", "json"):
        line = f"'{sys.executable}' -m cryptonews_tui digest --section outlook --format {format} | head -1"
        ran = subprocess.run(["sh", "-c", line], capture_output=True, timeout=60, check=True)
        assert (ran.stdout.count(b"\n"), ran.stderr) == (1, b"")


OPENINGS = (
    "```",
    "~~~~",
    "````x",
    "<!--",
    "<script>",
    "<pre",
    "<?php",
    "<!X",
    "-->",
    "word",
    "- ```",
    "> <!--",
    "",
)


@given(st.lists(st.sampled_from(OPENINGS), max_size=6).map("\n".join))
def test_what_follows_a_story_is_never_part_of_it(text: str) -> None:
    parser = MarkdownIt("commonmark")
    alone = parser.parse(closed(text))
    followed = parser.parse(f"{closed(text)}\n\n## Next")
    assert [token.type for token in followed[-3:]] == ["heading_open", "inline", "heading_close"]
    assert len(followed) == len(alone) + 3


@pytest.mark.parametrize("text", ["- one\n- two", "```py\n<!-- kept -->\n```", "a < b <b>bold</b>"])
def test_a_text_that_ends_by_itself_stays_as_it_is(text: str) -> None:
    assert closed(text) == text
