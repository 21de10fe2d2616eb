"""Typed settings and the paths of everything. Reads the user's file, never writes it.

`SETTINGS` is the whole manual: the documentation is made from it. What the file says that we do not
understand is reported by name, and the rest works.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptonews_tui.article import Role
from cryptonews_tui.translation import N_, _

if TYPE_CHECKING:
    from cryptonews_tui.sources.http.secrets import Secret
    from cryptonews_tui.sources.shapes import Shape

APP = "cryptonews-tui"

_LONGEST, _DOTS = 200_000, 200
"""Characters of a file of settings, and dots in one of its lines."""

FILTERS = ("is", "sentiment", "asset", "source", "category", "tag", "lang", "section", "on")
"""The groups of the filters pane, by the names of their fields."""

COLUMNS = ("mood", "age", "source", "category", "lang", "score")
"""What a headline can have in front of its title."""

PICTURES = ("blocks", "kitty", "sixel")
"""How a cover can be drawn."""

SIGNS = ("auto", "unicode", "ascii")
"""Which letters and signs a terminal can show."""

WHEN = ("auto", "always", "never")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user may decide. `keys` is the table as it stands: `tui.commands.check_remapping` judges it."""

    languages: tuple[str, ...] = ("en", "uk")
    theme: str = "auto"
    reading_width: int = 80
    read_after_seconds: float = 3.0
    follow_after_ms: int = 150
    order: str = "published"
    columns: tuple[str, ...] = ("mood", "age", "source")
    filters: tuple[str, ...] = FILTERS
    pictures: str = "blocks"
    refresh_minutes: float = 15
    refresh_at_start: bool = True
    watch_folders: bool = True
    hosts_at_once: int = 8
    requests_per_host: int = 1
    mouse: bool = True
    signs: str = "auto"
    frugal: str = "auto"
    show_covers: bool = False
    cover_cache_mb: int = 100
    views: Mapping[str, str | Mapping[str, str]] = field(default_factory=dict)
    assets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sections: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keys: Mapping[str, object] = field(default_factory=dict)
    secrets: tuple[Secret, ...] = ()
    shapes: tuple[Shape, ...] = ()
    folded_sections: tuple[Role, ...] = ()
    pipe: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the manual: what a setting does, how its TOML value is checked (None: refused)."""

    help: str
    accepts: str
    convert: Callable[[Any], Any]


_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")  # as the articles' own


def _languages(value: Any) -> tuple[str, ...] | None:
    good = (
        isinstance(value, list)
        and value
        and all(isinstance(v, str) and _LANGUAGE.fullmatch(v) for v in value)
    )
    return tuple(v.lower() for v in value) if good else None


def _number(least: float, most: float) -> Callable[[Any], float | None]:
    def convert(value: Any) -> float | None:
        good = isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most
        return value if good else None

    return convert


def _whole(least: int, most: int) -> Callable[[Any], int | None]:
    return lambda value: value if type(value) is int and least <= value <= most else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _truth(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _one_of(names: tuple[str, ...]) -> Callable[[Any], str | None]:
    return lambda value: value if isinstance(value, str) and value in names else None


def _some_of(names: tuple[str, ...]) -> Callable[[Any], tuple[str, ...] | None]:
    def convert(value: Any) -> tuple[str, ...] | None:
        if not isinstance(value, list) or not all(name in names for name in value):
            return None
        return tuple(dict.fromkeys(value))

    return convert


def _order(value: Any) -> str | None:
    from cryptonews_tui.query import ORDERS

    return value if isinstance(value, str) and value.removeprefix("-").removeprefix("+") in ORDERS else None


def _names(value: Any) -> dict[str, tuple[str, ...]] | None:
    if not isinstance(value, dict):
        return None
    lists = {name: [given] if isinstance(given, str) else given for name, given in value.items()}
    good = all(
        isinstance(given, list) and given and all(isinstance(each, str) and each.strip() for each in given)
        for given in lists.values()
    )
    return {name: tuple(given) for name, given in lists.items()} if good else None


def _headings(value: Any) -> dict[str, tuple[str, ...]] | None:
    from cryptonews_tui.article import Role

    named = _names(value)
    good = named is not None and all(
        role in tuple(Role) and all(any(map(str.isalnum, heading)) for heading in headings)
        for role, headings in named.items()
    )
    return named if good else None


def _views(value: Any) -> dict[str, str | dict[str, str]] | None:
    def is_view(said: Any) -> bool:
        if isinstance(said, dict):
            good = "query" in said and said.keys() <= {"query", "key"}
            return good and all(isinstance(text, str) for text in said.values())
        return isinstance(said, str)

    good = isinstance(value, dict) and all(name.strip() and is_view(said) for name, said in value.items())
    return dict(value) if good else None


def _roles(value: Any) -> tuple[Role, ...] | None:
    names = _some_of(tuple(Role))(value)
    return None if names is None else tuple(map(Role, names))


def _command(value: Any) -> tuple[str, ...] | None:
    good = isinstance(value, list) and all(isinstance(word, str) and "\0" not in word for word in value)
    return tuple(value) if good and (not value or value[0].strip()) else None


def _secrets(value: Any) -> tuple[Secret, ...] | None:
    from cryptonews_tui.sources.http.secrets import Secret

    try:
        return tuple(Secret.from_table(place, table) for place, table in dict(value).items())
    except (ValueError, TypeError, AttributeError):
        return None


def _shapes(value: Any) -> tuple[Shape, ...] | None:
    from cryptonews_tui.sources.shapes import Shape

    try:
        return tuple(Shape.from_table(table) for table in dict(value).values())
    except (ValueError, TypeError, AttributeError):
        return None


def _keys(value: Any) -> dict[str, object] | None:
    return dict(value) if isinstance(value, dict) else None


SETTINGS: dict[str, Setting] = {
    "languages": Setting(
        N_("The languages you read, best first. A story is shown in the first one it has."),
        N_("a list of language codes"),
        _languages,
    ),
    "theme": Setting(
        N_("The colours. `auto` takes ours, or the terminal's where it has only 16."),
        N_("`auto` or the name of a theme (F9 shows them)"),
        _text,
    ),
    "reading_width": Setting(
        N_("Columns of text in the article pane; `<` and `>` change it for the session."),
        N_("a whole number from 20 to 200"),
        _whole(20, 200),
    ),
    "read_after_seconds": Setting(
        N_("A story counts as read after it has been shown for so long. 0: only when opened with Enter."),
        N_("a number from 0 to 3600"),
        _number(0, 3600),
    ),
    "follow_after_ms": Setting(
        N_("The article pane follows the cursor after it has rested for so long."),
        N_("a whole number from 0 to 10000"),
        _whole(0, 10_000),
    ),
    "order": Setting(
        N_(
            "How the list is sorted when the query does not say; `-score` falls, `+score` rises. "
            "`\\` changes it for the session."
        ),
        N_("published, updated, title, source or score, with a sign if you like"),
        _order,
    ),
    "columns": Setting(
        N_("What stands before the titles in the list, from left to right, where there is room."),
        N_("a list of some of mood, age, source, category, lang, score"),
        _some_of(COLUMNS),
    ),
    "filters": Setting(
        N_("The groups of the filters, from top to bottom; what is left out is not shown."),
        N_("a list of some of is, sentiment, asset, source, category, tag, lang, section, on"),
        _some_of(FILTERS),
    ),
    "pictures": Setting(
        N_(
            "How covers are drawn: in half blocks, which every terminal shows, or in the protocol of kitty or sixel, "
            "if yours knows it. The terminal is not asked."
        ),
        N_("`blocks`, `kitty` or `sixel`"),
        _one_of(PICTURES),
    ),
    "refresh_minutes": Setting(
        N_(
            "How long after a visit a source is due again, unless it has an interval of its own. 0: only when asked."
        ),
        N_("a number from 0 to 10080"),
        _number(0, 10_080),
    ),
    "refresh_at_start": Setting(
        N_("Visit the sources that are due when the reader is opened."),
        N_("true or false"),
        _truth,
    ),
    "watch_folders": Setting(
        N_("Watch folders on this computer, so that a change in them is on the screen at once."),
        N_("true or false"),
        _truth,
    ),
    "hosts_at_once": Setting(
        N_("How many servers are asked at once."),
        N_("a whole number from 1 to 64"),
        _whole(1, 64),
    ),
    "requests_per_host": Setting(
        N_("How many requests one server gets at once."),
        N_("a whole number from 1 to 16"),
        _whole(1, 16),
    ),
    "mouse": Setting(
        N_(
            "Take the mouse: click and wheel do what you expect. Without it the mouse is the terminal's own, as for "
            "marking text."
        ),
        N_("true or false"),
        _truth,
    ),
    "signs": Setting(
        N_(
            "Which letters and signs your terminal shows. `auto` goes by LC_ALL, LC_CTYPE and LANG; `ascii` does "
            "without ▲▼•│."
        ),
        N_("`auto`, `unicode` or `ascii`"),
        _one_of(SIGNS),
    ),
    "frugal": Setting(
        N_("Write as little as possible to the terminal, with fewer colours. `auto`: over SSH."),
        N_("`auto`, `always` or `never`"),
        _one_of(WHEN),
    ),
    "show_covers": Setting(
        N_("Show the cover of each article that is opened, without being asked."),
        N_("true or false"),
        _truth,
    ),
    "cover_cache_mb": Setting(
        N_(
            "How much room covers may take on the disk, in megabytes, so that none is fetched twice. 0: none is kept."
        ),
        N_("a whole number from 0 to 10000"),
        _whole(0, 10_000),
    ),
    "views": Setting(
        N_(
            'Queries with a name: `[views]` with lines such as `Markets = "category:market is:unread"` or '
            '`Rules = {query = "regulation:etf", key = "f5"}`.'
        ),
        N_("a table of names and queries, or of names and tables with a query and a key"),
        _views,
    ),
    "assets": Setting(
        N_(
            'More names of assets: `[assets]` with lines such as `btc = ["digital gold"]`; a new symbol is a new asset.'
        ),
        N_("a table of symbols and lists of names"),
        _names,
    ),
    "sections": Setting(
        N_(
            "More headings of sections: `[sections]` with lines such as "
            '`impact = ["fallout", "…effect on"]`; `…` lets it stand anywhere, `$` ends the heading.'
        ),
        N_(
            "a table of roles (overview, events, significance, regulation, market, outlook, author, impact, other) "
            "and lists of what headings begin with"
        ),
        _headings,
    ),
    "secrets": Setting(
        N_(
            'What sources are to be told to let us in: `[secrets."news.example.org"]` with lines such as '
            '`token_command = "pass show news"`; see [sources.md](sources.md).'
        ),
        N_("a table of hosts or addresses, each with a table that says where the secret is kept"),
        _secrets,
    ),
    "shapes": Setting(
        N_("Where JSON news of other publishers keep what: `[shapes.NAME]`; see [sources.md](sources.md)."),
        N_('a table of names, each with a table: `for` and what is where, such as `title = "headline"`'),
        _shapes,
    ),
    "keys": Setting(
        N_(
            'Other keys for commands: `[keys]` with lines such as `star = "asterisk,x"`. `cryptonews keys` lists them.'
        ),
        N_("a table of command ids and keys"),
        _keys,
    ),
    "folded_sections": Setting(
        N_(
            "Sections that are folded when an article is opened; `x` unfolds one. `author` is the machine's opinion."
        ),
        N_(
            "a list of some of overview, events, significance, regulation, market, outlook, author, impact, other"
        ),
        _roles,
    ),
    "pipe": Setting(
        N_(
            "The command that `|` gives the article to, as Markdown, without a shell: its words one by one, "
            'such as `["pandoc", "-t", "plain"]`.'
        ),
        N_("a list of a program and its arguments; empty: none"),
        _command,
    ),
}


@dataclass(frozen=True, slots=True)
class Paths:
    """Where everything is. A path given on the command line or in the environment wins over the usual place."""

    config: Path
    library: Path
    state: Path
    cache: Path
    site: Path | None = None
    """The administrator's settings, which stand under the user's."""

    @property
    def journal(self) -> Path:
        """Where refreshes write what they did."""
        return self.state.with_name(f"{self.state.name}.log")

    @property
    def samples(self) -> Path:
        """The library of the articles that ship with the program; it can be thrown away, and is never the library."""
        return self.library.with_name(f"{self.library.name}.samples")


def find_paths(library: str | None = None, state: str | None = None, config: str | None = None) -> Paths:
    """The paths in force: arguments before environment before the platform's own places."""

    def chosen(argument: str | None, variable: str, usual: Callable[[], Path]) -> Path:
        named = argument or os.environ.get(variable)
        return Path(os.path.expanduser(named)) if named else usual()

    return Paths(
        config=chosen(config, "CRYPTONEWS_CONFIG", lambda: _platform("config") / "settings.toml"),
        library=chosen(library, "CRYPTONEWS_LIBRARY", lambda: _platform("data") / "library.db"),
        state=chosen(state, "CRYPTONEWS_STATE", lambda: _platform("state") / "state.db"),
        cache=chosen(None, "CRYPTONEWS_CACHE", lambda: _platform("cache")),
        site=_platform("site") / "settings.toml",
    )


