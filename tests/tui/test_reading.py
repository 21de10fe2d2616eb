"""Reading: the article beside the list, its sections and languages, and what counts as read."""

from contextlib import closing
from datetime import timedelta

import pytest

from cryptonews_tui.article import Role
from cryptonews_tui.library import Arrived, Mark, Policy, State, Writer
from cryptonews_tui.query import parse
from tests.strategies import NOON, article
from tests.tui.desk import MEDIUM, NARROW, NOW, WIDE, Desk, Reader


@pytest.fixture
def desk(desk: Desk) -> Desk:
    for number in range(1, 6):
        desk.write(str(number), hours=number)
    return desk


def marks(desk: Desk, reader: Reader, mark: Mark) -> set[str]:
    """The stories that carry a mark on disk."""
    library = reader.app.library
    found = library.stories(parse(f"is:{mark}"))
    return {story for story in reader.stories if library.position(story) in found}


# --- the article beside the list


@pytest.mark.parametrize("size", [WIDE, MEDIUM])
async def test_the_article_follows_the_cursor(desk: Desk, size: tuple[int, int]) -> None:
    async with desk.open(size=size) as reader:
        assert "Story 1" in reader.article
        await reader.press("j", "j")
        assert "Story 3" in reader.article
        assert reader.place == "headlines"


async def test_the_article_waits_until_the_cursor_rests(desk: Desk) -> None:
    async with desk.open(follow_after_ms=10_000, settled=False) as reader:
        await reader.until(lambda: not reader.app.busy)
        await reader.pilot.press("j")
        assert "Choose a headline" in reader.article
        await reader.pilot.press("enter")
        await reader.see("Overview")
        assert "Story 2" in reader.article


