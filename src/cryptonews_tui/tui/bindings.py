"""The command table as Textual's bindings."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from cryptonews_tui.tui.commands import COMMANDS


def bindings(scope: str) -> list[BindingType]:
    """The bindings of all commands of a scope; each has its command's id, so that it can be remapped."""
    return [
        Binding(command.keys, command.id.replace("-", "_"), command.title, show=False, id=command.id)
        for command in COMMANDS
        if command.scope == scope
    ]
