"""A library or state file that somebody has written for us: read, or refused with a sentence, and nothing hangs."""

from contextlib import closing
from functools import cache

from tests.strategies import arrived, article

from cryptonews_tui.library import DatabaseError, Library, Mark, State, Writer
from cryptonews_tui.query import parse
from fuzz.checks import scratch_folder

SEEDS = (b"\0", b"\0\0\x40\1\0\0\xff", b"\1\0\x40\1\0\0\xff", b"\0\0\x64\2", b"\1\0\x1c\xff\xff\xff\xff")
WORDS = (b"\0", b"\xff\xff", b"\x0d", b"\x05", b"\x0a", b"\x02", b"\x7f\xff", b"\0\0\0\0", b"\x80")
_FOLDER = scratch_folder()


@cache
def _originals() -> tuple[bytes, bytes]:
    library, state = _FOLDER / "original.db", _FOLDER / "state-original.db"
    with closing(Writer(library)) as writer:
        writer.write(
            "s", {}, arrived([(article(str(n), tags=("BTC", f"T{n}")), b"%d" % n) for n in range(8)])
        )
        writer.publish()
    with closing(State(state)) as marks:
        marks.set_mark(Mark.READ, "1", on=True)
        marks.set_note("2", "A note.")
    return library.read_bytes(), state.read_bytes()


def run(data: bytes) -> None:
    """The first byte says which of the two is spoilt; then each five bytes a place (3), how many (1) and with what (1)."""
    library, state = (bytearray(one) for one in _originals())
    spoilt = state if data[:1] == b"\1" else library
    for at in range(1, len(data) - 4, 5):
        place, size = int.from_bytes(data[at : at + 3], "big") % len(spoilt), 1 + data[at + 3] % 16
        spoilt[place : place + size] = bytes([data[at + 4]]) * len(spoilt[place : place + size])
    paths = _FOLDER / "library.db", _FOLDER / "state.db"
    for path, content in zip(paths, (library, state), strict=True):
        for beside in _FOLDER.glob(f"{path.name}-*"):
            beside.unlink()
        path.write_bytes(content)
    try:
        with closing(Library(*paths)) as opened:
            for text in ("", "tag:btc is:unread", "text", "sort:title"):
                opened.headlines(opened.stories(parse(text))[:10])
            opened.facets(parse(""))
            opened.article("1")
            opened.related("1", "en")
        with closing(State(paths[1])) as marks:
            marks.set_mark(Mark.STARRED, "3", on=True)
            marks.note("2")
    except DatabaseError:
        pass
