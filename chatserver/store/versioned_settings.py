"""The versions of the settings in `domain/versioned_settings.py`, one row each.

Rows are never changed or deleted, because other records refer to the version that held when they were made.
"""

from typing import Any, Generic, NamedTuple, TypeVar

import msgspec
import structlog
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Row, func, select, tuple_

from chatserver.domain.versioned_settings import SETTINGS, Setting
from chatserver.store import audit
from chatserver.store.audit import Act
from chatserver.store.tables import setting_versions
from chatserver.store.tx import Tx
from chatserver.store.upserts import insert_or

T = TypeVar("T", bound=Struct)

log = structlog.get_logger()


class Version(NamedTuple, Generic[T]):
    """A version of a setting: its number, its value, when (ms) it was made and by whom. Version 0 has no time and no
    author."""

    number: int
    value: T
    at: int = 0
    actor: str = ""


class Changed(Exception):
    """Somebody else has changed the setting; `current` is its newest version."""

    def __init__(self, current: Version[Any]) -> None:
        super().__init__(f"version {current.number} is newer")
        self.current = current


def latest(conn: Connection, setting: Setting[T]) -> Version[T]:
    """The newest version."""
    newest = _rows(setting).order_by(setting_versions.c.version.desc()).limit(1)
    row = conn.execute(newest).one_or_none()
    return Version(0, setting.kind()) if row is None else _read(setting, row)


def version(conn: Connection, setting: Setting[T], number: int) -> Version[T] | None:
    """The version with this number; None if there is none."""
    if number == 0:
        return Version(0, setting.kind())
    row = conn.execute(_rows(setting).where(setting_versions.c.version == number)).one_or_none()
    return None if row is None else _read(setting, row)


def newest(conn: Connection) -> dict[str, Version[Any]]:
    """The newest version of each setting that was ever changed, by name. A version that this program cannot read,
    because a newer program wrote it, is logged and left out."""
    found = {}
    for row in conn.execute(select(setting_versions).where(_is_newest())):
        setting = next((each for each in SETTINGS if each.name == row.setting), None)
        try:
            if setting is not None:
                found[setting.name] = _read(setting, row)
        except msgspec.ValidationError:
            log.warning("setting_unreadable", setting=row.setting, version=row.version)
    return found


def put(tx: Tx, setting: Setting[T], value: T, after: int, role: str) -> Version[T]:
    """Add the version that follows `after`, and record the changed fields in the audit log; the same value makes no new
    version. `role`: the actor's. Raises `Changed` when `after` is not the newest version."""
    held = latest(tx.conn, setting)
    if held.number != after:
        raise Changed(held)
    if held.value == value:
        return held
    made = Version(after + 1, value, tx.now, tx.actor)
    row = insert_or(tx.conn, setting_versions).values(
        setting=setting.name,
        version=made.number,
        value=msgspec.json.encode(value).decode(),
        at=made.at,
        actor=made.actor,
    )
    if tx.conn.execute(row.on_conflict_do_nothing().returning(setting_versions.c.version)).one_or_none() is None:
        # Another node has committed this version since `latest` was read above.
        raise Changed(latest(tx.conn, setting))
    before, new = msgspec.to_builtins(held.value), msgspec.to_builtins(value)
    details = {name: [before[name], new[name]] for name in new if before[name] != new[name]}
    audit.write(tx, Act(role, "setting.change", "setting", setting.name, details={"version": made.number, **details}))
    return made


def _rows(setting: Setting[Any]) -> Any:
    return select(setting_versions).where(setting_versions.c.setting == setting.name)


def _is_newest() -> ColumnElement[bool]:
    last = select(setting_versions.c.setting, func.max(setting_versions.c.version)).group_by(setting_versions.c.setting)
    return tuple_(setting_versions.c.setting, setting_versions.c.version).in_(last)


def _read(setting: Setting[T], row: Row[Any]) -> Version[T]:
    return Version(row.version, msgspec.json.decode(row.value, type=setting.kind), row.at, row.actor)
