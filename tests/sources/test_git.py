"""Git repositories: read whole once, then only what changed, and nothing that git could be talked into."""

from __future__ import annotations

import fcntl
import getpass
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cryptonews_tui.library import Library, Writer
from cryptonews_tui.query import Query
from cryptonews_tui.refresh import sync
from cryptonews_tui.safety import clean
from cryptonews_tui.sources import SourceError, git, open_source, repository
from cryptonews_tui.sources.access import Access
from cryptonews_tui.sources.limits import Limits
from tests import sshd
from tests.programs import needs
from tests.sources.conftest import Site, endless, page, redirect, silent
from tests.sources.repositories import GitServer, Publisher
from tests.sources.visiting import QUICK, Visit, article, or_a_sentence, sort_out

pytestmark = needs("git", "git")


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    return Publisher(tmp_path / "www" / "news.git")


@pytest.fixture
def server(publisher: Publisher) -> Iterator[GitServer]:
    server = GitServer(publisher.path.parent)
    yield server
    server.close()


@dataclass
class Reader:
    """Somebody who visits a repository again and again, and remembers as the library does."""

    access: Access
    location: str
    remembered: Mapping[str, str]

    def visit(self, location: str = "", **changed: object) -> Visit:
        access = replace(self.access, **changed)  # type: ignore[arg-type]
        visit = sort_out(open_source(location or self.location, access).documents(self.remembered))
        assert visit.rest
        kept = {item: stamp for item, stamp in self.remembered.items() if item not in visit.gone}
        self.remembered = kept | {i: s for i, s in visit.stamps.items() if i not in visit.gone}
        return visit

    @property
    def items(self) -> set[str]:
        return {item for item in self.remembered if item}


@pytest.fixture
def reader(publisher: Publisher, tmp_path: Path) -> Reader:
    return Reader(Access(cache=tmp_path / "cache"), publisher.url, {})


def refusal(location: str, access: Access | None = None) -> SourceError:
    with pytest.raises(SourceError) as refused:
        list(open_source(location, access).documents({}))
    sentence = str(refused.value)
    assert sentence == clean(sentence)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return refused.value


# Locations


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("git+https://News.Example:443/a/news.git", "git+https://news.example/a/news.git"),
        (" https://news.example/news.git ", "git+https://news.example/news.git"),
        ("https://news.example/news.git#main", "git+https://news.example/news.git#main"),
        ("https://news.example/news.git?", "git+https://news.example/news.git"),
        ("https://news.example/news.git?#main", "git+https://news.example/news.git#main"),
        ("git+https://news.example/news#main:2025/11/", "git+https://news.example/news#main:2025/11"),
        ("git+http://127.0.0.1:8000/news#:/2025", "git+http://127.0.0.1:8000/news#:2025"),
        ("GIT+FILE:///srv/./news", "git+file:///srv/news"),
        ("git+file://localhost/srv/two words", "git+file:///srv/two%20words"),
        ("git+ssh://git@News.Example:2222/news.git", "ssh://git@news.example:2222/news.git"),
        ("ssh://news.example/~desk/news#drafts", "ssh://news.example/~desk/news#drafts"),
        ("git@news.example:desk/news.git", "git@news.example:desk/news.git"),
        ("git@news.example:desk/news.git#v1.0:en", "git@news.example:desk/news.git#v1.0:en"),
    ],
)
def test_a_repository_has_one_form(typed: str, canonical: str) -> None:
    assert open_source(typed).location == canonical
    assert open_source(canonical).location == canonical


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("git+https://reader:hunter2@news.example/news", "Leave the user name and password out"),
        ("https://hunter2@news.example/news.git", "Leave the user name and password out"),
        ("ssh://reader:hunter2@news.example/news", "Leave the password out"),
        ("git+ext://sh -c touch% /tmp/x", "not read over ext"),
        ("git+ext://sh", "not read over ext"),
        ("git+ssh://-oProxyCommand=x/news", "not a complete address"),
        ("ssh://news.example", "not a complete address"),
        ("ssh://news.example:port/news", "not a complete address"),
        ("git@-oProxyCommand:news", "not a complete address"),
        ("-x@news.example:news", "not a complete address"),
        ("git@news.example:-x", "not a complete address"),
        ("git@news.example::ext", "not a complete address"),
        ("git+file:///?", "root of this computer"),
        ("git+file://elsewhere/news", "not a folder on this computer"),
        ("git+file:///news%00", "cannot be shown"),
        ("git+https://news.example/news#-x", "cannot be the name of a branch"),
        ("git+https://news.example/news#--upload-pack=x", "cannot be the name of a branch"),
        ("git+https://news.example/news#a..b", "cannot be the name of a branch"),
        ("git+https://news.example/news#a b", "cannot be the name of a branch"),
        ("git+https://news.example/news#main:../secret", "not a folder inside"),
        ("git+https://news.example/news#main:a/./b", "not a folder inside"),
        ("git+https://news.example/news\x1b[2J", "characters that no address has"),
    ],
)
def test_a_repository_that_is_none_is_refused_with_a_sentence(typed: str, said: str) -> None:
    with pytest.raises(SourceError, match=said) as refused:
        open_source(typed)
    assert str(refused.value) == clean(str(refused.value))
    assert "hunter2" not in str(refused.value)


