"""The command table as Textual's bindings."""

from __future__ import annotations

from collections.abc import Container

from textual.binding import Binding, BindingType

from cryptonews_tui.tui.commands import COMMANDS


def bindings(scope: str, among: Container[str] | None = None) -> list[BindingType]:
    """The bindings of all commands of a scope (and `among` these ids); each has its command's, to be remapped."""
    return [
        Binding(command.keys, command.id.replace("-", "_"), command.title, show=False, id=command.id)
        for command in COMMANDS
        if command.scope == scope and (among is None or command.id in among)
    ]
