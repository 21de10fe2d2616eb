"""The story in the article pane: it follows the cursor of the list, comes to be read, is marked and looked up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.timer import Timer

from cryptonews_tui.article import Role
from cryptonews_tui.library import DatabaseError, Headline, Mark

if TYPE_CHECKING:
    from cryptonews_tui.tui.main_screen import MainScreen


class ShownStory:
    """What becomes of the story that is shown; `screen` has the panes, and draws what changes."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self.headline: Headline | None = None
        """It, in the language it is shown in."""
        self.following: Timer | None = None
        """Runs while the cursor rests before its story is shown."""
        self.reading: Timer | None = None
        """Runs while the story is not in sight for long enough to be read."""
        self._marks_by_time = True
        self._left_unread = ""
        """The story that was set back to unread while it is shown: it stays so."""

    # Showing

    def follow_cursor(self) -> None:
        """Show the story that the cursor has moved to, unless it is shown already: then it keeps its place."""
        if self._is_shown(self._screen.headlines.current):
            self._stop(self.following)
        else:
            self.follow()

    def follow(self) -> None:
        """Show the story under the cursor once it has rested: a page of text for each key would be much."""
        self._stop(self.following)
        # Textual divides by the time of a timer, so none may be 0.
        rest = max(1, self._screen.app.settings.follow_after_ms) / 1000
        self.following = self._screen.set_timer(rest, self.show_current)

    def show_current(self) -> None:
        """Show the story under the cursor now; if it is shown already, in its language."""
        self._stop(self.following)
        headline = self._screen.headlines.current
        self._show(headline, self.headline.lang if self.headline and self._is_shown(headline) else None)

    def show_section(self, lang: str, role: Role) -> None:
        """Show the story under the cursor in a language, at the first section of a role."""
        self._show(self._screen.headlines.current, lang, role)

    def _is_shown(self, headline: Headline | None) -> bool:
        return headline is not None and self.headline is not None and headline.story == self.headline.story

    def _show(
        self, headline: Headline | None, lang: str | None = None, section: Role | int | None = None
    ) -> None:
        screen = self._screen
        article = screen.library.article(headline.story, lang or headline.lang) if headline else None
        self._stop(self.reading)
        self.headline = headline
        if headline is None or article is None:
            screen.article.clear()
            return
        self.headline = replace(headline, lang=lang or headline.lang)
        screen.article.show(
            article,
            now=screen.app.now(),
            languages=headline.languages,
            starred=headline.starred,
            note=(screen.app.state.note(headline.story) or "") if headline.noted else "",
            section=section,
        )
        self.begin_reading()

    def next_language(self) -> None:
        """Show the story under the cursor in its next language, at the same section."""
        if not self._is_shown(self._screen.headlines.current):
            self.show_current()
        shown = self.headline
        if shown is None:
            return
        if len(shown.languages) < 2:
            self._screen.say(f"This story is only there in “{shown.lang}”.")
            return
        following = shown.languages[(shown.languages.index(shown.lang) + 1) % len(shown.languages)]
        self._show(self._screen.headlines.current, following, self._screen.article.current_section)

    # Reading

    def begin_reading(self) -> None:
        """The story counts as read when it has been in sight for a while."""
        screen, shown = self._screen, self.headline
        seconds = screen.app.settings.read_after_seconds
        if not (seconds and self._marks_by_time and shown and screen.article.display):
            return
        if not shown.read and shown.story != self._left_unread:
            self.reading = screen.set_timer(seconds, self._has_been_in_sight)

    def _has_been_in_sight(self) -> None:
        if self._screen.editing:
            self.begin_reading()  # what is asked while somebody types is not read
        elif self._screen.article.display:
            self._marks_by_time = self.mark_read()  # what fails once would fail at every story

    def mark_read(self) -> bool:
        """Mark it read; False if that cannot be kept."""
        return self.headline is None or self._set_mark(Mark.READ, self.headline, on=True)

    # Marking the story under the cursor

    def toggle_read(self) -> None:
        """Read, or unread again: then it stays so while it is shown."""
        if headline := self._screen.headlines.current:
            self._stop(self.reading)
            self._left_unread = headline.story if headline.read else ""
            self._set_mark(Mark.READ, headline, on=not headline.read)

    def toggle_star(self) -> None:
        """Star it, or take the star away."""
        if headline := self._screen.headlines.current:
            if self._set_mark(Mark.STARRED, headline, on=not headline.starred):
                self._screen.say("Star taken away." if headline.starred else "Starred.")
            if self._is_shown(headline):
                self.show_current()

    async def write_note(self) -> None:
        """Ask for the reader's own words about it, and keep them."""
        screen, headline = self._screen, self._screen.headlines.current
        if headline is None:
            screen.say("There is no story here.")
            return
        try:
            before = screen.app.state.note(headline.story) or ""
            text = await screen.prompt("Note", before, "about this story; an empty one is taken away")
            if text is None or text == before:
                return
            screen.app.state.set_note(headline.story, text or None)
        except DatabaseError as error:
            screen.say(str(error))
            return
        screen.marks_changed(headline.story)
        if self._is_shown(headline):
            self.show_current()
        screen.say("Noted." if text else "Note taken away.")

    def _set_mark(self, mark: Mark, headline: Headline, *, on: bool) -> bool:
        """Set or take away a mark; if that cannot be kept it is said why, and the reading goes on."""
        try:
            self._screen.app.state.set_mark(mark, headline.story, on)
        except DatabaseError as error:
            self._screen.say(str(error))
            return False
        self._screen.marks_changed(headline.story)
        return True

    # Its own page

    def with_url(self, act: Callable[[str], None]) -> None:
        """Do something with the address of the story under the cursor, or say that it has none."""
        headline = self._screen.headlines.current
        if self._is_shown(headline):
            headline = self.headline  # in the language that is being read
        article = self._screen.library.article(headline.story, headline.lang) if headline else None
        if article is None:
            self._screen.say("There is no story here.")
        elif article.url is None:
            self._screen.say("This story names no page of its own.")
        else:
            act(article.url)

    @staticmethod
    def _stop(timer: Timer | None) -> None:
        if timer is not None:
            timer.stop()
