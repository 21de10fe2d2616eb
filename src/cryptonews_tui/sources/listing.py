"""A folder as web servers show it: as a page of links (nginx, Apache, Python), or as JSON or XML (nginx).

A page can link anywhere; a folder holds only what lies in it. So of all links only those count that add one name to
the folder's own address.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import quote, unquote, urljoin, urlsplit

from cryptonews_tui.article import Problem
from cryptonews_tui.sources import SourceError
from cryptonews_tui.sources.access import Access
from cryptonews_tui.sources.crew import Entry
from cryptonews_tui.sources.http.addresses import shown, web_address
from cryptonews_tui.sources.http.client import Http
from cryptonews_tui.sources.http.faults import PassingError
from cryptonews_tui.sources.kinds import root, text_of
from cryptonews_tui.sources.limits import Limits
from cryptonews_tui.sources.markup import tags, text_after
from cryptonews_tui.sources.names import is_article, is_hidden, item_name, path_inside
from cryptonews_tui.translation import _
from cryptonews_tui.wording import number
from cryptonews_tui.xml_events import End, Start, Text, XmlError, events

_TITLE = re.compile(r"(?:Index of|Directory listing for)\b", re.IGNORECASE)
_MARKUP = re.compile(r"<[^<>]{0,1000}>")
_TIME_AND_SIZE = re.compile(
    r"(\d{1,2}-[A-Z][a-z]{2}-\d{4}|\d{4}-\d{2}-\d{2})\s+(\d{2}:\d{2}(?::\d{2})?)\s+(\d+(?:\.\d+)?\s?[KMGT]?)(?=\s|$)"
)
_HEAD = 20_000
"""Characters of a page in which its title is looked for."""
_AFTER = 1_000
"""Characters behind a link in which its time and size are looked for."""
_TYPES = ("file", "directory", "other")

Shape = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Folder:
    """What one page lists: articles, and the addresses of the folders in it."""

    articles: tuple[Entry, ...]
    folders: tuple[str, ...]
    problems: tuple[Problem, ...] = ()

    def shape(self, folder: str) -> Shape | None:
        """What tells this folder from all others: names, times and sizes, if it has enough of them.

        A folder below that is the same is the same: a link leads back.
        """
        if not self.folders or not self.articles or not all(entry.listed for entry in self.articles):
            return None
        return frozenset((entry.url.removeprefix(folder), entry.listed) for entry in self.articles)


@dataclass(slots=True)
class Below:
    """What lies below an address, as far as it could be seen."""

    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    whole: bool = True
    """Whether every folder on the way could be looked into."""

    def miss(self, folder: str, message: str) -> None:
        """Note a folder of which not everything is known."""
        item = item_name(unquote(folder, errors="surrogateescape")) or "."
        self.problems.append(Problem(item, None, message))
        self.whole = False


def walk(http: Http, first: Folder, base: str, access: Access, may_enter: bool) -> Below:
    """Everything below `base`, the nearest first, of which `first` is what its own page shows.

    Servers follow links that lead back, and some make up folders for ever: depth, pages and entries are bounded.
    """
    limits = access.limits
    found = Below()
    silences = 0
    pages = 1
    left = False
    # A folder, what is in it, and what was in those above it.
    waiting: deque[tuple[str, Folder, frozenset[Shape]]] = deque([(base, first, frozenset())])
    while waiting:
        folder, content, above = waiting.popleft()
        found.problems += content.problems
        found.entries += content.articles
        if len(found.entries) > limits.entries:
            del found.entries[limits.entries :]
            found.miss(
                folder.removeprefix(base),
                _("Only the first {entries} articles were read.").format(entries=number(limits.entries)),
            )
            return found
        shape = content.shape(folder)
        for url in content.folders:
            name = url.removeprefix(base)
            if access.stop.is_set():
                raise PassingError(_("The visit was called off."))
            if name.count("/") > limits.depth:
                found.miss(
                    name, _("Folders deeper than {depth} were not looked into.").format(depth=limits.depth)
                )
                continue
            if pages >= limits.parts or silences >= limits.silences:
                if not left:
                    why = (
                        _("there are too many") if pages >= limits.parts else _("the server does not answer")
                    )
                    found.miss(
                        name, _("This folder and later ones were not looked into: {why}.").format(why=why)
                    )
                left = True
                break
            pages += 1
            try:
                inner = _look_into(http, url, base, limits, may_enter)
            except PassingError as error:
                silences += 1 if not error.retry_after else limits.silences
                found.miss(name, str(error))
            except SourceError as error:
                found.miss(name, str(error))
            else:
                silences = 0
                if (inner_shape := inner.shape(url)) is None or inner_shape not in above | {shape}:
                    waiting.append((url, inner, above | {shape} if shape else above))
    return found


def _look_into(http: Http, url: str, base: str, limits: Limits, may_enter: bool) -> Folder:
    fetched = http.fetch(url, limit=limits.manifest, may_enter=may_enter)
    assert fetched.body is not None  # nothing was said of what we know
    with fetched.body as body:
        data = body.read()
    folder = read(data, base, url) if fetched.url == url else None
    if folder is None:
        raise SourceError(_("This folder shows something else than its list; what is in it was not read."))
    return folder


def read(data: bytes, base: str, folder: str) -> Folder | None:
    """What the answer at the address `folder` shows, in whichever form; `None` when it is no listing."""
    text = text_of(data)
    if root(text[:_HEAD]) == "list":
        return read_xml(data, base, folder)
    if text.startswith("["):
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            return None
        return read_json(value, base, folder) if value == [] or is_json_listing(value) else None
    return read_page(text, base, folder) if is_listing(text) else None


def is_listing(text: str) -> bool:
    """Whether a web page is what a server makes of a folder: it says so in its title."""
    titles = (text_after(text, tag.end) for tag in tags(text[:_HEAD]) if tag.name in ("title", "h1"))
    return any(map(_TITLE.match, titles))


def is_json_listing(value: object) -> bool:
    """Whether JSON is what nginx makes of a folder."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(
            isinstance(one, dict) and isinstance(one.get("name"), str) and one.get("type") in _TYPES
            for one in value
        )
    )


