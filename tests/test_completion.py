"""Completion: what is being typed, what could stand there, and what it makes of the query."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptonews_tui.completion import MOST, Candidate, Completing, accepted, at, candidates
from cryptonews_tui.query import FIELDS, Query, literal, parse
from cryptonews_tui.safety import clean_line

STORED: dict[str, list[tuple[str, str, int]]] = {
    "tag": [
        ("fog", "FOG", 40),
        ("fog horn", "FOG HORN", 12),
        ("harbour", "HARBOUR", 9),
        ("sea fog", "SEA FOG", 3),
    ],
    "asset": [("btc", "Bitcoin", 7), ("1inch", "1inch", 2)],
    "source": [("herald", "The Herald", 30), ("fogbank", "Fogbank", 5)],
    "is": [("unread", "unread", 11), ("starred", "starred", 2)],
    "has": [("image", "image", 8)],
    "on": [
        ("today", "today", 4),
        ("7d", "7 days", 20),
        ("2025-11", "Nov 2025", 90),
        ("2025-10", "Oct 2025", 70),
    ],
}


class Library:
    """Answers as a library does, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []

    def __call__(self, field: str, query: Query, letters: str, most: int) -> Sequence[tuple[str, str, int]]:
        self.asked.append((field, str(query), letters))
        known = STORED.get(field, ())
        return [v for v in known if letters in v[0] or letters in v[1].casefold()][:most]


def split(text: str) -> tuple[str, int]:
    """A text without its `|`, and where that stood."""
    return text.replace("|", "", 1), text.index("|")


def place(text: str) -> Completing:
    found = at(*split(text))
    assert found is not None
    return found


def offered(text: str) -> list[Candidate]:
    return candidates(place(text), Library())


def labels(text: str) -> list[str]:
    return [candidate.label for candidate in offered(text)]


def taken(text: str, number: int = 0) -> str:
    """The text, its cursor as `|`, once the candidate has been taken."""
    line, cursor = accepted(split(text)[0], place(text), offered(text)[number])
    return f"{line[:cursor]}|{line[cursor:]}"


# What is being typed


@pytest.mark.parametrize(
    ("text", "replaced", "kind", "field", "letters"),
    [
        ("|", "", "field", "", ""),
        ("fog |", "", "field", "", ""),
        ("fog | horn", "", "field", "", ""),
        ("TA|", "TA", "field", "", "ta"),
        ("-ta|", "ta", "field", "", "ta"),
        ("t|ag:fog", "tag:", "field", "", "t"),
        ("layer-2|", "layer-2", "word", "", "layer-2"),
        ("tag:|", "", "value", "tag", ""),
        ("tag:Fo|g", "Fog", "value", "tag", "fo"),
        ("tag:fog,h|", "h", "value", "tag", "h"),
        ("tag:f|,h", "f", "value", "tag", "f"),
        ("tag:fog&|", "", "value", "tag", ""),
        ('tag:"fog h|orn"', '"fog horn"', "value", "tag", "fog h"),
        ('tag:"fog  h|', '"fog  h', "value", "tag", "fog h"),
        ('tag:"fog h| is:unread', '"fog h', "value", "tag", "fog h"),
        (r'tag:"a \"b\"|"', r'"a \"b\""', "value", "tag", 'a "b"'),
        ("(tag:fo|)", "fo", "value", "tag", "fo"),
        ("x OR -(y tag:fo|", "fo", "value", "tag", "fo"),
        ("$|", "", "value", "asset", ""),
        ("-$b|", "b", "value", "asset", "b"),
        ("$1|", "$1", "word", "", "$1"),
        ("is:un|", "un", "choice", "is", "un"),
        ("sort:-sc|", "sc", "order", "sort", "sc"),
        ("since:7|", "7", "since", "since", "7"),
        ("published:2025-10..2025-1|", "2025-1", "interval", "published", "2025-1"),
        ("score:>|", ">", "number", "score", ">"),
        ("title:etf|", "", "words", "title", ""),
    ],
)
def test_what_is_typed_at_the_cursor_is_known(
    text: str, replaced: str, kind: str, field: str, letters: str
) -> None:
    found = place(text)
    assert split(text)[0][found.start : found.end] == replaced
    assert (found.kind, found.field, found.letters) == (kind, field, letters)


