"""图片和文件: sending them into a conversation, and who may read them.

They come over HTTP, not through a socket. The bytes are in the folder before `post` is called; its transaction adds the
entry and the row.
"""

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from chatserver.domain.actors import Staff, Visitor
from chatserver.domain.audience import may_read
from chatserver.domain.commands.files import PostFile
from chatserver.domain.consent import lock
from chatserver.domain.conversation import Conversation, Phase
from chatserver.domain.entry import Author, AuthorKind, Entry
from chatserver.domain.files import File
from chatserver.domain.hospital import Role
from chatserver.domain.refusals import FilesLocked, NotFound, RefConflict, Unauthenticated
from chatserver.domain.transitions.table import decide
from chatserver.hub.batch import only_the_last_is_reopened, repeated
from chatserver.hub.digests import is_repeat
from chatserver.hub.handlers import StaffHandlers, VisitorHandlers
from chatserver.hub.inbox import Done
from chatserver.hub.parts import Parts
from chatserver.hub.unit_of_work import UnitOfWork
from chatserver.store import audit, conversations, entries, files, locks
from chatserver.store.files import StoredFile
from chatserver.store.visitor_lookup import VisitorRow
from chatserver.wire.fields import Frame, Id, Ref

READ = "file.read"
SAME_READING_MS = 60_000
"""A file that the same supervisor reads again within this time is one reading."""


class FilePut(Frame, tag="file.put", frozen=True):
    """The request to send a file, as it is compared with a repeat of it; it never crosses a socket."""

    ref: Ref
    conversation: Id
    name: str


@dataclass(frozen=True, slots=True)
class Sending:
    """Somebody sends a file into a conversation. `name` is what they call it."""

    actor: Visitor | Staff
    conversation: str
    ref: str
    name: str
    fence: int | None = None

    @property
    def author(self) -> Author:
        if isinstance(self.actor, Visitor):
            return Author(AuthorKind.VISITOR, self.actor.id)
        return Author(AuthorKind.CONSULTANT, self.actor.person.id, self.actor.person)

    def digest(self, parts: Parts) -> bytes:
        return parts.digests.of(FilePut(self.ref, self.conversation, self.name))


STAFF: StaffHandlers = {}
VISITOR: VisitorHandlers = {}
"""No frames: files come over HTTP."""


async def visitor_of(parts: Parts, token: str) -> VisitorRow:
    """The visitor with this token. Raises `Unauthenticated`."""
    known = await parts.visitor_lookup.ask(token)
    if known is None or (known.latest is not None and known.latest.ended_by_visitor):
        raise Unauthenticated()
    return known.visitor


async def sent_before(parts: Parts, sending: Sending, file: File) -> Entry | None:
    """Check that this file could be sent, before its bytes are read. Returns the entry if it was sent before under the
    same ref. Raises what `post` would raise. `file` has the size that is known so far, and no id."""
    key = (sending.conversation, sending.author.id, sending.ref)

    def read(conn: Connection) -> tuple[Conversation, tuple[int, int], tuple[Entry, bytes | None] | None]:
        found = conversations.load(conn, [sending.conversation]).get(sending.conversation)
        if found is None:
            raise NotFound()
        return found, files.held(conn, found.id), entries.known(conn, [key]).get(key)

    conversation, held, before = await parts.services.database.read(read)
    if before is None:
        unit_rules = parts.services.records.rulebook.of(conversation.queue.group)
        decide(conversation, _command(parts, sending, file, conversation, held), parts.services.now(), unit_rules)
        return None
    entry, digest = before
    if not is_repeat(digest, sending.digest(parts)):
        raise RefConflict()
    return entry


