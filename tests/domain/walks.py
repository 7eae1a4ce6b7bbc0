"""Long random walks through the state machine, the same in every run: any command, at any time, by anybody."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from random import Random
from typing import NamedTuple, get_args

from chatserver.domain.actors import Staff
from chatserver.domain.changes.table import apply
from chatserver.domain.commands.alarms import AcknowledgeAlarm, DismissEmergency
from chatserver.domain.commands.assignment import Assign, AssignManually, AssignUrgently, Claim
from chatserver.domain.commands.base import Command
from chatserver.domain.commands.callbacks import RequestCallback
from chatserver.domain.commands.colleagues import AskColleague, Join, Leave
from chatserver.domain.commands.consent import SetConsent
from chatserver.domain.commands.deletions import NoteDeletion
from chatserver.domain.commands.departments import ChangeGroup, ChooseDepartment, SetDepartment
from chatserver.domain.commands.ending import Close, Reopen, SetOutcome
from chatserver.domain.commands.files import PostFile
from chatserver.domain.commands.identity import Identify
from chatserver.domain.commands.messages import PostMessage, WriteNote
from chatserver.domain.commands.offers import AcceptOffer, DeclineOffer, DropOffer, OfferTransfer, Ring, WithdrawOffer
from chatserver.domain.commands.offline_messages import NoteComplaint, NoteEmergency
from chatserver.domain.commands.presence import (
    CloseAccount,
    ColleaguePresenceChanged,
    OwnerPresenceChanged,
    VisitorPresenceChanged,
)
from chatserver.domain.commands.queue import MoveForward, Release
from chatserver.domain.commands.ratings import Rate
from chatserver.domain.commands.time import DeadlineReached
from chatserver.domain.consent import ASKED, BUILT_IN_NOTICE, Decision, Said
from chatserver.domain.conversation import Conversation, Phase
from chatserver.domain.deadlines import deadlines
from chatserver.domain.events.assignment import Why
from chatserver.domain.events.base import Event
from chatserver.domain.hospital import UNSURE
from chatserver.domain.refusals import Refused
from chatserver.domain.rules import HOUR, MINUTE, SECOND
from chatserver.domain.transitions.table import TRANSITIONS, decide

from .people import CALLBACK, CHILDREN, EVERYBODY, PICTURE, RULES, STRANGER, VISITOR, WOMEN, Story, answered

ASKED_TEXTS = (*BUILT_IN_NOTICE.texts(), *ASKED)
DECISIONS: tuple[Decision, ...] = get_args(Decision)

WALKS, STEPS = 48, 1_500
"""Enough that the rarest cell of the table is reached."""

TEXTS = ("在吗？", "孩子8岁，谢谢。", "我爸突然胸痛,喘不上气!", "发烧39度")
"""A plain one, one about a child, a critical emergency, and one of level attention."""

FAVOURED: dict[Phase, tuple[type[Command], ...]] = {
    Phase.WAITING: (Ring,),
    Phase.ACTIVE: (OfferTransfer, AskColleague, Join, OwnerPresenceChanged, ColleaguePresenceChanged),
}
"""Commands that are drawn more often, because they lead to phases that a uniform choice would seldom reach."""

OVERFLOWING = replace(RULES, overflow_to=CHILDREN)


class Changed(NamedTuple):
    """One event, and the conversation before and after it."""

    before: Conversation
    event: Event
    after: Conversation


class Step(NamedTuple):
    """One command and its result."""

    before: Conversation
    command: Command
    refused: Refused | None
    changes: tuple[Changed, ...]

    @property
    def after(self) -> Conversation:
        return self.changes[-1].after if self.changes else self.before


def taken(story: Story, command: Command) -> Step:
    """Carries out the command."""
    before = story.conversation
    try:
        events = decide(before, command, story.now, story.rules)
    except Refused as refusal:
        return Step(before, command, refusal, ())
    changes = []
    for event in events:
        earlier, story.conversation = story.conversation, apply(story.conversation, event, story.now)
        changes.append(Changed(earlier, event, story.conversation))
    return Step(before, command, None, tuple(changes))


class Walk:
    """One conversation after another; each is left some time after its end."""

    def __init__(self, seed: int) -> None:
        self.draw = Random(seed)
        self.story = Story(self.draw.choice((RULES, OVERFLOWING, OVERFLOWING)))

    def steps(self, count: int) -> Iterator[Step]:
        """Carries out this many commands; yields each with its result."""
        for _ in range(count):
            if self.story.conversation.phase is Phase.CLOSED and self.draw.random() < 0.1:
                self.story = Story(self.draw.choice((RULES, OVERFLOWING, OVERFLOWING)))
            yield taken(self.story, self._command())

    def _command(self) -> Command:
        """Lets time pass, and draws a command: often the next deadline, and mostly one that is not refused in this
        phase."""
        commands, phase = self._commands(), self.story.conversation.phase
        running = sorted(deadlines(self.story.conversation, self.story.rules).values())
        chance = self.draw.random()
        if running and chance < 0.1:
            late = self.draw.choice((0, 0, 2 * MINUTE, 3 * MINUTE, 20 * MINUTE))
            self.story.now = max(self.story.now, self.draw.choice(running) + late)
            commands = tuple(each for each in commands if isinstance(each, DeadlineReached))
        elif phase in FAVOURED and chance < 0.4:
            commands = tuple(each for each in commands if isinstance(each, FAVOURED[phase]))
        else:
            self.story.now += self.draw.choice((0, SECOND, SECOND, 10 * SECOND))
            if chance < 0.85:
                commands = tuple(each for each in commands if TRANSITIONS[phase, type(each)].refuses is None)
        return self.draw.choice(commands)

    # The actor: often somebody who may give this command.

    def _somebody(self) -> Staff:
        """The owner, whoever it is offered to, a colleague who takes part, or anybody."""
        now = self.story.conversation
        offered = now.serving.offer.to if now.serving.offer is not None else None
        involved = (
            now.serving.owner or now.serving.last_owner,
            offered,
            *(each.person for each in now.company.participants),
        )
        wanted = self.draw.choice((*involved, involved[0], None))
        return next((who for who in EVERYBODY if who.person == wanted), self.draw.choice(EVERYBODY))

    def _said(self) -> tuple[Said, ...]:
        """What a visitor decides with a message; mostly nothing."""
        decision = self.draw.choice(DECISIONS)
        return () if self.draw.random() < 0.7 else (Said(decision, self.draw.choice(ASKED_TEXTS)),)

    def _consent(self, who: Staff) -> SetConsent:
        text, decision = self.draw.choice(ASKED_TEXTS), self.draw.choice(DECISIONS)
        return SetConsent(self.draw.choice((VISITOR, who)), text.kind, decision, text)

    def _commands(self) -> tuple[Command, ...]:
        """One of each kind, and several of those that begin or end something in more than one way."""
        who, other, yes = self._somebody(), self.draw.choice(EVERYBODY), self.draw.random() < 0.5
        people = [each.person for each in self.story.conversation.company.participants]
        beside = self.draw.choice(people or [who.person])
        fence = self.story.fence - (self.draw.random() < 0.1)
        load = self.draw.choice((0, 4, 6, 9))
        open_offer = self.story.conversation.serving.offer
        offer = self.story.offer if open_offer is None else open_offer.id
        groups = self.draw.sample((WOMEN, CHILDREN), 2)
        everybody = self.draw.choice((VISITOR, who, who, STRANGER))
        asked = self.draw.choice(("obstetrics", "gynecology"))
        return (
            PostMessage(VISITOR, self.draw.choice(TEXTS), crowded=yes, consents=self._said()),
            PostMessage(everybody, "在的。", fence),
            PostFile(everybody, PICTURE, fence),
            WriteNote(who, "她怕疼"),
            Assign(other.person, load, 5, "load"),
            AssignUrgently(other.person, WOMEN, load, 5, Why(load, 5)),
            AssignManually(who, fence, other.person, other.groups, load, 5, above=yes),
            Ring(other.person, self.story.new_offer(), load, 5, "load"),
            Claim(other, load, 5),
            AcceptOffer(who, offer, load, 5),
            AcceptOffer(other, offer, load, 5),
            DeclineOffer(who, offer, "正在接诊"),
            WithdrawOffer(who, offer),
            DropOffer(who.person.id),
            OfferTransfer(who, fence, self.story.new_offer(), "想约周六", to=other.person, to_role=other.role),
            OfferTransfer(who, fence, self.story.new_offer(), "想约周六", group=groups[0]),
            MoveForward(who),
            Release(who, fence, "我要下班了"),
            AskColleague(who, other.person, "join" if yes else "help", "她问的是手术费用"),
            Join(other),
            Join(who),
            Leave(who, other.person.id if yes else None),
            DismissEmergency(who),
            AcknowledgeAlarm(who.person, "overdue"),
            ChooseDepartment(VISITOR, asked, groups[0]) if yes else SetDepartment(who, UNSURE),
            RequestCallback(VISITOR, CALLBACK) if yes else Identify(VISITOR, "张三", f"P-{load}", b"token", 0),
            NoteComplaint(VISITOR if yes else STRANGER),
            NoteEmergency(VISITOR if yes else STRANGER),
            NoteDeletion() if yes else NoteDeletion("kept", who.person),
            ChangeGroup(groups[0], groups[1], self.story.now + HOUR if yes else None),
            CloseAccount(who.person.id),
            OwnerPresenceChanged(here=yes),
            ColleaguePresenceChanged(beside.id, here=True),
            ColleaguePresenceChanged(beside.id, here=False),
            VisitorPresenceChanged(here=yes),
            DeadlineReached(),
            DeadlineReached(elsewhere=True),
            DeadlineReached(owner_typing=True, somebody_typing=True),
            DeadlineReached(owner_typing=yes, elsewhere=not yes, somebody_typing=yes),
            Close(everybody, fence, "answered", message_left=yes) if self.draw.random() < 0.3 else Join(who),
            Reopen(who, fence, load, 5),
            SetOutcome(who, self.draw.choice(("answered", "booked"))),
            Rate(VISITOR, self.draw.randint(1, 5)),
            self._consent(who),
        )


def typed_while_a_transfer_ends() -> Step:
    """Too rare for a random walk: a conversation about to be closed is offered to a colleague who does not answer."""
    story = answered()
    for minutes in (10, 18):
        story.passes(minutes * MINUTE)
    story.now += 100 * SECOND
    story.offered()
    story.now += 30 * SECOND
    return taken(story, DeadlineReached(somebody_typing=True))


def warned_while_a_transfer_is_offered() -> Step:
    """As rare: nobody has written for 28 minutes, and a colleague was offered it ten seconds ago."""
    story = answered()
    story.passes(10 * MINUTE)
    story.now += 17 * MINUTE + 50 * SECOND
    story.offered()
    story.now += 10 * SECOND
    return taken(story, DeadlineReached())


@cache
def walked() -> tuple[Step, ...]:
    """All steps of all walks."""
    steps = (step for seed in range(WALKS) for step in Walk(seed).steps(STEPS))
    return (*steps, typed_while_a_transfer_ends(), warned_while_a_transfer_is_offered())
