"""If something is missing on a machine, one sentence says what it is and what to do."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .paths import ROOT


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A PATH with only `dirname` on it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    place(folder, "dirname", f'exec {shutil.which("dirname")} "$@"')
    return folder


def place(folder: Path, name: str, script: str) -> None:
    """Makes a command of this name."""
    command = folder / name
    command.write_text(f"#!/bin/sh\n{script}\n")
    command.chmod(0o755)


def said_by(command: list[str], path: Path) -> str:
    """The line with which the command fails."""
    ended = subprocess.run(
        command,
        env={"PATH": str(path), "HOME": str(path)},
        stdin=subprocess.DEVNULL,
        check=False,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 1, ended.stderr
    assert ended.stdout == ""
    [line] = ended.stderr.splitlines()
    return line


def building_the_front_end(path: Path) -> str:
    return said_by([sys.executable, str(ROOT / "scripts/build_front.py"), "--force"], path)


def making_the_environment(path: Path) -> str:
    """Runs in an empty tree, so that no .venv is found and ours is not touched."""
    scripts = path.parent / "scripts"
    scripts.mkdir()
    shutil.copy(ROOT / "scripts/python-environment", scripts)
    return said_by(["/bin/bash", str(scripts / "python-environment"), "run"], path)


def test_no_node_at_all(bare: Path) -> None:
    assert "Node 20.19 or newer is needed" in building_the_front_end(bare)


def test_node_too_old(bare: Path) -> None:
    place(bare, "node", "echo v18.19.0")
    said = building_the_front_end(bare)
    assert "Node 20.19 or newer is needed" in said
    assert "v18.19.0" in said


def test_node_without_npm(bare: Path) -> None:
    place(bare, "node", "echo v22.1.0")
    assert "npm is needed" in building_the_front_end(bare)


def test_no_python_new_enough(bare: Path) -> None:
    place(bare, "python3", "exit 1")
    assert "Python 3.11 or newer is needed" in making_the_environment(bare)


def test_python_that_cannot_make_an_environment(bare: Path) -> None:
    place(bare, "python3", 'case "$2" in *ensurepip*) exit 1 ;; esac')
    assert "apt-get install python3-venv" in making_the_environment(bare)


def test_no_browser_and_no_right_to_install_one(bare: Path) -> None:
    place(bare, "id", "echo 1000")
    place(bare, "apt-get", "exit 100")
    said = said_by(["/bin/bash", str(ROOT / "scripts" / "chromium")], bare)
    assert "sudo apt-get update && sudo apt-get install -y chromium fonts-noto-cjk" in said
