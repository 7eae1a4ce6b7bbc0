"""How many connections one address may have: counted until they leave, a listed proxy's not at all."""

import pytest

from chatserver.connections import Connections


def test_an_address_has_so_many_until_one_leaves() -> None:
    connections = Connections(2)
    first, second = connections.enter("10.0.0.1"), connections.enter("10.0.0.1")
    assert first is not None
    assert second is not None
    assert connections.enter("10.0.0.1") is None
    assert connections.enter("10.0.0.2") is not None
    for _ in range(2):
        # Said twice, it is one that has left.
        first.leave()
    assert connections.opened("10.0.0.1") == 1
    assert connections.enter("10.0.0.1") is not None
    assert connections.enter("10.0.0.1") is None


def test_whoever_was_turned_away_is_not_counted() -> None:
    connections = Connections(1)
    place = connections.enter("10.0.0.1")
    assert place is not None
    for _ in range(5):
        assert connections.enter("10.0.0.1") is None
    place.leave()
    assert connections.opened("10.0.0.1") == 0
    assert connections.enter("10.0.0.1") is not None


@pytest.mark.parametrize("other", ["2001:db8:0:1::2", "2001:db8:0:1:ffff::1"])
def test_a_household_is_one_address(other: str) -> None:
    connections = Connections(1)
    assert connections.enter("2001:db8:0:1::1") is not None
    assert connections.enter(other) is None
    assert connections.enter("2001:db8:0:2::1") is not None


def test_the_connections_of_a_listed_proxy_are_not_counted() -> None:
    connections = Connections(1, ["10.0.0.0/24"])
    assert None not in [connections.enter("10.0.0.7") for _ in range(50)]
    assert connections.opened("10.0.0.7") == 0
    assert connections.enter("10.0.1.7") is not None
    assert connections.enter("10.0.1.7") is None
