"""班次 and 签到 rows: the roster, and when somebody signed in."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, delete, select

from chatserver.domain.shifts import Shift
from chatserver.store.tables import check_ins, shifts
from chatserver.store.upserts import insert_or


def ending_after(conn: Connection, moment: int) -> list[Shift]:
    """Every shift that is not over then, by their starts."""
    return _found(conn, shifts.c.ends_at > moment)


def between(conn: Connection, start: int, end: int) -> list[Shift]:
    """Every shift of which something lies between the two moments."""
    return _found(conn, shifts.c.ends_at > start, shifts.c.starts_at < end)


def replace_ending_after(conn: Connection, moment: int, roster: Iterable[Shift]) -> None:
    """These are the shifts from now on; what is over by then stays as it was."""
    conn.execute(delete(shifts).where(shifts.c.ends_at > moment))
    for each in roster:
        key = {"consultant_id": each.consultant, "starts_at": each.starts_at}
        values = {"ends_at": each.ends_at, "name": each.name}
        row = insert_or(conn, shifts).values(**key, **values)
        # One that was over already may be prolonged.
        conn.execute(row.on_conflict_do_update(index_elements=list(key), set_=values))


def check_in(conn: Connection, consultant: str, now: int) -> None:
    """He is here for his shift."""
    row = insert_or(conn, check_ins).values(consultant_id=consultant, at=now)
    conn.execute(row.on_conflict_do_nothing())


def check_ins_since(conn: Connection, moment: int) -> dict[str, tuple[int, ...]]:
    """When each signed in, since then."""
    found: dict[str, list[int]] = defaultdict(list)
    for row in conn.execute(select(check_ins).where(check_ins.c.at >= moment).order_by(check_ins.c.at)):
        found[row.consultant_id].append(row.at)
    return {consultant: tuple(each) for consultant, each in found.items()}


def _found(conn: Connection, *where: ColumnElement[bool]) -> list[Shift]:
    query = select(shifts).where(*where).order_by(shifts.c.starts_at, shifts.c.consultant_id)
    return [Shift(row.consultant_id, row.name, row.starts_at, row.ends_at) for row in conn.execute(query)]
