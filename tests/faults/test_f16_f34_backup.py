"""Backups made while everybody talks, restored on an empty machine and with clients connected (F16, F34)."""

import asyncio
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from chatserver.store import accounts
from chatserver.store.database import Database
from tests.conftest import DATABASES
from tests.e2e.havoc import CONSULTANTS, SETTINGS, kill_and_restart, town
from tests.e2e.hospital import GYNECOLOGY, SESSION_MS, Member, Wanted, found
from tests.e2e.journal import Journal, tell
from tests.e2e.load import drained
from tests.e2e.oracle import Oracle, Stored, complain
from tests.e2e.patience import allowed, eventually
from tests.e2e.people import Consultant, Visitor
from tests.e2e.procs import Server
from tests.e2e.rawclient import Client
from tests.faults.counts import dice
from tests.postgres import Postgres, programs
from tests.transactions import tx_at, written

pytestmark = [pytest.mark.whole, pytest.mark.slow]

BACKUPS = 2
MANY = 20
"""More than this must have been accepted before a backup, or it would prove nothing."""
KILLS = 3
SESSION_ENDED = 4401
BACK_WITHIN = 2.0
"""Seconds from the welcome to holding everything again."""


Machines = Callable[[str], Server]
"""Creates a server with an empty database of its own, by that name."""


@pytest.fixture(params=DATABASES)
def machines(request: pytest.FixtureRequest, tmp_path: Path, servers: Callable[[Server], Server]) -> Iterator[Machines]:
    """Of either kind: with a folder, or with a PostgreSQL database."""
    with ExitStack() as made:

        def machine(name: str) -> Server:
            settings: dict[str, str] = {}
            if request.param == "postgres":
                postgres: Postgres = request.getfixturevalue("postgres")
                settings["DATABASE_URL"] = made.enter_context(postgres.database())
                settings["CHATSERVER_PG_BIN"] = str(programs())
            return servers(Server(tmp_path / name, SETTINGS | settings))

        yield machine


def home(server: Server) -> Path | str:
    """Where its hospital is created."""
    return server.data if isinstance(server.where, Path) else server.where


def give_key(server: Server, other: Server) -> None:
    """Copy the key of the audit log to another machine, as operators do. On PostgreSQL both use one file anyway."""
    if not server.on_postgresql:
        shutil.copy(server.data / "audit.key", other.data)


def told(server: Server, *command: str) -> str:
    """The output of a command, which must succeed."""
    done = server.run(*command)
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return done.stdout


async def said(server: Server, *command: str) -> str:
    """The same, while clients go on talking."""
    return await asyncio.to_thread(told, server, *command)


def accepted(journal: Journal) -> int:
    """How many requests were accepted."""
    return sum(1 for _ in journal.of("accepted"))


def before(journal: Journal, moment: float) -> Journal:
    """What every client had sent and received by then."""
    return Journal([line for line in journal.lines if line.at < moment])


@pytest.mark.timeout(720)
async def test_f34_a_backup_under_load_holds_everything_acknowledged_before_it_began(
    tmp_path: Path, machines: Machines, journal: Journal
) -> None:
    server = machines("data")
    people = found(home(server), CONSULTANTS)
    server.start()
    copies: list[tuple[float, Path]] = []
    async with town(server, journal, people, dice()) as talking:
        for number in range(BACKUPS):
            await asyncio.sleep(1)
            await eventually(lambda: accepted(journal) > MANY, allowed(30))
            copies.append((time.monotonic(), tmp_path / f"copy{number}.db"))
            tell(await said(server, "backup", str(copies[-1][1])))
        await said(server, "verify")
        await talking.hush()
        await drained(talking.clients, server.where)
    assert server.stop() == 0
    complain(Oracle(journal, talking.clients, Stored.read(server.where, check=True)).verdict())
    for number, (moment, copy) in enumerate(copies):
        empty = machines(f"machine{number}")
        give_key(server, empty)
        began = time.monotonic()
        tell(await said(empty, "restore", str(copy)))
        tell(f"restored in {time.monotonic() - began:.1f} s")
        assert (await said(empty, "verify")).endswith(" is sound.\n")
        restored = Oracle(before(journal, moment), [], Stored.read(empty.where, check=True))
        assert accepted(restored.journal) > MANY
        complain([*restored.acked_is_stored(), *restored.gapless(), *restored.once_per_ref()])
        await asyncio.to_thread(empty.start)
        assert empty.stop() == 0


