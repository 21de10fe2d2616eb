"""The lines above and below the panes: what is shown, and what the keys would do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rich.cells import cell_len
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from cryptonews_tui.tui.commands import BY_ID, shown_keys
from cryptonews_tui.wording import fit


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

    query_text = reactive("")
    nothing_asked = reactive("all stories")
    """What stands in place of a query."""
    counts = reactive("")
    activity = reactive("")

    def render(self) -> Text:
        name, query, dim = (
            self.get_component_rich_style(f"status--{part}", partial=True)
            for part in ("name", "query", "dim")
        )
        width = self.size.width
        right = "   ".join(part for part in (self.counts, self.activity) if part)
        right = fit(right, min(cell_len(right), max(0, width - 14)), pad=False)
        room = max(0, width - cell_len(right) - 16)
        shown = fit(self.query_text or self.nothing_asked, room, pad=False) if room > 3 else ""
        text = Text(no_wrap=True, overflow="crop", end="")
        text.append(" cryptonews ", name)
        text.append(f"  {shown}", query if self.query_text else dim)
        text.append(" " * max(1, width - text.cell_len - cell_len(right) - 1))
        text.append(right, dim)
        return text


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
    commands: reactive[tuple[tuple[str, str], ...]] = reactive(())

    def offer(self, ids: Iterable[str], titles: Mapping[str, str], remapped: Mapping[str, str]) -> None:
        """Show these commands with their first keys; `titles` replaces a command's own title."""
        self.commands = tuple(
            (key, titles.get(command, BY_ID[command].title.removesuffix(" …").lower()))
            for command in ids
            if (key := shown_keys(BY_ID[command], remapped).split(" ")[0])
        )

    def render(self) -> Text:
        text = Text(" ", no_wrap=True, overflow="crop", end="")
        if self.said:
            said = self.get_component_rich_style("keys--said", partial=True)
            return text.append(fit(self.said, max(1, self.size.width - 2), pad=False), said)
        key, title = (
            self.get_component_rich_style(f"keys--{part}", partial=True) for part in ("key", "title")
        )
        for keys, name in self.commands:
            if text.cell_len + cell_len(keys) + cell_len(name) + 2 > self.size.width:
                break
            text.append(keys, key).append(f" {name}   ", title)
        return text
