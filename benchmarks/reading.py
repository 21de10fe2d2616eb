"""What reading costs: from story to story, from line to line, and to a word in an article of any size."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from math import inf
from random import Random
from statistics import median

from tests.pty_terminal import Terminal

from benchmarks.generate import long_text
from benchmarks.workshop import MARKDOWN_WIDGET, Figure, Workshop, beside, p95, ratio, timed
from cryptonews_tui.article import Article
from cryptonews_tui.sections import split

SWITCHES = 200
"""How many usual articles are opened one after the other, taken at random."""
LARGE, HUGE = 65_000, 1_000_000
"""Bytes of the articles that no publisher should write."""
TIMES = 5
"""How often each of these is opened."""
KEYS = 60

_WIDTH = 53
"""Of the text column in a terminal of 120 columns."""
# The article does not follow the cursor here, and no time marks it read: every byte answers a key.
_SETTINGS = "follow_after_ms = 10000\nread_after_seconds = 0\n"
_LETTERS = ("ledger", "validator", "halving", "borrowed", "oracle", "9,1")
_BEGINNING = re.compile(r"\A(?:#[^\n]*\n|\n)*")
_COUNT = re.compile(r"(?<![\d/])[\d,]+ ?/ ?[\d,]+(?![\d/])")


def measure_switching(workshop: Workshop) -> list[Figure]:
    usual = Random(2025).sample(workshop.articles, min(SWITCHES, len(workshop.articles)))
    large = _large(workshop)
    others = [article for _ in range(TIMES) for article in (usual[0], large, usual[1], _huge(usual[0]))]
    articles = in_order([usual[2], *usual, *others])
    texts = workshop.passing / "texts.json"
    texts.write_text(json.dumps([article.body for article in articles[: 1 + len(usual)]]))
    environment = workshop.environment(texts) | {"TEXTUAL_FPS": "120"}  # as the reader has it
    ours: list[float] = []
    widgets: list[float] = []
    with (
        open_article(workshop, "switching", articles) as terminal,
        Terminal((*MARKDOWN_WIDGET, str(texts), str(_WIDTH)), env=environment) as widget,
    ):
        widget.wait_for(mark(0))
        widget.quiet(0.5)
        for row in range(1, len(articles)):
            ours.append(switched(terminal, row))
            if row <= len(usual):
                widgets.append(switched(widget, row))
    opened, larges, huges = ours[: len(usual)], ours[len(usual) + 1 :: 4], ours[len(usual) + 3 :: 4]
    size = len(large.body.encode()) / 1e3
    return [
        Figure("J in the article, median to its text", 16, 1e3 * median(opened), "ms", _p95(opened)),
        Figure("J in the article, p95 to its text", 33, 1e3 * p95(opened), "ms", f"{len(opened)} articles"),
        Figure(
            "J in the article, beside Textual's Markdown",
            1 / 4,
            ratio(opened, widgets),
            "×",
            beside(opened, widgets),
        ),
        Figure(f"J to an article of {size:.0f} KB, median", 50, 1e3 * median(larges), "ms", _worst(larges)),
        Figure("J to an article of 1 MB, median", 150, 1e3 * median(huges), "ms", _worst(huges)),
    ]


def measure_moving(workshop: Workshop) -> list[Figure]:
    seconds, lines = [], []
    with open_article(workshop, "moving", in_order([_large(workshop)])) as terminal:
        for _ in range(KEYS):
            before = terminal.mark()
            seconds.append(timed(terminal, "j", 0.1))
            lines.append(len(terminal.since(before)))
        pages = [_bytes_of(terminal, key) for key in ("space", "b") * (KEYS // 4)]
        unmoved = 0
        for there, key in (("G", "j"), ("G", "ctrl+d"), ("g", "k"), ("g", "b")):
            _bytes_of(terminal, there)
            unmoved += sum(_bytes_of(terminal, key) for _ in range(3))
    said = f"median {1e3 * median(seconds):.1f} ms, {median(lines):.0f} B"
    return [
        Figure("j in the article, p95 to its last byte", 16, 1e3 * p95(seconds), "ms", said),
        Figure(
            "bytes of a page in the article, most", 20_000, max(pages), "B", f"median {median(pages):,.0f} B"
        ),
        Figure("bytes of keys that move nothing", 0, unmoved, "B", "at the end and at the top"),
    ]


def measure_find(workshop: Workshop) -> list[Figure]:
    """`/` in the article, then words letter by letter; after each the screen must tell which match of how many."""
    name = "a letter to find in 1 MB, p95 to its last byte"
    seconds: list[float] = []
    with open_article(workshop, "finding", in_order([_huge(workshop.articles[0])])) as terminal:
        terminal.quiet(2, timeout=60)  # a long text is set while nobody waits
        for word in _LETTERS:
            terminal.press("/")
            terminal.quiet(0.2)
            for letter in word:
                seconds.append(timed(terminal, letter, 0.1))
                if not counted(terminal.lines):
                    return [Figure(name, 33, inf, "ms", f"no count after the “{letter}” of {word}")]
            terminal.press("escape")
            terminal.quiet(0.3)
    return [Figure(name, 33, 1e3 * p95(seconds), "ms", f"median {1e3 * median(seconds):.1f} ms")]


def counted(lines: Iterable[str]) -> bool:
    """Whether the screen tells which match of how many, as in `3/17`."""
    return any(_COUNT.search(line) for line in lines)


def _large(workshop: Workshop) -> Article:
    """The largest real article, if it is as large as that; else one that we write."""
    article = max(workshop.articles, key=lambda article: len(article.body.encode()))
    return article if len(article.body.encode()) >= LARGE * 0.9 else _written(article, LARGE)


def _huge(like: Article) -> Article:
    return _written(like, HUGE)


def _written(like: Article, size: int) -> Article:
    return replace(like, lang="en", body=long_text(size))


def in_order(articles: Sequence[Article]) -> list[Article]:
    """Stories that stand in the list in this order; the first letters of each one's text are a word of its own."""
    newest = max(article.published for article in articles)
    return [
        replace(
            article,
            story=str(row),
            origin=f"{row}.{article.lang}.md",
            published=newest - timedelta(hours=row),
            updated=newest - timedelta(hours=row),
            body=body,
            sections=split(body, article.title),
            sticky_weight=0,
            draft=False,
        )
        for row, article in enumerate(articles)
        for body in [_BEGINNING.sub(rf"\g<0>{mark(row)} ", article.body, count=1)]
    ]


