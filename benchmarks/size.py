"""What the number of articles costs: at 100,000 of them, or 1,000,000, beside 1,000.

And beside newsboat with the same articles as RSS, and ripgrep over the same articles as files.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from statistics import median

from tests.pty_terminal import Terminal

from benchmarks.memory import megabytes_after_reading
from benchmarks.others import newsboat
from benchmarks.workshop import (
    CRYPTONEWS,
    HUGE,
    LARGE,
    THOUSAND,
    Figure,
    Workshop,
    first_title,
    interleaved,
    p95,
    ratio,
    seconds_of,
    timed,
)
from cryptonews_tui.library import Library
from cryptonews_tui.query import Query, parse


@dataclass(frozen=True, slots=True)
class Goals:
    """What a number of articles may cost: ratios to 1,000 articles, and milliseconds.

    After `silence` seconds without a byte a key is taken to have done all it does.
    """

    start: float
    memory: float
    key: float
    toggle: float
    word: float
    silence: float


GOALS: Mapping[int, Goals] = {
    LARGE: Goals(start=1.1, memory=1.2, key=16, toggle=33, word=33, silence=0.25),
    HUGE: Goals(start=1.2, memory=2, key=16, toggle=50, word=150, silence=0.5),
}
LIBRARY_TO_FILES = 1.0
WORD_TO_RG = 1 / 20

STARTS = 11
KEYS = 60
TOGGLES, TERMS = 200, 4
WORDS, WORDS_FOR_RG = 40, 8
LETTERS = 3
"""From so many letters on a word is looked for as it is typed."""

_SLOW = 2.0
"""So many seconds more may pass before a total is taken to be missing."""

# The article follows much later here, so that every byte is the list, its counts, or what is being typed.
_LIST_ONLY = "follow_after_ms = 10000\nread_after_seconds = 0\n"


def measure_files(workshop: Workshop) -> Iterator[Figure]:
    """The library's size beside that of the files it holds."""
    for count in workshop.sizes:
        library = workshop.library(count).stat().st_size
        files = _bytes_in(workshop.files_of(count))
        said = f"{library / 1e6:,.0f} MB beside {files / 1e6:,.0f} MB"
        yield Figure(f"library at {count:,}, beside its files", LIBRARY_TO_FILES, library / files, "×", said)


def _bytes_in(folder: Path) -> int:
    return sum(
        os.stat(os.path.join(place, name)).st_size for place, _, names in os.walk(folder) for name in names
    )


def measure_first(workshop: Workshop) -> Iterator[Figure]:
    """From the start to the first headline."""

    def start(library: Path, title: bytes) -> float:
        with Terminal(CRYPTONEWS, env=workshop.environment(library)) as terminal:
            return terminal.wait_for_bytes(title, timeout=60) - terminal.started_at

    libraries = [workshop.library(count) for count in (THOUSAND, *workshop.sizes)]
    starts = [partial(start, library, first_title(library)) for library in libraries]
    for one in starts:
        one()  # so that byte-code and files are at hand
    few, *many = interleaved(STARTS, *starts)
    for count, seconds in zip(workshop.sizes, many, strict=True):
        said = f"{_ms(median(seconds))} beside {_ms(median(few))}"
        yield Figure(
            f"first headline at {count:,}, beside {THOUSAND:,}",
            GOALS[count].start,
            ratio(seconds, few),
            "×",
            f"{said}; {newsboat(workshop, count).start}",
        )


def measure_key(workshop: Workshop) -> Iterator[Figure]:
    """A key in the list."""
    for count in workshop.sizes:
        with workshop.reader(workshop.library(count), 150, 42) as terminal:
            seconds = []
            for _ in range(KEYS):
                seconds.append(timed(terminal, "j", 0.1))
                terminal.quiet(0.2)  # the article follows
        yield Figure(
            f"j in the list at {count:,}, p95",
            GOALS[count].key,
            1e3 * p95(seconds),
            "ms",
            newsboat(workshop, count).key,
        )


def measure_open_reader(workshop: Workshop) -> Iterator[Figure]:
    """Memory after some reading about."""
    few = megabytes_after_reading(workshop, THOUSAND)
    for count in workshop.sizes:
        many = megabytes_after_reading(workshop, count, GOALS[count].silence)
        yield Figure(
            f"memory at {count:,}, beside {THOUSAND:,}",
            GOALS[count].memory,
            many / few,
            "×",
            f"{many:.1f} MB beside {few:.1f} MB; {newsboat(workshop, count).memory}",
        )


def measure_toggle(workshop: Workshop) -> Iterator[Figure]:
    """Choosing values in the filters pane: 200 random queries of one to four terms."""
    for count in workshop.sizes:
        with workshop.reader(workshop.library(count), 150, 42, _LIST_ONLY) as terminal:
            terminal.press("f")
            terminal.quiet(1.0)
            seconds = list(_toggles(terminal, GOALS[count].silence))
        yield Figure(
            f"a filter to new list and counts at {count:,}, p95",
            GOALS[count].toggle,
            1e3 * p95(seconds),
            "ms",
            f"median {_ms(median(seconds))}, most {_ms(max(seconds))}",
        )


