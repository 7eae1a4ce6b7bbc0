"""Known devices: a signed cookie, set at a sign-in, that records to which accounts this browser has signed in.

It grants no access: attempts from a known device are only counted apart from those of its network. The cookie does not
reveal the accounts, and the server stores nothing of it. Several people may share one device.
"""

import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass

DAY_MS = 86_400_000
LIFE_DAYS = 180
ACCOUNTS = 16
"""Accounts of one device; the one used longest ago is dropped."""
LONGEST = 1_000
"""Characters of the cookie; sixteen accounts take half of that."""


@dataclass(frozen=True, slots=True)
class Device:
    """`marks`: one for each account, with the day of its latest sign-in, the newest first."""

    id: str
    marks: tuple[tuple[int, str], ...] = ()


class Devices:
    """Reads and signs the cookies, with a key derived from the server's. Does not use the database."""

    def __init__(self, server_key: bytes) -> None:
        self._key = hmac.digest(server_key, b"known devices", "sha256")

    def read(self, cookie: str | None) -> Device | None:
        """The device of that cookie; None for one that was not signed here."""
        if not cookie or len(cookie) > LONGEST or not cookie.isascii():
            return None
        text, _, signature = cookie.rpartition(".")
        if not hmac.compare_digest(signature, self._signed("device", text)):
            return None
        id, *marks = text.split(".")
        return Device(id, tuple((int(day), mark) for day, _, mark in (each.partition("-") for each in marks)))

    def knows(self, device: Device, login: str, now: int) -> bool:
        """Whether this device has signed in to that account within half a year."""
        wanted, since = self._mark(device.id, login), now // DAY_MS - LIFE_DAYS
        return any(hmac.compare_digest(mark, wanted) and day >= since for day, mark in device.marks)

    def after_sign_in(self, device: Device | None, login: str, now: int) -> str:
        """The new cookie: the same device, or a new one, with this account added."""
        device = device or Device(secrets.token_urlsafe(16))
        mine = self._mark(device.id, login)
        others = [(day, mark) for day, mark in device.marks if mark != mine]
        marks = [(now // DAY_MS, mine), *others][:ACCOUNTS]
        text = ".".join([device.id, *(f"{day}-{mark}" for day, mark in marks)])
        return f"{text}.{self._signed('device', text)}"

    def hash(self, device: Device) -> bytes:
        """The device's hash, as the database stores it."""
        return hmac.digest(self._key, f"hash {device.id}".encode(), "sha256")

    def _mark(self, id: str, login: str) -> str:
        return self._signed("account", f"{id} {login}")[:16]

    def _signed(self, what: str, text: str) -> str:
        return urlsafe_b64encode(hmac.digest(self._key, f"{what} {text}".encode(), "sha256")[:18]).decode()
