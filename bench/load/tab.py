"""A client that is cheap for the generator and yet does all that the protocol asks of a client.

It reconnects when its connection is lost, waits as long as it should, resumes, repeats unanswered requests, and checks
that no conversation has a gap. Thousands fit into one process; it shares no code with the server.
"""

import asyncio
import contextlib
import json
import random
import time
from collections.abc import Sequence
from typing import Any

from bench.load.frames import Frame, Place, read
from bench.load.score import Score
from bench.load.wire import Wire, dial

SUBPROTOCOL = {"Sec-WebSocket-Protocol": "hchat.v1"}
BODY = "我从昨天晚上开始发烧，体温三十八度五，还有一点咳嗽，请问应该挂哪个科？"
OPENED_WITHIN = 20.0
SETTLED_WITHIN = 60.0
FIRST, LONGEST, HEALTHY = 0.5, 30.0, 30.0
DIED, RESTART = 3.0, 5.0
NO_WORD, RESTARTS, DRAINED, OVERLOADED, RATE_LIMITED = 1006, 1012, 4001, 4013, 4029
SESSION_ENDED, FOR_GOOD = 4401, 4500
UNANSWERED = 8
"""How many requests an honest client leaves unanswered at most."""
RESUMED = 50
RETRY_MS = 1_000


