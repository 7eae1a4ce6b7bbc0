"""The Procfile: one command starts two nodes behind a balancer, they talk to each other, and nothing is left behind."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from chatserver.demo.seed import GROUPS, PASSWORD
from chatserver.domain.hospital import Role
from tests.e2e.hospital import Member
from tests.e2e.journal import Journal
from tests.e2e.patience import allowed
from tests.e2e.people import Consultant, Visitor
from tests.e2e.procs import ROOT, Answer, Server
from tests.e2e.test_rights import sign_in
from tests.ports import free_port

pytestmark = [pytest.mark.whole, pytest.mark.slow]

UP_WITHIN = 60.0
END_WITHIN = 20.0
LOOK_EVERY = 0.05
KILLS_AFTER = 5.0
"""Seconds after which honcho kills what has not ended; here, of an idle machine."""
HONCHO = "from honcho import command, manager; manager.KILL_WAIT = {seconds}; command.main()"
HONCHO_ARGUMENTS = ("-e", os.devnull, "start", "--no-colour")
OFFSETS = (0, 1, 11, 12, 21, 22)
"""The ports of balancer, website, nodes and their metrics, relative to the first one."""


class House:
    """What `honcho start` has started, with its own ports and data folder."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port(also=OFFSETS)
        self.log = folder / "honcho.log"
        surroundings = {name: value for name, value in os.environ.items() if not name.startswith("CHATSERVER_")}
        told = {"NODES_PORT": str(self.port), "NODES_DATA": str(folder / "nodes")}
        with self.log.open("wb") as log:
            self.honcho = subprocess.Popen(
                [sys.executable, "-c", HONCHO.format(seconds=allowed(KILLS_AFTER)), *HONCHO_ARGUMENTS],
                cwd=ROOT,
                env=surroundings | told,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.balancer = Server(folder / "balancer", port=self.port)
        self._known: set[psutil.Process] = set()

    def running(self) -> set[psutil.Process]:
        """Every process of it that was seen and is still running, PostgreSQL's own too."""
        if self.honcho.poll() is None:
            self._known |= set(psutil.Process(self.honcho.pid).children(recursive=True))
        return {each for each in self._known if each.is_running() and each.status() != psutil.STATUS_ZOMBIE}

    def until(self, fits: Callable[[], bool], what: str, within: float = UP_WITHIN) -> None:
        """Poll, because other processes do not notify us."""
        end = time.monotonic() + within
        while not fits():
            assert time.monotonic() < end, f"no {what} within {within} s: {self.log.read_text()}"
            time.sleep(LOOK_EVERY)

    def metric(self, node: int, sample: str) -> float:
        """The value of a node's metric; 0 before it answers."""
        told = answer_of(self.port + 20 + node, "/metrics")
        lines = told.body.decode().splitlines() if told else []
        return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{sample} ")), 0.0)

    def node_of(self, audience: str) -> int:
        """The node with the only tab of that audience, once there is one."""
        sample = f'chat_sessions{{audience="{audience}"}}'
        self.until(lambda: sorted(self.metric(node, sample) for node in (1, 2)) == [0, 1], f"one {audience}")
        return 1 if self.metric(1, sample) else 2

    def end(self) -> None:
        """End it in whatever state it is; by Ctrl+C first."""
        self.running()
        if self.honcho.poll() is None:
            self.honcho.send_signal(signal.SIGINT)
        try:
            self.honcho.wait(END_WITHIN)
        finally:
            for each in self.running():
                each.kill()


def answer_of(port: int, path: str) -> Answer | None:
    try:
        return Server(Path(tempfile.gettempdir()), port=port).get(path)
    except OSError:
        return None


@pytest.fixture
def house() -> Iterator[House]:
    # PostgreSQL does not run as root, and pytest's folders are closed to other users.
    with tempfile.TemporaryDirectory(prefix="chat-nodes-") as folder:
        Path(folder).chmod(0o711)
        started = House(Path(folder))
        try:
            yield started
        finally:
            started.end()


async def test_two_nodes_behind_a_balancer_talk_to_each_other_and_one_is_enough(house: House, journal: Journal) -> None:
    await asyncio.to_thread(house.until, lambda: both_are_up(house), "two nodes")
    mei = await limin_sits_down(house, journal)
    ann = await Visitor.arrive(house.balancer, "ann", journal)
    while await asyncio.to_thread(house.node_of, "visitor") == await asyncio.to_thread(house.node_of, "staff"):
        mei.drop()
        await mei.until_back(mei.connections + 1)
    await ann.open("gynecology", "from one node")
    await mei.until_owned(ann.conversation)
    await mei.until_received(ann.conversation, "from one node")
    await mei.say(ann.conversation, "from the other")
    await ann.until_received("from the other")

    killed = await asyncio.to_thread(house.node_of, "visitor")
    process_of(house, killed).kill()
    await ann.until_back()
    await ann.say("from the node that is left")
    await mei.until_received(ann.conversation, "from the node that is left")
    await mei.leave()
    await ann.leave()

    began = await asyncio.to_thread(house.running)
    assert len(began) > len(OFFSETS)
    house.honcho.send_signal(signal.SIGINT)
    assert await asyncio.to_thread(house.honcho.wait, allowed(END_WITHIN)) == 128 + signal.SIGINT
    await asyncio.to_thread(house.until, lambda: not house.running(), "end of everything", allowed(END_WITHIN))
    said = house.log.read_text()
    assert "SIGKILL" not in said
    assert "Traceback" not in said


def both_are_up(house: House) -> bool:
    ready = answer_of(house.port, "/ready")
    return ready is not None and ready.status == 200 and all(house.metric(node, "chat_peers") == 1 for node in (1, 2))


async def limin_sits_down(house: House, journal: Journal) -> Consultant:
    cookie = await asyncio.to_thread(sign_in, house.balancer, "limin", PASSWORD)
    assert cookie is not None
    member = Member("", "limin", "李敏", (GROUPS[0].id,), Role.CONSULTANT, cookie)
    limin = Consultant(house.port, "limin", journal, member)
    await limin.start()
    limin.member = replace(member, id=limin.me["id"])
    answer = await limin.asked("availability.set", availability="online")
    assert answer["type"] == "accepted", answer
    return limin


def process_of(house: House, node: int) -> psutil.Process:
    """The process that listens on the node's port."""
    [found] = [
        each
        for each in house.running()
        if any(line.laddr.port == house.port + 10 + node and line.status == "LISTEN" for line in each.net_connections())
    ]
    return found
