"""How a conversation is assigned: by the router, by a ring, or manually. Those who were too late are told why."""

import pytest

from chatserver.domain.commands.assignment import Assign, Claim
from chatserver.domain.commands.offers import AcceptOffer, DeclineOffer, DropOffer, Ring, WithdrawOffer
from chatserver.domain.conversation import Phase, Priority
from chatserver.domain.events.assignment import Assigned
from chatserver.domain.events.offers import RingMissed, Rung
from chatserver.domain.refusals import NoRoom, OfferGone

from .people import (
    CHEN_JING,
    LI_MIN,
    NOON,
    VISITOR,
    WANG_FANG,
    WOMEN,
    active,
    answered,
    assert_refused,
    ringing,
    transferring,
    waiting,
)


def test_the_router_gives_up_to_the_capacity() -> None:
    assert waiting().does(Assign(LI_MIN.person, 4, 5, "")) == ["assigned"]
    assert waiting().does(Ring(LI_MIN.person, "offer-1", 4, 5, "")) == ["rung"]
    with assert_refused(NoRoom, load=5, capacity=5):
        waiting().does(Assign(LI_MIN.person, 5, 5, ""))
    with assert_refused(NoRoom, load=5, capacity=5):
        waiting().does(Ring(LI_MIN.person, "offer-1", 5, 5, ""))


def test_a_consultant_may_take_up_to_three_above_the_capacity() -> None:
    assert waiting().does(Claim(LI_MIN, 7, 5)) == ["assigned"]
    assert ringing().does(AcceptOffer(LI_MIN, "offer-1", 7, 5)) == ["assigned"]
    assert ringing().does(Claim(LI_MIN, 7, 5)) == ["assigned"]
    assert transferring().does(AcceptOffer(WANG_FANG, "offer-1", 7, 5)) == ["transferred"]
    for story, command in [
        (waiting(), Claim(LI_MIN, 8, 5)),
        (ringing(), AcceptOffer(LI_MIN, "offer-1", 8, 5)),
        (ringing(), Claim(LI_MIN, 8, 5)),
        (transferring(), AcceptOffer(WANG_FANG, "offer-1", 8, 5)),
    ]:
        with assert_refused(NoRoom, load=8, capacity=8):
            story.does(command)


def test_how_it_was_given_is_told() -> None:
    by_the_router, by_ring, by_hand = waiting(), ringing(), waiting()
    by_the_router.given_to(LI_MIN)
    by_ring.accepted_by(LI_MIN)
    by_hand.claimed_by(LI_MIN)
    told = [each.last() for each in (by_the_router, by_ring, by_hand)]
    assert [event.how for event in told if isinstance(event, Assigned)] == ["automatic", "ring", "claim"]


def test_of_two_claims_the_second_is_told_who_won() -> None:
    story = waiting()
    story.claimed_by(WANG_FANG)
    with assert_refused(OfferGone, why="taken", by="王芳"):
        story.claimed_by(LI_MIN)


def test_of_two_acceptances_the_second_is_told_who_won() -> None:
    story = answered()
    story.offered(LI_MIN, to=None, group=WOMEN)
    story.accepted_by(CHEN_JING)
    with assert_refused(OfferGone, why="taken", by="陈静"):
        story.accepted_by(WANG_FANG)


@pytest.mark.parametrize(
    ("why", "by"), [("expired", "李敏"), ("declined", "李敏"), ("lost", "李敏"), ("closed", "李敏")]
)
def test_a_ring_that_is_over_says_why(why: str, by: str) -> None:
    story = ringing()
    match why:
        case "expired":
            story.passes(story.rules.ring_ms)
        case "declined":
            story.declined_by(LI_MIN, "")
        case "lost":
            story.does(DropOffer(LI_MIN.person.id))
        case "closed":
            story.closed_by(VISITOR)
    with assert_refused(OfferGone, why=why, by=by):
        story.accepted_by(LI_MIN)


@pytest.mark.parametrize("why", ["expired", "declined", "withdrawn", "lost", "closed"])
def test_a_transfer_that_is_over_says_why(why: str) -> None:
    story = answered()
    story.offered()
    match why:
        case "expired":
            story.passes(story.rules.transfer_ms)
        case "declined":
            story.declined_by(WANG_FANG)
        case "withdrawn":
            story.does(WithdrawOffer(LI_MIN, story.offer))
        case "lost":
            story.does(DropOffer(WANG_FANG.person.id))
        case "closed":
            story.closed_by(LI_MIN)
    with assert_refused(OfferGone, why=why):
        story.accepted_by(WANG_FANG)


def test_an_offer_nobody_made_is_gone() -> None:
    for story in (ringing(), transferring(), waiting()):
        with assert_refused(OfferGone, why="over", by=""):
            story.does(AcceptOffer(WANG_FANG, "offer-77", 0, 5))


def test_an_earlier_offer_is_not_taken_for_the_present_one() -> None:
    story = ringing()
    story.declined_by(LI_MIN, "")
    story.rings(LI_MIN)
    with assert_refused(OfferGone, why="declined"):
        story.does(AcceptOffer(LI_MIN, "offer-1", 0, 5))
    assert story.accepted_by(LI_MIN) == ["assigned"]


def test_a_ring_raises_the_fence_and_its_acceptance_again() -> None:
    story = ringing()
    assert story.fence == 1
    assert isinstance(story.last(), Rung)
    story.accepted_by(LI_MIN)
    assert story.fence == 2


def test_a_declined_ring_needs_no_reason() -> None:
    story = ringing()
    assert story.events_of(DeclineOffer(LI_MIN, story.offer, "")) == (RingMissed("offer-1", LI_MIN.person, "declined"),)
    assert story.conversation.phase is Phase.WAITING


def test_those_who_missed_it_are_remembered_until_it_is_given() -> None:
    story = ringing()
    story.declined_by(LI_MIN, "")
    story.rings(WANG_FANG)
    story.does(DropOffer(WANG_FANG.person.id))
    assert story.conversation.queue.tried == (LI_MIN.person.id, WANG_FANG.person.id)
    story.given_to(WANG_FANG)
    assert not story.conversation.queue.tried


def test_a_lost_connection_ends_only_ones_own_offer() -> None:
    for story in (ringing(), transferring()):
        assert story.does(DropOffer(CHEN_JING.person.id)) == []


def test_returned_it_goes_to_the_head_of_the_queue() -> None:
    story = active()
    story.passes(story.rules.first_reply_ms)
    assert (story.conversation.phase, story.conversation.queue.priority) == (Phase.WAITING, Priority.RETURNED)
    assert story.conversation.talk.unanswered_since == NOON
    story.given_to(WANG_FANG)
    assert story.conversation.queue.priority == Priority.NORMAL


def test_a_consultant_who_lost_the_connection_may_be_asked_again_at_once() -> None:
    for command, reason, tried_at in [
        (DropOffer(LI_MIN.person.id), "lost", 0),
        (DeclineOffer(LI_MIN, "offer-1", ""), "declined", NOON),
    ]:
        story = ringing()
        assert story.does(command) == ["ring_missed"]
        assert story.conversation.queue.tried == (LI_MIN.person.id,)
        assert story.conversation.queue.tried_at == tried_at, reason
