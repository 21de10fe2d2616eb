"""Markdown's inline tokens → runs of spans: emphasis, links, images, footnote marks, and the HTML that stands in text.

A link is one only if a browser may be sent there; whatever else is linked shows its target as text, and so does a
link that says it leads to another host than it does. Text is cleaned here, after entities have been decoded.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cryptonews_tui.safety import safe_url, shown_url
from cryptonews_tui.translation import _
from cryptonews_tui.typesetting import Kind, Run, Span, literal
from cryptonews_tui.wording import fit

if TYPE_CHECKING:
    from markdown_it.token import Token

HTML_PART = re.compile(
    r"<!--(?:.*?-->|.*)|<[!?][^<>]*>"
    r"|<(?P<closing>/?)(?P<name>[A-Za-z][A-Za-z0-9:-]{0,40})"
    r"(?P<attributes>(?:[^<>\"']|\"[^\"]*\"|'[^']*'){0,1000})>",
    re.DOTALL,
)
"""A comment, a declaration or a tag."""
HTML_BLOCKS = frozenset(
    """
    address article aside body caption center dd details div dl dt fieldset figcaption figure footer form
    h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody td tfoot th thead tr ul
    """.split()  # noqa: SIM905  # a list of quoted words is harder to read
)
"""Elements that begin on a line of their own."""
HTML_UNSEEN = frozenset(("script", "style", "head", "title", "template"))
"""Elements whose text no reader is meant to see."""

# Elements that nobody sees may begin or end between the marks of something else: those still count.
_ALWAYS_TAKEN = frozenset(
    (
        "html_inline",
        "link_close",
        *(f"{mark}_{end}" for mark in ("strong", "em", "s") for end in ("open", "close")),
    )
)
_MARKDOWN_KINDS = {"strong": Kind.STRONG, "em": Kind.EMPHASIS, "s": Kind.STRIKE}
_HTML_KINDS = {
    **dict.fromkeys(("b", "strong", "mark"), Kind.STRONG),
    **dict.fromkeys(("i", "em", "cite", "dfn", "var", "u", "ins"), Kind.EMPHASIS),
    **dict.fromkeys(("s", "strike", "del"), Kind.STRIKE),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), Kind.CODE),
    **dict.fromkeys(("sub", "sup"), Kind.TEXT),
}
_FIGURES = frozenset("0123456789+-=()")
_RAISED = {
    "sup": str.maketrans("0123456789+-=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾"),
    "sub": str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎"),
}
_TAGS_OPEN = 12
_TARGET_CELLS = 60
_NOTE_CELLS = 20
_BLANKS = re.compile(" {2,}")
_ATTRIBUTE = r"""(?:^|[\s"'/]){}\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))"""
_ATTRIBUTES = {
    name: re.compile(_ATTRIBUTE.format(name), re.IGNORECASE) for name in ("href", "src", "alt", "start")
}
# A URL ends where the text around it goes on: at blanks, quotation marks and the punctuation of East Asia.
_BARE_URL = re.compile(
    r"(?<![\w/@.:-])https?://[^\s<>\"`{|}\\^«»“”„‘’…、-〟！-／：-＠［-｠]{1,2000}", re.IGNORECASE
)
_AFTER_URL = ".,;:!?'*_~)]"
_NAMED_HOST = re.compile(
    r"(?:.{0,200}?https?://([^\s/?#:]{1,255})|\s*((?:[\w-]{1,63}\.){1,8}[^\W\d_][\w-]{1,62})(?:[:/?#]\S*)?\s*$)",
    re.IGNORECASE | re.DOTALL,
)


def runs(tokens: Iterable[Token] | None) -> tuple[Run, ...]:
    """Inline tokens as runs of spans, one run for each hard line break and one more."""
    text = _Text()
    for token in tokens or ():
        text.take(token)
    return text.runs()


def attribute(attributes: str, name: str) -> str:
    """The value of an attribute of an HTML tag, or nothing."""
    found = _ATTRIBUTES[name].search(attributes)
    return unescape(found[1] or found[2] or found[3] or "") if found else ""


def note_mark(label: str) -> str:
    """How a footnote is marked in the text and before the note itself."""
    return f"[{fit(literal(label), _NOTE_CELLS, pad=False)}]"


class _Text:
    """What has been written so far, and what is open: kinds, a link, elements of HTML."""

    def __init__(self) -> None:
        self._runs: list[list[Span]] = [[]]
        self._parts: list[str] = []  # of the next span, and how that one looks
        self._look: tuple[Kind, str | None] = (Kind.TEXT, None)
        self._kind = Kind.TEXT
        self._kinds = [Kind.TEXT]
        self._tags: list[str] = []
        self._unseen = ""
        self._href: str | None = None
        self._link: str | None = None
        self._label: list[str] = []

    def runs(self) -> tuple[Run, ...]:
        """All that was written; no empty runs before and after it."""
        if self._href is not None:
            self._end_link()
        self._end_span()
        runs = self._runs
        while len(runs) > 1 and not runs[-1]:
            runs.pop()
        first = next((index for index, run in enumerate(runs) if run), 0)
        return tuple(map(tuple, runs[first:]))

    def take(self, token: Token) -> None:
        if self._unseen and token.type not in _ALWAYS_TAKEN:
            return
        match token.type:
            case "text":
                self._text(token.content)
            case "softbreak":
                self._add(" ", self._kind, self._link)
            case "hardbreak":
                self._break()
            case "code_inline":
                self._add(token.content, self._kind | Kind.CODE, self._link)
            case "strong_open" | "em_open" | "s_open":
                self._kinds.append(self._kinds[-1] | _MARKDOWN_KINDS[token.tag])
                self._restyle()
            case "strong_close" | "em_close" | "s_close":
                self._kinds.pop()
                self._restyle()
            case "link_open":
                self._begin_link(str(token.attrs.get("href", "")))
            case "link_close":
                self._end_link()
            case "image":
                self._image(_alternative(token), str(token.attrs.get("src", "")))
            case "footnote_ref":
                self._add(note_mark(token.content), self._kind | Kind.DIM, self._link)
            case "html_inline":
                self._html(token.content)
            case _:
                pass

    def _restyle(self) -> None:
        kind = self._kinds[-1]
        for name in self._tags:
            kind |= _HTML_KINDS[name]
        self._kind = kind | Kind.LINK if self._link else kind

    def _text(self, text: str) -> None:
        if self._tags and self._tags[-1] in _RAISED and _FIGURES.issuperset(text):
            text = text.translate(_RAISED[self._tags[-1]])
        if "://" in text and self._href is None and Kind.CODE not in self._kind:
            for part, url in _with_urls(text):
                self._add(part, self._kind | Kind.LINK if url else self._kind, url)
                self._hint(_other_host(part, url) if url else "")
        else:
            self._add(text, self._kind, self._link)

    # -- links and images

    def _begin_link(self, href: str) -> None:
        if self._href is not None:  # one inside another, as only HTML can
            self._end_link()
        self._href, self._link, self._label = href, _reachable(href), []
        self._restyle()

    def _end_link(self) -> None:
        href, link, label = self._href, self._link, "".join(self._label)
        if href is None:
            return
        if link and not label.strip():
            self._add(_target(link), self._kind, link)
            label = link
        self._href = self._link = None
        self._restyle()
        self._hint(_other_host(label, link) if link else _unreachable(label, href))

    def _image(self, alternative: str, source: str) -> None:
        target = self._link or _reachable(source)
        kind = self._kind | Kind.LINK if target else self._kind
        self._add(f"▣ {alternative.strip() or _('image')}", kind, target)
        if not target:
            self._hint(_unreachable(alternative, source))

    def _hint(self, target: str) -> None:
        if target:
            self._add(f" ({target})", self._kind | Kind.DIM, None)

    # -- HTML

    def _html(self, source: str) -> None:
        tag = HTML_PART.match(source)
        name = (tag["name"] or "").lower() if tag else ""
        if not tag or not name or (self._unseen and name != self._unseen):
            return
        if name in HTML_UNSEEN:
            self._unseen = "" if tag["closing"] or tag["attributes"].endswith("/") else name
        elif name == "br":
            self._break()
        elif name in HTML_BLOCKS:
            self._end_span()
            if self._runs[-1]:
                self._break()
        elif name == "img":
            self._image(attribute(tag["attributes"], "alt"), attribute(tag["attributes"], "src"))
        elif name == "a":
            self._end_link()
            if not tag["closing"] and (href := attribute(tag["attributes"], "href")):
                self._begin_link(href)
        elif name in _HTML_KINDS:
            if not tag["closing"]:
                if len(self._tags) < _TAGS_OPEN and not tag["attributes"].endswith("/"):
                    self._tags.append(name)
                    self._kind |= _HTML_KINDS[name]
            elif name in self._tags:
                del self._tags[len(self._tags) - 1 - self._tags[::-1].index(name)]
                self._restyle()

    # -- writing

    def _add(self, text: str, kind: Kind, link: str | None) -> None:
        if self._look != (kind, link):
            self._end_span()
            self._look = (kind, link)
        self._parts.append(text)
        if self._href is not None:
            self._label.append(text)

    def _break(self) -> None:
        self._end_span()
        self._runs.append([])

    def _end_span(self) -> None:
        if not self._parts:
            return
        run = self._runs[-1]
        kind, link = self._look
        text = literal("".join(self._parts))
        self._parts.clear()
        if Kind.CODE not in kind:
            if "  " in text:
                text = _BLANKS.sub(" ", text)
            if text.startswith(" ") and (not run or run[-1].text.endswith(" ")):
                text = text[1:]
        while text and text[0] > "\u02ff" and unicodedata.combining(text[0]):
            text = text[1:]  # a mark without its letter would pile up on a letter of another span
        if text:
            run.append(Span(text, kind, link))


def _alternative(image: Token) -> str:
    """The text of an image for those who do not see it."""
    children = (child for child in image.children or () if child.type != "html_inline")
    return "".join(child.content if child.content else " " for child in children)


def _reachable(url: str) -> str | None:
    """Where a browser may be sent, its host spelt as it will be looked up."""
    return safe_url(url if url.isascii() else shown_url(url.strip()))


def _with_urls(text: str) -> Iterator[tuple[str, str | None]]:
    """The text in parts, each with the URL that it is, if it is one."""
    at = 0
    for match in _BARE_URL.finditer(text):
        url = _trimmed(match[0])
        if link := _reachable(url):
            yield text[at : match.start()], None
            yield url, link
            at = match.start() + len(url)
    yield text[at:], None


def _trimmed(url: str) -> str:
    """Without the punctuation of the sentence around it, and without a bracket that was opened before it."""
    end = len(url)
    unopened = url.count(")") - url.count("(")
    while end and url[end - 1] in _AFTER_URL:
        if url[end - 1] == ")":
            if unopened <= 0:
                break
            unopened -= 1
        end -= 1
    return url[:end]


def _target(url: str) -> str:
    return fit(literal(shown_url(url)), _TARGET_CELLS, pad=False)


def _unreachable(label: str, href: str) -> str:
    """What to say of a target that is no web page: nothing if it is said already, or leads to a place in this text."""
    target = literal(shown_url(href))
    if target.startswith("#") or label.strip() in (target, target.removeprefix("mailto:")):
        return ""
    return _target(href)


def _other_host(label: str, link: str) -> str:
    """The host of a link, if its text names another, or if its letters may look like those of another."""
    named = _NAMED_HOST.match(label)
    if not named and "xn--" not in link:
        return ""
    host = _host(link)
    if any(part.startswith("xn--") for part in host.split(".")) or (
        named and _host(f"https://{named[1] or named[2]}") != host
    ):
        return fit(literal(host), _TARGET_CELLS, pad=False)
    return ""


def _host(url: str) -> str:
    try:
        return (urlsplit(shown_url(url)).hostname or "").removeprefix("www.").rstrip(".")
    except ValueError:
        return ""
