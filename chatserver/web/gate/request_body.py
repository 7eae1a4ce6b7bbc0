"""Reads a request's body: of the expected content type, limited in size and time."""

import asyncio
from typing import TypeVar
from urllib.parse import parse_qsl

from starlette.requests import Request

from chatserver.domain.refusals import BadFrame, TooLarge
from chatserver.wire.decoding import BodyReader

FORM_LIMIT = 4 * 1024
SECONDS = 10
"""A body as small as these takes longer only if it is sent slowly on purpose."""
FIELDS = 20

T = TypeVar("T")


async def json_body(request: Request, reader: BodyReader[T]) -> T:
    """The JSON body. Raises `BadFrame`, `TextInvalid` or `TooLarge`."""
    return reader.read(await _read(request, "application/json", reader.limit))


async def plain_json_body(request: Request, reader: BodyReader[T]) -> T:
    """The same, sent as plain text: another website's page can send no other type without asking first."""
    return reader.read(await _read(request, "text/plain", reader.limit))


async def form_body(request: Request, limit: int = FORM_LIMIT) -> dict[str, str]:
    """The fields of a posted form; if a field is sent twice, the last one counts. Raises `BadFrame` or `TooLarge`."""
    body = await _read(request, "application/x-www-form-urlencoded", limit)
    try:
        fields = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=FIELDS
        )
    except ValueError:
        raise BadFrame(why="shape") from None
    if any("\x00" in value for _, value in fields):
        # PostgreSQL cannot store NUL, and nobody types it.
        raise BadFrame(why="shape")
    return dict(fields)


async def _read(request: Request, kind: str, limit: int) -> bytes:
    content_type = request.headers.get("Content-Type", "").split(";")[0].strip().lower()
    if content_type != kind:
        raise BadFrame(why="content_type")
    body = bytearray()
    try:
        async with asyncio.timeout(SECONDS):
            async for part in request.stream():
                body += part
                if len(body) > limit:
                    raise TooLarge(limit=limit)
    except TimeoutError:
        raise BadFrame(why="too_slow") from None
    return bytes(body)
