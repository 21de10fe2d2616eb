"""The one screen: its state is a query and a story, its panes show them and ask for others.

State goes down by the panes' `show`, messages come up; panes never talk to each other.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.geometry import Size
from textual.reactive import var
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget

from cryptonews_tui.library import DatabaseError, Headline, Library, Mark, Stories
from cryptonews_tui.query import Query, QueryError, parse
from cryptonews_tui.safety import clean_line
from cryptonews_tui.tui.article_pane import ArticlePane
from cryptonews_tui.tui.bars import KeyLine, StatusLine
from cryptonews_tui.tui.bindings import bindings
from cryptonews_tui.tui.commands import Command
from cryptonews_tui.tui.filters_pane import GROUPS, FiltersPane
from cryptonews_tui.tui.headlines_pane import HeadlinesPane
from cryptonews_tui.tui.pane import Pane
from cryptonews_tui.tui.query_line import QueryLine

if TYPE_CHECKING:
    from cryptonews_tui.tui.app import CryptonewsApp

FILTERS, HEADLINES, ARTICLE = "filters", "headlines", "article"
MEDIUM, WIDE = 80, 130
"""Columns from which two panes, and all three, stand beside each other."""

_HINTS: Mapping[str, tuple[str, ...]] = {
    FILTERS: ("include", "exclude", "open", "search-tags", "clear", "back", "help"),
    HEADLINES: (
        "open",
        "query",
        "filters-pane",
        "read",
        "star",
        "next-unread",
        "language",
        "refresh",
        "help",
    ),
    ARTICLE: (
        "next-story",
        "next-section",
        "sections",
        "language",
        "star",
        "browser",
        "zoom",
        "back",
        "help",
    ),
    "query": ("open", "back"),
}
_TITLES: Mapping[str, Mapping[str, str]] = {
    FILTERS: {"open": "only this", "search-tags": "search"},
    "query": {"open": "apply", "back": "leave as it was"},
}
_SAID_SECONDS = 6.0
_LOOK_SECONDS = 1.0
"""How often to look whether another program has written to the library."""


class MainScreen(Screen[None]):
    """Filters, headlines and article; beside each other where there is room, one at a time where not."""

    BINDINGS = bindings("anywhere")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (MEDIUM, "-medium"), (WIDE, "-wide")]  # noqa: RUF012  # Textual's own type
    VERTICAL_BREAKPOINTS = [(0, "-low"), (28, "-high")]  # noqa: RUF012  # Textual's own type
    AUTO_FOCUS = "#headlines"

    question: var[Query] = var(Query(), init=False)
    """What is asked: filters pane and query line are two views of it."""

    zoomed: var[bool] = var(False, init=False, toggle_class="-zoomed")
    """Whether the article has the screen for itself."""

    app: CryptonewsApp

    def __init__(self, library: Library, size: Size) -> None:
        """`size` is the terminal's: knowing it now saves styling and laying out everything a second time."""
        super().__init__(classes=" ".join(self._classes_for(size)))
        self._library = library
        self._stories: Stories | None = None
        self._version = -1
        self.total = 0
        """Stories in the library, whatever the query."""
        self._counted = False
        self._marks_by_time = True
        self._left_unread = ""
        """The story that was set back to unread while it is shown: it stays so."""
        self._shown: Headline | None = None
        """The story in the article pane."""
        self._following: Timer | None = None
        self._reading: Timer | None = None
        self._quiet: Timer | None = None
        self._to_say: deque[str] = deque()
        self._before_query = HEADLINES
        self._query_line: QueryLine | None = None
        """Made when it is first wanted: a text field is the costliest widget of all to start with."""

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
            yield FiltersPane(id=FILTERS)
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one(ArticlePane).reading_width = self.app.settings.reading_width
        self._arrange(HEADLINES)
        self._offer_keys()
        self.reload()
        self.set_interval(_LOOK_SECONDS, self.catch_up)

    @property
    def headlines(self) -> HeadlinesPane:
        return self.query_one(HeadlinesPane)

    @property
    def article(self) -> ArticlePane:
        return self.query_one(ArticlePane)

    # Asking the library

    def watch_question(self) -> None:
        self.reload()

    def catch_up(self) -> None:
        """Show what anyone has brought into the library in the meantime."""
        if self._library.version() != self._version:
            self.reload(unasked=True)

    def reload(self, *, unasked: bool = False) -> None:
        """Ask the library again; the cursor stays on its story, or where that would stand.

        Where nobody asked for it, the story under the cursor stays in the list even if it no longer belongs there.
        """
        current = self.headlines.current
        self._version = self._library.version()
        stories = self._library.stories(self.question)
        self.total = len(self._library.stories(Query())) if self.question else len(stories)
        position = self._library.position(current.story) if current else None
        if unasked and position is not None and position not in stories:
            stories = Stories(stories.found | type(stories.found)([position]), stories.pinned)
        self._stories = stories
        row = stories.row(position) if position is not None else 0
        languages = self.question.values("lang")
        self.headlines.show(
            stories,
            lambda positions: self._library.headlines(positions, languages),
            row,
            "Headlines, newest first",
            self._why_empty(),
        )
        self._tell_status()
        if self._counted:
            self._count_facets()  # a few milliseconds, and both are in one frame
        else:
            self.call_after_refresh(self._count_facets)  # the first time all sets are read
        self._follow()

    def _count_facets(self) -> None:
        self._counted = True
        facets = self._library.facets(self.question, apart=True)
        self.query_one(FiltersPane).show(facets.fields, self.question)

    def _why_empty(self) -> str:
        if not self.question:
            return self.app.why_empty()
        if len(self.question.filters) + len(self.question.words) == 1:
            return f"No story matches {self.question}.\nCtrl+L shows all stories again."
        return f"No story matches all of\n{self.question}\nTake a term out with / or f, or all with Ctrl+L."

    def _tell_status(self) -> None:
        status = self.query_one(StatusLine)
        status.nothing_asked = "sample stories" if self.app.samples else "all stories"
        status.query_text = str(self.question)
        found = len(self._stories) if self._stories is not None else 0
        status.counts = f"{found:,} of {self.total:,}" if self.question else f"{found:,} stories"

    def show_activity(self, text: str) -> None:
        """Say in the status line what is going on."""
        self.query_one(StatusLine).activity = text

    def say(self, text: str, *, in_turn: bool = False) -> None:
        """Say something in the bottom line for a while (after what is being said); it takes no key."""
        text = clean_line(text)  # it may quote what anybody wrote
        if in_turn and self.query_one(KeyLine).said:
            self._to_say.append(text)
            return
        self.query_one(KeyLine).said = text
        if self._quiet:
            self._quiet.stop()
        self._quiet = self.set_timer(_SAID_SECONDS, self.hush)

    def hush(self) -> None:
        """Take back what was said in the bottom line, and say what comes next."""
        self.query_one(KeyLine).said = ""
        if self._to_say:
            self.say(self._to_say.popleft())

    # The article under the cursor

    @on(HeadlinesPane.CursorMoved)
    def _follow(self) -> None:
        """Show the story under the cursor once it has rested: a page of text for each key would be much."""
        if self._following:
            self._following.stop()
        # Textual divides by the time of a timer, so none may be 0.
        rest = max(1, self.app.settings.follow_after_ms) / 1000
        self._following = self.set_timer(rest, self._show_current)

    @on(HeadlinesPane.Opened)
    def _open(self) -> None:
        self._show_current()
        if self._shown:
            self._mark_read()
            self._go_to(ARTICLE)

    def _show_current(self) -> None:
        if self._following:
            self._following.stop()
        headline = self.headlines.current
        same = headline is not None and self._shown is not None and headline.story == self._shown.story
        self._show(headline, lang=self._shown.lang if same and self._shown else None)

    def _show(self, headline: Headline | None, lang: str | None = None, section: int | None = None) -> None:
        article = self._library.article(headline.story, lang or headline.lang) if headline else None
        if self._reading:
            self._reading.stop()
        self._shown = headline
        if headline is None or article is None:
            self.article.clear()
            return
        if lang and lang != headline.lang:
            from dataclasses import replace

            self._shown = replace(headline, lang=lang)
        self.article.show(
            article,
            now=self.app.now(),
            languages=headline.languages,
            starred=headline.starred,
            section=section,
        )
        self._begin_reading()

    def _begin_reading(self) -> None:
        """A story counts as read when it has been in sight for a while."""
        seconds = self.app.settings.read_after_seconds
        if not (seconds and self._marks_by_time and self._shown and self.article.display):
            return
        if not self._shown.read and self._shown.story != self._left_unread:
            self._reading = self.set_timer(seconds, self._has_been_in_sight)

    def _has_been_in_sight(self) -> None:
        if self.article.display:
            self._marks_by_time = self._mark_read()  # what fails once would fail at every story

    def _mark_read(self) -> bool:
        return self._shown is None or self._set_mark(Mark.READ, self._shown, on=True)

    def _set_mark(self, mark: Mark, headline: Headline, *, on: bool) -> bool:
        """Set or take away a mark; if that cannot be kept it is said why, and the reading goes on."""
        try:
            self.app.state.set_mark(mark, headline.story, on)
        except DatabaseError as error:
            self.say(str(error))
            return False
        self.catch_up()
        position = self._library.position(headline.story)
        if self._stories is not None and position is not None and position in self._stories:
            self.headlines.forget_row(self._stories.row(position))
        return True

    # Moving about

    async def run(self, command: Command) -> None:
        """Run a command as if its key had been pressed in its pane."""
        pane: Widget = self
        if command.scope != "anywhere":
            pane = self.query_one(f"#{command.scope}")
            self._go_to(command.scope)
        await self.app.run_action(command.id.replace("-", "_"), pane)

    @property
    def _place(self) -> str:
        """Which pane has the focus."""
        focused = self.focused
        return focused.id if focused is not None and focused.id in (FILTERS, ARTICLE) else HEADLINES

    @property
    def _pane(self) -> Pane:
        return self.query_one(f"#{self._place}", Widget)  # type: ignore[return-value]  # all three are panes

    def _go_to(self, place: str) -> None:
        if place != ARTICLE:
            self.zoomed = False
        if place == ARTICLE and not self.article.display:
            self.call_after_refresh(self._begin_reading)
        self._arrange(place)
        self.query_one(f"#{place}").focus(scroll_visible=False)
        self._offer_keys(place)

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
        if self.focused is not None and self.focused.id == "query":
            self._offer_keys("query")
        else:
            self._arrange()
            self._offer_keys()

    def _offer_keys(self, place: str | None = None) -> None:
        place = place or self._place
        self.query_one(KeyLine).offer(_HINTS[place], _TITLES.get(place, {}), self.app.remapped)

    def action_down(self) -> None:
        self._pane.step(1)

    def action_up(self) -> None:
        self._pane.step(-1)

    def action_half_page_down(self) -> None:
        self._pane.page(0.5)

    def action_half_page_up(self) -> None:
        self._pane.page(-0.5)

    def action_page_down(self) -> None:
        self._pane.page(1)

    def action_page_up(self) -> None:
        self._pane.page(-1)

    def action_top(self) -> None:
        self._pane.top()

    def action_bottom(self) -> None:
        self._pane.bottom()

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
        self._show_current()
        self._go_to(ARTICLE)

    def action_open(self) -> None:
        if self._place == FILTERS:
            self.query_one(FiltersPane).only()
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
        query = self._query_line
        if query is not None and query.display:
            self._close_query(self._before_query)
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
            self._show_current()
            self._go_to(ARTICLE)

    def action_narrower(self) -> None:
        self.article.reading_width = max(20, self.article.reading_width - 4)

    def action_wider(self) -> None:
        self.article.reading_width = min(200, self.article.reading_width + 4)

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
        row = self._stories.next_among(self._library.unread(), self.headlines.cursor, step)
        if row is None:
            self.say(f"No unread story {'below' if step > 0 else 'above'}.")
        else:
            self._move_cursor(row)

    def _move_cursor(self, row: int) -> None:
        if not 0 <= row < self.headlines.count:
            self.say("This is the last story." if row > 0 else "This is the first story.")
            return
        self.headlines.move_to(row)
        if self._place == ARTICLE:
            self._show_current()

    def action_next_section(self) -> None:
        self.article.next_section()

    def action_previous_section(self) -> None:
        self.article.previous_section()

    @work
    async def action_sections(self) -> None:
        from cryptonews_tui.tui.picker import Choice, Picker

        sections = self.article.sections
        if not sections:
            self.say("There is no article with sections here.")
            return
        choices = [Choice(str(i), heading or "Start", role) for i, (role, heading) in enumerate(sections)]
        chosen = await self.app.push_screen_wait(
            Picker("Sections", choices, current=str(self.article.current_section))
        )
        if chosen is not None:
            self._go_to(ARTICLE)
            self.article.go_to_section(int(chosen.value))

    def action_language(self) -> None:
        if self._shown is None or self._shown.story != getattr(self.headlines.current, "story", None):
            self._show_current()
        shown = self._shown
        if shown is None:
            return
        if len(shown.languages) < 2:
            self.say(f"This story is only there in “{shown.lang}”.")
            return
        following = shown.languages[(shown.languages.index(shown.lang) + 1) % len(shown.languages)]
        headline = self.headlines.current
        self._show(headline, lang=following, section=self.article.current_section)

    def action_browser(self) -> None:
        self._with_url(self.app.open_in_browser)

    def action_copy_link(self) -> None:
        self._with_url(self._copy)

    @on(ArticlePane.LinkActivated)
    def _open_link(self, event: ArticlePane.LinkActivated) -> None:
        self.app.open_in_browser(event.url)

    def _copy(self, url: str) -> None:
        self.app.copy_to_clipboard(url)
        self.say(f"Sent to the terminal's clipboard: {url}")

    def _with_url(self, act: Callable[[str], None]) -> None:
        headline = self.headlines.current
        if headline and self._shown and self._shown.story == headline.story:
            headline = self._shown  # in the language that is being read
        article = self._library.article(headline.story, headline.lang) if headline else None
        if article is None:
            self.say("There is no story here.")
        elif article.url is None:
            self.say("This story names no page of its own.")
        else:
            act(article.url)

    # Marking

    def action_read(self) -> None:
        if headline := self.headlines.current:
            if self._reading:
                self._reading.stop()
            self._left_unread = headline.story if headline.read else ""
            self._set_mark(Mark.READ, headline, on=not headline.read)

    def action_star(self) -> None:
        if headline := self.headlines.current:
            if self._set_mark(Mark.STARRED, headline, on=not headline.starred):
                self.say("Star taken away." if headline.starred else "Starred.")
            if self._shown and self._shown.story == headline.story:
                self._show(self.headlines.current, lang=self._shown.lang)

    # Finding

    async def action_query(self) -> None:
        if self._query_line is None:
            self._query_line = QueryLine(
                id="query",
                placeholder="words, tag:btc, -sentiment:negative, source:…",
                select_on_focus=False,
            )
            self._query_line.display = False
            await self.mount(self._query_line, before="#panes")
        line = self._query_line
        if not line.display:
            self._before_query = self._place
        line.value = f"{self.question} " if self.question else ""
        line.display = True
        self.query_one(StatusLine).display = False
        line.focus()
        line.cursor_position = len(line.value)

    @on(QueryLine.Changed, "#query")
    def _forget_error(self) -> None:
        self.query_one(KeyLine).said = ""

    @on(QueryLine.Submitted, "#query")
    def _apply_query(self, event: QueryLine.Submitted) -> None:
        try:
            question = parse(event.value)
        except QueryError as error:
            event.input.cursor_position = error.position
            self.say(f"At character {error.position + 1}: {error}")
            if self._quiet:
                self._quiet.stop()  # until something is typed
            return
        self._close_query(HEADLINES)
        if question == self.question:
            self.reload()
        else:
            self.question = question

    def _close_query(self, place: str) -> None:
        self.query_one(KeyLine).said = ""
        if self._query_line is not None:
            self._query_line.display = False
        self.query_one(StatusLine).display = True
        self._go_to(place)

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

    @work
    async def _pick(self, field: str) -> None:
        from cryptonews_tui.tui.picker import Choice, Picker

        facets = self._library.facets(self.question, apart=True)
        choices = [Choice(v.value, v.label, f"{v.count:,}") for v in facets.fields[field]]
        title = f"{GROUPS[field][0]} · {len(choices):,}"
        chosen = await self.app.push_screen_wait(Picker(title, choices, excluding=True))
        if chosen is not None:
            self.question = self.question.toggled(field, chosen.value, negated=chosen.excluded)

    # The rest

    def action_refresh(self) -> None:
        self.app.refresh_sources()

    def action_theme(self) -> None:
        self.app.search_themes()

    def action_palette(self) -> None:
        self.app.action_command_palette()

    def action_help(self) -> None:
        from cryptonews_tui.tui.help_screen import HelpScreen

        self.app.push_screen(HelpScreen(self.app.remapped))
