"""Who gets what from each cell of the state machine: phase × command × actor.

What a cell says of itself is not written out a second time: where the table refuses a command, the cases are made from
the table.
"""

from collections.abc import Callable, Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import TypeVar

import pytest
from msgspec import structs

from chatserver.domain import commands, events
from chatserver.domain.actors import Staff, Visitor
from chatserver.domain.changes.table import CHANGES, apply, entry_kinds
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
from chatserver.domain.consent import asked_for
from chatserver.domain.conversation import Phase, Subject
from chatserver.domain.events.assignment import Why
from chatserver.domain.events.base import Event, SilentEvent
from chatserver.domain.events.kinds import snake
from chatserver.domain.hospital import UNSURE
from chatserver.domain.refusals import FenceStale, Forbidden, NotFound, Refused
from chatserver.domain.transitions.table import TRANSITIONS, decide

from .people import (
    CALLBACK,
    CHEN_JING,
    CHILDREN,
    LI_MIN,
    PICTURE,
    STRANGER,
    VISITOR,
    WANG_FANG,
    WOMEN,
    ZHANG_WEI,
    ZHAO_GANG,
    Story,
    active,
    assert_refused,
    closed,
    names,
    ringing,
    transferring,
    waiting,
)

Kind = TypeVar("Kind")

PHASES: dict[Phase, Callable[[], Story]] = {
    Phase.WAITING: waiting,
    Phase.RINGING: ringing,
    Phase.ACTIVE: active,
    Phase.TRANSFERRING: transferring,
    Phase.CLOSED: closed,
}

COLUMNS: dict[str, tuple[Staff | Visitor, ...]] = {
    "李敏": (LI_MIN,),  # receives the ring, owns it, offers the transfer, owned it last
    "王芳": (WANG_FANG,),  # is in the same group; the transfer is offered to them
    "陈静": (CHEN_JING,),  # the group's supervisor
    "foreigners": (ZHANG_WEI, ZHAO_GANG),  # a consultant and a supervisor of another group
    "visitor": (VISITOR,),
    "stranger": (STRANGER,),
}

