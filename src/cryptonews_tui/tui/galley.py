"""An article's lines for one width, set only as far as somebody has looked. Knows no widget.

A galley is where printers keep set type. `header` gives the lines above the text, `parts` cuts the text,
`Galley` sets the parts one after another and knows where sections and blocks begin.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property, partial
from math import inf
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from cryptonews_tui.article import Article, Role, Section, Sentiment
from cryptonews_tui.safety import clean_line, safe_url, shown_url
from cryptonews_tui.translation import N_, _, ngettext, pgettext
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
from cryptonews_tui.wording import SIGNS, date, later, long_age, number, provenance_mark

if TYPE_CHECKING:
    from cryptonews_tui.markdown import References


NO_HEADING = N_("Start")
"""How a text before the first heading is called."""


def line(text: str) -> str:
    """Foreign text as one line that looks like itself."""
    return literal(clean_line(text))


def _dim(text: str) -> Run:
    return (Span(text, Kind.DIM),)


def header(
    article: Article,
    now: datetime,
    languages: tuple[str, ...],
    *,
    starred: bool = False,
    note: str = "",
    notice: str = "",
) -> Iterator[Block]:
    """Title, facts and lead. Times are told in the zone of `now`. `notice` is what else has to be known first."""
    when = f"{date(article.published, now.tzinfo)} ({long_age(article.published, now)})"
    facts = [line(article.publisher.name), line(article.category), when]
    yield Block(Paragraph(((Span(line(article.title), Kind.TITLE),),)))
    yield Block(Flow(tuple(_dim(fact) for fact in facts if fact), Span(" · ", Kind.DIM)))
    yield Block(Flow(tuple(_marks(article, now, languages, starred)), Span("   ")), space=0)
    if notice:
        yield Block(Paragraph(((Span(notice, Kind.NOTICE),),)), space=0)
    if note:
        yield Block(Paragraph(((Span(f"✎ {line(note)}", Kind.STRONG),),)), space=0)
    if article.tags:
        yield Block(Flow(tuple((Span(line(tag), Kind.TAG),) for tag in article.tags)), space=0)
    if links := tuple(_links(article)):
        yield Block(Flow(links, Span("   ")), space=0)
    if lead := _lead(article):
        yield Block(Paragraph(((Span(lead, Kind.LEAD),),)))


def _marks(article: Article, now: datetime, languages: tuple[str, ...], starred: bool) -> Iterator[Run]:
    sign, letter, word = SIGNS[article.sentiment]
    kinds: dict[Sentiment | None, Kind] = {
        Sentiment.POSITIVE: Kind.POSITIVE,
        Sentiment.NEGATIVE: Kind.NEGATIVE,
    }
    yield (
        Span(
            f"{sign} {letter} {_(word)}".strip(),
            kinds.get(article.sentiment, Kind.DIM),
        ),
    )
    codes = [line(code) for code in languages or (article.lang,)]
    parts = [Span(code, Kind.STRONG if code == article.lang else Kind.DIM) for code in codes]
    yield tuple(span for part in parts for span in (Span(" · ", Kind.DIM), part))[1:]
    if starred:
        yield (Span("★ " + pgettext("story", "starred"), Kind.STRONG),)
    if article.sticky_weight > 0:
        yield _dim(pgettext("story", "pinned"))
    if article.draft:
        yield _dim(pgettext("story", "draft"))
    if mark := line(provenance_mark(article, languages, now.tzinfo)):
        yield _dim(mark)
    elif article.updated - article.published >= timedelta(minutes=1):
        # Translators: {later} says how long after publication, such as “62 min later”
        yield _dim(_("updated {later}").format(later=later(article.published, article.updated)))


def _links(article: Article) -> Iterator[Run]:
    page = _("original page") if article.canonical_url else _("publisher's page")
    covers = (article.cover.get(size) for size in ("regular", "full", "raw", "small", "thumb"))
    cover = next((url for url in covers if url), None)
    for name, address in ((page, article.url), (_("cover picture"), cover)):
        if address and (url := safe_url(address)):
            host = (urlsplit(shown_url(url)).hostname or "").removeprefix("www.")
            yield Span(name, Kind.LINK, url), Span(f" {literal(host)}", Kind.DIM)


def _lead(article: Article) -> str:
    """The description, unless the text begins with the same words."""
    lead = line(article.description)
    opening = " ".join(article.sections[0].text[: len(lead) * 2 + 100].split()) if article.sections else ""
    return "" if opening.startswith(lead.rstrip("….").rstrip()) else lead


SIDE_BY_SIDE = 120
"""Columns of a pane from which two versions of an article stand side by side."""
GAP = 5
"""Cells between their columns, with the rule in the middle."""

HEADER, TAIL = -1, -2
"""In place of a section's number: what stands above the first, and below the last."""


