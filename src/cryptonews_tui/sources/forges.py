"""Repositories at the places where many are: short names, the addresses of their pages, and reading without git."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote, urlsplit

from cryptonews_tui.article import Document, Problem
from cryptonews_tui.safety import clean, clean_line
from cryptonews_tui.sources import About, Found, Seen, SourceError
from cryptonews_tui.sources.access import Access
from cryptonews_tui.sources.names import is_hidden
from cryptonews_tui.translation import _

_PART = re.compile(r"[A-Za-z0-9_][\w.-]*", re.ASCII)
_NO_REPOSITORY = (".rss", ".atom", ".json", ".md", ".zip", ".gz", ".tgz", ".tar", ".xml", ".opml")
"""A page whose last part ends so is a file for itself."""


@dataclass(frozen=True, slots=True)
class Forge:
    """Where repositories are kept, and how its addresses are made."""

    name: str
    base: str
    """The address that all its pages begin with."""
    page: str
    """The page of a file, below a repository's own."""
    page_pattern: str
    """What follows the address of a repository in that of a folder or a file in it."""
    archive: str
    """The tar.gz of a branch, below `base`."""
    newest: str
    """The same of the branch that the repository shows by itself."""
    groups: bool = False
    """Whether owners are nested: then only `//` tells where the folder begins."""


FORGES: dict[str, Forge] = {
    "github": Forge(
        "GitHub",
        "https://github.com",
        page="blob/{ref}/{path}",
        page_pattern=r"(?:tree|blob)/(?P<ref>[^/]+)(?:/(?P<folder>.*))?",
        archive="{repository}/archive/{ref}.tar.gz",
        newest="{repository}/archive/HEAD.tar.gz",
    ),
    "gitlab": Forge(
        "GitLab",
        "https://gitlab.com",
        page="-/blob/{ref}/{path}",
        page_pattern=r"-/(?:tree|blob)/(?P<ref>[^/]+)(?:/(?P<folder>.*))?",
        archive="api/v4/projects/{project}/repository/archive.tar.gz?sha={ref}",
        newest="api/v4/projects/{project}/repository/archive.tar.gz",
        groups=True,
    ),
    "codeberg": Forge(
        "Codeberg",
        "https://codeberg.org",
        page="src/{kind}/{ref}/{path}",
        page_pattern=r"src/(?:branch|tag|commit)/(?P<ref>[^/]+)(?:/(?P<folder>.*))?",
        archive="{repository}/archive/{ref}.tar.gz",
        newest="{repository}/archive/HEAD.tar.gz",
    ),
}
"""By the word that short names begin with."""


@dataclass(frozen=True, slots=True)
class _Place:
    """What a location names."""

    word: str
    repository: str
    folder: str = ""
    ref: str = ""

    @property
    def location(self) -> str:
        """`github:owner/repository/folder@branch`; where owners are nested a folder comes after `//`."""
        # A blank at the end would be nobody's: what is typed is stripped.
        folder = re.sub(r"[%@]|\s+$", lambda one: quote(one[0]), self.folder)
        between = "//" if FORGES[self.word].groups else "/"
        return (
            f"{self.word}:{self.repository}"
            f"{between + folder if folder else ''}{'@' + self.ref if self.ref else ''}"
        )


def forge_source(text: str, access: Access) -> ForgeSource | None:
    """The source with this short name, or with this page of a forge; `None` if it is neither.

    Raises `SourceError` when a short name is not complete.
    """
    text = text.strip()
    word, colon, rest = text.partition(":")
    if word.lower() in FORGES and colon and not rest.startswith("//"):
        return ForgeSource(_short(word.lower(), rest), access)
    place = _page(text)
    if place is not None and len(place.location) > 4_096:
        raise SourceError(_("The name of this folder is too long. Check the address."))
    return ForgeSource(place, access) if place is not None else None


def _short(word: str, rest: str) -> _Place:
    from cryptonews_tui.sources.git import checked_folder, checked_ref

    forge = FORGES[word]
    example = (
        f"{word}:group/repository//folder@branch"
        if forge.groups
        else f"{word}:owner/repository/folder@branch"
    )
    if clean(rest) != rest or "\n" in rest or len(rest) > 4_096:
        raise SourceError(
            _("This name has characters that no repository has. Write it like {example}.").format(
                example=example
            )
        )
    path, at, ref = rest.partition("@")
    repository, _mark, folder = path.strip("/").partition("//")
    parts = repository.split("/")
    if not forge.groups:
        folder = "/".join([*parts[2:], *([folder] if folder else [])])
        parts = parts[:2]
    if parts:
        parts[-1] = parts[-1].removesuffix(".git")
    if len(parts) < 2 or not all(map(_PART.fullmatch, parts)) or (at and not ref):
        raise SourceError(
            _("{word}:{rest} is not a complete name. Write it like {example}.").format(
                word=clean_line(word), rest=clean_line(rest, 300), example=example
            )
        )
    return _Place(word, "/".join(parts), checked_folder(unquote(folder)), checked_ref(ref))