SHARED_LIBRARY = Path("/var/lib/cryptonews-tui/library.db")
"""Where a server keeps the library of all its readers, unless it says otherwise."""

LOCKED = "locked"
"""In the administrator's file: the settings that are nobody else's."""

_COMMANDS = ("pipe", "secrets")
"""Settings that make the program run others."""


def load(path: Path, site: Path | None = None, *, restricted: bool = False) -> tuple[Settings, list[str]]:
    """The settings, and a sentence for everything in the files that could not be used.

    The user's, at `path`, stand over the administrator's at `site`, tables entry by entry, but for what is `locked`
    there. A `restricted` session has none that run commands.
    """
    theirs, problems = _read(site) if site is not None else ({}, [])
    own, more = _read(path)
    problems += more
    names = theirs.pop(LOCKED, [])
    if LOCKED in own:
        del own[LOCKED]
        problems.append(_("settings: only the administrator's file has “locked” ({path})").format(path=path))
    if not isinstance(names, list) or not all(name in SETTINGS for name in names):
        problems.append(_("settings: “locked” must be a list of settings ({path})").format(path=site))
        names = [name for name in names if name in SETTINGS] if isinstance(names, list) else []
    for name in names:
        if own.pop(name, None) is not None:
            problems.append(_("settings: “{name}” is set by the administrator").format(name=name))
    data: dict[str, Any] = {}
    for file, said in ((site, theirs), (path, own)):
        for name, value in _usable(said, file, problems).items():
            above = isinstance(value, dict) and name in data
            data[name] = {**data[name], **value} if above else value
    if restricted:
        data = {name: value for name, value in data.items() if name not in _COMMANDS}
    return Settings(**{name: SETTINGS[name].convert(value) for name, value in data.items()}), problems


