"""聊天记录: supervisors find conversations of their groups and read them whole. Changes nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar, get_args
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from chatserver.actions.visits import FoundVisit
from chatserver.actions.visits import find as find_visit
from chatserver.domain.audience import Audience, Seen, view
from chatserver.domain.consent import lock
from chatserver.domain.hospital import Consultant
from chatserver.domain.permissions import Permission
from chatserver.domain.refusals import NotFound, Unavailable
from chatserver.domain.visits import PROVINCES
from chatserver.store import audit, conversations, entries
from chatserver.store.browsing import TooSlow
from chatserver.store.transcripts import NO_OUTCOME, Found, TranscriptFilter, count, find, is_there, one
from chatserver.store.tx import Tx
from chatserver.web.context import Context, context_of
from chatserver.web.event_text import EventText
from chatserver.web.formatting import clock, day_end, day_start, length, moment, size
from chatserver.web.gate.disconnects import until_disconnect
from chatserver.web.gate.sessions import at_home, signed_in
from chatserver.web.visit_text import source_name, visit_shown
from chatserver.wire.ending import Outcome

T = TypeVar("T")

READ = "transcript.read"
SAME_READING_MS = 60_000
PAGE = 50
ENTRIES = 500
"""Entries on one page; a longer conversation continues on the next one."""
OUTCOMES = (*get_args(Outcome), NO_OUTCOME)
FILTERS = ("from", "to", "department", "group", "consultant", "outcome", "source", "region")


class BadFilter(Exception):
    """A filter is invalid; `args[0]` is the key of the sentence that says so."""


async def show_list(request: Request) -> Response:
    """The list, filtered by the query of the address."""
    session = await at_home(request, Permission.READ_TRANSCRIPTS)
    context, me = context_of(request), session.consultant
    filters = {name: request.query_params.get(name, "").strip() for name in FILTERS}
    page = _whole(request.query_params.get("page", ""), least=1)
    sentences = _sentences(request, context)
    values: dict[str, Any] = {
        "me": me,
        "filters": filters,
        "filtered": any(filters.values()),
        "choices": _choices(context, me, sentences),
        "problem": "",
        "rows": [],
        "total": 0,
        "pages": None,
    }
    try:
        wanted = _wanted(context, me, filters)
    except BadFilter as bad:
        values["problem"] = bad.args[0]
        return context.pages.render(request, "transcripts.html", values, status=400)
    try:
        total, found = await _browse(
            request, context, lambda conn: (count(conn, wanted), find(conn, wanted, PAGE, (page - 1) * PAGE))
        )
    except TooSlow:
        values["problem"] = "page.transcripts.problem.slow"
        return context.pages.render(request, "transcripts.html", values, status=503)
    values["rows"] = [_line(context, sentences, row) for row in found]
    values["total"] = total
    values["pages"] = _turning(request, page, total)
    return context.pages.render(request, "transcripts.html", values)


async def show_one(request: Request) -> Response:
    """One conversation, every entry of it, notes and events too."""
    session = await signed_in(request, Permission.READ_TRANSCRIPTS)
    context, me = context_of(request), session.consultant
    id: str = request.path_params["id"]
    after = _whole(request.query_params.get("after", ""), least=0)
    try:
        # Turning and reloading pages does not write, so that chat messages do not wait for it in the writer's queue.
        if not await _browse(request, context, lambda conn: _is_noted(conn, id, me, context.now())):
            await context.database.write(lambda tx: _note_reading(tx, id, me), context.now, me.id)
        read = await _browse(request, context, lambda conn: _read(conn, id, me.groups, after, context.options.zone))
    except TooSlow:
        raise Unavailable() from None
    sentences = _sentences(request, context)
    lines = [_entry_line(context, sentences, seen) for seen in read.seen]
    values = {
        "me": me,
        "row": _line(context, sentences, read.found),
        "lines": lines,
        "locked": read.locked,
        "visit": visit_shown(read.visit, context, sentences),
        "after": after,
        "next_after": read.seen[-1].seq if read.more else None,
        "printed": moment(context.now(), context.now(), context.options.zone, sentences.t),
    }
    return context.pages.render(request, "transcript.html", values)


async def _browse(request: Request, context: Context, fn: Callable[[Connection], T]) -> T:
    """Read by `fn`, until the client disconnects. Raises `TooSlow`."""
    return await until_disconnect(request, context.database.browse(fn, context.options.page_s))


@dataclass(frozen=True, slots=True)
class _Read:
    found: Found
    locked: str | None
    """Why nobody of staff may see its files."""
    seen: list[Seen]
    more: bool
    visit: FoundVisit


def _is_noted(conn: Connection, id: str, me: Consultant, now: int) -> bool:
    """Whether the audit log has a row for this reading already: all pages of one transcript within a minute are one
    reading. Raises `NotFound` in the same cases as `_read`."""
    if "\x00" in id or not is_there(conn, id, me.groups):
        raise NotFound()
    return audit.done_since(conn, me.id, (READ,), id, now - SAME_READING_MS).last is not None


def _note_reading(tx: Tx, id: str, me: Consultant) -> None:
    """Record the reading in the audit log; called before anything is read. Raises `NotFound`."""
    if not _is_noted(tx.conn, id, me, tx.now):
        audit.write(tx, audit.Act(me.role.value, READ, "conversation", id))


def _read(conn: Connection, id: str, groups: tuple[str, ...], after: int, zone: ZoneInfo) -> _Read:
    """Read one page of entries. Raises `NotFound` for a conversation that does not exist and for one that the reader
    may not see, so that the two cannot be told apart."""
    found = None if "\x00" in id else one(conn, id, groups)
    if found is None:
        raise NotFound()
    conversation = conversations.load(conn, [id])[id]
    held = entries.page(conn, id, after, ENTRIES + 1)
    views = (view(entry, Audience.STAFF) for entry in held[:ENTRIES])
    seen = [each for each in views if each is not None]
    visit = find_visit(conn, conversation, zone)
    return _Read(found, lock(conversation.agreed.consents), seen, len(held) > ENTRIES, visit)


def _wanted(context: Context, me: Consultant, filters: dict[str, str]) -> TranscriptFilter:
    """The filters as a query. Raises `BadFilter`."""
    zone = context.options.zone
    first, last = _day(filters["from"]), _day(filters["to"])
    if first is not None and last is not None and last < first:
        raise BadFilter("page.transcripts.problem.order")
    if any("\x00" in each for each in filters.values()):
        # PostgreSQL refuses text with NUL, even in a query.
        raise BadFilter("page.transcripts.problem.unknown")
    if filters["outcome"] and filters["outcome"] not in OUTCOMES:
        raise BadFilter("page.transcripts.problem.unknown")
    return TranscriptFilter(
        groups=me.groups,
        since=day_start(first, zone) if first else None,
        until=day_end(last, zone) if last else None,
        department=filters["department"],
        group=filters["group"],
        consultant=filters["consultant"],
        outcome=filters["outcome"],
        source=filters["source"],
        province=filters["region"],
    )


def _day(written: str) -> date | None:
    if not written:
        return None
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise BadFilter("page.transcripts.problem.date") from None
    if not 2000 <= day.year <= 2999:
        raise BadFilter("page.transcripts.problem.date")
    return day


def _choices(context: Context, me: Consultant, sentences: EventText) -> dict[str, list[tuple[str, str]]]:
    """The choices of each filter, as (value, words): the reader's groups, their people, departments and outcomes."""
    groups, sources = set(me.groups), context.hub.hospital.sources
    colleagues = [each.person for each in context.hub.consultants.values() if groups & set(each.groups)]
    colleagues.sort(key=lambda person: person.number)
    return {
        "department": [(id, sentences.department(id)) for id in context.hub.hospital.departments],
        "group": [(id, sentences.group(id)) for id in me.groups],
        "consultant": [(person.id, sentences.person(person)) for person in colleagues],
        "outcome": [(outcome, sentences.outcome(outcome, ended=True)) for outcome in OUTCOMES],
        "source": [(id, source_name(sources, id, sentences.t)) for id in sources.ids],
        "region": [(province, province) for province in PROVINCES],
    }


