"""A whole hospital for random histories: the real hub on the real store, with all staff and visitors played by the
test.

Time stands still unless the test moves it, and no timer runs by itself. `settle` lets everything under way finish and
does what the timers would do, until nothing changes any more.
"""

import asyncio
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, update

from chatserver.domain.conversation import Conversation
from chatserver.domain.hospital import Campus, Department, Group, Mode, Name, Role, Site, Skill
from chatserver.domain.rules import MINUTE, SECOND, Rules
from chatserver.hub.parts import Parts
from chatserver.store import accounts, conversations, hospital, tables, visitors
from tests.hub.harness import PATIENCE, QUICK, START, Rig, StaffTab, Told, VisitorTab
from tests.migrated import lay_migrated
from tests.transactions import tx_at, written

AGES = 1_000 * 24 * 3_600_000
"""How long (ms) staff stay signed in: longer than any history."""
BY_HAND = replace(QUICK, tick=3_600, sweep=3_600, staff_ping=3_600, visitor_ping=3_600)
HEART, WOUNDS = "heart", "wounds"


@dataclass(frozen=True)
class Hand:
    """A member of staff."""

    login: str
    groups: tuple[str, ...]
    capacity: int
    role: Role = Role.CONSULTANT
    skills: str = "{}"
    languages: str = '["zh","en"]'


GENERAL, CHILDREN, EYES, SPARE = GROUPS = ("general", "children", "eyes", "spare")
HANDS = (
    Hand("limin", (GENERAL, EYES), 2, languages='["zh"]'),
    Hand("wangfang", (GENERAL,), 1, skills='{"heart":3}'),
    Hand("zhangwei", (CHILDREN, GENERAL), 2, skills='{"heart":1,"wounds":5}'),
    Hand("liuyang", (CHILDREN,), 1, languages='["zh"]'),
    Hand("sunli", (SPARE, EYES), 2),
    Hand("chenjing", (GENERAL, CHILDREN, EYES), 2, Role.SUPERVISOR),
    Hand("zhaolei", (SPARE, CHILDREN), 1, Role.SUPERVISOR),
)
DEPARTMENTS = (
    Department("gynecology", Name("妇科", "Gynecology"), GENERAL, "east"),
    Department("cardiology", Name("心内科", "Cardiology"), GENERAL, "east", HEART, 2),
    Department("pediatrics", Name("儿科", "Pediatrics"), CHILDREN, "east"),
    Department("surgery", Name("外科", "Surgery"), CHILDREN, "east", WOUNDS, 4),
    Department("ophthalmology", Name("眼科", "Eyes"), EYES, "east"),
)
OWN_RULES: dict[str, dict[str, int]] = {
    GENERAL: {"fit_ms": 40 * SECOND, "queue_limit": 8},
    CHILDREN: {"ring_ms": 20 * SECOND, "overflow_ms": MINUTE, "grace_ms": 30 * SECOND},
    EYES: {"overflow_ms": 3 * MINUTE, "first_reply_ms": 70 * SECOND},
    SPARE: {"inactive_ms": 5 * MINUTE},
}
OVERFLOWS = {GENERAL: SPARE, CHILDREN: GENERAL, EYES: SPARE}

KEEPS_COUNT = (
    """CREATE TABLE givings (conversation TEXT, fence INTEGER, consultant TEXT, load INTEGER)""",
    """CREATE TRIGGER given AFTER UPDATE ON conversations
       WHEN NEW.fence > OLD.fence AND (NEW.owner_id IS NOT NULL OR NEW.phase = 'ringing')
       BEGIN INSERT INTO givings SELECT NEW.id, NEW.fence, coalesce(NEW.owner_id, NEW.offer_to), (
         SELECT count(*) FROM conversations WHERE id <> NEW.id AND (
           (owner_id = coalesce(NEW.owner_id, NEW.offer_to) AND phase IN ('active', 'transferring') AND NOT inactive)
           OR (offer_to = coalesce(NEW.owner_id, NEW.offer_to) AND phase = 'ringing')));
       END""",
)
"""A table and a trigger with which the store itself records every assignment, and the load according to the rows before
it. Independent of the hub."""


