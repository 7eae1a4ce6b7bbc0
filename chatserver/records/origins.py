"""Checks the origins of websites that may embed the widget, as a person writes them into the file."""

from chatserver.domain.origin import BadOrigin
from chatserver.domain.origin import read as read_origin
from chatserver.domain.sentence import Sentence


def is_unencrypted(origin: str) -> bool:
    """Whether its traffic can be read and changed on the way: http, and not to this machine."""
    try:
        read = read_origin(origin)
    except BadOrigin:
        return origin.startswith("http:")
    return read.scheme == "http" and not read.is_loopback


def fault_of(written: str, *, allow_http: bool) -> Sentence | None:
    """What is wrong with an origin, if anything. `allow_http`: whether an unencrypted one is allowed."""
    try:
        origin = read_origin(written)
    except BadOrigin:
        return Sentence("{origin!r} is no origin such as https://www.hospital.example", origin=written)
    if str(origin) != written:
        return Sentence("{origin!r} is spelled {spelled} by browsers", origin=written, spelled=str(origin))
    if is_unencrypted(written) and not allow_http:
        return Sentence("{origin!r} is not encrypted; allow_http = true allows it all the same", origin=written)
    return None
