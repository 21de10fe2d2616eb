"""Markdown → lines of styled spans that fit a width in terminal cells. Pure; knows no widget.

`pieces` cuts a text of any size into bounded parts, `blocks` parses one part (CommonMark with tables and
strikethrough, HTML shown as text), `Block.lines` wraps for a width. Each step can wait until somebody looks.
Text is cleaned again here, after Markdown's entities and escapes have been decoded.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Flag, auto
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from rich.cells import cell_len, split_graphemes

from cryptonews_tui.safety import clean, safe_url
from cryptonews_tui.wording import NARROW as _NARROW

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


class Kind(Flag):
    """What a span is. Kinds combine: a link in a heading is `HEADING | LINK`."""

    TEXT = 0
    STRONG = auto()
    EMPHASIS = auto()
    STRIKE = auto()
    CODE = auto()
    LINK = auto()
    HEADING = auto()
    TABLE_HEAD = auto()
    MARK = auto()
    RULE = auto()
    TITLE = auto()
    LEAD = auto()
    DIM = auto()
    TAG = auto()
    POSITIVE = auto()
    NEGATIVE = auto()


@dataclass(frozen=True, slots=True)
class Span:
    """Text of one look; `link` is a URL that a browser may be sent to."""

    text: str
    kind: Kind = Kind.TEXT
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the screen.

    `ending` is what stands between this line and the next in the text itself: a newline, the space at which
    it was wrapped, or nothing when a word was cut. `hang` counts the leading characters that only indent.
    """

    spans: tuple[Span, ...] = ()
    ending: str = "\n"
    hang: int = 0

    @property
    def text(self) -> str:
        return "".join([span.text for span in self.spans])

    @property
    def soft(self) -> bool:
        """Whether the text goes on in the next line: a copy does not break here."""
        return self.ending != "\n"


Run = tuple[Span, ...]
References = Mapping[str, Any]
"""Link targets by label, as `references` finds them."""


class Body(Protocol):
    """What a block holds, without its place among quotes and lists."""

    def lines(self, width: int) -> list[Line]:
        """The lines at this width in cells, at least one."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; each run ends in a hard line break."""

    runs: tuple[Run, ...]

    def lines(self, width: int) -> list[Line]:
        return [line for run in self.runs for line in wrap(run, width)]


@dataclass(frozen=True, slots=True)
class Heading(Paragraph):
    """A heading; the two upper levels get a thin rule below."""

    level: int = 2

    def lines(self, width: int) -> list[Line]:
        lines = Paragraph.lines(self, width)
        if self.level <= 2:
            longest = max(cell_len(line.text) for line in lines)
            lines.append(Line((Span("─" * min(longest, width), Kind.RULE),)))
        return lines


@dataclass(frozen=True, slots=True)
class Flow:
    """Short items side by side; a line breaks between items rather than inside one."""

    items: tuple[Run, ...]
    gap: Span = Span("  ")

    def lines(self, width: int) -> list[Line]:
        lines: list[Line] = []
        row: list[Span] = []
        used = 0
        gap = cell_len(self.gap.text)
        for item in self.items:
            size = sum(cell_len(span.text) for span in item)
            if row and used + gap + size <= width:
                row += [self.gap, *item]
                used += gap + size
                continue
            if row:
                lines.append(Line(tuple(row)))
            *whole, last = wrap(item, width)
            lines += whole
            row, used = list(last.spans), cell_len(last.text)
        return [*lines, Line(tuple(row))]


@dataclass(frozen=True, slots=True)
class Code:
    """Text shown as it was typed; what is too long goes on in the next row."""

    text: str

    def lines(self, width: int) -> list[Line]:
        margin = Span("  " if width >= 2 * _READABLE else "")
        hang = len(margin.text)
        lines: list[Line] = []
        for typed in self.text.split("\n"):
            *cut, last = _chopped(typed, width - hang)
            lines += [Line((margin, Span(part, Kind.CODE)), "", hang) for part in cut]
            lines.append(Line((margin, Span(last, Kind.CODE)), hang=hang) if last else Line())
        return lines


