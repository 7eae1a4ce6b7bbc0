"""Who the visitor is, by a token of the hospital's own website. It is shown to staff, and gives no right."""

import structlog
from sqlalchemy import Connection

from chatserver.domain.actors import Visitor
from chatserver.domain.commands.identity import Identify
from chatserver.domain.identity import BadToken, claims_of
from chatserver.domain.names import visitors_name
from chatserver.domain.refusals import IdentityChanged, IdentityRefused, Refused
from chatserver.hub.allowances import Spent
from chatserver.hub.connections import VisitorSession
from chatserver.hub.handlers import VisitorAsk, VisitorHandler, VisitorHandlers
from chatserver.hub.inbox import Done
from chatserver.hub.replies import telling
from chatserver.hub.visitor_desk import VisitorDesk
from chatserver.store import identity_keys, identity_tokens
from chatserver.wire.identity import VisitorIdentify

log = structlog.get_logger()


async def identify(desk: VisitorDesk, session: VisitorSession, frame: VisitorIdentify, spent: Spent) -> VisitorAsk:
    """Raises `IdentityRefused` for every token that is not accepted. The log says why, but never the token."""
    site, now = session.site, desk.now()

    def read(conn: Connection) -> list[str]:
        return identity_keys.accepted(conn, desk.database.audit_key, site, now)

    try:
        claims = claims_of(frame.token, await desk.database.read(read), site, now)
    except BadToken as bad:
        log.warning("identity_refused", site=site, why=bad.why)
        raise IdentityRefused() from None
    name = visitors_name(claims.name, desk.parts.services.own_names, session.person)
    token = identity_tokens.hash_of(site, claims.id)
    command = Identify(Visitor(session.person), name, claims.number, token, claims.until)
    tell = telling(session, frame.ref)

    def then(answer: Done | Refused) -> None:
        is_doubted = isinstance(answer, Done) and answer.conversation.identity.doubted_at is not None
        tell(IdentityChanged() if is_doubted else answer)

    return VisitorAsk(frame.conversation, command, then)


VISITOR: VisitorHandlers = {VisitorIdentify: VisitorHandler(identify, buckets=("identities", "address: reads"))}
