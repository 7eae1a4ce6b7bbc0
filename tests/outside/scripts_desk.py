"""Sessions of the desk: rings, claims, supervisors, emergencies, 留言, drafts, lists and deadlines."""

from .scripts_talk import QUESTION, fence, offer, opened
from .stage import Stage

CRY = "我爸突然胸痛，喘不上气！"


async def rings(stage: Stage) -> None:
    zhang, liu = await stage.staff("zhangwei", "online"), await stage.staff("liuyang")
    visitor = await stage.visitor()
    id = await opened(visitor, "pediatrics", "宝宝发烧三十九度怎么办")
    await zhang.asks("conversation.follow", conversation=id)
    await zhang.asks("offer.decline", conversation=id, offer=offer(zhang))
    await liu.asks("availability.set", availability="online")
    await stage.passes(5)
    await liu.asks("conversation.claim", conversation=id)
    await liu.asks("offer.accept", conversation=id, offer=offer(liu))
    second = await stage.visitor("second")
    await opened(second, "pediatrics", "晚上有急诊吗")
    for _ in range(4):
        await stage.passes(16)
    await zhang.asks("availability.set", availability="online")


async def claims(stage: Stage) -> None:
    li, wang = await stage.staff("limin", "online"), await stage.staff("wangfang", "online")
    one = await stage.visitor("one")
    id = await opened(one, "eyes", "眼睛红了要挂哪个科")
    await li.asks("conversation.claim", conversation=id)
    await wang.asks("conversation.claim", conversation=id)
    await li.asks("conversation.claim", conversation="0" * 22)
    for number in range(5):
        visitor = await stage.visitor(f"more-{number}")
        await li.asks("conversation.claim", conversation=await opened(visitor, "eyes", "眼睛干"))


async def supervisor(stage: Stage) -> None:
    chen = await stage.staff("chenjing")
    one, two, three = [await stage.visitor(name) for name in ("one", "two", "three")]
    first, second, third = await opened(one), await opened(two), await opened(three)
    await chen.asks("conversation.follow", conversation=first)
    await chen.asks("conversation.forward", conversation=third)
    await chen.asks("conversation.forward", conversation=third)
    wang = await stage.staff("wangfang")
    to = stage.id_of("wangfang")
    await wang.asks("conversation.forward", conversation=second)
    await wang.asks("conversation.assign", conversation=second, fence=0, consultant=to)
    await chen.asks("conversation.assign", conversation=second, fence=7, consultant=to)
    await chen.asks("conversation.assign", conversation=second, fence=0, consultant=to)
    await wang.asks("availability.set", availability="busy")
    for id in (first, second, third):
        await chen.asks("conversation.assign", conversation=id, fence=fence(chen, id), consultant=to)
    await chen.asks("conversation.assign", conversation=first, fence=0, consultant=to, above=True)
    await wang.asks("conversation.release", conversation=second, fence=fence(wang, second), note="请别人接")
    await wang.asks("department.set", conversation=first, department="pediatrics")
    await chen.asks("conversation.close", conversation=second, fence=fence(chen, second), outcome="left_midway")
    await chen.asks("message.post", conversation=first, body="我是主管", fence=1)


async def emergencies(stage: Stage) -> None:
    chen = await stage.staff("chenjing")
    visitor, other = await stage.visitor(), await stage.visitor("other")
    id = await opened(visitor, body=CRY)
    await chen.asks("alarm.acknowledge", id=id)
    await chen.asks("alarm.acknowledge", id=id)
    li = await stage.staff("limin", "busy")
    await stage.passes(31)
    await li.asks("emergency.dismiss", conversation=id)
    await li.asks("message.post", conversation=id, body="请马上拨打 120。", fence=1)
    await chen.asks("emergency.dismiss", conversation=id)
    await chen.asks("emergency.dismiss", conversation=id)
    second = await opened(other)
    await other.asks("message.post", conversation=second, body="我不想活了")
    left = await other.asks("offline.leave", kind="question", body=CRY, language="zh", department="eyes")
    assert left["type"] == "accepted", left
    await stage.passes(120)


