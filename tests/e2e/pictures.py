"""Images and other files as people, and attackers, send them; and how they are sent."""

import io
import secrets
import zlib
from urllib.parse import quote

from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from tests.e2e.procs import Answer, Server

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The harmless file that every virus scanner reports."""
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\ntrailer<</Root 1 0 R>>\n"


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), colour: str = "teal", **options: object) -> bytes:
    """An image of one colour."""
    written = io.BytesIO()
    Image.new("RGB", size, colour).save(written, kind, **options)
    return written.getvalue()


def photo() -> bytes:
    """A JPEG as a camera writes it: lying on its side, with position, thumbnail, XMP, comment and colour profile."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it by 90 degrees
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[2] = (IFDRational(28), IFDRational(13), IFDRational(42))
    return picture(
        "JPEG",
        (80, 40),
        exif=exif,
        xmp=b"<x:xmpmeta>SecretXmp</x:xmpmeta>",
        comment=b"SecretComment",
        icc_profile=b"SecretProfile" * 20,
    )


def noise(size: tuple[int, int]) -> bytes:
    """An image that cannot be made small."""
    written = io.BytesIO()
    Image.frombytes("RGB", size, secrets.token_bytes(size[0] * size[1] * 3)).save(written, "PNG", compress_level=0)
    return written.getvalue()


def huge(width: int, height: int) -> bytes:
    """The head of a PNG of that size, with a little that decodes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\x00\x00\x00"
    content = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", content) + chunk(b"IEND", b"")


def frames(count: int) -> bytes:
    """A WebP with so many pictures."""
    written = io.BytesIO()
    first, *others = (Image.new("RGB", (8, 8), (number % 256, number // 256, 0)) for number in range(count))
    first.save(written, "WEBP", save_all=True, append_images=others, method=0, quality=0)
    return written.getvalue()


def visitor_puts(
    server: Server, token: str, conversation: str, content: bytes, name: str = "photo.png", ref: str = ""
) -> Answer:
    """Send a file as a visitor."""
    ref = ref or secrets.token_urlsafe(24)
    path = f"/v1/visitor/files/{ref}?conversation={conversation}&name={quote(name, safe='')}"
    return server.request("PUT", path, content, {"Authorization": f"Bearer {token}"})


def staff_puts(
    server: Server, cookie: str, conversation: str, fence: int, content: bytes, name: str = "result.pdf"
) -> Answer:
    """Send a file as a member of staff."""
    ref = secrets.token_urlsafe(24)
    path = f"/v1/staff/conversations/{conversation}/files/{ref}?name={quote(name, safe='')}&fence={fence}"
    return server.request("PUT", path, content, {"Cookie": f"session={cookie}"})


def code_of(answer: Answer) -> str:
    """The code of a refusal; empty if it was none."""
    return "" if answer.status == 201 else str(answer.json()["error"]["code"])
