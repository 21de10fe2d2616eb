"""Editing a source: a line for each thing that can be chosen, understood in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from cryptonews_tui.library import StoredSource
from cryptonews_tui.library.subscriptions import MINUTES_LIMIT, languages_of
from cryptonews_tui.safety import clean_line
from cryptonews_tui.translation import N_, _, ngettext
from cryptonews_tui.tui.query_line import QueryLine

NAME_LENGTH = 40
_POLICIES = ("keep", "mark", "remove")
_YES, _NO = ("yes", "y", "on", "true"), ("no", "n", "off", "false", "")
_FIELDS = (
    ("name", N_("Name"), N_("what it is called")),
    ("minutes", N_("Minutes"), N_("between two visits; empty: as the settings say")),
    ("policy", N_("Vanished"), N_("keep, mark or remove articles that vanish from it")),
    ("languages", N_("Languages"), N_("only these, such as en uk; empty: all")),
    ("history", N_("History"), N_("yes: older states of a repository, too; no")),
)
_ABOUT = N_("Tab next   Enter saves   Esc leaves it as it was")


@dataclass(frozen=True, slots=True)
class Changed:
    """A source before and after."""

    before: StoredSource
    after: StoredSource


@dataclass(frozen=True, slots=True)
class Mistaken:
    """Which line is wrong, and why."""

    field: str
    why: str


class FormScreen(ModalScreen["Changed | None"]):
    """Gives what was `Changed`, or None when it is left."""

    BINDINGS = [  # noqa: RUF012  # Textual's own type
        Binding("escape", "leave", show=False, priority=True),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]
    AUTO_FOCUS = "#name"

    DEFAULT_CSS = """
    FormScreen {
        align: center middle;
        background: $background 60%;
        & > Vertical {
            width: 76;
            max-width: 100%;
            height: auto;
            max-height: 100%;
            background: $surface;
            padding: 1 2;
            & > Static { height: auto; color: $text-muted; }
            & > Horizontal {
                height: 1;
                & > Static { width: 11; color: $text-muted; }
                & > QueryLine { width: 1fr; background: $panel; }
            }
            & > #hint { margin: 1 0; }
            & > #hint.-wrong { color: $text-error; }
            & > #title { color: $foreground; text-style: bold; margin: 0 0 1 0; }
        }
        &:ansi { background: transparent; & > Vertical { border: solid ansi_bright_black; padding: 0 1; } }
    }
    """

    def __init__(self, source: StoredSource, taken: Collection[str], usual: float) -> None:
        """`taken` are the names of other sources, `usual` is the interval of the settings."""
        super().__init__()
        self._source = source
        self._taken = taken
        self._usual = usual
        self._mistaken = ""
        """The line that was said to be wrong, as long as the cursor stays there."""

    def compose(self) -> ComposeResult:
        values = as_text(self._source)
        usual = {"minutes": f"{self._usual:g}", "languages": _("all")}
        with Vertical():
            yield Static(
                _("Edit “{name}”").format(name=clean_line(self._source.name)), markup=False, id="title"
            )
            for field, label, _hint in _FIELDS:
                with Horizontal():
                    yield Static(_(label), markup=False)
                    line = QueryLine(id=field, placeholder=usual.get(field, ""))
                    line.value = values[field]
                    yield line
            yield Static(markup=False, id="hint")
            yield Static(_(_ABOUT), markup=False)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        if event.widget.id == self._mistaken:
            return  # what is wrong there has just been said
        self._mistaken = ""
        hint = next((hint for field, _label, hint in _FIELDS if field == event.widget.id), "")
        self._tell(_(hint) if hint else "", wrong=False)

    @on(QueryLine.Submitted)
    def _save(self) -> None:
        given = {field: self.query_one(f"#{field}", QueryLine).value for field, *_ in _FIELDS}
        after = understood(self._source, given, self._taken)
        if isinstance(after, Mistaken):
            self.set_focus(self.query_one(f"#{after.field}"), scroll_visible=False)
            self._tell(after.why, wrong=True)
            self._mistaken = after.field
        else:
            self.dismiss(Changed(self._source, after))

    def action_leave(self) -> None:
        self.dismiss(None)

    def _tell(self, text: str, *, wrong: bool) -> None:
        hint = self.query_one("#hint", Static)
        hint.set_class(wrong, "-wrong")
        hint.update(text)


def as_text(source: StoredSource) -> dict[str, str]:
    """What a reader chose of a source, as they would type it."""
    return {
        "name": source.name,
        "minutes": f"{source.minutes}" if source.minutes else "",
        "policy": source.policy,
        "languages": " ".join(source.languages),
        "history": "yes" if source.history else "no",
    }


def understood(
    source: StoredSource, given: Mapping[str, str], taken: Collection[str] = ()
) -> StoredSource | Mistaken:
    """The source with what was typed, or what is wrong with that."""
    typed = {field: clean_line(text, 1_000) for field, text in given.items()}
    name, minutes = typed["name"], typed["minutes"]
    if not name:
        return Mistaken("name", _("A source needs a name."))
    if len(name) > NAME_LENGTH:
        told = ngettext(
            "A name has at most {count} character.", "A name has at most {count} characters.", NAME_LENGTH
        )
        return Mistaken("name", told.format(count=NAME_LENGTH))
    if name in taken:
        return Mistaken("name", _("There is a source “{name}” already.").format(name=name))
    if minutes and not (minutes.isascii() and minutes.isdigit() and int(minutes) <= MINUTES_LIMIT):
        return Mistaken(
            "minutes", _("“{text}” is not a whole number of minutes, such as 15.").format(text=minutes[:40])
        )
    policy = next((policy for policy in _POLICIES if policy == typed["policy"].lower()), None)
    if policy is None:
        return Mistaken(
            "policy", _("“{text}” is none of keep, mark, remove.").format(text=typed["policy"][:40])
        )
    try:
        languages = languages_of(typed["languages"])
    except ValueError as error:
        return Mistaken(
            "languages", _("“{text}” is no language such as en or uk.").format(text=str(error)[:40])
        )
    history = typed["history"].lower()
    if history not in (*_YES, *_NO):
        return Mistaken("history", _("“{text}” is neither yes nor no.").format(text=history[:40]))
    return replace(
        source,
        name=name,
        minutes=int(minutes) or None if minutes else None,
        policy=policy,
        languages=languages,
        history=history in _YES,
    )