ASKED = """
PostMessage   李敏                王芳                陈静                foreigners visitor                 stranger
waiting       forbidden           forbidden           forbidden           not_found  message_posted          not_found
ringing       forbidden           forbidden           forbidden           not_found  message_posted          not_found
active        message_posted      forbidden           forbidden           not_found  message_posted          not_found
transferring  message_posted      forbidden           forbidden           not_found  message_posted          not_found
closed        conversation_closed conversation_closed conversation_closed not_found  reopened+message_posted not_found

Close         李敏                  王芳                陈静                  foreigners visitor               stranger
waiting       forbidden             forbidden           closed                not_found  closed                not_found
ringing       forbidden             forbidden           ring_missed+closed    not_found  ring_missed+closed    not_found
active        closed                forbidden           closed                not_found  closed                not_found
transferring  transfer_ended+closed forbidden           transfer_ended+closed not_found  transfer_ended+closed not_found

PostFile      李敏                王芳                陈静                foreigners visitor              stranger
waiting       forbidden           forbidden           forbidden           not_found  file_posted          not_found
ringing       forbidden           forbidden           forbidden           not_found  file_posted          not_found
active        file_posted         forbidden           forbidden           not_found  file_posted          not_found
transferring  file_posted         forbidden           forbidden           not_found  file_posted          not_found
closed        conversation_closed conversation_closed conversation_closed not_found  reopened+file_posted not_found

WriteNote     李敏         王芳      陈静         foreigners
waiting       forbidden    forbidden note_written not_found
ringing       forbidden    forbidden note_written not_found
active        note_written forbidden note_written not_found
transferring  note_written forbidden note_written not_found
closed        note_written forbidden note_written not_found

Claim         李敏                王芳                陈静                foreigners
waiting       assigned            assigned            assigned            not_found
ringing       assigned            out_of_turn         out_of_turn         not_found

AcceptOffer   李敏       王芳        陈静       foreigners
ringing       assigned   not_found   not_found  not_found
transferring  not_found  transferred not_found  not_found

DeclineOffer  李敏        王芳              陈静       foreigners
ringing       ring_missed not_found         not_found  not_found
transferring  not_found   transfer_declined not_found  not_found

WithdrawOffer 李敏           王芳        陈静        foreigners
transferring  transfer_ended forbidden   forbidden   not_found

OfferTransfer 李敏                王芳                陈静                foreigners
active        transfer_offered    forbidden           transfer_offered    not_found

AssignManually 李敏                王芳                陈静                foreigners
waiting        forbidden           forbidden           assigned            not_found
ringing        forbidden           forbidden           assigned            not_found

MoveForward   李敏                王芳                陈静                foreigners
waiting       forbidden           forbidden           moved_forward       not_found
ringing       forbidden           forbidden           moved_forward       not_found

Release       李敏                               王芳                陈静                foreigners
active        returned_to_queue                  forbidden           forbidden           not_found
transferring  transfer_ended+returned_to_queue   forbidden           forbidden           not_found

AskColleague  李敏                王芳                陈静                foreigners
active        colleague_asked     forbidden           colleague_asked     not_found
transferring  colleague_asked     forbidden           colleague_asked     not_found

Join          李敏                王芳                陈静                foreigners
active        not_serving         forbidden           colleague_joined    not_found
transferring  not_serving         forbidden           colleague_joined    not_found

Leave         李敏                王芳                陈静                foreigners
waiting       -                   -                   -                   not_found
ringing       -                   -                   -                   not_found
active        -                   -                   -                   not_found
transferring  -                   -                   -                   not_found

SetDepartment 李敏                王芳                陈静                foreigners
waiting       forbidden           forbidden           department_set      not_found
ringing       forbidden           forbidden           department_set      not_found
active        department_set      forbidden           department_set      not_found
transferring  department_set      forbidden           department_set      not_found

DismissEmergency 李敏      王芳      陈静 foreigners
waiting          forbidden forbidden -    not_found
ringing          forbidden forbidden -    not_found
active           forbidden forbidden -    not_found
transferring     forbidden forbidden -    not_found
closed           forbidden forbidden -    not_found

Reopen        李敏                王芳        陈静                foreigners
closed        reopened+assigned   forbidden   reopened+assigned   not_found

SetOutcome    李敏        王芳        陈静        foreigners
closed        outcome_set forbidden   outcome_set not_found

SetConsent    李敏            王芳        陈静            foreigners  visitor         stranger
waiting       forbidden       forbidden   consent_changed not_found   consent_changed not_found
ringing       forbidden       forbidden   consent_changed not_found   consent_changed not_found
active        consent_changed forbidden   consent_changed not_found   consent_changed not_found
transferring  consent_changed forbidden   consent_changed not_found   consent_changed not_found
closed        forbidden       forbidden   conversation_closed not_found   consent_changed not_found

RequestCallback visitor            stranger
waiting       callback_requested not_found
ringing       callback_requested not_found
active        callback_requested not_found
transferring  callback_requested not_found

Identify      visitor    stranger
waiting       identified not_found
ringing       identified not_found
active        identified not_found
transferring  identified not_found

NoteComplaint visitor        stranger
waiting       complaint_left not_found
ringing       complaint_left not_found
active        complaint_left not_found
transferring  complaint_left not_found
closed        complaint_left not_found

NoteEmergency visitor        stranger
waiting       emergency_left not_found
ringing       emergency_left not_found
active        emergency_left not_found
transferring  emergency_left not_found
closed        emergency_left not_found

ChooseDepartment visitor                       stranger
waiting          department_chosen             not_found
ringing          ring_missed+department_chosen not_found
active           department_chosen             not_found
transferring     department_chosen             not_found

Rate          visitor     stranger
closed        rated       not_found
"""

