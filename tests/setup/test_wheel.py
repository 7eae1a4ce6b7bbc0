"""The wheel contains everything it needs: installed where there is no Node, it serves."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ports import free_port

from .paths import ROOT

pytestmark = [pytest.mark.whole, pytest.mark.slow, pytest.mark.timeout(600)]

# Seconds, which only a server that hangs takes. A first start compiles and migrates; a stop drains for up to 15.
START_LIMIT = 180
STOP_LIMIT = 120
ANSWER_LIMIT = 60


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, as `make wheel` packs it."""
    folder = tmp_path_factory.mktemp("dist")
    run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)])
    [packed] = folder.glob("*.whl")
    return packed


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` folder of an empty environment with the wheel and its locked dependencies."""
    environment = tmp_path_factory.mktemp("installed") / "venv"
    python = str(environment / "bin" / "python")
    run([sys.executable, "-m", "venv", "--without-pip", str(environment)])
    into = [str(ROOT / "scripts" / "uv"), "pip", "install", "--python", python]
    run([*into, "--require-hashes", "-r", str(ROOT / "requirements" / "base.txt")])
    run([*into, "--no-deps", str(wheel)])
    return environment / "bin"


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def environment(installed: Path, tmp_path: Path) -> dict[str, str]:
    """The environment variables, without Node on the PATH and without anything of the tree."""
    return {"PATH": str(installed), "HOME": str(tmp_path), "CHATSERVER_DATA": str(tmp_path / "data")}


@pytest.fixture
def served(installed: Path, environment: dict[str, str], port: int, tmp_path: Path) -> Iterator[str]:
    """The address of a server from the wheel that is ready to answer. It is ended as an operator would end it."""
    command = str(installed / "chatserver")
    run([command, "migrate"], env=environment, cwd=tmp_path)
    log = tmp_path / "serve.log"
    with log.open("wb") as output:
        serve = [command, "serve", "--port", str(port)]
        server = subprocess.Popen(serve, env=environment, cwd=tmp_path, stdout=output, stderr=output)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until_live(address, server, log)
        yield address
        server.send_signal(signal.SIGTERM)
        assert server.wait(STOP_LIMIT) == 0, log.read_text()
    finally:
        server.kill()
        server.wait()


def run(command: list[str], *, env: dict[str, str] | None = None, cwd: Path = ROOT) -> str:
    """The command's output; a failure shows all of it."""
    ended = subprocess.run(
        command,
        env=dict(os.environ) if env is None else env,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        check=False,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, f"{command}\n{ended.stdout}\n{ended.stderr}"
    return ended.stdout


def wait_until_live(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Polls, because the start of another process cannot be awaited."""
    give_up = time.monotonic() + START_LIMIT
    while time.monotonic() < give_up:
        assert server.poll() is None, log.read_text()
        try:
            status, _, _ = get(f"{address}/live")
        except urllib.error.URLError:
            time.sleep(0.05)
            continue
        assert status == 200
        return
    raise AssertionError(f"not live after {START_LIMIT} s:\n{log.read_text()}")


def get(address: str) -> tuple[int, str, bytes]:
    """Status, content type and body."""
    # Ignore any proxy of this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(address, timeout=ANSWER_LIMIT) as answer:
        return answer.status, answer.headers.get_content_type(), answer.read()


def test_the_wheel_carries_front_end_templates_and_licences(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
    assert {
        "chatserver/_front/manifest.json",
        "chatserver/_front/loader.js",
        "chatserver/_front/panel.js",
        "chatserver/_front/swt.js",
        "chatserver/_front/invite.js",
        "chatserver/_front/card.js",
        "chatserver/_front/texts/widget/zh.mo",
        "chatserver/py.typed",
    } <= names
    assert any(name.startswith("chatserver/_templates/") for name in names)
    licences = {name.rpartition("/")[2] for name in names if ".dist-info/licenses/" in name}
    assert licences == {"LICENSE", "NOTICE", "THIRD-PARTY-NOTICES.txt"}
    assert not any(name.startswith(("tests/", "widget/", "dashboard/", "node_modules/")) for name in names)


def test_the_installed_command_explains_itself(installed: Path, environment: dict[str, str], tmp_path: Path) -> None:
    said = run([str(installed / "chatserver"), "--help"], env=environment, cwd=tmp_path)
    assert "serve" in said
    assert "migrate" in said


def test_it_serves_without_node_and_without_the_tree(served: str) -> None:
    status, kind, body = get(f"{served}/widget.js")
    assert status == 200
    assert kind in {"text/javascript", "application/javascript"}
    assert body.strip()
