"""Where the visitors of `/chat/SITE` come from: the website whose link led there, and the parameters of the address
that are on the hospital's list. The page gives it to the chat, or without a script back with its form; nothing is
stored before the visitor writes."""

import msgspec
from starlette.requests import Request

from chatserver.domain.hospital import Site
from chatserver.domain.visits import LONGEST_ADDRESS, LONGEST_VALUE, PAGE, Device
from chatserver.hub.visits import chat_page
from chatserver.web.context import context_of
from chatserver.wire.visits import MOST_PARAMETERS, Touch, VisitTold

_read, _write = msgspec.json.Decoder(VisitTold).decode, msgspec.json.Encoder().encode


def came(request: Request, site: Site) -> Touch:
    """How the visitor came to the page."""
    context = context_of(request)
    asked = context.hub.hospital.sources.kept(request.query_params)
    parameters = {name: value[:LONGEST_VALUE] for name, value in [*asked.items()][:MOST_PARAMETERS]}
    page = f"{request.url.scheme}://{request.headers['host']}{chat_page(site.id)}"
    return Touch(context.now(), page[:LONGEST_ADDRESS], "", _referrer(request), parameters)


def written(request: Request, touch: Touch) -> str:
    """The same for the form. Without a script only the browser's own description says which device it is."""
    device: Device = "phone" if "Mobi" in request.headers.get("User-Agent", "") else "desktop"
    return _write(VisitTold(touch, device)).decode()


def read(written: str) -> VisitTold | None:
    """What the form brought back; None if it is malformed, because a 留言 must not fail because of it."""
    try:
        return _read(written) if written.isprintable() and "\\" not in written else None
    except msgspec.MsgspecError:
        return None


def _referrer(request: Request) -> str:
    """The address of another website, without query and fragment."""
    found = PAGE.match(request.headers.get("Referer", ""))
    if found is None or found[1].split("://", 1)[1].lower() == request.headers["host"].lower():
        return ""
    return found[0][:LONGEST_ADDRESS]
