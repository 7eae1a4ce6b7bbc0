"""Who may lift a lock on a sign-in: a supervisor of the same group, or an administrator."""

import threading
from collections.abc import Iterable

import pytest
from sqlalchemy import Connection
from starlette.testclient import TestClient

from chatserver.domain.hospital import Role
from chatserver.domain.versioned_settings import SignInPolicy
from chatserver.store import accounts, sign_ins
from chatserver.store.accounts import Changed, NewAccount
from chatserver.store.sign_ins import SignInPlace
from tests.transactions import tx_at

from .application import HERE, Doors

STREET = SignInPlace(b"street")


def lock(here: Doors, login: str) -> None:
    """Fails often enough to lock the account, from one unknown network."""
    for _ in range(5):
        here.write(lambda conn: sign_ins.note_try(tx_at(conn, here.clock()), login, STREET, SignInPolicy()))
        here.clock.forward(20_000)


def is_locked(here: Doors, login: str) -> bool:
    verdict = here.context.database.read_now(
        lambda conn: sign_ins.verdict(conn, login, STREET, here.clock(), SignInPolicy())
    )
    return verdict.until is not None


def end(browser: TestClient, login: str) -> int:
    return browser.post("/locks", data={"login": login}, headers={"Origin": HERE}).status_code


def becomes(here: Doors, login: str, role: Role) -> None:
    found = here.context.database.read_now(lambda conn: accounts.by_login(conn, login))
    assert found is not None
    here.write(lambda conn: accounts.change(tx_at(conn, here.clock()), found.consultant.id, Changed(role=role)))


@pytest.mark.parametrize("who", ["chenjing", "admin", "wangfang"])
def test_a_supervisor_a_group_leader_and_an_administrator_see_and_end_a_lock(here: Doors, who: str) -> None:
    becomes(here, "wangfang", Role.GROUP_LEADER)
    browser = here.signed_in(who)
    assert "现在没有被锁定的账号。" in browser.get("/locks").text
    lock(here, "limin")
    page = browser.get("/locks").text
    assert "李敏" in page
    assert "limin" in page
    assert end(browser, "limin") == 303
    assert not is_locked(here, "limin")
    assert "No account is locked now." in browser.get("/locks?lang=en").text


@pytest.mark.parametrize("who", ["chenjing", "wangfang"])
def test_a_supervisor_sees_and_ends_no_lock_of_other_groups_or_of_an_administrator(here: Doors, who: str) -> None:
    becomes(here, "wangfang", Role.GROUP_LEADER)
    browser = here.signed_in(who)
    elsewhere = NewAccount("zhaomin", "$hash", "赵敏", "033", Role.CONSULTANT, (), 5)
    here.write(lambda conn: accounts.add(tx_at(conn, here.clock()), elsewhere))
    for login in ("zhaomin", "admin", "nobody"):
        lock(here, login)
        assert login not in browser.get("/locks").text
        assert end(browser, login) == 404
        assert is_locked(here, login)


def test_the_page_does_not_read_in_the_sockets_threads(here: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    browser, threads, locks = here.signed_in("admin"), [], sign_ins.locks

    def look(conn: Connection, groups: Iterable[str] | None, now: int, policy: SignInPolicy) -> list[sign_ins.Lock]:
        threads.append(threading.current_thread().name)
        return locks(conn, groups, now, policy)

    monkeypatch.setattr(sign_ins, "locks", look)
    assert browser.get("/locks").status_code == 200
    assert [name.rsplit("_", 1)[0] for name in threads] == ["page"]


def test_a_consultant_and_a_stranger_cannot_end_a_lock(here: Doors) -> None:
    lock(here, "limin")
    assert end(here.signed_in("wangfang"), "limin") == 403
    assert here.signed_in("wangfang").get("/locks").headers["Location"] == "/console"
    assert end(here.browser(), "limin") == 303
    assert is_locked(here, "limin")


def test_a_lock_is_not_ended_from_another_page(here: Doors) -> None:
    lock(here, "limin")
    browser = here.signed_in("admin")
    foreign = browser.post("/locks", data={"login": "limin"}, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert is_locked(here, "limin")
