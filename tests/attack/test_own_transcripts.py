"""A66 and similar: what a supervisor may put into the address of the transcripts page. Nothing of another group is
shown, and a request that makes no sense gets an explanation."""

import asyncio
from urllib.parse import quote

import pytest

from chatserver.domain.hospital import Role
from tests.e2e.hospital import CHILDREN, Wanted
from tests.e2e.quarters import CANARY, Quarters

pytestmark = [pytest.mark.whole, pytest.mark.asyncio(loop_scope="module")]

PEOPLE = [Wanted("su", (CHILDREN,), role=Role.SUPERVISOR)]
FILTERS = ("from", "to", "department", "group", "consultant", "outcome", "page")
VALUES = {
    "a quote and a condition": "' OR '1'='1",
    "a second query": "x'; DROP TABLE entries; --",
    "a union": "' UNION SELECT body FROM entries --",
    "wild cards": "%",
    "a single-character wild card": "_" * 36,
    "another group": "women",
    "a list of groups": "children,women",
    "an empty list": "[]",
    "NUL": "\0",
    "a lone surrogate": "%ED%A0%80",
    "an invalid day": "2026-02-30",
    "the year 0": "0000-01-01",
    "the year 9999": "9999-12-31",
    "a week": "2026-W01-1",
    "a day in full-width digits": "２０２６-０１-０１",
    "a negative number": "-1",
    "a number of 400 digits": "9" * 400,
    "a number with an exponent": "1e3",
    "a template": "{{7*7}}${7*7}",
    "markup": "<script>alert(1)</script>",
    "10,000 characters": "x" * 10_000,
}
PATHS = {
    "an id of NUL": "/transcripts/%00",
    "an id with parent folders": "/transcripts/..%2f..%2fetc%2fpasswd",
    "an id that is a quote": "/transcripts/'",
    "an id of 9,000 characters": "/transcripts/" + "a" * 9_000,
    "a negative position": "/transcripts/%F?after=-1",
    "a position of 2^63": "/transcripts/%F?after=9223372036854775808",
    "somebody else's transcript followed by a space": "/transcripts/%F%20",
    "somebody else's transcript in capitals": "/transcripts/%U",
    "somebody else's transcript": "/transcripts/%F",
    "every filter twice": "/transcripts?" + "&".join(f"{name}=children&{name}=women" for name in FILTERS),
    "1,000 pages at once": "/transcripts?" + "&".join(f"page={number}" for number in range(1_000)),
}
ATTACKS = [*(f"{value}, in every filter" for value in VALUES), *PATHS]


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("name", FILTERS)
async def test_a_filter_finds_nothing_of_another_group(quarters: Quarters, name: str, value: str) -> None:
    told = VALUES[value] if value == "a lone surrogate" else quote(VALUES[value])
    await finds_nothing(quarters, f"/transcripts?{name}={told}", {200, 400})


@pytest.mark.parametrize("path", PATHS)
async def test_an_address_finds_nothing_of_another_group(quarters: Quarters, path: str) -> None:
    theirs = quarters.ann.conversation
    address = PATHS[path].replace("%F", theirs).replace("%U", theirs.upper())
    await finds_nothing(quarters, address, {200, 400} if "?" in address and theirs not in address else {400, 404})


async def finds_nothing(quarters: Quarters, address: str, due: set[int]) -> None:
    cookie = {"Cookie": f"session={quarters.people['su'].cookie}"}
    answer = await asyncio.to_thread(quarters.server.get, address, cookie)
    assert answer.status in due
    assert CANARY.encode() not in answer.body
    assert quarters.ann.conversation.encode() not in answer.body or quarters.ann.conversation in address
    assert b"<script>alert" not in answer.body
    assert b">49<" not in answer.body