@pytest.mark.parametrize(
    "text", ["|is:unread", "tga:x|", '"fog h|', 'tag:"a"b|', "(fog)|", "|(fog)", "-|(fog)", "|$btc"]
)
def test_where_nothing_can_be_completed_nothing_is(text: str) -> None:
    assert at(*split(text)) is None


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("tag:|", ""),
        ("is:unread tag:| fog", "is:unread fog"),
        ("tag:reef is:unread tag:fo|", "tag:reef is:unread"),
        ("fog tag:| OR is:unread", "fog"),
        ("is:unread OR fog tag:|", "fog"),
        ("is:read (fog tag:| OR reef) horn", "is:read fog horn"),
        ("is:read (reef OR (a OR tag:| b)) -(c OR d)", "is:read b -(c OR d)"),
        ("(a OR b) AND tag:|", "(a OR b)"),
        ("is:read -(tag:| fog)", "is:read fog"),
        ('title:"a (b" tag:| c', 'title:"a (b" c'),
        ("tag:| sort:score", "sort:score"),
    ],
)
def test_the_rest_is_what_else_has_to_hold(text: str, rest: str) -> None:
    assert place(text).rest == parse(rest)


def test_what_excludes_or_joins_counts_within_what_the_field_says_already() -> None:
    """The library leaves out what a query says of the field that is counted; a group it does not see."""
    for text in ("tag:fog is:unread -tag:|", "tag:fog&| is:unread"):
        rest = place(text).rest
        assert rest is not None
        assert str(rest.without("tag")) == "is:unread (tag:fog)"


def test_beside_a_query_that_cannot_be_understood_there_are_no_counts() -> None:
    assert place("tga:x tag:|").rest is None
    assert [c.count for c in offered("tga:x tag:|")] == [None] * 4
    assert place("(" * 3_000 + "tag:| x").rest == parse("x")
    assert at("tag: " + "(" * 9_000, 4) is not None


# What could stand there


def test_names_of_fields_come_with_their_help() -> None:
    assert labels("|") == [f"{name}:" for name in FIELDS][:MOST]
    [tag] = offered("ta|")
    assert (tag.label, tag.text, tag.unfinished) == ("tag:", "tag:", True)
    assert FIELDS["tag"].help in tag.help


def test_values_come_with_their_counts_under_the_rest_those_that_begin_so_first() -> None:
    assert [(c.label, c.count) for c in offered("tag:fog|")] == [
        ("FOG", 40),
        ("FOG HORN", 12),
        ("SEA FOG", 3),
    ]
    library = Library()
    candidates(place("is:unread tag:fo| reef"), library)
    assert library.asked == [("tag", "is:unread reef", "fo")]


def test_a_value_that_is_there_already_is_not_offered_again() -> None:
    assert labels("tag:fog,|") == ["FOG HORN", "HARBOUR", "SEA FOG"]
    assert labels('tag:|,"fog horn"') == ["FOG", "HARBOUR", "SEA FOG"]


def test_a_word_may_be_the_name_of_an_asset_or_a_source() -> None:
    assert labels("bit|") == ["$Bitcoin"]
    assert labels("btc|") == ["$Bitcoin"]
    assert labels("her|") == ["source:The Herald"]
    assert labels("rald|") == []
    assert labels("fog|") == ["source:Fogbank"]
    assert labels("f|") == []
    assert labels("$1i|") == []


def test_fixed_values_are_all_offered_and_counted_where_that_can_be() -> None:
    assert [(c.label, c.count) for c in offered("is:|")][:4] == [
        ("unread", 11),
        ("read", 0),
        ("starred", 2),
        ("pinned", 0),
    ]
    assert [(c.label, c.count) for c in offered("has:|")] == [("image", 8), ("link", None), ("note", None)]
    assert labels("sentiment:ne|") == ["negative", "neutral"]
    assert labels("sort:s|") == ["source", "score"]


def test_times_are_offered_with_the_months_that_have_stories() -> None:
    assert labels("since:|") == ["today", "yesterday", "24h", "7d", "30d", "2025-11", "2025-10"]
    assert {c.count for c in offered("since:|")} == {None}
    assert [(c.label, c.count) for c in offered("on:|") if c.count] == [
        ("today", 4),
        ("7d", 20),
        ("2025-11", 90),
        ("2025-10", 70),
    ]
    assert labels("on:nov|") == ["2025-11"]
    assert labels("published:2025-10..2025-1|") == ["2025-11", "2025-10"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("|", 'words, or tag:"bitcoin price", source:coindesk, since:7d'),
        ("no|", "the word “no”"),
        ("fogg|", "words that begin with “fogg”; in quotes only the word itself"),
        ("tag:xyz|", "no tag with “xyz”"),
        ("tag:x*|", 'stories with this tag, the whole of it, such as tag:"bitcoin price"'),
        ("score:|", "the publisher's score, such as score:>0.5"),
        ("title:f|", "words of the title, such as title:etf"),
    ],
)
def test_where_there_is_nothing_to_choose_it_is_said_what_to_type(text: str, expected: str) -> None:
    assert place(text).help == expected


