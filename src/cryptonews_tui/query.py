"""Step 5 of the line: the query language. `parse(text)` gives a `Query`, `str(query)` gives the text back.

    tag:btc,"digital assets" -sentiment:positive source:coindesk is:unread etf "proof of reserves"

Terms stand side by side and all must hold. The same field twice, or commas, mean any of; `-` excludes.
Upper and lower case do not matter. A bare word of three letters or more matches the beginnings of words, a
quoted one matches exactly, as a phrase. `FIELDS` is the one table of what can be asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

PREFIX_LETTERS = 3
"""A bare word of at least this many letters matches word beginnings."""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that can be asked for, with its help; `values` lists all there are, if that is fixed."""

    name: str
    help: str
    example: str
    values: tuple[str, ...] = ()


FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("tag", "stories with this tag", 'tag:"bitcoin price"'),
        Field(
            "sentiment",
            "the publisher's label; unrated where there is none",
            "sentiment:negative",
            ("positive", "negative", "neutral", "unrated"),
        ),
        Field("source", "who published it, by key", "source:coindesk"),
        Field("category", "the publisher's category", "category:market"),
        Field("lang", "stories that have a text in this language", "lang:uk"),
        Field(
            "is",
            "a state: yours, or the publisher's (drafts stay hidden unless asked for)",
            "is:unread",
            ("unread", "read", "starred", "pinned", "draft", "ai", "translated"),
        ),
    )
}


class QueryError(ValueError):
    """What is wrong with a query, and where: `position` counts characters from 0 in the text as typed."""

    def __init__(self, message: str, text: str, position: int, length: int = 1) -> None:
        super().__init__(message)
        self.text = text
        self.position = position
        self.length = max(1, length)

    def pointed(self) -> str:
        """The message under the query with the place marked, for people."""
        text = "".join(c if c.isprintable() else " " for c in self.text)
        return f"{text}\n{' ' * self.position}{'^' * self.length}\n{self}"


@dataclass(frozen=True, slots=True, order=True)
class Word:
    """Something that must occur in title, description or body (or must not). In small letters."""

    text: str
    exact: bool = False
    negated: bool = False

    def __str__(self) -> str:
        text = _quote(self.text) if self.exact else self.text
        return f"-{text}" if self.negated else text


@dataclass(frozen=True, slots=True)
class Filter:
    """One field: any of `values` must hold, or none when `negated`. Values are case folded and sorted."""

    field: str
    values: tuple[str, ...]
    negated: bool = False

    def __str__(self) -> str:
        values = ",".join(v if _BARE_VALUE.fullmatch(v) else _quote(v) for v in self.values)
        return f"{'-' if self.negated else ''}{self.field}:{values}"


@dataclass(frozen=True, slots=True)
class Query:
    """What to show. Two queries that mean the same by construction are equal; the empty one shows all."""

    words: tuple[Word, ...] = ()
    filters: tuple[Filter, ...] = ()

    def __str__(self) -> str:
        return " ".join(map(str, (*self.filters, *self.words)))

    def __bool__(self) -> bool:
        return bool(self.words or self.filters)

    def values(self, field: str, *, negated: bool = False) -> tuple[str, ...]:
        """The included (or excluded) values of a field."""
        return next((f.values for f in self.filters if f.field == field and f.negated == negated), ())

    def without(self, *fields: str) -> Query:
        """This query with nothing said about these fields."""
        return replace(self, filters=tuple(f for f in self.filters if f.field not in fields))

    def only(self, field: str, value: str) -> Query:
        """This query with exactly this value of the field."""
        return self.without(field)._with(field, (value,), negated=False)

    def toggled(self, field: str, value: str, *, negated: bool = False) -> Query:
        """This query with the value included (or excluded); if it already was, with nothing said about it."""
        value = value.casefold()
        there = value in self.values(field, negated=negated)
        values = {sign: set(self.values(field, negated=sign)) - {value} for sign in (False, True)}
        if not there:
            values[negated].add(value)
        query = self.without(field)
        for sign in (False, True):
            query = query._with(field, values[sign], negated=sign)
        return query

    def _with(self, field: str, values: Iterable[str], *, negated: bool) -> Query:
        return make_query(self.words, (*self.filters, Filter(field, tuple(values), negated)))


