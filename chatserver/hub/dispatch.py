"""The way of a command: inbox, batch, one transaction, answers, announcement.

The writer works whenever it is idle, with no timer, on everything that has gathered. An answer leaves after the
commit, never before. Commands of one batch are decided in the order they came; a refusal touches no other.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeVar

import structlog
from sqlalchemy import Connection

from chatserver.domain.actors import Visitor
from chatserver.domain.commands.base import Command
from chatserver.domain.commands.ending import Close
from chatserver.domain.commands.messages import PostMessage
from chatserver.domain.commands.ratings import Rate
from chatserver.domain.commands.time import DeadlineReached
from chatserver.domain.conversation import Conversation, Phase
from chatserver.domain.emergency import recognise
from chatserver.domain.entry import Author, Entry
from chatserver.domain.events.alarms import EmergencyNoticed
from chatserver.domain.events.queue import Opened
from chatserver.domain.events.ratings import Rated
from chatserver.domain.queue import is_beyond_share
from chatserver.domain.refusals import (
    Busy,
    ConversationClosed,
    DraftChanged,
    Internal,
    NotOpen,
    QueueFull,
    RefConflict,
    Refused,
    Unauthenticated,
    Unavailable,
)
from chatserver.hub.announcer import Announcer
from chatserver.hub.crowd import Crowd
from chatserver.hub.services import Services
from chatserver.hub.uncertain_commits import UncertainCommits
from chatserver.hub.unit_of_work import Outcome, UnitOfWork
from chatserver.store import conversations, drafts, entries, locks

T = TypeVar("T")
log = structlog.get_logger()

BUSY_RETRY_MS = 1_000


class Held(NamedTuple):
    """How many places of a queue its visitor's address has already, and whether many honest people are behind that."""

    places: int
    is_shared: bool


@dataclass(frozen=True, slots=True)
class Opening:
    """A visitor's first message: the conversation it opens, if he has none open. `id` is the new one's; `wait_ms` how
    long it would wait, if that is known; `earlier` as in `Asked`."""

    id: str
    site: str
    opened: Opened
    wait_ms: int | None
    held: Held
    earlier: bytes | None = None


@dataclass(slots=True)
class Done:
    """What became of a command: the conversation after it, and the entry that answers it, if it made one."""

    conversation: Conversation
    entry: Entry | None
    repeat: bool = False


class Draft(NamedTuple):
    """What a message or note was before it was sent: the draft kept there, as it was known `at` (ms)."""

    place: drafts.Place
    at: int


Then = Callable[[Done | Refused], object]
"""Is told once what became of a command, after the commit."""


@dataclass(slots=True)
class Asked:
    """A command on its way. `ref` and `digest` make a repeat recognisable; commands of the system have none. `at` is
    when it came (seconds of a steady clock). `draft` is forgotten with it; `lives_until` (ms) is written with it as the
    end of its visitor's token; `crowd` is everybody behind its visitor's address. `earlier`: the digest that an earlier
    version would have stored, if that is another."""

    conversation: str
    command: Command
    author: Author
    then: Then
    ref: str | None = None
    digest: bytes | None = None
    opening: Opening | None = None
    at: float = 0.0
    draft: Draft | None = None
    lives_until: int | None = None
    crowd: Crowd | None = None
    earlier: bytes | None = None


