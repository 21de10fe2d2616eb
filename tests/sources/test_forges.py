"""Repositories at forges: short names and pages become one location, read with git or as an archive."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptonews_tui.safety import clean
from cryptonews_tui.sources import SourceError, open_source
from cryptonews_tui.sources.access import Access
from cryptonews_tui.sources.forges import FORGES
from cryptonews_tui.sources.limits import Limits
from tests.programs import needs
from tests.sources.conftest import Site, with_etag
from tests.sources.packing import member, tarred
from tests.sources.repositories import GitServer, Publisher
from tests.sources.visiting import Visit, article, or_a_sentence, sort_out


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("github:desk/news", "github:desk/news"),
        ("GitHub:desk/news.git", "github:desk/news"),
        (" github:desk/news/en/2025/@drafts ", "github:desk/news/en/2025@drafts"),
        ("github:desk/news@feature/x", "github:desk/news@feature/x"),
        ("github:desk/news//en", "github:desk/news/en"),
        ("github:desk/news/en%20%20", "github:desk/news/en%20%20"),
        ("https://github.com/desk/news", "github:desk/news"),
        ("http://www.GitHub.com/desk/news/", "github:desk/news"),
        ("https://github.com/desk/news/tree/main", "github:desk/news@main"),
        ("https://github.com/desk/news/tree/main/en/2025?tab=x#top", "github:desk/news/en/2025@main"),
        ("https://github.com/desk/news/blob/main/en/a.md#L3", "github:desk/news/en/a.md@main"),
        ("https://github.com/desk/news/tree/HEAD/two%20words", "github:desk/news/two words"),
        ("https://github.com/desk/news/tree/main/%40home/100%25", "github:desk/news/%40home/100%25@main"),
        ("gitlab:desk/news", "gitlab:desk/news"),
        ("gitlab:desk/crypto/news//en@v1", "gitlab:desk/crypto/news//en@v1"),
        ("https://gitlab.com/desk/crypto/news", "gitlab:desk/crypto/news"),
        ("https://gitlab.com/desk/crypto/news/-/tree/main/en", "gitlab:desk/crypto/news//en@main"),
        ("https://gitlab.com/desk/news/-/blob/main/a.md", "gitlab:desk/news//a.md@main"),
        ("codeberg:desk/news/en", "codeberg:desk/news/en"),
        ("https://codeberg.org/desk/news", "codeberg:desk/news"),
        ("https://codeberg.org/desk/news/src/branch/main/en", "codeberg:desk/news/en@main"),
        ("https://codeberg.org/desk/news/src/tag/v1", "codeberg:desk/news@v1"),
    ],
)
def test_a_repository_at_a_forge_has_one_form(typed: str, canonical: str) -> None:
    assert open_source(typed).location == canonical
    assert open_source(canonical).location == canonical


@pytest.mark.parametrize(
    "typed",
    [
        "https://github.com/",
        "https://github.com/desk",
        "https://github.com/desk/news/issues",
        "https://github.com/desk/news/archive/main.tar.gz",
        "https://github.com/desk/news/releases.atom",
        "https://codeberg.org/desk/news.rss",
        "https://gitlab.com/desk/news/-/raw/main/a.md",
        "https://github.com.news.example/desk/news",
        "https://raw.githubusercontent.com/desk/news/main/a.md",
    ],
)
def test_other_pages_are_what_they_are(typed: str) -> None:
    assert open_source(typed).location == typed


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("github:desk", "is not a complete name. Write it like github:owner/repository/folder@branch"),
        ("github:", "is not a complete name"),
        ("github:desk/news@", "is not a complete name"),
        ("github:-x/news", "is not a complete name"),
        ("github:desk/..", "is not a complete name"),
        ("gitlab:news//en", "Write it like gitlab:group/repository//folder@branch"),
        ("github:desk/news/../../x", "not a folder inside the repository"),
        ("github:desk/news/%2e%2e/x", "not a folder inside the repository"),
        ("https://github.com/desk/news/tree/main/%2e%2e/x", "not a folder inside the repository"),
        ("github:desk/news@-x", "cannot be the name of a branch"),
        ("github:desk/news\x1b[2J", "characters that no repository has"),
    ],
)
def test_a_name_that_is_none_is_refused_with_a_sentence(typed: str, said: str) -> None:
    with pytest.raises(SourceError) as refused:
        open_source(typed)
    assert said in str(refused.value)
    assert str(refused.value) == clean(str(refused.value))


@given(
    st.builds(
        "{}{}".format,
        st.sampled_from(["github:", "gitlab:a/b//", "codeberg:a/b/", "https://github.com/a/b/tree/"]),
        st.text() | st.text("ab/@%.-2e"),
    )
)
def test_any_text_is_a_repository_or_a_sentence(typed: str) -> None:
    with or_a_sentence():
        location = open_source(typed).location
        location.encode()
        assert open_source(location).location == location


@pytest.mark.parametrize(
    ("location", "page"),
    [
        ("github:desk/news", "https://github.com/desk/news/blob/HEAD/en/a%20b.md"),
        ("github:desk/news@main", "https://github.com/desk/news/blob/main/en/a%20b.md"),
        ("gitlab:desk/it/news@main", "https://gitlab.com/desk/it/news/-/blob/main/en/a%20b.md"),
        ("codeberg:desk/news@main", "https://codeberg.org/desk/news/src/branch/main/en/a%20b.md"),
        ("codeberg:desk/news", "https://codeberg.org/desk/news/src/commit/HEAD/en/a%20b.md"),
    ],
)
def test_an_article_comes_from_its_page(location: str, page: str) -> None:
    source = open_source(location)
    assert source.page("en/a b.md") == page  # type: ignore[attr-defined]


def visit(location: str, remembered: Mapping[str, str] | None = None, access: Access | None = None) -> Visit:
    return sort_out(open_source(location, access).documents(remembered or {}))


@pytest.fixture
def forge(monkeypatch: pytest.MonkeyPatch) -> str:
    """Where repositories of `forge:` are is said with `move`."""
    monkeypatch.setitem(FORGES, "forge", FORGES["github"])
    return "forge"


def move(word: str, base: str, like: str = "github") -> None:
    FORGES[word] = replace(FORGES[like], base=base)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitServer]:
    server = GitServer(tmp_path / "www")
    yield server
    server.close()


@needs("git", "git")
def test_with_git_only_what_has_changed_is_read(tmp_path: Path, server: GitServer, forge: str) -> None:
    move(forge, server.url("").rstrip("/"))
    publisher = Publisher(tmp_path / "www" / "desk" / "news.git")
    publisher.commit({"en/a.md": article("A"), "en/b.md": article("B"), "uk/a.md": article("А")})
    access = Access(cache=tmp_path / "cache")
    first = visit("forge:desk/news/en", access=access)
    assert first.data == {"a.md": article("A"), "b.md": article("B")}
    assert first.documents["a.md"].origin == server.url("desk/news/blob/HEAD/en/a.md")
    assert first.about[0].kind == "a repository at GitHub"
    assert first.about[0].title == "desk/news"
    publisher.commit({"en/a.md": article("New"), "uk/a.md": None})
    second = visit("forge:desk/news/en", first.stamps, access)
    assert (second.data, second.gone, second.rest) == ({"a.md": article("New")}, [], True)


@pytest.fixture
def without_git(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")


def archive(files: Mapping[str, bytes], top: str = "news-0123abc") -> bytes:
    return gzip.compress(tarred(*(member(f"{top}/{name}", data) for name, data in files.items())), mtime=0)


FILES = {
    "a.md": article("A"),
    "en/b.md": article("B"),
    "en/2025/c.md": article("C"),
    "en/.hidden/d.md": article("D"),
    "en/e.txt": b"no",
    "english/f.md": article("F"),
}


@pytest.mark.usefixtures("without_git")
@pytest.mark.parametrize(
    ("like", "location", "path"),
    [
        ("github", "forge:desk/news", "/desk/news/archive/HEAD.tar.gz"),
        ("github", "forge:desk/news@a/b", "/desk/news/archive/a/b.tar.gz"),
        ("gitlab", "forge:desk/it/news", "/api/v4/projects/desk%2Fit%2Fnews/repository/archive.tar.gz"),
        (
            "gitlab",
            "forge:desk/it/news@main",
            "/api/v4/projects/desk%2Fit%2Fnews/repository/archive.tar.gz?sha=main",
        ),
        ("codeberg", "forge:desk/news@main", "/desk/news/archive/main.tar.gz"),
    ],
)
def test_without_git_the_archive_is_read(like: str, location: str, path: str, site: Site, forge: str) -> None:
    move(forge, site.url(""), like)
    site.answers[path] = with_etag(archive(FILES))
    first = visit(location)
    assert first.data.keys() == {"a.md", "en/b.md", "en/2025/c.md", "english/f.md"}
    assert site.paths() == [path]
    again = visit(location, first.stamps)
    assert again.documents == {}
    assert again.seen == first.stamps


@pytest.mark.usefixtures("without_git")
def test_without_git_only_what_is_in_the_folder_counts(site: Site, forge: str) -> None:
    move(forge, site.url(""))
    path = "/desk/news/archive/main.tar.gz"
    site.answers[path] = with_etag(archive(FILES))
    first = visit("forge:desk/news/en@main")
    assert first.data == {"b.md": article("B"), "2025/c.md": article("C")}
    assert first.documents["b.md"].origin == site.url("/desk/news/blob/main/en/b.md")
    site.answers[path] = with_etag(archive({**FILES, "en/b.md": article("New")}, "news-4567def"), '"two"')
    second = visit("forge:desk/news/en@main", first.stamps)
    assert second.data == {"b.md": article("New")}
    assert second.seen.keys() == {"2025/c.md", ""}
    assert not second.rest
    one = visit("forge:desk/news/en/b.md@main")
    assert one.data == {"b.md": article("New")}
    assert one.documents["b.md"].origin == site.url("/desk/news/blob/main/en/b.md")


@pytest.mark.usefixtures("without_git")
def test_without_git_a_folder_that_is_not_there_is_said(site: Site, forge: str) -> None:
    move(forge, site.url(""))
    site.answers["/desk/news/archive/HEAD.tar.gz"] = with_etag(archive(FILES))
    with pytest.raises(SourceError, match="no article in de of desk/news"):
        visit("forge:desk/news/de")
    assert visit("forge:desk/news/de", {"old.md": "1"}).documents == {}


@pytest.mark.usefixtures("without_git")
def test_without_git_an_archive_stays_within_bounds(site: Site, forge: str) -> None:
    move(forge, site.url(""))
    site.answers["/desk/news/archive/HEAD.tar.gz"] = with_etag(archive({"a.md": os.urandom(200_000)}))
    with pytest.raises(SourceError, match="is larger than"):
        visit("forge:desk/news", access=Access(Limits(download=100_000)))
    large = visit("forge:desk/news", access=Access(Limits(article=100_000)))
    assert large.problems.keys() == {"a.md"}
