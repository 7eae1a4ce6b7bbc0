"""The cookie of a known device: read from a request, and set at a sign-in."""

from starlette.requests import HTTPConnection
from starlette.responses import Response

from chatserver.web.context import Context, context_of
from chatserver.web.gate.devices import DAY_MS, LIFE_DAYS, Device
from chatserver.web.options import WebOptions


def cookie_name(options: WebOptions) -> str:
    """Over https a name that no other host and no plain page can set."""
    return "__Host-device" if options.secure else "device"


def device_of(connection: HTTPConnection) -> Device | None:
    """The device from which a request or socket comes, if any account is known to it."""
    context = context_of(connection)
    return context.devices.read(connection.cookies.get(cookie_name(context.options)))


def remember(response: Response, context: Context, device: Device | None, login: str) -> None:
    """Hand the browser its cookie, out of every script's reach."""
    response.set_cookie(
        cookie_name(context.options),
        context.devices.after_sign_in(device, login, context.now()),
        max_age=LIFE_DAYS * DAY_MS // 1000,
        path="/",
        secure=context.options.secure,
        httponly=True,
        samesite="lax",
    )
