"""Articles on this computer: one Markdown file, a folder of them, an archive of such a folder, or a feed."""

from __future__ import annotations

import json
import os
import stat
from collections import deque
from collections.abc import Generator, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from io import BufferedReader
from typing import NamedTuple

from cryptonews_tui.article import Document, Problem
from cryptonews_tui.safety import clean_line
from cryptonews_tui.sources import About, Expected, Found, Rest, Seen, SourceError
from cryptonews_tui.sources.archive import members
from cryptonews_tui.sources.limits import Limits, in_words
from cryptonews_tui.sources.names import NO_ARTICLES, is_archive, is_article, is_feed_file, item_name
from cryptonews_tui.translation import _

_READ_AHEAD = 32
"""Files that are open at once, so that the system fetches the next ones from disk while we read this one."""

# A name may have become a pipe since we looked at it: opening must not wait for a writer.
_OPEN = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY


class _File(NamedTuple):
    """A file as a scan found it. A tuple, because there are thousands."""

    item: str
    path: str
    stamp: str
    size: int


class _Open(NamedTuple):
    """A file whose bytes are on their way from the disk."""

    file: _File
    descriptor: int


def original(origin: str) -> str:
    """The text of the article file that is at this path now; empty if there is none that can be read."""
    if not (os.path.isabs(origin) and is_article(origin)):
        return ""
    try:
        descriptor = os.open(origin, _OPEN)
        try:  # of a folder no file can be made that would close it
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return ""
            with open(descriptor, "rb", closefd=False) as file:
                return file.read(Limits().article).decode("utf-8", "replace")
        finally:
            os.close(descriptor)
    except (OSError, ValueError):
        return ""


