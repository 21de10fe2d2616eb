"""The command line's contract: stdout is data, stderr is talk, exit codes tell how it went."""

from __future__ import annotations

import csv
import fcntl
import io
import json
import os
import pty
import re
import sqlite3
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

import cryptonews_tui
from cryptonews_tui.cli import SAMPLES_HINT, samples_location
from cryptonews_tui.library import Mark, State, Writer, database
from cryptonews_tui.output import LIST_FORMATS
from cryptonews_tui.query import ORDERS
from cryptonews_tui.tui.commands import COMMANDS
from tests.command_line import Ran, Run
from tests.strategies import HOSTILE, arrived, article, file, threats, write

pytestmark = pytest.mark.usefixtures("places")

LIST_KEYS = [
    *(
        "id",
        "lang",
        "languages",
        "title",
        "description",
        "publishedAt",
        "updatedAt",
        "source",
        "category",
        "tags",
    ),
    *("sentiment", "score", "stickyWeight", "draft", "gone", "ai", "read", "starred", "noted"),
    *("origin", "sections"),
]


def program(*arguments: object, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """The program as others start it."""
    return subprocess.run(
        [sys.executable, "-m", "cryptonews_tui", *map(str, arguments)],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=30,
        check=False,
        **options,
    )


# sync


def test_sync_reports_in_words_to_people(run: Run, news: Path) -> None:
    assert run("sync", news) == Ran(0, "", f"{news}: 5 seen, 5 added, 0 updated, 0 unchanged\n")
    (news / "2.en.md").unlink()
    write(news, "3.en.md", title="Pinned", externalId="3", sentiment="GLAD")
    assert run("sync", news) == Ran(
        0,
        "",
        "3.en.md:11: sentiment: cannot use 'GLAD'\n"
        f"{news}: 4 seen, 0 added, 1 updated, 3 unchanged, 1 gone from the source (kept), 1 problem\n",
    )


def test_sync_reports_one_object_a_source_to_programs(run: Run, news: Path, tmp_path: Path) -> None:
    write(news, "5.md", title=..., externalId="5")
    ran = run("sync", news, tmp_path / "missing", "--json")
    assert ran.code == 1
    first, second = map(json.loads, ran.lines)
    problem = first["problems"][0]
    assert first == {
        "location": str(news),
        "seen": 6,
        "added": 5,
        "updated": 0,
        "unchanged": 0,
        "removed": 0,
        "problems": [{"item": "5.md", "line": None, "message": problem["message"]}],
        "error": None,
    }
    assert "no usable title" in problem["message"]
    assert [*second] == [*first]
    assert second["error"] == f"There is no file or folder at {tmp_path / 'missing'}. Check the path."
    assert second["error"] in ran.err


def test_sync_without_a_source_is_wrong_use(run: Run) -> None:
    ran = run("sync")
    assert (ran.code, ran.out) == (2, "")
    assert "cryptonews sources add LOCATION" in ran.err


def test_a_busy_library_is_reported_one_object_a_source(
    run: Run, news: Path, places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Writer(places / "library.db").close()
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    lock = sqlite3.connect(places / "library.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    ran = run("sync", news, news, "--json")
    lock.close()
    assert ran.code == 1
    assert len(ran.lines) == 2
    assert all("another program is writing" in json.loads(line)["error"] for line in ran.lines)


@pytest.mark.parametrize("location", ["", "ftp://example.org/", "/dev/null"])
def test_what_can_be_no_source_is_not_synced(run: Run, news: Path, location: str) -> None:
    ran = run("sync", news, location)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == run(location).err
    assert run("list", "--format", "ids").err.startswith("cryptonews: there is no library at ")


def test_sync_visits_all_sources_even_if_one_fails(run: Run, news: Path, tmp_path: Path) -> None:
    run("sources", "add", tmp_path / "missing.md")
    run("sources", "add", news)
    ran = run("sync", "--json")
    assert ran.code == 1
    assert [json.loads(line)["seen"] for line in ran.lines] == [0, 5]
    listed = run("sources").lines
    assert "never synced" in listed[0]
    assert "failed: There is no file or folder" in listed[0]
    assert re.search(r"news +20\d\d-\d\d-\d\d \d\d:\d\d +/", listed[1])


# list


@pytest.mark.usefixtures("synced")
def test_a_table_is_for_people(run: Run) -> None:
    ran = run("list")
    assert ran.err == ""
    assert ran.lines == [
        "3          ●      2025-11-01 00:00 Night Ledger   Pinned",
        "1          ●  ▲ P 2025-11-25 09:00 Night Ledger   Bitcoin rests",
        "2          ●  ▼ N 2025-11-25 08:30 Courier        Ether falls",
    ]


@pytest.mark.usefixtures("synced")
def test_marks_are_listed(run: Run, places: Path) -> None:
    state = State(places / "state.db")
    state.set_mark(Mark.READ, "1", on=True)
    state.set_mark(Mark.STARRED, "1", on=True)
    state.close()
    assert run("list", "is:starred").lines == [
        "1           ★ ▲ P 2025-11-25 09:00 Night Ledger   Bitcoin rests"
    ]
    [story] = run("list", "is:read", "--format", "json").json
    assert (story["read"], story["starred"]) == (True, True)


def test_json_says_everything_of_a_headline(run: Run, synced: Path) -> None:
    stories = run("list", "--format", "json").json
    assert [[*story] for story in stories] == [LIST_KEYS] * 3
    assert stories[1] == {
        "id": "1",
        "lang": "en",
        "languages": ["en", "uk"],
        "title": "Bitcoin rests",
        "description": "A quiet day.",
        "publishedAt": "2025-11-25T09:00:00.000Z",
        "updatedAt": "2025-11-25T10:10:00.000Z",
        "source": {"key": "nightledger", "name": "Night Ledger"},
        "category": "MARKET",
        "tags": ["BTC", "-DEFI"],
        "sentiment": "POSITIVE",
        "score": 1,
        "stickyWeight": 0,
        "draft": False,
        "gone": False,
        "ai": {
            "rewritten": True,
            "expandedAt": "2025-11-25T10:10:00.000Z",
            "version": 2,
            "translatedFrom": None,
        },
        "read": False,
        "starred": False,
        "noted": False,
        "origin": str(synced / "1.en.md"),
        "sections": [
            {"role": "overview", "heading": "Overview"},
            {"role": "impact", "heading": "Impact on the crypto market"},
        ],
    }
    assert (stories[0]["sentiment"], stories[0]["score"], stories[0]["ai"]) == (None, None, None)


@pytest.mark.usefixtures("synced")
def test_the_other_formats_say_the_same(run: Run) -> None:
    stories = run("list", "--format", "json").json
    assert [json.loads(line) for line in run("list", "--format", "jsonl").lines] == stories
    assert run("list", "--format", "ids").lines == [story["id"] for story in stories]
    rows = [*csv.DictReader(io.StringIO(run("list", "--format", "csv").out))]
    assert [(row["id"], row["title"], row["source"], row["tags"]) for row in rows] == [
        (story["id"], story["title"], story["source"]["name"], ", ".join(story["tags"])) for story in stories
    ]
    assert rows[1]["publishedAt"] == "2025-11-25T09:00:00.000Z"


@pytest.mark.usefixtures("synced")
@pytest.mark.parametrize(("format", "nothing"), [("json", "[]\n"), ("jsonl", ""), ("ids", ""), ("table", "")])
def test_nothing_found_is_no_error(run: Run, format: str, nothing: str) -> None:
    assert run("list", "tag:absent", "--format", format) == Ran(0, nothing, "")


@pytest.mark.usefixtures("synced")
@pytest.mark.parametrize(
    ("arguments", "ids"),
    [
        ([], "312"),
        (["bitcoin"], "1"),
        (["біткоїн"], "1"),
        (["tag:btc"], "1"),
        (["-tag:btc"], "32"),
        (["tag:-defi"], "1"),
        (["-tag:-defi", "-sentiment:negative"], "3"),
        (['tag:"digital assets"'], "2"),
        (["sentiment:unrated"], "3"),
        (["is:draft"], "4"),
        (["ether", "falls"], "2"),
        (['"ether falls"'], "2"),
        (["-bitcoin", "--limit", "1"], "3"),
        (["--limit", "1", "-bitcoin"], "3"),
        (["--", "-bitcoin"], "32"),
        (["--limit", "2"], "31"),
        (["--limit", "0"], ""),
        (["--limit=99"], "312"),
        (["--sort", "title"], "123"),
        (["--sort", "source"], "213"),
        (["--sort", "updated"], "123"),
        (["--sort", "score"], "123"),
        (["--sort", "published"], "312"),
    ],
    ids=" ".join,
)
def test_stories_are_chosen_and_sorted(run: Run, arguments: list[str], ids: str) -> None:
    ran = run("list", "--format", "ids", *arguments)
    assert (ran.code, ran.err) == (0, "")
    assert "".join(ran.lines) == ids


@pytest.mark.usefixtures("synced")
def test_languages_are_chosen_by_settings_and_by_the_query(run: Run, places: Path) -> None:
    def shown(*arguments: str) -> list[tuple[str, str]]:
        stories = run("list", "--format", "json", *arguments).json
        return [(story["id"], story["lang"]) for story in stories]

    assert shown() == [("3", "en"), ("1", "en"), ("2", "en")]
    assert shown("lang:uk") == [("1", "uk")]
    assert shown("--all-languages", "--limit", "2") == [("3", "en"), ("1", "en"), ("1", "uk")]
    (places / "config.toml").write_text('languages = ["uk", "en"]\n')
    assert shown() == [("3", "en"), ("1", "uk"), ("2", "en")]
    assert shown("lang:en") == [("3", "en"), ("1", "en"), ("2", "en")]


def test_drafts_of_published_stories_are_not_listed(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "mixed", "1.en.md", title="Open", externalId="1")
    write(tmp_path / "mixed", "1.uk.md", title="Секрет", externalId="1", lang="uk", draft=True)
    run("sync", tmp_path / "mixed")
    [story] = run("list", "--all-languages", "--format", "json").json
    assert (story["title"], story["languages"]) == ("Open", ["en"])
    assert run("list", "секрет").out == run("list", "lang:uk").out == ""
    assert run("facets", "--format", "json").json["lang"] == {"en": 1}
    assert run("show", "1", "--lang", "uk").err == "cryptonews: story 1 has no text in “uk”, only in en\n"


@pytest.mark.usefixtures("synced")
@pytest.mark.parametrize("order", [sign + order for order in ORDERS for sign in ("", "+", "-")])
def test_an_order_may_be_an_option_or_a_part_of_the_query(run: Run, order: str) -> None:
    asked = run("list", "--format", "ids", "bitcoin OR ether", "--sort", order)
    assert asked.code == 0
    assert len(asked.lines) == 2
    assert asked == run("list", "--format", "ids", f"(bitcoin OR ether) sort:{order}")
    assert asked == run(
        "list", "--format", "ids", "sort:title", "bitcoin OR ether", f"--sort={order.upper()}"
    )


@pytest.mark.usefixtures("synced")
def test_what_has_a_word_in_its_title_is_the_most_relevant(run: Run, synced: Path) -> None:
    write(synced, "5.md", title="Rain", body="Ether, ether.", externalId="5", publishedAt="2026-01-01")
    run("sync", synced)
    assert run("list", "ether", "--format", "ids").lines == ["5", "2"]
    assert run("list", "ether", "--format", "ids", "--sort", "relevance").lines == ["2", "5"]


@pytest.mark.usefixtures("synced")
def test_stories_are_sorted_by_the_language_that_is_asked_for(run: Run, synced: Path) -> None:
    write(synced, "2.uk.md", title="Аефір", lang="uk", externalId="2")
    run("sync", synced)
    assert run("list", "--format", "ids", "--sort", "title", "-is:pinned").lines == ["1", "2"]
    assert run("list", "--format", "ids", "--sort", "title", "lang:uk").lines == ["2", "1"]


@pytest.mark.parametrize("command", ["list", "facets"])
def test_a_bad_query_is_wrong_use_and_told_with_its_place(run: Run, command: str) -> None:
    ran = run(command, "btc", "is:unred")
    assert (ran.code, ran.out) == (2, "")
    assert "btc is:unred\n       ^^^^^\nis: cannot be “unred”; did you mean “unread”?\n" in ran.err


@pytest.mark.usefixtures("synced")
@pytest.mark.parametrize("command", [["list"], ["facets"], ["views", "add", "Sleepy"]], ids=" ".join)
def test_an_asset_that_nobody_knows_is_wrong_use_unless_the_settings_name_it(
    run: Run, command: list[str], places: Path
) -> None:
    ran = run(*command, "bitcoin", "$zzz")
    assert (ran.code, ran.out) == (2, "")
    assert "bitcoin $zzz\n         ^^^\nasset: cannot be “zzz”; no asset is called so." in ran.err
    assert run("list", "asset:bitcon").err.endswith(
        "did you mean “btc”? A tag is asked for with tag:bitcon\n"
    )
    (places / "config.toml").write_text('[assets]\nzzz = ["sleepcoin"]\n')
    assert run(*command, "bitcoin", "$zzz").code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["list", "--limit", "-5"],
        ["list", "--limit", "many"],
        ["list", "--format", "xml"],
        ["list", "--sort", "colour"],
        ["list", "--sort", "--score"],
        ["list", "--view"],
        ["views", "paint"],
        ["views", "add", "Calm"],
        ["views", "add", " ", "etf"],
        ["views", "move", "Calm", "sideways"],
        ["views", "rename", "Calm"],
        ["doctor", "now"],
        ["export"],
        ["import"],
        ["list", "--colour"],
        ["show"],
        ["show", ""],
        ["sources", "add"],
        ["sources", "paint"],
        ["--colour"],
        ["gopher://example.org/"],
    ],
    ids=" ".join,
)
def test_wrong_use_is_exit_code_2(run: Run, arguments: list[str]) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err


def test_complaints_quote_what_was_typed_without_what_terminals_obey(run: Run) -> None:
    assert run("list", "--limit", "-1").err.endswith("argument --limit: '-1' is not a whole number\n")
    for arguments in (["show"], ["sources", "list"], ["sync", "--json"]):
        ran = run(*arguments, "1", "--\x1b[31m\x9b1m")
        assert ran.code == 2
        assert threats(ran.err, allowed="\n") == []
    assert threats(run("paths", "--library", "/a\x1b[31m/l.db").out, allowed="\n") == []


# show


@pytest.mark.usefixtures("synced")
def test_a_story_is_shown_as_text(run: Run) -> None:
    ran = run("show", "1")
    assert ran.code == 0
    assert ran.lines[:5] == [
        "Bitcoin rests",
        "Night Ledger · MARKET · 25 Nov 2025 09:00 · positive",
        "AI-rewritten 10:10, 70 min later",
        "Tags: BTC, -DEFI",
        "https://ledger.example/",
    ]
    assert "Exchanges have to hold reserves." in ran.lines
    assert run("show", "1", "--lang", "uk").lines[0] == "Біткоїн відпочиває"
    assert run("show", "1", "--lang", "UK").lines[0] == "Біткоїн відпочиває"


@pytest.mark.usefixtures("synced")
def test_a_story_is_shown_as_markdown(run: Run) -> None:
    assert run("show", "2", "--format", "markdown").out == (
        "# Ether falls\n\n## Overview\n\nExchanges have to hold reserves.\n\n"
        "## Impact on the crypto market\n\n- Trust grows.\n"
    )


@pytest.mark.usefixtures("synced")
def test_a_section_is_shown_alone(run: Run) -> None:
    markdown = "## Impact on the crypto market\n\n- Trust grows.\n"
    assert run("show", "1", "--section", "IMPACT", "--format", "markdown").out == markdown
    assert "Trust grows." in run("show", "1", "--section", "impact").out
    assert "Bitcoin rests" not in run("show", "1", "--section", "impact").out
    [section] = run("show", "1", "--section", "impact", "--format", "json").json["sections"]
    assert section == {"role": "impact", "heading": "Impact on the crypto market", "text": "- Trust grows."}


@pytest.mark.usefixtures("synced")
def test_a_story_is_shown_as_json_with_all_that_is_known(run: Run) -> None:
    story = run("show", "1", "--format", "json").json
    assert [*story] == [*LIST_KEYS, "canonicalUrl", "coverImage", "cta", "extra"]
    assert story["source"] == {
        "key": "nightledger",
        "name": "Night Ledger",
        "type": "RSS",
        "url": "https://ledger.example/",
    }
    assert story["extra"] == {"weather": {"wind": 5}}
    assert story["sections"][0] == {
        "role": "overview",
        "heading": "Overview",
        "text": "Exchanges have to hold reserves.",
    }
    assert run("show", "4", "--format", "json").json["draft"] is True


@pytest.mark.usefixtures("synced")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["99"], "there is no story 99; `cryptonews list` prints the ids"),
        (["1", "--lang", "de"], "story 1 has no text in “de”, only in en, uk"),
        (["1", "--section", "market"], "story 1 has no section “market”, only overview, impact"),
    ],
)
def test_what_is_not_there_is_exit_code_1(run: Run, arguments: list[str], said: str) -> None:
    assert run("show", *arguments) == Ran(1, "", f"cryptonews: {said}\n")


