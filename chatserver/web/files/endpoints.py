"""`PUT /v1/visitor/files/{ref}` and `PUT /v1/staff/conversations/{conversation}/files/{ref}` send a file into a
conversation; `GET /v1/visitor/files/{file}` and `GET /v1/staff/files/{file}` read it.

The body is the file itself. An answer comes after the file and its entry are on the disk.
"""

import asyncio
from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from chatserver.actions import files
from chatserver.actions.files import FilePut, Sending
from chatserver.domain.actors import Staff, Visitor
from chatserver.domain.entry import Entry
from chatserver.domain.events.files import FilePosted
from chatserver.domain.files import FROM_VISITORS, File, FileType, clean_name
from chatserver.domain.network import network_of
from chatserver.domain.permissions import Permission
from chatserver.domain.refusals import NotFound, RateLimited, Refused, Unavailable
from chatserver.hub.parts import Parts
from chatserver.store.file_folder import AT_ONCE, new_file_id
from chatserver.store.files import StoredFile
from chatserver.web.context import Context, address_of, context_of, parts_of
from chatserver.web.files.receiving import Places, Received, announced, receive
from chatserver.web.gate.bearer import bearer
from chatserver.web.gate.rate_limits import RateLimits
from chatserver.web.gate.sessions import signed_in
from chatserver.web.json_answer import json_answer
from chatserver.wire import encoding
from chatserver.wire.files import FilePosted as Posted

MINUTE_S, HOUR_S = 60, 3600
READS_BURST, READS_PER_SECOND = 100, 10
AT_ONCE_EACH, AT_ONCE_ALTOGETHER = 6, 24
"""Uploads under way from one address (or one member of staff), and altogether; visitors and staff counted apart."""

SANDBOXED = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

log = structlog.get_logger()


class Files:
    """The endpoints, with their limits."""

    def __init__(self, context: Context) -> None:
        now, limits = context.now, context.options.limits
        each, per_address = limits.files_per_min, limits.files_per_hour_and_address
        self._people = RateLimits(each / MINUTE_S, each, now)
        self._addresses = RateLimits(per_address / HOUR_S, per_address, now)
        self._reads = RateLimits(READS_PER_SECOND, READS_BURST, now)
        self._visitors_places = Places(AT_ONCE_EACH, AT_ONCE_ALTOGETHER)
        self._staffs_places = Places(AT_ONCE_EACH, AT_ONCE_ALTOGETHER)

    async def visitor_puts(self, request: Request) -> Response:
        """A visitor's image."""
        parts = parts_of(context_of(request))
        visitor = await files.visitor_of(parts, bearer(request))
        network = network_of(address_of(request.scope))
        _spend(self._people, visitor.id)
        _spend(self._addresses, network)
        sending = _sending(request, Visitor(visitor.id), request.query_params.get("conversation", ""))
        return await self._put(request, parts, sending, self._visitors_places, network)

    async def staff_puts(self, request: Request) -> Response:
        """An image or a PDF file of a member of staff."""
        context = context_of(request)
        me = (await signed_in(request, Permission.REPLY)).consultant
        _spend(self._people, me.id)
        sending = _sending(request, Staff(me.person, me.role, me.groups), request.path_params["conversation"])
        return await self._put(request, parts_of(context), sending, self._staffs_places, me.id)

    async def visitor_gets(self, request: Request) -> Response:
        """A file of the visitor's conversation."""
        parts = parts_of(context_of(request))
        visitor = await files.visitor_of(parts, bearer(request))
        _spend(self._reads, visitor.id)
        return await _shown(request, await files.visitors_file(parts, visitor.id, request.path_params["file"]))

    async def staff_gets(self, request: Request) -> Response:
        """A file of a conversation that this member of staff may read."""
        me = (await signed_in(request, Permission.READ_LIVE)).consultant
        parts = parts_of(context_of(request))
        _spend(self._reads, me.id)
        address = address_of(request.scope)
        hashed = parts.hashed(address) if address else None
        staff = Staff(me.person, me.role, me.groups)
        return await _shown(request, await files.staffs_file(parts, staff, request.path_params["file"], hashed))

    async def _put(self, request: Request, parts: Parts, sending: Sending, places: Places, key: str) -> Response:
        expected = File("", FileType.JPEG, "", announced(request), 0, 0)
        before = await files.sent_before(parts, sending, expected)
        if before is not None:
            return _posted(before, sending)
        is_visitor = isinstance(sending.actor, Visitor)
        folder = context_of(request).files.folder
        with places.place(key):
            received = await receive(request, folder, lambda kind: not is_visitor or kind in FROM_VISITORS)
            try:
                file, part = await _checked(request, received, sending.name)
            finally:
                if received.type.is_image:
                    folder.forget(received.path)
            return await _kept(request, parts, sending, file, part)


