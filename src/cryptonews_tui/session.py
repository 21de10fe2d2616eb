"""What this run of the program may do, and what the terminal in front of it can show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptonews_tui.letters import charset_of

if TYPE_CHECKING:
    from cryptonews_tui.settings import Settings


@dataclass(frozen=True, slots=True)
class Session:
    """Decided once, when the program starts; a plain local terminal unless said otherwise."""

    restricted: bool = False
    """Offered to strangers: no way out of the program, and nothing but the library and the own state."""
    passing: bool = False
    """Marks, notes and places are gone with the session: there is no place to keep them."""
    frugal: bool = False
    """On a slow link: fewer colours, no reports of the mouse's every move, only what has changed."""
    mouse: bool = True
    """Clicks and the wheel are ours; else they are the terminal's own."""
    ascii: bool = False
    """The terminal shows the letters of one charset, and no signs but ASCII's."""
    charset: str = "utf-8"
    """The codec of what is written and typed."""


LOCAL = Session()


def session_of(
    environment: Mapping[str, str],
    settings: Settings,
    *,
    restricted: bool = False,
    passing: bool = False,
    frugal: bool = False,
) -> Session:
    """The session that an environment, the settings and the command line make together."""
    charset = charset_of(environment, settings.signs)
    return Session(
        restricted=restricted,
        passing=passing,
        frugal=frugal
        or settings.frugal == "always"
        or (settings.frugal == "auto" and _is_remote(environment)),
        mouse=settings.mouse,
        ascii=charset != "utf-8",
        charset=charset,
    )


def _is_remote(environment: Mapping[str, str]) -> bool:
    return any(environment.get(name) for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"))
