"""Visitors see only the events and fields that are listed, and one function decides who may read a conversation."""

from dataclasses import fields, replace
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given
from msgspec import structs

from chatserver.domain.actors import Staff
from chatserver.domain.audience import (
    OWN_CLOSED_MS,
    VISITORS_FIELDS,
    Audience,
    may_read,
    offered_to,
    view,
    visible_to_visitor,
)
from chatserver.domain.changes.table import entry_kinds
from chatserver.domain.entry import SYSTEM, Author, AuthorKind, Entry
from chatserver.domain.events.alarms import AlarmAcknowledged, EmergencyDismissed, EmergencyNoticed, NobodyAnswered
from chatserver.domain.events.assignment import Assigned
from chatserver.domain.events.base import Event
from chatserver.domain.events.callbacks import CallbackRequested
from chatserver.domain.events.colleagues import ColleagueAsked, ColleagueJoined, ColleagueLeft
from chatserver.domain.events.consent import ConsentChanged
from chatserver.domain.events.deletions import DeletionRequested, DeletionSettled
from chatserver.domain.events.departments import DepartmentChosen, DepartmentSet, GroupChanged
from chatserver.domain.events.ending import Closed, OutcomeSet, Reopened
from chatserver.domain.events.files import FilePosted
from chatserver.domain.events.identity import Identified, IdentityDoubted
from chatserver.domain.events.messages import MessagePosted, NoteWritten
from chatserver.domain.events.offers import (
    RingMissed,
    Rung,
    TransferDeclined,
    TransferEnded,
    TransferOffered,
    Transferred,
)
from chatserver.domain.events.offline_messages import ComplaintLeft, EmergencyLeft
from chatserver.domain.events.queue import MovedForward, Opened, Overflowed, ReturnedToQueue
from chatserver.domain.events.ratings import Rated
from chatserver.domain.events.time import IdleWarned, ReplyOverdue, WentInactive
from chatserver.domain.hospital import Person
from chatserver.domain.quick_questions import Answered

from .people import (
    CHEN_JING,
    CHILDREN,
    LI_MIN,
    PICTURE,
    VISITOR,
    WANG_FANG,
    WOMEN,
    ZHANG_WEI,
    ZHAO_GANG,
    Story,
    active,
    answered,
    closed,
    ringing,
    transferring,
    waiting,
)

LI, WANG = LI_MIN.person, WANG_FANG.person
SECRET: Any = "secret"
MINE: Any = "for the visitor"
"""Stands in every text that a visitor may see, and in no other text of the examples."""

EXAMPLES: dict[type[Event], Event] = {
    type(event): event
    for event in (
        MessagePosted(MINE, from_visitor=False),
        NoteWritten("secret"),
        FilePosted(PICTURE, from_visitor=False, by=LI),
        Opened("gynecology", "women", "zh", MINE, answered=(Answered("address", MINE, MINE),)),
        Assigned(LI, "women", SECRET, "secret", 77),
        Rung("secret", LI, 77, "secret", 77),
        RingMissed("secret", LI, SECRET),
        TransferOffered("secret", LI, WANG, None, "secret", 77),
        TransferDeclined("secret", WANG, "secret"),
        TransferEnded("secret", SECRET),
        Transferred("secret", WANG, LI, "women", "secret", 77),
        ReturnedToQueue(LI, MINE, 77),
        MovedForward(LI),
        Overflowed("secret", "secret"),
        GroupChanged("secret", "secret"),
        DepartmentChosen("gynecology", "secret", "secret"),
        DepartmentSet("secret", "secret", LI),
        EmergencyNoticed("body"),
        EmergencyDismissed(LI),
        AlarmAcknowledged(LI, "secret"),
        NobodyAnswered((LI, WANG)),
        ColleagueAsked(LI, WANG, "help", "secret"),
        ColleagueJoined(WANG, "women"),
        ColleagueLeft(WANG, LI, joined=True),
        ReplyOverdue(LI, 77),
        WentInactive(),
        IdleWarned(1_700_000_000_000),
        Closed("consultant", MINE, "competitor"),
        Reopened(77, 77, LI),
        OutcomeSet("harassment", "competitor", LI),
        Rated(LI, 5, ("secret",), "secret"),
        CallbackRequested(MINE, 1_700_000_000_000, 1_700_000_000_001),
        ConsentChanged("health", "given", "secret", "secret", "zh", LI),
        Identified("secret", "secret"),
        IdentityDoubted(),
        ComplaintLeft(),
        EmergencyLeft(),
        DeletionRequested(),
        DeletionSettled("kept", LI),
    )
}