class Dispatch:
    """Start it with `start`, end it with `stop`: what was taken in is written before it returns."""

    def __init__(self, services: Services, announcer: Announcer) -> None:
        self._database = services.database
        self._records = services.records
        self._options = services.options
        self._now = services.now
        self._announcer = announcer
        self._metrics = services.metrics
        self._doubt = UncertainCommits(services, announcer)
        self._inbox: list[Asked] = []
        self._wake = asyncio.Event()
        self._stopping = False
        self._worker: asyncio.Task[None] | None = None
        self._carried: set[asyncio.Task[Any]] = set()

    def start(self) -> None:
        self._worker = asyncio.create_task(self._work(), name="dispatch")

    async def stop(self) -> None:
        self._stopping = True
        self._wake.set()
        if self._worker is not None:
            await self._worker
        await asyncio.gather(*self._carried, return_exceptions=True)
        await self._doubt.stop()

    def ask(
        self,
        conversation: str,
        command: Command,
        author: Author,
        then: Then,
        *,
        ref: str | None = None,
        digest: bytes | None = None,
        earlier: bytes | None = None,
        opening: Opening | None = None,
        draft: Draft | None = None,
        lives_until: int | None = None,
        crowd: Crowd | None = None,
    ) -> None:
        """Put a command into the inbox; a full one refuses it at once."""
        if len(self._inbox) >= self._options.inbox or self._stopping:
            then(Busy(retry_ms=BUSY_RETRY_MS))
            return
        at = time.monotonic()
        asked = Asked(conversation, command, author, then, ref, digest, opening, at, draft, lives_until, crowd, earlier)
        self._inbox.append(asked)
        self._wake.set()

    async def transact(self, work: Callable[[UnitOfWork], T]) -> T:
        """`work` in a transaction of its own, announced after the commit. For giving, which locks more.

        Once begun it is carried to its end: a caller that is cancelled (its socket was cut) does not keep the
        others from being told what was committed.
        """
        carried = asyncio.create_task(self._transact(work))
        self._carried.add(carried)
        carried.add_done_callback(self._carried.discard)
        return await asyncio.shield(carried)

    async def _transact(self, work: Callable[[UnitOfWork], T]) -> T:
        def run(conn: Connection) -> tuple[T, Outcome]:
            ledger = UnitOfWork(conn, self._now(), self._records.rulebook, self._announcer.announced)
            result = work(ledger)
            return result, ledger.write()

        began = time.monotonic()
        try:
            result, outcome = await self._database.write(run)
        except Unavailable:
            self._metrics.doubted()
            self._doubt.arises()
            raise
        self._metrics.committed(outcome, time.monotonic() - began)
        self._announcer.announce(outcome)
        return result

    async def _work(self) -> None:
        while not (self._stopping and not self._inbox):
            await self._wake.wait()
            self._wake.clear()
            while self._inbox:
                batch, self._inbox = self._inbox[: self._options.batch], self._inbox[self._options.batch :]
                await self._carry(batch)

    async def _carry(self, batch: list[Asked]) -> None:
        self._metrics.gathered(len(batch))
        try:
            # Nobody cancels the worker, so it needs no shield.
            answers = await self._transact(lambda ledger: _decide_all(ledger, batch))
        except Refused as refusal:
            if isinstance(refusal, Unavailable):
                # Who waited behind these has waited as long, and would wait as long again.
                batch, self._inbox = batch + self._inbox, []
            answers = [refusal] * len(batch)
        except Exception:
            if len(batch) > 1:
                # Somebody's command cannot be carried out; alone, only the guilty one is refused.
                for asked in batch:
                    await self._carry([asked])
                return
            log.exception("command_failed", command=type(batch[0].command).__name__)
            answers = [Internal()]
        now = time.monotonic()
        for asked, answer in zip(batch, answers, strict=True):
            if asked.ref is not None:
                self._metrics.answered(now - asked.at)
            try:
                asked.then(answer)
            except Exception:
                # The others have theirs to come.
                log.exception("answer_failed", command=type(asked.command).__name__)


def _decide_all(ledger: UnitOfWork, batch: list[Asked]) -> list[Done | Refused]:
    openers = [asked.author.id for asked in batch if asked.opening is not None]
    taken_up = conversations.latest_ids(ledger.conn, openers) if openers else []
    ledger.load([*(asked.conversation for asked in batch if asked.opening is None), *taken_up])
    locked = openers + [asked.author.id for asked in batch if _would_reopen(ledger, asked) or _is_own_end(asked)]
    locked += [asked.author.id for asked in batch if asked.lives_until is not None]
    if locked:
        # Each has one open conversation at most, whichever nodes the tabs are at, and none after an end of their own.
        locks.lock_visitors(ledger.conn, locked)
    # Whom something is held out to: a ring that is missed changes his row.
    ledger.load_consultants(ledger.may_be_changed())
    ledger.remember(
        (asked.conversation, asked.author.id, asked.ref)
        for asked in batch
        if asked.ref is not None and asked.opening is None
    )
    answers: list[Done | Refused] = []
    for asked in batch:
        try:
            answers.append(_open(ledger, asked, asked.opening) if asked.opening else _decide(ledger, asked))
            if asked.lives_until is not None:
                ledger.lives(asked.author.id, asked.lives_until)
        except Refused as refusal:
            answers.append(refusal)
    return answers


def _decide(ledger: UnitOfWork, asked: Asked) -> Done:
    before = repeated(ledger, asked.conversation, asked.author, asked.ref, asked.digest, asked.earlier)
    if before is not None:
        return before
    if isinstance(asked.command, DeadlineReached):
        ledger.fired(asked.conversation)
    _only_the_last_is_reopened(ledger, asked)
    if asked.draft is not None:
        _check_draft(ledger, asked.draft)
    made = _decide_of_many(ledger, asked, asked.conversation)
    if asked.draft is not None:
        drafts.forget(ledger.conn, asked.draft.place)
    if isinstance(asked.command, Rate):
        for entry in made:
            if isinstance(entry.event, Rated):
                ledger.rate(asked.conversation, entry.event)
    return Done(ledger.conversation(asked.conversation), made[-1] if made else None)


def _decide_of_many(ledger: UnitOfWork, asked: Asked, conversation: str) -> list[Entry]:
    """Of emergencies from one address only the first have priority. They are counted one after the other, here, since
    many may come in one batch."""
    command, crowd = asked.command, asked.crowd
    if crowd is None or not isinstance(command, PostMessage):
        return ledger.decide(conversation, command, asked.author, asked.ref, asked.digest)
    if crowd.is_beyond(asked.author.id):
        command = replace(command, crowded=True)
    made = ledger.decide(conversation, command, asked.author, asked.ref, asked.digest)
    for entry in made:
        if isinstance(entry.event, EmergencyNoticed) and entry.event.calls_for_people and not entry.event.crowded:
            crowd.had_priority(asked.author.id)
    return made


