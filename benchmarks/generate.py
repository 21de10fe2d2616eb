"""Libraries of any size: articles varied from a few real or sample ones, always the same for the same ones."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import yaml

from cryptonews_tui.article import Article, Document
from cryptonews_tui.library import Writer
from cryptonews_tui.reading import read
from cryptonews_tui.sources import open_source

YEARS = 5


def articles_in(location: str) -> list[Article]:
    """Every article of a source that can be read."""
    found = (one for one in open_source(location).documents({}) if isinstance(one, Document))
    return [article for document in found if (article := read(document).article) is not None]


def varied(articles: Sequence[Article], count: int) -> Iterator[Article]:
    """`count` articles in whole stories: other ids, times over years, other tags, words of other articles."""
    stories: defaultdict[str, list[Article]] = defaultdict(list)
    for article in articles:
        stories[article.story].append(article)
    return islice(_stories(list(stories.values())), count)


def _stories(originals: Sequence[Sequence[Article]]) -> Iterator[Article]:
    random = Random(2025)
    everyone = [article for versions in originals for article in versions]
    words: defaultdict[str, list[str]] = defaultdict(list)
    for article in everyone:
        words[article.lang] += re.findall(r"\w{4,}", article.body)
    number = 0
    while True:
        for versions in originals:
            number += 1
            earlier = timedelta(seconds=random.randrange(YEARS * 365 * 86_400))
            other = random.choice(everyone)
            tags = [tag for tag in versions[0].tags if random.random() < 0.8]
            tags += random.sample(other.tags, min(2, len(other.tags)))
            if number % 4 == 0:  # the long tail: most tags are on a handful of stories
                tags.append(f"TOPIC {random.randrange(max(1, number // 2))}")
            for article in versions:
                beginning, *rest = article.title.split(" ")
                inserted, *said = random.choices(words[article.lang] or ["news"], k=31)
                yield replace(
                    article,
                    story=f"9{number:07d}",
                    title=" ".join([beginning, inserted, *rest])[:180],
                    published=article.published - earlier,
                    updated=article.updated - earlier,
                    origin=f"generated/{number}.{article.lang}.md",
                    publisher=random.choice((article, article, other)).publisher,
                    category=random.choice((article, other)).category,
                    tags=tuple(dict.fromkeys(tags)),
                    body=f"{article.body}\n\nWord{number:x} {' '.join(said)}.\n",
                )


def fill(path: Path, articles: Iterable[Article]) -> None:
    """Put articles into the library at `path`, without files."""
    writer = Writer(path)
    numbered = (
        (article, hashlib.blake2b(article.origin.encode(), digest_size=12).digest()) for article in articles
    )
    while batch := list(islice(numbered, 2_000)):
        writer.write("generated", {}, batch)
    writer.publish()
    writer.close()


def write_files(folder: Path, articles: Iterable[Article]) -> None:
    """Write articles as files that can be read again."""
    for article in articles:
        path = folder / f"{article.published:%Y/%m}" / f"{article.story}.{article.lang}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        fields = yaml.dump(
            _front_matter(article), Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False
        )
        path.write_text(f"---\n{fields}---\n{article.body}\n", encoding="utf-8")


def _front_matter(article: Article) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "title": article.title,
        "description": article.description,
        "publishedAt": article.published.isoformat(),
        "updatedAt": article.updated.isoformat(),
        "lang": article.lang,
        "externalId": article.story,
        "source": {
            "name": article.publisher.name,
            "key": article.publisher.key,
            "type": article.publisher.type,
        },
        "category": article.category,
        "tags": list(article.tags),
        "stickyWeight": article.sticky_weight,
        "sentiment": str(article.sentiment) if article.sentiment else None,
        "score": article.score,
        "draft": article.draft,
        "canonicalUrl": article.canonical_url,
        "coverImage": dict(article.cover),
        "cta": list(article.cta),
    }
    return {name: value for name, value in fields.items() if value is not None}
