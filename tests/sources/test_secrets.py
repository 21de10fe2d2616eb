"""What opens doors: found where the user keeps it, said to one place only, and shown nowhere."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import keyring
import keyring.backend
import keyring.errors
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptonews_tui.safety import clean
from cryptonews_tui.sources import SourceError
from cryptonews_tui.sources.access import Access
from cryptonews_tui.sources.http import secrets
from cryptonews_tui.sources.http.addresses import web_address
from cryptonews_tui.sources.http.client import Http
from cryptonews_tui.sources.http.secrets import Secret, Secrets, without_password
from tests.programs import find, needs
from tests.sources.conftest import Answer, Handler, Site, page, redirect
from tests.sources.visiting import QUICK, article

KEY = "hunter2"


def basic(user: str, password: str) -> str:
    return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"


def locked(header: str, value: str, body: bytes = b"") -> Answer:
    """Opens for who has the key."""

    def answer(handler: Handler) -> None:
        page(body or article(), 200 if handler.headers.get(header) == value else 401)(handler)

    return answer


def fetch(url: str, *known: Secret) -> None:
    with Http(Access(QUICK, secrets=Secrets(known))) as http:
        fetched = http.fetch(url, limit=10_000)
    assert fetched.body is not None
    fetched.body.close()


def fault(*known: Secret, url: str = "https://news.example/") -> str:
    with pytest.raises(SourceError) as error:
        Secrets(known).headers(url)
    said = str(error.value)
    assert said == clean(said)
    assert said.endswith(".")
    assert KEY not in said
    assert KEY not in repr(error.value)
    return said


@pytest.mark.parametrize(
    ("secret", "header", "value"),
    [
        ({"user": "reader"}, "Authorization", basic("reader", KEY)),
        ({"user": "читач"}, "Authorization", basic("читач", KEY)),
        ({}, "Authorization", f"Bearer {KEY}"),
        ({"header": "X-Api-Key"}, "X-Api-Key", KEY),
    ],
)
def test_a_password_a_token_or_a_header_opens_the_door(
    site: Site, monkeypatch: pytest.MonkeyPatch, secret: dict[str, str], header: str, value: str
) -> None:
    monkeypatch.setenv("NEWS_KEY", KEY)
    site.answers["/a.md"] = locked(header, value)
    fetch(site.url("/a.md"), Secret(site.url("/"), env="NEWS_KEY", **secret))
    with pytest.raises(SourceError, match=r"not open to us \(401\).* settings table \[secrets\]"):
        fetch(site.url("/a.md"))


@pytest.mark.parametrize(
    ("place", "url", "told"),
    [
        ("news.example", "https://news.example/a", True),
        ("News.Example", "https://news.example/", True),
        ("news.example:8443", "https://news.example:8443/a", True),
        ("news.example", "http://news.example/a", False),
        ("news.example", "https://news.example:8443/a", False),
        ("news.example", "https://news.example.evil.example/", False),
        ("news.example", "https://evil.example/news.example", False),
        ("news.example", "https://www.news.example/", False),
        ("http://news.example/", "http://news.example/a", True),
        ("http://news.example/", "https://news.example/a", False),
        ("https://news.example/team", "https://news.example/team", True),
        ("https://news.example/team", "https://news.example/team/a", True),
        ("https://news.example/team/", "https://news.example/team/a?b", True),
        ("https://news.example/team", "https://news.example/teams", False),
        ("https://news.example/team", "https://news.example/", False),
    ],
)
def test_a_secret_is_said_to_its_place_only(place: str, url: str, told: bool) -> None:
    known = Secrets([Secret(place, value=KEY)])
    assert known.headers(url) == ({"Authorization": f"Bearer {KEY}"} if told else {})
    assert bool(known.for_git(url)) == told


def test_the_nearest_secret_counts() -> None:
    known = Secrets([Secret("news.example", value="one"), Secret("https://news.example/team/", value="two")])
    assert known.headers("https://news.example/team/a") == {"Authorization": "Bearer two"}
    assert known.headers("https://news.example/a") == {"Authorization": "Bearer one"}


@pytest.mark.parametrize(
    "place", ["", "news example", f"https://reader:{KEY}@news.example/", "ftp://x/", "\x1b"]
)
def test_a_place_that_is_none_is_a_sentence(place: str) -> None:
    with pytest.raises(SourceError) as error:
        Secrets([Secret(place, value=KEY)])
    assert KEY not in str(error.value)


@pytest.mark.parametrize("status", [301, 302, 307])
def test_no_secret_goes_along_to_another_place(site: Site, site_elsewhere: Site, status: int) -> None:
    site.answers |= {
        "/a.md": redirect("/b.md", status),
        "/b.md": redirect(site_elsewhere.url("/c.md"), status),
    }
    site_elsewhere.answers["/c.md"] = page(article())
    theirs = Secret(site_elsewhere.url("/"), header="X-Other", value="other")
    fetch(site.url("/a.md"), Secret(site.url("/"), header="X-Api-Key", value=KEY), theirs)
    assert [headers["X-Api-Key"] for _, headers in site.requests] == [KEY, KEY]
    ((_, headers),) = site_elsewhere.requests
    assert KEY not in str(headers)
    assert headers["X-Other"] is None  # it was not asked for by the user, but by the publisher


def test_a_secret_shows_itself_nowhere() -> None:
    secret = Secret("https://news.example/", user="reader", value=KEY)
    known = Secrets([secret])
    known.headers("https://news.example/")
    for shown in (repr(secret), str(secret), repr(known), repr(Access(secrets=known)), str(vars(known))):
        assert KEY not in shown
        assert b64encode(f"reader:{KEY}".encode()).decode() not in shown
    assert "news.example" in repr(known)


# Where it comes from


def test_an_environment_variable_that_is_not_set_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEWS_KEY", raising=False)
    assert "environment variable NEWS_KEY, which is not set" in fault(Secret("news.example", env="NEWS_KEY"))


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


@pytest.mark.parametrize("form", [tuple, shlex.join])
def test_the_first_line_of_a_command_is_the_secret(form: type[tuple[str, ...]]) -> None:
    command = form(python(f"print(' {KEY} \\nlogin: reader')"))
    headers = Secrets([Secret("news.example", command=command)]).headers("https://news.example/")
    assert headers == {"Authorization": f"Bearer {KEY}"}


def test_a_command_is_given_to_no_shell(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    headers = Secrets([Secret("news.example", command=f"echo $HOME; touch {trap}")]).headers(
        "https://news.example/"
    )
    assert headers == {"Authorization": f"Bearer $HOME; touch {trap}"}
    assert not trap.exists()


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (python(f"import sys; print('{KEY}'); sys.exit(f'{KEY} is wrong')"), "which failed"),
        (python(""), "which said nothing"),
        (python("print('\\x1b[2J')"), "no header can carry"),
        (python("print('ї')"), "no header can carry"),
        (python("print('x' * 10_000)"), "no header can carry"),
        (("no-such-program",), "from no-such-program, which cannot be run"),
        ("quotes 'left open", "which cannot be run"),
        ("", "is empty"),
        ("   ", "which cannot be run"),
        (("\0",), "which cannot be run"),
        (("/",), "which cannot be run"),
    ],
)
def test_a_command_that_fails_is_a_sentence_without_what_it_said(
    command: str | tuple[str, ...], said: str
) -> None:
    assert said in fault(Secret("news.example", command=command))


@pytest.mark.parametrize(
    "code",
    [
        "import time; time.sleep(60)",
        "while True: print('x' * 1000)",
        "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])",
    ],
    ids=["silent", "flood", "child"],
)
def test_a_command_that_does_not_end_is_ended(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "_COMMAND_SECONDS", 0.6)
    start = time.monotonic()
    assert "did not end in time" in fault(Secret("news.example", command=python(code)))
    assert time.monotonic() - start < 10


def test_a_stop_ends_the_command() -> None:
    stop = threading.Event()
    timer = threading.Timer(0.2, stop.set)
    timer.start()
    start = time.monotonic()
    with pytest.raises(SourceError, match="called off"):
        Secrets([Secret("news.example", command=python("import time; time.sleep(60)"))]).headers(
            "https://news.example/", stop
        )
    assert time.monotonic() - start < 10
    timer.join()


@pytest.mark.parametrize("code", [f"print('{KEY}')", "raise SystemExit(1)"])
def test_a_command_is_run_once_when_it_is_needed_whatever_comes_of_it(tmp_path: Path, code: str) -> None:
    log = tmp_path / "log"
    command = python(f"open({str(log)!r}, 'a').write('run\\n'); {code}")
    known = Secrets([Secret("news.example", command=command)])
    assert known.headers("https://other.example/") == {}
    assert not log.exists()

    def ask() -> None:
        with suppress(SourceError):
            known.headers("https://news.example/a")

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert log.read_text() == "run\n"


class Drawer(keyring.backend.KeyringBackend):
    """A keyring in memory."""

    priority = 1  # type: ignore[assignment]

    def __init__(self, fault: Exception | None = None) -> None:
        super().__init__()
        self.fault = fault
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        if self.fault is not None:
            raise self.fault
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


@pytest.fixture
def drawer() -> Iterator[Drawer]:
    before = keyring.get_keyring()
    drawer = Drawer()
    keyring.set_keyring(drawer)
    yield drawer
    keyring.set_keyring(before)


def test_the_systems_keyring_has_it_under_our_name_and_the_place(drawer: Drawer) -> None:
    secret = Secret("news.example", keyring=True)
    assert "Put it there: keyring set cryptonews-tui news.example." in fault(secret)
    keyring.set_password("cryptonews-tui", "news.example", KEY)
    assert Secrets([secret]).headers("https://news.example/") == {"Authorization": f"Bearer {KEY}"}
    drawer.fault = keyring.errors.KeyringLocked(KEY)
    assert "cannot be read. Unlock it" in fault(secret)


def test_a_keyring_that_is_not_installed_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert "pipx inject cryptonews-tui keyring" in fault(Secret("news.example", keyring=True))


@pytest.mark.parametrize("header", ["", "Host", "content-length", "X Key", "X-Key:", "X\r\nY", "ї"])
def test_a_header_that_cannot_be_used_is_a_sentence(header: str) -> None:
    secret = Secret("news.example", header=header or "Te", value=KEY)
    assert "header that cannot be used" in fault(secret)
    assert "has a colon" in fault(Secret("news.example", user="a:b", value=KEY))


# In an address


@pytest.mark.parametrize(
    ("url", "without", "authorization"),
    [
        ("https://reader:hunter2@news.example/a", "https://news.example/a", basic("reader", "hunter2")),
        ("https://re%40der:h%3Ax@news.example:8443/", "https://news.example:8443/", basic("re@der", "h:x")),
        ("https://token@news.example/a?b#c", "https://news.example/a?b#c", basic("token", "")),
        ("HTTPS://a:b@c@news.example/", "https://news.example/", basic("a", "b@c")),
        ("https://:b@news.example/", "https://news.example/", "Bearer b"),
    ],
)
def test_a_password_in_an_address_is_taken_out(url: str, without: str, authorization: str) -> None:
    location, secret = without_password(url)
    assert location == without
    assert secret is not None
    assert "hunter2" not in repr(secret)
    assert Secrets([secret]).headers(web_address(location)) == {"Authorization": authorization}
    with pytest.raises(SourceError, match=r"\[secrets\]"):
        web_address(url)


@pytest.mark.parametrize(
    "url",
    ["https://news.example/a@b", "ssh://git@news.example/a", "git@news.example:a", "/home/a@b", "http://["],
)
def test_an_address_without_a_password_stays_as_it_is(url: str) -> None:
    assert without_password(url) == (url, None)


@given(st.text())
def test_any_text_has_a_password_or_none(text: str) -> None:
    for url in (text, f"https://{text}", f"https://reader:{text}@news.example/"):
        location, secret = without_password(url)
        assert secret is not None or location == url


# Git


def git(url: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    program = find("git")
    assert program is not None
    plain = {"PATH": os.environ["PATH"], "GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_NOSYSTEM": "1", "HOME": "/"}
    return subprocess.run(
        [program, "ls-remote", url], env=plain | environment, capture_output=True, text=True, timeout=30
    )


@needs("git", "git")
def test_git_says_it_to_the_same_place_and_to_no_other(site: Site, site_elsewhere: Site) -> None:
    refs = "/team/news.git/info/refs?service=git-upload-pack"
    site.answers[refs] = locked("X-Api-Key", KEY, b"no repository")
    known = Secrets([Secret(site.url("/team/"), header="X-Api-Key", value=KEY)])
    url = site.url("/team/news.git")
    environment = known.for_git(url)
    git(url, environment)
    git(site.url("/other.git"), environment)
    git(site_elsewhere.url("/team/news.git"), environment)
    assert site.requests[0][1]["X-Api-Key"] == KEY
    told = {path.startswith("/team/"): headers["X-Api-Key"] for path, headers in site.requests}
    assert told == {True: KEY, False: None}
    assert all(headers["X-Api-Key"] is None for _, headers in site_elsewhere.requests)
    site_elsewhere.requests.clear()
    site.answers[refs] = redirect(site_elsewhere.url(refs))
    assert git(url, environment).returncode != 0
    assert site_elsewhere.requests == []
    assert known.for_git("ssh://git@news.example/a") == {}
