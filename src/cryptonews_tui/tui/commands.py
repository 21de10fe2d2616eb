"""Everything the reader can do, in one table: bindings, palette, help, remapping and the docs come from it.

Plain values without Textual, because `cryptonews keys` prints them too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """One verb. `keys` are Textual's names, comma separated; `scope` says which pane has to have the focus.

    Its action is the id with `_` for `-`. `title` is what the palette and the footer show, `help` a sentence.
    """

    id: str
    keys: str
    title: str
    help: str
    scope: str = "anywhere"
    group: str = "Everything else"


_MOVE, _READ, _FIND, _MARK, _SHOW = "Moving", "Reading", "Finding", "Marking", "Showing"

COMMANDS: tuple[Command, ...] = (
    Command("down", "j,down", "Down", "One line or story down.", group=_MOVE),
    Command("up", "k,up", "Up", "One line or story up.", group=_MOVE),
    Command("half-page-down", "ctrl+d", "Half a page down", "Half a page down.", group=_MOVE),
    Command("half-page-up", "ctrl+u", "Half a page up", "Half a page up.", group=_MOVE),
    Command("page-down", "space,pagedown", "Page down", "A page down.", group=_MOVE),
    Command("page-up", "b,pageup", "Page up", "A page up.", group=_MOVE),
    Command("top", "g,home", "Top", "To the first line or story.", group=_MOVE),
    Command("bottom", "G,end", "Bottom", "To the last line or story.", group=_MOVE),
    Command("pane-left", "h,left", "Pane to the left", "To the pane on the left.", group=_MOVE),
    Command("pane-right", "l,right", "Pane to the right", "To the pane on the right.", group=_MOVE),
    Command("next-pane", "tab", "Next pane", "To the next pane, round and round.", group=_MOVE),
    Command(
        "previous-pane", "shift+tab", "Previous pane", "To the pane before, round and round.", group=_MOVE
    ),
    Command(
        "filters-pane",
        "f,1",
        "Filters",
        "To the filters; they slide over where there is no room.",
        group=_MOVE,
    ),
    Command("headlines-pane", "2", "Headlines", "To the headlines.", group=_MOVE),
    Command("article-pane", "3", "Article", "To the article.", group=_MOVE),
    Command(
        "open",
        "enter",
        "Open",
        "Read the story under the cursor; in the filters: only this value.",
        group=_READ,
    ),
    Command("back", "escape", "Back", "One step back: query line, filters, article.", group=_READ),
    Command(
        "quit",
        "q",
        "Quit",
        "One step back from an article or the filters; at the top level quit.",
        group=_READ,
    ),
    Command("next-story", "J", "Next story", "The next story, while reading too.", group=_READ),
    Command("previous-story", "K", "Previous story", "The previous story, while reading too.", group=_READ),
    Command("next-unread", "n", "Next unread", "The next unread story.", group=_READ),
    Command("previous-unread", "p", "Previous unread", "The previous unread story.", group=_READ),
    Command(
        "next-section",
        "right_square_bracket",
        "Next section",
        "The next section of the article.",
        group=_READ,
    ),
    Command(
        "previous-section", "left_square_bracket", "Previous section", "The section before.", group=_READ
    ),
    Command("sections", "ctrl+t", "Sections", "List the sections of the article and go to one.", group=_READ),
    Command("language", "L", "Other language", "The story in its next language.", group=_READ),
    Command("browser", "o", "Open in browser", "Open the story's own page in the browser.", group=_READ),
    Command("copy-link", "y", "Copy link", "Copy the address of the story's page.", group=_READ),
    Command(
        "query", "slash", "Query", "Edit the query; Enter applies it, Esc leaves it as it was.", group=_FIND
    ),
    Command("tags", "t", "Tag …", "Choose a tag to filter by.", group=_FIND),
    Command("source-filter", "S", "Source …", "Choose a source to filter by.", group=_FIND),
    Command("categories", "c", "Category …", "Choose a category to filter by.", group=_FIND),
    Command("positive", "plus", "Only positive", "Only positive stories; again: all.", group=_FIND),
    Command("negative", "minus", "Only negative", "Only negative stories; again: all.", group=_FIND),
    Command("any-sentiment", "equals_sign", "Any sentiment", "Stories of any sentiment.", group=_FIND),
    Command("clear", "ctrl+l", "Clear the query", "Show all stories again.", group=_FIND),
    Command("include", "space", "Include", "Stories with this value; again: no matter.", "filters", _FIND),
    Command("exclude", "minus", "Exclude", "Stories without this value; again: no matter.", "filters", _FIND),
    Command(
        "search-tags",
        "slash",
        "Search values",
        "Show only the values that contain some letters.",
        "filters",
        _FIND,
    ),
    Command("read", "m", "Read / unread", "Mark the story read, or unread again.", group=_MARK),
    Command("star", "s", "Star", "Star the story, or take the star away.", group=_MARK),
    Command("refresh", "r", "Refresh", "Bring the library up to date with your sources.", group=_SHOW),
    Command("zoom", "z", "Article alone", "The article alone on the screen, and back.", group=_SHOW),
    Command("narrower", "less_than_sign", "Narrower", "A narrower reading column.", group=_SHOW),
    Command("wider", "greater_than_sign", "Wider", "A wider reading column.", group=_SHOW),
    Command("theme", "f9", "Theme …", "Choose the colours.", group=_SHOW),
    Command("help", "question_mark,f1", "Help", "What every key does.", group=_SHOW),
    Command("palette", "ctrl+p,colon", "All commands …", "Find a command by its name.", group=_SHOW),
)

BY_ID: dict[str, Command] = {command.id: command for command in COMMANDS}

_SHOWN = {
    "escape": "Esc",
    "down": "↓",
    "up": "↑",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
}


def keys_of(command: Command, remapped: Mapping[str, str]) -> str:
    """The keys in force for a command."""
    return remapped.get(command.id, command.keys)


def shown_keys(command: Command, remapped: Mapping[str, str] | None = None, separator: str = " ") -> str:
    """The keys in force as people write them: `j ↓`, `Ctrl+D`."""
    return separator.join(_shown(key.strip()) for key in keys_of(command, remapped or {}).split(","))


def check_remapping(remapped: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """What of a user's `[keys]` can be used, and a sentence for the rest."""
    good: dict[str, str] = {}
    problems: list[str] = []
    for name, keys in remapped.items():
        unknown = [key for key in keys.split(",") if not _is_key(key.strip())]
        if name not in BY_ID:
            problems.append(f"keys: there is no command “{name}”; `cryptonews keys` lists them")
        elif unknown:
            problems.append(
                f"keys: {name}: “{unknown[0].strip()}” is not a key; the usual keys of {name} are kept"
            )
        else:
            good[name] = ",".join(_SPELLED.get(key.strip(), key.strip()) for key in keys.split(","))
    return good, problems


