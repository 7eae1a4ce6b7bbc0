"""Transfers to a colleague or a group, and the answers to offers."""

from chatserver.domain.commands.offers import DeclineOffer, OfferTransfer, WithdrawOffer
from chatserver.domain.permissions import Permission
from chatserver.domain.refusals import BadFrame, NotFound
from chatserver.domain.routing import check_group_offered, check_offered
from chatserver.hub.connections import StaffSession
from chatserver.hub.handlers import StaffAsk, StaffHandler, StaffHandlers
from chatserver.hub.replies import answer_when
from chatserver.hub.staff_desk import StaffDesk
from chatserver.store.ids import new_id
from chatserver.wire.offers import OfferAccept, OfferDecline, OfferWithdraw, TransferOffer


def offer_transfer(desk: StaffDesk, session: StaffSession, frame: TransferOffer) -> StaffAsk:
    return StaffAsk(frame.conversation, _transfer(desk, session, frame))


def decline(desk: StaffDesk, session: StaffSession, frame: OfferDecline) -> StaffAsk:
    return StaffAsk(frame.conversation, DeclineOffer(session.staff, frame.offer, frame.reason))


def withdraw(desk: StaffDesk, session: StaffSession, frame: OfferWithdraw) -> StaffAsk:
    return StaffAsk(frame.conversation, WithdrawOffer(session.staff, frame.offer))


async def accept(desk: StaffDesk, session: StaffSession, frame: OfferAccept) -> None:
    digest = desk.parts.digests.of(frame)
    accepted = desk.parts.router.accept(session.staff, frame.conversation, frame.offer, frame.ref, digest)
    await answer_when(session, frame.ref, accepted)


def _transfer(desk: StaffDesk, session: StaffSession, frame: TransferOffer) -> OfferTransfer:
    """The command that offers the transfer. Raises `BadFrame`, `NotFound`, and `NotServing` when nobody could accept it
    now."""
    rules, directory = desk.records.rules, desk.parts.directory
    if (frame.consultant is None) is (frame.group is None):
        raise BadFrame(why="exactly one of consultant and group")
    if frame.group is not None:
        if frame.group not in desk.records.hospital.groups:
            raise NotFound()
        # The offer rings at those in the group who are connected and have room, so there must be at least one.
        candidates = directory.candidates(frame.group)
        check_group_offered((each for each in candidates if each.consultant.id != session.person), rules)
        return OfferTransfer(session.staff, frame.fence, new_id(), frame.note, group=frame.group)
    assert frame.consultant is not None
    colleague = directory.get(frame.consultant)
    if colleague is None:
        raise NotFound()
    check_offered(directory.candidate(colleague), rules)
    return OfferTransfer(session.staff, frame.fence, new_id(), frame.note, to=colleague.person, to_role=colleague.role)


STAFF: StaffHandlers = {
    TransferOffer: StaffHandler(offer_transfer, Permission.TRANSFER),
    OfferDecline: StaffHandler(decline),
    OfferWithdraw: StaffHandler(withdraw),
    OfferAccept: StaffHandler(accept, Permission.TAKE),
}