def _page(text: str) -> _Place | None:
    try:
        parts = urlsplit(text)
        host = f"{parts.scheme}://{parts.netloc}".lower().replace("://www.", "://")
    except ValueError:
        return None
    for word, forge in FORGES.items():
        if host not in (forge.base, forge.base.replace("https:", "http:")) or clean(text) != text:
            continue
        path = parts.path.strip("/")
        names = path.split("/")
        if forge.groups:
            repository, _, below = path.partition("/-/")
            below = f"-/{below}" if below else ""
            names = repository.split("/")
        else:
            names, below = names[:2], "/".join(names[2:])
        found = re.fullmatch(forge.page_pattern, below)
        if len(names) < 2 or not all(map(_PART.fullmatch, names)) or (below and not found):
            return None
        if names[-1].lower().endswith(_NO_REPOSITORY):
            return None
        names[-1] = names[-1].removesuffix(".git")
        from cryptonews_tui.sources.git import checked_folder, checked_ref

        ref, folder = (found["ref"], found["folder"] or "") if found else ("", "")
        ref = "" if ref == "HEAD" else ref
        return _Place(word, "/".join(names), checked_folder(unquote(folder)), checked_ref(unquote(ref)))
    return None


@dataclass(frozen=True, slots=True)
class ForgeSource:
    """A repository at a forge, or a folder in it: read with git, without it as an archive of the whole."""

    place: _Place
    access: Access

    @property
    def location(self) -> str:
        return self.place.location

    @property
    def url(self) -> str:
        """The address of the repository, as git takes it."""
        return f"{FORGES[self.place.word].base}/{self.place.repository}.git"

    def documents(self, remembered: Mapping[str, str]) -> Generator[Found]:
        """What has changed, if git is installed; else everything, if the archive has changed."""
        from cryptonews_tui.sources.git import GitSource, git_program
        from cryptonews_tui.sources.repository import Address

        if git_program() is None:
            yield from self._from_archive(remembered)
            return
        scheme = urlsplit(self.url).scheme
        address = Address(self.url, scheme, self.place.ref, self.place.folder)
        for found in GitSource(self.location, address, self.access, self.page).documents(remembered):
            yield self._about() if isinstance(found, About) else found

    def _about(self) -> About:
        return About(
            _("a repository at {name}").format(name=FORGES[self.place.word].name),
            clean_line(self.place.repository),
        )

    def page(self, path: str) -> str:
        """The page where people see the file at this path."""
        forge = FORGES[self.place.word]
        page = forge.page.format(
            ref=quote(self.place.ref or "HEAD"),
            kind="branch" if self.place.ref else "commit",
            path=quote(path),
        )
        return f"{forge.base}/{self.place.repository}/{page}"

    def _from_archive(self, remembered: Mapping[str, str]) -> Iterator[Found]:
        from cryptonews_tui.sources.archive import members
        from cryptonews_tui.sources.http.client import Http
        from cryptonews_tui.sources.local import unchanged

        forge = FORGES[self.place.word]
        archive = (forge.archive if self.place.ref else forge.newest).format(
            repository=self.place.repository,
            project=quote(self.place.repository, safe=""),
            ref=quote(self.place.ref),
        )
        url = f"{forge.base}/{archive}"
        yield self._about()
        with Http(self.access) as http:
            fetched = http.fetch(url, remembered.get("", ""), limit=self.access.limits.download)
        if fetched.body is None:
            yield from unchanged(remembered)
            return
        named = False
        with fetched.body as body:
            for found in members(body, url, {}, self.access.limits):
                item = self._below(found.item) if isinstance(found, Document | Problem) else None
                if item is None or is_hidden(item):
                    continue
                named = True
                if isinstance(found, Problem):
                    yield replace(found, item=item)
                elif isinstance(found, Document) and remembered.get(item) == found.stamp:
                    yield Seen(item, found.stamp)
                elif isinstance(found, Document):
                    path = f"{self.place.folder}/{item}".lstrip("/")
                    path = self.place.folder if self._is_file(item) else path
                    yield replace(found, item=item, origin=self.page(path))
        if not named and self.place.folder and not any(remembered):
            raise SourceError(
                _("There is no article in {folder} of {repository}. Check the name of the folder.").format(
                    folder=clean_line(self.place.folder), repository=self.place.repository
                )
            )
        yield Seen("", fetched.stamp)

    def _below(self, member: str) -> str | None:
        """The item that a member of the archive is; `None` if it is in another folder.

        The archive has one folder on top that is named after the repository and the commit.
        """
        path = member.partition("/")[2]
        folder = self.place.folder
        if not folder:
            return path or None
        if path == folder:
            return path.rpartition("/")[2]
        return path.removeprefix(f"{folder}/") if path.startswith(f"{folder}/") else None

    def _is_file(self, item: str) -> bool:
        return self.place.folder.rpartition("/")[2] == item and item.lower().endswith((".md", ".markdown"))
