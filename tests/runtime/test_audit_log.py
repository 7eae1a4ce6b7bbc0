"""The audit log at the command line: what commands write into it, its key, and how it is checked."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from chatserver.app import build
from chatserver.cannot_serve import CannotServe
from chatserver.database_access import check_audit_log, found_database
from chatserver.demo.seed import seed
from chatserver.environment import read
from chatserver.store import audit
from chatserver.store.audit_key import key_in
from chatserver.store.database import Database
from chatserver.store.revisions import migrate
from chatserver.store.sqlite_files import Unusable
from tests.audit_rows import AuditRow, audit_rows_in
from tests.runtime.test_commands import add, refusal, said
from tests.store.days import DAWN
from tests.store.earlier import fill, lay_down

BUSY = Path(__file__).resolve().parents[1] / "outside/database/0006.json"
"""A hospital of revision 0006 whose audit log has a row."""

pytestmark = pytest.mark.usefixtures("head_is_last")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def migrated(data: Path) -> Path:
    assert said(data, "migrate").exit_code == 0
    return data


@pytest.fixture
def demo(migrated: Path) -> Path:
    """The demo hospital."""
    with closing(Database(migrated / "chat.db")) as database:
        database.write_now(lambda tx: seed(tx, ("http://127.0.0.1:8001",), 5), lambda: 1, "test")
    return migrated


def rows(data: Path) -> list[AuditRow]:
    return audit_rows_in(data / "chat.db")


def why_not_served(data: Path, **environment: str) -> str:
    """Why a server does not start there."""
    with pytest.raises((CannotServe, Unusable)) as refused:
        build(read({"CHATSERVER_DATA": str(data)} | environment))
    return str(refused.value)


def spoil(database: Path, *statements: str) -> None:
    """As somebody who owns the file, and so its triggers."""
    with closing(sqlite3.connect(database, isolation_level=None)) as conn:
        for name in ("not_changed", "not_deleted"):
            conn.execute(f"DROP TRIGGER IF EXISTS audit_entries_{name}")
        for statement in statements:
            conn.execute(statement)


def test_each_command_about_an_account_is_a_row(migrated: Path) -> None:
    add(migrated, "--role", "supervisor")
    for command in (
        ("change", "zhaomin", "--name", "赵明", "--role", "consultant"),
        ("disable", "zhaomin"),
        ("enable", "zhaomin"),
        ("unlock", "zhaomin"),
    ):
        assert said(migrated, "account", *command).exit_code == 0
    said(migrated, "account", "reset", "zhaomin", "--password-stdin", words="quite another sentence\n")
    found = rows(migrated)
    assert {(each.actor, each.role, each.object_kind) for each in found} == {("cli", "", "consultant")}
    assert len({each.object_id for each in found}) == 1
    assert [(each.action, each.details) for each in found] == [
        ("account.add", {"role": "supervisor", "title": "consultant", "groups": []}),
        ("account.change", {"role": ["supervisor", "consultant"], "name": "changed"}),
        ("account.disable", {}),
        ("account.enable", {}),
        ("account.unlock", {}),
        ("account.reset", {}),
    ]
    for word in ("赵", "zhaomin", "033", "sentence"):
        assert word not in str(found)
    assert said(migrated, "verify").exit_code == 0


def test_a_command_that_fails_adds_no_row(migrated: Path) -> None:
    add(migrated)
    assert add(migrated).exit_code == 1
    assert said(migrated, "account", "disable", "nobody").exit_code == 1
    assert said(migrated, "account", "list").exit_code == 0
    assert [each.action for each in rows(migrated)] == ["account.add"]


def test_a_hospital_s_file_is_a_row_for_each_record_that_it_changes(demo: Path, tmp_path: Path) -> None:
    file = tmp_path / "hospital.toml"
    exported = said(demo, "hospital", "export").stdout
    file.write_text(exported, "utf-8")
    assert said(demo, "hospital", "apply", str(file)).exit_code == 0
    assert [each for each in rows(demo) if each.object_kind != "roster"] == [], "nothing has changed"
    before = len(rows(demo))
    file.write_text(exported.replace("capacity = 5", "capacity = 3"), "utf-8")
    assert exported.count("capacity = 5")
    assert said(demo, "hospital", "apply", str(file)).exit_code == 0
    people = [each for each in rows(demo)[before:] if each.object_kind == "consultant"]
    assert len(people) == exported.count("capacity = 5")
    assert {(each.actor, each.action) for each in people} == {("cli", "hospital.consultant")}
    assert all(each.details == {"capacity": [5, 3]} for each in people)
    assert "李敏" not in str(rows(demo))


def test_a_changed_setting_is_there_before_and_after(demo: Path, tmp_path: Path) -> None:
    file = tmp_path / "hospital.toml"
    exported = said(demo, "hospital", "export").stdout
    assert 'mode = "automatic"' in exported
    file.write_text(exported.replace('mode = "automatic"', 'mode = "claim"', 1), "utf-8")
    assert said(demo, "hospital", "apply", str(file)).exit_code == 0
    [row] = [each for each in rows(demo) if each.object_kind == "group"]
    assert (row.action, row.details) == ("hospital.group", {"mode": ["automatic", "claim"]})


def test_a_changed_doctor_is_a_row_without_name_and_licence(demo: Path, tmp_path: Path) -> None:
    file = tmp_path / "hospital.toml"
    doctor = '[doctors.wang]\nzh = "王静"\nen = "Wang Jing"\ntitle = "chief"\nlicence = "110430100012345"\n'
    exported = said(demo, "hospital", "export").stdout + "\n" + doctor + 'department = "gynecology"\n'
    changed = exported.replace("王静", "王婧").replace('"chief"', '"resident"').replace("12345", "12346")
    for text in (exported, exported, changed):
        file.write_text(text, "utf-8")
        assert said(demo, "hospital", "apply", str(file)).exit_code == 0
    found = [each for each in rows(demo) if each.object_kind == "doctor"]
    assert [each.details for each in found] == [
        {"title": [None, "chief"], "department": [None, "gynecology"]},
        {"title": ["chief", "resident"], "name": "changed", "licence": "changed"},
    ]
    for word in ("王", "Wang", "12345", "12346"):
        assert word not in str(rows(demo))


def test_a_file_with_a_fault_adds_no_row(demo: Path, tmp_path: Path) -> None:
    file = tmp_path / "hospital.toml"
    file.write_text('[groups.general]\nzh = "综合"\nen = "General"\nmode = "none"\n', "utf-8")
    assert said(demo, "hospital", "apply", str(file)).exit_code == 1
    assert rows(demo) == []


def test_a_restore_is_a_row_and_the_key_stays_the_same(migrated: Path, tmp_path: Path) -> None:
    add(migrated)
    said(migrated, "backup", str(tmp_path / "copy.db"))
    key = (migrated / "audit.key").read_bytes()
    assert said(migrated, "restore", str(tmp_path / "copy.db")).exit_code == 0
    assert [(each.actor, each.action) for each in rows(migrated)] == [
        ("cli", "account.add"),
        ("cli", "database.restore"),
    ]
    assert (migrated / "audit.key").read_bytes() == key
    assert said(migrated, "verify").exit_code == 0


def test_a_backup_that_another_key_signed_is_put_back_only_by_force(migrated: Path, tmp_path: Path) -> None:
    add(migrated)
    said(migrated, "backup", str(tmp_path / "copy.db"))
    elsewhere = tmp_path / "elsewhere"
    refused = said(elsewhere, "restore", str(tmp_path / "copy.db"))
    assert refused.exit_code == 1
    assert "number 1 is not what was signed" in refused.stdout
    assert said(elsewhere, "restore", str(tmp_path / "copy.db"), "--force").exit_code == 0
    assert [each.action for each in rows(elsewhere)] == ["account.add", "audit.begun", "database.restore"]
    assert said(elsewhere, "verify").exit_code == 0


def test_a_backup_goes_to_another_machine_with_its_key(migrated: Path, tmp_path: Path) -> None:
    add(migrated)
    said(migrated, "backup", str(tmp_path / "copy.db"))
    key = str(migrated / "audit.key")
    elsewhere = tmp_path / "elsewhere"
    assert said(elsewhere, "restore", str(tmp_path / "copy.db"), CHATSERVER_AUDIT_KEY_FILE=key).exit_code == 0
    assert not (elsewhere / "audit.key").exists()
    assert [each.action for each in rows(elsewhere)] == ["account.add", "database.restore"]


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("UPDATE audit_entries SET actor = 'else' WHERE number = 1", "number 1 is not what was signed"),
        ("DELETE FROM audit_entries WHERE number = 1", "number 1 is missing"),
        ("DELETE FROM audit_entries WHERE number = 2", "ends at number 1, and should end at 2"),
    ],
)
def test_verify_finds_what_was_changed_behind_the_server(migrated: Path, statement: str, finding: str) -> None:
    add(migrated)
    said(migrated, "account", "disable", "zhaomin")
    spoil(migrated / "chat.db", statement)
    checked = said(migrated, "verify")
    assert checked.exit_code == 1
    assert finding in checked.stdout


def test_verify_compares_with_a_head_that_was_kept(migrated: Path, tmp_path: Path) -> None:
    add(migrated)
    said(migrated, "backup", str(tmp_path / "copy.db"))
    said(migrated, "account", "disable", "zhaomin")
    kept = said(migrated, "audit", "head").stdout.strip()
    assert kept.startswith("2:")
    assert said(migrated, "verify", "--audit-head", kept).exit_code == 0
    rolled_back = said(migrated, "verify", str(tmp_path / "copy.db"), "--audit-head", kept)
    assert rolled_back.exit_code == 1
    assert "number 2, which was written down, is not in it" in rolled_back.stdout


def test_a_key_that_does_not_fit_is_refused(migrated: Path) -> None:
    add(migrated)
    (migrated / "audit.key").write_text("00" * 32)
    assert "signed with another key" in refusal(said(migrated, "account", "list"))
    assert "signed with another key" in why_not_served(migrated)


def test_a_missing_key_is_never_made_for_a_log_that_is_signed(migrated: Path, tmp_path: Path) -> None:
    add(migrated)
    (migrated / "audit.key").rename(tmp_path / "key")
    assert "is missing" in refusal(said(migrated, "account", "list"))
    assert "is missing" in why_not_served(migrated)
    assert "no key to check it with" in said(migrated, "verify").stdout
    for command in (("migrate",), ("audit", "head"), ("backup", str(tmp_path / "copy.db"))):
        assert said(migrated, *command).exit_code == 0
    assert not (migrated / "audit.key").exists()
    (tmp_path / "key").rename(migrated / "audit.key")
    assert said(migrated, "verify").exit_code == 0


def test_a_key_that_cannot_be_read_is_refused_by_a_sentence(migrated: Path) -> None:
    add(migrated)
    (migrated / "audit.key").unlink()
    (migrated / "audit.key").mkdir(mode=0o700)
    for command in (("account", "list"), ("verify",)):
        assert "audit.key cannot be used" in refusal(said(migrated, *command))
    assert "audit.key cannot be used" in why_not_served(migrated)


def test_a_lost_key_can_be_given_up(migrated: Path, tmp_path: Path) -> None:
    add(migrated)
    (migrated / "audit.key").rename(tmp_path / "lost")
    assert said(migrated, "audit", "take-over").stdout == "The audit log is continued at number 2.\n"
    assert said(migrated, "account", "disable", "zhaomin").exit_code == 0
    assert [each.action for each in rows(migrated)] == ["account.add", "audit.begun", "account.disable"]
    assert said(migrated, "verify").exit_code == 0


def test_a_log_is_not_taken_over_under_a_server_that_signs_with_another_key(migrated: Path) -> None:
    add(migrated)
    with closing(Database(migrated / "chat.db")) as served:
        served.hold()
        assert "stop it first" in refusal(said(migrated, "audit", "take-over"))
    assert len(rows(migrated)) == 1


UNSIGNED = "UPDATE audit_head SET mac = NULL"


def test_a_log_whose_signature_was_removed_is_signed_again_by_no_command_but_one(
    migrated: Path, tmp_path: Path
) -> None:
    add(migrated)
    spoil(migrated / "chat.db", "UPDATE audit_entries SET actor = 'else'", UNSIGNED)
    assert "is not signed" in refusal(said(migrated, "account", "disable", "zhaomin"))
    assert "is not signed" in why_not_served(migrated)
    assert said(migrated, "migrate").exit_code == 0
    assert said(migrated, "backup", str(tmp_path / "copy.db")).exit_code == 0
    restored = said(migrated, "restore", str(tmp_path / "copy.db"))
    for checked in (said(migrated, "verify"), restored):
        assert checked.exit_code == 1
        assert "is not signed" in checked.stdout
    assert said(migrated, "audit", "take-over").exit_code == 0
    assert [each.action for each in rows(migrated)] == ["account.add", "audit.begun"]


def test_a_head_that_is_behind_is_refused_by_a_sentence(migrated: Path) -> None:
    """As in a database that was put together from two backups."""
    add(migrated)
    with closing(sqlite3.connect(migrated / "chat.db")) as conn:
        [(number, mac)] = conn.execute("SELECT number, mac FROM audit_head").fetchall()
        said(migrated, "account", "disable", "zhaomin")
        conn.execute("UPDATE audit_head SET number = ?, mac = ?", (number, mac))
        conn.commit()
    assert "does not end where it should" in refusal(said(migrated, "account", "enable", "zhaomin"))
    assert "does not end where it should" in why_not_served(migrated)
    assert "ends at number 2, and should end at 1" in said(migrated, "verify").stdout
    assert said(migrated, "audit", "take-over").exit_code == 0
    assert said(migrated, "account", "enable", "zhaomin").exit_code == 0
    assert said(migrated, "verify").exit_code == 0


def test_a_key_that_others_may_read_is_refused_by_every_command(migrated: Path) -> None:
    add(migrated)
    (migrated / "audit.key").chmod(0o644)
    for command in (("account", "list"), ("verify",), ("audit", "head")):
        assert "chmod 600" in refusal(said(migrated, *command))
    assert "chmod 600" in why_not_served(migrated)


@pytest.fixture
def earlier(data: Path) -> AuditRow:
    """The row that a database of revision 0006 holds."""
    data.mkdir()
    fill(data / "chat.db", "0006", BUSY.read_text("utf-8"))
    with closing(sqlite3.connect(data / "chat.db")) as conn:
        [(actor, role, object_id)] = conn.execute("SELECT actor, role, object_id FROM audit_entries").fetchall()
    return AuditRow(actor, role, "offline.reveal", "offline_message", object_id, {}, has_address=True)


def test_migrate_takes_over_what_an_earlier_version_wrote(data: Path, earlier: AuditRow) -> None:
    assert said(data, "migrate").exit_code == 0
    [taken, begun] = rows(data)
    assert taken == earlier
    assert (begun.actor, begun.action, begun.details["until"]) == ("cli", "audit.begun", 1)
    assert said(data, "migrate").exit_code == 0
    assert len(rows(data)) == 2
    assert said(data, "verify").exit_code == 0
    spoil(data / "chat.db", "UPDATE audit_entries SET actor = 'else' WHERE number = 1")
    assert "the rows up to 1 are not those that were taken over" in said(data, "verify").stdout


def test_an_upgrade_that_was_interrupted_before_it_signed_is_finished_by_hand(data: Path, earlier: AuditRow) -> None:
    migrate(data / "chat.db")
    assert "is not signed: an upgrade was interrupted" in refusal(said(data, "account", "list"))
    assert "is not signed: an upgrade was interrupted" in why_not_served(data)
    assert rows(data) == [earlier]
    assert said(data, "audit", "take-over").exit_code == 0
    add(data)
    assert [each.action for each in rows(data)] == ["offline.reveal", "audit.begun", "account.add"]
    assert said(data, "verify").exit_code == 0


def test_a_backup_of_an_earlier_version_is_taken_over_when_it_is_put_back(data: Path, earlier: AuditRow) -> None:
    backup = (data / "chat.db").rename(data / "copy.db")
    assert said(data, "restore", str(backup)).exit_code == 0
    assert [each.action for each in rows(data)] == ["offline.reveal", "audit.begun", "database.restore"]
    assert said(data, "verify").exit_code == 0


def test_a_server_without_rows_signs_a_first_one_so_that_another_key_is_refused(migrated: Path, tmp_path: Path) -> None:
    for _ in range(2):
        with TestClient(build(read({"CHATSERVER_DATA": str(migrated)}))):
            pass
    assert [(each.action, each.details["until"]) for each in rows(migrated)] == [("audit.begun", 0)]
    assert said(migrated, "verify").exit_code == 0
    key_in(tmp_path / "another.key")
    another = str(tmp_path / "another.key")
    assert "another key" in why_not_served(migrated, CHATSERVER_AUDIT_KEY_FILE=another)


def test_two_nodes_that_begin_at_once_with_two_keys_do_not_both_serve(migrated: Path, tmp_path: Path) -> None:
    settings = read({"CHATSERVER_DATA": str(migrated)})
    app = build(settings)
    with closing(Database(migrated / "chat.db", bytes(32))) as other:
        other.write_now(audit.begin, lambda: 1, "system")
    with pytest.raises(CannotServe, match="another key"), TestClient(app):
        pass
    app.state.context.database.close()


def test_a_key_that_another_node_creates_while_this_one_starts_is_used(migrated: Path) -> None:
    settings = read({"CHATSERVER_DATA": str(migrated)})
    settings.audit_key_path.unlink(missing_ok=True)
    with closing(found_database(settings)) as mine:
        assert not mine.has_audit_key
        with closing(Database(migrated / "chat.db", key_in(settings.audit_key_path))) as other:
            other.write_now(audit.begin, lambda: 1, "system")
        check_audit_log(settings, mine)
        assert mine.audit_key == key_in(settings.audit_key_path)


@pytest.mark.parametrize("revision", ["0001", "0006"])
def test_a_migrated_database_without_rows_has_nothing_to_take_over(data: Path, revision: str) -> None:
    data.mkdir()
    lay_down(data / "chat.db", revision, DAWN)
    said(data, "migrate")
    assert said(data, "audit", "head").stdout == "0:\n"
    add(data)
    assert [each.action for each in rows(data)] == ["account.add"]
