"""How a server starts and stops: what it refuses to start with, and what a restart leaves as it was."""

import asyncio
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.hospital import CHILDREN, GYNECOLOGY, Wanted, found
from tests.e2e.journal import Journal
from tests.e2e.load import drained
from tests.e2e.oracle import Oracle, Stored, complain
from tests.e2e.people import Consultant, Visitor
from tests.e2e.procs import END_WITHIN, ROOT, WIDE, Server

pytestmark = pytest.mark.whole

Care = Callable[[Server], Server]


def one_sentence(ended: "subprocess.CompletedProcess[str]") -> str:
    """The single line that a command failed with."""
    assert ended.returncode not in (0, None), ended
    assert ended.stdout == ""
    [line] = ended.stderr.splitlines()
    assert line.endswith((".", "?")), line
    return line


# What it does not start with.


def test_without_a_database_it_names_migrate(tmp_path: Path) -> None:
    said = one_sentence(Server(tmp_path / "new").run("serve"))
    assert "chatserver migrate" in said


def test_on_an_empty_file_it_names_migrate(tmp_path: Path) -> None:
    server = Server(tmp_path / "data")
    server.database.touch()
    assert "chatserver migrate" in one_sentence(server.run("serve"))


def test_on_a_schema_of_a_newer_version_it_says_so(tmp_path: Path) -> None:
    server = Server(tmp_path / "data")
    assert server.run("migrate").returncode == 0
    execute(server, "UPDATE alembic_version SET version_num = '9999'")
    for command in ("serve", "migrate"):
        assert "newer version" in one_sentence(server.run(command))


def test_migrate_makes_a_database_to_serve_and_changes_nothing_the_second_time(tmp_path: Path, servers: Care) -> None:
    server = servers(Server(tmp_path / "data"))
    assert "is current now" in server.run("migrate").stdout
    before = dump(server)
    assert "current already" in server.run("migrate").stdout
    assert dump(server) == before
    server.start()
    assert server.stop() == 0


def test_a_second_server_on_the_same_file_is_refused(tmp_path: Path, servers: Care) -> None:
    found(tmp_path / "data", [Wanted("mei")])
    first = servers(Server(tmp_path / "data")).start()
    second = Server(tmp_path / "data")
    assert "Another chatserver" in one_sentence(second.run("serve"))
    assert "stop it first" in one_sentence(second.run("migrate"))
    assert first.get("/ready").status == 200
    first.kill()
    servers(second).start()
    assert second.stop() == 0


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    found(tmp_path / "data", [])
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = one_sentence(Server(tmp_path / "data", port=port).run("serve"))
    assert str(port) in said


def test_a_taken_port_for_metrics_is_one_sentence(tmp_path: Path) -> None:
    found(tmp_path / "data", [])
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = one_sentence(Server(tmp_path / "data", {"CHATSERVER_METRICS_PORT": port}).run("serve"))
    assert port in said
    assert "CHATSERVER_METRICS_PORT" in said


def test_a_data_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    server = Server(tmp_path / "data", {"CHATSERVER_DATA": str(tmp_path / "file" / "data")})
    for command in ("serve", "migrate"):
        assert str(tmp_path / "file") in one_sentence(server.run(command))


def test_a_data_folder_that_may_not_be_written_is_one_sentence(tmp_path: Path) -> None:
    found(tmp_path / "data", [])
    os.chmod(tmp_path / "data", 0o500)
    server = Server(tmp_path / "data")
    try:
        said = one_sentence(without_roots_rights(server, "serve"))
    finally:
        os.chmod(tmp_path / "data", 0o700)
    assert str(tmp_path / "data") in said


@pytest.mark.parametrize(
    ("name", "told"),
    [("CHATSERVER_RNG_S", "15"), ("CHATSERVER_RING_S", "soon"), ("CHATSERVER_RING_S", "0"), ("PORT", "eighty")],
)
def test_a_setting_that_cannot_be_used_is_one_sentence(tmp_path: Path, name: str, told: str) -> None:
    found(tmp_path / "data", [])
    assert name in one_sentence(Server(tmp_path / "data", {name: told}).run("serve"))


# Stopping and starting again.


