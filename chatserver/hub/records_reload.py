"""What follows when the hospital's records were read again."""

import asyncio

import structlog

from chatserver.domain.hospital import Hospital
from chatserver.domain.refusals import Refused
from chatserver.hub.candidate_pools import CandidatePools
from chatserver.hub.changed_records import ChangedRecords
from chatserver.hub.colleague_list import ColleagueList
from chatserver.hub.dispatch import Dispatch
from chatserver.hub.open_conversations import OpenConversations
from chatserver.hub.services import Services
from chatserver.hub.sessions import Sessions
from chatserver.hub.staff_directory import StaffDirectory
from chatserver.hub.unit_of_work import UnitOfWork
from chatserver.hub.visitor_status import VisitorStatus
from chatserver.store import conversations
from chatserver.wire.closing import CloseCode

log = structlog.get_logger()


class RecordsReload:
    """Takes over records that were just read."""

    def __init__(
        self,
        services: Services,
        dispatch: Dispatch,
        open_conversations: OpenConversations,
        directory: StaffDirectory,
        sessions: Sessions,
        pools: CandidatePools,
        colleague_list: ColleagueList,
        visitor_status: VisitorStatus,
        changed_records: ChangedRecords,
    ) -> None:
        self._records = services.records
        self._dispatch = dispatch
        self._open_conversations = open_conversations
        self._directory = directory
        self._sessions = sessions
        self._pools = pools
        self._colleague_list = colleague_list
        self._visitor_status = visitor_status
        self._changed_records = changed_records
        self._settling: set[asyncio.Task[None]] = set()

    def take_over(self, hospital: Hospital) -> None:
        """The hospital's records, or its people, were changed."""
        before = self._records.replace(hospital)
        self._pools.everybody_changed()
        self._colleague_list.changed(consultant.id for consultant in self._directory)
        self._resync_changed_staff()
        self._changed_records.reloaded()
        self._visitor_status.people_changed(self._open_conversations.waiting_groups())
        if before.groups and before.groups != hospital.groups:
            self._settle_deadlines_soon()

    def _resync_changed_staff(self) -> None:
        """Make staff with other groups or another role reconnect: what they may see is decided when their session
        begins."""
        for session in self._sessions.staff():
            consultant = self._directory.get(session.person)
            if consultant is not None and self._directory.staff(consultant.id) != session.staff:
                session.close(CloseCode.RESYNC)

    def _settle_deadlines_soon(self) -> None:
        """Group rules changed: recompute the deadlines of all open conversations in the background."""
        settling = asyncio.create_task(self._settle_deadlines(), name="settle deadlines")
        self._settling.add(settling)
        settling.add_done_callback(self._settling.discard)

    async def _settle_deadlines(self) -> None:
        try:
            await self._dispatch.transact(settle_deadlines)
        except Refused as refusal:
            log.warning("clocks_not_settled", code=refusal.code)


def settle_deadlines(unit: UnitOfWork) -> None:
    """In the writer thread: recompute and write the deadlines of every open conversation."""
    for conversation in conversations.open_everywhere(unit.conn, lock=True):
        unit.take(conversation)
        unit.fired(conversation.id)
