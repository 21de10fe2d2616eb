"""How things are said: signs, ages, dates and cut titles, alike on the screen and on the command line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, tzinfo

from cryptonews_tui.article import Article, Sentiment
from cryptonews_tui.translation import pgettext

SIGNS: dict[Sentiment | None, tuple[str, str, str]] = {
    Sentiment.POSITIVE: ("▲", "P", "positive"),
    Sentiment.NEGATIVE: ("▼", "N", "negative"),
    Sentiment.NEUTRAL: ("•", "0", "neutral"),
    None: ("", "", "unrated"),
}
"""Sign, letter and word of each sentiment: colour is never the only mark."""

# Scripts that take one cell a character in every terminal: there a width is a length.
NARROW = re.compile(
    "[\x20-\x7e\xa0-\u02ff\u0370-\u0482\u048a-\u0590\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2500-\u25fc]*"
)

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def short_age(time: datetime, now: datetime) -> str:
    """An age in at most three cells: `5m`, `2h`, `14d`, `9w`, `2y`; `now` for the last minute and the future."""
    minutes = max(0, int((now - time) / timedelta(minutes=1)))
    if minutes < 1:
        return "now"
    for most, size, unit in (
        (60, 1, "m"),
        (24 * 60, 60, "h"),
        (100 * 1440, 1440, "d"),
        (365 * 1440, 10080, "w"),
    ):
        if minutes < most:
            return f"{minutes // size}{unit}"
    return f"{min(99, minutes // (365 * 1440))}y"


def age_or_date(time: datetime, now: datetime) -> str:
    """At most seven cells, in the zone of `now`: an age for two weeks, then `25 Nov`, after ten months `2025-11`."""
    days = (now - time).days
    if days < 14:
        return short_age(time, now)
    local = time.astimezone(now.tzinfo)
    return f"{local.day} {MONTHS[local.month - 1]}" if days < 300 else f"{local.year:04}-{local.month:02}"


def day(time: datetime, now: datetime) -> str:
    """A day in the zone of `now`, in at most 11 cells: `Today`, `Yesterday`, `18 Nov`, `18 Nov 2024`."""
    local = time.astimezone(now.tzinfo)
    if (days := (now.date() - local.date()).days) in (0, 1):
        return ("Today", "Yesterday")[days]
    shown = f"{local.day} {MONTHS[local.month - 1]}"
    return shown if local.year == now.year else f"{shown} {local.year}"


def long_age(time: datetime, now: datetime) -> str:
    """An age in words: `3 days ago`, `in 5 hours`, `just now`."""
    minutes = int((now - time) / timedelta(minutes=1))
    if not minutes:
        return "just now"
    return f"{_amount(minutes)} ago" if minutes > 0 else f"in {_amount(-minutes)}"


def later(published: datetime, time: datetime) -> str:
    """How long after publication something was done: `62 min later`; empty within a minute, or before."""
    minutes = round((time - published) / timedelta(minutes=1))
    if minutes < 1:
        return ""
    return f"{minutes} min later" if minutes < 120 else f"{_amount(minutes)} later"


def date(time: datetime, zone: tzinfo | None = None) -> str:
    """A time as people in a zone (the local one) write it: `25 Nov 2025 09:31`."""
    local = time.astimezone(zone)
    return f"{local.day} {MONTHS[local.month - 1]} {local.year} {local:%H:%M}"


def fit(text: str, width: int, *, pad: bool = True) -> str:
    """`text` in exactly (without `pad`: at most) `width` cells, cut at a word with `…` where it can be."""
    length = cells(text)
    if length > width:
        cut = _first_cells(text, max(0, width - 1)).rstrip()
        space = cut.rfind(" ")
        if space > len(cut) * 2 // 3 and not text[len(cut) :].startswith(" "):
            cut = cut[:space]
        text = cut.rstrip(" ,;:–—-") + "…" if width else ""
        length = cells(text)
    return text + " " * (width - length) if pad else text


def cells(text: str) -> int:
    """How many cells of a terminal the text takes."""
    if NARROW.fullmatch(text):
        return len(text)
    from rich.cells import cell_len  # plain lists need no tables of widths

    return cell_len(text)


def _first_cells(text: str, width: int) -> str:
    if NARROW.fullmatch(text):
        return text[:width]
    from rich.cells import set_cell_size

    return set_cell_size(text, width)


def about(article: Article) -> Iterator[str]:
    """An article's facts, one a line, for plain text."""
    yield article.title
    facts = (article.publisher.name, article.category, date(article.published), SIGNS[article.sentiment][2])
    yield " · ".join(fact for fact in facts if fact)
    if mark := provenance_mark(article):
        yield mark
    if article.tags:
        yield "Tags: " + ", ".join(article.tags)
    if article.url:
        from cryptonews_tui.safety import shown_url  # lists show none

        yield shown_url(article.url)


def provenance_mark(article: Article, languages: Iterable[str] = (), zone: tzinfo | None = None) -> str:
    """What a machine did to the text, when, and how long after publication; empty if nothing.

    `languages` are those of the story: one version is translated from another. Times are told in `zone` (the
    local one).
    """
    provenance = article.provenance
    if provenance is None:
        return ""
    marks = []
    if provenance.rewritten:
        marks.append("AI-rewritten")
    if provenance.translated_from:
        marks.append(f"machine-translated{_original(article, provenance.translated_from, languages)}")
    done = provenance.expanded_at or article.updated
    if not marks or not (after := later(article.published, done)):
        return ", ".join(marks)
    published, local = article.published.astimezone(zone), done.astimezone(zone)
    same_day = published.date() == local.date()
    when = f"{local:%H:%M}" if same_day else f"{local.day} {MONTHS[local.month - 1]} {local:%H:%M}"
    return f"{', '.join(marks)} {when}, {after}"


def _original(article: Article, story: str, languages: Iterable[str]) -> str:
    """From which language, or from what other story, as far as it is known."""
    if story != article.story:
        return f" from {story}"
    others = [lang for lang in languages if lang != article.lang]
    return f" from {others[0]}" if len(others) == 1 else ""


def _amount(minutes: int) -> str:
    for size, unit in (
        (365 * 1440, "year"),
        (30 * 1440, "month"),
        (1440, "day"),
        (60, "hour"),
        (1, "minute"),
    ):
        if minutes >= size * (2 if unit in ("year", "month") else 1) or unit == "minute":
            number = minutes // size
            return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
    raise AssertionError("minutes always fit")


def number(count: int) -> str:
    """A whole number with its thousands apart, as the language writes it: `12,345`."""
    # Translators: what stands between thousands; a no-break space, say.
    return f"{count:,}".replace(",", pgettext("between thousands", ","))


def counted(count: int, name: str, names: str = "") -> str:
    """So many of what has this name: `1 mark`, `2 marks`, `2 stories`."""
    return f"{count:,} {name if count == 1 else names or f'{name}s'}"
