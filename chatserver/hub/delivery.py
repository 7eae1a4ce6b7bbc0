"""Who follows which conversation, and the delivery of entries to the followers. An entry is encoded once per audience;
each follower gets it once, and in order."""

from collections.abc import Collection, Iterable

from chatserver.domain.audience import Audience, view
from chatserver.domain.conversation import Conversation
from chatserver.domain.entry import Entry
from chatserver.hub.reader import Reader
from chatserver.hub.session import Session
from chatserver.wire import encoding


class Delivery:
    """The followers of each conversation among the sessions of this node. `epoch` is the database's."""

    def __init__(self, epoch: str) -> None:
        self.epoch = epoch
        self._followers: dict[str, dict[str, Session]] = {}

    def subscribe(self, session: Session, conversation: str) -> Reader:
        """From now on hold the conversation's entries for the session; they are sent once its reader has begun."""
        reader = Reader()
        session.readers[conversation] = reader
        self._followers.setdefault(conversation, {})[session.id] = session
        return reader

    def take_back(self, session: Session, conversation: str, before: Reader | None) -> None:
        """A subscription failed: the session reads on with its earlier reader, if it had one."""
        failed = session.readers.get(conversation)
        if failed is None:
            return
        if before is None:
            self.unsubscribe(session, conversation)
            return
        before.heard(failed.highest)
        before.muted = before.muted or failed.muted
        session.readers[conversation] = before

    def unsubscribe(self, session: Session, conversation: str) -> None:
        session.readers.pop(conversation, None)
        followers = self._followers.get(conversation)
        if followers is not None:
            followers.pop(session.id, None)
            if not followers:
                del self._followers[conversation]

    def finish(self, session: Session) -> None:
        """Unsubscribe the session from everything as soon as it has what was committed so far."""
        for conversation, reader in list(session.readers.items()):
            if reader.begun and not reader.cursor.behind:
                self.unsubscribe(session, conversation)
            else:
                # Entries are still being read from the store, such as one of another node that comes before one that
                # has arrived.
                reader.ends = True

    def forget(self, session: Session) -> None:
        """The session has ended."""
        for conversation in list(session.readers):
            self.unsubscribe(session, conversation)

    def followers(self, conversation: str, *, muted: bool = False) -> Iterable[Session]:
        """Those who follow it and may read it; with `muted`, those who follow it but may not read it at this moment."""
        following = self._followers.get(conversation, {}).values()
        return tuple(session for session in following if session.readers[conversation].muted is muted)

    def is_followed(self, conversation: str) -> bool:
        """Whether anybody at this node follows it."""
        return conversation in self._followers

    def deliver(self, entry: Entry, but: Collection[Session] = ()) -> None:
        """Send the entry to every follower who may see it, except `but`. A follower with a gap before it is not sent it
        yet."""
        spelled: dict[Audience, tuple[int, bytes] | None] = {}
        for session in self._followers.get(entry.conversation, {}).values():
            reader = session.readers[entry.conversation]
            if reader.muted or (but and session in but):
                continue
            if session.audience not in spelled:
                spelled[session.audience] = self._spell(entry, session.audience)
            told = spelled[session.audience]
            if told is None:
                continue
            for text in reader.arrive(*told):
                session.push_text(text)

    def behind(self, conversation: Conversation) -> list[Session]:
        """The followers who lack some of its entries, which then have to be read from the store."""
        behind = []
        for session in self._followers.get(conversation.id, {}).values():
            reader = session.readers[conversation.id]
            if reader.muted:
                continue
            reader.heard(head_for(conversation, session.audience))
            if reader.begun and reader.cursor.behind:
                behind.append(session)
        return behind

    def _spell(self, entry: Entry, audience: Audience) -> tuple[int, bytes] | None:
        seen = view(entry, audience)
        return None if seen is None else (seen.seq, encoding.text(encoding.entry(seen, self.epoch)))


def head_for(conversation: Conversation, audience: Audience) -> int:
    """The last place in the conversation, as this audience counts."""
    return conversation.last_visitor_seq if audience is Audience.VISITOR else conversation.last_seq
