"""Queries that have a name: those that come with the program, those of the settings, those the reader saved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class View:
    """A query with a name, and the key that opens it. `own`: saved by the reader, who may change it here."""

    name: str
    query: str
    key: str | None = None
    own: bool = False


BUILT_IN = (
    View("All", ""),
    View("Unread", "is:unread"),
    View("Today", "on:today"),
    View("Starred", "is:starred"),
    View("Pinned", "is:pinned"),
)


def all_views(settings: Mapping[str, Any], saved: Iterable[View]) -> list[View]:
    """Every view in the order they are shown: built in, of the settings, saved.

    The settings say name → query, or name → `query` and `key`; there a built-in one can be given another meaning.
    Names are the same in capitals and small letters; a saved view whose name is taken is not seen.
    """
    views = {view.name.casefold(): view for view in BUILT_IN}
    for name, said in settings.items():
        query, key = (said["query"], said.get("key")) if isinstance(said, Mapping) else (said, None)
        views[name.casefold()] = View(name, query, key)
    for view in saved:
        views.setdefault(view.name.casefold(), view)
    return list(views.values())


def find(name: str, views: Iterable[View]) -> View | None:
    """The view of this name, however it is spelled in capitals and small letters."""
    return next((view for view in views if view.name.casefold() == name.casefold()), None)
