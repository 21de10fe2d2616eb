"""The command line: the steps of the line with `print`. stdout is data, stderr is talk.

Exit codes: 0 done, 1 something failed (it is said what), 2 wrong use. What a command does not need it does
not import: most of the time of a short command is imports.
"""

from __future__ import annotations

import argparse
import errno
import io
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

from cryptonews_tui import __version__, output
from cryptonews_tui.console import (
    DONE,
    FAILED,
    WRONG_USE,
    UserError,
    files,
    is_excluding,
    is_there,
    open_state,
    place,
    query_of,
    text,
    views_of,
)
from cryptonews_tui.letters import PLAIN, charset_of, codec_of, given
from cryptonews_tui.output import say
from cryptonews_tui.settings import Paths, Settings, find_paths, load
from cryptonews_tui.translation import N_, _, ngettext

if TYPE_CHECKING:
    from pathlib import Path

    from cryptonews_tui.library import Library
    from cryptonews_tui.query import Query

SAMPLES_HINT = N_("These are samples. Add your articles: cryptonews sources add LOCATION")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if sys.stdout is None:  # closed before we began: what is printed goes nowhere
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # for as long as we run
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    _speak(charset_of(given(os.environ)))
    terminals = [stream for stream in (sys.stdout, sys.stderr) if output.is_terminal(stream)]
    try:
        try:
            return _run(arguments)
        finally:
            sys.stdout.flush()
    except UserError as error:
        say(f"cryptonews: {error}")
        return error.code
    except BrokenPipeError:  # the reader of our output has seen enough
        _drop_output()
        return DONE
    except KeyboardInterrupt:
        say(_("cryptonews: interrupted"))
        return 130
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            _drop_output()
            say(_("cryptonews: the disk is full; make room and try again"))
        elif all(map(output.is_terminal, terminals)):  # else it went away under us: there is nothing to mend
            _crashed(error, arguments)
        return FAILED


def _speak(charset: str) -> None:
    """Write to terminals in letters that they have. What a program reads is UTF-8, whatever terminal is near."""
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, io.TextIOWrapper):
            continue
        if output.is_terminal(stream):
            stream.reconfigure(encoding=codec_of(charset), errors=PLAIN)
        elif "PYTHONIOENCODING" in os.environ:
            stream.reconfigure(errors=PLAIN)
        else:
            stream.reconfigure(encoding="utf-8", errors="replace")


def login_shell(*options: str) -> int:
    """The login shell `cryptonews-restricted`: the arguments that a login gives are not read, nor its environment.

    `options` are what an administrator says in a program of their own.
    """
    return main([RESTRICTED, *options])


def _run(arguments: list[str]) -> int:
    from cryptonews_tui.library.database import DatabaseError

    if arguments[:1] == ["complete"]:  # what the scripts of the shells ask; no command for people
        from cryptonews_tui import shells

        summaries = {name: _(help) for name, help, *_rest in COMMANDS}
        return shells.complete(arguments[1:], shells.Commands(summaries, _command, _parser))
    options = _parse(arguments)
    restricted = options.run is _open_reader and options.restricted and not options.version
    if restricted:
        from cryptonews_tui.restricted import begin

        begin(arguments, options)
    paths = find_paths(options.library, options.state, options.config)
    settings, options.complaints = load(paths.config, paths.site, restricted=restricted)
    if settings.signs != "auto":
        _speak(charset_of({}, settings.signs))
    if options.run is not _open_reader:  # the reader says them on its own screen
        _say_all(options.complaints)
    try:
        code: int = options.run(options, paths, settings)
    except DatabaseError as error:
        raise UserError(str(error)) from error
    return code


def _crashed(error: Exception, arguments: list[str]) -> None:
    """Say so, and keep what is known of it."""
    from contextlib import suppress

    from cryptonews_tui import crash

    options = argparse.Namespace()
    with suppress(Exception, SystemExit):  # the mistake may be anywhere
        options = _parse(arguments)
    paths = find_paths(*(getattr(options, name, None) for name in ("library", "state", "config")))
    names = [*(name for name, *_rest in COMMANDS), str(getattr(options, "action", None))]
    command = crash.command_of(arguments, names)
    query = getattr(options, "query", None) or []
    say(crash.report(error, paths.state, command=command, query=" ".join(query)))


# What can be asked


RESTRICTED = "--restricted"

_FLAGS = ("--help", "--version", "--verbose", RESTRICTED, "--frugal")
"""The global options that take no value."""


