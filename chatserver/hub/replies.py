"""What visitor and staff handlers share: they send a command's answer back to the tab that asked."""

from collections.abc import Awaitable

import structlog

from chatserver.domain.audience import Audience
from chatserver.domain.refusals import Internal, RateLimited, Refused
from chatserver.hub.inbox import Done, Then
from chatserver.hub.session import Session
from chatserver.wire import encoding
from chatserver.wire.replies import Accepted

log = structlog.get_logger()


def telling(session: Session, ref: str) -> Then:
    """Returns a callback that sends the tab the result of its command."""

    def then(answer: Done | Refused) -> None:
        if isinstance(answer, Done):
            session.push(accepted(answer, ref, session.audience))
        else:
            refuse(session, answer, ref)

    return then


async def answer_when(session: Session, ref: str, doing: Awaitable[Done]) -> None:
    """Send the tab the result of something awaited."""
    try:
        session.push(accepted(await doing, ref, session.audience))
    except Exception as failure:
        refuse(session, failure, ref)


def refuse(session: Session, failure: BaseException, ref: str | None) -> None:
    """Tell the tab that its request was refused. Any failure but a `Refused` is a bug of the server; it is logged and
    sent as `internal`."""
    if not isinstance(failure, Refused):
        log.error("act_failed", exc_info=failure)
        failure = Internal()
    session.on_refused(failure)
    session.push(encoding.refused(failure, ref))


def refuse_asked(session: Session, failure: BaseException, ref: str | None) -> None:
    """Like `refuse`, but a frame without a ref that came too often (a typing sign) is dropped silently, because nobody
    expects an answer to it."""
    if ref is not None or not isinstance(failure, RateLimited):
        refuse(session, failure, ref)


def accepted(done: Done, ref: str, audience: Audience) -> Accepted:
    """The answer to a command that was carried out, with places as this audience counts them."""
    entry = done.entry
    place = None if entry is None else entry.seq if audience is Audience.STAFF else entry.visitor_seq
    return Accepted(
        ref=ref,
        conversation=done.conversation.id,
        seq=place or 0,
        id="" if entry is None or place is None else entry.id,
        at=0 if entry is None else entry.at,
        fence=done.conversation.serving.fence if audience is Audience.STAFF else None,
        repeat=done.repeat,
    )