def _check_draft(ledger: UnitOfWork, draft: Draft) -> None:
    """A draft is sent once, whichever of its writer's screens it still stands on. Raises `DraftChanged`."""
    if not drafts.is_as_known(drafts.kept(ledger.conn, draft.place), draft.at, ledger.now):
        raise DraftChanged()


def _only_the_last_is_reopened(ledger: UnitOfWork, asked: Asked) -> None:
    """A visitor has one open conversation: an older one stays closed, whichever tab still writes to it."""
    if not _would_reopen(ledger, asked):
        return
    latest = ledger.latest_of(asked.author.id)
    if latest is not None and latest.id != asked.conversation:
        raise ConversationClosed()


def _would_reopen(ledger: UnitOfWork, asked: Asked) -> bool:
    """Whether it is its visitor's message into a conversation that has ended."""
    conversation = ledger.loaded(asked.conversation)
    if conversation is None or conversation.phase is not Phase.CLOSED:
        return False
    command = asked.command
    if not isinstance(command, PostMessage) or not isinstance(command.actor, Visitor):
        return False
    return conversation.visitor == command.actor.id


def _is_own_end(asked: Asked) -> bool:
    """Whether a visitor ends it, and the token with it."""
    return isinstance(asked.command, Close) and isinstance(asked.command.actor, Visitor)


def repeated(
    ledger: UnitOfWork,
    conversation: str,
    author: Author,
    ref: str | None,
    digest: bytes | None,
    earlier: bytes | None = None,
) -> Done | None:
    """The first answer again, if this command was carried out before. Raises `RefConflict` if another was."""
    if ref is None:
        return None
    before = ledger.known((conversation, author.id, ref))
    return None if before is None else _again(ledger, before, digest, earlier)


def _again(
    ledger: UnitOfWork, before: tuple[Entry, bytes | None], digest: bytes | None, earlier: bytes | None = None
) -> Done:
    entry, stored = before
    if stored != digest and (earlier is None or stored != earlier):
        raise RefConflict()
    return Done(ledger.conversation(entry.conversation), entry, repeat=True)


def _open(ledger: UnitOfWork, asked: Asked, opening: Opening) -> Done:
    """His first message opens a conversation; if he has one open (another tab), it goes into that."""
    assert isinstance(asked.command, PostMessage)
    assert isinstance(asked.command.actor, Visitor)
    assert asked.ref is not None
    visitor = asked.command.actor.id
    before = entries.known_of_visitor(ledger.conn, visitor, asked.ref)
    if before is not None:
        ledger.load([before[0].conversation])
        return _again(ledger, before, asked.digest, opening.earlier)
    latest = ledger.latest_of(visitor)
    if ledger.has_ended(visitor):
        raise Unauthenticated()
    if latest is None or latest.phase is Phase.CLOSED:
        # Words of an emergency go through at any hour and into any queue.
        finding = recognise(asked.command.body, opening.opened.department, asked.command.words)
        if finding is None or finding.level != "critical":
            if not asked.command.service.open:
                raise NotOpen(opens_at=asked.command.service.opens_at or 0)
            _check_queue(ledger, opening)
        opened = replace(opening.opened, preferred=_preferred(ledger, latest, opening.opened.group))
        latest = ledger.open(opened, id=opening.id, site=opening.site, visitor=visitor, ref=asked.ref)
    first = repeated(ledger, latest.id, asked.author, asked.ref, asked.digest)
    if first is not None:
        return first
    made = _decide_of_many(ledger, asked, latest.id)
    return Done(ledger.conversation(latest.id), made[-1])


def _check_queue(ledger: UnitOfWork, opening: Opening) -> None:
    """Nobody is let into a queue in which he would wait for nothing; a 留言 serves him better. Raises `QueueFull`."""
    group = opening.opened.group
    rules = ledger.rulebook.of(group)
    waiting = conversations.queue_length(ledger.conn, group) + ledger.opened_in(group)
    too_long = opening.wait_ms is not None and opening.wait_ms > rules.queue_wait_limit_ms
    if waiting >= rules.queue_limit or too_long:
        raise QueueFull(limit=waiting if too_long else rules.queue_limit)
    if is_beyond_share(opening.held.places, waiting, rules.queue_limit, shared=opening.held.is_shared):
        raise QueueFull(limit=waiting, why="address")


def _preferred(ledger: UnitOfWork, latest: Conversation | None, group: str) -> str | None:
    """Who served this visitor last, if that is not too long ago."""
    if latest is None or latest.last_owner is None or latest.closed_at is None:
        return None
    recent = ledger.now - latest.closed_at <= ledger.rulebook.of(group).affinity_ms
    return latest.last_owner.id if recent else None
