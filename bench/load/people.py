"""The people of a load: visitors with a conversation each, and consultants who answer them."""

import json
from collections.abc import Sequence
from typing import Any

from bench.load.frames import Frame, Place
from bench.load.score import Score
from bench.load.tab import Tab
from tests.e2e.hospital import GYNECOLOGY, Member


class Visitor(Tab):
    """A visitor with one conversation. `asks_on`: asks again after each answer."""

    path = "/ws/visitor"

    def __init__(self, ports: Sequence[int], score: Score, token: str, at: int = 0) -> None:
        super().__init__(ports, score, at)
        self.token = token
        self.conversation = ""
        self.state = ""
        self.asks_on = False
        self.ends = False

    def hello(self) -> dict[str, Any]:
        return super().hello() | {"token": self.token} | ({"rating": True} if self.ends else {})

    async def open(self) -> None:
        """Open a conversation and wait until it is assigned."""
        answer = await self.asked("conversation.open", department=GYNECOLOGY, body="您好", language="zh")
        assert answer.type == "accepted", answer
        self.conversation = answer.conversation
        await self.until(lambda: self.state == "active")

    @property
    def served(self) -> bool:
        return self.state == "active"

    def ask_something(self) -> None:
        self.say(self.conversation)

    async def end(self) -> None:
        """End the conversation, which also ends the token."""
        self.ends = True
        await self.asked("conversation.close", conversation=self.conversation)

    def on_frame(self, frame: Frame) -> None:
        if frame.type == "conversation":
            self.state = frame.state
            self.conversation = frame.conversation

    def on_standing(self, standing: dict[str, Any]) -> None:
        self.state = standing["state"]

    def apply(self, entry: Frame) -> bool:
        self.places.setdefault(entry.conversation, Place())
        return super().apply(entry)

    def on_entry(self, entry: Frame) -> None:
        if entry.kind == "message" and entry.author["kind"] == "consultant":
            self.record_transit(entry)
            if self.asks_on and self.has_room:
                self.ask_something()


class Consultant(Tab):
    """Follows their own conversations, and answers every message of a visitor while `answers`."""

    path = "/ws/staff"

    def __init__(self, ports: Sequence[int], score: Score, member: Member, at: int = 0) -> None:
        super().__init__(ports, score, at)
        self.member = member
        self.cookie = member.cookie
        self.fences: dict[str, int] = {}
        self.answers = False

    def headers(self) -> dict[str, str]:
        return {"Cookie": f"session={self.cookie}"}

    async def sit_down(self) -> None:
        """Connect and go online."""
        await self.come()
        await self.asked("availability.set", availability="online")

    def on_frame(self, frame: Frame) -> None:
        if frame.type != "conversations":
            return
        if frame.whole:
            put = {row["id"] for row in frame.put}
            frame.gone = [id for id in self.fences if id not in put]
        for row in frame.put:
            id = row["id"]
            if row["state"] == "active" and (row.get("owner") or {}).get("id") == self.member.id:
                self.fences[id] = row["fence"]
                if id not in self.places:
                    self.places[id] = Place()
                    self.ask("conversation.follow", conversation=id)
            elif id in self.fences:
                self._let_go(id)
        for id in frame.gone:
            self._let_go(id)

    def on_entry(self, entry: Frame) -> None:
        if entry.kind == "message" and entry.author["kind"] == "visitor":
            self.record_transit(entry)
            if not self.answers or entry.conversation not in self.fences:
                return
            if self.has_room:
                self.say(entry.conversation, self.fences[entry.conversation])
            else:
                self.score.held_back += 1

    def _let_go(self, id: str) -> None:
        """The conversation belongs to somebody else now: unfollow it."""
        self.fences.pop(id, None)
        if self.places.pop(id, None) is not None and self.since and self.wire is not None:
            self.wire.send(json.dumps({"type": "conversation.unfollow", "conversation": id}).encode())
