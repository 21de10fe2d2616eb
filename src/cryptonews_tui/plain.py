"""Articles and lists in words, from top to bottom: for those who hear them, and for terminals that only print.

No column, no line that is drawn, no sign that stands for a word: what the screen shows by a place, a colour or a sign
is said. Lines are as long as their paragraphs; who prints them breaks them. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from cryptonews_tui.article import Article, Role, Section, Sentiment
from cryptonews_tui.markdown import blocks, cut, references
from cryptonews_tui.safety import safe_url, shown_url
from cryptonews_tui.translation import N_, _, ngettext
from cryptonews_tui.typesetting import Block, Code, Heading, Kind, Paragraph, Run, Span, Table, literal
from cryptonews_tui.wording import provenance_mark

if TYPE_CHECKING:
    from cryptonews_tui.library import Headline

_MOODS: dict[Sentiment | None, str] = {
    Sentiment.POSITIVE: N_("Positive"),
    Sentiment.NEGATIVE: N_("Negative"),
    Sentiment.NEUTRAL: N_("Neutral"),
    None: N_("Unrated"),
}
_MONTHS = (
    *(N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June")),
    *(N_("July"), N_("August"), N_("September"), N_("October"), N_("November"), N_("December")),
)
"""As they stand in a date, between day and year."""
_DRAWN = re.compile("[\u2500-\u259f]+")
"""Lines, boxes and blocks: a voice would read each of them out."""
_ENDS = (".", "!", "?", "…", ":")
_PICTURE = "▣ "


def headline(headline: Headline, zone: tzinfo | None = None) -> str:
    """A story of a list in one line. Times are told in `zone` (the local one)."""
    marks = [_("Read") if headline.read else _("Unread")]
    marks += [_("starred")] * headline.starred
    marks += [_("with a note")] * headline.noted
    marks += [_("pinned")] * (headline.sticky_weight > 0)
    marks += [_("draft")] * headline.draft
    marks += [_("gone from its source")] * headline.gone
    told = _("{source}: {title}").format(
        source=_spoken(headline.publisher.name), title=_sentence(headline.title)
    )
    story = _("Id {story}, language {lang}.").format(
        story=_spoken(headline.story), lang=_spoken(headline.lang)
    )
    when = moment(headline.published, zone)
    return f"{', '.join(marks)}. {_(_MOODS[headline.sentiment])}. {when}. {told} {story}"


def article(
    article: Article,
    zone: tzinfo | None = None,
    *,
    languages: Iterable[str] = (),
    read: bool = False,
    starred: bool = False,
    note: str = "",
) -> Iterator[str]:
    """An article in lines: what is known of it, its sections one after the other, where its links lead.

    `languages` are those of the story; times are told in `zone` (the local one).
    """
    yield _sentence(article.title)
    yield from _about(article, zone, languages, read=read, starred=starred, note=note)
    known = references(article.body)
    teller = _Teller()
    for number, section in enumerate(article.sections, 1):
        yield ""
        yield _announced(article, section, number)
        for piece in cut(section.text):
            for block in blocks(piece, known, pan=False):
                yield from teller.tell(block)
    yield from teller.targets()
    yield from _pages(article)


def moment(time: datetime, zone: tzinfo | None = None) -> str:
    """A time in full: `25 November 2025, 9:31`."""
    local = time.astimezone(zone)
    return _("{day} {month} {year}, {time}").format(
        day=local.day,
        month=_(_MONTHS[local.month - 1]),
        year=local.year,
        time=f"{local.hour}:{local.minute:02}",
    )


def _about(
    article: Article, zone: tzinfo | None, languages: Iterable[str], *, read: bool, starred: bool, note: str
) -> Iterator[str]:
    marks = [_("Read") if read else _("Unread")]
    marks += [_("starred")] * starred
    marks += [_("pinned")] * (article.sticky_weight > 0)
    marks += [_("draft")] * article.draft
    yield f"{', '.join(marks)}. {_(_MOODS[article.sentiment])}."
    facts = [_("From {source}.").format(source=_spoken(article.publisher.name))]
    if article.category:
        facts.append(_("Category: {category}.").format(category=_spoken(article.category)))
    facts.append(_("Published {date}.").format(date=moment(article.published, zone)))
    if article.updated > article.published:
        facts.append(_("Changed {date}.").format(date=moment(article.updated, zone)))
    yield " ".join(facts)
    if mark := provenance_mark(article, languages, zone):
        yield _sentence(f"{mark[0].upper()}{mark[1:]}")
    others = [_spoken(lang) for lang in languages if lang != article.lang]
    told = _("Language: {lang}.").format(lang=_spoken(article.lang))
    if others:
        told += " " + _("It is also there in {languages}.").format(languages=", ".join(others))
    yield told
    if article.tags:
        yield _("Tags: {tags}.").format(tags=", ".join(map(_spoken, article.tags)))
    if note:
        yield _("Your note: {note}").format(note=_sentence(note))
    if article.sections:
        count = len(article.sections)
        yield ngettext("{count} section.", "{count} sections.", count).format(count=count)
    if lead := _lead(article):
        yield ""
        yield lead


def _lead(article: Article) -> str:
    """The description, unless the text begins with the same words."""
    lead = _spoken(article.description)
    opening = _spoken(article.sections[0].text[: len(lead) * 2 + 100]) if article.sections else ""
    return "" if opening.startswith(lead.rstrip("….").rstrip()) else lead


def _announced(article: Article, section: Section, number: int) -> str:
    told = _("Section {number} of {count}: {heading}").format(
        number=number,
        count=len(article.sections),
        heading=_sentence(section.heading or _("without a heading")),
    )
    if section.role is not Role.AUTHOR:
        return told
    provenance = article.provenance
    by_machine = provenance is not None and (provenance.rewritten or provenance.translated_from is not None)
    return f"{told} {_('An opinion, written by a machine.') if by_machine else _('An opinion.')}"


def _pages(article: Article) -> Iterator[str]:
    """Where the story is published, and its picture."""
    page = _("Original page: {address}") if article.canonical_url else _("Publisher's page: {address}")
    covers = (article.cover.get(size) for size in ("regular", "full", "raw", "small", "thumb"))
    told = [
        words.format(address=_spoken(shown_url(url)))
        for words, address in (
            (page, article.url),
            (_("Cover picture: {address}"), next((url for url in covers if url), None)),
        )
        if address and (url := safe_url(address))
    ]
    if told:
        yield ""
        yield from told


class _Teller:
    """Tells blocks one after the other, and remembers where their links lead."""

    def __init__(self) -> None:
        self._links: dict[str, tuple[int, str]] = {}

    def tell(self, block: Block) -> Iterator[str]:
        """The lines of a block, with an empty one before it where the screen has one."""
        if block.space:
            yield ""
        lead = _place(block)
        match block.body:
            case Heading(runs):
                words = " ".join(filter(None, map(self._words, runs)))
                yield lead + _("Heading: {text}").format(text=_sentence(words))
            case Paragraph(runs):
                for run in runs:
                    yield f"{lead}{self._words(run)}".rstrip()
                    lead = ""
            case Code(text, language):
                yield lead + (_("Code in {language}:").format(language=language) if language else _("Code:"))
                yield from (_DRAWN.sub(" ", line).rstrip() for line in text.split("\n"))
                yield _("End of code.")
            case Table() as table:
                yield lead + _("Table, rows: {rows}, columns: {columns}.").format(
                    rows=len(table.rows), columns=len(table.head)
                )
                yield from self._table(table)
                yield _("End of table.")
            case _:  # a line that is drawn
                pass

    def targets(self) -> Iterator[str]:
        """Where the links lead that were told."""
        if self._links:
            yield ""
            yield _("Links:")
        for url, (number, label) in self._links.items():
            address = _spoken(shown_url(url))
            yield _("Link {number}, {label}: {address}").format(number=number, label=label, address=address)

    def _table(self, table: Table) -> Iterator[str]:
        names = [self._cell(cell) for cell in table.head]
        if not table.rows:
            yield ", ".join(names)
        for number, row in enumerate(table.rows, 1):
            cells = (
                f"{name}: {text}" if name else text
                for name, text in zip(names, map(self._cell, row), strict=True)
                if text
            )
            yield _("Row {number}. {cells}").format(number=number, cells=_sentence("; ".join(cells)))

    def _cell(self, cell: Sequence[Run]) -> str:
        return " ".join(filter(None, map(self._words, cell)))

    def _words(self, run: Run) -> str:
        """A run as text: links by numbers, what is struck out by words."""
        told = ""
        for index, span in enumerate(run):
            text = span.text.replace(_PICTURE, _("picture: "))
            if Kind.STRIKE in span.kind:
                text = _("(struck out: {text})").format(text=text)
            told += text
            following = run[index + 1].link if index + 1 < len(run) else None
            if span.link is not None and span.link != following and safe_url(span.link):
                told = told.rstrip() + " " + self._link(span.link, run, index)
        return _spoken(told)

    def _link(self, url: str, run: Sequence[Span], last: int) -> str:
        if url not in self._links:
            first = last
            while first and run[first - 1].link == url:
                first -= 1
            label = "".join(span.text.removeprefix(_PICTURE) for span in run[first : last + 1])
            self._links[url] = (len(self._links) + 1, _spoken(label))
        return _("(link {number})").format(number=self._links[url][0])


def _place(block: Block) -> str:
    """In which quote or item of a list a block stands, as far as no block before it has said so."""
    told = ""
    level = 0
    for index, container in enumerate(block.containers):
        if container.quote:
            told += _("Quote: ")
            continue
        level += 1
        if index < block.fresh:
            continue
        mark = container.first.strip()
        if level > 1:
            told += _("Level {number}: ").format(number=level)
        for box, word in (("[x]", _("Done:")), ("[ ]", _("To do:"))):
            mark = mark.replace(box, word)
        told += ("-" if mark in ("•", "◦") else _spoken(mark)) + " "
    return told


def _spoken(text: str) -> str:
    """Text in one line, without what is only drawn."""
    return " ".join(_DRAWN.sub(" ", literal(text)).split())


def _sentence(text: str) -> str:
    """Text in one line that ends as a sentence does: a voice pauses there."""
    text = _spoken(text)
    return text if text.endswith(_ENDS) else f"{text}."
