"""What the user types becomes a source in its canonical form, or a sentence that says why not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cryptonews_tui.safety import clean
from cryptonews_tui.sources import SourceError, open_source
from tests.sources.visiting import article, or_a_sentence, visit


def test_a_path_becomes_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "news").mkdir()
    assert open_source("./news/").location == str(tmp_path / "news")
    assert open_source("  news  ").location == str(tmp_path / "news")


def test_a_tilde_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert open_source("~/news").location == str(tmp_path / "news")


def test_a_file_url_is_a_path(tmp_path: Path) -> None:
    (tmp_path / "two words.md").write_bytes(article())
    location = (tmp_path / "two words.md").as_uri()
    assert "%20" in location
    assert open_source(location).location == str(tmp_path / "two words.md")
    assert open_source(location.replace("file://", "FILE://localhost")).location.endswith("two words.md")
    assert visit(location).data == {"two words.md": article()}


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("https://news.example", "https://news.example/"),
        (" HTTPS://News.Example:443/A.md#top ", "https://news.example/A.md"),
        ("http://news.example:80/a?x=1&y=2", "http://news.example/a?x=1&y=2"),
        ("http://news.example:8080/", "http://news.example:8080/"),
        ("http://news.example/two words/ї.md", "http://news.example/two%20words/%D1%97.md"),
        ("http://news.example/100%25.md", "http://news.example/100%25.md"),
        ("http://[::1]:8080/a.md", "http://[::1]:8080/a.md"),
    ],
)
def test_a_web_address_has_one_form(typed: str, canonical: str) -> None:
    assert open_source(typed).location == canonical
    assert open_source(canonical).location == canonical


@pytest.mark.parametrize(
    "typed",
    [
        "https://reader:hunter2@news.example/a.md",
        "https://hunter2@news.example/a.md",
        "http://reader:hunter2@news.example:port/",
        "http://reader:hun@ter2@news.example/",
    ],
)
def test_a_password_in_an_address_is_refused_and_not_repeated(typed: str) -> None:
    with pytest.raises(SourceError) as refused:
        open_source(typed)
    assert "hunter2" not in str(refused.value)
    assert "ter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "No source was named"),
        ("ftp://news.example/a.md", "not a kind of address"),
        ("javascript://alert(1)", "not a kind of address"),
        ("http:/news.example", "not a complete web address"),
        ("https://", "not a complete web address"),
        ("http://news.example:99999/", "not a complete web address"),
        ("http://-news.example/", "not a complete web address"),
        ("http://[::1/", "not a complete web address"),
        ("http://news.example/" + "a" * 5000, "too long"),
        ("http://news.example/\x1b[2J", "characters that no address has"),
        ("file://elsewhere/news", "not the address of a file on this computer"),
        ("file://[/news", "not the address of a file on this computer"),
        ("file:news", "not the address of a file on this computer"),
        ("/tmp/\x1b]0;x\x07", "characters that cannot be shown"),
        ("/tmp/\0", "characters that cannot be shown"),
        ("/tmp/a\tb", "characters that cannot be shown"),
        ("/tmp/a /", "ends with a blank"),
        ("/dev/null", "neither a file nor a folder"),
    ],
)
def test_a_location_that_is_none_is_refused_with_a_sentence(typed: str, said: str) -> None:
    with pytest.raises(SourceError, match=said) as refused:
        open_source(typed)
    assert str(refused.value) == clean(str(refused.value))


def test_a_file_that_no_articles_come_from_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.pdf").write_bytes(b"%PDF")
    with pytest.raises(SourceError, match=r"neither Markdown .* nor an archive"):
        open_source(str(tmp_path / "notes.pdf"))


def test_a_path_where_nothing_is_may_be_named_but_not_read(tmp_path: Path) -> None:
    source = open_source(str(tmp_path / "later"))
    with pytest.raises(SourceError, match=f"There is no file or folder at {tmp_path}/later"):
        list(source.documents({}))
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "a.md").write_bytes(article())
    assert visit(source.location).data == {"a.md": article()}


def test_a_relative_path_from_a_folder_that_is_gone_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(SourceError, match="starts from is gone"):
        open_source("news")
    monkeypatch.chdir(tmp_path)


@given(
    st.text() | st.builds("{}{}".format, st.sampled_from(["http://", "https://", "file://", "~"]), st.text())
)
@example("~\0")
@example("http://\u2100")
@example("http://a/\ud800")
def test_any_text_is_a_source_or_a_sentence(typed: str) -> None:
    with or_a_sentence():
        location = open_source(typed).location
        location.encode()
        assert open_source(location).location == location


def test_local_sources_are_read_without_the_http_client(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(article())
    program = (
        "import sys; from cryptonews_tui.sources import open_source;"
        f"list(open_source({str(tmp_path)!r}).documents({{}})); open_source('https://news.example/a.md');"
        "assert not {'httpx', 'textual', 'sqlite3'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=30)