# facets


@pytest.mark.usefixtures("synced")
def test_facets_are_counted_for_programs(run: Run) -> None:
    found = run("facets", "--format", "json", "-is:pinned").json
    assert {name: found[name] for name in ("total", "sentiment", "source", "category", "tag", "lang")} == {
        "total": 2,
        "sentiment": {"NEGATIVE": 1, "POSITIVE": 1},
        "source": {"courier": 1, "nightledger": 1},
        "category": {"BTC": 1, "MARKET": 1},
        "tag": {"-DEFI": 1, "BTC": 1, "DIGITAL ASSETS": 1},
        "lang": {"en": 2, "uk": 1},
    }
    assert found["asset"] == {"btc": 1}
    assert found["section"] == {"impact": 2, "overview": 2}
    assert found["is"]["unread"] == 2
    assert found["on"] == {"2025-11": 2}
    empty = run("facets", "--format", "json", "tag:absent").json
    assert empty.pop("total") == 0
    assert all(not values for name, values in empty.items() if name != "is")


@pytest.mark.usefixtures("synced")
def test_facets_are_counted_for_people(run: Run) -> None:
    lines = run("facets").lines
    assert lines[:3] == ["3 stories", "", "sentiment"]
    assert "        1  POSITIVE" in lines
    assert "        2  Night Ledger" in lines


