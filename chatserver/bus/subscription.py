"""One node's subscription: re-established when it fails, and pinged when it is silent.

redis-py reconnects and resubscribes silently, and messages that were published in between are lost. So `subscribed` is
called for every confirmation of the subscription, not only for the first.
"""

import asyncio
import random
import time
from collections.abc import Callable

from chatserver.bus.health import BusHealth
from chatserver.bus.redis_client import FAILURES, PATIENCE, RedisClient, close

AGAIN_S = 0.5
"""Average pause in seconds after a failure; randomised, so that not all nodes retry at once."""


class Subscription:
    """Calls `subscribed` for every confirmation and `received` for every message. Pings after `ask_s` seconds of
    silence."""

    def __init__(
        self,
        client: RedisClient,
        health: BusHealth,
        ask_s: float,
        subscribed: Callable[[], None],
        received: Callable[[bytes], None],
    ) -> None:
        self._client = client
        self._health = health
        self._ask_s = ask_s
        self._subscribed = subscribed
        self._received = received

    async def run(self) -> None:
        """Keep the subscription up until cancelled."""
        while True:
            try:
                await self._receive()
            except FAILURES as why:
                self._health.unsubscribed(why)
            await asyncio.sleep(AGAIN_S * random.uniform(0.5, 1.5))

    async def _receive(self) -> None:
        """Receive until it fails, or until a ping stays unanswered."""
        subscription = await self._client.subscribe()
        try:
            received_at, asked_at = time.monotonic(), float("-inf")
            while True:
                message = await subscription.get_message(timeout=min(self._ask_s, PATIENCE))
                now = time.monotonic()
                if message is not None:
                    received_at = now
                    self._take(message["type"], message["data"])
                elif now - received_at > self._ask_s + PATIENCE:
                    raise TimeoutError("nothing heard")
                # Ping twice per `ask_s`. If a wait ends just before the ping is due, the ping is then late by half of
                # that time only.
                if now - asked_at >= self._ask_s / 2:
                    asked_at = now
                    await subscription.ping()
        finally:
            await close(subscription)

    def _take(self, kind: str, data: bytes) -> None:
        if kind == "subscribe":
            self._subscribed()
        elif kind == "message":
            self._received(data)
        self._health.received()
