"""What our screens have in common: a pane to move in, a line at the bottom to speak in, links to follow."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import on
from textual.screen import Screen, ScreenResultType
from textual.timer import Timer

from cryptonews_tui.safety import clean_line, shown_url
from cryptonews_tui.translation import _
from cryptonews_tui.tui.bars import KeyLine
from cryptonews_tui.tui.commands import BY_ID
from cryptonews_tui.tui.pane import Pane

if TYPE_CHECKING:
    from cryptonews_tui.tui.app import CryptonewsApp

_SAID_SECONDS = 6.0


class PaneScreen(Screen[ScreenResultType]):
    """Moves in one of its panes and says things in its `KeyLine`."""

    VERTICAL_BREAKPOINTS = [(0, "-low"), (28, "-high")]  # noqa: RUF012  # Textual's own type

    app: CryptonewsApp

    def __init__(self, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._quiet: Timer | None = None
        self._to_say: deque[str] = deque()

    @property
    def moved_in(self) -> Pane:
        """The pane that keys move in."""
        raise LookupError("every screen has one")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """No key, palette entry or text runs a command that this session does not have."""
        command = BY_ID.get(action.replace("_", "-"))
        return command is None or self.app.has(command)

    def had(self, ids: Iterable[str]) -> list[str]:
        """Those of these commands that this session has."""
        return [name for name in ids if self.app.has(BY_ID[name])]

    # Speaking

    def say(self, text: str, *, in_turn: bool = False, until_hushed: bool = False) -> None:
        """Say something in the bottom line for a while (after what is being said); it takes no key."""
        text = clean_line(text)  # it may quote what anybody wrote
        if in_turn and self.query_one(KeyLine).said:
            self._to_say.append(text)
            return
        self.query_one(KeyLine).said = text
        if self._quiet:
            self._quiet.stop()
        self._quiet = None if until_hushed else self.set_timer(_SAID_SECONDS, self.hush)

    def hush(self) -> None:
        """Take back what was said in the bottom line, and say what comes next."""
        self.query_one(KeyLine).said = ""
        if self._to_say:
            self.say(self._to_say.popleft())

    @on(KeyLine.Clicked)
    def _key_clicked(self, event: KeyLine.Clicked) -> None:
        # Later, in the app's name: what a screen posts does not bubble beyond it.
        self.app.call_later(self.app.simulate_key, event.key)

    # Links

    def copy_link(self, url: str) -> None:
        """Copy where a link leads."""
        self.app.copy_to_clipboard(url)
        self.say(_("Sent to the terminal's clipboard: {text}").format(text=shown_url(url)))

    # Moving

    def action_down(self) -> None:
        self.moved_in.step(1)

    def action_up(self) -> None:
        self.moved_in.step(-1)

    def action_half_page_down(self) -> None:
        self.moved_in.page(0.5)

    def action_half_page_up(self) -> None:
        self.moved_in.page(-0.5)

    def action_page_down(self) -> None:
        self.moved_in.page(1)

    def action_page_up(self) -> None:
        self.moved_in.page(-1)

    def action_top(self) -> None:
        self.moved_in.top()

    def action_bottom(self) -> None:
        self.moved_in.bottom()

    # The rest

    def action_suspend(self) -> None:
        self.app.action_suspend_process()

    def action_theme(self) -> None:
        self.app.search_themes()

    def action_palette(self) -> None:
        self.app.action_command_palette()
