import io
import struct
import subprocess
import time
import warnings
import zlib

import numpy as np
import pytest
from PIL import Image

from genmodels.media import dataset_format, images

PHOTO = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype="uint8")


def saved(image, format="PNG", **options):
    image = image if isinstance(image, Image.Image) else Image.fromarray(image)
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def bomb(side):
    """The header of a huge PNG in a file of a few hundred bytes."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


# --- decode -----------------------------------------------------------------------------------


def test_a_png_is_decoded_unchanged():
    image, note = images.decode(saved(PHOTO))
    assert image.dtype == np.uint8 and note == ""
    np.testing.assert_array_equal(image, PHOTO)
    image[0, 0] = 0  # writable: it belongs to the caller


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "GIF"])
@pytest.mark.parametrize("mode", ["RGB", "L", "P"])
def test_formats_and_modes(format, mode):
    image = Image.fromarray(PHOTO).convert(mode)
    if (format, mode) == ("JPEG", "P"):
        image = image.convert("CMYK")
    decoded, _ = images.decode(saved(image, format))
    assert decoded.shape == PHOTO.shape and decoded.dtype == np.uint8


def test_16_bits_become_8():
    deep = np.linspace(0, 65535, 32 * 32).reshape(32, 32).round().astype("uint16")
    decoded, _ = images.decode(saved(deep))
    expected = np.repeat((deep / 257).round().astype("uint8")[..., None], 3, axis=2)
    np.testing.assert_array_equal(decoded, expected)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparent_pixels_become_white(mode):
    image = Image.new(mode, (8, 8), (0, 0, 0, 0) if mode == "RGBA" else (0, 0))
    image.paste((0, 0, 0, 255) if mode == "RGBA" else (0, 255), (0, 0, 4, 8))
    decoded, _ = images.decode(saved(image))
    assert (decoded[:, :4] == 0).all() and (decoded[:, 4:] == 255).all()


def test_a_transparent_palette_color_becomes_white():
    image = Image.new("P", (8, 8), 0)
    image.putpalette([0, 0, 0, 200, 0, 0])
    image.paste(1, (0, 0, 4, 8))
    decoded, _ = images.decode(saved(image, transparency=0))
    assert (decoded[:, :4] == (200, 0, 0)).all() and (decoded[:, 4:] == 255).all()


def test_a_phone_photo_is_rotated_and_the_note_gives_its_size():
    exif = Image.Exif()
    exif[0x0112] = 6  # turn right by 90 degrees
    lying = np.zeros((40, 80, 3), "uint8")
    lying[:, :40] = 255
    decoded, _ = images.decode(saved(lying, "PNG", exif=exif))
    np.testing.assert_array_equal(decoded, np.rot90(lying, -1))
    small, note = images.decode(saved(lying, "JPEG", exif=exif), max_side=20)
    assert small.shape == (20, 10, 3) and note == "scaled from 40 x 80 to 10 x 20 pixels"


def test_a_large_image_is_scaled_with_a_note():
    decoded, note = images.decode(saved(np.zeros((300, 600, 3), "uint8"), "JPEG"), max_side=100)
    assert decoded.shape == (50, 100, 3) and note == "scaled from 600 x 300 to 100 x 50 pixels"


def test_the_first_frame_of_an_animation_is_decoded():
    frames = [Image.new("RGB", (8, 8), (60 * i, 0, 0)) for i in range(4)]
    decoded, note = images.decode(saved(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert note == "first frame of an animation" and (decoded == 0).all()


def test_the_second_image_of_a_phone_photo_is_no_animation():
    decoded, note = images.decode(saved(PHOTO, "MPO", save_all=True, append_images=[Image.fromarray(PHOTO[:8, :8])]))
    assert decoded.shape == PHOTO.shape and note == ""


TIFF, BMP = saved(PHOTO, "TIFF"), saved(PHOTO, "BMP")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"hello", "PNG, JPEG, WEBP or GIF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "PNG, JPEG, WEBP or GIF"),
        (TIFF, "PNG, JPEG, WEBP or GIF"),
        (BMP, "PNG, JPEG, WEBP or GIF"),
        (saved(PHOTO)[:1000], "damaged or incomplete"),
        (saved(PHOTO, "JPEG")[:800], "damaged or incomplete"),
        (saved(PHOTO, "WEBP", lossless=True)[:2000], "."),
        (saved(PHOTO, "GIF")[:900], "damaged or incomplete"),
        (saved(PHOTO[:3, :20]), "20 x 3 pixels: at least 4 x 4"),
        (saved(PHOTO[:1, :1]), "1 x 1"),
        (bomb(7000), "7000 x 7000 pixels: choose one of at most 40 megapixels"),
        (bomb(30000), "at most 40 megapixels"),
        (b"\0" * (images.MAX_BYTES + 10**6), "21 MB: choose one of at most 20 MB"),
    ],
)
def test_unusable_files_are_refused_with_a_sentence(data, words):
    with pytest.raises(images.BadImage) as caught, warnings.catch_warnings():
        warnings.simplefilter("error")
        images.decode(data)
    assert words in str(caught.value) and str(caught.value).endswith(".")


def test_damaged_files_raise_only_bad_image():
    rng = np.random.default_rng(1)
    frames = [Image.fromarray(PHOTO), Image.fromarray(PHOTO[::-1])]
    sound = [saved(PHOTO, format) for format in ("PNG", "JPEG", "WEBP", "GIF")]
    sound.append(saved(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    refused = 0
    for data in sound:
        for _ in range(60):
            broken = bytearray(data)
            for place in rng.integers(0, min(len(data), 400), 4):
                broken[place] = rng.integers(256)
            try:
                image, _ = images.decode(bytes(broken[: rng.integers(20, len(data) + 1)]))
            except images.BadImage:
                refused += 1
            else:
                assert image.ndim == 3 and image.dtype == np.uint8
    assert refused > 50


# --- color profiles ---------------------------------------------------------------------------

# sRGB values, and the colors that they stand for in the profile of `rgb_profile` (Display P3), as sRGB values
P3 = {(255, 0, 0): (255, 0, 0), (200, 60, 60): (219, 37, 49), (128, 128, 128): (128, 128, 128)}


def icc_profile(space, tags):
    """A minimal ICC profile (version 2), with the tags: name and data."""
    tags = {"cprt": b"text\0\0\0\0none\0", "wtpt": xyz(0.9642, 1, 0.8249), **tags}
    tags["desc"] = b"desc\0\0\0\0" + struct.pack(">I", 2) + b"p\0" + bytes(78)
    table, body, at = b"", b"", 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        content += bytes(-len(content) % 4)
        table += name.encode() + struct.pack(">II", at + len(body), len(content))
        body += content
    kind, pcs = (b"prtr", b"Lab ") if space == b"CMYK" else (b"mntr", b"XYZ ")
    head = struct.pack(">I4sI4s4s4s", at + len(body), b"lcms", 0x02400000, kind, space, pcs)
    head += bytes(12) + b"acsp" + bytes(28) + struct.pack(">III", 0xF6D6, 0x10000, 0xD32D)
    return head + bytes(128 - len(head)) + struct.pack(">I", len(tags)) + table + body


def xyz(*values):
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(65536 * value) for value in values))


def gamma(value):
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(256 * value))


def rgb_profile():
    """Display P3's primaries, adapted to D50, with a gamma of 2.2."""
    columns = {"rXYZ": (0.5151, 0.2412, -0.0011), "gXYZ": (0.2920, 0.6922, 0.0419), "bXYZ": (0.1571, 0.0666, 0.7841)}
    curves = {f"{color}TRC": gamma(2.2) for color in "rgb"}
    return icc_profile(b"RGB ", {name: xyz(*column) for name, column in columns.items()} | curves)


