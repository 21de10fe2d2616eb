"""Text that the mouse selects: a drag chooses letters, two clicks a word, three a paragraph, and letting go copies.

Textual's own selecting paints the whole screen at every press of a button, and reaches from one pane into another.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, split_graphemes
from rich.segment import Segment
from textual import events
from textual.geometry import Offset, Region
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip
from textual.timer import Timer

from cryptonews_tui.tui.ink import InkedPane
from cryptonews_tui.typesetting import Line

_SCROLL_SECONDS = 0.05
"""How often the text moves on by a line while the pointer is held above or below it."""
_LEFT = 1


class SelectablePane(InkedPane):
    """Lines of text with a margin at their left, letters of which can be selected and copied.

    A selection counts characters of the lines, without the margin, and lines from the first of the text.
    """

    class TextCopied(Message):
        """Selected text is to be copied."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._pressed: Offset | None = None
        """The letter that the button went down on, while it is down."""
        self._pointer = Offset(0, 0)
        self.dragged = False
        """Whether what the button did last was to choose text, not to click."""
        self._carrying: Timer | None = None
        self._painted_selection: Selection | None = None

    # What a pane says of its text

    @property
    def text_lines(self) -> Sequence[Line]:
        """The lines, as far as they are set."""
        return ()

    @property
    def first_row(self) -> int:
        """The row of the pane in which its first line of text stands."""
        return 0

    @property
    def text_margin(self) -> int:
        """The cells at the left of the text."""
        return 0

    @property
    def text_pan(self) -> int:
        """How many cells wide lines are moved to the left."""
        return 0

    def step(self, lines: int) -> None:
        """Move by lines; down is positive."""

    def set_all(self) -> None:
        """Set the whole text: all of it is wanted."""

    # Choosing

    def select(self, first: Offset, behind: Offset) -> None:
        """Choose the text from one letter to before another."""
        self.screen.selections = {self: Selection(first, behind)}

    def unselect(self) -> None:
        """Choose nothing."""
        if self.text_selection is not None:
            self.screen.clear_selection()

    @property
    def selected_text(self) -> str:
        """What is chosen, as `get_selection` gives it."""
        selection = self.text_selection
        got = self.get_selection(selection) if selection else None
        return got[0] if got else ""

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text as it was written: unbroken by the width, without margins and rules."""
        from cryptonews_tui.tui.selecting import between  # not before somebody selects something

        if selection.end is None:
            self.set_all()
        lines = self.text_lines
        if not lines:
            return None
        first = selection.start or Offset(0, 0)
        return between(lines, first, selection.end or Offset(len(lines[-1].text), len(lines) - 1)), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw the lines anew that look different now."""
        before, self._painted_selection = self._painted_selection, selection
        top = self.scroll_offset.y
        for row in range(self.size.height - self.first_row):
            if _span(before, top + row) != _span(selection, top + row):
                self.refresh(Region(0, self.first_row + row, self.size.width, 1))

    def selected(self, strip: Strip, line: Line, start: int, end: int) -> Strip:
        """A drawn line with some of its characters marked as chosen; -1 is the end."""
        style = self.screen.get_component_rich_style("screen--selection", partial=True)
        text, pan = line.text, self.text_pan if line.wide else 0
        cuts = (start, len(text) if end < 0 else end)
        low, high = (self.text_margin + max(0, cell_len(text[:cut]) - pan) for cut in cuts)
        inside = Segment.apply_style(strip.crop(low, high), post_style=style)
        return Strip([*strip.crop(0, low), *inside, *strip.crop(max(low, high))])

    # The mouse

    def letter_at(self, event: events.MouseEvent) -> Offset:
        """The letter under the pointer, or the nearest; the one behind the end of a line that is too short."""
        return self._letter(event.screen_offset - self.content_region.offset)

    def _letter(self, pointer: Offset) -> Offset:
        lines = self.text_lines
        row = max(self.first_row, min(pointer.y, self.size.height - 1)) - self.first_row
        index = self.scroll_offset.y + row
        if index >= len(lines):
            return Offset(len(lines[-1].text), len(lines) - 1) if lines else Offset(0, 0)
        line = lines[index]
        return Offset(_character(line, pointer.x - self.text_margin + self.text_pan * line.wide), index)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self.dragged = False
        if event.button == _LEFT and self.text_lines:
            self._pressed = self.letter_at(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._pressed is None:
            return
        if event.button != _LEFT:  # it was let go where nobody told us
            self._let_go()
            return
        self._pointer = event.screen_offset - self.content_region.offset
        if not self.dragged:
            if self._letter(self._pointer) == self._pressed:
                return
            self.dragged = True
        self._choose()
        beyond = self._pointer.y < self.first_row or self._pointer.y >= self.size.height
        if beyond and self._carrying is None:
            self._carrying = self.set_interval(_SCROLL_SECONDS, self._carry_on)
        elif not beyond:
            self._stop_carrying()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        if self._pressed is None:
            return
        self._let_go()
        if self.dragged:
            self._copy()

    def on_mouse_release(self) -> None:
        """Something else lies over the pane now, or wants the mouse."""
        self._pressed = None
        self._stop_carrying()

    def on_hide(self) -> None:
        self._let_go()

    def choose_by_clicks(self, event: events.Click) -> None:
        """Two clicks choose and copy the word under the pointer, three the paragraph."""
        from cryptonews_tui.tui.selecting import paragraph, word

        lines, at = self.text_lines, self.letter_at(event)
        if event.chain not in (2, 3) or at.y >= len(lines) or at.x >= len(lines[at.y].text):
            return
        first, behind = (word if event.chain == 2 else paragraph)(lines, at)
        self.select(Offset(*first), Offset(*behind))
        self._copy()

    def _choose(self) -> None:
        """Choose from where the button went down to the pointer, both letters included."""
        assert self._pressed is not None
        ends = sorted((self._pressed, self._letter(self._pointer)), key=lambda at: (at.y, at.x))
        self.select(ends[0], ends[1] + (1, 0))

    def _carry_on(self) -> None:
        """The pointer is held beyond the text: more of that comes into sight and is chosen."""
        if self._pressed is not None:
            self.step(-1 if self._pointer.y < self.first_row else 1)
            self._choose()

    def _let_go(self) -> None:
        self._pressed = None
        self._stop_carrying()
        self.release_mouse()

    def _forward_event(self, event: events.Event) -> None:
        """From a press on what the mouse does is ours, wherever the pointer goes.

        Here, before the press has its turn: over a slow link all of a drag arrives in one piece.
        """
        if isinstance(event, events.MouseDown) and event.button == _LEFT:
            self.capture_mouse()
        super()._forward_event(event)
        if isinstance(event, events.MouseUp):
            self.release_mouse()

    def _stop_carrying(self) -> None:
        if self._carrying is not None:
            self._carrying.stop()
            self._carrying = None

    def _copy(self) -> None:
        if (text := self.selected_text).strip():
            self.post_message(self.TextCopied(text))


def _span(selection: Selection | None, line: int) -> tuple[int, int] | None:
    return selection.get_span(line) if selection else None


def _character(line: Line, cell: int) -> int:
    """The character of a line in a cell of its text; behind the last where the line is shorter."""
    reached = 0
    for low, _, cells in split_graphemes(line.text)[0]:
        reached += cells
        if cell < reached:
            return low
    return len(line.text)
