"""Reads the settings from the environment, and checks what one value alone cannot show.

Unknown variables and values that are ill-typed or out of bounds are refused with one sentence. Nothing else in the
program reads the environment for settings.
"""

import difflib
import re
from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any, get_type_hints
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from phonenumbers import SUPPORTED_REGIONS

from chatserver.domain.origin import BadOrigin, is_origin
from chatserver.domain.origin import read as read_origin
from chatserver.domain.sentence import Sentence, Told
from chatserver.records.checks import faults
from chatserver.settings import PREFIX, Settings, variable_of, variables

POSTGRES = ("postgresql", "postgres")
REDIS = ("redis", "rediss", "unix")
INTEGER = re.compile(r"-?[0-9]{1,18}")


class BadSettings(Told):
    """A setting cannot be used; the text is one sentence for the person who starts the server."""


def read(environment: Mapping[str, str]) -> Settings:
    """The settings of this environment. Raises `BadSettings`."""
    known = variables()
    for variable in sorted(environment):
        if variable.startswith(PREFIX) and variable not in known:
            raise BadSettings(_unknown(variable, known))
    settings = Settings(**{field: _value(name, environment) for name, field in known.items() if name in environment})
    return _checked(settings)


def _value(variable: str, environment: Mapping[str, str]) -> Any:
    hint = get_type_hints(Settings, include_extras=True)[variables()[variable]]
    written: object = environment[variable].strip()
    if hint.__origin__ == tuple[str, ...]:
        written = [part.strip() for part in str(written).split(",") if part.strip()]
    try:
        return msgspec.convert(written, hint, strict=False)
    except msgspec.ValidationError:
        raise BadSettings(
            "{variable}={value!r} cannot be used: {why}.",
            variable=variable,
            value=environment[variable],
            why=_why_not(written, hint),
        ) from None


def _why_not(written: object, hint: Any) -> Sentence:
    """Why a value could not be converted; a number in digits is compared with its bounds."""
    number = int(written) if isinstance(written, str) and INTEGER.fullmatch(written) else written
    for _, fault in faults(number, hint, ""):
        return fault
    raise AssertionError(written)


def _unknown(variable: str, known: Mapping[str, str]) -> Sentence:
    near = difflib.get_close_matches(variable.removeprefix(PREFIX).lower(), known.values(), n=1)
    if near:
        return Sentence(
            "{variable} is no setting; did you mean {known}?", variable=variable, known=variable_of(near[0])
        )
    return Sentence("{variable} is no setting; docs/operations.md lists all.", variable=variable)


def _checked(settings: Settings) -> Settings:
    """Check the settings together, and fill in the public URL, whose default has the port. Raises `BadSettings`."""
    if not settings.public_url:
        settings = msgspec.structs.replace(settings, public_url=f"http://127.0.0.1:{settings.port}")
    settings = msgspec.structs.replace(settings, public_url=_origin(settings.public_url))
    if settings.database_url and settings.database_url.partition("://")[0] not in POSTGRES:
        # The value is not repeated: there may be a password in it.
        raise BadSettings("DATABASE_URL must begin with postgresql://; without it the database is SQLite.")
    _check_hosts(settings.extra_hosts)
    _check_redis(settings)
    _check_zone(settings.time_zone)
    _check_region(settings.phone_region)
    _check_networks("CHATSERVER_FORWARDED_ALLOW_IPS", settings.forwarded_allow_ips)
    _check_networks("CHATSERVER_SHARED_NETWORKS", settings.shared_networks)
    if not settings.inactive_s <= settings.idle_warning_s < settings.idle_close_s:
        raise BadSettings("CHATSERVER_INACTIVE_S, IDLE_WARNING_S and IDLE_CLOSE_S must follow each other in time.")
    return settings


def _check_redis(settings: Settings) -> None:
    if not settings.redis_url:
        return
    if settings.redis_url.partition("://")[0] not in REDIS:
        raise BadSettings("REDIS_URL must begin with redis://, rediss:// or unix://; without it the server is alone.")
    if not settings.database_url:
        raise BadSettings("REDIS_URL is for several nodes, which need DATABASE_URL; a SQLite database has one.")


def _origin(url: str) -> str:
    """`url` as browsers write an origin: scheme and host in lower case, no default port, no path."""
    try:
        return str(read_origin(url.removesuffix("/")))
    except BadOrigin:
        pass
    scheme, _, rest = url.partition("://")
    host, path, _ = rest.partition("/")
    if path and is_origin(f"{scheme}://{host}".lower()):
        raise BadSettings("CHATSERVER_PUBLIC_URL={url!r} must not have a path.", url=url)
    raise BadSettings("CHATSERVER_PUBLIC_URL={url!r} is no address such as https://chat.hospital.example.", url=url)


def _check_hosts(hosts: tuple[str, ...]) -> None:
    for host in hosts:
        try:
            good = host.isascii() and bool(read_origin(f"https://{host}"))
        except BadOrigin:
            good = False
        if not good:
            raise BadSettings(
                "CHATSERVER_EXTRA_HOSTS={host!r} is no host such as chat.hospital.example:8443.", host=host
            )


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadSettings("CHATSERVER_TIME_ZONE={name!r} is no time zone; Asia/Shanghai is one.", name=name) from None


def _check_region(region: str) -> None:
    if region not in SUPPORTED_REGIONS:
        raise BadSettings("CHATSERVER_PHONE_REGION={region!r} is no country such as CN.", region=region)


def _check_networks(variable: str, networks: tuple[str, ...]) -> None:
    for network in networks:
        try:
            ip_network(network, strict=False)
        except ValueError:
            raise BadSettings(
                "{variable}: {network!r} is no address or network.", variable=variable, network=network
            ) from None
