"""The two kinds of client, widget and console: the same protocol at different endpoints."""

import asyncio
from typing import Any, Self

from tests.e2e.hospital import Member
from tests.e2e.journal import Journal
from tests.e2e.procs import Server
from tests.e2e.rawclient import Client
from tests.e2e.reading import Frame


class Visitor(Client):
    """A patient's tab. The token is fetched beforehand, as in the widget."""

    door = "/ws/visitor"

    def __init__(self, port: int, name: str, journal: Journal, token: str) -> None:
        super().__init__(port, name, journal)
        self.token = token
        self.conversation = ""
        self.standings: list[Frame] = []
        self.ends = False

    @classmethod
    async def arrive(cls, server: Server, name: str, journal: Journal) -> Self:
        """Connect with a new session."""
        visitor = cls(server.port, name, journal, await asyncio.to_thread(server.visitor_token))
        await visitor.start()
        return visitor

    def hello(self) -> Frame:
        """Whether a requested end was carried out is unknown until it is answered."""
        rating = {"rating": True} if self.ends else {}
        return super().hello() | {"token": self.token} | rating

    async def ask(self, type: str, **fields: Any) -> str:
        self.ends |= type == "conversation.close"
        return await super().ask(type, **fields)

    @property
    def standing(self) -> Frame:
        return self.standings[-1] if self.standings else {}

    async def open(self, department: str, body: str, within: float | None = None) -> str:
        """Open a conversation with this first message; returns its id."""
        ref = await self.ask("conversation.open", department=department, body=body, language="zh")
        answer = await self.answer(ref, within)
        assert answer["type"] == "accepted", answer
        self.conversation = answer["conversation"]
        return self.conversation

    async def say(self, body: str) -> str:
        """Send a message without waiting; returns its ref."""
        return await self.ask("message.post", conversation=self.conversation, body=body)

    def received(self) -> list[str]:
        """What consultants said to this visitor, in order."""
        held = self.held.get(self.conversation)
        told = held.entries if held else []
        return [each["body"] for each in told if each["kind"] == "message" and each["author"]["kind"] == "consultant"]

    async def until_received(self, body: str, within: float | None = None) -> None:
        """Wait until a consultant has said that."""
        await self.until(lambda: body in self.received(), f"hearing {body!r}", within)

    def events(self) -> list[str]:
        """The names of the events this visitor saw, in order."""
        held = self.held.get(self.conversation)
        return [each["event"]["name"] for each in (held.entries if held else []) if each["kind"] == "event"]

    async def until_standing(self, what: str, within: float | None = None, **wanted: Any) -> Frame:
        """Wait until the conversation has that state."""

        def fits() -> bool:
            return bool(self.standing) and all(self.standing.get(name) == value for name, value in wanted.items())

        await self.until(fits, what, within)
        return self.standing

    async def on_frame(self, frame: Frame) -> None:
        if frame["type"] == "conversation":
            self.standings.append(frame)


