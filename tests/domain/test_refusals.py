"""Refusals: each can be told apart, and each says what to do next."""

from typing import get_args

import pytest

from chatserver.domain import refusals
from chatserver.domain.refusals import Refused, Retry, family

KINDS = pytest.mark.parametrize("kind", family(), ids=lambda kind: str(kind.code))


def test_every_code_is_used_once() -> None:
    codes = [kind.code for kind in family()]
    assert len(set(codes)) == len(codes) > 20


def test_the_family_is_what_the_module_holds() -> None:
    held = {kind for kind in vars(refusals).values() if isinstance(kind, type) and issubclass(kind, Refused)}
    assert set(family()) == held - {Refused}


@KINDS
def test_it_says_whether_to_try_again(kind: type[Refused]) -> None:
    assert kind.retry in get_args(Retry)
    assert 400 <= kind.status < 600
    assert (kind.retry == "same") == (kind.status in (500, 503) and kind.code not in ("busy", "queue_full"))


@KINDS
def test_it_says_what_it_means(kind: type[Refused]) -> None:
    assert kind.__doc__
    assert kind.__doc__ != Refused.__doc__


@KINDS
def test_its_code_is_written_like_the_others(kind: type[Refused]) -> None:
    assert kind.code.replace("_", "").isalpha()
    assert kind.code.islower()


def test_its_details_are_data() -> None:
    refusal = refusals.NoRoom(load=5, capacity=5)
    assert refusal.details == {"load": 5, "capacity": 5}
    assert str(refusal) == "no_room(load=5, capacity=5)"