def folder_address(url: str) -> str:
    """The address of the folder that the page at `url` shows."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path[: parts.path.rfind('/') + 1] or '/'}"


def read_page(text: str, base: str, folder: str) -> Folder:
    """The folder that a page of links shows. Items are paths below `base`."""
    links = [tag for tag in tags(text) if tag.name == "a" and tag.attributes.get("href")]
    ends = [tag.start for tag in links[1:]] + [len(text)]
    return _folder(
        (
            (tag.attributes["href"], _told(text[tag.end : min(end, tag.end + _AFTER)]))
            for tag, end in zip(links, ends, strict=False)
        ),
        base,
        folder,
    )


def read_json(value: object, base: str, folder: str) -> Folder:
    """The folder that nginx shows as JSON."""
    assert isinstance(value, list)
    return _folder(
        (
            (
                _href(one["name"], one["type"] == "directory"),
                f"{one['mtime']} {one['size']}" if "mtime" in one and "size" in one else "",
            )
            for one in value
        ),
        base,
        folder,
    )


def read_xml(data: bytes, base: str, folder: str) -> Folder:
    """The folder that nginx shows as XML. Raises `SourceError` when it is broken."""
    try:
        return _folder(_xml_links(data), base, folder)
    except XmlError as error:
        raise SourceError(
            _("The listing {folder} is broken in line {line}. Tell its publisher.").format(
                folder=shown(folder), line=error.line
            )
        ) from None


def _xml_links(data: bytes) -> Iterator[tuple[str, str]]:
    name: list[str] = []
    attributes: Mapping[str, str] = {}
    for event in events(data):
        match event:
            case Start(_, attributes):
                name = []
            case Text(text):
                name.append(text)
            case End("file" | "directory" as kind):
                told = " ".join(attributes[key] for key in ("mtime", "size") if key in attributes)
                yield _href("".join(name), kind == "directory"), told if "size" in attributes else ""


def _folder(links: Iterable[tuple[str, str]], base: str, folder: str) -> Folder:
    """The links that stay in the folder, sorted out."""
    articles: dict[str, Entry] = {}
    folders: dict[str, None] = {}
    problems: dict[str, Problem] = {}
    for href, told in links:
        url = _in_folder(href, folder)
        if url is None:
            continue
        raw = url.removeprefix(base)
        item = path_inside(unquote(raw, errors="surrogateescape"))
        name = unquote(url.removeprefix(folder), errors="surrogateescape")
        if is_hidden(name) or not (name.endswith("/") or is_article(name)):
            continue
        if item is None or "/" in name[:-1] or "\\" in name:
            shown = item_name(unquote(raw, errors="surrogateescape"))
            problems[shown] = Problem(shown, None, _("The name leads out of its folder; it was not read."))
        elif name.endswith("/"):
            folders[url] = None
        elif item not in articles:
            articles[item] = Entry(item, url, told, exact=False)
    return Folder(tuple(articles.values()), tuple(folders), tuple(problems.values()))


def _in_folder(href: str, folder: str) -> str | None:
    """The address of what lies in the folder itself, or nothing: links lead up, out, and to other orders."""
    try:
        url = web_address(urljoin(folder, href))
        asks = bool(urlsplit(url).query)
    except (SourceError, ValueError):
        return None
    name = url.removeprefix(folder)
    return url if not asks and name not in ("", url) and "/" not in name[:-1] else None


def _told(after: str) -> str:
    """Time and size as they stand behind a link."""
    text = _MARKUP.sub(" ", after.partition("</a")[2].partition(">")[2])
    found = _TIME_AND_SIZE.search(unescape(text))
    return " ".join(found.groups()) if found else ""


def _href(name: str, folder: bool) -> str:
    """A plain name as a relative address."""
    return "./" + quote(name, safe="", errors="replace") + ("/" if folder else "")
