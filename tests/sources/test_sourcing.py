"""Sources on the command line: tried, added, visited, changed; and what each answer says to do next."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from cryptonews_tui.library import State
from tests.command_line import Ran, Run
from tests.sources.conftest import Site, page, redirect
from tests.sources.visiting import article
from tests.strategies import write


def sources(places: Path) -> State:
    return State(places / "state.db")


# test


def test_a_place_is_tried_without_storing_anything(run: Run, news: Path, places: Path) -> None:
    ran = run("sources", "test", news)
    assert ran.code == 0
    assert ran.lines[0] == f"{news} is a folder."
    assert ran.lines[1] == "5 items; the first 5 titles:"
    assert "  Ether falls" in ran.lines
    assert ran.lines[-1] == f"Nothing was stored. Add it: cryptonews sources add {news}"
    assert not (places / "library.db").exists()
    assert not (places / "state.db").exists()


def test_no_more_is_read_than_is_shown(run: Run, tmp_path: Path) -> None:
    for number in range(9):
        write(tmp_path / "many", f"{number}.md", title=f"Story {number}", externalId=str(number))
    lines = run("sources", "test", tmp_path / "many").lines
    assert lines[1] == "9 items; the first 5 titles:"
    assert lines[2:7] == [f"  Story {number}" for number in range(5)]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("ftp://news.example/", "is not a kind of address that can be read"),
        ("/no/such/folder", "There is no file or folder at /no/such/folder. Check the path."),
    ],
)
def test_what_cannot_be_read_says_what_to_do(run: Run, typed: str, said: str) -> None:
    ran = run("sources", "test", typed)
    assert (ran.code, ran.out) == (1, "")
    assert said in ran.err


def test_an_empty_folder_says_what_to_do(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ran = run("sources", "test", tmp_path / "empty")
    assert "There is no article here now. Check the address, or add it and wait for some." in ran.lines


def test_every_request_can_be_told(run: Run, site: Site) -> None:
    site.answers["/a.md"] = page(article())
    ran = run("sources", "test", site.url("/a.md"), "--verbose")
    assert ran.code == 0
    assert site.url("/a.md") in ran.err


# add, edit, remove


def test_how_a_source_is_visited_is_said_when_it_is_added(run: Run, news: Path, places: Path) -> None:
    options = ["--minutes", "5", "--vanished", "mark", "--languages", "EN, uk", "--history"]
    assert run("sources", "add", news, *options).code == 0
    [line] = run("sources").lines
    assert line.endswith("(0 stories, every 5 minutes, marks what vanishes, only en, uk, with history)")
    with closing(sources(places)) as state:
        [source] = state.sources()
    assert (source.minutes, source.policy, source.languages, source.history) == (
        5,
        "mark",
        ("en", "uk"),
        True,
    )


def test_how_a_source_is_visited_can_be_changed(run: Run, news: Path) -> None:
    run("sources", "add", news, "--minutes", "5")
    ran = run(
        "sources", "edit", "news", "--name", "Daily", "--minutes", "0", "--disable", "--languages", "en"
    )
    assert ran == Ran(0, "", "changed Daily\n")
    [line] = run("sources").lines
    assert line.startswith("Daily  never synced")
    assert line.endswith("(0 stories, disabled, only en)")
    assert run("sync").err == (
        "cryptonews: there is no source to sync; name a location, or add one: cryptonews sources add LOCATION\n"
    )
    run("sources", "edit", "Daily", "--enable", "--languages", "all")
    assert run("sync").code == 0


def test_a_change_of_nothing_or_of_nobody_is_refused(run: Run, news: Path) -> None:
    run("sources", "add", news)
    assert run("sources", "edit", "news").code == 2
    assert run("sources", "edit", "nobody", "--disable").code == 1
    run("sources", "add", news / "1.en.md")
    assert run("sources", "edit", "1.en.md", "--name", "news").err == (
        "cryptonews: there is a source “news” already\n"
    )
    assert run("sources", "edit", "news", "--minutes", "soon").code == 2
    assert run("sources", "edit", "news", "--languages", "en;uk").code == 2


def test_only_languages_that_are_wanted_are_taken_in(run: Run, news: Path) -> None:
    run("sources", "add", news, "--languages", "uk")
    ran = run("sync")
    assert "1 added" in ran.err
    assert "4 in other languages left out" in ran.err
    run("sources", "edit", "news", "--languages", "all")
    assert "4 added" in run("sync").err


def test_the_standard_input_is_no_source(run: Run) -> None:
    assert run("sources", "add", "-").code == 2


# sync


def test_a_source_is_visited_by_its_name(run: Run, news: Path) -> None:
    run("sources", "add", news, "--name", "Daily")
    assert "5 seen, 5 added" in run("sync", "Daily").err
    assert "5 seen" in run("sync", news).err


def test_a_timer_visits_only_what_is_due(run: Run, news: Path) -> None:
    run("sources", "add", news)
    assert "5 added" in run("sync", "--due").err
    assert run("sync", "--due") == Ran(0, "", "")
    assert "due 20" in run("sources").lines[0]
    assert "5 unchanged" in run("sync").err


def test_a_visit_is_noted_with_its_problems(run: Run, news: Path) -> None:
    (news / "5.en.md").write_text("---\ntitle: No date\n---\n")
    run("sources", "add", news)
    assert run("sources", "problems", "news").lines == ["It has not been visited yet."]
    run("sync")
    lines = run("sources", "problems", "news").lines
    assert "6 seen, 5 added, 0 updated, 1 problem" in lines[0]
    assert lines[1] == ""
    assert lines[2].startswith("5.en.md")
    assert "1 problem)" in run("sources").lines[0]


def test_sources_are_a_list_for_programs(run: Run, news: Path) -> None:
    run("sources", "add", news)
    run("sync")
    [source] = json.loads(run("sources", "list", "--json").out)
    assert (source["name"], source["location"], source["error"]) == ("news", str(news), None)
    assert source["synced"] < source["due"]


def test_what_was_done_is_in_the_journal(run: Run, places: Path, site: Site) -> None:
    site.answers["/a.md"] = page(article())
    run("sync", site.url("/a.md"))
    assert site.url("/a.md") in (places / "state.db.log").read_text()


def test_a_source_that_moved_is_remembered_at_its_new_place(run: Run, site: Site) -> None:
    site.answers["/old.md"] = redirect("/new.md", 301)
    site.answers["/new.md"] = page(article())
    run("sources", "add", site.url("/old.md"))
    assert f"has moved to {site.url('/new.md')}, which is remembered" in run("sync").err
    assert site.url("/new.md") in run("sources").lines[0]
    assert "1 unchanged" in run("sync").err


def test_a_source_that_is_gone_for_good_is_disabled(run: Run, site: Site) -> None:
    site.answers["/a.md"] = page(b"", 410)
    run("sources", "add", site.url("/a.md"))
    ran = run("sync")
    assert ran.code == 1
    assert "a.md is disabled; its articles stay." in ran.err
    assert "disabled" in run("sources").lines[0]
    site.requests.clear()
    assert run("sync").code == 2
    assert site.requests == []
