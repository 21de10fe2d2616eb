"""A library as plain lists: what any query finds, in which order, and every count, by looking at each story."""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from cryptonews_tui.article import Article
from cryptonews_tui.assets import Assets
from cryptonews_tui.library import Library, Mark, State, Writer, indexing
from cryptonews_tui.moments import interval, moment, span
from cryptonews_tui.query import FIELDS, Either, Filter, Query, Word
from tests.strategies import NOW, arrived

Put = tuple[Article, bytes]
"""An article and the hash of its bytes."""

STATES = ("unread", "new", "changed", "starred", "read", "pinned", "ai", "translated", "draft")
AGES = ("today", "7d", "30d")


@dataclass(frozen=True)
class History:
    """What happened to a library: articles came, the reader marked some and left (or not), more articles came."""

    first: Sequence[Put] = ()
    marks: frozenset[tuple[Mark, str]] = frozenset()
    noted: frozenset[str] = frozenset()
    left: bool = False
    later: Sequence[Put] = ()

    @property
    def puts(self) -> list[Put]:
        return [*self.first, *self.later]


@contextmanager
def folder_in_memory() -> Iterator[Path]:
    """A folder for a moment: on a disk most of the time would be spent on making it last."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory) as name:
        yield Path(name)


@contextmanager
def library_of(
    history: History,
    *,
    many: int = 10_000,
    now: datetime = NOW,
    assets: Mapping[str, Sequence[str]] | None = None,
) -> Iterator[Library]:
    """A real library to which all of this happened; from `many` stories on it counts as large."""
    with folder_in_memory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(indexing, "MANY", many)
        write(folder, [history.first])
        with closing(State(folder / "state.db")) as state:
            time.sleep(0.002)  # what happens in the same millisecond is not told apart
            for mark, story in history.marks:
                state.set_mark(mark, story, on=True)
            for story in history.noted:
                state.set_note(story, "A note.")
            if history.left:
                state.note_leaving()
            time.sleep(0.002)
        write(folder, [history.later])
        with closing(
            Library(folder / "library.db", folder / "state.db", assets=assets or {}, now=lambda: now)
        ) as library:
            yield library


def write(folder: Path, batches: Sequence[Sequence[Put]], *, publish_each: bool = False) -> None:
    """Put articles into the library in a folder."""
    with closing(Writer(folder / "library.db")) as writer:
        for batch in batches:
            writer.write("s", {}, arrived(batch))
            if publish_each:
                writer.publish()
        writer.publish()


@dataclass
class Kept:
    """A version as the library has it."""

    article: Article
    hash: bytes
    later: bool


@dataclass
class Shelf:
    """The same library as lists: which versions of each story count, in which order the stories stand."""

    history: History
    now: datetime = NOW
    assets: Assets = field(default_factory=Assets)

    def __post_init__(self) -> None:
        kept = self.kept = dict[str, dict[str, Kept]]()
        self.new: set[str] = set()
        for number, (article, hashed) in enumerate(self.history.puts):
            later = number >= len(self.history.first)
            if article.story not in kept and later:
                self.new.add(article.story)
            versions = kept.setdefault(article.story, {})
            before = versions.get(article.lang)
            if before is not None and before.hash == hashed:
                before.article = replace(before.article, origin=article.origin)
            elif (
                before is None
                or before.article.origin == article.origin
                or (article.updated, hashed) > (before.article.updated, before.hash)
            ):
                versions[article.lang] = Kept(article, hashed, later)
        self.versions: dict[str, list[Article]] = {}
        self.held: dict[str, list[Article]] = {}
        self.rewritten: set[str] = set()
        for story, by_lang in kept.items():
            published = [one for one in by_lang.values() if not one.article.draft]
            counting = published or [*by_lang.values()]
            self.versions[story] = [one.article for one in counting]
            self.held[story] = [one.article for one in by_lang.values() if one not in counting]
            if any(one.later for one in counting):
                self.rewritten.add(story)
        arrived = {story: number for number, story in enumerate(self.versions)}
        self.timeline = sorted(self.versions, key=lambda story: (self.published(story), arrived[story]))

    def winners(self) -> list[Put]:
        """What a library that never held anything else would have been given."""
        return [(one.article, one.hash) for versions in self.kept.values() for one in versions.values()]

    def published(self, story: str) -> datetime:
        return max(version.published for version in self.versions[story])

    # What is found

    def find(self, query: Query, languages: Sequence[str] = ("en", "uk")) -> list[str]:
        """The stories in the order of the query; by relevance, as if by publication."""
        found = [story for story in reversed(self.timeline) if self.matches(story, query)]
        name, rises = query.sort.strip("+-"), query.sort.startswith("+")
        if not name:
            weights = {story: max(v.sticky_weight for v in self.versions[story]) for story in found}
            return sorted(found, key=lambda story: -max(0, weights[story]))
        if name in ("published", "relevance"):
            return found[::-1] if rises and name == "published" else found
        if name in ("title", "source"):
            rises = not query.sort.startswith("-")
        wanted = (*query.values("lang"), *languages)
        keys: dict[str, Callable[[str], Any]] = {
            "updated": lambda story: self.shown(story, wanted).updated,
            "title": lambda story: self.shown(story, wanted).title.casefold(),
            "source": lambda story: self.shown(story, wanted).publisher.name.casefold(),
            "score": lambda story: self.shown(story, wanted).score,
        }
        key = keys[name]
        last = [story for story in found if key(story) is None]
        return [*sorted((s for s in found if s not in last), key=key, reverse=not rises), *last]

    def matches(self, story: str, query: Query) -> bool:
        hidden = self.has(story, "is", "draft") and not any(
            isinstance(term, Filter) and term.field == "is" and "draft" in term.values
            for term in query.terms()
        )
        return not hidden and self.holds(story, query)

    def holds(self, story: str, query: Query) -> bool:
        """Whether all terms hold that stand side by side."""
        terms: tuple[Word | Filter | Either, ...] = (*query.words, *query.filters, *query.groups)
        return all(self.term_holds(story, term) != term.negated for term in terms)

    def term_holds(self, story: str, term: Word | Filter | Either) -> bool:
        if isinstance(term, Word):
            return self.says(story, term)
        if isinstance(term, Either):
            return any(self.holds(story, alternative) for alternative in term.alternatives)
        return (all if term.every else any)(self.has(story, term.field, value) for value in term.values)

    def has(self, story: str, field: str, value: str) -> bool:
        versions = self.versions[story]
        if field == "asset":
            wanted = [asset.symbol for asset in self.assets if any(fits(value, s) for s in asset.spellings)]
            return not self.values(story, "asset").isdisjoint(wanted)
        if FIELDS[field].kind in ("value", "choice"):
            return any(fits(value, one) for one in self.values(story, field))
        if field in ("score", "words", "lag"):
            return any(self.measures(version, field, value) for version in versions)
        if field == "updated":
            time = interval(value, self.now)
            assert time is not None
            return any(time[0] <= version.updated < time[1] for version in versions)
        time = interval(value, self.now) if field == "published" else moment(value, self.now)
        assert time is not None
        published = self.published(story)
        if field == "since":
            return published >= time[0]
        if field == "before":
            return published < time[0]
        return time[0] <= published < time[1]

    def measures(self, version: Article, field: str, condition: str) -> bool:
        if field == "score":
            return version.score is not None and meets(version.score, condition, float)
        if field == "words":
            return meets(len(version.body.split()), condition, float)
        return meets(version.updated - version.published, condition, span)

    def says(self, story: str, word: Word) -> bool:
        return any(says(version, word) for version in self.versions[story])

    def shown(self, story: str, languages: Sequence[str] = ("en", "uk")) -> Article:
        """The version a list shows; of languages that nobody prefers the one that came first."""
        order = {lang: rank for rank, lang in reversed(list(enumerate(languages)))}
        return min(self.versions[story], key=lambda version: order.get(version.lang, 99))

    def values(self, story: str, field: str) -> set[str]:
        """What a story has, as queries say it."""
        versions = self.versions[story]
        match field:
            case "tag":
                return {tag.casefold() for v in versions for tag in v.tags}
            case "asset":
                return {symbol for v in versions for tag in v.tags if (symbol := self.assets.of_tag(tag))}
            case "sentiment":
                return {(v.sentiment or "unrated").casefold() for v in versions}
            case "source":
                return {v.publisher.key for v in versions}
            case "category":
                return {v.category.casefold() for v in versions} - {""}
            case "lang":
                return {v.lang for v in versions}
            case "section":
                return {section.role.value for v in versions for section in v.sections}
            case "id":
                return {story.casefold()}
            case "origin":
                return {v.origin.casefold() for v in versions}
            case "on":
                times = {value: moment(value, self.now) for value in (*AGES, self.month(story))}
                published = self.published(story)
                return {value for value, time in times.items() if time and time[0] <= published < time[1]}
            case "has":
                having = {
                    "image": any(v.cover for v in versions),
                    "link": any(v.canonical_url or v.publisher.url for v in versions),
                    "note": story in self.history.noted,
                }
                return {value for value, has in having.items() if has}
            case _:
                assert field == "is"
                read = (Mark.READ, story) in self.history.marks
                states = {
                    "read": read,
                    "unread": not read,
                    "starred": (Mark.STARRED, story) in self.history.marks,
                    "pinned": any(v.sticky_weight > 0 for v in versions),
                    "draft": all(v.draft for v in versions),
                    "ai": any(v.provenance and v.provenance.rewritten for v in versions),
                    "translated": any(v.provenance and v.provenance.translated_from for v in versions),
                    "new": self.history.left and story in self.new,
                    "changed": read and story in self.rewritten,
                }
                return {state for state, holds in states.items() if holds}

    def month(self, story: str) -> str:
        return self.published(story).astimezone(self.now.tzinfo).strftime("%Y-%m")

    # What is counted

    def counts(self, field: str, query: Query, *, apart: bool) -> list[tuple[str, int]]:
        """The values of a field in their order, with the number of stories that have each."""
        others = query.without(field)
        found = self.find((others if apart else query).sorted_by(""))
        counted = Counter(value for story in found for value in self.values(story, field))
        if field == "is":
            if apart:  # drafts as if they were asked for
                counted["draft"] = len(self.find(others.toggled("is", "draft").sorted_by("")))
            return [(state, counted[state]) for state in STATES if counted[state]]
        if field == "on":
            months = sorted({value for value in counted if value not in AGES}, reverse=True)
            return [(value, counted[value]) for value in (*AGES, *months) if counted[value]]
        return sorted(counted.items(), key=lambda item: (-item[1], item[0]))


def fits(value: str, text: str) -> bool:
    """Whether a text is what a term's value says: `*` stands for anything, a backslash makes it a star."""
    sought, letters = "", iter(value)
    for letter in letters:
        sought += ".*" if letter == "*" else re.escape(next(letters, "\\") if letter == "\\" else letter)
    return re.fullmatch(sought, text, re.S) is not None


