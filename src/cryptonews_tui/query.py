"""Step 5 of the line: the query language. `parse(text)` gives a `Query`, `str(query)` gives the text back.

    tag:btc,"digital assets" -sentiment:positive since:7d impact:"etf flows" (source:coindesk OR $xrp) sort:score

Terms stand side by side and all must hold; `OR` binds weaker, parentheses group, `-` excludes. The same field
twice, or commas, mean any of, `&` all of; times and numbers said twice narrow. Upper and lower case do not
matter. A bare word of three letters or more matches the beginnings of words, a quoted one matches exactly, as a
phrase. `FIELDS` is the one table of what can be asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from cryptonews_tui.article import Role
from cryptonews_tui.moments import interval, moment, span, swapped
from cryptonews_tui.translation import N_, _

DEEPEST = 50
"""So many parentheses may stand in each other."""

PREFIX_LETTERS = 3
"""A bare word of at least this many letters matches word beginnings."""

DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that can be asked for, with its help.

    `kind` is what its values are: `value` (whole values, with `*`), `choice` (one of `values`), `words`, `number`,
    `span`, `moment` (merged like values), `since` (a moment), `interval`, `order`.
    """

    name: str
    help: str
    example: str
    kind: str = "value"
    values: tuple[str, ...] = ()

    @property
    def merges(self) -> bool:
        """Whether two terms of this field mean any of both; else each narrows."""
        return self.kind in ("value", "choice", "moment")


ORDERS = ("published", "updated", "title", "source", "score", "relevance")
"""What a list can be sorted by, each in its natural direction: times and scores fall, texts rise."""

_RISING = ("title", "source")
_SECTIONS = {
    Role.OVERVIEW: N_("words in sections about what it is about"),
    Role.EVENTS: N_("words in sections about what happened"),
    Role.SIGNIFICANCE: N_("words in sections about why it matters"),
    Role.REGULATION: N_("words in sections about regulation and law"),
    Role.MARKET: N_("words in sections about the market"),
    Role.OUTLOOK: N_("words in sections about what comes next"),
    Role.AUTHOR: N_("words in sections about the author's opinion"),
    Role.IMPACT: N_("words in sections about the impact on the market"),
    Role.OTHER: N_("words in sections about anything else"),
}

FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("tag", N_("stories with this tag, the whole of it"), 'tag:"bitcoin price"'),
        Field(
            "sentiment",
            N_("the publisher's label; unrated where there is none"),
            "sentiment:negative",
            "choice",
            ("positive", "negative", "neutral", "unrated"),
        ),
        Field("asset", N_("an asset by any of its names and tags; `$btc` for short"), "asset:btc"),
        Field("source", N_("who published it, by key"), "source:coindesk"),
        Field("category", N_("the publisher's category"), "category:market"),
        Field("lang", N_("stories that have a text in this language"), "lang:uk"),
        Field(
            "is",
            N_("a state: yours, or the publisher's (drafts stay hidden unless asked for)"),
            "is:unread",
            "choice",
            ("unread", "read", "starred", "pinned", DRAFT, "ai", "translated", "new", "changed", "gone"),
        ),
        Field("has", N_("what comes with it"), "has:image", "choice", ("image", "link", "note")),
        Field("section", N_("stories with a section of this role"), "section:impact", "choice", tuple(Role)),
        Field(
            "on",
            N_("published on this day, in this month or year, or within this time"),
            "on:yesterday",
            "moment",
        ),
        Field("since", N_("published then or later"), "since:7d", "since"),
        Field("before", N_("published earlier"), "before:2026-01-01", "since"),
        Field("published", N_("published in this time"), "published:2025-12-01..2025-12-31", "interval"),
        Field("updated", N_("last rewritten in this time"), "updated:today", "interval"),
        Field("lag", N_("time from publication to the last rewriting"), "lag:>6h", "span"),
        Field("score", N_("the publisher's score"), "score:>0.5", "number"),
        Field("words", N_("length of the text in words"), "words:100..400", "number"),
        Field("id", N_("the story with this id"), "id:61502001"),
        Field("origin", N_("the file or address it was read from"), "origin:*2025/11*"),
        Field("title", N_("words of the title"), "title:etf", "words"),
        Field("body", N_("words of the text"), 'body:"cold wallet"', "words"),
        *(Field(role, help, f"{role}:etf", "words") for role, help in _SECTIONS.items()),
        Field("sort", N_("the order of the list; `-` falls, `+` rises"), "sort:score", "order", ORDERS),
    )
}


