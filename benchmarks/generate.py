"""Libraries of any size: articles varied from a few real or sample ones, always the same for the same ones.

They are made one after the other, so that a million need no more memory than a thousand, and the first
thousand of a million are the same as a thousand.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape
from itertools import islice
from pathlib import Path
from random import Random
from typing import TextIO

from cryptonews_tui.article import Article, Document, Provenance, Section
from cryptonews_tui.library import Arrived, Remembered, Writer
from cryptonews_tui.reading import read
from cryptonews_tui.sources import open_source

YEARS = 5

PINNED = 5
"""Publishers pin a handful of stories, however many they have."""

_SOURCE = "generated"


def articles_in(location: str) -> list[Article]:
    """Every article of a source that can be read."""
    found = (one for one in open_source(location).documents({}) if isinstance(one, Document))
    return [article for document in found if (article := read(document).article) is not None]


def varied(articles: Sequence[Article], count: int) -> Iterator[Article]:
    """`count` articles, the languages of a story side by side.

    Each story has an id, a time within some years, tags, publishers and moods of its own; half of its lines are those
    of other articles, and it brings words that no or few others have. A few are drafts, or lack a language.
    """
    stories: defaultdict[str, dict[str, _Original]] = defaultdict(dict)
    lines: defaultdict[tuple[str, bool], list[str]] = defaultdict(list)
    words: defaultdict[str, list[str]] = defaultdict(list)
    for article in articles:
        kinds = [(line.rstrip(), _kind(article.lang, line)) for line in article.body.split("\n")]
        for line, kind in kinds:
            if kind:
                lines[kind].append(line)
        words[article.lang] += re.findall(r"[^\W\d_]{4,}", article.body) or ["news"]
        # A few have two files in one language: the last will do.
        stories[article.story][article.lang] = _Original(
            article, [(line, lines[kind] if kind else []) for line, kind in kinds], list(_places(article))
        )
    return islice(_stories([list(versions.values()) for versions in stories.values()], words), count)


@dataclass(frozen=True, slots=True)
class _Original:
    """An article; for each of its lines those that may stand in its place (none for a heading); where sections are."""

    article: Article
    lines: Sequence[tuple[str, Sequence[str]]]
    places: Sequence[slice]

    def varied(self, random: Random, last: str) -> tuple[str, tuple[Section, ...]]:
        """Another body with another last line, and its sections: cutting it up again would take most of the time."""
        lines = [
            random.choice(others) if others and random.random() < 0.5 else line for line, others in self.lines
        ]
        sections = [
            replace(section, text="\n".join(lines[place]))
            for section, place in zip(self.article.sections, self.places, strict=True)
        ]
        if sections:
            sections[-1] = replace(sections[-1], text=f"{sections[-1].text}\n\n{last}".lstrip("\n"))
        return "\n".join((*lines, "", last)), tuple(sections)


def _places(article: Article) -> Iterator[slice]:
    """In which lines of the body each section is."""
    end = 0
    for section in article.sections:
        start = article.body.index(section.text, end)
        end = start + len(section.text)
        first = article.body.count("\n", 0, start)
        yield slice(first, first + section.text.count("\n") + bool(section.text))


def _kind(lang: str, line: str) -> tuple[str, bool] | None:
    return (lang, line.startswith("- ")) if len(line) > 20 and not line.startswith(("#", " ")) else None


def _stories(
    originals: Sequence[Sequence[_Original]], words: defaultdict[str, list[str]]
) -> Iterator[Article]:
    random = Random(2025)
    everyone = [version.article for versions in originals for version in versions]
    number = 0
    while True:
        for known in originals:
            number += 1
            earlier = timedelta(seconds=random.randrange(YEARS * 365 * 86_400))
            other = random.choice(everyone)
            tags = [tag for tag in known[0].article.tags if random.random() < 0.8]
            tags += random.sample(other.tags, min(2, len(other.tags)))
            if number % 2 == 0:  # the long tail: the n-th of these is n times as rare as the first
                tags.append(f"TOPIC {int(number ** random.random())}")
            versions = [random.choice(known)] if random.random() < 0.1 else known
            for version in versions:
                article = version.article
                said = random.choices(words[article.lang], k=24)
                said += [_made_up(*random.choices(words[article.lang], k=2)) for _ in range(2)]
                beginning, *rest = article.title.split(" ")
                mood = random.choice((article, other))
                published = article.published - earlier
                name = os.path.basename(article.origin).split(".")[0]
                body, sections = version.varied(random, f"{' '.join(said)}.")
                yield replace(
                    article,
                    story=f"9{number:07d}",
                    title=" ".join([beginning, said[0], *rest])[:180].rstrip(),
                    published=published,
                    updated=article.updated - earlier,
                    origin=f"{_SOURCE}/{published:%Y/%m}/{name}-{number}.{article.lang}.md",
                    publisher=random.choice((article, article, other)).publisher,
                    category=mood.category,
                    sentiment=mood.sentiment if random.random() < 0.95 else None,
                    provenance=mood.provenance,
                    tags=tuple(dict.fromkeys(tags)),
                    sticky_weight=10 if number <= PINNED else 0,
                    draft=random.random() < 0.01,
                    sections=sections,
                    body=body,
                )


def _made_up(one: str, other: str) -> str:
    """A word of two halves: rare, and the more of them there are the rarer is a new one, as with names in the news."""
    return one[: (len(one) + 1) // 2] + other[len(other) // 2 :].lower()


def long_text(size: int) -> str:
    """Markdown of about so many bytes, as a publisher of long reads would write it: chapters, lists, paragraphs."""
    random = Random(2025)
    parts: list[str] = []
    while size > 0:
        number = len(parts)
        if number % 36 == 0:
            part = f"## How {random.choice(_WHO)} {random.choice(_DID)} {random.choice(_WHAT)}"
        elif number % 12 == 0:
            part = f"### What {random.choice(_WHO)} {random.choice(_DID)}"
        elif number % 6 == 5:
            part = "\n".join(f"- {_sentence(random)}" for _ in range(random.randint(3, 6)))
        else:
            part = " ".join(_sentence(random) for _ in range(random.randint(3, 7)))
        parts.append(part)
        size -= len(part.encode()) + 2
    return "\n\n".join(parts)


def _sentence(random: Random) -> str:
    who, what, count = random.choice(_WHO), random.choice(_WHAT), f"{random.randint(2, 9_999):,}"
    stressed = random.choice(
        (what, what, what, f"**{what}**", f"*{what}*", f"[{what}](https://news.example/{count})")
    )
    return f"{who.capitalize()} {random.choice(_DID)} {stressed} {random.choice(_WHEN)}, which made {count} this year."


_WHO = (
    *(
        "the exchange",
        "the keeper of the ledger",
        "a careful validator",
        "the harbour bank",
        "one early miner",
    ),
    *(
        "the committee",
        "a wallet without an owner",
        "the night shift",
        "a bridge between chains",
        "the auditor",
    ),
)
_DID = (
    *(
        "moved",
        "counted",
        "returned",
        "lost",
        "signed for",
        "published",
        "took over",
        "set aside",
        "postponed",
    ),
    *("compared", "borrowed", "insured"),
)
_WHAT = (
    *(
        "the cold reserves",
        "a drawer of old keys",
        "the fees of the week",
        "the missing blocks",
        "its own tokens",
    ),
    *("a vote on block size", "the price of an hour", "what the oracle had said", "half of the staked ether"),
)
_WHEN = (
    *(
        "before the market opened",
        "after the second halving",
        "while the network was quiet",
        "in a rare hurry",
    ),
    *("without naming a reason", "against good advice", "on the last Friday of the month"),
)


def fill(path: Path, articles: Iterable[Article]) -> None:
    """Put articles into the library at `path`, without files but as if they had been read from such."""
    writer = Writer(path)
    found = (
        Arrived(item_of(one), one, hashlib.blake2b(one.origin.encode(), digest_size=12).digest())
        for one in articles
    )
    while batch := list(islice(found, 2_000)):
        items = {
            one.item: Remembered(
                f"{one.article.updated.timestamp() * 1e9:.0f}:{len(one.article.body)}", one.hash
            )
            for one in batch
        }
        writer.write(_SOURCE, items, batch)
    writer.publish()
    writer.close()


def write_files(folder: Path, articles: Iterable[Article]) -> int:
    """Write articles as files that can be read again; how many bytes these are."""
    size = 0
    folders = set()
    for article in articles:
        path = folder / item_of(article)
        if path.parent not in folders:
            path.parent.mkdir(parents=True, exist_ok=True)
            folders.add(path.parent)
        data = as_file(article).encode()
        path.write_bytes(data)
        size += len(data)
    return size


def write_feeds(folder: Path, articles: Iterable[Article]) -> list[Path]:
    """Write articles as RSS, a feed for each month, and tell the feeds."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as opened:
        feeds: dict[Path, TextIO] = {}
        for article in articles:
            path = folder / f"{article.published:%Y-%m}.xml"
            if path not in feeds:
                feeds[path] = opened.enter_context(path.open("w", encoding="utf-8"))
                feeds[path].write(_FEED.format(path.stem))
            feeds[path].write(
                f"<item><title>{escape(article.title)}</title><link>https://news.example/{item_of(article)}</link>"
                f'<guid isPermaLink="false">{article.story}.{article.lang}</guid>'
                f"<pubDate>{format_datetime(article.published)}</pubDate>"
                f"<description>{escape(article.body)}</description></item>\n"
            )
        for feed in feeds.values():
            feed.write("</channel></rss>\n")
        return sorted(feeds)