# sources


def test_sources_are_added_listed_and_removed(run: Run, news: Path) -> None:
    assert run("sources") == Ran(0, "", "There is no source yet. Add one: cryptonews sources add LOCATION\n")
    ran = run("sources", "add", "news")
    assert (ran.code, ran.out, ran.err) == (0, "", f"added news: {news}. Bring it in with: cryptonews sync\n")
    assert run("sources", "list").lines == [f"news  never synced      {news}  (0 stories)"]
    assert "is a source already, named news" in run("sources", "add", news, "--name", "other").err
    run("sources", "add", "https://news.example/feed.json")
    run("sources", "add", "https://news.example/")
    run("sources", "add", "~", "--name", "  my\thome ")
    assert [line.split("  ")[0].strip() for line in run("sources").lines] == [
        "news",
        "feed.json",
        "news.example",
        "my home",
    ]
    run("sync", news)
    assert run("sources", "remove", "news") == Ran(0, "", "removed news; its articles stay in the library\n")
    assert run("list", "--format", "ids").out == "3\n1\n2\n"
    ran = run("sources", "remove", "news")
    assert (ran.code, ran.err) == (
        1,
        "cryptonews: there is no source “news”; `cryptonews sources` lists them\n",
    )


def test_a_source_where_nothing_is_yet_is_added_and_said(run: Run, tmp_path: Path) -> None:
    ran = run("sources", "add", tmp_path / "later")
    assert ran.code == 0
    assert ran.err.endswith(f"There is nothing at {tmp_path / 'later'} now.\n")
    assert len(run("sources").lines) == 1


