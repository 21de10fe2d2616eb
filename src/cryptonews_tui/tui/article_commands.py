"""What the reader does with the story that is shown, beyond reading it: find, follow links, copy, pipe, compare."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread
from typing import TYPE_CHECKING

from cryptonews_tui.article import Article, Role
from cryptonews_tui.library import Headline
from cryptonews_tui.safety import clean, clean_line, shown_url
from cryptonews_tui.tui.compared import compared as _compared
from cryptonews_tui.tui.galley import line
from cryptonews_tui.tui.shown_cover import ShownCover
from cryptonews_tui.typesetting import Block, Container, Heading, Kind, Paragraph, Run, Span
from cryptonews_tui.wording import day

if TYPE_CHECKING:
    from cryptonews_tui.tui.main_screen import MainScreen
    from cryptonews_tui.tui.pager_screen import PagerScreen
    from cryptonews_tui.tui.shown_story import ShownStory

_CLIPBOARD_BYTES = 74_000
"""More than so much many terminals do not take."""


class ArticleCommands:
    """The commands on the story in the article pane; `screen` shows what comes of them."""

    def __init__(self, screen: MainScreen, shown: ShownStory) -> None:
        self._screen = screen
        self._shown = shown
        self._sought = ""
        self.cover = ShownCover(screen)
        self._trail: list[str] = []
        """The stories that led to the one that is shown."""

    # Finding

    async def find(self) -> None:
        """Find letters in the article while they are typed; Enter stays there, Esc goes back."""
        screen, pane = self._screen, self._screen.article
        if pane.article is None:
            screen.say("There is no article here.")
            return

        def typed(text: str) -> str:
            pane.look_for(text)
            return pane.found

        pane.look_for("")  # a long text is read now, not at the first letter
        answer = await screen.prompt("Find", "", "letters in this article", typed)
        if answer is None:
            pane.stop_looking()
            return
        if not answer and self._sought:  # the same once more, as in less and vim
            pane.look_for(self._sought)
        self._sought = pane.looks_for or self._sought
        pane.keep_looking()
        if answer and not pane.found:
            screen.say(f"“{answer}” is not in this article.")

    # Links

    def pick(self, url: str) -> None:
        """Show where a link leads before it is opened."""
        self._screen.say(f"Enter opens · y copies · Esc leaves · {shown_url(url)}", until_hushed=True)

    def open(self, url: str) -> None:
        """Open a link: a page in the browser, a story here."""
        if url.startswith("story:"):
            self.go_to_story(url.removeprefix("story:"))
        else:
            self._screen.app.open_in_browser(url)

    def copy_link(self, url: str) -> None:
        """Copy where a link leads."""
        self._screen.app.copy_to_clipboard(url)
        self._screen.say(f"Sent to the terminal's clipboard: {shown_url(url)}")

    def go_to_story(self, story: str) -> None:
        """Show a story that another one leads to; the way back is remembered."""
        shown = self._shown.headline
        if self._screen.show_story(story) and shown is not None:
            self._trail.append(shown.story)

    def go_back(self) -> None:
        """Show the story that led to this one."""
        while self._trail:
            if self._screen.show_story(self._trail.pop()):
                return
        self._screen.say("No story led to this one.")

    # Copying

    def copy_article(self) -> None:
        """Copy the whole article as Markdown."""
        if article := self._article():
            self.copy_text(article.markdown() + "\n", "the article")

    def copy_section(self) -> None:
        """Copy the section that is being read as Markdown."""
        article = self._article()
        if article is None:
            return
        if not article.sections:
            self.copy_article()
            return
        section = article.sections[self._screen.article.current_section]
        self.copy_text(
            article.markdown([section]) + "\n", f"“{section.heading}”" if section.heading else "the text"
        )

    def copy_text(self, text: str, what: str) -> None:
        """Copy a text, and say how much it is."""
        if not text.strip():
            self._screen.say("There is nothing to copy.")
            return
        self._screen.app.copy_to_clipboard(text)
        told = f"Sent {what} to the terminal's clipboard: {len(text.split()):,} words."
        if len(text.encode()) > _CLIPBOARD_BYTES and self._shown.headline:
            story = self._shown.headline.story
            told += f" If it does not arrive: cryptonews show {story} --format markdown"
        self._screen.say(told)

    # Looking closer

    def show_raw(self) -> None:
        """The file as it is, where it can still be read; else what the library keeps of it."""
        from cryptonews_tui.tui.pager_screen import PagerScreen, plain

        if article := self._article():
            text = self._screen.app.original(article.origin) or article.markdown()
            self._screen.app.push_screen(PagerScreen(clean_line(article.origin), plain(clean(text))))

    def show_cover(self) -> None:
        """Show the cover picture, or take it away."""
        if article := self._article():
            self.cover.toggle(article)

    def show_changes(self) -> None:
        """What is different since the story was read."""
        from cryptonews_tui.changes import changes
        from cryptonews_tui.tui.pager_screen import PagerScreen, set_blocks

        article, before = self._article(), self._shown.changed_since
        if article is None:
            return
        if before is None:
            self._screen.say("Nothing has changed in this story since you read it.")
            return
        blocks = [*_compared(changes(before, article.body))]
        if not blocks:
            self._screen.say("Only blanks have changed in this story since you read it.")
            return
        self._screen.app.push_screen(PagerScreen("Changed since you read it", set_blocks(blocks)))

    def pipe(self) -> None:
        """Give the article to the reader's own command, and show what that says."""
        from cryptonews_tui.tui.pager_screen import PagerScreen
        from cryptonews_tui.tui.piping import Piping

        command = self._screen.app.settings.pipe
        article = self._article()
        if not command:
            self._screen.say('Name a command in the settings first, such as pipe = ["wc", "-w"].')
        elif article is not None:
            app = self._screen.app
            piping = Piping(command)
            pager = PagerScreen(f"{command[0]} is running …", leave=piping.stop)

            def run() -> None:
                said, told = piping.run(article.markdown() + "\n")
                app.tell(self._piped, pager, told or " ".join(command), said)

            app.push_screen(pager)
            Thread(target=run, daemon=True).start()

    def _piped(self, pager: PagerScreen, title: str, said: str) -> None:
        from cryptonews_tui.tui.pager_screen import plain

        if not pager.left:
            pager.show(clean_line(title), plain(clean(said)))

    def _article(self) -> Article | None:
        """The article under the cursor, shown now if it was not yet."""
        self._shown.show_current()
        if self._shown.article is None:
            self._screen.say("There is no article here.")
        return self._shown.article

    # Sections

    def go_to_impact(self) -> None:
        """To the impact section, from anywhere."""
        self._shown.show_current()
        section = self._screen.article.section_of(Role.IMPACT)
        if section is None:
            self._screen.say("This story has no impact section.")
            return
        self._screen.go_to_article()
        self._screen.article.go_to_section(section, unfold=True)

    # What else there is

    def show_related(self, story: str, found: list[Headline]) -> None:
        """Name the nearest stories under the article, if it is still the one that is shown."""
        shown = self._shown.headline
        if shown is not None and shown.story == story and found:
            self._screen.article.follow_with(self._related(found))

    def _related(self, found: list[Headline]) -> Iterator[Block]:
        now = self._screen.app.now()
        yield Block(Heading(((Span("Related", Kind.HEADING | Kind.DIM),),), 2), space=2)
        for headline in found:
            facts = f"  {line(headline.publisher.name)} · {day(headline.published, now)}"
            run: Run = (
                Span(line(headline.title), Kind.TEXT, f"story:{headline.story}"),
                Span(facts, Kind.DIM),
            )
            yield Block(Paragraph((run,)), (Container("→ ", "  "),), space=0)
