"""Articles from strangers on a real terminal: nothing in them reaches it as anything but letters."""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.pty_terminal import Terminal
from tests.tui.desk import Desk

Start = Callable[..., Terminal]

# Each carries a word that would tell on the terminal where it came through.
SEQUENCES = (
    "\x1b[31mHOSTILE",
    "\x1b]52;c;aG9zdGlsZQ==\x07",
    "\x1b]8;;http://hostile.example/\x1b\\link\x1b]8;;\x1b\\",
    "\x1b]0;hostile title\x07",
    "\x9b32mHOSTILE",
    "\x9d0;hostile title\x9c",
    "\x1bP+q544e\x1b\\",
    "\x1bc",
    "\x07\x08\x7f\x85\x0e",
    "\x1b",
)
INVISIBLE = "\u202eesrever\u202c\u2066\u2069\u200b\u200e\ufeff\u2060" + "\u200d" * 40
FLOOD = "Z" + "\u0300\u0336\u0301" * 40
MARKUP = "[bold red]red[/] [/b] [link=file:///etc/passwd]x[/link] [@click=app.quit]x[/] &#27; &#x202e; \\[x]"
HOSTILE = f"{MARKUP} {' '.join(SEQUENCES)} {INVISIBLE} {FLOOD} HARMLESS"

BODY = f"""{HOSTILE}

## Heading {HOSTILE}

[click me {MARKUP}](javascript:alert(1)) [and me](https://example.org/\u202egpj.exe) [file](file:///etc/passwd)
&#27;[31mHOSTILE &#x9b;31m &#x202e; &#7; &#x1b;]52;c;aG9zdGlsZQ==&#7; <b onclick="x">html</b> `code {HOSTILE}`

![picture {MARKUP}](https://example.org/x.png "title {MARKUP}")

| a {MARKUP} | b |
|---|---|
| {HOSTILE.replace("|", "/")} | 2 |

- {HOSTILE}

> {HOSTILE}

```
{HOSTILE}
```

## Impact {MARKUP}

- end
"""


@pytest.fixture
def desk(desk: Desk) -> Desk:
    for number in range(3):
        desk.write(
            f"{number} {HOSTILE}",
            hours=number,
            title=f"{number} {MARKUP} {HOSTILE}",
            description=HOSTILE,
            source={
                "name": f"Wire {HOSTILE}",
                "key": f"wire{HOSTILE}",
                "type": HOSTILE,
                "url": f"https://a.example/{HOSTILE}",
            },
            category=f"CAT {HOSTILE}",
            tags=[f"TAG {number} {HOSTILE}", MARKUP, *SEQUENCES],
            sentiment="NEGATIVE" if number else HOSTILE,
            canonicalUrl=f"https://example.org/{HOSTILE}",
            coverImage={"raw": f"https://example.org/{HOSTILE}"},
            ai={"rewritten": True, "translatedFrom": HOSTILE, "version": HOSTILE},
            body=BODY,
            name=f"{number} \x1b]0;hostile title\x07 [bold red].md",
            lang=HOSTILE if number == 2 else "en",
        )
    # Bytes as they are, where YAML would have refused them.
    raw = f"---\ntitle: raw {HOSTILE}\npublishedAt: 2026-11-20T10:00:00Z\nexternalId: raw\n---\n{BODY}"
    (desk.folder / "raw \x1b[31m.md").write_bytes(raw.encode("utf-8", "surrogatepass"))
    (desk.folder / "latin \x9b31m.md").write_bytes(raw.replace("raw", "latin").encode("latin-1", "replace"))
    (desk.folder / "broken.md").write_bytes(b"---\ntitle: [\x1b[31m\n---\n")
    desk.paths.config.write_text("follow_after_ms = 1\n", encoding="utf-8")
    return desk


# What the program itself says to a terminal; everything else that begins with ESC came from an article.
_OURS = re.compile(
    rb"\x1b\[[0-9;]*m"  # colours; those of articles are looked for below
    rb"|\x1b\[[0-9;]*H|\x1b\[[0-9]*[ABCDGJK]"
    rb"|\x1b\[\?[0-9;]+[hl]|\x1b\[\?[0-9;]+\$p|\x1b\[[>=<][0-9;]*u|\x1b\[\?u"
    rb"|\x1b\[[0-9;]*t|\x1b\[>[0-9;]*[mq]|\x1b\[c"
    rb"|\x1b\]22;[a-z-]*\x07"  # the shape of the mouse pointer
)
_INVISIBLE = set("\u00ad\u061c\u180e\u200b\u200e\u200f\u2028\u2029\u2060\ufeff") | {
    chr(code) for first, last in ((0x202A, 0x202E), (0x2066, 0x206F)) for code in range(first, last + 1)
}


def assert_harmless(output: bytes) -> None:
    """Only the program's own sequences, and only letters that stay in their cell."""
    assert b"HARMLESS" in output, "the articles were shown"
    for mark in (b"\x1b[31m", b"\x1b[32m", b"\x1b]52", b"\x1b]8", b"\x1b]0", b"\x1bP", b"\x1bc"):
        assert mark not in output, mark
    text = _OURS.sub(b"", output).decode("utf-8")
    strange = Counter(c for c in text if unicodedata.category(c) in ("Cc", "Cs") and c not in "\r\n")
    assert not strange, strange
    assert not _INVISIBLE & set(text)
    marks = max(len(found[0]) for found in re.finditer(r"[\u0300-\u036f\u0483-\u0489\u20d0-\u20ff]+|$", text))
    assert marks <= 4
    assert "\u200d\u200d" not in text


