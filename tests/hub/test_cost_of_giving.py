"""What one assignment examines does not grow with the size of the hospital: counted here, timed by bench/routing.py."""

from collections import Counter
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from bench import routing
from bench.routing import CASES, Case, House
from chatserver.domain.hospital import Consultant
from chatserver.domain.routing import Needs
from chatserver.hub.assignment_round import PAGE
from tests.transactions import written

FEW, MANY = (10, 2 * PAGE), (40, 8 * PAGE)


@dataclass(frozen=True)
class Work:
    """`looked_at`: how often a consultant was compared with a conversation's needs; `steps`: steps of SQLite's virtual
    machine."""

    given: int
    looked_at: int
    steps: int


def work(path: Path, case: Case, size: tuple[int, int], patch: pytest.MonkeyPatch) -> Work:
    """One assignment in a hospital of this size. Conversations of the same moment are ordered by their ids."""
    ids = (f"{number:036}" for number in count())
    patch.setattr(routing, "new_id", lambda: next(ids))
    house = House(path, case, *size)
    counted: Counter[str] = Counter()
    met_by = Needs.met_by

    def looked_at(needs: Needs, consultant: Consultant) -> bool:
        counted["looked at"] += 1
        return met_by(needs, consultant)

    def step() -> int:
        counted["steps"] += 1
        return 0

    def give(conn: Connection) -> int:
        sqlite: Any = conn.connection.driver_connection
        sqlite.set_progress_handler(step, 1)
        given = len(house.give(conn).changes)
        sqlite.set_progress_handler(None, 0)
        return given

    try:
        with patch.context() as patched:
            patched.setattr(Needs, "met_by", looked_at)
            return Work(written(house.database, give), counted["looked at"], counted["steps"])
    finally:
        house.database.close()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_assignment_does_not_examine_everybody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: Case) -> None:
    few = work(tmp_path / "few.db", case, FEW, monkeypatch)
    many = work(tmp_path / "many.db", case, MANY, monkeypatch)
    assert few.given == many.given == 1
    # A deeper tree costs a step or two; examining everybody would cost ten times as much.
    assert many.steps <= few.steps + few.steps // 20
    assert many.looked_at <= few.looked_at
