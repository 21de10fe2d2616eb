"""The digest as it is read: one section of every story in a column of text, set only where somebody looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.reactive import var
from textual.strip import Strip

from cryptonews_tui.article import Sentiment
from cryptonews_tui.library import Excerpt, Stories
from cryptonews_tui.markdown import typeset
from cryptonews_tui.translation import _, pgettext
from cryptonews_tui.tui.galley import line
from cryptonews_tui.tui.ink import InkedPane
from cryptonews_tui.tui.lines_pane import few_pieces
from cryptonews_tui.tui.roll import TOP, Place, Roll
from cryptonews_tui.typesetting import Block, Flow, Kind, Line, Paragraph, Run, Span
from cryptonews_tui.wording import SIGNS, date, long_age

_PAGE = 16
"""How many stories are read at a time."""
_KEPT, _DRAWN = 200, 2_000
"""Stories whose text is kept, and lines as they are drawn."""
_LONGEST = 20_000
"""Characters of a section that are set: some 15 ms. The rest is for the article pane."""
_MARGIN = 2
_CURSOR = "▸ "

Fetch = Callable[[Sequence[int]], list[Excerpt]]


class DigestPane(InkedPane, can_focus=True):
    """Shows the excerpts of a result, with a mark at one of them. `show` gives it values; it answers with messages.

    The mark moves from story to story, and stays in sight where the text is scrolled.
    """

    COMPONENT_CLASSES = {"digest--cursor"}  # noqa: RUF012  # Textual's own type

    DEFAULT_CSS = """
    DigestPane > .digest--cursor { color: $accent; text-style: bold; }
    """

    reading_width: var[int] = var(80, init=False)
    """The widest the text column gets, in cells."""

    cursor: var[int] = var(0, init=False)
    """The story that is marked, from 0."""

    class CursorMoved(Message):
        """Another story is marked now."""

    class LinkActivated(Message):
        """A link was clicked twice; the URL is one that a browser may be sent to."""

        def __init__(self, url: str) -> None:
            super().__init__()
            self.url = url

    class LinkPicked(Message):
        """A link was clicked: where it leads is to be shown before it is opened."""

        def __init__(self, url: str) -> None:
            super().__init__()
            self.url = url

    class Opened(Message):
        """The marked story was chosen with the mouse."""

    def __init__(self, now: Callable[[], datetime], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._now = now
        self._stories: Stories | None = None
        self._fetch: Fetch = lambda positions: []
        self._empty = ""
        self._roll: Roll | None = None
        self._top = TOP
        self._shape = (0, 0)
        """The pane's width and the column's, for which text is set."""
        self._excerpts: dict[int, Excerpt | None] = {}
        self._lines: dict[int, list[Line]] = {}
        self._strips: dict[tuple[Place, bool], Strip] = {}
        self._clicked = ""
        """Where the link leads that was clicked: another click opens it."""

    # -- what the screen asks for

    def show(self, stories: Stories, fetch: Fetch, story: int, empty: str) -> None:
        """Show the excerpts that `fetch` reads of `stories`, the one at `story` on top; `empty` where there is none."""
        self._stories, self._fetch, self._empty = stories, fetch, empty
        self._roll = Roll(len(stories), self._lines_of) if len(stories) else None
        self.forget()
        story = max(0, min(story, self.count - 1))
        self.set_reactive(DigestPane.cursor, story)
        self._top = (story, 0)
        self._go(self._top)

    def forget(self) -> None:
        """Read and set everything anew."""
        self._excerpts.clear()
        self._set_anew()

    def forget_story(self, story: int) -> None:
        """Read a story anew: its marks have changed."""
        self._excerpts.pop(story, None)
        self._lines.pop(story, None)
        self._strips.clear()
        self.refresh()

    @property
    def stories(self) -> Stories | None:
        """The stories that are shown."""
        return self._stories

    @property
    def count(self) -> int:
        return self._roll.count if self._roll else 0

    @property
    def current(self) -> Excerpt | None:
        """What is told of the marked story."""
        return self.excerpt(self.cursor)

    def excerpt(self, story: int) -> Excerpt | None:
        """What is told of a story; None if it has gone from the library meanwhile."""
        if self._stories is None or not 0 <= story < self.count:
            return None
        if story not in self._excerpts:
            if len(self._excerpts) > _KEPT:
                self._excerpts.clear()
            first = story // _PAGE * _PAGE
            positions = self._stories[first : first + _PAGE]
            found = {excerpt.headline.position: excerpt for excerpt in self._fetch(positions)}
            self._excerpts.update((first + n, found.get(position)) for n, position in enumerate(positions))
        return self._excerpts[story]

    def move_to(self, story: int) -> None:
        """Mark a story; one that is not wholly in sight goes to the top."""
        if self._roll is None or not 0 <= story < self.count:
            return
        lines = {number for at, number in self._seen() if at == story}
        self.cursor = story
        if len(lines) < self._roll.length(story) - (_AFTER if story < self.count - 1 else 0):
            self._go((story, 0))

    def step(self, lines: int) -> None:
        """Move by lines; down is positive."""
        if self._roll:
            self._go(self._roll.moved(self._top, lines))

    def page(self, pages: float) -> None:
        """Move by pages or parts of one; a whole page leaves two lines that were already there."""
        lines = max(1, round(abs(pages) * self.size.height) - (2 if abs(pages) >= 1 else 0))
        self.step(lines if pages > 0 else -lines)

    def top(self) -> None:
        """Move to the first story."""
        self._go(TOP, 0)

    def bottom(self) -> None:
        """Move to the last story, without setting those between."""
        self._go((max(0, self.count - 1), 0), self.count - 1)

    # -- where things are

    def _go(self, top: Place, cursor: int | None = None) -> None:
        """Begin the screen with this place, or as near as the end allows; the mark comes along."""
        if self._roll is None or not self.size.width:
            self._top = top  # until `on_resize` comes back
            self.refresh()
            return
        top = self._roll.reachable(self._roll.near(top), self.size.height)
        if top != self._top:
            self._top = top
            self.refresh()
        titles = [story for story, number in self._seen() if number == 0] or [top[0]]
        wanted = self.cursor if cursor is None else cursor
        self.cursor = max(titles[0], min(wanted, titles[-1]))

    def _seen(self) -> list[Place]:
        return self._roll.seen(self._top, self.size.height) if self._roll and self.size.width else []

    def watch_cursor(self, before: int, now: int) -> None:
        for row, place in enumerate(self._seen()):
            if place[0] in (before, now) and self._is_title(place):
                self.refresh_lines(row)
        self.post_message(self.CursorMoved())

    def on_resize(self) -> None:
        shape = self.size.width, self._column[1]
        if shape != self._shape:
            self._shape = shape
            self._set_anew()
        self._go(self._top)

    def watch_reading_width(self) -> None:
        self.on_resize()

    def _set_anew(self) -> None:
        self._lines.clear()
        self._strips.clear()
        self.refresh()

    # -- setting the text

    @property
    def _column(self) -> tuple[int, int]:
        """Where the text column begins, and its width: in the middle, with room for the mark."""
        width = self.size.width
        column = max(1, min(self.reading_width, width - 2 * _MARGIN))
        return max(0, width - column) // 2, column

    def _lines_of(self, story: int) -> list[Line]:
        if story not in self._lines:
            if len(self._lines) > _KEPT:
                self._lines.clear()
            lines = [*self._set(story)]
            self._lines[story] = lines if story == self.count - 1 else [*lines, *[Line()] * _AFTER]
        return self._lines[story]

    def _set(self, story: int) -> Iterator[Line]:
        width = self._column[1]
        excerpt = self.excerpt(story)
        if excerpt is None:
            yield Line((Span(_("This story has gone."), Kind.DIM),))
            return
        for block in _header(excerpt, self._now()):
            yield from block.lines(width)
        yield Line()
        yield from typeset(excerpt.text[:_LONGEST], width)
        if len(excerpt.text) > _LONGEST:
            yield Line((Span(_("… and so on: open the story to read it all."), Kind.DIM),))

    # -- drawing

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if self._roll is None:
            text = self._empty.splitlines()
            row = y - self.size.height // 3
            shown = text[row].center(width) if 0 <= row < len(text) else ""
            return Strip([Segment(shown, self.ink(Kind.DIM))]).adjust_cell_length(width, self.rich_style)
        places = self._seen()
        if y >= len(places):
            return Strip.blank(width, self.rich_style)
        place = places[y]
        key = (place, place[0] == self.cursor and self._is_title(place))
        if key not in self._strips:
            if len(self._strips) > _DRAWN:
                self._strips.clear()
            self._strips[key] = self._drawn(self._roll.line(place), key[1], first=place[1] == 0)
        return self._strips[key]

    def _is_title(self, place: Place) -> bool:
        return self._roll is not None and any(
            Kind.TITLE in span.kind for span in self._roll.line(place).spans
        )

    def _drawn(self, line: Line, marked: bool, *, first: bool) -> Strip:
        margin = self._column[0]
        if not marked:
            return self.drawn(line, margin, self.size.width)
        cursor = self.get_component_rich_style("digest--cursor", partial=True)
        plain = self.ink(Kind.TEXT)
        sign = _CURSOR[:margin] if first else ""
        spans = [(span.text, self.ink(span.kind, span.link) + cursor) for span in line.spans]
        pieces = [(" " * (margin - len(sign)), plain), (sign, plain + cursor), *spans]
        return Strip(few_pieces(pieces)).adjust_cell_length(self.size.width, plain)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips.clear()

    # -- the mouse

    def on_click(self, event: events.Click) -> None:
        places = self._seen()
        again, self._clicked = self._clicked, ""
        if url := event.style.meta.get("url"):
            if url == again:
                self.post_message(self.LinkActivated(url))
            else:
                self._clicked = url
                self.post_message(self.LinkPicked(url))
        elif event.y < len(places):
            story = places[event.y][0]
            if story == self.cursor:
                self.post_message(self.Opened())
            else:
                self.move_to(story)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.step(_WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.step(-_WHEEL)


_WHEEL = 3
_AFTER = 2
"""Blank lines after a story."""

_RECENT = timedelta(days=14)
"""So long an age says more than a date."""
_MOODS: dict[Sentiment | None, Kind] = {Sentiment.POSITIVE: Kind.POSITIVE, Sentiment.NEGATIVE: Kind.NEGATIVE}


def _header(excerpt: Excerpt, now: datetime) -> Iterator[Block]:
    """Title and facts. Times are told in the zone of `now`."""
    headline = excerpt.headline
    yield Block(Paragraph(((Span(line(headline.title), Kind.TITLE),),)), space=0)
    sign, letter, word = SIGNS[headline.sentiment]
    mood = Span(f"{sign} {letter} {_(word)}".strip(), _MOODS.get(headline.sentiment, Kind.DIM))
    publisher: Run = (Span(line(headline.publisher.name), Kind.DIM),)
    recent = now - headline.published < _RECENT
    when = long_age(headline.published, now) if recent else date(headline.published, now.tzinfo)
    facts: list[Run] = [
        publisher if headline.read else (Span("● "), *publisher),
        (Span(when, Kind.DIM),),
        (mood,),
    ]
    if headline.category:
        facts.append((Span(line(headline.category), Kind.DIM),))
    if headline.starred:
        facts.append((Span("★ " + pgettext("story", "starred"), Kind.STRONG),))
    yield Block(Flow(tuple(facts), Span(" · ", Kind.DIM)), space=0)
