"""Random histories of one conversation: whatever anybody asks at any time, the invariants hold."""

from dataclasses import replace
from enum import Enum, auto
from random import Random

import hypothesis.strategies as st
from hypothesis import given, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec import structs

from chatserver.domain.actors import Staff, Visitor
from chatserver.domain.audience import Audience, view, visible_to_visitor
from chatserver.domain.changes.table import apply
from chatserver.domain.commands.assignment import Assign, Claim
from chatserver.domain.commands.base import Command
from chatserver.domain.commands.colleagues import AskColleague, Join
from chatserver.domain.commands.departments import ChangeGroup, SetDepartment
from chatserver.domain.commands.ending import Close, Reopen, SetOutcome
from chatserver.domain.commands.messages import PostMessage, WriteNote
from chatserver.domain.commands.offers import AcceptOffer, DeclineOffer, DropOffer, OfferTransfer, Ring, WithdrawOffer
from chatserver.domain.commands.presence import (
    CloseAccount,
    ColleaguePresenceChanged,
    OwnerPresenceChanged,
    VisitorPresenceChanged,
)
from chatserver.domain.commands.ratings import Rate
from chatserver.domain.commands.time import DeadlineReached
from chatserver.domain.conversation import OWNED, Conversation, Phase
from chatserver.domain.deadlines import Deadline, deadlines
from chatserver.domain.entry import SYSTEM, Author, AuthorKind, Entry
from chatserver.domain.events.assignment import Assigned
from chatserver.domain.events.base import Event, SilentEvent
from chatserver.domain.events.ending import Closed, Reopened
from chatserver.domain.events.messages import MessagePosted
from chatserver.domain.events.offers import Rung, Transferred
from chatserver.domain.events.queue import ReturnedToQueue
from chatserver.domain.events.time import IdleWarned, WentInactive
from chatserver.domain.hospital import Role
from chatserver.domain.refusals import Refused
from chatserver.domain.rules import HOUR, MINUTE, SECOND
from chatserver.domain.transitions.table import TRANSITIONS, decide

from .people import (
    CHILDREN,
    EVERYBODY,
    NOON,
    RULES,
    STRANGER,
    VISITOR,
    WOMEN,
    ZHANG_WEI,
    Story,
    fresh,
    in_group,
)

SECRET = "机密"
"""Stands in every text that visitors must not see."""
STAFF_ID = "staff-"
"""Every consultant's id begins with this."""

BOTH_GROUPS = in_group(replace(ZHANG_WEI, person=replace(ZHANG_WEI.person, id="staff-both")), CHILDREN, WOMEN)
STAFF = (*EVERYBODY, BOTH_GROUPS)
SUPERVISORS = {who.person.id for who in STAFF if who.role is Role.SUPERVISOR}

TRIES = 16
"""How many commands `somebody_tries_something` chooses from."""

anybody = st.sampled_from(STAFF)
anybody_at_all: st.SearchStrategy[Staff | Visitor] = st.sampled_from((*STAFF, VISITOR, STRANGER))
fences_off = st.sampled_from((0, 0, 0, 0, -1, 1))
loads = st.integers(0, 9)
spans = st.one_of(
    st.integers(0, 20 * SECOND), st.integers(0, 3 * MINUTE), st.integers(0, 40 * MINUTE), st.integers(0, 48 * HOUR)
)
GIVING = (Assigned, Rung, Transferred, ReturnedToQueue, Reopened)


class Step(Enum):
    """The usual steps of a conversation."""

    VISITOR_WRITES = auto()
    OWNER_WRITES = auto()
    ASSIGN = auto()
    RING = auto()
    TO_A_COLLEAGUE = auto()
    TO_A_GROUP = auto()
    ACCEPT = auto()
    DECLINE = auto()
    CLOCK = auto()
    CLOCK_WHILE_TYPING = auto()
    JUST_BEFORE_THE_CLOCK = auto()
    GO_ON = auto()
    OWNER_GOES = auto()
    OWNER_COMES = auto()
    VISITOR_GOES = auto()
    VISITOR_COMES = auto()


