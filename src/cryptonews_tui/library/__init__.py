"""Steps 4, 6 and 7 of the line: articles are kept, questions are answered. The only room that knows SQL.

A `Writer` fills the library, which can be rebuilt from the sources; `Library` answers; `State` holds what is
the reader's own.
"""

from typing import TYPE_CHECKING, Any

from cryptonews_tui.library.database import DatabaseError
from cryptonews_tui.library.results import Excerpt, Facets, FacetValue, Headline, Stories
from cryptonews_tui.library.state import Mark, Place, State
from cryptonews_tui.library.store import Interrupted, Library
from cryptonews_tui.library.subscriptions import StoredSource, Visit, due_now

if TYPE_CHECKING:
    from cryptonews_tui.library.writing import Arrived, Outcome, Policy, Remembered, Stamps, Writer

__all__ = [
    "Arrived",
    "DatabaseError",
    "Excerpt",
    "FacetValue",
    "Facets",
    "Headline",
    "Interrupted",
    "Library",
    "Mark",
    "Outcome",
    "Place",
    "Policy",
    "Remembered",
    "Stamps",
    "State",
    "StoredSource",
    "Stories",
    "Visit",
    "Writer",
    "due_now",
]


def __getattr__(name: str) -> Any:
    """What writes is imported when it is asked for: who opens the reader, or lists, does not wait for it."""
    if name in __all__:
        from cryptonews_tui.library import writing

        return getattr(writing, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
