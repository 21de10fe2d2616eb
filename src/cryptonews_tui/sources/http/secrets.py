"""What opens the door of a publisher who wants a login: where it is kept, and to whom it may be said.

A secret is looked up when it is first needed, once for each refresh, kept in memory only, and sent to nobody but
the place it is for. It stands in no sentence, no log, no `repr`, no list of processes and not in the library.
"""

from __future__ import annotations

import os
import re
import threading
from base64 import b64encode
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from cryptonews_tui.safety import clean_line
from cryptonews_tui.sources import SourceError
from cryptonews_tui.sources.http.addresses import web_address
from cryptonews_tui.translation import _

SERVICE = "cryptonews-tui"
"""What our secrets are filed under in the system's keyring; the user there is the place."""

_COMMAND_SECONDS = 30.0
_COMMAND_OUTPUT = 64 * 1024
_SECRET_LIMIT = 8 * 1024
_HEADER = re.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}", re.ASCII)
# These say where a message ends and to whom it goes.
_NO_HEADERS = ("host", "connection", "content-length", "transfer-encoding", "te", "upgrade")


@dataclass(frozen=True, slots=True)
class Secret:
    """Who we are to one host. With `user` a password, with `header` its value, with neither a bearer token.

    `place` is a host (`news.example`: there over https) or the beginning of an address. The secret itself comes
    from one of: the environment variable `env`, the first line that `command` says (its words, or one text that is
    split as a shell would, but is given to none), the keyring, or `value`.
    """

    place: str
    user: str = field(default="", repr=False)
    header: str = ""
    env: str = ""
    command: str | tuple[str, ...] = ()
    keyring: bool = False
    value: str = field(default="", repr=False)

    @classmethod
    def from_table(cls, place: str, table: Mapping[str, object]) -> Secret:
        """The secret that a table of the settings describes: `user` or `header`, and where the secret is kept.

        That is `password_env`, `password_command`, `token_env` … or `keyring = true`. Raises `ValueError`.
        """
        names = {
            f"{what}_{where}": where
            for what in ("password", "token", "value")
            for where in ("env", "command")
        }
        values: dict[str, Any] = {}
        for name, value in table.items():
            key = names.get(name, name)
            words = (
                key == "command"
                and isinstance(value, list)
                and value
                and all(isinstance(w, str) for w in value)
            )
            good = words or (value is True if key == "keyring" else isinstance(value, str) and value.strip())
            if key not in ("user", "header", "env", "command", "keyring") or key in values or not good:
                raise ValueError(f"{clean_line(name, 60)} says nothing of a secret that can be used.")
            values[key] = tuple(value) if isinstance(value, list) else value
        if sum(key in values for key in ("env", "command", "keyring")) != 1:
            raise ValueError(
                "A secret comes from one place: an environment variable, a command or the keyring."
            )
        secret = cls(place, **values)
        try:
            Secrets([secret])
        except SourceError as error:
            raise ValueError(str(error)) from None
        return secret

    def prefix(self) -> str:
        """The beginning that an address must have to be told. Raises `SourceError` for a place that is none."""
        return web_address(self.place if "://" in self.place else f"https://{self.place}")


def without_password(url: str) -> tuple[str, Secret | None]:
    """The http(s) address without its user and password, and these as a secret for its host, if it has any."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return url, None
    user, at, host = parts.netloc.rpartition("@")
    if not at or parts.scheme.lower() not in ("http", "https"):
        return url, None
    name, _, password = user.partition(":")
    place = f"{parts.scheme.lower()}://{host}/"
    return urlunsplit(parts._replace(netloc=host)), Secret(place, unquote(name), value=unquote(password))


class Secrets:
    """The secrets of one refresh, shared by all its visits. Raises `SourceError` for a place that is none."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._known = [_Known(secret) for secret in secrets]

    def also(self, secret: Secret) -> Secrets:
        """These, and one that is known just now."""
        both = Secrets([secret])
        both._known = [*both._known, *self._known]
        return both

    def __repr__(self) -> str:
        return f"Secrets({', '.join(repr(known.secret.place) for known in self._known)})"

    def headers(self, url: str, stop: threading.Event | None = None) -> dict[str, str]:
        """The request header that opens `url`; none where no secret is for it. May wait for a command.

        Raises `SourceError` when the secret cannot be had.
        """
        known = self._for(url)
        return {} if known is None else known.header(stop)

    def for_git(self, url: str, stop: threading.Event | None = None) -> dict[str, str]:
        """The same for Git, as environment variables: nobody sees them in the list of processes.

        Git repeats headers wherever it is led, so that with a secret it must not follow.
        """
        known = self._for(url)
        if known is None:
            return {}
        ((name, value),) = known.header(stop).items()
        settings = {
            f"http.{known.prefix}.extraHeader": f"{name}: {value}",
            f"http.{known.prefix}.followRedirects": "false",
        }
        environment = {"GIT_CONFIG_COUNT": str(len(settings))}
        for number, (key, value) in enumerate(settings.items()):
            environment |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
        return environment

    def _for(self, url: str) -> _Known | None:
        """The secret with the longest beginning in common."""
        try:
            address = web_address(url)
        except SourceError:
            return None
        found = [known for known in self._known if _covers(known.prefix, address)]
        return max(found, key=lambda known: len(known.prefix), default=None)


def _covers(prefix: str, url: str) -> bool:
    """Whether `url` is the place, or below it: `/private` is not above `/privateer`."""
    ours, its = urlsplit(prefix), urlsplit(url)
    if ours[:2] != its[:2]:
        return False
    folder = ours.path.rstrip("/")
    return its.path == folder or its.path.startswith(f"{folder}/")