_EACH = 100
"""Characters that could be set in the time that a part takes by itself."""


class Part:
    """Some blocks of one section that are made when they are needed, and then kept.

    `size` is how many characters of Markdown they are made of, with those of `more`, which makes the part that goes on
    with the section, if one does. `brief` makes the blocks that stand for the whole section when it is folded; parts
    that go on with a section have none.
    """

    def __init__(
        self,
        section: int,
        make: Callable[[], Iterable[Block]],
        size: int = 0,
        brief: Callable[[], Iterable[Block]] = tuple,
        more: Callable[[], Part | None] = lambda: None,
    ) -> None:
        self.section = section
        self.size = size
        self._make = make
        self._make_brief = brief
        self._make_more = more

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        return tuple(self._make())

    @cached_property
    def brief(self) -> tuple[Block, ...]:
        return tuple(self._make_brief())

    @cached_property
    def more(self) -> Part | None:
        return self._make_more()


def parts(article: Article, header: Iterable[Block]) -> list[Part]:
    """An article from its header to its last section."""
    from cryptonews_tui.markdown import cut, references

    known = references(article.body)
    above = tuple(header)
    made = [Part(HEADER, lambda: above)]
    for index, section in enumerate(article.sections):
        cuts = cut(section.text)
        first = next(cuts, "")
        opening = partial(_opening, section_heading(article, section), first, known)
        size = len(section.heading) + len(section.text)
        brief = partial(_brief, article, section)
        more = partial(_more, index, cuts, known, len(section.text) - len(first))
        made.append(Part(index, opening, size, brief, more))
    return made


def _more(section: int, cuts: Iterator[str], known: References, left: int) -> Part | None:
    """The part that goes on with a section; a long text is cut as far as somebody looks."""
    if (piece := next(cuts, None)) is None:
        return None
    size = max(left, len(piece))  # what a cut says again was not counted
    more = partial(_more, section, cuts, known, size - len(piece))
    return Part(section, partial(parsed, piece, known), size, more=more)


def parsed(markdown: str, known: References) -> list[Block]:
    """A piece of a section's text as blocks."""
    from cryptonews_tui.markdown import blocks  # not before the first headlines are on the screen

    return blocks(markdown, known)


def under_heading(heading: tuple[Block, ...], found: list[Block]) -> tuple[Block, ...]:
    """A heading with its text: a paragraph stands close below it."""
    if heading and found and type(found[0].body) is Paragraph:
        found[0] = replace(found[0], space=0)
    return (*heading, *found)


def section_heading(article: Article, section: Section) -> tuple[Block, ...]:
    """The heading as one block; none for a text before the first heading."""
    if not (text := line(section.heading)):
        return ()
    return (Block(Heading(((Span(text, Kind.HEADING), *_opinion(article, section)),), 2), space=2),)


def _opening(heading: tuple[Block, ...], markdown: str, known: References) -> tuple[Block, ...]:
    return under_heading(heading, parsed(markdown, known))


def _brief(article: Article, section: Section) -> tuple[Block, ...]:
    """One line that stands for a section, and says how much it holds."""
    words = len(section.text.split())
    folded = ngettext("{count} word folded", "{count} words folded", words).format(count=number(words))
    run = (
        Span("▸ ", Kind.MARK),
        Span(line(section.heading) or _(NO_HEADING), Kind.HEADING),
        *_opinion(article, section),
        Span(f"  {folded}", Kind.DIM),
    )
    return (Block(Paragraph((run,)), space=2),)


def _opinion(article: Article, section: Section) -> Run:
    """The mark of a section that says what somebody thinks, not what happened."""
    if section.role is not Role.AUTHOR:
        return ()
    by_machine = article.provenance is not None and (
        article.provenance.rewritten or article.provenance.translated_from is not None
    )
    told = _("opinion, written by a machine") if by_machine else _("opinion")
    return (Span(f"  {told}", Kind.DIM),)