class AssetNames(Protocol):
    """What assets can be called; `assets.Assets` is it."""

    def get(self, name: str) -> object | None: ...

    def nearest(self, name: str) -> str | None: ...


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
    """Something that must occur (or must not): anywhere, or in what `scope` names. In small letters."""

    text: str
    exact: bool = False
    negated: bool = False
    scope: str = ""

    @property
    def begins(self) -> bool:
        """Whether words count that only begin so: where its last part has enough letters, or `*` says it."""
        if self.exact:
            return False
        return self.text.endswith("*") or len(_last_part(self.text)) >= PREFIX_LETTERS

    def __str__(self) -> str:
        text = _quote(self.text) if self.exact else self.text
        return f"{'-' if self.negated else ''}{self.scope}{':' if self.scope else ''}{text}"


@dataclass(frozen=True, slots=True)
class Filter:
    """One field: any of `values` must hold, or `every` one; or not, when `negated`. Case folded and sorted.

    In values of facets `*` stands for any letters; `\\*` is a star, and `\\\\` a backslash.
    """

    field: str
    values: tuple[str, ...]
    negated: bool = False
    every: bool = False

    def __str__(self) -> str:
        sign = "-" if self.negated else ""
        if self.field == "asset" and len(self.values) == 1 and _ASSET.fullmatch(self.values[0]):
            return f"{sign}${self.values[0]}"
        values = ("&" if self.every else ",").join(map(_shown, self.values))
        return f"{sign}{self.field}:{values}"


@dataclass(frozen=True, slots=True)
class Either:
    """A group in parentheses: one of the alternatives must hold, or none when `negated`."""

    alternatives: tuple[Query, ...]
    negated: bool = False

    def __str__(self) -> str:
        return f"{'-' if self.negated else ''}({' OR '.join(map(str, self.alternatives))})"