def cmyk_profile(black=0):
    """A press: ink takes lightness L* from 100 to `black`, without a hue."""
    identity = bytes(range(256))
    matrix = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    grid = b""
    for inks in np.ndindex(2, 2, 2, 2):
        lightness = max(black, 100 - 30 * sum(inks[:3]) - 100 * inks[3])
        grid += bytes([round(2.55 * lightness), 128, 128])
    to_lab = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + matrix + 4 * identity + grid + 3 * identity
    full_ink, no_ink = 4 * b"\xff", bytes(4)
    grid = 4 * full_ink + 4 * no_ink
    to_ink = b"mft1\0\0\0\0" + bytes([3, 4, 2, 0]) + matrix + 3 * identity + grid + 4 * identity
    return icc_profile(b"CMYK", {"A2B0": to_lab, "A2B1": to_lab, "B2A0": to_ink, "B2A1": to_ink})


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP"])
def test_a_wide_color_profile_is_converted_to_srgb(format):
    options = {"PNG": {}, "JPEG": {"quality": 100, "subsampling": 0}, "WEBP": {"lossless": True}}[format]
    for color, expected in P3.items():
        flat = np.full((8, 8, 3), color, "uint8")
        decoded, _ = images.decode(saved(flat, format, icc_profile=rgb_profile(), **options))
        assert np.abs(decoded[4, 4].astype(int) - expected).max() <= 3, (color, decoded[4, 4])


