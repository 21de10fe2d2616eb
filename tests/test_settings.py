"""The user's file: what it says is done, what cannot be understood is named, and it is never written."""

from __future__ import annotations

from dataclasses import asdict, fields
from pathlib import Path

import pytest

from cryptonews_tui.article import Role
from cryptonews_tui.query import FIELDS
from cryptonews_tui.settings import COLUMNS, FILTERS, SETTINGS, Paths, Settings, find_paths, load
from cryptonews_tui.tui.filter_rows import LEAST, TITLES, VIEWS
from cryptonews_tui.tui.headlines_pane import _CELLS as CELLS


def load_text(folder: Path, text: str | bytes) -> tuple[Settings, list[str]]:
    path = folder / "settings.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    found = load(path)
    assert path.read_bytes() == (text if isinstance(text, bytes) else text.encode())
    return found


def test_without_a_file_the_defaults_are_used(tmp_path: Path) -> None:
    assert load(tmp_path / "settings.toml") == (Settings(), [])
    assert list(tmp_path.iterdir()) == []


def test_every_setting_can_be_said(tmp_path: Path) -> None:
    text = """
        languages = ["uk", "EN"]
        theme = "nord"
        reading_width = 72
        read_after_seconds = 0.5
        follow_after_ms = 0
        order = "-score"
        columns = ["lang", "age", "lang"]
        filters = ["tag", "asset"]
        pictures = "sixel"
        show_covers = true
        cover_cache_mb = 0
        [views]
        Markets = "category:market"
        Rules = {query = "regulation:etf", key = "f5"}
        [assets]
        btc = ["digital gold"]
        fog = "Fog Coin"
        [sections]
        impact = ["fallout", "…effect on"]
        other = "market$"
        [keys]
        star = "asterisk,x"
        zoom = 5
    """
    assert load_text(tmp_path, text) == (
        Settings(
            languages=("uk", "en"),
            theme="nord",
            reading_width=72,
            read_after_seconds=0.5,
            follow_after_ms=0,
            order="-score",
            columns=("lang", "age"),
            filters=("tag", "asset"),
            pictures="sixel",
            show_covers=True,
            cover_cache_mb=0,
            views={"Markets": "category:market", "Rules": {"query": "regulation:etf", "key": "f5"}},
            assets={"btc": ("digital gold",), "fog": ("Fog Coin",)},
            sections={"impact": ("fallout", "…effect on"), "other": ("market$",)},
            keys={"star": "asterisk,x", "zoom": 5},
        ),
        [],
    )


def test_a_language_may_name_its_region(tmp_path: Path) -> None:
    assert load_text(tmp_path, 'languages = ["pt-BR", "zh_Hant", "UK"]') == (
        Settings(languages=("pt-br", "zh_hant", "uk")),
        [],
    )


def test_the_manual_has_every_setting_and_accepts_every_default() -> None:
    assert set(SETTINGS) == {setting.name for setting in fields(Settings)}
    for name, value in asdict(Settings()).items():
        given = list(value) if isinstance(value, tuple) else value
        assert SETTINGS[name].convert(given) == value
        assert SETTINGS[name].help.endswith(".")


