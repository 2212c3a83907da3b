"""Pictures from outside: whole, upright, and with nothing in them but the picture."""

from __future__ import annotations

import io
import struct

import pytest
from PIL import Image

from geo_service.base.errors import PictureRefused
from geo_service.base.picture_parts import MOST_PROFILE_BYTES, MOST_SCANS, parts_of
from geo_service.base.pictures import MAX_BYTES, MAX_PIXELS, MAX_SIDE, Picture, check_picture
from tests.base import picture_files as made

KINDS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


def opened(picture: Picture) -> Image.Image:
    image = Image.open(io.BytesIO(picture.data))
    image.load()
    return image


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
def test_a_picture_without_notes_stays_byte_for_byte(kind: str, mode: str) -> None:
    if (kind, mode) == ("JPEG", "RGBA"):
        mode = "CMYK"
    data = made.saved(made.drawn(mode=mode), kind)
    picture = check_picture(data, KINDS[kind])
    assert (picture.data, picture.media_type, picture.width, picture.height) == (data, KINDS[kind], 64, 40)
    assert picture.dropped == ()


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("JPEG", {"progressive": True, "subsampling": 0}),
        ("JPEG", {"optimize": True, "quality": 30}),
        ("PNG", {"optimize": True}),
        ("WEBP", {"lossless": True}),
        ("WEBP", {"quality": 20}),
    ],
)
def test_every_usual_way_to_save_is_taken(kind: str, settings: dict[str, object]) -> None:
    data = made.plain(kind, **settings)
    assert check_picture(data).data == data


@pytest.mark.parametrize("kind", KINDS)
def test_notes_never_stay_and_pixels_do(kind: str) -> None:
    lossless = {"lossless": True} if kind == "WEBP" else {}
    data = made.plain(kind, exif=made.exif(), xmp=made.SECRET, icc_profile=made.profile(), **lossless)
    if kind == "JPEG":
        iptc = b"Photoshop 3.0\x008BIM\x04\x04" + made.SECRET
        data = made.jpeg_with(
            made.jpeg_segment(0xED, iptc),
            made.jpeg_segment(0xFE, made.SECRET),
            made.jpeg_segment(0xE2, b"FPXR\x00" + made.SECRET),
            of=data,
        )
    if kind == "PNG":
        data = made.png_with_text()
    assert made.SECRET in data
    picture = check_picture(data)
    image = opened(picture)
    assert made.SECRET not in picture.data
    assert not image.getexif()
    assert not image.getexif().get_ifd(made.GPS)
    assert not {"exif", "xmp", "comment", "photoshop", "Comment"} & set(image.info)
    assert image.tobytes() == Image.open(io.BytesIO(data)).convert(image.mode).tobytes()
    assert check_picture(picture.data).data == picture.data
    assert picture.dropped


@pytest.mark.parametrize("kind", KINDS)
def test_the_colour_profile_stays_unless_it_is_none(kind: str) -> None:
    profile = made.profile()  # it tells the second in which it was made
    data = made.plain(kind, icc_profile=profile)
    assert check_picture(data).data == data
    assert opened(check_picture(data)).info["icc_profile"] == profile
    for wrong in (b"<script>" * 40, profile + bytes(MOST_PROFILE_BYTES)):
        picture = check_picture(made.plain(kind, icc_profile=wrong))
        assert picture.dropped
        assert "icc_profile" not in opened(picture).info


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_jpeg_is_turned_upright(orientation: int) -> None:
    turned = made.drawn()
    for step in {
        1: (),
        2: (Image.Transpose.FLIP_LEFT_RIGHT,),
        3: (Image.Transpose.ROTATE_180,),
        4: (Image.Transpose.FLIP_TOP_BOTTOM,),
        5: (Image.Transpose.TRANSPOSE,),
        6: (Image.Transpose.ROTATE_90,),
        7: (Image.Transpose.TRANSVERSE,),
        8: (Image.Transpose.ROTATE_270,),
    }[orientation]:
        turned = turned.transpose(step)
    picture = check_picture(made.saved(turned, "JPEG", exif=made.exif(orientation), quality=95, subsampling=0))
    image = opened(picture)
    assert (picture.width, picture.height) == image.size == (64, 40)
    corner, above, below = (image.getpixel(at) for at in ((4, 3), (50, 8), (50, 35)))
    assert min(corner) > 200
    assert (above[0] > 200, above[2] < 60) == (True, True)
    assert (below[2] > 200, below[0] < 60) == (True, True)
    assert not image.getexif()


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_others_that_are_turned_are_refused(kind: str) -> None:
    assert check_picture(made.plain(kind, exif=made.exif(1))).dropped
    with pytest.raises(PictureRefused) as caught:
        check_picture(made.plain(kind, exif=made.exif(6)))
    assert caught.value.code == "picture_turned"


def test_a_large_turned_jpeg_loses_half_its_resolution() -> None:
    data = made.saved(made.drawn(2400, 1800), "JPEG", exif=made.exif(6))
    picture = check_picture(data)
    assert (picture.width, picture.height) == (900, 1200)


