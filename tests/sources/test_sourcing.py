"""Sources on the command line: tried, added, visited, changed; and what each answer says to do next."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cryptonews_tui import journal
from cryptonews_tui.library import DatabaseError, State
from tests.command_line import Ran, Run
from tests.programs import needs
from tests.sources.conftest import Handler, Site, page, redirect
from tests.sources.repositories import Publisher
from tests.sources.visiting import article
from tests.strategies import write


def sources(places: Path) -> State:
    return State(places / "state.db")


# test


def test_a_place_is_tried_without_storing_anything(run: Run, news: Path, places: Path) -> None:
    ran = run("sources", "test", news)
    assert ran.code == 0
    assert ran.lines[0] == f"{news} is a folder."
    assert ran.lines[1] == "5 articles:"
    assert "  Ether falls" in ran.lines
    assert ran.lines[-1] == f"Nothing was stored. Add it: cryptonews sources add {news}"
    assert not (places / "library.db").exists()
    assert not (places / "state.db").exists()


@needs("git", "git")
def test_a_repository_is_tried_without_keeping_it(run: Run, tmp_path: Path, places: Path) -> None:
    publisher = Publisher(tmp_path / "www" / "news.git")
    publisher.commit({"a.md": article("Bitcoin rests")})
    assert "  Bitcoin rests" in run("sources", "test", publisher.url).lines
    assert not list(places.rglob("*.pack"))


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
        ("news.example/feed", "If it is a web address, write https://news.example/feed."),
    ],
)
def test_what_cannot_be_read_says_what_to_do(run: Run, typed: str, said: str) -> None:
    ran = run("sources", "test", typed)
    assert (ran.code, ran.out) == (1, "")
    assert said in ran.err


def test_an_empty_folder_says_what_to_do(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ran = run("sources", "test", tmp_path / "empty")
    assert ran.lines[0] == f"{tmp_path / 'empty'} is a folder."
    assert ran.lines[1].startswith("There are no Markdown files")
    assert "or name another place." in ran.lines[-1]
    assert ran.code == 1


def test_what_is_piped_in_cannot_be_added(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(article())))
    ran = run("sources", "test", "-")
    assert ran.lines[:2] == ["The standard input is an article.", "1 article:"]
    assert ran.lines[-1] == "Nothing was stored. Pipe it into: cryptonews sync -"


def test_the_better_address_is_the_one_to_add(run: Run, site: Site) -> None:
    site.answers["/old.md"] = redirect(site.url("/new.md"), 301)
    site.answers["/new.md"] = page(article())
    lines = run("sources", "test", site.url("/old.md")).lines
    assert lines[:2] == [
        f"{site.url('/old.md')} leads to {site.url('/new.md')}.",
        f"{site.url('/new.md')} is an article.",
    ]
    assert lines[-1] == f"Nothing was stored. Add it: cryptonews sources add {site.url('/new.md')}"


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
    for languages in ("en;uk", "12", "e", ","):
        assert run("sources", "edit", "news", "--languages", languages).code == 2


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


def test_a_name_that_no_source_has_is_not_only_taken_for_a_path(run: Run, news: Path) -> None:
    run("sources", "add", news, "--name", "Harbour")
    ran = run("sync", "Harbor")
    assert ran.code == 1
    assert "there is no source and no file “Harbor”; `cryptonews sources` lists the sources" in ran.err


def test_a_visit_is_noted_with_its_problems(run: Run, news: Path) -> None:
    (news / "5.en.md").write_text("---\ntitle: No date\n---\n")
    run("sources", "add", news)
    assert run("sources", "problems", "news").lines == ["It has not been visited yet."]
    run("sync")
    lines = run("sources", "problems", "news").lines
    assert lines[0].startswith("5.en.md")
    assert lines[1] == ""
    assert "6 seen, 5 added, 0 updated, 1 problem" in lines[2]
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
    told = (places / "state.db.log").read_text()
    assert site.url("/a.md") in told
    assert f"{site.url('/a.md')}: 1 seen, 1 added" in told


def test_the_journal_does_not_grow_for_ever_and_holds_nothing_that_harms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "BYTES", 20_000)
    journal.keep_journal(tmp_path / "logs" / "state.log")
    log = logging.getLogger("cryptonews_tui.sources")
    for number in range(2_000):
        log.debug("visit %d of \x1b]52;c;aGk=\x07\u202e%s", number, "a" * 40)
    files = sorted((tmp_path / "logs").iterdir())
    assert [file.name for file in files] == ["state.log", "state.log.1", "state.log.2"]
    assert all(file.stat().st_size <= 20_000 for file in files)
    text = files[0].read_text()
    assert "visit 1999" in text
    assert not set("\x1b\x07\u202e") & set(text)


def test_what_cannot_be_noted_of_one_source_stops_no_visit_to_another(
    run: Run, news: Path, tmp_path: Path, places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "other", "9.md", title="Story 9", externalId="9")
    run("sources", "add", news)
    run("sources", "add", tmp_path / "other")
    note = State.note_visit

    def refuse(state: State, location: str, *rest: Any, **more: Any) -> None:
        if location == str(news):
            raise DatabaseError("The state is locked.")
        note(state, location, *rest, **more)

    monkeypatch.setattr(State, "note_visit", refuse)
    ran = run("sync")
    assert ran.code == 1
    assert "cryptonews: The state is locked.\n" in ran.err
    with closing(sources(places)) as state:
        assert [bool(source.synced) for source in state.sources()] == [False, True]


def test_a_key_in_an_address_is_not_in_the_journal(run: Run, places: Path, site: Site) -> None:
    site.answers["/a.md?api_key=hunter2"] = page(article())
    run("sync", site.url("/a.md?api_key=hunter2"))
    run("sync", f"git+{site.url('/news.git?api_key=hunter2')}")
    journal = (places / "state.db.log").read_text()
    assert f"{site.url('/a.md?api_key=…')}: 1 seen" in journal
    assert "hunter2" not in journal


def test_a_journal_that_cannot_be_written_is_none(run: Run, places: Path, site: Site) -> None:
    site.answers["/a.md"] = page(article())
    (places / "state.db.log").mkdir(parents=True)
    ran = run("sync", site.url("/a.md"))
    assert ran.code == 0
    assert "1 seen, 1 added" in ran.err
    assert "rror" not in ran.err


def test_a_source_that_moved_is_remembered_at_its_new_place(run: Run, site: Site) -> None:
    site.answers["/old.md"] = redirect("/new.md", 301)
    site.answers["/new.md"] = page(article().replace(b"---\n", b"---\nexternalId: '1'\n", 1))
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


# lists, secrets


def test_sources_go_out_and_come_in_as_opml(run: Run, news: Path, tmp_path: Path, places: Path) -> None:
    run("sources", "add", news)
    run("sources", "add", "https://news.example/feed.xml", "--name", "A & B <news>")
    run("sources", "add", "git+https://forge.example/news.git#main:en")
    (tmp_path / "list.opml").write_text(run("sources", "export").out, encoding="utf-8")
    before = [line.split("  (")[0] for line in run("sources").lines]
    (places / "state.db").unlink()
    ran = run("sources", "import", tmp_path / "list.opml")
    assert ran.code == 0
    assert ran.err.splitlines()[-1] == "3 added, 0 were sources already or are none"
    assert [line.split("  (")[0] for line in run("sources").lines] == before
    assert (
        run("sources", "import", tmp_path / "list.opml").err
        == "0 added, 3 were sources already or are none\n"
    )


@pytest.mark.parametrize("content", [b"", b"no list", b"<html></html>", bytes(range(256))])
def test_what_is_no_list_is_not_taken_in(run: Run, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "list.opml").write_bytes(content)
    ran = run("sources", "import", tmp_path / "list.opml")
    assert ran.code == 1
    assert "cannot be taken in" in ran.err
    assert run("sources", "import", tmp_path / "none.opml").code == 1


def test_no_list_makes_the_standard_input_a_source(run: Run, tmp_path: Path) -> None:
    (tmp_path / "list.opml").write_text(
        '<opml version="2.0"><body><outline type="cryptonews" text="in" xmlUrl="-"/></body></opml>'
    )
    ran = run("sources", "import", tmp_path / "list.opml")
    assert "no place to come back to" in ran.err
    assert run("sources").out == ""


def test_a_password_in_an_address_is_not_stored(run: Run, places: Path) -> None:
    ran = run("sources", "add", "https://me:hunter2@news.example/feed.xml")
    assert ran.code == 0
    assert "The password is not stored." in ran.err
    assert "https://news.example/feed.xml" in run("sources").lines[0]
    for path in places.iterdir():
        if path.is_file():
            assert b"hunter2" not in path.read_bytes()


def test_a_secret_of_the_settings_opens_the_door_and_is_written_nowhere(
    run: Run, places: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def guarded(handler: Handler) -> None:
        known = handler.headers.get("Authorization") == "Bearer hunter2"
        (page(article()) if known else page(b"", 401))(handler)

    site.answers["/a.md"] = guarded
    run("sources", "add", site.url("/a.md"))
    refused = run("sync", "--verbose")
    assert refused.code == 1
    assert "[secrets]" in refused.err
    monkeypatch.setenv("NEWS_TOKEN", "hunter2")
    (places / "config.toml").write_text(f'[secrets."{site.url("/")}"]\ntoken_env = "NEWS_TOKEN"\n')
    ran = run("sync", "--verbose")
    assert ran.code == 0
    assert "hunter2" not in ran.out + ran.err
    for path in places.iterdir():
        if path.is_file():
            assert b"hunter2" not in path.read_bytes()


def test_a_secret_that_cannot_be_used_is_named_and_the_others_work(run: Run, places: Path) -> None:
    (places / "config.toml").write_text(
        '[secrets.a]\ncolour = "red"\n[secrets."news.example"]\nkeyring = true\n'
    )
    assert "settings: secrets must be" in run("sources").err
    assert "“a” is left out" in run("sources").err


def test_an_article_can_be_piped_in(places: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "cryptonews_tui", "sync", "-"],
        input=article("Piped"),
        capture_output=True,
        timeout=30,
        check=True,
    )
    assert b"1 added" in ran.stderr


def test_a_place_with_a_password_can_be_tried(run: Run, site: Site) -> None:
    def guarded(handler: Handler) -> None:
        known = handler.headers.get("Authorization") == "Basic bWU6aHVudGVyMg=="
        (page(article()) if known else page(b"", 401))(handler)

    site.answers["/a.md"] = guarded
    ran = run("sources", "test", site.url("/a.md").replace("://", "://me:hunter2@"), "--verbose")
    assert ran.code == 0
    assert "  Bitcoin rests" in ran.lines
    assert "hunter2" not in ran.out + ran.err
    assert "The password is not stored." in ran.out


def test_a_source_that_was_removed_holds_nothing_any_more(run: Run, news: Path, places: Path) -> None:
    run("sources", "add", news)
    run("sync")
    run("sources", "remove", "news")
    run("sources", "add", news)
    assert "(0 stories" in run("sources").lines[0]
    assert "5 seen, 0 added, 0 updated, 5 unchanged" in run("sync").err
