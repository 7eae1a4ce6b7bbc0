"""Years of closed conversations, made in bulk: the contents of a database that has long been in use.

A few conversations are held and closed through the product's own unit of work; the others are copies of their rows with
new ids and other times, up to a week ago. A finished file is kept in build/bench and reused until the schema or this
module changes.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from sqlalchemy import Connection, Table, select

from bench.load.talk import BODY
from bench.transactions import written
from chatserver.domain.actors import Staff, Visitor
from chatserver.domain.commands.assignment import Assign
from chatserver.domain.commands.ending import Close
from chatserver.domain.commands.messages import PostMessage
from chatserver.domain.entry import Author, AuthorKind
from chatserver.domain.events.assignment import Why
from chatserver.domain.events.queue import Opened
from chatserver.domain.hospital import Person, Role
from chatserver.domain.rules import Rulebook, Rules
from chatserver.hub.unit_of_work import UnitOfWork
from chatserver.store import accounts, consultants, visitors
from chatserver.store.database import Database, Where
from chatserver.store.ids import new_id
from chatserver.store.revisions import schema_state
from chatserver.store.tables import conversations, entries
from chatserver.store.tables import visitors as visitor_rows
from chatserver.store.tx import Tx
from tests.e2e.hospital import GYNECOLOGY, SITE, WOMEN, found
from tests.e2e.procs import ROOT

KEPT = ROOT / "build" / "bench"
MODELS = range(6, 29)
"""Messages in each conversation that is copied; with those that open and end it, 20 entries on average."""
BODIES = (
    "好的",
    "谢谢医生",
    "请问有没有发烧？多少度？",
    BODY,
    f"{BODY} 我明天上午可以过来，需要空腹吗？之前的检查单要不要带？",
)
LIFE_MS = 1_800_000
BETWEEN_MS = 20_000
"""The time between two messages, ms."""
YEARS_MS, WEEK_MS = 2 * 365 * 86_400_000, 7 * 86_400_000
RULES = Rulebook(Rules())
AT_ONCE = 5_000
"""Conversations per transaction."""

Values = tuple[Any, ...]
Rows = dict[Table, list[Values]]
"""A conversation's rows, by table."""


def kept(many: int) -> Path:
    """A SQLite file with so many entries; made now, unless it exists."""
    made_by = sha256(Path(__file__).read_bytes()).hexdigest()[:8]
    path = KEPT / f"past-{many}-{made_by}.db"
    if path.exists() and _is_current(path):
        return path
    for older in KEPT.glob(f"past-{many}-*"):
        older.unlink()
    KEPT.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="making-", dir=KEPT) as folder:
        file = Path(folder) / "chat.db"
        found(file.parent, [])
        fill(file, many)
        file.rename(path)
    return path


