"""People who connect during an attack: how long until they are served, and whether anybody is turned away."""

import asyncio
import http.client
import json
import time
from collections.abc import Sequence
from urllib.parse import urlencode

from bench.load.tab import SUBPROTOCOL
from bench.load.wire import dial

EVERY = 0.5
PATIENCE = 15.0
SIGN_IN_EVERY = 10.0
"""A known machine has ten attempts, then one every five seconds; a person needs fewer."""


class Newcomers:
    """Open a socket, say hello, wait for the welcome and leave, one after the other, each from its own address. `took`:
    seconds of each; `wrong`: sentences about what must not happen."""

    def __init__(self, port: int, tokens: Sequence[str]) -> None:
        self.took: list[float] = []
        self.wrong: list[str] = []
        self._port = port
        self._tokens = tokens
        self._number = 0
        self._under_way: set[asyncio.Task[None]] = set()

    async def come(self, seconds: float) -> None:
        """One every half second, for so long; then wait until the last one is served."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            task = asyncio.create_task(self._one(self._number))
            self._number += 1
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
            await asyncio.sleep(EVERY)
        await asyncio.gather(*self._under_way)

    async def _one(self, number: int) -> None:
        welcomed = asyncio.Event()
        began = time.monotonic()
        hello = {
            "type": "hello",
            "version": 1,
            "token": self._tokens[number % len(self._tokens)],
            "client": {"name": "bench", "version": "1"},
        }

        def receive(text: bytes) -> None:
            if b'"welcome"' in text:
                welcomed.set()

        wire = None
        try:
            async with asyncio.timeout(PATIENCE):
                source = f"127.2.{number // 200 % 200}.{number % 200 + 1}"
                wire = await dial(self._port, "/ws/visitor", receive, SUBPROTOCOL, source)
                wire.send(json.dumps(hello).encode())
                await welcomed.wait()
        except (OSError, TimeoutError) as why:
            closed = "" if wire is None or wire.closed is None else f", closed with {wire.closed}"
            self.wrong.append(f"a newcomer was not served: {why!r}{closed}")
        finally:
            self.took.append(time.monotonic() - began)
            if wire is not None:
                wire.drop()


class SigningIn:
    """A member of staff who signs in repeatedly with the right password, at their usual machine."""

    def __init__(self, port: int, login: str, password: str) -> None:
        self.took: list[float] = []
        self.wrong: list[str] = []
        self._port = port
        self._form = urlencode({"login": login, "password": password})
        self._cookies: dict[str, str] = {}

    async def once(self) -> None:
        """Sign in once, which makes the machine known."""
        await asyncio.to_thread(self._sign_in)

    async def again(self, seconds: float) -> None:
        """Sign in repeatedly, for so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            await self.once()
            await asyncio.sleep(SIGN_IN_EVERY)

    def _sign_in(self) -> None:
        began = time.monotonic()
        connection = http.client.HTTPConnection(
            "127.0.0.1", self._port, timeout=PATIENCE, source_address=("127.3.0.1", 0)
        )
        headers = {
            "Origin": f"http://127.0.0.1:{self._port}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items() if name != "session"),
        }
        try:
            connection.request("POST", "/sign-in", self._form, headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 303:
                self.wrong.append(f"a right password was answered with {answer.status}")
            for text in answer.headers.get_all("Set-Cookie", []):
                name, _, value = text.partition(";")[0].partition("=")
                self._cookies[name] = value
        except (OSError, http.client.HTTPException) as why:
            self.wrong.append(f"a right password was not answered: {why!r}")
        finally:
            self.took.append(time.monotonic() - began)
            connection.close()
