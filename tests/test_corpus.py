"""What fuzzing has found, tried again: no input that ever raised what it should not, or took too long, does so now."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fuzz.checks import TooSlowError, check_lines, check_link, check_texts, in_time
from fuzz.engines import fault_of, keep, kept
from fuzz.minimising import smallest
from fuzz.targets import NAMES, Target, load

CORPUS = Path(__file__).parent / "corpus"
FOUND = sorted(path.relative_to(CORPUS) for path in CORPUS.glob("*/*"))


@pytest.mark.parametrize("found", FOUND, ids=str)
def test_what_was_found_once_is_no_fault_any_more(found: Path) -> None:
    with in_time():
        load(found.parent.name).run(kept(CORPUS / found))


@pytest.mark.parametrize("name", NAMES)
def test_every_target_takes_what_its_inputs_are_made_of(name: str) -> None:
    target = load(name)
    for data in (b"", *target.seeds, *target.words, b"".join(target.words)):
        with in_time():
            target.run(data)


def test_the_corpus_belongs_to_targets() -> None:
    assert {path.parent.name for path in FOUND} <= {*NAMES}


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    for data in (b"", b"short", b"long" * 5_000):
        assert kept(keep(tmp_path, data)) == data
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 1_000


# The checks are no better than what they find.


@pytest.mark.parametrize(
    "raises",
    [
        lambda: check_texts({"a": ["b\x1b[31m"]}),
        lambda: check_texts("\u202e"),
        lambda: check_lines("a\nb"),
        lambda: check_link("javascript:x"),
    ],
)
def test_a_check_finds_what_is_not_safe(raises: Callable[[], None]) -> None:
    with pytest.raises(AssertionError):
        raises()


def test_what_goes_on_without_end_is_ended() -> None:
    def spin() -> None:
        while True:
            try:
                [].index(0)
            except Exception:  # what catches everything does not catch this
                continue

    with pytest.raises(TooSlowError), in_time(0.05):
        spin()


def test_a_fault_is_told_by_its_place_and_the_smallest_input_shows_it() -> None:
    def run(data: bytes) -> None:
        if b"x" in data and b"y" in data:
            raise ValueError(data)

    target = Target("one", run, (), ())
    fault = fault_of(target, b"..x....y..")
    assert fault is not None
    assert fault.startswith("ValueError at")
    assert fault_of(target, b"x") is None
    assert smallest(b"..x....y..", lambda less: fault_of(target, less) == fault) == b"xy"
