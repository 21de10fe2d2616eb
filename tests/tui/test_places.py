"""Where a story was left it is found again; what is read to its end begins at its top."""

from __future__ import annotations

from contextlib import closing

import pytest

from cryptonews_tui.library import Mark, State
from tests.tui.desk import PARAGRAPH, Desk

BODY = "\n\n".join(
    f"## Part {part}\n\n" + "\n\n".join(f"{part}.{n} {PARAGRAPH}" for n in range(12)) for part in range(4)
)


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.write("1", body=BODY)
    desk.write("2", hours=2, body=BODY)
    return desk


async def test_a_story_is_found_again_where_it_was_left(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("open", "page-down", "down")
        before = reader.article.splitlines()[1:]
        await reader.do("next-story")
        assert reader.main.article.position == 0
        await reader.do("previous-story")
        assert reader.article.splitlines()[1:] == before


async def test_a_story_is_found_again_after_a_restart_at_another_width(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("open", "next-section", "half-page-down")
        first = next(line for line in reader.article.splitlines()[1:] if line.startswith(("0.", "1.")))
    async with desk.open(size=(90, 24)) as reader:
        await reader.do("open")
        assert first[:10] in "\n".join(reader.article.splitlines()[1:5])


async def test_a_place_is_kept_soon_because_the_connection_may_be_lost(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("open", "page-down")
        await reader.until(lambda: reader.app.state.place("1") is not None, 2)


async def test_a_story_read_to_its_end_begins_at_its_top(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("open", "page-down", "bottom", "next-story", "previous-story")
        assert reader.main.article.position == 0
        assert reader.app.state.place("1") is None


async def test_a_story_that_was_only_looked_at_has_no_place(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("open", "page-down", "top", "next-story")
        assert reader.app.state.place("1") is None


async def test_in_the_other_language_it_begins_at_the_section(desk: Desk) -> None:
    desk.write("1", lang="uk", body=BODY.replace("harbour", "порт"))
    async with desk.open() as reader:
        await reader.do("open", "next-section", "next-section", "half-page-down")
    async with desk.open(languages=("uk",)) as reader:
        await reader.do("open")
        assert reader.main.article.current_section == 2


async def test_space_at_the_end_goes_to_the_next_unread_story(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("article-pane", "bottom")
        await reader.press("space")
        assert reader.at == "2"
        assert reader.place == "article"
        assert reader.app.library.unread_of(reader.main.question) == 1
        await reader.press("space")
        assert reader.at == "2"
        await reader.do("bottom")
        await reader.press("space")
        assert "No unread story below." in reader.said


async def test_remembering_a_place_draws_no_list_anew(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async with desk.open() as reader:
        await reader.do("open")
        forgotten: list[bool] = []
        monkeypatch.setattr(reader.main.headlines, "forget", lambda: forgotten.append(True))
        await reader.do("page-down")
        await reader.until(lambda: reader.app.state.place("1") is not None, 2)
        reader.main.catch_up()
        assert forgotten == []
        with closing(State(desk.paths.state)) as elsewhere:
            elsewhere.set_mark(Mark.STARRED, "2", True)
        reader.main.catch_up()
        assert forgotten == [True]


async def test_a_place_in_two_languages_is_the_section_in_one(desk: Desk) -> None:
    desk.write("1", lang="uk", body=BODY.replace("harbour", "порт"))
    async with desk.open(size=(100, 30)) as reader:
        await reader.press("B")
        await reader.do("next-section", "next-section", "half-page-down")
    async with desk.open(size=(100, 30)) as reader:
        await reader.do("open")
        assert reader.main.article.current_section == 2


async def test_marking_read_by_key_remembers_what_it_said(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("article-pane", "read")
        assert reader.app.state.text_read("1", "en") is not None
        await reader.do("read")
        assert reader.app.state.text_read("1", "en") is None
        await reader.do("read")
        assert reader.app.state.text_read("1", "en") is not None
