"""What the commands share: exit codes, the error that ends one, how arguments are read."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from cryptonews_tui.translation import N_, _

if TYPE_CHECKING:
    from contextlib import closing
    from pathlib import Path

    from cryptonews_tui.assets import Assets
    from cryptonews_tui.library import State
    from cryptonews_tui.query import Query
    from cryptonews_tui.settings import Paths, Settings
    from cryptonews_tui.views import View

DONE, FAILED, WRONG_USE = 0, 1, 2


OF_ARGPARSE = (
    N_("usage: "),
    N_("positional arguments"),
    N_("options"),
    N_("show this help message and exit"),
    N_("show program's version number and exit"),
    N_("%(prog)s: error: %(message)s\n"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("ambiguous option: %(option)s could match %(matches)s"),
    N_("expected one argument"),
    N_("expected at least one argument"),
    N_("ignored explicit argument %r"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
    N_("not allowed with argument %s"),
    N_("the following arguments are required: %s"),
    N_("unrecognized arguments: %s"),
)
"""What Python's own parser of arguments says; it looks into our catalogue."""


class UserError(Exception):
    """Something the user can mend; ends the command with this sentence."""

    def __init__(self, message: str, code: int = FAILED) -> None:
        super().__init__(message)
        self.code = code


def files() -> argparse.ArgumentParser:
    """The options that every command has, and every command of a command."""
    common = argparse.ArgumentParser(add_help=False)
    group = common.add_argument_group(_("files"))
    for name, variable in (("library", "LIBRARY"), ("state", "STATE"), ("config", "CONFIG")):
        group.add_argument(
            f"--{name}",
            metavar="FILE",
            default=argparse.SUPPRESS,
            help=_("instead of the usual one (CRYPTONEWS_{variable})").format(variable=variable),
        )
    return common


def text(text: str) -> str:
    """An argument as texts of articles are: what is looked for and what is there are cleaned alike."""
    from cryptonews_tui.safety import clean_line

    return clean_line(text)


def is_excluding(word: str) -> bool:
    """Whether a word is a term of a query, and no option: `-tag:btc`."""
    return len(word) > 1 and word[0] == "-" and word[1] != "-" and word != "-h"


def query_of(text: str, settings: Settings, what: str = "") -> Query:
    """The query a user typed; wrong use if it cannot be understood, or names an asset that nobody knows."""
    from cryptonews_tui.query import QueryError, parse

    def assets() -> Assets:
        from cryptonews_tui.assets import Assets  # most queries name none

        return Assets(settings.assets)

    try:
        return parse(text.strip(), assets)
    except QueryError as error:
        raise UserError(
            _("{what} cannot be understood:\n{complaint}").format(
                what=what or _("the query"), complaint=error.pointed()
            ),
            WRONG_USE,
        ) from error


def views_of(paths: Paths, settings: Settings) -> list[View]:
    """Every view there is, in the order they are shown."""
    from cryptonews_tui.views import all_views

    if not is_there(paths.state):
        return all_views(settings.views, ())
    with open_state(paths) as state:
        return all_views(settings.views, state.views())


def is_there(path: Path) -> bool:
    """Whether there is a database at a path: to open one that is not would make it. An empty file is none yet."""
    return os.path.exists(path) and not (os.path.isfile(path) and os.path.getsize(path) == 0)


def open_state(paths: Paths) -> closing[State]:
    """The reader's own database; made if it is not there."""
    from contextlib import closing

    from cryptonews_tui.library import State

    return closing(State(paths.state))


def place(location: str) -> str:
    """A location as the list of sources knows it; wrong use if no articles can come from there."""
    from cryptonews_tui.sources import SourceError, open_source

    try:
        return open_source(location).location
    except SourceError as error:
        raise UserError(str(error), WRONG_USE) from error