@given(
    st.builds(
        "{}{}#{}".format,
        st.sampled_from(["git+https://", "git+file:///", "ssh://", "git@h:", "https://h/a.git"]),
        st.text(),
        st.text(),
    )
)
@example("git@h:\n#")
@example("git@h:a #")
def test_any_text_is_a_repository_or_a_sentence(typed: str) -> None:
    with or_a_sentence():
        location = open_source(typed).location
        location.encode()
        assert open_source(location).location == location


# Visits


def test_the_first_visit_reads_every_article(publisher: Publisher, reader: Reader) -> None:
    publisher.commit(
        {"a.md": article("A"), "2025/ї.markdown": article("B"), "notes.txt": b"no", "cover.png": b"no"}
    )
    visit = reader.visit()
    assert visit.data == {"a.md": article("A"), "2025/ї.markdown": article("B")}
    assert visit.expected == [2]
    assert visit.about[0].kind == "a Git repository"
    assert visit.about[0].title == "news"
    assert visit.seen == {"": publisher.tip()}
    assert visit.documents["2025/ї.markdown"].origin == f"file://{publisher.path}#:2025/ї.markdown"


def test_hidden_files_and_links_are_not_followed(publisher: Publisher, reader: Reader) -> None:
    publisher.commit(
        {"a.md": article(), ".git.md": article(), ".github/b.md": article()},
        links={"link.md": "/etc/passwd", "folder": "/etc"},
    )
    assert reader.visit().data == {"a.md": article()}
    publisher.commit({"a.md": None}, links={"a.md": "/etc/passwd"})
    assert reader.visit().gone == ["a.md"]


def test_another_repository_inside_is_not_visited(publisher: Publisher, reader: Reader) -> None:
    publisher.commit(
        {"a.md": article(), ".gitmodules": b'[submodule "b"]\npath = b.md\nurl = ext::touch /x\n'}
    )
    tip = publisher.tip()
    publisher.git(
        *("fast-import", "--quiet", "--force"),
        given=f"commit refs/heads/main\ncommitter Desk <desk@news.example> 1764060000 +0000\ndata 0\n"
        f"from refs/heads/main^0\nM 160000 {tip} b.md\n\n".encode(),
    )
    assert publisher.tip() != tip
    assert reader.visit().data == {"a.md": article()}


def test_what_has_not_changed_is_not_read_again(publisher: Publisher, reader: Reader) -> None:
    publisher.commit({"a.md": article()})
    reader.visit()
    visit = reader.visit()
    assert (visit.documents, visit.gone, visit.seen) == ({}, [], {"": publisher.tip()})


def test_a_later_visit_tells_only_what_changed(publisher: Publisher, reader: Reader) -> None:
    publisher.commit({f"{name}.md": article(name) for name in "abcd"})
    reader.visit()
    publisher.commit({"a.md": article("A"), "b.md": None})
    publisher.commit({"new.md": article("New"), "passing.md": article("Passing")})
    publisher.commit({"passing.md": None})
    visit = reader.visit()
    assert visit.data == {"a.md": article("A"), "new.md": article("New")}
    assert visit.gone == ["b.md"]


def test_a_renamed_article_says_what_it_was(publisher: Publisher, reader: Reader) -> None:
    long = article("Long") + b"A line that stays as it is.\n" * 20
    publisher.commit({"a.md": article("A"), "b.md": long, "c.md": article("C")})
    reader.visit()
    publisher.commit({"2025/b.md": long + b"One more.\n", "b.md": None}, renamed={"a.md": "2025/a.md"})
    visit = reader.visit()
    assert {item: document.formerly for item, document in visit.documents.items()} == {
        "2025/a.md": "a.md",
        "2025/b.md": "b.md",
    }
    assert visit.data["2025/a.md"] == article("A")
    assert sorted(visit.gone) == ["a.md", "b.md"]


