"""Who may import whom. The table below is the design; a module that is not in it has no place yet."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import cryptonews_tui

ROOT = Path(cryptonews_tui.__file__).parent
OURS = "cryptonews_tui"

# What the screen works with: values, words and the library's answers.
_SEEN = {
    "article",
    "changes",
    "completion",
    "highlighting",
    "library",
    "markdown",
    "query",
    "safety",
    "typesetting",
    "views",
    "wording",
}
# Parts of the screen that know nobody: anyone there may use them.
_PARTS = {
    "tui.asking",
    "tui.bindings",
    "tui.commands",
    "tui.article_sheet",
    "tui.filter_rows",
    "tui.finding",
    "tui.galley",
    "tui.hints",
    "tui.ink",
    "tui.lines_pane",
    "tui.link_hints",
    "tui.neighbours",
    "tui.pane",
    "tui.parallel",
    "tui.query_line",
    "tui.roll",
    "tui.saved_views",
    "tui.selectable",
    "tui.selecting",
    "tui.source_rows",
    "tui.theme",
}

# What the program says is said everywhere.
_EVERYWHERE = {"translation"}

# Module or package → what of ours it may import. A package stands for all that is in it.
ROOMS: dict[str, set[str]] = {
    "": set(),
    "__main__": {"cli"},
    "article": set(),
    "assets": set(),
    "moments": set(),
    "translation": set(),
    "letters": {"wording"},
    "session": {"letters", "settings"},
    "files": set(),
    "safety": set(),
    "pictures": {"wording"},
    "views": set(),
    "sections": {"article"},
    "changes": {"sections"},
    "front_matter": set(),
    "reading": {"article", "front_matter", "safety", "sections"},
    "query": {"article", "moments"},
    "completion": {"query"},
    "settings": {"article", "query", "sources"},
    "wording": {"article", "safety"},
    "highlighting": {"query", "wording"},
    "syntax": set(),
    "typesetting": {"safety", "syntax", "wording"},
    "inline": {"safety", "typesetting", "wording"},
    "html_tokens": {"inline"},
    "markdown": {"html_tokens", "inline", "safety", "typesetting", "wording"},
    "library": {
        "library",
        "article",
        "assets",
        "files",
        "moments",
        "query",
        "safety",
        "sections",
        "views",
        "wording",
    },
    "xml_events": set(),
    "opml": {"safety", "wording", "xml_events"},
    "sources": {"sources", "article", "files", "safety", "wording", "xml_events"},
    "sources.http": {"", "safety", "sources", "wording"},
    "covers": {"files", "pictures", "safety", "sources"},
    "schedule": set(),
    "intake": {"article", "library", "reading", "safety", "sections", "sources", "wording"},
    "fetching": {"library", "sources"},
    "refresh": {
        *("article", "fetching", "intake", "library", "reading", "safety", "schedule", "sections"),
        *("settings", "sources"),
    },
    "transfer": {"library", "safety", "views"},
    "digest": {"library", "markdown", "safety", "typesetting", "wording"},
    "output": {
        *("article", "intake", "library", "markdown", "plain", "safety", "typesetting", "views", "wording"),
    },
    "plain": {"article", "library", "markdown", "safety", "typesetting", "wording"},
    "reciting": {"article", "console", "library", "plain", "settings"},
    "console": {"assets", "library", "query", "safety", "settings", "sources", "views"},
    "accounts": {"article", "library", "refresh", "wording"},
    "journal": {"files", "safety"},
    "watching": {"safety"},
    "sourcing": {
        *("accounts", "console", "intake", "journal", "library", "output", "refresh", "safety", "sections"),
        *("opml", "settings", "sources", "wording"),
    },
    "facts": {"", "library", "safety", "session"},
    "crash": {"facts", "files", "letters", "safety"},
    "manual": {"console", "output", "shells"},
    "shells": {"article", "completion", "console", "library", "output", "query", "safety", "settings"},
    "upkeep": {
        *("console", "crash", "facts", "letters", "library", "output", "sections", "session", "settings"),
        *("transfer", "views", "wording"),
        *("tui.commands", "tui.saved_views"),
    },
    "cli": {
        *(
            "",
            "article",
            "console",
            "crash",
            "digest",
            "letters",
            "library",
            "manual",
            "output",
            "query",
            "reciting",
            "restricted",
            "safety",
            "session",
            "settings",
            "shells",
            "sourcing",
            "tui",
            "upkeep",
            "views",
            "wording",
        ),
    },
    "restricted": {"", "console", "library", "output", "settings"},
    "tui": set(),
    "tui.asking": {"library", "query"},
    "tui.commands": {"safety"},
    "tui.hints": set(),
    "tui.newcomers": {"library"},
    "tui.progress": {"intake", "wording"},
    "tui.refreshing": {
        *(
            "cli",
            "intake",
            "journal",
            "library",
            "refresh",
            "tui.app",
            "tui.commands",
            "tui.progress",
            "watching",
            "wording",
        ),
    },
    "tui.source_rows": {"accounts", "intake", "library", "safety", "tui.progress", "wording"},
    "tui.neighbours": {"library"},
    "tui.theme": {"tui.kinds"},
    "tui.typed_ahead": set(),
    "tui.answers": set(),
    "tui.colourless": set(),
    "tui.driver": {"session", "tui.answers", "tui.key_parser", "tui.kinds"},
    "tui.frugal": set(),
    "tui.frames": {"tui.frugal"},
    "tui.key_parser": set(),
    "tui.kinds": set(),
    "tui.cover": {"pictures", "typesetting"},
    "tui.pane": {"tui.commands"},
    "tui.roll": {"typesetting"},
    "tui.lines_pane": set(),
    "tui.filter_rows": {"library", "query", "wording"},
    "tui.query_line": {"completion", "safety", "wording"},
    "tui.saved_views": {"library", "query", "safety", "tui.commands", "views"},
    "tui.bindings": {"tui.commands"},
    "tui.clipboard": set(),
    "tui.finding": {"highlighting", "typesetting"},
    "tui.galley": {"article", "markdown", "safety", "typesetting", "wording"},
    "tui.ink": {"tui.lines_pane", "typesetting"},
    "tui.link_hints": set(),
    "tui.compared": {"changes", "tui.galley", "typesetting"},
    "tui.parallel": {"article", "markdown", "tui.galley", "typesetting", "wording"},
    "tui.piping": {"wording"},
    "tui.selecting": {"typesetting"},
    "tui.selectable": {"tui.ink", "tui.selecting", "typesetting"},
    "tui.article_sheet": {
        *("article", "tui.cover", "tui.galley", "tui.ink", "tui.parallel", "tui.selectable", "typesetting"),
    },
    # Panes know neither each other nor their screen.
    "tui.bars": _SEEN | _PARTS,
    "tui.filters_pane": _SEEN | _PARTS,
    "tui.headlines_pane": _SEEN | _PARTS,
    "tui.article_pane": _SEEN | _PARTS,
    "tui.pager_screen": _SEEN | _PARTS,
    "tui.digest_pane": _SEEN | _PARTS,
    "tui.picker": _SEEN | _PARTS,
    "tui.sources_pane": _SEEN | _PARTS,
    "tui.source_form": _SEEN | _PARTS,
    "tui.prompt": _SEEN | _PARTS,
    "tui.help_screen": _SEEN | _PARTS | {"tui.app"},
    # The screen, and what it does in files of their own.
    "tui.main_screen": _SEEN | {"tui"},
    "tui.pane_screen": _SEEN | _PARTS | {"tui.app", "tui.bars"},
    "tui.reading_screen": _SEEN | {"tui"},
    "tui.shown_cover": {"article", "covers", "pictures", "tui"},
    "tui.sources_screen": _SEEN | {"accounts", "tui"},
    "tui.source_adding": _SEEN | _PARTS | {"accounts", "refresh", "sourcing", "tui.app"},
    "tui.digest_screen": _SEEN | {"tui", "digest"},
    "tui.query_editing": _SEEN | {"tui"},
    "tui.shown_story": _SEEN | {"tui"},
    "tui.view_commands": _SEEN | {"tui"},
    "tui.palette": {"tui.pane"},
    "tui.app": _SEEN | {"crash", "moments", "output", "refresh", "session", "settings", "tui"},
}

# Libraries → the only places that may import them.
LIBRARIES: dict[str, set[str]] = {
    "textual": {"tui"},
    "rich": {"tui", "typesetting", "wording", "sourcing"},
    "markdown_it": {"html_tokens", "inline", "markdown"},
    "mdit_py_plugins": {"markdown"},
    "pygments": {"syntax"},
    "idna": {"safety"},
    "sqlite3": {"library"},
    "pyroaring": {"library"},
    "backports": {"library", "sources"},
    "compression": {"library", "sources"},
    "brotli": {"sources"},
    "h2": {"sources"},
    "keyring": {"sources"},
    "tenacity": {"sources"},
    "httpx": {"sources"},
    "feedparser": {"sources.feed_xml"},
    "html_to_markdown": {"sources.entries"},
    "tarfile": {"sources"},
    "zipfile": {"sources"},
    "yaml": {"front_matter"},
    "frontmatter": {"reading"},
    "PIL": {"pictures"},
    "watchfiles": {"watching"},
    "platformdirs": {"settings"},
    "tomllib": {"settings"},
    "argparse": {"cli", "console", "manual", "reciting", "shells", "sourcing", "upkeep"},
}

MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix("__init__").rstrip("."): path
    for path in sorted(ROOT.rglob("*.py"))
}


def room(module: str) -> str | None:
    """The entry of the table that speaks for a module: its own, or its package's."""
    if module in ROOMS:
        return module
    package = module.rpartition(".")[0]
    return package if package in ("library", "sources", "sources.http") else None


