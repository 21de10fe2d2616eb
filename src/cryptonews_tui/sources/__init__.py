"""Steps 1 and 2 of the line: a location as the user typed it becomes a `Source`, a source `Document`s."""

from __future__ import annotations

import os
import re
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote, urlsplit

from cryptonews_tui.article import Document, Problem
from cryptonews_tui.safety import clean, clean_line
from cryptonews_tui.translation import _

if TYPE_CHECKING:
    from cryptonews_tui.sources.access import Access

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://|(https?|file):", re.IGNORECASE)
_GIT = re.compile(
    r"git\+[\w+.-]*://|ssh://|https?://[^?#]*\.git/?\??(#|$)|[\w.-]+@[\w.-]+:(?!//)", re.IGNORECASE
)


class SourceError(Exception):
    """The source as a whole cannot be read. The message says what happened, where, and what to do next."""

    passing = False
    """Whether the same request may succeed later: a busy server, a lost connection."""
    retry_after: float | None = None
    """Seconds for which the server asks to be left alone."""
    withdrawn = False
    """The publisher says that this is gone for good; asking again is of no use."""


@dataclass(frozen=True, slots=True)
class Expected:
    """How many items are coming, as soon as the source knows."""

    count: int


@dataclass(frozen=True, slots=True)
class Seen:
    """An item that is there and has not changed since `stamp` was remembered.

    The item `""` stands for the source itself (an archive, a manifest): its stamp is remembered like any
    other; an empty stamp means that the next visit must look again.
    """

    item: str
    stamp: str


@dataclass(frozen=True, slots=True)
class Gone:
    """An item that was remembered and is no longer there. Only a visit that ends with `Rest` needs to say so."""

    item: str


@dataclass(frozen=True, slots=True)
class Rest:
    """Whatever else was remembered is as it was: of what this visit did not name nothing is gone.

    A feed shows its newest entries only, and a repository tells what has changed since the last visit.
    """


@dataclass(frozen=True, slots=True)
class About:
    """What a visit learnt about the source itself. Said as soon as it is known; later ones add to it."""

    kind: str = ""
    """What it is, as a sentence names it: `a feed (RSS 2.0)`, `a Git repository`."""
    title: str = ""
    """What it calls itself: a name to propose."""
    moved: str = ""
    """The location it has moved to for good."""
    fresh: float = 0.0
    """Seconds for which the publisher says that asking again is of no use."""


Found = Document | Seen | Gone | Rest | About | Problem | Expected


class Source(Protocol):
    """A place where articles are published."""

    @property
    def location(self) -> str:
        """The location in its canonical form: what is stored, shown and compared."""

    def documents(self, remembered: Mapping[str, str]) -> Generator[Found]:
        """Everything the source holds now. `remembered` maps items to stamps of the last complete visit.

        Raises `SourceError` when the source as a whole cannot be read; a single bad item is a `Problem`.
        """


def open_source(location: str, access: Access | None = None) -> Source:
    """The source that somebody names, without calling anyone yet.

    A path, a `file:` or http(s) URL, a Git repository, a repository at a forge, or standard input (`-`).

    Raises `SourceError` when the location is none of these, or a file is there that no articles come from.
    """
    # Each kind is imported when it is needed: local readers pay for no web.
    from cryptonews_tui.sources.access import Access

    access = access or Access()
    text = location.strip()
    if text == "-":
        from cryptonews_tui.sources.stdin import StdinSource

        return StdinSource(access)
    if _GIT.match(text):
        from cryptonews_tui.sources.git import git_source

        return git_source(text, access)
    if ":" in text and not text.startswith("file:"):
        from cryptonews_tui.sources.forges import forge_source

        if (forge := forge_source(text, access)) is not None:
            return forge
    scheme = _SCHEME.match(text)
    if scheme is None or scheme[0].lower().startswith("file:"):
        from cryptonews_tui.sources.local import LocalSource

        local = LocalSource(_path(text if scheme is None else _path_of_file_url(text)), access.limits)
        local.check()
        return local
    if scheme[0].lower().startswith(("http:", "https:")):
        from cryptonews_tui.sources.http.addresses import web_address
        from cryptonews_tui.sources.web import WebSource

        return WebSource(web_address(text), access)
    raise SourceError(
        _(
            "{scheme} is not a kind of address that can be read. Name a file, a folder, or an http or "
            "https address."
        ).format(scheme=clean_line(scheme[0], 60))
    )


def host_of(location: str) -> str:
    """Whom a source asks, from its canonical location; empty for what is on this computer."""
    scheme, separator, rest = location.partition("://")
    if separator:
        return rest.partition("/")[0] or scheme
    return "" if os.path.isabs(location) or location == "-" else location.partition(":")[0]


def _path(text: str) -> str:
    """The absolute path, `~` expanded."""
    if not text:
        raise SourceError(_("No source was named. Name a file, a folder, or an http or https address."))
    if clean(text) != text or "\n" in text or "\t" in text:
        raise SourceError(
            _("The path {text} has characters that cannot be shown. Rename it first.").format(
                text=clean_line(text)
            )
        )
    try:
        path = os.path.abspath(os.path.expanduser(text))
    except OSError:
        raise SourceError(
            _("The folder that {text} starts from is gone. Name a full path.").format(text=clean_line(text))
        ) from None
    if path != path.rstrip():  # nobody could name it again
        raise SourceError(
            _("The path {text} ends with a blank. Rename it first.").format(text=clean_line(text))
        )
    return path


def _path_of_file_url(text: str) -> str:
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("file://?/")
    if parts.netloc.lower() not in ("", "localhost") or not parts.path.startswith("/"):
        raise SourceError(
            _("{text} is not the address of a file on this computer. Write it like file:///folder.").format(
                text=clean_line(text, 300)
            )
        )
    return unquote(parts.path)
