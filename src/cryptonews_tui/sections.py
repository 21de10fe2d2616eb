"""Markdown body → sections with roles.

Publishers word and spell the same section in many ways and languages ("Impact on the crypto market",
"Вплив на крипто-ринок"); the role is what stays the same. `ROLES` is the whole knowledge about that; the user's
settings add to it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from cryptonews_tui.article import Role, Section

# A role, and how its headings begin: patterns with commas between them, English and Ukrainian. The first row that fits
# decides, so the narrow stands before the wide; `other` is what only sounds like a role further down.
#
# The last word of a pattern is matched from its beginning, so that inflected endings fit, unless `$` closes the heading
# there. A leading `…` lets the pattern stand anywhere.
ROLES: tuple[tuple[Role, tuple[str, ...]], ...] = (
    (
        Role.AUTHOR,
        (
            "from author, from the author, …opinion of the author, …view of the author, author's$",
            "author's opinion, author's view, author's take, author's thought, author's note, author's comment",
            "від автор, думка автор, думки автор, погляд автор, слово автор, коментар автор",
            "авторська думка, авторський погляд, авторський коментар",
        ),
    ),
    (
        Role.IMPACT,
        (
            "impact, …impact on, …impact$, implications, broader implications, consequences, effect on, effects on",
            "вплив, …вплив на, …вплив$, наслідки, ширші наслідки",
        ),
    ),
    (
        Role.SIGNIFICANCE,
        (
            "why it matter, why this matter, why that matter, why it's important, why it is important",
            "why this is important, importance, significance, what it means, what this means",
            "чому це важлив, чому це значущ, чому це має значення, важливість, значення, значущість, що це означає",
        ),
    ),
    (
        Role.EVENTS,
        (
            "what happen, …what happened, what has happened, what's happening, incident$, timeline$, timeline of",
            "recent development, recent event, latest development, latest event, key development, key event",
            "breakdown of event, sequence of event",
            "що сталос, …що сталося$, що трапилос, що відбулос, що відбуває, хронологія, аналіз подій",
            "останні події, нещодавні події, недавні події, ключові події, основні події",
            "останні розробки, нещодавні розробки",
        ),
    ),
    (
        Role.REGULATION,
        (
            "…regulat, …legislat, legal, …legal framework, …compliance, …proposed bill, …draft bill",
            "…регулятор, …регулюван, …регуляці, …законодав, …законопро, юридичн, правов",
        ),
    ),
    (Role.EVENTS, ("details, …details$", "деталі, …деталі$, подробиці")),
    (
        Role.OTHER,
        (
            "…prediction market, marketing, marketplace",
            "…ринки прогноз, …ринок прогноз, …ринку прогноз, …ринків прогноз, маркетинг",
            "перспектива аналітик, перспективи аналітик, перспективи від",
        ),
    ),
    (
        Role.OUTLOOK,
        (
            "what's next, what is next, what comes next, what to expect, what to watch, next steps, looking ahead",
            "…outlook, …projection, …forecast, …prediction, expectations, …expectations$, potential, …potential for",
            "future$, future of, future development, future plan, future prospect, future direction",
            "що далі, що буде далі, що попереду, чого очікувати, чого чекати, за чим спостерігати, наступні крок",
            "перспектив, …та перспективи, …прогноз, очікуван, потенціал, потенційн, майбутн, …на майбутнє, плани на",
        ),
    ),
    (Role.MARKET, ("market overview", "огляд ринк, огляд крипторинк, огляд крипто ринк")),
    (
        Role.OVERVIEW,
        (
            "overview, …overview$, summary, introduction, key takeaway, key points, in brief, tl dr, tldr",
            "огляд, …огляд$, резюме, вступ, коротко$, коротко про, стисло$",
        ),
    ),
    (
        Role.MARKET,
        (
            "market, …market$, current market, recent market, current situation, current price, technical",
            "…market condition, …market dynamics, …market sentiment, …market trends, …technical analysis",
            "…price action, …price analysis, …price dynamics, …price movement, …price performance",
            "…support and resistance, …resistance and support",
            "ринков, …ринку$, …крипторинку$, аналіз ринку, …динаміка ринку, контекст ринку, настрій на ринку",
            "реакція ринку, розвиток ринку, стан ринку, поточний стан ринку, поточна ситуація, поточні умови",
            "поточна ринков, поточне ринков, поточний ринков, поточні ринков, останні ринков, нещодавні ринков",
            "недавні ринков, …ринкові настрої, …ринкові тренди, …ринкові умови, …ринкових умов, технічн",
            "…технічний аналіз, …технічного аналізу, …цінов, …динаміка цін, …рух цін, …рухи цін, …рухів цін",
            "…рівні опору, …рівні підтримки",
        ),
    ),
)

MOST = 500
"""Sections of one text; what follows stays in the last one."""
_ANYWHERE = ("…", "...")
_LONGEST = 500
"""Letters of a heading that are looked at."""
_NOTHING = " "
"""The shape of nothing: shapes begin with a blank, as every word in them."""

# Headings mix letters that look alike: both are compared in one shape.
_SHAPES = str.maketrans("асеіорхуӏјвкмнтѕһԁԛԝαβεηικμορτυχı", "aceiopxyljbkmhtshdqwabehikmoptyxi")
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼʹ′`´＇"))
_UNSEEN = re.compile(
    "[\u0300-\u036f\u00ad\u200b-\u200f\u2060\ufe0f\ufeff]"
)  # marks above letters, and no letters
_NOT_WORDS = re.compile(r"[\W_]+")
# What may stand before a heading: `2. `, `1.3`, `IV)`, `б) `, “the”
_BEFORE = re.compile(r"[\W_]*(?:(?:\d+(?:\.\d+)*|[ivx]+(?=[.)])|[^\W\d_](?=[.)]\s))[\W_]+)?(?:the\s+)?")
_STRUCTURE = re.compile(
    r"^ {0,3}(?:(?P<fence>`{3,}(?=[^`\n]*$)|~{3,})[^\n]*|(?P<level>##?)(?!#)(?:[ \t]+(?P<heading>[^\n]*))?)$",
    re.M,
)
_CLOSING = re.compile(r"(?:^|(?<![ \t])[ \t]+)#+[ \t]*$")  # each run of blanks is looked at once
_LINKED = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")


@dataclass(frozen=True, slots=True)
class _Row:
    """The patterns of one row by where they stand in a heading."""

    role: Role
    whole: frozenset[str]
    beginnings: tuple[str, ...]
    ends: tuple[str, ...]
    parts: tuple[str, ...]

    @classmethod
    def of(cls, role: Role, patterns: Iterable[str]) -> _Row:
        kinds: defaultdict[tuple[bool, bool], list[str]] = defaultdict(list)
        for pattern in (each.strip() for line in patterns for each in line.split(",")):
            if (shape := _shape(_folded(pattern))) != _NOTHING:
                kinds[pattern.startswith(_ANYWHERE), pattern.endswith("$")].append(shape)
        return cls(
            role,
            whole=frozenset(kinds[False, True]),
            beginnings=tuple(kinds[False, False]),
            ends=tuple(kinds[True, True]),
            parts=tuple(kinds[True, False]),
        )

    def fits(self, shape: str) -> bool:
        return (
            shape.startswith(self.beginnings)
            or shape in self.whole
            or shape.endswith(self.ends)
            or any(part in shape for part in self.parts)
        )


class Roles:
    """Which role a section has by its heading: `further` patterns by role win over those of `ROLES`.

    Raises `ValueError` for what is no role.
    """

    def __init__(self, further: Mapping[str, Sequence[str]] = MappingProxyType({})) -> None:
        self._rows = tuple(_Row.of(Role(role), patterns) for role, patterns in (*further.items(), *ROLES))
        self.of: Callable[[str], Role] = lru_cache(maxsize=4096)(self._of)
        """The role, tolerant of case, punctuation, endings, look-alike letters, and of numbers before it."""

    def _of(self, heading: str) -> Role:
        text = _folded(heading[:_LONGEST])
        forms = {_shape(text), _shape(_BEFORE.sub("", text, count=1))}
        return next((row.role for row in self._rows if any(map(row.fits, forms))), Role.OTHER)


def _folded(text: str) -> str:
    """Without what is only a way of writing: case, apostrophes, accents, what cannot be seen, which alphabet."""
    text = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES)).casefold()
    return _UNSEEN.sub("", text).translate(_SHAPES)


def _shape(folded: str) -> str:
    return _NOTHING + _NOT_WORDS.sub(" ", folded).strip()


SHIPPED = Roles()
"""The table that ships with the program."""


def split(body: str, title: str = "", roles: Roles = SHIPPED) -> tuple[Section, ...]:
    """The sections of a body in order; text before the first heading is a section with an empty heading.

    A first-level heading counts as a section too, unless it only repeats the article's title. The last of `MOST`
    sections holds all the rest, headings included.
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
        _append(sections, heading, body[start : match.start()], title, roles)
        heading, start = plain_heading(match["heading"] or ""), match.end()
        if len(sections) == MOST - 1:
            break
    _append(sections, heading, body[start:], title, roles)
    return tuple(sections)


@lru_cache(maxsize=4096)
def plain_heading(markdown: str) -> str:
    """A heading as people read it, without Markdown's marks."""
    text = _LINKED.sub(r"\1", _CLOSING.sub("", markdown))
    return text.replace("**", "").replace("__", "").replace("`", "").strip(" \t*_")


def _append(sections: list[Section], heading: str, text: str, title: str, roles: Roles) -> None:
    text = text.strip("\n").rstrip()
    if heading and (text or heading.casefold() != title.casefold()):
        sections.append(Section(roles.of(heading), heading, text))
    elif text:
        sections.append(Section(Role.OTHER, "", text))