SHOWN: dict[type[Event], set[str]] = {
    MessagePosted: set(),
    FilePosted: set(),
    Opened: {"department", "language", "greeting", "answered"},
    DepartmentChosen: {"department"},
    Assigned: {"consultant", "group"},
    Transferred: {"consultant", "group"},
    ReturnedToQueue: {"reason"},
    EmergencyNoticed: {"emergency"},
    ColleagueJoined: {"consultant", "group"},
    ColleagueLeft: {"consultant"},
    CallbackRequested: {"phone", "from_at", "due_at"},
    ConsentChanged: {"consent", "decision"},
    IdleWarned: {"ends_at"},
    Closed: {"by", "reason"},
    Reopened: {"by"},
}
"""The list of `audience` written out again, so that nobody can widen what visitors see by a change in one place."""

AUTHORS = (
    SYSTEM,
    Author(AuthorKind.VISITOR, VISITOR.id),
    Author(AuthorKind.CONSULTANT, LI.id, LI),
    Author(AuthorKind.CONSULTANT, LI.id),
)


def entry_of(event: Event, author: Author = SYSTEM, visitor_seq: int | None = 3) -> Entry:
    return Entry("conversation-1", 9, visitor_seq, "entry-1", 1_700_000_000_000, author, event)


def test_every_entry_has_an_example() -> None:
    assert set(EXAMPLES) == set(entry_kinds().values())


def test_the_list_of_what_a_visitor_sees() -> None:
    assert {kind: set(names) for kind, names in VISITORS_FIELDS.items()} == SHOWN


@pytest.mark.parametrize("author", AUTHORS, ids=lambda author: f"{author.kind}{'' if author.person else ' unnamed'}")
@pytest.mark.parametrize("kind", EXAMPLES, ids=lambda kind: str(kind.__name__))
def test_a_visitor_sees_what_is_listed_and_nothing_else(kind: type[Event], author: Author) -> None:
    seen = view(entry_of(EXAMPLES[kind], author), Audience.VISITOR)
    if kind not in SHOWN:
        assert seen is None
        return
    assert seen is not None
    assert set(seen.details) == SHOWN[kind]
    for hidden in ("secret", "competitor", LI.id, WANG.id, VISITOR.id, "77"):
        assert hidden not in repr(seen)
    assert seen.seq == 3


@pytest.mark.parametrize("kind", EXAMPLES, ids=lambda kind: str(kind.__name__))
def test_staff_see_everything(kind: type[Event]) -> None:
    author = Author(AuthorKind.CONSULTANT, LI.id, LI)
    event = EXAMPLES[kind]
    seen = view(entry_of(event, author), Audience.STAFF)
    assert seen is not None
    assert (seen.seq, seen.author) == (9, author)
    if isinstance(event, MessagePosted | NoteWritten):
        assert (seen.body, seen.event, seen.details) == (event.body, None, {})
    elif isinstance(event, FilePosted):
        assert (seen.body, seen.event, seen.details, seen.file) == ("[图片]", None, {}, event.file)
    else:
        assert seen.body is None
        assert seen.details == {field.name: getattr(event, field.name) for field in fields(event)}


def test_visitors_do_not_see_an_entry_without_a_visitor_seq() -> None:
    assert view(entry_of(EXAMPLES[MessagePosted], visitor_seq=None), Audience.VISITOR) is None


def test_visitors_do_not_see_a_note_even_with_a_visitor_seq() -> None:
    assert view(entry_of(NoteWritten("secret"), visitor_seq=3), Audience.VISITOR) is None


def test_only_what_visitors_may_see_gets_a_visitor_seq() -> None:
    assert {kind for kind in EXAMPLES if visible_to_visitor(EXAMPLES[kind])} == set(SHOWN)


def test_visitors_see_name_number_and_badge_of_who_answers() -> None:
    seen = view(entry_of(EXAMPLES[Assigned], Author(AuthorKind.CONSULTANT, LI.id, LI)), Audience.VISITOR)
    assert seen is not None
    assert seen.details["consultant"] == Person("", "李敏", "012", LI.title)
    assert seen.author == Author(AuthorKind.CONSULTANT, "", Person("", "李敏", "012", LI.title))


def test_only_staff_see_that_a_file_is_to_be_blurred() -> None:
    entry = entry_of(FilePosted(replace(PICTURE, intimate=True), from_visitor=True))
    for audience in Audience:
        seen = view(entry, audience)
        assert seen is not None
        assert seen.file is not None
        assert seen.file.intimate is (audience is Audience.STAFF)


def test_visitors_do_not_see_which_supervisor_assigned_it() -> None:
    by_hand = Assigned(LI, "women", "hand", "", 77, WANG)
    seen = view(entry_of(by_hand, Author(AuthorKind.CONSULTANT, WANG.id, WANG)), Audience.VISITOR)
    assert seen is not None
    assert "王芳" not in repr(seen)


def test_the_kinds_of_lines() -> None:
    kinds = {kind: entry_of(event).kind for kind, event in EXAMPLES.items()}
    assert kinds.pop(MessagePosted) == "message"
    assert kinds.pop(NoteWritten) == "note"
    assert kinds.pop(FilePosted) == "file"
    assert set(kinds.values()) == {"event"}


