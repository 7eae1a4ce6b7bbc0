"""What staff do over HTTP stands in the audit log: who, in which role, and to what, without words or names."""

import pytest
from sqlalchemy import text

from chatserver.domain.refusals import Unavailable
from chatserver.domain.versioned_settings import SignInPolicy
from chatserver.store import accounts, audit, audit_chain, sign_in_audit, sign_ins
from chatserver.store.sign_ins import SignInPlace
from chatserver.store.tx import Tx
from chatserver.web import transcripts
from tests.audit_rows import AuditRow, audit_rows
from tests.transactions import AUDIT_KEY

from .application import HERE, MINUTE, NOON, Doors
from .stories import Story

WRONG = "not the password at all"
WORDS = "月经推迟十天"

pytestmark = pytest.mark.usefixtures("head_is_last")


def rows(here: Doors, action: str = "") -> list[AuditRow]:
    found = here.context.database.read_now(audit_rows)
    return [each for each in found if not action or each.action == action]


def whole(here: Doors) -> str:
    """Everything that the tables of the audit log hold, as text."""
    tables = ("audit_entries", "audit_reasons", "audit_head", "audit_checkpoints")
    return here.context.database.read_now(
        lambda conn: str([conn.execute(text(f"SELECT * FROM {table}")).all() for table in tables])
    )


def breaks(here: Doors) -> list[str]:
    return here.context.database.read_now(lambda conn: list(audit_chain.findings(conn, AUDIT_KEY)))


def conversation(here: Doors) -> str:
    li = here.person("012")

    def tell(conn: object) -> str:
        story = Story(conn, NOON)  # type: ignore[arg-type]  # a Connection
        story.asks(WORDS).given_to(li).answered_by(li, "您好").ended_by(li, "answered")
        return story.id

    return str(here.write(tell))


def test_a_changed_setting_is_a_row_with_what_it_was_and_is(here: Doors) -> None:
    browser, body = here.signed_in("admin"), {"version": 0, "value": {"lock_after": 3}}
    path = "/v1/staff/settings/sign_in_policy"
    assert browser.put(path, json=body, headers={"Origin": HERE}).status_code == 200
    details = {"version": 1, "lock_after": [5, 3]}
    admin = here.person("001").id
    assert rows(here, "setting.change") == [
        AuditRow(admin, "administrator", "setting.change", "setting", "sign_in_policy", details, has_address=False)
    ]
    assert browser.put(path, json=body, headers={"Origin": HERE}).status_code == 409
    assert len(rows(here, "setting.change")) == 1
    assert breaks(here) == []


def test_a_sign_in_and_a_sign_out_are_rows(here: Doors) -> None:
    li = here.person("012").id
    assert here.sign_in("limin").status_code == 303
    sign_in = AuditRow(li, "consultant", "sign_in", "consultant", li, {}, has_address=True)
    assert rows(here) == [sign_in]
    assert here.client.post("/sign-out", headers={"Origin": HERE}).status_code == 303
    sign_out = AuditRow(li, "consultant", "sign_out", "consultant", li, {}, has_address=False)
    assert rows(here) == [sign_in, sign_out]
    assert breaks(here) == []


def test_a_session_that_has_ended_is_not_signed_out_again(here: Doors) -> None:
    here.sign_in("limin")
    cookies = dict(here.client.cookies)
    for _ in range(2):
        here.client.cookies.update(cookies)
        here.client.post("/sign-out", headers={"Origin": HERE})
    assert len(rows(here, "sign_out")) == 1


def test_a_wrong_password_is_a_row_that_names_the_account_and_nothing_typed(here: Doors) -> None:
    li = here.person("012").id
    assert here.sign_in("limin", WRONG).status_code == 403
    assert rows(here) == [AuditRow("system", "", "sign_in.failed", "consultant", li, {"failures": 1}, has_address=True)]
    assert here.sign_in("my-password-typed-as-a-login", WRONG).status_code == 403
    assert rows(here)[1].object_id == "unknown"
    for typed in (WRONG, "my-password-typed-as-a-login", "limin", "127.0.0.1"):
        assert typed not in whole(here)


def test_failures_within_a_minute_are_one_row_and_the_next_one_counts_them(here: Doors) -> None:
    for _ in range(4):
        here.sign_in("limin", WRONG)
        here.clock.forward(5_000)
    assert [each.details for each in rows(here)] == [{"failures": 1}]
    here.clock.forward(MINUTE)
    here.sign_in("limin", WRONG)
    assert [each.details for each in rows(here)] == [{"failures": 1}, {"failures": 4}]