def test_transparency_and_palettes_keep_their_color_profile():
    flat = np.full((8, 8, 4), (200, 60, 60, 255), "uint8")
    flat[:4, :, 3] = 0
    decoded, _ = images.decode(saved(flat, icc_profile=rgb_profile()))
    assert (decoded[0, 0] == 255).all() and np.abs(decoded[7, 7].astype(int) - P3[200, 60, 60]).max() <= 3
    indexed = Image.new("P", (8, 8), 1)
    indexed.putpalette([0, 0, 0, 200, 60, 60])
    decoded, _ = images.decode(saved(indexed, icc_profile=rgb_profile()))
    assert np.abs(decoded[7, 7].astype(int) - P3[200, 60, 60]).max() <= 3


def test_a_gray_profile_is_converted_to_srgb():
    linear = icc_profile(b"GRAY", {"kTRC": gamma(1.0)})
    decoded, _ = images.decode(saved(np.full((8, 8), 55, "uint8"), icc_profile=linear))
    assert np.abs(decoded[4, 4].astype(int) - 128).max() <= 2  # 0.2157 of the light is 128 in sRGB


def test_a_press_profile_is_converted_with_black_point_compensation():
    press = saved(Image.new("CMYK", (16, 16), (0, 0, 0, 128)), "JPEG", quality=100, icc_profile=cmyk_profile())
    decoded, _ = images.decode(press)
    assert np.abs(decoded[8, 8].astype(int) - 119).max() <= 4  # L* = 50 is 119 in sRGB, PIL's own formula gives 127
    ink = Image.new("CMYK", (16, 16), (255, 255, 255, 255))
    decoded, _ = images.decode(saved(ink, "JPEG", quality=100, icc_profile=cmyk_profile(black=15)))
    assert decoded.max() <= 4, "the darkest ink is black"


@pytest.mark.parametrize("profile", [b"no profile", rgb_profile()[:200], cmyk_profile(), bytes(5000)])
def test_a_broken_or_wrong_profile_is_ignored(profile):
    decoded, note = images.decode(saved(PHOTO, icc_profile=profile))
    np.testing.assert_array_equal(decoded, PHOTO)
    assert note == ""


# --- kinds of PNG, JPEG and GIF -----------------------------------------------------------------


def png_chunks(data):
    """Name and content of a PNG's chunks."""
    at = 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length


def png_file(chunks, bad_checksum=()):
    out = b"\x89PNG\r\n\x1a\n"
    for name, content in chunks:
        checksum = 0 if name in bad_checksum else zlib.crc32(name + content)
        out += struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)
    return out


