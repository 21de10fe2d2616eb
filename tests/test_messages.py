"""The catalogues say all that the code says; `make messages` brings them in line, the rest is translating."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from messages import (
    PACKAGE,
    TRANSLATED,
    as_text,
    compiled,
    messages,
    place,
    plain,
    read,
    said,
    translated,
    updated,
)


def key(message: Message) -> tuple[object, object]:
    return message.id, message.context


def forms(text: object) -> tuple[str, ...]:
    """A message or translation in all its plural forms."""
    return tuple(text) if isinstance(text, tuple | list) else (str(text),)


def holes(text: str) -> set[str]:
    """What is filled in: `{name}` of ours, `%s` and `%(name)s` of argparse. Others than names are refused."""
    assert not re.search(r"\{(\d*\}|\w+[!:.\[])", text), text
    return {*re.findall(r"\{(\w+)\}", text), *re.findall(r"%(?:\(\w+\))?[a-z]", text)}


def own() -> Iterator[tuple[str, Message]]:
    for language in TRANSLATED:
        for message in messages(read(place(language), language)):
            yield language, message


@pytest.mark.parametrize("language", TRANSLATED)
def test_everything_that_the_code_says_is_translated(language: str) -> None:
    catalog = read(place(language), language)
    ready = {key(message) for message in messages(catalog) if translated(message) and not message.fuzzy}
    missing = [message.id for message in messages(said()) if key(message) not in ready]
    assert missing == [], "make messages, and translate"


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_holds_nothing_that_the_code_no_longer_says(language: str) -> None:
    catalog = read(place(language), language)
    assert not catalog.obsolete
    assert {key(message) for message in messages(catalog)} <= {key(message) for message in messages(said())}


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_compiled_catalogue_is_the_written_one(language: str) -> None:
    catalog = plain(read(place(language), language), language)
    assert place(language).with_suffix(".mo").read_bytes() == compiled(catalog), "make messages"


@pytest.mark.parametrize("language", TRANSLATED)
def test_bringing_a_catalogue_in_line_again_changes_nothing(language: str) -> None:
    written = place(language).read_bytes()
    assert as_text(updated(language, read(place(language), language))) == written, "make messages"


def test_what_is_filled_in_has_a_name_and_is_in_the_translation() -> None:
    wrong = []
    for language, message in own():
        wanted = set.union(*map(holes, forms(message.id)))
        if any(holes(form) != wanted for form in forms(message.string)):  # Ukrainian says 21 like 1
            wrong.append((language, message.id, message.string))
    assert wrong == []


def test_a_translation_begins_and_ends_with_the_spaces_of_its_text() -> None:
    def edges(text: str) -> tuple[str, str]:
        return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]

    wrong = [
        (message.id, string)
        for _, message in own()
        for string in forms(message.string)
        if message.context != "between thousands" and edges(string) != edges(forms(message.id)[0])
    ]
    assert wrong == []


def scopes(tree: ast.AST) -> Iterator[list[ast.AST]]:
    """All nodes of a module and of each function in it, without those of the functions in them."""
    own: list[ast.AST] = []
    waiting = list(ast.iter_child_nodes(tree))
    while waiting:
        node = waiting.pop()
        own.append(node)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from scopes(node)
        else:
            waiting += ast.iter_child_nodes(node)
    yield own


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.stem)
def test_where_something_is_said_an_underscore_is_nothing_else(path: Path) -> None:
    """`for _ in …` would make the `_` of the whole function a value, and `_("…")` an error."""
    for nodes in scopes(ast.parse(path.read_text("utf-8"))):
        names = [node for node in nodes if isinstance(node, ast.Name) and node.id == "_"]
        values = [node.lineno for node in names if isinstance(node.ctx, ast.Store)]
        values += [node.lineno for node in nodes if isinstance(node, ast.arg) and node.arg == "_"]
        calls = any(isinstance(node.ctx, ast.Load) for node in names)
        assert not (values and calls), values
