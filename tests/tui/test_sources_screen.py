"""The sources screen: how sources are, and adding, trying, changing, disabling and removing them."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from textual.events import Paste
from textual.widgets import Static

from cryptonews_tui.article import Problem
from cryptonews_tui.library import State, StoredSource, Visit
from cryptonews_tui.tui.bars import KeyLine, StatusLine
from cryptonews_tui.tui.query_line import QueryLine
from cryptonews_tui.tui.source_form import Mistaken, as_text, understood
from cryptonews_tui.tui.source_rows import history
from cryptonews_tui.tui.sources_pane import SourcesPane
from cryptonews_tui.tui.sources_screen import SourcesScreen
from tests.sources.conftest import Site, page, redirect, site, trickling  # noqa: F401  # a fixture is found by its name
from tests.tui.desk import Desk, Reader
from tests.tui.test_typed_ahead import type_at_once

BIG, SMALL = (120, 40), (80, 24)
CALM = {"watch_folders": False, "refresh_at_start": False}


def said(reader: Reader) -> str:
    """What the bottom line of the screen on top says."""
    return reader.app.screen.query_one(KeyLine).said


def found(reader: Reader) -> str:
    """What was found when a location was tried."""
    return str(reader.app.screen.query_one("#found", Static).render())


def line(reader: Reader, id: str) -> QueryLine:
    return reader.app.screen.query_one(f"#{id}", QueryLine)


def row(reader: Reader, name: str) -> str:
    """The row of a source."""
    return next(text for text in reader.lines if text[4:].startswith(f"{name} "))


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.write("1", hours=1)
    desk.add_source()
    return desk


async def test_it_opens_from_the_list_and_the_digest_and_leaves_to_where_it_was_opened(desk: Desk) -> None:
    async with desk.open(size=BIG, **CALM) as reader:
        await reader.press("ctrl+o")
        assert isinstance(reader.app.screen, SourcesScreen)
        await reader.press("escape")
        assert reader.app.screen is reader.main
        await reader.press("I", "ctrl+o")
        assert isinstance(reader.app.screen, SourcesScreen)
        await reader.press("q")
        assert len(reader.app.screen_stack) == 2


async def test_a_row_tells_state_articles_ages_and_what_the_last_visit_brought(desk: Desk) -> None:
    location = str(desk.folder)
    now = 1_795_285_800_000  # half past six, when the tests read
    with closing(State(desk.paths.state)) as state:
        visit = Visit(now - 300_000, 1.25, 120_000, 400, 12, 3, 0, 2)
        state.note_visit(location, visit, [Problem("a.md", 7, "no title")] * 2, due=now + 600_000)
        for name in ("off", "broken", "new"):
            state.add_source(name, f"https://{name}.example.org/feed.xml")
        off, broken = state.source("off"), state.source("broken")
        assert off is not None
        assert broken is not None
        state.change_source(off.location, replace(off, enabled=False))
        for _ in range(2):
            state.note_visit(
                broken.location, Visit(now, 0.5, error="Nobody answers there. Check the address.")
            )
    async with desk.open(size=(140, 40), **CALM) as reader:
        await reader.press("ctrl+o")
        told = row(reader, "articles").split()
        assert " ".join(told) == "▸ ✓ articles ok 1 5m 10m +12 2 120 KB 1.2 s"
        assert "– off" in row(reader, "off")
        assert "disabled" in row(reader, "off")
        assert "failed: Nobody answers there." in row(reader, "broken")
        assert "not read yet" in row(reader, "new")
        top = reader.app.screen.query_one(StatusLine).render().plain
        assert "4 sources · 1 disabled · 1 failed" in top
        assert "400 seen, 12 new, 3 changed, 2 problems, 120 KB in 1.2 s" in reader.screen
        await reader.press("j", "j")
        assert "Nobody answers there. Check the address. (2 times in a row)" in reader.screen
        assert "✗✗" in reader.screen


def test_visits_are_drawn_with_the_latest_at_the_right() -> None:
    visits = [Visit(3, added=1_000), Visit(2, error="gone"), Visit(1, added=0), Visit(0, added=1)]
    assert history(visits) == "▁·✗█"


async def test_on_a_small_screen_the_columns_that_matter_least_go(desk: Desk) -> None:
    async with desk.open(size=SMALL, **CALM) as reader:
        await reader.press("ctrl+o")
        header = next(text for text in reader.lines if "Source" in text and "State" in text)
        assert "Stories" in header
        assert "Time" not in header
        assert all(len(text) <= 80 for text in reader.lines)
        assert "Esc back" in reader.lines[-1]


async def test_problems_are_a_list_of_files_lines_and_messages(desk: Desk) -> None:
    with closing(State(desk.paths.state)) as state:
        visit = Visit(1_795_285_800_000, seen=2, problems=1)
        state.note_visit(str(desk.folder), visit, [Problem("2025/a.md", 7, "publishedAt is no time")])
    async with desk.open(size=BIG, **CALM) as reader:
        await reader.press("ctrl+o", "p")
        assert "2025/a.md:7: publishedAt is no time" in reader.screen
        assert "2 seen, 0 added" in reader.screen
        await reader.press("q")
        assert isinstance(reader.app.screen, SourcesScreen)


async def test_what_strangers_wrote_reaches_no_terminal(desk: Desk) -> None:
    nasty = "[red]evil\x1b]0;x\x07\u202e"
    with closing(State(desk.paths.state)) as state:
        state.add_source(nasty, "https://nasty.example.org/\x1b[31m")
        state.note_visit("https://nasty.example.org/\x1b[31m", Visit(1, error=f"said {nasty}"))
    async with desk.open(size=BIG, **CALM) as reader:
        await reader.press("ctrl+o", "j")
        assert "\x1b" not in reader.screen
        assert "\u202e" not in reader.screen
        assert "[red]evil" in reader.screen
        await reader.press("p")
        assert "\x1b" not in reader.screen


# --- adding


async def test_a_folder_is_tried_named_added_and_read(desk: Desk, tmp_path: Path) -> None:
    place = tmp_path / "more"
    place.mkdir()
    for number in range(7):
        desk.write(f"m{number}", title=f"Fog {number}", hours=2 + number).rename(place / f"{number}.en.md")
    async with desk.open(size=BIG, **CALM) as reader:
        await reader.press("ctrl+o", "a")
        line(reader, "location").value = f"  {place} "
        await reader.press("enter")
        await reader.see("Enter adds it")
        assert "Fog 4" in reader.screen
        assert "7 items; the first 5 titles:" in reader.screen
        assert line(reader, "name").value == "more"
        line(reader, "name").value = "Fog news"
        await reader.press("enter")
        await reader.until(lambda: "+7" in row(reader, "Fog news"))
        assert "▸ ✓ Fog news" in row(reader, "Fog news")
        await reader.press("escape")
        assert "m0" in reader.stories


async def test_what_cannot_be_read_is_said_and_the_text_is_kept(desk: Desk, tmp_path: Path) -> None:
    async with desk.open(size=BIG, **CALM) as reader:
        await reader.press("ctrl+o", "a")
        line(reader, "location").value = str(tmp_path / "nothing")
        await reader.press("enter")
        await reader.until(lambda: "There is no file or folder" in found(reader))
        assert line(reader, "location").value == str(tmp_path / "nothing")
        assert line(reader, "location").has_focus
        await reader.press("escape")
        assert isinstance(reader.app.screen, SourcesScreen)
        assert len(reader.app.state.sources()) == 1


async def test_escape_calls_off_what_is_asked_and_goes_back_from_the_name(
    desk: Desk,
    site: Site,  # noqa: F811
) -> None:
    site.answers["/slow.md"] = trickling
    site.answers["/quick.md"] = page(b"---\ntitle: Fog\npublishedAt: 2026-01-01\nlang: en\n---\ntext\n")
    async with desk.open(size=BIG, **CALM) as reader:
        await reader.press("ctrl+o", "a")
        line(reader, "location").value = site.url("/slow.md")
        await reader.pilot.press("enter")
        await reader.until(lambda: bool(site.requests))
        assert found(reader).startswith("asking …")
        await reader.press("escape")
        assert found(reader) == "Called off."
        assert line(reader, "location").value == site.url("/slow.md")
        line(reader, "location").value = site.url("/quick.md")
        await reader.press("enter")
        await reader.see("Enter adds it")
        await reader.press("escape")
        assert line(reader, "location").has_focus
        assert line(reader, "location").value == site.url("/quick.md")
        await reader.press("escape")
        assert isinstance(reader.app.screen, SourcesScreen)


async def test_a_source_that_is_there_already_is_named(desk: Desk) -> None:
    async with desk.open(size=BIG, **CALM) as reader:
        await reader.press("ctrl+o", "a")
        line(reader, "location").value = str(desk.folder)
        await reader.press("enter")
        await reader.until(lambda: "This is your source “articles” already." in found(reader))


async def test_a_source_that_is_there_already_is_known_by_where_another_address_leads(
    desk: Desk,
    site: Site,  # noqa: F811
) -> None:
    site.answers["/old.md"] = redirect("/new.md", 301)
    site.answers["/new.md"] = page(b"---\ntitle: Fog\npublishedAt: 2026-01-01\nlang: en\n---\ntext\n")
    with closing(State(desk.paths.state)) as state:
        state.add_source("fog", site.url("/new.md"))
    async with desk.open(size=BIG, **CALM) as reader:
        await reader.press("ctrl+o", "a")
        line(reader, "location").value = site.url("/old.md")
        await reader.press("enter")
        await reader.until(lambda: "This is your source “fog” already." in found(reader))


async def test_the_standard_input_is_no_source(desk: Desk) -> None:
    async with desk.open(size=BIG, **CALM) as reader:
        await reader.press("ctrl+o", "a", "-", "enter")
        assert "The standard input is no place to come back to." in found(reader)


async def test_a_location_can_be_pasted(desk: Desk) -> None:
    async with desk.open(size=BIG, **CALM) as reader:
        await reader.press("ctrl+o", "a")
        reader.app.screen.focused.post_message(Paste("https://example.org/feed.xml\n"))  # type: ignore[union-attr]
        await reader.until(lambda: line(reader, "location").value == "https://example.org/feed.xml")


async def test_keys_behind_the_one_that_adds_arrive_in_the_line(desk: Desk) -> None:
    async with desk.open(size=BIG, **CALM) as reader:
        await reader.press("ctrl+o")
        await type_at_once(reader, "aqd e/news")
        assert line(reader, "location").value == "qd e/news"


async def test_a_password_in_an_address_is_not_shown_again(desk: Desk) -> None:
    async with desk.open(size=BIG, **CALM) as reader:
        await reader.press("ctrl+o", "a")
        line(reader, "location").value = "https://me:hunter2@127.0.0.1:1/feed.xml"
        await reader.press("enter")
        await reader.until(lambda: found(reader) not in ("", "asking …"))
        assert "hunter2" not in found(reader)
        assert len(reader.app.state.sources()) == 1


async def test_the_first_source_takes_the_place_of_the_samples(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "home")
    async with desk.open(size=BIG, watch_folders=False) as reader:
        assert len(reader.stories) > 30
        desk.write("1", title="Boats return")
        await reader.press("ctrl+o")
        assert "No source yet; the list shows samples." in reader.screen
        assert "a adds one" in reader.screen
        await reader.press("a")
        line(reader, "location").value = str(desk.folder)
        await reader.press("enter")
        await reader.see("Enter adds it")
        await reader.press("enter")
        await reader.until(lambda: "✓" in row(reader, "articles"))
        await reader.press("escape")
        assert reader.stories == ["1"]
        assert "Boats return" in reader.article
        assert "samples" not in reader.status


@pytest.mark.parametrize("keys", [("R",), ("ctrl+o", "r", "escape")])
async def test_sources_that_were_added_elsewhere_are_not_read_into_the_samples(
    tmp_path: Path, keys: tuple[str, ...]
) -> None:
    desk = Desk(tmp_path / "home")
    async with desk.open(size=BIG, watch_folders=False) as reader:
        desk.write("1", title="Boats return")
        desk.add_source()
        await reader.press(*keys)
        await reader.settle()
        await reader.until(lambda: reader.stories == ["1"])
        assert "all stories" in reader.status


async def test_an_empty_library_says_how_to_add_a_source(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "home")
    async with desk.open(str(desk.folder), size=BIG) as reader:
        assert "Ctrl+O then a adds a source" in reader.screen


# --- changing


async def test_a_source_is_edited_and_what_is_wrong_is_said_in_words(desk: Desk) -> None:
    async with desk.open(size=BIG, **CALM) as reader:
        await reader.press("ctrl+o", "e")
        line(reader, "name").value = "Fog"
        line(reader, "minutes").value = "often"
        await reader.press("enter")
        assert "“often” is not a whole number of minutes, such as 15." in reader.screen
        assert line(reader, "name").value == "Fog"
        assert line(reader, "minutes").has_focus
        line(reader, "minutes").value = "5"
        await reader.press("tab")
        assert line(reader, "policy").has_focus
        line(reader, "policy").value = "mark"
        line(reader, "languages").value = "EN, uk"
        await reader.press("enter")
        await reader.settle()
        [source] = reader.app.state.sources()
        assert (source.name, source.minutes, source.policy) == ("Fog", 5, "mark")
        assert source.languages == ("en", "uk")
        assert "every 5 minutes · marks what vanishes · only en, uk" in reader.screen


async def test_a_form_that_is_left_changes_nothing(desk: Desk) -> None:
    async with desk.open(size=BIG, **CALM) as reader:
        await reader.press("ctrl+o", "e")
        line(reader, "name").value = "Fog"
        await reader.press("escape")
        assert [source.name for source in reader.app.state.sources()] == ["articles"]


SOURCE = StoredSource("Fog", "/fog", minutes=5, languages=("en",), history=True)


def test_what_a_form_shows_means_what_the_source_is() -> None:
    for source in (SOURCE, StoredSource("a", "/a"), replace(SOURCE, policy="remove", languages=("en", "uk"))):
        assert understood(source, as_text(source)) == source


@pytest.mark.parametrize(
    ("field", "text", "why"),
    [
        ("name", "  ", "A source needs a name."),
        ("name", "x" * 41, "A name has at most 40 characters."),
        ("name", "Sun", "There is a source “Sun” already."),
        ("minutes", "-1", "“-1” is not a whole number"),
        ("minutes", "9" * 400, "is not a whole number"),
        ("policy", "burn", "“burn” is none of keep, mark, remove."),
        ("languages", "en; uk", "“en;” is no language"),
        ("languages", "en 12", "“12” is no language"),
        ("history", "maybe", "“maybe” is neither yes nor no."),
    ],
)
def test_what_is_wrong_in_a_form_is_named(field: str, text: str, why: str) -> None:
    wrong = understood(SOURCE, as_text(SOURCE) | {field: text}, {"Sun"})
    assert isinstance(wrong, Mistaken)
    assert wrong.field == field
    assert why in wrong.why


async def test_a_source_is_disabled_and_enabled_again(desk: Desk) -> None:
    async with desk.open(size=BIG, **CALM) as reader:
        await reader.press("ctrl+o", "x")
        assert "disabled" in row(reader, "articles")
        assert "is not read any more" in said(reader)
        await reader.press("x")
        await reader.until(lambda: "✓" in row(reader, "articles"))
        assert reader.app.state.sources()[0].enabled


async def test_removing_is_asked_for_twice_and_leaves_the_articles(desk: Desk) -> None:
    async with desk.open(size=BIG, **CALM) as reader:
        await reader.press("ctrl+o", "d")
        assert said(reader) == "d again removes “articles”; its 1 story, with stars and notes, stay here."
        assert reader.app.state.sources()
        await reader.press("d")
        assert not reader.app.state.sources()
        assert "No source yet." in reader.screen
        await reader.press("escape")
        assert reader.stories == ["1"]


async def test_moving_the_cursor_takes_back_the_wish_to_remove(desk: Desk, tmp_path: Path) -> None:
    with closing(State(desk.paths.state)) as state:
        state.add_source("other", str(tmp_path / "other"))
    async with desk.open(size=BIG, **CALM) as reader:
        await reader.press("ctrl+o", "d", "j")
        assert said(reader) == ""
        await reader.press("k", "d")
        assert len(reader.app.state.sources()) == 2


async def test_a_source_is_refreshed_where_it_stands_and_the_row_follows(
    desk: Desk,
    site: Site,  # noqa: F811
) -> None:
    site.answers["/slow.md"] = trickling
    with closing(State(desk.paths.state)) as state:
        state.add_source("slow", site.url("/slow.md"))
        state.add_source("later", site.url("/later.md"))
    async with desk.open(size=BIG, **CALM) as reader:
        await reader.press("ctrl+o")
        await reader.pilot.press("j", "r", "j", "r")
        await reader.until(lambda: "asking …" in row(reader, "slow") and "waiting" in row(reader, "later"))
        await reader.press("ctrl+x")
        await reader.until(lambda: "not read yet" in row(reader, "later"))
        await reader.until(lambda: "not read yet" in row(reader, "slow"))  # called off, it was no visit
        assert reader.app.screen.query_one(SourcesPane).cursor == 2


async def test_a_place_that_was_only_named_is_shown_and_not_changed(desk: Desk, tmp_path: Path) -> None:
    place = tmp_path / "named"
    place.mkdir()
    async with desk.open(str(place), size=BIG, watch_folders=False) as reader:
        await reader.press("ctrl+o")
        assert "named" in row(reader, "named")
        await reader.press("x")
        assert "only named when the reader was opened" in said(reader)


async def test_where_no_source_is_the_keys_say_so(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "home")
    async with desk.open(size=BIG) as reader:
        await reader.press("ctrl+o")
        for key in "exdpyr":
            await reader.press(key)
            assert said(reader) == "There is no source here; a adds one."
