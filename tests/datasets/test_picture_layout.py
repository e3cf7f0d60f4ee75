import contextlib
import io
import zlib

import numpy as np
import pytest
import tifffile
from PIL import Image

from astro_core.datasets.layouts import LAYOUTS
from astro_core.datasets.layouts.picture import COLOUR, GREY, picture_head, picture_mode
from astro_core.domain import ImagePart
from astro_core.errors import BadInputError

RNG = np.random.default_rng(1)


def read(folder, file, bands=COLOUR):
    part = ImagePart(layout="picture", root=str(folder), bands=bands)
    return LAYOUTS.get("picture").read(folder, part, {"object_id": "a", "file": file})


def colour(height=6, width=9):
    return RNG.integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_a_colour_picture_is_read_row_by_row(tmp_path):
    values = colour()
    Image.fromarray(values).save(tmp_path / "a.png")
    pixels = read(tmp_path, "a.png")
    assert pixels.bands == COLOUR
    assert pixels.display
    assert not pixels.values.flags.writeable
    np.testing.assert_array_equal(pixels.values, values.transpose(2, 0, 1))


def test_grey_and_colour_are_read_as_the_part_says(tmp_path):
    Image.fromarray(colour()[..., 0]).save(tmp_path / "a.png")
    assert read(tmp_path, "a.png", GREY).values.shape == (1, 6, 9)
    assert read(tmp_path, "a.png").values.shape == (3, 6, 9)
    assert picture_mode(tmp_path / "a.png") == "grey"


def test_a_16_bit_picture_is_scaled_by_its_own_range(tmp_path):
    deep = np.linspace(1000, 3000, 54).reshape(6, 9).astype(np.uint16)
    Image.fromarray(deep).save(tmp_path / "a.png")
    values = read(tmp_path, "a.png", GREY).values[0]
    assert (values.min(), values.max()) == (0, 255)
    assert values.dtype == np.uint8


def test_floating_point_and_16_bit_colour_tiff_are_read(tmp_path):
    tifffile.imwrite(tmp_path / "f.tif", np.linspace(-1, 1, 54, dtype=np.float32).reshape(6, 9))
    deep = RNG.integers(0, 65535, (6, 9, 3), dtype=np.uint16)
    tifffile.imwrite(tmp_path / "c.tif", deep, photometric="rgb")
    planar = np.moveaxis(deep, -1, 0)
    tifffile.imwrite(tmp_path / "p.tif", planar, photometric="rgb", planarconfig="separate")
    assert read(tmp_path, "f.tif", GREY).values.max() == 255
    scaled = read(tmp_path, "c.tif").values
    assert scaled.shape == (3, 6, 9)
    np.testing.assert_array_equal(scaled, read(tmp_path, "p.tif").values)


def test_palettes_transparency_cmyk_and_one_bit_become_plain_colours(tmp_path):
    image = Image.fromarray(colour(32, 32))
    image.convert("P", palette=Image.Palette.ADAPTIVE).save(tmp_path / "p.gif")
    image.convert("CMYK").save(tmp_path / "c.jpg")
    image.convert("1").save(tmp_path / "b.png")
    clear = image.convert("RGBA")
    clear.putalpha(0)
    clear.save(tmp_path / "t.png")
    for file in ("p.gif", "c.jpg", "b.png"):
        assert read(tmp_path, file).values.shape == (3, 32, 32)
    assert read(tmp_path, "t.png").values.max() == 0  # nothing shows: black as the sky


def test_the_camera_says_which_way_is_up(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    values = colour(16, 8)
    Image.fromarray(values).save(tmp_path / "a.png", exif=exif)
    turned = read(tmp_path, "a.png").values
    np.testing.assert_array_equal(turned[0], np.rot90(values[..., 0], -1))


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_header_says_the_size_of_what_is_read(tmp_path, suffix, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(colour(16, 8)).save(tmp_path / f"a.{suffix}", exif=exif)
    head = picture_head(tmp_path / f"a.{suffix}")
    assert (head.height, head.width) == read(tmp_path, f"a.{suffix}").values.shape[1:]


def test_the_header_is_read_without_the_pixels(tmp_path):
    (tmp_path / "bomb.png").write_bytes(png_claiming(4_000, 2_000))
    head = picture_head(tmp_path / "bomb.png")
    assert (head.width, head.height) == (4_000, 2_000)


def test_pixels_are_not_touched_without_orientation(tmp_path):
    Image.fromarray(colour(40, 40)).save(tmp_path / "a.jpg", quality=90)
    with Image.open(tmp_path / "a.jpg") as image:
        np.testing.assert_array_equal(
            read(tmp_path, "a.jpg").values, np.asarray(image).transpose(2, 0, 1)
        )


def damaged(kind):
    stream = io.BytesIO()
    Image.fromarray(colour(64, 64)).save(stream, "JPEG" if kind.endswith("jpg") else "PNG")
    content = stream.getvalue()
    return {
        "cut.jpg": content[: len(content) // 2],
        "cut.png": content[: len(content) // 2],
        "empty.jpg": b"",
        "text.jpg": b"<html>not found</html>",
        "head.png": content[:20],
    }[kind]


@pytest.mark.parametrize("kind", ["cut.jpg", "cut.png", "empty.jpg", "text.jpg", "head.png"])
def test_damaged_pictures_are_refused_in_words(tmp_path, kind):
    (tmp_path / kind).write_bytes(damaged(kind))
    with pytest.raises(BadInputError, match=kind):
        read(tmp_path, kind)


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's remarks on what it skips
def test_flipped_bytes_never_raise_anything_else(tmp_path):
    for suffix, form in ((".jpg", "JPEG"), (".png", "PNG"), (".gif", "GIF"), (".tif", "TIFF")):
        stream = io.BytesIO()
        Image.fromarray(colour(24, 24)).save(stream, form)
        whole = bytearray(stream.getvalue())
        for trial in range(60):
            content = whole.copy()
            for place in RNG.integers(0, len(content), 1 + trial % 5):
                content[place] = int(RNG.integers(0, 256))
            (tmp_path / f"a{suffix}").write_bytes(content)
            with contextlib.suppress(BadInputError):
                assert read(tmp_path, f"a{suffix}").values.dtype == np.uint8


def png_claiming(width, height):
    """A PNG whose header claims more than any picture should have."""

    def chunk(name, data):
        body = name + data
        return len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b""))


@pytest.mark.parametrize("side", [9_000, 10_000, 60_000])
def test_a_picture_too_large_is_refused_before_it_is_unpacked(tmp_path, side):
    (tmp_path / "bomb.png").write_bytes(png_claiming(side, side))
    with pytest.raises(BadInputError, match="too large"):
        read(tmp_path, "bomb.png")


def test_nothing_outside_the_folder_is_read(tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()
    Image.fromarray(colour()).save(tmp_path / "a.png")
    (inside / "link.png").symlink_to(tmp_path / "a.png")
    for file in ("../a.png", str(tmp_path / "a.png"), "link.png"):
        with pytest.raises(BadInputError, match="outside"):
            read(inside, file)
    with pytest.raises(BadInputError, match="missing"):
        read(inside, "no.png")
