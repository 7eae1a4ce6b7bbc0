"""来源 on both databases: the visit is stored with the first message and never holds it back; staff who may read the
conversation see it, and of visitors who do not write nothing is stored."""

from typing import Any

import pytest
from sqlalchemy import select

from chatserver.actions.visits import shown, shown_of_request
from chatserver.domain.consent import asked_for
from chatserver.domain.keywords import Keyword
from chatserver.domain.refusals import NotFound
from chatserver.domain.visits import Region, Visit
from chatserver.hub.hub import Hub
from chatserver.store import keywords
from chatserver.store import visits as rows
from chatserver.store.database import Where
from chatserver.store.tables import visits
from chatserver.store.tx import Tx
from chatserver.wire.visits import VisitShown
from tests.hub.harness import Client, Rig, StaffTab, VisitorTab, eventually, opened
from tests.transactions import tx_at, writing

SITE = "http://127.0.0.1:8001"
FIRST = {
    "at": 1_000,
    "page": f"{SITE}/fuke/",
    "title": "妇科",
    "referrer": "https://www.baidu.com/link",
    "parameters": {"utm_source": "baidu", "utm_medium": "cpc", "utm_term": "痛经", "bd_vid": "123"},
}
VISIT: dict[str, Any] = {
    "first": FIRST,
    "device": "phone",
    "pages": [
        {"page": f"{SITE}/fuke/", "title": "妇科", "at": 1_000},
        {"page": f"{SITE}/a", "title": "甲", "at": 2_000},
    ],
}
BODY = "请问几点上班？"


async def opens(visitor: Client, visit: Any, body: str = BODY, **fields: Any) -> str:
    answer = await visitor.ask("conversation.open", department="gynecology", body=body, visit=visit, **fields)
    assert answer["type"] == "accepted", answer
    return str(answer["conversation"])


async def told_of(rig: Rig, staff: StaffTab, kind: rows.Request, id: str) -> VisitShown:
    return await shown_of_request(rig.hub.staff_desk.parts, staff.session.staff, kind, id)


async def told(rig: Rig, staff: StaffTab, conversation: str) -> VisitShown:
    return await shown(rig.hub.staff_desk.parts, staff.session.staff, conversation)


def stored(rig: Rig) -> list[dict[str, Any]]:
    found = rig.database.read_now(lambda conn: conn.execute(select(visits)).mappings().all())
    return [dict(each) for each in found]


