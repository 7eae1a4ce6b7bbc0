"""Refusals as answers: a page in the reader's language, or JSON of one shape under `/v1/`.

Each has a request id and says what to do next, never what went wrong inside the server.
"""

from http import HTTPStatus
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import Scope

from chatserver.domain.refusals import (
    Forbidden,
    Internal,
    NotFound,
    Refused,
    Retry,
    TooLarge,
    Unauthenticated,
)
from chatserver.web.context import Context, context_of
from chatserver.web.json_answer import json_answer
from chatserver.wire.replies import HttpRefusal, HttpRefused

WITH_A_PAGE = frozenset({400, 403, 404, 405, 413, 429, 500, 503})
"""Statuses that have a text of their own; the others use that of 400 or 500."""

CODES = {403: Forbidden.code, 404: NotFound.code, 413: TooLarge.code}


class SignInNeeded(Exception):
    """Nobody is signed in. After the sign-in the browser goes to the page that was requested."""


class OwnPage(Exception):
    """The requested page is for another role; the first page of the reader's own role is at `path`."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


async def on_refused(request: Request, refused: Exception) -> Response:
    """Answers a `Refused` that any layer raised."""
    assert isinstance(refused, Refused)
    retry_ms = refused.details.get("retry_ms")
    headers = {} if retry_ms is None else {"Retry-After": str(-(-int(retry_ms) // 1000))}
    return answer(request, refused.status, refused.code, refused.retry, refused.details, headers)


async def on_http(request: Request, failure: Exception) -> Response:
    """Answers what the router itself refuses: an unknown path or method."""
    assert isinstance(failure, HTTPException)
    code = CODES.get(failure.status_code, HTTPStatus(failure.status_code).name.lower())
    return answer(request, failure.status_code, code, "no", {}, dict(failure.headers or {}))


async def on_sign_in_needed(request: Request, _needed: Exception) -> Response:
    """Redirects to the sign-in page, which leads back afterwards; under `/v1/` it is a refusal."""
    if request.url.path.startswith("/v1/"):
        return await on_refused(request, Unauthenticated())
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    response = RedirectResponse(f"/sign-in?next={quote(wanted, safe='')}", status_code=303)
    response.headers["Cache-Control"] = "no-store"
    return response


async def on_own_page(_request: Request, instead: Exception) -> Response:
    """Redirects to the first page of the reader's role."""
    assert isinstance(instead, OwnPage)
    return RedirectResponse(instead.path, status_code=303, headers={"Cache-Control": "no-store"})


async def on_client_left(_request: Request, _left: Exception) -> Response:
    """Ends a request whose client has disconnected; the answer reaches nobody."""
    return Response(status_code=HTTPStatus.NO_CONTENT)


def internal(scope: Scope, context: Context) -> Response:
    """The answer after an exception that no handler caught."""
    scope.setdefault("app", None)
    return _answer(Request(scope), context, Internal.status, Internal.code, Internal.retry, {})


def plain(scope: Scope, context: Context, status: int, why: str) -> Response:
    """A plain sentence, for requests with a foreign Host or Origin, which get no page of ours."""
    if scope["path"].startswith("/v1/"):
        return _json(status, "forbidden", "no", {"rule": why})
    t = context.texts.for_reader(Request(scope))
    return PlainTextResponse(t(f"page.refused.{why}") + "\n", status)


def answer(
    request: Request,
    status: int,
    code: str,
    retry: Retry,
    details: dict[str, str | int],
    headers: dict[str, str] | None = None,
) -> Response:
    """The refusal, as JSON under `/v1/` and as a page elsewhere."""
    response = _answer(request, context_of(request), status, code, retry, details)
    response.headers.update(headers or {})
    return response


def _answer(
    request: Request, context: Context, status: int, code: str, retry: Retry, details: dict[str, str | int]
) -> Response:
    if request.url.path.startswith("/v1/"):
        return _json(status, code, retry, details)
    words = status if status in WITH_A_PAGE else (400 if status < 500 else 500)
    values = {"words": words, "request_id": request.scope["state"]["request_id"]}
    return context.pages.render(request, "error.html", values, status=status)


def _json(status: int, code: str, retry: Retry, details: dict[str, str | int]) -> Response:
    return json_answer(HttpRefused(HttpRefusal(code, retry, details)), status)