def with_chunk(data, name, content, **options):
    head, *rest = png_chunks(data)
    return png_file([head, (name, content), *rest], **options)


def rgb_16_bit(values):
    """A PNG of (h, w, 3) uint16, which PIL does not write."""
    h, w, _ = values.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    header = struct.pack(">IIBBBBB", w, h, 16, 2, 0, 0, 0)
    return png_file([(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")])


RAMP = np.repeat(np.linspace(1000, 64000, 40).astype("uint16")[None], 30, axis=0)


def test_16_bits_with_a_transparent_gray():
    data = with_chunk(saved(RAMP), b"tRNS", struct.pack(">H", RAMP[0, 0]))
    decoded, _ = images.decode(data)
    assert (decoded[:, 0] == 255).all()
    np.testing.assert_array_equal(decoded[:, 1:, 0], (RAMP[:, 1:] / 257).round())


def test_16_bits_with_a_transparent_color():
    color = np.stack([RAMP, RAMP[:, ::-1], np.full_like(RAMP, 30000)], axis=-1)
    data = with_chunk(rgb_16_bit(color), b"tRNS", struct.pack(">3H", *color[0, 0]))
    decoded, _ = images.decode(data)
    assert (decoded[:, 0] == 255).all()
    assert np.abs(decoded[:, 1:] - color[:, 1:] / 257).max() <= 1


def test_12_bit_values_in_16_bits_are_scaled_with_a_note():
    ramp = np.repeat(np.linspace(0, 4095, 40).astype("uint16")[None], 30, axis=0)
    decoded, note = images.decode(saved(ramp))
    assert "12-bit values in 16 bits" in note
    np.testing.assert_array_equal(decoded[..., 1], (ramp * (255 / 4095)).round())
    decoded, note = images.decode(rgb_16_bit(np.stack([ramp] * 3, axis=-1)))
    assert "12-bit values" in note and decoded.max() == 255
    dark, note = images.decode(saved(np.zeros((8, 8), "uint16")))
    assert note == "" and dark.max() == 0


def test_the_first_frame_of_an_animation_that_is_not_transparent_is_decoded():
    clear, red = Image.new("RGBA", (12, 8)), Image.new("RGBA", (12, 8), (200, 0, 0, 255))
    for format in ("GIF", "PNG", "WEBP"):
        options = {"lossless": True} if format == "WEBP" else {}
        data = saved(clear, format, save_all=True, append_images=[red, red], duration=100, **options)
        decoded, note = images.decode(data)
        assert note == "first visible frame of an animation", format
        assert np.abs(decoded.astype(int) - (200, 0, 0)).max() <= 8, format


def test_the_frames_of_an_animation_are_not_counted():
    frames = [Image.new("L", (8, 8), shade) for shade in (60, 120)]
    two = saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=20)
    second = two[two.rindex(b"!\xf9") : -1]
    started = time.perf_counter()
    decoded, note = images.decode(two[:-1] + 400_000 * second[:40] + b";")
    assert time.perf_counter() - started < 1
    assert decoded.shape == (8, 8, 3) and note == "first frame of an animation"


DAMAGED = "the file is damaged or incomplete, and shown as far as it can be read"
SMOOTH = np.uint8(np.add.outer(np.arange(90), np.arange(120))[..., None] % 256 * np.ones(3))


@pytest.mark.parametrize("n_missing", [1, 2, 200])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_without_its_last_bytes_is_decoded_with_a_note(n_missing, progressive):
    whole = saved(SMOOTH, "JPEG", progressive=progressive)
    decoded, note = images.decode(whole[:-n_missing])
    assert note == DAMAGED
    error = np.abs(decoded.astype(int) - images.decode(whole)[0]).mean(axis=(1, 2))
    assert np.median(error) < 3 and decoded.shape == SMOOTH.shape


def test_a_png_without_its_last_bytes_is_decoded_with_a_note():
    whole = saved(PHOTO)
    decoded, note = images.decode(whole[:-1500])
    assert note == DAMAGED
    np.testing.assert_array_equal(decoded[:25], PHOTO[:25])
    np.testing.assert_array_equal(images.decode(whole[:-12])[0], PHOTO)  # without its end chunk


def test_a_png_with_a_wrong_checksum_in_a_comment_is_decoded():
    decoded, note = images.decode(with_chunk(saved(PHOTO), b"tEXt", b"Comment\0hello", bad_checksum=[b"tEXt"]))
    np.testing.assert_array_equal(decoded, PHOTO)
    assert note == DAMAGED
    with pytest.raises(images.BadImage):  # later files are strict again
        images.decode(saved(PHOTO)[:400])


def large_jpeg(width, height, **options):
    return saved(Image.new("L", (width, height), 90), "JPEG", **options)


def test_a_photo_of_108_megapixels_is_decoded_at_a_fraction_of_its_size():
    data = large_jpeg(12000, 9000)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        decoded, note = images.decode(data, max_side=400)
    assert decoded.shape == (300, 400, 3) and note == "scaled from 12000 x 9000 to 400 x 300 pixels"
    assert np.abs(decoded.astype(int) - 90).max() <= 1
    with pytest.raises(images.BadImage, match="at most 40 megapixels"):  # decoded whole
        images.decode(data, max_side=12000)


def test_an_image_is_refused_if_it_is_too_long_for_its_size():
    panorama = saved(np.zeros((40, 400, 3), "uint8"), "JPEG")
    assert images.decode(panorama, max_side=400, min_side=32)[0].shape == (40, 400, 3)
    with pytest.raises(images.BadImage, match="400 x 40 pixels is too wide: it is scaled to 200 x 20, and at least 32"):
        images.decode(panorama, max_side=200, min_side=32)
    with pytest.raises(images.BadImage, match="is too tall"):
        images.decode(saved(np.zeros((900, 5), "uint8")), max_side=300)


@pytest.mark.parametrize(("ink", "ground"), [(0, 255), (255, 0), (250, 0), (120, 255)])
def test_transparent_pixels_get_the_ground_that_shows_the_ink(ink, ground):
    drawing = np.zeros((60, 60, 4), "uint8")
    drawing[..., :3], drawing[20:40, 28:33, 3] = ink, 255
    decoded, note = images.decode(saved(drawing))
    assert (decoded[0, 0] == ground).all() and (decoded[30, 30] == ink).all()
    assert ("black" in note) == (ground == 0)
    assert dataset_format.to_dataset_format(decoded, box=20, center="mass")[-1][1].max() == 255


def test_a_wholly_transparent_image_has_a_note():
    decoded, note = images.decode(saved(np.zeros((8, 8, 4), "uint8")))
    assert (decoded == 255).all() and note == "every pixel is transparent"


# --- resize, tile, blend ----------------------------------------------------------------------


def test_resize_is_smooth_and_keeps_the_range():
    rng = np.random.default_rng(0)
    small = rng.integers(0, 256, (5, 8, 8), dtype="uint8")
    large = images.resize(small, 28)
    assert large.shape == (5, 28, 28) and large.dtype == np.uint8
    assert len(np.unique(large)) > len(np.unique(small))  # interpolated gray levels
    np.testing.assert_allclose(large.mean(axis=(1, 2)), small.mean(axis=(1, 2)), atol=6)
    np.testing.assert_array_equal(images.resize(small, 8), small)
    assert images.resize(small[:0], 28).shape == (0, 28, 28)


@pytest.mark.parametrize(
    ("array", "size"), [(np.zeros((8, 8), "uint8"), 28), (np.zeros((2, 8, 8)), 28), (np.zeros((2, 8, 8), "uint8"), 0)]
)
def test_resize_refuses_wrong_arguments(array, size):
    with pytest.raises(ValueError, match="must be"):
        images.resize(array, size)


def test_tile_arranges_rows_and_columns():
    grid = np.arange(2 * 3 * 4 * 5, dtype="uint8").reshape(2, 3, 4, 5)
    tiled = images.tile(grid, gap=2, background=200)
    assert tiled.shape == (2 * 4 + 2, 3 * 5 + 2 * 2) and tiled.dtype == np.uint8
    for i in range(2):
        for j in range(3):
            np.testing.assert_array_equal(tiled[6 * i : 6 * i + 4, 7 * j : 7 * j + 5], grid[i, j])
    assert (tiled[4:6] == 200).all() and (tiled[:, 5:7] == 200).all()
    assert images.tile(grid).shape == (8, 15)


def test_tile_accepts_floats():
    tiled = images.tile(np.array([0, 0.5, 1.0, 2.0], "float32").reshape(2, 2, 1, 1))
    np.testing.assert_array_equal(tiled, [[0, 128], [255, 255]])


def test_tile_accepts_color_images():
    grid = np.random.default_rng(0).integers(0, 256, (2, 3, 4, 5, 3), dtype="uint8")
    tiled = images.tile(grid, gap=1)
    assert tiled.shape == (9, 17, 3)
    for channel in range(3):
        np.testing.assert_array_equal(tiled[..., channel], images.tile(grid[..., channel], gap=1))


@pytest.mark.parametrize("shape", [(3, 28, 28), (0, 2, 28, 28)])
def test_tile_refuses_another_shape(shape):
    with pytest.raises(ValueError, match="rows, columns"):
        images.tile(np.zeros(shape, "uint8"))


def test_tint_keeps_black_and_the_order_of_gray_levels():
    grid = np.linspace(0, 1, 2 * 4 * 4).reshape(2, 4, 4)
    grid[1, 0, 0] = 0
    decoded = images.tint(grid, np.array([[200, 0, 50], [0, 100, 255]], "uint8"))
    assert decoded.shape == (2, 4, 4, 3) and decoded.dtype == np.uint8
    assert (decoded[0, 0, 0] == 0).all() and (decoded[1, 0, 0] == 0).all()
    assert (np.diff(decoded[0].reshape(-1, 3).astype(int), axis=0) >= 0).all()
    assert decoded[0, -1, -1].argmax() == 0 and decoded[1, -1, -1].argmax() == 2


def test_tint_refuses_another_number_of_colors():
    with pytest.raises(ValueError, match=r"\(2, 28, 28\) and \(3, 3\)"):
        images.tint(np.zeros((2, 28, 28)), np.zeros((3, 3), "uint8"))


def test_blend_interpolates_between_both_images():
    a, b = PHOTO[..., 0], PHOTO[..., 1]
    fade = images.blend(a, b, 5)
    assert fade.shape == (5, *a.shape) and fade.dtype == np.uint8
    np.testing.assert_array_equal(fade[0], a)
    np.testing.assert_array_equal(fade[-1], b)
    np.testing.assert_allclose(fade[2], (a.astype(float) + b) / 2, atol=0.5)
    np.testing.assert_array_equal(images.blend(a / 255, b / 255, 5), fade)


def test_blend_refuses_wrong_arguments():
    a = np.zeros((4, 4), "uint8")
    with pytest.raises(ValueError, match="one shape"):
        images.blend(a, a[:2], 3)
    with pytest.raises(ValueError, match="at least 2"):
        images.blend(a, a, 1)


# --- files ------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(6, 5), (6, 5, 3), (6, 5, 4)])
def test_png_keeps_every_pixel(shape):
    image = np.random.default_rng(0).integers(0, 256, shape, dtype="uint8")
    data = images.png(image, scale=3)
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(data))), image.repeat(3, 0).repeat(3, 1))
    assert data == images.png(image / 255, scale=3)


