"""Answers with a struct of `wire` as JSON that must not be cached."""

from http import HTTPStatus

import msgspec
from starlette.responses import Response


def json_answer(body: msgspec.Struct, status: int = HTTPStatus.OK) -> Response:
    return Response(msgspec.json.encode(body), status, {"Cache-Control": "no-store"}, "application/json")
