"""The demo hospital as a child process on free ports, with its data in a folder of the test."""

import os
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

from tests.ports import free_port

PASSWORD = "kangning-demo-2026"
PATIENCE = 300.0
"""Seconds until it is ready, which only a demo that hangs takes: it seeds a whole hospital, and the machine may be
busy."""

TALKATIVE = {"CHATSERVER_VISITOR_MESSAGES_BURST": "1000", "CHATSERVER_VISITOR_MESSAGES_PER_5_MIN": "1000"}
"""For visitors who write a great deal."""


@dataclass
class Hospital:
    """Its addresses. `localhost` is the same website under a name that is another site to the browser."""

    port: int
    process: "subprocess.Popen[bytes]"
    log: Path
    settings: dict[str, str]
    ahead: int = 0
    """Seconds by which its clock is ahead of ours."""

    @property
    def staff(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def website(self) -> str:
        return f"http://127.0.0.1:{self.port + 1}"

    @property
    def other_site(self) -> str:
        return f"http://localhost:{self.port + 1}"

    def goes_down(self) -> None:
        """SIGKILL: every connection is cut without a close frame."""
        self.process.kill()
        self.process.wait()

    def comes_back(self) -> None:
        """On the same ports, with the same data."""
        self.process = launch(self.log, self.settings, self.ahead)
        wait_until_ready(self)

    def records(self) -> str:
        """The output of `chatserver hospital export`."""
        return self._says("hospital", "export")

    def takes_in(self, records: str) -> None:
        """`chatserver hospital apply`, beside the running server."""
        file = self.log.with_name("records.toml")
        file.write_text(records)
        self._says("hospital", "apply", str(file))

    def lists(self, origin: str) -> bool:
        """Whether the running server lets this origin embed the chat. It reads changed records within some seconds."""
        with urllib.request.urlopen(f"{self.staff}/frame?site=demo", timeout=30) as answer:
            return origin in answer.headers["Content-Security-Policy"].split()

    def changes_account(self, *command: str) -> None:
        """`chatserver account …`, beside the running server."""
        self._says("account", *command)

    def identity_key(self) -> str:
        """The output of `chatserver identity-key new demo`."""
        return self._says("identity-key", "new", "demo").strip()

    def _says(self, *command: str) -> str:
        whole = [sys.executable, "-m", "chatserver", *command]
        done = subprocess.run(whole, env=surroundings(self.settings), check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def close(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start(folder: Path, *, ahead: int = 0, **settings: str) -> Hospital:
    """A newly seeded demo, ready for use; its clock may be `ahead` of ours by so many seconds."""
    port = free_port(also=[1])
    log = folder / "server.log"
    settings = {"PORT": str(port), "CHATSERVER_DATA": str(folder / "data"), **settings}
    hospital = Hospital(port, launch(log, settings, ahead), log, settings, ahead)
    wait_until_ready(hospital)
    return hospital


def launch(log: Path, settings: dict[str, str], ahead: int = 0) -> "subprocess.Popen[bytes]":
    module = ["tests.e2e.wrongclock", str(ahead)] if ahead else ["chatserver"]
    with log.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, "-m", *module, "demo"],
            env=surroundings(settings),
            stdout=out,
            stderr=subprocess.STDOUT,
        )


def surroundings(settings: dict[str, str]) -> dict[str, str]:
    """The environment without the developer's own server settings."""
    return {key: value for key, value in os.environ.items() if not key.startswith("CHATSERVER_")} | settings


def wait_until_ready(hospital: Hospital) -> None:
    until = time.monotonic() + PATIENCE
    while not all(answers(url) for url in (f"{hospital.staff}/ready", hospital.website)):
        if hospital.process.poll() is not None or time.monotonic() > until:
            raise AssertionError(f"the demo did not start:\n{hospital.log.read_text()}")
        time.sleep(0.1)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
