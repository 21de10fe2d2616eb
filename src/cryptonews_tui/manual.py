"""What `cryptonews --help` says first, and the manual page: both are made from the command line's own parsers."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from cryptonews_tui.console import DONE
from cryptonews_tui.output import is_terminal, say
from cryptonews_tui.translation import N_, _

WIDTH = 78

EXAMPLES = (
    ("cryptonews", N_("open the reader")),
    ("cryptonews ~/news", N_("open it on this folder")),
    ("cryptonews sources add https://example.org/feed", N_("subscribe to a feed")),
    ("cryptonews list tag:btc since:7d", N_("the week's Bitcoin stories")),
    ("cryptonews digest --since 1d", N_("what the day means")),
)


def overview(summaries: Mapping[str, str]) -> str:
    """What the program is, five examples, and the commands; `summaries` say in a line what each does."""
    blocks = (
        [_("Read crypto news in the terminal.")],
        [_("examples:"), *_table([(line, _(said)) for line, said in EXAMPLES])],
        [_("commands:"), *_table([*summaries.items()])],
    )
    return "\n\n".join("\n".join(block) for block in blocks)


def closing_words() -> str:
    """Where more is said."""
    return "\n".join(
        textwrap.wrap(
            _(
                "Help for a command: cryptonews COMMAND --help. All of it: cryptonews man."
                " A folder named like a command is opened as ./NAME."
            ),
            WIDTH,
        )
    )


def _table(rows: Sequence[tuple[str, str]]) -> Iterator[str]:
    column = max(len(name) for name, _said in rows) + 4
    for name, said in rows:
        first, *more = textwrap.wrap(said, max(WIDTH - column, 24)) or [""]
        yield f"  {name:<{column - 2}}{first}"
        yield from (" " * column + line for line in more)


# The manual page


def man(page: str, *, install: bool) -> int:
    """Show the page with man; without a terminal print its source, so that `cryptonews man | man -l -` shows it."""
    if install:
        from cryptonews_tui.shells import install as write

        data = Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share").expanduser()
        path = data / "man" / "man1" / "cryptonews.1"
        write(path, page)
        say(_("wrote {path}; read it with: man cryptonews").format(path=path))
        return DONE
    program = shutil.which("man")
    if program is None or not is_terminal(sys.stdout):
        sys.stdout.write(page)
        return DONE
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cryptonews.1"
        path.write_text(page, encoding="utf-8")
        return subprocess.run([program, str(path)], check=False).returncode  # noqa: S603  # our own file


def page(parsers: Sequence[argparse.ArgumentParser], version: str) -> str:
    """The source of the manual page, in the macros of man(7): the reader's parser, then those of the commands."""
    reader, *commands = parsers
    lines = [
        f'.TH CRYPTONEWS 1 "" "cryptonews {_roff(version)}" "{_roff(_("User Commands"))}"',
        ".SH NAME",
        f"cryptonews \\- {_roff(_('read crypto news in the terminal'))}",
        ".SH SYNOPSIS",
        *_synopsis(reader),
        ".SH DESCRIPTION",
        _roff(
            _(
                "Without a command the reader opens, with your articles or with samples. F1 shows its keys."
                " Locations are folders, files, archives, feeds, web pages and repositories."
            )
        ),
        ".SH OPTIONS",
        *_arguments(reader),
        ".SH COMMANDS",
    ]
    for command in commands:
        lines += _command(command)
    lines += [".SH EXAMPLES"]
    for line, said in EXAMPLES:
        lines += [".TP", f"\\fB{_roff(line)}\\fR", _roff(_(said))]
    lines += [".SH EXIT STATUS"]
    for code, said in (
        ("0", _("done")),
        ("1", _("something failed, and it was said what")),
        ("2", _("wrong use")),
    ):
        lines += [".TP", f"\\fB{code}\\fR", _roff(said)]
    lines += [".SH FILES", _roff(_("`cryptonews paths` prints where settings, library and marks are."))]
    return "\n".join(lines) + "\n"


def _command(parser: argparse.ArgumentParser) -> Iterator[str]:
    yield f".SS {_roff(parser.prog)}"
    yield from _synopsis(parser)
    if parser.description:
        yield ".PP"
        yield _roff(parser.description)
    yield from _arguments(parser)
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {each.dest: each.help or "" for each in action._get_subactions()}
            for name, below in action.choices.items():
                yield ".TP"
                yield f"\\fB{_roff(f'{parser.prog} {name}')}\\fR"
                yield _roff(helps.get(name, ""))
                yield ".RS"
                yield from _arguments(below)
                yield ".RE"


def _synopsis(parser: argparse.ArgumentParser) -> Iterator[str]:
    usage = parser.format_usage().partition(":")[2]
    for line in re.split(r"\n\s+(?=cryptonews)", usage.strip()):
        yield ".PP"
        yield _roff(line)


def _arguments(parser: argparse.ArgumentParser) -> Iterator[str]:
    formatter = argparse.HelpFormatter(parser.prog)
    for action in parser._actions:
        if action.help == argparse.SUPPRESS or isinstance(
            action, argparse._SubParsersAction | argparse._HelpAction
        ):
            continue
        if action.dest in ("library", "state", "config") and parser.prog != "cryptonews":
            continue  # said once, of the reader
        names = ", ".join(f"\\fB{_roff(name)}\\fR" for name in action.option_strings)
        value = "" if action.nargs == 0 else f"\\fI{_roff(_value(action))}\\fR"
        yield ".TP"
        yield " ".join(filter(None, (names, value)))
        said = formatter._expand_help(action) if action.help else ""
        yield _roff(said) or "\\&"


def _value(action: argparse.Action) -> str:
    if action.choices is not None:
        return "|".join(map(str, action.choices))
    return str(action.metavar or action.dest)


def _roff(text: str) -> str:
    """A text as roff prints it letter by letter, on one line."""
    escaped = " ".join(text.split()).replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped
