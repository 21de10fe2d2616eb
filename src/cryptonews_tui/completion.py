"""What is being typed in a query, and what could stand there. Pure: text in, candidates out; knows no widget.

`at` finds the place at the cursor, `candidates` what fits there, with counts under the rest of the query, and
`accepted` puts one of them in. Unfinished and wrong queries are what is completed, so nothing here raises.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from cryptonews_tui.query import (
    FIELDS,
    PREFIX_LETTERS,
    Either,
    Field,
    Filter,
    Query,
    QueryError,
    literal,
    parse,
)
from cryptonews_tui.translation import _

MOST = 30
"""Candidates that are offered at once: more letters are quicker than more candidates."""

_LEAST_LETTERS = 2
"""A bare word of so many letters is looked for among the values of the fields below, too."""
_NAMED_BY_WORDS = ("asset", "source")

_MOMENTS = ("today", "yesterday", "24h", "7d", "30d")
_FIELD_OF_DATES = "on"
_ALL = Query()

Values = Callable[[str, Query, str, int], Sequence[tuple[str, str, int]]]
"""(field, query, letters, most) → the (value, label, count) whose label has the letters, most frequent first."""


@dataclass(frozen=True, slots=True)
class Completing:
    """The place at the cursor: `text[start:end]` is what an accepted candidate replaces.

    `kind` is `field` for the name of a field, `word` for a word to look for, else the kind of the `field` whose
    value it is. `letters` is what has been typed of it, without quotes and in small letters. `rest` is the rest
    of the query; None where that cannot be understood. `others` are further values of the same term.
    """

    start: int
    end: int
    kind: str
    letters: str = ""
    field: str = ""
    rest: Query | None = _ALL
    others: tuple[str, ...] = ()
    dollar: bool = False
    """Whether `$` stands before it."""

    @property
    def help(self) -> str:
        """What can stand here, for when there is nothing to choose from."""
        if self.kind in ("field", "word"):
            if not self.letters:
                return _("words, or {examples}").format(
                    examples=", ".join(FIELDS[name].example for name in ("tag", "source", "since"))
                )
            if len(self.letters) < PREFIX_LETTERS:
                return _("the word “{word}”").format(word=self.letters)
            return _("words that begin with “{letters}”; in quotes only the word itself").format(
                letters=self.letters
            )
        field = FIELDS[self.field]
        if self.kind in ("value", "choice") and self.letters and "*" not in self.letters:
            return _("no {field} with “{letters}”").format(field=self.field, letters=self.letters)
        return _("{help}, such as {example}").format(help=_(field.help), example=field.example)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that could stand there: `text` as the query has it, quoted where needed, and `label` for people."""

    text: str
    label: str
    count: int | None = None
    """How many stories there would be; None where that is not known."""
    help: str = ""
    unfinished: bool = False
    """Whether it is but the name of a field, and a value has to follow."""


def at(text: str, cursor: int) -> Completing | None:
    """What is being typed at the cursor (0 to the length of the text); None where nothing can be completed."""
    tokens, here = _tokens(text, cursor)
    start, end = tokens[here].start(), tokens[here].end()
    if start == end and (text.startswith("(", cursor) or text.endswith(("-", ")"), 0, cursor)):
        return None  # nothing can stand against a parenthesis
    begin = start + (text[start:end].startswith("-"))
    rest = _parsed(_beside(tokens, here))
    if text[begin : begin + 1] == "$" and not text[begin + 1 : begin + 2].isdecimal():
        if cursor <= begin:
            return None
        return _value(text, begin + 1, end, cursor, FIELDS["asset"], rest, negated=begin > start, dollar=True)
    if (name := _NAME.match(text, begin, end)) and cursor < name.end():
        if not begin < cursor:
            return None
        return Completing(begin, name.end(), "field", text[begin:cursor].casefold(), rest=rest)
    if name:
        field = FIELDS.get(name[1].casefold())
        if field is None:
            return None
        return _value(text, name.end(), end, cursor, field, rest, negated=begin > start)
    if cursor < begin:
        return None
    if cursor == begin:  # before a word, or where none is yet
        return Completing(cursor, cursor, "field", rest=rest)
    letters = text[begin:cursor].casefold()
    if letters.startswith('"'):
        return None
    kind = "field" if _NAME.fullmatch(f"{letters}:") else "word"
    return Completing(begin, end, kind, letters, rest=rest)