def _read(path: Path) -> tuple[dict[str, Any], list[str]]:
    """What a file says, and a sentence if that cannot be told, or must not be believed."""
    try:
        with path.open("rb") as file:
            text = file.read(4 * _LONGEST + 1).decode()
            strangers = _may_be_strangers(os.fstat(file.fileno()))
    except FileNotFoundError:
        return {}, []
    except (OSError, UnicodeDecodeError) as error:
        return {}, [
            _("settings: {path} cannot be read ({error}); the defaults are used").format(
                path=path, error=error
            )
        ]
    import tomllib  # most people have no file

    try:
        data = tomllib.loads(_bounded(text))
    except (ValueError, RecursionError) as error:  # not only TOML's own: of numbers and nesting without end
        return {}, [
            _("settings: {path} is not valid TOML: {error}; the defaults are used").format(
                path=path, error=error
            )
        ]
    problems: list[str] = []
    for name in _COMMANDS:
        if strangers and name in data:
            del data[name]
            problems.append(
                _(
                    "settings: “{name}” can run commands, and others than you may write {path}; it is left out."
                    " Mend it: chmod go-w"
                ).format(name=name, path=path)
            )
    return data, problems


def _may_be_strangers(file: os.stat_result) -> bool:
    """Whether somebody else than the user and the administrator can have written a file."""
    if sys.platform == "win32":  # who may write is told otherwise there
        return False
    by_group = file.st_mode & 0o020 and not _has_one_member(file.st_gid)
    return bool(file.st_mode & 0o002 or by_group) or file.st_uid not in (os.geteuid(), 0)


