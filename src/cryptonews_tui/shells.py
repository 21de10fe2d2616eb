"""Completion in bash, zsh and fish: what may follow on a command line, with values from the library.

The scripts ask `cryptonews complete SHELL …` at each Tab and hand on what it prints, a candidate a line; where there is
none they offer file names. Options and commands are read off the command line's own parsers, terms of queries come
from `completion`, as in the reader's query line. Candidates are cleaned, and quoted for the shell:
nothing in them is run.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cryptonews_tui.console import DONE, UserError, is_excluding, is_there, open_state, views_of
from cryptonews_tui.output import say
from cryptonews_tui.safety import clean_line
from cryptonews_tui.settings import find_paths, load
from cryptonews_tui.translation import _

if TYPE_CHECKING:
    from cryptonews_tui.library import Library
    from cryptonews_tui.settings import Paths, Settings

Offer = tuple[str, str]
"""What could stand there, and what it is in a few words."""

_MOST = 50
_ESCAPABLE = ("", '"', "$", "`", "\\")
"""What a backslash takes its meaning from between double quotes."""

_BASH = r"""# Completion of cryptonews in bash.
_cryptonews() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        COMPREPLY+=("$line")
    done < <("$1" complete bash "${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
    if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *: ]]; then
        compopt -o nospace 2>/dev/null
    fi
}
complete -o default -F _cryptonews cryptonews cryptonews-tui
"""

_ZSH = r"""#compdef cryptonews cryptonews-tui
# Completion of cryptonews in zsh.
_cryptonews() {
    local line value whole=1
    local -a done_values done_shown open_values open_shown
    while IFS= read -r line; do
        value=${line%%$'\t'*}
        [[ $value == ${(Q)PREFIX}* ]] || whole=0
        if [[ $value == *: ]]; then
            open_values+=("$value")
            open_shown+=("${line/$'\t'/  }")
        else
            done_values+=("$value")
            done_shown+=("${line/$'\t'/  }")
        fi
    done < <("${(Q)words[1]}" complete zsh "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)
    if (( ! $#done_values && ! $#open_values )); then
        _files
        return
    fi
    (( $#done_values )) && compadd -U -l -d done_shown -a -- done_values
    (( $#open_values )) && compadd -U -l -S '' -d open_shown -a -- open_values
    # Where a quote goes in front of what has been typed there is no common beginning to insert.
    (( whole || $#done_values == 1 )) || compstate[insert]=menu
}
if [[ $funcstack[1] == _cryptonews ]]; then
    _cryptonews "$@"
else
    compdef _cryptonews cryptonews cryptonews-tui
fi
"""

_FISH = r"""# Completion of cryptonews in fish.
function __cryptonews_complete
    set -l words (commandline -opc)
    set -l current (string unescape -- (commandline -ct); or commandline -ct)
    set -l offers ($words[1] complete fish $words[2..-1] "$current" 2>/dev/null)
    if set -q offers[1]
        printf '%s\n' $offers
    else
        __fish_complete_path "$current"
    end
end
complete --command cryptonews --no-files --arguments '(__cryptonews_complete)'
complete --command cryptonews-tui --no-files --arguments '(__cryptonews_complete)'
"""

SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


# The command that prints a script


def add_completions(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=tuple(SCRIPTS), help=_("whose completion"))
    parser.add_argument(
        "--install", action="store_true", help=_("write it where the shell looks, instead of printing it")
    )


def completions(options: argparse.Namespace, paths: Paths, settings: Settings) -> int:
    script = SCRIPTS[options.shell]
    if not options.install:
        sys.stdout.write(script)
        return DONE
    path = _place(options.shell)
    install(path, script)
    said = _("wrote {path}; a new {shell} completes cryptonews").format(path=path, shell=options.shell)
    if options.shell == "zsh":
        said += _(", if its ~/.zshrc says before compinit:\nfpath=({folder} $fpath)").format(
            folder=path.parent
        )
    say(said)
    return DONE


def install(path: Path, text: str) -> None:
    """Write a text where other programs look for it, as a whole or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.write_text(text, encoding="utf-8")
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise UserError(_("{path} cannot be written: {why}").format(path=path, why=error.strerror)) from error


def _place(shell: str) -> Path:
    """Where a shell looks for the completion that somebody has for themselves."""
    data = Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share").expanduser()
    config = Path(os.environ.get("XDG_CONFIG_HOME") or "~/.config").expanduser()
    return {
        "bash": data / "bash-completion" / "completions" / "cryptonews",
        "zsh": data / "zsh" / "site-functions" / "_cryptonews",
        "fish": config / "fish" / "completions" / "cryptonews.fish",
    }[shell]


# What the scripts ask


@dataclass(frozen=True, slots=True)
class Commands:
    """The command line as it stands: `summaries` by name, `find` the command in words, `parser_of` a command."""

    summaries: dict[str, str]
    find: Callable[[list[str]], tuple[str | None, list[str]]]
    parser_of: Callable[[str | None], argparse.ArgumentParser]


def complete(arguments: Sequence[str], commands: Commands) -> int:
    """Print what may follow: `bash LINE WORDBREAKS`, or `zsh WORD …` and `fish WORD …` without quotes."""
    shell, *words = arguments or [""]
    if shell == "bash" and words:
        line = _split(words[0], words[1] if len(words) > 1 else "")
        for value, _help in offers(line.words[1:], commands):
            print(line.quoted(value))
    elif shell in SCRIPTS and words:
        for value, help in offers(words, commands):
            print(f"{value}\t{help}")
    return DONE


def offers(words: Sequence[str], commands: Commands) -> list[Offer]:
    """What could stand in place of the last word, the one that is being typed; cleaned, one line each."""
    *before, typed = words or [""]
    found = _offers(before, typed, commands)
    cleaned = ((clean_line(value), clean_line(help, 80)) for value, help in found)
    return [(value, help) for value, help in dict(cleaned).items() if _continues(value, typed)]


def _continues(value: str, typed: str) -> bool:
    """Whether what has been typed is the beginning of it, but for signs that go in front of its letters."""
    signs = str.maketrans("", "", '"$\\')
    return value.translate(signs).casefold().startswith(typed.translate(signs).casefold())


def _offers(before: list[str], typed: str, commands: Commands) -> Iterator[Offer]:
    chosen, rest = commands.find(before)
    parser = commands.parser_of(chosen)
    here = _walk(parser, rest)
    paths = find_paths(*(here.given.get(name) for name in ("library", "state", "config")))
    if here.waiting is not None:
        yield from _values(here.waiting, typed, chosen, here, paths)
        return
    name, equals, value = typed.partition("=")
    if typed.startswith("--") and not here.only_positionals:
        option = here.parser._option_string_actions.get(name)
        if equals and option is not None:
            for offered, help in _values(option, value, chosen, here, paths):
                yield f"{name}={offered}", help
        elif not equals:
            yield from _options(here.parser)
        return
    if chosen is None and not here.positionals and not here.only_positionals:
        yield from commands.summaries.items()
    if (action := here.next) is not None:
        yield from _values(action, typed, chosen, here, paths)


@dataclass(slots=True)
class _Here:
    """Where on the command line the last word stands."""

    parser: argparse.ArgumentParser
    positionals: list[str] = field(default_factory=list)
    given: dict[str, str] = field(default_factory=dict)
    """The values of options, by where the parser puts them."""
    waiting: argparse.Action | None = None
    """The option whose value comes next."""
    only_positionals: bool = False

    @property
    def next(self) -> argparse.Action | None:
        """The argument that the next word is, if it is no option."""
        left = len(self.positionals)
        for action in self.parser._get_positional_actions():
            if action.nargs in ("*", "+") or not left:
                return action
            left -= 1
        return None


def _walk(parser: argparse.ArgumentParser, words: Iterable[str]) -> _Here:
    here = _Here(parser)
    for word in words:
        name, equals, value = word.partition("=")
        if here.waiting is not None:
            here.given[here.waiting.dest] = word
            here.waiting = None
        elif word == "--":
            here.only_positionals = True
        elif word.startswith("-") and not here.only_positionals and not is_excluding(word):
            option = here.parser._option_string_actions.get(name)
            if option is not None and option.nargs != 0:
                if equals:
                    here.given[option.dest] = value
                else:
                    here.waiting = option
        elif isinstance(action := here.next, argparse._SubParsersAction) and word in action.choices:
            here = _Here(action.choices[word], given=here.given, only_positionals=here.only_positionals)
        else:
            here.positionals.append(word)
    return here


def _options(parser: argparse.ArgumentParser) -> Iterator[Offer]:
    for action in parser._actions:
        if action.help != argparse.SUPPRESS:
            for name in action.option_strings:
                if name.startswith("--"):
                    yield name, action.help or ""


def _values(
    action: argparse.Action, typed: str, chosen: str | None, here: _Here, paths: Paths
) -> Iterator[Offer]:
    """The values of an argument: those the parser names, or what settings, state and library have."""
    if isinstance(action, argparse._SubParsersAction):
        for each in action._get_subactions():
            yield each.dest, each.help or ""
        return
    if action.choices is not None:
        yield from ((str(value), "") for value in action.choices)
        return
    settings, _complaints = load(paths.config, paths.site)
    kind = f"{chosen} {action.dest}" if action.metavar == "NAME" else action.metavar
    if action.dest == "view" or kind == "views name":
        for view in views_of(paths, settings):
            if view.own or kind != "views name":
                yield view.name, view.query
    elif kind in ("SOURCE", "sources name") and is_there(paths.state):
        with open_state(paths) as state:
            yield from ((source.name, source.location) for source in state.sources())
    elif kind == "ROLE":
        from cryptonews_tui.article import Role

        yield from ((role, "") for role in Role)
    elif kind == "ORDER":
        from cryptonews_tui.query import ORDERS

        sign = typed[:1] if typed[:1] in ("+", "-") else ""
        yield from ((sign + order, "") for order in ORDERS)
    elif kind == "WHEN":
        yield from ((moment, "") for moment in ("1d", "2d", "7d", "30d"))
    elif kind == "QUERY" and here.parser.prog.endswith(" views add"):
        yield from _terms(here.positionals[1:], typed, paths, settings)
    elif kind == "QUERY":
        yield from _terms(here.positionals, typed, paths, settings)
    elif kind in ("STORY", "L") and is_there(paths.library):
        with _library(paths, settings) as library:
            yield from _stories(library, settings) if kind == "STORY" else _languages(library)


def _terms(before: Sequence[str], typed: str, paths: Paths, settings: Settings) -> Iterator[Offer]:
    """How the query may go on."""
    from cryptonews_tui.completion import accepted, at, candidates

    text = " ".join((*before, typed))
    begin = len(text) - len(typed)
    completing = at(text, len(text))
    if completing is None or completing.start < begin:
        return
    found = []
    if is_there(paths.library):
        with _library(paths, settings) as library:
            found = candidates(completing, library.values)
    else:
        found = candidates(completing, lambda *_: ())
    for candidate in found:
        whole, _cursor = accepted(text, completing, candidate)
        count = "" if candidate.count is None else f"{candidate.count:,}"
        yield whole[begin:].rstrip(), candidate.help or count


def _stories(library: Library, settings: Settings) -> Iterator[Offer]:
    from cryptonews_tui.query import Query

    newest = library.stories(Query())[:_MOST]
    yield from (
        (headline.story, headline.title) for headline in library.headlines(newest, settings.languages)
    )


def _languages(library: Library) -> Iterator[Offer]:
    from cryptonews_tui.query import Query

    yield from ((found.value, f"{found.count:,}") for found in library.values("lang", Query()))


def _library(paths: Paths, settings: Settings) -> closing[Library]:
    from cryptonews_tui.library import Library

    opened = Library(
        paths.library, paths.state, settings.languages, assets=settings.assets, sections=settings.sections
    )
    return closing(opened)


# How bash writes words


@dataclass(frozen=True, slots=True)
class _Line:
    """A command line up to the cursor, as bash understands it."""

    words: list[str]
    quote: str
    """The quote that is open at its end."""
    kept: int
    """Letters of the last word that bash will not replace: what stands before a colon, or an open quote."""

    def quoted(self, value: str) -> str:
        """What bash is to put in place of the rest of the last word, so that it means this value."""
        rest = value[self.kept :]
        if self.quote == "'":
            return rest.replace("'", r"'\''")
        if self.quote == '"':
            return re.sub(r'(["$`\\])', r"\\\1", rest).replace("!", "\"'!'\"")
        return re.sub(r"([^\w@%+:,./=-])", r"\\\1", rest)


def _split(line: str, breaks: str) -> _Line:
    """Take a line apart; what expands stays as it was typed."""
    words: list[str] = []
    word: str | None = None
    quote = ""
    kept = before = 0
    letters = iter(line)
    for letter in letters:
        if quote:
            if letter == quote:
                quote, kept = "", before
            elif letter == "\\" and quote == '"':
                following = next(letters, "")
                word = (word or "") + (following if following in _ESCAPABLE else letter + following)
            else:
                word = (word or "") + letter
        elif letter in "\"'":
            word = word or ""
            quote, before, kept = letter, kept, len(word)
        elif letter.isspace():
            if word is not None:
                words.append(word)
            word, kept = None, 0
        else:
            word = (word or "") + (next(letters, "") if letter == "\\" else letter)
            if letter in breaks and letter != "\\":
                kept = len(word)
    return _Line([*words, word or ""], quote, kept)