@dataclass(frozen=True, slots=True)
class Rule:
    """A thematic break."""

    def lines(self, width: int) -> list[Line]:
        return [Line((Span("─" * width, Kind.RULE),))]


@dataclass(frozen=True, slots=True)
class Table:
    """Cells in columns; one record a row, `head: cell`, where columns cannot fit."""

    head: tuple[Run, ...]
    rows: tuple[tuple[Run, ...], ...]
    alignments: tuple[str, ...]

    def lines(self, width: int) -> list[Line]:
        widths = self._widths(width)
        return self._records(width) if widths is None else self._columns(widths)

    def _widths(self, width: int) -> list[int] | None:
        """How wide each column is: natural if all fit, else shared fairly above the longest words."""
        room = width - _COLUMN_GAP * (len(self.head) - 1)
        if len(self.head) > room:
            return None
        columns = zip(self.head, *self.rows, strict=True)
        texts = [["".join(span.text for span in cell) for cell in column] for column in columns]
        natural = [max(1, *map(cell_len, column)) for column in texts]
        if sum(natural) <= room:
            return natural
        words = [max(cell_len(word) for text in column for word in text.split(" ")) for column in texts]
        widths = [min(most, max(4, min(word, _READABLE))) for most, word in zip(natural, words, strict=True)]
        spare = room - sum(widths)
        if spare < 0:
            return None
        wants = [most - least for most, least in zip(natural, widths, strict=True)]
        modest_first = sorted(range(len(wants)), key=wants.__getitem__)
        for rank, column in enumerate(modest_first):
            share = min(wants[column], spare // (len(wants) - rank))
            widths[column] += share
            spare -= share
        return widths

    def _columns(self, widths: list[int]) -> list[Line]:
        rows = [self._row(row, widths) for row in self.rows]
        rule = (" " * _COLUMN_GAP).join("─" * width for width in widths)
        lines = [
            *self._row(tuple(_marked(cell, Kind.TABLE_HEAD) for cell in self.head), widths),
            Line((Span(rule, Kind.RULE),)),
        ]
        between = [Line()] if any(len(row) > 1 for row in rows) else []
        for index, row in enumerate(rows):
            lines += [*(between if index else ()), *row]
        return lines

    def _row(self, cells: tuple[Run, ...], widths: list[int]) -> list[Line]:
        columns = [wrap(cell, width) for cell, width in zip(cells, widths, strict=True)]
        lines = []
        for level in range(max(map(len, columns))):
            spans: list[Span] = []
            owed = 0  # blanks that stand before the next text: none are left at the end of a line
            for column, width, alignment in zip(columns, widths, self.alignments, strict=True):
                cell = column[level].spans if level < len(column) else ()
                spare = max(0, width - sum(cell_len(span.text) for span in cell))
                left = {"right": spare, "center": spare // 2}.get(alignment, 0)
                if cell:
                    if owed + left:
                        spans.append(Span(" " * (owed + left)))
                    spans += cell
                    owed = 0
                    left = spare - left
                else:
                    left = width
                owed += left + _COLUMN_GAP
            lines.append(Line(tuple(spans)))
        return lines

    def _records(self, width: int) -> list[Line]:
        lines: list[Line] = []
        for row in self.rows or (self.head,):
            if lines:
                lines.append(Line())
            for head, cell in zip(self.head, row, strict=True):
                if cell:
                    label = _marked((*head, Span(": ")), Kind.TABLE_HEAD) if self.rows else ()
                    lines += wrap((*label, *cell), width)
        return lines or [Line()]


@dataclass(frozen=True, slots=True)
class Container:
    """A quote or a list item around a block: what stands before its first line and before the others."""

    first: str
    rest: str

    @property
    def quote(self) -> bool:
        return self.first == self.rest


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, table … in its place; `space` counts the blank lines before it.

    The marks of `containers` from `fresh` on have not been shown by an earlier block.
    """

    body: Body
    containers: tuple[Container, ...] = ()
    fresh: int = 0
    space: int = 1

    def lines(self, width: int) -> list[Line]:
        """The block at this width (in cells, at least 1), with the blank lines before it."""
        skipped = self._skipped(width)
        shown = self.containers[skipped:]
        fresh = self.fresh - skipped
        first = "".join(c.first if c.quote or index >= fresh else c.rest for index, c in enumerate(shown))
        rest = "".join(c.rest for c in shown)
        blank = "".join(c.rest for c in shown[: max(0, fresh)]).rstrip()
        lines = [Line((Span(blank, Kind.MARK),) if blank else ())] * self.space
        mark = first
        for line in self.body.lines(width - len(rest)):
            spans = (Span(mark, Kind.MARK), *line.spans) if mark else line.spans
            lines.append(Line(spans, line.ending, len(mark) + line.hang))
            mark = rest
        return lines

    def _skipped(self, width: int) -> int:
        """How many outer containers are not drawn, so that the text keeps a readable width."""
        room = max(width - _READABLE, width // 2)
        skipped = max(0, len(self.containers) - _LEVELS)
        while sum(len(c.rest) for c in self.containers[skipped:]) > room:
            skipped += 1
        return skipped


def typeset(markdown: str, width: int) -> list[Line]:
    """A whole text at once, for those who do not scroll."""
    known = references(markdown)
    found = (block for piece in pieces(markdown) for block in blocks(piece, known))
    lines = [line for block in found for line in block.lines(width)]
    start = next((index for index, line in enumerate(lines) if line.text), len(lines))
    return lines[start:]


def to_text(lines: Iterable[Line], *, wrapped: bool = True) -> str:
    """Plain text: as it stands on the screen, or with the soft line breaks taken back."""
    parts: list[str] = []
    going_on = False
    for line in lines:
        text = line.text
        if wrapped:
            parts += [text.rstrip(), "\n"]
        else:
            parts += [text[line.hang :] if going_on else text, line.ending]
            going_on = line.soft
    return "".join(parts)


# --- from Markdown to blocks

_SOFT_SIZE = 4_000
_HARD_SIZE = 8_000
_LEVELS = 8
_READABLE = 20
_COLUMN_GAP = 2
_NESTING = 40

_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
_FRESH_START = re.compile(r"(?![-+*>]|\d{1,9}[.)])\S")
_DEFINITION = re.compile(r"^ {0,3}(\[[^\[\]\n]{1,200}\]:[^\n]{1,4096})", re.MULTILINE)
_DEEP = re.compile(
    r"^((?:[ \t]*>){16})(?:[ \t]*>)+|^((?:[ \t]*[-+*](?=[ \t])){12})(?:[ \t]*[-+*](?=[ \t]))+", re.MULTILINE
)
_INDENTED = re.compile(r"^ {24,}", re.MULTILINE)
_TASK = re.compile(r"\[[ xX]\] ")


def pieces(markdown: str) -> list[str]:
    """Parts of at most some 8,000 characters that can be parsed on their own.

    A cut is made before a top-level block if one begins soon enough, at any line (in a code block that then
    goes on, at any word of a line without end) if not: no input costs more than its share.
    """
    if len(markdown) <= _SOFT_SIZE:
        return [markdown] if markdown.strip() else []
    parts: list[str] = []
    part: list[str] = []
    size = 0
    fence = ""
    after_blank = False
    for line in _bounded_lines(markdown):
        block_starts = after_blank and not fence and _FRESH_START.match(line)
        if size + len(line) > _HARD_SIZE or (size > _SOFT_SIZE and block_starts):
            parts.append("\n".join(part))
            part = [fence] if fence else []
            size = len(fence)
        part.append(line)
        size += len(line) + 1
        after_blank = not line.strip()
        if fence:
            if line.lstrip().startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
        elif opening := _FENCE.match(line):
            fence = opening[1][:100]
    return [text for text in (*parts, "\n".join(part)) if text.strip()]


def references(markdown: str) -> References:
    """The link definitions of a text, for its pieces to share."""
    if "]:" not in markdown:
        return {}
    definitions = "\n".join(match[1] for match in _DEFINITION.finditer(markdown))
    environment: dict[str, Any] = {}
    _parser(True).parse(definitions[:_HARD_SIZE], environment)
    found: References = environment.get("references", {})
    return found


def blocks(markdown: str, known: References | None = None) -> list[Block]:
    """One piece of Markdown as blocks from top to bottom, cleaned and ready for any width."""
    if markdown.count(">") > 16 or markdown.count("- ") + markdown.count("* ") + markdown.count("+ ") > 12:
        markdown = _DEEP.sub(lambda match: match[1] or match[2], markdown)
    parser = _parser(_harmless(markdown))
    tokens = parser.parse(markdown, {"references": dict(known or {})})
    if any(token.level > _NESTING - 3 for token in tokens):  # the parser drops what lies deeper
        tokens = parser.parse(_INDENTED.sub(" " * 24, markdown), {"references": dict(known or {})})
    return list(_Walk(tokens))


@cache
def _parser(links_and_tables: bool) -> MarkdownIt:
    """The parser, made when the first article is opened: importing it costs as much as painting one."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "maxNesting": _NESTING})
    parser.enable("strikethrough")
    if links_and_tables:
        parser.enable("table")
    else:
        parser.disable(["link", "image", "reference"])
    return parser


def _harmless(markdown: str) -> bool:
    """Whether no one wrote this to keep a parser busy: nested brackets, rows filled up to 65,000 cells."""
    if markdown.count("[") > 500:
        return False
    widest = max(line.count("|") for line in markdown.split("\n"))
    return widest * markdown.count("\n") < 10_000


def _bounded_lines(markdown: str) -> Iterator[str]:
    for line in markdown.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        while len(line) > _HARD_SIZE:
            cut = line.rfind(" ", 1, _HARD_SIZE)
            cut = cut if cut > 0 else _HARD_SIZE
            yield line[:cut]
            line = line[cut:].lstrip(" ")
        yield line


class _Walk:
    """One pass over the parser's tokens, keeping the quotes and list items that are open."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = iter(tokens)
        self._numbers = _number_widths(tokens)
        self._open: list[Container] = []
        self._shown = 0  # how many of the open containers have shown their mark
        self._lists: list[_List] = []
        self._after_heading = False

    def __iter__(self) -> Iterator[Block]:
        for token in self._tokens:
            match token.type:
                case "paragraph_open":
                    yield self._paragraph(token.hidden)
                case "heading_open":
                    level = int(token.tag[1])
                    runs = tuple(_marked(run, Kind.HEADING) for run in _runs(next(self._tokens).children))
                    yield self._block(Heading(runs, level), space=2 if level <= 2 else 1)
                    self._after_heading = True
                case "fence" | "code_block":
                    yield self._block(Code(_code(token.content)))
                case "hr":
                    yield self._block(Rule())
                case "table_open":
                    yield self._block(self._table())
                case "blockquote_open":
                    self._open.append(Container("▎ ", "▎ "))
                case "blockquote_close" | "list_item_close":
                    if self._shown < len(self._open):  # an item without text still has its mark
                        yield self._block(Paragraph(((),)), space=0)
                    self._open.pop()
                    self._shown = min(self._shown, len(self._open))
                case "bullet_list_open" | "ordered_list_open":
                    depth = sum(not container.quote for container in self._open)
                    self._lists.append(_List("◦ " if depth % 2 else "• ", self._numbers.get(id(token), 0)))
                case "bullet_list_close" | "ordered_list_close":
                    self._lists.pop()
                case "list_item_open":
                    mark = self._lists[-1].mark
                    if self._lists[-1].digits:
                        mark = f"{token.info}{token.markup} ".rjust(self._lists[-1].digits + 2)
                    self._open.append(Container(mark, " " * len(mark)))
                case _:
                    pass

    def _block(self, body: Body, *, space: int = 1) -> Block:
        if self._after_heading and type(body) is Paragraph:
            space = 0
        block = Block(body, tuple(self._open), self._shown, space)
        self._shown = len(self._open)
        self._after_heading = False
        for opened in self._lists:
            opened.begun = True
        return block

    def _paragraph(self, hidden: bool) -> Block:
        runs = _runs(next(self._tokens).children)
        if self._lists and self._shown < len(self._open) and runs[0]:
            first, *others = runs[0]
            if task := _TASK.match(first.text):
                mark = self._open[-1].first[:-2] + task[0].lower()
                self._open[-1] = Container(mark, " " * len(mark))
                first = Span(first.text[len(task[0]) :], first.kind, first.link)
                runs = ((first, *others), *runs[1:])
        tight = hidden and (len(self._lists) > 1 or self._lists[-1].begun)
        return self._block(Paragraph(runs), space=0 if tight else 1)

    def _table(self) -> Table:
        rows: list[list[Run]] = []
        alignments: list[str] = []
        for token in self._tokens:
            if token.type == "tr_open":
                rows.append([])
            elif token.type in ("th_open", "td_open"):
                if token.type == "th_open":
                    alignments.append(str(token.attrs.get("style", "")).removeprefix("text-align:"))
                rows[-1].append(_runs(next(self._tokens).children)[0])
            elif token.type == "table_close":
                break
        head, *others = map(tuple, rows)
        return Table(head, tuple(others), tuple(alignments))


@dataclass(slots=True)
class _List:
    mark: str
    digits: int
    begun: bool = False


def _number_widths(tokens: Sequence[Token]) -> dict[int, int]:
    """For each ordered list how many digits its longest number has."""
    widths: dict[int, int] = {}
    lists: list[int] = []
    for token in tokens:
        if token.type.endswith("_list_open"):
            lists.append(id(token))
        elif token.type.endswith("_list_close"):
            lists.pop()
        elif token.type == "list_item_open" and token.info:
            widths[lists[-1]] = max(widths.get(lists[-1], 0), len(token.info))
    return widths


_INLINE = {"strong_open": Kind.STRONG, "em_open": Kind.EMPHASIS, "s_open": Kind.STRIKE}


def _runs(tokens: Sequence[Token] | None) -> tuple[Run, ...]:
    """Inline tokens as runs of spans, one run for each hard line break and one more."""
    runs: list[list[Span]] = [[]]
    kinds = [Kind.TEXT]
    link: str | None = None
    for token in tokens or ():
        match token.type:
            case "text":
                _add(runs[-1], token.content, kinds[-1], link)
            case "softbreak":
                _add(runs[-1], " ", kinds[-1], link)
            case "hardbreak":
                runs.append([])
            case "code_inline":
                _add(runs[-1], token.content, kinds[-1] | Kind.CODE, link)
            case "strong_open" | "em_open" | "s_open":
                kinds.append(kinds[-1] | _INLINE[token.type])
            case "link_open":
                link = safe_url(str(token.attrs.get("href", "")))
                kinds.append(kinds[-1] | Kind.LINK if link else kinds[-1])
            case "strong_close" | "em_close" | "s_close":
                kinds.pop()
            case "link_close":
                link = None
                kinds.pop()
            case "image":
                target = link or safe_url(str(token.attrs.get("src", "")))
                kind = kinds[-1] | Kind.LINK if target else kinds[-1]
                _add(runs[-1], f"▣ {_alternative(token)}", kind, target)
            case _:
                pass
    return tuple(map(tuple, runs))


def _alternative(image: Token) -> str:
    """The text of an image for those who do not see it."""
    text = "".join(token.content if token.content else " " for token in image.children or ())
    return text.strip() or "image"


def _add(run: list[Span], text: str, kind: Kind, link: str | None) -> None:
    text = literal(text)
    if Kind.CODE not in kind:
        if "  " in text:
            text = _BLANKS.sub(" ", text)
        if text.startswith(" ") and (not run or run[-1].text.endswith(" ")):
            text = text[1:]
    while text and text[0] > "\u02ff" and unicodedata.combining(text[0]):
        text = text[1:]  # a mark without its letter would pile up on a letter of another span
    if not text:
        return
    if run and run[-1].kind == kind and run[-1].link == link:
        run[-1] = Span(run[-1].text + text, kind, link)
    else:
        run.append(Span(text, kind, link))


def _marked(run: Run, kind: Kind) -> Run:
    return tuple(Span(span.text, span.kind | kind, span.link) for span in run)


# --- text and its width

_BLANKS = re.compile(" {2,}")
_WHITE = str.maketrans("\t\n", "  ")
_CLOSING = frozenset("、。，．！？：；・ー」』）】〉》〕｝…%.,!?:;)]}»”’")
_OPENING = frozenset("「『（【〈《〔｛([{«“‘")


def literal(text: str) -> str:
    """One line of text as a terminal may have it, every blank in its place."""
    return clean(text).translate(_WHITE)


def _code(text: str) -> str:
    lines = clean(text).rstrip("\n").split("\n")
    return "\n".join(literal(line.expandtabs(4)).rstrip() for line in lines)


def wrap(run: Sequence[Span], width: int) -> list[Line]:
    """Spans broken into lines of at most `width` cells: at spaces, between wide characters, at last anywhere.

    Only a single character wider than `width` is left to stick out. A run without text is one empty line.
    """
    text = "".join([span.text for span in run])
    cut = _narrow_cuts if _NARROW.fullmatch(text) else _wide_cuts
    lines: list[Line] = []
    index = begin = 0  # the span `index` starts at `begin` in the text
    for start, end, ending in cut(text, max(1, width)):
        parts: list[Span] = []
        while index < len(run):
            span = run[index]
            stop = begin + len(span.text)
            if begin < end and stop > start:
                part = span.text[max(0, start - begin) : end - begin]
                parts.append(span if len(part) == len(span.text) else Span(part, span.kind, span.link))
            if stop > end:
                break
            begin = stop
            index += 1
        lines.append(Line(tuple(parts), ending))
    return lines


def _narrow_cuts(text: str, width: int) -> Iterator[tuple[int, int, str]]:
    at = len(text) - len(text.lstrip(" "))
    size = len(text.rstrip(" "))
    while size - at > width:
        space = text.rfind(" ", at, at + width + 1)
        if space < 0:
            yield at, at + width, ""
            at += width
        else:
            end = space
            while text[end - 1] == " ":
                end -= 1
            yield at, end, " "
            at = space + 1
            while text[at] == " ":
                at += 1
    yield at, max(at, size), "\n"


def _wide_cuts(text: str, width: int) -> Iterator[tuple[int, int, str]]:
    size = len(text.rstrip(" "))
    clusters = split_graphemes(text[:size])[0]
    start = len(text) - len(text.lstrip(" ")) if size else 0
    start = next((index for index, cluster in enumerate(clusters) if cluster[0] >= start), 0)
    index = best = start
    used = 0
    while index < len(clusters):
        low, _, cells = clusters[index]
        if index > start:
            before = clusters[index - 1]
            wide = cells > 1 or before[2] > 1
            if text[low] == " " or (wide and text[low] not in _CLOSING and text[before[0]] not in _OPENING):
                best = index
        if used + cells > width and index > start:
            cut = best if best > start else index
            end = cut
            while end > start and text[clusters[end - 1][0]] == " ":
                end -= 1
            after = cut
            while after < len(clusters) and text[clusters[after][0]] == " ":
                after += 1
            yield clusters[start][0], clusters[end - 1][1], " " if after > end else ""
            start = index = best = after
            used = 0
            continue
        used += cells
        index += 1
    yield clusters[start][0] if start < len(clusters) else size, size, "\n"


def _chopped(text: str, width: int) -> list[str]:
    """Text in pieces of at most `width` cells, every character kept."""
    width = max(1, width)
    if _NARROW.fullmatch(text):
        return [text[at : at + width] for at in range(0, len(text), width)] or [""]
    parts: list[str] = []
    start = used = 0
    for low, _, cells in split_graphemes(text)[0]:
        if used + cells > width and used:
            parts.append(text[start:low])
            start, used = low, 0
        used += cells
    return [*parts, text[start:]]
