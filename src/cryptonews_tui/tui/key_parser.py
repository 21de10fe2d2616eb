"""Textual's parser of what a terminal sends, made to go on after a sequence that makes no sense."""

from __future__ import annotations

from collections.abc import Iterable

from textual._xterm_parser import XTermParser
from textual.events import Key


class KeyParser(XTermParser):
    """A number that is no number, or no letter's, is no key; Textual's own would take no more keys after it."""

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[Key]:
        try:
            return [*super()._sequence_to_key_events(sequence, alt)]
        except (ValueError, OverflowError):
            return []
