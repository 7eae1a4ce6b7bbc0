"""转接: to whom an offer to a colleague or a group is addressed, and what becomes of it."""

import pytest

from chatserver.domain.commands.ending import Close
from chatserver.domain.commands.messages import PostMessage
from chatserver.domain.commands.offers import AcceptOffer, DeclineOffer, WithdrawOffer
from chatserver.domain.commands.presence import OwnerPresenceChanged
from chatserver.domain.conversation import Phase
from chatserver.domain.events.offers import TransferDeclined, TransferEnded, Transferred
from chatserver.domain.refusals import (
    FenceStale,
    Forbidden,
    HopsExhausted,
    NotFound,
    NotServing,
    OfferGone,
    TextInvalid,
)

from .people import (
    CHEN_JING,
    CHILDREN,
    LI_MIN,
    WANG_FANG,
    WOMEN,
    ZHANG_WEI,
    active,
    answered,
    assert_refused,
    in_group,
    transferring,
)


def test_an_accepted_transfer_carries_everything_over() -> None:
    story = answered()
    story.offered(note="想约周六上午")
    fence = story.fence
    assert story.events_of(AcceptOffer(WANG_FANG, story.offer, 0, 5)) == (
        Transferred(story.offer, WANG_FANG.person, LI_MIN.person, WOMEN, "想约周六上午", fence + 1),
    )
    after = story.conversation
    assert (after.serving.owner, after.serving.last_owner, after.serving.offer) == (
        WANG_FANG.person,
        WANG_FANG.person,
        None,
    )
    assert (after.phase, after.serving.hops, after.talk.replied) == (Phase.ACTIVE, 1, False)


def test_the_new_owner_takes_over_neither_alarm_nor_grace() -> None:
    story = answered()
    story.asks("那要带什么？")
    assert story.passes(story.rules.follow_up_alarm_ms) == ["reply_overdue"]
    story.does(OwnerPresenceChanged(here=False))
    story.offered()
    story.accepted_by(WANG_FANG)
    assert not story.conversation.talk.overdue
    assert story.passes(story.rules.first_reply_alarm_ms) == ["reply_overdue"]


def test_the_new_owner_starts_with_a_wide_awake_conversation() -> None:
    story = answered()
    story.passes(story.rules.inactive_ms)
    story.passes(story.rules.idle_warning_ms - story.rules.inactive_ms)
    assert story.conversation.talk.close_warned_at is not None
    story.offered()
    story.accepted_by(WANG_FANG)
    assert story.conversation.counts
    assert story.passes(story.rules.inactive_ms) == ["went_inactive"]


def test_extra_time_is_not_passed_on() -> None:
    story = active()
    story.now += story.rules.first_reply_ms
    story.passes(0, owner_typing=True)
    story.offered()
    story.accepted_by(WANG_FANG)
    assert story.conversation.connections.reply_until == 0


def test_the_previous_owner_can_say_no_more() -> None:
    story = transferring()
    story.accepted_by(WANG_FANG)
    with assert_refused(Forbidden, rule="owner_only"):
        story.answers(LI_MIN)


def test_the_owner_keeps_answering_while_it_is_offered() -> None:
    story = transferring()
    assert story.answers(LI_MIN) == ["message_posted"]
    assert story.conversation.phase is Phase.TRANSFERRING


def test_a_declined_transfer_needs_a_reason_and_leaves_it_with_its_owner() -> None:
    story = transferring()
    with assert_refused(TextInvalid, why="empty"):
        story.declined_by(WANG_FANG, " ")
    assert story.events_of(DeclineOffer(WANG_FANG, story.offer, "正在接诊")) == (
        TransferDeclined(story.offer, WANG_FANG.person, "正在接诊"),
    )
    assert (story.conversation.phase, story.conversation.serving.owner) == (Phase.ACTIVE, LI_MIN.person)


def test_a_transfer_needs_a_note() -> None:
    with assert_refused(TextInvalid, why="empty"):
        answered().offered(note="")


def test_a_transfer_to_its_owner_is_refused() -> None:
    with assert_refused(NotServing, why="same"):
        answered().offered(LI_MIN, LI_MIN)


def test_a_group_offer_outlives_one_refusal() -> None:
    story = answered()
    story.offered(LI_MIN, to=None, group=WOMEN)
    assert story.declined_by(WANG_FANG) == ["transfer_declined"]
    assert story.conversation.phase is Phase.TRANSFERRING
    assert story.declined_by(WANG_FANG) == []
    with assert_refused(OfferGone, why="declined", by="王芳"):
        story.accepted_by(WANG_FANG)
    assert story.accepted_by(CHEN_JING) == ["transferred"]