class Spot(NamedTuple):
    """A place in an article, the same at any width: how far into which block of which section."""

    section: int
    block: int
    fraction: float


BEGINNING = Spot(HEADER, 0, 0.0)


class Galley:
    """The lines of an article for one width, as far as they have been set. `folded` sections are one line each."""

    def __init__(self, parts: Sequence[Part], width: int, folded: Collection[int] = ()) -> None:
        self.width = width
        self.folded = frozenset(folded)
        self.lines: list[Line] = []
        self.sections: list[int] = []
        """Where the sections reached so far begin."""
        self._parts = list(parts)
        self._next = 0
        self._starts: list[int] = []
        self._blocks: list[tuple[int, int]] = []
        """The section of each block that is set, and its number in it."""
        self._left = sum(self._size(part) for part in parts)

    @property
    def complete(self) -> bool:
        return self._next == len(self._parts)

    @property
    def length(self) -> int:
        """How many lines there are, by estimate for what is not yet set."""
        return len(self.lines) + self._left // max(1, self.width)

    def append(self, part: Part) -> None:
        """Let one more part follow the last."""
        self._parts.append(part)
        self._left += self._size(part)

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

    def section_at(self, line: int) -> int:
        """The section that a line belongs to; -1 above the first."""
        return bisect_right(self.sections, line) - 1

    def spot(self, line: int) -> Spot:
        """Where a line stands."""
        if not self._starts:
            return BEGINNING
        number = max(0, bisect_right(self._starts, line) - 1)
        return Spot(*self._blocks[number], (line - self._starts[number]) / self._height(number))

    def line_of(self, spot: Spot) -> int:
        """The line at a spot; if there is no such block any more, where it would be."""
        wanted = (_rank(spot.section), spot.block)
        while not self.complete and (not self._blocks or self._key(-1) <= wanted):
            self._set_part()
        number = bisect_right(self._blocks, wanted, key=lambda block: (_rank(block[0]), block[1])) - 1
        if number < 0:
            return 0
        if self._blocks[number] != (spot.section, spot.block):
            return self._starts[number]
        return self._starts[number] + round(spot.fraction * self._height(number))

    def depth(self, line: int) -> tuple[int, float]:
        """The section of a line, and how far into it (0 to 1) the line stands."""
        section = self.section_at(line)
        start, end = self._extent(section)
        return section, (line - start) / max(1, end - start)

    def line_at(self, section: int, depth: float) -> int:
        """The line so far into a section."""
        start, end = self._extent(section)
        return start + round(depth * (end - start))

    def _extent(self, section: int) -> tuple[int, int]:
        while not self.complete and len(self.sections) <= section + 1:
            self._set_part()
        if not self.sections:
            return 0, len(self.lines)
        start = self.sections[section] if section >= 0 else 0
        return start, self.sections[section + 1] if section + 1 < len(self.sections) else len(self.lines)

    def _key(self, number: int) -> tuple[float, int]:
        section, block = self._blocks[number]
        return _rank(section), block

    def _height(self, number: int) -> int:
        end = self._starts[number + 1] if number + 1 < len(self._starts) else len(self.lines)
        return max(1, end - self._starts[number])

    def _size(self, part: Part) -> int:
        return _EACH if part.section in self.folded else _EACH + part.size

    def _set_part(self) -> None:
        part = self._parts[self._next]
        self._next += 1
        self._left -= self._size(part)
        folded = part.section in self.folded
        if not folded and part.more is not None:
            self._parts.insert(self._next, part.more)
            self._left += self._size(part.more)
        blocks = part.brief if folded else part.blocks
        if part.section == len(self.sections):
            space = blocks[0].space if blocks else 0
            self.sections.append(len(self.lines) + space)
        for block in blocks:
            last = self._blocks[-1] if self._blocks else (part.section, -1)
            self._blocks.append((part.section, last[1] + 1 if last[0] == part.section else 0))
            self._starts.append(len(self.lines))
            self.lines += block.lines(self.width)


def _rank(section: int) -> float:
    """The order of sections from top to bottom."""
    return inf if section == TAIL else section
