"""The command table as Textual's bindings."""

from __future__ import annotations

from collections.abc import Container

from textual.binding import Binding, BindingType

from cryptonews_tui.tui.commands import COMMANDS


def bindings(scope: str, among: Container[str] | None = None) -> list[BindingType]:
    """The bindings of all commands of a scope (and `among` these ids); each has its command's, to be remapped."""
    made: list[BindingType] = []
    for command in COMMANDS:
        action = f"{'screen.' * command.by_screen}{command.id.replace('-', '_')}"
        if command.scope != scope or (among is not None and command.id not in among):
            continue
        if command.each:
            made += [
                Binding(key, f"{action}({number})", command.title, show=False, id=f"{command.id}-{number}")
                for number, key in enumerate(command.keys.split(","), 1)
            ]
        else:
            made.append(Binding(command.keys, action, command.title, show=False, id=command.id))
    return made
