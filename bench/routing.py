"""The cost of choosing a consultant for one conversation in a crowd, compared with a handful: `make bench-routing`.

The real `AssignmentRound` in a real transaction, on rows written by the product itself; SQLite, or PostgreSQL with
`--postgres`. Every transaction is rolled back, so that each finds the same data. Measured is the thread's CPU time, the
two houses alternating; on PostgreSQL, where other processes do the work, the time on the clock.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sqlalchemy import Connection, update

from bench.transactions import written
from chatserver.domain.commands.assignment import Assign
from chatserver.domain.commands.offers import Ring
from chatserver.domain.entry import SYSTEM
from chatserver.domain.events.assignment import Why
from chatserver.domain.events.queue import Opened
from chatserver.domain.hospital import (
    Availability,
    Campus,
    Consultant,
    Department,
    Group,
    Mode,
    Name,
    Role,
    Site,
    Skill,
)
from chatserver.domain.routing import Candidate, Pool
from chatserver.domain.rules import Rulebook, Rules
from chatserver.hub.assignment_round import AssignmentRound
from chatserver.hub.outcome import Outcome
from chatserver.hub.unit_of_work import UnitOfWork
from chatserver.store import accounts, consultants, conversations, hospital, tables, visitors
from chatserver.store.database import Database, Where
from chatserver.store.ids import new_id
from chatserver.store.revisions import migrate
from chatserver.store.tx import Tx
from tests.ownpostgres import OwnPostgres

FEW, MANY = (10, 10), (1_000, 10_000)
"""Consultants, and waiting conversations."""
CAPACITY = 5
SKILLS = 5
FLOOR, AIM = 3.0, 1.5
NOW = 1_790_000_000_000
GROUP, ELSEWHERE = "desk", "elsewhere"
RULES = Rulebook(Rules(queue_limit=1_000_000))


@dataclass(frozen=True)
class Case:
    """`skills`: every department asks for a skill, every consultant has one. `all_free`: everybody has free capacity
    and a single conversation waits for them (the others wait in another group); otherwise one place is free. `mode`: of
    the group; in a ringing group everybody else is being rung."""

    name: str
    skills: bool = False
    all_free: bool = False
    mode: Mode = Mode.AUTOMATIC


CASES = (
    Case("one place is free, everybody waits"),
    Case("the same, by skills", skills=True),
    Case("everybody is free, one waits for them", all_free=True),
    Case("the same, by skills", skills=True, all_free=True),
    Case("everybody else is being rung", mode=Mode.RING),
)


class House:
    """So many consultants and so many waiting conversations, in a database of their own."""

    def __init__(self, where: Where, case: Case, people: int, waiting: int) -> None:
        migrate(where)
        self._case = case
        self.database = Database(where)
        written(self.database, lambda conn: self._furnish(conn, people, waiting))
        written(self.database, self._fill)
        everybody, loads = self.database.read_now(_everybody)
        self.hospital = self.database.read_now(hospital.load_hospital)
        rung = self.database.read_now(lambda conn: conversations.rung(conn, self._ids))
        each_of = (Candidate(each, loads[each.id], True, rung=each.id in rung) for each in everybody)
        self.pool = Pool(GROUP, each_of)

    def _furnish(self, conn: Connection, people: int, waiting: int) -> None:
        hospital.put_campus(Tx(conn, 0, "bench"), Campus("main", Name("院", "Main"), "", "", ""))
        hospital.put_group(Tx(conn, 0, "bench"), Group(GROUP, Name("组", "Desk"), self._case.mode))
        hospital.put_group(Tx(conn, 0, "bench"), Group(ELSEWHERE, Name("组", "Elsewhere"), Mode.CLAIM))
        for number in range(SKILLS):
            skill = f"s{number}"
            hospital.put_skill(Tx(conn, 0, "bench"), Skill(skill, Name(skill, skill)))
            asked_for = skill if self._case.skills else None
            hospital.put_department(
                Tx(conn, 0, "bench"), Department(f"d{number}", Name(skill, skill), GROUP, "main", asked_for, 2)
            )
        departments = tuple(f"d{number}" for number in range(SKILLS))
        hospital.put_site(
            Tx(conn, 0, "bench"), Site("site", Name("站", "Site"), Name("好", "Hi"), "main", (), departments)
        )
        self._ids = [_hire(conn, number) for number in range(people)]
        unit = UnitOfWork(Tx(conn, NOW, "bench"), RULES)
        for number in range(waiting):
            _open(unit, number)
        unit.write()

    def _fill(self, conn: Connection) -> None:
        """Give everybody a full load except the last one, who has one place left. If `all_free`, nobody gets any and
        one conversation waits."""
        unit = UnitOfWork(Tx(conn, NOW, "bench"), RULES)
        if self._case.all_free:
            conn.execute(update(tables.conversations).values(group=ELSEWHERE))
            _open(unit, 0)
        for number, id in enumerate([] if self._case.all_free else self._ids):
            person, is_last = unit.consultant(id).person, id == self._ids[-1]
            if self._case.mode is Mode.RING and not is_last:
                ring = Ring(person, new_id(), 0, CAPACITY, Why(0, CAPACITY))
                unit.decide(_open(unit, number), ring, SYSTEM)
                continue
            for load in range(CAPACITY - 1 if is_last else CAPACITY):
                given = Assign(person, load, CAPACITY, Why(load, CAPACITY))
                unit.decide(_open(unit, number + load), given, SYSTEM)
        unit.write()

    def close(self) -> None:
        self.database.close()

    def give(self, conn: Connection) -> Outcome:
        """One assignment round of the group, as in the hub."""
        unit = UnitOfWork(Tx(conn, NOW, "bench"), RULES)
        AssignmentRound(GROUP, self.hospital, self.pool.copy()).give(unit)
        return unit.write()

    def once(self, clock: Callable[[], float]) -> float:
        """The seconds that one assignment takes; it is rolled back."""
        taken: list[float] = []

        def give(conn: Connection) -> None:
            began = clock()
            outcome = self.give(conn)
            taken.append(clock() - began)
            assert len(outcome.changes) == 1, f"{len(outcome.changes)} were assigned"
            raise _TakenBack

        with suppress(_TakenBack):
            written(self.database, give)
        return taken[0]


class _TakenBack(Exception):
    pass


def _hire(conn: Connection, number: int) -> str:
    login = f"c{number:04}"
    id = accounts.add(
        Tx(conn, NOW, "bench"), accounts.NewAccount(login, "", login, login, Role.CONSULTANT, (GROUP,), CAPACITY)
    )
    own = {
        "availability": Availability.ONLINE.value,
        "skills": f'{{"s{number % SKILLS}":3}}',
        "last_given_at": NOW - 3_600_000 + number,
    }
    conn.execute(update(tables.consultants).where(tables.consultants.c.id == id).values(own))
    return id


def _open(unit: UnitOfWork, number: int) -> str:
    visitor, _, _ = visitors.start(Tx(unit.conn, NOW, "bench"), "site", "zh", 86_400_000)
    id = new_id()
    unit.open(Opened(f"d{number % SKILLS}", GROUP, "zh", ""), id=id, site="site", visitor=visitor, ref=id)
    return id


def _everybody(conn: Connection) -> tuple[list[Consultant], dict[str, int]]:
    found = consultants.load(conn)
    return list(found.values()), conversations.loads(conn, found)


def costs(few: House, many: House, rounds: int, times: int, clock: Callable[[], float]) -> list[tuple[float, float]]:
    """The seconds of one assignment in each house, alternating."""
    return [(_one(few, times, clock), _one(many, times, clock)) for _ in range(rounds)]


def _one(house: House, times: int, clock: Callable[[], float]) -> float:
    return median(house.once(clock) for _ in range(times))


def shown_costs(measured: list[tuple[float, float]]) -> str:
    """Their costs and the ratio of these."""
    small, big = (median(each) * 1_000 for each in zip(*measured, strict=True))
    ratios = [big / small for small, big in measured]
    ratio = median(ratios)
    judged = "aim" if ratio <= AIM else "floor" if ratio <= FLOOR else "MISSED"
    return f"{small:7.2f} ms {big:7.2f} ms  ×{ratio:.2f} ({min(ratios):.2f} to {max(ratios):.2f})  {judged}"


@contextmanager
def places(postgres: bool) -> Iterator[Callable[[str], Where]]:
    """A function that creates a new database under each name."""
    if not postgres:
        with tempfile.TemporaryDirectory(prefix="bench-routing-") as folder:
            yield lambda name: Path(folder) / f"{name}.db"
        return
    with OwnPostgres() as server:

        def made(name: str) -> Where:
            server.say(f"CREATE DATABASE {name}")
            return server.url(name)

        yield made


def main(arguments: list[str]) -> int:
    """Prints a line for each case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--times", type=int, default=20, help="givings of each house in a round")
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL of its own, by the clock")
    asked = parser.parse_args(arguments)
    clock = time.perf_counter if asked.postgres else time.thread_time
    print(f"{FEW[0]} consultants, {FEW[1]} wait : {MANY[0]:,} consultants, {MANY[1]:,} wait")
    with places(asked.postgres) as place:
        for number, case in enumerate(CASES):
            few, many = House(place(f"few{number}"), case, *FEW), House(place(f"many{number}"), case, *MANY)
            try:
                print(f"{case.name:42}{shown_costs(costs(few, many, asked.rounds, asked.times, clock))}", flush=True)
            finally:
                few.close()
                many.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