class _Parser(argparse.ArgumentParser):
    """Complaints quote what was typed, which may come from anywhere. Options are written in full: `_command` knows
    which of them take a value.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        from cryptonews_tui.safety import clean

        super().error(clean(message))


class _ReaderParser(_Parser):
    def format_help(self) -> str:
        from cryptonews_tui import manual

        self.description = manual.overview({name: _(help) for name, help, *_rest in COMMANDS})
        self.epilog = manual.closing_words()
        return super().format_help()


def _parse(arguments: list[str]) -> argparse.Namespace:
    chosen, rest = _command(arguments)
    if chosen is not None and RESTRICTED in arguments:
        raise UserError(_("a restricted session only reads; it takes no command and no location"), WRONG_USE)
    if chosen in ("list", "digest", "facets", "views"):
        # `-tag:btc` is a query, not an option; argparse takes what has a space in it as an argument.
        rest = [f" {word}" if is_excluding(word) else word for word in rest]
    return _parser(chosen).parse_args(rest)


def _parser(chosen: str | None) -> argparse.ArgumentParser:
    """The parser of a command, or of the reader."""
    if chosen is not None:
        _name, help, add, run = next(command for command in COMMANDS if command[0] == chosen)
        said = _(help)
        parser = _Parser(
            prog=f"cryptonews {chosen}", description=f"{said[0].upper()}{said[1:]}.", parents=[files()]
        )
        add(parser)
        parser.set_defaults(run=run)
    else:
        parser = _ReaderParser(
            prog="cryptonews",
            usage=_("cryptonews [OPTION ...] [LOCATION ...]\n       cryptonews COMMAND [ARGUMENT ...]"),
            formatter_class=argparse.RawDescriptionHelpFormatter,
            parents=[files()],
        )
        parser.add_argument(
            "locations", nargs="*", metavar="LOCATION", help=_("synced first, in the background")
        )
        parser.add_argument("--version", action="store_true", help=_("print the version"))
        parser.add_argument(
            "--verbose", action="store_true", help=_("with --version: all that a report of a bug needs")
        )
        parser.add_argument(
            RESTRICTED,
            action="store_true",
            help=_("for strangers: no way out of the program (docs/server.md)"),
        )
        parser.add_argument(
            "--frugal", action="store_true", help=_("write as little as possible to the terminal")
        )
        parser.set_defaults(run=_open_reader)
    parser.set_defaults(library=None, state=None, config=None)
    return parser


def _command(arguments: list[str]) -> tuple[str | None, list[str]]:
    """The command's name and all other arguments; the global options may stand before it."""
    position = 0
    while position < len(arguments) and arguments[position].startswith("--"):
        if arguments[position] == "--":
            return None, arguments
        position += 1 if "=" in arguments[position] or arguments[position] in _FLAGS else 2
    if position < len(arguments) and any(arguments[position] == name for name, *_rest in COMMANDS):
        return arguments[position], arguments[:position] + arguments[position + 1 :]
    return None, arguments


def _add_list(parser: argparse.ArgumentParser) -> None:
    _add_query(parser)
    _add_which(parser)
    parser.add_argument(
        "--all-languages", action="store_true", help=_("one row a language instead of one a story")
    )
    parser.add_argument("--format", choices=tuple(output.LIST_FORMATS), default="table")
    parser.add_argument(
        "--plain",
        action="store_const",
        const="plain",
        dest="format",
        help=_("everything in words, a line a story, as a screen reader reads best"),
    )


