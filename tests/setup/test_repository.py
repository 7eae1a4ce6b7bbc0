"""Checks of the committed files."""

import re
import subprocess
import sys
import tomllib

import pytest

from .paths import ROOT

# In two halves, or this file would name them. The registry is chosen by the configuration of the person installing.
REGISTRIES = (
    "pypi" + ".org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "npm" + "mirror.com",
    "yarn" + "pkg.com",
    "mirrors" + ".aliyun",
    "mirrors" + ".tuna",
    "tuna" + ".tsinghua",
)

LOCKED = re.compile(r"^(?P<name>[a-z0-9-]+)(?:\[[a-z0-9,-]+\])?==(?P<version>[^\s;]+)", re.MULTILINE)


def committed() -> list[str]:
    """Every file that is committed, or would be by `git add --all`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [name for name in listed.stdout.split("\0") if (ROOT / name).is_file()]


def locked(name: str) -> dict[str, str]:
    """Package → version in one of the lock files."""
    return dict(LOCKED.findall((ROOT / "requirements" / name).read_text()))


def declared(dependencies: list[str]) -> set[str]:
    """The names in a list of requirements."""
    return {re.split(r"[\[><=!~; ]", line, maxsplit=1)[0].lower() for line in dependencies}


def test_no_file_names_a_package_registry() -> None:
    naming = [
        f"{name}: {registry}"
        for name in committed()
        for registry in REGISTRIES
        if registry.encode() in (ROOT / name).read_bytes().lower()
    ]
    assert naming == []


def test_whatever_is_declared_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert declared(project["dependencies"]) <= locked("base.txt").keys()
    assert declared(project["optional-dependencies"]["dev"]) <= locked("dev.txt").keys()


def test_developing_and_running_use_the_same_versions() -> None:
    base, dev = locked("base.txt"), locked("dev.txt")
    assert base.items() <= dev.items()


@pytest.mark.parametrize("name", ["base.txt", "build.txt", "dev.txt", "uv.txt"])
def test_every_locked_package_has_its_hashes(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text()
    starts = [match.start() for match in LOCKED.finditer(text)]
    assert starts
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        assert "--hash=sha256:" in text[start:end], text[start:end].partition("\n")[0]


def test_third_party_notices_are_up_to_date() -> None:
    command = [sys.executable, "scripts/notices.py", "--check"]
    check = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert check.returncode == 0, check.stderr
