"""A63: markup, styles and addresses in names that a hospital chose are shown as text."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from chatserver.domain.hospital import Role
from tests.e2e.hospital import WOMEN, Wanted, found
from tests.e2e.procs import Server

pytestmark = pytest.mark.whole

TRICKY = "</script><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}\"'url(//evil.example)"
PAGES = ("/transcripts", "/sign-in?lang=zh", "/console", "/frame?site=demo&lang=zh", "/nowhere")


def test_names_that_a_hospital_chose_are_text(tmp_path: Path, servers: Callable[[Server], Server]) -> None:
    people = found(tmp_path / "data", [Wanted("su", (WOMEN,), role=Role.SUPERVISOR)])
    connection = sqlite3.connect(tmp_path / "data" / "chat.db")
    with connection:
        for table in ("sites", "departments", "groups"):
            connection.execute(f'UPDATE "{table}" SET name_zh = ?, name_en = ?', (TRICKY, TRICKY))
        connection.execute("UPDATE sites SET greeting_zh = ?, greeting_en = ?", (TRICKY, TRICKY))
    connection.close()
    names = {"CHATSERVER_HOSPITAL_NAME_ZH": TRICKY, "CHATSERVER_HOSPITAL_NAME_EN": TRICKY}
    server = servers(Server(tmp_path / "data", names)).start()
    cookie = {"Cookie": f"session={people['su'].cookie}"}
    shown = {}
    for page in PAGES:
        shown[page] = server.get(page, {} if page.startswith("/sign-in") else cookie).body.decode()
        assert "<script>alert" not in shown[page], page
        assert "<img" not in shown[page], page
        assert ">49<" not in shown[page], page
    assert "&lt;img src=x" in shown["/transcripts"]
    assert "&lt;img src=x" in shown["/sign-in?lang=zh"]
