"""Taking files in: what ends an upload, what the process that decodes images may do, what the scanner is told."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message

from chatserver import imaging
from chatserver.domain.files import FILE_BYTES, LONGEST_SIDE, PIXELS, FileType
from chatserver.domain.refusals import (
    BadFrame,
    FileMalware,
    FilePixels,
    FileScanUnavailable,
    FileTooLarge,
    FileTypeRefused,
    RateLimited,
    Refused,
)
from chatserver.store.file_folder import FileFolder
from chatserver.web.files import receiving
from chatserver.web.files.images import Images
from chatserver.web.files.receiving import Places, announced, receive
from chatserver.web.files.scanner import Scanner
from chatserver.web.files.uploads import is_upload
from tests.e2e.pictures import EICAR, huge, photo, picture
from tests.web.scanners import scanner


def request(pieces: Iterable[bytes], *, ends: bool = True, leaves: bool = False, **headers: str) -> Request:
    """A request with this body. Without `ends` it never ends; or its client `leaves`."""
    coming = iter(pieces)

    async def told() -> Message:
        piece = next(coming, None)
        if piece is not None:
            return {"type": "http.request", "body": piece, "more_body": True}
        if leaves:
            return {"type": "http.disconnect"}
        if not ends:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": b"", "more_body": False}

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "PUT", "headers": raw}, told)


def names(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


def images_only(kind: FileType) -> bool:
    return kind.is_image


async def test_a_file_is_received_in_pieces_of_any_size(tmp_path: Path) -> None:
    content = picture("PNG", (300, 200))
    for size in (1, 7, 64, len(content)):
        pieces = [content[at : at + size] for at in range(0, len(content), size)]
        received = await receive(request(pieces), FileFolder(tmp_path), images_only)
        assert received.path.read_bytes() == content
        assert (received.type, received.bytes) == (FileType.PNG, len(content))


async def test_an_upload_has_a_deadline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "SECONDS", 0.05)
    with pytest.raises(BadFrame) as refused:
        await receive(request([picture()], ends=False), FileFolder(tmp_path), images_only)
    assert refused.value.details == {"why": "too_slow"}
    assert not names(tmp_path)


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        (request([b"<svg>"]), FileTypeRefused),
        (request([b"%PDF-1.7 and so on"]), FileTypeRefused),
        (request([picture(), bytes(FILE_BYTES)]), FileTooLarge),
        (request([picture()], leaves=True), ClientDisconnect),
    ],
    ids=["no image", "pdf", "too large", "client left"],
)
async def test_what_is_not_taken_leaves_nothing_behind(
    tmp_path: Path, asked: Request, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        await receive(asked, FileFolder(tmp_path), images_only)
    assert not names(tmp_path)


def test_an_announced_length_is_refused_before_the_body() -> None:
    assert announced(request([], content_length=str(FILE_BYTES))) == FILE_BYTES
    assert announced(request([])) == 1
    with pytest.raises(FileTooLarge):
        announced(request([], content_length=str(FILE_BYTES + 1)))


def test_uploads_of_one_address_and_of_all_are_limited_and_places_are_given_back() -> None:
    places = Places(each=2, altogether=3)
    with places.place("one"), places.place("one"):
        with pytest.raises(RateLimited), places.place("one"):
            pass
        with places.place("two"), pytest.raises(RateLimited), places.place("three"):
            pass
    with places.place("one"), places.place("one"), places.place("three"):
        pass


@pytest.mark.parametrize(
    ("method", "target", "expected"),
    [
        (b"PUT", b"/v1/visitor/files/" + b"a" * 22, True),
        (b"PUT", b"/v1/visitor/files/" + b"a" * 36 + b"?conversation=x&name=y.png", True),
        (b"PUT", b"/v1/staff/conversations/" + b"b" * 36 + b"/files/" + b"a" * 36, True),
        (b"POST", b"/v1/visitor/files/" + b"a" * 22, False),
        (b"PUT", b"/v1/visitor/files/" + b"a" * 21, False),
        (b"PUT", b"/v1/visitor/files/" + b"a" * 22 + b"/x", False),
        (b"PUT", b"/v1/staff/drafts/" + b"a" * 36 + b"/reply", False),
        (b"PUT", b"http://here/v1/visitor/files/" + b"a" * 22, False),
    ],
)
def test_only_files_may_be_larger_and_slower_than_other_requests(method: bytes, target: bytes, expected: bool) -> None:
    assert is_upload(method, target) is expected


# The process that decodes images.


async def encoded(tmp_path: Path, content: bytes, images: Images | None = None) -> Any:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(content)
    return await (images or Images()).encode(source, target), target


async def test_a_process_that_takes_too_long_is_ended_and_the_image_refused(tmp_path: Path) -> None:
    with pytest.raises(FilePixels):
        await encoded(tmp_path, picture(), Images(seconds=0))
    assert not (tmp_path / "target").exists()


async def test_the_image_is_encoded_in_another_process(tmp_path: Path) -> None:
    told, target = await encoded(tmp_path, photo())
    assert (told.type, told.width, told.height) == (FileType.JPEG, 40, 80)
    assert b"Secret" not in target.read_bytes()


def run(
    tmp_path: Path, content: bytes, *, pixels: int = PIXELS, side: int = LONGEST_SIDE, most: int = FILE_BYTES
) -> str:
    """What the process would answer, run here with its limits left out."""
    source = tmp_path / "source"
    source.write_bytes(content)
    return imaging.main(source, tmp_path / "target", pixels, side, most)


@pytest.fixture
def _unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imaging, "limit", lambda: None)


@pytest.mark.usefixtures("_unlimited")
@pytest.mark.parametrize(
    ("content", "limits", "answer"),
    [
        (picture("PNG"), {}, "PNG 40 30"),
        (picture("WEBP"), {}, "WEBP 40 30"),
        (picture("JPEG"), {"side": 20}, "JPEG 20 15"),
        (picture("PNG"), {"pixels": 1_199}, "file_pixels"),
        (huge(60_000, 60_000), {}, "file_pixels"),
        (picture("PNG"), {"most": 10}, "file_too_large"),
        (picture("JPEG", (400, 300))[:300], {}, "file_type"),
        (picture("GIF"), {}, "file_type"),
        (picture("TIFF"), {}, "file_type"),
        (picture("BMP"), {}, "file_type"),
        (b"\x89PNG\r\n\x1a\n", {}, "file_type"),
    ],
    ids=["png", "webp", "smaller", "pixels", "bomb", "bytes", "truncated", "gif", "tiff", "bmp", "magic alone"],
)
def test_what_the_process_answers(tmp_path: Path, content: bytes, limits: dict[str, int], answer: str) -> None:
    assert run(tmp_path, content, **limits) == answer


MODES = {
    "1": 0,
    "L": 90,
    "LA": (90, 200),
    "P": 3,
    "RGB": (1, 2, 3),
    "RGBA": (1, 2, 3, 120),
    "CMYK": (1, 2, 3, 4),
    "I;16": 40_000,
}


@pytest.mark.usefixtures("_unlimited")
@pytest.mark.parametrize("mode", MODES)
def test_images_of_every_kind_of_colour_are_encoded(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "made"
    colour: Any = MODES[mode]
    Image.new(mode, (9, 7), colour).save(path, "JPEG" if mode == "CMYK" else "PNG")
    assert run(tmp_path, path.read_bytes()).split()[1:] == ["9", "7"]
    with Image.open(tmp_path / "target") as image:
        assert image.mode == ("RGBA" if mode in ("LA", "RGBA") else "RGB")
        if mode == "I;16":
            assert image.getpixel((0, 0)) == (156, 156, 156)


@pytest.mark.usefixtures("_unlimited")
def test_what_is_too_large_as_png_becomes_a_jpeg_on_white(tmp_path: Path) -> None:
    path = tmp_path / "made"
    noise = Image.effect_noise((300, 300), 90).convert("RGB")
    noise.putalpha(Image.new("L", (300, 300), 0))
    noise.save(path, "PNG")
    assert run(tmp_path, path.read_bytes(), most=50_000) == "JPEG 300 300"
    with Image.open(tmp_path / "target") as image:
        assert image.getpixel((150, 150)) == (255, 255, 255)


# The scanner.


@pytest.mark.parametrize(
    ("content", "answer", "refusal"),
    [
        (picture(), b"", None),
        (picture() + bytes(200_000), b"", None),
        (picture() + EICAR, b"", FileMalware),
        (picture(), b"stream: Some.Thing FOUND\0", FileMalware),
        (picture(), b"INSTREAM size limit exceeded. ERROR\0", FileScanUnavailable),
        (picture(), b"no end", FileScanUnavailable),
        (picture(), b"\0", FileScanUnavailable),
        (picture(), b"x" * 10_000, FileScanUnavailable),
    ],
    ids=["clean", "large", "virus", "found", "limit", "no end", "nothing", "too much"],
)
async def test_what_the_scanners_answers_mean(
    tmp_path: Path, content: bytes, answer: bytes, refusal: type[Refused] | None
) -> None:
    file, place = tmp_path / "file", str(tmp_path / "clamd.sock")
    file.write_bytes(content)
    async with scanner(place, answer) as scanned:
        if refusal is None:
            await Scanner(place).check(file)
        else:
            with pytest.raises(refusal):
                await Scanner(place).check(file)
        assert scanned == [content]


@pytest.mark.parametrize("address", ["127.0.0.1:1", "/nowhere/clamd.sock", "clamd", "clamd:x"])
async def test_a_scanner_that_is_not_there_refuses(tmp_path: Path, address: str) -> None:
    file = tmp_path / "file"
    file.write_bytes(picture())
    with pytest.raises(FileScanUnavailable):
        await Scanner(address).check(file)


async def test_a_scanner_that_says_nothing_refuses_in_time(tmp_path: Path) -> None:
    file, place = tmp_path / "file", str(tmp_path / "clamd.sock")
    file.write_bytes(picture())
    async with scanner(place, None):
        with pytest.raises(FileScanUnavailable):
            await Scanner(place, seconds=0.05).check(file)
