"""The query language: what can be said, what it means to the parser, and what it says about mistakes."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cryptonews_tui.assets import Assets
from cryptonews_tui.query import (
    FIELDS,
    ORDERS,
    Either,
    Field,
    Filter,
    Query,
    QueryError,
    Word,
    between,
    literal,
    make_query,
    parse,
    pattern,
)
from tests.strategies import FACET_FIELDS, FILTERS, HOSTILE, QUERIES, QUERY_WORDS, SORTS, threats

_SIGNS = ('"', "-", "--", ",", "&", ":", "\\", "*", "$", "(", ")", "..", ">", "<=", "\n", "\u2009", " ", "  ")
_ODD = ("\u0345a:b", "\u0130", "ß", "Ω", "№", "²", "a", "b c")
_BEGINNINGS = tuple(f"{sign}{name}:" for sign in ("", "-") for name in FIELDS)
_WHOLE = (
    *("OR", " OR ", " AND ", "or", "$btc", "is:unread", "is:draft", "lang:uk", '"etf flows"', "sort:-score"),
    *(
        "since:7d",
        "score:>0.5",
        "lag:1h..2d",
        "tag:a&b",
        "tag:b*",
        "on:2025-11",
        "published:..7d",
        "title:etf",
    ),
)
PIECES = st.lists(
    st.one_of(st.sampled_from([*_SIGNS, *_ODD, *_WHOLE]), st.sampled_from(_BEGINNINGS), st.text(max_size=4)),
    max_size=10,
).map("".join)


def parsed(text: str) -> Query:
    try:
        return parse(text)
    except QueryError:
        assume(False)
        raise


def words(*texts: str) -> Query:
    return make_query(map(Word, texts))


def filtered(field: str, *values: str, negated: bool = False, every: bool = False) -> Query:
    return make_query((), [Filter(field, values, negated, every)])


def either(*alternatives: Query, negated: bool = False) -> Query:
    return make_query(groups=[Either(alternatives, negated)])


A, B, C, D = map(words, "abcd")

# What can be said

WORDS = [
    ("", Query()),
    ("   ", Query()),
    ("bitcoin", words("bitcoin")),
    ("Біткоїн", words("біткоїн")),
    ('"ETF  Flows"', Query(words=(Word("etf flows", exact=True),))),
    (r'"a \"b\" \\c"', Query(words=(Word('a "b" \\c', exact=True),))),
    ("-scam", Query(words=(Word("scam", negated=True),))),
    ('-"rug pull"', Query(words=(Word("rug pull", exact=True, negated=True),))),
    ("layer-2 u.s. №5 12:30", words("layer-2", "u.s.", "№5", "12:30")),
    ("$1.2B $5", words("$1.2b", "$5")),
    ("no* ^x a&b a,b", words("no*", "^x", "a&b", "a,b")),
    ("bit* bitcoin***", words("bit", "bitcoin")),
    ("straße", words("straße")),
    ("btc btc BTC", words("btc")),
    ("title:ETF", Query(words=(Word("etf", scope="title"),))),
    ('-impact:"etf flows"', Query(words=(Word("etf flows", True, True, "impact"),))),
    ("body:one Body:two", Query(words=(Word("one", scope="body"), Word("two", scope="body")))),
]

VALUES = [
    ("tag:BTC", filtered("tag", "btc")),
    ("TAG:btc", filtered("tag", "btc")),
    ('tag:"Digital  Assets"', filtered("tag", "digital assets")),
    ("tag:-defi", filtered("tag", "-defi")),
    ("-tag:-defi", filtered("tag", "-defi", negated=True)),
    (r'tag:"a \"b\""', filtered("tag", 'a "b"')),
    ("tag:a:b", filtered("tag", "a:b")),
    ("tag:b,a,b", filtered("tag", "a", "b")),
    ('tag:b,"a c"', filtered("tag", "a c", "b")),
    ("tag:a tag:b", filtered("tag", "a", "b")),
    ("-tag:a -tag:b", filtered("tag", "a", "b", negated=True)),
    ("tag:a -tag:b", Query(filters=(Filter("tag", ("a",)), Filter("tag", ("b",), negated=True)))),
    ("is:unread tag:a", Query(filters=(Filter("tag", ("a",)), Filter("is", ("unread",))))),
    ("tag:a&b", filtered("tag", "a", "b", every=True)),
    ("tag:a&b tag:b&c", filtered("tag", "a", "b", "c", every=True)),
    ("tag:a&a", filtered("tag", "a")),
    ("tag:a&b tag:c", Query(filters=(Filter("tag", ("c",)), Filter("tag", ("a", "b"), every=True)))),
    ("-tag:a&b", filtered("tag", "a", "b", negated=True, every=True)),
    (
        "-tag:a&b -tag:c&d",
        Query(filters=(Filter("tag", ("a", "b"), True, True), Filter("tag", ("c", "d"), True, True))),
    ),
    ("$btc", filtered("asset", "btc")),
    ("$BTC,eth", filtered("asset", "btc", "eth")),
    ("-$btc", filtered("asset", "btc", negated=True)),
    ("$btc&eth", filtered("asset", "btc", "eth", every=True)),
    ('$"bitcoin cash"', filtered("asset", "bitcoin cash")),
    ("asset:btc $eth", filtered("asset", "btc", "eth")),
    ("tag:BITCOIN*", filtered("tag", "bitcoin*")),
    ('tag:"* price"', filtered("tag", "* price")),
    (r'tag:"a\*b"', filtered("tag", r"a\*b")),
    (r"tag:a\b", filtered("tag", r"a\\b")),
    (r'tag:"a\\b"', filtered("tag", r"a\\b")),
    (r'tag:"a\b"', filtered("tag", "ab")),
    (
        "has:note,image section:impact",
        Query(filters=(Filter("has", ("image", "note")), Filter("section", ("impact",)))),
    ),
    (
        "id:61502001 origin:*2025/11*",
        Query(filters=(Filter("id", ("61502001",)), Filter("origin", ("*2025/11*",)))),
    ),
]

TIMES_AND_NUMBERS = [
    ("on:yesterday", filtered("on", "yesterday")),
    ("on:today,yesterday", filtered("on", "today", "yesterday")),
    ("on:2025-11 on:2025-12", filtered("on", "2025-11", "2025-12")),
    ("since:7d", filtered("since", "7d")),
    ("since:7d since:2w", Query(filters=(Filter("since", ("2w",)), Filter("since", ("7d",))))),
    ("before:2026-01-01", filtered("before", "2026-01-01")),
    ('before:"2026-01-01 10:30"', filtered("before", "2026-01-01 10:30")),
    ("before:2026-01-01T10:30", filtered("before", "2026-01-01t10:30")),
    ("published:2025-12-01..2025-12-31", filtered("published", "2025-12-01..2025-12-31")),
    (
        "published:..7d updated:2025..",
        Query(filters=(Filter("published", ("..7d",)), Filter("updated", ("2025..",)))),
    ),
    ("-updated:today", filtered("updated", "today", negated=True)),
    ("lag:>6h", filtered("lag", ">6h")),
    ("lag:30min..2d", filtered("lag", "30min..2d")),
    ("score:>0.5 score:<=2", Query(filters=(Filter("score", ("<=2",)), Filter("score", (">0.5",))))),
    ("score:-1..1", filtered("score", "-1..1")),
    ("score:<-0.5,>0.5", filtered("score", "<-0.5", ">0.5")),
    ("words:>400 words:100..", Query(filters=(Filter("words", ("100..",)), Filter("words", (">400",))))),
]

GROUPS = [
    ("a OR b", either(A, B)),
    ("(a OR b)", either(A, B)),
    ("a b OR c", either(words("a", "b"), C)),
    ("a AND b", words("a", "b")),
    ("a or b and c", words("a", "or", "b", "and", "c")),
    ("AND a", words("and", "a")),
    ("(a b) c", words("c", "a", "b")),
    ("((a))", A),
    ("(a OR b) c", make_query([Word("c")], groups=[Either((A, B))])),
    ("(a OR b) (c OR d)", make_query(groups=[Either((A, B)), Either((C, D))])),
    ("a OR (b OR c)", either(A, B, C)),
    ("a OR a", A),
    ("a OR (b (c OR d))", either(A, make_query([Word("b")], groups=[Either((C, D))]))),
    ("-(a OR b)", either(A, B, negated=True)),
    ("-(a)", Query(words=(Word("a", negated=True),))),
    ("-(-a)", A),
    ("-(a b)", either(words("a", "b"), negated=True)),
    ("-(-(a OR b))", either(A, B)),
    ("-(tag:a)", filtered("tag", "a", negated=True)),
    ("(tag:a OR $btc)", either(filtered("tag", "a"), filtered("asset", "btc"))),
    ('"OR" "AND"', Query(words=(Word("or", exact=True), Word("and", exact=True)))),
    ("a OR b sort:score", either(A, B).sorted_by("score")),
]


@pytest.mark.parametrize(("text", "expected"), [*WORDS, *VALUES, *TIMES_AND_NUMBERS, *GROUPS])
def test_a_text_is_understood(text: str, expected: Query) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "sort", "order"),
    [
        ("", "", ("published", False)),
        ("sort:published", "", ("published", False)),
        ("sort:-published", "", ("published", False)),
        ("sort:+published", "+published", ("published", True)),
        ("sort:updated", "updated", ("updated", False)),
        ("sort:-updated", "updated", ("updated", False)),
        ("sort:title", "title", ("title", True)),
        ("sort:+title", "title", ("title", True)),
        ("sort:-title", "-title", ("title", False)),
        ("sort:SOURCE", "source", ("source", True)),
        ("sort:+score", "+score", ("score", True)),
        ("sort:relevance", "relevance", ("relevance", False)),
        ("sort:title sort:score", "score", ("score", False)),
        ("sort:title a", "title", ("title", True)),
    ],
)
def test_an_order_is_understood(text: str, sort: str, order: tuple[str, bool]) -> None:
    query = parse(text)
    assert (query.sort, query.order) == (sort, order)
    assert parse(str(query)) == query


def test_an_order_is_no_term() -> None:
    query = parse("sort:title")
    assert not query
    assert len(query) == 0
    assert str(query) == "sort:title"
    assert query.sorted_by("") == query.sorted_by("-published") == Query()


@pytest.mark.parametrize("field", FIELDS.values(), ids=lambda field: field.name)
def test_the_example_of_every_field_is_a_query(field: Field) -> None:
    query = parse(field.example)
    assert parse(str(query)) == query
    assert str(query) == {"asset": "$btc"}.get(field.name, field.example)
    if field.kind == "words":
        assert [word.scope for word in query.words] == [field.name]
    elif field.kind == "order":
        assert query.sort
    else:
        assert query.values(field.name)


@pytest.mark.parametrize(
    ("field", "value"), [(f.name, v) for f in FIELDS.values() if f.kind == "choice" for v in f.values]
)
def test_every_listed_value_is_accepted(field: str, value: str) -> None:
    assert parse(f"{field}:{value}").values(field) == (value,)
    assert parse(f"-{field}:{value.upper()}").values(field, negated=True) == (value,)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("sign", ["", "+", "-"])
def test_every_order_is_accepted(order: str, sign: str) -> None:
    name, rises = parse(f"sort:{sign}{order.upper()}").order
    assert name == order
    assert rises == (sign == "+" or (not sign and order in ("title", "source")))


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("is:UNREAD  tag:ETH,btc  foo", "tag:btc,eth is:unread foo"),
        ('tag:"x"', "tag:x"),
        ('tag:"a b"', 'tag:"a b"'),
        ('tag:"a,b"', 'tag:"a,b"'),
        ('tag:"a&b"', 'tag:"a&b"'),
        ("tag:a&b", "tag:a&b"),
        ('tag:"(a)"', 'tag:"(a)"'),
        (r"tag:a\b", r'tag:"a\\b"'),
        ('-"One Two"', '-"one two"'),
        ('"one"', '"one"'),
        ("asset:BTC", "$btc"),
        ("-asset:btc", "-$btc"),
        ("asset:btc,eth", "asset:btc,eth"),
        ('asset:"bitcoin cash"', 'asset:"bitcoin cash"'),
        ("asset:1inch", "asset:1inch"),
        ("asset:b*", "asset:b*"),
        ("a OR b", "a OR b"),
        ("(a OR b) c", "c (a OR b)"),
        ("a OR b sort:title", "(a OR b) sort:title"),
        ("-( a OR b )", "-(a OR b)"),
        ("sort:-published a", "a"),
        ("sort:score a tag:b", "tag:b a sort:score"),
        ("a AND b", "a b"),
        ("bitcoin*", "bitcoin"),
    ],
)
def test_a_query_is_printed_in_one_form(text: str, printed: str) -> None:
    assert str(parse(text)) == printed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (">5", ("5", "", "()")),
        (">=0.5", ("0.5", "", "[]")),
        ("<6h", ("", "6h", "()")),
        ("<=-1", ("", "-1", "[]")),
        ("1..2", ("1", "2", "[]")),
        ("..2", ("", "2", "[]")),
        ("-1..", ("-1", "", "[]")),
        (".5...75", (".5", ".75", "[]")),
        ("7", ("7", "7", "[]")),
    ],
)
def test_a_condition_has_borders(text: str, expected: tuple[str, str, str]) -> None:
    assert between(text) == expected


@pytest.mark.parametrize(
    ("value", "beginning", "matching", "other"),
    [
        ("btc", "btc", ["btc"], ["btcs", ""]),
        ("bit*", "bit", ["bit", "bitcoin", "bit\ncoin"], ["abit"]),
        ("*coin", "", ["coin", "bitcoin"], ["coins"]),
        ("a*b*c", "a", ["abc", "a.b.c"], ["acb"]),
        (r"a\*b", "a*b", ["a*b"], ["axb"]),
        (r"a\\*", "a\\", ["a\\", "a\\x"], ["a*"]),
    ],
)
def test_a_value_with_stars_matches_whole_values(
    value: str, beginning: str, matching: list[str], other: list[str]
) -> None:
    fixed, whole = pattern(value)
    assert fixed == beginning
    for text in matching:
        assert text == fixed if whole is None else whole.fullmatch(text)
    for text in other:
        assert text != fixed if whole is None else not whole.fullmatch(text)


@given(st.text())
def test_a_literal_value_matches_only_itself(text: str) -> None:
    assert pattern(literal(text)) == (text.casefold(), None)


# Mistakes

UNKNOWN = [
    ("tga:btc", 0, 4, "there is no field “tga:”; did you mean “tag:”?"),
    ("btc sentimet:negative", 4, 9, "there is no field “sentimet:”; did you mean “sentiment:”?"),
    ("-colour:red", 1, 7, "there is no field “colour:”; fields are tag:, sentiment:, asset:, source:,"),
    ("https://example.org", 0, 6, "there is no field “https:”"),
    ("is:unred", 3, 5, "is: cannot be “unred”; did you mean “unread”?"),
    ("sentiment:positive,negativ", 19, 7, "sentiment: cannot be “negativ”; did you mean “negative”?"),
    ("sentiment:42", 10, 2, "sentiment: cannot be “42”; it is one of positive, negative, neutral, unrated"),
    ("section:regulations", 8, 11, "section: cannot be “regulations”; did you mean “regulation”?"),
    ("has:picture", 4, 7, "has: cannot be “picture”; it is one of image, link, note"),
    ("sort:socre", 5, 5, "sort: cannot be “socre”; did you mean “score”?"),
    ("sort:--score", 5, 7, "sort: cannot be “--score”; did you mean “score”?"),
    ("sort:42", 5, 2, "sort: cannot be “42”; it is one of published, updated, title, source, score,"),
]
MISSING = [
    ("tag:", 4, 1, 'tag: needs a value, such as tag:"bitcoin price"'),
    ("tag: btc", 4, 1, "tag: needs a value"),
    ("tag:a,", 6, 1, "tag: needs a value"),
    ("tag:a&", 6, 1, "tag: needs a value"),
    ('tag:""', 4, 1, "tag: needs a value"),
    ("(tag:)", 5, 1, "tag: needs a value"),
    ("$", 1, 1, "asset: needs a value, such as asset:btc"),
    ("sort:", 5, 1, "sort: needs a value, such as sort:score"),
    ("title:", 6, 1, "title: needs a word, such as title:etf"),
    ('title:""', 6, 2, "title: needs a word, such as title:etf"),
    ("-", 0, 1, "a word is missing here"),
    ('""', 0, 2, "a word is missing here"),
    ("btc & eth", 4, 1, "“&” has no letters or digits to look for"),
    ("title:&", 0, 7, "“&” has no letters or digits to look for"),
    ("a OR", 4, 1, "OR needs a term on both sides"),
    ("OR a", 0, 1, "OR needs a term on both sides"),
    ("a OR OR b", 4, 1, "OR needs a term on both sides"),
    ("a OR (b OR )", 10, 1, "OR needs a term on both sides"),
    ("sort:title OR a", 0, 11, "OR needs a term on both sides"),
    ("a ()", 2, 2, "there is nothing in these parentheses"),
    ("-( )", 1, 3, "there is nothing in these parentheses"),
    ("-(sort:title)", 1, 12, "there is nothing in these parentheses"),
]
OPEN = [
    ('btc "etf flows', 4, 10, "this quote is not closed"),
    ('tag:"etf flows', 4, 10, "this quote is not closed"),
    ("a (b OR c", 2, 1, "this parenthesis is not closed"),
    ("((a)", 0, 1, "this parenthesis is not closed"),
    ("a) b", 1, 1, "this parenthesis was never opened"),
    (")", 0, 1, "this parenthesis was never opened"),
    ("(" * 99 + "a" + ")" * 99, 50, 1, "parentheses stand too deep here"),
    ("(" * 100_000, 50, 1, "parentheses stand too deep here"),
]
WRONG = [
    ('"a"b', 3, 1, "put a space between two terms"),
    ('fo"o', 2, 1, "put a space between two terms"),
    ("NEAR(a b)", 4, 1, "put a space between two terms"),
    ("(a)(b)", 3, 1, "put a space between two terms"),
    ("(a)b", 3, 1, "put a space between two terms"),
    ("tag:a,b&c", 7, 1, "either commas (any of) or & (all of), not both"),
    ("score:>1&<2", 8, 1, "score: takes no &; say it twice"),
    ("-sort:title", 0, 1, "sort: cannot be excluded; sort:-score falls"),
    ("score:high", 6, 4, "score: cannot be “high”; say a number: >0.5, <=10, 5..10"),
    ("score:>", 6, 1, "score: cannot be “>”; say a number"),
    ("score:..", 6, 2, "score: cannot be “..”; say a number"),
    ("score:5..x", 6, 4, "score: cannot be “5..x”; say a number"),
    ("score:=5", 6, 2, "score: cannot be “=5”; say a number"),
    ("words:1e3", 6, 3, "words: cannot be “1e3”; say a number"),
    ("lag:5", 4, 1, "lag: cannot be “5”; say a time: >6h, <30min, 1h..2d"),
    ("since:wednesday", 6, 9, "since: cannot be “wednesday”; say a date (2025-12-31, 2025-12, 2025), an age"),
    ("on:2025-02-30", 3, 10, "on: cannot be “2025-02-30”; say a date"),
    ("before:2025..2026", 7, 10, "before: cannot be “2025..2026”; say a date"),
    ("published:..", 10, 2, "published: cannot be “..”; say a date, an age (7d), or two of them with .."),
    ("updated:1..2", 8, 4, "updated: cannot be “1..2”; say a date"),
    ("score:1,0.9..0.1", 8, 8, "score: cannot be “0.9..0.1”; its ends are swapped, did you mean “0.1..0.9”?"),
    ("-words:400..40", 7, 7, "words: cannot be “400..40”; its ends are swapped, did you mean “40..400”?"),
    ("words:>400..", 6, 6, "words: cannot be “>400..”; say a number"),
    ("lag:2d..30h", 4, 7, "lag: cannot be “2d..30h”; its ends are swapped, did you mean “30h..2d”?"),
    (
        "published:2025-12-31..2025-12-01",
        10,
        22,
        "published: cannot be “2025-12-31..2025-12-01”; its ends are swapped, did you mean “2025-12-01..",
    ),
    ("updated:7d..30d", 8, 7, "updated: cannot be “7d..30d”; its ends are swapped, did you mean “30d..7d”?"),
    ("btc a\0b", 5, 1, "this is no character that can be looked for"),
    ("tag:\udcff", 4, 1, "this is no character that can be looked for"),
]


@pytest.mark.parametrize(("text", "position", "length", "message"), [*UNKNOWN, *MISSING, *OPEN, *WRONG])
def test_a_mistake_is_told_with_its_place(text: str, position: int, length: int, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert str(caught.value).startswith(message)
    assert (caught.value.position, caught.value.length) == (position, length)


UNKNOWN_ASSETS = [
    ("$zzz", 1, 3, "asset: cannot be “zzz”; no asset is called so. A tag is asked for with tag:zzz"),
    ("fog -$etherium", 6, 8, "asset: cannot be “etherium”; did you mean “eth”? A tag is asked for with"),
    ("asset:btc,bitcon", 10, 6, "asset: cannot be “bitcon”; did you mean “btc”?"),
    (
        '(a OR asset:"zzz qqq")',
        12,
        9,
        "asset: cannot be “zzz qqq”; no asset is called so. A tag is asked for",
    ),
]


@pytest.mark.parametrize(("text", "position", "length", "message"), UNKNOWN_ASSETS)
def test_an_asset_that_nobody_knows_is_a_mistake_where_the_assets_are_known(
    text: str, position: int, length: int, message: str
) -> None:
    parse(text)
    with pytest.raises(QueryError) as caught:
        parse(text, Assets)
    assert str(caught.value).startswith(message)
    assert (caught.value.position, caught.value.length) == (position, length)


def test_the_settings_make_an_asset_known() -> None:
    query = parse("$zzz", lambda: Assets({"zzz": ["Sleepcoin"]}))
    assert query == parse("$ZZZ") == filtered("asset", "zzz")


@pytest.mark.parametrize("text", ["$btc", '$"Bitcoin Cash"', "asset:xbt,біткоїн", "asset:zz*", "tag:zzz zzz"])
def test_what_is_an_asset_or_none_at_all_is_no_mistake(text: str) -> None:
    assert parse(text, Assets) == parse(text)


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
        assert 1 <= mistake.length <= max(1, len(text) - mistake.position)
        assert mistake.text == text
        assert str(mistake)


@given(PIECES)
def test_spaces_and_parentheses_around_a_query_do_not_matter(text: str) -> None:
    query = parsed(text)
    assert parse(f" \n{text}\t ") == query
    if query:
        assert parse(f"({text})") == query


FIELD_AND_VALUE = st.builds(
    lambda item, star: (item.field, item.values[0] + "*" * (star and FIELDS[item.field].kind == "value")),
    FILTERS.filter(lambda item: item.field in FACET_FIELDS),
    st.booleans(),
)


@given(QUERIES, FIELD_AND_VALUE, st.booleans())
def test_toggling_says_it_or_takes_it_back(query: Query, pair: tuple[str, str], negated: bool) -> None:
    field, value = pair[0], literal(pair[1])
    said = value in query.values(field, negated=negated)
    said_otherwise = value in query.values(field, negated=not negated)
    assert query.sign(field, pair[1]) == (-1 if negated else 1) * (said - said_otherwise)
    once = query.toggled(field, pair[1], negated=negated)
    twice = once.toggled(field, pair[1], negated=negated)
    assert (value in once.values(field, negated=negated)) != said
    assert value not in once.values(field, negated=not negated)
    if not said_otherwise and len({f.every for f in query.filters if f.field == field and not f.negated}) < 2:
        assert set(twice.values(field)) == set(query.values(field))
        assert twice.values(field, negated=True) == query.values(field, negated=True)
    assert value not in twice.values(field, negated=not negated)


@given(QUERIES, FIELD_AND_VALUE, st.booleans(), st.sampled_from([None, True, False]))
def test_toggling_leaves_everything_else(
    query: Query, pair: tuple[str, str], negated: bool, every: bool | None
) -> None:
    field, value = pair[0], literal(pair[1])
    toggled = query.toggled(field, pair[1], negated=negated, every=every)
    assert toggled.without(field) == query.without(field)
    assert (toggled.words, toggled.groups, toggled.sort) == (query.words, query.groups, query.sort)
    for sign in (False, True):
        others = {v for v in query.values(field, negated=sign) if v != value}
        assert others == {v for v in toggled.values(field, negated=sign) if v != value}
    not_all = [f for f in query.filters if f.field == field and f.negated and f.every]
    assert [f for f in toggled.filters if f.field == field and f.negated and f.every] == not_all
    assert parse(str(toggled)) == toggled


@given(FILTERS.filter(lambda item: item.field in FACET_FIELDS), st.booleans())
def test_a_value_can_be_included_so_that_all_have_to_hold(item: Filter, every: bool) -> None:
    query = make_query((), [Filter(item.field, (literal("one"),))])
    both = query.toggled(item.field, "two", every=every)
    assert both.values(item.field) == ("one", "two")
    assert both.every(item.field) == every
    assert both.toggled(item.field, "two", every=every) == both
    assert both.toggled(item.field, "two", every=not every).every(item.field) != every


@given(QUERIES, FIELD_AND_VALUE)
def test_only_is_exactly_this_value(query: Query, pair: tuple[str, str]) -> None:
    field, value = pair
    only = query.only(field, value)
    assert only.values(field) == (literal(value),)
    assert only.values(field, negated=True) == ()
    assert only.without(field) == query.without(field)
    assert only.only(field, value) == only


@given(QUERIES, st.sampled_from(sorted(FIELDS)))
def test_without_says_nothing_about_the_field(query: Query, field: str) -> None:
    without = query.without(field)
    assert (without.values(field), without.values(field, negated=True)) == ((), ())
    assert without.without(field) == without
    assert query.without(*FIELDS) == Query(query.words, (), query.groups, query.sort)


@given(QUERIES)
def test_a_query_is_made_of_its_parts_in_any_order(query: Query) -> None:
    assert make_query(query.words, reversed(query.filters), query.groups, query.sort) == query
    assert bool(query) == (str(query.sorted_by("")) != "") == (len(query) > 0)


@given(QUERIES, QUERIES)
def test_two_queries_together_are_one_behind_the_other(first: Query, second: Query) -> None:
    both = first.also(second)
    assert both.also(second) == both
    assert both.sort == (second.sort or first.sort)
    behind = " ".join(f"({query.sorted_by('')})" for query in (first, second) if query)
    assert parse(behind).sorted_by(both.sort) == both


@given(QUERIES, SORTS)
def test_the_order_is_changed_and_nothing_else(query: Query, order: str) -> None:
    changed = query.sorted_by(order)
    assert changed.sorted_by(query.sort) == query
    assert (
        parse(f"{query.sorted_by('')} {f'sort:{order}' if order else ''}").order == changed.order
        or query.groups
    )


@given(QUERIES)
def test_every_term_is_told_and_what_is_looked_for_is_among_them(query: Query) -> None:
    terms = [*query.terms()]
    assert set(query.looked_for()) <= {term for term in terms if isinstance(term, Word) and not term.negated}
    assert {word for word in query.words if not word.negated} <= set(query.looked_for())
    assert set(query.filters) <= {term for term in terms if isinstance(term, Filter)}


@given(st.lists(QUERY_WORDS, max_size=3))
def test_words_within_excluded_groups_are_not_looked_for(found: list[Word]) -> None:
    excluded = make_query(groups=[Either((make_query(found), A), negated=True)]) if found else Query()
    assert excluded.looked_for() == ()
