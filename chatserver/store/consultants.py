"""咨询员 rows: everybody with an account, and the fields that change while they work (availability, misses, last
given)."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from chatserver.domain.hospital import Availability, Consultant, Person, Role, Title
from chatserver.store.locks import locked
from chatserver.store.sealed_text import seal, unseal
from chatserver.store.tables import availabilities, consultant_groups, consultants
from chatserver.store.tx import Tx
from chatserver.store.upserts import insert_or


def load(conn: Connection, ids: Iterable[str] | None = None, *, lock: bool = False) -> dict[str, Consultant]:
    """Consultants with their groups, by id: all of them, or those of `ids`.

    With `lock` their rows are locked in the order of their ids, so that nobody else can assign them anything meanwhile.
    """
    people = select(consultants)
    memberships = select(consultant_groups).order_by(consultant_groups.c.position)
    if ids is not None:
        wanted = sorted(set(ids))
        people = people.where(consultants.c.id.in_(wanted))
        memberships = memberships.where(consultant_groups.c.consultant_id.in_(wanted))
    found = conn.execute(locked(people, consultants) if lock else people).all()
    groups: dict[str, list[str]] = {}
    for row in conn.execute(memberships):
        groups.setdefault(row.consultant_id, []).append(row.group_id)
    return {row.id: from_row(row, tuple(groups.get(row.id, ()))) for row in found}


def from_row(row: Any, groups: tuple[str, ...]) -> Consultant:
    """A consultant from their row."""
    return Consultant(
        person=Person(row.id, row.name, row.number, Title(row.title)),
        role=Role(row.role),
        groups=groups,
        capacity=row.capacity,
        availability=Availability(row.availability),
        availability_since=row.availability_since,
        misses=row.misses,
        last_given_at=row.last_given_at,
        disabled=row.disabled,
        skills=json.loads(row.skills),
        languages=tuple(json.loads(row.languages)),
        reason=unseal(row.reason, row.id, "reason"),
        version=row.version,
    )


def save(tx: Tx, consultant: Consultant) -> None:
    """Save the fields that change while a consultant works."""
    tx.conn.execute(
        update(consultants)
        .where(consultants.c.id == consultant.id)
        .values(
            availability=consultant.availability.value,
            availability_since=consultant.availability_since,
            reason=seal(consultant.reason, consultant.id, "reason"),
            misses=consultant.misses,
            last_given_at=consultant.last_given_at,
            version=consultant.version,
        )
    )


def put_work(tx: Tx, consultant: Consultant) -> None:
    """Save groups, capacity, skills and languages, as a supervisor set them; the nodes then re-read the consultant."""
    tx.conn.execute(
        update(consultants)
        .where(consultants.c.id == consultant.id)
        .values(
            capacity=consultant.capacity,
            skills=json.dumps(dict(consultant.skills)),
            languages=json.dumps(consultant.languages),
            version=consultants.c.version + 1,
        )
    )
    tx.conn.execute(delete(consultant_groups).where(consultant_groups.c.consultant_id == consultant.id))
    memberships = [
        {"consultant_id": consultant.id, "group_id": group, "position": position}
        for position, group in enumerate(consultant.groups)
    ]
    if memberships:
        tx.conn.execute(insert(consultant_groups), memberships)


def note_availability(tx: Tx, consultant: Consultant) -> None:
    """Add one row to the history of the consultant's availability."""
    line = {
        "consultant_id": consultant.id,
        "since": consultant.availability_since,
        "availability": consultant.availability.value,
        "reason": seal(consultant.reason, consultant.id, f"reason {consultant.availability_since}"),
    }
    row = insert_or(tx.conn, availabilities).values(line)
    # Of two changes within one millisecond, the later one counts.
    key = [availabilities.c.consultant_id, availabilities.c.since]
    tx.conn.execute(row.on_conflict_do_update(index_elements=key, set_=line))
