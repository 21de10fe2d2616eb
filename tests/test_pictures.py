"""Pictures from outside, and what a terminal is sent of them."""

from __future__ import annotations

import base64
import io
import re
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from rich.cells import cell_len

from cryptonews_tui.pictures import (
    CELL,
    KittyPicture,
    PictureError,
    Pixels,
    Rgb,
    decode,
    kind,
    kitty,
    pixels_wanted,
    sixel,
)
from cryptonews_tui.safety import clean
from tests.painting import BLUE, GOLD, GREEN, RED, bomb, packed, quarters

KINDS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")


def near(one: Rgb, other: Rgb, by: int = 12) -> bool:
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


def corners(pixels: Pixels) -> tuple[Rgb, Rgb, Rgb, Rgb]:
    first, last = pixels.rows[0], pixels.rows[-1]
    return first[0][0], first[-1][0], last[0][1], last[-1][1]


# half blocks


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_shown(name: str) -> None:
    data = packed(quarters(), name)
    pixels = decode(data, 30, 30)
    assert kind(data) == name
    assert (pixels.width, len(pixels.rows), {len(row) for row in pixels.rows}) == (30, 10, {30})
    assert all(near(*pair) for pair in zip(corners(pixels), (RED, GREEN, BLUE, GOLD), strict=True))


