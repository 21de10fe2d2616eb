"""The screen in Ukrainian: what a reader with `LANG=uk_UA.UTF-8` sees."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from textual.widgets import Input

from cryptonews_tui import translation
from cryptonews_tui.tui.bars import stories_counted
from cryptonews_tui.tui.commands import COMMANDS, grouped, key_of_view
from cryptonews_tui.tui.hints import FURTHER, KEY_TITLES, SORTED_BY
from cryptonews_tui.tui.progress import reading
from cryptonews_tui.tui.sources_pane import _COLUMNS, _LABEL, SourceDetail
from tests.tui.desk import MEDIUM, WIDE, Desk, Reader


@pytest.fixture(autouse=True)
def _ukrainian() -> Iterator[None]:
    translation.use("uk")
    yield
    translation.use("en")


def is_cyrillic(text: str) -> bool:
    return any("Ѐ" <= sign <= "ӿ" for sign in text)


async def go_to_row(reader: Reader, word: str) -> None:
    """Put the cursor of the filters on the row that says this."""
    for _step in range(30):
        row = next(line for line in reader.lines if line.startswith("▸")).partition("│")[0]
        if word in row:
            return
        await reader.press("j")
    raise AssertionError(reader.screen)


async def test_panes_and_bars_speak_ukrainian(desk: Desk) -> None:
    for story in range(1, 6):
        desk.write(str(story), hours=story, sentiment="negative")
    async with desk.open(size=WIDE) as reader:
        assert "усі новини" in reader.status
        assert "5 новин · упорядковано за часом" in reader.status
        assert "Заголовки, спершу найновіші" in reader.screen
        titles = (
            "ДОБІРКИ",
            "СТАН",
            "НАСТРІЙ",
            "АКТИВ",
            "ДЖЕРЕЛО",
            "КАТЕГОРІЯ",
            "ТЕГ",
            "МОВА",
            "РОЗДІЛ",
            "ДАТА",
        )
        assert all(title in reader.screen for title in titles)
        assert "Enter відкрити   / запит   f фільтри" in reader.bottom
        await reader.press("enter")
        assert "] наступний розділ" in reader.bottom
        assert "1 хв" in reader.screen or "2 хв" in reader.screen


async def test_no_word_of_the_filters_is_cut_and_their_values_stay_queries(desk: Desk) -> None:
    desk.write("1", sentiment="neutral")
    desk.write("2")
    async with desk.open(size=WIDE) as reader:
        for word in ("непрочитані", "• нейтральні", "без оцінки", "Непрочитані", "Закріплені"):
            assert f"{word} " in reader.screen
        await reader.do("filters-pane")
        await go_to_row(reader, "нейтральні")
        await reader.press("enter")
        assert str(reader.main.question) == "sentiment:neutral"
        assert "1 з 2" in reader.status
        assert "1 фільтр" in reader.status


async def test_states_are_searched_by_the_words_that_are_shown(desk: Desk) -> None:
    desk.write("1")
    async with desk.open(size=WIDE) as reader:
        await reader.do("filters-pane")
        await go_to_row(reader, "непрочитані")
        await reader.press("slash")
        assert "Enter вибрати   Ctrl+X виключити   Esc вийти" in reader.screen
        await reader.press(*"непро", "enter")
        assert str(reader.main.question) == "is:unread"


async def test_sentences_are_ukrainian_and_take_what_they_speak_of(desk: Desk) -> None:
    desk.write("1")
    async with desk.open(size=WIDE) as reader:
        await reader.press("s")
        assert reader.said == "Позначено зіркою."
        await reader.press("L")
        assert reader.said == "Ця новина є лише мовою «en»."
        await reader.press("backslash")
        assert reader.said == "Упорядковано за останньою зміною."
        await reader.ask("nobody")
        assert "Немає новин, що відповідають nobody.\n" in reader.main._why_empty()
        await reader.press("V")
        await reader.press(*"Fog", "enter")
        assert reader.said == "Збережено добірку «Fog»: nobody."


async def test_the_help_says_every_command_in_ukrainian(desk: Desk) -> None:
    async with desk.open(size=(WIDE[0], 140)) as reader:
        await reader.press("question_mark")
        for group in grouped():
            assert translation._(group) in reader.screen
        shown = "".join(reader.screen.split())
        await reader.press("G")
        shown += "".join(reader.screen.split())
        for command in COMMANDS:
            first = translation._(command.help).partition(";")[0].partition(":")[0]
            assert "".join(first.split())[:30] in shown.replace("│", "")


async def test_the_palette_finds_a_command_by_its_ukrainian_name(desk: Desk) -> None:
    desk.write("1")
    async with desk.open(size=WIDE) as reader:
        await reader.press("ctrl+p")
        assert reader.app.screen.query_one(Input).placeholder == "Шукати команду…"
        await reader.press(*"зірка")
        await reader.see("Позначити новину зіркою або зняти зірку.")


async def test_sources_are_listed_in_columns_with_ukrainian_heads(desk: Desk) -> None:
    desk.write("1")
    desk.add_source()
    async with desk.open(size=WIDE) as reader:
        await reader.press("ctrl+o")
        head = reader.lines[2]
        assert head.split() == [
            "Джерело",
            "Стан",
            "Новини",
            "Тому",
            "Далі",
            "Нові",
            "Проблеми",
            "Обсяг",
            "Час",
        ]
        row = reader.lines[3]
        assert "гаразд" in row
        assert head.index("Стан") == row.index("гаразд")
        assert "1 джерело" in reader.screen
        told = reader.app.screen.query_one(SourceDetail)
        assert {len(line[0][0]) for line in told._lines() if line[0][1] == "dim"} == {_LABEL + 4}
        assert "a додати   e змінити   x увімк/вимк" in reader.lines[-1]


async def test_what_a_pane_offers_first_fits_a_line_of_100_cells(desk: Desk) -> None:
    desk.write("1")
    async with desk.open(size=MEDIUM) as reader:
        for place, needed in (("headlines-pane", 6), ("article-pane", 5), ("filters-pane", 4)):
            await reader.do(place)
            assert reader.bottom.count("   ") >= needed, reader.bottom


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 новин"),
        (1, "1 новина"),
        (2, "2 новини"),
        (5, "5 новин"),
        (21, "21 новина"),
        (1234, "1\xa0234 новини"),
    ],
)
def test_numbers_choose_their_form_of_a_word(count: int, said: str) -> None:
    assert stories_counted(count) == said


def test_all_that_tables_say_is_translated() -> None:
    tables = [
        *(text for command in COMMANDS for text in (command.title, command.help, command.group)),
        *(title for titles in KEY_TITLES.values() for title in titles.values()),
        *(title for further in FURTHER.values() for _key, title in further),
        *(text for texts in SORTED_BY.values() for text in texts),
        *(title for _name, title, _size in _COLUMNS),
    ]
    assert [text for text in tables if not is_cyrillic(translation._(text))] == []


def test_heads_of_columns_are_narrower_than_their_columns() -> None:
    assert [title for _name, title, size in _COLUMNS if len(translation._(title)) >= size] == []


def test_titles_of_commands_stay_apart_in_ukrainian() -> None:
    titles = [translation._(command.title) for command in COMMANDS]
    assert sorted(titles) == sorted(set(titles))


def test_progress_and_complaints_are_whole_sentences() -> None:
    assert reading(3, None) == "читання: 3"
    assert reading(1200, 3000) == "читання: 1\xa0200 з 3\xa0000"
    assert key_of_view("shift+x", {}, {}) == ("", "«shift+x» пишуть як «X»")
    assert key_of_view("z", {}, {"z": "Fog"})[1] == "клавішу z має команда fold"
