"""Sessions of visitors and consultants who talk: messages, notes, transfers, colleagues, the end and after it."""

from .stage import Stage, Tab

QUESTION = "孕前检查要空腹吗？"


async def opened(visitor: Tab, department: str = "gynecology", body: str = QUESTION, language: str = "zh") -> str:
    """Asks the first question; returns the conversation's id."""
    answer = await visitor.asks("conversation.open", department=department, body=body, language=language)
    return str(answer["conversation"])


def fence(consultant: Tab, conversation: str) -> int:
    """The fence that this console's list last showed."""
    for frame in reversed(consultant.told):
        if frame["type"] == "conversations":
            for row in frame.get("put", ()):
                if row["id"] == conversation:
                    return int(row["fence"])
    raise AssertionError(conversation)


async def messages(stage: Stage) -> None:
    li = await stage.staff("limin", "online")
    visitor = await stage.visitor()
    id = await opened(visitor)
    await li.asks("conversation.follow", conversation=id)
    await li.sends("typing", conversation=id, on=True)
    await li.asks("message.post", conversation=id, body="要的，请空腹来。", fence=1)
    await visitor.sends("typing", conversation=id, on=True)
    await visitor.sends("typing", conversation=id, on=False)
    await visitor.asks("message.post", conversation=id, body="好的，\n谢谢。\u200b")
    await li.asks("note.post", conversation=id, body="第一次来，语气着急。")
    second = await stage.staff("limin", name="limin-2")
    await second.asks("conversation.follow", conversation=id)
    await li.sends("conversation.seen", conversation=id, seq=5)
    await second.sends("conversation.unfollow", conversation=id)
    await visitor.asks("message.post", conversation=id, body="还有一个问题。")


async def transfer_accepted(stage: Stage) -> None:
    li, wang = await stage.staff("limin", "online"), await stage.staff("wangfang")
    visitor = await stage.visitor()
    id = await opened(visitor)
    await wang.asks("availability.set", availability="online")
    await li.asks("message.post", conversation=id, body="您好", fence=1)
    offered = await li.asks(
        "transfer.offer", conversation=id, fence=1, note="请接手", consultant=stage.id_of("wangfang")
    )
    assert offered["type"] == "accepted", offered
    await visitor.asks("message.post", conversation=id, body="在吗？")
    await wang.asks("offer.accept", conversation=id, offer=offer(wang))
    await wang.asks("conversation.follow", conversation=id)
    await wang.asks("message.post", conversation=id, body="我来回答您。", fence=2)
    await li.asks("message.post", conversation=id, body="再见", fence=1)
    await li.asks("history.get", conversation=id, after=0)
    await wang.asks("offer.accept", conversation=id, offer=offer(wang))


async def transfer_declined(stage: Stage) -> None:
    li, wang = await stage.staff("limin", "online"), await stage.staff("wangfang")
    visitor = await stage.visitor()
    id, to = await opened(visitor), stage.id_of("wangfang")
    await li.asks("conversation.follow", conversation=id)
    await li.asks("transfer.offer", conversation=id, fence=1, note="请接手", consultant=to)
    await wang.asks("availability.set", availability="online")
    await li.asks("transfer.offer", conversation=id, fence=0, note="请接手", consultant=to)
    await li.asks("transfer.offer", conversation=id, fence=1, note="", consultant=to)
    await li.asks("transfer.offer", conversation=id, fence=1, note="请接手", consultant=to)
    await wang.asks("offer.decline", conversation=id, offer=offer(wang))
    await wang.asks("offer.decline", conversation=id, offer=offer(wang), reason="在打电话")
    await li.asks("transfer.offer", conversation=id, fence=1, note="请再看看", consultant=to)
    await li.asks("offer.withdraw", conversation=id, offer=offer(wang))
    await wang.asks("offer.accept", conversation=id, offer=offer(wang))
    await li.asks("transfer.offer", conversation=id, fence=1, note="最后一次", consultant=to)
    await stage.passes(31)


async def transfer_to_a_group(stage: Stage) -> None:
    li, zhang = await stage.staff("limin", "online"), await stage.staff("zhangwei")
    visitor = await stage.visitor()
    id = await opened(visitor)
    await li.asks("transfer.offer", conversation=id, fence=1, note="是孩子的事", group="children")
    await zhang.asks("availability.set", availability="online")
    await li.asks("transfer.offer", conversation=id, fence=1, note="是孩子的事", group="general")
    await li.asks("transfer.offer", conversation=id, fence=1, note="是孩子的事", group="nowhere")
    await li.asks("transfer.offer", conversation=id, fence=1, note="是孩子的事", group="children")
    await zhang.asks("conversation.follow", conversation=id)
    await zhang.asks("offer.accept", conversation=id, offer=offer(zhang))
    chen = await stage.staff("chenjing")
    await chen.asks("conversation.follow", conversation=id)
    await zhang.asks("department.set", conversation=id, department="pediatrics")
    await zhang.asks("department.set", conversation=id, department="surgery")


