"""What a key costs on the wire: the bytes that a frugal session writes, beside newsboat's for the nearest same action.

Both show the same articles in a terminal of 120 × 40 with 256 colours. Bytes are
counted where the terminal reads them, and do not depend on how busy the machine is.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from html import escape
from pathlib import Path
from statistics import median

from tests.pty_terminal import Terminal

from benchmarks.generate import write_feeds
from benchmarks.workshop import CRYPTONEWS, Figure, Workshop, first_title
from cryptonews_tui.article import Article

COLUMNS, ROWS = 120, 40
ARTICLES = 300
LONG = 40
"""Articles on top in which a page follows a page."""
TIMES = 15
IDLE_SECONDS = 60
RATIO = 1.5
CELL = 8
"""So many bytes for a cell that is visible are too many, whatever newsboat does."""
SAID = {"key": 350, "page": 5_500, "open": 3_000}
"""What newsboat writes, where it is not installed."""

_SILENCE = 0.4
_FEW_COLOURS = {"TERM": "xterm-256color", "COLORTERM": ""}

_DOWN = "\x1bOB"
"""What ncurses takes for the key: not every newsboat knows `j`."""

Counted = dict[str, list[int]]


@dataclass(frozen=True, slots=True)
class Action:
    """What is done in ours and in newsboat, and what newsboat is said to write where it is not there."""

    name: str
    said: int


ACTIONS: Sequence[Action] = (
    Action("start", SAID["page"]),
    Action("j", SAID["key"]),
    Action("j at the list's edge", SAID["page"]),
    Action("j, the mean of a way down the list", SAID["key"]),
    Action("page down", SAID["page"]),
    Action("open a median article", SAID["open"]),
    Action("]", SAID["open"]),
    Action("three letters of a query", SAID["page"]),
    Action("j, and the article that follows", SAID["key"] + SAID["open"]),
)


def measure_wire(workshop: Workshop) -> Iterator[Figure]:
    articles = alike(workshop.articles)
    library = workshop.of("wire", articles)
    ours = count_ours(workshop, library, 'frugal = "always"\nread_after_seconds = 0\n')
    before = count_ours(workshop, library, 'frugal = "never"\nread_after_seconds = 0\n')
    theirs = count_newsboat(workshop, articles)
    for action in ACTIONS:
        used, rich = median(ours[action.name]), median(before[action.name])
        beside = median(theirs[action.name]) if theirs else action.said
        goal = min(RATIO * beside, COLUMNS * ROWS * CELL)
        whose = "newsboat" if theirs else "newsboat, as it is said,"
        said = f"{used / beside:.2f} × {whose} {beside:,.0f} B; most {max(ours[action.name]):,} B"
        yield Figure(f"bytes of {action.name}", goal, used, "B", f"{said}; not frugal {rich:,.0f} B")
    yield Figure(f"bytes of {IDLE_SECONDS} s at rest", 0, ours["rest"][0], "B")


def alike(articles: Sequence[Article]) -> list[Article]:
    """Articles in one language, an hour from one to the next: the longest, then those nearest to the median."""
    english = sorted((one for one in articles if one.lang == "en"), key=lambda one: len(one.body))
    longest = english[-LONG:]
    rest = english[:-LONG]
    middle = sorted(rest[max(0, (len(rest) - ARTICLES) // 2) :][:ARTICLES], key=lambda one: one.story)
    newest = max(article.published for article in middle)
    return [
        replace(article, published=newest - timedelta(hours=row), sticky_weight=0, draft=False)
        for row, article in enumerate((*longest, *middle))
    ]


def count_ours(workshop: Workshop, library: Path, settings: str, idle: float = IDLE_SECONDS) -> Counted:
    """The bytes of each action in the reader."""
    environment = {**workshop.environment(library, settings), **_FEW_COLOURS}
    if "never" in settings:
        environment["COLORTERM"] = "truecolor"
    with Terminal(CRYPTONEWS, env=environment, columns=COLUMNS, rows=ROWS) as terminal:
        terminal.wait_for_bytes(first_title(library)[:8])
        terminal.quiet(1.0)
        counted: Counted = {"start": [len(terminal.output)]}
        following = [_bytes_of(terminal, "j", silence=1.5) for _ in range(TIMES)]
        keys = [_bytes_of(terminal, "j", silence=0.08) for _ in range(TIMES)]
        _press_to(terminal, "g")
        pages = [_bytes_of(terminal, "space", silence=1.5) for _ in range(5)]
        opened, sections = [], []
        for _ in range(TIMES):
            _press_to(terminal, "j")
            opened.append(_bytes_of(terminal, "enter"))
            _press_to(terminal, "q")
        _press_to(terminal, "g")
        for _ in range(TIMES):
            _press_to(terminal, "j", "enter")
            sections.append(_bytes_of(terminal, "]"))
            _press_to(terminal, "q")
        letters = _bytes_of_queries(terminal, "escape", "g")
        counted |= {
            "j": keys,
            "page down": pages,
            "open a median article": opened,
            "]": sections,
            "three letters of a query": letters,
            "j, and the article that follows": following,
        }
        terminal.quiet(1.5)
        counted["rest"] = [_at_rest(terminal, idle)]
    # On the way down nobody rests until an article follows.
    environment |= workshop.environment(library, f"{settings}follow_after_ms = 10000\n")
    with Terminal(CRYPTONEWS, env=environment, columns=COLUMNS, rows=ROWS) as terminal:
        terminal.wait_for_bytes(first_title(library)[:8])
        terminal.quiet(1.0)
        counted["j at the list's edge"], way = _edge(terminal)
        counted["j, the mean of a way down the list"] = [way]
    return counted


def count_newsboat(workshop: Workshop, articles: Sequence[Article]) -> Counted | None:
    """The bytes of each action in newsboat, if it is installed."""
    if not shutil.which("newsboat"):
        return None
    home = workshop.passing / "newsboat-wire"
    feeds = write_feeds(home / "feeds", map(_as_html, articles))
    urls = ['"query:All:unread = \\"yes\\""', *(f"file://{feed}" for feed in feeds), ""]
    (home / "urls").write_text("\n".join(urls))
    (home / "config").write_text("auto-reload no\nmax-items 0\n")
    environment = {
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        **_FEW_COLOURS,
    }
    command = ["newsboat", "-u", f"{home}/urls", "-C", f"{home}/config", "-c", f"{home}/kept.db"]
    subprocess.run(
        [*command, "-x", "reload"], env=environment, check=True, timeout=300, stdin=subprocess.DEVNULL
    )
    with Terminal(command, env=environment, columns=COLUMNS, rows=ROWS) as terminal:
        terminal.wait_for_bytes(b"Your feeds", timeout=60)
        terminal.quiet(1.0)
        terminal.press("enter")
        terminal.wait_for_bytes(b"Articles in", timeout=60)
        terminal.quiet(1.0)
        counted: Counted = {"start": [len(terminal.output)]}
        keys = [_bytes_of(terminal, _DOWN) for _ in range(TIMES)]
        _press_to(terminal, *(_DOWN for _ in range(ROWS - TIMES - 2)))
        edge = [_bytes_of(terminal, _DOWN) for _ in range(5)]
        pages = [_bytes_of(terminal, "pagedown") for _ in range(5)]
        opened, sections = [], []
        for _ in range(TIMES):
            _press_to(terminal, _DOWN)
            opened.append(_bytes_of(terminal, "enter"))
            _press_to(terminal, "q")
        _press_to(terminal, *("pageup" for _ in range(10)))
        for _ in range(TIMES):
            _press_to(terminal, _DOWN, "enter")
            sections.append(_bytes_of(terminal, "space"))
            _press_to(terminal, "q")
        letters = _bytes_of_queries(terminal, "q")
        key, article = int(median(keys)), int(median(opened))
        return counted | {
            "j": keys,
            "j at the list's edge": edge,
            "page down": pages,
            "open a median article": opened,
            "]": sections,
            "three letters of a query": letters,
            "j, the mean of a way down the list": [key],
            "j, and the article that follows": [key + article],
        }


def _as_html(article: Article) -> Article:
    """The article as a feed brings it: newsboat knows no Markdown."""
    blocks = (block.strip() for block in article.body.split("\n\n"))
    marked = (
        f"<h2>{escape(block.lstrip('# '))}</h2>" if block.startswith("#") else f"<p>{escape(block)}</p>"
        for block in blocks
    )
    return replace(article, body="\n".join(marked))


def _edge(terminal: Terminal) -> tuple[list[int], int]:
    """The bytes of the key that moves the list on, each time that it does; the mean of all keys on the way."""
    found, all_keys = [], []
    for _ in range(3 * ROWS):
        top = _first_row(terminal)
        all_keys.append(_bytes_of(terminal, "j", silence=0.08))
        if _first_row(terminal) != top:
            found.append(all_keys[-1])
    return found, sum(all_keys) // len(all_keys)


def _first_row(terminal: Terminal) -> str:
    return next((line[8:40] for line in terminal.lines[3:4]), "")


def _bytes_of_queries(terminal: Terminal, *back: str) -> list[int]:
    """What three letters of a query write, with the keys around them; `back` leads to the list as it was."""
    written = []
    for word in ("bit", "eth", "sol"):
        mark = terminal.mark()
        for key in ("/", *word, "enter"):
            terminal.press(key)
            terminal.quiet(0.3)
        terminal.quiet(1.0)
        written.append(len(terminal.since(mark)))
        _press_to(terminal, *back)
    return written


def _bytes_of(terminal: Terminal, key: str, silence: float = _SILENCE) -> int:
    mark = terminal.mark()
    _type(terminal, key)
    _until(lambda: terminal.mark() > mark, terminal, 2)
    terminal.quiet(silence)
    return len(terminal.since(mark))


def _until(reached: Callable[[], bool], terminal: Terminal, seconds: float) -> None:
    end = time.perf_counter() + seconds
    while not reached() and time.perf_counter() < end:
        terminal.read(0.05)


def _press_to(terminal: Terminal, *keys: str) -> None:
    for key in keys:
        _type(terminal, key)
        terminal.quiet(_SILENCE / 4)
    terminal.quiet(_SILENCE)


def _type(terminal: Terminal, key: str) -> None:
    if key == _DOWN:
        terminal.send(key)
    else:
        terminal.press(key)


def _at_rest(terminal: Terminal, seconds: float) -> int:
    mark = terminal.mark()
    end = time.perf_counter() + seconds
    while (left := end - time.perf_counter()) > 0:
        terminal.read(left)
    return len(terminal.since(mark))
