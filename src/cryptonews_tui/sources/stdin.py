"""Articles from standard input: one Markdown file, or an archive of a folder. Nothing of it can be visited again."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace

from cryptonews_tui.article import Document
from cryptonews_tui.safety import clean_line
from cryptonews_tui.sources import About, Expected, Found, Seen, SourceError
from cryptonews_tui.sources.access import Access
from cryptonews_tui.sources.archive import looks_like_archive, members
from cryptonews_tui.sources.limits import MIB, in_words
from cryptonews_tui.translation import _

STDIN = "-"
_CHUNK = 64 * 1024
_START = 512


@dataclass(frozen=True, slots=True)
class StdinSource:
    """What is piped into the program, once."""

    access: Access
    location: str = STDIN

    def documents(self, remembered: Mapping[str, str]) -> Generator[Found]:
        """Everything up to the end of the input; what was remembered is of no use."""
        limits = self.access.limits
        with tempfile.SpooledTemporaryFile(max_size=2 * MIB) as file:
            size = 0
            for chunk in iter(self._chunk, b""):
                size += len(chunk)
                if size > limits.download:
                    raise SourceError(
                        _(
                            "Standard input holds more than {size}; nothing was read. Save it, and name the file."
                        ).format(size=in_words(limits.download))
                    )
                file.write(chunk)
            file.seek(0)
            start = file.read(_START)
            file.seek(0)
            if looks_like_archive(start):
                yield About(_("an archive"))
                for found in members(file, "standard input", {}, limits):
                    if not isinstance(found, Seen):
                        yield replace(found, stamp="") if isinstance(found, Document) else found
                return
            data = file.read(limits.article + 1)
        if not data.strip():
            raise SourceError(
                _("Standard input is empty. Pipe a Markdown file or an archive into it: cat article.md | …")
            )
        if b"\0" in start or data.lstrip().startswith(b"<"):
            raise SourceError(
                _(
                    "Standard input holds neither Markdown nor an archive (zip, tar, tar.gz). Pipe one of these "
                    "into it."
                )
            )
        if len(data) > limits.article:
            raise SourceError(
                _(
                    "The article in standard input is larger than {size}; it was not read. Pipe several articles "
                    "as an archive: tar c folder | …"
                ).format(size=in_words(limits.article))
            )
        yield About(_("an article"))
        yield Expected(1)
        yield Document(STDIN, STDIN, data)

    def _chunk(self) -> bytes:
        if sys.stdin is None or sys.stdin.closed:
            raise SourceError(_("There is no standard input. Name a file, a folder or an address instead."))
        if sys.stdin.isatty():
            raise SourceError(
                _(
                    "Standard input is the terminal. Pipe a Markdown file or an archive into it: cat article.md "
                    "| …"
                )
            )
        if self.access.stop.is_set():
            raise SourceError(_("Reading standard input was called off."))
        try:
            return sys.stdin.buffer.read(_CHUNK)
        except (OSError, ValueError) as error:
            raise SourceError(
                _("Standard input cannot be read ({error}). Name a file instead.").format(
                    error=clean_line(str(error), 200)
                )
            ) from None