async def colleagues(stage: Stage) -> None:
    li, wang = await stage.staff("limin", "online"), await stage.staff("wangfang")
    visitor = await stage.visitor()
    id, to = await opened(visitor), stage.id_of("wangfang")
    await li.asks("message.post", conversation=id, body="您好", fence=1)
    await li.asks("colleague.ask", conversation=id, consultant=to, asked_for="help", note="请看一下用药")
    await wang.asks("availability.set", availability="online")
    await wang.asks("colleague.join", conversation=id)
    await li.asks("colleague.ask", conversation=id, consultant=to, asked_for="help", note="请看一下用药")
    await wang.asks("conversation.follow", conversation=id)
    await wang.asks("note.post", conversation=id, body="可以用。")
    await wang.asks("message.post", conversation=id, body="可以用。", fence=1)
    await li.asks("colleague.ask", conversation=id, consultant=to, asked_for="join", note="请一起")
    await wang.asks("colleague.join", conversation=id)
    await wang.asks("message.post", conversation=id, body="您好，我也在。", fence=1)
    await visitor.asks("message.post", conversation=id, body="谢谢两位")
    await wang.asks("colleague.leave", conversation=id)
    chen = await stage.staff("chenjing")
    await chen.asks("colleague.join", conversation=id)
    await li.asks("colleague.leave", conversation=id, consultant=stage.id_of("chenjing"))
    await li.asks("conversation.close", conversation=id, fence=1, outcome="answered")


async def the_end_and_after(stage: Stage) -> None:
    li, wang = await stage.staff("limin", "online"), await stage.staff("wangfang")
    visitor = await stage.visitor()
    id = await opened(visitor)
    await li.asks("message.post", conversation=id, body="要的", fence=1)
    await visitor.asks("conversation.rate", conversation=id, stars=5)
    await li.asks("conversation.close", conversation=id, fence=1)
    await li.asks("conversation.close", conversation=id, fence=1, outcome="answered")
    await visitor.asks("conversation.rate", conversation=id, stars=4, tags=["耐心", "专业"], comment="很好")
    await visitor.asks("conversation.rate", conversation=id, stars=5, part=1)
    await li.asks("outcome.set", conversation=id, outcome="booked")
    await wang.asks("outcome.set", conversation=id, outcome="test")
    await wang.asks("conversation.reopen", conversation=id, fence=1)
    await li.asks("conversation.reopen", conversation=id, fence=1)
    await li.asks("conversation.close", conversation=id, fence=fence(li, id), outcome="booked")
    await visitor.asks("message.post", conversation=id, body="还想问一句")
    await li.asks("conversation.close", conversation=id, fence=fence(li, id), outcome="booked")
    await stage.passes(20 * 60)
    await visitor.sends("typing", conversation=id, on=True)
    await stage.passes(11 * 60)
    await visitor.asks("message.post", conversation=id, body="太晚了")


async def ended_by_the_visitor(stage: Stage) -> None:
    li = await stage.staff("limin", "online")
    visitor = stage.tab("visitor")
    token = await stage.token()
    await stage.hello(visitor, token)
    id = await opened(visitor)
    await li.asks("message.post", conversation=id, body="要的", fence=1)
    await visitor.asks("conversation.close", conversation=id)
    await visitor.asks("conversation.rate", conversation=id, stars=3)
    await visitor.asks("message.post", conversation=id, body="再问一句")
    await visitor.goes()
    await stage.hello(visitor, token)
    await stage.hello(visitor, token, rating=True)
    await visitor.asks("conversation.rate", conversation=id, stars=2, comment="改一下")
    await li.asks("conversation.reopen", conversation=id, fence=1)
    await li.asks("history.get", conversation=id, before=100, limit=2)


