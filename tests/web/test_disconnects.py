"""The server stops making a page when its client leaves or when it takes too long."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import Connection
from starlette.testclient import TestClient

from chatserver.store import meta
from chatserver.web import transcripts
from chatserver.web.routes import application

from .application import Doors

FOR_EVER = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"


def never(conn: Connection, *_: object) -> Any:
    """A query that never ends."""
    return conn.exec_driver_sql(FOR_EVER).scalar_one()


@pytest.fixture
def supervisor(here: Doors) -> TestClient:
    """A supervisor's browser; pages may take a tenth of a second."""
    object.__setattr__(here.context.options, "page_s", 0.1)
    return here.signed_in("chenjing")


def asked(here: Doors, path: str) -> dict[str, Any]:
    """A supervisor's request as an ASGI scope."""
    browser = here.signed_in("chenjing")
    headers = [(b"host", b"127.0.0.1:8000"), (b"cookie", f"session={browser.cookies['session']}".encode())]
    return {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "headers": headers,
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 8000),
    }


async def test_a_page_whose_client_leaves_is_not_read_to_its_end(here: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcripts, "count", never)
    coming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    coming.put_nowait({"type": "http.request", "body": b"", "more_body": False})
    said: list[Any] = []

    async def send(message: Any) -> None:
        said.append(message)

    page = asyncio.create_task(application(here.context)(asked(here, "/transcripts"), coming.get, send))
    await asyncio.sleep(0.2)
    assert not page.done()
    coming.put_nowait({"type": "http.disconnect"})
    # The query itself never ends.
    async with asyncio.timeout(30):
        await page
        assert await here.context.database.browse(meta.epoch, 30)
    assert said[0]["status"] == 204


def test_a_list_that_takes_too_long_says_so_and_keeps_the_filters(
    here: Doors, supervisor: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transcripts, "count", never)
    answer = supervisor.get("/transcripts?from=2026-11-20")
    assert answer.status_code == 503
    assert "查询用的时间太长" in answer.text
    assert 'value="2026-11-20"' in answer.text
