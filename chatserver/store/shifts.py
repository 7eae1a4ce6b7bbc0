"""班次 and 签到 rows: the shifts, and when consultants signed in for them."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, delete, select

from chatserver.domain.shifts import Shift
from chatserver.store.tables import check_ins, shifts
from chatserver.store.tx import Tx
from chatserver.store.upserts import insert_or


def ending_after(conn: Connection, moment: int) -> list[Shift]:
    """Every shift that ends after `moment`, by start."""
    return _found(conn, shifts.c.ends_at > moment)


def between(conn: Connection, start: int, end: int) -> list[Shift]:
    """Every shift that overlaps the period."""
    return _found(conn, shifts.c.ends_at > start, shifts.c.starts_at < end)


def replace_ending_after(tx: Tx, moment: int, roster: Iterable[Shift]) -> None:
    """Replace the shifts that end after `moment`; the others stay."""
    tx.conn.execute(delete(shifts).where(shifts.c.ends_at > moment))
    for each in roster:
        key = {"consultant_id": each.consultant, "starts_at": each.starts_at}
        values = {"ends_at": each.ends_at, "name": each.name}
        row = insert_or(tx.conn, shifts).values(**key, **values)
        # A shift that is already over may be prolonged.
        tx.conn.execute(row.on_conflict_do_update(index_elements=list(key), set_=values))


def check_in(tx: Tx, consultant: str) -> None:
    """Record that the consultant has signed in for their shift."""
    row = insert_or(tx.conn, check_ins).values(consultant_id=consultant, at=tx.now)
    tx.conn.execute(row.on_conflict_do_nothing())


def check_ins_since(conn: Connection, moment: int) -> dict[str, tuple[int, ...]]:
    """When each consultant signed in, since then."""
    found: dict[str, list[int]] = defaultdict(list)
    for row in conn.execute(select(check_ins).where(check_ins.c.at >= moment).order_by(check_ins.c.at)):
        found[row.consultant_id].append(row.at)
    return {consultant: tuple(each) for consultant, each in found.items()}


def _found(conn: Connection, *where: ColumnElement[bool]) -> list[Shift]:
    query = select(shifts).where(*where).order_by(shifts.c.starts_at, shifts.c.consultant_id)
    return [Shift(row.consultant_id, row.name, row.starts_at, row.ends_at) for row in conn.execute(query)]
