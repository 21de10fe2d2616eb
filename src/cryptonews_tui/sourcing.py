"""The commands that have to do with sources: visiting them, trying places, adding and changing them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cryptonews_tui import output
from cryptonews_tui.console import (
    DONE,
    FAILED,
    WRONG_USE,
    UserError,
    files,
    is_there,
    open_state,
    place,
    text,
)
from cryptonews_tui.output import say
from cryptonews_tui.translation import _, ngettext

if TYPE_CHECKING:
    import argparse

    from cryptonews_tui.intake import Report
    from cryptonews_tui.library import State, StoredSource
    from cryptonews_tui.settings import Paths, Settings

ADD_HINT = "cryptonews sources add LOCATION"

_LIST_MOST = 8 * 1024 * 1024 + 1
"""Bytes of an OPML file that are read."""

POLICIES = ("keep", "mark", "remove")
"""What may become of articles that vanish from a source."""


# Visiting


def add_sync(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "locations",
        nargs="*",
        metavar="SOURCE",
        help=_("names of sources, or locations; default: your sources"),
    )
    parser.add_argument(
        "--due", action="store_true", help=_("only those whose interval is over, as for a timer")
    )
    parser.add_argument(
        "--trust", action="store_true", help=_("believe a source that has lost most of its articles")
    )
    parser.add_argument("--json", action="store_true", help=_("print a JSON object per source"))
    parser.add_argument("--verbose", action="store_true", help=_("tell every request, on the standard error"))


def sync(options: argparse.Namespace, paths: Paths, settings: Settings) -> int:
    if options.locations:
        sources = [_named(location, paths) for location in options.locations]
    else:
        sources = [source for source in _stored(paths) if source.enabled]
        if not sources:
            raise UserError(
                _("there is no source to sync; name a location, or add one: {command}").format(
                    command=ADD_HINT
                ),
                WRONG_USE,
            )
    if options.due:
        from cryptonews_tui.library import due_now

        sources = [source for source in sources if due_now(source)]
    return _sync(sources, paths, settings, json=options.json, trusted=options.trust, verbose=options.verbose)


def sync_locations(locations: Sequence[str], paths: Paths, settings: Settings) -> int:
    """Visit places that were named on the command line; the exit code."""
    return _sync([_named(location, paths) for location in locations], paths, settings)


def _sync(
    sources: Sequence[StoredSource],
    paths: Paths,
    settings: Settings,
    *,
    json: bool = False,
    trusted: bool = False,
    verbose: bool = False,
) -> int:
    if not sources:
        return DONE
    from cryptonews_tui.journal import keep_journal
    from cryptonews_tui.library import DatabaseError, Writer
    from cryptonews_tui.refresh import access_of, note, refresh
    from cryptonews_tui.sections import Roles

    keep_journal(paths.journal, aloud=verbose)
    code = DONE
    with open_state(paths) as state, closing(Writer(paths.library)) as writer, _progress() as progress:
        access = access_of(settings, paths.cache)
        reports = refresh(
            *(writer, sources, access),
            progress=progress,
            roles=Roles(settings.sections),
            precious=state.precious,
            trusted=trusted,
        )
        with closing(reports):
            for report in reports:
                try:
                    note(writer, state, report, settings.refresh_minutes)
                except DatabaseError as error:  # that is no reason not to read the others
                    say(f"cryptonews: {error}")
                    code = FAILED
                if json:
                    output.print_json(output.report_json(report), indent=None)
                code = max(code, _say_report(report))
    return code


def _say_report(report: Report) -> int:
    from cryptonews_tui.accounts import wrong

    for problem in report.problems:
        say(wrong(problem))
    if report.error:
        say(f"cryptonews: {report.error}")
        if report.withdrawn and report.source.name:
            say(_("{name} is disabled; its articles stay.").format(name=report.source.name))
        return FAILED
    say(f"{report.location}: {_told(report)}")
    if report.moved:
        say(
            _("{location} has moved to {moved}, which is remembered").format(
                location=report.location, moved=report.moved
            )
        )
    return DONE


def _told(report: Report) -> str:
    """What a visit found and did, in numbers."""
    from cryptonews_tui.accounts import problems
    from cryptonews_tui.wording import number

    told = [_("nothing new")]
    if report.seen:
        told = [
            ngettext("{count} seen", "{count} seen", report.seen).format(count=number(report.seen)),
            ngettext("{count} added", "{count} added", report.added).format(count=number(report.added)),
            ngettext("{count} updated", "{count} updated", report.updated).format(
                count=number(report.updated)
            ),
            ngettext("{count} unchanged", "{count} unchanged", report.unchanged).format(
                count=number(report.unchanged)
            ),
        ]
    if report.removed:
        told.append(
            ngettext(
                "{count} gone from the source ({fate})",
                "{count} gone from the source ({fate})",
                report.removed,
            ).format(count=number(report.removed), fate=_fate(report))
        )
    if report.left_out:
        told.append(
            ngettext(
                "{count} in other languages left out", "{count} in other languages left out", report.left_out
            ).format(count=number(report.left_out))
        )
    if report.problems:
        told.append(problems(len(report.problems)))
    return ", ".join(told)


def _fate(report: Report) -> str:
    """What became of the articles that are gone from a source."""
    from cryptonews_tui.wording import number

    told = [
        ngettext("{count} marked", "{count} marked", report.marked).format(count=number(report.marked))
        if report.marked
        else "",
        ngettext("{count} removed", "{count} removed", report.deleted).format(count=number(report.deleted))
        if report.deleted
        else "",
    ]
    return ", ".join(filter(None, told)) or _("kept")


class _progress:  # noqa: N801  # reads as a verb where it is used
    """A progress bar for each source that is being visited, on a terminal; silence elsewhere."""

    def __init__(self) -> None:
        self._bars: Any = None
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> Callable[[Report], None]:
        if not output.is_terminal(sys.stderr):
            return lambda report: None
        import signal

        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        self._bars = Progress(*columns, console=Console(stderr=True), transient=True)
        for number in (signal.SIGTERM, signal.SIGHUP) if sys.platform != "win32" else (signal.SIGTERM,):
            signal.signal(number, self._end)
        self._bars.start()
        return self._tell

    @staticmethod
    def _end(number: int, _: object) -> None:
        """On the way out the cursor is shown again."""
        sys.exit(128 + number)

    def _tell(self, report: Report) -> None:
        task = self._tasks.get(report.location)
        if task is None:
            description = (
                _("reading {name}").format(name=report.source.name) if report.source.name else _("reading")
            )
            task = self._tasks[report.location] = self._bars.add_task(description, total=None)
        self._bars.update(
            task, completed=report.seen, total=report.expected, refresh=False, visible=not report.over
        )

    def __exit__(self, *_: object) -> None:
        if self._bars is not None:
            self._bars.stop()


# What there is


def add_sources(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    common = [files()]
    listing = actions.add_parser(
        "list", help=_("the sources, how each was last seen (default)"), parents=common
    )
    listing.add_argument("--json", action="store_true", help=_("print a JSON list"))
    testing = actions.add_parser("test", help=_("say what a location is, without storing it"), parents=common)
    testing.add_argument("location", metavar="LOCATION")
    testing.add_argument(
        "--verbose", action="store_true", help=_("tell every request, on the standard error")
    )
    adding = actions.add_parser("add", help=_("add a source; the next sync visits it"), parents=common)
    adding.add_argument(
        "location",
        metavar="LOCATION",
        help=_("a folder, file or archive, a web address of any kind, a Git repository, github:owner/repo …"),
    )
    adding.add_argument("--name", metavar="N", type=text, help=_("how to call it"))
    _add_choices(adding)
    editing = actions.add_parser("edit", help=_("change how a source is visited"), parents=common)
    editing.add_argument("name", metavar="NAME", type=text, help=_("its name or location"))
    editing.add_argument("--name", metavar="N", type=text, dest="new", help=_("another name"))
    _add_choices(editing)
    switch = editing.add_mutually_exclusive_group()
    switch.add_argument("--disable", action="store_true", help=_("visit it no more; its articles stay"))
    switch.add_argument("--enable", action="store_true", help=_("visit it again"))
    removing = actions.add_parser("remove", help=_("forget a source; its articles stay"), parents=common)
    removing.add_argument("name", metavar="NAME", type=text, help=_("its name or location"))
    wrong = actions.add_parser(
        "problems", help=_("what was wrong at the last visits to a source"), parents=common
    )
    wrong.add_argument("name", metavar="NAME", type=text, help=_("its name or location"))
    importing = actions.add_parser("import", help=_("add the sources of an OPML file"), parents=common)
    importing.add_argument(
        "file", metavar="FILE", type=text, help=_("as other readers export it; -: standard input")
    )
    actions.add_parser("export", help=_("print the sources as OPML"), parents=common)


def _add_choices(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--minutes", metavar="M", type=_minutes, help=_("between visits; 0: as the settings say")
    )
    parser.add_argument(
        "--vanished", choices=POLICIES, help=_("what becomes of articles that vanish from it; default: keep")
    )
    parser.add_argument(
        "--languages", metavar="L", type=_languages, help=_("only articles in these, such as en,uk; all: any")
    )
    parser.add_argument(
        "--history",
        action=_boolean(),
        help=_("read older states of a Git repository, too, for articles that were deleted"),
    )


def _boolean() -> Any:
    import argparse

    return argparse.BooleanOptionalAction


def _minutes(given: str) -> int:
    import argparse

    given = given.strip()
    if not given.isascii() or not given.isdigit() or int(given) > 100_000:
        raise argparse.ArgumentTypeError(
            _("{given} is not a whole number of minutes").format(given=repr(given))
        )
    return int(given)


def _languages(given: str) -> tuple[str, ...]:
    import argparse

    from cryptonews_tui.library.subscriptions import languages_of

    try:
        if not given.strip(" ,"):
            raise ValueError(given)
        return languages_of(text(given))
    except ValueError:
        raise argparse.ArgumentTypeError(
            _("{given} is no list of languages such as en,uk").format(given=repr(given))
        ) from None


def sources(options: argparse.Namespace, paths: Paths, settings: Settings) -> int:
    actions: dict[str | None, Callable[[argparse.Namespace, Paths, Settings], int]] = {
        None: _list,
        "list": _list,
        "test": _test,
        "add": _add,
        "edit": _edit,
        "remove": _remove,
        "problems": _problems,
        "import": _import,
        "export": _export,
    }
    return actions[options.action](options, paths, settings)


def _list(options: argparse.Namespace, paths: Paths, settings: Settings) -> int:
    from cryptonews_tui.accounts import overview

    known = _stored(paths)
    if getattr(options, "json", False):
        output.print_json_list(map(output.source_json, known))
        return DONE
    output.show(overview(known, _held(known, paths, settings)))
    if not known:
        say(_("There is no source yet. Add one: {command}").format(command=ADD_HINT))
    return DONE


def _held(known: Sequence[StoredSource], paths: Paths, settings: Settings) -> dict[str, int]:
    """How many stories each source holds, by location."""
    if not known or not is_there(paths.library):
        return {}
    from cryptonews_tui.library import Library

    with closing(Library(paths.library, paths.state, settings.languages)) as library:
        return {source.location: library.held(source.location) for source in known}


def _test(options: argparse.Namespace, paths: Paths, settings: Settings) -> int:
    from cryptonews_tui.accounts import trial
    from cryptonews_tui.journal import keep_journal
    from cryptonews_tui.refresh import access_of, try_out

    keep_journal(paths.journal, aloud=options.verbose)
    tried = try_out(options.location, replace(access_of(settings, paths.cache), cache=None))
    output.show(trial(tried))
    if tried.report.error:
        say(f"cryptonews: {tried.report.error}")
        return FAILED
    return FAILED if tried.report.problems and not tried.titles else DONE


def _add(options: argparse.Namespace, paths: Paths, settings: Settings) -> int:
    from cryptonews_tui.sources.http.addresses import written_out
    from cryptonews_tui.sources.http.secrets import without_password

    typed, secret = without_password(options.location)
    location = place(typed)
    if location == "-":
        raise UserError(
            _("the standard input is no place to come back to; use: cryptonews sync -"), WRONG_USE
        )
    if secret is not None:
        from cryptonews_tui.refresh import NOT_STORED

        say(_(NOT_STORED))
    with open_state(paths) as state:
        before = len(state.sources())
        source = state.add_source(options.name or name_of(location), location)
        if len(state.sources()) == before:
            say(_("{location} is a source already, named {name}").format(location=location, name=source.name))
        else:
            state.change_source(location, _changed(source, options))
            say(
                _("added {name}: {location}. Bring it in with: cryptonews sync").format(
                    name=source.name, location=location
                )
            )
        if os.path.isabs(location) and not os.path.exists(location):
            url = written_out(typed)
            said = _("There is nothing at {location} now.").format(location=location)
            if url:
                said += " " + _("If it is a web address, write {url}.").format(url=url)
            say(said)
    return DONE


def _edit(options: argparse.Namespace, paths: Paths, settings: Settings) -> int:
    with open_state(paths) as state:
        source = _known(options.name, state)
        changed = _changed(source, options)
        if options.new:
            changed = replace(changed, name=options.new)
        if options.enable or options.disable:
            changed = replace(changed, enabled=options.enable)
        if changed == source:
            raise UserError(
                _("nothing was named that is to be changed; see: cryptonews sources edit --help"), WRONG_USE
            )
        refused = state.change_source(source.location, changed)
        if refused:
            raise UserError(refused)
        if changed.languages != source.languages and is_there(paths.library):
            from cryptonews_tui.library import Writer

            with closing(Writer(paths.library)) as writer:
                writer.forget_stamps(source.location)  # what was left out is to be looked at again
    say(_("changed {name}").format(name=changed.name))
    return DONE


def _changed(source: StoredSource, options: argparse.Namespace) -> StoredSource:
    """The source with what the options say of it."""
    if options.minutes is not None:
        source = replace(source, minutes=options.minutes or None)
    if options.vanished is not None:
        source = replace(source, policy=options.vanished)
    if options.languages is not None:
        source = replace(source, languages=options.languages)
    if options.history is not None:
        source = replace(source, history=options.history)
    return source


def _remove(options: argparse.Namespace, paths: Paths, settings: Settings) -> int:
    with open_state(paths) as state:
        source = _known(options.name, state)
        state.remove_source(source.name)
    from cryptonews_tui.refresh import forget

    forget(paths.library, source.location, paths.cache)
    say(_("removed {name}; its articles stay in the library").format(name=options.name))
    return DONE


def _problems(options: argparse.Namespace, paths: Paths, settings: Settings) -> int:
    from cryptonews_tui.accounts import visits

    with open_state(paths) as state:
        source = _known(options.name, state)
        output.show(visits(state.visits(source.location), state.problems(source.location)))
    return DONE


def _import(options: argparse.Namespace, paths: Paths, settings: Settings) -> int:
    from cryptonews_tui import opml
    from cryptonews_tui.library import StoredSource
    from cryptonews_tui.wording import number

    try:
        if options.file == "-":
            listed = opml.read(sys.stdin.buffer.read(_LIST_MOST))
        else:
            with open(options.file, "rb") as file:
                listed = opml.read(file.read(_LIST_MOST))
    except OSError as error:
        raise UserError(
            _("{file} cannot be read: {reason}").format(file=options.file, reason=error.strerror)
        ) from None
    except opml.OpmlError as error:
        raise UserError(
            _("{file} cannot be taken in: {error}. Nothing was changed.").format(
                file=options.file, error=error
            )
        ) from None
    places = []
    for subscription in listed.subscriptions:
        try:
            location = place(subscription.location)
            if location == "-":
                raise UserError(_("The standard input is no place to come back to; it was not taken."))
        except UserError as error:
            say(str(error))
        else:
            places.append(StoredSource(subscription.name, location))
    with open_state(paths) as state:
        added = state.add_sources(places)
    for source in added:
        say(_("added {name}: {location}").format(name=source.name, location=source.location))
    for note in listed.notes:
        say(f"{options.file}:{note.line}: {note.message}")
    others = len(listed.subscriptions) - len(added)
    say(
        _("{count} added, {others} were sources already or are none").format(
            count=number(len(added)), others=number(others)
        )
    )
    return DONE


def _export(options: argparse.Namespace, paths: Paths, settings: Settings) -> int:
    from cryptonews_tui import opml

    listed = (
        opml.Subscription(source.name, source.location, feed=source.location.startswith(("http:", "https:")))
        for source in _stored(paths)
    )
    sys.stdout.write(opml.write(listed))
    return DONE


def _known(name: str, state: State) -> StoredSource:
    source = state.source(name, _canonical(name))
    if source is None:
        raise UserError(_("there is no source “{name}”; `cryptonews sources` lists them").format(name=name))
    return source


def _named(location: str, paths: Paths) -> StoredSource:
    """The source of this name or at this place, else the place itself."""
    from cryptonews_tui.library import StoredSource

    known = _stored(paths)
    by_name = next((source for source in known if source.name == location), None)
    if by_name is not None and not os.path.exists(location):
        return by_name
    canonical = place(location)
    source = next((source for source in known if source.location == canonical), None)
    is_word = "/" not in location and os.path.isabs(canonical)
    if source is None and known and is_word and not os.path.lexists(canonical):
        raise UserError(
            _("there is no source and no file “{location}”; `cryptonews sources` lists the sources").format(
                location=location
            )
        )
    return source or StoredSource("", canonical)


def _stored(paths: Paths) -> list[StoredSource]:
    if not is_there(paths.state):
        return []
    with open_state(paths) as state:
        return state.sources()


def _canonical(location: str) -> str:
    """A location as the list of sources knows it, however it was typed, even if nothing can be there."""
    try:
        return place(location)
    except UserError:
        return location


def name_of(location: str, title: str = "") -> str:
    """A short name for a source: what it calls itself, else the last part of its path, else its host."""
    from urllib.parse import urlsplit

    from cryptonews_tui.safety import clean_line

    parts = urlsplit(location) if "://" in location else None
    path = (parts.path if parts else location).rstrip("/\\")
    last = path.replace("\\", "/").rsplit("/", 1)[-1]
    host = (parts.hostname or "").removeprefix("www.") if parts else ""
    if parts and last.lower() in (
        "",
        "feed",
        "feed.xml",
        "rss",
        "rss.xml",
        "atom.xml",
        "index.xml",
        "sitemap.xml",
    ):
        last = host
    return clean_line(title or last or host or location, 40)