def test_a_source_is_removed_by_its_name_before_its_location(run: Run, news: Path, tmp_path: Path) -> None:
    run("sources", "add", news, "--name", "first")
    run("sources", "add", tmp_path, "--name", "news")
    assert run("sources", "remove", "news").code == 0
    assert [line.split()[0] for line in run("sources").lines] == ["first"]
    assert run("sources", "remove", "news").code == 0  # now a folder's
    assert run("sources").out == ""


def test_commands_of_sources_take_the_named_files_too(
    run: Run, news: Path, tmp_path: Path, places: Path
) -> None:
    named = ["--state", tmp_path / "s.db", "--library", tmp_path / "l.db", "--config", tmp_path / "c.toml"]
    assert run("sources", "add", news, *named).code == 0
    assert len(run("sources", "list", *named).lines) == 1
    assert len(run("sources", *named, "list").lines) == 1
    assert run("sources", "remove", "news", *named).code == 0
    assert run("sources", *named).out == ""
    assert [*places.iterdir()] == []


@pytest.mark.parametrize("location", ["", "gopher://example.org/", "ftp://example.org/x.zip", "/dev/null"])
def test_what_can_be_no_source_is_not_added(run: Run, location: str) -> None:
    ran = run("sources", "add", location)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("cryptonews: ")
    assert run("sources").out == ""


# keys, paths, help