async def test_a_stop_asks_everybody_to_reconnect_and_a_restart_finds_everything(
    tmp_path: Path, servers: Care, journal: Journal
) -> None:
    people = found(tmp_path / "data", [Wanted("mei"), Wanted("bo", (CHILDREN,))])
    server = servers(Server(tmp_path / "data", WIDE | {"CHATSERVER_TRANSFER_S": "120"})).start()
    mei = await Consultant.sit_down(server, people["mei"], journal)
    bo = await Consultant.sit_down(server, people["bo"], journal)
    bo.takes_offers = False
    ann, tom = [await Visitor.arrive(server, name, journal) for name in ("ann", "tom")]
    everybody = (ann, tom, mei, bo)
    for visitor in (ann, tom):
        await visitor.open(GYNECOLOGY, "hello")
        await mei.until_owned(visitor.conversation)
    await mei.say(ann.conversation, "good day")
    await mei.asked("note.post", conversation=ann.conversation, body="polite")
    offer = await offered(mei, bo, tom.conversation)
    before = await drained([ann, mei], server.database)
    deadline = rows_of(server, OFFERS)
    assert [row["subject_id"] for row in deadline] == [tom.conversation]

    server.terminate()
    for client in everybody:
        await client.until_lost()
    assert await asyncio.to_thread(server.wait_end) == 0
    closed = [line.told["code"] for line in journal.of("closed")]
    assert len(closed) == 4
    assert set(closed) == {1012}
    assert rows_of(server, OFFERS) == deadline

    await asyncio.to_thread(server.start)
    for client in everybody:
        await client.until_back()
    await mei.until_owned(ann.conversation)
    assert (await bo.until_offered(tom.conversation))["id"] == offer
    assert rows_of(server, OFFERS) == deadline
    after = await drained([ann, mei], server.database)
    assert shown(after, ann) == shown(before, ann)
    await bo.take(tom.conversation, offer)
    await bo.until_owned(tom.conversation)
    await ann.say("are you there?")
    await mei.until_received(ann.conversation, "are you there?")
    for client in everybody:
        await client.leave()
    assert server.stop() == 0
    complain(Oracle(journal, everybody, Stored.read(server.database, check=True)).verdict(complete=False))


async def test_a_stop_writes_what_was_in_progress(tmp_path: Path, servers: Care, journal: Journal) -> None:
    found(tmp_path / "data", [Wanted("mei")])
    server = servers(Server(tmp_path / "data", WIDE)).start()
    ann = await Visitor.arrive(server, "ann", journal)
    await ann.open(GYNECOLOGY, "hello")
    for number in range(200):
        await ann.say(f"line {number}")
        if number == 100:
            server.terminate()
    assert await asyncio.to_thread(server.wait_end) == 0
    await asyncio.to_thread(server.start)
    stored = await drained([ann], server.database)
    await ann.leave()
    assert server.stop() == 0
    said = [row["body"] for row in stored.entries[ann.conversation] if row["event"] == "message_posted"]
    assert said == ["hello", *(f"line {number}" for number in range(200))]
    complain(Oracle(journal, [ann], Stored.read(server.database, check=True)).verdict())


def test_a_second_signal_ends_it_at_once(tmp_path: Path, servers: Care) -> None:
    found(tmp_path / "data", [])
    server = servers(Server(tmp_path / "data")).start()
    server.terminate()
    if server.running:
        server.terminate()
    # 0: it had ended before the second signal arrived.
    assert server.wait_end() in (0, 1)


OFFERS = "SELECT * FROM deadlines WHERE clock = 'offer'"


async def offered(owner: Consultant, to: Consultant, conversation: str) -> str:
    """Offer a transfer; returns the offer's id."""
    fence, colleague = owner.fence(conversation), to.member.id
    await owner.asked("transfer.offer", conversation=conversation, fence=fence, note="a child", consultant=colleague)
    id: str = (await to.until_offered(conversation))["id"]
    return id


def shown(stored: Stored, visitor: Visitor) -> list[tuple[object, ...]]:
    return [tuple(row) for row in stored.entries[visitor.conversation]]


def without_roots_rights(server: Server, command: str) -> "subprocess.CompletedProcess[str]":
    """As a user to whom the folder's permissions apply: root gives up its privilege to bypass them."""
    arguments = [sys.executable, "-m", "chatserver", command]
    if os.geteuid() == 0:
        setpriv = shutil.which("setpriv")
        assert setpriv is not None, "setpriv (util-linux) is needed to test as root what others may not"
        arguments = [setpriv, "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all", *arguments]
    return subprocess.run(
        arguments, cwd=ROOT, env=server.environment(), capture_output=True, text=True, timeout=END_WITHIN, check=False
    )


def execute(server: Server, statement: str) -> None:
    connection = sqlite3.connect(server.database)
    with connection:
        connection.execute(statement)
    connection.close()


def rows_of(server: Server, query: str) -> list[sqlite3.Row]:
    connection = sqlite3.connect(f"file:{server.database}?mode=rw", uri=True)
    connection.row_factory = sqlite3.Row
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def dump(server: Server) -> list[str]:
    connection = sqlite3.connect(server.database)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()
