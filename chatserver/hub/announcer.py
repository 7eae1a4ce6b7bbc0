"""Announces every commit: to the parts and sessions of this node by signals, to the other nodes by the bus."""

from collections.abc import Iterable, Sequence

import structlog

from chatserver.bus.contract import Doorbell, StaffBell
from chatserver.domain.conversation import Conversation, Phase
from chatserver.domain.events.ending import Closed
from chatserver.domain.hospital import Consultant
from chatserver.hub.delivery import Delivery
from chatserver.hub.followers import Followers
from chatserver.hub.missed_changes import Known
from chatserver.hub.open_conversations import OpenConversations
from chatserver.hub.outcome import Change, Outcome
from chatserver.hub.services import Services
from chatserver.hub.signal import Signal
from chatserver.hub.staff_directory import StaffDirectory

log = structlog.get_logger()

Changed = Signal[Conversation | None, Conversation]
"""Sent with the conversation before and after a commit. `before` is None for a new conversation."""


class Announcer:
    """Sends its signals in the order of the commits; `hub/parts.py` connects the listeners.

    Most commits are text-only; for these, `text_added` is the only signal, because no list, queue position or right to
    read can change. For other commits, `before_entries` and `after_entries` are sent before and after the delivery of
    the entries. Neither is sent if this node already holds a newer row; after another node's commit to a conversation
    that ended long ago, only `before_entries` is sent. Then comes `committed` if this node made the commit, otherwise
    `committed_elsewhere`: whatever the commit makes necessary is done once, by the node that made it. `visitor_ended`
    is sent when visitors end the conversation themselves, and `consultants_changed` with the staff in a commit and
    whether this node made it. `loaded` is sent for each conversation that is read when the node starts.
    """

    def __init__(
        self,
        services: Services,
        open_conversations: OpenConversations,
        directory: StaffDirectory,
        delivery: Delivery,
        followers: Followers,
    ) -> None:
        self._bus = services.bus
        self._now = services.now
        self._open_conversations = open_conversations
        self._directory = directory
        self._delivery = delivery
        self._followers = followers
        self.loaded: Changed = Signal()
        self.text_added: Changed = Signal()
        self.before_entries: Changed = Signal()
        self.after_entries: Changed = Signal()
        self.committed: Changed = Signal()
        self.committed_elsewhere: Signal[Conversation] = Signal()
        self.visitor_ended: Signal[Conversation] = Signal()
        self.consultants_changed: Signal[Sequence[Consultant], bool] = Signal()

    def load(self, conversations: Iterable[Conversation]) -> None:
        """Take in the conversations that were open, or had just ended, when this node started."""
        for conversation in conversations:
            self._open_conversations.put(conversation)
            self.loaded(None, conversation)

    def known(self, ids: Iterable[str] | None = None) -> dict[str, Known]:
        """What this node has announced of these conversations; without `ids`, of all that it holds."""
        held = self._open_conversations
        named = held if ids is None else [each for id in ids if (each := held.get(id)) is not None]
        return {each.id: Known(each, self._delivery.is_followed(each.id)) for each in named}

    def announced(self, conversation: str) -> Conversation | None:
        """The conversation as this node last announced it."""
        return self._open_conversations.get(conversation)

    def announce(self, outcome: Outcome) -> None:
        """Announce a commit of this node."""
        for consultant in outcome.consultants:
            self._bus.ring(StaffBell(consultant.id, consultant.version))
        self._announce(outcome, ours=True)

    def announce_others(self, outcome: Outcome) -> None:
        """Announce commits without doing what they make necessary, because the node that made them does that."""
        self._announce(outcome, ours=False)

    def refresh(self, conversation: Conversation) -> None:
        """A conversation's row was just read: announce it if it is newer than what this node announced last."""
        self.announce_others(Outcome([Change(conversation, conversation)], []))

    def _announce(self, outcome: Outcome, *, ours: bool) -> None:
        consultants = [consultant for consultant in outcome.consultants if self._directory.put(consultant)]
        for change in outcome.changes:
            try:
                self._announce_change(change, ours=ours)
            except Exception:
                # The commit is stored. Clients that were not sent it read it with the next entry, or when they
                # reconnect.
                log.exception("announcing_failed", conversation=change.after.id)
        if consultants:
            self.consultants_changed(consultants, ours)

    def _announce_change(self, change: Change, *, ours: bool) -> None:
        after = change.after
        if ours:
            self._bus.ring(Doorbell(after.id, after.version, after.last_seq, after.last_visitor_seq))
        if change.only_words and self._open_conversations.get(after.id) is change.before:
            self._open_conversations.reword(after)
            self._followers.text_added(change)
            self.text_added(change.before, after)
            return
        # This node no longer holds a conversation that ended long ago; the transaction that reopened it has its row.
        before = self._open_conversations.get(after.id) or change.before
        if not self._open_conversations.is_news(after):
            # A newer row was read before this commit was announced: only the entries may be new to somebody.
            before = change.before
            self._followers.deliver(change)
        elif not ours and self._is_over(after):
            self.before_entries(before, after)
            self._followers.deliver(change)
        else:
            self._announce_everywhere(change, before)
        if after.ended_by_visitor and any(isinstance(entry.event, Closed) for entry in change.entries):
            # Sent after the entries, so that the tab that ended the conversation learns of it before the token ends.
            self.visitor_ended(after)
        if ours:
            self.committed(before, after)
        else:
            self.committed_elsewhere(after)

    def _announce_everywhere(self, change: Change, before: Conversation | None) -> None:
        after = change.after
        is_new = self._open_conversations.put(after) is None and after.phase is not Phase.CLOSED
        new_followers = self._followers.follow_new(after) if is_new else []
        self.before_entries(before, after)
        self._followers.changed(change, before, new_followers)
        self.after_entries(before, after)

    def _is_over(self, conversation: Conversation) -> bool:
        """Whether it ended so long ago that it is in nobody's list any more."""
        held = self._open_conversations
        return held.is_over(conversation, self._now()) and held.get(conversation.id) is None
