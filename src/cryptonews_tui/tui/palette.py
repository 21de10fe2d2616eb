"""The command table in Textual's palette."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider

from cryptonews_tui.translation import _
from cryptonews_tui.tui.pane import Commanded


class CommandProvider(Provider):
    """Every command of the screen by its title; the matching text is highlighted."""

    async def discover(self) -> Hits:
        for title, run, help in self._commands():
            yield DiscoveryHit(title, run, help=help)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for title, run, help in self._commands():
            if (score := matcher.match(title)) > 0:
                yield Hit(score, matcher.highlight(title), run, help=help)

    def _commands(self) -> Iterable[tuple[str, Callable[[], object], str]]:
        screen = self.screen
        if not isinstance(screen, Commanded):
            return
        for command in screen.commands:
            title = _(command.title)
            if command.scope == "filters":
                title = _("Filters: {title}").format(title=title)
            if command.id != "palette":
                yield title, partial(screen.run, command), _(command.help)


class Palette(CommandPalette):
    """Textual's palette, which fails on a page key that comes before it has anything to show."""

    def _action_command_list(self, action: str) -> None:
        if self.query_one(CommandList)._index_to_line:
            super()._action_command_list(action)
