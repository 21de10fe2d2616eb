"""A digest: what many stories say in the sections of one role, one after the other, written as it is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo
from itertools import chain
from typing import TYPE_CHECKING

from cryptonews_tui.safety import shown_url
from cryptonews_tui.translation import _, ngettext
from cryptonews_tui.wording import ROLES, SIGNS, date, number

if TYPE_CHECKING:
    from cryptonews_tui.library import Excerpt, Library

_FIRST, _PAGE = 20, 500
"""How many stories are read at a time: few at first, so that something is there to be read."""

# What would be markup in a title.
_MARKUP = re.compile(r"[\\`*_\[\]<&]|#(?=#*$)")
# What in Markdown may go on beyond the text it stands in, up to the end of everything.
_OPENING = re.compile(
    r"^ {0,3}(?:(`{3,}(?=[^`\n]*$)|~{3,})[^\n]*|<(?=[!?]|(?:script|pre|style|textarea)\b))", re.M | re.I
)


def pages(
    library: Library, positions: Sequence[int], role: str, languages: Sequence[str] = ()
) -> Iterator[list[Excerpt]]:
    """The excerpts of the stories at these positions, a page at a time."""
    start, size = 0, _FIRST
    while start < len(positions):
        yield library.excerpts(positions[start : start + size], role, languages)
        start, size = start + size, _PAGE


def title(role: str, query: str, count: int) -> str:
    """What it is: `Impact · tag:btc · 12 stories`."""
    amount = ngettext("{count} story", "{count} stories", count).format(count=number(count))
    return " · ".join((_(ROLES.get(role, role.capitalize())), query or _("all stories"), amount))


def why_none(role: str, count: int) -> str:
    """Why there is nothing to tell of so many stories."""
    if not count:
        return _("No story is found.")
    return (
        _("None of {count} stories has a section “{role}”.").format(count=number(count), role=role)
        if count > 1
        else _("The only story has no section “{role}”.").format(role=role)
    )


def markdown(title: str, pages: Iterable[list[Excerpt]], zone: tzinfo | None = None) -> Iterator[str]:
    """The digest in Markdown, piece by piece. Times are told in `zone`, the local one."""
    yield f"# {_literally(title)}\n"
    for page in pages:
        yield "".join(
            f"\n## {_literally(excerpt.headline.title)}\n\n{_about(excerpt, zone)}\n\n{closed(excerpt.text)}\n"
            for excerpt in page
        )


def text(title: str, pages: Iterable[list[Excerpt]], width: int, zone: tzinfo | None = None) -> Iterator[str]:
    """The digest as plain text, piece by piece, typeset to a width in cells."""
    from cryptonews_tui.markdown import typeset
    from cryptonews_tui.typesetting import Span, literal, to_text, wrap

    def lines(said: str) -> str:
        return to_text(wrap((Span(literal(said)),), width))

    yield lines(title)
    for excerpt in chain.from_iterable(pages):
        yield f"\n\n{lines(excerpt.headline.title)}{lines(' · '.join(_facts(excerpt, zone)))}"
        yield f"{shown_url(excerpt.url)}\n\n" if excerpt.url else "\n"  # in one piece, however long
        yield to_text(typeset(excerpt.text, width))


def closed(markdown: str) -> str:
    """The same to be followed by something else: nothing in it is still open at its end."""
    if not _OPENING.search(markdown):
        return markdown
    fence = ""

    def safe(found: re.Match[str]) -> str:
        nonlocal fence
        if mark := found[1]:
            if not fence:
                fence = mark
            elif mark.startswith(fence) and found[0].strip() == mark:
                fence = ""
            return found[0]
        return found[0] if fence else found[0].replace("<", "\\<")

    safely = _OPENING.sub(safe, markdown)
    return f"{safely}\n{fence}" if fence else safely


def _about(excerpt: Excerpt, zone: tzinfo | None) -> str:
    facts = [_literally(fact) for fact in _facts(excerpt, zone)]
    return " · ".join([*facts, f"<{shown_url(excerpt.url)}>"] if excerpt.url else facts)


def _facts(excerpt: Excerpt, zone: tzinfo | None) -> list[str]:
    headline = excerpt.headline
    mood = _(SIGNS[headline.sentiment][2])
    facts = (headline.publisher.name, date(headline.published, zone), mood, headline.category)
    return [fact for fact in facts if fact]


def _literally(text: str) -> str:
    """Text as it is, where Markdown is written."""
    return _MARKUP.sub(r"\\\g<0>", text)
