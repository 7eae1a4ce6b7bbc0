"""同意 on both databases: the evidence is in the transaction of what gives it, once, and stays; staff see where the
visitor stands, and nothing is asked of a guardian while an alert of abuse is open."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from chatserver.actions.files import Sending, post, sent_before
from chatserver.domain.actors import Visitor
from chatserver.domain.consent import BUILT_IN_NOTICE, FORM_HEALTH, MOST_DECISIONS, Notice, asked_for
from chatserver.domain.conversation import Phase
from chatserver.domain.files import File, FileType
from chatserver.domain.refusals import ConversationClosed
from chatserver.hub import allowances
from chatserver.store import conversations, hospital
from chatserver.store.database import Where
from chatserver.store.tables import consent_texts, consents
from chatserver.store.tx import SYSTEM
from tests.hub.harness import QUICK, Rig, VisitorTab, opened

NOTICE, HEALTH = BUILT_IN_NOTICE.texts()[0], asked_for("health", "zh")
AGREED = {"kind": "notice", "decision": "given", "text": NOTICE.sha256}


def evidence(rig: Rig) -> list[tuple[str, str]]:
    wanted = select(consents).order_by(consents.c.at, consents.c.id)
    rows = rig.database.read_now(lambda conn: conn.execute(wanted).mappings().all())
    return [(row["kind"], row["decision"]) for row in rows]


def texts(rig: Rig) -> set[str]:
    return set(rig.database.read_now(lambda conn: conn.scalars(select(consent_texts.c.sha256)).all()))


async def opens_agreeing(visitor: VisitorTab) -> str:
    answer = await visitor.ask("conversation.open", body="请问几点上班？", consent=[AGREED])
    return str(answer["conversation"])


async def asks(who: Any, conversation: str, kind: str, decision: str, **fields: Any) -> dict[str, Any]:
    answer: dict[str, Any] = await who.ask(
        "consent.set", conversation=conversation, kind=kind, decision=decision, **fields
    )
    return answer


async def test_the_first_message_brings_the_evidence_and_a_repeat_brings_none(place: Where) -> None:
    async with opened(place) as rig:
        visitor = await rig.visitor()
        first = {"ref": "r" * 22, "body": "请问几点上班？", "consent": [AGREED]}
        answer = await visitor.ask("conversation.open", **first)
        again = await visitor.ask("conversation.open", **first)
        assert (answer["type"], again["repeat"]) == ("accepted", True)
        assert evidence(rig) == [("notice", "given")]
        [row] = rig.database.read_now(lambda conn: conn.execute(select(consents)).mappings().all())
        assert (row["sha256"], row["language"], row["version"]) == (NOTICE.sha256, "zh", BUILT_IN_NOTICE.version)
        assert (row["conversation"], row["recorded_by"]) == (answer["conversation"], None)
        assert NOTICE.sha256 in texts(rig), "what was shown can be read by its hash"
        told = visitor.heard("conversation")[-1]["consents"]
        assert [(each["kind"], each["decision"]) for each in told] == [("notice", "given")]


async def test_a_client_that_knows_nothing_of_consent_goes_on_and_leaves_no_evidence(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor = await rig.staff("limin", "online"), await rig.visitor()
        conversation = await visitor.opens()
        row = await li.row(conversation, state="active")
        assert "consent" not in row
        assert evidence(rig) == []
        assert "notice" not in visitor.heard("welcome")[-1], "it did not ask for the notice"


async def test_the_notice_comes_with_the_welcome_of_a_client_that_shows_it(place: Where) -> None:
    async with opened(place) as rig:
        visitor = await rig.visitor(notice=True)
        notice = visitor.heard("welcome")[-1]["notice"]
        assert (notice["zh"], notice["text_zh"]) == (NOTICE.text, NOTICE.sha256)
        assert "link" not in notice


async def test_an_agreement_to_a_text_that_nobody_was_shown_does_not_hold_up_the_message(place: Where) -> None:
    async with opened(place) as rig:
        visitor = await rig.visitor()
        sent = {"kind": "notice", "decision": "given", "text": "0" * 64}
        answer = await visitor.ask("conversation.open", body="请问几点上班？", consent=[sent])
        assert answer["type"] == "accepted"
        refused = await asks(visitor, answer["conversation"], "health", "given", text="0" * 64)
        assert refused["code"] == "not_found"
        assert evidence(rig) == []


async def test_refusing_and_withdrawing_locks_and_staff_see_it_at_once(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor = await rig.staff("limin", "online"), await rig.visitor()
        conversation = await opens_agreeing(visitor)
        await li.row(conversation, state="active", consent="not_asked")
        health = {"kind": "health", "decision": "given", "text": HEALTH.sha256}
        await visitor.ask("message.post", conversation=conversation, body="最近咳嗽", consent=[health])
        await li.row(conversation, consent="agreed")
        assert (await asks(visitor, conversation, "health", "withdrawn"))["type"] == "accepted"
        await li.row(conversation, consent="withdrawn", locked="health_withdrawn")
        await li.follows(conversation)
        await li.has_event(conversation, "consent_changed")
        assert (await asks(visitor, conversation, "health", "refused", text=HEALTH.sha256))["type"] == "accepted"
        await li.row(conversation, consent="refused", locked="health_refused")
        assert evidence(rig) == [
            ("notice", "given"),
            ("health", "given"),
            ("health", "withdrawn"),
            ("health", "refused"),
        ]
        answer = await visitor.ask("message.post", conversation=conversation, body="那请问地址？")
        assert answer["type"] == "accepted", "consent never refuses a message"


async def test_a_decision_is_recorded_once_however_often_it_is_sent(place: Where) -> None:
    async with opened(place) as rig:
        visitor = await rig.visitor()
        conversation = await visitor.opens()
        same = {"ref": "s" * 22, "text": HEALTH.sha256}
        answers = [await asks(visitor, conversation, "health", "refused", **same) for _ in range(3)]
        assert [each.get("repeat", False) for each in answers] == [False, True, True]
        assert evidence(rig) == [("health", "refused")]
        other = await asks(visitor, conversation, "health", "given", **same)
        assert other["code"] == "idempotency_conflict"


async def test_the_evidence_stays_when_the_token_ends(place: Where) -> None:
    async with opened(place) as rig:
        visitor = await rig.visitor()
        conversation = await opens_agreeing(visitor)
        assert (await visitor.ask("conversation.close", conversation=conversation))["type"] == "accepted"
        assert evidence(rig) == [("notice", "given")]


async def test_staff_mark_that_somebody_asks_for_another_and_the_visitor_confirms(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor = await rig.staff("limin", "online"), await rig.visitor()
        conversation = await visitor.opens()
        await li.row(conversation, state="active")
        assert (await asks(li, conversation, "behalf", "asked"))["type"] == "accepted"
        await visitor.until(lambda: visitor.heard("conversation")[-1].get("consents"))
        assert visitor.heard("conversation")[-1]["consents"][0]["decision"] == "asked"
        text = asked_for("behalf", "zh").sha256
        assert (await asks(visitor, conversation, "behalf", "given", text=text))["type"] == "accepted"
        await li.row(conversation, behalf="given")
        rows = rig.database.read_now(lambda conn: conn.execute(select(consents).order_by(consents.c.id)).all())
        assert [row.recorded_by is None for row in rows] == [False, True]


async def test_no_question_for_a_guardian_while_an_alert_of_abuse_is_open(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor = await rig.staff("limin", "online"), await rig.visitor()
        conversation = await visitor.opens()
        await li.row(conversation, state="active")
        assert (await asks(li, conversation, "guardian", "asked"))["type"] == "accepted"
        await visitor.until(lambda: visitor.heard("conversation")[-1].get("consents"))
        await visitor.says(conversation, "我13岁，爸爸打我，还摸我下面")
        await visitor.until(lambda: not visitor.heard("conversation")[-1].get("consents"))
        refused = await asks(li, conversation, "guardian", "asked")
        assert (refused["code"], refused["details"]) == ("forbidden", {"rule": "abuse_alert"})
        assert evidence(rig) == [("guardian", "asked")]


async def test_an_earlier_text_of_the_hospital_can_still_be_agreed_to(place: Where) -> None:
    """A tab that was opened before the notice changed shows the earlier text."""
    async with opened(place) as rig:
        site = rig.database.read_now(hospital.load_hospital).sites["main"]

        def sets(version: str) -> Notice:
            notice = Notice(version, f"告知{version}", f"Notice {version}", "https://example.org/privacy")
            changed = replace(site, notice=notice)
            rig.database.write_now(lambda tx: hospital.put_site(tx, changed), rig.clock, SYSTEM)
            return notice

        earlier = sets("1")
        sets("2")
        held = rig.database.read_now(hospital.load_hospital)
        assert held.sites["main"].shown_notice.version == "2"
        assert held.consent_texts[earlier.texts()[0].sha256].text == "告知1"


LEFT = {"kind": "question", "department": "gynecology", "body": "请问几点上班？"}


def with_what(rig: Rig) -> list[tuple[str, str, bool, bool]]:
    """Each decision, and whether it belongs to a conversation or to a 留言."""
    wanted = select(consents).order_by(consents.c.at, consents.c.id)
    rows = rig.database.read_now(lambda conn: conn.execute(wanted).all())
    return [(row.kind, row.decision, row.conversation is not None, row.offline_message is not None) for row in rows]


async def test_a_message_left_brings_its_evidence_once(place: Where) -> None:
    async with opened(place) as rig:
        visitor = await rig.visitor()
        health = {"kind": "health", "decision": "given", "text": FORM_HEALTH[0].sha256}
        sent = LEFT | {"ref": "r" * 22, "consent": [AGREED, health]}
        first, again = await visitor.ask("offline.leave", **sent), await visitor.ask("offline.leave", **sent)
        assert (first["id"], again["repeat"]) == (again["id"], True)
        assert sorted(with_what(rig)) == [("health", "given", False, True), ("notice", "given", False, True)]
        about_it = select(consents).where(consents.c.kind == "notice")
        row = rig.database.read_now(lambda conn: conn.execute(about_it).one())
        assert (row.offline_message, row.sha256, row.site) == (first["id"], NOTICE.sha256, "main")
        assert {NOTICE.sha256, FORM_HEALTH[0].sha256} <= texts(rig), "what was shown can be read by its hash"


async def test_a_message_left_is_never_refused_because_of_consent(place: Where) -> None:
    async with opened(place) as rig:
        visitor = await rig.visitor()
        unknown = {"kind": "health", "decision": "given", "text": "0" * 64}
        wrong = {"kind": "health", "decision": "given", "text": NOTICE.sha256}
        for consent in ([], [unknown], [wrong]):
            assert (await visitor.ask("offline.leave", **LEFT, consent=consent))["type"] == "accepted"
        refused = {"kind": "health", "decision": "refused", "text": HEALTH.sha256}
        assert (await visitor.ask("offline.leave", **LEFT, consent=[refused, AGREED, AGREED]))["type"] == "accepted"
        assert sorted(with_what(rig)) == [("health", "refused", False, True), ("notice", "given", False, True)]


async def test_a_message_left_that_is_refused_leaves_no_evidence(place: Where) -> None:
    async with opened(place) as rig:
        visitor = await rig.visitor()
        answer = await visitor.ask("offline.leave", **LEFT, phone="12", consent=[AGREED])
        assert answer["code"] == "phone_invalid"
        assert with_what(rig) == []


async def test_a_guardian_is_asked_for_by_itself_and_the_evidence_says_that_nobody_recorded_it(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor = await rig.staff("limin", "online"), await rig.visitor()
        conversation = await visitor.opens(body="我孩子8岁，周六有号吗？")
        await li.row(conversation, state="active", guardian="asked")
        await visitor.until(lambda: visitor.heard("conversation")[-1].get("consents"))
        assert evidence(rig) == [("guardian", "asked")]
        text = asked_for("guardian", "zh").sha256
        assert (await asks(visitor, conversation, "guardian", "given", text=text))["type"] == "accepted"
        await visitor.says(conversation, "他8岁")
        await li.row(conversation, guardian="given")
        rows = rig.database.read_now(lambda conn: conn.execute(select(consents)).all())
        assert [row.recorded_by for row in rows] == [None, None]
        assert {row.sha256 for row in rows} == {text} <= texts(rig)


async def test_one_visitor_cannot_fill_the_evidence(place: Where, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even a patient one: a conversation has an end of decisions, and goes on without them."""
    monkeypatch.setitem(allowances.BUCKETS, "acts", lambda options: allowances.Pace(1_000, 1_000))
    async with opened(place) as rig:
        visitor = await rig.visitor()
        conversation = await visitor.opens()
        codes: set[str] = set()
        for number in range(150):
            decision = ("given", "refused")[number % 2]
            answer = await asks(visitor, conversation, "health", decision, text=HEALTH.sha256)
            codes.add(answer.get("code", answer["type"]))
        assert codes == {"accepted", "forbidden"}
        assert len(evidence(rig)) == MOST_DECISIONS
        said = {"kind": "health", "decision": "given", "text": HEALTH.sha256}
        for number in range(10):
            answer = await visitor.ask("message.post", conversation=conversation, body=f"请问{number}", consent=[said])
            assert answer["type"] == "accepted"
        assert len(evidence(rig)) == MOST_DECISIONS


