"""The border: what text from outside may contain before anything else of the program sees it.

Titles, bodies, tags, URLs, file names and HTTP headers come from strangers and end on a terminal, which
obeys what it is told. Behind this module no control character, no bidi override, no invisible flood and no
URL that a browser would treat as a program is left. Cleaning twice is cleaning once.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from urllib.parse import quote, urlsplit

LINE_LIMIT = 1_000
"""Characters of a one-line text (a title, a tag, a name) that are kept."""

_URL_LIMIT = 4_096
_HOST_LIMIT = 253

# ECMA-48 sequences as a whole, so that their parameters do not stay behind as rubbish: CSI, then the strings
# (DCS, SOS, OSC, PM, APC) up to their terminator, within bounds so that a stray opener eats no article, and not beyond
# the next opener, so that many of them cost no more than one.
_SEQUENCES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]{0,64}[ -/]{0,8}[@-~]"
    r"|(?:\x1b[P\]X^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x1b\x90\x98\x9c-\x9f\n]{0,4096}(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]{0,8}[0-~]"
)

# C0 without tab and newline, DEL, C1; soft hyphen, Arabic letter mark, Mongolian separator, zero-width space
# and bidi marks, bidi embeddings and isolates, invisible operators, byte-order mark, interlinear marks, controls
# of hieroglyphs, shorthand and musical scores, the language tag block, surrogates and noncharacters. Persian
# needs ZWNJ and emoji need ZWJ: see below.
_FORBIDDEN = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# Marks are no word characters in any script, so a flood of them is a run of such.
_SUSPICIOUS = re.compile(f"[{_FORBIDDEN}\u200c\u200d\ufe00-\ufe0f]|[^\\w\\s\x00-\u02ff]{{5}}")
# What most texts are made of — Latin, Greek, Cyrillic, CJK, punctuation, symbols — needs no second look. Matching a
# whole text against one class is several times faster than searching it for what is suspicious.
_ORDINARY = re.compile(
    "[\t\n\x20-\x7e\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u20a0-\u20cf"
    "\u2100-\u2ce4\u2e00-\u3029\u3030-\u3098\u309b-\u3163\u3165-\u9fff\uac00-\ud7a3\uff01-\uff9f]*"
)
_BREAKS = re.compile("\r\n?|[\x85\u2028\u2029]")
_DROPPED = re.compile(f"[{_FORBIDDEN}]")
# Terminals show what a joiner joins as one only for emoji, and for few of them at once; elsewhere they disagree
# with each other, and with us, about the width. ZWNJ means something between letters from Hebrew to Khmer, after
# a vowel sign too; a variation selector means something after what it varies.
_EMOJI = "\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
_LOOSE = re.compile(
    f"(?<![{_EMOJI}])(?<![{_EMOJI}]\ufe0f)\u200d|\u200d(?![{_EMOJI}])"
    "|(?<![\u0590-\u1aaf])\u200c|\u200c(?![\u0590-\u1aaf])|\u200c(?=[\\W\\d_])"
    "|(?<![^\\s\u200c\u200d\ufe00-\ufe0f])[\ufe00-\ufe0f]"
)
_FOURTH_JOINER = re.compile(
    f"((?:[{_EMOJI}][\U0001f3fb-\U0001f3ff]?\ufe0f?\u200d){{3}}[{_EMOJI}][\U0001f3fb-\U0001f3ff]?\ufe0f?)\u200d"
)
_MARKS_ALLOWED = 4
# What nearly every URL looks like; the rest is taken apart.
_PLAIN_URL = re.compile(
    r"https?://[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?(?:/[A-Za-z0-9._~/?=%&+,;:()!*$'#-]{0,2000})?"
)
_URL_SIGNS = "!#$%&'()*+,/:;=?@[]~"
_SPACES = re.compile(r"\s+")


def clean(text: str) -> str:
    """Text of any length, with its line breaks as `\\n` and its tabs, safe to send to a terminal."""
    if _ORDINARY.fullmatch(text) or not _SUSPICIOUS.search(text):
        return text
    previous = None
    while previous != text:  # taking one thing out can put two others together
        previous = text
        text = _SEQUENCES.sub("", text)
        text = _BREAKS.sub("\n", text)
        text = _DROPPED.sub("", text)
        text = _FOURTH_JOINER.sub(r"\1", _LOOSE.sub("", text))
        text = _without_floods(text)
    return text


def clean_line(text: str, limit: int = LINE_LIMIT) -> str:
    """One line: cleaned, white space folded to single spaces, at most `limit` characters (cut with `…`)."""
    if (
        len(text) <= limit
        and "  " not in text
        and text.isprintable()
        and (text.isascii() or clean(text) == text)
    ):
        return text.strip()
    line = _SPACES.sub(" ", clean(text[: limit * 4])).strip()
    return line if len(line) <= limit else line[: limit - 1].rstrip(" \u200c\u200d") + "…"


def safe_url(text: str) -> str | None:
    """The URL if a browser may be sent there (http or https, a host in plain letters, no spaces, no user)."""
    url = text.strip()
    if _PLAIN_URL.fullmatch(url):
        return url
    if len(url) > _URL_LIMIT or clean(url) != url or _SPACES.search(url):
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname or set("@%") & set(parts.netloc):
        return None
    return url if not set(url) & set('<>"\\^`{|}') else None


def shown_url(url: str) -> str:
    """A URL for people to see before it is opened: in its host no letter that looks like another. Never raises.

    A host that is not ASCII is spelt as browsers look it up (UTS #46, `xn--…`), or percent-encoded if none can.
    """
    url = clean_line(url, _URL_LIMIT)
    if url.isascii():
        return url
    try:
        netloc = urlsplit(url).netloc
    except ValueError:
        return quote(url, safe=_URL_SIGNS)
    if netloc.isascii():
        return url
    user, at, place = netloc.rpartition("@")
    host, colon, port = place.partition(":")
    plain = quote(user, safe=_URL_SIGNS) + at + _ascii_host(host) + colon + quote(port, safe=_URL_SIGNS)
    return url.replace(netloc, plain, 1)


@lru_cache(maxsize=256)
def _ascii_host(host: str) -> str:
    if len(host) > _HOST_LIMIT:
        return quote(host, safe=_URL_SIGNS)
    import idna  # its tables are large, and nearly every host is ASCII

    try:
        return idna.encode(host, uts46=True).decode()
    except UnicodeError:
        return quote(host, safe=_URL_SIGNS)


def _without_floods(text: str) -> str:
    """At most four combining marks on a letter: more is no script, it paints over the neighbouring lines."""
    if text.isascii():
        return text
    kept: list[str] = []
    marks = 0
    for character in text:
        if character > "\u02ff" and unicodedata.category(character) in ("Mn", "Me"):
            marks += 1
            if marks > _MARKS_ALLOWED:
                continue
        else:
            marks = 0
        kept.append(character)
    return "".join(kept)
