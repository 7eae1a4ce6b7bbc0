"""The ports of the tests' servers: no two workers choose the same one."""

import itertools

import pytest

from tests.ports import CHOSEN_FROM, FARTHEST, free_port, share_of


def reached(number: int, of: int) -> range:
    """Every port that this worker may use, those beside a first one too."""
    first = share_of({"PYTEST_XDIST_WORKER": f"gw{number}", "PYTEST_XDIST_WORKER_COUNT": str(of)})
    return range(first.start, first.stop + FARTHEST)


@pytest.mark.parametrize("of", [2, 3, 8])
def test_no_two_workers_reach_the_same_port(of: int) -> None:
    shares = [set(reached(number, of)) for number in range(of)]
    assert all(share <= set(CHOSEN_FROM) for share in shares)
    assert all(one.isdisjoint(other) for one, other in itertools.combinations(shares, 2))


def test_without_workers_the_whole_range_is_there() -> None:
    assert len(share_of({})) == len(CHOSEN_FROM) - FARTHEST


def test_no_port_is_given_twice_while_a_server_may_want_it_back() -> None:
    ports = [free_port(also=[1]) for _ in range(400)]
    assert len({port for first in ports for port in (first, first + 1)}) == 800