class Tab:
    """`come` connects, `leave` disconnects, `drop` loses the connection. `ports`: the nodes; `at`: which of them it
    tries first; `source`: the address it connects from, where that matters. `since`: when it was last welcomed, 0 while
    it is not."""

    path = ""

    def __init__(self, ports: Sequence[int], score: Score, at: int = 0) -> None:
        self.ports = ports
        self.score = score
        self.at = at
        self.source: str | None = None
        self.since = 0.0
        self.places: dict[str, Place] = {}
        self.unanswered: dict[str, bytes] = {}
        self.wire: Wire | None = None
        self.shown_out: int | None = None
        self._asked_at: dict[str, float] = {}
        self._answers: dict[str, asyncio.Future[Frame]] = {}
        self._losses = 0
        self._life: asyncio.Task[None] | None = None
        self._later: set[asyncio.TimerHandle] = set()
        self._news = asyncio.Event()

    # What differs between visitors and staff.

    def headers(self) -> dict[str, str]:
        return {}

    def hello(self) -> dict[str, Any]:
        held = [(id, place) for id, place in self.places.items() if place.epoch][-RESUMED:]
        resume = [{"conversation": id, "epoch": place.epoch, "after": place.after} for id, place in held]
        return {"type": "hello", "version": 1, "client": {"name": "bench", "version": "1"}, "resume": resume}

    def on_entry(self, entry: Frame) -> None:
        """An entry was applied live; not called for entries that are only read again later."""

    def on_frame(self, frame: Frame) -> None:
        """A frame that is neither an entry nor an answer."""

    def on_standing(self, standing: dict[str, Any]) -> None:
        """The state of a visitor's conversation, as reported when they come back."""

    def on_welcome(self) -> None:
        """Connected, and unanswered requests have been repeated."""

    # Connecting and disconnecting.

    async def come(self) -> None:
        """Connect and wait for the welcome. From then on it reconnects by itself."""
        self._life = asyncio.create_task(self._live())
        await self.until(lambda: self.since > 0)

    async def leave(self) -> None:
        """Close the page."""
        if self._life is not None:
            self._life.cancel()
            await asyncio.gather(self._life, return_exceptions=True)
        for handle in self._later:
            handle.cancel()
        self.drop()

    def drop(self) -> None:
        """Lose the connection."""
        if self.wire is not None:
            self.wire.drop()

    async def until(self, fits: Any, within: float = SETTLED_WITHIN) -> None:
        """Wait for a condition; it is checked after every frame."""
        async with asyncio.timeout(within):
            while not fits():
                if self.shown_out is not None:
                    raise ConnectionError(f"disconnected with code {self.shown_out}")
                self._news.clear()
                await self._news.wait()

    async def _live(self) -> None:
        while self.shown_out is None:
            code, reason, was_welcome = await self._connection()
            self.since, self.wire = 0.0, None
            if code:
                self.score.ends[code] += 1
            if code == SESSION_ENDED or code >= FOR_GOOD:
                self.shown_out = code
                self._news.set()
                return
            await asyncio.sleep(self._pause(code, reason, was_welcome))

    async def _connection(self) -> tuple[int, bytes, float]:
        """One connection from the upgrade to the end. Returns the close code (0: never connected), the reason, and
        since when it was welcome."""
        ended: asyncio.Future[tuple[int, bytes]] = asyncio.get_running_loop().create_future()

        def end(code: int, reason: bytes) -> None:
            if not ended.done():
                ended.set_result((code, reason))

        wire = await self._dial()
        if wire is None:
            return 0, b"", 0.0
        try:
            wire.on_end = end
            if wire.closed is not None:
                return wire.closed, b"", 0.0
            self.wire = wire
            wire.send(json.dumps(self.hello()).encode())
            code, reason = await ended
            return code, reason, self.since
        finally:
            wire.on_end = lambda _code, _reason: None
            wire.drop()

    async def _dial(self) -> Wire | None:
        """Connect to the first node that accepts."""
        for step in range(len(self.ports)):
            port = self.ports[(self.at + step) % len(self.ports)]
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(OPENED_WITHIN):
                    wire = await dial(port, self.path, self._receive, SUBPROTOCOL | self.headers(), self.source)
                self.at += step
                return wire
        return None

    def _pause(self, code: int, reason: bytes, was_welcome: float) -> float:
        """Seconds before the next attempt, as the protocol prescribes ("Coming back")."""
        if was_welcome and time.monotonic() - was_welcome > HEALTHY:
            self._losses = 0
        self._losses += 1
        if code in (OVERLOADED, RATE_LIMITED) and reason:
            named = json.loads(reason)["retry_ms"] / 1000
            return float(named * (1 + random.random()))
        if code == DRAINED and self._losses == 1:
            return 0.0
        longest = min(LONGEST, FIRST * 2.0 ** (self._losses - 1))
        spread = {RESTARTS: RESTART, NO_WORD: DIED if was_welcome else 0.0}.get(code, 0.0)
        return random.random() * max(longest, spread)

    # Requests.

    @property
    def has_room(self) -> bool:
        return len(self.unanswered) < UNANSWERED

    def ask(self, type: str, **fields: Any) -> str:
        """Send a request, and repeat it until it is answered. Returns its ref."""
        ref = self.score.next_ref()
        self._send(ref, json.dumps({"type": type, "ref": ref} | fields).encode())
        return ref

    async def asked(self, type: str, **fields: Any) -> Frame:
        """The same; returns the answer."""
        ref = self.ask(type, **fields)
        answer: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
        self._answers[ref] = answer
        async with asyncio.timeout(SETTLED_WITHIN):
            return await answer

    def say(self, conversation: str, fence: int | None = None) -> None:
        """Send a message that begins with the time it was sent (µs), for the receiver."""
        ref = self.score.next_ref()
        now = time.perf_counter()
        self._asked_at[ref] = now
        end = "}" if fence is None else f',"fence":{fence}}}'
        body = f'"conversation":"{conversation}","body":"{round(now * 1e6)} {BODY}"'
        self._send(ref, f'{{"type":"message.post","ref":"{ref}",{body}{end}'.encode())

    def _send(self, ref: str, frame: bytes) -> None:
        self.unanswered[ref] = frame
        if self.since and self.wire is not None:
            self.wire.send(frame)

    def _again(self, ref: str) -> None:
        if self.since and self.wire is not None and ref in self.unanswered:
            self.wire.send(self.unanswered[ref])

    # Receiving.

    def _receive(self, text: bytes) -> None:
        frame = read(text)
        match frame.type:
            case "entry":
                if self.apply(frame):
                    self.on_entry(frame)
            case "accepted" | "refused":
                self._answered(frame)
            case "ping" if self.wire is not None:
                self.wire.send(b'{"type":"pong","n":%d}' % frame.n)
            case "entries":
                for entry in frame.entries:
                    self.apply(entry)
            case "live":
                self._live_at(frame)
            case "welcome":
                self._welcomed(frame)
            case "following":
                self.unanswered.pop(frame.ref, None)
                # It may have been unfollowed since the request; then what still arrives is dropped.
                if frame.following["conversation"] in self.places:
                    self._follow(frame.following)
            case _:
                self.on_frame(frame)
        self._news.set()

    def apply(self, entry: Frame) -> bool:
        """Whether it was new."""
        place = self.places.get(entry.conversation)
        if place is None or place.jumps or entry.seq <= place.after:
            return False
        if entry.seq != place.after + 1:
            self.score.faults.append(f"a hole of {entry.seq - place.after - 1} in {entry.conversation}")
        place.epoch, place.after = entry.epoch or place.epoch, entry.seq
        return True

    def _live_at(self, frame: Frame) -> None:
        place = self.places.get(frame.conversation)
        if place is None:
            return
        if place.jumps:
            # A real client would request a page of the missing entries here.
            self.score.jumped += 1
        elif frame.seq > place.after:
            self.score.faults.append(f"live at {frame.seq}, read to {place.after} in {frame.conversation}")
        place.epoch, place.after, place.jumps = frame.epoch or place.epoch, max(place.after, frame.seq), False

    def _follow(self, following: dict[str, Any]) -> None:
        place = self.places.setdefault(following["conversation"], Place())
        if not following.get("recovered"):
            place.after = 0
            place.jumps = following.get("why") == "gap_too_big"
        place.epoch = following.get("epoch", place.epoch)

    def _welcomed(self, frame: Frame) -> None:
        following = frame.following or []
        kept = {each["conversation"] for each in following}
        self.places = {id: place for id, place in self.places.items() if id in kept}
        for each in following:
            self.score.resumed += bool(each.get("recovered")) and each["conversation"] in self.places
            self._follow(each)
        if frame.standing is not None:
            self.on_standing(frame.standing)
        self.since = time.monotonic()
        for ref in [*self.unanswered]:
            self._again(ref)
        self.on_welcome()

    def _answered(self, frame: Frame) -> None:
        ref = frame.ref
        if frame.type == "refused":
            self.score.refusals[frame.code] += 1
            if frame.retry != "no" and ref in self.unanswered:
                loop = asyncio.get_running_loop()
                handle = loop.call_later((frame.retry_ms or RETRY_MS) / 1000, self._again, ref)
                self._later = {each for each in self._later if each.when() > loop.time()} | {handle}
                return
            self._asked_at.pop(ref, None)
        elif self.unanswered.get(ref) is not None and frame.conversation:
            self.score.accepted(ref)
            if (asked_at := self._asked_at.pop(ref, None)) is not None:
                self.score.took.append(time.perf_counter() - asked_at)
        self.unanswered.pop(ref, None)
        if (waits := self._answers.pop(ref, None)) is not None and not waits.done():
            waits.set_result(frame)

    def record_transit(self, entry: Frame) -> None:
        """Record how long the other side's message was in transit."""
        sent, _, _ = entry.body.partition(" ")
        if sent.isdigit():
            self.score.reached.append(time.perf_counter() - int(sent) / 1e6)
