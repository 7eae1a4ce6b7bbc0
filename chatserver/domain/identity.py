"""身份: what the hospital's own website says about a visitor who is signed in there, in a token that it has signed.

The token is a JWT. Its algorithm is fixed, and no field of its header is followed. Nothing here says to the visitor's
page what was wrong with a token; `BadToken.why` is for the server's log.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

import jwt
from jwt.types import Options

from chatserver.domain.names import wrong_with
from chatserver.domain.text import shows

ALGORITHM = "HS256"
LONGEST_TOKEN, LONGEST_NAME, LONGEST_NUMBER, LONGEST_ID = 2_048, 60, 40, 128
MOST_AHEAD_MS = 5 * 60_000
"""How far ahead of now a token may end."""
LEEWAY_MS = 30_000
"""How much the clock of the website may differ from ours."""

CHECKED: Options = {
    "require": ["aud", "exp", "iat", "jti"],
    "strict_aud": True,
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "verify_sub": False,
}
"""What the library checks beside the signature. The times are checked by `_times`, by the server's clock."""


class BadToken(Exception):
    """The token is not accepted. `why`: one word for the server's log."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Claims:
    """What a good token says. `id`: its `jti`; `until` (ms): from then on the token is too old to be accepted."""

    name: str
    number: str
    id: str
    until: int


def claims_of(token: str, keys: Iterable[str], site: str, now: int) -> Claims:
    """What the token says, if one of the site's keys has signed it for this site. Raises `BadToken`."""
    if len(token) > LONGEST_TOKEN:
        raise BadToken("too_long")
    payload = _signed(token, keys, site)
    until = _times(payload, now)
    id = payload["jti"]
    if not isinstance(id, str) or not 0 < len(id) <= LONGEST_ID:
        raise BadToken("jti")
    return Claims(_line(payload, "name", LONGEST_NAME), _line(payload, "number", LONGEST_NUMBER), id, until)


def _signed(token: str, keys: Iterable[str], site: str) -> Mapping[str, Any]:
    """The claims of a token with a right signature, whose times are not checked yet."""
    why = "no_key"
    for key in keys:
        try:
            return jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=site,
                options=CHECKED,
            )
        except jwt.InvalidSignatureError:
            why = "signature"
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as failure:
            # JSON that is nested deeply raises a RecursionError.
            raise BadToken(type(failure).__name__) from None
    raise BadToken(why)


def _times(payload: Mapping[str, Any], now: int) -> int:
    """Until when the token can be accepted (ms)."""
    ends = _ms(payload, "exp")
    if ends + LEEWAY_MS <= now:
        raise BadToken("expired")
    if ends > now + MOST_AHEAD_MS + LEEWAY_MS:
        raise BadToken("exp_too_far")
    if _ms(payload, "iat") > now + LEEWAY_MS:
        raise BadToken("iat")
    if "nbf" in payload and _ms(payload, "nbf") > now + LEEWAY_MS:
        raise BadToken("nbf")
    return ends + LEEWAY_MS


def _ms(payload: Mapping[str, Any], name: str) -> int:
    seconds = payload[name]
    if not isinstance(seconds, int | float) or isinstance(seconds, bool):
        raise BadToken(name)
    if isinstance(seconds, float) and not isfinite(seconds):
        raise BadToken(name)
    return int(seconds * 1000)


def _line(payload: Mapping[str, Any], name: str, longest: int) -> str:
    """A claim that staff will read. It is never cut, because a number without its end may be somebody else's."""
    text = payload.get(name)
    if not isinstance(text, str):
        raise BadToken(name)
    line = " ".join(text.split())
    if len(line) > longest or not shows(line) or not line.isprintable() or wrong_with(line) == "unseen":
        raise BadToken(name)
    return line
