"""Markdown → blocks that can be typeset. Pure, and bounded whatever the text is.

`pieces` cuts a text of any size into parts, `blocks` parses one part (CommonMark with tables and strikethrough,
HTML shown as text), `typesetting.Block.lines` wraps for a width. Each step can wait until somebody looks. Text is
cleaned again here, after Markdown's entities and escapes have been decoded.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from cryptonews_tui.safety import safe_url
from cryptonews_tui.typesetting import (
    Block,
    Body,
    Code,
    Container,
    Heading,
    Kind,
    Line,
    Paragraph,
    Rule,
    Run,
    Span,
    Table,
    literal,
    marked,
    verbatim,
)

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


References = Mapping[str, Any]
"""Link targets by label, as `references` finds them."""

_SOFT_SIZE = 4_000
_HARD_SIZE = 8_000
_NESTING = 40
_BLANKS = re.compile(" {2,}")

_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
_FRESH_START = re.compile(r"(?![-+*>]|\d{1,9}[.)])\S")
_DEFINITION = re.compile(r"^ {0,3}(\[[^\[\]\n]{1,200}\]:[^\n]{1,4096})", re.MULTILINE)
_DEEP = re.compile(
    r"^((?:[ \t]*>){16})(?:[ \t]*>)+|^((?:[ \t]*[-+*](?=[ \t])){12})(?:[ \t]*[-+*](?=[ \t]))+", re.MULTILINE
)
_INDENTED = re.compile(r"^ {24,}", re.MULTILINE)
_TASK = re.compile(r"\[[ xX]\] ")


def typeset(markdown: str, width: int) -> list[Line]:
    """A whole text at once, for those who do not scroll."""
    known = references(markdown)
    found = (block for piece in pieces(markdown) for block in blocks(piece, known))
    lines = [line for block in found for line in block.lines(width)]
    start = next((index for index, line in enumerate(lines) if line.text), len(lines))
    return lines[start:]


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
                    runs = tuple(marked(run, Kind.HEADING) for run in _runs(next(self._tokens).children))
                    yield self._block(Heading(runs, level), space=2 if level <= 2 else 1)
                    self._after_heading = True
                case "fence" | "code_block":
                    yield self._block(Code(verbatim(token.content)))
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