def imports(source: str, *, runtime: bool = False) -> Iterator[str]:
    """Everything a module imports, in functions too; with `runtime` not what is only there for types."""
    nodes: list[ast.AST] = [ast.parse(source)]
    while nodes:
        node = nodes.pop()
        if runtime and isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            nodes += node.orelse
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            assert node.module is not None
            for alias in node.names:
                # `from cryptonews_tui import output` imports a module, `from x.y import name` imports x.y
                full = f"{node.module}.{alias.name}"
                yield full if full.removeprefix(f"{OURS}.") in MODULES else node.module
        nodes += ast.iter_child_nodes(node)


def allows(allowed: set[str], module: str) -> bool:
    return module in allowed or any(module.startswith(f"{name}.") for name in allowed if name)


def faults(module: str, source: str) -> list[str]:
    """Forbidden imports of a module, in words."""
    place = room(module)
    if place is None:
        return [f"{module} has no place in the table"]
    found = []
    for name in imports(source):
        top, _, rest = name.partition(".")
        if top == OURS:
            if not allows(ROOMS[place] | _EVERYWHERE, rest):
                found.append(f"{module} may not import {rest or OURS}")
        elif top in LIBRARIES and not allows(LIBRARIES[top], module):
            found.append(f"{module} may not import {top}")
    return found


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_what_it_may(module: str) -> None:
    assert faults(module, MODULES[module].read_text(encoding="utf-8")) == []


