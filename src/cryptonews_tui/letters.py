"""The letters and signs that a terminal has, and what stands for those that it has not.

Whatever is written goes through a codec of the terminal's charset. What that does not know is replaced on the way, by
as many ASCII characters as it takes cells: every column and border stays where it was made up without any of this.
"""

from __future__ import annotations

import codecs
import sys
from collections.abc import Mapping

PLAIN = "cryptonews.plain"
"""The error handler that replaces: `stream.reconfigure(encoding=codec_of(charset), errors=PLAIN)`."""

_UTF_8 = "utf-8"
_COERCED = ("C.UTF-8", "C.utf8", "UTF-8")
_ALWAYS_UTF_8 = ("TERM_PROGRAM", "WT_SESSION", "VTE_VERSION", "KONSOLE_VERSION")


def charset_of(environment: Mapping[str, str], signs: str = "auto") -> str:
    """The codec of the terminal: of the locale's charset, unless the setting `signs` says better.

    `C`, `POSIX` and no locale at all mean ASCII, the last not in a terminal that says that it is a modern one. A locale
    that names no charset means UTF-8, as nearly everywhere by now. Charsets of several bytes other than UTF-8, and such
    that nobody knows, are treated as ASCII, which all of them contain.
    """
    if signs != "auto":
        return "ascii" if signs == "ascii" else _UTF_8
    named = next((value for name in ("LC_ALL", "LC_CTYPE", "LANG") if (value := environment.get(name))), "")
    if named in ("C", "POSIX"):
        return "ascii"
    if not named:
        modern = sys.platform in ("darwin", "win32") or any(map(environment.get, _ALWAYS_UTF_8))
        return _UTF_8 if modern else "ascii"
    charset = named.partition("@")[0].partition(".")[2].lower()
    if charset.replace("-", "") in ("", "utf8"):
        return _UTF_8
    return charset if _letters(charset) else "ascii"


def given(environment: Mapping[str, str]) -> Mapping[str, str]:
    """An environment as the program was started with.

    For `LANG=C`, and for a locale that is not installed, Python has put another LC_CTYPE there (PEP 538).
    """
    if environment.get("LC_CTYPE") not in _COERCED or environment.get("LC_ALL"):
        return environment
    try:
        with open("/proc/self/environ", "rb") as file:
            ours = b"\0LC_CTYPE=" not in b"\0" + file.read()
    except OSError:
        ours = environment["LC_CTYPE"] != "UTF-8"  # which is what macOS says
    return {name: value for name, value in environment.items() if name != "LC_CTYPE"} if ours else environment


def codec_of(charset: str) -> str:
    """The codec to write with: of what it is given no byte becomes a control (0x80–0x9f) that a terminal may obey."""
    return charset if charset in (_UTF_8, "ascii") else f"{_PREFIX}{charset.replace('-', '_')}"


def _letters(charset: str) -> str:
    """What each byte means, if each means one character, and the first 128 those of ASCII; else nothing."""
    try:
        letters = bytes(range(256)).decode(charset, "replace")
    except (LookupError, UnicodeError):
        return ""
    return letters if len(letters) == 256 and letters[:128] == bytes(range(128)).decode("ascii") else ""


_PREFIX = "cryptonews_"
_NOTHING = "\ufffe"


def _find_codec(name: str) -> codecs.CodecInfo | None:
    if not name.startswith(_PREFIX) or not (letters := _letters(name.removeprefix(_PREFIX))):
        return None
    table = codecs.charmap_build(letters[:128] + _NOTHING * 32 + letters[160:].replace("\ufffd", _NOTHING))

    def encode(text: str, errors: str = "strict") -> tuple[bytes, int]:
        return codecs.charmap_encode(text, errors, table)

    class Encoder(codecs.IncrementalEncoder):
        def encode(self, text: str, final: bool = False) -> bytes:
            return encode(text, self.errors)[0]

    usual = codecs.lookup(name.removeprefix(_PREFIX))
    return codecs.CodecInfo(encode, usual.decode, incrementalencoder=Encoder, name=name)


