"""Everything the reader can do, in one table: bindings, palette, help, remapping and the docs come from it.

Plain values without Textual, because `cryptonews keys` prints them too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import takewhile

from cryptonews_tui.safety import clean, clean_line
from cryptonews_tui.translation import N_, _


@dataclass(frozen=True, slots=True)
class Command:
    """One verb. `keys` are Textual's names, comma separated; `scope` says which pane has to have the focus.

    Its action is the id with `_` for `-`. `title` is what the palette and the footer show, `help` a sentence;
    both, and `group`, are in English here and translated where they are shown.
    """

    id: str
    keys: str
    title: str
    help: str
    scope: str = "anywhere"
    group: str = N_("Everything else")
    by_screen: bool = False
    """Whether the screen carries it out, not the pane that its scope names."""
    each: bool = False
    """Whether its keys mean different things: the action is told which of them it was, from 1."""
    outside: bool = False
    """Whether it reaches beyond the library and the reader's own state: a restricted session has no such command."""


_MOVE, _READ, _FIND = N_("Moving"), N_("Reading"), N_("Finding")
_MARK, _SHOW = N_("Marking"), N_("Showing")
_FILTER, _TEXT = N_("In the filters"), N_("In the article")
_DIGEST = N_("In the digest")
_SOURCES = N_("In the sources")

