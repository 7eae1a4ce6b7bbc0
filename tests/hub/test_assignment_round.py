"""Assignment in full: skills, the last consultant, the overflow group, manual assignment, colleagues who help."""

from dataclasses import replace
from typing import Any

from chatserver.domain.hospital import Availability, Department, Group, Mode, Name, Role, Skill
from chatserver.domain.routing import Candidate, Pool
from chatserver.hub.assignment_round import ROUNDS, AssignmentRound
from chatserver.hub.candidate_pools import CandidatePools
from chatserver.hub.unit_of_work import UnitOfWork
from chatserver.store import accounts, conversations, hospital
from chatserver.store.accounts import NewAccount
from chatserver.store.database import Where
from tests.hub.harness import Rig, StaffTab, VisitorTab, opened, two_nodes
from tests.transactions import tx_at, written


def fertility(conn: Any) -> None:
    """妇科 requires the skill; 王芳 has it."""
    hospital.put_skill(tx_at(conn), Skill("fertility", Name("生殖", "Fertility")))
    hospital.put_department(
        tx_at(conn), Department("gynecology", Name("妇科", "gynecology"), "general", "east", "fertility", 3)
    )
    conn.exec_driver_sql("UPDATE consultants SET skills = '{\"fertility\": 4}' WHERE login = 'wangfang'")


def helped_out(conn: Any) -> None:
    """The children's group overflows into the general one after five seconds; its rings last as long."""
    rules = {"overflow_ms": 5_000, "ring_ms": 5_000}
    hospital.put_group(tx_at(conn), Group("children", Name("儿科咨询组", "Children"), Mode.RING, "general", rules))


async def test_the_consultant_with_the_skill_gets_it_and_the_reason_is_kept(place: Where) -> None:
    async with opened(place, more=fertility) as rig:
        await rig.staff("limin", "online")
        wang, chen = await rig.staff("wangfang", "online"), await rig.staff("chenjing", "online")
        assert wang.heard("welcome")[0]["skills"] == [{"id": "fertility", "zh": "生殖", "en": "Fertility"}]
        conversation = await (await rig.visitor()).opens()
        await wang.row(conversation, state="active")
        await chen.follows(conversation)
        why = (await chen.has_event(conversation, "assigned"))["why"]
        assert why == {"load": 0, "capacity": 2, "among": 2, "skill": "fertility", "level": 3}


async def test_a_returning_visitor_gets_their_last_consultant(place: Where) -> None:
    async with opened(place) as rig:
        rig.session_ms = 24 * 3_600_000
        li = await rig.staff("limin", "online")
        visitor = await rig.visitor()
        first = await visitor.opens()
        await ended(li, first)
        # Past the time in which a message would reopen the old one. 王芳, who has less to do, has come online by then.
        rig.clock.pass_seconds(3600)
        await li.row(await (await rig.visitor()).opens(), state="active")
        await rig.staff("wangfang", "online")
        again = await visitor.opens()
        await li.row(again, state="active")
        await li.follows(again)
        assert (await li.has_event(again, "assigned"))["why"]["preferred"] is True


async def test_the_overflow_group_takes_it(place: Where) -> None:
    async with opened(place, more=helped_out) as rig:
        li = await rig.staff("limin", "online")
        visitor = await rig.visitor()
        conversation = await visitor.opens("孩子咳嗽", "pediatrics")
        await visitor.hears("conversation", service="busy")
        rig.clock.pass_seconds(5)
        await li.row(conversation, state="active", group="general")
        assert (await visitor.hears("conversation", state="active"))["group"] == "general"


async def test_a_group_rings_for_its_own_ring_time(place: Where) -> None:
    async with opened(place, more=helped_out) as rig:
        zhang = await rig.staff("zhangwei", "online")
        conversation = await (await rig.visitor()).opens("孩子咳嗽", "pediatrics")
        row = await zhang.until(lambda: (zhang.rows().get(conversation) or {}).get("offer"))
        assert row["ends_at"] == rig.clock() + 5_000


async def test_when_the_rules_of_a_group_change_the_deadlines_follow(place: Where) -> None:
    async with opened(place) as rig:
        conversation = await (await rig.visitor()).opens("孩子咳嗽", "pediatrics")
        li = await rig.staff("limin", "online")
        written(rig.database, helped_out)
        due = f"SELECT due_at FROM deadlines WHERE clock = 'overflow' AND subject_id = '{conversation}'"
        await rig.stores(due, rig.clock() + 5_000)
        rig.clock.pass_seconds(5)
        await li.row(conversation, state="active")