async def test_a_visit_comes_with_the_first_message_and_staff_see_it(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor = await rig.staff("limin", "online"), await rig.visitor()
        conversation = await opens(visitor, VISIT | {"last": FIRST | {"at": 9_000, "referrer": "", "parameters": {}}})
        await li.row(conversation, state="active")
        visit = await told(rig, li, conversation)
        assert visit.first is not None
        assert (visit.first.source.id, visit.first.source.zh, visit.first.keyword) == ("baidu-bid", "百度竞价", "痛经")
        assert (visit.first.page, visit.first.title, visit.first.referrer) == (f"{SITE}/fuke/", "妇科", "www.baidu.com")
        assert visit.last is not None
        # An address that says nothing of its source belongs to the visit.
        assert visit.last.source.id == "baidu-bid"
        assert [each.title for each in visit.pages] == ["妇科", "甲"]
        assert (visit.device, visit.region, visit.visits, visit.earlier) == ("phone", None, 1, ())


LEFT = {"kind": "question", "department": "gynecology", "body": BODY}
ASKED = {"department": "gynecology", "phone": "13800138000"}
REFUSAL = {"kind": "health", "decision": "refused", "text": asked_for("health", "zh").sha256}


@pytest.mark.parametrize(
    ("kind", "frame", "fields"), [("offline_message", "offline.leave", LEFT), ("callback", "callback.request", ASKED)]
)
async def test_a_request_without_a_conversation_carries_the_visit(
    place: Where, kind: rows.Request, frame: str, fields: dict[str, Any]
) -> None:
    button = {"at": 3_000, "page": f"{SITE}/a", "parameters": {"e": "首页<按钮> 13800138000"}}
    visit = VISIT | {"last": button}
    async with opened(place) as rig:
        li, zhang = await rig.staff("limin", "online"), await rig.staff("zhangwei")
        before = stored(rig)
        id = (await (await rig.visitor()).ask(frame, **fields, visit=visit))["id"]
        seen = await told_of(rig, li, kind, id)
        assert seen.first is not None
        assert seen.last is not None
        assert (seen.first.source.id, seen.first.keyword, seen.first.entry) == ("baidu-bid", "痛经", "")
        assert (seen.last.source.id, seen.last.entry) == ("baidu-bid", "首页按钮")
        assert (seen.conversation, seen.visits, len(seen.pages)) == ("", 0, 2)
        with pytest.raises(NotFound):
            await told_of(rig, zhang, kind, id)
        with pytest.raises(NotFound):
            await told_of(rig, li, kind, "nothing")
        refused = (await (await rig.visitor()).ask(frame, **fields, visit=visit, consent=[REFUSAL]))["id"]
        seen = await told_of(rig, li, kind, refused)
        assert seen.first is not None
        assert (seen.first.source.id, seen.first.page, seen.first.keyword, seen.pages) == ("baidu-bid", "", "", ())
        for malformed in (7, {"first": 1}, {"first": FIRST, "device": "watch"}):
            id = (await (await rig.visitor()).ask(frame, **fields, visit=malformed))["id"]
            assert (await told_of(rig, li, kind, id)).first is None
        assert stored(rig) == before


async def test_a_request_within_a_conversation_shows_that_ones_visit(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor = await rig.staff("limin", "online"), await rig.visitor()
        conversation = await opens(visitor, VISIT)
        await li.row(conversation, state="active")
        id = (await visitor.ask("callback.request", **ASKED, conversation=conversation, visit=VISIT))["id"]
        seen = await told_of(rig, li, "callback", id)
        assert seen.first is not None
        assert (seen.conversation, seen.first.keyword) == (conversation, "痛经")
        assert rig.database.read_now(lambda conn: rows.load_request(conn, id)) is None


async def test_the_chats_own_page_is_kept_without_its_origin(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor = await rig.staff("limin", "online"), await rig.visitor()
        touch = FIRST | {"page": "https://chat.hospital.example/chat/main"}
        conversation = await opens(visitor, VISIT | {"first": touch, "pages": [touch]})
        await li.row(conversation, state="active")
        visit = await told(rig, li, conversation)
        assert visit.first is not None
        assert (visit.first.page, [each.page for each in visit.pages]) == ("/chat/main", ["/chat/main"])


async def test_the_id_of_a_click_is_nowhere_in_the_database(place: Where) -> None:
    async with opened(place) as rig:
        await opens(await rig.visitor(), VISIT)
        [row] = stored(rig)
        assert "123" not in str(row["first"])
        assert "bd_vid" not in str(row)


async def test_nothing_is_stored_of_visitors_who_never_write(place: Where) -> None:
    async with opened(place) as rig:
        visitor = await rig.visitor()
        await visitor.send("visit.page", conversation="c" * 22, page=f"{SITE}/a", title="甲")
        other = await rig.visitor()
        refused = await other.ask("conversation.open", department="gynecology", body=" ", visit=VISIT)
        assert refused["code"] == "text_invalid"
        assert stored(rig) == []


async def test_a_repeat_with_a_longer_trail_is_the_same_message(place: Where) -> None:
    async with opened(place) as rig:
        visitor = await rig.visitor()
        first = await visitor.ask("conversation.open", ref="r" * 22, body=BODY, visit=VISIT)
        longer = VISIT | {"pages": [*VISIT["pages"], {"page": f"{SITE}/b", "title": "乙", "at": 3_000}]}
        again = await visitor.ask("conversation.open", ref="r" * 22, body=BODY, visit=longer)
        assert (first["type"], again["type"], again["repeat"]) == ("accepted", "accepted", True)
        assert again["conversation"] == first["conversation"]
        assert len(stored(rig)) == 1


async def test_a_second_tab_changes_nothing_of_the_visit(place: Where) -> None:
    async with opened(place) as rig:
        visitor = await rig.visitor()
        conversation = await opens(visitor, VISIT)
        other = await rig.visitor(visitor.token)
        assert await opens(other, VISIT | {"device": "desktop"}, "还在吗？") == conversation
        assert [row["device"] for row in stored(rig)] == ["phone"]


HOSTILE = {
    "not a visit": ["<script>"],
    "another website": VISIT | {"first": FIRST | {"page": "https://evil.example/<script>"}},
    "a script": VISIT | {"first": FIRST | {"page": "javascript:alert(1)", "referrer": "javascript:alert(1)"}},
    "markup": VISIT | {"first": FIRST | {"title": "<img src=x onerror=alert(1)>", "page": f"{SITE}/<b>'\"--"}},
    "controls": VISIT | {"first": FIRST | {"title": "\x00\x1b[2J"}},
    "half a character": VISIT | {"first": FIRST | {"title": "\ud83d"}},
    "not a character": VISIT | {"first": FIRST | {"title": "\ufffe\uffff"}},
    "turned around": VISIT | {"first": FIRST | {"title": "\u202egnp.exe", "parameters": {"utm_term": "\u202e\u2066"}}},
    "a header of sealed text": VISIT | {"first": FIRST | {"title": "\\u00017:x", "parameters": {"utm_term": "1:x"}}},
    "the largest number": VISIT | {"first": FIRST | {"at": 2**53 - 1}},
    "a number beyond it": VISIT | {"first": FIRST | {"at": 2**70}},
    "prototypes": VISIT | {"first": FIRST | {"parameters": {"__proto__": "x", "constructor": "y"}}},
    "a port that is none": VISIT | {"first": FIRST | {"referrer": "https://[::1]:99999/", "page": "http://[/"}},
}


@pytest.mark.parametrize("what", HOSTILE)
async def test_whatever_the_visit_holds_the_message_arrives(place: Where, what: str) -> None:
    async with opened(place) as rig:
        li, visitor = await rig.staff("limin", "online"), await rig.visitor()
        conversation = await opens(visitor, HOSTILE[what])
        await li.row(conversation, state="active")
        visit = await told(rig, li, conversation)
        assert visit.first is None or visit.first.page.startswith((SITE, ""))
        assert "evil.example" not in str(visit)


async def test_a_row_that_cannot_be_written_is_left_out(place: Where, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(tx: Tx, conversation: str, visit: Visit) -> None:
        tx.conn.exec_driver_sql("INSERT INTO visits (conversation) VALUES ('without the rest')")

    monkeypatch.setattr(rows, "add", fails)
    async with opened(place) as rig:
        li, visitor = await rig.staff("limin", "online"), await rig.visitor()
        conversation = await opens(visitor, VISIT)
        await li.row(conversation, state="active", last_line=BODY)
        assert stored(rig) == []


async def test_pages_of_the_conversation_lengthen_the_trail_up_to_its_limit(place: Where) -> None:
    async with opened(place, steady=lambda: next(HOURS)) as rig:
        li, visitor, stranger = await rig.staff("limin", "online"), await rig.visitor(), await rig.visitor()
        conversation = await opens(visitor, VISIT)
        await li.row(conversation, state="active")

        async def trail() -> list[str]:
            return [each.page.removeprefix(SITE) for each in (await told(rig, li, conversation)).pages]

        for page in (f"{SITE}/b?name=li#x", f"{SITE}/b", "https://evil.example/"):
            await visitor.send("visit.page", conversation=conversation, page=page, title="乙")
        await stranger.send("visit.page", conversation=conversation, page=f"{SITE}/strange")
        assert await trail() == ["/fuke/", "/a", "/b"]
        for number in range(40):
            await visitor.send("visit.page", conversation=conversation, page=f"{SITE}/{number}")
        assert len(await trail()) == 30
        assert not visitor.heard("refused")
        assert [frame for frame in li.told if frame["type"] == "entry"] == []


HOURS = iter(range(0, 10**9, 3_600))
"""A clock that makes every bucket full again."""


async def test_pages_that_come_too_fast_are_dropped_in_silence(place: Where) -> None:
    async with opened(place, steady=lambda: 0.0) as rig:
        li, visitor = await rig.staff("limin", "online"), await rig.visitor()
        conversation = await opens(visitor, VISIT)
        await li.row(conversation, state="active")
        for number in range(20):
            await visitor.send("visit.page", conversation=conversation, page=f"{SITE}/{number}")
        assert len((await told(rig, li, conversation)).pages) == 2 + 3
        assert not visitor.heard("refused")


async def test_who_may_not_read_the_conversation_may_not_see_the_visit(place: Where) -> None:
    async with opened(place) as rig:
        li, wang, zhang = await rig.staff("limin", "online"), await rig.staff("wangfang"), await rig.staff("zhangwei")
        chen, visitor = await rig.staff("chenjing"), await rig.visitor()
        conversation = await opens(visitor, VISIT)
        await li.row(conversation, state="active")
        for reader in (li, chen):
            assert (await told(rig, reader, conversation)).first is not None
        for stranger in (wang, zhang):
            with pytest.raises(NotFound):
                await told(rig, stranger, conversation)
        with pytest.raises(NotFound):
            await told(rig, chen, "c" * 22)


@pytest.mark.parametrize("decision", ["given", "refused"])
async def test_what_tells_of_health_is_not_shown_after_a_refusal(place: Where, decision: str) -> None:
    async with opened(place) as rig:
        li, visitor = await rig.staff("limin", "online"), await rig.visitor()
        text = asked_for("health", "zh").sha256
        conversation = await opens(visitor, VISIT, consent=[{"kind": "health", "decision": decision, "text": text}])
        await li.row(conversation, state="active")
        visit = await told(rig, li, conversation)
        assert visit.first is not None
        assert (visit.first.source.id, visit.device, visit.locked) == ("baidu-bid", "phone", decision == "refused")
        words = (visit.first.keyword, visit.first.page, visit.first.title, visit.pages)
        assert [bool(each) for each in words] == [decision == "given"] * 4


async def test_earlier_conversations_are_listed_and_marked_if_they_may_be_read(place: Where) -> None:
    async with opened(place) as rig:
        li, chen, visitor = await rig.staff("limin", "online"), await rig.staff("chenjing"), await rig.visitor()
        first = await opens(visitor, VISIT)
        fence = (await li.row(first, state="active"))["fence"]
        await li.ask("message.post", conversation=first, fence=fence, body="您好")
        await li.ask("conversation.close", conversation=first, fence=fence, outcome="answered")
        rig.clock.pass_seconds(3_600 * 20)
        again = await visitor.ask("conversation.open", department="pediatrics", body="还有一个问题", visit=VISIT)
        conversation = again["conversation"]
        assert conversation != first
        zhang = await rig.staff("zhangwei", "online")
        offer = (await zhang.offer(conversation))["id"]
        await zhang.ask("offer.accept", conversation=conversation, offer=offer)
        for reader, readable in ((zhang, False), (chen, True)):
            visit = await told(rig, reader, conversation)
            assert visit.visits == 2
            [earlier] = visit.earlier
            assert (earlier.id, earlier.department.zh, earlier.outcome) == (first, "妇科", "answered")
            assert earlier.readable is readable


async def test_words_of_ids_are_found_by_date_even_if_they_are_uploaded_later(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor = await rig.staff("limin", "online"), await rig.visitor()
        ids = {"utm_source": "baidu", "utm_medium": "cpc", "plan": "p", "unit": "u", "e_keywordid": "778"}
        conversation = await opens(visitor, VISIT | {"first": FIRST | {"parameters": ids}})
        await li.row(conversation, state="active")

        async def keyword() -> str:
            first = (await told(rig, li, conversation)).first
            assert first is not None
            return first.keyword

        async def uploaded(*rows: tuple[str, str, str, str, str, str]) -> None:
            await writing(rig.database, lambda conn: keywords.put(tx_at(conn), (Keyword(*row) for row in rows)))

        assert await keyword() == ""
        await uploaded(("", "p", "", "", "2000-01-01", "计划"), ("", "other", "", "", "2000-01-01", "别的"))
        assert await keyword() == "计划"
        await uploaded(("", "p", "u", "", "2000-01-01", "单元"))
        assert await keyword() == "单元"
        await uploaded(("", "p", "u", "778", "2000-01-01", "从前"), ("", "p", "u", "778", "2999-01-01", "以后"))
        assert await keyword() == "从前"
        await uploaded(
            ("other", "p", "u", "778", "2001-01-01", "别处"), ("main", "p", "u", "778", "2000-01-01", "本站")
        )
        assert await keyword() == "本站"
        await uploaded(("main", "p", "u", "778", "2000-01-01", "改正"))
        assert await keyword() == "改正"


async def test_the_region_of_the_address_is_stored_and_the_address_is_not(place: Where) -> None:
    def region_of(network: str) -> Region | None:
        return Region("浙江", "杭州", "2024-02-28") if network == "203.0.113.7" else None

    async with opened(place) as rig:
        await rig.hub.stop()
        rig.hub = Hub(
            rig.database, rig.bus, rig.hub._handlers, rig.rules, rig.options, rig.hub_clock(), region_of=region_of
        )
        await rig.hub.start()
        li, chen = await rig.staff("limin", "online"), await rig.staff("chenjing")
        for address, shows in (("203.0.113.7", "杭州"), ("198.51.100.1", None)):
            visitor = VisitorTab(rig)
            await visitor.enter(rig.new_visitor(), address=address)
            conversation = await opens(visitor, VISIT)
            await li.row(conversation, state="active")
            region = (await told(rig, chen, conversation)).region
            assert (region.city if region else None) == shows
            if region is not None:
                assert region.data_date == "2024-02-28"
        await eventually(lambda: len(stored(rig)) == 2)
        assert "203.0.113.7" not in str(stored(rig))