def _has_one_member(group: int) -> bool:
    """Whether a group is the user's alone: many systems give each one, and make files that it may write."""
    if sys.platform == "win32":
        return False
    import grp
    import pwd

    try:
        found, user = grp.getgrgid(group), pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return False
    return found.gr_name == user and set(found.gr_mem) <= {user}


def _usable(data: Mapping[str, Any], path: Path | None, problems: list[str]) -> dict[str, Any]:
    """What of a file's settings can be used, as it stands there; sentences about the rest go to `problems`."""
    good: dict[str, Any] = {}
    for name, given in data.items():
        setting = SETTINGS.get(name)
        if setting is None:
            problems.append(_("settings: there is no setting “{name}” ({path})").format(name=name, path=path))
        elif setting.convert(given) is not None:
            good[name] = given
        else:
            kept, bad = _entries(setting, given)
            if kept and setting.convert(kept) is not None:  # one bad entry does not take the others
                good[name] = kept
                what = ", ".join(f"“{str(entry)[:60]}”" for entry in bad)
                problems.append(
                    _("settings: {name} must be {accepted}; {what} is left out ({path})").format(
                        name=name, accepted=_(setting.accepts), what=what, path=path
                    )
                )
            else:
                problems.append(
                    _("settings: {name} must be {accepted} ({path})").format(
                        name=name, accepted=_(setting.accepts), path=path
                    )
                )
    if views := good.get("views"):
        good["views"], wrong = _parsable(views)
        problems += [f"{problem} ({path})" for problem in wrong]
    return good


