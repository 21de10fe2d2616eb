"""The views on the screen: which there are, which keys open them, and what becomes of the reader's own ones.

Every change answers with the sentence that tells what happened.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cryptonews_tui.library import DatabaseError, State
from cryptonews_tui.query import Query, QueryError, parse
from cryptonews_tui.safety import clean_line
from cryptonews_tui.translation import _, ngettext
from cryptonews_tui.tui.commands import BY_ID, key_of_view, shown_key, shown_keys
from cryptonews_tui.views import BUILT_IN, View, all_views, find

NAME_LENGTH = 40
_KEY = "key:"


class SavedViews:
    """The views in force. `said` are those of the settings, `remapped` the keys that commands have got there."""

    def __init__(self, state: State, said: Mapping[str, Any], remapped: Mapping[str, str]) -> None:
        self._state = state
        self._said = said
        self._remapped = remapped
        self._deleted: list[tuple[View, int]] = []
        self.views: list[View] = []
        self.queries: dict[str, Query] = {}
        """What each view asks, by its name."""
        self.keys: dict[str, View] = {}
        """The views that have a key, by its name in the program."""
        self.complaints: list[str] = []
        self.read()

    def read(self) -> None:
        """Read anew which there are: another program may have saved one."""
        self.views, self.queries, self.keys, self.complaints = [], {}, {}, []
        for view in all_views(self._said, self._state.views()):
            try:
                self.queries[view.name] = parse(view.query)
            except QueryError as error:
                self.complaints.append(
                    _("The view “{name}” cannot be asked: {why}").format(
                        name=clean_line(view.name), why=error
                    )
                )
                continue
            self.views.append(view)
            if view.key:
                name, why = self.key_for(view.key, "")
                if why:
                    self.complaints.append(
                        _("views: “{name}” has no key: {why}").format(name=clean_line(view.name), why=why)
                    )
                else:
                    self.keys[name] = view

    def __getitem__(self, name: str) -> Query:
        return self.queries[name]

    @property
    def own(self) -> set[str]:
        """The names of the reader's own views."""
        return {view.name for view in self.views if view.own}

    def why_fixed(self, name: str) -> str:
        """Why a view cannot be changed here; empty if it can."""
        view = self._own(name)
        return view if isinstance(view, str) else ""

    def shown_key(self, view: View) -> str:
        """The key that opens a view, as people write it; empty if none does."""
        return next((shown_key(key) for key, known in self.keys.items() if known is view), "")

    def shown_keys(self) -> dict[str, str]:
        """The keys that open views, by the views' names."""
        return {view.name: shown_key(key) for key, view in self.keys.items()}

    def active(self, question: Query) -> str:
        """The name of the view that asks this, in whatever order; empty if none does."""
        unsorted = question.sorted_by("")
        names = [name for name, query in self.queries.items() if query in (question, unsorted)]
        exact = (name for name in names if self.queries[name] == question)
        return next(exact, next(iter(names), ""))

    def text(self, name: str) -> str:
        """What the reader is given to edit: the name, and the key if there is one."""
        key = next((key for key, view in self.keys.items() if view.name == name), "")
        return f"{name} {_KEY}{key}" if key else name

    def save(self, answer: str, query: Query) -> str:
        """Keep a query as a view. `answer` is a name, with `key:x` after it if it is to have a key."""
        name, key, why = self._understand(answer)
        if why:
            return why
        old = find(name, self.views)
        if not key and old is not None:
            key = old.key or ""
        if why := self._keep(name, query, key):
            return why
        told = _("Replaced the view “{name}”: {query}") if old else _("Saved the view “{name}”: {query}")
        return self._with_key(told.format(name=name, query=query or _("all stories")), key)

    def rename(self, name: str, answer: str) -> str:
        """Give one of the reader's own views another name or key."""
        view = self._own(name)
        if isinstance(view, str):
            return view
        new, key, why = self._understand(answer, view.name)
        if why:
            return why
        try:
            if new != view.name and (problem := self._state.rename_view(view.name, new)):
                return f"{problem[0].upper()}{problem[1:]}."
        except DatabaseError as error:
            return str(error)
        if why := self._keep(new, self.queries[name], key):
            return why
        return self._with_key(_("The view is called “{name}”").format(name=new), key)

    def delete(self, name: str) -> str:
        """Forget one of the reader's own views."""
        view = self._own(name)
        if isinstance(view, str):
            return view
        place = [v.name for v in self.views if v.own].index(view.name)
        try:
            self._state.remove_view(view.name)
        except DatabaseError as error:
            return str(error)
        self._deleted.append((view, place))
        self.read()
        undo = BY_ID["undo"]
        back = shown_keys(undo, self._remapped).split(" ")[0]
        return _("Deleted the view “{name}”; {key} brings it back.").format(
            name=view.name, key=back or _(undo.title).lower()
        )

    def undo(self) -> str:
        """Bring back what was deleted last."""
        if not self._deleted:
            return _("There is nothing to bring back.")
        view, place = self._deleted[-1]
        if find(view.name, self.views):
            return _("There is a view “{name}” again: rename or delete that one first.").format(
                name=view.name
            )
        taken = self.key_for(view.key, "")[1] if view.key else ""
        if why := self._keep(view.name, parse(view.query), "" if taken else view.key or ""):
            return why
        self._deleted.pop()
        try:
            own = [v.name for v in self.views if v.own]
            self._state.move_view(view.name, place - own.index(view.name))
        except DatabaseError as error:
            return str(error)
        self.read()
        return _("The view “{name}” is back.").format(name=view.name)

    def move(self, name: str, step: int) -> str:
        """Move one of the reader's own views; nothing is said if that went well."""
        view = self._own(name)
        if isinstance(view, str):
            return view
        try:
            self._state.move_view(view.name, step)
        except DatabaseError as error:
            return str(error)
        self.read()
        return ""

    def _keep(self, name: str, query: Query, key: str) -> str:
        try:
            self._state.save_view(name, str(query), key or None)
        except DatabaseError as error:
            return str(error)
        self.read()
        return ""

    @staticmethod
    def _with_key(told: str, key: str) -> str:
        if not key:
            return f"{told}."
        return _("{told} · {key} opens it.").format(told=told, key=shown_key(key))

    def _own(self, name: str) -> View | str:
        """The view, or why it cannot be changed here."""
        view = find(name, self.views)
        if view is None:
            return _("There is no view “{name}”.").format(name=name)
        if view.own:
            return view
        if find(name, BUILT_IN) and not any(said.casefold() == name.casefold() for said in self._said):
            return _("“{name}” comes with the program: it stays as it is.").format(name=view.name)
        return _("“{name}” stands in your settings file: change it there.").format(name=view.name)

    def _understand(self, answer: str, renamed: str = "") -> tuple[str, str, str]:
        """The name and the key that an answer says, and what is wrong with them."""
        words = answer.split()
        given = words.pop()[len(_KEY) :] if words and words[-1].casefold().startswith(_KEY) else ""
        name = " ".join(words)
        key, why = self.key_for(given, renamed or name) if given else ("", "")
        if not name:
            return "", "", _("A view needs a name; nothing was saved.")
        if len(name) > NAME_LENGTH:
            told = ngettext(
                "A name has at most {count} character; nothing was saved.",
                "A name has at most {count} characters; nothing was saved.",
                NAME_LENGTH,
            )
            return "", "", told.format(count=NAME_LENGTH)
        if why:
            return "", "", _("{why}; nothing was saved.").format(why=f"{why[0].upper()}{why[1:]}")
        if find(name, self.views) and isinstance(fixed := self._own(name), str):
            return "", "", fixed
        return name, key, ""

    def key_for(self, key: str, name: str) -> tuple[str, str]:
        """The name of a key that the view `name` is to have, and why it cannot."""
        others = {k: view.name for k, view in self.keys.items() if view.name.casefold() != name.casefold()}
        return key_of_view(key, self._remapped, others)