@pytest.mark.timeout(540)
async def test_f34_what_kill_9_leaves_is_sound_and_can_be_copied(
    tmp_path: Path, servers: Callable[[Server], Server], journal: Journal
) -> None:
    people = found(tmp_path / "data", CONSULTANTS)
    server = servers(Server(tmp_path / "data", SETTINGS)).start()
    async with town(server, journal, people, dice()) as talking:
        complain(await kill_and_restart(talking, tmp_path / "copied", KILLS))
        await asyncio.sleep(1)
        server.kill()
        left = Server(tmp_path / "left", SETTINGS)
        for name in ("chat.db", "chat.db-wal"):
            shutil.copyfile(server.data / name, left.data / name)
        give_key(server, left)
        assert await said(left, "verify") == f"{left.database} is sound.\n"
        await said(server, "backup", str(tmp_path / "copy.db"))
        assert await said(server, "verify", str(tmp_path / "copy.db")) == f"{tmp_path / 'copy.db'} is sound.\n"
    complain(Oracle(journal, [], Stored.read(tmp_path / "copy.db")).acked_is_stored())


@pytest.mark.timeout(360)
async def test_f16_a_restore_under_running_clients_mixes_nothing(
    tmp_path: Path, machines: Machines, journal: Journal
) -> None:
    server = machines("data")
    people = found(home(server), [Wanted("mei"), Wanted("jun")])
    server.start()
    mei = await Consultant.sit_down(server, people["mei"], journal)
    ann = await Visitor.arrive(server, "ann", journal)
    conversation = await ann.open(GYNECOLOGY, "before the backup")
    await mei.until_owned(conversation)
    await said(server, "backup", str(tmp_path / "copy.db"))

    for number in range(5):
        await ann.say(f"after the backup {number}")
    await mei.until_received(conversation, "after the backup 4")
    held = mei.held[conversation]
    await ann.until(lambda: ann.held[conversation].after == held.after, "the same")
    assert len(held.entries) == held.after
    old = {"conversation": conversation, "epoch": held.epoch, "after": held.after}

    refused = server.run("restore", str(tmp_path / "copy.db"))
    assert refused.returncode == 1
    assert "stop it first" in refused.stderr
    assert server.stop() == 0
    tell(await said(server, "restore", str(tmp_path / "copy.db")))
    await asyncio.to_thread(server.start)

    for client in (ann, mei):
        await shown_out(client)
        assert client.welcome is None
        assert client.held[conversation].after == old["after"]
        await client.leave()

    again = Consultant(server.port, "mei", journal, signed_in(server, people["mei"]))
    again.reading.held[conversation] = held
    began = time.monotonic()
    await again.start()
    answer = await again.asked("conversation.follow", **old)
    assert (answer["following"]["recovered"], answer["following"]["why"]) == (False, "epoch")
    await again.until(lambda: again.held[conversation].live, "the whole anew")
    assert time.monotonic() - began < allowed(BACK_WITHIN)

    stored = Stored.read(server.where)
    now = again.held[conversation]
    assert now.epoch != old["epoch"]
    assert [each["id"] for each in now.entries] == [row["id"] for row in stored.entries[conversation]]
    assert {each["epoch"] for each in now.entries} == {now.epoch}
    assert not any("after the backup" in (each.get("body") or "") for each in now.entries)
    await again.leave()
    ann = await Visitor.arrive(server, "ann", journal)
    assert ann.held == {}
    await ann.leave()
    assert {line.told["fault"] for line in journal.of("fault")} <= {"went_back"}


async def shown_out(client: Client) -> None:
    """Wait until the server has said that this session has ended."""
    await client.until(lambda: client.close_code == SESSION_ENDED, "end of the session")


def signed_in(server: Server, member: Member) -> Member:
    """The same person after a new sign-in."""
    now = time.time_ns() // 1_000_000
    with closing(Database(server.where)) as database:
        cookie = written(database, lambda conn: accounts.start_session(tx_at(conn, now), member.id, SESSION_MS))
    return Member(member.id, member.login, member.name, member.groups, member.role, cookie)