@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 60), st.integers(1, 40))
def test_a_picture_keeps_its_shape_and_stays_within_its_cells(
    width: int, height: int, columns: int, rows: int
) -> None:
    pixels = decode(packed(Image.new("RGB", (width, height), RED)), columns, rows)
    assert pixels.width <= min(columns, width)
    assert len(pixels.rows) <= min(rows, -(-height // 2))
    # One side fills what it may, the other follows it to the nearest pixel; a line is never lost altogether.
    scale = min(1, columns / width, 2 * rows / height)
    assert abs(pixels.width - max(1, width * scale)) <= 0.5
    assert len(pixels.rows) == -(-max(1, round(height * scale)) // 2)


def test_an_odd_last_line_stands_on_the_background() -> None:
    pixels = decode(packed(Image.new("RGB", (4, 3), RED)), 80, 24, background=(1, 2, 3))
    assert pixels.rows == (((RED, RED),) * 4, ((RED, (1, 2, 3)),) * 4)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA"])
def test_what_is_transparent_shows_the_background(mode: str) -> None:
    image = Image.new("RGBA", (20, 20), (255, 255, 255, 0))
    image.paste((255, 255, 255, 255), (0, 0, 10, 20))
    data = packed(image.convert(mode) if mode != "PA" else image.quantize(4))
    left, right, *_ = corners(decode(data, 20, 20, background=(10, 20, 60)))
    assert (left, right) == ((255, 255, 255), (10, 20, 60))


def test_half_transparent_is_a_mixture() -> None:
    data = packed(Image.new("RGBA", (20, 20), (255, 255, 255, 128)))
    ((colour, _), *_), *_ = decode(data, 2, 2, background=(1, 1, 1)).rows
    assert near(colour, (128, 128, 128), 2)


@pytest.mark.parametrize(
    ("mode", "colour", "seen"),
    [
        ("1", 1, (255, 255, 255)),
        ("L", 100, (100, 100, 100)),
        ("I;16", 100 * 256, (100, 100, 100)),
        ("P", 0, (0, 0, 0)),
    ],
)
def test_pictures_without_colours_of_their_own_are_shown(mode: str, colour: int, seen: Rgb) -> None:
    ((shown, _), *_), *_ = decode(packed(Image.new(mode, (9, 9), colour)), 9, 9).rows
    assert near(shown, seen, 1)


def test_a_picture_for_print_is_shown() -> None:
    data = packed(Image.new("CMYK", (30, 30), (0, 255, 255, 0)), "JPEG")
    assert near(decode(data, 1, 1).rows[0][0][0], (255, 0, 0))


TURNED = {
    1: (RED, GREEN, BLUE, GOLD),
    2: (GREEN, RED, GOLD, BLUE),
    3: (GOLD, BLUE, GREEN, RED),
    4: (BLUE, GOLD, RED, GREEN),
    5: (RED, BLUE, GREEN, GOLD),
    6: (BLUE, RED, GOLD, GREEN),
    7: (GOLD, GREEN, BLUE, RED),
    8: (GREEN, GOLD, RED, BLUE),
    9: (RED, GREEN, BLUE, GOLD),
}


@pytest.mark.parametrize("orientation", TURNED)
def test_a_picture_stands_as_the_camera_was_held(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    pixels = decode(packed(quarters(120, 60), "JPEG", exif=exif, quality=95), 24, 24)
    assert (pixels.width, len(pixels.rows)) == ((24, 24) if 5 <= orientation <= 8 else (24, 6))
    assert all(near(*pair) for pair in zip(corners(pixels), TURNED[orientation], strict=True))


def test_of_a_moving_picture_the_first_one_is_shown() -> None:
    data = packed(
        Image.new("RGB", (20, 20), RED),
        "GIF",
        save_all=True,
        append_images=[Image.new("RGB", (20, 20), BLUE)],
    )
    assert set(corners(decode(data, 10, 10))) == {RED}


# what cannot be shown


def refused(data: bytes) -> str:
    with pytest.raises(PictureError) as caught:
        decode(data, 20, 10)
    sentence = str(caught.value)
    assert sentence == clean(sentence)
    return sentence


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<!doctype html><p>No.",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
        packed(quarters(), "BMP"),
        packed(quarters(), "TIFF"),
    ],
)
def test_other_kinds_are_not_decoded(data: bytes) -> None:
    assert refused(data) == "This is no JPEG, PNG, WebP, GIF or AVIF picture."


@pytest.mark.parametrize("size", [(10_000, 10_000), (2**31 - 1, 2**31 - 1), (40_000_001, 1)])
def test_a_picture_that_says_it_is_huge_is_not_decoded(size: tuple[int, int]) -> None:
    assert refused(bomb(*size)) == (
        f"The picture has {size[0]} × {size[1]} pixels; more than 40,000,000 are not decoded."
    )


def test_a_picture_that_takes_for_ever_is_not_decoded() -> None:
    data = packed(quarters(), "JPEG", progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    assert decode(data[:-2] + last * 20 + data[-2:], 20, 10).width == 20
    assert refused(data[:-2] + last * 100 + data[-2:]) == (
        "The JPEG picture has more than 64 passes; it is not decoded."
    )


@pytest.mark.parametrize("name", KINDS)
def test_a_picture_that_breaks_off_is_damaged(name: str) -> None:
    data = packed(quarters(300, 200), name)
    for part in (len(data) // 2, 40):
        assert refused(data[:part]).startswith(f"The {name} picture is damaged")


@given(st.sampled_from(KINDS), st.lists(st.tuples(st.integers(0, 700), st.integers(0, 255)), max_size=6))
def test_whatever_is_changed_in_a_picture_it_is_shown_or_refused(
    name: str, changes: list[tuple[int, int]]
) -> None:
    data = bytearray(DATA[name])
    for at, value in changes:
        data[at % len(data)] = value
    try:
        pixels = decode(bytes(data), 20, 10)
    except PictureError:
        return
    assert pixels.width <= 20
    assert len(pixels.rows) <= 10


DATA = {name: packed(quarters(24, 16), name) for name in KINDS}


def test_without_pillow_it_is_said_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    assert refused(DATA["PNG"]) == (
        "Pictures need Pillow. Install it beside the reader: pipx inject cryptonews-tui pillow"
    )


def test_pillow_is_imported_with_the_first_picture_only() -> None:
    code = (
        "import sys, cryptonews_tui.pictures, cryptonews_tui.covers; print({'PIL', 'httpx'} & {*sys.modules})"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30)
    assert ran.stdout == "set()\n"


# kitty


def sent(picture: KittyPicture) -> tuple[dict[str, str], Image.Image]:
    """What a terminal makes of the transmission: the keys of the first escape, and the picture."""
    first: dict[str, str] = {}
    payload = ""
    for number, escape in enumerate(picture.transmit, 1):
        found = re.fullmatch(r"\x1b_G([^;]*);([A-Za-z0-9+/=]{1,4096})\x1b\\", escape)
        assert found
        keys = dict(key.split("=") for key in found[1].split(","))
        first = first or keys
        assert number == 1 or keys.keys() == {"q", "m"}
        assert keys["q"] == "2"
        assert keys["m"] == ("0" if number == len(picture.transmit) else "1")
        payload += found[2]
    image = Image.open(io.BytesIO(base64.b64decode(payload, validate=True)))
    image.load()
    return first, image


@given(st.integers(1, 200), st.integers(1, 200), st.integers(1, 40), st.integers(1, 30))
def test_kitty_is_sent_the_picture_and_the_cells_that_it_fills(
    width: int, height: int, columns: int, rows: int
) -> None:
    data = packed(quarters(width, height))
    picture = kitty(data, columns, rows, 0x0A0B0C)
    keys, image = sent(picture)
    assert {key: keys[key] for key in "aUfi"} == {"a": "T", "U": "1", "f": "100", "i": str(0x0A0B0C)}
    assert (int(keys["c"]), int(keys["r"])) == (picture.width, len(picture.rows))
    assert picture.width <= columns
    assert len(picture.rows) <= rows
    assert image.width <= width
    assert image.height <= height
    assert picture.colour == (0x0A, 0x0B, 0x0C)
    assert "i=658188," in picture.delete


def test_what_kitty_is_sent_is_the_picture_itself() -> None:
    image = Image.effect_noise((400, 300), 90).convert("RGB")
    picture = kitty(packed(image), 60, 40, 1)
    assert len(picture.transmit) > 10
    _, seen = sent(picture)
    assert seen.convert("RGB").tobytes() == image.tobytes()


def test_each_of_kittys_cells_says_its_row_and_column() -> None:
    picture = kitty(packed(Image.new("RGB", (500, 600))), 210, 120, 1)
    assert (picture.width, len(picture.rows)) == (200, 120)
    cells = [re.findall("\U0010eeee(.)(.)", row) for row in picture.rows]
    rows = [{row for row, _ in line} for line in cells]
    marks = {"".join(column for _, column in line) for line in cells}
    assert [*map(len, rows)] == [1] * 120
    assert len(marks) == 1
    (numbers,) = marks
    assert "".join(mark for row in rows for mark in row) == numbers[:120]
    assert all(cell_len(row) == 200 for row in picture.rows)
    # As in the protocol's list: of one class, each once, in order. The first, some in the middle and a late one.
    assert all(unicodedata.combining(mark) == 230 for mark in numbers)
    assert sorted(set(numbers)) == [*numbers]
    assert numbers[:6] == "\u0305\u030d\u030e\u0310\u0312\u033d"
    assert [numbers.index(mark) for mark in "\u0592\u0730\u135d\u1dc0"] == [35, 85, 136, 164]


# sixel


def drawn(text: str) -> tuple[dict[tuple[int, int], Rgb], tuple[int, int]]:
    """What a terminal makes of a sixel image: its pixels, and the size that it says."""
    found = re.fullmatch(r"\x1bP0;1;0q(.*)\x1b\\", text)
    assert found
    pixels: dict[tuple[int, int], Rgb] = {}
    colours: dict[int, Rgb] = {}
    x = band = colour = 0
    size = (0, 0)
    for token in re.findall(r"\"[\d;]+|#[\d;]+|!\d+.|.", found[1], re.DOTALL):
        if token[0] == '"':
            across, down, *whole = map(int, token[1:].split(";"))
            assert (across, down) == (1, 1)
            size = whole[0], whole[1]
        elif token[0] == "#":
            colour, *values = map(int, token[1:].split(";"))
            if values:
                assert values[0] == 2
                assert all(0 <= value <= 100 for value in values[1:])
                red, green, blue = (round(value * 2.55) for value in values[1:])
                colours[colour] = red, green, blue
        elif token == "$":
            x = 0
        elif token == "-":
            x, band = 0, band + 6
        else:
            count = int(token[1:-1]) if token[0] == "!" else 1
            mask = ord(token[-1]) - 63
            assert 0 <= mask < 64
            for column in range(x, x + count):
                for bit in range(6):
                    if mask >> bit & 1:
                        assert (column, band + bit) not in pixels
                        pixels[column, band + bit] = colours[colour]
            x += count
    return pixels, size


@given(
    st.integers(1, 60),
    st.integers(1, 60),
    st.integers(1, 8),
    st.integers(1, 6),
    st.tuples(st.integers(1, 12), st.integers(1, 25)),
)
def test_sixels_fill_their_cells_row_by_row(
    width: int, height: int, columns: int, rows: int, cell: tuple[int, int]
) -> None:
    picture = sixel(packed(quarters(width, height)), columns, rows, cell=cell)
    assert 1 <= picture.width <= columns
    assert 1 <= len(picture.rows) <= rows
    for number, row in enumerate(picture.rows, 1):
        pixels, (wide, high) = drawn(row)
        assert set(pixels) == {(x, y) for x in range(wide) for y in range(high)}
        assert (picture.width - 1) * cell[0] < wide <= picture.width * cell[0]
        assert high == cell[1] or (number == len(picture.rows) and high < cell[1])


def test_the_sixels_are_those_of_the_picture() -> None:
    colours = [(40 * r, 60 * g, 80 * b) for r in range(6) for g in range(4) for b in range(3)]
    image = Image.new("RGB", (60, 60))
    image.putdata([colours[(x // 3 + y // 2 * 7) % len(colours)] for y in range(60) for x in range(60)])
    picture = sixel(packed(image), 6, 3)
    assert (CELL, picture.width, len(picture.rows)) == ((10, 20), 6, 3)
    for number, row in enumerate(picture.rows):
        pixels, size = drawn(row)
        assert size == (60, 20)
        for (x, y), colour in pixels.items():
            assert near(colour, image.getpixel((x, number * 20 + y)), 3)  # type: ignore[arg-type]


def test_sixels_have_at_most_255_colours_and_a_bounded_length() -> None:
    image = Image.effect_noise((400, 300), 90).convert("RGB")
    image.putalpha(255)
    picture = sixel(packed(image), 40, 15)
    used = {int(number) for row in picture.rows for number in re.findall(r"#(\d+);", row)}
    assert max(used) < 255
    assert sum(map(len, picture.rows)) < 400 * 300 * 6


def test_a_picture_for_a_protocol_is_bounded_whatever_the_window() -> None:
    assert pixels_wanted(80, 24) == (80, 48)
    assert pixels_wanted(80, 24, (10, 20)) == (800, 480)
    width, height = pixels_wanted(2_000, 1_000, (30, 60))
    assert width * height <= 1_500_000
    assert abs(width / height - 1) < 0.01


@pytest.mark.parametrize("cell", [(10, 20), (7, 14), (30, 60)])
def test_all_three_fill_the_same_cells(cell: tuple[int, int]) -> None:
    data = packed(quarters(300, 200))
    blocks = decode(data, 40, 12)
    assert (blocks.width, len(blocks.rows)) == (36, 12)
    for other in (sixel(data, 40, 12, cell=cell), kitty(data, 40, 12, 7, cell=cell)):
        assert (other.width, len(other.rows)) == (36, 12)