def _bounded(text: str) -> str:
    """The same. Raises `ValueError` for names of names of names, which take Python the square of their length."""
    if len(text) > _LONGEST or any(line.count(".") > _DOTS for line in text.splitlines()):
        raise ValueError(_("it is longer, or has more dots in a line, than settings can have"))
    return text


def _entries(setting: Setting, given: Any) -> tuple[Any, list[Any]]:
    """The entries of a table or list that can be used by themselves, and the names of the others."""
    if isinstance(given, dict):
        good = {name: said for name, said in given.items() if setting.convert({name: said}) is not None}
        return good, [name for name in given if name not in good]
    if isinstance(given, list):
        kept = [entry for entry in given if setting.convert([entry]) is not None]
        return kept, [entry for entry in given if entry not in kept]
    return None, []


def _parsable(views: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The views that can be asked, and a sentence for each of the others."""
    from cryptonews_tui.query import QueryError, parse

    good: dict[str, Any] = {}
    problems: list[str] = []
    for name, said in views.items():
        try:
            parse(said if isinstance(said, str) else said["query"])
        except QueryError as error:
            problems.append(
                _("settings: the view “{name}”, at character {number}: {error}").format(
                    name=name, number=error.position + 1, error=error
                )
            )
        else:
            good[name] = said
    return good, problems


def _platform(kind: str) -> Path:
    import platformdirs

    places: dict[str, Callable[..., Path]] = {
        "config": platformdirs.user_config_path,
        "site": platformdirs.site_config_path,
        "data": platformdirs.user_data_path,
        "state": platformdirs.user_state_path,
        "cache": platformdirs.user_cache_path,
    }
    return places[kind](APP, appauthor=False)


assert {setting.name for setting in fields(Settings)} == set(SETTINGS)