async def test_a_connection_has_a_limit_of_decisions_in_a_moment(place: Where) -> None:
    async with opened(place, options=QUICK) as rig:
        visitor = await rig.visitor()
        conversation = await visitor.opens()
        sent = [
            asks(visitor, conversation, "health", "given", text=HEALTH.sha256, ref=f"{number:022}")
            for number in range(200)
        ]
        answers = await asyncio.gather(*sent)
        assert {each.get("code") for each in answers} >= {"rate_limited"}


PHOTO = File("f" * 32, FileType.JPEG, "a.jpg", 2_000, 30, 20)


async def test_a_visitors_file_reopens_the_conversation_and_only_the_latest(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor = await rig.staff("limin", "online"), await rig.visitor()
        earlier = await visitor.opens()
        await li.row(earlier, state="active")
        await li.ask("conversation.close", conversation=earlier, fence=1, outcome="answered")
        rig.clock.pass_seconds(60)
        latest = await visitor.opens()
        await li.row(latest, state="active")
        await li.ask("conversation.close", conversation=latest, fence=1, outcome="answered")
        parts = rig.hub.visitor_desk.parts
        person = rig.database.read_now(lambda conn: conversations.load(conn, [latest])[latest].visitor)
        sending = Sending(Visitor(person), latest, "p" * 22, "a.jpg")
        assert await sent_before(parts, sending, PHOTO) is None
        done = await post(parts, sending, PHOTO, b"0" * 32)
        assert done.conversation.phase is not Phase.CLOSED
        again = await post(parts, sending, PHOTO, b"0" * 32)
        assert (again.repeat, again.entry) == (True, done.entry)
        await li.row(latest, state="active")
        with pytest.raises(ConversationClosed):
            await post(parts, Sending(Visitor(person), earlier, "q" * 22, "a.jpg"), PHOTO, b"0" * 32)
