"""The part of the main screen that is about the story in the article pane: found in, copied, compared, left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Thread
from typing import TYPE_CHECKING

from textual import on, work
from textual.actions import SkipAction

from cryptonews_tui.article import Article, Role
from cryptonews_tui.library import Headline, Library
from cryptonews_tui.safety import clean, clean_line, shown_url
from cryptonews_tui.translation import N_, _, ngettext
from cryptonews_tui.tui.article_pane import ArticlePane
from cryptonews_tui.tui.bars import KeyLine
from cryptonews_tui.tui.filter_rows import value_name
from cryptonews_tui.tui.galley import NO_HEADING, line
from cryptonews_tui.tui.headlines_pane import HeadlinesPane
from cryptonews_tui.tui.neighbours import Neighbours
from cryptonews_tui.tui.pane_screen import PaneScreen
from cryptonews_tui.tui.prompt import Listen, Prompt
from cryptonews_tui.tui.shown_cover import ShownCover
from cryptonews_tui.tui.shown_story import ShownStory
from cryptonews_tui.typesetting import Block, Container, Heading, Kind, Paragraph, Run, Span
from cryptonews_tui.wording import day, number

if TYPE_CHECKING:
    from cryptonews_tui.tui.pager_screen import PagerScreen

_CLIPBOARD_BYTES = 74_000
"""More than so much many terminals do not take."""


class ReadingScreen(PaneScreen[None]):
    """What is done with the story that is shown. Which story that is, is the business of the list below it.

    `MainScreen` adds the list; what is asked of it here stands at the end.
    """

    def __init__(self, library: Library, classes: str) -> None:
        super().__init__(classes)
        self.library = library
        self.shown = ShownStory(self)
        self.cover = ShownCover(self)
        self.neighbours = Neighbours(library, self.when_free, self._show_related)
        self._sought = ""
        self._trail: list[str] = []
        """The stories that led to the one that is shown, and that one."""
        self._prompt: Prompt | None = None

    def on_unmount(self) -> None:
        self.shown.keep_place()
        self.neighbours.close()
        self.cover.close()

    def when_free(self, act: Callable[[], None]) -> None:
        """Run something where the screen lives; may be called in a thread."""
        self.call_later(act)

    @property
    def article(self) -> ArticlePane:
        return self.query_one(ArticlePane)

    @property
    def headlines(self) -> HeadlinesPane:
        return self.query_one(HeadlinesPane)

    def story_shown(self, article: Article) -> None:
        """Another story is in the article pane: once it has been drawn, look for what is near it."""
        self.neighbours.stop()
        self.call_after_refresh(self.neighbours.ask, article.story, article.lang)
        self.cover.story_shown(article)
        if article.story not in self._trail[-1:]:
            self._trail.clear()  # the reader went on without a link

    async def prompt(
        self, question: str, text: str = "", hint: str = "", listen: Listen | None = None
    ) -> str | None:
        """The reader's answer to a question in the bottom line; None if it is left open."""
        self.hush()
        with self.app.keys.hold():  # what is typed behind the key is the answer
            if self._prompt is None:
                self._prompt = Prompt()
                self._prompt.display = False
                await self.mount(self._prompt, before=self.query_one(KeyLine))
            given = self._prompt.open(question, text, hint, listen)
        answer = await self._prompt.answer(given)
        self.offer_keys()
        return answer

    # What the pane tells

    @on(ArticlePane.Moved)
    def _moved(self) -> None:
        self.shown.moved()
        if self._prompt is not None and self._prompt.display and self._prompt.listens:
            self._prompt.tell(self.article.found)

    @on(ArticlePane.Resized)
    def _column_resized(self) -> None:
        self.cover.resized()

    @on(ArticlePane.Busy)
    def _keys_mean(self, event: ArticlePane.Busy) -> None:
        if event.text:
            self.say(event.text, until_hushed=True)
        else:
            self.hush()

    @on(ArticlePane.Told)
    def _told(self, event: ArticlePane.Told) -> None:
        self.say(event.text)

    @on(ArticlePane.TextCopied)
    def _text_copied(self, event: ArticlePane.TextCopied) -> None:
        self._copy_text(event.text, N_("Sent what was selected to the terminal's clipboard: {count}."))

    @on(ArticlePane.LinkPicked)
    def _link_picked(self, event: ArticlePane.LinkPicked) -> None:
        said = _("Enter opens · y copies · Esc leaves · {url}")
        if event.clicked:
            said = _("Click it again or press Enter to open {url} · y copies · Esc leaves")
        self.say(said.format(url=shown_url(event.url)), until_hushed=True)

    @on(ArticlePane.LinkCopied)
    def _link_copied(self, event: ArticlePane.LinkCopied) -> None:
        self.copy_link(event.url)

    @on(ArticlePane.LinkActivated)
    def _link_activated(self, event: ArticlePane.LinkActivated) -> None:
        if event.url.startswith("story:"):
            self._go_to_story(event.url.removeprefix("story:"))
        else:
            self.app.open_in_browser(event.url)

    # Finding

    @work
    async def action_find(self) -> None:
        """Find letters in the article while they are typed; Enter stays there, Esc goes back."""
        pane = self.article
        if pane.article is None:
            self.say(_("There is no article here."))
            return

        def typed(text: str) -> str:
            pane.look_for(text)
            return pane.found

        pane.look_for("")  # a long text is read now, not at the first letter
        answer = await self.prompt(_("Find"), "", _("letters in this article"), typed)
        if answer is None:
            pane.stop_looking()
            return
        if not answer and self._sought:  # the same once more, as in less and vim
            pane.look_for(self._sought)
        self._sought = pane.looks_for or self._sought
        pane.keep_looking()
        if answer and not pane.matches:
            self.say(_("“{letters}” is not in this article.").format(letters=answer))

    # Links

    def _go_to_story(self, story: str) -> None:
        """Show a story that another one leads to; the way back is remembered."""
        shown = self.shown.headline
        if shown is not None:
            before = self._trail[:-1]
            self._trail = [*before, shown.story, story]
            if not self.show_story(story):
                self._trail = [*before, shown.story]

    def action_previous_shown(self) -> None:
        """Show the story that led to this one."""
        while len(self._trail) > 1:
            self._trail.pop()
            if self.show_story(self._trail[-1]):
                return
        self.say(_("No story led to this one."))

    def action_browser(self) -> None:
        self.shown.with_url(self.app.open_in_browser)

    def action_copy_link(self) -> None:
        self.shown.with_url(self.copy_link)

    # Copying

    def action_copy_text(self) -> None:
        """Copy once more what is selected; without a selection the key means what it means everywhere."""
        if not (text := self.article.selected_text):
            raise SkipAction
        self._copy_text(text, "what was selected")

    def action_copy_article(self) -> None:
        """Copy the whole article as Markdown."""
        if article := self._article():
            self._copy_text(
                article.markdown() + "\n", N_("Sent the article to the terminal's clipboard: {count}.")
            )

    def action_copy_section(self) -> None:
        """Copy the section that is being read as Markdown."""
        article = self._article()
        if article is None:
            return
        if not article.sections:
            self.action_copy_article()
            return
        section = article.sections[self.article.current_section]
        told = (
            N_("Sent “{heading}” to the terminal's clipboard: {count}.")
            if section.heading
            else N_("Sent the text to the terminal's clipboard: {count}.")
        )
        self._copy_text(article.markdown([section]) + "\n", told, section.heading)

    def _copy_text(self, text: str, told: str, heading: str = "") -> None:
        """Copy a text, and say by `told` how much it is."""
        if not text.strip():
            self.say(_("There is nothing to copy."))
            return
        self.app.copy_to_clipboard(text)
        words = len(text.split())
        counted = ngettext("{count} word", "{count} words", words).format(count=number(words))
        told = _(told).format(heading=heading, count=counted)
        if len(text.encode()) > _CLIPBOARD_BYTES and self.shown.headline:
            story = self.shown.headline.story
            told += " " + _("If it does not arrive: {command}").format(
                command=f"cryptonews show {story} --format markdown"
            )
        self.say(told)

    # Looking closer

    def action_raw(self) -> None:
        """The file as it is, where it can still be read; else what the library keeps of it."""
        from cryptonews_tui.tui.pager_screen import PagerScreen, plain

        if article := self._article():
            title, text = clean_line(article.origin), self.app.original(article.origin)
            if not text:
                title, text = _("{title}, as the library keeps it").format(title=title), article.markdown()
            self.app.push_screen(PagerScreen(title, plain(clean(text))))

    def action_cover(self) -> None:
        """Show the cover picture, or take it away."""
        if article := self._article():
            self.cover.toggle(article)

    def action_changes(self) -> None:
        """What is different since the story was read."""
        from cryptonews_tui.changes import changes
        from cryptonews_tui.tui import compared
        from cryptonews_tui.tui.pager_screen import PagerScreen

        article, before = self._article(), self.shown.changed_since
        if article is None:
            return
        if before is None:
            self.say(_("Nothing has changed in this story since you read it."))
            return
        parts = compared.parts(changes(before, article.body))
        if not parts:
            self.say(_("Only blanks have changed in this story since you read it."))
            return
        self.app.push_screen(PagerScreen(_("Changed since you read it"), parts))

    def action_pipe(self) -> None:
        """Give the article to the reader's own command, and show what that says."""
        from cryptonews_tui.tui.pager_screen import PagerScreen
        from cryptonews_tui.tui.piping import Piping

        command = () if self.app.session.restricted else self.app.settings.pipe
        article = self._article()
        if not command:
            self.say(_('Name a command in the settings first, such as pipe = ["wc", "-w"].'))
        elif article is not None:
            app, markdown = self.app, article.markdown() + "\n"
            piping = Piping(command)
            pager = PagerScreen(_("{command} is running …").format(command=command[0]), leave=piping.stop)

            def run() -> None:
                try:
                    said, told = piping.run(markdown)
                except Exception as error:  # a bug is to be seen, from this thread too
                    app.tell(app._handle_exception, error)
                else:
                    app.tell(self._piped, pager, told or " ".join(command), said)

            app.push_screen(pager)
            Thread(target=run, daemon=True).start()

    def _piped(self, pager: PagerScreen, title: str, said: str) -> None:
        from cryptonews_tui.tui.pager_screen import plain

        if not pager.left:
            pager.show(clean_line(title), plain(clean(said)))

    def _article(self) -> Article | None:
        """The article under the cursor, shown now if it was not yet."""
        self.shown.show_current()
        if self.shown.article is None:
            self.say(_("There is no article here."))
        return self.shown.article

    # Sections

    def action_impact(self) -> None:
        """To the impact section, from anywhere."""
        self.shown.show_current()
        section = self.article.section_of(Role.IMPACT)
        if section is None:
            self.say(_("This story has no impact section."))
            return
        self.go_to_article()
        self.article.go_to_section(section, unfold=True)

    def action_next_section(self) -> None:
        self.article.next_section()

    def action_previous_section(self) -> None:
        self.article.previous_section()

    @work
    async def action_sections(self) -> None:
        from cryptonews_tui.tui.picker import Choice, Picker, among

        sections = self.article.sections
        if not sections:
            self.say(_("There is no article with sections here."))
            return
        choices = [
            Choice(str(place), line(heading) or _(NO_HEADING), value_name("section", role))
            for place, (role, heading) in enumerate(sections)
        ]
        chosen = await self.app.push_screen_wait(
            Picker(_("Sections"), among(choices), current=str(self.article.current_section))
        )
        if chosen is not None:
            self.go_to_article()
            self.article.go_to_section(int(chosen.value), unfold=True)

    # Languages and width

    def action_language(self) -> None:
        self.shown.next_language()

    def action_both_languages(self) -> None:
        self.shown.both_languages()

    def action_narrower(self) -> None:
        self.article.reading_width = max(20, self.article.reading_width - 4)

    def action_wider(self) -> None:
        self.article.reading_width = min(200, self.article.reading_width + 4)

    # What else there is

    def _show_related(self, story: str, found: list[Headline]) -> None:
        """Name the nearest stories under the article, if it is still the one that is shown."""
        shown = self.shown.headline
        if shown is not None and shown.story == story and found:
            self.article.follow_with(self._related(found))

    def _related(self, found: list[Headline]) -> Iterator[Block]:
        now = self.app.now()
        yield Block(Heading(((Span(_("Related"), Kind.HEADING | Kind.DIM),),), 2), space=2)
        for headline in found:
            facts = f"  {line(headline.publisher.name)} · {day(headline.published, now)}"
            run: Run = (
                Span(line(headline.title), Kind.TEXT, f"story:{headline.story}"),
                Span(facts, Kind.DIM),
            )
            yield Block(Paragraph((run,)), (Container("→ ", "  "),), space=0)

    if TYPE_CHECKING:  # what the list adds
        zoomed: bool

        @property
        def editing(self) -> bool:
            """Whether somebody edits the query."""

        def show_story(self, story: str) -> bool:
            """Show any story, in the list as well, though nobody asked for it; False if it is not there."""

        def choose_language(self, story: str, lang: str) -> None:
            """List a story in this language from now on."""

        def marks_changed(self, story: str) -> None:
            """Show what the marks of a story are now."""

        def keep(self, write: Callable[[], None]) -> None:
            """Write something to the state that no list shows."""

        def go_to_article(self) -> None:
            """Give the article the focus."""

        def offer_keys(self) -> None:
            """Say in the bottom line what keys do here."""
