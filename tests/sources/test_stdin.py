"""What is piped into the program, for real."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from typing import IO

import pytest

from cryptonews_tui.safety import clean
from tests.sources.packing import KINDS, packed
from tests.sources.visiting import article

NEWS = {"2025/11/bitcoin.md": article("Bitcoin"), "2025/11/біткоїн.uk.md": article("Біткоїн")}
PROGRAM = """
import json, sys
from cryptonews_tui.sources import SourceError, open_source
from cryptonews_tui.sources.access import Access
from cryptonews_tui.sources.limits import Limits
source = open_source("-", Access(Limits(article=3_000, download=200_000)))
found, error = [], ""
try:
    found = list(source.documents({"": "remembered"}))
except SourceError as caught:
    error = str(caught)
documents = [(one.item, one.data.decode()) for one in found if type(one).__name__ == "Document"]
stamps = [one.stamp for one in found if getattr(one, "stamp", "")]
about = [one.kind for one in found if type(one).__name__ == "About"]
print(json.dumps([source.location, dict(documents), stamps, about, error]))
"""


def piped(
    data: bytes | None = None, stdin: int | IO[bytes] | None = None
) -> tuple[dict[str, str], list[str], str]:
    """Documents, what the source says of itself, and its error."""
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], input=data, stdin=stdin, capture_output=True, timeout=30, check=True
    )
    location, documents, stamps, about, error = json.loads(run.stdout)
    assert (location, stamps) == ("-", [])
    assert error == clean(error)
    return documents, about, error


def test_an_article_is_read() -> None:
    assert piped(article()) == ({"-": article().decode()}, ["an article"], "")


@pytest.mark.parametrize("kind", KINDS)
def test_an_archive_is_known_by_how_it_begins(kind: str) -> None:
    news = {name: data.decode() for name, data in NEWS.items()}
    assert piped(packed(NEWS, kind)) == (news, ["an archive"], "")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "Standard input is empty. Pipe"),
        (b" \n", "Standard input is empty. Pipe"),
        (b"\x7fELF\0\0\0", "neither Markdown nor an archive"),
        (b"<!doctype html>", "neither Markdown nor an archive"),
        (b"---\n" + b"x" * 3_000, "is larger than 2.93 KiB; it was not read. Pipe several articles"),
        (b"x" * 200_001, "holds more than 195.3 KiB; nothing was read. Save it"),
        (b"PK\x03\x04rubbish", "is not a whole zip or tar archive"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_is_neither_is_a_sentence(data: bytes, said: str) -> None:
    documents, _, error = piped(data)
    assert documents == {}
    assert said in error


def test_an_input_without_an_end_is_left() -> None:
    with open("/dev/zero", "rb") as endless:
        assert "holds more than" in piped(stdin=endless)[2]


def test_a_terminal_is_not_waited_for() -> None:
    ours, theirs = pty.openpty()
    try:
        assert "Standard input is the terminal. Pipe" in piped(stdin=theirs)[2]
    finally:
        os.close(ours)
        os.close(theirs)
