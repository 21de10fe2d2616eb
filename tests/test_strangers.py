"""A library that somebody else has written, perhaps to reach the terminals of those who read it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from cryptonews_tui.article import Provenance, Publisher
from cryptonews_tui.cli import main
from cryptonews_tui.library import DatabaseError, Library, Writer
from cryptonews_tui.library.packing import Packing
from cryptonews_tui.query import parse
from cryptonews_tui.safety import safe_url
from tests.strategies import NOON, arrived, article, texts_of, threats

EVIL = "\x1b]0;evil\x07\u202e\x9b2J"
BODY = "## Overview\n\nBoats return.\n\n## Impact on the crypto market\n\nFish is cheap.\n"
TEXTS = (
    *("title", "description", "publisher_key", "publisher_name", "publisher_type", "publisher_url"),
    *("category", "tags", "canonical_url", "ai", "sections", "origin"),
)


class Stranger:
    """Who has written a library of three stories, and lets others read it."""

    def __init__(self, folder: Path) -> None:
        self.path, self.state_path = folder / "library.db", folder / "own" / "state.db"
        self.state_path.parent.mkdir()
        with closing(Writer(self.path)) as writer:
            told = [
                article(
                    story,
                    title=f"Boats return {story}",
                    description="A lead.",
                    body=BODY + ("Skagen ferries collided." if story < "3" else ""),
                    tags=("FOG", "BTC"),
                    category="MARKET",
                    publisher=Publisher("wire", "The wire", "RSS", "https://wire.example"),
                    provenance=Provenance(True, NOON, "2", "9"),
                    cover={"full": "https://wire.example/a.jpg"},
                    cta=("Read on",),
                    extra={"weather": {"wind": [5, "strong"]}},
                    canonical_url=f"https://wire.example/{story}",
                )
                for story in ("1", "2", "3")
            ]
            writer.write("s", {}, arrived([(one, one.story.encode()) for one in told]))
            writer.publish()

    @contextmanager
    def read(self) -> Iterator[Library]:
        """The library as somebody sees it who may not write to it."""
        self.path.chmod(0o444)
        with closing(Library(self.path, self.state_path)) as library:
            assert library.shared
            yield library

    def write(self, change: Callable[[sqlite3.Connection], object]) -> None:
        self.path.chmod(0o644)
        with closing(sqlite3.connect(self.path)) as connection, connection:
            change(connection)


@pytest.fixture
def stranger(strangers_folder: Path) -> Stranger:
    return Stranger(strangers_folder)


ASKED: dict[str, Callable[[Library], Any]] = {
    "headlines": lambda library: _headlines(library.headlines(range(3))),
    "all versions": lambda library: _headlines(library.all_versions(range(3))),
    "related": lambda library: _headlines(library.related("1", "en")),
    "excerpts": lambda library: [asdict(excerpt) for excerpt in library.excerpts(range(3), "impact")],
    "texts": lambda library: [library.text(headline) for headline in library.headlines(range(3))],
    "facets": lambda library: asdict(library.facets(parse(""))),
    "some facets": lambda library: library.facets(parse("tag:fog"), apart=True, most={"tag": 1}).fields,
    "values": lambda library: [
        library.values(field, parse(""), "") for field in ("tag", "source", "category")
    ],
    "sought values": lambda library: [library.values(field, parse(""), "o") for field in ("tag", "source")],
    "articles": lambda library: [
        asdict(found) for story in ("1", "2", "3") if (found := library.article(story)) is not None
    ],
    "languages": lambda library: library.languages_of("1"),
}


def _headlines(found: list[Any]) -> list[Any]:
    return [(asdict(each), each.tags, each.provenance, each.sections) for each in found]


def spoil(connection: sqlite3.Connection) -> None:
    """Put what a terminal obeys into all that is text."""
    packing = Packing(connection)
    for (number,) in connection.execute("SELECT id FROM article").fetchall():
        row = connection.execute(f"SELECT {', '.join(TEXTS)} FROM article WHERE id = ?", (number,)).fetchone()
        for name, text in zip(TEXTS, row, strict=True):
            worse = json.dumps(_spoilt(json.loads(text))) if text[0] in "[{" else text + EVIL
            connection.execute(f"UPDATE article SET {name} = ? WHERE id = ?", (worse, number))
        (packed,) = connection.execute("SELECT packed FROM body WHERE article = ?", (number,)).fetchone()
        kept = packing.unpack(packed)
        packed = packing.pack(kept.body + EVIL, _spoilt(kept.cover), _spoilt(kept.cta), _spoilt(kept.extra))
        connection.execute("UPDATE body SET packed = ? WHERE article = ?", (packed, number))
    connection.execute("UPDATE facet SET label = label || ?", (EVIL,))


def _spoilt(value: Any) -> Any:
    if isinstance(value, str):
        return value if value in ("overview", "impact") or value.startswith("20") else value + EVIL
    if isinstance(value, list):
        return [_spoilt(item) for item in value]
    return {key: _spoilt(item) for key, item in value.items()} if isinstance(value, dict) else value


@pytest.mark.parametrize("what", ASKED)
def test_what_a_stranger_wrote_for_the_terminal_is_not_read(stranger: Stranger, what: str) -> None:
    with stranger.read() as library:
        before = ASKED[what](library)
    assert before
    stranger.write(spoil)
    with stranger.read() as library:
        after = ASKED[what](library)
    assert without_links(after) == without_links(before)


def without_links(value: Any) -> Any:
    """URLs with something else in them are none."""
    if isinstance(value, str):
        return None if safe_url(value) else value
    if isinstance(value, dict):
        return {key: without_links(item) for key, item in value.items() if key != "cover"}
    return [without_links(item) for item in value] if isinstance(value, list | tuple) else value


def test_a_stranger_is_told_no_link_that_a_browser_must_not_follow(stranger: Stranger) -> None:
    for url in ("javascript:alert(1)", "https://e.org/" + EVIL, "file:///etc/passwd"):
        stranger.write(
            lambda c, url=url: c.execute("UPDATE article SET publisher_url = ?1, canonical_url = ?1", (url,))
        )
        with stranger.read() as library:
            assert {headline.publisher.url for headline in library.headlines(range(3))} == {None}
            found = library.article("1")
            assert found is not None
            assert (found.canonical_url, found.publisher.url) == (None, None)
            assert [excerpt.url for excerpt in library.excerpts(range(3), "impact")] == [None] * 3


def test_names_by_which_nothing_can_be_found_are_clean_too(stranger: Stranger) -> None:
    def rename(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE story SET key = key || ?", (EVIL,))
        connection.execute("UPDATE facet SET value = value || ?", (EVIL,))
        connection.execute("UPDATE article SET lang = lang || ?", (EVIL,))

    stranger.write(rename)
    with stranger.read() as library:
        for ask in ASKED.values():
            assert not [
                text for text in texts_of(json.loads(json.dumps(ask(library), default=str))) if threats(text)
            ]
        assert [headline.story for headline in library.headlines(range(3))] == ["1", "2", "3"]


def test_what_is_nested_without_end_is_damage(stranger: Stranger) -> None:
    for name in ("tags", "sections"):
        stranger.write(
            lambda c, name=name: c.execute(f"UPDATE article SET {name} = ?", ("\\" + "[" * 100_000,))
        )
        with stranger.read() as library, pytest.raises(DatabaseError, match="cannot be read"):
            library.headlines(range(3))


@pytest.mark.parametrize(
    "command",
    [
        *(["list"], ["list", "--format", "csv"], ["show", "1"], ["show", "1", "--format", "markdown"]),
        *(["digest", "impact"], ["facets"], ["doctor"]),
    ],
    ids=" ".join,
)
def test_no_command_says_to_the_terminal_what_a_stranger_wrote(
    stranger: Stranger,
    command: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stranger.write(spoil)
    stranger.path.chmod(0o444)
    monkeypatch.setenv("CRYPTONEWS_LIBRARY", str(stranger.path))
    monkeypatch.setenv("CRYPTONEWS_STATE", str(stranger.state_path))
    monkeypatch.setenv("CRYPTONEWS_CONFIG", str(stranger.state_path.with_name("config.toml")))
    main(command)  # the doctor finds something
    said = capsys.readouterr()
    assert any(word in said.out for word in ("Boats", "FOG", "Fish", "library"))
    assert not threats(said.out)
    assert not threats(said.err)