def _sentences(request: Request, context: Context) -> EventText:
    t = context.texts.for_reader(request)
    zone = context.options.zone
    return EventText(
        t,
        context.texts.event_sentences,
        context.hub.hospital,
        when=lambda at: moment(at, context.now(), zone, t),
        clock=lambda at: clock(at, zone),
    )


def _line(context: Context, sentences: EventText, row: Found) -> dict[str, Any]:
    """A conversation as it is shown in the list and at the top of its transcript."""
    return {
        "id": row.id,
        "opened": sentences.when(row.opened_at),
        "department": sentences.department(row.department),
        "group": sentences.group(row.group),
        "consultants": [sentences.person(person) for person in row.consultants],
        "outcome": sentences.outcome(row.outcome, ended=row.closed_at is not None),
        "open": row.closed_at is None,
        "length": length((row.closed_at or context.now()) - row.opened_at),
        "messages": row.messages,
        "ratings": [(_named(context, sentences, row, id), stars) for id, stars in row.stars.items()],
    }


def _named(context: Context, sentences: EventText, row: Found, id: str) -> str:
    """The person with this id who was rated: an owner, or a colleague who had joined."""
    held = next((person for person in row.consultants if person.id == id), None)
    known = context.hub.consultants.get(id)
    person = held or (known.person if known is not None else None)
    return id if person is None else sentences.person(person)


def _entry_line(context: Context, sentences: EventText, seen: Seen) -> dict[str, Any]:
    """An entry as its line shows it."""
    return {
        "seq": seen.seq,
        "kind": seen.kind,
        "author": seen.author.kind.value,
        "who": sentences.author(seen.author),
        "at": sentences.when(seen.at),
        "clock": clock(seen.at, context.options.zone),
        "body": seen.body,
        "event": "" if seen.event is None else sentences.event(seen),
        "quote": "" if seen.event is None else sentences.quote(seen),
        "why": sentences.why(seen),
        "file": _file_shown(sentences, seen, context.options.zone),
    }


def _file_shown(sentences: EventText, seen: Seen, zone: ZoneInfo) -> dict[str, Any] | None:
    """The file of an entry as its line shows it."""
    if seen.file is None:
        return None
    file = seen.file
    alt = sentences.t("page.transcript.picture", who=sentences.author(seen.author), time=clock(seen.at, zone))
    return {
        "id": file.id,
        "is_image": file.type.is_image,
        "name": file.name,
        "size": size(file.bytes),
        "width": file.width,
        "height": file.height,
        "intimate": file.intimate,
        "alt": alt,
    }


def _turning(request: Request, page: int, total: int) -> dict[str, Any]:
    """The links to the previous and the next page."""
    last = max(1, -(-total // PAGE))
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in ("page", "lang")]

    def link(number: int) -> str | None:
        return "?" + urlencode([*kept, ("page", number)]) if 1 <= number <= last else None

    return {"number": page, "last": last, "newer": link(page - 1), "older": link(page + 1)}


def _whole(written: str, least: int) -> int:
    """A number from an address: a page, or the entry after which a page begins. Anything invalid becomes `least`."""
    return max(least, int(written)) if written.isascii() and written.isdigit() and len(written) < 10 else least
