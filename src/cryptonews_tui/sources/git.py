"""Articles in a Git repository, read with the `git` program: after the first visit only what has changed.

A bare repository is kept for each location. It holds the newest commit and its folders, and of the files the
articles that were wanted: a visit fetches twice, once when nothing has changed.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import quote, unquote, urlsplit

from cryptonews_tui.article import Document, Problem
from cryptonews_tui.files import make_folder
from cryptonews_tui.safety import clean, clean_line
from cryptonews_tui.sources import About, Expected, Found, Gone, Rest, Seen, SourceError
from cryptonews_tui.sources.access import Access
from cryptonews_tui.sources.http.addresses import shown, web_address
from cryptonews_tui.sources.limits import in_words
from cryptonews_tui.sources.names import is_article, item_name
from cryptonews_tui.sources.repository import TIP, Address, BrokenError, File, Repository, passing
from cryptonews_tui.translation import _

_HISTORY = "history"
"""Follows the commit in the stamp of a visit that has read what was deleted before it."""

_COMMIT = re.compile(r"[0-9a-f]{40,64}")
# What begins with a hyphen would be an option of ssh, or of git at the other end.
_SCP = re.compile(r"[A-Za-z0-9_][\w.-]*@[A-Za-z0-9][\w.-]*:(?!//|[-:])\S+", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9_][\w.-]*")
_NO_BRANCH = re.compile(r"[\s~^:?*\[\\\x00-\x1f\x7f]|\.\.|@\{|//|/\.|\.lock(/|$)")


def git_program() -> str | None:
    """The path of the git program, if it is installed."""
    return shutil.which("git")


def git_source(text: str, access: Access) -> GitSource:
    """The source at the address of a repository, which may end with `#branch`, `#branch:folder` or `#:folder`.

    Raises `SourceError` for anything else. A password in it is refused and not repeated.
    """
    text = text.strip()
    start, _mark, fragment = text.partition("#")
    scheme, colon, rest = start.partition("://")
    scheme = scheme.lower().removeprefix("git+") if colon else "scp"
    if clean(text) != text or set(text) & set("\n\t") or len(text) > 4_096:
        raise SourceError(
            _("This address is too long or has characters that no address has. Check the address.")
        )
    if scheme in ("http", "https"):
        url = web_address(f"{scheme}://{rest}")
        location = f"git+{url}"
    elif scheme == "ssh":
        location = url = _ssh(rest)
    elif scheme == "file":
        url = _file(rest)
        location = f"git+{url}"
    elif scheme == "scp":
        location = url = start.strip()
        if not _SCP.fullmatch(url):
            raise SourceError(
                _("{url} is not a complete address. Write it like user@host:path.").format(
                    url=clean_line(url, 300)
                )
            )
        scheme = "ssh"
    else:
        raise SourceError(
            _(
                "Git repositories are not read over {scheme}:. Name one that begins with git+https://, "
                "ssh:// or git+file://."
            ).format(scheme=clean_line(scheme, 20))
        )
    ref, _mark, folder = fragment.partition(":")
    ref, folder = checked_ref(ref), checked_folder(folder)
    location += f"#{ref}:{folder}" if folder else f"#{ref}" if ref else ""
    return GitSource(location, Address(url, scheme, ref, folder), access)


def forget(location: str, cache: Path) -> None:
    """Remove what is kept of a repository that nobody reads any more."""
    folder = _kept_folder(location, cache)
    shutil.rmtree(folder, ignore_errors=True)
    folder.with_suffix(".lock").unlink(missing_ok=True)


def _kept_folder(location: str, cache: Path) -> Path:
    return cache / "git" / hashlib.blake2b(location.encode(), digest_size=12).hexdigest()


def _ssh(rest: str) -> str:
    try:
        parts = urlsplit(f"ssh://{rest}")
        user, host, port = parts.username or "", parts.hostname or "", parts.port
    except ValueError:
        host = user = ""
        port = None
        parts = urlsplit("ssh://")
    if parts.password is not None:
        raise SourceError(
            _("Leave the password out of ssh://{host}: ssh asks its agent for the key instead.").format(
                host=clean_line(host)
            )
        )
    if not _NAME.fullmatch(host) or (user and not _NAME.fullmatch(user)) or len(parts.path) < 2:
        raise SourceError(
            _("ssh://{rest} is not a complete address. Write it like ssh://user@host/path.").format(
                rest=clean_line(rest.rpartition("@")[2], 300)
            )
        )
    path = quote(unquote(parts.path), safe="/~!$&'()*+,;=:@")
    return f"ssh://{user + '@' if user else ''}{host}{f':{port}' if port else ''}{path}"


def _file(rest: str) -> str:
    host, _slash, path = rest.partition("/")
    if host.lower() not in ("", "localhost") or not path:
        raise SourceError(
            _("git+file://{rest} is not a folder on this computer. Write it like git+file:///folder.").format(
                rest=clean_line(rest, 300)
            )
        )
    try:
        path = os.path.normpath("/" + unquote(path.partition("?")[0], errors="strict"))
        if clean(path) != path or set(path) & set("\n\t"):
            raise ValueError
    except ValueError:
        raise SourceError(
            _("This path has characters that cannot be shown. Rename the folder first.")
        ) from None
    if not path.strip("/"):
        raise SourceError(_("The root of this computer is no repository. Write it like git+file:///folder."))
    return "file://" + quote(path.replace("//", "/"), safe="/~!$&'()*+,;=:@")


def checked_ref(ref: str) -> str:
    """The name of a branch, a tag or a commit. Raises `SourceError` if it cannot be one."""
    wrong = ref.startswith(("-", "/", ".", "+")) or ref.endswith(("/", ".")) or ref == "@"
    if wrong or _NO_BRANCH.search(ref) or len(ref) > 250:
        raise SourceError(
            _("“{ref}” cannot be the name of a branch or a tag. Check the name.").format(
                ref=clean_line(ref, 100)
            )
        )
    return ref


def checked_folder(folder: str) -> str:
    """A path inside a repository. Raises `SourceError` if it leads out."""
    parts = [part for part in folder.split("/") if part]
    if ".." in parts or "." in parts or clean(folder) != folder or set(folder) & set("\n\t"):
        raise SourceError(
            _("{folder} is not a folder inside the repository. Write it like news/2025.").format(
                folder=clean_line(folder, 300)
            )
        )
    return "/".join(parts)


@dataclass(slots=True)
class _Plan:
    """What a visit is going to say, all of it known before anything is said."""

    stamp: str
    articles: list[File] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    formerly: dict[str, str] = field(default_factory=dict)
    """Items of renamed articles → the items that they were."""
    past: list[File] = field(default_factory=list)
    """Articles that were deleted, as they were then."""
    sizes: dict[str, int] = field(default_factory=dict)
    """Of every blob that is at hand."""


@dataclass(frozen=True, slots=True)
class GitSource:
    """A branch of a Git repository, or a folder in it."""

    location: str
    address: Address
    access: Access
    page: Callable[[str], str] | None = None
    """The address at which people see the file at a path in the repository."""

    def documents(self, remembered: Mapping[str, str]) -> Generator[Found]:
        """What has changed since the remembered commit: articles, renamed ones with what they were, and gone ones.

        The first visit gives everything; `access.history` also what was deleted before, and that it is gone.
        """
        program = git_program()
        if program is None:
            raise SourceError(
                _(
                    "The program git, which reads {location}, is not installed. Install git and try again."
                ).format(location=shown(self.location))
            )
        yield About(_("a Git repository"), clean_line(self.address.name))
        with self._kept() as (folder, lock):
            repository = Repository(program, folder, self.address, self.access, lock)
            plan = None
            if repository.is_good():
                with suppress(BrokenError):
                    plan = self._plan(repository, remembered)
            if plan is None:
                repository.begin()
                plan = self._plan(repository, remembered)
            repository.settle()
            yield from self._tell(repository, plan)
            if repository.has_grown():
                repository.discard()  # the next visit compares what is remembered with what it fetches anew

    @contextmanager
    def _kept(self) -> Iterator[tuple[Path, int | None]]:
        """The folder of this repository, for us alone, and the open file that says so."""
        if self.access.cache is None:
            with tempfile.TemporaryDirectory(prefix="cryptonews-git-", ignore_cleanup_errors=True) as once:
                yield Path(once) / "repository", None
            return
        folder = _kept_folder(self.location, self.access.cache)
        try:
            make_folder(folder.parent)
            lock = open(folder.with_suffix(".lock"), "wb")  # noqa: SIM115 - closed by the with below
        except OSError as error:
            raise SourceError(
                _(
                    "The repository cannot be kept in {folder}: {reason}. Make room there, or name another folder."
                ).format(
                    folder=clean_line(str(folder.parent)),
                    reason=clean_line(error.strerror or _("it is not writable")),
                )
            ) from None
        with lock:
            self._wait_for(lock)
            yield folder, lock.fileno()

    def _wait_for(self, lock: IO[bytes]) -> None:
        end = time.monotonic() + self.access.limits.lock
        while True:
            try:
                _lock(lock)
            except OSError:
                if self.access.stop.wait(0.05) or time.monotonic() > end:
                    raise passing(
                        _(
                            "Another program is reading {location} at this moment. Try again when it is done."
                        ).format(location=shown(self.location))
                    ) from None
            else:
                return

    def _plan(self, repository: Repository, remembered: Mapping[str, str]) -> _Plan:
        """Fetch what is needed, and find out what there is to tell."""
        commit, _space, read = remembered.get("", "").partition(" ")
        history, folder = self.access.history, self.address.folder
        repository.fetch_commits(history)
        tip, old = repository.commits(TIP, commit if _COMMIT.fullmatch(commit) else "nothing")
        if tip is None:
            raise repository.broken()
        now = repository.root(tip)
        plan = _Plan(f"{tip} {_HISTORY}" if history else tip)
        if history:
            present = {file.path for file in repository.listing(now)}
            known = old if old is not None and read == _HISTORY else ""
            plan.past = [file for file in repository.deleted(known) if file.path not in present]
        if old is None:
            if now is None and not plan.past and not any(remembered):
                raise SourceError(
                    _("There is no {folder} in {where}. Check the name of the folder.").format(
                        folder=clean_line(folder), where=shown(repository.where)
                    )
                )
            self._compare_with(remembered, repository.listing(now), plan)
            repository.bring([*plan.articles, *plan.past], plan.sizes)
        else:
            difference = repository.compare(repository.root(old), now)
            plan.articles = [*difference.changed, *difference.new]
            plan.gone = [file.item for file in difference.gone]
            repository.bring([*plan.articles, *plan.past], plan.sizes)
            if difference.gone and difference.new:
                plan.formerly = repository.renamed(difference.gone, difference.new)
        return plan

    def _compare_with(self, remembered: Mapping[str, str], files: Iterable[File], plan: _Plan) -> None:
        """Without the remembered commit: what there is now, beside what is remembered."""
        there = {file.item: file for file in files}
        gone = {item: blob for item, blob in remembered.items() if item and item not in there}
        was = {blob: item for item, blob in gone.items()}
        plan.gone = list(gone)
        plan.articles = [file for file in there.values() if remembered.get(file.item) != file.blob]
        for file in plan.articles:
            if file.blob in was and file.item not in remembered:
                plan.formerly[file.item] = was.pop(file.blob)

    def _tell(self, repository: Repository, plan: _Plan) -> Iterator[Found]:
        limit = self.access.limits.article
        total = sum(plan.sizes.get(file.blob, 0) for file in (*plan.articles, *plan.past))
        if total > self.access.limits.repository:
            raise SourceError(
                _("The articles in {location} are larger than {size} together. Name a folder of it.").format(
                    location=shown(self.location), size=in_words(self.access.limits.repository)
                )
            )
        readable: list[File] = []
        problems: list[Problem] = []
        for file in (*plan.past, *plan.articles):
            size = plan.sizes.get(file.blob)
            if size is None:
                problems.append(
                    Problem(file.item, None, _("The server did not send this file; try again later."))
                )
            elif size > limit:
                message = _("The file is larger than {size}; it was not read.").format(size=in_words(limit))
                problems.append(Problem(file.item, None, message))
            else:
                readable.append(file)
        yield Expected(len(readable) + len(problems))
        yield from problems
        for file, data in repository.contents(readable):
            yield Document(
                file.item, self._origin(file.path), data, file.blob, plan.formerly.get(file.item, "")
            )
        for item in dict.fromkeys([*(file.item for file in plan.past), *plan.gone]):
            yield Gone(item)
        whole = all(file.blob in plan.sizes for file in (*plan.past, *plan.articles))
        yield Seen("", plan.stamp if whole else "")
        yield Rest()

    def _origin(self, path: str) -> str:
        folder = self.address.folder
        whole = folder if folder.rpartition("/")[2] == path and is_article(folder) else f"{folder}/{path}"
        whole = item_name(whole.lstrip("/"))
        if self.page is not None:
            return self.page(whole)
        url, ref = self.address.url, self.address.ref
        return item_name(f"{url}#{ref}:{whole}")


def _lock(file: IO[bytes]) -> None:
    """Lock the file until it is closed; OSError while another program has it."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
