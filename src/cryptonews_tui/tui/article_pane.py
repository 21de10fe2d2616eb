"""The article as it is read: found in, folded, its links followed and its text selected by keyboard and mouse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from textual import events
from textual.actions import SkipAction
from textual.geometry import Offset
from textual.message import Message

from cryptonews_tui.highlighting import matches
from cryptonews_tui.query import Word
from cryptonews_tui.translation import _
from cryptonews_tui.tui.article_sheet import ArticleSheet
from cryptonews_tui.tui.bindings import bindings
from cryptonews_tui.tui.galley import Spot
from cryptonews_tui.tui.ink import Mark
from cryptonews_tui.typesetting import Kind, Line

if TYPE_CHECKING:  # not before somebody finds, follows or selects something
    from cryptonews_tui.tui.finding import Finding, Places
    from cryptonews_tui.tui.link_hints import Link, LinkHints
    from cryptonews_tui.tui.selecting import Selecting

_PAN = 12
"""Cells that a wide table is moved at once."""
_WHILE_SEARCHING = 60_000
"""How much Markdown is set at once while somebody looks for what may not be set yet."""


class ArticlePane(ArticleSheet, can_focus=True):
    """Shows one article. Give it values with `show`; it answers with messages."""

    BINDINGS = bindings("article")

    class LinkActivated(Message):
        """A link is to be opened; the URL is one that a browser may be sent to, or `story:` and an id."""

        def __init__(self, url: str) -> None:
            super().__init__()
            self.url = url

    class LinkCopied(Message):
        """The target of a link is to be copied."""

        def __init__(self, url: str) -> None:
            super().__init__()
            self.url = url

    class LinkPicked(Message):
        """A link has been picked, or clicked: its target is to be shown before it is opened."""

        def __init__(self, url: str, *, clicked: bool = False) -> None:
            super().__init__()
            self.url = url
            self.clicked = clicked

    class Busy(Message):
        """Keys mean something else now, as `text` says; when it is empty, no more."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Told(Message):
        """Something to be said for a while."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._finding: Finding | None = None
        self._before_finding: Spot | None = None
        self._folds_before: set[int] | None = None
        """The sections that were folded before somebody began to look for something."""
        self._found_in = ""
        """The story in which letters are looked for."""
        self._match: Spot | None = None
        """Where the current match stands, at any width."""
        self._sought = False
        """Whether the first match is looked for in what is not set yet."""
        self._words: tuple[Word, ...] = ()
        self._highlights = True
        self._hints: LinkHints | None = None
        self._selecting: Selecting | None = None
        self._clicked = ""
        """Where the link leads that was clicked: another click opens it."""
        self._meant: list[Line] = []
        """The lines that hints, selection and clicked link were made for."""

    # -- finding

    def look_for(self, letters: str) -> None:
        """Show where these letters stand, while they are typed; none: as it was before."""
        if self._before_finding is None:
            self._before_finding = self.spot
        if self._finding is None:
            from cryptonews_tui.tui.finding import Finding

            if self._folded:  # what is folded is looked in as well
                self._folds_before = self._folded
                self._fold(set())
            self._finding = Finding(self._galley.lines)
            self._found_in = self.article.story if self.article else ""
        line = self._galley.line_of(self._before_finding)
        self._finding.look_for(letters, line)
        self._sought = bool(letters) and self._finding.current is None and not self._galley.complete
        if self._finding.line is None:
            self.position = line
        else:
            self._go_to_match(self._finding.line)
        self.redraw()

    def keep_looking(self) -> None:
        """The letters are as they should be: `n` and `N` go on from here."""
        self._before_finding = self._folds_before = None

    def stop_looking(self) -> None:
        """Forget the letters; if they were being typed, go back to where that began."""
        spot, self._before_finding, self._finding, self._match = self._before_finding, None, None, None
        folds, self._folds_before = self._folds_before, None
        self._sought = False
        if spot is not None and folds:
            self._fold(folds)
        if spot is not None:
            self.position = self._galley.line_of(spot)
        self.redraw()

    @property
    def looks_for(self) -> str:
        """The letters that are looked for; empty if none are."""
        return self._finding.letters if self._finding else ""

    @property
    def matches(self) -> int:
        """How many matches there are, as far as the text is set."""
        return self._finding.count if self._finding else 0

    @property
    def found(self) -> str:
        """Which match of how many is the current one: `3/17`."""
        finding = self._finding
        if finding is None or not finding.letters:
            return ""
        more = "" if self._galley.complete else "+"
        return f"{finding.number}/{finding.count}{more}"

    def _next_match(self, direction: int) -> None:
        finding = self._finding
        if finding is None or not finding.letters:
            raise SkipAction
        finding.extend()
        if not finding.count and self._galley.complete:
            self.post_message(
                self.Told(_("“{letters}” is not in this article.").format(letters=finding.letters))
            )
        finding.step(direction)
        if finding.line is not None:
            self._go_to_match(finding.line)
        self.redraw()

    def _go_to_match(self, line: int) -> None:
        self._match = self._galley.spot(line)
        self.bring_into_view(line)

    def text_was_set(self) -> None:
        self._keep_mode()
        article = self.article
        if self._finding is not None and (article is None or article.story != self._found_in):
            self._finding = self._before_finding = self._match = self._folds_before = None
        finding = self._finding
        if finding is None:
            return
        if finding.lines is not self._galley.lines:  # set anew, for another width or article
            letters = finding.letters
            finding = self._finding = type(finding)(self._galley.lines)
            finding.look_for(letters, self._galley.line_of(self._match) if self._match else 0)
        finding.extend()
        if self._sought and finding.current is None:
            finding.look_for(finding.letters, 0)
            if finding.line is not None:
                self._sought = False
                self._go_to_match(finding.line)
                self.redraw()
        self.post_message(self.Moved())  # there may be more matches

    @property
    def at_once(self) -> int:
        return _WHILE_SEARCHING if self._finding is not None else super().at_once

    def highlight(self, words: Sequence[Word]) -> None:
        """The words that the list was asked for: they are marked in the text."""
        words = tuple(word for word in words if word.scope != "title")
        if words != self._words:
            self._words = words
            self.redraw()

    def marks(self, index: int) -> Iterable[Mark]:
        lines = self._galley.lines
        if self._words and self._highlights and self._finding is None:
            from cryptonews_tui.tui.finding import places

            for start, end in places(lines, index, lambda text: matches(text, self._words)):
                yield start, end, "match"
        if self._finding is not None:
            self._finding.extend()
            current: Places = self._finding.current_places(index)
            for start, end in self._finding.places(index):
                if (start, end) not in current:
                    yield start, end, "match"
            for start, end in current:
                yield start, end, "current-match"

    def told(self) -> str:
        return f"{self.found} · " if self.found else ""

    # -- links

    def _links(self) -> Iterator[Link]:
        from cryptonews_tui.tui.link_hints import Link

        before = None
        for index in range(self.position, min(self.position + self._rows, len(self._galley.lines))):
            at = 0
            line = self._galley.lines[index]
            for span in line.spans:
                if span.link is None:
                    before = before if not span.text.strip() else None
                elif span.link != before and self.cell_of(line, at) is not None:
                    yield Link(index, at, span.link)
                    before = span.link  # one that goes on in the next line is the same
                at += len(span.text)

    def labels(self, index: int) -> Iterable[tuple[int, str]]:
        return self._hints.on(index) if self._hints else ()

    def _hint(self, key: str) -> None:
        hints = self._hints
        assert hints is not None
        picked = hints.picked
        if picked is not None and key in ("enter", hints.typed[-1]):
            self._end_mode()
            self.post_message(self.LinkActivated(picked))
        elif picked is not None and key in ("y", "Y"):
            self._end_mode()
            self.post_message(self.LinkCopied(picked))
        elif picked is None and key == "y" and not hints.typed:
            hints.copies = True
            self.post_message(self.Busy(_("The letter of a link copies its address · Esc leaves")))
        elif picked is None and len(key) == 1 and hints.press(key):
            target = hints.picked
            if target is None:
                self.redraw()
            elif hints.copies:
                self._end_mode()
                self.post_message(self.LinkCopied(target))
            elif target.startswith("story:"):
                self._end_mode()
                self.post_message(self.LinkActivated(target))
            else:
                self.redraw()
                self.post_message(self.LinkPicked(target))
        else:
            self._end_mode()

    # -- selecting

    def _select(self, key: str) -> None:
        selecting = self._selecting
        assert selecting is not None
        page = max(1, self._rows - 2)
        last = len(self._galley.lines) - 1
        moves = {
            **dict.fromkeys(("j", "down"), 1),
            **dict.fromkeys(("k", "up"), -1),
            **dict.fromkeys(("ctrl+d",), page // 2),
            **dict.fromkeys(("ctrl+u",), -(page // 2)),
            **dict.fromkeys(("pagedown", "ctrl+f"), page),
            **dict.fromkeys(("pageup", "ctrl+b", "b"), -page),
            **dict.fromkeys(("g", "home"), -last),
            **dict.fromkeys(("G", "end"), last),
        }
        if key in moves:
            if key in ("G", "end"):
                self._galley.finish()
                self._update_range()
                last = len(self._galley.lines) - 1
                moves[key] = last
            selecting.move(moves[key], last)
            self.bring_into_view(selecting.cursor)
            self._show_selection()
        elif key in ("V", "v", "space"):
            selecting.begin()
            self._show_selection()
        elif key in ("enter", "y", "Y"):
            text = self.selected_text
            self._end_mode()
            self.post_message(self.TextCopied(text))
        else:
            self._end_mode()

    def _show_selection(self) -> None:
        assert self._selecting is not None
        first, last = self._selecting.extent
        # Behind the end of the last line, so that all of it is chosen.
        self.select(Offset(0, first), Offset(10_000, last))
        self.redraw()

    # -- keys

    def on_key(self, event: events.Key) -> None:
        """While links have letters, or text is selected, keys mean something else."""
        if self._clicked:
            taken = self._key_on_link(event.key)
        elif self._hints is not None:
            self._hint(event.character or event.key if event.key not in ("enter", "escape") else event.key)
            taken = True
        elif self._selecting is not None:
            self._select(event.key)
            taken = True
        else:
            taken = event.key == "escape" and self._leave_what_is_marked()
        if taken:
            event.stop()
            event.prevent_default()

    def _leave_what_is_marked(self) -> bool:
        """Choose no text any more, else look for nothing any more; False if neither was so."""
        if self.text_selection is not None:
            self.unselect()
        elif self._finding is not None:
            self.stop_looking()
        else:
            return False
        return True

    def _end_mode(self) -> None:
        if self._selecting is not None:
            self.unselect()
        if self._has_mode:
            self._hints = self._selecting = None
            self._clicked = ""
            self._meant = []
            self.redraw()
            self.post_message(self.Busy(""))

    @property
    def _has_mode(self) -> bool:
        """Whether keys mean something else now."""
        return self._hints is not None or self._selecting is not None or bool(self._clicked)

    def _keep_mode(self) -> None:
        """Text that has been set anew keeps its letters and its selection only where it is still the same."""
        meant, galley = self._meant, self._galley
        if meant is galley.lines or not self._has_mode:
            return
        galley.set_lines(len(meant))
        if galley.lines[: len(meant)] != meant:
            self._end_mode()
            return
        self._meant = galley.lines
        if self._selecting is not None:
            self._show_selection()

    def on_blur(self) -> None:
        self._end_mode()

    def action_link_hints(self) -> None:
        links = list(self._links())
        if not links:
            self.post_message(self.Told(_("There is no link in sight.")))
            return
        from cryptonews_tui.tui.link_hints import LinkHints

        self._hints, self._meant = LinkHints(links), self._galley.lines
        self.redraw()
        self.post_message(
            self.Busy(_("The letter of a link shows where it leads · y and a letter copies · Esc leaves"))
        )

    def action_select(self) -> None:
        if self._article is None:
            return
        lines = self._galley.lines
        visible = range(self.position, min(self.position + self._rows, len(lines)))
        first = next((index for index in visible if lines[index].text.strip()), self.position)
        from cryptonews_tui.tui.selecting import Selecting

        self._selecting, self._meant = Selecting(max(0, min(first, len(lines) - 1))), lines
        self._show_selection()
        self.post_message(
            self.Busy(_("j k choose lines · Space begins anew here · Enter copies · Esc leaves"))
        )

    def action_next_match(self) -> None:
        self._next_match(1)

    def action_previous_match(self) -> None:
        self._next_match(-1)

    def action_fold_section(self) -> None:
        self.fold(self.current_section)

    def action_fold_others(self) -> None:
        self.fold_others(self.current_section)

    def action_nth_section(self, number: int = 1) -> None:
        """To the n-th section from 1."""
        if 0 < number <= len(self.sections):
            self.go_to_section(number - 1, unfold=True)
        else:
            self.post_message(self.Told(_("There is no section {number} here.").format(number=number)))

    def action_pan_left(self) -> None:
        self._pan_by(-_PAN)

    def action_pan_right(self) -> None:
        self._pan_by(_PAN)

    def _pan_by(self, cells: int) -> None:
        if not self.pan(cells):
            told = (
                _("No table in sight has more on its left.")
                if cells < 0
                else _("No table in sight has more on its right.")
            )
            self.post_message(self.Told(told))

    def action_highlight(self) -> None:
        self._highlights = not self._highlights
        self.redraw()

    # -- the mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:  # Textual calls that of every class
        if not self._clicked:
            self._end_mode()

    def on_click(self, event: events.Click) -> None:
        """A section in the bar is gone to, a heading folded, a link shown and then opened, a word chosen."""
        if self.dragged:
            return
        meta = event.style.meta
        if "url" in meta:
            self._click_on_link(meta["url"])
            return
        self._end_mode()
        if "section" in meta:
            self.go_to_section(meta["section"], unfold=True)
        elif (section := self._heading_at(event)) is not None:
            self._fold(self._folded ^ {section})
        else:
            self.choose_by_clicks(event)

    def _click_on_link(self, url: str) -> None:
        again = url == self._clicked
        self._end_mode()
        if again or url.startswith("story:"):
            self.post_message(self.LinkActivated(url))
        else:
            self._clicked, self._meant = url, self._galley.lines
            self.post_message(self.LinkPicked(url, clicked=True))

    def _key_on_link(self, key: str) -> bool:
        """What a key means behind the click on a link; others leave it and mean what they always do."""
        url = self._clicked
        self._end_mode()
        if key == "enter":
            self.post_message(self.LinkActivated(url))
        elif key == "y":
            self.post_message(self.LinkCopied(url))
        return key in ("enter", "y", "escape")

    def _heading_at(self, event: events.Click) -> int | None:
        """The section whose heading is under the pointer."""
        lines, at = self._galley.lines, self.letter_at(event)
        if at.y >= len(lines) or at.x >= len(lines[at.y].text):
            return None
        section = self._galley.section_at(at.y)
        begin = self._galley.sections[section] if section >= 0 else len(lines)
        heading = lines[begin : at.y + 1]
        if heading and all(
            any(span.kind & (Kind.HEADING | Kind.RULE) for span in line.spans) for line in heading
        ):
            return section
        return None