@dataclass(frozen=True, slots=True)
class Query:
    """What to show, and in which order. Queries that mean the same by construction are equal; empty: all."""

    words: tuple[Word, ...] = ()
    filters: tuple[Filter, ...] = ()
    groups: tuple[Either, ...] = ()
    sort: str = ""
    """An order with its sign where that is not the natural one; empty: by publication."""

    def __str__(self) -> str:
        terms = [*map(str, self.filters), *map(str, self.words), *map(str, self.groups)]
        if len(terms) == 1 and self.groups and not self.groups[0].negated and not self.sort:
            return terms[0][1:-1]
        return " ".join([*terms, f"sort:{self.sort}"] if self.sort else terms)

    def __bool__(self) -> bool:
        """Whether anything is asked, apart from the order."""
        return bool(self.words or self.filters or self.groups)

    def __len__(self) -> int:
        """How many terms it has."""
        return len(self.words) + len(self.filters) + len(self.groups)

    def values(self, field: str, *, negated: bool = False) -> tuple[str, ...]:
        """The included (or excluded) values of a field, as far as they stand for themselves."""
        found = (
            f.values
            for f in self.filters
            if f.field == field and f.negated == negated and not (f.negated and f.every)
        )
        return tuple(dict.fromkeys(value for values in found for value in values))

    def sign(self, field: str, value: str) -> int:
        """What is said of a facet's value: 1 included, -1 excluded, 0 nothing."""
        value = literal(value)
        return (value in self.values(field)) - (value in self.values(field, negated=True))

    def every(self, field: str) -> bool:
        """Whether all of the included values of a field must hold."""
        return any(f.every for f in self.filters if f.field == field and not f.negated)

    def without(self, *fields: str) -> Query:
        """This query with nothing said about these fields, outside of groups."""
        return replace(self, filters=tuple(f for f in self.filters if f.field not in fields))

    def only(self, field: str, value: str) -> Query:
        """This query with exactly this value of the field."""
        return self.without(field)._with(Filter(field, (literal(value),)))

    def toggled(self, field: str, value: str, *, negated: bool = False, every: bool | None = None) -> Query:
        """This query with the value included (or excluded); if it already was, with nothing said about it.

        With `every` given, the value is included and all (or any) of the included values must hold.
        """
        value = literal(value)
        there = every is None and value in self.values(field, negated=negated)
        values = {sign: set(self.values(field, negated=sign)) - {value} for sign in (False, True)}
        if not there:
            values[negated].add(value)
        return self.without(field)._with(
            Filter(field, tuple(values[False]), every=self.every(field) if every is None else every),
            Filter(field, tuple(values[True]), negated=True),
            *(f for f in self.filters if f.field == field and f.negated and f.every),
        )

    def also(self, other: Query) -> Query:
        """What both queries ask for, in the order of `other` if it names one."""
        return make_query(
            (*self.words, *other.words),
            (*self.filters, *other.filters),
            (*self.groups, *other.groups),
            other.sort or self.sort,
        )

    def sorted_by(self, order: str) -> Query:
        """This query in another order; `order` may have a sign."""
        return replace(self, sort=_order(order))

    @property
    def order(self) -> tuple[str, bool]:
        """The name of its order, and whether it rises."""
        name = self.sort.lstrip("+-") or "published"
        return name, self.sort[0] == "+" if self.sort[:1] in ("+", "-") else name in _RISING

    def terms(self) -> Iterator[Word | Filter]:
        """Every term at any depth, whether it is included or excluded there."""
        yield from self.words
        yield from self.filters
        for group in self.groups:
            for alternative in group.alternatives:
                yield from alternative.terms()

    def looked_for(self) -> tuple[Word, ...]:
        """The words that stories are to have, at any depth: what to highlight."""
        found = [word for word in self.words if not word.negated]
        for group in self.groups:
            if not group.negated:
                found += [word for alternative in group.alternatives for word in alternative.looked_for()]
        return tuple(dict.fromkeys(found))

    def _with(self, *filters: Filter) -> Query:
        return make_query(self.words, (*self.filters, *filters), self.groups, self.sort)


def make_query(
    words: Iterable[Word] = (),
    filters: Iterable[Filter] = (),
    groups: Iterable[Either] = (),
    sort: str = "",
) -> Query:
    """A query in its one canonical form: filters merged and in the order of `FIELDS`, no needless group."""
    all_words, all_filters, kept = list(words), list(filters), []
    waiting = list(groups)
    while waiting:
        group = _simple(waiting.pop(0))
        if isinstance(group, Query):  # all of it must hold: no group is needed
            all_words += group.words
            all_filters += group.filters
            waiting[:0] = group.groups
        elif group not in kept:
            kept.append(group)
    return Query(
        words=tuple(dict.fromkeys(map(_small_word, all_words))),
        filters=_merged(all_filters),
        groups=tuple(kept),
        sort=_order(sort),
    )


def parse(text: str, assets: Callable[[], AssetNames] | None = None) -> Query:
    """The query that `text` says. Raises `QueryError` with the place and, where it can, what was meant.

    Which assets there are is a matter of the settings: with `assets` an unknown one is a mistake, too.
    """
    if unknown := _NO_TEXT.search(text):
        raise QueryError(_("this is no character that can be looked for"), text, unknown.start())
    return _Parser(text, assets).query()


def literal(value: str) -> str:
    """A facet's value as a term has it: a `*` in it is no more than a star."""
    return _SPECIAL.sub(r"\\\g<0>", value.casefold())


