"""The limit of connections per address: they count until they close; those of a listed proxy are not counted."""

from functools import partial

import pytest

from chatserver.transport.http_connections import Connections


def test_an_address_has_a_limit_of_connections_until_one_closes() -> None:
    connections = Connections(2)
    first, second = connections.enter("10.0.0.1"), connections.enter("10.0.0.1")
    assert first is not None
    assert second is not None
    assert connections.enter("10.0.0.1") is None
    assert connections.enter("10.0.0.2") is not None
    for _ in range(2):
        # Leaving twice counts once.
        first.leave()
    assert connections.opened("10.0.0.1") == 1
    assert connections.enter("10.0.0.1") is not None
    assert connections.enter("10.0.0.1") is None


def test_a_full_address_drops_its_own_longest_waiting_connection() -> None:
    connections = Connections(3)
    cut: list[int] = []

    def cuts(number: int) -> bool:
        cut.append(number)
        return number != 2

    places = [connections.enter("10.0.0.1") for _ in range(3)]
    other = connections.enter("10.0.0.2")
    for number, place in enumerate((other, *places)):
        assert place is not None
        place.waits(partial(cuts, number))
    assert places[0] is not None
    places[0].works()
    assert connections.enter("10.0.0.1") is not None
    assert cut == [2, 3], "the first has an answer on its way and stays"
    assert connections.enter("10.0.0.1") is None
    places[0].waits(lambda: True)
    places[0].works()
    assert connections.enter("10.0.0.1") is None
    assert connections.make_room()
    assert cut == [2, 3, 0]
    assert not connections.make_room()
    assert (connections.opened("10.0.0.1"), connections.opened("10.0.0.2")) == (3, 0)


def test_a_closed_connection_is_not_dropped_to_make_room() -> None:
    connections = Connections(1)
    place = connections.enter("10.0.0.1")
    assert place is not None
    place.leave()
    place.waits(lambda: True)
    assert not connections.make_room()


def test_a_refused_connection_is_not_counted() -> None:
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
