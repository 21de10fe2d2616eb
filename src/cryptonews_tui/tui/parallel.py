"""Two versions of one article beside each other, section by section. Knows no widget.

Where there is room they stand in two columns, else their paragraphs take turns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from difflib import SequenceMatcher
from functools import partial
from itertools import zip_longest
from typing import Any

from rich.cells import cell_len

from cryptonews_tui.article import Article, Section
from cryptonews_tui.translation import ngettext, pgettext
from cryptonews_tui.tui.galley import GAP, HEADER, Part, line, parsed, section_heading, under_heading
from cryptonews_tui.typesetting import Block, Container, Heading, Kind, Line, Paragraph, Span
from cryptonews_tui.wording import provenance_mark

_WHOLE = 20_000
"""Characters of two sections up to which paragraph stands beside paragraph; of longer ones, piece beside piece."""

Pair = tuple[int | None, int | None]
"""The numbers of two sections that belong together; None where a version lacks one."""

_Text = tuple[Article, Section, Mapping[str, Any]]
"""A section of a version, with the link targets of all of that version."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Blocks side by side, each side in a column of its own; the shorter one ends earlier."""

    left: tuple[Block, ...]
    right: tuple[Block, ...]

    def lines(self, width: int) -> list[Line]:
        column = max(1, (width - GAP) // 2)
        left, right = (_stack(blocks, column) for blocks in (self.left, self.right))
        return [_side_by_side(one, other, column) for one, other in zip_longest(left, right)] or [Line()]


def parallel(
    article: Article,
    beside: Article,
    header: Iterable[Block],
    side_by_side: bool,
    zone: tzinfo | None = None,
) -> list[Part]:
    """An article with another version of it, from the header to the last section. Times are told in `zone`.

    The parts are those of `article`; a section that only the other version has follows the one before it.
    """
    from cryptonews_tui.markdown import pieces, references

    pairs = aligned(article.sections, beside.sections)
    _, *facts = header  # instead of the title both titles
    above = [*_titles(article, beside, side_by_side, zone), *facts, *_difference(article, beside)]
    known = references(article.body), references(beside.body)
    made = [Part(HEADER, lambda: above)]
    number = HEADER
    for one, other in pairs:
        number = one if one is not None else max(number, 0)
        texts = [
            (version, version.sections[index], links) if index is not None else None
            for version, index, links in zip((article, beside), (one, other), known, strict=True)
        ]
        cut = [pieces(text[1].text) if text else [] for text in texts]
        count = max(1, *map(len, cut))
        at_once = count if sum(len(text[1].text) for text in texts if text) <= _WHOLE else 1
        for start in range(0, count, at_once):
            some = [found[start : start + at_once] for found in cut]
            size = sum(len(piece) for found in some for piece in found)
            if start:
                made.append(Part(number, partial(_pair, texts, some, side_by_side, goes_on=True), size))
            else:
                brief = partial(_brief, texts)
                made.append(Part(number, partial(_pair, texts, some, side_by_side), size, brief))
    return made


def aligned(one: Sequence[Section], other: Sequence[Section]) -> list[Pair]:
    """Which sections belong together: by number where there are as many, else by their roles."""
    if len(one) == len(other):
        return [(number, number) for number in range(len(one))]
    pairs: list[Pair] = []
    matcher = SequenceMatcher(None, [s.role for s in one], [s.role for s in other], autojunk=False)
    for _, low, high, first, last in matcher.get_opcodes():
        pairs += zip_longest(range(low, high), range(first, last))
    return pairs


def _titles(article: Article, beside: Article, side_by_side: bool, zone: tzinfo | None) -> list[Block]:
    titles = [
        Block(
            Paragraph(((Span(line(version.title), Kind.TITLE), Span(f"  {line(version.lang)}", Kind.DIM)),))
        )
        for version in (article, beside)
    ]
    mark = provenance_mark(beside, (article.lang, beside.lang), zone)  # that of the first is among its facts
    below = [Block(Paragraph(((Span(line(mark), Kind.DIM),),)), space=0)] if mark else []
    if side_by_side:
        return [_row((titles[0],), (titles[1], *below))]
    return [titles[0], _second(titles[1]), *map(_second, below)]


def _difference(article: Article, beside: Article) -> Iterator[Block]:
    """What the versions do not have in common."""
    count, others = len(article.sections), len(beside.sections)
    if count != others:
        told = ngettext(
            "{count} section in {language}, {others} in {other}: aligned by what they are about",
            "{count} sections in {language}, {others} in {other}: aligned by what they are about",
            count,
        ).format(count=count, language=article.lang, others=others, other=beside.lang)
        yield Block(Paragraph(((Span(line(told), Kind.NOTICE),),)))


def _pair(
    texts: Sequence[_Text | None], some: Sequence[Sequence[str]], side_by_side: bool, goes_on: bool = False
) -> list[Block]:
    """Some pieces of two sections, block by block; unless they go on with the sections, below the headings."""
    columns = [_blocks(text, found, goes_on) for text, found in zip(texts, some, strict=True)]
    if side_by_side:
        if len(columns[0]) != len(columns[1]):  # block by block they would drift apart
            return [_row(tuple(columns[0]), tuple(columns[1]))]
        return [_row((left,), (right,)) for left, right in zip(*columns, strict=True)]
    taking_turns: list[Block] = []
    for number, (left, right) in enumerate(zip_longest(*columns)):
        if left is not None:
            as_it_is = goes_on or number > 1 or type(left.body) is Heading
            taking_turns.append(left if as_it_is else _close(left))
        if right is not None:
            if type(right.body) is Heading and left is not None and type(left.body) is Heading:
                taking_turns[-1] = _both_headings(left, left.body, right.body)
            else:
                taking_turns.append(_second(right))
    return taking_turns


def _both_headings(left: Block, one: Heading, other: Heading) -> Block:
    names = tuple(Span(f"   {span.text}", Kind.DIM) for run in other.runs for span in run)
    return replace(left, body=replace(one, runs=(*one.runs[:-1], (*one.runs[-1], *names))))


def _close(block: Block) -> Block:
    return replace(block, space=0)


def _row(left: tuple[Block, ...], right: tuple[Block, ...]) -> Block:
    space = max((blocks[0].space for blocks in (left, right) if blocks), default=1)
    return Block(Columns(left, right), space=space)


def _stack(blocks: tuple[Block, ...], width: int) -> list[Line]:
    """Blocks one below the other, without the blank lines before the first."""
    spaced = (replace(block, space=0) if not number else block for number, block in enumerate(blocks))
    return [set_line for block in spaced for set_line in block.lines(width)]


def _blocks(text: _Text | None, some: Iterable[str], goes_on: bool) -> list[Block]:
    if text is None:
        return []
    article, section, known = text
    found = [block for piece in some for block in parsed(piece, known)]
    return found if goes_on else [*under_heading(section_heading(article, section), found)]


def _brief(texts: Sequence[_Text | None]) -> tuple[Block, ...]:
    names = " · ".join(line(text[1].heading) for text in texts if text and text[1].heading)
    run = (
        Span("▸ ", Kind.MARK),
        Span(names, Kind.HEADING),
        Span("  " + pgettext("section", "folded"), Kind.DIM),
    )
    return (Block(Paragraph((run,)), space=2),)


def _second(block: Block) -> Block:
    """A block of the second version where paragraphs take turns: close below what it translates, with a mark."""
    mark = Container("▏ ", "▏ ")
    return replace(block, containers=(mark, *block.containers), fresh=block.fresh + 1, space=0)


def _side_by_side(left: Line | None, right: Line | None, column: int) -> Line:
    spans = [*(left.spans if left else ())]
    used = sum(cell_len(span.text) for span in spans)
    rule = " " * (column - used + GAP // 2) + "│"
    spans.append(Span(rule, Kind.RULE))
    if right and right.spans:
        spans += [Span(" " * (GAP - GAP // 2 - 1)), *right.spans]
    return Line(tuple(spans))
