"""XML from strangers → what begins, what it holds and what ends, with lines. Pure and bounded.

The parser is expat. It fetches nothing, and a document that declares entities, the stuff that bombs and readers of
foreign files are made of, is refused where it does so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.parsers import expat

from cryptonews_tui.translation import _

_CHUNK = 256 * 1024
_DEPTH_LIMIT = 500
"""Elements in elements: nobody nests deeper who wants to be understood."""


class XmlError(ValueError):
    """The text is no XML from here on. The message says why, `line` where (from 1)."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Start:
    """An element begins. Its name is without namespace, attributes are as written."""

    name: str
    attributes: Mapping[str, str]
    line: int


@dataclass(frozen=True, slots=True)
class Text:
    """Some of the text of the innermost element; more may follow."""

    text: str


@dataclass(frozen=True, slots=True)
class End:
    """The element ends that began last."""

    name: str


Event = Start | Text | End


def events(data: bytes) -> Iterator[Event]:
    """What the document holds, in its order, in whatever encoding it declares.

    Raises `XmlError` where it is broken, after everything before that was handed out.
    """
    found: list[Event] = []
    parser = expat.ParserCreate()
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEPTH_LIMIT:
            raise XmlError(_("its elements are nested too deeply"), parser.CurrentLineNumber)
        found.append(Start(_local(name), attributes, parser.CurrentLineNumber))

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        found.append(End(_local(name)))

    def declared(*about: object) -> None:
        raise XmlError(_("it declares entities, which is not allowed here"), parser.CurrentLineNumber)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = lambda text: found.append(Text(text))
    parser.EntityDeclHandler = declared
    parser.ExternalEntityRefHandler = None
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    problem: XmlError | None = None
    for at in range(0, len(data) + 1, _CHUNK):
        try:
            parser.Parse(data[at : at + _CHUNK], at + _CHUNK > len(data))
        except XmlError as error:
            problem = error
        except expat.ExpatError as error:
            problem = XmlError(expat.ErrorString(error.code) or _("it is not well-formed"), error.lineno)
        except (ValueError, LookupError):  # an encoding that nobody knows, or one of several bytes
            problem = XmlError(_("its encoding is not known"), 1)
        yield from found
        found.clear()
        if problem is not None:
            raise problem


def _local(name: str) -> str:
    return name.rpartition(":")[2]
