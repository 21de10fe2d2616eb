"""How the command line prints: one function a format. JSON keys are a contract that scripts rely on."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from cryptonews_tui.translation import N_, _, ngettext

if TYPE_CHECKING:
    from cryptonews_tui.article import Article, Provenance, Section
    from cryptonews_tui.intake import Report
    from cryptonews_tui.library import Excerpt, Facets, Headline, Library, StoredSource
    from cryptonews_tui.library.health import Checkup
    from cryptonews_tui.library.state import Belongings
    from cryptonews_tui.views import View


def headlines(
    library: Library, positions: Sequence[int], languages: Sequence[str], *, all_languages: bool
) -> Iterator[Headline]:
    for start in range(0, len(positions), 500):
        page = positions[start : start + 500]
        yield from library.all_versions(page) if all_languages else library.headlines(page, languages)


def _json(headlines: Iterator[Headline]) -> None:
    print_json_list(map(headline_json, headlines))


def print_json_list(objects: Iterable[dict[str, Any]]) -> None:
    """A list of objects as they come, one a line."""
    first = True
    print("[", end="")
    for each in objects:
        print("" if first else ",", end="\n")
        print_json(each, indent=None, end="")
        first = False
    print("\n]" if not first else "]")


def _jsonl(headlines: Iterator[Headline]) -> None:
    for headline in headlines:
        print_json(headline_json(headline), indent=None)


def _csv(headlines: Iterator[Headline]) -> None:
    import csv

    writer = csv.writer(sys.stdout, lineterminator="\n")
    columns = (
        "id",
        "lang",
        "publishedAt",
        "updatedAt",
        "source",
        "category",
        "sentiment",
        "score",
        "tags",
        "title",
    )
    writer.writerow((*columns, "description", "read", "starred", "origin"))
    for headline in headlines:
        row = headline_json(headline)
        row["source"], row["tags"] = row["source"]["name"], ", ".join(row["tags"])
        writer.writerow([row[c] for c in (*columns, "description", "read", "starred", "origin")])


def _ids(headlines: Iterator[Headline]) -> None:
    for headline in headlines:
        print(headline.story)


def _table(headlines: Iterator[Headline]) -> None:
    """Fixed columns; the title is cut only on a terminal."""
    from cryptonews_tui.wording import SIGNS, cells, fit

    width = os.get_terminal_size(sys.stdout.fileno()).columns if is_terminal(sys.stdout) else None
    for headline in headlines:
        sign, letter, _word = SIGNS[headline.sentiment]
        flags = f"{' ' if headline.read else '●'}{'★' if headline.starred else ' '}"
        published = headline.published.astimezone().strftime("%Y-%m-%d %H:%M")
        mood = f"{sign or ' '} {letter or ' '}"
        story = fit(headline.story, max(10, cells(headline.story)))
        source = fit(headline.publisher.name, 14)
        marks = f" {flags} {mood} {published} "  # one cell a character
        title = headline.title
        if width is not None:
            title = fit(title, max(20, width - cells(story) - len(marks) - cells(source) - 1), pad=False)
        print(f"{story}{marks}{source} {title}")


def _plain_lines(headlines: Iterator[Headline]) -> None:
    from cryptonews_tui import plain

    for headline in headlines:
        print(plain.headline(headline))


LIST_FORMATS = {
    "table": _table,
    "json": _json,
    "jsonl": _jsonl,
    "csv": _csv,
    "ids": _ids,
    "plain": _plain_lines,
}


def headline_json(headline: Headline) -> dict[str, Any]:
    return {
        "id": headline.story,
        "lang": headline.lang,
        "languages": list(headline.languages),
        "title": headline.title,
        "description": headline.description,
        "publishedAt": _instant(headline.published),
        "updatedAt": _instant(headline.updated),
        "source": {"key": headline.publisher.key, "name": headline.publisher.name},
        "category": headline.category,
        "tags": list(headline.tags),
        "sentiment": headline.sentiment,
        "score": _plain(headline.score),
        "stickyWeight": headline.sticky_weight,
        "draft": headline.draft,
        "gone": headline.gone,
        "ai": _provenance_json(headline.provenance),
        "read": headline.read,
        "starred": headline.starred,
        "noted": headline.noted,
        "origin": headline.origin,
        "sections": [{"role": role, "heading": heading} for role, heading in headline.sections],
    }


def article_json(article: Article, library: Library, sections: Sequence[Section]) -> dict[str, Any]:
    position = library.position(article.story)
    (headline,) = library.headlines([position] if position is not None else [], (article.lang,))
    return {
        **headline_json(headline),
        "source": {
            "key": article.publisher.key,
            "name": article.publisher.name,
            "type": article.publisher.type,
            "url": article.publisher.url,
        },
        "canonicalUrl": article.canonical_url,
        "coverImage": dict(article.cover) or None,
        "cta": list(article.cta),
        "extra": dict(article.extra),
        "sections": [{"role": s.role, "heading": s.heading, "text": s.text} for s in sections],
    }


def excerpt_json(excerpt: Excerpt) -> dict[str, Any]:
    headline = excerpt.headline
    return {
        "id": headline.story,
        "lang": headline.lang,
        "title": headline.title,
        "source": {"key": headline.publisher.key, "name": headline.publisher.name},
        "publishedAt": _instant(headline.published),
        "sentiment": headline.sentiment,
        "heading": excerpt.heading,
        "text": excerpt.text,
        "url": excerpt.url,
    }


def facets_json(facets: Facets) -> dict[str, Any]:
    """Value → number of stories by field. Tags and the like go by their labels, others by what queries say."""
    counts = {
        field: {value.label if field in LABELLED else value.value: value.count for value in values}
        for field, values in facets.fields.items()
    }
    return {"total": facets.total, **counts}


LABELLED = ("sentiment", "category", "tag", "lang")
"""The fields whose values scripts know as publishers write them."""


def _plain(score: float | None) -> float | int | None:
    return int(score) if score is not None and score.is_integer() else score


def _provenance_json(provenance: Provenance | None) -> dict[str, Any] | None:
    if provenance is None:
        return None
    return {
        "rewritten": provenance.rewritten,
        "expandedAt": _instant(provenance.expanded_at) if provenance.expanded_at else None,
        "version": int(version)
        if (version := provenance.version).isdecimal() and version.isascii()
        else version,
        "translatedFrom": provenance.translated_from,
    }


def report_json(report: Report) -> dict[str, Any]:
    return {
        "location": report.location,
        "seen": report.seen,
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "removed": report.removed,
        "problems": [{"item": p.item, "line": p.line, "message": p.message} for p in report.problems],
        "error": report.error,
    }


def text(article: Article, sections: Sequence[Section], *, whole: bool) -> str:
    from cryptonews_tui.markdown import typeset
    from cryptonews_tui.typesetting import to_text
    from cryptonews_tui.wording import about

    width = text_width()
    head = [*about(article)] if whole else []
    body = to_text(typeset(article.markdown(sections), width))
    return "\n".join([*head, "", body] if head else [body])


def text_width() -> int:
    """How wide a text is set: 80 cells, or as many as the terminal has if that is less."""
    return min(80, os.get_terminal_size(sys.stdout.fileno()).columns) if is_terminal(sys.stdout) else 80


def _instant(time: Any) -> str:
    from datetime import UTC

    written: str = time.astimezone(UTC).isoformat(timespec="milliseconds")
    return written.replace("+00:00", "Z")


def source_json(source: StoredSource) -> dict[str, Any]:
    return {
        "name": source.name,
        "location": source.location,
        "enabled": source.enabled,
        "synced": _time(source.synced),
        "due": _time(source.due),
        "error": source.error,
        "failures": source.failures,
        "problems": source.problems,
        "minutes": source.minutes,
        "vanished": source.policy,
        "languages": list(source.languages),
        "history": source.history,
    }


def _time(ms: int | None) -> str | None:
    from datetime import datetime

    return None if ms is None else _instant(datetime.fromtimestamp(ms / 1000))


def views(known: Sequence[View]) -> Iterator[str]:
    """The lines of a list of views."""
    from cryptonews_tui.wording import cells, fit

    width = max((cells(view.name) for view in known), default=0)
    for view in known:
        key = "  " + _("key {key}").format(key=view.key) if view.key else ""
        yield f"{_('saved') if view.own else '':<5}  {fit(view.name, width)}  {view.query}{key}".rstrip()


def amounts(belongings: Belongings) -> str:
    """How much of what."""
    from cryptonews_tui.wording import number

    marks, views, sources = len(belongings.marks), len(belongings.views), len(belongings.sources)
    return ", ".join(
        (
            ngettext("{count} mark", "{count} marks", marks).format(count=number(marks)),
            ngettext("{count} view", "{count} views", views).format(count=number(views)),
            ngettext("{count} source", "{count} sources", sources).format(count=number(sources)),
        )
    )


def checkup(found: Checkup) -> Iterator[str]:
    """The lines of what was found of a file: first whether it is well."""
    yield f"{_(found.name)}  {found.path}"
    if found.there:
        yield from (f"  {said}" for said in _found(found))
    else:
        yield "  " + _("there is none yet")


def _found(found: Checkup) -> Iterator[str]:
    from cryptonews_tui.wording import number

    for complaint in (*found.damaged, *found.stale):
        yield _("wrong: {complaint}").format(complaint=complaint)
    if found.refused:
        pass
    elif found.name == "library" and found.damaged:
        yield _("what to do: cryptonews doctor --salvage makes a new library of what can still be read")
        yield _("where only indexes are damaged, cryptonews doctor --rebuild is enough")
    elif found.name == "library" and found.stale:
        yield _("what to do: cryptonews doctor --rebuild makes all anew that follows from the articles")
    elif not found.well:
        yield _("what to do: move the file away, and put a backup in its place if there is one")
    if found.well:
        yield _("nothing is wrong")
    yield from found.notes
    if found.shared:
        yield _("it is shared: you may only read it")
    for backup in found.backups:
        yield _("backup: {name}").format(name=backup.name)
    sizes = ", ".join(f"{name} {bytes_of(size)}" for name, size in found.tables.items())
    yield bytes_of(found.size) + (f": {sizes}" if sizes else "")
    if found.unused:
        yield _("{size} of it hold nothing; cryptonews doctor --vacuum gives them back").format(
            size=bytes_of(found.unused)
        )
    if found.bodies is not None and found.bodies[1]:
        packed, whole = found.bodies
        yield _("bodies: {packed}, {share} of the {whole} they are unpacked").format(
            packed=bytes_of(packed), share=f"{packed / whole:.0%}", whole=bytes_of(whole)
        )
    if found.counts:
        yield ", ".join(
            f"{_(_COUNTED.get(name, name))} {number(count)}" for name, count in found.counts.items()
        )
    if found.languages:
        counts = ", ".join(f"{lang} {number(count)}" for lang, count in found.languages.items())
        yield _("languages: {counts}").format(counts=counts)
    if found.constant:
        same = (f"{name} ({_('none') if value is None else value})" for name, value in found.constant.items())
        yield _("the same in all articles: {fields}").format(fields=", ".join(same))
    if found.problems:
        yield ngettext(
            "{count} problem when they were last read",
            "{count} problems when they were last read",
            len(found.problems),
        ).format(count=number(len(found.problems)))
    for source, problem in found.problems:
        line = f":{problem.line}" if problem.line else ""
        yield f"  {source}: {problem.item}{line}: {problem.message}"


_COUNTED = {
    "story": N_("story"),
    "article": N_("article"),
    "read": N_("read"),
    "starred": N_("starred"),
    "note": N_("note"),
    "source": N_("source"),
    "view": N_("view"),
    "query": N_("query"),
    "place": N_("place"),
    "text": N_("text"),
}
"""What is counted of a file, as it stands before its number."""


def bytes_of(size: int) -> str:
    """A size for people."""
    from cryptonews_tui.wording import decimal

    for unit, bytes in ((N_("GB"), 10**9), (N_("MB"), 10**6), (N_("KB"), 10**3)):
        if size >= bytes:
            return f"{decimal(size / bytes, 1)} {_(unit)}"
    return f"{size} {_('B')}"


def show(lines: Iterable[str]) -> None:
    """Print lines that may quote anything."""
    from cryptonews_tui.safety import clean

    for line in lines:
        print(clean(line))


def say(text: str) -> None:
    """Tell the person, not the program that reads our output."""
    from cryptonews_tui.safety import clean  # what is said may quote anything

    print(clean(text), file=sys.stderr)


def print_json(value: Any, *, indent: int | None = 2, end: str = "\n") -> None:
    import json

    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    ascii_only = not encoding.lower().startswith("utf")
    print(json.dumps(value, ensure_ascii=ascii_only, indent=indent), end=end)


def is_terminal(stream: Any) -> bool:
    """Whether a person sits at this stream."""
    try:
        return bool(stream is not None and stream.isatty())
    except ValueError:  # closed
        return False
