"""查询码: `POST /v1/visitor/lookup-code` makes one for what a visitor has just left or said. `/answers` opens that
one answer with it and nothing else, on a page without scripts and without a session."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from chatserver.domain.commands.deletions import NoteDeletion
from chatserver.domain.conversation import Conversation, Phase
from chatserver.domain.entry import Author, AuthorKind
from chatserver.domain.lookup_codes import DIGITS, PROOF_DIGITS, digits_of, proof_of
from chatserver.domain.network import network_of
from chatserver.domain.offline_messages import OfflineMessage
from chatserver.domain.refusals import BadFrame, NotFound, RateLimited, Unauthenticated
from chatserver.hub.unit_of_work import UnitOfWork
from chatserver.store import audit, conversations, lookup_codes, meta, offline_messages, visitor_lookup
from chatserver.store.lookup_codes import Deletion, Subject
from chatserver.store.secrets import address_hash
from chatserver.store.tx import VISITOR, Tx
from chatserver.web.context import Context, address_of, context_of
from chatserver.web.formatting import moment
from chatserver.web.gate.bearer import bearer
from chatserver.web.gate.hour_limits import HourLimits
from chatserver.web.gate.rate_limits import RateLimits
from chatserver.web.gate.request_body import form_body, json_body
from chatserver.web.json_answer import json_answer
from chatserver.wire.decoding import BodyReader
from chatserver.wire.lookup_codes import LookupCodeMade, LookupCodeStart

START = BodyReader(LookupCodeStart, 4 * 1024)
MADE_PER_HOUR, TRIES_PER_HOUR = 60, 20
"""Codes that are made from one address in an hour, at each node, and tries to open one, at all nodes together. Each
node counts the tries itself first, so that a flood does not reach the database."""

AFTER_THE_END_MS = 15 * 60_000
"""A visitor who has just ended the conversation, and the token with it, may still get a code for so long."""

DELETION = "deletion.request"


@dataclass(frozen=True, slots=True)
class Opened:
    """What a code has opened, and the request for its deletion."""

    subject: Subject
    message: OfflineMessage | None
    conversation: Conversation | None
    deletion: Deletion | None

    @property
    def group(self) -> str:
        if self.message is not None:
            return self.message.group
        assert self.conversation is not None
        return self.conversation.queue.group


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a try: what was opened, or how many tries this code has left."""

    opened: Opened | None
    left: int


class LookupCodes:
    """The endpoint and the pages, with their limits per address."""

    def __init__(self, context: Context) -> None:
        self._made = RateLimits(MADE_PER_HOUR / 3_600, MADE_PER_HOUR, context.now)
        self._tries = HourLimits(TRIES_PER_HOUR, context.now)

    async def make(self, request: Request) -> Response:
        """A code for a 留言 or a conversation of this visitor. Raises `Refused`."""
        context, token = context_of(request), bearer(request)
        wait = self._made.take(network_of(address_of(request.scope)))
        if wait:
            raise RateLimited(retry_ms=wait)
        asked = await json_body(request, START)
        made = await context.database.write(lambda tx: _make(tx, token, asked), context.now, VISITOR)
        return json_answer(made)

    async def show(self, request: Request) -> Response:
        """The form."""
        return _page(request)

    async def open(self, request: Request) -> Response:
        """The answer that the posted code opens."""
        return await self._tried(request, lambda unit, *tried: _open(unit.tx, *tried))

    async def ask_deletion(self, request: Request) -> Response:
        """Record that what the posted code opens shall be deleted."""
        return await self._tried(request, _ask_deletion)

    async def _tried(self, request: Request, work: Callable[[UnitOfWork, str, str, bytes], Outcome]) -> Response:
        context, form = context_of(request), await form_body(request)
        code, proof = digits_of(form.get("code", "")), digits_of(form.get("proof", ""))
        if len(code) != DIGITS or len(proof) != PROOF_DIGITS:
            return _page(request, problem="form", code=form.get("code", "")[:40])
        network = network_of(address_of(request.scope))
        wait = self._tries.take(network)
        if wait:
            return _too_often(request, wait)

        def run(unit: UnitOfWork) -> Outcome | int:
            hashed = address_hash(meta.server_key(unit.conn), network)
            return lookup_codes.wait_of(unit.tx, hashed, TRIES_PER_HOUR) or work(unit, code, proof, hashed)

        outcome = await context.hub.transact(run, VISITOR)
        if isinstance(outcome, int):
            return _too_often(request, outcome)
        if outcome.opened is None:
            problem = "wrong" if outcome.left else "frozen"
            return _page(request, problem=problem, left=outcome.left, code=form["code"][:40])
        return _answer(request, outcome.opened, {"code": code, "proof": proof})


