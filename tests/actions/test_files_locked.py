"""Files are shown to staff only as long as the visitor's consents allow it."""

from types import SimpleNamespace
from typing import Any

import pytest
from msgspec import structs

from chatserver.actions import files
from chatserver.domain.consent import Consent, Decision
from chatserver.domain.conversation import Agreed, Conversation
from chatserver.domain.refusals import FilesLocked
from tests.domain.people import LI_MIN, VISITOR, active

FILE: Any = object()


def parts(conversation: Conversation, now: int) -> Any:
    """The parts of a node whose database holds one file of this conversation."""

    async def read(_: object) -> tuple[object, Conversation]:
        return FILE, conversation

    return SimpleNamespace(services=SimpleNamespace(database=SimpleNamespace(read=read), now=lambda: now))


def after(decision: Decision) -> Any:
    story = active()
    agreed = Agreed((Consent("health", decision, story.now, "1", "sha", "zh"),))
    return parts(structs.replace(story.conversation, agreed=agreed), story.now)


async def test_staff_see_a_file_while_the_consent_stands() -> None:
    assert await files.staffs_file(after("given"), LI_MIN, "id", None) is FILE


@pytest.mark.parametrize("decision", ["refused", "withdrawn"])
async def test_staff_see_no_file_once_it_is_refused_or_withdrawn(decision: Decision) -> None:
    with pytest.raises(FilesLocked) as refused:
        await files.staffs_file(after(decision), LI_MIN, "id", None)
    assert refused.value.details == {"why": f"health_{decision}"}


@pytest.mark.parametrize("decision", ["given", "refused", "withdrawn"])
async def test_visitors_always_see_their_own_files(decision: Decision) -> None:
    assert await files.visitors_file(after(decision), VISITOR.id, "id") is FILE