async def offline_messages(stage: Stage) -> None:
    li, chen = await stage.staff("limin"), await stage.staff("chenjing")
    visitor = await stage.visitor()
    asked = {"kind": "question", "body": "请回电", "department": "gynecology", "name": "王女士", "language": "zh"}
    left = await visitor.asks("offline.leave", **asked, phone="13812345678", ref="r-left".ljust(22, "-"))
    await visitor.asks("offline.leave", **asked, phone="13812345678", ref="r-left".ljust(22, "-"))
    await visitor.asks("offline.leave", **asked, phone="13812345679", ref="r-left".ljust(22, "-"))
    await visitor.asks("offline.leave", **asked, phone="12")
    await visitor.asks("offline.leave", **asked, phone="400-800-8000")
    id = left["id"]
    await li.asks("offline.reveal", id=id)
    await li.asks("offline.settle", id=id, result="answered", note="")
    await li.asks("offline.take", id=id)
    await chen.asks("offline.take", id=id)
    await chen.asks("offline.reveal", id=id)
    await li.asks("offline.reveal", id=id)
    await li.asks("offline.settle", id=id, result="answered", note="已回电")
    await chen.asks("offline.settle", id=id, result="answered", note="已回电")
    await li.asks("offline.settle", id=id, result="unreachable", note="没人接")
    waiting = await opened(visitor)
    await visitor.asks("offline.leave", **{**asked, "kind": "complaint"}, conversation=waiting)
    zhang = await stage.staff("zhangwei")
    await zhang.asks("offline.take", id=id)
    await li.asks("list.get", list="offline")


async def availability(stage: Stage) -> None:
    li, wang = await stage.staff("limin"), await stage.staff("wangfang", "online")
    for chosen, reason in (("online", ""), ("busy", "在接电话"), ("break", "午饭"), ("offline", "")):
        await li.asks("availability.set", availability=chosen, reason=reason)
    await li.asks("availability.set", availability="paused")
    visitor = await stage.visitor()
    await opened(visitor)
    await wang.asks("availability.set", availability="break")
    await wang.goes()
    await stage.passes(30)
    await stage.passes(31)
    await wang.connects("/ws/staff", stage.cookie("wangfang"))
    await wang.sends("hello", version=1, client={"name": "script", "version": "1"})


async def shifts(stage: Stage) -> None:
    sun = await stage.staff("sunli")
    visitor = await stage.visitor()
    await sun.asks("shift.check_in")
    await stage.passes(5 * 60)
    await sun.asks("shift.check_in")
    await sun.asks("shift.check_in")
    await opened(visitor, "pediatrics", "几点上班")
    await stage.passes(11 * 60)


async def drafts(stage: Stage) -> None:
    li, second = await stage.staff("limin", "online"), await stage.staff("limin", name="limin-2")
    visitor = await stage.visitor()
    id = await opened(visitor)
    kept = await li.asks("draft.save", conversation=id, mode="reply", body="要的，请", after=0)
    await second.asks("draft.save", conversation=id, mode="reply", body="不要", after=0)
    kept = await second.asks("draft.save", conversation=id, mode="reply", body="要的，请空腹", after=kept["at"])
    noted = await li.asks("draft.save", conversation=id, mode="note", body="改成备注", after=0, turned=kept["at"])
    await li.asks("note.post", conversation=id, body="改成备注", draft=noted["at"])
    await second.asks("note.post", conversation=id, body="改成备注", draft=noted["at"])
    kept = await li.asks("draft.save", conversation=id, mode="reply", body="好")
    third = await stage.staff("limin", name="limin-3")
    await third.asks("message.post", conversation=id, body="好", fence=1, draft=kept["at"])
    await li.asks("draft.save", conversation=id, mode="reply", body="", after=0)
    await li.asks("draft.save", conversation="0" * 22, mode="reply", body="没有")


