"""The commands that look after what the reader has: sources, views, the files themselves."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cryptonews_tui import output
from cryptonews_tui.console import (
    DONE,
    FAILED,
    WRONG_USE,
    UserError,
    files,
    is_there,
    open_state,
    query_of,
    text,
    views_of,
)
from cryptonews_tui.output import say
from cryptonews_tui.translation import _, ngettext

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from cryptonews_tui.library import State
    from cryptonews_tui.sections import Roles
    from cryptonews_tui.settings import Paths, Settings

_IMPORTED_MOST = 256 * 1024 * 1024
"""Bytes of a file that is taken in: a million marks are half of it."""


# Views


def add_views(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    common = [files()]
    actions.add_parser("list", help=_("the views and their queries (default)"), parents=common)
    adding = actions.add_parser("add", help=_("keep a query under a name"), parents=common)
    adding.add_argument("name", metavar="NAME", type=text)
    adding.add_argument("query", nargs="+", metavar="QUERY")
    adding.add_argument("--key", metavar="K", type=text, help=_("the key that opens it in the reader"))
    removing = actions.add_parser("remove", help=_("forget a view"), parents=common)
    removing.add_argument("name", metavar="NAME", type=text)
    renaming = actions.add_parser("rename", help=_("give a view another name"), parents=common)
    renaming.add_argument("name", metavar="NAME", type=text)
    renaming.add_argument("new", metavar="NEW", type=text)
    moving = actions.add_parser("move", help=_("move a view one place up or down"), parents=common)
    moving.add_argument("name", metavar="NAME", type=text)
    moving.add_argument("step", choices=("up", "down"))


def views(options: argparse.Namespace, paths: Paths, settings: Settings) -> int:
    from shlex import quote

    from cryptonews_tui.views import find

    known = views_of(paths, settings)
    if options.action in (None, "list"):
        output.show(output.views(known))
        return DONE
    names = [options.name, options.new] if options.action == "rename" else [options.name]
    for name in names:
        if not name:
            raise UserError(_("a view needs a name"), WRONG_USE)
        if (there := find(name, known)) and not there.own:
            raise UserError(
                _("the view “{name}” comes with the program or stands in your settings").format(
                    name=there.name
                )
            )
    with open_state(paths) as state:
        if options.action == "add":
            before = find(options.name, known)
            query = query_of(" ".join(options.query), settings)
            if options.key is not None and (why := _why_no_key(options, state, settings)):
                raise UserError(_("{why}; nothing was saved").format(why=why), WRONG_USE)
            state.save_view(options.name, str(query), options.key)
            if before:
                say(_("replaced {name}, which was: {query}").format(name=before.name, query=before.query))
            say(
                _("saved {name}; list it with: cryptonews list --view {quoted}").format(
                    name=options.name, quoted=quote(options.name)
                )
            )
            return DONE
        if options.action == "rename":
            problem = state.rename_view(options.name, options.new)
        elif options.action == "remove":
            problem = None if state.remove_view(options.name) else _unknown(options.name)
        else:
            step = -1 if options.step == "up" else 1
            problem = None if state.move_view(options.name, step) else _unknown(options.name)
    if problem:
        raise UserError(_("{problem}; `cryptonews views` lists them").format(problem=problem))
    return DONE


def _why_no_key(options: argparse.Namespace, state: State, settings: Settings) -> str:
    """Why a view cannot have the key it is to have; empty if it can. The reader's own rule."""
    from cryptonews_tui.tui.commands import check_remapping
    from cryptonews_tui.tui.saved_views import SavedViews

    remapped, _ = check_remapping(settings.keys)
    return SavedViews(state, settings.views, remapped).key_for(options.key, options.name)[1]


def _unknown(name: str) -> str:
    return _("there is no saved view “{name}”").format(name=name)


# What the program is, and its files


def facts_of(
    paths: Paths, settings: Settings, *, restricted: bool = False, frugal: bool = False
) -> Iterator[str]:
    """All that a report of a bug needs, a fact a line."""
    from dataclasses import fields

    from cryptonews_tui import crash, facts
    from cryptonews_tui.letters import given
    from cryptonews_tui.session import session_of

    environment = given(os.environ)
    session = session_of(environment, settings, restricted=restricted, frugal=frugal)
    usual = type(settings)()
    changed = [
        each.name for each in fields(settings) if getattr(settings, each.name) != getattr(usual, each.name)
    ]
    found = (
        *facts.versions(),
        *facts.terminal(environment, session),
        ("library", facts.database(paths.library)),
        ("state", facts.database(paths.state)),
        ("settings", ", ".join(changed) or "none"),  # what they say is nobody's business
        ("crashes", str(len(crash.files(paths.state)))),
    )
    width = max(len(name) for name, _said in found)
    for name, said in found:
        yield f"{name:<{width}}  {said}"


