"""Passwords: hashed with argon2id, checked in threads, at most two at a time.

A check with 47 MiB and one pass (ASVS 5.0, appendix C) takes about 90 ms here, so a flood of sign-ins could occupy the
machine. Attempts from known devices and networks have a lane of their own, so that staff can sign in however many
strangers guess.
"""

import asyncio
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from chatserver.domain.refusals import Busy
from chatserver.domain.sentence import Told
from chatserver.web.gate import common_passwords

SHORTEST = 12
FEWEST_DIFFERENT = 5
LONGEST = 200
"""Characters: enough for whole sentences."""

WAITING = 40
"""The most checks that wait in one lane; they take about four seconds. Further ones are refused with a time to come
back."""
RETRY_MS = 3_000

_hasher = PasswordHasher(time_cost=1, memory_cost=47_104, parallelism=1)
_NOBODYS = _hasher.hash("nobody has this password")


class BadPassword(Told):
    """The password is not acceptable; the text is one sentence that says why."""


def checked(password: str, login: str, hospital: Iterable[str] = ()) -> str:
    """Return `password` if it is acceptable. Raises `BadPassword`. `hospital`: its names. There is no rule about kinds
    of characters, because length matters more."""
    if len(password) < SHORTEST:
        raise BadPassword("A password needs at least {least} characters.", least=SHORTEST)
    if len(password) > LONGEST:
        raise BadPassword("A password has at most {most} characters.", most=LONGEST)
    if len(set(password)) < FEWEST_DIFFERENT:
        raise BadPassword(
            "This password is too easy to guess: it has fewer than {least} different characters.",
            least=FEWEST_DIFFERENT,
        )
    if login.casefold() in password.casefold():
        raise BadPassword(
            "This password contains the login {login}, which is the first thing somebody would try.", login=login
        )
    if any(name in common_passwords.folded(password) for name in common_passwords.names_of(hospital)):
        raise BadPassword("This password contains the hospital's name, which is among the first things to try.")
    if common_passwords.is_common(password):
        raise BadPassword("This password is one of those that are tried first; several words of your own are better.")
    return password


def hashed(password: str) -> str:
    """The hash to store for `password`; different each time, because of the salt."""
    return _hasher.hash(password)


def fits(password: str, stored: str | None) -> bool:
    """Whether `password` is the one stored. None (an unknown login) costs the same and never fits."""
    try:
        _hasher.verify(_NOBODYS if stored is None else stored, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


class Lane:
    """Checks passwords beside the event loop, one at a time."""

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"passwords-{name}")
        self._under_way = 0

    @contextmanager
    def place(self) -> Iterator[None]:
        """Take a place in the queue, before the try is recorded. Raises `Busy` when the queue is full."""
        if self._under_way > WAITING:
            raise Busy(retry_ms=RETRY_MS)
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1

    async def fit(self, password: str, stored: str | None) -> bool:
        """Call `fits` in the lane's thread; the caller holds a place."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, fits, password[: LONGEST + 1], stored)

    def close(self) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)


class Passwords:
    """One lane for tries from the account's own devices and networks, one for everybody else."""

    def __init__(self) -> None:
        self._known, self._strangers = Lane("known"), Lane("strangers")

    def lane(self, *, known: bool) -> Lane:
        return self._known if known else self._strangers

    def close(self) -> None:
        self._known.close()
        self._strangers.close()