SEEN = """
command                       waiting            ringing            active             transferring
Assign                        assigned           =                  =                  =
AcknowledgeAlarm              alarm_acknowledged alarm_acknowledged alarm_acknowledged alarm_acknowledged
AssignUrgently                out_of_turn        out_of_turn        =                  =
Ring                          rung               =                  =                  =
DropOffer:李敏                =                  ring_missed        =                  -
DropOffer:王芳                =                  -                  =                  transfer_ended
ChangeGroup:here              group_changed      ring_missed+group_changed =                  =
ChangeGroup:elsewhere         -                  -                  =                  =
NoteDeletion:asked   deletion_requested deletion_requested deletion_requested deletion_requested deletion_requested
NoteDeletion:settled deletion_settled   deletion_settled   deletion_settled   deletion_settled   deletion_settled
CloseAccount:李敏             =                  ring_missed        returned_to_queue  transfer_ended+returned_to_queue
CloseAccount:王芳             =                  -                  -                  transfer_ended
ColleaguePresenceChanged:gone =                  =                  -                  -
ColleaguePresenceChanged:here =                  =                  -                  -
DeadlineReached               -                  -                  -                  -
OwnerPresenceChanged:gone     =                  =                  owner_left         owner_left
OwnerPresenceChanged:here     =                  =                  -                  -
VisitorPresenceChanged:gone   visitor_left       visitor_left       visitor_left       visitor_left
VisitorPresenceChanged:here   -                  -                  -                  -
"""
"""What the system does by itself; `=`: refused, or nothing, as the table says. So are all while it is closed."""


def asked_by(command: str, who: Staff | Visitor, story: Story, fence: int | None = None) -> Command:
    """A valid command, except perhaps for the actor or the `fence`."""
    fence = story.fence if fence is None else fence
    if command == "PostMessage":
        return PostMessage(who, "您好", fence)
    if command == "PostFile":
        return PostFile(who, PICTURE, fence)
    if command == "Close":
        return Close(who, fence, "answered")
    if isinstance(who, Visitor):
        story.conversation = structs.replace(story.conversation, subject=Subject(UNSURE))
        of_visitors: dict[str, Command] = {
            "Rate": Rate(who, 5),
            "SetConsent": SetConsent(who, "health", "given", asked_for("health", "zh")),
            "RequestCallback": RequestCallback(who, CALLBACK),
            "Identify": Identify(who, "张三", "P-0042", b"token", 0),
            "NoteComplaint": NoteComplaint(who),
            "NoteEmergency": NoteEmergency(who),
            "ChooseDepartment": ChooseDepartment(who, "obstetrics", CHILDREN),
        }
        return of_visitors[command]
    of_staff: dict[str, Command] = {
        "WriteNote": WriteNote(who, "她怕疼"),
        "Claim": Claim(who, 0, 5),
        "AcceptOffer": AcceptOffer(who, story.offer, 0, 5),
        "DeclineOffer": DeclineOffer(who, story.offer, "正在接诊"),
        "WithdrawOffer": WithdrawOffer(who, story.offer),
        "AssignManually": AssignManually(who, fence, WANG_FANG.person, WANG_FANG.groups, 0, 5),
        "MoveForward": MoveForward(who),
        "Release": Release(who, fence, "我要下班了"),
        "AskColleague": AskColleague(who, WANG_FANG.person, "help", "她问的是手术费用"),
        "Join": Join(who),
        "Leave": Leave(who),
        "SetDepartment": SetDepartment(who, "obstetrics"),
        "SetConsent": SetConsent(who, "behalf", "asked", asked_for("behalf", "zh")),
        "DismissEmergency": DismissEmergency(who),
        "Reopen": Reopen(who, fence, 0, 5),
        "SetOutcome": SetOutcome(who, "booked"),
        "OfferTransfer": OfferTransfer(who, fence, "offer-9", "想约周六", WANG_FANG.person, WANG_FANG.role),
    }
    return of_staff[command]


