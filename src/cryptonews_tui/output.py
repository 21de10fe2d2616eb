"""How the command line prints: one function a format. JSON keys are a contract that scripts rely on."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

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
        sign, letter, _ = SIGNS[headline.sentiment]
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
        key = f"  key {view.key}" if view.key else ""
        yield f"{'saved' if view.own else '':<5}  {fit(view.name, width)}  {view.query}{key}".rstrip()


def amounts(belongings: Belongings) -> str:
    """How much of what."""
    from cryptonews_tui.wording import counted

    return ", ".join(
        counted(len(things), name)
        for name, things in (
            ("mark", belongings.marks),
            ("view", belongings.views),
            ("source", belongings.sources),
        )
    )


def checkup(found: Checkup) -> Iterator[str]:
    """The lines of what was found of a file: first whether it is well."""
    from cryptonews_tui.wording import counted

    yield f"{found.name}  {found.path}"
    if not found.there:
        yield "  there is none yet"
        return
    for complaint in (*found.damaged, *found.stale):
        yield f"  wrong: {complaint}"
    if found.refused:
        pass
    elif found.name == "library" and found.damaged:
        yield "  what to do: cryptonews doctor --salvage makes a new library of what can still be read"
        yield "  where only indexes are damaged, cryptonews doctor --rebuild is enough"
    elif found.name == "library" and found.stale:
        yield "  what to do: cryptonews doctor --rebuild makes all anew that follows from the articles"
    elif not found.well:
        yield "  what to do: move the file away, and put a backup in its place if there is one"
    if found.well:
        yield "  nothing is wrong"
    for note in found.notes:
        yield f"  {note}"
    if found.shared:
        yield "  it is shared: you may only read it"
    for backup in found.backups:
        yield f"  backup: {backup.name}"
    sizes = ", ".join(f"{name} {bytes_of(size)}" for name, size in found.tables.items())
    yield f"  {bytes_of(found.size)}" + (f": {sizes}" if sizes else "")
    if found.unused:
        yield f"  {bytes_of(found.unused)} of it hold nothing; cryptonews doctor --vacuum gives them back"
    if found.bodies is not None and found.bodies[1]:
        packed, whole = found.bodies
        yield f"  bodies: {bytes_of(packed)}, {packed / whole:.0%} of the {bytes_of(whole)} they are unpacked"
    if found.counts:
        yield "  " + ", ".join(f"{name} {number:,}" for name, number in found.counts.items())
    if found.languages:
        yield "  languages: " + ", ".join(f"{lang} {number:,}" for lang, number in found.languages.items())
    if found.constant:
        same = (f"{name} ({'none' if value is None else value})" for name, value in found.constant.items())
        yield f"  the same in all articles: {', '.join(same)}"
    if found.problems:
        yield f"  {counted(len(found.problems), 'problem')} when they were last read"
    for source, problem in found.problems:
        line = f":{problem.line}" if problem.line else ""
        yield f"    {source}: {problem.item}{line}: {problem.message}"


def bytes_of(size: int) -> str:
    """A size for people."""
    for unit, bytes in (("GB", 10**9), ("MB", 10**6), ("KB", 10**3)):
        if size >= bytes:
            return f"{size / bytes:.1f} {unit}"
    return f"{size} B"


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
