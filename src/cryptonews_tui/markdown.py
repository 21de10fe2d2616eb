"""Markdown → blocks that can be typeset. Pure, and bounded whatever the text is.

`pieces` cuts a text of any size into parts, `blocks` parses one part (CommonMark with tables, strikethrough, task
lists, footnotes and what can be read in HTML), `typesetting.Block.lines` wraps for a width. Each step can wait
until somebody looks. Text is cleaned again in `inline`, after Markdown's entities and escapes have been decoded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from cryptonews_tui.inline import note_mark, runs
from cryptonews_tui.safety import shown_url
from cryptonews_tui.typesetting import (
    Block,
    Body,
    Cell,
    Code,
    Container,
    Heading,
    Kind,
    Line,
    Paragraph,
    Rule,
    Span,
    Table,
    marked,
    verbatim,
)
from cryptonews_tui.wording import cells

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token


References = Mapping[str, Any]
"""Link targets and footnotes by label, as `references` finds them."""

_SOFT_SIZE = 4_000
_HARD_SIZE = 8_000
_NESTING = 40

_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})[ \t]*([\w+#-]{0,30})")
_LANGUAGE = re.compile(r"[\w+#-]{1,30}")
_RAW_HTML = re.compile(r" {0,3}(<!--|<(script|style|pre|textarea)(?=[\s>]|$))", re.IGNORECASE)
_DELIMITERS = re.compile(r" {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_FRESH_START = re.compile(r"(?![-+*>]|\d{1,9}[.)])\S")
_DEFINITION = re.compile(r"^ {0,3}(\[(?!\^)[^\[\]\n]{1,200}\]:[^\n]{1,4096})", re.MULTILINE)
_NOTE = re.compile(r"^ {0,3}\[\^([^\[\]\s]{1,100})\]:", re.MULTILINE)
_NOTE_MARK = re.compile(r"\[\^([^\[\]\s]{1,100})\]")
_DEFINITIONS = 300
_DEEP = re.compile(
    r"^((?:[ \t]*>){16})(?:[ \t]*>)+|^((?:[ \t]*[-+*](?=[ \t])){12})(?:[ \t]*[-+*](?=[ \t]))+", re.MULTILINE
)
_INDENTED = re.compile(r"^ {24,}", re.MULTILINE)
_TASK = re.compile(r"\[[ xX]\] ")


def typeset(markdown: str, width: int) -> list[Line]:
    """A whole text at once, for those who do not scroll: no line is wider than `width`."""
    known = references(markdown)
    found = (block for piece in pieces(markdown) for block in blocks(piece, known, pan=False))
    lines = [line for block in found for line in block.lines(width)]
    start = next((index for index, line in enumerate(lines) if line.text), len(lines))
    return lines[start:]


def pieces(markdown: str) -> list[str]:
    """Parts of at most some 8,000 characters that can be parsed on their own.

    A cut is made before a top-level block if one begins soon enough, at any line (in a code block or a table that
    then goes on, at any word of a line without end) if not: no input costs more than its share.
    """
    return [*cut(markdown)]


def cut(markdown: str) -> Iterator[str]:
    """The same one by one: a text is read as far as somebody asks."""
    found = iter((markdown,)) if len(markdown) <= _SOFT_SIZE else _cut(markdown)
    return (piece for piece in found if piece.strip())


def _cut(markdown: str) -> Iterator[str]:
    part: list[str] = []
    size = 0
    open_: _Open | None = None
    after_blank = False
    for line in _bounded_lines(markdown):
        block_starts = after_blank and not open_ and _FRESH_START.match(line)
        if size + len(line) > _HARD_SIZE or (size > _SOFT_SIZE and block_starts):
            yield "\n".join(part)
            part = [*open_.again] if open_ else []
            size = sum(map(len, part))
        if not open_:
            open_ = _opened(line, part[-1] if part else "")
        elif open_.ends(line):
            open_ = _opened(line, "") if open_.table else None
        part.append(line)
        size += len(line) + 1
        after_blank = not line.strip()
    yield "\n".join(part)


@dataclass(frozen=True, slots=True)
class _Open:
    """A block that goes on: with which lines the next piece begins if it is cut, and which line ends it."""

    again: tuple[str, ...]
    ends: Callable[[str], bool]
    table: bool = False


def _opened(line: str, before: str) -> _Open | None:
    """The code, comment, script or table that goes on after this line."""
    if fence := _FENCE.match(line):
        mark = fence[1][:100]
        return _Open(
            (mark + fence[2],),
            lambda line: line.lstrip().startswith(mark) and not line.strip().strip(mark[0]),
        )
    if raw := _RAW_HTML.match(line):
        end = f"</{raw[2].lower()}" if raw[2] else "-->"
        if end not in line.lower():
            return _Open((raw[1] if raw[2] is None else f"<{raw[2]}>",), lambda line: end in line.lower())
    elif (
        "|" in before
        and "|" in line
        and len(before) + len(line) < _HARD_SIZE // 8
        and _DELIMITERS.fullmatch(line)
        and _FRESH_START.match(before.lstrip())
    ):
        return _Open((before, line), lambda line: "|" not in line, table=True)
    return None


def references(markdown: str) -> References:
    """The definitions of links and the labels of footnotes in a text, for its pieces to share."""
    if "]:" not in markdown:
        return {}
    notes = islice(_NOTE.finditer(markdown), _DEFINITIONS)
    links = islice(_DEFINITION.finditer(markdown), _DEFINITIONS)
    found: dict[str, Any] = {"footnotes": {"refs": {f":{match[1]}": -1 for match in notes}}}
    _parser().parse("\n".join(match[1] for match in links)[:_HARD_SIZE], found)
    return found


def blocks(markdown: str, known: References | None = None, *, pan: bool = True) -> list[Block]:
    """One piece of Markdown as blocks from top to bottom, cleaned and ready for any width.

    `pan` says whether the reader can move a table that is wider than the screen sideways.
    """
    if markdown.count(">") > 16 or markdown.count("- ") + markdown.count("* ") + markdown.count("+ ") > 12:
        markdown = _DEEP.sub(lambda match: match[1] or match[2], markdown)
    parser = _parser(*_costly(markdown))
    tokens = parser.parse(markdown, _environment(known))
    if any(token.level > _NESTING - 3 for token in tokens):  # the parser drops what lies deeper
        tokens = parser.parse(_INDENTED.sub(" " * 24, markdown), _environment(known))
    if any(token.type == "html_block" for token in tokens):
        from cryptonews_tui.html_tokens import tokens as html_tokens

        tokens = [
            made
            for token in tokens
            for made in (html_tokens(token.content) if token.type == "html_block" else (token,))
        ]
    return list(_Walk(tokens, pan))


def _environment(known: References | None) -> dict[str, Any]:
    """What a piece may refer to, in a copy: parsing adds what the piece itself defines."""
    known = known or {}
    notes = known.get("footnotes", {}).get("refs", {})
    return {"references": dict(known.get("references", {})), "footnotes": {"refs": dict(notes)}}


@cache
def _parser(*without: str) -> MarkdownIt:
    """The parser, made when the first article is opened: importing it costs as much as painting one."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin

    class Parser(MarkdownIt):
        def validateLink(self, url: str) -> bool:  # noqa: N802  # the parser's name
            return True  # `inline` decides what is a link, and shows where others would lead

        def normalizeLink(self, url: str) -> str:  # noqa: N802
            return super().normalizeLink(url if url.isascii() else shown_url(url))

    parser = Parser("commonmark", {"html": True, "linkify": False, "maxNesting": _NESTING})
    footnote_plugin(parser, inline=False, move_to_end=False)
    parser.inline.ruler.at("footnote_ref", _footnote_mark)
    parser.enable(["strikethrough", "table"])
    parser.disable([*without])
    return parser


