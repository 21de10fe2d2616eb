"""What Markdown becomes on the screen, construct by construct, and what holds for any text."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from cryptonews_tui.markdown import blocks, pieces, references, typeset
from cryptonews_tui.safety import safe_url
from cryptonews_tui.syntax import _LANGUAGES as LANGUAGES
from cryptonews_tui.syntax import words
from cryptonews_tui.typesetting import Code, Kind, Line, Span, Table, to_text, verbatim
from tests.markdown_examples import EXAMPLES
from tests.strategies import threats

SOURCES = [source for examples in EXAMPLES.values() for source, _ in examples]
TAGS = [
    *(
        f"<{closing}{name}>"
        for closing in ("", "/")
        for name in ["b", "li", "ul", "ol", "table", "tr", "td", "th", "pre", "script", "h2", "p", "a"]
    ),
    *("<a href='https://e.org'>", "<blockquote>", "</blockquote>", "<br>", "<!--", "-->", "x ", "\n", "\n\n"),
]
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from([*SOURCES, "\n", "\n\n", "> ", "- ", "    "]), max_size=8).map("".join),
    st.text(alphabet="<>/!-abp=\"'?[]^:.& \n`hrefscit", max_size=200),
    st.lists(
        st.sampled_from(TAGS),
        max_size=40,
    ).map("".join),
)
MARKS = [
    *("*", "**", "~~", "_", "`", "[", "](https://e.org)", "<br>", "<!--", "-->", "a ", " b", "c", "d"),
    *(f"<{closing}{name}>" for closing in ("", "/") for name in ("script", "style", "title", "b", "i", "a")),
    "<a href='https://e.org'>",
]
"""Emphasis and tags that cross each other, in one line."""
WIDTHS = st.integers(2, 90)


def shown(markdown: str, width: int = 60) -> str:
    return to_text(typeset(markdown, width))


def lines(markdown: str, width: int = 60) -> list[Line]:
    """As the reader has them, who can move wide tables sideways."""
    known = references(markdown)
    return [
        line for piece in pieces(markdown) for block in blocks(piece, known) for line in block.lines(width)
    ]


def spans(markdown: str) -> list[Span]:
    return [span for line in typeset(markdown, 200) for span in line.spans]


def links(markdown: str) -> list[tuple[str, str]]:
    return [(span.text, span.link) for span in spans(markdown) if span.link]


# --- for any text


@given(TEXTS, WIDTHS)
def test_any_text_is_set_within_the_width_and_only_tables_are_wider(markdown: str, width: int) -> None:
    assert all(cell_len(line.text) <= width and not line.wide for line in typeset(markdown, width))
    assert all(cell_len(line.text) <= (2_040 if line.wide else width) for line in lines(markdown, width))


@given(TEXTS, WIDTHS)
def test_no_span_holds_what_a_terminal_obeys_and_no_link_leads_astray(markdown: str, width: int) -> None:
    for span in (
        span for line in [*typeset(markdown, width), *lines(markdown, width)] for span in line.spans
    ):
        assert not threats(span.text, allowed=""), span
        assert span.link is None or safe_url(span.link) == span.link
        assert span.link is None or (Kind.LINK in span.kind and urlsplit(span.link).netloc.isascii())


@given(st.lists(st.sampled_from(MARKS), max_size=16).map("".join))
def test_marks_and_tags_may_cross_each_other(markdown: str) -> None:
    assert not threats(shown(f"x {markdown}"))


@given(st.lists(st.sampled_from(["*", "**", "~~", " ", "<tag>", "</tag>", "letter"]), max_size=16))
def test_what_nobody_sees_changes_no_look_of_the_rest(parts: list[str]) -> None:
    letters = [chr(0x3B1 + number) if part == "letter" else part for number, part in enumerate(parts)]
    seen, hidden = (
        {
            letter: span.kind
            for span in spans("x" + "".join(letters).replace("tag", name))
            for letter in filter(str.isalpha, span.text)
        }
        for name in ("nobr", "script")
    )
    assert {letter: seen[letter] for letter in hidden} == hidden


@given(st.lists(st.lists(st.text("abcxyz", min_size=1, max_size=9), min_size=8, max_size=8), max_size=4))
def test_a_table_too_wide_for_the_screen_keeps_its_words_either_way(rows: list[list[str]]) -> None:
    head = [f"column{number}" for number in range(8)]
    table = "\n".join("|".join(row) for row in (head, ["-"] * 8, *rows))
    for found in (lines(table, 30), typeset(table, 30)):
        text = to_text(found).replace(":", " ").split()
        assert all(text.count(word) >= 1 for row in (head, *rows) for word in row)


@given(
    st.sampled_from(sorted(LANGUAGES)),
    st.one_of(
        st.text(max_size=200), st.text(alphabet="ab1 '\"{}()[]/*\\#-:=.,;\n\té漢👩\u200d", max_size=200)
    ),
)
def test_code_in_colours_is_the_same_text(language: str, typed: str) -> None:
    text = verbatim(typed)
    coloured, plain = Code(text, language).lines(30), Code(text).lines(30)
    assert [(line.text, line.ending, line.hang) for line in coloured] == [
        (line.text, line.ending, line.hang) for line in plain
    ]
    assert all(sum(cell_len(span.text) for span in line.spans) == cell_len(line.text) for line in coloured)


# --- examples of each construct


@pytest.mark.parametrize("construct", EXAMPLES)
def test_each_construct_looks_as_its_examples_say(construct: str) -> None:
    for source, expected in EXAMPLES[construct]:
        assert to_text(typeset(source, 40)) == expected, source


def test_there_are_enough_examples() -> None:
    assert len(set(SOURCES)) >= 200


# --- tables that are wider than the screen

WIDE = "| Asset | Price in dollars | Remark |\n|:--|--:|--|\n| BTC | 92,000.50 | " + "word " * 20 + "|\n"


def test_a_wide_table_keeps_its_columns_where_it_can_be_moved() -> None:
    found = lines(WIDE, 20)[1:]
    assert all(line.wide for line in found)
    assert [line.text.rstrip() for line in found[:3]] == [
        "Asset  Price in dollars  Remark",
        "─────  ────────────────  " + "─" * 40,
        "BTC           92,000.50  word word word word word word word word",
    ]


def test_a_wide_table_is_records_where_nobody_can_move_it() -> None:
    assert shown(WIDE, 20).startswith("Asset: BTC\nPrice in dollars:\n92,000.50\nRemark: word word\n")


def test_a_table_that_fits_is_not_wide() -> None:
    assert not any(line.wide for line in lines(WIDE, 80))


def test_a_wide_table_in_a_quote_takes_its_bar_along() -> None:
    found = lines("> " + WIDE.replace("\n", "\n> "), 20)
    assert all(line.text.startswith("▎") and line.wide for line in found[1:])


@pytest.mark.parametrize("columns", [40, 333, 334, 2_000])
def test_no_row_is_longer_than_anybody_would_move(columns: int) -> None:
    table = "|word" * min(columns, 1_000) + "\n" + "|-" * columns + "\n"
    table = "|ab" * columns + "\n" + "|-" * columns + "\n" if columns > 1_000 else table
    assert max(cell_len(line.text) for line in lines(table, 80)) <= 2_000


def test_a_long_table_goes_on_with_its_head_in_the_next_piece() -> None:
    rows = "".join(f"| {number} | some words |\n" for number in range(1_000))
    parts = pieces("| n | what |\n|--|--|\n" + rows + "\nafter\n")
    assert len(parts) > 2
    assert [type(block.body) for part in parts[:-1] for block in blocks(part)] == [Table] * (len(parts) - 1)
    assert all(f"\n{number} " in shown("\n\n".join(parts)) for number in range(0, 1_000, 37))


def test_a_break_in_a_cell_begins_a_line_in_it() -> None:
    assert shown("|a|b|\n|-|-|\n|one<br>two|x|") == "a    b\n───  ─\none  x\ntwo\n"
    assert (
        shown("|a|b|\n|-|-|\n|one<br>two|" + "x" * 30 + "|", 14)
        == f"a: one two\nb:\n{'x' * 14}\n{'x' * 14}\nxx\n"
    )


# --- code


def kinds(markdown: str) -> dict[str, Kind]:
    return {span.text.strip(): span.kind & ~Kind.CODE for span in spans(markdown) if Kind.CODE in span.kind}


def test_code_is_coloured_by_its_language() -> None:
    found = kinds('```python\ndef price(coin):  # now\n    return 3 + len("x")\n```')
    assert found["def"] == found["return"] == Kind.KEYWORD
    assert found["price"] == found["len"] == Kind.NAME
    assert found['"x"'] == Kind.STRING
    assert found["3"] == Kind.NUMBER
    assert found["# now"] == Kind.COMMENT


@pytest.mark.parametrize("word", ["py", "Python", "{.python}", "python,ignore", 'python title="x"'])
def test_a_language_has_several_names(word: str) -> None:
    assert kinds(f"```{word}\nreturn x\n```")["return"] == Kind.KEYWORD


@pytest.mark.parametrize(
    "word", ["rs", "rust", "js", "sol", "solidity", "yml", "sh", "c++", "c#", "go", "ts", "diff", "json"]
)
def test_languages_of_the_field_are_known(word: str) -> None:
    assert any(
        what for line in words('a: b\ncontract fn let if "a": 1 // x\n+ a\n@@ b', word) for _, what in line
    )


@pytest.mark.parametrize("word", ["", "nolang", "text", "brainfuck"])
def test_an_unknown_language_is_never_guessed(word: str) -> None:
    assert set(kinds(f"```{word}\nreturn 'x'\n```").values()) == {Kind.TEXT}
    assert set(kinds("    return 'x'").values()) == {Kind.TEXT}


def test_a_line_without_end_is_no_work_for_a_lexer() -> None:
    assert words("x = 1 " * 200, "python") == [[(1_200, "")]]


def test_code_goes_on_in_its_language_in_the_next_piece() -> None:
    parts = pieces("```python\n" + "return 'text'\n" * 2_000 + "```\n\nafter\n")
    assert len(parts) > 2
    for part in parts[:-1]:
        [block] = blocks(part)
        assert block.body == Code(block.body.text, "python") if isinstance(block.body, Code) else False


# --- links


def test_a_bare_url_is_a_link_without_the_punctuation_after_it() -> None:
    assert links("See https://e.org/a_(b), (https://e.org/c) and **http://e.org/d**.") == [
        ("https://e.org/a_(b)", "https://e.org/a_(b)"),
        ("https://e.org/c", "https://e.org/c"),
        ("http://e.org/d", "http://e.org/d"),
    ]
    assert links("請看https://e.org/a。好") == []  # part of a word
    assert links("請看 https://e.org/a。好") == [("https://e.org/a", "https://e.org/a")]


def test_a_url_in_code_or_in_a_link_is_no_link_of_its_own() -> None:
    assert links("`https://e.org` <code>https://e.org</code>\n\n    https://e.org") == []
    assert links("[see https://e.org/a now](https://e.org/b)") == [
        ("see https://e.org/a now", "https://e.org/b")
    ]


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "https://user@e.org/",
        "vbscript:x",
        "/home",
    ],
)
def test_a_target_that_is_no_web_page_is_shown_as_text(target: str) -> None:
    for source in (f"[here]({target})", f'<a href="{target}">here</a>', f"[here][x]\n\n[x]: {target}"):
        assert shown(source) == f"here ({target})\n"
        assert links(source) == []
    assert shown(f"![here]({target})") == f"▣ here ({target})\n"
    assert spans(f"[here]({target})")[1] == Span(f" ({target})", Kind.DIM)


def test_a_long_target_is_cut() -> None:
    assert cell_len(shown("[a](data:text/plain," + "x" * 3_000 + ")", 200)) < 70


def test_a_place_in_the_same_text_is_not_worth_telling() -> None:
    assert shown("[Contents](#contents)") == "Contents\n"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("[https://binance.com](https://evil.example/x)", "https://binance.com (evil.example)"),
        ("[binance.com/login](https://evil.example)", "binance.com/login (evil.example)"),
        (
            "[Log in at https://binance.com](https://evil.example)",
            "Log in at https://binance.com (evil.example)",
        ),
        ("[WWW.Binance.com](https://binance.com/a)", "WWW.Binance.com"),
        ("[binance](https://evil.example)", "binance"),
        ("[bіnance.com](https://bіnance.com)", "bіnance.com (xn--bnance-pvf.com)"),
        ("[x](https://xn--bnance-pvf.com)", "x (xn--bnance-pvf.com)"),
        ("https://bіnance.com", "https://bіnance.com (xn--bnance-pvf.com)"),
        ('<a href="https://bіnance.com">Binance</a>', "Binance (xn--bnance-pvf.com)"),
    ],
)
def test_a_link_cannot_claim_another_host(source: str, expected: str) -> None:
    assert shown(source) == expected + "\n"


def test_a_link_goes_to_the_host_that_is_shown() -> None:
    assert links("[x](https://bіnance.com/ї)")[0][1].startswith("https://xn--bnance-pvf.com/")
    assert links("[x](https://ＢÜCHER.example)") == [("x", "https://xn--bcher-kva.example")]


def test_a_link_without_text_shows_where_it_leads() -> None:
    assert links("[](https://e.org/x)") == [("https://e.org/x", "https://e.org/x")]


def test_a_picture_that_is_a_link_leads_where_the_link_does() -> None:
    assert links("[![a](https://e.org/a.png)](https://e.org/b)") == [("▣ a", "https://e.org/b")]
    assert shown("![a <b>b</b>](https://e.org)") == "▣ a b\n"


# --- footnotes


def test_a_footnote_is_marked_in_a_piece_far_from_it() -> None:
    text = "A claim.[^1]\n\n" + "filler words of a long text\n\n" * 400 + "[^1]: The source.\n"
    assert len(pieces(text)) > 1
    assert shown(text).startswith("A claim.[1]\n")
    assert shown(text).endswith("\n\n[1] The source.\n")
    assert spans(text)[1] == Span("[1]", Kind.DIM)


def test_notes_hang_and_stand_close_together() -> None:
    text = "a[^1] b[^2]\n\n[^1]: one two three\n\n[^2]: four\n\nafter"
    assert shown(text, 12) == "a[1] b[2]\n\n[1] one two\n    three\n[2] four\n\nafter\n"


def test_a_mark_without_a_note_stays_as_it_was_typed() -> None:
    assert shown("a[^1] `[^2]`\n\n[^2]: x") == "a[^1] [^2]\n\n[2] x\n"


def test_a_long_label_is_cut() -> None:
    assert (
        shown("a[^" + "x" * 90 + "]\n\n[^" + "x" * 90 + "]: note")
        == f"a[{'x' * 19}…]\n\n[{'x' * 19}…] note\n"
    )


# --- HTML


def test_html_in_text_becomes_kinds() -> None:
    text = "a <b>b <i>c</b> d</i> <del>e</del> <code>f</code> <x>g</x>"
    assert {span.text.strip(): span.kind for span in spans(text)} == {
        "a": Kind.TEXT,
        "b": Kind.STRONG,
        "c": Kind.STRONG | Kind.EMPHASIS,
        "d": Kind.EMPHASIS,
        "e": Kind.STRIKE,
        "f": Kind.CODE,
        "g": Kind.TEXT,
        "": Kind.TEXT,
    }


def test_raised_figures_do_not_become_other_numbers() -> None:
    assert shown("10<sup>18</sup> wei, CO<sub>2</sub>, x<sup>n</sup>") == "10¹⁸ wei, CO₂, xn\n"


def test_scripts_styles_and_comments_vanish_however_long_they_are() -> None:
    for opening, closing in (("<script>", "</script>"), ("<style>", "</style>"), ("<!--", "-->")):
        text = f"before\n\n{opening}\n" + "secret = 1;\n\n" * 2_000 + f"{closing}\n\nafter\n"
        assert len(pieces(text)) > 2
        assert shown(text) == "before\n\nafter\n"
    assert shown("a <script>secret</script> b <style>p</style>") == "a b\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x <script>**y</script>z** e", [Span("x "), Span("z", Kind.STRONG), Span(" e")]),
        ("x <style>*y</style>z* e", [Span("x "), Span("z", Kind.EMPHASIS), Span(" e")]),
        ("x <title>~~y</title>z~~ e", [Span("x "), Span("z", Kind.STRIKE), Span(" e")]),
        ("**x <script>y**</script> e", [Span("x ", Kind.STRONG), Span("e")]),
        ("[x <script>y](https://e.org)</script> e", [Span("x ", Kind.LINK, "https://e.org"), Span("e")]),
        ("x <script>[y</script>z](https://e.org) e", [Span("x z e")]),
    ],
)
def test_marks_count_where_nobody_sees_them(text: str, expected: list[Span]) -> None:
    assert spans(text) == expected


def test_a_link_that_ends_where_nobody_looks_still_says_where_it_leads() -> None:
    assert shown("[bank.org <script>](https://e.org)</script> x") == "bank.org (e.org) x\n"


def test_a_page_of_html_reads_like_markdown() -> None:
    page = (
        "<div><h2>Head</h2><p>One <b>two</b> &amp; three.</p><ol start='9'><li>a<li>b<ul><li>c</ul></ol>"
        "<blockquote><p>said</p></blockquote><pre><code>x  = &lt;1&gt;\ny</code></pre>"
        "<table><tr><th>A</th><th>B</th></tr><tr><td>1</td></tr></table></div>"
    )
    assert shown(page) == (
        "Head\n────\nOne two & three.\n\n 9. a\n10. b\n    ◦ c\n\n▎ said\n\n  x  = <1>\n  y\n\nA  B\n─  ─\n1\n"
    )


def test_html_that_shows_nothing_leaves_no_gap() -> None:
    assert shown("a\n\n<a name='x'></a>\n\n<div>\n\nb\n\n</div>") == "a\n\nb\n"


def test_deep_html_keeps_its_text_and_its_width() -> None:
    text = "<ul><li>" * 500 + "deep"
    assert any("deep" in line.text and line.hang < 40 for line in typeset(text, 60))


# --- what someone writes to hurt

HOSTILE = {
    "tags": "<b>" * 2_600,
    "comments": "x <!--" * 1_300,
    "instructions": "x <?" * 2_000,
    "attributes": "x <a b='" * 1_000,
    "quoted attributes": "<div>" + "<a \"'" * 1_500,
    "lists of html": "<ul><li>" * 1_000,
    "cells of html": "<table>" + "<tr><td>x" * 900,
    "urls": "https://a.b/c " * 570,
    "brackets after a url": "https://a.b/" + ")" * 7_900,
    "notes": "[^1]: x\n" * 1_000,
    "marks": "[^1] " * 1_600 + "\n\n[^1]: x\n",
    "openings of notes": "[^" * 4_000,
    "emphasis": "~~a" * 2_600,
    "headings": "############ x\n#\n##\n# #\n" * 100,
    "right to left": "שלום عربي " * 800,
    "blanks without width": "a\u200b" * 4_000,
    "code of one line": "```js\n" + "`${" * 2_600 + "\n```",
    "code of many lines": "```csharp\n" + "a\n" * 3_900 + "```",
    "deep quotes": ">" * 10_000 + "a",
    "columns": "|a" * 5_000 + "\n" + "|-" * 5_000 + "\n" + "|b" * 5_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_stays_text(name: str) -> None:
    found = lines(HOSTILE[name], 40)
    assert len(found) <= 2 * len(HOSTILE[name]) + 10
    assert all(cell_len(line.text) <= 40 for line in found)


def test_notes_and_definitions_are_counted() -> None:
    known = references("".join(f"[^{n}]: x\n[a{n}]: https://e.org/{n}\n" for n in range(5_000)))
    assert len(known["footnotes"]["refs"]) == 300
    assert len(known["references"]) <= 300
