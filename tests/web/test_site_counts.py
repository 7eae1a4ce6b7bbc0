"""`POST /v1/site-counts` and `/visits`: counts without identity, from the site's own pages, bounded; and who sees
them."""

import asyncio
import json
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from chatserver.domain.site_counts import OTHER_PAGES
from chatserver.store.site_counts import PAGES_A_DAY, ROWS_AN_HOUR
from chatserver.store.tables import site_counts

from .application import EMBEDDER, Doors

REPORT: dict[str, Any] = {
    "site": "demo",
    "page": "/fuke/",
    "counts": {"shown": 1, "opened": 1},
    "referrer": "www.baidu.com",
    "parameters": {"utm_source": "baidu", "utm_medium": "cpc"},
}


def send(
    browser: TestClient, report: Any, origin: str | None = EMBEDDER, kind: str = "text/plain;charset=UTF-8"
) -> int:
    headers = {"Content-Type": kind} | ({} if origin is None else {"Origin": origin})
    body = report if isinstance(report, bytes) else json.dumps(report).encode()
    return browser.post("/v1/site-counts", content=body, headers=headers).status_code


def counted(here: Doors) -> dict[tuple[str, str, str], int]:
    """Page, source and kind → how often, as the database has them after what waits is written."""
    asyncio.run(here.hub.site_counts.write())
    rows = here.context.database.read_now(lambda conn: conn.execute(select(site_counts)).mappings().all())
    return {(row["page"], row["source"], row["kind"]): row["count"] for row in rows}


def test_reports_add_up(here: Doors) -> None:
    assert send(here.client, REPORT) == 204
    assert send(here.client, REPORT | {"counts": {"shown": 2, "invited": 1, "accepted": 1}}) == 204
    assert counted(here) == {
        ("/fuke/", "baidu-bid", "shown"): 3,
        ("/fuke/", "baidu-bid", "opened"): 1,
        ("/fuke/", "baidu-bid", "invited"): 1,
        ("/fuke/", "baidu-bid", "accepted"): 1,
    }
    send(here.client, REPORT)
    assert counted(here)["/fuke/", "baidu-bid", "shown"] == 4


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", "http://127.0.0.1:8000"])
def test_only_pages_of_the_site_count(here: Doors, origin: str | None) -> None:
    assert send(here.client, REPORT, origin) == 204, "nobody learns whether it counted"
    assert send(here.client, REPORT | {"site": "another"}) == 204
    assert counted(here) == {}


@pytest.mark.parametrize(
    "report",
    [
        b"",
        b"{",
        b"[]",
        {**REPORT, "visitor": "li"},
        {**REPORT, "counts": {"shown": 101}},
        {**REPORT, "counts": {"shown": -1}},
        {**REPORT, "counts": {"shown": True}},
        {**REPORT, "counts": {"first_message": 1}},
        {**REPORT, "page": "x" * 501},
        {**REPORT, "page": "\x00"},
        {**REPORT, "parameters": {str(n): "" for n in range(13)}},
    ],
)
def test_another_shape_is_refused_and_counts_nothing(here: Doors, report: Any) -> None:
    has_control = isinstance(report, dict) and "\x00" in report["page"]
    assert send(here.client, report) == (422 if has_control else 400)
    assert send(here.client, REPORT, kind="application/json") == 400
    assert send(here.client, b" " * 5_000) == 413
    assert counted(here) == {}


def test_a_page_is_its_path(here: Doors) -> None:
    for page in ("/a?name=li", "/a#x", "/a", "https://evil.example/", "javascript:alert(1)", "/\u202eb"):
        send(here.client, REPORT | {"page": page, "counts": {"shown": 1}, "referrer": "", "parameters": {}})
    assert counted(here) == {("/a", "direct", "shown"): 3, ("", "direct", "shown"): 2, ("/ b", "direct", "shown"): 1}