_NAMED = frozenset(
    [
        "escape",
        "enter",
        "space",
        "tab",
        "backspace",
        "delete",
        "insert",
        "home",
        "end",
        "pageup",
        "pagedown",
        "up",
        "down",
        "left",
        "right",
    ]
) | frozenset(f"f{number}" for number in range(1, 25))
# Keys that Textual names by words, by the sign people type; both are understood in the settings.
_SPELLED = {
    "]": "right_square_bracket",
    "[": "left_square_bracket",
    "?": "question_mark",
    "/": "slash",
    ":": "colon",
    "+": "plus",
    "-": "minus",
    "=": "equals_sign",
    "<": "less_than_sign",
    ">": "greater_than_sign",
    "*": "asterisk",
    "!": "exclamation_mark",
    "@": "at",
    "#": "number_sign",
    "$": "dollar_sign",
    "%": "percent_sign",
    "&": "ampersand",
    ".": "full_stop",
    ";": "semicolon",
    "'": "apostrophe",
    '"': "quotation_mark",
    "\\": "backslash",
    "^": "circumflex_accent",
    "_": "underscore",
    "`": "grave_accent",
    "{": "left_curly_bracket",
    "|": "vertical_line",
    "}": "right_curly_bracket",
    "~": "tilde",
    "(": "left_parenthesis",
    ")": "right_parenthesis",
}
_SIGNS = {name: sign for sign, name in _SPELLED.items()}


def _is_key(key: str) -> bool:
    *modifiers, name = key.split("+") if len(key) > 1 else [key]
    known = len(name) == 1 or name in _NAMED or name in _SPELLED.values()
    return known and all(modifier in ("ctrl", "shift", "alt", "super", "meta") for modifier in modifiers)


def _shown(key: str) -> str:
    *modifiers, name = key.split("+") if len(key) > 1 else [key]
    usual = name.capitalize() if len(name) > 1 or modifiers else name
    shown = _SHOWN.get(name) or _SIGNS.get(name) or usual
    return "+".join([*(modifier.capitalize() for modifier in modifiers), shown])


def grouped(commands: Iterable[Command] = COMMANDS) -> dict[str, list[Command]]:
    """The commands by group, in the order of the table."""
    groups: dict[str, list[Command]] = {}
    for command in commands:
        groups.setdefault(command.group, []).append(command)
    return groups
