"""What stands in the filters pane, row by row: the views, then every facet with its values and counts. Plain values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache

from cryptonews_tui.library import Facets, FacetValue
from cryptonews_tui.query import FIELDS, Query, pattern
from cryptonews_tui.translation import N_, _, language, ngettext, pgettext
from cryptonews_tui.wording import month as month_of

VIEWS = "views"
"""The group of the views, which is no field."""

TITLES: Mapping[str, str] = {
    VIEWS: N_("Views"),
    "is": N_("State"),
    "sentiment": N_("Sentiment"),
    "asset": N_("Asset"),
    "source": N_("Source"),
    "category": N_("Category"),
    "tag": N_("Tag"),
    "lang": N_("Language"),
    "section": N_("Section"),
    "on": N_("Date"),
}

LEAST: Mapping[str, int] = {
    "is": 9,
    "sentiment": 4,
    "asset": 5,
    "source": 5,
    "category": 8,
    "tag": 10,
    "lang": 6,
    "section": 9,
    "on": 9,
}
"""How many values of a field are shown until one asks for others."""

FOLDED_AT_FIRST = frozenset(["category", "lang", "section", "on"])
PAGE = 100
"""How many more values are shown when one asks for others."""

_ORDERED = ("is", "on")
"""Fields that the library gives in an order of their own."""
CHOICES = ("is", "sentiment", "section")
"""Fields whose values the program itself has words for."""


class Kind(Enum):
    """What a row is."""

    GAP = 0
    TITLE = 1
    VIEW = 2
    VALUE = 3
    MORE = 4
    FEWER = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `value` is a view's name or a field's value as queries know it; `note` stands dim at the right.

    `sign`: 1 included (or the view that is shown), -1 excluded, 0 nothing said. `term` is set where a term stands
    for many values (`bitcoin*`).
    """

    kind: Kind
    group: str = ""
    label: str = ""
    value: str = ""
    count: int | None = None
    share: float = 0.0
    sign: int = 0
    note: str = ""
    term: str = ""

    @property
    def place(self) -> tuple[Kind, str, str, str]:
        """What makes it the same row after everything has been counted anew."""
        return self.kind, self.group, self.value, self.term


@dataclass(frozen=True, slots=True)
class ListedView:
    """A view as the pane shows it; `unread` is None while that is not known."""

    name: str
    unread: int | None
    key: str = ""
    active: bool = False
    label: str = ""
    """What it is called in the reader's language, where that is not its name."""


class Folds:
    """Which groups are folded, and how many values of the others are shown."""

    def __init__(self, groups: Sequence[str]) -> None:
        self.groups = tuple(groups)
        self._folded = set(FOLDED_AT_FIRST)
        self._limits = dict(LEAST)

    def __contains__(self, group: str) -> bool:
        return group in self._folded

    def turn(self, group: str) -> None:
        """Fold a group, or unfold it."""
        self._folded ^= {group}

    def limit(self, field: str) -> int:
        return self._limits[field]

    def widen(self, field: str) -> None:
        """Show a page more of a field's values."""
        self._limits[field] += PAGE

    def narrow(self, field: str) -> None:
        """Show only the first values again."""
        self._limits[field] = LEAST[field]

    def most(self, query: Query) -> dict[str, int]:
        """Which fields are to be counted for `query`, and how many values of each."""
        return {
            field: 0 if field in self._folded else self._limits[field]
            for field in self.groups
            if field not in self._folded or query.values(field) or query.values(field, negated=True)
        }


def rows(
    query: Query,
    counts: Facets,
    views: Sequence[ListedView],
    folds: Folds,
    labels: Mapping[tuple[str, str], str],
) -> list[Row]:
    """All rows. `labels` has the names of values that are asked for though nobody has them now."""
    found: list[Row] = []
    nothing = not counts.total and not query
    for group in (VIEWS, *(() if nothing else folds.groups)):
        below = list(
            _view_rows(views) if group == VIEWS else _value_rows(group, query, counts, folds, labels)
        )
        if group == VIEWS and not views:
            continue
        folded = group in folds
        if group == VIEWS:
            note, below = ("…", []) if folded else (pgettext("stories", "unread"), below)
        else:
            note = "…" if folded else "" if below else "–"
        if found and (below or found[-1].kind is not Kind.TITLE):
            found.append(Row(Kind.GAP))
        title = _(TITLES[group]).upper()
        if group != VIEWS and query.every(group):
            # Translators: a group of filters all of whose chosen values must hold
            title = _("{title} · all of").format(title=title)
        found.append(Row(Kind.TITLE, group, title, note=note))
        found += below
    return found