def candidates(completing: Completing, values: Values) -> list[Candidate]:
    """What fits at the place, nearest first; `values` tells what the library has."""
    letters, kind = completing.letters, completing.kind
    if kind in ("field", "word"):
        found = _fields(letters) if kind == "field" else []
        if len(letters) >= _LEAST_LETTERS:
            for name in _NAMED_BY_WORDS:
                found += _stored(replace(completing, field=name, dollar=False), values, prefixed=True)
        return found[:MOST]
    if kind == "order":
        field = FIELDS[completing.field]
        return [Candidate(order, order) for order in field.values if order.startswith(letters)]
    if kind == "value":
        return _stored(completing, values) if "*" not in letters else []
    if kind == "choice":
        counts = {value: count for value, _, count in _known(completing, values, "")}
        if completing.rest is None:
            counts = {}
        # The library leaves out what no story has; but the reader's notes it does not count at all.
        missing = 0 if counts and completing.field != "has" else None
        return [
            Candidate(value, value, counts.get(value, missing))
            for value in FIELDS[completing.field].values
            if letters in value and value not in completing.others
        ]
    if kind in ("moment", "since", "interval"):
        return _moments(completing, values)
    return []


def accepted(text: str, completing: Completing, candidate: Candidate) -> tuple[str, int]:
    """The text with the candidate in its place, and the cursor behind it; at the end behind a space, too."""
    begin, after = text[: completing.start] + candidate.text, text[completing.end :]
    if not after and not candidate.unfinished and completing.kind != "interval":
        begin += " "
    return begin + after, len(begin)


# Finding the place

_NAME = re.compile(r"([^\W\d_]+):")
_NOT_CLOSED = r'"(?:[^"\\]|\\.)*\\?\Z'
_QUOTED = re.compile(rf'"(?:[^"\\]|\\.)*"|{_NOT_CLOSED}', re.S)
_OPEN = re.compile(rf"(?:{_QUOTED.pattern}|[^\s\"()])*?{_NOT_CLOSED}", re.S)
# A parenthesis with its sign, or a term: no space outside of its quotes.
_TOKEN = re.compile(rf"-?\(|\)|(?:{_QUOTED.pattern}|[^\s\"()])+", re.S)
_NOTHING = re.compile("")
_BARE = re.compile(r'[^\s",&()]*')
_MONTH = re.compile(r"\d{4}-\d\d")


def _tokens(text: str, cursor: int) -> tuple[list[re.Match[str]], int]:
    """The terms and parentheses of the text, and which is at the cursor: an empty one where there is none."""
    tokens: list[re.Match[str]] = []
    position, here = 0, -1
    while token := _TOKEN.search(text, position):
        if token.start() <= cursor <= token.end() and _OPEN.fullmatch(token[0]):
            # A quote that is still to be closed does not reach over the cursor.
            token = _TOKEN.match(text, token.start(), cursor) or token
        parenthesis = token[0] in ("(", "-(", ")")
        if here < 0 and token.start() + parenthesis > cursor:
            here = len(tokens)
            tokens.append(_empty(text, cursor))
        elif here < 0 and token.start() <= cursor <= token.end() and not parenthesis:
            here = len(tokens)
        tokens.append(token)
        position = token.end()
    if here < 0:
        here = len(tokens)
        tokens.append(_empty(text, cursor))
    return tokens, here


def _empty(text: str, cursor: int) -> re.Match[str]:
    found = _NOTHING.match(text, cursor)
    assert found is not None
    return found


def _beside(tokens: Sequence[re.Match[str]], here: int) -> str:
    """What else has to hold for a term: all but the alternatives to it, without the parentheses around it."""
    texts = [token[0] for token in tokens]
    before = [*_outwards(reversed(texts[:here]), opening="(", closing=")")]
    after = _outwards(iter(texts[here + 1 :]), opening=")", closing="(")
    return " ".join([*reversed(before), *after])


def _outwards(texts: Iterator[str], opening: str, closing: str) -> Iterator[str]:
    """Walk away from the term: `opening` leads out of the group it is in, `closing` into another one."""
    depth, alternative = 0, False
    for text in texts:
        if text[-1] == opening and text in ("(", "-(", ")"):
            if not depth:
                alternative = False
                continue
            depth -= 1
        elif text[-1] == closing and text in ("(", "-(", ")"):
            depth += 1
        elif not depth and text in ("OR", "AND"):
            alternative |= text == "OR"
            continue
        if not alternative:
            yield text


def _parsed(text: str) -> Query | None:
    try:
        return parse(text)
    except QueryError:
        return None


