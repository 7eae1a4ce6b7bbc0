"""Pictures and documents for browser tests, made of bytes."""

import struct
import zlib
from io import BytesIO

from PIL import Image
from playwright.sync_api import FilePayload

GREY, RGB = 0, 2
MODEL, GPS, LATITUDE = 0x0110, 0x8825, 2
"""Tags of EXIF."""


def picture(name: str, width: int = 640, height: int = 400) -> FilePayload:
    """A picture with stripes."""
    row = b"\0" + bytes(value for x in range(width) for value in (90 + x % 120, 150, 190))
    return {"name": name, "mimeType": "image/png", "buffer": _png(width, height, 8, RGB, [row] * height)}


PHONE_MODEL = "Phone of Wang"


def photo() -> FilePayload:
    """What the camera of a phone makes: large, and with the phone's model and the place in its metadata."""
    image = Image.new("RGB", (3000, 2250), (120, 160, 190))
    exif = image.getexif()
    exif[MODEL] = PHONE_MODEL
    exif.get_ifd(GPS)[LATITUDE] = (28.0, 12.0, 30.0)
    taken = BytesIO()
    image.save(taken, "JPEG", exif=exif)
    assert PHONE_MODEL.encode() in taken.getvalue()
    return {"name": "王小花的化验单.jpg", "mimeType": "image/jpeg", "buffer": taken.getvalue()}


def bomb() -> FilePayload:
    """A picture of 900 million pixels in a few kilobytes."""
    side = 30_000
    return {
        "name": "bomb.png",
        "mimeType": "image/png",
        "buffer": _png(side, side, 1, GREY, [bytes(1 + side // 8)] * side),
    }


def too_large() -> FilePayload:
    """More than 10 MB that call themselves a picture, and that no browser can draw smaller."""
    return {"name": "large.png", "mimeType": "image/png", "buffer": bytes(10 * 1024 * 1024 + 1)}


def document() -> FilePayload:
    """A PDF file of one empty page."""
    body = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF\n"
    )
    return {"name": "检查须知.pdf", "mimeType": "application/pdf", "buffer": body}


def _png(width: int, height: int, depth: int, colour: int, rows: list[bytes]) -> bytes:
    squeezed = zlib.compressobj(1)
    data = b"".join([squeezed.compress(row) for row in rows] + [squeezed.flush()])
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
