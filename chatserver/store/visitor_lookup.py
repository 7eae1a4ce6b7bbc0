"""Looks up, for many clients at once, which visitor a token belongs to and the visitor's latest conversation."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from chatserver.domain.conversation import Conversation
from chatserver.store import conversations, secrets
from chatserver.store.conversations import Mark
from chatserver.store.message_path import Lookup
from chatserver.store.tables import conversations as talks
from chatserver.store.tables import visitors

AT_ONCE = 64
"""Tokens per query. A list of hashes cannot be passed as JSON, so the statement has this many parameters; unused ones
repeat the last hash."""

Pictures = Callable[[str], Conversation | None]


@dataclass(frozen=True, slots=True)
class VisitorRow:
    """A visitor with a valid token. `life_ms`: how long it lives after each activity."""

    id: str
    site: str
    language: str
    ends_at: int
    life_ms: int


@dataclass(frozen=True, slots=True)
class KnownVisitor:
    """A visitor and their latest conversation, open or closed."""

    visitor: VisitorRow
    latest: Conversation | None


class _Row(NamedTuple):
    """The columns read per visitor."""

    token_hash: bytes
    id: str
    site_id: str
    language: str
    ends_at: int
    life_ms: int
    talk: str | None
    version: int
    last_seq: int
    last_human_at: int
    fence: int


def known(
    conn: Connection, tokens: Sequence[str], now: int, pictures: Pictures = lambda _id: None
) -> list[KnownVisitor | None]:
    """The visitor of each token; None, without saying why, if it has ended or never existed.

    `pictures` are cached conversations. They are used if the row's mark shows that they are current, because decoding a
    row costs 25 µs.
    """
    hashes = [secrets.token_hash(token) for token in tokens]
    rows = {row.token_hash: row for row in _rows(conn, hashes, now)}
    latest = {row.talk: pictures(row.talk) for row in rows.values() if row.talk is not None}
    marks = {row.talk: _mark(row) for row in rows.values()}
    unknown = [id for id, each in latest.items() if each is None or conversations.mark_of(each) != marks[id]]
    if unknown:
        latest |= conversations.load(conn, unknown)
    return [None if row is None else _known(row, latest) for row in map(rows.get, hashes)]


def who_rates(conn: Connection, token: str, now: int) -> VisitorRow | None:
    """The visitor of an ended token, if they may still rate the conversation that they ended with it; `ends_at` says
    until when."""
    mine = select(visitors).where(visitors.c.token_hash == secrets.token_hash(token), visitors.c.rates_until > now)
    row = conn.execute(mine).one_or_none()
    return None if row is None else VisitorRow(row.id, row.site_id, row.language, row.rates_until, row.life_ms)


def _rows(conn: Connection, hashes: Sequence[bytes], now: int) -> Iterator[_Row]:
    for start in range(0, len(hashes), AT_ONCE):
        some = hashes[start : start + AT_ONCE]
        yield from map(_Row._make, _of_hashes.rows(conn, *some, *[some[-1]] * (AT_ONCE - len(some)), now))


_theirs = talks.alias("theirs")
_newest = (
    select(_theirs.c.id)
    .where(_theirs.c.visitor == visitors.c.id)
    .order_by(_theirs.c.opened_at.desc(), _theirs.c.id.desc())
    .suffix_with("LIMIT 1")  # `limit` would add SQLite's offset, which is one more parameter
    .scalar_subquery()
)
_places = [f"hash_{number}" for number in range(AT_ONCE)]
_of_hashes = Lookup(
    select(
        visitors.c.token_hash,
        visitors.c.id,
        visitors.c.site_id,
        visitors.c.language,
        visitors.c.ends_at,
        visitors.c.life_ms,
        talks.c.id.label("talk"),
        talks.c.version,
        talks.c.last_seq,
        talks.c.last_human_at,
        talks.c.fence,
    )
    .select_from(visitors.outerjoin(talks, talks.c.id == _newest))
    .where(
        visitors.c.token_hash.in_([bindparam(place) for place in _places]),
        visitors.c.ends_at > bindparam("now"),
    ),
    *_places,
    "now",
)


def _mark(row: _Row) -> Mark:
    return row.version, row.last_seq, row.last_human_at, row.fence


def _known(row: _Row, latest: dict[str, Conversation | None]) -> KnownVisitor:
    visitor = VisitorRow(row.id, row.site_id, row.language, row.ends_at, row.life_ms)
    return KnownVisitor(visitor, None if row.talk is None else latest[row.talk])
