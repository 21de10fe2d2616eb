"""What the kinds of text look like, for every pane that shows articles."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from cryptonews_tui.tui.lines_pane import LinesPane, few_pieces
from cryptonews_tui.typesetting import Kind, Line

Mark = tuple[int, int, str]
"""(start, end, component class without `ink--`) in the characters of a line: what is laid over its own look."""

_NAMES = {
    Kind.LEAD: "lead",
    Kind.TITLE: "title",
    Kind.HEADING: "heading",
    Kind.TABLE_HEAD: "table-head",
    Kind.TAG: "tag",
    Kind.CODE: "code",
    Kind.KEYWORD: "keyword",
    Kind.NAME: "name",
    Kind.STRING: "string",
    Kind.NUMBER: "number",
    Kind.COMMENT: "comment",
    Kind.LINK: "link",
    Kind.DIM: "dim",
    Kind.MARK: "mark",
    Kind.RULE: "rule",
    Kind.POSITIVE: "positive",
    Kind.NEGATIVE: "negative",
    Kind.NOTICE: "notice",
}
_WEIGHTS = {
    Kind.STRONG: Style(bold=True),
    Kind.EMPHASIS: Style(italic=True),
    Kind.STRIKE: Style(strike=True),
}


_STYLES = 500
"""So many styles are kept: every link has its own."""


class InkedPane(LinesPane):
    """Draws lines of styled spans.

    | component class | styles |
    |---|---|
    | `ink--title`, `--lead`, `--heading` | what is read first |
    | `ink--dim`, `--tag`, `--mark`, `--rule` | what is looked up |
    | `ink--link`, `--code`, `--table-head` | inside the text |
    | `ink--keyword`, `--name`, `--string`, `--number`, `--comment` | inside code |
    | `ink--positive`, `--negative` | the sentiment |
    | `ink--notice` | what the reader has to know first |
    | `ink--match`, `--current-match`, `--hint` | found letters, and the labels of links |
    """

    COMPONENT_CLASSES = {  # noqa: RUF012  # Textual's own type
        *(f"ink--{name}" for name in _NAMES.values()),
        "ink--match",
        "ink--current-match",
        "ink--hint",
    }

    DEFAULT_CSS = """
    InkedPane {
        background: $background;
        color: $foreground;

        & > .ink--title, & > .ink--heading, & > .ink--table-head { text-style: bold; }
        & > .ink--lead { text-style: italic; }
        & > .ink--code { background: $surface; }
        & > .ink--keyword { background: $surface; color: $text-primary; text-style: bold; }
        & > .ink--name { background: $surface; text-style: bold; }
        & > .ink--string, & > .ink--number { background: $surface; color: $text-warning; }
        & > .ink--comment { background: $surface; color: $text-muted; text-style: italic; }
        & > .ink--link { color: $text-primary; text-style: underline; }
        & > .ink--tag, & > .ink--dim, & > .ink--mark { color: $text-muted; }
        & > .ink--rule { color: $text-disabled; }
        & > .ink--positive { color: $text-success; }
        & > .ink--negative { color: $text-error; }
        & > .ink--notice { color: $text-warning; }
        & > .ink--match { background: $primary-muted; }
        & > .ink--current-match, & > .ink--hint {
            background: $accent;
            color: $background;
            text-style: bold;
        }

        &:ansi {
            & > .ink--code { text-style: bold; }
            & > .ink--keyword { color: ansi_magenta; }
            & > .ink--string, & > .ink--number { color: ansi_cyan; }
            & > .ink--comment { text-style: dim italic; }
            & > .ink--tag, & > .ink--dim, & > .ink--mark, & > .ink--rule { text-style: dim; }
            & > .ink--match { background: ansi_default; text-style: underline; }
            & > .ink--current-match, & > .ink--hint {
                background: ansi_default;
                color: ansi_default;
                text-style: bold reverse;
            }
        }
        &:nocolor {
            & > .ink--match { text-style: underline; }
            & > .ink--current-match, & > .ink--hint { text-style: bold reverse; }
        }
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._styles: dict[tuple[Kind, str | None], Style] = {}
        self._marks: dict[str, Style] = {}

    def ink(self, kind: Kind, link: str | None = None) -> Style:
        """The style of a kind of text."""
        key = (kind, link)
        if key not in self._styles:
            if len(self._styles) >= _STYLES:
                self._styles.clear()
            style = self.rich_style
            for flag, name in _NAMES.items():
                if flag in kind:
                    style += self.get_component_rich_style(f"ink--{name}")
            for flag, weight in _WEIGHTS.items():
                if flag in kind:
                    style += weight
            self._styles[key] = style + Style(meta={"url": link}) if link else style
        return self._styles[key]

    def over(self, name: str) -> Style:
        """What a mark lays over the style of a text."""
        if name not in self._marks:
            self._marks[name] = self.get_component_rich_style(f"ink--{name}", partial=True)
        return self._marks[name]

    def drawn(
        self, line: Line, margin: int, width: int, marks: Iterable[Mark] = (), start: int = 0, room: int = 0
    ) -> Strip:
        """A line behind a margin, exactly `width` cells; of a line that is too long `room` cells from `start` on."""
        text = self.ink(Kind.TEXT)
        pieces = [(span.text, self.ink(span.kind, span.link)) for span in line.spans]
        for mark in marks:
            pieces = [*_marked(pieces, mark[0], mark[1], self.over(mark[2]))]
        if room:
            whole = Strip([Segment(words, style) for words, style in pieces])
            shown = whole.crop(start, start + room)
            pieces = [(segment.text, segment.style or text) for segment in shown]
            if room > 2 and whole.cell_length > start + room:  # it goes on
                shown = shown.crop(0, room - 1)
                pieces = [*((s.text, s.style or text) for s in shown), ("›", self.ink(Kind.MARK))]
        used = margin + sum(cell_len(words) for words, _ in pieces)
        rest = max(0, width - used)
        strip = Strip(few_pieces([(" " * margin, text), *pieces, (" " * rest, text)]), used + rest)
        return strip.adjust_cell_length(width, text)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()
        self._marks.clear()


def _marked(
    pieces: Iterable[tuple[str, Style]], start: int, end: int, over: Style
) -> Iterable[tuple[str, Style]]:
    at = 0
    for text, style in pieces:
        low, high = max(0, start - at), max(0, end - at)
        if low < len(text) and high > low:
            yield text[:low], style
            yield text[low:high], style + over
            yield text[high:], style
        else:
            yield text, style
        at += len(text)