def test_the_table_names_no_module_that_is_gone() -> None:
    assert {name for name in ROOMS if name not in MODULES} == set()
    named = {name for allowed in (*ROOMS.values(), *LIBRARIES.values()) for name in allowed}
    assert named <= MODULES.keys()


def test_outside_the_screen_the_table_allows_nothing_that_nobody_needs() -> None:
    needed: dict[str, set[str]] = {}
    for module, path in MODULES.items():
        for name in imports(path.read_text(encoding="utf-8")):
            if name.split(".")[0] == OURS:
                needed.setdefault(room(module) or "", set()).add(name.removeprefix(OURS).removeprefix("."))
    for place, allowed in ROOMS.items():
        for name in allowed if not place.startswith("tui") else ():
            assert any(allows({name}, one) for one in needed.get(place, ())), f"{place} does not need {name}"


@pytest.mark.parametrize(
    ("module", "source", "fault"),
    [
        ("article", "from cryptonews_tui.safety import clean", "article may not import safety"),
        ("query", "import sqlite3", "query may not import sqlite3"),
        ("query", "from cryptonews_tui.assets import Assets", "query may not import assets"),
        ("completion", "from cryptonews_tui.library import Library", "completion may not import library"),
        ("reading", "from sqlite3.dbapi2 import connect", "reading may not import sqlite3"),
        ("library.store", "def f():\n    import httpx", "library.store may not import httpx"),
        ("library.store", "from cryptonews_tui.sources import Seen", "library.store may not import sources"),
        ("sources.web", "from cryptonews_tui import library", "sources.web may not import library"),
        ("tui.app", "import yaml", "tui.app may not import yaml"),
        ("tui.app", "import sqlite3 as s", "tui.app may not import sqlite3"),
        ("cli", "def f():\n    from textual.app import App", "cli may not import textual"),
        (
            "tui.filters_pane",
            "from cryptonews_tui.tui.headlines_pane import HeadlinesPane",
            "tui.filters_pane may not import tui.headlines_pane",
        ),
        (
            "tui.article_pane",
            "if TYPE_CHECKING:\n    from cryptonews_tui.tui.main_screen import MainScreen",
            "tui.article_pane may not import tui.main_screen",
        ),
        ("tui.dialogs", "", "tui.dialogs has no place in the table"),
        ("helpers", "", "helpers has no place in the table"),
    ],
)
def test_a_forbidden_import_is_found(module: str, source: str, fault: str) -> None:
    assert faults(module, source) == [fault]


def test_the_screen_imports_no_source_at_all() -> None:
    for module, path in MODULES.items():
        if module.startswith("tui"):
            names = list(imports(path.read_text(encoding="utf-8")))
            assert not [n for n in names if n.startswith((f"{OURS}.sources", f"{OURS}.reading"))], module


def test_rooms_import_each_other_in_no_circle() -> None:
    """At run time: what is only there for types may look back."""
    below: dict[str, set[str]] = {}
    for module, path in MODULES.items():
        place = module.split(".")[0]
        for name in imports(path.read_text(encoding="utf-8"), runtime=True):
            top, _, rest = name.partition(".")
            if top == OURS and rest.split(".")[0] != place:
                below.setdefault(place, set()).add(rest.split(".")[0])
    # The program starts at `cli`; the app asks it for the two sentences and places that both need.
    below["tui"].discard("cli")
    while free := [place for place, needs in below.items() if not needs & below.keys()]:
        for place in free:
            del below[place]
    assert below == {}
