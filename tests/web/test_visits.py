"""来源 in the transcripts: filtered by source and region, shown on the page of a conversation, as text everywhere."""

import pytest
from starlette.testclient import TestClient

from chatserver.domain.keywords import Keyword
from chatserver.domain.sources import Recognised
from chatserver.domain.visits import PageSeen, Region, Touch, Visit
from chatserver.store import keywords, visits
from tests.transactions import tx_at

from .application import NOON, Doors
from .stories import Story

PAGE = PageSeen("https://www.hospital.example/fuke/", "妇科门诊", NOON)
BID = Touch(PAGE, "www.baidu.com", {"utm_source": "baidu"}, Recognised("baidu-bid", keyword_id="778"))
DIRECT = Touch(PAGE, "", {}, Recognised("direct"))
MARKUP = "<script>alert(1)</script>\u202e"


def came(here: Doors, visit: Visit | None) -> str:
    """Stores a conversation whose visitor came like this; returns its id."""

    def tell(conn: object) -> str:
        story = Story(conn, NOON).asks("请问几点上班？")  # type: ignore[arg-type]  # a Connection
        if visit is not None:
            visits.add(tx_at(conn, NOON), story.id, visit)  # type: ignore[arg-type]
        return story.id

    return str(here.write(tell))


@pytest.fixture
def supervisor(here: Doors) -> TestClient:
    return here.signed_in("chenjing")


def test_transcripts_are_found_by_source_and_region(here: Doors, supervisor: TestClient) -> None:
    bid = came(here, Visit(BID, "phone", region=Region("浙江", "杭州", "2024-02-28")))
    direct = came(here, Visit(DIRECT, "desktop", last=BID))
    unknown = came(here, None)
    ids = {"bid": bid, "direct": direct, "unknown": unknown}

    def found(query: str) -> set[str]:
        html = supervisor.get(f"/transcripts?{query}").text
        return {name for name, id in ids.items() if id in html}

    assert found("") == {"bid", "direct", "unknown"}
    assert found("source=baidu-bid") == {"bid", "direct"}
    assert found("source=direct") == {"direct"}
    assert found("source=wechat") == set()
    assert found("region=浙江") == {"bid"}
    assert found("region=浙江&source=direct") == set()
    assert found("region=%3Cscript%3E") == set()
    html = supervisor.get("/transcripts?source=baidu-bid&lang=en").text
    assert '<option value="baidu-bid" selected>Baidu ads</option>' in html


def test_a_transcript_shows_where_the_visitor_came_from(here: Doors, supervisor: TestClient) -> None:
    words = Keyword("", "", "", "778", "2000-01-01", "痛经怎么办")
    here.write(lambda conn: keywords.put(tx_at(conn), [words]))
    id = came(here, Visit(BID, "phone", DIRECT, (PAGE,), Region("浙江", "杭州", "2024-02-28")))
    html = supervisor.get(f"/transcripts/{id}").text
    for shown in ("百度竞价", "www.baidu.com", "痛经怎么办", "妇科门诊", PAGE.page, "手机", "直接访问", "再次访问"):
        assert shown in html
    assert "浙江 杭州（数据日期 2024-02-28）" in html
    assert "浏览轨迹（1 页）" in html
    assert "访问来源</h2>" not in supervisor.get(f"/transcripts/{came(here, None)}").text


def test_what_a_browser_sent_is_text(here: Doors, supervisor: TestClient) -> None:
    page = PageSeen(f"https://www.hospital.example/{MARKUP}", MARKUP, NOON)
    touch = Touch(page, MARKUP, {MARKUP: MARKUP}, Recognised(MARKUP, MARKUP))
    id = came(here, Visit(touch, "phone", touch, (page,), Region(MARKUP, MARKUP, MARKUP)))
    html = supervisor.get(f"/transcripts/{id}").text
    assert "&lt;script&gt;alert(1)" in html
    assert "<script>alert(1)" not in html
    assert "\u202e" not in html
