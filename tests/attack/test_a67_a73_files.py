"""A67–A73: files that are not what they say, that hide something, that cost too much, and too many of them; and who may
read a file."""

import asyncio
import io
import json
import re
import secrets
import sqlite3
from typing import Any

import pytest
from PIL import Image

from chatserver.domain.files import ALL_BYTES, FILE_BYTES, FILES
from chatserver.domain.hospital import Role
from tests.attack.peer import Peer, Port
from tests.e2e.hospital import CHILDREN, DENTISTRY, WOMEN, Wanted
from tests.e2e.people import Visitor
from tests.e2e.pictures import PDF, code_of, frames, huge, photo, picture, staff_puts, visitor_puts
from tests.e2e.procs import Answer
from tests.e2e.quarters import CANARY, Quarters
from tests.e2e.rawclient import Client

pytestmark = [pytest.mark.whole, pytest.mark.asyncio(loop_scope="module")]

PEOPLE = [
    Wanted("su", (CHILDREN,), role=Role.SUPERVISOR),
    Wanted("own", (WOMEN,), role=Role.SUPERVISOR),
    Wanted("adam", (), role=Role.ADMINISTRATOR),
    Wanted("lea", (WOMEN,), role=Role.GROUP_LEADER),
    Wanted("aud", (), role=Role.AUDITOR),
]


async def annes(quarters: Quarters, content: bytes, name: str = f"{CANARY}.png", ref: str = "") -> Answer:
    """The honest visitor sends this."""
    return await asyncio.to_thread(
        visitor_puts, quarters.server, quarters.ann.token, quarters.ann.conversation, content, name, ref
    )


def read(quarters: Quarters, path: str, **headers: str) -> Answer:
    return quarters.server.get(path, {name.replace("_", "-"): value for name, value in headers.items()})


async def test_an_image_comes_back_encoded_anew_to_visitor_and_staff(quarters: Quarters) -> None:
    answer = await annes(quarters, picture("JPEG"), f"{CANARY}.jpg")
    assert answer.status == 201, answer.body
    file = answer.json()["file"]
    assert file["type"] == "image/jpeg"
    assert (file["width"], file["height"]) == (40, 30)
    token, cookie = f"Bearer {quarters.ann.token}", f"session={quarters.people['mei'].cookie}"
    for told in (
        read(quarters, f"/v1/visitor/files/{file['id']}", Authorization=token),
        read(quarters, f"/v1/staff/files/{file['id']}", Cookie=cookie),
    ):
        assert told.status == 200
        assert len(told.body) == file["bytes"]
        assert Image.open(io.BytesIO(told.body)).size == (40, 30)
        assert told.headers["cache-control"] == "no-store"
        assert told.headers["content-security-policy"] == "sandbox; default-src 'none'"
        assert told.headers["x-content-type-options"] == "nosniff"
        assert told.headers["cross-origin-resource-policy"] == "same-origin"
        assert told.headers["content-disposition"].startswith("inline; filename*=UTF-8''")


NO_IMAGES = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": b"<!DOCTYPE html><html><script>alert(1)</script></html>",
    "xml": b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]><x>&y;</x>",
    "script": b"alert(document.cookie)//" + b"a" * 40,
    "gif and script": b"GIF89a/*" + b"\x00" * 40 + b"*/=1;alert(1)",
    "program": b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 40,
    "archive": b"PK\x03\x04" + b"\x00" * 40,
    "pdf": PDF,
    "nothing": b"",
    "magic alone": b"\x89PNG\r\n\x1a\n" + b"\x00" * 40,
    "multipart": b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n' + picture(),
    "truncated": picture("JPEG", (400, 300))[:400],
}


@pytest.mark.parametrize("kind", NO_IMAGES)
async def test_what_is_no_image_is_refused_whatever_its_name(quarters: Quarters, kind: str) -> None:
    async with quarters.undisturbed():
        answer = await annes(quarters, NO_IMAGES[kind], f"{CANARY}.png")
        assert (answer.status, code_of(answer)) == (415, "file_type")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_an_image_with_a_wrong_name_gets_the_name_of_its_content(quarters: Quarters, kind: str) -> None:
    ending = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp"}[kind]
    for name in ("a.exe", "a.jpg.exe", "../../a.html", "a\x00.svg", "a\u202egpj.exe", "a" * 300, "CON", "%2e%2e%2fa"):
        shown = (await another(quarters, picture(kind), name)).json()["file"]
        assert shown["name"].endswith(ending)
        assert len(shown["name"]) <= 80
        assert not set(shown["name"]) & set("/\\\x00\u202e")


