"""The table of commands, and the keys that a user gives them."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest
from textual.keys import _character_to_key

from cryptonews_tui.tui.commands import (
    BY_ID,
    COMMANDS,
    Command,
    check_remapping,
    grouped,
    keys_of,
    shown_keys,
)

STAR = BY_ID["star"]


def test_every_command_has_one_id_a_key_a_title_and_a_sentence() -> None:
    assert len(BY_ID) == len(COMMANDS)
    assert len({command.title for command in COMMANDS}) == len(COMMANDS)
    for command in COMMANDS:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", command.id)
        assert command.keys
        assert command.help.endswith(".")


def test_no_two_commands_of_one_scope_share_a_key() -> None:
    taken: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for command in COMMANDS:
        for key in command.keys.split(","):
            taken[command.scope, key].append(command.id)
    assert {where: ids for where, ids in taken.items() if len(ids) > 1} == {}


def test_the_usual_keys_would_be_accepted_from_a_user() -> None:
    usual = {command.id: command.keys for command in COMMANDS}
    assert check_remapping(usual) == (usual, [])


@pytest.mark.parametrize(
    ("keys", "kept"),
    [
        ("x", "x"),
        ("X", "X"),
        ("ї", "ї"),
        ("asterisk,f", "asterisk,f"),
        ("*, f", "asterisk,f"),
        ("?", "question_mark"),
        ("+", "plus"),
        ("ctrl+x", "ctrl+x"),
        ("ctrl+shift+left", "ctrl+shift+left"),
        ("f12", "f12"),
    ],
)
def test_a_command_gets_the_keys_that_a_user_says(keys: str, kept: str) -> None:
    assert check_remapping({"star": keys}) == ({"star": kept}, [])


@pytest.mark.parametrize("keys", ["", "strg+x", "f99", "starr", "ctrl+", "x,,y", "hyper+x", "ctrl+starr"])
def test_what_is_no_key_is_named_and_the_usual_keys_are_kept(keys: str) -> None:
    good, [problem] = check_remapping({"star": keys, "read": "x"})
    assert good == {"read": "x"}
    assert problem.startswith("keys: star: ")
    assert problem.endswith("is not a key; the usual keys of star are kept")


def test_an_unknown_command_is_named() -> None:
    assert check_remapping({"stra": "x"}) == (
        {},
        ["keys: there is no command “stra”; `cryptonews keys` lists them"],
    )


@pytest.mark.parametrize("sign", "*!@#$%&.;'\"\\^_`{|}~()[]?/:+-=<>")
def test_a_sign_is_spelled_as_the_terminal_library_spells_it(sign: str) -> None:
    good, problems = check_remapping({"star": sign})
    assert problems == []
    assert good == {"star": _character_to_key(sign)}


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        ("j,down", "j ↓"),
        ("J", "J"),
        ("ctrl+d", "Ctrl+D"),
        ("shift+tab", "Shift+Tab"),
        ("ctrl+left", "Ctrl+←"),
        ("question_mark,f1", "? F1"),
        ("right_square_bracket", "]"),
        ("enter", "Enter"),
        ("asterisk", "*"),
        ("delete", "Delete"),
    ],
)
def test_keys_are_shown_as_people_write_them(keys: str, shown: str) -> None:
    assert shown_keys(Command("x", keys, "X", "X.")) == shown


def test_a_users_keys_are_shown_in_place_of_the_usual_ones() -> None:
    assert keys_of(STAR, {"star": "x"}) == "x"
    assert shown_keys(STAR, {"star": "x,y"}, " or ") == "x or y"
    assert shown_keys(STAR) == "s"


def test_groups_hold_every_command_once_in_order() -> None:
    groups = grouped()
    assert sorted(c.id for commands in groups.values() for c in commands) == sorted(BY_ID)
    assert [c for c in COMMANDS if c.group == "Moving"] == groups["Moving"]
