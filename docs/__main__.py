"""Write the generated tables into README.md and docs/: `make docs`. `--check` only says whether they are up to date.

Each table stands between `<!-- name -->` and `<!-- /name -->`; the tables themselves live in the program.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import fields
from pathlib import Path

from cryptonews_tui.query import FIELDS
from cryptonews_tui.settings import SETTINGS, Settings
from cryptonews_tui.tui.commands import grouped, shown_keys

ROOT = Path(__file__).parent.parent
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))


def keys() -> Iterable[str]:
    yield "| Key | What it does |"
    yield "|---|---|"
    for group, commands in grouped().items():
        yield f"| **{group}** | |"
        for command in commands:
            where = "" if command.scope == "anywhere" else f" (in the {command.scope})"
            shown = " ".join(f"`{_escaped(key)}`" for key in shown_keys(command).split(" "))
            yield f"| {shown} | {_escaped(command.help)}{where} |"


def commands() -> Iterable[str]:
    yield "| Id | Keys |"
    yield "|---|---|"
    for group in grouped().values():
        for command in group:
            yield f"| `{command.id}` | `{_escaped(shown_keys(command))}` |"


def query() -> Iterable[str]:
    yield "| Term | Finds | Example |"
    yield "|---|---|---|"
    for field in FIELDS.values():
        values = f": {', '.join(field.values)}" if field.values else ""
        yield f"| `{field.name}:` | {field.help}{values} | `{field.example}` |"


def settings() -> Iterable[str]:
    defaults = {field.name: getattr(Settings(), field.name) for field in fields(Settings)}
    yield "| Setting | Default | Value | What it does |"
    yield "|---|---|---|---|"
    for name, setting in SETTINGS.items():
        yield f"| `{name}` | `{_toml(defaults[name])}` | {setting.accepts} | {setting.help} |"


TABLES: dict[str, Callable[[], Iterable[str]]] = {
    "keys": keys,
    "commands": commands,
    "query": query,
    "settings": settings,
}


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


def _toml(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(f'"{item}"' for item in value) + "]"
    if isinstance(value, str):
        return f'"{value}"'
    return "{}" if isinstance(value, dict) else str(value)


def filled(text: str) -> str:
    """The page with its tables as they should be."""
    for name, table in TABLES.items():
        block = f"<!-- {name} -->\n\n" + "\n".join(table()) + f"\n\n<!-- /{name} -->"
        text = re.sub(rf"<!-- {name} -->.*?<!-- /{name} -->", lambda _, block=block: block, text, flags=re.S)
    return text


def main(arguments: list[str]) -> int:
    stale = [page for page in PAGES if filled(page.read_text("utf-8")) != page.read_text("utf-8")]
    for page in stale:
        if "--check" not in arguments:
            page.write_text(filled(page.read_text("utf-8")), "utf-8")
        print(page.relative_to(ROOT))  # noqa: T201
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