def pattern(value: str) -> tuple[str, re.Pattern[str] | None]:
    """A term's value as (its fixed beginning, what it has to match whole); no pattern: the value itself."""
    parts = [""]
    for escaped, star, plain in _PIECES.findall(value):
        if star:
            parts.append("")
        else:
            parts[-1] += escaped or plain
    if len(parts) == 1:
        return parts[0], None
    return parts[0], re.compile(".*".join(map(re.escape, parts)), re.S)


def between(text: str) -> tuple[str, str, str]:
    """A number's (or span's) condition as (lowest, highest, borders): `>5` is (`5`, ``, `()`).

    A border is a bracket where the number itself counts, a parenthesis where it does not.
    """
    found = _BETWEEN.fullmatch(text)
    assert found is not None
    if sign := found["sign"]:
        border = "[]" if "=" in sign else "()"
        return (found["than"], "", border) if sign[0] == ">" else ("", found["than"], border)
    if found["dots"]:
        return found["low"] or "", found["high"] or "", "[]"
    return found["same"], found["same"], "[]"


# Parsing

_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_FIELD = re.compile(r"([^\W\d_]+):")
_WORD = re.compile(r'[^\s"()]+')
_VALUE = re.compile(r'[^\s",&()]+')
_ASSET = re.compile(r'[^\s",&()\d*\\][^\s",&()*\\]*')
_BARE_VALUE = re.compile(r'[^\s",&()\\]+')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.S)
_ESCAPED = re.compile(r"\\(.)", re.S)
_SPECIAL = re.compile(r"[*\\]")
_PIECES = re.compile(r"\\(.)|(\*)|([^*\\]+|\\$)", re.S)
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)")
_BETWEEN = re.compile(
    r"(?P<sign>[<>]=?)(?P<than>[^<>=.]+(?:\.\d+)?|\.\d+)"
    r"|(?P<low>(?:(?!\.\.).)*)(?P<dots>\.\.)(?P<high>.*)"
    r"|(?P<same>[^<>=]+)"
)
_NO_LETTERS = re.compile(r"[\W_]+")
_WRITTEN_QUOTE = re.compile(r'\\(")')


