"""Markdown → blocks → lines at some width → text: no line too wide, no span that a terminal obeys."""

from urllib.parse import urlsplit

from hypothesis import strategies as st
from rich.cells import cell_len
from tests.markdown_examples import EXAMPLES
from tests.strategies import HOSTILE

from cryptonews_tui.markdown import blocks, pieces, references, typeset
from cryptonews_tui.typesetting import Kind, Line, to_text
from fuzz.checks import check_lines, check_link, check_texts, text_of

SEEDS = tuple(
    b"\x20" + text.encode("utf-8", "replace")
    for text in (
        *(source for examples in EXAMPLES.values() for source, _ in examples),
        *HOSTILE.values(),
        "<table><tr><td>a<td>b</table><ul><li>x<ol><li>y</ul><pre>z</pre><script>q</script>",
        "[a]: https://e.org\n\n[a] ![b](c) <https://e.org> [^1]\n\n[^1]: note\n\n&#27;[31m &#x9b; &amp;",
    )
)
WORDS = tuple(
    text.encode()
    for text in (
        *(
            "**",
            "~~",
            "__",
            "`",
            "```",
            "~~~",
            "\n\n",
            "\n> ",
            "\n- ",
            "\n1. ",
            "\n    ",
            "\n# ",
            "\n---\n",
            "\n===\n",
        ),
        *(
            "|a|b|\n|-|-|\n",
            "[a](https://e.org)",
            "![",
            "](",
            "[^1]",
            "[^1]: ",
            "]: https://e.org",
            "&#27;",
            "&#x202e;",
        ),
        *(
            "<b>",
            "</b>",
            "<a href='",
            "<li>",
            "<ul>",
            "</ul>",
            "<table>",
            "<tr>",
            "<td>",
            "<pre>",
            "<script>",
            "<!--",
        ),
        *(
            "-->",
            "<br>",
            "<h2>",
            "漢",
            "👩\u200d",
            "\u0301",
            "\u202e",
            "\x1b[",
            "\x9b",
            "\\",
            "javascript:",
            "xn--",
        ),
        *("```python\n", "```json\n", "```html\n", "```diff\n", "https://", "\t", "\u00a0", "\u3000"),
    )
)
INPUTS = st.builds(
    lambda width, parts: bytes([width]) + "".join(parts).encode("utf-8", "replace"),
    st.integers(0, 255),
    st.lists(
        st.sampled_from([seed[1:].decode() for seed in SEEDS] + [word.decode() for word in WORDS]),
        max_size=12,
    ),
)


def run(data: bytes) -> None:
    width = 2 + (data[0] if data else 0) % 120
    text = text_of(data[1:])
    narrow = typeset(text, width)
    _check(narrow, width)
    assert not any(line.wide for line in narrow)
    known = references(text)
    _check(
        [line for piece in pieces(text) for block in blocks(piece, known) for line in block.lines(width)],
        width,
    )


def _check(lines: list[Line], width: int) -> None:
    for line in lines:
        assert cell_len(line.text) <= (2_040 if line.wide else width), "wider than the screen"
        for span in line.spans:
            check_lines(span.text)
            check_link(span.link)
            if span.link is not None:
                assert Kind.LINK in span.kind
                assert urlsplit(span.link).netloc.isascii()
    check_texts(to_text(lines))
