"""What the bottom line offers where, and the orders of a list in words."""

from __future__ import annotations

from collections.abc import Mapping

from cryptonews_tui.translation import N_

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
        "cancel-refresh",
        "back",
        "help",
    ),
    "query": ("open", "back"),
    "prompt": ("open", "back"),
    "find": ("open", "back"),
}
KEY_TITLES: Mapping[str, Mapping[str, str]] = {
    "value": {
        "open": N_("only this"),
        "clear-field": N_("any"),
        "search-tags": N_("search"),
        "clear": N_("all stories"),
    },
    "title": {
        "open": N_("fold"),
        "search-tags": N_("search"),
        "clear-field": N_("any"),
        "clear": N_("all stories"),
    },
    "view": {
        "open": N_("show"),
        "save-view": N_("save another"),
        "rename-view": N_("rename"),
        "delete-view": N_("delete"),
    },
    "digest": {"digest-section": N_("section"), "language": N_("language")},
    "sources": {
        "source-add": N_("add"),
        "source-edit": N_("edit"),
        "source-toggle": N_("on/off"),
        "source-remove": N_("remove"),
        "refresh": N_("load"),
        "refresh-all": N_("all"),
        "cancel-refresh": N_("cancel"),
    },
    "query": {"open": N_("keep"), "back": N_("as it was")},
    "prompt": {"open": N_("save"), "back": N_("leave")},
    "find": {"open": N_("stay there, then n and N"), "back": N_("as it was")},
}
FURTHER: Mapping[str, tuple[tuple[str, str], ...]] = {
    "query": (("Tab", N_("complete")), ("↑", N_("asked before")))
}
"""Keys that are no commands."""
SORTED_BY: Mapping[str, tuple[str, str, str]] = {
    "published": (N_("sorted by time"), N_("newest first"), N_("oldest first")),
    "updated": (N_("sorted by last change"), N_("latest change first"), N_("earliest change first")),
    "title": (N_("sorted by title"), N_("by title from Z to A"), N_("by title")),
    "source": (N_("sorted by source"), N_("by source from Z to A"), N_("by source")),
    "score": (N_("sorted by score"), N_("highest score first"), N_("lowest score first")),
    "relevance": (N_("sorted by relevance"), N_("most relevant first"), N_("least relevant first")),
}
"""The orders in words: in the status line, and above the list when falling and when rising."""