def fill(where: Where, many: int) -> None:
    """Write so many entries into a database that has only a hospital."""
    models = _models(where)
    now = time.time_ns() // 1_000_000
    count = sum(len(model.rows[entries]) for model in models)
    made = _copies(models, max(0, many // (count // len(models)) - len(models)), now - YEARS_MS, now - WEEK_MS)
    if isinstance(where, Path):
        _into_sqlite(where, made)
    else:
        _into_postgres(where, made)


def _is_current(path: Path) -> bool:
    database = Database(path)
    try:
        return database.read_now(schema_state) == "current"
    finally:
        database.close()


@dataclass(frozen=True)
class _Model:
    """A conversation to be copied; `began` is when it was opened."""

    rows: Rows
    visitor: str
    began: int


def _models(where: Where) -> list[_Model]:
    database = Database(where)
    began = time.time_ns() // 1_000_000 - YEARS_MS
    try:
        person = written(database, lambda conn: _hired(conn, began))
        ids = [written(database, _held_by(person, messages, began)) for messages in MODELS]
        return [database.read_now(_read(id)) for id in ids]
    finally:
        database.close()


def _hired(conn: Connection, now: int) -> Person:
    account = accounts.NewAccount("before", "$none$", "Before Wang", "9001", Role.CONSULTANT, (WOMEN,), 5)
    id = accounts.add(Tx(conn, now, "bench"), account)
    return consultants.load(conn, [id])[id].person


def _held_by(person: Person, messages: int, began: int) -> Callable[[Connection], str]:
    """Hold a conversation from its opening to its end; returns its id."""

    def hold(conn: Connection) -> str:
        visitor, _, _ = visitors.start(Tx(conn, began, "bench"), SITE, "zh", LIFE_MS)
        id, ref = new_id(), new_id()
        patient, staff = Visitor(visitor), Staff(person, Role.CONSULTANT, (WOMEN,))
        by_visitor = Author(AuthorKind.VISITOR, visitor)
        by_staff = Author(AuthorKind.CONSULTANT, person.id, person)
        unit = UnitOfWork(Tx(conn, began, "bench"), RULES)
        unit.open(Opened(GYNECOLOGY, WOMEN, "zh", "您好"), id=id, site=SITE, visitor=visitor, ref=ref)
        unit.decide(id, PostMessage(patient, BODY), by_visitor, ref, bytes(16))
        unit.decide(id, Assign(person, 0, 5, Why(0, 5)), by_staff)
        fence = unit.conversation(id).serving.fence
        for number in range(1, messages):
            unit.now += BETWEEN_MS
            body = BODIES[number % len(BODIES)]
            if number % 2:
                unit.decide(id, PostMessage(staff, body, fence), by_staff, new_id(), bytes(16))
            else:
                unit.decide(id, PostMessage(patient, body), by_visitor, new_id(), bytes(16))
        unit.decide(id, Close(staff, fence, "resolved"), by_staff, new_id(), bytes(16))
        unit.write()
        return id

    return hold


def _read(id: str) -> Callable[[Connection], _Model]:
    def read(conn: Connection) -> _Model:
        conversation = conn.execute(select(conversations).where(conversations.c.id == id)).one()
        visitor = conn.execute(select(visitor_rows).where(visitor_rows.c.id == conversation.visitor)).one()
        said = conn.execute(select(entries).where(entries.c.conversation == id).order_by(entries.c.seq)).all()
        rows = {visitor_rows: [tuple(visitor)], conversations: [tuple(conversation)], entries: [*map(tuple, said)]}
        return _Model(rows, conversation.visitor, conversation.opened_at)

    return read


def _copies(models: Sequence[_Model], many: int, since: int, until: int) -> Iterator[Rows]:
    """In the order of their times, as they would have been written."""
    chance = Random(many)
    for number in range(many):
        yield _copy(models[number % len(models)], since + (until - since) * number // many, chance)


def _copy(model: _Model, at: int, chance: Random) -> Rows:
    """A copy at another time: every id and every secret is new, every time is shifted."""
    conversation, visitor, moved = _id(at, chance), _id(at, chance), at - model.began

    def copied(table: Table, values: Values) -> Values:
        new = [value + moved if type(value) is int and value >= model.began else value for value in values]
        for place, name in _OWN[table]:
            if new[place] is not None:
                new[place] = new_value(table, name, new[place])
        return tuple(new)

    def new_value(table: Table, name: str, value: Any) -> Any:
        if name == "conversation" or (name == "id" and table is conversations):
            return conversation
        if name == "visitor" or (name == "id" and table is visitor_rows):
            return visitor
        if name == "author_id":
            return visitor if value == model.visitor else value
        if isinstance(value, bytes):
            return chance.randbytes(len(value))
        return _id(at, chance)

    return {table: [copied(table, values) for values in rows] for table, rows in model.rows.items()}


def _places(table: Table, *names: str) -> list[tuple[int, str]]:
    return [(place, column.name) for place, column in enumerate(table.columns) if column.name in names]


_OWN = {
    visitor_rows: _places(visitor_rows, "id", "token_hash"),
    conversations: _places(conversations, "id", "visitor", "opened_ref"),
    entries: _places(entries, "conversation", "id", "author_id", "ref", "digest"),
}
"""The columns that must be unique, or that refer to other rows."""


def _id(at: int, chance: Random) -> str:
    """A UUIDv7 of that time."""
    text = f"{at << 80 | 0x7 << 76 | chance.getrandbits(12) << 64 | 0b10 << 62 | chance.getrandbits(62):032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _into_sqlite(file: Path, made: Iterator[Rows]) -> None:
    with closing(sqlite3.connect(file)) as database:
        # Nobody else reads it yet, and an unfinished file is made again.
        database.execute("PRAGMA journal_mode=OFF")
        database.execute("PRAGMA synchronous=OFF")
        for rows in _together(made):
            for table, values in rows.items():
                marks = ", ".join("?" for _ in table.columns)
                database.executemany(f'INSERT INTO "{table.name}" ({_columns(table)}) VALUES ({marks})', values)
            database.commit()


def _into_postgres(url: str, made: Iterator[Rows]) -> None:
    with psycopg.connect(url) as database:
        for rows in _together(made):
            for table, values in rows.items():
                with database.cursor().copy(f'COPY "{table.name}" ({_columns(table)}) FROM STDIN') as copy:
                    for each in values:
                        copy.write_row(each)
            database.commit()


def _columns(table: Table) -> str:
    return ", ".join(f'"{column.name}"' for column in table.columns)


def _together(made: Iterator[Rows]) -> Iterator[Rows]:
    """The rows of many conversations at once, with referenced tables first."""
    gathered: Rows = {visitor_rows: [], conversations: [], entries: []}
    for number, rows in enumerate(made, 1):
        for table, values in rows.items():
            gathered[table] += values
        if number % AT_ONCE == 0:
            yield gathered
            gathered = {table: [] for table in gathered}
    yield gathered
