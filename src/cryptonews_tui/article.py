"""The values that travel from a source to the screen. Frozen, without I/O; everyone may import them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Sentiment(StrEnum):
    """The publisher's label. An article without one has `None`: unrated, never guessed."""

    POSITIVE = "POSITIVE"
    NEGATIVE = "NEGATIVE"
    NEUTRAL = "NEUTRAL"


class Role(StrEnum):
    """What a section is for, whatever its heading says in whatever language."""

    OVERVIEW = "overview"
    EVENTS = "events"
    SIGNIFICANCE = "significance"
    REGULATION = "regulation"
    MARKET = "market"
    OUTLOOK = "outlook"
    AUTHOR = "author"
    IMPACT = "impact"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Document:
    """One file as its source holds it: bytes that nobody has looked at yet.

    `item` names it inside the source (a relative path with `/`, or a URL), `origin` names it for people
    (a full path or URL), `stamp` tells next time whether it changed (empty: compare the bytes). `formerly` is the
    item that it was before it was renamed.
    """

    item: str
    origin: str
    data: bytes
    stamp: str = ""
    formerly: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that was wrong with one item, and where (`line` counts from 1 in the file)."""

    item: str
    line: int | None
    message: str


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who published the story: `key` identifies, `name` is shown."""

    key: str
    name: str
    type: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a machine did to the text, as the publisher declares it."""

    rewritten: bool = False
    expanded_at: datetime | None = None
    version: str = ""
    translated_from: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A `##` section: its role, its heading as written (plain text, empty before the first heading), its Markdown."""

    role: Role
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Article:
    """One language version of one story, cleaned: behind `reading` no text needs to be feared.

    Times are aware and in UTC. `story` is the publisher's id that all versions share; not `named`: it was made of
    the file's name and the date. `extra` holds the front-matter fields we do not know, as JSON values.
    """

    story: str
    lang: str
    title: str
    published: datetime
    updated: datetime
    origin: str
    publisher: Publisher
    description: str = ""
    category: str = ""
    tags: tuple[str, ...] = ()
    sentiment: Sentiment | None = None
    score: float | None = None
    sticky_weight: int = 0
    draft: bool = False
    canonical_url: str | None = None
    cover: Mapping[str, str] = field(default_factory=dict)
    provenance: Provenance | None = None
    cta: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()
    body: str = ""
    named: bool = field(default=True, compare=False)

    @property
    def url(self) -> str | None:
        """The page to open in a browser: the original one, else the publisher's."""
        return self.canonical_url or self.publisher.url

    def markdown(self, sections: Sequence[Section] | None = None) -> str:
        """The title and all sections, or only these sections, as Markdown."""
        parts = [] if sections is not None else [f"# {self.title}"]
        for section in self.sections if sections is None else sections:
            parts += [f"## {section.heading}"] if section.heading else []
            parts += [section.text] if section.text else []
        return "\n\n".join(parts)