@given(st.text(), st.sampled_from(AUTHORS))
def test_no_note_whatever_it_says_reaches_a_visitor(body: str, author: Author) -> None:
    assert view(entry_of(NoteWritten(body), author), Audience.VISITOR) is None


# Who may read a conversation.


def readers(story: Story, later: int = 0) -> set[str]:
    staff = (LI_MIN, WANG_FANG, CHEN_JING, ZHANG_WEI, ZHAO_GANG)
    return {who.person.name for who in staff if may_read(story.conversation, who, story.now + later)}


def test_a_waiting_one_is_read_by_the_groups_supervisor_only() -> None:
    assert readers(waiting()) == {"陈静"}


def test_the_consultant_for_whom_it_rings_may_read_it() -> None:
    assert readers(ringing()) == {"陈静", "李敏"}


def test_the_owner_may_read_it_and_their_group_may_not() -> None:
    assert readers(active()) == {"陈静", "李敏"}


def test_the_colleague_to_whom_it_is_offered_may_read_it() -> None:
    assert readers(transferring()) == {"陈静", "李敏", "王芳"}


def test_the_group_to_which_it_is_offered_may_read_it() -> None:
    story = answered()
    story.offered(LI_MIN, to=None, group=CHILDREN)
    assert readers(story) == {"陈静", "李敏", "张伟", "赵刚"}
    story.passes(story.rules.transfer_ms)
    assert readers(story) == {"陈静", "李敏"}


def test_a_former_owner_may_no_longer_read_it() -> None:
    story = transferring()
    story.accepted_by(WANG_FANG)
    assert readers(story) == {"陈静", "王芳"}


def test_back_in_the_queue_its_last_owner_may_no_longer_read_it() -> None:
    story = active()
    story.passes(story.rules.first_reply_ms)
    assert readers(story) == {"陈静"}


def test_after_the_end_the_last_owner_may_read_for_a_week() -> None:
    assert OWN_CLOSED_MS == 7 * 24 * 60 * 60 * 1_000
    assert readers(closed(), OWN_CLOSED_MS) == {"陈静", "李敏"}
    assert readers(closed(), OWN_CLOSED_MS + 1) == {"陈静"}


def test_once_reopened_its_last_owner_may_no_longer_read_it() -> None:
    story = closed()
    story.asks()
    assert readers(story) == {"陈静"}


@pytest.mark.parametrize(("who", "meant"), [(LI_MIN, False), (WANG_FANG, True), (CHEN_JING, True), (ZHANG_WEI, False)])
def test_an_offer_to_a_group_means_all_of_it_but_the_offerer(who: Staff, meant: bool) -> None:
    story = answered()
    story.offered(LI_MIN, to=None, group=WOMEN)
    assert story.conversation.serving.offer is not None
    assert offered_to(story.conversation.serving.offer, who) is meant


def test_an_offer_by_name_means_nobody_else() -> None:
    offer = transferring().conversation.serving.offer
    assert offer is not None
    assert offered_to(offer, WANG_FANG)
    assert not offered_to(replace(offer, group=WOMEN), CHEN_JING)


@pytest.mark.parametrize(
    ("emergency", "level", "shown"),
    [
        ("body", "critical", True),
        ("mind", "critical", True),
        ("protect", "critical", False),
        ("body", "attention", False),
        ("mind", "attention", False),
        ("protect", "attention", False),
    ],
)
def test_visitors_are_shown_only_a_critical_emergency_of_their_own(emergency: Any, level: Any, shown: bool) -> None:
    event = EmergencyNoticed(emergency, level)
    assert visible_to_visitor(event) is shown
    seen = view(entry_of(event, visitor_seq=3 if shown else None), Audience.VISITOR)
    assert (seen.details if seen else None) == ({"emergency": emergency} if shown else None)


@pytest.mark.parametrize(
    "event",
    [ColleagueLeft(WANG, LI, joined=False), EmergencyNoticed("protect"), EmergencyNoticed("body", "attention")],
    ids=["helped", "protect", "attention"],
)
def test_a_stored_visitor_seq_decides_whether_the_visitor_sees_it(event: Event) -> None:
    """A stored `visitor_seq` decides, whatever the current rules say. Hiding a numbered entry would leave a gap in the
    visitor's count."""
    assert not visible_to_visitor(event)
    written = Entry("conversation", 5, 3, "id", 0, SYSTEM, event)
    seen = view(written, Audience.VISITOR)
    assert seen is not None
    assert seen.seq == 3
    assert view(structs.replace(written, visitor_seq=None), Audience.VISITOR) is None


def test_a_visitor_seq_does_not_make_a_note_visible() -> None:
    written = Entry("conversation", 5, 3, "id", 0, SYSTEM, NoteWritten("secret"))
    assert view(written, Audience.VISITOR) is None
