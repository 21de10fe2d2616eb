"""The digest over the main screen: what to show of which stories; it ends with the story to open, or with nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal

from cryptonews_tui.article import Role
from cryptonews_tui.digest import why_none
from cryptonews_tui.library import DatabaseError, Excerpt, Library, Mark, Stories
from cryptonews_tui.library.keys import set_mark
from cryptonews_tui.query import Query
from cryptonews_tui.safety import shown_url
from cryptonews_tui.translation import _, ngettext
from cryptonews_tui.tui.bars import KeyLine, StatusLine, stories_counted
from cryptonews_tui.tui.bindings import bindings
from cryptonews_tui.tui.commands import BY_ID, Command, shown_keys
from cryptonews_tui.tui.digest_pane import DigestPane
from cryptonews_tui.tui.filter_rows import value_name
from cryptonews_tui.tui.hints import HINTS, KEY_TITLES
from cryptonews_tui.tui.pane import Pane
from cryptonews_tui.tui.pane_screen import PaneScreen
from cryptonews_tui.wording import number

if TYPE_CHECKING:
    pass

SHARED = (
    *("down", "up", "half-page-down", "half-page-up", "page-down", "page-up", "top", "bottom"),
    *("open", "back", "quit", "next-story", "previous-story", "next-section", "previous-section"),
    *("next-unread", "previous-unread", "language", "browser", "copy-link", "read", "star"),
    *("narrower", "wider", "sources", "refresh-all", "cancel-refresh", "theme", "help", "palette"),
)
"""Commands of anywhere that do here what they do there."""

_ROLES = 100
"""How many roles there are to choose from, at most."""
_LOOK_SECONDS = 1.0
"""How often to look whether the stories are other ones by now."""


class Opened(NamedTuple):
    """The story to open, in a language, at the first section of a role."""

    story: str
    lang: str
    role: Role


class DigestScreen(PaneScreen["Opened | None"]):
    """One section of every story in a list. Gives the story that was opened, or None when it is left."""

    BINDINGS = [*bindings("digest"), *bindings("anywhere", SHARED)]  # noqa: RUF012  # Textual's own type
    AUTO_FOCUS = "#digest"

    def __init__(
        self,
        library: Library,
        stories: Callable[[], Stories],
        question: Query,
        position: int | None,
        reading_width: int,
    ) -> None:
        """`stories` gives the answer to `question` as it is now; `position` is where to begin."""
        low = self.app.size.height < self.VERTICAL_BREAKPOINTS[1][0]
        super().__init__(
            classes=self.VERTICAL_BREAKPOINTS[not low][1]
        )  # now: else all is styled and laid out twice
        self._library = library
        self._stories = stories
        self._question = question
        self._begin = position
        self._reading_width = reading_width
        self._role = Role.IMPACT
        self._languages = question.values("lang")
        self._shown: Stories | None = None
        self._without = 0
        """How many of the stories have no such section."""

    @property
    def moved_in(self) -> Pane:
        return self.pane

    @property
    def commands(self) -> list[Command]:
        """What can be done here."""
        commands = self.app.commands
        return [command for command in commands if command.scope == "digest" or command.id in SHARED]

    def compose(self) -> ComposeResult:
        yield StatusLine()
        with Horizontal(id="panes"):
            yield DigestPane(self.app.now, id="digest")
        yield KeyLine()

    def on_mount(self) -> None:
        self.pane.set_reactive(DigestPane.reading_width, self._reading_width)
        self.query_one(KeyLine).offer(self.had(HINTS["digest"]), KEY_TITLES["digest"], self.app.remapped)
        self._show(self._begin)
        self.set_interval(_LOOK_SECONDS, self.catch_up)

    @property
    def pane(self) -> DigestPane:
        return self.query_one(DigestPane)

    # What is shown

    def catch_up(self) -> None:
        """Show other stories if there are others by now; the mark stays on its story."""
        if self._stories() is not self._shown:
            current = self.pane.current
            self._show(self._library.position(current.headline.story) if current else None)

    def _show(self, position: int | None) -> None:
        """Show the section of every story that has it, from the story at `position` on, or where that would stand."""
        stories = self._shown = self._stories()
        found = self._library.with_section(stories, self._role)
        self._without = len(stories) - len(found)
        self.pane.show(
            found,
            lambda positions: self._library.excerpts(positions, self._role, self._languages),
            found.row(position) if position is not None else 0,
            self._why_empty(len(stories)),
        )
        self._tell()

    def _why_empty(self, count: int) -> str:
        key = shown_keys(BY_ID["digest-section"], self.app.remapped).split(" ")[0]
        why = why_none(self._role, count)
        return "\n".join((why, _("{key} chooses another.").format(key=key))) if count and key else why

    @on(DigestPane.CursorMoved)
    def _tell(self) -> None:
        status = self.query_one(StatusLine)
        role = value_name("section", self._role).capitalize()
        asked = self._question or _("all stories")
        status.query_text = f"{role} · {asked}"
        count = self.pane.count
        status.counts = (
            _("{number} of {count}").format(number=number(self.pane.cursor + 1), count=number(count))
            if count
            else stories_counted(0)
        )
        # Translators: so many stories without the section
        without = ngettext("{count} without", "{count} without", self._without)
        status.details = (without.format(count=number(self._without)),) if self._without else ()

    async def run(self, command: Command) -> None:
        """Run a command as if its key had been pressed."""
        await self.app.run_action(command.id.replace("-", "_"), self)

    # Moving about

    def action_next_story(self) -> None:
        self._move(1)

    def action_previous_story(self) -> None:
        self._move(-1)

    def action_next_section(self) -> None:
        self._move(1)

    def action_previous_section(self) -> None:
        self._move(-1)

    def _move(self, step: int) -> None:
        story = self.pane.cursor + step
        if 0 <= story < self.pane.count:
            self.pane.move_to(story)
        else:
            self.say(_("This is the last story.") if step > 0 else _("This is the first story."))

    def action_next_unread(self) -> None:
        self._move_to_unread(1)

    def action_previous_unread(self) -> None:
        self._move_to_unread(-1)

    def _move_to_unread(self, step: int) -> None:
        stories = self.pane.stories
        story = stories.next_among(self._library.unread(), self.pane.cursor, step) if stories else None
        if story is None:
            self.say(_("No unread story below.") if step > 0 else _("No unread story above."))
        else:
            self.pane.move_to(story)

    # What becomes of a story

    @on(DigestPane.Opened)
    def action_open(self) -> None:
        if excerpt := self._current():
            self.dismiss(Opened(excerpt.headline.story, excerpt.headline.lang, self._role))

    def action_back(self) -> None:
        self.dismiss(None)

    def action_quit(self) -> None:
        """One level back, as everywhere."""
        self.dismiss(None)

    def action_read(self) -> None:
        if excerpt := self._current():
            self._mark(Mark.READ, excerpt, on=not excerpt.headline.read)

    def action_star(self) -> None:
        if excerpt := self._current():
            starred = excerpt.headline.starred
            if self._mark(Mark.STARRED, excerpt, on=not starred):
                self.say(_("Star taken away.") if starred else _("Starred."))

    def _mark(self, mark: Mark, excerpt: Excerpt, *, on: bool) -> bool:
        try:
            set_mark(self.app.state, self._library.keys(excerpt.headline.story), mark, on)
        except DatabaseError as error:
            self.say(str(error))
            return False
        self.pane.forget_story(self.pane.cursor)
        return True

    def action_browser(self) -> None:
        self._with_url(self.app.open_in_browser)

    def action_copy_link(self) -> None:
        self._with_url(self.copy_link)

    @on(DigestPane.LinkPicked)
    def _show_link(self, event: DigestPane.LinkPicked) -> None:
        self.say(_("Another click opens {address}").format(address=shown_url(event.url)))

    @on(DigestPane.LinkActivated)
    def _open_link(self, event: DigestPane.LinkActivated) -> None:
        self.app.open_in_browser(event.url)

    def _with_url(self, act: Callable[[str], None]) -> None:
        if excerpt := self._current():
            if excerpt.url is None:
                self.say(_("This story names no page of its own."))
            else:
                act(excerpt.url)

    def _current(self) -> Excerpt | None:
        """The marked story; that there is none is said."""
        excerpt = self.pane.current
        if excerpt is None:
            self.say(_("There is no story here."))
        return excerpt

    # Another section, another language

    @work
    async def action_digest_section(self) -> None:
        from cryptonews_tui.tui.picker import Choice, Picker, among

        facets = self._library.facets(self._question, most={"section": _ROLES})
        choices = [
            Choice(v.value, value_name("section", v.value).capitalize(), number(v.count))
            for v in facets.fields["section"]
        ]
        chosen = await self.app.push_screen_wait(Picker(_("Section"), among(choices), current=self._role))
        if chosen is not None:
            self._role = Role(chosen.value)
            self._again()

    def action_language(self) -> None:
        """All stories in the next language of the marked one, as far as they have it."""
        if (excerpt := self._current()) is None:
            return
        shown, languages = excerpt.headline.lang, excerpt.headline.languages
        if len(languages) < 2:
            self.say(_("This story is only there in “{language}”.").format(language=shown))
            return
        self._languages = (languages[(languages.index(shown) + 1) % len(languages)],)
        self._again()

    def _again(self) -> None:
        current = self.pane.current
        self._show(current.headline.position if current else self._begin)

    # The rest

    def action_sources(self) -> None:
        self.app.main.action_sources()

    def action_refresh_all(self) -> None:
        self.app.refreshing.ask_all()

    def action_cancel_refresh(self) -> None:
        self.app.refreshing.cancel()

    def action_narrower(self) -> None:
        self.pane.reading_width = max(20, self.pane.reading_width - 4)

    def action_wider(self) -> None:
        self.pane.reading_width = min(200, self.pane.reading_width + 4)

    def action_help(self) -> None:
        from cryptonews_tui.tui.help_screen import HelpScreen

        self.app.push_screen(HelpScreen(self.app.remapped, {}))
