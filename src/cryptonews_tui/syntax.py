"""Program text → where its words end and what they are in its language. Bounded whatever the text is.

Pygments reads it, by the language that its author named: one of those below, never a guess. Some of its lexers
can be kept busy by text written for that: what is long or has long lines is not read, and the rest of a text that
takes too long stays plain.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pygments.lexer import Lexer

_LANGUAGES = frozenset(
    """
    asm bash bat c clojure cmake common-lisp console cpp csharp css d dart diff docker elixir elm erlang
    fsharp go graphql groovy haskell html http ini java javascript jsonnet json jsx kotlin less lua make
    markdown mysql nasm nginx nim nix objective-c ocaml perl php postgresql powershell properties
    protobuf purescript pycon python r ruby rust scheme scss solidity sql swift tex toml tsx typescript
    verilog vhdl vim vyper xml yaml zig
    """.split()  # noqa: SIM905  # a list of quoted words is harder to read
)
_SIZE = 20_000
_LINE = 200
_SECONDS = 0.03
"""Twice what the longest piece takes that is really code, a hundred times what is usual."""

_KINDS = (
    ("Literal.String", "STRING"),
    ("Literal.Number", "NUMBER"),
    ("Comment.Preproc", "KEYWORD"),
    ("Comment", "COMMENT"),
    ("Keyword", "KEYWORD"),
    ("Operator.Word", "KEYWORD"),
    ("Name.Function", "NAME"),
    ("Name.Class", "NAME"),
    ("Name.Builtin", "NAME"),
    ("Name.Decorator", "NAME"),
    ("Name.Exception", "NAME"),
    ("Name.Tag", "NAME"),
    ("Generic.Heading", "KEYWORD"),
    ("Generic.Subheading", "KEYWORD"),
    ("Generic.Inserted", "STRING"),
    ("Generic.Deleted", "COMMENT"),
    ("Generic.Prompt", "COMMENT"),
)


def words(text: str, language: str) -> list[list[tuple[int, str]]]:
    """For each line where its words end, and the name of their kind; an empty name is plain text."""
    lines: list[list[tuple[int, str]]] = [[]]
    at = start = 0  # how far the text has been read, and where the line begins
    for end, what in _parts(text, language):
        while (break_ := text.find("\n", at, end)) >= 0:
            _extend(lines[-1], break_ - start, what)
            lines.append([])
            at = start = break_ + 1
        _extend(lines[-1], end - start, what)
        at = end
    return lines


def _extend(line: list[tuple[int, str]], end: int, what: str) -> None:
    if line and line[-1][1] == what:
        line[-1] = (end, what)
    elif end > (line[-1][0] if line else 0):
        line.append((end, what))


def _parts(text: str, language: str) -> Iterator[tuple[int, str]]:
    """Where each word ends in the text, to its very end."""
    at = 0
    if (
        len(text) <= _SIZE
        and max(map(len, text.split("\n"))) <= _LINE
        and (lexer := _lexer(language.lower())) is not None
    ):
        until = time.thread_time() + _SECONDS
        for start, kind, word in lexer.get_tokens_unprocessed(text + "\n"):
            if start < at:
                continue  # a lexer that reads something twice
            end = min(start + len(word), len(text))
            if start > at:
                yield start, ""
            yield end, _what(kind)
            at = end
            if time.thread_time() > until:
                break
    yield len(text), ""


@cache
def _what(kind: Any) -> str:
    name = str(kind).removeprefix("Token.")
    return next((what for prefix, what in _KINDS if name.startswith(prefix)), "")


@cache
def _known() -> Mapping[str, str]:
    """The names and file endings of each language, and the name that Pygments knows it by."""
    from pygments.lexers import get_all_lexers

    known: dict[str, str] = {}
    endings: dict[str, str] = {}
    for _, names, patterns, _ in get_all_lexers(plugins=False):
        if ours := _LANGUAGES.intersection(names):
            name = min(ours)
            known |= dict.fromkeys(names, name)
            for pattern in patterns:
                endings.setdefault(pattern.removeprefix("*."), name)
    return endings | known


@cache
def _lexer(language: str) -> Lexer | None:
    from pygments.lexers import get_lexer_by_name

    return get_lexer_by_name(name) if (name := _known().get(language)) else None