def _make(tx: Tx, token: str, asked: LookupCodeStart) -> LookupCodeMade:
    known = visitor_lookup.known(tx.conn, [token], tx.now)[0]
    visitor = known.visitor if known is not None else visitor_lookup.who_rates(tx.conn, token, tx.now)
    if visitor is None:
        raise Unauthenticated()
    if asked.offline is not None:
        left = offline_messages.left_before(tx.conn, visitor.id, asked.offline)
        if left is None:
            raise NotFound()
        at, proof = left.message.left_at, proof_of(left.message.phone) or asked.proof
        subject = Subject("offline_message", left.message.id)
    else:
        conversation = _conversation(tx.conn, asked.conversation)
        if conversation is None or conversation.visitor != visitor.id:
            raise NotFound()
        at, proof = conversation.ending.at or tx.now, asked.proof
        subject = Subject("conversation", conversation.id)
    if known is None and at < tx.now - AFTER_THE_END_MS:
        raise Unauthenticated()
    if len(proof) != PROOF_DIGITS or digits_of(proof) != proof:
        raise BadFrame(why="proof")
    return LookupCodeMade(*lookup_codes.make(tx, subject, proof))


def _conversation(conn: Connection, id: str | None) -> Conversation | None:
    return None if id is None else conversations.load(conn, [id]).get(id)


def _open(tx: Tx, code: str, proof: str, _network: bytes) -> Outcome:
    tried = lookup_codes.attempt(tx, code, proof)
    return Outcome(None if tried.subject is None else _read(tx.conn, tried.subject), tried.left)


def _ask_deletion(unit: UnitOfWork, code: str, proof: str, network: bytes) -> Outcome:
    tx = unit.tx
    outcome = _open(tx, code, proof, network)
    opened = outcome.opened
    if opened is None or opened.deletion is not None:
        return outcome
    lookup_codes.request_deletion(tx, opened.subject, opened.group)
    unit.audit(audit.Act(VISITOR, DELETION, opened.subject.kind, opened.subject.id, network))
    if opened.conversation is not None:
        visitor = opened.conversation.visitor
        unit.load([opened.conversation.id])
        unit.decide(opened.conversation.id, NoteDeletion(), Author(AuthorKind.VISITOR, visitor))
    return Outcome(_read(tx.conn, opened.subject), outcome.left)


def _read(conn: Connection, subject: Subject) -> Opened | None:
    """What a code opens; None if that was deleted."""
    message, conversation = None, None
    if subject.kind == "offline_message":
        message = offline_messages.load(conn, [subject.id]).get(subject.id)
    else:
        conversation = _conversation(conn, subject.id)
    if message is None and conversation is None:
        return None
    return Opened(subject, message, conversation, lookup_codes.deletion_of(conn, subject))


def _page(request: Request, *, status: int = 200, **values: Any) -> Response:
    context = context_of(request)
    campuses = context.hub.hospital.campuses.values()
    phones = dict.fromkeys(campus.phone for campus in campuses if campus.phone)
    large = request.query_params.get("large") == "1"
    t = context.texts.for_reader(request)
    sites = context.hub.hospital.sites.values()
    shown = {
        "problem": "",
        "left": 0,
        "code": "",
        "minutes": 0,
        "phones": list(phones),
        "websites": [(site.name.inside(t.language), f"{site.origins[0]}/") for site in sites if site.origins],
        "large": large,
        "query": "?large=1" if large else "",
        "found": None,
    }
    return context.pages.render(request, "answers.html", shown | values, status=status)


def _too_often(request: Request, wait: int) -> Response:
    page = _page(request, status=429, problem="often", minutes=-(-wait // 60_000))
    page.headers["Retry-After"] = str(-(-wait // 1_000))
    return page


def _answer(request: Request, opened: Opened, posted: dict[str, str]) -> Response:
    context = context_of(request)
    t = context.texts.for_reader(request)
    message, conversation = opened.message, opened.conversation

    def at(time: int | None) -> str:
        return "" if time is None else moment(time, context.now(), context.options.zone, t)

    asked = opened.deletion
    found: dict[str, Any] = {
        "posted": posted,
        "deletion_at": "" if asked is None else at(asked.asked_at if asked.done_at is None else asked.done_at),
        "deletion": "asked" if asked is None or asked.result is None else asked.result,
    }
    if message is not None:
        by = context.hub.consultants.get(message.settled_by or "")
        found |= {
            "kind": "offline_message",
            "body": message.body,
            "left_at": at(message.left_at),
            "due_at": at(message.answer_by),
            "settled_at": at(message.settled_at),
            "result": message.result or "",
            "answer": message.answer,
            "by": None if by is None else by.person,
        }
    elif conversation is not None:
        found |= {
            "kind": "conversation",
            "opened_at": at(conversation.opened_at),
            "closed_at": at(conversation.ending.at) if conversation.phase is Phase.CLOSED else "",
            "answered": bool(conversation.answers.parts),
        }
    return _page(request, found=found)
