"""One module a target: `run(data)` returns, or raises what it should not; `SEEDS` begin, `WORDS` are what inputs are
made of, and `INPUTS`, where a module has them, are a strategy of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

NAMES = (
    "front_matter",
    "markdown",
    "cleaning",
    "query",
    "manifest",
    "feed",
    "news",
    "lists",
    "archive",
    "encodings",
    "headers",
    "addresses",
    "settings",
    "git",
    "transfer",
    "terminal",
    "library",
)


@dataclass(frozen=True, slots=True)
class Target:
    """Something that takes bytes from strangers."""

    name: str
    run: Callable[[bytes], None]
    seeds: Sequence[bytes]
    words: Sequence[bytes]
    inputs: SearchStrategy[bytes] | None = None
    most: int = 8_192
    """Bytes of an input: longer ones seldom show what shorter ones do not."""


def load(name: str) -> Target:
    """The target of this name; what it tries is imported now."""
    module = import_module(f"fuzz.targets.{name}")
    return Target(name, module.run, module.SEEDS, module.WORDS, getattr(module, "INPUTS", None))
