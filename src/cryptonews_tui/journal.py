"""The journal: what refreshes did and what went wrong, in a file that does not grow for ever."""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import cast

from cryptonews_tui.files import for_us_alone, make_folder
from cryptonews_tui.safety import clean_line

BYTES, FILES = 1_000_000, 3
"""How large a file becomes, and how many older ones are kept."""

_logger = logging.getLogger("cryptonews_tui")


class _Cleaned(logging.Formatter):
    """Foreign text is written as it may be shown; a traceback keeps its lines."""

    def format(self, record: logging.LogRecord) -> str:
        lines = super().format(record).splitlines()
        return "\n".join(clean_line(line, 2_000) if line.strip() else "" for line in lines)


class _Journal(RotatingFileHandler):
    def _open(self) -> TextIOWrapper:
        opened = open(self.baseFilename, self.mode, encoding=self.encoding, opener=for_us_alone)  # noqa: SIM115
        return cast(TextIOWrapper, opened)  # the handler closes it

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - what logging calls it
        """A full disk is no reason to write into the screen."""


def keep_journal(path: Path, *, aloud: bool = False) -> None:
    """Write what is logged from now on to the file at `path`, and `aloud` to the standard error as well.

    A journal that cannot be written is none: nothing fails for want of it.
    """
    for handler in [*_logger.handlers]:  # of an earlier one
        _logger.removeHandler(handler)
        handler.close()
    _logger.setLevel(logging.DEBUG)
    with suppress(OSError):
        make_folder(path.parent)
        journal = _Journal(path, maxBytes=BYTES, backupCount=FILES - 1, encoding="utf-8", delay=True)
        journal.setFormatter(_Cleaned("%(asctime)s %(levelname).1s %(message)s"))
        _logger.addHandler(journal)
    if aloud:
        talk = logging.StreamHandler(sys.stderr)
        talk.setFormatter(_Cleaned("%(message)s"))
        _logger.addHandler(talk)