def test_keys_are_printed_with_those_of_the_user(run: Run, places: Path) -> None:
    (places / "config.toml").write_text('[keys]\nstar = "x,ctrl+y"\n')
    lines = run("keys").lines
    assert len(lines) == len(COMMANDS)
    assert any(line.startswith("x Ctrl+Y ") and " star " in line for line in lines)


def test_paths_are_printed(run: Run, places: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_DIRS", f"{places}/xdg")
    site = f"{places}/xdg/cryptonews-tui/settings.toml"
    assert run("paths").lines == [
        f"config   {places}/config.toml",
        f"site     {site}",
        f"library  {places}/library.db",
        f"state    {places}/state.db",
        f"samples  {places}/library.db.samples",
        f"cache    {places}/cache",
        f"journal  {places}/state.db.log",
        f"crashes  {places}/state.db.crash-*.txt",
    ]
    named = ["--library", tmp_path / "l.db", f"--state={tmp_path}/s.db", "--config", tmp_path / "c.toml"]
    expected = [
        *(f"{tmp_path}/c.toml", site, f"{tmp_path}/l.db", f"{tmp_path}/s.db", f"{tmp_path}/l.db.samples"),
        *(f"{places}/cache", f"{tmp_path}/s.db.log", f"{tmp_path}/s.db.crash-*.txt"),
    ]
    assert [line.split()[1] for line in run(*named, "paths").lines] == expected
    assert [line.split()[1] for line in run("paths", *named).lines] == expected


def test_named_files_are_used(run: Run, news: Path, tmp_path: Path, places: Path) -> None:
    named = ["--library", tmp_path / "l.db", "--state", tmp_path / "s.db", "--config", tmp_path / "c.toml"]
    (tmp_path / "c.toml").write_text('languages = ["uk"]\n')
    run("sync", news, *named)
    assert [story["lang"] for story in run("list", "--format", "json", *named).json] == ["en", "uk", "en"]
    assert [path.name for path in places.iterdir()] == []


def test_settings_that_cannot_be_used_are_told_and_the_command_goes_on(
    run: Run, places: Path, news: Path
) -> None:
    (places / "config.toml").write_text('colour = "red\\u001b[31m"\n"\\u009b" = 1\n')
    ran = run("sync", news)
    assert ran.code == 0
    assert "there is no setting “colour”" in ran.err
    assert threats(ran.err) == []


def test_version_and_help(run: Run) -> None:
    assert run("--version") == Ran(0, f"cryptonews {cryptonews_tui.__version__}\n", "")
    general = run("--help")
    assert general.code == 0
    for command in (
        *("sync", "list", "show", "facets", "views", "sources"),
        *("doctor", "export", "import", "keys", "paths"),
    ):
        assert f"\n  {command} " in general.out
        assert run(command, "--help").out.startswith(f"usage: cryptonews {command}")


def test_a_database_that_cannot_be_used_is_exit_code_1(run: Run, places: Path) -> None:
    (places / "library.db").write_text("These are my tax notes.\n" * 100)
    ran = run("list")
    assert (ran.code, ran.out) == (1, "")
    assert (
        ran.err
        == f"cryptonews: the library at {places}/library.db: it is not a database; name another file\n"
    )


# views


@pytest.fixture
def own_views(run: Run, places: Path) -> None:
    """One view in the settings, two of the reader's."""
    (places / "config.toml").write_text(
        '[views]\nMarkets = "category:market"\nFalls = {query = "sentiment:negative", key = "f5"}\n',
        encoding="utf-8",
    )
    assert run("views", "add", "Ether", "ether", "sort:title").code == 0
    assert run("views", "add", "No DEFI", "-tag:-defi", "--key", "f6").code == 0


@pytest.mark.usefixtures("own_views")
def test_views_are_listed_with_their_queries(run: Run) -> None:
    assert run("views") == run("views", "list")
    assert run("views").lines == [
        "       All",
        "       Unread   is:unread",
        "       Today    on:today",
        "       Starred  is:starred",
        "       Pinned   is:pinned",
        "       Markets  category:market",
        "       Falls    sentiment:negative  key f5",
        "saved  Ether    ether sort:title",
        "saved  No DEFI  -tag:-defi  key f6",
    ]


@pytest.mark.usefixtures("own_views", "synced")
@pytest.mark.parametrize(
    ("arguments", "ids"),
    [
        (["--view", "All"], ["3", "1", "2"]),
        (["--view", "pinned"], ["3"]),
        (["--view", "MARKETS"], ["1"]),
        (["--view", "falls"], ["2"]),
        (["--view", "falls", "bitcoin"], []),
        (["--view", "no defi", "-is:pinned"], ["2"]),
        (["--view", "Unread", "sort:-title"], ["3", "2", "1"]),
        (["--view", "Ether", "--sort", "published"], ["2"]),
    ],
    ids=" ".join,
)
def test_the_stories_of_a_view_are_listed_and_counted(run: Run, arguments: list[str], ids: list[str]) -> None:
    assert run("list", "--format", "ids", *arguments).lines == ids
    counted = [argument for argument in arguments if argument not in ("--sort", "published")]
    assert run("facets", "--format", "json", *counted).json["total"] == len(ids)


@pytest.mark.usefixtures("own_views")
def test_a_view_that_is_not_there_is_wrong_use_and_the_nearest_is_named(run: Run) -> None:
    assert run("list", "--view", "makrets") == Ran(
        2, "", "cryptonews: there is no view “makrets”; did you mean “Markets”?\n"
    )
    ran = run("list", "--view", "xyzzy")
    assert (ran.code, ran.out) == (2, "")
    assert "there are All, Unread, Today, Starred, Pinned, Markets, Falls, Ether, No DEFI" in ran.err


def test_a_view_that_cannot_be_understood_is_said_with_its_place(run: Run, places: Path) -> None:
    state = State(places / "state.db")
    state.save_view("Old", "colour:red")
    state.close()
    ran = run("list", "--view", "old")
    assert ran.code == 2
    assert ran.err.startswith(
        "cryptonews: the view “Old” cannot be understood:\ncolour:red\n^^^^^^^\nthere is no field “colour:”"
    )


@pytest.mark.usefixtures("own_views")
def test_views_are_renamed_moved_and_removed(run: Run) -> None:
    def names() -> list[str]:
        return [line[7:14].strip() for line in run("views").lines[7:]]

    assert run("views", "move", "no defi", "up") == Ran(0, "", "")
    assert names() == ["No DEFI", "Ether"]
    assert run("views", "rename", "ether", "ETH") == Ran(0, "", "")
    assert run("views", "move", "No Defi", "down").code == 0
    assert names() == ["ETH", "No DEFI"]
    assert run("views", "remove", "eth") == Ran(0, "", "")
    assert names() == ["No DEFI"]
    assert (
        run("views", "add", "NO defi", "tag:btc").err
        == "replaced No DEFI, which was: -tag:-defi\nsaved NO defi; list it with: cryptonews list --view 'NO defi'\n"
    )
    assert run("views").lines[7:] == ["saved  NO defi  tag:btc"]


@pytest.mark.usefixtures("own_views")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["add", "unread", "etf"], "the view “Unread” comes with the program or stands in your settings"),
        (["add", "Markets", "etf"], "the view “Markets” comes with the program or stands in your settings"),
        (["remove", "today"], "the view “Today” comes with the program or stands in your settings"),
        (["move", "All", "down"], "the view “All” comes with the program or stands in your settings"),
        (["rename", "Falls", "Rises"], "the view “Falls” comes with the program or stands in your settings"),
        (["rename", "Ether", "All"], "the view “All” comes with the program or stands in your settings"),
        (["rename", "Ether", "no DEFI"], "there is a view “No DEFI” already"),
        (["rename", "Absent", "Present"], "there is no saved view “Absent”"),
        (["remove", "Absent"], "there is no saved view “Absent”"),
        (["move", "Absent", "up"], "there is no saved view “Absent”"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_view_that_cannot_be_changed_is_said(run: Run, arguments: list[str], said: str) -> None:
    before = run("views")
    ran = run("views", *arguments)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"cryptonews: {said}")
    assert run("views") == before


