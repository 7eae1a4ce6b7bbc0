"""删除申请: supervisors see which conversations and 留言 of their groups visitors want deleted, and record what was
done about it. Nothing is deleted here."""

from typing import Any, Final, get_args

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chatserver.domain.commands.deletions import NoteDeletion
from chatserver.domain.entry import Author, AuthorKind
from chatserver.domain.hospital import Consultant
from chatserver.domain.lookup_codes import DeletionResult
from chatserver.domain.permissions import Permission
from chatserver.domain.refusals import NotFound, Unavailable
from chatserver.domain.text import optional_text
from chatserver.hub.unit_of_work import UnitOfWork
from chatserver.store import audit, lookup_codes
from chatserver.store.browsing import TooSlow
from chatserver.store.lookup_codes import Deletion
from chatserver.web.context import Context, context_of
from chatserver.web.formatting import moment
from chatserver.web.gate.disconnects import until_disconnect
from chatserver.web.gate.request_body import form_body
from chatserver.web.gate.sessions import at_home, signed_in
from chatserver.web.i18n import Translator

MOST = 200
NOTE_LENGTH = 500
FORM_LIMIT = 16 * 1024
"""A note of 500 Chinese characters takes 4.5 KB in a form."""
SETTLED = "deletion.settle"
RESULTS: Final[tuple[DeletionResult, ...]] = get_args(DeletionResult)

log = structlog.get_logger("web")


async def show(request: Request) -> Response:
    """The requests, the open ones first."""
    me = (await at_home(request, Permission.READ_TRANSCRIPTS)).consultant
    return await _page(request, me)


async def settle(request: Request) -> Response:
    """Record what became of a request; the first record stays. Raises `NotFound` for one of another group."""
    me = (await signed_in(request, Permission.READ_TRANSCRIPTS)).consultant
    context, form = context_of(request), await form_body(request, FORM_LIMIT)
    id, note = form.get("id", ""), form.get("note", "").replace("\r\n", "\n")
    result = next((each for each in RESULTS if each == form.get("result")), None)
    if result is None or len(note) > NOTE_LENGTH:
        return await _page(request, me, missing=id, status=422)
    note = optional_text(note, NOTE_LENGTH)
    await context.hub.transact(lambda unit: _settle(unit, me, id, result, note), me.id)
    log.info("deletion_settled", request=id, result=result, by=me.id)
    return RedirectResponse("/deletions", status_code=303, headers={"Cache-Control": "no-store"})


def _settle(unit: UnitOfWork, me: Consultant, id: str, result: DeletionResult, note: str) -> None:
    tx = unit.tx
    known = lookup_codes.deletion(tx.conn, id)
    if known is None or known.group not in me.groups:
        raise NotFound()
    if lookup_codes.settle_deletion(tx, id, result, note, me.id):
        act = audit.Act(me.role.value, SETTLED, known.subject.kind, known.subject.id, details={"result": result})
        unit.audit(act)
        if known.subject.kind == "conversation":
            unit.load([known.subject.id])
            author = Author(AuthorKind.CONSULTANT, me.id, me.person)
            unit.decide(known.subject.id, NoteDeletion(result, me.person), author)


async def _page(request: Request, me: Consultant, *, missing: str = "", status: int = 200) -> Response:
    context = context_of(request)
    t = context.texts.for_reader(request)
    reading = context.database.browse(
        lambda conn: lookup_codes.deletions(conn, me.groups, MOST), context.options.page_s
    )
    try:
        found = await until_disconnect(request, reading)
    except TooSlow:
        raise Unavailable() from None
    rows = [_row(context, each, t) for each in found]
    values = {"me": me, "rows": rows, "results": RESULTS, "missing": missing, "note_length": NOTE_LENGTH}
    return context.pages.render(request, "deletions.html", values, status=status)


def _row(context: Context, deletion: Deletion, t: Translator) -> dict[str, Any]:
    hospital, now, zone = context.hub.hospital, context.now(), context.options.zone
    group = hospital.groups.get(deletion.group)
    row: dict[str, Any] = {
        "request": deletion.id,
        "at": moment(deletion.asked_at, now, zone, t),
        "kind": deletion.subject.kind,
        "id": deletion.subject.id,
        "group": deletion.group if group is None else group.name.inside(t.language),
        "result": deletion.result,
        "note": deletion.note,
    }
    by = context.hub.consultants.get(deletion.done_by or "")
    if deletion.done_at is not None and by is not None:
        at = moment(deletion.done_at, now, zone, t)
        row["done"] = t("page.deletions.done_by", at=at, name=by.person.name, number=by.person.number)
    return row