def item_of(article: Article) -> str:
    """The file of an article, from the folder on."""
    return f"{article.published:%Y/%m}/{os.path.basename(article.origin)}"


def as_file(article: Article) -> str:
    """The article as its publisher would write it."""
    lines = [
        f"title: {_quoted(article.title)}",
        f"description: {_quoted(article.description)}",
        f"publishedAt: '{_instant(article.published)}'",
        f"updatedAt: '{_instant(article.updated)}'",
        f"lang: {_scalar(article.lang)}",
        f"externalId: {_quoted(article.story)}",
        "source:",
        f"  name: {_scalar(article.publisher.name)}",
        f"  key: {_scalar(article.publisher.key)}",
        f"  type: {_scalar(article.publisher.type)}",
        f"category: {_scalar(article.category)}",
        *_list("tags", article.tags),
        f"stickyWeight: {article.sticky_weight}",
        f"draft: {'true' if article.draft else 'false'}",
        *_list("cta", article.cta),
    ]
    if article.publisher.url:
        lines.insert(lines.index("source:") + 1, f"  url: {_quoted(article.publisher.url)}")
    if article.sentiment:
        lines.append(f"sentiment: {article.sentiment}")
    if article.score is not None:
        lines.append(f"score: {article.score:g}")
    if article.canonical_url:
        lines.append(f"canonicalUrl: {_quoted(article.canonical_url)}")
    if article.cover:
        lines += [
            "coverImage:",
            *(f"  {_scalar(size)}: {_quoted(url)}" for size, url in article.cover.items()),
        ]
    if article.provenance:
        lines += ["ai:", *_provenance(article.provenance)]
    lines += [f"{_quoted(name)}: {json.dumps(value)}" for name, value in article.extra.items()]
    return "\n".join(["---", *lines, "---", article.body, ""])


def _provenance(provenance: Provenance) -> Iterator[str]:
    if provenance.rewritten:
        yield "  rewritten: true"
    if provenance.expanded_at:
        yield f"  expandedAt: '{_instant(provenance.expanded_at)}'"
    if provenance.translated_from:
        yield f"  translatedFrom: {_quoted(provenance.translated_from)}"
    yield f"  version: {_quoted(provenance.version)}"


def _list(name: str, values: Sequence[str]) -> list[str]:
    return [f"{name}:", *(f"  - {_scalar(value)}" for value in values)] if values else [f"{name}: []"]


def _scalar(text: str) -> str:
    plain = _PLAIN.fullmatch(text) and text.casefold() not in _MEANT_OTHERWISE
    return text if plain else _quoted(text)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _instant(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%S}.{time.microsecond // 1_000:03d}Z"


_FEED = """\
<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>{0}</title><link>https://news.example/</link><description>{0}</description>
"""
_PLAIN = re.compile("[A-Za-z](?:[A-Za-z0-9 ]*[A-Za-z0-9])?")
_MEANT_OTHERWISE = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))