@pytest.mark.usefixtures("own_views")
@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("j", "the key j is taken by down"),
        ("?", "the key ? is taken by help"),
        ("F5", "“F5” is not a key"),
        ("f5", "the key F5 is taken by the view “Falls”"),
        ("f6", "the key F6 is taken by the view “No DEFI”"),
        ("nothing", "“nothing” is not a key"),
        ("", "“” is not a key"),
        ("shift+x", "“shift+x” is written “X”"),
    ],
)
def test_a_key_that_no_view_can_have_is_wrong_use_and_nothing_is_saved(run: Run, key: str, said: str) -> None:
    before = run("views")
    assert run("views", "add", "Calm", "etf", "--key", key) == Ran(
        2, "", f"cryptonews: {said}; nothing was saved\n"
    )
    assert run("views") == before


@pytest.mark.usefixtures("own_views")
def test_a_view_may_keep_its_key_and_take_one_that_the_settings_set_free(run: Run, places: Path) -> None:
    assert run("views", "add", "no defi", "-tag:-defi", "--key", "f6").code == 0
    with (places / "config.toml").open("a") as file:
        file.write('[keys]\ndown = "ctrl+n"\n')
    assert run("views", "add", "Calm", "etf", "--key", "j").code == 0
    assert "key j" in run("views").out


def test_a_query_that_cannot_be_asked_is_not_saved(run: Run) -> None:
    ran = run("views", "add", "Odd", "is:unred")
    assert ran.code == 2
    assert "is: cannot be “unred”; did you mean “unread”?" in ran.err
    assert len(run("views").lines) == 5


# The articles that ship with the program


READING = (
    ["list"],
    ["list", "--view", "Unread"],
    ["list", "--format", "json", "$btc"],
    ["show", "1"],
    ["facets"],
    [],  # where there is no terminal
)


@pytest.mark.parametrize("command", READING, ids=" ".join)
@pytest.mark.parametrize("empty", [False, True], ids=["absent", "empty"])
def test_reading_a_library_that_is_not_there_makes_none(
    run: Run, places: Path, command: list[str], empty: bool
) -> None:
    if empty:
        (places / "library.db").touch()
        (places / "state.db").touch()
    before = sorted(places.iterdir())
    assert run(*command) == Ran(
        1,
        "",
        f"cryptonews: there is no library at {places}/library.db. Bring articles in: cryptonews sync LOCATION."
        " Or look at samples in the reader: cryptonews\n",
    )
    assert sorted(places.iterdir()) == before
    assert all(path.stat().st_size == 0 for path in before)


@pytest.mark.parametrize("empty", [False, True], ids=["absent", "empty"])
def test_reading_belongings_that_are_not_there_makes_none(run: Run, places: Path, empty: bool) -> None:
    if empty:
        (places / "state.db").touch()
    before = sorted(places.iterdir())
    assert len(run("views").lines) == 5
    assert run("sources").err == "There is no source yet. Add one: cryptonews sources add LOCATION\n"
    assert run("keys").code == run("paths").code == run("doctor").code == 0
    for target in ("-", places / "file.json"):
        ran = run("export", target)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err == f"cryptonews: there is nothing to export: there is no state at {places}/state.db\n"
    assert sorted(places.iterdir()) == before
    assert all(path.stat().st_size == 0 for path in before)