@pytest.mark.parametrize(
    "line",
    [
        'languages = "uk"',
        "languages = []",
        'languages = ["../x"]',
        'languages = ["english"]',
        'languages = ["pt-"]',
        'theme = ""',
        "theme = 1",
        "reading_width = 19",
        "reading_width = 201",
        "reading_width = 72.5",
        "reading_width = true",
        "read_after_seconds = -1",
        "read_after_seconds = nan",
        "read_after_seconds = inf",
        'read_after_seconds = "3"',
        "follow_after_ms = 1e3",
        'keys = "j"',
        'order = "beauty"',
        'order = "--score"',
        "order = 1",
        'columns = "age"',
        'columns = ["price"]',
        "columns = [1]",
        "columns = [[]]",
        'filters = ["tags"]',
        "filters = {}",
        'pictures = "iterm"',
        "pictures = true",
        'show_covers = "yes"',
        "show_covers = 1",
        "cover_cache_mb = -1",
        "cover_cache_mb = 10001",
        "cover_cache_mb = true",
        'views = "tag:fog"',
        "views = {Fog = 5}",
        "views = {Fog = {}}",
        'views = {Fog = {query = "tag:fog", keys = "x"}}',
        'views = {Fog = {query = "tag:fog", key = 5}}',
        'views = {" " = "tag:fog"}',
        'assets = ["btc"]',
        "assets = {btc = []}",
        "assets = {btc = [1]}",
        'assets = {btc = " "}',
        'sections = ["impact"]',
        "sections = {impact = []}",
        "sections = {impact = [5]}",
        'sections = {impact = "…$"}',
        'sections = {impact = ["fallout", "?"]}',
        'sections = {impcat = "fallout"}',
        'sections = {Impact = "fallout"}',
    ],
)
def test_a_value_that_cannot_be_used_is_named_and_the_rest_works(tmp_path: Path, line: str) -> None:
    name = line.split(" ")[0]
    other = "follow_after_ms = 99" if name != "follow_after_ms" else "reading_width = 99"
    settings, problems = load_text(tmp_path, f"{other}\n{line}\n")
    assert problems == [f"settings: {name} must be {SETTINGS[name].accepts} ({tmp_path / 'settings.toml'})"]
    assert getattr(settings, name) == getattr(Settings(), name)
    assert 99 in (settings.follow_after_ms, settings.reading_width)


@pytest.mark.parametrize(
    ("line", "name", "kept", "left_out"),
    [
        ('languages = ["uk", 5]', "languages", ("uk",), "“5”"),
        ('filters = ["tag", "nope", "on"]', "filters", ("tag", "on"), "“nope”"),
        ('views = {Fog = "tag:fog", Wrong = 5}', "views", {"Fog": "tag:fog"}, "“Wrong”"),
        ('assets = {btc = ["gold"], eth = 5}', "assets", {"btc": ("gold",)}, "“eth”"),
        ('sections = {impcat = "x", impact = "y"}', "sections", {"impact": ("y",)}, "“impcat”"),
        ('sections = {market = "…", impact = "y"}', "sections", {"impact": ("y",)}, "“market”"),
    ],
)
def test_one_entry_that_cannot_be_used_does_not_take_the_others(
    tmp_path: Path, line: str, name: str, kept: object, left_out: str
) -> None:
    settings, problems = load_text(tmp_path, line)
    assert getattr(settings, name) == kept
    assert len(problems) == 1
    assert f"{left_out} is left out" in problems[0]


def test_a_view_that_is_no_query_is_named_with_the_place_and_the_others_work(tmp_path: Path) -> None:
    text = """
        [views]
        Fog = "tag:fog"
        Wrong = "fog tga:x"
        Worse = {query = "sentiment:happy"}
    """
    settings, problems = load_text(tmp_path, text)
    assert settings.views == {"Fog": "tag:fog"}
    path = tmp_path / "settings.toml"
    wrong, worse = problems
    assert wrong.startswith("settings: the view “Wrong”, at character 5: there is no field “tga:”;")
    assert worse.startswith("settings: the view “Worse”, at character 11: sentiment: cannot be “happy”;")
    assert all(problem.endswith(f" ({path})") for problem in problems)


def test_the_list_may_have_no_columns_and_the_pane_no_groups(tmp_path: Path) -> None:
    assert load_text(tmp_path, "columns = []\nfilters = []") == (Settings(columns=(), filters=()), [])


def test_groups_and_columns_are_those_that_the_panes_know() -> None:
    assert set(FILTERS) == set(TITLES) - {VIEWS} == set(LEAST)
    assert set(FILTERS) <= set(FIELDS)
    assert set(COLUMNS) == set(CELLS)


