"""Cover pictures: bytes from outside become something that a terminal can show.

What came over the web is looked at before it is decoded (what kind, how many pixels), decoded once, and made as
small as the cells it will fill. Three ways to show it: half blocks, for every terminal; kitty's graphics
protocol with Unicode placeholders; sixel. Nothing here asks the terminal anything. Pillow is imported when the
first picture is decoded, not before.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptonews_tui.translation import _
from cryptonews_tui.wording import number

if TYPE_CHECKING:
    from PIL.Image import Image

Rgb = tuple[int, int, int]

PIXEL_LIMIT = 40_000_000
"""Pixels of a picture that is decoded at all."""
_PASSES = 64
"""Passes over a progressive JPEG: ten are usual, and each goes over all pixels for as little as 60 bytes."""
CELL = (10, 20)
"""Width and height of a cell in pixels, where nobody knows better."""
_PROTOCOL_LIMIT = 1_500_000
"""Pixels of a picture for kitty or sixel: a large window of a fine screen, and a second to encode."""

_KINDS = (
    (re.compile(rb"\xff\xd8\xff"), "JPEG"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "PNG"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "WEBP"),
    (re.compile(rb"GIF8[79]a"), "GIF"),
    (re.compile(rb"....ftypavi[fs]", re.DOTALL), "AVIF"),
)
_ORIENTATION = 0x0112  # Exif 2.3, tag Orientation
_SIDEWAYS = 5  # from this orientation on width and height change places


class PictureError(Exception):
    """The picture cannot be shown. The message says why, and what to do if there is something."""


@dataclass(frozen=True, slots=True)
class Pixels:
    """A picture in half blocks: rows of cells, each its upper and its lower colour."""

    width: int
    rows: tuple[tuple[tuple[Rgb, Rgb], ...], ...]


@dataclass(frozen=True, slots=True)
class KittyPicture:
    """A picture for kitty's graphics protocol: send `transmit` once, then `rows` are ordinary text.

    The text must have `colour` as its foreground in 24 bits: that is how the terminal knows which picture.
    `delete` makes the terminal forget it.
    """

    width: int
    rows: tuple[str, ...]
    colour: Rgb
    transmit: tuple[str, ...]
    delete: str


@dataclass(frozen=True, slots=True)
class SixelPicture:
    """A picture in sixel, one complete image for each row of cells: any part of it can be drawn by itself."""

    width: int
    rows: tuple[str, ...]


def kind(data: bytes) -> str | None:
    """Which of the kinds that we show the bytes begin like: JPEG, PNG, WEBP, GIF, AVIF or none."""
    return next((name for pattern, name in _KINDS if pattern.match(data)), None)


def decode(data: bytes, columns: int, rows: int, *, background: Rgb = (0, 0, 0)) -> Pixels:
    """The picture in half blocks, at most so many cells wide and high, never larger than it is.

    What is transparent shows `background`. Raises `PictureError`.
    """
    with _opened(data) as image:
        width, height = _fitting(_upright_size(image), columns, 2 * rows)
        pixels = _scaled(image, width, height, background).tobytes()
    colours: list[Rgb] = list(zip(*(iter(pixels),) * 3, strict=True))
    lines = [colours[at : at + width] for at in range(0, len(colours), width)]
    if height % 2:
        lines.append([background] * width)
    return Pixels(
        width,
        tuple(
            tuple(zip(upper, lower, strict=True)) for upper, lower in zip(*(iter(lines),) * 2, strict=True)
        ),
    )


def pixels_wanted(columns: int, rows: int, cell: tuple[int, int] | None = None) -> tuple[int, int]:
    """How many pixels a picture for so many cells can use: `cell` is the size of one, None for half blocks."""
    if cell is None:
        return columns, 2 * rows
    return _bounded(max(1, columns) * cell[0], max(1, rows) * cell[1])


# -- decoding


def _opened(data: bytes) -> Image:
    """The picture, of which only the beginning has been read."""
    try:
        from PIL import Image, UnidentifiedImageError
    except ImportError:
        raise PictureError(
            _("Pictures need Pillow. Install it beside the reader: pipx inject cryptonews-tui pillow")
        ) from None
    format = kind(data)
    if format is None:
        raise PictureError(_("This is no JPEG, PNG, WebP, GIF or AVIF picture."))
    if format == "JPEG" and data.count(b"\xff\xda") > _PASSES:  # how each pass begins
        raise PictureError(
            _("The JPEG picture has more than {passes} passes; it is not decoded.").format(passes=_PASSES)
        )
    Image.MAX_IMAGE_PIXELS = None  # Pillow would warn on the screen; we count ourselves, and less
    try:
        image = Image.open(io.BytesIO(data), formats=(format,))
    except UnidentifiedImageError:
        raise PictureError(
            _("The {format} picture is damaged, or of a kind that is not supported.").format(format=format)
        ) from None
    except Exception as error:  # decoders raise whatever they stumble over
        raise _damaged(format) from error
    width, height = image.size
    if width * height > PIXEL_LIMIT:
        image.close()
        raise PictureError(
            _("The picture has {width} × {height} pixels; more than {pixel_limit} are not decoded.").format(
                width=width, height=height, pixel_limit=number(PIXEL_LIMIT)
            )
        )
    return image


def _damaged(format: str | None) -> PictureError:
    return PictureError(_("The {format} picture is damaged.").format(format=format))


def _turn(image: Image) -> int:
    """How the camera was held, by Exif: 1 is upright."""
    try:
        turn = image.getexif().get(_ORIENTATION)
    except Exception:  # as above; a picture without is upright
        return 1
    return turn if isinstance(turn, int) and 1 <= turn <= 8 else 1


def _upright_size(image: Image) -> tuple[int, int]:
    width, height = image.size
    return (height, width) if _turn(image) >= _SIDEWAYS else (width, height)


def _fitting(size: tuple[int, int], width: int, height: int) -> tuple[int, int]:
    """The largest size of the same shape that is neither wider, higher, nor larger than the original."""
    scale = min(1.0, max(1, width) / size[0], max(1, height) / size[1])
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _scaled(image: Image, width: int, height: int, background: Rgb) -> Image:
    """The picture upright, without transparency, in RGB and of this size."""
    from PIL import Image as Pillow

    format, turn = image.format, _turn(image)
    size = (height, width) if turn >= _SIDEWAYS else (width, height)
    flips = {
        2: (Pillow.Transpose.FLIP_LEFT_RIGHT,),
        3: (Pillow.Transpose.ROTATE_180,),
        4: (Pillow.Transpose.FLIP_TOP_BOTTOM,),
        5: (Pillow.Transpose.TRANSPOSE,),
        6: (Pillow.Transpose.ROTATE_270,),
        7: (Pillow.Transpose.TRANSVERSE,),
        8: (Pillow.Transpose.ROTATE_90,),
    }
    try:
        image.draft("RGB", size)  # a JPEG can be decoded at an eighth of its size
        if image.mode.startswith("I;16"):
            image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
        clear = image.has_transparency_data
        image = image.convert("RGBA" if clear else "RGB")
        image = image.resize(size, Pillow.Resampling.LANCZOS, reducing_gap=2.0)
        for flip in flips.get(turn, ()):
            image = image.transpose(flip)
        if clear:
            image = Pillow.alpha_composite(Pillow.new("RGBA", image.size, (*background, 255)), image)
        return image.convert("RGB")
    except Exception as error:  # as above
        raise _damaged(format) from error


def _filling(image: Image, columns: int, rows: int, cell: tuple[int, int]) -> tuple[int, int]:
    """The size in pixels with which the picture fills the cells that it would fill in half blocks."""
    wide, high = _upright_size(image)
    columns, rows = min(max(1, columns), wide), min(max(1, rows), -(-high // 2))
    scale = min(columns * cell[0] / wide, rows * cell[1] / high)
    return max(1, round(wide * scale)), max(1, round(high * scale))


def _bounded(width: int, height: int) -> tuple[int, int]:
    shrink = min(1.0, (_PROTOCOL_LIMIT / (width * height)) ** 0.5)
    return max(1, int(width * shrink)), max(1, int(height * shrink))


# -- kitty's graphics protocol: https://sw.kovidgoyal.net/kitty/graphics-protocol/#unicode-placeholders

_PLACEHOLDER = "\U0010eeee"
_CHUNK = 4096
# The marks that number rows and columns: of combining class 230 in Unicode 6.0, without those that fuse with letters.
_MARKS = (
    "305 30d-30e 310 312 33d-33f 346 34a-34c 350-352 357 35b 363-36f 483-487 592-595 597-599 59c-5a1 5a8-5a9 5ab-5ac "
    "5af 5c4 610-617 657-65b 65d-65e 6d6-6dc 6df-6e2 6e4 6e7-6e8 6eb-6ec 730 732-733 735-736 73a 73d 73f-741 743 745 "
    "747 749-74a 7eb-7f1 7f3 816-819 81b-823 825-827 829-82d 951 953-954 f82-f83 f86-f87 135d-135f 17dd 193a 1a17 "
    "1a75-1a7c 1b6b 1b6d-1b73 1cd0-1cd2 1cda-1cdb 1ce0 1dc0-1dc1 1dc3-1dc9 1dcb-1dcc 1dd1-1de6 1dfe 20d0-20d1 "
    "20d4-20d7 20db-20dc 20e1 20e7 20e9 20f0"
)


def _numbers() -> Iterator[str]:
    """The mark for 0, for 1, and so on."""
    for group in _MARKS.split():
        first, _, last = group.partition("-")
        yield from map(chr, range(int(first, 16), int(last or first, 16) + 1))


def kitty(
    data: bytes,
    columns: int,
    rows: int,
    number: int,
    *,
    cell: tuple[int, int] = CELL,
    background: Rgb = (0, 0, 0),
) -> KittyPicture:
    """The picture for kitty's protocol, at most so many cells wide and high. Raises `PictureError`.

    `number` from 1 to 0xFFFFFF names it in the terminal, where other programs have pictures too.
    """
    numbers = list(_numbers())
    with _opened(data) as image:
        width, height = _filling(image, min(columns, len(numbers)), min(rows, len(numbers)), cell)
        wide, high = -(-width // cell[0]), -(-height // cell[1])
        # What is missing in size the terminal adds.
        width, height = _bounded(*min((width, height), _upright_size(image)))
        png = io.BytesIO()
        _scaled(image, width, height, background).save(png, "PNG", compress_level=6)
    return KittyPicture(
        wide,
        tuple("".join(f"{_PLACEHOLDER}{numbers[y]}{numbers[x]}" for x in range(wide)) for y in range(high)),
        (number >> 16 & 255, number >> 8 & 255, number & 255),
        tuple(_transmission(png.getvalue(), f"a=T,U=1,f=100,i={number},c={wide},r={high}")),
        f"\x1b_Ga=d,d=I,i={number},q=2\x1b\\",
    )


def _transmission(png: bytes, what: str) -> Iterator[str]:
    """Escape sequences of at most 4096 bytes of payload; `q=2` because an answer would look like typed keys."""
    payload = base64.b64encode(png).decode("ascii")
    for at in range(0, len(payload), _CHUNK):
        more = int(at + _CHUNK < len(payload))
        keys = f"{what},q=2,m={more}" if at == 0 else f"q=2,m={more}"
        yield f"\x1b_G{keys};{payload[at : at + _CHUNK]}\x1b\\"


# -- sixel: VT330/VT340 Programmer Reference Manual, volume 2, chapter 14

_COLOURS = 255
_BAND = 6


def sixel(
    data: bytes, columns: int, rows: int, *, cell: tuple[int, int] = CELL, background: Rgb = (0, 0, 0)
) -> SixelPicture:
    """The picture in sixel for cells of this size, at most so many wide and high. Raises `PictureError`."""
    with _opened(data) as image:
        width, height = _bounded(*_filling(image, columns, rows, cell))
        flat = _scaled(image, width, height, background).quantize(_COLOURS)
    palette = flat.getpalette() or []
    indexes = flat.tobytes()
    lines = [indexes[at : at + width] for at in range(0, len(indexes), width)]
    return SixelPicture(
        -(-width // cell[0]),
        tuple(_image(lines[at : at + cell[1]], palette) for at in range(0, height, cell[1])),
    )


def _image(lines: Sequence[bytes], palette: Sequence[int]) -> str:
    """One sixel image: the colours that it uses, in per cent, then its bands of six lines."""
    used = sorted(set(b"".join(lines)))
    colours = "".join(
        "#{};2;{};{};{}".format(index, *(round(value / 2.55) for value in palette[index * 3 : index * 3 + 3]))
        for index in used
    )
    bands = "-".join("$".join(_band(lines[at : at + _BAND])) for at in range(0, len(lines), _BAND))
    return f'\x1bP0;1;0q"1;1;{len(lines[0])};{len(lines)}{colours}{bands}\x1b\\'


def _band(lines: Sequence[bytes]) -> Iterator[str]:
    """Up to six lines of pixels: for each colour where it is, as columns of six bits."""
    points: dict[int, list[tuple[int, int]]] = {}
    for x, column in enumerate(zip(*lines, strict=True)):
        masks: dict[int, int] = {}
        for bit, colour in enumerate(column):
            masks[colour] = masks.get(colour, 0) | 1 << bit
        for colour, mask in masks.items():
            points.setdefault(colour, []).append((x, mask))
    for colour, places in points.items():
        yield f"#{colour}{_runs(places)}"


def _runs(places: Iterable[tuple[int, int]]) -> str:
    """Columns of six bits from left to right, with gaps in between, run-length encoded."""
    written: list[str] = []
    end, last, count = 0, 0, 0
    for x, mask in places:
        if x == end and mask == last:
            count += 1
        else:
            written += [_run(last, count), _run(0, x - end)]
            last, count = mask, 1
        end = x + 1
    written.append(_run(last, count))
    return "".join(written)


def _run(mask: int, count: int) -> str:
    sign = chr(63 + mask)
    return sign * count if count < 4 else f"!{count}{sign}"
