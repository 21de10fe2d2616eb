"""The line in which the query is edited, and below it what could come next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from rich.cells import cell_len
from rich.highlighter import Highlighter
from rich.segment import Segment
from rich.text import Text
from textual import events
from textual.actions import SkipAction
from textual.binding import Binding
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip
from textual.widgets import Input

from cryptonews_tui.safety import clean, clean_line
from cryptonews_tui.translation import _
from cryptonews_tui.wording import fit, number

if TYPE_CHECKING:  # the first headlines need no completion
    from cryptonews_tui.completion import Candidate, Completing

Complete: TypeAlias = "Callable[[Completing], Sequence[Candidate]]"
History = Callable[[str], Sequence[str]]

_HELP_FROM = 72
"""Columns from which there is room for a sentence beside the candidates."""
_HELP, _LEAST_HELP = 48, 12
_LABEL = 32
_CLOSE_UP = ",&)"
"""What follows a value directly: the space that was put behind it goes again."""


class QueryLine(Input):
    """One line of text from the keyboard; what is pasted is cleaned like anything from outside.

    With `complete` it is two lines, docked over the top of the screen: below the text stands what could come
    next. Tab takes the marked candidate, ↓ and ↑ (Ctrl+N, Ctrl+P) move the mark; ↑ from the first one goes back
    to what was asked before, ↓ forth again. `complete` is asked for the candidates of a place, `history` for
    former queries that have some letters, latest first.

    Posts `Changed` at every change and `Submitted` at Enter, like any `Input`.
    """

    BINDINGS = [  # noqa: RUF012  # Textual's own type
        Binding("tab", "take", show=False),
        Binding("down", "down", show=False),
        Binding("up", "up", show=False),
        Binding("ctrl+n", "mark(1)", show=False),
        Binding("ctrl+p", "mark(-1)", show=False),
    ]

    COMPONENT_CLASSES = {  # noqa: RUF012  # Textual's own type
        "query--error",
        "query--candidate",
        "query--marked",
        "query--dim",
    }

    DEFAULT_CSS = """
    QueryLine, QueryLine:focus {
        height: 1;
        border: none;
        padding: 0 1;
        background: $surface;
        & > .input--placeholder { color: $text-muted; }
        & > .query--error { color: $text-error; text-style: bold underline; }
        & > .query--candidate { color: $foreground; }
        & > .query--marked { background: $primary-muted; color: $foreground; text-style: bold; }
        & > .query--dim { color: $text-muted; }
        &.-completes { height: 2; dock: top; layer: above; }
        &:ansi {
            & > .query--error { color: ansi_red; }
            & > .query--dim { text-style: dim; }
            & > .query--marked { background: ansi_default; text-style: reverse; }
        }
        &:nocolor > .query--marked { text-style: reverse; }
    }
    """

    cursor_blink = reactive(False, init=False)

    def __init__(
        self,
        *,
        complete: Complete | None = None,
        history: History = lambda letters: (),
        placeholder: str = "",
        id: str | None = None,
    ) -> None:
        super().__init__(placeholder=placeholder, highlighter=_Wrong(self), select_on_focus=False, id=id)
        self._complete = complete
        self._history = history
        self._begun = ""
        self._wrong: tuple[int, int] | None = None
        self._offer = _Offer("", -1)
        self._asked: Sequence[str] = ()
        self._back = -1
        """How far back in what was asked the line is; -1: not."""
        self._typed = ""
        """What stood in the line before it went back."""
        self._spaced: tuple[str, int] | None = None
        """The text and the cursor just after a candidate was taken, and a space put behind it."""
        self.set_class(complete is not None, "-completes")

    def edit(self, text: str) -> None:
        """Begin anew with this text, the cursor behind it."""
        self._begun = text
        self._back = -1
        self._wrong = self._spaced = None
        self._offer = _Offer("", -1)  # the library may have changed
        self.value = text
        self.cursor_position = len(text)
        self.refresh()

    def point(self, position: int, length: int) -> None:
        """Underline what is wrong until the text changes. At the end of the text that is the cell behind it."""
        self._wrong = (position, position + max(1, length))
        self.refresh()

    @property
    def wrong(self) -> tuple[int, int] | None:
        """What is underlined: from where to where."""
        return self._wrong

    @property
    def offered(self) -> Sequence[Candidate]:
        """What could stand at the cursor."""
        return self._offering().candidates

    @property
    def marked(self) -> Candidate | None:
        """The candidate that Tab takes."""
        offer = self._offering()
        return offer.candidates[offer.mark] if offer.mark >= 0 else None

    def validate_value(self, value: str) -> str:
        """A keyboard can write floods of marks, too."""
        return clean(value).replace("\n", " ")

    def watch_value(self) -> None:
        self._wrong = None

    def _on_paste(self, event: events.Paste) -> None:
        # Textual calls the handler of `Input` after this one.
        event.text = clean_line(event.text)

    async def _on_key(self, event: events.Key) -> None:
        if (
            event.character
            and event.character in _CLOSE_UP
            and self._spaced == (self.value, self.cursor_position)
        ):
            self.delete(self.cursor_position - 1, self.cursor_position)

    async def _on_mouse_down(self, event: events.MouseDown) -> None:
        offset = event.get_content_offset_capture(self)
        if offset.y < 1:
            return
        event.prevent_default()
        left = 0
        for text, _style, candidate in self._pieces(self.content_size.width):
            if candidate is not None and left <= offset.x < left + cell_len(text):
                self._offer.mark = candidate
                self.action_take()
                return
            left += cell_len(text)

    # What could come next

    def action_take(self) -> None:
        """Put the marked candidate in; if none is marked, mark the first."""
        offer = self._offering()
        if self._complete is None:
            raise SkipAction
        if offer.place is None or not offer.candidates:
            return
        if offer.mark < 0:
            self.action_mark(1)
            return
        from cryptonews_tui.completion import accepted

        text, cursor = accepted(self.value, offer.place, offer.candidates[offer.mark])
        self.value = text
        self.cursor_position = cursor
        spaced = text[:cursor].endswith(" ")
        self._spaced = (text, cursor) if spaced else None

    def action_mark(self, step: int) -> None:
        """Mark the candidate beside the marked one."""
        offer = self._offering()
        if self._complete is None:
            raise SkipAction
        offer.mark = max(0, min(offer.mark + step, len(offer.candidates) - 1)) if offer.candidates else -1
        self.refresh(Region(0, 1, self.outer_size.width, 1))

    def action_down(self) -> None:
        """Forth in what was asked, or to the next candidate."""
        if self._going_back:
            self._go_back(self._back - 1)
        else:
            self.action_mark(1)

    def action_up(self) -> None:
        """To the candidate before, or back in what was asked."""
        if self._going_back:
            self._go_back(self._back + 1)
        elif self._offering().mark > 0:
            self.action_mark(-1)
        elif self._complete is None:
            raise SkipAction
        else:
            self._typed = self.value
            letters = self.value.strip() if self.value != self._begun else ""
            self._asked = [query for query in self._history(letters) if query != self.value.strip()]
            self._go_back(0)

    @property
    def _going_back(self) -> bool:
        return 0 <= self._back < len(self._asked) and self.value == self._asked[self._back]

    def _go_back(self, steps: int) -> None:
        if steps >= len(self._asked):
            return
        self._back = steps
        self.value = self._asked[steps] if steps >= 0 else self._typed
        self.cursor_position = len(self.value)

    def _offering(self) -> _Offer:
        """What could stand at the cursor, found out when somebody looks."""
        text, cursor = self.value, self.cursor_position
        if (self._offer.text, self._offer.cursor) != (text, cursor):
            place, found = self._look_up(text, cursor)
            # Where nothing is typed the names of the fields are but a hint.
            hint = place is None or (place.kind == "field" and not place.letters)
            self._offer = _Offer(text, cursor, place, found, -1 if hint or not found else 0)
        return self._offer

    def _look_up(self, text: str, cursor: int) -> tuple[Completing | None, Sequence[Candidate]]:
        if self._complete is None:
            return None, ()
        from cryptonews_tui.completion import at

        place = at(text, cursor)
        return place, self._complete(place) if place else ()

    # Drawing

    def render_line(self, y: int) -> Strip:
        if y != 1 or self._complete is None:
            return super().render_line(y)
        styles = {
            name: self.rich_style + self.get_component_rich_style(f"query--{name}", partial=True)
            for name in ("candidate", "marked", "dim")
        }
        width = self.content_size.width
        strip = Strip([Segment(text, styles[name]) for text, name, _ in self._pieces(width)])
        return strip.adjust_cell_length(width, self.rich_style).simplify()

    def _pieces(self, width: int) -> Iterator[tuple[str, str, int | None]]:
        """The candidates around the marked one and a word of help: text, style, and which candidate it is."""
        offer = self._offering()
        place, found = offer.place, offer.candidates
        naming = place is not None and not place.field
        between = "  " if naming else " · "
        lead = f"{'$' if place.dollar else f'{place.field}:'}  " if place and place.field else ""
        # Beside names there is always the same room for help, so that they stay where they are.
        kept = min(width // 2, _HELP) if naming and found and width >= _HELP_FROM else 0
        first, end = _page(found, offer.mark, width - len(lead) - kept - 4, len(between))
        pieces: list[tuple[str, str, int | None]] = [(lead + "… " * (first > 0), "dim", None)]
        for index in range(first, end):
            label, count = _said(found[index])
            if index > first:
                pieces.append((between, "candidate" if naming else "dim", None))
            if index == offer.mark:
                pieces.append((label + count, "marked", index))
            else:
                pieces += [(label, "candidate", index), (count, "dim", index)]
        if end < len(found):
            pieces.append((" …", "dim", None))
        yield from pieces
        gap = "  " if found else ""
        room = width - sum(cell_len(text) for text, _, _ in pieces) - len(gap)
        if room >= _LEAST_HELP:
            yield gap + fit(self._help(), room, pad=False), "dim", None

    def _help(self) -> str:
        offer = self._offering()
        if self._going_back:
            return _("asked before, {number} of {count}").format(
                number=self._back + 1, count=len(self._asked)
            )
        if offer.place is None:
            return ""
        if offer.mark >= 0 and (help_text := offer.candidates[offer.mark].help):
            return help_text
        return (
            offer.place.help
            if not offer.candidates or (not offer.place.letters and not offer.place.field)
            else ""
        )


@dataclass(slots=True)
class _Offer:
    """What could stand at a place; `mark` is -1 where none is marked."""

    text: str
    cursor: int
    place: Completing | None = None
    candidates: Sequence[Candidate] = ()
    mark: int = -1


class _Wrong(Highlighter):
    """Underlines what is wrong in the line."""

    def __init__(self, line: QueryLine) -> None:
        self._line = line

    def highlight(self, text: Text) -> None:
        if self._line.wrong is None:
            return
        start, end = self._line.wrong
        if start >= len(text):
            text.pad_right(start - len(text) + 1)
        text.stylize(self._line.get_component_rich_style("query--error", partial=True), start, end)


def _said(candidate: Candidate) -> tuple[str, str]:
    """How a candidate is shown: its label and its count."""
    label = fit(candidate.label, _LABEL, pad=False)
    return label, "" if candidate.count is None else f" {number(candidate.count)}"


def _page(candidates: Sequence[Candidate], mark: int, room: int, between: int) -> tuple[int, int]:
    """From which to which candidate a line shows: they are cut into lines that stay as the mark moves."""
    first, taken = 0, 0
    for index, candidate in enumerate(candidates):
        size = sum(map(cell_len, _said(candidate))) + between
        if index > first and taken + size > room:
            if mark < index:
                return first, index
            first, taken = index, 0
        taken += size
    return first, len(candidates)
