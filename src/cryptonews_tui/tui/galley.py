"""An article's lines for one width, set only as far as somebody has looked. Knows no widget.

A galley is where printers keep set type. `header` gives the lines above the text, `parts` cuts the text,
`Galley` sets the parts one after another and knows where sections and blocks begin.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cryptonews_tui.article import Article, Role, Section, Sentiment
from cryptonews_tui.safety import clean_line, safe_url
from cryptonews_tui.typesetting import (
    Block,
    Flow,
    Heading,
    Kind,
    Line,
    Paragraph,
    Run,
    Span,
    literal,
)
from cryptonews_tui.wording import SIGNS, date, later, long_age

if TYPE_CHECKING:
    from cryptonews_tui.markdown import References


def line(text: str) -> str:
    """Foreign text as one line that looks like itself."""
    return literal(clean_line(text))


def _dim(text: str) -> Run:
    return (Span(text, Kind.DIM),)


def header(
    article: Article, now: datetime, languages: tuple[str, ...], starred: bool, note: str = ""
) -> Iterator[Block]:
    """Title, facts and lead. Times are told in the zone of `now`."""
    when = f"{date(article.published, now.tzinfo)} ({long_age(article.published, now)})"
    facts = [line(article.publisher.name), line(article.category), when]
    yield Block(Paragraph(((Span(line(article.title), Kind.TITLE),),)))
    yield Block(Flow(tuple(_dim(fact) for fact in facts if fact), Span(" · ", Kind.DIM)))
    yield Block(Flow(tuple(_marks(article, languages, starred)), Span("   ")), space=0)
    if note:
        yield Block(Paragraph(((Span(f"✎ {line(note)}", Kind.STRONG),),)), space=0)
    if article.tags:
        yield Block(Flow(tuple((Span(line(tag), Kind.TAG),) for tag in article.tags)), space=0)
    if links := tuple(_links(article)):
        yield Block(Flow(links, Span("   ")), space=0)
    if lead := _lead(article):
        yield Block(Paragraph(((Span(lead, Kind.LEAD),),)))


def _marks(article: Article, languages: tuple[str, ...], starred: bool) -> Iterator[Run]:
    sign, letter, word = SIGNS[article.sentiment]
    kinds: dict[Sentiment | None, Kind] = {
        Sentiment.POSITIVE: Kind.POSITIVE,
        Sentiment.NEGATIVE: Kind.NEGATIVE,
    }
    yield (
        Span(
            f"{sign} {letter} {word}".strip(),
            kinds.get(article.sentiment, Kind.DIM),
        ),
    )
    if starred:
        yield (Span("★ starred", Kind.STRONG),)
    if article.sticky_weight > 0:
        yield _dim("pinned")
    if article.draft:
        yield _dim("draft")
    provenance = article.provenance
    if provenance and provenance.rewritten:
        yield _dim(
            f"AI-rewritten {later(article.published, provenance.expanded_at or article.updated)}".rstrip()
        )
    elif article.updated - article.published >= timedelta(minutes=1):
        yield _dim(f"updated {later(article.published, article.updated)}")
    if provenance and provenance.translated_from:
        yield _dim(f"translated from {line(provenance.translated_from)}")
    codes = [line(code) for code in languages or (article.lang,)]
    parts = [Span(code, Kind.STRONG if code == article.lang else Kind.DIM) for code in codes]
    yield tuple(span for part in parts for span in (Span(" · ", Kind.DIM), part))[1:]


def _links(article: Article) -> Iterator[Run]:
    page = "original page" if article.canonical_url else "publisher's page"
    covers = (article.cover.get(size) for size in ("regular", "full", "raw", "small", "thumb"))
    cover = next((url for url in covers if url), None)
    for name, address in ((page, article.url), ("cover picture", cover)):
        if address and (url := safe_url(address)):
            host = (urlsplit(url).hostname or "").removeprefix("www.")
            yield Span(name, Kind.LINK, url), Span(f" {literal(host)}", Kind.DIM)


def _lead(article: Article) -> str:
    """The description, unless the text begins with the same words."""
    lead = line(article.description)
    opening = " ".join(article.sections[0].text[: len(lead) * 2 + 100].split()) if article.sections else ""
    return "" if opening.startswith(lead.rstrip("….").rstrip()) else lead


@dataclass(frozen=True)
class Part:
    """Some blocks of the article that are parsed when they are needed, and then kept."""

    section: int
    heading: tuple[Block, ...]
    text: str
    known: References

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        from cryptonews_tui.markdown import blocks  # not before the first headlines are on the screen

        found = blocks(self.text, self.known)
        if self.heading and found and type(found[0].body) is Paragraph:
            found[0] = replace(found[0], space=0)
        return (*self.heading, *found)


def parts(article: Article, header: Iterable[Block]) -> list[Part]:
    from cryptonews_tui.markdown import pieces, references

    known = references(article.body)
    made = [Part(-1, tuple(header), "", known)]
    for index, section in enumerate(article.sections):
        heading = _heading(section)
        first, *others = pieces(section.text) or [""]
        made.append(Part(index, heading, first, known))
        made += [Part(index, (), piece, known) for piece in others]
    return made


def _heading(section: Section) -> tuple[Block, ...]:
    if not (text := line(section.heading)):
        return ()
    run: Run = (Span(text, Kind.HEADING),)
    if section.role is Role.AUTHOR:
        run += (Span("  opinion", Kind.DIM),)
    return (Block(Heading((run,), 2), space=2),)


class Galley:
    """The lines of an article for one width, as far as they have been set."""

    def __init__(self, parts: list[Part], width: int) -> None:
        self.width = width
        self.lines: list[Line] = []
        self.sections: list[int] = []
        """Where the sections reached so far begin."""
        self._parts = parts
        self._next = 0
        self._starts: list[int] = []
        self._left = sum(len(part.text) for part in parts)

    @property
    def complete(self) -> bool:
        return self._next == len(self._parts)

    @property
    def length(self) -> int:
        """How many lines there are, by estimate for what is not yet set."""
        return len(self.lines) + self._left // max(1, self.width)

    def set(self, characters: int) -> None:
        """Set about so much more of the text."""
        goal = self._left - characters
        while not self.complete and self._left > goal:
            self._set_part()

    def set_lines(self, count: int) -> None:
        """Go on until there are so many lines or no more text."""
        while not self.complete and len(self.lines) < count:
            self._set_part()

    def finish(self) -> None:
        while not self.complete:
            self._set_part()

    def section_line(self, section: int) -> int:
        while not self.complete and len(self.sections) <= section:
            self._set_part()
        return self.sections[section]

    def place(self, line: int) -> tuple[int, float]:
        """Which block stands on this line, and how far into it the line is: the same at any width."""
        if not self._starts:
            return 0, 0.0
        block = bisect_right(self._starts, line) - 1
        return block, (line - self._starts[block]) / self._height(block)

    def line_of(self, place: tuple[int, float]) -> int:
        block, fraction = place
        while not self.complete and len(self._starts) <= block + 1:
            self._set_part()
        if block >= len(self._starts):
            return len(self.lines)
        return self._starts[block] + round(fraction * self._height(block))

    def _height(self, block: int) -> int:
        end = self._starts[block + 1] if block + 1 < len(self._starts) else len(self.lines)
        return max(1, end - self._starts[block])

    def _set_part(self) -> None:
        part = self._parts[self._next]
        self._next += 1
        self._left -= len(part.text)
        if part.section == len(self.sections):
            space = part.blocks[0].space if part.blocks else 0
            self.sections.append(len(self.lines) + space)
        for block in part.blocks:
            self._starts.append(len(self.lines))
            self.lines += block.lines(self.width)
