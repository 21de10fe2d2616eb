"""How many files have which sections, and which headings no role is known for: the tables of docs/sections.md.

`python -m benchmarks.sections [LOCATION]`, a folder, archive or address; without one, the real articles if they are
there.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from benchmarks.generate import articles_in
from benchmarks.workshop import REAL_ARTICLES
from cryptonews_tui.article import Article, Role
from cryptonews_tui.cli import samples_location

MOST = 40
"""Rows of headings, at most; what only one file has is counted together."""


def shares(articles: Iterable[Article]) -> Iterator[str]:
    """In how many files of each language a role is found."""
    files: Counter[str] = Counter()
    having: Counter[tuple[Role, str]] = Counter()
    for article in articles:
        files[article.lang] += 1
        having.update((role, article.lang) for role in {section.role for section in article.sections})
    yield f"| Role | {' | '.join(f'{lang}, of {number:,} files' for lang, number in sorted(files.items()))} |"
    yield "|---" * (1 + len(files)) + "|"
    for role in Role:
        cells = (f"{having[role, lang]:,} ({having[role, lang] / files[lang]:.1%})" for lang in sorted(files))
        yield f"| {role} | {' | '.join(cells)} |"


def left_over(articles: Iterable[Article]) -> Iterator[str]:
    """The headings without a role, the most frequent first; case and a mark at the end make no difference."""
    known: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for article in articles:
        for section in article.sections:
            if section.role is Role.OTHER:
                known[article.lang, section.heading.casefold().rstrip("?:.! ")][section.heading] += 1
    ordered = sorted(known.items(), key=lambda item: (-item[1].total(), item[0]))
    shown = [(lang, written) for (lang, _), written in ordered if written.total() > 1][:MOST]
    yield "| Heading | Language | Sections |"
    yield "|---|---|---|"
    for lang, written in shown:
        [(heading, _)] = written.most_common(1)
        yield f"| {heading.replace('|', chr(92) + '|') or '(none)'} | {lang} | {written.total():,} |"
    for lang in sorted({lang for lang, _ in known}):
        rest = [written.total() for (its, _), written in ordered if its == lang]
        rest = rest[sum(its == lang for its, _ in shown) :]
        yield f"| {len(rest):,} others | {lang} | {sum(rest):,} |"


def main() -> None:
    """Print both tables."""
    usual = str(REAL_ARTICLES) if REAL_ARTICLES.exists() else samples_location()
    articles = articles_in(sys.argv[1] if len(sys.argv) > 1 else usual)
    print(*shares(articles), "", *left_over(articles), sep="\n")


if __name__ == "__main__":
    main()
