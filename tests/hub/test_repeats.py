"""A command that was carried out gets its first answer again, whatever has changed since."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from chatserver.domain.rules import Rules
from chatserver.hub.digests import HASH_BYTES, Digests
from chatserver.store.database import Where
from chatserver.store.ids import new_id
from chatserver.store.revisions import migrate
from chatserver.store.tables import entries
from tests.store.days import QUESTION
from tests.store.earlier import EARLIER, lay_down

from .harness import QUICK, START, Rig, StaffTab, VisitorTab, _running, opened


def as_before(_digests: Digests, frame: object) -> bytes:
    """What an earlier version stored: without a version, and of whatever it covered."""
    return b"\x01" * HASH_BYTES


@pytest.mark.parametrize("revision", EARLIER)
async def test_what_an_earlier_version_accepted_gets_its_first_answer_after_the_migration(
    empty_place: Where, revision: str
) -> None:
    day = lay_down(empty_place, revision, START - 10_000)
    migrate(empty_place)
    rig = Rig(empty_place.parent if isinstance(empty_place, Path) else empty_place, Rules(), QUICK)
    rig.database.write_now(
        lambda conn: conn.execute(update(entries).where(entries.c.ref.is_not(None)).values(digest=b"\x01" * HASH_BYTES))
    )
    async with _running(rig):
        ann, limin = await rig.visitor(day.token), await rig.staff("limin")
        for tab, type, body, fields in (
            (ann, "message.post", QUESTION, {"conversation": day.active}),
            (ann, "conversation.open", QUESTION, {"department": "gynecology"}),
            (limin, "message.post", "要的", {"conversation": day.active, "fence": 1}),
            (limin, "note.post", "第一次来", {"conversation": day.active}),
        ):
            stored = written(rig, day.active, body)
            answer = await tab.ask(type, ref=stored["ref"], body=body, **fields)
            assert (answer["type"], answer.get("repeat"), answer["id"]) == ("accepted", True, stored["id"]), type


def written(rig: Rig, conversation: str, body: str) -> dict[str, Any]:
    query = select(entries).where(entries.c.conversation == conversation, entries.c.body == body)
    return dict(rig.database.read_now(lambda conn: conn.execute(query).mappings().one()))


async def test_a_row_of_an_earlier_version_is_known_by_its_ref_alone(
    place: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(place) as rig:
        li, visitor, conversation, fence = await talk(rig)
        other = await rig.visitor()
        asked: list[tuple[VisitorTab | StaffTab, str, dict[str, Any]]] = [
            (visitor, "message.post", {"conversation": conversation}),
            (li, "message.post", {"conversation": conversation, "fence": fence}),
            (li, "note.post", {"conversation": conversation}),
            (other, "conversation.open", {"department": "gynecology"}),
            (other, "offline.leave", {"department": "gynecology", "kind": "question"}),
        ]
        for tab, type, fields in asked:
            sent = {"ref": new_id(), "body": " 好的\n", **fields}
            with monkeypatch.context() as earlier:
                earlier.setattr(Digests, "of", as_before)
                first = await tab.ask(type, **sent)
            assert first["type"] == "accepted", (type, first)
            again = await tab.ask(type, **sent)
            assert again == first | {"repeat": True}, type
            now = await tab.ask(type, **sent | {"ref": new_id(), "body": "谢谢"})
            assert (now["type"], now.get("repeat", False)) == ("accepted", False), type


async def talk(rig: Rig) -> tuple[StaffTab, VisitorTab, str, int]:
    """A conversation with an owner, and its fence."""
    li, visitor = await rig.staff("limin", "online"), await rig.visitor()
    conversation = await visitor.opens()
    row = await li.row(conversation, state="active")
    return li, visitor, conversation, row["fence"]
