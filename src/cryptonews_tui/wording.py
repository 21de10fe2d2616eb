"""How things are said: signs, ages, dates and cut titles, alike on the screen and on the command line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, tzinfo

from cryptonews_tui.article import Article, Role, Sentiment
from cryptonews_tui.translation import N_, _, ngettext, pgettext

SIGNS: dict[Sentiment | None, tuple[str, str, str]] = {
    Sentiment.POSITIVE: ("▲", "P", N_("positive")),
    Sentiment.NEGATIVE: ("▼", "N", N_("negative")),
    Sentiment.NEUTRAL: ("•", "0", N_("neutral")),
    None: ("", "", N_("unrated")),
}
"""Sign, letter and word of each sentiment: colour is never the only mark."""

ROLES: dict[str, str] = {
    Role.OVERVIEW: N_("Overview"),
    Role.EVENTS: N_("Events"),
    Role.SIGNIFICANCE: N_("Significance"),
    Role.REGULATION: N_("Regulation"),
    Role.MARKET: N_("Market"),
    Role.OUTLOOK: N_("Outlook"),
    Role.AUTHOR: N_("Author"),
    Role.IMPACT: N_("Impact"),
    Role.OTHER: N_("Other"),
}
"""What sections of each role are called, as a heading."""

# Scripts that take one cell a character in every terminal: there a width is a length.
NARROW = re.compile(
    "[\x20-\x7e\xa0-\u02ff\u0370-\u0482\u048a-\u0590\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2500-\u25fc]*"
)


def short_age(time: datetime, now: datetime) -> str:
    """An age in at most three cells: `5m`, `2h`, `14d`, `9w`, `2y`; `now` for the last minute and the future."""
    minutes = max(0, int((now - time) / timedelta(minutes=1)))
    if minutes < 1:
        return pgettext("age in three cells", "now")
    if minutes < 60:
        return pgettext("age in three cells", "{count}m").format(count=minutes)
    if minutes < 24 * 60:
        return pgettext("age in three cells", "{count}h").format(count=minutes // 60)
    if minutes < 100 * 1440:
        return pgettext("age in three cells", "{count}d").format(count=minutes // 1440)
    if minutes < 365 * 1440:
        return pgettext("age in three cells", "{count}w").format(count=minutes // 10080)
    return pgettext("age in three cells", "{count}y").format(count=min(99, minutes // (365 * 1440)))


def age_or_date(time: datetime, now: datetime) -> str:
    """At most seven cells, in the zone of `now`: an age for two weeks, then `25 Nov`, after ten months `2025-11`."""
    days = (now - time).days
    if days < 14:
        return short_age(time, now)
    local = time.astimezone(now.tzinfo)
    return _short_day(local) if days < 300 else f"{local.year:04}-{local.month:02}"


def day(time: datetime, now: datetime) -> str:
    """A day in the zone of `now`, in at most 11 cells: `Today`, `Yesterday`, `18 Nov`, `18 Nov 2024`."""
    local = time.astimezone(now.tzinfo)
    if (days := (now.date() - local.date()).days) in (0, 1):
        return _("Yesterday") if days else _("Today")
    shown = _short_day(local)
    return shown if local.year == now.year else f"{shown} {local.year}"


def _short_day(local: datetime) -> str:
    months = pgettext("months in three cells", "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec").split()
    return f"{local.day} {months[local.month - 1]}"


def _in_dates(month: int) -> str:
    """A month as dates have it, in words."""
    return pgettext("months in dates", "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec").split()[month - 1]


def month(year: int, month: int) -> str:
    """A month of a year: `Nov 2025`."""
    months = pgettext("months of a year", "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec").split()
    return _("{month} {year}").format(month=months[month - 1], year=year)


def long_age(time: datetime, now: datetime) -> str:
    """An age in words: `3 days ago`, `in 5 hours`, `just now`."""
    minutes = int((now - time) / timedelta(minutes=1))
    if not minutes:
        return _("just now")
    if minutes > 0:
        return _("{span} ago").format(span=_span(minutes))
    return _("in {span}").format(span=_span(-minutes))


def later(published: datetime, time: datetime) -> str:
    """How long after publication something was done: `62 min later`; empty within a minute, or before."""
    minutes = round((time - published) / timedelta(minutes=1))
    if minutes < 1:
        return ""
    if minutes < 120:
        return ngettext("{count} min later", "{count} min later", minutes).format(count=minutes)
    return _("{span} later").format(span=_span(minutes))


def date(time: datetime, zone: tzinfo | None = None) -> str:
    """A time as people in a zone (the local one) write it: `25 Nov 2025 09:31`."""
    local = time.astimezone(zone)
    return _("{day} {month} {year} {time}").format(
        day=local.day, month=_in_dates(local.month), year=local.year, time=f"{local:%H:%M}"
    )


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
    facts = (
        article.publisher.name,
        article.category,
        date(article.published),
        _(SIGNS[article.sentiment][2]),
    )
    yield " · ".join(fact for fact in facts if fact)
    if mark := provenance_mark(article):
        yield mark
    if article.tags:
        yield _("Tags: {tags}").format(tags=", ".join(article.tags))
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
        marks.append(_("AI-rewritten"))
    if provenance.translated_from:
        origin = _original(article, provenance.translated_from, languages)
        marks.append(
            _("machine-translated from {origin}").format(origin=origin) if origin else _("machine-translated")
        )
    done = provenance.expanded_at or article.updated
    if not marks or not (after := later(article.published, done)):
        return ", ".join(marks)
    published, local = article.published.astimezone(zone), done.astimezone(zone)
    same_day = published.date() == local.date()
    when = f"{local:%H:%M}"
    if not same_day:
        when = _("{day} {month} {time}").format(day=local.day, month=_in_dates(local.month), time=when)
    return _("{marks} {when}, {later}").format(marks=", ".join(marks), when=when, later=after)


def _original(article: Article, story: str, languages: Iterable[str]) -> str:
    """From which language, or from what other story, as far as it is known."""
    if story != article.story:
        return story
    others = [lang for lang in languages if lang != article.lang]
    return others[0] if len(others) == 1 else ""


def _span(minutes: int) -> str:
    """A length of time; in languages with cases as it stands before “ago” and after “in”."""
    if minutes >= 2 * 365 * 1440:
        count = minutes // (365 * 1440)
        return ngettext("{count} year", "{count} years", count).format(count=count)
    if minutes >= 2 * 30 * 1440:
        count = minutes // (30 * 1440)
        return ngettext("{count} month", "{count} months", count).format(count=count)
    if minutes >= 1440:
        count = minutes // 1440
        return ngettext("{count} day", "{count} days", count).format(count=count)
    if minutes >= 60:
        count = minutes // 60
        return ngettext("{count} hour", "{count} hours", count).format(count=count)
    return ngettext("{count} minute", "{count} minutes", minutes).format(count=minutes)


def number(count: int) -> str:
    """A whole number with its thousands apart, as the language writes it: `12,345`."""
    # Translators: what stands between thousands; a no-break space, say.
    return f"{count:,}".replace(",", pgettext("between thousands", ","))


def decimal(value: float, places: int | None = None) -> str:
    """A number with so many places behind its point, or as many as it needs: `3.4`, as the language writes it."""
    plain = f"{value:g}" if places is None else f"{value:.{places}f}"
    return plain.replace(".", pgettext("decimal point", "."))
