"""登录锁定: the accounts that cannot sign in at present. Group leaders, supervisors and administrators can end
a lock."""

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chatserver.domain.hospital import AT_CONSOLE, Consultant
from chatserver.domain.permissions import TABLE, Permission, Reach
from chatserver.domain.refusals import NotFound, Unavailable
from chatserver.domain.versioned_settings import SIGN_IN_POLICY
from chatserver.store import accounts, audit, sign_ins
from chatserver.store.browsing import TooSlow
from chatserver.store.tx import Tx
from chatserver.web.context import context_of
from chatserver.web.formatting import moment
from chatserver.web.gate.disconnects import until_disconnect
from chatserver.web.gate.request_body import form_body
from chatserver.web.gate.sessions import at_home, signed_in

log = structlog.get_logger("web")


async def show(request: Request) -> Response:
    """List the accounts within reach that are locked, or whose sign-ins must wait."""
    me = (await at_home(request, Permission.END_LOCKS)).consultant
    context = context_of(request)
    t = context.texts.for_reader(request)
    everywhere = TABLE[Permission.END_LOCKS][me.role] is Reach.EVERYTHING
    groups = None if everywhere else me.groups
    policy = context.hub.versioned_settings.value(SIGN_IN_POLICY)
    reading = context.database.browse(
        lambda conn: sign_ins.locks(conn, groups, context.now(), policy), context.options.page_s
    )
    try:
        found = await until_disconnect(request, reading)
    except TooSlow:
        raise Unavailable() from None
    rows = [
        {
            "login": lock.login,
            "person": lock.person,
            "until": moment(lock.until, context.now(), context.options.zone, t),
        }
        for lock in found
    ]
    return context.pages.render(request, "locks.html", {"me": me, "rows": rows})


async def end(request: Request) -> Response:
    """End the locks and waits of an account. Raises `NotFound` for an account out of reach."""
    me = (await signed_in(request, Permission.END_LOCKS)).consultant
    context = context_of(request)
    login = (await form_body(request)).get("login", "")
    ended = await context.database.write(lambda tx: _end(tx, me, login), context.now, me.id)
    log.info("sign_in_lock_ended", consultant=ended, by=me.id)
    return RedirectResponse("/locks", status_code=303, headers={"Cache-Control": "no-store"})


def _end(tx: Tx, me: Consultant, login: str) -> str:
    account = accounts.by_login(tx.conn, login)
    if account is None or not _may_end(me, account.consultant):
        raise NotFound(what="account")
    sign_ins.end_locks(tx, login)
    audit.write(tx, audit.Act(me.role.value, "account.unlock", "consultant", account.consultant.id))
    return account.consultant.id


def _may_end(me: Consultant, whose: Consultant) -> bool:
    """Administrators may for everybody, others for the people of their groups who work in the console."""
    if TABLE[Permission.END_LOCKS][me.role] is Reach.EVERYTHING:
        return True
    return whose.role in AT_CONSOLE and not set(me.groups).isdisjoint(whose.groups)