@pytest.mark.parametrize(
    ("image", "scale"), [(np.zeros((4, 4, 2), "uint8"), 1), (np.zeros(4), 1), (np.zeros((4, 4)), 0)]
)
def test_png_refuses_wrong_arguments(image, scale):
    with pytest.raises(ValueError, match="must be"):
        images.png(image, scale=scale)


def make_frames(color, n=12, side=21):
    rows, columns = np.mgrid[:side, :side] / side
    frames = np.stack([np.uint8(255 * np.abs(np.sin(rows + 2 * columns + i / n))) for i in range(n)])
    return np.stack([frames, frames[:, ::-1], frames[:, :, ::-1]], axis=-1) if color else frames


@pytest.mark.parametrize("color", [False, True])
@pytest.mark.parametrize("format", ["gif", "webp"])
def test_animations_have_the_given_frames_and_rate(format, color):
    frames = make_frames(color)
    with Image.open(io.BytesIO(images.animate(frames, format, fps=20, scale=2))) as decoded:
        assert (decoded.format, decoded.n_frames, decoded.size) == (format.upper(), 12, (42, 42))
        assert decoded.info["loop"] == 0
        for i, frame in enumerate(frames):
            decoded.seek(i)
            decoded.load()
            assert decoded.info["duration"] == 50
            rgb = frame if color else np.repeat(frame[..., None], 3, axis=2)
            error = np.abs(np.asarray(decoded.convert("RGB"))[::2, ::2].astype(int) - rgb)
            assert error.mean() < (12 if format == "gif" and color else 0.01)


