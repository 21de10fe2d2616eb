"""The administrator's settings under the user's: what wins, what is locked, and whose file may run commands."""

from __future__ import annotations

import grp
import os
import pwd
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptonews_tui.settings import SETTINGS, Settings, find_paths, load
from tests.command_line import Run


class Files:
    """The two files, as somebody writes them."""

    def __init__(self, folder: Path) -> None:
        self.own, self.site = folder / "settings.toml", folder / "site.toml"

    def load(self, site: str, own: str, *, restricted: bool = False) -> tuple[Settings, list[str]]:
        self.site.write_text(site, encoding="utf-8")
        self.own.write_text(own, encoding="utf-8")
        return load(self.own, self.site, restricted=restricted)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def test_the_user_wins_over_the_administrator_and_that_over_the_defaults(files: Files) -> None:
    found = files.load('theme = "nord"\nreading_width = 60\n', "reading_width = 70\n")
    assert found == (Settings(theme="nord", reading_width=70), [])


def test_without_the_administrators_file_there_is_the_users(files: Files) -> None:
    files.own.write_text('theme = "nord"')
    assert load(files.own, files.site) == (Settings(theme="nord"), [])


def test_tables_come_together_entry_by_entry(files: Files) -> None:
    settings, problems = files.load(
        '[views]\nMarkets = "category:market"\nRules = "section:regulation"\n'
        '[assets]\nbtc = ["orange"]\n[keys]\nstar = "x"\n[secrets."a.example"]\ntoken_env = "A"\n',
        '[views]\nRules = "regulation:etf"\nMine = "is:starred"\n'
        '[assets]\nfog = ["fog coin"]\n[keys]\nzoom = "f5"\n[secrets."b.example"]\ntoken_env = "B"\n',
    )
    assert problems == []
    assert settings.views == {
        "Markets": "category:market",
        "Rules": "regulation:etf",
        "Mine": "is:starred",
    }
    assert settings.assets == {"btc": ("orange",), "fog": ("fog coin",)}
    assert settings.keys == {"star": "x", "zoom": "f5"}
    assert [secret.place for secret in settings.secrets] == ["a.example", "b.example"]


def test_a_list_is_the_users_whole(files: Files) -> None:
    settings, _ = files.load('languages = ["en", "uk"]', 'languages = ["uk"]')
    assert settings.languages == ("uk",)


def test_what_is_locked_is_the_administrators_and_it_is_said_once(files: Files) -> None:
    settings, problems = files.load(
        'locked = ["theme", "pipe", "views"]\ntheme = "nord"\n[views]\nMarkets = "category:market"\n',
        'theme = "dracula"\nreading_width = 70\npipe = ["sh"]\n[views]\nMine = "is:starred"\n',
    )
    assert settings == Settings(theme="nord", reading_width=70, views={"Markets": "category:market"})
    assert problems == [
        f"settings: “{name}” is set by the administrator" for name in ("theme", "pipe", "views")
    ]


def test_what_is_locked_and_not_said_by_the_user_is_no_trouble(files: Files) -> None:
    assert files.load('locked = ["theme", "mouse"]\nmouse = false', "") == (Settings(mouse=False), [])


def test_what_is_locked_without_a_value_is_as_it_usually_is(files: Files) -> None:
    assert files.load('locked = ["pipe"]', 'pipe = ["sh"]')[0] == Settings()


@pytest.mark.parametrize("said", ['"theme"', "5", '["theme", "colour"]', "[1]"])
def test_a_lock_that_names_no_setting_is_a_problem_and_the_others_hold(files: Files, said: str) -> None:
    settings, problems = files.load(f'locked = {said}\ntheme = "nord"', 'theme = "dracula"')
    assert f"“locked” must be a list of settings ({files.site})" in problems[0]
    assert settings.theme == ("nord" if said.startswith('["theme') else "dracula")


def test_a_user_locks_nothing(files: Files) -> None:
    settings, [problem] = files.load('theme = "nord"', 'locked = ["theme"]\ntheme = "dracula"')
    assert settings.theme == "dracula"
    assert problem == f"settings: only the administrator's file has “locked” ({files.own})"


