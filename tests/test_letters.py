"""What stands for letters and signs that a terminal has not."""

from __future__ import annotations

import io
import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from cryptonews_tui import letters
from cryptonews_tui.letters import PLAIN, charset_of, codec_of
from cryptonews_tui.safety import clean
from cryptonews_tui.session import session_of
from cryptonews_tui.settings import Settings


def plain(text: str, charset: str = "ascii") -> str:
    return text.encode(codec_of(charset), PLAIN).decode(charset)


# --- which charset


@pytest.mark.parametrize(
    ("environment", "charset"),
    [
        ({"LANG": "C"}, "ascii"),
        ({"LANG": "POSIX"}, "ascii"),
        ({"LC_ALL": "C", "LANG": "uk_UA.UTF-8"}, "ascii"),
        ({"LC_CTYPE": "C", "LANG": "uk_UA.UTF-8"}, "ascii"),
        ({"LC_ALL": "", "LC_CTYPE": "", "LANG": "C"}, "ascii"),
        ({}, "ascii"),
        ({"TERM_PROGRAM": "WezTerm"}, "utf-8"),
        ({"LANG": "C", "TERM_PROGRAM": "WezTerm"}, "ascii"),
        ({"LANG": "C.UTF-8"}, "utf-8"),
        ({"LANG": "uk_UA.utf8"}, "utf-8"),
        ({"LC_ALL": "en_US.UTF-8", "LANG": "C"}, "utf-8"),
        ({"LC_CTYPE": "UTF-8", "LANG": "C"}, "utf-8"),
        ({"LANG": "uk_UA"}, "utf-8"),
        ({"LANG": "uk_UA.KOI8-U"}, "koi8-u"),
        ({"LANG": "de_DE.ISO-8859-15@euro"}, "iso-8859-15"),
        ({"LANG": "zh_CN.GB18030"}, "ascii"),
        ({"LANG": "ja_JP.SJIS"}, "ascii"),
        ({"LANG": "en_US.UTF-16"}, "ascii"),
        ({"LANG": "en_US.rot13"}, "ascii"),
        ({"LANG": "en_US.nonsense"}, "ascii"),
        ({"LANG": "en_US.\udcff"}, "ascii"),
    ],
)
def test_the_charset_is_that_of_the_locale(
    environment: dict[str, str], charset: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert charset_of(environment) == charset
    session = session_of(environment, Settings())
    assert (session.charset, session.ascii) == (charset, charset != "utf-8")


@pytest.mark.parametrize(("signs", "charset"), [("ascii", "ascii"), ("unicode", "utf-8")])
def test_the_setting_knows_better_than_the_locale(signs: str, charset: str) -> None:
    for locale in ("C", "uk_UA.UTF-8", "uk_UA.KOI8-U"):
        assert charset_of({"LANG": locale}, signs) == charset


@given(st.text())
def test_any_locale_makes_some_charset(locale: str) -> None:
    "fog".encode(charset_of({"LANG": locale}), PLAIN)


@pytest.mark.parametrize(
    ("environment", "charset"),
    [
        ({"LANG": "C"}, "ascii"),
        ({}, "ascii"),
        ({"LANG": "xx_XX.KOI8-U"}, "koi8-u"),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, "utf-8"),
        ({"LC_CTYPE": "C.UTF-8"}, "utf-8"),
    ],
)
def test_what_python_puts_into_the_environment_is_not_what_the_reader_said(
    environment: dict[str, str], charset: str
) -> None:
    line = (
        "import os; from cryptonews_tui.letters import charset_of, given; "
        "print(charset_of(given(os.environ)), os.environ['LC_CTYPE'])"
    )
    told = subprocess.run(
        [sys.executable, "-c", line],
        env={"PYTHONPATH": os.pathsep.join(sys.path), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == [charset, "C.UTF-8"]


# --- what stands for what


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("▲ P ▼ N • 0 ● ★ ▸", "^ P v N - 0 * * >"),
        ("╭──┬──╮│x┃╰━━┷━━╯", "+--+--+|x|+--+--+"),
        ("“Up” … 5 – 6 ‘it’s’ →", "\"Up\" ~ 5 - 6 'it's' >"),
        ("Zürich café naïve Łódź Åse ß", "Zurich cafe naive Lodz Ase s"),
        ("Біткоїн зростає", "Bitkoin zrostae"),
        ("Ґанок, ЇЖАК", "Ganok, IJAK"),
        ("日本", "????"),
        ("ＡＢ", "A B "),
        ("x² ½ №5", "x2 ? ?5"),
        ("▁▂▃▄▅▆▇█", "_.--==##"),
        ("e\u0301", "e"),
        ("👩\u200d💻!", "??!"),
        ("❤\ufe0f!", "??!"),
        ("\udc80", "?"),
    ],
)
def test_a_sign_is_shown_by_another_of_its_width(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_what_the_charset_has_stays() -> None:
    assert plain("Біткоїн ▲ é │", "koi8-u") == "Біткоїн ^ e |"
    assert plain("Біткоїн ▲ é │", "iso-8859-1") == "Bitkoin ^ é |"


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"])), st.sampled_from(["ascii", "koi8-u", "cp1251"])
)
def test_every_text_takes_as_many_cells_as_before(text: str, charset: str) -> None:
    text = clean(text)
    assert cell_len(plain(text, charset)) == cell_len(text)


@given(st.text())
def test_nothing_that_a_terminal_obeys_comes_from_a_replacement(text: str) -> None:
    controls = {c for c in text if c < " " or c == "\x7f"}
    assert {c for c in plain(text) if not " " <= c <= "~"} <= controls


@pytest.mark.parametrize("charset", ["ascii", "koi8-u", "cp1251", "cp437", "iso-8859-1"])
def test_no_byte_is_a_control_of_a_terminal_with_eight_bits(charset: str) -> None:
    every = "".join(map(chr, range(0xA0, 0x3000)))
    assert not set(range(0x80, 0xA0)) & set(every.encode(codec_of(charset), PLAIN))


def test_the_handler_is_for_writing_only() -> None:
    with pytest.raises(UnicodeDecodeError):
        b"\xff".decode("ascii", PLAIN)


def test_a_stream_is_told_by_name() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors=letters.PLAIN)
    stream.write("▲ up")
    stream.flush()
    assert stream.buffer.getvalue() == b"^ up"  # type: ignore[attr-defined]