def test_hostile_articles_are_listed_read_and_filtered_as_plain_letters(desk: Desk, start: Start) -> None:
    terminal = start(str(desk.folder), columns=200, rows=50)
    terminal.wait_for("0 [bold red]red[/] [/b]")
    terminal.wait_for("↻")
    for keys, words in (
        ("\r", "Heading [bold red]"),  # read
        ("]", "[@click=app.quit]"),
        (" ", "HARMLESS"),
        (" ", "HARMLESS"),
        ("G", "end"),
        ("L", "is only there in"),
        ("J", "1 [bold red]"),
        ("z", "1 [bold red]"),
        ("qq", "Headlines"),
        ("f", "save another"),
        ("jjjjjjj ", "✓"),
        ("q", "Headlines"),
        ("\x0c", "all stories"),
        ("G", "raw [bold red]"),
        ("gs", "Starred."),
    ):
        terminal.send(keys)
        terminal.wait_for(words)
        terminal.quiet(0.05)
    assert terminal.exit_code is None
    terminal.send("q")
    assert terminal.wait_end() == 0
    assert_harmless(bytes(terminal.output))


def test_hostile_values_are_searched_and_chosen_as_plain_letters(desk: Desk, start: Start) -> None:
    terminal = start(str(desk.folder), columns=200, rows=50)
    terminal.wait_for("0 [bold red]red[/] [/b]")
    terminal.wait_for("↻")
    for open_with, title in (
        ("t", "Enter choose"),
        ("S", "Enter choose"),
        ("c", "Enter choose"),
        ("\x14", "Sections"),
    ):
        terminal.send(open_with)
        terminal.wait_for(title)
        terminal.send("[bold")
        terminal.wait_for("[bold")
        terminal.quiet(0.05)
        terminal.send("\r")
        terminal.wait_until(lambda title=title: title not in terminal.text)
        terminal.quiet(0.05)
        terminal.press("ctrl+l")
    terminal.press("?")
    terminal.wait_for("One line or story down.")
    terminal.press("q", "2")
    terminal.quiet(0.1)
    terminal.press("ctrl+p")
    terminal.wait_for("Search for commands")
    terminal.press("escape")
    terminal.quiet(0.2)
    assert terminal.exit_code is None
    assert_harmless(bytes(terminal.output))


@pytest.mark.parametrize("pasted", [True, False], ids=["pasted", "typed"])
def test_hostile_text_in_the_query_line_stays_plain_letters(desk: Desk, start: Start, pasted: bool) -> None:
    terminal = start(str(desk.folder), columns=200, rows=50)
    terminal.wait_for("0 [bold red]red[/] [/b]")
    terminal.wait_for("↻")
    # A terminal takes the end of a paste out of what is pasted; control characters cannot be typed as letters.
    letters = MARKUP + INVISIBLE + FLOOD
    text = f"tga:{letters}" + "".join(SEQUENCES) + " HARMLESS" if pasted else f"tga:{letters}"
    terminal.send("/")
    terminal.wait_for("Enter keep")
    terminal.send(f"\x1b[200~{text}\x1b[201~" if pasted else text)
    terminal.wait_for("tga:[bold red]red[/] [/b]")
    terminal.quiet(0.2)
    terminal.send("\r")
    terminal.wait_for("At character ")
    terminal.press("home", "ctrl+k")
    terminal.send("\x1b[200~" + "nowhere " + HOSTILE + "\x1b[201~")
    terminal.quiet(0.1)
    terminal.send("\r")
    terminal.quiet(0.3)
    assert terminal.exit_code is None
    assert_harmless(bytes(terminal.output))


def test_no_hostile_address_is_opened_or_copied(desk: Desk, start: Start) -> None:
    terminal = start(str(desk.folder))
    terminal.wait_for("↻")
    for key in ("o", "y"):
        mark = terminal.mark()
        terminal.send(key)
        terminal.wait_for("This story names no page of its own.")
        assert b"\x1b]52" not in terminal.since(mark)


def test_a_hostile_settings_file_is_named_in_plain_letters(desk: Desk, start: Start) -> None:
    keys = {f"fly {MARKUP} \x1b[31m": "x", "star": f"\x1b]52;c;aG9zdGlsZQ==\x07{MARKUP}\u202e"}
    lines = "\n".join(f"{json.dumps(name)} = {json.dumps(value)}" for name, value in keys.items())
    desk.paths.config.write_text(f"theme = {json.dumps(HOSTILE)}\n[keys]\n{lines}\n", encoding="utf-8")
    terminal = start(str(desk.folder), columns=300)
    terminal.wait_for("there is no")
    terminal.wait_for("HARMLESS")
    terminal.wait_for("↻")
    terminal.quiet(0.2)
    assert_harmless(bytes(terminal.output))


def test_the_screen_of_a_place_with_a_hostile_name(desk: Desk, start: Start, tmp_path: Path) -> None:
    place = tmp_path / "[bold red]x[@click=app.quit]"
    place.mkdir()
    (place / "1.md").write_bytes(next(desk.folder.glob("0*.md")).read_bytes())
    terminal = start(str(place), columns=300)
    terminal.wait_for("0 [bold red]red[/] [/b]")
    (place / "1.md").unlink()
    place.rmdir()
    terminal.send("r")
    terminal.wait_for("[bold red]x[@click=app.quit]")
    assert_harmless(bytes(terminal.output))