class _Parser:
    def __init__(self, text: str, assets: Callable[[], AssetNames] | None) -> None:
        self.text = text
        self.assets = assets
        self.position = 0
        self.depth = 0
        self.sort = ""

    def query(self) -> Query:
        alternatives = self._alternatives()
        if self.position < len(self.text):
            raise self._error(_("this parenthesis was never opened"))
        found = make_query(groups=[Either(alternatives)]) if alternatives else Query()
        return replace(found, sort=_order(self.sort))

    def _alternatives(self) -> tuple[Query, ...]:
        """What stands side by side, parted by OR, up to the end or a closing parenthesis."""
        alternatives: list[Query] = []
        while True:
            start = self.position
            found, empty = self._side_by_side()
            end = self.position
            operator = self._operator("OR")
            if empty and (operator or alternatives):
                raise QueryError(_("OR needs a term on both sides"), self.text, start, end - start)
            if not empty:
                alternatives.append(found)
            if not operator:
                return tuple(alternatives)

    def _side_by_side(self) -> tuple[Query, bool]:
        words: list[Word] = []
        filters: list[Filter] = []
        groups: list[Either] = []
        while True:
            self._skip_spaces()
            if self.position >= len(self.text) or self.text[self.position] == ")":
                break
            if self._operator("OR", peek=True):
                break
            if (words or filters or groups) and self._operator("AND"):
                continue
            term = self._term()
            if isinstance(term, Word):
                words.append(term)
            elif isinstance(term, Filter):
                filters.append(term)
            elif term is not None:
                groups.append(term)
            if self.position < len(self.text) and not (self._here.isspace() or self._here in "()"):
                raise self._error(_("put a space between two terms"))
            if self._here == "(":
                raise self._error(_("put a space between two terms"))
        return make_query(words, filters, groups), not (words or filters or groups)

    @property
    def _here(self) -> str:
        return self.text[self.position : self.position + 1]

    def _term(self) -> Word | Filter | Either | None:
        text, start = self.text, self.position
        negated = self._here == "-"
        self.position += negated
        if self._here == "(":
            return self._group(negated)
        if self._here == "$" and not text[self.position + 1 : self.position + 2].isdecimal():
            self.position += 1
            values, every = self._values(FIELDS["asset"])
            return Filter("asset", values, negated, every)
        if name := _FIELD.match(text, self.position):
            field = self._field(name[1])
            self.position = name.end()
            if field.kind == "order":
                self._read_order(negated, start)
                return None
            if field.kind == "words":
                return self._word(start, negated, field.name)
            values, every = self._values(field)
            return Filter(field.name, values, negated, every)
        return self._word(start, negated)

    def _group(self, negated: bool) -> Either:
        opened = self.position
        if self.depth == DEEPEST:
            raise self._error(_("parentheses stand too deep here"))
        self.depth += 1
        self.position += 1
        alternatives = self._alternatives()
        self.depth -= 1
        if self._here != ")":
            raise QueryError(_("this parenthesis is not closed"), self.text, opened)
        self.position += 1
        if not alternatives:
            raise QueryError(
                _("there is nothing in these parentheses"), self.text, opened, self.position - opened
            )
        return Either(alternatives, negated)

    def _word(self, start: int, negated: bool, scope: str = "") -> Word:
        begin, exact = self.position, self._here == '"'
        word = self._value(_WORD)
        if not any(map(str.isalnum, word)):
            if word:
                raise QueryError(
                    _("“{word}” has no letters or digits to look for").format(word=word),
                    self.text,
                    start,
                    self.position - start,
                )
            if scope:
                what = _("{field}: needs a word, such as {example}").format(
                    field=scope, example=FIELDS[scope].example
                )
            else:
                what = _("a word is missing here")
            begin = begin if scope else start
            raise QueryError(what, self.text, begin, self.position - begin)
        if not exact and "*" in word.rstrip("*"):
            at = begin + word.index("*")
            raise QueryError(
                _("in words * can only stand at the end; in values anywhere: tag:*coin"), self.text, at
            )
        return Word(_ESCAPED.sub(r"\1", word) if exact else word, exact, negated, scope)

    def _field(self, name: str) -> Field:
        if field := FIELDS.get(name.casefold()):
            return field
        nearest = _nearest(name.casefold(), FIELDS)
        if nearest:
            hint = _("did you mean “{guess}”?").format(guess=f"{nearest}:")
        else:
            hint = _("fields are {names}").format(names=", ".join(f"{f}:" for f in FIELDS))
        raise QueryError(
            _("there is no field “{field}:”; {hint}").format(field=name, hint=hint),
            self.text,
            self.position,
            len(name) + 1,
        )

    def _values(self, field: Field) -> tuple[tuple[str, ...], bool]:
        values: list[str] = []
        sign = ""
        while True:
            start = self.position
            quoted = self._here == '"'
            value = self._value(_VALUE)
            if not quoted and field.kind == "value":
                value = value.replace("\\", "\\\\")
            value = " ".join(value.split()).casefold()
            if not value:
                raise QueryError(_needed(field), self.text, start)
            if complaint := _complaint(field, value) or self._unknown(field, value):
                raise QueryError(complaint, self.text, start, self.position - start)
            values.append(_unified(value) if field.kind == "value" else value)
            following = self._here
            if following not in (",", "&") or not following:
                return tuple(values), sign == "&"
            if sign and following != sign:
                raise self._error(_("either commas (any of) or & (all of), not both"))
            if following == "&" and not field.merges:
                raise self._error(_("{name}: takes no &; say it twice").format(name=field.name))
            sign = following
            self.position += 1

    def _unknown(self, field: Field, value: str) -> str:
        """What is wrong with the name of an asset; empty if nothing, or if nobody asks."""
        name, several = pattern(value)
        if field.name != "asset" or self.assets is None or several or (assets := self.assets()).get(name):
            return ""
        nearest = assets.nearest(name)
        hint = _("did you mean “{guess}”?").format(guess=nearest) if nearest else _("no asset is called so.")
        return _("asset: cannot be “{value}”; {hint} A tag is asked for with {term}").format(
            value=name, hint=hint, term=Filter("tag", (value,))
        )

    def _read_order(self, negated: bool, start: int) -> None:
        if negated:
            raise QueryError(_("sort: cannot be excluded; sort:-score falls"), self.text, start)
        begin = self.position
        value = self._value(_VALUE).casefold()
        if not value:
            raise QueryError(_needed(FIELDS["sort"]), self.text, begin)
        if value.lstrip("+-") not in ORDERS or len(value) - len(value.lstrip("+-")) > 1:
            complaint = _impossible("sort", value, _nearest_of(value.lstrip("+-"), ORDERS))
            raise QueryError(complaint, self.text, begin, self.position - begin)
        self.sort = value

    def _value(self, bare: re.Pattern[str]) -> str:
        """A bare or quoted value; of escapes in quotes only that of the quote itself is undone here."""
        if self._here == '"':
            quoted = _QUOTED.match(self.text, self.position)
            if quoted is None:
                raise self._error(_("this quote is not closed"), len(self.text) - self.position)
            self.position = quoted.end()
            return quoted[1] if bare is _WORD else _WRITTEN_QUOTE.sub(r"\1", quoted[1])
        found = bare.match(self.text, self.position)
        self.position = found.end() if found else self.position
        return found[0] if found else ""

    def _operator(self, name: str, *, peek: bool = False) -> bool:
        """Whether OR or AND, in capitals and by itself, stands here; it is then passed."""
        end = self.position + len(name)
        following = self.text[end : end + 1]
        if self.text[self.position : end] != name or not (
            not following or following.isspace() or following in "()"
        ):
            return False
        if not peek:
            self.position = end
        return True

    def _skip_spaces(self) -> None:
        while self._here.isspace():
            self.position += 1

    def _error(self, message: str, length: int = 1) -> QueryError:
        return QueryError(message, self.text, self.position, length)


