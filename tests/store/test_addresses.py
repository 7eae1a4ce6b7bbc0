"""Addresses as people write them: several hosts in either form, and no secret where others can read it."""

import pytest
from sqlalchemy.exc import ArgumentError

from chatserver.store.addresses import arguments, connection_string, parsed, shown

SEVERAL = [
    "postgresql://u:p@one:5433,two:5434/chat",
    "postgresql://u:p@/chat?host=one:5433&host=two:5434",
    "postgresql://u:p@/chat?host=one,two&port=5433,5434",
]


@pytest.mark.parametrize("address", SEVERAL)
def test_several_hosts_may_be_written_in_either_form(address: str) -> None:
    told = arguments(parsed(address))
    assert (told["host"], told["port"], told["dbname"]) == ("one,two", "5433,5434", "chat")
    assert shown(parsed(address)) == "postgresql://u:***@one:5433,two:5434/chat"


@pytest.mark.parametrize(
    ("address", "hosts", "place"),
    [
        ("postgresql://one,two:5434/chat?sslmode=require", "one,two", "postgresql://one,two:5434/chat"),
        ("postgresql://u@[::1]:5,two/chat", "::1,two", "postgresql://u@::1:5,two/chat"),
        ("postgresql://u@db/chat", "db", "postgresql://u@db/chat"),
        ("postgresql://u@/chat?host=/run/postgresql", "/run/postgresql", "postgresql://u@/chat"),
        ("postgresql://u:a,b@db/chat", "db", "postgresql://u:***@db/chat"),
    ],
)
def test_hosts_and_ports_are_parsed(address: str, hosts: str, place: str) -> None:
    assert arguments(parsed(address))["host"] == hosts
    assert shown(parsed(address)) == place


def test_the_primary_is_requested_unless_the_address_says_otherwise() -> None:
    assert arguments(parsed("postgresql://db/chat"))["target_session_attrs"] == "primary"
    assert arguments(parsed("postgresql://db/chat?target_session_attrs=any"))["target_session_attrs"] == "any"


@pytest.mark.parametrize("address", ["postgresql://a,b/chat?host=c", "postgresql://a:1:2,b/chat", "nothing at all"])
def test_an_invalid_address_is_refused(address: str) -> None:
    with pytest.raises((ArgumentError, ValueError)):
        parsed(address)


def test_no_secret_is_on_a_command_line() -> None:
    told = connection_string(parsed("postgresql://u:hush@db/it's?sslpassword=hush2&sslmode=verify-full"))
    assert "hush" not in told
    assert r"dbname='it\'s'" in told
    assert "sslmode='verify-full'" in told
