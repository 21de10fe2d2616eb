"""Bring the catalogues in line with the code, and compile them: `make messages`.

New messages get an empty translation, which is to be filled in; those the code no longer says go. Files that are
named give translations where ours has none: `python -m messages uk.po`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from messages import TRANSLATED, as_text, compiled, messages, place, read, translated, updated


def main(arguments: list[str]) -> int:
    missing = 0
    for language in TRANSLATED:
        path = place(language)
        known = [path] if path.exists() else []
        catalog = updated(language, *(read(each, language) for each in (*known, *map(Path, arguments))))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(as_text(catalog))
        path.with_suffix(".mo").write_bytes(compiled(catalog))
        empty = [message for message in messages(catalog) if not translated(message)]
        missing += len(empty)
        print(f"{language}: {len(catalog)} messages, {len(empty)} to be translated in {path}")  # noqa: T201
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