async def test_a_supervisor_assigns_by_hand_and_beyond_the_limit_only_explicitly(place: Where) -> None:
    async with opened(place) as rig:
        wang, chen = await rig.staff("wangfang", "busy"), await rig.staff("chenjing")
        answers = []
        for above in (*[False] * 6, True):
            conversation = await (await rig.visitor()).opens()
            row = await chen.row(conversation, state="waiting")
            fields = {"conversation": conversation, "fence": row["fence"], "consultant": wang.id, "above": above}
            answers.append(await chen.ask("conversation.assign", **fields))
        assert [each.get("code", "accepted") for each in answers] == [*["accepted"] * 5, "no_room", "accepted"]
        assert answers[5]["details"] == {"load": 5, "capacity": 5}
        await wang.hears("me")
        await wang.until(lambda: wang.heard("me")[-1]["me"]["load"] == 6)


async def test_nobody_on_a_break_is_assigned_one_by_hand(place: Where) -> None:
    async with opened(place) as rig:
        li, chen = await rig.staff("limin", "break"), await rig.staff("chenjing")
        conversation = await (await rig.visitor()).opens()
        row = await chen.row(conversation)
        fields = {"conversation": conversation, "fence": row["fence"], "consultant": li.id}
        refused = await chen.ask("conversation.assign", **fields)
        assert (refused["code"], refused["details"]) == ("not_serving", {"why": "break"})
        refused = await li.ask("conversation.assign", **fields)
        assert refused["code"] == "forbidden"


async def test_moved_forward_it_changes_places_and_the_others_are_told_why(place: Where) -> None:
    async with opened(place) as rig:
        chen = await rig.staff("chenjing")
        first, second, third = [await waits(rig) for _ in range(3)]
        assert (await chen.ask("conversation.forward", conversation=second[1]))["type"] == "accepted"
        await second[0].hears("conversation", ahead=0)
        assert (await first[0].hears("conversation", ahead=1))["rose"] == "forward"
        await third[0].says(third[1], "我突然胸痛，呼吸困难")
        await second[0].hears("conversation", ahead=1, rose="emergency")
        order = sorted((row["rank_at"], row["id"]) for row in chen.rows().values())
        assert [id for _, id in order] == [third[1], second[1], first[1]]


async def test_an_emergency_is_let_into_a_full_queue(place: Where) -> None:
    full = {"queue_limit": 1}

    def short(conn: Any) -> None:
        hospital.put_group(tx_at(conn), Group("general", Name("综合咨询组", "General"), Mode.AUTOMATIC, None, full))

    async with opened(place, more=short) as rig:
        await waits(rig)
        refused = await (await rig.visitor()).ask("conversation.open", department="gynecology", body="你好")
        assert refused["code"] == "queue_full"
        urgent = await rig.visitor()
        conversation = await urgent.opens("我胸痛得厉害")
        await urgent.hears("conversation", ahead=0)
        event = await urgent.has_event(conversation, "emergency_noticed")
        assert event["emergency"] == "body"


async def test_a_colleague_helps_joins_and_leaves(place: Where) -> None:
    async with opened(place) as rig:
        li, wang = await rig.staff("limin", "online"), await rig.staff("wangfang", "busy")
        visitor = await rig.visitor()
        conversation = await visitor.opens()
        row = await li.row(conversation, state="active")
        assert (await wang.ask("conversation.follow", conversation=conversation))["code"] == "not_found"
        ask = {"conversation": conversation, "consultant": wang.id, "asked_for": "join", "note": "她问的是手术费用"}
        assert (await li.ask("colleague.ask", **ask))["type"] == "accepted"
        shown = (await wang.row(conversation))["participants"]
        assert [(each["person"]["name"], each["note"]) for each in shown] == [("王芳", "她问的是手术费用")]
        await wang.follows(conversation)
        refused = await wang.ask("message.post", conversation=conversation, fence=row["fence"], body="您好")
        assert refused["code"] == "forbidden"
        assert (await wang.ask("note.post", conversation=conversation, body="大约三千"))["type"] == "accepted"
        assert (await wang.ask("colleague.join", conversation=conversation))["type"] == "accepted"
        standing = await visitor.hears(
            "conversation", joined=[{"name": "王芳", "number": "015", "title": "consultant"}]
        )
        assert standing["served_by"]["name"] == "李敏"
        said = await wang.ask("message.post", conversation=conversation, fence=row["fence"], body="您好，我是王芳")
        assert said["type"] == "accepted"
        await visitor.hears("entry", body="您好，我是王芳")
        assert "大约三千" not in str(visitor.told)
        assert (await li.ask("colleague.leave", conversation=conversation, consultant=wang.id))["type"] == "accepted"
        assert (await wang.has_event(conversation, "colleague_left"))["joined"] is True
        await wang.until(lambda: conversation not in wang.rows())
        await visitor.has_event(conversation, "colleague_left")


