"""The story in the article pane: it follows the cursor of the list, comes to be read, is marked and looked up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual.timer import Timer

from cryptonews_tui.article import Article, Role
from cryptonews_tui.library import DatabaseError, Headline, Mark, Place
from cryptonews_tui.library.keys import note, place, set_mark, set_note, set_place, text_read
from cryptonews_tui.translation import _
from cryptonews_tui.tui import article_sheet
from cryptonews_tui.tui.article_sheet import Facts
from cryptonews_tui.tui.commands import BY_ID, shown_keys
from cryptonews_tui.tui.galley import SIDE_BY_SIDE, TAIL, Spot

if TYPE_CHECKING:
    from cryptonews_tui.tui.reading_screen import ReadingScreen

_FRUGAL_REST = 0.5
"""On a slow link the cursor rests so long before its story is sent: not between two letters of a query."""
_KEEP_SECONDS = 0.1
"""After so long without a move it is remembered where the reader is: the connection may be lost at any time."""


class ShownStory:
    """What becomes of the story that is shown; `screen` has the panes, and draws what changes."""

    def __init__(self, screen: ReadingScreen) -> None:
        self._screen = screen
        self.headline: Headline | None = None
        """It, in the language it is shown in."""
        self._version: tuple[int, int] | None = None
        """Of the library, when it was shown."""
        self.article: Article | None = None
        self.following: Timer | None = None
        """Runs while the cursor rests before its story is shown."""
        self.reading: Timer | None = None
        """Runs while the story is not in sight for long enough to be read."""
        self.parallel = False
        """Whether stories are shown in two languages."""
        self._zoomed_before = False
        self._marks_by_time = True
        self._left_unread = ""
        """The story that was set back to unread while it is shown: it stays so."""
        self._read_as: str | None = None
        """What the story said when it was read, in the language it is shown in."""
        self._kept_text: str | None = None
        """What it said when that was remembered last."""
        self._keeping: Timer | None = None
        self._place: Place | None = None
        """Where the reader is; None: at the top, or at the end."""
        self._kept: Place | None = None
        """Where the reader is, as far as that has been remembered."""

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
        app = self._screen.app
        rest = max(1, app.settings.follow_after_ms) / 1000
        if app.session.frugal:
            rest = max(rest, _FRUGAL_REST)
        self.following = self._screen.set_timer(rest, self.show_current)

    def show_current(self, at: article_sheet.Place = None) -> None:
        """Show the story under the cursor now; the one that is shown stays where it is, unless `at` is a place."""
        self._stop(self.following)
        headline = self._screen.headlines.current
        if self._is_shown(headline) and headline is not None and self.headline is not None:
            headline = replace(headline, lang=self.headline.lang)
            if at is None and (headline, self._screen.library.version()) == (self.headline, self._version):
                return  # nothing to be done: an article of a megabyte takes a while
        self._show(headline, at)

    def show_section(self, lang: str, role: Role) -> None:
        """Show the story under the cursor in a language, at the first section of a role."""
        headline = self._screen.headlines.current
        if headline is not None and lang != headline.lang:
            self._screen.choose_language(headline.story, lang)
            headline = replace(headline, lang=lang)
        self._show(headline, role)

    def _is_shown(self, headline: Headline | None) -> bool:
        return headline is not None and self.headline is not None and headline.story == self.headline.story

    def _show(self, headline: Headline | None, at: article_sheet.Place = None) -> None:
        screen = self._screen
        shown, before = self.headline, self.article
        article = screen.library.article(headline.story, headline.lang) if headline else None
        self._stop(self.reading)
        if shown is not None and (headline is None or headline.story != shown.story):
            self.keep_place()
        if headline is None or article is None:
            self.headline = self.article = None
            screen.article.clear()
            return
        again = shown is not None and shown.story == headline.story
        same = again and before is not None and before.lang == article.lang
        self.headline, self.article = headline, article
        self._version = screen.library.version()
        state, keys = screen.app.state, screen.library.keys(headline.story)
        if not same or (before is not None and before.body != article.body):
            self._kept_text = None
            self._read_as = text_read(state, keys, article.lang) if headline.read else None
        if not again:
            self._kept = self._place = place(state, keys)
            if at is None and self._kept is not None:
                at = _spot(self._kept, article)
        screen.article.show(
            article,
            Facts(
                now=screen.app.now(),
                languages=headline.languages,
                starred=headline.starred,
                note=(note(state, keys) or "") if headline.noted else "",
                notice=self._notice(),
            ),
            at=at,
            beside=self._beside(headline) if self.parallel else None,
            folded=screen.app.settings.folded_sections,
        )
        self.begin_reading()
        if not again:
            screen.story_shown(article)

    @property
    def changed_since(self) -> str | None:
        """What the story said when it was read, if it says something else now."""
        changed = self.article is not None and self._read_as not in (None, self.article.body)
        return self._read_as if changed else None

    def _notice(self) -> str:
        if self.changed_since is None:
            return _("no longer at its source") if self.headline is not None and self.headline.gone else ""
        key = shown_keys(BY_ID["changes"], self._screen.app.remapped).split(" ")[0]
        return _("changed since you read it   {key} shows what").format(key=key)

    # Languages

    def next_language(self) -> None:
        """Show the story under the cursor in its next language, at the same place; the list follows."""
        if not self._is_shown(self._screen.headlines.current):
            self.show_current()
        shown, before = self.headline, self.article
        if shown is None or before is None:
            return
        if len(shown.languages) < 2:
            self._screen.say(_("This story is only there in “{language}”.").format(language=shown.lang))
            return
        pane = self._screen.article
        lang = _next(shown)
        section, depth = pane.depth
        after = self._screen.library.article(shown.story, lang)
        if after is not None:
            from cryptonews_tui.tui.parallel import aligned

            section, depth = _in_other(section, depth, dict(aligned(before.sections, after.sections)))
        self._screen.choose_language(shown.story, lang)
        at_top = pane.position == 0
        self._show(replace(shown, lang=lang), None if at_top else (section, depth))
        if at_top:
            pane.top()

    def both_languages(self) -> None:
        """Show two languages of each story beside each other, or one again."""
        screen = self._screen
        self.show_current()
        if self.headline is None:
            return
        if not self.parallel and len(self.headline.languages) < 2:
            screen.say(_("This story is only there in “{language}”.").format(language=self.headline.lang))
            return
        self.parallel = not self.parallel
        if self.parallel:
            self._zoomed_before = screen.zoomed
            if screen.app.size.width >= SIDE_BY_SIDE:
                screen.zoomed = True
        elif screen.zoomed and not self._zoomed_before:
            screen.zoomed = False
        self._show(self.headline)
        screen.go_to_article()

    def _beside(self, headline: Headline) -> Article | None:
        if len(headline.languages) < 2:
            return None
        return self._screen.library.article(headline.story, _next(headline))

    # Reading

    def begin_reading(self) -> None:
        """The story counts as read when it has been in sight for a while."""
        screen, shown, article = self._screen, self.headline, self.article
        seconds = screen.app.settings.read_after_seconds
        if not (seconds and self._marks_by_time and shown and article and screen.article.display):
            return
        known = shown.read and article.body in (self._read_as, self._kept_text)
        if not known and shown.story != self._left_unread:
            self.reading = screen.set_timer(seconds, self._has_been_in_sight)

    def _has_been_in_sight(self) -> None:
        if self._screen.editing:
            self.begin_reading()  # what is asked while somebody types is not read
        elif self._screen.article.display:
            self._marks_by_time = self.mark_read()  # what fails once would fail at every story

    def mark_read(self) -> bool:
        """Mark it read, and remember what it said; False if that cannot be kept."""
        headline, article = self.headline, self.article
        if headline is None or article is None:
            return True
        if not headline.read and not self._set_mark(Mark.READ, headline, on=True):
            return False
        self.headline = replace(headline, read=True)
        if self._kept_text != article.body:
            try:
                state = self._screen.app.state
                self._screen.keep(partial(state.keep_text, article.story, article.lang, article.body))
            except DatabaseError as error:
                self._screen.say(str(error))
                return False
            self._kept_text = article.body
        return True

    def moved(self) -> None:
        """The reader has moved in the text; where to is remembered soon."""
        pane, article = self._screen.article, self.article
        if article is None or pane.article is not article or not pane.size:
            return
        spot = pane.spot
        if self.parallel:  # the blocks are those of two versions
            spot = Spot(spot.section, 0, 0.0)
        # What is finished begins at its top the next time, as does what has hardly been begun.
        nowhere = pane.position == 0 or pane.finished or spot.section == TAIL
        self._place = None if nowhere else Place(article.lang, *spot)
        if self._place != self._kept and self._keeping is None:
            self._keeping = self._screen.set_timer(_KEEP_SECONDS, self.keep_place)

    def keep_place(self) -> None:
        """Remember where the reader is: a story that is left is found again at the same line."""
        self._stop(self._keeping)
        self._keeping = None
        if self.article is not None and self._place != self._kept:
            try:
                state, keys = self._screen.app.state, self._screen.library.keys(self.article.story)
                self._screen.keep(partial(set_place, state, keys, self._place))
            except DatabaseError:
                return  # a place is not worth a complaint
            self._kept = self._place

    # Marking the story under the cursor

    def toggle_read(self) -> None:
        """Read, or unread again: then it stays so while it is shown."""
        headline = self._screen.headlines.current
        if headline is None:
            return
        self._stop(self.reading)
        shown = self._is_shown(headline)
        self._left_unread = headline.story if headline.read else ""
        if shown and not headline.read:
            self.mark_read()
        else:
            self._set_mark(Mark.READ, headline, on=not headline.read)
        if shown and headline.read:
            self._kept_text = self._read_as = None  # it has been forgotten
        if shown:
            self.show_current()

    def toggle_star(self) -> None:
        """Star it, or take the star away."""
        if headline := self._screen.headlines.current:
            if self._set_mark(Mark.STARRED, headline, on=not headline.starred):
                self._screen.say(_("Star taken away.") if headline.starred else _("Starred."))
            if self._is_shown(headline):
                self.show_current()

    async def write_note(self) -> None:
        """Ask for the reader's own words about it, and keep them."""
        screen, headline = self._screen, self._screen.headlines.current
        if headline is None:
            screen.say(_("There is no story here."))
            return
        try:
            state, keys = screen.app.state, screen.library.keys(headline.story)
            before = note(state, keys) or ""
            text = await screen.prompt(_("Note"), before, _("about this story; an empty one is taken away"))
            if text is None or text == before:
                return
            set_note(state, keys, text or None)
        except DatabaseError as error:
            screen.say(str(error))
            return
        screen.marks_changed(headline.story)
        if self._is_shown(headline):
            self.show_current()
        screen.say(_("Noted.") if text else _("Note taken away."))

    def _set_mark(self, mark: Mark, headline: Headline, *, on: bool) -> bool:
        """Set or take away a mark; if that cannot be kept it is said why, and the reading goes on."""
        try:
            set_mark(self._screen.app.state, self._screen.library.keys(headline.story), mark, on)
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
            self._screen.say(_("There is no story here."))
        elif article.url is None:
            self._screen.say(_("This story names no page of its own."))
        else:
            act(article.url)

    @staticmethod
    def _stop(timer: Timer | None) -> None:
        if timer is not None:
            timer.stop()


def _next(headline: Headline) -> str:
    """The language after the one that a story is shown in."""
    at = headline.languages.index(headline.lang) if headline.lang in headline.languages else -1
    return headline.languages[(at + 1) % len(headline.languages)]


def _spot(place: Place, article: Article) -> article_sheet.Place:
    """Where to begin in an article that was left at a place, perhaps in another language."""
    if place.lang == article.lang:
        return Spot(place.section, place.block, place.fraction)
    return (place.section, 0.0) if place.section >= 0 else None


def _in_other(section: int, depth: float, pairs: Mapping[int | None, int | None]) -> tuple[int, float]:
    """A place in another version: in the same section, or at the end of the last one before that both have."""
    other = pairs.get(section, section)
    if other is not None:
        return other, depth
    earlier = [
        found
        for number, found in pairs.items()
        if number is not None and found is not None and number < section
    ]
    return (earlier[-1], 1.0) if earlier else (0, 0.0)
