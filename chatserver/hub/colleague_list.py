"""The console's list of colleagues, and each consultant's own status (`me`)."""

from collections.abc import Iterable
from weakref import WeakKeyDictionary

from chatserver.domain.actors import Staff
from chatserver.domain.conversation import Conversation
from chatserver.domain.hospital import AT_CONSOLE, Consultant
from chatserver.domain.routing import why_not_offered
from chatserver.hub.live_list import LiveList
from chatserver.hub.open_conversations import OpenConversations, holders
from chatserver.hub.services import Services
from chatserver.hub.session import Session
from chatserver.hub.staff_directory import StaffDirectory
from chatserver.wire.availability import Me, MeChanged
from chatserver.wire.colleagues import Colleague, SkillShown
from chatserver.wire.colleagues import ColleagueList as ColleagueListFrame


class ColleagueList:
    """`live` is the list in every staff session. A session whose list changed is also sent its own status, if that has
    changed."""

    def __init__(self, services: Services, open_conversations: OpenConversations, directory: StaffDirectory) -> None:
        self._open_conversations = open_conversations
        self._directory = directory
        self._records = services.records
        self._me: WeakKeyDictionary[Session, Me] = WeakKeyDictionary()
        self.live = LiveList(
            "colleagues",
            ColleagueListFrame,
            directory,
            _sees,
            self._row,
            in_pieces=False,
            after_push=self._push_me,
        )

    def changed(self, ids: Iterable[str]) -> None:
        """Availability, presence or load of these consultants changed."""
        self.live.changed(ids)

    def conversation_changed(self, before: Conversation | None, after: Conversation) -> None:
        """A commit changed the conversation, and maybe the load of those who hold it."""
        if _places_taken(before) != _places_taken(after):
            self.live.changed({*holders(before), *holders(after)})

    def me(self, consultant: Consultant) -> Me:
        """The consultant's own status."""
        return Me(
            id=consultant.id,
            name=consultant.person.name,
            number=consultant.person.number,
            title=consultant.person.title.value,
            role=consultant.role.value,
            groups=consultant.groups,
            capacity=consultant.capacity,
            load=self._open_conversations.load(consultant.id),
            availability=consultant.availability.value,
            availability_since=consultant.availability_since,
            misses=consultant.misses,
            reason=consultant.reason,
            shift=self._directory.shifts.shown(consultant.id),
        )

    def _push_me(self, session: Session, staff: Staff) -> None:
        consultant = self._directory.get(staff.person.id)
        if consultant is not None and (me := self.me(consultant)) != self._me.get(session):
            self._me[session] = me
            session.push(MeChanged(me))

    def _row(self, consultant: Consultant, staff: Staff) -> Colleague:
        """The consultant as the transfer picker shows them."""
        candidate = self._directory.candidate(consultant)
        return Colleague(
            id=consultant.id,
            name=consultant.person.name,
            number=consultant.person.number,
            title=consultant.person.title.value,
            role=consultant.role.value,
            groups=consultant.groups,
            availability=consultant.availability.value,
            present=candidate.present,
            load=candidate.load,
            capacity=consultant.capacity,
            why_not=why_not_offered(candidate, self._records.rules),
            skills=tuple(SkillShown(id, level) for id, level in sorted(consultant.skills.items())),
            languages=consultant.languages,
            shift=self._directory.shifts.shown(consultant.id),
        )


def _sees(staff: Staff, consultant: Consultant) -> bool:
    """Whether this consultant is in the list: everybody who works in the console is, for all staff."""
    return not consultant.disabled and consultant.role in AT_CONSOLE


def _places_taken(conversation: Conversation | None) -> tuple[object, ...]:
    if conversation is None:
        return (False, ())
    return (conversation.counts, holders(conversation))
