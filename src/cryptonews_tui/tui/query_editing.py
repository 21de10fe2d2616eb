"""The query line while it is open: what is typed is asked at once, as far as it can be understood."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from textual.timer import Timer

from cryptonews_tui.library import DatabaseError
from cryptonews_tui.query import FIELDS, Filter, Query, QueryError, literal, make_query, parse
from cryptonews_tui.translation import _
from cryptonews_tui.tui.query_line import QueryLine

if TYPE_CHECKING:
    from cryptonews_tui.completion import Candidate, Completing
    from cryptonews_tui.tui.main_screen import MainScreen

_REST_SECONDS = 0.6
"""What stands at the end may be half a term: only after such a rest it is said what is wrong with it."""

_LAST_TERM = re.compile(r"(?:(?:^|\s)(?:OR|AND))?[^\s(]*\s*$")


class QueryEditing:
    """Opens the line, hands what is typed to the screen, and brings back the former query if it is left."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self._line: QueryLine | None = None
        """Made when it is first wanted: a text field is the costliest widget of all to start with."""
        self._before = Query()
        self._story: str | None = None
        self._complaint: Timer | None = None
        self._complained = False

    @property
    def open(self) -> bool:
        """Whether somebody edits the query."""
        return self._line is not None and self._line.display

    async def begin(self) -> None:
        """Open the line with the query that is asked."""
        screen = self._screen
        if self._line is None:
            self._line = QueryLine(
                id="query",
                placeholder=_("words, tag:btc, -sentiment:negative, source:…"),
                complete=self._complete,
                history=self._history,
            )
            self._line.display = False
            # First of all: in any other place the panes would be drawn in another order, and so all anew.
            await screen.mount(self._line, before=0)
        if not self.open:
            self._before = screen.question
            current = screen.headlines.current
            self._story = current.story if current else None
        self._line.edit(f"{screen.question} " if screen.question or screen.question.sort else "")
        self._line.display = True
        screen.set_focus(self._line, scroll_visible=False)
        screen.tell_status()

    def typed(self, text: str) -> None:
        """Ask what the line says now; what cannot be understood changes nothing."""
        self._forget_complaint()
        if not self.open:
            return
        question, wrong = self._understood(text)
        if question is not None and question != self._screen.question:
            self._screen.ask(question, self._story, else_top=True)
        if wrong is None:
            return
        if wrong.position + wrong.length < len(text.rstrip()):
            self._complain(wrong)
        else:
            self._complaint = self._screen.set_timer(_REST_SECONDS, lambda: self._complain_of_end(wrong))

    def keep(self, text: str) -> bool:
        """Close the line with what it says, and remember that; False if that is no query."""
        self._forget_complaint()
        try:
            checked = self._checked(text)
            question = self._meant(text) or checked
        except QueryError as error:
            if self._line is not None:
                self._line.cursor_position = error.position
            self._complain(error)
            return False
        self._close()
        self._remember(question)
        self._screen.ask(question, self._story, else_top=question != self._before)
        return True

    def part(self) -> None:
        """Close the line because the reader has gone elsewhere; what was asked last stays."""
        self._close()
        self._remember(self._screen.question)

    def leave(self) -> None:
        """Close the line and go back to what was asked before, and to the story under the cursor then."""
        self._close()
        if self._screen.question != self._before:
            self._screen.ask(self._before, self._story)

    def _understood(self, text: str) -> tuple[Query | None, QueryError | None]:
        """What can be asked of a text, and what is wrong with it; an asset that nobody knows can be asked for."""
        try:
            question = self._meant(text)
        except QueryError as error:
            return _so_far(text), error
        try:
            self._checked(text)
        except QueryError as error:
            return question, error
        return question, None

    def _checked(self, text: str) -> Query:
        return parse(text, lambda: self._screen.library.assets)

    def _meant(self, text: str) -> Query | None:
        """What the text asks; a value at its end that nobody has stands for those that begin so.

        None for the beginning of an asset's name: nothing can be asked with it yet.
        """
        from cryptonews_tui.completion import at  # not at the start

        question = parse(text)
        last = at(text, len(text))
        if last is not None and last.kind == "word" and last.letters and last.rest is not None:
            # The beginning of a field's name, most likely, if there is no such word.
            named = any(field.startswith(last.letters) for field in FIELDS)
            ready = named and self._screen.library.ready(question)
            return last.rest if ready and not self._screen.library.count(question) else question
        if last is None or last.kind != "value" or not last.letters or text[-1] in '"*\\ ':
            return question
        library = self._screen.library
        if library.count(make_query(filters=[Filter(last.field, (literal(last.letters),))])):
            return question
        if literal(last.letters) in question.values(last.field, negated=True):
            return question  # to exclude more than was typed would hide what is wanted
        if last.field == "asset":
            return None
        return parse(text + "*") if last.field not in ("id", "origin") else question

    def _remember(self, question: Query) -> None:
        if question:
            try:
                self._screen.app.state.remember_query(str(question))
            except DatabaseError as error:
                self._screen.say(str(error))

    def _close(self) -> None:
        self._forget_complaint()
        if self._line is not None:
            self._line.display = False
        self._screen.tell_status()

    def _complain(self, error: QueryError) -> None:
        if self.open and self._line is not None:
            self._line.point(error.position, error.length)
            self._complained = True
            self._screen.say(
                _("At character {position}: {error}").format(position=error.position + 1, error=error),
                until_hushed=True,
            )

    def _complain_of_end(self, error: QueryError) -> None:
        if self._line is not None and not self._line.offered:  # else it is known what is to come
            self._complain(error)

    def _forget_complaint(self) -> None:
        if self._complaint is not None:
            self._complaint.stop()
        if self._complained:
            self._complained = False
            self._screen.hush()

    def _complete(self, completing: Completing) -> list[Candidate]:
        from cryptonews_tui.completion import candidates

        library = self._screen.library
        if completing.rest is not None and not library.ready(completing.rest):
            return []  # it is being looked up for the list: with the next letter it is there
        return candidates(completing, library.values)

    def _history(self, letters: str) -> list[str]:
        return self._screen.app.state.queries(50, letters)


def _so_far(text: str) -> Query | None:
    """What a text asks that is not finished: as if what is open were closed, else without its last term."""
    without = _LAST_TERM.sub("", text)
    for attempt in (text + '"', text + ")", text + '")', without, without + ")"):
        try:
            return parse(attempt)
        except QueryError:
            continue
    return None
