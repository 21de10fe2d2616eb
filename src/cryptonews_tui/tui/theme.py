"""Our colours, dark and light, and which theme suits a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from textual.theme import BUILTIN_THEMES, Theme

from cryptonews_tui.tui.kinds import is_colourless

DARK = Theme(
    name="cryptonews-dark",
    primary="#7aa2d6",
    secondary="#8f9bb3",
    accent="#e0af68",
    warning="#e0af68",
    error="#e07a7a",
    success="#85b979",
    foreground="#d8dbe2",
    background="#16181d",
    surface="#1d2027",
    panel="#262a33",
    dark=True,
    variables={
        "primary-muted": "#2b3a52",
        "secondary-muted": "#46536b",
        "panel-lighten-1": "#333843",
        "foreground-muted": "#b2b7c1",
        "text-muted": "#9da4b1",
        "text-disabled": "#5b616e",
        "text-success": "#93c586",
        "text-error": "#ea8a8a",
        "text-warning": "#e8bd7e",
        "text-primary": "#8fb3e3",
    },
)

LIGHT = Theme(
    name="cryptonews-light",
    primary="#2f5f9e",
    secondary="#5c6675",
    accent="#8a5a00",
    warning="#8a5a00",
    error="#b3261e",
    success="#2e6b34",
    foreground="#1f2328",
    background="#fbfaf7",
    surface="#f1efe9",
    panel="#e6e3da",
    dark=False,
    variables={
        "primary-muted": "#d5e2f4",
        "secondary-muted": "#b4bfd0",
        "panel-lighten-1": "#d5d1c6",
        "foreground-muted": "#474d55",
        "text-muted": "#5b626c",
        "text-disabled": "#a09d94",
        "text-success": "#2e6b34",
        "text-error": "#b3261e",
        "text-warning": "#8a5a00",
        "text-primary": "#2f5f9e",
    },
)

OURS = (DARK, LIGHT)

SIXTEEN = replace(BUILTIN_THEMES["ansi-dark"], primary="ansi_bright_blue", error="ansi_bright_red")
"""A terminal's own colours on its dark ground, where many show the dark blue and the dark red hardly at all."""


def suitable(environment: Mapping[str, str], few: bool = False) -> str:
    """The theme for a terminal: ours where it has 256 colours or more, else its own 16; that also where it has none.

    So too where `few` are wanted.

    Dark or light by `COLORFGBG` (“foreground;background”), which many terminals set; dark where nobody says.
    """
    background = environment.get("COLORFGBG", "").rpartition(";")[2]
    light = background in ("7", "9", "10", "11", "12", "13", "14", "15")
    rich = (
        environment.get("COLORTERM", "").lower() in ("truecolor", "24bit")
        or "256" in environment.get("TERM", "")
        or "direct" in environment.get("TERM", "")
    )
    if rich and not few and not is_colourless(environment):
        return LIGHT.name if light else DARK.name
    return "ansi-light" if light else "ansi-dark"