def test_problems_name_the_file_that_they_are_in(files: Files) -> None:
    _, problems = files.load("colour = 5\nreading_width = 5", 'theme = 7\n[views]\nBad = "since:"')
    assert [str(files.site) in problem for problem in problems] == [True, True, False, False]
    assert [str(files.own) in problem for problem in problems] == [False, False, True, True]


def test_a_file_that_is_no_toml_takes_only_itself_away(files: Files) -> None:
    settings, [problem] = files.load("= 5", 'theme = "nord"')
    assert settings == Settings(theme="nord")
    assert str(files.site) in problem
    settings, [problem] = files.load('theme = "nord"', "= 5")
    assert settings == Settings(theme="nord")
    assert str(files.own) in problem


COMMANDS = 'pipe = ["touch", "x"]\n[secrets."a.example"]\ntoken_command = "touch x"\n'


@pytest.mark.parametrize("mode", [0o666, 0o646, 0o602])
@pytest.mark.parametrize("whose", ["own", "site"])
def test_a_file_that_others_may_write_runs_no_commands(files: Files, whose: str, mode: int) -> None:
    files.site.write_text(COMMANDS if whose == "site" else "")
    files.own.write_text(f"reading_width = 60\n{COMMANDS}" if whose == "own" else "reading_width = 60\n")
    getattr(files, whose).chmod(mode)
    settings, problems = load(files.own, files.site)
    assert settings == Settings(reading_width=60)
    assert [problem.split("”")[0] for problem in problems] == ["settings: “pipe", "settings: “secrets"]
    assert all("chmod go-w" in problem for problem in problems)


if os.geteuid() == 0 or len(os.getgroups()) > 1:

    def test_a_file_that_a_group_may_write_runs_commands_only_if_the_group_is_the_users_alone(
        files: Files,
    ) -> None:
        files.own.write_text(COMMANDS)
        files.own.chmod(0o664)
        user = pwd.getpwuid(os.geteuid())
        groups = [*os.getgroups(), 12] if os.geteuid() == 0 else os.getgroups()
        for group in groups:
            os.chown(files.own, -1, group)
            alone = grp.getgrgid(group).gr_name == user.pw_name and not grp.getgrgid(group).gr_mem
            assert (load(files.own)[0].pipe == ("touch", "x")) is alone


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o444])
def test_a_file_that_others_may_only_read_is_believed(files: Files, mode: int) -> None:
    files.own.write_text(COMMANDS)
    files.own.chmod(mode)
    settings, problems = load(files.own)
    assert (settings.pipe, len(settings.secrets), problems) == (("touch", "x"), 1, [])


def test_a_restricted_session_has_no_setting_that_runs_commands(files: Files) -> None:
    settings, problems = files.load(COMMANDS, f'theme = "nord"\n{COMMANDS}', restricted=True)
    assert (settings, problems) == (Settings(theme="nord"), [])


def test_the_place_of_the_administrators_file_is_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "xdg"))
    site = tmp_path / "xdg" / "cryptonews-tui" / "settings.toml"
    assert find_paths().site == site
    assert f"site     {site}" in run("paths").lines
    site.parent.mkdir(parents=True)
    site.write_text('[keys]\nstar = "f12"\n')
    assert any(line.startswith("F12 ") and " star " in line for line in run("keys").lines)


_VALUES = st.sampled_from(
    """
    theme = "nord"
    theme = "dracula"
    reading_width = 60
    reading_width = 1
    mouse = false
    x = 1
    languages = ["uk"]
    keys = {star = "x"}
    keys = {zoom = "y"}
    """.strip().splitlines()
).map(str.strip)
_TEXTS = st.lists(_VALUES, unique_by=lambda line: line.split()[0]).map("\n".join)


@given(_TEXTS, _TEXTS, st.sets(st.sampled_from([*SETTINGS])))
def test_a_locked_setting_is_what_it_would_be_without_the_user(
    tmp_path_factory: pytest.TempPathFactory, site: str, own: str, locked: set[str]
) -> None:
    files = Files(tmp_path_factory.mktemp("settings"))
    names = ", ".join(f'"{name}"' for name in locked)
    both, _ = files.load(f"locked = [{names}]\n{site}", own)
    alone, _ = files.load(site, "")
    free, _ = files.load(site, own)
    for name in SETTINGS:
        assert getattr(both, name) == getattr(alone if name in locked else free, name)