async def test_a_repeated_request_succeeds_though_the_colleague_has_gone_on_a_break(place: Where) -> None:
    """The answer was lost on the way; the same request again gets it."""
    async with opened(place) as rig:
        li, wang = await rig.staff("limin", "online"), await rig.staff("wangfang", "busy")
        conversation = await (await rig.visitor()).opens()
        await li.row(conversation, state="active")
        ask = {"conversation": conversation, "consultant": wang.id, "asked_for": "help", "note": "她问的是手术费用"}
        first = await li.ask("colleague.ask", ref="r" * 22, **ask)
        await wang.is_available("break")
        again = await li.ask("colleague.ask", ref="r" * 22, **ask)
        assert again == first | {"repeat": True}
        assert (await li.ask("colleague.ask", ref="s" * 22, **ask))["code"] == "not_serving"


async def test_a_released_conversation_goes_to_somebody_else_with_a_note(place: Where) -> None:
    async with opened(place) as rig:
        li = await rig.staff("limin", "online")
        visitor = await rig.visitor()
        conversation = await visitor.opens()
        row = await li.row(conversation, state="active")
        wang = await rig.staff("wangfang", "online")
        release = {"conversation": conversation, "fence": row["fence"], "note": "我要下班了"}
        assert (await li.ask("conversation.release", **release))["type"] == "accepted"
        await wang.row(conversation, state="active")
        await wang.follows(conversation)
        assert (await wang.has_event(conversation, "returned_to_queue"))["note"] == "我要下班了"
        assert (await visitor.has_event(conversation, "returned_to_queue")) == {
            "name": "returned_to_queue",
            "reason": "released",
        }


async def test_a_wrong_pool_is_corrected_before_anything_is_assigned(place: Where) -> None:
    """Another node gave the consultant the last free place a moment ago. The rows decide, whatever this node
    believes."""
    async with two_nodes(place) as (one, other):
        li, wang = await one.staff("limin", "online"), await other.staff("wangfang", "online")
        await other.hub.stop()
        for _ in range(2):
            conversation = await (await one.visitor()).opens()
            await li.row(conversation, state="active")
        waiting = await (await one.visitor()).opens()
        await li.row(waiting, state="waiting")
        parts = one.hub._running
        pool = CandidatePools(parts.directory).of("general")
        known = pool.get(li.id)
        assert known is not None
        wrong = Candidate(known.consultant, 0, present=True)
        pool.put(wrong)
        await one.hub._running.dispatch.transact(
            lambda unit: given_wrongly(unit, AssignmentRound("general", parts.services.records.hospital, pool))
        )
        assert one.database.read_now(lambda conn: conversations.loads(conn, [li.id, wang.id]))[li.id] == 2


def given_wrongly(unit: UnitOfWork, giving: AssignmentRound) -> None:
    giving.give(unit)


async def test_consultants_whose_pool_entries_stay_wrong_get_nothing(place: Where) -> None:
    """By their rows all are on a break, and there are more of them than plans are made."""

    def crowd(conn: Any) -> None:
        for number in range(ROUNDS + 1):
            account = NewAccount(f"new{number}", "no password", "新人", f"9{number}", Role.CONSULTANT, ("general",), 5)
            accounts.add(tx_at(conn, 0), account)

    async with opened(place, more=crowd) as rig:
        await (await rig.visitor()).opens()
        node = rig.hub._running
        pool = Pool("general")
        for each in node.directory:
            pool.put(Candidate(replace(each, availability=Availability.ONLINE), 0, present=True))
        assert len(pool) > ROUNDS
        await node.dispatch.transact(AssignmentRound("general", node.services.records.hospital, pool).give)
        await rig.stores("SELECT count(*) FROM conversations WHERE phase = 'waiting'", 1)


async def waits(rig: Rig) -> tuple[VisitorTab, str]:
    """A visitor and their conversation, a second after the one before."""
    tab = await rig.visitor()
    conversation = await tab.opens()
    rig.clock.pass_seconds(1)
    return tab, conversation


async def ended(tab: StaffTab, conversation: str) -> None:
    row = await tab.row(conversation, state="active")
    answer = await tab.ask("conversation.close", conversation=conversation, fence=row["fence"], outcome="answered")
    assert answer["type"] == "accepted"
