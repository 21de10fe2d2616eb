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
    actions = parser.add_subparsers(dest="action", metavar="list | add | remove | rename | move")
    common = [files()]
    actions.add_parser("list", help="the views and their queries (default)", parents=common)
    adding = actions.add_parser("add", help="keep a query under a name", parents=common)
    adding.add_argument("name", metavar="NAME", type=text)
    adding.add_argument("query", nargs="+", metavar="QUERY")
    adding.add_argument("--key", metavar="K", type=text, help="the key that opens it in the reader")
    removing = actions.add_parser("remove", help="forget a view", parents=common)
    removing.add_argument("name", metavar="NAME", type=text)
    renaming = actions.add_parser("rename", help="give a view another name", parents=common)
    renaming.add_argument("name", metavar="NAME", type=text)
    renaming.add_argument("new", metavar="NEW", type=text)
    moving = actions.add_parser("move", help="move a view one place up or down", parents=common)
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
            raise UserError("a view needs a name", WRONG_USE)
        if (there := find(name, known)) and not there.own:
            raise UserError(f"the view “{there.name}” comes with the program or stands in your settings")
    with open_state(paths) as state:
        if options.action == "add":
            before = find(options.name, known)
            query = query_of(" ".join(options.query), settings)
            if options.key is not None and (why := _why_no_key(options, state, settings)):
                raise UserError(f"{why}; nothing was saved", WRONG_USE)
            state.save_view(options.name, str(query), options.key)
            if before:
                say(f"replaced {before.name}, which was: {before.query}")
            say(f"saved {options.name}; list it with: cryptonews list --view {quote(options.name)}")
            return DONE
        if options.action == "rename":
            problem = state.rename_view(options.name, options.new)
        elif options.action == "remove":
            problem = None if state.remove_view(options.name) else _unknown(options.name)
        else:
            step = -1 if options.step == "up" else 1
            problem = None if state.move_view(options.name, step) else _unknown(options.name)
    if problem:
        raise UserError(f"{problem}; `cryptonews views` lists them")
    return DONE


def _why_no_key(options: argparse.Namespace, state: State, settings: Settings) -> str:
    """Why a view cannot have the key it is to have; empty if it can. The reader's own rule."""
    from cryptonews_tui.tui.commands import check_remapping
    from cryptonews_tui.tui.saved_views import SavedViews

    remapped, _ = check_remapping(settings.keys)
    return SavedViews(state, settings.views, remapped).key_for(options.key, options.name)[1]


def _unknown(name: str) -> str:
    return f"there is no saved view “{name}”"


# What the program is, and its files


def facts_of(
    paths: Paths, settings: Settings, *, restricted: bool = False, frugal: bool = False
) -> Iterator[str]:
    """All that a report of a bug needs, a fact a line."""
    from dataclasses import fields

    from cryptonews_tui import crash, facts
    from cryptonews_tui.session import session_of

    session = session_of(os.environ, settings, restricted=restricted, frugal=frugal)
    usual = type(settings)()
    changed = [
        each.name for each in fields(settings) if getattr(settings, each.name) != getattr(usual, each.name)
    ]
    found = (
        *facts.versions(),
        *facts.terminal(os.environ, session),
        ("library", facts.database(paths.library)),
        ("state", facts.database(paths.state)),
        ("settings", ", ".join(changed) or "none"),  # what they say is nobody's business
        ("crashes", str(len(crash.files(paths.state)))),
    )
    width = max(len(name) for name, _ in found)
    for name, said in found:
        yield f"{name:<{width}}  {said}"


def add_doctor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--rebuild", action="store_true", help="make indexes, lists and counts anew from the articles"
    )
    parser.add_argument(
        "--salvage",
        action="store_true",
        help="make a new library of what can still be read of a damaged one, which is kept beside it",
    )
    parser.add_argument("--vacuum", action="store_true", help="give unused room back to the disk")


def doctor(options: argparse.Namespace, paths: Paths, settings: Settings) -> int:
    from cryptonews_tui.library import health
    from cryptonews_tui.sections import Roles

    roles = Roles(settings.sections)
    if (options.rebuild or options.salvage) and not paths.library.exists():
        raise UserError(f"there is no library at {paths.library}")
    if options.salvage:
        _salvage(paths.library, roles)
    if options.rebuild:
        health.rebuild(paths.library, roles)
        say("the library was made anew from its articles")
    checkups = (health.check_library(paths.library, roles), health.check_state(paths.state))
    for checkup in checkups:
        output.show(output.checkup(checkup))
    output.show(["program", *(f"  {fact}" for fact in facts_of(paths, settings))])
    for checkup in checkups if options.vacuum else ():
        if checkup.damaged:
            say(f"the {checkup.name} was not vacuumed; see what is wrong with it")
        elif checkup.there:
            size = health.vacuum(checkup)
            say(
                f"the {checkup.name} takes {output.bytes_of(size)} now, instead of {output.bytes_of(checkup.size)}"
            )
    return DONE if all(checkup.well for checkup in checkups) else FAILED


def _salvage(path: Path, roles: Roles) -> None:
    from cryptonews_tui.library import health, salvage

    if not health.check_library(path).damaged:
        say("nothing in the library is damaged, so there is nothing to salvage")
        return
    done = salvage.salvage(path, roles)
    say(f"articles saved: {done.saved:,}, known to be lost: {done.lost:,}")
    say(f"the damaged library is kept as {done.kept.name}")
    say("bring back what your sources still have: cryptonews sync")


def add_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a new file, or - for standard output")


def export(options: argparse.Namespace, paths: Paths, settings: Settings) -> int:
    from cryptonews_tui import transfer

    if not is_there(paths.state):
        raise UserError(f"there is nothing to export: there is no state at {paths.state}")
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
        raise UserError(f"there is a file {path} already; name another") from None
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}") from error
    say(
        f"wrote {path}: {output.amounts(belongings)}. Bring it in elsewhere with: cryptonews import {path.name}"
    )
    return DONE


def add_import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="what `export` wrote, or - for standard input")


def import_(options: argparse.Namespace, paths: Paths, settings: Settings) -> int:
    from cryptonews_tui import transfer
    from cryptonews_tui.views import all_views

    try:
        belongings = transfer.read(_read(options.file))
    except transfer.TransferError as error:
        name = "standard input" if options.file == "-" else options.file
        raise UserError(f"{name} cannot be taken in: {error}. Nothing was changed.") from None
    with open_state(paths) as state:
        merged = state.merge(belongings, all_views(settings.views, ()))
    for source in merged.sources:
        say(f"added source {source.name}: {source.location}")
    for view in merged.views:
        say(f"added view {view.name}: {view.query}")
    say(f"{merged.marks:,} stories are marked otherwise than before")
    return DONE


def _read(name: str) -> str:
    from cryptonews_tui.transfer import TransferError

    try:
        if name == "-":
            if sys.stdin is None:
                raise TransferError("there is nothing to read")
            data = sys.stdin.buffer.read(_IMPORTED_MOST + 1)
        else:
            with Path(name).open("rb") as file:
                data = file.read(_IMPORTED_MOST + 1)
    except OSError as error:
        raise TransferError(error.strerror or str(error)) from None
    if len(data) > _IMPORTED_MOST:
        raise TransferError("it is too large")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TransferError("it is not UTF-8 text") from None
