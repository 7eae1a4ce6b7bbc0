"""The token in the `Authorization` header of a visitor's request."""

from starlette.requests import Request

from chatserver.domain.refusals import Unauthenticated

LONGEST_TOKEN = 64


def bearer(request: Request) -> str:
    """The token. Raises `Unauthenticated` where there is none."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not 0 < len(token) <= LONGEST_TOKEN:
        raise Unauthenticated()
    return token
