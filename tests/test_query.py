"""The query language: what can be said, what it means to the parser, and what it says about mistakes."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cryptonews_tui.query import FIELDS, Filter, Query, QueryError, Word, make_query, parse
from tests.strategies import FILTERS, HOSTILE, QUERIES, threats

PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *(
                    "tag:",
                    "-tag:",
                    "source:",
                    "category:",
                    "sentiment:positive",
                    "is:unread",
                    "is:draft",
                    "lang:uk",
                ),
                *(
                    '"etf flows"',
                    '"',
                    "-",
                    "--",
                    ",",
                    ":",
                    "\\",
                    "\u0345a:b",
                    "\u0130",
                    "ß",
                    "Ω",
                    "\u2009",
                    "\n",
                ),
            ]
        ),
        st.text(max_size=4),
        st.just(" "),
    ),
    max_size=8,
).map("".join)


def parsed(text: str) -> Query:
    try:
        return parse(text)
    except QueryError:
        assume(False)
        raise


# What can be said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Query()),
        ("   ", Query()),
        ("bitcoin", Query(words=(Word("bitcoin"),))),
        ("Біткоїн", Query(words=(Word("біткоїн"),))),
        ('"ETF  Flows"', Query(words=(Word("etf flows", exact=True),))),
        ("-scam", Query(words=(Word("scam", negated=True),))),
        ('-"rug pull"', Query(words=(Word("rug pull", exact=True, negated=True),))),
        ("layer-2 u.s. №5 12:30", Query(words=(Word("layer-2"), Word("u.s."), Word("№5"), Word("12:30")))),
        ("AND NEAR( or* ^x", Query(words=(Word("and"), Word("near("), Word("or*"), Word("^x")))),
        ("straße", Query(words=(Word("straße"),))),
        ("tag:BTC", Query(filters=(Filter("tag", ("btc",)),))),
        ("TAG:btc", Query(filters=(Filter("tag", ("btc",)),))),
        ('tag:"Digital  Assets"', Query(filters=(Filter("tag", ("digital assets",)),))),
        ("tag:-defi", Query(filters=(Filter("tag", ("-defi",)),))),
        ("-tag:-defi", Query(filters=(Filter("tag", ("-defi",), negated=True),))),
        (r'tag:"a \"b\" \\c"', Query(filters=(Filter("tag", ('a "b" \\c',)),))),
        ("tag:a:b", Query(filters=(Filter("tag", ("a:b",)),))),
        ("tag:b,a,b", Query(filters=(Filter("tag", ("a", "b")),))),
        ('tag:b,"a c"', Query(filters=(Filter("tag", ("a c", "b")),))),
        ("tag:a tag:b", Query(filters=(Filter("tag", ("a", "b")),))),
        ("-tag:a -tag:b", Query(filters=(Filter("tag", ("a", "b"), negated=True),))),
        ("tag:a -tag:b", Query(filters=(Filter("tag", ("a",)), Filter("tag", ("b",), negated=True)))),
        ("is:unread tag:a", Query(filters=(Filter("tag", ("a",)), Filter("is", ("unread",))))),
        ("btc btc BTC", Query(words=(Word("btc"),))),
    ],
)
def test_a_text_is_understood(text: str, expected: Query) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize("field", FIELDS.values(), ids=lambda field: field.name)
def test_the_example_of_every_field_is_a_query(field: object) -> None:
    example = getattr(field, "example")  # noqa: B009  # pytest hides the type
    query = parse(example)
    assert str(query) == example
    assert query.values(getattr(field, "name"))  # noqa: B009


@pytest.mark.parametrize(("field", "value"), [(f.name, v) for f in FIELDS.values() for v in f.values])
def test_every_listed_value_is_accepted(field: str, value: str) -> None:
    assert parse(f"{field}:{value}").values(field) == (value,)
    assert parse(f"-{field}:{value.upper()}").values(field, negated=True) == (value,)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("is:UNREAD  tag:ETH,btc  foo", "tag:btc,eth is:unread foo"),
        ('tag:"x"', "tag:x"),
        ('tag:"a b"', 'tag:"a b"'),
        ('tag:"a,b"', 'tag:"a,b"'),
        ('-"One Two"', '-"one two"'),
        ('"one"', '"one"'),
    ],
)
def test_a_query_is_printed_in_one_form(text: str, printed: str) -> None:
    assert str(parse(text)) == printed


# Mistakes


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("tga:btc", 0, "there is no field “tga:”; did you mean “tag:”?"),
        ("btc sentimet:negative", 4, "there is no field “sentimet:”; did you mean “sentiment:”?"),
        (
            "-colour:red",
            1,
            "there is no field “colour:”; fields are tag:, sentiment:, source:, category:, lang:, is:",
        ),
        ("https://example.org", 0, "there is no field “https:”"),
        ("is:unred", 3, "is: cannot be “unred”; did you mean “unread”?"),
        ("sentiment:positive,negativ", 19, "sentiment: cannot be “negativ”; did you mean “negative”?"),
        ("sentiment:42", 10, "sentiment: cannot be “42”; it is one of positive, negative, neutral, unrated"),
        ("tag:", 4, 'tag: needs a value, such as tag:"bitcoin price"'),
        ("tag: btc", 4, "tag: needs a value"),
        ("tag:a,", 6, "tag: needs a value"),
        ('tag:""', 4, "tag: needs a value"),
        ('btc "etf flows', 4, "this quote is not closed"),
        ('tag:"etf flows', 4, "this quote is not closed"),
        ("-", 0, "a word is missing here"),
        ('""', 0, "a word is missing here"),
        ("btc & eth", 4, "“&” has no letters or digits to look for"),
        ('"a"b', 3, "put a space between two terms"),
        ('fo"o', 2, "put a space between two terms"),
        ("btc a\0b", 5, "this is no character that can be looked for"),
        ("tag:\udcff", 4, "this is no character that can be looked for"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, position: int, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert str(caught.value).startswith(message)
    assert caught.value.position == position


def test_a_mistake_can_be_pointed_at() -> None:
    with pytest.raises(QueryError) as caught:
        parse("btc is:unred")
    assert (
        caught.value.pointed() == "btc is:unred\n       ^^^^^\nis: cannot be “unred”; did you mean “unread”?"
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_a_query_with_control_characters_is_shown_without_them(name: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(f'{HOSTILE[name]} is:"{HOSTILE[name]}"')
    first, second, *_ = caught.value.pointed().split("\n")
    assert threats(first, allowed="") == [] or name in ("marks", "joiners")
    assert len(second) <= len(first) + 1


# Laws


@given(PIECES)
def test_what_was_understood_is_printed_so_that_it_is_understood_the_same(text: str) -> None:
    query = parsed(text)
    assert parse(str(query)) == query
    assert str(parse(str(query))) == str(query)


@given(QUERIES)
def test_any_query_is_printed_so_that_it_is_understood_the_same(query: Query) -> None:
    assert parse(str(query)) == query


@given(st.one_of(PIECES, st.text(max_size=30)))
def test_any_text_is_a_query_or_a_mistake_with_a_place_in_it(text: str) -> None:
    try:
        parse(text)
        mistake = None
    except QueryError as error:
        mistake = error
    if mistake is not None:
        assert 0 <= mistake.position <= len(text)
        assert mistake.length >= 1
        assert mistake.text == text
        assert str(mistake)


@given(PIECES)
def test_spaces_around_a_query_do_not_matter(text: str) -> None:
    assert parse(f" \n{parsed(text)}\t ") == parsed(text)


FIELD_AND_VALUE = FILTERS.map(lambda item: (item.field, item.values[0]))


@given(QUERIES, FIELD_AND_VALUE, st.booleans())
def test_toggling_says_it_or_takes_it_back(query: Query, pair: tuple[str, str], negated: bool) -> None:
    field, value = pair[0], pair[1].casefold()
    said = value in query.values(field, negated=negated)
    said_otherwise = value in query.values(field, negated=not negated)
    once = query.toggled(field, pair[1], negated=negated)
    twice = once.toggled(field, pair[1], negated=negated)
    assert (value in once.values(field, negated=negated)) != said
    assert value not in once.values(field, negated=not negated)
    if not said_otherwise:
        assert twice == query
    else:
        assert value not in twice.values(field, negated=not negated)


@given(QUERIES, FIELD_AND_VALUE, st.booleans())
def test_toggling_leaves_everything_else(query: Query, pair: tuple[str, str], negated: bool) -> None:
    field, value = pair
    toggled = query.toggled(field, value, negated=negated)
    assert toggled.without(field) == query.without(field)
    assert toggled.words == query.words
    for sign in (False, True):
        others = {v for v in query.values(field, negated=sign) if v != value.casefold()}
        assert others == {v for v in toggled.values(field, negated=sign) if v != value.casefold()}
    assert parse(str(toggled)) == toggled


@given(QUERIES, FIELD_AND_VALUE)
def test_only_is_exactly_this_value(query: Query, pair: tuple[str, str]) -> None:
    field, value = pair
    only = query.only(field, value)
    assert only.values(field) == (value.casefold(),)
    assert only.values(field, negated=True) == ()
    assert only.without(field) == query.without(field)
    assert only.only(field, value) == only


@given(QUERIES, st.sampled_from(sorted(FIELDS)))
def test_without_says_nothing_about_the_field(query: Query, field: str) -> None:
    without = query.without(field)
    assert (without.values(field), without.values(field, negated=True)) == ((), ())
    assert without.without(field) == without
    assert query.without(*FIELDS) == Query(words=query.words)


@given(QUERIES)
def test_a_query_is_made_of_its_parts_in_any_order(query: Query) -> None:
    assert make_query(query.words, reversed(query.filters)) == query
    assert bool(query) == (str(query) != "")