def _value(
    text: str,
    begin: int,
    end: int,
    cursor: int,
    field: Field,
    rest: Query | None,
    *,
    negated: bool,
    dollar: bool = False,
) -> Completing | None:
    """The value at the cursor of a term whose values stand in `text[begin:end]`."""
    if field.kind == "words":
        return Completing(cursor, cursor, "words", field=field.name)
    place: tuple[int, int] | None = None
    others: list[str] = []
    every = False
    start = begin
    while True:
        found = (_QUOTED if text.startswith('"', start, end) else _BARE).match(text, start, end)
        assert found is not None
        if place is None and start <= cursor <= found.end():
            place = start, found.end()
        else:
            others.append(_typed(found[0], closed=True))
        sign = text[found.end() : min(end, found.end() + 1)]
        if not sign or sign not in ",&":
            break
        every |= sign == "&"
        start = found.end() + 1
    if place is None:
        return None
    start, end = place
    letters = _typed(text[start:cursor], closed=cursor == end)
    first = text[start : start + 1]
    if field.kind == "interval" and first != '"' and (dots := text.rfind("..", start, cursor)) >= 0:
        start = dots + len("..")
        letters = _typed(text[start:cursor], closed=False)
    if field.kind == "order" and first in ("-", "+") and cursor > start:
        start += 1
        letters = _typed(text[start:cursor], closed=False)
    if rest is not None and (negated or every):
        # Counted is what has all of them, so the terms of this field that stand beside it count as well.
        values = tuple(map(literal, others)) if every else ()
        rest = _held(rest, field.name, values)
    return Completing(start, end, field.kind, letters, field.name, rest, tuple(others), dollar)


def _typed(text: str, *, closed: bool) -> str:
    """What a value (or the beginning of one) says."""
    if text.startswith('"'):
        text = text[1:]
        if closed and text.endswith('"'):
            text = text[:-1]
        text = text.replace('\\"', '"').replace("\\*", "*").replace("\\\\", "\\")
    return " ".join(text.split()).casefold()


def _held(query: Query, field: str, values: tuple[str, ...]) -> Query:
    """The query with what it says of a field in a group, where counting leaves it as it is."""
    of_field = [one for one in query.filters if one.field == field and not one.negated]
    of_field += [Filter(field, (value,)) for value in values if value]
    groups = tuple(Either((Query(filters=(one,)),)) for one in of_field)
    return replace(query.without(field), groups=query.groups + groups)


# What fits there


def _fields(letters: str) -> list[Candidate]:
    return [
        Candidate(
            f"{field.name}:", f"{field.name}:", help=f"{_(field.help)}: {field.example}", unfinished=True
        )
        for field in FIELDS.values()
        if field.name.startswith(letters)
    ]


def _stored(completing: Completing, values: Values, *, prefixed: bool = False) -> list[Candidate]:
    """Values of the library; what begins with the letters is nearer than what merely has them."""
    letters = completing.letters
    known = [v for v in _known(completing, values, letters) if v[0] not in completing.others]
    known.sort(key=lambda value: not value[1].casefold().startswith(letters))
    if prefixed:
        known = [v for v in known if v[1].casefold().startswith(letters) or v[0].startswith(letters)][:3]
    found: list[Candidate] = []
    for value, label, count in known:
        name = completing.field
        text = _written(name, value, completing.dollar, prefixed)
        shown = f"{'$' if name == 'asset' else f'{name}:'}{label}" if prefixed else label
        found.append(Candidate(text, shown, None if completing.rest is None else count))
    return found


def _known(completing: Completing, values: Values, letters: str) -> Sequence[tuple[str, str, int]]:
    return values(completing.field, completing.rest or Query(), letters, MOST)


def _written(field: str, value: str, dollar: bool, whole: bool) -> str:
    """A value as a query has it; the `whole` term, or what stands behind its colon or `$`."""
    term = str(Filter(field, (literal(value),)))
    if whole:
        return term
    written = term[1:] if term.startswith("$") else term.removeprefix(f"{field}:")
    # `$1` would be an amount of money.
    return f'"{written}"' if dollar and written[0].isdecimal() else written


def _moments(completing: Completing, values: Values) -> list[Candidate]:
    counted = completing.kind == "moment"
    dates = replace(completing, field=_FIELD_OF_DATES)
    stored = _known(dates, values, "")
    known = {value: count for value, _, count in stored}
    months = [value for value in known if _MONTH.fullmatch(value)]
    labels = {value: label.casefold() for value, label, _ in stored}
    letters = completing.letters
    return [
        Candidate(value, value, known.get(value) if counted and completing.rest is not None else None)
        for value in dict.fromkeys((*_MOMENTS, *months))
        if (value.startswith(letters) or labels.get(value, "").startswith(letters))
        and value not in completing.others
    ]