def test_a_branch_a_tag_and_a_folder_can_be_named(publisher: Publisher, reader: Reader) -> None:
    publisher.commit({"en/a.md": article("A"), "uk/a.md": article("А")})
    publisher.git("tag", "v1", "main")
    publisher.commit({"en/b.md": article("B")})
    publisher.commit({"draft.md": article("Draft")}, branch="desk/drafts")
    assert reader.visit(f"{publisher.url}#desk/drafts").data == {"draft.md": article("Draft")}
    for location, items in {
        "#v1": {"en/a.md", "uk/a.md"},
        "#main:en": {"a.md", "b.md"},
        "#:uk": {"a.md"},
        "#:en/b.md": {"b.md"},
    }.items():
        reader.remembered = {}
        visit = reader.visit(publisher.url + location)
        assert visit.documents.keys() == items
    assert visit.documents["b.md"].origin == f"file://{publisher.path}#:en/b.md"


def test_in_a_folder_only_what_is_in_it_counts(publisher: Publisher, reader: Reader) -> None:
    reader.location += "#:en"
    publisher.commit({"en/a.md": article("A"), "en/b.md": article("B"), "uk/a.md": article("А")})
    reader.visit()
    publisher.commit({"uk/a.md": article("Ї")}, renamed={"en/b.md": "b.md"})
    visit = reader.visit()
    assert (visit.documents, visit.gone) == ({}, ["b.md"])


def test_a_folder_that_was_deleted_takes_its_articles_along(publisher: Publisher, reader: Reader) -> None:
    reader.location += "#:en"
    publisher.commit({"en/a.md": article("A"), "uk/a.md": article("А")})
    reader.visit()
    publisher.commit({"en/a.md": None})
    assert reader.visit().gone == ["a.md"]
    assert reader.items == set()
    publisher.commit({"en/b.md": article("B")})
    assert reader.visit().data == {"b.md": article("B")}


def test_one_article_can_be_the_source(publisher: Publisher, reader: Reader) -> None:
    reader.location += "#:en/a.md"
    publisher.commit({"en/a.md": article("A"), "en/b.md": article("B")})
    assert reader.visit().data == {"a.md": article("A")}
    publisher.commit({"en/a.md": article("New")})
    assert reader.visit().data == {"a.md": article("New")}
    publisher.commit({"en/a.md": None})
    assert reader.visit().gone == ["a.md"]


def test_an_article_that_is_too_large_is_a_problem_and_not_read(publisher: Publisher, reader: Reader) -> None:
    limits = Limits(article=1_000)
    publisher.commit({"a.md": article(), "b.md": b"x" * 1_001})
    visit = reader.visit(limits=limits)
    assert visit.data == {"a.md": article()}
    assert visit.problems == {"b.md": "The file is larger than 1000 bytes; it was not read."}


def test_names_in_any_writing_are_safe(publisher: Publisher, reader: Reader) -> None:
    publisher.commit({"a\udcff\x1b[2J.md": article("A"), 'q"\\ t\t.md': article("B"), "-x.md": article("C")})
    visit = reader.visit()
    assert len(visit.documents) == 3
    for document in visit.documents.values():
        assert clean(document.item) == document.item
        assert clean(document.origin) == document.origin


class Unread(dict[str, str]):
    """Remembers, but must not be gone through."""

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("gone through")

    items = keys = values = __iter__  # type: ignore[assignment]


def test_what_is_remembered_is_not_gone_through_to_tell_a_change(
    publisher: Publisher, reader: Reader
) -> None:
    publisher.commit({"a.md": article("A"), "b.md": article("B")})
    reader.visit()
    publisher.commit({"a.md": None}, renamed={"b.md": "c.md"})
    source = open_source(publisher.url, reader.access)
    visit = sort_out(source.documents(Unread(reader.remembered)))
    assert sorted(visit.gone) == ["a.md", "b.md"]


# What is kept


def _kept(reader: Reader) -> Path:
    assert reader.access.cache is not None
    [kept] = [path for path in (reader.access.cache / "git").iterdir() if path.is_dir()]
    return kept


