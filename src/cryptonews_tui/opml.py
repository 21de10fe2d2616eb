"""Lists of sources as other readers write and read them: OPML 2.0. Pure: bytes in, values out.

What is no feed (a folder, a Git repository) is written with a type of our own: other readers leave alone what they
do not know, and here it comes back as it was. User names and passwords travel neither way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from xml.sax.saxutils import escape, quoteattr

from cryptonews_tui.safety import clean, clean_line
from cryptonews_tui.translation import _
from cryptonews_tui.wording import number
from cryptonews_tui.xml_events import End, Start, XmlError, events

OWN = "cryptonews"
"""The `type` of sources that only this program reads."""

_SIZE_LIMIT = 8 * 1024 * 1024
_COUNT_LIMIT = 20_000
_LOCATION_LIMIT = 4_096
_DEPTH_LIMIT = 32
_BARE_AMPERSAND = re.compile(rb"&(?!#?[0-9A-Za-z]{1,32};)")
_WEB = re.compile(r"https?://", re.IGNORECASE)
_FEED_SCHEME = re.compile(r"feed:(//)?(?!/)(?(1)(?!https?:)|(?=https?:))", re.IGNORECASE)
_USER = re.compile(r"\A([\w+.-]*://)[^/?#\s]*@")
_PASSWORD = re.compile(r"\A([\w+.-]*://[^/?#\s:@]*):[^/?#\s]*(?=@)")


class OpmlError(ValueError):
    """The file as a whole is no list of sources. The message says why."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """One source. `folder` is the path of the groups it stands in, outermost first."""

    name: str
    location: str
    folder: tuple[str, ...] = ()
    feed: bool = True
    """Whether other readers can read it, too."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something the user should know about one entry; `line` counts from 1."""

    line: int
    message: str


@dataclass(slots=True)
class Reading:
    """What a file lists, each location once, and what was odd about it."""

    subscriptions: list[Subscription] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def read(data: bytes) -> Reading:
    """The sources in an OPML file, by whichever program it was written. What is wrong with one stops no other.

    Raises `OpmlError` when it is nothing of the kind.
    """
    if len(data) > _SIZE_LIMIT:
        raise OpmlError(_("the file is larger than a list of sources can be"))
    reading = _read(data)
    mended = _BARE_AMPERSAND.sub(b"&amp;", data) if reading.notes else data
    if data != mended and len(mended) <= _SIZE_LIMIT:
        again = _read(mended)  # addresses with `&` as it is typed: the one thing that is often wrong
        if len(again.subscriptions) > len(reading.subscriptions):
            reading = again
    if not (reading.subscriptions or reading.notes):
        raise OpmlError(_("it lists no sources"))
    return reading


def _read(data: bytes) -> Reading:
    reading = Reading()
    known: set[str] = set()
    path: list[str] = []
    named: list[str] = []
    count = 0
    try:
        for event in events(data):
            if isinstance(event, Start):
                name = event.name.lower()
                if not path and name != "opml":
                    raise OpmlError(
                        _("it is no OPML: it begins with <{name}>").format(name=clean_line(event.name, 40))
                    )
                path.append(name)
                if name != "outline":
                    continue
                count += 1
                if count > _COUNT_LIMIT:
                    reading.notes.append(
                        Note(
                            event.line,
                            _("Only the first {count_limit} were taken.").format(
                                count_limit=number(_COUNT_LIMIT)
                            ),
                        )
                    )
                    return reading
                attributes = {key.lower(): value for key, value in event.attributes.items()}
                _take(attributes, tuple(filter(None, named[:_DEPTH_LIMIT])), event.line, reading, known)
                named.append(_name(attributes))
            elif isinstance(event, End) and path.pop() == "outline":
                named.pop()
    except XmlError as error:
        if not path and not reading.subscriptions:
            raise OpmlError(
                _("it is no XML: {error} in line {line}").format(
                    error=clean_line(str(error), 200), line=error.line
                )
            ) from None
        reading.notes.append(
            Note(
                error.line,
                _("The file is broken here ({error}); the rest was not read.").format(
                    error=clean_line(str(error), 200)
                ),
            )
        )
    return reading


