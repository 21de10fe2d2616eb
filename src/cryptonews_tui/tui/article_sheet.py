"""One article set in a column: which part of it is in sight, and how that is drawn.

Only visible lines are drawn, and a long article is set in steps: as much as the first screen needs, then the rest
while the reader reads.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.message import Message
from textual.reactive import var
from textual.selection import Selection
from textual.strip import Strip

from cryptonews_tui.article import Article, Role
from cryptonews_tui.translation import N_, _
from cryptonews_tui.tui.galley import (
    BEGINNING,
    GAP,
    HEADER,
    NO_HEADING,
    SIDE_BY_SIDE,
    TAIL,
    Galley,
    Part,
    Spot,
    header,
    line,
    parts,
)
from cryptonews_tui.tui.ink import Mark
from cryptonews_tui.tui.selectable import SelectablePane
from cryptonews_tui.typesetting import Block, Kind, Line

if TYPE_CHECKING:
    from cryptonews_tui.tui.cover import Cover

_NOTHING_OPEN = N_("Choose a headline, and the article opens here.")
_WORDS_A_MINUTE = 220
_FIRST_CHARACTERS = 6_000
"""How much Markdown is set before the first paint: some 3 ms, and more than a screen."""
_AT_ONCE_CHARACTERS, _AT_ONCE_SECONDS = 30_000, 0.1
"""How much is set while somebody waits for the end, and how long a key may take for it."""
_BAR_NAME = 22

Place = Spot | tuple[int, float] | Role | int | None
"""Where to begin: at a spot, so far into a section, at a section by its role or number, or at the top."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is told of an article above its text, besides what it says itself.

    `languages` are all in which the story exists, `now` is aware and tells in which time zone to date.
    """

    now: datetime
    languages: tuple[str, ...] = ()
    starred: bool = False
    note: str = ""
    notice: str = ""


class ArticleSheet(SelectablePane):
    """Shows one article, or two versions of it beside each other.

    | component class | styles |
    |---|---|
    | `sheet--section`, `--current-section` | the bar |
    """

    COMPONENT_CLASSES = {"sheet--section", "sheet--current-section"}  # noqa: RUF012  # Textual's own type

    DEFAULT_CSS = """
    ArticleSheet {
        & > .sheet--section { color: $text-muted; }
        & > .sheet--current-section { color: $foreground; text-style: bold underline; }
        &:ansi > .sheet--section { text-style: dim; }
    }
    """

    reading_width: var[int] = var(80)
    """The widest the text column gets, in cells."""

    class Moved(Message):
        """Another part of the article is in sight."""

    class Resized(Message):
        """The text column has another width."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._article: Article | None = None
        self._beside: Article | None = None
        self._facts: Facts | None = None
        self._picture: Cover | None = None
        self._width_before = 0
        """How wide the pane was when it was last in sight."""
        self._painted: set[int] = set()
        """Lines of the pane that the next frame paints; see `render_lines`."""
        self._tail: tuple[Block, ...] = ()
        self._sections: list[tuple[Role, str]] = []
        self._parts: list[Part] = []
        self._side_by_side = False
        self._minutes = 0
        self._galley = Galley([], 0)
        self._folded: set[int] = set()
        self._wanted: Place = None
        self._chosen = (0, 0)  # the section that was asked for, and the position that showed it
        self._announced = 0
        self._to_end = False
        """Whether the reader wants to be at the end, and the text is not set so far."""
        self._pan = 0
        self._strips: dict[tuple[int, tuple[int, int] | None], Strip] = {}
        self._frame: tuple[int, int, int, Selection | None] = (0, 0, 0, None)
        """Width, margin, column and selection while a frame is drawn; see `render_lines`."""

    # -- what is shown

    @property
    def article(self) -> Article | None:
        return self._article

    def show(
        self,
        article: Article | None,
        facts: Facts,
        *,
        at: Place = None,
        beside: Article | None = None,
        folded: Iterable[Role] = (),
    ) -> None:
        """Show this article from `at` on; the same one again keeps its place.

        `beside` is another version of it, to be shown in parallel. Sections of the roles `folded` are folded; those
        of an article that is shown again stay as they are.
        """
        before, old = self._article, self._galley
        again = before is not None and article is not None and before.story == article.story
        same = again and before is not None and article is not None and before.lang == article.lang
        if at is None and same and old.width:
            at = self._asked_for or self._spot_in_both(old.spot(self.position), beside)
        if again and not same and before is not None and article is not None:
            from cryptonews_tui.tui.parallel import aligned

            pairs = dict(aligned(before.sections, article.sections))
            self._folded = {other for number in self._folded if (other := pairs.get(number)) is not None}
        self._article, self._beside, self._facts = article, beside, facts
        self._sections = [(section.role, section.heading) for section in article.sections] if article else []
        if not again:
            self._folded = {n for n, (role, _) in enumerate(self.sections) if role in folded}
            self._tail = ()
            self._put_cover(None)
            self._pan = 0
        self._folded &= set(range(len(self.sections)))
        self._parts = []
        self._minutes = max(1, round(len(article.body.split()) / _WORDS_A_MINUTE)) if article else 0
        if at is not None or not same:  # what was asked for before the first layout still is
            self._wanted = at
        self._set(BEGINNING)

    def clear(self) -> None:
        """Show that nothing is open."""
        self._put_cover(None)
        self._article = self._beside = None
        self._sections = []
        self._parts, self._tail, self._wanted = [], (), None
        self._set(BEGINNING)

    def follow_with(self, blocks: Iterable[Block]) -> None:
        """Show this below the text; nothing else moves."""
        before, self._tail = self._tail, tuple(blocks)
        galley = self._galley
        if before:
            self._again()
        elif self._article is not None and galley.width:
            length, progress = len(galley.lines), self._progress
            galley.append(Part(TAIL, lambda: self._tail))
            if length < self.position + self._rows:  # it comes into sight
                self._reach(self.position)
                self.redraw()
            elif self._progress != progress:
                self.refresh(Region(0, 0, self.size.width, 1))
            self._go_on_later(galley)

    def illustrate(self, cover: Cover | None) -> None:
        """Show the cover below the header, or take it away."""
        if cover is not self._picture:
            self._put_cover(cover)
            self._again()

    @property
    def illustrated(self) -> bool:
        """Whether a cover is shown."""
        return self._picture is not None

    def _put_cover(self, cover: Cover | None) -> None:
        """Some terminals have to be sent a picture before it is drawn, and told when it is not needed any more."""
        before, self._picture = self._picture, cover
        self._write((before.after if before else "") + (cover.before if cover else ""))

    def on_unmount(self) -> None:
        """The terminal is to keep no picture of ours."""
        if self._picture is not None:
            self._write(self._picture.after)

    def _write(self, text: str) -> None:
        if text and self.app._driver is not None:
            self.app._driver.write(text)

    @property
    def sections(self) -> list[tuple[Role, str]]:
        """Role and heading of each section."""
        return self._sections

    @property
    def column(self) -> int:
        """How many cells wide the text is."""
        return self._column[1]

    @property
    def text_lines(self) -> list[Line]:
        return self._galley.lines

    @property
    def first_row(self) -> int:
        return 1  # below the bar

    @property
    def text_margin(self) -> int:
        return max(1, self._column[0])

    @property
    def text_pan(self) -> int:
        return self._pan

    def set_all(self) -> None:
        self._galley.finish()
        self._update_range()

    # -- where it stands

    @property
    def current_section(self) -> int:
        """The section that is being read: the one asked for, else the last that begins in the upper third."""
        section, position = self._chosen
        if position == self.position:
            return section
        if self.at_end and not self._tail:
            return max(0, len(self.sections) - 1)
        return max(0, self._galley.section_at(self.position + self._rows // 3))

    @property
    def _asked_for(self) -> int | None:
        """The section that was asked for, if nobody has moved since; the first is just the top."""
        section, position = self._chosen
        return section if section and position == self.position else None

    @property
    def position(self) -> int:
        """The first line of the text that is visible."""
        return self.scroll_offset.y

    @position.setter
    def position(self, line: int) -> None:
        self._to_end = False
        self.scroll_to(y=self._reach(line), animate=False)

    @property
    def spot(self) -> Spot:
        """Where the first visible line stands, at any width."""
        return self._galley.spot(self.position)

    @property
    def depth(self) -> tuple[int, float]:
        """The section of the first line below the bar, and how far into it that stands (0 to 1).

        Where a section was asked for it is this one, though the end of the text may keep it from the top.
        """
        section, position = self._chosen
        if position == self.position:
            return section, 0.0
        return self._galley.depth(self.position + 1)

    @property
    def at_end(self) -> bool:
        """Whether the last line of an article is visible."""
        shown = self._article is not None and self._rows > 0
        return shown and self._galley.complete and self.position + self._rows >= len(self._galley.lines)

    @property
    def finished(self) -> bool:
        """Whether the last line of the text itself is, or has been, in sight."""
        if not self._galley.complete:
            return False
        end = self._galley.line_of(Spot(TAIL, 0, 0.0)) if self._tail else len(self._galley.lines)
        return self.position + self._rows >= end

    def go_to_section(self, index: int, *, unfold: bool = False) -> None:
        """Bring the heading of a section below the bar, or as near as the end of the text allows."""
        if not self.sections:
            return
        index = max(0, min(index, len(self.sections) - 1))
        if unfold and index in self._folded:
            self._fold(self._folded - {index})
        if not self._galley.width:  # never in sight so far; `on_resize` goes there
            self._wanted = index
            return
        line = self._galley.section_line(index) - 1 if index else 0
        self._chosen = (index, self._reach(line))
        self.position = line
        self._announce()

    def section_of(self, role: Role) -> int | None:
        """The number of the first section of a role."""
        return next((n for n, (found, _) in enumerate(self.sections) if found is role), None)

    def next_section(self) -> None:
        self.go_to_section(self.current_section + 1)

    def previous_section(self) -> None:
        self.go_to_section(self.current_section - 1)

    def fold(self, section: int) -> None:
        """Fold a section, or unfold it; its heading stays where it is."""
        if self.sections:
            self._fold(self._folded ^ {section})
            self.go_to_section(section)

    def fold_others(self, section: int) -> None:
        """Fold all other sections; if they are folded, unfold everything."""
        others = set(range(len(self.sections))) - {section}
        if others:
            self._fold(set() if others <= self._folded else self._folded | others)
            self.go_to_section(section)

    def _fold(self, folded: set[int]) -> None:
        self._folded = folded
        self._again()

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
        """Move to the last line; of a text without end as soon as it is set, unless somebody moves meanwhile."""
        end = time.monotonic() + _AT_ONCE_SECONDS
        while not self._galley.complete and time.monotonic() < end:
            self._galley.set(_FIRST_CHARACTERS)
        self._follow_end()

    def _follow_end(self) -> None:
        """Stand at the last line that is set; setting a line more would not end."""
        self.position = len(self._galley.lines) - self._rows
        self._to_end = not self._galley.complete

    def bring_into_view(self, line: int) -> None:
        """Scroll so that a line is in sight, in the upper third if it was not."""
        if not self.position <= line < self.position + self._rows:
            self.position = max(0, line - self._rows // 3)

    # -- setting the text

    @property
    def _rows(self) -> int:
        """How many lines of text are visible below the bar."""
        return max(0, self.size.height - 1)

    @property
    def _width(self) -> int:
        """How wide the pane is; while it is out of sight, how wide it was: another article may be shown meanwhile."""
        return self.size.width or self._width_before

    @property
    def _column(self) -> tuple[int, int]:
        """Where the text column begins, and its width: in the middle, with air on both sides."""
        width = self._width
        widest = self.reading_width
        if self._beside is not None and width >= SIDE_BY_SIDE:
            widest = 2 * widest + GAP
        column = max(1, min(widest, width - 4 if width > 50 else width - 2 if width > 20 else width))
        return (width - column) // 2, column

    def _again(self) -> None:
        """Set the text anew without leaving the place."""
        self._set(self._galley.spot(self.position), self._asked_for)

    def _set(self, spot: Spot, section: int | None = None) -> None:
        """Set the text for the width of now as far as the screen needs it; stand at `spot` or `section`."""
        if not self._width:
            return  # never in sight so far; `on_resize` comes back
        galley = self._galley = Galley(self._arranged(), self._column[1], self._folded)
        self._strips.clear()
        self.unselect()
        galley.set(_FIRST_CHARACTERS)
        self.text_was_set()
        wanted, self._wanted = self._wanted, None
        line = None
        if isinstance(wanted, Spot):
            spot = wanted
        elif isinstance(wanted, tuple):
            number, depth = wanted
            if depth:
                line = galley.line_at(min(number, len(self.sections) - 1), depth) - 1
                self._chosen = (0, -1)
            else:
                section = number
        elif wanted is not None:
            section = self.section_of(wanted) if isinstance(wanted, Role) else wanted
        if line is not None:
            self.position = line
            self._announce()
        elif section is None or not self.sections:
            self._chosen = (0, 0)
            self.position = galley.line_of(spot)
            self._announce()
        else:
            self.go_to_section(section)
        self.refresh()
        self._go_on_later(galley)

    def _arranged(self) -> list[Part]:
        """What the galley is made of, for the width of now."""
        article, facts = self._article, self._facts
        if article is None or facts is None:
            return []
        side_by_side = self._beside is not None and self._width >= SIDE_BY_SIDE
        if not self._parts or side_by_side is not self._side_by_side:
            self._side_by_side = side_by_side
            above = header(
                article,
                facts.now,
                facts.languages,
                starred=facts.starred,
                note=facts.note,
                notice=facts.notice,
            )
            if self._beside is None:
                self._parts = parts(article, above)
            else:
                from cryptonews_tui.tui.parallel import parallel  # most articles are read in one language

                self._parts = parallel(article, self._beside, above, side_by_side, facts.now.tzinfo)
        arranged = [*self._parts]
        if self._picture is not None:
            from cryptonews_tui.tui.cover import CoverRows

            rows = Block(CoverRows(self._picture.height))
            arranged.insert(1, Part(HEADER, lambda: (rows,)))
        if self._tail:
            arranged.append(Part(TAIL, lambda: self._tail))
        return arranged

    def _spot_in_both(self, spot: Spot, beside: Article | None) -> Place:
        """A spot of the text as it was set until now, in the text as it will be set."""
        if (beside is None) is (self._beside is None):
            return spot
        return self.depth if spot.section >= 0 else spot  # other blocks: only the sections are the same

    def text_was_set(self) -> None:
        """More lines may be there, or other ones."""

    def _go_on_later(self, galley: Galley) -> None:
        if not galley.complete:
            self.set_timer(0.02, lambda: self._go_on(galley))

    def _go_on(self, galley: Galley) -> None:
        """Set some more of a long article, unless another has taken its place."""
        if galley is self._galley and not galley.complete:
            before = self._progress
            galley.set(self.at_once)
            self._update_range()
            if self._to_end:
                self._follow_end()
            elif self._progress != before:
                self.refresh(Region(0, 0, self.size.width, 1))
            self.text_was_set()
            self._go_on_later(galley)

    @property
    def at_once(self) -> int:
        """How much Markdown is set at once: more where somebody waits for it."""
        return _AT_ONCE_CHARACTERS if self._to_end else _FIRST_CHARACTERS

    def _reach(self, line: int) -> int:
        """Set the text so far that `line` can be the first visible one; the line that then will be."""
        self._galley.set_lines(line + self._rows)
        self._update_range()
        return max(0, min(line, self.max_scroll_y))

    def _update_range(self) -> None:
        self.set_lines(len(self._galley.lines) + 1)

    def on_resize(self) -> None:
        self._width_before = self._width
        if self._galley.width != self._column[1]:
            self._again()
            self.post_message(self.Resized())
            return
        self._strips.clear()
        if self._asked_for is None:
            self.position = self.position
        else:
            self.go_to_section(self._asked_for)

    def watch_reading_width(self) -> None:
        self.on_resize()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._announce()
        self.post_message(self.Moved())

    def _announce(self) -> None:
        current = self.current_section
        if current != self._announced:
            self._announced = current
            self.refresh(Region(0, 0, self.size.width, 1))

    def pan(self, cells: int) -> bool:
        """Move tables that are too wide sideways; to the right is positive. False if there is nothing to see there."""
        in_sight = self._galley.lines[self.position : self.position + self._rows]
        widest = max((cell_len(line.text) for line in in_sight if line.wide), default=0)
        pan = max(0, min(self._pan + cells, widest - self._column[1]))
        moves = pan != self._pan
        self._pan = pan
        if moves:
            self.redraw()
        return moves

    # -- drawing

    def marks(self, index: int) -> Iterable[Mark]:
        """What is laid over a line of the text."""
        return ()

    def labels(self, index: int) -> Iterable[tuple[int, str]]:
        """What stands on top of a line's text: the character it begins at, and the label."""
        return ()

    def told(self) -> str:
        """What the bar says at its end before how far and how long to read."""
        return ""

    def render_lines(self, crop: Region) -> list[Strip]:
        # What holds for every line is asked for once a frame: Textual looks each up through several objects.
        left, column = self._column
        self._frame = self.size.width, max(1, left), column, self.text_selection
        if self._picture is not None:
            self._note_painted(crop)
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        width = self._frame[0]
        if self._article is None:
            text = _(_NOTHING_OPEN) if y == self.size.height // 3 else ""
            strip = Strip([Segment(set_cell_size(text.center(width), width), self.ink(Kind.DIM))], width)
        elif y == 0:
            strip = self._bar()
        else:
            strip = self._text(self.position + y - 1)
        return strip.adjust_cell_length(width, self.ink(Kind.TEXT))

    def _text(self, index: int) -> Strip:
        lines = self._galley.lines
        if index >= len(lines):
            return Strip([])
        selection = self._frame[3]
        chosen = selection.get_span(index) if selection else None
        key = (index, chosen)
        if key not in self._strips:
            if len(self._strips) > 1_000:
                self._strips.clear()
            strip = self._drawn(lines[index], index)
            if chosen is not None:
                strip = self.selected(strip, lines[index], *chosen)
            self._strips[key] = strip
        return self._strips[key]

    def _drawn(self, line: Line, index: int) -> Strip:
        width, margin, column, _ = self._frame
        plain = self.ink(Kind.TEXT)
        if (row := _row_of_cover(line)) is not None:
            cells = self._picture.cells(row, plain) if self._picture else []
            return Strip([Segment(" " * margin, plain), *cells]).adjust_cell_length(width, plain)
        room = column if line.wide else 0
        strip = self.drawn(line, margin, width, self.marks(index), self._pan, room)
        for start, label in self.labels(index):
            if (at := self.cell_of(line, start)) is None:
                continue
            if not line.text[max(0, start - len(label)) : start].strip() and len(label) <= at:
                at -= len(label)  # on the blanks before, so that the link can still be read
            over = Segment(label, plain + self.over("hint"))
            strip = Strip([*strip.crop(0, at), over, *strip.crop(at + len(label))])
            strip = strip.adjust_cell_length(width, plain)
        return strip

    def cell_of(self, line: Line, start: int) -> int | None:
        """The cell of the pane where a character of a line stands; None where the line is too wide to show it."""
        left, column = self._column
        at = cell_len(line.text[:start]) - (self._pan if line.wide else 0)
        return max(1, left) + at if not line.wide or 0 <= at < column else None

    def _note_painted(self, crop: Region) -> None:
        """In sixel a picture is written over each frame, row by row, where the frame has painted."""
        if not self._painted:
            self.call_after_refresh(self._paint_cover)
        self._painted.update(crop.line_range)

    def _paint_cover(self) -> None:
        painted = sorted(self._painted)
        self._painted.clear()
        if self._picture is None or self.app.screen is not self.screen:
            return  # something else lies over it
        x, y = self.content_region.offset
        lines = self._galley.lines
        places = []
        for at in painted:
            index = self.position + at - 1
            row = _row_of_cover(lines[index]) if at and index < len(lines) else None
            if row is not None:
                places.append((row, x + max(1, self._column[0]), y + at))
        self._write(self._picture.over(places, self.app.size.height))

    @property
    def _progress(self) -> str:
        """How far the reader is, and how long the article takes, as the bar says it."""
        read = min(100, round(100 * (self.position + self._rows) / max(1, self._galley.length)))
        return _("{percent} % · {minutes} min").format(
            percent=100 if self.at_end else min(99, read), minutes=self._minutes
        )

    def _bar(self) -> Strip:
        """The names of the sections, the current one in sight; how far and how long to read."""
        left, column = self._column
        plain = self.get_component_rich_style("sheet--section")
        bright = self.get_component_rich_style("sheet--current-section")
        end = f"{self.told()}{self._progress}"
        room = max(0, column - cell_len(end) - 3)
        current = self.current_section
        first, end_of_names, cells = self._names_around(current, room)
        segments: list[Segment] = []
        for index in range(first, end_of_names):
            if index > first:
                segments.append(Segment("  ", plain))
            style = bright if index == current else plain
            segments.append(Segment(self._bar_name(index), style + Style(meta={"section": index})))
        names = Strip(segments, cells).crop(0, room).extend_cell_length(room, plain)
        edges = ("‹" if first else " ", "›" if cells > room else " ")
        return Strip(
            [
                Segment(" " * max(0, left - 1) + edges[0], plain),
                *names,
                Segment(edges[1] + " " * (column - room - cell_len(end) - 1) + end, plain),
            ]
        )

    def _names_around(self, current: int, room: int) -> tuple[int, int, int]:
        """The first of the names to show, the one behind the last, and how many cells these need, or more.

        Scrolled only as far as the current name needs, and never into the middle of one.
        """
        first, last, after = current, current, -2
        while last < len(self._sections) and after <= room:
            after += 2 + cell_len(self._bar_name(last))
            last += 1
        cells = max(0, after)
        room += max(0, cells - _BAR_NAME)  # for names before it, as far as those behind it may be pushed out
        while first and (more := cells + 2 + cell_len(self._bar_name(first - 1))) <= room:
            first, cells = first - 1, more
        return first, last, cells

    def _bar_name(self, section: int) -> str:
        """A section as the bar names it."""
        return _cut(line(self._sections[section][1]) or _(NO_HEADING), _BAR_NAME)

    def redraw(self) -> None:
        """Draw every line anew: what is laid over them has changed."""
        self._strips.clear()
        self.refresh()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips.clear()


def _row_of_cover(line: Line) -> int | None:
    """Which row of the cover a line stands for."""
    return getattr(line, "row", None)


def _cut(text: str, width: int) -> str:
    return text if cell_len(text) <= width else set_cell_size(text, width - 1).rstrip() + "…"