# What stands for what


_SIGNS = {
    "▲▴△↑▀": "^",
    "▼▾▽↓": "v",
    "•–—−‐‑‒―▔▃▄": "-",
    "●★☆✱✶": "*",
    "○◦◯°": "o",
    "·‧▂": ".",
    "…": "~",
    "▸▶►›→⇒": ">",
    "◂◀◄‹←⇐": "<",
    "✓✔": "+",
    "✗✘×": "x",
    "↻⟳": "@",
    "✎": "n",
    "⚑": "!",
    "▁": "_",
    "▏▎▍▌▐▕": "|",
    "░": ".",
    "▒": ":",
    "▅▆": "=",
    "“”„‟«»″": '"',
    "‘’‚‛′ʼʹ´": "'",
    "≈": "~",
    "≤": "<",
    "≥": ">",
    "€": "E",
    "£": "L",
    "¥": "Y",
    "₿": "B",
    "©": "c",
    "®": "r",
    "§": "S",
    "¿": "?",
    "¡": "!",
    # Letters that no decomposition makes Latin ones, one for one.
    "æ": "a",
    "Æ": "A",
    "øœ": "o",
    "ØŒ": "O",
    "ß": "s",
    "ł": "l",
    "Ł": "L",
    "đð": "d",
    "ĐÐ": "D",
    "ı": "i",
    "þ": "t",
    "Þ": "T",
}
_CYRILLIC = dict(
    zip("абвгґдеєёжзиійїклмнопрстуфхцчшщъыьэюя", "abvggdeeejzyijiklmnoprstufhccss'y'eua", strict=True)
)
_GREEK = dict(zip("αβγδεζηθικλμνξοπρσςτυφχψω", "abgdezithiklmnxoprsstyfhpo"[:25], strict=True))


class _Replacements(dict[int, str]):
    """What stands for a character, in as many cells; looked up once."""

    def __missing__(self, code: int) -> str:
        from cryptonews_tui.wording import cells

        if not self:
            self._fill()
            if code in self:
                return self[code]
        self[code] = found = _replacement(chr(code), cells(chr(code)))
        return found

    def _fill(self) -> None:
        for signs, sign in _SIGNS.items():
            self.update(dict.fromkeys(map(ord, signs), sign))
        for letters in (_CYRILLIC, _GREEK):
            for letter, latin in letters.items():
                self[ord(letter)] = latin
                self[ord(letter.upper())] = latin.upper()


def _replacement(character: str, width: int) -> str:
    import unicodedata

    name = unicodedata.name(character, "")
    if name.startswith("BOX DRAWINGS"):
        across = "HORIZONTAL" in name or name.endswith((" LEFT", " RIGHT"))
        along = "VERTICAL" in name or name.endswith((" UP", " DOWN"))
        return "+" if across == along or " AND " in name else "-" if across else "|"
    if "\u2580" <= character <= "\u259f" or name.startswith("BRAILLE"):
        return "#"
    letters = "".join(filter(str.isascii, unicodedata.normalize("NFKD", character)))
    if letters.isprintable() and len(letters) == 1:
        return letters.ljust(width)[:width]
    return "?" * width


_REPLACEMENTS = _Replacements()
_JOINING = {"\u200d", "\ufe0f"}


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    start, end = error.start, error.end
    text = error.object[start:end]
    plain = text.translate(_REPLACEMENTS)
    if not _JOINING.isdisjoint(text):  # several are shown as one
        from cryptonews_tui.wording import cells

        before = error.object[max(0, start - 1) : start]
        width = cells(before + text) - cells(before)
        plain = plain[:width].ljust(width, "?")
    return plain, end


codecs.register_error(PLAIN, _plain)
codecs.register(_find_codec)