def _take(
    attributes: Mapping[str, str], folder: tuple[str, ...], line: int, reading: Reading, known: set[str]
) -> None:
    """The source that an outline stands for, if it does for one: others are groups."""
    typed = attributes.get("xmlurl", "").strip()
    page = attributes.get("htmlurl", "").strip()
    kind = attributes.get("type", "").strip().lower()
    name = _name(attributes)
    shown = name or _("An entry")
    if not typed and (not page or kind not in ("rss", "atom", "")):
        if kind in ("rss", "atom", OWN):
            reading.notes.append(
                Note(line, _("{shown} has no address; it was not taken.").format(shown=shown))
            )
        return
    location = _FEED_SCHEME.sub(lambda found: "http://" if found[1] else "", typed or page)
    bare = without_password(location)
    if bare != location:
        reading.notes.append(
            Note(
                line,
                _("The user name and password of {shown} were not taken; put them into the settings.").format(
                    shown=shown
                ),
            )
        )
    if clean(bare) != bare or "\n" in bare or len(bare) > _LOCATION_LIMIT:
        reading.notes.append(
            Note(line, _("The address of {shown} cannot be shown; it was not taken.").format(shown=shown))
        )
        return
    if kind != OWN and not _is_web(bare):
        reading.notes.append(
            Note(
                line,
                _("The address of {shown}, {bare}, is no web address; it was not taken.").format(
                    shown=shown, bare=clean_line(bare, 300)
                ),
            )
        )
        return
    if bare in known:
        reading.notes.append(
            Note(
                line, _("{bare} is listed twice; the first one was taken.").format(bare=clean_line(bare, 300))
            )
        )
        return
    if not typed:
        reading.notes.append(
            Note(
                line,
                _("{shown} has only a web page; the feed it advertises will be read.").format(shown=shown),
            )
        )
    known.add(bare)
    reading.subscriptions.append(Subscription(name or clean_line(bare), bare, folder, kind != OWN))


def write(subscriptions: Iterable[Subscription]) -> str:
    """An OPML 2.0 file that `read` and other readers take in."""
    root = _Group()
    for one in subscriptions:
        group = root
        for name in one.folder:
            if word := clean_line(name):
                group = group.groups.setdefault(word, _Group())
        group.sources.append(one)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0">']
    lines += [" <head>", f"  <title>{escape('cryptonews sources')}</title>", " </head>", " <body>"]
    lines += [*_lines(root, "  "), " </body>", "</opml>", ""]
    return "\n".join(lines)


@dataclass(slots=True)
class _Group:
    groups: dict[str, _Group] = field(default_factory=dict)
    sources: list[Subscription] = field(default_factory=list)


def _lines(root: _Group, indent: str) -> Iterable[str]:
    """The outlines of a group, without recursion: nobody says how deep folders are."""
    waiting: list[tuple[str, _Group | str]] = [(indent, root)]
    while waiting:
        indent, part = waiting.pop()
        if isinstance(part, str):
            yield indent + part
            continue
        for one in part.sources:
            name, location = quoteattr(clean_line(one.name)), quoteattr(without_password(one.location))
            kind = "rss" if one.feed else OWN
            yield f'{indent}<outline type="{kind}" text={name} title={name} xmlUrl={location}/>'
        for word, group in reversed(part.groups.items()):
            waiting.append((indent, "</outline>"))
            waiting.append((indent + " ", group))
            waiting.append((indent, f"<outline text={quoteattr(word)} title={quoteattr(word)}>"))


def without_password(location: str) -> str:
    """The location without what logs in: of web addresses the whole user, of others the password."""
    return (
        _USER.sub(r"\1", location, count=1)
        if _WEB.match(location)
        else _PASSWORD.sub(r"\1", location, count=1)
    )


def _is_web(location: str) -> bool:
    try:
        return bool(_WEB.match(location) and urlsplit(location).hostname)
    except ValueError:
        return False


def _name(attributes: Mapping[str, str]) -> str:
    return clean_line(attributes.get("title", "")) or clean_line(attributes.get("text", ""))
