"""A27: for 10,000 random streams our frame parser agrees with the library (`make fuzz`: a million)."""

import asyncio
import random

import pytest

from tests.runtime import framefuzz
from tests.runtime.framefuzz import Outcome, by_the_library, differences, framed, stream

EACH = 2_500


@pytest.mark.parametrize("first", range(1, 10_001, EACH))
def test_our_parser_reads_the_same_as_the_library(first: int) -> None:
    assert asyncio.run(differences(first, EACH)) == []


def test_the_streams_contain_every_kind_of_frame() -> None:
    told = [by_the_library(stream(random.Random(seed))) for seed in range(600)]
    assert {each.close for each in told} >= {None, 1000, 1002, 1007, 1009, 4999}
    assert sum(len(each.messages) > 32 for each in told) > 2
    assert sum(any(isinstance(message, bytes) for message in each.messages) for each in told) > 20
    assert sum(bool(each.pongs) for each in told) > 20


def test_a_difference_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framefuzz, "by_the_library", lambda sent: Outcome(["something else"]))
    assert len(asyncio.run(differences(1, 3))) == 3


def test_the_generated_frames_are_valid() -> None:
    chance = random.Random(1)
    assert by_the_library(framed(chance, 1, "您好".encode()) + framed(chance, 9, b"?")) == Outcome(["您好"], [b"?"])