def test_a_gif_has_one_palette_for_all_frames():
    frames = make_frames(color=True, side=40)
    colors = set()
    with Image.open(io.BytesIO(images.animate(frames, "gif"))) as decoded:
        for i in range(decoded.n_frames):
            decoded.seek(i)
            colors |= set(map(tuple, np.asarray(decoded.convert("RGB")).reshape(-1, 3)))
    assert len(colors) <= 256 < len(np.unique(frames.reshape(-1, 3), axis=0))


@pytest.mark.parametrize("color", [False, True])
def test_an_mp4_has_a_widely_supported_format(color):
    imageio_ffmpeg = pytest.importorskip("imageio_ffmpeg")
    frames = make_frames(color)
    data = images.animate(frames / 255, "mp4", fps=10, scale=3)  # 63 pixels a side: odd
    assert data[4:8] == b"ftyp" and 0 < data.index(b"moov") < data.index(b"mdat")  # may play before all has arrived
    assert b"avc1" in data
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "info", "-i", "-", "-f", "rawvideo", "-pix_fmt", "rgb24"]
    run = subprocess.run([*command, "-"], input=data, capture_output=True, check=True)
    assert b"yuv420p" in run.stderr and b"10 fps" in run.stderr
    played = np.frombuffer(run.stdout, "uint8").reshape(-1, 64, 64, 3)
    assert len(played) == 12
    expected = frames if color else np.repeat(frames[..., None], 3, axis=3)
    assert np.abs(played[:, 1:63:3, 1:63:3].astype(int) - expected).mean() < 12


@pytest.mark.parametrize("format", ["gif", "webp", "mp4"])
def test_the_same_frames_give_the_same_file(format):
    if format == "mp4":
        pytest.importorskip("imageio_ffmpeg")
    assert images.animate(make_frames(color=True), format) == images.animate(list(make_frames(color=True)), format)


@pytest.mark.parametrize(
    ("frames", "options", "words"),
    [
        ([], {}, "at least one frame"),
        ([np.zeros((4, 4)), np.zeros((4, 5))], {}, r"frame 0 is \(4, 4\), frame 1 is \(4, 5\)"),
        ([np.zeros((4, 4, 4))], {}, r"\(H, W\) or \(H, W, 3\)"),
        ([np.zeros((4, 4))], {"format": "avi"}, "format must be"),
        ([np.zeros((4, 4))], {"fps": 0}, "fps must be"),
        ([np.zeros((4, 4))], {"scale": 0}, "scale must be"),
    ],
)
def test_animate_refuses_wrong_arguments(frames, options, words):
    with pytest.raises(ValueError, match=words):
        images.animate(frames, **{"format": "gif"} | options)