def test_logins_that_do_not_exist_are_one_row_a_minute_together(secure: Doors) -> None:
    for number in range(5):
        assert secure.sign_in(f"nobody{number}", WRONG, secure.browser(f"10.0.{number}.1")).status_code == 403
    assert [(each.object_id, each.details) for each in rows(secure)] == [("unknown", {"failures": 1})]


def test_a_failure_writes_as_much_for_a_login_that_does_not_exist(here: Doors) -> None:
    """Whether the answer waits for the disk must not depend on whether there is such an account."""

    def written(login: str) -> bool:
        place = SignInPlace(b"a network")
        account = here.context.database.read_now(lambda conn: accounts.by_login(conn, login))
        here.context.database.write_now(
            lambda tx: sign_ins.note_try(tx, login, place, SignInPolicy()), lambda: NOON, "system"
        )

        def changes(tx: Tx) -> bool:
            driver = tx.conn.connection.driver_connection
            assert driver is not None
            before = driver.total_changes
            sign_in_audit.failed(tx, account, login, place)
            return bool(driver.total_changes > before)

        return here.context.database.write_now(changes, lambda: NOON, "system")

    for login in ("limin", "limin", "nobody", "nobody-either"):
        assert written(login), login


def test_who_ends_a_lock_is_a_row(here: Doors) -> None:
    chen, li = (here.person(number).id for number in ("003", "012"))
    browser = here.signed_in("chenjing")
    for login, answer in (("limin", 303), ("nobody", 404)):
        assert browser.post("/locks", data={"login": login}, headers={"Origin": HERE}).status_code == answer
    assert rows(here, "account.unlock") == [
        AuditRow(chen, "supervisor", "account.unlock", "consultant", li, {}, has_address=False)
    ]


def test_reading_a_transcript_is_a_row_once_a_minute(here: Doors) -> None:
    id = conversation(here)
    browser = here.signed_in("chenjing")
    assert browser.get("/transcripts").status_code == 200
    assert rows(here, "transcript.read") == []
    for path in (id, f"{id}?after=2"):
        assert browser.get(f"/transcripts/{path}").status_code == 200
    [row] = rows(here, "transcript.read")
    assert (row.role, row.object_kind, row.object_id, row.details) == ("supervisor", "conversation", id, {})
    here.clock.forward(MINUTE + 1)
    browser.get(f"/transcripts/{id}")
    assert len(rows(here, "transcript.read")) == 2
    for words in (WORDS, "您好", "李敏", "陈静"):
        assert words not in whole(here)
    assert breaks(here) == []


def test_a_page_that_is_reloaded_does_not_take_the_writer_from_the_chat(
    here: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = conversation(here)
    browser = here.signed_in("chenjing")
    assert browser.get(f"/transcripts/{id}").status_code == 200

    def away(*_: object) -> None:
        raise Unavailable()

    monkeypatch.setattr(here.context.database, "write", away)
    assert browser.get(f"/transcripts/{id}?after=2").status_code == 200
    here.clock.forward(MINUTE + 1)
    assert browser.get(f"/transcripts/{id}").status_code == 503


def test_a_transcript_that_may_not_be_read_adds_no_row(here: Doors) -> None:
    id = conversation(here)
    assert here.signed_in("limin").get(f"/transcripts/{id}").status_code == 403
    missing = "00000000-0000-7000-8000-000000000000"
    assert here.signed_in("chenjing").get(f"/transcripts/{missing}").status_code == 404
    assert rows(here, "transcript.read") == []


def test_nothing_is_shown_when_its_row_cannot_be_written(here: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    id = conversation(here)
    browser = here.signed_in("chenjing")

    def away(*_: object) -> None:
        raise Unavailable()

    monkeypatch.setattr(audit, "write", away)
    answer = browser.get(f"/transcripts/{id}")
    assert answer.status_code == 503
    assert WORDS not in answer.text


def test_a_sign_in_whose_row_cannot_be_written_starts_no_session(here: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise Unavailable()

    monkeypatch.setattr(sign_in_audit, "write", away)
    assert here.sign_in("limin").status_code == 503
    assert here.client.get("/console").headers["Location"].startswith("/sign-in")


def test_the_log_of_transcripts_is_a_row_before_the_reading(here: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    id = conversation(here)
    browser = here.signed_in("chenjing")
    written: list[int] = []
    read = transcripts._read

    def looking(*args: object) -> object:
        written.append(len(rows(here, "transcript.read")))
        return read(*args)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(transcripts, "_read", looking)
    browser.get(f"/transcripts/{id}")
    assert written == [1]
