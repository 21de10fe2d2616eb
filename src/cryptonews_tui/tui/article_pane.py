"""The article as it is read: a bar with its sections, below it one column of text.

The pane draws lines that `typesetting` made, only those that are visible, and sets a long article in steps:
as much as the first screen needs, then the rest while the reader reads.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.reactive import var
from textual.selection import Selection
from textual.strip import Strip

from cryptonews_tui.article import Article, Role
from cryptonews_tui.tui.galley import Galley, Part, header, line, parts
from cryptonews_tui.tui.lines_pane import LinesPane, few_pieces
from cryptonews_tui.typesetting import (
    Kind,
    Line,
    Span,
    to_text,
)

_NOTHING_OPEN = "Choose a headline, and the article opens here."
_WORDS_A_MINUTE = 220
_FIRST_CHARACTERS = 6_000
"""How much Markdown is set before the first paint: some 3 ms, and more than a screen."""
_BAR_NAME = 22
_NO_HEADING = "Start"

_CLASSES = {
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
}
_WEIGHTS = {
    Kind.STRONG: Style(bold=True),
    Kind.EMPHASIS: Style(italic=True),
    Kind.STRIKE: Style(strike=True),
}


class ArticlePane(LinesPane, can_focus=True):
    """Shows one article. Give it values with `show`; it answers with messages.

    | component class | styles |
    |---|---|
    | `article-pane--title`, `--lead`, `--heading` | what is read first |
    | `article-pane--dim`, `--tag`, `--mark`, `--rule` | what is looked up |
    | `article-pane--link`, `--code`, `--table-head` | inside the text |
    | `article-pane--keyword`, `--name`, `--string`, `--number`, `--comment` | inside code |
    | `article-pane--positive`, `--negative` | the sentiment |
    | `article-pane--section`, `--current-section` | the bar |
    """

    COMPONENT_CLASSES = {  # noqa: RUF012  # Textual's own type
        *(f"article-pane--{name}" for name in _CLASSES.values()),
        "article-pane--section",
        "article-pane--current-section",
    }

    DEFAULT_CSS = """
    ArticlePane {
        background: $background;
        color: $foreground;

        & > .article-pane--title { text-style: bold; }
        & > .article-pane--lead { text-style: italic; }
        & > .article-pane--heading { text-style: bold; }
        & > .article-pane--table-head { text-style: bold; }
        & > .article-pane--tag { color: $text-muted; }
        & > .article-pane--code { background: $surface; }
        & > .article-pane--keyword { background: $surface; color: $text-primary; text-style: bold; }
        & > .article-pane--name { background: $surface; text-style: bold; }
        & > .article-pane--string { background: $surface; color: $text-warning; }
        & > .article-pane--number { background: $surface; color: $text-warning; }
        & > .article-pane--comment { background: $surface; color: $text-muted; text-style: italic; }
        & > .article-pane--link { color: $text-primary; text-style: underline; }
        & > .article-pane--dim { color: $text-muted; }
        & > .article-pane--mark { color: $text-muted; }
        & > .article-pane--rule { color: $text-disabled; }
        & > .article-pane--positive { color: $text-success; }
        & > .article-pane--negative { color: $text-error; }
        & > .article-pane--section { color: $text-muted; }
        & > .article-pane--current-section { color: $foreground; text-style: bold underline; }

        &:ansi {
            & > .article-pane--code { text-style: bold; }
            & > .article-pane--keyword { color: ansi_magenta; }
            & > .article-pane--string { color: ansi_cyan; }
            & > .article-pane--number { color: ansi_cyan; }
            & > .article-pane--comment { text-style: dim italic; }
            & > .article-pane--tag { text-style: dim; }
            & > .article-pane--dim { text-style: dim; }
            & > .article-pane--mark { text-style: dim; }
            & > .article-pane--rule { text-style: dim; }
            & > .article-pane--section { text-style: dim; }
        }
    }
    """

    reading_width: var[int] = var(80)
    """The widest the text column gets, in cells."""

    class LinkActivated(Message):
        """A link was clicked; the URL is one that a browser may be sent to."""

        def __init__(self, url: str) -> None:
            super().__init__()
            self.url = url

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._article: Article | None = None
        self._parts: list[Part] = []
        self._minutes = 0
        self._galley = Galley([], 0)
        self._wanted: Role | int | None = None
        self._chosen = (0, 0)  # the section that was asked for, and the position that showed it
        self._announced = 0
        self._styles: dict[tuple[Kind, str | None], Style] = {}
        self._strips: dict[tuple[int, tuple[int, int] | None], Strip] = {}

    # -- what the screen asks for

    def show(
        self,
        article: Article | None,
        *,
        now: datetime,
        languages: tuple[str, ...] = (),
        starred: bool = False,
        note: str = "",
        section: Role | int | None = None,
    ) -> None:
        """Show this article from its beginning or from `section`; the same one again keeps its place.

        `languages` are all in which the story exists, `now` is aware and tells in which time zone to date.
        """
        before = self._article
        same = (
            before is not None
            and article is not None
            and (before.story, before.lang) == (article.story, article.lang)
        )
        place = self._galley.place(self.position) if same and section is None else (0, 0.0)
        self._article = article
        self._parts = parts(article, header(article, now, languages, starred, note)) if article else []
        self._minutes = max(1, round(len(article.body.split()) / _WORDS_A_MINUTE)) if article else 0
        if section is not None or not same:  # what was asked for before the first layout still is
            self._wanted = section
        self._set(place)

    def clear(self) -> None:
        """Show that nothing is open."""
        self._article, self._parts, self._wanted = None, [], None
        self._set((0, 0.0))

    @property
    def sections(self) -> list[tuple[Role, str]]:
        """Role and heading of each section."""
        return [(s.role, s.heading) for s in self._article.sections] if self._article else []

    @property
    def current_section(self) -> int:
        """The section that is being read: the one asked for, else the last that begins in the upper third."""
        section, position = self._chosen
        if position == self.position:
            return section
        if self.at_end:
            return max(0, len(self.sections) - 1)
        return max(0, bisect_right(self._galley.sections, self.position + self._rows // 3) - 1)

    @property
    def position(self) -> int:
        """The first line of the text that is visible."""
        return self.scroll_offset.y

    @position.setter
    def position(self, line: int) -> None:
        self.scroll_to(y=self._reach(line), animate=False)

    @property
    def at_end(self) -> bool:
        """Whether the last line of an article is visible."""
        return self._article is not None and self._galley.complete and self.position >= self.max_scroll_y

    def go_to_section(self, index: int) -> None:
        """Bring the heading of a section below the bar, or as near as the end of the text allows."""
        if not self.sections:
            return
        index = max(0, min(index, len(self.sections) - 1))
        if not self._galley.width:  # never in sight so far; `on_resize` goes there
            self._wanted = index
            return
        line = self._galley.section_line(index) - 1 if index else 0
        self._chosen = (index, self._reach(line))
        self.position = line
        self._announce()

    def next_section(self) -> None:
        self.go_to_section(self.current_section + 1)

    def previous_section(self) -> None:
        self.go_to_section(self.current_section - 1)

    def step(self, lines: int) -> None:
        """Move by lines; down is positive."""
        self.position += lines

    def page(self, pages: float) -> None:
        """Move by pages or parts of one; a whole page leaves two lines that were already there."""
        lines = max(1, round(abs(pages) * self._rows) - (2 if abs(pages) >= 1 else 0))
        self.step(lines if pages > 0 else -lines)

    def top(self) -> None:
        """Move to the first line."""
        self.position = 0

    def bottom(self) -> None:
        """Move to the last line."""
        self._galley.finish()
        self.position = len(self._galley.lines)

    # -- setting the text

    @property
    def _rows(self) -> int:
        """How many lines of text are visible below the bar."""
        return max(0, self.size.height - 1)

    @property
    def _column(self) -> tuple[int, int]:
        """Where the text column begins, and its width: in the middle, with air on both sides."""
        width = self.size.width
        column = max(
            1, min(self.reading_width, width - 4 if width > 50 else width - 2 if width > 20 else width)
        )
        return (width - column) // 2, column

    def _set(self, place: tuple[int, float], section: int | None = None) -> None:
        """Set the text for the width of now as far as the screen needs it; stand at `place` or `section`."""
        if not self.size.width:
            return  # `on_resize` comes back
        galley = self._galley = Galley(self._parts, self._column[1])
        self._strips.clear()
        self.screen.selections.pop(self, None)
        galley.set(_FIRST_CHARACTERS)
        if self._wanted is not None:
            roles = [role for role, _ in self.sections]
            role = self._wanted
            section = role if not isinstance(role, Role) else roles.index(role) if role in roles else None
            self._wanted = None
        if section is None or not self.sections:
            self._chosen = (0, 0)
            self.position = galley.line_of(place)
            self._announce()
        else:
            self.go_to_section(section)
        self.refresh()
        self._go_on_later(galley)

    def _go_on_later(self, galley: Galley) -> None:
        if not galley.complete:
            self.set_timer(0.02, lambda: self._go_on(galley))

    def _go_on(self, galley: Galley) -> None:
        """Set some more of a long article, unless another has taken its place."""
        if galley is self._galley:
            galley.set(_FIRST_CHARACTERS)
            self._update_range()
            self.refresh(Region(0, 0, self.size.width, 1))
            self._go_on_later(galley)

    def _reach(self, line: int) -> int:
        """Set the text so far that `line` can be the first visible one; the line that then will be."""
        self._galley.set_lines(line + self._rows)
        self._update_range()
        return max(0, min(line, self.max_scroll_y))

    def _update_range(self) -> None:
        self.set_lines(len(self._galley.lines) + 1)

    def on_resize(self) -> None:
        if self._galley.width != self._column[1]:
            section, position = self._chosen
            asked_for = section if position == self.position and section else None
            self._set(self._galley.place(self.position), asked_for)
        else:
            self._strips.clear()
            self.position = self.position

    def watch_reading_width(self) -> None:
        self.on_resize()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._announce()

    def _announce(self) -> None:
        current = self.current_section
        if current != self._announced:
            self._announced = current
            self.refresh(Region(0, 0, self.size.width, 1))

    # -- drawing

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if self._article is None:
            text = _NOTHING_OPEN if y == self.size.height // 3 else ""
            strip = Strip([Segment(set_cell_size(text.center(width), width), self._style(Kind.DIM))], width)
        elif y == 0:
            strip = self._bar()
        else:
            strip = self._text(self.position + y - 1)
        return strip.adjust_cell_length(width, self.rich_style)

    def _text(self, index: int) -> Strip:
        lines = self._galley.lines
        if index >= len(lines):
            return Strip([])
        selection = self.text_selection
        chosen = selection.get_span(index) if selection else None
        key = (index, chosen)
        if key not in self._strips:
            if len(self._strips) > 1_000:
                self._strips.clear()
            text, margin = self._style(Kind.TEXT), max(1, self._column[0])
            spans = [(span.text, self._style(span.kind, span.link)) for span in lines[index].spans]
            rest = max(0, self.size.width - margin - sum(cell_len(words) for words, _ in spans))
            strip = Strip(few_pieces([(" " * margin, text), *spans, (" " * rest, text)]))
            strip = strip.adjust_cell_length(self.size.width, text)
            if chosen is not None:
                strip = self._selected(strip, *chosen)
            self._strips[key] = strip.apply_offsets(0, index)
        return self._strips[key]

    def _selected(self, strip: Strip, start: int, end: int) -> Strip:
        style = self.screen.get_component_rich_style("screen--selection")
        text = strip.text
        margin = max(1, self._column[0])
        end = len(text) if end < 0 else end
        low, high = (cell_len(text[: max(margin, cut)]) for cut in (start, end))
        before, inside, after = strip.divide([low, max(low, high), strip.cell_length])
        return Strip([*before, *Segment.apply_style(inside, post_style=style), *after])

    def _style(self, kind: Kind, link: str | None = None) -> Style:
        key = (kind, link)
        if key not in self._styles:
            style = self.rich_style
            for flag, name in _CLASSES.items():
                if flag in kind:
                    style += self.get_component_rich_style(f"article-pane--{name}")
            for flag, weight in _WEIGHTS.items():
                if flag in kind:
                    style += weight
            self._styles[key] = style + Style(meta={"url": link}) if link else style
        return self._styles[key]

    def _bar(self) -> Strip:
        """The names of the sections, the current one in sight; how far and how long to read."""
        left, column = self._column
        plain = self.get_component_rich_style("article-pane--section")
        bright = self.get_component_rich_style("article-pane--current-section")
        read = min(100, round(100 * (self.position + self._rows) / max(1, self._galley.length)))
        end = f"{100 if self.at_end else min(99, read)} % · {self._minutes} min"
        room = max(0, column - cell_len(end) - 3)
        current = self.current_section
        segments: list[Segment] = []
        at = begin = 0
        begins: list[int] = []
        for index, (_, heading) in enumerate(self.sections):
            name = _cut(line(heading) or _NO_HEADING, _BAR_NAME)
            style = bright if index == current else plain
            if index:
                segments.append(Segment("  ", plain))
                at += 2
            segments.append(Segment(name, style + Style(meta={"section": index})))
            begins.append(at)
            if index == current:
                begin = at
            at += cell_len(name)
        # Scrolled only as far as the current name needs, and never into the middle of one.
        needed = max(0, min(begin + _BAR_NAME - room, at - room))
        start = next((b for b in begins if needed <= b <= begin), begin)
        names = Strip(segments, at).crop(start, start + room).extend_cell_length(room, plain)
        edges = ("‹" if start else " ", "›" if at - start > room else " ")
        return Strip(
            [
                Segment(" " * max(0, left - 1) + edges[0], plain),
                *names,
                Segment(edges[1] + " " * (column - room - cell_len(end) - 1) + end, plain),
            ]
        )

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()
        self._strips.clear()

    # -- the mouse

    def on_click(self, event: events.Click) -> None:
        meta = event.style.meta
        if "section" in meta:
            self.go_to_section(meta["section"])
        elif "url" in meta and not self.text_selection:
            self.post_message(self.LinkActivated(meta["url"]))

    def selection_updated(self, selection: Selection | None) -> None:
        self.refresh()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text as the article has it: unbroken by the width, without margins and rules."""
        if selection.end is None:
            self._galley.finish()
            self._update_range()
        lines = self._galley.lines
        if not lines:
            return None
        margin = max(1, self._column[0])
        first = selection.start.y if selection.start else 0
        last = selection.end.y if selection.end else len(lines) - 1
        picked: list[Line] = []
        for index in range(max(0, first), min(last, len(lines) - 1) + 1):
            line = lines[index]
            text, hang = line.text, line.hang
            if all(Kind.RULE in span.kind for span in line.spans) and text:
                continue
            if index == last and selection.end:
                text = text[: max(0, selection.end.x - margin)]
            if index == first and selection.start:
                cut = max(0, selection.start.x - margin)
                text, hang = text[cut:], max(0, hang - cut)
            picked.append(Line((Span(text),), line.ending, hang))
        return to_text(picked, wrapped=False).removesuffix("\n"), "\n"


def _cut(text: str, width: int) -> str:
    return text if cell_len(text) <= width else set_cell_size(text, width - 1).rstrip() + "…"
