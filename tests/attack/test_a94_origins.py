"""A94: an invalid origin is not accepted, and one that an earlier version accepted does not reach the policy header."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from chatserver.store import hospital
from chatserver.store.database import Database
from tests.e2e.hospital import SITE, found
from tests.e2e.procs import Server
from tests.transactions import tx_at, written

pytestmark = pytest.mark.whole

GOOD = "https://www.hospital.example"
EVIL = (
    "https://*",
    "*",
    "https://a.example; script-src *",
    "https://a.example\thttps://evil.example",
    "https://a.example\nhttps://evil.example",
    "https://a.example:99999",
    "https://u:p@a.example",
    "'unsafe-inline'",
    "https:",
)


def test_an_invalid_origin_never_reaches_the_policy(tmp_path: Path) -> None:
    server = Server(tmp_path / "node")
    found(server.data, [])
    with closing(Database(server.database)) as database:
        site = database.read_now(hospital.load_hospital).sites[SITE]
        written(database, lambda conn: hospital.put_site(tx_at(conn), replace(site, origins=(*EVIL, GOOD))))
    server.start()
    try:
        answer = server.get(f"/frame?site={SITE}")
        policy = answer.headers["content-security-policy"]
        [ancestors] = [each for each in policy.split("; ") if each.startswith("frame-ancestors")]
        assert (answer.status, ancestors) == (200, f"frame-ancestors {GOOD}")
        assert not any(each in policy for each in ("*", "evil", "unsafe"))
        server.assert_no_traceback()
    finally:
        server.end()
