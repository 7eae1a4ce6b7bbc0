"""The fault tests use the servers and journals of tests/e2e; a long run can be resumed.

ONLY=F03 selects one number. RESUME=1 skips what has passed under FAULTS=full at this very commit
(build/faults-passed.txt); with uncommitted changes nothing is skipped.
"""

import os
import subprocess
from pathlib import Path

import pytest

from tests.e2e.conftest import journal, pace, pytest_runtest_makereport, servers
from tests.faults.counts import FULL

__all__ = ["journal", "pace", "pytest_runtest_makereport", "servers"]

PASSED = Path("build/faults-passed.txt")
"""The commit, then one passed test per line. Relative to the working directory, which is the repository's."""

_called: set[str] = set()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """ONLY=F03 selects the tests and controls of one number; RESUME=1 those that have not passed."""
    only = os.environ.get("ONLY", "").lower()
    known = _passed(config.rootpath) if FULL and os.environ.get("RESUME") == "1" else set()
    if FULL and not known:
        (config.rootpath / PASSED).parent.mkdir(exist_ok=True)
        (config.rootpath / PASSED).write_text(f"{_commit(config.rootpath)}\n")
    left_out = [item for item in items if item.nodeid in known or only not in item.name.lower()]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Record tests that passed, teardown included."""
    if not FULL or not report.passed:
        return
    if report.when == "call":
        _called.add(report.nodeid)
    elif report.when == "teardown" and report.nodeid in _called:
        with PASSED.open("a") as passed:
            passed.write(f"{report.nodeid}\n")


def _passed(root: Path) -> set[str]:
    """What passed at this commit."""
    if not (root / PASSED).exists():
        return set()
    commit, *passed = (root / PASSED).read_text().splitlines() or [""]
    return set(passed) if commit == _commit(root) and not commit.endswith("-dirty") else set()


def _commit(root: Path) -> str:
    asked = ["git", "describe", "--always", "--abbrev=40", "--dirty"]
    return subprocess.run(asked, cwd=root, capture_output=True, text=True, check=True).stdout.strip()