def _spoil_packs(kept: Path) -> None:
    for pack in kept.glob("objects/pack/*.pack"):
        pack.chmod(0o600)
        pack.write_bytes(pack.read_bytes()[:-40] + b"x" * 20)


def _lose_everything(kept: Path) -> None:
    for path in kept.glob("objects/pack/*"):
        path.unlink()


def _leave_locks(kept: Path) -> None:
    (kept / "shallow.lock").write_bytes(b"")
    (kept / "refs" / "cryptonews" / "tip.lock").write_bytes(b"")


def _remove(kept: Path) -> None:
    subprocess.run(["rm", "-r", kept], check=True)


def _forget_head(kept: Path) -> None:
    (kept / "HEAD").write_bytes(b"\0")


@pytest.mark.parametrize("harm", [_spoil_packs, _lose_everything, _leave_locks, _remove, _forget_head])
def test_a_repository_that_was_harmed_is_fetched_anew(
    harm: Callable[[Path], None], publisher: Publisher, reader: Reader
) -> None:
    publisher.commit({f"{name}.md": article(name) for name in "abcd"})
    reader.visit()
    harm(_kept(reader))
    publisher.commit({"a.md": article("A"), "b.md": None}, renamed={"c.md": "e.md"})
    visit = reader.visit()
    assert visit.data == {"a.md": article("A"), "e.md": article("c")}
    assert visit.documents["e.md"].formerly == "c.md"
    assert sorted(visit.gone) == ["b.md", "c.md"]
    assert reader.items == {"a.md", "d.md", "e.md"}


def test_a_branch_that_was_written_anew_is_compared_all_the_same(
    publisher: Publisher, reader: Reader
) -> None:
    publisher.commit({"a.md": article("A"), "b.md": article("B")})
    reader.visit()
    publisher.commit({"a.md": article("A"), "c.md": article("C")}, afresh=True)
    visit = reader.visit()
    assert (visit.data, visit.gone) == ({"c.md": article("C")}, ["b.md"])


def test_without_a_place_to_keep_it_what_is_remembered_is_compared(
    publisher: Publisher, reader: Reader
) -> None:
    publisher.commit({"a.md": article("A"), "b.md": article("B")})
    reader.visit(cache=None)
    publisher.commit({"a.md": article("New"), "b.md": None})
    visit = reader.visit(cache=None)
    assert (visit.data, visit.gone) == ({"a.md": article("New")}, ["b.md"])


def test_what_is_kept_does_not_grow_without_end(
    publisher: Publisher, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repository, "_PACKS", 3)
    for number in range(4):
        publisher.commit({f"{number}.md": article(str(number))})
        assert reader.visit().data == {f"{number}.md": article(str(number))}
        packs = len([*reader.access.cache.rglob("*.pack")]) if reader.access.cache else 0
        assert packs <= 3


