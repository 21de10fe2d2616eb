"""What may be written to a terminal of some kind beyond what all of them understand."""

from __future__ import annotations

from collections.abc import Mapping

_DISCREET = (
    "alacritty",
    "contour",
    "foot",
    "ghostty",
    "iterm2",
    "konsole",
    "mintty",
    "rio",
    "tmux",
    "vte",
    "wezterm",
    "xterm",
)


def takes_questions(environment: Mapping[str, str]) -> bool:
    """Whether the terminal, by its name, takes in silence the sequences that it does not know.

    Linux's console, screen and old terminals show parts of them, or obey them as something else.
    """
    if environment.get("TERM_PROGRAM") == "Apple_Terminal":
        return False
    return environment.get("TERM", "").startswith(_DISCREET)


def is_colourless(environment: Mapping[str, str]) -> bool:
    """Whether nothing may be told by colour: the reader wants none, or the terminal had none."""
    return bool(environment.get("NO_COLOR")) or environment.get("TERM", "").startswith(("vt1", "vt2"))
