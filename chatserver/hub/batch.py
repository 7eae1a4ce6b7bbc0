"""Carries out one batch of commands in one transaction, in the writer thread: repeats, checks that need the store,
decisions."""

from dataclasses import replace

import structlog

from chatserver.domain.actors import Visitor
from chatserver.domain.commands.ending import Close
from chatserver.domain.commands.identity import Identify
from chatserver.domain.commands.messages import PostMessage
from chatserver.domain.commands.ratings import Rate
from chatserver.domain.commands.time import DeadlineReached
from chatserver.domain.conversation import Conversation, Phase
from chatserver.domain.emergency import recognise
from chatserver.domain.entry import Author, Entry
from chatserver.domain.events.alarms import EmergencyNoticed
from chatserver.domain.events.ratings import Rated
from chatserver.domain.queue import is_beyond_share
from chatserver.domain.refusals import (
    ConversationClosed,
    DraftChanged,
    IdentityRefused,
    NotOpen,
    QueueFull,
    RefConflict,
    Refused,
    Unauthenticated,
)
from chatserver.domain.text import checked_message
from chatserver.hub.digests import is_repeat
from chatserver.hub.inbox import Asked, Done, Opening, SentDraft
from chatserver.hub.unit_of_work import UnitOfWork
from chatserver.store import conversations, drafts, entries, identity_tokens, locks, visits

log = structlog.get_logger()


def decide_all(unit: UnitOfWork, batch: list[Asked]) -> list[Done | Refused]:
    """Return the answers in the order of the batch. All locks are taken first, for the whole batch."""
    openers = [asked.author.id for asked in batch if asked.opening is not None]
    taken_up = conversations.latest_ids(unit.conn, openers) if openers else []
    unit.load([*(asked.conversation for asked in batch if asked.opening is None), *taken_up])
    locked = openers + [asked.author.id for asked in batch if _would_reopen(unit, asked) or _is_own_end(asked)]
    locked += [asked.author.id for asked in batch if asked.lives_until is not None]
    if locked:
        # Lock the visitors: a visitor has at most one open conversation, even with tabs at several nodes, and cannot
        # open another one with a token that they have ended.
        locks.lock_visitors(unit.conn, locked)
    # Load the people with an open offer: a missed ring changes their rows.
    unit.load_consultants(unit.may_be_changed())
    unit.remember(
        (asked.conversation, asked.author.id, asked.ref)
        for asked in batch
        if asked.ref is not None and asked.opening is None
    )
    answers: list[Done | Refused] = []
    for asked in batch:
        try:
            answers.append(_open(unit, asked, asked.opening) if asked.opening else _decide(unit, asked))
            if asked.lives_until is not None:
                unit.lives(asked.author.id, asked.lives_until)
        except Refused as refusal:
            answers.append(refusal)
    return answers


def _decide(unit: UnitOfWork, asked: Asked) -> Done:
    before = repeated(unit, asked.conversation, asked.author, asked.ref, asked.digest)
    if before is not None:
        return before
    if isinstance(asked.command, DeadlineReached):
        unit.fired(asked.conversation)
    if _would_reopen(unit, asked):
        only_the_last_is_reopened(unit, asked.conversation, asked.author.id)
    if asked.draft is not None:
        _check_draft(unit, asked.draft)
    if isinstance(asked.command, Identify) and not identity_tokens.use(
        unit.tx, asked.command.token, asked.command.until
    ):
        log.warning("identity_refused", why="used")
        raise IdentityRefused()
    made = _decide_of_many(unit, asked, asked.conversation)
    if asked.draft is not None:
        drafts.forget(unit.tx, asked.draft.place)
    if isinstance(asked.command, Rate):
        for entry in made:
            if isinstance(entry.event, Rated):
                unit.rate(asked.conversation, entry.event)
    return Done(unit.conversation(asked.conversation), made[-1] if made else None)


def _decide_of_many(unit: UnitOfWork, asked: Asked, conversation: str) -> list[Entry]:
    """Let the domain decide. Only the first emergencies from one address have priority. They are counted here, command
    by command, because one batch may hold several of them."""
    command, crowd = asked.command, asked.crowd
    if crowd is None or not isinstance(command, PostMessage):
        return unit.decide(conversation, command, asked.author, asked.ref, asked.digest)
    if crowd.is_beyond(asked.author.id):
        command = replace(command, crowded=True)
    made = unit.decide(conversation, command, asked.author, asked.ref, asked.digest)
    for entry in made:
        if isinstance(entry.event, EmergencyNoticed) and entry.event.calls_for_people and not entry.event.crowded:
            crowd.had_priority(asked.author.id)
    return made