_SOME_TIME = datetime(2026, 1, 1, tzinfo=UTC)


def _needed(field: Field) -> str:
    return _("{field}: needs a value, such as {example}").format(field=field.name, example=field.example)


def _impossible(field: str, value: str, hint: str) -> str:
    return _("{field}: cannot be “{value}”; {hint}").format(field=field, value=value, hint=hint)


def _nearest_of(value: str, values: tuple[str, ...]) -> str:
    """What was meant, or else all that can be."""
    if nearest := _nearest(value, values):
        return _("did you mean “{guess}”?").format(guess=nearest)
    return _("it is one of {values}").format(values=", ".join(values))


def _complaint(field: Field, value: str) -> str:
    """What is wrong with a value; empty if nothing."""
    if field.kind == "choice" and value not in field.values:
        hint = _nearest_of(value, field.values)
    elif field.kind in ("moment", "since") and moment(value, _SOME_TIME) is None:
        hint = _(
            "say a date (2025-12-31, 2025-12, 2025), an age (12h, 7d, 2w, 3mo, 1y), today, yesterday or now"
        )
    elif field.kind == "interval" and interval(value, _SOME_TIME) is None:
        hint = _("say a date, an age (7d), or two of them with .. between (2025-12-01..2025-12-31)")
    elif field.kind == "number" and not _is_condition(value, field.kind):
        hint = _("say a number: >0.5, <=10, 5..10")
    elif field.kind == "span" and not _is_condition(value, field.kind):
        hint = _("say a time: >6h, <30min, 1h..2d")
    elif other := _swapped(field, value):
        hint = _("its ends are swapped, did you mean “{other}”?").format(other=other)
    else:
        return ""
    return _impossible(field.name, value, hint)


