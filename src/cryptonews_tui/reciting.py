"""What `cryptonews read` prints: one story in words, from top to bottom."""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from cryptonews_tui import plain
from cryptonews_tui.console import UserError, open_state, text
from cryptonews_tui.library import DatabaseError, Mark
from cryptonews_tui.library.keys import note, set_mark
from cryptonews_tui.translation import _

if TYPE_CHECKING:
    from cryptonews_tui.article import Article
    from cryptonews_tui.library import Library
    from cryptonews_tui.settings import Paths


def add_read(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("story", metavar="STORY", type=text, help=_("the id that `list` prints"))
    parser.add_argument(
        "--plain",
        action="store_true",
        help=_(
            "in words from top to bottom, as a screen reader reads best; so it is without a terminal, too"
        ),
    )
    parser.add_argument("--lang", metavar="L", type=text, help=_("with --plain: the language to read in"))
    parser.set_defaults(locations=(), version=False, restricted=False, frugal=False)


def story(library: Library, story: str, lang: str | None) -> Article:
    """The story of this id, in a language if one is named."""
    if article := library.article(story, lang):
        return article
    if languages := library.languages_of(story):
        raise UserError(
            _("story {story} has no text in “{lang}”, only in {languages}").format(
                story=story, lang=lang, languages=", ".join(languages)
            )
        )
    raise UserError(_("there is no story {story}; `cryptonews list` prints the ids").format(story=story))


def recite(article: Article, library: Library, paths: Paths) -> None:
    """Print it in words; it counts as read then."""
    position = library.position(article.story)
    (headline,) = library.headlines([position] if position is not None else [], (article.lang,))
    keys = library.keys(article.story)
    with open_state(paths) as state:
        lines = plain.article(
            article,
            languages=headline.languages,
            read=headline.read,
            starred=headline.starred,
            note=note(state, keys) or "",
        )
        sys.stdout.writelines(f"{line}\n" for line in lines)
        sys.stdout.flush()  # what could not be read has not been read
        with suppress(DatabaseError):  # then it stays unread
            set_mark(state, keys, Mark.READ, True)
            state.keep_text(article.story, article.lang, article.body)
