"""Files and folders that are nobody else's business, whatever the umask says."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def make_folder(path: Path) -> None:
    """Make a folder for the user alone, and those above it that are missing. Raises `OSError`."""
    for folder in (*reversed(path.parents), path):
        if not folder.is_dir():
            folder.mkdir(mode=0o700, exist_ok=True)


def for_us_alone(path: str, flags: int) -> int:
    """An opener for `open`: the file is the user's alone, and a link in its place is not followed."""
    if sys.platform == "win32":
        return os.open(path, flags, 0o600)
    file = os.open(path, flags | os.O_NOFOLLOW, 0o600)
    found = os.fstat(file)
    if found.st_uid == os.geteuid():  # an older version may have made it
        os.fchmod(file, found.st_mode & 0o700)
    return file
