import re
import time
import unicodedata
from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len, get_character_cell_size

from cryptonews_tui import markdown, typesetting
from cryptonews_tui.markdown import blocks, pieces, references, typeset
from cryptonews_tui.typesetting import (
    Block,
    Flow,
    Kind,
    Line,
    Span,
    Table,
    to_text,
    wrap,
)

SIGNS = (
    "ab é ї 漢字。 \u0301 \u200d \u200c \ufe0f 👩 ❤ 🚀 \u202e\x1b\x9b\x07\t\n *_`~[]()!<>#-+|:\\&;1. \"'=[x]"
)
MARKDOWN = st.one_of(
    st.text(max_size=300),
    st.text(alphabet=SIGNS, max_size=300),
    st.lists(
        st.sampled_from(
            [
                "> ",
                "- ",
                "1. ",
                "    ",
                "\n",
                "\n\n",
                "|a|b|\n|-|:-:|\n",
                "|x|",
                "# ",
                "```\n",
                "wide 漢字 ",
                "**",
                "word ",
            ]
        ),
        max_size=60,
    ).map("".join),
)
WIDTHS = st.integers(min_value=1, max_value=100)
BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def shown(markdown: str, width: int = 60) -> str:
    return to_text(typeset(markdown, width))


def spans(markdown: str, width: int = 60) -> list[Span]:
    return [span for line in typeset(markdown, width) for span in line.spans]


def kind_of(text: str, markdown: str) -> Kind:
    return next(span.kind for span in spans(markdown) if text in span.text)


def cells(line: Line) -> int:
    return sum(cell_len(span.text) for span in line.spans)


