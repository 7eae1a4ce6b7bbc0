"""The hospital's doctors: read with its other records, written one by one."""

from dataclasses import replace

from sqlalchemy import Connection, select

from chatserver.domain.hospital import Doctor, DoctorTitle, Name
from chatserver.store.meta import bump_people_version
from chatserver.store.tables import doctors
from chatserver.store.tx import Tx
from chatserver.store.upserts import insert_or


def load(conn: Connection) -> dict[str, Doctor]:
    """Every doctor by id."""
    return {
        row.id: Doctor(
            row.id, Name(row.name_zh, row.name_en), DoctorTitle(row.title), row.licence, row.department_id, row.version
        )
        for row in conn.execute(select(doctors))
    }


def put(tx: Tx, doctor: Doctor) -> Doctor:
    """Add the doctor, or replace the values; returns the doctor as stored. If nothing has changed, the version stays.
    The department must exist."""
    held = load(tx.conn).get(doctor.id)
    if held is not None and replace(doctor, version=held.version) == held:
        return held
    values = {
        "name_zh": doctor.name.zh,
        "name_en": doctor.name.en,
        "title": doctor.title.value,
        "licence": doctor.licence,
        "department_id": doctor.department,
    }
    row = insert_or(tx.conn, doctors).values(id=doctor.id, version=1, **values)
    changed = {**values, "version": doctors.c.version + 1}
    tx.conn.execute(row.on_conflict_do_update(index_elements=["id"], set_=changed))
    bump_people_version(tx)
    return replace(doctor, version=1 if held is None else held.version + 1)
