"""The same against the server that publishers really run."""

from __future__ import annotations

import json
import os

import pytest

from cryptonews_tui.sources import SourceError
from tests.programs import needs
from tests.sources.conftest import Nginx
from tests.sources.packing import packed
from tests.sources.visiting import article, visit

pytestmark = needs("nginx", "nginx-light")

NEWS = {"bitcoin.md": article("Bitcoin") * 50, "біткоїн.uk.md": article("Біткоїн")}


@pytest.fixture
def published(nginx: Nginx) -> Nginx:
    (nginx.www / "news").mkdir()
    for name, data in NEWS.items():
        (nginx.www / "news" / name).write_bytes(data)
    (nginx.www / "news" / "list.json").write_text(json.dumps(list(NEWS)))
    (nginx.www / "archive.tar.gz").write_bytes(packed(NEWS, ".tar.gz"))
    (nginx.www / "archive.zip").write_bytes(packed(NEWS, ".zip"))
    return nginx


def test_a_file_comes_compressed_and_then_not_at_all(published: Nginx) -> None:
    url = published.url("/news/bitcoin.md")
    first = visit(url)
    assert first.data == {url: NEWS["bitcoin.md"]}
    sent = int(published.log.read_text().split('" 200 ')[1].split()[0])
    assert sent < len(NEWS["bitcoin.md"]) / 2
    assert list(visit(url, first.stamps).seen) == [url]
    assert published.statuses() == [200, 304]


@pytest.mark.parametrize("name", ["archive.tar.gz", "archive.zip"])
def test_an_archive_comes_once(published: Nginx, name: str) -> None:
    first = visit(published.url(f"/{name}"))
    assert first.data == NEWS
    again = visit(published.url(f"/{name}"), first.stamps)
    assert (again.documents, set(again.seen)) == ({}, {"", *NEWS})
    assert published.statuses() == [200, 304]


def test_of_a_manifest_only_what_has_changed_comes_again(published: Nginx) -> None:
    first = visit(published.url("/news/list.json"))
    assert list(first.data.values()) == list(NEWS.values())
    again = visit(published.url("/news/list.json"), first.stamps)
    assert (again.documents, again.stamps) == ({}, first.stamps)
    changed = published.www / "news" / "bitcoin.md"
    changed.write_bytes(article("Bitcoin wakes"))
    os.utime(changed, (1, 1))
    third = visit(published.url("/news/list.json"), again.stamps)
    assert third.data == {published.url("/news/bitcoin.md"): article("Bitcoin wakes")}
    assert sorted(published.statuses()) == [200] * 4 + [304] * 5


def test_redirects_lead_to_articles_or_in_a_circle(published: Nginx) -> None:
    assert list(visit(published.url("/moved.md")).data.values()) == [NEWS["bitcoin.md"]]
    assert visit(published.url("/old/")).data == NEWS
    with pytest.raises(SourceError, match="in a circle"):
        visit(published.url("/round.md"))


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/missing.md", "There is nothing at"),
        ("/withdrawn.md", "withdrawn for good"),
        ("/closed.md", "not open to us"),
        ("/busy.md", "trouble of its own"),
        ("/news/", "not open to us"),
    ],
)
def test_its_errors_are_sentences(published: Nginx, path: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        visit(published.url(path))
