"""A49, A54, A86: password guessers cannot keep a consultant from signing in, from wherever they come, and learn
nothing."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import closing
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from sqlalchemy import update

from chatserver.store.database import Database
from chatserver.store.tables import consultants
from chatserver.web.gate.passwords import hashed
from tests.attack.peer import Port
from tests.e2e.patience import allowed
from tests.e2e.quarters import Quarters
from tests.transactions import written

pytestmark = [pytest.mark.whole, pytest.mark.asyncio(loop_scope="module")]

PASSWORD = "a long enough sentence"
STREETS = [f"127.0.0.{number}" for number in range(20, 30)]
"""The addresses that strangers guess from."""
WITHIN = 10.0
"""Seconds within which a correct sign-in succeeds meanwhile, on a busy machine."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def staffed(quarters: Quarters) -> AsyncIterator[Quarters]:
    """mei and bo get a password. It is written beside the running server, so that their sessions stay valid."""
    with closing(Database(quarters.server.database)) as database:
        password = hashed(PASSWORD)
        written(database, lambda conn: conn.execute(update(consultants).values(password=password)))
    yield quarters


async def sign_in(port: Port, login: str, password: str, source: str, cookie: str = "") -> tuple[int, bytes]:
    """Status and head."""
    peer = await port.peer(source)
    body = urlencode({"login": login, "password": password, "next": ""}).encode()
    told = {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body)), "Cookie": cookie}
    peer.send(peer.head("POST /sign-in HTTP/1.1", told) + body)
    status, head = await peer.answer(20)
    peer.drop()
    return status, head


def device_in(head: bytes) -> str:
    """The device cookie that was set."""
    [line] = [each for each in head.decode().split("\r\n") if each.lower().startswith("set-cookie: device=")]
    return line.split(": ", 1)[1].split(";")[0]


PARTS = slice(0, 3), slice(3, 8)
"""Of eight attempts by strangers in one second: those that are hashed, and those that must wait."""


class Guessers:
    """More concurrent attempts than may wait for hashing, until told to stop."""

    def __init__(self, port: Port, logins: list[str]) -> None:
        self.answers: Counter[int] = Counter()
        self._port = port
        self._logins = logins
        self._tasks = [asyncio.create_task(self._guess(number)) for number in range(60)]

    async def _guess(self, number: int) -> None:
        tries = 0
        while True:
            login = self._logins[(number + tries) % len(self._logins)]
            status, _ = await sign_in(self._port, login, f"guess {number} {tries}", STREETS[number % len(STREETS)])
            self.answers[status] += 1
            tries += 1
            await asyncio.sleep(0.2)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@pytest.mark.parametrize(
    "logins", [["mei"], ["mei", *(f"nurse{number}" for number in range(300))]], ids=["one", "many"]
)
async def test_while_strangers_guess_the_known_desk_and_the_known_network_sign_in(
    staffed: Quarters, port: Port, logins: list[str]
) -> None:
    async with staffed.undisturbed():
        status, head = await sign_in(port, "mei", PASSWORD, "127.0.0.9")
        assert status == 303, head
        guessers = Guessers(port, logins)
        await asyncio.sleep(1.5)
        try:
            for source, cookie in (("127.0.0.10", device_in(head)), ("127.0.0.9", "")) * 3:
                began = time.monotonic()
                status, _ = await sign_in(port, "mei", PASSWORD, source, cookie)
                assert (status, time.monotonic() - began < allowed(WITHIN)) == (303, True)
        finally:
            await guessers.stop()
        assert guessers.answers[429] + guessers.answers[503] > 0, guessers.answers
        assert 303 not in guessers.answers


async def test_neither_text_nor_timing_reveals_whether_a_login_exists(staffed: Quarters, port: Port) -> None:
    times: dict[str, list[float]] = {"bo": [], "nobody": []}
    async with staffed.undisturbed():
        for number in range(8):
            for login, taken in times.items():
                # Each from its own network, shortly after the other: some are checked, some have to wait.
                began = time.perf_counter()
                await sign_in(port, login, "wrong in any case", f"127.0.1.{number + 1}")
                taken.append(time.perf_counter() - began)
    # The fastest of each: a busy machine slows some down, but makes none faster than its work.
    hashed_at, waiting = ({login: min(taken[part]) for login, taken in times.items()} for part in PARTS)
    # And the most alike of two in a row: it slows down both, or else only some.
    shares = [bo / nobody for bo, nobody in zip(times["bo"][PARTS[0]], times["nobody"][PARTS[0]], strict=True)]
    assert any(0.5 < each < 2 for each in (*shares, hashed_at["bo"] / hashed_at["nobody"])), times
    assert max(waiting.values()) < min(hashed_at.values()) / 2, times


async def test_a_password_tried_on_every_account_from_one_network_is_slowed_down(staffed: Quarters, port: Port) -> None:
    async with staffed.undisturbed():
        statuses: list[int] = []
        while 429 not in statuses and len(statuses) < 80:
            status, _ = await sign_in(port, f"doctor{len(statuses)}", "Spring2026!", "127.0.0.40")
            if status == 503:
                # The queue left by earlier tests is hashed first.
                await asyncio.sleep(0.5)
            else:
                statuses.append(status)
        assert set(statuses[:-1]) == {403}
        assert 50 < len(statuses) < 60, "fifty are free, the next waits a second, then two, then four"