class Desk(Rig):
    """Holds the tabs of the staff who are present, by login, and those of the visitors, by number."""

    def __init__(self, folder: Path, modes: Sequence[Mode]) -> None:
        place = folder / "now"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        lay_migrated(place / "chat.db")
        super().__init__(place, Rules(), BY_HAND)
        self.session_ms = AGES
        self.modes = dict(zip(GROUPS, modes, strict=True))
        self.here: dict[str, StaffTab] = {}
        self.gone_since: dict[str, int] = dict.fromkeys((hand.login for hand in HANDS), START)
        self.visitors: list[VisitorTab] = []
        self.outside: set[int] = set()
        written(self.database, self._furnish)

    def _furnish(self, conn: Connection) -> None:
        hospital.put_campus(
            tx_at(conn), Campus("east", Name("东院", "East"), "人民路1号", "010-0000000", "010-0000120")
        )
        for skill in (HEART, WOUNDS):
            hospital.put_skill(tx_at(conn), Skill(skill, Name(skill, skill)))
        for group in reversed(GROUPS):
            mode, overflow = self.modes[group], OVERFLOWS.get(group)
            hospital.put_group(tx_at(conn), Group(group, Name(group, group), mode, overflow, OWN_RULES[group]))
        for department in DEPARTMENTS:
            hospital.put_department(tx_at(conn), department)
        greeting, departments = Name("您好", "Hello"), tuple(each.id for each in DEPARTMENTS)
        hospital.put_site(
            tx_at(conn), Site("main", Name("康宁", "K"), greeting, "east", ("http://127.0.0.1:8001",), departments)
        )
        self.ids = {hand.login: self._hire(conn, hand, number) for number, hand in enumerate(HANDS)}
        for statement in KEEPS_COUNT:
            conn.exec_driver_sql(statement)

    def _hire(self, conn: Connection, hand: Hand, number: int) -> str:
        account = accounts.NewAccount(
            hand.login, "none", hand.login, f"{number:03}", hand.role, hand.groups, hand.capacity
        )
        id = accounts.add(tx_at(conn, self.clock()), account)
        # Different times of the last assignment, so that no tie is decided by chance.
        own = {"skills": hand.skills, "languages": hand.languages, "last_given_at": number + 1}
        conn.execute(update(tables.consultants).where(tables.consultants.c.id == id).values(own))
        return id

    # Connecting and disconnecting.

    async def comes(self, login: str, availability: str | None = None) -> None:
        if login not in self.here:
            tab = StaffTab(self)
            await tab.enter(login)
            self.here[login] = tab
            self.gone_since.pop(login, None)
        if availability is not None:
            await self.here[login].is_available(availability)

    async def goes(self, login: str) -> None:
        tab = self.here.pop(login, None)
        if tab is not None:
            tab.leave()
            self.gone_since[login] = self.clock()

    async def arrives(self, department: str, body: str, language: str) -> None:
        """A new visitor, with a first message."""
        _, token, _ = written(
            self.database, lambda conn: visitors.start(tx_at(conn, self.clock()), "main", language, AGES)
        )
        tab = await self.visitor(token)
        self.visitors.append(tab)
        self.clock.at += 1
        await asked(tab, "conversation.open", department=department, body=body, language=language)

    async def visitor_leaves(self, number: int) -> None:
        if number not in self.outside:
            self.outside.add(number)
            self.visitors[number].leave()

    async def visitor_returns(self, number: int) -> None:
        """The visitor reconnects with the same token or, if that has ended, as a new visitor."""
        if number in self.outside:
            self.outside.discard(number)
            before = self.visitors[number]
            ended = self.database.read_now(lambda conn: visitors.is_ended(conn, before.session.person))
            self.visitors[number] = await self.visitor(None if ended else before.token)

    async def restart_without(self, staff_away: set[str], visitors_away: set[int]) -> None:
        """The server restarts; everybody reconnects except these."""
        staff, people = set(self.here) - staff_away, set(range(len(self.visitors))) - self.outside - visitors_away
        self.gone_since = dict.fromkeys((hand.login for hand in HANDS), self.clock())
        self.here.clear()
        await self.restart()
        for login in sorted(staff):
            await self.comes(login)
        self.outside = set(range(len(self.visitors)))
        for number in sorted(people):
            await self.visitor_returns(number)

    # Reading the state.

    def open(self) -> list[Conversation]:
        """All conversations that have not ended, the oldest first."""
        found: list[Conversation] = self.database.read_now(conversations.open_everywhere)
        return sorted(found, key=lambda each: each.opened_at)

    def owner_tab(self, conversation: Conversation) -> StaffTab | None:
        """The owner's tab, if the owner is connected."""
        owner = conversation.serving.owner
        return None if owner is None else self.tab_of(owner.id)

    def tab_of(self, id: str) -> StaffTab | None:
        return next((tab for tab in self.here.values() if tab.id == id), None)

    def tab_of_visitor(self, conversation: Conversation) -> VisitorTab | None:
        """The visitor's tab, if the visitor is connected."""
        here = (tab for number, tab in enumerate(self.visitors) if number not in self.outside)
        return next((tab for tab in here if tab.session.person == conversation.visitor), None)

    # Waiting for a stable state.

    async def settle(self) -> None:
        """Wait until neither the timers nor the sweep change anything any more."""
        async with asyncio.timeout(4 * PATIENCE):
            before: object = None
            await self._quiet()
            while before != (before := self._picture()):
                timers = self.hub._running.timers
                await timers.tick()
                await timers.sweep()
                await self._quiet()

    async def _quiet(self) -> None:
        """Wait until nothing is under way."""
        calm = 0
        while calm < 3:
            await asyncio.sleep(0)
            if _idle(self.hub._running):
                calm += 1
            else:
                calm = 0
                await asyncio.sleep(0.001)

    def _picture(self) -> object:
        node = self.hub._running
        return sum(each.version for each in node.open_conversations), sum(each.version for each in node.directory)


def _idle(node: Parts) -> bool:
    under_way = (
        node.dispatch._inbox,
        node.dispatch._carried,
        node.router._groups,
        node.router._urgent,
        node.presence._leaving,
        node.presence._telling,
        node.visitor_status._due,
        node.alarms._timer,
        node.followers._reading,
        node.records_reload._settling,
    )
    return not any(under_way)


async def asked(tab: StaffTab | VisitorTab, type: str, **fields: Any) -> Told:
    """The answer of any kind: a refusal counts, a fault of the server does not."""
    answer = await tab.ask(type, **fields)
    assert answer.get("code") not in ("internal", "bad_frame", "rate_limited"), answer
    return answer