def test_an_offer_to_the_offerers_own_group_is_not_for_the_offerer() -> None:
    story = answered()
    story.offered(LI_MIN, to=None, group=WOMEN)
    with assert_refused(NotFound):
        story.accepted_by(LI_MIN)
    with assert_refused(NotFound):
        story.declined_by(LI_MIN)


def test_a_supervisors_offer_to_the_owners_group_does_not_mean_the_owner() -> None:
    story = answered()
    story.offered(CHEN_JING, to=None, group=WOMEN)
    with assert_refused(NotFound):
        story.accepted_by(LI_MIN)
    with assert_refused(NotFound):
        story.accepted_by(CHEN_JING)
    assert story.accepted_by(WANG_FANG) == ["transferred"]
    assert story.conversation.serving.hops == 1


def test_a_supervisor_may_offer_it_to_themselves() -> None:
    story = answered()
    story.offered(CHEN_JING, CHEN_JING)
    assert story.accepted_by(CHEN_JING) == ["transferred"]


def test_owner_and_offerer_may_withdraw() -> None:
    for who in (LI_MIN, CHEN_JING):
        story = answered()
        story.offered(CHEN_JING, WANG_FANG)
        assert story.events_of(WithdrawOffer(who, story.offer)) == (TransferEnded(story.offer, "withdrawn"),)


def test_a_consultant_of_another_group_takes_it_into_that_group() -> None:
    story = answered()
    story.offered(LI_MIN, to=ZHANG_WEI)
    story.accepted_by(ZHANG_WEI)
    assert story.conversation.queue.group == CHILDREN
    # Those who have answered in it know of it, even after it moved to another group; for others it does not exist.
    for fence in (story.fence, story.fence - 1):
        with assert_refused(FenceStale, fence=story.fence) if fence != story.fence else assert_refused(Forbidden):
            story.does(PostMessage(LI_MIN, "还在吗", fence))
        with assert_refused(NotFound):
            story.does(PostMessage(WANG_FANG, "还在吗", fence))


@pytest.mark.parametrize("why", ["withdrawn", "taken", "expired", "closed"])
def test_the_receiver_of_an_offer_learns_what_became_of_it_even_if_it_is_in_another_group(why: str) -> None:
    story = answered()
    story.offered(LI_MIN, to=ZHANG_WEI)
    if why == "withdrawn":
        story.does(WithdrawOffer(LI_MIN, story.offer))
    elif why == "taken":
        story.accepted_by(ZHANG_WEI)
    elif why == "expired":
        story.passes(story.rules.transfer_ms)
    else:
        story.does(Close(LI_MIN, story.fence, "answered"))
    with assert_refused(OfferGone, why=why):
        story.accepted_by(ZHANG_WEI)
    with assert_refused(OfferGone, why=why):
        story.declined_by(ZHANG_WEI)
    with assert_refused(NotFound) if why != "taken" else assert_refused(OfferGone):
        story.does(AcceptOffer(ZHANG_WEI, "another-offer-than-this", 0, 5))


def test_an_offer_to_another_group_takes_it_there() -> None:
    story = answered()
    story.offered(LI_MIN, to=None, group=CHILDREN)
    assert story.conversation.queue.group == WOMEN
    story.accepted_by(ZHANG_WEI)
    assert story.conversation.queue.group == CHILDREN


def test_it_stays_in_its_group_when_the_new_owner_serves_that_too() -> None:
    both = in_group(ZHANG_WEI, CHILDREN, WOMEN)
    story = answered()
    story.offered(LI_MIN, to=both)
    story.accepted_by(both)
    assert story.conversation.queue.group == WOMEN


def test_after_three_hops_only_a_supervisor_may_be_asked() -> None:
    story = answered()
    for by, to in [(LI_MIN, WANG_FANG), (WANG_FANG, LI_MIN), (LI_MIN, WANG_FANG)]:
        story.offered(by, to)
        story.accepted_by(to)
    assert story.conversation.serving.hops == 3
    with assert_refused(HopsExhausted, hops=3):
        story.offered(WANG_FANG, LI_MIN)
    with assert_refused(HopsExhausted, hops=3):
        story.offered(WANG_FANG, to=None, group=CHILDREN)
    assert story.offered(WANG_FANG, CHEN_JING) == ["transfer_offered"]


def test_declined_offers_do_not_count_as_hops() -> None:
    story = answered()
    for _ in range(5):
        story.offered()
        story.declined_by(WANG_FANG)
    assert story.conversation.serving.hops == 0