async def test_enter_opens_the_story_and_marks_it_read(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("j", "enter")
        assert reader.place == "article"
        assert marks(desk, reader, Mark.READ) == {"2"}
        assert "●" not in reader.row("2")
        assert "●" in reader.row("1")


async def test_the_article_says_who_when_what_and_how_it_was_made(desk: Desk) -> None:
    desk.write(
        "0",
        hours=0.5,
        title="Boats [return]",
        source="herald",
        category="HARBOUR",
        tags=["FOG", "SMALL BOATS"],
        sentiment="NEGATIVE",
        description="A lead of its own.",
        ai={"rewritten": True, "expandedAt": NOW.isoformat(), "version": 2, "translatedFrom": "77"},
    )
    async with desk.open(size=(200, 42)) as reader:
        for words in (
            "Boats [return]",
            "The herald · HARBOUR · 21 Nov 2026 18:00 (30 minutes ago)",
            "▼ N negative",
            "AI-rewritten, machine-translated from 77 18:30, 30 min later",
            "FOG  SMALL BOATS",
            "A lead of its own.",
            "Overview",
        ):
            assert words in reader.article


async def test_keys_scroll_the_article_while_it_has_the_focus(desk: Desk) -> None:
    async with desk.open(size=MEDIUM) as reader:
        await reader.do("open")
        pane = reader.main.article
        await reader.press("j")
        assert pane.position == 1
        await reader.press("k", "space")
        assert pane.position == pane.size.height - 1 - 2
        await reader.press("b", "ctrl+d")
        assert pane.position == round((pane.size.height - 1) / 2)
        await reader.press("ctrl+u", "G")
        assert pane.at_end
        await reader.press("g")
        assert pane.position == 0
        assert reader.at == "1"


# --- sections


async def test_brackets_go_from_section_to_section(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("right_square_bracket")
        assert reader.main.article.current_section == 1
        assert reader.place == "headlines"
        await reader.press("right_square_bracket", "left_square_bracket", "left_square_bracket")
        assert reader.main.article.current_section == 0
        bar = reader.article.splitlines()[0]
        assert "Overview  What Happened" in bar


async def test_sections_are_listed_and_one_is_chosen(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("ctrl+t")
        for heading in ("Overview", "What Happened", "Impact on the crypto market"):
            assert heading in reader.screen
        await reader.press("down", "enter")
        assert reader.main.article.current_section == 1
        assert reader.place == "article"
        await reader.press("ctrl+t")
        assert "▸ What Happened" in reader.screen
        await reader.press("escape")
        assert reader.main.article.current_section == 1


async def test_an_article_without_headings_has_one_section(desk: Desk) -> None:
    desk.write("0", hours=0, body="Just one line.")
    async with desk.open() as reader:
        assert "Just one line." in reader.article
        await reader.do("next-section", "previous-section", "sections")
        await reader.press("enter")
        assert "Just one line." in reader.article


async def test_an_article_without_a_body_says_nothing_wrong(desk: Desk) -> None:
    desk.write("0", hours=0, body="")
    async with desk.open() as reader:
        await reader.do("next-section", "sections", "open", "bottom", "zoom")
        assert "Story 0" in reader.article


# --- languages


@pytest.fixture
def bilingual(desk: Desk) -> Desk:
    desk.write("0", hours=0, title="Boats return")
    body = (
        "## Огляд\n\nТуман.\n\n## Що сталося\n\n" + "Човни. " * 400 + "\n\n## Вплив на крипторинок\n\n- так"
    )
    desk.write("0", hours=0, lang="uk", title="Човни повернулися", body=body)
    return desk


async def test_a_story_in_two_languages_is_one_row(bilingual: Desk) -> None:
    async with bilingual.open() as reader:
        assert reader.stories == ["0", "1", "2", "3", "4", "5"]
        assert "Boats return" in reader.row("0")


async def test_the_languages_come_from_the_settings(bilingual: Desk) -> None:
    async with bilingual.open(languages=("uk", "en")) as reader:
        assert "Човни повернулися" in reader.row("0")
        assert "Човни повернулися" in reader.article


async def test_another_language_keeps_the_section(bilingual: Desk) -> None:
    async with bilingual.open() as reader:
        await reader.press("right_square_bracket", "L")
        assert "Що сталося" in reader.article
        assert reader.main.article.current_section == 1
        assert reader.main.article.sections[1][0] is Role.EVENTS
        await reader.press("L")
        assert "What Happened" in reader.article
        assert reader.main.article.current_section == 1


async def test_a_story_in_one_language_says_so(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("L")
        assert reader.said == "This story is only there in “en”."


async def test_a_language_filter_shows_stories_in_that_language(bilingual: Desk) -> None:
    async with bilingual.open() as reader:
        await reader.ask("lang:uk")
        assert reader.stories == ["0"]
        assert "Човни повернулися" in reader.row("0")


async def test_marks_belong_to_the_story_in_all_its_languages(bilingual: Desk) -> None:
    async with bilingual.open() as reader:
        await reader.do("language", "star", "read")
        assert "★ starred" in reader.article
        assert "uk" in reader.article
        await reader.do("language")
        assert "★ starred" in reader.article
        await reader.ask("lang:uk")
        assert "★" in reader.row("0")
        assert "●" not in reader.row("0")


# --- what counts as read


async def test_a_story_that_was_in_sight_long_enough_is_read(desk: Desk) -> None:
    async with desk.open(read_after_seconds=0.05) as reader:
        await reader.until(lambda: marks(desk, reader, Mark.READ) == {"1"})
        await reader.press("j")
        await reader.until(lambda: marks(desk, reader, Mark.READ) == {"1", "2"})


async def test_with_zero_seconds_only_opening_counts_as_reading(desk: Desk) -> None:
    async with desk.open(read_after_seconds=0.0) as reader:
        await reader.press("j", "j", "J", "K", "n")
        assert reader.main.shown.reading is None
        assert marks(desk, reader, Mark.READ) == set()


async def test_a_story_is_not_read_while_its_article_is_out_of_sight(desk: Desk) -> None:
    async with desk.open(size=NARROW, read_after_seconds=0.05) as reader:
        await reader.press("j")
        assert reader.main.shown.reading is None
        await reader.do("pane-right")
        await reader.until(lambda: marks(desk, reader, Mark.READ) == {"2"})


async def test_m_turns_read_into_unread_and_back(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("m")
        assert marks(desk, reader, Mark.READ) == {"1"}
        await reader.press("m")
        assert marks(desk, reader, Mark.READ) == set()
        assert "●" in reader.row("1")


async def test_marking_unread_holds_although_the_article_stays_in_sight(desk: Desk) -> None:
    async with desk.open(read_after_seconds=0.2) as reader:
        await reader.do("open", "read")
        assert marks(desk, reader, Mark.READ) == set()
        await reader.pilot.pause(0.4)
        assert marks(desk, reader, Mark.READ) == set()


async def test_s_stars_a_story_and_takes_the_star_away(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("s")
        assert marks(desk, reader, Mark.STARRED) == {"1"}
        assert reader.said == "Starred."
        assert "★ starred" in reader.article
        await reader.press("s")
        assert marks(desk, reader, Mark.STARRED) == set()
        assert reader.said == "Star taken away."
        assert "★" not in reader.article


async def test_a_story_marked_read_stays_in_unread_until_the_query_is_asked_again(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.ask("is:unread")
        await reader.do("down", "open", "back")
        assert reader.stories == ["1", "2", "3", "4", "5"]
        assert reader.at == "2"
        await reader.ask("is:unread -tag:other")
        assert reader.stories == ["1", "3", "4", "5"]
        assert reader.at == "3"


async def test_a_refresh_does_not_take_the_story_being_read_away(desk: Desk) -> None:
    desk.add_source()
    async with desk.open() as reader:
        await reader.ask("is:unread")
        await reader.do("down", "open")
        desk.write("6", hours=0)
        await reader.do("refresh")
        assert reader.at == "2"
        assert "6" in reader.stories
        assert "Story 2" in reader.article


async def test_n_and_p_go_to_unread_stories(desk: Desk) -> None:
    async with desk.open() as reader:
        reader.app.state.set_mark(Mark.READ, "2", True)
        reader.app.state.set_mark(Mark.READ, "3", True)
        await reader.press("n")
        assert reader.at == "4"
        await reader.press("p")
        assert reader.at == "1"
        await reader.press("p")
        assert reader.said == "No unread story above."
        await reader.do("bottom", "next-unread")
        assert reader.said == "No unread story below."


async def test_next_and_previous_story_work_while_reading(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("open")
        await reader.press("J")
        assert "Story 2" in reader.article
        assert reader.place == "article"
        await reader.press("K", "K")
        assert "Story 1" in reader.article
        assert reader.said == "This is the first story."
        await reader.do("headlines-pane", "bottom", "next-story")
        assert reader.said == "This is the last story."


async def test_marks_survive_a_restart_a_new_sync_and_a_moved_file(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("star", "down", "read")
    (desk.folder / "1.en.md").rename(desk.folder / "moved.en.md")
    (desk.folder / "2.en.md").unlink()
    desk.write("2", title="Story 2, corrected", updatedAt=NOW.isoformat(), hours=2, name="elsewhere.md")
    async with desk.open() as reader:
        assert marks(desk, reader, Mark.STARRED) == {"1"}
        assert marks(desk, reader, Mark.READ) == {"2"}
        assert "corrected" in reader.row("2")
    desk.paths.library.unlink()
    async with desk.open() as reader:
        assert marks(desk, reader, Mark.STARRED) == {"1"}
        assert marks(desk, reader, Mark.READ) == {"2"}


# --- the story's own page


async def test_y_sends_the_address_to_the_terminals_clipboard(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("y")
        assert reader.app.clipboard == "https://example.org/1"
        assert reader.said == "Sent to the terminal's clipboard: https://example.org/1"


async def test_o_without_a_graphical_browser_copies_the_address(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    async with desk.open() as reader:
        await reader.press("o")
        assert reader.app.clipboard == "https://example.org/1"
        assert reader.said.startswith("No browser here")


@pytest.mark.parametrize("url", [None, "javascript:alert(1)", "file:///etc/passwd"])
async def test_o_and_y_say_when_a_story_has_no_page(desk: Desk, url: str | None) -> None:
    desk.write("0", hours=0, canonicalUrl=url)
    async with desk.open() as reader:
        for key in ("o", "y"):
            await reader.press(key)
            assert reader.said == "This story names no page of its own."
        assert not reader.app.clipboard


# --- what other sources say of it


async def test_a_story_that_its_source_holds_no_more_says_so(desk: Desk) -> None:
    async with desk.open() as reader:
        assert "no longer at its source" not in reader.article
    with closing(Writer(desk.paths.library)) as writer:
        writer.write(str(desk.folder), {}, [], ["1.en.md"], Policy.MARK)
        writer.publish()
    async with desk.open(str(desk.folder / "none")) as reader:
        assert "no longer at its source" in reader.article
        await reader.press("j")
        assert "no longer at its source" not in reader.article


async def test_a_mark_that_was_made_under_another_key_is_shown_and_taken_away(desk: Desk) -> None:
    desk.sync()
    with closing(Writer(desk.paths.library)) as writer:
        other = article("other", canonical_url="http://www.example.org/1/", updated=NOON - timedelta(days=9))
        writer.write("/other", {}, [Arrived("a", other, b"1")])
    with closing(State(desk.paths.state)) as state:
        state.set_mark(Mark.STARRED, "other", on=True)
        state.set_note("other", "Seen from afar.")
    async with desk.open() as reader:
        assert marks(desk, reader, Mark.STARRED) == {"1"}
        assert "★ starred" in reader.article
        assert "Seen from afar." in reader.article
        await reader.press("s")
        assert "★ starred" not in reader.article
        assert marks(desk, reader, Mark.STARRED) == set()
        await reader.press("s")
        assert marks(desk, reader, Mark.STARRED) == {"1"}