# What it makes of the query


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ta|", "tag:|"),
        ("-ta|", "-tag:|"),
        ("t|a:fog", "tag:|fog"),
        ("tag:fo|", "tag:fog |"),
        ("tag:fo| is:unread", "tag:fog| is:unread"),
        ("tag:fo|,reef", "tag:fog|,reef"),
        ("(tag:fo|)", "(tag:fog|)"),
        ("tag:horn|", 'tag:"fog horn" |'),
        ('tag:"horn|', 'tag:"fog horn" |'),
        ('tag:"horn| is:unread', 'tag:"fog horn"| is:unread'),
        ("$bi|", "$btc |"),
        ("asset:1|", "asset:1inch |"),
        ("asset:btc,1|", "asset:btc,1inch |"),
        ("bit|", "$btc |"),
        ("-bit|", "-$btc |"),
        ("her|", "source:herald |"),
        ("sort:-sc|", "sort:-score |"),
        ("published:2025-10..t|", "published:2025-10..today|"),
    ],
)
def test_a_candidate_is_put_in_and_the_cursor_stands_behind_it(text: str, expected: str) -> None:
    assert taken(text) == expected


VALUES = st.one_of(
    st.text(max_size=8), st.lists(st.sampled_from([*'ab1 "\\*,&()-+:$', "OR"]), max_size=6).map("".join)
).map(clean_line)


@given(
    VALUES.filter(lambda value: value.casefold() not in ("", "x", "y", "z")),
    st.sampled_from(["tag", "source", "category", "lang", "asset"]),
    st.sampled_from(
        ["{}:", "-{}:", "{}:x,", "{}:x,y,", "{}:x&", '{}:"', '{}:x,"', "fog ({}:", "$", "-$", "$x,"]
    ),
    st.sampled_from(["", " reef", " is:unread OR reef", ",z", "&z"]),
)
def test_what_is_accepted_is_a_term_with_that_value(value: str, field: str, lead: str, after: str) -> None:
    field = "asset" if "$" in lead else field
    before = lead.format(field)
    if "(" in before:
        after += ")"
    if after[:1] in (",", "&"):
        before = before.replace("," if after[0] == "&" else "&", after[0])
    if '"' in before:
        after = after.replace(",", " ").replace("&", " ")  # else the text behind belongs to the value

    found = at(before + after, len(before))
    assert found is not None
    [candidate] = [
        c for c in candidates(found, lambda *_: [(value.casefold(), value, 1)]) if not c.unfinished
    ]
    text, cursor = accepted(before + after, found, candidate)
    query = parse(text)
    said = {
        v
        for term in query.terms()
        if getattr(term, "field", "") == field
        for v in getattr(term, "values", ())
    }
    assert literal(value) in said
    assert text[:cursor].rstrip().endswith(candidate.text)
    assert query == parse(text[:cursor] + text[cursor:])


SOUP = st.lists(
    st.one_of(
        st.sampled_from([*FIELDS]).map("{}:".format),
        st.sampled_from(
            ['"', "(", ")", "-", "-(", " OR ", " AND ", ",", "&", "$", "*", "\\", "..", ">", "fog", "b", "7d"]
        ),
        st.sampled_from([" ", "  ", "\u2009", "\n"]),
        st.text(max_size=3),
    ),
    max_size=12,
).map("".join)


@given(SOUP, st.data())
def test_nothing_that_can_be_typed_raises(text: str, data: st.DataObject) -> None:
    cursor = data.draw(st.integers(0, len(text)))
    found = at(text, cursor)
    if found is None:
        return
    assert 0 <= found.start <= cursor <= len(text)
    assert found.start <= found.end <= len(text)
    assert found.help
    offers = candidates(found, Library())
    assert len(offers) <= MOST
    for candidate in offers:
        line, behind = accepted(text, found, candidate)
        assert line[: found.start] == text[: found.start]
        assert line.endswith(text[found.end :])
        assert line[found.start : behind].rstrip() == candidate.text


TERMS = st.sampled_from(
    ["fog", '"sea fog"', "is:unread", "-sentiment:negative", "(reef OR horn)", "-(a b)", "score:>1", "$btc"]
)


@given(st.lists(TERMS, max_size=4), st.lists(TERMS, max_size=4))
def test_counts_are_under_exactly_the_other_terms(before: list[str], after: list[str]) -> None:
    text = " ".join([*before, "tag:fo", *after])
    found = at(text, len(" ".join([*before, "tag:fo"])))
    assert found is not None
    assert found.rest == parse(" ".join(before + after))
