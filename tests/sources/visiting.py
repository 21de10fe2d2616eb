"""One visit to a source, sorted by what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from cryptonews_tui.article import Document, Problem
from cryptonews_tui.safety import clean
from cryptonews_tui.sources import About, Expected, Found, Gone, Rest, Seen, SourceError, open_source
from cryptonews_tui.sources.access import Access
from cryptonews_tui.sources.limits import Limits

QUICK = Limits(connect=2, read=0.3, whole=5, pause=0.01)
"""Limits for faults that are waited for."""
HASTY = Limits(pause=0.01)
"""The usual limits, but for the time between two attempts."""


def article(title: str = "Bitcoin rests") -> bytes:
    return f'---\ntitle: "{title}"\npublishedAt: "2025-11-25T09:00:00Z"\n---\n\nText of {title}.\n'.encode()


@contextmanager
def or_a_sentence() -> Iterator[None]:
    """What is inside may fail with one error that can be shown, and with no other."""
    try:
        yield
    except SourceError as error:
        _check(str(error))


def _check(sentence: str) -> None:
    assert sentence == clean(sentence)
    assert "\n" not in sentence
    assert sentence.endswith(".")


@dataclass(slots=True)
class Visit:
    """What a visit found, in the order it came."""

    expected: list[int] = field(default_factory=list)
    documents: dict[str, Document] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    about: list[About] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    rest: bool = False
    """Whether what was not named is as it was."""

    @property
    def data(self) -> dict[str, bytes]:
        return {item: document.data for item, document in self.documents.items()}

    @property
    def stamps(self) -> dict[str, str]:
        """What is remembered for the next visit, as the library does it: empty stamps are none."""
        stamps = {item: document.stamp for item, document in self.documents.items()} | self.seen
        return {item: stamp for item, stamp in stamps.items() if stamp}


def sort_out(found: Iterable[Found]) -> Visit:
    visit = Visit()
    for one in found:
        match one:
            case Expected(count):
                visit.expected.append(count)
            case Document(item):
                assert item not in visit.documents
                visit.documents[item] = one
            case Seen(item, stamp):
                assert item not in visit.seen
                visit.seen[item] = stamp
            case Problem(item, _, message):
                assert message.endswith(".")
                visit.problems[item] = message
            case About():
                visit.about.append(one)
            case Gone(item):
                visit.gone.append(item)
            case Rest():
                visit.rest = True
    return visit


def visit(
    location: object, remembered: Mapping[str, str] | None = None, limits: Limits | None = None
) -> Visit:
    """Everything at a location, from what the user types to what the library gets."""
    return sort_out(open_source(str(location), Access(limits or HASTY)).documents(remembered or {}))
