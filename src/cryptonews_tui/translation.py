"""What the program says, in the reader's language: gettext, with English as the text itself.

    say(_("There is no story {story}.").format(story=story))

The catalogues are in `locale/`, one a language; `make messages` brings them up to date. A table that is made when its
module is imported marks its texts with `N_` and hands them to `_` when they are shown. For English nothing is read.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Protocol

DOMAIN = "cryptonews-tui"
LANGUAGES = ("en", "uk")
"""What there is: English in the code, the others in `locale/`."""


class _Catalogue(Protocol):
    def gettext(self, message: str, /) -> str: ...
    def ngettext(self, one: str, many: str, count: int, /) -> str: ...
    def pgettext(self, context: str, message: str, /) -> str: ...


class _English:
    """The texts as they stand in the code."""

    def gettext(self, message: str) -> str:
        return message

    def ngettext(self, one: str, many: str, count: int) -> str:
        return one if count == 1 else many

    def pgettext(self, context: str, message: str) -> str:
        return message


_catalogue: _Catalogue | None = None
_language = "en"


def wanted(environment: Mapping[str, str]) -> str:
    """The language that an environment asks for, of those there are; as gettext looks for it."""
    locale = next(
        (value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := environment.get(name))), ""
    )
    if locale.partition(".")[0] in ("", "C", "POSIX"):  # LANGUAGE is for those who want a translation
        return "en"
    for name in (*environment.get("LANGUAGE", "").split(":"), locale):
        known = name.partition(".")[0].partition("_")[0].lower()
        if known in LANGUAGES:
            return known
    return "en"


def use(language: str) -> None:
    """Say everything in this language from now on, one of `LANGUAGES`."""
    global _catalogue, _language
    _language = language
    if language == "en":
        _catalogue = _English()
        return
    import gettext

    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "locale")
    _catalogue = gettext.translation(DOMAIN, folder, [language])
    gettext.bindtextdomain(DOMAIN, folder)  # argparse asks there for its own words
    gettext.textdomain(DOMAIN)


def language() -> str:
    """The language in use, such as "en"."""
    _in_use()
    return _language


def _in_use() -> _Catalogue:
    if _catalogue is None:
        use(wanted(os.environ))
    assert _catalogue is not None
    return _catalogue


def _(message: str) -> str:
    """The message in the reader's language. Values go in afterwards: `_("{count} stories").format(count=…)`."""
    return _in_use().gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    """The form of a message for so many; languages have up to four of them."""
    return _in_use().ngettext(one, many, count)


def pgettext(context: str, message: str) -> str:
    """A message whose English has two meanings: the context says which."""
    return _in_use().pgettext(context, message)


def N_(message: str) -> str:  # noqa: N802  # the name that extractors of messages look for
    """Marks a message that is made before it is shown; `_` translates it then."""
    return message