async def _checked(request: Request, received: Received, name: str) -> tuple[File, Path]:
    """The file as it is kept, still in a temporary place: scanned, and if it is an image, encoded anew."""
    store = context_of(request).files
    id = new_file_id()
    part = received.path
    try:
        if store.scanner is not None:
            await store.scanner.check(received.path)
        if not received.type.is_image:
            return File(id, received.type, clean_name(name, received.type), received.bytes, 0, 0), part
        part, opened = await asyncio.to_thread(store.folder.begin)
        opened.close()
        encoded = await store.images.encode(received.path, part)
        size = (await asyncio.to_thread(part.stat)).st_size
        return File(id, encoded.type, clean_name(name, encoded.type), size, encoded.width, encoded.height), part
    except BaseException:
        store.folder.forget(part)
        raise


async def _kept(request: Request, parts: Parts, sending: Sending, file: File, part: Path) -> Response:
    """Put the file into its place, then add its entry."""
    folder = context_of(request).files.folder
    try:
        sha256 = await asyncio.to_thread(folder.keep, part, file.id)
    except BaseException:
        folder.forget(part)
        raise
    try:
        done = await files.post(parts, sending, file, sha256)
    except Unavailable:
        # The entry may be stored. If it is not, the file goes after a day.
        raise
    except Refused:
        folder.forget(folder.place(file.id))
        raise
    if done.repeat:
        folder.forget(folder.place(file.id))
    assert done.entry is not None
    return _posted(done.entry, sending)


def _posted(entry: Entry, sending: Sending) -> Response:
    assert isinstance(entry.event, FilePosted)
    is_visitor = isinstance(sending.actor, Visitor)
    place = entry.visitor_seq if is_visitor else entry.seq
    shown = encoding.file(entry.event.file)
    if is_visitor:
        shown = msgspec.structs.replace(shown, intimate=False)
    return json_answer(Posted(entry.id, place or 0, shown), HTTPStatus.CREATED)


async def _shown(request: Request, file: StoredFile) -> Response:
    """The content. Nothing can be run in it: it is sandboxed, and a PDF is only saved."""
    path = context_of(request).files.folder.place(file.id)
    try:
        opened = await asyncio.to_thread(path.open, "rb")
    except OSError as failure:
        log.error("file_missing", id=file.id, why=failure.strerror)
        raise NotFound() from None

    async def pieces() -> AsyncIterator[bytes]:
        with opened:
            while piece := await asyncio.to_thread(opened.read, AT_ONCE):
                yield piece

    how = "inline" if file.type.is_image else "attachment"
    headers = SANDBOXED | {
        "Content-Disposition": f"{how}; filename*=UTF-8''{quote(file.name, safe='')}",
        "Content-Length": str(file.size),
    }
    return StreamingResponse(pieces(), headers=headers, media_type=file.type.value)


def _sending(request: Request, actor: Visitor | Staff, conversation: str) -> Sending:
    """The request in one value. Raises `NotFound` for an address that cannot belong to a file."""
    name, fence = request.query_params.get("name", ""), request.query_params.get("fence", "")
    try:
        put = msgspec.convert(
            {"ref": request.path_params["ref"], "conversation": conversation, "name": name[:1_000]}, FilePut
        )
    except msgspec.ValidationError:
        raise NotFound() from None
    number = int(fence) if fence.isascii() and fence.isdigit() and len(fence) < 10 else None
    return Sending(actor, put.conversation, put.ref, put.name, number)


def _spend(buckets: RateLimits, key: str) -> None:
    wait = buckets.take(key)
    if wait:
        raise RateLimited(retry_ms=wait)