def _check_draft(unit: UnitOfWork, draft: SentDraft) -> None:
    """Raises `DraftChanged` unless the stored draft is the version that the client sent. So a draft is sent only once,
    even if another of the writer's screens still shows it."""
    if not drafts.is_as_known(drafts.kept(unit.conn, draft.place), draft.at, unit.now):
        raise DraftChanged()


def only_the_last_is_reopened(unit: UnitOfWork, conversation: str, visitor: str) -> None:
    """Raises `ConversationClosed` if what the visitor sends would reopen any conversation but the latest: a visitor has
    one open conversation, and older ones stay closed even if a tab still writes to them."""
    latest = unit.latest_of(visitor)
    if latest is not None and latest.id != conversation:
        raise ConversationClosed()


def _would_reopen(unit: UnitOfWork, asked: Asked) -> bool:
    """Whether this is a message of the visitor into a conversation that has ended."""
    conversation = unit.loaded(asked.conversation)
    if conversation is None or conversation.phase is not Phase.CLOSED:
        return False
    command = asked.command
    if not isinstance(command, PostMessage) or not isinstance(command.actor, Visitor):
        return False
    return conversation.visitor == command.actor.id


def _is_own_end(asked: Asked) -> bool:
    """Whether the visitor ends the conversation, and the token with it."""
    return isinstance(asked.command, Close) and isinstance(asked.command.actor, Visitor)


def repeated(unit: UnitOfWork, conversation: str, author: Author, ref: str | None, digest: bytes | None) -> Done | None:
    """The first answer again, if this command was carried out before. Raises `RefConflict` if the ref belongs to
    another command."""
    if ref is None:
        return None
    before = unit.known((conversation, author.id, ref))
    return None if before is None else _again(unit, before, digest)


def _again(unit: UnitOfWork, before: tuple[Entry, bytes | None], digest: bytes | None) -> Done:
    entry, stored = before
    if not is_repeat(stored, digest):
        raise RefConflict()
    return Done(unit.conversation(entry.conversation), entry, repeat=True)


def _open(unit: UnitOfWork, asked: Asked, opening: Opening) -> Done:
    """A visitor's first message opens a conversation, or goes into the one that another tab has opened."""
    assert isinstance(asked.command, PostMessage)
    assert isinstance(asked.command.actor, Visitor)
    assert asked.ref is not None
    visitor = asked.command.actor.id
    before = entries.known_of_visitor(unit.conn, visitor, asked.ref)
    if before is not None:
        unit.load([before[0].conversation])
        return _again(unit, before, asked.digest)
    # Refuse an invalid text before a conversation is opened for it.
    checked_message(asked.command.body, unit.rulebook.of(opening.opened.group))
    latest = unit.latest_of(visitor)
    if unit.has_ended(visitor):
        raise Unauthenticated()
    if latest is None or latest.phase is Phase.CLOSED:
        # A critical emergency may open a conversation outside the opening hours and in a full queue.
        finding = recognise(asked.command.body, opening.opened.department, asked.command.words)
        if finding is None or finding.level != "critical":
            if not asked.command.service.open:
                raise NotOpen(opens_at=asked.command.service.opens_at or 0)
            _check_queue(unit, opening)
        opened = replace(opening.opened, preferred=_preferred(unit, latest, opening.opened.group))
        latest = unit.open(opened, id=opening.id, site=opening.site, visitor=visitor, ref=asked.ref)
        if opening.visit is not None:
            visits.add_safely(unit.tx, opening.id, opening.visit)
    first = repeated(unit, latest.id, asked.author, asked.ref, asked.digest)
    if first is not None:
        return first
    made = _decide_of_many(unit, asked, latest.id)
    return Done(unit.conversation(latest.id), made[-1])


def _check_queue(unit: UnitOfWork, opening: Opening) -> None:
    """Raises `QueueFull` when the queue or the wait is too long, or the visitor's address holds too many places. The
    visitor can then leave a 留言 instead of waiting in vain."""
    group = opening.opened.group
    rules = unit.rulebook.of(group)
    waiting = conversations.queue_length(unit.conn, group) + unit.opened_in(group)
    too_long = opening.wait_ms is not None and opening.wait_ms > rules.queue_wait_limit_ms
    if waiting >= rules.queue_limit or too_long:
        raise QueueFull(limit=waiting if too_long else rules.queue_limit)
    if is_beyond_share(opening.held.places, waiting, rules.queue_limit, shared=opening.held.is_shared):
        raise QueueFull(limit=waiting, why="address")


def _preferred(unit: UnitOfWork, latest: Conversation | None, group: str) -> str | None:
    """The consultant who served this visitor last, if that was recent enough."""
    if latest is None or latest.serving.last_owner is None or latest.ending.at is None:
        return None
    recent = unit.now - latest.ending.at <= unit.rulebook.of(group).affinity_ms
    return latest.serving.last_owner.id if recent else None