class History(RuleBasedStateMachine):
    """Random commands to one conversation. The test keeps its own `unanswered`, `spoke_at` and `warned_at` to compare
    them with the conversation's."""

    @initialize()
    def the_visitor_asks(self) -> None:
        self.story = Story()
        self.entries: list[Entry] = []
        self.unanswered = False
        self.spoke_at = NOON
        self.warned_at: int | None = None
        self.does(PostMessage(VISITOR, "请问周末有门诊吗？"))

    @property
    def conversation(self) -> Conversation:
        return self.story.conversation

    @property
    def phase(self) -> Phase:
        return self.conversation.phase

    @property
    def owner(self) -> Staff:
        [owner] = [who for who in STAFF if who.person == self.conversation.serving.owner]
        return owner

    def does(self, command: Command) -> tuple[Event, ...]:
        """Carries out the command. A refusal must change nothing; any other exception is a bug."""
        now, rules = self.story.now, self.story.rules
        try:
            happened = decide(self.conversation, command, now, rules)
        except Refused:
            return ()
        cell, phase = TRANSITIONS[self.phase, type(command)], self.phase
        assert cell.refuses is None
        assert {type(event) for event in happened} <= set(cell.yields)
        for event in happened:
            before = self.conversation
            self.story.conversation = apply(before, event, now)
            self.story.happened.append((event, now))
            self.check(before, event)
            self.keep(command, event)
        assert self.phase in {phase, *cell.next}
        return happened

    def check(self, before: Conversation, event: Event) -> None:
        """Checks what must hold for a single event."""
        after, now, rules = self.conversation, self.story.now, self.story.rules
        if isinstance(event, GIVING):
            assert after.serving.fence == event.fence == before.serving.fence + 1
        else:
            assert after.serving.fence == before.serving.fence
        match event:
            case MessagePosted(from_visitor=from_visitor):
                self.unanswered, self.spoke_at, self.warned_at = from_visitor, now, None
            case WentInactive():
                assert now - self.spoke_at >= rules.inactive_ms
            case IdleWarned(ends_at=ends_at):
                assert now - self.spoke_at >= rules.idle_warning_ms
                assert ends_at == now + rules.idle_close_ms - rules.idle_warning_ms
                self.warned_at = now
            case Assigned() | Transferred() | ReturnedToQueue():
                self.warned_at = None
                if isinstance(event, Transferred):
                    assert before.serving.hops < rules.hops or event.consultant.id in SUPERVISORS
                    assert event.previous == before.serving.owner != event.consultant
            case Closed(reason="idle"):
                assert not self.unanswered
                assert now - self.spoke_at >= rules.idle_close_ms
                assert self.warned_at is not None
                assert now - self.warned_at >= rules.idle_close_ms - rules.idle_warning_ms
            case Reopened(by=by):
                assert before.ending.by != "visitor"
                assert before.ending.at is not None
                assert now - before.ending.at <= rules.reopen_ms
                assert by is None or by == before.serving.last_owner or by.id in SUPERVISORS
            case Closed(reason="abandoned"):
                assert before.connections.visitor_left_at is not None
                assert now - before.connections.visitor_left_at >= rules.abandon_ms

    def keep(self, command: Command, event: Event) -> None:
        """Gives the event its place in the transcript, as the store does."""
        if isinstance(event, SilentEvent):
            return
        conversation = self.conversation
        shown = visible_to_visitor(event)
        self.story.conversation = structs.replace(
            conversation,
            last_seq=conversation.last_seq + 1,
            last_visitor_seq=conversation.last_visitor_seq + shown,
        )
        place = self.conversation.last_visitor_seq if shown else None
        author = author_of(command)
        self.entries.append(
            Entry("conversation-1", self.conversation.last_seq, place, "entry", self.story.now, author, event)
        )

    # The usual course: several steps at once, so that histories get far.

    @rule(steps=st.lists(st.sampled_from(Step), min_size=1, max_size=12), who=st.integers(0, 5))
    def it_takes_its_course(self, steps: list[Step], who: int) -> None:
        for step in steps:
            self.goes(step, STAFF[who])
            self.hold()

    def goes(self, step: Step, who: Staff) -> None:
        """Takes the step if the conversation's phase allows it."""
        offer, fence = self.conversation.serving.offer, self.story.fence
        match step:
            case Step.VISITOR_WRITES:
                self.does(PostMessage(VISITOR, "在吗？"))
            case Step.OWNER_WRITES if self.phase in OWNED:
                assert self.does(PostMessage(self.owner, "在的。", fence))
            case Step.ASSIGN if self.phase is Phase.WAITING:
                assert self.does(Assign(who.person, 4, 5, SECRET))
            case Step.RING if self.phase is Phase.WAITING:
                assert self.does(Ring(who.person, self.story.new_offer(), 4, 5, SECRET))
            case Step.TO_A_COLLEAGUE if self.phase is Phase.ACTIVE and who != self.owner:
                self.does(OfferTransfer(self.owner, fence, self.story.new_offer(), SECRET, who.person, who.role))
            case Step.TO_A_GROUP if self.phase is Phase.ACTIVE:
                self.does(OfferTransfer(self.owner, fence, self.story.new_offer(), SECRET, group=CHILDREN))
            case Step.ACCEPT | Step.DECLINE if offer is not None:
                who = next(each for each in STAFF if each.person == offer.to or offer.group in each.groups)
                answer = AcceptOffer(who, offer.id, 0, 5), DeclineOffer(who, offer.id, SECRET)
                self.does(answer[step is Step.DECLINE])
            case Step.CLOCK:
                self.the_next_clock_is_up(0, False)
            case Step.CLOCK_WHILE_TYPING:
                self.the_next_clock_is_up(0, True)
            case Step.JUST_BEFORE_THE_CLOCK:
                self.the_next_clock_is_up(1, False)
            case Step.GO_ON if self.phase is Phase.CLOSED:
                self.does(Reopen(who, fence, 4, 5))
            case Step.OWNER_GOES | Step.OWNER_COMES:
                self.does(OwnerPresenceChanged(here=step is Step.OWNER_COMES))
            case Step.VISITOR_GOES | Step.VISITOR_COMES:
                self.does(VisitorPresenceChanged(here=step is Step.VISITOR_COMES))

    @rule(here=st.booleans(), afresh=st.booleans())
    def the_owner_comes_or_goes(self, here: bool, afresh: bool) -> None:
        self.does(OwnerPresenceChanged(here, afresh))

    @rule(here=st.booleans(), afresh=st.booleans())
    def the_visitor_comes_or_goes(self, here: bool, afresh: bool) -> None:
        self.does(VisitorPresenceChanged(here, afresh))

    # Commands that anybody may try at any time, with an old fence or an old offer as well.

    @precondition(lambda self: self.phase in OWNED)
    @rule(to=st.sampled_from([*STAFF, WOMEN, CHILDREN]), by=anybody, off=fences_off)
    def somebody_offers_it(self, to: Staff | str, by: Staff, off: int) -> None:
        offer, fence = self.story.new_offer(), self.story.fence + off
        if isinstance(to, Staff):
            self.does(OfferTransfer(by, fence, offer, SECRET, to=to.person, to_role=to.role))
        else:
            self.does(OfferTransfer(by, fence, offer, SECRET, group=to))

    @rule(who=anybody_at_all, off=fences_off, really=st.integers(0, 2))
    def somebody_ends_it(self, who: Staff | Visitor, off: int, really: int) -> None:
        if really == 0:
            self.does(Close(who, self.story.fence + off, "answered"))

    @rule(who=anybody_at_all, off=fences_off)
    def somebody_writes(self, who: Staff | Visitor, off: int) -> None:
        self.does(PostMessage(who, "在吗？", self.story.fence + off))

    @rule(who=st.sampled_from((VISITOR, VISITOR, STRANGER)), stars=st.integers(1, 5))
    def somebody_rates(self, who: Visitor, stars: int) -> None:
        self.does(Rate(who, stars))

    @rule(who=anybody, what=st.integers(0, TRIES - 1), load=loads, back=st.integers(0, 2))
    def somebody_tries_something(self, who: Staff, what: int, load: int, back: int) -> None:
        offer = self.an_offer(back)
        tries: tuple[Command, ...] = (
            WriteNote(who, SECRET),
            Assign(who.person, load, 5, SECRET),
            Ring(who.person, self.story.new_offer(), load, 5, SECRET),
            Claim(who, load, 5),
            AcceptOffer(who, offer, load, 5),
            DeclineOffer(who, offer, SECRET),
            WithdrawOffer(who, offer),
            DropOffer(who.person.id),
            AskColleague(self.owner if self.phase in OWNED else who, who.person, "join", SECRET),
            Join(who),
            ColleaguePresenceChanged(who.person.id, here=back == 0),
            SetDepartment(who, SECRET),
            ChangeGroup(*((WOMEN, CHILDREN) if back else (CHILDREN, WOMEN))),
            CloseAccount(who.person.id),
            Reopen(who, self.story.fence, load, 5),
            SetOutcome(who, "booked"),
        )
        assert len(tries) == TRIES
        self.does(tries[what])

    # Time.

    @rule(ms=spans, owner_typing=st.booleans())
    def time_passes(self, ms: int, owner_typing: bool) -> None:
        self.story.now += ms
        self.time_is_up(owner_typing)

    def the_next_clock_is_up(self, early: int, owner_typing: bool) -> None:
        running = deadlines(self.conversation, RULES)
        if running:
            due = min(running.values()) - early
            was_due = due + early <= self.story.now
            self.story.now = max(self.story.now, due)
            assert bool(self.time_is_up(owner_typing)) == (early == 0 or was_due)

    @rule(ms=spans)
    def time_passes_unseen(self, ms: int) -> None:
        """The server is late: other commands come before the deadlines are checked."""
        self.story.now += ms

    def time_is_up(self, owner_typing: bool) -> tuple[Event, ...]:
        happened = self.does(DeadlineReached(owner_typing))
        assert all(due > self.story.now for due in deadlines(self.conversation, RULES).values())
        assert self.does(DeadlineReached(owner_typing)) == ()
        return happened

    def an_offer(self, back: int) -> str:
        """The id of the open offer, or of an earlier one."""
        if back == 0 and self.conversation.serving.offer is not None:
            return self.conversation.serving.offer.id
        return "offer-0" if back == 2 else self.story.offer

    # Invariants.

    @invariant()
    def hold(self) -> None:
        self.it_has_one_owner_exactly_while_it_is_served()
        self.it_is_held_out_exactly_while_it_rings_or_is_transferred()
        self.it_knows_whether_the_visitor_waits_for_an_answer()
        self.somebody_looks_after_an_unanswered_visitor()
        self.no_idle_clock_runs_while_the_visitor_is_unanswered()
        self.closed_runs_no_clock()
        self.what_the_visitor_ended_stays_ended()
        self.who_has_a_closed_account_holds_nothing()

    def it_has_one_owner_exactly_while_it_is_served(self) -> None:
        assert (self.conversation.serving.owner is not None) == (self.phase in OWNED)

    def it_is_held_out_exactly_while_it_rings_or_is_transferred(self) -> None:
        offer = self.conversation.serving.offer
        assert (offer is not None) == (self.phase in (Phase.RINGING, Phase.TRANSFERRING))
        assert (Deadline.OFFER in deadlines(self.conversation, RULES)) == (offer is not None)
        if offer is not None:
            assert offer.is_ring == (self.phase is Phase.RINGING)
            assert (offer.to is None) != (offer.group is None)

    def it_knows_whether_the_visitor_waits_for_an_answer(self) -> None:
        assert (self.conversation.talk.unanswered_since is not None) == self.unanswered

    def somebody_looks_after_an_unanswered_visitor(self) -> None:
        if self.phase in OWNED and self.unanswered and not self.conversation.talk.overdue:
            assert Deadline.ALARM in deadlines(self.conversation, RULES)

    def no_idle_clock_runs_while_the_visitor_is_unanswered(self) -> None:
        if self.unanswered:
            running = deadlines(self.conversation, RULES)
            assert not running.keys() & {Deadline.INACTIVE, Deadline.IDLE_WARNING, Deadline.IDLE_CLOSE}

    def closed_runs_no_clock(self) -> None:
        if self.phase is Phase.CLOSED:
            assert deadlines(self.conversation, RULES) == {}
            assert self.conversation.ending.at is not None

    def what_the_visitor_ended_stays_ended(self) -> None:
        ended = any(isinstance(event, Closed) and event.by == "visitor" for event, _ in self.story.happened)
        assert self.conversation.ended_by_visitor == ended

    def who_has_a_closed_account_holds_nothing(self) -> None:
        for who in STAFF:
            command = CloseAccount(who.person.id)
            after = self.conversation
            for event in decide(after, command, self.story.now, self.story.rules):
                after = apply(after, event, self.story.now)
            held = [
                after.serving.owner,
                after.serving.offer.to if after.serving.offer else None,
                *(each.person for each in after.company.participants),
            ]
            assert who.person not in held
            assert (after.serving.owner is not None) == (after.phase in OWNED)

    def teardown(self) -> None:
        if not hasattr(self, "story"):
            return
        self.the_same_comes_of_the_events_alone()
        self.the_visitor_saw_nothing_that_is_for_staff()

    def the_same_comes_of_the_events_alone(self) -> None:
        again = fresh()
        for event, at in self.story.happened:
            again = apply(again, event, at)
        counted = self.conversation
        assert structs.replace(again, last_seq=counted.last_seq, last_visitor_seq=counted.last_visitor_seq) == counted

    def the_visitor_saw_nothing_that_is_for_staff(self) -> None:
        seen = [shown for entry in self.entries if (shown := view(entry, Audience.VISITOR)) is not None]
        assert [each.seq for each in seen] == list(range(1, len(seen) + 1))
        assert SECRET not in repr(seen)
        assert STAFF_ID not in repr(seen)
        for_staff = [view(entry, Audience.STAFF) for entry in self.entries]
        assert [each.seq for each in for_staff if each] == list(range(1, len(self.entries) + 1))


