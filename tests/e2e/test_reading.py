"""The test clients read as the protocol says: what may not be read for a moment is read once it may be again."""

import pytest

from tests.e2e.reading import Frame, Reading

CONVERSATION = "c" * 22


class Reader:
    """A reading, the pages it requested, and the faults it recorded."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.faults: list[str] = []
        self.told: list[int] = []
        self.reading = Reading(lambda fault, **_told: self.faults.append(fault), self._page, self._applied)

    async def _page(self, _conversation: str, after: int) -> None:
        self.asked.append(after)

    async def _applied(self, entry: Frame) -> None:
        self.told.append(entry["seq"])


def entry(seq: int) -> Frame:
    return {"type": "entry", "conversation": CONVERSATION, "epoch": "e", "seq": seq}


def of(**told: object) -> Frame:
    return {"conversation": CONVERSATION, "epoch": "e", **told}


async def test_a_refused_page_is_requested_again_when_the_conversation_is_mentioned_again() -> None:
    for again in ("live", "entry"):
        reader = Reader()
        await reader.reading.follow(of(head=600, recovered=False, why="gap_too_big"))
        await reader.reading.page(of(entries=[entry(seq) for seq in range(1, 101)], more=True))
        assert reader.asked == [0, 100]
        reader.reading.page_refused(CONVERSATION)
        assert reader.asked == [0, 100]
        if again == "live":
            await reader.reading.live(of(seq=602))
        else:
            await reader.reading.apply(entry(602))
        assert reader.asked == [0, 100, 100]
        await reader.reading.page(of(entries=[entry(seq) for seq in range(101, 603)], more=False))
        assert reader.told == list(range(1, 603))
        assert reader.faults == []


@pytest.mark.parametrize(("last", "faults"), [(3, []), (4, ["last_is_missing"])])
async def test_being_unfollowed_before_the_last_entry_is_a_fault(last: int, faults: list[str]) -> None:
    reader = Reader()
    for seq in (1, 2, 3):
        await reader.reading.apply(entry(seq))
    reader.reading.unfollowed(of(why="given", last=last))
    assert reader.faults == faults
