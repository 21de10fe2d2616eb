"""The table of commands, and the keys that a user gives them."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest
from textual.keys import _character_to_key

from cryptonews_tui.cli import main
from cryptonews_tui.safety import clean
from cryptonews_tui.tui.commands import (
    BY_ID,
    COMMANDS,
    Command,
    check_remapping,
    grouped,
    key_of_view,
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
        ("asterisk,x", "asterisk,x"),
        ("*, x, x", "asterisk,x"),
        ("%", "percent_sign"),
        ("~", "tilde"),
        ("ctrl+w", "ctrl+w"),
        ("shift+ctrl+left", "ctrl+shift+left"),
        ("ctrl+]", "ctrl+right_square_bracket"),
        ("ctrl++", "ctrl+plus"),
        ("alt+shift+x", "alt+shift+x"),
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


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ("shift+a", "“shift+a” is written “A”"),
        ("shift+G", "“shift+G” is written “G”"),
        ("shift+ї", "“shift+ї” is written “Ї”"),
        ("shift+1", "“shift+1” is written as the character that it types"),
        ("shift+]", "“shift+]” is written as the character that it types"),
        ("ctrl+A", "“ctrl+A” is written with a small letter"),
    ],
)
def test_a_key_that_no_terminal_sends_is_refused_with_the_one_that_it_sends(keys: str, why: str) -> None:
    assert check_remapping({"star": keys}) == ({}, [f"keys: star: {why}; the usual keys of star are kept"])


@pytest.mark.parametrize(
    "key", ["\x1b", "\x7f", "\u200b", "\u202e", "\u00ad", "\u0301", "\ue000", "x\x1b[2J", "«"]
)
def test_a_key_that_cannot_be_shown_is_refused_in_clean_words(key: str) -> None:
    good, [problem] = check_remapping({"star": key})
    assert good == {}
    assert "is not a key" in problem
    assert clean(problem) == problem


def test_a_command_that_cannot_be_shown_is_refused_in_clean_words() -> None:
    good, [problem] = check_remapping({"st\x1b[31mar\u202e\n": "x"})
    assert good == {}
    assert problem == "keys: there is no command “star”; `cryptonews keys` lists them"


@pytest.mark.parametrize("value", [5, True, None, ["x"], {"x": "y"}])
def test_a_value_that_is_no_text_is_named_and_the_rest_works(value: object) -> None:
    assert check_remapping({"star": "F", "zoom": value}) == (
        {"star": "F"},
        ['keys: zoom must be keys in quotes, such as "x,f5"; the usual keys of zoom are kept'],
    )


def test_a_key_is_taken_from_the_command_that_had_it() -> None:
    good, problems = check_remapping({"star": "j,x"})
    assert good == {"star": "j,x", "down": "down"}
    assert problems == ["keys: star takes j from down"]
    assert shown_keys(BY_ID["down"], good) == "↓"


def test_a_command_that_loses_its_last_key_is_named() -> None:
    good, problems = check_remapping({"star": "m"})
    assert good == {"star": "m", "read": ""}
    assert problems == ["keys: star takes m from read, which has no key now"]
    assert shown_keys(BY_ID["read"], good) == ""


@pytest.mark.parametrize(
    "wanted",
    [
        {"star": "q"},
        {"star": "q", "quit": "no key"},
        {"star": "x", "quit": "x", "read": "q"},
        {"read": "q", "star": "x", "quit": "x"},
        {"star": "q", "quit": "q"},
    ],
)
def test_quit_always_has_a_key(wanted: dict[str, str]) -> None:
    good, problems = check_remapping(wanted)
    assert keys_of(BY_ID["quit"], good) == "q"
    assert "q" not in (good.get("star"), good.get("read"))
    assert any(problem.endswith(": “q” stays with quit") for problem in problems)


def test_the_key_of_quit_is_free_when_it_has_another() -> None:
    assert check_remapping({"star": "q", "quit": "x"}) == ({"star": "q", "quit": "x"}, [])


def test_two_commands_may_swap_their_keys() -> None:
    assert check_remapping({"star": "m", "read": "s"}) == ({"star": "m", "read": "s"}, [])


def test_of_two_commands_with_one_new_key_the_first_keeps_it() -> None:
    good, problems = check_remapping({"star": "x", "read": "x,ctrl+w", "zoom": "x"})
    assert good == {"star": "x", "read": "ctrl+w"}
    assert problems == ["keys: read: “x” stays with star", "keys: zoom: “x” stays with star"]


def test_the_filters_and_the_other_panes_may_use_one_key_for_two_things() -> None:
    both = {"exclude": "x", "star": "x", "include": "ctrl+d"}
    assert check_remapping(both) == (both, [])
    good, problems = check_remapping({"star": "space"})
    assert good == {"star": "space", "page-down": "pagedown"}
    assert problems == ["keys: star takes Space from page-down"]


def test_an_unknown_command_is_named() -> None:
    assert check_remapping({"stra": "x"}) == (
        {},
        ["keys: there is no command “stra”; `cryptonews keys` lists them"],
    )


@pytest.mark.parametrize("sign", "*!@#$%&.;'\"\\^_`{|}~()[]?/:+-=<>€₴№§—…")
def test_a_sign_is_spelled_as_the_terminal_library_spells_it_and_shown_as_it_is(sign: str) -> None:
    good, _ = check_remapping({"star": sign})
    assert good["star"] == _character_to_key(sign)
    assert shown_keys(STAR, good) == sign


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
        ("ctrl+plus,alt+euro_sign", "Ctrl++ Alt+€"),
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


def test_the_keys_in_force_are_printed_and_what_is_wrong_with_the_users_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "settings.toml"
    config.write_text('[keys]\nstar = "*,j"\nzoom = 5\nread = "\\u001b[2J"\nfly = "x"\n')
    assert main(["--config", str(config), "keys"]) == 0
    printed, said = (text.splitlines() for text in capsys.readouterr())
    assert len(printed) == len(COMMANDS)
    keys = {line[17:37].strip(): line[:16].strip() for line in printed}
    assert [keys[name] for name in ("star", "down", "zoom", "read")] == ["* j", "↓", "z", "m"]
    good, problems = check_remapping({"star": "*,j", "zoom": 5, "read": "\x1b[2J", "fly": "x"})
    assert said == problems
    assert good == {"star": "asterisk,j", "down": "down"}


@pytest.mark.parametrize(
    ("key", "remapped", "name", "why"),
    [
        ("f5", {}, "f5", ""),
        ("ctrl+]", {}, "ctrl+right_square_bracket", ""),
        ("*", {}, "asterisk", ""),
        ("j", {}, "", "the key j is taken by down"),
        ("j", {"down": "down"}, "j", ""),
        ("w", {"star": "w"}, "", "the key w is taken by star"),
        ("d", {}, "", "the key d is taken by delete-view"),
        ("f6", {}, "", "the key F6 is taken by the view “Rules”"),
        ("hyper", {}, "", "“hyper” is not a key"),
        ("shift+a", {}, "", "“shift+a” is written “A”"),
        ("\x1b[2J", {}, "", "“” is not a key"),
    ],
)
def test_a_view_gets_a_key_that_is_free(key: str, remapped: dict[str, str], name: str, why: str) -> None:
    assert key_of_view(key, remapped, {"f6": "Rules"}) == (name, why)