def _toggles(terminal: Terminal, silence: float) -> Iterator[float]:
    """A key on a random row, again and again; what only folds or unfolds a group does not count."""
    random = Random(TOGGLES)
    done = 0
    for _ in range(3 * TOGGLES):
        before = terminal.lines[0]
        terminal.press(*random.choice("jk") * random.randint(1, 25))
        terminal.quiet(0.1)
        seconds = timed(terminal, "-" if random.random() < 0.2 else "space", silence)
        if terminal.lines[0] == before:
            continue
        yield seconds
        done += 1
        if done % TERMS == 0:
            terminal.press("ctrl+l")
            terminal.quiet(silence)
            if "all stories" not in terminal.text:
                raise RuntimeError(f"the filters did not come back to all stories:\n{terminal.text}")
        if done == TOGGLES:
            return
    raise RuntimeError(f"only {done} of {TOGGLES} keys made another query:\n{terminal.text}")


def measure_word(workshop: Workshop) -> Iterator[Figure]:
    """A word typed letter by letter, list and total after each."""
    for count in workshop.sizes:
        library, goals = workshop.library(count), GOALS[count]
        words = list(_words(library, workshop.passing / f"words-{count}.state"))
        with workshop.reader(library, 150, 42, _LIST_ONLY) as terminal:
            typed = list(_typed(terminal, words, goals.silence))
        letters = [letter for word in typed for letter in word]
        seconds = [letter.seconds for letter in letters if letter.shown]
        silent = len(letters) - len(seconds)
        yield Figure(f"letters without a total at {count:,}", 0, silent, "", f"of {len(letters)}")
        if not seconds:
            continue
        yield Figure(
            f"a letter to list and total at {count:,}, p95",
            goals.word,
            1e3 * p95(seconds),
            "ms",
            f"median {_ms(median(seconds))}, most {_ms(max(seconds))}",
        )
        last = {
            word.text: done[-1].seconds for word, done in zip(words, typed, strict=False) if done[-1].shown
        }
        if rg := shutil.which("rg"):
            search = partial(_seconds_of_rg, rg, workshop.files_of(count))
            compared = list(last)[:WORDS_FOR_RG]
            search(compared[0])  # so that the files are at hand
            ours, alone = [last[word] for word in compared], [search(word) for word in compared]
            said = f"{_ms(median(ours))} beside {_ms(median(alone))}"
            yield Figure(
                f"the last letter at {count:,}, beside rg -il", WORD_TO_RG, ratio(ours, alone), "×", said
            )
        else:
            print("rg left out: not installed")


def _seconds_of_rg(rg: str, folder: Path, word: str) -> float:
    return seconds_of((rg, "--no-config", "-il", word, str(folder)), {})


@dataclass(frozen=True, slots=True)
class _Word:
    """What to type, and how many stories there are after each letter from the third on."""

    text: str
    totals: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class _Letter:
    """How long it took, and whether the total came."""

    seconds: float
    shown: bool


def _words(library: Path, state: Path) -> Iterator[_Word]:
    """Words of random articles, so as frequent as they are in all articles, of each language in turn."""
    random = Random(40)
    opened = Library(library, state)
    try:
        stories = opened.stories(Query())
        for number in range(WORDS):
            found: list[str] = []
            while not found:
                (headline,) = opened.headlines([random.choice(stories)])
                article = opened.article(headline.story, headline.languages[number % len(headline.languages)])
                found = re.findall(r"[^\W\d_]{4,9}", article.body) if article else []
            word = random.choice(found).lower()
            totals = {
                length: len(opened.stories(parse(word[:length]))) for length in range(LETTERS, len(word) + 1)
            }
            yield _Word(word, totals)
    finally:
        opened.close()


def _typed(terminal: Terminal, words: Sequence[_Word], silence: float) -> Iterator[list[_Letter]]:
    """What each word's letters took. Ends after some words if no total is ever shown."""
    for number, word in enumerate(words):
        terminal.press("/")
        terminal.quiet(silence)
        terminal.press(*word.text[: LETTERS - 1])
        terminal.quiet(silence)
        letters: list[_Letter] = []
        for length, total in word.totals.items():
            start = time.perf_counter()
            terminal.press(word.text[length - 1])
            end = terminal.quiet(silence)
            told = re.compile(rf"(?<![\d,]){total:,} (of|stor)")
            if not told.search(terminal.text):
                end = terminal.quiet(_SLOW)
            letters.append(_Letter(end - start, bool(told.search(terminal.text))))
        terminal.press("escape")
        terminal.quiet(silence)
        yield letters
        if number == 2 and not any(letter.shown for letter in letters):
            return


def _ms(seconds: float) -> str:
    return f"{1e3 * seconds:,.0f} ms"