def is_one_wide_cluster(line: Line) -> bool:
    return sum(get_character_cell_size(c) for c in line.text.split("\u200d")[0]) <= 2


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Tables of any shape: cells of nothing, of several lines, of a word that fits nowhere."""
    columns = draw(st.sampled_from([1, 2, 3, 9, 400]))
    run = st.text("ab 漢é👩", max_size=50).map(lambda text: (Span(text),) if text else ())
    cell = st.lists(run, min_size=1, max_size=2).map(tuple)
    some = min(columns, 9)
    row = st.lists(cell, min_size=some, max_size=some).map(lambda row: (*row, *[((),)] * (columns - some)))
    return Table(
        draw(row),
        tuple(draw(st.lists(row, max_size=3))),
        tuple(draw(st.permutations(["left", "right", "center", ""])) * columns)[:columns],
        draw(st.booleans()),
    )


@given(tables(), st.integers(1, 60))
def test_a_table_of_any_shape_is_within_the_width_or_wide_and_keeps_its_letters(
    table: Table, width: int
) -> None:
    lines = table.lines(width)
    assert lines
    for line in lines:
        assert cells(line) <= width or (line.wide and table.pan) or (width == 1 and is_one_wide_cluster(line))
    told = table.rows or (table.head,)  # of a record without anything in a column its head is not told either
    written = "".join(span.text for row in told for cell in row for run in cell for span in run)
    shown = "".join(line.text for line in lines)
    assert not Counter(written.replace(" ", "")) - Counter(shown)


# --- for any text


@given(MARKDOWN, WIDTHS)
def test_no_line_is_wider_than_the_screen(markdown: str, width: int) -> None:
    for line in typeset(markdown, width):
        assert cells(line) <= width or (width == 1 and is_one_wide_cluster(line)), line


@given(MARKDOWN, WIDTHS)
def test_a_line_is_as_wide_as_its_spans(markdown: str, width: int) -> None:
    for line in typeset(markdown, width):
        assert cell_len(line.text) == cells(line)


@given(MARKDOWN, WIDTHS)
def test_nothing_that_a_terminal_obeys_is_left(markdown: str, width: int) -> None:
    for span in (span for line in typeset(markdown, width) for span in line.spans):
        assert not any(unicodedata.category(c) in ("Cc", "Cs") or c in BIDI for c in span.text), span


@given(MARKDOWN)
def test_links_lead_to_web_pages_only(markdown: str) -> None:
    assert all(
        span.link is None or span.link.lower().startswith(("http://", "https://")) for span in spans(markdown)
    )


@given(st.lists(st.text(alphabet="abcxyzїєґІ,!", min_size=1, max_size=30), min_size=1, max_size=60), WIDTHS)
def test_every_word_of_a_paragraph_comes_out_in_order(words: list[str], width: int) -> None:
    text = " ".join(["Once", *words])
    assert to_text(typeset(text, width), wrapped=False) == text + "\n"


@given(st.text(alphabet="ab 漢字、「」👩🚀é\u200d\u0301", max_size=120), WIDTHS)
@example("xx \u200dab", 2)
def test_wrapping_loses_no_character(text: str, width: int) -> None:
    text = " ".join(text.split())
    assert to_text(wrap((Span(text[:7]), Span(text[7:], Kind.STRONG)), width), wrapped=False) == text + "\n"


@given(MARKDOWN, WIDTHS)
def test_every_block_has_a_line_at_every_width(markdown: str, width: int) -> None:
    assert all(block.lines(width) for block in blocks(markdown))


@given(st.text(alphabet="ab`~ \n->#*漢", max_size=400), st.integers(1, 50), st.integers(1, 50))
def test_pieces_are_bounded_and_keep_every_word(text: str, soft: int, extra: int) -> None:
    before = markdown._SOFT_SIZE, markdown._HARD_SIZE
    markdown._SOFT_SIZE, markdown._HARD_SIZE = soft, soft + extra
    try:
        parts = pieces(text)
    finally:
        markdown._SOFT_SIZE, markdown._HARD_SIZE = before
    kept = re.sub(r"[\s`~]", "", "".join(parts))
    assert kept == re.sub(r"[\s`~]", "", text)
    assert all(len(part) <= 2 * (soft + extra) + 100 for part in parts)


# --- each kind of block


def test_a_paragraph_is_wrapped_at_spaces() -> None:
    lines = typeset("The quick brown fox jumps over the lazy dog.", 16)
    assert [(line.text, line.soft) for line in lines] == [
        ("The quick brown", True),
        ("fox jumps over", True),
        ("the lazy dog.", False),
    ]


def test_a_word_that_is_too_long_is_cut() -> None:
    assert [line.text for line in typeset("see https://example.org/abcdef now", 10)] == [
        "see", "https://ex", "ample.org/", "abcdef now",
    ]  # fmt: skip


def test_wide_characters_break_between_each_other_but_not_before_a_full_stop() -> None:
    assert [line.text for line in wrap((Span("漢字漢字。漢字"),), 8)] == ["漢字漢", "字。漢字"]


def test_an_emoji_sequence_is_never_split() -> None:
    family = "👨\u200d👩\u200d👧\u200d👦"
    assert [line.text for line in wrap((Span(family * 3),), 4)] == [family * 2, family]
    assert [line.text for line in wrap((Span("❤\ufe0f❤\ufe0f"),), 3)] == ["❤\ufe0f", "❤\ufe0f"]


def test_a_joiner_between_letters_is_dropped_because_terminals_show_both_letters() -> None:
    assert shown("a\u200db") == "ab\n"


def test_no_emoji_sequence_grows_without_end() -> None:
    [line] = typeset("\u200d".join("👩" * 50), 80)
    assert max(map(len, re.findall("(?:👩\u200d)+", line.text))) == 6
    assert line.text.count("👩") == 50


def test_inline_marks_become_kinds() -> None:
    text = "plain **bold *both*** `x  y` ~~gone~~"
    assert kind_of("plain", text) == Kind.TEXT
    assert kind_of("bold", text) == Kind.STRONG
    assert kind_of("both", text) == Kind.STRONG | Kind.EMPHASIS
    assert kind_of("x  y", text) == Kind.CODE
    assert kind_of("gone", text) == Kind.STRIKE


def test_a_link_keeps_its_text_and_its_target() -> None:
    [_, link] = spans("see [the **page**](https://example.org/a)")[:2]
    assert link == Span("the ", Kind.LINK, "https://example.org/a")
    assert Span("https://example.org", Kind.LINK, "https://example.org") in spans("<https://example.org>")


@pytest.mark.parametrize(
    "target",
    ["javascript:alert(1)", "file:///etc/passwd", "ftp://example.org", "https://user@example.org", "/home"],
)
def test_a_link_that_leads_elsewhere_is_plain_text(target: str) -> None:
    assert all(
        span.link is None and Kind.LINK not in span.kind for span in spans(f"[here]({target}) <{target}>")
    )
    assert "here" in shown(f"[here]({target})")


def test_definitions_at_the_end_reach_links_in_every_piece() -> None:
    text = "[a]\n\n" + "filler words of a long text\n\n" * 400 + "[a]: https://example.org/a\n"
    assert len(pieces(text)) > 1
    assert spans(text)[0].link == "https://example.org/a"
    assert references("nothing here") == {}


def test_an_image_is_its_text_with_a_sign() -> None:
    assert spans("![A chart](https://example.org/c.png)") == [
        Span("▣ A chart", Kind.LINK, "https://example.org/c.png")
    ]
    assert shown("![](https://example.org/c.png)") == "▣ image\n"
    assert shown("![](x.png)") == "▣ image (x.png)\n"


def test_hard_breaks_stay_and_soft_breaks_flow() -> None:
    assert shown("one\ntwo\\\nthree  \nfour") == "one two\nthree\nfour\n"


def test_entities_cannot_bring_control_characters_back() -> None:
    assert shown("a&#27;[31mb&#x9b;31m &#x202e;c&#8203;d&NewLine;e &#9;f") == "a�[31mb�31m cd e f\n"


def test_a_mark_without_its_letter_is_dropped() -> None:
    assert shown("a**\u0301\u0301**`\u0301`b") == "ab\n"


def test_upper_headings_have_a_rule_as_long_as_they_are() -> None:
    assert shown("## What happened\ntext\n\n### Detail\nmore") == (
        "What happened\n─────────────\ntext\n\nDetail\nmore\n"
    )
    assert kind_of("What", "## What") == Kind.HEADING


def test_two_blank_lines_stand_before_a_section_and_one_before_a_block() -> None:
    assert shown("one\n\ntwo\n\n## Next\n\nthree") == "one\n\ntwo\n\n\nNext\n────\nthree\n"


def test_only_running_text_stands_right_below_its_heading() -> None:
    assert shown("## A\n### B\n- c\n\n## D\n---") == "A\n─\n\nB\n• c\n\n\nD\n─\n\n" + "─" * 60 + "\n"


def test_bullets_hang() -> None:
    assert (
        shown("Before\n- one two three\n- four\n\nafter", 9)
        == "Before\n\n• one two\n  three\n• four\n\nafter\n"
    )


def test_nested_and_numbered_items_line_up() -> None:
    assert shown("9. nine\n10. ten\n    - in\n      - deep") == " 9. nine\n10. ten\n    ◦ in\n      • deep\n"


def test_loose_items_have_air_and_an_empty_item_its_mark() -> None:
    assert shown("- a\n\n- b") == "• a\n\n• b\n"
    assert shown("- a\n-\n- c") == "• a\n•\n• c\n"


def test_task_items_keep_their_boxes() -> None:
    assert shown("- [ ] buy milk\n- [X] sell", 10) == "[ ] buy\n    milk\n[x] sell\n"


def test_a_quote_has_a_bar_on_every_line_and_between_its_blocks() -> None:
    assert shown("> a b\n>\n> > c\n\nd", 50) == "▎ a b\n▎\n▎ ▎ c\n\nd\n"


@pytest.mark.parametrize(
    "text",
    [
        "> " * 5_000 + "deep",
        "- " * 5_000 + "deep",
        "".join("  " * n + "- deep\n" for n in range(18)),
        "".join("  " * n + "- deep\n" for n in range(60)),
        "".join("> " * n + "- deep\n" for n in range(60)),
    ],
)
def test_depth_never_eats_the_text(text: str) -> None:
    lines = typeset(text, 40)
    assert sum("deep" in line.text for line in lines) == text.count("deep")
    assert all(line.hang <= 20 for line in lines)


def test_code_is_shown_as_typed() -> None:
    text = "```python\ndef f():\n\treturn  [1]\n\n# *no* <b>\n```"
    assert shown(text) == "  def f():\n      return  [1]\n\n  # *no* <b>\n"
    assert to_text(typeset("    " + "x" * 100, 50), wrapped=False) == "  " + "x" * 100 + "\n"
    assert kind_of("return", "```\nreturn\n```") == Kind.CODE


def test_a_thematic_break_is_a_rule() -> None:
    assert shown("a\n\n***\n\nb", 5) == "a\n\n─────\n\nb\n"


TABLE = """\
| Asset | Price | Note |
|:--|--:|:-:|
| BTC | 92,000.50 | up |
| ETH | 3,100 | sideways for a long while |
"""


def test_a_table_has_aligned_columns() -> None:
    assert shown(TABLE).splitlines() == [
        "Asset      Price            Note",
        "─────  ─────────  ─────────────────────────",
        "BTC    92,000.50             up",
        "ETH        3,100  sideways for a long while",
    ]
    assert kind_of("Asset", TABLE) == Kind.TABLE_HEAD


def test_a_table_without_room_wraps_its_cells() -> None:
    assert shown(TABLE, 34).splitlines() == [
        "Asset      Price        Note",
        "─────  ─────────  ────────────────",
        "BTC    92,000.50         up",
        "",
        "ETH        3,100   sideways for a",
        "                     long while",
    ]


def test_a_table_that_cannot_fit_becomes_records() -> None:
    assert shown(TABLE, 17).splitlines() == [
        "Asset: BTC",
        "Price: 92,000.50",
        "Note: up",
        "",
        "Asset: ETH",
        "Price: 3,100",
        "Note: sideways",
        "for a long while",
    ]


def test_a_copy_breaks_only_where_the_text_does() -> None:
    lines = typeset("- one two three\n- four", 9)
    assert to_text(lines, wrapped=False) == "• one two three\n• four\n"


def test_items_side_by_side_break_between_items() -> None:
    flow = Flow(((Span("one two"),), (Span("three"),), (Span("four five six"),)))
    assert [line.text for line in flow.lines(14)] == ["one two  three", "four five six"]
    assert [line.text for line in flow.lines(8)] == ["one two", "three", "four", "five six"]
    assert Flow(()).lines(10) == [Line()]


def test_the_characters_taken_for_narrow_are_narrow() -> None:
    narrow = [chr(code) for code in range(0x3000) if typesetting._NARROW.fullmatch(chr(code))]
    assert len(narrow) > 1_000
    assert {get_character_cell_size(c) for c in narrow} == {1}


# --- what someone writes to hurt

HOSTILE = {
    "quotes": ">" * 10_000,
    "lists": "* + " * 5_000,
    "indented lists": "".join("  " * n + "- a\n" for n in range(300)),
    "brackets": "[" * 20_000,
    "images": "![" * 10_000,
    "links": "[a](" * 5_000,
    "entities": "&#" * 10_000,
    "emphasis": "*a_ " * 5_000,
    "fence": "```\n" + "code\n" * 4_000,
    "columns": "|a" * 5_000 + "\n" + "|-" * 5_000 + "\n" + "a\n" * 100,
    "rows": "|a|b|\n|-|-|\n" + "a\n" * 9_000,
    "definitions": "[a]: b\n" * 3_000,
    "one word": "a" * 1_000_000,
    "one line": "word " * 200_000,
    "wide": "漢" * 50_000,
    "joiners": "👩\u200d" * 10_000,
    "marks": "a" + "\u0301" * 100_000,
    "nuls": "\0" * 100_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_bounded_work(name: str) -> None:
    text = HOSTILE[name]
    parts = pieces(text)
    assert all(len(part) <= 8_200 for part in parts)
    started = time.process_time()
    for part in parts[:3]:
        for block in blocks(part):
            block.lines(40)
    assert time.process_time() - started < 5


def test_a_code_block_goes_on_in_the_next_piece() -> None:
    parts = pieces("~~~~\n" + "# not a heading\n" * 2_000 + "~~~~\n# heading\n")
    assert len(parts) > 2
    assert {kind for part in parts[:-1] for block in blocks(part) for kind in kinds(block)} == {Kind.CODE}
    assert kinds(blocks(parts[-1])[-1]) == {Kind.HEADING, Kind.RULE}


def kinds(block: Block) -> set[Kind]:
    return {span.kind for line in block.lines(80) for span in line.spans if span.text.strip()}
