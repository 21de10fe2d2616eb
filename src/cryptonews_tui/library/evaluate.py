"""Step 6 of the line: `Query` → the set of stories it means. The only evaluator.

Every term means a set of stories, and the query is their intersection, so a term holds for a story when it
holds for any of its languages, and an excluded term when it holds for none. Drafts count only where a story
has nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import or_

from pyroaring import BitMap

from cryptonews_tui.library.facets import FacetIndex
from cryptonews_tui.library.state import Mark
from cryptonews_tui.query import PREFIX_LETTERS, Query, Word


def evaluate(
    query: Query, facets: FacetIndex, marked: Callable[[Mark], BitMap], search: Callable[[str], BitMap]
) -> BitMap:
    """The positions of the stories that `query` asks for.

    `marked` gives the stories with a mark of the reader, `search` those with a hit for an FTS5 expression.
    """
    found = facets.everything()

    def having(field: str, value: str) -> BitMap:
        if field != "is":
            return facets.stories(field, value)
        if value == "unread":
            return facets.everything() - marked(Mark.READ)
        if value in ("read", "starred"):
            return marked(Mark(value))
        return facets.stories(field, value)

    for item in query.filters:
        stories = reduce(or_, (having(item.field, value) for value in item.values), BitMap())
        found = found - stories if item.negated else found & stories
    if "draft" not in query.values("is"):
        found -= facets.stories("is", "draft")
    for word in query.words:
        if not found:
            break
        stories = search(expression(word))
        found = found - stories if word.negated else found & stories
    return found


def expression(word: Word) -> str:
    """A word as FTS5 understands it: a string, with `*` where beginnings of words match."""
    quoted = '"' + word.text.replace('"', '""') + '"'
    return quoted if word.exact or len(word.text) < PREFIX_LETTERS else quoted + "*"
