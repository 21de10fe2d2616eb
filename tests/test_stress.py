"""Several programs on one library: nothing gets lost, nobody fails, and each sees what the others did."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from benchmarks.stress import stress

from cryptonews_tui.library import Library, Mark, State
from cryptonews_tui.query import Query, parse
from tests.strategies import write

SECONDS = 10.0

MARKER = """
import sys
from pathlib import Path
from cryptonews_tui.library import Mark, State
state = State(Path(sys.argv[1]))
state.set_mark(Mark.READ, sys.argv[2], on=True)
state.set_note(sys.argv[2], "From the other terminal.")
state.close()
"""


@pytest.mark.timeout(120)
def test_nothing_is_lost_while_one_program_brings_articles_one_sets_marks_and_one_reads(
    tmp_path: Path,
) -> None:
    found = stress(tmp_path / "stress", SECONDS)
    assert found.errors == []
    assert found.lost == []
    assert found.times["sync"] >= 2
    assert found.times["mark"] >= 50
    assert found.times["list"] >= 20


def test_what_another_program_did_is_seen_within_a_second(tmp_path: Path) -> None:
    news, path, state_path = tmp_path / "news", tmp_path / "library.db", tmp_path / "state.db"
    write(news, "1.md", title="Bitcoin", externalId="1", tags=["BTC"])
    options = ["--library", str(path), "--state", str(state_path)]

    def sync() -> None:
        command = [sys.executable, "-m", "cryptonews_tui", "sync", *options, str(news)]
        subprocess.run(command, check=True, capture_output=True, timeout=30)

    def mark() -> None:
        command = [sys.executable, "-c", MARKER, str(state_path), "1"]
        subprocess.run(command, check=True, capture_output=True, timeout=30)

    with closing(Library(path, state_path)) as library, closing(State(state_path)) as state:

        def found(query: str) -> list[str]:
            return [headline.title for headline in library.headlines(library.stories(parse(query))[:])]

        assert found("") == []
        before = library.version()
        sync()
        within_a_second(lambda: library.version() != before)
        assert found("tag:btc") == ["Bitcoin"]
        assert len(library.unread()) == 1

        before = library.version()
        write(news, "1.md", title="Bitcoin falls", externalId="1", tags=["BTC", "MARKET"])
        write(news, "2.md", title="Ether", externalId="2")
        sync()
        within_a_second(lambda: library.version() != before)
        assert sorted(found("")) == ["Bitcoin falls", "Ether"]
        assert {value.value: value.count for value in library.facets(Query()).fields["tag"]} == {
            "btc": 2,
            "market": 1,
            "digital assets": 1,
        }

        before = library.version()
        mark()
        within_a_second(lambda: found("is:read has:note") == ["Bitcoin falls"])
        assert library.version() == before  # positions are as they were
        assert found("is:unread") == ["Ether"]
        assert state.note("1") == "From the other terminal."
        state.set_mark(Mark.READ, "1", on=False)
        assert found("is:read") == []


def within_a_second(happens: Callable[[], bool]) -> None:
    end = time.monotonic() + 1.0
    while not happens():
        assert time.monotonic() < end
        time.sleep(0.02)
