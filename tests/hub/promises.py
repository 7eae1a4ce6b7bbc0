"""What must hold whenever a desk has settled, judged by the rows of the store and by what people were sent.

Computed anew here, never taken from the hub's memory, nor from the domain where the domain decides the same.
"""

import json
from collections import Counter
from typing import Any

from sqlalchemy import Connection, text

from chatserver.domain.conversation import Conversation
from chatserver.domain.hospital import Availability, Consultant, Department, Hospital, Mode, Role
from chatserver.domain.rules import Rulebook, Rules
from chatserver.store import consultants, conversations, hospital
from tests.hub.desk import Desk

OWNED = ("active", "transferring")
QUEUED = ("waiting", "ringing")
EVERY = 10_000


class Promises:
    """One check of a settled desk. `above`: conversations that a supervisor has assigned beyond all limits."""

    def __init__(self, desk: Desk, above: set[str]) -> None:
        self.desk = desk
        self.above = above
        self.now = desk.clock()
        desk.database.read_now(self._read)
        self.rulebook = Rulebook(desk.rules, self.hospital.groups.values())
        self.loads = Counter(self._holders())

    def _read(self, conn: Connection) -> None:
        self.hospital: Hospital = hospital.load_hospital(conn)
        self.people: dict[str, Consultant] = consultants.load(conn)
        every = [id for (id,) in conn.execute(text("SELECT id FROM conversations"))]
        self.every = list(conversations.load(conn, every).values())
        self.clocks: dict[str, dict[str, int]] = {}
        for id, clock, due_at in conn.execute(text("SELECT subject_id, clock, due_at FROM deadlines")):
            self.clocks.setdefault(id, {})[clock] = due_at
        self.givings = conn.execute(text("SELECT conversation, fence, consultant, load FROM givings")).all()
        self.fenced = _fenced(conn)
        self.given_next = {
            group: [each.id for each in conversations.next_waiting(conn, group, EVERY)]
            for group in self.hospital.groups
        }
        ranks = "SELECT id, \"group\" FROM conversations WHERE phase IN ('waiting', 'ringing') ORDER BY rank_at, id"
        self.queues: dict[str, list[str]] = {group: [] for group in self.hospital.groups}
        for id, group in conn.execute(text(ranks)):
            self.queues[group].append(id)

    def _holders(self) -> list[str]:
        """The consultants whose places are taken, once for each place."""
        owned = [
            each.serving.owner.id
            for each in self.every
            if each.serving.owner and each.phase in OWNED and not each.talk.inactive
        ]
        rings = [
            each.serving.offer.to.id
            for each in self.every
            if each.phase == "ringing" and each.serving.offer and each.serving.offer.to
        ]
        return owned + rings

    def hold(self) -> None:
        self.nobody_is_given_more_than_he_may_have()
        self.the_numbers_behind_a_giving_are_true()
        for each in self.every:
            self.it_has_one_owner_exactly_while_it_is_owned(each)
            self.its_fences_only_rise(each)
            self.its_owner_is_not_gone_past_the_grace(each)
            self.it_ends_or_something_will_happen(each)
            self.nobody_who_fits_has_room(each)
            self.no_emergency_waits_while_somebody_could_take_it(each)
        self.the_place_shown_is_the_order_of_giving()

    # Assignment.

    def nobody_is_given_more_than_he_may_have(self) -> None:
        for conversation, fence, consultant, load in self.givings:
            how = self.fenced[conversation][fence]
            capacity = self.people[consultant].capacity
            if how["how"] == "hand" and conversation in self.above:
                continue
            by_himself = how["event"] == "transferred" or how["how"] in ("claim", "hand", "ring")
            limit = capacity + 3 if by_himself or how["emergency"] else capacity
            assert load < limit, (how, load, capacity)

    def the_numbers_behind_a_giving_are_true(self) -> None:
        """Each recorded load is the consultant's true one, in whatever order one transaction's rows were written."""
        counted = Counter((consultant, load) for _, _, consultant, load in self.givings)
        told: Counter[tuple[str, int]] = Counter()
        for conversation, fence, consultant, load in self.givings:
            how = self.fenced[conversation][fence]
            assert how["consultant"] == consultant
            told[consultant, how["load"] if how["load"] is not None else load] += 1
        assert told == counted

    def nobody_who_fits_has_room(self, each: Conversation) -> None:
        group = self.hospital.groups[each.queue.group]
        if each.phase != "waiting" or group.mode is Mode.CLAIM or self._visitor_is_away(each) or _is_critical(each):
            return
        department, rules = self.hospital.departments[each.subject.department], self._rules(each)
        serving = [person for person in self.people.values() if self._serves(person, each.queue.group)]
        knows = any(_knows(person, department) for person in serving)
        speaks = any(each.language in person.languages for person in serving)
        waits_for_them = knows and speaks and self.now < each.queue.group_since + rules.fit_ms
        may_be_asked_again = self.now >= each.queue.tried_at + rules.ring_ms
        for person in serving:
            fits = _knows(person, department) and each.language in person.languages
            asked = person.id not in each.queue.tried or may_be_asked_again
            idle = self.loads[person.id] < person.capacity and not self._is_rung(person)
            assert not (idle and asked and (fits or not waits_for_them)), (person, each)

    def no_emergency_waits_while_somebody_could_take_it(self, each: Conversation) -> None:
        """Nobody in the conversation's group, its overflow group or the general group who is 在线, paused or 忙碌 has
        fewer than three conversations above their capacity. Those who had the emergency or gave it back come last,
        after the time of a ring."""
        if each.phase not in QUEUED or not _is_critical(each):
            return
        site = self.hospital.sites[each.site]
        groups = {each.queue.group, self.hospital.groups[each.queue.group].overflow, site.general_group}
        may_be_asked_again = self.now >= each.queue.tried_at + self._rules(each).ring_ms
        had_it = {*each.queue.tried, *(person.id for person in each.serving.silent if not each.talk.replied)}
        for person in self.people.values():
            is_there = person.availability in ("online", "paused", "busy") and self.desk.tab_of(person.id) is not None
            able = is_there and person.role is Role.CONSULTANT and not groups.isdisjoint(person.groups)
            has_room = self.loads[person.id] < person.capacity + 3
            assert not (able and has_room and (person.id not in had_it or may_be_asked_again)), (person, each)

    def _serves(self, person: Consultant, group: str) -> bool:
        online = person.availability is Availability.ONLINE and self.desk.tab_of(person.id) is not None
        return online and person.role is Role.CONSULTANT and group in person.groups

    def _is_here(self, person: Consultant, groups: set[str]) -> bool:
        connected = not person.disabled and self.desk.tab_of(person.id) is not None
        away = person.availability in (Availability.BREAK, Availability.OFFLINE)
        return connected and not away and person.role is Role.CONSULTANT and not groups.isdisjoint(person.groups)

    def _is_rung(self, person: Consultant) -> bool:
        rings = (each.serving.offer for each in self.every if each.phase == "ringing")
        return any(offer is not None and offer.to is not None and offer.to.id == person.id for offer in rings)

    def _visitor_is_away(self, each: Conversation) -> bool:
        left = each.connections.visitor_left_at
        return left is not None and self.now >= left + self._rules(each).visitor_away_ms

    # Owners and deadlines.

    def it_has_one_owner_exactly_while_it_is_owned(self, each: Conversation) -> None:
        assert (each.serving.owner is not None) == (each.phase in OWNED), each

    def its_fences_only_rise(self, each: Conversation) -> None:
        fences = list(self.fenced.get(each.id, {}))
        assert fences == list(range(1, len(fences) + 1)), fences
        assert each.serving.fence == len(fences)

    def its_owner_is_not_gone_past_the_grace(self, each: Conversation) -> None:
        if each.serving.owner is None:
            return
        login = next(login for login, id in self.desk.ids.items() if id == each.serving.owner.id)
        if login not in self.desk.here:
            gone_for = self.now - self.desk.gone_since[login]
            assert gone_for < self._rules(each).grace_ms, (login, gone_for, each)

    def it_ends_or_something_will_happen(self, each: Conversation) -> None:
        clocks = self.clocks.get(each.id, {})
        assert all(due_at > self.now for due_at in clocks.values()), (clocks, each)
        missing = _needed(each) - clocks.keys()
        assert not missing, (missing, each)
        if each.phase == "closed":
            assert not clocks

    # What visitors are sent.

    def the_place_shown_is_the_order_of_giving(self) -> None:
        for group, queue in self.queues.items():
            waiting = [id for id in queue if self._conversation(id).phase == "waiting"]
            assert self.given_next[group] == waiting
            for ahead, id in enumerate(queue):
                groups = {group, self.rulebook.of(group).overflow_to}
                if _is_critical(self._conversation(id)):
                    groups.add(self.hospital.sites["main"].general_group or group)
                nobody = not any(self._is_here(person, groups) for person in self.people.values())
                tab = self.desk.tab_of_visitor(self._conversation(id))
                if tab is not None:
                    standing = _last_standing(tab.told, id)
                    # Out of hours the visitor is told that, and not who is there.
                    nobody = nobody and standing.get("service") != "closed"
                    assert (standing["ahead"], standing.get("nobody", False)) == (ahead, nobody), (standing, ahead)

    def _conversation(self, id: str) -> Conversation:
        return next(each for each in self.every if each.id == id)

    def _rules(self, each: Conversation) -> Rules:
        return self.rulebook.of(each.queue.group)