def test_the_manual_names_every_role() -> None:
    assert f"({', '.join(Role)})" in SETTINGS["sections"].accepts


def test_an_unknown_setting_is_named_and_the_rest_works(tmp_path: Path) -> None:
    settings, problems = load_text(tmp_path, 'colour = "red"\nreading_width = 60\n')
    assert problems == [f"settings: there is no setting “colour” ({tmp_path / 'settings.toml'})"]
    assert settings == Settings(reading_width=60)


@pytest.mark.parametrize("text", ["languages = [", "= 5", b"\xff\xfe\x00", b'theme = "\x00"', "a = 1\na = 2"])
def test_a_file_that_is_no_toml_leaves_the_defaults_and_says_so(tmp_path: Path, text: str | bytes) -> None:
    settings, [problem] = load_text(tmp_path, text)
    assert settings == Settings()
    assert str(tmp_path / "settings.toml") in problem
    assert problem.endswith("the defaults are used")


def test_a_folder_in_place_of_the_file_leaves_the_defaults_and_says_so(tmp_path: Path) -> None:
    settings, [problem] = load(tmp_path)
    assert settings == Settings()
    assert "cannot be read" in problem


def test_arguments_win_over_the_environment_and_that_over_the_usual_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind.lower()))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "site"))
    for name in ("CONFIG", "LIBRARY", "STATE", "CACHE"):
        monkeypatch.delenv(f"CRYPTONEWS_{name}", raising=False)
    assert find_paths() == Paths(
        config=tmp_path / "config/cryptonews-tui/settings.toml",
        library=tmp_path / "data/cryptonews-tui/library.db",
        state=tmp_path / "state/cryptonews-tui/state.db",
        cache=tmp_path / "cache/cryptonews-tui",
        site=tmp_path / "site/cryptonews-tui/settings.toml",
    )
    monkeypatch.setenv("CRYPTONEWS_CACHE", "/env/cache")
    monkeypatch.setenv("CRYPTONEWS_LIBRARY", "/env/library.db")
    monkeypatch.setenv("CRYPTONEWS_STATE", "/env/state.db")
    monkeypatch.setenv("CRYPTONEWS_CONFIG", "")
    assert find_paths(state="/named/state.db") == Paths(
        config=tmp_path / "config/cryptonews-tui/settings.toml",
        library=Path("/env/library.db"),
        state=Path("/named/state.db"),
        cache=Path("/env/cache"),
        site=tmp_path / "site/cryptonews-tui/settings.toml",
    )


@pytest.mark.parametrize("name", ["library.db", "samples.db", "news", "library.db.samples"])
def test_the_samples_are_never_the_library(name: str) -> None:
    paths = find_paths(f"/x/{name}")
    assert paths.samples == Path(f"/x/{name}.samples")
    assert paths.samples != paths.library


def test_a_home_folder_is_expanded_and_an_unknown_one_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/reader")
    assert find_paths("~/l.db").library == Path("/home/reader/l.db")
    assert find_paths("~no-such-user/l.db").library == Path("~no-such-user/l.db")


@pytest.mark.parametrize(
    "text",
    ["x = " + "[" * 3_000 + "]" * 3_000, "x = " + "7" * 5_000, "x." * 30_000 + "x = 1", "#" * 300_000],
    ids=["nesting", "digits", "names", "letters"],
)
def test_a_file_without_end_is_said_and_not_used(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    settings, problems = load(path)
    assert settings == Settings()
    assert [problem.partition(" is not valid TOML")[0] for problem in problems] == [f"settings: {path}"]


def test_a_file_that_never_ends_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.symlink_to("/dev/zero")
    settings, problems = load(path)
    assert settings == Settings()
    assert [problem.partition(" is not valid TOML")[0] for problem in problems] == [f"settings: {path}"]