def mark(row: int) -> str:
    """The word that the text in this row begins with."""
    return f"Text{row:03}"


@contextmanager
def open_article(workshop: Workshop, name: str, articles: Sequence[Article]) -> Iterator[Terminal]:
    """The reader with the first of these articles open, at rest."""
    with workshop.reader(workshop.of(name, articles), settings=_SETTINGS) as terminal:
        terminal.press("enter")
        terminal.wait_for(mark(0))
        terminal.quiet(0.5, timeout=60)
        yield terminal


def switched(terminal: Terminal, row: int) -> float:
    """Seconds from the key to the next text; then the terminal is at rest."""
    before = terminal.mark()
    start = time.perf_counter()
    terminal.press("J")
    shown = terminal.wait_for_bytes(mark(row).encode(), before)
    terminal.quiet(0.1, timeout=60)
    return shown - start


def _bytes_of(terminal: Terminal, key: str) -> int:
    before = terminal.mark()
    terminal.press(key)
    terminal.quiet(0.2)
    return len(terminal.since(before))


def _p95(seconds: Sequence[float]) -> str:
    return f"p95 {1e3 * p95(seconds):.0f} ms"


def _worst(seconds: Sequence[float]) -> str:
    return f"worst of {len(seconds)}: {1e3 * max(seconds):.0f} ms"
