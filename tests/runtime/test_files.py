"""How many files, and so sockets, a server may have open."""

import json
import resource
import subprocess
import sys

import pytest
import structlog
from structlog.testing import capture_logs

from chatserver import serving

LIMITED = """
import json, resource, structlog
from structlog.testing import capture_logs
from chatserver.serving import allow_files
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
with capture_logs() as told:
    allow_files()
    allow_files()
print(json.dumps([resource.getrlimit(resource.RLIMIT_NOFILE), hard, told]))
"""


def test_a_server_may_open_as_many_files_as_the_machine_allows() -> None:
    """In a separate process, because the limit applies to a whole process."""
    run = subprocess.run([sys.executable, "-c", LIMITED], capture_output=True, text=True, check=True)
    now, hard, told = json.loads(run.stdout)
    assert now == [hard, hard]
    assert [(line["event"], line["before"]) for line in told] == [("files_allowed", 256)]


def test_a_machine_that_forbids_it_is_logged_and_the_server_continues(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object) -> None:
        raise ValueError("not allowed to raise maximum limit")

    monkeypatch.setattr(resource, "getrlimit", lambda _: (1_024, resource.RLIM_INFINITY))
    monkeypatch.setattr(resource, "setrlimit", forbidden)
    monkeypatch.setattr(serving, "log", structlog.get_logger())
    with capture_logs() as told:
        serving.allow_files()
    assert [(line["event"], line["files"]) for line in told] == [("files_not_allowed", 1_024)]
