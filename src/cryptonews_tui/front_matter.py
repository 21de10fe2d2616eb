"""YAML front matter → plain values: the core of YAML 1.2, read by PyYAML's C parser, bounded.

No timestamps, no `yes`/`no`, no octal numbers, no merge keys, no YAML tags: the tag `NO` stays a tag and the id
`007` keeps its zeros. Nothing that is shared by aliases is copied, and nothing is built that nests too deep.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import yaml

from cryptonews_tui.translation import _

_DEPTH_LIMIT = 40
_SHORT = 4_096

Duplicate = Callable[[str, int], None]


class FrontMatterError(Exception):
    """The text is not what front matter can be; `line` counts from 0 within it, if known."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


def _too_deep() -> str:
    return _("nested deeper than {count} levels").format(count=_DEPTH_LIMIT)


def load(text: str, duplicate: Duplicate) -> Any:
    """The value of the text. `duplicate` hears of every key that is given twice, with its line from 0.

    Raises `FrontMatterError`.
    """
    if "\t" in text:  # tabs indent nothing in YAML but are common in files written by hand
        text = _LEADING_TABS.sub(lambda tabs: "  " * len(tabs[0]), text)
    try:
        _refuse_bombs(text)
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            return None if node is None else _Builder(duplicate).value(node)
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        raise FrontMatterError(str(getattr(error, "problem", None) or error), line) from None
    except (ValueError, RecursionError) as error:
        raise FrontMatterError(str(error)) from None


_PLAIN, _OTHER = "plain", "other"


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # C where it was built
    """Parses and composes only; instead of a type it notes which scalars are plain."""

    def resolve(self, kind: type[yaml.Node], value: object, implicit: Any) -> str:
        return _PLAIN if kind is yaml.ScalarNode and implicit[0] else _OTHER


class _Builder:
    """Nodes → values. What several aliases share is built once."""

    def __init__(self, duplicate: Duplicate) -> None:
        self._duplicate = duplicate
        self._built: dict[yaml.Node, Any] = {}

    def value(self, node: yaml.Node, depth: int = 0) -> Any:
        if isinstance(node, yaml.ScalarNode):
            text: str = node.value
            return _plain(text) if node.tag == _PLAIN and text[:1] in _FIRST else text
        if node in self._built:
            return self._built[node]
        if depth > _DEPTH_LIMIT:
            raise FrontMatterError(_too_deep(), node.start_mark.line)
        self._built[node] = None  # what refers to itself finds nothing
        value: Any
        if isinstance(node, yaml.SequenceNode):
            value = [self.value(item, depth + 1) for item in node.value]
        else:
            value = {}
            for key_node, item in node.value:
                if not isinstance(key_node, yaml.ScalarNode):
                    raise FrontMatterError(_("a key is a list or a map"), key_node.start_mark.line)
                key = key_node.value
                if key in value:
                    self._duplicate(key, key_node.start_mark.line)
                value[key] = self.value(item, depth + 1)
        self._built[node] = value
        return value


def _plain(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if _INT.match(text):
        return int(text)
    return float(text) if _FLOAT.match(text) else text


# Digits are bounded because `int` and `float` take quadratic time or raise on huge ones.
_INT = re.compile(r"(?:0|-?[1-9][0-9]{0,17})\Z")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,18}(?:[eE][-+]?[0-9]{1,2})?\Z")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "True"), True),
    **dict.fromkeys(("false", "False"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
}
_FIRST = frozenset(("", *"tTfF~nN-0123456789"))


def _refuse_bombs(text: str) -> None:
    """Refuse long text that nests deep before a node is built: the C composer recurses, as deep as text is long.

    The events cost as much as loading, and short text cannot do harm.
    """
    if len(text) < _SHORT:
        return
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEPTH_LIMIT:
                raise FrontMatterError(_too_deep(), _line_of(event))
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _line_of(event: yaml.Event) -> int | None:
    return event.start_mark.line if event.start_mark else None


_LEADING_TABS = re.compile(r"^\t+", re.M)
