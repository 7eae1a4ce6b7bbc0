"""Identity tokens as a hospital's own website signs them, and the hostile ones that must be refused. Made by hand, so
that a fault of the library on the server's side cannot hide here."""

import base64
import hmac
import json
from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
HEADER = {"alg": "HS256", "typ": "JWT"}
NAME, NUMBER = "张三", "P-0042"


def claims(site: str, now: float, **others: Any) -> Json:
    """What a good token says `now` (seconds). A value of None leaves the claim out."""
    said = {"aud": site, "iat": int(now), "exp": int(now) + 120, "jti": "one", "name": NAME, "number": NUMBER}
    return {name: value for name, value in (said | others).items() if value is not None}


def part(value: object) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def signed(key: str, payload: object, header: object = HEADER, digest: str = "sha256") -> str:
    """The token, signed with the key whatever its header says."""
    body = f"{part(header)}.{part(payload)}"
    return f"{body}.{part(hmac.digest(key.encode(), body.encode(), digest))}"


class Forger:
    """Somebody with a good key of another site (`others`), and for the sake of the table with the right one, too."""

    def __init__(self, site: str, key: str, others: str, now: float) -> None:
        self.site, self.key, self.others, self.now = site, key, others, now

    def good(self, **others: Any) -> str:
        return signed(self.key, claims(self.site, self.now, **others))

    def headed(self, **header: Any) -> str:
        return signed(self.key, claims(self.site, self.now), HEADER | header)

    def unsigned(self, alg: str) -> str:
        return f"{part(HEADER | {'alg': alg})}.{part(claims(self.site, self.now))}."


PUBLIC_KEY = "-----BEGIN PUBLIC KEY-----\nMFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAK\n-----END PUBLIC KEY-----\n"
DEEP = b"[" * 1_200

