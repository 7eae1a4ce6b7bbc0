"""Settings: one table, read strictly, with one sentence for each value that cannot be used."""

from dataclasses import fields
from pathlib import Path

import pytest

from chatserver.domain.rules import Rules
from chatserver.environment import BadSettings, read
from chatserver.settings import Settings, meaning, rules, variables


def test_without_settings_the_defaults_apply() -> None:
    settings = read({"HOME": "/root", "PATH": "/bin"})
    assert rules(settings) == Rules()
    assert (settings.host, settings.port, settings.data) == ("127.0.0.1", 8000, "data")
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.hosts == {"127.0.0.1:8000", "localhost:8000"}
    assert settings.origins == {"http://127.0.0.1:8000", "http://localhost:8000"}


def test_every_rule_is_a_setting() -> None:
    changed = {}
    # The overflow group is set per group, not for the hospital.
    numbers = [field for field in fields(Rules) if field.name != "overflow_to"]
    for field in numbers:
        name = field.name.removesuffix("_ms") + ("_s" if field.name.endswith("_ms") else "")
        default = getattr(read({}), name)
        changed[f"CHATSERVER_{name.upper()}"] = str(default + 1)
    told = rules(read(changed))
    for field in numbers:
        step = 1_000 if field.name.endswith("_ms") else 1
        assert getattr(told, field.name) == getattr(Rules(), field.name) + step, field.name


def test_every_setting_has_a_variable_and_a_meaning() -> None:
    named_by_others = {"port": "PORT", "database_url": "DATABASE_URL", "redis_url": "REDIS_URL"}
    assert variables().keys() == {
        named_by_others.get(name, f"CHATSERVER_{name.upper()}") for name in Settings.__struct_fields__
    }
    for field in variables().values():
        assert meaning(field).endswith(".")


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"CHATSERVER_RNG_S": "15"}, "CHATSERVER_RNG_S is no setting; did you mean CHATSERVER_RING_S?"),
        ({"CHATSERVER_PORT": "8000"}, "CHATSERVER_PORT is no setting"),
        ({"CHATSERVER_ZZZZZZZZZZ": ""}, "docs/operations.md lists all"),
        ({"CHATSERVER_DATABASE_URL": "postgresql://db/chat"}, "CHATSERVER_DATABASE_URL is no setting"),
        ({"DATABASE_URL": "mysql://db/chat"}, "DATABASE_URL must begin with postgresql://"),
        (
            {"REDIS_URL": "http://bus:6379", "DATABASE_URL": "postgresql://db/chat"},
            "REDIS_URL must begin with redis://",
        ),
        ({"REDIS_URL": "redis://bus:6379"}, "which need DATABASE_URL"),
        ({"CHATSERVER_REDIS_URL": "redis://bus:6379"}, "CHATSERVER_REDIS_URL is no setting"),
        ({"PORT": "eighty"}, "PORT='eighty' cannot be used"),
        ({"PORT": "0"}, "PORT='0' cannot be used"),
        ({"PORT": "65536"}, "PORT='65536' cannot be used"),
        ({"CHATSERVER_RING_S": "0"}, "CHATSERVER_RING_S='0' cannot be used"),
        ({"CHATSERVER_RING_S": "1.5"}, "CHATSERVER_RING_S='1.5' cannot be used"),
        ({"CHATSERVER_RING_S": ""}, "CHATSERVER_RING_S='' cannot be used"),
        ({"CHATSERVER_LANGUAGE": "de"}, "CHATSERVER_LANGUAGE='de' cannot be used"),
        ({"CHATSERVER_TIME_ZONE": "Asia/Nowhere"}, "is no time zone"),
        ({"CHATSERVER_TIME_ZONE": "../etc/passwd"}, "is no time zone"),
        ({"CHATSERVER_PUBLIC_URL": "chat.example"}, "is no address"),
        ({"CHATSERVER_PUBLIC_URL": "https://u@chat.example"}, "is no address"),
        ({"CHATSERVER_PUBLIC_URL": "https://chat.example:99999"}, "is no address"),
        ({"CHATSERVER_PUBLIC_URL": "https://*.example"}, "is no address"),
        ({"CHATSERVER_PUBLIC_URL": "https://chat.example;x"}, "is no address"),
        ({"CHATSERVER_PUBLIC_URL": "https://chat\t.example"}, "is no address"),
        ({"CHATSERVER_PUBLIC_URL": "https://u@chat.example/chat"}, "is no address"),
        ({"CHATSERVER_EXTRA_HOSTS": "chat.example;x"}, "is no host"),
        ({"CHATSERVER_EXTRA_HOSTS": "chat.example/"}, "is no host"),
        ({"CHATSERVER_EXTRA_HOSTS": "chat.example:0"}, "is no host"),
        ({"CHATSERVER_PUBLIC_URL": "https://chat.example/chat"}, "must not have a path"),
        ({"CHATSERVER_FORWARDED_ALLOW_IPS": "proxy"}, "is no address or network"),
        ({"CHATSERVER_IDLE_CLOSE_S": "60"}, "must follow each other"),
    ],
)
def test_an_unusable_value_is_refused_with_one_sentence(environment: dict[str, str], sentence: str) -> None:
    with pytest.raises(BadSettings) as refused:
        read(environment)
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("told", "origin", "hosts"),
    [
        ("https://Chat.Example", "https://chat.example", {"chat.example"}),
        ("https://chat.example:443/", "https://chat.example", {"chat.example"}),
        ("https://chat.example:8443", "https://chat.example:8443", {"chat.example:8443"}),
        ("http://localhost:9000", "http://localhost:9000", {"localhost:9000", "127.0.0.1:9000"}),
    ],
)
def test_the_public_address_is_normalised_like_a_browsers(told: str, origin: str, hosts: set[str]) -> None:
    settings = read({"CHATSERVER_PUBLIC_URL": told})
    assert settings.public_url == origin
    assert settings.hosts == hosts


def test_the_database_is_a_file_unless_another_is_named() -> None:
    assert read({"CHATSERVER_DATA": "here"}).database == Path("here/chat.db")
    for spelled in ("postgresql", "postgres"):
        settings = read({"DATABASE_URL": f"{spelled}://chat:secret@db/chat"})
        assert settings.database == "postgresql://chat:secret@db/chat"


@pytest.mark.parametrize(
    "environment",
    [
        {"DATABASE_URL": "mysql://chat:secret@db/chat"},
        {"DATABASE_URL": "postgresql://db/chat", "REDIS_URL": "http://:secret@bus"},
        {"REDIS_URL": "redis://:secret@bus"},
    ],
)
def test_a_refusal_does_not_show_the_password(environment: dict[str, str]) -> None:
    with pytest.raises(BadSettings) as refused:
        read(environment)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("address", ["redis://:secret@bus:6379/0", "rediss://bus", "unix:///run/redis/socket"])
def test_several_nodes_find_each_other_through_redis(address: str) -> None:
    assert read({"DATABASE_URL": "postgresql://db/chat", "REDIS_URL": address}).redis_url == address
    assert read({"DATABASE_URL": "postgresql://db/chat"}).redis_url == ""


def test_lists_are_written_with_commas() -> None:
    told = {"CHATSERVER_EXTRA_HOSTS": " a.example, B.example:81 ,", "CHATSERVER_FORWARDED_ALLOW_IPS": "10.0.0.0/8,::1"}
    settings = read(told)
    assert settings.hosts >= {"a.example", "b.example:81"}
    assert settings.forwarded_allow_ips == ("10.0.0.0/8", "::1")
