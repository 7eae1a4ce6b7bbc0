"""People of a small hospital who do anything at any time; for checking what must be true whatever they do.

Every text that staff write for each other contains SECRET, which must never be sent to a visitor's tab.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.hub.harness import Rig, StaffTab, Told, VisitorTab

SECRET = "内部消息-7c1f"
LONG_MS = 365 * 86_400_000
"""Staff stay signed in, however much time passes in a walk."""
STAFF = ("limin", "wangfang", "zhangwei", "chenjing")
DEPARTMENTS = ("gynecology", "pediatrics", "eyes")
VISITORS_DO = ("opens", "says", "says", "says", "ends", "rates")
STAFF_DO = ("replies", "notes", "notes", "transfers", "transfers", "accepts", "declines", "withdraws", "closes")
OTHERS_DO = ("time passes", "availability changes", "leaves and comes back")
ACTS = VISITORS_DO + STAFF_DO + OTHERS_DO


@dataclass
class Walk:
    """`step` lets somebody do something; refusals are expected."""

    rig: Rig
    chance: random.Random
    staff: dict[str, StaffTab] = field(default_factory=dict)
    visitors: list[tuple[VisitorTab, str]] = field(default_factory=list)

    @classmethod
    async def begun(cls, rig: Rig, chance: random.Random) -> "Walk":
        walk = cls(rig, chance)
        rig.session_ms = LONG_MS
        walk.staff = {login: await rig.staff(login, "online") for login in STAFF}
        return walk

    async def step(self, what: str) -> None:
        if what == "opens" or not self.visitors:
            await self.opens()
        elif what in VISITORS_DO:
            await self._visitor(what, *self.chance.choice(self.visitors))
        elif what in OTHERS_DO:
            await self._other(what)
        else:
            await self._staff(what)

    async def opens(self) -> tuple[VisitorTab, str]:
        """One more visitor, with their first message."""
        tab = await self.rig.visitor()
        conversation = await tab.opens(department=self.chance.choice(DEPARTMENTS))
        self.visitors.append((tab, conversation))
        return tab, conversation

    async def forget_all_but(self, last: int) -> None:
        """Earlier visitors end their conversations and leave."""
        gone, self.visitors = self.visitors[:-last], self.visitors[-last:]
        for tab, conversation in gone:
            await tab.ask("conversation.close", conversation=conversation)
            tab.leave()

    def rows(self) -> Iterator[tuple[StaffTab, Told]]:
        """Who sees what in their list."""
        return ((tab, row) for tab in self.staff.values() for row in tab.rows().values())

    async def _visitor(self, what: str, tab: VisitorTab, conversation: str) -> None:
        if what == "says":
            await tab.says(conversation, "还在吗")
        elif what == "ends":
            await tab.ask("conversation.close", conversation=conversation)
        else:
            await tab.ask("conversation.rate", conversation=conversation, stars=4, comment="谢谢")

    async def _other(self, what: str) -> None:
        login = self.chance.choice(STAFF)
        if what == "time passes":
            self.rig.clock.pass_seconds(self.chance.choice([1, 20, 100, 700]))
        elif what == "availability changes":
            await self.staff[login].is_available(self.chance.choice(["online", "online", "busy"]))
        else:
            self.staff[login].leave()
            self.staff[login] = await self.rig.staff(login)

    async def _staff(self, what: str) -> None:
        seen = list(self.rows())
        if not seen:
            return
        tab, row = self.chance.choice(seen)
        asked = {"conversation": row["id"], "fence": row["fence"]}
        here = {"conversation": row["id"]}
        offer = row.get("offer") or {}
        match what:
            case "replies":
                await tab.ask("message.post", body="您好", **asked)
            case "notes":
                await tab.ask("note.post", body=SECRET, **here)
            case "closes":
                await tab.ask("conversation.close", outcome="answered", **asked)
            case "transfers":
                to = self.chance.choice(list(self.staff.values()))
                await tab.ask("transfer.offer", consultant=to.id, note=SECRET, **asked)
            case "accepts" if offer:
                await tab.ask("offer.accept", offer=offer["id"], **here)
            case "accepts":
                await tab.ask("conversation.claim", **here)
            case "declines" if offer:
                await tab.ask("offer.decline", offer=offer["id"], reason=SECRET, **here)
            case "withdraws" if offer:
                await tab.ask("offer.withdraw", offer=offer["id"], **here)
