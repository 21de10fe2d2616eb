"""newsboat with the same articles as RSS: where it is installed, we measure beside it."""

from __future__ import annotations

import shutil
import subprocess
import time
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from tests.pty_terminal import Terminal

from benchmarks.workshop import Workshop, own_megabytes, p95

READ_SECONDS, START_SECONDS = 1_200, 300
"""How long newsboat may take to read the feeds, and to show what it has read."""

_KEYS = 40


@dataclass(frozen=True, slots=True)
class Beside:
    """What newsboat took, in words; or why it was left out."""

    start: str
    key: str
    memory: str


@cache
def newsboat(workshop: Workshop, count: int) -> Beside:
    """newsboat on the articles of `library(count)`."""
    if not shutil.which("newsboat"):
        return _left_out("it is not installed")
    home = workshop.passing / f"newsboat-{count}"
    home.mkdir()
    feeds = sorted(workshop.feeds_of(count).glob("*.xml"))
    urls = ['"query:All:unread = \\"yes\\""', *(f"file://{feed}" for feed in feeds), ""]
    (home / "urls").write_text("\n".join(urls))
    (home / "config").write_text("auto-reload no\nmax-items 0\n")
    try:
        kept = workshop.made(f"{count}-newsboat.db", partial(_read, home))
        return _measured(home, kept)
    except subprocess.TimeoutExpired:
        return _left_out(f"it had not read the feeds after {READ_SECONDS // 60} minutes")
    except TimeoutError:
        return _left_out(f"it did not show a list within {START_SECONDS // 60} minutes")


def _left_out(why: str) -> Beside:
    said = f"newsboat left out: {why}"
    return Beside(said, said, said)


def _command(home: Path, kept: Path) -> list[str]:
    return ["newsboat", "-u", f"{home}/urls", "-C", f"{home}/config", "-c", str(kept)]


def _environment(home: Path) -> dict[str, str]:
    return {"HOME": str(home), "LANG": "C.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin"}


def _read(home: Path, kept: Path) -> None:
    subprocess.run(
        [*_command(home, kept), "-x", "reload"],
        env=_environment(home),
        check=True,
        timeout=READ_SECONDS,
        stdin=subprocess.DEVNULL,
    )


def _measured(home: Path, kept: Path) -> Beside:
    with Terminal(_command(home, kept), env=_environment(home), columns=150, rows=42) as terminal:
        terminal.wait_for_bytes(b"Your feeds", timeout=START_SECONDS)
        mark = terminal.mark()
        terminal.press("enter")
        shown = terminal.wait_for_bytes(b"Articles in", mark, timeout=START_SECONDS)
        terminal.quiet(1.0)
        keys = [_seconds_of_key(terminal, "j") for _ in range(_KEYS)]
        for key in ("pagedown",) * 20 + ("pageup", "pageup", "enter", "pagedown", "q"):
            _seconds_of_key(terminal, key)
        return Beside(
            f"newsboat {shown - terminal.started_at:,.1f} s",
            f"newsboat {1e3 * p95(keys):,.0f} ms",
            f"newsboat {own_megabytes(terminal.pid):,.0f} MB",
        )


def _seconds_of_key(terminal: Terminal, key: str) -> float:
    """From the key to the last byte; the first may take seconds, the others follow at once."""
    mark = terminal.mark()
    start = time.perf_counter()
    terminal.press(key)
    terminal.wait_until(lambda: len(terminal.output) > mark, START_SECONDS, f"the answer to {key}")
    return terminal.quiet(0.2) - start
