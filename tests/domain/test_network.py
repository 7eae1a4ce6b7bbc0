"""Which network addresses are counted as one."""

import pytest

from chatserver.domain.network import Networks, network_of


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_ipv4_is_counted_by_address_and_ipv6_by_household(address: str, key: str) -> None:
    assert network_of(address) == key


def test_two_households_are_two() -> None:
    assert network_of("2001:db8:1:2::9") != network_of("2001:db8:1:3::9")


def test_listed_networks_hold_their_addresses_and_no_others() -> None:
    listed = Networks(["10.20.0.0/16", "2001:db8::/32"])
    assert "10.20.3.4" in listed
    assert "::ffff:10.20.3.4" in listed
    assert "2001:db8:5::1" in listed
    assert "10.21.0.1" not in listed
    assert "testclient" not in listed
    assert "10.20.3.4" not in Networks()


def test_what_is_no_network_cannot_be_listed() -> None:
    with pytest.raises(ValueError, match="hospital"):
        Networks(["hospital"])
