"""A block of HTML → the tokens that Markdown would have made of what can be read in it. Pure and bounded.

No markup is obeyed and none is shown: paragraphs, headings, lists, quotes, tables and preformatted text become
what they are in Markdown, comments and scripts vanish, of everything else the text stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from markdown_it.token import Token

from cryptonews_tui.inline import HTML_BLOCKS, HTML_PART, HTML_UNSEEN, attribute

_DEPTH = 12
_CELLS = 2_000
_NESTED = {"ul": "bullet_list", "ol": "ordered_list", "li": "list_item", "blockquote": "blockquote"}
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_TABLE_PARTS = frozenset(("table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption"))
_VISIBLE = re.compile(r"<img\b", re.IGNORECASE)


def tokens(html: str) -> list[Token]:
    """Balanced block tokens with their inline ones."""
    reading = _Reading()
    at = 0
    for part in HTML_PART.finditer(html):
        reading.text(html[at : part.start()])
        if name := (part["name"] or "").lower():
            reading.tag(name, bool(part["closing"]), part["attributes"], part[0])
        at = part.end()
    reading.text(html[at:])
    return reading.finished()


class _Reading:
    """The tokens so far, the inline ones that wait for the end of their paragraph, and what is open."""

    def __init__(self) -> None:
        self._tokens: list[Token] = []
        self._inline: list[Token] = []
        self._open: list[str] = []
        self._numbers: list[int] = []
        self._rows: list[list[list[Token]]] | None = None
        self._typed: list[str] | None = None
        self._unseen = ""

    def text(self, text: str) -> None:
        if self._unseen or not text:
            return
        if self._typed is not None:
            self._typed.append(unescape(text))
        else:
            self._inline.append(_token("text", unescape(text)))

    def tag(self, name: str, closing: bool, attributes: str, source: str) -> None:
        if self._unseen:
            self._unseen = "" if closing and name == self._unseen else self._unseen
        elif self._typed is not None and name != "pre":
            if name == "br":
                self._typed.append("\n")
        elif name in HTML_UNSEEN:
            self._unseen = "" if closing or attributes.endswith("/") else name
        elif self._rows is not None:
            self._in_table(name, closing, source)
        elif name == "table" and not closing:
            self._flush()
            self._rows = []
        elif name == "pre":
            self._flush()
            self._preformatted(closing)
        elif name == "hr":
            self._flush()
            self._tokens.append(_token("hr"))
        elif name in _HEADINGS:
            self._flush(name if closing else "")
        elif name in _NESTED:
            self._flush()
            if closing:
                self._close(name)
            else:
                self._begin(name, attributes)
        elif name in HTML_BLOCKS:
            self._flush()
        else:
            self._inline.append(_token("html_inline", source))

    def finished(self) -> list[Token]:
        self._preformatted(closing=True)
        self._end_table()
        self._flush()
        while self._open:
            self._close(self._open[-1])
        return self._tokens

    def _flush(self, heading: str = "") -> None:
        """What has been read as a paragraph, or as a heading."""
        inline, self._inline = self._inline, []
        if any(
            token.content.strip() if token.type == "text" else _VISIBLE.match(token.content)
            for token in inline
        ):
            kind = "heading" if heading else "paragraph"
            opening = _token(f"{kind}_open", tag=heading)
            opening.hidden = "li" in self._open
            self._tokens += [opening, _inline(inline), _token(f"{kind}_close")]

    def _preformatted(self, closing: bool) -> None:
        if self._typed is not None:
            self._tokens.append(_token("fence", "".join(self._typed).removeprefix("\n")))
        self._typed = None if closing else []

    # -- lists and quotes

    def _begin(self, name: str, attributes: str) -> None:
        if name == "li":
            lists = [index for index, known in enumerate(self._open) if known in ("ul", "ol")]
            if lists and "li" in self._open[lists[-1] :]:
                self._close("li")
            elif not lists:
                self._begin("ul", "")
        if len(self._open) >= _DEPTH:
            return
        token = _token(f"{_NESTED[name]}_open")
        if name in ("ul", "ol"):
            start = attribute(attributes, "start")
            self._numbers.append(int(start) if start.isdecimal() and len(start) < 10 else 1)
        elif name == "li" and next(known for known in reversed(self._open) if known in ("ul", "ol")) == "ol":
            token.info, token.markup = str(self._numbers[-1]), "."
            self._numbers[-1] += 1
        self._open.append(name)
        self._tokens.append(token)

    def _close(self, name: str) -> None:
        while name in self._open:
            last = self._open.pop()
            self._tokens.append(_token(f"{_NESTED[last]}_close"))
            if last in ("ul", "ol"):
                self._numbers.pop()
            if last == name:
                break

    # -- tables

    def _in_table(self, name: str, closing: bool, source: str) -> None:
        assert self._rows is not None
        if name == "table" and closing:
            self._end_table()
        elif name in ("tr", "table"):
            self._end_cell()
            if self._rows and not self._rows[-1]:
                self._rows.pop()
            self._rows.append([])
        elif name in ("td", "th"):
            self._end_cell()
            if not closing:
                self._rows = self._rows or [[]]
                self._rows[-1].append([])
        elif name not in _TABLE_PARTS:
            self._inline.append(_token("html_inline", source))

    def _end_cell(self) -> None:
        if self._rows and self._rows[-1] and not self._rows[-1][-1]:
            self._rows[-1][-1] = self._inline
            self._inline = []
        else:
            self._flush()  # a caption, or what stands between the cells

    def _end_table(self) -> None:
        if self._rows is None:
            return
        self._end_cell()
        rows = [row for row in self._rows if row]
        self._rows = None
        columns = max(map(len, rows), default=0)
        if columns < 2 or columns * len(rows) > _CELLS:
            for row in rows:
                for cell in row:
                    self._inline = cell
                    self._flush()
            return
        self._tokens += _table(rows, columns)


def _table(rows: list[list[list[Token]]], columns: int) -> Iterator[Token]:
    yield _token("table_open")
    for index, row in enumerate(rows):
        yield _token("tr_open")
        for cell in [*row, *([[]] * (columns - len(row)))]:
            yield _token("td_open" if index else "th_open")
            yield _inline(cell)
        yield _token("tr_close")
    yield _token("table_close")


def _token(kind: str, content: str = "", *, tag: str = "") -> Token:
    return Token(kind, tag, 0, content=content)


def _inline(children: list[Token]) -> Token:
    token = _token("inline")
    token.children = children
    return token