def add_doctor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--rebuild", action="store_true", help=_("make indexes, lists and counts anew from the articles")
    )
    parser.add_argument(
        "--salvage",
        action="store_true",
        help=_("make a new library of what can still be read of a damaged one, which is kept beside it"),
    )
    parser.add_argument("--vacuum", action="store_true", help=_("give unused room back to the disk"))


def doctor(options: argparse.Namespace, paths: Paths, settings: Settings) -> int:
    from cryptonews_tui.library import health
    from cryptonews_tui.sections import Roles

    roles = Roles(settings.sections)
    if (options.rebuild or options.salvage) and not paths.library.exists():
        raise UserError(_("there is no library at {library}").format(library=paths.library))
    if options.salvage:
        _salvage(paths.library, roles)
    if options.rebuild:
        health.rebuild(paths.library, roles)
        say(_("the library was made anew from its articles"))
    checkups = (health.check_library(paths.library, roles), health.check_state(paths.state))
    for checkup in checkups:
        output.show(output.checkup(checkup))
    output.show(["program", *(f"  {fact}" for fact in facts_of(paths, settings))])
    for checkup in checkups if options.vacuum else ():
        if checkup.damaged:
            say(_("the {name} was not vacuumed; see what is wrong with it").format(name=_(checkup.name)))
        elif checkup.there:
            size = health.vacuum(checkup)
            say(
                _("the {name} takes {size} now, instead of {former}").format(
                    name=_(checkup.name),
                    size=output.bytes_of(size),
                    former=output.bytes_of(checkup.size),
                )
            )
    return DONE if all(checkup.well for checkup in checkups) else FAILED


def _salvage(path: Path, roles: Roles) -> None:
    from cryptonews_tui.library import health, salvage
    from cryptonews_tui.wording import number

    if not health.check_library(path).damaged:
        say(_("nothing in the library is damaged, so there is nothing to salvage"))
        return
    done = salvage.salvage(path, roles)
    say(
        _("articles saved: {saved}, known to be lost: {lost}").format(
            saved=number(done.saved), lost=number(done.lost)
        )
    )
    say(_("the damaged library is kept as {name}").format(name=done.kept.name))
    say(_("bring back what your sources still have: cryptonews sync"))


def add_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help=_("a new file, or - for standard output"))


def export(options: argparse.Namespace, paths: Paths, settings: Settings) -> int:
    from cryptonews_tui import transfer

    if not is_there(paths.state):
        raise UserError(
            _("there is nothing to export: there is no state at {state}").format(state=paths.state)
        )
    with open_state(paths) as state:
        belongings = state.belongings()
    if options.file == "-":
        output.print_json(transfer.to_json(belongings), indent=1)
        return DONE
    path = Path(options.file)
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            try:
                file.write(transfer.to_text(belongings))
                file.flush()
            except OSError:
                path.unlink()
                raise
    except FileExistsError:
        raise UserError(_("there is a file {path} already; name another").format(path=path)) from None
    except OSError as error:
        raise UserError(
            _("{path} cannot be written: {reason}").format(path=path, reason=error.strerror)
        ) from error
    say(
        _("wrote {path}: {amounts}. Bring it in elsewhere with: cryptonews import {name}").format(
            path=path, amounts=output.amounts(belongings), name=path.name
        )
    )
    return DONE


def add_import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help=_("what `export` wrote, or - for standard input"))


def import_(options: argparse.Namespace, paths: Paths, settings: Settings) -> int:
    from cryptonews_tui import transfer
    from cryptonews_tui.views import all_views
    from cryptonews_tui.wording import number

    try:
        belongings = transfer.read(_read(options.file))
    except transfer.TransferError as error:
        name = _("standard input") if options.file == "-" else options.file
        raise UserError(
            _("{name} cannot be taken in: {error}. Nothing was changed.").format(name=name, error=error)
        ) from None
    with open_state(paths) as state:
        merged = state.merge(belongings, all_views(settings.views, ()))
    for source in merged.sources:
        say(_("added source {name}: {location}").format(name=source.name, location=source.location))
    for view in merged.views:
        say(_("added view {name}: {query}").format(name=view.name, query=view.query))
    say(
        ngettext(
            "{count} story is marked otherwise than before",
            "{count} stories are marked otherwise than before",
            merged.marks,
        ).format(count=number(merged.marks))
    )
    return DONE


def _read(name: str) -> str:
    from cryptonews_tui.transfer import TransferError

    try:
        if name == "-":
            if sys.stdin is None:
                raise TransferError(_("there is nothing to read"))
            data = sys.stdin.buffer.read(_IMPORTED_MOST + 1)
        else:
            with Path(name).open("rb") as file:
                data = file.read(_IMPORTED_MOST + 1)
    except OSError as error:
        raise TransferError(error.strerror or str(error)) from None
    if len(data) > _IMPORTED_MOST:
        raise TransferError(_("it is too large"))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TransferError(_("it is not UTF-8 text")) from None