async def another(quarters: Quarters, content: bytes, name: str = "a.png") -> Answer:
    """Somebody whom nobody answers sends this, into a conversation of their own."""
    if not OTHERS or OTHERS[-1][2] >= FILES:
        token = await asyncio.to_thread(quarters.server.visitor_token)
        visitor = Visitor(quarters.server.port, "eve", quarters.journal, token)
        await visitor.start()
        OTHERS.append([token, await visitor.open(DENTISTRY, f"{CANARY} eve"), 0])
        await visitor.leave()
    token, conversation, _ = OTHERS[-1]
    OTHERS[-1][2] += 1
    return await asyncio.to_thread(visitor_puts, quarters.server, token, conversation, content, name)


OTHERS: list[list[Any]] = []
"""Token and conversation of these people, and how many files they have sent."""


async def test_a_pdf_with_a_script_can_only_be_saved(quarters: Quarters) -> None:
    fence = quarters.mei.fence(quarters.ann.conversation)
    cookie = quarters.people["mei"].cookie
    sent = await asyncio.to_thread(
        staff_puts, quarters.server, cookie, quarters.ann.conversation, fence, PDF, f"{CANARY}\r\nX: y.html"
    )
    assert sent.status == 201, sent.body
    file = sent.json()["file"]
    assert (file["type"], file["width"], file["height"]) == ("application/pdf", 0, 0)
    told = read(quarters, f"/v1/visitor/files/{file['id']}", Authorization=f"Bearer {quarters.ann.token}")
    assert told.body == PDF
    assert told.headers["content-type"] == "application/pdf"
    assert told.headers["content-disposition"].startswith("attachment; filename*=UTF-8''canary-")
    assert told.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert (told.headers["x-content-type-options"], told.headers["x-frame-options"]) == ("nosniff", "DENY")
    assert "x" not in told.headers


async def test_nothing_behind_or_beside_the_picture_is_kept(quarters: Quarters) -> None:
    tail = b"PK\x03\x04<html><script>alert(1)</script>" * 50
    for content in (picture("JPEG") + tail, picture("PNG") + tail, picture("WEBP") + tail, photo()):
        sent = await another(quarters, content)
        token = OTHERS[-1][0]
        told = read(quarters, f"/v1/visitor/files/{sent.json()['file']['id']}", Authorization=f"Bearer {token}")
        for hidden in (b"script", b"PK\x03\x04", b"Exif", b"Secret", b"xmp", b"ICC", b"GPS"):
            assert hidden not in told.body
        image = Image.open(io.BytesIO(told.body))
        assert not image.getexif()
        assert "icc_profile" not in image.info


async def test_a_photo_is_turned_as_the_camera_was_held(quarters: Quarters) -> None:
    file = (await another(quarters, photo())).json()["file"]
    assert (file["width"], file["height"]) == (40, 80)


@pytest.mark.parametrize("size", [(60_000, 60_000), (5_001, 5_000), (1, 25_000_001)])
async def test_an_image_of_absurd_size_is_refused_before_it_is_decoded(
    quarters: Quarters, size: tuple[int, int]
) -> None:
    async with quarters.undisturbed():
        answer = await annes(quarters, huge(*size))
        assert (answer.status, code_of(answer)) == (422, "file_pixels")


async def test_of_an_animation_the_first_picture_is_kept(quarters: Quarters) -> None:
    sent = await another(quarters, frames(300))
    token = OTHERS[-1][0]
    told = read(quarters, f"/v1/visitor/files/{sent.json()['file']['id']}", Authorization=f"Bearer {token}")
    assert getattr(Image.open(io.BytesIO(told.body)), "n_frames", 1) == 1


async def test_a_large_image_is_made_smaller(quarters: Quarters) -> None:
    file = (await another(quarters, picture("PNG", (4_400, 1_100)))).json()["file"]
    assert (file["width"], file["height"]) == (4_096, 1_024)