async def history_and_heads(stage: Stage) -> None:
    li = await stage.staff("limin", "online")
    visitor, stranger = await stage.visitor(), await stage.visitor("stranger")
    id = await opened(visitor)
    for number in range(6):
        await visitor.asks("message.post", conversation=id, body=f"第 {number} 句")
    await li.asks("note.post", conversation=id, body="话很多")
    await visitor.asks("history.get", conversation=id, after=2, limit=3)
    await visitor.asks("history.get", conversation=id, before=4, limit=2)
    await visitor.asks("history.get", conversation=id, before=4, after=2)
    await visitor.asks("history.get", conversation=id, after=900)
    await stranger.asks("history.get", conversation=id, after=0)
    await li.asks("history.get", conversation=id, before=10, limit=4)
    at = {"conversation": id, "epoch": epoch(visitor), "after": 3}
    await visitor.asks("heads.get", at=[at])
    await stranger.asks("heads.get", at=[at])
    await li.asks("heads.get", at=[at])
    await li.asks("conversation.follow", conversation=id, epoch=epoch(visitor), after=7)
    await li.asks("heads.get", at=[at])


async def resumed(stage: Stage) -> None:
    """Lost connections: a client that reconnects names its position and gets exactly what it has missed."""
    li = await stage.staff("limin", "online")
    visitor = stage.tab("visitor")
    token = await stage.token()
    await stage.hello(visitor, token)
    id = await opened(visitor)
    held = {"conversation": id, "epoch": epoch(visitor), "after": 3}
    await visitor.goes()
    await li.asks("message.post", conversation=id, body="第一句", fence=1)
    await li.asks("note.post", conversation=id, body="访客不在")
    await li.asks("message.post", conversation=id, body="第二句", fence=1)
    for position in (held, {**held, "after": 5}, {**held, "after": 99}, {**held, "epoch": "another"}):
        await stage.hello(visitor, token, resume=[position])
        await visitor.goes()
    await stage.hello(visitor, token)
    await li.goes()
    await visitor.asks("message.post", conversation=id, body="您还在吗？")
    await li.connects("/ws/staff", stage.cookie("limin"))
    client = {"name": "script", "version": "1"}
    await li.sends("hello", version=1, client=client, resume=[{**held, "after": 4}, {**held, "conversation": "x" * 22}])
    await visitor.goes()
    await stage.passes(61)
    await li.goes()
    await stage.passes(61)


async def repeats(stage: Stage) -> None:
    """A repeated ref gets the first answer again; it is refused for a different command."""
    li = await stage.staff("limin", "online")
    visitor = await stage.visitor()
    question = {"department": "gynecology", "body": QUESTION, "language": "zh", "ref": "r-open".ljust(22, "-")}
    id = (await visitor.asks("conversation.open", **question))["conversation"]
    await visitor.asks("conversation.open", **question)
    await visitor.asks("conversation.open", **{**question, "body": f" {QUESTION}\n"})
    await visitor.asks("conversation.open", **{**question, "body": "别的问题"})
    await visitor.asks("conversation.open", **{**question, "department": "eyes"})
    said = {"conversation": id, "body": "第一次", "ref": "r-said".ljust(22, "-")}
    for body in ("第一次", "第一次", "第二次"):
        await visitor.asks("message.post", **{**said, "body": body})
    await li.asks("message.post", **said, fence=1)
    await li.asks("message.post", **said, fence=1)
    await li.asks("message.post", **said, fence=9)
    await li.asks("note.post", **said)
    noted = {"conversation": id, "body": "备注", "ref": "r-note".ljust(22, "-")}
    for body in ("备注", "备注", "别的备注"):
        await li.asks("note.post", **{**noted, "body": body})
    ended = {"conversation": id, "fence": 1, "outcome": "answered", "ref": "r-close".ljust(22, "-")}
    for outcome in ("answered", "answered", "test"):
        await li.asks("conversation.close", **{**ended, "outcome": outcome})
    rated = {"conversation": id, "stars": 5, "ref": "r-rate".ljust(22, "-")}
    for stars in (5, 5, 1):
        await visitor.asks("conversation.rate", **{**rated, "stars": stars})


def offer(consultant: Tab) -> str:
    """The last offer that this console received."""
    for frame in reversed(consultant.told):
        if frame["type"] == "conversations":
            for row in frame.get("put", ()):
                if "offer" in row:
                    return str(row["offer"]["id"])
    raise AssertionError("there was none")


def epoch(tab: Tab) -> str:
    """The database's epoch, as this tab knows it."""
    return str(next(frame["epoch"] for frame in tab.told if "epoch" in frame))


SCRIPTS = (
    messages,
    transfer_accepted,
    transfer_declined,
    transfer_to_a_group,
    colleagues,
    the_end_and_after,
    ended_by_the_visitor,
    history_and_heads,
    resumed,
    repeats,
)
