"""The one screen: its state is a query and a story, its panes show them and ask for others.

State goes down by the panes' `show`, messages come up; panes never talk to each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.geometry import Size
from textual.messages import Update
from textual.reactive import Reactive, var
from textual.timer import Timer
from textual.widget import Widget

from cryptonews_tui.library import Headline, Library, Stories
from cryptonews_tui.query import ORDERS, Query
from cryptonews_tui.translation import _, ngettext
from cryptonews_tui.tui.article_pane import ArticlePane
from cryptonews_tui.tui.asking import Asker
from cryptonews_tui.tui.bars import KeyLine, StatusLine, stories_counted
from cryptonews_tui.tui.bindings import bindings
from cryptonews_tui.tui.commands import Command
from cryptonews_tui.tui.filter_rows import CHOICES, TITLES, value_name
from cryptonews_tui.tui.filters_pane import FiltersPane
from cryptonews_tui.tui.headlines_pane import HeadlinesPane
from cryptonews_tui.tui.hints import FURTHER, HINTS, KEY_TITLES, SORTED_BY
from cryptonews_tui.tui.newcomers import Newcomers
from cryptonews_tui.tui.pane import Pane
from cryptonews_tui.tui.query_editing import QueryEditing
from cryptonews_tui.tui.query_line import QueryLine
from cryptonews_tui.tui.reading_screen import ReadingScreen
from cryptonews_tui.tui.saved_views import SavedViews
from cryptonews_tui.tui.view_commands import ViewCommands
from cryptonews_tui.wording import number

if TYPE_CHECKING:
    from cryptonews_tui.tui.digest_screen import Opened

FILTERS, HEADLINES, ARTICLE = PLACES = "filters", "headlines", "article"
MEDIUM, WIDE = 80, 130
"""Columns from which two panes, and all three, stand beside each other."""

_SEARCH_SECONDS = 0.3
"""After so long it is said that something is being looked for."""
_RECOUNT_SECONDS = 0.1
"""Counts follow the last of several marks, not each."""
_LOOK_SECONDS = 1.0
"""How often to look whether another program has written to the library."""
_BUSY_LOOKS = 4
"""While sources are read only each so manieth look counts: the list is made anew each time, and keys wait for it."""


class MainScreen(ReadingScreen):
    """Filters, headlines and article; beside each other where there is room, one at a time where not."""

    BINDINGS = bindings("anywhere")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (MEDIUM, "-medium"), (WIDE, "-wide")]  # noqa: RUF012  # Textual's own type
    AUTO_FOCUS = "#headlines"

    # Textual would paint the whole screen at each change of focus; the panes draw what changes with it.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    question: var[Query] = var(Query(), init=False)
    """What is asked: filters pane and query line are two views of it."""

    zoomed: var[bool] = var(False, init=False, toggle_class="-zoomed")
    """Whether the article has the screen for itself."""

    def __init__(self, library: Library, size: Size) -> None:
        """`size` is the terminal's: knowing it now saves styling and laying out everything a second time."""
        super().__init__(library, " ".join(self._classes_for(size)))
        self._asker = Asker(library, self.when_free)
        views = SavedViews(self.app.state, self.app.settings.views, self.app.remapped)
        self._views = ViewCommands(self, views)
        self._order = self.app.settings.order
        self._newcomers = Newcomers(library)
        self._activity = ""
        self._waiting = False
        """Whether what is asked has not been answered yet."""
        self._stories: Stories | None = None
        self._version = (-1, -1)
        self._looks = 0
        self._marks_version = -1
        self.total = 0
        """Stories in the library, whatever the query."""
        self._counted = False
        self._languages: dict[str, str] = {}
        """The language that the reader chose for a story."""
        self._searching: Timer | None = None
        self._recounting: Timer | None = None
        self._last_place = HEADLINES
        """The pane that had the focus before a line of text."""
        self._editing = QueryEditing(self)

    def _classes_for(self, size: Size) -> Iterator[str]:
        for cells, breakpoints in (
            (size.width, self.HORIZONTAL_BREAKPOINTS),
            (size.height, self.VERTICAL_BREAKPOINTS),
        ):
            yield [name for least, name in breakpoints if cells >= least][-1]

    def compose(self) -> ComposeResult:
        yield StatusLine()
        with Horizontal(id="panes"):
            yield HeadlinesPane(self.app.now, id=HEADLINES)
            yield ArticlePane(id=ARTICLE)
            yield FiltersPane(self.app.settings.filters, id=FILTERS)
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one(ArticlePane).reading_width = self.app.settings.reading_width
        self.query_one(HeadlinesPane).columns = self.app.settings.columns
        self.query_one(StatusLine).shared = self.library.shared
        self.query_one(StatusLine).passing = self.app.session.passing
        self._arrange(HEADLINES)
        self.offer_keys()
        self.reload()
        self.set_interval(_LOOK_SECONDS, self._look)

    def on_unmount(self) -> None:  # Textual calls that of every class
        self._asker.close()

    @property
    def complaints(self) -> list[str]:
        """What is wrong with the views."""
        return self._views.views.complaints

    @property
    def editing(self) -> bool:
        """Whether somebody edits the query."""
        return self._editing.open

    # Asking the library

    def watch_question(self) -> None:
        self.reload()

    def ask(self, question: Query, story: str | None, *, else_top: bool = False) -> None:
        """Ask this, with the cursor on `story`; where that is not found, on top or where it would stand."""
        self.set_reactive(MainScreen.question, question)
        self.reload(story=story, else_top=else_top)

    def _look(self) -> None:
        self._looks += 1
        if not self.app.refreshing.busy or self._looks % _BUSY_LOOKS == 0:
            self.catch_up()

    def catch_up(self) -> None:
        """Show what anyone has brought into the library, or marked, in the meantime."""
        if self.library.version() != self._version:
            self.reload(unasked=True)
        elif self.library.marks_version() != self._marks_version:
            self._marks_version = self.library.marks_version()
            self.headlines.forget()
            self.count()

    @property
    def _asked(self) -> Query:
        """The question, with the order that is usual now if it names none."""
        return self.question if self.question.sort else self.question.sorted_by(self._order)

    def reload(self, *, unasked: bool = False, story: str | None = None, else_top: bool = False) -> None:
        """Ask the library again; the cursor stays on its story (or goes to `story`), or where that would stand.

        Where nobody asked for it, the story under the cursor stays in the list even if it no longer belongs there.
        """
        unasked = unasked and not self._waiting
        current = self.headlines.current
        if story is None and current is not None:
            story = current.story
        self._version, self._marks_version = self.library.version(), self.library.marks_version()
        self._waiting = True
        self._asker.ask(self._asked, partial(self._answer, story, unasked, else_top))
        if self._waiting and self._searching is None:
            self._searching = self.set_timer(_SEARCH_SECONDS, lambda: self.tell_status())

    def _answer(self, story: str | None, unasked: bool, else_top: bool) -> None:
        """Show what the library has found, list and counts in one frame."""
        self._waiting = False
        if self._searching is not None:
            self._searching.stop()
            self._searching = None
        asked = self._asked
        stories = self.library.stories(asked)
        self.total = self.library.count(Query()) if self.question else len(stories)
        position = self.library.position(story) if story is not None else None
        if unasked and position is not None and position not in stories:
            stories = stories.including(position)
        here = position is not None and (position in stories or not else_top)
        row = stories.row(position) if here and position is not None else 0
        self._list(stories, row, keep_line=unasked and here)
        self.tell_status()
        if self._counted:
            self.count()  # a few milliseconds, and both are in one frame
            self._paint_together()
        else:
            self.call_after_refresh(self.count)  # the first time all sets are read
        self.shown.follow()
        if (begin := self.app.story) and not self._waiting:
            self.app.story = ""
            self.call_after_refresh(self.show_story, begin)

    def _list(self, stories: Stories, row: int, *, keep_line: bool = False) -> None:
        """Show a list with the cursor on a row, with `keep_line` on the line of the screen where it is."""
        self._stories = stories
        name, rises = self._asked.order
        words = self.question.looked_for()
        self.headlines.show(
            stories,
            partial(self._headlines, self.question.values("lang")),
            row,
            _("Headlines, {order}").format(order=_(SORTED_BY[name][1 + rises])),
            self._why_empty(),
            words=words,
            snippets=self.library.text if name == "relevance" else None,
            order=name,
            keep_line=keep_line,
        )
        self.article.highlight(words)
        self._newcomers.follow(stories)
        self._look_at_current()

    def _headlines(self, languages: Sequence[str], positions: Sequence[int]) -> list[Headline]:
        """The stories at some positions, each in the language that the reader chose for it."""
        found = self.library.headlines(positions, languages)
        for place, headline in enumerate(found):
            chosen = self._languages.get(headline.story, headline.lang)
            if chosen != headline.lang and chosen in headline.languages:
                found[place : place + 1] = self.library.headlines([headline.position], (chosen,))
        return found

    def choose_language(self, story: str, lang: str) -> None:
        """List a story in this language from now on."""
        self._languages[story] = lang
        self._redraw_row(story)

    def show_story(self, story: str) -> bool:
        """Show any story, in the list as well, though nobody asked for it; False if it is not there."""
        position = self.library.position(story)
        if position is None or self._stories is None:
            self.say(_("That story is not in the library any more."))
            return False
        if position not in self._stories:
            self._list(self._stories.including(position), 0)
        self.headlines.move_to(self._stories.row(position))
        self.shown.show_current()
        self.go_to_article()
        return True

    def _paint_together(self) -> None:
        """Have all that shows an answer in the next frame: each on its own would come a frame after the key's."""
        for shown in (
            self.headlines,
            self.query_one(FiltersPane),
            self.query_one(StatusLine),
            self.query_one(KeyLine),
        ):
            self.post_message(Update(shown))

    @on(FiltersPane.CountsAsked)
    def count(self) -> None:
        """Count what the filters show, and what is unread in the views."""
        self._counted = True
        if self._recounting is not None:
            self._recounting.stop()
        filters = self.query_one(FiltersPane)
        facets = self.library.facets(self.question, apart=True, most=filters.most(self.question))
        filters.show(self.question, facets, [*self._views.listed()])
        unknown = self._views.uncounted(self._version)
        if unknown is not None and not self._waiting:
            self.call_after_refresh(self._look_up, unknown)

    def _look_up(self, query: Query) -> None:
        """Get ready what only a count waits for, while nobody waits for anything else."""
        if not self._waiting:
            self._asker.ask(query, self.count)

    def _why_empty(self) -> str:
        if not self.question:
            return self.app.why_empty()
        told = (
            _("No story matches {query}.\nCtrl+L shows all stories again.")
            if len(self.question) == 1
            else _("No story matches all of\n{query}\nTake a term out with / or f, or all with Ctrl+L.")
        )
        return told.format(query=self.question.sorted_by(""))

    def tell_status(self) -> None:
        """Say in the status line what is asked and found; below, while the query line covers it."""
        status = self.query_one(StatusLine)
        status.nothing_asked = _("sample stories") if self.app.samples else _("all stories")
        status.query_text = str(self.question)
        if self._waiting:
            self._tell_counts(_("searching …"))
            return
        found = len(self._stories) if self._stories is not None else 0
        self._tell_counts(
            _("{number} of {count}").format(number=number(found), count=number(self.total))
            if self.question
            else stories_counted(found)
        )
        terms = len(self.question)
        filters = ngettext("{count} filter", "{count} filters", terms).format(count=terms) if terms else ""
        status.details = (filters, _(SORTED_BY[self._asked.order[0]][0]))

    def _tell_counts(self, counts: str) -> None:
        self.query_one(StatusLine).counts = counts
        self.query_one(KeyLine).beside = counts if self._editing.open else ""

    def show_activity(self, text: str) -> None:
        """Say in the status line what is going on, beside what is new."""
        self._activity = text
        new = len(self._newcomers)
        come = ngettext("{count} new", "{count} new", new).format(count=number(new)) if new else ""
        self.query_one(StatusLine).activity = " · ".join(filter(None, (come, text)))

    @property
    def activity(self) -> str:
        """What the status line says is going on."""
        return self.query_one(StatusLine).activity

    def refreshed(self, activity: str) -> None:
        """Show what a refresh has brought, now that it is over."""
        if self.headlines.count:
            self.catch_up()
        else:
            self.reload()  # to say that nothing came
        self._newcomers.begin_if_empty()
        self.show_activity(activity)

    def change_library(self, path: Path) -> None:
        """Show what another library has."""
        self._asker.stop()
        self.neighbours.stop()
        self.library.change_to(path)
        self._newcomers = Newcomers(self.library)
        self.reload(else_top=True)

    @on(HeadlinesPane.CursorMoved)
    def _cursor_moved(self) -> None:
        self.shown.follow_cursor()
        self._look_at_current()

    def _look_at_current(self) -> None:
        """What the cursor is on is not new any more."""
        current = self.headlines.current if len(self._newcomers) else None
        if current is not None:
            self._newcomers.look_at(current.story, current.position)
        self.show_activity(self._activity)

    @on(HeadlinesPane.Opened)
    def _open(self) -> None:
        self.shown.show_current()
        if self.shown.headline:
            self.shown.mark_read()
            self._go_to(ARTICLE)

    def marks_changed(self, story: str) -> None:
        """Show what the marks of a story are now."""
        self._marks_version = self.library.marks_version()  # our own work
        self.catch_up()
        self._redraw_row(story)
        if self._recounting is not None:
            self._recounting.stop()
        self._recounting = self.set_timer(_RECOUNT_SECONDS, self.count)

    def keep(self, write: Callable[[], None]) -> None:
        """Write something to the state that no list shows: it is not to be drawn anew for that."""
        ours = self.library.marks_version() == self._marks_version
        write()
        if ours:
            self._marks_version = self.library.marks_version()

    def _redraw_row(self, story: str) -> None:
        position = self.library.position(story)
        if self._stories is not None and position is not None and position in self._stories:
            self.headlines.forget_row(self._stories.row(position))

    @property
    def commands(self) -> list[Command]:
        """What can be done here."""
        return [command for command in self.app.commands if command.scope not in ("digest", "sources")]

    # Moving about

    async def run(self, command: Command) -> None:
        """Run a command as if its key had been pressed in its pane."""
        pane: Widget = self
        if command.scope != "anywhere":
            self._go_to(command.scope)
            if not command.by_screen:
                pane = self.query_one(f"#{command.scope}")
        if not await self.app.run_action(command.id.replace("-", "_"), pane):
            self.say(_("{command}: put the cursor on a view first.").format(command=_(command.title)))

    @property
    def _place(self) -> str:
        """Which pane has the focus, or had it before a line of text was opened."""
        focused = self.focused
        return focused.id if focused is not None and focused.id in PLACES else self._last_place

    @property
    def moved_in(self) -> Pane:
        return self.query_one(f"#{self._place}", Widget)  # type: ignore[return-value]  # all three are panes

    def go_to_article(self) -> None:
        """Give the article the focus."""
        self._go_to(ARTICLE)

    def _go_to(self, place: str) -> None:
        if place != ARTICLE:
            self.zoomed = False
        if place == ARTICLE and not self.article.display:
            self.call_after_refresh(self.shown.begin_reading)
        self._arrange(place)
        # At once: where keys come in bundles the next is here already.
        self.set_focus(self.query_one(f"#{place}"), scroll_visible=False)
        self.offer_keys(place)

    def _arrange(self, place: str | None = None) -> None:
        """Show the panes that there is room for, and always the one at `place`.

        By `display`, not by classes of the screen: those would style every widget anew, at every step.
        """
        place = place or self._place
        width = self.app.size.width
        wanted = {
            FILTERS: not self.zoomed and (width >= WIDE or place == FILTERS),
            HEADLINES: not self.zoomed and (width >= MEDIUM or place == HEADLINES),
            ARTICLE: self.zoomed or width >= MEDIUM or place == ARTICLE,
        }
        for name in sorted(wanted, key=lambda name: not wanted[name]):  # the focus needs somewhere to go
            self.query_one(f"#{name}").display = wanted[name]

    def on_resize(self) -> None:
        self._arrange()

    def watch_zoomed(self) -> None:
        self._arrange(ARTICLE if self.zoomed else None)

    def on_descendant_focus(self) -> None:
        focused = self.focused
        if self._prompt is not None and focused is not None and focused.id != "answer":
            self._prompt.leave()
        if focused is None or focused.id not in PLACES:
            listens = self._prompt is not None and self._prompt.listens
            self.offer_keys("query" if self._editing.open else "find" if listens else "prompt")
            return
        if self._editing.open:
            self._editing.part()
        if focused.id == FILTERS and not self._counted:
            self.count()
        self._last_place = focused.id
        self._arrange()
        self.offer_keys()

    @on(FiltersPane.CursorMoved)
    def offer_keys(self, place: str | None = None) -> None:
        place = place if isinstance(place, str) else self._place
        if place == FILTERS:
            place = self.query_one(FiltersPane).kind
        further = [(key, _(title)) for key, title in FURTHER.get(place, ())]
        self.query_one(KeyLine).offer(
            self.had(HINTS[place]), KEY_TITLES.get(place, {}), self.app.remapped, further
        )

    def action_page_down(self) -> None:
        if self._place == ARTICLE and self.article.at_end:
            self.shown.mark_read()  # to its end
            self._move_to_unread(1)
        else:
            super().action_page_down()

    def action_pane_left(self) -> None:
        self._go_to({ARTICLE: HEADLINES}.get(self._place, FILTERS))

    def action_pane_right(self) -> None:
        self._go_to({FILTERS: HEADLINES}.get(self._place, ARTICLE))

    def action_next_pane(self) -> None:
        self._go_to({FILTERS: HEADLINES, HEADLINES: ARTICLE, ARTICLE: FILTERS}[self._place])

    def action_previous_pane(self) -> None:
        self._go_to({FILTERS: ARTICLE, HEADLINES: FILTERS, ARTICLE: HEADLINES}[self._place])

    def action_filters_pane(self) -> None:
        self._go_to(FILTERS)

    def action_headlines_pane(self) -> None:
        self._go_to(HEADLINES)

    def action_article_pane(self) -> None:
        self.shown.show_current()
        self._go_to(ARTICLE)

    def action_open(self) -> None:
        if self._place == FILTERS:
            self.query_one(FiltersPane).enter()
        elif self._place == HEADLINES:
            self._open()

    def action_back(self) -> None:
        """One level back; at the top level nothing."""
        self._step_back()

    def action_quit(self) -> None:
        """One level back; at the top level out."""
        if not self._step_back():
            self.app.exit()

    def _step_back(self) -> bool:
        if self._editing.open:
            self._editing.leave()
            self._go_to(self._place)
        elif self.shown.parallel and self._place == ARTICLE:
            self.shown.both_languages()
        elif self.zoomed:
            self.zoomed = False
        elif self._place != HEADLINES:
            self._go_to(HEADLINES)
        else:
            return False
        return True

    def action_zoom(self) -> None:
        self.zoomed = not self.zoomed
        if self.zoomed:
            self.shown.show_current()
            self._go_to(ARTICLE)

    # Reading

    def action_next_story(self) -> None:
        self._move_cursor(self.headlines.cursor + 1)

    def action_previous_story(self) -> None:
        self._move_cursor(self.headlines.cursor - 1)

    def action_next_unread(self) -> None:
        self._move_to_unread(1)

    def action_previous_unread(self) -> None:
        self._move_to_unread(-1)

    def _move_to_unread(self, step: int) -> None:
        if not self._stories:
            return
        row = self._stories.next_among(self.library.unread(), self.headlines.cursor, step)
        if row is None:
            self.say(_("No unread story below.") if step > 0 else _("No unread story above."))
        else:
            self._move_cursor(row)

    def _move_cursor(self, row: int) -> None:
        if not 0 <= row < self.headlines.count:
            self.say(_("This is the last story.") if row > 0 else _("This is the first story."))
            return
        self.headlines.move_to(row)
        if self._place == ARTICLE:
            self.shown.show_current()

    def action_next_new(self) -> None:
        """To the newest story that is new; after the last of them nothing is new."""
        position = self._newcomers.next()
        if position is None or self._stories is None:
            self._newcomers.begin()
            self.say(_("No more new stories."))
        else:
            self._move_cursor(self._stories.row(position))

    # The digest

    def action_digest(self) -> None:
        from cryptonews_tui.tui.digest_screen import DigestScreen  # not before somebody wants it

        stories, current = self._stories, self.headlines.current
        if stories is None:
            return
        # Now, not in a worker: where keys come in bundles the next is here already.
        self.app.push_screen(
            DigestScreen(
                self.library,
                lambda: stories if self._stories is None else self._stories,
                self._asked,
                current.position if current else None,
                self.article.reading_width,
            ),
            self._digest_left,
        )

    def _digest_left(self, opened: Opened | None) -> None:
        """Open the story that was opened there: in its language, at its section of the role."""
        self.catch_up()
        if opened is None:
            return
        position = self.library.position(opened.story)
        if self._stories is None or position is None or position not in self._stories:
            self.say(_("This story is not in the list any more."))
            return
        self.headlines.move_to(self._stories.row(position))
        self.shown.show_section(opened.lang, opened.role)
        self.shown.mark_read()
        self._go_to(ARTICLE)

    # Marking

    def action_read(self) -> None:
        self.shown.toggle_read()

    def action_star(self) -> None:
        self.shown.toggle_star()

    @work
    async def action_note(self) -> None:
        await self.shown.write_note()

    # Finding

    @on(StatusLine.Clicked)
    async def action_query(self) -> None:
        await self._editing.begin()

    @on(QueryLine.Changed, "#query")
    def _query_typed(self, event: QueryLine.Changed) -> None:
        self._editing.typed(event.value)

    @on(QueryLine.Submitted, "#query")
    def _query_kept(self, event: QueryLine.Submitted) -> None:
        if self._editing.keep(event.value):
            self._go_to(HEADLINES)

    def action_order(self) -> None:
        """The next order; by relevance only where there are words to be relevant to."""
        orders = [name for name in ORDERS if name != "relevance" or self.question.looked_for()]
        name = self._asked.order[0]
        following = orders[(orders.index(name) + 1) % len(orders)] if name in orders else orders[0]
        if following == "published":
            self._order = following  # no query has to say it
        self.ask(self.question.sorted_by(following), "")  # no story: what is first now is on top
        told = _(SORTED_BY[following][0])
        self.say(f"{told[0].upper()}{told[1:]}.")

    def action_clear(self) -> None:
        self.question = Query()

    def action_positive(self) -> None:
        self._toggle_only("positive")

    def action_negative(self) -> None:
        self._toggle_only("negative")

    def action_any_sentiment(self) -> None:
        self.question = self.question.without("sentiment")

    def _toggle_only(self, sentiment: str) -> None:
        only = self.question.only("sentiment", sentiment)
        self.question = self.question.without("sentiment") if only == self.question else only

    @on(FiltersPane.Changed)
    def _filter(self, event: FiltersPane.Changed) -> None:
        self.question = event.query

    @on(FiltersPane.SearchAsked)
    def _search_values(self, event: FiltersPane.SearchAsked) -> None:
        self._pick(event.field)

    def action_tags(self) -> None:
        self._pick("tag")

    def action_source_filter(self) -> None:
        self._pick("source")

    def action_categories(self) -> None:
        self._pick("category")

    def action_assets(self) -> None:
        self._pick("asset")

    @work
    async def _pick(self, field: str) -> None:
        from cryptonews_tui.tui.picker import Choice, Picker, among

        def find(letters: str) -> Sequence[Choice]:
            if field in CHOICES:  # by the words that are shown
                choices = self.library.values(field, self.question, "", 100)
                named = [
                    Choice(v.value, value_name(field, v.value, v.label), number(v.count)) for v in choices
                ]
                return among(named)(letters)
            words = sorted(letters.casefold().split(), key=len, reverse=True)
            found = self.library.values(field, self.question, "".join(words[:1]), 500 if words[1:] else 100)
            kept = (v for v in found if all(word in v.label.casefold() for word in words[1:]))
            return [Choice(v.value, v.label, number(v.count)) for v in kept]

        chosen = await self.app.push_screen_wait(Picker(_(TITLES[field]), find, excluding=True))
        if chosen is not None:
            self.question = self.question.toggled(field, chosen.value, negated=chosen.excluded)

    # Views

    @on(FiltersPane.ViewChosen)
    def _view_chosen(self, event: FiltersPane.ViewChosen) -> None:
        self._views.show(event.name)

    @on(FiltersPane.ViewEdited)
    @work
    async def _view_edited(self, event: FiltersPane.ViewEdited) -> None:
        await self._views.edit(event.name, event.what)

    def on_key(self, event: events.Key) -> None:
        # No binding, because views come and go; its keys are no command's.
        in_a_pane = self.focused is not None and self.focused.id in PLACES
        if in_a_pane and self._views.press(event.key):
            event.stop()
            event.prevent_default()

    @work
    async def action_views(self) -> None:
        await self._views.choose()

    @work
    async def action_save_view(self) -> None:
        await self._views.save()

    def action_undo(self) -> None:
        self._views.undo()

    # The rest

    def action_refresh(self) -> None:
        current = self.headlines.current
        self.app.refreshing.ask_for_story(current.story if current else None)

    def action_refresh_all(self) -> None:
        self.app.refreshing.ask_all()

    def action_cancel_refresh(self) -> None:
        self.app.refreshing.cancel()

    def action_sources(self) -> None:
        from cryptonews_tui.tui.sources_screen import SourcesScreen

        self.app.push_screen(SourcesScreen())

    def action_help(self) -> None:
        from cryptonews_tui.tui.help_screen import HelpScreen

        self.app.push_screen(HelpScreen(self.app.remapped, self._views.views.shown_keys()))