COMMANDS: tuple[Command, ...] = (
    Command("down", "j,down", N_("Down"), N_("One line or story down."), group=_MOVE),
    Command("up", "k,up", N_("Up"), N_("One line or story up."), group=_MOVE),
    Command("half-page-down", "ctrl+d", N_("Half a page down"), N_("Half a page down."), group=_MOVE),
    Command("half-page-up", "ctrl+u", N_("Half a page up"), N_("Half a page up."), group=_MOVE),
    Command(
        "page-down",
        "space,pagedown",
        N_("Page down"),
        N_("A page down; at the end of an article the next unread story."),
        group=_MOVE,
    ),
    Command("page-up", "b,pageup", N_("Page up"), N_("A page up."), group=_MOVE),
    Command("top", "g,home", N_("Top"), N_("To the first line or story."), group=_MOVE),
    Command("bottom", "G,end", N_("Bottom"), N_("To the last line or story."), group=_MOVE),
    Command("pane-left", "h,left", N_("Pane to the left"), N_("To the pane on the left."), group=_MOVE),
    Command("pane-right", "l,right", N_("Pane to the right"), N_("To the pane on the right."), group=_MOVE),
    Command("next-pane", "tab", N_("Next pane"), N_("To the next pane, round and round."), group=_MOVE),
    Command(
        "previous-pane",
        "shift+tab",
        N_("Previous pane"),
        N_("To the pane before, round and round."),
        group=_MOVE,
    ),
    Command(
        "filters-pane",
        "f,1",
        N_("Filters"),
        N_("To the filters; they slide over where there is no room."),
        group=_MOVE,
    ),
    Command("headlines-pane", "2", N_("Headlines"), N_("To the headlines."), group=_MOVE),
    Command("article-pane", "3", N_("Article"), N_("To the article."), group=_MOVE),
    Command(
        "open",
        "enter",
        N_("Open"),
        N_(
            "Read the story under the cursor; in the filters: only this value, or the view; on a title: fold."
        ),
        group=_READ,
    ),
    Command("back", "escape", N_("Back"), N_("One step back: query line, filters, article."), group=_READ),
    Command(
        "quit",
        "q",
        N_("Quit"),
        N_("One step back from an article or the filters; at the top level quit."),
        group=_READ,
    ),
    Command("next-story", "J", N_("Next story"), N_("The next story, while reading too."), group=_READ),
    Command(
        "previous-story", "K", N_("Previous story"), N_("The previous story, while reading too."), group=_READ
    ),
    Command("next-unread", "n", N_("Next unread"), N_("The next unread story."), group=_READ),
    Command("previous-unread", "p", N_("Previous unread"), N_("The previous unread story."), group=_READ),
    Command(
        "next-new",
        "full_stop",
        N_("Next new"),
        N_(
            "The newest story that is new: come since you opened the reader, or since the last of them was looked at."
        ),
        group=_READ,
    ),
    Command(
        "next-section",
        "right_square_bracket",
        N_("Next section"),
        N_("The next section of the article."),
        group=_READ,
    ),
    Command(
        "previous-section",
        "left_square_bracket",
        N_("Previous section"),
        N_("The section before."),
        group=_READ,
    ),
    Command(
        "sections",
        "ctrl+t",
        N_("Sections"),
        N_("List the sections of the article and go to one."),
        group=_READ,
    ),
    Command(
        "impact",
        "i",
        N_("Impact"),
        N_("To the impact section, in whatever language the story is."),
        group=_READ,
    ),
    Command("language", "L", N_("Other language"), N_("The story in its next language."), group=_READ),
    Command(
        "digest",
        "I",
        N_("Digest"),
        N_("One section of every story of the list, one after the other."),
        group=_READ,
    ),
    Command(
        "both-languages",
        "B",
        N_("Two languages"),
        N_("Two languages of the story side by side, or paragraph by paragraph; and back."),
        group=_READ,
    ),
    Command(
        "changes",
        "D",
        N_("What changed"),
        N_("What has changed in the story since you read it."),
        group=_READ,
    ),
    Command(
        "previous-shown",
        "backspace",
        N_("Story before"),
        N_("Back to the story that led to this one by a link."),
        group=_READ,
    ),
    Command(
        "browser",
        "o",
        N_("Open in browser"),
        N_("Open the story's own page in the browser."),
        group=_READ,
        outside=True,
    ),
    Command("copy-link", "y", N_("Copy link"), N_("Copy the address of the story's page."), group=_READ),
    Command(
        "copy-article", "Y", N_("Copy the article"), N_("Copy the whole article as Markdown."), group=_READ
    ),
    Command(
        "pipe",
        "vertical_line",
        N_("Pipe"),
        N_("Give the article, as Markdown, to the command of the settings and show what it says."),
        group=_READ,
        outside=True,
    ),
    Command(
        "query",
        "slash",
        N_("Query"),
        N_("Edit the query: the list follows; Enter keeps it, Esc brings back the one before."),
        group=_FIND,
    ),
    Command(
        "order",
        "backslash",
        N_("Next order"),
        N_("Sort the list by something else, round and round."),
        group=_FIND,
    ),
    Command("views", "v", N_("View …"), N_("Choose a view: a query that has a name."), group=_FIND),
    Command(
        "save-view",
        "V",
        N_("Save as a view"),
        N_("Give the query a name, and if you like a key."),
        group=_FIND,
    ),
    Command("tags", "t", N_("Tag …"), N_("Choose a tag to filter by."), group=_FIND),
    Command("assets", "dollar_sign", N_("Asset …"), N_("Choose an asset to filter by."), group=_FIND),
    Command("source-filter", "S", N_("Source …"), N_("Choose a source to filter by."), group=_FIND),
    Command("categories", "c", N_("Category …"), N_("Choose a category to filter by."), group=_FIND),
    Command("positive", "plus", N_("Only positive"), N_("Only positive stories; again: all."), group=_FIND),
    Command("negative", "minus", N_("Only negative"), N_("Only negative stories; again: all."), group=_FIND),
    Command(
        "any-sentiment", "equals_sign", N_("Any sentiment"), N_("Stories of any sentiment."), group=_FIND
    ),
    Command("clear", "ctrl+l", N_("Clear the query"), N_("Show all stories again."), group=_FIND),
    Command(
        "include",
        "space",
        N_("Include"),
        N_("Stories with this value; again: no matter."),
        "filters",
        _FILTER,
    ),
    Command(
        "exclude",
        "minus",
        N_("Exclude"),
        N_("Stories without this value; again: no matter."),
        "filters",
        _FILTER,
    ),
    Command(
        "all-of",
        "ampersand",
        N_("All of"),
        N_("Include the value so that all of its group must hold; again: any of them."),
        "filters",
        _FILTER,
    ),
    Command(
        "clear-field",
        "backspace",
        N_("Clear the group"),
        N_("Take back all that is said about this group."),
        "filters",
        _FILTER,
    ),
    Command("fold", "z", N_("Fold"), N_("Fold the group, or unfold it."), "filters", _FILTER),
    Command(
        "search-tags",
        "slash",
        N_("Search values"),
        N_("Show only the values that contain some letters."),
        "filters",
        _FILTER,
    ),
    Command(
        "rename-view",
        "e",
        N_("Rename the view"),
        N_("Another name for the view under the cursor, or another key."),
        "filters",
        _FILTER,
    ),
    Command(
        "delete-view",
        "d,delete",
        N_("Delete the view"),
        N_("Forget the view under the cursor."),
        "filters",
        _FILTER,
    ),
    Command("view-up", "K", N_("View up"), N_("The view under the cursor one place up."), "filters", _FILTER),
    Command(
        "view-down", "J", N_("View down"), N_("The view under the cursor one place down."), "filters", _FILTER
    ),
    Command(
        "find",
        "slash",
        N_("Find"),
        N_("Find letters in the article, while you type them."),
        "article",
        _TEXT,
        by_screen=True,
    ),
    Command("next-match", "n", N_("Next match"), N_("The next place that was found."), "article", _TEXT),
    Command("previous-match", "N", N_("Previous match"), N_("The place found before."), "article", _TEXT),
    Command(
        "highlight",
        "H",
        N_("Highlights"),
        N_("Mark the words of the query in the text, or not."),
        "article",
        _TEXT,
    ),
    Command(
        "nth-section",
        "1,2,3,4,5,6,7,8,9",
        N_("Section by number"),
        N_("To the first, second … section."),
        "article",
        _TEXT,
        each=True,
    ),
    Command(
        "fold-section", "x", N_("Fold the section"), N_("Fold the section, or unfold it."), "article", _TEXT
    ),
    Command(
        "fold-others",
        "X",
        N_("Fold the others"),
        N_("Fold all other sections; again: unfold all."),
        "article",
        _TEXT,
    ),
    Command(
        "link-hints",
        "f",
        N_("Links …"),
        N_(
            "Letters on the links: a letter shows where its link leads, Enter opens it; y and a letter copies it."
        ),
        "article",
        _TEXT,
    ),
    Command(
        "select",
        "V",
        N_("Select lines"),
        N_("Select lines from here with j and k; Enter copies them."),
        "article",
        _TEXT,
    ),
    Command(
        "copy-section",
        "Y",
        N_("Copy the section"),
        N_("Copy the section as Markdown."),
        "article",
        _TEXT,
        by_screen=True,
    ),
    Command(
        "cover",
        "v",
        N_("Cover picture"),
        N_("Show the cover picture, or take it away."),
        "article",
        _TEXT,
        by_screen=True,
        outside=True,
    ),
    Command("raw", "u", N_("Raw text"), N_("The article's file as it is."), "article", _TEXT, by_screen=True),
    Command(
        "pan-left",
        "left_curly_bracket",
        N_("Table to the left"),
        N_("Show more of the left of a wide table."),
        "article",
        _TEXT,
    ),
    Command(
        "pan-right",
        "right_curly_bracket",
        N_("Table to the right"),
        N_("Show more of the right of a wide table."),
        "article",
        _TEXT,
    ),
    Command(
        "digest-section",
        "S,ctrl+t",
        N_("Another section …"),
        N_("Show another section of every story."),
        "digest",
        _DIGEST,
    ),
    Command(
        "source-add",
        "a",
        N_("Add a source"),
        N_("Add a source: it is tried first."),
        "sources",
        _SOURCES,
        outside=True,
    ),
    Command(
        "source-edit",
        "e",
        N_("Edit the source"),
        N_("Change its name, interval, languages, what becomes of vanished articles."),
        "sources",
        _SOURCES,
        outside=True,
    ),
    Command(
        "source-toggle",
        "x",
        N_("Disable / enable"),
        N_("Visit the source no more, or again."),
        "sources",
        _SOURCES,
        outside=True,
    ),
    Command(
        "source-remove",
        "d,delete",
        N_("Remove the source"),
        N_("Forget the source, pressed twice; its articles, stars and notes stay."),
        "sources",
        _SOURCES,
        outside=True,
    ),
    Command(
        "source-problems",
        "p",
        N_("Problems"),
        N_("What was wrong at the last visit, and how the visits before went."),
        "sources",
        _SOURCES,
        outside=True,
    ),
    Command("read", "m", N_("Read / unread"), N_("Mark the story read, or unread again."), group=_MARK),
    Command("star", "s", N_("Star"), N_("Star the story, or take the star away."), group=_MARK),
    Command(
        "note", "N", N_("Note"), N_("Write a note on the story; an empty one takes it away."), group=_MARK
    ),
    Command("undo", "u", N_("Undo"), N_("Bring back the view that was deleted last."), group=_MARK),
    Command(
        "refresh",
        "r",
        N_("Refresh"),
        N_("Read the sources that hold the story, or the source under the cursor."),
        group=_SHOW,
        outside=True,
    ),
    Command(
        "refresh-all",
        "R",
        N_("Refresh all"),
        N_("Read all sources that are not disabled."),
        group=_SHOW,
        outside=True,
    ),
    Command(
        "cancel-refresh",
        "ctrl+x",
        N_("Cancel the refresh"),
        N_("Stop reading sources; what was read is kept."),
        group=_SHOW,
        outside=True,
    ),
    Command(
        "sources",
        "ctrl+o",
        N_("Sources"),
        N_("How your sources are; add, change and remove them."),
        group=_SHOW,
        outside=True,
    ),
    Command("zoom", "z", N_("Article alone"), N_("The article alone on the screen, and back."), group=_SHOW),
    Command("narrower", "less_than_sign", N_("Narrower"), N_("A narrower reading column."), group=_SHOW),
    Command("wider", "greater_than_sign", N_("Wider"), N_("A wider reading column."), group=_SHOW),
    Command("theme", "f9", N_("Theme …"), N_("Choose the colours."), group=_SHOW),
    Command("help", "question_mark,f1", N_("Help"), N_("What every key does."), group=_SHOW),
    Command(
        "suspend",
        "ctrl+z",
        N_("Suspend"),
        N_("Back to the shell for a while; its `fg` brings the reader back."),
        group=_SHOW,
    ),
    Command("palette", "ctrl+p,colon", N_("All commands …"), N_("Find a command by its name."), group=_SHOW),
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
_ARROWS = {_SHOWN[name]: name.capitalize() for name in ("down", "up", "left", "right")}


def keys_of(command: Command, remapped: Mapping[str, str]) -> str:
    """The keys in force for a command."""
    return remapped.get(command.id, command.keys)


def shown_keys(command: Command, remapped: Mapping[str, str] | None = None, separator: str = " ") -> str:
    """The keys in force as people write them: `j ↓`, `Ctrl+D`; `1–9` for many that mean different things."""
    if command.each and keys_of(command, remapped or {}) == command.keys:
        first, *_, last = command.keys.split(",")
        return f"{_shown(first)}–{_shown(last)}"
    return separator.join(_shown(key.strip()) for key in keys_of(command, remapped or {}).split(","))


def in_letters(keys: str) -> str:
    """Shown keys where there are no arrows: `Down`, which nobody takes for the key v."""
    return " ".join(_ARROWS.get(key, key) for key in keys.split(" "))


def check_remapping(remapped: Mapping[str, object]) -> tuple[dict[str, str], list[str]]:
    """The keys that a user's `[keys]` changes, of the commands that lose one too, and a sentence for each trouble."""
    wanted: dict[str, list[str]] = {}
    problems: list[str] = []
    for name, value in remapped.items():
        if name not in BY_ID:
            problems.append(
                _("keys: there is no command “{name}”; `cryptonews keys` lists them").format(
                    name=clean_line(name)
                )
            )
        elif not isinstance(value, str):
            problems.append(
                _(
                    'keys: {name} must be keys in quotes, such as "x,f5"; the usual keys of {name} are kept'
                ).format(name=name)
            )
        else:
            keys = [key.strip() for key in value.split(",")]
            wrong = [why for key in keys if (why := _why_not(key))]
            if wrong:
                problems.append(
                    _("keys: {name}: {why}; the usual keys of {name} are kept").format(
                        name=name, why=wrong[0]
                    )
                )
            else:
                wanted[name] = list(dict.fromkeys(map(_spelled, keys)))
    good, clashes = _settle(wanted)
    return good, problems + clashes


def key_of_view(key: str, remapped: Mapping[str, str], views: Mapping[str, str]) -> tuple[str, str]:
    """The key that opens a view by its name in the program, and what is wrong with it (empty: nothing).

    `views` are the keys that other views have, with their names.
    """
    if why := _why_not(key):
        return "", why
    name = _spelled(key)
    for command in COMMANDS:
        if name in keys_of(command, remapped).split(","):
            return "", _("the key {key} is taken by {command}").format(key=_shown(name), command=command.id)
    if name in views:
        return "", _("the key {key} is taken by the view “{view}”").format(key=_shown(name), view=views[name])
    return name, ""


def shown_key(key: str) -> str:
    """A key by its name in the program, as people write it."""
    return _shown(key)


def _settle(wanted: Mapping[str, list[str]]) -> tuple[dict[str, str], list[str]]:
    """Give each key of a scope to one command: the first that wants it, before the one that usually has it.

    Between the scopes nothing is settled: in the filters their own keys win, elsewhere they mean nothing.
    """
    owners: dict[tuple[str, str], str] = {}
    quit_ = BY_ID["quit"]
    earlier = {
        key
        for name in takewhile(lambda name: name != quit_.id, wanted)
        for key in wanted[name]
        if BY_ID[name].scope == quit_.scope
    }
    if not set(wanted.get(quit_.id, ())) - earlier:  # it will need its usual key: there must be a way out
        owners |= {(quit_.scope, key): quit_.id for key in quit_.keys.split(",")}
    good: dict[str, str] = {}
    problems: list[str] = []
    for name, keys in wanted.items():
        holders = {key: owners.setdefault((BY_ID[name].scope, key), name) for key in keys}
        problems += [
            _("keys: {name}: “{key}” stays with {holder}").format(name=name, key=_shown(key), holder=holder)
            for key, holder in holders.items()
            if holder != name
        ]
        if own := [key for key, holder in holders.items() if holder == name]:
            good[name] = ",".join(own)
    for command in COMMANDS:
        if command.id not in good:
            usual = command.keys.split(",")
            takers = {key: owners.get((command.scope, key), command.id) for key in usual}
            taken = [key for key in usual if takers[key] != command.id]
            left = ",".join(key for key in usual if key not in taken)
            for key in taken:
                told = (
                    _("keys: {taker} takes {key} from {command}")
                    if left or key != taken[-1]
                    else _("keys: {taker} takes {key} from {command}, which has no key now")
                )
                problems.append(told.format(taker=takers[key], key=_shown(key), command=command.id))
            if taken:
                good[command.id] = left
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
_MODIFIERS = frozenset(["ctrl", "shift", "alt", "super", "meta"])


def _parts(key: str) -> tuple[list[str], str]:
    """The modifiers of a key in Textual's order, and the key itself; `ctrl++` is one too."""
    head, plus, last = key[:-1].rpartition("+")
    return sorted(set(head.split("+"))) if plus else [], last + key[-1:]


def _spelled(key: str) -> str:
    """Textual's name of a key that is written as people do."""
    modifiers, name = _parts(key)
    return "+".join([*modifiers, _name(name) if len(name) == 1 else name])


def _name(character: str) -> str:
    """Textual's name of a character: letters and digits are their own, signs have words."""
    if character in _SPELLED or character.isalnum():
        return _SPELLED.get(character, character)
    return unicodedata.name(character, "").lower().replace("-", "_").replace(" ", "_")


def _sign(name: str) -> str:
    """The character of a name, or the name itself if it is none."""
    try:
        return _SIGNS.get(name) or unicodedata.lookup(name.replace("_", " "))
    except KeyError:
        return name


def _why_not(key: str) -> str:
    """What is wrong with a key as a user writes it, as a sentence; empty if nothing is."""
    modifiers, name = _parts(key)
    told = clean_line(key)
    known = name in _NAMED or name in _SIGNS or (len(name) == 1 and _is_visible(name))
    if not known or not _MODIFIERS.issuperset(modifiers):
        return _("“{key}” is not a key").format(key=told)
    if name not in _NAMED and modifiers == ["shift"]:
        upper = name.upper()
        is_letter = len(name) == len(upper) == 1 and name.isalpha()
        if is_letter:
            return _("“{key}” is written “{upper}”").format(key=told, upper=upper)
        return _("“{key}” is written as the character that it types").format(key=told)
    if modifiers and len(name) == 1 and name != name.lower():
        return _("“{key}” is written with a small letter").format(key=told)
    return ""


def _is_visible(character: str) -> bool:
    """Whether a character is one that can be shown alone, by its name too."""
    shown = character.isprintable() and clean(character) == character and not unicodedata.combining(character)
    return shown and (character.isalnum() or _sign(_name(character)) == character)


def _shown(key: str) -> str:
    modifiers, name = _parts(key)
    letter = name.upper() if modifiers else name
    usual = letter if len(name) == 1 else name.capitalize() if name in _NAMED else _sign(name)
    shown = _SHOWN.get(name, usual)
    return "+".join([*(modifier.capitalize() for modifier in modifiers), shown])


def keymap(remapped: Mapping[str, str]) -> dict[str, str]:
    """The keys that a user changed, by the ids of the bindings."""
    changed: dict[str, str] = {}
    for name, keys in remapped.items():
        if BY_ID[name].each:
            usual = range(1, 1 + len(BY_ID[name].keys.split(",")))
            given = keys.split(",") if keys else []
            changed |= {f"{name}-{number}": "".join(given[number - 1 : number]) for number in usual}
        else:
            changed[name] = keys
    return changed


def grouped(commands: Iterable[Command] = COMMANDS) -> dict[str, list[Command]]:
    """The commands by group, in the order of the table."""
    groups: dict[str, list[Command]] = {}
    for command in commands:
        groups.setdefault(command.group, []).append(command)
    return groups