def test_scans_are_counted() -> None:
    data = made.plain("JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    assert 1 < data.count(b"\xff\xda") < MOST_SCANS
    with pytest.raises(PictureRefused, match="disorder"):
        check_picture(data[:-2] + data[last:-2] * MOST_SCANS + data[-2:])


def broken_pictures() -> dict[str, tuple[bytes, str]]:
    jpeg, png, webp = made.plain(), made.plain("PNG"), made.plain("WEBP")
    frames = [made.drawn(), made.drawn().transpose(Image.Transpose.ROTATE_180)]
    frame = jpeg.index(b"\xff\xc0")
    script = b"<html><script>alert(1)</script></html>"
    return {
        "nothing": (b"", "picture_unknown"),
        "gif": (made.plain("GIF"), "picture_unknown"),
        "tiff": (made.plain("TIFF"), "picture_unknown"),
        "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "picture_unknown"),
        "html": (script, "picture_unknown"),
        "jpeg: three bytes": (jpeg[:3], "picture_broken"),
        "jpeg: cut in a segment": (jpeg[:10], "picture_broken"),
        "jpeg: cut in its content": (jpeg[:-20], "picture_broken"),
        "jpeg: no end": (jpeg[:-2], "picture_broken"),
        "jpeg: no content": (jpeg[:2] + b"\xff\xd9", "picture_broken"),
        "jpeg: two frames": (jpeg[:frame] + jpeg[frame : frame + 19] + jpeg[frame:], "picture_broken"),
        "jpeg: arithmetic": (jpeg[: frame + 1] + b"\xc9" + jpeg[frame + 2 :], "picture_broken"),
        "jpeg: a scan first": (made.jpeg_with(made.jpeg_segment(0xDA, b"\x01\x01\x00\x00\x3f\x00")), "picture_broken"),
        "jpeg: segment without length": (jpeg[:2] + b"\xff\xe1\x00\x01" + jpeg[2:], "picture_broken"),
        "jpeg: marker missing": (b"\xff\xd8\xff\xe1\x00\x02hello", "picture_broken"),
        "jpeg: only fill bytes": (b"\xff\xd8" + b"\xff" * 100_000, "picture_broken"),
        "jpeg: height 0": (made.jpeg_of_size(64, 0), "picture_broken"),
        "jpeg: more segments than there are": (made.jpeg_with(jpeg_flood()), "picture_broken"),
        "jpeg and html": (jpeg + script, "picture_has_more"),
        "jpeg and zip": (jpeg + b"PK\x03\x04" + bytes(30), "picture_has_more"),
        "two jpegs": (jpeg + jpeg, "picture_has_more"),
        "png: no header": (png[:8] + png[33:], "picture_broken"),
        "png: checksum": (png[:40] + b"x" + png[41:], "picture_broken"),
        "png: cut": (png[:-8], "picture_broken"),
        "png: no content": (png[:33] + png[-12:], "picture_broken"),
        "png: content too short": (made.png_of_size(2000, 2000), "picture_broken"),
        "png: unknown critical chunk": (made.png_with(made.png_chunk(b"EVIL", b"1")), "picture_broken"),
        "png: header twice": (made.png_with(png[8:33]), "picture_broken"),
        "png: moves": (made.saved(frames[0], "PNG", save_all=True, append_images=frames[1:]), "picture_moves"),
        "png and php": (png + b"<?php 1 ?>", "picture_has_more"),
        "png: too many chunks": (made.png_with(made.png_chunk(b"teXt", b"") * 20_001), "picture_broken"),
        "webp: cut": (webp[:-9], "picture_broken"),
        "webp: moves": (made.saved(frames[0], "WEBP", save_all=True, append_images=frames[1:]), "picture_moves"),
        "webp and zip": (webp + b"PK\x03\x04", "picture_has_more"),
        "webp: two frames": (made.webp_with((b"VP8L", b"\x2f\x00\x00\x00\x00")), "picture_broken"),
        "webp: no frame": (b"RIFF\x04\x00\x00\x00WEBP", "picture_broken"),
        "webp: frame smaller than it": (
            made.webp_with((b"VP8X", bytes(4) + b"\xff\x0f\x00\xff\x0f\x00")),
            "picture_broken",
        ),
        "webp: broken content": (
            b"RIFF" + struct.pack("<I", 26) + b"WEBPVP8L" + struct.pack("<I", 13) + b"\x2f\x3f\xc0\x09\x00" + bytes(9),
            "picture_broken",
        ),
        "png of 50,000² pixels": (made.png_of_size(50_000, 50_000), "picture_too_large"),
        "jpeg of 50,000² pixels": (made.jpeg_of_size(50_000, 50_000), "picture_too_large"),
        "a long line": (made.jpeg_of_size(MAX_SIDE + 1, 1), "picture_too_large"),
        "too many bytes": (jpeg + bytes(MAX_BYTES), "picture_too_large"),
        "webp of many pixels": (made.saved(Image.new("L", (2001, 2000)), "WEBP", method=0), "picture_too_large"),
    }


def jpeg_flood() -> bytes:
    return made.jpeg_segment(0xFE, b"") * 20_001


BROKEN = broken_pictures()


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_single_whole_picture_is_refused(name: str) -> None:
    data, code = BROKEN[name]
    with pytest.raises(PictureRefused) as caught:
        check_picture(data)
    assert (caught.value.code, bool(caught.value.remedy)) == (code, True)


def test_the_largest_pictures_are_taken() -> None:
    for kind, side in (("JPEG", 3535), ("PNG", 3535), ("WEBP", 2000)):
        data = made.saved(Image.new("L", (side, side)), kind, **({"method": 0} if kind == "WEBP" else {}))
        assert side * side <= MAX_PIXELS[KINDS[kind]] < (side + 1) ** 2
        assert check_picture(data).data == data


def test_the_claimed_kind_must_be_its_own() -> None:
    with pytest.raises(PictureRefused) as caught:
        check_picture(made.plain("PNG"), "image/jpeg")
    assert caught.value.code == "picture_is_other"


def test_wrong_notes_mean_upright() -> None:
    for notes in (b"", b"II*\x00", b"MM\x00*\xff\xff\xff\xff", b"II*\x00\x08\x00\x00\x00\xff\xff", b"xx" * 20):
        assert parts_of(made.jpeg_with(made.jpeg_segment(0xE1, b"Exif\x00\x00" + notes))).orientation == 1
