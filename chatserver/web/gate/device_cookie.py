"""The cookie of a known device: read from a request, and set at a sign-in."""

from starlette.requests import HTTPConnection
from starlette.responses import Response

from chatserver.web.context import Context, context_of
from chatserver.web.gate.devices import DAY_MS, LIFE_DAYS, Device
from chatserver.web.options import WebOptions


def cookie_name(options: WebOptions) -> str:
    """The cookie's name. Over https it begins with `__Host-`, so that neither another host nor a page without TLS can
    set it."""
    return "__Host-device" if options.secure else "device"


def device_of(connection: HTTPConnection) -> Device | None:
    """The known device that sent a request or socket; None when it has no valid cookie."""
    context = context_of(connection)
    return context.devices.read(connection.cookies.get(cookie_name(context.options)))


def remember(response: Response, context: Context, device: Device | None, login: str) -> None:
    """Set the device's cookie; scripts cannot read it."""
    response.set_cookie(
        cookie_name(context.options),
        context.devices.after_sign_in(device, login, context.now()),
        max_age=LIFE_DAYS * DAY_MS // 1000,
        path="/",
        secure=context.options.secure,
        httponly=True,
        samesite="lax",
    )