def test_one_address_cannot_count_without_end(here: Doors) -> None:
    assert {send(here.client, REPORT) for _ in range(200)} == {204}
    assert counted(here)["/fuke/", "baidu-bid", "shown"] == 120
    assert send(here.browser("10.0.0.2"), REPORT) == 204
    assert counted(here)["/fuke/", "baidu-bid", "shown"] == 121


def test_strangers_cannot_invent_pages_without_end(here: Doors) -> None:
    counts = here.hub.site_counts
    for number in range(5 * PAGES_A_DAY):
        counts.add("demo", f"/{number}", "direct", "shown")
    found = counted(here)
    assert len({page for page, _, _ in found}) == PAGES_A_DAY + 1
    assert sum(found.values()) == 5 * PAGES_A_DAY
    for number in range(PAGES_A_DAY):
        counts.add("demo", f"/later/{number}", "direct", "shown")
    counts.add("demo", "/1", "direct", "opened")
    found = counted(here)
    assert len({page for page, _, _ in found}) == PAGES_A_DAY + 1
    assert found["/1", "direct", "opened"] == 1, "a page that is known goes on counting"
    assert found[OTHER_PAGES, "direct", "shown"] == 5 * PAGES_A_DAY
    for number in range(2 * ROWS_AN_HOUR):
        counts.add("demo", "/1", f"source {number}", "shown")
        if number % 1_000 == 0:
            counted(here)
    pages = [page for page, _, _ in counted(here)]
    assert len(pages) - pages.count(OTHER_PAGES) <= ROWS_AN_HOUR


def test_nothing_of_a_report_identifies_anybody(here: Doors) -> None:
    parameters = {"utm_term": "痛经", "bd_vid": "click", "session": "secret", "utm_source": "x"}
    send(here.client, REPORT | {"referrer": "forum.example", "parameters": parameters})
    asyncio.run(here.hub.site_counts.write())
    stored = str(here.context.database.read_now(lambda conn: conn.execute(select(site_counts)).all()))
    for word in ("痛经", "click", "secret", "forum.example", "127.0.0.1"):
        assert word not in stored


def test_the_page_shows_totals_and_hides_small_numbers(here: Doors) -> None:
    for number in range(7):
        send(here.client, REPORT | {"page": f"/<b>{number}"})
    here.hub.site_counts.add("demo", "/a", "direct", "first_message")
    counted(here)
    chief = here.signed_in("chenjing")
    html = chief.get("/visits?lang=en").text
    assert "Baidu ads" in html
    assert "&lt;b&gt;0" in html
    assert "<b>0" not in html
    assert "First messages" in html
    assert "&lt;5</dd>" in html, "nobody has fetched the widget"
    for _ in range(4):
        here.client.get("/widget-panel.js?v=2&site=demo")
    counted(here)
    assert "&lt;5</dd>" in chief.get("/visits").text
    here.client.get("/widget-panel.js?v=2&site=demo")
    counted(here)
    assert "&lt;5</dd>" not in chief.get("/visits").text
    assert ">5</dd>" in chief.get("/visits").text
    here.clock.forward(6 * 60_000)
    counted(here)
    assert "&lt;5</dd>" in chief.get("/visits").text


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("from=2026-01-01&to=2026-02-01", 200),
        ("site=demo", 200),
        ("site=another", 400),
        ("from=2026-02-01&to=2026-01-01", 400),
        ("from=2026-01-01&to=2026-12-01", 400),
        ("from=x", 400),
        ("from=%00", 400),
    ],
)
def test_the_period_is_checked(here: Doors, query: str, status: int) -> None:
    assert here.signed_in("chenjing").get(f"/visits?{query}").status_code == status


@pytest.mark.parametrize(("login", "status"), [("chenjing", 200), ("limin", 303)])
def test_consultants_do_not_see_volumes(here: Doors, login: str, status: int) -> None:
    browser = here.signed_in(login)
    assert browser.get("/visits").status_code == status
    home = browser.get("/console" if status == 303 else "/transcripts").text
    assert ('href="/visits"' in home) is (status == 200)