class _Known:
    """A secret that is looked up once, and what came of it."""

    def __init__(self, secret: Secret) -> None:
        self.secret = secret
        self.prefix = secret.prefix()
        self._lock = threading.Lock()
        self._header: dict[str, str] = {}
        self._fault = ""

    def header(self, stop: threading.Event | None) -> dict[str, str]:
        with self._lock:
            if not self._header and not self._fault:
                try:
                    self._header = self._look_up(stop or threading.Event())
                except SourceError as error:
                    self._fault = str(error)
            if self._fault:
                raise SourceError(self._fault)
            return self._header

    def _look_up(self, stop: threading.Event) -> dict[str, str]:
        secret = self.secret
        whose = _("The secret for {shown}").format(shown=_shown(secret))
        if secret.env:
            value = os.environ.get(secret.env, "")
            if not value:
                raise SourceError(
                    _(
                        "{whose} is to be in the environment variable {env}, which is not set. Set it, or change "
                        "[secrets] in the settings."
                    ).format(whose=whose, env=clean_line(secret.env, 100))
                )
        elif secret.command:
            value = _said(secret, whose, stop)
        elif secret.keyring:
            value = _from_keyring(secret, whose)
        else:
            value = secret.value
        if ":" in secret.user:
            raise SourceError(
                _(
                    "The user for {shown} has a colon, which no server would understand. Change [secrets] in the "
                    "settings."
                ).format(shown=_shown(secret))
            )
        if secret.user:
            pair = b64encode(f"{secret.user}:{value}".encode("utf-8", "surrogateescape")).decode()
            return {"Authorization": f"Basic {pair}"}
        name = secret.header or "Authorization"
        if not _HEADER.fullmatch(name) or name.lower() in _NO_HEADERS:
            raise SourceError(
                _(
                    "{whose} is to be sent in a header that cannot be used for it. Change [secrets] in the "
                    "settings."
                ).format(whose=whose)
            )
        if not 0 < len(value) <= _SECRET_LIMIT or not value.isascii() or not value.isprintable():
            raise SourceError(
                _(
                    "{whose} is empty, very long, or has characters that no header can carry. Look at where it "
                    "comes from, or change [secrets] in the settings."
                ).format(whose=whose)
            )
        return {name: value if secret.header else f"Bearer {value}"}


def _shown(secret: Secret) -> str:
    return clean_line(secret.place.rpartition("@")[2], 300)


def _from_keyring(secret: Secret, whose: str) -> str:
    try:
        import keyring
        import keyring.errors
    except ImportError:
        raise SourceError(
            _(
                "{whose} is to be in the system's keyring, which needs an optional package. Install it: pipx "
                "inject cryptonews-tui keyring."
            ).format(whose=whose)
        ) from None
    try:
        value = keyring.get_password(SERVICE, secret.place)
    except (keyring.errors.KeyringError, OSError, RuntimeError):
        raise SourceError(
            _(
                "{whose} is to be in the system's keyring, which cannot be read. Unlock it, or change "
                "[secrets] in the settings."
            ).format(whose=whose)
        ) from None
    if not value:
        raise SourceError(
            _("{whose} is not in the system's keyring. Put it there: keyring set {service} {place}.").format(
                whose=whose, service=SERVICE, place=clean_line(secret.place, 300)
            )
        )
    return value


def _said(secret: Secret, whose: str, stop: threading.Event) -> str:
    """The first line that the command says; what else it says is nobody's business."""
    import selectors
    import shlex
    import signal
    import subprocess
    import sys
    import time

    advice = _("Try it in a terminal, or change [secrets] in the settings.")
    name = _("a command")
    try:
        words = shlex.split(secret.command) if isinstance(secret.command, str) else list(secret.command)
        name = clean_line("".join(words[:1]), 100) or name
        process = subprocess.Popen(  # noqa: S603 - the user's own command, without a shell
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # it must not draw on our screen, and all it starts can be ended
        )
    except (OSError, ValueError, IndexError):
        raise SourceError(
            _("{whose} is to come from {name}, which cannot be run. {advice}").format(
                whose=whose, name=name, advice=advice
            )
        ) from None
    assert process.stdout is not None
    output = b""
    until = time.monotonic() + _COMMAND_SECONDS
    ended = False
    with process, process.stdout, selectors.DefaultSelector() as ready:
        ready.register(process.stdout, selectors.EVENT_READ)
        while not ended and len(output) <= _COMMAND_OUTPUT and not stop.is_set() and time.monotonic() < until:
            if ready.select(0.05):
                piece = os.read(process.stdout.fileno(), 4096)
                output += piece
                ended = not piece
        if ended:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(until - time.monotonic(), 0.1))
        if process.poll() is None:
            with suppress(ProcessLookupError):
                if sys.platform == "win32":
                    process.kill()
                else:
                    os.killpg(process.pid, signal.SIGKILL)
    if stop.is_set() and not ended:
        raise SourceError(
            _("{whose} was not waited for: the refresh was called off. Start it again.").format(whose=whose)
        )
    if not ended or process.returncode != 0:
        said = (
            _("{whose} is to come from {name}, which failed. {advice}")
            if ended
            else _("{whose} is to come from {name}, which did not end in time. {advice}")
        )
        raise SourceError(said.format(whose=whose, name=name, advice=advice))
    line = output.split(b"\n", 1)[0].decode("utf-8", "surrogateescape").strip()
    if not line:
        raise SourceError(
            _("{whose} is to come from {name}, which said nothing. {advice}").format(
                whose=whose, name=name, advice=advice
            )
        )
    return line
