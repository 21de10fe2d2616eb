"""The lines above and below the panes: what is shown, and what the keys would do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from cryptonews_tui.translation import _, ngettext
from cryptonews_tui.tui.commands import BY_ID, keys_of, shown_keys
from cryptonews_tui.wording import fit, number

_FURTHER_KEYS = {"Tab": "tab", "↑": "up"}
"""Of the keys that are no commands."""
_WAYS_OUT = ("help", "back")
_BETWEEN = 3
"""Cells between one key and the next."""


class StatusLine(Widget):
    """What is filtered, how many of how many, and what is going on."""

    COMPONENT_CLASSES = {"status--name", "status--query", "status--dim"}  # noqa: RUF012  # Textual's own type

    DEFAULT_CSS = """
    StatusLine {
        height: 1;
        & > .status--name { color: $text-primary; text-style: bold; }
        & > .status--query { color: $foreground; }
        & > .status--dim { color: $text-muted; }
        &:ansi > .status--dim { text-style: dim; }
    }
    """

    class Clicked(Message):
        """The line was clicked."""

    query_text = reactive("")
    nothing_asked: reactive[str] = reactive(lambda: _("all stories"))
    """What stands in place of a query."""
    counts = reactive("")
    details: reactive[tuple[str, ...]] = reactive(())
    """What is told after the counts where there is room: the last most of all."""
    activity = reactive("")
    shared = reactive(False)
    """Whether the library is somebody else's."""
    passing = reactive(False)
    """Whether marks are gone when the session ends."""

    def render(self) -> Text:
        name, query, dim = (
            self.get_component_rich_style(f"status--{part}", partial=True)
            for part in ("name", "query", "dim")
        )
        width = self.size.width
        wanted = cell_len(self.query_text or self.nothing_asked)
        right = self._right(width - 16 - min(wanted, max(14, width // 2)))
        right = fit(right, min(cell_len(right), max(0, width - 14)), pad=False)
        room = max(0, width - cell_len(right) - 16)
        shown = fit(self.query_text or self.nothing_asked, room, pad=False) if room > 3 else ""
        text = Text(no_wrap=True, overflow="crop", end="")
        text.append(" cryptonews ", name)
        text.append(f"  {shown}", query if self.query_text else dim)
        text.append(" " * max(1, width - text.cell_len - cell_len(right) - 1))
        text.append(right, dim)
        return text

    def on_click(self) -> None:
        self.post_message(self.Clicked())

    def _right(self, room: int) -> str:
        """The counts, what is going on, and as many details as there is room for."""
        for details in (self.details[n:] for n in range(len(self.details) + 1)):
            told = " · ".join(part for part in (self.counts, *details) if part)
            # Translators: of a library that somebody else keeps
            shared = _("shared") if self.shared else ""
            passing = _("marks are not kept") if self.passing else ""
            right = "   ".join(part for part in (told, shared, passing, self.activity) if part)
            if cell_len(right) <= room:
                break
        return right


class KeyLine(Widget):
    """The keys of the pane that has the focus, or something that has just been said."""

    COMPONENT_CLASSES = {"keys--key", "keys--title", "keys--said"}  # noqa: RUF012  # Textual's own type

    DEFAULT_CSS = """
    KeyLine {
        height: 1;
        & > .keys--key { color: $foreground; text-style: bold; }
        & > .keys--title { color: $text-muted; }
        & > .keys--said { color: $text-warning; }
        &:ansi > .keys--title { text-style: dim; }
    }
    """

    said = reactive("")
    beside = reactive("")
    """What stands at the right end."""
    commands: reactive[tuple[tuple[str, str], ...]] = reactive(())

    class Clicked(Message):
        """A key was clicked: it is to do what pressing it does."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._pressed: dict[str, str] = {}
        """Textual's names of the keys that are shown."""
        self._keys_at: list[tuple[int, str]] = []
        """Up to which cell which key is shown."""
        self._ways_out: list[tuple[str, str]] = []
        """To all other keys, and back: shown wherever there is room for one."""

    def offer(
        self,
        ids: Iterable[str],
        titles: Mapping[str, str],
        remapped: Mapping[str, str],
        further: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Show these commands with their first keys, and `further` keys; `titles` replaces a command's own title.

        Where there is no room for all, the last go first, but the ways out stay.
        """
        shown = {
            command: (key, _title(command, titles))
            for command in ids
            if (key := shown_keys(BY_ID[command], remapped).split(" ")[0])
        }
        self._pressed = _FURTHER_KEYS | {
            key: keys_of(BY_ID[command], remapped).split(",")[0].strip()
            for command, (key, _name) in shown.items()
        }
        self._ways_out = [shown[command] for command in _WAYS_OUT if command in shown]
        self.commands = (*shown.values(), *further)

    def on_click(self, event: events.Click) -> None:
        key = next((key for end, key in self._keys_at if event.x < end), "")
        if event.x and key and not self.said:
            self.post_message(self.Clicked(key))

    def render(self) -> Text:
        text = Text(" ", no_wrap=True, overflow="crop", end="")
        width = self.size.width
        if self.said:
            said = self.get_component_rich_style("keys--said", partial=True)
            return text.append(fit(self.said, max(1, width - 2), pad=False), said)
        key, title = (
            self.get_component_rich_style(f"keys--{part}", partial=True) for part in ("key", "title")
        )
        room = width - (cell_len(self.beside) + 1 if self.beside else 0)
        self._keys_at.clear()
        for keys, name in self._fitting(room):
            text.append(keys, key).append(f" {name}   ", title)
            self._keys_at.append((text.cell_len - 2, self._pressed.get(keys, "")))
        if self.beside:
            text.truncate(max(0, room))
            text.append(" " * max(0, room - text.cell_len)).append(self.beside, title)
        return text

    def _fitting(self, room: int) -> list[tuple[str, str]]:
        """As many of the commands as stand in `room` cells: the ways out, then the first."""
        room += _BETWEEN - 2  # a cell at both ends
        fitting = set()
        for item in (*self._ways_out, *(item for item in self.commands if item not in self._ways_out)):
            room -= cell_len(" ".join(item)) + _BETWEEN
            if room < 0:
                break
            fitting.add(item)
        return [item for item in self.commands if item in fitting]


def _title(command: str, titles: Mapping[str, str]) -> str:
    """What a command is called here, in the reader's language."""
    if command in titles:
        return _(titles[command])
    return _(BY_ID[command].title).removesuffix(" …").lower()


def stories_counted(count: int) -> str:
    """So many stories, as the status line says it."""
    return ngettext("{count} story", "{count} stories", count).format(count=number(count))
