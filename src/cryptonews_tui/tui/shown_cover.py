"""The cover of the story that is shown: fetched and made ready in a thread, drawn by the pane."""

from __future__ import annotations

import re
import sys
from threading import Thread
from typing import TYPE_CHECKING

from cryptonews_tui.article import Article
from cryptonews_tui.translation import _

if TYPE_CHECKING:
    from cryptonews_tui.covers import Covers
    from cryptonews_tui.tui.cover import Cover
    from cryptonews_tui.tui.reading_screen import ReadingScreen

_PATH = re.compile(r"(https?://[^/\s]+)/[^\s]*(?<![.,;:])")
_LEAST_ROWS, _MOST_ROWS = 4, 30
_LEFT_FREE = 8
"""Lines of the pane that a cover leaves to the text."""


class ShownCover:
    """Shows the cover, takes it away, and lets nobody wait for it."""

    def __init__(self, screen: ReadingScreen) -> None:
        self._screen = screen
        self._covers: Covers | None = None
        self._article: Article | None = None
        """The one whose cover is wanted."""
        self._number = 0
        """Of the fetch whose answer is wanted: an older one may come late."""
        self._fetching = False
        self._asked_for = False

    @property
    def busy(self) -> bool:
        """Whether a cover is being fetched."""
        return self._fetching

    @property
    def _possible(self) -> bool:
        """Whether the terminal has the signs and colours that pictures are made of."""
        app = self._screen.app
        return not (app.session.ascii or app.no_color)

    def toggle(self, article: Article) -> None:
        """Show the cover of this article, or take it away."""
        pane = self._screen.article
        if self._fetching and self._article == article:
            self.drop()
            self._screen.say(_("The cover was called off."))
        elif pane.illustrated:
            self.drop()
        elif not article.cover:
            self._screen.say(_("This article has no cover picture."))
        elif not self._possible:
            self._screen.say(
                _("There are no pictures in this terminal: it shows no such signs, or no colours.")
            )
        else:
            self._fetch(article, asked_for=True)

    def story_shown(self, article: Article) -> None:
        """Another article is in the pane: its cover comes by itself where the settings and the link allow it."""
        self.drop()
        app = self._screen.app
        if app.settings.show_covers and not app.session.frugal and article.cover and self._possible:
            self._fetch(article, asked_for=False)

    def resized(self) -> None:
        """The column has another width: so will the cover."""
        if self._screen.article.illustrated and self._article is not None:
            self._fetch(self._article, asked_for=False)

    def drop(self) -> None:
        """Take the cover away, or let nobody wait for it any more."""
        if self._fetching and self._covers is not None:
            self._covers.cancel()
        self._fetching = False
        self._article = None
        if self._screen.article.illustrated:
            self._screen.article.illustrate(None)

    def close(self) -> None:
        """The program ends."""
        if self._covers is not None:
            self._covers.close()

    def _fetch(self, article: Article, *, asked_for: bool) -> None:
        from cryptonews_tui.covers import Covers
        from cryptonews_tui.tui.cover import cell_size, prepare, wanted

        screen, pane, settings = self._screen, self._screen.article, self._screen.app.settings
        if screen.app.session.restricted:
            return
        if self._covers is None:
            self._covers = Covers(screen.app.paths.cache, settings.cover_cache_mb * 1_000_000)
        covers = self._covers
        columns = pane.column
        rows = max(_LEAST_ROWS, min(_MOST_ROWS, pane.size.height - _LEFT_FREE))
        cell = cell_size(sys.__stderr__.fileno()) if sys.__stderr__ is not None else (10, 20)
        color = pane.rich_style.bgcolor
        red, green, blue = color.triplet if color is not None and color.triplet is not None else (0, 0, 0)
        how = settings.pictures
        # Where the article says it is from is a stranger's word, and so is all of somebody else's library.
        library = screen.app.library
        sources = [] if library.foreign else library.sources_of(article.story)
        self._article, self._fetching, self._asked_for = article, True, asked_for
        self._number = number = self._number + 1

        def fetch() -> None:
            from cryptonews_tui.pictures import PictureError

            found: Cover | str
            try:
                data = covers.fetch(article.cover, *wanted(how, columns, rows, cell), *sources)
                found = prepare(data, how, columns, rows, cell, (red, green, blue))
            except PictureError as error:
                # Addresses of covers are long, and what is wrong with them stands behind.
                found = _PATH.sub(r"\1/…", str(error))
            except Exception as error:  # a bug is to be seen, from this thread too
                screen.app.tell(screen.app._handle_exception, error)
                return
            screen.app.tell(self._fetched, number, found)

        if asked_for:
            screen.say(_("Fetching the cover …"), until_hushed=True)
        # A thread that ends with the program: a server that does not answer holds nobody up.
        Thread(target=fetch, daemon=True).start()

    def _fetched(self, number: int, found: Cover | str) -> None:
        if number != self._number or not self._fetching or self._article is None:
            return
        self._fetching = False
        if self._asked_for:
            self._screen.hush()
        if isinstance(found, str):
            if self._asked_for:
                self._screen.say(found)
        elif found.width > self._screen.article.column:  # the window has become smaller meanwhile
            self._fetch(self._article, asked_for=False)
        else:
            self._screen.article.illustrate(found)