def _is_condition(value: str, kind: str) -> bool:
    if not _BETWEEN.fullmatch(value):
        return False
    low, high, _ = between(value)
    known = [
        bool(_NUMBER.fullmatch(n)) if kind == "number" else span(n) is not None for n in (low, high) if n
    ]
    return bool(known) and all(known)


def _swapped(field: Field, value: str) -> str:
    """A value that can only be empty, because its ends are swapped, the other way round; else nothing."""
    if field.kind == "interval":
        return swapped(value)
    if field.kind in ("number", "span"):
        low, high, _ = between(value)
        read = float if field.kind == "number" else _length
        return f"{high}..{low}" if low and high and read(low) > read(high) else ""
    return ""


def _length(text: str) -> float:
    time = span(text)
    return time.total_seconds() if time is not None else 0.0


def _unified(value: str) -> str:
    """A pattern in its one form: only stars and backslashes are escaped."""
    return "".join(
        "*" if star else literal(escaped or plain) for escaped, star, plain in _PIECES.findall(value)
    )


# The canonical form


def _simple(group: Either) -> Either | Query:
    """A group without what it does not need; a query where it is none."""
    alternatives: list[Query] = []
    for alternative in group.alternatives:
        inner = alternative.groups
        if len(alternative) == 1 and inner and not inner[0].negated:
            alternatives += inner[0].alternatives
        else:
            alternatives.append(alternative)
    alternatives = list(dict.fromkeys(alternatives))
    if len(alternatives) > 1:
        return Either(tuple(alternatives), group.negated)
    one = alternatives[0]
    if not group.negated:
        return one
    if len(one) == 1:  # a group of one term: the term can be excluded itself
        if one.words:
            return Query(words=(replace(one.words[0], negated=not one.words[0].negated),))
        if one.filters:
            return Query(filters=(replace(one.filters[0], negated=not one.filters[0].negated),))
        return Query(groups=(Either(one.groups[0].alternatives),))  # excluded twice
    return Either((one,), negated=True)


def _merged(filters: Iterable[Filter]) -> tuple[Filter, ...]:
    merged: dict[tuple[str, bool, bool], set[str]] = {}
    apart: dict[str, set[Filter]] = {}
    for item in filters:
        values = tuple(sorted({value.casefold() for value in item.values}))
        every = item.every and len(values) > 1
        if FIELDS[item.field].merges and not (item.negated and every):
            merged.setdefault((item.field, item.negated, every), set()).update(values)
        elif values:
            apart.setdefault(item.field, set()).add(Filter(item.field, values, item.negated, every))
    result: list[Filter] = []
    for field in FIELDS:
        for negated in (False, True):
            result += [
                Filter(field, tuple(sorted(kept)), negated, every)
                for every in (False, True)
                if (kept := merged.get((field, negated, every)))
            ]
        result += sorted(apart.get(field, ()), key=str)
    return tuple(result)


def _order(order: str) -> str:
    name = order.lstrip("+-")
    if not name or (name == "published" and order[0] != "+"):
        return ""
    natural = "+" if name in _RISING else "-"
    return name if order[0] == natural else order


def _small_word(word: Word) -> Word:
    text = " ".join(_small(word.text).split())
    if not word.exact and len(_last_part(text.rstrip("*"))) >= PREFIX_LETTERS:
        text = text.rstrip("*")  # it matches beginnings anyway
    return replace(word, text=text)


def _last_part(text: str) -> str:
    return _NO_LETTERS.split(text)[-1]


def _small(text: str) -> str:
    """Letter for letter, as the index folds: `ß` is not `ss` there."""
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)


def _shown(value: str) -> str:
    if _BARE_VALUE.fullmatch(value):
        return value
    return '"' + value.replace('"', '\\"') + '"'


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _nearest(word: str, among: Iterable[str]) -> str | None:
    from difflib import get_close_matches  # only errors need it

    return next(iter(get_close_matches(word, list(among), 1, 0.6)), None)
