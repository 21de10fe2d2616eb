"""A library into which several sources bring articles, and the reader's state beside it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from cryptonews_tui.article import Article
from cryptonews_tui.library import Arrived, Library, Outcome, Remembered, State, Writer
from cryptonews_tui.library.health import check_library
from cryptonews_tui.query import parse
from tests.strategies import article

HOUR = timedelta(hours=1)
PAGE = "https://ledger.example/news/1"


class Shop:
    """A library into which several sources bring articles, and the reader's state."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "library.db"
        self.writer = Writer(self.path)
        self.state = State(folder / "state.db")
        self.library = Library(self.path, folder / "state.db")

    def bring(self, source: str, *articles: Article, formerly: str = "") -> list[Outcome]:
        """What became of articles; each is an item of its own, named as its origin."""
        outcomes = []
        for one in articles:
            hashed = repr((one.story, one.title, one.body, one.updated)).encode()
            arrived = Arrived(one.origin, one, hashed, formerly)
            counts = self.writer.write(source, {one.origin: Remembered("1", hashed)}, [arrived])
            outcomes += counts.elements()
        self.writer.publish()
        assert_well(self.path)
        return outcomes

    def found(self, query: str = "") -> list[str]:
        """The keys of the stories that a query finds."""
        return [h.story for h in self.library.headlines(self.library.stories(parse(query))[:])]

    def titles(self) -> list[str]:
        return sorted(h.title for h in self.library.all_versions(self.library.stories(parse(""))[:]))

    def close(self) -> None:
        self.library.close()
        self.state.close()
        self.writer.close()


def assert_well(path: Path) -> None:
    checkup = check_library(path)
    assert (checkup.damaged, checkup.stale, checkup.notes) == ([], [], [])


def at(key: str, url: str | None = PAGE, lang: str = "en", **fields: object) -> Article:
    values = {"title": f"By {key}", "origin": f"/{key}.{lang}.md", "canonical_url": url, **fields}
    return article(key, lang, **values)
