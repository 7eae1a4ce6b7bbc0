"""Pairs who talk: a visitor asks, the consultant answers on receiving it, the visitor asks again on receiving that.

Everybody waits for the other side, so the server is fully loaded and nobody's outbox grows. Acknowledged messages are
kept for comparison with the store, and so is the time that each acknowledgement took.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.load.wire import Wire, framed

BODY = "我从昨天晚上开始发烧，体温三十八度五，还有一点咳嗽，请问应该挂哪个科？"
ENTRY = b'{"type":"entry"'
ACCEPTED = b'{"type":"accepted"'
REFUSED = b'{"type":"refused"'
MESSAGE = b'"kind":"message"'
BY_VISITOR, BY_CONSULTANT = b'"author":{"kind":"visitor"', b'"author":{"kind":"consultant"'
REF = 36
REF_AT = b'"ref":"'
CONVERSATION_AT = len(b'{"type":"entry","conversation":"')
DRAINED_WITHIN = 20.0


class Refs:
    """UUIDv7 like the real clients': time first."""

    def __init__(self) -> None:
        self._made = 0

    def next(self) -> str:
        self._made += 1
        at = f"{time.time_ns() // 1_000_000:012x}"
        return f"{at[:8]}-{at[8:]}-7000-8000-{self._made:012x}"


@dataclass
class Tally:
    """The events of one stretch. `acknowledged`: refs. `took`: seconds of each acknowledgement."""

    sent: int = 0
    delivered: int = 0
    acknowledged: list[bytes] = field(default_factory=list)
    refusals: list[bytes] = field(default_factory=list)
    took: list[float] = field(default_factory=list)


class Pair:
    """One conversation with its visitor's and its consultant's socket. `fence`: sent with staff's commands."""

    def __init__(self, talk: "Talk", conversation: str, fence: int | None = None) -> None:
        self._talk = talk
        self.conversation = conversation
        self.visitor: Wire | None = None
        self.consultant: Wire | None = None
        self._tail = f'","conversation":"{conversation}","body":"{BODY}"'.encode()
        self._fence = b"" if fence is None else b',"fence":%d' % fence

    def ask(self) -> None:
        """The visitor sends a message."""
        assert self.visitor is not None
        self._say(self.visitor, b"}")

    def answer(self) -> None:
        """The consultant sends a message."""
        assert self.consultant is not None
        self._say(self.consultant, self._fence + b"}")

    def visitor_receives(self, text: bytes) -> None:
        talk = self._talk
        if text.startswith(ACCEPTED):
            talk.accepted(text)
        elif text.startswith(ENTRY):
            talk.tally.delivered += 1
            if talk.going and MESSAGE in text and BY_CONSULTANT in text:
                self.ask()
        elif text.startswith(REFUSED):
            talk.refused(text)
        elif text.startswith(b'{"type":"ping"') and self.visitor is not None:
            self.visitor.send(text.replace(b'"ping"', b'"pong"'))

    def _say(self, wire: Wire, end: bytes) -> None:
        ref = self._talk.refs.next().encode()
        wire.write(framed(b'{"type":"message.post","ref":"' + ref + self._tail + end))
        self._talk.said(ref)


class Talk:
    """All the pairs of one server."""

    def __init__(self) -> None:
        self.pairs: dict[bytes, Pair] = {}
        self.refs = Refs()
        self.tally = Tally()
        self.going = False
        self._sent_at: dict[bytes, float] = {}

    def add(self, pair: Pair) -> Pair:
        self.pairs[pair.conversation.encode()] = pair
        return pair

    def consultant_receives(self, text: bytes, wire: Wire | None = None) -> None:
        """A frame for a consultant, about any of their conversations."""
        if text.startswith(ACCEPTED):
            self.accepted(text)
        elif text.startswith(ENTRY):
            self.tally.delivered += 1
            if self.going and MESSAGE in text and BY_VISITOR in text:
                self.pairs[text[CONVERSATION_AT : CONVERSATION_AT + REF]].answer()
        elif text.startswith(REFUSED):
            self.refused(text)
        elif text.startswith(b'{"type":"ping"') and wire is not None:
            wire.send(text.replace(b'"ping"', b'"pong"'))

    def said(self, ref: bytes) -> None:
        self.tally.sent += 1
        self._sent_at[ref] = time.perf_counter()

    def accepted(self, text: bytes) -> None:
        at = text.find(REF_AT) + len(REF_AT)
        self.settled(text[at : at + REF])

    def settled(self, ref: bytes) -> None:
        """The ref was acknowledged."""
        sent_at = self._sent_at.pop(ref, None)
        if sent_at is not None:
            self.tally.took.append(time.perf_counter() - sent_at)
            self.tally.acknowledged.append(ref)

    def refused(self, text: bytes) -> None:
        self.tally.refusals.append(text)
        at = text.find(REF_AT) + len(REF_AT)
        self._sent_at.pop(text[at : at + REF], None)

    async def at_full_speed(self, seconds: float) -> Tally:
        """Everybody talks for so long, as fast as the other side answers; then wait until all of it is acknowledged."""
        self.tally, self.going = Tally(), True
        for pair in self.pairs.values():
            pair.ask()
        await asyncio.sleep(seconds)
        tally = await self.over()
        assert tally.sent > len(self.pairs), "nobody answers any more"
        return tally

    async def at(self, per_second: float, seconds: float) -> Tally:
        """Send so many questions per second, to all pairs in turn, however long the answers take."""
        self.tally = Tally()
        pairs: Sequence[Pair] = [*self.pairs.values()]
        began, asked = time.monotonic(), 0
        while (passed := time.monotonic() - began) < seconds:
            while asked < passed * per_second:
                pairs[asked % len(pairs)].ask()
                asked += 1
            await asyncio.sleep(0.5 / per_second)
        return await self.over()

    async def over(self) -> Tally:
        """Wait until everything sent is answered; returns the tally of this stretch."""
        self.going = False
        end = time.monotonic() + DRAINED_WITHIN
        while self._sent_at:
            assert time.monotonic() < end, f"{len(self._sent_at)} are not answered within {DRAINED_WITHIN} s"
            await asyncio.sleep(0.005)
        tally = self.tally
        assert not tally.refusals, f"{len(tally.refusals)} refused: {tally.refusals[0]!r}"
        return tally
