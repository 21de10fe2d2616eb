"""The catalogues of messages: what the code says, and how it is said in other languages."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from cryptonews_tui.translation import DOMAIN, LANGUAGES

PACKAGE = Path(__file__).parent.parent / "src" / "cryptonews_tui"
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
TRANSLATED = tuple(language for language in LANGUAGES if language != "en")


class Plain(Catalog):
    """A catalogue whose head says nothing that changes by itself, such as a date."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Language", str(self.locale)),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Plural-Forms", self.plural_forms),
        ]


def place(language: str) -> Path:
    """Where the translations into a language are kept; beside it is what the program reads."""
    return PACKAGE / "locale" / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def said() -> Catalog:
    """Every message in the code, in no language."""
    found = Catalog(charset="utf-8")
    for _, _, message, _, context in extract_from_dir(
        PACKAGE, method_map=[("**.py", "python")], keywords=KEYWORDS, comment_tags=()
    ):
        found.add(message, context=context)
    return found


def read(path: Path, language: str) -> Catalog:
    """The translations that a file holds."""
    with path.open("rb") as file:
        return read_po(file, locale=language)


def messages(catalog: Catalog) -> Iterator[Message]:
    """The messages of a catalogue without its head."""
    return (message for message in catalog if message.id)


def translated(message: Message) -> bool:
    """Whether there is a translation, in all its plural forms."""
    forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return bool(forms) and all(forms)


def updated(language: str, *known: Catalog) -> Catalog:
    """What the code says now, with the translations that are known: of the first catalogue that has one."""
    catalog = Plain(
        locale=language, fuzzy=False, header_comment=f"# What cryptonews-tui says, in language: {language}."
    )
    for message in messages(said()):
        found = (each.get(message.id, message.context) for each in known)
        string = next((one.string for one in found if one is not None and translated(one)), None)
        catalog.add(message.id, string, context=message.context, flags=message.flags)
    return catalog


def as_text(catalog: Catalog) -> bytes:
    """The file for people who translate."""
    file = io.BytesIO()
    write_po(file, catalog, width=110, no_location=True, sort_output=True)
    return file.getvalue()


def compiled(catalog: Catalog) -> bytes:
    """The file that the program reads."""
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def plain(catalog: Catalog, language: str) -> Catalog:
    """The same translations under a head that does not change by itself."""
    copy = Plain(locale=language, fuzzy=False)
    for message in messages(catalog):
        copy.add(message.id, message.string, context=message.context, flags=message.flags)
    return copy