def _footnote_mark(state: StateInline, silent: bool) -> bool:
    """The rule for `[^label]` in a text: a mark only if the note is somewhere."""
    found = _NOTE_MARK.match(state.src, state.pos)
    if not found or f":{found[1]}" not in state.env["footnotes"]["refs"]:
        return False
    if not silent:
        state.push("footnote_ref", "", 0).content = found[1]
    state.pos = found.end()
    return True


def _costly(markdown: str) -> Iterator[str]:
    """The rules that a piece keeps busy as no author does: nested brackets, short rows filled up to wide ones."""
    if markdown.count("[") > 500:
        yield from ("link", "image", "reference", "footnote_def", "footnote_ref")
    if "|" in markdown:
        widest = max(line.count("|") for line in markdown.split("\n"))
        if widest * markdown.count("\n") > 10_000:
            yield "table"
    if markdown.count("*") + markdown.count("_") + markdown.count("~") > 1_000:
        yield from ("emphasis", "strikethrough")


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

    def __init__(self, tokens: Sequence[Token], pan: bool) -> None:
        self._pan = pan
        self._tokens = iter(tokens)
        self._numbers = _number_widths(tokens)
        self._open: list[Container] = []
        self._shown = 0  # how many of the open containers have shown their mark
        self._lists: list[_List] = []
        self._after_heading = False
        self._after_note = self._close_up = False  # notes stand close together

    def __iter__(self) -> Iterator[Block]:
        for token in self._tokens:
            match token.type:
                case "paragraph_open":
                    yield from self._paragraph(token.hidden)
                case "heading_open":
                    level = int(token.tag[1])
                    words = tuple(marked(run, Kind.HEADING) for run in runs(next(self._tokens).children))
                    if any(words):
                        yield self._block(Heading(words, level), space=2 if level <= 2 else 1)
                        self._after_heading = True
                case "fence" | "code_block":
                    language = _LANGUAGE.search(token.info)
                    if text := verbatim(token.content):
                        yield self._block(Code(text, language[0] if language else ""))
                case "hr":
                    yield self._block(Rule())
                case "table_open":
                    yield self._block(self._table())
                case "blockquote_open":
                    self._open.append(Container("▎ ", "▎ "))
                case "footnote_reference_open":
                    mark = f"{note_mark(token.meta['label'])} "
                    self._open.append(Container(mark, " " * cells(mark)))
                    self._close_up = self._after_note
                case "blockquote_close" | "list_item_close" | "footnote_reference_close":
                    if self._shown < len(self._open):  # an item without text still has its mark
                        yield self._block(Paragraph(((),)), space=0)
                    self._open.pop()
                    self._shown = min(self._shown, len(self._open))
                    self._after_note = token.type == "footnote_reference_close"
                case "bullet_list_open" | "ordered_list_open":
                    bullet = "◦ " if len(self._lists) % 2 else "• "
                    self._lists.append(_List(bullet, self._numbers.get(id(token), 0)))
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
        if self._close_up or (self._after_heading and type(body) is Paragraph):
            space = 0
        block = Block(body, tuple(self._open), self._shown, space)
        self._shown = len(self._open)
        self._after_heading = self._after_note = self._close_up = False
        for opened in self._lists:
            opened.begun = True
        return block

    def _paragraph(self, hidden: bool) -> Iterator[Block]:
        found = runs(next(self._tokens).children)
        if not any(found):
            return  # of HTML that shows nothing
        if self._lists and self._shown < len(self._open) and found[0]:
            first, *others = found[0]
            if task := _TASK.match(first.text):
                number = self._open[-1].first if self._lists[-1].digits else ""
                mark = number + task[0].lower()
                self._open[-1] = Container(mark, " " * len(mark))
                first = Span(first.text[len(task[0]) :], first.kind, first.link)
                found = ((first, *others), *found[1:])
        tight = hidden and (len(self._lists) > 1 or self._lists[-1].begun)
        yield self._block(Paragraph(found), space=0 if tight else 1)

    def _table(self) -> Table:
        rows: list[list[Cell]] = []
        alignments: list[str] = []
        for token in self._tokens:
            if token.type == "tr_open":
                rows.append([])
            elif token.type in ("th_open", "td_open"):
                if token.type == "th_open":
                    alignments.append(str(token.attrs.get("style", "")).removeprefix("text-align:"))
                rows[-1].append(runs(next(self._tokens).children))
            elif token.type == "table_close":
                break
        head, *others = map(tuple, rows)
        return Table(head, tuple(others), tuple(alignments), self._pan)


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