def author_of(command: Command) -> Author:
    actor = getattr(command, "actor", None)
    if isinstance(actor, Staff):
        return Author(AuthorKind.CONSULTANT, actor.person.id, actor.person)
    return Author(AuthorKind.VISITOR, actor.id) if isinstance(actor, Visitor) else SYSTEM


TestHistories = History.TestCase
TestHistories.settings = settings(settings.default, stateful_step_count=40)


@given(seed=st.integers(0, 2**32))
def test_long_histories(seed: int) -> None:
    """The same rules for 300 steps. Steps are drawn evenly; hypothesis prefers short and unusual histories."""
    draw = Random(seed)
    history = History()
    history.the_visitor_asks()
    steps = [*Step, Step.CLOCK, Step.CLOCK, Step.CLOCK, Step.OWNER_COMES, Step.VISITOR_COMES, Step.ACCEPT]
    for _ in range(300):
        who, load = draw.choice(STAFF), draw.randrange(10)
        match draw.randrange(20):
            case 0:
                history.somebody_tries_something(who, draw.randrange(TRIES), load, draw.randrange(3))
            case 1:
                history.somebody_writes(draw.choice((*STAFF, VISITOR, STRANGER)), draw.choice((0, 0, -1, 1)))
            case 2:
                history.somebody_ends_it(draw.choice((*STAFF, VISITOR, STRANGER)), 0, draw.randrange(3))
            case 3:
                history.somebody_rates(draw.choice((VISITOR, STRANGER)), draw.randint(1, 5))
            case 4:
                history.time_passes(draw.choice((1, 10, 60, 1_000)) * draw.randint(0, 2_000), False)
            case _:
                history.goes(draw.choice(steps), who)
        history.hold()
    history.teardown()
