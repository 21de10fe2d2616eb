"""Following links by keyboard."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptonews_tui.tui.link_hints import LETTERS, Link, LinkHints, labels
from tests.tui.desk import Desk


@given(st.integers(0, 2_000))
def test_no_label_is_the_beginning_of_another_and_none_copies(count: int) -> None:
    made = labels(count)
    assert len(set(made)) == count
    assert len({len(label) for label in made}) <= 1
    assert "y" not in LETTERS


def test_two_letters_pick_one_of_many_links() -> None:
    hints = LinkHints([Link(number, 0, f"https://example.org/{number}") for number in range(30)])
    assert len(list(hints.on(3))) == 1
    assert hints.press("s")
    assert hints.picked is None
    assert list(hints.on(3)) == []  # its label begins with another letter
    assert hints.press("a")
    assert hints.picked == "https://example.org/25"
    assert not hints.press("a")


BODY = """## Overview

A [first page](https://one.example/a) and [another](https://two.example/b?c=d), not [this](javascript:alert(1)).
"""


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.write("1", body=BODY, canonicalUrl="https://origin.example/1")
    return desk


async def test_a_letter_shows_where_its_link_leads_and_enter_opens_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk.open() as reader:
        opened: list[str] = []
        monkeypatch.setattr(reader.app, "_has_browser", lambda: True)
        monkeypatch.setattr(reader.app, "open_url", opened.append)
        await reader.do("open")
        await reader.press("f")
        assert "first page" in reader.article  # the labels stand on blanks
        await reader.press("s")
        assert opened == []
        assert "https://one.example/a" in reader.said
        await reader.press("enter")
        assert opened == ["https://one.example/a"]
        await reader.press("f", "d", "d")
        assert opened[1:] == ["https://two.example/b?c=d"]
        await reader.press("f", "a", "escape", "enter")
        assert len(opened) == 2
        assert reader.place == "article"


async def test_y_and_a_letter_copies_and_so_does_y_behind_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk.open() as reader:
        copied: list[str] = []
        monkeypatch.setattr(reader.app, "copy_to_clipboard", copied.append)
        await reader.do("open")
        await reader.press("f", "y", "s")
        await reader.press("f", "a", "y")
        assert copied == ["https://one.example/a", "https://origin.example/1"]
        assert "Sent to the terminal's clipboard: https://origin.example/1" in reader.said


async def test_any_other_key_leaves_the_hints_and_does_nothing_else(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("open")
        await reader.press("f", "tab")
        assert reader.place == "article"
        assert reader.said == ""
        await reader.press("f", "4", "s")  # `s` stars again
        assert reader.said == "Starred."


async def test_without_a_link_in_sight_that_is_said(desk: Desk) -> None:
    desk.write("2", canonicalUrl=None, source={"name": "Wire", "key": "wire", "type": "RSS"})
    async with desk.open() as reader:
        await reader.ask("id:2")
        await reader.do("open")
        await reader.press("f")
        assert "no link" in reader.said


async def test_in_the_list_f_is_still_the_filters(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.press("f")
        assert reader.place == "filters"


CELLS = "".join(f"[boat {number} in the fog](https://boats.example/{number})|" for number in range(30))
TABLE = f"{'a column|' * 30}\n{'-|' * 30}\n{CELLS}"


async def test_in_a_wide_table_the_links_in_sight_have_letters_where_they_stand(desk: Desk) -> None:
    desk.write("2", hours=0, body=TABLE, canonicalUrl=None)
    async with desk.open(size=(60, 24)) as reader:
        await reader.do("open")
        await reader.press("f")
        assert "aboat 0 in the fog sboat 1 in the fog dboat 2" in reader.article  # on the blanks before
        await reader.press("escape", *["right_curly_bracket"] * 2, "f")
        assert "1 in the fog aboat 2 in the fog sboat 3 in the fog dboa›" in reader.article
        await reader.press("a")
        assert "https://boats.example/2" in reader.said


async def test_hints_end_when_the_text_is_set_anew(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("open")
        await reader.press("f")
        await reader.resize(90, 30)
        assert reader.said == ""
        await reader.press("s")
        assert reader.said == "Starred."


async def test_letters_go_with_the_text_they_were_made_for(desk: Desk) -> None:
    async with desk.open() as reader:
        await reader.do("open")
        await reader.press("f")
        desk.write("1", body="No link at all.")
        desk.sync()
        reader.main.catch_up()
        await reader.settle()
        assert reader.said == ""
        await reader.press("s")
        assert "https://" not in reader.said
        assert reader.place == "article"
