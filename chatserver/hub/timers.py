"""Hands deadlines that are due to the handler of their kind, and regularly checks all groups in which somebody waits.
The deadlines of conversations are handled here: their rows become `DeadlineReached` commands.

Everything that must happen in time is a row in the store; nothing relies on a timer of this process alone.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

import structlog

from chatserver.domain.commands.time import DeadlineReached
from chatserver.domain.entry import SYSTEM
from chatserver.domain.refusals import Refused
from chatserver.hub.assignment import Router
from chatserver.hub.candidate_pools import CandidatePools
from chatserver.hub.conversation_list import ConversationList
from chatserver.hub.dispatch import Dispatch
from chatserver.hub.inbox import Done
from chatserver.hub.open_conversations import OpenConversations
from chatserver.hub.periodic import every
from chatserver.hub.services import Services
from chatserver.hub.typing import TypingSigns
from chatserver.store import deadlines

log = structlog.get_logger()

OVERDUE_MS = 2_000
"""A deadline that is this late is worked by every node that sees it. Two nodes that work the same one do no harm,
because the second finds that nothing is due any more."""
AT_ONCE = 500
"""Deadlines handled in one tick; the rest is still due in the next."""

OnDeadline = Callable[[Sequence[str]], Awaitable[None]]
"""Handles the subjects of one kind that are due, given by their ids. It must also remove or move their rows, because a
row that stays is due again in the next tick."""


class Timers:
    def __init__(
        self,
        services: Services,
        dispatch: Dispatch,
        router: Router,
        open_conversations: OpenConversations,
        pools: CandidatePools,
        conversation_list: ConversationList,
        typing: TypingSigns,
    ) -> None:
        self._database = services.database
        self._dispatch = dispatch
        self._router = router
        self._open_conversations = open_conversations
        self._pools = pools
        self._conversation_list = conversation_list
        self._bus = services.bus
        self._options = services.options
        self._now = services.now
        self._sleep = services.clock.sleep
        self._typing = typing
        self._tasks: list[asyncio.Task[None]] = []
        self._handlers: dict[str, OnDeadline] = {deadlines.CONVERSATION: self._conversations}

    def start(self, others: Mapping[str, OnDeadline]) -> None:
        """Begin. `others` handle the deadlines of other subjects, by their kind."""
        self._handlers.update(others)
        self._tasks = [
            asyncio.create_task(every(self._sleep, self._options.tick, self.tick), name="deadlines"),
            asyncio.create_task(every(self._sleep, self._options.sweep, self.sweep), name="sweep"),
        ]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def tick(self) -> None:
        """Work whatever is due now. A node without the timer lease works only what is overdue, in case the lease's
        holder is dead."""
        now = self._now() - (0 if self._bus.works_timers else OVERDUE_MS)
        due = await self._database.read(lambda conn: deadlines.due(conn, self._handlers, now, AT_ONCE))
        await asyncio.gather(*(self._handlers[kind](ids) for kind, ids in due.items()))

    async def _conversations(self, ids: Sequence[str]) -> None:
        answers = [self._answer(id) for id in ids]
        for answer in await asyncio.gather(*answers):
            if isinstance(answer, Refused):
                log.warning("deadline_refused", code=answer.code)

    def _answer(self, id: str) -> "asyncio.Future[Done | Refused]":
        answer: asyncio.Future[Done | Refused] = asyncio.get_running_loop().create_future()

        def then(told: Done | Refused) -> None:
            # The future is cancelled if the timers were stopped meanwhile.
            if not answer.done():
                answer.set_result(told)

        up = DeadlineReached(
            owner_typing=self._typing.owner_types(id),
            elsewhere=self._router.somebody_else(id),
            somebody_typing=self._typing.somebody_types(id),
        )
        self._dispatch.ask(id, up, SYSTEM, then)
        return answer

    async def sweep(self) -> None:
        """Check all groups in which somebody waits, so that no conversation is forgotten even if a signal was
        missed."""
        # Build the pools anew, so that they do not stay wrong if a change was not announced.
        self._pools.everybody_changed()
        self._router.look_for_urgent()
        for group in self._open_conversations.waiting_groups():
            self._router.look(group)
        self._conversation_list.ended(self._open_conversations.forget_ended(self._now()))