OF_THE_SYSTEM: dict[str, Command] = {
    "Assign": Assign(WANG_FANG.person, 0, 5, "load 0/5"),
    "AcknowledgeAlarm": AcknowledgeAlarm(CHEN_JING.person, "overdue"),
    "AssignUrgently": AssignUrgently(WANG_FANG.person, "women", 7, 5, Why(7, 5)),
    "Ring": Ring(WANG_FANG.person, "offer-9", 0, 5, "load 0/5"),
    "DropOffer:李敏": DropOffer(LI_MIN.person.id),
    "DropOffer:王芳": DropOffer(WANG_FANG.person.id),
    "ChangeGroup:here": ChangeGroup(WOMEN, CHILDREN),
    "ChangeGroup:elsewhere": ChangeGroup(CHILDREN, WOMEN),
    "CloseAccount:李敏": CloseAccount(LI_MIN.person.id),
    "CloseAccount:王芳": CloseAccount(WANG_FANG.person.id),
    "ColleaguePresenceChanged:gone": ColleaguePresenceChanged(WANG_FANG.person.id, here=False),
    "ColleaguePresenceChanged:here": ColleaguePresenceChanged(WANG_FANG.person.id, here=True),
    "DeadlineReached": DeadlineReached(),
    "NoteDeletion:asked": NoteDeletion(),
    "NoteDeletion:settled": NoteDeletion("kept", CHEN_JING.person),
    "OwnerPresenceChanged:gone": OwnerPresenceChanged(here=False),
    "OwnerPresenceChanged:here": OwnerPresenceChanged(here=True),
    "VisitorPresenceChanged:gone": VisitorPresenceChanged(here=False),
    "VisitorPresenceChanged:here": VisitorPresenceChanged(here=True),
}


KINDS = {kind.__name__: kind for _, kind in TRANSITIONS}


def columns() -> dict[str, list[str]]:
    """Command → those who ask for it in `ASKED`."""
    heads = [block.splitlines()[0].split() for block in ASKED.strip().split("\n\n")]
    return {command: askers for command, *askers in heads}


def asked_cells() -> Iterator[tuple[str, Phase, str, str]]:
    """Every case of `ASKED`: command, phase, actor, outcome."""
    for block in ASKED.strip().split("\n\n"):
        (command, *askers), *rows = [line.split() for line in block.splitlines()]
        for phase, *outcomes in rows:
            for asker, outcome in zip(askers, outcomes, strict=True):
                yield command, Phase(phase), asker, outcome


def refused_cells() -> Iterator[tuple[str, Phase, type[Refused]]]:
    """The cells that refuse what somebody asks: command, phase, refusal."""
    for (phase, kind), cell in TRANSITIONS.items():
        if cell.refuses is not None and kind.__name__ in columns():
            yield kind.__name__, phase, cell.refuses


def seen_cells() -> Iterator[tuple[str, Phase, str]]:
    """Every cell of `SEEN`: command, phase, outcome. After the end, most do nothing; the others have a column more."""
    (_, *phases), *rows = [line.split() for line in SEEN.strip().splitlines()]
    for command, *outcomes in rows:
        for phase, outcome in zip(map(Phase, (*phases, "closed")), (*outcomes, "=")[: len(phases) + 1], strict=True):
            cell = TRANSITIONS[phase, KINDS[command.split(":")[0]]]
            told = "-" if cell.refuses is None else cell.refuses.code
            yield command, phase, told if outcome == "=" else outcome


def outcome_of(story: Story, command: Command) -> str:
    """The names of the events, or the refusal's code. Any other exception is a bug."""
    try:
        happened = decide(story.conversation, command, story.now, story.rules)
    except Refused as refusal:
        return refusal.code
    for event in happened:
        apply(story.conversation, event, story.now)
    return "+".join(names(happened)) or "-"


@pytest.mark.parametrize(("command", "phase", "asker", "outcome"), list(asked_cells()))
def test_what_is_asked(command: str, phase: Phase, asker: str, outcome: str) -> None:
    story = PHASES[phase]()
    assert story.conversation.phase == phase
    for who in COLUMNS[asker]:
        assert outcome_of(story, asked_by(command, who, story)) == outcome


