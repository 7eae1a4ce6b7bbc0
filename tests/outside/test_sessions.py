"""Scripted sessions are, frame by frame and byte by byte, as they were recorded.

SQLite and PostgreSQL share one record, in which ids, tokens and times have names.
"""

from collections.abc import Callable, Coroutine
from pathlib import Path
from shutil import copy
from typing import Any

import pytest

from chatserver.store.database import Where

from . import scripts_desk, scripts_doors, scripts_talk
from .recorded import check
from .stage import Stage, played, stage

Script = Callable[[Stage], Coroutine[Any, Any, None]]

ENVIRONMENT = {
    "CHATSERVER_VISITOR_MESSAGES_BURST": "100",
    "CHATSERVER_VISITOR_READS_PER_S": "100",
    "CHATSERVER_STAFF_READS_PER_S": "100",
    "CHATSERVER_STAFF_ACTS_PER_S": "100",
    "CHATSERVER_STAFF_MESSAGES_BURST": "100",
}
"""Limits so generous that the speed of this machine makes no difference."""

SCRIPTS: dict[str, Script] = {
    each.__name__: each for each in (*scripts_talk.SCRIPTS, *scripts_desk.SCRIPTS, *scripts_doors.SCRIPTS)
}


async def record(place: Where, script: Script) -> str:
    async with stage(place, ENVIRONMENT, scripts_doors.hospital) as hospital:
        for login in ("limin", "wangfang", "zhangwei", "liuyang", "sunli", "chenjing", "admin"):
            hospital.names.know(hospital.id_of(login), login)
        await script(hospital)
        return "\n".join(hospital.said) + "\n"


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_session_is_as_recorded(name: str, place: Where, migrated: Path) -> None:
    where = Path(copy(migrated, place / "chat.db")) if isinstance(place, Path) else place
    check(f"sessions/{name}.txt", played(record(where, SCRIPTS[name])))