@dataclass(frozen=True, slots=True)
class LocalSource:
    """A file, folder or archive at an absolute path. What it is, is decided anew on every visit."""

    location: str
    limits: Limits

    def check(self) -> None:
        """Raise `SourceError` if something is there that is no source. What is missing may come back."""
        if os.path.exists(self.location):
            self._status()

    def documents(self, remembered: Mapping[str, str]) -> Generator[Found]:
        """The articles in the order of their paths; unchanged files (same time, same size) are not opened."""
        status = self._status()
        if stat.S_ISDIR(status.st_mode):
            yield About(_("a folder"))
            yield from self._folder(remembered)
        elif is_article(self.location):
            yield About(_("an article"))
            file = _File(
                item_name(os.path.basename(self.location)), self.location, _stamp(status), status.st_size
            )
            yield Expected(1)
            yield from self._read([file], remembered)
        elif is_archive(self.location):
            yield About(_("an archive"))
            yield from self._archive(remembered)
        else:
            yield from self._feed(remembered)

    def _status(self) -> os.stat_result:
        shown = clean_line(self.location)
        try:
            status = os.stat(self.location)
        except (FileNotFoundError, NotADirectoryError):
            raise SourceError(
                _("There is no file or folder at {shown}. Check the path.").format(shown=shown)
            ) from None
        except OSError as error:
            raise SourceError(
                _("{shown} cannot be reached: {reason}.").format(shown=shown, reason=_reason(error))
            ) from None
        if stat.S_ISDIR(status.st_mode):
            return status
        if not stat.S_ISREG(status.st_mode):
            raise SourceError(
                _("{shown} is neither a file nor a folder. Name a folder of Markdown files.").format(
                    shown=shown
                )
            )
        if not (is_article(self.location) or is_archive(self.location) or is_feed_file(self.location)):
            raise SourceError(
                _(
                    "{shown} is neither Markdown (.md, .markdown) nor an archive (.zip, .tar.gz, .tgz, .tar) nor "
                    "a feed (.xml, .rss, .atom, .json). Name one of these, or a folder of Markdown files."
                ).format(shown=shown)
            )
        return status

    def _folder(self, remembered: Mapping[str, str]) -> Iterator[Found]:
        files, problems, whole = self._scan()
        yield Expected(len(files) + len(problems))
        if not (files or problems or remembered):
            yield Problem(item_name(self.location), None, _(NO_ARTICLES))
        yield from problems
        yield from self._read(files, remembered)
        if not whole:
            yield Rest()

    def _scan(self) -> tuple[list[_File], list[Problem], bool]:
        """All articles below the folder, sorted, and whether every folder could be looked into.

        A folder that can be reached in two ways counts once.
        """
        files: list[_File] = []
        problems: list[Problem] = []
        whole = True
        visited: set[tuple[int, int]] = set()
        folders = [""]
        while folders:
            prefix = folders.pop()
            path = os.path.join(self.location, prefix)
            try:
                status = os.stat(path)
                if (status.st_dev, status.st_ino) in visited:
                    continue
                visited.add((status.st_dev, status.st_ino))
                with os.scandir(path) as entries:
                    listed = sorted(entries, key=lambda entry: entry.name, reverse=True)
            except OSError as error:
                if not prefix:
                    shown = clean_line(self.location)
                    raise SourceError(
                        _("The folder {shown} cannot be read: {reason}.").format(
                            shown=shown, reason=_reason(error)
                        )
                    ) from None
                problems.append(
                    Problem(
                        item_name(prefix),
                        None,
                        _("The folder cannot be read: {reason}.").format(reason=_reason(error)),
                    )
                )
                whole = False
                continue
            for entry in listed:
                name = entry.name
                if name.startswith("."):
                    continue
                try:
                    if entry.is_dir():
                        folders.append(f"{prefix}{name}/")
                    elif is_article(name):
                        status = entry.stat()
                        if stat.S_ISREG(status.st_mode):
                            item = item_name(prefix + name)
                            files.append(_File(item, entry.path, _stamp(status), status.st_size))
                        else:
                            message = _(
                                "This is a pipe, a socket or a device, not a file; it was not opened."
                            )
                            problems.append(Problem(item_name(prefix + name), None, message))
                except OSError as error:
                    if is_article(name):
                        message = _("The file cannot be read: {reason}.").format(reason=_reason(error))
                        problems.append(Problem(item_name(prefix + name), None, message))
        return sorted(files), sorted(problems, key=lambda problem: problem.item), whole

    def _read(self, files: list[_File], remembered: Mapping[str, str]) -> Iterator[Found]:
        ahead: deque[_Open | Seen | Problem] = deque()
        try:
            for file in files:
                if remembered.get(file.item) == file.stamp:
                    ahead.append(Seen(file.item, file.stamp))
                elif (opened := self._open(file)) is not None:
                    ahead.append(opened)
                if len(ahead) > _READ_AHEAD:
                    yield self._finish(ahead.popleft())
            while ahead:
                yield self._finish(ahead.popleft())
        finally:
            for waiting in ahead:
                if isinstance(waiting, _Open):
                    os.close(waiting.descriptor)

    def _open(self, file: _File) -> _Open | Problem | None:
        """The file on its way, or why not; `None` if it has gone since the scan."""
        if file.size > self.limits.article:
            return self._too_large(file)
        try:
            descriptor = os.open(file.path, _OPEN)
        except FileNotFoundError:
            return None
        except OSError as error:
            return Problem(
                file.item, None, _("The file cannot be read: {reason}.").format(reason=_reason(error))
            )
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            return Problem(file.item, None, _("This is no longer a file; it was not read."))
        if hasattr(os, "posix_fadvise"):
            with suppress(OSError):  # a hint, no more
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_WILLNEED)
        return _Open(file, descriptor)

    def _finish(self, waiting: _Open | Seen | Problem) -> Found:
        if not isinstance(waiting, _Open):
            return waiting
        file, descriptor = waiting
        try:
            with open(descriptor, "rb", buffering=0) as opened:
                data = opened.read(file.size + 1) or b""
                if len(data) > file.size:  # it has grown since the scan
                    data += opened.read(self.limits.article + 1 - len(data)) or b""
        except OSError as error:
            return Problem(
                file.item, None, _("The file cannot be read: {reason}.").format(reason=_reason(error))
            )
        if len(data) > self.limits.article:
            return self._too_large(file)
        return Document(file.item, item_name(file.path), data, file.stamp)

    def _too_large(self, file: _File) -> Problem:
        return Problem(
            file.item,
            None,
            _("The file is larger than {size}; it was not read.").format(size=in_words(self.limits.article)),
        )

    def _archive(self, remembered: Mapping[str, str]) -> Iterator[Found]:
        file, stamp = self._open_whole()
        with file:
            if remembered.get("") == stamp:
                yield from unchanged(remembered)
            else:
                yield from members(file, self.location, remembered, self.limits)
                yield Seen("", stamp)

    def _feed(self, remembered: Mapping[str, str]) -> Iterator[Found]:
        """A feed or a list of news in a file: what is no longer in it has only become old."""
        file, stamp = self._open_whole()
        with file:
            if remembered.get("") == stamp:
                yield from unchanged(remembered)
                return
            data = file.read(self.limits.feed + 1)
        shown = clean_line(self.location)
        if len(data) > self.limits.feed:
            raise SourceError(
                _("{shown} is larger than {size}; it was not read.").format(
                    shown=shown, size=in_words(self.limits.feed)
                )
            )
        # Files and folders of Markdown need none of this.
        if self.location.lower().endswith(".json"):
            from cryptonews_tui.sources import json_news

            try:
                value = json.loads(data)
            except (ValueError, RecursionError):
                raise SourceError(
                    _("{shown} is not valid JSON. Name a JSON feed or a list of news.").format(shown=shown)
                ) from None
            yield from json_news.read(value, self.location, remembered, (), self.limits)
        else:
            from cryptonews_tui.sources import feeds

            yield from feeds.read(data, self.location, "", remembered, self.limits)
        yield Rest()
        yield Seen("", stamp)

    def _open_whole(self) -> tuple[BufferedReader, str]:
        """The file, for the caller to close, and its stamp."""
        try:
            file = open(os.open(self.location, _OPEN), "rb")  # noqa: SIM115 - closed by the caller
        except OSError as error:
            raise SourceError(
                _("{location} cannot be opened: {reason}.").format(
                    location=clean_line(self.location), reason=_reason(error)
                )
            ) from None
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            file.close()
            raise SourceError(
                _("{location} is no longer a file. Check the path.").format(
                    location=clean_line(self.location)
                )
            )
        return file, _stamp(status)


def unchanged(remembered: Mapping[str, str]) -> Iterator[Found]:
    """Everything that was remembered is still there: what a container says that has not changed."""
    yield Expected(sum(1 for item in remembered if item))
    for item, stamp in sorted(remembered.items()):
        yield Seen(item, stamp)


def _stamp(status: os.stat_result) -> str:
    return f"{status.st_mtime_ns}:{status.st_size}"


def _reason(error: OSError) -> str:
    return clean_line(error.strerror or type(error).__name__)
