"""Step 6 of the line: `Query` → the set of stories it means. The only evaluator.

Every term means a set of stories, so terms combine by plain set algebra: a term holds for a story when it holds
for any of its languages, and an excluded term when it holds for none. Drafts count only where a story has
nothing else.
"""

from __future__ import annotations

from functools import reduce
from operator import and_, or_
from typing import Protocol

from pyroaring import BitMap

from cryptonews_tui.query import DRAFT, Either, Filter, Query, Word


class Meanings(Protocol):
    """What single terms mean. The sets are not to be changed."""

    def everything(self) -> BitMap:
        """All stories."""

    def value(self, field: str, value: str) -> BitMap:
        """The stories that have a value of a field."""

    def word(self, word: Word) -> BitMap:
        """The stories that say a word, whether it is negated or not."""


def evaluate(query: Query, meanings: Meanings) -> BitMap:
    """The positions of the stories that `query` asks for."""
    found = _side_by_side(query, meanings)
    if not any(isinstance(t, Filter) and t.field == "is" and DRAFT in t.values for t in query.terms()):
        found = found - meanings.value("is", DRAFT)
    return found


def _side_by_side(query: Query, meanings: Meanings) -> BitMap:
    found = meanings.everything()
    terms: tuple[Filter | Either | Word, ...] = (*query.filters, *query.groups, *query.words)
    for term in terms:  # the cheapest first
        if not found:
            break
        stories = _meaning(term, meanings)
        found = found - stories if term.negated else found & stories
    return found


def _meaning(term: Filter | Either | Word, meanings: Meanings) -> BitMap:
    if isinstance(term, Word):
        return meanings.word(term)
    if isinstance(term, Filter):
        sets = [meanings.value(term.field, value) for value in term.values]
        return reduce(and_ if term.every else or_, sets)
    return reduce(or_, (_side_by_side(alternative, meanings) for alternative in term.alternatives))