async def lists(stage: Stage) -> None:
    li, chen = await stage.staff("limin", "online"), await stage.staff("chenjing")
    visitors = [await stage.visitor(f"visitor-{number}") for number in range(4)]
    ids = [await opened(each, department) for each, department in zip(visitors, DEPARTMENTS, strict=True)]
    for tab in (li, chen):
        for name in ("conversations", "colleagues", "offline", "everything"):
            await tab.asks("list.get", list=name)
    await li.asks("conversation.close", conversation=ids[0], fence=1, outcome="test")
    await visitors[3].asks("conversation.close", conversation=ids[3])
    await stage.passes(11 * 60)


DEPARTMENTS = ("gynecology", "pediatrics", "eyes", "unsure")


async def clocks(stage: Stage) -> None:
    """What happens by the passing of time alone: alarms, a late answer, a visitor who leaves the queue, an idle end."""
    li, chen = await stage.staff("limin", "online"), await stage.staff("chenjing")
    visitor = await stage.visitor()
    id = await opened(visitor)
    await chen.asks("conversation.follow", conversation=id)
    for seconds in (61, 30, 60):
        await stage.passes(seconds)
    await li.goes()
    await stage.passes(61)
    li = await stage.staff("limin", "online", name="limin-again")
    await li.asks("message.post", conversation=id, body="让您久等了", fence=fence(li, id))
    for minutes in (10, 10, 8, 2):
        await stage.passes(minutes * 60 + 1)
    lost = await stage.visitor("lost")
    await opened(lost, "pediatrics", "在吗")
    await lost.goes()
    for minutes in (1, 2, 10):
        await stage.passes(minutes * 60 + 1)


async def closed_hours(stage: Stage) -> None:
    """A department that opens at one: only an emergency gets into its queue; then it opens."""
    chen, visitor = await stage.staff("chenjing"), await stage.visitor()
    other = await stage.visitor("other")
    await visitor.asks("conversation.open", department="dental", body="牙疼", language="zh")
    await visitor.asks("offline.leave", kind="question", body="牙疼", language="zh", department="dental")
    await opened(other, "dental", CRY)
    await stage.passes(3_600)
    assert chen.told


async def rights(stage: Stage) -> None:
    """What belongs to somebody else is not found; what a person may not do is forbidden."""
    li, zhang = await stage.staff("limin", "online"), await stage.staff("zhangwei", "online")
    visitor, stranger = await stage.visitor(), await stage.visitor("stranger")
    id = await opened(visitor)
    for type in ("conversation.follow", "conversation.claim", "conversation.forward", "emergency.dismiss"):
        await zhang.asks(type, conversation=id)
    await zhang.asks("message.post", conversation=id, body="您好", fence=1)
    await zhang.asks("note.post", conversation=id, body="您好")
    await zhang.asks("conversation.close", conversation=id, fence=1, outcome="test")
    await zhang.asks("conversation.release", conversation=id, fence=1, note="给别人")
    await zhang.asks("alarm.acknowledge", id=id)
    await li.asks("conversation.forward", conversation=id)
    await stranger.asks("message.post", conversation=id, body="您好")
    await stranger.asks("conversation.close", conversation=id)
    await stranger.asks("conversation.rate", conversation=id, stars=1)
    await stranger.asks("offline.leave", kind="question", body=QUESTION, language="zh", conversation=id)
    await stranger.sends("typing", conversation=id, on=True)
    await visitor.asks("conversation.open", body="问" * 1_001, language="zh")
    await visitor.asks("conversation.open", body="\u200b \n", language="zh")
    await visitor.asks("conversation.open", body="第二个问题", language="en", department="nowhere")
    await stranger.asks("conversation.open", body="Which department?", language="en", department="nowhere")


SCRIPTS = (
    rings,
    claims,
    supervisor,
    emergencies,
    offline_messages,
    availability,
    shifts,
    drafts,
    lists,
    clocks,
    closed_hours,
    rights,
)