class Consultant(Client):
    """A console. It follows what it owns, as the real one does; everything else is up to the test."""

    door = "/ws/staff"

    def __init__(self, port: int, name: str, journal: Journal, member: Member) -> None:
        super().__init__(port, name, journal)
        self.member = member
        self.rows: dict[str, Frame] = {}
        self.colleagues: dict[str, Frame] = {}
        self.me: Frame = {}
        self.fences: dict[str, int] = {}
        self.takes_offers = True
        self._versions: dict[str, int] = {}
        self._wanted: set[str] = set()

    @classmethod
    async def sit_down(cls, server: Server, member: Member, journal: Journal) -> Self:
        """Connect and go online."""
        consultant = cls(server.port, member.login, journal, member)
        await consultant.start()
        answer = await consultant.asked("availability.set", availability="online")
        assert answer["type"] == "accepted", answer
        return consultant

    def headers(self) -> dict[str, str]:
        return {"Cookie": f"session={self.member.cookie}"}

    def hello(self) -> Frame:
        self._versions.clear()
        self._wanted.clear()
        return super().hello()

    def owned(self) -> list[str]:
        """The conversations this consultant now answers, according to their list."""
        return [id for id, row in self.rows.items() if row["state"] == "active" and self._is_me(row.get("owner"))]

    def fence(self, conversation: str) -> int:
        shown: int = self.rows.get(conversation, {}).get("fence", 0)
        return max(self.fences.get(conversation, 0), shown)

    async def say(self, conversation: str, body: str) -> str:
        """Send a message to the visitor without waiting; returns its ref."""
        return await self.ask("message.post", conversation=conversation, body=body, fence=self.fence(conversation))

    async def until_owned(self, conversation: str, within: float | None = None) -> None:
        """Wait until this consultant owns it and reads it live."""

        def live() -> bool:
            held = self.held.get(conversation)
            return conversation in self.owned() and held is not None and held.live

        await self.until(live, f"owning {conversation}", within)

    async def until_offered(self, conversation: str) -> Frame:
        """Wait until it is offered to this consultant (or their group); returns the offer."""
        return await self.until(lambda: self.rows.get(conversation, {}).get("offer"), f"offer of {conversation}")

    async def until_received(self, conversation: str, body: str, within: float | None = None) -> None:
        """Wait until that was said in the conversation."""

        def said() -> bool:
            held = self.held.get(conversation)
            return held is not None and any(entry.get("body") == body for entry in held.entries)

        await self.until(said, f"hearing {body!r}", within)

    async def on_welcome(self) -> None:
        assert self.welcome is not None
        self.me = self.welcome["me"]
        for following in self.welcome.get("following", ()):
            self._wanted.add(following["conversation"])

    async def on_entry(self, entry: Frame) -> None:
        fence = entry.get("event", {}).get("fence")
        if fence is not None:
            self.fences[entry["conversation"]] = fence

    async def on_frame(self, frame: Frame) -> None:
        match frame["type"]:
            case "conversations":
                self._keep_list(frame, self.rows)
                await self._follow_owned(frame.get("put", ()))
            case "colleagues":
                self._keep_list(frame, self.colleagues)
            case "me":
                self.me = frame["me"]

    def _keep_list(self, frame: Frame, rows: dict[str, Frame]) -> None:
        kind, version = frame["type"], frame["version"]
        if frame.get("whole"):
            rows.clear()
        elif version != self._versions.get(kind, 0) + 1:
            self._fault("list_version", list=kind, version=version, held=self._versions.get(kind))
        self._versions[kind] = version
        for row in frame.get("put", ()):
            if row.get("head", 0) < rows.get(row["id"], {}).get("head", 0):
                self._fault("head_went_back", conversation=row["id"], head=row["head"], held=rows[row["id"]]["head"])
            rows[row["id"]] = row
        for gone in frame.get("gone", ()):
            rows.pop(gone, None)

    async def _follow_owned(self, rows: Any) -> None:
        for row in rows:
            mine = row["state"] == "active" and self._is_me(row.get("owner"))
            if mine and row["id"] not in self._wanted:
                await self.follow(row["id"])
            offer = row.get("offer")
            if offer is not None and offer["mine"] and self.takes_offers:
                await self.take(row["id"], offer["id"])

    async def on_refused(self, asked: Frame) -> None:
        await super().on_refused(asked)
        if asked["type"] == "conversation.follow":
            # It had gone to somebody else; if it comes back, it is followed again.
            self._wanted.discard(asked["conversation"])
            if asked["conversation"] in self.owned():
                await self.follow(asked["conversation"])

    async def follow(self, conversation: str) -> None:
        """Read it from the present position."""
        self._wanted.add(conversation)
        held = self.held.get(conversation)
        at = {"epoch": held.epoch, "after": held.after} if held else {}
        await self.ask("conversation.follow", conversation=conversation, **at)

    async def take(self, conversation: str, offer: str) -> None:
        """Accept an offer, once."""
        asked = {frame.get("offer") for frame in self.unaccepted.values()}
        if offer not in asked:
            await self.ask("offer.accept", conversation=conversation, offer=offer)

    def _is_me(self, person: Frame | None) -> bool:
        # The welcome says who one is before the first list comes; a test that knows only the cookie learns it later.
        return person is not None and person.get("id") == (self.me.get("id") or self.member.id)
