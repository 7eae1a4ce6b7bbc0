"""The circumstances of a figure: machine, versions, commit. A figure means nothing without them."""

import os
import platform
import re
import sqlite3
import subprocess
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import psutil

from tests.postgres import programs

ROOT = Path(__file__).resolve().parents[2]
FAMILY = re.compile(r"EPYC|Xeon|Ryzen|Threadripper|Neoverse|Graviton|Apple M\d+")
PACKAGES = ("uvicorn", "websockets", "uvloop", "msgspec", "SQLAlchemy", "psycopg")


@dataclass(frozen=True)
class Machine:
    """`memory` in GiB."""

    cores: int
    processor: str
    memory: float
    kernel: str

    @property
    def kind(self) -> str:
        """What must be equal for two figures to be comparable: the cores and the processor's family, because the
        ratios of two families differ by a fifth. `2 cores, Intel Xeon`."""
        family = FAMILY.search(self.processor)
        if family is None:
            return f"{self.cores} cores, {self.processor}"
        maker = next((each for each in ("AMD", "Intel") if each in self.processor), "")
        return f"{self.cores} cores, {maker} {family[0]}".replace("  ", " ")

    def shown(self) -> str:
        return f"{self.cores} cores, {self.processor}, {self.memory:.0f} GiB, {self.kernel}"


@dataclass(frozen=True)
class Commit:
    """`clean`: the working tree had no changes."""

    id: str
    clean: bool

    def shown(self) -> str:
        return self.id if self.clean else f"{self.id} with changes that were not committed"


def this_machine() -> Machine:
    """The present machine."""
    memory = psutil.virtual_memory().total / 2**30
    return Machine(os.cpu_count() or 1, _processor(), round(memory, 1), f"{platform.system()} {platform.release()}")


def versions() -> dict[str, str]:
    """The versions of everything that affects the figures."""
    found = {"Python": platform.python_version()}
    found |= {name: metadata.version(name) for name in PACKAGES}
    found["SQLite"] = sqlite3.sqlite_version
    found["PostgreSQL"] = _last_word(str(programs() / "postgres"), "--version")
    found["Node"] = _last_word("node", "--version").removeprefix("v")
    return found


def commit() -> Commit:
    """The commit that is checked out."""
    id = _said("git", "rev-parse", "--short=12", "HEAD").strip()
    return Commit(id or "unknown", id != "" and not _said("git", "status", "--porcelain").strip())


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.processor() or platform.machine()


def _last_word(*command: str) -> str:
    return (_said(*command).split() or ["not there"])[-1]


def _said(*command: str) -> str:
    try:
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    except OSError:
        return ""
