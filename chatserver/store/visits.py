"""来源 rows: where visitors came from. One row per conversation, written with its first message, and one per 留言 or
call-back without a conversation, so that nothing is stored about visitors who never write."""

from typing import Any, Literal

import msgspec
import structlog
from sqlalchemy import Connection, Row, func, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from chatserver.domain.visits import MOST_PAGES, Device, PageSeen, Region, Touch, Visit
from chatserver.store.sealed_text import seal, unseal
from chatserver.store.tables import conversations, request_visits, visits
from chatserver.store.tx import Tx

_touch = msgspec.json.Decoder(Touch).decode
_pages = msgspec.json.Decoder(tuple[PageSeen, ...]).decode

log = structlog.get_logger()

Request = Literal["offline_message", "callback"]

EARLIER = 20
"""How many of a visitor's other conversations are read."""


def add_safely(tx: Tx, conversation: str, visit: Visit) -> None:
    """Add the row, in the transaction that opens the conversation. The first message must never fail because of it: a
    row that cannot be written is logged and left out."""
    try:
        with tx.conn.begin_nested():
            add(tx, conversation, visit)
    except SQLAlchemyError as failure:
        log.error("visit_not_stored", conversation=conversation, why=type(failure).__name__)


def add(tx: Tx, conversation: str, visit: Visit) -> None:
    """Add the row of a conversation."""
    tx.conn.execute(insert(visits).values(conversation=conversation, **_row(tx, conversation, visit)))


def add_request_safely(tx: Tx, kind: Request, id: str, visit: Visit) -> None:
    """Add the row of a 留言 or a call-back, as `add_safely` does."""
    row = {"subject_id": id, "subject_kind": kind, **_row(tx, id, visit)}
    try:
        with tx.conn.begin_nested():
            tx.conn.execute(insert(request_visits).values(row))
    except SQLAlchemyError as failure:
        log.error("visit_not_stored", subject=id, why=type(failure).__name__)


def _row(tx: Tx, id: str, visit: Visit) -> dict[str, Any]:
    region = visit.region or Region("")
    return {
        "started_at": tx.now,
        "source": visit.first.recognised.source,
        "last_source": None if visit.last is None else visit.last.recognised.source,
        "device": visit.device,
        "province": region.province,
        "city": region.city,
        "region_date": region.data_date,
        "first": _sealed(visit.first, id, "first"),
        "last": None if visit.last is None else _sealed(visit.last, id, "last"),
        "pages": _sealed(visit.pages, id, "pages"),
    }


def add_page(tx: Tx, conversation: str, page: PageSeen) -> None:
    """Add a page to the trail, unless it is full, the page is the last one already, or there is no visit."""
    row = tx.conn.execute(
        select(visits.c.pages).where(visits.c.conversation == conversation).with_for_update()
    ).one_or_none()
    if row is None:
        return
    pages = _pages(unseal(row.pages, conversation, "pages"))
    if len(pages) >= MOST_PAGES or (pages and pages[-1].page == page.page):
        return
    sealed = _sealed((*pages, page), conversation, "pages")
    tx.conn.execute(update(visits).where(visits.c.conversation == conversation).values(pages=sealed))


def load(conn: Connection, conversation: str) -> Visit | None:
    """The visit of a conversation."""
    row = conn.execute(select(visits).where(visits.c.conversation == conversation)).one_or_none()
    return None if row is None else _visit(row, conversation)


def load_request(conn: Connection, id: str) -> Visit | None:
    """The visit of a 留言 or a call-back."""
    row = conn.execute(select(request_visits).where(request_visits.c.subject_id == id)).one_or_none()
    return None if row is None else _visit(row, id)


def of_visitor(conn: Connection, visitor: str) -> tuple[int, list[str]]:
    """How many conversations the visitor has had, and the ids of the latest, newest first."""
    own = conversations.c
    count = conn.scalar(select(func.count()).select_from(conversations).where(own.visitor == visitor))
    newest = select(own.id).where(own.visitor == visitor).order_by(own.opened_at.desc(), own.id.desc())
    return count or 0, list(conn.scalars(newest.limit(EARLIER + 1)))


def _visit(row: Row[Any], id: str) -> Visit:
    device: Device = row.device
    return Visit(
        first=_touch(unseal(row.first, id, "first")),
        device=device,
        last=None if row.last is None else _touch(unseal(row.last, id, "last")),
        pages=_pages(unseal(row.pages, id, "pages")),
        region=Region(row.province, row.city, row.region_date) if row.province else None,
    )


def _sealed(value: Touch | tuple[PageSeen, ...], id: str, place: str) -> str:
    return seal(msgspec.json.encode(value).decode(), id, place)
