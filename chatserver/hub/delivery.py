"""Who follows which conversation, and the way of an entry to them: spelled once per audience, in order, once."""

from collections.abc import Iterable

from chatserver.domain.audience import Audience, view
from chatserver.domain.entry import Entry
from chatserver.hub.reader import Reader
from chatserver.hub.session import Session
from chatserver.wire import encoding


class Delivery:
    """Knows the sessions of this node. `epoch` is the database's."""

    def __init__(self, epoch: str) -> None:
        self.epoch = epoch
        self._followers: dict[str, dict[str, Session]] = {}

    def subscribe(self, session: Session, conversation: str) -> Reader:
        """Entries of it are held for the session from now on, and sent once its reader has begun."""
        reader = Reader()
        session.readers[conversation] = reader
        self._followers.setdefault(conversation, {})[session.id] = session
        return reader

    def unsubscribe(self, session: Session, conversation: str) -> None:
        session.readers.pop(conversation, None)
        followers = self._followers.get(conversation)
        if followers is not None:
            followers.pop(session.id, None)
            if not followers:
                del self._followers[conversation]

    def forget(self, session: Session) -> None:
        """The session has ended."""
        for conversation in list(session.readers):
            self.unsubscribe(session, conversation)

    def followers(self, conversation: str, *, muted: bool = False) -> Iterable[Session]:
        """Those who hear of it; `muted`: those who follow it and may not, at this moment."""
        following = self._followers.get(conversation, {}).values()
        return tuple(session for session in following if session.readers[conversation].muted is muted)

    def deliver(self, entry: Entry) -> list[Session]:
        """To every follower who may see it. Those returned have a gap before it, which is to be read."""
        spelled: dict[Audience, tuple[int, str] | None] = {}
        behind = []
        for session in self.followers(entry.conversation):
            if session.audience not in spelled:
                spelled[session.audience] = self._spell(entry, session.audience)
            told = spelled[session.audience]
            if told is None:
                continue
            reader = session.readers[entry.conversation]
            for text in reader.arrive(*told):
                session.push_text(text)
            if reader.begun and reader.cursor.behind:
                behind.append(session)
        return behind

    def _spell(self, entry: Entry, audience: Audience) -> tuple[int, str] | None:
        seen = view(entry, audience)
        return None if seen is None else (seen.seq, encoding.text(encoding.entry(seen, self.epoch)))
