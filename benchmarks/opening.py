"""From the key that opens an article to its text on the screen, for usual and for huge articles."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from statistics import median

from benchmarks.generate import articles_in
from benchmarks.workshop import Figure, Workshop, p95
from cryptonews_tui.cli import samples_location

TIMES = 20


def measure_opening(workshop: Workshop) -> list[Figure]:
    english = sorted(
        (article for article in workshop.articles if article.lang == "en"),
        key=lambda article: len(article.body),
    )
    usual = english[(len(english) - TIMES) // 2 :][:TIMES]
    largest = max(articles_in(samples_location()), key=lambda article: len(article.body))
    # One after the other in the list, each known by the first words of its text, each opened once.
    articles = [
        replace(
            article,
            story=str(row),
            lang="en",
            published=largest.published - timedelta(hours=row),
            body=f"Text{row} begins here. {article.body}",
            sticky_weight=0,
            draft=False,
        )
        for row, article in enumerate(article for usual_one in usual for article in (usual_one, largest))
    ]
    # The article does not follow the cursor here: only Enter opens it.
    settings = "follow_after_ms = 10000\nread_after_seconds = 0\n"
    seconds: list[float] = []
    with workshop.reader(workshop.of("opening", articles), settings=settings) as terminal:
        for row in range(len(articles)):
            start = time.perf_counter()
            terminal.press("enter")
            terminal.quiet(0.3)
            seconds.append(terminal.shown_at(f"Text{row} begins") - start)
            terminal.press("q")
            terminal.quiet(0.1)
            terminal.press("j")
            terminal.quiet(0.1)
    median_article, huge = seconds[0::2], seconds[1::2]
    size = len(largest.body.encode()) / 1e3
    return [
        Figure("opening a median article", 40, 1e3 * median(median_article), "ms", _worst(median_article)),
        Figure(f"opening an article of {size:.0f} KB", 80, 1e3 * median(huge), "ms", _worst(huge)),
    ]


def _worst(seconds: list[float]) -> str:
    return f"p95 {1e3 * p95(seconds):.0f} ms"