async def post(parts: Parts, sending: Sending, file: File, sha256: bytes) -> Done:
    """Add the entry and the row of a file whose bytes are in the folder. Raises `Refused`; `repeat` of the result says
    that the file was sent before, so these bytes belong to no entry."""
    digest = sending.digest(parts)
    hospital = parts.services.records.hospital

    def work(unit: UnitOfWork) -> Done:
        unit.load([sending.conversation])
        _only_the_last_is_reopened(unit, sending)
        unit.remember([(sending.conversation, sending.author.id, sending.ref)])
        before = repeated(unit, sending.conversation, sending.author, sending.ref, digest)
        if before is not None:
            return before
        conversation = unit.conversation(sending.conversation)
        marked = replace(file, intimate=hospital.is_intimate(conversation.subject.department))
        command = _command(parts, sending, marked, conversation, files.held(unit.conn, conversation.id))
        made = unit.decide(conversation.id, command, sending.author, sending.ref, digest)
        files.add(unit.tx, conversation.id, made[-1].id, marked, sha256)
        return Done(unit.conversation(conversation.id), made[-1])

    done = await parts.dispatch.transact(work, sending.author.id)
    for tab in parts.sessions.tabs_of(sending.author.id):
        # A visitor who sends a file is there.
        tab.active(parts.services.now())
    return done


def _command(parts: Parts, sending: Sending, file: File, conversation: Conversation, held: tuple[int, int]) -> PostFile:
    department, now = conversation.subject.department, parts.services.now()
    service = parts.opening_hours.service(conversation.site, department, now)
    count, bytes = held
    return PostFile(sending.actor, file, sending.fence, count, bytes, service)


def _only_the_last_is_reopened(unit: UnitOfWork, sending: Sending) -> None:
    """Raises `ConversationClosed`, as for a message. The visitor is locked, as whenever a conversation is reopened."""
    conversation = unit.loaded(sending.conversation)
    if conversation is None or conversation.phase is not Phase.CLOSED or not isinstance(sending.actor, Visitor):
        return
    if conversation.visitor == sending.actor.id:
        locks.lock_visitors(unit.conn, [sending.actor.id])
        only_the_last_is_reopened(unit, conversation.id, sending.actor.id)


async def visitors_file(parts: Parts, visitor: str, id: str) -> StoredFile:
    """A file of one of the visitor's conversations. Raises `NotFound`."""
    file, conversation = await _file(parts, id)
    if conversation.visitor != visitor:
        raise NotFound()
    return file


async def staffs_file(parts: Parts, staff: Staff, id: str, address: bytes | None) -> StoredFile:
    """A file of a conversation that the member of staff may read. The reading of a supervisor who does not take part in
    the conversation goes into the audit log first, as that of a transcript does. Raises `NotFound`, and `FilesLocked`
    where a consent was refused or withdrawn."""
    file, conversation = await _file(parts, id)
    services = parts.services
    if not may_read(conversation, staff, services.now()):
        raise NotFound()
    if why := lock(conversation.agreed.consents):
        raise FilesLocked(why=why)
    if staff.role is Role.SUPERVISOR and not _takes_part(conversation, staff):
        noted = await services.database.read(lambda conn: _is_noted(conn, staff, id, services.now()))
        if not noted:
            act = audit.Act(staff.role.value, READ, "file", id, address)
            await services.database.write(lambda tx: audit.write(tx, act), services.now, staff.person.id)
    return file


def _takes_part(conversation: Conversation, staff: Staff) -> bool:
    owner = conversation.serving.owner or conversation.serving.last_owner
    is_owner = owner is not None and owner.id == staff.person.id
    return is_owner or conversation.participant(staff.person.id) is not None


def _is_noted(conn: Connection, staff: Staff, id: str, now: int) -> bool:
    return audit.done_since(conn, staff.person.id, (READ,), id, now - SAME_READING_MS).last is not None


async def _file(parts: Parts, id: str) -> tuple[StoredFile, Conversation]:
    """The file and its conversation, as they are stored. Raises `NotFound`."""

    def read(conn: Connection) -> tuple[StoredFile, Conversation]:
        file = files.load(conn, id)
        if file is None:
            raise NotFound()
        return file, conversations.load(conn, [file.conversation])[file.conversation]

    return await parts.services.database.read(read)
