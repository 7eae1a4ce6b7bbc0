"""The sockets of this node: whose tabs they are, how many tabs one person may have, and what is kept after a person's
sockets have closed."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

from chatserver.domain.conversation import Conversation
from chatserver.hub.allowances import Addresses, Allowance, Neighbours, Spent, spend
from chatserver.hub.connections import StaffSession, VisitorSession
from chatserver.hub.delivery import Delivery
from chatserver.hub.open_conversations import OpenConversations
from chatserver.hub.services import Services
from chatserver.hub.session import Session
from chatserver.wire.closing import CloseCode

S = TypeVar("S", bound=Session)


class Sessions:
    """The sessions at this node, by person. The limit of tabs also counts a person's tabs at other nodes that the bus
    knows of."""

    def __init__(self, services: Services, delivery: Delivery, open_conversations: OpenConversations) -> None:
        self._delivery = delivery
        self._bus = services.bus
        self._options = services.options
        self._now = services.now
        self._records = services.records
        self._visitors: dict[str, dict[str, VisitorSession]] = {}
        self._staff: dict[str, dict[str, StaffSession]] = {}
        self._allowances: dict[str, Allowance] = {}
        self._addresses = Addresses(services.options, open_conversations.get, services.clock.steady)
        self._left_with: dict[str, int] = {}

    def add_visitor(self, session: VisitorSession) -> None:
        """Add a tab of this visitor; past the limit one is closed."""
        session.allowance = self._allowances.setdefault(session.person, session.allowance)
        self._add(self._visitors, session, self._options.visitor_tabs)

    def add_staff(self, session: StaffSession) -> None:
        """Add a tab of this member of staff; past the limit one is closed."""
        session.allowance = self._allowances.setdefault(session.person, session.allowance)
        self._add(self._staff, session, self._options.staff_tabs)

    def remove_visitor(self, session: VisitorSession) -> None:
        if not session.only_rates:
            self._left_with[session.person] = max(session.ends_at, self._left_with.get(session.person, 0))
        self._remove(self._visitors, session)

    def remove_staff(self, session: StaffSession) -> None:
        self._remove(self._staff, session)

    def opened_elsewhere(self, person: str) -> None:
        """The person may have one more tab at another node. If that exceeds the limit and the oldest tab is here, close
        it."""
        if person in self._visitors:
            self._close_surplus(self._visitors[person], person, self._options.visitor_tabs)
        if person in self._staff:
            self._close_surplus(self._staff[person], person, self._options.staff_tabs)

    def tabs_of(self, visitor: str) -> Iterable[VisitorSession]:
        """The visitor's live tabs that are sent the conversation's status."""
        return tuple(each for each in self._visitors.get(visitor, {}).values() if not each.untold)

    def visitor_ended(self, conversation: Conversation) -> None:
        """A commit says that the visitor ended the conversation, which ends the token too."""
        assert conversation.ending.at is not None
        rating_ms = self._records.rulebook.of(conversation.queue.group).rating_ms
        self.ended_by(conversation.visitor, conversation.id, conversation.ending.at + rating_ms)

    def ended_by(self, visitor: str, conversation: str, rates_until: int) -> None:
        """This visitor has ended the conversation, and the token with it. The tab that did it may rate; the others are
        closed, because somebody else may use that browser next."""
        for session in [*self._visitors.get(visitor, {}).values()]:
            if session.only_rates:
                continue
            if session.ending == conversation:
                session.rates_until(rates_until)
                self._delivery.finish(session)
            else:
                session.close(CloseCode.SESSION_ENDED)

    def token_ended(self, visitor: str, *, rates: bool) -> None:
        """The visitor has ended the token, at any node: all its tabs are closed, except one that may still rate, or
        soon will."""
        for session in [*self._visitors.get(visitor, {}).values()]:
            if not rates or not (session.only_rates or session.ending is not None):
                session.close(CloseCode.SESSION_ENDED)

    def of(self, person: str) -> Iterable[Session]:
        """The live tabs of a person, visitor or staff."""
        return (*self._visitors.get(person, {}).values(), *self._staff.get(person, {}).values())

    def people(self) -> Iterable[str]:
        """Everybody who has a tab here."""
        return [*self._visitors, *self._staff]

    def visitors(self) -> Iterable[VisitorSession]:
        return [session for tabs in self._visitors.values() for session in tabs.values()]

    def staff(self) -> Iterable[StaffSession]:
        return [session for tabs in self._staff.values() for session in tabs.values()]

    def token_ends(self) -> dict[str, int]:
        """When each visitor's token ends (ms): for those here, and for those who left and whose end is not written
        yet."""
        ends = dict(self._left_with)
        for session in self.visitors():
            if not session.only_rates:
                ends[session.person] = max(ends.get(session.person, 0), session.ends_at)
        return ends

    def ends_are_written(self, ends: dict[str, int]) -> None:
        """These ends are stored now. Forget those of visitors who have left."""
        for session in self.visitors():
            session.kept_until = max(session.kept_until, ends.get(session.person, 0))
        self._left_with = {id: end for id, end in self._left_with.items() if end > ends.get(id, 0)}

    def neighbours(self, session: VisitorSession) -> Neighbours:
        """What everybody behind this visitor's address shares."""
        return self._addresses.of(session.network, is_shared=session.is_shared)

    def spend(
        self, session: VisitorSession, frame: object, buckets: Iterable[str], is_urgent: Callable[[], bool]
    ) -> Spent:
        """Take from the buckets for this frame. Raises `RateLimited`; for an emergency only if the first bucket is
        empty."""
        deed = type(frame), getattr(frame, "ref", None)
        return spend(buckets, session.allowance, partial(self.neighbours, session), deed, is_urgent)

    def forget_allowances(self) -> None:
        """Forget the buckets of people who have gone, once all their buckets are full."""
        here = self._visitors.keys() | self._staff.keys()
        idle = [id for id, each in self._allowances.items() if id not in here and each.untouched]
        for person in idle:
            del self._allowances[person]
        self._addresses.forget()

    def _add(self, sessions: dict[str, dict[str, S]], session: S, limit: int) -> None:
        session.since = self._now()
        tabs = sessions.setdefault(session.person, {})
        self._close_own_dead(tabs, session)
        tabs[session.id] = session
        self._close_surplus(tabs, session.person, limit)

    def _close_own_dead(self, tabs: dict[str, S], session: S) -> None:
        """Close an earlier connection of the same page. A page has one connection; when it connects again, the earlier
        one is dead, even if that was not noticed yet."""
        if session.instance is None:
            return
        for dead in [each for each in tabs.values() if each.instance == session.instance]:
            del tabs[dead.id]
            dead.close(CloseCode.SUPERSEDED)

    def _close_surplus(self, tabs: dict[str, S], person: str, limit: int) -> None:
        """Close tabs past the limit. If all tabs are here, close the one that has been silent for longest. If some are
        at other nodes, close the oldest instead, because only a tab's own node knows how long it has been silent. All
        nodes see the same tabs and ages, so exactly the node that has the oldest closes it."""
        elsewhere = sorted(self._bus.elsewhere(person))
        while tabs and len(tabs) + len(elsewhere) > limit:
            surplus = next(iter(tabs.values())) if elsewhere else min(tabs.values(), key=lambda each: each.heard_at)
            if elsewhere and elsewhere[0] < surplus.since:
                elsewhere.pop(0)
                continue
            del tabs[surplus.id]
            surplus.close(CloseCode.SUPERSEDED)

    def _remove(self, sessions: dict[str, dict[str, S]], session: S) -> None:
        self._delivery.forget(session)
        tabs = sessions.get(session.person, {})
        tabs.pop(session.id, None)
        if not tabs:
            sessions.pop(session.person, None)