def make_query(words: Iterable[Word] = (), filters: Iterable[Filter] = ()) -> Query:
    """A query in its one canonical form: filters merged by field and sign, in the order of `FIELDS`."""
    merged: dict[tuple[str, bool], set[str]] = {}
    for item in filters:
        merged.setdefault((item.field, item.negated), set()).update(value.casefold() for value in item.values)
    return Query(
        words=tuple(dict.fromkeys(replace(word, text=" ".join(_small(word.text).split())) for word in words)),
        filters=tuple(
            Filter(field, tuple(sorted(merged[field, negated])), negated)
            for field in FIELDS
            for negated in (False, True)
            if merged.get((field, negated))
        ),
    )


def parse(text: str) -> Query:
    """The query that `text` says. Raises `QueryError` with the place and, where it can, what was meant."""
    if unknown := _NO_TEXT.search(text):
        raise QueryError("this is no character that can be looked for", text, unknown.start())
    words: list[Word] = []
    filters: list[Filter] = []
    position = _skip_spaces(text, 0)
    while position < len(text):
        start = position
        negated = text[position] == "-"
        position += negated
        if name := _FIELD.match(text, position):
            field = _field(text, name[1], position)
            values, position = _values(text, name.end(), field)
            filters.append(Filter(field.name, values, negated))
        else:
            exact = text[position : position + 1] == '"'
            word, position = _value(text, position, _WORD)
            if not any(map(str.isalnum, word)):
                what = f"“{word}” has no letters or digits to look for" if word else "a word is missing here"
                raise QueryError(what, text, start, position - start)
            words.append(Word(word, exact, negated))
        if position < len(text) and not text[position].isspace():
            raise QueryError("put a space between two terms", text, position)
        position = _skip_spaces(text, position)
    return make_query(words, filters)


_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_FIELD = re.compile(r"([^\W\d_]+):")
_WORD = re.compile(r'[^\s"]+')
_VALUE = re.compile(r'[^\s",]+')
_BARE_VALUE = re.compile(r'[^\s",]+')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.S)
_ESCAPED = re.compile(r"\\(.)", re.S)


def _field(text: str, name: str, position: int) -> Field:
    if field := FIELDS.get(name.casefold()):
        return field
    nearest = _nearest(name.casefold(), FIELDS)
    hint = f"did you mean “{nearest}:”?" if nearest else "fields are " + ", ".join(f"{f}:" for f in FIELDS)
    raise QueryError(f"there is no field “{name}:”; {hint}", text, position, len(name) + 1)


def _values(text: str, position: int, field: Field) -> tuple[tuple[str, ...], int]:
    values: list[str] = []
    while True:
        start = position
        value, position = _value(text, position, _VALUE)
        value = " ".join(value.split()).casefold()
        if not value:
            raise QueryError(f"{field.name}: needs a value, such as {field.example}", text, start)
        if field.values and value not in field.values:
            nearest = _nearest(value, field.values)
            hint = f"did you mean “{nearest}”?" if nearest else "it is one of " + ", ".join(field.values)
            raise QueryError(f"{field.name}: cannot be “{value}”; {hint}", text, start, position - start)
        values.append(value)
        if text[position : position + 1] != ",":
            return tuple(values), position
        position += 1


def _value(text: str, position: int, bare: re.Pattern[str]) -> tuple[str, int]:
    if text[position : position + 1] == '"':
        quoted = _QUOTED.match(text, position)
        if quoted is None:
            raise QueryError("this quote is not closed", text, position, len(text) - position)
        return _ESCAPED.sub(r"\1", quoted[1]), quoted.end()
    found = bare.match(text, position)
    return (found[0], found.end()) if found else ("", position)


def _small(text: str) -> str:
    """Letter for letter, as the index folds: `ß` is not `ss` there."""
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _skip_spaces(text: str, position: int) -> int:
    while position < len(text) and text[position].isspace():
        position += 1
    return position


def _nearest(word: str, among: Iterable[str]) -> str | None:
    from difflib import get_close_matches  # only errors need it

    return next(iter(get_close_matches(word, list(among), 1, 0.6)), None)
