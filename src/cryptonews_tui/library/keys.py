"""What the reader said of a story, whichever of its keys it was said under (`Library.keys` gives them, its own first).

The same story can have another key in a library that was built anew, because its sources came in another order.
"""

from __future__ import annotations

from collections.abc import Sequence

from cryptonews_tui.library.state import Mark, Place, State


def set_mark(state: State, keys: Sequence[str], mark: Mark, on: bool) -> None:
    """Mark a story, or take the mark away wherever it is."""
    for key in keys[:1] if on else keys:
        state.set_mark(mark, key, on)


def note(state: State, keys: Sequence[str]) -> str | None:
    """What the reader wrote about a story; under two keys one after the other."""
    notes = dict.fromkeys(found for key in keys if (found := state.note(key)))
    return "\n\n".join(notes) or None


def set_note(state: State, keys: Sequence[str], text: str | None) -> None:
    """Keep the reader's own words about a story, or forget them."""
    state.set_note(keys[0], text)  # first what is new, so that nothing is lost on the way
    for key in keys[1:]:
        if state.note(key):
            state.set_note(key, None)


def place(state: State, keys: Sequence[str]) -> Place | None:
    """Where the reader stopped in a story."""
    return next((found for key in keys if (found := state.place(key))), None)


def set_place(state: State, keys: Sequence[str], place: Place | None) -> None:
    """Remember where the reader stopped in a story, or that it begins at its top again."""
    state.set_place(keys[0], place)
    for key in keys[1:]:
        if state.place(key):
            state.set_place(key, None)


def text_read(state: State, keys: Sequence[str], lang: str) -> str | None:
    """The body of a story as it was when it was read."""
    return next((found for key in keys if (found := state.text_read(key, lang)) is not None), None)