def test_two_programs_take_turns(publisher: Publisher, reader: Reader) -> None:
    publisher.commit({"a.md": article()})
    reader.visit()
    with open(_kept(reader).with_suffix(".lock"), "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        busy = refusal(publisher.url, replace(reader.access, limits=Limits(lock=0.1)))
        assert "Another program is reading" in str(busy)
        assert busy.passing
        threading.Timer(0.2, fcntl.flock, (lock, fcntl.LOCK_UN)).start()
        assert reader.visit().seen == {"": publisher.tip()}


def test_a_git_that_outlives_us_keeps_its_repository_to_itself(site: Site, tmp_path: Path) -> None:
    site.answers["/news.git/info/refs?service=git-upload-pack"] = silent
    program = (
        "from pathlib import Path; from cryptonews_tui.sources import open_source;"
        "from cryptonews_tui.sources.access import Access; from tests.sources.visiting import QUICK;"
        f"list(open_source({site.url('/news.git')!r}, Access(QUICK, Path({str(tmp_path)!r}))).documents({{}}))"
    )
    with subprocess.Popen([sys.executable, "-c", program], cwd=Path(__file__).parents[2]) as killed:
        end = time.monotonic() + 20
        while not site.requests and time.monotonic() < end:
            time.sleep(0.01)
        killed.kill()
    assert "Another program" in str(refusal(site.url("/news.git"), Access(Limits(lock=0), tmp_path)))
    assert "fell silent" in str(refusal(site.url("/news.git"), Access(QUICK, tmp_path)))


def test_a_repository_that_nobody_reads_any_more_can_be_forgotten(
    publisher: Publisher, reader: Reader
) -> None:
    publisher.commit({"a.md": article()})
    reader.visit()
    assert reader.access.cache is not None
    git.forget(reader.location, reader.access.cache)
    assert list((reader.access.cache / "git").iterdir()) == []
    git.forget(reader.location, reader.access.cache)


def test_a_visit_that_ends_early_leaves_nothing_behind(publisher: Publisher, reader: Reader) -> None:
    publisher.commit({f"{number}.md": article(str(number)) for number in range(50)})
    found = open_source(publisher.url, reader.access).documents({})
    for _ in range(5):
        next(found)
    found.close()
    assert len(reader.visit().documents) == 50


# What was deleted


def test_with_history_deleted_articles_are_read_as_they_were_at_last(
    publisher: Publisher, reader: Reader
) -> None:
    publisher.commit({"a.md": article("A"), "b.md": article("B"), "c.md": article("C")})
    publisher.commit({"a.md": article("A, mended")}, renamed={"b.md": "d.md"})
    publisher.commit({"a.md": None, "d.md": None, "e.txt": b"no"})
    visit = reader.visit(history=True)
    assert visit.data == {"a.md": article("A, mended"), "c.md": article("C"), "d.md": article("B")}
    assert sorted(visit.gone) == ["a.md", "d.md"]
    assert reader.items == {"c.md"}


def test_later_visits_with_history_read_only_what_was_deleted_since(
    publisher: Publisher, reader: Reader
) -> None:
    publisher.commit({"a.md": article("A"), "b.md": article("B")})
    publisher.commit({"a.md": None})
    reader.visit(history=True)
    assert reader.visit(history=True).documents == {}
    publisher.commit({"passing.md": article("Passing")})
    publisher.commit({"passing.md": None, "b.md": None})
    visit = reader.visit(history=True)
    assert visit.data == {"b.md": article("B"), "passing.md": article("Passing")}
    assert sorted(visit.gone) == ["b.md", "passing.md"]


def test_history_can_be_switched_on_later(publisher: Publisher, reader: Reader) -> None:
    publisher.commit({"a.md": article("A"), "b.md": article("B")})
    publisher.commit({"a.md": None})
    assert reader.visit().data == {"b.md": article("B")}
    assert reader.visit(history=True).data == {"a.md": article("A")}
    assert reader.visit(history=True).data == {}
    assert reader.visit().data == {}


def test_history_of_a_folder_that_is_gone_gives_its_articles(publisher: Publisher, reader: Reader) -> None:
    publisher.commit({"en/a.md": article("A"), "uk/a.md": article("А")})
    publisher.commit({"en/a.md": None})
    visit = reader.visit(f"{publisher.url}#:en", history=True)
    assert (visit.data, visit.gone) == ({"a.md": article("A")}, ["a.md"])


def test_what_a_merge_deletes_is_part_of_history(publisher: Publisher, reader: Reader) -> None:
    first = publisher.commit({"a.md": article("A"), "b.md": article("B")})
    publisher.commit({"c.md": article("C")})
    publisher.git("update-ref", "refs/heads/side", first)
    side = publisher.commit({"a.md": None}, branch="side")
    tree = publisher.git("merge-tree", "--write-tree", "main", "side")
    identity = ["-c", "user.name=Desk", "-c", "user.email=desk@news.example"]
    merged = publisher.git(*identity, "commit-tree", tree, "-p", "main", "-p", side, "-m", "merge")
    publisher.git("update-ref", "refs/heads/main", merged)
    assert reader.visit(history=True).data.keys() == {"a.md", "b.md", "c.md"}


# Servers


def test_over_http_single_files_are_asked_for_at_once(
    publisher: Publisher, server: GitServer, reader: Reader
) -> None:
    reader.location = server.url("news.git")
    publisher.commit({f"{number}.md": article(str(number)) for number in range(200)})
    assert len(reader.visit().documents) == 200
    first = server.fetches
    assert first <= 4
    publisher.commit({f"{number}.md": article(f"New {number}") for number in range(60)})
    assert len(reader.visit().documents) == 60
    assert server.fetches <= 2 * first
    reader.visit()
    assert server.fetches <= 2 * first + 2


def test_over_http_a_folder_brings_nothing_from_beside_it(
    publisher: Publisher, server: GitServer, reader: Reader
) -> None:
    publisher.commit({"en/a.md": article(), "videos/a.bin": os.urandom(2_000_000)})
    arrived: list[int] = []
    reader.visit(f"{server.url('news.git')}#:en", count_bytes=arrived.append)
    assert 0 < sum(arrived) < 10_000


@pytest.mark.parametrize(("filters", "old"), [("false", False), ("false", True), ("true", True)])
def test_a_server_that_gives_no_single_files_gives_everything(
    filters: str, old: bool, publisher: Publisher, server: GitServer, reader: Reader
) -> None:
    publisher.set("uploadpack.allowFilter", filters)
    server.old = old
    reader.location = server.url("news.git")
    publisher.commit({"a.md": article("A"), "b.md": article("B")})
    assert reader.visit().data == {"a.md": article("A"), "b.md": article("B")}
    publisher.commit({"a.md": article("New"), "b.md": None})
    visit = reader.visit()
    assert (visit.data, visit.gone) == ({"a.md": article("New")}, ["b.md"])
    assert reader.visit(history=True).data == {"b.md": article("B")}


def test_a_repository_that_wants_a_password_is_not_open_to_us(
    publisher: Publisher, server: GitServer
) -> None:
    publisher.commit({"a.md": article()})
    server.password = "hunter2"
    assert "is not open to us" in str(refusal(server.url("news.git")))
    assert len(server.requests) == 1


def test_a_server_does_not_send_us_elsewhere(site: Site, publisher: Publisher, server: GitServer) -> None:
    publisher.commit({"a.md": article()})
    elsewhere = server.url("news.git/info/refs?service=git-upload-pack")
    site.answers["/news.git/info/refs?service=git-upload-pack"] = redirect(elsewhere, 301)
    assert "sends us on to another address" in str(refusal(site.url("/news.git")))
    assert server.requests == []


def test_a_server_that_falls_silent_is_given_up(site: Site) -> None:
    site.answers["/news.git/info/refs?service=git-upload-pack"] = silent
    start = time.monotonic()
    error = refusal(site.url("/news.git"), Access(QUICK))
    assert "fell silent" in str(error)
    assert error.passing
    assert time.monotonic() - start < 6


def test_a_visit_is_called_off_at_once(site: Site) -> None:
    site.answers["/news.git/info/refs?service=git-upload-pack"] = silent
    access = Access()
    threading.Timer(0.3, access.stop.set).start()
    start = time.monotonic()
    assert "called off" in str(refusal(site.url("/news.git"), access))
    assert time.monotonic() - start < 4
    assert not is_asked(site.url("/news.git"))


def is_asked(url: str) -> bool:
    """Whether a program has this address in its command line."""
    running = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            running.append(path.read_bytes())
    return any(url.encode() in command for command in running)


def test_a_refresh_that_is_interrupted_leaves_no_git_behind(site: Site, tmp_path: Path) -> None:
    url = site.url("/news.git")
    site.answers["/news.git/info/refs?service=git-upload-pack"] = silent
    files = [f"--{name}={tmp_path / name}" for name in ("library", "state")]
    command = [sys.executable, "-m", "cryptonews_tui", "sync", url, *files]
    process = subprocess.Popen(command, env={**os.environ, "XDG_CACHE_HOME": str(tmp_path)})
    try:
        deadline = time.monotonic() + 10
        while not site.requests and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        assert process.wait(5) == 130
    finally:
        process.kill()
    assert site.requests
    assert not is_asked(url)


def test_a_fetch_has_an_end(site: Site) -> None:
    site.answers["/news.git/info/refs?service=git-upload-pack"] = silent
    error = refusal(site.url("/news.git"), Access(Limits(fetch=0.3)))
    assert "was not complete after 0.3 seconds" in str(error)
    assert error.passing


def test_a_repository_that_is_too_large_is_given_up(publisher: Publisher) -> None:
    publisher.commit({"a.md": os.urandom(500_000)})
    error = refusal(publisher.url, Access(Limits(repository=100_000)))
    assert "is larger than 97.66 KiB" in str(error)


def test_folders_in_folders_without_end_are_given_up(publisher: Publisher) -> None:
    blob = publisher.git("hash-object", "-w", "--stdin", given=article())
    tree = publisher.git("mktree", given=f"100644 blob {blob}\ta.md\n".encode())
    for _ in range(12):
        entries = "".join(f"040000 tree {tree}\t{name}\n" for name in range(10))
        tree = publisher.git("mktree", given=entries.encode())
    identity = ["-c", "user.name=Desk", "-c", "user.email=desk@news.example"]
    bomb = publisher.git(*identity, "commit-tree", tree, "-m", "bomb")
    publisher.git("update-ref", "refs/heads/main", bomb)
    error = refusal(publisher.url, Access(Limits(download=1_000_000)))
    assert "has more files than can be listed" in str(error)


def test_certificates_that_we_trust_are_trusted_by_git(
    secure_site: Site, trust: Callable[[Site], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GIT_SSL_CAINFO", raising=False)
    assert "The certificate of" in str(refusal(secure_site.url("/news.git")))
    trust(secure_site)
    assert "There is no Git repository at" in str(refusal(secure_site.url("/news.git")))


def test_a_server_that_never_ends_fills_no_memory(site: Site) -> None:
    site.answers["/news.git/info/refs?service=git-upload-pack"] = endless
    error = refusal(site.url("/news.git"), Access(Limits(memory=100_000_000)))
    assert "sends more than can be taken in" in str(error)


def test_what_a_server_says_reaches_nobody_as_it_is(site: Site) -> None:
    said = b"ERR evil\x1b]0;x\x07\x1b[2J {where} [b]text[/b]"
    body = b"001e# service=git-upload-pack\n0000" + b"%04x" % (len(said) + 4) + said
    site.answers["/news.git/info/refs?service=git-upload-pack"] = page(
        body, Content_Type="application/x-git-upload-pack-advertisement"
    )
    assert "evil" in str(refusal(site.url("/news.git")))


def test_too_many_articles_are_given_up(publisher: Publisher) -> None:
    publisher.commit({f"{number}.md": article() for number in range(11)})
    assert "more than 10 articles" in str(refusal(publisher.url, Access(Limits(files=10))))


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("news.git", "is empty as yet"),
        ("other.git", "There is no Git repository at"),
        ("news.git#main", "There is no branch or tag main in"),
    ],
)
def test_what_is_not_there_is_said_over_any_line(
    path: str, said: str, publisher: Publisher, server: GitServer
) -> None:
    assert said in str(refusal(server.url(path)))
    assert said in str(refusal(f"git+file://{publisher.path.parent}/{path}"))


def test_a_branch_or_folder_that_is_not_there_is_said(publisher: Publisher) -> None:
    publisher.commit({"a.md": article()})
    assert "no branch or tag drafts in" in str(refusal(f"{publisher.url}#drafts"))
    assert "no uk in" in str(refusal(f"{publisher.url}#:uk"))


def test_nobody_at_the_address_is_said() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    error = refusal(f"http://127.0.0.1:{port}/news.git")
    assert "Nobody answers" in str(error)
    assert error.passing


def test_a_server_that_does_not_speak_git_is_told_from_one_that_does(site: Site) -> None:
    assert "There is no Git repository at" in str(refusal(site.url("/news.git")))


def test_without_git_a_sentence_names_it(publisher: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert "The program git" in str(refusal(publisher.url))


def test_settings_of_the_user_run_no_program(
    publisher: Publisher, reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher.commit({"a.md": article()})
    trace = tmp_path / "trace"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {trace}\n")
    program.chmod(0o700)
    (tmp_path / ".gitconfig").write_text(
        f'[core]\nfsmonitor = {program}\nhooksPath = {tmp_path}\n[gc]\nauto = 1\n[url "ext::{program} "]\n'
        f"insteadOf = file://\n[protocol]\nallow = always\n[credential]\nhelper = {program}\n"
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_TRACE", str(trace))
    monkeypatch.setenv("GIT_PROXY_COMMAND", str(program))
    assert reader.visit().data == {"a.md": article()}
    assert not trace.exists()


# ssh


@pytest.fixture
def ssh(publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of the publisher's repository at an ssh server of our own, which knows our key."""
    with sshd.running(tmp_path / "ssh", "AcceptEnv GIT_PROTOCOL") as server:
        monkeypatch.setenv("GIT_SSH_COMMAND", f"ssh -F {server.client}")
        yield f"ssh://{getpass.getuser()}@127.0.0.1:{server.port}{publisher.path}"


@needs("sshd", "openssh-server")
@needs("ssh", "openssh-client")
def test_over_ssh_a_repository_is_read_with_our_key(ssh: str, publisher: Publisher, reader: Reader) -> None:
    publisher.commit({"a.md": article("A"), "b.md": article("B")})
    reader.location = ssh
    assert reader.visit().data == {"a.md": article("A"), "b.md": article("B")}
    publisher.commit({"a.md": article("New"), "b.md": None})
    visit = reader.visit()
    assert (visit.data, visit.gone) == ({"a.md": article("New")}, ["b.md"])


@needs("sshd", "openssh-server")
@needs("ssh", "openssh-client")
def test_over_ssh_nobody_is_asked_for_anything(ssh: str, tmp_path: Path) -> None:
    assert "There is no Git repository at" in str(refusal(f"{ssh}-x"))
    (tmp_path / "ssh" / "authorized").write_text("")
    assert "does not know our key" in str(refusal(ssh))
    (tmp_path / "ssh" / "known").write_text("")
    assert "The key of 127.0.0.1 is not known here" in str(refusal(ssh))


# The life of a publisher


@given(st.lists(st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 3)), max_size=4), max_size=4))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_step_by_step_or_at_once_the_same_is_there_in_the_end(
    tmp_path_factory: pytest.TempPathFactory, days: list[list[tuple[str, int]]]
) -> None:
    folder = tmp_path_factory.mktemp("publisher")
    publisher = Publisher(folder / "news.git")
    publisher.commit({"first.md": article("First")})
    reader = Reader(Access(cache=folder / "cache"), publisher.url, {})
    texts: dict[str, bytes] = {}

    def keep_up() -> None:
        visit = reader.visit()
        for document in visit.documents.values():
            if document.formerly:
                assert document.formerly in texts
                assert document.formerly in visit.gone
        for item in visit.gone:
            del texts[item]
        texts.update(visit.data)

    keep_up()
    for day in days:
        publisher.commit({f"{name}.md": article(str(text)) if text else None for name, text in day})
        keep_up()
    whole = Reader(Access(), publisher.url, {})
    assert whole.visit().data == texts
    assert {item: stamp for item, stamp in whole.remembered.items() if item} == {
        item: stamp for item, stamp in reader.remembered.items() if item
    }


def _story(number: int, text: str = "") -> bytes:
    return (
        f'---\ntitle: "Story {number}{text}"\npublishedAt: "2025-11-25T09:00:00Z"\n'
        f'updatedAt: "2025-11-25T{10 + len(text) % 10}:00:00Z"\nexternalId: "{number}"\n---\n\nText {text}.\n'
    ).encode()


def _day(number: int) -> tuple[dict[str, bytes | None], dict[str, str], dict[str, str]]:
    """60 new files, some of yesterday's mended, one moved, one withdrawn."""
    files: dict[str, bytes | None] = {f"{number}/{n}.md": _story(number * 60 + n) for n in range(60)}
    renamed: dict[str, str] = {}
    if number:
        files |= {f"{number - 1}/{n}.md": _story((number - 1) * 60 + n, "!") for n in range(5)}
        files[f"{number - 1}/59.md"] = None
        renamed[f"{number - 1}/58.md"] = f"moved/{number - 1}.md"
    return files, renamed, {}


def test_a_library_keeps_up_with_a_publisher_who_deletes_everything(
    publisher: Publisher, tmp_path: Path
) -> None:
    days, step = 150, 15
    access = Access(cache=tmp_path / "cache")
    writer = Writer(tmp_path / "library.db")
    for start in range(0, days, step):
        publisher.commits([_day(number) for number in range(start, start + step)])
        report = sync(writer, publisher.url, access=access)
        assert report.error is None
        assert report.problems == []
        # What is withdrawn between two visits was never seen.
        assert report.added == step * 60 - (step - 1)
        # Of the last day before, five were mended, one was moved and one withdrawn.
        assert (report.updated, report.removed) == ((5, 2) if start else (0, 0))
    publisher.commit(dict.fromkeys((*publisher.git("ls-tree", "-r", "--name-only", "main").splitlines(),)))
    report = sync(writer, publisher.url, access=access)
    assert (report.error, report.added, report.updated) == (None, 0, 0)
    assert report.removed == days * 60 - (days - 1)
    fresh = Writer(tmp_path / "fresh.db")
    whole = sync(fresh, publisher.url, access=replace(access, history=True))
    assert (whole.error, whole.problems, whole.added) == (None, [], days * 60)
    writer.close()
    fresh.close()
    for name, there in (("library.db", days * 60 - days + days // step), ("fresh.db", days * 60)):
        library = Library(tmp_path / name, tmp_path / "state.db")
        assert len(library.stories(Query())) == there
        library.close()
