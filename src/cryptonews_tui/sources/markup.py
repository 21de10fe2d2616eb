"""The tags of a web page that say where something is. No page is understood here, and none can make this slow."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape

_PARTS = re.compile(
    r"<(?P<unseen>!--|(?:script|style|template|textarea)\b)"
    r"|<(?P<name>a|base|h1|input|link|title)\b(?P<attributes>[^<>]{0,4096})>",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(
    r"""(?<![^\s"'/])([a-z][a-z-]{0,30})\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE
)
_ENDS = {"!--": re.compile("-->")} | {
    name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style", "template", "textarea")
}
_TAGS_LIMIT = 100_000


@dataclass(frozen=True, slots=True)
class Tag:
    """An opening tag, names in lower case, and where it ends in the text."""

    name: str
    attributes: Mapping[str, str]
    start: int
    end: int


def tags(text: str) -> Iterator[Tag]:
    """The tags that name, link or ask for something, in their order; what is in comments and scripts is none."""
    at = 0
    for _ in range(_TAGS_LIMIT):
        part = _PARTS.search(text, at)
        if part is None:
            return
        at = part.end()
        if unseen := part["unseen"]:
            end = _ENDS[unseen.lower()].search(text, at)
            if end is None:
                return  # all the rest belongs to it
            at = end.end()
        elif name := part["name"]:
            attributes: dict[str, str] = {}
            for found in _ATTRIBUTE.finditer(part["attributes"]):
                value = found[2] or found[3] or found[4] or ""
                attributes.setdefault(found[1].lower(), unescape(value).strip())
            yield Tag(name.lower(), attributes, part.start(), at)


def text_after(text: str, at: int, limit: int = 300) -> str:
    """The plain text that begins here, up to the next closing tag."""
    return unescape(text[at : at + limit].partition("</")[0]).strip()