HOSTILE: dict[str, Callable[[Forger], str]] = {
    "alg none": lambda f: f.unsigned("none"),
    "alg None": lambda f: f.unsigned("None"),
    "alg nOnE": lambda f: f.unsigned("nOnE"),
    "no alg": lambda f: signed(f.key, claims(f.site, f.now), {"typ": "JWT"}),
    "an empty alg": lambda f: f.headed(alg=""),
    "alg is a list": lambda f: f.headed(alg=["HS256"]),
    "RS256 signed with the secret": lambda f: f.headed(alg="RS256"),
    "HS256 signed with a public key": lambda f: signed(PUBLIC_KEY, claims(f.site, f.now)),
    "HS512 with the right key": lambda f: signed(
        f.key, claims(f.site, f.now), HEADER | {"alg": "HS512"}, digest="sha512"
    ),
    "ES256": lambda f: f.headed(alg="ES256"),
    "an empty key": lambda f: signed("", claims(f.site, f.now)),
    "another site's key": lambda f: signed(f.others, claims(f.site, f.now)),
    "a kid that is a path to an empty file": lambda f: signed(
        "", claims(f.site, f.now), HEADER | {"kid": "../../../../dev/null"}
    ),
    "a kid that is SQL": lambda f: signed("AA", claims(f.site, f.now), HEADER | {"kid": "x' UNION SELECT 'AA' --"}),
    "a kid that is a number": lambda f: f.headed(kid=7),
    "a jku": lambda f: signed("AA", claims(f.site, f.now), HEADER | {"jku": "http://127.0.0.1:1/keys"}),
    "its own jwk": lambda f: signed("AA", claims(f.site, f.now), HEADER | {"jwk": {"kty": "oct", "k": "QUE"}}),
    "b64 false": lambda f: f.headed(b64=False),
    "an unknown crit": lambda f: f.headed(crit=["exp-of-my-own"], **{"exp-of-my-own": 1}),
    "no signature": lambda f: f.good().rpartition(".")[0] + ".",
    "a changed signature": lambda f: f.good()[:-2] + ("AA" if not f.good().endswith("AA") else "BB"),
    "changed claims": lambda f: ".".join(
        [part(HEADER), part(claims(f.site, f.now, number="P-0001")), f.good().rpartition(".")[2]]
    ),
    "another aud": lambda f: f.good(aud="elsewhere"),
    "an aud in capitals": lambda f: f.good(aud=f.site.upper()),
    "aud is a list": lambda f: f.good(aud=[f.site, "elsewhere"]),
    "no aud": lambda f: f.good(aud=None),
    "an empty aud": lambda f: f.good(aud=""),
    "expired": lambda f: f.good(iat=int(f.now) - 400, exp=int(f.now) - 31),
    "expired long ago": lambda f: f.good(iat=1, exp=2),
    "exp too far": lambda f: f.good(exp=int(f.now) + 332),
    "exp in a year": lambda f: f.good(exp=int(f.now) + 31_536_000),
    "exp in ms": lambda f: f.good(exp=int(f.now * 1000) + 120_000),
    "exp is text": lambda f: f.good(exp=str(int(f.now) + 60)),
    "exp is true": lambda f: f.good(exp=True),
    "exp is infinite": lambda f: f.good(exp=float("inf")),
    "exp is no number": lambda f: f.good(exp=float("nan")),
    "exp has 400 digits": lambda f: f.good(exp=10**400),
    "exp is a list": lambda f: f.good(exp=[int(f.now) + 60]),
    "no exp": lambda f: f.good(exp=None),
    "no iat": lambda f: f.good(iat=None),
    "iat in the future": lambda f: f.good(iat=int(f.now) + 60),
    "iat is text": lambda f: f.good(iat="now"),
    "nbf in the future": lambda f: f.good(nbf=int(f.now) + 60),
    "nbf is text": lambda f: f.good(nbf="tomorrow"),
    "no jti": lambda f: f.good(jti=None),
    "an empty jti": lambda f: f.good(jti=""),
    "jti is a number": lambda f: f.good(jti=7),
    "a long jti": lambda f: f.good(jti="j" * 129),
    "no name": lambda f: f.good(name=None),
    "no number": lambda f: f.good(number=None),
    "name is a number": lambda f: f.good(name=7),
    "name is a list": lambda f: f.good(name=["张三"]),
    "number is a number": lambda f: f.good(number=42),
    "number is an object": lambda f: f.good(number={"$ne": ""}),
    "an empty name": lambda f: f.good(name=""),
    "a name that shows nothing": lambda f: f.good(name="\u200b\u3164 "),
    "a name with a control character": lambda f: f.good(name="张\x00三"),
    "a name that runs backwards": lambda f: f.good(name="张三\u202e"),
    "a name of half a character": lambda f: f.good(name="\ud83d"),
    "a long name": lambda f: f.good(name="张" * 61),
    "a long number": lambda f: f.good(number="1" * 41),
    "too long": lambda f: f.good(padding="x" * 2_000),
    "as long as a frame": lambda f: "A" * 15_000,
    "claims that are a list": lambda f: signed(f.key, [1, 2]),
    "claims that are text": lambda f: signed(f.key, "claims"),
    "claims that are no JSON": lambda f: signed(f.key, b"\xff{"),
    "deeply nested claims": lambda f: signed(f.key, DEEP),
    "a deeply nested header": lambda f: f"{part(DEEP)}.{part(claims(f.site, f.now))}.AA",
    "a header that is a list": lambda f: signed(f.key, claims(f.site, f.now), ["HS256"]),
    "one part": lambda f: "garbage",
    "two parts": lambda f: "a.b",
    "four parts": lambda f: f.good() + ".AA",
    "five parts, as if encrypted": lambda f: "a.b.c.d.e",
    "only dots": lambda f: "..",
    "nothing": lambda f: "",
    "blanks": lambda f: "   ",
    "not ASCII": lambda f: "令.牌.。",
    "a blank before it": lambda f: " " + f.good(),
    "a line break in it": lambda f: f.good().replace(".", ".\n", 1),
    "a bearer": lambda f: "Bearer " + f.good(),
}
"""What is sent, by what is wrong with it."""
