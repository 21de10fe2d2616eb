"""The border itself: nothing that a terminal obeys is left, and cleaning twice is cleaning once."""

from hypothesis import strategies as st
from tests.strategies import HOSTILE, ODD_TEXT

from cryptonews_tui.safety import LINE_LIMIT, clean, clean_line, safe_url, shown_url
from cryptonews_tui.sources.names import item_name, path_inside
from fuzz.checks import check_lines, check_link, check_texts, text_of

SEEDS = tuple(text.encode("utf-8", "surrogatepass") for text in HOSTILE.values())
WORDS = tuple(
    text.encode("utf-8", "surrogatepass")
    for text in (
        *(
            "\x1b[",
            "\x1b]",
            "\x1bP",
            "\x1b\\",
            "\x9b",
            "\x9d",
            "\x9c",
            "\x90",
            "\x07",
            "0;",
            "52;c;",
            "31m",
            "\x1b(",
        ),
        *(
            "\u200b",
            "\u200c",
            "\u200d",
            "\ufe0f",
            "\u202e",
            "\u2066",
            "\u2028",
            "\x85",
            "\ufeff",
            "\U000e0041",
            "\ud800",
        ),
        *(
            "👩",
            "\U0001f3fd",
            "❤",
            "م",
            "\u0301",
            "\u0e49",
            "\u20dd",
            "https://",
            "xn--",
            "@",
            "..",
            "/",
            "\\",
            "C:",
        ),
    )
)
INPUTS = ODD_TEXT.map(lambda text: text.encode("utf-8", "surrogatepass")) | st.lists(
    st.sampled_from(WORDS), max_size=30
).map(b"".join)


def run(data: bytes) -> None:
    text = text_of(data)
    check_texts(clean(text))
    line = clean_line(text)
    check_lines(line)
    assert clean_line(line) == line
    assert len(line) <= LINE_LIMIT
    short = clean_line(text, 7)
    assert len(short) <= 7
    assert clean_line(short, 7) == short
    check_link(safe_url(text))
    check_lines(shown_url(text), item_name(text))
    inside = path_inside(text)
    if inside is not None:
        check_lines(inside)
        assert ".." not in inside.split("/")
        assert not inside.startswith("/")
        assert path_inside(inside) in (inside, inside.strip())