@pytest.mark.parametrize(("command", "phase", "refusal"), list(refused_cells()))
def test_what_is_refused_to_everybody(command: str, phase: Phase, refusal: type[Refused]) -> None:
    """Strangers do not learn why; some of the others learn first that they may not ask."""
    story = PHASES[phase]()
    outcomes = {
        who.id if isinstance(who, Visitor) else who.person.id: outcome_of(story, asked_by(command, who, story))
        for asker in columns()[command]
        for who in COLUMNS[asker]
    }
    foreign = {ZHANG_WEI.person.id, ZHAO_GANG.person.id, STRANGER.id} & outcomes.keys()
    assert {outcomes.pop(who) for who in foreign} == {NotFound.code}
    assert refusal.code in outcomes.values()
    assert set(outcomes.values()) <= {refusal.code, Forbidden.code, NotFound.code}


@pytest.mark.parametrize(("command", "phase", "outcome"), list(seen_cells()))
def test_what_the_system_does(command: str, phase: Phase, outcome: str) -> None:
    assert outcome_of(PHASES[phase](), OF_THE_SYSTEM[command]) == outcome


def kinds_in(package: ModuleType, base: type[Kind]) -> set[type[Kind]]:
    """The classes that the package's modules define, without their base. `__subclasses__` would list too much:
    dataclasses with slots are created twice, and it knows the discarded first ones as well."""
    modules = [import_module(f"{package.__name__}.{each.name}") for each in iter_modules(package.__path__)]
    found = {kind for module in modules for kind in vars(module).values() if isinstance(kind, type)}
    return {kind for kind in found if issubclass(kind, base) and kind is not base}


def test_the_written_table_leaves_nothing_out() -> None:
    asked = {(phase, KINDS[command]) for command, phase, _, _ in asked_cells()}
    refused = {(phase, KINDS[command]) for command, phase, _ in refused_cells()}
    seen = {(phase, KINDS[command.split(":")[0]]) for command, phase, _ in seen_cells()}
    assert asked | refused | seen == set(TRANSITIONS)


def test_every_command_has_a_cell_in_every_phase() -> None:
    assert set(TRANSITIONS) == {(phase, kind) for phase in Phase for kind in kinds_in(commands, Command)}


def test_every_event_changes_a_conversation() -> None:
    assert set(CHANGES) == kinds_in(events, Event) - {SilentEvent}


def test_every_event_but_the_silent_ones_is_an_entry() -> None:
    silent = kinds_in(events, SilentEvent)
    assert set(entry_kinds().values()) == kinds_in(events, Event) - silent - {SilentEvent}
    assert all(name == snake(kind.__name__) for name, kind in entry_kinds().items())


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("command", ["PostMessage", "Close", "OfferTransfer"])
@pytest.mark.parametrize("asker", [ZHANG_WEI, ZHAO_GANG], ids=lambda who: who.person.name)
def test_staff_of_other_groups_do_not_learn_that_a_fence_is_stale(phase: Phase, command: str, asker: Staff) -> None:
    story = PHASES[phase]()
    with assert_refused(NotFound):
        story.does(asked_by(command, asker, story, story.fence - 1))


@pytest.mark.parametrize("off", [-1, 1])
@pytest.mark.parametrize("command", ["PostMessage", "Close", "OfferTransfer"])
def test_the_owner_needs_the_fence_of_the_moment(command: str, off: int) -> None:
    story = active()
    with assert_refused(FenceStale, fence=story.fence):
        story.does(asked_by(command, LI_MIN, story, story.fence + off))


@pytest.mark.parametrize("command", [PostMessage(LI_MIN, "您好"), Close(LI_MIN, None, "answered")])
def test_no_fence_is_a_stale_fence(command: Command) -> None:
    with assert_refused(FenceStale):
        active().does(command)


@pytest.mark.parametrize("phase", [Phase.WAITING, Phase.RINGING, Phase.ACTIVE, Phase.TRANSFERRING])
def test_a_supervisor_who_ends_it_needs_the_fence_too(phase: Phase) -> None:
    story = PHASES[phase]()
    with assert_refused(FenceStale, fence=story.fence):
        story.does(asked_by("Close", CHEN_JING, story, story.fence - 1))


def test_a_supervisor_who_transfers_needs_the_fence_too() -> None:
    story = active()
    with assert_refused(FenceStale, fence=story.fence):
        story.does(asked_by("OfferTransfer", CHEN_JING, story, story.fence - 1))