def _add_show(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("story", metavar="STORY", type=text, help=_("the id that `list` prints"))
    parser.add_argument("--lang", metavar="L", type=_lang, help=_("the language to show"))
    parser.add_argument(
        "--section", metavar="ROLE", type=text, help=_("only sections of this role, such as impact")
    )
    parser.add_argument("--format", choices=("text", "markdown", "json"), default="text")


def _add_facets(parser: argparse.ArgumentParser) -> None:
    _add_query(parser)
    parser.add_argument("--format", choices=("table", "json"), default="table")


def _add_query(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "query",
        nargs="*",
        metavar="QUERY",
        help=_('such as: tag:btc -sentiment:positive source:coindesk "etf flows"'),
    )
    parser.add_argument(
        "--view",
        metavar="NAME",
        type=text,
        help=_("of the stories of this view; `cryptonews views` lists them"),
    )


def _add_which(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--limit", type=_count, metavar="N", help=_("at most N stories"))
    parser.add_argument(
        "--sort",
        type=_order,
        metavar="ORDER",
        help=_("published (default, pinned first), updated, title, source, score or relevance; +score rises"),
    )


def _add_digest(parser: argparse.ArgumentParser) -> None:
    _add_query(parser)
    parser.add_argument(
        "--section", type=_role, metavar="ROLE", default="impact", help=_("of which role; default: impact")
    )
    parser.add_argument(
        "--since", type=text, metavar="WHEN", help=_("no older than that, as in a query: 1d, 2w, 2025-11-01")
    )
    _add_which(parser)
    parser.add_argument("--format", choices=("text", "markdown", "json"), default="text")


def _add_nothing(_: argparse.ArgumentParser) -> None:
    pass


def _lang(given: str) -> str:
    return text(given).lower()


def _count(given: str) -> int:
    given = given.strip()  # a negative number has been given a space, see above
    if not given.isascii() or not given.isdigit():
        raise argparse.ArgumentTypeError(_("{given} is not a whole number").format(given=repr(given)))
    return int(given)


def _order(given: str) -> str:
    from cryptonews_tui.query import ORDERS

    given = given.strip().lower()
    if given.removeprefix("-").removeprefix("+") not in ORDERS:
        raise argparse.ArgumentTypeError(
            _("{given} is no order; there are {orders}").format(given=repr(given), orders=", ".join(ORDERS))
        )
    return given


def _role(given: str) -> str:
    from cryptonews_tui.article import Role

    role = text(given).casefold()
    if role not in [*Role]:
        raise argparse.ArgumentTypeError(
            _("{given} is no role of sections; there are {roles}").format(
                given=repr(given), roles=", ".join(Role)
            )
        )
    return role


# The commands


def _open_reader(options: argparse.Namespace, paths: Paths, settings: Settings) -> int:
    if options.version:
        return _version(options, paths, settings)
    for location in options.locations:
        place(location)
    if not _can_be_drawn_on():
        _say_all(options.complaints)
        from cryptonews_tui import sourcing

        code = sourcing.sync_locations(options.locations, paths, settings)
        _list(_parse(["list"]), paths, settings)
        return code
    import gc

    gc.disable()  # until the first paint; the reader turns it on again
    os.environ.setdefault("TEXTUAL_FPS", "120")  # a frame waits half as long for company
    from cryptonews_tui.session import session_of
    from cryptonews_tui.tui.app import run

    if options.restricted:
        from cryptonews_tui.restricted import inside

        with inside(paths) as (paths, passing):
            session = session_of(
                given(os.environ), settings, restricted=True, passing=bool(passing), frugal=options.frugal
            )
            return run(paths, settings, (), [*passing, *options.complaints], session)
    session = session_of(given(os.environ), settings, frugal=options.frugal)
    story = getattr(options, "story", "")
    return run(paths, settings, options.locations, options.complaints, session, story)


def _can_be_drawn_on() -> bool:
    """Whether there is a terminal that the reader can be shown on."""
    return (
        all(map(output.is_terminal, (sys.stdin, sys.stdout, sys.stderr))) and os.environ.get("TERM") != "dumb"
    )


def _read(options: argparse.Namespace, paths: Paths, settings: Settings) -> int:
    from cryptonews_tui import reciting

    with _library(paths, settings) as library:
        article = reciting.story(library, options.story, options.lang and options.lang.lower())
        if options.plain or not _can_be_drawn_on():
            reciting.recite(article, library, paths)
            return DONE
    options.complaints = ()  # they have been said
    return _open_reader(options, paths, settings)


def _version(options: argparse.Namespace, paths: Paths, settings: Settings) -> int:
    if not options.verbose:
        print(f"cryptonews {__version__}")
        return DONE
    from cryptonews_tui import upkeep

    output.show(upkeep.facts_of(paths, settings, restricted=options.restricted, frugal=options.frugal))
    return DONE


def _list(options: argparse.Namespace, paths: Paths, settings: Settings) -> int:
    query = _query(options, paths, settings)
    if options.sort:
        query = query.sorted_by(options.sort)
    languages = query.values("lang")
    with _library(paths, settings) as library:
        positions: Sequence[int] = library.stories(query)
        if options.limit is not None:
            positions = positions[: options.limit]
        write = output.LIST_FORMATS[options.format]
        write(output.headlines(library, positions, languages, all_languages=options.all_languages))
        return DONE


def _digest(options: argparse.Namespace, paths: Paths, settings: Settings) -> int:
    from itertools import chain

    from cryptonews_tui import digest

    query = _query(options, paths, settings)
    if options.since is not None:
        query = query.also(query_of(f'since:"{options.since}"', settings, "--since"))
    if options.sort:
        query = query.sorted_by(options.sort)
    with _library(paths, settings) as library:
        stories = library.stories(query)
        positions: Sequence[int] = library.with_section(stories, options.section)
        if not positions:
            say(digest.why_none(options.section, len(stories)))
        if options.limit is not None:
            positions = positions[: options.limit]
        title = digest.title(options.section, str(query), len(positions))
        pages = digest.pages(library, positions, options.section, query.values("lang"))
        if options.format == "json":
            output.print_json_list(map(output.excerpt_json, chain.from_iterable(pages)))
        elif positions:
            if options.format == "markdown":
                sys.stdout.writelines(digest.markdown(title, pages))
            else:
                sys.stdout.writelines(digest.text(title, pages, output.text_width()))
        return DONE


def _show(options: argparse.Namespace, paths: Paths, settings: Settings) -> int:
    if not options.story:
        raise UserError(_("no story was named; `cryptonews list` prints the ids"), WRONG_USE)
    with _library(paths, settings) as library:
        article = library.article(options.story, options.lang)
        if article is None:
            languages = library.languages_of(options.story)
            if languages:
                raise UserError(
                    _("story {story} has no text in “{lang}”, only in {languages}").format(
                        story=options.story, lang=options.lang, languages=", ".join(languages)
                    )
                )
            raise UserError(
                _("there is no story {story}; `cryptonews list` prints the ids").format(story=options.story)
            )
        sections = article.sections
        if options.section:
            sections = tuple(section for section in sections if section.role == options.section.casefold())
            if not sections:
                roles = ", ".join(dict.fromkeys(section.role for section in article.sections))
                raise UserError(
                    _("story {story} has no section “{section}”, only {roles}").format(
                        story=options.story, section=options.section, roles=roles
                    )
                )
        if options.format == "json":
            output.print_json(output.article_json(article, library, sections))
        elif options.format == "markdown":
            print(article.markdown(sections if options.section else None))
        else:
            print(output.text(article, sections, whole=not options.section))
        return DONE


def _facets(options: argparse.Namespace, paths: Paths, settings: Settings) -> int:
    query = _query(options, paths, settings)
    with _library(paths, settings) as library:
        facets = library.facets(query)
    if options.format == "json":
        output.print_json(output.facets_json(facets))
        return DONE
    from cryptonews_tui.wording import number

    print(ngettext("{count} story", "{count} stories", facets.total).format(count=number(facets.total)))
    for field, values in facets.fields.items():
        print(f"\n{field}")
        for value in values:
            print(f"{number(value.count):>9}  {value.label}")
    return DONE


_IN_A_PANE = {
    "article": N_("{command} (in the article)"),
    "digest": N_("{command} (in the digest)"),
    "filters": N_("{command} (in the filters)"),
    "sources": N_("{command} (in the sources)"),
}
"""What a key does that means something only there."""


def _keys(options: argparse.Namespace, paths: Paths, settings: Settings) -> int:
    from cryptonews_tui.tui.commands import COMMANDS, check_remapping, shown_keys

    remapped, problems = check_remapping(settings.keys)
    for command in COMMANDS:
        said = _(_IN_A_PANE.get(command.scope, "{command}")).format(command=_(command.help))
        print(f"{shown_keys(command, remapped):<16} {command.id:<20} {said}")
    for problem in problems:
        say(problem)
    return DONE


def _paths(options: argparse.Namespace, paths: Paths, settings: Settings) -> int:
    from cryptonews_tui.safety import clean

    for name in ("config", "site", "library", "state", "samples", "cache", "journal"):
        print(clean(f"{name:<8} {getattr(paths, name)}"))
    print(clean(f"{'crashes':<8} {paths.state}.crash-*.txt"))
    return DONE


def _upkeep() -> ModuleType:
    from cryptonews_tui import upkeep

    return upkeep


def _sourcing() -> ModuleType:
    from cryptonews_tui import sourcing

    return sourcing


def _reciting() -> ModuleType:
    from cryptonews_tui import reciting

    return reciting


def _shells() -> ModuleType:
    from cryptonews_tui import shells

    return shells


def _add_man(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--install", action="store_true", help=_("write it where man looks, instead of showing it")
    )


def _man(options: argparse.Namespace, paths: Paths, settings: Settings) -> int:
    from cryptonews_tui import manual

    parsers = [_parser(name) for name in (None, *(name for name, *_rest in COMMANDS))]
    return manual.man(manual.page(parsers, __version__), install=options.install)


def _later(module: Callable[[], ModuleType], name: str) -> Callable[..., Any]:
    """A function of a module that is imported when the function is called: most commands need neither."""
    return lambda *arguments: getattr(module(), name)(*arguments)


COMMANDS: tuple[
    tuple[
        str,
        str,
        Callable[[argparse.ArgumentParser], None],
        Callable[[argparse.Namespace, Paths, Settings], int],
    ],
    ...,
] = (
    (
        "sync",
        N_("bring the library up to date with your sources, or with these locations"),
        _later(_sourcing, "add_sync"),
        _later(_sourcing, "sync"),
    ),
    ("list", N_("print stories, newest first"), _add_list, _list),
    ("show", N_("print one story"), _add_show, _show),
    (
        "read",
        N_("read one story in the reader, or in words from top to bottom"),
        _later(_reciting, "add_read"),
        _read,
    ),
    ("digest", N_("print one section of every story, for mail and cron"), _add_digest, _digest),
    ("facets", N_("count stories by sentiment, source, category, tag and language"), _add_facets, _facets),
    (
        "views",
        N_("list, add and change queries that have a name"),
        _later(_upkeep, "add_views"),
        _later(_upkeep, "views"),
    ),
    (
        "sources",
        N_("list, try, add and change the places that articles come from"),
        _later(_sourcing, "add_sources"),
        _later(_sourcing, "sources"),
    ),
    (
        "doctor",
        N_("look whether library and state are well, and mend them"),
        _later(_upkeep, "add_doctor"),
        _later(_upkeep, "doctor"),
    ),
    (
        "export",
        N_("write your marks, notes, views and sources to a file"),
        _later(_upkeep, "add_export"),
        _later(_upkeep, "export"),
    ),
    (
        "import",
        N_("take in what export wrote, on this machine or another"),
        _later(_upkeep, "add_import"),
        _later(_upkeep, "import_"),
    ),
    ("keys", N_("print the keys of the reader"), _add_nothing, _keys),
    ("paths", N_("print where settings and databases are"), _add_nothing, _paths),
    ("man", N_("show the manual page"), _add_man, _man),
    (
        "completions",
        N_("print the completion for bash, zsh or fish"),
        _later(_shells, "add_completions"),
        _later(_shells, "completions"),
    ),
)


# Library and sources


def _library(paths: Paths, settings: Settings) -> closing[Library]:
    """The user's library, or the samples while there is neither an article nor a source.

    A library that is not there is not made: to read is not to write.
    """
    if not is_there(paths.library):
        raise UserError(
            _(
                "there is no library at {library}. Bring articles in: cryptonews sync LOCATION. Or look at "
                "samples in the reader: cryptonews"
            ).format(library=paths.library)
        )
    library = _opened(paths.library, paths, settings)
    with open_state(paths) as state:
        if not library.is_empty() or state.sources():
            return closing(library)
    if not is_there(paths.samples):
        say(_("There is no article yet. Add a source: cryptonews sources add LOCATION"))
        return closing(library)
    library.close()
    say(_(SAMPLES_HINT))
    return closing(_opened(paths.samples, paths, settings))


def _opened(path: Path, paths: Paths, settings: Settings) -> Library:
    from cryptonews_tui.library import Library

    return Library(path, paths.state, settings.languages, assets=settings.assets, sections=settings.sections)


def samples_location() -> str:
    """The folder of the articles that ship with the program."""
    return os.path.join(os.path.dirname(os.path.abspath(__file__)), "samples")


def _query(options: argparse.Namespace, paths: Paths, settings: Settings) -> Query:
    query = query_of(" ".join(options.query), settings)
    if options.view is None:
        return query
    from difflib import get_close_matches  # only errors need it

    from cryptonews_tui.views import find

    views = views_of(paths, settings)
    view = find(options.view, views)
    if view is None:
        names = {known.name.casefold(): known.name for known in views}
        nearest = get_close_matches(options.view.casefold(), names, 1, 0.5)
        if nearest:
            hint = _("did you mean “{guess}”?").format(guess=names[nearest[0]])
        else:
            hint = _("there are {names}").format(names=", ".join(names.values()))
        raise UserError(
            _("there is no view “{view}”; {hint}").format(view=options.view, hint=hint), WRONG_USE
        )
    return query_of(view.query, settings, _("the view “{name}”").format(name=view.name)).also(query)


def _drop_output() -> None:
    """Python would complain once more when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say_all(texts: Sequence[str]) -> None:
    for said in texts:
        say(said)
