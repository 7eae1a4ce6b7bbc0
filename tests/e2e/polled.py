"""The raw client where WebSockets are blocked: the same frames in the bodies of requests, from docs/protocol.md."""

import asyncio
import json
import random
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from tests.e2e.people import Visitor

PATH = "/v1/visitor/line"


class Line:
    """One line, as a connection of `websockets` looks to the client. `breaks`: the share of requests that are broken
    off before or after the server has read them."""

    def __init__(self, port: int, breaks: float) -> None:
        here = f"http://127.0.0.1:{port}"
        headers = {"Origin": here, "HChat-Line": secrets.token_urlsafe(32)}
        self.close_code: int | None = None
        self.close_reason: str | None = None
        self.requests = 0
        self._http = httpx2.AsyncClient(base_url=here, headers=headers, timeout=60, trust_env=False)
        self._breaks = breaks
        self._texts: list[str] = []
        self._at = self._got = 0
        self._more = asyncio.Event()
        self._over = False

    async def send(self, text: str | bytes) -> None:
        assert isinstance(text, str)
        self._texts.append(text)
        self._more.set()

    async def close(self) -> None:
        self._over = True
        self._more.set()

    async def left(self) -> None:
        await self._http.aclose()

    async def __aiter__(self) -> AsyncIterator[str]:
        while not self._over:
            said = await self._exchange()
            if said is None:
                continue
            del self._texts[: said["taken"] - self._at]
            self._at = said["taken"]
            for text in said["texts"]:
                self._got += 1
                yield text
            if "end" in said:
                self.close_code, self.close_reason = said["end"]["code"], said["end"]["reason"]
                return

    async def _exchange(self) -> dict[str, Any] | None:
        """One request; None if it was broken off because there is more to send, or to try what that does."""
        self._more.clear()
        asked = {"got": self._got, "at": self._at, "texts": self._texts[:60]}
        self.requests += 1
        asking = asyncio.create_task(self._http.post(PATH, json=asked))
        more = asyncio.create_task(self._more.wait())
        patience = random.uniform(0, 0.05) if random.random() < self._breaks else None
        try:
            await asyncio.wait((asking, more), timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            if not asking.done():
                return None
            answer = asking.result()
        finally:
            for task in (asking, more):
                task.cancel()
            await asyncio.gather(asking, more, return_exceptions=True)
        if answer.status_code == httpx2.codes.TOO_MANY_REQUESTS:
            await asyncio.sleep(answer.json()["error"]["details"]["retry_ms"] / 1000)
            return None
        if answer.status_code != httpx2.codes.OK:
            raise ConnectionError(answer.text)
        said: dict[str, Any] = json.loads(answer.text)
        return said


class PolledVisitor(Visitor):
    """A patient behind a proxy that lets no WebSocket through."""

    breaks = 0.0

    @asynccontextmanager
    async def dial(self) -> AsyncIterator[Any]:  # type: ignore[override]  # not a connection of `websockets`
        line = Line(self.port, self.breaks)
        try:
            yield line
        finally:
            await line.left()