async def test_a_hundred_bombs_at_once_disturb_nobody(quarters: Quarters, port: Port) -> None:
    async with quarters.undisturbed():
        bomb = huge(60_000, 60_000)
        peers = [await port.peer() for _ in range(100)]
        for peer in peers:
            peer.send(head(quarters, f"Content-Length: {len(bomb)}") + bomb[:20])
        answered = [asyncio.create_task(refusal(peer)) for peer in peers]
        for peer in peers:
            peer.send(bomb[20:])
        assert {code for _, code in await asyncio.gather(*answered)} == {"file_pixels", "rate_limited"}


@pytest.mark.parametrize("how", ["length", "chunked"])
async def test_a_file_that_is_too_large_is_refused_early(quarters: Quarters, port: Port, how: str) -> None:
    async with quarters.undisturbed():
        peer = await port.peer()
        length = f"Content-Length: {FILE_BYTES + 1}" if how == "length" else "Transfer-Encoding: chunked"
        peer.send(head(quarters, length))
        if how == "chunked":
            piece = picture() + bytes(64 * 1024)
            for _ in range(FILE_BYTES // len(piece) + 1):
                peer.send(b"%x\r\n%b\r\n" % (len(piece), piece))
                await peer.writer.drain()
        assert await refusal(peer) == (413, "file_too_large")


async def test_what_is_no_image_is_refused_before_its_end(quarters: Quarters, port: Port) -> None:
    async with quarters.undisturbed():
        peer = await port.peer()
        peer.send(head(quarters, "Content-Length: 9000000") + b"<html>" * 10)
        assert await refusal(peer) == (415, "file_type")


async def refusal(peer: Peer) -> tuple[int, str]:
    """The status and the code of the next answer."""
    status, head = await peer.answer()
    [length] = re.findall(rb"(?i)content-length: (\d+)", head)
    return status, json.loads(await peer.reader.readexactly(int(length)))["error"]["code"]


def head(quarters: Quarters, length: str) -> bytes:
    """The head of an honest visitor's upload."""
    path = f"/v1/visitor/files/{secrets.token_urlsafe(24)}?conversation={quarters.ann.conversation}&name=a.png"
    lines = (
        f"PUT {path} HTTP/1.1",
        f"Host: 127.0.0.1:{quarters.server.port}",
        f"Origin: {quarters.server.origin}",
        f"Authorization: Bearer {quarters.ann.token}",
        length,
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def test_a_conversation_has_twenty_files_and_a_hundred_mebibytes(quarters: Quarters) -> None:
    conversation = quarters.mallorys

    def fill(count: int, each: int) -> None:
        """Make the conversation's files of this number and size, as if they had been sent."""
        connection = sqlite3.connect(quarters.server.database, timeout=10)
        with connection:
            connection.execute("DELETE FROM files WHERE conversation = ?", (conversation,))
            row = "INSERT INTO files VALUES (?, ?, 'entry', 'image/png', ?, 1, 1, 'a.png', x'00', 1)"
            connection.executemany(row, [(secrets.token_urlsafe(24), conversation, each) for _ in range(count)])
        connection.close()

    async def sent() -> str:
        return code_of(
            await asyncio.to_thread(visitor_puts, quarters.server, quarters.token, conversation, picture(), "a.png")
        )

    for count, each, code in ((FILES, 1, "file_count"), (11, ALL_BYTES // 11, "file_count"), (FILES - 1, 1, "")):
        await asyncio.to_thread(fill, count, each)
        assert await sent() == code
    await asyncio.to_thread(fill, 0, 0)


async def test_a_repeat_gets_the_first_answer_and_another_file_under_its_ref_none(quarters: Quarters) -> None:
    ref = secrets.token_urlsafe(24)
    first = await annes(quarters, picture(), "a.png", ref)
    folder = quarters.server.data / "files"
    kept = {each.name for each in folder.iterdir()}
    again = await annes(quarters, picture(), "a.png", ref)
    assert (first.status, first.json()) == (again.status, again.json())
    assert code_of(await annes(quarters, picture(), "b.png", ref)) == "idempotency_conflict"
    assert {each.name for each in folder.iterdir()} == kept
    assert first.json()["file"]["id"] in kept


URLS = (
    "/v1/visitor/files/{file}",
    "/v1/staff/files/{file}",
    "/v1/visitor/files/../files/{file}",
    "/v1/visitor/files/%2e%2e/{file}",
    "/v1/visitor/files/..%2f..%2fchat.db",
    "/v1/visitor/files/..%252fchat.db",
    "/v1/visitor/files/%00{file}",
    "/files/{file}",
    "/assets/{file}",
    "/assets/..%2f..%2fdata%2ffiles%2f{file}",
    "/transcripts/{file}",
)


async def test_nobody_else_reads_a_file_by_any_url(quarters: Quarters) -> None:
    content = picture("PNG", (64, 48), "gold")
    file = (await annes(quarters, content)).json()["file"]["id"]
    kept = (quarters.server.data / "files" / file).read_bytes()
    cookie = {who: f"session={quarters.people[who].cookie}" for who in ("mei", "bo", "su", "own", "adam", "lea", "aud")}
    strangers: dict[str, dict[str, str]] = {who: {"Cookie": each} for who, each in cookie.items()}
    strangers |= {
        "nobody": {},
        "another visitor": {"Authorization": f"Bearer {quarters.token}"},
        "an invented token": {"Authorization": f"Bearer {secrets.token_urlsafe(32)}"},
        "the visitor's token as a cookie": {"Cookie": f"session={quarters.ann.token}"},
        "a cookie as a token": {"Authorization": f"Bearer {quarters.people['mei'].cookie}"},
    }
    may = {("mei", "/v1/staff/files/{file}"), ("own", "/v1/staff/files/{file}")}
    for who, headers in strangers.items():
        for url in URLS:
            told = await asyncio.to_thread(quarters.server.request, "GET", url.format(file=file), b"", headers)
            assert (told.body == kept) is ((who, url) in may), (who, url)
            assert ((who, url) in may) or told.status in (303, 401, 403, 404), (who, url, told.status)


async def test_nobody_sends_a_file_into_the_conversation_of_another(quarters: Quarters) -> None:
    conversation, server = quarters.ann.conversation, quarters.server
    fence = quarters.mei.fence(conversation)
    async with quarters.undisturbed():
        for token, code in ((quarters.token, "not_found"), ("", "unauthenticated"), ("x" * 43, "unauthenticated")):
            sent = await asyncio.to_thread(visitor_puts, server, token, conversation, picture())
            assert code_of(sent) == code
        for who, code in (("bo", "not_found"), ("su", "not_found"), ("adam", "forbidden"), ("own", "forbidden")):
            cookie = quarters.people[who].cookie
            sent = await asyncio.to_thread(staff_puts, server, cookie, conversation, fence, picture())
            assert code_of(sent) == code, who


async def test_a_supervisors_reading_is_in_the_audit_log_once_a_minute(quarters: Quarters) -> None:
    file = (await annes(quarters, picture())).json()["file"]["id"]
    for who in ("own", "own", "mei"):
        cookie = f"session={quarters.people[who].cookie}"
        assert read(quarters, f"/v1/staff/files/{file}", Cookie=cookie).status == 200
    connection = sqlite3.connect(f"file:{quarters.server.database}?mode=ro", uri=True)
    found = connection.execute("SELECT actor FROM audit_entries WHERE action = 'file.read' AND object_id = ?", (file,))
    assert found.fetchall() == [(quarters.people["own"].id,)]
    connection.close()


async def test_an_image_reaches_the_other_side_as_an_entry(quarters: Quarters) -> None:
    """Staff also learn that it is to be blurred, where the department is intimate; a visitor does not."""
    file = (await annes(quarters, picture())).json()["file"]

    async def the_entry(client: Client) -> dict[str, Any]:
        """Wait until this client has it."""

        def entries() -> list[dict[str, Any]]:
            held = client.held[quarters.ann.conversation].entries
            return [each for each in held if (each.get("file") or {}).get("id") == file["id"]]

        await client.until(entries, "the file")
        return entries()[0]

    for client in (quarters.mei, quarters.ann):
        entry = await the_entry(client)
        assert (entry["kind"], entry["body"], entry["file"]) == ("file", "[图片]", file)