def meets(number: Any, condition: str, read: Callable[[str], Any]) -> bool:
    """Whether a number (or a time) is what a condition asks for."""
    low, dots, high = condition.partition("..")
    if dots:
        return (not low or number >= read(low)) and (not high or number <= read(high))
    if condition.startswith((">=", "<=")):
        than = read(condition[2:])
        return bool(number >= than if condition[0] == ">" else number <= than)
    if condition.startswith((">", "<")):
        than = read(condition[1:])
        return bool(number > than if condition[0] == ">" else number < than)
    return bool(number == read(condition))


def says(article: Article, word: Word) -> bool:
    """Whether a word or phrase stands in a part of an article that it is about."""
    whole = tokens(word.text)
    prefix = not word.exact and (word.text.endswith("*") or (word.text[-1].isalnum() and len(whole[-1]) >= 3))
    return any(contains(tokens(text), whole, prefix) for text in parts(article, word.scope))


def parts(article: Article, scope: str) -> Iterator[str]:
    """What a word of this scope is looked for in: no phrase reaches from one of them into another."""
    if scope in ("", "title"):
        yield article.title
    if not scope:
        yield article.description
    for section in article.sections:
        if scope in ("", "body", section.role):
            yield f"{section.heading}\n{section.text}"


def contains(text: Sequence[str], sought: Sequence[str], prefix: bool) -> bool:
    *whole, last = sought
    return any(
        text[start : start + len(whole)] == whole
        and (text[start + len(whole)].startswith(last) if prefix else text[start + len(whole)] == last)
        for start in range(len(text) - len(whole))
    )


def tokens(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())