def test_a_library_without_an_article_is_told(run: Run, places: Path) -> None:
    Writer(places / "library.db").close()
    ran = run("list")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "There is no article yet. Add a source: cryptonews sources add LOCATION\n"
    assert not (places / "library.db.samples").exists()


def test_without_source_and_article_the_readers_samples_are_shown_with_one_line_how_to_add_a_source(
    run: Run, places: Path
) -> None:
    Writer(places / "library.db").close()
    run("sync", samples_location(), "--library", places / "library.db.samples")
    ran = run("list", "--format", "json")
    assert (ran.code, ran.err) == (0, f"{SAMPLES_HINT}\n")
    assert len(ran.json) > 20
    assert "cryptonews sources add LOCATION" in SAMPLES_HINT
    assert run("facets", "--format", "json").json["total"] == len(ran.json)
    assert run("show", ran.json[0]["id"]).code == 0


def test_with_a_source_or_an_article_the_samples_are_gone(run: Run, news: Path, places: Path) -> None:
    Writer(places / "library.db").close()
    run("sources", "add", news)
    assert run("list") == Ran(0, "", "")
    run("sources", "remove", "news")
    run("sync", news)
    assert len(run("list").lines) == 3


# As other programs see it


def test_without_a_terminal_the_list_is_printed(news: Path) -> None:
    ran = program(news)
    assert ran.returncode == 0
    assert [line.split()[0] for line in ran.stdout.decode().splitlines()] == ["3", "1", "2"]
    assert b"5 added" in ran.stderr
    assert program("missing").returncode == 1


def test_the_module_is_the_program() -> None:
    ran = program("--version")
    assert (ran.returncode, ran.stdout) == (0, f"cryptonews {cryptonews_tui.__version__}\n".encode())
    assert program("list", "is:x").returncode == 2
    assert program("show", "99").returncode == 1


@pytest.fixture
def many(places: Path) -> None:
    """A library whose list is larger than any pipe."""
    writer = Writer(places / "library.db")
    stories = (article(str(number), title="Long title " * 40) for number in range(2_000))
    writer.write("s", {}, arrived([(story, story.story.encode()) for story in stories]))
    writer.publish()
    writer.close()


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("format", ["table", "json", "jsonl", "csv"])
def test_a_reader_that_has_seen_enough_is_no_error(format: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "cryptonews_tui", "list", "--format", format],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.readline()
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait(timeout=20) == 0


@pytest.mark.usefixtures("many")
def test_a_long_list_is_whole(run: Run) -> None:
    newest_first = [str(number) for number in reversed(range(2_000))]
    assert run("list", "--format", "ids").lines == newest_first
    assert [story["id"] for story in run("list", "--format", "json").json] == newest_first


@pytest.mark.usefixtures("many")
def test_head_ends_the_list() -> None:
    line = f"'{sys.executable}' -m cryptonews_tui list | head -1"
    ran = subprocess.run(["sh", "-c", line], capture_output=True, timeout=20, check=True)
    assert (ran.stdout.count(b"\n"), ran.stderr) == (1, b"")


@pytest.mark.usefixtures("many")
def test_a_full_disk_is_told_in_a_sentence() -> None:
    with open("/dev/full", "wb") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "cryptonews_tui", "list"],
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=20,
            check=False,
        )
    assert (ran.returncode, ran.stderr) == (1, b"cryptonews: the disk is full; make room and try again\n")


@pytest.mark.usefixtures("synced")
@pytest.mark.parametrize(
    "command",
    [*(f"list --format {format}" for format in LIST_FORMATS), "show 1", "show 1 --format json", "facets"],
)
def test_output_that_was_closed_before_is_no_error(command: str) -> None:
    line = f"'{sys.executable}' -m cryptonews_tui {command} >&-"
    ran = subprocess.run(["sh", "-c", line], capture_output=True, timeout=20, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")


def test_talk_that_nobody_hears_is_no_error(news: Path) -> None:
    line = f"'{sys.executable}' -m cryptonews_tui sync '{news}' >&- 2>&-"
    assert subprocess.run(["sh", "-c", line], timeout=20, check=False).returncode == 0
    line = f"'{sys.executable}' -m cryptonews_tui show 99 2>&-"
    assert subprocess.run(["sh", "-c", line], timeout=20, check=False).returncode == 1


@pytest.mark.usefixtures("synced")
def test_output_in_another_encoding_loses_letters_but_no_story() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    assert program("list", env=environment).stdout.count(b"\n") == 3
    stories = json.loads(program("list", "lang:uk", "--format", "json", env=environment).stdout)
    assert stories[0]["title"] == "Біткоїн відпочиває"


@pytest.mark.parametrize(
    ("story", "source"),
    [("1", "Ledger"), ("1", "漢字新聞"), ("漢字", "漢字新聞" * 9), ("a long name of a story", "漢字新聞")],
    ids=["narrow", "wide source", "wide story", "long story"],
)
def test_a_table_fits_the_terminal(run: Run, tmp_path: Path, story: str, source: str) -> None:
    title = "漢字 and more words " * 10
    write(tmp_path / "wide", "1.md", title=title, externalId=story, source={"name": source, "key": "k"})
    run("sync", tmp_path / "wide")
    main_end, end = pty.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 90, 0, 0))
    with subprocess.Popen([sys.executable, "-m", "cryptonews_tui", "list"], stdout=end) as running:
        assert running.wait(timeout=20) == 0
    os.close(end)
    line = os.read(main_end, 10_000).decode()
    os.close(main_end)
    assert line.endswith("…\r\n")
    assert 75 < cell_len(line.rstrip()) <= 90
    assert cell_len(line[: line.index("漢字 and")]) == 50 + max(0, len(story) - 10)


