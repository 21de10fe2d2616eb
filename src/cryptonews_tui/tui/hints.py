"""What the bottom line offers where, and the orders of a list in words."""

from __future__ import annotations

from collections.abc import Mapping

HINTS: Mapping[str, tuple[str, ...]] = {
    "value": (
        "include",
        "exclude",
        "open",
        "all-of",
        "clear-field",
        "fold",
        "search-tags",
        "clear",
        "back",
        "help",
    ),
    "title": ("open", "search-tags", "clear-field", "clear", "back", "help"),
    "view": ("open", "save-view", "rename-view", "delete-view", "view-up", "view-down", "back", "help"),
    "headlines": (
        "open",
        "query",
        "filters-pane",
        "views",
        "read",
        "star",
        "next-unread",
        "order",
        "language",
        "refresh",
        "help",
    ),
    "article": (
        "next-story",
        "next-section",
        "impact",
        "find",
        "link-hints",
        "language",
        "both-languages",
        "fold-section",
        "star",
        "browser",
        "zoom",
        "back",
        "help",
    ),
    "digest": ("open", "next-story", "digest-section", "language", "read", "star", "back", "help"),
    "sources": (
        "source-add",
        "source-edit",
        "source-toggle",
        "source-remove",
        "source-problems",
        "refresh",
        "refresh-all",
        "back",
        "help",
        "cancel-refresh",
    ),
    "query": ("open", "back"),
    "prompt": ("open", "back"),
    "find": ("open", "back"),
}
KEY_TITLES: Mapping[str, Mapping[str, str]] = {
    "value": {"open": "only this", "clear-field": "any", "search-tags": "search", "clear": "all stories"},
    "title": {"open": "fold", "search-tags": "search", "clear-field": "any", "clear": "all stories"},
    "view": {"open": "show", "save-view": "save another", "rename-view": "rename", "delete-view": "delete"},
    "digest": {"digest-section": "section", "language": "language"},
    "sources": {
        "source-add": "add",
        "source-edit": "edit",
        "source-toggle": "on/off",
        "source-remove": "remove",
        "refresh": "read",
        "refresh-all": "all",
        "cancel-refresh": "cancel",
    },
    "query": {"open": "keep", "back": "as it was"},
    "prompt": {"open": "save", "back": "leave"},
    "find": {"open": "stay there, then n and N", "back": "as it was"},
}
FURTHER: Mapping[str, tuple[tuple[str, str], ...]] = {"query": (("Tab", "complete"), ("↑", "asked before"))}
"""Keys that are no commands."""
SORTED_BY: Mapping[str, tuple[str, str, str]] = {
    "published": ("time", "newest first", "oldest first"),
    "updated": ("last change", "latest change first", "earliest change first"),
    "title": ("title", "by title from Z to A", "by title"),
    "source": ("source", "by source from Z to A", "by source"),
    "score": ("score", "highest score first", "lowest score first"),
    "relevance": ("relevance", "most relevant first", "least relevant first"),
}
"""The orders in words: in the status line, and above the list when falling and when rising."""