def _view_rows(views: Sequence[ListedView]) -> Iterator[Row]:
    for view in views:
        yield Row(
            Kind.VIEW,
            VIEWS,
            view.label or view.name,
            view.name,
            view.unread,
            sign=int(view.active),
            note=view.key,
        )


def _value_rows(
    field: str, query: Query, counts: Facets, folds: Folds, labels: Mapping[tuple[str, str], str]
) -> Iterator[Row]:
    values = list(counts.fields.get(field, ()))
    terms = [*query.values(field), *query.values(field, negated=True)]
    patterns = [term for term in terms if pattern(term)[1] is not None]
    asked = [plain for term in terms if term not in patterns and (plain := pattern(term)[0])]
    known = {value.value.casefold() for value in values}
    values += [
        FacetValue(value, labels.get((field, value), value), 0) for value in asked if value not in known
    ]
    largest = max((value.count for value in values), default=0)
    limit = 0 if field in folds else folds.limit(field)
    # What the query says is always in sight.
    shown = [*values[:limit], *(value for value in values[limit:] if value.value.casefold() in asked)]
    for term in patterns:
        yield Row(Kind.VALUE, field, term, term=term, sign=1 if term in query.values(field) else -1)
    for value in sorted(shown, key=lambda value: _place(field, value.value)):
        yield Row(
            Kind.VALUE,
            field,
            _moment(value.value) if field == "on" else value_name(field, value.value, value.label),
            value.value,
            value.count,
            value.count / largest if largest else 0.0,
            query.sign(field, value.value) if terms else 0,
        )
    if field not in folds:
        if field in counts.more or len(shown) < len(values):
            yield Row(Kind.MORE, field, _("… more"))
        if limit > LEAST[field] and len(shown) > LEAST[field]:
            yield Row(Kind.FEWER, field, _("… fewer"))


def _moment(value: str) -> str:
    """A time as people write it, whether the library was asked for its name or not."""
    year, _dash, month = value.partition("-")
    if year.isdigit() and month.isdigit() and 1 <= int(month) <= 12:
        return month_of(int(year), int(month))
    if value in ("7d", "30d"):
        days = int(value[:-1])
        return ngettext("{count} day", "{count} days", days).format(count=days)
    return value_name("on", value).capitalize()


def value_name(field: str, value: str, label: str = "") -> str:
    """A value of a choice in the reader's language; of other fields the label, or the value itself."""
    if language() == "en":
        return label or value
    return _names(language()).get((field, value), label or value)


@cache
def _names(_language: str) -> Mapping[tuple[str, str], str]:
    """The values that the program itself has words for."""
    return {
        (VIEWS, "All"): pgettext("view", "All"),
        (VIEWS, "Unread"): pgettext("view", "Unread"),
        (VIEWS, "Today"): pgettext("view", "Today"),
        (VIEWS, "Starred"): pgettext("view", "Starred"),
        (VIEWS, "Pinned"): pgettext("view", "Pinned"),
        ("is", "unread"): pgettext("stories", "unread"),
        ("is", "read"): pgettext("stories", "read"),
        ("is", "starred"): pgettext("stories", "starred"),
        ("is", "pinned"): pgettext("stories", "pinned"),
        ("is", "draft"): pgettext("stories", "draft"),
        ("is", "ai"): pgettext("stories", "ai"),
        ("is", "translated"): pgettext("stories", "translated"),
        ("is", "new"): pgettext("stories", "new"),
        ("is", "changed"): pgettext("stories", "changed"),
        ("is", "gone"): pgettext("stories", "gone"),
        ("sentiment", "positive"): pgettext("stories", "positive"),
        ("sentiment", "negative"): pgettext("stories", "negative"),
        ("sentiment", "neutral"): pgettext("stories", "neutral"),
        ("sentiment", "unrated"): pgettext("stories", "unrated"),
        ("section", "overview"): pgettext("section", "overview"),
        ("section", "events"): pgettext("section", "events"),
        ("section", "significance"): pgettext("section", "significance"),
        ("section", "regulation"): pgettext("section", "regulation"),
        ("section", "market"): pgettext("section", "market"),
        ("section", "outlook"): pgettext("section", "outlook"),
        ("section", "author"): pgettext("section", "author"),
        ("section", "impact"): pgettext("section", "impact"),
        ("section", "other"): pgettext("section", "other"),
        ("on", "today"): pgettext("day", "today"),
        ("on", "yesterday"): pgettext("day", "yesterday"),
    }


def _place(field: str, value: str) -> int:
    """Where a value stands: the few values of a choice have their places, of others the most frequent is first."""
    known = FIELDS[field].values if field not in _ORDERED else ()
    return known.index(value) if value in known else len(known)