HEAVY = ("textual", "rich", "httpx", "markdown_it", "pygments", "idna", "yaml", "frontmatter", "hypothesis")


@pytest.mark.usefixtures("synced")
def test_lists_import_nothing_heavy() -> None:
    code = (
        "import sys; from cryptonews_tui.cli import main\n"
        "for format in ('table', 'json', 'jsonl', 'csv', 'ids'):\n"
        "    main(['list', 'bitcoin', '--format', format])\n"
        "main(['facets']); main(['sources']); main(['views']); main(['paths'])\n"
        f"print(sorted({{name.split('.')[0] for name in sys.modules}} & set({HEAVY})), file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=30, check=True)
    assert ran.stderr.splitlines()[-1] == b"[]"


def test_importing_the_program_writes_nothing(tmp_path: Path, places: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    code = "import cryptonews_tui, cryptonews_tui.cli, cryptonews_tui.library, cryptonews_tui.tui.app"
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, timeout=30, check=True)
    assert sorted(tmp_path.rglob("*")) == before
    assert not any(places.iterdir())


# Foreign text


def every_command(run: Run, story: str) -> Iterator[Ran]:
    for format in ("table", "json", "jsonl", "csv", "ids"):
        yield run("list", "--format", format)
        yield run("list", "--format", format, "--all-languages", "--sort", "source")
    for format in ("text", "markdown", "json"):
        yield run("show", story, "--format", format)
        yield run("show", story, "--format", format, "--section", "impact")
        yield run("digest", "--format", format)
    for format in ("table", "json"):
        yield run("facets", "--format", format)


@pytest.mark.parametrize("name", HOSTILE)
def test_no_command_passes_hostile_text_on(run: Run, tmp_path: Path, name: str) -> None:
    text = HOSTILE[name]
    values: dict[str, Any] = {
        "title": f"Title {text} end",
        "description": text,
        "externalId": f"7 {text}",
        "source": {"name": f"N {text}", "key": f"k {text}", "type": text, "url": f"https://a.example/{text}"},
        "category": text,
        "tags": [text, f"T {text}"],
        "canonicalUrl": f"https://a.example/{text}",
        "coverImage": {"raw": f"https://a.example/{text}"},
        "ai": {"rewritten": True, "version": text, "translatedFrom": text},
        "sentiment": text,
        "cta": [text],
        "extra": {text[:40]: text},
    }
    escaped = "".join(
        c if " " <= c <= "~" else f"\\U{ord(c):08x}" for c in json.dumps(values, ensure_ascii=False)
    )
    entities = "".join(f"&#{ord(c)};" for c in text)
    body = f"## Impact {text}\n\nText {text} {entities} `{text}` [link]({text}) <https://a.example/{text}>\n"
    front = json.dumps({"publishedAt": "2025-11-25"})[1:-1] + ", " + escaped[1:-1]
    folder = tmp_path / "hostile"
    folder.mkdir()
    item = os.fsencode(f"{text.replace('/', '_')[:60]}.md".replace("\0", ""))
    with open(os.path.join(os.fsencode(folder), item), "wb") as opened:
        opened.write(f"---\n{{{front}}}\n---\n{body}".encode())
    (folder / "broken.md").write_bytes(f"---\n{text}: [\n---\n".encode())

    ran = [run("sync", folder, "--json")]
    [story] = run("list", "--format", "json").json
    assert story["title"].startswith("Title ")
    ran += every_command(run, story["id"])
    assert all(one.code == 0 for one in ran)
    ran += [
        run("sync", folder / text),
        run("sync", f"https://127.0.0.1:1/{text}", "--json"),
        run("sources", "add", folder, "--name", text),
        run("sources", "add", folder / text),
        run("sources"),
        run("sources", "remove", text),
        run("list", text),
        run("list", f"is:{text}"),
        run("facets", f"tag:{text}"),
        run("views", "add", f"V {text}", f'"{text}"', "--key", text),
        run("views", "rename", text, text),
        run("views", "move", text, "up"),
        run("views", "remove", text),
        run("views"),
        run("list", "--view", text),
        run("list", "--view", f"V {text}"),
        run("export", folder / text.replace("\0", "")),
        run("import", folder / text.replace("\0", "")),
        run("doctor"),
        run("show", text),
        run("show", story["id"], "--lang", text, "--section", text),
        run("--library", folder / text.replace("\0", "") / "x", "list"),
    ]
    for one in ran:
        assert threats(one.out, allowed="\n") == []
        assert threats(one.err, allowed="\n") == []


@pytest.mark.usefixtures("synced")
def test_markup_is_text(run: Run, synced: Path) -> None:
    title = "[bold red]BREAKING[/] [link=file:///etc]x[/link] [/]"
    (synced / "5.md").write_bytes(file(title=title, externalId="5"))
    run("sync", synced)
    assert run("list", "breaking").lines[0].endswith(title)
    assert run("show", "5").lines[0] == title
