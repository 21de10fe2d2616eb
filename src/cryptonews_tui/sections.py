"""Markdown body → sections with roles.

Publishers word and spell the same section in many ways and languages ("Impact on the crypto market",
"Вплив на крипто-ринок"); the role is what stays the same. `ROLES` is the whole knowledge about that.
"""

from __future__ import annotations

import re
from functools import lru_cache

from cryptonews_tui.article import Role, Section

ROLES: tuple[tuple[Role, tuple[str, ...]], ...] = (
    # First match wins, so the narrow comes before the wide. A pattern is the beginning of a heading; a leading
    # `…` lets it stand anywhere. The last word of a pattern is matched from its beginning, so that inflected
    # endings fit, unless `$` closes the heading there.
    (
        Role.AUTHOR,
        ("from author", "from the author", "author s", "…opinion of the author", "від автор", "думка автор"),
    ),
    (Role.IMPACT, ("impact", "…impact on", "implications for", "вплив", "…вплив на", "наслідки для")),
    (
        Role.REGULATION,
        (
            *("…regulat", "…legislat", "legal", "…legal framework", "…compliance", "…proposed bill"),
            *("…регулятор", "…регулюван", "…регуляці", "…законодав", "…законопро", "юридичн", "правов"),
        ),
    ),
    (
        Role.SIGNIFICANCE,
        ("why it matter", "why this matter", "why that matter", "importance", "significance"),
    ),
    (Role.SIGNIFICANCE, ("чому це важлив", "чому це має значення", "важливість", "значення", "значущість")),
    (
        Role.OUTLOOK,
        ("…outlook", "what s next", "what is next", "what comes next", "…projection", "…forecast"),
    ),
    (
        Role.OUTLOOK,
        ("…prediction", "future", "next steps", "looking ahead", "potential for", "що далі", "плани"),
    ),
    (
        Role.OUTLOOK,
        ("перспектив", "…прогноз", "майбутн", "…на майбутнє", "потенціал для", "очікуван", "наступні крок"),
    ),
    (
        Role.MARKET,
        ("…market$", "market", "current market", "recent market", "current situation", "…price movement"),
    ),
    (
        Role.MARKET,
        ("…price action", "current price", "technical", "…support and resistance", "…resistance and support"),
    ),
    (
        Role.MARKET,
        (
            "ринков",
            "поточна ситуація",
            "поточні ринков",
            "поточна ринков",
            "поточний ринков",
            "поточні умови",
        ),
    ),
    (
        Role.MARKET,
        (
            "поточний стан ринку",
            "нещодавні ринков",
            "останні ринков",
            "технічн",
            "…динаміка ринку",
            "…рух цін",
        ),
    ),
    (
        Role.MARKET,
        ("…рухи цін", "…цінові рухи", "…ціновий рух", "…цінова динаміка", "аналіз ринку", "розвиток ринку"),
    ),
    (Role.OUTLOOK, ("що буде далі", "що попереду")),
    (Role.MARKET, ("огляд ринк", "огляд крипторинк")),
    (Role.MARKET, ("стан ринку", "реакція ринку", "контекст ринку", "…рівні опору", "…рівні підтримки")),
    (Role.OVERVIEW, ("overview", "summary", "introduction", "огляд", "резюме", "вступ", "…огляд$")),
    (
        Role.EVENTS,
        ("what happen", "what has happened", "recent development", "recent event", "latest development"),
    ),
    (
        Role.EVENTS,
        ("key development", "key event", "details", "…details$", "breakdown of event", "the incident"),
    ),
    (Role.EVENTS, ("що сталос", "що трапилос", "що відбулос", "деталі", "останні події", "нещодавні події")),
    (Role.EVENTS, ("ключові події", "подробиці", "хронологія")),
)

# Cyrillic letters that look like Latin ones: headings mix them, so both are compared in one shape.
_SHAPES = str.maketrans("асеіорхуӏ", "aceiopxyl")
_NOT_WORDS = re.compile(r"[\W_]+")
_STRUCTURE = re.compile(
    r"^ {0,3}(?:(?P<fence>`{3,}(?=[^`\n]*$)|~{3,})[^\n]*|(?P<level>##?)(?!#)(?:[ \t]+(?P<heading>[^\n]*))?)$",
    re.M,
)
_CLOSING = re.compile(r"(?:^|(?<![ \t])[ \t]+)#+[ \t]*$")  # each run of blanks is looked at once
_LINKED = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")


def split(body: str, title: str = "") -> tuple[Section, ...]:
    """The sections of a body in order; text before the first heading is a section with an empty heading.

    A first-level heading counts as a section too, unless it only repeats the article's title.
    """
    sections: list[Section] = []
    heading, start, fence = "", 0, ""
    for match in _STRUCTURE.finditer(body):
        if mark := match["fence"]:
            if not fence:
                fence = mark
            elif mark.startswith(fence) and match[0].strip() == mark:
                fence = ""
            continue
        if fence:
            continue
        _append(sections, heading, body[start : match.start()], title)
        heading, start = plain_heading(match["heading"] or ""), match.end()
    _append(sections, heading, body[start:], title)
    return tuple(sections)


@lru_cache(maxsize=4096)
def plain_heading(markdown: str) -> str:
    """A heading as people read it, without Markdown's marks."""
    text = _LINKED.sub(r"\1", _CLOSING.sub("", markdown))
    return text.replace("**", "").replace("__", "").replace("`", "").strip(" \t*_")


@lru_cache(maxsize=4096)
def role_of(heading: str) -> Role:
    """The role of a section by its heading, tolerant of case, punctuation, endings and look-alike letters."""
    words = _shape(heading)
    return next((role for role, pattern in _PATTERNS if pattern.search(words)), Role.OTHER)


def _append(sections: list[Section], heading: str, text: str, title: str) -> None:
    text = text.strip("\n").rstrip()
    if heading and (text or heading.casefold() != title.casefold()):
        sections.append(Section(role_of(heading), heading, text))
    elif text:
        sections.append(Section(Role.OTHER, "", text))


def _shape(text: str) -> str:
    return _NOT_WORDS.sub(" ", text.casefold()).translate(_SHAPES).strip()


def _compile(patterns: tuple[str, ...]) -> re.Pattern[str]:
    def one(pattern: str) -> str:
        anywhere, closed = pattern.startswith("…"), pattern.endswith("$")
        return (r"\b" if anywhere else "^") + re.escape(_shape(pattern)) + ("$" if closed else "")

    return re.compile("|".join(map(one, patterns)))


_PATTERNS = tuple((role, _compile(patterns)) for role, patterns in ROLES)
