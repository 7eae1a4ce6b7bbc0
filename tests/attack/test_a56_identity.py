"""A56: a forged, foreign, old or used identity token is refused, always in the same words, and the chat goes on."""

import asyncio
import time
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from click.testing import CliRunner

from chatserver.cli.main import main
from tests.e2e.hospital import DENTISTRY, SITE
from tests.e2e.people import Visitor
from tests.e2e.quarters import CANARY, Quarters
from tests.identity import HOSTILE, NUMBER, Forger, claims, signed

pytestmark = [pytest.mark.whole, pytest.mark.asyncio(loop_scope="module")]

NAME = f"{CANARY} Zhang"
AT_ONCE = 5
"""How many tokens a visitor may send without waiting."""
numbers = count(1)


@pytest.fixture(scope="module")
def key(quarters: Quarters) -> Iterator[str]:
    """The site's key, as the command prints it while the server runs."""
    data = {"CHATSERVER_DATA": str(quarters.server.database.parent)}
    made = CliRunner().invoke(main, ["identity-key", "new", SITE], env=data)
    assert made.exit_code == 0, made.output
    yield made.stdout.strip()
    said = quarters.server.said()
    assert made.stdout.strip() not in said
    assert NUMBER not in said


def a_token(key: str, **others: Any) -> str:
    return signed(key, claims(SITE, time.time(), **{"jti": f"jti-{next(numbers)}", "name": NAME} | others))


async def a_stranger(quarters: Quarters) -> Visitor:
    stranger = await Visitor.arrive(quarters.server, f"stranger {next(numbers)}", quarters.journal)
    await stranger.open(DENTISTRY, f"{CANARY} hello")
    return stranger


async def identified(visitor: Visitor, token: str) -> str:
    """The answer's code, or `accepted`. A refusal says nothing else."""
    answer = await visitor.asked("visitor.identify", conversation=visitor.conversation, token=token)
    assert answer["type"] == "accepted" or set(answer) == {"type", "code", "retry", "ref"}
    return str(answer.get("code", answer["type"]))


async def test_every_hostile_token_gets_the_same_refusal_and_the_chat_goes_on(quarters: Quarters, key: str) -> None:
    async with quarters.undisturbed(stored=True):
        forger = Forger(SITE, key, "o" * 43, time.time())
        for names in (list(HOSTILE)[at : at + AT_ONCE] for at in range(0, len(HOSTILE), AT_ONCE)):
            stranger = await a_stranger(quarters)
            answers = {name: await identified(stranger, HOSTILE[name](forger)) for name in names}
            assert answers == dict.fromkeys(names, "identity_refused")
            said = await stranger.asked("message.post", conversation=stranger.conversation, body=f"{CANARY} still here")
            assert said["type"] == "accepted"
            assert "identity" not in quarters.mei.rows.get(stranger.conversation, {})
            await stranger.leave()


async def test_a_good_token_is_shown_to_staff_and_counts_once_of_a_hundred(quarters: Quarters, key: str) -> None:
    async with quarters.undisturbed(stored=True):
        token = a_token(key)
        strangers = [await a_stranger(quarters) for _ in range(20)]
        answers = await asyncio.gather(*(identified(each, token) for each in strangers for _ in range(AT_ONCE)))
        assert sorted(answers) == ["accepted"] + ["identity_refused"] * 99
        for each in strangers:
            await each.leave()
        ann = quarters.ann
        assert await identified(ann, a_token(key)) == "accepted"
        shown = await quarters.mei.until(lambda: quarters.mei.rows[ann.conversation].get("identity"), "the identity")
        assert (shown["name"], shown["number"]) == (NAME, NUMBER)
        assert NUMBER not in str(ann.frames)
