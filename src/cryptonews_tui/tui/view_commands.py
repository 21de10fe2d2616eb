"""What the reader does with views: show one, keep the query as one, rename, move and delete their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cryptonews_tui.query import Query
from cryptonews_tui.translation import _
from cryptonews_tui.tui.filter_rows import VIEWS, ListedView, value_name
from cryptonews_tui.tui.saved_views import SavedViews
from cryptonews_tui.views import BUILT_IN
from cryptonews_tui.wording import number

if TYPE_CHECKING:
    from cryptonews_tui.tui.main_screen import MainScreen


class ViewCommands:
    """The commands on `views`; `screen` shows what comes of them."""

    def __init__(self, screen: MainScreen, views: SavedViews) -> None:
        self._screen = screen
        self.views = views
        self._looked_up: set[tuple[object, str]] = set()

    def listed(self) -> Iterator[ListedView]:
        """All views, as the filters pane lists them."""
        library, views = self._screen.library, self.views
        active = views.active(self._screen.question)
        for view in views.views:
            query = views[view.name]
            unread = library.unread_of(query) if library.ready(query) else None
            label = value_name(VIEWS, view.name) if view in BUILT_IN else view.name
            yield ListedView(view.name, unread, views.shown_key(view), view.name == active, label)

    def uncounted(self, version: object) -> Query | None:
        """A view's query that has to be looked up to be counted, once in each version of the library."""
        for name, query in self.views.queries.items():
            if (version, name) not in self._looked_up and not self._screen.library.ready(query):
                self._looked_up.add((version, name))
                return query
        return None

    def show(self, name: str) -> None:
        """Ask what a view asks."""
        query = self.views[name]
        if query == self._screen.question:
            self._screen.reload()
        else:
            self._screen.question = query

    def press(self, key: str) -> bool:
        """Show the view that this key opens; False if none does."""
        view = self.views.keys.get(key)
        if view is not None:
            self.show(view.name)
        return view is not None

    async def choose(self) -> None:
        """Find a view by its letters."""
        from cryptonews_tui.tui.picker import Choice, Picker, among

        self.views.read()
        listed = [*self.listed()]
        choices = [
            Choice(
                view.name,
                view.label or view.name,
                f"{view.key}  {'' if view.unread is None else number(view.unread):>6}",
            )
            for view in listed
        ]
        active = next((view.name for view in listed if view.active), "")
        picker = Picker(_("View · unread"), among(choices), current=active)
        chosen = await self._screen.app.push_screen_wait(picker)
        if chosen is not None:
            self.show(chosen.value)

    async def save(self) -> None:
        """Keep the query as a view."""
        question = self._screen.question
        active = self.views.active(question)
        text = self.views.text(active) if active in self.views.own else ""
        answer = await self._screen.prompt(
            _("Save as"), text, _("a name, and if you like a key: Markets key:f5")
        )
        if answer is not None:
            self._tell(self.views.save(answer, question))

    async def edit(self, name: str, what: str) -> None:
        """Do something to a view: `rename`, `delete`, move it `up` or `down`."""
        if what == "delete":
            self._tell(self.views.delete(name))
        elif what in ("up", "down"):
            self._tell(self.views.move(name, -1 if what == "up" else 1))
        elif why := self.views.why_fixed(name):
            self._tell(why)
        else:
            answer = await self._screen.prompt(_("Rename to"), self.views.text(name))
            if answer is not None:
                self._tell(self.views.rename(name, answer))

    def undo(self) -> None:
        """Bring back the view that was deleted last."""
        self._tell(self.views.undo())

    def _tell(self, told: str) -> None:
        if told:
            self._screen.say(told)
        self._screen.count()