def _knows(person: Consultant, department: Department) -> bool:
    return department.skill is None or person.skills.get(department.skill, 0) >= department.level


def _is_critical(each: Conversation) -> bool:
    return each.emergency.kind is not None and each.emergency.level == "critical"


def _needed(each: Conversation) -> set[str]:
    """The deadlines without which the conversation would be forgotten."""
    needed: set[str] = set()
    if each.phase in ("ringing", "transferring"):
        needed.add("offer")
    if each.phase in QUEUED and not _is_critical(each):
        needed.add("waited")
        if each.connections.visitor_left_at is not None:
            needed.add("abandon")
    if each.phase in OWNED:
        if each.connections.owner_left_at is not None:
            needed.add("grace")
        if each.talk.unanswered_since is not None:
            if _is_critical(each) and each.alarms.escalations < 2:
                needed.add("emergency")
            if not each.talk.replied and each.connections.owner_left_at is None and not _is_critical(each):
                needed.add("first_reply")
            if not each.talk.overdue:
                needed.add("alarm")
        elif each.phase == "active":
            warned = "idle_close" if each.talk.close_warned_at is not None else "idle_warning"
            needed.add(warned if each.talk.inactive else "inactive")
    return needed


def _fenced(conn: Connection) -> dict[str, dict[int, dict[str, Any]]]:
    """For each conversation, what raised its fence, in the order of its entries."""
    found: dict[str, dict[int, dict[str, Any]]] = {}
    rows = conn.execute(text("SELECT conversation, event, details FROM entries ORDER BY conversation, seq"))
    for conversation, event, details in rows:
        told = json.loads(details) if details else {}
        if "fence" not in told:
            continue
        fences = found.setdefault(conversation, {})
        assert told["fence"] not in fences
        consultant = told.get("consultant", {}).get("id")
        why = told.get("why", {})
        fences[told["fence"]] = {
            "event": event,
            "how": told.get("how"),
            "consultant": consultant,
            "load": why.get("load"),
            "emergency": why.get("emergency", False),
        }
    return found


def _last_standing(told: list[dict[str, Any]], id: str) -> dict[str, Any]:
    """The last status that this tab was sent."""
    standings = [frame.get("standing") if frame["type"] == "welcome" else frame for frame in told]
    mine = [each for each in standings if each and each.get("conversation") == id and "state" in each]
    standing: dict[str, Any] = mine[-1]
    return standing
